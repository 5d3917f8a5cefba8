/* SPDX-License-Identifier: Apache-2.0 */
/* One image of a grid: a square with its thumbnail, empty until that is there, a sign where there will be none. */
#pragma once

#include "ui/image-list.h"
#include "ui/thumbnail-loader.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_IMAGE_CELL (smalti_image_cell_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiImageCell, smalti_image_cell, SMALTI, IMAGE_CELL, GtkWidget)

#define SMALTI_IMAGE_CELL_SIDE 96

GtkWidget       *smalti_image_cell_new      (void);
/* %NULL: what it asked for is cancelled. */
void             smalti_image_cell_set_item (SmaltiImageCell  *self,
                                             SmaltiImageItem  *item);
SmaltiImageItem *smalti_image_cell_get_item (SmaltiImageCell  *self);
/* Asks for the thumbnail if it is not there, before whatever was asked for earlier; takes back a request that waits. */
void             smalti_image_cell_load     (SmaltiImageCell  *self);
void             smalti_image_cell_unload   (SmaltiImageCell  *self);

G_END_DECLS
