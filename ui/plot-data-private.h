/* SPDX-License-Identifier: Apache-2.0 */
/* What a SmaltiPlot shows, apart from any widget: curves, marks, how they are to be read, and which part is visible. The
 * widget draws it, the export draws a copy of it in another thread. */
#pragma once

#include "ui/plot.h"
#include "ui/series.h"

G_BEGIN_DECLS

typedef struct
{
  char *title;
  char *group; /* (nullable): curves of one group, a run's, are switched and drawn alike */
  SmaltiSeries *series;
  guint style;     /* colour and dashes, in the palette */
  gboolean sparse; /* few points, each of which counts: marked, never smoothed */
  gboolean second; /* goes by the axis at the right */
  gboolean visible;
} SmaltiCurve;

typedef struct
{
  gdouble step;
  char *text; /* %NULL: a checkpoint */
} SmaltiMark;

typedef struct
{
  char *title;
  SmaltiPlotFlags flags;
  GPtrArray *curves; /* of SmaltiCurve */
  GArray *marks;     /* of SmaltiMark, in order of steps */
  SmaltiX x;
  gboolean logarithmic;
  gdouble smoothing;
  gdouble x0, x1;  /* the visible range when !follow */
  gboolean follow; /* all of x is visible */
  gdouble y0, y1;  /* the visible values of the first axis when !fit */
  gboolean fit;    /* whatever values there are in the visible range of x */
} SmaltiPlotData;

SmaltiPlotData *smalti_plot_data_new         (const char            *title,
                                              SmaltiPlotFlags        flags);
void            smalti_plot_data_free        (SmaltiPlotData        *self);
/* For another thread: shares the points there are now. */
SmaltiPlotData *smalti_plot_data_snapshot    (const SmaltiPlotData  *self);

SmaltiCurve    *smalti_plot_data_add_curve   (SmaltiPlotData        *self,
                                              const SmaltiCurveInfo *info);
/* Whether it is visible and has points that can be shown over the present x. */
gboolean        smalti_plot_data_is_drawn    (const SmaltiPlotData  *self,
                                              const SmaltiCurve     *curve);
gboolean        smalti_plot_data_is_smoothed (const SmaltiPlotData  *self,
                                              const SmaltiCurve     *curve);
void            smalti_plot_data_add_mark    (SmaltiPlotData        *self,
                                              gdouble                step,
                                              const char            *text);
/* Where a step lies on the present x; NAN when no curve tells. */
gdouble         smalti_plot_data_place       (const SmaltiPlotData  *self,
                                              gdouble                step);

/* FALSE when there is nothing to show. */
gboolean        smalti_plot_data_get_range   (const SmaltiPlotData  *self,
                                              gdouble               *x0,
                                              gdouble               *x1);
/* Shows [x0, x1], kept within the data; everything when that is no less. */
void            smalti_plot_data_set_range   (SmaltiPlotData        *self,
                                              gdouble                x0,
                                              gdouble                x1);
void            smalti_plot_data_zoom        (SmaltiPlotData        *self,
                                              gdouble                factor,
                                              gdouble                about);
/* By a share of what is visible. */
void            smalti_plot_data_pan         (SmaltiPlotData        *self,
                                              gdouble                share);
void            smalti_plot_data_fit         (SmaltiPlotData        *self);

/* Values as people read them on this plot; free with g_free(). */
char           *smalti_plot_data_format      (const SmaltiPlotData  *self,
                                              const SmaltiCurve     *curve,
                                              gdouble                value);
char           *smalti_plot_data_format_x    (const SmaltiPlotData  *self,
                                              gdouble                x);
/* What the x axis counts, as its title: "Step". */
const char     *smalti_plot_data_get_x_title (const SmaltiPlotData  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiPlotData, smalti_plot_data_free)

G_END_DECLS
