/* SPDX-License-Identifier: Apache-2.0 */
/* The linear probe: chooses the solver, trains, counts the answers. */
#include "core/eval/probe-private.h"

#include <string.h>

#include "core/base/error.h"
#include "core/eval/score-private.h"
#include "core/eval/softmax-regression.h"

/* Products in a pass over the features, images x dim x classes. L-BFGS takes some 200 passes with its choice of the
 * decay: up to here about a minute on two cores; SGD takes 28. */
#define COMFORTABLE     1e10
#define PUBLISHED_DECAY 5e-4
#define TOLERANCE       1e-3
#define ROWS            1024

enum
{
  SOLVER_AUTO,
  SOLVER_LBFGS,
  SOLVER_SGD,
};

typedef struct
{
  char *phase;
  SmaltiEvalProgress progress;
  gpointer user_data;
} Teller;

static gboolean
tell (guint done, guint total, gpointer user_data)
{
  const Teller *teller = user_data;

  if (teller->progress != NULL)
    teller->progress (teller->phase, done, total, teller->user_data);
  return TRUE;
}

const char *
smalti_probe_solver (const SmaltiValues *values, guint n_train, gsize dim, guint n_classes)
{
  switch (smalti_values_get_choice (values, "solver"))
    {
    case SOLVER_LBFGS:
      return "lbfgs";
    case SOLVER_SGD:
      return "sgd";
    default:
      return (gdouble)n_train * dim * n_classes <= COMFORTABLE ? "lbfgs" : "sgd";
    }
}

/* From zero, or from where the choice of the decay left it. */
static gfloat *
fit_lbfgs (SmaltiSoftmaxRegression *model, gdouble decay, GCancellable *cancellable, Teller *teller, GError **error)
{
  g_autofree gfloat *classifier = g_new0 (gfloat, smalti_softmax_regression_size (model));

  smalti_softmax_regression_set_decay (model, decay);
  if (decay == 0 && !smalti_softmax_regression_choose_decay (model, classifier, cancellable, tell, teller, error))
    return NULL;
  if (!smalti_softmax_regression_fit_lbfgs (model, classifier, TOLERANCE, cancellable, tell, teller, error))
    return NULL;
  return g_steal_pointer (&classifier);
}

static gfloat *
fit (SmaltiSoftmaxRegression *model, const char *solver, const SmaltiValues *values, guint64 seed,
     GCancellable *cancellable, Teller *teller, GError **error)
{
  gdouble decay = smalti_values_get_float (values, "decay");

  if (strcmp (solver, "lbfgs") == 0)
    return fit_lbfgs (model, decay, cancellable, teller, error);
  smalti_softmax_regression_set_decay (model, decay > 0 ? decay : PUBLISHED_DECAY);
  return smalti_softmax_regression_fit_sgd (
      model, smalti_values_get_int (values, "epochs"), smalti_values_get_float (values, "lr"),
      smalti_values_get_int (values, "batch"), seed, cancellable, tell, teller, error);
}

static void
count_test (SmaltiBenchmark *result, const SmaltiSoftmaxRegression *model, const gfloat *classifier,
            const SmaltiFeatures *test, const gint32 *label)
{
  g_autofree gfloat *logits = g_new (gfloat, (gsize)ROWS * result->n_classes);
  guint top5 = 0, n_rows;

  for (guint i = 0; i < test->n; i += n_rows)
    {
      n_rows = MIN (ROWS, test->n - i);
      smalti_softmax_regression_answer (model, classifier, test, i, n_rows, logits);
      top5 += smalti_benchmark_add (result, logits, label + i, n_rows);
    }
  smalti_benchmark_sum (result, top5);
}

static gdouble
train_share (guint n_classes, const SmaltiSoftmaxRegression *model, const gfloat *classifier,
             const SmaltiFeatures *train, const gint32 *label)
{
  g_autofree gfloat *logits = g_new (gfloat, (gsize)ROWS * n_classes);
  guint hits = 0, n_rows;

  for (guint i = 0; i < train->n; i += n_rows)
    {
      n_rows = MIN (ROWS, train->n - i);
      smalti_softmax_regression_answer (model, classifier, train, i, n_rows, logits);
      for (guint r = 0; r < n_rows; r++)
        hits += smalti_score_answer (logits + (gsize)r * n_classes, n_classes) == (guint)label[i + r];
    }
  return (gdouble)hits / train->n;
}

SmaltiBenchmark *
smalti_linear_probe_told (const SmaltiFeatureSet *train, const SmaltiFeatureSet *test, guint layer, guint n_classes,
                          const SmaltiValues *values, guint64 seed, GCancellable *cancellable,
                          SmaltiEvalProgress progress, gpointer user_data, GError **error)
{
  const SmaltiFeatures *features = &train->layer[layer];
  g_autofree char *phase = g_strdup_printf (_ ("Training a classifier on %s"), features->layer);
  Teller teller = { phase, progress, user_data };
  gint64 began = g_get_monotonic_time ();
  g_autoptr (SmaltiSoftmaxRegression) model = NULL;
  g_autofree gfloat *classifier = NULL;
  SmaltiBenchmark *result;
  const char *solver;

  if (!smalti_check_features (train, test, layer, n_classes, error))
    return NULL;
  model = smalti_softmax_regression_new (features, train->label, n_classes, 0, error);
  if (model == NULL)
    return NULL;
  solver = smalti_probe_solver (values, train->n, features->dim, n_classes);
  classifier = fit (model, solver, values, seed, cancellable, &teller, error);
  if (classifier == NULL)
    return NULL;

  result = smalti_benchmark_new (&test->layer[layer], "linear", solver, n_classes, train->n);
  count_test (result, model, classifier, &test->layer[layer], test->label);
  result->decay = smalti_softmax_regression_get_decay (model);
  result->train_top1 = train_share (n_classes, model, classifier, features, train->label);
  result->seconds = (g_get_monotonic_time () - began) * 1e-6;
  return result;
}

SmaltiBenchmark *
smalti_linear_probe (const SmaltiFeatureSet *train, const SmaltiFeatureSet *test, guint layer, guint n_classes,
                     const SmaltiValues *values, guint64 seed, GCancellable *cancellable, GError **error)
{
  return smalti_linear_probe_told (train, test, layer, n_classes, values, seed, cancellable, NULL, NULL, error);
}
