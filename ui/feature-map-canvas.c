/* SPDX-License-Identifier: Apache-2.0 */
/* Points are not drawn by GTK, which would be 50,000 nodes, but put as small discs straight into the pixels of one
 * picture that is then shown: some milliseconds, so that every frame of a pan is drawn anew and is sharp. The picture
 * is kept as long as nothing but the box under the pointer changes. */
#include "ui/feature-map-canvas-private.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "ui/chart-text.h"
#include "ui/palette.h"
#include "ui/texture.h"

#define ZOOM_STEP  1.25
#define MAX_ZOOM   2000
#define REACH      14.0 /* pixels from a point at which it is still meant */
#define FIT_MARGIN 0.06
#define PICTURE    96
#define MAX_RADIUS 8
#define FAINT      0.12
#define DISC_SIDE  (2 * MAX_RADIUS + 3)

struct _SmaltiMapCanvas
{
  GtkWidget parent_instance;

  gfloat *layout;
  guint n;
  gint32 *klass; /* n_labelled of them; %NULL: none */
  guint n_labelled, n_classes;
  char **names;
  gint only; /* class that keeps its colour; -1: all */

  gdouble x, y, scale; /* what is in the middle, and pixels a unit */
  gboolean follow;     /* everything is in view */
  gdouble drag_x, drag_y, pointer_x, pointer_y;
  gboolean pointing; /* the pointer is on the widget */
  gboolean by_key;   /* the keyboard has moved the map since the pointer last did */

  GskRenderNode *drawn; /* the points as they are seen now; %NULL: to be drawn */
  gint hovered;
  GdkTexture *picture; /* of the hovered item */
  char *caption;
};

G_DEFINE_FINAL_TYPE (SmaltiMapCanvas, smalti_map_canvas, GTK_TYPE_WIDGET)

enum
{
  ITEM_HOVERED,
  ITEM_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

GdkRGBA
smalti_feature_map_class_color (guint klass, guint n_classes, gboolean dark)
{
  GdkRGBA color = { .alpha = 1 };

  if (n_classes <= SMALTI_PALETTE_SIZE)
    return smalti_palette_curve (klass, dark);
  /* Neighbours in number are far apart on the wheel, and every other one is darker. */
  gtk_hsv_to_rgb (fmod (klass * 0.6180339887, 1), klass % 2 ? 0.85f : 0.6f,
                  dark ? (klass % 2 ? 0.85f : 1) : (klass % 2 ? 0.55f : 0.78f), &color.red, &color.green, &color.blue);
  return color;
}

static void
redraw (SmaltiMapCanvas *self)
{
  g_clear_pointer (&self->drawn, gsk_render_node_unref);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* -- the view -- */

/* Pixels a unit with which everything is in view, and what is in the middle then. */
static gdouble
fitting_view (SmaltiMapCanvas *self, gdouble *x, gdouble *y)
{
  gdouble width = MAX (gtk_widget_get_width (GTK_WIDGET (self)), 1);
  gdouble height = MAX (gtk_widget_get_height (GTK_WIDGET (self)), 1);
  gdouble left = INFINITY, right = -INFINITY, top = INFINITY, bottom = -INFINITY;

  for (guint i = 0; i < self->n; i++)
    {
      left = MIN (left, self->layout[2 * i]);
      right = MAX (right, self->layout[2 * i]);
      top = MIN (top, self->layout[2 * i + 1]);
      bottom = MAX (bottom, self->layout[2 * i + 1]);
    }
  *x = (left + right) / 2;
  *y = (top + bottom) / 2;
  return MIN (width / MAX (right - left, 1e-9), height / MAX (bottom - top, 1e-9)) * (1 - 2 * FIT_MARGIN);
}

/* The view as it is for the size there is now. */
static void
ensure_view (SmaltiMapCanvas *self)
{
  if (self->follow && self->n > 0)
    self->scale = fitting_view (self, &self->x, &self->y);
}

static gdouble
pixel_x (const SmaltiMapCanvas *self, gdouble width, guint i)
{
  return width / 2 + (self->layout[2 * i] - self->x) * self->scale;
}

static gdouble
pixel_y (const SmaltiMapCanvas *self, gdouble height, guint i)
{
  return height / 2 + (self->layout[2 * i + 1] - self->y) * self->scale;
}

static void
set_hovered (SmaltiMapCanvas *self, gint item)
{
  if (item == self->hovered)
    return;
  self->hovered = item;
  g_clear_object (&self->picture);
  g_clear_pointer (&self->caption, g_free);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (item >= 0)
    {
      gint klass = self->klass != NULL && (guint)item < self->n_labelled ? self->klass[item] : -1;
      g_autofree char *name = klass < 0 ? g_strdup_printf (_ ("Image %d"), item + 1)
                                        /* Translators: number of an image and its class */
                                        : g_strdup_printf (_ ("Image %d, %s"), item + 1, self->names[klass]);

      smalti_chart_describe (GTK_WIDGET (self), name);
    }
  g_signal_emit (self, signals[ITEM_HOVERED], 0, item);
}

/* The point nearest to the pointer, or to the middle when the keyboard moves the map. */
static void
look (SmaltiMapCanvas *self)
{
  gdouble width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  gboolean keyboard = !self->pointing && gtk_widget_has_focus (GTK_WIDGET (self))
                      && (self->by_key || gtk_widget_has_visible_focus (GTK_WIDGET (self)));
  gdouble x = self->pointing ? self->pointer_x : width / 2, y = self->pointing ? self->pointer_y : height / 2;
  gdouble nearest = keyboard ? INFINITY : REACH * REACH;
  gint found = -1;

  ensure_view (self);
  if (!self->pointing && !keyboard)
    {
      set_hovered (self, -1);
      return;
    }
  for (guint i = 0; i < self->n; i++)
    {
      gdouble dx = pixel_x (self, width, i) - x, dy = pixel_y (self, height, i) - y, distance = dx * dx + dy * dy;

      if (distance < nearest)
        {
          nearest = distance;
          found = i;
        }
    }
  set_hovered (self, found);
}

static void
zoom (SmaltiMapCanvas *self, gdouble factor, gdouble about_x, gdouble about_y)
{
  gdouble width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  gdouble middle[2], whole = fitting_view (self, &middle[0], &middle[1]), scale;

  ensure_view (self);
  scale = CLAMP (self->scale * factor, whole / 4, whole * MAX_ZOOM);
  self->x += (about_x - width / 2) * (1 / self->scale - 1 / scale);
  self->y += (about_y - height / 2) * (1 / self->scale - 1 / scale);
  self->scale = scale;
  self->follow = FALSE;
  redraw (self);
  look (self);
}

static void
pan (SmaltiMapCanvas *self, gdouble dx, gdouble dy)
{
  ensure_view (self);
  self->x += dx / self->scale;
  self->y += dy / self->scale;
  self->follow = FALSE;
  redraw (self);
  look (self);
}

/* -- drawing -- */

/* How much of each pixel a disc of @radius covers, of 255. */
static gint
make_disc (gdouble radius, guint8 *cover)
{
  gint reach = ceil (radius), side = 2 * reach + 1;

  for (gint y = 0; y < side; y++)
    for (gint x = 0; x < side; x++)
      cover[y * side + x] = CLAMP (radius + 0.5 - hypot (x - reach, y - reach), 0, 1) * 255;
  return reach;
}

/* @over on what is there, both premultiplied, two channels at a time; 255 / 256 of what is exact is near enough. */
static inline guint32
blend (guint32 there, guint32 over)
{
  guint32 rest = 256 - (over >> 24);

  return over + (((there & 0x00ff00ff) * rest >> 8) & 0x00ff00ff) + (((there >> 8) & 0x00ff00ff) * rest & 0xff00ff00);
}

/* A disc ready to be put, (side, side). */
static void
make_sprite (GdkRGBA color, gdouble alpha, const guint8 *cover, gint side, guint32 *sprite)
{
  for (gint i = 0; i < side * side; i++)
    {
      gdouble share = alpha * cover[i] / 255;

      sprite[i] = (guint32)(share * 255) << 24 | (guint32)(color.red * share * 255) << 16
                  | (guint32)(color.green * share * 255) << 8 | (guint32)(color.blue * share * 255);
    }
}

static void
put_sprite (guint32 *pixels, gint width, gint height, gint x, gint y, gint reach, const guint32 *sprite)
{
  gint side = 2 * reach + 1;
  gint top = MAX (y - reach, 0), bottom = MIN (y + reach, height - 1);
  gint left = MAX (x - reach, 0), right = MIN (x + reach, width - 1);

  for (gint row = top; row <= bottom; row++)
    {
      guint32 *at = pixels + (gsize)row * width;
      const guint32 *from = sprite + (row - y + reach) * side - x + reach;

      for (gint column = left; column <= right; column++)
        at[column] = blend (at[column], from[column]);
    }
}

/* Of the classes, and after them of points without one. */
static guint32 *
make_sprites (SmaltiMapCanvas *self, gdouble radius, gint *reach)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ()), labelled = self->n_classes > 0;
  gdouble alpha = self->n > 5000 ? 0.6 : 0.8;
  guint8 cover[DISC_SIDE * DISC_SIDE];
  guint32 *sprites;
  gint side;

  *reach = make_disc (radius, cover);
  side = 2 * *reach + 1;
  sprites = g_new (guint32, (gsize)side * side * (self->n_classes + 1));
  for (guint c = 0; c < self->n_classes; c++)
    make_sprite (smalti_feature_map_class_color (c, self->n_classes, dark),
                 self->only < 0 || self->only == (gint)c ? alpha : FAINT, cover, side,
                 sprites + (gsize)c * side * side);
  make_sprite (labelled ? smalti_chart_color (GTK_WIDGET (self)) : smalti_palette_curve (0, dark),
               self->only >= 0 ? FAINT
               : labelled      ? alpha / 2
                               : alpha,
               cover, side, sprites + (gsize)self->n_classes * side * side);
  return sprites;
}

static GskRenderNode *
draw_points (SmaltiMapCanvas *self, gdouble logical_width, gdouble logical_height)
{
  gint factor = gtk_widget_get_scale_factor (GTK_WIDGET (self)), reach;
  gint width = logical_width * factor, height = logical_height * factor;
  gdouble middle[2], whole = fitting_view (self, &middle[0], &middle[1]);
  /* Points grow a little when they are looked at from near. */
  gdouble radius = CLAMP (sqrt (logical_width * logical_height / MAX (self->n, 1)) / 6, 1.3, 3.5)
                   * CLAMP (pow (self->scale / whole, 0.35), 1, 2.2);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  guint32 *pixels = (guint32 *)cairo_image_surface_get_data (surface);
  GskRenderNode *node;
  g_autofree guint32 *sprites = make_sprites (self, MIN (radius * factor, MAX_RADIUS), &reach);
  gsize size = (gsize)(2 * reach + 1) * (2 * reach + 1);

  /* Those of the class that is looked at over the others. */
  for (guint pass = 0; pass < (self->only >= 0 ? 2 : 1); pass++)
    for (guint i = 0; i < self->n; i++)
      {
        gint klass = self->klass != NULL && i < self->n_labelled ? self->klass[i] : -1;
        gdouble x = pixel_x (self, logical_width, i) * factor, y = pixel_y (self, logical_height, i) * factor;

        if (self->only >= 0 && (pass == 1) != (klass == self->only))
          continue;
        if (x > -MAX_RADIUS && y > -MAX_RADIUS && x < width + MAX_RADIUS && y < height + MAX_RADIUS)
          put_sprite (pixels, width, height, floor (x), floor (y), reach,
                      sprites + size * (klass >= 0 ? (guint)klass : self->n_classes));
      }
  cairo_surface_mark_dirty (surface);
  cairo_surface_set_device_scale (surface, factor, factor);
  node = smalti_pixels_to_node (surface, logical_width, logical_height);
  cairo_surface_destroy (surface);
  return node;
}

static void
draw_hovered (SmaltiMapCanvas *self, GtkSnapshot *snapshot, gdouble width, gdouble height)
{
  GdkRGBA text = smalti_chart_color (GTK_WIDGET (self));
  gint klass = self->klass != NULL && (guint)self->hovered < self->n_labelled ? self->klass[self->hovered] : -1;
  gdouble x = pixel_x (self, width, self->hovered), y = pixel_y (self, height, self->hovered);
  g_autoptr (GString) markup = g_string_new (NULL);
  GskRoundedRect ring;

  gsk_rounded_rect_init_from_rect (&ring, &GRAPHENE_RECT_INIT (x - 6, y - 6, 12, 12), 6);
  gtk_snapshot_append_border (snapshot, &ring, (float[4]){ 2, 2, 2, 2 }, (GdkRGBA[4]){ text, text, text, text });
  if (klass >= 0)
    {
      g_autofree char *name = g_markup_printf_escaped ("<b>%s</b>", self->names[klass]);

      g_string_append (markup, name);
    }
  if (self->caption != NULL)
    {
      g_autofree char *caption = g_markup_escape_text (self->caption, -1);

      g_string_append_printf (markup, "%s%s", markup->len > 0 ? "\n" : "", caption);
    }
  if (markup->len > 0 || self->picture != NULL)
    smalti_chart_box (GTK_WIDGET (self), snapshot, markup->str, GDK_PAINTABLE (self->picture), PICTURE, x, y);
}

static void
smalti_map_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SmaltiMapCanvas *self = SMALTI_MAP_CANVAS (widget);
  gdouble width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);

  if (self->n > 0 && width >= 1 && height >= 1)
    {
      ensure_view (self);
      if (self->drawn == NULL)
        self->drawn = draw_points (self, width, height);
      gtk_snapshot_append_node (snapshot, self->drawn);
      if (self->hovered >= 0)
        draw_hovered (self, snapshot, width, height);
    }
  if (gtk_widget_has_visible_focus (widget))
    gtk_snapshot_render_focus (snapshot, gtk_widget_get_style_context (widget), 0, 0, width, height);
}

/* -- hands -- */

static void
on_motion (GtkEventControllerMotion *controller, gdouble x, gdouble y, SmaltiMapCanvas *self)
{
  self->pointing = TRUE;
  self->by_key = FALSE;
  self->pointer_x = x;
  self->pointer_y = y;
  look (self);
}

static void
on_leave (GtkEventControllerMotion *controller, SmaltiMapCanvas *self)
{
  self->pointing = FALSE;
  set_hovered (self, -1);
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, gdouble dx, gdouble dy, SmaltiMapCanvas *self)
{
  gboolean pointing = self->pointing;

  if (self->n == 0 || dy == 0)
    return GDK_EVENT_PROPAGATE;
  zoom (self, pow (ZOOM_STEP, -dy), pointing ? self->pointer_x : gtk_widget_get_width (GTK_WIDGET (self)) / 2.0,
        pointing ? self->pointer_y : gtk_widget_get_height (GTK_WIDGET (self)) / 2.0);
  return GDK_EVENT_STOP;
}

static void
on_drag_begin (GtkGestureDrag *gesture, gdouble x, gdouble y, SmaltiMapCanvas *self)
{
  ensure_view (self);
  self->drag_x = self->x;
  self->drag_y = self->y;
}

static void
on_drag_update (GtkGestureDrag *gesture, gdouble x, gdouble y, SmaltiMapCanvas *self)
{
  if (hypot (x, y) < 3 && self->follow) /* a click, as far as can be told */
    return;
  self->x = self->drag_x;
  self->y = self->drag_y;
  pan (self, -x, -y);
}

static void
on_released (GtkGestureClick *gesture, gint n_press, gdouble x, gdouble y, SmaltiMapCanvas *self)
{
  if (n_press == 2 && self->hovered < 0)
    smalti_map_canvas_fit (self);
  else if (n_press == 1 && self->hovered >= 0)
    g_signal_emit (self, signals[ITEM_ACTIVATED], 0, (guint)self->hovered);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, SmaltiMapCanvas *self)
{
  gdouble width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  gdouble step = MIN (width, height) / 12;

  if (self->n == 0 || state & (GDK_CONTROL_MASK | GDK_ALT_MASK))
    return GDK_EVENT_PROPAGATE;
  self->pointing = FALSE; /* until the pointer moves again */
  self->by_key = TRUE;
  switch (key)
    {
    case GDK_KEY_plus:
    case GDK_KEY_equal:
    case GDK_KEY_KP_Add:
      zoom (self, ZOOM_STEP, width / 2, height / 2);
      return GDK_EVENT_STOP;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
      zoom (self, 1 / ZOOM_STEP, width / 2, height / 2);
      return GDK_EVENT_STOP;
    case GDK_KEY_0:
    case GDK_KEY_Home:
      smalti_map_canvas_fit (self);
      return GDK_EVENT_STOP;
    case GDK_KEY_Left:
    case GDK_KEY_Right:
      pan (self, key == GDK_KEY_Left ? -step : step, 0);
      return GDK_EVENT_STOP;
    case GDK_KEY_Up:
    case GDK_KEY_Down:
      pan (self, 0, key == GDK_KEY_Up ? -step : step);
      return GDK_EVENT_STOP;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_space:
      look (self);
      if (self->hovered >= 0)
        g_signal_emit (self, signals[ITEM_ACTIVATED], 0, (guint)self->hovered);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static void
smalti_map_canvas_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                           int *minimum_baseline, int *natural_baseline)
{
  *minimum = 200;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 640 : 420;
}

static void
smalti_map_canvas_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  g_clear_pointer (&SMALTI_MAP_CANVAS (widget)->drawn, gsk_render_node_unref);
}

static void
smalti_map_canvas_finalize (GObject *object)
{
  SmaltiMapCanvas *self = SMALTI_MAP_CANVAS (object);

  g_clear_pointer (&self->drawn, gsk_render_node_unref);
  g_clear_object (&self->picture);
  g_free (self->caption);
  g_free (self->layout);
  g_free (self->klass);
  g_strfreev (self->names);
  G_OBJECT_CLASS (smalti_map_canvas_parent_class)->finalize (object);
}

static void
smalti_map_canvas_class_init (SmaltiMapCanvasClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = smalti_map_canvas_finalize;
  widget_class->snapshot = smalti_map_canvas_snapshot;
  widget_class->measure = smalti_map_canvas_measure;
  widget_class->size_allocate = smalti_map_canvas_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "plot");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  signals[ITEM_HOVERED] = g_signal_new ("item-hovered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[ITEM_ACTIVATED] = g_signal_new ("item-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
smalti_map_canvas_init (SmaltiMapCanvas *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *motion = gtk_event_controller_motion_new (), *key = gtk_event_controller_key_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkGesture *drag = gtk_gesture_drag_new (), *click = gtk_gesture_click_new ();

  self->follow = TRUE;
  self->scale = 1;
  self->only = self->hovered = -1;
  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_hexpand (widget, TRUE);
  gtk_widget_set_vexpand (widget, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Map of images by their features"), -1);
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (gtk_widget_grab_focus), self);
  g_signal_connect (click, "released", G_CALLBACK (on_released), self);
  gtk_widget_add_controller (widget, motion);
  gtk_widget_add_controller (widget, scroll);
  gtk_widget_add_controller (widget, key);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  gtk_gesture_group (drag, click);
  g_signal_connect (self, "notify::has-focus", G_CALLBACK (look), NULL);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (redraw), NULL);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (redraw), self,
                           G_CONNECT_SWAPPED);
}

/* -- from the map -- */

void
smalti_map_canvas_set_layout (SmaltiMapCanvas *self, const gfloat *layout, guint n)
{
  if (n != self->n)
    {
      self->follow = TRUE;
      self->layout = g_renew (gfloat, self->layout, 2 * (gsize)n);
      set_hovered (self, -1);
    }
  self->n = n;
  if (n > 0)
    memcpy (self->layout, layout, 2 * (gsize)n * sizeof *layout);
  redraw (self);
}

void
smalti_map_canvas_set_classes (SmaltiMapCanvas *self, gint32 *klass, guint n, guint n_classes, char **names)
{
  g_free (self->klass);
  g_strfreev (self->names);
  self->klass = klass;
  self->n_labelled = n;
  self->n_classes = n_classes;
  self->names = names;
  self->only = -1;
  for (guint i = 0; i < n; i++)
    if (klass[i] >= (gint)n_classes)
      klass[i] = -1;
  redraw (self);
}

void
smalti_map_canvas_set_class (SmaltiMapCanvas *self, gint klass)
{
  self->only = klass;
  redraw (self);
}

void
smalti_map_canvas_set_picture (SmaltiMapCanvas *self, guint item, GdkTexture *picture, const char *caption)
{
  if ((gint)item != self->hovered)
    return;
  g_set_object (&self->picture, picture);
  g_free (self->caption);
  self->caption = g_strdup (caption);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
smalti_map_canvas_fit (SmaltiMapCanvas *self)
{
  self->follow = TRUE;
  redraw (self);
  look (self);
}

gint
smalti_map_canvas_get_hovered (SmaltiMapCanvas *self)
{
  return self->hovered;
}
