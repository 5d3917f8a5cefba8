/* SPDX-License-Identifier: Apache-2.0 */
/* The trash, and what leaves it for good. A run that another process begins just while it is put there must not end up
 * in both places: the trash writes first and asks for locks after, a runner locks first and reads the row after, so
 * that at least one of them sees the other. */
#include "core/run/store-private.h"

#include <inttypes.h>
#include <glib/gstdio.h>

#include "core/base/error.h"

static gboolean
refuse_running (SmaltiStore *self, const gint64 *ids, guint n, GError **error)
{
  for (guint i = 0; i < n; i++)
    if (smalti_store_is_locked (self, ids[i]))
      {
        g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_STORE, _ ("Run %" PRId64 " is running; stop it first."), ids[i]);
        return FALSE;
      }
  return TRUE;
}

/* @trashed: when, or 0 to restore. What comes back does not come back into the queue. */
static gboolean
set_trashed (SmaltiStore *self, const gint64 *ids, guint n, gint64 trashed, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  gboolean own, ok;

  if (!smalti_store_enter (self, &own, error))
    return FALSE;
  statement = smalti_store_prepare (self, "UPDATE run SET trashed = ?, queue_place = 0 WHERE id = ?", error);
  ok = statement != NULL;
  for (guint i = 0; i < n && ok; i++)
    {
      sqlite3_bind_int64 (statement, 1, trashed);
      sqlite3_bind_int64 (statement, 2, ids[i]);
      ok = smalti_store_execute (self, statement, error) && smalti_store_changed_run (self, ids[i], error);
    }
  return smalti_store_leave (self, own, ok, error);
}

gboolean
smalti_store_trash_runs (SmaltiStore *self, const gint64 *ids, guint n, GError **error)
{
  if (!refuse_running (self, ids, n, error) || !set_trashed (self, ids, n, g_get_real_time (), error))
    return FALSE;
  if (refuse_running (self, ids, n, error))
    return TRUE;
  set_trashed (self, ids, n, 0, NULL);
  return FALSE;
}

gboolean
smalti_store_restore_runs (SmaltiStore *self, const gint64 *ids, guint n, GError **error)
{
  return set_trashed (self, ids, n, 0, error);
}

static void
remove_tree (const char *path)
{
  GDir *dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  if (dir != NULL)
    {
      while ((name = g_dir_read_name (dir)) != NULL)
        {
          g_autofree char *below = g_build_filename (path, name, NULL);

          remove_tree (below);
        }
      g_dir_close (dir);
    }
  g_remove (path);
}

/* @sql: deletes the row of the run, or none when it is not to go any more. */
static gboolean
remove_for_good (SmaltiStore *self, const char *sql, gint64 id, gint64 until, gboolean *gone, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autofree char *folder = smalti_store_run_path (self, id);
  gboolean ok;

  if (!smalti_store_lock_run (self, id, error)) /* so that nobody starts it meanwhile */
    return FALSE;
  statement = smalti_store_prepare (self, sql, error);
  ok = statement != NULL && sqlite3_bind_int64 (statement, 1, id) == SQLITE_OK;
  if (ok && sqlite3_bind_parameter_count (statement) > 1)
    sqlite3_bind_int64 (statement, 2, until);
  ok = ok && smalti_store_execute (self, statement, error);
  *gone = ok && sqlite3_changes (self->db) > 0;
  if (*gone)
    remove_tree (folder);
  smalti_store_unlock_run (self, id);
  g_hash_table_remove_all (self->metrics);
  return ok;
}

gboolean
smalti_store_remove_run (SmaltiStore *self, gint64 id, GError **error)
{
  g_autoptr (SmaltiRunInfo) info = smalti_store_get_run (self, id, error);
  gboolean gone;

  return info != NULL && refuse_running (self, &id, 1, error)
         && remove_for_good (self, "DELETE FROM run WHERE id = ?", id, 0, &gone, error);
}

static GArray *
list_trash (SmaltiStore *self, gint64 until, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (sqlite3_stmt) rows
      = smalti_store_prepare (self, "SELECT id FROM run WHERE trashed BETWEEN 1 AND ? ORDER BY id", error);
  g_autoptr (GError) reason = NULL;

  if (rows == NULL)
    return NULL;
  sqlite3_bind_int64 (rows, 1, until);
  while (smalti_store_next_row (self, rows, &reason))
    {
      gint64 id = sqlite3_column_int64 (rows, 0);

      g_array_append_val (ids, id);
    }
  if (reason == NULL)
    return g_steal_pointer (&ids);
  g_propagate_error (error, g_steal_pointer (&reason));
  return NULL;
}

gboolean
smalti_store_empty_trash (SmaltiStore *self, gint64 until, guint *n_removed, GError **error)
{
  g_autoptr (GArray) ids = list_trash (self, until, error);
  guint n = 0;
  gboolean ok = ids != NULL;

  /* A transaction a run: others get their turn in between. */
  for (guint i = 0; ok && i < ids->len; i++)
    {
      gint64 id = g_array_index (ids, gint64, i);
      gboolean gone;

      if (smalti_store_is_locked (self, id)) /* another program empties it too */
        continue;
      ok = remove_for_good (self, "DELETE FROM run WHERE id = ? AND trashed BETWEEN 1 AND ?", id, until, &gone, error);
      n += gone;
    }
  if (n_removed != NULL)
    *n_removed = n;
  return ok;
}
