/* SPDX-License-Identifier: Apache-2.0 */
/* The texture borrows the image's pixels, so showing a picture copies nothing on the main loop. */
#include "ui/image-view.h"

#include <adwaita.h>
#include <math.h>

#include "ui/palette.h"
#include "ui/texture.h"

#define MAX_CELLS    16
#define CORNER       6.f
#define NATURAL_SIDE 112
#define MINIMUM_SIDE 72

struct _SmaltiImageView
{
  GtkWidget parent_instance;

  GdkTexture *texture;
  guint grid;
  guint8 wrong[MAX_CELLS];
};

G_DEFINE_FINAL_TYPE (SmaltiImageView, smalti_image_view, GTK_TYPE_WIDGET)

static void
draw_marks (SmaltiImageView *self, cairo_t *cr, gdouble side_x, gdouble side_y)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  GdkRGBA color = smalti_palette_wrong (dark), halo = { 1, 1, 1, 0.9f };
  gdouble line = CLAMP (side_x / 24, 1.5, 3);

  for (guint i = 0; i < self->grid * self->grid; i++)
    {
      if (!self->wrong[i])
        continue;

      gdouble x = i % self->grid * side_x, y = i / self->grid * side_y;
      gdouble badge = CLAMP (side_x * 0.13, 5, 9), cx = x + side_x - badge - line - 2, cy = y + badge + line + 2;

      /* A shape beside the colour: a cross in a disc. */
      gdk_cairo_set_source_rgba (cr, &color);
      cairo_set_line_width (cr, line);
      cairo_rectangle (cr, x + line / 2 + 1, y + line / 2 + 1, side_x - line - 2, side_y - line - 2);
      cairo_stroke (cr);
      cairo_arc (cr, cx, cy, badge, 0, 2 * G_PI);
      cairo_fill (cr);
      gdk_cairo_set_source_rgba (cr, &halo);
      cairo_set_line_width (cr, MAX (1.5, badge / 4));
      cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
      cairo_move_to (cr, cx - badge * 0.4, cy - badge * 0.4);
      cairo_line_to (cr, cx + badge * 0.4, cy + badge * 0.4);
      cairo_move_to (cr, cx + badge * 0.4, cy - badge * 0.4);
      cairo_line_to (cr, cx - badge * 0.4, cy + badge * 0.4);
      cairo_stroke (cr);
    }
}

static void
smalti_image_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SmaltiImageView *self = SMALTI_IMAGE_VIEW (widget);

  if (!self->texture)
    return;

  gdouble room_x = gtk_widget_get_width (widget), room_y = gtk_widget_get_height (widget);
  gdouble scale = MIN (room_x / gdk_texture_get_width (self->texture), room_y / gdk_texture_get_height (self->texture));
  gdouble width = floor (gdk_texture_get_width (self->texture) * scale);
  gdouble height = floor (gdk_texture_get_height (self->texture) * scale);
  GskRoundedRect clip;

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (floor ((room_x - width) / 2), floor ((room_y - height) / 2)));
  gsk_rounded_rect_init_from_rect (&clip, &GRAPHENE_RECT_INIT (0, 0, width, height), CORNER);
  gtk_snapshot_push_rounded_clip (snapshot, &clip);
  gtk_snapshot_append_texture (snapshot, self->texture, &clip.bounds);
  if (self->grid > 0)
    {
      cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &clip.bounds);

      draw_marks (self, cr, width / self->grid, height / self->grid);
      cairo_destroy (cr);
    }
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_restore (snapshot);
}

static GtkSizeRequestMode
smalti_image_view_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
smalti_image_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                           int *minimum_baseline, int *natural_baseline)
{
  SmaltiImageView *self = SMALTI_IMAGE_VIEW (widget);
  gdouble ratio
      = self->texture ? gdk_texture_get_height (self->texture) / (gdouble)gdk_texture_get_width (self->texture) : 1;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = MINIMUM_SIDE;
      *natural = NATURAL_SIDE;
    }
  else
    *minimum = *natural = (gint)ceil ((for_size > 0 ? for_size : MINIMUM_SIDE) * ratio);
}

static void
smalti_image_view_dispose (GObject *object)
{
  g_clear_object (&SMALTI_IMAGE_VIEW (object)->texture);
  G_OBJECT_CLASS (smalti_image_view_parent_class)->dispose (object);
}

static void
smalti_image_view_class_init (SmaltiImageViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_image_view_dispose;
  widget_class->snapshot = smalti_image_view_snapshot;
  widget_class->measure = smalti_image_view_measure;
  widget_class->get_request_mode = smalti_image_view_get_request_mode;
  gtk_widget_class_set_css_name (widget_class, "picture");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
smalti_image_view_init (SmaltiImageView *self)
{
}

GtkWidget *
smalti_image_view_new (void)
{
  return g_object_new (SMALTI_TYPE_IMAGE_VIEW, NULL);
}

void
smalti_image_view_set_image (SmaltiImageView *self, SmaltiImage *image)
{
  g_return_if_fail (SMALTI_IS_IMAGE_VIEW (self));

  g_clear_object (&self->texture);
  if (image)
    self->texture = smalti_texture_new (image);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
smalti_image_view_set_marks (SmaltiImageView *self, guint grid, const guint8 *wrong)
{
  g_return_if_fail (SMALTI_IS_IMAGE_VIEW (self));
  g_return_if_fail (grid * grid <= MAX_CELLS);

  self->grid = grid;
  for (guint i = 0; i < grid * grid; i++)
    self->wrong[i] = wrong[i];
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
