/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "core/base/random.h"
#include "core/pretext/ab-bins.h"

#define N SMALTI_N_AB_BINS

static void
there_are_313_centres_on_the_grid_of_ten (void)
{
  const gfloat *centre = smalti_ab_centres ();

  for (guint q = 0; q < N; q++)
    {
      g_assert_cmpfloat (fmodf (centre[2 * q], 10), ==, 0);
      g_assert_cmpfloat (fmodf (centre[2 * q + 1], 10), ==, 0);
      if (q > 0)
        g_assert_true (centre[2 * q] > centre[2 * q - 2]
                       || (centre[2 * q] == centre[2 * q - 2] && centre[2 * q + 1] > centre[2 * q - 1]));
    }
  /* The ends of the published file: a -90, b 50 and a 100, b 0. */
  g_assert_cmpfloat (centre[0], ==, -90);
  g_assert_cmpfloat (centre[1], ==, 50);
  g_assert_cmpfloat (centre[2 * N - 2], ==, 100);
  g_assert_cmpfloat (centre[2 * N - 1], ==, 0);
}

/* Against a search over all centres in double precision, at points all over the plane and on the grid itself. */
static void
the_five_nearest_are_exact (void)
{
  const gfloat *centre = smalti_ab_centres ();
  g_autoptr (SmaltiAbEncoder) encoder = smalti_ab_encoder_new (5);
  SmaltiRandom random;

  smalti_random_init (&random, 1, SMALTI_STREAM_TEST, 0, 0);
  for (guint i = 0; i < 20000; i++)
    {
      gboolean on_grid = i % 4 == 0; /* full of equal distances */
      gfloat a
          = on_grid ? (gint)smalti_random_int (&random, 50) * 5 - 125 : smalti_random_range (&random, -128, 127.9f);
      gfloat b
          = on_grid ? (gint)smalti_random_int (&random, 50) * 5 - 125 : smalti_random_range (&random, -128, 127.9f);
      gint32 bin[5];
      gfloat share[5];
      gdouble sum = 0, expected_sum = 0, d[5];
      gboolean used[N] = { FALSE };

      smalti_ab_encode (encoder, a, b, bin, share);
      for (guint k = 0; k < 5; k++)
        {
          guint nearest = N;
          gdouble least = G_MAXDOUBLE;

          for (guint q = 0; q < N; q++)
            {
              gdouble distance = pow ((gdouble)a - centre[2 * q], 2) + pow ((gdouble)b - centre[2 * q + 1], 2);

              if (!used[q] && distance < least)
                {
                  least = distance;
                  nearest = q;
                }
            }
          used[nearest] = TRUE;
          d[k] = least;
          g_assert_cmpfloat_with_epsilon (
              pow ((gdouble)a - centre[2 * bin[k]], 2) + pow ((gdouble)b - centre[2 * bin[k] + 1], 2), least, 2e-2);
          if (on_grid) /* exact in f32: equals must come in the order of their numbers */
            g_assert_cmpint (bin[k], ==, nearest);
          expected_sum += exp (-(d[k] - d[0]) / 50);
          sum += share[k];
        }
      g_assert_cmpfloat_with_epsilon (sum, 1, 1e-6);
      for (guint k = 0; k < 5; k++)
        g_assert_cmpfloat_with_epsilon (share[k], exp (-(d[k] - d[0]) / 50) / expected_sum, 1e-3);
    }
}

/* Grey lies on a centre: its share is 1 / (1 + 4 exp (-100 / 50)). */
static void
grey_is_mostly_its_own_bin (void)
{
  g_autoptr (SmaltiAbEncoder) encoder = smalti_ab_encoder_new (5);
  gint32 bin[5];
  gfloat share[5];

  smalti_ab_encode (encoder, 0, 0, bin, share);
  g_assert_cmpfloat (smalti_ab_centres ()[2 * bin[0]], ==, 0);
  g_assert_cmpfloat (smalti_ab_centres ()[2 * bin[0] + 1], ==, 0);
  g_assert_cmpfloat_with_epsilon (share[0], 1 / (1 + 4 * exp (-2)), 1e-6);
  g_assert_cmpfloat_with_epsilon (share[1], share[4], 1e-6);
}

static void
far_outside_the_gamut_nothing_is_lost (void)
{
  g_autoptr (SmaltiAbEncoder) encoder = smalti_ab_encoder_new (0.5f);
  const gfloat far[] = { -1e6f, -128, 128, 1e6f };

  for (guint i = 0; i < 4; i++)
    for (guint j = 0; j < 4; j++)
      {
        gint32 bin[5];
        gfloat share[5], sum = 0;

        smalti_ab_encode (encoder, far[i], far[j], bin, share);
        for (guint k = 0; k < 5; k++)
          {
            g_assert_cmpint (bin[k], >=, 0);
            g_assert_cmpint (bin[k], <, N);
            sum += share[k];
          }
        g_assert_cmpfloat_with_epsilon (sum, 1, 1e-6);
      }
}

static void
weights_are_1_on_average_and_larger_for_rare_colours (void)
{
  gdouble counts[N] = { 0 }, prior[N];
  gfloat weight[N];
  const gfloat lambdas[] = { 0.1f, 0.5f, 1 };
  gfloat spread = G_MAXFLOAT;

  /* Mostly grey, as photographs are: falls off with the distance from grey. */
  for (guint q = 0; q < N; q++)
    counts[q] = 1e6 * exp (-hypot (smalti_ab_centres ()[2 * q], smalti_ab_centres ()[2 * q + 1]) / 15);
  for (guint i = 0; i < G_N_ELEMENTS (lambdas); i++)
    {
      gdouble mass = 0, expectation = 0;
      gfloat least = G_MAXFLOAT, most = 0;

      smalti_ab_rebalance (counts, 5, lambdas[i], prior, weight);
      for (guint q = 0; q < N; q++)
        {
          mass += prior[q];
          expectation += prior[q] * weight[q];
          least = MIN (least, weight[q]);
          most = MAX (most, weight[q]);
          for (guint r = 0; r < q; r++)
            if (prior[q] < prior[r])
              g_assert_cmpfloat (weight[q], >=, weight[r]);
        }
      g_assert_cmpfloat_with_epsilon (mass, 1, 1e-9);
      g_assert_cmpfloat_with_epsilon (expectation, 1, 1e-6);
      g_assert_cmpfloat (most / least, <, spread); /* the more is mixed in, the more even */
      spread = most / least;
    }
  g_assert_cmpfloat_with_epsilon (spread, 1, 1e-6);
}

/* Equation 4 with lambda 0.5, by hand: two bins so far apart that smoothing leaves them alone. */
static void
weights_follow_the_paper_s_equation (void)
{
  gdouble counts[N] = { 0 }, prior[N], expectation = 0;
  gfloat weight[N];

  counts[0] = 3;     /* (-90, 50) */
  counts[N - 1] = 1; /* (100, 0) */
  smalti_ab_rebalance (counts, 0.1f, 0.5f, prior, weight);
  g_assert_cmpfloat_with_epsilon (prior[0], 0.75, 1e-9);
  g_assert_cmpfloat_with_epsilon (prior[N - 1], 0.25, 1e-9);
  expectation = 0.75 / (0.375 + 0.5 / N) + 0.25 / (0.125 + 0.5 / N);
  g_assert_cmpfloat_with_epsilon (weight[0], 1 / (0.375 + 0.5 / N) / expectation, 1e-5);
  g_assert_cmpfloat_with_epsilon (weight[1], 1 / (0.5 / N) / expectation, 1e-2);
}

static void
without_counts_the_prior_is_even (void)
{
  gdouble counts[N] = { 0 }, prior[N];
  gfloat weight[N];

  smalti_ab_rebalance (counts, 5, 0.5f, prior, weight);
  for (guint q = 0; q < N; q++)
    {
      g_assert_cmpfloat_with_epsilon (prior[q], 1.0 / N, 1e-12);
      g_assert_cmpfloat_with_epsilon (weight[q], 1, 1e-6);
    }
}

static void
the_annealed_mean_runs_from_mode_to_mean (void)
{
  gfloat logits[2 * N], a, b, mean = 0;

  for (guint i = 0; i < 2 * N; i++)
    logits[i] = -100;
  logits[2 * 0] = 1; /* (-90, 50), every second element */
  logits[2 * (N - 1)] = 0;
  smalti_ab_annealed_mean (logits, 2, 0.01f, &a, &b);
  g_assert_cmpfloat_with_epsilon (a, -90, 1e-3);
  g_assert_cmpfloat_with_epsilon (b, 50, 1e-3);
  smalti_ab_annealed_mean (logits, 2, 1, &a, &b);
  mean = (-90 * expf (1) + 100) / (expf (1) + 1);
  g_assert_cmpfloat_with_epsilon (a, mean, 1e-3);
  smalti_ab_annealed_mean (logits, 2, 0.38f, &a, &b);
  g_assert_cmpfloat (a, >, -90);
  g_assert_cmpfloat (a, <, mean);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ab/centres", there_are_313_centres_on_the_grid_of_ten);
  g_test_add_func ("/ab/nearest", the_five_nearest_are_exact);
  g_test_add_func ("/ab/grey", grey_is_mostly_its_own_bin);
  g_test_add_func ("/ab/far", far_outside_the_gamut_nothing_is_lost);
  g_test_add_func ("/ab/weights", weights_are_1_on_average_and_larger_for_rare_colours);
  g_test_add_func ("/ab/equation", weights_follow_the_paper_s_equation);
  g_test_add_func ("/ab/no-counts", without_counts_the_prior_is_even);
  g_test_add_func ("/ab/annealed-mean", the_annealed_mean_runs_from_mode_to_mean);
  return g_test_run ();
}
