/* SPDX-License-Identifier: Apache-2.0 */
/* The pictures are not mirrored from right to left, and so neither is what the keys do. */
#include "ui/color-canvas.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "ui/texture.h"

#define MINIMUM_SIDE 180
#define NATURAL_SIDE 480
#define STEP         0.02
#define PAGE         0.1
#define HANDLE       13

struct _SmaltiColorCanvas
{
  GtkWidget parent_instance;

  GdkTexture *before, *after;
  gdouble split;
  gdouble drag_from; /* in pixels */
};

G_DEFINE_FINAL_TYPE (SmaltiColorCanvas, smalti_color_canvas, GTK_TYPE_WIDGET)

/* Where the pictures are. FALSE: there is none. */
static gboolean
find_place (SmaltiColorCanvas *self, graphene_rect_t *place)
{
  GdkTexture *any = self->after ? self->after : self->before;
  gdouble room_x = gtk_widget_get_width (GTK_WIDGET (self)), room_y = gtk_widget_get_height (GTK_WIDGET (self));

  if (!any || room_x <= 0 || room_y <= 0)
    return FALSE;

  gdouble scale = MIN (room_x / gdk_texture_get_width (any), room_y / gdk_texture_get_height (any));
  gdouble width = floor (gdk_texture_get_width (any) * scale), height = floor (gdk_texture_get_height (any) * scale);

  *place = GRAPHENE_RECT_INIT (floor ((room_x - width) / 2), floor ((room_y - height) / 2), width, height);
  return TRUE;
}

static void
set_split (SmaltiColorCanvas *self, gdouble split)
{
  g_autofree char *words = NULL;

  self->split = CLAMP (split, 0, 1);
  /* Translators: of a divider between two pictures */
  words
      = g_strdup_printf (_ ("%.0f%% before, %.0f%% after"), round (100 * self->split), 100 - round (100 * self->split));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 0.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, 1.0, GTK_ACCESSIBLE_PROPERTY_VALUE_NOW,
                                  self->split, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, words, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
draw_divider (GtkSnapshot *snapshot, const graphene_rect_t *place, gdouble x)
{
  gdouble y = place->origin.y + place->size.height / 2;
  cairo_t *cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (x - HANDLE - 3, place->origin.y, 2 * HANDLE + 6, place->size.height));

  cairo_set_line_width (cr, 4);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.45);
  cairo_move_to (cr, x, place->origin.y);
  cairo_line_to (cr, x, place->origin.y + place->size.height);
  cairo_stroke (cr);
  cairo_arc (cr, x, y, HANDLE + 1.5, 0, 2 * G_PI);
  cairo_fill (cr);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_set_line_width (cr, 2);
  cairo_move_to (cr, x, place->origin.y);
  cairo_line_to (cr, x, place->origin.y + place->size.height);
  cairo_stroke (cr);
  cairo_arc (cr, x, y, HANDLE, 0, 2 * G_PI);
  cairo_fill (cr);
  cairo_set_source_rgb (cr, 0.2, 0.2, 0.2);
  for (gint side = -1; side <= 1; side += 2)
    {
      cairo_move_to (cr, x + side * 3, y - 4);
      cairo_line_to (cr, x + side * 7, y);
      cairo_line_to (cr, x + side * 3, y + 4);
      cairo_stroke (cr);
    }
  cairo_destroy (cr);
}

static void
smalti_color_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SmaltiColorCanvas *self = SMALTI_COLOR_CANVAS (widget);
  graphene_rect_t place;
  gdouble x;

  if (!find_place (self, &place))
    return;
  x = place.origin.x + round (place.size.width * self->split);
  if (self->after)
    gtk_snapshot_append_texture (snapshot, self->after, &place);
  if (!self->before)
    return;
  gtk_snapshot_push_clip (snapshot,
                          &GRAPHENE_RECT_INIT (place.origin.x, place.origin.y,
                                               self->after ? x - place.origin.x : place.size.width, place.size.height));
  gtk_snapshot_append_texture (snapshot, self->before, &place);
  gtk_snapshot_pop (snapshot);
  if (self->after)
    {
      gtk_snapshot_push_clip (snapshot, &place);
      draw_divider (snapshot, &place, x);
      gtk_snapshot_pop (snapshot);
    }
}

static void
smalti_color_canvas_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                             int *minimum_baseline, int *natural_baseline)
{
  SmaltiColorCanvas *self = SMALTI_COLOR_CANVAS (widget);
  GdkTexture *any = self->after ? self->after : self->before;
  gdouble ratio = any ? gdk_texture_get_height (any) / (gdouble)gdk_texture_get_width (any) : 0.75;

  *minimum = orientation == GTK_ORIENTATION_VERTICAL ? NATURAL_SIDE : MINIMUM_SIDE;
  *natural = NATURAL_SIDE;
  if (orientation == GTK_ORIENTATION_VERTICAL && for_size >= 0)
    *minimum = *natural = (gint)CLAMP (ceil (for_size * ratio), MINIMUM_SIDE / 2, NATURAL_SIDE);
}

static GtkSizeRequestMode
smalti_color_canvas_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
split_at (SmaltiColorCanvas *self, gdouble x)
{
  graphene_rect_t place;

  if (find_place (self, &place))
    set_split (self, (x - place.origin.x) / place.size.width);
}

static void
on_drag_begin (GtkGestureDrag *gesture, gdouble x, gdouble y, SmaltiColorCanvas *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  self->drag_from = x;
  split_at (self, x);
}

static void
on_drag_update (GtkGestureDrag *gesture, gdouble dx, gdouble dy, SmaltiColorCanvas *self)
{
  split_at (self, self->drag_from + dx);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, SmaltiColorCanvas *self)
{
  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK))
    return GDK_EVENT_PROPAGATE;
  switch (key)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      set_split (self, self->split - STEP);
      return GDK_EVENT_STOP;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      set_split (self, self->split + STEP);
      return GDK_EVENT_STOP;
    case GDK_KEY_Page_Up:
      set_split (self, self->split - PAGE);
      return GDK_EVENT_STOP;
    case GDK_KEY_Page_Down:
      set_split (self, self->split + PAGE);
      return GDK_EVENT_STOP;
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      set_split (self, 0);
      return GDK_EVENT_STOP;
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      set_split (self, 1);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static void
set_texture (SmaltiColorCanvas *self, GdkTexture **texture, SmaltiImage *image)
{
  g_autoptr (GdkTexture) before = *texture;

  *texture = image ? smalti_texture_new (image) : NULL;
  if (before && image && gdk_texture_get_width (before) == image->width
      && gdk_texture_get_height (before) == image->height)
    gtk_widget_queue_draw (GTK_WIDGET (self));
  else
    gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
smalti_color_canvas_set_before (SmaltiColorCanvas *self, SmaltiImage *before)
{
  g_return_if_fail (SMALTI_IS_COLOR_CANVAS (self));
  set_texture (self, &self->before, before);
}

void
smalti_color_canvas_set_after (SmaltiColorCanvas *self, SmaltiImage *after)
{
  g_return_if_fail (SMALTI_IS_COLOR_CANVAS (self));
  set_texture (self, &self->after, after);
}

static void
smalti_color_canvas_dispose (GObject *object)
{
  SmaltiColorCanvas *self = SMALTI_COLOR_CANVAS (object);

  g_clear_object (&self->before);
  g_clear_object (&self->after);
  G_OBJECT_CLASS (smalti_color_canvas_parent_class)->dispose (object);
}

static void
smalti_color_canvas_class_init (SmaltiColorCanvasClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_color_canvas_dispose;
  widget_class->snapshot = smalti_color_canvas_snapshot;
  widget_class->measure = smalti_color_canvas_measure;
  widget_class->get_request_mode = smalti_color_canvas_get_request_mode;
  gtk_widget_class_set_css_name (widget_class, "colorcanvas");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_SLIDER);
}

static void
smalti_color_canvas_init (SmaltiColorCanvas *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "ew-resize");
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  set_split (self, 0.5);
}

GtkWidget *
smalti_color_canvas_new (void)
{
  return g_object_new (SMALTI_TYPE_COLOR_CANVAS, NULL);
}
