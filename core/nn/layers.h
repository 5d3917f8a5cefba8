/* SPDX-License-Identifier: Apache-2.0 */
/* Layers with their parameters: an operator, its PARAMs under torchvision's names, and how they start. */
#pragma once

#include "core/graph/graph.h"

G_BEGIN_DECLS

/* Adds PARAM "<name>.weight" (and "<name>.bias"). @init is for the weight; biases start at zero. */
SmaltiValue *smalti_layer_conv           (SmaltiGraph  *graph,
                                          const char   *name,
                                          SmaltiValue  *x,
                                          gint64        n_filters,
                                          SmaltiWindow  window,
                                          gboolean      bias,
                                          SmaltiInit    init);
SmaltiValue *smalti_layer_conv_transpose (SmaltiGraph  *graph,
                                          const char   *name,
                                          SmaltiValue  *x,
                                          gint64        n_filters,
                                          SmaltiWindow  window,
                                          gboolean      bias,
                                          SmaltiInit    init);
SmaltiValue *smalti_layer_linear         (SmaltiGraph  *graph,
                                          const char   *name,
                                          SmaltiValue  *x,
                                          gint64        n_outputs,
                                          gboolean      bias,
                                          SmaltiInit    init);
/* "<name>.weight", ".bias", ".running_mean", ".running_var"; eps 1e-5, momentum 0.1. */
SmaltiValue *smalti_layer_batch_norm     (SmaltiGraph  *graph,
                                          const char   *name,
                                          SmaltiValue  *x);

G_END_DECLS
