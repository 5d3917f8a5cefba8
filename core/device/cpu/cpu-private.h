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

struct _SmaltiCpuKernel
{
  SmaltiKernel parent;
  SmaltiPrecision precision;
  void (*run) (SmaltiCpu *cpu, SmaltiCpuKernel *self, const SmaltiRunContext *context);
  gboolean (*bind) (SmaltiCpu *cpu, SmaltiCpuKernel *self, GError **error); /* nullable */
  void (*destroy) (SmaltiCpuKernel *self);                                   /* nullable: g_free() will do */
};

/* A value seen as pixels of channels: (N, C, H, W) has N*H*W pixels, (N, C) has N. */
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

/* Preparers: one or more operators each; NULL with SMALTI_ERROR_DEVICE. */
typedef SmaltiCpuKernel *(*SmaltiCpuPrepare) (SmaltiCpu        *cpu,
                                              const SmaltiNode *node,
                                              SmaltiPrecision   precision,
                                              GError          **error);

G_END_DECLS
