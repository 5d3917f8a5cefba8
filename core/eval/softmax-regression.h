/* SPDX-License-Identifier: Apache-2.0 */
/* Multinomial logistic regression on one layer's features: the loss of a linear classifier, its gradient, two ways to
 * train it, and its answers.
 *
 * Features are standardised per channel; the classifier (weights, biases) is in terms of the standardised ones, as one
 * vector: (n_classes, dim) weights, then (n_classes) biases. */
#pragma once

#include "core/eval/features.h"

G_BEGIN_DECLS

typedef struct _SmaltiSoftmaxRegression SmaltiSoftmaxRegression;

/* Told now and then by the solvers: @done of @total iterations or epochs. FALSE: that will do. */
typedef gboolean (*SmaltiSolverProgress) (guint done, guint total, gpointer user_data);

/**
 * smalti_softmax_regression_new:
 * @features: of the training images; must outlive it, as must @label
 * @label: (array length=n): 0 .. n_classes - 1
 * @decay: L2 on the weights: decay / 2 |W|^2 beside the mean cross-entropy
 *
 * Measures the channels.
 *
 * Returns: (nullable): %NULL with SMALTI_ERROR_DATA when a feature is not a finite number, or SMALTI_ERROR_MEMORY
 */
SmaltiSoftmaxRegression *smalti_softmax_regression_new       (const SmaltiFeatures         *features,
                                                              const gint32                 *label,
                                                              guint                         n_classes,
                                                              gdouble                       decay,
                                                              GError                      **error);
void                     smalti_softmax_regression_free      (SmaltiSoftmaxRegression      *self);
/* Length of the classifier's vector. */
gsize                    smalti_softmax_regression_size      (const SmaltiSoftmaxRegression *self);
/* Mean cross-entropy plus penalty; fills @gradient. A SmaltiObjective. The same bits for any number of threads. */
gdouble                  smalti_softmax_regression_loss      (const gfloat                 *classifier,
                                                              gfloat                       *gradient,
                                                              gpointer                      self);
gdouble                  smalti_softmax_regression_get_decay (const SmaltiSoftmaxRegression *self);
void                     smalti_softmax_regression_set_decay (SmaltiSoftmaxRegression      *self,
                                                              gdouble                       decay);
/* From @classifier to the optimum, until ten iterations lower the loss by less than @tolerance of it or the gradient
 * has become that much shorter. */
gboolean                 smalti_softmax_regression_fit_lbfgs (SmaltiSoftmaxRegression      *self,
                                                              gfloat                       *classifier,
                                                              gdouble                       tolerance,
                                                              GCancellable                 *cancellable,
                                                              SmaltiSolverProgress          progress,
                                                              gpointer                      user_data,
                                                              GError                      **error);
/* Sets the decay with which L-BFGS does best on every fifth image of each class when trained on the others, and leaves
 * the classifier so trained in @classifier (in: zero): a good place to begin with all images. */
gboolean                 smalti_softmax_regression_choose_decay (SmaltiSoftmaxRegression   *self,
                                                              gfloat                       *classifier,
                                                              GCancellable                 *cancellable,
                                                              SmaltiSolverProgress          progress,
                                                              gpointer                      user_data,
                                                              GError                      **error);
/* The literature's schedule: Nesterov momentum 0.9, rate @lr for a batch of 256, a tenth after 8, 16 and 24 of every 28
 * epochs. (transfer full): free with g_free(); %NULL with SMALTI_ERROR_DIVERGED when the rate is too large. */
gfloat                  *smalti_softmax_regression_fit_sgd   (SmaltiSoftmaxRegression      *self,
                                                              guint                         n_epochs,
                                                              gdouble                       lr,
                                                              guint                         batch,
                                                              guint64                       seed,
                                                              GCancellable                 *cancellable,
                                                              SmaltiSolverProgress          progress,
                                                              gpointer                      user_data,
                                                              GError                      **error);
/* @logits (n_rows, n_classes) of rows [first, first + n_rows) of @features, which may be of other images. */
void                     smalti_softmax_regression_answer    (const SmaltiSoftmaxRegression *self,
                                                              const gfloat                 *classifier,
                                                              const SmaltiFeatures         *features,
                                                              guint                         first,
                                                              guint                         n_rows,
                                                              gfloat                       *logits);
/* Bytes that fitting takes beside the features. */
guint64                  smalti_softmax_regression_bytes     (gsize                         dim,
                                                              guint                         n_classes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiSoftmaxRegression, smalti_softmax_regression_free)

G_END_DECLS
