/* SPDX-License-Identifier: Apache-2.0 */
/* Curves are cut into columns once a frame, for the range of values and for drawing. How wide the numbers beside the
 * axes are decides how much room there is for columns, and the columns decide what the numbers are: so columns are cut
 * for a guess of the room, which is near enough. */
#include "ui/plot-picture-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "core/base/axis.h"
#include "ui/palette.h"

#define MARGIN_RIGHT 14.0
#define MARGIN_TOP   10.0
#define LABEL_GAP    8.0
#define TICK_GAP     14.0 /* between the labels of the x axis */
#define ROW_HEIGHT   36.0 /* of a label of the y axis, about */
#define CHECKPOINT   5.0
#define SWATCH       20.0
/* At full smoothing the time constant is this share of what is visible. */
#define SMOOTH_SHARE 0.12
/* A logarithmic axis shows no more than so many powers of ten: one value near zero leaves nothing to see of the others.
 */
#define MAX_DECADES 12

static void
cut_clear (SmaltiCut *cut)
{
  g_free (cut->columns);
}

void
smalti_plot_picture_init (SmaltiPlotPicture *self, const SmaltiPlotData *data, PangoContext *context)
{
  *self = (SmaltiPlotPicture){ .data = data, .context = g_object_ref (context) };
  self->cuts = g_array_new (FALSE, TRUE, sizeof (SmaltiCut));
  g_array_set_clear_func (self->cuts, (GDestroyNotify)cut_clear);
}

static void
forget_ticks (SmaltiPlotPicture *self)
{
  g_clear_pointer (&self->x_ticks, g_array_unref);
  g_clear_pointer (&self->y_ticks, g_array_unref);
  g_clear_pointer (&self->second_ticks, g_array_unref);
}

void
smalti_plot_picture_clear (SmaltiPlotPicture *self)
{
  forget_ticks (self);
  g_clear_pointer (&self->cuts, g_array_unref);
  g_clear_object (&self->context);
}

gdouble
smalti_plot_picture_to_x (const SmaltiPlotPicture *self, gdouble x)
{
  return self->left + (x - self->x0) / (self->x1 - self->x0) * self->across;
}

/* Far outside is as good as just outside, and within what Cairo can count. */
static gdouble
from_share (const SmaltiPlotPicture *self, gdouble share)
{
  return self->top + self->down - CLAMP (share, -10, 10) * self->down;
}

static gdouble
first_to_y (const SmaltiPlotPicture *self, gdouble value)
{
  if (!self->logarithmic)
    return from_share (self, (value - self->y0) / (self->y1 - self->y0));
  return from_share (self, value > 0 ? log (value / self->y0) / log (self->y1 / self->y0) : -10);
}

gdouble
smalti_plot_picture_to_y (const SmaltiPlotPicture *self, const SmaltiCurve *curve, gdouble value)
{
  if (curve->second)
    return from_share (self, (value - self->second0) / (self->second1 - self->second0));
  return first_to_y (self, value);
}

gdouble
smalti_plot_picture_from_x (const SmaltiPlotPicture *self, gdouble pixel)
{
  return CLAMP (self->x0 + (pixel - self->left) / self->across * (self->x1 - self->x0), self->x0, self->x1);
}

gdouble
smalti_plot_picture_from_y (const SmaltiPlotPicture *self, gdouble pixel)
{
  gdouble share = CLAMP ((self->top + self->down - pixel) / self->down, 0, 1);

  return self->logarithmic ? self->y0 * pow (self->y1 / self->y0, share) : self->y0 + share * (self->y1 - self->y0);
}

PangoLayout *
smalti_plot_text (PangoContext *context, const char *text, gboolean bold)
{
  PangoLayout *layout = pango_layout_new (context);
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  if (bold)
    pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  pango_layout_set_text (layout, text, -1);
  return layout;
}

static void
put (cairo_t *cr, PangoLayout *layout, gdouble x, gdouble y, const GdkRGBA *color)
{
  cairo_move_to (cr, round (x), round (y));
  gdk_cairo_set_source_rgba (cr, color);
  pango_cairo_show_layout (cr, layout);
}

static void
measure (SmaltiPlotPicture *self, const char *text, gint *width, gint *height)
{
  g_autoptr (PangoLayout) layout = smalti_plot_text (self->context, text, FALSE);

  pango_layout_get_pixel_size (layout, width, height);
}

static gint
widest (SmaltiPlotPicture *self, const GArray *ticks)
{
  gint most = 0;

  for (guint i = 0; i < ticks->len; i++)
    {
      const SmaltiTick *tick = &g_array_index (ticks, SmaltiTick, i);
      gint width;

      if (!tick->label)
        continue;
      measure (self, tick->label, &width, NULL);
      most = MAX (most, width);
    }
  return most;
}

static void
cut_columns (SmaltiPlotPicture *self)
{
  const SmaltiPlotData *data = self->data;
  guint n = MAX (1, (guint)(self->width - 60));

  g_array_set_size (self->cuts, data->curves->len);
  for (guint i = 0; i < data->curves->len; i++)
    {
      const SmaltiCurve *curve = data->curves->pdata[i];
      SmaltiCut *cut = &g_array_index (self->cuts, SmaltiCut, i);

      cut->n = 0;
      if (!smalti_plot_data_is_drawn (data, curve))
        continue;
      if (cut->room < n + 2)
        {
          cut->columns = g_renew (SmaltiColumn, cut->columns, n + 2);
          cut->room = n + 2;
        }
      cut->n = smalti_series_columns (curve->series, data->x, self->x0, self->x1, n, cut->columns);
      if (smalti_plot_data_is_smoothed (data, curve))
        smalti_columns_smooth (cut->columns, cut->n,
                               (self->x1 - self->x0) * SMOOTH_SHARE * data->smoothing * data->smoothing);
    }
}

/* The values there are in the columns of one axis; FALSE when there are none. @positive: the least above zero. */
static gboolean
value_range (SmaltiPlotPicture *self, gboolean second, gdouble *low, gdouble *high, gdouble *positive)
{
  *low = *positive = INFINITY;
  *high = -INFINITY;
  for (guint i = 0; i < self->cuts->len; i++)
    {
      const SmaltiCurve *curve = self->data->curves->pdata[i];
      const SmaltiCut *cut = &g_array_index (self->cuts, SmaltiCut, i);

      if (curve->second != second)
        continue;
      for (guint c = 0; c < cut->n; c++)
        {
          const SmaltiColumn *column = &cut->columns[c];

          *low = MIN (*low, column->low);
          *high = MAX (*high, column->high);
          if (column->low > 0)
            *positive = MIN (*positive, column->low);
          else if (column->high > 0)
            *positive = MIN (*positive, column->high);
        }
    }
  return *low <= *high;
}

static SmaltiAxisUnit
value_unit (const SmaltiPlotData *data)
{
  return data->flags & SMALTI_PLOT_PERCENT ? SMALTI_AXIS_SHARE : SMALTI_AXIS_NUMBER;
}

static void
lay_out_first (SmaltiPlotPicture *self)
{
  const SmaltiPlotData *data = self->data;
  guint n_ticks = CLAMP (self->down / ROW_HEIGHT, 2, 8);
  gdouble low, high, positive;

  self->has_first = value_range (self, FALSE, &low, &high, &positive);
  self->logarithmic = data->logarithmic && self->has_first && high > 0;
  self->left_out = data->logarithmic && self->has_first && low <= 0;
  if (!self->has_first)
    {
      self->y0 = 0;
      self->y1 = 1;
      return;
    }
  if (!data->fit && (!self->logarithmic || data->y0 > 0))
    {
      self->y0 = data->y0;
      self->y1 = data->y1;
    }
  else if (self->logarithmic)
    {
      self->y0 = MAX (positive, high * pow (10, -MAX_DECADES));
      self->y1 = high;
      smalti_axis_round_log (&self->y0, &self->y1, n_ticks);
    }
  else
    {
      gboolean share = data->flags & SMALTI_PLOT_PERCENT && low >= 0 && high <= 1;

      /* Near enough to zero to show it: then heights can be compared. */
      self->y0 = low > 0 && low < (high - low) * 0.35 ? 0 : low;
      self->y1 = high;
      smalti_axis_round (&self->y0, &self->y1, n_ticks);
      if (share)
        {
          self->y0 = MAX (self->y0, 0);
          self->y1 = MIN (self->y1, 1);
        }
    }
  self->y_ticks = smalti_axis_ticks (value_unit (data), self->logarithmic, self->y0, self->y1, n_ticks);
}

static void
lay_out_second (SmaltiPlotPicture *self)
{
  guint n_ticks = CLAMP (self->down / ROW_HEIGHT, 2, 8);
  gdouble positive;

  self->has_second = value_range (self, TRUE, &self->second0, &self->second1, &positive);
  if (!self->has_second)
    return;
  if (self->second0 > 0 && self->second0 < self->second1 * 0.5)
    self->second0 = 0;
  smalti_axis_round (&self->second0, &self->second1, n_ticks);
  self->second_ticks = smalti_axis_ticks (SMALTI_AXIS_NUMBER, FALSE, self->second0, self->second1, n_ticks);
}

/* As many ticks as have room beside each other, whatever their words. */
static void
lay_out_x (SmaltiPlotPicture *self)
{
  SmaltiX x = self->data->x;
  SmaltiAxisUnit unit = x == SMALTI_X_STEP   ? SMALTI_AXIS_COUNT
                        : x == SMALTI_X_TIME ? SMALTI_AXIS_TIME
                                             : SMALTI_AXIS_NUMBER;

  for (guint n = CLAMP (self->across / 50, 1, 10);; n--)
    {
      g_clear_pointer (&self->x_ticks, g_array_unref);
      self->x_ticks = smalti_axis_ticks (unit, FALSE, self->x0, self->x1, n);
      if (n == 1 || self->x_ticks->len < 2)
        return;

      gdouble apart = smalti_plot_picture_to_x (self, g_array_index (self->x_ticks, SmaltiTick, 1).value)
                      - smalti_plot_picture_to_x (self, g_array_index (self->x_ticks, SmaltiTick, 0).value);

      if (widest (self, self->x_ticks) + TICK_GAP <= apart)
        return;
    }
}

/* Curves of a group are one entry, the first. */
static gboolean
is_entry (const SmaltiPlotData *data, guint curve)
{
  const SmaltiCurve *this = data->curves->pdata[curve];

  if (!smalti_plot_data_is_drawn (data, this))
    return FALSE;
  for (guint i = 0; this->group && i < curve; i++)
    {
      const SmaltiCurve *other = data->curves->pdata[i];

      if (g_strcmp0 (other->group, this->group) == 0 && smalti_plot_data_is_drawn (data, other))
        return FALSE;
    }
  return TRUE;
}

/* Entries in rows from the top on; with no @cr, only how high they are. */
static gdouble
draw_legend (SmaltiPlotPicture *self, cairo_t *cr)
{
  gdouble x = 0, y = 0, row = 0;
  guint n = 0;

  for (guint pass = 0; pass < 2 * self->data->curves->len; pass++)
    {
      /* The second axis last, as in the legend on the screen. */
      guint i = pass % self->data->curves->len;
      const SmaltiCurve *curve = self->data->curves->pdata[i];

      if (!is_entry (self->data, i) || curve->second != (pass >= self->data->curves->len))
        continue;

      g_autoptr (PangoLayout) layout
          = smalti_plot_text (self->context, curve->group ? curve->group : curve->title, FALSE);
      gint width, height;

      pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_MIDDLE);
      pango_layout_get_pixel_size (layout, &width, &height);
      width = MIN (width, (gint)(self->width - SWATCH - 30));
      pango_layout_set_width (layout, width * PANGO_SCALE);
      if (x > 0 && x + 12 + SWATCH + 6 + width > self->width - 8)
        {
          x = 0;
          y += row + 3;
        }
      if (cr)
        {
          smalti_plot_draw_swatch (cr, curve, self->style.dark, x + 12, y + 6 + height / 2.0, SWATCH);
          put (cr, layout, x + 12 + SWATCH + 6, y + 6, &self->style.text);
        }
      x += SWATCH + 6 + width + 18;
      row = height;
      n++;
    }
  return n > 1 ? y + row + 8 : 0;
}

gboolean
smalti_plot_picture_lay_out (SmaltiPlotPicture *self, const SmaltiPlotStyle *style, gdouble width, gdouble height)
{
  gint line;

  forget_ticks (self);
  self->style = *style;
  self->width = width;
  self->height = height;
  if (!smalti_plot_data_get_range (self->data, &self->x0, &self->x1))
    return FALSE;

  measure (self, "0", NULL, &line);
  self->top = MAX (MARGIN_TOP, line / 2 + 2) + (style->paper ? draw_legend (self, NULL) : 0);
  self->down = MAX (1, height - self->top - line - 10 - (style->paper ? line + 4 : 0));

  cut_columns (self);
  lay_out_first (self);
  lay_out_second (self);

  gdouble title = style->paper ? line + 6 : 0;
  gdouble right = self->second_ticks ? widest (self, self->second_ticks) + LABEL_GAP + title : MARGIN_RIGHT;

  self->left = self->y_ticks ? widest (self, self->y_ticks) + LABEL_GAP + title : LABEL_GAP;
  self->across = MAX (1, width - self->left - right);
  lay_out_x (self);
  return TRUE;
}

static void
draw_y_axis (SmaltiPlotPicture *self, cairo_t *cr, const GdkRGBA *text)
{
  const GArray *grid = self->y_ticks ? self->y_ticks : self->second_ticks;
  gfloat strength = self->style.strong ? 0.35f : 0.12f;

  for (guint i = 0; grid && i < grid->len; i++)
    {
      const SmaltiTick *tick = &g_array_index (grid, SmaltiTick, i);
      GdkRGBA line = smalti_palette_faint (self->style.text, tick->label ? strength : strength * 0.4f);
      gdouble y = grid == self->y_ticks
                      ? first_to_y (self, tick->value)
                      : from_share (self, (tick->value - self->second0) / (self->second1 - self->second0));

      gdk_cairo_set_source_rgba (cr, &line);
      cairo_rectangle (cr, self->left, round (y), self->across, self->style.paper ? 0.6 : 1);
      cairo_fill (cr);
      if (!tick->label || grid != self->y_ticks)
        continue;

      g_autoptr (PangoLayout) layout = smalti_plot_text (self->context, tick->label, FALSE);
      gint width, height;

      pango_layout_get_pixel_size (layout, &width, &height);
      put (cr, layout, self->left - LABEL_GAP - width, round (y) - height / 2.0, text);
    }
}

/* The numbers have the colour of the curve, when it is the only one. */
static void
draw_second_axis (SmaltiPlotPicture *self, cairo_t *cr, const GdkRGBA *text)
{
  GdkRGBA color = *text;
  guint n = 0;

  for (guint i = 0; i < self->data->curves->len; i++)
    {
      const SmaltiCurve *curve = self->data->curves->pdata[i];

      if (curve->second && smalti_plot_data_is_drawn (self->data, curve) && n++ == 0)
        color = smalti_palette_curve (curve->style, self->style.dark);
    }
  if (n > 1)
    color = *text;
  for (guint i = 0; self->second_ticks && i < self->second_ticks->len; i++)
    {
      const SmaltiTick *tick = &g_array_index (self->second_ticks, SmaltiTick, i);
      gdouble y = from_share (self, (tick->value - self->second0) / (self->second1 - self->second0));

      g_autoptr (PangoLayout) layout = smalti_plot_text (self->context, tick->label, FALSE);
      gint height;

      pango_layout_get_pixel_size (layout, NULL, &height);
      put (cr, layout, self->left + self->across + LABEL_GAP, round (y) - height / 2.0, &color);
    }
}

static void
draw_x_axis (SmaltiPlotPicture *self, cairo_t *cr, const GdkRGBA *text)
{
  gdouble bottom = self->top + self->down;
  GdkRGBA line = smalti_palette_faint (self->style.text, self->style.strong ? 0.6f : 0.25f);
  gdouble end = -INFINITY;

  for (guint i = 0; i < self->x_ticks->len; i++)
    {
      const SmaltiTick *tick = &g_array_index (self->x_ticks, SmaltiTick, i);
      g_autoptr (PangoLayout) layout = smalti_plot_text (self->context, tick->label, FALSE);
      gdouble middle = smalti_plot_picture_to_x (self, tick->value);
      gint width;

      gdk_cairo_set_source_rgba (cr, &line);
      cairo_rectangle (cr, round (middle), round (bottom), 1, 4);
      cairo_fill (cr);
      pango_layout_get_pixel_size (layout, &width, NULL);

      gdouble x = CLAMP (middle - width / 2.0, 0, MAX (0, self->width - width));

      if (x < end + 4)
        continue;
      put (cr, layout, x, bottom + 6, text);
      end = x + width;
    }
}

static void
draw_title (SmaltiPlotPicture *self, cairo_t *cr, const char *title, gdouble x, gdouble y, gdouble angle)
{
  g_autoptr (PangoLayout) layout = smalti_plot_text (self->context, title, FALSE);
  gint width, height;

  pango_layout_get_pixel_size (layout, &width, &height);
  cairo_save (cr);
  cairo_translate (cr, x, y);
  cairo_rotate (cr, angle);
  put (cr, layout, -width / 2.0, -height / 2.0, &self->style.text);
  cairo_restore (cr);
}

static void
draw_titles (SmaltiPlotPicture *self, cairo_t *cr)
{
  gdouble middle = self->top + self->down / 2;
  gint line;

  measure (self, "0", NULL, &line);
  draw_legend (self, draw_legend (self, NULL) > 0 ? cr : NULL);
  draw_title (self, cr, smalti_plot_data_get_x_title (self->data), self->left + self->across / 2,
              self->height - line / 2.0 - 2, 0);
  if (self->has_first)
    draw_title (self, cr, self->data->title, line / 2.0 + 2, middle, -G_PI / 2);
  for (guint i = 0; self->has_second && i < self->data->curves->len; i++)
    {
      const SmaltiCurve *curve = self->data->curves->pdata[i];

      if (!curve->second || !smalti_plot_data_is_drawn (self->data, curve))
        continue;
      draw_title (self, cr, curve->title, self->width - line / 2.0 - 2, middle, -G_PI / 2);
      break;
    }
}

/* Lines with words where something changed; words that would run into others stay for the pointer. */
static void
draw_events (SmaltiPlotPicture *self, cairo_t *cr, const GdkRGBA *text)
{
  static const gdouble dashes[] = { 3, 3 };
  gdouble bottom = self->top + self->down, end = -INFINITY, last = -INFINITY;

  for (guint i = 0; i < self->data->marks->len; i++)
    {
      const SmaltiMark *mark = &g_array_index (self->data->marks, SmaltiMark, i);
      gdouble place = smalti_plot_data_place (self->data, mark->step);

      if (!(place >= self->x0 && place <= self->x1))
        continue;

      gdouble x = round (smalti_plot_picture_to_x (self, place)) + 0.5;

      gdk_cairo_set_source_rgba (cr, text);
      if (!mark->text)
        {
          /* Of use to those who may go back to one. */
          if (self->style.paper || x < last + 2 * CHECKPOINT)
            continue;
          cairo_move_to (cr, x, bottom - CHECKPOINT);
          cairo_rel_line_to (cr, CHECKPOINT * 0.6, CHECKPOINT);
          cairo_rel_line_to (cr, -CHECKPOINT * 1.2, 0);
          cairo_close_path (cr);
          cairo_fill (cr);
          last = x;
          continue;
        }
      cairo_set_line_width (cr, self->style.paper ? 0.6 : 1);
      cairo_set_dash (cr, dashes, 2, 0);
      cairo_move_to (cr, x, self->top);
      cairo_line_to (cr, x, bottom);
      cairo_stroke (cr);
      cairo_set_dash (cr, NULL, 0, 0);

      g_autoptr (PangoLayout) layout = smalti_plot_text (self->context, mark->text, FALSE);
      gint width, height;

      pango_layout_get_pixel_size (layout, &width, &height);

      gdouble from = x + 5 + width <= self->left + self->across ? x + 5 : x - 5 - width;

      if (from < MAX (end + 8, self->left) || width > self->across / 2)
        continue;

      GdkRGBA base = smalti_palette_faint (self->style.base, 0.8f);

      gdk_cairo_set_source_rgba (cr, &base);
      cairo_rectangle (cr, from - 2, self->top + 1, width + 4, height);
      cairo_fill (cr);
      put (cr, layout, from, self->top + 1, text);
      end = from + width;
    }
}

static void
draw_note (SmaltiPlotPicture *self, cairo_t *cr, const char *words)
{
  g_autoptr (PangoLayout) layout = smalti_plot_text (self->context, words, FALSE);
  GdkRGBA base = smalti_palette_faint (self->style.base, 0.85f), text = smalti_palette_faint (self->style.text, 0.8f);
  gint width, height;

  pango_layout_set_width (layout, (gint)(self->across - 12) * PANGO_SCALE);
  pango_layout_get_pixel_size (layout, &width, &height);

  gdouble y = self->top + self->down - height - 8;

  gdk_cairo_set_source_rgba (cr, &base);
  cairo_rectangle (cr, self->left + 4, y - 2, width + 8, height + 4);
  cairo_fill (cr);
  put (cr, layout, self->left + 8, y, &text);
}

static void
draw_curves (SmaltiPlotPicture *self, cairo_t *cr, gboolean second)
{
  for (guint i = 0; i < self->cuts->len; i++)
    {
      const SmaltiCurve *curve = self->data->curves->pdata[i];

      if (curve->second == second)
        smalti_plot_draw_curve (self, cr, curve, &g_array_index (self->cuts, SmaltiCut, i));
    }
}

static void
draw_nothing (SmaltiPlotPicture *self, cairo_t *cr, const GdkRGBA *text)
{
  gboolean any = FALSE;
  gint width, height;

  for (guint i = 0; i < self->data->curves->len; i++)
    {
      const SmaltiCurve *curve = self->data->curves->pdata[i];

      any = any || smalti_series_get_n (curve->series) > 0;
    }

  g_autoptr (PangoLayout) layout
      = smalti_plot_text (self->context, any ? _ ("All curves are hidden") : _ ("No values yet"), FALSE);

  pango_layout_get_pixel_size (layout, &width, &height);
  put (cr, layout, (self->width - width) / 2, (self->height - height) / 2, text);
}

void
smalti_plot_picture_draw (SmaltiPlotPicture *self, cairo_t *cr)
{
  GdkRGBA dim = smalti_palette_faint (self->style.text, self->style.strong || self->style.paper ? 0.9f : 0.65f);

  if (!self->x_ticks)
    {
      draw_nothing (self, cr, &dim);
      return;
    }
  draw_y_axis (self, cr, &dim);
  draw_second_axis (self, cr, &dim);
  draw_x_axis (self, cr, &dim);

  cairo_save (cr);
  /* Marks at the edges stay whole as long as nothing lies beyond. */
  gdouble sides = self->data->follow ? 5 : 0, ends = self->data->fit && !self->logarithmic ? 5 : 1;
  cairo_rectangle (cr, self->left - sides, self->top - ends, self->across + 2 * sides, self->down + 2 * ends);
  cairo_clip (cr);
  draw_curves (self, cr, TRUE);
  draw_curves (self, cr, FALSE);
  cairo_restore (cr);

  draw_events (self, cr, &dim);
  if (self->left_out)
    draw_note (self, cr,
               self->logarithmic ? _ ("Values of zero or below have no place on a logarithmic axis.")
                                 : _ ("No value is above zero: the axis stays linear."));
  if (self->style.paper)
    draw_titles (self, cr);
}
