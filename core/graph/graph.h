/* SPDX-License-Identifier: Apache-2.0 */
/* The operator graph: what a network computes, without a word about how. Nodes are operators, values flow between them,
 * a value has exactly one producer. Graphs are built once, fused, differentiated (graph rewriting: backward operators are
 * nodes like any other), and compiled for a device (core/device/program.h).
 *
 * Shapes are logical and in the order N, C, H, W whatever a device stores. Builders never fail at the call: the first
 * mistake is kept by the graph, names the node and its shapes, and comes out of smalti_graph_check(); until then builders
 * return harmless values, so a network is written as straight code. */
#pragma once

#include <glib.h>

#include "core/tensor/tensor.h"

G_BEGIN_DECLS

typedef struct _SmaltiGraph SmaltiGraph;
typedef struct _SmaltiNode SmaltiNode;
typedef struct _SmaltiValue SmaltiValue;

typedef enum
{
  /* sources: no inputs, one output */
  SMALTI_OP_INPUT, /* written by the host before each run */
  SMALTI_OP_PARAM, /* trained; f32 master copy in the weights */
  SMALTI_OP_STATE, /* kept with the weights, not trained: running statistics */
  SMALTI_OP_FILL,  /* every element is attr.fill.value */

  /* forward operators; their inputs in order -> outputs */
  SMALTI_OP_CONV,              /* x (N,C,H,W), w (O,C/g,KH,KW), [bias (O)], -> y */
  SMALTI_OP_CONV_TRANSPOSE,    /* x (N,C,H,W), w (C,O/g,KH,KW), [bias (O)] -> y */
  SMALTI_OP_LINEAR,            /* x (N,I), w (O,I), [bias (O)] -> y (N,O) */
  SMALTI_OP_MATMUL,            /* a, b (2 dims; attr transposes) -> a b */
  SMALTI_OP_BATCH_NORM,        /* x (N,C[,H,W]), gamma, beta, running mean, running var, [residual like x]
                                  -> y, [mean (C), rstd (C) of the batch, when training] */
  SMALTI_OP_LRN,               /* x -> y; across channels, Krizhevsky et al. 2012, section 3.3 */
  SMALTI_OP_RELU,              /* x -> y */
  SMALTI_OP_MAX_POOL,          /* x -> y, [argmax: i32 positions h * W + w in the input plane, when training]; of equal
                                  ones the first */
  SMALTI_OP_AVG_POOL,          /* x -> y; padding is not counted */
  SMALTI_OP_ADAPTIVE_AVG_POOL, /* x -> y (N,C,OH,OW): cell i covers floor(i*H/OH) .. ceil((i+1)*H/OH); 1x1 is global */
  SMALTI_OP_ADD,               /* a, b of one shape -> a + b */
  SMALTI_OP_SCALE,             /* x -> x * attr.scale.factor */
  SMALTI_OP_CONCAT,            /* two or more, joined along attr.axis -> y */
  SMALTI_OP_SLICE,             /* x -> x[start .. start + length) along attr.axis */
  SMALTI_OP_RESHAPE,           /* x -> the same elements in logical row-major order, another shape */
  SMALTI_OP_DROPOUT,           /* x -> x * mask / (1 - p); the mask is a function of (seed, step, attr.stream, element) */
  SMALTI_OP_UPSAMPLE,          /* x -> y, nearest or bilinear (half-pixel centres, the border repeated) */
  SMALTI_OP_SOFTMAX,           /* x (N,C[,H,W]) -> softmax(x * attr.scale) over C */
  SMALTI_OP_L2_NORMALIZE,      /* x (N,C[,H,W]) -> x / max(|x|, eps) over C */
  SMALTI_OP_CROSS_ENTROPY,     /* logits (N,C[,H,W]), target, ... -> loss (scalar); see SmaltiCrossEntropyAttr */
  SMALTI_OP_MSE,               /* a, b -> mean of (a - b)^2 (scalar) */
  SMALTI_OP_CORRECT,           /* logits (N,C[,H,W]), target i32 (N[,H,W]) -> number whose target is among the top k; of
                                  equal logits the smaller index comes first, what is not a number is never right, nor
                                  is a negative target */

  /* backward operators; made by differentiation */
  SMALTI_OP_CONV_BACKWARD_DATA,         /* dy, w -> dx */
  SMALTI_OP_CONV_BACKWARD_WEIGHTS,      /* x, dy -> dw, [dbias] */
  SMALTI_OP_CONV_TRANSPOSE_BACKWARD_DATA,    /* dy, w -> dx */
  SMALTI_OP_CONV_TRANSPOSE_BACKWARD_WEIGHTS, /* x, dy -> dw, [dbias] */
  SMALTI_OP_LINEAR_BACKWARD_DATA,       /* dy (N,O), w (O,I) -> dx (N,I) */
  SMALTI_OP_LINEAR_BACKWARD_WEIGHTS,    /* x, dy -> dw, [dbias] */
  SMALTI_OP_BATCH_NORM_BACKWARD,        /* x, y, dy, gamma, mean, rstd -> dx, dgamma, dbeta, [dresidual]; y is read
                                           only for the fused ReLU's mask (y > 0) */
  SMALTI_OP_BATCH_NORM_INFERENCE_BACKWARD, /* x, y, dy, gamma, running mean, running var -> dx, dgamma, dbeta, [dres.] */
  SMALTI_OP_LRN_BACKWARD,               /* x, y, dy -> dx */
  SMALTI_OP_RELU_BACKWARD,              /* y, dy -> dx; from the output, so that the input need not be kept */
  SMALTI_OP_MAX_POOL_BACKWARD,          /* dy, argmax -> dx */
  SMALTI_OP_AVG_POOL_BACKWARD,          /* dy -> dx */
  SMALTI_OP_ADAPTIVE_AVG_POOL_BACKWARD, /* dy -> dx */
  SMALTI_OP_SLICE_BACKWARD,             /* dy -> dx, zero outside the slice */
  SMALTI_OP_UPSAMPLE_BACKWARD,          /* dy -> dx */
  SMALTI_OP_SOFTMAX_BACKWARD,           /* y, dy -> dx */
  SMALTI_OP_L2_NORMALIZE_BACKWARD,      /* x, dy -> dx */
  SMALTI_OP_CROSS_ENTROPY_BACKWARD,     /* the forward's inputs, dloss (scalar) -> dlogits */
  SMALTI_OP_MSE_BACKWARD,               /* a, b, dloss -> da (db is its negative, by SCALE) */
  SMALTI_N_OPS,
} SmaltiOp;

const char *smalti_op_name (SmaltiOp op);

/* Convolutions, also transposed ones, and pools. */
typedef struct
{
  gint kernel[2]; /* height, width */
  gint stride[2];
  gint padding[2]; /* the same on both sides */
  gint dilation[2];
  gint groups;
  gboolean ceil_mode; /* pools: the last window may hang over the border */
} SmaltiWindow;

/* A square window; stride 1, no padding, dilation 1, one group unless given. */
#define SMALTI_WINDOW(k, ...)                                                                                          \
  ((SmaltiWindow){ .kernel = { k, k }, .groups = 1, .dilation = { 1, 1 }, .stride = { 1, 1 }, __VA_ARGS__ })

typedef enum
{
  SMALTI_TARGET_INDEX,  /* target i32 (N[,H,W]); a negative one does not count */
  SMALTI_TARGET_SOFT,   /* target f32 like the logits: a distribution over C */
  SMALTI_TARGET_SPARSE, /* target i32 (N,K[,H,W]) and its probabilities f32 of the same shape: K classes a position */
} SmaltiTargetKind;

/* Inputs after the logits: target, [probabilities if SPARSE], [weights f32 (N[,H,W]) if weighted].
 * loss = sum over positions of weight * -sum_c t_c log softmax(logits)_c, divided by N, or by the number of positions
 * (N*H*W; those that do not count left out) when @mean_over_positions. Weights never enter the divisor. No position that
 * counts: the loss is 0. SPARSE: a class named twice has the sum of its probabilities. */
typedef struct
{
  SmaltiTargetKind target;
  gboolean weighted;
  gboolean mean_over_positions;
  gfloat label_smoothing; /* t <- (1 - s) t + s / C */
} SmaltiCrossEntropyAttr;

typedef union
{
  SmaltiWindow window;
  struct { gfloat eps, momentum; gboolean training, relu, residual; } norm; /* running <- (1-m) running + m batch;
                                                                                the variance kept is the unbiased one */
  struct { gint size; gfloat alpha, beta, k; } lrn; /* y = x / (k + alpha / size * sum of squares)^beta; channel c sums
                                                       over c - size / 2 .. c - size / 2 + size - 1, where there are */
  struct { gboolean transpose_a, transpose_b; } matmul;
  struct { gint axis; gint64 start, length; } slice; /* CONCAT uses only axis */
  struct { gfloat p; guint32 stream; } dropout;
  struct { gint factor; gboolean bilinear; } upsample;
  struct { gfloat factor; } scale; /* SCALE, SOFTMAX */
  struct { gfloat eps; } l2;
  struct { gfloat value; } fill;
  struct { gint k; } correct;
  SmaltiCrossEntropyAttr cross_entropy;
} SmaltiAttr;

/* How a device stores a value. CONV, CONV_TRANSPOSE, LINEAR and MATMUL make ACTIVATIONs, losses and FILL are F32, and all
 * else has the class of its first input; a gradient has the class of what it belongs to. Weights, biases and the parameters
 * of norms must be of class WEIGHT; ADD and CONCAT take values of one class. */
typedef enum
{
  SMALTI_CLASS_ACTIVATION, /* in the precision the program is compiled for: f32 or bf16 */
  SMALTI_CLASS_F32,        /* always f32: statistics, losses, logits, weights of positions */
  SMALTI_CLASS_WEIGHT,     /* always f32, in the device's layout for parameters: PARAM, STATE, gradients of PARAMs */
  SMALTI_CLASS_I32,
} SmaltiValueClass;

typedef enum
{
  SMALTI_INIT_ZERO,
  SMALTI_INIT_ONE,
  SMALTI_INIT_NORMAL,         /* deviation = scale */
  SMALTI_INIT_UNIFORM,        /* within +-scale */
  SMALTI_INIT_HE_FAN_OUT,     /* He et al. 2015: normal, deviation sqrt(2 / fan out): torchvision's ResNets */
  SMALTI_INIT_HE_FAN_IN,
  SMALTI_INIT_XAVIER,         /* Glorot & Bengio 2010: uniform */
  SMALTI_INIT_UNIFORM_FAN_IN, /* within +-1 / sqrt(fan in): PyTorch's default for convolutions and linear layers */
} SmaltiInitKind;

typedef struct
{
  SmaltiInitKind kind;
  gfloat scale;
} SmaltiInit;

#define SMALTI_MAX_INPUTS 16
#define SMALTI_MAX_OUTPUTS 4

/* Read-only for everyone but core/graph. */
struct _SmaltiValue
{
  guint id; /* position in the graph's values */
  char *name;
  SmaltiShape shape;
  SmaltiValueClass klass;
  SmaltiNode *producer;
  guint output; /* which of the producer's */
  SmaltiGraph *graph;

  /* of PARAM and STATE */
  SmaltiInit init;
  gboolean trainable;
  gboolean decays; /* weight decay applies to it even when norms and biases are left out: weights, not biases or norms */
};

struct _SmaltiNode
{
  guint id; /* position in the graph's nodes: a topological order */
  SmaltiOp op;
  char *name;
  SmaltiAttr attr;
  gboolean relu;  /* fused: the first output is max(0, .); CONV, CONV_TRANSPOSE, LINEAR, ADD (BATCH_NORM: attr.norm.relu) */
  guint n_inputs;
  guint n_outputs;
  SmaltiValue *input[SMALTI_MAX_INPUTS];
  SmaltiValue *output[SMALTI_MAX_OUTPUTS];
};

/* @training decides what batch norm and dropout do. */
SmaltiGraph  *smalti_graph_new           (gboolean               training);
void          smalti_graph_free          (SmaltiGraph           *self);
gboolean      smalti_graph_is_training   (const SmaltiGraph     *self);
/* FALSE and the first mistake of all the builders called so far; SMALTI_ERROR_SHAPE. */
gboolean      smalti_graph_check         (const SmaltiGraph     *self,
                                          GError               **error);

guint         smalti_graph_get_n_nodes   (const SmaltiGraph     *self);
SmaltiNode   *smalti_graph_get_node      (const SmaltiGraph     *self,
                                          guint                  i);
guint         smalti_graph_get_n_values  (const SmaltiGraph     *self);
SmaltiValue  *smalti_graph_get_value     (const SmaltiGraph     *self,
                                          guint                  i);
/* (nullable): the PARAM, STATE or INPUT of that name. */
SmaltiValue  *smalti_graph_find          (const SmaltiGraph     *self,
                                          const char            *name);
/* One line a node: for people, and for tests of rewriting. */
char         *smalti_graph_to_text       (const SmaltiGraph     *self);

/* Sources. Names are unique in a graph; PARAM and STATE names are torchvision's ("layer1.0.conv1.weight"). Asking again
 * for a PARAM or STATE of the same name and shape gives the same value: that is how weights are shared. */
SmaltiValue  *smalti_graph_input         (SmaltiGraph           *self,
                                          const char            *name,
                                          SmaltiValueClass       klass,
                                          SmaltiShape            shape);
SmaltiValue  *smalti_graph_param         (SmaltiGraph           *self,
                                          const char            *name,
                                          SmaltiShape            shape,
                                          SmaltiInit             init,
                                          gboolean               decays);
SmaltiValue  *smalti_graph_state         (SmaltiGraph           *self,
                                          const char            *name,
                                          SmaltiShape            shape,
                                          SmaltiInit             init);
SmaltiValue  *smalti_graph_fill          (SmaltiGraph           *self,
                                          SmaltiShape            shape,
                                          gfloat                 value);
/* Every PARAM whose name begins with @prefix is kept as it is by training (a frozen trunk). */
void          smalti_graph_freeze        (SmaltiGraph           *self,
                                          const char            *prefix);

/* Operators: @name names the node in errors and pictures; @bias and others marked so may be %NULL. */
SmaltiValue  *smalti_conv                (SmaltiGraph           *self,
                                          const char            *name,
                                          SmaltiValue           *x,
                                          SmaltiValue           *weight,
                                          SmaltiValue           *bias /* nullable */,
                                          SmaltiWindow           window);
SmaltiValue  *smalti_conv_transpose      (SmaltiGraph           *self,
                                          const char            *name,
                                          SmaltiValue           *x,
                                          SmaltiValue           *weight,
                                          SmaltiValue           *bias /* nullable */,
                                          SmaltiWindow           window);
SmaltiValue  *smalti_linear              (SmaltiGraph           *self,
                                          const char            *name,
                                          SmaltiValue           *x,
                                          SmaltiValue           *weight,
                                          SmaltiValue           *bias /* nullable */);
SmaltiValue  *smalti_matmul              (SmaltiGraph           *self,
                                          const char            *name,
                                          SmaltiValue           *a,
                                          SmaltiValue           *b,
                                          gboolean               transpose_a,
                                          gboolean               transpose_b);
SmaltiValue  *smalti_batch_norm          (SmaltiGraph           *self,
                                          const char            *name,
                                          SmaltiValue           *x,
                                          SmaltiValue           *gamma,
                                          SmaltiValue           *beta,
                                          SmaltiValue           *running_mean,
                                          SmaltiValue           *running_var,
                                          gfloat                 eps,
                                          gfloat                 momentum);
SmaltiValue  *smalti_lrn                 (SmaltiGraph           *self,
                                          const char            *name,
                                          SmaltiValue           *x,
                                          gint                   size,
                                          gfloat                 alpha,
                                          gfloat                 beta,
                                          gfloat                 k);
SmaltiValue  *smalti_relu                (SmaltiGraph           *self,
                                          const char            *name,
                                          SmaltiValue           *x);
SmaltiValue  *smalti_max_pool            (SmaltiGraph           *self,
                                          const char            *name,
                                          SmaltiValue           *x,
                                          SmaltiWindow           window);
SmaltiValue  *smalti_avg_pool            (SmaltiGraph           *self,
                                          const char            *name,
                                          SmaltiValue           *x,
                                          SmaltiWindow           window);
SmaltiValue  *smalti_adaptive_avg_pool   (SmaltiGraph           *self,
                                          const char            *name,
                                          SmaltiValue           *x,
                                          gint                   height,
                                          gint                   width);
SmaltiValue  *smalti_add                 (SmaltiGraph           *self,
                                          const char            *name,
                                          SmaltiValue           *a,
                                          SmaltiValue           *b);
SmaltiValue  *smalti_scale               (SmaltiGraph           *self,
                                          const char            *name,
                                          SmaltiValue           *x,
                                          gfloat                 factor);
SmaltiValue  *smalti_concat              (SmaltiGraph           *self,
                                          const char            *name,
                                          SmaltiValue          **values,
                                          guint                  n_values,
                                          gint                   axis);
SmaltiValue  *smalti_slice               (SmaltiGraph           *self,
                                          const char            *name,
                                          SmaltiValue           *x,
                                          gint                   axis,
                                          gint64                 start,
                                          gint64                 length);
SmaltiValue  *smalti_reshape             (SmaltiGraph           *self,
                                          const char            *name,
                                          SmaltiValue           *x,
                                          SmaltiShape            shape);
/* (N, anything) -> (N, product). */
SmaltiValue  *smalti_flatten             (SmaltiGraph           *self,
                                          const char            *name,
                                          SmaltiValue           *x);
/* The value itself when the graph is not training. */
SmaltiValue  *smalti_dropout             (SmaltiGraph           *self,
                                          const char            *name,
                                          SmaltiValue           *x,
                                          gfloat                 p);
SmaltiValue  *smalti_upsample            (SmaltiGraph           *self,
                                          const char            *name,
                                          SmaltiValue           *x,
                                          gint                   factor,
                                          gboolean               bilinear);
SmaltiValue  *smalti_softmax             (SmaltiGraph           *self,
                                          const char            *name,
                                          SmaltiValue           *x,
                                          gfloat                 scale);
SmaltiValue  *smalti_l2_normalize        (SmaltiGraph           *self,
                                          const char            *name,
                                          SmaltiValue           *x,
                                          gfloat                 eps);
SmaltiValue  *smalti_cross_entropy       (SmaltiGraph           *self,
                                          const char            *name,
                                          SmaltiValue           *logits,
                                          SmaltiValue           *target,
                                          SmaltiValue           *probabilities /* nullable */,
                                          SmaltiValue           *weights /* nullable */,
                                          SmaltiCrossEntropyAttr attr);
SmaltiValue  *smalti_mse                 (SmaltiGraph           *self,
                                          const char            *name,
                                          SmaltiValue           *a,
                                          SmaltiValue           *b);
SmaltiValue  *smalti_correct             (SmaltiGraph           *self,
                                          const char            *name,
                                          SmaltiValue           *logits,
                                          SmaltiValue           *target,
                                          gint                   k);
/* Marks a CONV's, LINEAR's or MATMUL's result as SMALTI_CLASS_F32: logits that a loss reads keep full precision. */
SmaltiValue  *smalti_as_f32              (SmaltiGraph           *self,
                                          SmaltiValue           *x);

/* Rewriting. Both keep node ids a topological order. */

/* Folds ReLU into the operator before it, and an addition into the batch norm before it (residual), where nobody else
 * reads the value between and it is none of @keep. The last value of a chain survives, and pointers to it stay good; one
 * to a value between may still be held, but it is in the graph no more. Call before differentiation. */
void          smalti_graph_fuse          (SmaltiGraph           *self,
                                          SmaltiValue          **keep,
                                          guint                  n_keep);
/* Appends the backward of @loss (a scalar). Gradients of trainable PARAMs are then found with smalti_graph_gradient();
 * those of other values only when listed in @wrt. Nothing is computed for what nobody asks (the first layer's input).
 * Once a graph; SMALTI_ERROR_SHAPE. */
gboolean      smalti_graph_differentiate (SmaltiGraph           *self,
                                          SmaltiValue           *loss,
                                          SmaltiValue          **wrt,
                                          guint                  n_wrt,
                                          GError               **error);
/* (nullable): %NULL when the loss does not depend on it. */
SmaltiValue  *smalti_graph_gradient      (const SmaltiGraph     *self,
                                          const SmaltiValue     *value);

/* Multiply-adds of the convolutions and matrix products times two, of every node there is. */
gdouble       smalti_graph_count_flop    (const SmaltiGraph     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiGraph, smalti_graph_free)

G_END_DECLS
