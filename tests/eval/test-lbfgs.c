/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "core/base/error.h"
#include "core/eval/lbfgs.h"

static const SmaltiLbfgsOptions precise = { .history = 10, .max_iterations = 500, .gradient_tolerance = 2e-8 };

/* Nocedal & Wright 2006, example 2.1, in as many pairs of variables as there are: minimum 0 where all are 1. */
static gdouble
rosenbrock (const gfloat *x, gfloat *gradient, gpointer n)
{
  gdouble sum = 0;

  for (guint i = 0; i < GPOINTER_TO_UINT (n); i += 2)
    {
      gdouble a = 1 - x[i], b = x[i + 1] - (gdouble)x[i] * x[i];

      sum += a * a + 100 * b * b;
      gradient[i] = -2 * a - 400 * x[i] * b;
      gradient[i + 1] = 200 * b;
    }
  return sum;
}

static void
curved_valleys_are_followed_to_the_end (void)
{
  gfloat x[20];
  g_autoptr (GError) error = NULL;
  SmaltiLbfgsResult result;

  for (guint i = 0; i < 20; i += 2)
    {
      x[i] = -1.2f;
      x[i + 1] = 1;
    }
  smalti_lbfgs_minimize (x, 20, rosenbrock, GUINT_TO_POINTER (20), &precise, &result, &error);
  g_assert_no_error (error);
  g_assert_true (result.converged);
  g_assert_cmpuint (result.n_iterations, <, 100);
  for (guint i = 0; i < 20; i++)
    g_assert_cmpfloat_with_epsilon (x[i], 1, 1e-3);
}

/* sum of (i + 1) (x_i - i)^2 / 2: condition 100. */
static gdouble
quadratic (const gfloat *x, gfloat *gradient, gpointer n_calls)
{
  gdouble sum = 0;

  (*(guint *)n_calls)++;
  for (guint i = 0; i < 100; i++)
    {
      gdouble off = x[i] - (gdouble)i;

      gradient[i] = (i + 1) * off;
      sum += gradient[i] * off / 2;
    }
  return sum;
}

static void
a_step_costs_little_more_than_one_evaluation (void)
{
  gfloat x[100] = { 0 };
  guint n_calls = 0;
  g_autoptr (GError) error = NULL;
  SmaltiLbfgsResult result;

  smalti_lbfgs_minimize (x, 100, quadratic, &n_calls, &precise, &result, &error);
  g_assert_no_error (error);
  g_assert_true (result.converged);
  g_assert_cmpuint (result.n_evaluations, ==, n_calls);
  g_assert_cmpuint (n_calls, <, 1.3 * result.n_iterations + 10);
  for (guint i = 0; i < 100; i++)
    g_assert_cmpfloat_with_epsilon (x[i], i, 1e-3);
}

/* Finite on one side only: -log x + x, minimum at 1. */
static gdouble
barrier (const gfloat *x, gfloat *gradient, gpointer user_data)
{
  gradient[0] = 1 - 1 / x[0];
  return x[0] - log (x[0]);
}

static void
what_is_not_a_number_is_stepped_back_from (void)
{
  gfloat x = 40;
  g_autoptr (GError) error = NULL;
  SmaltiLbfgsResult result;

  smalti_lbfgs_minimize (&x, 1, barrier, NULL, &precise, &result, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (x, 1, 1e-3);

  x = -1;
  g_assert_false (smalti_lbfgs_minimize (&x, 1, barrier, NULL, &precise, &result, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_DIVERGED);
}

static gboolean
cancel_at_3 (guint iteration, guint max_iterations, gpointer cancellable)
{
  if (iteration == 3)
    g_cancellable_cancel (cancellable);
  return TRUE;
}

static gboolean
end_at_4 (guint iteration, guint max_iterations, gpointer user_data)
{
  return iteration < 4;
}

static void
it_stops_between_iterations (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  SmaltiLbfgsOptions options = precise;
  gfloat x[100] = { 0 };
  guint n_calls = 0;
  g_autoptr (GError) error = NULL;
  SmaltiLbfgsResult result;

  options.cancellable = cancellable;
  options.goes_on = cancel_at_3;
  options.goes_on_data = cancellable;
  g_assert_false (smalti_lbfgs_minimize (x, 100, quadratic, &n_calls, &options, &result, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED);
  g_assert_cmpuint (result.n_iterations, ==, 3);

  g_clear_error (&error);
  options.goes_on = end_at_4;
  options.cancellable = NULL;
  smalti_lbfgs_minimize (x, 100, quadratic, &n_calls, &options, &result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result.n_iterations, ==, 4);
  g_assert_false (result.converged);
}

static void
too_few_iterations_are_no_convergence (void)
{
  SmaltiLbfgsOptions options = precise;
  gfloat x[100] = { 0 };
  guint n_calls = 0;
  g_autoptr (GError) error = NULL;
  SmaltiLbfgsResult result;

  options.max_iterations = 5;
  smalti_lbfgs_minimize (x, 100, quadratic, &n_calls, &options, &result, &error);
  g_assert_no_error (error);
  g_assert_false (result.converged);
  g_assert_cmpuint (result.n_iterations, ==, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lbfgs/curved-valleys", curved_valleys_are_followed_to_the_end);
  g_test_add_func ("/lbfgs/cost", a_step_costs_little_more_than_one_evaluation);
  g_test_add_func ("/lbfgs/not-a-number", what_is_not_a_number_is_stepped_back_from);
  g_test_add_func ("/lbfgs/stop", it_stops_between_iterations);
  g_test_add_func ("/lbfgs/too-few-iterations", too_few_iterations_are_no_convergence);
  return g_test_run ();
}
