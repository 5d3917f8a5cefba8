/* SPDX-License-Identifier: Apache-2.0 */
/* The probe and k-NN as the whole protocol (benchmark.c) runs them, telling how far they are; and the whole protocol as
 * it runs in a given memory. */
#pragma once

#include "core/eval/benchmark.h"

G_BEGIN_DECLS

/* "lbfgs" or "sgd": what the settings' solver means for so many training images, features and classes. */
const char      *smalti_probe_solver      (const SmaltiValues     *values,
                                           guint                   n_train,
                                           gsize                   dim,
                                           guint                   n_classes);
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

/* smalti_benchmark_run() with @memory bytes to take; 0: that is not known, all layers are read at once. */
gboolean         smalti_benchmark_run_within (SmaltiPretext             *pretext,
                                              const SmaltiBackboneClass *backbone,
                                              const SmaltiValues        *backbone_values,
                                              SmaltiDevice              *device,
                                              SmaltiPrecision            precision,
                                              SmaltiWeights             *weights,
                                              SmaltiDataset             *dataset,
                                              const SmaltiValues        *values,
                                              guint64                    seed,
                                              guint                      n_loader_threads,
                                              guint64                    memory,
                                              const char                *archive_folder,
                                              GCancellable              *cancellable,
                                              SmaltiEvalProgress         progress,
                                              SmaltiBenchmarkFunc        done,
                                              gpointer                   user_data,
                                              GError                   **error);

G_END_DECLS
