/* SPDX-License-Identifier: Apache-2.0 */
/* How strong the penalty should be depends on the features, their number and that of the images: a classifier at the
 * optimum of too weak a one has learnt the training images by heart. It is chosen as Goyal et al. 2019 choose the cost
 * of their support vector machines: on training images that are held back. The test images have no part in it.
 *
 * A walk from a middling decay, each fit beginning where the best so far ended: to weaker ones while the loss of the
 * images held back falls, else to stronger ones. A fit that makes it rise is given up early. */
#include <math.h>
#include <string.h>

#include "core/eval/softmax-regression-private.h"

#define MIDDLING   1e-4 /* times the number of features, the squared length of a standardised feature vector */
#define FEW_IMAGES 1e-3 /* times the same, where there is nothing to hold back */
#define FACTOR     0.31622777
#define MAX_STEPS  8 /* in one direction */
#define HELD_SHARE 5 /* one image of so many */
#define MIN_HELD   20
#define TOLERANCE  1e-3
#define PATIENCE   8    /* iterations that every fit gets */
#define HOPELESS   1.01 /* then it ends when the images held back lose so many times as much as with the best */

gdouble
smalti_softmax_regression_get_decay (const SmaltiSoftmaxRegression *self)
{
  return self->decay;
}

void
smalti_softmax_regression_set_decay (SmaltiSoftmaxRegression *self, gdouble decay)
{
  self->decay = decay;
}

typedef struct
{
  SmaltiSoftmaxRegression *model;
  GCancellable *cancellable;
  SmaltiSolverProgress progress;
  gpointer user_data;
  guint n_tried;
  gfloat *classifier, *gradient; /* work */
  gfloat *best;                  /* the classifier with the lowest held-out loss so far */
  gdouble lowest, best_decay;
} Walk;

static gboolean
has_hope (guint done, guint total, gpointer user_data)
{
  const Walk *self = user_data;

  if (self->progress != NULL)
    self->progress (self->n_tried * total + done, MAX_STEPS * total, self->user_data);
  return done < PATIENCE || !(self->model->held_loss > HOPELESS * self->lowest);
}

static void
hold_back (SmaltiSoftmaxRegression *self)
{
  guint n = self->features->n;
  g_autofree guint *n_seen = g_new0 (guint, self->n_classes);

  self->held = g_new0 (guint8, n);
  for (guint i = 0; i < n; i++)
    if (n_seen[self->label[i]]++ % HELD_SHARE == HELD_SHARE - 1)
      {
        self->held[i] = 1;
        self->n_held++;
      }
}

static void
release (SmaltiSoftmaxRegression *self)
{
  g_clear_pointer (&self->held, g_free);
  self->n_held = 0;
}

/* Fits with @decay, from the best so far. */
static gboolean
try (Walk *self, gdouble decay, gboolean *better, GError **error)
{
  SmaltiSoftmaxRegression *model = self->model;
  gsize n_bytes = smalti_softmax_regression_size (model) * sizeof (gfloat);

  model->decay = decay;
  memcpy (self->classifier, self->best, n_bytes);
  if (!smalti_softmax_regression_fit_lbfgs (model, self->classifier, TOLERANCE, self->cancellable, has_hope, self,
                                            error))
    return FALSE;
  smalti_softmax_regression_loss (self->classifier, self->gradient, model); /* for the held-out loss there */
  g_debug ("%s: decay %.3g: held-out loss %.4f", model->features->layer, decay, model->held_loss);
  self->n_tried++;
  *better = model->held_loss < self->lowest;
  if (*better)
    {
      self->lowest = model->held_loss;
      self->best_decay = decay;
      memcpy (self->best, self->classifier, n_bytes);
    }
  return TRUE;
}

static gboolean
walk (Walk *self, GError **error)
{
  const gdouble start = MIDDLING * self->model->features->dim;
  gboolean better;

  self->lowest = INFINITY;
  if (!try (self, start, &better, error))
    return FALSE;
  for (guint i = 0; i < MAX_STEPS && better; i++)
    if (!try (self, self->best_decay * FACTOR, &better, error))
      return FALSE;
  better = self->best_decay == start;
  for (guint i = 0; i < MAX_STEPS && better; i++)
    if (!try (self, self->best_decay / FACTOR, &better, error))
      return FALSE;
  self->model->decay = self->best_decay;
  return TRUE;
}

gboolean
smalti_softmax_regression_choose_decay (SmaltiSoftmaxRegression *self, gfloat *classifier, GCancellable *cancellable,
                                        SmaltiSolverProgress progress, gpointer user_data, GError **error)
{
  gsize size = smalti_softmax_regression_size (self);
  g_autofree gfloat *work = g_new (gfloat, 2 * size);
  Walk state = {
    .model = self,
    .cancellable = cancellable,
    .progress = progress,
    .user_data = user_data,
    .classifier = work,
    .gradient = work + size,
    .best = classifier,
  };
  gboolean ok = TRUE;

  hold_back (self);
  if (self->n_held < MIN_HELD)
    self->decay = FEW_IMAGES * self->features->dim;
  else
    ok = walk (&state, error);
  release (self);
  return ok;
}
