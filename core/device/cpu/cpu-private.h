/* SPDX-License-Identifier: Apache-2.0 */
/* What the processor's kernels share.
 *
 * Layout. ACTIVATION, F32 and I32 values of four or more dimensions (..., C, H, W) are stored channels last:
 * (..., H, W, C). That is what AMX convolutions want, it makes every per-channel loop contiguous, and it holds for every
 * operator, so nothing is ever reordered between two of them. Values of fewer dimensions, and WEIGHT values of any number,
 * are row major. ACTIVATION is f32 or bf16 by the program's precision, everything else is 32 bit. */
#pragma once

#include "core/device/device.h"

G_BEGIN_DECLS

typedef struct _SmaltiCpu SmaltiCpu;
typedef struct _SmaltiCpuKernel SmaltiCpuKernel;
typedef struct _SmaltiDnnl SmaltiDnnl;

struct _SmaltiCpu
{
  SmaltiDevice parent;
  SmaltiDnnl *dnnl; /* engine and stream of oneDNN */
};

struct _SmaltiCpuKernel
{
  SmaltiKernel parent;
  SmaltiPrecision precision;
  void (*run) (SmaltiCpu *cpu, SmaltiCpuKernel *self, const SmaltiRunContext *context);
  gboolean (*bind) (SmaltiCpu *cpu, SmaltiCpuKernel *self, GError **error); /* nullable */
  void (*destroy) (SmaltiCpuKernel *self);                                   /* nullable: g_free() will do */
};

/* A value seen as pixels of channels: (N, C, H, W) has N*H*W pixels, (N, C) has N. Of three dimensions or one (positions of
 * (N, H, W), labels of (N)) every element is a pixel of one channel. */
typedef struct
{
  gint64 n, channels, height, width;
  gint64 pixels; /* n * height * width */
  gboolean bf16;
} SmaltiCpuView;

SmaltiCpuView smalti_cpu_view     (const SmaltiValue  *value,
                                   SmaltiPrecision     precision);
gboolean      smalti_cpu_is_bf16  (const SmaltiValue  *value,
                                   SmaltiPrecision     precision);

/* Compiles a function for the widths of registers there are and takes the best at load time. Not on functions that hold a
 * parallel region, whose body would stay at the narrowest: on those it calls. Sanitizers can't choose at load time. */
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define SMALTI_CPU_CLONES __attribute__ ((target_clones ("default", "arch=x86-64-v3", "arch=x86-64-v4"), optimize ("O3")))
#else
#define SMALTI_CPU_CLONES
#endif

/* Room for a part of a kernel's scratch memory, which @total sums up; returns where it begins. */
static inline gsize
smalti_cpu_reserve (gsize *total, gsize n_bytes)
{
  gsize at = *total;

  *total += (n_bytes + 63) / 64 * 64;
  return at;
}

/* On the calling thread. */
void          smalti_cpu_narrow   (guint16            *to,
                                   const gfloat       *from,
                                   gint64              n);
/* Flat conversions, in parallel. */
void          smalti_cpu_to_bf16  (guint16            *to,
                                   const gfloat       *from,
                                   gint64              n);
void          smalti_cpu_to_f32   (gfloat             *to,
                                   const guint16      *from,
                                   gint64              n);
/* Sums over pixels, channel by channel: @x is (pixels, channels). The same bits for the same number of threads. */
void          smalti_cpu_sum_pixels (gfloat             *sums,
                                     gconstpointer       x,
                                     gboolean            bf16,
                                     gint64              pixels,
                                     gint64              channels,
                                     gfloat             *scratch);
gsize         smalti_cpu_sum_scratch (gint64             channels);
/* x <- x + bias, then max(0, .) when @relu; @bias may be NULL. */
void          smalti_cpu_add_bias (gpointer             x,
                                   gboolean             bf16,
                                   const gfloat        *bias,
                                   gboolean             relu,
                                   gint64               pixels,
                                   gint64               channels);

/* Entries of the device's class, each a file's concern. */
void          smalti_cpu_write    (SmaltiDevice           *device,
                                   const SmaltiValue      *value,
                                   SmaltiPrecision         precision,
                                   SmaltiBuffer            to,
                                   const SmaltiTensor     *from);
void          smalti_cpu_read     (SmaltiDevice           *device,
                                   const SmaltiValue      *value,
                                   SmaltiPrecision         precision,
                                   SmaltiBuffer            from,
                                   SmaltiTensor           *to);
gboolean      smalti_cpu_in_place (SmaltiDevice           *device,
                                   const SmaltiNode       *node,
                                   guint                   input,
                                   SmaltiPrecision         precision);
void          smalti_cpu_update   (SmaltiDevice           *device,
                                   const SmaltiUpdateRule *rule,
                                   const SmaltiUpdateItem *items,
                                   guint                   n_items,
                                   SmaltiBuffer            norm);

/* Preparers: one or more operators each; NULL with SMALTI_ERROR_DEVICE. */
typedef SmaltiCpuKernel *(*SmaltiCpuPrepare) (SmaltiCpu        *cpu,
                                              const SmaltiNode *node,
                                              SmaltiPrecision   precision,
                                              GError          **error);

#define SMALTI_CPU_DECLARE_PREPARE(name)                                                                               \
  SmaltiCpuKernel *smalti_cpu_prepare_##name (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision,       \
                                              GError **error);

SMALTI_CPU_DECLARE_PREPARE (conv) /* and its backward, and the transposed one with its own */
SMALTI_CPU_DECLARE_PREPARE (linear)
SMALTI_CPU_DECLARE_PREPARE (linear_backward)
SMALTI_CPU_DECLARE_PREPARE (matmul)
SMALTI_CPU_DECLARE_PREPARE (batch_norm)
SMALTI_CPU_DECLARE_PREPARE (batch_norm_backward) /* of training and of inference */
SMALTI_CPU_DECLARE_PREPARE (lrn)
SMALTI_CPU_DECLARE_PREPARE (lrn_backward)
SMALTI_CPU_DECLARE_PREPARE (relu)
SMALTI_CPU_DECLARE_PREPARE (relu_backward)
SMALTI_CPU_DECLARE_PREPARE (max_pool)
SMALTI_CPU_DECLARE_PREPARE (max_pool_backward)
SMALTI_CPU_DECLARE_PREPARE (avg_pool)
SMALTI_CPU_DECLARE_PREPARE (avg_pool_backward)
SMALTI_CPU_DECLARE_PREPARE (adaptive_avg_pool)
SMALTI_CPU_DECLARE_PREPARE (adaptive_avg_pool_backward)
SMALTI_CPU_DECLARE_PREPARE (add)
SMALTI_CPU_DECLARE_PREPARE (scale)
SMALTI_CPU_DECLARE_PREPARE (concat)
SMALTI_CPU_DECLARE_PREPARE (slice)
SMALTI_CPU_DECLARE_PREPARE (slice_backward)
SMALTI_CPU_DECLARE_PREPARE (reshape)
SMALTI_CPU_DECLARE_PREPARE (dropout)
SMALTI_CPU_DECLARE_PREPARE (upsample)
SMALTI_CPU_DECLARE_PREPARE (upsample_backward)
SMALTI_CPU_DECLARE_PREPARE (softmax)
SMALTI_CPU_DECLARE_PREPARE (softmax_backward)
SMALTI_CPU_DECLARE_PREPARE (l2_normalize)
SMALTI_CPU_DECLARE_PREPARE (l2_normalize_backward)
SMALTI_CPU_DECLARE_PREPARE (cross_entropy)
SMALTI_CPU_DECLARE_PREPARE (cross_entropy_backward)
SMALTI_CPU_DECLARE_PREPARE (mse)
SMALTI_CPU_DECLARE_PREPARE (mse_backward)
SMALTI_CPU_DECLARE_PREPARE (correct)

G_END_DECLS
