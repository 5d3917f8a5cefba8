/* SPDX-License-Identifier: Apache-2.0 */
/* A data set made small: every picture as large as training needs it, once and for all, so that no epoch decodes
 * photographs of 24 megapixels again. */
#pragma once

#include "core/data/dataset.h"

G_BEGIN_DECLS

typedef struct
{
  guint64 n_written, n_unreadable;
  guint64 n_bytes; /* of the pictures written */
} SmaltiPackSummary;

/**
 * smalti_dataset_pack:
 * @path: a folder that is empty, not there, or holds an unfinished pack of the same pictures, which is finished then
 * @side: pictures larger than this on their short side are reduced to it; none is enlarged
 * @progress: (nullable): pictures done, called now and then on the calling thread
 *
 * JPEG of quality 95, upright, in folders any program understands: train/<class>/ and val/<class>/ where there are labels,
 * images/ where there are none. Unreadable pictures are left out and marked in @self. A README, written last, says what
 * it is and that it is whole.
 */
gboolean smalti_dataset_pack (SmaltiDataset       *self,
                              const char          *path,
                              gint                 side,
                              guint                n_threads,
                              GCancellable        *cancellable,
                              SmaltiScanProgress   progress,
                              gpointer             user_data,
                              SmaltiPackSummary   *summary,
                              GError             **error);

G_END_DECLS
