/* SPDX-License-Identifier: Apache-2.0 */
/* The points of a plot's curves as a table, for screen readers and for people who want the number. */
#pragma once

#include "ui/plot.h"

G_BEGIN_DECLS

/* A list (GListModel) of the points of one curve: each item (SmaltiCurvePoint) is made when it is asked for,
 * so that a million rows cost what is on screen. */
#define SMALTI_TYPE_CURVE_POINTS (smalti_curve_points_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiCurvePoints, smalti_curve_points, SMALTI, CURVE_POINTS, GObject)

#define SMALTI_TYPE_CURVE_POINT (smalti_curve_point_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiCurvePoint, smalti_curve_point, SMALTI, CURVE_POINT, GObject)

/* The points there are now. */
SmaltiCurvePoints *smalti_curve_points_new     (const SmaltiSeries *series);
/* @x: NAN without it. */
gdouble            smalti_curve_point_get_x    (SmaltiCurvePoint   *self,
                                                SmaltiX             x);
gdouble            smalti_curve_point_get_value (SmaltiCurvePoint  *self);

/* A window over the one that holds @plot, with the curves that are visible there. */
void               smalti_curve_table_present  (SmaltiPlot         *plot);

G_END_DECLS
