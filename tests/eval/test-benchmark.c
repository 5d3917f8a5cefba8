/* SPDX-License-Identifier: Apache-2.0 */
/* Shares, nearest neighbours, and results as JSON. */
#include <json-glib/json-glib.h>
#include <math.h>
#include <omp.h>
#include <string.h>

#include "core/base/error.h"
#include "core/eval/score-private.h"
#include "feature-set.h"

/* Newcombe 1998, Statistics in Medicine 17, table I, method 3 (the score interval without continuity correction). */
static void
intervals_are_the_published_ones (void)
{
  const struct
  {
    guint hits, n;
    gdouble low, high;
  } known[] = {
    { 81, 263, 0.2553, 0.3662 },
    { 15, 148, 0.0624, 0.1605 },
    { 0, 20, 0.0000, 0.1611 },
    { 1, 29, 0.0061, 0.1718 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      SmaltiShare share = smalti_share (known[i].hits, known[i].n);
      SmaltiShare rest = smalti_share (known[i].n - known[i].hits, known[i].n);

      g_assert_cmpfloat (share.value, ==, (gdouble)known[i].hits / known[i].n);
      g_assert_cmpfloat_with_epsilon (share.low, known[i].low, 5e-5);
      g_assert_cmpfloat_with_epsilon (share.high, known[i].high, 5e-5);
      g_assert_cmpfloat_with_epsilon (rest.low, 1 - share.high, 1e-12);
      g_assert_cmpfloat_with_epsilon (rest.high, 1 - share.low, 1e-12);
    }
}

static void
intervals_hold_their_value_at_the_ends (void)
{
  for (guint64 n = 1; n < 2000; n = n * 3 + 1)
    {
      g_assert_cmpfloat (smalti_share (0, n).low, ==, 0);
      g_assert_cmpfloat (smalti_share (n, n).high, ==, 1);
      g_assert_cmpfloat (smalti_share (n, n).low, >, 0);
    }
  g_assert_cmpfloat (smalti_share (0, 0).value, ==, 0);
  g_assert_cmpfloat (smalti_share (0, 0).high, ==, 1);
}

static void
ties_go_to_the_lower_class (void)
{
  const gfloat score[] = { 0, 3, 3, 1, -INFINITY, -1, -2 };

  g_assert_cmpuint (smalti_score_answer (score, 7), ==, 1);
  g_assert_true (smalti_score_hits (score, 7, 1, 1));
  g_assert_false (smalti_score_hits (score, 7, 2, 1));
  g_assert_true (smalti_score_hits (score, 7, 2, 2));
  g_assert_true (smalti_score_hits (score, 7, 5, 5));
  g_assert_false (smalti_score_hits (score, 7, 6, 5));
  g_assert_false (smalti_score_hits (score, 7, 4, 7)); /* nobody's vote */
}

static SmaltiBenchmark *
neighbours (const SmaltiFeatureSet *train, const SmaltiFeatureSet *test, guint n_classes, const char *k,
            const char *temperature)
{
  g_autoptr (SmaltiValues) values = smalti_values_new (smalti_eval_params);
  g_autoptr (GError) error = NULL;
  SmaltiBenchmark *result;

  g_assert_true (smalti_values_set (values, "k", k, NULL));
  g_assert_true (smalti_values_set (values, "temperature", temperature, NULL));
  result = smalti_knn (train, test, 0, n_classes, values, NULL, &error);
  g_assert_no_error (error);
  return result;
}

static void
put (SmaltiFeatureSet *set, guint i, gdouble degrees, gdouble length, gint label)
{
  feature_set_row (set, i)[0] = length * cos (degrees * G_PI / 180);
  feature_set_row (set, i)[1] = length * sin (degrees * G_PI / 180);
  set->label[i] = label;
}

/* Directions in the plane; lengths must not matter. The image asked about lies at 0 degrees and is of class 1. */
static void
neighbours_vote_by_their_angle (void)
{
  g_autoptr (SmaltiFeatureSet) train = feature_set_new (5, 2, 1, 1), test = feature_set_new (1, 2, 1, 1);
  g_autoptr (SmaltiBenchmark) one = NULL, three = NULL, three_sharp = NULL, all = NULL;

  put (train, 0, 10, 5, 0);
  put (train, 1, -30, 0.1, 1);
  put (train, 2, 31, 100, 1);
  put (train, 3, 180, 1, 2);
  put (train, 4, 170, 1, 2);
  put (test, 0, 0, 3, 1);

  one = neighbours (train, test, 7, "1", "0.07"); /* the one at 10 degrees */
  g_assert_cmpuint (one->confusion[7 + 0], ==, 1);
  g_assert_cmpfloat (one->top5.value, ==, 0);    /* no neighbour of class 1 voted */
  three = neighbours (train, test, 7, "3", "1"); /* two of class 1 against one: exp(.87) + exp(.86) > exp(.98) */
  g_assert_cmpuint (three->confusion[7 + 1], ==, 1);
  three_sharp = neighbours (train, test, 7, "3", "0.07"); /* exp(-1.7) + exp(-1.8) < 1 */
  g_assert_cmpuint (three_sharp->confusion[7 + 0], ==, 1);
  g_assert_cmpfloat (three_sharp->top5.value, ==, 1);
  all = neighbours (train, test, 7, "200", "0.0001"); /* more than there are; exp(10,000) must not overflow */
  g_assert_cmpuint (all->confusion[7 + 0], ==, 1);
  g_assert_cmpfloat (all->top5.value, ==, 1);
  g_assert_cmpstr (all->protocol, ==, "knn");
  g_assert_true (isnan (all->train_top1));
}

/* Enough for several blocks of both kinds, against all of it in plain loops. */
static void
blocks_find_what_plain_loops_find (void)
{
  const guint n_train = 2500, n_test = 150, dim = 12, n_classes = 9, k = 20;
  g_autoptr (SmaltiFeatureSet) train = feature_set_blobs (n_train, dim, n_classes, 0.5, 1);
  g_autoptr (SmaltiFeatureSet) test = feature_set_blobs (n_test, dim, n_classes, 0.5, 2);
  g_autoptr (SmaltiBenchmark) found = neighbours (train, test, n_classes, "20", "0.07");
  g_autofree gdouble *similarity = g_new (gdouble, n_train);
  guint hits = 0, top5 = 0;

  for (guint i = 0; i < n_test; i++)
    {
      gdouble votes[9] = { 0 };
      guint rank = 0, best = 0;

      for (guint t = 0; t < n_train; t++)
        {
          gdouble dot = 0, a = 0, b = 0;

          for (guint j = 0; j < dim; j++)
            {
              gdouble x = feature_set_row (test, i)[j], y = feature_set_row (train, t)[j];

              dot += x * y;
              a += x * x;
              b += y * y;
            }
          similarity[t] = dot / sqrt (a * b);
        }
      for (guint n = 0; n < k; n++)
        {
          guint nearest = 0;

          for (guint t = 1; t < n_train; t++)
            if (similarity[t] > similarity[nearest])
              nearest = t;
          votes[train->label[nearest]] += exp (similarity[nearest] / 0.07);
          similarity[nearest] = -2;
        }
      for (guint c = 0; c < n_classes; c++)
        {
          best = votes[c] > votes[best] ? c : best;
          rank += votes[c] > votes[test->label[i]];
        }
      hits += best == (guint)test->label[i];
      top5 += votes[test->label[i]] > 0 && rank < 5;
    }
  g_assert_cmpfloat (found->top1.value, ==, (gdouble)hits / n_test);
  g_assert_cmpfloat (found->top5.value, ==, (gdouble)top5 / n_test);
  g_assert_cmpfloat (found->top1.value, >, 0.3);
}

static void
knn_can_be_stopped_and_refuses (void)
{
  g_autoptr (SmaltiFeatureSet) train = feature_set_blobs (300, 6, 3, 1, 1);
  g_autoptr (SmaltiValues) values = smalti_values_new (smalti_eval_params);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) stopped = NULL, unlabelled = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (smalti_knn (train, train, 0, 3, values, cancellable, &stopped));
  g_assert_error (stopped, SMALTI_ERROR, SMALTI_ERROR_CANCELLED);
  g_assert_null (smalti_knn (train, train, 0, 2, values, NULL, &unlabelled));
  g_assert_error (unlabelled, SMALTI_ERROR, SMALTI_ERROR_DATA);
}

static void
assert_same_share (const SmaltiShare *a, const SmaltiShare *b)
{
  g_assert_cmpfloat (a->value, ==, b->value);
  g_assert_cmpfloat (a->low, ==, b->low);
  g_assert_cmpfloat (a->high, ==, b->high);
}

static void
json_brings_everything_back (void)
{
  g_autoptr (SmaltiFeatureSet) train = feature_set_blobs (300, 6, 3, 0.5, 1);
  g_autoptr (SmaltiFeatureSet) test = feature_set_blobs (100, 6, 3, 0.5, 2);
  g_autoptr (SmaltiValues) values = smalti_values_new (smalti_eval_params);
  g_autoptr (SmaltiBenchmark) linear = smalti_linear_probe (train, test, 0, 4, values, 1, NULL, NULL);
  g_autoptr (SmaltiBenchmark) knn = smalti_knn (train, test, 0, 4, values, NULL, NULL);
  const SmaltiBenchmark *const results[] = { linear, knn };

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      const SmaltiBenchmark *before = results[i];
      g_autofree char *json = smalti_benchmark_to_json (before), *again = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (SmaltiBenchmark) after = smalti_benchmark_from_json (json, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (after->layer, ==, before->layer);
      g_assert_cmpstr (after->protocol, ==, before->protocol);
      g_assert_cmpstr (after->solver, ==, before->solver);
      g_assert_cmpuint (after->dim, ==, before->dim);
      g_assert_cmpuint (after->n_classes, ==, before->n_classes);
      g_assert_cmpuint (after->n_train, ==, before->n_train);
      g_assert_cmpuint (after->n_test, ==, before->n_test);
      assert_same_share (&after->top1, &before->top1);
      assert_same_share (&after->top5, &before->top5);
      for (guint c = 0; c < 4; c++)
        assert_same_share (&after->per_class[c], &before->per_class[c]);
      g_assert_cmpmem (after->confusion, 16 * sizeof (guint32), before->confusion, 16 * sizeof (guint32));
      g_assert_cmpint (isnan (after->decay), ==, isnan (before->decay));
      g_assert_cmpint (isnan (after->train_top1), ==, isnan (before->train_top1));
      g_assert_cmpfloat (after->seconds, ==, before->seconds);
      again = smalti_benchmark_to_json (after);
      g_assert_cmpstr (again, ==, json);
      g_assert_null (strchr (json, '\n'));
    }
}

/* Takes members away or makes them another's, one at a time. */
static void
damaged_json_is_refused (void)
{
  g_autoptr (SmaltiFeatureSet) train = feature_set_blobs (60, 4, 3, 0.5, 1);
  g_autoptr (SmaltiValues) values = smalti_values_new (smalti_eval_params);
  g_autoptr (SmaltiBenchmark) whole = smalti_linear_probe (train, train, 0, 3, values, 1, NULL, NULL);
  g_autofree char *json = smalti_benchmark_to_json (whole);
  g_autoptr (JsonNode) root = json_from_string (json, NULL);
  g_autoptr (GList) names = json_object_get_members (json_node_get_object (root));
  const char *const replaced[]
      = { "null", "-1", "5000000000", "\"x\"", "[]", "[[1]]", "{\"value\":2,\"low\":0,\"high\":1}" };
  const char *const wrong[] = { "", "[]", "{}", "12", "{\"layer\":" };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (smalti_benchmark_from_json (wrong[i], &error));
      g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_FORMAT);
    }
  g_assert_cmpuint (g_list_length (names), ==, 14);
  for (GList *name = names; name != NULL; name = name->next)
    {
      guint n_refused = 0;

      for (guint i = 0; i < G_N_ELEMENTS (replaced); i++)
        {
          g_autoptr (JsonNode) copy = json_from_string (json, NULL);
          g_autofree char *text = NULL;
          g_autoptr (SmaltiBenchmark) read = NULL;
          g_autoptr (GError) error = NULL;

          json_object_set_member (json_node_get_object (copy), name->data, json_from_string (replaced[i], NULL));
          text = json_to_string (copy, FALSE);
          read = smalti_benchmark_from_json (text, &error);
          n_refused += read == NULL;
          if (read == NULL)
            g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_FORMAT);
        }
      g_assert_cmpuint (n_refused, >=, 4); /* a few are values that it may have */
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  omp_set_num_threads (1); /* these problems are small, and other tests run beside this one */
  g_test_add_func ("/share/published", intervals_are_the_published_ones);
  g_test_add_func ("/share/ends", intervals_hold_their_value_at_the_ends);
  g_test_add_func ("/score/ties", ties_go_to_the_lower_class);
  g_test_add_func ("/knn/angles", neighbours_vote_by_their_angle);
  g_test_add_func ("/knn/blocks", blocks_find_what_plain_loops_find);
  g_test_add_func ("/knn/stop", knn_can_be_stopped_and_refuses);
  g_test_add_func ("/json/round-trip", json_brings_everything_back);
  g_test_add_func ("/json/damaged", damaged_json_is_refused);
  return g_test_run ();
}
