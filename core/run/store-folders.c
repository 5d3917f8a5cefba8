/* SPDX-License-Identifier: Apache-2.0 */
/* Folders of pictures that the user added. */
#include "core/run/store-private.h"

void
smalti_folder_info_free (SmaltiFolderInfo *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_free (self->layout);
  g_free (self->fingerprint);
  g_free (self);
}

gboolean
smalti_store_add_folder (SmaltiStore *self, const SmaltiFolderInfo *info, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = smalti_store_prepare (
      self,
      "INSERT INTO folder (path, layout, added, opened, n_items, n_classes, fingerprint) VALUES (?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT (path) DO UPDATE SET layout = excluded.layout, opened = excluded.opened, n_items = "
      "excluded.n_items,"
      " n_classes = excluded.n_classes, fingerprint = excluded.fingerprint",
      error);
  gint64 now = g_get_real_time ();

  if (statement == NULL)
    return FALSE;
  smalti_bind_text (statement, 1, info->path);
  smalti_bind_text (statement, 2, info->layout);
  sqlite3_bind_int64 (statement, 3, info->added != 0 ? info->added : now);
  sqlite3_bind_int64 (statement, 4, info->opened != 0 ? info->opened : now);
  sqlite3_bind_int64 (statement, 5, info->n_items);
  sqlite3_bind_int64 (statement, 6, info->n_classes);
  smalti_bind_text (statement, 7, info->fingerprint);
  return smalti_store_execute (self, statement, error);
}

static SmaltiFolderInfo *
read_folder (sqlite3_stmt *row)
{
  SmaltiFolderInfo *info = g_new0 (SmaltiFolderInfo, 1);

  info->path = smalti_column_text (row, 0);
  info->layout = smalti_column_text (row, 1);
  info->added = sqlite3_column_int64 (row, 2);
  info->opened = sqlite3_column_int64 (row, 3);
  info->n_items = sqlite3_column_int64 (row, 4);
  info->n_classes = sqlite3_column_int64 (row, 5);
  info->fingerprint = smalti_column_text (row, 6);
  return info;
}

GPtrArray *
smalti_store_list_folders (SmaltiStore *self, GError **error)
{
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func ((GDestroyNotify)smalti_folder_info_free);
  g_autoptr (sqlite3_stmt) rows = smalti_store_prepare (
      self,
      "SELECT path, layout, added, opened, n_items, n_classes, fingerprint FROM folder ORDER BY opened DESC, path",
      error);
  g_autoptr (GError) reason = NULL;

  if (rows == NULL)
    return NULL;
  while (smalti_store_next_row (self, rows, &reason))
    g_ptr_array_add (folders, read_folder (rows));
  if (reason == NULL)
    return g_steal_pointer (&folders);
  g_propagate_error (error, g_steal_pointer (&reason));
  return NULL;
}

gboolean
smalti_store_remove_folder (SmaltiStore *self, const char *path, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = smalti_store_prepare (self, "DELETE FROM folder WHERE path = ?", error);

  if (statement == NULL)
    return FALSE;
  smalti_bind_text (statement, 1, path);
  return smalti_store_execute (self, statement, error);
}
