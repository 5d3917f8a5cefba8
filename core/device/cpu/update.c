/* SPDX-License-Identifier: Apache-2.0 */
/* The optimizer's step over all parameters.
 *
 * Two passes: the norms of the gradients, which clipping and LARS need before anything may change, then one pass over
 * each tensor that reads and writes all it has once. Norms are summed in double, in pieces whose order does not depend
 * on the threads. A small tensor is not worth a second thread. */
#include "core/device/cpu/rows-private.h"

#include <math.h>

#define MAX_PIECES 64
#define MIN_PIECE  16384

SMALTI_CPU_CLONES static gdouble
sum_squares (const gfloat *x, gint64 n)
{
  gdouble sum = 0;

#pragma omp simd reduction(+ : sum)
  for (gint64 i = 0; i < n; i++)
    sum += (gdouble)x[i] * x[i];
  return sum;
}

static gint64
piece_of (gint64 n)
{
  return MAX (MIN_PIECE, smalti_cpu_pieces (n, MAX_PIECES));
}

static gdouble
sum_squares_of_tensor (const gfloat *x, gint64 n)
{
  gdouble sums[MAX_PIECES], sum = 0;
  gint64 piece = piece_of (n), n_pieces = smalti_cpu_pieces (n, piece);

#pragma omp parallel for schedule(static) if (n_pieces > 1)
  for (gint64 i = 0; i < n_pieces; i++)
    sums[i] = sum_squares (x + i * piece, MIN (piece, n - i * piece));
  for (gint64 i = 0; i < n_pieces; i++)
    sum += sums[i];
  return sum;
}

/* The same for all tensors, and what LARS and AdamW make of it for one. */
typedef struct
{
  const SmaltiUpdateRule *rule;
  gfloat clip; /* every gradient times this */
  gfloat lr;   /* LARS: scaled by trust */
  gfloat decay;
  gfloat correct1, correct2; /* AdamW: 1 / (1 - beta^step), of the second moment its root */
} Step;

SMALTI_CPU_CLONES static void
update_sgd (const Step *step, gfloat *p, const gfloat *grad, gfloat *v, gint64 n)
{
  gfloat momentum = step->rule->momentum, lr = step->lr, clip = step->clip, decay = step->decay;

  if (step->rule->nesterov)
    {
#pragma omp simd
      for (gint64 i = 0; i < n; i++)
        {
          gfloat g = clip * grad[i] + decay * p[i];

          v[i] = momentum * v[i] + g;
          p[i] -= lr * (g + momentum * v[i]);
        }
    }
  else
    {
#pragma omp simd
      for (gint64 i = 0; i < n; i++)
        {
          v[i] = momentum * v[i] + (clip * grad[i] + decay * p[i]);
          p[i] -= lr * v[i];
        }
    }
}

SMALTI_CPU_CLONES static void
update_adamw (const Step *step, gfloat *p, const gfloat *grad, gfloat *m, gfloat *v, gint64 n)
{
  gfloat beta1 = step->rule->beta1, beta2 = step->rule->beta2, eps = step->rule->eps, clip = step->clip;
  gfloat rate = step->lr * step->correct1, root = step->correct2, keep = 1 - step->lr * step->decay;

#pragma omp simd
  for (gint64 i = 0; i < n; i++)
    {
      gfloat g = clip * grad[i];

      m[i] = beta1 * m[i] + (1 - beta1) * g;
      v[i] = beta2 * v[i] + (1 - beta2) * g * g;
      p[i] = keep * p[i] - rate * m[i] / (sqrtf (v[i]) * root + eps);
    }
}

SMALTI_CPU_CLONES static void
update_lars (const Step *step, gfloat *p, const gfloat *grad, gfloat *v, gint64 n)
{
  gfloat momentum = step->rule->momentum, lr = step->lr, clip = step->clip, decay = step->decay;

#pragma omp simd
  for (gint64 i = 0; i < n; i++)
    {
      v[i] = momentum * v[i] + lr * (clip * grad[i] + decay * p[i]);
      p[i] -= v[i];
    }
}

/* The factor of LARS; 1 where a norm is 0. */
static gdouble
trust (const Step *step, const SmaltiUpdateItem *item)
{
  gdouble param = sqrt (sum_squares_of_tensor ((const gfloat *)(gconstpointer)item->param.data, item->n_elements));
  gdouble grad
      = sqrt (sum_squares_of_tensor ((const gfloat *)(gconstpointer)item->grad.data, item->n_elements)) * step->clip;

  if (param == 0 || grad == 0)
    return 1;
  return step->rule->trust * param / (grad + item->weight_decay * param);
}

static void
update_tensor (const Step *common, const SmaltiUpdateItem *item)
{
  Step step = *common;
  gfloat *param = (gfloat *)(gpointer)item->param.data;
  const gfloat *grad = (const gfloat *)(gconstpointer)item->grad.data;
  gfloat *first = (gfloat *)(gpointer)item->state[0].data, *second = (gfloat *)(gpointer)item->state[1].data;
  gint64 piece = piece_of (item->n_elements);

  step.decay = item->weight_decay;
  if (step.rule->kind == SMALTI_UPDATE_LARS && item->adapt)
    step.lr *= trust (common, item);

#pragma omp parallel for schedule(static) if (item->n_elements > piece)
  for (gint64 i = 0; i < item->n_elements; i += piece)
    {
      gint64 n = MIN (piece, item->n_elements - i);

      switch (step.rule->kind)
        {
        case SMALTI_UPDATE_SGD:
          update_sgd (&step, param + i, grad + i, first + i, n);
          break;
        case SMALTI_UPDATE_ADAMW:
          update_adamw (&step, param + i, grad + i, first + i, second + i, n);
          break;
        case SMALTI_UPDATE_LARS:
          update_lars (&step, param + i, grad + i, first + i, n);
          break;
        }
    }
}

void
smalti_cpu_update (SmaltiDevice *device, const SmaltiUpdateRule *rule, const SmaltiUpdateItem *items, guint n_items,
                   SmaltiBuffer norm)
{
  Step step = { .rule = rule, .clip = 1, .lr = rule->lr };
  gdouble sum = 0;

  for (guint i = 0; i < n_items; i++)
    sum += sum_squares_of_tensor ((const gfloat *)(gconstpointer)items[i].grad.data, items[i].n_elements);
  sum = sqrt (sum);
  *(gfloat *)(gpointer)norm.data = sum;
  if (rule->clip_norm > 0 && sum > rule->clip_norm)
    step.clip = rule->clip_norm / sum;
  if (rule->kind == SMALTI_UPDATE_ADAMW)
    {
      step.correct1 = 1 / (1 - pow (rule->beta1, rule->step));
      step.correct2 = 1 / sqrt (1 - pow (rule->beta2, rule->step));
    }
  for (guint i = 0; i < n_items; i++)
    update_tensor (&step, &items[i]);
}
