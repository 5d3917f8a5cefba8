/* SPDX-License-Identifier: Apache-2.0 */
/* A plot as a picture: axes, curves and marks put on a Cairo context, and what lies under a pointer. No widget: the canvas
 * draws it into its snapshot, the export onto paper, in whatever thread. */
#pragma once

#include "ui/plot-data-private.h"

G_BEGIN_DECLS

typedef struct
{
  GdkRGBA text;
  GdkRGBA base;     /* what it stands on */
  gboolean dark;
  gboolean strong;  /* high contrast */
  gboolean paper;   /* with titles at the axes and a legend of its own */
} SmaltiPlotStyle;

/* A curve's columns of one frame. */
typedef struct
{
  SmaltiColumn *columns;
  guint n, room;
} SmaltiCut;

/* Where data lies; valid after a lay_out() until the data changes. */
typedef struct
{
  const SmaltiPlotData *data;
  PangoContext *context;
  SmaltiPlotStyle style;

  gdouble width, height;            /* pixels, of all */
  gdouble left, top, across, down;  /* pixels, of what curves are drawn in */
  gdouble x0, x1;
  gdouble y0, y1;                   /* of the first axis */
  gdouble second0, second1;         /* of the second */
  gboolean logarithmic;             /* the first axis is: what is asked for needs a value above zero */
  gboolean has_first, has_second;   /* curves of it */
  gboolean left_out;                /* values that have no place on a logarithmic axis */
  GArray *x_ticks, *y_ticks, *second_ticks; /* (nullable) (element-type SmaltiTick) */
  GArray *cuts;                     /* of SmaltiCut, one for each curve */
} SmaltiPlotPicture;

void     smalti_plot_picture_init      (SmaltiPlotPicture     *self,
                                        const SmaltiPlotData  *data,
                                        PangoContext          *context);
void     smalti_plot_picture_clear     (SmaltiPlotPicture     *self);
/* FALSE without anything to show: then draw() says so, and the rest must not be called. */
gboolean smalti_plot_picture_lay_out   (SmaltiPlotPicture     *self,
                                        const SmaltiPlotStyle *style,
                                        gdouble                width,
                                        gdouble                height);
void     smalti_plot_picture_draw      (SmaltiPlotPicture     *self,
                                        cairo_t               *cr);
/* The line under the pointer, a dot on each curve and a box with all values, which stays within the picture. */
void     smalti_plot_picture_draw_hover (SmaltiPlotPicture    *self,
                                         cairo_t              *cr,
                                         gdouble               x,
                                         gdouble               y);
gdouble  smalti_plot_picture_to_x      (const SmaltiPlotPicture *self,
                                        gdouble                x);
gdouble  smalti_plot_picture_to_y      (const SmaltiPlotPicture *self,
                                        const SmaltiCurve     *curve,
                                        gdouble                value);
/* The other way: data under a pixel, kept within the axes. */
gdouble  smalti_plot_picture_from_x    (const SmaltiPlotPicture *self,
                                        gdouble                pixel);
gdouble  smalti_plot_picture_from_y    (const SmaltiPlotPicture *self,
                                        gdouble                pixel);

/* For the files that share the drawing. */
void         smalti_plot_draw_curve    (const SmaltiPlotPicture *self,
                                        cairo_t               *cr,
                                        const SmaltiCurve     *curve,
                                        const SmaltiCut       *cut);
/* A short piece of a curve, for legends and boxes. */
void         smalti_plot_draw_swatch   (cairo_t               *cr,
                                        const SmaltiCurve     *curve,
                                        gboolean               dark,
                                        gdouble                x,
                                        gdouble                y,
                                        gdouble                length);
/* Small, with digits of one width; free with g_object_unref(). */
PangoLayout *smalti_plot_text          (PangoContext          *context,
                                        const char            *text,
                                        gboolean               bold);

G_END_DECLS
