/* SPDX-License-Identifier: Apache-2.0 */
/* The arithmetic under a plot: decimation that keeps every extreme and costs the same for any number of points, ticks,
 * the visible range; and what is drawn and written of it. No display is needed. */
#include <math.h>
#include <string.h>

#include "core/base/axis.h"
#include "ui/plot-picture-private.h"
#include "ui/plot-private.h"

#define N_COLUMNS 300

static SmaltiSeries *
make_series (gsize n)
{
  SmaltiSeries *series = smalti_series_new ();
  guint32 state = 1;

  for (gsize i = 0; i < n; i++)
    {
      state = state * 1664525u + 1013904223u;
      smalti_series_append (series, i, sin (i * 0.001) + (state >> 8) / 16777216.0);
    }
  return series;
}

/* Extremes of points [from, to), one by one. */
static void
true_extremes (const SmaltiSeries *series, gsize from, gsize to, gdouble *low, gdouble *high)
{
  *low = INFINITY;
  *high = -INFINITY;
  for (gsize i = from; i < to; i++)
    {
      *low = MIN (*low, smalti_series_get_y (series, i));
      *high = MAX (*high, smalti_series_get_y (series, i));
    }
}

static void
column_extremes (const SmaltiColumn *columns, guint n, gdouble *low, gdouble *high)
{
  *low = INFINITY;
  *high = -INFINITY;
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpfloat (columns[i].low, <=, columns[i].mean + 1e-12);
      g_assert_cmpfloat (columns[i].mean, <=, columns[i].high + 1e-12);
      if (i > 0)
        g_assert_cmpfloat (columns[i].x, >, columns[i - 1].x);
      *low = MIN (*low, columns[i].low);
      *high = MAX (*high, columns[i].high);
    }
}

static void
few_points_stay_as_they_are (void)
{
  g_autoptr (SmaltiSeries) series = make_series (50);
  SmaltiColumn columns[N_COLUMNS + 2];
  guint n = smalti_series_columns (series, SMALTI_X_STEP, 0, 49, N_COLUMNS, columns);

  g_assert_cmpuint (n, ==, 50);
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpfloat (columns[i].x, ==, i);
      g_assert_cmpfloat (columns[i].low, ==, smalti_series_get_y (series, i));
      g_assert_cmpfloat (columns[i].high, ==, smalti_series_get_y (series, i));
    }
}

static void
extremes_survive_at_every_length (void)
{
  static const gsize lengths[] = { 1, 2, 3, 4, 5, 15, 16, 17, 299, 300, 301, 1199, 1201, 4096, 4097, 65537, 300000 };

  for (guint l = 0; l < G_N_ELEMENTS (lengths); l++)
    {
      g_autoptr (SmaltiSeries) series = make_series (lengths[l]);
      SmaltiColumn columns[N_COLUMNS + 2];
      gdouble low, high, want_low, want_high;
      guint n = smalti_series_columns (series, SMALTI_X_STEP, 0, MAX (1, lengths[l] - 1), N_COLUMNS, columns);

      g_assert_cmpuint (n, >, 0);
      g_assert_cmpuint (n, <=, N_COLUMNS + 2);
      column_extremes (columns, n, &low, &high);
      true_extremes (series, 0, lengths[l], &want_low, &want_high);
      g_assert_cmpfloat (low, ==, want_low);
      g_assert_cmpfloat (high, ==, want_high);
    }
}

static void
one_spike_in_a_million_is_seen (void)
{
  g_autoptr (SmaltiSeries) series = smalti_series_new ();
  SmaltiColumn columns[N_COLUMNS + 2];
  gboolean seen = FALSE;

  for (guint i = 0; i < 1000000; i++)
    smalti_series_append (series, i, i == 654321 ? 1000 : 1);

  guint n = smalti_series_columns (series, SMALTI_X_STEP, 0, 999999, N_COLUMNS, columns);

  for (guint i = 0; i < n; i++)
    seen = seen || columns[i].high == 1000;
  g_assert_true (seen);
}

/* Every point of the view is in some column, and no more than a bucket beyond it. */
static void
views_hold_all_they_show (void)
{
  g_autoptr (SmaltiSeries) series = make_series (200000);
  static const gsize views[][2] = { { 0, 100 }, { 500, 1300 }, { 12345, 98765 }, { 150000, 199999 }, { 7, 199990 } };

  for (guint v = 0; v < G_N_ELEMENTS (views); v++)
    {
      SmaltiColumn columns[N_COLUMNS + 2];
      gdouble low, high, want_low, want_high;
      guint n = smalti_series_columns (series, SMALTI_X_STEP, views[v][0], views[v][1], N_COLUMNS, columns);
      gdouble bucket = (views[v][1] - views[v][0]) / (gdouble)N_COLUMNS + 2;

      g_assert_cmpuint (n, <=, N_COLUMNS + 2);
      column_extremes (columns, n, &low, &high);
      true_extremes (series, views[v][0], views[v][1] + 1, &want_low, &want_high);
      g_assert_cmpfloat (low, <=, want_low);
      g_assert_cmpfloat (high, >=, want_high);
      g_assert_cmpfloat (columns[0].x, >=, views[v][0] - bucket);
      g_assert_cmpfloat (columns[n - 1].x, <=, views[v][1] + bucket);
    }
}

static void
truncated_is_as_if_never_appended (void)
{
  static const gsize lengths[] = { 0, 1, 2, 4, 5, 16, 17, 63, 64, 65, 1000, 4095, 4096, 4097, 19999 };

  for (guint l = 0; l < G_N_ELEMENTS (lengths); l++)
    {
      g_autoptr (SmaltiSeries) cut = make_series (20000);
      g_autoptr (SmaltiSeries) fresh = make_series (lengths[l]);
      SmaltiColumn a[N_COLUMNS + 2], b[N_COLUMNS + 2];

      smalti_series_truncate (cut, lengths[l]);
      for (guint i = 0; i < 3000; i++)
        {
          smalti_series_append (cut, 20000 + i, i % 7);
          smalti_series_append (fresh, 20000 + i, i % 7);
        }
      g_assert_cmpuint (smalti_series_get_n (cut), ==, smalti_series_get_n (fresh));

      guint n = smalti_series_columns (cut, SMALTI_X_STEP, 0, 23000, N_COLUMNS, a);

      g_assert_cmpuint (smalti_series_columns (fresh, SMALTI_X_STEP, 0, 23000, N_COLUMNS, b), ==, n);
      for (guint i = 0; i < n; i++)
        {
          g_assert_cmpfloat (a[i].x, ==, b[i].x);
          g_assert_cmpfloat (a[i].low, ==, b[i].low);
          g_assert_cmpfloat (a[i].high, ==, b[i].high);
          g_assert_cmpfloat_with_epsilon (a[i].mean, b[i].mean, 1e-12);
        }
    }
}

static void
what_is_no_number_is_left_out (void)
{
  g_autoptr (SmaltiSeries) series = smalti_series_new ();

  smalti_series_append (series, 1, 5);
  smalti_series_append (series, 2, NAN);
  smalti_series_append (series, 3, INFINITY);
  smalti_series_append (series, 4, 6);
  g_assert_cmpuint (smalti_series_get_n (series), ==, 2);
  g_assert_cmpuint (smalti_series_get_n_skipped (series), ==, 2);
  g_assert_cmpuint (smalti_series_nearest (series, SMALTI_X_STEP, 1.4), ==, 0);
  g_assert_cmpuint (smalti_series_nearest (series, SMALTI_X_STEP, 3), ==, 1);
  g_assert_cmpuint (smalti_series_nearest (series, SMALTI_X_STEP, 99), ==, 1);
}

/* The visible work, not the length, is what a frame costs: a hundred times the points in about the same time. */
static void
a_frame_costs_the_same_for_a_million_points (void)
{
  g_autoptr (SmaltiSeries) small = make_series (20000);
  g_autoptr (SmaltiSeries) large = make_series (2000000);
  SmaltiColumn columns[1002];
  gint64 best[2] = { G_MAXINT64, G_MAXINT64 };

  for (guint round = 0; round < 20; round++)
    for (guint i = 0; i < 2; i++)
      {
        const SmaltiSeries *series = i ? large : small;
        gint64 start = g_get_monotonic_time ();

        for (guint j = 0; j < 20; j++)
          smalti_series_columns (series, SMALTI_X_STEP, 0, i ? 1999999 : 19999, 1000, columns);
        best[i] = MIN (best[i], g_get_monotonic_time () - start);
      }
  g_test_message ("20 frames: %" G_GINT64_FORMAT " us of 20,000 points, %" G_GINT64_FORMAT " us of 2,000,000", best[0],
                  best[1]);
  g_assert_cmpint (best[1], <, 6 * best[0] + 200);
}

static void
smoothing_starts_without_bias_and_keeps_constants (void)
{
  SmaltiColumn columns[100];

  for (guint i = 0; i < 100; i++)
    columns[i] = (SmaltiColumn){ i, 3, 3, 3 };
  smalti_columns_smooth (columns, 100, 10);
  for (guint i = 0; i < 100; i++)
    g_assert_cmpfloat_with_epsilon (columns[i].mean, 3, 1e-12);

  /* A step from 0 to 1: after one length, 1 - 1/e of the way. */
  for (guint i = 0; i < 100; i++)
    columns[i].mean = i < 50 ? 0 : 1;
  smalti_columns_smooth (columns, 100, 10);
  g_assert_cmpfloat (columns[49].mean, ==, 0);
  g_assert_cmpfloat_with_epsilon (columns[59].mean, 1 - exp (-1), 0.01);
}

static void
steps_are_one_two_five (void)
{
  static const struct
  {
    gdouble span;
    guint ticks;
    gdouble step;
  } cases[] = { { 1, 10, 0.1 },   { 1, 5, 0.2 }, { 1, 4, 0.5 },     { 0.2, 2, 0.1 }, { 3, 5, 1 },
                { 4000, 8, 500 }, { 7, 2, 5 },   { 1e-6, 4, 5e-7 }, { 99, 10, 10 },  { 101, 10, 20 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpfloat_with_epsilon (smalti_axis_step (cases[i].span, cases[i].ticks), cases[i].step,
                                    cases[i].step * 1e-9);
  g_assert_cmpfloat (smalti_axis_whole_step (3, 10), ==, 1);
}

static void
ticks_are_written_short (void)
{
  static const struct
  {
    gdouble value, step;
    const char *text;
  } cases[] = { { 0.25, 0.05, "0.25" },       { 2, 1, "2" },          { 1500, 500, "1.5k" }, { 500, 500, "500" },
                { 20000000, 5000000, "20M" }, { -1e-17, 0.1, "0.0" }, { 1001, 1, "1001" },   { 0, 1, "0" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = smalti_axis_format (cases[i].value, cases[i].step);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
ranges_widen_to_whole_steps (void)
{
  gdouble low = 0.43, high = 3.17;

  smalti_axis_round (&low, &high, 5);
  g_assert_cmpfloat (low, ==, 0);
  g_assert_cmpfloat (high, ==, 4);

  low = high = 2;
  smalti_axis_round (&low, &high, 5);
  g_assert_cmpfloat (low, <, 2);
  g_assert_cmpfloat (high, >, 2);

  low = high = 0;
  smalti_axis_round (&low, &high, 5);
  g_assert_cmpfloat (low, <, high);
}

static void
tiny_numbers_are_written_with_powers (void)
{
  static const struct
  {
    gdouble value, step;
    const char *text;
  } cases[] = { { 0.00002, 0.00001, "2×10⁻⁵" },   { 0.000015, 0.000005, "1.5×10⁻⁵" },
                { 0.00001, 0.00001, "10⁻⁵" },     { 0, 0.00001, "0" },
                { -0.00002, 0.00001, "-2×10⁻⁵" }, { 0.0003, 0.0001, "0.0003" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = smalti_axis_format (cases[i].value, cases[i].step);

      g_assert_cmpstr (text, ==, cases[i].text);
    }

  g_autofree char *alone = smalti_axis_format_value (0.00025);

  g_assert_cmpstr (alone, ==, "2.5×10⁻⁴");
}

static void
times_are_written_as_clocks_have_them (void)
{
  static const struct
  {
    gdouble seconds, step;
    const char *text;
  } cases[] = { { 0, 15, "0 s" },         { 0.5, 0.5, "0.5 s" },   { 45, 15, "45 s" },
                { 90, 30, "1:30 min" },   { 600, 300, "10 min" },  { 5400, 1800, "1:30 h" },
                { 7265, 1, "2:01:05 h" }, { 86400, 43200, "1 d" }, { 129600, 43200, "1 d 12 h" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = smalti_axis_format_time (cases[i].seconds, cases[i].step);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
  g_assert_cmpfloat (smalti_axis_time_step (3600, 6), ==, 600);
  g_assert_cmpfloat (smalti_axis_time_step (86400 * 10, 5), ==, 86400 * 2);
}

/* Labels of the ticks in [low, high], joined by spaces. */
static char *
tick_labels (gboolean logarithmic, gdouble low, gdouble high, guint max_ticks)
{
  g_autoptr (GArray) ticks = smalti_axis_ticks (SMALTI_AXIS_NUMBER, logarithmic, low, high, max_ticks);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < ticks->len; i++)
    {
      const SmaltiTick *tick = &g_array_index (ticks, SmaltiTick, i);

      g_assert_cmpfloat (tick->value, >=, low * (1 - 1e-9));
      g_assert_cmpfloat (tick->value, <=, high * (1 + 1e-9));
      if (tick->label)
        g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", tick->label);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
logarithmic_axes_have_powers_of_ten (void)
{
  g_autofree char *wide = tick_labels (TRUE, 0.001, 1000, 8);
  g_autofree char *two = tick_labels (TRUE, 0.1, 10, 8);
  g_autofree char *narrow = tick_labels (TRUE, 2, 3, 5);
  g_autofree char *huge = tick_labels (TRUE, 1e-12, 1, 4);
  gdouble low = 0.034, high = 2.7;

  g_assert_cmpstr (wide, ==, "0.001 0.01 0.1 1 10 100 1k");
  g_assert_cmpstr (two, ==, "0.1 0.2 0.5 1 2 5 10");
  g_assert_cmpstr (narrow, ==, "2.0 2.2 2.4 2.6 2.8 3.0");
  g_assert_cmpstr (huge, ==, "10⁻¹² 10⁻⁹ 10⁻⁶ 0.001 1");

  smalti_axis_round_log (&low, &high, 6);
  g_assert_cmpfloat_with_epsilon (low, 0.02, 1e-12);
  g_assert_cmpfloat_with_epsilon (high, 5, 1e-9);
  low = high = 3;
  smalti_axis_round_log (&low, &high, 6);
  g_assert_cmpfloat (low, >, 0);
  g_assert_cmpfloat (low, <, 3);
  g_assert_cmpfloat (high, >, 3);
}

static void
epochs_and_times_come_with_the_steps (void)
{
  g_autoptr (SmaltiSeries) series = smalti_series_new ();
  SmaltiColumn columns[N_COLUMNS + 2];

  for (guint i = 0; i < 5000; i++)
    smalti_series_append_at (series, (const gdouble[]){ i, i / 100.0, i == 70 ? 3 : i * 0.1 }, i % 10);
  g_assert_true (smalti_series_has (series, SMALTI_X_EPOCH));
  g_assert_cmpuint (smalti_series_nearest (series, SMALTI_X_EPOCH, 12.34), ==, 1234);
  /* A time that goes back counts as the one before. */
  g_assert_cmpfloat_with_epsilon (smalti_series_get_x (series, SMALTI_X_TIME, 70), 6.9, 1e-12);

  guint n = smalti_series_columns (series, SMALTI_X_EPOCH, 10, 20, N_COLUMNS, columns);

  g_assert_cmpuint (n, >, N_COLUMNS / 2);
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpfloat (columns[i].x, >=, 9.8);
      g_assert_cmpfloat (columns[i].x, <=, 20.2);
    }

  /* A point without an epoch: from then on there is no drawing over epochs. */
  smalti_series_append (series, 5000, 1);
  g_assert_false (smalti_series_has (series, SMALTI_X_EPOCH));
  g_assert_true (smalti_series_has (series, SMALTI_X_STEP));
  g_assert_cmpuint (smalti_series_columns (series, SMALTI_X_EPOCH, 10, 20, N_COLUMNS, columns), ==, 0);
}

static void
a_snapshot_stays_what_it_was (void)
{
  g_autoptr (SmaltiSeries) series = make_series (3000);
  g_autoptr (SmaltiSeries) same = make_series (3000);
  g_autoptr (SmaltiSeries) snapshot = smalti_series_snapshot (series);

  smalti_series_truncate (series, 2100);
  for (guint i = 0; i < 5000; i++)
    smalti_series_append (series, 3000 + i, 1000);
  g_assert_cmpuint (smalti_series_get_n (snapshot), ==, 3000);
  for (guint i = 0; i < 3000; i++)
    {
      g_assert_cmpfloat (smalti_series_get_y (snapshot, i), ==, smalti_series_get_y (same, i));
      g_assert_cmpfloat (smalti_series_get_x (snapshot, SMALTI_X_STEP, i), ==, i);
    }
  g_assert_cmpfloat (smalti_series_get_y (series, 2100), ==, 1000);
}

static SmaltiPlotData *
make_plot (void)
{
  SmaltiPlotData *data = smalti_plot_data_new ("Loss", SMALTI_PLOT_PLAIN);
  SmaltiCurve *training = smalti_plot_data_add_curve (data, &(SmaltiCurveInfo){ .title = "Training", .style = 0 });
  SmaltiCurve *rate
      = smalti_plot_data_add_curve (data, &(SmaltiCurveInfo){ .title = "Rate, \"lr\"", .style = 5, .second = TRUE });

  for (guint i = 0; i < 1000; i++)
    {
      const gdouble x[] = { i, i * 0.25, i * 0.125 };

      smalti_series_append_at (training->series, x, 1.0 / (i + 1));
      smalti_series_append_at (rate->series, x, 1e-5 * (1000 - i));
    }
  return data;
}

static void
views_stay_within_the_data (void)
{
  g_autoptr (SmaltiPlotData) data = make_plot ();
  gdouble x0, x1;

  smalti_plot_data_zoom (data, 2, 250);
  g_assert_true (smalti_plot_data_get_range (data, &x0, &x1));
  g_assert_cmpfloat_with_epsilon (x0, 125, 1e-9);
  g_assert_cmpfloat_with_epsilon (x1, 624.5, 1e-9);
  g_assert_false (data->follow);

  smalti_plot_data_pan (data, -10);
  smalti_plot_data_get_range (data, &x0, &x1);
  g_assert_cmpfloat (x0, ==, 0);
  g_assert_cmpfloat_with_epsilon (x1, 499.5, 1e-9);

  for (guint i = 0; i < 100; i++)
    smalti_plot_data_zoom (data, 2, 300);
  smalti_plot_data_get_range (data, &x0, &x1);
  g_assert_cmpfloat_with_epsilon (x1 - x0, 4, 1e-9); /* steps */

  data->fit = FALSE;
  for (guint i = 0; i < 100; i++)
    smalti_plot_data_zoom (data, 0.5, 300);
  g_assert_true (data->follow && data->fit);

  data->x = SMALTI_X_TIME;
  smalti_plot_data_get_range (data, &x0, &x1);
  g_assert_cmpfloat_with_epsilon (x1, 124.875, 1e-9);
  g_assert_cmpfloat_with_epsilon (smalti_plot_data_place (data, 500), 62.5, 1e-9);
}

static PangoContext *
new_context (void)
{
  return pango_font_map_create_context (pango_cairo_font_map_get_default ());
}

static const SmaltiPlotStyle on_white = { .text = { 0, 0, 0, 1 }, .base = { 1, 1, 1, 1 } };

static void
pixels_and_data_find_each_other (void)
{
  g_autoptr (SmaltiPlotData) data = make_plot ();
  PangoContext *context = new_context ();
  SmaltiPlotPicture picture;

  for (guint logarithmic = 0; logarithmic < 2; logarithmic++)
    {
      data->logarithmic = logarithmic;
      smalti_plot_picture_init (&picture, data, context);
      g_assert_true (smalti_plot_picture_lay_out (&picture, &on_white, 600, 300));
      g_assert_cmpint (picture.logarithmic, ==, logarithmic);
      g_assert_false (picture.left_out);
      for (gdouble x = 0; x < 1000; x += 37)
        g_assert_cmpfloat_with_epsilon (smalti_plot_picture_from_x (&picture, smalti_plot_picture_to_x (&picture, x)),
                                        x, 1e-6);
      for (gdouble y = 0.001; y < 1; y += 0.037)
        g_assert_cmpfloat_with_epsilon (
            smalti_plot_picture_from_y (&picture, smalti_plot_picture_to_y (&picture, data->curves->pdata[0], y)), y,
            1e-9);
      /* Both axes have room for their numbers. */
      g_assert_cmpfloat (picture.left, >, 15);
      g_assert_cmpfloat (picture.left + picture.across, <, 580);
      smalti_plot_picture_clear (&picture);
    }
  g_object_unref (context);
}

static void
zero_has_no_place_on_a_logarithmic_axis (void)
{
  g_autoptr (SmaltiPlotData) data = smalti_plot_data_new ("Loss", SMALTI_PLOT_PLAIN);
  SmaltiCurve *curve = smalti_plot_data_add_curve (data, &(SmaltiCurveInfo){ .title = "Training" });
  PangoContext *context = new_context ();
  SmaltiPlotPicture picture;

  for (guint i = 0; i < 100; i++)
    smalti_series_append (curve->series, i, i == 50 ? 0 : i == 51 ? -1 : i + 1.0);
  data->logarithmic = TRUE;
  smalti_plot_picture_init (&picture, data, context);
  g_assert_true (smalti_plot_picture_lay_out (&picture, &on_white, 600, 300));
  g_assert_true (picture.logarithmic && picture.left_out);
  g_assert_cmpfloat (picture.y0, ==, 1);
  g_assert_cmpfloat (picture.y1, ==, 100);
  /* Below the frame, but where Cairo can still count. */
  g_assert_cmpfloat (smalti_plot_picture_to_y (&picture, curve, 0), >, picture.top + picture.down);
  g_assert_cmpfloat (smalti_plot_picture_to_y (&picture, curve, -1), <, 1e5);

  smalti_series_truncate (curve->series, 0);
  smalti_series_append (curve->series, 0, -1);
  g_assert_true (smalti_plot_picture_lay_out (&picture, &on_white, 600, 300));
  g_assert_false (picture.logarithmic);
  g_assert_true (picture.left_out);
  smalti_plot_picture_clear (&picture);
  g_object_unref (context);
}

/* Pixels that are not white, of rows [from, to). */
static guint
n_marked (cairo_surface_t *surface, gint from, gint to)
{
  guint n = 0;

  cairo_surface_flush (surface);
  for (gint y = from; y < to; y++)
    {
      const guint32 *row
          = (const guint32 *)(cairo_image_surface_get_data (surface) + y * cairo_image_surface_get_stride (surface));

      for (gint x = 0; x < cairo_image_surface_get_width (surface); x++)
        n += (row[x] & 0xffffff) != 0xffffff;
    }
  return n;
}

/* Twenty runs in a small plot: the box has no room for all of them, and still ends within the picture. */
static void
the_box_under_the_pointer_never_leaves_the_plot (void)
{
  static const gdouble sizes[][2] = { { 600, 300 }, { 260, 150 }, { 160, 110 } };
  g_autoptr (SmaltiPlotData) data = smalti_plot_data_new ("Loss", SMALTI_PLOT_PLAIN);
  PangoContext *context = new_context ();

  for (guint r = 0; r < 20; r++)
    {
      g_autofree char *title = g_strdup_printf ("Run %u with a name that goes on", r);
      SmaltiCurve *curve = smalti_plot_data_add_curve (data, &(SmaltiCurveInfo){ .title = title, .style = r });

      for (guint i = 0; i < 50; i++)
        smalti_series_append (curve->series, i, r + i);
    }
  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (gdouble share = 0; share <= 1; share += 0.25)
      {
        const gint margin = 40;
        gint width = (gint)sizes[s][0], height = (gint)sizes[s][1];
        cairo_surface_t *surface
            = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width + 2 * margin, height + 2 * margin);
        cairo_t *cr = cairo_create (surface);
        SmaltiPlotPicture picture;

        cairo_set_source_rgb (cr, 1, 1, 1);
        cairo_paint (cr);
        cairo_translate (cr, margin, margin);
        smalti_plot_picture_init (&picture, data, context);
        g_assert_true (smalti_plot_picture_lay_out (&picture, &on_white, width, height));
        smalti_plot_picture_draw_hover (&picture, cr, share * width, share * height);
        g_assert_cmpuint (n_marked (surface, margin, margin + height), >, 500);
        g_assert_cmpuint (n_marked (surface, 0, margin), ==, 0);
        g_assert_cmpuint (n_marked (surface, margin + height, height + 2 * margin), ==, 0);
        smalti_plot_picture_clear (&picture);
        cairo_destroy (cr);
        cairo_surface_destroy (surface);
      }
  g_object_unref (context);
}

static GBytes *
written (const SmaltiPlotData *data, SmaltiPlotFormat format)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;
  gboolean fine = smalti_plot_write (data, format, stream, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (fine);
  g_output_stream_close (stream, NULL, NULL);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (stream));
}

static void
pictures_are_of_their_format (void)
{
  static const char *const starts[] = { "<?xml", "\x89PNG", "%PDF" };
  g_autoptr (SmaltiPlotData) data = make_plot ();

  smalti_plot_data_add_mark (data, 300, "Rate 0.1");
  smalti_plot_data_add_mark (data, 200, NULL);
  for (guint format = SMALTI_PLOT_SVG; format <= SMALTI_PLOT_PDF; format++)
    {
      g_autoptr (GBytes) bytes = written (data, format);

      g_assert_cmpuint (g_bytes_get_size (bytes), >, 2000);
      g_assert_true (memcmp (g_bytes_get_data (bytes, NULL), starts[format], strlen (starts[format])) == 0);
    }
}

static void
tables_are_read_back_to_the_last_digit (void)
{
  g_autoptr (SmaltiPlotData) data = make_plot ();
  g_autoptr (GBytes) bytes = written (data, SMALTI_PLOT_CSV);
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_auto (GStrv) lines = g_strsplit (text, "\r\n", -1);
  const SmaltiCurve *training = data->curves->pdata[0];

  g_assert_cmpuint (g_strv_length (lines), ==, 1 + 2 * 1000 + 1);
  g_assert_cmpstr (lines[0], ==, "curve,step,epoch,seconds,value");
  g_assert_cmpstr (lines[1], ==, "Training,0,0,0,1");
  g_assert_cmpstr (lines[4], ==, "Training,3,0.75,0.375,0.25");
  g_assert_true (g_str_has_prefix (lines[1001], "\"Rate, \"\"lr\"\"\",0,0,0,0.01"));
  for (guint i = 0; i < 1000; i++)
    {
      g_auto (GStrv) cells = g_strsplit (lines[1 + i], ",", -1);

      g_assert_cmpfloat (g_ascii_strtod (cells[4], NULL), ==, smalti_series_get_y (training->series, i));
    }

  /* A hidden curve is left out. */
  ((SmaltiCurve *)data->curves->pdata[1])->visible = FALSE;

  g_autoptr (GBytes) fewer = written (data, SMALTI_PLOT_CSV);

  g_assert_null (g_strstr_len (g_bytes_get_data (fewer, NULL), g_bytes_get_size (fewer), "Rate"));
}

static void
a_file_that_cannot_be_written_is_named (void)
{
  g_autoptr (SmaltiPlotData) data = make_plot ();
  g_autoptr (GFile) file = g_file_new_for_path ("/nonexistent/folder/loss.svg");
  g_autoptr (GError) error = NULL;

  g_assert_false (smalti_plot_write_file (data, SMALTI_PLOT_SVG, file, NULL, &error));
  g_assert_nonnull (error);
  g_assert_true (g_str_has_prefix (error->message, "“loss.svg” was not saved: "));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/few-points-stay-as-they-are", few_points_stay_as_they_are);
  g_test_add_func ("/plot/extremes-survive-at-every-length", extremes_survive_at_every_length);
  g_test_add_func ("/plot/one-spike-in-a-million-is-seen", one_spike_in_a_million_is_seen);
  g_test_add_func ("/plot/views-hold-all-they-show", views_hold_all_they_show);
  g_test_add_func ("/plot/truncated-is-as-if-never-appended", truncated_is_as_if_never_appended);
  g_test_add_func ("/plot/what-is-no-number-is-left-out", what_is_no_number_is_left_out);
  g_test_add_func ("/plot/a-frame-costs-the-same-for-a-million-points", a_frame_costs_the_same_for_a_million_points);
  g_test_add_func ("/plot/smoothing-starts-without-bias", smoothing_starts_without_bias_and_keeps_constants);
  g_test_add_func ("/axis/steps-are-one-two-five", steps_are_one_two_five);
  g_test_add_func ("/axis/ticks-are-written-short", ticks_are_written_short);
  g_test_add_func ("/axis/ranges-widen-to-whole-steps", ranges_widen_to_whole_steps);
  g_test_add_func ("/axis/tiny-numbers-are-written-with-powers", tiny_numbers_are_written_with_powers);
  g_test_add_func ("/axis/times-are-written-as-clocks-have-them", times_are_written_as_clocks_have_them);
  g_test_add_func ("/axis/logarithmic-axes-have-powers-of-ten", logarithmic_axes_have_powers_of_ten);
  g_test_add_func ("/plot/epochs-and-times-come-with-the-steps", epochs_and_times_come_with_the_steps);
  g_test_add_func ("/plot/a-snapshot-stays-what-it-was", a_snapshot_stays_what_it_was);
  g_test_add_func ("/plot/views-stay-within-the-data", views_stay_within_the_data);
  g_test_add_func ("/plot/pixels-and-data-find-each-other", pixels_and_data_find_each_other);
  g_test_add_func ("/plot/zero-has-no-place-on-a-logarithmic-axis", zero_has_no_place_on_a_logarithmic_axis);
  g_test_add_func ("/plot/the-box-never-leaves-the-plot", the_box_under_the_pointer_never_leaves_the_plot);
  g_test_add_func ("/plot/pictures-are-of-their-format", pictures_are_of_their_format);
  g_test_add_func ("/plot/tables-are-read-back-to-the-last-digit", tables_are_read_back_to_the_last_digit);
  g_test_add_func ("/plot/a-file-that-cannot-be-written-is-named", a_file_that_cannot_be_written_is_named);
  return g_test_run ();
}
