/* SPDX-License-Identifier: Apache-2.0 */
/* What the loops over rows of numbers share. A row lies in memory as f32 or bf16, is computed in f32, and is rounded
 * once, when it is stored.
 *
 * A hot loop is written as a body that is always inlined and takes its rows' types as arguments, and a function of
 * SMALTI_CPU_CLONES around it that calls it with constants where all rows are of one type: then the types cost nothing.
 * Where they are mixed the same body runs with variables, slower. `#pragma omp simd` says what the compiler can't know:
 * rows are the same memory or do not overlap, and sums may be added in any order. */
#pragma once

#include <omp.h>

#include "core/base/error.h"
#include "core/device/cpu/cpu-private.h"

G_BEGIN_DECLS

#define SMALTI_CPU_BODY static inline __attribute__ ((always_inline))

/* Work smaller than this, in elements, is not worth waking other threads for. */
#define SMALTI_CPU_SMALL 16384
/* Elements of an elementwise loop that one thread takes at a time. */
#define SMALTI_CPU_PIECE 8192

SMALTI_CPU_BODY gfloat
smalti_cpu_load (const void *row, gint64 i, gboolean bf16)
{
  return bf16 ? smalti_bf16_to_f32 (((const guint16 *)row)[i]) : ((const gfloat *)row)[i];
}

/* Of smalti_bf16_from_f32() without its branch. */
SMALTI_CPU_BODY void
smalti_cpu_store (void *row, gint64 i, gfloat x, gboolean bf16)
{
  if (bf16)
    {
      union
      {
        gfloat f;
        guint32 u;
      } v = { .f = x };
      guint32 rounded = (v.u + 0x7fff + ((v.u >> 16) & 1)) >> 16;
      guint32 kept = (v.u >> 16) | 0x40;

      ((guint16 *)row)[i] = (v.u & 0x7fffffffu) > 0x7f800000u ? kept : rounded;
    }
  else
    ((gfloat *)row)[i] = x;
}

/* The @i-th element of a row. */
static inline void *
smalti_cpu_at (void *row, gint64 i, gboolean bf16)
{
  return (guint8 *)row + i * (bf16 ? 2 : 4);
}

static inline const void *
smalti_cpu_at_const (const void *row, gint64 i, gboolean bf16)
{
  return (const guint8 *)row + i * (bf16 ? 2 : 4);
}

static inline gint64
smalti_cpu_pieces (gint64 n, gint64 piece)
{
  return (n + piece - 1) / piece;
}

/* Whether it is stored (..., H, W, C). */
static inline gboolean
smalti_cpu_is_channels_last (const SmaltiValue *value)
{
  return value->shape.n_dims >= 4 && value->klass != SMALTI_CLASS_WEIGHT;
}

/* For kernels that walk all their values as if they were flat: one order must serve them all. */
gboolean smalti_cpu_check_one_layout (const SmaltiNode *node, GError **error);

/* Of @n_bytes, which begin with a SmaltiCpuKernel. */
gpointer smalti_cpu_kernel_new (gsize n_bytes, const SmaltiNode *node, SmaltiPrecision precision,
                                void (*run) (SmaltiCpu *cpu, SmaltiCpuKernel *self, const SmaltiRunContext *context));
/* Rows of @n_columns elements, every so many in memory, copied or converted; in parallel. */
void smalti_cpu_copy_rows (void *to, gint64 to_stride, gboolean to_bf16, const void *from, gint64 from_stride,
                           gboolean from_bf16, gint64 n_rows, gint64 n_columns);
/* Whether a RESHAPE leaves every element where it lies. */
gboolean smalti_cpu_reshape_keeps_order (const SmaltiNode *node);

G_END_DECLS
