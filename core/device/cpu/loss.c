/* SPDX-License-Identifier: Apache-2.0 */
/* The mean squared error and its backward, and how many answers are right. */
#include "core/device/cpu/rows-private.h"

#include <math.h>

typedef struct
{
  SmaltiCpuKernel base;
  gint64 n;
  gboolean a16, b16, out16;
} Mse;

SMALTI_CPU_BODY gfloat
square_body (const void *a, const void *b, gint64 n, gboolean a16, gboolean b16)
{
  gfloat sum = 0;

#pragma omp simd reduction(+ : sum)
  for (gint64 i = 0; i < n; i++)
    {
      gfloat d = smalti_cpu_load (a, i, a16) - smalti_cpu_load (b, i, b16);

      sum += d * d;
    }
  return sum;
}

/* In f32 over a few hundred elements, in double over more. */
SMALTI_CPU_CLONES static gdouble
square (const void *a, const void *b, gint64 n, gboolean a16, gboolean b16)
{
  gdouble sum = 0;

  for (gint64 i = 0; i < n; i += 512)
    {
      const void *from_a = smalti_cpu_at_const (a, i, a16), *from_b = smalti_cpu_at_const (b, i, b16);
      gint64 length = MIN (512, n - i);

      if (a16 && b16)
        sum += square_body (from_a, from_b, length, TRUE, TRUE);
      else if (!a16 && !b16)
        sum += square_body (from_a, from_b, length, FALSE, FALSE);
      else
        sum += square_body (from_a, from_b, length, a16, b16);
    }
  return sum;
}

static void
mse_run (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, const SmaltiRunContext *context)
{
  const Mse *self = (const Mse *)kernel;
  const void *a = kernel->parent.input[0].data, *b = kernel->parent.input[1].data;
  gdouble *sums = (gdouble *)(gpointer)kernel->parent.scratch.data, sum = 0;
  gint64 n_pieces = smalti_cpu_pieces (self->n, SMALTI_CPU_PIECE);

#pragma omp parallel for schedule(static) if (self->n > SMALTI_CPU_SMALL)
  for (gint64 i = 0; i < n_pieces; i++)
    sums[i] = square (smalti_cpu_at_const (a, i * SMALTI_CPU_PIECE, self->a16),
                      smalti_cpu_at_const (b, i * SMALTI_CPU_PIECE, self->b16),
                      MIN (SMALTI_CPU_PIECE, self->n - i * SMALTI_CPU_PIECE), self->a16, self->b16);
  for (gint64 i = 0; i < n_pieces; i++)
    sum += sums[i];
  *(gfloat *)(gpointer)kernel->parent.output[0].data = sum / self->n;
}

SMALTI_CPU_BODY void
difference_body (const void *a, const void *b, void *da, gint64 n, gfloat factor, gboolean a16, gboolean b16,
                 gboolean da16)
{
#pragma omp simd
  for (gint64 i = 0; i < n; i++)
    smalti_cpu_store (da, i, factor * (smalti_cpu_load (a, i, a16) - smalti_cpu_load (b, i, b16)), da16);
}

SMALTI_CPU_CLONES static void
difference (const void *a, const void *b, void *da, gint64 n, gfloat factor, gboolean a16, gboolean b16, gboolean da16)
{
  if (a16 && b16 && da16)
    difference_body (a, b, da, n, factor, TRUE, TRUE, TRUE);
  else if (!a16 && !b16 && !da16)
    difference_body (a, b, da, n, factor, FALSE, FALSE, FALSE);
  else
    difference_body (a, b, da, n, factor, a16, b16, da16);
}

static void
mse_backward_run (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, const SmaltiRunContext *context)
{
  const Mse *self = (const Mse *)kernel;
  const void *a = kernel->parent.input[0].data, *b = kernel->parent.input[1].data;
  gfloat factor = *(const gfloat *)(gconstpointer)kernel->parent.input[2].data * 2.0 / self->n;

#pragma omp parallel for schedule(static) if (self->n > SMALTI_CPU_SMALL)
  for (gint64 i = 0; i < self->n; i += SMALTI_CPU_PIECE)
    difference (smalti_cpu_at_const (a, i, self->a16), smalti_cpu_at_const (b, i, self->b16),
                smalti_cpu_at (kernel->parent.output[0].data, i, self->out16), MIN (SMALTI_CPU_PIECE, self->n - i),
                factor, self->a16, self->b16, self->out16);
}

static Mse *
prepare (const SmaltiNode *node, SmaltiPrecision precision,
         void (*run) (SmaltiCpu *cpu, SmaltiCpuKernel *self, const SmaltiRunContext *context))
{
  Mse *self = smalti_cpu_kernel_new (sizeof *self, node, precision, run);

  self->n = smalti_shape_size (node->input[0]->shape);
  self->a16 = smalti_cpu_is_bf16 (node->input[0], precision);
  self->b16 = smalti_cpu_is_bf16 (node->input[1], precision);
  self->out16 = smalti_cpu_is_bf16 (node->output[0], precision);
  return self;
}

SmaltiCpuKernel *
smalti_cpu_prepare_mse (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  Mse *self = prepare (node, precision, mse_run);

  self->base.parent.scratch_bytes = smalti_cpu_pieces (self->n, SMALTI_CPU_PIECE) * sizeof (gdouble);
  return &self->base;
}

SmaltiCpuKernel *
smalti_cpu_prepare_mse_backward (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  return &prepare (node, precision, mse_backward_run)->base;
}

typedef struct
{
  SmaltiCpuKernel base;
  gint64 n_positions, n_classes;
  gboolean x16;
} Correct;

/* How many classes come before @target: larger ones, and equal ones of smaller index; all where it is not a number. */
SMALTI_CPU_BODY gint32
rank_body (const void *x, gint32 n, gint32 target, gboolean x16)
{
  gfloat mine = smalti_cpu_load (x, target, x16);
  gint32 n_before = 0;

#pragma omp simd reduction(+ : n_before)
  for (gint32 c = 0; c < n; c++)
    {
      gfloat v = smalti_cpu_load (x, c, x16);

      n_before += (v > mine) | ((v == mine) & (c < target));
    }
  return mine == mine ? n_before : n;
}

SMALTI_CPU_CLONES static gint32
rank (const void *x, gint32 n, gint32 target, gboolean x16)
{
  return x16 ? rank_body (x, n, target, TRUE) : rank_body (x, n, target, FALSE);
}

static void
correct_run (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, const SmaltiRunContext *context)
{
  const Correct *self = (const Correct *)kernel;
  const gint32 *target = (const gint32 *)(gconstpointer)kernel->parent.input[1].data;
  gint64 n_right = 0;

#pragma omp parallel for schedule(static) reduction(+ : n_right)                                                       \
    if (self->n_positions * self->n_classes > SMALTI_CPU_SMALL)
  for (gint64 i = 0; i < self->n_positions; i++)
    if (target[i] >= 0 && target[i] < self->n_classes)
      n_right += rank (smalti_cpu_at_const (kernel->parent.input[0].data, i * self->n_classes, self->x16),
                       self->n_classes, target[i], self->x16)
                 < kernel->parent.node->attr.correct.k;
  *(gfloat *)(gpointer)kernel->parent.output[0].data = n_right;
}

SmaltiCpuKernel *
smalti_cpu_prepare_correct (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  SmaltiCpuView view = smalti_cpu_view (node->input[0], precision);
  Correct *self = smalti_cpu_kernel_new (sizeof *self, node, precision, correct_run);

  self->n_positions = view.pixels;
  self->n_classes = view.channels;
  self->x16 = view.bf16;
  return &self->base;
}
