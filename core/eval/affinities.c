/* SPDX-License-Identifier: Apache-2.0 */
/* Who attracts whom in t-SNE. Neighbours are found exactly, by brute force: 50,000 points of 50 numbers are a quarter
 * of a trillion multiplications, which is seconds for a matrix product, and trees are no better in 50 dimensions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "core/eval/nearest-private.h"
#include "core/eval/tsne-private.h"

#define BLOCKS_TOGETHER 16 /* between looks at the cancellable */
#define MAX_STEPS       60
#define TOLERANCE       1e-5

typedef struct
{
  const gfloat *x;
  SmaltiPoints points;
  gdouble entropy; /* log of the perplexity */
  guint k;
  guint32 *neighbour;  /* (n, k), ascending in each row */
  gfloat *conditional; /* (n, k): p(j | i) */
} Search;

typedef struct
{
  guint32 image;
  gfloat distance, p;
} Candidate;

/* Weights exp(-beta distance) such that their entropy is what it should be: the narrower, the less of it. */
static void
calibrate (Candidate *candidate, guint k, gdouble entropy)
{
  gdouble beta = 1, low = 0, high = INFINITY, nearest = candidate[0].distance, spread = 0, sum = 0;

  for (guint j = 0; j < k; j++)
    spread += (candidate[j].distance - nearest) / k;
  if (spread > 0) /* about right from the start, whatever the unit of the features */
    beta = 1 / spread;
  for (guint step = 0; step < MAX_STEPS; step++)
    {
      gdouble weighted = 0, off;

      sum = 0;
      for (guint j = 0; j < k; j++)
        {
          gdouble distance = candidate[j].distance - nearest, weight = exp (-beta * distance);

          candidate[j].p = weight;
          sum += weight;
          weighted += weight * distance;
        }
      off = log (sum) + beta * weighted / sum - entropy;
      if (fabs (off) < TOLERANCE || spread <= 0)
        break;
      *(off > 0 ? &low : &high) = beta;
      beta = isinf (high) ? beta * 2 : (low + high) / 2;
    }
  for (guint j = 0; j < k; j++)
    candidate[j].p /= sum;
}

static int
compare_images (const void *a, const void *b)
{
  const Candidate *x = a, *y = b;

  return x->image < y->image ? -1 : x->image > y->image;
}

static void
search_block (const Search *self, guint first, guint n_rows)
{
  guint k = self->k, n_found[SMALTI_NEAREST_ROWS];
  g_autofree SmaltiNeighbour *found = g_new (SmaltiNeighbour, (gsize)n_rows * k);
  g_autofree Candidate *candidate = g_new (Candidate, k);

  smalti_nearest_search (&self->points, self->x + first * self->points.dim, NULL, n_rows, first, k, found, n_found);
  for (guint r = 0; r < n_rows; r++)
    {
      SmaltiNeighbour *row = found + (gsize)r * k;

      g_assert (n_found[r] == k);
      smalti_nearest_sort (row, k);
      for (guint j = 0; j < k; j++) /* |x - y|^2 = |x|^2 - 2 (x y - |y|^2 / 2) */
        candidate[j] = (Candidate){ row[j].image, MAX (-2 * (self->points.bias[first + r] + row[j].similarity), 0), 0 };
      calibrate (candidate, k, self->entropy);
      qsort (candidate, k, sizeof *candidate, compare_images);
      for (guint j = 0; j < k; j++)
        {
          self->neighbour[(gsize)(first + r) * k + j] = candidate[j].image;
          self->conditional[(gsize)(first + r) * k + j] = candidate[j].p;
        }
    }
}

static gboolean
search_all (const Search *self, GCancellable *cancellable, SmaltiMapProgress progress, gpointer user_data,
            GError **error)
{
  guint n_together = BLOCKS_TOGETHER * SMALTI_NEAREST_ROWS, n = self->points.n;

  for (guint begin = 0; begin < n; begin += n_together)
    {
      guint end = MIN (begin + n_together, n);

      if (progress != NULL)
        progress (_ ("Looking for neighbours"), begin, n, NULL, NAN, user_data);
      if (g_cancellable_is_cancelled (cancellable))
        {
          g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED, _ ("Stopped."));
          return FALSE;
        }
        /* Products inside of a parallel region run on the thread that asks for them. */
#pragma omp parallel for schedule(dynamic)
      for (guint first = begin; first < end; first += SMALTI_NEAREST_ROWS)
        search_block (self, first, MIN (SMALTI_NEAREST_ROWS, end - first));
    }
  return TRUE;
}

/* The search's matrix on its side: of each point those that have it for a neighbour, ascending. */
static void
transpose (const Search *self, gsize *start, guint32 *index, gfloat *value)
{
  gsize n = self->points.n, k = self->k;
  g_autofree gsize *at = NULL;

  memset (start, 0, (n + 1) * sizeof *start);
  for (gsize e = 0; e < n * k; e++)
    start[self->neighbour[e] + 1]++;
  for (gsize i = 0; i < n; i++)
    start[i + 1] += start[i];
  at = g_memdup2 (start, n * sizeof *start);
  for (gsize e = 0; e < n * k; e++)
    {
      gsize place = at[self->neighbour[e]]++;

      index[place] = e / k;
      value[place] = self->conditional[e];
    }
}

/* Row i of (P + P^T) / 2n, both given ascending; with @index %NULL only counted. */
static guint
merge (const guint32 *a, const gfloat *p, guint n_a, const guint32 *b, const gfloat *q, guint n_b, gfloat share,
       guint32 *index, gfloat *value)
{
  guint n = 0;

  for (guint i = 0, j = 0; i < n_a || j < n_b; n++)
    {
      guint32 next = MIN (i < n_a ? a[i] : G_MAXUINT32, j < n_b ? b[j] : G_MAXUINT32);
      gfloat sum = 0;

      if (i < n_a && a[i] == next)
        sum += p[i++];
      if (j < n_b && b[j] == next)
        sum += q[j++];
      if (index != NULL)
        {
          index[n] = next;
          value[n] = sum * share;
        }
    }
  return n;
}

static SmaltiAffinities *
symmetrize (const Search *self)
{
  gsize n = self->points.n, k = self->k;
  g_autofree gsize *start = g_new (gsize, n + 1);
  g_autofree guint32 *index = g_new (guint32, n * k);
  g_autofree gfloat *value = g_new (gfloat, n * k);
  SmaltiAffinities *sum = g_new0 (SmaltiAffinities, 1);

  transpose (self, start, index, value);
  sum->n = n;
  sum->start = g_new0 (gsize, n + 1);
#pragma omp parallel for schedule(static)
  for (gsize i = 0; i < n; i++)
    sum->start[i + 1] = merge (self->neighbour + i * k, self->conditional + i * k, k, index + start[i],
                               value + start[i], start[i + 1] - start[i], 0, NULL, NULL);
  for (gsize i = 0; i < n; i++)
    sum->start[i + 1] += sum->start[i];
  sum->index = g_new (guint32, sum->start[n]);
  sum->value = g_new (gfloat, sum->start[n]);
#pragma omp parallel for schedule(static)
  for (gsize i = 0; i < n; i++)
    merge (self->neighbour + i * k, self->conditional + i * k, k, index + start[i], value + start[i],
           start[i + 1] - start[i], 0.5 / n, sum->index + sum->start[i], sum->value + sum->start[i]);
  return sum;
}

SmaltiAffinities *
smalti_affinities_new (const gfloat *x, guint n, gsize dim, gdouble perplexity, GCancellable *cancellable,
                       SmaltiMapProgress progress, gpointer user_data, GError **error)
{
  g_autofree gfloat *bias = g_new (gfloat, MAX (n, 1));
  g_autofree guint32 *neighbour = NULL;
  g_autofree gfloat *conditional = NULL;
  Search self = { .x = x, .points = { .data = x, .n = n, .dim = dim, .bias = bias } };

  g_assert (n >= 2);
  self.k = CLAMP (3 * perplexity, 1, n - 1);
  self.entropy = log (MIN (perplexity, MAX (self.k / 3.0, 1)));
  self.neighbour = neighbour = g_new (guint32, (gsize)n * self.k);
  self.conditional = conditional = g_new (gfloat, (gsize)n * self.k);
  for (guint i = 0; i < n; i++)
    {
      gdouble squares = 0;

      for (gsize j = 0; j < dim; j++)
        squares += (gdouble)x[i * dim + j] * x[i * dim + j];
      bias[i] = -squares / 2;
    }
  return search_all (&self, cancellable, progress, user_data, error) ? symmetrize (&self) : NULL;
}

void
smalti_affinities_free (SmaltiAffinities *self)
{
  if (self == NULL)
    return;
  g_free (self->start);
  g_free (self->index);
  g_free (self->value);
  g_free (self);
}
