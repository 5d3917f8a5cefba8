/* SPDX-License-Identifier: Apache-2.0 */
/* Every layout, written by the test into a folder of its own and read back; and everything that can be wrong with it.
 */
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/data/dataset.h"

typedef struct
{
  char *root;
  SmaltiValues *values;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->root = g_dir_make_tmp ("smalti-XXXXXX", NULL);
  self->values = smalti_values_new (smalti_data_params);
  g_assert_true (smalti_values_set (self->values, "path", self->root, NULL));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autofree char *command = g_strdup_printf ("chmod -R u+rwx '%s' && rm -rf '%s'", self->root, self->root);

  g_assert_cmpint (system (command), ==, 0);
  g_free (self->root);
  smalti_values_unref (self->values);
}

static void
put (Fixture *self, const char *name, gconstpointer data, gssize size)
{
  g_autofree char *path = g_build_filename (self->root, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_true (g_file_set_contents (path, data, size, NULL));
}

static void
put_text (Fixture *self, const char *name, const char *text)
{
  put (self, name, text, -1);
}

/* A picture of one colour, its first channel @mark. */
static void
put_image (Fixture *self, const char *name, guint8 mark)
{
  g_autoptr (SmaltiImage) image = smalti_image_new (8, 8);
  g_autoptr (GBytes) png = NULL;
  gsize size;
  gconstpointer data;

  for (int i = 0; i < 64; i++)
    image->pixels[i * 3] = mark;
  png = smalti_image_to_png (image, NULL);
  data = g_bytes_get_data (png, &size);
  put (self, name, data, size);
}

static void
set (Fixture *self, const char *key, const char *value)
{
  g_autoptr (GError) error = NULL;

  smalti_values_set (self->values, key, value, &error);
  g_assert_no_error (error);
}

static SmaltiDataset *
open_it (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  SmaltiDataset *dataset = smalti_dataset_open (self->values, 1, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return dataset;
}

/* Opening must fail with a message that has all of the words. */
static void
assert_refused (Fixture *self, const char *first, const char *second, const char *third)
{
  g_autoptr (GError) error = NULL;
  SmaltiDataset *dataset = smalti_dataset_open (self->values, 1, NULL, NULL, NULL, &error);
  const char *const words[] = { first, second, third };

  g_assert_null (dataset);
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA);
  for (int i = 0; i < 3; i++)
    if (words[i] != NULL && strstr (error->message, words[i]) == NULL)
      g_error ("“%s” is not in “%s”", words[i], error->message);
}

static guint
n_of (SmaltiDataset *dataset, SmaltiSplit split)
{
  guint n;

  smalti_dataset_get_split (dataset, split, &n);
  return n;
}

/* The number of the item called @name; fails when there is none. */
static guint64
find (SmaltiDataset *dataset, const char *name)
{
  for (guint64 i = 0; i < smalti_dataset_get_n_items (dataset); i++)
    {
      g_autofree char *item = smalti_dataset_get_item_name (dataset, i);

      if (strcmp (item, name) == 0)
        return i;
    }
  g_error ("there is no item “%s”", name);
}

static gboolean
in_split (SmaltiDataset *dataset, SmaltiSplit split, guint64 item)
{
  guint n;
  const guint32 *items = smalti_dataset_get_split (dataset, split, &n);

  for (guint i = 0; i < n; i++)
    if (items[i] == item)
      return TRUE;
  return FALSE;
}

static void
assert_class (SmaltiDataset *dataset, const char *item, const char *name)
{
  gint label = smalti_dataset_get_label (dataset, find (dataset, item));

  g_assert_cmpstr (smalti_dataset_get_class_name (dataset, label), ==, name);
}

/* Folders */

static void
a_folder_is_read_recursively (Fixture *self, gconstpointer data)
{
  g_autoptr (SmaltiDataset) dataset = NULL;
  g_autofree char *link = g_build_filename (self->root, "2023", "circle", NULL);
  g_autofree char *dangling = g_build_filename (self->root, "gone.jpg", NULL);

  put_image (self, "b.png", 1);
  put_image (self, "2023/01/a.PNG", 2);
  put_image (self, "2023/02/caf\xe9.png", 3); /* Latin-1, not UTF-8 */
  put_text (self, "notes.txt", "no picture");
  put_image (self, ".hidden.png", 4);
  put_image (self, ".cache/thumbnail.png", 5);
  g_assert_cmpint (symlink (self->root, link), ==, 0);
  g_assert_cmpint (symlink ("nowhere.jpg", dangling), ==, 0);

  dataset = open_it (self);
  g_assert_cmpint (smalti_dataset_get_layout (dataset), ==, SMALTI_LAYOUT_FOLDER);
  g_assert_cmpuint (smalti_dataset_get_n_items (dataset), ==, 4);
  g_assert_cmpuint (smalti_dataset_get_n_classes (dataset), ==, 0);
  for (guint64 i = 0; i < 4; i++)
    {
      g_autofree char *name = smalti_dataset_get_item_name (dataset, i);
      g_autoptr (GError) error = NULL;
      g_autoptr (SmaltiImage) image = smalti_dataset_load (dataset, i, 0, &error);

      g_assert_true (g_utf8_validate (name, -1, NULL));
      g_assert_cmpint (smalti_dataset_get_label (dataset, i), ==, -1);
      if (strcmp (name, "gone.jpg") != 0)
        g_assert_no_error (error);
      else
        g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA);
    }
}

static void
train_and_val_without_classes_are_splits (Fixture *self, gconstpointer data)
{
  g_autoptr (SmaltiDataset) dataset = NULL;

  put_image (self, "train/a.png", 1);
  put_image (self, "train/b.png", 2);
  put_image (self, "test/c.png", 3);
  dataset = open_it (self);
  g_assert_cmpint (smalti_dataset_get_layout (dataset), ==, SMALTI_LAYOUT_FOLDER);
  g_assert_cmpuint (n_of (dataset, SMALTI_SPLIT_TRAIN), ==, 2);
  g_assert_cmpuint (n_of (dataset, SMALTI_SPLIT_VAL), ==, 1);
}

static void
class_folders_are_found (Fixture *self, gconstpointer data)
{
  g_autoptr (SmaltiDataset) dataset = NULL;

  put_image (self, "cat/1.png", 1);
  put_image (self, "cat/deep/2.png", 2);
  put_image (self, "dog/1.png", 3);
  put_text (self, "empty/notes.txt", "no picture");
  dataset = open_it (self);
  g_assert_cmpint (smalti_dataset_get_layout (dataset), ==, SMALTI_LAYOUT_CLASS_FOLDERS);
  g_assert_cmpuint (smalti_dataset_get_n_classes (dataset), ==, 2);
  assert_class (dataset, "cat/deep/2.png", "cat");
  assert_class (dataset, "dog/1.png", "dog");
}

static void
class_folders_keep_their_own_validation (Fixture *self, gconstpointer data)
{
  g_autoptr (SmaltiDataset) dataset = NULL;

  for (int i = 0; i < 20; i++)
    {
      g_autofree char *cat = g_strdup_printf ("train/cat/%02d.png", i),
                      *dog = g_strdup_printf ("train/dog/%02d.png", i);

      put_image (self, cat, i);
      put_image (self, dog, i);
    }
  put_image (self, "val/dog/1.png", 1);
  put_image (self, "val/emu/1.png", 1);
  put_image (self, "test/cat/1.png", 1);
  dataset = open_it (self);
  g_assert_cmpuint (n_of (dataset, SMALTI_SPLIT_TRAIN), ==, 40);
  g_assert_cmpuint (n_of (dataset, SMALTI_SPLIT_VAL), ==, 2);
  g_assert_cmpuint (smalti_dataset_get_n_classes (dataset), ==, 3);
  assert_class (dataset, "val/emu/1.png", "emu");
  assert_class (dataset, "val/dog/1.png", "dog");
  g_assert_true (in_split (dataset, SMALTI_SPLIT_VAL, find (dataset, "val/dog/1.png")));
  g_clear_object (&dataset);

  /* Limited, both splits shrink alike. */
  set (self, "limit", "21");
  dataset = open_it (self);
  g_assert_cmpuint (smalti_dataset_get_n_items (dataset), ==, 21);
  g_assert_cmpuint (n_of (dataset, SMALTI_SPLIT_VAL), ==, 1);
}

static void
splits_depend_on_names_and_seed (Fixture *self, gconstpointer data)
{
  g_autoptr (SmaltiDataset) first = NULL, second = NULL, other = NULL, grown = NULL;
  guint moved = 0;

  for (int i = 0; i < 200; i++)
    {
      g_autofree char *name = g_strdup_printf ("%03d.png", i);

      put_text (self, name, "not decoded here");
    }
  set (self, "val_fraction", "0.25");
  first = open_it (self);
  second = open_it (self);
  other = smalti_dataset_open (self->values, 2, NULL, NULL, NULL, NULL);
  g_assert_cmpuint (n_of (first, SMALTI_SPLIT_VAL), >, 30);
  g_assert_cmpuint (n_of (first, SMALTI_SPLIT_VAL), <, 70);
  g_assert_cmpuint (n_of (first, SMALTI_SPLIT_VAL) + n_of (first, SMALTI_SPLIT_TRAIN), ==, 200);
  g_assert_cmpstr (smalti_dataset_get_fingerprint (first), ==, smalti_dataset_get_fingerprint (second));
  g_assert_cmpuint (strlen (smalti_dataset_get_fingerprint (first)), ==, 64);
  put_text (self, "!.png", "one more, before all others");
  grown = open_it (self);
  g_assert_cmpstr (smalti_dataset_get_fingerprint (first), !=, smalti_dataset_get_fingerprint (grown));
  for (guint64 i = 0; i < 200; i++)
    {
      gboolean val = in_split (first, SMALTI_SPLIT_VAL, i);

      g_assert_true (val == in_split (second, SMALTI_SPLIT_VAL, i));
      g_assert_true (val == in_split (grown, SMALTI_SPLIT_VAL, i + 1));
      moved += val != in_split (other, SMALTI_SPLIT_VAL, i);
    }
  g_assert_cmpuint (moved, >, 20);
}

static void
tiny_sets_still_split (Fixture *self, gconstpointer data)
{
  g_autoptr (SmaltiDataset) dataset = NULL;

  put_text (self, "a.png", "");
  put_text (self, "b.png", "");
  dataset = open_it (self);
  g_assert_cmpuint (n_of (dataset, SMALTI_SPLIT_TRAIN), ==, 1);
  g_assert_cmpuint (n_of (dataset, SMALTI_SPLIT_VAL), ==, 1);
  g_clear_object (&dataset);
  set (self, "val_fraction", "0");
  dataset = open_it (self);
  g_assert_cmpuint (n_of (dataset, SMALTI_SPLIT_VAL), ==, 0);
}

static void
nothing_to_read_is_refused (Fixture *self, gconstpointer data)
{
  g_autofree char *file = g_build_filename (self->root, "file", NULL);

  assert_refused (self, self->root, "looked for", "Tiny ImageNet");
  put_text (self, "file", "");
  assert_refused (self, "No image", NULL, NULL);
  set (self, "path", "/no/such/folder");
  assert_refused (self, "There is no folder", "/no/such/folder", NULL);
  set (self, "path", file);
  assert_refused (self, "is not a folder", NULL, NULL);
  set (self, "path", self->root);
  set (self, "layout", "cifar10");
  assert_refused (self, "cifar10", "data_batch_1.bin", NULL);
  set (self, "layout", "tiny-imagenet");
  assert_refused (self, "wnids.txt", NULL, NULL);
  set (self, "layout", "class-folders");
  assert_refused (self, "class-folders", "one folder", NULL);
}

static void
scanning_can_be_stopped (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 1100; i++)
    {
      g_autofree char *name = g_strdup_printf ("%04d.png", i);

      put_text (self, name, "");
    }
  g_cancellable_cancel (cancellable);
  g_assert_null (smalti_dataset_open (self->values, 1, cancellable, NULL, NULL, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED);
}

/* Lists */

static void
put_tiny_imagenet (Fixture *self)
{
  put_text (self, "wnids.txt", "n02\nn01\n");
  put_text (self, "words.txt", "n00\tnothing\nn01\tcrane, bird\nn02\tcrane, machine\n");
  put_image (self, "train/n01/images/n01_0.png", 1);
  put_image (self, "train/n02/images/n02_0.png", 2);
  put_text (self, "train/n01/n01_boxes.txt", "n01_0.png\t0\t0\t7\t7\n");
  put_image (self, "val/images/val_0.png", 3);
  put_image (self, "test/images/test_0.png", 4);
  put_text (self, "val/val_annotations.txt", "val_0.png\tn01\t0\t0\t7\t7\r\n");
}

static void
tiny_imagenet_is_read (Fixture *self, gconstpointer data)
{
  g_autoptr (SmaltiDataset) dataset = NULL;

  put_tiny_imagenet (self);
  dataset = open_it (self);
  g_assert_cmpint (smalti_dataset_get_layout (dataset), ==, SMALTI_LAYOUT_TINY_IMAGENET);
  g_assert_cmpuint (smalti_dataset_get_n_items (dataset), ==, 3);
  g_assert_cmpint (smalti_dataset_get_label (dataset, find (dataset, "train/n02/images/n02_0.png")), ==, 0);
  g_assert_cmpint (smalti_dataset_get_label (dataset, find (dataset, "val/images/val_0.png")), ==, 1);
  g_assert_cmpstr (smalti_dataset_get_class_name (dataset, 0), ==, "crane");
  g_assert_cmpstr (smalti_dataset_get_class_name (dataset, 1), ==, "crane, bird");
  g_assert_true (in_split (dataset, SMALTI_SPLIT_VAL, find (dataset, "val/images/val_0.png")));
}

static void
wrong_annotations_are_refused (Fixture *self, gconstpointer data)
{
  put_tiny_imagenet (self);
  put_text (self, "val/val_annotations.txt", "val_0.png\tn01\nval_7.png\tn01\nval_8.png\tn02\n");
  assert_refused (self, "val_annotations.txt, line 2", "val_7.png", "2 are missing");
  put_text (self, "val/val_annotations.txt", "val_0.png\tn99\n");
  assert_refused (self, "line 1", "n99", "wnids.txt");
  put_text (self, "val/val_annotations.txt", "val_0.png n01\n");
  assert_refused (self, "line 1", "tab", NULL);
  put_text (self, "wnids.txt", "n02\nn03\n");
  assert_refused (self, "wnids.txt, line 2", "n03", NULL);
  put_text (self, "wnids.txt", "n02\nn02\n");
  assert_refused (self, "line 2", NULL, NULL);
}

static void
places365_folders_are_read (Fixture *self, gconstpointer data)
{
  g_autoptr (SmaltiDataset) dataset = NULL;

  put_text (self, "categories_places365.txt", "/a/airfield 0\n/b/barn 1\n/b/building/outdoor 2\n");
  put_image (self, "train/building-outdoor/1.png", 1);
  put_image (self, "train/airfield/1.png", 2);
  put_image (self, "val/airfield/2.png", 3);
  dataset = open_it (self);
  g_assert_cmpint (smalti_dataset_get_layout (dataset), ==, SMALTI_LAYOUT_PLACES365);
  g_assert_cmpuint (smalti_dataset_get_n_classes (dataset), ==, 3);
  assert_class (dataset, "train/building-outdoor/1.png", "building/outdoor");
  assert_class (dataset, "val/airfield/2.png", "airfield");
  g_assert_cmpuint (n_of (dataset, SMALTI_SPLIT_VAL), ==, 1);
  put_image (self, "train/castle/1.png", 1);
  assert_refused (self, "castle", "list of classes", NULL);
}

static void
places365_lists_are_read (Fixture *self, gconstpointer data)
{
  g_autoptr (SmaltiDataset) dataset = NULL;

  put_text (self, "categories_places365.txt", "/a/airfield 0\n/b/barn 1\n");
  put_text (self, "places365_train_standard.txt", "/b/barn/00000001.png 1\n/a/airfield/00000001.png 0\n");
  put_text (self, "places365_val.txt", "Places365_val_00000001.png 1\n");
  put_image (self, "data_256/b/barn/00000001.png", 1);
  put_image (self, "data_256/a/airfield/00000001.png", 2);
  put_image (self, "val_256/Places365_val_00000001.png", 3);
  dataset = open_it (self);
  g_assert_cmpuint (smalti_dataset_get_n_items (dataset), ==, 3);
  assert_class (dataset, "data_256/b/barn/00000001.png", "barn");
  assert_class (dataset, "val_256/Places365_val_00000001.png", "barn");
  g_assert_cmpuint (n_of (dataset, SMALTI_SPLIT_TRAIN), ==, 2);

  put_text (self, "places365_train_standard.txt", "/b/barn/00000001.png 1\n/b/barn/2.png 1\n");
  assert_refused (self, "places365_train_standard.txt, line 2", "barn/2.png", "1 is missing");
  put_text (self, "places365_train_standard.txt", "/b/barn/00000001.png 2\n");
  assert_refused (self, "line 1", "no category 2", NULL);
  put_text (self, "places365_train_standard.txt", "/b/barn/00000001.png\n");
  assert_refused (self, "line 1", "number", NULL);
  put_text (self, "categories_places365.txt", "/a/airfield 0\n/b/barn 5\n");
  assert_refused (self, "categories_places365.txt, line 2", NULL, NULL);
}

static void
the_real_category_list_is_read (Fixture *self, gconstpointer data)
{
  const char *folder = g_getenv ("SMALTI_TEST_DATA");
  g_autofree char *list
      = folder != NULL ? g_build_filename (folder, "places365-lists", "categories_places365.txt", NULL) : NULL;
  g_autofree char *text = NULL;
  g_autoptr (SmaltiDataset) dataset = NULL;

  if (list == NULL || !g_file_get_contents (list, &text, NULL, NULL))
    {
      g_test_skip ("no list of categories: set SMALTI_TEST_DATA to the folder with places365-lists");
      return;
    }
  put_text (self, "categories_places365.txt", text);
  put_image (self, "train/zen_garden/1.png", 1);
  put_image (self, "train/apartment_building-outdoor/1.png", 1);
  dataset = open_it (self);
  g_assert_cmpuint (smalti_dataset_get_n_classes (dataset), ==, 365);
  g_assert_cmpint (smalti_dataset_get_label (dataset, find (dataset, "train/zen_garden/1.png")), ==, 364);
}

/* Files of many pictures */

/* @n records: @n_labels label bytes, then planes in which R = x, G = y, B = the record's number. */
static void
put_records (Fixture *self, const char *name, gint side, guint n, const guint8 *labels, guint n_labels,
             gboolean by_columns)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();

  for (guint i = 0; i < n; i++)
    {
      g_byte_array_append (data, labels + i * n_labels, n_labels);
      for (int c = 0; c < 3; c++)
        for (gint slow = 0; slow < side; slow++)
          for (gint fast = 0; fast < side; fast++)
            {
              gint x = by_columns ? slow : fast, y = by_columns ? fast : slow;
              guint8 value = c == 0 ? x : c == 1 ? y : (gint)i;

              g_byte_array_append (data, &value, 1);
            }
    }
  put (self, name, data->data, data->len);
}

static void
assert_record (SmaltiDataset *dataset, const char *name, gint side, guint8 number)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiImage) image = smalti_dataset_load (dataset, find (dataset, name), 0, &error);

  g_assert_no_error (error);
  g_assert_cmpint (image->width, ==, side);
  for (gint y = 0; y < side; y++)
    for (gint x = 0; x < side; x++)
      {
        const guint8 *p = image->pixels + (y * side + x) * 3;

        g_assert_cmpint (p[0], ==, x);
        g_assert_cmpint (p[1], ==, y);
        g_assert_cmpint (p[2], ==, number);
      }
}

static void
cifar10_is_read (Fixture *self, gconstpointer data)
{
  const guint8 labels[] = { 3, 9, 0 };
  g_autoptr (SmaltiDataset) dataset = NULL;

  put_records (self, "cifar-10-batches-bin/data_batch_1.bin", 32, 3, labels, 1, FALSE);
  put_records (self, "cifar-10-batches-bin/data_batch_2.bin", 32, 2, labels, 1, FALSE);
  put_records (self, "cifar-10-batches-bin/test_batch.bin", 32, 1, labels + 1, 1, FALSE);
  dataset = open_it (self);
  g_assert_cmpint (smalti_dataset_get_layout (dataset), ==, SMALTI_LAYOUT_CIFAR10);
  g_assert_cmpuint (n_of (dataset, SMALTI_SPLIT_TRAIN), ==, 5);
  g_assert_cmpuint (n_of (dataset, SMALTI_SPLIT_VAL), ==, 1);
  assert_class (dataset, "cifar-10-batches-bin/data_batch_1.bin #0", "cat");
  assert_class (dataset, "cifar-10-batches-bin/test_batch.bin #0", "truck");
  assert_record (dataset, "cifar-10-batches-bin/data_batch_1.bin #2", 32, 2);
  g_clear_object (&dataset);

  put_records (self, "cifar-10-batches-bin/data_batch_2.bin", 32, 1, (const guint8[]){ 10 }, 1, FALSE);
  assert_refused (self, "data_batch_2.bin", "label 10", NULL);
  put_text (self, "cifar-10-batches-bin/data_batch_2.bin", "too short");
  assert_refused (self, "data_batch_2.bin", "cut off", NULL);
}

static void
cifar100_is_read (Fixture *self, gconstpointer data)
{
  const guint8 labels[] = { 19, 99, 3, 42 };
  g_autoptr (SmaltiDataset) dataset = NULL;

  put_records (self, "train.bin", 32, 2, labels, 2, FALSE);
  put_records (self, "test.bin", 32, 1, labels, 2, FALSE);
  dataset = open_it (self);
  g_assert_cmpint (smalti_dataset_get_layout (dataset), ==, SMALTI_LAYOUT_CIFAR100);
  g_assert_cmpuint (smalti_dataset_get_n_classes (dataset), ==, 100);
  g_assert_cmpint (smalti_dataset_get_label (dataset, find (dataset, "train.bin #0")), ==, 99);
  g_assert_cmpint (smalti_dataset_get_label (dataset, find (dataset, "train.bin #1")), ==, 42);
  assert_record (dataset, "train.bin #1", 32, 1);
}

static void
stl10_is_read (Fixture *self, gconstpointer data)
{
  const guint8 labels[] = { 1, 10 };
  g_autoptr (SmaltiDataset) dataset = NULL;

  put_records (self, "stl10_binary/unlabeled_X.bin", 96, 3, labels, 0, TRUE);
  put_records (self, "stl10_binary/train_X.bin", 96, 2, labels, 0, TRUE);
  put (self, "stl10_binary/train_y.bin", labels, 2);
  put_records (self, "stl10_binary/test_X.bin", 96, 1, labels, 0, TRUE);
  put (self, "stl10_binary/test_y.bin", labels + 1, 1);
  dataset = open_it (self);
  g_assert_cmpint (smalti_dataset_get_layout (dataset), ==, SMALTI_LAYOUT_STL10);
  g_assert_cmpuint (n_of (dataset, SMALTI_SPLIT_TRAIN), ==, 5);
  g_assert_cmpuint (n_of (dataset, SMALTI_SPLIT_VAL), ==, 1);
  g_assert_cmpint (smalti_dataset_get_label (dataset, find (dataset, "stl10_binary/unlabeled_X.bin #2")), ==, -1);
  assert_class (dataset, "stl10_binary/train_X.bin #0", "airplane");
  assert_class (dataset, "stl10_binary/test_X.bin #0", "truck");
  assert_record (dataset, "stl10_binary/unlabeled_X.bin #2", 96, 2);
  g_clear_object (&dataset);
  put (self, "stl10_binary/train_y.bin", labels, 1);
  assert_refused (self, "train_y.bin", "1 labels", NULL);
  put (self, "stl10_binary/train_y.bin", "\0\1", 2);
  assert_refused (self, "train_y.bin", "label 0", NULL);
}

/* Reading and measuring */

static void
unreadable_files_are_listed_once (Fixture *self, gconstpointer data)
{
  g_autoptr (SmaltiDataset) dataset = NULL;
  g_autoptr (SmaltiDatasetStats) stats = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = NULL;

  put_image (self, "a.png", 10);
  put_image (self, "b.png", 30);
  put_text (self, "c.jpg", "not a picture");
  put_text (self, "d.png", "");
  dataset = open_it (self);
  for (int round = 0; round < 2; round++)
    {
      g_clear_pointer (&stats, smalti_dataset_stats_free);
      stats = smalti_dataset_measure (dataset, 2, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (stats->n_readable, ==, 2);
      g_assert_cmpuint (stats->n_unreadable, ==, 2);
    }
  g_assert_cmpfloat_with_epsilon (stats->mean[0], 20 / 255.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (stats->deviation[0], 10 / 255.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (stats->mean[1], 0, 1e-9);
  g_assert_cmpuint (stats->n_grey, ==, 0);
  g_assert_cmpint (stats->min_width, ==, 8);
  g_assert_cmpint (stats->max_height, ==, 8);
  g_assert_cmpuint (smalti_dataset_get_n_unreadable (dataset), ==, 2);
  lines = smalti_dataset_get_unreadable (dataset);
  g_assert_cmpuint (g_strv_length (lines), ==, 2);
  g_assert_nonnull (strstr (lines[0], "c.jpg: "));
  g_assert_nonnull (strstr (lines[1], "d.png: the file is empty"));
  smalti_dataset_mark_unreadable (dataset, 0, "said by another");
  g_assert_cmpuint (smalti_dataset_get_n_unreadable (dataset), ==, 3);
}

static void
a_set_without_one_readable_file_is_an_error (Fixture *self, gconstpointer data)
{
  g_autoptr (SmaltiDataset) dataset = NULL;
  g_autoptr (GError) error = NULL;

  put_text (self, "a.jpg", "no");
  put_text (self, "b.jpg", "no");
  dataset = open_it (self);
  g_assert_null (smalti_dataset_measure (dataset, 3, NULL, NULL, NULL, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA);
  g_assert_nonnull (strstr (error->message, "a.jpg: "));
}

static void
measuring_can_be_stopped (Fixture *self, gconstpointer data)
{
  g_autoptr (SmaltiDataset) dataset = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  put_image (self, "a.png", 10);
  dataset = open_it (self);
  g_cancellable_cancel (cancellable);
  g_assert_null (smalti_dataset_measure (dataset, 2, cancellable, NULL, NULL, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/data/layouts/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("folder", a_folder_is_read_recursively);
  ADD ("folder-splits", train_and_val_without_classes_are_splits);
  ADD ("classes", class_folders_are_found);
  ADD ("classes-val", class_folders_keep_their_own_validation);
  ADD ("split", splits_depend_on_names_and_seed);
  ADD ("split-tiny", tiny_sets_still_split);
  ADD ("nothing", nothing_to_read_is_refused);
  ADD ("stop", scanning_can_be_stopped);
  ADD ("tiny-imagenet", tiny_imagenet_is_read);
  ADD ("annotations", wrong_annotations_are_refused);
  ADD ("places365", places365_folders_are_read);
  ADD ("places365-lists", places365_lists_are_read);
  ADD ("places365-real", the_real_category_list_is_read);
  ADD ("cifar10", cifar10_is_read);
  ADD ("cifar100", cifar100_is_read);
  ADD ("stl10", stl10_is_read);
  ADD ("unreadable", unreadable_files_are_listed_once);
  ADD ("none-readable", a_set_without_one_readable_file_is_an_error);
  ADD ("measure-stop", measuring_can_be_stopped);
#undef ADD
  return g_test_run ();
}
