/* SPDX-License-Identifier: Apache-2.0 */
/* The arithmetic under a plot: decimation that keeps every extreme and costs the same for any number of points, ticks. */
#include <math.h>

#include "core/base/axis.h"
#include "ui/series.h"

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
  guint n = smalti_series_columns (series, 0, 49, N_COLUMNS, columns);

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
      guint n = smalti_series_columns (series, 0, MAX (1, lengths[l] - 1), N_COLUMNS, columns);

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

  guint n = smalti_series_columns (series, 0, 999999, N_COLUMNS, columns);

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
      guint n = smalti_series_columns (series, views[v][0], views[v][1], N_COLUMNS, columns);
      gdouble bucket = (views[v][1] - views[v][0]) / (gdouble) N_COLUMNS + 2;

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

      guint n = smalti_series_columns (cut, 0, 23000, N_COLUMNS, a);

      g_assert_cmpuint (smalti_series_columns (fresh, 0, 23000, N_COLUMNS, b), ==, n);
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
  g_assert_cmpuint (smalti_series_nearest (series, 1.4), ==, 0);
  g_assert_cmpuint (smalti_series_nearest (series, 3), ==, 1);
  g_assert_cmpuint (smalti_series_nearest (series, 99), ==, 1);
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
          smalti_series_columns (series, 0, i ? 1999999 : 19999, 1000, columns);
        best[i] = MIN (best[i], g_get_monotonic_time () - start);
      }
  g_test_message ("20 frames: %" G_GINT64_FORMAT " us of 20,000 points, %" G_GINT64_FORMAT " us of 2,000,000", best[0], best[1]);
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
  } cases[] = { { 1, 10, 0.1 }, { 1, 5, 0.2 }, { 1, 4, 0.5 }, { 0.2, 2, 0.1 }, { 3, 5, 1 },
                { 4000, 8, 500 }, { 7, 2, 5 }, { 1e-6, 4, 5e-7 }, { 99, 10, 10 }, { 101, 10, 20 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpfloat_with_epsilon (smalti_axis_step (cases[i].span, cases[i].ticks), cases[i].step, cases[i].step * 1e-9);
  g_assert_cmpfloat (smalti_axis_whole_step (3, 10), ==, 1);
}

static void
ticks_are_written_short (void)
{
  static const struct
  {
    gdouble value, step;
    const char *text;
  } cases[] = { { 0.25, 0.05, "0.25" }, { 2, 1, "2" }, { 1500, 500, "1.5k" }, { 500, 500, "500" }, { 20000000, 5000000, "20M" },
                { -1e-17, 0.1, "0.0" }, { 1001, 1, "1001" }, { 0, 1, "0" } };

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
  return g_test_run ();
}
