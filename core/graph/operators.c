/* SPDX-License-Identifier: Apache-2.0 */
/* Builders: one call, one node. A builder never fails: a missing input is replaced, a node whose inputs don't fit gets
 * a shape that its callers can go on with, and only the first mistake is kept, for the rest follow from it. */
#include "core/base/error.h"
#include "core/graph/graph-private.h"

static SmaltiValue *
usable (SmaltiGraph *graph, const char *name, SmaltiValue *value)
{
  if (value != NULL && value->graph == graph)
    return value;
  smalti_graph_take_mistake (
      graph,
      g_error_new (SMALTI_ERROR, SMALTI_ERROR_SHAPE,
                   value == NULL ? _ ("“%s” lacks an input.") : _ ("“%s” has an input from another graph."), name));
  return smalti_graph_fill (graph, value != NULL ? value->shape : SMALTI_SHAPE (1, 1, 1, 1), 0);
}

static SmaltiNode *
begin (SmaltiGraph *graph, SmaltiOp op, const char *name, SmaltiAttr attr, SmaltiValue **inputs, guint n)
{
  SmaltiNode *node;

  for (guint i = 0; i < n; i++) /* may append nodes: before this one */
    inputs[i] = usable (graph, name, inputs[i]);
  node = smalti_graph_append (graph, op, name, attr);
  for (guint i = 0; i < n; i++)
    smalti_node_add_input (node, inputs[i]);
  return node;
}

static gboolean
is_reduction (SmaltiOp op)
{
  return op == SMALTI_OP_CROSS_ENTROPY || op == SMALTI_OP_MSE || op == SMALTI_OP_CORRECT;
}

/* What callers may read of any value after a mistake: four dimensions, none below one. */
static SmaltiShape
harmless (const SmaltiNode *node)
{
  SmaltiShape shape = node->input[0]->shape;

  if (is_reduction (node->op))
    return SMALTI_SCALAR;
  for (guint i = shape.n_dims; i < 4; i++)
    shape.dim[i] = 1;
  shape.n_dims = MAX (shape.n_dims, 4);
  return shape;
}

/* Infers the shape and adds the first output. @shape is the answer of operators that are told it. */
static SmaltiValue *
finish (SmaltiGraph *graph, SmaltiNode *node, SmaltiShape shape, SmaltiValueClass klass)
{
  GError *mistake = NULL;

  if (!smalti_node_infer_shape (node, &shape, &mistake))
    {
      smalti_graph_take_mistake (graph, mistake);
      shape = harmless (node);
    }
  return smalti_graph_add_output (graph, node, g_strdup (node->name), shape, klass);
}

/* Of one input; the output is stored as it is. */
static SmaltiValue *
unary (SmaltiGraph *graph, SmaltiOp op, const char *name, SmaltiValue *x, SmaltiAttr attr)
{
  SmaltiNode *node = begin (graph, op, name, attr, &x, 1);

  return finish (graph, node, SMALTI_SCALAR, x->klass);
}

/* A layer with a weight and perhaps a bias. */
static SmaltiValue *
weighted (SmaltiGraph *graph, SmaltiOp op, const char *name, SmaltiValue *x, SmaltiValue *weight, SmaltiValue *bias,
          SmaltiAttr attr)
{
  SmaltiValue *inputs[] = { x, weight, bias };
  SmaltiNode *node = begin (graph, op, name, attr, inputs, bias != NULL ? 3 : 2);

  return finish (graph, node, SMALTI_SCALAR, SMALTI_CLASS_ACTIVATION);
}

SmaltiValue *
smalti_conv (SmaltiGraph *self, const char *name, SmaltiValue *x, SmaltiValue *weight, SmaltiValue *bias,
             SmaltiWindow window)
{
  return weighted (self, SMALTI_OP_CONV, name, x, weight, bias, (SmaltiAttr){ .window = window });
}

SmaltiValue *
smalti_conv_transpose (SmaltiGraph *self, const char *name, SmaltiValue *x, SmaltiValue *weight, SmaltiValue *bias,
                       SmaltiWindow window)
{
  return weighted (self, SMALTI_OP_CONV_TRANSPOSE, name, x, weight, bias, (SmaltiAttr){ .window = window });
}

SmaltiValue *
smalti_linear (SmaltiGraph *self, const char *name, SmaltiValue *x, SmaltiValue *weight, SmaltiValue *bias)
{
  return weighted (self, SMALTI_OP_LINEAR, name, x, weight, bias, (SmaltiAttr){ 0 });
}

SmaltiValue *
smalti_matmul (SmaltiGraph *self, const char *name, SmaltiValue *a, SmaltiValue *b, gboolean transpose_a,
               gboolean transpose_b)
{
  SmaltiAttr attr = { .matmul = { .transpose_a = transpose_a, .transpose_b = transpose_b } };
  SmaltiNode *node = begin (self, SMALTI_OP_MATMUL, name, attr, (SmaltiValue *[]){ a, b }, 2);

  return finish (self, node, SMALTI_SCALAR, SMALTI_CLASS_ACTIVATION);
}

SmaltiValue *
smalti_batch_norm (SmaltiGraph *self, const char *name, SmaltiValue *x, SmaltiValue *gamma, SmaltiValue *beta,
                   SmaltiValue *running_mean, SmaltiValue *running_var, gfloat eps, gfloat momentum)
{
  SmaltiAttr attr = { .norm = { .eps = eps, .momentum = momentum, .training = self->training } };
  SmaltiValue *inputs[] = { x, gamma, beta, running_mean, running_var };
  SmaltiNode *node = begin (self, SMALTI_OP_BATCH_NORM, name, attr, inputs, 5);
  SmaltiValue *y = finish (self, node, SMALTI_SCALAR, inputs[0]->klass);
  SmaltiShape channels = SMALTI_SHAPE (y->shape.dim[1]);

  if (self->training)
    {
      smalti_graph_add_output (self, node, g_strconcat (name, ".mean", NULL), channels, SMALTI_CLASS_F32);
      smalti_graph_add_output (self, node, g_strconcat (name, ".rstd", NULL), channels, SMALTI_CLASS_F32);
    }
  return y;
}

SmaltiValue *
smalti_lrn (SmaltiGraph *self, const char *name, SmaltiValue *x, gint size, gfloat alpha, gfloat beta, gfloat k)
{
  SmaltiAttr attr = { .lrn = { .size = size, .alpha = alpha, .beta = beta, .k = k } };

  return unary (self, SMALTI_OP_LRN, name, x, attr);
}

SmaltiValue *
smalti_relu (SmaltiGraph *self, const char *name, SmaltiValue *x)
{
  return unary (self, SMALTI_OP_RELU, name, x, (SmaltiAttr){ 0 });
}

SmaltiValue *
smalti_max_pool (SmaltiGraph *self, const char *name, SmaltiValue *x, SmaltiWindow window)
{
  SmaltiValue *y = unary (self, SMALTI_OP_MAX_POOL, name, x, (SmaltiAttr){ .window = window });

  if (self->training)
    smalti_graph_add_output (self, y->producer, g_strconcat (name, ".argmax", NULL), y->shape, SMALTI_CLASS_I32);
  return y;
}

SmaltiValue *
smalti_avg_pool (SmaltiGraph *self, const char *name, SmaltiValue *x, SmaltiWindow window)
{
  return unary (self, SMALTI_OP_AVG_POOL, name, x, (SmaltiAttr){ .window = window });
}

SmaltiValue *
smalti_adaptive_avg_pool (SmaltiGraph *self, const char *name, SmaltiValue *x, gint height, gint width)
{
  SmaltiNode *node = begin (self, SMALTI_OP_ADAPTIVE_AVG_POOL, name, (SmaltiAttr){ 0 }, &x, 1);

  return finish (self, node, SMALTI_SHAPE (x->shape.dim[0], x->shape.dim[1], height, width), x->klass);
}

SmaltiValue *
smalti_add (SmaltiGraph *self, const char *name, SmaltiValue *a, SmaltiValue *b)
{
  SmaltiValue *inputs[] = { a, b };
  SmaltiNode *node = begin (self, SMALTI_OP_ADD, name, (SmaltiAttr){ 0 }, inputs, 2);

  return finish (self, node, SMALTI_SCALAR, inputs[0]->klass);
}

SmaltiValue *
smalti_scale (SmaltiGraph *self, const char *name, SmaltiValue *x, gfloat factor)
{
  return unary (self, SMALTI_OP_SCALE, name, x, (SmaltiAttr){ .scale.factor = factor });
}

SmaltiValue *
smalti_concat (SmaltiGraph *self, const char *name, SmaltiValue **values, guint n_values, gint axis)
{
  SmaltiValue *inputs[SMALTI_MAX_INPUTS] = { NULL };
  guint n = CLAMP (n_values, 1, SMALTI_MAX_INPUTS);
  SmaltiNode *node;

  if (n_values != n)
    smalti_graph_take_mistake (self, g_error_new (SMALTI_ERROR, SMALTI_ERROR_SHAPE,
                                                  _ ("“%s” joins %u values; it can be 1 to %d."), name, n_values,
                                                  SMALTI_MAX_INPUTS));
  for (guint i = 0; i < MIN (n_values, n); i++)
    inputs[i] = values[i];
  node = begin (self, SMALTI_OP_CONCAT, name, (SmaltiAttr){ .slice.axis = axis }, inputs, n);
  return finish (self, node, SMALTI_SCALAR, inputs[0]->klass);
}

SmaltiValue *
smalti_slice (SmaltiGraph *self, const char *name, SmaltiValue *x, gint axis, gint64 start, gint64 length)
{
  SmaltiAttr attr = { .slice = { .axis = axis, .start = start, .length = length } };

  return unary (self, SMALTI_OP_SLICE, name, x, attr);
}

SmaltiValue *
smalti_reshape (SmaltiGraph *self, const char *name, SmaltiValue *x, SmaltiShape shape)
{
  SmaltiNode *node = begin (self, SMALTI_OP_RESHAPE, name, (SmaltiAttr){ 0 }, &x, 1);

  return finish (self, node, shape, x->klass);
}

SmaltiValue *
smalti_flatten (SmaltiGraph *self, const char *name, SmaltiValue *x)
{
  gint64 n;

  x = usable (self, name, x);
  n = x->shape.n_dims > 0 ? x->shape.dim[0] : 1;
  return smalti_reshape (self, name, x, SMALTI_SHAPE (n, smalti_shape_size (x->shape) / n));
}

SmaltiValue *
smalti_dropout (SmaltiGraph *self, const char *name, SmaltiValue *x, gfloat p)
{
  if (!self->training)
    return usable (self, name, x);
  return unary (self, SMALTI_OP_DROPOUT, name, x, (SmaltiAttr){ .dropout = { .p = p, .stream = self->n_dropouts++ } });
}

SmaltiValue *
smalti_upsample (SmaltiGraph *self, const char *name, SmaltiValue *x, gint factor, gboolean bilinear)
{
  SmaltiAttr attr = { .upsample = { .factor = factor, .bilinear = bilinear } };

  return unary (self, SMALTI_OP_UPSAMPLE, name, x, attr);
}

SmaltiValue *
smalti_softmax (SmaltiGraph *self, const char *name, SmaltiValue *x, gfloat scale)
{
  return unary (self, SMALTI_OP_SOFTMAX, name, x, (SmaltiAttr){ .scale.factor = scale });
}

SmaltiValue *
smalti_l2_normalize (SmaltiGraph *self, const char *name, SmaltiValue *x, gfloat eps)
{
  return unary (self, SMALTI_OP_L2_NORMALIZE, name, x, (SmaltiAttr){ .l2.eps = eps });
}

SmaltiValue *
smalti_cross_entropy (SmaltiGraph *self, const char *name, SmaltiValue *logits, SmaltiValue *target,
                      SmaltiValue *probabilities, SmaltiValue *weights, SmaltiCrossEntropyAttr attr)
{
  SmaltiValue *inputs[4] = { logits, target };
  SmaltiNode *node;
  guint n = 2;

  attr.weighted = !!attr.weighted;
  if ((attr.target == SMALTI_TARGET_SPARSE) != (probabilities != NULL) || attr.weighted != (weights != NULL))
    smalti_graph_take_mistake (
        self, g_error_new (SMALTI_ERROR, SMALTI_ERROR_SHAPE,
                           _ ("“%s” lacks or does not expect the probabilities or weights it was given."), name));
  if (attr.target == SMALTI_TARGET_SPARSE)
    inputs[n++] = probabilities;
  if (attr.weighted)
    inputs[n++] = weights;
  node = begin (self, SMALTI_OP_CROSS_ENTROPY, name, (SmaltiAttr){ .cross_entropy = attr }, inputs, n);
  return finish (self, node, SMALTI_SCALAR, SMALTI_CLASS_F32);
}

SmaltiValue *
smalti_mse (SmaltiGraph *self, const char *name, SmaltiValue *a, SmaltiValue *b)
{
  SmaltiNode *node = begin (self, SMALTI_OP_MSE, name, (SmaltiAttr){ 0 }, (SmaltiValue *[]){ a, b }, 2);

  return finish (self, node, SMALTI_SCALAR, SMALTI_CLASS_F32);
}

SmaltiValue *
smalti_correct (SmaltiGraph *self, const char *name, SmaltiValue *logits, SmaltiValue *target, gint k)
{
  SmaltiAttr attr = { .correct.k = k };
  SmaltiNode *node = begin (self, SMALTI_OP_CORRECT, name, attr, (SmaltiValue *[]){ logits, target }, 2);

  return finish (self, node, SMALTI_SCALAR, SMALTI_CLASS_F32);
}

static gboolean
is_read (const SmaltiGraph *graph, const SmaltiValue *value)
{
  for (guint i = value->producer->id + 1; i < graph->nodes->len; i++)
    {
      const SmaltiNode *node = graph->nodes->pdata[i];

      for (guint j = 0; j < node->n_inputs; j++)
        if (node->input[j] == value)
          return TRUE;
    }
  return FALSE;
}

SmaltiValue *
smalti_as_f32 (SmaltiGraph *self, SmaltiValue *x)
{
  SmaltiOp op;

  x = usable (self, "as_f32", x);
  op = x->producer->op;
  if (x->klass == SMALTI_CLASS_F32)
    return x;
  if (op != SMALTI_OP_CONV && op != SMALTI_OP_CONV_TRANSPOSE && op != SMALTI_OP_LINEAR && op != SMALTI_OP_MATMUL)
    smalti_graph_take_mistake (
        self, g_error_new (SMALTI_ERROR, SMALTI_ERROR_SHAPE,
                           _ ("“%s” can't be kept in full precision: only convolutions and products can."), x->name));
  else if (is_read (self, x)) /* its readers have taken over the class it had */
    smalti_graph_take_mistake (self, g_error_new (SMALTI_ERROR, SMALTI_ERROR_SHAPE,
                                                  _ ("“%s” is kept in full precision too late: it is read already."),
                                                  x->name));
  x->klass = SMALTI_CLASS_F32;
  return x;
}
