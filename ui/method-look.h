/* SPDX-License-Identifier: Apache-2.0 */
/* What a method makes of a folder's images before any network sees them: the very samples of a run, drawn by the method's own code
 * with its usual settings. */
#pragma once

#include <gtk/gtk.h>

#include "core/data/dataset.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_METHOD_LOOK (smalti_method_look_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiMethodLook, smalti_method_look, SMALTI, METHOD_LOOK, GtkWidget)

GtkWidget *smalti_method_look_new      (void);
/* %NULL: nothing. Until an image is named, three of them are picked by chance. */
void       smalti_method_look_set      (SmaltiMethodLook  *self,
                                        SmaltiDataset     *dataset);
/* @item: its number; -1: three by chance. */
void       smalti_method_look_set_item (SmaltiMethodLook  *self,
                                        gint64             item);

G_END_DECLS
