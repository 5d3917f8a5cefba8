/* SPDX-License-Identifier: Apache-2.0 */
/* bench-grid [N]: scrolls a grid of N images (100,000), slowly, fast and by leaps, and prints what its frames take. The
 * images are links to a few of the sample's; none of their thumbnails is known before. Frames are timed from the
 * clock's "before-paint" to its "after-paint": what the main thread does for them. Fails when the median reaches the 16
 * ms that a display gives. */
#include <adwaita.h>
#include <glib/gstdio.h>
#include <malloc.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/data/sample.h"
#include "ui/image-grid.h"
#include "ui/thumbnail-loader.h"

#define N_FRAMES 240
#define LIMIT_MS 16.0

typedef struct
{
  const char *name;
  gdouble step; /* pixels in a frame; 0: leaps */
} Manner;

static const Manner manners[] = { { "slow", 60 }, { "fast", 2000 }, { "leaps", 0 } };

typedef struct
{
  GMainLoop *loop;
  GtkAdjustment *adjustment;
  const Manner *manner;
  gint64 began;
  GArray *frames; /* of gdouble, milliseconds */
} Bench;

static void
before_paint (GdkFrameClock *clock, Bench *self)
{
  self->began = g_get_monotonic_time ();
}

static void
after_paint (GdkFrameClock *clock, Bench *self)
{
  gdouble took = (g_get_monotonic_time () - self->began) / 1000.0;

  if (self->manner)
    g_array_append_val (self->frames, took);
}

static gboolean
scroll (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  Bench *self = user_data;
  GtkAdjustment *adjustment = self->adjustment;
  gdouble end = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);

  if (!self->manner)
    return G_SOURCE_CONTINUE;
  if (self->frames->len >= N_FRAMES)
    {
      self->manner = NULL;
      g_main_loop_quit (self->loop);
    }
  else if (self->manner->step > 0)
    gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + self->manner->step);
  else
    gtk_adjustment_set_value (adjustment, fmod (self->frames->len * 0.618034, 1) * end);
  return G_SOURCE_CONTINUE;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  gdouble first = *(const gdouble *)a, second = *(const gdouble *)b;

  return (first > second) - (first < second);
}

static gboolean
tell (Bench *self, const char *name)
{
  const gdouble *frames = (gpointer)self->frames->data;
  guint n = self->frames->len;

  g_array_sort (self->frames, compare);
  g_print ("%-6s %u frames: median %.2f ms, 99%% %.2f ms, longest %.2f ms\n", name, n, frames[n / 2],
           frames[(guint)(n * 0.99)], frames[n - 1]);
  return frames[n / 2] < LIMIT_MS;
}

static SmaltiDataset *
make_folder (const char *root, guint n)
{
  g_autofree char *sample = g_build_filename (root, "sample", NULL);
  g_autofree char *many = g_build_filename (root, "many", NULL);
  g_autoptr (SmaltiValues) values = smalti_values_new (smalti_data_params);
  g_autoptr (GError) error = NULL;
  SmaltiDataset *dataset;

  g_assert_true (smalti_sample_write (sample, 8, 1, 320, NULL, NULL));
  for (guint i = 0; i < n; i++)
    {
      const char *klass = smalti_sample_class_name (i % SMALTI_SAMPLE_N_CLASSES);
      g_autofree char *from = g_strdup_printf ("%s/train/%s/%04u.jpg", sample, klass, i / SMALTI_SAMPLE_N_CLASSES % 8);
      g_autofree char *folder = g_strdup_printf ("%s/%s", many, klass);
      g_autofree char *to = g_strdup_printf ("%s/%06u.jpg", folder, i);

      if (i < SMALTI_SAMPLE_N_CLASSES)
        g_mkdir_with_parents (folder, 0755);
      g_assert_cmpint (link (from, to), ==, 0);
    }
  smalti_values_set (values, "path", many, NULL);
  smalti_values_set (values, "cache_mb", "0", NULL);
  dataset = smalti_dataset_open (values, 1, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return dataset;
}

static gboolean
quit (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

int
main (int argc, char **argv)
{
  guint n = argc > 1 ? (guint)atoi (argv[1]) : 100000;
  g_autofree char *root = g_dir_make_tmp ("smalti-XXXXXX", NULL);
  g_autofree char *clean = g_strdup_printf ("rm -rf '%s'", root);
  Bench bench = { .frames = g_array_new (FALSE, FALSE, sizeof (gdouble)) };
  g_autoptr (SmaltiDataset) dataset = NULL;
  g_autoptr (SmaltiImageList) list = NULL;
  GtkWidget *window, *grid;
  gboolean fine = TRUE;
  gint64 began;
  gsize before;

  adw_init ();
  dataset = make_folder (root, n);
  window = gtk_window_new ();
  grid = smalti_image_grid_new ();
  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 800);
  gtk_window_set_child (GTK_WINDOW (window), grid);
  gtk_window_present (GTK_WINDOW (window));
  bench.loop = g_main_loop_new (NULL, FALSE);
  bench.adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (gtk_widget_get_first_child (grid)));
  g_timeout_add (300, quit, bench.loop);
  g_main_loop_run (bench.loop);

  before = mallinfo2 ().uordblks;
  began = g_get_monotonic_time ();
  list = smalti_image_list_new (dataset, -1, -1);
  smalti_image_grid_set_list (SMALTI_IMAGE_GRID (grid), list);
  g_print ("%u images: shown after %.1f ms, %.0f kB\n", g_list_model_get_n_items (G_LIST_MODEL (list)),
           (g_get_monotonic_time () - began) / 1000.0, (mallinfo2 ().uordblks - before) / 1024.0);
  g_timeout_add (300, quit, bench.loop);
  g_main_loop_run (bench.loop);

  g_signal_connect (gtk_widget_get_frame_clock (grid), "before-paint", G_CALLBACK (before_paint), &bench);
  g_signal_connect (gtk_widget_get_frame_clock (grid), "after-paint", G_CALLBACK (after_paint), &bench);
  gtk_widget_add_tick_callback (grid, scroll, &bench, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (manners); i++)
    {
      g_array_set_size (bench.frames, 0);
      bench.manner = &manners[i];
      g_main_loop_run (bench.loop);
      fine &= tell (&bench, manners[i].name);
    }
  g_print ("textures in memory: %.1f MB\n",
           smalti_thumbnail_loader_get_bytes (smalti_thumbnail_loader_get_default ()) / 1048576.0);
  gtk_window_destroy (GTK_WINDOW (window));
  fine &= system (clean) == 0;
  return fine ? 0 : 1;
}
