/* SPDX-License-Identifier: Apache-2.0 */
/* The thread, and the way of its events to the main context the engine was made in. Events wait in a queue that one
 * idle source empties; of progress only the last waits, so that a window that is busy for a while finds one and not
 * hundreds. */
#include "core/run/engine.h"

#include <inttypes.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/run/runner-private.h"

#define BACKGROUND_NICE 10

struct _SmaltiEngine
{
  GObject parent;
  char *store_path;
  GMainContext *context;
  GThread *thread;
  GCancellable *cancellable;
  SmaltiControl *control; /* of the run */
  gint64 run;
  SmaltiValues *eval; /* it is only measured: how; or NULL */
  gint running;       /* atomic */
  gboolean background;

  GMutex mutex;
  GQueue events;     /* under the mutex, with what follows */
  GList *progress;   /* the one in the queue */
  gboolean attached; /* a source will empty the queue */
};

enum
{
  PROP_RUNNING = 1,
};

G_DEFINE_FINAL_TYPE (SmaltiEngine, smalti_engine, G_TYPE_OBJECT)

static guint event_signal;

static void
smalti_engine_finalize (GObject *object)
{
  SmaltiEngine *self = SMALTI_ENGINE (object);

  /* The thread holds a reference: when it is the last one, this is the thread. */
  if (self->thread != NULL && self->thread == g_thread_self ())
    g_thread_unref (self->thread);
  else if (self->thread != NULL)
    g_thread_join (self->thread);
  g_queue_clear_full (&self->events, (GDestroyNotify)smalti_event_unref);
  g_mutex_clear (&self->mutex);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->control, smalti_control_unref);
  g_clear_pointer (&self->eval, smalti_values_unref);
  g_main_context_unref (self->context);
  g_free (self->store_path);
  G_OBJECT_CLASS (smalti_engine_parent_class)->finalize (object);
}

static void
smalti_engine_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_RUNNING)
    g_value_set_boolean (value, smalti_engine_is_running (SMALTI_ENGINE (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
smalti_engine_class_init (SmaltiEngineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = smalti_engine_finalize;
  object_class->get_property = smalti_engine_get_property;
  g_object_class_install_property (
      object_class, PROP_RUNNING,
      g_param_spec_boolean ("running", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  event_signal = g_signal_new ("event", SMALTI_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                               SMALTI_TYPE_EVENT);
}

static void
smalti_engine_init (SmaltiEngine *self)
{
  self->context = g_main_context_ref_thread_default ();
  g_mutex_init (&self->mutex);
  g_queue_init (&self->events);
}

SmaltiEngine *
smalti_engine_new (const char *store_path)
{
  SmaltiEngine *self = g_object_new (SMALTI_TYPE_ENGINE, NULL);

  self->store_path = g_strdup (store_path);
  return self;
}

static gboolean
is_last (const SmaltiEvent *event)
{
  return event->type == SMALTI_EVENT_DONE || event->type == SMALTI_EVENT_STOPPED || event->type == SMALTI_EVENT_FAILED;
}

/* On the main context. */
static gboolean
emit_events (gpointer user_data)
{
  SmaltiEngine *self = user_data;
  GQueue events = G_QUEUE_INIT;
  SmaltiEvent *event;

  g_mutex_lock (&self->mutex);
  events = self->events;
  g_queue_init (&self->events);
  self->progress = NULL;
  self->attached = FALSE;
  g_mutex_unlock (&self->mutex);

  while ((event = g_queue_pop_head (&events)) != NULL)
    {
      if (is_last (event))
        g_object_notify (G_OBJECT (self), "running");
      g_signal_emit (self, event_signal, 0, event);
      smalti_event_unref (event);
    }
  return G_SOURCE_REMOVE;
}

static void
attach (SmaltiEngine *self)
{
  GSource *source = g_idle_source_new ();

  g_source_set_priority (source, SMALTI_PRIORITY_NEWS);
  g_source_set_callback (source, emit_events, g_object_ref (self), g_object_unref);
  g_source_attach (source, self->context);
  g_source_unref (source);
}

/* On the thread. */
static void
take_event (SmaltiEvent *event, gpointer user_data)
{
  SmaltiEngine *self = user_data;
  gboolean attached;

  if (is_last (event))
    g_atomic_int_set (&self->running, FALSE);
  g_mutex_lock (&self->mutex);
  if (event->type == SMALTI_EVENT_PROGRESS && self->progress != NULL)
    {
      smalti_event_unref (self->progress->data);
      g_queue_delete_link (&self->events, self->progress);
    }
  g_queue_push_tail (&self->events, event);
  if (event->type == SMALTI_EVENT_PROGRESS)
    self->progress = self->events.tail;
  attached = self->attached;
  self->attached = TRUE;
  g_mutex_unlock (&self->mutex);
  if (!attached)
    attach (self);
}

static gpointer
run_thread (gpointer user_data)
{
  g_autoptr (SmaltiEngine) self = user_data;

  /* On Linux a priority is a thread's own, and those it starts (loader, OpenMP's) begin with it. */
  if (self->background)
    setpriority (PRIO_PROCESS, (id_t)gettid (), getpriority (PRIO_PROCESS, (id_t)gettid ()) + BACKGROUND_NICE);
  smalti_runner_run (self->store_path, self->run, self->eval, self->cancellable, self->control, take_event, self);
  return NULL;
}

void
smalti_engine_set_background (SmaltiEngine *self, gboolean background)
{
  g_return_if_fail (SMALTI_IS_ENGINE (self));
  self->background = background;
}

static gboolean
begin (SmaltiEngine *self, gint64 run, const SmaltiValues *eval, GError **error)
{
  if (smalti_engine_is_running (self))
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                   _ ("Run %" PRId64 " is still going on here; stop it first."), self->run);
      return FALSE;
    }
  smalti_engine_join (self); /* it has told its last event: there is nothing to wait for */
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_clear_pointer (&self->control, smalti_control_unref);
  self->control = smalti_control_new ();
  self->run = run;
  g_clear_pointer (&self->eval, smalti_values_unref);
  self->eval = eval != NULL ? smalti_values_copy (eval) : NULL;
  g_atomic_int_set (&self->running, TRUE);
  self->thread = g_thread_new ("smalti-engine", run_thread, g_object_ref (self));
  g_object_notify (G_OBJECT (self), "running");
  return TRUE;
}

gboolean
smalti_engine_start (SmaltiEngine *self, gint64 run, GError **error)
{
  g_return_val_if_fail (SMALTI_IS_ENGINE (self), FALSE);
  return begin (self, run, NULL, error);
}

gboolean
smalti_engine_measure (SmaltiEngine *self, gint64 run, const SmaltiValues *eval, GError **error)
{
  g_return_val_if_fail (SMALTI_IS_ENGINE (self), FALSE);
  g_return_val_if_fail (eval != NULL, FALSE);
  return begin (self, run, eval, error);
}

static void
ask (SmaltiEngine *self, SmaltiRequestKind kind)
{
  if (self->control != NULL)
    smalti_control_ask (self->control, kind, NULL, NULL);
}

/* Cancelled too, since what takes long (reading folders, say) asks the cancellable and nothing else. */
void
smalti_engine_stop (SmaltiEngine *self)
{
  g_return_if_fail (SMALTI_IS_ENGINE (self));

  ask (self, SMALTI_REQUEST_STOP);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}

void
smalti_engine_stop_now (SmaltiEngine *self)
{
  g_return_if_fail (SMALTI_IS_ENGINE (self));

  ask (self, SMALTI_REQUEST_STOP_NOW);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}

void
smalti_engine_pause (SmaltiEngine *self)
{
  g_return_if_fail (SMALTI_IS_ENGINE (self));
  ask (self, SMALTI_REQUEST_PAUSE);
}

void
smalti_engine_continue (SmaltiEngine *self)
{
  g_return_if_fail (SMALTI_IS_ENGINE (self));
  ask (self, SMALTI_REQUEST_CONTINUE);
}

gboolean
smalti_engine_change (SmaltiEngine *self, const char *key, const char *value, GError **error)
{
  g_return_val_if_fail (SMALTI_IS_ENGINE (self), FALSE);

  if (!smalti_engine_is_running (self))
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("No run is going on here."));
      return FALSE;
    }
  if (!smalti_spec_check_change (NULL, key, value, error))
    return FALSE;
  smalti_control_ask (self->control, SMALTI_REQUEST_CHANGE, key, value);
  return TRUE;
}

gboolean
smalti_engine_is_running (SmaltiEngine *self)
{
  return g_atomic_int_get (&self->running);
}

gint64
smalti_engine_get_run (SmaltiEngine *self)
{
  return self->run;
}

void
smalti_engine_join (SmaltiEngine *self)
{
  g_clear_pointer (&self->thread, g_thread_join);
}
