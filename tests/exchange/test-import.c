/* SPDX-License-Identifier: Apache-2.0 */
/* Imports and exports, on small networks whose weights are numbered: names, shapes, what is refused and what is kept.
 */
#include <string.h>

#include "core/base/error.h"
#include "core/exchange/export.h"
#include "core/exchange/import.h"
#include "core/exchange/torch-names.h"
#include "core/run/checkpoint.h"
#include "core/run/model.h"
#include "core/run/report.h"
#include "image-features.h"
#include "tests/engine/remove-tree.h"

static char *folder;
static SmaltiStore *store;

/* Weights of a backbone under PyTorch's names after @prefix, different in every element. Settings as key, value, ... */
static SmaltiTensorFile *
weights_of (const char *backbone, const char *prefix, gint n_channels, ...)
{
  const SmaltiBackboneClass *klass = smalti_backbone_find (backbone);
  g_autoptr (SmaltiValues) values = smalti_values_new (klass->params);
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (FALSE);
  SmaltiTensorFile *file = smalti_tensor_file_new ();
  SmaltiTrunk trunk;
  va_list settings;

  va_start (settings, n_channels);
  for (const char *key = va_arg (settings, const char *); key != NULL; key = va_arg (settings, const char *))
    g_assert_true (smalti_values_set (values, key, va_arg (settings, const char *), NULL));
  va_end (settings);
  klass->build (graph, values, "",
                smalti_graph_input (graph, "x", SMALTI_CLASS_ACTIVATION, SMALTI_SHAPE (1, n_channels, 64, 64)), &trunk);
  for (guint i = 0; i < smalti_graph_get_n_values (graph); i++)
    {
      const SmaltiValue *value = smalti_graph_get_value (graph, i);
      g_autofree char *torch = smalti_torch_name (klass, values, value->name);
      g_autofree char *name = g_strconcat (prefix, torch, NULL);
      g_autoptr (SmaltiTensor) tensor = NULL;
      gboolean is_var = g_str_has_suffix (name, "running_var");

      if (value->producer->op != SMALTI_OP_PARAM && value->producer->op != SMALTI_OP_STATE)
        continue;
      tensor = smalti_tensor_new (SMALTI_DTYPE_F32, value->shape);
      for (gint64 k = 0; k < smalti_tensor_size (tensor); k++)
        smalti_tensor_f32 (tensor)[k] = is_var ? 0.5f + k % 7 : ((k * 31 + i) % 101 - 50) / 400.0f;
      smalti_tensor_file_add (file, name, tensor);
    }
  return file;
}

static void
add (SmaltiTensorFile *file, const char *name, SmaltiShape shape)
{
  g_autoptr (SmaltiTensor) tensor = smalti_tensor_new (SMALTI_DTYPE_F32, shape);

  smalti_tensor_file_add (file, name, tensor);
}

static char *
write_file (SmaltiTensorFile *file, const char *name)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  smalti_tensor_file_write (file, path, &error);
  g_assert_no_error (error);
  return path;
}

static gint64
import (const char *path, const SmaltiImportOptions *options, char **left_out)
{
  g_autoptr (GError) error = NULL;
  gint64 run = smalti_model_import (store, path, options, left_out, &error);

  g_assert_no_error (error);
  g_assert_cmpint (run, >, 0);
  return run;
}

static SmaltiTensorFile *
checkpoint_of (gint64 run)
{
  g_autofree char *run_folder = smalti_store_get_run_folder (store, run);
  g_autoptr (GError) error = NULL;
  SmaltiPosition position;
  SmaltiTensorFile *file = smalti_checkpoint_read (run_folder, &position, &error);

  g_assert_no_error (error);
  return file;
}

/* Every tensor of the run's checkpoint is one of @file's after @prefix. */
static void
assert_weights (gint64 run, const SmaltiTensorFile *file, const char *prefix, const SmaltiBackboneClass *backbone,
                const SmaltiValues *values)
{
  g_autoptr (SmaltiTensorFile) saved = checkpoint_of (run);
  g_autofree const char **names = smalti_tensor_file_names (saved, NULL);

  g_assert_nonnull (names[0]);
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *torch = smalti_torch_name (backbone, values, names[i] + strlen (SMALTI_TRUNK_PREFIX));
      g_autofree char *name = g_strconcat (prefix, torch, NULL);
      const SmaltiTensor *a = smalti_tensor_file_get (saved, names[i]), *b = smalti_tensor_file_get (file, name);

      g_assert_nonnull (b);
      g_assert_cmpmem (a->data, a->n_bytes, b->data, b->n_bytes);
    }
}

typedef struct
{
  const char *backbone, *prefix;
  const char *key[2], *value[2];
  gint n_channels;
} Told;

static const Told told[] = {
  { "resnet18", "", { "width" }, { "0.125" }, 3 },
  { "resnet34", "module.", { "width" }, { "0.125" }, 3 },
  { "resnet50", "module.encoder_q.", { "width" }, { "0.125" }, 3 },
  { "resnet-small", "backbone.", { "width", "small_stem" }, { "0.25", "true" }, 3 },
  { "resnet18", "_feature_blocks.", { "width" }, { "0.125" }, 1 },
  { "cfn", "", { "norm", "filters" }, { "none", "[16, 24, 32, 24, 16]" }, 3 },
  { "colornet", "module.", { "width" }, { "0.125" }, 1 },
  { "colornet-small", "", { "width" }, { "0.25" }, 1 },
};

static void
backbones_are_told_by_names_and_shapes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (told); i++)
    {
      const Told *t = &told[i];
      gboolean alexnet = strcmp (t->backbone, "cfn") == 0;
      g_autoptr (SmaltiTensorFile) file = alexnet ? weights_of (t->backbone, t->prefix, t->n_channels, "groups", "1",
                                                                t->key[0], t->value[0], t->key[1], t->value[1], NULL)
                                                  : weights_of (t->backbone, t->prefix, t->n_channels, t->key[0],
                                                                t->value[0], t->key[1], t->value[1], NULL);
      g_autofree char *path = write_file (file, "told.safetensors");
      gint64 run = import (path, &(SmaltiImportOptions){ 0 }, NULL);
      g_autoptr (SmaltiRunInfo) info = smalti_store_get_run (store, run, NULL);
      g_autoptr (SmaltiSpec) spec = smalti_spec_parse (info->spec_yaml, "spec", NULL, NULL);

      g_assert_cmpstr (info->method, ==, "imported");
      g_assert_cmpstr (info->backbone, ==, t->backbone);
      g_assert_cmpstr (info->name, ==, "told");
      g_assert_cmpint (info->state, ==, SMALTI_RUN_DONE);
      g_assert_cmpstr (smalti_values_get_string (smalti_spec_get_values (spec, "method"), "input"), ==,
                       t->n_channels == 1 ? "light" : "rgb");
      g_assert_cmpuint (strlen (smalti_values_get_string (smalti_spec_get_values (spec, "method"), "sha256")), ==, 64);
      assert_weights (run, file, t->prefix, smalti_spec_get_backbone (spec), smalti_spec_get_values (spec, "backbone"));
    }
}

static void
assert_refused (SmaltiTensorFile *file, const SmaltiImportOptions *options, ...)
{
  g_autofree char *path = write_file (file, "refused.safetensors");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) before = smalti_store_list_runs (store, NULL), after = NULL;
  va_list words;

  g_assert_cmpint (smalti_model_import (store, path, options, NULL, &error), ==, 0);
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
  va_start (words, options);
  for (const char *word = va_arg (words, const char *); word != NULL; word = va_arg (words, const char *))
    if (strstr (error->message, word) == NULL)
      g_error ("“%s” does not say “%s”", error->message, word);
  va_end (words);
  after = smalti_store_list_runs (store, NULL);
  g_assert_cmpuint (after->len, ==, before->len);
}

static void
what_does_not_fit_is_refused_by_name (void)
{
  const SmaltiImportOptions none = { 0 };
  g_autoptr (SmaltiTensorFile) wrong = weights_of ("resnet18", "", 3, "width", "0.125", NULL);
  g_autoptr (SmaltiTensorFile) more = weights_of ("resnet18", "", 3, "width", "0.125", NULL);
  g_autoptr (SmaltiTensorFile) plain = weights_of ("cfn", "", 3, "filters", "[8, 8]", NULL);
  g_autoptr (SmaltiTensorFile) other = smalti_tensor_file_new ();

  add (wrong, "layer2.0.conv1.weight", SMALTI_SHAPE (16, 4, 3, 3)); /* in groups, as ResNeXt has it */
  assert_refused (wrong, &none, "resnet18", "layer2.0.conv1.weight", "16x4x3x3", "16x8x3x3", NULL);
  assert_refused (wrong, &(SmaltiImportOptions){ .backbone = "resnet50" }, "resnet50", "layer1.0.conv3.weight", "and ",
                  NULL);
  assert_refused (wrong, &(SmaltiImportOptions){ .backbone = "resnet" }, "resnet18", NULL);
  add (more, "layer3.1.se.weight", SMALTI_SHAPE (8));
  assert_refused (more, &none, "also has layer3.1.se.weight", NULL);
  assert_refused (plain, &none, "--backbone", "cfn-small", NULL);
  add (other, "encoder.wte.weight", SMALTI_SHAPE (8, 8));
  assert_refused (other, &none, "--backbone", "encoder.wte.weight", NULL);
  assert_refused (more, &(SmaltiImportOptions){ .settings = (const char *const[]){ "train.lr=1", NULL } }, "train.lr=1",
                  NULL);
  assert_refused (more, &(SmaltiImportOptions){ .settings = (const char *const[]){ "method.mean=[1]", NULL } },
                  "three numbers", NULL);
}

static void
a_backbone_can_be_named (void)
{
  g_autoptr (SmaltiTensorFile) file = weights_of ("cfn", "", 3, "filters", "[8, 16]", NULL);
  g_autofree char *path = write_file (file, "mine.safetensors");
  const char *const settings[] = { "backbone.filters=[8, 16]", "method.size=64", NULL };
  gint64 run = import (path, &(SmaltiImportOptions){ .name = "my own", .backbone = "cfn", .settings = settings }, NULL);
  g_autoptr (SmaltiRunInfo) info = smalti_store_find_run (store, "my own", NULL);

  g_assert_nonnull (info);
  g_assert_cmpint (info->id, ==, run);
  g_assert_nonnull (strstr (info->spec_yaml, "size: 64"));
}

static void
heads_are_left_out_and_told (void)
{
  g_autoptr (SmaltiTensorFile) file = weights_of ("resnet-small", "module.", 3, "width", "0.125", NULL);
  g_autofree char *left_out = NULL, *path = NULL;

  add (file, "module.fc.0.weight", SMALTI_SHAPE (10, 64));
  add (file, "module.bn1.num_batches_tracked", SMALTI_SCALAR);
  add (file, "queue", SMALTI_SHAPE (3));
  path = write_file (file, "head.safetensors");
  import (path, &(SmaltiImportOptions){ 0 }, &left_out);
  g_assert_nonnull (strstr (left_out, "2 tensors"));
  g_assert_nonnull (strstr (left_out, "module.fc.0.weight, queue"));
}

/* Settings that shapes do not tell (here, strides) and the input go with an export; so the features are the same. */
static void
an_export_comes_back_the_same (void)
{
  g_autoptr (SmaltiTensorFile) file = weights_of ("resnet-small", "", 3, "width", "0.125", NULL);
  g_autofree char *path = write_file (file, "there.safetensors"), *images = g_build_filename (folder, "images", NULL);
  g_autofree char *out = g_build_filename (folder, "back.safetensors", NULL), *python = NULL;
  const char *const settings[] = { "method.size=48",
                                   "method.input=bgr",
                                   "method.mean=[0.1, 0.2, 0.3]",
                                   "method.deviation=[0.25, 0.5, 1]",
                                   "backbone.stem_stride=2",
                                   "backbone.layer4_stride=1",
                                   NULL };
  gint64 run = import (path, &(SmaltiImportOptions){ .settings = settings }, NULL), again;
  g_autofree char *run_folder = smalti_store_get_run_folder (store, run);
  g_autoptr (SmaltiFeatureSet) a = NULL, b = NULL;
  g_autoptr (GError) error = NULL;

  smalti_model_export (run_folder, "there", out, &python, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (python, "load_file"));
  g_assert_nonnull (strstr (python, "bgr, (x / 255 - [0.1, 0.2, 0.3]) / [0.25, 0.5, 1], 3 x 48 x 48"));
  again = import (out, &(SmaltiImportOptions){ 0 }, NULL);
  features_write_image (images);
  a = features_of (smalti_store_get_path (store), run, images);
  b = features_of (smalti_store_get_path (store), again, images);
  for (guint i = 0; i < a->n_layers; i++)
    g_assert_cmpmem (a->layer[i].data, a->layer[i].dim * sizeof (gfloat), b->layer[i].data,
                     b->layer[i].dim * sizeof (gfloat));
  g_assert_cmpint (a->layer[4].height, ==, b->layer[4].height);
}

/* A blue first network sees another image than a red first one. */
static void
the_order_of_channels_matters (void)
{
  g_autoptr (SmaltiTensorFile) file = weights_of ("resnet-small", "", 3, "width", "0.125", NULL);
  g_autofree char *path = write_file (file, "order.safetensors"), *images = g_build_filename (folder, "images", NULL);
  const char *const settings[] = { "method.input=bgr", NULL };
  gint64 rgb = import (path, &(SmaltiImportOptions){ 0 }, NULL);
  gint64 bgr = import (path, &(SmaltiImportOptions){ .settings = settings }, NULL);
  g_autoptr (SmaltiFeatureSet) a = NULL, b = NULL;

  features_write_image (images);
  a = features_of (smalti_store_get_path (store), rgb, images);
  b = features_of (smalti_store_get_path (store), bgr, images);
  g_assert_cmpint (memcmp (a->layer[0].data, b->layer[0].data, a->layer[0].dim * sizeof (gfloat)), !=, 0);
}

static void
a_model_is_opened_but_answers_nothing_and_never_runs (void)
{
  g_autoptr (SmaltiTensorFile) file = weights_of ("resnet-small", "", 3, "width", "0.125", NULL);
  g_autofree char *path = write_file (file, "model.safetensors");
  gint64 run = import (path, &(SmaltiImportOptions){ 0 }, NULL);
  g_autofree char *run_folder = smalti_store_get_run_folder (store, run), *table = NULL;
  g_autoptr (GError) error = NULL, asked = NULL, ran = NULL, measured = NULL;
  g_autoptr (SmaltiModel) model = smalti_model_open (run_folder, "cpu", 1, &error);
  g_autoptr (SmaltiImage) image = smalti_image_new (40, 30);

  g_assert_no_error (error);
  g_assert_null (smalti_model_predict (model, image, 1, &asked));
  g_assert_error (asked, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
  g_assert_false (smalti_spec_check (smalti_model_get_spec (model), &ran));
  g_assert_error (ran, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
  table = smalti_report_table (store, &run, 1, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (table, "model"));
}

int
main (int argc, char **argv)
{
  g_autofree char *store_path = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("smalti-test-XXXXXX", NULL);
  store_path = g_build_filename (folder, "store", NULL);
  store = smalti_store_open (store_path, NULL);
  g_assert_nonnull (store);
  g_test_add_func ("/import/told", backbones_are_told_by_names_and_shapes);
  g_test_add_func ("/import/refused", what_does_not_fit_is_refused_by_name);
  g_test_add_func ("/import/named", a_backbone_can_be_named);
  g_test_add_func ("/import/heads", heads_are_left_out_and_told);
  g_test_add_func ("/import/export", an_export_comes_back_the_same);
  g_test_add_func ("/import/channels", the_order_of_channels_matters);
  g_test_add_func ("/import/model", a_model_is_opened_but_answers_nothing_and_never_runs);
  status = g_test_run ();
  g_object_unref (store);
  remove_tree (folder);
  g_free (folder);
  return status;
}
