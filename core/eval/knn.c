/* SPDX-License-Identifier: Apache-2.0 */
/* Nearest neighbours by brute force: similarities of a block of test images to a block of training images are one
 * matrix product, and each test image keeps its k best as a heap whose root is the worst of them. Blocks of test images
 * are independent, so threads share nothing. */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/eval/probe-private.h"
#include "core/eval/score-private.h"

#define TEST_ROWS  64
#define TRAIN_ROWS 1024

typedef struct
{
  gfloat similarity;
  guint image;
} Neighbour;

typedef struct
{
  const SmaltiFeatures *train, *test;
  const gint32 *label;                  /* of training images */
  gfloat *train_inverse, *test_inverse; /* 1 / length of each feature vector; 0 for a vector of zeros */
  guint n_classes, k;
  gdouble temperature;
} Search;

/* Of equally similar ones the earlier image is nearer, so that the answer does not depend on the blocks. */
static gboolean
is_nearer (const Neighbour *a, const Neighbour *b)
{
  return a->similarity > b->similarity || (a->similarity == b->similarity && a->image < b->image);
}

static void
sift_down (Neighbour *heap, guint n)
{
  for (guint i = 0;;)
    {
      guint worst = i;

      for (guint child = 2 * i + 1; child <= 2 * i + 2 && child < n; child++)
        if (is_nearer (&heap[worst], &heap[child]))
          worst = child;
      if (worst == i)
        return;

      Neighbour other = heap[i];

      heap[i] = heap[worst];
      heap[worst] = other;
      i = worst;
    }
}

static void
sift_up (Neighbour *heap, guint i)
{
  while (i > 0 && is_nearer (&heap[(i - 1) / 2], &heap[i]))
    {
      guint parent = (i - 1) / 2;
      Neighbour other = heap[i];

      heap[i] = heap[parent];
      heap[parent] = other;
      i = parent;
    }
}

static void
offer (Neighbour *heap, guint *n, guint k, const Neighbour *neighbour)
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

/* The votes of one test image's neighbours; minus infinity for a class without one. Weights are relative to the nearest
 * one's, which keeps the exponential in its range at any temperature. */
static void
vote (const Search *self, const Neighbour *heap, guint n, gfloat *score)
{
  gfloat nearest = -INFINITY;

  for (guint c = 0; c < self->n_classes; c++)
    score[c] = -INFINITY;
  for (guint i = 0; i < n; i++)
    nearest = MAX (nearest, heap[i].similarity);
  for (guint i = 0; i < n; i++)
    {
      gfloat *votes = &score[self->label[heap[i].image]];

      *votes = MAX (*votes, 0) + exp ((heap[i].similarity - nearest) / self->temperature);
    }
}

/* @score (n_rows, n_classes) of test images from @first on. */
static void
search_rows (const Search *self, guint first, guint n_rows, gfloat *score)
{
  gsize dim = self->test->dim;
  g_autofree gfloat *similarity = g_new (gfloat, (gsize)n_rows * TRAIN_ROWS);
  g_autofree Neighbour *heaps = g_new (Neighbour, (gsize)n_rows * self->k);
  guint n_found[TEST_ROWS] = { 0 }, n_columns;

  for (guint column = 0; column < self->train->n; column += n_columns)
    {
      n_columns = MIN (TRAIN_ROWS, self->train->n - column);
      cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasTrans, n_rows, n_columns, dim, 1, self->test->data + first * dim,
                   dim, self->train->data + column * dim, dim, 0, similarity, n_columns);
      for (guint r = 0; r < n_rows; r++)
        for (guint c = 0; c < n_columns; c++)
          {
            Neighbour neighbour = { .image = column + c };

            neighbour.similarity = similarity[(gsize)r * n_columns + c] * self->test_inverse[first + r]
                                   * self->train_inverse[column + c];
            offer (heaps + (gsize)r * self->k, &n_found[r], self->k, &neighbour);
          }
    }
  for (guint r = 0; r < n_rows; r++)
    vote (self, heaps + (gsize)r * self->k, n_found[r], score + (gsize)r * self->n_classes);
}

/* %NULL with an error when a feature is not a finite number. */
static gfloat *
measure_lengths (const SmaltiFeatures *features, GError **error)
{
  g_autofree gfloat *inverse = g_new (gfloat, features->n);
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

/* All test images, several blocks at a time, one a thread; told and stopped between those. */
static gboolean
search_all (const Search *self, SmaltiBenchmark *result, const gint32 *truth, GCancellable *cancellable,
            SmaltiEvalProgress progress, gpointer user_data, GError **error)
{
  g_autofree char *phase = g_strdup_printf (_ ("Looking for neighbours in %s"), self->test->layer);
  g_autofree gfloat *score = g_new (gfloat, (gsize)self->test->n * self->n_classes);
  guint n_together = TEST_ROWS * 16;

  for (guint begin = 0; begin < self->test->n; begin += n_together)
    {
      guint end = MIN (begin + n_together, self->test->n);

      if (progress != NULL)
        progress (phase, begin, self->test->n, user_data);
      if (g_cancellable_is_cancelled (cancellable))
        {
          g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED, _ ("Stopped."));
          return FALSE;
        }
        /* Products inside of a parallel region run on the thread that asks for them. */
#pragma omp parallel for schedule(dynamic)
      for (guint first = begin; first < end; first += TEST_ROWS)
        search_rows (self, first, MIN (TEST_ROWS, end - first), score + (gsize)first * self->n_classes);
    }
  smalti_benchmark_sum (result, smalti_benchmark_add (result, score, truth, self->test->n));
  return TRUE;
}

SmaltiBenchmark *
smalti_knn_told (const SmaltiFeatureSet *train, const SmaltiFeatureSet *test, guint layer, guint n_classes,
                 const SmaltiValues *values, GCancellable *cancellable, SmaltiEvalProgress progress, gpointer user_data,
                 GError **error)
{
  Search self = {
    .label = train->label,
    .n_classes = n_classes,
    .temperature = smalti_values_get_float (values, "temperature"),
  };
  g_autofree gfloat *train_inverse = NULL, *test_inverse = NULL;
  g_autoptr (SmaltiBenchmark) result = NULL;
  gint64 began = g_get_monotonic_time ();

  if (!smalti_check_features (train, test, layer, n_classes, error))
    return NULL;
  self.train = &train->layer[layer];
  self.test = &test->layer[layer];
  self.k = MIN (smalti_values_get_int (values, "k"), train->n);
  self.train_inverse = train_inverse = measure_lengths (self.train, error);
  if (train_inverse == NULL)
    return NULL;
  self.test_inverse = test_inverse = measure_lengths (self.test, error);
  if (test_inverse == NULL)
    return NULL;

  result = smalti_benchmark_new (self.test, "knn", "", n_classes, train->n);
  if (!search_all (&self, result, test->label, cancellable, progress, user_data, error))
    return NULL;
  result->seconds = (g_get_monotonic_time () - began) * 1e-6;
  return g_steal_pointer (&result);
}

SmaltiBenchmark *
smalti_knn (const SmaltiFeatureSet *train, const SmaltiFeatureSet *test, guint layer, guint n_classes,
            const SmaltiValues *values, GCancellable *cancellable, GError **error)
{
  return smalti_knn_told (train, test, layer, n_classes, values, cancellable, NULL, NULL, error);
}
