/* SPDX-License-Identifier: Apache-2.0 */
/* Starting, stopping and resuming. A start is a chain of steps off the main loop: draw the sample's pictures if they
 * are wanted, put the run into the store, then let the engine take it from there. */
#include "ui/main-window-private.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "core/data/sample.h"
/* As large as that of `smalti demo`, which shares it. */
enum
{
  SAMPLE_TRAIN = 100, /* of each class */
  SAMPLE_VAL = 40,
  SAMPLE_SIDE = 96,
};

gboolean
smalti_main_window_is_busy (SmaltiMainWindow *self)
{
  return self->starting || (self->engine && smalti_engine_is_running (self->engine));
}

static gboolean
trains_here (SmaltiMainWindow *self, SmaltiRunItem *item)
{
  return self->engine && smalti_engine_is_running (self->engine)
         && smalti_engine_get_run (self->engine) == smalti_run_item_get_id (item);
}

static const char *
busy_reason (void)
{
  return _ ("A run is under way in this window. Stop it, or wait until it is done.");
}

/* The same button begins a run that has never begun. */
static void
describe_resume (SmaltiMainWindow *self, SmaltiRunState state, gboolean busy)
{
  gboolean fresh = state == SMALTI_RUN_QUEUED;

  gtk_label_set_text_with_mnemonic (self->resume_label, fresh ? _ ("_Start") : _ ("_Resume"));
  gtk_widget_set_tooltip_text (self->resume_button, busy    ? busy_reason ()
                                                    : fresh ? _ ("Start this run")
                                                            : _ ("Go on from the last checkpoint"));
}

void
smalti_main_window_update_actions (SmaltiMainWindow *self)
{
  SmaltiRunItem *item = smalti_main_window_get_selected (self);
  SmaltiRunState state = item ? smalti_run_item_get_state (item) : SMALTI_RUN_DONE;
  gboolean running = item && (trains_here (self, item) || state == SMALTI_RUN_RUNNING);
  gboolean resumable = item && !running && state != SMALTI_RUN_DONE;
  gboolean busy = smalti_main_window_is_busy (self);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.stop-run", running && !smalti_run_item_is_stopping (item));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.resume-run", resumable && !busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.new-run", self->client != NULL && self->loaded);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.try-sample", self->client != NULL && self->loaded);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.open-folder", self->client != NULL && self->loaded);
  if (resumable)
    describe_resume (self, state, busy);
  gtk_stack_set_visible_child_name (self->run_buttons, running ? "stop" : resumable ? "resume" : "none");
  if (self->new_run_dialog)
    smalti_new_run_dialog_set_busy (self->new_run_dialog, busy ? busy_reason () : NULL);
}

void
smalti_main_window_tell_failure (SmaltiMainWindow *self)
{
  g_autoptr (SmaltiEvent) failure = g_steal_pointer (&self->failure);
  SmaltiRunItem *item = smalti_run_list_find (self->runs, failure->run, NULL);

  if (item && smalti_run_item_get_state (item) == SMALTI_RUN_FAILED)
    {
      /* Its page says it in full. */
      if (item == smalti_main_window_get_selected (self))
        return;

      g_autofree char *text = g_strdup_printf (_ ("“%s” failed"), smalti_run_item_get_name (item));
      g_autofree char *markup = g_markup_escape_text (text, -1);
      AdwToast *toast = adw_toast_new (markup);

      adw_toast_set_button_label (toast, _ ("_Show"));
      adw_toast_set_action_name (toast, "win.show-run");
      adw_toast_set_action_target (toast, "x", failure->run);
      adw_toast_overlay_add_toast (self->toasts, toast);
      return;
    }

  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), _ ("The Run Can’t Start"), failure->text);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_event (SmaltiEngine *engine, SmaltiEvent *event, SmaltiMainWindow *self)
{
  SmaltiRunItem *item = smalti_run_list_find (self->runs, event->run, NULL);

  if (item)
    smalti_run_item_take_event (item, event);
  smalti_run_page_take_event (self->run_page, event);

  switch (event->type)
    {
    case SMALTI_EVENT_LOG:
      if (event->warning)
        smalti_main_window_toast (self, event->text);
      break;
    case SMALTI_EVENT_DONE:
    case SMALTI_EVENT_STOPPED:
    case SMALTI_EVENT_FAILED:
      if (self->closing)
        {
          gtk_window_destroy (GTK_WINDOW (self));
          return;
        }
      if (event->type == SMALTI_EVENT_FAILED)
        {
          g_clear_pointer (&self->failure, smalti_event_unref);
          self->failure = smalti_event_ref (event);
        }
      smalti_store_client_refresh (self->client);
      break;
    case SMALTI_EVENT_PHASE:
      break;
    default:
      return;
    }
  smalti_main_window_update_actions (self);
}

static void
start_engine (SmaltiMainWindow *self, gint64 run)
{
  g_autoptr (GError) error = NULL;

  self->starting = FALSE;
  if (!self->engine)
    {
      self->engine = smalti_engine_new (smalti_store_client_get_path (self->client));
      smalti_engine_set_background (self->engine, TRUE);
      g_signal_connect_object (self->engine, "event", G_CALLBACK (on_event), self, 0);
    }
  if (!smalti_engine_start (self->engine, run, &error))
    smalti_main_window_toast (self, error->message);
  smalti_main_window_select_run (self, run);
  smalti_main_window_update_actions (self);
}

static void
give_up_start (SmaltiMainWindow *self, const GError *error)
{
  self->starting = FALSE;
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    smalti_main_window_toast (self, error->message);
  smalti_main_window_update_actions (self);
}

static void
on_run_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiMainWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  gint64 run = smalti_store_client_add_run_finish (SMALTI_STORE_CLIENT (source), result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (run == 0)
    give_up_start (self, error);
  else
    start_engine (self, run);
}

static void
add_run (SmaltiMainWindow *self, const SmaltiSpec *spec)
{
  smalti_store_client_add_run_async (self->client, spec, on_run_added, g_object_ref (self));
}

/* -- the sample's pictures -- */

static char *
sample_path (SmaltiMainWindow *self)
{
  return g_build_filename (smalti_store_client_get_path (self->client), "sample", NULL);
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

static void
on_sample_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SmaltiMainWindow *self = SMALTI_MAIN_WINDOW (source);
  g_autoptr (SmaltiSpec) spec = user_data;
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    add_run (self, spec);
  else
    give_up_start (self, error);
}

static void
on_start (SmaltiNewRunDialog *dialog, SmaltiSpec *spec, gboolean sample, SmaltiMainWindow *self)
{
  if (smalti_main_window_is_busy (self))
    return;
  self->starting = TRUE;
  smalti_main_window_update_actions (self);
  if (!sample)
    {
      add_run (self, spec);
      return;
    }

  g_autoptr (GTask) task = g_task_new (self, self->cancellable, on_sample_written, smalti_spec_ref (spec));

  g_task_set_task_data (task, sample_path (self), g_free);
  smalti_main_window_toast (self, _ ("Drawing the sample’s pictures…"));
  g_task_run_in_thread (task, write_sample);
}

void
smalti_main_window_ask_new_run (SmaltiMainWindow *self, GFile *folder)
{
  if (!self->loaded || !self->client)
    return;

  if (!self->new_run_dialog)
    {
      g_autofree char *path = sample_path (self);

      g_set_weak_pointer (&self->new_run_dialog, smalti_new_run_dialog_new (GTK_WINDOW (self), path));
      g_signal_connect_object (self->new_run_dialog, "start", G_CALLBACK (on_start), self, 0);
    }
  smalti_new_run_dialog_set_folder (self->new_run_dialog, folder);
  smalti_main_window_update_actions (self);
  gtk_window_present (GTK_WINDOW (self->new_run_dialog));
}

/* -- actions -- */

static void
new_run_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  smalti_main_window_ask_new_run (SMALTI_MAIN_WINDOW (widget), NULL);
}

static void
on_folder_chosen (GtkWindow *window, GFile *folder)
{
  smalti_main_window_ask_new_run (SMALTI_MAIN_WINDOW (window), folder);
}

static void
open_folder_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  smalti_choose_folder (GTK_WINDOW (widget), on_folder_chosen);
}

static void
stop_run_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SmaltiMainWindow *self = SMALTI_MAIN_WINDOW (widget);
  SmaltiRunItem *item = smalti_main_window_get_selected (self);

  if (!item)
    return;
  /* The engine at once; another program's through the store. */
  if (trains_here (self, item))
    smalti_engine_stop (self->engine);
  else
    smalti_store_client_request_stop (self->client, smalti_run_item_get_id (item));
  smalti_run_item_set_stopping (item, TRUE);
  smalti_main_window_update_actions (self);
}

static void
resume_run_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SmaltiMainWindow *self = SMALTI_MAIN_WINDOW (widget);
  SmaltiRunItem *item = smalti_main_window_get_selected (self);

  if (item && !smalti_main_window_is_busy (self))
    start_engine (self, smalti_run_item_get_id (item));
}

static void
show_run_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  smalti_main_window_select_run (SMALTI_MAIN_WINDOW (widget), g_variant_get_int64 (parameter));
}

void
smalti_main_window_install_run_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.show-run", "x", show_run_action);
  gtk_widget_class_install_action (klass, "win.new-run", NULL, new_run_action);
  gtk_widget_class_install_action (klass, "win.try-sample", NULL, new_run_action);
  gtk_widget_class_install_action (klass, "win.open-folder", NULL, open_folder_action);
  gtk_widget_class_install_action (klass, "win.stop-run", NULL, stop_run_action);
  gtk_widget_class_install_action (klass, "win.resume-run", NULL, resume_run_action);
}
