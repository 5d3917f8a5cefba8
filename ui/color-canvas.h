/* SPDX-License-Identifier: Apache-2.0 */
/* Two pictures of the same size in one place, with a divider between what is seen of each, moved by pointer or arrow keys. */
#pragma once

#include <gtk/gtk.h>

#include "core/image/image.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_COLOR_CANVAS (smalti_color_canvas_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiColorCanvas, smalti_color_canvas, SMALTI, COLOR_CANVAS, GtkWidget)

GtkWidget *smalti_color_canvas_new        (void);
/* @before is seen left of the divider, @after right of it; each (nullable) is shared: it must not change any more. */
void       smalti_color_canvas_set_before (SmaltiColorCanvas  *self,
                                           SmaltiImage        *before);
void       smalti_color_canvas_set_after  (SmaltiColorCanvas  *self,
                                           SmaltiImage        *after);

G_END_DECLS
