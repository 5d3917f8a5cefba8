/* SPDX-License-Identifier: Apache-2.0 */
/* Against PyTorch: the same weights and the same image give the same features at every layer, whatever the file they
 * came in. write_features.py makes the files where PyTorch is installed; a folder that it filled elsewhere can be named
 * in SMALTI_TORCH_FOLDER. */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/exchange/export.h"
#include "core/exchange/import.h"
#include "image-features.h"
#include "tests/engine/remove-tree.h"

static char *made;         /* by us, to be removed */
static const char *folder; /* %NULL: there is no PyTorch */
static char *images;

static gboolean
find_folder (void)
{
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "exchange", "write_features.py", NULL);
  const char *argv[] = { "python3", script, NULL, NULL };
  int status;

  folder = g_getenv ("SMALTI_TORCH_FOLDER");
  if (folder != NULL)
    return TRUE;
  made = g_dir_make_tmp ("smalti-torch-XXXXXX", NULL);
  argv[2] = made;
  if (!g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL)
      || g_spawn_check_wait_status (status, NULL) == FALSE)
    return FALSE;
  folder = made;
  return TRUE;
}

/* The largest difference of a layer, relative to the layer's largest number. */
static double
difference (const SmaltiFeatures *ours, const SmaltiTensor *theirs)
{
  double largest = 0, apart = 0;

  g_assert_cmpint (theirs->shape.dim[1], ==, ours->channels);
  g_assert_cmpint (theirs->shape.dim[2], ==, ours->height);
  g_assert_cmpint (theirs->shape.dim[3], ==, ours->width);
  for (gsize i = 0; i < ours->dim; i++)
    {
      largest = fmax (largest, fabs (smalti_tensor_f32 (theirs)[i]));
      apart = fmax (apart, fabs (smalti_tensor_f32 (theirs)[i] - ours->data[i]));
    }
  g_assert_cmpfloat (largest, >, 0.01); /* or there would be nothing to compare */
  return apart / largest;
}

static void
compare (const char *store, gint64 run, const char *what, const char *features)
{
  g_autofree char *path = g_strdup_printf ("%s/%s-features.safetensors", folder, features);
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiTensorFile) theirs = smalti_tensor_file_read (path, &error);
  g_autoptr (SmaltiFeatureSet) ours = features_of (store, run, images);

  g_assert_no_error (error);
  g_assert_cmpuint (ours->n_layers, >=, 5);
  for (guint i = 0; i < ours->n_layers; i++)
    {
      const SmaltiTensor *layer = smalti_tensor_file_get (theirs, ours->layer[i].layer);
      double apart;

      g_assert_nonnull (layer);
      apart = difference (&ours->layer[i], layer);
      g_test_message ("%s, %s: %.2e", what, ours->layer[i].layer, apart);
      g_assert_cmpfloat (apart, <, 1e-5);
    }
}

static void
assert_same (const char *store, gint64 a, gint64 b)
{
  g_autoptr (SmaltiFeatureSet) x = features_of (store, a, images), y = features_of (store, b, images);

  for (guint i = 0; i < x->n_layers; i++)
    g_assert_cmpmem (x->layer[i].data, x->layer[i].dim * sizeof (gfloat), y->layer[i].data,
                     y->layer[i].dim * sizeof (gfloat));
}

typedef struct
{
  const char *file, *features;
} Case;

static const Case cases[] = {
  { "resnet18.pth", "resnet18" },          { "resnet18.safetensors", "resnet18" }, { "resnet18-old.pth", "resnet18" },
  { "resnet18-moco.pth.tar", "resnet18" }, { "resnet50.pth", "resnet50" },         { "alexnet.pth", "alexnet" },
  { "colornet.pth", "colornet" },
};

static void
features_are_pytorch_s_and_survive_an_export (gconstpointer data)
{
  const Case *self = data;
  const char *const settings[] = { "method.size=96", NULL };
  const SmaltiImportOptions options = { .settings = settings };
  g_autofree char *store_path = g_dir_make_tmp ("smalti-test-XXXXXX", NULL);
  g_autofree char *file = NULL, *out = g_build_filename (store_path, "out.safetensors", NULL);
  g_autofree char *run_folder = NULL, *python = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiStore) store = smalti_store_open (store_path, &error);
  gint64 run, again;

  if (folder == NULL)
    {
      g_test_skip ("there is no PyTorch with torchvision");
      remove_tree (store_path);
      return;
    }
  file = g_build_filename (folder, self->file, NULL);
  run = smalti_model_import (store, file, &options, NULL, &error);
  g_assert_no_error (error);
  compare (store_path, run, self->file, self->features);

  run_folder = smalti_store_get_run_folder (store, run);
  smalti_model_export (run_folder, "x", out, &python, &error);
  g_assert_no_error (error);
  if (strcmp (self->features, "colornet") == 0)
    g_assert_nonnull (strstr (python, "CIE Lab"));
  else
    g_assert_nonnull (strstr (python, self->features)); /* torchvision.models.resnet18 () */
  again = smalti_model_import (store, out, &(SmaltiImportOptions){ 0 }, NULL, &error);
  g_assert_no_error (error);
  assert_same (store_path, run, again);
  g_clear_object (&store);
  remove_tree (store_path);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  images = g_dir_make_tmp ("smalti-test-XXXXXX", NULL);
  if (find_folder ())
    features_write_image (images);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/torch/", cases[i].file, NULL);

      g_test_add_data_func (path, &cases[i], features_are_pytorch_s_and_survive_an_export);
    }
  status = g_test_run ();
  remove_tree (images);
  if (made != NULL)
    remove_tree (made);
  g_free (images);
  g_free (made);
  return status;
}
