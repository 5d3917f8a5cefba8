/* SPDX-License-Identifier: Apache-2.0 */
/* Curves over training: title, legend (which switches curves), smoothing, hover values, zoom and pan, a second axis, several
 * runs, saving as a picture or a table. Screen readers get the latest and best values as the picture's label, and a table
 * of all values. */
#pragma once

#include <gtk/gtk.h>

#include "core/run/store.h"
#include "ui/series.h"

G_BEGIN_DECLS

/* Properties: "logarithmic" (gboolean). */
#define SMALTI_TYPE_PLOT (smalti_plot_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiPlot, smalti_plot, SMALTI, PLOT, GtkWidget)

typedef enum
{
  SMALTI_PLOT_PLAIN = 0,
  SMALTI_PLOT_PERCENT = 1 << 0, /* values are shares, 0 .. 1 */
  SMALTI_PLOT_HIGHER_IS_BETTER = 1 << 1,
  SMALTI_PLOT_EXACT = 1 << 2, /* set, not measured: never smoothed */
  SMALTI_PLOT_BYTES = 1 << 3,
} SmaltiPlotFlags;

typedef struct
{
  const char *title;
  const char *group; /* (nullable): curves of one group (a run) share an entry in the legend, which is named after it */
  guint style;       /* colour and dashes, see palette.h: the same number looks the same in every plot */
  gboolean sparse;   /* every point counts (a validation): marked and never smoothed */
  gboolean second;   /* on an axis of its own at the right, never smoothed nor logarithmic */
} SmaltiCurveInfo;

GtkWidget *smalti_plot_new           (const char       *title,
                                      SmaltiPlotFlags   flags);
/* A curve in the next colour; returns its number. */
guint      smalti_plot_add_curve     (SmaltiPlot       *self,
                                      const char       *title,
                                      gboolean          sparse);
guint      smalti_plot_add_curve_as  (SmaltiPlot       *self,
                                      const SmaltiCurveInfo *info);
/* Takes away all curves and marks; how they are shown stays. */
void       smalti_plot_clear         (SmaltiPlot       *self);
/* In order of steps. What is appended is drawn after smalti_plot_changed(). */
void       smalti_plot_append        (SmaltiPlot       *self,
                                      guint             curve,
                                      gdouble           step,
                                      gdouble           value);
/* The same with epoch and time, by which it can be shown too. */
void       smalti_plot_append_point  (SmaltiPlot       *self,
                                      guint             curve,
                                      const SmaltiPoint *point);
/* Puts @series, with all its points, in place of the curve's. */
void       smalti_plot_take_series   (SmaltiPlot       *self,
                                      guint             curve,
                                      SmaltiSeries     *series);
void       smalti_plot_truncate      (SmaltiPlot       *self,
                                      guint             curve,
                                      gsize             n_points);
gsize      smalti_plot_get_n_points  (SmaltiPlot       *self,
                                      guint             curve);
void       smalti_plot_changed       (SmaltiPlot       *self);

/* A line down at @step with a word on what changed there. */
void       smalti_plot_add_mark      (SmaltiPlot       *self,
                                      gdouble           step,
                                      const char       *text);
/* A small mark on the axis: there are many. */
void       smalti_plot_add_checkpoint (SmaltiPlot      *self,
                                      gdouble           step);
void       smalti_plot_clear_marks   (SmaltiPlot       *self);

/* 0: none, 1: most. */
void       smalti_plot_set_smoothing (SmaltiPlot       *self,
                                      gdouble           smoothing);
/* What the curves are drawn over; those without it are left out. */
void       smalti_plot_set_x         (SmaltiPlot       *self,
                                      SmaltiX           x);
void       smalti_plot_set_logarithmic (SmaltiPlot     *self,
                                      gboolean          logarithmic);
gboolean   smalti_plot_get_logarithmic (SmaltiPlot     *self);
/* Whose curves these are, for the suggested name of a file; %NULL: nobody's. */
void       smalti_plot_set_owner     (SmaltiPlot       *self,
                                      const char       *owner);

G_END_DECLS
