/* SPDX-License-Identifier: Apache-2.0 */
/* A map of images by their features: a point an image, coloured by class, to pan and zoom, up to 50,000 of them.
 *
 * The wheel zooms about the pointer, dragging pans, a double click fits; arrows, + and -, 0 do the same. With the keyboard
 * the item nearest to the middle is the one that is looked at. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SMALTI_TYPE_FEATURE_MAP (smalti_feature_map_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiFeatureMap, smalti_feature_map, SMALTI, FEATURE_MAP, GtkWidget)

/* Signals: "item-hovered" (gint item, -1: none any more), "item-activated" (guint item): by click, Enter or space. */
GtkWidget *smalti_feature_map_new          (void);
/* @layout: (n, 2); copied. The view follows the points until someone moves it, and goes on where it is as long as there are
 * as many: a map that unfolds can be watched from near. */
void       smalti_feature_map_set_layout   (SmaltiFeatureMap   *self,
                                            const gfloat       *layout,
                                            guint               n);
/* @klass: (nullable): one a point, -1 for none; copied, as are @names. Before or after the layout. */
void       smalti_feature_map_set_classes  (SmaltiFeatureMap   *self,
                                            const gint32       *klass,
                                            guint               n,
                                            guint               n_classes,
                                            const char *const  *names);
/* Only this class keeps its colour; -1: all do. The list above the map does the same. */
void       smalti_feature_map_set_class    (SmaltiFeatureMap   *self,
                                            gint                klass);
/* What is shown of @item while the pointer is on it, once it is there. Passed over when the pointer has gone on. */
void       smalti_feature_map_set_picture  (SmaltiFeatureMap   *self,
                                            guint               item,
                                            GdkTexture         *picture,
                                            const char         *caption);
/* Everything is in view. */
void       smalti_feature_map_fit          (SmaltiFeatureMap   *self);
/* -1 when none is looked at. */
gint       smalti_feature_map_get_hovered  (SmaltiFeatureMap   *self);
/* The colour of a class, for who shows it elsewhere. */
GdkRGBA    smalti_feature_map_class_color  (guint               klass,
                                            guint               n_classes,
                                            gboolean            dark);

G_END_DECLS
