/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ops/cases.h"

static SmaltiValue *
x_of (Trial *trial, const Case *c)
{
  return trial_input (trial, "x", c->klass, c->shape, c->data, 0);
}

static SmaltiValue *
bias_of (Trial *trial, const Case *c)
{
  return c->bias ? trial_param (trial, "bias", SMALTI_SHAPE (c->n_out), DATA_NORMAL) : NULL;
}

/* What stands behind the operator and is to be fused into it. */
static SmaltiValue *
tail (Trial *trial, const Case *c, SmaltiValue *y)
{
  if (c->as_f32)
    y = smalti_as_f32 (trial->graph, y);
  if (c->residual)
    {
      SmaltiValue *residual = trial_input (trial, "residual", y->klass, y->shape, DATA_NORMAL, 0);

      y = c->residual_first ? smalti_add (trial->graph, "sum", residual, y)
                            : smalti_add (trial->graph, "sum", y, residual);
    }
  return c->relu ? smalti_relu (trial->graph, "relu", y) : y;
}

static SmaltiValue *
conv (Trial *trial, const Case *c)
{
  SmaltiValue *x = x_of (trial, c);
  SmaltiValue *w = trial_param (
      trial, "w", SMALTI_SHAPE (c->n_out, c->shape.dim[1] / c->window.groups, c->window.kernel[0], c->window.kernel[1]),
      DATA_NORMAL);

  return tail (trial, c, smalti_conv (trial->graph, "conv", x, w, bias_of (trial, c), c->window));
}

static SmaltiValue *
conv_transpose (Trial *trial, const Case *c)
{
  SmaltiValue *x = x_of (trial, c);
  SmaltiValue *w = trial_param (
      trial, "w", SMALTI_SHAPE (c->shape.dim[1], c->n_out / c->window.groups, c->window.kernel[0], c->window.kernel[1]),
      DATA_NORMAL);

  return tail (trial, c, smalti_conv_transpose (trial->graph, "conv", x, w, bias_of (trial, c), c->window));
}

static SmaltiValue *
linear (Trial *trial, const Case *c)
{
  SmaltiValue *x = x_of (trial, c);
  SmaltiValue *w = trial_param (trial, "w", SMALTI_SHAPE (c->n_out, c->shape.dim[1]), DATA_NORMAL);

  return tail (trial, c, smalti_linear (trial->graph, "linear", x, w, bias_of (trial, c)));
}

static SmaltiValue *
matmul (Trial *trial, const Case *c)
{
  const gint64 n_inner = c->shape.dim[c->transpose_a ? 0 : 1];
  SmaltiValue *a = trial_input (trial, "a", c->klass, c->shape, c->data, 0);
  SmaltiValue *b
      = trial_input (trial, "b", c->klass,
                     c->transpose_b ? SMALTI_SHAPE (c->n_out, n_inner) : SMALTI_SHAPE (n_inner, c->n_out), c->data, 0);

  return tail (trial, c, smalti_matmul (trial->graph, "product", a, b, c->transpose_a, c->transpose_b));
}

static SmaltiValue *
batch_norm (Trial *trial, const Case *c)
{
  const SmaltiShape channels = SMALTI_SHAPE (c->shape.dim[1]);
  SmaltiValue *x = x_of (trial, c);
  SmaltiValue *gamma = trial_param (trial, "gamma", channels, DATA_NORMAL);
  SmaltiValue *beta = trial_param (trial, "beta", channels, DATA_NORMAL);
  SmaltiValue *mean = trial_state (trial, "running_mean", channels, DATA_NORMAL);
  SmaltiValue *var = trial_state (trial, "running_var", channels, DATA_POSITIVE);

  return tail (trial, c, smalti_batch_norm (trial->graph, "norm", x, gamma, beta, mean, var, 1e-5f, 0.1f));
}

static SmaltiValue *
lrn (Trial *trial, const Case *c)
{
  return smalti_lrn (trial->graph, "lrn", x_of (trial, c), c->size, c->number, 0.75f, 1.5f);
}

static SmaltiValue *
relu (Trial *trial, const Case *c)
{
  return smalti_relu (trial->graph, "relu", x_of (trial, c));
}

static SmaltiValue *
max_pool (Trial *trial, const Case *c)
{
  return smalti_max_pool (trial->graph, "pool", x_of (trial, c), c->window);
}

static SmaltiValue *
avg_pool (Trial *trial, const Case *c)
{
  return smalti_avg_pool (trial->graph, "pool", x_of (trial, c), c->window);
}

static SmaltiValue *
adaptive_avg_pool (Trial *trial, const Case *c)
{
  return smalti_adaptive_avg_pool (trial->graph, "pool", x_of (trial, c), c->to.dim[0], c->to.dim[1]);
}

static SmaltiValue *
add (Trial *trial, const Case *c)
{
  SmaltiValue *a = x_of (trial, c), *b = trial_input (trial, "b", c->klass, c->shape, DATA_NORMAL, 0);
  SmaltiValue *y = smalti_add (trial->graph, "sum", a, b);

  return c->relu ? smalti_relu (trial->graph, "relu", y) : y;
}

/* One value read twice: its gradients meet. */
static SmaltiValue *
add_to_itself (Trial *trial, const Case *c)
{
  SmaltiValue *x = x_of (trial, c);

  return smalti_add (trial->graph, "sum", x, x);
}

static SmaltiValue *
scale (Trial *trial, const Case *c)
{
  return smalti_scale (trial->graph, "scaled", x_of (trial, c), c->number);
}

/* Three values, of 1, 2 and 4 more along the axis. */
static SmaltiValue *
concat (Trial *trial, const Case *c)
{
  SmaltiShape second = c->shape, third = c->shape;
  SmaltiValue *values[3] = { x_of (trial, c) };

  second.dim[c->axis] += 2;
  third.dim[c->axis] += 4;
  values[1] = trial_input (trial, "second", c->klass, second, DATA_NORMAL, 0);
  values[2] = trial_input (trial, "third", c->klass, third, DATA_NORMAL, 0);
  return smalti_concat (trial->graph, "joined", values, 3, c->axis);
}

static SmaltiValue *
slice (Trial *trial, const Case *c)
{
  return smalti_slice (trial->graph, "part", x_of (trial, c), c->axis, c->start, c->length);
}

static SmaltiValue *
reshape (Trial *trial, const Case *c)
{
  return smalti_reshape (trial->graph, "reshaped", x_of (trial, c), c->to);
}

/* Labels take part in shape operators too; a count of right answers shows whether they kept their order. */
static SmaltiValue *
labels_moved (Trial *trial, const Case *c)
{
  SmaltiValue *logits = trial_constant (trial, "logits", SMALTI_CLASS_F32, SMALTI_SHAPE (6, 3, 2, 2), DATA_NORMAL, 0);
  SmaltiValue *a = trial_constant (trial, "a", SMALTI_CLASS_I32, SMALTI_SHAPE (2, 2, 4), DATA_INDEX, 3);
  SmaltiValue *b = trial_constant (trial, "b", SMALTI_CLASS_I32, SMALTI_SHAPE (5, 2, 2), DATA_INDEX, 3);
  SmaltiValue *joined[] = { smalti_reshape (trial->graph, "reshaped", a, SMALTI_SHAPE (4, 2, 2)),
                            smalti_slice (trial->graph, "part", b, 0, 2, 2) };

  return smalti_correct (trial->graph, "right", logits, smalti_concat (trial->graph, "joined", joined, 2, 0), 1);
}

static SmaltiValue *
dropout (Trial *trial, const Case *c)
{
  return smalti_dropout (trial->graph, "dropout", x_of (trial, c), c->number);
}

static SmaltiValue *
upsample (Trial *trial, const Case *c)
{
  return smalti_upsample (trial->graph, "larger", x_of (trial, c), c->size, c->bilinear);
}

static SmaltiValue *
softmax (Trial *trial, const Case *c)
{
  return smalti_softmax (trial->graph, "softmax", x_of (trial, c), c->number);
}

static SmaltiValue *
l2_normalize (Trial *trial, const Case *c)
{
  return smalti_l2_normalize (trial->graph, "unit", x_of (trial, c), c->number);
}

/* (N, C, H, W) -> (N, H, W) */
static SmaltiShape
positions_of (SmaltiShape logits)
{
  SmaltiShape shape = { .n_dims = logits.n_dims - 1, .dim = { logits.dim[0] } };

  for (guint i = 2; i < logits.n_dims; i++)
    shape.dim[i - 1] = logits.dim[i];
  return shape;
}

static SmaltiValue *
cross_entropy (Trial *trial, const Case *c)
{
  const SmaltiShape positions = positions_of (c->shape);
  const gint n_classes = c->shape.dim[1];
  SmaltiShape sparse = c->shape;
  SmaltiValue *logits = x_of (trial, c), *target, *probabilities = NULL, *weights = NULL;

  sparse.dim[1] = c->n_out;
  if (c->loss.target == SMALTI_TARGET_INDEX)
    target = trial_constant (trial, "index", SMALTI_CLASS_I32, positions, c->target == 0 ? DATA_INDEX : c->target,
                             n_classes);
  else if (c->loss.target == SMALTI_TARGET_SOFT)
    target = trial_constant (trial, "distribution", SMALTI_CLASS_F32, c->shape,
                             c->target == 0 ? DATA_DISTRIBUTION : c->target, 0);
  else
    {
      target = trial_constant (trial, "index", SMALTI_CLASS_I32, sparse, DATA_INDEX, n_classes);
      probabilities = trial_constant (trial, "probabilities", SMALTI_CLASS_F32, sparse, DATA_DISTRIBUTION, 0);
    }
  if (c->loss.weighted)
    weights = trial_constant (trial, "weights", SMALTI_CLASS_F32, positions, DATA_POSITIVE, 0);
  return smalti_cross_entropy (trial->graph, "entropy", logits, target, probabilities, weights, c->loss);
}

static SmaltiValue *
mse (Trial *trial, const Case *c)
{
  SmaltiValue *a = x_of (trial, c);

  return smalti_mse (trial->graph, "distance", a, trial_input (trial, "b", c->klass, c->shape, DATA_NORMAL, 0));
}

/* What a network gives against what the host knows. */
static SmaltiValue *
mse_mixed (Trial *trial, const Case *c)
{
  SmaltiValue *a = x_of (trial, c);

  return smalti_mse (trial->graph, "distance", a,
                     trial_constant (trial, "b", SMALTI_CLASS_F32, c->shape, DATA_NORMAL, 0));
}

static SmaltiValue *
correct (Trial *trial, const Case *c)
{
  SmaltiValue *logits = trial_constant (trial, "logits", c->klass, c->shape, c->data, 0);
  SmaltiValue *target = trial_constant (trial, "index", SMALTI_CLASS_I32, positions_of (c->shape),
                                        c->target == 0 ? DATA_INDEX : c->target, c->shape.dim[1]);

  return smalti_correct (trial->graph, "right", logits, target, c->size);
}

#define SHAPE(...)     SMALTI_SHAPE (__VA_ARGS__)
#define WINDOW(...)    SMALTI_WINDOW (__VA_ARGS__)
#define RECTANGLE(...) ((SmaltiWindow){ .groups = 1, .stride = { 1, 1 }, .dilation = { 1, 1 }, __VA_ARGS__ })
#define F32            .klass = SMALTI_CLASS_F32
#define INDEX          .target = SMALTI_TARGET_INDEX
#define SOFT           .target = SMALTI_TARGET_SOFT
#define SPARSE         .target = SMALTI_TARGET_SPARSE

/* clang-format off */
/* A tensor of one number has nothing beside it to be compared with: its data are positive, so that it is no difference
 * of nearly equal ones, in which bf16 keeps no digit. */
const Case cases[] = {
  { "conv/one-number", conv, SHAPE (1, 1, 1, 1), .n_out = 1, .window = WINDOW (1) },
  { "conv/1x1", conv, SHAPE (3, 5, 4, 7), .n_out = 6, .window = WINDOW (1), .bias = TRUE },
  { "conv/1x1-stride", conv, SHAPE (2, 7, 5, 6), .n_out = 9, .window = WINDOW (1, .stride = { 2, 2 }) },
  { "conv/3x3", conv, SHAPE (2, 3, 7, 5), .n_out = 4, .window = WINDOW (3, .padding = { 1, 1 }), .bias = TRUE },
  { "conv/3x3-unpadded", conv, SHAPE (2, 4, 6, 9), .n_out = 3, .window = WINDOW (3) },
  { "conv/one-channel", conv, SHAPE (1, 1, 9, 8), .n_out = 17, .window = WINDOW (3, .padding = { 1, 1 }),
    .bias = TRUE },
  { "conv/one-filter", conv, SHAPE (1, 19, 5, 5), .n_out = 1, .window = WINDOW (3, .padding = { 1, 1 }), .bias = TRUE,
    .data = DATA_POSITIVE },
  { "conv/stride-misfit", conv, SHAPE (2, 3, 8, 10), .n_out = 5, .window = WINDOW (3, .stride = { 2, 3 }) },
  { "conv/even-kernel", conv, SHAPE (2, 3, 7, 6), .n_out = 4,
    .window = WINDOW (4, .stride = { 2, 2 }, .padding = { 1, 1 }) },
  { "conv/even-dilated", conv, SHAPE (1, 2, 9, 9), .n_out = 3, .window = WINDOW (2, .dilation = { 3, 2 }) },
  { "conv/rectangular", conv, SHAPE (2, 3, 6, 9), .n_out = 4, .bias = TRUE,
    .window = RECTANGLE (.kernel = { 3, 5 }, .stride = { 2, 1 }, .padding = { 0, 2 }) },
  { "conv/row", conv, SHAPE (2, 3, 1, 11), .n_out = 4, .window = RECTANGLE (.kernel = { 1, 4 }, .padding = { 0, 3 }) },
  { "conv/dilated", conv, SHAPE (2, 3, 9, 8), .n_out = 5,
    .window = WINDOW (3, .padding = { 2, 2 }, .dilation = { 2, 2 }) },
  { "conv/dilated-stride", conv, SHAPE (1, 3, 11, 12), .n_out = 4, .bias = TRUE,
    .window = WINDOW (3, .padding = { 3, 3 }, .dilation = { 3, 2 }, .stride = { 2, 2 }) },
  { "conv/groups", conv, SHAPE (2, 6, 5, 7), .n_out = 10, .window = WINDOW (3, .padding = { 1, 1 }, .groups = 2),
    .bias = TRUE },
  { "conv/dilated-groups", conv, SHAPE (2, 9, 9, 7), .n_out = 6, .bias = TRUE,
    .window = WINDOW (3, .padding = { 2, 2 }, .dilation = { 2, 2 }, .groups = 3) },
  { "conv/depthwise", conv, SHAPE (2, 5, 7, 6), .n_out = 5, .window = WINDOW (3, .padding = { 1, 1 }, .groups = 5) },
  { "conv/depthwise-twice", conv, SHAPE (1, 3, 6, 6), .n_out = 6, .bias = TRUE,
    .window = WINDOW (3, .padding = { 1, 1 }, .stride = { 2, 2 }, .groups = 3) },
  { "conv/depthwise-dilated", conv, SHAPE (1, 17, 7, 7), .n_out = 17,
    .window = WINDOW (3, .padding = { 2, 2 }, .dilation = { 2, 2 }, .groups = 17) },
  { "conv/larger-than-image", conv, SHAPE (2, 2, 3, 2), .n_out = 3, .window = WINDOW (5, .padding = { 2, 2 }),
    .bias = TRUE },
  { "conv/whole-image", conv, SHAPE (3, 4, 5, 6), .n_out = 7, .window = RECTANGLE (.kernel = { 5, 6 }), .bias = TRUE },
  { "conv/much-padding", conv, SHAPE (1, 2, 2, 3), .n_out = 3, .window = WINDOW (2, .padding = { 3, 3 }) },
  { "conv/first-layer-7x7", conv, SHAPE (2, 3, 19, 17), .n_out = 8,
    .window = WINDOW (7, .stride = { 2, 2 }, .padding = { 3, 3 }) },
  { "conv/first-layer-11x11", conv, SHAPE (1, 3, 21, 23), .n_out = 6, .window = WINDOW (11, .stride = { 2, 2 }),
    .bias = TRUE },
  { "conv/f32-result", conv, SHAPE (2, 5, 4, 3), .n_out = 7, .window = WINDOW (1), .bias = TRUE, .as_f32 = TRUE },
  { "conv/relu", conv, SHAPE (2, 3, 6, 5), .n_out = 4, .window = WINDOW (3, .padding = { 1, 1 }), .bias = TRUE,
    .relu = TRUE },
  { "conv/relu-groups", conv, SHAPE (1, 6, 6, 5), .n_out = 4, .window = WINDOW (3, .groups = 2), .relu = TRUE },
  { "conv/large", conv, SHAPE (2, 19, 25, 23), .n_out = 33, .window = WINDOW (3, .padding = { 1, 1 }), .bias = TRUE,
    .relu = TRUE, .large = TRUE },
  { "conv/large-1x1", conv, SHAPE (3, 65, 9, 9), .n_out = 70, .window = WINDOW (1), .large = TRUE },
  { "conv/large-stride", conv, SHAPE (2, 32, 15, 17), .n_out = 48,
    .window = WINDOW (3, .padding = { 1, 1 }, .stride = { 2, 2 }), .large = TRUE },
  { "conv/large-groups", conv, SHAPE (2, 48, 13, 13), .n_out = 64,
    .window = WINDOW (5, .padding = { 2, 2 }, .groups = 2), .bias = TRUE, .large = TRUE },
  { "conv/few-pixels", conv, SHAPE (5, 17, 2, 2), .n_out = 33, .window = WINDOW (3, .padding = { 1, 1 }), .bias = TRUE },
  { "conv/few-pixels-stride", conv, SHAPE (3, 16, 4, 3), .n_out = 32,
    .window = WINDOW (3, .stride = { 2, 2 }, .padding = { 1, 1 }) },
  { "conv/large-few-pixels", conv, SHAPE (9, 48, 2, 2), .n_out = 64, .window = WINDOW (3, .padding = { 1, 1 }),
    .large = TRUE },
  { "conv/dilated-phases", conv, SHAPE (2, 5, 6, 8), .n_out = 4, .bias = TRUE, .relu = TRUE,
    .window = WINDOW (3, .padding = { 2, 2 }, .dilation = { 2, 2 }) },
  { "conv/dilated-phases-uneven", conv, SHAPE (3, 4, 6, 5), .n_out = 6, .as_f32 = TRUE,
    .window = WINDOW (3, .padding = { 3, 1 }, .dilation = { 3, 1 }, .groups = 2) },
  { "conv/large-dilated", conv, SHAPE (2, 32, 14, 15), .n_out = 32,
    .window = WINDOW (3, .padding = { 2, 2 }, .dilation = { 2, 2 }), .bias = TRUE, .relu = TRUE, .large = TRUE },

  { "conv-transpose/4x4-doubles", conv_transpose, SHAPE (2, 3, 4, 5), .n_out = 4, .bias = TRUE,
    .window = WINDOW (4, .stride = { 2, 2 }, .padding = { 1, 1 }) },
  { "conv-transpose/3x3", conv_transpose, SHAPE (2, 3, 5, 4), .n_out = 5, .window = WINDOW (3, .padding = { 1, 1 }) },
  { "conv-transpose/2x2", conv_transpose, SHAPE (1, 6, 3, 4), .n_out = 3, .window = WINDOW (2, .stride = { 2, 2 }),
    .bias = TRUE },
  { "conv-transpose/holes", conv_transpose, SHAPE (2, 2, 3, 3), .n_out = 3, .window = WINDOW (1, .stride = { 2, 3 }),
    .bias = TRUE },
  { "conv-transpose/one-channel", conv_transpose, SHAPE (1, 1, 4, 3), .n_out = 1,
    .window = WINDOW (3, .stride = { 2, 2 }) },
  { "conv-transpose/groups", conv_transpose, SHAPE (2, 6, 4, 3), .n_out = 4, .bias = TRUE,
    .window = WINDOW (3, .stride = { 2, 2 }, .padding = { 1, 1 }, .groups = 2) },
  { "conv-transpose/depthwise", conv_transpose, SHAPE (2, 5, 4, 3), .n_out = 5,
    .window = WINDOW (4, .stride = { 2, 2 }, .padding = { 1, 1 }, .groups = 5) },
  { "conv-transpose/dilated", conv_transpose, SHAPE (1, 3, 4, 5), .n_out = 4,
    .window = WINDOW (3, .dilation = { 2, 3 }, .padding = { 1, 2 }) },
  { "conv-transpose/dilated-phases", conv_transpose, SHAPE (3, 4, 4, 6), .n_out = 5, .bias = TRUE,
    .window = WINDOW (3, .padding = { 2, 2 }, .dilation = { 2, 2 }) },
  { "conv-transpose/dilated-groups", conv_transpose, SHAPE (2, 4, 4, 5), .n_out = 6,
    .window = WINDOW (3, .dilation = { 2, 2 }, .padding = { 1, 1 }, .stride = { 2, 1 }, .groups = 2) },
  { "conv-transpose/relu", conv_transpose, SHAPE (2, 3, 4, 5), .n_out = 4, .bias = TRUE, .relu = TRUE,
    .window = WINDOW (4, .stride = { 2, 2 }, .padding = { 1, 1 }) },
  { "conv-transpose/large", conv_transpose, SHAPE (2, 33, 9, 8), .n_out = 19, .bias = TRUE, .relu = TRUE, .large = TRUE,
    .window = WINDOW (4, .stride = { 2, 2 }, .padding = { 1, 1 }) },

  { "linear/one-number", linear, SHAPE (1, 1), .n_out = 1 },
  { "linear/bias", linear, SHAPE (5, 7), .n_out = 3, .bias = TRUE },
  { "linear/one-image", linear, SHAPE (1, 19), .n_out = 17, .bias = TRUE },
  { "linear/one-output", linear, SHAPE (6, 5), .n_out = 1 },
  { "linear/relu", linear, SHAPE (4, 9), .n_out = 11, .bias = TRUE, .relu = TRUE },
  { "linear/relu-no-bias", linear, SHAPE (3, 6), .n_out = 5, .relu = TRUE },
  { "linear/f32-result", linear, SHAPE (3, 6), .n_out = 5, .bias = TRUE, .as_f32 = TRUE },
  { "linear/f32-input", linear, SHAPE (3, 6), .n_out = 5, .bias = TRUE, F32 },
  { "linear/large", linear, SHAPE (33, 257), .n_out = 65, .bias = TRUE, .large = TRUE },
  { "linear/large-f32-result", linear, SHAPE (18, 300), .n_out = 101, .bias = TRUE, .as_f32 = TRUE, .large = TRUE },
  { "linear/large-weights", linear, SHAPE (3, 2100), .n_out = 1010, .bias = TRUE, .relu = TRUE, .large = TRUE },
  { "linear/large-weights-f32-result", linear, SHAPE (2, 1025), .n_out = 2050, .as_f32 = TRUE, .large = TRUE },
  { "linear/large-relu", linear, SHAPE (9, 512), .n_out = 128, .bias = TRUE, .relu = TRUE, .large = TRUE },

  { "matmul/plain", matmul, SHAPE (3, 5), .n_out = 4 },
  { "matmul/transpose-a", matmul, SHAPE (5, 3), .n_out = 4, .transpose_a = TRUE },
  { "matmul/transpose-b", matmul, SHAPE (3, 5), .n_out = 4, .transpose_b = TRUE },
  { "matmul/transpose-both", matmul, SHAPE (5, 3), .n_out = 4, .transpose_a = TRUE, .transpose_b = TRUE },
  { "matmul/row-by-column", matmul, SHAPE (1, 7), .n_out = 1, .data = DATA_POSITIVE },
  { "matmul/outer", matmul, SHAPE (7, 1), .n_out = 5 },
  { "matmul/f32", matmul, SHAPE (6, 4), .n_out = 3, .transpose_b = TRUE, F32, .as_f32 = TRUE },
  { "matmul/f32-result", matmul, SHAPE (6, 4), .n_out = 6, .transpose_b = TRUE, .as_f32 = TRUE },
  { "matmul/large", matmul, SHAPE (33, 129), .n_out = 65, .large = TRUE },

  { "batch-norm/images", batch_norm, SHAPE (3, 5, 4, 7) },
  { "batch-norm/vectors", batch_norm, SHAPE (9, 7) },
  { "batch-norm/one-image", batch_norm, SHAPE (1, 3, 5, 5) },
  { "batch-norm/one-channel", batch_norm, SHAPE (2, 1, 3, 5) },
  { "batch-norm/three-numbers", batch_norm, SHAPE (3, 19, 1, 1) },
  { "batch-norm/shifted", batch_norm, SHAPE (2, 4, 9, 9), .data = DATA_SHIFTED },
  { "batch-norm/relu", batch_norm, SHAPE (2, 4, 5, 3), .relu = TRUE },
  { "batch-norm/relu-vectors", batch_norm, SHAPE (7, 18), .relu = TRUE },
  { "batch-norm/residual", batch_norm, SHAPE (2, 4, 5, 3), .residual = TRUE },
  { "batch-norm/residual-relu", batch_norm, SHAPE (2, 4, 5, 3), .residual = TRUE, .relu = TRUE },
  { "batch-norm/residual-first-relu", batch_norm, SHAPE (3, 17, 2, 3), .residual = TRUE, .residual_first = TRUE,
    .relu = TRUE },
  { "batch-norm/large", batch_norm, SHAPE (5, 67, 13, 11), .residual = TRUE, .relu = TRUE, .large = TRUE },
  { "batch-norm/large-channels", batch_norm, SHAPE (2, 256, 7, 7), .relu = TRUE, .large = TRUE },
  { "batch-norm/inference", batch_norm, SHAPE (2, 5, 3, 4), .inference = TRUE },
  { "batch-norm/inference-vectors", batch_norm, SHAPE (4, 19), .inference = TRUE },
  { "batch-norm/inference-relu", batch_norm, SHAPE (2, 5, 3, 4), .inference = TRUE, .relu = TRUE },
  { "batch-norm/inference-residual-relu", batch_norm, SHAPE (2, 5, 3, 4), .inference = TRUE, .residual = TRUE,
    .relu = TRUE },
  { "batch-norm/inference-one-number", batch_norm, SHAPE (1, 1, 1, 1), .inference = TRUE },

  { "lrn/five", lrn, SHAPE (2, 9, 3, 4), .size = 5, .number = 1e-4f },
  { "lrn/strong", lrn, SHAPE (2, 9, 3, 4), .size = 5, .number = 2 },
  { "lrn/even", lrn, SHAPE (2, 7, 2, 3), .size = 4, .number = 1 },
  { "lrn/one-channel", lrn, SHAPE (1, 1, 3, 3), .size = 5, .number = 1 },
  { "lrn/wider-than-channels", lrn, SHAPE (2, 3, 3, 2), .size = 9, .number = 1 },
  { "lrn/large", lrn, SHAPE (2, 96, 7, 9), .size = 5, .number = 0.5f, .large = TRUE },

  { "relu/images", relu, SHAPE (2, 3, 5, 7) },
  { "relu/vectors", relu, SHAPE (3, 17) },
  { "relu/one-number", relu, SHAPE (1, 1), .data = DATA_POSITIVE },
  { "relu/zeros", relu, SHAPE (2, 3, 4, 5), .data = DATA_TIES, .kinked = TRUE },

  { "max-pool/2x2", max_pool, SHAPE (2, 3, 6, 8), .window = WINDOW (2, .stride = { 2, 2 }) },
  { "max-pool/3x3-padded", max_pool, SHAPE (2, 5, 7, 9),
    .window = WINDOW (3, .stride = { 2, 2 }, .padding = { 1, 1 }) },
  { "max-pool/overlapping", max_pool, SHAPE (1, 17, 7, 6), .window = WINDOW (3, .stride = { 1, 2 }) },
  { "max-pool/ceil", max_pool, SHAPE (2, 3, 6, 7), .window = WINDOW (3, .stride = { 2, 2 }, .ceil_mode = TRUE) },
  { "max-pool/ceil-padded", max_pool, SHAPE (2, 3, 8, 7),
    .window = WINDOW (3, .stride = { 2, 2 }, .padding = { 1, 1 }, .ceil_mode = TRUE) },
  { "max-pool/ceil-stride-above-kernel", max_pool, SHAPE (1, 2, 8, 9),
    .window = WINDOW (2, .stride = { 3, 3 }, .ceil_mode = TRUE) },
  { "max-pool/misfit", max_pool, SHAPE (2, 3, 7, 7), .window = WINDOW (2, .stride = { 2, 2 }) },
  { "max-pool/dilated", max_pool, SHAPE (1, 3, 9, 8), .window = WINDOW (3, .dilation = { 2, 2 }, .padding = { 1, 1 }) },
  { "max-pool/rectangular", max_pool, SHAPE (2, 3, 6, 9),
    .window = RECTANGLE (.kernel = { 2, 3 }, .stride = { 2, 3 }) },
  { "max-pool/whole-image", max_pool, SHAPE (2, 3, 5, 4), .window = RECTANGLE (.kernel = { 5, 4 }) },
  { "max-pool/ties", max_pool, SHAPE (2, 18, 7, 7), .window = WINDOW (3, .stride = { 2, 2 }, .padding = { 1, 1 }),
    .data = DATA_TIES, .kinked = TRUE },
  { "max-pool/large", max_pool, SHAPE (2, 40, 17, 15), .window = WINDOW (3, .stride = { 2, 2 }, .padding = { 1, 1 }),
    .large = TRUE },
  { "max-pool/inference", max_pool, SHAPE (2, 3, 7, 9), .window = WINDOW (3, .stride = { 2, 2 }, .padding = { 1, 1 }),
    .inference = TRUE, .forward_only = TRUE },

  { "avg-pool/2x2", avg_pool, SHAPE (2, 3, 6, 8), .window = WINDOW (2, .stride = { 2, 2 }) },
  { "avg-pool/3x3-padded", avg_pool, SHAPE (2, 5, 7, 9),
    .window = WINDOW (3, .stride = { 2, 2 }, .padding = { 1, 1 }) },
  { "avg-pool/overlapping", avg_pool, SHAPE (1, 17, 7, 6), .window = WINDOW (3) },
  { "avg-pool/ceil", avg_pool, SHAPE (2, 3, 6, 7), .window = WINDOW (3, .stride = { 2, 2 }, .ceil_mode = TRUE) },
  { "avg-pool/ceil-padded", avg_pool, SHAPE (2, 3, 8, 7),
    .window = WINDOW (3, .stride = { 2, 2 }, .padding = { 1, 1 }, .ceil_mode = TRUE) },
  { "avg-pool/rectangular", avg_pool, SHAPE (2, 3, 6, 9),
    .window = RECTANGLE (.kernel = { 2, 3 }, .stride = { 2, 3 }) },
  { "avg-pool/one-channel", avg_pool, SHAPE (1, 1, 5, 5), .window = WINDOW (2) },
  { "avg-pool/large", avg_pool, SHAPE (2, 40, 17, 15), .window = WINDOW (3, .stride = { 2, 2 }, .padding = { 1, 1 }),
    .large = TRUE },

  { "adaptive-avg-pool/global", adaptive_avg_pool, SHAPE (3, 5, 4, 7), .to = SHAPE (1, 1) },
  { "adaptive-avg-pool/uneven", adaptive_avg_pool, SHAPE (2, 3, 7, 5), .to = SHAPE (3, 2) },
  { "adaptive-avg-pool/same", adaptive_avg_pool, SHAPE (2, 3, 4, 5), .to = SHAPE (4, 5) },
  { "adaptive-avg-pool/more-than-there-is", adaptive_avg_pool, SHAPE (2, 17, 3, 2), .to = SHAPE (5, 3) },
  { "adaptive-avg-pool/one-pixel", adaptive_avg_pool, SHAPE (1, 1, 1, 1), .to = SHAPE (1, 1) },
  { "adaptive-avg-pool/large", adaptive_avg_pool, SHAPE (2, 96, 13, 11), .to = SHAPE (6, 6), .large = TRUE },

  { "add/images", add, SHAPE (2, 3, 5, 7) },
  { "add/vectors", add, SHAPE (3, 17) },
  { "add/one-number", add, SHAPE (1, 1) },
  { "add/f32", add, SHAPE (2, 5), F32 },
  { "add/itself", add_to_itself, SHAPE (2, 3, 3, 3) },
  { "add/relu", add, SHAPE (2, 3, 5, 7), .relu = TRUE },
  { "scale/images", scale, SHAPE (2, 3, 5, 7), .number = -0.75f },
  { "scale/zero", scale, SHAPE (3, 5), .number = 0 },

  { "concat/images", concat, SHAPE (2, 3, 3, 2), .axis = 0 },
  { "concat/channels", concat, SHAPE (2, 3, 3, 2), .axis = 1 },
  { "concat/rows", concat, SHAPE (2, 3, 3, 2), .axis = 2 },
  { "concat/columns", concat, SHAPE (2, 3, 3, 2), .axis = 3 },
  { "concat/vectors", concat, SHAPE (3, 5), .axis = 1 },
  { "concat/wide-channels", concat, SHAPE (1, 17, 3, 3), .axis = 1, .large = TRUE },
  { "slice/images", slice, SHAPE (5, 3, 3, 4), .axis = 0, .start = 1, .length = 3 },
  { "slice/channels", slice, SHAPE (2, 19, 3, 4), .axis = 1, .start = 1, .length = 17 },
  { "slice/rows", slice, SHAPE (2, 3, 5, 4), .axis = 2, .start = 3, .length = 2 },
  { "slice/columns", slice, SHAPE (2, 3, 3, 5), .axis = 3, .start = 0, .length = 4 },
  { "slice/vectors", slice, SHAPE (3, 7), .axis = 1, .start = 6, .length = 1 },
  { "slice/everything", slice, SHAPE (2, 3, 3, 5), .axis = 1, .start = 0, .length = 3 },
  { "reshape/flatten", reshape, SHAPE (2, 3, 4, 5), .to = SHAPE (2, 60) },
  { "reshape/unflatten", reshape, SHAPE (2, 60), .to = SHAPE (2, 3, 4, 5) },
  { "reshape/flatten-one-pixel", reshape, SHAPE (3, 7, 1, 1), .to = SHAPE (3, 7) },
  { "reshape/flatten-one-channel", reshape, SHAPE (3, 1, 4, 5), .to = SHAPE (3, 20) },
  { "reshape/other-image", reshape, SHAPE (2, 3, 4, 5), .to = SHAPE (1, 5, 8, 3) },
  { "reshape/tiles-apart", reshape, SHAPE (2, 4, 3, 2, 5), .to = SHAPE (8, 3, 2, 5) },
  { "reshape/tiles-together", reshape, SHAPE (8, 3, 2, 5), .to = SHAPE (2, 4, 3, 2, 5) },
  { "reshape/vectors", reshape, SHAPE (6, 4), .to = SHAPE (3, 8) },
  { "reshape/labels", labels_moved, .forward_only = TRUE },
  { "dropout/half", dropout, SHAPE (2, 3, 5, 7), .number = 0.5f },
  { "dropout/tenth", dropout, SHAPE (3, 17), .number = 0.1f },
  { "dropout/none", dropout, SHAPE (2, 5), .number = 0 },
  { "dropout/large", dropout, SHAPE (3, 33, 7, 9), .number = 0.3f, .large = TRUE },
  { "upsample/nearest", upsample, SHAPE (2, 3, 3, 4), .size = 2 },
  { "upsample/nearest-thrice", upsample, SHAPE (1, 17, 2, 3), .size = 3 },
  { "upsample/bilinear", upsample, SHAPE (2, 3, 3, 4), .size = 2, .bilinear = TRUE },
  { "upsample/bilinear-thrice", upsample, SHAPE (1, 2, 4, 3), .size = 3, .bilinear = TRUE },
  { "upsample/bilinear-four-times", upsample, SHAPE (1, 17, 2, 3), .size = 4, .bilinear = TRUE },
  { "upsample/bilinear-one-pixel", upsample, SHAPE (1, 1, 1, 1), .size = 2, .bilinear = TRUE },
  { "upsample/bilinear-one-row", upsample, SHAPE (1, 2, 1, 5), .size = 2, .bilinear = TRUE },
  { "upsample/by-one", upsample, SHAPE (2, 3, 3, 4), .size = 1, .bilinear = TRUE },
  { "upsample/large", upsample, SHAPE (2, 33, 7, 6), .size = 4, .bilinear = TRUE, .large = TRUE },

  { "softmax/vectors", softmax, SHAPE (5, 7), .number = 1 },
  { "softmax/images", softmax, SHAPE (2, 5, 3, 4), .number = 1 },
  { "softmax/annealed", softmax, SHAPE (2, 5, 3, 4), .number = 1 / 0.38f },
  /* where it saturates, its gradient is nothing but rounding */
  { "softmax/large-logits", softmax, SHAPE (3, 6), .number = 1, .data = DATA_LARGE, .forward_only = TRUE },
  { "softmax/one-class", softmax, SHAPE (3, 1), .number = 1 },
  { "softmax/f32", softmax, SHAPE (3, 17), .number = 2, F32 },
  { "softmax/large", softmax, SHAPE (2, 313, 5, 6), .number = 1, F32, .large = TRUE },
  { "l2-normalize/vectors", l2_normalize, SHAPE (5, 7), .number = 1e-12f },
  { "l2-normalize/images", l2_normalize, SHAPE (2, 5, 3, 4), .number = 1e-12f },
  { "l2-normalize/one-image", l2_normalize, SHAPE (1, 17), .number = 1e-12f },
  { "l2-normalize/short", l2_normalize, SHAPE (3, 5), .number = 100 },
  { "l2-normalize/zero", l2_normalize, SHAPE (3, 5), .number = 0.5f, .data = DATA_ZERO },

  { "cross-entropy/index", cross_entropy, SHAPE (5, 7), F32, .loss = { INDEX } },
  { "cross-entropy/index-in-precision", cross_entropy, SHAPE (5, 7), .loss = { INDEX } },
  { "cross-entropy/one-image", cross_entropy, SHAPE (1, 3), F32, .loss = { INDEX } },
  { "cross-entropy/one-class", cross_entropy, SHAPE (3, 1), F32, .loss = { INDEX } },
  { "cross-entropy/smoothing", cross_entropy, SHAPE (5, 7), F32, .loss = { INDEX, .label_smoothing = 0.1f } },
  { "cross-entropy/large-logits", cross_entropy, SHAPE (5, 7), F32, .data = DATA_LARGE, .loss = { INDEX } },
  { "cross-entropy/not-all-count", cross_entropy, SHAPE (5, 7), F32, .target = DATA_INDEX_OR_NONE, .loss = { INDEX } },
  { "cross-entropy/mean-of-those-that-count", cross_entropy, SHAPE (5, 4, 2, 3), F32, .target = DATA_INDEX_OR_NONE,
    .loss = { INDEX, .mean_over_positions = TRUE } },
  { "cross-entropy/none-counts", cross_entropy, SHAPE (3, 4), F32, .target = DATA_NO_INDEX,
    .loss = { INDEX, .mean_over_positions = TRUE } },
  { "cross-entropy/positions", cross_entropy, SHAPE (2, 5, 3, 4), F32, .loss = { INDEX } },
  { "cross-entropy/weighted", cross_entropy, SHAPE (5, 7), F32, .loss = { INDEX, .weighted = TRUE } },
  { "cross-entropy/weighted-positions", cross_entropy, SHAPE (2, 5, 3, 4), F32, .target = DATA_INDEX_OR_NONE,
    .loss = { INDEX, .weighted = TRUE, .mean_over_positions = TRUE, .label_smoothing = 0.2f } },
  { "cross-entropy/soft", cross_entropy, SHAPE (5, 7), F32, .loss = { SOFT } },
  { "cross-entropy/soft-unnormalised", cross_entropy, SHAPE (5, 7), F32, .target = DATA_POSITIVE, .loss = { SOFT } },
  { "cross-entropy/soft-everything", cross_entropy, SHAPE (2, 5, 3, 4), F32,
    .loss = { SOFT, .weighted = TRUE, .mean_over_positions = TRUE, .label_smoothing = 0.1f } },
  { "cross-entropy/sparse", cross_entropy, SHAPE (5, 17), F32, .n_out = 3, .loss = { SPARSE } },
  { "cross-entropy/sparse-repeated", cross_entropy, SHAPE (4, 2), F32, .n_out = 5, .loss = { SPARSE } },
  { "cross-entropy/sparse-one", cross_entropy, SHAPE (4, 6), F32, .n_out = 1, .loss = { SPARSE, .weighted = TRUE } },
  { "cross-entropy/sparse-positions", cross_entropy, SHAPE (2, 9, 3, 4), F32, .n_out = 5,
    .loss = { SPARSE, .weighted = TRUE, .mean_over_positions = TRUE } },
  { "cross-entropy/sparse-smoothing", cross_entropy, SHAPE (2, 9, 3, 4), F32, .n_out = 2,
    .loss = { SPARSE, .label_smoothing = 0.3f } },
  { "cross-entropy/colours", cross_entropy, SHAPE (2, 313, 6, 5), F32, .n_out = 5, .large = TRUE,
    .loss = { SPARSE, .weighted = TRUE, .mean_over_positions = TRUE } },
  { "cross-entropy/permutations", cross_entropy, SHAPE (33, 1000), F32, .large = TRUE, .loss = { INDEX } },
  { "mse/images", mse, SHAPE (2, 3, 5, 7) },
  { "mse/vectors", mse, SHAPE (3, 17), F32 },
  { "mse/one-number", mse, SHAPE (1, 1) },
  { "mse/against-the-host", mse_mixed, SHAPE (2, 17, 2, 3) },
  { "correct/first", correct, SHAPE (19, 5), F32, .size = 1, .forward_only = TRUE },
  { "correct/top-five", correct, SHAPE (33, 17), F32, .size = 5, .forward_only = TRUE },
  { "correct/in-precision", correct, SHAPE (19, 5), .size = 2, .forward_only = TRUE },
  { "correct/positions", correct, SHAPE (3, 5, 4, 3), F32, .size = 1, .forward_only = TRUE },
  { "correct/not-all-count", correct, SHAPE (19, 5), F32, .size = 2, .target = DATA_INDEX_OR_NONE,
    .forward_only = TRUE },
  { "correct/ties", correct, SHAPE (30, 7), F32, .size = 2, .data = DATA_TIES, .forward_only = TRUE },
  { "correct/all-equal", correct, SHAPE (30, 7), F32, .size = 1, .data = DATA_ZERO, .forward_only = TRUE },
  { "correct/more-than-classes", correct, SHAPE (4, 3), F32, .size = 5, .forward_only = TRUE },
};
/* clang-format on */

const guint n_cases = G_N_ELEMENTS (cases);

Trial *
case_build (const Case *self, gboolean hidden)
{
  Trial *trial = trial_new (self->path, !self->inference, hidden);

  trial_finish (trial, self->build (trial, self), self->relu || self->residual, self->forward_only);
  if (self->relu)
    g_assert_cmpuint (trial_count (trial, SMALTI_OP_RELU), ==, 0);
  if (self->residual)
    g_assert_cmpuint (trial_count (trial, SMALTI_OP_ADD), ==, 0);
  return trial;
}
