/* SPDX-License-Identifier: Apache-2.0 */
/* The box has as many rows as fit into the plot and as many columns of them as it takes; what even then finds no room
 * is counted, and those farthest from the pointer are left out. */
#include <glib/gi18n-lib.h>
#include <math.h>

#include "ui/palette.h"
#include "ui/plot-picture-private.h"

#define PAD        9.0
#define DISTANCE   12.0 /* from the line */
#define GAP        14.0 /* between a name and its value, and between columns */
#define SWATCH     16.0
#define NAME_WIDTH 150
#define NEAR       5.0 /* pixels from a mark at which its words are shown */

typedef struct
{
  const SmaltiCurve *curve;
  gdouble x, y;     /* pixels */
  gdouble distance; /* from the pointer */
  PangoLayout *name, *value;
} Entry;

static void
entry_clear (Entry *entry)
{
  g_clear_object (&entry->name);
  g_clear_object (&entry->value);
}

/* The x of the nearest point of any curve; NAN when none is visible. */
static gdouble
nearest_x (const SmaltiPlotPicture *self, gdouble hover)
{
  gdouble nearest = NAN;

  for (guint i = 0; i < self->data->curves->len; i++)
    {
      const SmaltiCurve *curve = self->data->curves->pdata[i];

      if (!smalti_plot_data_is_drawn (self->data, curve))
        continue;

      gdouble x = smalti_series_get_x (curve->series, self->data->x,
                                       smalti_series_nearest (curve->series, self->data->x, hover));

      if (x >= self->x0 && x <= self->x1 && !(fabs (x - hover) >= fabs (nearest - hover)))
        nearest = x;
    }
  return nearest;
}

static GArray *
gather (const SmaltiPlotPicture *self, gdouble at, gdouble pointer_y)
{
  const SmaltiPlotData *data = self->data;
  GArray *entries = g_array_new (FALSE, TRUE, sizeof (Entry));
  gdouble line = smalti_plot_picture_to_x (self, at);

  g_array_set_clear_func (entries, (GDestroyNotify)entry_clear);
  for (guint i = 0; i < data->curves->len; i++)
    {
      const SmaltiCurve *curve = data->curves->pdata[i];

      if (!smalti_plot_data_is_drawn (data, curve))
        continue;

      gsize n = smalti_series_get_n (curve->series), point = smalti_series_nearest (curve->series, data->x, at);
      gdouble x = smalti_series_get_x (curve->series, data->x, point), y = smalti_series_get_y (curve->series, point);
      Entry entry = { curve, smalti_plot_picture_to_x (self, x), smalti_plot_picture_to_y (self, curve, y) };

      /* A curve that ended says nothing about what came later. */
      if (fabs (entry.x - line) > NEAR && (point == 0 || point == n - 1)
          && (at < smalti_series_get_x (curve->series, data->x, 0)
              || at > smalti_series_get_x (curve->series, data->x, n - 1)))
        continue;

      g_autofree char *value = smalti_plot_data_format (data, curve, y);
      g_autofree char *name = NULL;

      if (fabs (entry.x - line) > NEAR)
        {
          g_autofree char *where = smalti_plot_data_format_x (data, x);

          /* Translators: under the pointer on a plot: a curve, and where its nearest point lies: "Validation (Step
           * 400)" */
          name = g_strdup_printf (_ ("%s (%s)"), curve->title, where);
        }
      entry.name = smalti_plot_text (self->context, name ? name : curve->title, FALSE);
      pango_layout_set_ellipsize (entry.name, PANGO_ELLIPSIZE_MIDDLE);
      entry.value = smalti_plot_text (self->context, value, FALSE);
      entry.distance = fabs (entry.y - pointer_y);
      g_array_append_val (entries, entry);
    }
  return entries;
}

static void
leave_out_farthest (GArray *entries, guint n)
{
  while (entries->len > n)
    {
      guint farthest = 0;

      for (guint i = 1; i < entries->len; i++)
        if (g_array_index (entries, Entry, i).distance > g_array_index (entries, Entry, farthest).distance)
          farthest = i;
      g_array_remove_index (entries, farthest);
    }
}

/* What is written above the values: where this is, and what happened there. */
static PangoLayout *
new_header (const SmaltiPlotPicture *self, gdouble at)
{
  g_autofree char *where = smalti_plot_data_format_x (self->data, at);
  g_autoptr (GString) words = g_string_new (where);
  gdouble line = smalti_plot_picture_to_x (self, at);
  gboolean checkpoint = FALSE;

  for (guint i = 0; i < self->data->marks->len; i++)
    {
      const SmaltiMark *mark = &g_array_index (self->data->marks, SmaltiMark, i);

      if (!(fabs (smalti_plot_picture_to_x (self, smalti_plot_data_place (self->data, mark->step)) - line) <= NEAR))
        continue;
      if (mark->text)
        g_string_append_printf (words, "\n%s", mark->text);
      else
        checkpoint = TRUE;
    }
  if (checkpoint)
    g_string_append_printf (words, "\n%s", _ ("Checkpoint"));

  PangoLayout *layout = smalti_plot_text (self->context, words->str, TRUE);

  pango_layout_set_width (layout, (gint)MAX (40, self->width - 2 * PAD - 8) * PANGO_SCALE);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  return layout;
}

static void
rounded (cairo_t *cr, gdouble x, gdouble y, gdouble width, gdouble height, gdouble radius)
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - radius, y + radius, radius, -G_PI / 2, 0);
  cairo_arc (cr, x + width - radius, y + height - radius, radius, 0, G_PI / 2);
  cairo_arc (cr, x + radius, y + height - radius, radius, G_PI / 2, G_PI);
  cairo_arc (cr, x + radius, y + radius, radius, G_PI, 3 * G_PI / 2);
  cairo_close_path (cr);
}

static void
draw_dots (const SmaltiPlotPicture *self, cairo_t *cr, const GArray *entries)
{
  for (guint i = 0; i < entries->len; i++)
    {
      const Entry *entry = &g_array_index (entries, Entry, i);
      GdkRGBA color = smalti_palette_curve (entry->curve->style, self->style.dark);

      if (entry->x < self->left - 1 || entry->x > self->left + self->across + 1 || entry->y < self->top - 1
          || entry->y > self->top + self->down + 1)
        continue;
      cairo_arc (cr, entry->x, entry->y, 4, 0, 2 * G_PI);
      gdk_cairo_set_source_rgba (cr, &color);
      cairo_fill_preserve (cr);
      gdk_cairo_set_source_rgba (cr, &self->style.base);
      cairo_set_line_width (cr, 1);
      cairo_stroke (cr);
    }
}

static void
show (cairo_t *cr, PangoLayout *layout, gdouble x, gdouble y, const GdkRGBA *color)
{
  cairo_move_to (cr, round (x), round (y));
  gdk_cairo_set_source_rgba (cr, color);
  pango_cairo_show_layout (cr, layout);
}

static void
draw_box (const SmaltiPlotPicture *self, cairo_t *cr, PangoLayout *header, GArray *entries, gdouble line)
{
  const GdkRGBA *text = &self->style.text;
  gint header_width, header_height, row_height, names = 0, values = 0, more_width = 0;
  g_autoptr (PangoLayout) more = NULL;
  guint all = entries->len;

  pango_layout_get_pixel_size (header, &header_width, &header_height);
  for (guint i = 0; i < entries->len; i++)
    {
      const Entry *entry = &g_array_index (entries, Entry, i);
      gint width;

      pango_layout_get_pixel_size (entry->name, &width, NULL);
      names = MAX (names, MIN (width, NAME_WIDTH));
      pango_layout_get_pixel_size (entry->value, &width, &row_height);
      values = MAX (values, width);
    }
  row_height += 2;

  gdouble column = SWATCH + 6 + names + GAP + values;
  gdouble room = self->height - 8 - 2 * PAD - header_height - 2;
  guint rows = MAX (1, (guint)MAX (0, room / row_height));
  guint most = MAX (1, (guint)MAX (0, (self->across / 2 - 2 * PAD + GAP) / (column + GAP)));

  if (entries->len > rows * most)
    {
      guint kept = MAX (1, (rows - 1) * most);
      g_autofree char *words
          = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "and %u more", "and %u more", all - kept), all - kept);

      leave_out_farthest (entries, kept);
      more = smalti_plot_text (self->context, words, FALSE);
      pango_layout_get_pixel_size (more, &more_width, NULL);
      rows = MAX (1, rows - 1);
    }

  guint columns = (entries->len + rows - 1) / rows;

  rows = (entries->len + columns - 1) / columns;

  gdouble width = MAX (MAX (header_width, more_width), columns * (column + GAP) - GAP) + 2 * PAD;
  gdouble height = header_height + 2 + row_height * (rows + (more ? 1 : 0)) + 2 * PAD - 2;
  gdouble x = line + DISTANCE, y = self->top + 4;

  if (x + width > self->width - 4)
    x = line - DISTANCE - width;
  x = CLAMP (x, 4, MAX (4, self->width - 4 - width));
  y = CLAMP (y, 2, MAX (2, self->height - 2 - height));

  GdkRGBA fill = self->style.base, border = smalti_palette_faint (*text, self->style.strong ? 0.8f : 0.2f);
  GdkRGBA dim = smalti_palette_faint (*text, 0.7f);

  fill.alpha = 0.97f;
  rounded (cr, x + 0.5, y + 0.5, round (width) - 1, round (height) - 1, 8);
  gdk_cairo_set_source_rgba (cr, &fill);
  cairo_fill_preserve (cr);
  gdk_cairo_set_source_rgba (cr, &border);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);

  show (cr, header, x + PAD, y + PAD, text);
  for (guint i = 0; i < entries->len; i++)
    {
      const Entry *entry = &g_array_index (entries, Entry, i);
      gdouble left = x + PAD + (i / rows) * (column + GAP), top = y + PAD + header_height + 2 + (i % rows) * row_height;
      gint value_width;

      pango_layout_set_width (entry->name, names * PANGO_SCALE);
      pango_layout_get_pixel_size (entry->value, &value_width, NULL);
      smalti_plot_draw_swatch (cr, entry->curve, self->style.dark, left, round (top + row_height / 2.0) - 1, SWATCH);
      show (cr, entry->name, left + SWATCH + 6, top, text);
      show (cr, entry->value, left + column - value_width, top, text);
    }
  if (more)
    show (cr, more, x + PAD, y + PAD + header_height + 2 + rows * row_height, &dim);
}

void
smalti_plot_picture_draw_hover (SmaltiPlotPicture *self, cairo_t *cr, gdouble x, gdouble y)
{
  gdouble at = nearest_x (self, smalti_plot_picture_from_x (self, x));

  if (isnan (at))
    return;

  g_autoptr (GArray) entries = gather (self, at, y);
  g_autoptr (PangoLayout) header = new_header (self, at);
  gdouble line = round (smalti_plot_picture_to_x (self, at));
  GdkRGBA faint = smalti_palette_faint (self->style.text, 0.35f);

  gdk_cairo_set_source_rgba (cr, &faint);
  cairo_rectangle (cr, line, self->top, 1, self->down);
  cairo_fill (cr);
  draw_dots (self, cr, entries);
  if (entries->len > 0)
    draw_box (self, cr, header, entries, line);
}
