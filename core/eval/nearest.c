/* SPDX-License-Identifier: Apache-2.0 */
/* Nearness of a block of rows to a block of points is one matrix product, and each row keeps its k nearest as a heap
 * whose root is the worst of them: nearly every point is dismissed by one comparison with that root. */
#include "core/eval/nearest-private.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>

#include "core/base/error.h"

#define BLOCK_POINTS 1024

static gboolean
is_nearer (const SmaltiNeighbour *a, const SmaltiNeighbour *b)
{
  return a->similarity > b->similarity || (a->similarity == b->similarity && a->image < b->image);
}

static void
sift_down (SmaltiNeighbour *heap, guint n)
{
  for (guint i = 0;;)
    {
      guint worst = i;

      for (guint child = 2 * i + 1; child <= 2 * i + 2 && child < n; child++)
        if (is_nearer (&heap[worst], &heap[child]))
          worst = child;
      if (worst == i)
        return;

      SmaltiNeighbour other = heap[i];

      heap[i] = heap[worst];
      heap[worst] = other;
      i = worst;
    }
}

static void
sift_up (SmaltiNeighbour *heap, guint i)
{
  while (i > 0 && is_nearer (&heap[(i - 1) / 2], &heap[i]))
    {
      guint parent = (i - 1) / 2;
      SmaltiNeighbour other = heap[i];

      heap[i] = heap[parent];
      heap[parent] = other;
      i = parent;
    }
}

static void
offer (SmaltiNeighbour *heap, guint *n, guint k, const SmaltiNeighbour *neighbour)
{
  if (*n < k)
    {
      heap[*n] = *neighbour;
      sift_up (heap, (*n)++);
    }
  else if (is_nearer (neighbour, &heap[0]))
    {
      heap[0] = *neighbour;
      sift_down (heap, k);
    }
}

/* One row's nearness to a block of points that begins with @first. */
static void
offer_block (const SmaltiPoints *points, const gfloat *product, gfloat row_scale, guint first, guint n_points,
             guint left_out, SmaltiNeighbour *heap, guint *n, guint k)
{
  gfloat nearness[BLOCK_POINTS];

  for (guint c = 0; c < n_points; c++)
    {
      gfloat scale = points->scale != NULL ? points->scale[first + c] : 1;
      gfloat bias = points->bias != NULL ? points->bias[first + c] : 0;

      nearness[c] = product[c] * row_scale * scale + bias;
    }
  for (guint c = 0; c < n_points; c++)
    if ((*n < k || nearness[c] >= heap[0].similarity) && first + c != left_out)
      offer (heap, n, k, &(SmaltiNeighbour){ nearness[c], first + c });
}

void
smalti_nearest_search (const SmaltiPoints *points, const gfloat *row, const gfloat *row_scale, guint n_rows,
                       gint64 left_out, guint k, SmaltiNeighbour *found, guint *n_found)
{
  gsize dim = points->dim;
  g_autofree gfloat *product = g_new (gfloat, (gsize)n_rows * BLOCK_POINTS);
  guint n_points;

  g_assert (n_rows <= SMALTI_NEAREST_ROWS);
  for (guint r = 0; r < n_rows; r++)
    n_found[r] = 0;
  for (guint first = 0; k > 0 && first < points->n; first += n_points)
    {
      n_points = MIN (BLOCK_POINTS, points->n - first);
      cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasTrans, n_rows, n_points, dim, 1, row, dim,
                   points->data + first * dim, dim, 0, product, n_points);
      for (guint r = 0; r < n_rows; r++)
        offer_block (points, product + (gsize)r * n_points, row_scale != NULL ? row_scale[r] : 1, first, n_points,
                     left_out < 0 ? G_MAXUINT : left_out + r, found + (gsize)r * k, &n_found[r], k);
    }
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  return is_nearer (a, b) ? -1 : is_nearer (b, a) ? 1 : 0;
}

void
smalti_nearest_sort (SmaltiNeighbour *found, guint n)
{
  qsort (found, n, sizeof *found, compare);
}

gfloat *
smalti_inverse_lengths (const SmaltiFeatures *features, GError **error)
{
  g_autofree gfloat *inverse = g_new (gfloat, MAX (features->n, 1));
  gboolean finite = TRUE;

#pragma omp parallel for schedule(static) reduction(&& : finite)
  for (guint i = 0; i < features->n; i++)
    {
      const gfloat *x = features->data + i * features->dim;
      gdouble squares = 0;

      for (gsize j = 0; j < features->dim; j++)
        squares += (gdouble)x[j] * x[j];
      finite = finite && isfinite (squares);
      inverse[i] = squares > 0 ? 1 / sqrt (squares) : 0;
    }
  if (finite)
    return g_steal_pointer (&inverse);
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA,
               _ ("Features of layer %s are not finite numbers: the network's weights are of no use."),
               features->layer);
  return NULL;
}
