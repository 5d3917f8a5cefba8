/* SPDX-License-Identifier: Apache-2.0 */
/* The store is a second behind the engine, so a progress event wins until the store has caught up with its step. */
#include "ui/run-item.h"

#include <glib/gi18n-lib.h>
#include <math.h>

struct _SmaltiRunItem
{
  GObject parent_instance;

  SmaltiRunInfo *info;
  /* From events; reset when the run is no longer running. */
  char *live_text;
  char *live_phase;
  guint64 live_done, live_total;
  gdouble live_rate, live_seconds_left;
};

enum
{
  PROP_0,
  PROP_ID,
  PROP_NAME,
  PROP_METHOD,
  PROP_DETAILS,
  PROP_ICON_NAME,
  PROP_ACTIVE,
  PROP_FRACTION,
  PROP_DEVICE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];
static guint changed_signal;

G_DEFINE_FINAL_TYPE (SmaltiRunItem, smalti_run_item, G_TYPE_OBJECT)

static const char *const state_icons[] = {
  [SMALTI_RUN_QUEUED] = "smalti-queued-symbolic",   [SMALTI_RUN_RUNNING] = "smalti-running-symbolic",
  [SMALTI_RUN_STOPPED] = "smalti-stopped-symbolic", [SMALTI_RUN_DONE] = "smalti-done-symbolic",
  [SMALTI_RUN_FAILED] = "smalti-failed-symbolic",   [SMALTI_RUN_LOST] = "smalti-stopped-symbolic",
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

static const char *
method_title (SmaltiRunItem *self)
{
  const SmaltiPretextClass *method = smalti_pretext_find (self->info->method);

  return method ? _ (method->title) : self->info->method;
}

static const char *
describe_phase (SmaltiRunItem *self)
{
  const char *phase = self->live_phase ? self->live_phase : self->info->phase;

  if (g_strcmp0 (phase, "prepare") == 0)
    return _ ("Preparing");
  if (g_strcmp0 (phase, "validate") == 0)
    return _ ("Validating");
  if (g_strcmp0 (phase, "evaluate") == 0)
    return _ ("Measuring");
  return _ ("Training");
}

const char *
smalti_run_item_describe_state (SmaltiRunItem *self)
{
  switch (self->info->state)
    {
    case SMALTI_RUN_QUEUED:
      return _ ("Waiting to start");
    case SMALTI_RUN_RUNNING:
      return describe_phase (self);
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
  if (info->state == SMALTI_RUN_RUNNING && self->live_total > 0 && !g_str_equal (info->phase, "train"))
    return CLAMP (self->live_done / (gdouble) self->live_total, 0, 1);
  if (info->n_steps == 0)
    return 0;

  guint64 step = info->step;

  if (g_strcmp0 (self->live_phase, "train") == 0 && self->live_total == info->n_steps)
    step = MAX (step, self->live_done);
  return CLAMP (step / (gdouble) info->n_steps, 0, 1);
}

static char *
describe_details (SmaltiRunItem *self)
{
  if (self->info->state == SMALTI_RUN_RUNNING)
    /* Translators: method, what it does, how far: "Jigsaw puzzles · Training 41%" */
    return g_strdup_printf (_ ("%s · %s %.0f%%"), method_title (self), smalti_run_item_describe_state (self),
                            floor (smalti_run_item_get_fraction (self) * 100));
  /* Translators: method, state: "Jigsaw puzzles · Finished" */
  return g_strdup_printf (_ ("%s · %s"), method_title (self), smalti_run_item_describe_state (self));
}

char *
smalti_run_item_describe_progress (SmaltiRunItem *self)
{
  const SmaltiRunInfo *info = self->info;
  g_autoptr (GString) line = g_string_new (NULL);
  gboolean live = info->state == SMALTI_RUN_RUNNING && self->live_total > 0;
  guint64 done = live ? self->live_done : info->step, total = live ? self->live_total : info->n_steps;

  if (info->state == SMALTI_RUN_DONE)
    g_string_append_printf (line, g_dngettext (GETTEXT_PACKAGE, "%" G_GUINT64_FORMAT " step", "%" G_GUINT64_FORMAT " steps",
                                               info->n_steps),
                            info->n_steps);
  else if (live && self->live_text && *self->live_text && g_strcmp0 (self->live_phase, "train") != 0)
    g_string_append_printf (line, _ ("%s %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT), self->live_text, done, total);
  else if (total > 0)
    g_string_append_printf (line, _ ("Step %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT), done, total);
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

static void
announce (SmaltiRunItem *self)
{
  GObject *object = G_OBJECT (self);

  g_object_freeze_notify (object);
  for (guint i = PROP_NAME; i <= PROP_FRACTION; i++)
    g_object_notify_by_pspec (object, properties[i]);
  g_object_thaw_notify (object);
  g_signal_emit (self, changed_signal, 0);
}

static void
forget_live (SmaltiRunItem *self)
{
  g_clear_pointer (&self->live_phase, g_free);
  g_clear_pointer (&self->live_text, g_free);
  self->live_done = self->live_total = 0;
  self->live_rate = self->live_seconds_left = 0;
}

gboolean
smalti_run_item_take_info (SmaltiRunItem *self, const SmaltiRunInfo *info)
{
  const SmaltiRunInfo *old = self->info;

  g_return_val_if_fail (info->id == old->id, FALSE);
  if (info->state == old->state && info->step == old->step && info->n_steps == old->n_steps
      && info->started == old->started && info->finished == old->finished && info->plan_bytes == old->plan_bytes
      && g_strcmp0 (info->name, old->name) == 0 && g_strcmp0 (info->phase, old->phase) == 0
      && g_strcmp0 (info->message, old->message) == 0 && g_strcmp0 (info->device, old->device) == 0)
    return FALSE;

  /* The device is written down together with everything else about where the numbers come from. */
  gboolean moved = g_strcmp0 (info->device, old->device) != 0 || info->plan_bytes != old->plan_bytes;

  smalti_run_info_free (self->info);
  self->info = smalti_run_info_copy (info);
  if (moved)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DEVICE]);
  if (info->state != SMALTI_RUN_RUNNING)
    forget_live (self);
  announce (self);
  return TRUE;
}

void
smalti_run_item_take_event (SmaltiRunItem *self, const SmaltiEvent *event)
{
  g_return_if_fail (event->run == self->info->id);

  switch (event->type)
    {
    case SMALTI_EVENT_PHASE:
      forget_live (self);
      self->live_phase = g_strdup (event->phase);
      self->live_text = g_strdup (event->text);
      self->info->state = SMALTI_RUN_RUNNING;
      break;
    case SMALTI_EVENT_PROGRESS:
      g_free (self->live_phase);
      self->live_phase = g_strdup (event->phase);
      if (event->text)
        {
          g_free (self->live_text);
          self->live_text = g_strdup (event->text);
        }
      self->live_done = event->done;
      self->live_total = event->total;
      self->live_rate = event->rate;
      self->live_seconds_left = event->seconds_left;
      break;
    default:
      return;
    }
  announce (self);
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

const char *
smalti_run_item_get_name (SmaltiRunItem *self)
{
  return self->info->name;
}

static void
smalti_run_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SmaltiRunItem *self = SMALTI_RUN_ITEM (object);

  switch (id)
    {
    case PROP_ID:
      g_value_set_int64 (value, self->info->id);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->info->name);
      break;
    case PROP_METHOD:
      g_value_set_string (value, method_title (self));
      break;
    case PROP_DETAILS:
      g_value_take_string (value, describe_details (self));
      break;
    case PROP_ICON_NAME:
      g_value_set_string (value, state_icons[self->info->state]);
      break;
    case PROP_ACTIVE:
      g_value_set_boolean (value, self->info->state == SMALTI_RUN_RUNNING);
      break;
    case PROP_FRACTION:
      g_value_set_double (value, smalti_run_item_get_fraction (self));
      break;
    case PROP_DEVICE:
      g_value_set_string (value, self->info->device);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
smalti_run_item_finalize (GObject *object)
{
  SmaltiRunItem *self = SMALTI_RUN_ITEM (object);

  forget_live (self);
  smalti_run_info_free (self->info);
  G_OBJECT_CLASS (smalti_run_item_parent_class)->finalize (object);
}

static void
smalti_run_item_class_init (SmaltiRunItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = smalti_run_item_get_property;
  object_class->finalize = smalti_run_item_finalize;
  properties[PROP_ID] = g_param_spec_int64 ("id", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_METHOD] = g_param_spec_string ("method", NULL, NULL, NULL, flags);
  properties[PROP_DETAILS] = g_param_spec_string ("details", NULL, NULL, NULL, flags);
  properties[PROP_ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL, NULL, flags);
  properties[PROP_ACTIVE] = g_param_spec_boolean ("active", NULL, NULL, FALSE, flags);
  properties[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0, flags);
  properties[PROP_DEVICE] = g_param_spec_string ("device", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  changed_signal = g_signal_new ("changed", SMALTI_TYPE_RUN_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
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
