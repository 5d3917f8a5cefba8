/* SPDX-License-Identifier: Apache-2.0 */
/* A question knows which network it is for, so that the worker needs nothing of the client but the queue; and no task
 * has the client as its source, or the worker could come to hold the last of it and wait for itself. */
#include "ui/model-client.h"

#include <glib/gi18n-lib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/base/error.h"

#define BACKGROUND_NICE 10

struct _SmaltiModelClient
{
  GObject parent_instance;

  char *folder;
  guint serial; /* of the folder set last */
  GAsyncQueue *questions;
  GThread *thread; /* from the first question on */
  gint quit;
};

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SmaltiModelClient, smalti_model_client, G_TYPE_OBJECT)

typedef struct
{
  char *folder;
  guint serial;
  SmaltiModelCall call; /* NULL: put the network away */
  gpointer data;
  GDestroyNotify free_data, free_result;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  if (question->free_data)
    question->free_data (question->data);
  g_free (question->folder);
  g_free (question);
}

/* -- on the worker -- */

typedef struct
{
  SmaltiModel *model;
  guint serial;
} Opened;

static gboolean
open_model (Opened *opened, const Question *question, GError **error)
{
  if (opened->model && opened->serial == question->serial)
    return TRUE;
  g_clear_pointer (&opened->model, smalti_model_free);
  if (!question->folder)
    {
      g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("No network is chosen."));
      return FALSE;
    }
  opened->model = smalti_model_open (question->folder, "auto", 0, error);
  opened->serial = question->serial;
  return opened->model != NULL;
}

static void
answer (Opened *opened, GTask *task)
{
  const Question *question = g_task_get_task_data (task);
  GError *error = NULL;
  gpointer result;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (!question->call)
    {
      g_clear_pointer (&opened->model, smalti_model_free);
      g_task_return_pointer (task, NULL, NULL);
      return;
    }
  result = open_model (opened, question, &error) ? question->call (opened->model, question->data, &error) : NULL;
  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, result, question->free_result);
}

static gpointer
work (gpointer user_data)
{
  SmaltiModelClient *self = user_data; /* which joins this thread before it goes */
  Opened opened = { NULL };

  /* What a device computes on begins here, and is as low. */
  setpriority (PRIO_PROCESS, (id_t)gettid (), getpriority (PRIO_PROCESS, (id_t)gettid ()) + BACKGROUND_NICE);
  for (;;)
    {
      g_autoptr (GTask) task = g_async_queue_pop (self->questions);

      if (g_atomic_int_get (&self->quit))
        g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s", _ ("The window is closed."));
      else
        answer (&opened, task);
      if (g_atomic_int_get (&self->quit) && g_async_queue_length (self->questions) <= 0)
        break;
    }
  smalti_model_free (opened.model);
  return NULL;
}

/* -- questions -- */

static void
push (SmaltiModelClient *self, Question *question, GCancellable *cancellable, GAsyncReadyCallback callback,
      gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  question->folder = g_strdup (self->folder);
  question->serial = self->serial;
  g_task_set_source_tag (task, smalti_model_client_call_async);
  g_task_set_task_data (task, question, question_free);
  if (!self->thread)
    self->thread = g_thread_new ("model", work, self);
  g_async_queue_push (self->questions, task);
}

void
smalti_model_client_call_async (SmaltiModelClient *self, SmaltiModelCall call, gpointer data, GDestroyNotify free_data,
                                GDestroyNotify free_result, GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (SMALTI_IS_MODEL_CLIENT (self));
  g_return_if_fail (call);

  Question *question = g_new0 (Question, 1);

  question->call = call;
  question->data = data;
  question->free_data = free_data;
  question->free_result = free_result;
  push (self, question, cancellable, callback, user_data);
}

gpointer
smalti_model_client_call_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
smalti_model_client_rest (SmaltiModelClient *self)
{
  g_return_if_fail (SMALTI_IS_MODEL_CLIENT (self));
  if (self->thread)
    push (self, g_new0 (Question, 1), NULL, NULL, NULL);
}

void
smalti_model_client_set_folder (SmaltiModelClient *self, const char *run_folder)
{
  g_return_if_fail (SMALTI_IS_MODEL_CLIENT (self));

  char *copy = g_strdup (run_folder);

  g_free (self->folder);
  self->folder = copy;
  self->serial++;
  g_signal_emit (self, signals[CHANGED], 0);
}

const char *
smalti_model_client_get_folder (SmaltiModelClient *self)
{
  g_return_val_if_fail (SMALTI_IS_MODEL_CLIENT (self), NULL);
  return self->folder;
}

static void
smalti_model_client_dispose (GObject *object)
{
  SmaltiModelClient *self = SMALTI_MODEL_CLIENT (object);

  if (self->thread)
    {
      g_atomic_int_set (&self->quit, TRUE);
      push (self, g_new0 (Question, 1), NULL, NULL, NULL);
      g_thread_join (g_steal_pointer (&self->thread));
    }
  G_OBJECT_CLASS (smalti_model_client_parent_class)->dispose (object);
}

static void
smalti_model_client_finalize (GObject *object)
{
  SmaltiModelClient *self = SMALTI_MODEL_CLIENT (object);

  g_async_queue_unref (self->questions);
  g_free (self->folder);
  G_OBJECT_CLASS (smalti_model_client_parent_class)->finalize (object);
}

static void
smalti_model_client_class_init (SmaltiModelClientClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = smalti_model_client_dispose;
  G_OBJECT_CLASS (klass)->finalize = smalti_model_client_finalize;
  signals[CHANGED]
      = g_signal_new ("changed", SMALTI_TYPE_MODEL_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
smalti_model_client_init (SmaltiModelClient *self)
{
  self->questions = g_async_queue_new_full (g_object_unref);
}

SmaltiModelClient *
smalti_model_client_new (void)
{
  return g_object_new (SMALTI_TYPE_MODEL_CLIENT, NULL);
}
