/* SPDX-License-Identifier: Apache-2.0 */
/* The points of one curve, in a form that costs the same to draw for a thousand and for a hundred million of them: a
 * pyramid of buckets, each level a quarter of the one below, with the least, the largest and the mean value of each bucket. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _SmaltiSeries SmaltiSeries;

/* What a curve can be drawn over; a series knows the steps, and of each of the others either all or none. */
typedef enum
{
  SMALTI_X_STEP,
  SMALTI_X_EPOCH,
  SMALTI_X_TIME, /* seconds */
} SmaltiX;

#define SMALTI_N_X 3

/* What is drawn in one pixel column. */
typedef struct
{
  gdouble x;         /* of the first point in it */
  gdouble low, high; /* of its points */
  gdouble mean;
} SmaltiColumn;

SmaltiSeries *smalti_series_new        (void);
void          smalti_series_free       (SmaltiSeries        *self);
/* The points there are now, shared until either side changes: cheap whatever their number, and may be read in another
 * thread. */
SmaltiSeries *smalti_series_snapshot   (const SmaltiSeries  *self);

/* Appends a point that only has a step. @step must not lie before the last one; NaN and infinite values are left out, and
 * counted. */
void          smalti_series_append     (SmaltiSeries        *self,
                                        gdouble              step,
                                        gdouble              y);
/* @x: by SmaltiX; of epochs and times, one that lies before the last counts as the last. */
void          smalti_series_append_at  (SmaltiSeries        *self,
                                        const gdouble        x[SMALTI_N_X],
                                        gdouble              y);
/* Keeps the first @n points. */
void          smalti_series_truncate   (SmaltiSeries        *self,
                                        gsize                n);
gsize         smalti_series_get_n      (const SmaltiSeries  *self);
gsize         smalti_series_get_n_skipped (const SmaltiSeries *self);
gboolean      smalti_series_has        (const SmaltiSeries  *self,
                                        SmaltiX              axis);
gdouble       smalti_series_get_x      (const SmaltiSeries  *self,
                                        SmaltiX              axis,
                                        gsize                i);
gdouble       smalti_series_get_y      (const SmaltiSeries  *self,
                                        gsize                i);
/* The point whose x is nearest; @self must not be empty. */
gsize         smalti_series_nearest    (const SmaltiSeries  *self,
                                        SmaltiX              axis,
                                        gdouble              x);

/**
 * smalti_series_columns:
 * @x0, @x1: the visible range
 * @n_columns: pixel columns it spans
 * @columns: (array length=n_columns) (out caller-allocates)
 *
 * At most one entry a pixel column, in order of x, with the buckets of the finest level that holds no more than four a
 * column. One bucket beyond each end is kept, so that lines run out of the picture. Extremes are exact: a spike of
 * one point in a million is seen.
 *
 * Returns: entries filled, at most @n_columns + 2 (which is the room @columns must have)
 */
guint         smalti_series_columns    (const SmaltiSeries  *self,
                                        SmaltiX              axis,
                                        gdouble              x0,
                                        gdouble              x1,
                                        guint                n_columns,
                                        SmaltiColumn        *columns);
/* Means smoothed in place, exponentially over a distance of @length in x, started without bias (Kingma & Ba 2015,
 * section 3): independent of how the points are spaced and of the level they come from. */
void          smalti_columns_smooth    (SmaltiColumn        *columns,
                                        guint                n,
                                        gdouble              length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiSeries, smalti_series_free)

G_END_DECLS
