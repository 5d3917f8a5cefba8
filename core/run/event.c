/* SPDX-License-Identifier: Apache-2.0 */
/* What the engine tells. The JSON form is what `smalti --json` prints: only what an event of its type has. */
#include "core/run/event-private.h"

#include <json-glib/json-glib.h>
#include <math.h>

#include "core/base/error.h"

G_DEFINE_BOXED_TYPE (SmaltiEvent, smalti_event, smalti_event_ref, smalti_event_unref)

static const char *const type_ids[] = {
  [SMALTI_EVENT_PHASE] = "phase",           [SMALTI_EVENT_PROGRESS] = "progress",
  [SMALTI_EVENT_METRIC] = "metric",         [SMALTI_EVENT_PREVIEW] = "preview",
  [SMALTI_EVENT_BENCHMARK] = "benchmark",   [SMALTI_EVENT_LOG] = "log",
  [SMALTI_EVENT_CHECKPOINT] = "checkpoint", [SMALTI_EVENT_DONE] = "done",
  [SMALTI_EVENT_STOPPED] = "stopped",       [SMALTI_EVENT_FAILED] = "failed",
  [SMALTI_EVENT_PAUSED] = "paused",         [SMALTI_EVENT_CONTINUED] = "continued",
  [SMALTI_EVENT_CHANGED] = "changed",
};

SmaltiEvent *
smalti_event_new (SmaltiEventType type, gint64 run)
{
  SmaltiEvent *self = g_new0 (SmaltiEvent, 1);

  self->type = type;
  self->run = run;
  self->time = g_get_real_time ();
  self->ref_count = 1;
  return self;
}

SmaltiEvent *
smalti_event_ref (SmaltiEvent *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
smalti_event_unref (SmaltiEvent *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_free (self->phase);
  g_free (self->text);
  g_free (self->metric);
  g_free (self->key);
  g_free (self->from);
  g_free (self->to);
  g_clear_pointer (&self->previews, g_ptr_array_unref);
  if (self->benchmark != NULL)
    smalti_benchmark_free (self->benchmark);
  g_clear_error (&self->error);
  g_free (self);
}

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  if (text == NULL)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

/* JSON has no NaN: what is no number is null. */
static void
add_number (JsonBuilder *builder, const char *name, gdouble number)
{
  json_builder_set_member_name (builder, name);
  if (isfinite (number))
    json_builder_add_double_value (builder, number);
  else
    json_builder_add_null_value (builder);
}

static void
add_count (JsonBuilder *builder, const char *name, guint64 count)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, count);
}

static void
add_previews (JsonBuilder *builder, const GPtrArray *previews)
{
  json_builder_set_member_name (builder, "previews");
  json_builder_begin_array (builder);
  for (guint i = 0; i < previews->len; i++)
    {
      const SmaltiPreview *preview = previews->pdata[i];

      json_builder_begin_object (builder);
      add_text (builder, "caption", preview->caption);
      json_builder_set_member_name (builder, "correct");
      json_builder_add_boolean_value (builder, preview->correct);
      add_number (builder, "score", preview->score);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_benchmark (JsonBuilder *builder, const SmaltiBenchmark *benchmark)
{
  g_autofree char *json = smalti_benchmark_to_json (benchmark);
  JsonNode *node = json_from_string (json, NULL);

  if (node == NULL)
    return;
  json_builder_set_member_name (builder, "benchmark");
  json_builder_add_value (builder, node);
}

static void
add_contents (JsonBuilder *builder, const SmaltiEvent *self)
{
  switch (self->type)
    {
    case SMALTI_EVENT_PROGRESS:
      add_text (builder, "phase", self->phase);
      add_text (builder, "text", self->text);
      add_count (builder, "done", self->done);
      add_count (builder, "total", self->total);
      add_number (builder, "images_per_second", self->rate);
      add_number (builder, "seconds_left", self->seconds_left);
      add_number (builder, "loader_wait", self->loader_wait);
      break;
    case SMALTI_EVENT_METRIC:
      add_text (builder, "metric", self->metric);
      add_count (builder, "step", self->point.step);
      add_number (builder, "epoch", self->point.epoch);
      add_number (builder, "seconds", self->point.time);
      add_number (builder, "value", self->point.value);
      break;
    case SMALTI_EVENT_PREVIEW:
      add_count (builder, "step", self->point.step);
      add_previews (builder, self->previews);
      break;
    case SMALTI_EVENT_BENCHMARK:
      add_benchmark (builder, self->benchmark);
      break;
    case SMALTI_EVENT_CHECKPOINT:
    case SMALTI_EVENT_PAUSED:
    case SMALTI_EVENT_CONTINUED:
    case SMALTI_EVENT_STOPPED:
      add_count (builder, "step", self->point.step);
      break;
    case SMALTI_EVENT_CHANGED:
      add_count (builder, "step", self->point.step);
      add_text (builder, "key", self->key);
      add_text (builder, "from", self->from);
      add_text (builder, "to", self->to);
      break;
    case SMALTI_EVENT_LOG:
      json_builder_set_member_name (builder, "warning");
      json_builder_add_boolean_value (builder, self->warning);
      add_text (builder, "text", self->text);
      break;
    case SMALTI_EVENT_PHASE:
      add_text (builder, "phase", self->phase);
      add_text (builder, "text", self->text);
      break;
    case SMALTI_EVENT_DONE:
    case SMALTI_EVENT_FAILED:
      add_text (builder, "text", self->text);
      if (self->batch_that_fits > 0)
        add_count (builder, "batch_that_fits", self->batch_that_fits);
      break;
    }
}

char *
smalti_event_to_json (const SmaltiEvent *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (self->time / G_USEC_PER_SEC);
  g_autoptr (GDateTime) time = g_date_time_add (utc, self->time % G_USEC_PER_SEC);
  g_autofree char *when = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S.%fZ");

  json_builder_begin_object (builder);
  add_text (builder, "event", type_ids[self->type]);
  json_builder_set_member_name (builder, "run");
  json_builder_add_int_value (builder, self->run);
  add_text (builder, "time", when);
  add_contents (builder, self);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}
