/* SPDX-License-Identifier: Apache-2.0 */
/* Points of curves, and artifacts. */
#include "core/run/store-private.h"

#include <math.h>

#include "core/base/error.h"

/* The database's id of a metric; 0 with an error. */
static gint64
metric_id (SmaltiStore *self, gint64 run, const char *name, GError **error)
{
  g_autofree char *key = g_strdup_printf ("%" G_GINT64_FORMAT "/%s", run, name);
  gint64 *known = g_hash_table_lookup (self->metrics, key);
  g_autoptr (sqlite3_stmt) add = NULL, find = NULL;
  gint64 id;

  if (known != NULL)
    return *known;
  add = smalti_store_prepare (self, "INSERT OR IGNORE INTO metric (run, name) VALUES (?, ?)", error);
  find = add != NULL ? smalti_store_prepare (self, "SELECT id FROM metric WHERE run = ? AND name = ?", error) : NULL;
  if (find == NULL)
    return 0;
  sqlite3_bind_int64 (add, 1, run);
  smalti_bind_text (add, 2, name);
  sqlite3_bind_int64 (find, 1, run);
  smalti_bind_text (find, 2, name);
  if (!smalti_store_execute (self, add, error))
    return 0;
  if (sqlite3_step (find) != SQLITE_ROW)
    return smalti_store_fail (self, error);
  id = sqlite3_column_int64 (find, 0);
  g_hash_table_insert (self->metrics, g_steal_pointer (&key), g_memdup2 (&id, sizeof id));
  return id;
}

gboolean
smalti_store_add_point (SmaltiStore *self, gint64 id, const char *metric, const SmaltiPoint *point, GError **error)
{
  gint64 place = metric_id (self, id, metric, error);

  if (place == 0)
    return FALSE;
  if (self->add_point == NULL)
    self->add_point = smalti_store_prepare (
        self, "INSERT OR REPLACE INTO point (metric, step, epoch, time, value) VALUES (?, ?, ?, ?, ?)", error);
  if (self->add_point == NULL)
    return FALSE;
  sqlite3_bind_int64 (self->add_point, 1, place);
  sqlite3_bind_int64 (self->add_point, 2, point->step);
  sqlite3_bind_int64 (self->add_point, 3, llround (point->epoch * 1e6));
  sqlite3_bind_int64 (self->add_point, 4, llround (point->time * 1e3));
  sqlite3_bind_double (self->add_point, 5, point->value); /* a NaN becomes NULL */
  return smalti_store_execute (self, self->add_point, error);
}

gboolean
smalti_store_truncate (SmaltiStore *self, gint64 id, guint64 after_step, GError **error)
{
  static const char *const sql[]
      = { "DELETE FROM point WHERE metric IN (SELECT id FROM metric WHERE run = ?) AND step > ?",
          "DELETE FROM artifact WHERE run = ? AND step > ? AND kind IN ('preview', 'change')" };

  for (guint i = 0; i < G_N_ELEMENTS (sql); i++)
    {
      g_autoptr (sqlite3_stmt) statement = smalti_store_prepare (self, sql[i], error);

      if (statement == NULL)
        return FALSE;
      sqlite3_bind_int64 (statement, 1, id);
      sqlite3_bind_int64 (statement, 2, after_step);
      if (!smalti_store_execute (self, statement, error))
        return FALSE;
    }
  return TRUE;
}

char **
smalti_store_list_metrics (SmaltiStore *self, gint64 id, GError **error)
{
  g_autoptr (sqlite3_stmt) rows
      = smalti_store_prepare (self, "SELECT name FROM metric WHERE run = ? ORDER BY name", error);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_autoptr (GError) reason = NULL;

  if (rows == NULL)
    return NULL;
  sqlite3_bind_int64 (rows, 1, id);
  while (smalti_store_next_row (self, rows, &reason))
    g_strv_builder_add (names, (const char *)sqlite3_column_text (rows, 0));
  if (reason == NULL)
    return g_strv_builder_end (names);
  g_propagate_error (error, g_steal_pointer (&reason));
  return NULL;
}

GArray *
smalti_store_get_points (SmaltiStore *self, gint64 id, const char *metric, gint64 after_step, GError **error)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (SmaltiPoint));
  g_autoptr (sqlite3_stmt) rows = smalti_store_prepare (
      self,
      "SELECT step, epoch, time, value FROM point WHERE metric = (SELECT id FROM metric WHERE run = ? AND name = ?)"
      " AND step > ? ORDER BY step",
      error);
  g_autoptr (GError) reason = NULL;

  if (rows == NULL)
    return NULL;
  sqlite3_bind_int64 (rows, 1, id);
  smalti_bind_text (rows, 2, metric);
  sqlite3_bind_int64 (rows, 3, after_step);
  while (smalti_store_next_row (self, rows, &reason))
    {
      SmaltiPoint point
          = { .step = sqlite3_column_int64 (rows, 0),
              .epoch = sqlite3_column_int64 (rows, 1) * 1e-6,
              .time = sqlite3_column_int64 (rows, 2) * 1e-3,
              .value = sqlite3_column_type (rows, 3) == SQLITE_NULL ? NAN : sqlite3_column_double (rows, 3) };

      g_array_append_val (points, point);
    }
  if (reason == NULL)
    return g_steal_pointer (&points);
  g_propagate_error (error, g_steal_pointer (&reason));
  return NULL;
}

gboolean
smalti_store_add_artifact (SmaltiStore *self, gint64 id, const char *kind, guint64 step, const char *text, GBytes *data,
                           GError **error)
{
  g_autoptr (sqlite3_stmt) statement = smalti_store_prepare (
      self, "INSERT INTO artifact (run, kind, step, time, text, data) VALUES (?, ?, ?, ?, ?, ?)", error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, id);
  smalti_bind_text (statement, 2, kind);
  sqlite3_bind_int64 (statement, 3, step);
  sqlite3_bind_int64 (statement, 4, g_get_real_time ());
  smalti_bind_text (statement, 5, text);
  if (data != NULL)
    sqlite3_bind_blob64 (statement, 6, g_bytes_get_data (data, NULL), g_bytes_get_size (data), SQLITE_STATIC);
  return smalti_store_execute (self, statement, error);
}

gboolean
smalti_store_remove_artifacts (SmaltiStore *self, gint64 id, const char *kind, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = smalti_store_prepare (self, "DELETE FROM artifact WHERE run = ? AND kind = ?", error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, id);
  smalti_bind_text (statement, 2, kind);
  return smalti_store_execute (self, statement, error);
}

void
smalti_artifact_free (SmaltiArtifact *self)
{
  if (self == NULL)
    return;
  g_free (self->text);
  g_clear_pointer (&self->data, g_bytes_unref);
  g_free (self);
}

static SmaltiArtifact *
read_artifact (sqlite3_stmt *row)
{
  SmaltiArtifact *artifact = g_new0 (SmaltiArtifact, 1);

  artifact->rowid = sqlite3_column_int64 (row, 0);
  artifact->step = sqlite3_column_int64 (row, 1);
  artifact->time = sqlite3_column_int64 (row, 2);
  artifact->text = smalti_column_text (row, 3);
  if (sqlite3_column_type (row, 4) != SQLITE_NULL)
    {
      const void *data = sqlite3_column_blob (row, 4); /* before the size: SQLite may convert */

      artifact->data = g_bytes_new (data, sqlite3_column_bytes (row, 4));
    }
  return artifact;
}

static GPtrArray *
read_artifacts (SmaltiStore *self, const char *query, gint64 id, const char *kind, gint64 after, GError **error)
{
  g_autoptr (GPtrArray) artifacts = g_ptr_array_new_with_free_func ((GDestroyNotify)smalti_artifact_free);
  g_autoptr (sqlite3_stmt) rows = smalti_store_prepare (self, query, error);
  g_autoptr (GError) reason = NULL;

  if (rows == NULL)
    return NULL;
  sqlite3_bind_int64 (rows, 1, id);
  smalti_bind_text (rows, 2, kind);
  sqlite3_bind_int64 (rows, 3, after);
  while (smalti_store_next_row (self, rows, &reason))
    g_ptr_array_add (artifacts, read_artifact (rows));
  if (reason == NULL)
    return g_steal_pointer (&artifacts);
  g_propagate_error (error, g_steal_pointer (&reason));
  return NULL;
}

GPtrArray *
smalti_store_get_artifacts (SmaltiStore *self, gint64 id, const char *kind, gint64 after, GError **error)
{
  return read_artifacts (
      self, "SELECT id, step, time, text, data FROM artifact WHERE run = ?1 AND kind = ?2 AND id > ?3 ORDER BY id", id,
      kind, after, error);
}

GPtrArray *
smalti_store_get_last_artifacts (SmaltiStore *self, gint64 id, const char *kind, gint64 after, GError **error)
{
  return read_artifacts (self,
                         "SELECT id, step, time, text, data FROM artifact WHERE run = ?1 AND kind = ?2 AND id > ?3"
                         " AND step = (SELECT max (step) FROM artifact WHERE run = ?1 AND kind = ?2) ORDER BY id",
                         id, kind, after, error);
}

GPtrArray *
smalti_store_get_artifacts_at (SmaltiStore *self, gint64 id, const char *kind, guint64 step, GError **error)
{
  return read_artifacts (
      self, "SELECT id, step, time, text, data FROM artifact WHERE run = ?1 AND kind = ?2 AND step = ?3 ORDER BY id",
      id, kind, step, error);
}

/* Neither text nor data, which come last in a row, is read for it. */
GArray *
smalti_store_list_moments (SmaltiStore *self, gint64 id, const char *kind, GError **error)
{
  g_autoptr (GArray) moments = g_array_new (FALSE, FALSE, sizeof (SmaltiMoment));
  g_autoptr (sqlite3_stmt) rows = smalti_store_prepare (
      self, "SELECT step, min (time), count (*) FROM artifact WHERE run = ? AND kind = ? GROUP BY step ORDER BY step",
      error);
  g_autoptr (GError) reason = NULL;

  if (rows == NULL)
    return NULL;
  sqlite3_bind_int64 (rows, 1, id);
  smalti_bind_text (rows, 2, kind);
  while (smalti_store_next_row (self, rows, &reason))
    {
      SmaltiMoment moment = { .step = sqlite3_column_int64 (rows, 0),
                              .time = sqlite3_column_int64 (rows, 1),
                              .n = sqlite3_column_int64 (rows, 2) };

      g_array_append_val (moments, moment);
    }
  if (reason == NULL)
    return g_steal_pointer (&moments);
  g_propagate_error (error, g_steal_pointer (&reason));
  return NULL;
}

static void
free_benchmark (gpointer benchmark)
{
  smalti_benchmark_free (benchmark);
}

GPtrArray *
smalti_store_get_benchmarks (SmaltiStore *self, gint64 id, GError **error)
{
  g_autoptr (GPtrArray) artifacts = smalti_store_get_artifacts (self, id, "benchmark", 0, error);
  g_autoptr (GPtrArray) benchmarks = g_ptr_array_new_with_free_func (free_benchmark);

  if (artifacts == NULL)
    return NULL;
  for (guint i = 0; i < artifacts->len; i++)
    {
      SmaltiBenchmark *benchmark
          = smalti_benchmark_from_json (((const SmaltiArtifact *)artifacts->pdata[i])->text, error);

      if (benchmark == NULL)
        return NULL;
      g_ptr_array_add (benchmarks, benchmark);
    }
  return g_steal_pointer (&benchmarks);
}
