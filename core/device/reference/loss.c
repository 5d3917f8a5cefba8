/* SPDX-License-Identifier: Apache-2.0 */
/* Softmax, losses and the count of right answers. A position is one (n, h, w); its classes lie H * W elements apart. */
#include <math.h>

#include "core/device/reference/reference-private.h"

/* log sum_c exp (scale * x_c) at one position, the largest taken out so that nothing overflows. */
static gdouble
log_sum_exp (const gdouble *x, gint64 n, gint64 stride, gdouble scale)
{
  gdouble largest = scale * x[0], sum = 0;

  for (gint64 c = 1; c < n; c++)
    largest = MAX (largest, scale * x[c * stride]);
  for (gint64 c = 0; c < n; c++)
    sum += exp (scale * x[c * stride] - largest);
  return largest + log (sum);
}

/* Where class 0 of position @p lies. */
static inline gint64
class_zero (const SmaltiReferenceView *view, gint64 p)
{
  return p / view->inner * view->channels * view->inner + p % view->inner;
}

void
smalti_reference_softmax (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const gdouble scale = kernel->node->attr.scale.factor;
  const SmaltiReferenceView view = smalti_reference_view (kernel->node->input[0]);
  const gdouble *x = smalti_reference_in (kernel, 0);
  gdouble *y = smalti_reference_out (kernel, 0);

  for (gint64 p = 0; p < view.n * view.inner; p++)
    {
      const gint64 zero = class_zero (&view, p);
      const gdouble log_sum = log_sum_exp (x + zero, view.channels, view.inner, scale);

      for (gint64 c = 0; c < view.channels; c++)
        y[zero + c * view.inner] = exp (scale * x[zero + c * view.inner] - log_sum);
    }
}

/* dx = scale y (dy - y . dy) */
void
smalti_reference_softmax_backward (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const gdouble scale = kernel->node->attr.scale.factor;
  const SmaltiReferenceView view = smalti_reference_view (kernel->node->input[0]);
  const gdouble *y = smalti_reference_in (kernel, 0), *dy = smalti_reference_in (kernel, 1);
  gdouble *dx = smalti_reference_out (kernel, 0);

  for (gint64 p = 0; p < view.n * view.inner; p++)
    {
      const gint64 zero = class_zero (&view, p);
      gdouble dot = 0;

      for (gint64 c = 0; c < view.channels; c++)
        dot += y[zero + c * view.inner] * dy[zero + c * view.inner];
      for (gint64 c = 0; c < view.channels; c++)
        dx[zero + c * view.inner] = scale * y[zero + c * view.inner] * (dy[zero + c * view.inner] - dot);
    }
}

/* The target distribution t of position @p, smoothed, and the position's weight. FALSE: it does not count. */
static gboolean
target_at (const SmaltiKernel *kernel, const SmaltiReferenceView *view, gint64 p, gdouble *t, gdouble *weight)
{
  const SmaltiNode *node = kernel->node;
  const SmaltiCrossEntropyAttr *attr = &node->attr.cross_entropy;
  const guint weights_input = attr->target == SMALTI_TARGET_SPARSE ? 3 : 2;
  const gint64 n_classes = view->channels;

  for (gint64 c = 0; c < n_classes; c++)
    t[c] = 0;
  if (attr->target == SMALTI_TARGET_INDEX)
    {
      const gint32 index = smalti_reference_in_i32 (kernel, 1)[p];

      if (index < 0)
        return FALSE;
      g_assert (index < n_classes);
      t[index] = 1;
    }
  else if (attr->target == SMALTI_TARGET_SOFT)
    {
      const gdouble *given = smalti_reference_in (kernel, 1) + class_zero (view, p);

      for (gint64 c = 0; c < n_classes; c++)
        t[c] = given[c * view->inner];
    }
  else
    {
      const SmaltiReferenceView sparse = smalti_reference_view (node->input[1]);
      const gint32 *index = smalti_reference_in_i32 (kernel, 1) + class_zero (&sparse, p);
      const gdouble *probability = smalti_reference_in (kernel, 2) + class_zero (&sparse, p);

      for (gint64 k = 0; k < sparse.channels; k++)
        {
          g_assert (index[k * sparse.inner] >= 0 && index[k * sparse.inner] < n_classes);
          t[index[k * sparse.inner]] += probability[k * sparse.inner];
        }
    }
  for (gint64 c = 0; c < n_classes; c++)
    t[c] = (1 - (gdouble)attr->label_smoothing) * t[c] + (gdouble)attr->label_smoothing / n_classes;
  *weight = attr->weighted ? smalti_reference_in (kernel, weights_input)[p] : 1;
  return TRUE;
}

/* What the sum over positions is divided by; at least 1, so that no position at all costs nothing. */
static gdouble
divisor (const SmaltiKernel *kernel, const SmaltiReferenceView *view)
{
  const SmaltiCrossEntropyAttr *attr = &kernel->node->attr.cross_entropy;
  gint64 n = 0;

  if (!attr->mean_over_positions)
    return view->n;
  for (gint64 p = 0; p < view->n * view->inner; p++)
    n += attr->target != SMALTI_TARGET_INDEX || smalti_reference_in_i32 (kernel, 1)[p] >= 0;
  return MAX (n, 1);
}

void
smalti_reference_cross_entropy (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiReferenceView view = smalti_reference_view (kernel->node->input[0]);
  const gdouble *x = smalti_reference_in (kernel, 0);
  g_autofree gdouble *t = g_new (gdouble, view.channels);
  gdouble sum = 0;

  for (gint64 p = 0; p < view.n * view.inner; p++)
    {
      const gint64 zero = class_zero (&view, p);
      const gdouble log_sum = log_sum_exp (x + zero, view.channels, view.inner, 1);
      gdouble weight;

      if (!target_at (kernel, &view, p, t, &weight))
        continue;
      for (gint64 c = 0; c < view.channels; c++)
        sum -= weight * t[c] * (x[zero + c * view.inner] - log_sum);
    }
  *smalti_reference_out (kernel, 0) = sum / divisor (kernel, &view);
}

/* dlogits = dloss weight (softmax (logits) sum_c t_c - t) / divisor; t need not sum to 1. */
void
smalti_reference_cross_entropy_backward (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiReferenceView view = smalti_reference_view (kernel->node->input[0]);
  const gdouble *x = smalti_reference_in (kernel, 0);
  const gdouble dloss = *smalti_reference_in (kernel, kernel->node->n_inputs - 1);
  const gdouble factor = dloss / divisor (kernel, &view);
  g_autofree gdouble *t = g_new (gdouble, view.channels);
  gdouble *dx = smalti_reference_out (kernel, 0);

  for (gint64 p = 0; p < view.n * view.inner; p++)
    {
      const gint64 zero = class_zero (&view, p);
      const gdouble log_sum = log_sum_exp (x + zero, view.channels, view.inner, 1);
      gdouble weight, total = 0;
      gboolean counts = target_at (kernel, &view, p, t, &weight);

      for (gint64 c = 0; c < view.channels; c++)
        total += t[c];
      for (gint64 c = 0; c < view.channels; c++)
        {
          const gint64 k = zero + c * view.inner;

          dx[k] = counts ? factor * weight * (exp (x[k] - log_sum) * total - t[c]) : 0;
        }
    }
}

void
smalti_reference_mse (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const gint64 n = smalti_reference_size (kernel->node->input[0]);
  const gdouble *a = smalti_reference_in (kernel, 0), *b = smalti_reference_in (kernel, 1);
  gdouble sum = 0;

  for (gint64 i = 0; i < n; i++)
    sum += (a[i] - b[i]) * (a[i] - b[i]);
  *smalti_reference_out (kernel, 0) = sum / n;
}

void
smalti_reference_mse_backward (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const gint64 n = smalti_reference_size (kernel->node->input[0]);
  const gdouble *a = smalti_reference_in (kernel, 0), *b = smalti_reference_in (kernel, 1);
  const gdouble dloss = *smalti_reference_in (kernel, 2);
  gdouble *da = smalti_reference_out (kernel, 0);

  for (gint64 i = 0; i < n; i++)
    da[i] = dloss * 2 * (a[i] - b[i]) / n;
}

/* How many classes come before @target when sorted by logit, largest first, of equal ones the smaller index first, and
 * what is not a number last. */
static gint64
rank_of (const gdouble *x, gint64 n_classes, gint64 stride, gint32 target)
{
  const gdouble own = x[target * stride];
  gint64 rank = 0;

  for (gint64 c = 0; c < n_classes; c++)
    rank += x[c * stride] > own || (x[c * stride] == own && c < target);
  return rank;
}

void
smalti_reference_correct (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiReferenceView view = smalti_reference_view (kernel->node->input[0]);
  const gdouble *x = smalti_reference_in (kernel, 0);
  const gint32 *target = smalti_reference_in_i32 (kernel, 1);
  gint64 n_correct = 0;

  for (gint64 p = 0; p < view.n * view.inner; p++)
    {
      const gint64 zero = class_zero (&view, p);

      if (target[p] < 0)
        continue;
      g_assert (target[p] < view.channels);
      n_correct += !isnan (x[zero + target[p] * view.inner])
                   && rank_of (x + zero, view.channels, view.inner, target[p]) < kernel->node->attr.correct.k;
    }
  *smalti_reference_out (kernel, 0) = n_correct;
}
