/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Scrolling a page must not turn the sliders that come under the pointer: takes the wheel from @widget. */
void smalti_scroll_past (GtkWidget *widget);

G_END_DECLS
