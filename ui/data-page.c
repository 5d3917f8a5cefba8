/* SPDX-License-Identifier: Apache-2.0 */
/* Two columns, the folders with what is known of the selected one, and its images; one after the other where there is
 * no room for both. The page shows what a SmaltiDataFolder is at; the work is that one's. */
#include "ui/data-page.h"

#include <inttypes.h>
#include <glib/gi18n-lib.h>

#include "ui/choose-folder.h"
#include "ui/class-list.h"
#include "ui/data-facts.h"
#include "ui/data-folder-list.h"
#include "ui/image-grid.h"
#include "ui/leaflet.h"
#include "ui/method-look.h"
#include "ui/picture-dialog.h"
#include "ui/spinner.h"

struct _SmaltiDataPage
{
  SmaltiPage parent_instance;

  GtkWidget *add_button;
  GtkStack *stack;
  GtkWidget *open_button;
  AdwLeaflet *leaflet;
  GtkWidget *side, *content;
  SmaltiDataFolderList *folders;
  GtkWidget *train_button, *show_button;
  SmaltiDataFacts *facts;

  GtkWidget *back_bar;
  GtkLabel *back_title;
  GtkStack *states;
  AdwStatusPage *scanning_page, *failed_page;
  AdwViewStack *views;
  GtkDropDown *class_filter, *split_filter;
  GtkStringList *class_names;
  GtkLabel *count_label;
  SmaltiImageGrid *grid;
  AdwViewStackPage *classes_view, *unreadable_view;
  SmaltiClassList *classes;
  SmaltiMethodLook *look;
  GtkLabel *unreadable_label;
  GtkListView *unreadable_list;

  SmaltiDataFolder *folder;
  SmaltiDataset *dataset; /* whose images are shown */
  guint64 n_unreadable;   /* as listed */
  gboolean filling;       /* the filters change, but not by the user */
  guint fold_source;
};

G_DEFINE_FINAL_TYPE (SmaltiDataPage, smalti_data_page, SMALTI_TYPE_PAGE)

/* -- images -- */

static void
show_images (SmaltiDataPage *self)
{
  gint klass = (gint)gtk_drop_down_get_selected (self->class_filter) - 1;
  gint split = (gint)gtk_drop_down_get_selected (self->split_filter) - 1;
  g_autoptr (SmaltiImageList) list = NULL;
  g_autofree char *words = NULL;
  guint n;

  if (!self->dataset || self->filling)
    return;
  list = smalti_image_list_new (self->dataset, MAX (klass, -1), MAX (split, -1));
  n = g_list_model_get_n_items (G_LIST_MODEL (list));
  smalti_image_grid_set_list (self->grid, list);
  words = g_strdup_printf (ngettext ("%'u image", "%'u images", n), n);
  gtk_label_set_text (self->count_label, words);
}

static void
on_filter (SmaltiDataPage *self)
{
  show_images (self);
}

static void
on_class_chosen (SmaltiDataPage *self, guint klass)
{
  gtk_drop_down_set_selected (self->class_filter, klass + 1);
  adw_view_stack_set_visible_child_name (self->views, "images");
  gtk_widget_grab_focus (GTK_WIDGET (self->grid));
}

static void
on_moved (SmaltiPictureDialog *dialog, guint position, SmaltiDataPage *self)
{
  smalti_image_grid_select (self->grid, position);
}

static void
on_image_opened (SmaltiDataPage *self, guint position)
{
  SmaltiPictureDialog *dialog = smalti_picture_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                                           smalti_image_grid_get_list (self->grid), position);

  g_signal_connect_object (dialog, "moved", G_CALLBACK (on_moved), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* Classes and filters of a folder that has just been scanned. */
static void
fill_filters (SmaltiDataPage *self)
{
  guint n = smalti_dataset_get_n_classes (self->dataset);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  self->filling = TRUE;
  g_ptr_array_add (names, (gpointer)_ ("All classes"));
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (names, (gpointer)smalti_dataset_get_class_name (self->dataset, i));
  g_ptr_array_add (names, NULL);
  gtk_string_list_splice (self->class_names, 0, g_list_model_get_n_items (G_LIST_MODEL (self->class_names)),
                          (const char *const *)names->pdata);
  gtk_drop_down_set_selected (self->class_filter, 0);
  gtk_drop_down_set_selected (self->split_filter, 0);
  gtk_widget_set_visible (GTK_WIDGET (self->class_filter), n > 0);
  adw_view_stack_page_set_visible (self->classes_view, n > 0);
  smalti_class_list_set_dataset (self->classes, self->dataset);
  self->filling = FALSE;
}

/* -- what can't be read -- */

static void
show_unreadable (SmaltiDataPage *self)
{
  guint64 n = self->dataset ? smalti_dataset_get_n_unreadable (self->dataset) : 0;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GtkStringList) list = NULL;
  g_autoptr (GtkNoSelection) selection = NULL;
  g_autofree char *words = NULL;

  if (n == self->n_unreadable)
    return;
  self->n_unreadable = n;
  adw_view_stack_page_set_visible (self->unreadable_view, n > 0);
  adw_view_stack_page_set_badge_number (self->unreadable_view, (guint)MIN (n, G_MAXUINT));
  if (n == 0)
    {
      if (g_strcmp0 (adw_view_stack_get_visible_child_name (self->views), "unreadable") == 0)
        adw_view_stack_set_visible_child_name (self->views, "images");
      gtk_list_view_set_model (self->unreadable_list, NULL);
      return;
    }
  lines = smalti_dataset_get_unreadable (self->dataset);
  list = gtk_string_list_new ((const char *const *)lines);
  selection = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (list)));
  gtk_list_view_set_model (self->unreadable_list, GTK_SELECTION_MODEL (selection));
  words = g_strdup_printf (ngettext ("%'" PRIu64 " file can’t be read; training leaves it out.",
                                     "%'" PRIu64 " files can’t be read; training leaves them out.", n),
                           n);
  gtk_label_set_text (self->unreadable_label, words);
}

static void
on_unreadable_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_margin_top (label, 6);
  gtk_widget_set_margin_bottom (label, 6);
  gtk_list_item_set_child (item, label);
  gtk_list_item_set_activatable (item, FALSE);
}

static void
on_unreadable_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *label = gtk_list_item_get_child (item);
  const char *line = gtk_string_object_get_string (gtk_list_item_get_item (item));

  gtk_label_set_text (GTK_LABEL (label), line);
  if (gtk_widget_get_parent (label))
    gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (label)), GTK_ACCESSIBLE_PROPERTY_LABEL, line,
                                    -1);
}

static void
on_copy_unreadable (SmaltiDataPage *self)
{
  g_auto (GStrv) lines = smalti_dataset_get_unreadable (self->dataset);
  g_autofree char *text = g_strjoinv ("\n", lines);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  smalti_workbench_tell (smalti_page_get_workbench (SMALTI_PAGE (self)), _ ("The list is copied"));
}

/* The preview is of the selected image; and looking at images may have found some that can't be read. */
static void
on_image_selected (SmaltiDataPage *self)
{
  guint position;

  if (smalti_image_grid_get_selected (self->grid, &position))
    smalti_method_look_set_item (self->look,
                                 (gint64)smalti_image_list_number (smalti_image_grid_get_list (self->grid), position));
  else
    smalti_method_look_set_item (self->look, -1);
  show_unreadable (self);
}

/* -- the folder on display -- */

static void
show_scanning (SmaltiDataPage *self)
{
  guint64 n = smalti_data_folder_get_n_found (self->folder);
  g_autofree char *words = NULL;

  if (n > 0)
    words = g_strdup_printf (ngettext ("%'" PRIu64 " image found", "%'" PRIu64 " images found", n), n);
  else
    words = g_strdup (smalti_data_folder_is_sample (self->folder) ? _ ("Drawing the sample’s pictures")
                                                                  : _ ("Looking for images"));
  adw_status_page_set_description (self->scanning_page, words);
}

static void
show_failed (SmaltiDataPage *self)
{
  const char *advice = smalti_data_folder_get_advice (self->folder);
  /* Translators: what is wrong, then what can be done: two sentences */
  g_autofree char *words
      = g_strdup_printf (_ ("%s %s"), smalti_data_folder_get_trouble (self->folder), advice ? advice : "");
  g_autofree char *markup = g_markup_escape_text (g_strchomp (words), -1);

  adw_status_page_set_description (self->failed_page, markup);
}

static void
show_dataset (SmaltiDataPage *self)
{
  SmaltiDataset *dataset = smalti_data_folder_get_dataset (self->folder);

  if (g_set_object (&self->dataset, dataset))
    {
      fill_filters (self);
      smalti_method_look_set (self->look, self->dataset);
      adw_view_stack_set_visible_child_name (self->views, "images");
      show_images (self);
    }
  show_unreadable (self);
}

static void
on_folder_changed (SmaltiDataPage *self)
{
  static const char *const names[] = {
    [SMALTI_DATA_FOLDER_NEW] = "scanning",    [SMALTI_DATA_FOLDER_SCANNING] = "scanning",
    [SMALTI_DATA_FOLDER_STOPPED] = "stopped", [SMALTI_DATA_FOLDER_FAILED] = "failed",
    [SMALTI_DATA_FOLDER_READY] = "views",
  };
  SmaltiDataFolderState state = smalti_data_folder_get_state (self->folder);

  gtk_widget_set_visible (self->train_button, state == SMALTI_DATA_FOLDER_READY);
  smalti_data_facts_show (self->facts, self->folder);
  switch (state)
    {
    case SMALTI_DATA_FOLDER_NEW:
    case SMALTI_DATA_FOLDER_SCANNING:
      show_scanning (self);
      break;
    case SMALTI_DATA_FOLDER_FAILED:
      show_failed (self);
      break;
    case SMALTI_DATA_FOLDER_READY:
      show_dataset (self);
      break;
    case SMALTI_DATA_FOLDER_STOPPED:
      break;
    }
  gtk_stack_set_visible_child_name (self->states, names[state]);
}

static void
leave_folder (SmaltiDataPage *self)
{
  if (!self->folder)
    return;
  g_signal_handlers_disconnect_by_data (self->folder, self);
  /* One folder at a time: it is measured when it is looked at. */
  smalti_data_folder_stop_measuring (self->folder);
  g_clear_object (&self->folder);
  smalti_image_grid_set_list (self->grid, NULL);
  g_clear_object (&self->dataset);
  smalti_method_look_set (self->look, NULL);
  show_unreadable (self);
}

static void
on_folder_selected (SmaltiDataPage *self)
{
  SmaltiDataFolder *folder = smalti_data_folder_list_get_selected (self->folders);

  gtk_stack_set_visible_child_name (self->stack, folder ? "folders" : "empty");
  smalti_page_set_header_end (SMALTI_PAGE (self), folder ? self->add_button : NULL);
  if (folder == self->folder)
    return;
  leave_folder (self);
  if (!folder)
    return;
  self->folder = g_object_ref (folder);
  gtk_label_set_text (self->back_title, smalti_data_folder_get_title (folder));
  g_signal_connect_swapped (folder, "changed", G_CALLBACK (on_folder_changed), self);
  if (smalti_data_folder_get_state (folder) == SMALTI_DATA_FOLDER_NEW)
    smalti_data_folder_scan (folder);
  else
    smalti_data_folder_measure (folder);
  on_folder_changed (self);
}

static void
on_scan (SmaltiDataPage *self)
{
  smalti_data_folder_scan (self->folder);
}

static void
on_stop_scan (SmaltiDataPage *self)
{
  smalti_data_folder_stop_scan (self->folder);
}

static void
on_remove (SmaltiDataPage *self)
{
  smalti_data_folder_list_remove (self->folders, self->folder);
}

static void
on_train (SmaltiDataPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.new-run", "s",
                              smalti_data_folder_is_sample (self->folder) ? ""
                                                                          : smalti_data_folder_get_path (self->folder));
}

/* -- folders -- */

static void
on_folder_chosen (GtkWidget *page, GFile *folder)
{
  smalti_data_folder_list_add (SMALTI_DATA_PAGE (page)->folders, folder);
}

static void
on_add (SmaltiDataPage *self)
{
  smalti_choose_folder (GTK_WIDGET (self), on_folder_chosen);
}

static void
on_sample (SmaltiDataPage *self)
{
  smalti_data_folder_list_open_sample (self->folders);
}

static gboolean
smalti_data_page_take_files (SmaltiPage *page, GSList *files)
{
  for (GSList *link = files; link; link = link->next)
    smalti_data_folder_list_add (SMALTI_DATA_PAGE (page)->folders, link->data);
  return TRUE;
}

/* -- two columns or one -- */

static void
show_content (SmaltiDataPage *self)
{
  adw_leaflet_set_visible_child (self->leaflet, self->content);
}

static void
on_back (SmaltiDataPage *self)
{
  adw_leaflet_set_visible_child (self->leaflet, self->side);
  gtk_widget_grab_focus (GTK_WIDGET (self->folders));
}

static gboolean
apply_fold (gpointer user_data)
{
  SmaltiDataPage *self = user_data;
  gboolean folded = adw_leaflet_get_folded (self->leaflet);

  self->fold_source = 0;
  gtk_widget_set_visible (self->back_bar, folded);
  gtk_widget_set_visible (self->show_button, folded);
  return G_SOURCE_REMOVE;
}

/* The leaflet folds while it is given its size, when nothing may ask for another one. */
static void
on_folded (SmaltiDataPage *self)
{
  if (!self->fold_source)
    self->fold_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, apply_fold, self, NULL);
}

/* -- the page -- */

static void
on_loaded (SmaltiDataPage *self)
{
  SmaltiDataFolder *folder = smalti_data_folder_list_get_selected (self->folders);

  gtk_stack_set_visible_child_name (self->stack, folder ? "folders" : "empty");
  if (smalti_page_is_shown (SMALTI_PAGE (self)))
    smalti_page_focus (SMALTI_PAGE (self), folder ? GTK_WIDGET (self->folders) : self->open_button);
}

static void
smalti_data_page_attach (SmaltiPage *page)
{
  smalti_data_folder_list_attach (SMALTI_DATA_PAGE (page)->folders, smalti_page_get_workbench (page));
}

static void
smalti_data_page_dispose (GObject *object)
{
  SmaltiDataPage *self = SMALTI_DATA_PAGE (object);

  g_clear_handle_id (&self->fold_source, g_source_remove);
  if (self->folder)
    leave_folder (self);
  if (self->folders)
    g_signal_handlers_disconnect_by_data (self->folders, self);
  g_clear_object (&self->add_button);
  G_OBJECT_CLASS (smalti_data_page_parent_class)->dispose (object);
}

static void
smalti_data_page_class_init (SmaltiDataPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SmaltiPageClass *page_class = SMALTI_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_data_page_dispose;
  page_class->attach = smalti_data_page_attach;
  page_class->take_files = smalti_data_page_take_files;
  g_type_ensure (SMALTI_TYPE_CLASS_LIST);
  g_type_ensure (SMALTI_TYPE_DATA_FACTS);
  g_type_ensure (SMALTI_TYPE_DATA_FOLDER_LIST);
  g_type_ensure (SMALTI_TYPE_IMAGE_GRID);
  g_type_ensure (SMALTI_TYPE_METHOD_LOOK);
  g_type_ensure (SMALTI_TYPE_SPINNER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/smalti/Smalti/ui/data-page.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, SmaltiDataPage, name)
  BIND (stack);
  BIND (open_button);
  BIND (leaflet);
  BIND (side);
  BIND (content);
  BIND (folders);
  BIND (train_button);
  BIND (show_button);
  BIND (facts);
  BIND (back_bar);
  BIND (back_title);
  BIND (states);
  BIND (scanning_page);
  BIND (failed_page);
  BIND (views);
  BIND (class_filter);
  BIND (split_filter);
  BIND (count_label);
  BIND (grid);
  BIND (classes_view);
  BIND (unreadable_view);
  BIND (classes);
  BIND (look);
  BIND (unreadable_label);
  BIND (unreadable_list);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_add);
  gtk_widget_class_bind_template_callback (widget_class, on_sample);
  gtk_widget_class_bind_template_callback (widget_class, on_folded);
  gtk_widget_class_bind_template_callback (widget_class, on_loaded);
  gtk_widget_class_bind_template_callback (widget_class, on_folder_selected);
  gtk_widget_class_bind_template_callback (widget_class, show_content);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_bind_template_callback (widget_class, on_train);
  gtk_widget_class_bind_template_callback (widget_class, on_scan);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_scan);
  gtk_widget_class_bind_template_callback (widget_class, on_remove);
  gtk_widget_class_bind_template_callback (widget_class, on_filter);
  gtk_widget_class_bind_template_callback (widget_class, on_image_opened);
  gtk_widget_class_bind_template_callback (widget_class, on_image_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_class_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_unreadable_setup);
  gtk_widget_class_bind_template_callback (widget_class, on_unreadable_bind);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_unreadable);
}

/* What the keyboard moves to in a drop-down is a button without a name of its own. */
static void
name_drop_down (GtkDropDown *drop_down, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_first_child (GTK_WIDGET (drop_down))),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
smalti_data_page_init (SmaltiDataPage *self)
{
  const char *splits[] = { _ ("Both parts"), _ ("To train"), _ ("Held out"), NULL };
  g_autoptr (GtkStringList) split_names = gtk_string_list_new (splits);
  g_autoptr (GtkExpression) text = gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string");

  self->add_button = g_object_ref_sink (gtk_button_new_from_icon_name ("folder-new-symbolic"));
  gtk_widget_set_tooltip_text (self->add_button, _ ("Add Folder…"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->add_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Add folder…"),
                                  -1);
  g_signal_connect_object (self->add_button, "clicked", G_CALLBACK (on_add), self, G_CONNECT_SWAPPED);
  gtk_widget_init_template (GTK_WIDGET (self));
  smalti_leaflet_put_pages_first (self->leaflet);

  self->filling = TRUE;
  self->class_names = gtk_string_list_new (NULL);
  gtk_drop_down_set_expression (self->class_filter, text);
  gtk_drop_down_set_model (self->class_filter, G_LIST_MODEL (self->class_names));
  g_object_unref (self->class_names);
  gtk_drop_down_set_model (self->split_filter, G_LIST_MODEL (split_names));
  name_drop_down (self->class_filter, _ ("Class"));
  name_drop_down (self->split_filter, _ ("Part"));
  self->filling = FALSE;
}
