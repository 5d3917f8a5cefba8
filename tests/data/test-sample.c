/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "core/data/dataset.h"
#include "core/data/sample.h"

static void
pictures_depend_on_class_and_index_alone (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint klass = 0; klass < SMALTI_SAMPLE_N_CLASSES; klass++)
    for (guint index = 0; index < 4; index++)
      {
        g_autoptr (SmaltiImage) first = smalti_sample_draw (klass, index, 64);
        g_autoptr (SmaltiImage) again = smalti_sample_draw (klass, index, 64);
        gdouble sum = 0, square = 0;
        gsize n = 64 * 64 * 3;

        g_assert_cmpmem (first->pixels, n, again->pixels, n);
        g_assert_true (g_hash_table_add (seen, g_compute_checksum_for_data (G_CHECKSUM_SHA256, first->pixels, n)));
        for (gsize i = 0; i < n; i++)
          {
            sum += first->pixels[i];
            square += first->pixels[i] * first->pixels[i];
          }
        /* There is something to see. */
        g_assert_cmpfloat (square / n - sum / n * sum / n, >, 16);
      }
}

static void
names_are_in_order (void)
{
  for (guint klass = 1; klass < SMALTI_SAMPLE_N_CLASSES; klass++)
    g_assert_cmpint (strcmp (smalti_sample_class_name (klass - 1), smalti_sample_class_name (klass)), <, 0);
}

static void
the_folder_is_a_data_set (void)
{
  g_autofree char *parent = g_dir_make_tmp ("smalti-XXXXXX", NULL);
  g_autofree char *root = g_build_filename (parent, "sample", NULL);
  g_autofree char *readme = g_build_filename (root, "README.txt", NULL);
  g_autofree char *picture = g_build_filename (root, "train", "beach", "0000.jpg", NULL);
  g_autofree char *mine = g_build_filename (root, "mine.txt", NULL);
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", parent);
  g_autofree char *text = NULL;
  g_autoptr (SmaltiValues) values = smalti_values_new (smalti_data_params);
  g_autoptr (SmaltiDataset) dataset = NULL, smaller = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  guint n;

  g_assert_true (smalti_sample_write (root, 5, 2, 64, NULL, &error));
  g_assert_true (g_file_get_contents (readme, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "synthetic"));
  g_assert_true (smalti_values_set (values, "path", root, NULL));
  dataset = smalti_dataset_open (values, 1, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (smalti_dataset_get_n_classes (dataset), ==, SMALTI_SAMPLE_N_CLASSES);
  g_assert_cmpstr (smalti_dataset_get_class_name (dataset, 3), ==, smalti_sample_class_name (3));
  smalti_dataset_get_split (dataset, SMALTI_SPLIT_TRAIN, &n);
  g_assert_cmpuint (n, ==, 5 * SMALTI_SAMPLE_N_CLASSES);
  smalti_dataset_get_split (dataset, SMALTI_SPLIT_VAL, &n);
  g_assert_cmpuint (n, ==, 2 * SMALTI_SAMPLE_N_CLASSES);

  /* The same again touches nothing: a picture that was replaced stays replaced. */
  g_assert_true (g_file_set_contents (picture, "changed", -1, NULL));
  g_assert_true (smalti_sample_write (root, 5, 2, 64, NULL, &error));
  g_free (text);
  g_assert_true (g_file_get_contents (picture, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "changed");
  /* Another size is drawn anew, without what was too many, and leaves other people's files alone. */
  g_assert_true (g_file_set_contents (mine, "mine", -1, NULL));
  g_assert_true (smalti_sample_write (root, 3, 1, 64, NULL, &error));
  g_assert_true (g_file_test (mine, G_FILE_TEST_EXISTS));
  smaller = smalti_dataset_open (values, 1, NULL, NULL, NULL, &error);
  g_assert_cmpuint (smalti_dataset_get_n_items (smaller), ==, 4 * SMALTI_SAMPLE_N_CLASSES);

  /* Stopped midway it is not taken for finished. */
  g_cancellable_cancel (cancellable);
  g_assert_false (smalti_sample_write (root, 4, 1, 64, cancellable, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_true (smalti_sample_write (root, 4, 1, 64, NULL, &error));

  /* A folder of somebody else's is left alone. */
  g_assert_false (smalti_sample_write (parent, 1, 1, 64, NULL, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_IO);
  g_clear_error (&error);
  g_assert_false (smalti_sample_write ("/proc/no/such", 1, 1, 64, NULL, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_IO);
  g_assert_cmpint (system (command), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/data/sample/draw", pictures_depend_on_class_and_index_alone);
  g_test_add_func ("/data/sample/names", names_are_in_order);
  g_test_add_func ("/data/sample/write", the_folder_is_a_data_set);
  return g_test_run ();
}
