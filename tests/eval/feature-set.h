/* SPDX-License-Identifier: Apache-2.0 */
/* Feature sets made up for tests. */
#pragma once

#include "core/base/random.h"
#include "core/eval/features.h"

G_BEGIN_DECLS

/* One layer, "made up", of (channels, height, width); all zero, labels 0. */
SmaltiFeatureSet *feature_set_new   (guint             n,
                                     gint              channels,
                                     gint              height,
                                     gint              width);
gfloat           *feature_set_row   (SmaltiFeatureSet *self,
                                     guint             i);
/* Gaussian clouds: image i is of class i % n_classes; deviation 1 around a centre that depends on class and dimension
 * alone, @distance times a standard normal draw away from the origin in each of @dim channels. */
SmaltiFeatureSet *feature_set_blobs (guint             n,
                                     gint              dim,
                                     guint             n_classes,
                                     gdouble           distance,
                                     guint64           seed);

G_END_DECLS
