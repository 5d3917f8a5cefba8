/* SPDX-License-Identifier: Apache-2.0 */
/* Runs as they are read and written. A run that says it is running while nobody holds its lock is lost. Specs have a
 * table of their own: they are what is long, and the row of a run under way is written every second. */
#include "core/run/store-private.h"

#include <inttypes.h>
#include <string.h>

#include "core/base/error.h"

static const char *const state_ids[] = {
  [SMALTI_RUN_QUEUED] = "queued",   [SMALTI_RUN_RUNNING] = "running", [SMALTI_RUN_PAUSED] = "paused",
  [SMALTI_RUN_STOPPED] = "stopped", [SMALTI_RUN_DONE] = "done",       [SMALTI_RUN_FAILED] = "failed",
  [SMALTI_RUN_LOST] = "lost",
};

const char smalti_store_run_columns[]
    = "id, name, method, backbone, state, created, started, finished, step, n_steps, epoch, phase, message,"
      " program_version, device, precision, data_path, data_fingerprint, n_threads, seed, n_params, plan_bytes,"
      " loader_bytes, batch_that_fits, tags, note, favorite, queue_place, trashed";

const char *
smalti_run_state_id (SmaltiRunState state)
{
  g_assert (state < G_N_ELEMENTS (state_ids));
  return state_ids[state];
}

gboolean
smalti_run_state_is_live (SmaltiRunState state)
{
  return state == SMALTI_RUN_RUNNING || state == SMALTI_RUN_PAUSED;
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
  g_strfreev (self->tags);
  g_free (self->note);
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
  copy->tags = g_strdupv (self->tags);
  copy->note = g_strdup (self->note);
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

/* As store-organize.c joins them: a line each. */
static char **
read_tags (sqlite3_stmt *row, int column)
{
  const char *text = (const char *)sqlite3_column_text (row, column);

  return g_strsplit (text != NULL ? text : "", "\n", -1);
}

SmaltiRunInfo *
smalti_store_read_info (sqlite3_stmt *row)
{
  SmaltiRunInfo *info = g_new0 (SmaltiRunInfo, 1);
  int i = 0;

  info->id = sqlite3_column_int64 (row, i++);
  info->name = smalti_column_text (row, i++);
  info->method = smalti_column_text (row, i++);
  info->backbone = smalti_column_text (row, i++);
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
  info->batch_that_fits = sqlite3_column_int64 (row, i++);
  info->tags = read_tags (row, i++);
  info->note = smalti_column_text (row, i++);
  info->favorite = sqlite3_column_int (row, i++) != 0;
  info->queue_place = sqlite3_column_int64 (row, i++);
  info->trashed = sqlite3_column_int64 (row, i++);
  g_assert (i == SMALTI_STORE_N_RUN_COLUMNS);
  return info;
}

/* With its spec, which is the column after those of the run. */
static SmaltiRunInfo *
read_whole (sqlite3_stmt *row)
{
  SmaltiRunInfo *info = smalti_store_read_info (row);

  info->spec_yaml = smalti_column_text (row, SMALTI_STORE_N_RUN_COLUMNS);
  return info;
}

/* @rest: of the query, which begins with all columns of runs and their specs. */
static sqlite3_stmt *
select_runs (SmaltiStore *self, const char *rest, GError **error)
{
  g_autofree char *sql = g_strconcat ("SELECT ", smalti_store_run_columns,
                                      ", yaml FROM run JOIN spec ON spec.run = run.id ", rest, NULL);

  return smalti_store_prepare (self, sql, error);
}

/* The row was read before the lock was probed: a run that ended in between is not lost. */
void
smalti_store_find_lost (SmaltiStore *self, SmaltiRunInfo **info)
{
  g_autoptr (sqlite3_stmt) again = NULL;

  if (!smalti_run_state_is_live ((*info)->state) || smalti_store_is_locked (self, (*info)->id))
    return;
  again = select_runs (self, "WHERE id = ?", NULL);
  if (again == NULL)
    return;
  sqlite3_bind_int64 (again, 1, (*info)->id);
  if (sqlite3_step (again) != SQLITE_ROW)
    return;
  smalti_run_info_free (*info);
  *info = read_whole (again);
  if (smalti_run_state_is_live ((*info)->state) && !smalti_store_is_locked (self, (*info)->id))
    (*info)->state = SMALTI_RUN_LOST;
}

static gboolean
add_row (SmaltiStore *self, const SmaltiSpec *spec, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = smalti_store_prepare (
      self, "INSERT INTO run (name, method, backbone, state, created, seed) VALUES (?, ?, ?, ?, ?, ?)", error);
  const SmaltiValues *values = smalti_spec_get_values (spec, "");
  const char *name = smalti_values_get_string (values, "name");
  const char *method = smalti_spec_get_method (spec)->id;

  if (statement == NULL)
    return FALSE;
  smalti_bind_text (statement, 1, *name != '\0' ? name : method);
  smalti_bind_text (statement, 2, method);
  smalti_bind_text (statement, 3, smalti_spec_get_backbone (spec)->id);
  smalti_bind_text (statement, 4, state_ids[SMALTI_RUN_QUEUED]);
  sqlite3_bind_int64 (statement, 5, g_get_real_time ());
  sqlite3_bind_int64 (statement, 6, smalti_values_get_int (values, "seed"));
  return smalti_store_execute (self, statement, error);
}

gboolean
smalti_store_set_spec (SmaltiStore *self, gint64 id, const SmaltiSpec *spec, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = smalti_store_prepare (self, "INSERT OR REPLACE INTO spec (run, yaml) VALUES (?, ?)", error);
  g_autoptr (sqlite3_stmt) mark
      = smalti_store_prepare (self, "UPDATE run SET spec_revision = spec_revision + 1 WHERE id = ?", error);
  g_autofree char *yaml = smalti_spec_to_yaml (spec, TRUE);

  if (statement == NULL || mark == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, id);
  smalti_bind_text (statement, 2, yaml);
  sqlite3_bind_int64 (mark, 1, id);
  return smalti_store_execute (self, statement, error) && smalti_store_execute (self, mark, error);
}

gint64
smalti_store_add_run (SmaltiStore *self, const SmaltiSpec *spec, GError **error)
{
  gint64 id = 0;
  gboolean own, ok;

  if (!smalti_store_enter (self, &own, error))
    return 0;
  ok = add_row (self, spec, error);
  if (ok)
    {
      id = sqlite3_last_insert_rowid (self->db);
      ok = smalti_store_set_spec (self, id, spec, error);
    }
  return smalti_store_leave (self, own, ok, error) ? id : 0;
}

/* The first row of @statement as a run; %NULL without an error when there is none. */
static SmaltiRunInfo *
one_run (SmaltiStore *self, sqlite3_stmt *statement, GError **error)
{
  SmaltiRunInfo *info;

  if (!smalti_store_next_row (self, statement, error))
    return NULL;
  info = read_whole (statement);
  sqlite3_reset (statement);
  smalti_store_find_lost (self, &info);
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
  g_autoptr (sqlite3_stmt) statement = select_runs (self, "WHERE id = ?", error);
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

static SmaltiRunInfo *
not_in_trash (SmaltiRunInfo *info, GError **error)
{
  if (info == NULL || info->trashed == 0)
    return info;
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("Run %" PRId64 " is in the trash; restore it first."),
               info->id);
  smalti_run_info_free (info);
  return NULL;
}

SmaltiRunInfo *
smalti_store_find_run (SmaltiStore *self, const char *text, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autoptr (GError) reason = NULL;
  SmaltiRunInfo *info;
  guint64 id;

  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &id, NULL))
    return not_in_trash (smalti_store_get_run (self, id, error), error);
  if (strcmp (text, "last") == 0)
    statement = select_runs (self, "WHERE trashed = 0 ORDER BY id DESC LIMIT 1", error);
  else
    statement = select_runs (self, "WHERE name = ? AND trashed = 0 ORDER BY id DESC LIMIT 1", error);
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
      "UPDATE run SET method = ?, backbone = ?, state = ?, started = ?, finished = ?, step = ?, n_steps = ?,"
      " epoch = ?, phase = ?, message = ?, program_version = ?, device = ?, precision = ?, data_path = ?,"
      " data_fingerprint = ?, n_threads = ?, seed = ?, n_params = ?, plan_bytes = ?, loader_bytes = ?, batch_that_fits "
      "= ?"
      " WHERE id = ?",
      error);
  int i = 1;

  g_assert (info->state != SMALTI_RUN_LOST);
  if (statement == NULL)
    return FALSE;
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
  sqlite3_bind_int64 (statement, i++, info->batch_that_fits);
  sqlite3_bind_int64 (statement, i++, info->id);
  return smalti_store_execute (self, statement, error);
}
