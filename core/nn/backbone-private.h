/* SPDX-License-Identifier: Apache-2.0 */
/* What the backbones share among themselves. */
#pragma once

#include "core/nn/backbone.h"

G_BEGIN_DECLS

extern const SmaltiBackboneClass smalti_cfn_class;
extern const SmaltiBackboneClass smalti_cfn_small_class;
extern const SmaltiBackboneClass smalti_colornet_class;
extern const SmaltiBackboneClass smalti_colornet_small_class;
extern const SmaltiBackboneClass smalti_resnet18_class;
extern const SmaltiBackboneClass smalti_resnet34_class;
extern const SmaltiBackboneClass smalti_resnet50_class;
extern const SmaltiBackboneClass smalti_resnet_small_class;

/* Adds a layer for the benchmark to read, and makes it the features so far. @name is static. */
void   smalti_trunk_add    (SmaltiTrunk  *self,
                            const char   *name,
                            SmaltiValue  *value);
/* @n_filters times @width, to the nearest multiple of 8 (what blocked layouts and two groups like), at least 8. */
gint64 smalti_scale_filters (gint64       n_filters,
                             double       width);

G_END_DECLS
