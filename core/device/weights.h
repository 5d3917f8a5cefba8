/* SPDX-License-Identifier: Apache-2.0 */
/* The named parameters and states of a network, on a device: shared by the programs that train it, validate it and read
 * its features. */
#pragma once

#include "core/device/device.h"
#include "core/graph/graph.h"
#include "core/tensor/safetensors.h"

G_BEGIN_DECLS

typedef struct _SmaltiWeights SmaltiWeights;

/* @device must outlive it. */
SmaltiWeights *smalti_weights_new        (SmaltiDevice            *device);
SmaltiWeights *smalti_weights_ref        (SmaltiWeights           *self);
void           smalti_weights_unref      (SmaltiWeights           *self);

/* Makes room for every PARAM and STATE of @graph that is not there yet and fills it as its SmaltiInit says, from
 * (@seed, name): the same name and shape get the same numbers whatever else is in the graph. A name that is there with
 * another shape is SMALTI_ERROR_SHAPE. */
gboolean       smalti_weights_add_graph  (SmaltiWeights           *self,
                                          const SmaltiGraph       *graph,
                                          guint64                  seed,
                                          GError                 **error);
gboolean       smalti_weights_contains   (const SmaltiWeights     *self,
                                          const char              *name);
/* The device's own; asserts that it is there. */
SmaltiBuffer   smalti_weights_buffer     (const SmaltiWeights     *self,
                                          const char              *name);
/* (transfer full): a copy on the host, f32. */
SmaltiTensor  *smalti_weights_read       (const SmaltiWeights     *self,
                                          const char              *name);
gboolean       smalti_weights_write      (SmaltiWeights           *self,
                                          const char              *name,
                                          const SmaltiTensor      *tensor,
                                          GError                 **error);
/* Adds every PARAM and STATE to @file, each name after @prefix (may be ""). */
void           smalti_weights_save       (const SmaltiWeights     *self,
                                          SmaltiTensorFile        *file,
                                          const char              *prefix);
/* Fills every PARAM and STATE whose name begins with @only (may be "") from @file; a missing one or another shape is
 * SMALTI_ERROR_CHECKPOINT, which names it, and nothing is changed. */
gboolean       smalti_weights_load       (SmaltiWeights           *self,
                                          const SmaltiTensorFile  *file,
                                          const char              *prefix,
                                          const char              *only,
                                          GError                 **error);
/* SHA-256 over names and contents, as hexadecimal text; free with g_free(). */
char          *smalti_weights_hash       (const SmaltiWeights     *self);
gint64         smalti_weights_n_params   (const SmaltiWeights     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiWeights, smalti_weights_unref)

G_END_DECLS
