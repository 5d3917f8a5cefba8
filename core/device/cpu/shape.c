/* SPDX-License-Identifier: Apache-2.0 */
/* Operators that only move elements: concat, slice and its backward, reshape.
 *
 * In memory an axis of any value splits it into `outer` runs of (its length) * `inner` elements, wherever the channels
 * lie, so that concat and slice are copies of rows. Reshape is the only one that can meet the layout: logical row-major
 * order is (C, H, W) and memory has (H, W, C), so that between values whose planes differ every image is transposed. */
#include "core/device/cpu/rows-private.h"

#include <string.h>

typedef struct
{
  gint64 outer, length, inner;
} Split;

static Split
split (const SmaltiValue *value, gint axis)
{
  const SmaltiShape *shape = &value->shape;
  gint order[SMALTI_MAX_DIMS] = { 0 }, n = shape->n_dims, at = 0;
  Split s = { .outer = 1, .length = shape->dim[axis], .inner = 1 };

  for (gint i = 0; i < n; i++)
    order[i] = i;
  if (smalti_cpu_is_channels_last (value))
    {
      order[n - 3] = n - 2;
      order[n - 2] = n - 1;
      order[n - 1] = n - 3;
    }
  while (order[at] != axis)
    s.outer *= shape->dim[order[at++]];
  while (++at < n)
    s.inner *= shape->dim[order[at]];
  return s;
}

static void
concat_run (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiNode *node = kernel->parent.node;
  Split y = split (node->output[0], node->attr.slice.axis);
  gboolean y16 = smalti_cpu_is_bf16 (node->output[0], kernel->precision);
  gint64 at = 0;

  for (guint i = 0; i < node->n_inputs; i++)
    {
      Split x = split (node->input[i], node->attr.slice.axis);

      smalti_cpu_copy_rows (smalti_cpu_at (kernel->parent.output[0].data, at, y16), y.length * y.inner, y16,
                            kernel->parent.input[i].data, x.length * x.inner,
                            smalti_cpu_is_bf16 (node->input[i], kernel->precision), x.outer, x.length * x.inner);
      at += x.length * x.inner;
    }
}

SmaltiCpuKernel *
smalti_cpu_prepare_concat (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  if (!smalti_cpu_check_one_layout (node, error))
    return NULL;
  return smalti_cpu_kernel_new (sizeof (SmaltiCpuKernel), node, precision, concat_run);
}

static void
slice_run (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiNode *node = kernel->parent.node;
  Split x = split (node->input[0], node->attr.slice.axis), y = split (node->output[0], node->attr.slice.axis);
  gboolean x16 = smalti_cpu_is_bf16 (node->input[0], kernel->precision);

  smalti_cpu_copy_rows (kernel->parent.output[0].data, y.length * y.inner,
                        smalti_cpu_is_bf16 (node->output[0], kernel->precision),
                        smalti_cpu_at_const (kernel->parent.input[0].data, node->attr.slice.start * x.inner, x16),
                        x.length * x.inner, x16, y.outer, y.length * y.inner);
}

SmaltiCpuKernel *
smalti_cpu_prepare_slice (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  if (!smalti_cpu_check_one_layout (node, error))
    return NULL;
  return smalti_cpu_kernel_new (sizeof (SmaltiCpuKernel), node, precision, slice_run);
}

static void
slice_backward_run (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiNode *node = kernel->parent.node;
  Split dy = split (node->input[0], node->attr.slice.axis), dx = split (node->output[0], node->attr.slice.axis);
  gboolean dx16 = smalti_cpu_is_bf16 (node->output[0], kernel->precision);
  gint64 start = node->attr.slice.start * dx.inner, end = start + dy.length * dy.inner, row = dx.length * dx.inner;
  guint8 *data = kernel->parent.output[0].data;

#pragma omp parallel for schedule(static) if (dx.outer * row > SMALTI_CPU_SMALL)
  for (gint64 i = 0; i < dx.outer; i++)
    {
      memset (smalti_cpu_at (data, i * row, dx16), 0, start * (dx16 ? 2 : 4));
      memset (smalti_cpu_at (data, i * row + end, dx16), 0, (row - end) * (dx16 ? 2 : 4));
    }
  smalti_cpu_copy_rows (smalti_cpu_at (data, start, dx16), row, dx16, kernel->parent.input[0].data,
                        dy.length * dy.inner, smalti_cpu_is_bf16 (node->input[0], kernel->precision), dx.outer,
                        dy.length * dy.inner);
}

SmaltiCpuKernel *
smalti_cpu_prepare_slice_backward (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  if (!smalti_cpu_check_one_layout (node, error))
    return NULL;
  return smalti_cpu_kernel_new (sizeof (SmaltiCpuKernel), node, precision, slice_backward_run);
}

/* A value as images of C planes of P elements, C = 1 where memory has the logical order. */
typedef struct
{
  gint64 images, channels, plane;
} Planes;

static Planes
planes (const SmaltiValue *value)
{
  const SmaltiShape *shape = &value->shape;
  gint64 size = smalti_shape_size (*shape);
  Planes p = { .images = 1, .channels = 1, .plane = size };

  if (smalti_cpu_is_channels_last (value))
    {
      gint64 channels = shape->dim[shape->n_dims - 3];
      gint64 plane = shape->dim[shape->n_dims - 2] * shape->dim[shape->n_dims - 1];

      if (channels > 1 && plane > 1)
        p = (Planes){ .images = size / (channels * plane), .channels = channels, .plane = plane };
    }
  return p;
}

gboolean
smalti_cpu_reshape_keeps_order (const SmaltiNode *node)
{
  Planes x = planes (node->input[0]), y = planes (node->output[0]);

  return (x.channels == 1 && y.channels == 1) || (x.channels == y.channels && x.plane == y.plane);
}

#define TILE 32

SMALTI_CPU_BODY void
transpose_body (const void *from, void *to, gint64 n_rows, gint64 n_columns, gint64 i0, gint64 i1, gint64 j0, gint64 j1,
                gboolean from16, gboolean to16)
{
  for (gint64 j = j0; j < j1; j++)
#pragma omp simd
    for (gint64 i = i0; i < i1; i++)
      smalti_cpu_store (to, j * n_rows + i, smalti_cpu_load (from, i * n_columns + j, from16), to16);
}

/* (rows, columns) -> (columns, rows), of rows i0 .. i1 - 1. */
SMALTI_CPU_CLONES static void
transpose (const void *from, void *to, gint64 n_rows, gint64 n_columns, gint64 i0, gint64 i1, gboolean from16,
           gboolean to16)
{
  for (gint64 j0 = 0; j0 < n_columns; j0 += TILE)
    {
      gint64 j1 = MIN (j0 + TILE, n_columns);

      if (from16 && to16)
        transpose_body (from, to, n_rows, n_columns, i0, i1, j0, j1, TRUE, TRUE);
      else if (!from16 && !to16)
        transpose_body (from, to, n_rows, n_columns, i0, i1, j0, j1, FALSE, FALSE);
      else
        transpose_body (from, to, n_rows, n_columns, i0, i1, j0, j1, from16, to16);
    }
}

static void
transpose_images (const void *from, gboolean from16, void *to, gboolean to16, gint64 n_images, gint64 n_rows,
                  gint64 n_columns)
{
  gint64 n_tiles = smalti_cpu_pieces (n_rows, TILE), size = n_rows * n_columns;

#pragma omp parallel for schedule(static) if (n_images * size > SMALTI_CPU_SMALL)
  for (gint64 i = 0; i < n_images * n_tiles; i++)
    {
      gint64 image = i / n_tiles, row = i % n_tiles * TILE;

      transpose (smalti_cpu_at_const (from, image * size, from16), smalti_cpu_at (to, image * size, to16), n_rows,
                 n_columns, row, MIN (row + TILE, n_rows), from16, to16);
    }
}

static void
reshape_run (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiNode *node = kernel->parent.node;
  const void *from = kernel->parent.input[0].data;
  void *to = kernel->parent.output[0].data;
  gboolean from16 = smalti_cpu_is_bf16 (node->input[0], kernel->precision);
  gboolean to16 = smalti_cpu_is_bf16 (node->output[0], kernel->precision);
  Planes x = planes (node->input[0]), y = planes (node->output[0]);
  gint64 size = smalti_shape_size (node->output[0]->shape);

  if (smalti_cpu_reshape_keeps_order (node))
    {
      if (from != to)
        smalti_cpu_copy_rows (to, size, to16, from, size, from16, 1, size);
    }
  else if (x.channels == 1)
    transpose_images (from, from16, to, to16, y.images, y.channels, y.plane);
  else if (y.channels == 1)
    transpose_images (from, from16, to, to16, x.images, x.plane, x.channels);
  else
    {
      transpose_images (from, from16, kernel->parent.scratch.data, to16, x.images, x.plane, x.channels);
      transpose_images (kernel->parent.scratch.data, to16, to, to16, y.images, y.channels, y.plane);
    }
}

SmaltiCpuKernel *
smalti_cpu_prepare_reshape (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  SmaltiCpuKernel *self = smalti_cpu_kernel_new (sizeof *self, node, precision, reshape_run);

  if (!smalti_cpu_reshape_keeps_order (node) && planes (node->input[0]).channels > 1
      && planes (node->output[0]).channels > 1)
    self->parent.scratch_bytes
        = smalti_shape_size (node->output[0]->shape) * (smalti_cpu_is_bf16 (node->output[0], precision) ? 2 : 4);
  return self;
}
