/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/data/dataset.h"

G_BEGIN_DECLS

/* As smalti_dataset_load(), but neither looks into the cache nor fills it: for a pass over everything. */
SmaltiImage *smalti_dataset_decode      (SmaltiDataset  *self,
                                         guint64         item,
                                         gint            min_side,
                                         GError        **error);
/* The first complaint, for the message when nothing can be read. Free with g_free(). */
char        *smalti_dataset_first_reason (SmaltiDataset *self);

G_END_DECLS
