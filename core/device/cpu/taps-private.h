/* SPDX-License-Identifier: Apache-2.0 */
/* Which input positions an output position of a pool or of an upsampling reads along one axis, and how much of each. */
#pragma once

#include "core/device/cpu/cpu-private.h"

G_BEGIN_DECLS

/**
 * SmaltiCpuTaps:
 *
 * A sparse matrix, outputs by inputs: those of output @o are at[first[o]] .. at[first[o + 1] - 1], rising, with their
 * weights. Both axes of a window together weigh as the product of the two.
 */
typedef struct
{
  gint n_outputs, n_inputs;
  gint *first; /* n_outputs + 1 */
  gint *at;
  gfloat *weight;
} SmaltiCpuTaps;

/* Of one axis of @window; every weight is 1, or 1 / their number when @mean. Nothing outside the input is read. */
void smalti_cpu_taps_init_window    (SmaltiCpuTaps       *self,
                                     gint                 n_inputs,
                                     gint                 n_outputs,
                                     const SmaltiWindow  *window,
                                     guint                axis,
                                     gboolean             mean);
/* Means over floor (o * in / out) .. ceil ((o + 1) * in / out) - 1. */
void smalti_cpu_taps_init_adaptive  (SmaltiCpuTaps       *self,
                                     gint                 n_inputs,
                                     gint                 n_outputs);
void smalti_cpu_taps_init_upsample  (SmaltiCpuTaps       *self,
                                     gint                 n_inputs,
                                     gint                 factor,
                                     gboolean             bilinear);
/* What was read becomes what is written: the matrix of backward. */
void smalti_cpu_taps_transpose      (SmaltiCpuTaps       *self);
void smalti_cpu_taps_clear          (SmaltiCpuTaps       *self);

G_END_DECLS
