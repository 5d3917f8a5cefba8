/* SPDX-License-Identifier: Apache-2.0 */
/* The drawn part of a SmaltiFeatureMap. */
#pragma once

#include "ui/feature-map.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_MAP_CANVAS (smalti_map_canvas_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiMapCanvas, smalti_map_canvas, SMALTI, MAP_CANVAS, GtkWidget)

/* Signals as the map's. */
void smalti_map_canvas_set_layout  (SmaltiMapCanvas    *self,
                                    const gfloat       *layout,
                                    guint               n);
/* (transfer full): @klass and @names. */
void smalti_map_canvas_set_classes (SmaltiMapCanvas    *self,
                                    gint32             *klass,
                                    guint               n,
                                    guint               n_classes,
                                    char              **names);
void smalti_map_canvas_set_class   (SmaltiMapCanvas    *self,
                                    gint                klass);
void smalti_map_canvas_set_picture (SmaltiMapCanvas    *self,
                                    guint               item,
                                    GdkTexture         *picture,
                                    const char         *caption);
void smalti_map_canvas_fit         (SmaltiMapCanvas    *self);
gint smalti_map_canvas_get_hovered (SmaltiMapCanvas    *self);

G_END_DECLS
