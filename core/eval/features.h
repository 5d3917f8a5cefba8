/* SPDX-License-Identifier: Apache-2.0 */
/* Features of frozen layers, pooled as the linear benchmark says (Goyal et al. 2019, section 4 and appendix). */
#pragma once

#include "core/data/dataset.h"
#include "core/device/program.h"
#include "core/pretext/pretext.h"

G_BEGIN_DECLS

/* Features of every image of a split at one layer. */
typedef struct
{
  char *layer;
  gint channels, height, width; /* after pooling: at most about 9,000 together */
  guint n;                      /* images */
  gsize dim;                    /* channels * height * width */
  gfloat *data;                 /* (n, dim), owned */
} SmaltiFeatures;

typedef struct
{
  SmaltiFeatures *layer; /* n_layers of them, owned */
  guint n_layers;
  gint32 *label; /* (n), owned */
  guint32 *item; /* (n): data set items */
  guint n;
} SmaltiFeatureSet;

typedef void (*SmaltiEvalProgress) (const char *phase, guint64 done, guint64 total, gpointer user_data);

/**
 * smalti_features_extract:
 * @pretext: says how an image is normalised for this trunk
 * @weights: contain the trunk under SMALTI_TRUNK_PREFIX
 * @layers: (nullable): names, %NULL-terminated; %NULL: all the backbone has
 * @side: image side in pixels
 * @max_dim: of a pooled layer: the largest square grid with channels * grid^2 <= max_dim
 */
SmaltiFeatureSet *smalti_features_extract  (SmaltiPretext             *pretext,
                                            const SmaltiBackboneClass *backbone,
                                            const SmaltiValues        *backbone_values,
                                            SmaltiDevice              *device,
                                            SmaltiPrecision            precision,
                                            SmaltiWeights             *weights,
                                            SmaltiDataset             *dataset,
                                            SmaltiSplit                split,
                                            const char *const         *layers,
                                            gint                       side,
                                            gint                       max_dim,
                                            guint                      n_loader_threads,
                                            GCancellable              *cancellable,
                                            SmaltiEvalProgress         progress,
                                            gpointer                   user_data,
                                            GError                   **error);
void              smalti_feature_set_free  (SmaltiFeatureSet          *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiFeatureSet, smalti_feature_set_free)

G_END_DECLS
