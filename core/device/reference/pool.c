/* SPDX-License-Identifier: Apache-2.0 */
/* Pooling. Each output looks at a rectangle of one input plane; what lies outside the plane is neither a candidate for
 * the maximum nor counted by the average. */
#include <math.h>

#include "core/device/reference/reference-private.h"

/* The part of a plane that an output cell sees: rows top, top + step_y, ... below bottom, columns likewise. */
typedef struct
{
  gint64 top, bottom, left, right, step_y, step_x;
} Region;

#define FOR_EACH_PIXEL(region, y, x)                                                                                   \
  for (gint64 y = (region).top; y < (region).bottom; y += (region).step_y)                                             \
    for (gint64 x = (region).left; x < (region).right; x += (region).step_x)

/* One axis of a window: the taps inside 0 .. size - 1 of a window that starts at -padding + i * stride. */
static void
clip_taps (const SmaltiWindow *window, guint axis, gint64 i, gint64 size, gint64 *first, gint64 *end)
{
  const gint64 dilation = window->dilation[axis];

  *first = i * window->stride[axis] - window->padding[axis];
  *end = MIN (*first + (window->kernel[axis] - 1) * dilation + 1, size);
  while (*first < 0)
    *first += dilation;
}

static Region
window_region (const SmaltiNode *node, const SmaltiValue *input, gint64 i, gint64 j)
{
  const SmaltiWindow *window = &node->attr.window;
  Region region = { .step_y = window->dilation[0], .step_x = window->dilation[1] };

  clip_taps (window, 0, i, input->shape.dim[2], &region.top, &region.bottom);
  clip_taps (window, 1, j, input->shape.dim[3], &region.left, &region.right);
  return region;
}

/* Cell i of n over a side: floor(i * side / n) .. ceil((i + 1) * side / n). */
static Region
cell_region (const SmaltiValue *input, const SmaltiValue *output, gint64 i, gint64 j)
{
  const gint64 h = input->shape.dim[2], w = input->shape.dim[3];
  const gint64 oh = output->shape.dim[2], ow = output->shape.dim[3];

  return (Region){ .top = i * h / oh,
                   .bottom = ((i + 1) * h + oh - 1) / oh,
                   .left = j * w / ow,
                   .right = ((j + 1) * w + ow - 1) / ow,
                   .step_y = 1,
                   .step_x = 1 };
}

static gint64
count_pixels (Region region)
{
  gint64 n = 0;

  FOR_EACH_PIXEL (region, y, x)
  n++;
  return n;
}

/* Visits every cell of @value: @p counts planes (n, c), @k is the cell's element. */
#define FOR_EACH_CELL(value, p, i, j, k)                                                                               \
  for (gint64 p = 0, k = 0; p < (value)->shape.dim[0] * (value)->shape.dim[1]; p++)                                    \
    for (gint64 i = 0; i < (value)->shape.dim[2]; i++)                                                                 \
      for (gint64 j = 0; j < (value)->shape.dim[3]; j++, k++)

void
smalti_reference_max_pool (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiValue *in = kernel->node->input[0], *out = kernel->node->output[0];
  const gint64 w = in->shape.dim[3], plane = in->shape.dim[2] * w;
  const gdouble *x = smalti_reference_in (kernel, 0);
  gdouble *y = smalti_reference_out (kernel, 0);
  gint32 *argmax = smalti_reference_out_i32 (kernel, 1);

  FOR_EACH_CELL (out, p, i, j, k)
  {
    gint64 best = -1;

    FOR_EACH_PIXEL (window_region (kernel->node, in, i, j), row, column)
    if (best < 0 || x[p * plane + row * w + column] > x[p * plane + best] || isnan (x[p * plane + row * w + column]))
      best = row * w + column;
    g_assert (best >= 0); /* shape inference lets no window lie in the padding alone */
    y[k] = x[p * plane + best];
    if (argmax != NULL)
      argmax[k] = best;
  }
}

void
smalti_reference_max_pool_backward (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiValue *dy_value = kernel->node->input[0], *dx_value = kernel->node->output[0];
  const gint64 plane = dx_value->shape.dim[2] * dx_value->shape.dim[3];
  const gdouble *dy = smalti_reference_in (kernel, 0);
  const gint32 *argmax = smalti_reference_in_i32 (kernel, 1);
  gdouble *dx = smalti_reference_out (kernel, 0);

  smalti_reference_clear (dx, dx_value);
  FOR_EACH_CELL (dy_value, p, i, j, k)
  dx[p * plane + argmax[k]] += dy[k];
}

/* Both averages, by the region their cells see. */
static Region
region_of (const SmaltiNode *node, gboolean adaptive, const SmaltiValue *big, const SmaltiValue *small, gint64 i,
           gint64 j)
{
  return adaptive ? cell_region (big, small, i, j) : window_region (node, big, i, j);
}

static void
average (const SmaltiKernel *kernel, gboolean adaptive)
{
  const SmaltiValue *in = kernel->node->input[0], *out = kernel->node->output[0];
  const gint64 w = in->shape.dim[3], plane = in->shape.dim[2] * w;
  const gdouble *x = smalti_reference_in (kernel, 0);
  gdouble *y = smalti_reference_out (kernel, 0);

  FOR_EACH_CELL (out, p, i, j, k)
  {
    const Region region = region_of (kernel->node, adaptive, in, out, i, j);

    y[k] = 0;
    FOR_EACH_PIXEL (region, row, column)
    y[k] += x[p * plane + row * w + column] / count_pixels (region);
  }
}

static void
average_backward (const SmaltiKernel *kernel, gboolean adaptive)
{
  const SmaltiValue *dy_value = kernel->node->input[0], *dx_value = kernel->node->output[0];
  const gint64 w = dx_value->shape.dim[3], plane = dx_value->shape.dim[2] * w;
  const gdouble *dy = smalti_reference_in (kernel, 0);
  gdouble *dx = smalti_reference_out (kernel, 0);

  smalti_reference_clear (dx, dx_value);
  FOR_EACH_CELL (dy_value, p, i, j, k)
  {
    const Region region = region_of (kernel->node, adaptive, dx_value, dy_value, i, j);

    FOR_EACH_PIXEL (region, row, column)
    dx[p * plane + row * w + column] += dy[k] / count_pixels (region);
  }
}

void
smalti_reference_avg_pool (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  average (kernel, FALSE);
}

void
smalti_reference_avg_pool_backward (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  average_backward (kernel, FALSE);
}

void
smalti_reference_adaptive_avg_pool (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  average (kernel, TRUE);
}

void
smalti_reference_adaptive_avg_pool_backward (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  average_backward (kernel, TRUE);
}
