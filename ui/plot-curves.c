/* SPDX-License-Identifier: Apache-2.0 */
/* A curve on Cairo. Stroking is what costs: a line through a thousand columns of noise takes Cairo ten times as long as
 * filling the same shape. So where columns stand next to each other, curves are drawn as the outline of what they
 * cover, each column reaching half way to its neighbours, which looks like the line and is a single polygon. */
#include <math.h>

#include "ui/palette.h"
#include "ui/plot-picture-private.h"

/* From so many columns for a pixel on, a curve is an area; beneath a smoothed line, where it is faint, from fewer. */
#define DENSE         0.4
#define DENSE_BENEATH 0.2
/* From so many points on, a stroke is rough enough that nobody sees Cairo's coarser edges, and slow enough to want
 * them. */
#define MANY 150

#define MARK_RADIUS 3.5

/* What a column covers, pixels. */
typedef struct
{
  gdouble x, top, bottom;
} Cover;

static Cover
cover_of (const SmaltiPlotPicture *self, const SmaltiCurve *curve, const SmaltiColumn *column)
{
  return (Cover){ smalti_plot_picture_to_x (self, column->x), smalti_plot_picture_to_y (self, curve, column->high),
                  smalti_plot_picture_to_y (self, curve, column->low) };
}

static void
reach_for (Cover *cover, const Cover *neighbour)
{
  if (neighbour->top > cover->bottom)
    cover->bottom = (neighbour->top + cover->bottom) / 2;
  else if (neighbour->bottom < cover->top)
    cover->top = (neighbour->bottom + cover->top) / 2;
}

static void
fill_area (const SmaltiPlotPicture *self, cairo_t *cr, const SmaltiCurve *curve, const SmaltiCut *cut, gdouble width)
{
  g_autofree Cover *covers = g_new (Cover, cut->n);
  Cover before = { 0 };

  for (guint i = 0; i < cut->n; i++)
    covers[i] = cover_of (self, curve, &cut->columns[i]);
  for (guint i = 0; i < cut->n; i++)
    {
      Cover as_it_was = covers[i];

      if (i > 0)
        reach_for (&covers[i], &before);
      if (i + 1 < cut->n)
        reach_for (&covers[i], &covers[i + 1]);
      before = as_it_was;
      cairo_line_to (cr, covers[i].x, covers[i].top - width / 2);
    }
  for (guint i = cut->n; i-- > 0;)
    cairo_line_to (cr, covers[i].x, covers[i].bottom + width / 2);
  cairo_close_path (cr);
  cairo_fill (cr);
}

static void
stroke_extremes (const SmaltiPlotPicture *self, cairo_t *cr, const SmaltiCurve *curve, const SmaltiCut *cut)
{
  for (guint i = 0; i < cut->n; i++)
    {
      Cover cover = cover_of (self, curve, &cut->columns[i]);

      /* Up, then down in the next column: the shorter way between neighbours. */
      cairo_line_to (cr, cover.x, i % 2 ? cover.top : cover.bottom);
      if (cover.bottom > cover.top)
        cairo_line_to (cr, cover.x, i % 2 ? cover.bottom : cover.top);
    }
  cairo_stroke (cr);
}

static void
draw_means (const SmaltiPlotPicture *self, cairo_t *cr, const SmaltiCurve *curve, const SmaltiCut *cut, gdouble width)
{
  const gdouble *lengths;
  guint n_dashes = smalti_palette_dashes (curve->style, &lengths);
  gdouble scaled[4];

  for (guint i = 0; i < n_dashes; i++)
    scaled[i] = lengths[i] * width;
  cairo_set_line_width (cr, width);
  cairo_set_dash (cr, scaled, n_dashes, 0);
  cairo_set_line_cap (cr, n_dashes > 0 ? CAIRO_LINE_CAP_BUTT : CAIRO_LINE_CAP_ROUND);
  cairo_set_antialias (cr, cut->n > MANY ? CAIRO_ANTIALIAS_FAST : CAIRO_ANTIALIAS_DEFAULT);
  for (guint i = 0; i < cut->n; i++)
    cairo_line_to (cr, smalti_plot_picture_to_x (self, cut->columns[i].x),
                   smalti_plot_picture_to_y (self, curve, cut->columns[i].mean));
  cairo_stroke (cr);
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_DEFAULT);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
}

static void
draw_marks (const SmaltiPlotPicture *self, cairo_t *cr, const SmaltiCurve *curve, const SmaltiCut *cut)
{
  gdouble radius = MARK_RADIUS * (self->style.paper ? 0.7 : 1);

  for (guint i = 0; i < cut->n; i++)
    {
      cairo_new_sub_path (cr);
      cairo_arc (cr, smalti_plot_picture_to_x (self, cut->columns[i].x),
                 smalti_plot_picture_to_y (self, curve, cut->columns[i].mean), radius, 0, 2 * G_PI);
    }
  cairo_fill (cr);
}

/* What was measured, beneath a smoothed line: fainter where many runs lie over each other. */
static gfloat
faintness (const SmaltiPlotPicture *self)
{
  guint n = 0;

  for (guint i = 0; i < self->cuts->len; i++)
    n += g_array_index (self->cuts, SmaltiCut, i).n > 0;
  return (n > 8 ? 0.1f : 0.28f) * (self->style.strong ? 1.5f : 1.f);
}

void
smalti_plot_draw_curve (const SmaltiPlotPicture *self, cairo_t *cr, const SmaltiCurve *curve, const SmaltiCut *cut)
{
  GdkRGBA color = smalti_palette_curve (curve->style, self->style.dark);
  const gdouble *lengths;
  gboolean smoothed = smalti_plot_data_is_smoothed (self->data, curve);
  gboolean dashed = smalti_palette_dashes (curve->style, &lengths) > 0;
  gboolean dense = cut->n > self->across * (smoothed ? DENSE_BENEATH : DENSE);
  gdouble bold = self->style.strong ? 1.4 : self->style.paper ? 0.7 : 1;

  if (cut->n == 0)
    return;
  cairo_new_path (cr);
  cairo_set_line_join (cr, cut->n > MANY ? CAIRO_LINE_JOIN_BEVEL : CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  /* What was measured; faint where a line is drawn over it. */
  if (!curve->sparse && !curve->second)
    {
      gboolean beneath = smoothed || (dashed && dense);
      GdkRGBA faint = smalti_palette_faint (color, beneath ? faintness (self) : 1.f);
      gdouble width = (beneath ? 1.0 : 1.5) * bold;

      gdk_cairo_set_source_rgba (cr, &faint);
      cairo_set_line_width (cr, width);
      cairo_set_antialias (cr, cut->n > MANY ? CAIRO_ANTIALIAS_FAST : CAIRO_ANTIALIAS_DEFAULT);
      if (dense)
        fill_area (self, cr, curve, cut, width);
      else if (beneath || !dashed)
        stroke_extremes (self, cr, curve, cut);
      cairo_set_antialias (cr, CAIRO_ANTIALIAS_DEFAULT);
    }

  gdk_cairo_set_source_rgba (cr, &color);
  if (curve->sparse || curve->second || smoothed || dashed)
    draw_means (self, cr, curve, cut, (curve->second ? 1.5 : 2.0) * bold);
  /* Marks only where they don't run into each other; a single point is nothing but its mark. */
  if ((curve->sparse && cut->n <= self->across / 12) || smalti_series_get_n (curve->series) == 1)
    draw_marks (self, cr, curve, cut);
}

void
smalti_plot_draw_swatch (cairo_t *cr, const SmaltiCurve *curve, gboolean dark, gdouble x, gdouble y, gdouble length)
{
  GdkRGBA color = smalti_palette_curve (curve->style, dark);
  const gdouble *lengths;
  guint n_dashes = smalti_palette_dashes (curve->style, &lengths);
  const gdouble width = 2.5;
  gdouble scaled[4];

  for (guint i = 0; i < n_dashes; i++)
    scaled[i] = lengths[i] * width * 0.7;
  if (!curve->visible)
    color.alpha = 0.35f;
  gdk_cairo_set_source_rgba (cr, &color);
  cairo_set_line_width (cr, curve->second ? 1.5 : width);
  cairo_set_line_cap (cr, n_dashes > 0 ? CAIRO_LINE_CAP_BUTT : CAIRO_LINE_CAP_ROUND);
  cairo_set_dash (cr, scaled, n_dashes, 0);
  cairo_new_path (cr);
  cairo_move_to (cr, x + 1, y);
  cairo_line_to (cr, x + length - 1, y);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  if (curve->sparse)
    {
      cairo_arc (cr, x + length / 2, y, MARK_RADIUS, 0, 2 * G_PI);
      cairo_fill (cr);
    }
}
