/* SPDX-License-Identifier: Apache-2.0 */
/* From a spec to a compiled network, and images into it. */
#include "core/run/network-private.h"

#include <string.h>

#include "core/base/error.h"

SmaltiPrecision
smalti_network_precision (const SmaltiSpec *spec, const SmaltiDeviceInfo *device)
{
  const char *precision = smalti_values_get_string (smalti_spec_get_values (spec, ""), "precision");

  if (strcmp (precision, "bf16") == 0 || (strcmp (precision, "auto") == 0 && device->has_bf16))
    return SMALTI_PRECISION_BF16;
  return SMALTI_PRECISION_F32;
}

guint
smalti_network_n_loader_threads (const SmaltiSpec *spec)
{
  guint n_threads = smalti_values_get_int (smalti_spec_get_values (spec, ""), "loader_threads");

  return n_threads > 0 ? n_threads : MAX (1, smalti_device_n_processors () / 2);
}

gboolean
smalti_network_build (SmaltiNetwork *self, const SmaltiSpec *spec, SmaltiPretext *pretext, gboolean training,
                      guint batch, SmaltiDevice *device, SmaltiPrecision precision, SmaltiWeights *weights,
                      GError **error)
{
  const SmaltiPretextClass *method = smalti_spec_get_method (spec);
  guint64 seed = smalti_values_get_int (smalti_spec_get_values (spec, ""), "seed");
  SmaltiPretextGraph *parts = &self->parts;
  SmaltiValue *outputs[SMALTI_MAX_METRICS + 2];
  guint n = 0;

  self->batch = batch;
  self->graph = smalti_graph_new (training);
  method->build (pretext, self->graph, smalti_spec_get_backbone (spec), smalti_spec_get_values (spec, "backbone"),
                 batch, parts);
  if (!smalti_graph_check (self->graph, error))
    return FALSE;
  if (!method->trains) /* there is nothing to run: only weights to begin with */
    return smalti_weights_add_graph (weights, self->graph, seed, error);

  outputs[n++] = parts->loss;
  for (guint i = 0; i < parts->n_metrics; i++)
    outputs[n++] = parts->metric[i].sum;
  if (!training && parts->logits != NULL)
    outputs[n++] = parts->logits;
  smalti_graph_fuse (self->graph, outputs, n);
  if (training && !smalti_graph_differentiate (self->graph, parts->loss, NULL, 0, error))
    return FALSE;
  self->program = smalti_program_compile (self->graph, outputs, n, device, precision, weights, seed, error);
  return self->program != NULL;
}

void
smalti_network_clear (SmaltiNetwork *self)
{
  g_clear_pointer (&self->program, smalti_program_free);
  g_clear_pointer (&self->graph, smalti_graph_free);
}

void
smalti_network_new_fields (const SmaltiSampler *sampler, guint batch, SmaltiTensor **fields)
{
  for (guint f = 0; f < sampler->n_fields; f++)
    {
      SmaltiShape shape = { .n_dims = sampler->field[f].shape.n_dims + 1, .dim = { batch } };

      memcpy (shape.dim + 1, sampler->field[f].shape.dim, sampler->field[f].shape.n_dims * sizeof shape.dim[0]);
      fields[f] = smalti_tensor_new (sampler->field[f].dtype, shape);
    }
}

void
smalti_network_draw (const SmaltiSampler *sampler, const SmaltiImage *image, gint label, SmaltiRandom *random,
                     gboolean training, guint i, SmaltiTensor *const *fields)
{
  gpointer parts[SMALTI_MAX_FIELDS];

  for (guint f = 0; f < sampler->n_fields; f++)
    parts[f] = (guint8 *)fields[f]->data + fields[f]->n_bytes / fields[f]->shape.dim[0] * i;
  sampler->draw (sampler->self, image, label, random, training, parts);
}

void
smalti_network_write (const SmaltiNetwork *self, const SmaltiSampler *sampler, SmaltiTensor *const *fields)
{
  for (guint i = 0; i < sampler->n_fields; i++)
    smalti_program_write (self->program, self->parts.field[i], fields[i]);
}

gboolean
smalti_network_load (const SmaltiSpec *spec, SmaltiWeights *weights, const SmaltiTensorFile *saved, GError **error)
{
  const char *method = smalti_tensor_file_get_metadata (saved, "method");
  const char *backbone = smalti_tensor_file_get_metadata (saved, "backbone");

  if (g_strcmp0 (method, smalti_spec_get_method (spec)->id) == 0
      && g_strcmp0 (backbone, smalti_spec_get_backbone (spec)->id) == 0)
    return smalti_weights_load (weights, saved, "", "", error);
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT,
               _ ("The checkpoint is of another network: %s on %s, while the run is %s on %s."),
               method != NULL ? method : "?", backbone != NULL ? backbone : "?", smalti_spec_get_method (spec)->id,
               smalti_spec_get_backbone (spec)->id);
  return FALSE;
}
