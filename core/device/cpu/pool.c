/* SPDX-License-Identifier: Apache-2.0 */
/* Pools, upsampling, and their backward.
 *
 *   x : (N, H, W, C), y : (N, OH, OW, C), argmax : like y, i32
 *
 * All of them walk the pixels they write, and gather what each needs: backward too, so that no two threads meet and
 * sums are made in f32 in one order. Averages and upsampling are one kernel with different weights. */
#include <math.h>

#include "core/device/cpu/lanes-private.h"
#include "core/device/cpu/taps-private.h"

typedef struct
{
  SmaltiCpuKernel base;
  SmaltiCpuTaps vertical, horizontal; /* of the pixels written, into those read */
  gint64 n, channels;
  gboolean in16, out16;
  gint plane_width; /* MAX_POOL: what an argmax is counted in */
} Pool;

static void
pool_destroy (SmaltiCpuKernel *kernel)
{
  Pool *self = (Pool *)kernel;

  smalti_cpu_taps_clear (&self->vertical);
  smalti_cpu_taps_clear (&self->horizontal);
  g_free (self);
}

/* One row of output pixels, and the taps of its pixels: rows i0 .. i1 - 1 of the vertical ones, and of the horizontal
 * ones those of each pixel. Strides are in elements. */
typedef struct
{
  const gint *v_at, *h_at, *h_first;
  const gfloat *v_weight, *h_weight;
  gint64 in, out; /* where the input image and the output row begin */
  gint64 in_stride, channels;
  gint i0, i1, y, n_pixels, plane_width;
} Row;

SMALTI_CPU_BODY Row
row_of (const Pool *self, gint64 image, gint y)
{
  const SmaltiCpuTaps *v = &self->vertical, *h = &self->horizontal;

  return (Row){
    .v_at = v->at,
    .h_at = h->at,
    .h_first = h->first,
    .v_weight = v->weight,
    .h_weight = h->weight,
    .in = image * v->n_inputs * h->n_inputs * self->channels,
    .out = (image * v->n_outputs + y) * h->n_outputs * self->channels,
    .in_stride = h->n_inputs * self->channels,
    .channels = self->channels,
    .i0 = v->first[y],
    .i1 = v->first[y + 1],
    .y = y,
    .n_pixels = h->n_outputs,
    .plane_width = self->plane_width,
  };
}

#define FOR_EACH_PIXEL(row, function, ...)                                                                             \
  for (gint x = 0; x < (row).n_pixels; x++)                                                                            \
  SMALTI_LANES_APPLY ((row).channels, function, &(row), x, (row).h_first[x], (row).h_first[x + 1], __VA_ARGS__)

/* The weighted sum of the taps. */
SMALTI_CPU_BODY void
average_pixel (gint64 c, gint64 n, const Row *r, gint64 x, gint64 j0, gint64 j1, const void *in, void *out,
               gboolean in16, gboolean out16)
{
  SmaltiLanes sum = { 0 };

  for (gint64 i = r->i0; i < r->i1; i++)
    {
      gint64 at = r->in + r->v_at[i] * r->in_stride + c;
      SmaltiLanes line = { 0 };

      for (gint64 j = j0; j < j1; j++)
        {
          SmaltiLanes value;

          smalti_lanes_load (&value, in, at + r->h_at[j] * r->channels, n, in16);
          line += r->h_weight[j] * value;
        }
      sum += r->v_weight[i] * line;
    }
  smalti_lanes_store (out, r->out + x * r->channels + c, n, &sum, out16);
}

SMALTI_CPU_CLONES static void
average (const Pool *self, gint64 image, gint y)
{
  const Row row = row_of (self, image, y);
  const void *in = self->base.parent.input[0].data;
  void *out = self->base.parent.output[0].data;

  if (self->in16 && self->out16)
    FOR_EACH_PIXEL (row, average_pixel, in, out, TRUE, TRUE);
  else if (!self->in16 && !self->out16)
    FOR_EACH_PIXEL (row, average_pixel, in, out, FALSE, FALSE);
  else
    FOR_EACH_PIXEL (row, average_pixel, in, out, self->in16, self->out16);
}

/* The first of the largest; what is not a number is larger than all. */
SMALTI_CPU_BODY void
maximum_pixel (gint64 c, gint64 n, const Row *r, gint64 x, gint64 j0, gint64 j1, const void *in, void *out,
               gint32 *argmax, gboolean in16, gboolean out16)
{
  gint64 to = r->out + x * r->channels + c;
  SmaltiLanes best = (SmaltiLanes){ 0 } - INFINITY;
  SmaltiIntLanes best_at = (SmaltiIntLanes){ 0 } + (r->v_at[r->i0] * r->plane_width + r->h_at[j0]);

  for (gint64 i = r->i0; i < r->i1; i++)
    for (gint64 j = j0; j < j1; j++)
      {
        SmaltiIntLanes position = (SmaltiIntLanes){ 0 } + (r->v_at[i] * r->plane_width + r->h_at[j]), better;
        SmaltiLanes value;

        smalti_lanes_load (&value, in, r->in + r->v_at[i] * r->in_stride + r->h_at[j] * r->channels + c, n, in16);
        better = (value > best) | (value != value);
        best = (SmaltiLanes)((better & (SmaltiIntLanes)value) | (~better & (SmaltiIntLanes)best));
        best_at = (better & position) | (~better & best_at);
      }
  smalti_lanes_store (out, to, n, &best, out16);
  if (argmax != NULL)
    smalti_int_lanes_store (argmax, to, n, &best_at);
}

SMALTI_CPU_CLONES static void
maximum (const Pool *self, gint64 image, gint y)
{
  const Row row = row_of (self, image, y);
  const SmaltiKernel *kernel = &self->base.parent;
  const void *in = kernel->input[0].data;
  void *out = kernel->output[0].data;
  gint32 *argmax = kernel->node->n_outputs > 1 ? (gint32 *)(gpointer)kernel->output[1].data : NULL;

  if (self->in16 && self->out16 && argmax == NULL)
    FOR_EACH_PIXEL (row, maximum_pixel, in, out, NULL, TRUE, TRUE);
  else if (self->in16 && self->out16)
    FOR_EACH_PIXEL (row, maximum_pixel, in, out, argmax, TRUE, TRUE);
  else if (!self->in16 && !self->out16 && argmax == NULL)
    FOR_EACH_PIXEL (row, maximum_pixel, in, out, NULL, FALSE, FALSE);
  else if (!self->in16 && !self->out16)
    FOR_EACH_PIXEL (row, maximum_pixel, in, out, argmax, FALSE, FALSE);
  else
    FOR_EACH_PIXEL (row, maximum_pixel, in, out, argmax, self->in16, self->out16);
}

/* Every window that covers the pixel gives it what it got, if the pixel was its largest. */
SMALTI_CPU_BODY void
maximum_backward_pixel (gint64 c, gint64 n, const Row *r, gint64 x, gint64 j0, gint64 j1, const void *in,
                        const gint32 *argmax, void *out, gboolean in16, gboolean out16)
{
  SmaltiIntLanes position = (SmaltiIntLanes){ 0 } + (gint32)(r->y * r->plane_width + x);
  SmaltiLanes sum = { 0 };

  for (gint64 i = r->i0; i < r->i1; i++)
    for (gint64 j = j0; j < j1; j++)
      {
        gint64 at = r->in + r->v_at[i] * r->in_stride + r->h_at[j] * r->channels + c;
        SmaltiIntLanes chosen = { 0 };
        SmaltiLanes value;

        smalti_lanes_load (&value, in, at, n, in16);
        smalti_int_lanes_load (&chosen, argmax, at, n);
        sum += (SmaltiLanes)((chosen == position) & (SmaltiIntLanes)value);
      }
  smalti_lanes_store (out, r->out + x * r->channels + c, n, &sum, out16);
}

SMALTI_CPU_CLONES static void
maximum_backward (const Pool *self, gint64 image, gint y)
{
  const Row row = row_of (self, image, y);
  const void *in = self->base.parent.input[0].data;
  const gint32 *argmax = (const gint32 *)(gconstpointer)self->base.parent.input[1].data;
  void *out = self->base.parent.output[0].data;

  if (self->in16 && self->out16)
    FOR_EACH_PIXEL (row, maximum_backward_pixel, in, argmax, out, TRUE, TRUE);
  else if (!self->in16 && !self->out16)
    FOR_EACH_PIXEL (row, maximum_backward_pixel, in, argmax, out, FALSE, FALSE);
  else
    FOR_EACH_PIXEL (row, maximum_backward_pixel, in, argmax, out, self->in16, self->out16);
}

static void
pool_run (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, const SmaltiRunContext *context)
{
  const Pool *self = (const Pool *)kernel;
  gint64 n_rows = self->vertical.n_outputs;
  gint64 n_written = n_rows * self->horizontal.n_outputs;
  gint64 n_read = (gint64)self->vertical.n_inputs * self->horizontal.n_inputs;
  SmaltiOp op = kernel->parent.node->op;

#pragma omp parallel for schedule(static) if (self->n * (n_written + n_read) * self->channels > SMALTI_CPU_SMALL)
  for (gint64 i = 0; i < self->n * n_rows; i++)
    if (op == SMALTI_OP_MAX_POOL)
      maximum (self, i / n_rows, i % n_rows);
    else if (op == SMALTI_OP_MAX_POOL_BACKWARD)
      maximum_backward (self, i / n_rows, i % n_rows);
    else
      average (self, i / n_rows, i % n_rows);
}

static Pool *
prepare (const SmaltiNode *node, SmaltiPrecision precision)
{
  SmaltiCpuView view = smalti_cpu_view (node->output[0], precision);
  Pool *self = smalti_cpu_kernel_new (sizeof *self, node, precision, pool_run);

  self->base.destroy = pool_destroy;
  self->n = view.n;
  self->channels = view.channels;
  self->in16 = smalti_cpu_is_bf16 (node->input[0], precision);
  self->out16 = view.bf16;
  return self;
}

/* Forward maps @x to @y; the matrices are made so, and turned for backward. */
static SmaltiCpuKernel *
prepare_window (const SmaltiNode *node, SmaltiPrecision precision, gboolean backward, gboolean mean)
{
  const SmaltiWindow *window = &node->attr.window;
  Pool *self = prepare (node, precision);
  SmaltiCpuView x = smalti_cpu_view (backward ? node->output[0] : node->input[0], precision);
  SmaltiCpuView y = smalti_cpu_view (backward ? node->input[0] : node->output[0], precision);

  smalti_cpu_taps_init_window (&self->vertical, x.height, y.height, window, 0, mean);
  smalti_cpu_taps_init_window (&self->horizontal, x.width, y.width, window, 1, mean);
  self->plane_width = x.width;
  if (backward)
    {
      smalti_cpu_taps_transpose (&self->vertical);
      smalti_cpu_taps_transpose (&self->horizontal);
    }
  return &self->base;
}

SmaltiCpuKernel *
smalti_cpu_prepare_max_pool (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  return prepare_window (node, precision, FALSE, FALSE);
}

SmaltiCpuKernel *
smalti_cpu_prepare_max_pool_backward (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  return prepare_window (node, precision, TRUE, FALSE);
}

SmaltiCpuKernel *
smalti_cpu_prepare_avg_pool (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  return prepare_window (node, precision, FALSE, TRUE);
}

SmaltiCpuKernel *
smalti_cpu_prepare_avg_pool_backward (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  return prepare_window (node, precision, TRUE, TRUE);
}

SmaltiCpuKernel *
smalti_cpu_prepare_adaptive_avg_pool (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  SmaltiCpuView x = smalti_cpu_view (node->input[0], precision), y = smalti_cpu_view (node->output[0], precision);
  Pool *self = prepare (node, precision);

  smalti_cpu_taps_init_adaptive (&self->vertical, x.height, y.height);
  smalti_cpu_taps_init_adaptive (&self->horizontal, x.width, y.width);
  return &self->base;
}

SmaltiCpuKernel *
smalti_cpu_prepare_adaptive_avg_pool_backward (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision,
                                               GError **error)
{
  SmaltiCpuView x = smalti_cpu_view (node->output[0], precision), y = smalti_cpu_view (node->input[0], precision);
  Pool *self = prepare (node, precision);

  smalti_cpu_taps_init_adaptive (&self->vertical, x.height, y.height);
  smalti_cpu_taps_init_adaptive (&self->horizontal, x.width, y.width);
  smalti_cpu_taps_transpose (&self->vertical);
  smalti_cpu_taps_transpose (&self->horizontal);
  return &self->base;
}

SmaltiCpuKernel *
smalti_cpu_prepare_upsample (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  SmaltiCpuView x = smalti_cpu_view (node->input[0], precision);
  Pool *self = prepare (node, precision);

  smalti_cpu_taps_init_upsample (&self->vertical, x.height, node->attr.upsample.factor, node->attr.upsample.bilinear);
  smalti_cpu_taps_init_upsample (&self->horizontal, x.width, node->attr.upsample.factor, node->attr.upsample.bilinear);
  return &self->base;
}

SmaltiCpuKernel *
smalti_cpu_prepare_upsample_backward (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  SmaltiCpuView x = smalti_cpu_view (node->output[0], precision);
  Pool *self = prepare (node, precision);

  smalti_cpu_taps_init_upsample (&self->vertical, x.height, node->attr.upsample.factor, node->attr.upsample.bilinear);
  smalti_cpu_taps_init_upsample (&self->horizontal, x.width, node->attr.upsample.factor, node->attr.upsample.bilinear);
  smalti_cpu_taps_transpose (&self->vertical);
  smalti_cpu_taps_transpose (&self->horizontal);
  return &self->base;
}
