/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart-text.h"

#include <adwaita.h>
#include <math.h>

#include "ui/palette.h"

#define PAD    9.0
#define AWAY   12.0 /* of the box from what it is about */
#define CORNER 8.f

PangoLayout *
smalti_chart_text (GtkWidget *widget, const char *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, text);
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  return layout;
}

void
smalti_chart_put (GtkSnapshot *snapshot, PangoLayout *layout, gdouble x, gdouble y, const GdkRGBA *color)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (round (x), round (y)));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

GdkRGBA
smalti_chart_color (GtkWidget *widget)
{
  GdkRGBA color;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  return color;
}

const char *
smalti_chart_hex (const GdkRGBA *color, char *text)
{
  g_snprintf (text, 8, "#%02x%02x%02x", (guint)(color->red * 255), (guint)(color->green * 255),
              (guint)(color->blue * 255));
  return text;
}

void
smalti_chart_box (GtkWidget *widget, GtkSnapshot *snapshot, const char *markup, GdkPaintable *picture, gdouble side,
                  gdouble x, gdouble y)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  GdkRGBA text = smalti_chart_color (widget), border = smalti_palette_faint (text, 0.2f);
  GdkRGBA fill = dark ? (GdkRGBA){ 0.22f, 0.22f, 0.22f, 0.96f } : (GdkRGBA){ 1, 1, 1, 0.96f };
  gdouble room_x = gtk_widget_get_width (widget), room_y = gtk_widget_get_height (widget);
  gdouble picture_width = 0, picture_height = 0, width, height;
  g_autoptr (PangoLayout) layout = smalti_chart_text (widget, "");
  gint text_width, text_height;
  GskRoundedRect box;

  pango_layout_set_markup (layout, markup, -1);
  pango_layout_get_pixel_size (layout, &text_width, &text_height);
  if (text_width > room_x - 2 * PAD)
    {
      pango_layout_set_width (layout, MAX (room_x - 2 * PAD, 1) * PANGO_SCALE);
      pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
      pango_layout_get_pixel_size (layout, &text_width, &text_height);
    }
  if (picture != NULL)
    {
      gdouble own_width = gdk_paintable_get_intrinsic_width (picture);
      gdouble own_height = gdk_paintable_get_intrinsic_height (picture);
      gdouble scale = side / MAX (MAX (own_width, own_height), 1);

      picture_width = round (own_width * scale);
      picture_height = round (own_height * scale);
    }
  width = MAX (text_width, picture_width) + 2 * PAD;
  height = text_height + picture_height + (picture != NULL ? 6 : 0) + 2 * PAD;
  x = x + AWAY + width <= room_x ? x + AWAY : x - AWAY - width;
  x = CLAMP (x, 0, MAX (room_x - width, 0));
  y = CLAMP (y - height / 2, 0, MAX (room_y - height, 0));

  gsk_rounded_rect_init_from_rect (&box, &GRAPHENE_RECT_INIT (round (x), round (y), width, height), CORNER);
  gtk_snapshot_push_rounded_clip (snapshot, &box);
  gtk_snapshot_append_color (snapshot, &fill, &box.bounds);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_append_border (snapshot, &box, (float[4]){ 1, 1, 1, 1 }, (GdkRGBA[4]){ border, border, border, border });
  if (picture != NULL)
    {
      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (box.bounds.origin.x + round ((width - picture_width) / 2),
                                                              box.bounds.origin.y + PAD));
      gdk_paintable_snapshot (picture, snapshot, picture_width, picture_height);
      gtk_snapshot_restore (snapshot);
    }
  smalti_chart_put (snapshot, layout, box.bounds.origin.x + PAD, box.bounds.origin.y + height - PAD - text_height,
                    &text);
}

void
smalti_chart_describe (GtkWidget *widget, const char *text)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}
