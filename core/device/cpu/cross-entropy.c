/* SPDX-License-Identifier: Apache-2.0 */
/* Cross entropy of logits against targets of all three kinds, and its backward.
 *
 *   logits, SOFT target : positions x C      INDEX target : positions      SPARSE target, probabilities : positions x K
 *
 * Nothing is kept between forward and backward: a position's logits are read once, and while they are in the
 * first-level cache their largest, the sum of exponentials and the gradient follow. Positions are cut into blocks by
 * their number alone, whose losses are summed in order, so that the number of threads changes no bit.
 *
 * With L = log sum exp and t the target after smoothing: loss = sum_c t_c (L - x_c), d loss / d x_c =
 * softmax_c sum t - t_c. */
#include "core/device/cpu/rows-private.h"

#include <inttypes.h>
#include <math.h>

#include "core/device/cpu/exp-private.h"

#define MAX_BLOCKS 256
#define MAX_NAMED  64 /* classes that SPARSE names a position */

typedef struct
{
  SmaltiCpuKernel base;
  SmaltiCrossEntropyAttr attr;
  gint64 n, n_positions, n_classes, n_named; /* n: images */
  gint64 block, n_blocks;
  gboolean x16, dx16;
} CrossEntropy;

/* Largest of a row, NaN where one is. */
SMALTI_CPU_BODY gfloat
largest_body (const void *x, gint64 n, gboolean x16)
{
  gfloat largest = -INFINITY;
  gint32 all_numbers = 1;

#pragma omp simd reduction(max : largest) reduction(& : all_numbers)
  for (gint64 c = 0; c < n; c++)
    {
      gfloat v = smalti_cpu_load (x, c, x16);

      largest = v > largest ? v : largest;
      all_numbers &= v == v;
    }
  return all_numbers ? largest : NAN;
}

SMALTI_CPU_BODY gfloat
sum_exp_body (const void *x, gint64 n, gfloat largest, gboolean x16)
{
  gfloat sum = 0;

#pragma omp simd reduction(+ : sum)
  for (gint64 c = 0; c < n; c++)
    sum += smalti_cpu_exp (smalti_cpu_load (x, c, x16) - largest);
  return sum;
}

typedef struct
{
  gfloat largest, sum_exp;
} Softened;

SMALTI_CPU_CLONES static void
soften (const void *x, gint64 n, gboolean x16, Softened *result)
{
  if (x16)
    {
      result->largest = largest_body (x, n, TRUE);
      result->sum_exp = sum_exp_body (x, n, result->largest, TRUE);
    }
  else
    {
      result->largest = largest_body (x, n, FALSE);
      result->sum_exp = sum_exp_body (x, n, result->largest, FALSE);
    }
}

/* sum of (t - 0) and of t (largest - x); @t is 1 everywhere if %NULL. */
SMALTI_CPU_BODY void
weigh_body (const void *x, const gfloat *t, gint64 n, gfloat largest, gfloat *sum, gfloat *product, gboolean x16)
{
  gfloat s = 0, p = 0;

#pragma omp simd reduction(+ : s, p)
  for (gint64 c = 0; c < n; c++)
    {
      gfloat share = t != NULL ? t[c] : 1;

      s += share;
      p += share * (largest - smalti_cpu_load (x, c, x16));
    }
  *sum = s;
  *product = p;
}

SMALTI_CPU_CLONES static void
weigh (const void *x, const gfloat *t, gint64 n, gfloat largest, gfloat *sum, gfloat *product, gboolean x16)
{
  if (x16 && t != NULL)
    weigh_body (x, t, n, largest, sum, product, TRUE);
  else if (x16)
    weigh_body (x, NULL, n, largest, sum, product, TRUE);
  else if (t != NULL)
    weigh_body (x, t, n, largest, sum, product, FALSE);
  else
    weigh_body (x, NULL, n, largest, sum, product, FALSE);
}

/* dx = factor exp (x - largest) - share t - base */
SMALTI_CPU_BODY void
spread_body (const void *x, const gfloat *t, void *dx, gint64 n, gfloat largest, gfloat factor, gfloat share,
             gfloat base, gboolean x16, gboolean dx16)
{
#pragma omp simd
  for (gint64 c = 0; c < n; c++)
    {
      gfloat v = factor * smalti_cpu_exp (smalti_cpu_load (x, c, x16) - largest) - base;

      if (t != NULL)
        v -= share * t[c];
      smalti_cpu_store (dx, c, v, dx16);
    }
}

SMALTI_CPU_CLONES static void
spread (const void *x, const gfloat *t, void *dx, gint64 n, gfloat largest, gfloat factor, gfloat share, gfloat base,
        gboolean x16, gboolean dx16)
{
  if (t != NULL)
    spread_body (x, t, dx, n, largest, factor, share, base, x16, dx16);
  else if (x16 && dx16)
    spread_body (x, NULL, dx, n, largest, factor, share, base, TRUE, TRUE);
  else if (!x16 && !dx16)
    spread_body (x, NULL, dx, n, largest, factor, share, base, FALSE, FALSE);
  else
    spread_body (x, NULL, dx, n, largest, factor, share, base, x16, dx16);
}

/* What a position is to be: shares of single classes, or a whole distribution. */
typedef struct
{
  gint64 n_named;
  gint32 named[MAX_NAMED];
  gfloat share[MAX_NAMED];
  const gfloat *soft; /* or %NULL */
  gfloat weight;
} Target;

/* FALSE for a position that does not count. A class that is named twice has its shares together at its first place. */
static gboolean
read_target (const CrossEntropy *self, gint64 position, Target *target)
{
  const SmaltiKernel *kernel = &self->base.parent;
  const gint32 *classes = (const gint32 *)(gconstpointer)kernel->input[1].data + position * self->n_named;
  const gfloat *shares = (const gfloat *)(gconstpointer)kernel->input[2].data;
  guint weights = self->attr.target == SMALTI_TARGET_SPARSE ? 3 : 2;

  target->n_named = 0;
  target->soft = NULL;
  target->weight = self->attr.weighted ? ((const gfloat *)(gconstpointer)kernel->input[weights].data)[position] : 1;
  if (self->attr.target == SMALTI_TARGET_SOFT)
    {
      target->soft = (const gfloat *)(gconstpointer)kernel->input[1].data + position * self->n_classes;
      return TRUE;
    }
  for (gint64 k = 0; k < self->n_named; k++)
    {
      gfloat share = self->attr.target == SMALTI_TARGET_SPARSE ? shares[position * self->n_named + k] : 1;
      gint64 at = 0;

      if (classes[k] < 0 || classes[k] >= self->n_classes)
        continue;
      while (at < target->n_named && target->named[at] != classes[k])
        at++;
      if (at == target->n_named)
        {
          target->named[at] = classes[k];
          target->share[at] = 0;
          target->n_named++;
        }
      target->share[at] += share;
    }
  return self->attr.target == SMALTI_TARGET_SPARSE || target->n_named > 0;
}

static gdouble
position_loss (const CrossEntropy *self, gint64 position)
{
  const void *x = smalti_cpu_at_const (self->base.parent.input[0].data, position * self->n_classes, self->x16);
  gfloat smooth = self->attr.label_smoothing, sum = 0, product = 0, loss = 0, log_sum;
  Softened soft;
  Target target;

  if (!read_target (self, position, &target))
    return 0;
  soften (x, self->n_classes, self->x16, &soft);
  log_sum = logf (soft.sum_exp);
  if (target.soft != NULL)
    {
      weigh (x, target.soft, self->n_classes, soft.largest, &sum, &product, self->x16);
      loss = sum * log_sum + product;
    }
  for (gint64 k = 0; k < target.n_named; k++)
    loss += target.share[k] * (log_sum + (soft.largest - smalti_cpu_load (x, target.named[k], self->x16)));
  if (smooth > 0)
    {
      weigh (x, NULL, self->n_classes, soft.largest, &sum, &product, self->x16);
      loss = (1 - smooth) * loss + smooth * (log_sum + product / self->n_classes);
    }
  return (gdouble)target.weight * loss;
}

/* What sums of losses are divided by; 0 when no position counts. */
static gdouble
divisor (const CrossEntropy *self)
{
  const gint32 *classes = (const gint32 *)(gconstpointer)self->base.parent.input[1].data;
  gint64 n = 0;

  if (!self->attr.mean_over_positions)
    return self->n;
  if (self->attr.target != SMALTI_TARGET_INDEX)
    return self->n_positions;
  for (gint64 i = 0; i < self->n_positions; i++)
    n += classes[i] >= 0;
  return n;
}

static void
forward_run (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, const SmaltiRunContext *context)
{
  const CrossEntropy *self = (const CrossEntropy *)kernel;
  gdouble *losses = (gdouble *)(gpointer)kernel->parent.scratch.data, sum = 0, by = divisor (self);

#pragma omp parallel for schedule(static) if (self->n_positions * self->n_classes > SMALTI_CPU_SMALL / 4)
  for (gint64 block = 0; block < self->n_blocks; block++)
    {
      losses[block] = 0;
      for (gint64 i = block * self->block; i < MIN ((block + 1) * self->block, self->n_positions); i++)
        losses[block] += position_loss (self, i);
    }
  for (gint64 block = 0; block < self->n_blocks; block++)
    sum += losses[block];
  *(gfloat *)(gpointer)kernel->parent.output[0].data = by > 0 ? sum / by : 0;
}

/* The gradients of the classes named are made apart, from logits read before, so that they are rounded once and may lie
 * where the logits did. */
static void
position_gradient (const CrossEntropy *self, gint64 position, gfloat scale)
{
  const SmaltiKernel *kernel = &self->base.parent;
  const void *x = smalti_cpu_at_const (kernel->input[0].data, position * self->n_classes, self->x16);
  void *dx = smalti_cpu_at (kernel->output[0].data, position * self->n_classes, self->dx16);
  gfloat smooth = self->attr.label_smoothing, total = 0, product, share, factor, base, gradient[MAX_NAMED];
  Softened soft = { 0 };
  Target target;

  if (!read_target (self, position, &target))
    {
      for (gint64 c = 0; c < self->n_classes; c++)
        smalti_cpu_store (dx, c, 0, self->dx16);
      return;
    }
  soften (x, self->n_classes, self->x16, &soft);
  if (target.soft != NULL)
    weigh (x, target.soft, self->n_classes, soft.largest, &total, &product, self->x16);
  for (gint64 k = 0; k < target.n_named; k++)
    total += target.share[k];
  scale *= target.weight;
  share = scale * (1 - smooth);
  factor = (share * total + scale * smooth) / soft.sum_exp;
  base = scale * smooth / self->n_classes;
  for (gint64 k = 0; k < target.n_named; k++)
    gradient[k] = factor * smalti_cpu_exp (smalti_cpu_load (x, target.named[k], self->x16) - soft.largest) - base
                  - share * target.share[k];
  spread (x, target.soft, dx, self->n_classes, soft.largest, factor, share, base, self->x16, self->dx16);
  for (gint64 k = 0; k < target.n_named; k++)
    smalti_cpu_store (dx, target.named[k], gradient[k], self->dx16);
}

static void
backward_run (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, const SmaltiRunContext *context)
{
  const CrossEntropy *self = (const CrossEntropy *)kernel;
  gfloat dloss = *(const gfloat *)(gconstpointer)kernel->parent.input[kernel->parent.node->n_inputs - 1].data;
  gdouble by = divisor (self);
  gfloat scale = by > 0 ? dloss / by : 0;

#pragma omp parallel for schedule(static) if (self->n_positions * self->n_classes > SMALTI_CPU_SMALL / 4)
  for (gint64 i = 0; i < self->n_positions; i++)
    position_gradient (self, i, scale);
}

static CrossEntropy *
prepare (const SmaltiNode *node, SmaltiPrecision precision,
         void (*run) (SmaltiCpu *cpu, SmaltiCpuKernel *self, const SmaltiRunContext *context), GError **error)
{
  SmaltiCpuView view = smalti_cpu_view (node->input[0], precision);
  gint64 n_named = 0;
  CrossEntropy *self;

  if (node->attr.cross_entropy.target != SMALTI_TARGET_SOFT)
    n_named = smalti_shape_size (node->input[1]->shape) / view.pixels;
  if (n_named > MAX_NAMED)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DEVICE,
                   _ ("%s: the processor can't take targets of %" PRId64 " classes a position; %d is the most."),
                   node->name, n_named, MAX_NAMED);
      return NULL;
    }
  self = smalti_cpu_kernel_new (sizeof *self, node, precision, run);
  self->attr = node->attr.cross_entropy;
  self->n = view.n;
  self->n_positions = view.pixels;
  self->n_classes = view.channels;
  self->n_named = n_named;
  self->block = smalti_cpu_pieces (view.pixels, MAX_BLOCKS);
  self->n_blocks = smalti_cpu_pieces (view.pixels, self->block);
  self->x16 = view.bf16;
  return self;
}

SmaltiCpuKernel *
smalti_cpu_prepare_cross_entropy (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  CrossEntropy *self = prepare (node, precision, forward_run, error);

  if (self == NULL)
    return NULL;
  self->base.parent.scratch_bytes = self->n_blocks * sizeof (gdouble);
  return &self->base;
}

SmaltiCpuKernel *
smalti_cpu_prepare_cross_entropy_backward (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision,
                                           GError **error)
{
  CrossEntropy *self = prepare (node, precision, backward_run, error);

  if (self == NULL)
    return NULL;
  self->dx16 = smalti_cpu_is_bf16 (node->output[0], precision);
  return &self->base;
}
