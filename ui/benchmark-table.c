/* SPDX-License-Identifier: Apache-2.0 */
/* All bars share one scale, which ends a little above the best interval, and carry the level of chance: only what is
 * right of that line has been learned. */
#include "ui/benchmark-table.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "ui/palette.h"

typedef struct
{
  SmaltiShare share;
  gdouble chance, scale;
  gboolean best;
} Bar;

struct _SmaltiBenchmarkTable
{
  GtkWidget parent_instance;

  GtkWidget *grid;
  GtkWidget *note;
};

G_DEFINE_FINAL_TYPE (SmaltiBenchmarkTable, smalti_benchmark_table, GTK_TYPE_WIDGET)

static void
draw_bar (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer user_data)
{
  const Bar *bar = user_data;
  GdkRGBA color = smalti_palette_curve (0, adw_style_manager_get_dark (adw_style_manager_get_default ()));
  GdkRGBA fill = smalti_palette_faint (color, bar->best ? 0.9f : 0.5f), text;
  gdouble scale = width / bar->scale, middle = height / 2.0, thick = 10;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (area)), &text);
  if (gtk_widget_get_direction (GTK_WIDGET (area)) == GTK_TEXT_DIR_RTL)
    {
      cairo_translate (cr, width, 0);
      cairo_scale (cr, -1, 1);
    }

  gdk_cairo_set_source_rgba (cr, &fill);
  cairo_rectangle (cr, 0, middle - thick / 2, bar->share.value * scale, thick);
  cairo_fill (cr);

  gdk_cairo_set_source_rgba (cr, &text);
  cairo_set_line_width (cr, 1.5);
  cairo_move_to (cr, bar->share.low * scale, middle);
  cairo_line_to (cr, bar->share.high * scale, middle);
  cairo_move_to (cr, bar->share.low * scale, middle - 4);
  cairo_line_to (cr, bar->share.low * scale, middle + 4);
  cairo_move_to (cr, bar->share.high * scale, middle - 4);
  cairo_line_to (cr, bar->share.high * scale, middle + 4);
  cairo_stroke (cr);

  text = smalti_palette_faint (text, 0.55f);
  gdk_cairo_set_source_rgba (cr, &text);
  cairo_set_line_width (cr, 1);
  cairo_set_dash (cr, (double[]){ 3, 3 }, 2, 0);
  cairo_move_to (cr, bar->chance * scale, 0);
  cairo_line_to (cr, bar->chance * scale, height);
  cairo_stroke (cr);
}

static GtkWidget *
attach_label (SmaltiBenchmarkTable *self, const char *text, gint column, gint row, gfloat align, const char *css)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), align);
  gtk_widget_add_css_class (label, "numeric");
  if (css)
    gtk_widget_add_css_class (label, css);
  gtk_grid_attach (GTK_GRID (self->grid), label, column, row, 1, 1);
  return label;
}

static void
attach_row (SmaltiBenchmarkTable *self, const SmaltiBenchmark *benchmark, gint row, gdouble scale, gboolean best,
            gboolean named)
{
  g_autofree char *layer
      = named ? g_strdup_printf ("%s (%s)", benchmark->layer, benchmark->protocol) : g_strdup (benchmark->layer);
  g_autofree char *value = g_strdup_printf (_ ("%.1f%%"), benchmark->top1.value * 100);
  /* Translators: a 95% interval: "41.2–45.0%" */
  g_autofree char *interval
      = g_strdup_printf (_ ("%.1f–%.1f%%"), benchmark->top1.low * 100, benchmark->top1.high * 100);
  GtkWidget *area = g_object_new (GTK_TYPE_DRAWING_AREA, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  Bar *bar = g_new (Bar, 1);

  *bar = (Bar){ benchmark->top1, 1.0 / MAX (1, benchmark->n_classes), scale, best };
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (area), 24);
  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (area), 60);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (area), draw_bar, bar, g_free);
  gtk_widget_set_hexpand (area, TRUE);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (gtk_widget_queue_draw), area,
                           G_CONNECT_SWAPPED);

  attach_label (self, layer, 0, row, 0, best ? "best" : NULL);
  gtk_grid_attach (GTK_GRID (self->grid), area, 1, row, 1, 1);
  attach_label (self, value, 2, row, 1, best ? "best" : NULL);
  attach_label (self, interval, 3, row, 1, "dim-label");
}

void
smalti_benchmark_table_set (SmaltiBenchmarkTable *self, GPtrArray *benchmarks)
{
  g_return_if_fail (SMALTI_IS_BENCHMARK_TABLE (self));

  const SmaltiBenchmark *best = NULL;
  gboolean mixed = FALSE;
  gdouble scale = 0;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->grid)))
    gtk_grid_remove (GTK_GRID (self->grid), child);
  for (guint i = 0; i < benchmarks->len; i++)
    {
      const SmaltiBenchmark *benchmark = benchmarks->pdata[i];

      if (!best || benchmark->top1.value > best->top1.value)
        best = benchmark;
      mixed = mixed || !g_str_equal (benchmark->protocol, best->protocol);
      scale = MAX (scale, benchmark->top1.high);
    }
  if (!best)
    return;

  attach_label (self, _ ("Layer"), 0, 0, 0, "caption-heading");
  attach_label (self, _ ("Top-1"), 2, 0, 1, "caption-heading");
  attach_label (self, _ ("95% interval"), 3, 0, 1, "caption-heading");
  for (guint i = 0; i < benchmarks->len; i++)
    attach_row (self, benchmarks->pdata[i], i + 1, MIN (1, scale * 1.05), benchmarks->pdata[i] == best, mixed);

  g_autofree char *note = g_strdup_printf (
      g_str_equal (best->protocol, "knn")
          ? _ ("The nearest of %u pictures, by their frozen features, vote on %u others of %u classes. The dashed line "
               "is chance.")
          : _ ("A linear classifier on frozen features, trained on %u pictures, answers on %u others of %u "
               "classes. The dashed line is chance."),
      best->n_train, best->n_test, best->n_classes);
  gtk_label_set_text (GTK_LABEL (self->note), note);
}

static void
smalti_benchmark_table_dispose (GObject *object)
{
  SmaltiBenchmarkTable *self = SMALTI_BENCHMARK_TABLE (object);

  g_clear_pointer (&self->grid, gtk_widget_unparent);
  g_clear_pointer (&self->note, gtk_widget_unparent);
  G_OBJECT_CLASS (smalti_benchmark_table_parent_class)->dispose (object);
}

static void
smalti_benchmark_table_class_init (SmaltiBenchmarkTableClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = smalti_benchmark_table_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
smalti_benchmark_table_init (SmaltiBenchmarkTable *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 12);
  gtk_widget_add_css_class (GTK_WIDGET (self), "card");
  gtk_widget_add_css_class (GTK_WIDGET (self), "padded");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Linear benchmark"), -1);

  self->grid = gtk_grid_new ();
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 12);
  gtk_grid_set_row_spacing (GTK_GRID (self->grid), 6);
  gtk_widget_set_parent (self->grid, GTK_WIDGET (self));

  self->note = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->note), TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->note), 0);
  gtk_widget_add_css_class (self->note, "caption");
  gtk_widget_add_css_class (self->note, "dim-label");
  gtk_widget_set_parent (self->note, GTK_WIDGET (self));
}
