/* SPDX-License-Identifier: Apache-2.0 */
/* Level 0 is the points themselves; a bucket of level k covers 4^k of them, by position, the last one perhaps fewer. So
 * appending touches one bucket a level, truncating recomputes one a level, and any view is cut from the level whose
 * buckets are just finer than a pixel. */
#include "ui/series.h"

#include <math.h>

#define FAN        4
#define FAN_BITS   2
#define MAX_LEVELS 20

typedef struct
{
  gdouble x, y;
} Point;

typedef struct
{
  gdouble x, low, high, sum;
} Bucket;

struct _SmaltiSeries
{
  GArray *points;             /* of Point */
  GArray *levels[MAX_LEVELS]; /* of Bucket; [0] stays %NULL: it would repeat the points */
  gsize n_skipped;
};

SmaltiSeries *
smalti_series_new (void)
{
  SmaltiSeries *self = g_new0 (SmaltiSeries, 1);

  self->points = g_array_new (FALSE, FALSE, sizeof (Point));
  return self;
}

void
smalti_series_free (SmaltiSeries *self)
{
  g_array_unref (self->points);
  for (guint k = 1; k < MAX_LEVELS; k++)
    g_clear_pointer (&self->levels[k], g_array_unref);
  g_free (self);
}

static const Point *
point_at (const SmaltiSeries *self, gsize i)
{
  return &g_array_index (self->points, Point, i);
}

static gsize
bucket_count (gsize n_points, guint level)
{
  gsize size = (gsize)1 << (FAN_BITS * level);

  return (n_points + size - 1) / size;
}

/* Bucket @i of @level, for any level. */
static Bucket
bucket_at (const SmaltiSeries *self, guint level, gsize i)
{
  if (level > 0)
    return g_array_index (self->levels[level], Bucket, i);

  const Point *point = point_at (self, i);
  return (Bucket){ point->x, point->y, point->y, point->y };
}

static gsize
bucket_weight (const SmaltiSeries *self, guint level, gsize i)
{
  gsize size = (gsize)1 << (FAN_BITS * level);

  return MIN (size, self->points->len - i * size);
}

static void
take_into (Bucket *bucket, const Point *point)
{
  bucket->low = MIN (bucket->low, point->y);
  bucket->high = MAX (bucket->high, point->y);
  bucket->sum += point->y;
}

void
smalti_series_append (SmaltiSeries *self, gdouble x, gdouble y)
{
  if (!isfinite (x) || !isfinite (y))
    {
      self->n_skipped++;
      return;
    }

  gsize i = self->points->len;
  Point point = { x, y };

  g_assert (i == 0 || x >= point_at (self, i - 1)->x);
  g_array_append_val (self->points, point);

  /* Levels exist up to the first that is a single bucket of no more than FAN children. */
  for (guint k = 1; k < MAX_LEVELS && i >= (gsize)1 << (FAN_BITS * (k - 1)); k++)
    {
      gsize bucket = i >> (FAN_BITS * k);

      if (!self->levels[k])
        {
          Bucket all = { point_at (self, 0)->x, INFINITY, -INFINITY, 0 };

          self->levels[k] = g_array_new (FALSE, FALSE, sizeof (Bucket));
          for (gsize j = 0; j <= i; j++)
            take_into (&all, point_at (self, j));
          g_array_append_val (self->levels[k], all);
        }
      else if (bucket < self->levels[k]->len)
        take_into (&g_array_index (self->levels[k], Bucket, bucket), &point);
      else
        {
          Bucket first = { x, y, y, y };

          g_array_append_val (self->levels[k], first);
        }
    }
}

void
smalti_series_truncate (SmaltiSeries *self, gsize n)
{
  if (n >= self->points->len)
    return;
  g_array_set_size (self->points, n);
  for (guint k = 1; k < MAX_LEVELS && self->levels[k]; k++)
    {
      if (n <= (gsize)1 << (FAN_BITS * (k - 1)))
        {
          g_clear_pointer (&self->levels[k], g_array_unref);
          continue;
        }

      gsize count = bucket_count (n, k);
      gsize child = (count - 1) * FAN, n_children = bucket_count (n, k - 1);
      Bucket last = bucket_at (self, k - 1, child);

      g_array_set_size (self->levels[k], count);
      for (child++; child < n_children; child++)
        {
          Bucket next = bucket_at (self, k - 1, child);

          last.low = MIN (last.low, next.low);
          last.high = MAX (last.high, next.high);
          last.sum += next.sum;
        }
      g_array_index (self->levels[k], Bucket, count - 1) = last;
    }
}

gsize
smalti_series_get_n (const SmaltiSeries *self)
{
  return self->points->len;
}

gsize
smalti_series_get_n_skipped (const SmaltiSeries *self)
{
  return self->n_skipped;
}

gdouble
smalti_series_get_x (const SmaltiSeries *self, gsize i)
{
  g_assert (i < self->points->len);
  return point_at (self, i)->x;
}

gdouble
smalti_series_get_y (const SmaltiSeries *self, gsize i)
{
  g_assert (i < self->points->len);
  return point_at (self, i)->y;
}

/* The first point with an x not before @x; the number of points when there is none. */
static gsize
lower_bound (const SmaltiSeries *self, gdouble x)
{
  gsize low = 0, high = self->points->len;

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (point_at (self, middle)->x < x)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

gsize
smalti_series_nearest (const SmaltiSeries *self, gdouble x)
{
  gsize n = self->points->len, i = lower_bound (self, x);

  g_assert (n > 0);
  if (i == n)
    return n - 1;
  if (i > 0 && x - point_at (self, i - 1)->x < point_at (self, i)->x - x)
    return i - 1;
  return i;
}

guint
smalti_series_columns (const SmaltiSeries *self, gdouble x0, gdouble x1, guint n_columns, SmaltiColumn *columns)
{
  if (self->points->len == 0 || n_columns == 0 || !(x1 > x0))
    return 0;

  gsize first = lower_bound (self, x0), end = lower_bound (self, x1);

  /* One point beyond each end. */
  first = first > 0 ? first - 1 : 0;
  end = MIN (end + 1, self->points->len);

  guint level = 0;
  while (level + 1 < MAX_LEVELS && self->levels[level + 1]
         && (end - first) >> (FAN_BITS * level) > (gsize)FAN * n_columns)
    level++;

  guint n = 0;
  gint64 current = G_MININT64;
  gsize weight = 0;
  gsize from = first >> (FAN_BITS * level), to = ((end - 1) >> (FAN_BITS * level)) + 1;

  for (gsize i = from; i < to; i++)
    {
      Bucket bucket = bucket_at (self, level, i);
      gsize size = bucket_weight (self, level, i);
      gdouble place = floor ((bucket.x - x0) / (x1 - x0) * n_columns);
      gint64 column = CLAMP (place, -1, (gdouble)n_columns);

      if (column != current)
        {
          current = column;
          weight = size;
          columns[n++] = (SmaltiColumn){ bucket.x, bucket.low, bucket.high, bucket.sum / size };
          continue;
        }

      SmaltiColumn *last = &columns[n - 1];
      last->low = MIN (last->low, bucket.low);
      last->high = MAX (last->high, bucket.high);
      last->mean = (last->mean * weight + bucket.sum) / (weight + size);
      weight += size;
    }
  return n;
}

void
smalti_columns_smooth (SmaltiColumn *columns, guint n, gdouble length)
{
  if (!(length > 0))
    return;

  gdouble sum = 0, weight = 0;

  for (guint i = 0; i < n; i++)
    {
      gdouble keep = i > 0 ? exp (-(columns[i].x - columns[i - 1].x) / length) : 0;

      sum = keep * sum + columns[i].mean;
      weight = keep * weight + 1;
      columns[i].mean = sum / weight;
    }
}
