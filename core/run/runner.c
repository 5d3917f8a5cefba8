/* SPDX-License-Identifier: Apache-2.0 */
/* From a row in the store to its end. What happens before the run is ours (it is not there, another program has it)
 * leaves the store as it is; what happens after is written down with the run. */
#include "core/run/runner-private.h"

#include <inttypes.h>
#include <string.h>

#include "core/base/error.h"
#include "core/eval/evaluation-archive.h"
#include "core/run/event-private.h"

static void
pending_clear (SmaltiPendingPoint *pending)
{
  g_free (pending->metric);
}

static gboolean
find_run (SmaltiRunner *self, gboolean to_measure, GError **error)
{
  g_clear_pointer (&self->info, smalti_run_info_free);
  g_clear_pointer (&self->spec, smalti_spec_unref);
  self->info = smalti_store_get_run (self->store, self->run, error);
  if (self->info == NULL)
    return FALSE;
  if (self->info->state == SMALTI_RUN_DONE && !to_measure)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("Run %" PRId64 " is done already."), self->run);
      return FALSE;
    }
  if (self->info->trashed != 0)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("Run %" PRId64 " is in the trash; restore it first."),
                   self->run);
      return FALSE;
    }
  self->spec = smalti_spec_parse (self->info->spec_yaml, _ ("the run's spec"), NULL, error);
  return self->spec != NULL;
}

static void
on_session (const char *text, guint64 done, guint64 total, gpointer user_data)
{
  SmaltiRunner *self = user_data;

  smalti_runner_is_stopped (self);
  smalti_runner_progress (self, text, done, total, 0, 0, 0);
}

static const char *
precision_id (SmaltiPrecision precision)
{
  return precision == SMALTI_PRECISION_BF16 ? "bf16" : "f32";
}

static void
set_text (char **field, const char *text)
{
  g_free (*field);
  *field = g_strdup (text);
}

/* Where a run goes on that began elsewhere, it is not the same to the bit any more: that is said. */
static void
compare_provenance (SmaltiRunner *self)
{
  const SmaltiSession *session = self->session;
  const SmaltiRunInfo *info = self->info;

  if (strcmp (info->data_fingerprint, smalti_dataset_get_fingerprint (session->dataset)) != 0)
    smalti_runner_log (self, TRUE, _ ("The images in “%s” have changed since the run began."),
                       smalti_dataset_get_path (session->dataset));
  if (strcmp (info->device, session->device->info.name) != 0 || info->n_threads != session->device->info.n_threads
      || strcmp (info->precision, precision_id (session->precision)) != 0)
    smalti_runner_log (
        self, TRUE,
        _ ("The run began on %s with %u threads in %s and goes on on %s with %u threads in %s: its numbers "
           "will not be the same to the bit."),
        info->device, info->n_threads, info->precision, session->device->info.name, session->device->info.n_threads,
        precision_id (session->precision));
}

static void
write_provenance (SmaltiRunner *self)
{
  const SmaltiSession *session = self->session;
  SmaltiRunInfo *info = self->info;

  set_text (&info->program_version, SMALTI_VERSION);
  set_text (&info->device, session->device->info.name);
  set_text (&info->precision, precision_id (session->precision));
  set_text (&info->data_path, smalti_dataset_get_path (session->dataset));
  set_text (&info->data_fingerprint, smalti_dataset_get_fingerprint (session->dataset));
  info->n_threads = session->device->info.n_threads;
  info->seed = session->seed;
  info->n_params = smalti_weights_n_params (session->weights);
  info->plan_bytes = smalti_session_plan_bytes (session);
  info->loader_bytes = smalti_session_loader_bytes (session);
}

static gboolean
prepare (SmaltiRunner *self, SmaltiTensorFile **saved, GError **error)
{
  const SmaltiPretextClass *method = smalti_spec_get_method (self->spec);
  g_autofree char *description = NULL;
  g_autoptr (GError) reason = NULL;

  smalti_runner_phase (self, "prepare", _ ("Preparing"));
  *saved = smalti_checkpoint_read (self->folder, &self->position, &reason);
  if (reason != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  /* Whatever was written after the checkpoint will happen again. */
  if (!smalti_store_truncate (self->store, self->run, *saved != NULL ? self->position.step : 0, error))
    return FALSE;
  self->saved = self->position;
  if (*saved != NULL && !smalti_runner_adopt_changes (self, *saved, error))
    return FALSE;
  self->session = smalti_session_new (self->spec, *saved, self->cancellable, on_session, self,
                                      &self->info->batch_that_fits, error);
  if (self->session == NULL)
    return FALSE;
  if (*saved != NULL)
    compare_provenance (self);
  write_provenance (self);
  if (method->describe != NULL)
    description = method->describe (self->session->pretext);
  if (description != NULL)
    smalti_runner_log (self, FALSE, "%s", description);
  return smalti_runner_flush (self, error);
}

static gboolean
train (SmaltiRunner *self, const SmaltiTensorFile *saved, GError **error)
{
  if (smalti_spec_get_method (self->spec)->trains)
    return smalti_runner_train (self, saved, error);
  /* Random weights are done as they are. */
  return smalti_checkpoint_write (self->folder, self->spec, self->session->pretext, self->session->weights, NULL,
                                  &self->position, &self->session->device->info, error);
}

static void
on_evaluation (const char *phase, guint64 done, guint64 total, gpointer user_data)
{
  SmaltiRunner *self = user_data;

  smalti_runner_is_stopped (self);
  smalti_runner_progress (self, phase, done, total, 0, 0, 0);
}

void
smalti_runner_tell_benchmark (SmaltiRunner *self, const SmaltiBenchmark *benchmark)
{
  g_autofree char *json = smalti_benchmark_to_json (benchmark);
  SmaltiEvent *event = smalti_event_new (SMALTI_EVENT_BENCHMARK, self->run);

  if (benchmark->kept != NULL)
    smalti_runner_log (self, FALSE, "%s", benchmark->kept);
  smalti_store_add_artifact (self->store, self->run, "benchmark", self->position.step, json, NULL, NULL);
  event->benchmark = smalti_benchmark_from_json (json, NULL);
  smalti_runner_tell (self, event);
}

static void
on_benchmark (const SmaltiBenchmark *benchmark, gpointer user_data)
{
  smalti_runner_tell_benchmark (user_data, benchmark);
}

static gboolean
evaluate (SmaltiRunner *self, GError **error)
{
  const SmaltiValues *values = smalti_spec_get_values (self->spec, "eval");
  SmaltiSession *session = self->session;
  g_autoptr (SmaltiDataset) dataset = NULL;

  if (strcmp (smalti_values_get_string (values, "protocol"), "none") == 0)
    return TRUE;
  dataset = *smalti_values_get_string (values, "data") == '\0'
                ? g_object_ref (session->dataset)
                : smalti_evaluation_data_open (self->spec, values, self->cancellable, error);
  if (dataset == NULL)
    return FALSE;
  if (smalti_dataset_get_n_classes (dataset) == 0)
    {
      smalti_runner_log (
          self, TRUE,
          _ ("The images in “%s” have no labels, so the features are not measured; name labelled ones in "
             "eval.data."),
          smalti_dataset_get_path (dataset));
      return TRUE;
    }
  smalti_runner_phase (self, "evaluate", _ ("Measuring the features"));
  if (!smalti_store_remove_artifacts (self->store, self->run, "benchmark",
                                      error) /* of an evaluation that was stopped */
      || !smalti_evaluation_archive_clear (self->folder, error))
    return FALSE;
  return smalti_benchmark_run (session->pretext, smalti_spec_get_backbone (self->spec),
                               smalti_spec_get_values (self->spec, "backbone"), session->device, session->precision,
                               session->weights, dataset, values, session->seed, session->n_loader_threads,
                               self->folder, self->cancellable, on_evaluation, on_benchmark, self, error);
}

static gboolean
carry_out (SmaltiRunner *self, GError **error)
{
  g_autoptr (SmaltiTensorFile) saved = NULL;

  return prepare (self, &saved, error) && train (self, saved, error) && evaluate (self, error);
}

SmaltiEvent *
smalti_runner_end (SmaltiRunner *self, SmaltiEventType type, const GError *reason)
{
  SmaltiEvent *event = smalti_event_new (type, self->run);

  event->point.step = self->position.step;
  event->point.epoch = self->info != NULL ? self->info->epoch : 0;
  if (type == SMALTI_EVENT_FAILED)
    {
      event->text = g_strdup (reason->message);
      event->batch_that_fits = self->info != NULL ? self->info->batch_that_fits : 0;
      event->error = g_error_copy (reason);
    }
  return event;
}

/* Without a checkpoint of where it is, the run is where the last one is. */
static void
go_back (SmaltiRunner *self)
{
  guint64 per_epoch = self->session != NULL ? self->session->steps_per_epoch : 0;

  self->position = self->saved;
  g_array_set_size (self->points, 0);
  smalti_store_truncate (self->store, self->run, self->position.step, NULL);
  self->info->step = self->position.step;
  self->info->epoch = per_epoch > 0 ? self->position.step / (gdouble)per_epoch : self->position.epoch;
}

/* A new run that can't begin (no images, not enough memory) was a mistake in its settings: nothing of it is left. One
 * from the queue is: nobody looked when it was its turn. */
static gboolean
remove_unbegun (SmaltiRunner *self, gboolean is_new)
{
  if (!is_new || self->session != NULL || self->info->queue_place > 0)
    return FALSE;
  smalti_store_unlock_run (self->store, self->run);
  return smalti_store_remove_run (self->store, self->run, NULL);
}

/* What was asked for after the last step. */
static void
refuse_changes (SmaltiRunner *self)
{
  for (GList *link = self->changes.head; link != NULL; link = link->next)
    {
      const SmaltiRequest *request = link->data;

      smalti_runner_log (self, TRUE, _ ("It was too late to change %s to %s: the run does not train any more."),
                         request->key, request->value);
    }
}

/* The run is ours, with its lock. */
static SmaltiEvent *
run_locked (SmaltiRunner *self)
{
  gboolean is_new = self->info->started == 0;
  g_autoptr (GError) reason = NULL, unwritten = NULL;
  SmaltiEventType type = SMALTI_EVENT_FAILED;

  g_ptr_array_unref (smalti_store_take_requests (self->store, self->run)); /* were meant for whoever ran it before */
  smalti_store_leave_queue (self->store, self->run, NULL);
  self->folder = smalti_store_get_run_folder (self->store, self->run);
  self->info->state = SMALTI_RUN_RUNNING;
  if (is_new)
    self->info->started = g_get_real_time ();
  self->info->finished = 0;
  self->info->batch_that_fits = 0;
  set_text (&self->info->message, "");

  if (carry_out (self, &reason))
    {
      type = SMALTI_EVENT_DONE;
      self->info->state = SMALTI_RUN_DONE;
      self->info->finished = g_get_real_time ();
    }
  else if (g_error_matches (reason, SMALTI_ERROR, SMALTI_ERROR_CANCELLED)
           || g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      type = SMALTI_EVENT_STOPPED;
      self->info->state = SMALTI_RUN_STOPPED;
      smalti_runner_attend (self); /* what cancelled it may have been noticed first */
      if (self->stop_now)
        go_back (self);
    }
  else if (remove_unbegun (self, is_new))
    return smalti_runner_end (self, SMALTI_EVENT_FAILED, reason);
  else
    {
      self->info->state = SMALTI_RUN_FAILED;
      self->info->finished = g_get_real_time ();
      set_text (&self->info->message, reason->message);
    }
  set_text (&self->info->phase, "");
  refuse_changes (self);
  if (!smalti_runner_flush (self, &unwritten) && type != SMALTI_EVENT_FAILED)
    return smalti_runner_end (self, SMALTI_EVENT_FAILED, unwritten);
  return smalti_runner_end (self, type, reason);
}

void
smalti_runner_run (const char *store_path, gint64 run, const SmaltiValues *eval, GCancellable *cancellable,
                   SmaltiControl *control, SmaltiEventSink sink, gpointer user_data)
{
  SmaltiRunner self = { .run = run,
                        .cancellable = cancellable,
                        .control = control,
                        .sink = sink,
                        .sink_data = user_data,
                        .preview_stored = -1,
                        .changes = G_QUEUE_INIT };
  g_autoptr (GError) reason = NULL;
  SmaltiEvent *end;

  self.points = g_array_new (FALSE, FALSE, sizeof (SmaltiPendingPoint));
  g_array_set_clear_func (self.points, (GDestroyNotify)pending_clear);
  self.metric_told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self.store = smalti_store_open (store_path, &reason);
  /* Looked for before it is locked, since a lock makes a folder; and again, since only then it is ours. */
  if (self.store != NULL && find_run (&self, eval != NULL, &reason) && smalti_store_lock_run (self.store, run, &reason)
      && find_run (&self, eval != NULL, &reason))
    end = eval != NULL ? smalti_runner_measure_locked (&self, eval) : run_locked (&self);
  else
    end = smalti_runner_end (&self, SMALTI_EVENT_FAILED, reason);

  smalti_session_free (self.session);
  g_clear_pointer (&self.samples, g_ptr_array_unref);
  g_clear_pointer (&self.meters, smalti_meters_free);
  g_clear_pointer (&self.spec, smalti_spec_unref);
  g_clear_pointer (&self.info, smalti_run_info_free);
  g_clear_object (&self.store); /* and with it the lock */
  g_array_unref (self.points);
  g_queue_clear_full (&self.changes, (GDestroyNotify)smalti_request_free);
  g_hash_table_unref (self.metric_told);
  g_free (self.folder);
  /* When it is told, it is over: whoever hears it may start the next one. */
  sink (end, user_data);
}
