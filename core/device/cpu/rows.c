/* SPDX-License-Identifier: Apache-2.0 */
/* Copies, and what every kernel of rows begins with; and which kernels may write over what they read. */
#include "core/device/cpu/rows-private.h"

#include <string.h>

#include "core/device/cpu/exp-private.h"

const gfloat smalti_cpu_exp_lowest = -87.3f;

gboolean
smalti_cpu_check_one_layout (const SmaltiNode *node, GError **error)
{
  gboolean last = smalti_cpu_is_channels_last (node->output[0]);

  for (guint i = 0; i < node->n_inputs; i++)
    if (node->input[i]->shape.n_dims >= 4 && smalti_cpu_is_channels_last (node->input[i]) != last)
      {
        g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DEVICE,
                     _ ("%s: the processor can't put a weight and an activation into one “%s”."), node->name,
                     smalti_op_name (node->op));
        return FALSE;
      }
  return TRUE;
}

gpointer
smalti_cpu_kernel_new (gsize n_bytes, const SmaltiNode *node, SmaltiPrecision precision,
                       void (*run) (SmaltiCpu *cpu, SmaltiCpuKernel *self, const SmaltiRunContext *context))
{
  SmaltiCpuKernel *self = g_malloc0 (n_bytes);

  self->parent.node = node;
  self->precision = precision;
  self->run = run;
  return self;
}

SMALTI_CPU_CLONES static void
widen (gfloat *to, const guint16 *from, gint64 n)
{
#pragma omp simd
  for (gint64 i = 0; i < n; i++)
    to[i] = smalti_bf16_to_f32 (from[i]);
}

SMALTI_CPU_CLONES static void
narrow (guint16 *to, const gfloat *from, gint64 n)
{
#pragma omp simd
  for (gint64 i = 0; i < n; i++)
    smalti_cpu_store (to, i, from[i], TRUE);
}

static void
copy_row (void *to, gboolean to_bf16, const void *from, gboolean from_bf16, gint64 n)
{
  if (to_bf16 == from_bf16)
    memcpy (to, from, n * (to_bf16 ? 2 : 4));
  else if (to_bf16)
    narrow (to, from, n);
  else
    widen (to, from, n);
}

void
smalti_cpu_copy_rows (void *to, gint64 to_stride, gboolean to_bf16, const void *from, gint64 from_stride,
                      gboolean from_bf16, gint64 n_rows, gint64 n_columns)
{
  gint64 n_pieces = smalti_cpu_pieces (n_columns, SMALTI_CPU_PIECE);

#pragma omp parallel for schedule(static) if (n_rows * n_columns > SMALTI_CPU_SMALL)
  for (gint64 i = 0; i < n_rows * n_pieces; i++)
    {
      gint64 row = i / n_pieces, column = i % n_pieces * SMALTI_CPU_PIECE;

      copy_row (smalti_cpu_at (to, row * to_stride + column, to_bf16), to_bf16,
                smalti_cpu_at_const (from, row * from_stride + column, from_bf16), from_bf16,
                MIN (SMALTI_CPU_PIECE, n_columns - column));
    }
}

/* Kernels that read an element before they write it, and never read it again. */
static gboolean
overwrites (const SmaltiNode *node, guint input)
{
  switch (node->op)
    {
    case SMALTI_OP_RELU:
    case SMALTI_OP_RELU_BACKWARD:
    case SMALTI_OP_ADD:
    case SMALTI_OP_SCALE:
    case SMALTI_OP_DROPOUT:
    case SMALTI_OP_SOFTMAX:
    case SMALTI_OP_SOFTMAX_BACKWARD:
    case SMALTI_OP_L2_NORMALIZE:
    case SMALTI_OP_L2_NORMALIZE_BACKWARD:
      return TRUE;
    case SMALTI_OP_BATCH_NORM:
      return input == 0 || input == 5;
    case SMALTI_OP_BATCH_NORM_BACKWARD:
    case SMALTI_OP_BATCH_NORM_INFERENCE_BACKWARD:
      return input <= 2;
    case SMALTI_OP_CROSS_ENTROPY_BACKWARD:
      return input == 0;
    case SMALTI_OP_MSE_BACKWARD:
      return input <= 1;
    case SMALTI_OP_RESHAPE:
      return smalti_cpu_reshape_keeps_order (node);
    default:
      return FALSE;
    }
}

gboolean
smalti_cpu_in_place (SmaltiDevice *device, const SmaltiNode *node, guint input, SmaltiPrecision precision)
{
  return overwrites (node, input)
         && smalti_shape_size (node->input[input]->shape) == smalti_shape_size (node->output[0]->shape)
         && smalti_cpu_is_bf16 (node->input[input], precision) == smalti_cpu_is_bf16 (node->output[0], precision);
}
