/* SPDX-License-Identifier: Apache-2.0 */
/* Images on the host: 8-bit sRGB, interleaved R G B, rows from the top without gaps. */
#pragma once

#include <glib-object.h>

#include "core/base/random.h"

G_BEGIN_DECLS

typedef struct
{
  gint width;
  gint height;
  guint8 *pixels; /* width * height * 3, owned */
  /*< private >*/
  gint ref_count;
  gint full_side;   /* short side in the file when it was decoded at a fraction, else 0 */
  gint denominator; /* of that fraction: 1, 2, 4 or 8 */
} SmaltiImage;

#define SMALTI_TYPE_IMAGE (smalti_image_get_type ())
GType        smalti_image_get_type     (void);

/* Black. */
SmaltiImage *smalti_image_new          (gint                width,
                                        gint                height);
SmaltiImage *smalti_image_ref          (SmaltiImage        *self);
void         smalti_image_unref        (SmaltiImage        *self);
SmaltiImage *smalti_image_copy         (const SmaltiImage  *self);

/**
 * smalti_image_load:
 * @min_side: the caller needs at least this many pixels on the short side: a JPEG may be decoded at a fraction of its size
 *   (DCT scaling) as long as it stays above; 0 for full size
 *
 * Any file that libjpeg-turbo or GdkPixbuf reads, turned upright as its EXIF orientation says; grey, CMYK, palette, alpha
 * (over white) and 16-bit become 8-bit sRGB. Thread safe.
 *
 * Returns: (transfer full) (nullable): %NULL with SMALTI_ERROR_DATA; the message names the file and the reason
 */
SmaltiImage *smalti_image_load         (const char         *path,
                                        gint                min_side,
                                        GError            **error);
SmaltiImage *smalti_image_decode       (const guint8       *data,
                                        gsize               size,
                                        const char         *name,
                                        gint                min_side,
                                        GError            **error);
/* Width and height (upright) from the header alone, for scanning. */
gboolean     smalti_image_probe        (const char         *path,
                                        gint               *width,
                                        gint               *height,
                                        GError            **error);
gboolean     smalti_image_save_png     (const SmaltiImage  *self,
                                        const char         *path,
                                        GError            **error);
/* (transfer full): the PNG file's bytes. */
GBytes      *smalti_image_to_png       (const SmaltiImage  *self,
                                        GError            **error);

/* A triangle filter, as wide as the reduction (antialiased) when smaller, bilinear when larger: torchvision's and Pillow's
 * bilinear resize with antialias. */
SmaltiImage *smalti_image_resize       (const SmaltiImage  *self,
                                        gint                width,
                                        gint                height);
/* The rectangle (fractions of a pixel allowed) resampled to width x height, as torchvision's resized_crop with antialias. */
SmaltiImage *smalti_image_crop_resize  (const SmaltiImage  *self,
                                        gdouble             x,
                                        gdouble             y,
                                        gdouble             crop_width,
                                        gdouble             crop_height,
                                        gint                width,
                                        gint                height);
SmaltiImage *smalti_image_crop         (const SmaltiImage  *self,
                                        gint                x,
                                        gint                y,
                                        gint                width,
                                        gint                height);
/* Short side to @side, then the middle @side x @side. */
SmaltiImage *smalti_image_center_crop  (const SmaltiImage  *self,
                                        gint                resize_to,
                                        gint                side);
void         smalti_image_flip         (SmaltiImage        *self); /* left and right, in place */
/* ITU-R 601 luma in all three channels, in place. */
void         smalti_image_to_grey      (SmaltiImage        *self);
/* (transfer full): cut into @grid x @grid cells, what is in cell i moved to cell order[i]; both sides are multiples of @grid. */
SmaltiImage *smalti_image_rearrange    (const SmaltiImage  *self,
                                        guint               grid,
                                        const guint8       *order);
/* Pastes @other with its top left corner at (x, y), clipped. */
void         smalti_image_paste        (SmaltiImage        *self,
                                        const SmaltiImage  *other,
                                        gint                x,
                                        gint                y);

/* Augmentations; each draws from @random and from nothing else. */

/* torchvision's RandomResizedCrop: area scale in [min_scale, 1], log-uniform ratio in [3/4, 4/3], 10 tries. */
SmaltiImage *smalti_augment_resized_crop (const SmaltiImage *self,
                                          SmaltiRandom      *random,
                                          gdouble            min_scale,
                                          gint               side);
/* Brightness, contrast, saturation each by a factor in [1 - strength, 1 + strength], hue by up to +-hue turns. */
void         smalti_augment_color_jitter (SmaltiImage       *self,
                                          SmaltiRandom      *random,
                                          gfloat             strength,
                                          gfloat             hue);
/* Shifts the colour planes against each other by up to @pixels each way (chromatic aberration). */
void         smalti_augment_channel_shift (SmaltiImage      *self,
                                           SmaltiRandom     *random,
                                           gint              pixels);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiImage, smalti_image_unref)

G_END_DECLS
