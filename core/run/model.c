/* SPDX-License-Identifier: Apache-2.0 */
/* A trained network needs nothing but its checkpoint: the spec in it says how the network is built, and what a method
 * measured of the images it learned from (classes, colours) is restored from it. The images may be long gone. */
#include "core/run/model-private.h"

#include <string.h>

#include "core/base/error.h"
#include "core/eval/frozen-trunk.h"
#include "core/pretext/colorization.h"
#include "core/run/session-private.h"

static SmaltiTensorFile *
read_checkpoint (const char *folder, GError **error)
{
  SmaltiPosition position;
  g_autoptr (GError) reason = NULL;
  SmaltiTensorFile *saved = smalti_checkpoint_read (folder, &position, &reason);

  if (saved != NULL)
    return saved;
  if (reason != NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  else
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT,
                 _ ("The run has no checkpoint in “%s”: it has not come so far yet."), folder);
  return NULL;
}

static SmaltiSpec *
read_spec (const SmaltiTensorFile *saved, GError **error)
{
  const char *yaml = smalti_tensor_file_get_metadata (saved, "spec");
  g_autoptr (GError) reason = NULL;
  SmaltiSpec *spec;

  if (yaml == NULL)
    {
      g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT,
                           _ ("The checkpoint does not say what network it is of."));
      return NULL;
    }
  spec = smalti_spec_parse (yaml, _ ("the checkpoint's spec"), NULL, &reason);
  if (spec == NULL) /* nothing the user has written is wrong, so it is no mistake in the arguments */
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT, "%s", reason->message);
  return spec;
}

static gboolean
make_pretext (SmaltiModel *self, const SmaltiTensorFile *saved, GError **error)
{
  const SmaltiPretextClass *method = smalti_spec_get_method (self->spec);

  self->pretext = smalti_pretext_new (method, smalti_spec_get_values (self->spec, "method"), NULL, error);
  if (self->pretext == NULL || (method->restore != NULL && !method->restore (self->pretext, saved, error)))
    return FALSE;
  method->sampler (self->pretext, &self->sampler);
  return TRUE;
}

static gboolean
make_network (SmaltiModel *self, const SmaltiTensorFile *saved, GError **error)
{
  self->weights = smalti_weights_new (self->device);
  if (!smalti_network_build (&self->network, self->spec, self->pretext, FALSE, 1, self->device, self->precision,
                             self->weights, error)
      || !smalti_network_load (self->spec, self->weights, saved, error))
    return FALSE;
  if (self->network.program == NULL || self->network.parts.logits == NULL)
    return TRUE;
  smalti_network_new_fields (&self->sampler, 1, self->field);
  self->logits = smalti_tensor_new (SMALTI_DTYPE_F32, self->network.parts.logits->shape);
  return TRUE;
}

SmaltiModel *
smalti_model_open (const char *run_folder, const char *device, guint n_threads, GError **error)
{
  g_autoptr (SmaltiModel) self = g_new0 (SmaltiModel, 1);
  g_autoptr (SmaltiTensorFile) saved = read_checkpoint (run_folder, error);

  self->folder = g_strdup (run_folder);
  self->spec = saved != NULL ? read_spec (saved, error) : NULL;
  if (self->spec == NULL)
    return NULL;
  self->device = smalti_device_open (device, n_threads, error);
  if (self->device == NULL)
    return NULL;
  self->precision = smalti_network_precision (self->spec, &self->device->info);
  if (!make_pretext (self, saved, error) || !make_network (self, saved, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
smalti_model_free (SmaltiModel *self)
{
  if (self == NULL)
    return;
  for (guint f = 0; f < SMALTI_MAX_FIELDS; f++)
    g_clear_pointer (&self->field[f], smalti_tensor_unref);
  g_clear_pointer (&self->logits, smalti_tensor_unref);
  g_clear_pointer (&self->trunk_program, smalti_program_free);
  g_clear_pointer (&self->trunk_graph, smalti_graph_free);
  smalti_network_clear (&self->network);
  g_clear_pointer (&self->weights, smalti_weights_unref);
  g_clear_pointer (&self->pretext, smalti_pretext_free);
  g_clear_pointer (&self->device, smalti_device_close);
  g_clear_pointer (&self->spec, smalti_spec_unref);
  g_free (self->folder);
  g_free (self);
}

SmaltiSpec *
smalti_model_get_spec (SmaltiModel *self)
{
  return self->spec;
}

/* (nullable): the first key of a section, or "name", that says something else. */
static const char *
find_difference (const SmaltiSpec *a, const SmaltiSpec *b, const char *section, gboolean same_class)
{
  const SmaltiValues *x = smalti_spec_get_values (a, section), *y = smalti_spec_get_values (b, section);

  if (!same_class)
    return "name";
  for (const SmaltiParam *param = smalti_values_get_table (x); param->key != NULL; param++)
    {
      g_autofree char *here = smalti_values_get_text (x, param->key);
      g_autofree char *there = smalti_values_get_text (y, param->key);

      if (strcmp (here, there) != 0)
        return param->key;
    }
  return NULL;
}

gboolean
smalti_model_check_spec (SmaltiModel *self, const SmaltiSpec *spec, GError **error)
{
  const char *section = "method";
  const char *key = find_difference (self->spec, spec, section,
                                     smalti_spec_get_method (self->spec) == smalti_spec_get_method (spec));

  if (key == NULL)
    {
      section = "backbone";
      key = find_difference (self->spec, spec, section,
                             smalti_spec_get_backbone (self->spec) == smalti_spec_get_backbone (spec));
    }
  if (key == NULL)
    return TRUE;
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT,
               _ ("The checkpoint is of another network than the run: %s on %s instead of %s on %s (they differ in "
                  "%s.%s)."),
               smalti_spec_get_method (self->spec)->id, smalti_spec_get_backbone (self->spec)->id,
               smalti_spec_get_method (spec)->id, smalti_spec_get_backbone (spec)->id, section, key);
  return FALSE;
}

gboolean
smalti_model_draw (SmaltiModel *self, const SmaltiImage *image, guint64 seed, SmaltiRandom *random, GError **error)
{
  const SmaltiPretextClass *method = self->pretext->klass;
  SmaltiRandom drawn;

  if (method->preview == NULL || self->logits == NULL)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                   _ ("Runs of method %s learn nothing that could be asked; choose another run."), method->id);
      return FALSE;
    }
  smalti_random_init (random, seed, SMALTI_STREAM_SAMPLE, 0, 0);
  drawn = *random;
  smalti_network_draw (&self->sampler, image, -1, &drawn, FALSE, 0, self->field);
  return TRUE;
}

const gfloat *
smalti_model_answer (SmaltiModel *self)
{
  SmaltiRunContext context = { 0 };

  smalti_network_write (&self->network, &self->sampler, self->field);
  smalti_program_run (self->network.program, &context);
  smalti_program_read (self->network.program, self->network.parts.logits, self->logits);
  return smalti_tensor_f32 (self->logits);
}

SmaltiPreview *
smalti_model_predict (SmaltiModel *self, const SmaltiImage *image, guint64 seed, GError **error)
{
  SmaltiRandom random;

  if (!smalti_model_draw (self, image, seed, &random, error))
    return NULL;
  return self->pretext->klass->preview (self->pretext, image, -1, &random, smalti_model_answer (self));
}

/* The whole picture squeezed into the square the network knows; its colours are stretched back over all of it. */
static const gfloat *
answer_colors (SmaltiModel *self, const SmaltiImage *image, GError **error)
{
  const SmaltiPretextClass *method = self->pretext->klass;
  g_autoptr (SmaltiImage) square = NULL;
  SmaltiRandom random;
  gint side;

  if (method != smalti_pretext_find ("colorization"))
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                   _ ("Only colorization runs colour pictures; this one is of method %s."), method->id);
      return NULL;
    }
  side = method->side (self->pretext);
  square = smalti_image_resize (image, side, side);
  return smalti_model_draw (self, square, 0, &random, error) ? smalti_model_answer (self) : NULL;
}

SmaltiImage *
smalti_model_colorize (SmaltiModel *self, const SmaltiImage *image, GError **error)
{
  return smalti_model_colorize_at (self, image, -1, error);
}

SmaltiImage *
smalti_model_colorize_at (SmaltiModel *self, const SmaltiImage *image, gfloat temperature, GError **error)
{
  const gfloat *logits = answer_colors (self, image, error);
  const gint64 *dim;

  if (logits == NULL)
    return NULL;
  dim = self->logits->shape.dim;
  return smalti_colorization_paint (self->pretext, image, logits, dim[2], dim[3], temperature);
}

SmaltiColorAnswer *
smalti_model_color_answer (SmaltiModel *self, const SmaltiImage *image, GError **error)
{
  const gfloat *logits = answer_colors (self, image, error);
  SmaltiColorAnswer *colors;

  if (logits == NULL)
    return NULL;
  colors = smalti_color_answer_new (logits, self->logits->shape.dim[2], self->logits->shape.dim[3]);
  if (colors == NULL)
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                 _ ("The network answers at %d × %d positions, too many to keep; ask for one temperature at a time."),
                 (gint)self->logits->shape.dim[3], (gint)self->logits->shape.dim[2]);
  return colors;
}

gboolean
smalti_model_evaluate (SmaltiModel *self, const SmaltiValues *values, guint64 seed, GCancellable *cancellable,
                       SmaltiEvalProgress progress, SmaltiBenchmarkFunc done, gpointer user_data, GError **error)
{
  g_autoptr (SmaltiDataset) dataset = smalti_evaluation_data_open (self->spec, values, cancellable, error);

  if (dataset == NULL)
    return FALSE;
  if (smalti_dataset_get_n_classes (dataset) == 0)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA,
                   _ ("The images in “%s” have no labels, so features can't be measured on them; name labelled ones."),
                   smalti_dataset_get_path (dataset));
      return FALSE;
    }
  return smalti_benchmark_run (self->pretext, smalti_spec_get_backbone (self->spec),
                               smalti_spec_get_values (self->spec, "backbone"), self->device, self->precision,
                               self->weights, dataset, values, seed, smalti_network_n_loader_threads (self->spec),
                               self->folder, cancellable, progress, done, user_data, error);
}

/* One layer of the trunk, fed what the run's evaluation feeds it. */
static SmaltiFrozenTrunk *
open_trunk (SmaltiModel *self, const char *layer, gint max_dim, GError **error)
{
  const SmaltiBackboneClass *backbone = smalti_spec_get_backbone (self->spec);
  const SmaltiValues *backbone_values = smalti_spec_get_values (self->spec, "backbone");
  const char *const layers[] = { layer, NULL };
  gint side = smalti_values_get_int (smalti_spec_get_values (self->spec, "eval"), "side");
  SmaltiFrozenTrunk *trunk;
  SmaltiFeatures *pooled;
  guint n_layers;

  if (side == 0)
    side = self->pretext->klass->side (self->pretext);
  pooled = smalti_pooled_layers (self->pretext, backbone, backbone_values, layers, side, max_dim, &n_layers, error);
  if (pooled == NULL)
    return NULL;
  trunk = smalti_frozen_trunk_new (self->pretext, backbone, backbone_values, self->device, self->precision,
                                   self->weights, pooled, n_layers, side, error);
  smalti_features_list_free (pooled, n_layers);
  return trunk;
}

SmaltiFeatureSet *
smalti_model_extract (SmaltiModel *self, SmaltiDataset *dataset, SmaltiSplit split, const char *layer, gint max_dim,
                      guint max_images, GCancellable *cancellable, SmaltiEvalProgress progress, gpointer user_data,
                      GError **error)
{
  g_autoptr (SmaltiFrozenTrunk) trunk = open_trunk (self, layer, max_dim, error);
  g_autofree guint32 *items = NULL;
  const guint32 *all;
  guint n_all, n;

  if (trunk == NULL)
    return NULL;
  all = smalti_dataset_get_split (dataset, split, &n_all);
  n = max_images > 0 ? MIN (max_images, n_all) : n_all;
  items = g_new (guint32, MAX (n, 1));
  for (guint i = 0; i < n; i++)
    items[i] = all[(guint64)i * n_all / n];
  return smalti_frozen_trunk_read (trunk, dataset, items, n, smalti_network_n_loader_threads (self->spec), cancellable,
                                   _ ("Reading features"), progress, user_data, error);
}

SmaltiFeatureSet *
smalti_model_extract_image (SmaltiModel *self, const SmaltiImage *image, const char *layer, gint max_dim,
                            GError **error)
{
  g_autoptr (SmaltiFrozenTrunk) trunk = open_trunk (self, layer, max_dim, error);

  return trunk != NULL ? smalti_frozen_trunk_look (trunk, image, error) : NULL;
}
