/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/base/error.h"
#include "core/nn/backbone.h"
#include "core/nn/layers.h"

/* A backbone on a fresh graph; settings as key, value, ..., NULL. */
typedef struct
{
  SmaltiGraph *graph;
  SmaltiTrunk trunk;
} Built;

static void
built_clear (Built *self)
{
  smalti_graph_free (self->graph);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Built, built_clear)

static Built
build (const char *id, SmaltiShape input, const char *first_key, ...)
{
  const SmaltiBackboneClass *klass = smalti_backbone_find (id);
  g_autoptr (SmaltiValues) values = NULL;
  Built built = { .graph = smalti_graph_new (TRUE) };
  va_list settings;

  g_assert_nonnull (klass);
  values = smalti_values_new (klass->params);
  va_start (settings, first_key);
  for (const char *key = first_key; key != NULL; key = va_arg (settings, const char *))
    {
      g_autoptr (GError) error = NULL;

      smalti_values_set (values, key, va_arg (settings, const char *), &error);
      g_assert_no_error (error);
    }
  va_end (settings);
  klass->build (built.graph, values, SMALTI_TRUNK_PREFIX,
                smalti_graph_input (built.graph, "x", SMALTI_CLASS_ACTIVATION, input), &built.trunk);
  return built;
}

static gint64
count_params (const SmaltiGraph *graph)
{
  gint64 n = 0;

  for (guint i = 0; i < smalti_graph_get_n_values (graph); i++)
    {
      SmaltiValue *value = smalti_graph_get_value (graph, i);

      if (value->producer->op == SMALTI_OP_PARAM)
        n += smalti_shape_size (value->shape);
    }
  return n;
}

static guint
count_sources (const SmaltiGraph *graph)
{
  guint n = 0;

  for (guint i = 0; i < smalti_graph_get_n_nodes (graph); i++)
    {
      SmaltiOp op = smalti_graph_get_node (graph, i)->op;

      n += op == SMALTI_OP_PARAM || op == SMALTI_OP_STATE;
    }
  return n;
}

static void
assert_shape (const SmaltiValue *value, SmaltiShape shape)
{
  g_autofree char *is = smalti_shape_to_text (value->shape);
  g_autofree char *should_be = smalti_shape_to_text (shape);

  g_assert_cmpstr (is, ==, should_be);
}

static void
resnets_have_as_many_parameters_as_torchvision_s (void)
{
  const struct
  {
    const char *id;
    gint64 n;
  } known[] = { { "resnet18", 11689512 }, { "resnet34", 21797672 }, { "resnet50", 25557032 } };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (Built) built = build (known[i].id, SMALTI_SHAPE (1, 3, 224, 224), NULL);
      SmaltiValue *pooled = smalti_adaptive_avg_pool (built.graph, "avgpool", built.trunk.features, 1, 1);

      smalti_layer_linear (built.graph, "fc", smalti_flatten (built.graph, "flatten", pooled), 1000, TRUE,
                           (SmaltiInit){ SMALTI_INIT_UNIFORM_FAN_IN });
      smalti_graph_check (built.graph, &error);
      g_assert_no_error (error);
      g_assert_cmpint (count_params (built.graph), ==, known[i].n);
    }
}

/* torchvision-<id>.txt: its state_dict's names and shapes, without num_batches_tracked. */
static void
resnets_have_torchvision_s_names_and_shapes (gconstpointer id)
{
  g_auto (Built) built = build (id, SMALTI_SHAPE (2, 3, 64, 64), NULL);
  g_autofree char *name = g_strdup_printf ("torchvision-%s.txt", (const char *)id);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "nn", name, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  guint n = 0;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) part = g_strsplit (lines[i], " ", 2);
      g_autofree char *full = g_strconcat (SMALTI_TRUNK_PREFIX, part[0], NULL);
      g_autofree char *shape = NULL;
      SmaltiValue *value = smalti_graph_find (built.graph, full);

      if (g_str_has_prefix (part[0], "fc."))
        continue;
      if (value == NULL)
        g_error ("no %s", full);
      shape = smalti_shape_to_text (value->shape);
      g_assert_cmpstr (shape, ==, part[1]);
      n++;
    }
  g_assert_cmpuint (n, ==, count_sources (built.graph));
}

static void
layers_have_the_shapes_of_the_papers (void)
{
  const struct
  {
    const char *id;
    gint side, channels;
    struct
    {
      const char *name;
      gint64 c, side;
    } layer[8];
    gint64 features;
  } known[] = {
    /* Noroozi & Favaro 2016, tiles of 64; Goyal et al. 2019 pool 96 x 109 x 109 and so on at 227 */
    { "cfn",
      64,
      3,
      { { "conv1", 96, 27 }, { "conv2", 256, 13 }, { "conv3", 384, 6 }, { "conv4", 384, 6 }, { "conv5", 256, 6 } },
      2 },
    { "cfn",
      75,
      3,
      { { "conv1", 96, 33 }, { "conv2", 256, 16 }, { "conv3", 384, 7 }, { "conv4", 384, 7 }, { "conv5", 256, 7 } },
      3 },
    { "cfn",
      227,
      3,
      { { "conv1", 96, 109 }, { "conv2", 256, 54 }, { "conv3", 384, 26 }, { "conv4", 384, 26 }, { "conv5", 256, 26 } },
      12 },
    /* Zhang, Isola & Efros 2016, table 4, at half their 256 */
    { "colornet",
      128,
      1,
      { { "conv1", 64, 64 },
        { "conv2", 128, 32 },
        { "conv3", 256, 16 },
        { "conv4", 512, 16 },
        { "conv5", 512, 16 },
        { "conv6", 512, 16 },
        { "conv7", 512, 16 } },
      16 },
    /* He et al. 2016, table 1 */
    { "resnet18",
      224,
      3,
      { { "conv1", 64, 112 },
        { "layer1", 64, 56 },
        { "layer2", 128, 28 },
        { "layer3", 256, 14 },
        { "layer4", 512, 7 } },
      7 },
    { "resnet50",
      224,
      3,
      { { "conv1", 64, 112 },
        { "layer1", 256, 56 },
        { "layer2", 512, 28 },
        { "layer3", 1024, 14 },
        { "layer4", 2048, 7 } },
      7 },
    { "resnet-small",
      64,
      3,
      { { "conv1", 32, 32 }, { "layer1", 32, 32 }, { "layer2", 64, 16 }, { "layer3", 128, 8 }, { "layer4", 256, 4 } },
      4 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (Built) built
          = build (known[i].id, SMALTI_SHAPE (2, known[i].channels, known[i].side, known[i].side), NULL);
      guint n = 0;

      smalti_graph_check (built.graph, &error);
      g_assert_no_error (error);
      for (; known[i].layer[n].name != NULL; n++)
        {
          g_assert_cmpstr (built.trunk.layer[n].name, ==, known[i].layer[n].name);
          assert_shape (built.trunk.layer[n].value,
                        SMALTI_SHAPE (2, known[i].layer[n].c, known[i].layer[n].side, known[i].layer[n].side));
        }
      g_assert_cmpuint (built.trunk.n_layers, ==, n);
      assert_shape (built.trunk.features,
                    SMALTI_SHAPE (2, known[i].layer[n - 1].c, known[i].features, known[i].features));
    }
}

static void
every_backbone_takes_one_channel_or_three_at_its_least_size (void)
{
  for (guint i = 0; smalti_backbones ()[i] != NULL; i++)
    for (gint channels = 1; channels <= 3; channels += 2)
      {
        const SmaltiBackboneClass *klass = smalti_backbones ()[i];
        g_autoptr (GError) error = NULL;
        g_auto (Built) built = build (klass->id, SMALTI_SHAPE (2, channels, klass->min_input, klass->min_input), NULL);

        smalti_graph_check (built.graph, &error);
        g_assert_no_error (error);
        g_assert_cmpuint (built.trunk.n_layers, >=, 5);
        g_assert_true (smalti_backbone_find (klass->id) == klass);
      }
}

static void
an_image_too_small_names_the_layer_it_ends_at (void)
{
  const gint below = smalti_backbone_find ("cfn")->min_input - 1;
  g_autoptr (GError) error = NULL;
  g_auto (Built) built = build ("cfn", SMALTI_SHAPE (1, 3, below, below), NULL);

  g_assert_false (smalti_graph_check (built.graph, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, SMALTI_TRUNK_PREFIX "pool5"));
}

static void
width_and_filters_scale_the_layers (void)
{
  g_auto (Built) half = build ("cfn", SMALTI_SHAPE (1, 3, 64, 64), "width", "0.5", NULL);
  g_auto (Built) three
      = build ("cfn-small", SMALTI_SHAPE (1, 3, 32, 32), "filters", "[16, 24, 40]", "groups", "8", NULL);
  g_auto (Built) tiny = build ("resnet18", SMALTI_SHAPE (1, 3, 32, 32), "width", "0.125", "small_stem", "true", NULL);

  g_assert_true (smalti_graph_check (half.graph, NULL));
  assert_shape (smalti_graph_find (half.graph, "trunk.conv2.weight"), SMALTI_SHAPE (128, 24, 5, 5));
  g_assert_true (smalti_graph_check (three.graph, NULL));
  g_assert_cmpuint (three.trunk.n_layers, ==, 3);
  assert_shape (three.trunk.features, SMALTI_SHAPE (1, 40, 2, 2));
  g_assert_true (smalti_graph_check (tiny.graph, NULL));
  assert_shape (tiny.trunk.layer[0].value, SMALTI_SHAPE (1, 8, 32, 32));
}

static void
mistakes_in_the_settings_come_out_of_the_check (void)
{
  g_autoptr (GError) none = NULL, odd = NULL;
  g_auto (Built) no_filters = build ("cfn-small", SMALTI_SHAPE (1, 3, 32, 32), "filters", "[]", NULL);
  g_auto (Built) odd_groups = build ("cfn-small", SMALTI_SHAPE (1, 3, 32, 32), "groups", "5", NULL);

  g_assert_false (smalti_graph_check (no_filters.graph, &none));
  g_assert_error (none, SMALTI_ERROR, SMALTI_ERROR_SHAPE);
  g_assert_nonnull (strstr (none->message, "conv1"));
  g_assert_false (smalti_graph_check (odd_groups.graph, &odd));
  g_assert_error (odd, SMALTI_ERROR, SMALTI_ERROR_SHAPE);
  g_assert_nonnull (strstr (odd->message, "conv2"));
}

static void
the_norm_of_the_cfn_is_a_choice (void)
{
  g_auto (Built) batch = build ("cfn", SMALTI_SHAPE (1, 3, 64, 64), NULL);
  g_auto (Built) lrn = build ("cfn", SMALTI_SHAPE (1, 3, 64, 64), "norm", "lrn", "pool", "avg", NULL);
  g_auto (Built) none = build ("cfn", SMALTI_SHAPE (1, 3, 64, 64), "norm", "none", NULL);
  g_autofree char *with_batch = smalti_graph_to_text (batch.graph), *with_lrn = smalti_graph_to_text (lrn.graph);

  g_assert_true (smalti_graph_check (lrn.graph, NULL));
  g_assert_nonnull (smalti_graph_find (batch.graph, "trunk.bn5.running_var"));
  g_assert_null (smalti_graph_find (batch.graph, "trunk.conv5.bias")); /* the norm has one */
  g_assert_null (smalti_graph_find (lrn.graph, "trunk.bn1.weight"));
  g_assert_nonnull (strstr (with_lrn, smalti_op_name (SMALTI_OP_LRN)));
  g_assert_null (strstr (with_batch, smalti_op_name (SMALTI_OP_LRN)));
  g_assert_nonnull (smalti_graph_find (none.graph, "trunk.conv5.bias"));
  g_assert_cmpint (count_params (none.graph), ==, count_params (lrn.graph));
}

/* The release's names: model1.0 ... model7.6, biases kept, batch norm closing each block. */
static void
the_colorization_network_has_its_authors_names (void)
{
  g_auto (Built) built = build ("colornet", SMALTI_SHAPE (1, 1, 64, 64), NULL);

  assert_shape (smalti_graph_find (built.graph, "trunk.model1.0.weight"), SMALTI_SHAPE (64, 1, 3, 3));
  assert_shape (smalti_graph_find (built.graph, "trunk.model1.2.bias"), SMALTI_SHAPE (64));
  assert_shape (smalti_graph_find (built.graph, "trunk.model1.4.running_mean"), SMALTI_SHAPE (64));
  assert_shape (smalti_graph_find (built.graph, "trunk.model3.4.weight"), SMALTI_SHAPE (256, 256, 3, 3));
  assert_shape (smalti_graph_find (built.graph, "trunk.model7.6.weight"), SMALTI_SHAPE (512));
}

static void
only_kernels_and_matrices_decay (void)
{
  g_auto (Built) built = build ("resnet18", SMALTI_SHAPE (1, 3, 64, 64), NULL);

  g_assert_true (smalti_graph_find (built.graph, "trunk.layer1.0.conv1.weight")->decays);
  g_assert_false (smalti_graph_find (built.graph, "trunk.layer1.0.bn1.weight")->decays);
  g_assert_false (smalti_graph_find (built.graph, "trunk.layer1.0.bn1.bias")->decays);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nn/resnet/parameters", resnets_have_as_many_parameters_as_torchvision_s);
  g_test_add_data_func ("/nn/resnet18/names", "resnet18", resnets_have_torchvision_s_names_and_shapes);
  g_test_add_data_func ("/nn/resnet50/names", "resnet50", resnets_have_torchvision_s_names_and_shapes);
  g_test_add_func ("/nn/layers/shapes", layers_have_the_shapes_of_the_papers);
  g_test_add_func ("/nn/least-size", every_backbone_takes_one_channel_or_three_at_its_least_size);
  g_test_add_func ("/nn/too-small", an_image_too_small_names_the_layer_it_ends_at);
  g_test_add_func ("/nn/width", width_and_filters_scale_the_layers);
  g_test_add_func ("/nn/mistakes", mistakes_in_the_settings_come_out_of_the_check);
  g_test_add_func ("/nn/norm", the_norm_of_the_cfn_is_a_choice);
  g_test_add_func ("/nn/colornet/names", the_colorization_network_has_its_authors_names);
  g_test_add_func ("/nn/decay", only_kernels_and_matrices_decay);
  return g_test_run ();
}
