/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ops/known.h"

#include <math.h>

#include "core/base/random.h"
#include "core/device/dropout.h"
#include "tests/ops/trial.h"

#define LN2 0.6931471805599453

/* A row of numbers as a source. */
#define NUMBERS(...) (const gdouble[]){ __VA_ARGS__ }, sizeof ((gdouble[]){ __VA_ARGS__ }) / sizeof (gdouble)

static void
assert_holds (Run *run, SmaltiValue *value, const gdouble *numbers, gint64 n)
{
  g_autoptr (SmaltiTensor) tensor = run_read (run, value);
  const gdouble *x = tensor->data;

  g_assert_cmpint (smalti_tensor_size (tensor), ==, n);
  for (gint64 i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (x[i], numbers[i], 1e-6);
}

static void
start (Run *run, const Trial *trial, gconstpointer device)
{
  g_autoptr (GError) error = NULL;

  run_init (run, trial, (SmaltiDevice *)device, SMALTI_PRECISION_F32, &error);
  g_assert_no_error (error);
  run_write (run);
  run_go (run);
}

/* Forward only: what @y is. */
static void
assert_gives (Trial *trial, gconstpointer device, SmaltiValue *y, const gdouble *numbers, gint64 n)
{
  g_auto (Run) run = { 0 };

  trial_finish (trial, y, FALSE, TRUE);
  start (&run, trial, device);
  assert_holds (&run, y, numbers, n);
}

static SmaltiValue *
row (Trial *trial, const char *name, const gdouble *numbers, gint64 n)
{
  SmaltiValue *value = trial_input (trial, name, SMALTI_CLASS_ACTIVATION, SMALTI_SHAPE (1, 1, 1, n), DATA_ZERO, 0);

  trial_set (trial, value, numbers, n);
  return value;
}

static SmaltiValue *
row_kernel (Trial *trial, const gdouble *numbers, gint64 n)
{
  SmaltiValue *value = trial_param (trial, "w", SMALTI_SHAPE (1, 1, 1, n), DATA_ZERO);

  trial_set (trial, value, numbers, n);
  return value;
}

/* (1, n): one position of n classes or channels. */
static SmaltiValue *
channels (Trial *trial, SmaltiValueClass klass, const gdouble *numbers, gint64 n)
{
  SmaltiValue *value = trial_input (trial, "x", klass, SMALTI_SHAPE (1, n), DATA_ZERO, 0);

  trial_set (trial, value, numbers, n);
  return value;
}

static SmaltiWindow
row_window (gint kernel, gint stride, gint padding, gint dilation)
{
  return (SmaltiWindow){ .kernel = { 1, kernel },
                         .stride = { 1, stride },
                         .padding = { 0, padding },
                         .dilation = { 1, dilation },
                         .groups = 1 };
}

static void
convolution_slides_without_turning_the_kernel (gconstpointer device)
{
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (Trial) trial = trial_new ("conv", TRUE, FALSE);
      SmaltiValue *x = row (trial, "x", NUMBERS (1, 2, 3, 4, 5));
      SmaltiValue *w = row_kernel (trial, NUMBERS (1, 2, -1));
      SmaltiValue *y = smalti_conv (trial->graph, "conv", x, w, NULL,
                                    i == 0   ? row_window (3, 1, 0, 1)
                                    : i == 1 ? row_window (3, 2, 1, 1)
                                             : row_window (3, 1, 0, 2));

      if (i == 0)
        assert_gives (trial, device, y, NUMBERS (2, 4, 6));
      else if (i == 1)
        assert_gives (trial, device, y, NUMBERS (0, 4, 14));
      else
        assert_gives (trial, device, y, NUMBERS (2));
    }
}

static void
transposed_convolution_lays_kernels_down (gconstpointer device)
{
  g_autoptr (Trial) trial = trial_new ("conv-transpose", TRUE, FALSE);
  SmaltiValue *x = row (trial, "x", NUMBERS (1, 2));
  SmaltiValue *w = row_kernel (trial, NUMBERS (1, 2, 3));

  assert_gives (trial, device, smalti_conv_transpose (trial->graph, "conv", x, w, NULL, row_window (3, 2, 0, 1)),
                NUMBERS (1, 2, 5, 4, 6));
}

static void
matrix_product_is_rows_by_columns (gconstpointer device)
{
  g_autoptr (Trial) trial = trial_new ("matmul", TRUE, FALSE);
  SmaltiValue *a = trial_input (trial, "a", SMALTI_CLASS_F32, SMALTI_SHAPE (2, 3), DATA_ZERO, 0);
  SmaltiValue *b = trial_input (trial, "b", SMALTI_CLASS_F32, SMALTI_SHAPE (3, 2), DATA_ZERO, 0);

  trial_set (trial, a, NUMBERS (1, 2, 3, 4, 5, 6));
  trial_set (trial, b, NUMBERS (1, 0, 0, 1, 1, -1));
  assert_gives (trial, device, smalti_matmul (trial->graph, "product", a, b, FALSE, FALSE), NUMBERS (4, -1, 10, -1));
}

/* x of mean 2.5, variance 1.25, unbiased 5 / 3; a momentum of 0.5 meets running values of 0.5 and 1. */
static void
batch_norm_keeps_the_unbiased_variance (gconstpointer device)
{
  g_autoptr (Trial) trial = trial_new ("batch-norm", TRUE, FALSE);
  SmaltiValue *x = row (trial, "x", NUMBERS (1, 2, 3, 4));
  SmaltiValue *gamma = trial_param (trial, "gamma", SMALTI_SHAPE (1), DATA_ZERO);
  SmaltiValue *beta = trial_param (trial, "beta", SMALTI_SHAPE (1), DATA_ZERO);
  SmaltiValue *mean = trial_state (trial, "mean", SMALTI_SHAPE (1), DATA_ZERO);
  SmaltiValue *var = trial_state (trial, "var", SMALTI_SHAPE (1), DATA_ZERO);
  const gdouble s = sqrt (1.25);
  g_auto (Run) run = { 0 };
  SmaltiValue *y;

  trial_set (trial, gamma, NUMBERS (2));
  trial_set (trial, beta, NUMBERS (1));
  trial_set (trial, mean, NUMBERS (0.5));
  trial_set (trial, var, NUMBERS (1));
  y = smalti_batch_norm (trial->graph, "norm", x, gamma, beta, mean, var, 1e-12f, 0.5f);
  trial_finish (trial, y, FALSE, TRUE);
  start (&run, trial, device);
  assert_holds (&run, y, NUMBERS (1 - 3 / s, 1 - 1 / s, 1 + 1 / s, 1 + 3 / s));
  assert_holds (&run, y->producer->output[1], NUMBERS (2.5));
  assert_holds (&run, y->producer->output[2], NUMBERS (1 / s));
  assert_holds (&run, mean, NUMBERS (1.5));
  assert_holds (&run, var, NUMBERS (0.5 + 5.0 / 6));
}

/* alpha / size = 1, beta = 1, k = 1: x / (1 + squares of the neighbours). */
static void
response_norm_sums_a_window_of_channels (gconstpointer device)
{
  for (gint size = 2; size <= 3; size++)
    {
      g_autoptr (Trial) trial = trial_new ("lrn", TRUE, FALSE);
      SmaltiValue *x = trial_input (trial, "x", SMALTI_CLASS_ACTIVATION, SMALTI_SHAPE (1, 3, 1, 1), DATA_ZERO, 0);
      SmaltiValue *y = smalti_lrn (trial->graph, "lrn", x, size, size, 1, 1);

      trial_set (trial, x, NUMBERS (1, 2, 3));
      if (size == 2)
        assert_gives (trial, device, y, NUMBERS (1.0 / 2, 2.0 / 6, 3.0 / 14));
      else
        assert_gives (trial, device, y, NUMBERS (1.0 / 6, 2.0 / 15, 3.0 / 14));
    }
}

static void
max_pool_tells_the_first_of_equals (gconstpointer device)
{
  g_autoptr (Trial) trial = trial_new ("max-pool", TRUE, FALSE);
  SmaltiValue *x = row (trial, "x", NUMBERS (3, 3, 1, -2, -5));
  SmaltiWindow window = row_window (2, 2, 0, 1);
  g_auto (Run) run = { 0 };
  SmaltiValue *y;

  window.ceil_mode = TRUE;
  y = smalti_max_pool (trial->graph, "pool", x, window);
  trial_finish (trial, y, FALSE, TRUE);
  start (&run, trial, device);
  assert_holds (&run, y, NUMBERS (3, 1, -5));
  assert_holds (&run, y->producer->output[1], NUMBERS (0, 2, 4));
}

static void
average_pool_counts_only_what_is_there (gconstpointer device)
{
  g_autoptr (Trial) trial = trial_new ("avg-pool", TRUE, FALSE);
  SmaltiValue *x = row (trial, "x", NUMBERS (2, 4, 6, 8));

  assert_gives (trial, device, smalti_avg_pool (trial->graph, "pool", x, row_window (2, 2, 1, 1)), NUMBERS (2, 5, 8));
}

static void
adaptive_cells_overlap_where_they_must (gconstpointer device)
{
  g_autoptr (Trial) trial = trial_new ("adaptive", TRUE, FALSE);
  SmaltiValue *x = row (trial, "x", NUMBERS (1, 2, 3, 4, 5));

  assert_gives (trial, device, smalti_adaptive_avg_pool (trial->graph, "pool", x, 1, 3), NUMBERS (1.5, 3, 4.5));
}

static void
bilinear_upsampling_meets_at_half_pixels (gconstpointer device)
{
  g_autoptr (Trial) trial = trial_new ("upsample", TRUE, FALSE);
  SmaltiValue *x = row (trial, "x", NUMBERS (0, 4));

  assert_gives (trial, device, smalti_upsample (trial->graph, "larger", x, 2, TRUE), NUMBERS (0, 1, 3, 4, 0, 1, 3, 4));
}

/* 1, 2 and 3 over 6. */
static void
softmax_gives_shares (gconstpointer device)
{
  g_autoptr (Trial) trial = trial_new ("softmax", TRUE, FALSE);
  SmaltiValue *x = channels (trial, SMALTI_CLASS_F32, NUMBERS (0, LN2, log (3)));

  assert_gives (trial, device, smalti_softmax (trial->graph, "softmax", x, 1), NUMBERS (1.0 / 6, 2.0 / 6, 3.0 / 6));
}

static void
cross_entropy_of_shares_is_their_logarithm (gconstpointer device)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (Trial) trial = trial_new ("cross-entropy", TRUE, FALSE);
      SmaltiValue *x = channels (trial, SMALTI_CLASS_F32, NUMBERS (0, LN2, log (3)));
      SmaltiValue *target = trial_constant (trial, "target", SMALTI_CLASS_I32, SMALTI_SHAPE (1), DATA_NO_INDEX, 3);
      SmaltiCrossEntropyAttr attr = { .target = SMALTI_TARGET_INDEX, .label_smoothing = i == 0 ? 0 : 0.3f };
      SmaltiValue *y = smalti_cross_entropy (trial->graph, "entropy", x, target, NULL, NULL, attr);

      trial_set (trial, target, NUMBERS (2));
      if (i == 0)
        assert_gives (trial, device, y, NUMBERS (LN2));
      else
        assert_gives (trial, device, y, NUMBERS (0.8 * LN2 + 0.1 * log (3) + 0.1 * log (6)));
    }
}

static void
unit_vectors_keep_their_direction (gconstpointer device)
{
  g_autoptr (Trial) trial = trial_new ("l2", TRUE, FALSE);
  SmaltiValue *x = channels (trial, SMALTI_CLASS_ACTIVATION, NUMBERS (3, -4));

  assert_gives (trial, device, smalti_l2_normalize (trial->graph, "unit", x, 1e-12f), NUMBERS (0.6, -0.8));
}

/* Of the targets 0 to 3 of the same logits, 2 is first, and 0 comes before its equal 3. */
static void
equal_logits_are_ranked_by_index (gconstpointer device)
{
  for (gint k = 1; k <= 4; k++)
    {
      g_autoptr (Trial) trial = trial_new ("correct", TRUE, FALSE);
      SmaltiValue *x = trial_constant (trial, "x", SMALTI_CLASS_F32, SMALTI_SHAPE (3, 4), DATA_ZERO, 0);
      SmaltiValue *target = trial_constant (trial, "target", SMALTI_CLASS_I32, SMALTI_SHAPE (3), DATA_NO_INDEX, 4);

      trial_set (trial, x, NUMBERS (1, 0, 2, 1, 1, 0, 2, 1, 1, 0, 2, 1));
      trial_set (trial, target, NUMBERS (0, 3, 1));
      assert_gives (trial, device, smalti_correct (trial->graph, "right", x, target, k), NUMBERS (k - 1));
    }
}

static void
what_is_not_a_number_is_never_right (gconstpointer device)
{
  g_autoptr (Trial) trial = trial_new ("nan", TRUE, FALSE);
  SmaltiValue *x = trial_constant (trial, "x", SMALTI_CLASS_F32, SMALTI_SHAPE (2, 3), DATA_ZERO, 0);
  SmaltiValue *target = trial_constant (trial, "target", SMALTI_CLASS_I32, SMALTI_SHAPE (2), DATA_NO_INDEX, 3);

  trial_set (trial, x, NUMBERS (NAN, NAN, NAN, 0, NAN, 1));
  trial_set (trial, target, NUMBERS (0, 2));
  assert_gives (trial, device, smalti_correct (trial->graph, "right", x, target, 1), NUMBERS (1));
}

/* Of 4000 elements with p = 0.25; four deviations are 110. What is kept is the same in the gradient. */
static void
dropout_keeps_its_share_and_its_mask (gconstpointer device)
{
  g_autoptr (Trial) trial = trial_new ("dropout", TRUE, FALSE);
  SmaltiValue *x = trial_input (trial, "x", SMALTI_CLASS_ACTIVATION, SMALTI_SHAPE (2, 5, 20, 20), DATA_POSITIVE, 0);
  SmaltiValue *y = smalti_dropout (trial->graph, "dropout", x, 0.25f);
  g_autoptr (SmaltiTensor) out = NULL, gradient = NULL;
  g_auto (Run) run = { 0 };
  gint n_kept = 0;

  trial_finish (trial, y, FALSE, FALSE);
  start (&run, trial, device);
  out = run_read (&run, y);
  gradient = run_read (&run, smalti_graph_gradient (trial->graph, x));
  for (gint64 i = 0; i < smalti_tensor_size (out); i++)
    {
      n_kept += ((gdouble *)out->data)[i] > 0;
      g_assert_cmpint (((gdouble *)out->data)[i] == 0, ==, ((gdouble *)gradient->data)[i] == 0);
    }
  g_assert_cmpint (n_kept, >, 3000 - 110);
  g_assert_cmpint (n_kept, <, 3000 + 110);
}

/* A mask must change with each of what it depends on. */
static void
dropout_masks_differ_by_seed_step_and_stream (void)
{
  const SmaltiRunContext contexts[] = { { 1, 1 }, { 2, 1 }, { 1, 2 }, { 1, G_GUINT64_CONSTANT (1) << 32 }, { 1, 1 } };
  guint n_equal[G_N_ELEMENTS (contexts)] = { 0 };

  for (guint c = 0; c < G_N_ELEMENTS (contexts); c++)
    for (gint64 i = 0; i < 1000; i++)
      n_equal[c] += smalti_dropout_keeps (&contexts[0], 0, i, 0.5f)
                    == smalti_dropout_keeps (&contexts[c], c == 4 ? 1 : 0, i, 0.5f);
  g_assert_cmpuint (n_equal[0], ==, 1000);
  for (guint c = 1; c < G_N_ELEMENTS (contexts); c++)
    {
      g_assert_cmpuint (n_equal[c], >, 400);
      g_assert_cmpuint (n_equal[c], <, 600);
    }
}

void
known_add (SmaltiDevice *reference, SmaltiDevice *device)
{
  const struct
  {
    const char *name;
    GTestDataFunc function;
  } tests[] = {
    { "conv", convolution_slides_without_turning_the_kernel },
    { "conv-transpose", transposed_convolution_lays_kernels_down },
    { "matmul", matrix_product_is_rows_by_columns },
    { "batch-norm", batch_norm_keeps_the_unbiased_variance },
    { "lrn", response_norm_sums_a_window_of_channels },
    { "max-pool", max_pool_tells_the_first_of_equals },
    { "avg-pool", average_pool_counts_only_what_is_there },
    { "adaptive-avg-pool", adaptive_cells_overlap_where_they_must },
    { "upsample", bilinear_upsampling_meets_at_half_pixels },
    { "softmax", softmax_gives_shares },
    { "cross-entropy", cross_entropy_of_shares_is_their_logarithm },
    { "l2-normalize", unit_vectors_keep_their_direction },
    { "correct", equal_logits_are_ranked_by_index },
    { "correct-not-a-number", what_is_not_a_number_is_never_right },
    { "dropout", dropout_keeps_its_share_and_its_mask },
  };
  SmaltiDevice *devices[] = { reference, device };

  for (guint d = 0; d < G_N_ELEMENTS (devices); d++)
    for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
      {
        g_autofree char *path = g_strdup_printf ("/ops/%s/known/%s", devices[d]->klass->id, tests[i].name);

        if (d == 0 || device->klass != reference->klass)
          g_test_add_data_func (path, devices[d], tests[i].function);
      }
  g_test_add_func ("/ops/dropout/masks", dropout_masks_differ_by_seed_step_and_stream);
}
