/* SPDX-License-Identifier: Apache-2.0 */
/* Decoded images kept between epochs. What was kept stays: with an order that is shuffled anew every epoch, throwing out
 * the oldest would lower the share of hits, not raise it. */
#pragma once

#include "core/image/image.h"

G_BEGIN_DECLS

typedef struct _SmaltiImageCache SmaltiImageCache;

SmaltiImageCache *smalti_image_cache_new    (guint64            n_items,
                                             guint64            max_bytes);
void              smalti_image_cache_free   (SmaltiImageCache  *self);
/* (transfer full) (nullable): an image with exactly the pixels that decoding with @min_side would give. Thread safe. */
SmaltiImage      *smalti_image_cache_get    (SmaltiImageCache  *self,
                                             guint64            item,
                                             gint               min_side);
/* Keeps @image when there is room, in the place of one decoded for another size. Thread safe. */
void              smalti_image_cache_put    (SmaltiImageCache  *self,
                                             guint64            item,
                                             SmaltiImage       *image);
guint64           smalti_image_cache_bytes  (SmaltiImageCache  *self);
/* What it keeps at most. */
guint64           smalti_image_cache_limit  (SmaltiImageCache  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiImageCache, smalti_image_cache_free)

G_END_DECLS
