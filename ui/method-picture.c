/* SPDX-License-Identifier: Apache-2.0 */
/* Two rows of squares; a method whose answers are words or nothing has one row, centred. Grey squares stand in for
 * pictures that are not there yet, so that nothing moves when they come. */
#include "ui/method-picture.h"

#include <math.h>

#include "ui/texture.h"

#define GAP    4.f
#define CORNER 4.f

struct _SmaltiMethodPicture
{
  GtkWidget parent_instance;

  GdkTexture *above[SMALTI_N_LOOKS], *below[SMALTI_N_LOOKS];
  char *words[SMALTI_N_LOOKS];
  gboolean has_look;
};

G_DEFINE_FINAL_TYPE (SmaltiMethodPicture, smalti_method_picture, GTK_TYPE_WIDGET)

static gboolean
has_below (SmaltiMethodPicture *self)
{
  return !self->has_look || self->below[0];
}

static void
draw_square (SmaltiMethodPicture *self, GtkSnapshot *snapshot, GdkTexture *texture, const graphene_rect_t *square)
{
  GskRoundedRect clip;

  gsk_rounded_rect_init_from_rect (&clip, square, CORNER);
  gtk_snapshot_push_rounded_clip (snapshot, &clip);
  if (texture)
    gtk_snapshot_append_texture (snapshot, texture, square);
  else
    {
      GdkRGBA color;

      gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &color);
      color.alpha = 0.1f;
      gtk_snapshot_append_color (snapshot, &color, square);
    }
  gtk_snapshot_pop (snapshot);
}

static void
draw_words (SmaltiMethodPicture *self, GtkSnapshot *snapshot, const char *words, const graphene_rect_t *room)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), words);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  GdkRGBA color;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &color);
  pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_width (layout, (int)(room->size.width * PANGO_SCALE));
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &room->origin);
  gtk_snapshot_append_layout (snapshot, layout, &color);
  gtk_snapshot_restore (snapshot);
}

static void
smalti_method_picture_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SmaltiMethodPicture *self = SMALTI_METHOD_PICTURE (widget);
  gfloat width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  gfloat side = floorf (MIN ((width - (SMALTI_N_LOOKS - 1) * GAP) / SMALTI_N_LOOKS, (height - GAP) / 2));
  gfloat x = floorf ((width - SMALTI_N_LOOKS * side - (SMALTI_N_LOOKS - 1) * GAP) / 2);
  gfloat y = has_below (self) ? floorf ((height - 2 * side - GAP) / 2) : floorf ((height - side) / 2);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;

  for (guint i = 0; side > 0 && i < SMALTI_N_LOOKS; i++)
    {
      guint column = mirrored ? SMALTI_N_LOOKS - 1 - i : i;
      graphene_rect_t square = GRAPHENE_RECT_INIT (x + column * (side + GAP), y, side, side);

      draw_square (self, snapshot, self->above[i], &square);
      square.origin.y += side + GAP;
      if (has_below (self))
        draw_square (self, snapshot, self->below[i], &square);
      else if (self->words[i])
        draw_words (self, snapshot, self->words[i], &square);
    }
}

static GtkSizeRequestMode
smalti_method_picture_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
smalti_method_picture_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                               int *minimum_baseline, int *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = 110;
      *natural = 180;
    }
  else
    *minimum = *natural = CLAMP ((for_size > 0 ? for_size : 180) * 2 / 3, 72, 104);
}

static void
clear (SmaltiMethodPicture *self)
{
  for (guint i = 0; i < SMALTI_N_LOOKS; i++)
    {
      g_clear_object (&self->above[i]);
      g_clear_object (&self->below[i]);
      g_clear_pointer (&self->words[i], g_free);
    }
}

static void
smalti_method_picture_dispose (GObject *object)
{
  clear (SMALTI_METHOD_PICTURE (object));
  G_OBJECT_CLASS (smalti_method_picture_parent_class)->dispose (object);
}

static void
smalti_method_picture_class_init (SmaltiMethodPictureClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_method_picture_dispose;
  widget_class->snapshot = smalti_method_picture_snapshot;
  widget_class->measure = smalti_method_picture_measure;
  widget_class->get_request_mode = smalti_method_picture_get_request_mode;
  gtk_widget_class_set_css_name (widget_class, "picture");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
smalti_method_picture_init (SmaltiMethodPicture *self)
{
}

void
smalti_method_picture_set_look (SmaltiMethodPicture *self, const SmaltiMethodSight *look)
{
  g_return_if_fail (SMALTI_IS_METHOD_PICTURE (self));

  clear (self);
  self->has_look = look && look->above[0];
  for (guint i = 0; self->has_look && i < SMALTI_N_LOOKS; i++)
    {
      self->above[i] = look->above[i] ? smalti_texture_new (look->above[i]) : NULL;
      self->below[i] = look->below[i] ? smalti_texture_new (look->below[i]) : NULL;
      self->words[i] = g_strdup (look->words[i]);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
