/* SPDX-License-Identifier: Apache-2.0 */
/* Every operator, forward and gradient, on a device against the reference device; and the reference device against
 * differences of its own losses, so that it may be the oracle.
 *
 *   test-ops [--device cpu] [--filter conv] [--verbose]
 *
 * Two errors are measured over a tensor: the largest difference by the largest number, and the root of the mean squared
 * difference by that of the numbers; a tensor that is zero is compared as it is. Both must be below 1e-5 in f32 and
 * below 1e-2 in bf16, where the devices are given numbers that bf16 holds exactly: what differs is the arithmetic and
 * the rounding of what the operator writes (2^-9 of each number). Tests "in place" let an operator's inputs and output
 * share memory. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/random.h"
#include "tests/ops/cases.h"
#include "tests/ops/known.h"
#include "tests/ops/updates.h"

/* A case and its largest errors. */
typedef struct
{
  const char *path;
  SmaltiPrecision precision;
  gdouble forward, gradient;
} Line;

typedef struct
{
  const Case *subject;
  SmaltiPrecision precision;
  gboolean hidden;
} Comparison;

static SmaltiDevice *reference, *device;
static GArray *table; /* Line */

static const char *const precision_names[] = { [SMALTI_PRECISION_F32] = "f32", [SMALTI_PRECISION_BF16] = "bf16" };
static const gdouble limits[] = { [SMALTI_PRECISION_F32] = 1e-5, [SMALTI_PRECISION_BF16] = 1e-2 };

/* The larger of both errors; infinite where something is not a number. */
static gdouble
error_of (const SmaltiTensor *is, const SmaltiTensor *should_be)
{
  const gdouble *a = is->data, *b = should_be->data;
  const gint64 n = smalti_tensor_size (is);
  gdouble largest = 0, largest_difference = 0, squares = 0, squared_differences = 0;

  for (gint64 i = 0; i < n; i++)
    {
      const gdouble difference = fabs (a[i] - b[i]);

      if (!isfinite (difference))
        return INFINITY;
      largest = MAX (largest, fabs (b[i]));
      largest_difference = MAX (largest_difference, difference);
      squares += b[i] * b[i];
      squared_differences += difference * difference;
    }
  if (largest < 1e-12)
    return largest_difference;
  return MAX (largest_difference / largest, sqrt (squared_differences / squares));
}

/* Twice, the answers made unusable between: what a kernel does not write, or adds to what was there, shows. */
static void
run_twice (Run *run)
{
  run_write (run);
  run_go (run);
  run_poison (run);
  run_go (run);
}

static void
device_computes_what_the_reference_does (gconstpointer data)
{
  const Comparison *self = data;
  g_autoptr (Trial) trial = case_build (self->subject, self->hidden);
  g_auto (Run) should_be = { 0 }, is = { 0 };
  g_autoptr (GError) error = NULL;
  Line line = { self->subject->path, self->precision, 0, 0 };

  if (self->precision == SMALTI_PRECISION_BF16)
    trial_round_to_bf16 (trial);
  if (!run_init (&is, trial, device, self->precision, &error) && self->precision == SMALTI_PRECISION_BF16
      && !device->info.has_bf16 && g_error_matches (error, SMALTI_ERROR, SMALTI_ERROR_DEVICE))
    {
      g_test_skip (error->message);
      return;
    }
  g_assert_no_error (error);
  run_init (&should_be, trial, reference, self->precision, &error);
  g_assert_no_error (error);
  run_twice (&is);
  run_twice (&should_be);

  for (guint i = 0; i < trial->watched->len; i++)
    {
      const Watched *watched = &g_array_index (trial->watched, Watched, i);
      g_autoptr (SmaltiTensor) a = run_read (&is, watched->value), b = run_read (&should_be, watched->value);
      const gdouble relative = error_of (a, b);
      gdouble *worst = watched->is_gradient ? &line.gradient : &line.forward;

      if (!(relative < limits[self->precision]) || (watched->value->klass == SMALTI_CLASS_I32 && relative > 0))
        {
          g_test_message ("%s: error %.3g, limit %.0g", watched->label, relative, limits[self->precision]);
          g_test_fail ();
        }
      *worst = MAX (*worst, relative);
    }
  if (!self->hidden)
    g_array_append_val (table, line);
}

static gdouble
loss_with (Run *run, const Source *source, SmaltiTensor *tensor, gint64 i, gdouble x)
{
  gdouble *data = tensor->data, before = data[i];
  g_autoptr (SmaltiTensor) loss = NULL;

  data[i] = x;
  run_write_source (run, source, tensor);
  data[i] = before;
  run_go (run);
  loss = run_read (run, run->trial->loss);
  return *(gdouble *)loss->data;
}

/* At most this many elements of each source. */
#define MAX_PROBES 12

static void
check_gradient (Run *run, const Source *source, const Watched *watched, SmaltiRandom *random)
{
  g_autoptr (SmaltiTensor) gradient = run_read (run, watched->value);
  g_autoptr (SmaltiTensor) exact = smalti_tensor_convert (source->tensor, SMALTI_DTYPE_F64);
  const gdouble *g = gradient->data, *x = exact->data;
  const gint64 n = smalti_tensor_size (exact);
  const gdouble step = 1e-5;
  gdouble largest = 0;

  for (gint64 i = 0; i < n; i++)
    largest = MAX (largest, fabs (g[i]));
  for (gint64 probe = 0; probe < MIN (n, MAX_PROBES); probe++)
    {
      const gint64 i = n <= MAX_PROBES ? probe : smalti_random_int (random, n);
      const gdouble above = loss_with (run, source, exact, i, x[i] + step);
      const gdouble below = loss_with (run, source, exact, i, x[i] - step);
      const gdouble slope = (above - below) / (2 * step);

      if (!(fabs (slope - g[i]) <= 1e-6 * largest + 1e-9))
        {
          g_test_message ("%s[%" G_GINT64_FORMAT "] is %.10g, by differences %.10g", watched->label, i, g[i], slope);
          g_test_fail ();
        }
    }
  run_write_source (run, source, source->tensor);
}

static void
reference_gradients_are_those_of_differences (gconstpointer data)
{
  const Case *self = data;
  g_autoptr (Trial) trial = case_build (self, FALSE);
  g_auto (Run) run = { 0 };
  g_autoptr (GError) error = NULL;
  SmaltiRandom random;
  guint n = 0;

  smalti_random_init (&random, trial->seed, SMALTI_STREAM_TEST, 1, 0);
  run_init (&run, trial, reference, SMALTI_PRECISION_F32, &error);
  g_assert_no_error (error);
  run_write (&run);
  run_go (&run);
  for (guint w = 0; w < trial->watched->len; w++)
    for (guint s = 0; s < trial->sources->len; s++)
      {
        const Watched *watched = &g_array_index (trial->watched, Watched, w);
        const Source *source = &g_array_index (trial->sources, Source, s);

        if (!watched->is_gradient || watched->of != source->value)
          continue;
        check_gradient (&run, source, watched, &random);
        run_go (&run);
        n++;
      }
  g_assert_cmpuint (n, >, 0);
}

static gboolean
is_chosen (const char *filter, const char *path)
{
  return filter == NULL || strstr (path, filter) != NULL;
}

static void
add_comparisons (const char *filter, const char *name, SmaltiPrecision precision, gboolean hidden)
{
  for (guint i = 0; i < n_cases; i++)
    {
      g_autofree char *path = g_strdup_printf ("/ops/%s/%s/%s", device->klass->id, name, cases[i].path);
      Comparison *comparison;

      if (!is_chosen (filter, path))
        continue;
      comparison = g_new (Comparison, 1);
      *comparison = (Comparison){ &cases[i], precision, hidden };
      g_test_add_data_func_full (path, comparison, (GTestDataFunc)device_computes_what_the_reference_does, g_free);
    }
}

static void
add_differences (const char *filter)
{
  for (guint i = 0; i < n_cases; i++)
    {
      g_autofree char *path = g_strdup_printf ("/ops/reference/differences/%s", cases[i].path);

      if (is_chosen (filter, path) && !cases[i].forward_only && !cases[i].kinked && !cases[i].large)
        g_test_add_data_func (path, &cases[i], reference_gradients_are_those_of_differences);
    }
}

static void
print_table (void)
{
  printf ("# %-44s %-5s %10s %10s\n", "largest error of", "", "forward", "gradient");
  for (guint i = 0; i < table->len; i++)
    {
      const Line *line = &g_array_index (table, Line, i);

      printf ("# %-44s %-5s %10.2e %10.2e\n", line->path, precision_names[line->precision], line->forward,
              line->gradient);
    }
}

int
main (int argc, char **argv)
{
  g_autofree char *spec = NULL, *filter = NULL;
  const GOptionEntry entries[] = {
    { "device", 0, 0, G_OPTION_ARG_STRING, &spec, "Device that is tried", "DEVICE" },
    { "filter", 0, 0, G_OPTION_ARG_STRING, &filter, "Only tests with this in their path", "TEXT" },
    { 0 },
  };
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error))
    g_error ("%s", error->message);
  reference = smalti_device_open ("reference", 1, &error);
  g_assert_no_error (error);
  device = smalti_device_open (spec != NULL ? spec : "cpu", 0, &error);
  g_assert_no_error (error);
  table = g_array_new (FALSE, FALSE, sizeof (Line));

  printf ("# %s: %s\n", device->info.name, device->info.features);
  add_differences (filter);
  add_comparisons (filter, "f32", SMALTI_PRECISION_F32, FALSE);
  add_comparisons (filter, "f32-in-place", SMALTI_PRECISION_F32, TRUE);
  add_comparisons (filter, "bf16", SMALTI_PRECISION_BF16, FALSE);
  add_comparisons (filter, "bf16-in-place", SMALTI_PRECISION_BF16, TRUE);
  if (filter == NULL || is_chosen (filter, "/known"))
    known_add (reference, device);
  if (filter == NULL || is_chosen (filter, "/updates"))
    updates_add (reference, device);
  status = g_test_run ();
  if (g_test_verbose ())
    print_table ();
  g_array_unref (table);
  smalti_device_close (device);
  smalti_device_close (reference);
  return status;
}
