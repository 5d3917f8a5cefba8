/* SPDX-License-Identifier: Apache-2.0 */
/* Shape inference: inputs and attributes of a forward node -> the shape of its first output. Sizes are PyTorch's, also
 * where windows hang over the border. Every message names the node and the shapes that don't fit. */
#include "core/base/error.h"
#include "core/graph/graph-private.h"

/* 64-bit addresses of 4 bytes; far above any memory, far below where a size computed from it overflows. */
#define MAX_ELEMENTS (G_GINT64_CONSTANT (1) << 44)

typedef gboolean (*Infer) (const SmaltiNode *node, SmaltiShape *shape, GError **error);

gboolean
smalti_shape_check (const char *name, SmaltiShape shape, GError **error)
{
  g_autofree char *text = NULL;
  gint64 size = 1;
  gboolean fits = shape.n_dims <= SMALTI_MAX_DIMS, empty = FALSE;

  for (guint i = 0; fits && i < shape.n_dims; i++)
    {
      empty = empty || shape.dim[i] < 1;
      fits
          = shape.dim[i] <= MAX_ELEMENTS && !__builtin_mul_overflow (size, shape.dim[i], &size) && size <= MAX_ELEMENTS;
    }
  if (fits && !empty)
    return TRUE;
  if (shape.n_dims > SMALTI_MAX_DIMS)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_SHAPE, _ ("“%s” has %u dimensions, more than %d."), name,
                   shape.n_dims, SMALTI_MAX_DIMS);
      return FALSE;
    }
  text = smalti_shape_to_text (shape);
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_SHAPE,
               empty ? _ ("“%s” would be %s: a dimension can't be smaller than one.")
                     : _ ("“%s” would be %s: more than can be addressed."),
               name, text);
  return FALSE;
}

/* @format takes the node's name and the texts of both shapes. */
static gboolean
mismatch (const SmaltiNode *node, const char *format, SmaltiShape a, SmaltiShape b, GError **error)
{
  g_autofree char *text_a = smalti_shape_to_text (a);
  g_autofree char *text_b = smalti_shape_to_text (b);

  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_SHAPE, format, node->name, text_a, text_b);
  return FALSE;
}

/* @format takes the node's name and the text of the shape. */
static gboolean
unfit (const SmaltiNode *node, const char *format, SmaltiShape shape, GError **error)
{
  g_autofree char *text = smalti_shape_to_text (shape);

  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_SHAPE, format, node->name, text);
  return FALSE;
}

/* @format takes the node's name. */
static gboolean
wrong (const SmaltiNode *node, const char *format, GError **error)
{
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_SHAPE, format, node->name);
  return FALSE;
}

static SmaltiShape
shape_of (const SmaltiNode *node, guint input)
{
  return node->input[input]->shape;
}

static gboolean
is_image (const SmaltiNode *node, GError **error)
{
  SmaltiShape x = shape_of (node, 0);

  return x.n_dims == 4 || unfit (node, _ ("“%s” takes a batch of feature maps, N x C x H x W, not %s."), x, error);
}

/* (N, C) or (N, C, H, W) */
static gboolean
has_channels (const SmaltiNode *node, GError **error)
{
  SmaltiShape x = shape_of (node, 0);

  return x.n_dims == 2 || x.n_dims == 4 || unfit (node, _ ("“%s” takes N x C or N x C x H x W, not %s."), x, error);
}

/* Layers read their parameters in the layout of parameters, so nothing else will do. */
static gboolean
are_params (const SmaltiNode *node, guint first, guint last, GError **error)
{
  for (guint i = first; i <= last && i < node->n_inputs; i++)
    if (node->input[i]->klass != SMALTI_CLASS_WEIGHT)
      {
        g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_SHAPE, _ ("“%s” takes parameters, and “%s” is none."),
                     node->name, node->input[i]->name);
        return FALSE;
      }
  return TRUE;
}

/* So that no size computed from it overflows. */
#define MAX_WINDOW 32768

static gboolean
window_is_sane (const SmaltiNode *node, GError **error)
{
  const SmaltiWindow *window = &node->attr.window;

  for (guint i = 0; i < 2; i++)
    {
      if (window->kernel[i] < 1 || window->stride[i] < 1 || window->dilation[i] < 1 || window->padding[i] < 0)
        return wrong (node, _ ("“%s” has a window with a kernel, stride or dilation below 1, or a negative padding."),
                      error);
      if (MAX (MAX (window->kernel[i], window->stride[i]), MAX (window->dilation[i], window->padding[i])) > MAX_WINDOW)
        return wrong (node, _ ("“%s” has a window with a kernel, stride, dilation or padding above 32768."), error);
    }
  return TRUE;
}

static gint64
span (const SmaltiWindow *window, guint i)
{
  return (gint64)window->dilation[i] * (window->kernel[i] - 1) + 1;
}

/* As PyTorch: with ceil_mode the last window may hang over the border, but must begin in the input or its left padding.
 * Below one when the window does not fit at all. */
static gint64
n_windows (const SmaltiWindow *window, guint i, gint64 size)
{
  gint64 room = size + 2 * (gint64)window->padding[i] - span (window, i);
  gint64 n;

  if (window->ceil_mode)
    room += window->stride[i] - 1;
  if (room < 0)
    return 0;
  n = room / window->stride[i] + 1;
  if (window->ceil_mode && (n - 1) * window->stride[i] >= size + window->padding[i])
    n--;
  return n;
}

static gboolean
windows_fit (const SmaltiNode *node, gint64 n_channels, SmaltiShape *shape, GError **error)
{
  SmaltiShape x = shape_of (node, 0);
  const SmaltiWindow *window = &node->attr.window;

  *shape = SMALTI_SHAPE (x.dim[0], n_channels, n_windows (window, 0, x.dim[2]), n_windows (window, 1, x.dim[3]));
  if (shape->dim[2] >= 1 && shape->dim[3] >= 1)
    return TRUE;
  return mismatch (node, _ ("“%s” gets %s, too small for its window of %s; make the image larger."), x,
                   SMALTI_SHAPE (span (window, 0), span (window, 1)), error);
}

static gboolean
bias_fits (const SmaltiNode *node, gint64 n_outputs, GError **error)
{
  if (node->n_inputs < 3 || smalti_shape_equal (shape_of (node, 2), SMALTI_SHAPE (n_outputs)))
    return TRUE;
  return mismatch (node, _ ("“%s” has a weight of %s, which a bias of %s does not fit."), shape_of (node, 1),
                   shape_of (node, 2), error);
}

/* What both convolutions ask of kernel and window. */
static gboolean
kernel_fits (const SmaltiNode *node, GError **error)
{
  SmaltiShape w = shape_of (node, 1);
  const SmaltiWindow *window = &node->attr.window;

  if (!is_image (node, error) || !are_params (node, 1, 2, error))
    return FALSE;
  if (w.n_dims != 4)
    return mismatch (node, _ ("“%s” convolves %s with a kernel of %s, which should have four dimensions."),
                     shape_of (node, 0), w, error);
  if (!smalti_shape_check (node->input[1]->name, w, error) || !window_is_sane (node, error))
    return FALSE;
  if (w.dim[2] != window->kernel[0] || w.dim[3] != window->kernel[1])
    return mismatch (node, _ ("“%s” has a kernel of %s and a window of %s."), w,
                     SMALTI_SHAPE (window->kernel[0], window->kernel[1]), error);
  return (window->groups >= 1 && window->groups <= MAX_WINDOW)
         || wrong (node, _ ("“%s” has less than one group or more than 32768."), error);
}

static gboolean
infer_conv (const SmaltiNode *node, SmaltiShape *shape, GError **error)
{
  SmaltiShape x = shape_of (node, 0), w = shape_of (node, 1);
  gint groups = node->attr.window.groups;

  if (!kernel_fits (node, error))
    return FALSE;
  if (x.dim[1] != w.dim[1] * groups || w.dim[0] % groups != 0)
    return mismatch (node,
                     groups == 1 ? _ ("“%s” convolves %s with a kernel of %s: the channels differ.")
                                 : _ ("“%s” convolves %s with a kernel of %s: the channels or filters don't split into "
                                      "its groups."),
                     x, w, error);
  return bias_fits (node, w.dim[0], error) && windows_fit (node, w.dim[0], shape, error);
}

static gboolean
infer_conv_transpose (const SmaltiNode *node, SmaltiShape *shape, GError **error)
{
  SmaltiShape x = shape_of (node, 0), w = shape_of (node, 1);
  const SmaltiWindow *window = &node->attr.window;

  if (!kernel_fits (node, error))
    return FALSE;
  if (x.dim[1] != w.dim[0] || x.dim[1] % window->groups != 0)
    return mismatch (node,
                     window->groups == 1
                         ? _ ("“%s” convolves %s with a transposed kernel of %s: the channels differ.")
                         : _ ("“%s” convolves %s with a transposed kernel of %s: the channels don't split into its "
                              "groups."),
                     x, w, error);
  *shape = SMALTI_SHAPE (x.dim[0], w.dim[1] * window->groups, 0, 0);
  for (guint i = 0; i < 2; i++)
    shape->dim[2 + i] = (x.dim[2 + i] - 1) * window->stride[i] - 2 * (gint64)window->padding[i] + span (window, i);
  if (shape->dim[2] < 1 || shape->dim[3] < 1)
    return mismatch (node, _ ("“%s” makes %s of %s: its padding leaves nothing."), *shape, x, error);
  return bias_fits (node, shape->dim[1], error);
}

static gboolean
infer_linear (const SmaltiNode *node, SmaltiShape *shape, GError **error)
{
  SmaltiShape x = shape_of (node, 0), w = shape_of (node, 1);

  if (!are_params (node, 1, 2, error))
    return FALSE;
  if (x.n_dims != 2 || w.n_dims != 2 || x.dim[1] != w.dim[1])
    return mismatch (node, _ ("“%s” multiplies %s by a weight of %s: both need two dimensions and the same inputs."), x,
                     w, error);
  *shape = SMALTI_SHAPE (x.dim[0], w.dim[0]);
  return bias_fits (node, w.dim[0], error);
}

static gboolean
infer_matmul (const SmaltiNode *node, SmaltiShape *shape, GError **error)
{
  SmaltiShape a = shape_of (node, 0), b = shape_of (node, 1);
  gboolean ta = node->attr.matmul.transpose_a, tb = node->attr.matmul.transpose_b;

  if (a.n_dims != 2 || b.n_dims != 2 || a.dim[ta ? 0 : 1] != b.dim[tb ? 1 : 0])
    return mismatch (node, _ ("“%s” can't multiply %s by %s: the inner dimensions differ."), a, b, error);
  *shape = SMALTI_SHAPE (a.dim[ta ? 1 : 0], b.dim[tb ? 0 : 1]);
  return TRUE;
}

static gboolean
infer_batch_norm (const SmaltiNode *node, SmaltiShape *shape, GError **error)
{
  SmaltiShape x = *shape = shape_of (node, 0);

  if (!has_channels (node, error) || !are_params (node, 1, 4, error))
    return FALSE;
  for (guint i = 1; i <= 4; i++)
    if (!smalti_shape_equal (shape_of (node, i), SMALTI_SHAPE (x.dim[1])))
      return mismatch (node, _ ("“%s” normalises the channels of %s with parameters of %s."), x, shape_of (node, i),
                       error);
  return TRUE;
}

static gboolean
infer_lrn (const SmaltiNode *node, SmaltiShape *shape, GError **error)
{
  *shape = shape_of (node, 0);
  if (node->attr.lrn.size < 1)
    return wrong (node, _ ("“%s” normalises over fewer than one channel."), error);
  return is_image (node, error);
}

static gboolean
infer_same (const SmaltiNode *node, SmaltiShape *shape, GError **error)
{
  *shape = shape_of (node, 0);
  return TRUE;
}

static gboolean
infer_pool (const SmaltiNode *node, SmaltiShape *shape, GError **error)
{
  const SmaltiWindow *window = &node->attr.window;

  if (!is_image (node, error) || !window_is_sane (node, error))
    return FALSE;
  for (guint i = 0; i < 2; i++)
    {
      if (2 * (gint64)window->padding[i] > span (window, i)) /* else a window could lie in the padding alone */
        return wrong (node, _ ("“%s” pools with a padding of more than half its window."), error);
      if (window->padding[i] > 0 && window->dilation[i] > shape_of (node, 0).dim[2 + i]) /* or step over the image */
        return unfit (node, _ ("“%s” pools %s with a window so dilated that it misses it."), shape_of (node, 0), error);
      if (node->op == SMALTI_OP_AVG_POOL && window->dilation[i] != 1)
        return wrong (node, _ ("“%s” is an average pool, which can't be dilated."), error);
    }
  return windows_fit (node, shape_of (node, 0).dim[1], shape, error);
}

static gboolean
infer_add (const SmaltiNode *node, SmaltiShape *shape, GError **error)
{
  SmaltiShape a = *shape = shape_of (node, 0), b = shape_of (node, 1);

  if (!smalti_shape_equal (a, b))
    return mismatch (node, _ ("“%s” can't add %s and %s."), a, b, error);
  if (node->input[0]->klass != node->input[1]->klass)
    return wrong (node, _ ("“%s” adds values that are stored in different ways."), error);
  return TRUE;
}

static gboolean
infer_concat (const SmaltiNode *node, SmaltiShape *shape, GError **error)
{
  gint axis = node->attr.slice.axis;

  *shape = shape_of (node, 0);
  if (axis < 0 || (guint)axis >= shape->n_dims)
    return unfit (node, _ ("“%s” joins along an axis that %s does not have."), *shape, error);
  for (guint i = 1; i < node->n_inputs; i++)
    {
      SmaltiShape next = shape_of (node, i), fitting = *shape;

      fitting.dim[axis] = next.dim[axis];
      if (!smalti_shape_equal (fitting, next))
        return mismatch (node, _ ("“%s” can't join %s and %s: they differ along another axis."), *shape, next, error);
      if (node->input[i]->klass != node->input[0]->klass)
        return wrong (node, _ ("“%s” joins values that are stored in different ways."), error);
      shape->dim[axis] += next.dim[axis];
    }
  return TRUE;
}

static gboolean
infer_slice (const SmaltiNode *node, SmaltiShape *shape, GError **error)
{
  SmaltiShape x = *shape = shape_of (node, 0);
  gint axis = node->attr.slice.axis;
  gint64 start = node->attr.slice.start, length = node->attr.slice.length;
  g_autofree char *text = NULL, *first = NULL, *count = NULL;

  if (axis >= 0 && (guint)axis < x.n_dims && start >= 0 && length >= 1 && start <= x.dim[axis] - length)
    {
      shape->dim[axis] = length;
      return TRUE;
    }
  text = smalti_shape_to_text (x);
  first = g_strdup_printf ("%" G_GINT64_FORMAT, start);
  count = g_strdup_printf ("%" G_GINT64_FORMAT, length);
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_SHAPE,
               _ ("“%s” can't take %s elements from %s on along axis %d of %s."), node->name, count, first, axis, text);
  return FALSE;
}

static gboolean
infer_dropout (const SmaltiNode *node, SmaltiShape *shape, GError **error)
{
  *shape = shape_of (node, 0);
  return (node->attr.dropout.p >= 0 && node->attr.dropout.p < 1)
         || wrong (node, _ ("“%s” leaves out a share that is not between 0 and 1."), error);
}

static gboolean
infer_upsample (const SmaltiNode *node, SmaltiShape *shape, GError **error)
{
  *shape = shape_of (node, 0);
  if (!is_image (node, error))
    return FALSE;
  if (node->attr.upsample.factor < 1)
    return wrong (node, _ ("“%s” enlarges by a factor below 1."), error);
  for (guint i = 2; i < 4; i++)
    if (__builtin_mul_overflow (shape->dim[i], (gint64)node->attr.upsample.factor, &shape->dim[i]))
      return unfit (node, _ ("“%s” enlarges %s beyond what can be addressed."), shape_of (node, 0), error);
  return TRUE;
}

static gboolean
infer_over_channels (const SmaltiNode *node, SmaltiShape *shape, GError **error)
{
  *shape = shape_of (node, 0);
  return has_channels (node, error);
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

static gboolean
is_float_of (const SmaltiNode *node, guint input, SmaltiShape shape, GError **error)
{
  if (node->input[input]->klass == SMALTI_CLASS_I32)
    return wrong (node, _ ("“%s” takes probabilities and weights as fractions, not as whole numbers."), error);
  return smalti_shape_equal (shape_of (node, input), shape)
         || mismatch (node, _ ("“%s” compares logits of %s with probabilities or weights of %s."), shape_of (node, 0),
                      shape_of (node, input), error);
}

static gboolean
is_index_of (const SmaltiNode *node, SmaltiShape shape, GError **error)
{
  if (node->input[1]->klass != SMALTI_CLASS_I32)
    return wrong (node, _ ("“%s” takes its targets as whole numbers, not as fractions."), error);
  return smalti_shape_equal (shape_of (node, 1), shape)
         || mismatch (node, _ ("“%s” compares logits of %s with targets of %s."), shape_of (node, 0),
                      shape_of (node, 1), error);
}

static gboolean
targets_fit (const SmaltiNode *node, GError **error)
{
  SmaltiShape logits = shape_of (node, 0), sparse = logits;

  switch (node->attr.cross_entropy.target)
    {
    case SMALTI_TARGET_INDEX:
      return is_index_of (node, positions_of (logits), error);
    case SMALTI_TARGET_SOFT:
      return is_float_of (node, 1, logits, error);
    case SMALTI_TARGET_SPARSE:
      sparse.dim[1] = shape_of (node, 1).dim[1];
      return is_index_of (node, sparse, error) && is_float_of (node, 2, sparse, error);
    }
  return wrong (node, _ ("“%s” has an unknown kind of target."), error);
}

static gboolean
infer_cross_entropy (const SmaltiNode *node, SmaltiShape *shape, GError **error)
{
  const SmaltiCrossEntropyAttr *attr = &node->attr.cross_entropy;
  guint n_expected = 2 + (attr->target == SMALTI_TARGET_SPARSE) + !!attr->weighted;

  *shape = SMALTI_SCALAR;
  if (node->n_inputs != n_expected)
    return wrong (node, _ ("“%s” lacks or does not expect the probabilities or weights it was given."), error);
  if (!has_channels (node, error) || !targets_fit (node, error))
    return FALSE;
  if (attr->weighted && !is_float_of (node, node->n_inputs - 1, positions_of (shape_of (node, 0)), error))
    return FALSE;
  return (attr->label_smoothing >= 0 && attr->label_smoothing < 1)
         || wrong (node, _ ("“%s” smooths its labels by a share that is not between 0 and 1."), error);
}

static gboolean
infer_mse (const SmaltiNode *node, SmaltiShape *shape, GError **error)
{
  *shape = SMALTI_SCALAR;
  return smalti_shape_equal (shape_of (node, 0), shape_of (node, 1))
         || mismatch (node, _ ("“%s” can't compare %s with %s."), shape_of (node, 0), shape_of (node, 1), error);
}

static gboolean
infer_correct (const SmaltiNode *node, SmaltiShape *shape, GError **error)
{
  *shape = SMALTI_SCALAR;
  if (node->attr.correct.k < 1)
    return wrong (node, _ ("“%s” counts among fewer than one answer."), error);
  return has_channels (node, error) && is_index_of (node, positions_of (shape_of (node, 0)), error);
}

/* RESHAPE and ADAPTIVE_AVG_POOL are told their shape: it is in *shape already. */
static gboolean
infer_reshape (const SmaltiNode *node, SmaltiShape *shape, GError **error)
{
  SmaltiShape x = shape_of (node, 0);

  if (!smalti_shape_check (node->name, *shape, error))
    return FALSE;
  return smalti_shape_size (x) == smalti_shape_size (*shape)
         || mismatch (node, _ ("“%s” can't make %s into %s: the numbers of elements differ."), x, *shape, error);
}

static gboolean
infer_adaptive_pool (const SmaltiNode *node, SmaltiShape *shape, GError **error)
{
  return is_image (node, error);
}

static const Infer rules[SMALTI_N_OPS] = {
  [SMALTI_OP_CONV] = infer_conv,
  [SMALTI_OP_CONV_TRANSPOSE] = infer_conv_transpose,
  [SMALTI_OP_LINEAR] = infer_linear,
  [SMALTI_OP_MATMUL] = infer_matmul,
  [SMALTI_OP_BATCH_NORM] = infer_batch_norm,
  [SMALTI_OP_LRN] = infer_lrn,
  [SMALTI_OP_RELU] = infer_same,
  [SMALTI_OP_MAX_POOL] = infer_pool,
  [SMALTI_OP_AVG_POOL] = infer_pool,
  [SMALTI_OP_ADAPTIVE_AVG_POOL] = infer_adaptive_pool,
  [SMALTI_OP_ADD] = infer_add,
  [SMALTI_OP_SCALE] = infer_same,
  [SMALTI_OP_CONCAT] = infer_concat,
  [SMALTI_OP_SLICE] = infer_slice,
  [SMALTI_OP_RESHAPE] = infer_reshape,
  [SMALTI_OP_DROPOUT] = infer_dropout,
  [SMALTI_OP_UPSAMPLE] = infer_upsample,
  [SMALTI_OP_SOFTMAX] = infer_over_channels,
  [SMALTI_OP_L2_NORMALIZE] = infer_over_channels,
  [SMALTI_OP_CROSS_ENTROPY] = infer_cross_entropy,
  [SMALTI_OP_MSE] = infer_mse,
  [SMALTI_OP_CORRECT] = infer_correct,
};

/* Inputs that must be fractions: the rest of them, if any, are for the operator's own rule. */
static guint
n_operands (SmaltiOp op)
{
  switch (op)
    {
    case SMALTI_OP_RESHAPE:
    case SMALTI_OP_SLICE:
    case SMALTI_OP_CONCAT:
      return 0;
    case SMALTI_OP_ADD:
    case SMALTI_OP_MATMUL:
    case SMALTI_OP_MSE:
      return 2;
    default:
      return 1;
    }
}

gboolean
smalti_node_infer_shape (const SmaltiNode *self, SmaltiShape *shape, GError **error)
{
  for (guint i = 0; i < n_operands (self->op); i++)
    if (self->input[i]->klass == SMALTI_CLASS_I32)
      return wrong (self, _ ("“%s” can't compute with whole numbers."), error);
  return rules[self->op](self, shape, error) && smalti_shape_check (self->name, *shape, error);
}
