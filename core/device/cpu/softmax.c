/* SPDX-License-Identifier: Apache-2.0 */
/* Softmax and L2 normalisation over channels, and their backward. A position's channels lie side by side, so that each
 * is a few passes over one row, which stays in the first-level cache. */
#include "core/device/cpu/rows-private.h"

#include <math.h>

#include "core/device/cpu/exp-private.h"

typedef struct Rows Rows;

struct Rows
{
  SmaltiCpuKernel base;
  gint64 n_rows, width;
  gboolean a16, b16, out16;
  gfloat scale; /* of softmax */
  gfloat eps;
  void (*row) (const Rows *self, const void *a, const void *b, void *out);
};

static void
rows_run (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, const SmaltiRunContext *context)
{
  const Rows *self = (const Rows *)kernel;
  const SmaltiKernel *parent = &kernel->parent;
  const void *b = parent->node->n_inputs > 1 ? parent->input[1].data : NULL;

#pragma omp parallel for schedule(static) if (self->n_rows * self->width > SMALTI_CPU_SMALL / 4)
  for (gint64 i = 0; i < self->n_rows; i++)
    self->row (self, smalti_cpu_at_const (parent->input[0].data, i * self->width, self->a16),
               b != NULL ? smalti_cpu_at_const (b, i * self->width, self->b16) : NULL,
               smalti_cpu_at (parent->output[0].data, i * self->width, self->out16));
}

static Rows *
prepare (const SmaltiNode *node, SmaltiPrecision precision,
         void (*row) (const Rows *self, const void *a, const void *b, void *out))
{
  SmaltiCpuView view = smalti_cpu_view (node->output[0], precision);
  Rows *self = smalti_cpu_kernel_new (sizeof *self, node, precision, rows_run);

  self->n_rows = view.pixels;
  self->width = view.channels;
  self->a16 = smalti_cpu_is_bf16 (node->input[0], precision);
  self->b16 = node->n_inputs > 1 && smalti_cpu_is_bf16 (node->input[1], precision);
  self->out16 = view.bf16;
  self->row = row;
  return self;
}

/* Calls @body with the types of its rows as constants, where they are all the same. */
#define BY_TYPE(body, self, a, b, out, second16)                                                                       \
  if ((self)->a16 && (second16) && (self)->out16)                                                                      \
    body (self, a, b, out, TRUE, TRUE, TRUE);                                                                          \
  else if (!(self)->a16 && !(second16) && !(self)->out16)                                                              \
    body (self, a, b, out, FALSE, FALSE, FALSE);                                                                       \
  else                                                                                                                 \
    body (self, a, b, out, (self)->a16, second16, (self)->out16)

SMALTI_CPU_BODY void
softmax_body (const Rows *self, const void *x, const void *unused, void *y, gboolean x16, gboolean unused16,
              gboolean y16)
{
  gfloat largest = -INFINITY, sum = 0, inverse, scale = self->scale;
  gboolean all_numbers = TRUE;

#pragma omp simd reduction(max : largest) reduction(& : all_numbers)
  for (gint64 c = 0; c < self->width; c++)
    {
      gfloat v = smalti_cpu_load (x, c, x16) * scale;

      largest = v > largest ? v : largest;
      all_numbers &= v == v;
    }
  if (!all_numbers)
    largest = NAN;
#pragma omp simd reduction(+ : sum)
  for (gint64 c = 0; c < self->width; c++)
    sum += smalti_cpu_exp (smalti_cpu_load (x, c, x16) * scale - largest);
  inverse = 1 / sum;
#pragma omp simd
  for (gint64 c = 0; c < self->width; c++)
    smalti_cpu_store (y, c, smalti_cpu_exp (smalti_cpu_load (x, c, x16) * scale - largest) * inverse, y16);
}

SMALTI_CPU_CLONES static void
softmax_row (const Rows *self, const void *x, const void *unused, void *y)
{
  BY_TYPE (softmax_body, self, x, unused, y, self->a16);
}

SmaltiCpuKernel *
smalti_cpu_prepare_softmax (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  Rows *self = prepare (node, precision, softmax_row);

  self->scale = node->attr.scale.factor;
  return &self->base;
}

/* dx = scale y (dy - sum of y dy) */
SMALTI_CPU_BODY void
softmax_backward_body (const Rows *self, const void *y, const void *dy, void *dx, gboolean y16, gboolean dy16,
                       gboolean dx16)
{
  gfloat dot = 0, scale = self->scale;

#pragma omp simd reduction(+ : dot)
  for (gint64 c = 0; c < self->width; c++)
    dot += smalti_cpu_load (y, c, y16) * smalti_cpu_load (dy, c, dy16);
#pragma omp simd
  for (gint64 c = 0; c < self->width; c++)
    smalti_cpu_store (dx, c, scale * smalti_cpu_load (y, c, y16) * (smalti_cpu_load (dy, c, dy16) - dot), dx16);
}

SMALTI_CPU_CLONES static void
softmax_backward_row (const Rows *self, const void *y, const void *dy, void *dx)
{
  BY_TYPE (softmax_backward_body, self, y, dy, dx, self->b16);
}

SmaltiCpuKernel *
smalti_cpu_prepare_softmax_backward (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  Rows *self = prepare (node, precision, softmax_backward_row);

  self->scale = node->attr.scale.factor;
  return &self->base;
}

SMALTI_CPU_BODY gfloat
length (const void *x, gint64 n, gboolean x16)
{
  gfloat sum = 0;

#pragma omp simd reduction(+ : sum)
  for (gint64 c = 0; c < n; c++)
    {
      gfloat v = smalti_cpu_load (x, c, x16);

      sum += v * v;
    }
  return sqrtf (sum);
}

SMALTI_CPU_BODY void
l2_body (const Rows *self, const void *x, const void *unused, void *y, gboolean x16, gboolean unused16, gboolean y16)
{
  gfloat norm = length (x, self->width, x16), inverse = 1 / (norm < self->eps ? self->eps : norm);

#pragma omp simd
  for (gint64 c = 0; c < self->width; c++)
    smalti_cpu_store (y, c, smalti_cpu_load (x, c, x16) * inverse, y16);
}

SMALTI_CPU_CLONES static void
l2_row (const Rows *self, const void *x, const void *unused, void *y)
{
  BY_TYPE (l2_body, self, x, unused, y, self->a16);
}

SmaltiCpuKernel *
smalti_cpu_prepare_l2_normalize (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  Rows *self = prepare (node, precision, l2_row);

  self->eps = node->attr.l2.eps;
  return &self->base;
}

/* dx = (dy - x (x . dy) / |x|^2) / |x|; below eps the divisor is a constant, and dx = dy / eps. */
SMALTI_CPU_BODY void
l2_backward_body (const Rows *self, const void *x, const void *dy, void *dx, gboolean x16, gboolean dy16, gboolean dx16)
{
  gfloat norm = length (x, self->width, x16), inverse = 1 / (norm < self->eps ? self->eps : norm), dot = 0;

#pragma omp simd reduction(+ : dot)
  for (gint64 c = 0; c < self->width; c++)
    dot += smalti_cpu_load (x, c, x16) * inverse * smalti_cpu_load (dy, c, dy16);
  if (norm < self->eps)
    dot = 0;
#pragma omp simd
  for (gint64 c = 0; c < self->width; c++)
    smalti_cpu_store (dx, c, (smalti_cpu_load (dy, c, dy16) - smalti_cpu_load (x, c, x16) * inverse * dot) * inverse,
                      dx16);
}

SMALTI_CPU_CLONES static void
l2_backward_row (const Rows *self, const void *x, const void *dy, void *dx)
{
  BY_TYPE (l2_backward_body, self, x, dy, dx, self->b16);
}

SmaltiCpuKernel *
smalti_cpu_prepare_l2_normalize_backward (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision,
                                          GError **error)
{
  Rows *self = prepare (node, precision, l2_backward_row);

  self->eps = node->attr.l2.eps;
  return &self->base;
}
