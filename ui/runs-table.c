/* SPDX-License-Identifier: Apache-2.0 */
/* The table's columns and its order. The order is kept here and not in the table's own sorter, which would put what is
 * not known first as often as last, and which in GTK 4.8 can't be asked by which column it sorts: it is probed with a
 * comparison that every column answers alike. */
#include <glib/gi18n-lib.h>

#include "ui/run-cell.h"
#include "ui/run-edit.h"
#include "ui/runs-page-private.h"
#include "ui/settings.h"

#define RESORT_MS    400
#define CELL_PADDING 18

/* -- columns -- */

static void
on_favorite (SmaltiRunCell *cell, SmaltiRunItem *item, SmaltiRunsPage *self)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new ();

  g_ptr_array_add (items, item);
  smalti_run_edit_set_favorite (smalti_page_get_workbench (SMALTI_PAGE (self)), items,
                                !smalti_run_item_get_info (item)->favorite);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, SmaltiRunsPage *self)
{
  GtkWidget *cell = smalti_run_cell_new (g_object_get_data (G_OBJECT (factory), "column"));

  g_signal_connect_object (cell, "favorite-toggled", G_CALLBACK (on_favorite), self, 0);
  gtk_list_item_set_child (item, cell);
  /* That is the row's: in GTK 4.8 a click with Control would be taken by both, and choose and unchoose. */
  gtk_list_item_set_selectable (item, FALSE);
  gtk_list_item_set_activatable (item, FALSE);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  smalti_run_cell_set_item (SMALTI_RUN_CELL (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  smalti_run_cell_set_item (SMALTI_RUN_CELL (gtk_list_item_get_child (item)), NULL);
}

static const SmaltiRunColumn *probed;

static int
answer_probe (gconstpointer a, gconstpointer b, gpointer column)
{
  probed = column;
  return -1;
}

/* Wide enough for what mostly stands in it; a table that is too wide is scrolled. */
static int
get_width (SmaltiRunsPage *self, const SmaltiRunColumn *column)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self->table));
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int character = pango_font_metrics_get_approximate_char_width (metrics);

  pango_font_metrics_unref (metrics);
  return CELL_PADDING + PANGO_PIXELS (column->width * character);
}

static GtkColumnViewColumn *
new_view_column (SmaltiRunsPage *self, const SmaltiRunColumn *column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkColumnViewColumn *view_column
      = gtk_column_view_column_new (column->kind == SMALTI_RUN_COLUMN_FAVORITE ? "★" : column->title, factory);
  g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (answer_probe, (gpointer)column, NULL));

  g_object_set_data (G_OBJECT (factory), "column", (gpointer)column);
  g_object_set_data (G_OBJECT (view_column), "column", (gpointer)column);
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self, 0);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  gtk_column_view_column_set_sorter (view_column, sorter);
  if (column->width > 0)
    {
      gtk_column_view_column_set_resizable (view_column, TRUE);
      gtk_column_view_column_set_fixed_width (view_column, get_width (self, column));
    }
  gtk_column_view_column_set_expand (view_column, column->kind == SMALTI_RUN_COLUMN_NAME);
  return view_column;
}

static GtkColumnViewColumn *
find_view_column (SmaltiRunsPage *self, const SmaltiRunColumn *column)
{
  GListModel *columns = gtk_column_view_get_columns (self->table);

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) one = g_list_model_get_item (columns, i);

      if (g_object_get_data (G_OBJECT (one), "column") == column)
        return one;
    }
  return NULL;
}

/* Of the columns in the table. */
static void
update_sort_menu (SmaltiRunsPage *self)
{
  g_autoptr (GMenu) menu = g_menu_new (), columns = g_menu_new (), direction = g_menu_new ();

  for (guint i = 0; i < self->columns->len; i++)
    {
      const SmaltiRunColumn *column = self->columns->pdata[i];
      g_autoptr (GMenuItem) item = g_menu_item_new (column->title, NULL);

      g_menu_item_set_action_and_target (item, "table.sort-by", "s", column->id);
      g_menu_append_item (columns, item);
    }
  g_menu_append (direction, _ ("_Descending"), "table.sort-descending");
  g_menu_append_section (menu, _ ("Sort by"), G_MENU_MODEL (columns));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (direction));
  gtk_menu_button_set_menu_model (self->sort_button, G_MENU_MODEL (menu));
}

/* What has to be read for the columns there are. */
static void
update_values (SmaltiRunsPage *self)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  for (guint i = 0; i < self->columns->len; i++)
    {
      const SmaltiRunColumn *column = self->columns->pdata[i];

      if (column->kind == SMALTI_RUN_COLUMN_VALUE)
        g_strv_builder_add (ids, column->id);
    }
  list = g_strv_builder_end (ids);
  smalti_run_values_set_ids (self->values, (const char *const *)list);
}

static void
add_column (SmaltiRunsPage *self, const SmaltiRunColumn *column)
{
  g_autoptr (GtkColumnViewColumn) view_column = new_view_column (self, column);

  g_ptr_array_add (self->columns, (gpointer)column);
  gtk_column_view_append_column (self->table, view_column);
}

static void
remove_column (SmaltiRunsPage *self, const SmaltiRunColumn *column)
{
  if (self->sorted_by == column)
    smalti_runs_page_sort (self, smalti_run_column_find ("created"), TRUE);
  g_ptr_array_remove (self->columns, (gpointer)column);
  gtk_column_view_remove_column (self->table, find_view_column (self, column));
}

void
smalti_runs_page_toggle_column (SmaltiRunsPage *self, const SmaltiRunColumn *column, gboolean shown)
{
  gboolean is_shown = g_ptr_array_find (self->columns, column, NULL);

  if (shown == is_shown)
    return;
  if (shown)
    add_column (self, column);
  else
    remove_column (self, column);
  update_sort_menu (self);
  update_values (self);
}

void
smalti_runs_page_set_columns (SmaltiRunsPage *self, const char *const *ids)
{
  while (self->columns->len > 0)
    remove_column (self, self->columns->pdata[self->columns->len - 1]);
  for (guint i = 0; ids[i]; i++)
    {
      const SmaltiRunColumn *column = smalti_run_column_find (ids[i]);

      if (column && !g_ptr_array_find (self->columns, column, NULL))
        add_column (self, column);
    }
  if (!g_ptr_array_find (self->columns, smalti_run_column_find ("name"), NULL))
    add_column (self, smalti_run_column_find ("name"));
  update_sort_menu (self);
  update_values (self);
}

const char *const *
smalti_runs_page_default_columns (void)
{
  static const char *const ids[]
      = { "favorite", "state",    "name",     "method", "progress", "validation", "benchmark",
          "created",  "duration", "backbone", "data",   "tags",     NULL };

  return ids;
}

/* -- the order -- */

static int
compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  SmaltiRunsPage *self = user_data;

  return smalti_run_column_compare (self->sorted_by, (gpointer)a, (gpointer)b, self->descending);
}

static gboolean
apply_sort (gpointer user_data)
{
  SmaltiRunsPage *self = user_data;

  self->resort_source = 0;
  gtk_sorter_changed (self->sorter, GTK_SORTER_CHANGE_DIFFERENT);
  return G_SOURCE_REMOVE;
}

void
smalti_runs_page_sort_again (SmaltiRunsPage *self)
{
  if (!self->resort_source)
    self->resort_source = g_timeout_add (RESORT_MS, apply_sort, self);
}

static void
set_order (SmaltiRunsPage *self, const SmaltiRunColumn *column, gboolean descending)
{
  if (self->sorted_by == column && self->descending == descending)
    return;
  self->sorted_by = column;
  self->descending = descending;
  gtk_sorter_changed (self->sorter, GTK_SORTER_CHANGE_DIFFERENT);
  g_object_notify (G_OBJECT (self), "sort-by");
  g_object_notify (G_OBJECT (self), "sort-descending");
}

/* GTK sorts by the columns chosen before, too, and has an arrow on each: there is to be one, where the order comes
 * from. */
static void
show_order (SmaltiRunsPage *self)
{
  GtkColumnViewColumn *view_column = find_view_column (self, self->sorted_by);

  self->showing_order = TRUE;
  gtk_column_view_sort_by_column (self->table, NULL, GTK_SORT_ASCENDING);
  if (view_column)
    gtk_column_view_sort_by_column (self->table, view_column,
                                    self->descending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
  self->showing_order = FALSE;
}

/* By a click on a header. The two objects stand for two runs. */
static void
on_view_sorter_changed (SmaltiRunsPage *self)
{
  GtkOrdering answer;

  if (self->showing_order)
    return;
  probed = NULL;
  answer = gtk_sorter_compare (gtk_column_view_get_sorter (self->table), self->filter, self->several);
  if (!probed)
    return;
  set_order (self, probed, answer == GTK_ORDERING_LARGER);
  show_order (self);
}

void
smalti_runs_page_sort (SmaltiRunsPage *self, const SmaltiRunColumn *column, gboolean descending)
{
  set_order (self, column, descending);
  show_order (self);
}

/* In it is the list that has the rows, for the keyboard and for screen readers. */
GtkWidget *
smalti_runs_page_get_rows (SmaltiRunsPage *self)
{
  return gtk_widget_get_last_child (GTK_WIDGET (self->table));
}

static gboolean
focus_row (gpointer user_data)
{
  SmaltiRunsPage *self = user_data;
  GtkWidget *rows = smalti_runs_page_get_rows (self);

  self->focus_source = 0;
  if (gtk_widget_is_focus (rows) && gtk_widget_get_first_child (rows))
    gtk_widget_grab_focus (gtk_widget_get_first_child (rows));
  return G_SOURCE_REMOVE;
}

/* Where several can be chosen, GTK begins without a row that would take the focus: then it is the first. */
static void
on_rows_focused (SmaltiRunsPage *self)
{
  if (!self->focus_source)
    self->focus_source = g_idle_add (focus_row, self);
}

/* -- as it was left -- */

void
smalti_runs_page_save_table (SmaltiRunsPage *self)
{
  GSettings *settings = smalti_settings_get ();
  GListModel *columns = gtk_column_view_get_columns (self->table);
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  if (!settings)
    return;
  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) one = g_list_model_get_item (columns, i);
      const SmaltiRunColumn *column = g_object_get_data (G_OBJECT (one), "column");

      g_strv_builder_add (ids, column->id);
    }
  list = g_strv_builder_end (ids);
  if (g_strv_equal ((const char *const *)list, smalti_runs_page_default_columns ()))
    g_settings_reset (settings, "runs-columns");
  else
    g_settings_set_strv (settings, "runs-columns", (const char *const *)list);
  g_settings_set_string (settings, "runs-sort-by", self->sorted_by->id);
  g_settings_set_boolean (settings, "runs-sort-descending", self->descending);
}

void
smalti_runs_page_load_table (SmaltiRunsPage *self)
{
  GSettings *settings = smalti_settings_get ();
  g_auto (GStrv) ids = settings ? g_settings_get_strv (settings, "runs-columns") : NULL;
  g_autofree char *sort = smalti_settings_get_string ("runs-sort-by", "created");
  const SmaltiRunColumn *column = smalti_run_column_find (sort);

  smalti_runs_page_set_columns (self, ids && *ids ? (const char *const *)ids : smalti_runs_page_default_columns ());
  if (column && find_view_column (self, column))
    smalti_runs_page_sort (self, column, smalti_settings_get_boolean ("runs-sort-descending", TRUE));
  else
    smalti_runs_page_sort (self, self->sorted_by, self->descending);
}

void
smalti_runs_page_set_up_table (SmaltiRunsPage *self)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_signal_connect_swapped (focus, "notify::is-focus", G_CALLBACK (on_rows_focused), self);
  gtk_widget_add_controller (smalti_runs_page_get_rows (self), focus);
  gtk_accessible_update_property (GTK_ACCESSIBLE (smalti_runs_page_get_rows (self)), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Runs"), -1);
  self->sorted_by = smalti_run_column_find ("created");
  self->descending = TRUE;
  self->sorter = GTK_SORTER (gtk_custom_sorter_new (compare, self, NULL));
  g_signal_connect_object (gtk_column_view_get_sorter (self->table), "changed", G_CALLBACK (on_view_sorter_changed),
                           self, G_CONNECT_SWAPPED);
}
