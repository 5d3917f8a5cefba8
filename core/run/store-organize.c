/* SPDX-License-Identifier: Apache-2.0 */
/* How people keep order: names, tags, notes, favourites, and the queue of runs that wait for their turn. Tags are kept
 * as one text, a line each: they are read with their run and never without it. */
#include "core/run/store-private.h"

#include <inttypes.h>
#include <string.h>

#include "core/base/error.h"

static sqlite3_stmt *
prepare_update (SmaltiStore *self, const char *sql, gint64 id, GError **error)
{
  sqlite3_stmt *statement = smalti_store_prepare (self, sql, error);

  if (statement != NULL)
    sqlite3_bind_int64 (statement, 2, id);
  return statement;
}

/* Takes the statement. */
static gboolean
update (SmaltiStore *self, sqlite3_stmt *statement, gint64 id, GError **error)
{
  g_autoptr (sqlite3_stmt) taken = statement;

  return smalti_store_execute (self, taken, error) && smalti_store_changed_run (self, id, error);
}

static gboolean
set_text (SmaltiStore *self, const char *sql, gint64 id, const char *text, GError **error)
{
  sqlite3_stmt *statement = prepare_update (self, sql, id, error);

  if (statement == NULL)
    return FALSE;
  smalti_bind_text (statement, 1, text);
  return update (self, statement, id, error);
}

static gboolean
set_number (SmaltiStore *self, const char *sql, gint64 id, gint64 number, GError **error)
{
  sqlite3_stmt *statement = prepare_update (self, sql, id, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, number);
  return update (self, statement, id, error);
}

gboolean
smalti_store_changed_run (SmaltiStore *self, gint64 id, GError **error)
{
  if (sqlite3_changes (self->db) > 0)
    return TRUE;
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("There is no run %" PRId64 " in this store."), id);
  return FALSE;
}

gboolean
smalti_store_rename_run (SmaltiStore *self, gint64 id, const char *name, GError **error)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (name));

  if (*trimmed == '\0')
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("A run needs a name."));
      return FALSE;
    }
  return set_text (self, "UPDATE run SET name = ? WHERE id = ?", id, trimmed, error);
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return g_utf8_collate (*(const char *const *)a, *(const char *const *)b);
}

/* Sorted, a line each; free with g_free(). */
static char *
join_tags (const char *const *tags)
{
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; tags != NULL && tags[i] != NULL; i++)
    {
      char *tag = g_strstrip (g_strdelimit (g_strdup (tags[i]), "\n\r\t", ' '));

      if (*tag == '\0' || g_ptr_array_find_with_equal_func (kept, tag, g_str_equal, NULL))
        g_free (tag);
      else
        g_ptr_array_add (kept, tag);
    }
  g_ptr_array_sort (kept, by_name);
  g_ptr_array_add (kept, NULL);
  return g_strjoinv ("\n", (char **)kept->pdata);
}

gboolean
smalti_store_set_tags (SmaltiStore *self, gint64 id, const char *const *tags, GError **error)
{
  g_autofree char *joined = join_tags (tags);

  return set_text (self, "UPDATE run SET tags = ? WHERE id = ?", id, joined, error);
}

gboolean
smalti_store_set_note (SmaltiStore *self, gint64 id, const char *note, GError **error)
{
  return set_text (self, "UPDATE run SET note = ? WHERE id = ?", id, note, error);
}

gboolean
smalti_store_set_favorite (SmaltiStore *self, gint64 id, gboolean favorite, GError **error)
{
  return set_number (self, "UPDATE run SET favorite = ? WHERE id = ?", id, favorite != FALSE, error);
}

/* The queue */

/* (transfer full) (element-type gint64): in their order. */
static GArray *
list_queue (SmaltiStore *self, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (sqlite3_stmt) rows = smalti_store_prepare (
      self, "SELECT id FROM run WHERE queue_place > 0 AND trashed = 0 ORDER BY queue_place, id", error);
  g_autoptr (GError) reason = NULL;

  if (rows == NULL)
    return NULL;
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

static gboolean
place_queue (SmaltiStore *self, const GArray *ids, GError **error)
{
  for (guint i = 0; i < ids->len; i++)
    if (!set_number (self, "UPDATE run SET queue_place = ? WHERE id = ?", g_array_index (ids, gint64, i), i + 1, error))
      return FALSE;
  return TRUE;
}

static void
take_out (GArray *ids, gint64 id)
{
  for (guint i = ids->len; i-- > 0;)
    if (g_array_index (ids, gint64, i) == id)
      g_array_remove_index (ids, i);
}

static gboolean
can_wait (SmaltiStore *self, gint64 id, GError **error)
{
  g_autoptr (SmaltiRunInfo) info = smalti_store_get_run (self, id, error);

  if (info == NULL)
    return FALSE;
  if (!smalti_run_state_is_live (info->state) && info->state != SMALTI_RUN_DONE && info->trashed == 0)
    return TRUE;
  if (info->trashed != 0)
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("Run %" PRId64 " is in the trash; restore it first."),
                 id);
  else
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("Run %" PRId64 " can't wait in the queue: it is %s."),
                 id, smalti_run_state_id (info->state));
  return FALSE;
}

gboolean
smalti_store_move_in_queue (SmaltiStore *self, gint64 id, gint64 before_id, GError **error)
{
  g_autoptr (GArray) ids = NULL;
  gboolean own, ok;
  guint place = 0;

  if (!smalti_store_enter (self, &own, error))
    return FALSE;
  ok = can_wait (self, id, error) && (ids = list_queue (self, error)) != NULL;
  if (ok && before_id != id)
    {
      take_out (ids, id);
      while (place < ids->len && g_array_index (ids, gint64, place) != before_id)
        place++;
      g_array_insert_val (ids, place, id);
      ok = place_queue (self, ids, error);
    }
  return smalti_store_leave (self, own, ok, error);
}

gboolean
smalti_store_leave_queue (SmaltiStore *self, gint64 id, GError **error)
{
  g_autoptr (GArray) ids = NULL;
  gboolean own, ok;

  if (!smalti_store_enter (self, &own, error))
    return FALSE;
  ok = set_number (self, "UPDATE run SET queue_place = ? WHERE id = ?", id, 0, error)
       && (ids = list_queue (self, error)) != NULL && place_queue (self, ids, error);
  return smalti_store_leave (self, own, ok, error);
}

gint64
smalti_store_next_queued (SmaltiStore *self, GError **error)
{
  g_autoptr (GArray) ids = list_queue (self, error);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    {
      gint64 id = g_array_index (ids, gint64, i);

      if (!smalti_store_is_locked (self, id)) /* another program has just taken it */
        return id;
    }
  return 0;
}
