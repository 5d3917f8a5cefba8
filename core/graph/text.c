/* SPDX-License-Identifier: Apache-2.0 */
/* What a graph says of itself: names of operators, its nodes as text, its arithmetic. */
#include "core/graph/graph-private.h"

static const char *const names[SMALTI_N_OPS] = {
  [SMALTI_OP_INPUT] = "input",
  [SMALTI_OP_PARAM] = "param",
  [SMALTI_OP_STATE] = "state",
  [SMALTI_OP_FILL] = "fill",
  [SMALTI_OP_CONV] = "conv",
  [SMALTI_OP_CONV_TRANSPOSE] = "conv_transpose",
  [SMALTI_OP_LINEAR] = "linear",
  [SMALTI_OP_MATMUL] = "matmul",
  [SMALTI_OP_BATCH_NORM] = "batch_norm",
  [SMALTI_OP_LRN] = "lrn",
  [SMALTI_OP_RELU] = "relu",
  [SMALTI_OP_MAX_POOL] = "max_pool",
  [SMALTI_OP_AVG_POOL] = "avg_pool",
  [SMALTI_OP_ADAPTIVE_AVG_POOL] = "adaptive_avg_pool",
  [SMALTI_OP_ADD] = "add",
  [SMALTI_OP_SCALE] = "scale",
  [SMALTI_OP_CONCAT] = "concat",
  [SMALTI_OP_SLICE] = "slice",
  [SMALTI_OP_RESHAPE] = "reshape",
  [SMALTI_OP_DROPOUT] = "dropout",
  [SMALTI_OP_UPSAMPLE] = "upsample",
  [SMALTI_OP_SOFTMAX] = "softmax",
  [SMALTI_OP_L2_NORMALIZE] = "l2_normalize",
  [SMALTI_OP_CROSS_ENTROPY] = "cross_entropy",
  [SMALTI_OP_MSE] = "mse",
  [SMALTI_OP_CORRECT] = "correct",
  [SMALTI_OP_CONV_BACKWARD_DATA] = "conv_backward_data",
  [SMALTI_OP_CONV_BACKWARD_WEIGHTS] = "conv_backward_weights",
  [SMALTI_OP_CONV_TRANSPOSE_BACKWARD_DATA] = "conv_transpose_backward_data",
  [SMALTI_OP_CONV_TRANSPOSE_BACKWARD_WEIGHTS] = "conv_transpose_backward_weights",
  [SMALTI_OP_LINEAR_BACKWARD_DATA] = "linear_backward_data",
  [SMALTI_OP_LINEAR_BACKWARD_WEIGHTS] = "linear_backward_weights",
  [SMALTI_OP_BATCH_NORM_BACKWARD] = "batch_norm_backward",
  [SMALTI_OP_BATCH_NORM_INFERENCE_BACKWARD] = "batch_norm_inference_backward",
  [SMALTI_OP_LRN_BACKWARD] = "lrn_backward",
  [SMALTI_OP_RELU_BACKWARD] = "relu_backward",
  [SMALTI_OP_MAX_POOL_BACKWARD] = "max_pool_backward",
  [SMALTI_OP_AVG_POOL_BACKWARD] = "avg_pool_backward",
  [SMALTI_OP_ADAPTIVE_AVG_POOL_BACKWARD] = "adaptive_avg_pool_backward",
  [SMALTI_OP_SLICE_BACKWARD] = "slice_backward",
  [SMALTI_OP_UPSAMPLE_BACKWARD] = "upsample_backward",
  [SMALTI_OP_SOFTMAX_BACKWARD] = "softmax_backward",
  [SMALTI_OP_L2_NORMALIZE_BACKWARD] = "l2_normalize_backward",
  [SMALTI_OP_CROSS_ENTROPY_BACKWARD] = "cross_entropy_backward",
  [SMALTI_OP_MSE_BACKWARD] = "mse_backward",
};

const char *
smalti_op_name (SmaltiOp op)
{
  g_return_val_if_fail (op < SMALTI_N_OPS, NULL);
  return names[op];
}

static void
append_values (GString *text, SmaltiValue *const *values, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *shape = smalti_shape_to_text (values[i]->shape);

      g_string_append_printf (text, "%s%%%u %s", i > 0 ? ", " : "", values[i]->id, shape);
    }
}

/* "conv trunk.conv1 +relu (%0 2x3x64x64, %1 8x3x3x3) -> %2 2x8x62x62" */
char *
smalti_graph_to_text (const SmaltiGraph *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->nodes->len; i++)
    {
      const SmaltiNode *node = self->nodes->pdata[i];
      gboolean is_norm = node->op == SMALTI_OP_BATCH_NORM;

      g_string_append_printf (text, "%s %s", smalti_op_name (node->op), node->name);
      if (is_norm && node->attr.norm.residual)
        g_string_append (text, " +residual");
      if (node->relu || (is_norm && node->attr.norm.relu))
        g_string_append (text, " +relu");
      if (node->n_inputs > 0)
        {
          g_string_append (text, " (");
          append_values (text, node->input, node->n_inputs);
          g_string_append_c (text, ')');
        }
      g_string_append (text, " -> ");
      append_values (text, node->output, node->n_outputs);
      g_string_append_c (text, '\n');
    }
  return g_string_free (text, FALSE);
}

static gdouble
size_of (const SmaltiValue *value)
{
  return smalti_shape_size (value->shape);
}

/* A convolution multiplies each element of the map on its filters' side (y, or x when transposed) by the weights of one
 * filter; its two backwards do the same multiplications in another order. */
static gdouble
multiply_adds (const SmaltiNode *node)
{
  const SmaltiValue *in0 = node->input[0], *in1 = node->input[1], *out = node->output[0];

  switch (node->op)
    {
    case SMALTI_OP_CONV:
      return size_of (out) * size_of (in1) / in1->shape.dim[0];
    case SMALTI_OP_CONV_BACKWARD_DATA:
      return size_of (in0) * size_of (in1) / in1->shape.dim[0];
    case SMALTI_OP_CONV_BACKWARD_WEIGHTS:
      return size_of (in1) * size_of (out) / out->shape.dim[0];
    case SMALTI_OP_CONV_TRANSPOSE:
      return size_of (in0) * size_of (in1) / in1->shape.dim[0];
    case SMALTI_OP_CONV_TRANSPOSE_BACKWARD_DATA:
      return size_of (out) * size_of (in1) / in1->shape.dim[0];
    case SMALTI_OP_CONV_TRANSPOSE_BACKWARD_WEIGHTS:
      return size_of (in0) * size_of (out) / out->shape.dim[0];
    case SMALTI_OP_LINEAR:
      return size_of (out) * in1->shape.dim[1];
    case SMALTI_OP_LINEAR_BACKWARD_DATA:
      return size_of (in0) * in1->shape.dim[1];
    case SMALTI_OP_LINEAR_BACKWARD_WEIGHTS:
      return size_of (in1) * in0->shape.dim[1];
    case SMALTI_OP_MATMUL:
      return size_of (out) * in0->shape.dim[node->attr.matmul.transpose_a ? 0 : 1];
    default:
      return 0;
    }
}

gdouble
smalti_graph_count_flop (const SmaltiGraph *self)
{
  gdouble n = 0;

  for (guint i = 0; i < self->nodes->len; i++)
    n += multiply_adds (self->nodes->pdata[i]);
  return 2 * n;
}
