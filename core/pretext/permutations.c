/* SPDX-License-Identifier: Apache-2.0 */
/* Greedy choice over all candidates. Each step is one pass that counts, for 64 candidates at a time, the cells in which
 * they agree with the permutation just chosen (distance = cells - matches), and keeps two numbers a candidate: the sum
 * of its matches with all chosen and the most it has with one of them. A candidate's rank, to be minimised, packs both
 * into 31 bits with the criterion on top, so neither runs into the other:
 *
 *   max_avg: sum * 2^4 + most          max_min: most * 2^24 + sum
 *
 * Candidates stand in an order shuffled by the seed and the first of equals wins: the choice among equals is uniform.
 */
#include "core/pretext/permutations.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/random.h"

#define MAX_TILES 9
#define LANES     64

/* What makes a candidate that is already in the set rank behind every other, under both criteria. */
#define TAKEN_SUM  (1 << 26)
#define TAKEN_MOST 64

typedef struct
{
  guint n_tiles;
  guint n;
  guint n_blocks;
  guint8 *column; /* (n_tiles, n_blocks * LANES): entry t of each candidate */
  gint32 *sum;    /* (n_blocks * LANES) */
  guint8 *most;   /* (n_blocks * LANES) */
} Candidates;

static guint
factorial (guint n)
{
  return n < 2 ? 1 : n * factorial (n - 1);
}

/* Permutation number @index in lexicographic order (factorial number system). */
static void
unrank (guint index, guint n_tiles, guint8 *tile)
{
  guint8 left[MAX_TILES];

  for (guint i = 0; i < n_tiles; i++)
    left[i] = i;
  for (guint i = 0; i < n_tiles; i++)
    {
      guint block = factorial (n_tiles - 1 - i), at = index / block;

      index %= block;
      tile[i] = left[at];
      memmove (left + at, left + at + 1, n_tiles - i - at - 1);
    }
}

static guint8 *
entry (Candidates *self, guint candidate, guint t)
{
  return self->column + (gsize)t * self->n_blocks * LANES + candidate;
}

static void
take (Candidates *self, guint candidate)
{
  self->sum[candidate] = TAKEN_SUM;
  self->most[candidate] = TAKEN_MOST;
}

static void
candidates_init (Candidates *self, guint n_tiles, guint64 seed)
{
  SmaltiRandom random;
  g_autofree guint32 *order = NULL;

  self->n_tiles = n_tiles;
  self->n = factorial (n_tiles);
  self->n_blocks = (self->n + LANES - 1) / LANES;
  self->column = g_aligned_alloc0 ((gsize)self->n_blocks * LANES, n_tiles, 64);
  self->sum = g_aligned_alloc0 ((gsize)self->n_blocks * LANES, sizeof (gint32), 64);
  self->most = g_aligned_alloc0 ((gsize)self->n_blocks * LANES, 1, 64);

  order = g_new (guint32, self->n);
  for (guint i = 0; i < self->n; i++)
    order[i] = i;
  smalti_random_init (&random, seed, SMALTI_STREAM_PERMUTATIONS, 0, n_tiles);
  smalti_random_shuffle (&random, order, self->n);
  for (guint i = 0; i < self->n; i++)
    {
      guint8 tile[MAX_TILES];

      unrank (order[i], n_tiles, tile);
      for (guint t = 0; t < n_tiles; t++)
        *entry (self, i, t) = tile[t];
    }
  for (guint i = self->n; i < self->n_blocks * LANES; i++) /* the last block's empty lanes */
    take (self, i);
}

static void
candidates_clear (Candidates *self)
{
  g_aligned_free (self->column);
  g_aligned_free (self->sum);
  g_aligned_free (self->most);
}

/* Takes @tile into account and returns the candidate that now ranks first. The loops over a block's lanes are written
 * for the compiler to vectorise: their length is known, and bytes and words are kept apart. */
__attribute__ ((optimize ("O3"))) static guint
candidates_next (Candidates *self, const guint8 *tile, SmaltiCriterion criterion)
{
  const gint sum_shift = criterion == SMALTI_CRITERION_MAX_AVG ? 4 : 0;
  const gint most_shift = criterion == SMALTI_CRITERION_MAX_AVG ? 0 : 24;
  const gsize n_lanes = (gsize)self->n_blocks * LANES;
  gint32 best = G_MAXINT32;
  guint next = 0;

  for (gsize start = 0; start < n_lanes; start += LANES)
    {
      guint8 matches[LANES] = { 0 }, *restrict most = self->most + start;
      gint32 rank[LANES], *restrict sum = self->sum + start, least = G_MAXINT32;

      for (guint t = 0; t < self->n_tiles; t++)
        {
          const guint8 *restrict column = self->column + t * n_lanes + start;
          const guint8 mine = tile[t];

          for (guint i = 0; i < LANES; i++)
            matches[i] += column[i] == mine;
        }
      for (guint i = 0; i < LANES; i++)
        most[i] = MAX (most[i], matches[i]);
      for (guint i = 0; i < LANES; i++)
        {
          sum[i] += matches[i];
          rank[i] = (sum[i] << sum_shift) + ((gint32)most[i] << most_shift);
        }
      for (guint i = 0; i < LANES; i++)
        least = MIN (least, rank[i]);
      if (least < best)
        {
          best = least;
          for (next = start; rank[next - start] != least;)
            next++;
        }
    }
  return next;
}

SmaltiPermutationSet *
smalti_permutation_set_new (guint n_tiles, guint n, SmaltiCriterion criterion, guint64 seed, GError **error)
{
  SmaltiPermutationSet *self;
  Candidates candidates;
  guint64 matches = 0; /* over all pairs */
  guint most = 0, next = 0;

  g_return_val_if_fail (n_tiles >= 1 && n_tiles <= MAX_TILES && n >= 1, NULL);

  if (n > factorial (n_tiles))
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                   _ ("%u permutations of %u tiles were asked for, but there are only %u; ask for at most that many."),
                   n, n_tiles, factorial (n_tiles));
      return NULL;
    }
  self = g_new0 (SmaltiPermutationSet, 1);
  self->n_tiles = n_tiles;
  self->n = n;
  self->tile = g_new (guint8, (gsize)n * n_tiles);
  candidates_init (&candidates, n_tiles, seed);
  for (guint i = 0; i < n; i++)
    {
      guint8 *tile = self->tile + (gsize)i * n_tiles;

      if (i > 0)
        {
          matches += candidates.sum[next];
          most = MAX (most, candidates.most[next]);
        }
      for (guint t = 0; t < n_tiles; t++)
        tile[t] = *entry (&candidates, next, t);
      take (&candidates, next);
      if (i + 1 < n)
        next = candidates_next (&candidates, tile, criterion);
    }
  candidates_clear (&candidates);
  if (n > 1)
    {
      self->min_distance = n_tiles - most;
      self->mean_distance = n_tiles - matches / (0.5 * n * (n - 1.0));
    }
  return self;
}

void
smalti_permutation_set_free (SmaltiPermutationSet *self)
{
  if (self == NULL)
    return;
  g_free (self->tile);
  g_free (self);
}

const guint8 *
smalti_permutation_set_get (const SmaltiPermutationSet *self, guint i)
{
  return self->tile + (gsize)i * self->n_tiles;
}
