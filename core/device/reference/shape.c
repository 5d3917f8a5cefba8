/* SPDX-License-Identifier: Apache-2.0 */
/* Operators that move elements: joining, cutting, another shape, a finer grid. The first three take whole numbers
 * (labels) as well as fractions. */
#include <math.h>
#include <string.h>

#include "core/device/reference/reference-private.h"

/* A shape as @outer times @along times @inner around @axis. */
typedef struct
{
  gint64 outer, along, inner;
} Split;

static Split
split_at (const SmaltiValue *value, gint axis)
{
  Split split = { 1, value->shape.dim[axis], 1 };

  for (guint i = 0; i < value->shape.n_dims; i++)
    {
      if ((gint)i < axis)
        split.outer *= value->shape.dim[i];
      else if ((gint)i > axis)
        split.inner *= value->shape.dim[i];
    }
  return split;
}

static inline gsize
element_size (const SmaltiValue *value)
{
  return value->klass == SMALTI_CLASS_I32 ? sizeof (gint32) : sizeof (gdouble);
}

/* Copies @part of @whole, which begins at @start along the axis they were split at; back into it if @join. */
static void
copy_part (guint8 *whole_data, const Split *whole, gint64 start, guint8 *part_data, const Split *part, gsize size,
           gboolean join)
{
  for (gint64 o = 0; o < part->outer; o++)
    for (gint64 a = 0; a < part->along; a++)
      for (gint64 i = 0; i < part->inner; i++)
        {
          guint8 *in_whole = whole_data + ((o * whole->along + start + a) * whole->inner + i) * size;
          guint8 *in_part = part_data + ((o * part->along + a) * part->inner + i) * size;

          memcpy (join ? in_whole : in_part, join ? in_part : in_whole, size);
        }
}

void
smalti_reference_concat (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiNode *node = kernel->node;
  const Split whole = split_at (node->output[0], node->attr.slice.axis);
  gint64 start = 0;

  for (guint input = 0; input < node->n_inputs; input++)
    {
      const Split part = split_at (node->input[input], node->attr.slice.axis);

      copy_part (kernel->output[0].data, &whole, start, kernel->input[input].data, &part,
                 element_size (node->output[0]), TRUE);
      start += part.along;
    }
}

void
smalti_reference_slice (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiNode *node = kernel->node;
  const Split whole = split_at (node->input[0], node->attr.slice.axis);
  const Split part = split_at (node->output[0], node->attr.slice.axis);

  copy_part (kernel->input[0].data, &whole, node->attr.slice.start, kernel->output[0].data, &part,
             element_size (node->output[0]), FALSE);
}

void
smalti_reference_slice_backward (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiNode *node = kernel->node;
  const Split part = split_at (node->input[0], node->attr.slice.axis);
  const Split whole = split_at (node->output[0], node->attr.slice.axis);
  const gdouble *dy = smalti_reference_in (kernel, 0);
  gdouble *dx = smalti_reference_out (kernel, 0);

  for (gint64 o = 0; o < whole.outer; o++)
    for (gint64 a = 0; a < whole.along; a++)
      for (gint64 i = 0; i < whole.inner; i++)
        {
          const gint64 in_part = a - node->attr.slice.start;

          dx[(o * whole.along + a) * whole.inner + i]
              = in_part >= 0 && in_part < part.along ? dy[(o * part.along + in_part) * part.inner + i] : 0;
        }
}

void
smalti_reference_reshape (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiValue *value = kernel->node->output[0];

  memcpy (kernel->output[0].data, kernel->input[0].data, smalti_reference_size (value) * element_size (value));
}

/* Fine sample @i of one axis is (1 - @weight) of coarse sample @low plus @weight of coarse sample @high. */
typedef struct
{
  gint64 low, high;
  gdouble weight;
} Tap;

static Tap
tap_at (const SmaltiAttr *attr, gint64 i, gint64 coarse_size)
{
  Tap tap = { .low = i / attr->upsample.factor };

  tap.high = tap.low;
  if (attr->upsample.bilinear)
    {
      const gdouble centre = MAX ((i + 0.5) / attr->upsample.factor - 0.5, 0);

      tap.low = (gint64)floor (centre);
      tap.high = MIN (tap.low + 1, coarse_size - 1);
      tap.weight = centre - tap.low;
    }
  return tap;
}

/* The four (or, nearest, one) coarse samples under fine pixel (i, j), and their weights. */
static void
taps_of_pixel (const SmaltiAttr *attr, const SmaltiValue *coarse, gint64 i, gint64 j, gint64 at[4], gdouble weight[4])
{
  const gint64 w = coarse->shape.dim[3];
  const Tap y = tap_at (attr, i, coarse->shape.dim[2]), x = tap_at (attr, j, w);

  at[0] = y.low * w + x.low, weight[0] = (1 - y.weight) * (1 - x.weight);
  at[1] = y.low * w + x.high, weight[1] = (1 - y.weight) * x.weight;
  at[2] = y.high * w + x.low, weight[2] = y.weight * (1 - x.weight);
  at[3] = y.high * w + x.high, weight[3] = y.weight * x.weight;
}

void
smalti_reference_upsample (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiAttr *attr = &kernel->node->attr;
  const SmaltiValue *coarse = kernel->node->input[0], *fine = kernel->node->output[0];
  const gint64 h = fine->shape.dim[2], w = fine->shape.dim[3], plane = coarse->shape.dim[2] * coarse->shape.dim[3];
  const gdouble *x = smalti_reference_in (kernel, 0);
  gdouble *y = smalti_reference_out (kernel, 0);

  for (gint64 p = 0; p < fine->shape.dim[0] * fine->shape.dim[1]; p++)
    for (gint64 i = 0; i < h; i++)
      for (gint64 j = 0; j < w; j++)
        {
          gint64 at[4];
          gdouble weight[4], sum = 0;

          taps_of_pixel (attr, coarse, i, j, at, weight);
          for (guint t = 0; t < 4; t++)
            sum += weight[t] * x[p * plane + at[t]];
          y[(p * h + i) * w + j] = sum;
        }
}

void
smalti_reference_upsample_backward (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiAttr *attr = &kernel->node->attr;
  const SmaltiValue *fine = kernel->node->input[0], *coarse = kernel->node->output[0];
  const gint64 h = fine->shape.dim[2], w = fine->shape.dim[3], plane = coarse->shape.dim[2] * coarse->shape.dim[3];
  const gdouble *dy = smalti_reference_in (kernel, 0);
  gdouble *dx = smalti_reference_out (kernel, 0);

  smalti_reference_clear (dx, coarse);
  for (gint64 p = 0; p < fine->shape.dim[0] * fine->shape.dim[1]; p++)
    for (gint64 i = 0; i < h; i++)
      for (gint64 j = 0; j < w; j++)
        {
          gint64 at[4];
          gdouble weight[4];

          taps_of_pixel (attr, coarse, i, j, at, weight);
          for (guint t = 0; t < 4; t++)
            dx[p * plane + at[t]] += weight[t] * dy[(p * h + i) * w + j];
        }
}
