/* SPDX-License-Identifier: Apache-2.0 */
/* One curve at a time: curves have points at different steps, and a row for each step of any of them would have to be
 * counted out beforehand. */
#include "ui/curve-table.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#include "core/base/axis.h"
#include "ui/plot-private.h"

#define VALUE_COLUMN SMALTI_N_X

typedef struct
{
  SmaltiPlotData *data; /* a snapshot */
  GPtrArray *shown;     /* of SmaltiCurve, of data */
  GtkColumnView *view;
  GtkColumnViewColumn *columns[SMALTI_N_X + 1];
} Table;

static void
table_free (Table *table)
{
  g_ptr_array_unref (table->shown);
  smalti_plot_data_free (table->data);
  g_free (table);
}

static char *
cell_text (Table *table, SmaltiCurvePoint *point, guint column)
{
  if (column == VALUE_COLUMN)
    {
      gdouble value = smalti_curve_point_get_value (point);

      return table->data->flags & SMALTI_PLOT_PERCENT ? g_strdup_printf (_ ("%.2f%%"), value * 100)
                                                      : g_strdup_printf ("%.6g", value);
    }

  gdouble x = smalti_curve_point_get_x (point, column);

  if (isnan (x))
    return g_strdup ("");
  if (column == SMALTI_X_TIME)
    return smalti_axis_format_time (x, x < 60 ? 0.1 : 1);
  return g_strdup_printf (column == SMALTI_X_STEP ? "%'.0f" : "%.3f", x);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, Table *table)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (item, label);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, Table *table)
{
  guint column = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (factory), "column"));
  g_autofree char *text = cell_text (table, gtk_list_item_get_item (item), column);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), text);
}

static void
add_column (Table *table, guint column, const char *title)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_object_set_data (G_OBJECT (factory), "column", GUINT_TO_POINTER (column));
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), table);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), table);
  table->columns[column] = gtk_column_view_column_new (title, factory);
  gtk_column_view_column_set_expand (table->columns[column], TRUE);
  gtk_column_view_append_column (table->view, table->columns[column]);
  g_object_unref (table->columns[column]);
}

static void
show_curve (Table *table, guint i)
{
  const SmaltiCurve *curve = table->shown->pdata[i];
  SmaltiCurvePoints *points = smalti_curve_points_new (curve->series);
  g_autoptr (GtkSelectionModel) model = GTK_SELECTION_MODEL (gtk_single_selection_new (G_LIST_MODEL (points)));

  for (guint x = 0; x < SMALTI_N_X; x++)
    gtk_column_view_column_set_visible (table->columns[x], smalti_series_has (curve->series, x));
  gtk_column_view_set_model (table->view, model);
}

static void
on_chosen (GtkDropDown *choice, GParamSpec *pspec, Table *table)
{
  if (gtk_drop_down_get_selected (choice) < table->shown->len)
    show_curve (table, gtk_drop_down_get_selected (choice));
}

static GtkWidget *
new_choice (Table *table)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  GtkWidget *choice;

  for (guint i = 0; i < table->shown->len; i++)
    {
      const SmaltiCurve *curve = table->shown->pdata[i];
      gsize n = smalti_series_get_n (curve->series);
      g_autofree char *name = g_strdup_printf (
          /* Translators: a curve and how many points it has */
          g_dngettext (GETTEXT_PACKAGE, "%s: %'zu point", "%s: %'zu points", n),
          curve->title, n);

      gtk_string_list_append (names, name);
    }
  choice = gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&names)), NULL);
  gtk_widget_set_margin_top (choice, 6);
  gtk_widget_set_margin_bottom (choice, 12);
  gtk_widget_set_margin_start (choice, 12);
  gtk_widget_set_margin_end (choice, 12);
  gtk_accessible_update_property (GTK_ACCESSIBLE (choice), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Curve"), -1);
  g_signal_connect (choice, "notify::selected", G_CALLBACK (on_chosen), table);
  return choice;
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, GtkWindow *window)
{
  if (key != GDK_KEY_Escape)
    return GDK_EVENT_PROPAGATE;
  gtk_window_close (window);
  return GDK_EVENT_STOP;
}

static GtkWidget *
new_view (Table *table)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  table->view = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (table->view), "data-table");
  gtk_column_view_set_show_row_separators (table->view, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (table->view), GTK_ACCESSIBLE_PROPERTY_LABEL, table->data->title, -1);
  add_column (table, SMALTI_X_STEP, _ ("Step"));
  add_column (table, SMALTI_X_EPOCH, _ ("Epoch"));
  add_column (table, SMALTI_X_TIME, _ ("Time"));
  add_column (table, VALUE_COLUMN, _ ("Value"));
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (table->view));
  gtk_widget_set_vexpand (scroller, TRUE);
  return scroller;
}

static Table *
new_table (SmaltiPlot *plot)
{
  Table *table = g_new0 (Table, 1);

  table->data = smalti_plot_data_snapshot (smalti_plot_get_data (plot));
  table->shown = g_ptr_array_new ();
  for (guint i = 0; i < table->data->curves->len; i++)
    {
      SmaltiCurve *curve = table->data->curves->pdata[i];

      if (curve->visible && smalti_series_get_n (curve->series) > 0)
        g_ptr_array_add (table->shown, curve);
    }
  return table;
}

void
smalti_curve_table_present (SmaltiPlot *plot)
{
  g_return_if_fail (SMALTI_IS_PLOT (plot));

  Table *table = new_table (plot);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (plot));
  GtkWidget *window, *box;
  GtkEventController *key;

  if (table->shown->len == 0)
    {
      table_free (table);
      return;
    }
  window = adw_window_new ();
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  key = gtk_event_controller_key_new ();
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), new_choice (table));
  gtk_box_append (GTK_BOX (box), new_view (table));
  show_curve (table, 0);
  adw_window_set_content (ADW_WINDOW (window), box);
  gtk_window_set_title (GTK_WINDOW (window), table->data->title);
  gtk_window_set_default_size (GTK_WINDOW (window), 420, 520);
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (window), TRUE);
  if (GTK_IS_WINDOW (root))
    gtk_window_set_transient_for (GTK_WINDOW (window), GTK_WINDOW (root));
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), window);
  gtk_widget_add_controller (window, key);
  g_object_set_data_full (G_OBJECT (window), "table", table, (GDestroyNotify)table_free);
  gtk_window_present (GTK_WINDOW (window));
}
