/* SPDX-License-Identifier: Apache-2.0 */
/* How batch norm and its backward cut their work, and where partial sums lie until they are put together. */
#pragma once

#include "core/device/cpu/cpu-private.h"

G_BEGIN_DECLS

/* Rows summed in f32 before they go into a double, and columns done at a time: what the first-level cache holds. */
#define SMALTI_CPU_NORM_TILE  32
#define SMALTI_CPU_NORM_CHUNK 256

/**
 * SmaltiCpuNormGrid:
 * @joined: pixels in a row; divides @pixels
 * @width: joined * channels, the columns of a row
 * @block: rows in a block, a multiple of SMALTI_CPU_NORM_TILE
 */
typedef struct
{
  gint64 channels, pixels;
  gint64 joined, width, n_rows;
  gint64 block, n_blocks;
} SmaltiCpuNormGrid;

void     smalti_cpu_norm_grid_init    (SmaltiCpuNormGrid       *self,
                                       SmaltiCpuView            view);
gint64   smalti_cpu_norm_grid_rows    (const SmaltiCpuNormGrid *self,
                                       gint64                   block);
gsize    smalti_cpu_norm_grid_scratch (const SmaltiCpuNormGrid *self);
/* Two sums of every column of @block: (2, width). */
gdouble *smalti_cpu_norm_grid_sums    (const SmaltiCpuNormGrid *self,
                                       SmaltiBuffer             scratch,
                                       gint64                   block);
/* (4, width): what the second pass multiplies and adds. */
gfloat  *smalti_cpu_norm_grid_factors (const SmaltiCpuNormGrid *self,
                                       SmaltiBuffer             scratch);
/* (channels) at the front of (width), repeated until that is full. */
void     smalti_cpu_norm_grid_repeat  (const SmaltiCpuNormGrid *self,
                                       gfloat                  *factors);

G_END_DECLS
