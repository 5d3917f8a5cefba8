/* SPDX-License-Identifier: Apache-2.0 */
/* A vote of the nearest training images (nearest.c). Blocks of test images are independent, so threads share nothing.
 */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/eval/nearest-private.h"
#include "core/eval/probe-private.h"
#include "core/eval/score-private.h"

typedef struct
{
  const SmaltiFeatures *train, *test;
  const gint32 *label;                  /* of training images */
  gfloat *train_inverse, *test_inverse; /* 1 / length of each feature vector; 0 for a vector of zeros */
  guint n_classes, k;
  gdouble temperature;
} Search;

/* The votes of one test image's neighbours; minus infinity for a class without one. Weights are relative to the nearest
 * one's, which keeps the exponential in its range at any temperature. */
static void
vote (const Search *self, const SmaltiNeighbour *found, guint n, gfloat *score)
{
  gfloat nearest = -INFINITY;

  for (guint c = 0; c < self->n_classes; c++)
    score[c] = -INFINITY;
  for (guint i = 0; i < n; i++)
    nearest = MAX (nearest, found[i].similarity);
  for (guint i = 0; i < n; i++)
    {
      gfloat *votes = &score[self->label[found[i].image]];

      *votes = MAX (*votes, 0) + exp ((found[i].similarity - nearest) / self->temperature);
    }
}

/* @score (n_rows, n_classes) of test images from @first on. */
static void
search_rows (const Search *self, guint first, guint n_rows, gfloat *score)
{
  const SmaltiPoints points
      = { .data = self->train->data, .n = self->train->n, .dim = self->train->dim, .scale = self->train_inverse };
  g_autofree SmaltiNeighbour *found = g_new (SmaltiNeighbour, (gsize)n_rows * self->k);
  guint n_found[SMALTI_NEAREST_ROWS];

  smalti_nearest_search (&points, self->test->data + first * self->test->dim, self->test_inverse + first, n_rows, -1,
                         self->k, found, n_found);
  for (guint r = 0; r < n_rows; r++)
    vote (self, found + (gsize)r * self->k, n_found[r], score + (gsize)r * self->n_classes);
}

/* All test images, several blocks at a time, one a thread; told and stopped between those. */
static gboolean
search_all (const Search *self, SmaltiBenchmark *result, const gint32 *truth, GCancellable *cancellable,
            SmaltiEvalProgress progress, gpointer user_data, GError **error)
{
  g_autofree char *phase = g_strdup_printf (_ ("Looking for neighbours in %s"), self->test->layer);
  g_autofree gfloat *score = g_new (gfloat, (gsize)self->test->n * self->n_classes);
  guint n_together = SMALTI_NEAREST_ROWS * 16;

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
      for (guint first = begin; first < end; first += SMALTI_NEAREST_ROWS)
        search_rows (self, first, MIN (SMALTI_NEAREST_ROWS, end - first), score + (gsize)first * self->n_classes);
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
  self.train_inverse = train_inverse = smalti_inverse_lengths (self.train, error);
  if (train_inverse == NULL)
    return NULL;
  self.test_inverse = test_inverse = smalti_inverse_lengths (self.test, error);
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
