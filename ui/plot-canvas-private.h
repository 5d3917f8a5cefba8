/* SPDX-License-Identifier: Apache-2.0 */
/* The drawn part of a SmaltiPlot, under a pointer and a keyboard. */
#pragma once

#include <gtk/gtk.h>

#include "ui/plot-picture-private.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_PLOT_CANVAS (smalti_plot_canvas_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiPlotCanvas, smalti_plot_canvas, SMALTI, PLOT_CANVAS, GtkWidget)

/* @data: the plot's, which says when it has changed. */
GtkWidget *smalti_plot_canvas_new           (SmaltiPlotData    *data);
void       smalti_plot_canvas_changed       (SmaltiPlotCanvas  *self);
/* Shows everything again. */
void       smalti_plot_canvas_fit           (SmaltiPlotCanvas  *self);
/* Before @data goes away. */
void       smalti_plot_canvas_forget        (SmaltiPlotCanvas  *self);

G_END_DECLS
