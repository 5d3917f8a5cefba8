/* SPDX-License-Identifier: Apache-2.0 */
/* The picture is drawn once for each state of data, view and style, and kept: while the pointer moves over it, only the
 * crosshair is drawn anew. */
#include "ui/plot-canvas-private.h"

#include <adwaita.h>
#include <math.h>

#include "ui/palette.h"
#include "ui/texture.h"

#define ZOOM_STEP 1.25
#define PAN_STEP  0.1
/* A box smaller than this is a slip of the hand. */
#define LEAST_BOX 6.0

struct _SmaltiPlotCanvas
{
  GtkWidget parent_instance;

  SmaltiPlotData *data;
  SmaltiPlotPicture picture;
  gboolean laid_out;    /* picture has a place for everything */
  GskRenderNode *drawn; /* (nullable): the picture, without crosshair; %NULL when something has changed */

  gboolean clicked; /* since the pointer came */
  gboolean hovering;
  gdouble hover_x, hover_y; /* pixels */
  gboolean boxing;
  gdouble from_x, from_y; /* pixels: where the drag began */
  gdouble to_x, to_y;
  gdouble drag_x0, drag_x1, drag_y0, drag_y1; /* what was visible then */
  gdouble pinch_x0, pinch_x1;
};

G_DEFINE_FINAL_TYPE (SmaltiPlotCanvas, smalti_plot_canvas, GTK_TYPE_WIDGET)

static SmaltiPlotStyle
current_style (GtkWidget *widget)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  SmaltiPlotStyle style
      = { .dark = adw_style_manager_get_dark (manager), .strong = adw_style_manager_get_high_contrast (manager) };

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &style.text);
  style.base = style.dark ? (GdkRGBA){ 0.19f, 0.19f, 0.19f, 1 } : (GdkRGBA){ 1, 1, 1, 1 };
  return style;
}

static void
draw_picture (SmaltiPlotCanvas *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gint width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  gint factor = gtk_widget_get_scale_factor (widget);
  SmaltiPlotStyle style = current_style (widget);
  cairo_surface_t *pixels = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width * factor, height * factor);
  cairo_t *cr = cairo_create (pixels);

  cairo_surface_set_device_scale (pixels, factor, factor);
  self->laid_out = smalti_plot_picture_lay_out (&self->picture, &style, width, height);
  smalti_plot_picture_draw (&self->picture, cr);
  cairo_destroy (cr);
  self->drawn = smalti_pixels_to_node (pixels, width, height);
  cairo_surface_destroy (pixels);
}

static void
draw_box (SmaltiPlotCanvas *self, GtkSnapshot *snapshot)
{
  GdkRGBA color = smalti_palette_curve (0, self->picture.style.dark), fill = smalti_palette_faint (color, 0.15f);
  graphene_rect_t box = GRAPHENE_RECT_INIT (MIN (self->from_x, self->to_x), MIN (self->from_y, self->to_y),
                                            fabs (self->to_x - self->from_x), fabs (self->to_y - self->from_y));
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline, &box, 0);
  gtk_snapshot_append_color (snapshot, &fill, &box);
  gtk_snapshot_append_border (snapshot, &outline, (float[4]){ 1, 1, 1, 1 }, (GdkRGBA[4]){ color, color, color, color });
}

static void
smalti_plot_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SmaltiPlotCanvas *self = SMALTI_PLOT_CANVAS (widget);
  gint width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);

  if (!self->data)
    return;
  if (!self->drawn)
    draw_picture (self);
  if (self->drawn)
    gtk_snapshot_append_node (snapshot, self->drawn);
  if (self->laid_out && self->boxing)
    draw_box (self, snapshot);
  else if (self->laid_out && self->hovering)
    {
      cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));

      smalti_plot_picture_draw_hover (&self->picture, cr, self->hover_x, self->hover_y);
      cairo_destroy (cr);
    }
  if (gtk_widget_has_visible_focus (widget))
    gtk_snapshot_render_focus (snapshot, gtk_widget_get_style_context (widget), 0, 0, width, height);
}

void
smalti_plot_canvas_changed (SmaltiPlotCanvas *self)
{
  g_clear_pointer (&self->drawn, gsk_render_node_unref);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
smalti_plot_canvas_fit (SmaltiPlotCanvas *self)
{
  smalti_plot_data_fit (self->data);
  smalti_plot_canvas_changed (self);
}

/* The picture may be of a frame ago; nothing of it refers to points that are no longer there. */
static gboolean
can_point (SmaltiPlotCanvas *self)
{
  return self->data && self->laid_out;
}

static void
on_motion (GtkEventControllerMotion *controller, gdouble x, gdouble y, SmaltiPlotCanvas *self)
{
  self->hovering = TRUE;
  self->hover_x = x;
  self->hover_y = y;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_leave (GtkEventControllerMotion *controller, SmaltiPlotCanvas *self)
{
  self->hovering = FALSE;
  self->clicked = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* With Ctrl, or once the plot has been clicked, until the pointer leaves it: otherwise a wheel scrolls the page the
 * plot stands on, even when the keyboard happens to be here. Sideways it pans. */
static gboolean
on_scroll (GtkEventControllerScroll *controller, gdouble dx, gdouble dy, SmaltiPlotCanvas *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));

  if (!can_point (self) || !(state & GDK_CONTROL_MASK || self->clicked))
    return GDK_EVENT_PROPAGATE;
  if (state & GDK_SHIFT_MASK || fabs (dx) > fabs (dy))
    {
      if (self->data->follow)
        return GDK_EVENT_PROPAGATE;
      smalti_plot_data_pan (self->data, PAN_STEP * (fabs (dx) > fabs (dy) ? dx : dy));
    }
  else
    {
      gdouble pixel = self->hovering ? self->hover_x : self->picture.left + self->picture.across / 2;

      smalti_plot_data_zoom (self->data, pow (ZOOM_STEP, -dy), smalti_plot_picture_from_x (&self->picture, pixel));
    }
  smalti_plot_canvas_changed (self);
  return GDK_EVENT_STOP;
}

static void
on_pinch_begin (GtkGesture *gesture, GdkEventSequence *sequence, SmaltiPlotCanvas *self)
{
  if (!can_point (self) || !smalti_plot_data_get_range (self->data, &self->pinch_x0, &self->pinch_x1))
    gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_DENIED);
}

static void
on_pinch (GtkGestureZoom *gesture, gdouble scale, SmaltiPlotCanvas *self)
{
  gdouble x, y;

  if (!can_point (self) || !gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y))
    return;

  gdouble about = self->pinch_x0 + (x - self->picture.left) / self->picture.across * (self->pinch_x1 - self->pinch_x0);

  smalti_plot_data_set_range (self->data, about - (about - self->pinch_x0) / scale,
                              about + (self->pinch_x1 - about) / scale);
  smalti_plot_canvas_changed (self);
}

/* Shift draws a box; without it, what is zoomed can be moved, and what is not leaves the drag to the page. */
static void
on_drag_begin (GtkGestureDrag *gesture, gdouble x, gdouble y, SmaltiPlotCanvas *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  self->boxing = FALSE;
  if (!can_point (self) || !(state & GDK_SHIFT_MASK || !self->data->follow || !self->data->fit))
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  self->from_x = self->to_x = x;
  self->from_y = self->to_y = y;
  self->drag_x0 = self->picture.x0;
  self->drag_x1 = self->picture.x1;
  self->drag_y0 = self->picture.y0;
  self->drag_y1 = self->picture.y1;
  self->boxing = state & GDK_SHIFT_MASK;
}

static void
pan_values (SmaltiPlotCanvas *self, gdouble share, gdouble y0, gdouble y1)
{
  if (self->data->fit)
    return;
  if (self->picture.logarithmic)
    {
      self->data->y0 = y0 * pow (y1 / y0, share);
      self->data->y1 = y1 * pow (y1 / y0, share);
    }
  else
    {
      self->data->y0 = y0 + (y1 - y0) * share;
      self->data->y1 = y1 + (y1 - y0) * share;
    }
}

static void
on_drag_update (GtkGestureDrag *gesture, gdouble x, gdouble y, SmaltiPlotCanvas *self)
{
  if (!can_point (self))
    return;
  if (self->boxing)
    {
      self->to_x = CLAMP (self->from_x + x, self->picture.left, self->picture.left + self->picture.across);
      self->to_y = CLAMP (self->from_y + y, self->picture.top, self->picture.top + self->picture.down);
      gtk_widget_queue_draw (GTK_WIDGET (self));
      return;
    }

  gdouble shift = -x / self->picture.across * (self->drag_x1 - self->drag_x0);

  if (!self->data->follow)
    smalti_plot_data_set_range (self->data, self->drag_x0 + shift, self->drag_x1 + shift);
  pan_values (self, y / self->picture.down, self->drag_y0, self->drag_y1);
  smalti_plot_canvas_changed (self);
}

static void
on_drag_end (GtkGestureDrag *gesture, gdouble x, gdouble y, SmaltiPlotCanvas *self)
{
  if (!self->boxing)
    return;
  self->boxing = FALSE;
  if (can_point (self) && fabs (self->to_x - self->from_x) >= LEAST_BOX
      && fabs (self->to_y - self->from_y) >= LEAST_BOX)
    {
      const SmaltiPlotPicture *picture = &self->picture;
      gdouble a = smalti_plot_picture_from_x (picture, self->from_x),
              b = smalti_plot_picture_from_x (picture, self->to_x);
      gdouble low = smalti_plot_picture_from_y (picture, MAX (self->from_y, self->to_y));
      gdouble high = smalti_plot_picture_from_y (picture, MIN (self->from_y, self->to_y));

      smalti_plot_data_set_range (self->data, MIN (a, b), MAX (a, b));
      if (picture->has_first && high > low)
        {
          self->data->y0 = low;
          self->data->y1 = high;
          self->data->fit = FALSE;
        }
    }
  smalti_plot_canvas_changed (self);
}

static void
on_pressed (GtkGestureClick *gesture, gint n_press, gdouble x, gdouble y, SmaltiPlotCanvas *self)
{
  self->clicked = TRUE;
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (n_press == 2 && self->data)
    smalti_plot_canvas_fit (self);
}

/* The crosshair by keyboard: a hundredth of the picture at a time. */
static void
move_crosshair (SmaltiPlotCanvas *self, gint direction)
{
  const SmaltiPlotPicture *picture = &self->picture;

  if (!self->hovering)
    {
      self->hovering = TRUE;
      self->hover_x = picture->left + picture->across / 2;
      self->hover_y = picture->top + picture->down / 2;
    }
  else
    self->hover_x = CLAMP (self->hover_x + direction * MAX (2, picture->across / 100), picture->left,
                           picture->left + picture->across);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, SmaltiPlotCanvas *self)
{
  gdouble x0, x1;

  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK) || !can_point (self)
      || !smalti_plot_data_get_range (self->data, &x0, &x1))
    return GDK_EVENT_PROPAGATE;

  switch (key)
    {
    case GDK_KEY_plus:
    case GDK_KEY_equal:
    case GDK_KEY_KP_Add:
      smalti_plot_data_zoom (self->data, ZOOM_STEP, (x0 + x1) / 2);
      break;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
      smalti_plot_data_zoom (self->data, 1 / ZOOM_STEP, (x0 + x1) / 2);
      break;
    case GDK_KEY_0:
    case GDK_KEY_KP_0:
    case GDK_KEY_Home:
      smalti_plot_data_fit (self->data);
      break;
    case GDK_KEY_Left:
    case GDK_KEY_Right:
      if (state & GDK_SHIFT_MASK)
        {
          move_crosshair (self, key == GDK_KEY_Left ? -1 : 1);
          return GDK_EVENT_STOP;
        }
      if (self->data->follow)
        return GDK_EVENT_PROPAGATE;
      smalti_plot_data_pan (self->data, key == GDK_KEY_Left ? -PAN_STEP : PAN_STEP);
      break;
    case GDK_KEY_Up:
    case GDK_KEY_Down:
      if (self->data->fit)
        return GDK_EVENT_PROPAGATE;
      pan_values (self, key == GDK_KEY_Up ? PAN_STEP : -PAN_STEP, self->picture.y0, self->picture.y1);
      break;
    default:
      return GDK_EVENT_PROPAGATE;
    }
  smalti_plot_canvas_changed (self);
  return GDK_EVENT_STOP;
}

static void
smalti_plot_canvas_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                            int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 160 : 110;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 280 : 150;
}

static void
smalti_plot_canvas_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  g_clear_pointer (&SMALTI_PLOT_CANVAS (widget)->drawn, gsk_render_node_unref);
}

static void
smalti_plot_canvas_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (smalti_plot_canvas_parent_class)->css_changed (widget, change);
  smalti_plot_canvas_changed (SMALTI_PLOT_CANVAS (widget));
}

void
smalti_plot_canvas_forget (SmaltiPlotCanvas *self)
{
  self->data = NULL;
  self->laid_out = FALSE;
}

static void
smalti_plot_canvas_finalize (GObject *object)
{
  SmaltiPlotCanvas *self = SMALTI_PLOT_CANVAS (object);

  g_clear_pointer (&self->drawn, gsk_render_node_unref);
  smalti_plot_picture_clear (&self->picture);
  G_OBJECT_CLASS (smalti_plot_canvas_parent_class)->finalize (object);
}

static void
smalti_plot_canvas_class_init (SmaltiPlotCanvasClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = smalti_plot_canvas_finalize;
  widget_class->snapshot = smalti_plot_canvas_snapshot;
  widget_class->measure = smalti_plot_canvas_measure;
  widget_class->size_allocate = smalti_plot_canvas_size_allocate;
  widget_class->css_changed = smalti_plot_canvas_css_changed;
  gtk_widget_class_set_css_name (widget_class, "plot");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
add_controllers (SmaltiPlotCanvas *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *pinch = gtk_gesture_zoom_new ();

  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  g_signal_connect (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  gtk_widget_add_controller (widget, motion);
  gtk_widget_add_controller (widget, scroll);
  gtk_widget_add_controller (widget, key);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (pinch));
}

static void
smalti_plot_canvas_init (SmaltiPlotCanvas *self)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  add_controllers (self);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (smalti_plot_canvas_changed), NULL);
  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (smalti_plot_canvas_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast", G_CALLBACK (smalti_plot_canvas_changed), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
smalti_plot_canvas_new (SmaltiPlotData *data)
{
  SmaltiPlotCanvas *self = g_object_new (SMALTI_TYPE_PLOT_CANVAS, NULL);

  self->data = data;
  smalti_plot_picture_init (&self->picture, data, gtk_widget_get_pango_context (GTK_WIDGET (self)));
  return GTK_WIDGET (self);
}
