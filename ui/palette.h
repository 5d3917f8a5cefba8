/* SPDX-License-Identifier: Apache-2.0 */
/* Colours that people with any colour vision tell apart, on light and on dark: Okabe and Ito's set (2008), its light members
 * on dark. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SMALTI_PALETTE_SIZE 6

/* The colour of curve @index, which may be any number. */
GdkRGBA  smalti_palette_curve (guint     index,
                               gboolean  dark);
/* The dashes of curve @index, for a line one wide: curves that share a colour differ in them, up to four times the
 * palette's size. Returns how many lengths; 0: drawn through. */
guint    smalti_palette_dashes (guint           index,
                                const gdouble **lengths);
/* What is wrong; always drawn together with a shape. */
GdkRGBA  smalti_palette_wrong (gboolean  dark);
/* @color, so much fainter. */
GdkRGBA  smalti_palette_faint (GdkRGBA   color,
                               gfloat    alpha);

G_END_DECLS
