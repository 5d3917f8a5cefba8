/* SPDX-License-Identifier: Apache-2.0 */
/* Which nodes differentiation appends, and which it spares. Whether the numbers are right is for the devices' tests. */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/nn/backbone.h"
#include "core/nn/layers.h"
#include "tests/graph/graph-order.h"

#define HE  ((SmaltiInit){ SMALTI_INIT_HE_FAN_IN })
#define ONE ((SmaltiInit){ SMALTI_INIT_ONE })

static SmaltiValue *
image (SmaltiGraph *graph)
{
  return smalti_graph_input (graph, "x", SMALTI_CLASS_ACTIVATION, SMALTI_SHAPE (2, 4, 8, 8));
}

static SmaltiValue *
conv (SmaltiGraph *graph, const char *name, SmaltiValue *x)
{
  return smalti_layer_conv (graph, name, x, 4, SMALTI_WINDOW (3, .padding = { 1, 1 }), TRUE, HE);
}

/* Mean of squares: a loss of anything. */
static SmaltiValue *
loss_of (SmaltiGraph *graph, SmaltiValue *x)
{
  return smalti_mse (graph, "loss", x, smalti_graph_fill (graph, x->shape, 0));
}

static void
differentiate (SmaltiGraph *graph, SmaltiValue *loss, SmaltiValue *wrt)
{
  g_autoptr (GError) error = NULL;

  smalti_graph_check (graph, &error);
  g_assert_no_error (error);
  smalti_graph_differentiate (graph, loss, &wrt, wrt != NULL, &error);
  g_assert_no_error (error);
  assert_in_order (graph);
}

/* A gradient is stored as what it belongs to. */
static void
assert_gradient (SmaltiGraph *graph, const SmaltiValue *value)
{
  const SmaltiValue *gradient = smalti_graph_gradient (graph, value);

  g_assert_nonnull (gradient);
  g_assert_true (smalti_shape_equal (gradient->shape, value->shape));
  g_assert_cmpint (gradient->klass, ==, value->klass);
}

static void
only_what_is_trained_gets_a_gradient (void)
{
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  SmaltiValue *x = image (graph), *y = conv (graph, "b", smalti_relu (graph, "r", conv (graph, "a", x)));
  SmaltiValue *loss = loss_of (graph, y);

  differentiate (graph, loss, NULL);
  g_assert_cmpuint (count_op (graph, SMALTI_OP_CONV_BACKWARD_WEIGHTS), ==, 2);
  g_assert_cmpuint (count_op (graph, SMALTI_OP_CONV_BACKWARD_DATA), ==, 1); /* none towards the image */
  g_assert_cmpuint (count_op (graph, SMALTI_OP_RELU_BACKWARD), ==, 1);
  g_assert_cmpuint (count_op (graph, SMALTI_OP_MSE_BACKWARD), ==, 1);
  g_assert_cmpuint (count_op (graph, SMALTI_OP_ADD), ==, 0);
  assert_gradient (graph, smalti_graph_find (graph, "a.weight"));
  assert_gradient (graph, smalti_graph_find (graph, "a.bias"));
  assert_gradient (graph, smalti_graph_find (graph, "b.weight"));
  assert_gradient (graph, smalti_graph_find (graph, "b.bias"));
  g_assert_null (smalti_graph_gradient (graph, x));
  g_assert_null (smalti_graph_gradient (graph, y));
  g_assert_cmpint (smalti_graph_gradient (graph, smalti_graph_find (graph, "a.weight"))->klass, ==,
                   SMALTI_CLASS_WEIGHT);
}

static void
what_is_asked_for_gets_a_gradient_too (void)
{
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  SmaltiValue *x = image (graph), *loss = loss_of (graph, conv (graph, "a", x));

  smalti_graph_freeze (graph, "");
  differentiate (graph, loss, x);
  assert_gradient (graph, x);
  g_assert_cmpuint (count_op (graph, SMALTI_OP_CONV_BACKWARD_DATA), ==, 1);
  g_assert_cmpuint (count_op (graph, SMALTI_OP_CONV_BACKWARD_WEIGHTS), ==, 0);
  g_assert_null (smalti_graph_gradient (graph, smalti_graph_find (graph, "a.weight")));
}

static void
nothing_is_computed_below_what_is_frozen (void)
{
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  SmaltiValue *y = conv (graph, "trunk.b", conv (graph, "trunk.a", image (graph))), *loss;

  loss = loss_of (graph, conv (graph, "head.b", smalti_relu (graph, "r", conv (graph, "head.a", y))));
  smalti_graph_freeze (graph, "trunk.");
  differentiate (graph, loss, NULL);
  g_assert_cmpuint (count_op (graph, SMALTI_OP_CONV_BACKWARD_WEIGHTS), ==, 2);
  g_assert_cmpuint (count_op (graph, SMALTI_OP_CONV_BACKWARD_DATA), ==, 1);
  g_assert_null (smalti_graph_gradient (graph, smalti_graph_find (graph, "trunk.b.weight")));
  assert_gradient (graph, smalti_graph_find (graph, "head.a.bias"));
}

/* Frozen weights under a trained bias, and above trained layers. */
static void
gradients_pass_through_what_is_frozen (void)
{
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  SmaltiValue *loss = loss_of (graph, conv (graph, "c", conv (graph, "b", conv (graph, "a", image (graph)))));

  smalti_graph_freeze (graph, "b.");
  smalti_graph_freeze (graph, "c.weight");
  differentiate (graph, loss, NULL);
  g_assert_cmpuint (count_op (graph, SMALTI_OP_CONV_BACKWARD_DATA), ==, 2);
  g_assert_cmpuint (count_op (graph, SMALTI_OP_CONV_BACKWARD_WEIGHTS), ==, 2);
  assert_gradient (graph, smalti_graph_find (graph, "a.weight"));
  assert_gradient (graph, smalti_graph_find (graph, "c.bias"));
  g_assert_null (smalti_graph_gradient (graph, smalti_graph_find (graph, "b.weight")));
  g_assert_null (smalti_graph_gradient (graph, smalti_graph_find (graph, "c.weight")));
}

static void
shared_weights_sum_their_gradients (void)
{
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  SmaltiValue *y = conv (graph, "a", conv (graph, "a", conv (graph, "a", image (graph))));
  SmaltiValue *weight = smalti_graph_find (graph, "a.weight"), *bias = smalti_graph_find (graph, "a.bias");

  differentiate (graph, loss_of (graph, y), NULL);
  g_assert_cmpuint (count_op (graph, SMALTI_OP_CONV_BACKWARD_WEIGHTS), ==, 3);
  g_assert_cmpuint (count_op (graph, SMALTI_OP_ADD), ==, 4); /* two for the weight, two for the bias */
  assert_gradient (graph, weight);
  assert_gradient (graph, bias);
  g_assert_cmpint (smalti_graph_gradient (graph, weight)->producer->op, ==, SMALTI_OP_ADD);
}

static void
a_value_read_twice_sums_its_gradients (void)
{
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  SmaltiValue *a = conv (graph, "a", image (graph)),
              *sum = smalti_add (graph, "sum", a, smalti_scale (graph, "s", a, 3));

  differentiate (graph, loss_of (graph, sum), a);
  g_assert_cmpuint (count_op (graph, SMALTI_OP_ADD), ==, 2);
  g_assert_cmpuint (count_op (graph, SMALTI_OP_SCALE), ==, 2);
  g_assert_cmpint (smalti_graph_gradient (graph, a)->producer->op, ==, SMALTI_OP_ADD);
}

static void
a_fused_relu_is_undone_before_its_operator (void)
{
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  SmaltiValue *x = image (graph), *y = smalti_relu (graph, "r", conv (graph, "a", x)), *loss = loss_of (graph, y);
  const SmaltiNode *weights, *relu;

  smalti_graph_fuse (graph, &loss, 1);
  differentiate (graph, loss, NULL);
  weights = smalti_graph_gradient (graph, smalti_graph_find (graph, "a.weight"))->producer;
  relu = weights->input[1]->producer;
  g_assert_cmpint (relu->op, ==, SMALTI_OP_RELU_BACKWARD);
  g_assert_true (relu->input[0] == y);
  g_assert_true (weights->input[0] == x);
  g_assert_false (weights->relu);
}

/* The norm's own backward undoes its ReLU and hands the residual its share. */
static void
a_batch_norm_with_residual_has_one_backward (void)
{
  for (gint training = 0; training < 2; training++)
    {
      g_autoptr (SmaltiGraph) graph = smalti_graph_new (training);
      SmaltiValue *x = image (graph), *a = conv (graph, "a", x), *b = conv (graph, "b", a);
      SmaltiValue *y = smalti_relu (graph, "r", smalti_add (graph, "add", smalti_layer_batch_norm (graph, "bn", b), a));
      SmaltiValue *loss = loss_of (graph, y);
      const SmaltiNode *backward;

      smalti_graph_fuse (graph, &loss, 1);
      differentiate (graph, loss, a);
      backward = smalti_graph_gradient (graph, smalti_graph_find (graph, "bn.weight"))->producer;
      g_assert_cmpint (backward->op, ==,
                       training ? SMALTI_OP_BATCH_NORM_BACKWARD : SMALTI_OP_BATCH_NORM_INFERENCE_BACKWARD);
      g_assert_cmpuint (backward->n_inputs, ==, 6);
      g_assert_cmpuint (backward->n_outputs, ==, 4);
      g_assert_true (backward->attr.norm.relu);
      g_assert_true (backward->input[0] == b);
      g_assert_true (backward->input[1] == y);
      g_assert_true (backward->input[4]
                     == (training ? y->producer->output[1] : smalti_graph_find (graph, "bn.running_mean")));
      g_assert_cmpuint (count_op (graph, SMALTI_OP_RELU_BACKWARD), ==, 0);
      g_assert_true (smalti_graph_gradient (graph, smalti_graph_find (graph, "bn.bias")) == backward->output[2]);
      g_assert_cmpint (smalti_graph_gradient (graph, a)->producer->op, ==, SMALTI_OP_ADD);
      g_assert_true (smalti_graph_gradient (graph, a)->producer->input[0] == backward->output[3]);
      g_assert_null (smalti_graph_gradient (graph, smalti_graph_find (graph, "bn.running_mean")));
    }
}

/* All four cases: with all sides different, only the right transposes fit. */
static void
products_have_the_right_transposes_on_the_way_back (void)
{
  for (guint i = 0; i < 4; i++)
    {
      gboolean ta = i & 1, tb = (i & 2) != 0;
      g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
      SmaltiValue *a = smalti_graph_param (graph, "a", ta ? SMALTI_SHAPE (3, 2) : SMALTI_SHAPE (2, 3), ONE, TRUE);
      SmaltiValue *b = smalti_graph_param (graph, "b", tb ? SMALTI_SHAPE (5, 3) : SMALTI_SHAPE (3, 5), ONE, TRUE);

      differentiate (graph, loss_of (graph, smalti_matmul (graph, "ab", a, b, ta, tb)), NULL);
      g_assert_cmpuint (count_op (graph, SMALTI_OP_MATMUL), ==, 3);
      for (guint j = 0; j < 2; j++)
        {
          SmaltiValue *of = j == 0 ? a : b;
          const SmaltiNode *node = smalti_graph_gradient (graph, of)->producer;
          g_autoptr (SmaltiGraph) check = smalti_graph_new (TRUE);
          SmaltiValue *in[2], *out;

          for (guint k = 0; k < 2; k++)
            in[k] = smalti_graph_input (check, k == 0 ? "l" : "r", SMALTI_CLASS_F32, node->input[k]->shape);
          out = smalti_matmul (check, "again", in[0], in[1], node->attr.matmul.transpose_a,
                               node->attr.matmul.transpose_b);
          g_assert_true (smalti_graph_check (check, NULL));
          g_assert_true (smalti_shape_equal (out->shape, of->shape));
          assert_gradient (graph, of);
        }
    }
}

/* One chain through every operator that can be differentiated; every value between gets a gradient like itself. */
static void
every_operator_has_a_backward (void)
{
  for (gint training = 0; training < 2; training++)
    {
      g_autoptr (SmaltiGraph) graph = smalti_graph_new (training);
      g_autoptr (GPtrArray) wrt = g_ptr_array_new ();
      g_autoptr (GError) error = NULL;
      SmaltiWindow half = SMALTI_WINDOW (2, .stride = { 2, 2 });
      SmaltiValue *target = smalti_graph_input (graph, "target", SMALTI_CLASS_I32, SMALTI_SHAPE (2));
      SmaltiValue *x = image (graph), *y = x, *parts[2], *w, *loss, *right;

      y = conv (graph, "conv", y);
      y = smalti_layer_batch_norm (graph, "bn", y);
      y = smalti_relu (graph, "relu", y);
      y = smalti_lrn (graph, "lrn", y, 5, 1e-4f, 0.75f, 1);
      y = smalti_max_pool (graph, "max", y, half);
      y = smalti_layer_conv_transpose (graph, "up", y, 6, half, TRUE, HE);
      y = smalti_avg_pool (graph, "avg", y, half);
      y = smalti_upsample (graph, "larger", y, 2, TRUE);
      y = smalti_dropout (graph, "drop", y, 0.5f);
      y = smalti_adaptive_avg_pool (graph, "fit", y, 3, 3);
      parts[0] = smalti_slice (graph, "left", y, 1, 0, 2);
      parts[1] = smalti_scale (graph, "scaled", smalti_slice (graph, "right", y, 1, 2, 4), 0.5f);
      y = smalti_concat (graph, "joined", parts, 2, 1);
      y = smalti_l2_normalize (graph, "unit", y, 1e-12f);
      y = smalti_flatten (graph, "flat", y);
      y = smalti_layer_linear (graph, "fc", y, 7, TRUE, HE);
      y = smalti_add (graph, "add", y, smalti_softmax (graph, "p", y, 2));
      w = smalti_graph_param (graph, "w", SMALTI_SHAPE (5, 7), HE, TRUE);
      y = smalti_as_f32 (graph, smalti_matmul (graph, "logits", y, w, FALSE, TRUE));
      right = smalti_correct (graph, "correct", y, target, 1);
      loss = smalti_cross_entropy (graph, "entropy", y, target, NULL, NULL, (SmaltiCrossEntropyAttr){ 0 });
      loss = smalti_add (graph, "total", loss, smalti_mse (graph, "mse", y, smalti_scale (graph, "y2", y, 2)));

      for (guint i = 0; i < smalti_graph_get_n_values (graph); i++)
        g_ptr_array_add (wrt, smalti_graph_get_value (graph, i));
      smalti_graph_differentiate (graph, loss, (SmaltiValue **)wrt->pdata, wrt->len, &error);
      g_assert_no_error (error);
      assert_in_order (graph);
      for (guint i = 0; i < wrt->len; i++)
        {
          const SmaltiValue *value = wrt->pdata[i];

          if (value->klass == SMALTI_CLASS_I32 || value == right || value->output > 0
              || value->producer->op == SMALTI_OP_STATE)
            g_assert_null (smalti_graph_gradient (graph, value));
          else
            assert_gradient (graph, value);
        }
      g_assert_cmpuint (count_op (graph, SMALTI_OP_SLICE_BACKWARD), ==, 2);
      g_assert_cmpuint (count_op (graph, SMALTI_OP_SLICE), ==, 4);
      g_assert_cmpuint (count_op (graph, SMALTI_OP_MAX_POOL_BACKWARD), ==, 1);
      g_assert_cmpint (smalti_graph_gradient (graph, y)->klass, ==, SMALTI_CLASS_F32);
    }
}

static void
slices_of_a_concatenation_take_their_own_part_back (void)
{
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  SmaltiValue *part[3];
  const SmaltiNode *backward;

  for (guint i = 0; i < 3; i++)
    {
      const char *const name[] = { "a", "b", "c" };

      part[i] = smalti_graph_param (graph, name[i], SMALTI_SHAPE (2, 1 + (gint64)i), ONE, TRUE);
    }
  smalti_graph_freeze (graph, "b");
  differentiate (graph, loss_of (graph, smalti_concat (graph, "abc", part, 3, 1)), NULL);
  backward = smalti_graph_gradient (graph, part[2])->producer;
  g_assert_cmpint (backward->op, ==, SMALTI_OP_SLICE);
  g_assert_cmpint (backward->attr.slice.axis, ==, 1);
  g_assert_cmpint (backward->attr.slice.start, ==, 3);
  g_assert_cmpint (backward->attr.slice.length, ==, 3);
  g_assert_cmpuint (count_op (graph, SMALTI_OP_SLICE), ==, 2);
}

static void
dropout_goes_back_through_the_same_mask (void)
{
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  SmaltiValue *x = image (graph), *y = smalti_dropout (graph, "second", smalti_dropout (graph, "first", x, 0.1f), 0.2f);
  const SmaltiNode *first, *second;

  differentiate (graph, loss_of (graph, y), x);
  first = smalti_graph_gradient (graph, x)->producer;
  second = first->input[0]->producer;
  g_assert_cmpint (first->op, ==, SMALTI_OP_DROPOUT);
  g_assert_cmpint (second->op, ==, SMALTI_OP_DROPOUT);
  g_assert_cmpuint (second->attr.dropout.stream, ==, y->producer->attr.dropout.stream);
  g_assert_cmpuint (first->attr.dropout.stream, ==, y->producer->input[0]->producer->attr.dropout.stream);
  g_assert_cmpfloat (second->attr.dropout.p, ==, 0.2f);
}

static void
both_sides_of_the_mse_can_be_trained (void)
{
  g_autoptr (SmaltiGraph) both = smalti_graph_new (TRUE), one = smalti_graph_new (TRUE);
  SmaltiValue *a = smalti_graph_param (both, "a", SMALTI_SHAPE (3), ONE, TRUE);
  SmaltiValue *b = smalti_graph_param (both, "b", SMALTI_SHAPE (3), ONE, TRUE);
  SmaltiValue *x = smalti_graph_input (one, "x", SMALTI_CLASS_WEIGHT, SMALTI_SHAPE (3));
  SmaltiValue *c = smalti_graph_param (one, "c", SMALTI_SHAPE (3), ONE, TRUE);
  const SmaltiNode *backward;

  differentiate (both, smalti_mse (both, "loss", a, b), NULL);
  backward = smalti_graph_gradient (both, b)->producer;
  g_assert_cmpint (backward->op, ==, SMALTI_OP_SCALE);
  g_assert_cmpfloat (backward->attr.scale.factor, ==, -1);
  g_assert_true (backward->input[0] == smalti_graph_gradient (both, a));

  differentiate (one, smalti_mse (one, "loss", x, c), NULL);
  backward = smalti_graph_gradient (one, c)->producer;
  g_assert_cmpint (backward->op, ==, SMALTI_OP_MSE_BACKWARD);
  g_assert_true (backward->input[0] == c);
  g_assert_true (backward->input[1] == x);
}

static void
an_entropy_s_backward_reads_all_it_read (void)
{
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  SmaltiValue *logits = smalti_as_f32 (graph, conv (graph, "a", image (graph))), *loss;
  SmaltiValue *index = smalti_graph_input (graph, "bin", SMALTI_CLASS_I32, SMALTI_SHAPE (2, 3, 8, 8));
  SmaltiValue *share = smalti_graph_input (graph, "share", SMALTI_CLASS_F32, SMALTI_SHAPE (2, 3, 8, 8));
  SmaltiValue *weight = smalti_graph_input (graph, "weight", SMALTI_CLASS_F32, SMALTI_SHAPE (2, 8, 8));
  const SmaltiNode *backward;

  loss = smalti_cross_entropy (
      graph, "loss", logits, index, share, weight,
      (SmaltiCrossEntropyAttr){ .target = SMALTI_TARGET_SPARSE, .weighted = TRUE, .label_smoothing = 0.1f });
  differentiate (graph, loss, logits);
  backward = smalti_graph_gradient (graph, logits)->producer;
  g_assert_cmpint (backward->op, ==, SMALTI_OP_CROSS_ENTROPY_BACKWARD);
  g_assert_cmpuint (backward->n_inputs, ==, 5);
  g_assert_true (backward->input[3] == weight);
  g_assert_cmpint (backward->input[4]->producer->op, ==, SMALTI_OP_FILL);
  g_assert_cmpfloat (backward->input[4]->producer->attr.fill.value, ==, 1);
  g_assert_cmpfloat (backward->attr.cross_entropy.label_smoothing, ==, 0.1f);
  assert_gradient (graph, logits);
}

static void
what_cannot_be_differentiated_says_why (void)
{
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE), fused = smalti_graph_new (TRUE);
  g_autoptr (GError) shape = NULL, again = NULL, gone = NULL;
  SmaltiValue *y = conv (graph, "a", image (graph)), *loss = loss_of (graph, y), *between, *other;

  g_assert_false (smalti_graph_differentiate (graph, y, NULL, 0, &shape));
  g_assert_error (shape, SMALTI_ERROR, SMALTI_ERROR_SHAPE);
  g_assert_nonnull (strstr (shape->message, "“a”"));
  g_assert_nonnull (strstr (shape->message, "2x4x8x8"));
  g_assert_true (smalti_graph_differentiate (graph, loss, NULL, 0, NULL));
  g_assert_false (smalti_graph_differentiate (graph, loss, NULL, 0, &again));
  g_assert_error (again, SMALTI_ERROR, SMALTI_ERROR_SHAPE);

  between = conv (fused, "between", image (fused));
  other = loss_of (fused, smalti_relu (fused, "r", between));
  smalti_graph_fuse (fused, &other, 1);
  g_assert_false (smalti_graph_differentiate (fused, other, &between, 1, &gone));
  g_assert_nonnull (strstr (gone->message, "“between”"));
}

static void
a_loss_that_depends_on_nothing_trained_adds_nothing (void)
{
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  SmaltiValue *loss = loss_of (graph, conv (graph, "a", image (graph)));
  SmaltiValue *apart = smalti_graph_param (graph, "apart", SMALTI_SHAPE (3), ONE, TRUE);
  guint n = smalti_graph_get_n_nodes (graph);

  smalti_graph_freeze (graph, "a.");
  differentiate (graph, loss, NULL);
  g_assert_cmpuint (smalti_graph_get_n_nodes (graph), ==, n);
  g_assert_null (smalti_graph_gradient (graph, apart));
}

/* torchvision gives 1.814 billion multiply-adds for ResNet-18 at 224; going back costs twice that, less what the first
 * layer would spend on the gradient of the image. */
static void
a_resnet_s_way_back_costs_what_is_known (void)
{
  const SmaltiBackboneClass *klass = smalti_backbone_find ("resnet18");
  const gdouble first_layer = 2.0 * 64 * 112 * 112 * 3 * 7 * 7;
  g_autoptr (SmaltiValues) values = smalti_values_new (klass->params);
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  SmaltiValue *x = smalti_graph_input (graph, "x", SMALTI_CLASS_ACTIVATION, SMALTI_SHAPE (1, 3, 224, 224)), *loss;
  SmaltiTrunk trunk;
  gdouble forward;

  klass->build (graph, values, "", x, &trunk);
  x = smalti_flatten (graph, "flat", smalti_adaptive_avg_pool (graph, "pool", trunk.features, 1, 1));
  loss = loss_of (graph, smalti_layer_linear (graph, "fc", x, 1000, TRUE, HE));
  smalti_graph_fuse (graph, &loss, 1);
  forward = smalti_graph_count_flop (graph);
  g_assert_cmpint (lround (forward / 2e6), ==, 1814);

  differentiate (graph, loss, NULL);
  g_assert_cmpfloat (smalti_graph_count_flop (graph), ==, 3 * forward - first_layer);
  g_assert_cmpuint (count_op (graph, SMALTI_OP_CONV_BACKWARD_WEIGHTS), ==, 20);
  g_assert_cmpuint (count_op (graph, SMALTI_OP_CONV_BACKWARD_DATA), ==, 19);
  g_assert_cmpuint (count_op (graph, SMALTI_OP_BATCH_NORM_BACKWARD), ==, 20);
  g_assert_cmpuint (count_op (graph, SMALTI_OP_RELU_BACKWARD), ==, 0);
  /* the input of each block is read twice, by its first convolution and by its shortcut */
  g_assert_cmpuint (count_op (graph, SMALTI_OP_ADD), ==, 8);
  for (guint i = 0; i < smalti_graph_get_n_values (graph); i++)
    if (smalti_graph_get_value (graph, i)->producer->op == SMALTI_OP_PARAM)
      assert_gradient (graph, smalti_graph_get_value (graph, i));
}

static void
transposed_and_dense_layers_cost_what_they_multiply (void)
{
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  SmaltiValue *x = smalti_graph_input (graph, "x", SMALTI_CLASS_ACTIVATION, SMALTI_SHAPE (2, 4, 3, 3)), *y;
  const gdouble up = 2.0 * 2 * 4 * 9 * 3 * 16, fc = 2.0 * 2 * (6 * 64) * 10; /* every pixel times O/g * 4 * 4 */

  y = smalti_layer_conv_transpose (graph, "up", x, 6, SMALTI_WINDOW (4, .stride = { 2, 2 }, .groups = 2), TRUE, HE);
  g_assert_true (smalti_shape_equal (y->shape, SMALTI_SHAPE (2, 6, 8, 8)));
  y = smalti_layer_linear (graph, "fc", smalti_flatten (graph, "flat", y), 10, FALSE, HE);
  g_assert_cmpfloat (smalti_graph_count_flop (graph), ==, up + fc);
  differentiate (graph, loss_of (graph, y), x);
  g_assert_cmpfloat (smalti_graph_count_flop (graph), ==, 3 * (up + fc));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/differentiate/trained", only_what_is_trained_gets_a_gradient);
  g_test_add_func ("/differentiate/wrt", what_is_asked_for_gets_a_gradient_too);
  g_test_add_func ("/differentiate/frozen", nothing_is_computed_below_what_is_frozen);
  g_test_add_func ("/differentiate/through", gradients_pass_through_what_is_frozen);
  g_test_add_func ("/differentiate/shared", shared_weights_sum_their_gradients);
  g_test_add_func ("/differentiate/twice-read", a_value_read_twice_sums_its_gradients);
  g_test_add_func ("/differentiate/relu", a_fused_relu_is_undone_before_its_operator);
  g_test_add_func ("/differentiate/norm", a_batch_norm_with_residual_has_one_backward);
  g_test_add_func ("/differentiate/matmul", products_have_the_right_transposes_on_the_way_back);
  g_test_add_func ("/differentiate/all", every_operator_has_a_backward);
  g_test_add_func ("/differentiate/concat", slices_of_a_concatenation_take_their_own_part_back);
  g_test_add_func ("/differentiate/dropout", dropout_goes_back_through_the_same_mask);
  g_test_add_func ("/differentiate/mse", both_sides_of_the_mse_can_be_trained);
  g_test_add_func ("/differentiate/entropy", an_entropy_s_backward_reads_all_it_read);
  g_test_add_func ("/differentiate/errors", what_cannot_be_differentiated_says_why);
  g_test_add_func ("/differentiate/nothing", a_loss_that_depends_on_nothing_trained_adds_nothing);
  g_test_add_func ("/differentiate/resnet", a_resnet_s_way_back_costs_what_is_known);
  g_test_add_func ("/differentiate/flop", transposed_and_dense_layers_cost_what_they_multiply);
  return g_test_run ();
}
