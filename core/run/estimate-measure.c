/* SPDX-License-Identifier: Apache-2.0 */
/* Measuring. A session as the run will have it, its steps as the runner does them, on the run's own images; only that
 * nothing is kept. Loading is timed first and alone, then steps with the loader at work beside them, since both share
 * the processors: whatever is slower sets the pace of an epoch.
 *
 * All of it happens on a thread of its own: on Linux a priority belongs to a thread and can't be raised again, and a
 * device is opened, used and closed on one thread. */
#include <gio/gio.h>
#include <math.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/memory.h"
#include "core/run/estimate-private.h"
#include "core/run/session-private.h"

#define BACKGROUND_NICE 10
/* Batches are loaded for so long, but at least two; then steps are run for so long, but at least one. */
#define LOADING_USEC  (7 * G_USEC_PER_SEC / 10)
#define MIN_BATCHES   2
#define MAX_BATCHES   64
#define STEPPING_USEC (3 * G_USEC_PER_SEC / 2)
#define MAX_STEPS     256

typedef struct
{
  SmaltiEstimate *estimate;
  const SmaltiSpec *spec;
  gboolean background;
  GCancellable *cancellable;
  SmaltiEstimateProgress progress;
  gpointer user_data;
  SmaltiSession *session;
  guint64 step;
  GError *error;
} Measure;

static void
tell (const char *text, guint64 done, guint64 total, gpointer data)
{
  Measure *self = data;

  if (self->progress != NULL)
    self->progress (text, done, total, self->user_data);
}

static gboolean
is_stopped (Measure *self)
{
  if (!g_cancellable_is_cancelled (self->cancellable))
    return FALSE;
  g_set_error_literal (&self->error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED, _ ("Stopped."));
  return TRUE;
}

static gdouble
seconds_since (gint64 start)
{
  return (g_get_monotonic_time () - start) / (gdouble)G_USEC_PER_SEC;
}

static gboolean
measure_loading (Measure *self)
{
  SmaltiLoader *loader = self->session->loader;
  guint n_batches = MIN (MAX_BATCHES, self->session->steps_per_epoch), n = 0;
  gint64 start;

  smalti_loader_seek (loader, 0, 0);
  start = g_get_monotonic_time ();
  while (n < n_batches && (n < MIN_BATCHES || g_get_monotonic_time () - start < LOADING_USEC))
    {
      SmaltiBatch *batch;

      if (is_stopped (self))
        return FALSE;
      tell (_ ("Timing the loading of images"), n, n_batches, self);
      batch = smalti_loader_next (loader, &self->error);
      if (batch == NULL)
        return FALSE;
      smalti_loader_release (loader, batch);
      n++;
    }
  self->estimate->loader_rate = n * (gdouble)self->session->training.batch / seconds_since (start);
  return TRUE;
}

/* Seconds from the batch's being there to the device's being done with it; negative: an error. */
static gdouble
time_step (Measure *self)
{
  SmaltiSession *session = self->session;
  SmaltiRunContext context = { .seed = session->seed, .step = self->step };
  SmaltiBatch *batch = smalti_loader_next (session->loader, &self->error);
  gint64 start = g_get_monotonic_time ();

  if (batch == NULL)
    return -1;
  smalti_network_write (&session->training, &session->sampler, batch->field);
  smalti_loader_release (session->loader, batch);
  smalti_program_run (session->training.program, &context);
  smalti_optimizer_step (session->optimizer, self->step++);
  smalti_device_wait (session->device);
  return seconds_since (start);
}

static int
by_size (gconstpointer a, gconstpointer b)
{
  gdouble x = *(const gdouble *)a, y = *(const gdouble *)b;

  return (x > y) - (x < y);
}

static gboolean
measure_steps (Measure *self)
{
  gdouble seconds[MAX_STEPS];
  gint64 start = 0;
  guint n = 0;

  for (gboolean warm = FALSE; !warm || (n < MAX_STEPS && (n == 0 || g_get_monotonic_time () - start < STEPPING_USEC));)
    {
      if (is_stopped (self))
        return FALSE;
      tell (_ ("Timing steps"), n, 0, self);
      seconds[n] = time_step (self);
      if (seconds[n] < 0)
        return FALSE;
      n += warm;
      if (!warm)
        start = g_get_monotonic_time ();
      warm = TRUE;
    }
  qsort (seconds, n, sizeof *seconds, by_size);
  self->estimate->n_timed = n;
  self->estimate->step_seconds = n % 2 == 1 ? seconds[n / 2] : (seconds[n / 2 - 1] + seconds[n / 2]) / 2;
  return TRUE;
}

/* What comes slower: a batch through the device, or a batch out of the loader. */
static gdouble
pace (const Measure *self, gdouble device_seconds, guint batch)
{
  return MAX (device_seconds, batch / self->estimate->loader_rate);
}

static gboolean
measure_validation (Measure *self)
{
  SmaltiNetwork *network = &self->session->validation;
  SmaltiRunContext context = { 0 };
  gdouble seconds = 0;

  if (self->session->n_val_items == 0)
    return TRUE;
  for (guint i = 0; i < 2; i++) /* the first is cold */
    {
      gint64 start = g_get_monotonic_time ();

      if (is_stopped (self))
        return FALSE;
      smalti_program_run (network->program, &context);
      smalti_device_wait (self->session->device);
      seconds = seconds_since (start);
    }
  self->estimate->validation_seconds
      = self->session->n_val_items / (gdouble)network->batch * pace (self, seconds, network->batch);
  return TRUE;
}

/* Looks while it runs and at its end; those that fall together are one. */
static void
add_up (Measure *self)
{
  const SmaltiValues *values = smalti_spec_get_values (self->spec, "train");
  SmaltiEstimate *estimate = self->estimate;
  gdouble minutes = smalti_values_get_float (values, "minutes");
  gdouble validate_every = smalti_values_get_float (values, "validate_every");
  gdouble step = pace (self, estimate->step_seconds, estimate->batch), looks = 0;
  guint64 every = MAX (1, llround (validate_every * estimate->steps_per_epoch));

  estimate->epoch_seconds = estimate->steps_per_epoch * step;
  if (minutes > 0)
    {
      gdouble look = validate_every > 0 ? estimate->validation_seconds / every : 0;

      estimate->total_seconds = minutes * 60;
      estimate->n_steps = MAX (1, llround (minutes * 60 / (step + look)));
      return;
    }
  estimate->n_steps = estimate->steps_per_epoch * smalti_values_get_int (values, "epochs");
  looks = validate_every > 0 ? (estimate->n_steps + every - 1) / every : 1;
  estimate->total_seconds = estimate->n_steps * step + looks * estimate->validation_seconds;
}

static gboolean
measure_session (Measure *self)
{
  SmaltiSession *session = self->session;
  SmaltiEstimate *estimate = self->estimate;

  estimate->device = g_strdup (session->device->info.name);
  estimate->batch = session->training.batch;
  if (session->training.program == NULL)
    return TRUE;
  estimate->n_val_images = session->n_val_items;
  estimate->steps_per_epoch = session->steps_per_epoch;
  if (!smalti_session_make_optimizer (session, 1000, NULL, &self->error) || !measure_loading (self)
      || !measure_steps (self) || !measure_validation (self))
    return FALSE;
  add_up (self);
  return TRUE;
}

static gboolean
measure (Measure *self)
{
  guint64 available_bytes = smalti_memory_available (); /* before we take ours */
  SmaltiEstimateData data;
  guint n_images, n_val_images;
  gboolean measured;

  self->session = smalti_session_new_to_time (self->spec, self->cancellable, tell, self, &self->error);
  if (self->session == NULL)
    return FALSE;
  smalti_dataset_get_split (self->session->dataset, SMALTI_SPLIT_TRAIN, &n_images);
  smalti_dataset_get_split (self->session->dataset, SMALTI_SPLIT_VAL, &n_val_images);
  data = (SmaltiEstimateData){ .n_classes = smalti_dataset_get_n_classes (self->session->dataset),
                               .n_images = n_images,
                               .n_val_images = n_val_images,
                               .cache_bytes = smalti_dataset_get_cache_limit (self->session->dataset) };
  self->estimate->n_images = n_images;
  measured = measure_session (self);
  g_clear_pointer (&self->session, smalti_session_free);
  self->estimate->is_measured = measured;
  return measured && !is_stopped (self)
         && smalti_estimate_plan (self->estimate, self->spec, &data, available_bytes, &self->error);
}

static gpointer
thread (gpointer data)
{
  Measure *self = data;

  if (self->background)
    setpriority (PRIO_PROCESS, (id_t)gettid (), getpriority (PRIO_PROCESS, (id_t)gettid ()) + BACKGROUND_NICE);
  return GINT_TO_POINTER (measure (self));
}

SmaltiEstimate *
smalti_estimate_measure (const SmaltiSpec *spec, gboolean background, GCancellable *cancellable,
                         SmaltiEstimateProgress progress, gpointer user_data, GError **error)
{
  g_autoptr (SmaltiEstimate) estimate = g_new0 (SmaltiEstimate, 1);
  Measure self = { .estimate = estimate,
                   .spec = spec,
                   .background = background,
                   .cancellable = cancellable,
                   .progress = progress,
                   .user_data = user_data };

  if (!smalti_spec_check (spec, error))
    return NULL;
  if (GPOINTER_TO_INT (g_thread_join (g_thread_new ("smalti-estimate", thread, &self))))
    return g_steal_pointer (&estimate);
  g_propagate_error (error, self.error);
  return NULL;
}
