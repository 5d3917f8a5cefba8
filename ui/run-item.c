/* SPDX-License-Identifier: Apache-2.0 */
/* The store is a second behind the engine. While this run's engine speaks to this window, its events say what the run
 * does, and once they have said how it ended, a snapshot that was read before that is outdated. */
#include "ui/run-item.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* Events of progress come ten times a second, and all that shows them is laid out and drawn anew. */
#define PROGRESS_EVERY (G_USEC_PER_SEC / 4)

struct _SmaltiRunItem
{
  GObject parent_instance;

  SmaltiRunInfo *info;
  gboolean live;       /* its engine speaks to this window */
  gint64 ended_at;     /* when an event said how it ended */
  gint64 announced_at; /* monotonic time */
  gboolean stopping;   /* asked to */
  /* From events; reset when the run is no longer running. */
  char *live_text;
  char *live_phase;
  guint64 live_done, live_total;
  gdouble live_rate, live_seconds_left;

  GHashTable *values; /* column id -> SmaltiRunValue */
  char *search_text;  /* made when asked for; dropped when it changes */
};

enum
{
  CHANGED,
  PROVENANCE_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SmaltiRunItem, smalti_run_item, G_TYPE_OBJECT)

static const char *const state_icons[] = {
  [SMALTI_RUN_QUEUED] = "smalti-queued-symbolic",  [SMALTI_RUN_RUNNING] = "smalti-running-symbolic",
  [SMALTI_RUN_PAUSED] = "smalti-stopped-symbolic", [SMALTI_RUN_STOPPED] = "smalti-stopped-symbolic",
  [SMALTI_RUN_DONE] = "smalti-done-symbolic",      [SMALTI_RUN_FAILED] = "smalti-failed-symbolic",
  [SMALTI_RUN_LOST] = "smalti-stopped-symbolic",
};

char *
smalti_describe_seconds (gdouble seconds)
{
  if (!(seconds >= 0) || seconds > 1e9)
    return g_strdup (_ ("unknown"));
  if (seconds < 90)
    return g_strdup_printf (_ ("%.0f s"), ceil (seconds));
  if (seconds < 90 * 60)
    return g_strdup_printf (_ ("%.0f min"), round (seconds / 60));
  if (seconds < 48 * 3600)
    return g_strdup_printf (_ ("%.0f h %.0f min"), floor (seconds / 3600), floor (fmod (seconds, 3600) / 60));
  return g_strdup_printf (_ ("%.1f days"), seconds / 86400);
}

static char *
format_count (guint64 n)
{
  return g_strdup_printf ("%'" G_GUINT64_FORMAT, n);
}

const char *
smalti_run_item_get_method (SmaltiRunItem *self)
{
  const SmaltiPretextClass *method = smalti_pretext_find (self->info->method);

  return method ? _ (method->title) : self->info->method;
}

static const char *
current_phase (SmaltiRunItem *self)
{
  return self->live_phase ? self->live_phase : self->info->phase;
}

static const char *
describe_phase (SmaltiRunItem *self)
{
  const char *phase = current_phase (self);

  if (self->stopping)
    return _ ("Stopping");
  if (g_strcmp0 (phase, "prepare") == 0)
    return _ ("Preparing");
  if (g_strcmp0 (phase, "validate") == 0)
    return _ ("Validating");
  if (g_strcmp0 (phase, "evaluate") == 0)
    return _ ("Measuring");
  return _ ("Training");
}

gboolean
smalti_run_item_is_waiting (SmaltiRunItem *self)
{
  return self->info->queue_place > 0 && !smalti_run_state_is_live (self->info->state);
}

const char *
smalti_run_item_describe_state (SmaltiRunItem *self)
{
  if (smalti_run_item_is_waiting (self) && self->info->state != SMALTI_RUN_QUEUED)
    return _ ("Waiting to go on");
  switch (self->info->state)
    {
    case SMALTI_RUN_QUEUED:
      return _ ("Waiting to start");
    case SMALTI_RUN_RUNNING:
      return describe_phase (self);
    case SMALTI_RUN_PAUSED:
      return _ ("Paused");
    case SMALTI_RUN_STOPPED:
      return _ ("Stopped");
    case SMALTI_RUN_DONE:
      return _ ("Finished");
    case SMALTI_RUN_FAILED:
      return _ ("Failed");
    case SMALTI_RUN_LOST:
      return _ ("Interrupted");
    }
  g_assert_not_reached ();
}

gdouble
smalti_run_item_get_fraction (SmaltiRunItem *self)
{
  const SmaltiRunInfo *info = self->info;

  if (info->state == SMALTI_RUN_DONE)
    return 1;

  guint64 done = info->step, total = info->n_steps;

  /* Before and after training; a validation in its midst leaves the bar where it is. */
  if (info->state == SMALTI_RUN_RUNNING && self->live_total > 0 && g_strcmp0 (self->live_phase, "validate") != 0)
    {
      done = self->live_done;
      total = self->live_total;
    }
  return total > 0 ? CLAMP (done / (gdouble)total, 0, 1) : 0;
}

/* Of what another program's run measures, the store knows nothing before it is there. */
gboolean
smalti_run_item_has_fraction (SmaltiRunItem *self)
{
  const char *phase = current_phase (self);

  return self->info->state != SMALTI_RUN_RUNNING || self->live_total > 0 || g_strcmp0 (phase, "train") == 0
         || g_strcmp0 (phase, "validate") == 0;
}

char *
smalti_run_item_describe (SmaltiRunItem *self)
{
  if (self->info->state == SMALTI_RUN_RUNNING && smalti_run_item_has_fraction (self))
    /* Translators: method, what it does, how far: "Jigsaw puzzles · Training 41%" */
    return g_strdup_printf (_ ("%s · %s %.0f%%"), smalti_run_item_get_method (self),
                            smalti_run_item_describe_state (self), floor (smalti_run_item_get_fraction (self) * 100));
  /* Translators: method, state: "Jigsaw puzzles · Finished" */
  return g_strdup_printf (_ ("%s · %s"), smalti_run_item_get_method (self), smalti_run_item_describe_state (self));
}

static char *
describe_end (const SmaltiRunInfo *info)
{
  g_autofree char *n_steps = format_count (info->n_steps);
  g_autofree char *steps
      = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s step", "%s steps", info->n_steps), n_steps);

  if (info->finished <= info->started || info->started == 0)
    return g_steal_pointer (&steps);

  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (info->finished / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = utc ? g_date_time_to_local (utc) : NULL;
  g_autofree char *when = local ? g_date_time_format (local, "%x %H:%M") : NULL;

  /* Translators: steps, date and time: "4,000 steps · finished on 24/11/26 17:05" */
  return when ? g_strdup_printf (_ ("%s · finished on %s"), steps, when) : g_steal_pointer (&steps);
}

char *
smalti_run_item_describe_progress (SmaltiRunItem *self)
{
  const SmaltiRunInfo *info = self->info;
  g_autoptr (GString) line = g_string_new (NULL);
  gboolean live = info->state == SMALTI_RUN_RUNNING && self->live_total > 0;
  g_autofree char *done = format_count (live ? self->live_done : info->step);
  g_autofree char *total = format_count (live ? self->live_total : info->n_steps);

  if (info->state == SMALTI_RUN_DONE)
    return describe_end (info);
  if (live && self->live_text && *self->live_text && g_strcmp0 (self->live_phase, "train") != 0)
    /* Translators: what it does, how far: "Reading pictures 120 of 400" */
    g_string_append_printf (line, _ ("%s %s of %s"), self->live_text, done, total);
  else if (live || info->n_steps > 0)
    g_string_append_printf (line, _ ("Step %s of %s"), done, total);
  if (live && self->live_rate > 0)
    {
      g_string_append (line, " · ");
      g_string_append_printf (line, _ ("%.0f images/s"), self->live_rate);
    }
  if (live && self->live_seconds_left > 0)
    {
      g_autofree char *left = smalti_describe_seconds (self->live_seconds_left);

      g_string_append (line, " · ");
      g_string_append_printf (line, _ ("%s left"), left);
    }
  return g_string_free (g_steal_pointer (&line), FALSE);
}

static gboolean
same_tags (char **a, char **b)
{
  return a && b ? g_strv_equal ((const char *const *)a, (const char *const *)b) : a == b;
}

static gboolean
same_info (const SmaltiRunInfo *a, const SmaltiRunInfo *b)
{
  return a->state == b->state && a->step == b->step && a->n_steps == b->n_steps && a->started == b->started
         && a->finished == b->finished && a->plan_bytes == b->plan_bytes && g_strcmp0 (a->name, b->name) == 0
         && g_strcmp0 (a->phase, b->phase) == 0 && g_strcmp0 (a->message, b->message) == 0
         && g_strcmp0 (a->device, b->device) == 0 && g_strcmp0 (a->data_path, b->data_path) == 0
         && g_strcmp0 (a->note, b->note) == 0 && a->favorite == b->favorite && a->queue_place == b->queue_place
         && a->batch_that_fits == b->batch_that_fits && same_tags (a->tags, b->tags);
}

static void
announce (SmaltiRunItem *self)
{
  g_clear_pointer (&self->search_text, g_free);
  self->announced_at = g_get_monotonic_time ();
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
forget_live (SmaltiRunItem *self)
{
  g_clear_pointer (&self->live_phase, g_free);
  g_clear_pointer (&self->live_text, g_free);
  self->stopping = FALSE;
  self->live_done = self->live_total = 0;
  self->live_rate = self->live_seconds_left = 0;
}

static void
set_text (char **field, const char *text)
{
  char *copy = g_strdup (text);

  g_free (*field);
  *field = copy;
}

gboolean
smalti_run_item_take_info (SmaltiRunItem *self, const SmaltiRunInfo *info, gint64 read_at)
{
  const SmaltiRunInfo *old = self->info;
  SmaltiRunInfo seen = *info; /* shares its texts */

  g_return_val_if_fail (info->id == old->id, FALSE);
  if (self->live || read_at < self->ended_at)
    {
      seen.state = old->state;
      seen.phase = old->phase;
      seen.message = old->message;
    }
  if (same_info (&seen, old))
    return FALSE;

  /* The device is written down together with everything else about where the numbers come from. */
  gboolean moved = g_strcmp0 (info->device, old->device) != 0 || info->plan_bytes != old->plan_bytes;

  self->info = smalti_run_info_copy (&seen);
  smalti_run_info_free ((SmaltiRunInfo *)old);
  info = self->info;
  if (moved)
    g_signal_emit (self, signals[PROVENANCE_CHANGED], 0);
  if (info->state != SMALTI_RUN_RUNNING)
    forget_live (self);
  announce (self);
  return TRUE;
}

static void
take_end (SmaltiRunItem *self, const SmaltiEvent *event, SmaltiRunState state)
{
  self->live = FALSE;
  self->ended_at = event->time;
  self->info->state = state;
  set_text (&self->info->phase, "");
  set_text (&self->info->message, state == SMALTI_RUN_FAILED ? event->text : "");
  forget_live (self);
}

void
smalti_run_item_take_event (SmaltiRunItem *self, const SmaltiEvent *event)
{
  gboolean stopping = self->stopping;
  SmaltiRunState state = self->info->state;

  g_return_if_fail (event->run == self->info->id);

  switch (event->type)
    {
    case SMALTI_EVENT_PHASE:
      forget_live (self);
      self->stopping = stopping;
      self->live = TRUE;
      set_text (&self->live_phase, event->phase);
      set_text (&self->live_text, event->text);
      self->info->state = SMALTI_RUN_RUNNING;
      set_text (&self->info->message, "");
      break;
    case SMALTI_EVENT_PROGRESS:
      self->live = TRUE;
      self->info->state = SMALTI_RUN_RUNNING;
      set_text (&self->live_phase, event->phase);
      if (event->text)
        set_text (&self->live_text, event->text);
      self->live_done = event->done;
      self->live_total = event->total;
      self->live_rate = event->rate;
      self->live_seconds_left = event->seconds_left;
      if (state == SMALTI_RUN_RUNNING && event->done < event->total
          && g_get_monotonic_time () - self->announced_at < PROGRESS_EVERY)
        return;
      break;
    case SMALTI_EVENT_PAUSED:
      self->info->state = SMALTI_RUN_PAUSED;
      break;
    case SMALTI_EVENT_CONTINUED:
      self->info->state = SMALTI_RUN_RUNNING;
      break;
    case SMALTI_EVENT_DONE:
    case SMALTI_EVENT_STOPPED:
    case SMALTI_EVENT_FAILED:
      /* One that never began here (another program has it) is as the store says. */
      if (!self->live)
        return;
      take_end (self, event,
                event->type == SMALTI_EVENT_DONE      ? SMALTI_RUN_DONE
                : event->type == SMALTI_EVENT_STOPPED ? SMALTI_RUN_STOPPED
                                                      : SMALTI_RUN_FAILED);
      break;
    default:
      return;
    }
  announce (self);
}

void
smalti_run_item_set_stopping (SmaltiRunItem *self, gboolean stopping)
{
  stopping = stopping && smalti_run_state_is_live (self->info->state);
  if (stopping == self->stopping)
    return;
  self->stopping = stopping;
  announce (self);
}

gboolean
smalti_run_item_is_stopping (SmaltiRunItem *self)
{
  return self->stopping;
}

gint64
smalti_run_item_get_id (SmaltiRunItem *self)
{
  return self->info->id;
}

const SmaltiRunInfo *
smalti_run_item_get_info (SmaltiRunItem *self)
{
  return self->info;
}

SmaltiRunState
smalti_run_item_get_state (SmaltiRunItem *self)
{
  return self->info->state;
}

void
smalti_run_item_show_icon (SmaltiRunItem *self, GtkImage *image)
{
  const char *name = state_icons[smalti_run_item_is_waiting (self) ? SMALTI_RUN_QUEUED : self->info->state];

  /* An image lays everything around it out anew, also for the icon that it has. */
  if (g_strcmp0 (gtk_image_get_icon_name (image), name) != 0)
    gtk_image_set_from_icon_name (image, name);
}

const char *
smalti_run_item_get_name (SmaltiRunItem *self)
{
  return self->info->name;
}

SmaltiRunValue *
smalti_run_value_new (gdouble number, char *text)
{
  SmaltiRunValue *self = g_new (SmaltiRunValue, 1);

  *self = (SmaltiRunValue){ number, text };
  return self;
}

void
smalti_run_value_free (SmaltiRunValue *self)
{
  g_free (self->text);
  g_free (self);
}

void
smalti_run_item_set_values (SmaltiRunItem *self, GHashTable *values)
{
  g_clear_pointer (&self->values, g_hash_table_unref);
  self->values = values;
  announce (self);
}

const SmaltiRunValue *
smalti_run_item_get_value (SmaltiRunItem *self, const char *column)
{
  return self->values ? g_hash_table_lookup (self->values, column) : NULL;
}

const char *
smalti_run_item_get_search_text (SmaltiRunItem *self)
{
  if (!self->search_text)
    {
      const SmaltiRunInfo *info = self->info;
      g_autofree char *tags = info->tags ? g_strjoinv ("\n", info->tags) : g_strdup ("");
      g_autofree char *text = g_strjoin ("\n", info->name, smalti_run_item_get_method (self), tags,
                                         info->note ? info->note : "", info->data_path ? info->data_path : "", NULL);

      self->search_text = g_utf8_casefold (text, -1);
    }
  return self->search_text;
}

static void
smalti_run_item_finalize (GObject *object)
{
  SmaltiRunItem *self = SMALTI_RUN_ITEM (object);

  forget_live (self);
  g_clear_pointer (&self->values, g_hash_table_unref);
  g_free (self->search_text);
  smalti_run_info_free (self->info);
  G_OBJECT_CLASS (smalti_run_item_parent_class)->finalize (object);
}

static void
smalti_run_item_class_init (SmaltiRunItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = smalti_run_item_finalize;
  signals[CHANGED]
      = g_signal_new ("changed", SMALTI_TYPE_RUN_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[PROVENANCE_CHANGED] = g_signal_new ("provenance-changed", SMALTI_TYPE_RUN_ITEM, G_SIGNAL_RUN_LAST, 0, NULL,
                                              NULL, NULL, G_TYPE_NONE, 0);
}

static void
smalti_run_item_init (SmaltiRunItem *self)
{
}

SmaltiRunItem *
smalti_run_item_new (const SmaltiRunInfo *info)
{
  SmaltiRunItem *self = g_object_new (SMALTI_TYPE_RUN_ITEM, NULL);

  self->info = smalti_run_info_copy (info);
  return self;
}
