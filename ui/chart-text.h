/* SPDX-License-Identifier: Apache-2.0 */
/* Words on what is drawn: small labels, and the box beside what the pointer is on. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Small, figures of one width. */
PangoLayout *smalti_chart_text     (GtkWidget      *widget,
                                    const char     *text);
/* @layout with its top left corner at whole pixels near (x, y). */
void         smalti_chart_put      (GtkSnapshot    *snapshot,
                                    PangoLayout    *layout,
                                    gdouble         x,
                                    gdouble         y,
                                    const GdkRGBA  *color);
/* The widget's colour of text. */
GdkRGBA      smalti_chart_color    (GtkWidget      *widget);
/* "#0072b2", for markup; @text has room for 8. */
const char  *smalti_chart_hex      (const GdkRGBA  *color,
                                    char           *text);
/* @markup, and above it @picture (nullable) of at most @side pixels, in a box beside (x, y) that stays within @widget. */
void         smalti_chart_box      (GtkWidget      *widget,
                                    GtkSnapshot    *snapshot,
                                    const char     *markup,
                                    GdkPaintable   *picture,
                                    gdouble         side,
                                    gdouble         x,
                                    gdouble         y);
/* What a screen reader says of the widget now: @text in place of its description. */
void         smalti_chart_describe (GtkWidget      *widget,
                                    const char     *text);

G_END_DECLS
