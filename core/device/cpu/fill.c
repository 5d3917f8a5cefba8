/* SPDX-License-Identifier: Apache-2.0 */
/* A value whose every element is the same number. Written each run, since its place in the arena may serve others too.
 */
#include "core/device/cpu/cpu-private.h"

static void
run_fill (SmaltiCpu *cpu, SmaltiCpuKernel *self, const SmaltiRunContext *context)
{
  const SmaltiNode *node = self->parent.node;
  gint64 n = smalti_shape_size (node->output[0]->shape);
  gfloat value = node->attr.fill.value;

  if (smalti_cpu_is_bf16 (node->output[0], self->precision))
    {
      guint16 *y = (guint16 *)self->parent.output[0].data, bits = smalti_bf16_from_f32 (value);

      for (gint64 i = 0; i < n; i++)
        y[i] = bits;
    }
  else
    {
      gfloat *y = (gfloat *)self->parent.output[0].data;

      for (gint64 i = 0; i < n; i++)
        y[i] = value;
    }
}

SmaltiCpuKernel *
smalti_cpu_prepare_fill (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  SmaltiCpuKernel *self = g_new0 (SmaltiCpuKernel, 1);

  self->run = run_fill;
  return self;
}
