/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Scrolling a page must not turn the sliders that come under the pointer: takes the wheel from @widget. */
void smalti_scroll_past       (GtkWidget         *widget);
/* What is wider than the window is first seen from where reading begins, until it is scrolled: from the right, in a language
 * that is written so, where GTK begins at the left as ever. */
void smalti_scroll_from_start (GtkScrolledWindow *window);

G_END_DECLS
