/* SPDX-License-Identifier: Apache-2.0 */
#include "core/nn/backbone.h"
#include "core/nn/layers.h"
#include "tests/graph/graph-order.h"

#define HE ((SmaltiInit){ SMALTI_INIT_HE_FAN_IN })

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

static void
fuse (SmaltiGraph *graph, SmaltiValue *keep)
{
  smalti_graph_fuse (graph, &keep, 1);
  assert_in_order (graph);
}

/* The ReLU's output lives on, as the output of what was before it. */
static void
relu_goes_into_the_operator_before_it (void)
{
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  SmaltiValue *x = image (graph), *a = conv (graph, "a", x);
  SmaltiValue *b = smalti_relu (graph, "b", a);
  SmaltiValue *c = smalti_relu (graph, "c", smalti_layer_batch_norm (graph, "bn", b));
  SmaltiValue *d = smalti_relu (graph, "d", smalti_add (graph, "add", c, x));
  SmaltiValue *e = smalti_relu (
      graph, "e", smalti_layer_conv_transpose (graph, "up", d, 4, SMALTI_WINDOW (4, .stride = { 2, 2 }), TRUE, HE));
  SmaltiValue *f
      = smalti_relu (graph, "f", smalti_layer_linear (graph, "fc", smalti_flatten (graph, "flat", e), 5, TRUE, HE));
  SmaltiValue *after[] = { b, d, e, f };
  const SmaltiOp op[] = { SMALTI_OP_CONV, SMALTI_OP_ADD, SMALTI_OP_CONV_TRANSPOSE, SMALTI_OP_LINEAR };

  fuse (graph, f);
  g_assert_cmpuint (count_op (graph, SMALTI_OP_RELU), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (after); i++)
    {
      g_assert_cmpint (after[i]->producer->op, ==, op[i]);
      g_assert_true (after[i]->producer->relu);
      g_assert_true (smalti_graph_get_value (graph, after[i]->id) == after[i]);
    }
  g_assert_cmpint (c->producer->op, ==, SMALTI_OP_BATCH_NORM);
  g_assert_true (c->producer->attr.norm.relu);
  g_assert_false (c->producer->relu);
  g_assert_cmpuint (c->producer->n_outputs, ==, 3);
  g_assert_cmpstr (a->name, ==, "a"); /* gone from the graph, but its holder may still look */
}

static void
what_others_read_or_keep_is_not_fused_away (void)
{
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  SmaltiValue *x = image (graph), *read = conv (graph, "read", x), *kept = conv (graph, "kept", x);
  SmaltiValue *one = smalti_relu (graph, "one", read), *two = smalti_scale (graph, "two", read, 2);
  SmaltiValue *three = smalti_relu (graph, "three", kept);

  fuse (graph, kept);
  g_assert_cmpuint (count_op (graph, SMALTI_OP_RELU), ==, 2);
  g_assert_cmpint (one->producer->op, ==, SMALTI_OP_RELU);
  g_assert_cmpint (three->producer->op, ==, SMALTI_OP_RELU);
  g_assert_false (read->producer->relu);
  g_assert_true (two->producer->input[0] == read);
}

static void
relu_after_other_operators_stays (void)
{
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  SmaltiValue *y = smalti_relu (graph, "relu", smalti_max_pool (graph, "pool", image (graph), SMALTI_WINDOW (2)));

  y = smalti_relu (graph, "again", y);
  fuse (graph, y);
  g_assert_cmpuint (count_op (graph, SMALTI_OP_RELU), ==, 2);
}

static void
addition_goes_into_the_batch_norm_before_it (void)
{
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  SmaltiValue *x = image (graph), *normed = smalti_layer_batch_norm (graph, "bn", conv (graph, "a", x));
  SmaltiValue *y = smalti_relu (graph, "relu", smalti_add (graph, "add", x, normed));

  fuse (graph, y);
  g_assert_cmpuint (count_op (graph, SMALTI_OP_ADD), ==, 0);
  g_assert_cmpuint (count_op (graph, SMALTI_OP_RELU), ==, 0);
  g_assert_cmpint (y->producer->op, ==, SMALTI_OP_BATCH_NORM);
  g_assert_true (y->producer->attr.norm.residual);
  g_assert_true (y->producer->attr.norm.relu);
  g_assert_cmpuint (y->producer->n_inputs, ==, 6);
  g_assert_true (y->producer->input[5] == x);
}

/* A batch norm has room for one residual, and none once its output has passed a ReLU. */
static void
a_batch_norm_takes_one_sum_and_none_after_its_relu (void)
{
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  SmaltiValue *x = image (graph), *normed = smalti_layer_batch_norm (graph, "bn", conv (graph, "a", x));
  SmaltiValue *once = smalti_add (graph, "once", normed, x), *twice = smalti_add (graph, "twice", once, x);
  SmaltiValue *active = smalti_relu (graph, "relu", smalti_layer_batch_norm (graph, "bn2", twice));
  SmaltiValue *last = smalti_add (graph, "last", active, x);

  fuse (graph, last);
  g_assert_cmpuint (count_op (graph, SMALTI_OP_ADD), ==, 2);
  g_assert_cmpint (once->producer->op, ==, SMALTI_OP_BATCH_NORM);
  g_assert_cmpint (twice->producer->op, ==, SMALTI_OP_ADD);
  g_assert_cmpint (last->producer->op, ==, SMALTI_OP_ADD);
  g_assert_false (active->producer->attr.norm.residual);
}

static void
a_sum_of_one_value_with_itself_stays (void)
{
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  SmaltiValue *normed = smalti_layer_batch_norm (graph, "bn", image (graph));
  SmaltiValue *sum = smalti_add (graph, "add", normed, normed);

  fuse (graph, sum);
  g_assert_cmpint (sum->producer->op, ==, SMALTI_OP_ADD);
}

/* The shortcut is made after the batch norm: the norm moves behind it, as long as it overtakes no other use of its
 * running statistics. */
static void
a_batch_norm_waits_for_its_residual (void)
{
  for (gint shared = 0; shared < 2; shared++)
    {
      g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
      SmaltiValue *x = image (graph), *normed = smalti_layer_batch_norm (graph, "bn", x);
      SmaltiValue *shortcut = conv (graph, "shortcut", x), *sum;

      if (shared)
        shortcut = smalti_scale (graph, "s", smalti_layer_batch_norm (graph, "bn", shortcut), 1);
      sum = smalti_add (graph, "add", normed, shortcut);
      fuse (graph, sum);
      g_assert_cmpint (sum->producer->op, ==, shared ? SMALTI_OP_ADD : SMALTI_OP_BATCH_NORM);
    }
}

static SmaltiGraph *
build (const char *id, const char *key, const char *setting, SmaltiTrunk *trunk)
{
  const SmaltiBackboneClass *klass = smalti_backbone_find (id);
  g_autoptr (SmaltiValues) values = smalti_values_new (klass->params);
  SmaltiGraph *graph = smalti_graph_new (TRUE);

  if (key != NULL)
    g_assert_true (smalti_values_set (values, key, setting, NULL));
  klass->build (graph, values, "",
                smalti_graph_input (graph, "x", SMALTI_CLASS_ACTIVATION, SMALTI_SHAPE (2, 3, 64, 64)), trunk);
  return graph;
}

/* The layers others hold still have shapes and places in the graph, and what they are: after the ReLU. */
static void
assert_layers_live (SmaltiGraph *graph, const SmaltiTrunk *trunk, SmaltiOp op)
{
  for (guint i = 0; i < trunk->n_layers; i++)
    {
      SmaltiValue *value = trunk->layer[i].value;

      g_assert_true (smalti_graph_get_value (graph, value->id) == value);
      g_assert_cmpint (value->producer->op, ==, op);
      g_assert_true (op == SMALTI_OP_BATCH_NORM ? value->producer->attr.norm.relu : value->producer->relu);
    }
}

static void
resnets_keep_no_relu_and_no_addition (void)
{
  const struct
  {
    const char *id;
    guint n_norms, n_blocks;
  } known[] = { { "resnet18", 20, 8 }, { "resnet50", 53, 16 } };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      SmaltiTrunk trunk;
      g_autoptr (SmaltiGraph) graph = build (known[i].id, NULL, NULL, &trunk);
      guint n_residual = 0, n_relu = 0;

      fuse (graph, trunk.features);
      g_assert_cmpuint (count_op (graph, SMALTI_OP_RELU), ==, 0);
      g_assert_cmpuint (count_op (graph, SMALTI_OP_ADD), ==, 0);
      g_assert_cmpuint (count_op (graph, SMALTI_OP_BATCH_NORM), ==, known[i].n_norms);
      for (guint j = 0; j < smalti_graph_get_n_nodes (graph); j++)
        {
          const SmaltiNode *node = smalti_graph_get_node (graph, j);

          if (node->op != SMALTI_OP_BATCH_NORM)
            continue;
          n_residual += node->attr.norm.residual;
          n_relu += node->attr.norm.relu;
          g_assert_false (node->attr.norm.residual && !node->attr.norm.relu);
        }
      g_assert_cmpuint (n_residual, ==, known[i].n_blocks);
      /* in a block that downsamples, one of the two norms that meet has no ReLU; resnet50's first does too */
      g_assert_cmpuint (n_relu, ==, known[i].n_norms - (known[i].n_blocks == 8 ? 3 : 4));
      assert_layers_live (graph, &trunk, SMALTI_OP_BATCH_NORM);
    }
}

static void
the_cfn_keeps_no_relu (void)
{
  SmaltiTrunk batch_trunk, bare_trunk;
  g_autoptr (SmaltiGraph) batch = build ("cfn", NULL, NULL, &batch_trunk);
  g_autoptr (SmaltiGraph) bare = build ("cfn", "norm", "none", &bare_trunk);

  fuse (batch, batch_trunk.features);
  fuse (bare, bare_trunk.features);
  g_assert_cmpuint (count_op (batch, SMALTI_OP_RELU), ==, 0);
  g_assert_cmpuint (count_op (bare, SMALTI_OP_RELU), ==, 0);
  assert_layers_live (batch, &batch_trunk, SMALTI_OP_BATCH_NORM);
  assert_layers_live (bare, &bare_trunk, SMALTI_OP_CONV);
}

static void
fusing_again_changes_nothing (void)
{
  SmaltiTrunk trunk;
  g_autoptr (SmaltiGraph) graph = build ("resnet18", NULL, NULL, &trunk);
  g_autofree char *once = NULL, *twice = NULL;

  fuse (graph, trunk.features);
  once = smalti_graph_to_text (graph);
  fuse (graph, trunk.features);
  twice = smalti_graph_to_text (graph);
  g_assert_cmpstr (once, ==, twice);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fuse/relu", relu_goes_into_the_operator_before_it);
  g_test_add_func ("/fuse/kept", what_others_read_or_keep_is_not_fused_away);
  g_test_add_func ("/fuse/relu/stays", relu_after_other_operators_stays);
  g_test_add_func ("/fuse/add", addition_goes_into_the_batch_norm_before_it);
  g_test_add_func ("/fuse/add/once", a_batch_norm_takes_one_sum_and_none_after_its_relu);
  g_test_add_func ("/fuse/add/itself", a_sum_of_one_value_with_itself_stays);
  g_test_add_func ("/fuse/add/waits", a_batch_norm_waits_for_its_residual);
  g_test_add_func ("/fuse/resnet", resnets_keep_no_relu_and_no_addition);
  g_test_add_func ("/fuse/cfn", the_cfn_keeps_no_relu);
  g_test_add_func ("/fuse/again", fusing_again_changes_nothing);
  return g_test_run ();
}
