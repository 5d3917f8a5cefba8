/* SPDX-License-Identifier: Apache-2.0 */
/* The loader's promises: a batch depends on seed, epoch and step alone; unreadable files are replaced; nothing hangs;
 * and the cache stays in its bounds. */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "core/data/cache-private.h"
#include "core/data/loader.h"

#define N_IMAGES 53
#define BATCH    8
#define SIDE     12

typedef struct
{
  char *root;
  SmaltiDataset *dataset;
} Fixture;

/* @n_bad: so many of the files are no pictures. */
static void
make_folder (Fixture *self, guint n_bad)
{
  g_autoptr (SmaltiValues) values = smalti_values_new (smalti_data_params);
  g_autoptr (GError) error = NULL;

  self->root = g_dir_make_tmp ("smalti-XXXXXX", NULL);
  for (guint i = 0; i < N_IMAGES; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%03u.png", self->root, i);
      g_autoptr (SmaltiImage) image = smalti_image_new (20 + i % 5, 18 + i % 7);

      memset (image->pixels, i, (gsize)image->width * image->height * 3);
      image->pixels[0] = 255 - i;
      if (i * n_bad % N_IMAGES < n_bad)
        g_assert_true (g_file_set_contents (path, "not a picture", -1, NULL));
      else
        {
          g_autoptr (GBytes) png = smalti_image_to_png (image, NULL);
          gsize size;
          const char *bytes = g_bytes_get_data (png, &size);

          g_assert_true (g_file_set_contents_full (path, bytes, size, G_FILE_SET_CONTENTS_NONE, 0644, NULL));
        }
    }
  g_assert_true (smalti_values_set (values, "path", self->root, NULL));
  self->dataset = smalti_dataset_open (values, 1, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (smalti_dataset_get_n_items (self->dataset), ==, N_IMAGES);
}

static void
set_up (Fixture *self, gconstpointer n_bad)
{
  make_folder (self, GPOINTER_TO_UINT (n_bad));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", self->root);

  g_object_unref (self->dataset);
  g_assert_cmpint (system (command), ==, 0);
  g_free (self->root);
}

static void
draw (gpointer self, const SmaltiImage *image, gint label, SmaltiRandom *random, gboolean training,
      gpointer const *fields)
{
  gfloat *pixels = fields[0];
  gint32 *drawn = fields[1];
  g_autoptr (SmaltiImage) crop = NULL;

  if (training)
    crop = smalti_augment_resized_crop (image, random, 0.3, SIDE);
  else
    crop = smalti_image_center_crop (image, SIDE, SIDE);
  for (int i = 0; i < SIDE * SIDE * 3; i++)
    pixels[i] = crop->pixels[i];
  *drawn = (gint32)smalti_random_u32 (random);
}

static const SmaltiSampler sampler = {
  .field = { { "pixels", SMALTI_DTYPE_F32, { 3, { SIDE, SIDE, 3 } } }, { "drawn", SMALTI_DTYPE_I32, { 0 } } },
  .n_fields = 2,
  .min_side = SIDE,
  .draw = draw,
};

static SmaltiLoader *
new_loader (Fixture *self, guint n_threads, gboolean training)
{
  const SmaltiLoaderOptions options
      = { .batch = BATCH, .seed = 9, .n_threads = n_threads, .ring = 3, .training = training };
  guint32 items[N_IMAGES];
  g_autoptr (GError) error = NULL;
  SmaltiLoader *loader;

  for (guint i = 0; i < N_IMAGES; i++)
    items[i] = i;
  loader = smalti_loader_new (self->dataset, items, N_IMAGES, &sampler, &options, &error);
  g_assert_no_error (error);
  return loader;
}

/* Everything a batch holds, as a checksum. */
static char *
digest (const SmaltiBatch *batch)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  for (int i = 0; i < 2; i++)
    g_checksum_update (sum, batch->field[i]->data, batch->field[i]->n_bytes);
  g_checksum_update (sum, (const guchar *)batch->item, BATCH * sizeof *batch->item);
  g_checksum_update (sum, (const guchar *)&batch->epoch, sizeof batch->epoch);
  g_checksum_update (sum, (const guchar *)&batch->step, sizeof batch->step);
  return g_strdup (g_checksum_get_string (sum));
}

static GPtrArray *
digests (SmaltiLoader *loader, guint n)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GError) error = NULL;
      SmaltiBatch *batch = smalti_loader_next (loader, &error);

      g_assert_no_error (error);
      g_ptr_array_add (all, digest (batch));
      smalti_loader_release (loader, batch);
    }
  return all;
}

static void
batches_do_not_depend_on_threads (Fixture *self, gconstpointer data)
{
  const guint threads[] = { 0, 1, 2, 4 };
  g_autoptr (GPtrArray) expected = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_autoptr (SmaltiLoader) loader = new_loader (self, threads[i], TRUE);
      g_autoptr (GPtrArray) got = digests (loader, 20);

      g_assert_cmpuint (smalti_loader_n_steps (loader), ==, N_IMAGES / BATCH);
      if (expected == NULL)
        expected = g_steal_pointer (&got);
      else
        for (guint k = 0; k < 20; k++)
          g_assert_cmpstr (expected->pdata[k], ==, got->pdata[k]);
    }
}

static void
seeking_finds_the_same_batches (Fixture *self, gconstpointer data)
{
  for (guint threads = 0; threads <= 3; threads++)
    {
      g_autoptr (SmaltiLoader) loader = new_loader (self, threads, TRUE);
      g_autoptr (GPtrArray) expected = digests (loader, 30);
      guint n_steps = smalti_loader_n_steps (loader);
      SmaltiRandom random;

      smalti_random_init (&random, 1, SMALTI_STREAM_TEST, 0, threads);
      for (int i = 0; i < 25; i++)
        {
          guint at = smalti_random_int (&random, 27);
          g_autoptr (GPtrArray) got = NULL;

          smalti_loader_seek (loader, at / n_steps, at % n_steps);
          if (i % 3 == 0)
            continue; /* and straight to the next place */
          got = digests (loader, 3);
          for (guint k = 0; k < 3; k++)
            g_assert_cmpstr (expected->pdata[at + k], ==, got->pdata[k]);
        }
      /* One step past the end of an epoch is the next one's first. */
      smalti_loader_seek (loader, 0, n_steps);
      {
        g_autoptr (GPtrArray) got = digests (loader, 1);

        g_assert_cmpstr (expected->pdata[n_steps], ==, got->pdata[0]);
      }
    }
}

static void
an_epoch_has_every_image_once (Fixture *self, gconstpointer data)
{
  g_autoptr (SmaltiLoader) loader = new_loader (self, 2, TRUE);
  guint32 first[N_IMAGES] = { 0 };
  guint same = 0;

  for (guint32 epoch = 0; epoch < 3; epoch++)
    {
      guint seen[N_IMAGES] = { 0 };

      for (guint64 step = 0; step < smalti_loader_n_steps (loader); step++)
        {
          SmaltiBatch *batch = smalti_loader_next (loader, NULL);

          g_assert_cmpuint (batch->epoch, ==, epoch);
          g_assert_cmpuint (batch->step, ==, step);
          g_assert_cmpuint (batch->n_valid, ==, BATCH);
          for (guint i = 0; i < BATCH; i++)
            {
              g_assert_cmpuint (seen[batch->item[i]]++, ==, 0);
              if (epoch == 0)
                first[step * BATCH + i] = batch->item[i];
              else if (epoch == 1)
                same += first[step * BATCH + i] == batch->item[i];
            }
          smalti_loader_release (loader, batch);
        }
    }
  g_assert_cmpuint (same, <, N_IMAGES / 4); /* the second epoch has another order */
}

static void
evaluation_goes_in_order_and_pads (Fixture *self, gconstpointer data)
{
  for (guint threads = 0; threads <= 2; threads += 2)
    {
      g_autoptr (SmaltiLoader) loader = new_loader (self, threads, FALSE);
      guint n = 0;

      for (int round = 0; round < 2; round++)
        {
          g_autoptr (GError) error = NULL;
          SmaltiBatch *batch;

          n = 0;
          while ((batch = smalti_loader_next (loader, &error)) != NULL)
            {
              gboolean last = batch->step == smalti_loader_n_steps (loader) - 1;

              g_assert_cmpuint (batch->n_valid, ==, last ? N_IMAGES % BATCH : BATCH);
              for (guint i = 0; i < batch->n_valid; i++)
                g_assert_cmpuint (batch->item[i], ==, n++);
              for (guint i = batch->n_valid; i < BATCH; i++)
                {
                  gsize size = SIDE * SIDE * 3;
                  const gfloat *pixels = smalti_tensor_f32 (batch->field[0]);

                  g_assert_cmpuint (batch->item[i], ==, N_IMAGES - 1);
                  g_assert_cmpmem (pixels + i * size, size * 4, pixels + (batch->n_valid - 1) * size, size * 4);
                }
              smalti_loader_release (loader, batch);
            }
          g_assert_no_error (error);
          g_assert_cmpuint (n, ==, N_IMAGES);
          g_assert_null (smalti_loader_next (loader, &error));
          smalti_loader_seek (loader, 0, 0);
        }
    }
}

static void
unreadable_files_are_replaced_alike (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) expected = NULL;
  guint n_bad = GPOINTER_TO_UINT (data);

  for (guint threads = 0; threads <= 4; threads += 2)
    {
      Fixture fresh;
      g_autoptr (SmaltiLoader) loader = NULL;
      g_autoptr (GPtrArray) got = NULL;

      /* A data set that knows nothing yet of what can't be read, and the one that has learnt it. */
      make_folder (&fresh, n_bad);
      loader = new_loader (&fresh, threads, TRUE);
      got = digests (loader, 14);
      g_assert_cmpuint (smalti_dataset_get_n_unreadable (fresh.dataset), ==, n_bad);
      if (expected != NULL)
        for (guint k = 0; k < 14; k++)
          g_assert_cmpstr (expected->pdata[k], ==, got->pdata[k]);
      else
        expected = g_steal_pointer (&got);
      g_clear_pointer (&loader, smalti_loader_free);
      loader = new_loader (&fresh, threads, TRUE);
      g_clear_pointer (&got, g_ptr_array_unref);
      got = digests (loader, 14);
      for (guint k = 0; k < 14; k++)
        g_assert_cmpstr (expected->pdata[k], ==, got->pdata[k]);
      tear_down (&fresh, NULL);
    }
}

static void
nothing_readable_is_an_error (Fixture *self, gconstpointer data)
{
  for (guint threads = 0; threads <= 2; threads++)
    {
      g_autoptr (SmaltiLoader) loader = new_loader (self, threads, TRUE);

      for (int i = 0; i < 3; i++)
        {
          g_autoptr (GError) error = NULL;

          g_assert_null (smalti_loader_next (loader, &error));
          g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA);
          g_assert_nonnull (strstr (error->message, "53 images"));
          g_assert_nonnull (strstr (error->message, ".png: "));
        }
    }
  g_assert_cmpuint (smalti_dataset_get_n_unreadable (self->dataset), ==, N_IMAGES);
}

static void
too_few_images_are_an_error (Fixture *self, gconstpointer data)
{
  const guint32 items[] = { 1, 2, 3 };
  const SmaltiLoaderOptions options = { .batch = 4, .ring = 1, .training = TRUE };
  g_autoptr (GError) error = NULL;

  g_assert_null (smalti_loader_new (self->dataset, items, 3, &sampler, &options, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA);
  g_clear_error (&error);
  g_assert_null (smalti_loader_new (self->dataset, items, 0, &sampler, &options, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA);
}

static void
stopping_never_hangs (Fixture *self, gconstpointer data)
{
  for (int i = 0; i < 60; i++)
    {
      g_autoptr (SmaltiLoader) loader = new_loader (self, 1 + i % 4, i % 2);
      SmaltiBatch *held = NULL;

      if (i % 5 == 0)
        continue; /* at once */
      held = smalti_loader_next (loader, NULL);
      if (i % 3 == 0)
        smalti_loader_seek (loader, 1, 2);
      if (i % 4 == 0)
        smalti_loader_release (loader, held);
      /* else it is freed with the ring */
    }
}

static void
the_ring_is_bounded (Fixture *self, gconstpointer data)
{
  g_autoptr (SmaltiLoader) loader = new_loader (self, 2, TRUE);
  gsize sample = SIDE * SIDE * 3 * 4 + 4;
  gsize before = smalti_loader_bytes (loader);
  GHashTable *places = g_hash_table_new (NULL, NULL);

  g_assert_cmpuint (before, >=, 3 * BATCH * sample);
  g_assert_cmpuint (before, <, 3 * BATCH * (sample + 4) + 2 * 128 * 1024);
  for (int i = 0; i < 40; i++)
    {
      SmaltiBatch *batch = smalti_loader_next (loader, NULL);

      g_hash_table_add (places, batch->field[0]->data);
      smalti_loader_release (loader, batch);
    }
  g_assert_cmpuint (g_hash_table_size (places), <=, 3);
  g_assert_cmpuint (smalti_loader_bytes (loader), ==, before);
  g_assert_cmpfloat (smalti_loader_waited (loader), >=, 0);
  g_hash_table_unref (places);
}

/* Cache */

static void
the_cache_keeps_its_bound (void)
{
  g_autoptr (SmaltiImageCache) cache = smalti_image_cache_new (100, 100000);
  guint kept = 0;

  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (SmaltiImage) image = smalti_image_new (25, 25);
      g_autoptr (SmaltiImage) found = NULL;

      smalti_image_cache_put (cache, i, image);
      smalti_image_cache_put (cache, i, image);
      found = smalti_image_cache_get (cache, i, 10);
      kept += found != NULL;
      g_assert_true (found == NULL || found == image);
      g_assert_cmpuint (smalti_image_cache_bytes (cache), <=, 100000);
    }
  g_assert_cmpuint (kept, >, 40);
  g_assert_cmpuint (kept, <, 60);
  {
    g_autoptr (SmaltiImageCache) none = smalti_image_cache_new (2, 0);
    g_autoptr (SmaltiImage) image = smalti_image_new (1, 1);

    smalti_image_cache_put (none, 0, image);
    g_assert_null (smalti_image_cache_get (none, 0, 0));
  }
}

/* An image reduced for one size does not serve another, so what is loaded never depends on what was loaded before. */
static void
the_cache_never_changes_what_is_loaded (void)
{
  g_autoptr (SmaltiImageCache) cache = smalti_image_cache_new (1, 1 << 20);
  g_autoptr (SmaltiImage) image = smalti_image_new (64, 64), found = NULL;

  image->full_side = 256;
  image->denominator = 4;
  smalti_image_cache_put (cache, 0, image);
  found = smalti_image_cache_get (cache, 0, 64);
  g_assert_true (found == image);
  g_assert_null (smalti_image_cache_get (cache, 0, 65));
  g_assert_null (smalti_image_cache_get (cache, 0, 32));
  g_assert_null (smalti_image_cache_get (cache, 0, 0));
}

static gpointer
hammer (gpointer data)
{
  Fixture *self = data;

  for (guint i = 0; i < 400; i++)
    {
      guint32 item = i * 7 % N_IMAGES;
      g_autoptr (SmaltiImage) image = smalti_dataset_load (self->dataset, item, i % 3 * 8, NULL);

      g_assert_cmpint (image->width, ==, 20 + item % 5);
      g_assert_cmpint (image->pixels[3], ==, item);
    }
  return NULL;
}

static void
many_threads_may_load (Fixture *self, gconstpointer data)
{
  GThread *threads[4];

  for (int i = 0; i < 4; i++)
    threads[i] = g_thread_new ("hammer", hammer, self);
  for (int i = 0; i < 4; i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, n_bad, function)                                                                                     \
  g_test_add ("/data/loader/" path, Fixture, GUINT_TO_POINTER (n_bad), set_up, function, tear_down)
  ADD ("threads", 0, batches_do_not_depend_on_threads);
  ADD ("seek", 0, seeking_finds_the_same_batches);
  ADD ("epoch", 0, an_epoch_has_every_image_once);
  ADD ("evaluation", 0, evaluation_goes_in_order_and_pads);
  ADD ("unreadable", 9, unreadable_files_are_replaced_alike);
  ADD ("nothing", N_IMAGES, nothing_readable_is_an_error);
  ADD ("few", 0, too_few_images_are_an_error);
  ADD ("stop", 0, stopping_never_hangs);
  ADD ("bound", 0, the_ring_is_bounded);
  ADD ("many", 0, many_threads_may_load);
#undef ADD
  g_test_add_func ("/data/cache/bound", the_cache_keeps_its_bound);
  g_test_add_func ("/data/cache/sizes", the_cache_never_changes_what_is_loaded);
  return g_test_run ();
}
