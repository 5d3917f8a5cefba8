/* SPDX-License-Identifier: Apache-2.0 */
/* Images of a data set as a list model. Its objects are made when somebody asks for them: a list of 100,000 images costs no more
 * than their numbers. It never changes; what is filtered is another list. */
#pragma once

#include <gio/gio.h>

#include "core/data/dataset.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_IMAGE_ITEM (smalti_image_item_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiImageItem, smalti_image_item, SMALTI, IMAGE_ITEM, GObject)

SmaltiDataset *smalti_image_item_get_dataset (SmaltiImageItem  *self);
guint64        smalti_image_item_get_number  (SmaltiImageItem  *self);
/* The class's name, or %NULL. */
const char    *smalti_image_item_get_class   (SmaltiImageItem  *self);
/* For people: the file's name without its folder. Free with g_free(). */
char          *smalti_image_item_dup_name    (SmaltiImageItem  *self);
/* Name and class in one line. Free with g_free(). */
char          *smalti_image_item_describe    (SmaltiImageItem  *self);

#define SMALTI_TYPE_IMAGE_LIST (smalti_image_list_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiImageList, smalti_image_list, SMALTI, IMAGE_LIST, GObject)

/**
 * smalti_image_list_new:
 * @klass: only of this class; -1: of all
 * @split: only of this SmaltiSplit; -1: of both
 */
SmaltiImageList *smalti_image_list_new     (SmaltiDataset    *dataset,
                                            gint              klass,
                                            gint              split);
/* The image's number in the data set. */
guint64          smalti_image_list_number  (SmaltiImageList  *self,
                                            guint             position);

G_END_DECLS
