/* SPDX-License-Identifier: Apache-2.0 */
/* Reverse-mode differentiation as graph rewriting: from the loss back, each node appends the nodes of its backward.
 *
 * Two marks keep it to what is needed. Forward: a value is wanted if a trainable parameter or a value in @wrt goes into
 * it, so nothing is computed towards an image or below a frozen layer. Backward: a node whose output has received no
 * gradient is passed over. Gradients of weights come before those of inputs: the input of a layer may then die before
 * its gradient is born. A gradient is stored as the value it belongs to is. */
#include "core/base/error.h"
#include "core/graph/graph-private.h"

typedef struct
{
  SmaltiGraph *graph;
  guint n_values;          /* of the forward graph */
  gboolean *wanted;        /* by value id */
  SmaltiValue **gradients; /* by value id: the sum so far */
} Tape;

/* Appends to @tape the backward of @node, whose first output's gradient is @dy. */
typedef void (*Rule) (Tape *tape, SmaltiNode *node, SmaltiValue *dy);

static gboolean
wants (const Tape *tape, const SmaltiNode *node, guint input)
{
  return input < node->n_inputs && tape->wanted[node->input[input]->id];
}

static SmaltiNode *
append (Tape *tape, SmaltiOp op, const SmaltiNode *of, const char *suffix, SmaltiAttr attr, SmaltiValue **inputs,
        guint n)
{
  g_autofree char *name = g_strconcat (of->name, suffix, NULL);
  SmaltiNode *node = smalti_graph_append (tape->graph, op, name, attr);

  for (guint i = 0; i < n; i++)
    smalti_node_add_input (node, inputs[i]);
  return node;
}

/* append() with the inputs as arguments */
#define APPEND(tape, op, of, suffix, attr, ...)                                                                        \
  append (tape, op, of, suffix, attr, (SmaltiValue *[]){ __VA_ARGS__ },                                                \
          G_N_ELEMENTS (((SmaltiValue *[]){ __VA_ARGS__ })))

/* The next output of @node: like @value, and called after it. */
static SmaltiValue *
output_like (Tape *tape, SmaltiNode *node, const SmaltiValue *value)
{
  return smalti_graph_add_output (tape->graph, node, g_strconcat ("d ", value->name, NULL), value->shape, value->klass);
}

static void
accumulate (Tape *tape, const SmaltiValue *value, SmaltiValue *gradient)
{
  SmaltiValue **sum = &tape->gradients[value->id];
  SmaltiValue *terms[] = { *sum, gradient };
  g_autofree char *name = NULL;
  SmaltiNode *node;

  if (!tape->wanted[value->id])
    return;
  if (*sum == NULL)
    {
      *sum = gradient;
      return;
    }
  name = g_strconcat ("sum d ", value->name, NULL);
  node = smalti_graph_append (tape->graph, SMALTI_OP_ADD, name, (SmaltiAttr){ 0 });
  smalti_node_add_input (node, terms[0]);
  smalti_node_add_input (node, terms[1]);
  *sum = output_like (tape, node, value);
}

/* The one output of @backward is the gradient of @node's @input-th input. */
static void
deliver (Tape *tape, const SmaltiNode *node, guint input, SmaltiNode *backward)
{
  accumulate (tape, node->input[input], output_like (tape, backward, node->input[input]));
}

/* Convolutions and linear layers: x, w, [bias]. */
static void
layer_backward (Tape *tape, SmaltiNode *node, SmaltiValue *dy, SmaltiOp weights, SmaltiOp data)
{
  SmaltiValue *x = node->input[0], *w = node->input[1];

  if (wants (tape, node, 1) || wants (tape, node, 2))
    {
      SmaltiNode *backward = APPEND (tape, weights, node, "/backward_weights", node->attr, x, dy);

      deliver (tape, node, 1, backward);
      if (wants (tape, node, 2))
        deliver (tape, node, 2, backward);
    }
  if (wants (tape, node, 0))
    deliver (tape, node, 0, APPEND (tape, data, node, "/backward_data", node->attr, dy, w));
}

static void
conv_backward (Tape *tape, SmaltiNode *node, SmaltiValue *dy)
{
  layer_backward (tape, node, dy, SMALTI_OP_CONV_BACKWARD_WEIGHTS, SMALTI_OP_CONV_BACKWARD_DATA);
}

static void
conv_transpose_backward (Tape *tape, SmaltiNode *node, SmaltiValue *dy)
{
  layer_backward (tape, node, dy, SMALTI_OP_CONV_TRANSPOSE_BACKWARD_WEIGHTS, SMALTI_OP_CONV_TRANSPOSE_BACKWARD_DATA);
}

static void
linear_backward (Tape *tape, SmaltiNode *node, SmaltiValue *dy)
{
  layer_backward (tape, node, dy, SMALTI_OP_LINEAR_BACKWARD_WEIGHTS, SMALTI_OP_LINEAR_BACKWARD_DATA);
}

/* y = A B, where A and B are a and b, transposed or not: dA = dy B', dB = A' dy, transposed again where they were. */
static void
matmul_backward (Tape *tape, SmaltiNode *node, SmaltiValue *dy)
{
  SmaltiValue *a = node->input[0], *b = node->input[1];
  gboolean ta = node->attr.matmul.transpose_a, tb = node->attr.matmul.transpose_b;
  SmaltiAttr attr = { 0 };

  if (wants (tape, node, 0))
    {
      attr.matmul.transpose_a = ta && tb;
      attr.matmul.transpose_b = ta || !tb;
      deliver (tape, node, 0, APPEND (tape, SMALTI_OP_MATMUL, node, "/backward_a", attr, ta ? b : dy, ta ? dy : b));
    }
  if (wants (tape, node, 1))
    {
      attr.matmul.transpose_a = tb || !ta;
      attr.matmul.transpose_b = ta && tb;
      deliver (tape, node, 1, APPEND (tape, SMALTI_OP_MATMUL, node, "/backward_b", attr, tb ? dy : a, tb ? a : dy));
    }
}

/* All outputs are made, for the kernel computes them together; those that nobody wants are read by nobody. */
static void
batch_norm_backward (Tape *tape, SmaltiNode *node, SmaltiValue *dy)
{
  static const guint inputs[] = { 0, 1, 2, 5 };
  gboolean training = node->attr.norm.training;
  SmaltiNode *backward
      = APPEND (tape, training ? SMALTI_OP_BATCH_NORM_BACKWARD : SMALTI_OP_BATCH_NORM_INFERENCE_BACKWARD, node,
                "/backward", node->attr, node->input[0], node->output[0], dy, node->input[1],
                training ? node->output[1] : node->input[3], training ? node->output[2] : node->input[4]);

  for (guint i = 0; i < (node->attr.norm.residual ? 4 : 3); i++)
    deliver (tape, node, inputs[i], backward);
}

static void
lrn_backward (Tape *tape, SmaltiNode *node, SmaltiValue *dy)
{
  deliver (tape, node, 0,
           APPEND (tape, SMALTI_OP_LRN_BACKWARD, node, "/backward", node->attr, node->input[0], node->output[0], dy));
}

static void
relu_backward (Tape *tape, SmaltiNode *node, SmaltiValue *dy)
{
  deliver (tape, node, 0, APPEND (tape, SMALTI_OP_RELU_BACKWARD, node, "/backward", node->attr, node->output[0], dy));
}

/* Graphs that don't train have pools without argmax; when one is differentiated all the same, it is added. */
static void
max_pool_backward (Tape *tape, SmaltiNode *node, SmaltiValue *dy)
{
  if (node->n_outputs < 2)
    smalti_graph_add_output (tape->graph, node, g_strconcat (node->name, ".argmax", NULL), node->output[0]->shape,
                             SMALTI_CLASS_I32);
  deliver (tape, node, 0,
           APPEND (tape, SMALTI_OP_MAX_POOL_BACKWARD, node, "/backward", node->attr, dy, node->output[1]));
}

/* Operators whose backward needs nothing but the gradient and the attributes. */
static void
backward_of_dy (Tape *tape, SmaltiNode *node, SmaltiValue *dy)
{
  static const SmaltiOp backward[SMALTI_N_OPS] = {
    [SMALTI_OP_AVG_POOL] = SMALTI_OP_AVG_POOL_BACKWARD,
    [SMALTI_OP_ADAPTIVE_AVG_POOL] = SMALTI_OP_ADAPTIVE_AVG_POOL_BACKWARD,
    [SMALTI_OP_SCALE] = SMALTI_OP_SCALE,
    [SMALTI_OP_SLICE] = SMALTI_OP_SLICE_BACKWARD,
    [SMALTI_OP_RESHAPE] = SMALTI_OP_RESHAPE,
    [SMALTI_OP_DROPOUT] = SMALTI_OP_DROPOUT, /* the same stream draws the same mask */
    [SMALTI_OP_UPSAMPLE] = SMALTI_OP_UPSAMPLE_BACKWARD,
  };

  deliver (tape, node, 0, APPEND (tape, backward[node->op], node, "/backward", node->attr, dy));
}

static void
add_backward (Tape *tape, SmaltiNode *node, SmaltiValue *dy)
{
  accumulate (tape, node->input[0], dy);
  accumulate (tape, node->input[1], dy);
}

static void
concat_backward (Tape *tape, SmaltiNode *node, SmaltiValue *dy)
{
  SmaltiAttr attr = { .slice.axis = node->attr.slice.axis };

  for (guint i = 0; i < node->n_inputs; i++)
    {
      attr.slice.length = node->input[i]->shape.dim[attr.slice.axis];
      if (wants (tape, node, i))
        deliver (tape, node, i, APPEND (tape, SMALTI_OP_SLICE, node, "/backward", attr, dy));
      attr.slice.start += attr.slice.length;
    }
}

static void
softmax_backward (Tape *tape, SmaltiNode *node, SmaltiValue *dy)
{
  deliver (tape, node, 0,
           APPEND (tape, SMALTI_OP_SOFTMAX_BACKWARD, node, "/backward", node->attr, node->output[0], dy));
}

static void
l2_normalize_backward (Tape *tape, SmaltiNode *node, SmaltiValue *dy)
{
  deliver (tape, node, 0,
           APPEND (tape, SMALTI_OP_L2_NORMALIZE_BACKWARD, node, "/backward", node->attr, node->input[0], dy));
}

static void
cross_entropy_backward (Tape *tape, SmaltiNode *node, SmaltiValue *dy)
{
  SmaltiNode *backward
      = append (tape, SMALTI_OP_CROSS_ENTROPY_BACKWARD, node, "/backward", node->attr, node->input, node->n_inputs);

  smalti_node_add_input (backward, dy);
  deliver (tape, node, 0, backward);
}

/* db is -da; by itself, the same with a and b exchanged. */
static void
mse_backward (Tape *tape, SmaltiNode *node, SmaltiValue *dy)
{
  SmaltiValue *a = node->input[0], *b = node->input[1];
  SmaltiNode *backward;

  if (wants (tape, node, 0))
    {
      backward = APPEND (tape, SMALTI_OP_MSE_BACKWARD, node, "/backward", node->attr, a, b, dy);
      deliver (tape, node, 0, backward);
      if (wants (tape, node, 1) && a->klass == b->klass)
        {
          SmaltiAttr minus = { .scale.factor = -1 };

          deliver (tape, node, 1, APPEND (tape, SMALTI_OP_SCALE, node, "/backward_b", minus, backward->output[0]));
          return;
        }
    }
  if (wants (tape, node, 1))
    deliver (tape, node, 1, APPEND (tape, SMALTI_OP_MSE_BACKWARD, node, "/backward_b", node->attr, b, a, dy));
}

/* What is not here has no gradient: sources, CORRECT, and backward operators themselves. */
static const Rule rules[SMALTI_N_OPS] = {
  [SMALTI_OP_CONV] = conv_backward,
  [SMALTI_OP_CONV_TRANSPOSE] = conv_transpose_backward,
  [SMALTI_OP_LINEAR] = linear_backward,
  [SMALTI_OP_MATMUL] = matmul_backward,
  [SMALTI_OP_BATCH_NORM] = batch_norm_backward,
  [SMALTI_OP_LRN] = lrn_backward,
  [SMALTI_OP_RELU] = relu_backward,
  [SMALTI_OP_MAX_POOL] = max_pool_backward,
  [SMALTI_OP_AVG_POOL] = backward_of_dy,
  [SMALTI_OP_ADAPTIVE_AVG_POOL] = backward_of_dy,
  [SMALTI_OP_ADD] = add_backward,
  [SMALTI_OP_SCALE] = backward_of_dy,
  [SMALTI_OP_CONCAT] = concat_backward,
  [SMALTI_OP_SLICE] = backward_of_dy,
  [SMALTI_OP_RESHAPE] = backward_of_dy,
  [SMALTI_OP_DROPOUT] = backward_of_dy,
  [SMALTI_OP_UPSAMPLE] = backward_of_dy,
  [SMALTI_OP_SOFTMAX] = softmax_backward,
  [SMALTI_OP_L2_NORMALIZE] = l2_normalize_backward,
  [SMALTI_OP_CROSS_ENTROPY] = cross_entropy_backward,
  [SMALTI_OP_MSE] = mse_backward,
};

/* Inputs of @op that its output can be differentiated by: not targets, not running statistics. */
static gboolean
is_differentiable (SmaltiOp op, guint input)
{
  switch (op)
    {
    case SMALTI_OP_BATCH_NORM:
      return input < 3 || input == 5;
    case SMALTI_OP_CROSS_ENTROPY:
      return input == 0;
    default:
      return rules[op] != NULL;
    }
}

static void
mark_wanted (Tape *tape, SmaltiValue **wrt, guint n_wrt)
{
  for (guint i = 0; i < n_wrt; i++)
    tape->wanted[wrt[i]->id] = wrt[i]->klass != SMALTI_CLASS_I32;
  for (guint i = 0; i < tape->graph->nodes->len; i++)
    {
      const SmaltiNode *node = tape->graph->nodes->pdata[i];
      SmaltiValue *value = node->output[0];
      gboolean wanted = tape->wanted[value->id] || (node->op == SMALTI_OP_PARAM && value->trainable);

      for (guint j = 0; j < node->n_inputs && !wanted; j++)
        wanted = is_differentiable (node->op, j) && tape->wanted[node->input[j]->id];
      tape->wanted[value->id] = wanted && value->klass != SMALTI_CLASS_I32;
    }
}

static gboolean
goes_on (const Tape *tape, const SmaltiNode *node)
{
  for (guint i = 0; i < node->n_inputs; i++)
    if (is_differentiable (node->op, i) && tape->wanted[node->input[i]->id])
      return TRUE;
  return FALSE;
}

static void
walk_back (Tape *tape, guint from)
{
  for (guint i = from + 1; i-- > 0;)
    {
      SmaltiNode *node = tape->graph->nodes->pdata[i];
      SmaltiValue *y = node->output[0], *dy = tape->gradients[y->id];

      if (dy == NULL || !goes_on (tape, node))
        continue;
      if (node->relu)
        dy = output_like (tape,
                          APPEND (tape, SMALTI_OP_RELU_BACKWARD, node, "/backward_relu", (SmaltiAttr){ 0 }, y, dy), y);
      rules[node->op](tape, node, dy);
    }
}

static gboolean
can_differentiate (const SmaltiGraph *self, const SmaltiValue *loss, SmaltiValue **wrt, guint n_wrt, GError **error)
{
  if (!smalti_graph_check (self, error))
    return FALSE;
  if (self->differentiated)
    {
      g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_SHAPE, _ ("The graph has been differentiated already."));
      return FALSE;
    }
  for (guint i = 0; i <= n_wrt; i++)
    {
      const SmaltiValue *value = i < n_wrt ? wrt[i] : loss;

      if (value->id < self->values->len && self->values->pdata[value->id] == value)
        continue;
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_SHAPE,
                   _ ("“%s” can't be differentiated: it is not in the graph, or was fused away."), value->name);
      return FALSE;
    }
  if (loss->shape.n_dims != 0 || loss->klass == SMALTI_CLASS_I32)
    {
      g_autofree char *shape = smalti_shape_to_text (loss->shape);

      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_SHAPE,
                   _ ("“%s” is %s: a loss that can be differentiated is a scalar."), loss->name, shape);
      return FALSE;
    }
  return TRUE;
}

/* What smalti_graph_gradient() answers: asked for, or trained. */
static void
publish (const Tape *tape, SmaltiValue **wrt, guint n_wrt)
{
  for (guint i = 0; i < n_wrt; i++)
    if (tape->gradients[wrt[i]->id] != NULL)
      g_hash_table_insert (tape->graph->gradient, wrt[i], tape->gradients[wrt[i]->id]);
  for (guint i = 0; i < tape->n_values; i++)
    {
      SmaltiValue *value = tape->graph->values->pdata[i];

      if (value->producer->op == SMALTI_OP_PARAM && value->trainable && tape->gradients[i] != NULL)
        g_hash_table_insert (tape->graph->gradient, value, tape->gradients[i]);
    }
}

gboolean
smalti_graph_differentiate (SmaltiGraph *self, SmaltiValue *loss, SmaltiValue **wrt, guint n_wrt, GError **error)
{
  g_autofree gboolean *wanted = g_new0 (gboolean, self->values->len);
  g_autofree SmaltiValue **gradients = g_new0 (SmaltiValue *, self->values->len);
  Tape tape = { self, self->values->len, wanted, gradients };

  g_return_val_if_fail (loss != NULL, FALSE);
  if (!can_differentiate (self, loss, wrt, n_wrt, error))
    return FALSE;
  self->differentiated = TRUE;
  mark_wanted (&tape, wrt, n_wrt);
  if (!wanted[loss->id])
    return TRUE;
  gradients[loss->id] = smalti_graph_fill (self, SMALTI_SCALAR, 1);
  walk_back (&tape, loss->producer->id);
  publish (&tape, wrt, n_wrt);
  smalti_graph_renumber (self);
  return TRUE;
}
