/* SPDX-License-Identifier: Apache-2.0 */
/* The training loop. A step reads nothing back from the device but what a point of the curves needs; everything else
 * (validation, previews, checkpoints, the store) happens between steps, so that whatever happens there changes no
 * number of the run. */
#include "core/run/runner-private.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/run/event-private.h"

#define FLUSH_EVERY G_USEC_PER_SEC
/* A rehearsal for runs planned by time: so many steps, or so large a part of the time, whichever is less. */
#define REHEARSAL_STEPS 20
#define REHEARSAL_SHARE 0.05
/* A step that looks, against one that learns: forward, against forward, backward and update. */
#define LOOK_SHARE (1.0 / 3)

typedef struct
{
  guint metric_every;
  guint64 validate_every;                 /* steps, 0: at the end */
  gint64 checkpoint_every, preview_every; /* microseconds, 0: at the end */
  gint64 checkpoint_at, preview_at;       /* when the last was */
  gint64 rate_since;
  guint64 rate_step;
  gdouble rate_waited;
  gdouble rate, loader_wait; /* of the last while */
} Loop;

static gint64
microseconds (const SmaltiValues *values, const char *key)
{
  return smalti_values_get_float (values, key) * G_USEC_PER_SEC;
}

static void
update_position (SmaltiRunner *self)
{
  guint64 per_epoch = self->session->steps_per_epoch;

  self->position.epoch = self->position.step / per_epoch;
  self->position.epoch_step = self->position.step % per_epoch;
  self->position.seconds
      = self->seconds_before + (g_get_monotonic_time () - self->training_since) / (gdouble)G_USEC_PER_SEC;
  self->info->step = self->position.step;
  self->info->epoch = self->position.step / (gdouble)per_epoch;
}

static gboolean
step (SmaltiRunner *self, GError **error)
{
  SmaltiSession *session = self->session;
  SmaltiRunContext context = { .seed = session->seed, .step = self->position.step };
  SmaltiBatch *batch = smalti_loader_next (session->loader, error);

  if (batch == NULL)
    return FALSE;
  smalti_network_write (&session->training, &session->sampler, batch->field);
  smalti_loader_release (session->loader, batch);
  smalti_program_run (session->training.program, &context);
  smalti_optimizer_step (session->optimizer, self->position.step);
  self->position.step++;
  return TRUE;
}

static gboolean
set_diverged (const SmaltiRunner *self, GError **error)
{
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DIVERGED,
               _ ("At step %" PRIu64 " the loss was no longer a number; the last checkpoint is kept. Try a "
                  "smaller learning rate (train.lr), a warm-up (train.warmup) or clipping (train.clip_norm)."),
               self->position.step);
  return FALSE;
}

/* The loss and the gradients it sent back: weights are whole as long as both are. */
static gboolean
check_finite (const SmaltiRunner *self, GError **error)
{
  const SmaltiNetwork *network = &self->session->training;

  if (isfinite (smalti_program_read_scalar (network->program, network->parts.loss))
      && isfinite (smalti_optimizer_grad_norm (self->session->optimizer)))
    return TRUE;
  return set_diverged (self, error);
}

static gboolean
add_points (SmaltiRunner *self, GError **error)
{
  const SmaltiNetwork *network = &self->session->training;
  const SmaltiPretextGraph *parts = &network->parts;

  if (!check_finite (self, error))
    return FALSE;
  smalti_runner_point (self, "train/loss", smalti_program_read_scalar (network->program, parts->loss));
  for (guint i = 0; i < parts->n_metrics; i++)
    {
      g_autofree char *name = g_strdup_printf ("train/%s", parts->metric[i].name);
      gfloat sum = smalti_program_read_scalar (network->program, parts->metric[i].sum);

      smalti_runner_point (self, name, sum / parts->metric[i].divisor);
    }
  smalti_runner_point (self, "train/lr", smalti_optimizer_lr (self->session->optimizer, self->position.step - 1));
  smalti_runner_point (self, "train/grad_norm", smalti_optimizer_grad_norm (self->session->optimizer));
  return TRUE;
}

/* Points first: a run that goes on from a checkpoint has the curve up to it. */
static gboolean
save (SmaltiRunner *self, gboolean finished, GError **error)
{
  SmaltiSession *session = self->session;
  SmaltiEvent *event;

  update_position (self);
  if (!smalti_runner_flush (self, error) || (self->position.step > self->first_step && !check_finite (self, error))
      || !smalti_checkpoint_write (self->folder, self->spec, session->pretext, session->weights,
                                   finished ? NULL : session->optimizer, &self->position, &session->device->info,
                                   error))
    return FALSE;
  self->saved = self->position;
  event = smalti_event_new (SMALTI_EVENT_CHECKPOINT, self->run);
  event->point.step = self->position.step;
  smalti_runner_tell (self, event);
  return TRUE;
}

void
smalti_runner_save (SmaltiRunner *self)
{
  g_autoptr (GError) reason = NULL;

  if (self->training && self->saved.step != self->position.step && !save (self, FALSE, &reason))
    smalti_runner_log (self, TRUE, "%s", reason->message);
}

static gboolean
show_previews (SmaltiRunner *self, Loop *loop, GError **error)
{
  /* For people who look now every one is told; for those who look later they are kept closer together at the beginning,
   * where more changes: a day's run keeps a hundred or so. */
  gboolean store = self->preview_stored < 0 || self->position.seconds >= self->preview_stored * 1.05
                   || self->position.step == self->position.n_steps;

  loop->preview_at = g_get_monotonic_time ();
  if (store)
    self->preview_stored = self->position.seconds;
  return smalti_runner_preview (self, store, error);
}

static gboolean
look (SmaltiRunner *self, Loop *loop, GError **error)
{
  smalti_runner_phase (self, "validate", _ ("Looking at held-out images"));
  if (!smalti_runner_validate (self, error) || !show_previews (self, loop, error))
    return FALSE;
  smalti_runner_phase (self, "train", _ ("Training"));
  return TRUE;
}

static gboolean
is_validation_due (const SmaltiRunner *self, const Loop *loop)
{
  return self->position.step == self->position.n_steps
         || (loop->validate_every > 0 && self->position.step > 0 && self->position.step % loop->validate_every == 0);
}

static void
tell_progress (SmaltiRunner *self, Loop *loop)
{
  gint64 now = g_get_monotonic_time ();
  gdouble elapsed = (now - loop->rate_since) / (gdouble)G_USEC_PER_SEC;
  gdouble waited = smalti_loader_waited (self->session->loader);
  gdouble left;

  if (elapsed >= 0.5)
    {
      guint64 n = self->position.step - loop->rate_step;

      loop->rate = n * self->session->training.batch / elapsed;
      loop->loader_wait = CLAMP ((waited - loop->rate_waited) / elapsed, 0, 1);
      loop->rate_since = now;
      loop->rate_step = self->position.step;
      loop->rate_waited = waited;
    }
  left = self->position.seconds / MAX (self->position.step, 1) * (self->position.n_steps - self->position.step);
  smalti_runner_progress (self, NULL, self->position.step, self->position.n_steps, loop->rate, left, loop->loader_wait);
}

/* What is due after a step. */
static gboolean
between_steps (SmaltiRunner *self, Loop *loop, GError **error)
{
  gint64 now;

  update_position (self);
  if ((self->position.step % loop->metric_every == 0 || self->position.step == self->position.n_steps)
      && !add_points (self, error))
    return FALSE;
  smalti_runner_read_meters (self);
  tell_progress (self, loop);
  if (is_validation_due (self, loop) && !look (self, loop, error))
    return FALSE;
  now = g_get_monotonic_time ();
  if (loop->preview_every > 0 && now - loop->preview_at >= loop->preview_every && !show_previews (self, loop, error))
    return FALSE;
  if (loop->checkpoint_every > 0 && now - loop->checkpoint_at >= loop->checkpoint_every)
    {
      if (!save (self, FALSE, error))
        return FALSE;
      loop->checkpoint_at = g_get_monotonic_time ();
    }
  if (now - self->stored_at >= FLUSH_EVERY)
    {
      smalti_runner_tell_unreadable (self, FALSE);
      return smalti_runner_flush (self, error);
    }
  return TRUE;
}

/* Whatever was interrupted between steps is done when the run goes on. */
static gboolean
stop_here (SmaltiRunner *self, GError **error)
{
  smalti_runner_attend (self); /* what cancelled it may have been noticed first */
  return (self->stop_now || save (self, FALSE, error)) && smalti_runner_set_stopped (error);
}

/* Runs steps that are then forgotten, and plans as many as fit into the time with their share of looking. */
static gboolean
rehearse (SmaltiRunner *self, gdouble minutes, guint64 *n_steps, GError **error)
{
  SmaltiSession *session = self->session;
  g_autoptr (SmaltiTensorFile) before = smalti_tensor_file_new ();
  gdouble validate_every = smalti_values_get_float (smalti_spec_get_values (self->spec, "train"), "validate_every");
  gdouble seconds_a_step, looks_a_step = 0;
  gint64 start, from, now;
  guint n = 0, from_step = 0;

  smalti_weights_save (session->weights, before, "");
  if (!smalti_session_make_optimizer (session, 1000, NULL, error))
    return FALSE;
  start = from = now = g_get_monotonic_time ();
  while (n < REHEARSAL_STEPS && (n < 3 || now - start < minutes * 60 * REHEARSAL_SHARE * G_USEC_PER_SEC))
    {
      gint64 held = self->held;

      if (smalti_runner_is_stopped (self))
        return smalti_runner_set_stopped (error);
      start += self->held - held;
      from += self->held - held;
      if (!step (self, error))
        return FALSE;
      smalti_device_wait (session->device);
      now = g_get_monotonic_time ();
      n++;
      if (n == 1 || n == REHEARSAL_STEPS / 2) /* the first is cold, and the first few find their images made */
        {
          from = now;
          from_step = n;
        }
    }
  seconds_a_step = (now - from) / (gdouble)G_USEC_PER_SEC / MAX (n - from_step, 1);
  if (validate_every > 0 && session->n_val_items > 0)
    looks_a_step
        = session->n_val_items / (gdouble)session->training.batch / (validate_every * session->steps_per_epoch);
  *n_steps = MAX (1, llround (minutes * 60 / (seconds_a_step * (1 + LOOK_SHARE * looks_a_step))));

  self->position.step = 0;
  return smalti_weights_load (session->weights, before, "", "", error);
}

static void
replan (SmaltiRunner *self)
{
  const SmaltiSession *session = self->session;

  smalti_optimizer_replan (session->optimizer, smalti_spec_get_values (self->spec, "train"), session->training.batch,
                           self->position.n_steps, self->position.planned_at, self->position.planned_place);
}

static gboolean
plan_length (SmaltiRunner *self, const SmaltiTensorFile *saved, GError **error)
{
  SmaltiSession *session = self->session;
  const SmaltiValues *values = smalti_spec_get_values (self->spec, "train");
  gdouble minutes = smalti_values_get_float (values, "minutes");

  if (saved != NULL)
    ; /* as it was planned then */
  else if (minutes > 0)
    {
      smalti_runner_phase (self, "prepare", _ ("Measuring the speed"));
      if (!rehearse (self, minutes, &self->position.n_steps, error))
        return FALSE;
    }
  else
    self->position.n_steps = session->steps_per_epoch * smalti_values_get_int (values, "epochs");
  self->info->n_steps = self->position.n_steps;
  /* A finished run has no optimizer any more, and needs none to look once again. */
  if (!smalti_session_make_optimizer (session, self->position.n_steps,
                                      self->position.step < self->position.n_steps ? saved : NULL, error))
    return FALSE;
  replan (self);
  return TRUE;
}

static void
set_length (SmaltiRunner *self, guint64 n_steps)
{
  self->position.planned_place = smalti_optimizer_place (self->session->optimizer, self->position.step) * n_steps;
  self->position.planned_at = self->position.step;
  self->position.n_steps = self->info->n_steps = n_steps;
}

/* A checkpoint first, so that every checkpoint is of a run that had its spec all the time since the one before, and
 * what goes on from any of them is the same to the bit; then the store. A program killed in between leaves a store that
 * smalti_runner_adopt_changes() brings up to date. */
static gboolean
change (SmaltiRunner *self, const SmaltiRequest *request, GError **error)
{
  g_autofree char *from = smalti_spec_get_text (self->spec, request->key), *to = NULL;
  g_autoptr (GError) reason = NULL;
  guint64 n_steps = 0;

  if (!smalti_spec_check_change (self->spec, request->key, request->value, &reason)
      || !smalti_spec_set (self->spec, request->key, request->value, &reason))
    {
      smalti_runner_log (self, TRUE, "%s", reason->message);
      return TRUE;
    }
  to = smalti_spec_get_text (self->spec, request->key);
  if (strcmp (from, to) == 0)
    return TRUE;
  if (strcmp (request->key, "train.epochs") == 0)
    {
      n_steps = self->session->steps_per_epoch
                * smalti_values_get_int (smalti_spec_get_values (self->spec, "train"), "epochs");
      if (n_steps < self->position.step)
        {
          smalti_spec_set (self->spec, request->key, from, NULL);
          smalti_runner_log (self, TRUE, _ ("The run is past epoch %s already; its epochs stay at %s."), to, from);
          return TRUE;
        }
      set_length (self, n_steps);
    }
  replan (self);
  return save (self, FALSE, error) && smalti_runner_record_change (self, request->key, from, to, error);
}

/* Between two steps. */
static gboolean
attend (SmaltiRunner *self, Loop *loop, GError **error)
{
  gint64 held = self->held;
  SmaltiRequest *request;

  if (smalti_runner_is_stopped (self))
    return smalti_runner_set_stopped (error);
  loop->rate_since += self->held - held;
  while ((request = g_queue_pop_head (&self->changes)) != NULL)
    {
      gboolean ok = change (self, request, error);

      smalti_request_free (request);
      if (!ok)
        return FALSE;
    }
  return TRUE;
}

/* A run that was stopped while it looked, or whose end has come to where it is, has yet to look. */
static gboolean
look_if_due (SmaltiRunner *self, Loop *loop, GError **error)
{
  return !is_validation_due (self, loop) || smalti_runner_is_validated (self) || look (self, loop, error);
}

static gboolean
run_steps (SmaltiRunner *self, Loop *loop, GError **error)
{
  if (!look_if_due (self, loop, error))
    return FALSE;
  while (self->position.step < self->position.n_steps)
    {
      if (!attend (self, loop, error))
        return FALSE;
      if (self->position.step == self->position.n_steps)
        return look_if_due (self, loop, error);
      if (!step (self, error) || !between_steps (self, loop, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
smalti_runner_train (SmaltiRunner *self, const SmaltiTensorFile *saved, GError **error)
{
  SmaltiSession *session = self->session;
  const SmaltiValues *values = smalti_spec_get_values (self->spec, "train");
  gdouble validate_every = smalti_values_get_float (values, "validate_every");
  Loop loop = { .metric_every = smalti_values_get_int (values, "metric_every"),
                .checkpoint_every = microseconds (values, "checkpoint_every"),
                .preview_every = microseconds (values, "preview_every") };
  g_autoptr (GError) reason = NULL;
  gboolean trained;

  if (!plan_length (self, saved, error))
    return FALSE;
  if (validate_every > 0)
    loop.validate_every = MAX (1, llround (validate_every * session->steps_per_epoch));
  self->info->plan_bytes = smalti_session_plan_bytes (session);
  self->info->loader_bytes = smalti_session_loader_bytes (session);
  self->first_step = self->position.step;
  self->seconds_before = self->position.seconds;
  self->training_since = g_get_monotonic_time ();
  update_position (self);
  smalti_runner_phase (self, "train", _ ("Training"));
  smalti_loader_seek (session->loader, self->position.epoch, self->position.epoch_step);
  loop.checkpoint_at = loop.rate_since = g_get_monotonic_time ();
  loop.rate_step = self->position.step;
  loop.rate_waited = smalti_loader_waited (session->loader);
  smalti_runner_begin_meters (self);

  self->training = TRUE;
  trained = run_steps (self, &loop, &reason);
  self->training = FALSE;
  if (!trained)
    {
      if (g_error_matches (reason, SMALTI_ERROR, SMALTI_ERROR_CANCELLED))
        return stop_here (self, error);
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  smalti_runner_tell_unreadable (self, TRUE);
  return save (self, TRUE, error);
}
