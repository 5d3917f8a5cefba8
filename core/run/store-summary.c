/* SPDX-License-Identifier: Apache-2.0 */
/* What is seen of a metric at a glance. A run may have millions of points: the last one is found by the index, and of
 * the rest only what is new is read. */
#include "core/run/store-private.h"

#include "core/base/error.h"

#define OF_METRIC "FROM point WHERE metric = (SELECT id FROM metric WHERE run = ? AND name = ?)"

char **
smalti_store_list_all_metrics (SmaltiStore *self, GError **error)
{
  g_autoptr (sqlite3_stmt) rows = smalti_store_prepare (self, "SELECT DISTINCT name FROM metric ORDER BY name", error);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_autoptr (GError) reason = NULL;

  if (rows == NULL)
    return NULL;
  while (smalti_store_next_row (self, rows, &reason))
    g_strv_builder_add (names, (const char *)sqlite3_column_text (rows, 0));
  if (reason == NULL)
    return g_strv_builder_end (names);
  g_propagate_error (error, g_steal_pointer (&reason));
  return NULL;
}

static sqlite3_stmt *
prepare_of_metric (SmaltiStore *self, const char *sql, gint64 id, const char *metric, GError **error)
{
  sqlite3_stmt *statement = smalti_store_prepare (self, sql, error);

  if (statement == NULL)
    return NULL;
  sqlite3_bind_int64 (statement, 1, id);
  smalti_bind_text (statement, 2, metric);
  return statement;
}

/* A value that is not a number is kept as NULL. */
static gdouble
number_at (sqlite3_stmt *row, int column)
{
  return sqlite3_column_type (row, column) == SQLITE_NULL ? NAN : sqlite3_column_double (row, column);
}

gboolean
smalti_store_get_last_point (SmaltiStore *self, gint64 id, const char *metric, SmaltiPoint *point, GError **error)
{
  g_autoptr (sqlite3_stmt) last = prepare_of_metric (
      self, "SELECT step, epoch, time, value " OF_METRIC " ORDER BY step DESC LIMIT 1", id, metric, error);

  if (last == NULL || !smalti_store_next_row (self, last, error))
    return FALSE;
  *point = (SmaltiPoint){ .step = sqlite3_column_int64 (last, 0),
                          .epoch = sqlite3_column_int64 (last, 1) * 1e-6,
                          .time = sqlite3_column_int64 (last, 2) * 1e-3,
                          .value = number_at (last, 3) };
  return TRUE;
}

gboolean
smalti_store_update_extremes (SmaltiStore *self, gint64 id, const char *metric, SmaltiExtremes *extremes,
                              GError **error)
{
  g_autoptr (sqlite3_stmt) news = NULL;
  g_autoptr (GError) reason = NULL;
  SmaltiPoint last;

  if (!smalti_store_get_last_point (self, id, metric, &last, &reason))
    {
      *extremes = (SmaltiExtremes)SMALTI_EXTREMES_INIT;
      if (reason == NULL)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  if ((gint64)last.step == extremes->step)
    return TRUE;
  if ((gint64)last.step < extremes->step)
    *extremes = (SmaltiExtremes)SMALTI_EXTREMES_INIT;

  news = prepare_of_metric (self, "SELECT MIN(value), MAX(value) " OF_METRIC " AND step > ?", id, metric, error);
  if (news == NULL)
    return FALSE;
  sqlite3_bind_int64 (news, 3, extremes->step);
  if (!smalti_store_next_row (self, news, error))
    return FALSE;
  extremes->step = last.step;
  extremes->least = fmin (extremes->least, number_at (news, 0));
  extremes->greatest = fmax (extremes->greatest, number_at (news, 1));
  return TRUE;
}
