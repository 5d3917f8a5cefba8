/* SPDX-License-Identifier: Apache-2.0 */
/* A trained trunk compiled to be read: images in, pooled features of some layers out. Nothing of it changes. */
#pragma once

#include "core/eval/features.h"

G_BEGIN_DECLS

/**
 * smalti_pooled_layers:
 * @layers: (nullable): names, %NULL-terminated; %NULL or none: all
 * @n_layers: (out)
 *
 * The layers as they will come out of a trunk that is fed @side: names and shapes, no images yet, in the trunk's order.
 *
 * Returns: (transfer full) (array length=n_layers) (nullable): free with smalti_features_list_free(); %NULL with
 *   SMALTI_ERROR_ARGUMENT for a name that is none, or SMALTI_ERROR_SHAPE for a side that the trunk can't take
 */
SmaltiFeatures    *smalti_pooled_layers       (SmaltiPretext             *pretext,
                                               const SmaltiBackboneClass *backbone,
                                               const SmaltiValues        *backbone_values,
                                               const char *const         *layers,
                                               gint                       side,
                                               gint                       max_dim,
                                               guint                     *n_layers,
                                               GError                   **error);
void               smalti_features_list_free  (SmaltiFeatures            *layers,
                                               guint                      n_layers);
/* Side of the largest square grid with channels * grid^2 <= @max_dim that lies within @height x @width; at least 1. */
gint               smalti_pooled_grid         (gint                       channels,
                                               gint                       height,
                                               gint                       width,
                                               gint                       max_dim);

typedef struct _SmaltiFrozenTrunk SmaltiFrozenTrunk;

/* @layers: some of smalti_pooled_layers(); copied. SMALTI_ERROR_CHECKPOINT when @weights lack a part of the trunk. */
SmaltiFrozenTrunk *smalti_frozen_trunk_new    (SmaltiPretext             *pretext,
                                               const SmaltiBackboneClass *backbone,
                                               const SmaltiValues        *backbone_values,
                                               SmaltiDevice              *device,
                                               SmaltiPrecision            precision,
                                               SmaltiWeights             *weights,
                                               const SmaltiFeatures      *layers,
                                               guint                      n_layers,
                                               gint                       side,
                                               GError                   **error);
void               smalti_frozen_trunk_free   (SmaltiFrozenTrunk         *self);
/* Features of @items; those that can't be read are left out. @phase is what @progress is told. */
SmaltiFeatureSet  *smalti_frozen_trunk_read   (SmaltiFrozenTrunk         *self,
                                               SmaltiDataset             *dataset,
                                               const guint32             *items,
                                               guint                      n_items,
                                               guint                      n_loader_threads,
                                               GCancellable              *cancellable,
                                               const char                *phase,
                                               SmaltiEvalProgress         progress,
                                               gpointer                   user_data,
                                               GError                   **error);
/* Features of one image that is of no data set: label -1, item 0. */
SmaltiFeatureSet  *smalti_frozen_trunk_look   (SmaltiFrozenTrunk         *self,
                                               const SmaltiImage         *image,
                                               GError                   **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiFrozenTrunk, smalti_frozen_trunk_free)

G_END_DECLS
