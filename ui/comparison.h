/* SPDX-License-Identifier: Apache-2.0 */
/* A few runs and what the store knows of them, read at once and off the main loop: what the sections of the Compare page
 * share. A snapshot: it never changes. */
#pragma once

#include "ui/store-client.h"

G_BEGIN_DECLS

#define SMALTI_COMPARISON_RUNS 8 /* at most: more colours and bars nobody tells apart */

typedef struct
{
  gint64 id;
  char *title;           /* its name; with its number where another one has the same */
  SmaltiRunInfo *info;
  SmaltiSpec *spec;      /* nullable: it can't be read */
  char **metrics;        /* what there are curves of */
  GPtrArray *benchmarks; /* (element-type SmaltiBenchmark): the newest of each layer and protocol, in the layers' order */
  char *folder;
  char **linear, **knn;  /* layers whose images, answers and features were kept */
  char *images;          /* (nullable): fingerprint of the images it was measured on, where they were kept */
} SmaltiComparedRun;

typedef struct _SmaltiComparison SmaltiComparison;

SmaltiComparison        *smalti_comparison_ref         (SmaltiComparison         *self);
void                     smalti_comparison_unref       (SmaltiComparison         *self);
guint                    smalti_comparison_get_n       (const SmaltiComparison   *self);
/* In the order asked for; its number is that of its colour. */
const SmaltiComparedRun *smalti_comparison_get         (const SmaltiComparison   *self,
                                                        guint                     i);
/* The same runs by the same names (of either: %NULL has none). */
gboolean                 smalti_comparison_same_runs   (const SmaltiComparison   *self,
                                                        const SmaltiComparison   *other);
/* And with the same measurements: at most their training went on. */
gboolean                 smalti_comparison_same_results (const SmaltiComparison  *self,
                                                         const SmaltiComparison  *other);

/* (nullable) */
const SmaltiBenchmark   *smalti_compared_run_find      (const SmaltiComparedRun  *self,
                                                        const char               *protocol,
                                                        const char               *layer);
/* (nullable): of the highest top-1. @protocol: (nullable): the linear benchmark, or where there is none, any. */
const SmaltiBenchmark   *smalti_compared_run_best      (const SmaltiComparedRun  *self,
                                                        const char               *protocol);
/* Whether images, answers and features of @benchmark were kept. */
gboolean                 smalti_compared_run_has_archive (const SmaltiComparedRun *self,
                                                          const SmaltiBenchmark   *benchmark);
/* FALSE: their benchmarks are of other images, or of other classifiers' training images, so that comparing them would say
 * nothing. Runs without a benchmark are like any. */
gboolean                 smalti_compared_run_is_alike  (const SmaltiComparedRun  *self,
                                                        const SmaltiComparedRun  *other);
/* "conv4", "conv4, k-NN"; free with g_free(). */
char                    *smalti_describe_benchmark     (const SmaltiBenchmark    *benchmark);

/* @runs: those that are no longer there are left out. With none, what is sensible: the newest finished runs that were
 * measured on the same images, with the baselines (random weights, labels, imported models) measured on them; where nothing
 * is measured, the newest finished runs. Fewer than two come out as none. */
void                     smalti_comparison_load_async  (SmaltiStoreClient        *client,
                                                        const gint64             *runs,
                                                        guint                     n_runs,
                                                        GAsyncReadyCallback       callback,
                                                        gpointer                  user_data);
SmaltiComparison        *smalti_comparison_load_finish (SmaltiStoreClient        *client,
                                                        GAsyncResult             *result,
                                                        GError                  **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiComparison, smalti_comparison_unref)

G_END_DECLS
