/* SPDX-License-Identifier: Apache-2.0 */
/* Small square pictures of a data set's images, kept on disk from one start to the next. */
#pragma once

#include "core/data/dataset.h"

G_BEGIN_DECLS

/* Reference counted; all functions are thread safe, and several processes may share a folder. */
typedef struct _SmaltiThumbnailCache SmaltiThumbnailCache;

/**
 * smalti_thumbnail_cache_new:
 * @folder: (nullable): made when the first picture is kept; %NULL: `smalti/thumbnails` in the user's cache folder
 * @max_bytes: what the files may take together, about; 0: 256 MB
 */
SmaltiThumbnailCache *smalti_thumbnail_cache_new   (const char            *folder,
                                                    guint64                max_bytes);
SmaltiThumbnailCache *smalti_thumbnail_cache_ref   (SmaltiThumbnailCache  *self);
void                  smalti_thumbnail_cache_unref (SmaltiThumbnailCache  *self);

/**
 * smalti_thumbnail_cache_load:
 *
 * The middle square of an image, @side x @side, or smaller where the image is. From disk if the file is still the one it was
 * made of (path, time of change and size); else decoded, and kept if decoding is worth saving. A disk that is full or can't be
 * written costs time, not the picture. Blocks.
 *
 * Returns: (transfer full) (nullable): %NULL with SMALTI_ERROR_DATA, as smalti_dataset_load()
 */
SmaltiImage          *smalti_thumbnail_cache_load  (SmaltiThumbnailCache  *self,
                                                    SmaltiDataset         *dataset,
                                                    guint64                item,
                                                    gint                   side,
                                                    GError               **error);
/* Removes what was not used for longest until there is some room again; done by load now and then. Returns the bytes that
 * are left. */
guint64               smalti_thumbnail_cache_trim  (SmaltiThumbnailCache  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiThumbnailCache, smalti_thumbnail_cache_unref)

G_END_DECLS
