/* SPDX-License-Identifier: Apache-2.0 */
/* One picture of the core, as large as there is room for, with the wrong cells of a grid marked by frame and cross. */
#pragma once

#include <gtk/gtk.h>

#include "core/image/image.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_IMAGE_VIEW (smalti_image_view_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiImageView, smalti_image_view, SMALTI, IMAGE_VIEW, GtkWidget)

GtkWidget *smalti_image_view_new       (void);
/* @image (nullable) is shared, not copied: it must not change any more. */
void       smalti_image_view_set_image (SmaltiImageView    *self,
                                        SmaltiImage        *image);
/* @wrong: (array): grid * grid flags, rows from the top; @grid 0 for none; at most 16 cells. */
void       smalti_image_view_set_marks (SmaltiImageView    *self,
                                        guint               grid,
                                        const guint8       *wrong);

G_END_DECLS
