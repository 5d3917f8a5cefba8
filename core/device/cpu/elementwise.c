/* SPDX-License-Identifier: Apache-2.0 */
/* Operators that look at one element at a time: ReLU and its backward, sums and scaling.
 *
 * They are bound by memory alone, so that one pass over flat memory, in pieces, is all there is to do. ReLU is written
 * so that what is not a number stays so: a run that diverges must show it. */
#include "core/device/cpu/rows-private.h"

#include <math.h>

typedef struct
{
  SmaltiCpuKernel base;
  gint64 n;
  gboolean a16, b16, y16;
  gfloat factor;
  gfloat floor; /* 0 under a fused ReLU */
} Elementwise;

static SmaltiCpuKernel *
prepare (const SmaltiNode *node, SmaltiPrecision precision,
         void (*run) (SmaltiCpu *cpu, SmaltiCpuKernel *self, const SmaltiRunContext *context), GError **error)
{
  Elementwise *self;

  if (!smalti_cpu_check_one_layout (node, error))
    return NULL;
  self = smalti_cpu_kernel_new (sizeof *self, node, precision, run);
  self->n = smalti_shape_size (node->output[0]->shape);
  self->a16 = smalti_cpu_is_bf16 (node->input[0], precision);
  self->b16 = node->n_inputs > 1 && smalti_cpu_is_bf16 (node->input[1], precision);
  self->y16 = smalti_cpu_is_bf16 (node->output[0], precision);
  self->floor = -INFINITY;
  return &self->base;
}

/* y = max (floor, factor a) */
SMALTI_CPU_BODY void
scale_body (const void *a, void *y, gint64 n, gfloat factor, gfloat floor, gboolean a16, gboolean y16)
{
#pragma omp simd
  for (gint64 i = 0; i < n; i++)
    {
      gfloat v = factor * smalti_cpu_load (a, i, a16);

      smalti_cpu_store (y, i, v < floor ? floor : v, y16);
    }
}

SMALTI_CPU_CLONES static void
scale (const void *a, void *y, gint64 n, gfloat factor, gfloat floor, gboolean a16, gboolean y16)
{
  if (a16 && y16)
    scale_body (a, y, n, factor, floor, TRUE, TRUE);
  else if (!a16 && !y16)
    scale_body (a, y, n, factor, floor, FALSE, FALSE);
  else
    scale_body (a, y, n, factor, floor, a16, y16);
}

static void
scale_run (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, const SmaltiRunContext *context)
{
  Elementwise *self = (Elementwise *)kernel;
  const void *a = kernel->parent.input[0].data;
  void *y = kernel->parent.output[0].data;

#pragma omp parallel for schedule(static) if (self->n > SMALTI_CPU_SMALL)
  for (gint64 i = 0; i < self->n; i += SMALTI_CPU_PIECE)
    scale (smalti_cpu_at_const (a, i, self->a16), smalti_cpu_at (y, i, self->y16), MIN (SMALTI_CPU_PIECE, self->n - i),
           self->factor, self->floor, self->a16, self->y16);
}

SmaltiCpuKernel *
smalti_cpu_prepare_relu (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  SmaltiCpuKernel *kernel = prepare (node, precision, scale_run, error);

  if (kernel != NULL)
    {
      ((Elementwise *)kernel)->factor = 1;
      ((Elementwise *)kernel)->floor = 0;
    }
  return kernel;
}

SmaltiCpuKernel *
smalti_cpu_prepare_scale (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  SmaltiCpuKernel *kernel = prepare (node, precision, scale_run, error);

  if (kernel != NULL)
    ((Elementwise *)kernel)->factor = node->attr.scale.factor;
  return kernel;
}

/* dx = dy where y > 0 */
SMALTI_CPU_BODY void
mask_body (const void *y, const void *dy, void *dx, gint64 n, gboolean y16, gboolean dy16, gboolean dx16)
{
#pragma omp simd
  for (gint64 i = 0; i < n; i++)
    {
      gfloat g = smalti_cpu_load (dy, i, dy16);

      smalti_cpu_store (dx, i, smalti_cpu_load (y, i, y16) > 0 ? g : 0, dx16);
    }
}

SMALTI_CPU_CLONES static void
mask (const void *y, const void *dy, void *dx, gint64 n, gboolean y16, gboolean dy16, gboolean dx16)
{
  if (y16 && dy16 && dx16)
    mask_body (y, dy, dx, n, TRUE, TRUE, TRUE);
  else if (!y16 && !dy16 && !dx16)
    mask_body (y, dy, dx, n, FALSE, FALSE, FALSE);
  else
    mask_body (y, dy, dx, n, y16, dy16, dx16);
}

static void
relu_backward_run (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, const SmaltiRunContext *context)
{
  Elementwise *self = (Elementwise *)kernel;
  const void *y = kernel->parent.input[0].data, *dy = kernel->parent.input[1].data;
  void *dx = kernel->parent.output[0].data;

#pragma omp parallel for schedule(static) if (self->n > SMALTI_CPU_SMALL)
  for (gint64 i = 0; i < self->n; i += SMALTI_CPU_PIECE)
    mask (smalti_cpu_at_const (y, i, self->a16), smalti_cpu_at_const (dy, i, self->b16),
          smalti_cpu_at (dx, i, self->y16), MIN (SMALTI_CPU_PIECE, self->n - i), self->a16, self->b16, self->y16);
}

SmaltiCpuKernel *
smalti_cpu_prepare_relu_backward (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  return prepare (node, precision, relu_backward_run, error);
}

/* y = max (floor, a + b) */
SMALTI_CPU_BODY void
add_body (const void *a, const void *b, void *y, gint64 n, gfloat floor, gboolean a16, gboolean b16, gboolean y16)
{
#pragma omp simd
  for (gint64 i = 0; i < n; i++)
    {
      gfloat v = smalti_cpu_load (a, i, a16) + smalti_cpu_load (b, i, b16);

      smalti_cpu_store (y, i, v < floor ? floor : v, y16);
    }
}

SMALTI_CPU_CLONES static void
add (const void *a, const void *b, void *y, gint64 n, gfloat floor, gboolean a16, gboolean b16, gboolean y16)
{
  if (a16 && b16 && y16)
    add_body (a, b, y, n, floor, TRUE, TRUE, TRUE);
  else if (!a16 && !b16 && !y16)
    add_body (a, b, y, n, floor, FALSE, FALSE, FALSE);
  else
    add_body (a, b, y, n, floor, a16, b16, y16);
}

static void
add_run (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, const SmaltiRunContext *context)
{
  Elementwise *self = (Elementwise *)kernel;
  const void *a = kernel->parent.input[0].data, *b = kernel->parent.input[1].data;
  void *y = kernel->parent.output[0].data;

#pragma omp parallel for schedule(static) if (self->n > SMALTI_CPU_SMALL)
  for (gint64 i = 0; i < self->n; i += SMALTI_CPU_PIECE)
    add (smalti_cpu_at_const (a, i, self->a16), smalti_cpu_at_const (b, i, self->b16), smalti_cpu_at (y, i, self->y16),
         MIN (SMALTI_CPU_PIECE, self->n - i), self->floor, self->a16, self->b16, self->y16);
}

SmaltiCpuKernel *
smalti_cpu_prepare_add (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  SmaltiCpuKernel *kernel = prepare (node, precision, add_run, error);

  if (kernel != NULL && node->relu)
    ((Elementwise *)kernel)->floor = 0;
  return kernel;
}
