/* SPDX-License-Identifier: Apache-2.0 */
/* Textures of small square pictures, asked for by what is on display: decoded on a few threads, the latest request first, kept in
 * memory up to a bound and on disk beyond that. */
#pragma once

#include <gtk/gtk.h>

#include "core/data/dataset.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_THUMBNAIL_LOADER (smalti_thumbnail_loader_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiThumbnailLoader, smalti_thumbnail_loader, SMALTI, THUMBNAIL_LOADER, GObject)

typedef struct _SmaltiThumbnailRequest SmaltiThumbnailRequest;

/* In the main context, once. @texture (nullable): when the image can't be read; @reason says why. The request is gone then. */
typedef void (*SmaltiThumbnailReady) (GdkTexture *texture, const char *reason, gpointer user_data);

/* All functions belong to the main thread. */

/* (transfer none): one for the whole program, so that the bounds hold for all pages together. */
SmaltiThumbnailLoader  *smalti_thumbnail_loader_get_default (void);
/* @cache_folder: (nullable): as smalti_thumbnail_cache_new(). @max_bytes: of textures; 0: 96 MB. */
SmaltiThumbnailLoader  *smalti_thumbnail_loader_new         (const char              *cache_folder,
                                                             gsize                    max_bytes);
/* (transfer none) (nullable): what memory has. */
GdkTexture             *smalti_thumbnail_loader_peek        (SmaltiThumbnailLoader   *self,
                                                             SmaltiDataset           *dataset,
                                                             guint64                  item,
                                                             gint                     side);
/* (transfer none): to be cancelled before @user_data goes. */
SmaltiThumbnailRequest *smalti_thumbnail_loader_request     (SmaltiThumbnailLoader   *self,
                                                             SmaltiDataset           *dataset,
                                                             guint64                  item,
                                                             gint                     side,
                                                             SmaltiThumbnailReady     ready,
                                                             gpointer                 user_data);
/* Before all others that wait. */
void                    smalti_thumbnail_loader_raise       (SmaltiThumbnailLoader   *self,
                                                             SmaltiThumbnailRequest  *request);
void                    smalti_thumbnail_loader_cancel      (SmaltiThumbnailLoader   *self,
                                                             SmaltiThumbnailRequest  *request);
/* Bytes of textures in memory. */
gsize                   smalti_thumbnail_loader_get_bytes   (SmaltiThumbnailLoader   *self);

G_END_DECLS
