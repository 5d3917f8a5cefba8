/* SPDX-License-Identifier: Apache-2.0 */
/* Curves over training steps: title, legend (which switches curves), smoothing, hover values, zoom and pan. Screen readers
 * get the latest and best values as the picture's label. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SMALTI_TYPE_PLOT (smalti_plot_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiPlot, smalti_plot, SMALTI, PLOT, GtkWidget)

typedef enum
{
  SMALTI_PLOT_PLAIN = 0,
  SMALTI_PLOT_PERCENT = 1 << 0, /* values are shares, 0 .. 1 */
  SMALTI_PLOT_HIGHER_IS_BETTER = 1 << 1,
  SMALTI_PLOT_EXACT = 1 << 2, /* set, not measured: never smoothed */
} SmaltiPlotFlags;

GtkWidget *smalti_plot_new           (const char       *title,
                                      SmaltiPlotFlags   flags);
/* @sparse: every point counts (a validation): marked and never smoothed. Returns the curve's number. */
guint      smalti_plot_add_curve     (SmaltiPlot       *self,
                                      const char       *title,
                                      gboolean          sparse);
/* In order of steps. What is appended is drawn after smalti_plot_changed(). */
void       smalti_plot_append        (SmaltiPlot       *self,
                                      guint             curve,
                                      gdouble           step,
                                      gdouble           value);
void       smalti_plot_truncate      (SmaltiPlot       *self,
                                      guint             curve,
                                      gsize             n_points);
gsize      smalti_plot_get_n_points  (SmaltiPlot       *self,
                                      guint             curve);
void       smalti_plot_changed       (SmaltiPlot       *self);
/* 0: none, 1: most. */
void       smalti_plot_set_smoothing (SmaltiPlot       *self,
                                      gdouble           smoothing);

G_END_DECLS
