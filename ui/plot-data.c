/* SPDX-License-Identifier: Apache-2.0 */
/* The view follows the data until somebody zooms or pans, and again after a fit. Times and epochs of a mark are looked
 * up among the points: whoever sets a mark needs to know its step only. */
#include "ui/plot-data-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "core/base/axis.h"

/* No closer than this share of everything: finer than a point in a hundred million is nothing. */
#define LEAST_SHARE 1e-9

static void
curve_free (SmaltiCurve *curve)
{
  smalti_series_free (curve->series);
  g_free (curve->title);
  g_free (curve->group);
  g_free (curve);
}

static void
mark_clear (SmaltiMark *mark)
{
  g_free (mark->text);
}

SmaltiPlotData *
smalti_plot_data_new (const char *title, SmaltiPlotFlags flags)
{
  SmaltiPlotData *self = g_new0 (SmaltiPlotData, 1);

  self->title = g_strdup (title);
  self->flags = flags;
  self->curves = g_ptr_array_new_with_free_func ((GDestroyNotify)curve_free);
  self->marks = g_array_new (FALSE, FALSE, sizeof (SmaltiMark));
  g_array_set_clear_func (self->marks, (GDestroyNotify)mark_clear);
  self->follow = self->fit = TRUE;
  return self;
}

void
smalti_plot_data_free (SmaltiPlotData *self)
{
  g_ptr_array_unref (self->curves);
  g_array_unref (self->marks);
  g_free (self->title);
  g_free (self);
}

SmaltiPlotData *
smalti_plot_data_snapshot (const SmaltiPlotData *self)
{
  SmaltiPlotData *copy = smalti_plot_data_new (self->title, self->flags);

  for (guint i = 0; i < self->curves->len; i++)
    {
      const SmaltiCurve *from = self->curves->pdata[i];
      SmaltiCurve *to = g_new (SmaltiCurve, 1);

      *to = *from;
      to->title = g_strdup (from->title);
      to->group = g_strdup (from->group);
      to->series = smalti_series_snapshot (from->series);
      g_ptr_array_add (copy->curves, to);
    }
  for (guint i = 0; i < self->marks->len; i++)
    {
      const SmaltiMark *mark = &g_array_index (self->marks, SmaltiMark, i);

      smalti_plot_data_add_mark (copy, mark->step, mark->text);
    }
  copy->x = self->x;
  copy->logarithmic = self->logarithmic;
  copy->smoothing = self->smoothing;
  copy->x0 = self->x0;
  copy->x1 = self->x1;
  copy->follow = self->follow;
  copy->y0 = self->y0;
  copy->y1 = self->y1;
  copy->fit = self->fit;
  return copy;
}

SmaltiCurve *
smalti_plot_data_add_curve (SmaltiPlotData *self, const SmaltiCurveInfo *info)
{
  SmaltiCurve *curve = g_new0 (SmaltiCurve, 1);

  curve->title = g_strdup (info->title);
  curve->group = g_strdup (info->group);
  curve->series = smalti_series_new ();
  curve->style = info->style;
  curve->sparse = info->sparse;
  curve->second = info->second;
  curve->visible = TRUE;
  g_ptr_array_add (self->curves, curve);
  return curve;
}

gboolean
smalti_plot_data_is_drawn (const SmaltiPlotData *self, const SmaltiCurve *curve)
{
  return curve->visible && smalti_series_get_n (curve->series) > 0 && smalti_series_has (curve->series, self->x);
}

gboolean
smalti_plot_data_is_smoothed (const SmaltiPlotData *self, const SmaltiCurve *curve)
{
  return !curve->sparse && !curve->second && self->smoothing > 0 && !(self->flags & SMALTI_PLOT_EXACT);
}

void
smalti_plot_data_add_mark (SmaltiPlotData *self, gdouble step, const char *text)
{
  SmaltiMark mark = { step, g_strdup (text) };
  guint i = self->marks->len;

  while (i > 0 && g_array_index (self->marks, SmaltiMark, i - 1).step > step)
    i--;
  g_array_insert_val (self->marks, i, mark);
}

gdouble
smalti_plot_data_place (const SmaltiPlotData *self, gdouble step)
{
  const SmaltiSeries *longest = NULL;

  if (self->x == SMALTI_X_STEP)
    return step;
  for (guint i = 0; i < self->curves->len; i++)
    {
      const SmaltiCurve *curve = self->curves->pdata[i];

      if (smalti_series_has (curve->series, self->x)
          && (!longest || smalti_series_get_n (curve->series) > smalti_series_get_n (longest)))
        longest = curve->series;
    }
  if (!longest || smalti_series_get_n (longest) == 0)
    return NAN;
  return smalti_series_get_x (longest, self->x, smalti_series_nearest (longest, SMALTI_X_STEP, step));
}

/* The range of x that there is; FALSE when there is nothing. */
static gboolean
data_range (const SmaltiPlotData *self, gdouble *x0, gdouble *x1)
{
  *x0 = INFINITY;
  *x1 = -INFINITY;
  for (guint i = 0; i < self->curves->len; i++)
    {
      const SmaltiCurve *curve = self->curves->pdata[i];

      if (!smalti_plot_data_is_drawn (self, curve))
        continue;
      *x0 = MIN (*x0, smalti_series_get_x (curve->series, self->x, 0));
      *x1 = MAX (*x1, smalti_series_get_x (curve->series, self->x, smalti_series_get_n (curve->series) - 1));
    }
  if (*x0 > *x1)
    return FALSE;
  if (!(*x1 > *x0))
    *x1 = *x0 + 1;
  return TRUE;
}

gboolean
smalti_plot_data_get_range (const SmaltiPlotData *self, gdouble *x0, gdouble *x1)
{
  if (!data_range (self, x0, x1))
    return FALSE;
  if (!self->follow)
    {
      *x0 = self->x0;
      *x1 = self->x1;
    }
  return TRUE;
}

void
smalti_plot_data_set_range (SmaltiPlotData *self, gdouble x0, gdouble x1)
{
  gdouble low, high;

  if (!data_range (self, &low, &high))
    return;

  /* Of steps no fewer than four. */
  gdouble least = self->x == SMALTI_X_STEP ? 4 : (high - low) * LEAST_SHARE;
  gdouble span = CLAMP (x1 - x0, MIN (least, high - low), high - low);
  gdouble middle = (x0 + x1) / 2;

  self->x0 = CLAMP (middle - span / 2, low, high - span);
  self->x1 = self->x0 + span;
  self->follow = span >= (high - low) * (1 - 1e-9);
}

void
smalti_plot_data_zoom (SmaltiPlotData *self, gdouble factor, gdouble about)
{
  gdouble x0, x1;

  if (!smalti_plot_data_get_range (self, &x0, &x1))
    return;
  smalti_plot_data_set_range (self, about - (about - x0) / factor, about + (x1 - about) / factor);
  if (self->follow)
    self->fit = TRUE;
}

void
smalti_plot_data_pan (SmaltiPlotData *self, gdouble share)
{
  gdouble x0, x1;

  if (smalti_plot_data_get_range (self, &x0, &x1))
    smalti_plot_data_set_range (self, x0 + (x1 - x0) * share, x1 + (x1 - x0) * share);
}

void
smalti_plot_data_fit (SmaltiPlotData *self)
{
  self->follow = self->fit = TRUE;
}

char *
smalti_plot_data_format (const SmaltiPlotData *self, const SmaltiCurve *curve, gdouble value)
{
  if (self->flags & SMALTI_PLOT_PERCENT && !curve->second)
    return g_strdup_printf (_ ("%.1f%%"), value * 100);
  if (self->flags & SMALTI_PLOT_BYTES && !curve->second && value >= 0)
    return g_format_size ((guint64)value);
  return smalti_axis_format_value (value);
}

char *
smalti_plot_data_format_x (const SmaltiPlotData *self, gdouble x)
{
  g_autofree char *time = NULL;

  switch (self->x)
    {
    case SMALTI_X_EPOCH:
      return g_strdup_printf (_ ("Epoch %.2f"), x);
    case SMALTI_X_TIME:
      time = smalti_axis_format_time (x, x < 10 ? 0.1 : 1);
      /* Translators: under the pointer on a plot: after so much time, "After 1:30 min" */
      return g_strdup_printf (_ ("After %s"), time);
    case SMALTI_X_STEP:
    default:
      /* Translators: under the pointer on a plot */
      return g_strdup_printf (_ ("Step %.0f"), x);
    }
}

const char *
smalti_plot_data_get_x_title (const SmaltiPlotData *self)
{
  return self->x == SMALTI_X_EPOCH ? _ ("Epoch") : self->x == SMALTI_X_TIME ? _ ("Training time") : _ ("Step");
}
