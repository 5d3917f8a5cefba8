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

G_END_DECLS
