/* SPDX-License-Identifier: Apache-2.0 */
/* The loss and its gradient in one pass over the features.
 *
 * Standardising is folded into the weights, W (x - mean) scale = (W scale) x - (W scale) mean, so that no standardised
 * copy of the features (hundreds of megabytes) is made, written or read. The images are cut into parts of a fixed
 * number, whatever the number of threads, and each part into blocks of rows that stay in the cache between the two
 * products: a block's logits, then its share of the gradient. Parts are added up in their order: the sum has the same
 * bits always. */
#include "core/eval/softmax-regression.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/eval/lbfgs.h"
#include "core/eval/softmax-regression-private.h"

#define MAX_PARTS        16
#define MIN_PARTS        4
#define PART_ROWS        64           /* at least, but for the last part */
#define PARTS_BYTES      (256u << 20) /* of gradients, before there are fewer parts */
#define BLOCK_BYTES      (4u << 20)
#define HISTORY          10
#define MAX_ITERATIONS   500
#define CHANNEL_BLOCK    16
#define LOWEST_DEVIATION 1e-5 /* of the mean: below it there is rounding and nothing else */

static guint
choose_parts (gsize dim, guint n_classes)
{
  return CLAMP (PARTS_BYTES / (dim * n_classes * sizeof (gfloat)), MIN_PARTS, MAX_PARTS);
}

typedef struct
{
  gdouble sum, squares;
} Moments;

/* Over all images and positions, of a few channels that lie side by side. */
static void
add_moments (const SmaltiFeatures *features, gint first, gint n_channels, Moments *moments)
{
  gsize area = features->dim / features->channels;

  for (guint i = 0; i < features->n; i++)
    {
      const gfloat *x = features->data + i * features->dim + first * area;

      for (gint c = 0; c < n_channels; c++, x += area)
        {
          gdouble sum = 0, squares = 0;

          for (gsize j = 0; j < area; j++)
            {
              sum += x[j];
              squares += (gdouble)x[j] * x[j];
            }
          moments[c].sum += sum;
          moments[c].squares += squares;
        }
    }
}

/* FALSE: some feature is not a finite number. */
static gboolean
measure_channels (SmaltiSoftmaxRegression *self)
{
  const SmaltiFeatures *features = self->features;
  gsize area = features->dim / features->channels;
  gdouble count = (gdouble)features->n * area;
  gboolean finite = TRUE;

#pragma omp parallel for schedule(static) reduction(&& : finite)
  for (gint first = 0; first < features->channels; first += CHANNEL_BLOCK)
    {
      gint n_channels = MIN (CHANNEL_BLOCK, features->channels - first);
      Moments moments[CHANNEL_BLOCK] = { 0 };

      add_moments (features, first, n_channels, moments);
      for (gint c = 0; c < n_channels; c++)
        {
          gdouble mean = moments[c].sum / count;
          gdouble deviation = sqrt (MAX (moments[c].squares / count - mean * mean, 0));

          finite = finite && isfinite (moments[c].squares);
          for (gsize j = (first + c) * area; j < (first + c + 1) * area; j++)
            {
              self->mean[j] = mean;
              self->scale[j] = deviation > LOWEST_DEVIATION * fabs (mean) ? 1 / deviation : 0;
            }
        }
    }
  return finite;
}

SmaltiSoftmaxRegression *
smalti_softmax_regression_new (const SmaltiFeatures *features, const gint32 *label, guint n_classes, gdouble decay,
                               GError **error)
{
  g_autoptr (SmaltiSoftmaxRegression) self = g_new0 (SmaltiSoftmaxRegression, 1);
  gsize n_weights = features->dim * n_classes;

  self->features = features;
  self->label = label;
  self->n_classes = n_classes;
  self->decay = decay;
  self->n_parts = MIN (choose_parts (features->dim, n_classes), 1 + features->n / PART_ROWS);
  self->n_block_rows = CLAMP (BLOCK_BYTES / (features->dim * sizeof (gfloat)) / 16 * 16, 16, 512);
  self->mean = g_new (gfloat, features->dim);
  self->scale = g_new (gfloat, features->dim);
  self->folded = g_try_new (gfloat, n_weights);
  self->part_gradient = g_try_new (gfloat, n_weights * self->n_parts);
  self->part_bias = g_new (gdouble, n_classes * self->n_parts);
  self->part_loss = g_new (gdouble, self->n_parts);
  self->part_held_loss = g_new (gdouble, self->n_parts);
  self->part_logits = g_new (gfloat, (gsize)self->n_parts * self->n_block_rows * n_classes);
  if (self->folded == NULL || self->part_gradient == NULL)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_MEMORY,
                   _ ("There is no memory for a classifier of %u classes on the %zu numbers of layer %s; make "
                      "eval.max_dim smaller."),
                   n_classes, features->dim, features->layer);
      return NULL;
    }
  if (!measure_channels (self))
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA,
                   _ ("Features of layer %s are not finite numbers: the network's weights are of no use."),
                   features->layer);
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
smalti_softmax_regression_free (SmaltiSoftmaxRegression *self)
{
  g_free (self->mean);
  g_free (self->scale);
  g_free (self->folded);
  g_free (self->part_gradient);
  g_free (self->part_bias);
  g_free (self->part_loss);
  g_free (self->part_held_loss);
  g_free (self->held);
  g_free (self->part_logits);
  g_free (self);
}

gsize
smalti_softmax_regression_size (const SmaltiSoftmaxRegression *self)
{
  return self->n_classes * (self->features->dim + 1);
}

/* folded <- weights scale, bias <- biases - folded mean. */
static void
fold (const SmaltiSoftmaxRegression *self, const gfloat *classifier, gfloat *folded, gfloat *bias)
{
  gsize dim = self->features->dim;

#pragma omp parallel for schedule(static)
  for (guint c = 0; c < self->n_classes; c++)
    {
      const gfloat *weight = classifier + c * dim;
      gdouble shift = 0;

      for (gsize j = 0; j < dim; j++)
        {
          folded[c * dim + j] = weight[j] * self->scale[j];
          shift += (gdouble)folded[c * dim + j] * self->mean[j];
        }
      bias[c] = classifier[self->n_classes * dim + c] - shift;
    }
}

/* logits (n_rows, n_classes) <- x folded^T + bias */
static void
multiply (const gfloat *x, gsize dim, guint n_rows, const gfloat *folded, const gfloat *bias, guint n_classes,
          gfloat *logits)
{
  for (guint i = 0; i < n_rows; i++)
    memcpy (logits + (gsize)i * n_classes, bias, n_classes * sizeof *bias);
  cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasTrans, n_rows, n_classes, dim, 1, x, dim, folded, dim, 1, logits,
               n_classes);
}

gdouble
smalti_softmax_backward (gfloat *logits, const gint32 *label, const guint8 *held, guint n_rows, guint n_classes,
                         gdouble *bias, gdouble *held_loss)
{
  gdouble loss = 0;

  for (guint i = 0; i < n_rows; i++, logits += n_classes)
    {
      gfloat largest = logits[0], sum = 0, own = logits[label[i]];

      for (guint c = 1; c < n_classes; c++)
        largest = MAX (largest, logits[c]);
      for (guint c = 0; c < n_classes; c++)
        sum += logits[c] = expf (logits[c] - largest);
      if (held != NULL && held[i])
        {
          *held_loss += log (sum) - (own - largest);
          memset (logits, 0, n_classes * sizeof *logits);
          continue;
        }
      loss += log (sum) - (own - largest);
      for (guint c = 0; c < n_classes; c++)
        logits[c] /= sum;
      logits[label[i]] -= 1;
      for (guint c = 0; c < n_classes; c++)
        bias[c] += logits[c];
    }
  return loss;
}

static void
add_part (SmaltiSoftmaxRegression *self, guint part, const gfloat *bias)
{
  const SmaltiFeatures *features = self->features;
  guint n_classes = self->n_classes;
  gsize dim = features->dim;
  guint end = (guint64)features->n * (part + 1) / self->n_parts, n_rows;
  gfloat *logits = self->part_logits + (gsize)part * self->n_block_rows * n_classes;
  gfloat *gradient = self->part_gradient + part * n_classes * dim;
  gdouble *bias_gradient = self->part_bias + part * n_classes;

  self->part_loss[part] = self->part_held_loss[part] = 0;
  memset (gradient, 0, n_classes * dim * sizeof *gradient);
  memset (bias_gradient, 0, n_classes * sizeof *bias_gradient);
  for (guint i = (guint64)features->n * part / self->n_parts; i < end; i += n_rows)
    {
      const gfloat *x = features->data + i * dim;

      n_rows = MIN (self->n_block_rows, end - i);
      multiply (x, dim, n_rows, self->folded, bias, n_classes, logits);
      self->part_loss[part]
          += smalti_softmax_backward (logits, self->label + i, self->held != NULL ? self->held + i : NULL, n_rows,
                                      n_classes, bias_gradient, &self->part_held_loss[part]);
      cblas_sgemm (CblasRowMajor, CblasTrans, CblasNoTrans, n_classes, dim, n_rows, 1, logits, n_classes, x, dim, 1,
                   gradient, dim);
    }
}

/* gradient <- scale (sum of parts - bias gradient mean) / n + decay W */
static void
unfold_gradient (const SmaltiSoftmaxRegression *self, const gfloat *classifier, const gdouble *bias_gradient,
                 gfloat *gradient)
{
  gsize dim = self->features->dim, n_weights = self->n_classes * dim;
  gdouble share = 1.0 / (self->features->n - self->n_held);

#pragma omp parallel for collapse(2) schedule(static)
  for (guint c = 0; c < self->n_classes; c++)
    for (gsize first = 0; first < dim; first += SMALTI_COLUMN_BLOCK)
      for (gsize j = first; j < MIN (first + SMALTI_COLUMN_BLOCK, dim); j++)
        {
          gdouble sum = -bias_gradient[c] * self->mean[j];

          for (guint part = 0; part < self->n_parts; part++)
            sum += self->part_gradient[part * n_weights + c * dim + j];
          gradient[c * dim + j] = sum * self->scale[j] * share + self->decay * classifier[c * dim + j];
        }
  for (guint c = 0; c < self->n_classes; c++)
    gradient[n_weights + c] = bias_gradient[c] * share;
}

gdouble
smalti_softmax_regression_loss (const gfloat *classifier, gfloat *gradient, gpointer user_data)
{
  SmaltiSoftmaxRegression *self = user_data;
  gsize n_weights = self->n_classes * self->features->dim;
  g_autofree gfloat *bias = g_new (gfloat, self->n_classes);
  g_autofree gdouble *bias_gradient = g_new0 (gdouble, self->n_classes);
  gdouble loss = 0, squares = 0, held_loss = 0;

  fold (self, classifier, self->folded, bias);
  /* Products inside of a parallel region run on the thread that asks for them. */
#pragma omp parallel for schedule(dynamic)
  for (guint part = 0; part < self->n_parts; part++)
    add_part (self, part, bias);
  for (guint part = 0; part < self->n_parts; part++)
    {
      loss += self->part_loss[part];
      held_loss += self->part_held_loss[part];
      for (guint c = 0; c < self->n_classes; c++)
        bias_gradient[c] += self->part_bias[part * self->n_classes + c];
    }
  unfold_gradient (self, classifier, bias_gradient, gradient);
  for (gsize i = 0; i < n_weights; i++)
    squares += (gdouble)classifier[i] * classifier[i];
  if (self->n_held > 0)
    self->held_loss = held_loss / self->n_held;
  return loss / (self->features->n - self->n_held) + self->decay / 2 * squares;
}

gboolean
smalti_softmax_regression_fit_lbfgs (SmaltiSoftmaxRegression *self, gfloat *classifier, gdouble tolerance,
                                     GCancellable *cancellable, SmaltiSolverProgress progress, gpointer user_data,
                                     GError **error)
{
  const SmaltiLbfgsOptions options = {
    .history = HISTORY,
    .max_iterations = MAX_ITERATIONS,
    .gradient_tolerance = tolerance,
    .decrease_tolerance = tolerance,
    .cancellable = cancellable,
    .goes_on = progress,
    .goes_on_data = user_data,
  };
  SmaltiLbfgsResult result;

  if (!smalti_lbfgs_minimize (classifier, smalti_softmax_regression_size (self), smalti_softmax_regression_loss, self,
                              &options, &result, error))
    return FALSE;
  g_debug ("%s: decay %.3g: loss %.6f, gradient %.2e after %u iterations, %u evaluations%s", self->features->layer,
           self->decay, result.value, result.gradient_norm, result.n_iterations, result.n_evaluations,
           result.converged ? "" : ", not converged");
  return TRUE;
}

void
smalti_softmax_regression_answer (const SmaltiSoftmaxRegression *self, const gfloat *classifier,
                                  const SmaltiFeatures *features, guint first, guint n_rows, gfloat *logits)
{
  g_autofree gfloat *folded = g_new (gfloat, self->n_classes * features->dim);
  g_autofree gfloat *bias = g_new (gfloat, self->n_classes);

  g_assert (features->dim == self->features->dim);
  fold (self, classifier, folded, bias);
  multiply (features->data + first * features->dim, features->dim, n_rows, folded, bias, self->n_classes, logits);
}

guint64
smalti_softmax_regression_bytes (gsize dim, guint n_classes)
{
  return sizeof (gfloat) * (guint64)dim * n_classes * (choose_parts (dim, n_classes) + 1 + 5 + 2 * HISTORY + 4);
}
