/* SPDX-License-Identifier: Apache-2.0 */
/* The queue is the store's, so that it outlives the window; here is only the set of those that this window was asked to
 * start. Who runs a run is decided by its lock: of two windows that reach for the same one, the second goes on to the
 * next. */
#include "ui/workbench-private.h"

#include <glib/gi18n-lib.h>

#include "core/base/error.h"

gint64
smalti_workbench_get_current (SmaltiWorkbench *self)
{
  return self->engine && smalti_engine_is_running (self->engine) ? smalti_engine_get_run (self->engine) : 0;
}

gboolean
smalti_workbench_is_busy (SmaltiWorkbench *self)
{
  return self->n_starting > 0 || self->n_queueing > 0 || self->picking || smalti_workbench_get_current (self) != 0;
}

static gboolean
is_asked (SmaltiWorkbench *self, gint64 run)
{
  return g_hash_table_contains (self->asked, &run);
}

static void
ask (SmaltiWorkbench *self, gint64 run)
{
  g_hash_table_add (self->asked, g_memdup2 (&run, sizeof run));
}

static gboolean
is_in_queue (SmaltiWorkbench *self, gint64 run)
{
  SmaltiRunItem *item = smalti_run_list_find (self->runs, run, NULL);

  return item && smalti_run_item_is_waiting (item);
}

gboolean
smalti_workbench_is_waiting (SmaltiWorkbench *self, gint64 run)
{
  return is_asked (self, run) || is_in_queue (self, run);
}

guint
smalti_workbench_get_n_waiting (SmaltiWorkbench *self)
{
  return self->n_waiting;
}

guint
smalti_workbench_get_n_left (SmaltiWorkbench *self)
{
  return self->n_left;
}

void
smalti_workbench_count_queue (SmaltiWorkbench *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->runs));

  self->n_waiting = self->n_left = 0;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SmaltiRunItem) item = g_list_model_get_item (G_LIST_MODEL (self->runs), i);

      if (!smalti_run_item_is_waiting (item))
        continue;
      self->n_waiting++;
      if (!is_asked (self, smalti_run_item_get_id (item)))
        self->n_left++;
    }
}

static void on_event (SmaltiEngine *engine, SmaltiEvent *event, SmaltiWorkbench *self);

static void
need_engine (SmaltiWorkbench *self)
{
  if (self->engine)
    return;
  self->engine = smalti_engine_new (smalti_store_client_get_path (self->client));
  smalti_engine_set_background (self->engine, TRUE);
  g_signal_connect_object (self->engine, "event", G_CALLBACK (on_event), self, 0);
}

static gboolean
start_engine (SmaltiWorkbench *self, gint64 run)
{
  g_autoptr (GError) error = NULL;

  need_engine (self);
  if (smalti_engine_start (self->engine, run, &error))
    return TRUE;
  smalti_workbench_tell (self, error->message);
  return FALSE;
}

/* On the store's thread: of those asked for, the one that is first in the queue; the others that are not in it any more
 * are told, too. */
typedef struct
{
  gint64 next; /* 0: none */
  GArray *gone;
} Pick;

static void
pick_free (Pick *pick)
{
  g_array_unref (pick->gone);
  g_free (pick);
}

static gpointer
pick_next (SmaltiStore *store, gpointer data, GError **error)
{
  const GArray *asked = data;
  Pick *pick = g_new0 (Pick, 1);
  guint place = G_MAXUINT;

  pick->gone = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < asked->len; i++)
    {
      gint64 run = g_array_index (asked, gint64, i);
      g_autoptr (SmaltiRunInfo) info = smalti_store_get_run (store, run, NULL);

      if (!info || info->queue_place == 0 || info->trashed != 0 || smalti_run_state_is_live (info->state))
        g_array_append_val (pick->gone, run);
      else if (info->queue_place < place)
        {
          place = info->queue_place;
          pick->next = run;
        }
    }
  return pick;
}

static void start_next (SmaltiWorkbench *self);

static void
on_picked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiWorkbench) self = user_data;
  g_autoptr (GError) error = NULL;
  Pick *pick = smalti_store_client_call_finish (SMALTI_STORE_CLIENT (source), result, &error);

  self->picking = FALSE;
  if (g_cancellable_is_cancelled (self->cancellable))
    {
      g_clear_pointer (&pick, pick_free);
      return;
    }
  for (guint i = 0; pick && i < pick->gone->len; i++)
    g_hash_table_remove (self->asked, &g_array_index (pick->gone, gint64, i));
  if (pick && pick->next != 0 && smalti_workbench_get_current (self) == 0 && !self->winding_down)
    {
      g_hash_table_remove (self->asked, &pick->next);
      if (start_engine (self, pick->next))
        self->picked = pick->next;
    }
  if (error)
    smalti_workbench_tell (self, error->message);
  g_clear_pointer (&pick, pick_free);
  smalti_workbench_count_queue (self);
  g_signal_emit (self, smalti_workbench_signals[SMALTI_WORKBENCH_CHANGED], 0);
  if (!smalti_workbench_is_busy (self))
    g_signal_emit (self, smalti_workbench_signals[SMALTI_WORKBENCH_IDLE], 0);
}

static void
start_next (SmaltiWorkbench *self)
{
  if (self->winding_down || self->picking || smalti_workbench_get_current (self) != 0
      || g_hash_table_size (self->asked) == 0)
    return;

  GArray *asked = g_array_new (FALSE, FALSE, sizeof (gint64));
  GHashTableIter iter;
  gpointer run;

  g_hash_table_iter_init (&iter, self->asked);
  while (g_hash_table_iter_next (&iter, &run, NULL))
    g_array_append_vals (asked, run, 1);
  self->picking = TRUE;
  smalti_store_client_call_async (self->client, pick_next, asked, (GDestroyNotify)g_array_unref,
                                  (GDestroyNotify)pick_free, on_picked, g_object_ref (self));
}

/* One of the queue that another program has had or taken away meanwhile: nobody waits for a word about that. */
static gboolean
is_passed_over (SmaltiWorkbench *self, const SmaltiEvent *event)
{
  return event->type == SMALTI_EVENT_FAILED && event->run == self->picked
         && (g_error_matches (event->error, SMALTI_ERROR, SMALTI_ERROR_STORE)
             || g_error_matches (event->error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT));
}

static void
take_end (SmaltiWorkbench *self, SmaltiEvent *event)
{
  if (event->type == SMALTI_EVENT_FAILED && !is_passed_over (self, event))
    {
      g_clear_pointer (&self->failure, smalti_event_unref);
      self->failure = smalti_event_ref (event);
    }
  self->picked = 0;
  smalti_store_client_refresh (self->client);
  start_next (self);
  g_signal_emit (self, smalti_workbench_signals[SMALTI_WORKBENCH_CHANGED], 0);
  if (!smalti_workbench_is_busy (self))
    g_signal_emit (self, smalti_workbench_signals[SMALTI_WORKBENCH_IDLE], 0);
}

static void
on_event (SmaltiEngine *engine, SmaltiEvent *event, SmaltiWorkbench *self)
{
  SmaltiRunItem *item = smalti_run_list_find (self->runs, event->run, NULL);

  if (item)
    smalti_run_item_take_event (item, event);
  g_signal_emit (self, smalti_workbench_signals[SMALTI_WORKBENCH_EVENT], 0, event);

  switch (event->type)
    {
    case SMALTI_EVENT_LOG:
      if (event->warning)
        smalti_workbench_tell (self, event->text);
      break;
    case SMALTI_EVENT_DONE:
    case SMALTI_EVENT_STOPPED:
    case SMALTI_EVENT_FAILED:
      take_end (self, event);
      break;
    case SMALTI_EVENT_PHASE:
      self->picked = 0;
      smalti_workbench_count_queue (self);
      g_signal_emit (self, smalti_workbench_signals[SMALTI_WORKBENCH_CHANGED], 0);
      break;
    case SMALTI_EVENT_PAUSED:
    case SMALTI_EVENT_CONTINUED:
      g_signal_emit (self, smalti_workbench_signals[SMALTI_WORKBENCH_CHANGED], 0);
      break;
    default:
      break;
    }
}

/* -- into the queue, within it, and out of it -- */

typedef struct
{
  SmaltiWorkbench *workbench;
  gint64 run;
  gboolean announce;
} Asking;

static Asking *
asking_new (SmaltiWorkbench *self, gint64 run, gboolean announce)
{
  Asking *asking = g_new (Asking, 1);

  *asking = (Asking){ g_object_ref (self), run, announce };
  return asking;
}

static void
asking_free (Asking *asking)
{
  g_object_unref (asking->workbench);
  g_free (asking);
}

static gpointer
do_move (SmaltiStore *store, gpointer data, GError **error)
{
  const gint64 *ids = data;

  smalti_store_move_in_queue (store, ids[0], ids[1], error);
  return NULL;
}

static gpointer
do_leave (SmaltiStore *store, gpointer data, GError **error)
{
  smalti_store_leave_queue (store, *(const gint64 *)data, error);
  return NULL;
}

static void
on_queued (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Asking *asking = user_data;
  SmaltiWorkbench *self = asking->workbench;
  g_autoptr (GError) error = NULL;

  smalti_store_client_call_finish (SMALTI_STORE_CLIENT (source), result, &error);
  self->n_queueing--;
  if (!g_cancellable_is_cancelled (self->cancellable))
    {
      if (error)
        {
          g_hash_table_remove (self->asked, &asking->run);
          smalti_workbench_tell (self, error->message);
        }
      start_next (self);
      g_signal_emit (self, smalti_workbench_signals[SMALTI_WORKBENCH_CHANGED], 0);
      if (!error && asking->announce)
        g_signal_emit (self, smalti_workbench_signals[SMALTI_WORKBENCH_STARTED], 0, asking->run);
      if (!smalti_workbench_is_busy (self))
        g_signal_emit (self, smalti_workbench_signals[SMALTI_WORKBENCH_IDLE], 0);
    }
  asking_free (asking);
}

static void
on_moved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiWorkbench) self = user_data;
  g_autoptr (GError) error = NULL;

  smalti_store_client_call_finish (SMALTI_STORE_CLIENT (source), result, &error);
  if (error && !g_cancellable_is_cancelled (self->cancellable))
    smalti_workbench_tell (self, error->message);
}

/* What can begin at once does not go through the queue: a mistake in its settings is told now, and leaves nothing
 * behind. */
void
smalti_workbench_begin (SmaltiWorkbench *self, gint64 run, gboolean announce)
{
  gboolean idle = smalti_workbench_get_current (self) == 0 && !self->picking && self->n_queueing == 0;

  if (run == smalti_workbench_get_current (self) || is_asked (self, run))
    return;
  if (idle)
    {
      start_engine (self, run);
      g_signal_emit (self, smalti_workbench_signals[SMALTI_WORKBENCH_CHANGED], 0);
      if (announce)
        g_signal_emit (self, smalti_workbench_signals[SMALTI_WORKBENCH_STARTED], 0, run);
      return;
    }
  ask (self, run);
  if (is_in_queue (self, run))
    {
      smalti_workbench_count_queue (self);
      return;
    }
  self->n_queueing++;
  smalti_store_client_call_async (self->client, do_move, g_memdup2 ((gint64[]){ run, 0 }, 2 * sizeof run), g_free, NULL,
                                  on_queued, asking_new (self, run, announce));
}

void
smalti_workbench_start_run (SmaltiWorkbench *self, gint64 run)
{
  g_return_if_fail (SMALTI_IS_WORKBENCH (self) && self->loaded);
  smalti_workbench_begin (self, run, TRUE);
}

void
smalti_workbench_queue_runs (SmaltiWorkbench *self, const gint64 *runs, guint n)
{
  g_return_if_fail (SMALTI_IS_WORKBENCH (self) && self->loaded);
  for (guint i = 0; i < n; i++)
    smalti_workbench_begin (self, runs[i], FALSE);
}

void
smalti_workbench_move_in_queue (SmaltiWorkbench *self, gint64 run, gint64 before)
{
  g_return_if_fail (SMALTI_IS_WORKBENCH (self) && self->loaded);
  smalti_store_client_call_async (self->client, do_move, g_memdup2 ((gint64[]){ run, before }, 2 * sizeof run), g_free,
                                  NULL, on_moved, g_object_ref (self));
}

void
smalti_workbench_start_queue (SmaltiWorkbench *self)
{
  g_return_if_fail (SMALTI_IS_WORKBENCH (self) && self->loaded);

  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->runs));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SmaltiRunItem) item = g_list_model_get_item (G_LIST_MODEL (self->runs), i);

      if (smalti_run_item_is_waiting (item))
        ask (self, smalti_run_item_get_id (item));
    }
  smalti_workbench_count_queue (self);
  start_next (self);
  g_signal_emit (self, smalti_workbench_signals[SMALTI_WORKBENCH_CHANGED], 0);
}

void
smalti_workbench_stop_run (SmaltiWorkbench *self, gint64 run)
{
  g_return_if_fail (SMALTI_IS_WORKBENCH (self));

  if (!smalti_workbench_is_waiting (self, run))
    {
      smalti_workbench_ask_run (self, run, SMALTI_REQUEST_STOP, NULL, NULL);
      return;
    }
  g_hash_table_remove (self->asked, &run);
  smalti_store_client_call_async (self->client, do_leave, g_memdup2 (&run, sizeof run), g_free, NULL, on_moved,
                                  g_object_ref (self));
  g_signal_emit (self, smalti_workbench_signals[SMALTI_WORKBENCH_CHANGED], 0);
}

/* -- the queue and the trash as they were left -- */

static gpointer
empty_trash (SmaltiStore *store, gpointer data, GError **error)
{
  smalti_store_empty_trash (store, g_get_real_time () - G_TIME_SPAN_DAY, NULL, error);
  return NULL;
}

static void
on_start_queue (AdwToast *toast, gpointer user_data)
{
  smalti_workbench_start_queue (user_data);
}

static gboolean
any_is_live (SmaltiWorkbench *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->runs));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SmaltiRunItem) item = g_list_model_get_item (G_LIST_MODEL (self->runs), i);

      if (smalti_run_state_is_live (smalti_run_item_get_state (item)))
        return TRUE;
    }
  return FALSE;
}

/* Runs that another program has are waited for by that program: the queue is likely its own. */
void
smalti_workbench_open_queue (SmaltiWorkbench *self)
{
  smalti_store_client_call_async (self->client, empty_trash, NULL, NULL, NULL, on_moved, g_object_ref (self));
  if (self->n_waiting == 0 || any_is_live (self))
    return;

  g_autofree char *message = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%u run waits in the queue.", "%u runs wait in the queue.", self->n_waiting),
      self->n_waiting);

  smalti_workbench_offer (self, message, _ ("_Start"), G_CALLBACK (on_start_queue), g_object_ref (self),
                          (GClosureNotify)(void (*) (void))g_object_unref);
}

void
smalti_workbench_measure_run (SmaltiWorkbench *self, gint64 run, const SmaltiValues *eval)
{
  g_return_if_fail (SMALTI_IS_WORKBENCH (self) && self->loaded);

  g_autoptr (GError) error = NULL;

  need_engine (self);
  if (!smalti_engine_measure (self->engine, run, eval, &error))
    smalti_workbench_tell (self, error->message);
  g_signal_emit (self, smalti_workbench_signals[SMALTI_WORKBENCH_CHANGED], 0);
}
