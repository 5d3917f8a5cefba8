/* SPDX-License-Identifier: Apache-2.0 */
/* Planning. The network, its programs and its optimizer are made as a run makes them, on a device that counts memory
 * and takes none; so the bytes are those a run states, to the byte. The largest batch is found by planning others:
 * memory grows almost in a straight line with the batch, so the line through two plans leads near it, and plans on both
 * sides then settle it. */
#include "core/run/estimate-private.h"

#include "core/base/error.h"
#include "core/base/memory.h"
#include "core/run/session-private.h"

#define LARGEST_BATCH 65536 /* of train.batch */
/* A plan takes as long as preparing the kernels of a network, which are others for every batch. */
#define MAX_PLANS 6

typedef struct
{
  const SmaltiSpec *spec;
  const SmaltiEstimateData *data;
  SmaltiPretext *pretext;
  SmaltiPrecision precision;
  gint64 n_params;
  gdouble flop;
} Planner;

/* As from a checkpoint: for the network it matters only how many classes there are. */
static gboolean
name_classes (SmaltiPretext *pretext, guint n_classes, GError **error)
{
  g_autoptr (SmaltiTensorFile) file = smalti_tensor_file_new ();
  g_autoptr (GString) names = g_string_new ("0");

  for (guint i = 1; i < n_classes; i++)
    g_string_append_printf (names, "\n%u", i);
  smalti_tensor_file_set_metadata (file, "pretext.classes", names->str);
  return pretext->klass->restore (pretext, file, error);
}

static gboolean
make_pretext (Planner *self, GError **error)
{
  const SmaltiPretextClass *method = smalti_spec_get_method (self->spec);

  self->pretext = smalti_pretext_new (method, smalti_spec_get_values (self->spec, "method"), NULL, error);
  return self->pretext != NULL && (!method->needs_labels || name_classes (self->pretext, self->data->n_classes, error));
}

static guint64
plan_loader (const Planner *self, guint batch)
{
  SmaltiLoaderOptions options = smalti_session_loader_options (self->spec, batch);
  SmaltiSampler sampler;

  if (!self->pretext->klass->trains)
    return 0;
  self->pretext->klass->sampler (self->pretext, &sampler);
  /* Training's ring and validation's, as smalti_session_loader_bytes() counts them. */
  return 2 * smalti_loader_plan_bytes (&sampler, &options) + self->data->cache_bytes;
}

/* @n_bytes: what a run of @batch holds on its device, counted while all of it is there. */
static gboolean
plan_device (Planner *self, SmaltiDevice *device, guint batch, guint64 *n_bytes, GError **error)
{
  const SmaltiValues *values = smalti_spec_get_values (self->spec, "train");
  const gboolean trains = self->pretext->klass->trains;
  guint n_val = MIN (self->data->n_val_images, G_MAXUINT);
  guint looked_at = trains ? smalti_session_validation_batch (self->spec, batch, n_val) : 1;
  g_autoptr (SmaltiWeights) weights = smalti_weights_new (device);
  SmaltiNetwork training = { 0 }, validation = { 0 };
  SmaltiOptimizer *optimizer = NULL;
  gboolean planned = TRUE;

  if (trains)
    {
      planned = smalti_network_build (&training, self->spec, self->pretext, TRUE, batch, device, self->precision,
                                      weights, error);
      optimizer = planned ? smalti_optimizer_new (values, training.program, batch, 1, error) : NULL;
      planned = optimizer != NULL;
    }
  planned = planned
            && smalti_network_build (&validation, self->spec, self->pretext, FALSE, looked_at, device, self->precision,
                                     weights, error);
  if (planned)
    {
      *n_bytes = device->allocated;
      self->n_params = smalti_weights_n_params (weights);
      self->flop = trains ? smalti_graph_count_flop (training.graph) : 0;
    }
  g_clear_pointer (&optimizer, smalti_optimizer_free);
  smalti_network_clear (&training);
  smalti_network_clear (&validation);
  return planned;
}

static gboolean
plan_batch (Planner *self, guint batch, guint64 *n_bytes, GError **error)
{
  const SmaltiValues *values = smalti_spec_get_values (self->spec, "");
  g_autoptr (SmaltiDevice) device = smalti_device_open (smalti_values_get_string (values, "device"),
                                                        smalti_values_get_int (values, "threads"), error);

  if (device == NULL)
    return FALSE;
  self->precision = smalti_network_precision (self->spec, &device->info);
  smalti_device_plan_only (device);
  return plan_device (self, device, batch, n_bytes, error);
}

/* A batch and what it needs on the device and for loading. */
typedef struct
{
  guint batch;
  guint64 bytes;
} Planned;

/* Where the line through two plans meets @usable. */
static gdouble
meet (const Planned *a, const Planned *b, guint64 usable)
{
  gdouble slope = ((gdouble)b->bytes - a->bytes) / ((gdouble)b->batch - a->batch);

  return b->batch + ((gdouble)usable - b->bytes) / MAX (slope, 1);
}

/* The largest batch whose plan fits, @most at most. */
static guint
find_largest (Planner *self, Planned first, guint64 usable, guint most)
{
  Planned before = { 0, 0 }, last = first;
  guint fits = 0, too_large = most + 1;

  for (guint i = 1;; i++)
    {
      if (last.bytes <= usable)
        fits = MAX (fits, last.batch);
      else
        too_large = MIN (too_large, last.batch);
      if (fits + 1 >= too_large || i == MAX_PLANS)
        return fits;

      Planned next = { CLAMP (meet (&before, &last, usable), fits + 1.0, too_large - 1.0) };

      if (!plan_batch (self, next.batch, &next.bytes, NULL))
        return fits;
      next.bytes += plan_loader (self, next.batch);
      before = last;
      last = next;
    }
}

gboolean
smalti_estimate_plan (SmaltiEstimate *self, const SmaltiSpec *spec, const SmaltiEstimateData *data,
                      guint64 available_bytes, GError **error)
{
  guint64 usable = smalti_session_usable_bytes (available_bytes), needed;
  Planner planner = { .spec = spec, .data = data };
  gboolean planned;

  planner.pretext = data->pretext;
  planned = planner.pretext != NULL || make_pretext (&planner, error);

  self->batch = smalti_values_get_int (smalti_spec_get_values (spec, "train"), "batch");
  planned = planned && plan_batch (&planner, self->batch, &self->plan_bytes, error);
  if (planned)
    {
      self->n_params = planner.n_params;
      self->flop = planner.flop;
      self->loader_bytes = plan_loader (&planner, self->batch);
      self->available_bytes = available_bytes;
      self->usable_bytes = usable;
      needed = self->plan_bytes + self->loader_bytes;
      self->fits = available_bytes == 0 || needed <= usable;
      if (available_bytes > 0 && !(self->fits && data->only_when_needed) && smalti_spec_get_method (spec)->trains)
        self->largest_batch = find_largest (&planner, (Planned){ self->batch, needed }, usable,
                                            data->n_images > 0 ? MIN (data->n_images, LARGEST_BATCH) : LARGEST_BATCH);
    }
  if (planner.pretext != data->pretext)
    smalti_pretext_free (planner.pretext);
  return planned;
}

/* Methods that learn from labels need to know how many there are. */
static gboolean
count_classes (const SmaltiSpec *spec, SmaltiEstimateData *data, GError **error)
{
  guint64 seed = smalti_values_get_int (smalti_spec_get_values (spec, ""), "seed");
  g_autoptr (SmaltiDataset) dataset
      = smalti_dataset_open (smalti_spec_get_values (spec, "data"), seed, NULL, NULL, NULL, error);

  if (dataset == NULL)
    return FALSE;
  data->n_classes = smalti_dataset_get_n_classes (dataset);
  if (data->n_classes >= 2)
    return TRUE;
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA,
               _ ("Method %s needs labels of at least two classes, but “%s” has %u; give it a folder with one folder a "
                  "class."),
               smalti_spec_get_method (spec)->id, smalti_dataset_get_path (dataset), data->n_classes);
  return FALSE;
}

SmaltiEstimate *
smalti_estimate_new (const SmaltiSpec *spec, guint n_classes, GError **error)
{
  g_autoptr (SmaltiEstimate) self = g_new0 (SmaltiEstimate, 1);
  guint64 cache_mb = smalti_values_get_int (smalti_spec_get_values (spec, "data"), "cache_mb");
  SmaltiEstimateData data = { .n_classes = n_classes, .n_val_images = G_MAXUINT, .cache_bytes = cache_mb << 20 };

  if (!smalti_spec_check (spec, error))
    return NULL;
  if (smalti_spec_get_method (spec)->needs_labels && n_classes == 0 && !count_classes (spec, &data, error))
    return NULL;
  if (!smalti_estimate_plan (self, spec, &data, smalti_memory_available (), error))
    return NULL;
  return g_steal_pointer (&self);
}

void
smalti_estimate_free (SmaltiEstimate *self)
{
  if (self == NULL)
    return;
  g_free (self->device);
  g_free (self);
}

guint
smalti_estimate_batch_to_offer (guint largest)
{
  guint batch = largest - largest / 32, round = 1;

  while (batch / round >= 100)
    round *= 10;
  return batch - batch % round;
}
