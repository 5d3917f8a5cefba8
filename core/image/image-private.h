/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of core/image share, and the fraction rule that the data set's cache needs. */
#pragma once

#include "core/image/image.h"

G_BEGIN_DECLS

/* A larger picture is not a photograph but a mistake or an attack; it would take more than 1.5 GB. */
#define SMALTI_IMAGE_MAX_PIXELS G_GUINT64_CONSTANT (500000000)

/* Pixels not set; %NULL with SMALTI_ERROR_MEMORY when there is no room. */
SmaltiImage *smalti_image_try_new     (gint           width,
                                       gint           height,
                                       GError       **error);

/* 1, 2, 4 or 8: the strongest DCT reduction that leaves at least @min_side of @full_side (0: none wanted). */
gint         smalti_image_denominator (gint           full_side,
                                       gint           min_side);

/* Whether decoding the same file with @min_side would give these very pixels. */
gboolean     smalti_image_serves      (const SmaltiImage *self,
                                       gint               min_side);

/* %FALSE with SMALTI_ERROR_DATA unless the size is that of a picture we are willing to hold. */
gboolean     smalti_image_check_size  (guint64        width,
                                       guint64        height,
                                       GError       **error);

/* A new picture turned or mirrored so that EXIF @orientation (1 .. 8) becomes 1; takes @self. */
SmaltiImage *smalti_image_upright     (SmaltiImage   *self,
                                       guint          orientation);

gboolean     smalti_jpeg_is           (const guint8  *data,
                                       gsize          size);
/* The error's message is the bare reason, without the file's name. */
SmaltiImage *smalti_jpeg_decode       (const guint8  *data,
                                       gsize          size,
                                       gint           min_side,
                                       GError       **error);
gboolean     smalti_jpeg_probe        (const guint8  *data,
                                       gsize          size,
                                       gint          *width,
                                       gint          *height,
                                       GError       **error);

/**
 * smalti_exif_orientation:
 * @data: an APP1 segment's content, beginning with "Exif\0\0"
 *
 * Returns: 1 .. 8; 1 when it says nothing or is damaged
 */
guint        smalti_exif_orientation  (const guint8  *data,
                                       gsize          size);

G_END_DECLS
