/* SPDX-License-Identifier: Apache-2.0 */
/* What the window can be told to do, by a key, a menu or a page, and when. */
#include <glib/gi18n-lib.h>

#include "core/run/estimate.h"
#include "ui/choose-folder.h"
#include "ui/compare-page.h"
#include "ui/main-window-private.h"
#include "ui/measure-dialog.h"
#include "ui/new-run-page.h"
#include "ui/try-page.h"

static const struct
{
  const char *name;
  SmaltiRunAction action;
} run_actions[] = {
  { "win.stop-run", SMALTI_RUN_ACTION_STOP },     { "win.stop-run-now", SMALTI_RUN_ACTION_STOP_NOW },
  { "win.pause-run", SMALTI_RUN_ACTION_PAUSE },   { "win.continue-run", SMALTI_RUN_ACTION_CONTINUE },
  { "win.resume-run", SMALTI_RUN_ACTION_RESUME },
};

/* The one on display. */
static SmaltiRunItem *
get_run_on_display (SmaltiMainWindow *self)
{
  return SMALTI_IS_RUN_PAGE (self->page) ? smalti_run_page_get_item (SMALTI_RUN_PAGE (self->page)) : NULL;
}

void
smalti_main_window_update_actions (SmaltiMainWindow *self)
{
  static const char *const loaded_actions[]
      = { "win.compare-runs", "win.new-run", "win.new-run-like", "win.try-sample", "win.open-folder" };
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean loaded = smalti_workbench_is_loaded (self->workbench);
  SmaltiRunItem *item = get_run_on_display (self);

  for (guint i = 0; i < G_N_ELEMENTS (loaded_actions); i++)
    gtk_widget_action_set_enabled (widget, loaded_actions[i], loaded);
  for (guint i = 0; i < G_N_ELEMENTS (run_actions); i++)
    gtk_widget_action_set_enabled (widget, run_actions[i].name,
                                   item && smalti_run_page_can (SMALTI_RUN_PAGE (self->page), run_actions[i].action));
}

static void
on_batch_answered (AdwMessageDialog *dialog, const char *answer, SmaltiMainWindow *self)
{
  if (g_str_equal (answer, "use"))
    gtk_widget_activate_action_variant (GTK_WIDGET (self), "win.new-run-like",
                                        g_object_get_data (G_OBJECT (dialog), "settings"));
}

static void
offer_batch (SmaltiMainWindow *self, AdwMessageDialog *dialog, const SmaltiEvent *event)
{
  guint batch = smalti_estimate_batch_to_offer (event->batch_that_fits);
  g_autofree char *use = g_strdup_printf (_ ("Use Batch %u"), batch);

  adw_message_dialog_add_response (dialog, "use", use);
  adw_message_dialog_set_response_appearance (dialog, "use", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, "use");
  g_object_set_data_full (G_OBJECT (dialog), "settings", g_variant_ref_sink (g_variant_new ("(xu)", event->run, batch)),
                          (GDestroyNotify)g_variant_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_batch_answered), self, 0);
}

void
smalti_main_window_tell_failure (SmaltiMainWindow *self, SmaltiEvent *event)
{
  SmaltiRunItem *item = smalti_run_list_find (smalti_workbench_get_runs (self->workbench), event->run, NULL);

  if (item && smalti_run_item_get_state (item) == SMALTI_RUN_FAILED && g_strcmp0 (event->phase, "evaluate") != 0)
    {
      /* Its page says it in full. */
      if (item == get_run_on_display (self))
        return;

      g_autofree char *text = g_strdup_printf (_ ("“%s” failed"), smalti_run_item_get_name (item));
      g_autofree char *markup = g_markup_escape_text (text, -1);
      AdwToast *toast = adw_toast_new (markup);

      adw_toast_set_button_label (toast, _ ("_Show"));
      adw_toast_set_action_name (toast, "win.show-run");
      adw_toast_set_action_target (toast, "x", event->run);
      adw_toast_overlay_add_toast (self->toasts, toast);
      return;
    }

  gboolean measured = g_strcmp0 (event->phase, "evaluate") == 0;
  GtkWidget *dialog = adw_message_dialog_new (
      GTK_WINDOW (self), measured ? _ ("The Features Can’t Be Measured") : _ ("The Run Can’t Start"), event->text);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  if (event->batch_that_fits > 0)
    offer_batch (self, ADW_MESSAGE_DIALOG (dialog), event);
  gtk_window_present (GTK_WINDOW (dialog));

  /* What has never begun is not kept: back to its settings. */
  if (!item)
    smalti_main_window_show_page (self, "new-run");
}

/* -- starting -- */

void
smalti_main_window_ask_new_run (SmaltiMainWindow *self, const char *folder)
{
  if (!smalti_workbench_is_loaded (self->workbench))
    return;
  smalti_new_run_page_set_folder (SMALTI_NEW_RUN_PAGE (smalti_main_window_get_page (self, "new-run")), folder);
  smalti_main_window_show_page (self, "new-run");
}

/* -- actions -- */

static void
show_page_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  smalti_main_window_show_page (SMALTI_MAIN_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

/* The sidebar's first is 1. */
static void
show_place_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SmaltiMainWindow *self = SMALTI_MAIN_WINDOW (widget);
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->places, g_variant_get_int32 (parameter) - 1);

  if (row)
    smalti_main_window_show_page (self, gtk_widget_get_name (GTK_WIDGET (row)));
}

static void
show_run_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  smalti_main_window_show_run (SMALTI_MAIN_WINDOW (widget), g_variant_get_int64 (parameter));
}

static void
try_run_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SmaltiMainWindow *self = SMALTI_MAIN_WINDOW (widget);
  SmaltiPage *page = smalti_workbench_is_loaded (self->workbench) ? smalti_main_window_get_page (self, "try") : NULL;

  if (!page)
    return;
  smalti_try_page_choose (SMALTI_TRY_PAGE (page), g_variant_get_int64 (parameter));
  smalti_main_window_show_page (self, "try");
}

static void
compare_runs_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SmaltiMainWindow *self = SMALTI_MAIN_WINDOW (widget);
  gsize n;
  const gint64 *runs = g_variant_get_fixed_array (parameter, &n, sizeof *runs);

  smalti_compare_page_set_runs (SMALTI_COMPARE_PAGE (smalti_main_window_get_page (self, "compare")), runs, n);
  smalti_main_window_show_page (self, "compare");
}

/* One that could not start has left nothing behind but the page's draft of it. */
static void
new_run_like_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SmaltiMainWindow *self = SMALTI_MAIN_WINDOW (widget);
  SmaltiRunItem *item;
  gint64 run;
  guint batch;

  g_variant_get (parameter, "(xu)", &run, &batch);
  item = smalti_run_list_find (smalti_workbench_get_runs (self->workbench), run, NULL);
  smalti_new_run_page_set_spec (SMALTI_NEW_RUN_PAGE (smalti_main_window_get_page (self, "new-run")),
                                item ? smalti_run_item_get_info (item)->spec_yaml : NULL, batch);
  smalti_main_window_show_page (self, "new-run");
}

static void
show_current_run_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SmaltiMainWindow *self = SMALTI_MAIN_WINDOW (widget);
  gint64 run = smalti_workbench_get_current (self->workbench);

  if (run != 0)
    smalti_main_window_show_run (self, run);
}

static void
back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  smalti_main_window_go_back (SMALTI_MAIN_WINDOW (widget));
}

static void
new_run_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  smalti_main_window_ask_new_run (SMALTI_MAIN_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
on_measure (SmaltiMeasureDialog *dialog, SmaltiValues *eval, SmaltiMainWindow *self)
{
  smalti_workbench_measure_run (self->workbench, self->measured_run, eval);
}

static gpointer
read_spec (SmaltiStore *store, gpointer run, GError **error)
{
  g_autoptr (SmaltiRunInfo) info = smalti_store_get_run (store, *(const gint64 *)run, error);

  return info ? smalti_spec_parse (info->spec_yaml, _ ("the run's spec"), NULL, error) : NULL;
}

static void
on_spec_to_measure (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiMainWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiSpec) spec = smalti_store_client_call_finish (SMALTI_STORE_CLIENT (source), result, &error);
  SmaltiMeasureDialog *dialog;

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (!spec)
    {
      smalti_workbench_tell (self->workbench, error->message);
      return;
    }
  dialog = smalti_measure_dialog_new (GTK_WINDOW (self), spec);
  if (smalti_workbench_is_busy (self->workbench))
    smalti_measure_dialog_set_busy (dialog, _ ("A run is under way in this window; measure when it is done."));
  g_signal_connect_object (dialog, "measure", G_CALLBACK (on_measure), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
measure_run_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SmaltiMainWindow *self = SMALTI_MAIN_WINDOW (widget);

  self->measured_run = g_variant_get_int64 (parameter);
  smalti_store_client_call_async (smalti_workbench_get_client (self->workbench), read_spec,
                                  g_memdup2 (&self->measured_run, sizeof self->measured_run), g_free,
                                  (GDestroyNotify)smalti_spec_unref, on_spec_to_measure, g_object_ref (self));
}

static void
try_sample_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SmaltiMainWindow *self = SMALTI_MAIN_WINDOW (widget);

  smalti_main_window_ask_new_run (self, smalti_workbench_get_sample_path (self->workbench));
}

static void
on_folder_chosen (GtkWidget *window, GFile *folder)
{
  SmaltiMainWindow *self = SMALTI_MAIN_WINDOW (window);

  if (g_file_peek_path (folder))
    smalti_main_window_ask_new_run (self, g_file_peek_path (folder));
  else
    smalti_workbench_tell (self->workbench, _ ("This folder is not on a disk of this computer; copy it there first."));
}

static void
open_folder_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  smalti_choose_folder (widget, on_folder_chosen);
}

/* Of the run on display. */
static void
run_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  static const SmaltiRequestKind requests[] = { [SMALTI_RUN_ACTION_STOP_NOW] = SMALTI_REQUEST_STOP_NOW,
                                                [SMALTI_RUN_ACTION_PAUSE] = SMALTI_REQUEST_PAUSE,
                                                [SMALTI_RUN_ACTION_CONTINUE] = SMALTI_REQUEST_CONTINUE };
  SmaltiMainWindow *self = SMALTI_MAIN_WINDOW (widget);
  gint64 run = smalti_run_item_get_id (get_run_on_display (self));
  guint i = 0;

  while (!g_str_equal (run_actions[i].name, name))
    i++;
  if (run_actions[i].action == SMALTI_RUN_ACTION_RESUME)
    smalti_workbench_start_run (self->workbench, run);
  else if (run_actions[i].action == SMALTI_RUN_ACTION_STOP)
    smalti_workbench_stop_run (self->workbench, run);
  else
    smalti_workbench_ask_run (self->workbench, run, requests[run_actions[i].action], NULL, NULL);
}

void
smalti_main_window_install_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.show-page", "s", show_page_action);
  gtk_widget_class_install_action (klass, "win.show-place", "i", show_place_action);
  gtk_widget_class_install_action (klass, "win.show-run", "x", show_run_action);
  gtk_widget_class_install_action (klass, "win.try-run", "x", try_run_action);
  gtk_widget_class_install_action (klass, "win.compare-runs", "ax", compare_runs_action);
  gtk_widget_class_install_action (klass, "win.show-current-run", NULL, show_current_run_action);
  gtk_widget_class_install_action (klass, "win.back", NULL, back_action);
  gtk_widget_class_install_action (klass, "win.new-run", "s", new_run_action);
  gtk_widget_class_install_action (klass, "win.new-run-like", "(xu)", new_run_like_action);
  gtk_widget_class_install_action (klass, "win.measure-run", "x", measure_run_action);
  gtk_widget_class_install_action (klass, "win.try-sample", NULL, try_sample_action);
  gtk_widget_class_install_action (klass, "win.open-folder", NULL, open_folder_action);
  for (guint i = 0; i < G_N_ELEMENTS (run_actions); i++)
    gtk_widget_class_install_action (klass, run_actions[i].name, NULL, run_action);
}
