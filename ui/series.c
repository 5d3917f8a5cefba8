/* SPDX-License-Identifier: Apache-2.0 */
/* Level 0 is the points themselves, in chunks that never move, so that a snapshot is a list of references. A bucket of
 * level k covers 4^k points, by position, and is made when its last point comes: appending makes a third of a bucket,
 * truncating drops some, and the points that fill no bucket yet are gathered when asked for. Any view is cut from the
 * level whose buckets are just finer than a pixel. */
#include "ui/series.h"

#include <math.h>
#include <string.h>

#define FAN        4
#define FAN_BITS   2
#define MAX_LEVELS 20
#define CHUNK_BITS 10
#define CHUNK      (1 << CHUNK_BITS)

typedef struct
{
  gatomicrefcount references;
  gdouble *x[SMALTI_N_X]; /* those that the series has */
  gdouble y[CHUNK];
} Chunk;

typedef struct
{
  gdouble low, high, sum;
} Bucket;

typedef struct
{
  GArray *buckets;       /* of Bucket */
  GArray *x[SMALTI_N_X]; /* of gdouble: of each bucket's first point */
} Level;

struct _SmaltiSeries
{
  GPtrArray *chunks; /* of Chunk */
  gsize n;
  gboolean has[SMALTI_N_X];
  Level levels[MAX_LEVELS]; /* [0] stays empty: it would repeat the points */
  gsize n_skipped;
};

static Chunk *
chunk_new (const gboolean has[SMALTI_N_X])
{
  Chunk *chunk = g_new (Chunk, 1);

  g_atomic_ref_count_init (&chunk->references);
  for (guint a = 0; a < SMALTI_N_X; a++)
    chunk->x[a] = has[a] ? g_new (gdouble, CHUNK) : NULL;
  return chunk;
}

static void
chunk_unref (Chunk *chunk)
{
  if (!g_atomic_ref_count_dec (&chunk->references))
    return;
  for (guint a = 0; a < SMALTI_N_X; a++)
    g_free (chunk->x[a]);
  g_free (chunk);
}

SmaltiSeries *
smalti_series_new (void)
{
  SmaltiSeries *self = g_new0 (SmaltiSeries, 1);

  self->chunks = g_ptr_array_new_with_free_func ((GDestroyNotify)chunk_unref);
  return self;
}

static void
level_clear (Level *level)
{
  g_clear_pointer (&level->buckets, g_array_unref);
  for (guint a = 0; a < SMALTI_N_X; a++)
    g_clear_pointer (&level->x[a], g_array_unref);
}

void
smalti_series_free (SmaltiSeries *self)
{
  g_ptr_array_unref (self->chunks);
  for (guint k = 1; k < MAX_LEVELS; k++)
    level_clear (&self->levels[k]);
  g_free (self);
}

SmaltiSeries *
smalti_series_snapshot (const SmaltiSeries *self)
{
  SmaltiSeries *copy = smalti_series_new ();

  for (guint i = 0; i < self->chunks->len; i++)
    {
      Chunk *chunk = self->chunks->pdata[i];

      g_atomic_ref_count_inc (&chunk->references);
      g_ptr_array_add (copy->chunks, chunk);
    }
  copy->n = self->n;
  copy->n_skipped = self->n_skipped;
  memcpy (copy->has, self->has, sizeof copy->has);
  return copy;
}

static inline gdouble
x_at (const SmaltiSeries *self, SmaltiX axis, gsize i)
{
  return ((const Chunk *)self->chunks->pdata[i >> CHUNK_BITS])->x[axis][i & (CHUNK - 1)];
}

static inline gdouble
y_at (const SmaltiSeries *self, gsize i)
{
  return ((const Chunk *)self->chunks->pdata[i >> CHUNK_BITS])->y[i & (CHUNK - 1)];
}

static gsize
n_buckets (const SmaltiSeries *self, guint level)
{
  return self->levels[level].buckets ? self->levels[level].buckets->len : 0;
}

/* Full bucket @i of @level, for any level. */
static inline Bucket
bucket_at (const SmaltiSeries *self, guint level, gsize i)
{
  if (level > 0)
    return g_array_index (self->levels[level].buckets, Bucket, i);

  gdouble y = y_at (self, i);
  return (Bucket){ y, y, y };
}

static void
take_into (Bucket *all, Bucket other)
{
  all->low = MIN (all->low, other.low);
  all->high = MAX (all->high, other.high);
  all->sum += other.sum;
}

/* The points that fill no bucket of @level yet: of each level below, at most three buckets. */
static Bucket
rest_of (const SmaltiSeries *self, guint level)
{
  Bucket all = { INFINITY, -INFINITY, 0 };
  gsize i = self->n >> (FAN_BITS * level) << (FAN_BITS * level);

  while (level-- > 0)
    for (; i + ((gsize)1 << (FAN_BITS * level)) <= self->n; i += (gsize)1 << (FAN_BITS * level))
      take_into (&all, bucket_at (self, level, i >> (FAN_BITS * level)));
  return all;
}

static void
fill_bucket (SmaltiSeries *self, guint level)
{
  Level *to = &self->levels[level];
  gsize child = n_buckets (self, level) * FAN, first = n_buckets (self, level) << (FAN_BITS * level);
  Bucket all = bucket_at (self, level - 1, child);

  for (guint i = 1; i < FAN; i++)
    take_into (&all, bucket_at (self, level - 1, child + i));
  if (!to->buckets)
    to->buckets = g_array_new (FALSE, FALSE, sizeof (Bucket));
  g_array_append_val (to->buckets, all);
  for (guint a = 0; a < SMALTI_N_X; a++)
    {
      if (!self->has[a])
        continue;

      gdouble x = x_at (self, a, first);

      if (!to->x[a])
        to->x[a] = g_array_new (FALSE, FALSE, sizeof (gdouble));
      g_array_append_val (to->x[a], x);
    }
}

void
smalti_series_append (SmaltiSeries *self, gdouble step, gdouble y)
{
  smalti_series_append_at (self, (const gdouble[SMALTI_N_X]){ step, NAN, NAN }, y);
}

void
smalti_series_append_at (SmaltiSeries *self, const gdouble x[SMALTI_N_X], gdouble y)
{
  if (!isfinite (x[SMALTI_X_STEP]) || !isfinite (y))
    {
      self->n_skipped++;
      return;
    }
  g_assert (self->n == 0 || x[SMALTI_X_STEP] >= x_at (self, SMALTI_X_STEP, self->n - 1));

  for (guint a = 0; a < SMALTI_N_X; a++)
    self->has[a] = (self->n == 0 || self->has[a]) && isfinite (x[a]);
  if ((self->n & (CHUNK - 1)) == 0)
    g_ptr_array_add (self->chunks, chunk_new (self->has));

  Chunk *chunk = self->chunks->pdata[self->n >> CHUNK_BITS];

  for (guint a = 0; a < SMALTI_N_X; a++)
    if (self->has[a])
      chunk->x[a][self->n & (CHUNK - 1)] = self->n > 0 ? MAX (x[a], x_at (self, a, self->n - 1)) : x[a];
  chunk->y[self->n & (CHUNK - 1)] = y;
  self->n++;

  for (guint k = 1; k < MAX_LEVELS && (self->n & (((gsize)1 << (FAN_BITS * k)) - 1)) == 0; k++)
    fill_bucket (self, k);
}

/* What a snapshot shares is not written over. */
static void
own_last_chunk (SmaltiSeries *self)
{
  Chunk *chunk = self->chunks->pdata[self->chunks->len - 1];

  if (g_atomic_ref_count_compare (&chunk->references, 1))
    return;

  Chunk *own = chunk_new (self->has);

  for (guint a = 0; a < SMALTI_N_X; a++)
    if (self->has[a])
      memcpy (own->x[a], chunk->x[a], sizeof (gdouble) * CHUNK);
  memcpy (own->y, chunk->y, sizeof own->y);
  self->chunks->pdata[self->chunks->len - 1] = own;
  chunk_unref (chunk);
}

void
smalti_series_truncate (SmaltiSeries *self, gsize n)
{
  if (n >= self->n)
    return;
  self->n = n;
  g_ptr_array_set_size (self->chunks, (n + CHUNK - 1) >> CHUNK_BITS);
  if ((n & (CHUNK - 1)) != 0)
    own_last_chunk (self);
  for (guint k = 1; k < MAX_LEVELS && self->levels[k].buckets; k++)
    {
      gsize full = n >> (FAN_BITS * k);

      if (full == 0)
        {
          level_clear (&self->levels[k]);
          continue;
        }
      g_array_set_size (self->levels[k].buckets, full);
      for (guint a = 0; a < SMALTI_N_X; a++)
        if (self->levels[k].x[a])
          g_array_set_size (self->levels[k].x[a], MIN (full, self->levels[k].x[a]->len));
    }
}

gsize
smalti_series_get_n (const SmaltiSeries *self)
{
  return self->n;
}

gsize
smalti_series_get_n_skipped (const SmaltiSeries *self)
{
  return self->n_skipped;
}

gboolean
smalti_series_has (const SmaltiSeries *self, SmaltiX axis)
{
  return self->has[axis];
}

gdouble
smalti_series_get_x (const SmaltiSeries *self, SmaltiX axis, gsize i)
{
  g_assert (i < self->n && self->has[axis]);
  return x_at (self, axis, i);
}

gdouble
smalti_series_get_y (const SmaltiSeries *self, gsize i)
{
  g_assert (i < self->n);
  return y_at (self, i);
}

/* The first point with an x not before @x; the number of points when there is none. */
static gsize
lower_bound (const SmaltiSeries *self, SmaltiX axis, gdouble x)
{
  gsize low = 0, high = self->n;

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (x_at (self, axis, middle) < x)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

gsize
smalti_series_nearest (const SmaltiSeries *self, SmaltiX axis, gdouble x)
{
  gsize i = lower_bound (self, axis, x);

  g_assert (self->n > 0);
  if (i == self->n)
    return self->n - 1;
  if (i > 0 && x - x_at (self, axis, i - 1) < x_at (self, axis, i) - x)
    return i - 1;
  return i;
}

guint
smalti_series_columns (const SmaltiSeries *self, SmaltiX axis, gdouble x0, gdouble x1, guint n_columns,
                       SmaltiColumn *columns)
{
  if (self->n == 0 || n_columns == 0 || !(x1 > x0) || !self->has[axis])
    return 0;

  gsize first = lower_bound (self, axis, x0), end = lower_bound (self, axis, x1);

  /* One point beyond each end. */
  first = first > 0 ? first - 1 : 0;
  end = MIN (end + 1, self->n);

  guint level = 0;
  while (level + 1 < MAX_LEVELS && n_buckets (self, level + 1) > 0
         && (end - first) >> (FAN_BITS * level) > (gsize)FAN * n_columns)
    level++;

  guint n = 0, bits = FAN_BITS * level;
  gint64 current = G_MININT64;
  gsize weight = 0;
  gsize from = first >> bits, to = ((end - 1) >> bits) + 1, full = self->n >> bits;
  gdouble scale = n_columns / (x1 - x0);

  for (gsize i = from; i < to; i++)
    {
      Bucket bucket = i < full ? bucket_at (self, level, i) : rest_of (self, level);
      gdouble x = level > 0 && i < full ? g_array_index (self->levels[level].x[axis], gdouble, i)
                                        : x_at (self, axis, i << bits);
      gsize size = i < full ? (gsize)1 << bits : self->n - (i << bits);
      gint64 column = (gint64)CLAMP (floor ((x - x0) * scale), -1, (gdouble)n_columns);

      if (column != current)
        {
          current = column;
          weight = size;
          columns[n++] = (SmaltiColumn){ x, bucket.low, bucket.high, bucket.sum / size };
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
