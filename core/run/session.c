/* SPDX-License-Identifier: Apache-2.0 */
/* Everything a run needs, in the order in which mistakes are cheap to find: the device, the images, the method, the
 * network, its memory. Training and validation are two programs over the same weights. */
#include "core/run/session-private.h"

#include <gio/gio.h>

#include "core/base/error.h"
#include "core/base/memory.h"
#include "core/run/estimate-private.h"
#include "core/run/spec-private.h"

#define RING 4

typedef struct
{
  SmaltiSessionProgress progress;
  gpointer user_data;
} Teller;

static void
tell (Teller *teller, const char *text, guint64 done, guint64 total)
{
  if (teller->progress != NULL)
    teller->progress (text, done, total, teller->user_data);
}

static SmaltiValues *
values_of (const SmaltiSession *self, const char *section)
{
  return smalti_spec_get_values (self->spec, section);
}

static gboolean
open_device (SmaltiSession *self, GError **error)
{
  const SmaltiValues *values = values_of (self, "");

  self->device = smalti_device_open (smalti_values_get_string (values, "device"),
                                     smalti_values_get_int (values, "threads"), error);
  if (self->device == NULL)
    return FALSE;
  self->precision = smalti_network_precision (self->spec, &self->device->info);
  self->n_loader_threads = smalti_network_n_loader_threads (self->spec);
  return TRUE;
}

static void
on_scan (guint64 n_found, gpointer user_data)
{
  tell (user_data, _ ("Looking for images"), n_found, 0);
}

static gboolean
open_data (SmaltiSession *self, Teller *teller, GCancellable *cancellable, GError **error)
{
  const SmaltiPretextClass *method = smalti_spec_get_method (self->spec);

  tell (teller, _ ("Looking for images"), 0, 0);
  self->dataset = smalti_dataset_open (values_of (self, "data"), self->seed, cancellable, on_scan, teller, error);
  if (self->dataset == NULL)
    return FALSE;
  if (method->needs_labels && smalti_dataset_get_n_classes (self->dataset) == 0)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA,
                   _ ("Method %s needs labels, and the images in “%s” have none; put them into one folder a class."),
                   method->id, smalti_dataset_get_path (self->dataset));
      return FALSE;
    }
  return TRUE;
}

static gboolean
make_pretext (SmaltiSession *self, const SmaltiTensorFile *saved, gboolean measure, Teller *teller,
              GCancellable *cancellable, GError **error)
{
  const SmaltiPretextClass *method = smalti_spec_get_method (self->spec);

  self->pretext = smalti_pretext_new (method, values_of (self, "method"), self->dataset, error);
  if (self->pretext == NULL)
    return FALSE;
  if (saved != NULL)
    {
      if (method->restore != NULL && !method->restore (self->pretext, saved, error))
        return FALSE;
    }
  else if (measure && method->measure != NULL)
    {
      tell (teller, _ ("Measuring the images"), 0, 0);
      if (!method->measure (self->pretext, self->dataset, smalti_device_n_processors (), cancellable, error))
        return FALSE;
    }
  if (method->trains)
    method->sampler (self->pretext, &self->sampler);
  return TRUE;
}

/* Items spread evenly over a split: neighbours are of one class. */
static guint32 *
spread (const guint32 *items, guint n_items, guint n_wanted)
{
  guint32 *chosen = g_new (guint32, MAX (n_wanted, 1));

  for (guint i = 0; i < n_wanted; i++)
    chosen[i] = items[(guint64)i * n_items / n_wanted];
  return chosen;
}

guint
smalti_session_validation_batch (const SmaltiSpec *spec, guint batch, guint n_items)
{
  guint64 limit = smalti_values_get_int (smalti_spec_get_values (spec, "train"), "val_limit");

  return MAX (1, MIN (batch, limit > 0 ? MIN (limit, n_items) : n_items));
}

/* Whole batches only, so that no sample counts twice in a mean. */
static void
choose_val_items (SmaltiSession *self)
{
  guint64 limit = smalti_values_get_int (values_of (self, "train"), "val_limit");
  guint n_items, n;
  const guint32 *items = smalti_dataset_get_split (self->dataset, SMALTI_SPLIT_VAL, &n_items);

  n = limit > 0 ? MIN (limit, n_items) : n_items;
  self->validation.batch = smalti_session_validation_batch (
      self->spec, smalti_values_get_int (values_of (self, "train"), "batch"), n_items);
  self->n_val_items = n / self->validation.batch * self->validation.batch;
  self->val_items = spread (items, n_items, self->n_val_items);
}

SmaltiLoaderOptions
smalti_session_loader_options (const SmaltiSpec *spec, guint batch)
{
  return (SmaltiLoaderOptions){ .batch = batch,
                                .seed = smalti_values_get_int (smalti_spec_get_values (spec, ""), "seed"),
                                .n_threads = smalti_network_n_loader_threads (spec),
                                .ring = RING,
                                .training = TRUE };
}

static gboolean
make_loader (SmaltiSession *self, GError **error)
{
  SmaltiLoaderOptions options = smalti_session_loader_options (self->spec, self->training.batch);
  guint n_items;
  const guint32 *items = smalti_dataset_get_split (self->dataset, SMALTI_SPLIT_TRAIN, &n_items);

  if (n_items < self->training.batch)
    {
      g_set_error (
          error, SMALTI_ERROR, SMALTI_ERROR_DATA,
          _ ("A batch of %u images can't be made from the %u training images in “%s”; make the batch smaller."),
          self->training.batch, n_items, smalti_dataset_get_path (self->dataset));
      return FALSE;
    }
  self->loader = smalti_loader_new (self->dataset, items, n_items, &self->sampler, &options, error);
  if (self->loader == NULL)
    return FALSE;
  self->steps_per_epoch = smalti_loader_n_steps (self->loader);
  return TRUE;
}

static gboolean
refuse_memory (guint batch, guint64 needed, guint64 available, guint fitting, GError **error)
{
  g_autofree char *needed_text = g_format_size (needed), *available_text = g_format_size (available);

  if (fitting > 0)
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_MEMORY,
                 _ ("A batch of %u needs %s of memory, and %s are free; a batch of %u would fit (train.batch)."), batch,
                 needed_text, available_text, fitting);
  else
    g_set_error (
        error, SMALTI_ERROR, SMALTI_ERROR_MEMORY,
        _ ("A batch of %u needs %s of memory, and %s are free; even a single image is too much: choose a smaller "
           "network or smaller images."),
        batch, needed_text, available_text);
  return FALSE;
}

/* Training's and validation's. */
static guint64
ring_bytes (const SmaltiSession *self)
{
  return 2 * smalti_loader_bytes (self->loader);
}

guint64
smalti_session_usable_bytes (guint64 available)
{
  return available - available / 16;
}

/* Before anything of the network is allocated: a plan counts what it will take, and when that is too much, others find
 * the batch that is not. A part of the memory is left alone for the rest of the system. */
static gboolean
check_memory (const SmaltiSession *self, guint *batch_that_fits, GError **error)
{
  guint64 available = smalti_memory_available ();
  guint n_images, n_val_images;
  SmaltiEstimateData data = { .pretext = self->pretext, .only_when_needed = TRUE };
  SmaltiEstimate plan = { 0 };

  smalti_dataset_get_split (self->dataset, SMALTI_SPLIT_TRAIN, &n_images);
  smalti_dataset_get_split (self->dataset, SMALTI_SPLIT_VAL, &n_val_images);
  data.n_images = n_images;
  data.n_val_images = n_val_images;
  data.cache_bytes = smalti_dataset_get_cache_limit (self->dataset);
  if (!smalti_estimate_plan (&plan, self->spec, &data, available, error))
    return FALSE;
  if (plan.fits)
    return TRUE;
  if (batch_that_fits != NULL)
    *batch_that_fits = plan.largest_batch;
  return refuse_memory (plan.batch, plan.plan_bytes + plan.loader_bytes, available, plan.largest_batch, error);
}

static gboolean
build (SmaltiSession *self, SmaltiNetwork *network, gboolean training, guint batch, GError **error)
{
  return smalti_network_build (network, self->spec, self->pretext, training, batch, self->device, self->precision,
                               self->weights, error);
}

static gboolean
make_networks (SmaltiSession *self, guint *batch_that_fits, GError **error)
{
  guint batch = smalti_values_get_int (values_of (self, "train"), "batch");

  self->weights = smalti_weights_new (self->device);
  if (!smalti_spec_get_method (self->spec)->trains)
    return build (self, &self->validation, FALSE, 1, error);
  return check_memory (self, batch_that_fits, error) && build (self, &self->training, TRUE, batch, error)
         && build (self, &self->validation, FALSE, self->validation.batch, error) && make_loader (self, error);
}

static SmaltiSession *
make_session (const SmaltiSpec *spec, const SmaltiTensorFile *saved, gboolean measure, GCancellable *cancellable,
              SmaltiSessionProgress progress, gpointer user_data, guint *batch_that_fits, GError **error)
{
  g_autoptr (SmaltiSession) self = g_new0 (SmaltiSession, 1);
  Teller teller = { progress, user_data };

  if (smalti_spec_get_method (spec)->is_imported)
    {
      smalti_spec_refuse_imported (error);
      return NULL;
    }
  self->spec = spec;
  self->seed = smalti_values_get_int (smalti_spec_get_values (spec, ""), "seed");
  if (!open_device (self, error) || !open_data (self, &teller, cancellable, error)
      || !make_pretext (self, saved, measure, &teller, cancellable, error))
    return NULL;
  choose_val_items (self);
  if (g_cancellable_is_cancelled (cancellable))
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED, _ ("Stopped."));
      return NULL;
    }
  tell (&teller, _ ("Building the network"), 0, 0);
  if (!make_networks (self, batch_that_fits, error)
      || (saved != NULL && !smalti_network_load (self->spec, self->weights, saved, error)))
    return NULL;
  return g_steal_pointer (&self);
}

SmaltiSession *
smalti_session_new (const SmaltiSpec *spec, const SmaltiTensorFile *saved, GCancellable *cancellable,
                    SmaltiSessionProgress progress, gpointer user_data, guint *batch_that_fits, GError **error)
{
  return make_session (spec, saved, TRUE, cancellable, progress, user_data, batch_that_fits, error);
}

SmaltiSession *
smalti_session_new_to_time (const SmaltiSpec *spec, GCancellable *cancellable, SmaltiSessionProgress progress,
                            gpointer user_data, GError **error)
{
  return make_session (spec, NULL, FALSE, cancellable, progress, user_data, NULL, error);
}

void
smalti_session_free (SmaltiSession *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->loader, smalti_loader_free);
  g_clear_pointer (&self->optimizer, smalti_optimizer_free);
  smalti_network_clear (&self->training);
  smalti_network_clear (&self->validation);
  g_clear_pointer (&self->weights, smalti_weights_unref);
  g_clear_pointer (&self->pretext, smalti_pretext_free);
  g_clear_object (&self->dataset);
  g_clear_pointer (&self->device, smalti_device_close);
  g_free (self->val_items);
  g_free (self);
}

gboolean
smalti_session_make_optimizer (SmaltiSession *self, guint64 n_steps, const SmaltiTensorFile *saved, GError **error)
{
  g_clear_pointer (&self->optimizer, smalti_optimizer_free);
  self->optimizer
      = smalti_optimizer_new (values_of (self, "train"), self->training.program, self->training.batch, n_steps, error);
  return self->optimizer != NULL && (saved == NULL || smalti_optimizer_load (self->optimizer, saved, error));
}

guint64
smalti_session_plan_bytes (const SmaltiSession *self)
{
  return self->device->allocated;
}

guint64
smalti_session_loader_bytes (const SmaltiSession *self)
{
  return self->loader != NULL ? ring_bytes (self) + smalti_dataset_get_cache_limit (self->dataset) : 0;
}

SmaltiLoader *
smalti_session_validation_loader (const SmaltiSession *self, GError **error)
{
  SmaltiLoaderOptions options = { .batch = self->validation.batch,
                                  .seed = self->seed,
                                  .n_threads = self->n_loader_threads,
                                  .ring = RING,
                                  .training = FALSE };

  return smalti_loader_new (self->dataset, self->val_items, self->n_val_items, &self->sampler, &options, error);
}

SmaltiDataset *
smalti_evaluation_data_open (const SmaltiSpec *spec, const SmaltiValues *values, GCancellable *cancellable,
                             GError **error)
{
  const char *path = smalti_values_get_string (values, "data");
  guint64 seed = smalti_values_get_int (smalti_spec_get_values (spec, ""), "seed");
  g_autoptr (SmaltiValues) data = NULL;

  if (*path == '\0' && smalti_spec_get_method (spec)->is_imported)
    {
      g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                           _ ("Imported weights come without images to measure them on; name labelled ones, as in "
                              "“smalti eval RUN --data DIR”."));
      return NULL;
    }
  if (*path == '\0')
    return smalti_dataset_open (smalti_spec_get_values (spec, "data"), seed, cancellable, NULL, NULL, error);
  data = smalti_values_new (smalti_data_params);
  if (!smalti_values_set (data, "path", path, error)
      || !smalti_values_set (data, "layout", smalti_values_get_string (values, "layout"), error))
    return NULL;
  return smalti_dataset_open (data, seed, cancellable, NULL, NULL, error);
}
