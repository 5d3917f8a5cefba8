/* SPDX-License-Identifier: Apache-2.0 */
/* The drawn part of a SmaltiPlot: curves, axes, crosshair, and the visible range. */
#pragma once

#include <gtk/gtk.h>

#include "ui/series.h"

G_BEGIN_DECLS

typedef struct
{
  char *title;
  SmaltiSeries *series;
  guint color;      /* in the palette */
  gboolean sparse;  /* few points, each of which counts: marked, never smoothed */
  gboolean visible;
} SmaltiCurve;

#define SMALTI_TYPE_PLOT_CANVAS (smalti_plot_canvas_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiPlotCanvas, smalti_plot_canvas, SMALTI, PLOT_CANVAS, GtkWidget)

/* @curves: (element-type SmaltiCurve): shared with the plot, which says when they have changed. */
GtkWidget *smalti_plot_canvas_new           (GPtrArray         *curves);
void       smalti_plot_canvas_set_percent   (SmaltiPlotCanvas  *self,
                                             gboolean           percent);
void       smalti_plot_canvas_set_smoothing (SmaltiPlotCanvas  *self,
                                             gdouble            smoothing);
void       smalti_plot_canvas_changed       (SmaltiPlotCanvas  *self);
/* Shows everything again. */
void       smalti_plot_canvas_fit           (SmaltiPlotCanvas  *self);
/* A value as people read it on this plot; free with g_free(). */
char      *smalti_plot_canvas_format        (SmaltiPlotCanvas  *self,
                                             gdouble            value);

G_END_DECLS
