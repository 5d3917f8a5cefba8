/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a frozen trunk, and the whole protocol, on the built-in sample. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "core/data/sample.h"
#include "core/eval/frozen-trunk.h"
#include "core/eval/probe-private.h"

#define SIDE     32
#define N_TRAIN  (5 * SMALTI_SAMPLE_N_CLASSES)
#define N_VAL    (2 * SMALTI_SAMPLE_N_CLASSES)
#define MAX_DIM  128
#define UNBROKEN "forest/0001.jpg"

static char *folder;

/* A small network of random weights with its data. */
typedef struct
{
  SmaltiDataset *dataset;
  SmaltiDevice *device;
  SmaltiPretext *pretext;
  const SmaltiBackboneClass *backbone;
  SmaltiValues *backbone_values;
  SmaltiWeights *weights;
} Network;

static SmaltiDataset *
open_data (const char *layout)
{
  g_autoptr (SmaltiValues) values = smalti_values_new (smalti_data_params);
  g_autoptr (GError) error = NULL;
  SmaltiDataset *dataset;

  g_assert_true (smalti_values_set (values, "path", folder, NULL));
  g_assert_true (smalti_values_set (values, "layout", layout, NULL));
  dataset = smalti_dataset_open (values, 1, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return dataset;
}

static void
set_up (Network *self, gconstpointer device)
{
  const SmaltiPretextClass *method = smalti_pretext_find ("random");
  g_autoptr (SmaltiValues) values = smalti_values_new (method->params);
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (FALSE);
  g_autoptr (GError) error = NULL;
  SmaltiPretextGraph parts;

  self->dataset = open_data ("auto");
  self->device = smalti_device_open (device, 1, &error);
  g_assert_no_error (error);
  g_assert_true (smalti_values_set (values, "size", G_STRINGIFY (SIDE), NULL));
  self->pretext = smalti_pretext_new (method, values, self->dataset, &error);
  g_assert_no_error (error);
  self->backbone = smalti_backbone_find ("cfn-small");
  self->backbone_values = smalti_values_new (self->backbone->params);
  g_assert_true (smalti_values_set (self->backbone_values, "width", "0.25", NULL));
  self->weights = smalti_weights_new (self->device);
  method->build (self->pretext, graph, self->backbone, self->backbone_values, 1, &parts);
  smalti_weights_add_graph (self->weights, graph, 1, &error);
  g_assert_no_error (error);
}

static void
tear_down (Network *self, gconstpointer data)
{
  smalti_weights_unref (self->weights);
  smalti_values_unref (self->backbone_values);
  smalti_pretext_free (self->pretext);
  smalti_device_close (self->device);
  g_object_unref (self->dataset);
}

static SmaltiFeatureSet *
extract (Network *self, SmaltiSplit split, const char *const *layers, gint max_dim, guint n_threads)
{
  g_autoptr (GError) error = NULL;
  SmaltiFeatureSet *set = smalti_features_extract (self->pretext, self->backbone, self->backbone_values, self->device,
                                                   SMALTI_PRECISION_F32, self->weights, self->dataset, split, layers,
                                                   SIDE, max_dim, n_threads, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return set;
}

static void
every_layer_is_read_at_its_size (Network *self, gconstpointer data)
{
  const char *const names[] = { "conv1", "conv2", "conv3", "conv4", "conv5" };
  const gint channels[] = { 8, 16, 32, 32, 32 };
  const gint grid[] = { 4, 2, 2, 2, 2 };
  g_autoptr (SmaltiFeatureSet) set = extract (self, SMALTI_SPLIT_VAL, NULL, MAX_DIM, 0);
  guint n_items;
  const guint32 *items = smalti_dataset_get_split (self->dataset, SMALTI_SPLIT_VAL, &n_items);

  g_assert_cmpuint (set->n, ==, N_VAL);
  g_assert_cmpuint (set->n_layers, ==, G_N_ELEMENTS (names));
  for (guint i = 0; i < set->n_layers; i++)
    {
      const SmaltiFeatures *layer = &set->layer[i];
      gdouble sum = 0;

      g_assert_cmpstr (layer->layer, ==, names[i]);
      g_assert_cmpint (layer->channels, ==, channels[i]);
      g_assert_cmpint (layer->height, ==, grid[i]);
      g_assert_cmpint (layer->width, ==, grid[i]);
      g_assert_cmpuint (layer->dim, ==, channels[i] * grid[i] * grid[i]);
      g_assert_cmpuint (layer->dim, <=, MAX_DIM);
      g_assert_cmpuint (layer->n, ==, N_VAL);
      for (gsize j = 0; j < layer->n * layer->dim; j++)
        {
          g_assert_cmpfloat (layer->data[j], >=, 0); /* after the ReLU */
          sum += layer->data[j];
        }
      g_assert_cmpfloat (sum, >, 0);
    }
  g_assert_cmpmem (set->item, n_items * sizeof *items, items, n_items * sizeof *items);
  for (guint i = 0; i < set->n; i++)
    g_assert_cmpint (set->label[i], ==, smalti_dataset_get_label (self->dataset, items[i]));
}

static void
threads_change_no_feature (Network *self, gconstpointer data)
{
  const char *const layers[] = { "conv1", "conv5", NULL };
  g_autoptr (SmaltiFeatureSet) none = extract (self, SMALTI_SPLIT_TRAIN, layers, MAX_DIM, 0);

  for (guint n_threads = 1; n_threads <= 4; n_threads += 3)
    {
      g_autoptr (SmaltiFeatureSet) some = extract (self, SMALTI_SPLIT_TRAIN, layers, MAX_DIM, n_threads);

      g_assert_cmpuint (some->n, ==, none->n);
      for (guint i = 0; i < 2; i++)
        {
          gsize n_bytes = none->n * none->layer[i].dim * sizeof (gfloat);

          g_assert_cmpmem (some->layer[i].data, n_bytes, none->layer[i].data, n_bytes);
        }
    }
}

static void
an_image_s_features_are_its_own (Network *self, gconstpointer data)
{
  const char *const layers[] = { "conv3", NULL };
  g_autoptr (SmaltiFeatureSet) all = extract (self, SMALTI_SPLIT_TRAIN, layers, MAX_DIM, 2);
  guint n_layers;
  SmaltiFeatures *pooled = smalti_pooled_layers (self->pretext, self->backbone, self->backbone_values, layers, SIDE,
                                                 MAX_DIM, &n_layers, NULL);
  g_autoptr (SmaltiFrozenTrunk) trunk
      = smalti_frozen_trunk_new (self->pretext, self->backbone, self->backbone_values, self->device,
                                 SMALTI_PRECISION_F32, self->weights, pooled, n_layers, SIDE, NULL);
  gsize dim = pooled->dim;

  for (guint i = 0; i < all->n; i += 25)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SmaltiFeatureSet) alone
          = smalti_frozen_trunk_read (trunk, self->dataset, &all->item[i], 1, 0, NULL, "alone", NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (alone->n, ==, 1);
      for (gsize j = 0; j < dim; j++)
        g_assert_cmpfloat_with_epsilon (alone->layer->data[j], all->layer->data[i * dim + j], 1e-5);
    }
  smalti_features_list_free (pooled, n_layers);
}

/* conv1 is 8 x 32 x 32; in a grid of 4 each cell is 8 x 8. */
static void
a_pooled_cell_is_a_mean (Network *self, gconstpointer data)
{
  const char *const layers[] = { "conv1", NULL };
  g_autoptr (SmaltiFeatureSet) pooled = extract (self, SMALTI_SPLIT_VAL, layers, MAX_DIM, 1);
  g_autoptr (SmaltiFeatureSet) whole = extract (self, SMALTI_SPLIT_VAL, layers, 1000000, 1);
  gint side = whole->layer->height, cell = side / pooled->layer->height;

  g_assert_cmpint (side, >, 4);
  g_assert_cmpint (side % 4, ==, 0);
  for (gint c = 0; c < 8; c++)
    for (gint y = 0; y < 4; y++)
      for (gint x = 0; x < 4; x++)
        {
          gdouble sum = 0;

          for (gint v = 0; v < cell; v++)
            for (gint u = 0; u < cell; u++)
              sum += whole->layer->data[(c * side + y * cell + v) * side + x * cell + u];
          g_assert_cmpfloat_with_epsilon (pooled->layer->data[(c * 4 + y) * 4 + x], sum / (cell * cell), 1e-5);
        }
}

static void
reading_changes_no_weight (Network *self, gconstpointer data)
{
  g_autofree char *before = smalti_weights_hash (self->weights), *after = NULL;
  g_autoptr (SmaltiFeatureSet) set = extract (self, SMALTI_SPLIT_TRAIN, NULL, MAX_DIM, 1);

  after = smalti_weights_hash (self->weights);
  g_assert_cmpstr (before, ==, after);
}

static void
unreadable_images_are_left_out (Network *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (folder, "train", UNBROKEN, NULL), *contents = NULL;
  const char *const layers[] = { "conv2", NULL };
  g_autoptr (SmaltiFeatureSet) whole = extract (self, SMALTI_SPLIT_TRAIN, layers, MAX_DIM, 2), part = NULL;
  g_autoptr (GError) error = NULL;
  gsize size, dim = whole->layer->dim;
  guint left_out = G_MAXUINT;

  g_file_get_contents (path, &contents, &size, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (path, "no picture", -1, NULL));
  g_object_unref (self->dataset); /* and with it decoded images */
  self->dataset = open_data ("auto");
  part = extract (self, SMALTI_SPLIT_TRAIN, layers, MAX_DIM, 2);
  g_assert_true (g_file_set_contents (path, contents, size, NULL));

  g_assert_cmpuint (part->n, ==, N_TRAIN - 1);
  g_assert_cmpuint (part->layer->n, ==, N_TRAIN - 1);
  g_assert_cmpuint (smalti_dataset_get_n_unreadable (self->dataset), ==, 1);
  for (guint i = 0; i < part->n; i++)
    {
      guint before = left_out == G_MAXUINT ? i : i + 1;

      if (left_out == G_MAXUINT && part->item[i] != whole->item[i])
        left_out = before++;
      g_assert_cmpuint (part->item[i], ==, whole->item[before]);
      g_assert_cmpint (part->label[i], ==, whole->label[before]);
      for (gsize j = 0; j < dim; j++)
        g_assert_cmpfloat_with_epsilon (part->layer->data[i * dim + j], whole->layer->data[before * dim + j], 1e-5);
    }
  {
    g_autofree char *name = smalti_dataset_get_item_name (self->dataset, whole->item[left_out]);

    g_assert_true (g_str_has_suffix (name, UNBROKEN));
  }
}

static void
unknown_layers_are_told_with_those_there_are (Network *self, gconstpointer data)
{
  const char *const layers[] = { "conv2", "covn4", NULL };
  g_autoptr (GError) error = NULL;

  g_assert_null (smalti_features_extract (self->pretext, self->backbone, self->backbone_values, self->device,
                                          SMALTI_PRECISION_F32, self->weights, self->dataset, SMALTI_SPLIT_VAL, layers,
                                          SIDE, MAX_DIM, 1, NULL, NULL, NULL, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "“covn4”"));
  g_assert_nonnull (strstr (error->message, "“conv4”"));
  g_assert_nonnull (strstr (error->message, "conv1, conv2, conv3, conv4, conv5"));
}

static void
weights_of_another_network_are_refused (Network *self, gconstpointer data)
{
  const SmaltiBackboneClass *other = smalti_backbone_find ("resnet-small");
  g_autoptr (SmaltiValues) values = smalti_values_new (other->params);
  g_autoptr (GError) error = NULL;

  g_assert_null (smalti_features_extract (self->pretext, other, values, self->device, SMALTI_PRECISION_F32,
                                          self->weights, self->dataset, SMALTI_SPLIT_VAL, NULL, SIDE, MAX_DIM, 1, NULL,
                                          NULL, NULL, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT);
}

static void
cancel_in_the_middle (const char *phase, guint64 done, guint64 total, gpointer cancellable)
{
  if (done > 0)
    g_cancellable_cancel (cancellable);
}

static void
reading_can_be_stopped (Network *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (SmaltiValues) values = smalti_values_new (smalti_eval_params);
  g_autoptr (GError) error = NULL;

  g_assert_false (smalti_benchmark_run (self->pretext, self->backbone, self->backbone_values, self->device,
                                        SMALTI_PRECISION_F32, self->weights, self->dataset, values, 1, 1, NULL, cancellable,
                                        cancel_in_the_middle, NULL, cancellable, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED);
}

/* Kernel, stride and padding of the published pools give the same numbers of features (ResNet-50 at 224, Goyal et al.
 * 2019; conv1: 10, 10, 4 -> 12; res2: 16, 8, 0 -> 6; res3: 13, 5, 0 -> 4; res4: 8, 3, 0 -> 3; res5: 6, 1, 0 -> 2). */
static void
resnet50_is_pooled_as_published (void)
{
  const struct
  {
    const char *name;
    gint channels, grid;
  } known[] = {
    { "conv1", 64, 12 }, { "layer1", 256, 6 }, { "layer2", 512, 4 }, { "layer3", 1024, 3 }, { "layer4", 2048, 2 }
  };
  const SmaltiPretextClass *method = smalti_pretext_find ("random");
  const SmaltiBackboneClass *backbone = smalti_backbone_find ("resnet50");
  g_autoptr (SmaltiValues) method_values = smalti_values_new (method->params);
  g_autoptr (SmaltiValues) values = smalti_values_new (backbone->params);
  g_autoptr (SmaltiPretext) pretext = smalti_pretext_new (method, method_values, NULL, NULL);
  g_autoptr (GError) error = NULL;
  guint n_layers;
  SmaltiFeatures *layers = smalti_pooled_layers (pretext, backbone, values, NULL, 224, 9216, &n_layers, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (n_layers, ==, G_N_ELEMENTS (known));
  for (guint i = 0; i < n_layers; i++)
    {
      g_assert_cmpstr (layers[i].layer, ==, known[i].name);
      g_assert_cmpint (layers[i].channels, ==, known[i].channels);
      g_assert_cmpint (layers[i].height, ==, known[i].grid);
      g_assert_cmpint (layers[i].width, ==, known[i].grid);
    }
  smalti_features_list_free (layers, n_layers);
}

static void
grids_are_the_largest_that_fit (void)
{
  for (gint channels = 1; channels < 300; channels += 7)
    for (gint max_dim = 1; max_dim < 10000; max_dim += 37)
      {
        gint grid = smalti_pooled_grid (channels, 1000, 1000, max_dim);

        g_assert_true (grid == 1 || channels * grid * grid <= max_dim);
        g_assert_cmpint (channels * (grid + 1) * (grid + 1), >, max_dim);
      }
  g_assert_cmpint (smalti_pooled_grid (3, 5, 4, 10000), ==, 4); /* never above the layer's own size */
  g_assert_cmpint (smalti_pooled_grid (2048, 7, 7, 100), ==, 1);
}

/* Results as they come, one line each. */
static void
keep_result (const SmaltiBenchmark *benchmark, gpointer lines)
{
  g_ptr_array_add (lines, g_strdup_printf ("%s %s %" G_GSIZE_FORMAT " %u/%u/%u %.17g %.17g", benchmark->layer,
                                           benchmark->protocol, benchmark->dim, benchmark->n_train, benchmark->n_test,
                                           benchmark->n_classes, benchmark->top1.value, benchmark->top5.value));
}

static GPtrArray *
run_within (Network *self, guint64 memory, const char *settings, GError **error)
{
  g_autoptr (SmaltiValues) values = smalti_values_new (smalti_eval_params);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) pairs = g_strsplit (settings, ";", -1);

  g_assert_true (smalti_values_set (values, "max_dim", G_STRINGIFY (MAX_DIM), NULL));
  for (guint i = 0; pairs[i] != NULL && *pairs[i] != '\0'; i++)
    {
      g_auto (GStrv) pair = g_strsplit (pairs[i], "=", 2);

      g_assert_true (smalti_values_set (values, pair[0], pair[1], NULL));
    }
  if (!smalti_benchmark_run_within (self->pretext, self->backbone, self->backbone_values, self->device,
                                    SMALTI_PRECISION_F32, self->weights, self->dataset, values, 1, 2, memory, NULL, NULL,
                                    NULL, keep_result, lines, error))
    return NULL;
  return g_steal_pointer (&lines);
}

static void
the_protocol_gives_a_result_a_layer (Network *self, gconstpointer data)
{
  g_autoptr (GPtrArray) all = run_within (self, 0, "", NULL), some = NULL, nearest = NULL, limited = NULL;
  g_autoptr (GPtrArray) none = NULL;

  g_assert_cmpuint (all->len, ==, 5);
  g_assert_true (g_str_has_prefix (all->pdata[0], "conv1 linear 128 60/24/12 "));
  g_assert_true (g_str_has_prefix (all->pdata[4], "conv5 linear 128 60/24/12 "));
  some = run_within (self, 0, "layers=[conv4, conv2, conv4]", NULL);
  g_assert_cmpuint (some->len, ==, 2);
  g_assert_cmpstr (some->pdata[0], ==, all->pdata[1]);
  g_assert_cmpstr (some->pdata[1], ==, all->pdata[3]);
  nearest = run_within (self, 0, "protocol=knn;k=5;layers=[conv1]", NULL);
  g_assert_cmpuint (nearest->len, ==, 1);
  g_assert_true (g_str_has_prefix (nearest->pdata[0], "conv1 knn 128 60/24/12 "));
  limited = run_within (self, 0, "limit=12;layers=[conv1]", NULL);
  g_assert_true (g_str_has_prefix (limited->pdata[0], "conv1 linear 128 12/12/12 "));
  none = run_within (self, 0, "protocol=none", NULL);
  g_assert_cmpuint (none->len, ==, 0);
}

/* A layer's features are 84 x 128 x 4 bytes, its classifier's work about 42 of 12 x 128 x 4. */
static void
little_memory_takes_more_goes_for_the_same_numbers (Network *self, gconstpointer data)
{
  g_autoptr (GPtrArray) at_once = run_within (self, 0, "", NULL);
  g_autoptr (GPtrArray) one_by_one = NULL;
  g_autoptr (GError) error = NULL;

  one_by_one = run_within (self, 350000, "", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (one_by_one->len, ==, 5);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpstr (one_by_one->pdata[i], ==, at_once->pdata[i]);

  g_assert_null (run_within (self, 50000, "", &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_MEMORY);
  g_assert_nonnull (strstr (error->message, "eval.limit"));
}

static void
images_without_labels_are_refused (Network *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_object_unref (self->dataset);
  self->dataset = open_data ("folder");
  g_assert_null (run_within (self, 0, "", &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*test) (Network *self, gconstpointer data);
  } tests[] = {
    { "sizes", every_layer_is_read_at_its_size },
    { "threads", threads_change_no_feature },
    { "batch", an_image_s_features_are_its_own },
    { "pooled", a_pooled_cell_is_a_mean },
    { "frozen", reading_changes_no_weight },
    { "unreadable", unreadable_images_are_left_out },
    { "unknown-layer", unknown_layers_are_told_with_those_there_are },
    { "other-weights", weights_of_another_network_are_refused },
    { "stop", reading_can_be_stopped },
    { "protocol", the_protocol_gives_a_result_a_layer },
    { "memory", little_memory_takes_more_goes_for_the_same_numbers },
    { "unlabelled", images_without_labels_are_refused },
  };
  static const char *const devices[] = { "reference", "cpu" };
  g_autofree char *command = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("smalti-XXXXXX", &error);
  g_assert_no_error (error);
  smalti_sample_write (folder, 5, 2, 40, NULL, &error);
  g_assert_no_error (error);
  g_test_add_func ("/features/resnet50", resnet50_is_pooled_as_published);
  g_test_add_func ("/features/grid", grids_are_the_largest_that_fit);
  for (guint d = 0; d < G_N_ELEMENTS (devices); d++)
    for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
      {
        g_autofree char *path = g_strdup_printf ("/features/%s/%s", devices[d], tests[i].name);

        g_test_add (path, Network, devices[d], set_up, tests[i].test, tear_down);
      }
  status = g_test_run ();
  command = g_strdup_printf ("rm -rf '%s'", folder);
  g_assert_cmpint (system (command), ==, 0);
  g_free (folder);
  return status;
}
