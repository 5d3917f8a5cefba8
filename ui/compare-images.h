/* SPDX-License-Identifier: Apache-2.0 */
/* Images of an archive as a grid of thumbnails with their names, of which only those in view are read. */
#pragma once

#include "ui/compare-pictures.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_COMPARE_IMAGES (smalti_compare_images_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiCompareImages, smalti_compare_images, SMALTI, COMPARE_IMAGES, GtkWidget)

/* Signals: "image-activated" (guint image): by click, Enter or space; its number in the archive. */
/* @height: at least; 0: as much as its images need. */
GtkWidget *smalti_compare_images_new (const char              *label,
                                      gint                     height);
/* @images: (element-type guint) (nullable): which; all. @archive: (nullable): none. */
void       smalti_compare_images_set (SmaltiCompareImages     *self,
                                      SmaltiEvaluationArchive *archive,
                                      const GArray            *images);
guint      smalti_compare_images_get_n (SmaltiCompareImages   *self);

G_END_DECLS
