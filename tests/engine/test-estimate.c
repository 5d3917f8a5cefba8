/* SPDX-License-Identifier: Apache-2.0 */
/* What an estimate says is what the run then does: its memory to the byte, its steps to the number. */
#include <string.h>

#include "core/base/error.h"
#include "core/run/estimate-private.h"
#include "core/run/session-private.h"
#include "remove-tree.h"
#include "tiny-run.h"

static char *folder, *data_path;

static SmaltiEstimate *
plan (const SmaltiSpec *spec)
{
  g_autoptr (GError) error = NULL;
  SmaltiEstimate *estimate = smalti_estimate_new (spec, 0, &error);

  g_assert_no_error (error);
  return estimate;
}

static SmaltiEstimate *
measure (const SmaltiSpec *spec, SmaltiEstimateProgress progress, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  SmaltiEstimate *estimate = smalti_estimate_measure (spec, TRUE, NULL, progress, user_data, &error);

  g_assert_no_error (error);
  return estimate;
}

static void
assert_states_the_same (const SmaltiSpec *spec)
{
  g_autoptr (SmaltiEstimate) planned = plan (spec), measured = measure (spec, NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiSession) session = smalti_session_new (spec, NULL, NULL, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  smalti_session_make_optimizer (session, 10, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (planned->n_params, ==, smalti_weights_n_params (session->weights));
  g_assert_cmpint (measured->n_params, ==, planned->n_params);
  g_assert_cmpuint (planned->plan_bytes, ==, smalti_session_plan_bytes (session));
  g_assert_cmpuint (measured->plan_bytes, ==, planned->plan_bytes);
  g_assert_cmpuint (measured->loader_bytes, ==, smalti_session_loader_bytes (session));
  g_assert_cmpuint (planned->loader_bytes, <=, measured->loader_bytes);
  g_assert_cmpuint (measured->loader_bytes - planned->loader_bytes, <, 64 * measured->n_images + 64);
  g_assert_cmpuint (measured->steps_per_epoch, ==, session->steps_per_epoch);
  g_assert_cmpuint (measured->n_val_images, ==, session->n_val_items);
}

static void
an_estimate_states_the_memory_of_its_run (void)
{
  g_autoptr (SmaltiSpec) jigsaw = tiny_spec (data_path, "train.optimizer", "adamw", NULL);
  g_autoptr (SmaltiSpec) colorization
      = tiny_spec (data_path, "method.name", "colorization", "method.size", "32", "method.head_filters", "8", NULL);
  g_autoptr (SmaltiSpec) supervised
      = tiny_spec (data_path, "method.name", "supervised", "method.size", "32", "backbone.name", "resnet-small", NULL);

  assert_states_the_same (jigsaw);
  assert_states_the_same (colorization);
  assert_states_the_same (supervised);
}

static void
more_images_a_step_take_more_memory_and_no_more_parameters (void)
{
  g_autoptr (SmaltiSpec) few = tiny_spec (data_path, NULL);
  g_autoptr (SmaltiSpec) many = tiny_spec (data_path, "train.batch", "64", NULL);
  g_autoptr (SmaltiEstimate) one = plan (few), other = plan (many);

  g_assert_cmpint (one->n_params, ==, other->n_params);
  g_assert_cmpuint (other->plan_bytes, >, one->plan_bytes);
  g_assert_cmpuint (other->loader_bytes, >, one->loader_bytes);
  g_assert_cmpfloat_with_epsilon (other->flop, 8 * one->flop, 1e-6 * other->flop);
  g_assert_false (one->is_measured);
}

static SmaltiEstimate *
plan_within (const char *batch, guint64 available_bytes)
{
  const SmaltiEstimateData data = { .n_val_images = G_MAXUINT };
  g_autoptr (SmaltiSpec) spec = tiny_spec (data_path, "method.tile", "96", "train.batch", batch, NULL);
  SmaltiEstimate *estimate = g_new0 (SmaltiEstimate, 1);
  g_autoptr (GError) error = NULL;

  smalti_estimate_plan (estimate, spec, &data, available_bytes, &error);
  g_assert_no_error (error);
  return estimate;
}

static void
the_largest_batch_fits_and_one_more_does_not (void)
{
  static const guint64 available[] = { 64 << 20, 500 << 20, G_GUINT64_CONSTANT (3) << 30 };
  guint largest_before = 0;

  for (guint i = 0; i < G_N_ELEMENTS (available); i++)
    {
      g_autoptr (SmaltiEstimate) first = plan_within ("8", available[i]);
      g_autofree char *largest = g_strdup_printf ("%u", first->largest_batch);
      g_autofree char *larger = g_strdup_printf ("%u", first->largest_batch + 1);
      g_autoptr (SmaltiEstimate) fitting = plan_within (largest, available[i]);
      g_autoptr (SmaltiEstimate) too_large = plan_within (larger, available[i]);

      g_assert_cmpuint (first->largest_batch, >, largest_before);
      g_assert_true (fitting->fits);
      g_assert_false (too_large->fits);
      g_assert_cmpuint (too_large->largest_batch, ==, first->largest_batch); /* found from above, too */
      largest_before = first->largest_batch;
    }
}

static void
too_little_memory_for_one_image_is_no_batch (void)
{
  g_autoptr (SmaltiEstimate) estimate = plan_within ("8", 1 << 20);

  g_assert_false (estimate->fits);
  g_assert_cmpuint (estimate->largest_batch, ==, 0);
}

static void
count_calls (const char *text, guint64 done, guint64 total, gpointer user_data)
{
  guint *n = user_data;

  g_assert_cmpstr (text, !=, "");
  (*n)++;
}

static void
times_add_up (void)
{
  g_autoptr (SmaltiSpec) spec = tiny_spec (data_path, "train.epochs", "4", "train.validate_every", "2", NULL);
  guint n_told = 0;
  g_autoptr (SmaltiEstimate) estimate = measure (spec, count_calls, &n_told);
  gdouble step = MAX (estimate->step_seconds, 8 / estimate->loader_rate);

  g_assert_true (estimate->is_measured);
  g_assert_cmpuint (n_told, >, 3);
  g_assert_nonnull (estimate->device);
  g_assert_cmpuint (estimate->n_images, ==, 96);
  g_assert_cmpuint (estimate->steps_per_epoch, ==, 12);
  g_assert_cmpuint (estimate->n_steps, ==, 48);
  g_assert_cmpuint (estimate->n_timed, >, 0);
  g_assert_cmpfloat (estimate->step_seconds, >, 0);
  g_assert_cmpfloat (estimate->loader_rate, >, 0);
  g_assert_cmpfloat_with_epsilon (estimate->epoch_seconds, 12 * step, 1e-9);
  g_assert_cmpfloat_with_epsilon (estimate->total_seconds, 48 * step + 2 * estimate->validation_seconds, 1e-9);
}

static void
a_run_planned_by_time_takes_that_time (void)
{
  g_autoptr (SmaltiSpec) spec = tiny_spec (data_path, "train.minutes", "2", NULL);
  g_autoptr (SmaltiEstimate) estimate = measure (spec, NULL, NULL);

  g_assert_cmpfloat (estimate->total_seconds, ==, 120);
  g_assert_cmpfloat (estimate->n_steps * estimate->step_seconds, <=, 121);
  g_assert_cmpuint (estimate->n_steps, >, 48);
}

static void
random_weights_cost_no_steps (void)
{
  g_autoptr (SmaltiSpec) spec = tiny_spec (data_path, "method.name", "random", "method.size", "32", NULL);
  g_autoptr (SmaltiEstimate) estimate = measure (spec, NULL, NULL);

  g_assert_true (estimate->is_measured);
  g_assert_cmpint (estimate->n_params, >, 0);
  g_assert_cmpuint (estimate->n_steps, ==, 0);
  g_assert_cmpfloat (estimate->total_seconds, ==, 0);
}

static void
stop_at_first_step (const char *text, guint64 done, guint64 total, gpointer user_data)
{
  if (strcmp (text, "Timing steps") == 0)
    g_cancellable_cancel (user_data);
}

static void
a_measurement_can_be_stopped (void)
{
  g_autoptr (SmaltiSpec) spec = tiny_spec (data_path, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (smalti_estimate_measure (spec, FALSE, cancellable, stop_at_first_step, cancellable, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED);
}

static void
what_keeps_a_run_from_starting_is_told (void)
{
  g_autoptr (SmaltiSpec) nowhere = tiny_spec ("/nowhere/at/all", NULL);
  g_autoptr (SmaltiSpec) large = tiny_spec (data_path, "train.batch", "97", NULL);
  g_autoptr (SmaltiSpec) impossible = tiny_spec (data_path, "method.permutations", "25", NULL);
  g_autoptr (GError) no_folder = NULL, too_few = NULL, too_many = NULL;

  g_assert_null (smalti_estimate_measure (nowhere, FALSE, NULL, NULL, NULL, &no_folder));
  g_assert_error (no_folder, SMALTI_ERROR, SMALTI_ERROR_DATA);
  g_assert_null (smalti_estimate_measure (large, FALSE, NULL, NULL, NULL, &too_few));
  g_assert_error (too_few, SMALTI_ERROR, SMALTI_ERROR_DATA);
  g_assert_null (smalti_estimate_new (impossible, 0, &too_many));
  g_assert_error (too_many, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("smalti-test-XXXXXX", NULL);
  data_path = g_build_filename (folder, "data", NULL);
  tiny_write_sample (data_path);
  g_test_add_func ("/estimate/memory", an_estimate_states_the_memory_of_its_run);
  g_test_add_func ("/estimate/batch", more_images_a_step_take_more_memory_and_no_more_parameters);
  g_test_add_func ("/estimate/largest-batch", the_largest_batch_fits_and_one_more_does_not);
  g_test_add_func ("/estimate/no-batch", too_little_memory_for_one_image_is_no_batch);
  g_test_add_func ("/estimate/times", times_add_up);
  g_test_add_func ("/estimate/minutes", a_run_planned_by_time_takes_that_time);
  g_test_add_func ("/estimate/random", random_weights_cost_no_steps);
  g_test_add_func ("/estimate/stopped", a_measurement_can_be_stopped);
  g_test_add_func ("/estimate/mistakes", what_keeps_a_run_from_starting_is_told);
  status = g_test_run ();
  remove_tree (folder);
  return status;
}
