/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <string.h>

#include "core/base/error.h"
#include "core/data/pack.h"
#include "core/data/sample.h"

static char *folder;

static SmaltiDataset *
open_data (const char *path)
{
  g_autoptr (SmaltiValues) values = smalti_values_new (smalti_data_params);
  g_autoptr (GError) error = NULL;
  SmaltiDataset *dataset;

  g_assert_true (smalti_values_set (values, "path", path, NULL));
  dataset = smalti_dataset_open (values, 1, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return dataset;
}

static char *
new_path (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static char *
write_sample (void)
{
  char *path = new_path ("sample");
  g_autoptr (GError) error = NULL;

  smalti_sample_write (path, 3, 2, 64, NULL, &error);
  g_assert_no_error (error);
  return path;
}

static guint
n_of_split (SmaltiDataset *dataset, SmaltiSplit split)
{
  guint n;

  smalti_dataset_get_split (dataset, split, &n);
  return n;
}

static void
a_pack_has_the_same_classes_and_parts (void)
{
  g_autofree char *from = write_sample ();
  g_autofree char *to = new_path ("same");
  g_autoptr (SmaltiDataset) large = open_data (from);
  g_autoptr (SmaltiDataset) small = NULL;
  g_autoptr (GError) error = NULL;
  SmaltiPackSummary summary;

  smalti_dataset_pack (large, to, 32, 2, NULL, NULL, NULL, &summary, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (summary.n_written, ==, 12 * 5);
  g_assert_cmpuint (summary.n_unreadable, ==, 0);
  g_assert_cmpuint (summary.n_bytes, >, 12 * 5 * 100);
  small = open_data (to);
  g_assert_cmpuint (smalti_dataset_get_n_items (small), ==, 12 * 5);
  g_assert_cmpuint (n_of_split (small, SMALTI_SPLIT_TRAIN), ==, 12 * 3);
  g_assert_cmpuint (n_of_split (small, SMALTI_SPLIT_VAL), ==, 12 * 2);
  g_assert_cmpuint (smalti_dataset_get_n_classes (small), ==, 12);
  for (guint i = 0; i < 12; i++)
    g_assert_cmpstr (smalti_dataset_get_class_name (small, i), ==, smalti_dataset_get_class_name (large, i));
  for (guint i = 0; i < 60; i++)
    {
      g_autoptr (SmaltiImage) image = smalti_dataset_load (small, i, 0, NULL);
      g_autoptr (SmaltiImage) whole = smalti_dataset_load (large, i, 0, NULL);
      g_autoptr (SmaltiImage) wanted = smalti_image_resize (whole, 32, 32);
      gdouble off = 0;

      g_assert_cmpint (smalti_dataset_get_label (small, i), ==, smalti_dataset_get_label (large, i));
      g_assert_cmpint (image->width, ==, 32);
      g_assert_cmpint (image->height, ==, 32);
      for (guint p = 0; p < 3 * 32 * 32; p++)
        off += ABS (image->pixels[p] - wanted->pixels[p]) / (3.0 * 32 * 32);
      g_assert_cmpfloat (off, <, 10); /* the same picture, but for what JPEG takes */
    }
}

static void
pictures_are_never_enlarged (void)
{
  g_autofree char *from = new_path ("odd");
  g_autofree char *wide_path = g_build_filename (from, "a.png", NULL);
  g_autofree char *small_path = g_build_filename (from, "b.png", NULL);
  g_autofree char *to = new_path ("odd-packed");
  g_autoptr (SmaltiImage) wide = smalti_image_new (120, 60), tiny = smalti_image_new (7, 5);
  g_autoptr (SmaltiDataset) large = NULL, small = NULL;
  g_autoptr (SmaltiImage) first = NULL, second = NULL;
  g_autoptr (GError) error = NULL;
  SmaltiPackSummary summary;

  g_mkdir (from, 0777);
  g_assert_true (smalti_image_save_png (wide, wide_path, NULL));
  g_assert_true (smalti_image_save_png (tiny, small_path, NULL));
  large = open_data (from);
  smalti_dataset_pack (large, to, 30, 1, NULL, NULL, NULL, &summary, &error);
  g_assert_no_error (error);
  small = open_data (to);
  g_assert_cmpuint (smalti_dataset_get_n_classes (small), ==, 0);
  first = smalti_dataset_load (small, 0, 0, NULL);
  second = smalti_dataset_load (small, 1, 0, NULL);
  g_assert_cmpint (first->width, ==, 60);
  g_assert_cmpint (first->height, ==, 30);
  g_assert_cmpint (second->width, ==, 7);
  g_assert_cmpint (second->height, ==, 5);
}

static void
what_can_not_be_read_is_left_out (void)
{
  g_autofree char *from = new_path ("broken");
  g_autofree char *good_path = g_build_filename (from, "good.png", NULL);
  g_autofree char *bad_path = g_build_filename (from, "bad.jpg", NULL);
  g_autofree char *to = new_path ("broken-packed");
  g_autofree char *nothing = new_path ("nothing-packed");
  g_autoptr (SmaltiImage) image = smalti_image_new (20, 20);
  g_autoptr (GError) error = NULL;
  SmaltiPackSummary summary;

  g_mkdir (from, 0777);
  g_assert_true (g_file_set_contents (bad_path, "no picture", -1, NULL));
  {
    g_autoptr (SmaltiDataset) dataset = open_data (from);

    g_assert_false (smalti_dataset_pack (dataset, nothing, 16, 1, NULL, NULL, NULL, &summary, &error));
    g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA);
    g_assert_nonnull (strstr (error->message, "bad.jpg"));
    g_assert_false (g_file_test (nothing, G_FILE_TEST_EXISTS));
    g_clear_error (&error);
  }
  g_assert_true (smalti_image_save_png (image, good_path, NULL));
  {
    g_autoptr (SmaltiDataset) dataset = open_data (from);

    smalti_dataset_pack (dataset, to, 16, 1, NULL, NULL, NULL, &summary, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (summary.n_written, ==, 1);
    g_assert_cmpuint (summary.n_unreadable, ==, 1);
    g_assert_cmpuint (smalti_dataset_get_n_unreadable (dataset), ==, 1);
  }
}

static void
a_stopped_pack_is_finished_by_the_next (void)
{
  g_autofree char *from = write_sample ();
  g_autofree char *to = new_path ("stopped");
  g_autofree char *readme = g_build_filename (to, "README.txt", NULL);
  g_autofree char *one = g_build_filename (to, "train", "beach", "00000000.jpg", NULL);
  g_autoptr (SmaltiDataset) dataset = open_data (from);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  SmaltiPackSummary summary;
  GStatBuf before, after;

  g_cancellable_cancel (cancellable);
  g_assert_false (smalti_dataset_pack (dataset, to, 32, 2, cancellable, NULL, NULL, &summary, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_true (smalti_dataset_pack (dataset, to, 32, 2, NULL, NULL, NULL, &summary, NULL));
  g_assert_true (g_file_get_contents (readme, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "60 pictures"));
  g_assert_cmpint (g_stat (one, &before), ==, 0);
  g_assert_true (smalti_dataset_pack (dataset, to, 32, 2, NULL, NULL, NULL, &summary, NULL));
  g_assert_cmpuint (summary.n_written, ==, 60);
  g_assert_cmpint (g_stat (one, &after), ==, 0);
  g_assert_cmpint (before.st_ino, ==, after.st_ino); /* what was there is left alone */
}

static void
other_files_are_left_alone (void)
{
  g_autofree char *from = write_sample ();
  g_autofree char *to = new_path ("mine");
  g_autofree char *mine = g_build_filename (to, "README.txt", NULL);
  g_autofree char *text = NULL;
  g_autoptr (SmaltiDataset) dataset = open_data (from);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = NULL;
  SmaltiPackSummary summary;

  g_mkdir (to, 0777);
  g_assert_true (g_file_set_contents (mine, "my own notes", -1, NULL));
  g_assert_false (smalti_dataset_pack (dataset, to, 32, 2, NULL, NULL, NULL, &summary, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_IO);
  g_assert_true (g_file_get_contents (mine, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "my own notes");
  dir = g_dir_open (to, 0, NULL);
  g_assert_cmpstr (g_dir_read_name (dir), ==, "README.txt");
  g_assert_null (g_dir_read_name (dir));
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);

  for (const char *name = dir != NULL ? g_dir_read_name (dir) : NULL; name != NULL; name = g_dir_read_name (dir))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_all (child);
    }
  g_remove (path);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("smalti-test-XXXXXX", NULL);
  g_test_add_func ("/pack/same", a_pack_has_the_same_classes_and_parts);
  g_test_add_func ("/pack/never-enlarged", pictures_are_never_enlarged);
  g_test_add_func ("/pack/unreadable", what_can_not_be_read_is_left_out);
  g_test_add_func ("/pack/stopped", a_stopped_pack_is_finished_by_the_next);
  g_test_add_func ("/pack/other-files", other_files_are_left_alone);
  status = g_test_run ();
  remove_all (folder);
  g_free (folder);
  return status;
}
