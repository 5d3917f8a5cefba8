/* SPDX-License-Identifier: Apache-2.0 */
/* Dropout. The mask goes by the logical order of elements (core/device/dropout.h), whatever order memory has: it is
 * drawn for a tile of a few planes' neighbouring positions, many Philox blocks in step, and then laid over memory.
 *
 * The rounds are written out again here because a call for each block costs ten times the rest; the operator's test
 * holds them against the reference, which draws block by block. */
#include "core/device/dropout.h"

#include "core/base/random.h"
#include "core/device/cpu/rows-private.h"

#define TILE_CHANNELS 16
#define TILE          64   /* positions of a plane, where channels come last */
#define TILE_FLAT     2048 /* where they do not */
#define MAX_BLOCKS    (TILE_FLAT / 4 + 1)

/* A plane is what is in order: H * W elements @stride apart, or all elements side by side. */
typedef struct
{
  SmaltiCpuKernel base;
  gint64 n_images, channels, plane, stride;
  gboolean x16, y16;
  gfloat p, factor;
  guint32 stream;
} Dropout;

/* Draws 4 * first .. 4 * (first + n) - 1. */
SMALTI_CPU_CLONES static void
draw_blocks (const SmaltiRunContext *context, guint32 stream, guint32 first, gint n, gfloat *draws)
{
  const guint32 key0 = (guint32)context->seed;
  const guint32 key1 = (guint32)(context->seed >> 32) ^ ((guint32)SMALTI_STREAM_DROPOUT << 24);
  const guint32 step0 = (guint32)context->step, step1 = (guint32)(context->step >> 32);
  const gfloat unit = 1.0f / 16777216.0f;

#pragma omp simd
  for (gint i = 0; i < n; i++)
    {
      guint32 c0 = first + i, c1 = stream, c2 = step0, c3 = step1, k0 = key0, k1 = key1;

#pragma GCC unroll 10
      for (gint round = 0; round < 10; round++)
        {
          guint64 p0 = (guint64)0xD2511F53u * c0, p1 = (guint64)0xCD9E8D57u * c2;

          c0 = (guint32)(p1 >> 32) ^ c1 ^ k0;
          c1 = (guint32)p1;
          c2 = (guint32)(p0 >> 32) ^ c3 ^ k1;
          c3 = (guint32)p0;
          k0 += 0x9E3779B9u;
          k1 += 0xBB67AE85u;
        }
      draws[4 * i] = (gint32)(c0 >> 8) * unit; /* 24 bits: a signed number converts in one instruction */
      draws[4 * i + 1] = (gint32)(c1 >> 8) * unit;
      draws[4 * i + 2] = (gint32)(c2 >> 8) * unit;
      draws[4 * i + 3] = (gint32)(c3 >> 8) * unit;
    }
}

SMALTI_CPU_BODY void
drop_body (const void *x, void *y, gint64 n, const gfloat *draws, gfloat p, gfloat factor, gboolean x16, gboolean y16)
{
#pragma omp simd
  for (gint64 i = 0; i < n; i++)
    {
      gfloat v = factor * smalti_cpu_load (x, i, x16);

      smalti_cpu_store (y, i, draws[i] >= p ? v : 0, y16);
    }
}

SMALTI_CPU_CLONES static void
drop (const void *x, void *y, gint64 n, const gfloat *draws, gfloat p, gfloat factor, gboolean x16, gboolean y16)
{
  if (x16 && y16)
    drop_body (x, y, n, draws, p, factor, TRUE, TRUE);
  else if (!x16 && !y16)
    drop_body (x, y, n, draws, p, factor, FALSE, FALSE);
  else
    drop_body (x, y, n, draws, p, factor, x16, y16);
}

/* Positions @begin .. @end - 1 of the planes of channels @c .. @c + @n_channels - 1 of @image. */
static void
drop_tile (const Dropout *self, const SmaltiRunContext *context, gint64 image, gint64 c, gint64 n_channels,
           gint64 begin, gint64 end)
{
  const SmaltiKernel *kernel = &self->base.parent;
  gfloat draws[4 * MAX_BLOCKS];
  gfloat turned[TILE][TILE_CHANNELS];

  for (gint64 k = 0; k < n_channels; k++)
    {
      gint64 element = (image * self->channels + c + k) * self->plane + begin, first = element / 4;
      gint64 at = element - 4 * first;

      draw_blocks (context, self->stream, first, (element + end - begin + 3) / 4 - first, draws);
      if (self->stride == 1)
        drop (smalti_cpu_at_const (kernel->input[0].data, element, self->x16),
              smalti_cpu_at (kernel->output[0].data, element, self->y16), end - begin, draws + at, self->p,
              self->factor, self->x16, self->y16);
      else
        for (gint64 i = begin; i < end; i++)
          turned[i - begin][k] = draws[at + i - begin];
    }
  for (gint64 i = begin; self->stride > 1 && i < end; i++)
    {
      gint64 element = (image * self->plane + i) * self->stride + c;

      drop (smalti_cpu_at_const (kernel->input[0].data, element, self->x16),
            smalti_cpu_at (kernel->output[0].data, element, self->y16), n_channels, turned[i - begin], self->p,
            self->factor, self->x16, self->y16);
    }
}

static void
dropout_run (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, const SmaltiRunContext *context)
{
  const Dropout *self = (const Dropout *)kernel;
  gint64 tile = self->stride > 1 ? TILE : TILE_FLAT;
  gint64 n_tiles = smalti_cpu_pieces (self->plane, tile);
  gint64 n_groups = smalti_cpu_pieces (self->channels, TILE_CHANNELS);

#pragma omp parallel for schedule(static) if (self->n_images * self->channels * self->plane > SMALTI_CPU_SMALL)
  for (gint64 i = 0; i < self->n_images * n_groups * n_tiles; i++)
    {
      gint64 c = i / n_tiles % n_groups * TILE_CHANNELS, begin = i % n_tiles * tile;

      drop_tile (self, context, i / n_tiles / n_groups, c, MIN (TILE_CHANNELS, self->channels - c), begin,
                 MIN (begin + tile, self->plane));
    }
}

SmaltiCpuKernel *
smalti_cpu_prepare_dropout (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  const SmaltiShape *shape = &node->output[0]->shape;
  gint64 size = smalti_shape_size (*shape);
  Dropout *self;

  if (!smalti_cpu_check_one_layout (node, error))
    return NULL;
  self = smalti_cpu_kernel_new (sizeof *self, node, precision, dropout_run);
  self->x16 = smalti_cpu_is_bf16 (node->input[0], precision);
  self->y16 = smalti_cpu_is_bf16 (node->output[0], precision);
  self->p = node->attr.dropout.p;
  self->factor = 1 / (1 - self->p);
  self->stream = node->attr.dropout.stream;
  self->channels = self->stride = 1;
  self->plane = size;
  if (smalti_cpu_is_channels_last (node->output[0]))
    {
      self->channels = self->stride = shape->dim[shape->n_dims - 3];
      self->plane = shape->dim[shape->n_dims - 2] * shape->dim[shape->n_dims - 1];
    }
  self->n_images = size / MAX (self->channels * self->plane, 1);
  return &self->base;
}
