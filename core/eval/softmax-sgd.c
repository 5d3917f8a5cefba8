/* SPDX-License-Identifier: Apache-2.0 */
/* Stochastic gradient descent as Goyal et al. 2019 train their classifiers. A batch is gathered from all over the
 * features and standardised on the way, so here nothing is folded into the weights. */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/eval/softmax-regression-private.h"

#define MOMENTUM   0.9f
#define BASE_BATCH 256
#define N_DROPS    3

typedef struct
{
  SmaltiSoftmaxRegression *model;
  guint batch;
  gfloat *x;      /* (batch, dim) */
  gfloat *logits; /* (batch, n_classes) */
  gint32 *label;
  gfloat *classifier, *velocity, *gradient;
  gdouble *bias_gradient;
} Descent;

static void
gather (Descent *self, const guint32 *images, guint n)
{
  const SmaltiSoftmaxRegression *model = self->model;
  gsize dim = model->features->dim;

#pragma omp parallel for schedule(static)
  for (guint i = 0; i < n; i++)
    {
      const gfloat *from = model->features->data + images[i] * dim;
      gfloat *to = self->x + i * dim;

      self->label[i] = model->label[images[i]];
      for (gsize j = 0; j < dim; j++)
        to[j] = (from[j] - model->mean[j]) * model->scale[j];
    }
}

/* PyTorch's form: v <- m v + g, p <- p - lr (g + m v). */
static void
update (Descent *self, gsize first, gsize n, gfloat share, gfloat decay, gfloat lr)
{
#pragma omp parallel for schedule(static)
  for (gsize block = first; block < first + n; block += SMALTI_COLUMN_BLOCK)
    for (gsize i = block; i < MIN (block + SMALTI_COLUMN_BLOCK, first + n); i++)
      {
        gfloat gradient = self->gradient[i] * share + decay * self->classifier[i];

        self->velocity[i] = MOMENTUM * self->velocity[i] + gradient;
        self->classifier[i] -= lr * (gradient + MOMENTUM * self->velocity[i]);
      }
}

/* Returns the batch's summed cross-entropy before the step. */
static gdouble
step (Descent *self, const guint32 *images, guint n, gfloat lr)
{
  guint n_classes = self->model->n_classes;
  gsize dim = self->model->features->dim, n_weights = n_classes * dim;
  gdouble loss;

  gather (self, images, n);
  for (guint i = 0; i < n; i++)
    memcpy (self->logits + (gsize)i * n_classes, self->classifier + n_weights, n_classes * sizeof (gfloat));
  cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasTrans, n, n_classes, dim, 1, self->x, dim, self->classifier, dim, 1,
               self->logits, n_classes);
  memset (self->bias_gradient, 0, n_classes * sizeof (gdouble));
  loss = smalti_softmax_backward (self->logits, self->label, NULL, n, n_classes, self->bias_gradient, NULL);
  cblas_sgemm (CblasRowMajor, CblasTrans, CblasNoTrans, n_classes, dim, n, 1, self->logits, n_classes, self->x, dim, 0,
               self->gradient, dim);
  for (guint c = 0; c < n_classes; c++)
    self->gradient[n_weights + c] = self->bias_gradient[c];
  update (self, 0, n_weights, 1.0f / n, self->model->decay, lr);
  update (self, n_weights, n_classes, 1.0f / n, 0, lr);
  return loss;
}

static gfloat
rate_of (guint epoch, guint n_epochs)
{
  gfloat rate = 1;

  for (guint drop = 1; drop <= N_DROPS; drop++)
    if ((guint64)epoch * 28 >= (guint64)n_epochs * 8 * drop)
      rate /= 10;
  return rate;
}

/* A batch may be smaller than asked for: then it is all there is. */
static void
descent_init (Descent *self, SmaltiSoftmaxRegression *model, guint batch)
{
  gsize size = smalti_softmax_regression_size (model);

  self->model = model;
  self->batch = MIN (batch, model->features->n);
  self->x = g_new (gfloat, self->batch * model->features->dim);
  self->logits = g_new (gfloat, (gsize)self->batch * model->n_classes);
  self->label = g_new (gint32, self->batch);
  self->classifier = g_new0 (gfloat, size);
  self->velocity = g_new0 (gfloat, size);
  self->gradient = g_new (gfloat, size);
  self->bias_gradient = g_new (gdouble, model->n_classes);
}

static void
descent_clear (Descent *self)
{
  g_free (self->x);
  g_free (self->logits);
  g_free (self->label);
  g_free (self->classifier);
  g_free (self->velocity);
  g_free (self->gradient);
  g_free (self->bias_gradient);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Descent, descent_clear)

gfloat *
smalti_softmax_regression_fit_sgd (SmaltiSoftmaxRegression *model, guint n_epochs, gdouble lr, guint batch,
                                   guint64 seed, GCancellable *cancellable, SmaltiSolverProgress progress,
                                   gpointer user_data, GError **error)
{
  guint n = model->features->n;
  g_autofree guint32 *order = g_new (guint32, n);
  g_auto (Descent) self = { 0 };

  descent_init (&self, model, batch);
  lr *= (gdouble)self.batch / BASE_BATCH;
  for (guint i = 0; i < n; i++)
    order[i] = i;
  for (guint epoch = 0; epoch < n_epochs; epoch++)
    {
      SmaltiRandom random;
      gdouble loss = 0;

      smalti_random_init (&random, seed, SMALTI_STREAM_SHUFFLE, epoch, 0);
      smalti_random_shuffle (&random, order, n);
      for (guint i = 0; i < n; i += self.batch)
        {
          if (g_cancellable_is_cancelled (cancellable))
            {
              g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED, _ ("Stopped."));
              return NULL;
            }
          loss += step (&self, order + i, MIN (self.batch, n - i), lr * rate_of (epoch, n_epochs));
        }
      if (!isfinite (loss))
        {
          g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DIVERGED,
                       _ ("The classifier on layer %s diverged; make eval.lr smaller."), model->features->layer);
          return NULL;
        }
      if (progress != NULL && !progress (epoch + 1, n_epochs, user_data))
        break;
    }
  return g_steal_pointer (&self.classifier);
}
