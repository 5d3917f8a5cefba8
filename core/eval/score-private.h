/* SPDX-License-Identifier: Apache-2.0 */
/* From scores of classes to the numbers of a benchmark. */
#pragma once

#include "core/eval/benchmark.h"

G_BEGIN_DECLS

/* Whether @truth is among the @k classes with the highest scores; of equal scores the lower class comes first. A class
 * whose score is minus infinity is never among them: nobody voted for it. */
gboolean         smalti_score_hits     (const gfloat          *score,
                                        guint                  n_classes,
                                        gint                   truth,
                                        guint                  k);
/* The class with the highest score. */
guint            smalti_score_answer   (const gfloat          *score,
                                        guint                  n_classes);

/* A benchmark in the making: empty confusion, no share yet. */
SmaltiBenchmark *smalti_benchmark_new  (const SmaltiFeatures  *test,
                                        const char            *protocol,
                                        const char            *solver,
                                        guint                  n_classes,
                                        guint                  n_train);
/* Counts answers of the next few images, @score (n_rows, n_classes), into the confusion; returns hits among the top
 * five. */
guint            smalti_benchmark_add  (SmaltiBenchmark       *self,
                                        const gfloat          *score,
                                        const gint32          *truth,
                                        guint                  n_rows);
/* The confusion is whole: shares from it. */
void             smalti_benchmark_sum  (SmaltiBenchmark       *self,
                                        guint                  top5_hits);

/* FALSE with SMALTI_ERROR_DATA when the two sets can't be measured: no image, labels that are no class of the data set,
 * one class only. */
gboolean         smalti_check_features (const SmaltiFeatureSet *train,
                                        const SmaltiFeatureSet *test,
                                        guint                   layer,
                                        guint                   n_classes,
                                        GError                **error);

G_END_DECLS
