/* SPDX-License-Identifier: Apache-2.0 */
/* The worker thread runs its own main context; requests are sources put into it, answers are sources put into the
 * owner's. A LOST run changes nothing in the store (its process is gone), so the list is read again every few seconds
 * anyway. */
#include "ui/store-client.h"

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/pretext/preview-archive.h"
#include "core/run/engine.h"

#define POLL_MS      500
#define REREAD_EVERY 8 /* polls */

/* All that the worker thread owns; no field is touched from another one. */
typedef struct
{
  SmaltiStore *store;
  guint64 change_count;
  guint polls;
  gint64 read_at; /* microseconds since 1970 */
  gint64 watched;
  gboolean from_start;
  guint64 watched_step;   /* of the run when last looked at, to see it go back */
  GHashTable *last_steps; /* metric -> gint64 */
  gint64 last_log, last_preview;
  gint64 benchmark_times; /* their sum */
  guint n_changes;
} Worker;

struct _SmaltiStoreClient
{
  GObject parent_instance;

  char *wanted_path;
  char *path;
  GMainContext *owner; /* where signals are emitted */
  GMainContext *context;
  gint quit; /* atomic */
  GThread *thread;
  Worker worker;
};

enum
{
  RUNS,
  NEWS,
  FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SmaltiStoreClient, smalti_store_client, G_TYPE_OBJECT)

/* -- from the worker to the owner -- */

typedef struct
{
  GWeakRef client; /* not an owning reference: disposal ends the thread, whatever is still on its way */
  guint signal;
  gpointer payload;
  GDestroyNotify free_payload;
  gint64 read_at;
  char *path;
} Message;

static gboolean
deliver (gpointer user_data)
{
  Message *message = user_data;
  g_autoptr (SmaltiStoreClient) self = g_weak_ref_get (&message->client);

  if (!self)
    return G_SOURCE_REMOVE;
  if (message->path && !self->path)
    self->path = g_strdup (message->path);
  if (message->signal == RUNS)
    g_signal_emit (self, signals[RUNS], 0, message->payload, message->read_at);
  else
    g_signal_emit (self, signals[message->signal], 0, message->payload);
  return G_SOURCE_REMOVE;
}

static void
invoke_in (GMainContext *context, GSourceFunc func, gpointer data, GDestroyNotify destroy)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, SMALTI_PRIORITY_NEWS);
  g_source_set_callback (source, func, data, destroy);
  g_source_attach (source, context);
}

static gboolean
drop (gpointer user_data)
{
  return G_SOURCE_REMOVE;
}

/* Thousands of runs are freed where they were read: that takes a frame's time. */
static void
message_free (gpointer user_data)
{
  Message *message = user_data;
  g_autoptr (SmaltiStoreClient) self = g_weak_ref_get (&message->client);

  if (self && message->signal == RUNS)
    invoke_in (self->context, drop, message->payload, message->free_payload);
  else
    message->free_payload (message->payload);
  g_weak_ref_clear (&message->client);
  g_free (message->path);
  g_free (message);
}

static void
send_message (SmaltiStoreClient *self, guint signal, gpointer payload, GDestroyNotify free_payload)
{
  Message *message = g_new0 (Message, 1);

  g_weak_ref_init (&message->client, self);
  message->signal = signal;
  message->payload = payload;
  message->read_at = self->worker.read_at;
  message->free_payload = free_payload;
  message->path = self->worker.store ? g_strdup (smalti_store_get_path (self->worker.store)) : NULL;
  invoke_in (self->owner, deliver, message, message_free);
}

static void
metric_news_free (SmaltiMetricNews *news)
{
  g_free (news->metric);
  g_array_unref (news->points);
  g_free (news);
}

static void
run_news_free (gpointer data)
{
  SmaltiRunNews *news = data;

  g_ptr_array_unref (news->metrics);
  g_clear_pointer (&news->log, g_ptr_array_unref);
  g_clear_pointer (&news->previews, g_ptr_array_unref);
  g_clear_pointer (&news->benchmarks, g_ptr_array_unref);
  g_clear_pointer (&news->changes, g_ptr_array_unref);
  g_free (news);
}

/* -- on the worker -- */

static gboolean
read_metrics (Worker *worker, SmaltiRunNews *news, GError **error)
{
  g_auto (GStrv) names = smalti_store_list_metrics (worker->store, news->run, error);

  if (!names)
    return FALSE;
  for (guint i = 0; names[i]; i++)
    {
      gint64 *last = g_hash_table_lookup (worker->last_steps, names[i]);
      g_autoptr (GArray) points
          = smalti_store_get_points (worker->store, news->run, names[i], last ? *last : -1, error);

      if (!points)
        return FALSE;
      if (points->len == 0)
        continue;

      gint64 step = g_array_index (points, SmaltiPoint, points->len - 1).step;
      SmaltiMetricNews *metric = g_new (SmaltiMetricNews, 1);

      g_hash_table_replace (worker->last_steps, g_strdup (names[i]), g_memdup2 (&step, sizeof step));
      *metric = (SmaltiMetricNews){ g_strdup (names[i]), g_steal_pointer (&points) };
      g_ptr_array_add (news->metrics, metric);
    }
  return TRUE;
}

/* Decodes here, so that the main loop gets pixels. One that is damaged is left out: the run itself is none the worse.
 */
static gboolean
read_previews (Worker *worker, SmaltiRunNews *news, GError **error)
{
  g_autoptr (GPtrArray) artifacts
      = smalti_store_get_last_artifacts (worker->store, news->run, "preview", worker->last_preview, error);

  if (!artifacts)
    return FALSE;
  for (guint i = 0; i < artifacts->len; i++)
    {
      const SmaltiArtifact *artifact = artifacts->pdata[i];
      g_autoptr (GError) reason = NULL;
      SmaltiPreview *preview
          = artifact->data ? smalti_preview_from_stored (artifact->data, artifact->text, &reason) : NULL;

      worker->last_preview = artifact->rowid;
      if (!preview)
        {
          g_warning ("Run %" G_GINT64_FORMAT ": %s", news->run, reason ? reason->message : "a preview without picture");
          continue;
        }
      if (!news->previews)
        news->previews = g_ptr_array_new_with_free_func ((GDestroyNotify)smalti_preview_free);
      news->preview_step = artifact->step;
      g_ptr_array_add (news->previews, preview);
    }
  return TRUE;
}

static gboolean
read_log (Worker *worker, SmaltiRunNews *news, GError **error)
{
  news->log = smalti_store_get_artifacts (worker->store, news->run, "log", worker->last_log, error);
  if (!news->log)
    return FALSE;
  if (news->log->len > 0)
    worker->last_log = ((const SmaltiArtifact *)news->log->pdata[news->log->len - 1])->rowid;
  return TRUE;
}

/* All of them when there are others than last time: a measurement made again has as many, at other times. */
static gboolean
read_benchmarks (Worker *worker, SmaltiRunNews *news, GError **error)
{
  g_autoptr (GPtrArray) artifacts = smalti_store_get_artifacts (worker->store, news->run, "benchmark", -1, error);
  g_autoptr (GPtrArray) benchmarks = g_ptr_array_new_with_free_func ((GDestroyNotify)smalti_benchmark_free);
  gint64 sum = 0;

  if (!artifacts)
    return FALSE;
  for (guint i = 0; i < artifacts->len; i++)
    sum += ((const SmaltiArtifact *)artifacts->pdata[i])->time;
  if (sum == worker->benchmark_times)
    return TRUE;
  for (guint i = 0; i < artifacts->len; i++)
    {
      SmaltiBenchmark *benchmark
          = smalti_benchmark_from_json (((const SmaltiArtifact *)artifacts->pdata[i])->text, error);

      if (!benchmark)
        return FALSE;
      g_ptr_array_add (benchmarks, benchmark);
    }
  worker->benchmark_times = sum;
  news->benchmarks = g_steal_pointer (&benchmarks);
  return TRUE;
}

static gboolean
read_changes (Worker *worker, SmaltiRunNews *news, GError **error)
{
  g_autoptr (GPtrArray) changes = smalti_store_get_changes (worker->store, news->run, error);

  if (!changes)
    return FALSE;
  if (changes->len != worker->n_changes)
    {
      worker->n_changes = changes->len;
      news->changes = g_steal_pointer (&changes);
    }
  return TRUE;
}

static void
start_over (Worker *worker)
{
  worker->from_start = TRUE;
  worker->watched_step = 0;
  worker->last_log = worker->last_preview = 0;
  worker->benchmark_times = 0;
  worker->n_changes = 0;
  g_hash_table_remove_all (worker->last_steps);
}

static void
fail (SmaltiStoreClient *self, const GError *error)
{
  send_message (self, FAILED, g_strdup (error->message), g_free);
}

/* Each part on its own: what can't be read takes nothing else with it. The first reason is told. */
static void
read_news (SmaltiStoreClient *self, SmaltiRunNews *news)
{
  gboolean (*const parts[]) (Worker *, SmaltiRunNews *, GError **)
      = { read_metrics, read_previews, read_log, read_benchmarks, read_changes };
  g_autoptr (GError) first = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autoptr (GError) error = NULL;

      if (!parts[i](&self->worker, news, &error) && !first)
        first = g_steal_pointer (&error);
    }
  if (first)
    fail (self, first);
}

static void
look_at_watched (SmaltiStoreClient *self, GPtrArray *runs)
{
  Worker *worker = &self->worker;
  const SmaltiRunInfo *info = NULL;

  for (guint i = 0; i < runs->len && !info; i++)
    if (((const SmaltiRunInfo *)runs->pdata[i])->id == worker->watched)
      info = runs->pdata[i];
  if (!info)
    return;
  if (info->step < worker->watched_step)
    start_over (worker);
  worker->watched_step = info->step;

  SmaltiRunNews *news = g_new0 (SmaltiRunNews, 1);

  news->run = worker->watched;
  news->from_start = worker->from_start;
  news->metrics = g_ptr_array_new_with_free_func ((GDestroyNotify)metric_news_free);
  read_news (self, news);
  worker->from_start = FALSE;
  if (news->from_start || news->metrics->len > 0 || (news->log && news->log->len > 0) || news->previews
      || news->benchmarks || news->changes)
    send_message (self, NEWS, news, run_news_free);
  else
    run_news_free (news);
}

static void
read_all (SmaltiStoreClient *self)
{
  Worker *worker = &self->worker;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) runs = NULL;

  /* Before the reading: what is written meanwhile is seen at the next poll. */
  worker->read_at = g_get_real_time ();
  worker->change_count = smalti_store_get_change_count (worker->store);
  runs = smalti_store_list_runs (worker->store, &error);
  if (!runs)
    {
      fail (self, error);
      return;
    }
  if (worker->watched)
    look_at_watched (self, runs);
  send_message (self, RUNS, g_steal_pointer (&runs), (GDestroyNotify)g_ptr_array_unref);
}

static gboolean
poll_store (gpointer user_data)
{
  SmaltiStoreClient *self = user_data;
  Worker *worker = &self->worker;

  if (++worker->polls % REREAD_EVERY == 0 || smalti_store_get_change_count (worker->store) != worker->change_count)
    read_all (self);
  return G_SOURCE_CONTINUE;
}

static gpointer
work (gpointer user_data)
{
  SmaltiStoreClient *self = user_data;
  Worker *worker = &self->worker;
  g_autoptr (GError) error = NULL;

  g_main_context_push_thread_default (self->context);
  worker->last_steps = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  worker->store = smalti_store_open (self->wanted_path, &error);
  if (worker->store)
    {
      g_autoptr (GSource) timer = g_timeout_source_new (POLL_MS);

      g_source_set_callback (timer, poll_store, self, NULL);
      g_source_attach (timer, self->context);
      read_all (self);
    }
  else
    fail (self, error);

  while (!g_atomic_int_get (&self->quit))
    g_main_context_iteration (self->context, TRUE);
  /* What was asked for is done, and told to whoever still waits. */
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_clear_object (&worker->store);
  g_hash_table_unref (worker->last_steps);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

/* -- requests -- */

typedef struct
{
  SmaltiStoreClient *client; /* outlives the thread, which disposal joins */
  gint64 run;
} RunRequest;

static void
request (SmaltiStoreClient *self, GSourceFunc func, gint64 run)
{
  RunRequest *data = g_new (RunRequest, 1);

  *data = (RunRequest){ self, run };
  invoke_in (self->context, func, data, g_free);
}

static gboolean
do_watch (gpointer user_data)
{
  const RunRequest *data = user_data;
  Worker *worker = &data->client->worker;

  worker->watched = data->run;
  start_over (worker);
  if (worker->store)
    read_all (data->client);
  return G_SOURCE_REMOVE;
}

static gboolean
do_refresh (gpointer user_data)
{
  const RunRequest *data = user_data;

  if (data->client->worker.store)
    read_all (data->client);
  return G_SOURCE_REMOVE;
}

void
smalti_store_client_refresh (SmaltiStoreClient *self)
{
  g_return_if_fail (SMALTI_IS_STORE_CLIENT (self));
  request (self, do_refresh, 0);
}

void
smalti_store_client_watch (SmaltiStoreClient *self, gint64 run)
{
  g_return_if_fail (SMALTI_IS_STORE_CLIENT (self));
  request (self, do_watch, run);
}

typedef struct
{
  SmaltiStoreCall call;
  gpointer data;
  GDestroyNotify free_data, free_result;
} Call;

static void
call_free (gpointer user_data)
{
  Call *call = user_data;

  if (call->free_data)
    call->free_data (call->data);
  g_free (call);
}

static gboolean
do_call (gpointer user_data)
{
  GTask *task = user_data;
  SmaltiStoreClient *self = g_task_get_source_object (task);
  const Call *call = g_task_get_task_data (task);
  GError *error = NULL;
  gpointer result;

  if (!self->worker.store)
    {
      g_task_return_new_error (task, SMALTI_ERROR, SMALTI_ERROR_STORE, "%s", _ ("The store of runs is not open."));
      return G_SOURCE_REMOVE;
    }
  result = call->call (self->worker.store, call->data, &error);
  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, result, call->free_result);
  /* What it wrote is seen at once. */
  if (smalti_store_get_change_count (self->worker.store) != self->worker.change_count)
    read_all (self);
  return G_SOURCE_REMOVE;
}

static gboolean
do_nothing (gpointer unused)
{
  return G_SOURCE_REMOVE;
}

/* The task holds the client, whose end waits for this very thread: the last reference must not go here. */
static void
give_back_task (gpointer task)
{
  SmaltiStoreClient *self = g_task_get_source_object (task);
  g_autoptr (GMainContext) owner = g_main_context_ref (self->owner);

  invoke_in (owner, do_nothing, task, g_object_unref);
}

void
smalti_store_client_call_async (SmaltiStoreClient *self, SmaltiStoreCall call, gpointer data, GDestroyNotify free_data,
                                GDestroyNotify free_result, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMALTI_IS_STORE_CLIENT (self));

  GTask *task = g_task_new (self, NULL, callback, user_data);
  Call *copy = g_new (Call, 1);

  *copy = (Call){ call, data, free_data, free_result };
  g_task_set_source_tag (task, smalti_store_client_call_async);
  g_task_set_task_data (task, copy, call_free);
  invoke_in (self->context, do_call, task, give_back_task);
}

gpointer
smalti_store_client_call_finish (SmaltiStoreClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gpointer
add_run (SmaltiStore *store, gpointer spec, GError **error)
{
  gint64 run = smalti_store_add_run (store, spec, error);

  return run != 0 ? g_memdup2 (&run, sizeof run) : NULL;
}

void
smalti_store_client_add_run_async (SmaltiStoreClient *self, const SmaltiSpec *spec, GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  /* A copy: the caller may go on changing its own while the worker reads this one. */
  smalti_store_client_call_async (self, add_run, smalti_spec_copy (spec), (GDestroyNotify)smalti_spec_unref, g_free,
                                  callback, user_data);
}

gint64
smalti_store_client_add_run_finish (SmaltiStoreClient *self, GAsyncResult *result, GError **error)
{
  g_autofree gint64 *run = smalti_store_client_call_finish (self, result, error);

  return run ? *run : 0;
}

const char *
smalti_store_client_get_path (SmaltiStoreClient *self)
{
  g_return_val_if_fail (SMALTI_IS_STORE_CLIENT (self), NULL);
  return self->path;
}

static void
smalti_store_client_dispose (GObject *object)
{
  SmaltiStoreClient *self = SMALTI_STORE_CLIENT (object);

  if (self->thread)
    {
      g_atomic_int_set (&self->quit, TRUE);
      g_main_context_wakeup (self->context);
      g_thread_join (g_steal_pointer (&self->thread));
    }
  G_OBJECT_CLASS (smalti_store_client_parent_class)->dispose (object);
}

static void
smalti_store_client_finalize (GObject *object)
{
  SmaltiStoreClient *self = SMALTI_STORE_CLIENT (object);

  g_main_context_unref (self->context);
  g_main_context_unref (self->owner);
  g_free (self->wanted_path);
  g_free (self->path);
  G_OBJECT_CLASS (smalti_store_client_parent_class)->finalize (object);
}

static void
smalti_store_client_class_init (SmaltiStoreClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = smalti_store_client_dispose;
  object_class->finalize = smalti_store_client_finalize;
  signals[RUNS] = g_signal_new ("runs", SMALTI_TYPE_STORE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                2, G_TYPE_PTR_ARRAY, G_TYPE_INT64);
  signals[NEWS] = g_signal_new ("news", SMALTI_TYPE_STORE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                1, G_TYPE_POINTER);
  signals[FAILED] = g_signal_new ("failed", SMALTI_TYPE_STORE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
smalti_store_client_init (SmaltiStoreClient *self)
{
}

SmaltiStoreClient *
smalti_store_client_new (const char *path)
{
  SmaltiStoreClient *self = g_object_new (SMALTI_TYPE_STORE_CLIENT, NULL);

  self->wanted_path = g_strdup (path);
  self->owner = g_main_context_ref_thread_default ();
  self->context = g_main_context_new ();
  self->thread = g_thread_new ("store", work, self);
  return self;
}
