/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of a text view's lines, for its left gutter; some of them marked. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SMALTI_TYPE_LINE_NUMBERS (smalti_line_numbers_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiLineNumbers, smalti_line_numbers, SMALTI, LINE_NUMBERS, GtkWidget)

/* Puts itself into the gutter of @view. */
SmaltiLineNumbers *smalti_line_numbers_new        (GtkTextView        *view);
/* @lines: (element-type guint): from 1, ascending. */
void               smalti_line_numbers_set_marked (SmaltiLineNumbers  *self,
                                                   const GArray       *lines);

G_END_DECLS
