/* SPDX-License-Identifier: Apache-2.0 */
/* Looking into a trained network: its first filters, and what its layers make of an image. */
#pragma once

#include "core/run/model.h"

G_BEGIN_DECLS

/* (transfer full): names of the trunk's layers from the image on, %NULL-terminated. */
char      **smalti_model_layers  (SmaltiModel  *self);
/* (transfer full) (element-type SmaltiImage): the kernels of the first convolution, one a filter, in colour where the
 * network sees colour and else grey. Grey of the middle is a weight of 0, and the sheet's largest weight is black or white,
 * so that filters can be compared (Krizhevsky, Sutskever & Hinton 2012, figure 3). */
GPtrArray  *smalti_model_filters (SmaltiModel  *self);

typedef struct
{
  guint channel;
  gfloat mean, largest; /* of its activations */
  SmaltiImage *image;   /* from dark blue, the map's least, to yellow, its largest; black all over when it is all one */
} SmaltiFeatureMap;

typedef struct
{
  char *layer;
  gint channels, height, width;
  SmaltiImage *input; /* the square that the trunk got, before it became numbers */
  GPtrArray *maps;    /* (element-type SmaltiFeatureMap): of the highest mean first */
} SmaltiFeatureMaps;

void               smalti_feature_maps_free  (SmaltiFeatureMaps  *self);
/**
 * smalti_model_feature_maps:
 * @layer: one of smalti_model_layers()
 * @n_max: how many maps at most; 0: all
 *
 * The middle of @image goes through the trunk as the linear benchmark has it (a jigsaw's whole puzzle, not its tiles).
 *
 * Returns: (nullable): %NULL with SMALTI_ERROR_ARGUMENT for a layer that there is not
 */
SmaltiFeatureMaps *smalti_model_feature_maps (SmaltiModel        *self,
                                              const SmaltiImage  *image,
                                              const char         *layer,
                                              guint               n_max,
                                              GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiFeatureMaps, smalti_feature_maps_free)

G_END_DECLS
