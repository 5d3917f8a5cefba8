/* SPDX-License-Identifier: Apache-2.0 */
/* A session is everything in memory that a run needs: made from a spec, and from a checkpoint where there is one. */
#pragma once

#include "core/optim/optimizer.h"
#include "core/run/checkpoint.h"
#include "core/run/network-private.h"

G_BEGIN_DECLS

typedef struct
{
  const SmaltiSpec *spec;
  guint64 seed;
  SmaltiDevice *device;
  SmaltiPrecision precision;
  guint n_loader_threads;
  SmaltiDataset *dataset;
  SmaltiPretext *pretext;
  SmaltiSampler sampler;
  SmaltiWeights *weights;
  SmaltiNetwork training, validation; /* training.program is %NULL for methods that do not train */
  SmaltiLoader *loader;               /* of training batches */
  guint64 steps_per_epoch;
  guint32 *val_items; /* held-out images that are looked at, spread over all of them, a multiple of validation.batch */
  guint n_val_items;
  SmaltiOptimizer *optimizer; /* made when the length of the run is known */
} SmaltiSession;

/* What is being done, for people, and how far; called now and then. */
typedef void (*SmaltiSessionProgress) (const char *text, guint64 done, guint64 total, gpointer user_data);

/* @saved: (nullable): the checkpoint to go on from. Must be made, used and freed on one thread. With SMALTI_ERROR_MEMORY
 * @batch_that_fits (optional) is the largest batch that does, 0 if none does; nothing of the network was allocated. */
SmaltiSession *smalti_session_new            (const SmaltiSpec        *spec,
                                              const SmaltiTensorFile  *saved,
                                              GCancellable            *cancellable,
                                              SmaltiSessionProgress    progress,
                                              gpointer                 user_data,
                                              guint                   *batch_that_fits,
                                              GError                 **error);
/* As a new run has it, but for what its method measures of the images, which may take longer than what is to be timed:
 * its steps take as long as they would, and learn nothing worth keeping. */
SmaltiSession *smalti_session_new_to_time    (const SmaltiSpec        *spec,
                                              GCancellable            *cancellable,
                                              SmaltiSessionProgress    progress,
                                              gpointer                 user_data,
                                              GError                 **error);
void           smalti_session_free           (SmaltiSession           *self);
/* Needs the length of the run for its schedule; states come from @saved when there is one. */
gboolean       smalti_session_make_optimizer (SmaltiSession           *self,
                                              guint64                  n_steps,
                                              const SmaltiTensorFile  *saved,
                                              GError                 **error);
/* Arenas, weights and optimizer. */
guint64        smalti_session_plan_bytes     (const SmaltiSession     *self);
/* At most: training and, while it looks at held-out images, validation have a ring each, and the data set its cache. */
guint64        smalti_session_loader_bytes   (const SmaltiSession     *self);
/* What a session decides of a spec before it has images: the loader of batches of @batch, the batch in which it looks at
 * @n_items held-out images when it trains on batches of @batch, and how much of the memory there is it takes at most. */
SmaltiLoaderOptions smalti_session_loader_options (const SmaltiSpec   *spec,
                                              guint                    batch);
guint          smalti_session_validation_batch (const SmaltiSpec      *spec,
                                              guint                    batch,
                                              guint                    n_items);
guint64        smalti_session_usable_bytes   (guint64                  available);
/* (transfer full): batches of held-out images, in order. */
SmaltiLoader  *smalti_session_validation_loader (const SmaltiSession  *self,
                                                 GError              **error);
/* (transfer full): the labelled images of the benchmark: what @values (of smalti_eval_params) name, or else what the run
 * itself learns from. */
SmaltiDataset *smalti_evaluation_data_open   (const SmaltiSpec       *spec,
                                              const SmaltiValues     *values,
                                              GCancellable           *cancellable,
                                              GError                **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiSession, smalti_session_free)

G_END_DECLS
