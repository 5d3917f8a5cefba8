/* SPDX-License-Identifier: Apache-2.0 */
/* The way to compute a linear layer that is not one product. */
#pragma once

#include "core/device/cpu/dnnl-private.h"

G_BEGIN_DECLS

gboolean         smalti_linear_is_large          (const SmaltiNode *node,
                                                  SmaltiPrecision   precision);
SmaltiCpuKernel *smalti_cpu_prepare_linear_large (SmaltiCpu        *cpu,
                                                  const SmaltiNode *node,
                                                  SmaltiPrecision   precision,
                                                  GError          **error);

G_END_DECLS
