/* SPDX-License-Identifier: Apache-2.0 */
/* Lightness and coarse planes of colour, put together to a picture. */
#pragma once

#include "core/image/image.h"

G_BEGIN_DECLS

/* @image's own L in the colours of @ab (2, height, width), stretched over it bilinearly with half-pixel centres; %NULL
 * for none: grey. @distance (nullable) is added the distance in ab from the image's own colours, of every pixel. */
SmaltiImage *smalti_paint_image (const SmaltiImage  *image,
                                 const gfloat       *ab,
                                 gint                height,
                                 gint                width,
                                 gdouble            *distance);
/* The same on @light, a plane of L (side, side); not @smooth: each of its squares in one colour. */
SmaltiImage *smalti_paint_light (const gfloat       *light,
                                 gint                side,
                                 const gfloat       *ab,
                                 gint                height,
                                 gint                width,
                                 gboolean            smooth);

G_END_DECLS
