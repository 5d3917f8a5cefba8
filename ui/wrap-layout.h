/* SPDX-License-Identifier: Apache-2.0 */
/* Children in reading order, each as wide as it likes to be, in as many rows as that takes: what a legend needs, and what
 * GtkFlowBox with its columns is not. The first of a row that expands takes what is left of it. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SMALTI_TYPE_WRAP_LAYOUT (smalti_wrap_layout_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiWrapLayout, smalti_wrap_layout, SMALTI, WRAP_LAYOUT, GtkLayoutManager)

/* @spacing: pixels between children and between rows. */
GtkLayoutManager *smalti_wrap_layout_new (guint spacing, guint row_spacing);

G_END_DECLS
