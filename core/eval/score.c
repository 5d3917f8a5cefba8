/* SPDX-License-Identifier: Apache-2.0 */
/* Counting answers. Everything but top-5 follows from the confusion. */
#include "core/eval/score-private.h"

#include <math.h>

#include "core/base/error.h"

#define Z_95 1.959963984540054 /* standard normal deviate of 97.5% */

SmaltiShare
smalti_share (guint64 hits, guint64 n)
{
  gdouble p, z2, middle, half;

  g_return_val_if_fail (hits <= n, ((SmaltiShare){ 0, 0, 1 }));

  if (n == 0) /* nothing was tried: it may be anything */
    return (SmaltiShare){ 0, 0, 1 };
  p = (gdouble)hits / n;
  z2 = Z_95 * Z_95 / n;
  middle = (p + z2 / 2) / (1 + z2);
  half = Z_95 / (1 + z2) * sqrt (p * (1 - p) / n + z2 / (4 * n));
  return (SmaltiShare){
    .value = p,
    .low = hits == 0 ? 0 : MAX (middle - half, 0),
    .high = hits == n ? 1 : MIN (middle + half, 1),
  };
}

gboolean
smalti_score_hits (const gfloat *score, guint n_classes, gint truth, guint k)
{
  guint n_before = 0;

  if (score[truth] == -INFINITY)
    return FALSE;
  for (gint c = 0; c < (gint)n_classes; c++)
    n_before += score[c] > score[truth] || (score[c] == score[truth] && c < truth);
  return n_before < k;
}

guint
smalti_score_answer (const gfloat *score, guint n_classes)
{
  guint best = 0;

  for (guint c = 1; c < n_classes; c++)
    if (score[c] > score[best])
      best = c;
  return best;
}

SmaltiBenchmark *
smalti_benchmark_new (const SmaltiFeatures *test, const char *protocol, const char *solver, guint n_classes,
                      guint n_train)
{
  SmaltiBenchmark *self = g_new0 (SmaltiBenchmark, 1);

  self->layer = g_strdup (test->layer);
  self->protocol = g_strdup (protocol);
  self->solver = g_strdup (solver);
  self->dim = test->dim;
  self->n_classes = n_classes;
  self->n_train = n_train;
  self->n_test = test->n;
  self->per_class = g_new0 (SmaltiShare, n_classes);
  self->confusion = g_new0 (guint32, (gsize)n_classes * n_classes);
  self->answer = g_new0 (gint32, test->n);
  self->decay = NAN;
  self->train_top1 = NAN;
  return self;
}

guint
smalti_benchmark_add (SmaltiBenchmark *self, const gfloat *score, const gint32 *truth, guint n_rows)
{
  guint hits = 0;

  for (guint i = 0; i < n_rows; i++, score += self->n_classes)
    {
      guint answer = smalti_score_answer (score, self->n_classes);

      g_assert (self->n_answered < self->n_test);
      self->answer[self->n_answered++] = answer;
      self->confusion[(gsize)truth[i] * self->n_classes + answer]++;
      hits += smalti_score_hits (score, self->n_classes, truth[i], 5);
    }
  return hits;
}

void
smalti_benchmark_sum (SmaltiBenchmark *self, guint top5_hits)
{
  guint hits = 0;

  for (guint c = 0; c < self->n_classes; c++)
    {
      const guint32 *row = self->confusion + (gsize)c * self->n_classes;
      guint n = 0;

      for (guint answer = 0; answer < self->n_classes; answer++)
        n += row[answer];
      self->per_class[c] = smalti_share (row[c], n);
      hits += row[c];
    }
  self->top1 = smalti_share (hits, self->n_test);
  self->top5 = smalti_share (top5_hits, self->n_test);
}

static gboolean
check_labels (const SmaltiFeatureSet *set, guint n_classes, GError **error)
{
  for (guint i = 0; i < set->n; i++)
    if (set->label[i] < 0 || (guint)set->label[i] >= n_classes)
      {
        g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA,
                     _ ("Image %u of those to be measured has label %d, which is none of the %u classes."),
                     set->item[i], set->label[i], n_classes);
        return FALSE;
      }
  return TRUE;
}

gboolean
smalti_check_features (const SmaltiFeatureSet *train, const SmaltiFeatureSet *test, guint layer, guint n_classes,
                       GError **error)
{
  gboolean several = FALSE;

  g_assert (layer < train->n_layers && layer < test->n_layers);
  g_assert (train->layer[layer].dim == test->layer[layer].dim);
  if (train->n == 0 || test->n == 0)
    {
      g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_DATA,
                           train->n == 0 ? _ ("There is no labelled image to train the classifier on.")
                                         : _ ("There is no labelled image held out to measure on."));
      return FALSE;
    }
  if (!check_labels (train, n_classes, error) || !check_labels (test, n_classes, error))
    return FALSE;
  for (guint i = 1; i < train->n && !several; i++)
    several = train->label[i] != train->label[0];
  if (several)
    return TRUE;
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA,
               _ ("All %u training images are of one class; the benchmark needs images of at least two."), train->n);
  return FALSE;
}
