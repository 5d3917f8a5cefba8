/* SPDX-License-Identifier: Apache-2.0 */
/* Thumbnails from disk are those of the file as it is now, whatever happens to either of them; and the bound holds. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <utime.h>

#include "core/base/error.h"
#include "core/data/thumbnail.h"

#define SIDE 32

typedef struct
{
  char *root, *pictures, *cache;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->root = g_dir_make_tmp ("smalti-XXXXXX", NULL);
  self->pictures = g_build_filename (self->root, "pictures", NULL);
  self->cache = g_build_filename (self->root, "cache", NULL);
  g_assert_cmpint (g_mkdir (self->pictures, 0755), ==, 0);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autofree char *command = g_strdup_printf ("chmod -R u+rwx '%s' && rm -rf '%s'", self->root, self->root);

  g_assert_cmpint (system (command), ==, 0);
  g_free (self->root);
  g_free (self->pictures);
  g_free (self->cache);
}

/* Grey of @level with noise in its last bits, so that the file is large, and a red stripe at the left edge that the
 * middle square must not show. */
static void
put_picture (Fixture *self, const char *name, gint width, gint height, guint8 level)
{
  g_autoptr (SmaltiImage) image = smalti_image_new (width, height);
  g_autofree char *path = g_build_filename (self->pictures, name, NULL);
  g_autoptr (GRand) noise = g_rand_new_with_seed (level);

  for (gint i = 0; i < width * height; i++)
    for (gint c = 0; c < 3; c++)
      image->pixels[i * 3 + c]
          = width > height && i % width < width / 16 ? (c == 0 ? 255 : 0) : level + g_rand_int_range (noise, -8, 8);
  g_assert_true (smalti_image_save_png (image, path, NULL));
}

static SmaltiDataset *
open_pictures (Fixture *self)
{
  g_autoptr (SmaltiValues) values = smalti_values_new (smalti_data_params);
  g_autoptr (GError) error = NULL;
  SmaltiDataset *dataset;

  g_assert_true (smalti_values_set (values, "path", self->pictures, NULL));
  g_assert_true (smalti_values_set (values, "cache_mb", "0", NULL));
  dataset = smalti_dataset_open (values, 1, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return dataset;
}

static SmaltiImage *
load (SmaltiThumbnailCache *cache, SmaltiDataset *dataset, guint64 item)
{
  g_autoptr (GError) error = NULL;
  SmaltiImage *image = smalti_thumbnail_cache_load (cache, dataset, item, SIDE, &error);

  g_assert_no_error (error);
  return image;
}

static void
assert_level (const SmaltiImage *image, gint level)
{
  for (gint i = 0; i < image->width * image->height * 3; i++)
    g_assert_cmpint (ABS (image->pixels[i] - level), <=, 16);
}

/* Changes what is in a file, but neither its size nor when it was changed: only a thumbnail from disk can tell. */
static void
replace_unseen (Fixture *self, const char *name, const char *with)
{
  g_autofree char *path = g_build_filename (self->pictures, name, NULL);
  g_autofree char *other = g_build_filename (self->root, with, NULL);
  g_autofree char *data = NULL;
  struct stat before;
  gsize size;
  FILE *file;

  g_assert_true (g_file_get_contents (other, &data, &size, NULL));
  g_assert_cmpint (stat (path, &before), ==, 0);
  g_assert_cmpuint (size, <=, before.st_size);
  file = g_fopen (path, "r+");
  g_assert_cmpuint (fwrite (data, 1, size, file), ==, size);
  fclose (file);
  g_assert_cmpint (utimensat (AT_FDCWD, path, (struct timespec[]){ before.st_mtim, before.st_mtim }, 0), ==, 0);
}

static void
put_other (Fixture *self, const char *name, guint8 level)
{
  g_autoptr (SmaltiImage) image = smalti_image_new (64, 48);
  g_autofree char *path = g_build_filename (self->root, name, NULL);

  memset (image->pixels, level, 64 * 48 * 3);
  g_assert_true (smalti_image_save_png (image, path, NULL));
}

/* The one file in the cache. */
static char *
only_entry (Fixture *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->cache, 0, NULL);
  g_autofree char *folder = g_build_filename (self->cache, g_dir_read_name (dir), NULL);
  g_autoptr (GDir) inner = g_dir_open (folder, 0, NULL);
  char *path = g_build_filename (folder, g_dir_read_name (inner), NULL);

  g_assert_null (g_dir_read_name (dir));
  g_assert_null (g_dir_read_name (inner));
  return path;
}

static void
a_thumbnail_is_the_middle_square_and_never_larger_than_its_image (Fixture *self, gconstpointer data)
{
  g_autoptr (SmaltiThumbnailCache) cache = smalti_thumbnail_cache_new (self->cache, 0);
  g_autoptr (SmaltiDataset) dataset = NULL;
  g_autoptr (SmaltiImage) wide = NULL, small = NULL;

  put_picture (self, "a-wide.png", 400, 100, 90);
  put_picture (self, "b-small.png", 20, 24, 90);
  dataset = open_pictures (self);
  wide = load (cache, dataset, 0);
  g_assert_cmpint (wide->width, ==, SIDE);
  g_assert_cmpint (wide->height, ==, SIDE);
  assert_level (wide, 90);
  small = load (cache, dataset, 1);
  g_assert_cmpint (small->width, ==, 20);
  g_assert_cmpint (small->height, ==, 20);
}

static void
it_comes_from_disk_the_second_time_also_to_another_process (Fixture *self, gconstpointer data)
{
  g_autoptr (SmaltiThumbnailCache) cache = smalti_thumbnail_cache_new (self->cache, 0);
  g_autoptr (SmaltiThumbnailCache) other = smalti_thumbnail_cache_new (self->cache, 0);
  g_autoptr (SmaltiDataset) dataset = NULL;
  g_autoptr (SmaltiImage) first = NULL, second = NULL;

  put_picture (self, "a.png", 256, 256, 90);
  put_other (self, "other.png", 200);
  dataset = open_pictures (self);
  first = load (cache, dataset, 0);
  replace_unseen (self, "a.png", "other.png");
  second = load (other, dataset, 0);
  assert_level (second, 90);
}

static void
a_file_that_has_changed_is_looked_at_again (Fixture *self, gconstpointer data)
{
  g_autoptr (SmaltiThumbnailCache) cache = smalti_thumbnail_cache_new (self->cache, 0);
  g_autofree char *path = g_build_filename (self->pictures, "a.png", NULL);
  g_autoptr (SmaltiDataset) dataset = NULL;
  g_autoptr (SmaltiImage) first = NULL, second = NULL;

  put_picture (self, "a.png", 256, 256, 90);
  put_other (self, "other.png", 200);
  dataset = open_pictures (self);
  first = load (cache, dataset, 0);
  replace_unseen (self, "a.png", "other.png");
  g_assert_cmpint (g_utime (path, &(struct utimbuf){ 1000, 1000 }), ==, 0);
  second = load (cache, dataset, 0);
  assert_level (second, 200);
}

static void
a_damaged_entry_is_drawn_anew (Fixture *self, gconstpointer data)
{
  g_autoptr (SmaltiThumbnailCache) cache = smalti_thumbnail_cache_new (self->cache, 0);
  g_autoptr (SmaltiDataset) dataset = NULL;
  g_autofree char *entry = NULL, *bytes = NULL;
  gsize size;

  put_picture (self, "a.png", 256, 256, 90);
  dataset = open_pictures (self);
  smalti_image_unref (load (cache, dataset, 0));
  entry = only_entry (self);
  g_assert_true (g_file_get_contents (entry, &bytes, &size, NULL));
  for (gsize keep = 0; keep < size; keep += size / 7)
    {
      g_autofree char *again = NULL;
      g_autoptr (SmaltiImage) image = NULL;
      gsize again_size;

      g_assert_true (g_file_set_contents (entry, bytes, keep, NULL));
      image = load (cache, dataset, 0);
      assert_level (image, 90);
      g_assert_true (g_file_get_contents (entry, &again, &again_size, NULL));
      g_assert_cmpmem (again, again_size, bytes, size);
    }
}

static void
small_files_are_not_kept (Fixture *self, gconstpointer data)
{
  g_autoptr (SmaltiThumbnailCache) cache = smalti_thumbnail_cache_new (self->cache, 0);
  g_autoptr (SmaltiDataset) dataset = NULL;

  put_picture (self, "a.png", 64, 64, 90);
  dataset = open_pictures (self);
  smalti_image_unref (load (cache, dataset, 0));
  g_assert_false (g_file_test (self->cache, G_FILE_TEST_EXISTS));
}

static void
what_was_not_used_for_longest_goes_when_there_is_too_much (Fixture *self, gconstpointer data)
{
  g_autoptr (SmaltiThumbnailCache) cache = smalti_thumbnail_cache_new (self->cache, 10 * 4096);
  g_autoptr (SmaltiDataset) dataset = NULL;
  g_autofree char *first = NULL;
  guint64 left;

  put_picture (self, "00.png", 200, 200, 90);
  for (int i = 1; i < 24; i++)
    {
      g_autofree char *name = g_strdup_printf ("%02d.png", i);

      put_picture (self, name, 200, 200, i);
    }
  dataset = open_pictures (self);
  smalti_image_unref (load (cache, dataset, 0));
  first = only_entry (self);
  g_assert_cmpint (g_utime (first, &(struct utimbuf){ 1000, 1000 }), ==, 0);
  for (guint64 i = 1; i < 24; i++)
    smalti_image_unref (load (cache, dataset, i));
  left = smalti_thumbnail_cache_trim (cache);
  g_assert_cmpuint (left, >, 0);
  g_assert_cmpuint (left, <=, 10 * 4096);
  g_assert_false (g_file_test (first, G_FILE_TEST_EXISTS));
}

static gpointer
load_all (gpointer user_data)
{
  gpointer *what = user_data;

  for (guint64 i = 0; i < smalti_dataset_get_n_items (what[1]); i++)
    {
      g_autoptr (SmaltiImage) image = load (what[0], what[1], i);

      assert_level (image, 90);
    }
  return NULL;
}

static void
many_threads_at_one_folder_get_whole_pictures (Fixture *self, gconstpointer data)
{
  g_autoptr (SmaltiThumbnailCache) cache = smalti_thumbnail_cache_new (self->cache, 4 * 4096);
  g_autoptr (SmaltiDataset) dataset = NULL;
  GThread *threads[4];
  gpointer what[2];

  for (int i = 0; i < 12; i++)
    {
      g_autofree char *name = g_strdup_printf ("%02d.png", i);

      put_picture (self, name, 160, 160, 90);
    }
  dataset = open_pictures (self);
  what[0] = cache;
  what[1] = dataset;
  for (int i = 0; i < 4; i++)
    threads[i] = g_thread_new ("load", load_all, what);
  for (int i = 0; i < 4; i++)
    g_thread_join (threads[i]);
}

static void
a_folder_that_cannot_be_written_costs_no_picture (Fixture *self, gconstpointer data)
{
  g_autofree char *impossible = g_build_filename (self->pictures, "a.png", "cache", NULL);
  g_autoptr (SmaltiThumbnailCache) cache = smalti_thumbnail_cache_new (impossible, 0);
  g_autoptr (SmaltiDataset) dataset = NULL;
  g_autoptr (SmaltiImage) image = NULL;

  put_picture (self, "a.png", 256, 256, 90);
  dataset = open_pictures (self);
  image = load (cache, dataset, 0);
  assert_level (image, 90);
}

static void
what_cannot_be_read_says_why (Fixture *self, gconstpointer data)
{
  g_autoptr (SmaltiThumbnailCache) cache = smalti_thumbnail_cache_new (self->cache, 0);
  g_autofree char *path = g_build_filename (self->pictures, "broken.png", NULL);
  g_autoptr (SmaltiDataset) dataset = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "no picture", -1, NULL));
  dataset = open_pictures (self);
  g_assert_null (smalti_thumbnail_cache_load (cache, dataset, 0, SIDE, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA);
  g_assert_nonnull (strstr (error->message, "broken.png"));
}

static void
sizes_are_counted_by_their_short_side (Fixture *self, gconstpointer data)
{
  g_autoptr (SmaltiDataset) dataset = NULL;
  g_autoptr (SmaltiDatasetStats) stats = NULL;
  guint64 n = 0;

  for (guint i = 1; i < SMALTI_N_SIZE_BINS; i++)
    g_assert_cmpint (smalti_size_bin_start (i), >, smalti_size_bin_start (i - 1));
  g_assert_cmpint (smalti_size_bin_start (6), ==, 64);
  g_assert_cmpint (smalti_size_bin_start (8), ==, 128);
  put_picture (self, "a.png", 64, 300, 90);
  put_picture (self, "b.png", 89, 64, 90);
  put_picture (self, "c.png", 63, 300, 90);
  put_picture (self, "d.png", 5, 5, 90);
  put_picture (self, "e.png", 128, 128, 90);
  dataset = open_pictures (self);
  stats = smalti_dataset_measure (dataset, 2, NULL, NULL, NULL, NULL);
  g_assert_cmpuint (stats->size_counts[0], ==, 1);
  g_assert_cmpuint (stats->size_counts[5], ==, 1);
  g_assert_cmpuint (stats->size_counts[6], ==, 2);
  g_assert_cmpuint (stats->size_counts[8], ==, 1);
  for (guint i = 0; i < SMALTI_N_SIZE_BINS; i++)
    n += stats->size_counts[i];
  g_assert_cmpuint (n, ==, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/thumbnails/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("square", a_thumbnail_is_the_middle_square_and_never_larger_than_its_image);
  ADD ("disk", it_comes_from_disk_the_second_time_also_to_another_process);
  ADD ("changed", a_file_that_has_changed_is_looked_at_again);
  ADD ("damaged", a_damaged_entry_is_drawn_anew);
  ADD ("small", small_files_are_not_kept);
  ADD ("bound", what_was_not_used_for_longest_goes_when_there_is_too_much);
  ADD ("threads", many_threads_at_one_folder_get_whole_pictures);
  ADD ("unwritable", a_folder_that_cannot_be_written_costs_no_picture);
  ADD ("unreadable", what_cannot_be_read_says_why);
  ADD ("sizes", sizes_are_counted_by_their_short_side);
  return g_test_run ();
}
