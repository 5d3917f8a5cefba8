/* SPDX-License-Identifier: Apache-2.0 */
/* Drawn bars, and under them the same numbers as a grid of labels, which is what a screen reader reads and what can be
 * unfolded by everybody. Runs beyond the palette's colours are hatched, so that no two look alike. */
#include "ui/benchmark-bars.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#include "core/base/axis.h"
#include "ui/chart-text.h"
#include "ui/palette.h"

#define MARGIN_RIGHT 6.0
#define MARGIN_TOP   10.0
#define LABEL_GAP    8.0
#define GROUP_GAP    0.22 /* of a group's width */
#define MAX_BAR      36.0
#define SLANT        0.7 /* radians: layer names where they don't fit side by side */

typedef struct
{
  char *title;
  GArray *share; /* of SmaltiShare, one a layer; value NAN: none */
} Run;

typedef struct
{
  GPtrArray *runs;   /* of Run */
  GPtrArray *layers; /* of char* */
} Bars;

/* -- the drawn part -- */

#define SMALTI_TYPE_BARS_CANVAS (smalti_bars_canvas_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiBarsCanvas, smalti_bars_canvas, SMALTI, BARS_CANVAS, GtkWidget)

struct _SmaltiBarsCanvas
{
  GtkWidget parent_instance;

  const Bars *bars;
  gint current; /* layer * n_runs + run; negative: none */
};

G_DEFINE_FINAL_TYPE (SmaltiBarsCanvas, smalti_bars_canvas, GTK_TYPE_WIDGET)

typedef struct
{
  gdouble left, top, width, height;
  gdouble y1, y_step; /* shares, from 0 */
  gdouble group, bar; /* widths */
  gboolean slanted;
} Frame;

static const SmaltiShare *
get_share (const Bars *bars, guint layer, guint run)
{
  return &g_array_index (((const Run *)bars->runs->pdata[run])->share, SmaltiShare, layer);
}

static gdouble
highest (const Bars *bars)
{
  gdouble high = 0;

  for (guint run = 0; run < bars->runs->len; run++)
    for (guint layer = 0; layer < bars->layers->len; layer++)
      if (!isnan (get_share (bars, layer, run)->value))
        high = MAX (high, get_share (bars, layer, run)->high);
  return high;
}

static char *
format_tick (gdouble value, gdouble step)
{
  g_autofree char *number = smalti_axis_format (value * 100, step * 100);

  /* Translators: a share, "12.5%" */
  return g_strdup_printf (_ ("%s%%"), number);
}

/* The widest of @n texts. */
static gdouble
widest (GtkWidget *widget, GPtrArray *texts, gint *height)
{
  gint most = 0;

  *height = 0;
  for (guint i = 0; i < texts->len; i++)
    {
      g_autoptr (PangoLayout) layout = smalti_chart_text (widget, texts->pdata[i]);
      gint width;

      pango_layout_get_pixel_size (layout, &width, height);
      most = MAX (most, width);
    }
  return most;
}

static gboolean
lay_out (SmaltiBarsCanvas *self, Frame *frame)
{
  const Bars *bars = self->bars;
  GtkWidget *widget = GTK_WIDGET (self);
  gdouble y0 = 0, name_width, names_height;
  g_autoptr (GPtrArray) ticks = g_ptr_array_new_with_free_func (g_free);
  gint line;

  *frame = (Frame){ .top = MARGIN_TOP, .y1 = highest (bars) };
  if (bars->runs->len == 0 || bars->layers->len == 0)
    return FALSE;
  name_width = widest (widget, bars->layers, &line);
  frame->height = MAX (gtk_widget_get_height (widget) - MARGIN_TOP, 1);

  guint n_ticks = CLAMP (frame->height / 40, 2, 6);

  frame->y1 = frame->y1 > 0 ? frame->y1 : 1;
  smalti_axis_round (&y0, &frame->y1, n_ticks);
  frame->y_step = smalti_axis_step (frame->y1, n_ticks);
  for (gdouble y = 0; y < frame->y1 + frame->y_step / 2; y += frame->y_step)
    g_ptr_array_add (ticks, format_tick (y, frame->y_step));
  frame->left = 2 + widest (widget, ticks, &line) + LABEL_GAP;
  frame->width = MAX (gtk_widget_get_width (widget) - frame->left - MARGIN_RIGHT, 1);
  frame->group = frame->width / bars->layers->len;
  frame->slanted = name_width + 6 > frame->group;
  names_height = frame->slanted ? name_width * sin (SLANT) + line * cos (SLANT) : line;
  frame->height = MAX (frame->height - names_height - LABEL_GAP, 1);
  frame->bar = MIN (frame->group * (1 - GROUP_GAP) / bars->runs->len, MAX_BAR);
  return TRUE;
}

static graphene_rect_t
bar_area (const Bars *bars, const Frame *frame, guint layer, guint run)
{
  gdouble x = frame->left + frame->group * (layer + 0.5) + frame->bar * (run - bars->runs->len / 2.0);
  gdouble height = frame->height * get_share (bars, layer, run)->value / frame->y1;
  gdouble gap = frame->bar >= 6 ? 1 : 0;

  return GRAPHENE_RECT_INIT (x + gap, frame->top + frame->height - height, frame->bar - 2 * gap, height);
}

static void
draw_axis (SmaltiBarsCanvas *self, GtkSnapshot *snapshot, const Frame *frame, const GdkRGBA *text)
{
  GdkRGBA dim = smalti_palette_faint (*text, 0.6f), line = smalti_palette_faint (*text, 0.12f);

  for (gdouble value = 0; value < frame->y1 + frame->y_step / 2; value += frame->y_step)
    {
      g_autofree char *label = format_tick (value, frame->y_step);
      g_autoptr (PangoLayout) layout = smalti_chart_text (GTK_WIDGET (self), label);
      gdouble y = round (frame->top + frame->height * (1 - value / frame->y1));
      gint width, height;

      pango_layout_get_pixel_size (layout, &width, &height);
      smalti_chart_put (snapshot, layout, frame->left - LABEL_GAP - width, y - height / 2.0, &dim);
      gtk_snapshot_append_color (snapshot, &line, &GRAPHENE_RECT_INIT (frame->left, y, frame->width, 1));
    }
}

static void
draw_names (SmaltiBarsCanvas *self, GtkSnapshot *snapshot, const Frame *frame, const GdkRGBA *text)
{
  for (guint layer = 0; layer < self->bars->layers->len; layer++)
    {
      g_autoptr (PangoLayout) layout = smalti_chart_text (GTK_WIDGET (self), self->bars->layers->pdata[layer]);
      gdouble middle = frame->left + frame->group * (layer + 0.5), top = frame->top + frame->height + LABEL_GAP;
      gint width, height;

      pango_layout_get_pixel_size (layout, &width, &height);
      if (!frame->slanted)
        {
          smalti_chart_put (snapshot, layout, middle - width / 2.0, top, text);
          continue;
        }
      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (middle - width * cos (SLANT) + height / 2.0 * sin (SLANT),
                                                              top + width * sin (SLANT) - height / 2.0 + 4));
      gtk_snapshot_rotate (snapshot, -SLANT * 180 / G_PI);
      gtk_snapshot_append_layout (snapshot, layout, text);
      gtk_snapshot_restore (snapshot);
    }
}

static void
hatch (GtkSnapshot *snapshot, const graphene_rect_t *area)
{
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, area);

  cairo_rectangle (cr, area->origin.x, area->origin.y, area->size.width, area->size.height);
  cairo_clip (cr);
  cairo_set_source_rgba (cr, 1, 1, 1, 0.75);
  cairo_set_line_width (cr, 1.5);
  for (gdouble y = area->origin.y - area->size.width; y < area->origin.y + area->size.height; y += 6)
    {
      cairo_move_to (cr, area->origin.x, y + area->size.width);
      cairo_line_to (cr, area->origin.x + area->size.width, y);
    }
  cairo_stroke (cr);
  cairo_destroy (cr);
}

static void
draw_bar (SmaltiBarsCanvas *self, GtkSnapshot *snapshot, const Frame *frame, guint layer, guint run,
          const GdkRGBA *text, gboolean dark)
{
  const SmaltiShare *share = get_share (self->bars, layer, run);
  graphene_rect_t area = bar_area (self->bars, frame, layer, run);
  gboolean other = self->current >= 0 && self->current != (gint)(layer * self->bars->runs->len + run);
  GdkRGBA color = smalti_palette_faint (smalti_palette_curve (run, dark), other ? 0.55f : 1);
  gdouble scale = frame->height / frame->y1, middle = area.origin.x + area.size.width / 2;
  gdouble top = frame->top + frame->height - share->high * scale,
          bottom = frame->top + frame->height - share->low * scale;
  gdouble line = frame->bar >= 8 ? 1.5 : 1, cap = CLAMP (frame->bar * 0.22, 0, 5);

  gtk_snapshot_append_color (snapshot, &color, &area);
  if (run >= SMALTI_PALETTE_SIZE && area.size.height >= 1)
    hatch (snapshot, &area);
  gtk_snapshot_append_color (snapshot, text, &GRAPHENE_RECT_INIT (middle - line / 2, top, line, bottom - top));
  if (cap < 1)
    return;
  gtk_snapshot_append_color (snapshot, text, &GRAPHENE_RECT_INIT (middle - cap, top - line / 2, 2 * cap, line));
  gtk_snapshot_append_color (snapshot, text, &GRAPHENE_RECT_INIT (middle - cap, bottom - line / 2, 2 * cap, line));
}

/* "43.2% (41.0–45.4%)", or a dash. */
static char *
format_share (const SmaltiShare *share)
{
  if (isnan (share->value))
    return g_strdup ("–");
  /* Translators: a share with the ends of its 95% interval */
  return g_strdup_printf (_ ("%.1f%% (%.1f–%.1f%%)"), 100 * share->value, 100 * share->low, 100 * share->high);
}

static void
draw_current (SmaltiBarsCanvas *self, GtkSnapshot *snapshot, const Frame *frame)
{
  guint layer = self->current / self->bars->runs->len, run = self->current % self->bars->runs->len;
  graphene_rect_t area = bar_area (self->bars, frame, layer, run);
  g_autofree char *value = format_share (get_share (self->bars, layer, run));
  g_autofree char *markup = g_markup_printf_escaped ("<b>%s</b>\n%s\n%s", ((Run *)self->bars->runs->pdata[run])->title,
                                                     (char *)self->bars->layers->pdata[layer], value);

  smalti_chart_box (GTK_WIDGET (self), snapshot, markup, NULL, 0, area.origin.x + area.size.width, area.origin.y);
}

static void
smalti_bars_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SmaltiBarsCanvas *self = SMALTI_BARS_CANVAS (widget);
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  GdkRGBA text = smalti_chart_color (widget), whisker = smalti_palette_faint (text, 0.85f);
  Frame frame;

  if (lay_out (self, &frame))
    {
      draw_axis (self, snapshot, &frame, &text);
      draw_names (self, snapshot, &frame, &text);
      for (guint layer = 0; layer < self->bars->layers->len; layer++)
        for (guint run = 0; run < self->bars->runs->len; run++)
          if (!isnan (get_share (self->bars, layer, run)->value))
            draw_bar (self, snapshot, &frame, layer, run, &whisker, dark);
      if (self->current >= 0)
        draw_current (self, snapshot, &frame);
    }
  if (gtk_widget_has_visible_focus (widget))
    gtk_snapshot_render_focus (snapshot, gtk_widget_get_style_context (widget), 0, 0, gtk_widget_get_width (widget),
                               gtk_widget_get_height (widget));
}

static void
set_current (SmaltiBarsCanvas *self, gint current)
{
  if (current == self->current)
    return;
  self->current = current;
  if (current >= 0)
    {
      guint layer = current / self->bars->runs->len, run = current % self->bars->runs->len;
      g_autofree char *value = format_share (get_share (self->bars, layer, run));
      /* Translators: for screen readers: run, layer, share */
      g_autofree char *text = g_strdup_printf (_ ("%s, %s: %s"), ((Run *)self->bars->runs->pdata[run])->title,
                                               (char *)self->bars->layers->pdata[layer], value);

      smalti_chart_describe (GTK_WIDGET (self), text);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* The bar in whose column the pointer is: a bar may be too low to be hit. */
static void
on_motion (GtkEventControllerMotion *controller, gdouble x, gdouble y, SmaltiBarsCanvas *self)
{
  guint n_runs = self->bars->runs->len, layer, run;
  gdouble within;
  Frame frame;

  if (!lay_out (self, &frame) || x < frame.left || x >= frame.left + frame.width)
    {
      set_current (self, -1);
      return;
    }
  layer = MIN ((x - frame.left) / frame.group, self->bars->layers->len - 1);
  within = (x - frame.left - frame.group * (layer + 0.5)) / frame.bar + n_runs / 2.0;
  run = CLAMP (within, 0, n_runs - 1);
  set_current (self, within >= 0 && within < n_runs && !isnan (get_share (self->bars, layer, run)->value)
                         ? (gint)(layer * n_runs + run)
                         : -1);
}

static void
on_leave (GtkEventControllerMotion *controller, SmaltiBarsCanvas *self)
{
  set_current (self, -1);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, SmaltiBarsCanvas *self)
{
  gint n = self->bars->runs->len * self->bars->layers->len, step, next = self->current;

  if (n == 0 || state & (GDK_CONTROL_MASK | GDK_ALT_MASK))
    return GDK_EVENT_PROPAGATE;
  if (key == GDK_KEY_Escape && self->current >= 0)
    {
      set_current (self, -1);
      return GDK_EVENT_STOP;
    }
  if (key != GDK_KEY_Left && key != GDK_KEY_Right && key != GDK_KEY_Home && key != GDK_KEY_End)
    return GDK_EVENT_PROPAGATE;
  step = key == GDK_KEY_Left || key == GDK_KEY_End ? -1 : 1;
  if (key == GDK_KEY_Home || (next < 0 && step > 0))
    next = -1;
  else if (key == GDK_KEY_End || next < 0)
    next = n;
  do
    next += step;
  while (next >= 0 && next < n
         && isnan (get_share (self->bars, next / self->bars->runs->len, next % self->bars->runs->len)->value));
  if (next >= 0 && next < n)
    set_current (self, next);
  return GDK_EVENT_STOP;
}

static void
smalti_bars_canvas_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                            int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 200 : 180;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 480 : 260;
}

static void
smalti_bars_canvas_class_init (SmaltiBarsCanvasClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = smalti_bars_canvas_snapshot;
  widget_class->measure = smalti_bars_canvas_measure;
  gtk_widget_class_set_css_name (widget_class, "plot");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
smalti_bars_canvas_init (SmaltiBarsCanvas *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *motion = gtk_event_controller_motion_new (), *key = gtk_event_controller_key_new ();

  self->current = -1;
  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_hexpand (widget, TRUE);
  gtk_widget_set_vexpand (widget, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Accuracy of each layer, a bar a run"), -1);
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (widget, motion);
  gtk_widget_add_controller (widget, key);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
}

/* -- the whole -- */

struct _SmaltiBenchmarkBars
{
  GtkWidget parent_instance;

  Bars bars;
  GtkWidget *canvas, *legend, *expander;
};

G_DEFINE_FINAL_TYPE (SmaltiBenchmarkBars, smalti_benchmark_bars, GTK_TYPE_WIDGET)

static void
run_free (Run *run)
{
  g_free (run->title);
  g_array_unref (run->share);
  g_free (run);
}

static guint
place_of_layer (SmaltiBenchmarkBars *self, const char *layer)
{
  const SmaltiShare none = { NAN, NAN, NAN };
  guint place;

  if (g_ptr_array_find_with_equal_func (self->bars.layers, layer, g_str_equal, &place))
    return place;
  g_ptr_array_add (self->bars.layers, g_strdup (layer));
  for (guint run = 0; run < self->bars.runs->len; run++)
    g_array_append_val (((Run *)self->bars.runs->pdata[run])->share, none);
  return self->bars.layers->len - 1;
}

static GtkWidget *
ellipsized_label (const char *text, gint n_chars)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), n_chars);
  gtk_widget_set_tooltip_text (label, text);
  return label;
}

/* A patch of the run's colour, hatched where its bars are. */
static void
draw_patch (GtkDrawingArea *area, cairo_t *cr, gint width, gint height, gpointer run)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  GdkRGBA color = smalti_palette_curve (GPOINTER_TO_UINT (run), dark);

  gdk_cairo_set_source_rgba (cr, &color);
  cairo_paint (cr);
  if (GPOINTER_TO_UINT (run) < SMALTI_PALETTE_SIZE)
    return;
  cairo_set_source_rgba (cr, 1, 1, 1, 0.75);
  cairo_set_line_width (cr, 1.5);
  for (gint y = 0; y < 2 * height; y += 6)
    {
      cairo_move_to (cr, 0, y);
      cairo_line_to (cr, width, y - width);
    }
  cairo_stroke (cr);
}

static GtkWidget *
patch_new (guint run)
{
  GtkWidget *patch = gtk_drawing_area_new ();

  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (patch), 12);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (patch), 12);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (patch), draw_patch, GUINT_TO_POINTER (run), NULL);
  gtk_widget_set_valign (patch, GTK_ALIGN_CENTER);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (gtk_widget_queue_draw), patch,
                           G_CONNECT_SWAPPED);
  return patch;
}

static void
add_to_legend (SmaltiBenchmarkBars *self, guint run, const char *title)
{
  GtkWidget *entry = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_box_append (GTK_BOX (entry), patch_new (run));
  gtk_box_append (GTK_BOX (entry), ellipsized_label (title, 28));
  gtk_flow_box_insert (GTK_FLOW_BOX (self->legend), entry, -1);
  gtk_widget_set_focusable (gtk_widget_get_parent (entry), FALSE);
}

/* Layers down, runs across. */
static void
fill_table (SmaltiBenchmarkBars *self)
{
  GtkWidget *grid = gtk_grid_new (), *scroller = gtk_scrolled_window_new ();

  gtk_grid_set_column_spacing (GTK_GRID (grid), 18);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_widget_set_margin_top (grid, 6);
  gtk_widget_set_margin_bottom (grid, 12);
  for (guint run = 0; run < self->bars.runs->len; run++)
    {
      GtkWidget *title = ellipsized_label (((Run *)self->bars.runs->pdata[run])->title, 20);

      gtk_widget_add_css_class (title, "heading");
      gtk_label_set_xalign (GTK_LABEL (title), 1);
      gtk_grid_attach (GTK_GRID (grid), title, run + 1, 0, 1, 1);
    }
  for (guint layer = 0; layer < self->bars.layers->len; layer++)
    {
      GtkWidget *name = ellipsized_label (self->bars.layers->pdata[layer], 20);

      gtk_label_set_xalign (GTK_LABEL (name), 0);
      gtk_grid_attach (GTK_GRID (grid), name, 0, layer + 1, 1, 1);
      for (guint run = 0; run < self->bars.runs->len; run++)
        {
          g_autofree char *value = format_share (get_share (&self->bars, layer, run));
          GtkWidget *cell = gtk_label_new (value);

          gtk_label_set_xalign (GTK_LABEL (cell), 1);
          gtk_label_set_selectable (GTK_LABEL (cell), TRUE);
          gtk_widget_add_css_class (cell, "numeric");
          gtk_grid_attach (GTK_GRID (grid), cell, run + 1, layer + 1, 1, 1);
        }
    }
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), grid);
  gtk_expander_set_child (GTK_EXPANDER (self->expander), scroller);
}

static void
update (SmaltiBenchmarkBars *self)
{
  fill_table (self);
  gtk_widget_set_visible (self->expander, self->bars.runs->len > 0);
  gtk_widget_queue_draw (self->canvas);
}

void
smalti_benchmark_bars_clear (SmaltiBenchmarkBars *self)
{
  GtkWidget *child;

  g_return_if_fail (SMALTI_IS_BENCHMARK_BARS (self));

  SMALTI_BARS_CANVAS (self->canvas)->current = -1;
  g_ptr_array_set_size (self->bars.runs, 0);
  g_ptr_array_set_size (self->bars.layers, 0);
  while ((child = gtk_widget_get_first_child (self->legend)) != NULL)
    gtk_flow_box_remove (GTK_FLOW_BOX (self->legend), child);
  update (self);
}

void
smalti_benchmark_bars_add_run (SmaltiBenchmarkBars *self, const char *title, const SmaltiBar *bars, guint n_bars)
{
  const SmaltiShare none = { NAN, NAN, NAN };
  Run *run;

  g_return_if_fail (SMALTI_IS_BENCHMARK_BARS (self));
  g_return_if_fail (self->bars.runs->len < SMALTI_BENCHMARK_BARS_RUNS);

  SMALTI_BARS_CANVAS (self->canvas)->current = -1;
  run = g_new0 (Run, 1);
  run->title = g_strdup (title);
  run->share = g_array_new (FALSE, FALSE, sizeof (SmaltiShare));
  for (guint layer = 0; layer < self->bars.layers->len; layer++)
    g_array_append_val (run->share, none);
  g_ptr_array_add (self->bars.runs, run);
  for (guint i = 0; i < n_bars; i++)
    {
      guint place = place_of_layer (self, bars[i].layer);

      g_array_index (run->share, SmaltiShare, place) = bars[i].share;
    }
  add_to_legend (self, self->bars.runs->len - 1, title);
  update (self);
}

static void
smalti_benchmark_bars_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (smalti_benchmark_bars_parent_class)->dispose (object);
}

static void
smalti_benchmark_bars_finalize (GObject *object)
{
  SmaltiBenchmarkBars *self = SMALTI_BENCHMARK_BARS (object);

  g_ptr_array_unref (self->bars.runs);
  g_ptr_array_unref (self->bars.layers);
  G_OBJECT_CLASS (smalti_benchmark_bars_parent_class)->finalize (object);
}

static void
smalti_benchmark_bars_class_init (SmaltiBenchmarkBarsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = smalti_benchmark_bars_dispose;
  G_OBJECT_CLASS (klass)->finalize = smalti_benchmark_bars_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
smalti_benchmark_bars_init (SmaltiBenchmarkBars *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  self->bars.runs = g_ptr_array_new_with_free_func ((GDestroyNotify)run_free);
  self->bars.layers = g_ptr_array_new_with_free_func (g_free);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 6);

  self->canvas = g_object_new (SMALTI_TYPE_BARS_CANVAS, NULL);
  SMALTI_BARS_CANVAS (self->canvas)->bars = &self->bars;
  self->legend = gtk_flow_box_new ();
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (self->legend), GTK_SELECTION_NONE);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (self->legend), 12);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (self->legend), 3);
  gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (self->legend), 2);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (self->legend), SMALTI_BENCHMARK_BARS_RUNS);
  self->expander = gtk_expander_new_with_mnemonic (_ ("As a _table"));
  gtk_widget_set_visible (self->expander, FALSE);
  gtk_widget_set_parent (self->canvas, GTK_WIDGET (self));
  gtk_widget_set_parent (self->legend, GTK_WIDGET (self));
  gtk_widget_set_parent (self->expander, GTK_WIDGET (self));
}

GtkWidget *
smalti_benchmark_bars_new (void)
{
  return g_object_new (SMALTI_TYPE_BENCHMARK_BARS, NULL);
}
