/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/base/error.h"
#include "core/pretext/permutations.h"

static guint
distance (const SmaltiPermutationSet *set, guint i, guint j)
{
  const guint8 *a = smalti_permutation_set_get (set, i), *b = smalti_permutation_set_get (set, j);
  guint n = 0;

  for (guint t = 0; t < set->n_tiles; t++)
    n += a[t] != b[t];
  return n;
}

/* Every entry a permutation, all distinct, and the set's own figures those of all its pairs. */
static void
assert_sound (const SmaltiPermutationSet *set)
{
  gdouble sum = 0;
  guint least = set->n_tiles;

  for (guint i = 0; i < set->n; i++)
    {
      guint seen = 0;

      for (guint t = 0; t < set->n_tiles; t++)
        seen |= 1u << smalti_permutation_set_get (set, i)[t];
      g_assert_cmphex (seen, ==, (1u << set->n_tiles) - 1);
      for (guint j = 0; j < i; j++)
        {
          sum += distance (set, i, j);
          least = MIN (least, distance (set, i, j));
        }
    }
  g_assert_cmpuint (least, >=, 2); /* two different permutations never differ in one place */
  g_assert_cmpuint (set->min_distance, ==, least);
  g_assert_cmpfloat_with_epsilon (set->mean_distance, sum / (0.5 * set->n * (set->n - 1.0)), 1e-9);
}

/* Noroozi & Favaro 2016, table 4 (count / mean / least): 1000/8.00/2, 100/8.08/2, 71/8.07/5, 35/8.13/6, 10/8.57/7. */
static void
sets_lie_as_far_apart_as_the_paper_s (void)
{
  const struct
  {
    guint n;
    gdouble mean;
    guint least;
  } paper[] = { { 1000, 8.00, 2 }, { 100, 8.08, 2 }, { 71, 8.07, 5 }, { 35, 8.13, 6 }, { 10, 8.57, 7 } };

  for (guint i = 0; i < G_N_ELEMENTS (paper); i++)
    {
      g_autoptr (SmaltiPermutationSet) mean
          = smalti_permutation_set_new (9, paper[i].n, SMALTI_CRITERION_MAX_AVG, 1, NULL);
      g_autoptr (SmaltiPermutationSet) least
          = smalti_permutation_set_new (9, paper[i].n, SMALTI_CRITERION_MAX_MIN, 1, NULL);

      assert_sound (mean);
      assert_sound (least);
      g_test_message ("%u: max_avg %.3f, %u; max_min %.3f, %u", paper[i].n, mean->mean_distance, mean->min_distance,
                      least->mean_distance, least->min_distance);
      g_assert_cmpfloat (mean->mean_distance, >=, paper[i].mean - 0.005);
      g_assert_cmpuint (least->min_distance, >=, paper[i].least);
      g_assert_cmpuint (least->min_distance, >=, mean->min_distance);
      g_assert_cmpfloat (mean->mean_distance, >=, least->mean_distance - 1e-9);
    }
}

static void
twenty_four_of_four_tiles_are_all_there_are (void)
{
  for (guint criterion = 0; criterion < 2; criterion++)
    {
      g_autoptr (SmaltiPermutationSet) set = smalti_permutation_set_new (4, 24, criterion, 7, NULL);

      assert_sound (set);
      g_assert_cmpuint (set->n, ==, 24);
    }
}

static void
more_than_there_are_is_a_mistake (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiPermutationSet) set = smalti_permutation_set_new (4, 25, SMALTI_CRITERION_MAX_AVG, 1, &error);

  g_assert_null (set);
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "24"));
}

static void
the_seed_decides_and_nothing_else (void)
{
  g_autoptr (SmaltiPermutationSet) one = smalti_permutation_set_new (9, 50, SMALTI_CRITERION_MAX_AVG, 1, NULL);
  g_autoptr (SmaltiPermutationSet) again = smalti_permutation_set_new (9, 50, SMALTI_CRITERION_MAX_AVG, 1, NULL);
  g_autoptr (SmaltiPermutationSet) two = smalti_permutation_set_new (9, 50, SMALTI_CRITERION_MAX_AVG, 2, NULL);
  g_autoptr (SmaltiPermutationSet) fewer = smalti_permutation_set_new (9, 20, SMALTI_CRITERION_MAX_AVG, 1, NULL);

  g_assert_cmpmem (one->tile, 50 * 9, again->tile, 50 * 9);
  g_assert_cmpint (memcmp (one->tile, two->tile, 50 * 9), !=, 0);
  g_assert_cmpmem (fewer->tile, 20 * 9, one->tile, 20 * 9); /* greedy: a smaller set is the beginning of a larger one */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/permutations/paper", sets_lie_as_far_apart_as_the_paper_s);
  g_test_add_func ("/permutations/all-of-four", twenty_four_of_four_tiles_are_all_there_are);
  g_test_add_func ("/permutations/too-many", more_than_there_are_is_a_mistake);
  g_test_add_func ("/permutations/seed", the_seed_decides_and_nothing_else);
  return g_test_run ();
}
