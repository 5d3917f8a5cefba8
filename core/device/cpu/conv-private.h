/* SPDX-License-Identifier: Apache-2.0 */
/* The ways to compute a convolution that are not one primitive of oneDNN's. */
#pragma once

#include "core/device/cpu/dnnl-private.h"

G_BEGIN_DECLS

/* Gradients of weights, tap by tap. */
gboolean         smalti_conv_suits_taps       (const SmaltiNode *node,
                                               SmaltiPrecision   precision);
SmaltiCpuKernel *smalti_cpu_prepare_conv_taps (SmaltiCpu        *cpu,
                                               const SmaltiNode *node,
                                               SmaltiPrecision   precision,
                                               GError          **error);

/* A dilated convolution as one of more and smaller images; sizes of both results and images split alike. */
gboolean         smalti_conv_has_phases       (const SmaltiWindow *window,
                                               gint64              height,
                                               gint64              width);
SmaltiWindow     smalti_conv_phase_window     (const SmaltiWindow *window);
/* @narrow: from f32 to bf16 on the way; else of @element bytes. */
void             smalti_conv_split_phases     (guint8             *apart,
                                               const guint8       *whole,
                                               const SmaltiValue  *value,
                                               const SmaltiWindow *window,
                                               gboolean            narrow,
                                               gsize               element);
void             smalti_conv_join_phases      (guint8             *whole,
                                               const guint8       *apart,
                                               const SmaltiValue  *value,
                                               const SmaltiWindow *window,
                                               gsize               element);

G_END_DECLS
