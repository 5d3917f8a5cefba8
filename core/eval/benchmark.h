/* SPDX-License-Identifier: Apache-2.0 */
/* The linear benchmark and k-NN on frozen features. */
#pragma once

#include "core/base/param.h"
#include "core/eval/features.h"

G_BEGIN_DECLS

/* Keys of the spec's `eval` section: data (labelled folder; "" uses the run's own when it has labels), layout, protocol
 * (none, linear, knn), solver (auto, lbfgs, sgd), layers (list; [] all), side (0: what the method trained on), max_dim,
 * decay (L2 on the classifier; 0: the published one with sgd, chosen on images held back with lbfgs), epochs, lr, batch
 * (sgd), k, temperature (knn), limit. */
extern const SmaltiParam smalti_eval_params[];

/* A share of n trials with its 95% interval (Wilson 1927). */
typedef struct
{
  gdouble value, low, high; /* 0 .. 1 */
} SmaltiShare;

SmaltiShare smalti_share (guint64 hits,
                          guint64 n);

typedef struct
{
  char *layer;        /* "conv4"; for knn the layer it was run on */
  char *protocol;     /* "linear", "knn" */
  char *solver;       /* "lbfgs", "sgd", "" */
  gsize dim;
  guint n_classes, n_train, n_test;
  SmaltiShare top1, top5;
  SmaltiShare *per_class;  /* n_classes, owned */
  guint32 *confusion;      /* (n_classes, n_classes): rows the truth, columns the answer; owned */
  gdouble decay;           /* L2 on the classifier's weights, as set or as chosen; knn has none: not a number */
  gdouble train_top1;      /* of the classifier on the images it was trained on; knn has none: not a number */
  gdouble seconds;         /* of the probe, without reading the features */
  /* Of the moment, not in the JSON; see evaluation-archive.h. */
  gint32 *answer;          /* (n_test): the class each test image was taken for; %NULL when read from JSON; owned */
  char *kept;              /* how its features were reduced to be kept, for people; %NULL: not at all; owned */
  /*< private >*/
  guint n_answered;
} SmaltiBenchmark;

void             smalti_benchmark_free   (SmaltiBenchmark           *self);
/* For the store; as one JSON object. Free with g_free(). */
char            *smalti_benchmark_to_json   (const SmaltiBenchmark  *self);
SmaltiBenchmark *smalti_benchmark_from_json (const char             *json,
                                             GError                **error);

/* Multinomial logistic regression on one layer's features, standardised per channel by the training split's statistics
 * (the benchmark's batch norm), by L-BFGS (Nocedal 1980; products by OpenBLAS) or by SGD as in the literature. */
SmaltiBenchmark *smalti_linear_probe     (const SmaltiFeatureSet    *train,
                                          const SmaltiFeatureSet    *test,
                                          guint                      layer,
                                          guint                      n_classes,
                                          const SmaltiValues        *values,
                                          guint64                    seed,
                                          GCancellable              *cancellable,
                                          GError                   **error);
/* Cosine, k neighbours, votes weighted by exp(similarity / temperature) (Wu et al. 2018, arXiv:1805.01978). */
SmaltiBenchmark *smalti_knn              (const SmaltiFeatureSet    *train,
                                          const SmaltiFeatureSet    *test,
                                          guint                      layer,
                                          guint                      n_classes,
                                          const SmaltiValues        *values,
                                          GCancellable              *cancellable,
                                          GError                   **error);

typedef void (*SmaltiBenchmarkFunc) (const SmaltiBenchmark *benchmark, gpointer user_data);

/* The whole protocol: extract, then each layer; @done gets every result as it is there. What it leaves behind for later
 * (evaluation-archive.h) goes to @archive_folder, unless that is %NULL. */
gboolean         smalti_benchmark_run    (SmaltiPretext             *pretext,
                                          const SmaltiBackboneClass *backbone,
                                          const SmaltiValues        *backbone_values,
                                          SmaltiDevice              *device,
                                          SmaltiPrecision            precision,
                                          SmaltiWeights             *weights,
                                          SmaltiDataset             *dataset,
                                          const SmaltiValues        *values,
                                          guint64                    seed,
                                          guint                      n_loader_threads,
                                          const char                *archive_folder,
                                          GCancellable              *cancellable,
                                          SmaltiEvalProgress         progress,
                                          SmaltiBenchmarkFunc        done,
                                          gpointer                   user_data,
                                          GError                   **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiBenchmark, smalti_benchmark_free)

G_END_DECLS
