/* SPDX-License-Identifier: Apache-2.0 */
/* Runs, and who runs them. A run's lock is a lock of the open file description (fcntl's OFD locks) on runs/ID/lock: it
 * is gone with the process however that ends, and others can ask about it without taking it. A run that says it is
 * running while nobody holds its lock is lost. */
#include "core/run/store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/error.h"

static const char *const state_ids[] = {
  [SMALTI_RUN_QUEUED] = "queued", [SMALTI_RUN_RUNNING] = "running", [SMALTI_RUN_STOPPED] = "stopped",
  [SMALTI_RUN_DONE] = "done",     [SMALTI_RUN_FAILED] = "failed",   [SMALTI_RUN_LOST] = "lost",
};

#define RUN_COLUMNS                                                                                                    \
  "id, name, method, backbone, spec, state, created, started, finished, step, n_steps, epoch, phase, message,"         \
  " program_version, device, precision, data_path, data_fingerprint, n_threads, seed, n_params, plan_bytes,"           \
  " loader_bytes"

const char *
smalti_run_state_id (SmaltiRunState state)
{
  g_assert (state < G_N_ELEMENTS (state_ids));
  return state_ids[state];
}

void
smalti_run_info_free (SmaltiRunInfo *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->method);
  g_free (self->backbone);
  g_free (self->spec_yaml);
  g_free (self->phase);
  g_free (self->message);
  g_free (self->program_version);
  g_free (self->device);
  g_free (self->precision);
  g_free (self->data_path);
  g_free (self->data_fingerprint);
  g_free (self);
}

SmaltiRunInfo *
smalti_run_info_copy (const SmaltiRunInfo *self)
{
  SmaltiRunInfo *copy = g_memdup2 (self, sizeof *self);

  copy->name = g_strdup (self->name);
  copy->method = g_strdup (self->method);
  copy->backbone = g_strdup (self->backbone);
  copy->spec_yaml = g_strdup (self->spec_yaml);
  copy->phase = g_strdup (self->phase);
  copy->message = g_strdup (self->message);
  copy->program_version = g_strdup (self->program_version);
  copy->device = g_strdup (self->device);
  copy->precision = g_strdup (self->precision);
  copy->data_path = g_strdup (self->data_path);
  copy->data_fingerprint = g_strdup (self->data_fingerprint);
  return copy;
}

static SmaltiRunState
state_from_id (const char *id)
{
  for (SmaltiRunState state = SMALTI_RUN_QUEUED; state < SMALTI_RUN_LOST; state++)
    if (g_strcmp0 (id, state_ids[state]) == 0)
      return state;
  return SMALTI_RUN_FAILED;
}

static SmaltiRunInfo *
read_info (sqlite3_stmt *row)
{
  SmaltiRunInfo *info = g_new0 (SmaltiRunInfo, 1);
  int i = 0;

  info->id = sqlite3_column_int64 (row, i++);
  info->name = smalti_column_text (row, i++);
  info->method = smalti_column_text (row, i++);
  info->backbone = smalti_column_text (row, i++);
  info->spec_yaml = smalti_column_text (row, i++);
  info->state = state_from_id ((const char *)sqlite3_column_text (row, i++));
  info->created = sqlite3_column_int64 (row, i++);
  info->started = sqlite3_column_int64 (row, i++);
  info->finished = sqlite3_column_int64 (row, i++);
  info->step = sqlite3_column_int64 (row, i++);
  info->n_steps = sqlite3_column_int64 (row, i++);
  info->epoch = sqlite3_column_double (row, i++);
  info->phase = smalti_column_text (row, i++);
  info->message = smalti_column_text (row, i++);
  info->program_version = smalti_column_text (row, i++);
  info->device = smalti_column_text (row, i++);
  info->precision = smalti_column_text (row, i++);
  info->data_path = smalti_column_text (row, i++);
  info->data_fingerprint = smalti_column_text (row, i++);
  info->n_threads = sqlite3_column_int64 (row, i++);
  info->seed = sqlite3_column_int64 (row, i++);
  info->n_params = sqlite3_column_int64 (row, i++);
  info->plan_bytes = sqlite3_column_int64 (row, i++);
  info->loader_bytes = sqlite3_column_int64 (row, i++);
  return info;
}

static char *
folder_path (SmaltiStore *self, gint64 id)
{
  char name[32];

  g_snprintf (name, sizeof name, "%" G_GINT64_FORMAT, id);
  return g_build_filename (self->path, "runs", name, NULL);
}

static struct flock
whole_file (void)
{
  return (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET };
}

static gboolean
is_locked (SmaltiStore *self, gint64 id)
{
  g_autofree char *folder = folder_path (self, id);
  g_autofree char *path = g_build_filename (folder, "lock", NULL);
  struct flock lock = whole_file ();
  gboolean locked;
  int fd;

  if (g_hash_table_contains (self->locks, &id))
    return TRUE;
  fd = g_open (path, O_RDWR | O_CLOEXEC, 0);
  if (fd < 0)
    return FALSE;
  locked = fcntl (fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  close (fd);
  return locked;
}

/* The row was read before the lock was probed: a run that ended in between is not lost. */
static void
find_lost (SmaltiStore *self, SmaltiRunInfo **info)
{
  g_autoptr (sqlite3_stmt) again = NULL;

  if ((*info)->state != SMALTI_RUN_RUNNING || is_locked (self, (*info)->id))
    return;
  again = smalti_store_prepare (self, "SELECT " RUN_COLUMNS " FROM run WHERE id = ?", NULL);
  if (again == NULL)
    return;
  sqlite3_bind_int64 (again, 1, (*info)->id);
  if (sqlite3_step (again) != SQLITE_ROW)
    return;
  smalti_run_info_free (*info);
  *info = read_info (again);
  if ((*info)->state == SMALTI_RUN_RUNNING && !is_locked (self, (*info)->id))
    (*info)->state = SMALTI_RUN_LOST;
}

gint64
smalti_store_add_run (SmaltiStore *self, const SmaltiSpec *spec, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autofree char *yaml = smalti_spec_to_yaml (spec, TRUE);
  const char *name = smalti_values_get_string (smalti_spec_get_values (spec, ""), "name");
  const char *method = smalti_spec_get_method (spec)->id;

  statement = smalti_store_prepare (self,
                                    "INSERT INTO run (name, method, backbone, spec, state, created, seed)"
                                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                                    error);
  if (statement == NULL)
    return 0;
  smalti_bind_text (statement, 1, *name != '\0' ? name : method);
  smalti_bind_text (statement, 2, method);
  smalti_bind_text (statement, 3, smalti_spec_get_backbone (spec)->id);
  smalti_bind_text (statement, 4, yaml);
  smalti_bind_text (statement, 5, state_ids[SMALTI_RUN_QUEUED]);
  sqlite3_bind_int64 (statement, 6, g_get_real_time ());
  sqlite3_bind_int64 (statement, 7, smalti_values_get_int (smalti_spec_get_values (spec, ""), "seed"));
  if (!smalti_store_execute (self, statement, error))
    return 0;
  return sqlite3_last_insert_rowid (self->db);
}

GPtrArray *
smalti_store_list_runs (SmaltiStore *self, GError **error)
{
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func ((GDestroyNotify)smalti_run_info_free);
  g_autoptr (sqlite3_stmt) rows
      = smalti_store_prepare (self, "SELECT " RUN_COLUMNS " FROM run ORDER BY id DESC", error);
  g_autoptr (GError) reason = NULL;

  if (rows == NULL)
    return NULL;
  while (smalti_store_next_row (self, rows, &reason))
    g_ptr_array_add (runs, read_info (rows));
  if (reason != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return NULL;
    }
  sqlite3_reset (rows); /* ends the reading: what is read again must be new */
  for (guint i = 0; i < runs->len; i++)
    find_lost (self, (SmaltiRunInfo **)&runs->pdata[i]);
  return g_steal_pointer (&runs);
}

/* The first row of @statement as a run; %NULL without an error when there is none. */
static SmaltiRunInfo *
one_run (SmaltiStore *self, sqlite3_stmt *statement, GError **error)
{
  SmaltiRunInfo *info;

  if (!smalti_store_next_row (self, statement, error))
    return NULL;
  info = read_info (statement);
  sqlite3_reset (statement);
  find_lost (self, &info);
  return info;
}

static SmaltiRunInfo *
told_if_absent (SmaltiRunInfo *info, const char *text, GError **error)
{
  if (info == NULL && (error == NULL || *error == NULL))
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                 _ ("There is no run “%s” in this store; “smalti runs” lists those there are."), text);
  return info;
}

SmaltiRunInfo *
smalti_store_get_run (SmaltiStore *self, gint64 id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = smalti_store_prepare (self, "SELECT " RUN_COLUMNS " FROM run WHERE id = ?", error);
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, id);
  g_autoptr (GError) reason = NULL;
  SmaltiRunInfo *info;

  if (statement == NULL)
    return NULL;
  sqlite3_bind_int64 (statement, 1, id);
  info = told_if_absent (one_run (self, statement, &reason), text, &reason);
  if (reason != NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  return info;
}

SmaltiRunInfo *
smalti_store_find_run (SmaltiStore *self, const char *text, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autoptr (GError) reason = NULL;
  SmaltiRunInfo *info;
  guint64 id;

  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &id, NULL))
    return smalti_store_get_run (self, id, error);
  if (strcmp (text, "last") == 0)
    statement = smalti_store_prepare (self, "SELECT " RUN_COLUMNS " FROM run ORDER BY id DESC LIMIT 1", error);
  else
    statement
        = smalti_store_prepare (self, "SELECT " RUN_COLUMNS " FROM run WHERE name = ? ORDER BY id DESC LIMIT 1", error);
  if (statement == NULL)
    return NULL;
  if (sqlite3_bind_parameter_count (statement) == 1)
    smalti_bind_text (statement, 1, text);
  info = told_if_absent (one_run (self, statement, &reason), text, &reason);
  if (reason != NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  return info;
}

gboolean
smalti_store_update_run (SmaltiStore *self, const SmaltiRunInfo *info, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = smalti_store_prepare (
      self,
      "UPDATE run SET name = ?, method = ?, backbone = ?, state = ?, started = ?, finished = ?, step = ?, n_steps = ?,"
      " epoch = ?, phase = ?, message = ?, program_version = ?, device = ?, precision = ?, data_path = ?,"
      " data_fingerprint = ?, n_threads = ?, seed = ?, n_params = ?, plan_bytes = ?, loader_bytes = ? WHERE id = ?",
      error);
  int i = 1;

  g_assert (info->state != SMALTI_RUN_LOST);
  if (statement == NULL)
    return FALSE;
  smalti_bind_text (statement, i++, info->name);
  smalti_bind_text (statement, i++, info->method);
  smalti_bind_text (statement, i++, info->backbone);
  smalti_bind_text (statement, i++, state_ids[info->state]);
  sqlite3_bind_int64 (statement, i++, info->started);
  sqlite3_bind_int64 (statement, i++, info->finished);
  sqlite3_bind_int64 (statement, i++, info->step);
  sqlite3_bind_int64 (statement, i++, info->n_steps);
  sqlite3_bind_double (statement, i++, info->epoch);
  smalti_bind_text (statement, i++, info->phase);
  smalti_bind_text (statement, i++, info->message);
  smalti_bind_text (statement, i++, info->program_version);
  smalti_bind_text (statement, i++, info->device);
  smalti_bind_text (statement, i++, info->precision);
  smalti_bind_text (statement, i++, info->data_path);
  smalti_bind_text (statement, i++, info->data_fingerprint);
  sqlite3_bind_int64 (statement, i++, info->n_threads);
  sqlite3_bind_int64 (statement, i++, info->seed);
  sqlite3_bind_int64 (statement, i++, info->n_params);
  sqlite3_bind_int64 (statement, i++, info->plan_bytes);
  sqlite3_bind_int64 (statement, i++, info->loader_bytes);
  sqlite3_bind_int64 (statement, i++, info->id);
  return smalti_store_execute (self, statement, error);
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

gboolean
smalti_store_remove_run (SmaltiStore *self, gint64 id, GError **error)
{
  g_autoptr (SmaltiRunInfo) info = smalti_store_get_run (self, id, error);
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autofree char *folder = folder_path (self, id);
  gboolean ok;

  if (info == NULL)
    return FALSE;
  if (is_locked (self, id))
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_STORE, _ ("Run %" G_GINT64_FORMAT " is running; stop it first."),
                   id);
      return FALSE;
    }
  if (!smalti_store_lock_run (self, id, error)) /* so that nobody starts it meanwhile */
    return FALSE;
  statement = smalti_store_prepare (self, "DELETE FROM run WHERE id = ?", error);
  ok = statement != NULL && sqlite3_bind_int64 (statement, 1, id) == SQLITE_OK
       && smalti_store_execute (self, statement, error);
  if (ok)
    remove_tree (folder);
  smalti_store_unlock_run (self, id);
  g_hash_table_remove_all (self->metrics);
  return ok;
}

char *
smalti_store_get_run_folder (SmaltiStore *self, gint64 id)
{
  char *folder = folder_path (self, id);

  /* Who writes into it is told with the path when it could not be made. */
  if (g_mkdir_with_parents (folder, 0755) != 0)
    g_debug ("%s: %s", folder, g_strerror (errno));
  return folder;
}

gboolean
smalti_store_lock_run (SmaltiStore *self, gint64 id, GError **error)
{
  g_autofree char *folder = smalti_store_get_run_folder (self, id);
  g_autofree char *path = g_build_filename (folder, "lock", NULL);
  struct flock lock = whole_file ();
  int fd;

  g_assert (!g_hash_table_contains (self->locks, &id));
  fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_STORE, _ ("Could not write “%s”: %s."), path, g_strerror (errno));
      return FALSE;
    }
  if (fcntl (fd, F_OFD_SETLK, &lock) != 0)
    {
      close (fd);
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_STORE,
                   _ ("Run %" G_GINT64_FORMAT " is already running in another program."), id);
      return FALSE;
    }
  g_hash_table_insert (self->locks, g_memdup2 (&id, sizeof id), GINT_TO_POINTER (fd));
  return TRUE;
}

void
smalti_store_unlock_run (SmaltiStore *self, gint64 id)
{
  g_hash_table_remove (self->locks, &id);
}

gboolean
smalti_store_request_stop (SmaltiStore *self, gint64 id, GError **error)
{
  g_autoptr (SmaltiRunInfo) info = smalti_store_get_run (self, id, error);
  g_autoptr (sqlite3_stmt) statement = NULL;

  if (info == NULL)
    return FALSE;
  if (info->state != SMALTI_RUN_RUNNING)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("Run %" G_GINT64_FORMAT " is not running: it is %s."),
                   id, smalti_run_state_id (info->state));
      return FALSE;
    }
  statement = smalti_store_prepare (self, "UPDATE run SET stop_requested = 1 WHERE id = ?", error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, id);
  return smalti_store_execute (self, statement, error);
}

gboolean
smalti_store_take_stop (SmaltiStore *self, gint64 id)
{
  g_autoptr (sqlite3_stmt) ask = smalti_store_prepare (self, "SELECT stop_requested FROM run WHERE id = ?", NULL);
  g_autoptr (sqlite3_stmt) take = NULL;

  if (ask == NULL)
    return FALSE;
  sqlite3_bind_int64 (ask, 1, id);
  if (sqlite3_step (ask) != SQLITE_ROW || sqlite3_column_int (ask, 0) == 0)
    return FALSE;
  sqlite3_reset (ask);
  take = smalti_store_prepare (self, "UPDATE run SET stop_requested = 0 WHERE id = ?", NULL);
  if (take != NULL)
    {
      sqlite3_bind_int64 (take, 1, id);
      smalti_store_execute (self, take, NULL);
    }
  return TRUE;
}
