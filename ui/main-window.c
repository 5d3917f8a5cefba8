/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of the window: list and page side by side, or one after the other when it is narrow; what is shown when
 * there is nothing; dropping folders; closing. */
#include "ui/main-window-private.h"

#include <glib/gi18n-lib.h>

#include "ui/run-row.h"

G_DEFINE_FINAL_TYPE (SmaltiMainWindow, smalti_main_window, ADW_TYPE_APPLICATION_WINDOW)

void
smalti_main_window_toast (SmaltiMainWindow *self, const char *message)
{
  /* The first line: the rest is in the log. */
  g_auto (GStrv) lines = g_strsplit (message, "\n", 2);
  g_autofree char *markup = g_markup_escape_text (lines[0] ? lines[0] : "", -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (markup));
}

SmaltiRunItem *
smalti_main_window_get_selected (SmaltiMainWindow *self)
{
  return gtk_single_selection_get_selected_item (self->selection);
}

static void
show_content (SmaltiMainWindow *self)
{
  adw_leaflet_set_visible_child (self->leaflet, self->content);
}

void
smalti_main_window_select_run (SmaltiMainWindow *self, gint64 run)
{
  guint position;

  if (!smalti_run_list_find (self->runs, run, &position))
    {
      self->wanted = run;
      return;
    }
  self->wanted = 0;
  gtk_single_selection_set_selected (self->selection, position);
  show_content (self);
}

/* -- what is on display -- */

static void
update_title (SmaltiMainWindow *self)
{
  SmaltiRunItem *item = smalti_main_window_get_selected (self);

  adw_window_title_set_title (self->title, item ? smalti_run_item_get_name (item) : "");
  adw_window_title_set_subtitle (self->title, item ? smalti_run_item_get_method (item) : "");
}

static void
update_pages (SmaltiMainWindow *self)
{
  gboolean empty = g_list_model_get_n_items (G_LIST_MODEL (self->runs)) == 0;

  gtk_stack_set_visible_child_name (self->list_stack, !self->loaded ? "unknown" : empty ? "empty" : "runs");
  if (self->loaded)
    gtk_stack_set_visible_child_name (self->pages, empty ? "welcome" : "run");
  if (empty)
    show_content (self);
}

static void
on_selected_changed (SmaltiMainWindow *self)
{
  SmaltiRunItem *item = smalti_main_window_get_selected (self);

  smalti_run_page_set_item (self->run_page, item);
  if (self->client)
    smalti_store_client_watch (self->client, item ? smalti_run_item_get_id (item) : 0);
  update_title (self);
  smalti_main_window_update_actions (self);
}

static void
on_row_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  gtk_list_item_set_child (item, g_object_new (SMALTI_TYPE_RUN_ROW, NULL));
}

static void
on_row_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  smalti_run_row_set_item (SMALTI_RUN_ROW (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
on_row_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  smalti_run_row_set_item (SMALTI_RUN_ROW (gtk_list_item_get_child (item)), NULL);
}

static void
on_row_activated (SmaltiMainWindow *self, guint position)
{
  gtk_single_selection_set_selected (self->selection, position);
  show_content (self);
}

static gboolean
apply_fold (gpointer user_data)
{
  SmaltiMainWindow *self = user_data;
  gboolean folded = adw_leaflet_get_folded (self->leaflet);

  self->fold_source = 0;
  adw_header_bar_set_show_end_title_buttons (self->sidebar_bar, folded);
  gtk_widget_set_visible (self->back_button, folded);
  gtk_list_view_set_single_click_activate (self->list_view, folded);
  /* Folding leaves a row selected that looks chosen: only its page says so then. */
  if (!folded)
    show_content (self);
  return G_SOURCE_REMOVE;
}

/* The leaflet folds while it is given its size, when nothing may ask for another one. */
static void
on_folded (SmaltiMainWindow *self)
{
  if (!self->fold_source)
    self->fold_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, apply_fold, self, NULL);
}

/* -- the store -- */

static void
on_runs (SmaltiStoreClient *client, GPtrArray *infos, gint64 read_at, SmaltiMainWindow *self)
{
  gboolean first = !self->loaded;

  self->loaded = TRUE;
  g_clear_pointer (&self->store_trouble, g_free);
  smalti_run_list_take (self->runs, infos, read_at);
  if (self->wanted)
    smalti_main_window_select_run (self, self->wanted);
  update_pages (self);
  update_title (self);
  smalti_main_window_update_actions (self);
  if (self->failure && self->failure->time <= read_at)
    smalti_main_window_tell_failure (self);
  if (first)
    gtk_widget_grab_focus (infos->len > 0 ? GTK_WIDGET (self->list_view) : self->sample_button);
  if (first && self->offer_sample && infos->len == 0)
    smalti_main_window_ask_new_run (self, NULL);
}

static void
on_news (SmaltiStoreClient *client, const SmaltiRunNews *news, SmaltiMainWindow *self)
{
  smalti_run_page_take_news (self->run_page, news);
}

static void
on_failed (SmaltiStoreClient *client, const char *message, SmaltiMainWindow *self)
{
  if (self->loaded)
    {
      SmaltiRunItem *item = smalti_main_window_get_selected (self);

      if (item)
        smalti_run_item_set_stopping (item, FALSE); /* perhaps that is what went wrong: it can be asked again */
      if (g_strcmp0 (message, self->store_trouble) != 0)
        smalti_main_window_toast (self, message);
      g_free (self->store_trouble);
      self->store_trouble = g_strdup (message);
      return;
    }

  g_autofree char *markup = g_markup_escape_text (message, -1);

  adw_status_page_set_description (self->failed_page, markup);
  gtk_stack_set_visible_child_name (self->pages, "failed");
  show_content (self);
}

static void
open_store (SmaltiMainWindow *self)
{
  if (self->client)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);
  gtk_stack_set_visible_child_name (self->pages, "loading");
  self->client = smalti_store_client_new (self->store_path);
  g_signal_connect (self->client, "runs", G_CALLBACK (on_runs), self);
  g_signal_connect (self->client, "news", G_CALLBACK (on_news), self);
  g_signal_connect (self->client, "failed", G_CALLBACK (on_failed), self);
}

/* -- dropping a folder -- */

static void
on_file_type (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiMainWindow) self = user_data;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, NULL);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (info && g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY)
    smalti_main_window_ask_new_run (self, G_FILE (source));
  else
    smalti_main_window_toast (self, _ ("That is no folder; drop a folder of pictures."));
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, gdouble x, gdouble y, SmaltiMainWindow *self)
{
  GSList *files = g_value_get_boxed (value);

  if (!files)
    return FALSE;
  g_file_query_info_async (files->data, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT,
                           self->cancellable, on_file_type, g_object_ref (self));
  return TRUE;
}

/* -- closing -- */

static void
on_close_response (AdwMessageDialog *dialog, const char *response, SmaltiMainWindow *self)
{
  if (!g_str_equal (response, "stop"))
    return;
  if (!self->engine || !smalti_engine_is_running (self->engine))
    {
      gtk_window_destroy (GTK_WINDOW (self));
      return;
    }
  self->closing = TRUE;
  smalti_engine_stop (self->engine);
  smalti_main_window_toast (self, _ ("Saving a checkpoint…"));
}

static gboolean
smalti_main_window_close_request (GtkWindow *window)
{
  SmaltiMainWindow *self = SMALTI_MAIN_WINDOW (window);

  if (!self->engine || !smalti_engine_is_running (self->engine))
    return GTK_WINDOW_CLASS (smalti_main_window_parent_class)->close_request (window);
  if (self->closing)
    return GDK_EVENT_STOP;
  if (self->close_dialog)
    {
      gtk_window_present (self->close_dialog);
      return GDK_EVENT_STOP;
    }

  GtkWidget *dialog = adw_message_dialog_new (
      window, _ ("Stop Training?"), _ ("A run is under way. It can stop at a checkpoint and be resumed later."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Keep Training"), "stop",
                                    _ ("_Stop and Close"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "stop", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_close_response), self, 0);
  g_set_weak_pointer (&self->close_dialog, GTK_WINDOW (dialog));
  gtk_window_present (self->close_dialog);
  return GDK_EVENT_STOP;
}

/* -- actions -- */

static void
back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  adw_leaflet_set_visible_child (SMALTI_MAIN_WINDOW (widget)->leaflet, SMALTI_MAIN_WINDOW (widget)->sidebar);
}

static void
reopen_store_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  open_store (SMALTI_MAIN_WINDOW (widget));
}

static void
smalti_main_window_dispose (GObject *object)
{
  SmaltiMainWindow *self = SMALTI_MAIN_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->fold_source, g_source_remove);
  if (self->client)
    g_signal_handlers_disconnect_by_data (self->client, self);
  if (self->engine)
    g_signal_handlers_disconnect_by_data (self->engine, self);
  g_clear_object (&self->client);
  g_clear_object (&self->engine);
  g_clear_pointer (&self->failure, smalti_event_unref);
  g_clear_weak_pointer (&self->new_run_dialog);
  g_clear_weak_pointer (&self->close_dialog);
  G_OBJECT_CLASS (smalti_main_window_parent_class)->dispose (object);
}

static void
smalti_main_window_finalize (GObject *object)
{
  SmaltiMainWindow *self = SMALTI_MAIN_WINDOW (object);

  g_clear_object (&self->selection);
  g_clear_object (&self->runs);
  g_clear_object (&self->cancellable);
  g_free (self->store_path);
  g_free (self->store_trouble);
  G_OBJECT_CLASS (smalti_main_window_parent_class)->finalize (object);
}

static void
smalti_main_window_class_init (SmaltiMainWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_main_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = smalti_main_window_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = smalti_main_window_close_request;

  g_type_ensure (SMALTI_TYPE_RUN_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/smalti/Smalti/ui/main-window.ui");
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, sidebar_bar);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, back_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, content);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, list_stack);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, list_view);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, title);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, run_buttons);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, resume_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, resume_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, run_page);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, failed_page);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, sample_button);
  gtk_widget_class_bind_template_callback (widget_class, on_row_setup);
  gtk_widget_class_bind_template_callback (widget_class, on_row_bind);
  gtk_widget_class_bind_template_callback (widget_class, on_row_unbind);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_folded);

  smalti_main_window_install_run_actions (widget_class);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, back_action);
  gtk_widget_class_install_action (widget_class, "win.reopen-store", NULL, reopen_store_action);
}

static void
smalti_main_window_init (SmaltiMainWindow *self)
{
  GtkDropTarget *drop = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  self->cancellable = g_cancellable_new ();
  self->runs = smalti_run_list_new ();
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->runs)));
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_view_set_model (self->list_view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (on_selected_changed), self,
                           G_CONNECT_SWAPPED);

  g_signal_connect (drop, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self->toasts), GTK_EVENT_CONTROLLER (drop));
  gtk_widget_add_css_class (GTK_WIDGET (self->toasts), "drop-target");
  smalti_main_window_update_actions (self);
}

void
smalti_main_window_offer_sample (SmaltiMainWindow *self)
{
  g_return_if_fail (SMALTI_IS_MAIN_WINDOW (self));
  self->offer_sample = TRUE;
}

SmaltiMainWindow *
smalti_main_window_new (AdwApplication *application, const char *store_path)
{
  SmaltiMainWindow *self = g_object_new (SMALTI_TYPE_MAIN_WINDOW, "application", application, NULL);
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/org/smalti/Smalti/ui/shortcuts.ui");

  self->store_path = g_strdup (store_path);
  gtk_application_window_set_help_overlay (GTK_APPLICATION_WINDOW (self),
                                           GTK_SHORTCUTS_WINDOW (gtk_builder_get_object (builder, "help_overlay")));
  open_store (self);
  return self;
}
