/* SPDX-License-Identifier: Apache-2.0 */
/* What a run writes and tells. Points wait in memory and go to the store about once a second, in one transaction with
 * how far the run is; events of one metric are told a few times a second, since people look at them. */
#include "core/run/runner-private.h"

#include <inttypes.h>
#include <string.h>

#include "core/base/error.h"
#include "core/run/event-private.h"

#define METRIC_EVERY   (G_USEC_PER_SEC / 10)
#define PROGRESS_EVERY (G_USEC_PER_SEC / 10)
#define MAX_REASONS    3

void
smalti_runner_tell (SmaltiRunner *self, SmaltiEvent *event)
{
  self->sink (event, self->sink_data);
}

void
smalti_runner_phase (SmaltiRunner *self, const char *phase, const char *text)
{
  SmaltiEvent *event = smalti_event_new (SMALTI_EVENT_PHASE, self->run);

  event->phase = g_strdup (phase);
  event->text = g_strdup (text);
  g_free (self->info->phase);
  self->info->phase = g_strdup (phase);
  self->progress_at = 0;
  smalti_store_update_run (self->store, self->info, NULL); /* the next flush tells if the store is gone */
  smalti_runner_tell (self, event);
}

void
smalti_runner_progress (SmaltiRunner *self, const char *text, guint64 done, guint64 total, gdouble rate,
                        gdouble seconds_left, gdouble loader_wait)
{
  gint64 now = g_get_monotonic_time ();
  SmaltiEvent *event;

  if (now - self->progress_at < PROGRESS_EVERY && done != total)
    return;
  self->progress_at = now;
  event = smalti_event_new (SMALTI_EVENT_PROGRESS, self->run);
  event->phase = g_strdup (self->info->phase);
  event->text = g_strdup (text);
  event->done = done;
  event->total = total;
  event->rate = rate;
  event->seconds_left = seconds_left;
  event->loader_wait = loader_wait;
  smalti_runner_tell (self, event);
}

void
smalti_runner_log (SmaltiRunner *self, gboolean warning, const char *format, ...)
{
  SmaltiEvent *event = smalti_event_new (SMALTI_EVENT_LOG, self->run);
  g_autofree char *line = NULL;
  va_list arguments;

  va_start (arguments, format);
  event->text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  event->warning = warning;
  line = g_strconcat (warning ? "warning: " : "", event->text, NULL);
  smalti_store_add_artifact (self->store, self->run, "log", self->position.step, line, NULL, NULL);
  smalti_runner_tell (self, event);
}

static void
tell_metric (SmaltiRunner *self, const char *metric, const SmaltiPoint *point)
{
  gint64 now = g_get_monotonic_time ();
  gint64 *told = g_hash_table_lookup (self->metric_told, metric);
  SmaltiEvent *event;

  if (told != NULL && now - *told < METRIC_EVERY)
    return;
  if (told == NULL)
    {
      told = g_new (gint64, 1);
      g_hash_table_insert (self->metric_told, g_strdup (metric), told);
    }
  *told = now;
  event = smalti_event_new (SMALTI_EVENT_METRIC, self->run);
  event->metric = g_strdup (metric);
  event->point = *point;
  smalti_runner_tell (self, event);
}

void
smalti_runner_point (SmaltiRunner *self, const char *metric, gdouble value)
{
  SmaltiPendingPoint pending = {
    .point = { .step = self->position.step, .epoch = self->info->epoch, .time = self->position.seconds, .value = value }
  };

  pending.metric = g_strdup (metric);
  g_array_append_val (self->points, pending);
  tell_metric (self, metric, &pending.point);
}

gboolean
smalti_runner_flush (SmaltiRunner *self, GError **error)
{
  self->stored_at = g_get_monotonic_time ();
  if (!smalti_store_begin (self->store, error))
    return FALSE;
  for (guint i = 0; i < self->points->len; i++)
    {
      const SmaltiPendingPoint *pending = &g_array_index (self->points, SmaltiPendingPoint, i);

      if (!smalti_store_add_point (self->store, self->run, pending->metric, &pending->point, error))
        {
          smalti_store_rollback (self->store);
          return FALSE;
        }
    }
  if (!smalti_store_update_run (self->store, self->info, error))
    {
      smalti_store_rollback (self->store);
      return FALSE;
    }
  if (!smalti_store_commit (self->store, error))
    return FALSE;
  g_array_set_size (self->points, 0);
  return TRUE;
}

void
smalti_runner_tell_unreadable (SmaltiRunner *self, gboolean at_end)
{
  guint64 n = smalti_dataset_get_n_unreadable (self->session->dataset);
  g_auto (GStrv) all = NULL;
  g_autoptr (GString) reasons = NULL;

  /* First at once, then whenever they have doubled, and all of them at the end. */
  if (n == self->n_unreadable_told || (!at_end && n < 2 * self->n_unreadable_told))
    return;
  self->n_unreadable_told = n;
  all = smalti_dataset_get_unreadable (self->session->dataset);
  reasons = g_string_new (NULL);
  for (guint i = 0; i < MAX_REASONS && all[i] != NULL; i++)
    g_string_append_printf (reasons, "\n%s", all[i]);
  if (n > MAX_REASONS)
    g_string_append (reasons, "\n…");
  smalti_runner_log (self, TRUE,
                     g_dngettext (GETTEXT_PACKAGE, "%" PRIu64 " image can't be read and is left out:%s",
                                  "%" PRIu64 " images can't be read and are left out:%s", n),
                     n, reasons->str);
}
