/* SPDX-License-Identifier: Apache-2.0 */
/* The store is only told what the user did and what a scan found; it is read once. The sample is a folder as the others
 * are, but always there as soon as the list is, and never in the store. */
#include "ui/data-folder-list.h"

#include <inttypes.h>
#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <string.h>

struct _SmaltiDataFolderList
{
  GtkWidget parent_instance;

  GtkListBox *list;
  SmaltiWorkbench *workbench;
  GCancellable *cancellable;
};

enum
{
  LOADED,
  SELECTED,
  OPENED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SmaltiDataFolderList, smalti_data_folder_list, GTK_TYPE_WIDGET)

/* -- rows -- */

static SmaltiDataFolder *
folder_of (GtkListBoxRow *row)
{
  return row ? g_object_get_data (G_OBJECT (row), "folder") : NULL;
}

static GtkListBoxRow *
find_row (SmaltiDataFolderList *self, const char *path)
{
  GtkListBoxRow *row;

  for (gint i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)); i++)
    if (g_str_equal (smalti_data_folder_get_path (folder_of (row)), path))
      return row;
  return NULL;
}

static char *
state_in_words (SmaltiDataFolder *folder)
{
  guint64 n = smalti_data_folder_get_n_found (folder);

  switch (smalti_data_folder_get_state (folder))
    {
    case SMALTI_DATA_FOLDER_SCANNING:
      return g_strdup (_ ("Scanning…"));
    case SMALTI_DATA_FOLDER_STOPPED:
      return g_strdup (_ ("Not scanned"));
    case SMALTI_DATA_FOLDER_FAILED:
      return g_strdup (_ ("Can’t be used"));
    case SMALTI_DATA_FOLDER_NEW:
    case SMALTI_DATA_FOLDER_READY:
      break;
    }
  if (n == 0)
    return g_strdup (smalti_data_folder_is_sample (folder) ? _ ("Drawn by Smalti") : _ ("Not scanned"));
  return g_strdup_printf (ngettext ("%'" PRIu64 " image", "%'" PRIu64 " images", n), n);
}

static void
update_row (AdwActionRow *row)
{
  SmaltiDataFolder *folder = folder_of (GTK_LIST_BOX_ROW (row));
  g_autofree char *words = state_in_words (folder);

  if (g_strcmp0 (adw_action_row_get_subtitle (row), words) == 0)
    return;
  adw_action_row_set_subtitle (row, words);
}

static void
on_remove (GtkButton *button)
{
  GtkWidget *row = gtk_widget_get_ancestor (GTK_WIDGET (button), ADW_TYPE_ACTION_ROW);
  GtkWidget *self = gtk_widget_get_ancestor (GTK_WIDGET (button), SMALTI_TYPE_DATA_FOLDER_LIST);

  smalti_data_folder_list_remove (SMALTI_DATA_FOLDER_LIST (self), folder_of (GTK_LIST_BOX_ROW (row)));
}

/* A scan has found something: the store remembers it for the next start. */
static gpointer
add_folder (SmaltiStore *store, gpointer info, GError **error)
{
  smalti_store_add_folder (store, info, error);
  return NULL;
}

static void
on_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiDataFolderList) self = user_data;
  g_autoptr (GError) error = NULL;

  smalti_store_client_call_finish (SMALTI_STORE_CLIENT (source), result, &error);
  if (error && self->workbench)
    smalti_workbench_tell (self->workbench, error->message);
}

static void
tell_store (SmaltiDataFolderList *self, SmaltiDataFolder *folder)
{
  if (!smalti_data_folder_is_sample (folder))
    smalti_store_client_call_async (smalti_workbench_get_client (self->workbench), add_folder,
                                    smalti_data_folder_to_info (folder), (GDestroyNotify)smalti_folder_info_free, NULL,
                                    on_told, g_object_ref (self));
}

static void
on_folder_changed (SmaltiDataFolder *folder, AdwActionRow *row)
{
  GtkWidget *self = gtk_widget_get_ancestor (GTK_WIDGET (row), SMALTI_TYPE_DATA_FOLDER_LIST);
  gboolean ready = smalti_data_folder_get_state (folder) == SMALTI_DATA_FOLDER_READY;

  update_row (row);
  if (self && ready && !g_object_get_data (G_OBJECT (row), "told"))
    tell_store (SMALTI_DATA_FOLDER_LIST (self), folder);
  g_object_set_data (G_OBJECT (row), "told", GINT_TO_POINTER (ready));
}

static GtkListBoxRow *
make_row (SmaltiDataFolder *folder)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *title = g_markup_escape_text (smalti_data_folder_get_title (folder), -1);
  g_autofree char *path = g_filename_display_name (smalti_data_folder_get_path (folder));

  g_object_set_data_full (G_OBJECT (row), "folder", g_object_ref (folder), g_object_unref);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 1);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_widget_set_tooltip_text (row, path);
  if (!smalti_data_folder_is_sample (folder))
    {
      GtkWidget *button = gtk_button_new_from_icon_name ("list-remove-symbolic");
      g_autofree char *words = g_strdup_printf (_ ("Take “%s” off the list"), smalti_data_folder_get_title (folder));

      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      gtk_widget_add_css_class (button, "flat");
      gtk_widget_set_tooltip_text (button, _ ("Take Off the List"));
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
      g_signal_connect (button, "clicked", G_CALLBACK (on_remove), NULL);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
    }
  g_signal_connect_object (folder, "changed", G_CALLBACK (on_folder_changed), row, 0);
  update_row (ADW_ACTION_ROW (row));
  return GTK_LIST_BOX_ROW (row);
}

/* -- adding and removing -- */

static void
select_row (SmaltiDataFolderList *self, GtkListBoxRow *row)
{
  gtk_list_box_select_row (self->list, row);
  g_signal_emit (self, signals[OPENED], 0);
}

static void
ensure_sample (SmaltiDataFolderList *self)
{
  const char *path = smalti_workbench_get_sample_path (self->workbench);
  g_autoptr (SmaltiDataFolder) sample = NULL;

  if (find_row (self, path))
    return;
  sample = smalti_data_folder_new (path, self->workbench);
  gtk_list_box_append (self->list, GTK_WIDGET (make_row (sample)));
}

void
smalti_data_folder_list_open_sample (SmaltiDataFolderList *self)
{
  g_return_if_fail (SMALTI_IS_DATA_FOLDER_LIST (self));

  ensure_sample (self);
  select_row (self, find_row (self, smalti_workbench_get_sample_path (self->workbench)));
}

static void
add_path (SmaltiDataFolderList *self, const char *path)
{
  GtkListBoxRow *row = find_row (self, path);

  if (!row)
    {
      g_autoptr (SmaltiDataFolder) folder = smalti_data_folder_new (path, NULL);

      row = make_row (folder);
      gtk_list_box_prepend (self->list, GTK_WIDGET (row));
      tell_store (self, folder);
    }
  ensure_sample (self);
  select_row (self, row);
}

static void
on_file_type (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiDataFolderList) self = user_data;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, NULL);
  const char *path = g_file_peek_path (G_FILE (source));

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (!info || g_file_info_get_file_type (info) != G_FILE_TYPE_DIRECTORY)
    smalti_workbench_tell (self->workbench, _ ("That is no folder; drop a folder of pictures."));
  else if (!g_utf8_validate (path, -1, NULL))
    smalti_workbench_tell (self->workbench, _ ("The name of this folder is not valid Unicode; rename it first."));
  else
    add_path (self, path);
}

void
smalti_data_folder_list_add (SmaltiDataFolderList *self, GFile *folder)
{
  g_return_if_fail (SMALTI_IS_DATA_FOLDER_LIST (self));

  if (!g_file_peek_path (folder))
    smalti_workbench_tell (self->workbench, _ ("This folder is not on a disk of this computer; copy it there first."));
  else
    g_file_query_info_async (folder, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT,
                             self->cancellable, on_file_type, g_object_ref (self));
}

static gpointer
remove_folder (SmaltiStore *store, gpointer path, GError **error)
{
  smalti_store_remove_folder (store, path, error);
  return NULL;
}

/* What undoing needs. */
typedef struct
{
  SmaltiDataFolderList *list; /* weak */
  char *path;
} Removal;

static void
removal_free (gpointer data, GClosure *closure)
{
  Removal *removal = data;

  g_clear_weak_pointer (&removal->list);
  g_free (removal->path);
  g_free (removal);
}

static void
on_undo (AdwToast *toast, gpointer user_data)
{
  Removal *removal = user_data;

  if (removal->list)
    add_path (removal->list, removal->path);
}

void
smalti_data_folder_list_remove (SmaltiDataFolderList *self, SmaltiDataFolder *folder)
{
  GtkListBoxRow *row = find_row (self, smalti_data_folder_get_path (folder));
  gint index = gtk_list_box_row_get_index (row);
  gboolean selected = gtk_list_box_row_is_selected (row);
  g_autofree char *message = g_strdup_printf (_ ("“%s” is off the list"), smalti_data_folder_get_title (folder));
  Removal *removal = g_new0 (Removal, 1);

  removal->path = g_strdup (smalti_data_folder_get_path (folder));
  g_set_weak_pointer (&removal->list, self);
  smalti_data_folder_stop_scan (folder);
  smalti_data_folder_stop_measuring (folder);
  smalti_store_client_call_async (smalti_workbench_get_client (self->workbench), remove_folder,
                                  g_strdup (removal->path), g_free, NULL, on_told, g_object_ref (self));
  gtk_list_box_remove (self->list, GTK_WIDGET (row));
  if (selected)
    {
      /* The next one, or the one before; the sample is not opened by taking away what was above it. */
      row = gtk_list_box_get_row_at_index (self->list, index);
      if (!row || smalti_data_folder_is_sample (folder_of (row)))
        row = index > 0 ? gtk_list_box_get_row_at_index (self->list, index - 1) : NULL;
      gtk_list_box_select_row (self->list, row);
      if (!row)
        g_signal_emit (self, signals[SELECTED], 0);
    }
  smalti_workbench_offer (self->workbench, message, _ ("_Undo"), G_CALLBACK (on_undo), removal, removal_free);
}

/* -- the store's folders -- */

static gpointer
list_folders (SmaltiStore *store, gpointer data, GError **error)
{
  return smalti_store_list_folders (store, error);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiDataFolderList) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) infos = smalti_store_client_call_finish (SMALTI_STORE_CLIENT (source), result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (error)
    smalti_workbench_tell (self->workbench, error->message);
  for (guint i = 0; infos && i < infos->len; i++)
    {
      const SmaltiFolderInfo *info = infos->pdata[i];
      g_autoptr (SmaltiDataFolder) folder = NULL;

      if (find_row (self, info->path))
        continue; /* added while the store was read */
      folder = smalti_data_folder_new (info->path, NULL);
      smalti_data_folder_remember (folder, info);
      gtk_list_box_append (self->list, GTK_WIDGET (make_row (folder)));
    }
  if (gtk_list_box_get_row_at_index (self->list, 0))
    {
      ensure_sample (self);
      if (!gtk_list_box_get_selected_row (self->list))
        gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, 0));
    }
  g_signal_emit (self, signals[LOADED], 0);
}

void
smalti_data_folder_list_attach (SmaltiDataFolderList *self, SmaltiWorkbench *workbench)
{
  g_return_if_fail (SMALTI_IS_DATA_FOLDER_LIST (self));

  g_set_object (&self->workbench, workbench);
  smalti_store_client_call_async (smalti_workbench_get_client (workbench), list_folders, NULL, NULL,
                                  (GDestroyNotify)g_ptr_array_unref, on_listed, g_object_ref (self));
}

SmaltiDataFolder *
smalti_data_folder_list_get_selected (SmaltiDataFolderList *self)
{
  return folder_of (gtk_list_box_get_selected_row (self->list));
}

void
smalti_data_folder_list_stop (SmaltiDataFolderList *self)
{
  GtkListBoxRow *row;

  for (gint i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)); i++)
    {
      smalti_data_folder_stop_scan (folder_of (row));
      smalti_data_folder_stop_measuring (folder_of (row));
    }
}

/* -- the widget -- */

static void
on_row_selected (SmaltiDataFolderList *self, GtkListBoxRow *row)
{
  if (row)
    g_signal_emit (self, signals[SELECTED], 0);
}

static void
on_row_activated (SmaltiDataFolderList *self)
{
  g_signal_emit (self, signals[OPENED], 0);
}

static gboolean
smalti_data_folder_list_grab_focus (GtkWidget *widget)
{
  GtkListBox *list = SMALTI_DATA_FOLDER_LIST (widget)->list;
  GtkListBoxRow *row = gtk_list_box_get_selected_row (list);

  return gtk_widget_grab_focus (row ? GTK_WIDGET (row) : GTK_WIDGET (list));
}

static void
smalti_data_folder_list_dispose (GObject *object)
{
  SmaltiDataFolderList *self = SMALTI_DATA_FOLDER_LIST (object);

  g_cancellable_cancel (self->cancellable);
  if (self->list)
    {
      g_signal_handlers_disconnect_by_data (self->list, self);
      smalti_data_folder_list_stop (self);
      gtk_widget_unparent (GTK_WIDGET (self->list));
      self->list = NULL;
    }
  g_clear_object (&self->workbench);
  G_OBJECT_CLASS (smalti_data_folder_list_parent_class)->dispose (object);
}

static void
smalti_data_folder_list_finalize (GObject *object)
{
  g_clear_object (&SMALTI_DATA_FOLDER_LIST (object)->cancellable);
  G_OBJECT_CLASS (smalti_data_folder_list_parent_class)->finalize (object);
}

static void
smalti_data_folder_list_class_init (SmaltiDataFolderListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = SMALTI_TYPE_DATA_FOLDER_LIST;

  G_OBJECT_CLASS (klass)->dispose = smalti_data_folder_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = smalti_data_folder_list_finalize;
  widget_class->grab_focus = smalti_data_folder_list_grab_focus;
  signals[LOADED] = g_signal_new ("loaded", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SELECTED] = g_signal_new ("selected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[OPENED] = g_signal_new ("opened", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
smalti_data_folder_list_init (SmaltiDataFolderList *self)
{
  self->cancellable = g_cancellable_new ();
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_BROWSE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Folders"), -1);
  g_signal_connect_swapped (self->list, "row-selected", G_CALLBACK (on_row_selected), self);
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (on_row_activated), self);
  gtk_widget_set_parent (GTK_WIDGET (self->list), GTK_WIDGET (self));
}
