/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of a run under way, by the engine's callers and, through the store, by other programs. Stopping and
 * pausing happen wherever the run asks whether it is stopped; changes wait until the next moment between two steps,
 * since only there is the run what its checkpoint says it is. */
#include "core/run/runner-private.h"

#include <inttypes.h>

#include "core/base/error.h"
#include "core/run/event-private.h"

#define POLL_EVERY (G_USEC_PER_SEC / 2)

/* Takes the request. */
static void
take (SmaltiRunner *self, SmaltiRequest *request)
{
  switch (request->kind)
    {
    case SMALTI_REQUEST_STOP_NOW:
      self->stop_now = TRUE;
      G_GNUC_FALLTHROUGH;
    case SMALTI_REQUEST_STOP:
      g_cancellable_cancel (self->cancellable);
      break;
    case SMALTI_REQUEST_PAUSE:
      self->pausing = TRUE;
      break;
    case SMALTI_REQUEST_CONTINUE:
      self->pausing = FALSE;
      break;
    case SMALTI_REQUEST_CHANGE:
      g_queue_push_tail (&self->changes, request);
      return;
    }
  smalti_request_free (request);
}

void
smalti_runner_attend (SmaltiRunner *self)
{
  gint64 now = g_get_monotonic_time ();
  SmaltiRequest *request;

  while ((request = smalti_control_take (self->control)) != NULL)
    take (self, request);
  if (now - self->polled_at >= POLL_EVERY)
    {
      g_autoptr (GPtrArray) asked = smalti_store_take_requests (self->store, self->run);

      self->polled_at = now;
      while (asked->len > 0)
        take (self, g_ptr_array_steal_index (asked, 0));
    }
}

static void
tell_step (SmaltiRunner *self, SmaltiEventType type)
{
  SmaltiEvent *event = smalti_event_new (type, self->run);

  event->point.step = self->position.step;
  event->point.epoch = self->info->epoch;
  smalti_runner_tell (self, event);
}

/* A pause begins with a checkpoint, since nobody knows how it ends. The clock of the run stands still meanwhile. */
static void
hold (SmaltiRunner *self)
{
  gint64 since = g_get_monotonic_time (), held;

  smalti_runner_save (self);
  self->info->state = SMALTI_RUN_PAUSED;
  smalti_runner_flush (self, NULL); /* the next one tells if the store is gone */
  tell_step (self, SMALTI_EVENT_PAUSED);
  while (self->pausing && !g_cancellable_is_cancelled (self->cancellable))
    {
      smalti_control_wait (self->control, POLL_EVERY);
      smalti_runner_attend (self);
    }
  held = g_get_monotonic_time () - since;
  self->held += held;
  self->training_since += held;
  self->pausing = FALSE;
  self->info->state = SMALTI_RUN_RUNNING;
  if (g_cancellable_is_cancelled (self->cancellable))
    return; /* stopped while it was paused: the end tells */
  smalti_store_update_run (self->store, self->info, NULL);
  tell_step (self, SMALTI_EVENT_CONTINUED);
}

gboolean
smalti_runner_is_stopped (SmaltiRunner *self)
{
  smalti_runner_attend (self);
  if (self->pausing && !g_cancellable_is_cancelled (self->cancellable))
    hold (self);
  return g_cancellable_is_cancelled (self->cancellable);
}

gboolean
smalti_runner_set_stopped (GError **error)
{
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED, _ ("Stopped."));
  return FALSE;
}

/* Written down with the spec as it is now, all or nothing. */
gboolean
smalti_runner_record_change (SmaltiRunner *self, const char *key, const char *from, const char *to, GError **error)
{
  SmaltiEvent *event;

  if (!smalti_store_begin (self->store, error))
    return FALSE;
  if (!smalti_store_set_spec (self->store, self->run, self->spec, error)
      || !smalti_store_add_change (self->store, self->run, self->position.step, key, from, to, error)
      || !smalti_store_update_run (self->store, self->info, error))
    {
      smalti_store_rollback (self->store);
      return FALSE;
    }
  if (!smalti_store_commit (self->store, error))
    return FALSE;
  smalti_runner_log (self, FALSE, _ ("After step %" PRIu64 ", %s changes from %s to %s."), self->position.step, key,
                     from, to);
  event = smalti_event_new (SMALTI_EVENT_CHANGED, self->run);
  event->point.step = self->position.step;
  event->point.epoch = self->info->epoch;
  event->key = g_strdup (key);
  event->from = g_strdup (from);
  event->to = g_strdup (to);
  smalti_runner_tell (self, event);
  return TRUE;
}

/* The checkpoint is what the weights were trained with: when it and the store differ (the program was killed between
 * writing one and the other, or the newest checkpoint is damaged), the checkpoint is right. */
gboolean
smalti_runner_adopt_changes (SmaltiRunner *self, const SmaltiTensorFile *saved, GError **error)
{
  const char *yaml = smalti_tensor_file_get_metadata (saved, "spec");
  g_autoptr (SmaltiSpec) spec = yaml != NULL ? smalti_spec_parse (yaml, _ ("the checkpoint's spec"), NULL, NULL) : NULL;

  for (guint i = 0; spec != NULL && smalti_spec_changeable[i] != NULL; i++)
    {
      const char *key = smalti_spec_changeable[i];
      g_autofree char *from = smalti_spec_get_text (self->spec, key), *to = smalti_spec_get_text (spec, key);

      if (g_strcmp0 (from, to) == 0)
        continue;
      if (!smalti_spec_set (self->spec, key, to, error) || !smalti_runner_record_change (self, key, from, to, error))
        return FALSE;
    }
  return TRUE;
}
