/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of the window: places and a page side by side, or one after the other when it is narrow; dropping folders.
 * Pages are made when they are first shown, so that the first frame does not wait for those nobody has asked for. */
#include "ui/main-window-private.h"

#include <glib/gi18n-lib.h>

#include "ui/compare-page.h"
#include "ui/data-page.h"
#include "ui/leaflet.h"
#include "ui/new-run-page.h"
#include "ui/run-notice.h"
#include "ui/runs-page.h"
#include "ui/settings.h"
#include "ui/spinner.h"
#include "ui/start-page.h"
#include "ui/try-page.h"

/* Those with a title are places of the sidebar, in this order. */
static const struct
{
  const char *name, *title, *icon;
  GType (*get_type) (void);
} pages[] = {
  { "start", N_ ("Start"), "go-home-symbolic", smalti_start_page_get_type },
  { "data", N_ ("Data"), "folder-pictures-symbolic", smalti_data_page_get_type },
  { "runs", N_ ("Runs"), "view-list-symbolic", smalti_runs_page_get_type },
  { "compare", N_ ("Compare"), "view-dual-symbolic", smalti_compare_page_get_type },
  { "try", N_ ("Try It"), "view-reveal-symbolic", smalti_try_page_get_type },
  { "new-run", NULL, NULL, smalti_new_run_page_get_type },
  { "run", NULL, NULL, smalti_run_page_get_type },
};

G_DEFINE_FINAL_TYPE (SmaltiMainWindow, smalti_main_window, ADW_TYPE_APPLICATION_WINDOW)

/* -- what is on display -- */

static guint
find_page (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    if (g_str_equal (pages[i].name, name))
      return i;
  return G_MAXUINT;
}

static void
update_header (SmaltiMainWindow *self)
{
  gboolean folded = adw_leaflet_get_folded (self->leaflet);
  gboolean is_place = !self->page || pages[find_page (gtk_stack_get_visible_child_name (self->stack))].title;
  gint64 current = smalti_workbench_get_current (self->workbench);
  gboolean on_display
      = SMALTI_IS_RUN_PAGE (self->page) && smalti_run_page_get_run (SMALTI_RUN_PAGE (self->page)) == current;

  adw_window_title_set_title (self->title, self->page ? smalti_page_get_title (self->page) : "");
  adw_window_title_set_subtitle (self->title, self->page ? smalti_page_get_subtitle (self->page) : "");
  adw_bin_set_child (ADW_BIN (self->header_start), self->page ? smalti_page_get_header_start (self->page) : NULL);
  adw_bin_set_child (ADW_BIN (self->header_end), self->page ? smalti_page_get_header_end (self->page) : NULL);
  gtk_widget_set_visible (self->back_button, folded || !is_place);
  gtk_widget_set_visible (self->narrow_job, folded && !on_display && current != 0);
}

static void
choose_place (SmaltiMainWindow *self, const char *name)
{
  self->place = name;
  smalti_settings_set_string ("place", name);
  for (guint i = 0, row = 0; i < G_N_ELEMENTS (pages); i++)
    if (pages[i].title && g_str_equal (pages[i].name, name))
      gtk_list_box_select_row (self->places, gtk_list_box_get_row_at_index (self->places, row));
    else if (pages[i].title)
      row++;
}

SmaltiPage *
smalti_main_window_get_page (SmaltiMainWindow *self, const char *name)
{
  static const char *const told[]
      = { "notify::title", "notify::subtitle", "notify::header-start", "notify::header-end" };
  SmaltiPage *page = g_hash_table_lookup (self->pages, name);
  guint i = find_page (name);

  if (page || i == G_MAXUINT)
    return page;
  page = g_object_new (pages[i].get_type (), "visible", FALSE, NULL); /* see hide_others() */
  if (pages[i].title && !smalti_page_get_title (page))
    smalti_page_set_title (page, _ (pages[i].title));
  g_hash_table_insert (self->pages, (gpointer)pages[i].name, page);
  gtk_stack_add_named (self->stack, GTK_WIDGET (page), pages[i].name);
  for (guint k = 0; k < G_N_ELEMENTS (told); k++)
    g_signal_connect_object (page, told[k], G_CALLBACK (update_header), self, G_CONNECT_SWAPPED);
  smalti_page_attach (page, self->workbench);
  return page;
}

/* What is in a stack but not on display has its styles looked through with every hover and every focus all the same, at
 * some milliseconds a page; what is hidden has not. */
static void
hide_others (SmaltiMainWindow *self)
{
  GHashTableIter iter;
  gpointer page;

  if (gtk_stack_get_transition_running (self->stack))
    return;
  g_hash_table_iter_init (&iter, self->pages);
  while (g_hash_table_iter_next (&iter, NULL, &page))
    gtk_widget_set_visible (page, page == self->page);
}

void
smalti_main_window_show_page (SmaltiMainWindow *self, const char *name)
{
  SmaltiPage *page = smalti_workbench_is_loaded (self->workbench) ? smalti_main_window_get_page (self, name) : NULL;
  SmaltiPage *before = self->page;

  if (!page)
    return;
  if (pages[find_page (name)].title)
    choose_place (self, pages[find_page (name)].name);
  self->page = page;
  gtk_widget_set_visible (GTK_WIDGET (page), TRUE);
  gtk_stack_set_visible_child (self->stack, GTK_WIDGET (page));
  hide_others (self);
  if (before && before != page)
    smalti_page_set_shown (before, FALSE);
  smalti_page_set_shown (page, TRUE);
  adw_leaflet_set_visible_child (self->leaflet, self->content);
  update_header (self);
  smalti_main_window_update_actions (self);
}

void
smalti_main_window_show_run (SmaltiMainWindow *self, gint64 run)
{
  if (!smalti_workbench_is_loaded (self->workbench))
    {
      self->wanted_run = run;
      return;
    }
  smalti_run_page_set_run (SMALTI_RUN_PAGE (smalti_main_window_get_page (self, "run")), run);
  smalti_main_window_show_page (self, "run");
}

void
smalti_main_window_go_back (SmaltiMainWindow *self)
{
  if (self->page && !pages[find_page (gtk_stack_get_visible_child_name (self->stack))].title)
    smalti_main_window_show_page (self, self->place);
  else if (adw_leaflet_get_folded (self->leaflet))
    {
      adw_leaflet_set_visible_child (self->leaflet, self->sidebar);
      gtk_widget_grab_focus (GTK_WIDGET (gtk_list_box_get_selected_row (self->places)));
    }
}

static void
on_place (SmaltiMainWindow *self, GtkListBoxRow *row)
{
  smalti_main_window_show_page (self, gtk_widget_get_name (GTK_WIDGET (row)));
}

static void
add_place (SmaltiMainWindow *self, const char *name, const char *title, const char *icon)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label = gtk_label_new (title);

  gtk_widget_set_name (row, name);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (icon));
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (box), label);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_list_box_append (self->places, row);
}

static gboolean
apply_fold (gpointer user_data)
{
  SmaltiMainWindow *self = user_data;
  gboolean folded = adw_leaflet_get_folded (self->leaflet);

  self->fold_source = 0;
  adw_header_bar_set_show_end_title_buttons (self->sidebar_bar, folded);
  adw_leaflet_set_visible_child (self->leaflet, self->content);
  update_header (self);
  return G_SOURCE_REMOVE;
}

/* The leaflet folds while it is given its size, when nothing may ask for another one. */
static void
on_folded (SmaltiMainWindow *self)
{
  if (!self->fold_source)
    self->fold_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, apply_fold, self, NULL);
}

/* -- the workbench -- */

static void
on_loaded (SmaltiMainWindow *self)
{
  smalti_main_window_show_page (self, self->place);
  if (self->wanted_run)
    smalti_main_window_show_run (self, self->wanted_run);
  if (self->offer_sample && g_list_model_get_n_items (G_LIST_MODEL (smalti_workbench_get_runs (self->workbench))) == 0)
    smalti_main_window_ask_new_run (self, "");
}

static void
on_failed (SmaltiMainWindow *self, const char *message)
{
  g_autofree char *markup = g_markup_escape_text (message, -1);

  adw_status_page_set_description (self->failed_page, markup);
  gtk_stack_set_visible_child_name (self->stack, "failed");
  adw_leaflet_set_visible_child (self->leaflet, self->content);
}

static void
update_inhibition (SmaltiMainWindow *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  gboolean wanted = smalti_workbench_is_busy (self->workbench) && smalti_settings_get_boolean ("inhibit-suspend", TRUE);

  if (wanted && !self->inhibition)
    self->inhibition = gtk_application_inhibit (application, GTK_WINDOW (self), GTK_APPLICATION_INHIBIT_SUSPEND,
                                                _ ("A run is under way"));
  else if (!wanted && self->inhibition)
    {
      gtk_application_uninhibit (application, self->inhibition);
      self->inhibition = 0;
    }
}

/* Whoever looks at the window sees it there. */
static void
on_event (SmaltiMainWindow *self, SmaltiEvent *event)
{
  SmaltiRunItem *item = smalti_run_list_find (smalti_workbench_get_runs (self->workbench), event->run, NULL);

  if (item && !gtk_window_is_active (GTK_WINDOW (self)) && smalti_settings_get_boolean ("notify", TRUE))
    smalti_run_notice_send (G_APPLICATION (gtk_window_get_application (GTK_WINDOW (self))), item, event);
}

static void
on_changed (SmaltiMainWindow *self)
{
  update_inhibition (self);
  update_header (self);
  smalti_main_window_update_actions (self);
}

static void
on_started (SmaltiMainWindow *self, gint64 run)
{
  smalti_main_window_show_run (self, run);
}

static void
on_toast (SmaltiMainWindow *self, AdwToast *toast)
{
  adw_toast_overlay_add_toast (self->toasts, g_object_ref (toast));
}

static void
open_store (SmaltiMainWindow *self)
{
  gtk_stack_set_visible_child_name (self->stack, "loading");
  smalti_workbench_open_store (self->workbench);
}

static void
reopen_store_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  open_store (SMALTI_MAIN_WINDOW (widget));
}

/* -- dropping a folder -- */

static void
on_file_type (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiMainWindow) self = user_data;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, NULL);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (!info || g_file_info_get_file_type (info) != G_FILE_TYPE_DIRECTORY)
    smalti_workbench_tell (self->workbench, _ ("That is no folder; drop a folder of pictures."));
  else if (!g_file_peek_path (G_FILE (source)))
    smalti_workbench_tell (self->workbench, _ ("This folder is not on a disk of this computer; copy it there first."));
  else
    smalti_main_window_ask_new_run (self, g_file_peek_path (G_FILE (source)));
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, gdouble x, gdouble y, SmaltiMainWindow *self)
{
  GSList *files = g_value_get_boxed (value);

  if (!files || !self->page)
    return FALSE;
  if (!smalti_page_take_files (self->page, files))
    g_file_query_info_async (files->data, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT,
                             self->cancellable, on_file_type, g_object_ref (self));
  return TRUE;
}

static void
smalti_main_window_dispose (GObject *object)
{
  SmaltiMainWindow *self = SMALTI_MAIN_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->fold_source, g_source_remove);
  /* The header gives back what is the pages' own before they go. */
  if (self->page)
    {
      smalti_page_set_shown (self->page, FALSE);
      self->page = NULL;
      adw_bin_set_child (ADW_BIN (self->header_start), NULL);
      adw_bin_set_child (ADW_BIN (self->header_end), NULL);
    }
  if (self->workbench)
    {
      g_signal_handlers_disconnect_by_data (self->workbench, self);
      g_object_run_dispose (G_OBJECT (self->workbench));
    }
  g_clear_weak_pointer (&self->close_dialog);
  G_OBJECT_CLASS (smalti_main_window_parent_class)->dispose (object);
}

static void
smalti_main_window_finalize (GObject *object)
{
  SmaltiMainWindow *self = SMALTI_MAIN_WINDOW (object);

  g_clear_object (&self->workbench);
  g_clear_object (&self->cancellable);
  g_hash_table_unref (self->pages);
  G_OBJECT_CLASS (smalti_main_window_parent_class)->finalize (object);
}

static void
smalti_main_window_class_init (SmaltiMainWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_main_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = smalti_main_window_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = smalti_main_window_close_request;

  g_type_ensure (SMALTI_TYPE_JOB_INDICATOR);
  g_type_ensure (SMALTI_TYPE_SPINNER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/smalti/Smalti/ui/main-window.ui");
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, sidebar_bar);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, places);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, job);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, content);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, back_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, header_start);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, header_end);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, title);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, narrow_job);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMainWindow, failed_page);
  gtk_widget_class_bind_template_callback (widget_class, on_place);
  gtk_widget_class_bind_template_callback (widget_class, on_folded);
  gtk_widget_class_bind_template_callback (widget_class, hide_others);

  smalti_main_window_install_actions (widget_class);
  gtk_widget_class_install_action (widget_class, "win.reopen-store", NULL, reopen_store_action);
}

static const char *
remembered_place (void)
{
  g_autofree char *name = smalti_settings_get_string ("place", pages[0].name);
  guint i = find_page (name);

  return pages[i < G_N_ELEMENTS (pages) && pages[i].title ? i : 0].name;
}

static void
smalti_main_window_init (SmaltiMainWindow *self)
{
  GtkDropTarget *drop = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  self->cancellable = g_cancellable_new ();
  self->pages = g_hash_table_new (g_str_hash, g_str_equal);
  gtk_widget_init_template (GTK_WIDGET (self));
  smalti_leaflet_put_pages_first (self->leaflet);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    if (pages[i].title)
      add_place (self, pages[i].name, _ (pages[i].title), pages[i].icon);
  choose_place (self, remembered_place ());
  smalti_settings_bind ("window-width", self, "default-width");
  smalti_settings_bind ("window-height", self, "default-height");
  smalti_settings_bind ("window-maximized", self, "maximized");

  g_signal_connect (drop, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self->toasts), GTK_EVENT_CONTROLLER (drop));
  gtk_widget_add_css_class (GTK_WIDGET (self->toasts), "drop-target");
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

  gtk_application_window_set_help_overlay (GTK_APPLICATION_WINDOW (self),
                                           GTK_SHORTCUTS_WINDOW (gtk_builder_get_object (builder, "help_overlay")));
  self->workbench = smalti_workbench_new (store_path);
  g_signal_connect_swapped (self->workbench, "loaded", G_CALLBACK (on_loaded), self);
  g_signal_connect_swapped (self->workbench, "failed", G_CALLBACK (on_failed), self);
  g_signal_connect_swapped (self->workbench, "runs-read", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->workbench, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->workbench, "event", G_CALLBACK (on_event), self);
  g_signal_connect_swapped (self->workbench, "started", G_CALLBACK (on_started), self);
  g_signal_connect_swapped (self->workbench, "run-failed", G_CALLBACK (smalti_main_window_tell_failure), self);
  g_signal_connect_swapped (self->workbench, "idle", G_CALLBACK (smalti_main_window_take_idle), self);
  g_signal_connect_swapped (self->workbench, "toast", G_CALLBACK (on_toast), self);
  smalti_job_indicator_set_workbench (self->job, self->workbench);
  smalti_main_window_update_actions (self);
  open_store (self);
  return self;
}
