/* SPDX-License-Identifier: Apache-2.0 */
/* What the layers of a trained network make of an image, and its first filters. The network is asked while the widget is on
 * display, and not before. */
#pragma once

#include <gtk/gtk.h>

#include "core/image/image.h"
#include "ui/model-client.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_LOOK_INSIDE (smalti_look_inside_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiLookInside, smalti_look_inside, SMALTI, LOOK_INSIDE, GtkWidget)

GtkWidget *smalti_look_inside_new        (void);
/* @run_folder (nullable): where the checkpoint is; none, and nothing is shown. Set again, the checkpoint is read again. */
void       smalti_look_inside_set_model  (SmaltiLookInside   *self,
                                          const char         *run_folder);
/* Instead of a model of its own: one that others ask, too. It is followed when it changes. */
void       smalti_look_inside_set_client (SmaltiLookInside   *self,
                                          SmaltiModelClient  *client);
/* @image (nullable) is shared: it must not change any more. Without one there are only the filters. */
void       smalti_look_inside_set_image  (SmaltiLookInside   *self,
                                          SmaltiImage        *image);

G_END_DECLS
