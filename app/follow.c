/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal's end of the engine's stream of events. */
#include "app/follow.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "app/interrupt.h"
#include "app/output.h"
#include "app/progress.h"
#include "core/run/engine.h"

typedef struct
{
  const CliInvocation *invocation;
  SmaltiEngine *engine;
  GMainLoop *loop;
  char *title;   /* of the phase under way */
  double loss;   /* the last one told; NaN: none yet */
  GString *held; /* what was measured on held-out images at one step: a line when it is complete */
  guint64 step;  /* of the last metric or checkpoint */
  gboolean stopped;
  GError *error;
} Follow;

char *
cli_resume_hint (const CliInvocation *invocation, gint64 run)
{
  const char *store = cli_text (invocation, "store");
  g_autofree char *quoted = store != NULL ? g_shell_quote (store) : NULL;

  if (quoted == NULL)
    return g_strdup_printf ("smalti resume %" G_GINT64_FORMAT, run);
  return g_strdup_printf ("smalti resume %" G_GINT64_FORMAT " --store %s", run, quoted);
}

char *
cli_text_benchmark (const SmaltiBenchmark *benchmark)
{
  return g_strdup_printf (_ ("%s, %s: top-1 %.1f%% (%.1f to %.1f), top-5 %.1f%%"), benchmark->layer,
                          benchmark->protocol, 100 * benchmark->top1.value, 100 * benchmark->top1.low,
                          100 * benchmark->top1.high, 100 * benchmark->top5.value);
}

static void
tell_held (Follow *self)
{
  if (self->held->len > 0)
    cli_note ("%s", self->held->str);
  g_string_truncate (self->held, 0);
}

static void
on_metric (Follow *self, const SmaltiEvent *event)
{
  self->step = event->point.step;
  if (strcmp (event->metric, "train/loss") == 0)
    self->loss = event->point.value;
  if (!g_str_has_prefix (event->metric, "val/"))
    return;
  if (self->held->len == 0)
    g_string_append_printf (self->held, _ ("Epoch %.2f, held-out images:"), event->point.epoch);
  g_string_append_printf (self->held, "%s %s ", g_str_has_suffix (self->held->str, ":") ? "" : ",",
                          event->metric + strlen ("val/"));
  if (strcmp (event->metric, "val/loss") == 0)
    g_string_append_printf (self->held, "%.4g", event->point.value);
  else /* all others are shares */
    g_string_append_printf (self->held, "%.1f%%", 100 * event->point.value);
}

static void
on_progress (Follow *self, const SmaltiEvent *event)
{
  g_autofree char *loss = isfinite (self->loss) ? g_strdup_printf (_ ("loss %.4g"), self->loss) : NULL;
  gboolean training = g_strcmp0 (event->phase, "train") == 0;
  CliProgress progress = {
    .title = self->title != NULL ? self->title : event->phase,
    .done = event->done,
    .total = event->total,
    .rate = event->rate,
    .seconds_left = event->rate > 0 ? event->seconds_left : -1,
    .extra = training ? loss : NULL,
  };

  cli_progress_show (&progress);
}

static void
on_event (SmaltiEngine *engine, const SmaltiEvent *event, Follow *self)
{
  if (cli_output_json ())
    {
      g_autofree char *json = smalti_event_to_json (event);

      cli_json_line (json);
    }
  if (event->type != SMALTI_EVENT_METRIC)
    tell_held (self);
  switch (event->type)
    {
    case SMALTI_EVENT_PHASE:
      g_free (self->title);
      self->title = g_strdup (event->text != NULL && *event->text != '\0' ? event->text : event->phase);
      break;
    case SMALTI_EVENT_PROGRESS:
      on_progress (self, event);
      break;
    case SMALTI_EVENT_METRIC:
      on_metric (self, event);
      break;
    case SMALTI_EVENT_BENCHMARK:
      {
        g_autofree char *text = cli_text_benchmark (event->benchmark);

        cli_note ("%s", text);
        break;
      }
    case SMALTI_EVENT_LOG:
      if (event->warning)
        cli_warn (_ ("Warning: %s"), event->text);
      else
        cli_note ("%s", event->text);
      break;
    case SMALTI_EVENT_CHECKPOINT:
      self->step = event->point.step;
      break;
    case SMALTI_EVENT_PAUSED:
      cli_note (_ ("Paused after step %" PRIu64 "."), event->point.step);
      break;
    case SMALTI_EVENT_CONTINUED:
      cli_note (_ ("Goes on after step %" PRIu64 "."), event->point.step);
      break;
    case SMALTI_EVENT_CHANGED: /* its log line tells */
    case SMALTI_EVENT_PREVIEW:
      break; /* pictures: the report and the window show them */
    case SMALTI_EVENT_DONE:
      g_main_loop_quit (self->loop);
      break;
    case SMALTI_EVENT_STOPPED:
      self->step = event->point.step;
      self->stopped = TRUE;
      g_main_loop_quit (self->loop);
      break;
    case SMALTI_EVENT_FAILED:
      self->error = event->error != NULL ? g_error_copy (event->error)
                                         : g_error_new_literal (SMALTI_ERROR, SMALTI_ERROR_DATA, event->text);
      g_main_loop_quit (self->loop);
      break;
    }
}

static void
ask_to_stop (gpointer user_data)
{
  Follow *self = user_data;

  cli_warn ("%s", _ ("Stopping at a checkpoint; Ctrl-C again ends the program at once."));
  smalti_engine_stop (self->engine);
}

gboolean
cli_follow (const CliInvocation *invocation, SmaltiStore *store, gint64 run, GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (SmaltiEngine) engine = smalti_engine_new (smalti_store_get_path (store));
  g_autoptr (GString) held = g_string_new (NULL);
  Follow self = { invocation, engine, loop, NULL, NAN, held };
  g_autoptr (CliInterrupt) interrupt = cli_interrupt_new (ask_to_stop, &self);
  g_autofree char *title = NULL;

  g_signal_connect (engine, "event", G_CALLBACK (on_event), &self);
  if (!smalti_engine_start (engine, run, error))
    return FALSE;
  g_main_loop_run (loop);
  smalti_engine_join (engine);
  g_signal_handlers_disconnect_by_data (engine, &self);
  cli_progress_hide ();
  title = self.title;
  if (self.error != NULL)
    {
      g_propagate_error (error, self.error);
      return FALSE;
    }
  if (self.stopped)
    {
      g_autofree char *hint = cli_resume_hint (invocation, run);

      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED,
                   _ ("Run %" PRId64 " is stopped after step %" PRIu64 "; “%s” goes on from there."), run, self.step,
                   hint);
      return FALSE;
    }
  return TRUE;
}
