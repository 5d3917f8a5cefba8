/* SPDX-License-Identifier: Apache-2.0 */
/* The three dots of a chart that is no plot of curves: what is on display as a picture, its numbers as a table. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The numbers as CSV (RFC 4180, a header first, numbers as in C); called on the main thread. Free with g_free(). */
typedef char *(*SmaltiPictureTable) (gpointer user_data);

/* @picture: must outlive the button; nothing to save as long as it is not on display. @title: of the picture, for the
 * suggested name of a file. */
GtkWidget *smalti_picture_menu_new (GtkWidget          *picture,
                                    const char         *title,
                                    SmaltiPictureTable  table,
                                    gpointer            user_data);
/* Appends @text to a line of CSV, quoted where it must be. */
void       smalti_csv_append       (GString            *line,
                                    const char         *text);

G_END_DECLS
