/* SPDX-License-Identifier: Apache-2.0 */
/* A start is a chain of steps off the main loop: draw the sample's pictures if they are wanted, put the run into the
 * store, then let the engine take it from there, when its turn has come. */
#include "ui/workbench-private.h"

#include <glib/gi18n-lib.h>

#include "core/data/sample.h"

/* As large as that of `smalti demo`, which shares it. */
enum
{
  SAMPLE_TRAIN = 100, /* of each class */
  SAMPLE_VAL = 40,
  SAMPLE_SIDE = 96,
};

guint smalti_workbench_signals[SMALTI_WORKBENCH_N_SIGNALS];

G_DEFINE_FINAL_TYPE (SmaltiWorkbench, smalti_workbench, G_TYPE_OBJECT)

/* -- a voice -- */

#define OFFER_SECONDS 12 /* time to read it, and to reach it by keyboard */

static AdwToast *
new_toast (const char *message)
{
  /* The first line: the rest is in the log. */
  g_auto (GStrv) lines = g_strsplit (message, "\n", 2);
  g_autofree char *markup = g_markup_escape_text (lines[0] ? lines[0] : "", -1);

  return adw_toast_new (markup);
}

void
smalti_workbench_tell (SmaltiWorkbench *self, const char *message)
{
  g_return_if_fail (SMALTI_IS_WORKBENCH (self));

  g_autoptr (AdwToast) toast = g_object_ref_sink (new_toast (message));

  g_signal_emit (self, smalti_workbench_signals[SMALTI_WORKBENCH_TOAST], 0, toast);
}

void
smalti_workbench_offer (SmaltiWorkbench *self, const char *message, const char *button, GCallback clicked,
                        gpointer user_data, GClosureNotify destroy)
{
  g_return_if_fail (SMALTI_IS_WORKBENCH (self));

  g_autoptr (AdwToast) toast = g_object_ref_sink (new_toast (message));

  adw_toast_set_button_label (toast, button);
  adw_toast_set_timeout (toast, OFFER_SECONDS);
  g_signal_connect_data (toast, "button-clicked", clicked, user_data, destroy, 0);
  g_signal_emit (self, smalti_workbench_signals[SMALTI_WORKBENCH_TOAST], 0, toast);
}

/* -- the store -- */

static void
on_runs (SmaltiStoreClient *client, GPtrArray *infos, gint64 read_at, SmaltiWorkbench *self)
{
  gboolean first = !self->loaded;

  self->loaded = TRUE;
  g_clear_pointer (&self->trouble, g_free);
  smalti_run_list_take (self->runs, infos, read_at);
  smalti_workbench_count_queue (self);
  if (first)
    {
      self->sample_path = g_build_filename (smalti_store_client_get_path (client), "sample", NULL);
      g_signal_emit (self, smalti_workbench_signals[SMALTI_WORKBENCH_LOADED], 0);
      smalti_workbench_open_queue (self);
    }
  g_signal_emit (self, smalti_workbench_signals[SMALTI_WORKBENCH_RUNS_READ], 0);
  if (self->failure && self->failure->time <= read_at)
    {
      g_autoptr (SmaltiEvent) failure = g_steal_pointer (&self->failure);

      g_signal_emit (self, smalti_workbench_signals[SMALTI_WORKBENCH_RUN_FAILED], 0, failure);
    }
}

static void
on_failed (SmaltiStoreClient *client, const char *message, SmaltiWorkbench *self)
{
  if (!self->loaded)
    {
      g_signal_emit (self, smalti_workbench_signals[SMALTI_WORKBENCH_FAILED], 0, message);
      return;
    }
  if (g_strcmp0 (message, self->trouble) != 0)
    smalti_workbench_tell (self, message);
  g_free (self->trouble);
  self->trouble = g_strdup (message);
}

static void
close_store (SmaltiWorkbench *self)
{
  if (self->client)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);
}

void
smalti_workbench_open_store (SmaltiWorkbench *self)
{
  g_return_if_fail (SMALTI_IS_WORKBENCH (self) && !self->loaded);

  close_store (self);
  self->client = smalti_store_client_new (self->store_path);
  g_signal_connect (self->client, "runs", G_CALLBACK (on_runs), self);
  g_signal_connect (self->client, "failed", G_CALLBACK (on_failed), self);
}

gboolean
smalti_workbench_is_loaded (SmaltiWorkbench *self)
{
  return self->loaded;
}

SmaltiStoreClient *
smalti_workbench_get_client (SmaltiWorkbench *self)
{
  return self->client;
}

SmaltiRunList *
smalti_workbench_get_runs (SmaltiWorkbench *self)
{
  return self->runs;
}

/* -- asking a run -- */

typedef struct
{
  gint64 run;
  SmaltiRequestKind kind;
  char *key, *value;
} Request;

static void
request_free (Request *request)
{
  g_free (request->key);
  g_free (request->value);
  g_free (request);
}

static gpointer
do_request (SmaltiStore *store, gpointer data, GError **error)
{
  const Request *request = data;

  smalti_store_request (store, request->run, request->kind, request->key, request->value, error);
  return NULL;
}

static void
on_requested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiWorkbench) self = user_data;
  g_autoptr (GError) error = NULL;

  smalti_store_client_call_finish (SMALTI_STORE_CLIENT (source), result, &error);
  if (error && !g_cancellable_is_cancelled (self->cancellable))
    smalti_workbench_tell (self, error->message);
}

static gboolean
ask_engine (SmaltiWorkbench *self, SmaltiRequestKind kind, const char *key, const char *value, GError **error)
{
  switch (kind)
    {
    case SMALTI_REQUEST_STOP:
      smalti_engine_stop (self->engine);
      return TRUE;
    case SMALTI_REQUEST_STOP_NOW:
      smalti_engine_stop_now (self->engine);
      return TRUE;
    case SMALTI_REQUEST_PAUSE:
      smalti_engine_pause (self->engine);
      return TRUE;
    case SMALTI_REQUEST_CONTINUE:
      smalti_engine_continue (self->engine);
      return TRUE;
    case SMALTI_REQUEST_CHANGE:
      return smalti_engine_change (self->engine, key, value, error);
    }
  g_assert_not_reached ();
}

void
smalti_workbench_ask_run (SmaltiWorkbench *self, gint64 run, SmaltiRequestKind kind, const char *key, const char *value)
{
  g_return_if_fail (SMALTI_IS_WORKBENCH (self));

  g_autoptr (GError) error = NULL;
  SmaltiRunItem *item = smalti_run_list_find (self->runs, run, NULL);
  Request *request;

  if (item && (kind == SMALTI_REQUEST_STOP || kind == SMALTI_REQUEST_STOP_NOW))
    smalti_run_item_set_stopping (item, TRUE);
  if (run == smalti_workbench_get_current (self))
    {
      if (!ask_engine (self, kind, key, value, &error))
        smalti_workbench_tell (self, error->message);
    }
  else
    {
      request = g_new (Request, 1);
      *request = (Request){ run, kind, g_strdup (key), g_strdup (value) };
      smalti_store_client_call_async (self->client, do_request, request, (GDestroyNotify)request_free, NULL,
                                      on_requested, g_object_ref (self));
    }
  g_signal_emit (self, smalti_workbench_signals[SMALTI_WORKBENCH_CHANGED], 0);
}

void
smalti_workbench_wind_down (SmaltiWorkbench *self)
{
  g_return_if_fail (SMALTI_IS_WORKBENCH (self));

  self->winding_down = TRUE;
  if (smalti_workbench_get_current (self) != 0)
    smalti_engine_stop (self->engine);
}

/* -- the sample's pictures -- */

const char *
smalti_workbench_get_sample_path (SmaltiWorkbench *self)
{
  return self->sample_path;
}

static void
write_sample (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (smalti_sample_write (data, SAMPLE_TRAIN, SAMPLE_VAL, SAMPLE_SIDE, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
smalti_workbench_draw_sample_async (SmaltiWorkbench *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  g_return_if_fail (SMALTI_IS_WORKBENCH (self) && self->loaded);

  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, smalti_workbench_draw_sample_async);
  g_task_set_task_data (task, g_strdup (self->sample_path), g_free);
  g_task_run_in_thread (task, write_sample);
}

gboolean
smalti_workbench_draw_sample_finish (SmaltiWorkbench *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* -- starting -- */

static void
end_start (SmaltiWorkbench *self, gint64 run, const GError *error)
{
  self->n_starting--;
  if (run != 0)
    smalti_workbench_begin (self, run, TRUE);
  else
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        smalti_workbench_tell (self, error->message);
      g_signal_emit (self, smalti_workbench_signals[SMALTI_WORKBENCH_CHANGED], 0);
    }
}

static void
on_run_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiWorkbench) self = user_data;
  g_autoptr (GError) error = NULL;
  gint64 run = smalti_store_client_add_run_finish (SMALTI_STORE_CLIENT (source), result, &error);

  if (!g_cancellable_is_cancelled (self->cancellable))
    end_start (self, run, error);
}

static void
on_sample_drawn (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SmaltiWorkbench *self = SMALTI_WORKBENCH (source);
  g_autoptr (SmaltiSpec) spec = user_data;
  g_autoptr (GError) error = NULL;

  if (smalti_workbench_draw_sample_finish (self, result, &error))
    smalti_store_client_add_run_async (self->client, spec, on_run_added, g_object_ref (self));
  else
    end_start (self, 0, error);
}

void
smalti_workbench_start_spec (SmaltiWorkbench *self, const SmaltiSpec *spec)
{
  g_return_if_fail (SMALTI_IS_WORKBENCH (self) && self->loaded);

  const char *folder = smalti_values_get_string (smalti_spec_get_values (spec, "data"), "path");

  self->n_starting++;
  g_signal_emit (self, smalti_workbench_signals[SMALTI_WORKBENCH_CHANGED], 0);
  if (g_strcmp0 (folder, self->sample_path) != 0)
    {
      smalti_store_client_add_run_async (self->client, spec, on_run_added, g_object_ref (self));
      return;
    }
  smalti_workbench_tell (self, _ ("Drawing the sample’s pictures…"));
  smalti_workbench_draw_sample_async (self, self->cancellable, on_sample_drawn, smalti_spec_copy (spec));
}

static void
smalti_workbench_dispose (GObject *object)
{
  SmaltiWorkbench *self = SMALTI_WORKBENCH (object);

  g_cancellable_cancel (self->cancellable);
  close_store (self);
  if (self->engine)
    g_signal_handlers_disconnect_by_data (self->engine, self);
  g_clear_object (&self->engine);
  g_clear_pointer (&self->failure, smalti_event_unref);
  G_OBJECT_CLASS (smalti_workbench_parent_class)->dispose (object);
}

static void
smalti_workbench_finalize (GObject *object)
{
  SmaltiWorkbench *self = SMALTI_WORKBENCH (object);

  g_hash_table_unref (self->asked);
  g_object_unref (self->runs);
  g_object_unref (self->cancellable);
  g_free (self->store_path);
  g_free (self->sample_path);
  g_free (self->trouble);
  G_OBJECT_CLASS (smalti_workbench_parent_class)->finalize (object);
}

static guint
new_signal (const char *name, GType argument)
{
  return g_signal_new (name, SMALTI_TYPE_WORKBENCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                       argument != G_TYPE_NONE, argument);
}

static void
smalti_workbench_class_init (SmaltiWorkbenchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = smalti_workbench_dispose;
  G_OBJECT_CLASS (klass)->finalize = smalti_workbench_finalize;
  smalti_workbench_signals[SMALTI_WORKBENCH_LOADED] = new_signal ("loaded", G_TYPE_NONE);
  smalti_workbench_signals[SMALTI_WORKBENCH_FAILED] = new_signal ("failed", G_TYPE_STRING);
  smalti_workbench_signals[SMALTI_WORKBENCH_RUNS_READ] = new_signal ("runs-read", G_TYPE_NONE);
  smalti_workbench_signals[SMALTI_WORKBENCH_EVENT] = new_signal ("event", SMALTI_TYPE_EVENT);
  smalti_workbench_signals[SMALTI_WORKBENCH_CHANGED] = new_signal ("changed", G_TYPE_NONE);
  smalti_workbench_signals[SMALTI_WORKBENCH_STARTED] = new_signal ("started", G_TYPE_INT64);
  smalti_workbench_signals[SMALTI_WORKBENCH_RUN_FAILED] = new_signal ("run-failed", SMALTI_TYPE_EVENT);
  smalti_workbench_signals[SMALTI_WORKBENCH_IDLE] = new_signal ("idle", G_TYPE_NONE);
  smalti_workbench_signals[SMALTI_WORKBENCH_TOAST] = new_signal ("toast", ADW_TYPE_TOAST);
}

static void
smalti_workbench_init (SmaltiWorkbench *self)
{
  self->runs = smalti_run_list_new ();
  self->cancellable = g_cancellable_new ();
  self->asked = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

SmaltiWorkbench *
smalti_workbench_new (const char *store_path)
{
  SmaltiWorkbench *self = g_object_new (SMALTI_TYPE_WORKBENCH, NULL);

  self->store_path = g_strdup (store_path);
  return self;
}
