/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in sample: the canvas, the camera that looks at it, and the folder of JPEG files. */
#include "core/data/sample.h"

#include <errno.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/data/sample-private.h"

/* Part of every draw; a change of the pictures' content changes it, so that folders written before are drawn anew. */
#define EDITION      1
#define SEED         (G_GUINT64_CONSTANT (0x736d616c7469) + EDITION)
#define README       "README.txt"
#define JPEG_QUALITY "92"
#define MAX_THREADS  8
/* Validation pictures are drawn from numbers that training never reaches. */
#define FIRST_VAL_INDEX 1000000

const char *
smalti_sample_class_name (guint klass)
{
  g_assert (klass < SMALTI_SAMPLE_N_CLASSES);
  return smalti_scene_classes[klass].name;
}

/* Exposure, contrast, darker corners, and the sensor's noise. */
static SmaltiImage *
expose (SmaltiScene *scene)
{
  SmaltiImage *image = smalti_image_new (scene->side, scene->side);
  gfloat gain = smalti_random_range (scene->random, 0.85f, 1.2f);
  gfloat contrast = smalti_random_range (scene->random, 0.78f, 1.15f);
  gfloat corner = smalti_random_range (scene->random, 0.0f, 0.28f);
  gfloat warmth = smalti_random_range (scene->random, -0.09f, 0.09f);
  gfloat noise = smalti_random_range (scene->random, 0.5f, 3.5f);
  gint stride = cairo_image_surface_get_stride (scene->surface);
  const guint8 *data;
  guint8 *to = image->pixels;

  cairo_surface_flush (scene->surface);
  data = cairo_image_surface_get_data (scene->surface);
  for (gint y = 0; y < scene->side; y++)
    for (gint x = 0; x < scene->side; x++, to += 3)
      {
        guint32 pixel = ((const guint32 *)(data + (gsize)y * stride))[x];
        gfloat dx = (x + 0.5f) / scene->side - 0.5f, dy = (y + 0.5f) / scene->side - 0.5f;
        gfloat level = gain * (1.0f - corner * 2.0f * (dx * dx + dy * dy));
        /* Three uniform draws of one word: near enough to a normal one. */
        guint32 word = smalti_random_u32 (scene->random);
        gfloat grain = noise * (((word & 0x3ff) + (word >> 10 & 0x3ff) + (word >> 20 & 0x3ff)) / 1023.0f - 1.5f) * 2.0f;

        for (int c = 0; c < 3; c++)
          {
            gfloat value = ((pixel >> (16 - 8 * c)) & 0xff) * level * (1.0f + warmth * (1 - c));

            value = (value - 118.0f) * contrast + 118.0f + grain;
            to[c] = CLAMP (value, 0.0f, 255.0f);
          }
      }
  return image;
}

SmaltiImage *
smalti_sample_draw (guint klass, guint index, gint side)
{
  SmaltiRandom random;
  SmaltiScene scene = { .side = side, .random = &random, .light = { 1, 1, 1 } };
  SmaltiImage *image;
  gdouble zoom, reach;

  g_assert (klass < SMALTI_SAMPLE_N_CLASSES && side > 0);
  smalti_random_init (&random, SEED, SMALTI_STREAM_DRAWING, klass, index);
  scene.surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, side, side);
  scene.cr = cairo_create (scene.surface);
  /* The camera: hung a little askew, now and then seen from the other side, sometimes near and then turned to any part.
   */
  zoom = smalti_random_float (&random);
  zoom = 1.02 + 0.8 * zoom * zoom;
  reach = 0.5 - 0.5 / zoom + 0.05;
  cairo_translate (scene.cr, side / 2.0, side / 2.0);
  cairo_rotate (scene.cr, smalti_random_normal (&random) * 0.035);
  cairo_scale (scene.cr, side * zoom * (smalti_random_chance (&random, 0.5f) ? 1 : -1), side * zoom);
  cairo_translate (scene.cr, -0.5 + smalti_random_range (&random, -reach, reach),
                   -0.5 + smalti_random_range (&random, -reach, reach));

  smalti_scene_classes[klass].draw (&scene);
  image = expose (&scene);
  cairo_destroy (scene.cr);
  cairo_surface_destroy (scene.surface);
  return image;
}

/* Writing */

typedef struct
{
  const char *path;
  guint n_train, n_val;
  gint side;
  GCancellable *cancellable;
  guint next; /* atomic: the picture to be drawn next */
  GMutex lock;
  GError *error; /* the first; under the lock */
} Writing;

static char *
readme_text (guint n_train, guint n_val, gint side)
{
  return g_strdup_printf (
      "Smalti's built-in sample\n"
      "\n"
      "These pictures are synthetic: Smalti drew every one of them. They are no photographs, and numbers\n"
      "measured on them say nothing about photographs; they are here so that Smalti can be tried at once.\n"
      "\n"
      "%d classes, %u pictures each in train/ and %u in val/, %d x %d pixels, edition %d.\n",
      SMALTI_SAMPLE_N_CLASSES, n_train, n_val, side, side, EDITION);
}

static gboolean
fail_io (const char *path, const char *reason, GError **error)
{
  g_autofree char *display = g_filename_display_name (path);

  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_IO, _ ("Could not write the sample's “%s”: %s."), display, reason);
  return FALSE;
}

static gboolean
write_picture (const Writing *self, guint number, GError **error)
{
  guint per_class = self->n_train + self->n_val;
  guint klass = number / per_class, index = number % per_class;
  gboolean training = index < self->n_train;
  guint of_split = training ? index : index - self->n_train;
  g_autofree char *name
      = g_strdup_printf ("%s/%s/%04u.jpg", training ? "train" : "val", smalti_sample_class_name (klass), of_split);
  g_autofree char *path = g_build_filename (self->path, name, NULL);
  g_autoptr (SmaltiImage) image
      = smalti_sample_draw (klass, training ? of_split : FIRST_VAL_INDEX + of_split, self->side);
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new_from_data (image->pixels, GDK_COLORSPACE_RGB, FALSE, 8, image->width,
                                                           image->height, image->width * 3, NULL, NULL);
  g_autoptr (GError) reason = NULL;
  g_autofree char *jpeg = NULL;
  gsize size;

  if (!gdk_pixbuf_save_to_buffer (pixbuf, &jpeg, &size, "jpeg", &reason, "quality", JPEG_QUALITY, NULL)
      || !g_file_set_contents_full (path, jpeg, size, G_FILE_SET_CONTENTS_NONE, 0644, &reason))
    return fail_io (path,
                    g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_NOSPC)
                        ? _ ("no space left; free some and try again")
                        : reason->message,
                    error);
  return TRUE;
}

static gpointer
run_thread (gpointer data)
{
  Writing *self = data;
  guint n = SMALTI_SAMPLE_N_CLASSES * (self->n_train + self->n_val);
  gboolean ok = TRUE;
  guint number;

  while (ok && !g_cancellable_is_cancelled (self->cancellable)
         && (number = (guint)g_atomic_int_add ((gint *)&self->next, 1)) < n)
    {
      GError *error = NULL;

      ok = write_picture (self, number, &error);
      if (ok)
        continue;
      g_mutex_lock (&self->lock);
      if (self->error == NULL)
        self->error = g_steal_pointer (&error);
      g_mutex_unlock (&self->lock);
      g_clear_error (&error);
      g_atomic_int_set ((gint *)&self->next, (gint)n); /* the others may stop */
    }
  return NULL;
}

/* Class folders; pictures of an earlier, larger sample are removed. Only names that we give are touched. */
static gboolean
prepare_folders (const char *path, GError **error)
{
  for (int split = 0; split < 2; split++)
    for (guint klass = 0; klass < SMALTI_SAMPLE_N_CLASSES; klass++)
      {
        g_autofree char *folder
            = g_build_filename (path, split == 0 ? "train" : "val", smalti_sample_class_name (klass), NULL);
        g_autoptr (GDir) dir = NULL;
        const char *name;

        if (g_mkdir_with_parents (folder, 0755) != 0)
          return fail_io (folder, g_strerror (errno), error);
        dir = g_dir_open (folder, 0, NULL);
        while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
          if (strspn (name, "0123456789") >= 4 && g_str_has_suffix (name, ".jpg"))
            {
              g_autofree char *file = g_build_filename (folder, name, NULL);

              g_unlink (file);
            }
      }
  return TRUE;
}

static gboolean
is_empty (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);

  return dir == NULL || g_dir_read_name (dir) == NULL;
}

static gboolean
draw_all (Writing *self, GError **error)
{
  GThread *threads[MAX_THREADS];
  guint n_threads = CLAMP (g_get_num_processors (), 1, MAX_THREADS);

  g_mutex_init (&self->lock);
  for (guint i = 0; i < n_threads; i++)
    threads[i] = g_thread_new ("smalti-sample", run_thread, self);
  for (guint i = 0; i < n_threads; i++)
    g_thread_join (threads[i]);
  g_mutex_clear (&self->lock);
  if (self->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return FALSE;
    }
  if (g_cancellable_is_cancelled (self->cancellable))
    {
      g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED, _ ("Drawing the sample was stopped."));
      return FALSE;
    }
  return TRUE;
}

gboolean
smalti_sample_write (const char *path, guint n_train_per_class, guint n_val_per_class, gint side,
                     GCancellable *cancellable, GError **error)
{
  Writing writing = {
    .path = path, .n_train = n_train_per_class, .n_val = n_val_per_class, .side = side, .cancellable = cancellable
  };
  g_autofree char *readme = g_build_filename (path, README, NULL);
  g_autofree char *text = readme_text (n_train_per_class, n_val_per_class, side);
  g_autofree char *first_line = g_strndup (text, strcspn (text, "\n") + 1);
  g_autofree char *found = NULL;

  g_assert (side > 0 && n_train_per_class <= FIRST_VAL_INDEX);
  if (g_file_get_contents (readme, &found, NULL, NULL) && strcmp (found, text) == 0)
    return TRUE;
  if ((found == NULL || !g_str_has_prefix (found, first_line)) && !is_empty (path))
    {
      g_autofree char *display = g_filename_display_name (path);

      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_IO,
                   _ ("“%s” holds other files already: choose a new folder for the sample."), display);
      return FALSE;
    }
  if (g_mkdir_with_parents (path, 0755) != 0)
    return fail_io (path, g_strerror (errno), error);
  /* The first line marks the folder as ours; the rest, written last, says that all pictures are there. */
  return smalti_file_replace (readme, first_line, strlen (first_line), error) && prepare_folders (path, error)
         && draw_all (&writing, error) && smalti_file_replace (readme, text, strlen (text), error);
}
