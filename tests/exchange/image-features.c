/* SPDX-License-Identifier: Apache-2.0 */
#include "image-features.h"

#include "core/data/dataset.h"
#include "core/image/image.h"
#include "core/run/checkpoint.h"

void
features_write_image (const char *folder)
{
  g_autoptr (SmaltiImage) image = smalti_image_new (FEATURES_SIDE, FEATURES_SIDE);
  static const char *const splits[] = { "train", "val" };

  for (gint y = 0; y < FEATURES_SIDE; y++)
    for (gint x = 0; x < FEATURES_SIDE; x++)
      {
        guint8 *pixel = image->pixels + 3 * (y * FEATURES_SIDE + x);

        pixel[0] = 7 * x + 3 * y;
        pixel[1] = x * y;
        pixel[2] = 5 * x + 11 * y + 64;
      }
  for (guint s = 0; s < G_N_ELEMENTS (splits); s++)
    {
      g_autofree char *path = g_build_filename (folder, splits[s], "class", NULL);
      g_autofree char *file = g_build_filename (path, "image.png", NULL);
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (g_mkdir_with_parents (path, 0777), ==, 0);
      smalti_image_save_png (image, file, &error);
      g_assert_no_error (error);
    }
}

SmaltiFeatureSet *
features_of (const char *store, gint64 run, const char *images)
{
  g_autofree char *folder = g_strdup_printf ("%s/runs/%" G_GINT64_FORMAT, store, run);
  g_autoptr (SmaltiValues) data = smalti_values_new (smalti_data_params);
  g_autoptr (GError) error = NULL;
  SmaltiPosition position;
  g_autoptr (SmaltiTensorFile) saved = smalti_checkpoint_read (folder, &position, &error);
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (FALSE);
  g_autoptr (SmaltiSpec) spec = NULL;
  g_autoptr (SmaltiPretext) pretext = NULL;
  g_autoptr (SmaltiDataset) dataset = NULL;
  const SmaltiPretextClass *method;
  SmaltiPretextGraph parts;
  SmaltiFeatureSet *set;
  SmaltiDevice *device;
  SmaltiWeights *weights;

  g_assert_no_error (error);
  g_assert_nonnull (saved);
  spec = smalti_spec_parse (smalti_tensor_file_get_metadata (saved, "spec"), "spec", NULL, &error);
  g_assert_no_error (error);
  method = smalti_spec_get_method (spec);
  pretext = smalti_pretext_new (method, smalti_spec_get_values (spec, "method"), NULL, &error);
  g_assert_no_error (error);
  device = smalti_device_open ("cpu", 1, &error);
  g_assert_no_error (error);
  weights = smalti_weights_new (device);
  method->build (pretext, graph, smalti_spec_get_backbone (spec), smalti_spec_get_values (spec, "backbone"), 1, &parts);
  g_assert_true (smalti_weights_add_graph (weights, graph, 1, &error));
  g_assert_true (smalti_weights_load (weights, saved, "", "", &error));
  g_assert_true (smalti_values_set (data, "path", images, &error));
  dataset = smalti_dataset_open (data, 1, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  set = smalti_features_extract (pretext, smalti_spec_get_backbone (spec), smalti_spec_get_values (spec, "backbone"),
                                 device, SMALTI_PRECISION_F32, weights, dataset, SMALTI_SPLIT_VAL, NULL, FEATURES_SIDE,
                                 1 << 30, 1, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (set->n, ==, 1);
  smalti_weights_unref (weights);
  smalti_device_close (device);
  return set;
}
