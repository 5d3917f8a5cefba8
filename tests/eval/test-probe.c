/* SPDX-License-Identifier: Apache-2.0 */
/* The linear probe against solutions found in other ways. */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "core/base/error.h"
#include "core/eval/benchmark.h"
#include "core/eval/softmax-regression.h"
#include "feature-set.h"

static SmaltiValues *
settings (const char *solver, const char *decay)
{
  SmaltiValues *values = smalti_values_new (smalti_eval_params);

  g_assert_true (smalti_values_set (values, "solver", solver, NULL));
  g_assert_true (smalti_values_set (values, "decay", decay, NULL));
  return values;
}

static SmaltiBenchmark *
probe (const SmaltiFeatureSet *train, const SmaltiFeatureSet *test, guint n_classes, const char *solver,
       const char *decay)
{
  g_autoptr (SmaltiValues) values = settings (solver, decay);
  g_autoptr (GError) error = NULL;
  SmaltiBenchmark *result = smalti_linear_probe (train, test, 0, n_classes, values, 1, NULL, &error);

  g_assert_no_error (error);
  return result;
}

static gfloat *
fit (const SmaltiFeatureSet *train, guint n_classes, gdouble decay)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiSoftmaxRegression) model
      = smalti_softmax_regression_new (&train->layer[0], train->label, n_classes, decay, &error);
  gfloat *classifier;

  g_assert_no_error (error);
  classifier = g_new0 (gfloat, smalti_softmax_regression_size (model));
  smalti_softmax_regression_fit_lbfgs (model, classifier, 1e-5, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return classifier;
}

static gdouble
sigmoid (gdouble x)
{
  return 1 / (1 + exp (-x));
}

/* One feature, which is 1 for three images of four of class 1 and -1 for the fourth; class 0 is its mirror image: mean
 * 0, deviation 1, no bias. With w between the two classes' weights +-w / 2, the loss is 3/4 log(1 + exp(-w)) + 1/4
 * log(1 + exp(w)) + decay w^2 / 4. */
static void
lbfgs_finds_what_bisection_finds (void)
{
  const gdouble decays[] = { 0.001, 0.1, 1 };
  g_autoptr (SmaltiFeatureSet) train = feature_set_new (400, 1, 1, 1);

  for (guint i = 0; i < train->n; i++)
    {
      train->label[i] = i % 2;
      *feature_set_row (train, i) = ((i / 2) % 4 == 0) == (i % 2 == 1) ? -1 : 1;
    }
  for (guint d = 0; d < G_N_ELEMENTS (decays); d++)
    {
      g_autofree gfloat *classifier = fit (train, 2, decays[d]);
      gdouble low = 0, high = 10;

      while (high - low > 1e-9)
        {
          gdouble w = (low + high) / 2, slope = -0.75 * sigmoid (-w) + 0.25 * sigmoid (w) + decays[d] * w / 2;

          if (slope < 0)
            low = w;
          else
            high = w;
        }
      g_assert_cmpfloat_with_epsilon (classifier[1], low / 2, 2e-4);
      g_assert_cmpfloat_with_epsilon (classifier[0], -low / 2, 2e-4);
      g_assert_cmpfloat_with_epsilon (classifier[2], classifier[3], 1e-4);
    }
}

/* Without a feature that varies, the biases alone: the classes' shares. */
static void
biases_alone_give_the_classes_shares (void)
{
  g_autoptr (SmaltiFeatureSet) train = feature_set_new (100, 2, 1, 1);
  g_autofree gfloat *classifier = NULL;

  for (guint i = 0; i < train->n; i++)
    {
      train->label[i] = i < 50 ? 0 : i < 80 ? 1 : 2;
      feature_set_row (train, i)[0] = 7; /* a dead channel, and one that is zero */
    }
  classifier = fit (train, 3, 0.001);
  for (guint j = 0; j < 6; j++)
    g_assert_cmpfloat (classifier[j], ==, 0);
  g_assert_cmpfloat_with_epsilon (classifier[6] - classifier[7], log (0.5 / 0.3), 1e-3);
  g_assert_cmpfloat_with_epsilon (classifier[6] - classifier[8], log (0.5 / 0.2), 1e-3);
}

/* In plain loops of double: mean cross-entropy and decay / 2 |W|^2 on features standardised per channel. */
static gdouble
plain_loss (const SmaltiFeatureSet *set, guint n_classes, gdouble decay, const gdouble *classifier)
{
  const SmaltiFeatures *features = &set->layer[0];
  gsize dim = features->dim, area = dim / features->channels;
  gdouble loss = 0;
  g_autofree gdouble *x = g_new (gdouble, features->n * dim);

  for (gint c = 0; c < features->channels; c++)
    {
      gdouble mean = 0, variance = 0;

      for (guint i = 0; i < features->n; i++)
        for (gsize j = c * area; j < (c + 1) * area; j++)
          mean += features->data[i * dim + j] / (features->n * area);
      for (guint i = 0; i < features->n; i++)
        for (gsize j = c * area; j < (c + 1) * area; j++)
          variance += pow (features->data[i * dim + j] - mean, 2) / (features->n * area);
      for (guint i = 0; i < features->n; i++)
        for (gsize j = c * area; j < (c + 1) * area; j++)
          x[i * dim + j] = (features->data[i * dim + j] - mean) / sqrt (variance);
    }
  for (guint i = 0; i < features->n; i++)
    {
      gdouble sum = 0, own = 0;

      for (guint c = 0; c < n_classes; c++)
        {
          gdouble logit = classifier[n_classes * dim + c];

          for (gsize j = 0; j < dim; j++)
            logit += classifier[c * dim + j] * x[i * dim + j];
          sum += exp (logit);
          if (set->label[i] == (gint)c)
            own = logit;
        }
      loss += (log (sum) - own) / features->n;
    }
  for (gsize j = 0; j < n_classes * dim; j++)
    loss += decay / 2 * classifier[j] * classifier[j];
  return loss;
}

static void
loss_and_gradient_are_those_of_plain_loops (void)
{
  const guint n_classes = 3;
  const gdouble decay = 0.3, h = 1e-4;
  g_autoptr (SmaltiFeatureSet) train = feature_set_new (75, 2, 2, 2);
  g_autoptr (SmaltiSoftmaxRegression) model = NULL;
  g_autofree gdouble *at = NULL;
  g_autofree gfloat *classifier = NULL, *gradient = NULL;
  gsize size = n_classes * (train->layer[0].dim + 1);
  SmaltiRandom random;

  smalti_random_init (&random, 3, SMALTI_STREAM_TEST, 0, 0);
  for (guint i = 0; i < train->n; i++)
    {
      train->label[i] = smalti_random_int (&random, n_classes);
      for (gsize j = 0; j < train->layer[0].dim; j++)
        feature_set_row (train, i)[j] = 5 + (j + 1) * smalti_random_normal (&random);
    }
  model = smalti_softmax_regression_new (&train->layer[0], train->label, n_classes, decay, NULL);
  g_assert_cmpuint (smalti_softmax_regression_size (model), ==, size);
  at = g_new (gdouble, size);
  classifier = g_new (gfloat, size);
  gradient = g_new (gfloat, size);
  for (gsize i = 0; i < size; i++)
    at[i] = classifier[i] = smalti_random_normal (&random);

  g_assert_cmpfloat_with_epsilon (smalti_softmax_regression_loss (classifier, gradient, model),
                                  plain_loss (train, n_classes, decay, at), 1e-5);
  for (gsize i = 0; i < size; i++)
    {
      gdouble centre = at[i], above, below;

      at[i] = centre + h;
      above = plain_loss (train, n_classes, decay, at);
      at[i] = centre - h;
      below = plain_loss (train, n_classes, decay, at);
      at[i] = centre;
      g_assert_cmpfloat_with_epsilon (gradient[i], (above - below) / (2 * h), 1e-5);
    }
}

static void
lbfgs_ends_where_the_gradient_is_small (void)
{
  g_autoptr (SmaltiFeatureSet) train = feature_set_blobs (900, 20, 6, 0.5, 5);
  g_autoptr (SmaltiSoftmaxRegression) model
      = smalti_softmax_regression_new (&train->layer[0], train->label, 6, 0.001, NULL);
  g_autofree gfloat *classifier = fit (train, 6, 0.001);
  gsize size = smalti_softmax_regression_size (model);
  g_autofree gfloat *zero = g_new0 (gfloat, size), *gradient = g_new (gfloat, size);
  gdouble first = 0, last = 0;

  smalti_softmax_regression_loss (zero, gradient, model);
  for (gsize i = 0; i < size; i++)
    first += gradient[i] * gradient[i];
  smalti_softmax_regression_loss (classifier, gradient, model);
  for (gsize i = 0; i < size; i++)
    last += gradient[i] * gradient[i];
  g_assert_cmpfloat (sqrt (last), <, 1e-4 * sqrt (first));
}

static void
both_solvers_agree_on_overlapping_clouds (void)
{
  g_autoptr (SmaltiFeatureSet) train = feature_set_blobs (4000, 16, 5, 0.5, 1);
  g_autoptr (SmaltiFeatureSet) test = feature_set_blobs (4000, 16, 5, 0.5, 2);
  g_autoptr (SmaltiBenchmark) lbfgs = probe (train, test, 5, "lbfgs", "0.0005");
  g_autoptr (SmaltiBenchmark) sgd = probe (train, test, 5, "sgd", "0.0005");
  g_autoptr (SmaltiBenchmark) chosen = probe (train, test, 5, "auto", "0.0005");

  g_assert_cmpfloat (lbfgs->top1.value, >, 0.6);
  g_assert_cmpfloat (lbfgs->top1.value, <, 0.95);
  g_assert_cmpfloat_with_epsilon (lbfgs->top1.value, sgd->top1.value, 0.01);
  g_assert_cmpfloat_with_epsilon (lbfgs->train_top1, sgd->train_top1, 0.01);
  g_assert_cmpstr (lbfgs->solver, ==, "lbfgs");
  g_assert_cmpstr (sgd->solver, ==, "sgd");
  g_assert_cmpstr (chosen->solver, ==, "lbfgs");
  g_assert_cmpstr (lbfgs->protocol, ==, "linear");
}

static void
separate_clouds_are_told_apart (void)
{
  g_autoptr (SmaltiFeatureSet) train = feature_set_blobs (300, 12, 7, 6, 1);
  g_autoptr (SmaltiFeatureSet) test = feature_set_blobs (140, 12, 7, 6, 2);
  g_autoptr (SmaltiBenchmark) result = probe (train, test, 7, "lbfgs", "0");

  g_assert_cmpfloat (result->top1.value, ==, 1);
  g_assert_cmpfloat (result->top5.value, ==, 1);
  g_assert_cmpfloat (result->train_top1, ==, 1);
  g_assert_cmpuint (result->n_train, ==, 300);
  g_assert_cmpuint (result->n_test, ==, 140);
  g_assert_cmpuint (result->dim, ==, 12);
  for (guint c = 0; c < 7; c++)
    {
      g_assert_cmpuint (result->confusion[c * 7 + c], ==, 20);
      g_assert_cmpfloat (result->per_class[c].value, ==, 1);
    }
}

/* Powers of two: exact in floating point. */
static void
scaled_channels_change_nothing (void)
{
  const char *const solvers[] = { "lbfgs", "sgd" };
  g_autoptr (SmaltiFeatureSet) train = feature_set_blobs (600, 8, 4, 0.5, 1);
  g_autoptr (SmaltiFeatureSet) test = feature_set_blobs (400, 8, 4, 0.5, 2);

  for (guint s = 0; s < G_N_ELEMENTS (solvers); s++)
    {
      g_autoptr (SmaltiBenchmark) before = probe (train, test, 4, solvers[s], "0.001");
      g_autoptr (SmaltiBenchmark) after = NULL;

      for (guint i = 0; i < 1000; i++)
        for (guint j = 0; j < 8; j++)
          feature_set_row (i < 600 ? train : test, i < 600 ? i : i - 600)[j] *= ldexpf (1, 3 * j - 10);
      after = probe (train, test, 4, solvers[s], "0.001");
      g_assert_cmpmem (before->confusion, 16 * sizeof (guint32), after->confusion, 16 * sizeof (guint32));
      g_assert_cmpfloat (before->train_top1, ==, after->train_top1);
    }
}

/* Much noise and few images: whoever learns them by heart fails, whoever learns nothing, too. */
static void
the_chosen_decay_is_near_the_best (void)
{
  const char *const decays[] = { "0.0001", "0.001", "0.01", "0.1", "1", "10", "100" };
  g_autoptr (SmaltiFeatureSet) train = feature_set_blobs (600, 150, 4, 0.12, 1);
  g_autoptr (SmaltiFeatureSet) test = feature_set_blobs (4000, 150, 4, 0.12, 2);
  g_autoptr (SmaltiBenchmark) chosen = probe (train, test, 4, "lbfgs", "0");
  gdouble best = 0, worst = 1;

  for (guint i = 0; i < G_N_ELEMENTS (decays); i++)
    {
      g_autoptr (SmaltiBenchmark) result = probe (train, test, 4, "lbfgs", decays[i]);

      g_assert_cmpfloat (result->decay, ==, g_ascii_strtod (decays[i], NULL));
      best = MAX (best, result->top1.value);
      worst = MIN (worst, result->top1.value);
    }
  g_assert_cmpfloat (best - worst, >, 0.03);
  g_assert_cmpfloat (best - chosen->top1.value, <, (best - worst) / 3);
  g_assert_cmpfloat (chosen->decay, >, 0);
}

/* Where every fifth image of a class would be too few to judge by. */
static void
few_images_get_a_decay_without_choice (void)
{
  g_autoptr (SmaltiFeatureSet) train = feature_set_blobs (40, 10, 4, 3, 1);
  g_autoptr (SmaltiBenchmark) lbfgs = probe (train, train, 4, "lbfgs", "0"), sgd = probe (train, train, 4, "sgd", "0");

  g_assert_cmpfloat_with_epsilon (lbfgs->decay, 0.01, 1e-9);
  g_assert_cmpfloat (lbfgs->top1.value, >, 0.9);
  g_assert_cmpfloat (sgd->decay, ==, 0.0005);
}

static void
threads_change_no_bit_of_lbfgs (void)
{
  g_autoptr (SmaltiFeatureSet) train = feature_set_blobs (700, 40, 5, 0.3, 1);
  int n_threads = omp_get_max_threads ();
  g_autofree gfloat *one = NULL, *several = NULL;

  omp_set_num_threads (1);
  one = fit (train, 5, 0.001);
  omp_set_num_threads (3);
  several = fit (train, 5, 0.001);
  omp_set_num_threads (n_threads);
  g_assert_cmpmem (one, 5 * 41 * sizeof (gfloat), several, 5 * 41 * sizeof (gfloat));
}

static void
the_seed_decides_sgd (void)
{
  g_autoptr (SmaltiFeatureSet) train = feature_set_blobs (700, 10, 5, 0.3, 1);
  g_autoptr (SmaltiSoftmaxRegression) model
      = smalti_softmax_regression_new (&train->layer[0], train->label, 5, 0.001, NULL);
  g_autofree gfloat *first = smalti_softmax_regression_fit_sgd (model, 3, 0.1, 64, 1, NULL, NULL, NULL, NULL);
  g_autofree gfloat *same = smalti_softmax_regression_fit_sgd (model, 3, 0.1, 64, 1, NULL, NULL, NULL, NULL);
  g_autofree gfloat *other = smalti_softmax_regression_fit_sgd (model, 3, 0.1, 64, 2, NULL, NULL, NULL, NULL);
  gsize n_bytes = smalti_softmax_regression_size (model) * sizeof (gfloat);

  g_assert_cmpmem (first, n_bytes, same, n_bytes);
  g_assert_true (memcmp (first, other, n_bytes) != 0);
}

static void
confusion_adds_up (void)
{
  g_autoptr (SmaltiFeatureSet) train = feature_set_blobs (600, 6, 8, 0.5, 1);
  g_autoptr (SmaltiFeatureSet) test = feature_set_blobs (333, 6, 8, 0.5, 2);
  g_autoptr (SmaltiBenchmark) result = probe (train, test, 8, "lbfgs", "0.001");
  guint total = 0, diagonal = 0;

  for (guint truth = 0; truth < 8; truth++)
    {
      guint row = 0;

      for (guint answer = 0; answer < 8; answer++)
        row += result->confusion[truth * 8 + answer];
      g_assert_cmpuint (row, ==, 333 / 8 + (truth < 333 % 8));
      g_assert_cmpfloat (result->per_class[truth].value, ==, (gdouble)result->confusion[truth * 9] / row);
      total += row;
      diagonal += result->confusion[truth * 9];
    }
  g_assert_cmpuint (total, ==, 333);
  g_assert_cmpfloat (result->top1.value, ==, diagonal / 333.0);
  g_assert_cmpfloat (result->top5.value, >, result->top1.value);
  g_assert_cmpfloat (result->top5.value, <, 1);
  g_assert_cmpfloat (result->top1.low, <, result->top1.value);
  g_assert_cmpfloat (result->top1.high, >, result->top1.value);
}

static void
classes_without_images_are_no_trouble (void)
{
  g_autoptr (SmaltiFeatureSet) train = feature_set_blobs (200, 6, 3, 3, 1);
  g_autoptr (SmaltiFeatureSet) test = feature_set_blobs (60, 6, 4, 3, 2); /* class 3 was never seen */
  g_autoptr (SmaltiBenchmark) result = probe (train, test, 6, "lbfgs", "0.001");

  g_assert_cmpfloat (result->per_class[3].value, ==, 0);
  g_assert_cmpfloat (result->per_class[3].high, <, 0.25); /* of 15 */
  g_assert_cmpfloat (result->per_class[5].value, ==, 0);  /* of none */
  g_assert_cmpfloat (result->per_class[5].low, ==, 0);
  g_assert_cmpfloat (result->per_class[5].high, ==, 1);
}

static void
assert_refused (SmaltiFeatureSet *train, SmaltiFeatureSet *test, guint n_classes, gint code, const char *pattern)
{
  g_autoptr (SmaltiValues) values = settings ("lbfgs", "0.001");
  g_autoptr (GError) error = NULL;

  g_assert_null (smalti_linear_probe (train, test, 0, n_classes, values, 1, NULL, &error));
  g_assert_error (error, SMALTI_ERROR, code);
  if (!g_pattern_match_simple (pattern, error->message))
    g_error ("%s", error->message);
}

static void
what_can_t_be_measured_is_refused (void)
{
  g_autoptr (SmaltiFeatureSet) train = feature_set_blobs (50, 4, 3, 3, 1);
  g_autoptr (SmaltiFeatureSet) test = feature_set_blobs (20, 4, 3, 3, 2);
  g_autoptr (SmaltiFeatureSet) single = feature_set_blobs (20, 4, 1, 3, 2);
  g_autoptr (SmaltiFeatureSet) none = feature_set_new (0, 4, 1, 1);

  assert_refused (train, test, 2, SMALTI_ERROR_DATA, "*label 2*none of the 2 classes*");
  test->label[3] = -1;
  assert_refused (train, test, 3, SMALTI_ERROR_DATA, "*label -1*");
  assert_refused (single, single, 3, SMALTI_ERROR_DATA, "*20*of one class*");
  assert_refused (none, train, 3, SMALTI_ERROR_DATA, "*to train*");
  assert_refused (train, none, 3, SMALTI_ERROR_DATA, "*held out*");
  feature_set_row (train, 7)[2] = NAN;
  assert_refused (train, train, 3, SMALTI_ERROR_DATA, "*made up*not finite*");
}

static void
a_rate_too_large_is_told (void)
{
  g_autoptr (SmaltiFeatureSet) train = feature_set_blobs (300, 6, 3, 1, 1);
  g_autoptr (SmaltiValues) values = settings ("sgd", "1000");
  g_autoptr (GError) error = NULL;

  g_assert_true (smalti_values_set (values, "lr", "1000", NULL));
  g_assert_null (smalti_linear_probe (train, train, 0, 3, values, 1, NULL, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_DIVERGED);
}

static void
probes_can_be_stopped (void)
{
  const char *const solvers[] = { "lbfgs", "sgd" };
  g_autoptr (SmaltiFeatureSet) train = feature_set_blobs (300, 6, 3, 1, 1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  for (guint s = 0; s < G_N_ELEMENTS (solvers); s++)
    {
      g_autoptr (SmaltiValues) values = settings (solvers[s], "0.001");
      g_autoptr (GError) error = NULL;

      g_assert_null (smalti_linear_probe (train, train, 0, 3, values, 1, cancellable, &error));
      g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  omp_set_num_threads (1); /* these problems are small, and other tests run beside this one */
  g_test_add_func ("/probe/bisection", lbfgs_finds_what_bisection_finds);
  g_test_add_func ("/probe/biases", biases_alone_give_the_classes_shares);
  g_test_add_func ("/probe/gradient", loss_and_gradient_are_those_of_plain_loops);
  g_test_add_func ("/probe/optimum", lbfgs_ends_where_the_gradient_is_small);
  g_test_add_func ("/probe/solvers-agree", both_solvers_agree_on_overlapping_clouds);
  g_test_add_func ("/probe/separate", separate_clouds_are_told_apart);
  g_test_add_func ("/probe/scale", scaled_channels_change_nothing);
  g_test_add_func ("/probe/decay", the_chosen_decay_is_near_the_best);
  g_test_add_func ("/probe/few-images", few_images_get_a_decay_without_choice);
  g_test_add_func ("/probe/threads", threads_change_no_bit_of_lbfgs);
  g_test_add_func ("/probe/seed", the_seed_decides_sgd);
  g_test_add_func ("/probe/confusion", confusion_adds_up);
  g_test_add_func ("/probe/absent-classes", classes_without_images_are_no_trouble);
  g_test_add_func ("/probe/refused", what_can_t_be_measured_is_refused);
  g_test_add_func ("/probe/diverged", a_rate_too_large_is_told);
  g_test_add_func ("/probe/stop", probes_can_be_stopped);
  return g_test_run ();
}
