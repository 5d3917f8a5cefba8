/* SPDX-License-Identifier: Apache-2.0 */
/* Long curves as a few buckets. The points are read one after the other, in the order they lie in, and counted into
 * their buckets here: SQL's GROUP BY would sort what is in order already. */
#include "core/run/store-private.h"

#include <math.h>

static gboolean
find_range (SmaltiStore *self, sqlite3_stmt *range, gint64 *metric, guint64 *first, guint64 *last, GError **error)
{
  if (!smalti_store_next_row (self, range, error) || sqlite3_column_type (range, 1) == SQLITE_NULL)
    return FALSE;
  *metric = sqlite3_column_int64 (range, 0);
  *first = sqlite3_column_int64 (range, 1);
  *last = sqlite3_column_int64 (range, 2);
  return TRUE;
}

static void
add (SmaltiBucket *bucket, sqlite3_stmt *row, guint64 step)
{
  gdouble epoch = sqlite3_column_int64 (row, 1) * 1e-6, time = sqlite3_column_int64 (row, 2) * 1e-3;
  gdouble value = sqlite3_column_type (row, 3) == SQLITE_NULL ? NAN : sqlite3_column_double (row, 3);

  if (bucket->n == 0)
    *bucket = (SmaltiBucket){
      .first_step = step, .first_epoch = epoch, .first_time = time, .min = NAN, .max = NAN, .mean = NAN
    };
  bucket->n++;
  bucket->last_step = step;
  bucket->last_epoch = epoch;
  bucket->last_time = time;
  bucket->last = value;
  if (isnan (value))
    return;
  bucket->min = fmin (bucket->min, value); /* fmin() and fmax() pass over NaN */
  bucket->max = fmax (bucket->max, value);
}

/* The sum goes beside the bucket: it becomes the mean when the bucket is full. */
typedef struct
{
  GArray *buckets;
  SmaltiBucket bucket;
  gdouble sum;
  guint n_numbers;
} Filling;

static void
finish (Filling *self)
{
  if (self->bucket.n > 0)
    {
      self->bucket.mean = self->n_numbers > 0 ? self->sum / self->n_numbers : NAN;
      g_array_append_val (self->buckets, self->bucket);
    }
  self->bucket.n = 0;
  self->sum = 0;
  self->n_numbers = 0;
}

GArray *
smalti_store_get_points_reduced (SmaltiStore *self, gint64 id, const char *metric, gint64 after_step, guint n_buckets,
                                 GError **error)
{
  g_autoptr (GArray) buckets = g_array_new (FALSE, FALSE, sizeof (SmaltiBucket));
  g_autoptr (sqlite3_stmt) range = smalti_store_prepare (
      self,
      "SELECT id, (SELECT min (step) FROM point WHERE metric = metric.id AND step > ?3),"
      " (SELECT max (step) FROM point WHERE metric = metric.id AND step > ?3) FROM metric WHERE run = ?1 AND name = ?2",
      error);
  g_autoptr (sqlite3_stmt) rows = NULL;
  g_autoptr (GError) reason = NULL;
  Filling filling = { .buckets = buckets };
  guint64 first, last, current = 0;
  gint64 place;

  g_return_val_if_fail (n_buckets > 0, NULL);

  if (range == NULL)
    return NULL;
  sqlite3_bind_int64 (range, 1, id);
  smalti_bind_text (range, 2, metric);
  sqlite3_bind_int64 (range, 3, after_step);
  if (!find_range (self, range, &place, &first, &last, &reason))
    {
      if (reason == NULL)
        return g_steal_pointer (&buckets);
      g_propagate_error (error, g_steal_pointer (&reason));
      return NULL;
    }
  sqlite3_reset (range);
  rows = smalti_store_prepare (
      self, "SELECT step, epoch, time, value FROM point WHERE metric = ? AND step BETWEEN ? AND ? ORDER BY step",
      error);
  if (rows == NULL)
    return NULL;
  sqlite3_bind_int64 (rows, 1, place);
  sqlite3_bind_int64 (rows, 2, first);
  sqlite3_bind_int64 (rows, 3, last); /* what is written meanwhile is for the next time */
  while (smalti_store_next_row (self, rows, &reason))
    {
      guint64 step = sqlite3_column_int64 (rows, 0);
      guint64 bucket = (guint64)((gdouble)(step - first) / (last - first + 1) * n_buckets);

      if (bucket != current)
        finish (&filling);
      current = bucket;
      add (&filling.bucket, rows, step);
      if (!isnan (filling.bucket.last))
        {
          filling.sum += filling.bucket.last;
          filling.n_numbers++;
        }
    }
  finish (&filling);
  if (reason == NULL)
    return g_steal_pointer (&buckets);
  g_propagate_error (error, g_steal_pointer (&reason));
  return NULL;
}
