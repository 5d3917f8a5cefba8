/* SPDX-License-Identifier: Apache-2.0 */
/* The classes of a data set with their numbers of images: searched by name, sorted by either. */
#pragma once

#include <gtk/gtk.h>

#include "core/data/dataset.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_CLASS_LIST (smalti_class_list_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiClassList, smalti_class_list, SMALTI, CLASS_LIST, GtkWidget)

/* Signal "chosen" (guint): of a class, by its number. */
GtkWidget *smalti_class_list_new         (void);
/* %NULL: nothing. */
void       smalti_class_list_set_dataset (SmaltiClassList  *self,
                                          SmaltiDataset    *dataset);

G_END_DECLS
