/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "tests/optim/quadratic.h"

#define WITH(...) quadratic_new ("cpu", 1, 1, NULL, __VA_ARGS__, NULL)

static void
assert_lr (Quadratic *quadratic, guint64 step, gdouble lr)
{
  g_assert_cmpfloat_with_epsilon (smalti_optimizer_lr (quadratic->optimizer, step) / lr, 1, 1e-6);
}

static void
a_constant_is_constant (void)
{
  g_auto (Quadratic) q = WITH ("schedule", "constant", "lr", "0.3", "warmup", "0");

  quadratic_optimize (&q, 32, 10);
  assert_lr (&q, 0, 0.3);
  assert_lr (&q, 9, 0.3);
  assert_lr (&q, 1000, 0.3);
}

static void
lr_follows_the_batch_when_its_own_is_given (void)
{
  g_auto (Quadratic) q = WITH ("schedule", "constant", "lr", "0.1", "warmup", "0", "lr_batch", "256");

  quadratic_optimize (&q, 32, 10);
  assert_lr (&q, 0, 0.0125);
}

static void
steps_fall_at_their_fractions_of_the_run (void)
{
  g_auto (Quadratic) q = WITH ("schedule", "step", "lr", "1", "warmup", "0", "steps", "[0.3, 0.7]", "gamma", "0.5");

  quadratic_optimize (&q, 32, 10);
  assert_lr (&q, 2, 1);
  assert_lr (&q, 3, 0.5);
  assert_lr (&q, 6, 0.5);
  assert_lr (&q, 7, 0.25); /* 0.7 * 10 is a little more than 7 in binary */
  assert_lr (&q, 9, 0.25);
}

/* At a change of its length a run goes on where it is, evenly to the new end: no jump. */
static void
another_length_goes_on_where_it_is (void)
{
  g_auto (Quadratic) q = WITH ("schedule", "cosine", "lr", "2", "warmup", "0.1", "final_lr", "0");
  gdouble before;

  quadratic_optimize (&q, 32, 100);
  before = smalti_optimizer_lr (q.optimizer, 55);
  g_assert_cmpfloat_with_epsilon (smalti_optimizer_place (q.optimizer, 55), 0.55, 1e-12);
  smalti_optimizer_replan (q.optimizer, q.values, 32, 160, 55, 0.55 * 160);
  assert_lr (&q, 55, before);
  g_assert_cmpfloat_with_epsilon (smalti_optimizer_place (q.optimizer, 125), 0.85, 1e-12); /* two thirds of the way */
  g_assert_cmpfloat_with_epsilon (smalti_optimizer_lr (q.optimizer, 160), 0, 1e-9);
  smalti_optimizer_replan (q.optimizer, q.values, 32, 55, 55, 55); /* it ends here */
  g_assert_cmpfloat_with_epsilon (smalti_optimizer_place (q.optimizer, 55), 1, 1e-12);
}

static void
replanned_as_it_was_is_the_same_to_the_bit (void)
{
  g_auto (Quadratic) q = WITH ("schedule", "cosine", "lr", "0.3", "warmup", "0.05");
  gfloat before[97];

  quadratic_optimize (&q, 32, 97);
  for (guint i = 0; i < 97; i++)
    before[i] = smalti_optimizer_lr (q.optimizer, i);
  smalti_optimizer_replan (q.optimizer, q.values, 32, 97, 0, 0);
  for (guint i = 0; i < 97; i++)
    g_assert_cmpfloat (smalti_optimizer_lr (q.optimizer, i), ==, before[i]);
}

static void
a_cosine_goes_from_lr_to_its_end (void)
{
  g_auto (Quadratic) q = WITH ("schedule", "cosine", "lr", "2", "warmup", "0", "final_lr", "0.1");

  quadratic_optimize (&q, 32, 100);
  assert_lr (&q, 0, 2);
  assert_lr (&q, 50, 1.1); /* half way between 2 and 0.2 */
  assert_lr (&q, 25, 0.2 + 1.8 * (1 + sqrt (0.5)) / 2);
  assert_lr (&q, 100, 0.2);
  assert_lr (&q, 200, 0.2); /* beyond the run it stays */
}

static void
a_cosine_begins_where_the_warm_up_ends (void)
{
  g_auto (Quadratic) q = WITH ("schedule", "cosine", "lr", "1", "warmup", "0.2", "warmup_lr", "0.5", "final_lr", "0");

  quadratic_optimize (&q, 32, 100);
  assert_lr (&q, 0, 0.5);
  assert_lr (&q, 10, 0.75);
  assert_lr (&q, 20, 1);
  assert_lr (&q, 60, 0.5);
}

static void
a_run_that_is_all_warm_up_rises_to_its_end (void)
{
  g_auto (Quadratic) q = WITH ("schedule", "cosine", "lr", "1", "warmup", "1", "warmup_lr", "0.5");

  quadratic_optimize (&q, 32, 10);
  assert_lr (&q, 0, 0.5);
  assert_lr (&q, 5, 0.75);
  assert_lr (&q, 10, 1);
}

/* Jigsaw of the model zoo: 105 epochs, base lr 0.1 at a batch of 256, linear warm-up over the first 4.76 % from a
 * quarter, then a tenth at epochs 30, 60, 90 and 100. Here epochs of 100 steps and a batch of 512. */
static void
vissl_s_jigsaw_schedule_is_reproduced (void)
{
  g_auto (Quadratic) q = WITH ("schedule", "step", "lr", "0.1", "lr_batch", "256", "warmup", "0.0476", "warmup_lr",
                               "0.25", "steps", "[0.285714, 0.571429, 0.857143, 0.952381]", "gamma", "0.1");
  const gint64 epoch = 100;

  quadratic_optimize (&q, 512, 105 * epoch);
  assert_lr (&q, 0, 0.05);
  assert_lr (&q, 5 * epoch / 2, 0.125);
  assert_lr (&q, 5 * epoch, 0.2);
  assert_lr (&q, 30 * epoch - 1, 0.2);
  assert_lr (&q, 30 * epoch, 0.02);
  assert_lr (&q, 60 * epoch - 1, 0.02);
  assert_lr (&q, 60 * epoch, 0.002);
  assert_lr (&q, 90 * epoch, 0.0002);
  assert_lr (&q, 100 * epoch - 1, 0.0002);
  assert_lr (&q, 100 * epoch, 0.00002);
  assert_lr (&q, 105 * epoch - 1, 0.00002);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schedule/constant", a_constant_is_constant);
  g_test_add_func ("/schedule/batch", lr_follows_the_batch_when_its_own_is_given);
  g_test_add_func ("/schedule/step", steps_fall_at_their_fractions_of_the_run);
  g_test_add_func ("/schedule/cosine", a_cosine_goes_from_lr_to_its_end);
  g_test_add_func ("/schedule/cosine-after-warm-up", a_cosine_begins_where_the_warm_up_ends);
  g_test_add_func ("/schedule/only-warm-up", a_run_that_is_all_warm_up_rises_to_its_end);
  g_test_add_func ("/schedule/vissl-jigsaw", vissl_s_jigsaw_schedule_is_reproduced);
  g_test_add_func ("/schedule/another-length", another_length_goes_on_where_it_is);
  g_test_add_func ("/schedule/replanned", replanned_as_it_was_is_the_same_to_the_bit);
  return g_test_run ();
}
