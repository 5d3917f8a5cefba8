/* SPDX-License-Identifier: Apache-2.0 */
/* A scrolling grid of thumbnails: of a folder's images, however many. */
#pragma once

#include <gtk/gtk.h>

#include "ui/image-list.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_IMAGE_GRID (smalti_image_grid_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiImageGrid, smalti_image_grid, SMALTI, IMAGE_GRID, GtkWidget)

/* Signals:
 *   "opened" (guint): double click or Enter on the image at this position of the list
 *   "selected": another image is selected, or none
 */
GtkWidget       *smalti_image_grid_new          (void);
/* %NULL: nothing. Begins at the top. */
void             smalti_image_grid_set_list     (SmaltiImageGrid  *self,
                                                 SmaltiImageList  *list);
SmaltiImageList *smalti_image_grid_get_list     (SmaltiImageGrid  *self);
/* %FALSE when none is. */
gboolean         smalti_image_grid_get_selected (SmaltiImageGrid  *self,
                                                 guint            *position);
/* Selects it and scrolls there. */
void             smalti_image_grid_select       (SmaltiImageGrid  *self,
                                                 guint             position);

G_END_DECLS
