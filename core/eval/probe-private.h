/* SPDX-License-Identifier: Apache-2.0 */
/* The probe and k-NN as the whole protocol (benchmark.c) runs them: telling how far they are. */
#pragma once

#include "core/eval/benchmark.h"

G_BEGIN_DECLS

SmaltiBenchmark *smalti_linear_probe_told (const SmaltiFeatureSet *train,
                                           const SmaltiFeatureSet *test,
                                           guint                   layer,
                                           guint                   n_classes,
                                           const SmaltiValues     *values,
                                           guint64                 seed,
                                           GCancellable           *cancellable,
                                           SmaltiEvalProgress      progress,
                                           gpointer                user_data,
                                           GError                **error);
SmaltiBenchmark *smalti_knn_told          (const SmaltiFeatureSet *train,
                                           const SmaltiFeatureSet *test,
                                           guint                   layer,
                                           guint                   n_classes,
                                           const SmaltiValues     *values,
                                           GCancellable           *cancellable,
                                           SmaltiEvalProgress      progress,
                                           gpointer                user_data,
                                           GError                **error);

G_END_DECLS
