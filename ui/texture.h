/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of the core as GTK draws them, and back. */
#pragma once

#include <gdk/gdk.h>

#include "core/image/image.h"

G_BEGIN_DECLS

/* Shares the pixels of @image, which must not change any more. */
GdkTexture  *smalti_texture_new      (SmaltiImage  *image);
/* (transfer full): a copy, over white where it is transparent. Off the main thread for large ones. */
SmaltiImage *smalti_texture_to_image (GdkTexture   *texture);

G_END_DECLS
