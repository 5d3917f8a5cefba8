/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/random.h"
#include "core/graph/plan.h"

static gsize
aligned (gsize n)
{
  return (n + 63) / 64 * 64;
}

/* Bytes alive at the busiest step: no plan needs less. */
static gsize
lower_bound (const SmaltiPlanItem *items, guint n_items, guint n_steps)
{
  gsize bound = 0;

  for (guint step = 0; step < n_steps; step++)
    {
      gsize alive = 0;

      for (guint i = 0; i < n_items; i++)
        if (items[i].first <= step && step <= items[i].last)
          alive += aligned (items[i].size);
      bound = MAX (bound, alive);
    }
  return bound;
}

static void
assert_valid (const SmaltiPlanItem *items, guint n_items, gsize peak)
{
  gsize end = 0;

  for (guint i = 0; i < n_items; i++)
    {
      g_assert_cmpuint (items[i].offset % 64, ==, 0);
      if (items[i].size == 0)
        g_assert_cmpuint (items[i].offset, ==, 0);
      else
        end = MAX (end, items[i].offset + aligned (items[i].size));
      for (guint j = 0; j < i; j++)
        {
          gboolean meet = items[i].first <= items[j].last && items[j].first <= items[i].last;
          gboolean overlap
              = items[i].offset < items[j].offset + items[j].size && items[j].offset < items[i].offset + items[i].size;

          g_assert_false (meet && overlap);
        }
    }
  g_assert_cmpuint (end, ==, peak);
}

static void
buffers_alive_together_never_overlap (void)
{
  for (guint trial = 0; trial < 200; trial++)
    {
      SmaltiPlanItem items[60];
      SmaltiRandom random;
      guint n, n_steps;
      gsize sum = 0, peak;

      smalti_random_init (&random, 1, SMALTI_STREAM_TEST, 0, trial);
      n = 1 + smalti_random_int (&random, G_N_ELEMENTS (items));
      n_steps = 1 + smalti_random_int (&random, 40);
      for (guint i = 0; i < n; i++)
        {
          guint first = smalti_random_int (&random, n_steps), length = smalti_random_int (&random, 6);
          gsize size = smalti_random_int (&random, 5000);

          items[i] = (SmaltiPlanItem){ size, first, MIN (first + length, n_steps - 1), 12345 };
          sum += aligned (size);
        }
      peak = smalti_plan_arena (items, n);
      assert_valid (items, n, peak);
      g_assert_cmpuint (peak, <=, sum);
      g_assert_cmpuint (peak, >=, lower_bound (items, n, n_steps));
    }
}

/* A network without branches: each buffer is read by the next step only, so two lie side by side at any time. */
static void
a_chain_needs_its_two_largest_neighbours (void)
{
  SmaltiPlanItem even[20], shrinking[20];

  for (guint i = 0; i < 20; i++)
    {
      even[i] = (SmaltiPlanItem){ 640, i, i + 1, 0 };
      shrinking[i] = (SmaltiPlanItem){ (20 - i) * 1000, i, i + 1, 0 };
    }
  g_assert_cmpuint (smalti_plan_arena (even, 20), ==, 2 * 640);
  g_assert_cmpuint (smalti_plan_arena (shrinking, 20), ==, aligned (20000) + aligned (19000));
  assert_valid (shrinking, 20, aligned (20000) + aligned (19000));
}

/* Training: what forward step i makes is read again by backward step 2n - 1 - i. All of it is alive in the middle. */
static void
nested_lives_need_exactly_their_sum (void)
{
  SmaltiPlanItem items[30];
  gsize sum = 0;

  for (guint i = 0; i < 30; i++)
    {
      items[i] = (SmaltiPlanItem){ 100 + 37 * i, i, 59 - i, 0 };
      sum += aligned (items[i].size);
    }
  g_assert_cmpuint (smalti_plan_arena (items, 30), ==, sum);
}

static void
a_small_buffer_fills_the_lowest_gap (void)
{
  /* 1024 at 0 and 512 behind it at step 0; at step 1 the first is gone, and 128 takes its place */
  SmaltiPlanItem items[] = { { 512, 0, 1, 0 }, { 128, 1, 1, 0 }, { 1024, 0, 0, 0 } };

  g_assert_cmpuint (smalti_plan_arena (items, 3), ==, 1536);
  g_assert_cmpuint (items[2].offset, ==, 0);
  g_assert_cmpuint (items[0].offset, ==, 1024);
  g_assert_cmpuint (items[1].offset, ==, 0);
}

static void
touching_lives_meet (void)
{
  SmaltiPlanItem touching[] = { { 64, 0, 1, 0 }, { 64, 1, 2, 0 } };
  SmaltiPlanItem apart[] = { { 64, 0, 1, 0 }, { 64, 2, 3, 0 } };

  g_assert_cmpuint (smalti_plan_arena (touching, 2), ==, 128);
  g_assert_cmpuint (smalti_plan_arena (apart, 2), ==, 64);
}

static void
nothing_needs_nothing (void)
{
  SmaltiPlanItem empty = { 0, 0, 5, 77 }, one = { 1, 3, 3, 77 };

  g_assert_cmpuint (smalti_plan_arena (NULL, 0), ==, 0);
  g_assert_cmpuint (smalti_plan_arena (&empty, 1), ==, 0);
  g_assert_cmpuint (empty.offset, ==, 0);
  g_assert_cmpuint (smalti_plan_arena (&one, 1), ==, 64);
  g_assert_cmpuint (one.offset, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan/overlap", buffers_alive_together_never_overlap);
  g_test_add_func ("/plan/chain", a_chain_needs_its_two_largest_neighbours);
  g_test_add_func ("/plan/nested", nested_lives_need_exactly_their_sum);
  g_test_add_func ("/plan/gap", a_small_buffer_fills_the_lowest_gap);
  g_test_add_func ("/plan/touching", touching_lives_meet);
  g_test_add_func ("/plan/nothing", nothing_needs_nothing);
  return g_test_run ();
}
