/* SPDX-License-Identifier: Apache-2.0 */
/* Draws at most two points a pixel column per curve, whatever the number of points, so a frame costs the same early and
 * late in a run. The view follows the data until the user zooms or pans, and again after a double click. */
#include "ui/plot-canvas-private.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#include "core/base/axis.h"
#include "ui/palette.h"

#define MARGIN_RIGHT  14.0
#define MARGIN_TOP    10.0
#define MARGIN_BOTTOM 24.0
#define LABEL_GAP     8.0
/* At full smoothing the time constant is this share of what is visible. */
#define SMOOTH_SHARE 0.12
#define ZOOM_STEP    1.25

struct _SmaltiPlotCanvas
{
  GtkWidget parent_instance;

  GPtrArray *curves;
  gboolean percent;
  gdouble smoothing;
  gdouble x0, x1;  /* the visible range when !follow */
  gboolean follow; /* everything is visible */
  gboolean hovering;
  gdouble hover; /* in x */
  gdouble drag_x0, drag_x1;

  SmaltiColumn *columns;
  guint n_columns; /* room */
};

/* Where data lies on the widget. */
typedef struct
{
  gdouble left, top, width, height; /* pixels */
  gdouble x0, x1, y0, y1;           /* data */
  gdouble y_step;
} Frame;

G_DEFINE_FINAL_TYPE (SmaltiPlotCanvas, smalti_plot_canvas, GTK_TYPE_WIDGET)

static gdouble
to_pixel_x (const Frame *frame, gdouble x)
{
  return frame->left + (x - frame->x0) / (frame->x1 - frame->x0) * frame->width;
}

static gdouble
to_pixel_y (const Frame *frame, gdouble y)
{
  return frame->top + frame->height - (y - frame->y0) / (frame->y1 - frame->y0) * frame->height;
}

static gboolean
is_drawn (const SmaltiCurve *curve)
{
  return curve->visible && smalti_series_get_n (curve->series) > 0;
}

/* The range of x that there is; FALSE when there is nothing. */
static gboolean
data_range (SmaltiPlotCanvas *self, gdouble *x0, gdouble *x1)
{
  *x0 = INFINITY;
  *x1 = -INFINITY;
  for (guint i = 0; i < self->curves->len; i++)
    {
      const SmaltiCurve *curve = g_ptr_array_index (self->curves, i);

      if (!is_drawn (curve))
        continue;
      *x0 = MIN (*x0, smalti_series_get_x (curve->series, 0));
      *x1 = MAX (*x1, smalti_series_get_x (curve->series, smalti_series_get_n (curve->series) - 1));
    }
  if (*x0 > *x1)
    return FALSE;
  if (!(*x1 > *x0))
    *x1 = *x0 + 1;
  return TRUE;
}

static gboolean
visible_range (SmaltiPlotCanvas *self, gdouble *x0, gdouble *x1)
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

static guint
cut_columns (SmaltiPlotCanvas *self, const SmaltiCurve *curve, gdouble x0, gdouble x1, gdouble width)
{
  guint n = MAX (1, (guint)width);

  if (self->n_columns < n + 2)
    {
      self->columns = g_renew (SmaltiColumn, self->columns, n + 2);
      self->n_columns = n + 2;
    }

  guint used = smalti_series_columns (curve->series, x0, x1, n, self->columns);

  if (!curve->sparse && self->smoothing > 0)
    smalti_columns_smooth (self->columns, used, (x1 - x0) * SMOOTH_SHARE * self->smoothing * self->smoothing);
  return used;
}

/* The frame of a widget of this size; FALSE without anything to show. */
static gboolean
lay_out (SmaltiPlotCanvas *self, Frame *frame)
{
  gdouble width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));

  *frame = (Frame){ .top = MARGIN_TOP, .height = MAX (1, height - MARGIN_TOP - MARGIN_BOTTOM) };
  if (!visible_range (self, &frame->x0, &frame->x1))
    return FALSE;

  frame->y0 = INFINITY;
  frame->y1 = -INFINITY;
  for (guint i = 0; i < self->curves->len; i++)
    {
      const SmaltiCurve *curve = g_ptr_array_index (self->curves, i);

      if (!is_drawn (curve))
        continue;

      guint n = cut_columns (self, curve, frame->x0, frame->x1, width);

      for (guint c = 0; c < n; c++)
        {
          frame->y0 = MIN (frame->y0, self->columns[c].low);
          frame->y1 = MAX (frame->y1, self->columns[c].high);
        }
    }
  if (frame->y0 > frame->y1)
    {
      frame->y0 = 0;
      frame->y1 = 1;
    }
  /* Near enough to zero to show it: then heights can be compared. */
  if (frame->y0 > 0 && frame->y0 < (frame->y1 - frame->y0) * 0.35)
    frame->y0 = 0;

  guint n_ticks = CLAMP (frame->height / 36, 2, 8);

  smalti_axis_round (&frame->y0, &frame->y1, n_ticks);
  frame->y_step = smalti_axis_step (frame->y1 - frame->y0, n_ticks);
  return TRUE;
}

static char *
format_tick (SmaltiPlotCanvas *self, gdouble value, gdouble step)
{
  if (!self->percent)
    return smalti_axis_format (value, step);

  g_autofree char *number = smalti_axis_format (value * 100, step * 100);
  /* Translators: a share, "12.5%" */
  return g_strdup_printf (_ ("%s%%"), number);
}

char *
smalti_plot_canvas_format (SmaltiPlotCanvas *self, gdouble value)
{
  if (self->percent)
    return g_strdup_printf (_ ("%.1f%%"), value * 100);
  return smalti_axis_format_value (value);
}

static PangoLayout *
small_text (SmaltiPlotCanvas *self, const char *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  return layout;
}

static void
put_text (GtkSnapshot *snapshot, PangoLayout *layout, gdouble x, gdouble y, const GdkRGBA *color)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (round (x), round (y)));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

/* Grid lines and the numbers left of them; sets the frame's left edge to where the widest number ends. */
static void
draw_y_axis (SmaltiPlotCanvas *self, GtkSnapshot *snapshot, Frame *frame, const GdkRGBA *text, const GdkRGBA *line)
{
  gint n = (gint)round ((frame->y1 - frame->y0) / frame->y_step);
  g_autoptr (GPtrArray) layouts = g_ptr_array_new_with_free_func (g_object_unref);
  gint widest = 0;

  for (gint i = 0; i <= n; i++)
    {
      g_autofree char *label = format_tick (self, frame->y0 + i * frame->y_step, frame->y_step);
      PangoLayout *layout = small_text (self, label);
      gint width;

      pango_layout_get_pixel_size (layout, &width, NULL);
      widest = MAX (widest, width);
      g_ptr_array_add (layouts, layout);
    }

  frame->left = widest + LABEL_GAP;
  frame->width = MAX (1, gtk_widget_get_width (GTK_WIDGET (self)) - frame->left - MARGIN_RIGHT);
  for (gint i = 0; i <= n; i++)
    {
      gdouble y = round (to_pixel_y (frame, frame->y0 + i * frame->y_step));
      gint width, height;

      pango_layout_get_pixel_size (layouts->pdata[i], &width, &height);
      put_text (snapshot, layouts->pdata[i], widest - width, y - height / 2.0, text);
      gtk_snapshot_append_color (snapshot, line, &GRAPHENE_RECT_INIT (frame->left, y, frame->width, 1));
    }
}

static void
draw_x_axis (SmaltiPlotCanvas *self, GtkSnapshot *snapshot, const Frame *frame, const GdkRGBA *text)
{
  gdouble step = smalti_axis_whole_step (frame->x1 - frame->x0, CLAMP (frame->width / 70, 2, 10));
  gdouble right = frame->left + frame->width;

  for (gdouble i = ceil (frame->x0 / step - 1e-9); i * step <= frame->x1 + step * 1e-9; i++)
    {
      g_autofree char *label = smalti_axis_format (i * step, step);
      g_autoptr (PangoLayout) layout = small_text (self, label);
      gint width;

      pango_layout_get_pixel_size (layout, &width, NULL);

      gdouble x
          = CLAMP (to_pixel_x (frame, i * step) - width / 2.0, frame->left - LABEL_GAP, right + MARGIN_RIGHT - width);
      put_text (snapshot, layout, x, frame->top + frame->height + 6, text);
    }
}

static void
trace_extremes (cairo_t *cr, const Frame *frame, const SmaltiColumn *columns, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      gdouble x = to_pixel_x (frame, columns[i].x);

      /* Up, then down in the next column: the shorter way between neighbours. */
      cairo_line_to (cr, x, to_pixel_y (frame, i % 2 ? columns[i].high : columns[i].low));
      if (columns[i].high > columns[i].low)
        cairo_line_to (cr, x, to_pixel_y (frame, i % 2 ? columns[i].low : columns[i].high));
    }
}

static void
draw_curve (SmaltiPlotCanvas *self, cairo_t *cr, const Frame *frame, const SmaltiCurve *curve, gboolean dark)
{
  GdkRGBA color = smalti_palette_curve (curve->color, dark);
  guint n = cut_columns (self, curve, frame->x0, frame->x1, frame->width);
  gboolean smoothed = !curve->sparse && self->smoothing > 0;

  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  if (!curve->sparse)
    {
      GdkRGBA faint = smalti_palette_faint (color, smoothed ? 0.32f : 1.f);

      gdk_cairo_set_source_rgba (cr, &faint);
      cairo_set_line_width (cr, smoothed ? 1.0 : 1.5);
      trace_extremes (cr, frame, self->columns, n);
      cairo_stroke (cr);
    }

  gdk_cairo_set_source_rgba (cr, &color);
  cairo_set_line_width (cr, 2.0);
  if (curve->sparse || smoothed)
    {
      for (guint i = 0; i < n; i++)
        cairo_line_to (cr, to_pixel_x (frame, self->columns[i].x), to_pixel_y (frame, self->columns[i].mean));
      cairo_stroke (cr);
    }

  /* Marks only where they don't run into each other; a single point is nothing but its mark. */
  gboolean marked = (curve->sparse && n <= frame->width / 12) || smalti_series_get_n (curve->series) == 1;

  for (guint i = 0; marked && i < n; i++)
    {
      cairo_new_sub_path (cr);
      cairo_arc (cr, to_pixel_x (frame, self->columns[i].x), to_pixel_y (frame, self->columns[i].mean), 3.5, 0,
                 2 * G_PI);
      cairo_fill (cr);
    }
}

/* The line under the pointer, a dot on each curve and a box with all values. */
static void
draw_crosshair (SmaltiPlotCanvas *self, GtkSnapshot *snapshot, const Frame *frame, const GdkRGBA *text, gboolean dark)
{
  gdouble nearest = NAN;
  g_autoptr (GString) lines = g_string_new (NULL);

  for (guint i = 0; i < self->curves->len; i++)
    {
      const SmaltiCurve *curve = g_ptr_array_index (self->curves, i);

      if (!is_drawn (curve))
        continue;

      gsize point = smalti_series_nearest (curve->series, self->hover);
      gdouble x = smalti_series_get_x (curve->series, point);

      if (x < frame->x0 || x > frame->x1)
        continue;
      if (isnan (nearest) || fabs (x - self->hover) < fabs (nearest - self->hover))
        nearest = x;
    }
  if (isnan (nearest))
    return;

  gdouble line_x = round (to_pixel_x (frame, nearest));
  GdkRGBA line = smalti_palette_faint (*text, 0.35f);

  gtk_snapshot_append_color (snapshot, &line, &GRAPHENE_RECT_INIT (line_x, frame->top, 1, frame->height));

  /* Translators: under the pointer on a plot */
  g_autofree char *step = g_strdup_printf (_ ("Step %.0f"), nearest);
  g_autofree char *step_markup = g_markup_escape_text (step, -1);
  g_string_append_printf (lines, "<b>%s</b>", step_markup);
  for (guint i = 0; i < self->curves->len; i++)
    {
      const SmaltiCurve *curve = g_ptr_array_index (self->curves, i);

      if (!is_drawn (curve))
        continue;

      gsize point = smalti_series_nearest (curve->series, nearest);
      gdouble x = smalti_series_get_x (curve->series, point), y = smalti_series_get_y (curve->series, point);
      GdkRGBA color = smalti_palette_curve (curve->color, dark);
      g_autofree char *value = smalti_plot_canvas_format (self, y);
      g_autofree char *title = g_markup_escape_text (curve->title, -1);

      g_string_append_printf (lines, "\n<span color='#%02x%02x%02x'>●</span> %s  %s", (guint)(color.red * 255),
                              (guint)(color.green * 255), (guint)(color.blue * 255), title, value);
      if (x >= frame->x0 && x <= frame->x1 && y >= frame->y0 && y <= frame->y1)
        {
          GskRoundedRect dot;

          gsk_rounded_rect_init_from_rect (
              &dot, &GRAPHENE_RECT_INIT (to_pixel_x (frame, x) - 4, to_pixel_y (frame, y) - 4, 8, 8), 4);
          gtk_snapshot_push_rounded_clip (snapshot, &dot);
          gtk_snapshot_append_color (snapshot, &color, &dot.bounds);
          gtk_snapshot_pop (snapshot);
        }
    }

  g_autoptr (PangoLayout) layout = small_text (self, "");
  gint width, height;

  pango_layout_set_markup (layout, lines->str, -1);
  pango_layout_get_pixel_size (layout, &width, &height);

  const gdouble pad = 9;
  gdouble box_width = width + 2 * pad, box_height = height + 2 * pad;
  gdouble x = line_x + 12;

  if (x + box_width > frame->left + frame->width)
    x = line_x - 12 - box_width;
  x = MAX (x, 0);

  GdkRGBA fill = dark ? (GdkRGBA){ 0.22f, 0.22f, 0.22f, 0.96f } : (GdkRGBA){ 1, 1, 1, 0.96f };
  GdkRGBA border = smalti_palette_faint (*text, 0.2f);
  GskRoundedRect box;

  gsk_rounded_rect_init_from_rect (&box, &GRAPHENE_RECT_INIT (x, frame->top + 4, box_width, box_height), 8);
  gtk_snapshot_push_rounded_clip (snapshot, &box);
  gtk_snapshot_append_color (snapshot, &fill, &box.bounds);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_append_border (snapshot, &box, (float[4]){ 1, 1, 1, 1 }, (GdkRGBA[4]){ border, border, border, border });
  put_text (snapshot, layout, x + pad, frame->top + 4 + pad, text);
}

static void
smalti_plot_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SmaltiPlotCanvas *self = SMALTI_PLOT_CANVAS (widget);
  gint width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  Frame frame;
  GdkRGBA text;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &text);

  GdkRGBA dim = smalti_palette_faint (text, 0.6f), line = smalti_palette_faint (text, 0.12f);

  if (!lay_out (self, &frame))
    {
      g_autoptr (PangoLayout) layout = small_text (self, _ ("No values yet"));
      gint text_width, text_height;

      pango_layout_get_pixel_size (layout, &text_width, &text_height);
      put_text (snapshot, layout, (width - text_width) / 2.0, (height - text_height) / 2.0, &dim);
      return;
    }

  draw_y_axis (self, snapshot, &frame, &dim, &line);
  draw_x_axis (self, snapshot, &frame, &dim);

  graphene_rect_t area = GRAPHENE_RECT_INIT (frame.left, 0, frame.width + MARGIN_RIGHT, frame.top + frame.height + 4);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &area);

  if (!self->follow)
    {
      cairo_rectangle (cr, frame.left, 0, frame.width, frame.top + frame.height + 4);
      cairo_clip (cr);
    }
  for (guint i = 0; i < self->curves->len; i++)
    {
      const SmaltiCurve *curve = g_ptr_array_index (self->curves, i);

      if (is_drawn (curve))
        draw_curve (self, cr, &frame, curve, dark);
    }
  cairo_destroy (cr);

  if (self->hovering)
    draw_crosshair (self, snapshot, &frame, &text, dark);
  if (gtk_widget_has_visible_focus (widget))
    gtk_snapshot_render_focus (snapshot, gtk_widget_get_style_context (widget), 0, 0, width, height);
}

/* As laid out at the last frame: the left edge depends on the numbers' widths. */
static gboolean
measured_frame (SmaltiPlotCanvas *self, Frame *frame)
{
  if (!lay_out (self, frame))
    return FALSE;

  g_autoptr (GtkSnapshot) scratch = gtk_snapshot_new ();
  const GdkRGBA none = { 0 };

  draw_y_axis (self, scratch, frame, &none, &none);
  return TRUE;
}

/* Shows [x0, x1], kept within the data; everything when that is no less. */
static void
set_view (SmaltiPlotCanvas *self, gdouble x0, gdouble x1)
{
  gdouble low, high;

  if (!data_range (self, &low, &high))
    return;

  gdouble span = MIN (x1 - x0, high - low);

  span = MAX (span, MIN (4, high - low));
  self->x0 = CLAMP (x0, low, high - span);
  self->x1 = self->x0 + span;
  self->follow = span >= (high - low) * (1 - 1e-9);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
zoom (SmaltiPlotCanvas *self, gdouble factor, gdouble about)
{
  gdouble x0, x1;

  if (visible_range (self, &x0, &x1))
    set_view (self, about - (about - x0) / factor, about + (x1 - about) / factor);
}

static void
pan (SmaltiPlotCanvas *self, gdouble share)
{
  gdouble x0, x1;

  if (visible_range (self, &x0, &x1))
    set_view (self, x0 + (x1 - x0) * share, x1 + (x1 - x0) * share);
}

void
smalti_plot_canvas_fit (SmaltiPlotCanvas *self)
{
  self->follow = TRUE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
hover_at (SmaltiPlotCanvas *self, gdouble pixel)
{
  Frame frame;

  self->hovering = measured_frame (self, &frame);
  if (self->hovering)
    self->hover = CLAMP (frame.x0 + (pixel - frame.left) / frame.width * (frame.x1 - frame.x0), frame.x0, frame.x1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_motion (GtkEventControllerMotion *controller, gdouble x, gdouble y, SmaltiPlotCanvas *self)
{
  hover_at (self, x);
}

static void
on_leave (GtkEventControllerMotion *controller, SmaltiPlotCanvas *self)
{
  self->hovering = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Only with Ctrl: a plain wheel scrolls the page the plot stands on. */
static gboolean
on_scroll (GtkEventControllerScroll *controller, gdouble dx, gdouble dy, SmaltiPlotCanvas *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
  gdouble x0, x1;

  if (!(state & GDK_CONTROL_MASK) || !visible_range (self, &x0, &x1))
    return GDK_EVENT_PROPAGATE;
  zoom (self, pow (ZOOM_STEP, -dy), self->hovering ? self->hover : (x0 + x1) / 2);
  return GDK_EVENT_STOP;
}

static void
on_drag_begin (GtkGestureDrag *gesture, gdouble x, gdouble y, SmaltiPlotCanvas *self)
{
  if (self->follow || !visible_range (self, &self->drag_x0, &self->drag_x1))
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
}

static void
on_drag_update (GtkGestureDrag *gesture, gdouble x, gdouble y, SmaltiPlotCanvas *self)
{
  Frame frame;

  if (!measured_frame (self, &frame))
    return;

  gdouble shift = -x / frame.width * (self->drag_x1 - self->drag_x0);

  set_view (self, self->drag_x0 + shift, self->drag_x1 + shift);
}

static void
on_pressed (GtkGestureClick *gesture, gint n_press, gdouble x, gdouble y, SmaltiPlotCanvas *self)
{
  if (n_press == 2)
    smalti_plot_canvas_fit (self);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, SmaltiPlotCanvas *self)
{
  gdouble x0, x1;

  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK) || !visible_range (self, &x0, &x1))
    return GDK_EVENT_PROPAGATE;

  switch (key)
    {
    case GDK_KEY_plus:
    case GDK_KEY_equal:
    case GDK_KEY_KP_Add:
      zoom (self, ZOOM_STEP, (x0 + x1) / 2);
      return GDK_EVENT_STOP;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
      zoom (self, 1 / ZOOM_STEP, (x0 + x1) / 2);
      return GDK_EVENT_STOP;
    case GDK_KEY_0:
    case GDK_KEY_Home:
      smalti_plot_canvas_fit (self);
      return GDK_EVENT_STOP;
    case GDK_KEY_Left:
    case GDK_KEY_Right:
      if (self->follow)
        return GDK_EVENT_PROPAGATE;
      pan (self, key == GDK_KEY_Left ? -0.1 : 0.1);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static void
smalti_plot_canvas_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                            int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 160 : 110;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 280 : 150;
}

static void
smalti_plot_canvas_finalize (GObject *object)
{
  SmaltiPlotCanvas *self = SMALTI_PLOT_CANVAS (object);

  g_ptr_array_unref (self->curves);
  g_free (self->columns);
  G_OBJECT_CLASS (smalti_plot_canvas_parent_class)->finalize (object);
}

static void
smalti_plot_canvas_class_init (SmaltiPlotCanvasClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = smalti_plot_canvas_finalize;
  widget_class->snapshot = smalti_plot_canvas_snapshot;
  widget_class->measure = smalti_plot_canvas_measure;
  gtk_widget_class_set_css_name (widget_class, "plot");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
smalti_plot_canvas_init (SmaltiPlotCanvas *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->follow = TRUE;
  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);

  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (widget, motion);
  gtk_widget_add_controller (widget, scroll);
  gtk_widget_add_controller (widget, key);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));

  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
smalti_plot_canvas_new (GPtrArray *curves)
{
  SmaltiPlotCanvas *self = g_object_new (SMALTI_TYPE_PLOT_CANVAS, NULL);

  self->curves = g_ptr_array_ref (curves);
  return GTK_WIDGET (self);
}

void
smalti_plot_canvas_set_percent (SmaltiPlotCanvas *self, gboolean percent)
{
  self->percent = percent;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
smalti_plot_canvas_set_smoothing (SmaltiPlotCanvas *self, gdouble smoothing)
{
  self->smoothing = CLAMP (smoothing, 0, 1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
smalti_plot_canvas_changed (SmaltiPlotCanvas *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
