/* SPDX-License-Identifier: Apache-2.0 */
/* A heading, a legend of toggle buttons and the canvas. The words for screen readers are brought up to date at most
 * twice a second: at training's pace they would flood them. */
#include "ui/plot.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "ui/palette.h"
#include "ui/plot-canvas-private.h"

#define WORDS_INTERVAL_MS 500

struct _SmaltiPlot
{
  GtkWidget parent_instance;

  char *title;
  SmaltiPlotFlags flags;
  GPtrArray *curves; /* of SmaltiCurve, shared with the canvas */
  GtkWidget *head;
  GtkWidget *legend;
  GtkWidget *canvas;
  guint words_source;
};

G_DEFINE_FINAL_TYPE (SmaltiPlot, smalti_plot, GTK_TYPE_WIDGET)

static void
curve_free (SmaltiCurve *curve)
{
  smalti_series_free (curve->series);
  g_free (curve->title);
  g_free (curve);
}

static SmaltiCurve *
curve_at (SmaltiPlot *self, guint i)
{
  g_assert (i < self->curves->len);
  return g_ptr_array_index (self->curves, i);
}

static gdouble
best_value (SmaltiPlot *self, const SmaltiSeries *series)
{
  gsize n = smalti_series_get_n (series);
  SmaltiColumn all[3];
  guint used = smalti_series_columns (series, smalti_series_get_x (series, 0) - 1,
                                      smalti_series_get_x (series, n - 1) + 1, 1, all);
  gdouble low = all[0].low, high = all[0].high;

  for (guint i = 1; i < used; i++)
    {
      low = MIN (low, all[i].low);
      high = MAX (high, all[i].high);
    }
  return self->flags & SMALTI_PLOT_HIGHER_IS_BETTER ? high : low;
}

static void
update_words (SmaltiPlot *self)
{
  g_autoptr (GString) words = g_string_new (NULL);

  /* Translators: read aloud before a plot's values, "Plot of loss" */
  g_string_append_printf (words, _ ("Plot: %s"), self->title);
  for (guint i = 0; i < self->curves->len; i++)
    {
      const SmaltiCurve *curve = curve_at (self, i);
      gsize n = smalti_series_get_n (curve->series);

      if (n == 0 || !curve->visible)
        continue;

      SmaltiPlotCanvas *canvas = SMALTI_PLOT_CANVAS (self->canvas);
      g_autofree char *latest = smalti_plot_canvas_format (canvas, smalti_series_get_y (curve->series, n - 1));
      g_autofree char *best = smalti_plot_canvas_format (canvas, best_value (self, curve->series));

      g_string_append (words, ". ");
      if (self->flags & SMALTI_PLOT_EXACT)
        {
          /* Translators: read aloud: a value that is set, not measured, and the step of it */
          g_string_append_printf (words, _ ("%s at step %.0f"), latest, smalti_series_get_x (curve->series, n - 1));
          continue;
        }
      /* Translators: read aloud: curve, its latest value, the step of it, its best value */
      g_string_append_printf (words, _ ("%s: %s at step %.0f, best %s"), curve->title, latest,
                              smalti_series_get_x (curve->series, n - 1), best);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->canvas), GTK_ACCESSIBLE_PROPERTY_LABEL, words->str, -1);
}

static gboolean
update_words_later (gpointer user_data)
{
  SmaltiPlot *self = user_data;

  self->words_source = 0;
  update_words (self);
  return G_SOURCE_REMOVE;
}

void
smalti_plot_changed (SmaltiPlot *self)
{
  g_return_if_fail (SMALTI_IS_PLOT (self));

  smalti_plot_canvas_changed (SMALTI_PLOT_CANVAS (self->canvas));
  if (!self->words_source)
    self->words_source = g_timeout_add (WORDS_INTERVAL_MS, update_words_later, self);
}

static void
draw_swatch (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer user_data)
{
  const SmaltiCurve *curve = user_data;
  GdkRGBA color = smalti_palette_curve (curve->color, adw_style_manager_get_dark (adw_style_manager_get_default ()));

  if (!curve->visible)
    color.alpha = 0.3f;
  gdk_cairo_set_source_rgba (cr, &color);
  cairo_set_line_width (cr, 3);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_move_to (cr, 2, height / 2.0);
  cairo_line_to (cr, width - 2, height / 2.0);
  cairo_stroke (cr);
  if (curve->sparse)
    {
      cairo_arc (cr, width / 2.0, height / 2.0, 4, 0, 2 * G_PI);
      cairo_fill (cr);
    }
}

static void
on_legend_toggled (GtkToggleButton *button, SmaltiPlot *self)
{
  SmaltiCurve *curve = g_object_get_data (G_OBJECT (button), "curve");

  curve->visible = gtk_toggle_button_get_active (button);
  gtk_widget_queue_draw (g_object_get_data (G_OBJECT (button), "swatch"));
  smalti_plot_changed (self);
}

static void
add_legend (SmaltiPlot *self, SmaltiCurve *curve)
{
  GtkWidget *button = gtk_toggle_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *swatch = g_object_new (GTK_TYPE_DRAWING_AREA, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  GtkWidget *label = gtk_label_new (curve->title);

  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (swatch), 18);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (swatch), 12);
  gtk_widget_set_valign (swatch, GTK_ALIGN_CENTER);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (swatch), draw_swatch, curve, NULL);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (gtk_widget_queue_draw), swatch,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_css_class (label, "caption");
  gtk_box_append (GTK_BOX (box), swatch);
  gtk_box_append (GTK_BOX (box), label);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "legend");
  gtk_widget_set_tooltip_text (button, _ ("Show or hide this curve"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, curve->title, -1);
  g_object_set_data (G_OBJECT (button), "curve", curve);
  g_object_set_data (G_OBJECT (button), "swatch", swatch);
  g_signal_connect (button, "toggled", G_CALLBACK (on_legend_toggled), self);
  gtk_box_append (GTK_BOX (self->legend), button);
}

guint
smalti_plot_add_curve (SmaltiPlot *self, const char *title, gboolean sparse)
{
  g_return_val_if_fail (SMALTI_IS_PLOT (self), 0);

  SmaltiCurve *curve = g_new0 (SmaltiCurve, 1);

  curve->title = g_strdup (title);
  curve->series = smalti_series_new ();
  curve->color = self->curves->len;
  curve->sparse = sparse;
  curve->visible = TRUE;
  g_ptr_array_add (self->curves, curve);
  add_legend (self, curve);
  gtk_widget_set_visible (self->legend, self->curves->len > 1);
  return curve->color;
}

void
smalti_plot_append (SmaltiPlot *self, guint curve, gdouble step, gdouble value)
{
  smalti_series_append (curve_at (self, curve)->series, step, value);
}

void
smalti_plot_truncate (SmaltiPlot *self, guint curve, gsize n_points)
{
  smalti_series_truncate (curve_at (self, curve)->series, n_points);
}

gsize
smalti_plot_get_n_points (SmaltiPlot *self, guint curve)
{
  return smalti_series_get_n (curve_at (self, curve)->series);
}

void
smalti_plot_set_smoothing (SmaltiPlot *self, gdouble smoothing)
{
  smalti_plot_canvas_set_smoothing (SMALTI_PLOT_CANVAS (self->canvas), self->flags & SMALTI_PLOT_EXACT ? 0 : smoothing);
}

static void
smalti_plot_dispose (GObject *object)
{
  SmaltiPlot *self = SMALTI_PLOT (object);

  g_clear_handle_id (&self->words_source, g_source_remove);
  g_clear_pointer (&self->head, gtk_widget_unparent);
  g_clear_pointer (&self->canvas, gtk_widget_unparent);
  G_OBJECT_CLASS (smalti_plot_parent_class)->dispose (object);
}

static void
smalti_plot_finalize (GObject *object)
{
  SmaltiPlot *self = SMALTI_PLOT (object);

  g_ptr_array_unref (self->curves);
  g_free (self->title);
  G_OBJECT_CLASS (smalti_plot_parent_class)->finalize (object);
}

static void
smalti_plot_class_init (SmaltiPlotClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = smalti_plot_dispose;
  G_OBJECT_CLASS (klass)->finalize = smalti_plot_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
smalti_plot_init (SmaltiPlot *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 6);
  self->curves = g_ptr_array_new_with_free_func ((GDestroyNotify)curve_free);
}

GtkWidget *
smalti_plot_new (const char *title, SmaltiPlotFlags flags)
{
  SmaltiPlot *self = g_object_new (SMALTI_TYPE_PLOT, NULL);
  GtkWidget *heading = gtk_label_new (title);

  self->title = g_strdup (title);
  self->flags = flags;

  self->head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  gtk_widget_set_size_request (self->head, -1, 28); /* as high without a legend */
  gtk_widget_add_css_class (heading, "heading");
  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_label_set_ellipsize (GTK_LABEL (heading), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (heading, TRUE);
  gtk_box_append (GTK_BOX (self->head), heading);
  self->legend = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_set_visible (self->legend, FALSE);
  gtk_box_append (GTK_BOX (self->head), self->legend);
  gtk_widget_set_parent (self->head, GTK_WIDGET (self));

  self->canvas = smalti_plot_canvas_new (self->curves);
  smalti_plot_canvas_set_percent (SMALTI_PLOT_CANVAS (self->canvas), flags & SMALTI_PLOT_PERCENT);
  gtk_widget_set_vexpand (self->canvas, TRUE);
  gtk_widget_set_parent (self->canvas, GTK_WIDGET (self));
  update_words (self);
  return GTK_WIDGET (self);
}
