/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of the core as GTK draws them, and back. */
#pragma once

#include <gtk/gtk.h>

#include "core/image/image.h"

G_BEGIN_DECLS

/* Shares the pixels of @image, which must not change any more. Cairo's renderer converts what it draws for every frame,
 * and in GTK 4.8 none faster than these: its own layout goes through floating point. */
GdkTexture    *smalti_texture_new      (SmaltiImage     *image);
/* (transfer full): a node of @width x @height pixels of the screen that shows @pixels. A snapshot keeps what Cairo is told,
 * and would have every line of a drawing drawn anew in every frame; and a texture of these pixels, premultiplied as they are,
 * would be converted by way of floating point (see above). */
GskRenderNode *smalti_pixels_to_node   (cairo_surface_t *pixels,
                                        gdouble          width,
                                        gdouble          height);
/* (transfer full): a copy, over white where it is transparent. Off the main thread for large ones. */
SmaltiImage   *smalti_texture_to_image (GdkTexture      *texture);

G_END_DECLS
