/* SPDX-License-Identifier: Apache-2.0 */
/* plot [POINTS...]: what a frame of a plot costs while it is panned, and what appending costs. Four curves of noise,
 * each of so many points, 1280 x 400 pixels: recorded into a render node and drawn into an image, as GTK's Cairo
 * renderer does it. Prints the median and the worst of 200 frames. No display is needed. */
#include <gtk/gtk.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "ui/plot-picture-private.h"

#define WIDTH    1280
#define HEIGHT   400
#define N_CURVES 4
#define N_FRAMES 200

/* Microseconds of processor time: on a busy machine others' work is none of a frame's. */
static gint64
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static const SmaltiPlotStyle on_white = { .text = { 0, 0, 0, 1 }, .base = { 1, 1, 1, 1 } };

/* Nanoseconds a point. */
static gdouble
fill (SmaltiPlotData *data, gsize n)
{
  gint64 start = now ();

  for (guint c = 0; c < N_CURVES; c++)
    {
      g_autofree char *title = g_strdup_printf ("Curve %u", c + 1);
      SmaltiCurve *curve = smalti_plot_data_add_curve (data, &(SmaltiCurveInfo){ .title = title, .style = c });
      guint32 state = c;

      for (gsize i = 0; i < n; i++)
        {
          gdouble t = i / (gdouble)n;

          state = state * 1664525u + 1013904223u;
          smalti_series_append (curve->series, i, 0.4 + c * 0.5 + 2.8 / (1 + 20 * t) + 0.5 * (state >> 8) / 16777216.0);
        }
    }
  return (now () - start) * 1000.0 / (N_CURVES * n);
}

/* A render node of Cairo's is a recording: this is what gtk_snapshot_append_cairo() and the renderer after it do, which
 * need a display. */
static void
draw_frame (SmaltiPlotPicture *picture, cairo_t *image)
{
  cairo_surface_t *node
      = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, &(cairo_rectangle_t){ 0, 0, WIDTH, HEIGHT });
  cairo_t *cr = cairo_create (node);

  smalti_plot_picture_lay_out (picture, &on_white, WIDTH, HEIGHT);
  smalti_plot_picture_draw (picture, cr);
  cairo_destroy (cr);
  cairo_set_source_rgb (image, 1, 1, 1);
  cairo_paint (image);
  cairo_set_source_surface (image, node, 0, 0);
  cairo_paint (image);
  cairo_surface_destroy (node);
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  const gint64 *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

static void
pan (SmaltiPlotData *data, gsize n, gdouble smoothing, gdouble *median, gdouble *worst)
{
  PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (surface);
  SmaltiPlotPicture picture;
  gint64 times[N_FRAMES];

  data->smoothing = smoothing;
  smalti_plot_picture_init (&picture, data, context);
  draw_frame (&picture, cr); /* fonts are loaded at the first */
  for (guint i = 0; i < N_FRAMES; i++)
    {
      gdouble from = 0.5 * n * i / N_FRAMES;
      gint64 start = now ();

      smalti_plot_data_set_range (data, from, from + 0.5 * n);
      draw_frame (&picture, cr);
      times[i] = now () - start;
    }
  qsort (times, N_FRAMES, sizeof times[0], compare_times);
  *median = times[N_FRAMES / 2] / 1000.0;
  *worst = times[N_FRAMES - 1] / 1000.0;
  smalti_plot_picture_clear (&picture);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  g_object_unref (context);
}

static void
measure (gsize n)
{
  g_autoptr (SmaltiPlotData) data = smalti_plot_data_new ("Loss", SMALTI_PLOT_PLAIN);
  gdouble append = fill (data, n), plain[2], smooth[2];

  pan (data, n, 0, &plain[0], &plain[1]);
  pan (data, n, 0.35, &smooth[0], &smooth[1]);
  g_print ("%u x %9" G_GSIZE_FORMAT " points: %5.2f ms a frame (worst %5.2f), smoothed %5.2f ms (worst %5.2f); "
           "%.0f ns to append a point\n",
           N_CURVES, n, plain[0], plain[1], smooth[0], smooth[1], append);
}

int
main (int argc, char **argv)
{
  static const gsize usual[] = { 1000, 1000000, 10000000 };

  if (argc == 1)
    for (guint i = 0; i < G_N_ELEMENTS (usual); i++)
      measure (usual[i]);
  for (gint i = 1; i < argc; i++)
    measure (MAX (1000, g_ascii_strtoull (argv[i], NULL, 10)));
  return 0;
}
