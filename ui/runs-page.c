/* SPDX-License-Identifier: Apache-2.0 */
/* One list of runs, filtered and sorted, under a table, or under a plain list where there is no room for one. */
#include "ui/runs-page-private.h"

#include <glib/gi18n-lib.h>

#include "ui/run-column-chooser.h"
#include "ui/run-row.h"
#include "ui/scroll.h"

enum
{
  PROP_SORT_BY = 1,
  PROP_SORT_DESCENDING,
};

G_DEFINE_FINAL_TYPE (SmaltiRunsPage, smalti_runs_page, SMALTI_TYPE_PAGE)

static SmaltiWorkbench *
get_workbench (SmaltiRunsPage *self)
{
  return smalti_page_get_workbench (SMALTI_PAGE (self));
}

gboolean
smalti_runs_page_is_wide (SmaltiRunsPage *self)
{
  return adw_squeezer_get_visible_child (self->squeezer) == self->table_scroller;
}

/* -- rows of the list -- */

static void
on_row_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  gtk_list_item_set_child (item, g_object_new (SMALTI_TYPE_RUN_ROW, NULL));
}

static void
on_row_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  smalti_run_row_set_item (SMALTI_RUN_ROW (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
on_row_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  smalti_run_row_set_item (SMALTI_RUN_ROW (gtk_list_item_get_child (item)), NULL);
}

static void
open_at (SmaltiRunsPage *self, guint position)
{
  g_autoptr (SmaltiRunItem) item = g_list_model_get_item (self->found, position);

  if (item)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-run", "x", smalti_run_item_get_id (item));
}

static void
on_table_activated (SmaltiRunsPage *self, guint position)
{
  open_at (self, position);
}

static void
on_list_activated (SmaltiRunsPage *self, guint position)
{
  open_at (self, position);
}

/* -- what is shown -- */

static void
update (SmaltiRunsPage *self)
{
  GListModel *runs = G_LIST_MODEL (smalti_workbench_get_runs (get_workbench (self)));
  gboolean any = g_list_model_get_n_items (runs) > 0;

  gtk_stack_set_visible_child_name (self->stack, any ? "runs" : "empty");
  gtk_stack_set_visible_child_name (self->results, g_list_model_get_n_items (self->found) > 0 ? "found" : "nothing");
  gtk_widget_set_visible (GTK_WIDGET (self->sort_button), any);
  gtk_widget_set_visible (self->columns_button, any && smalti_runs_page_is_wide (self));
  smalti_runs_page_update_actions (self);
}

static void
on_items_updated (SmaltiRunsPage *self)
{
  if (smalti_run_filter_is_active (self->filter))
    gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  smalti_runs_page_sort_again (self);
}

static void
on_values_read (SmaltiRunsPage *self)
{
  if (self->sorted_by->kind == SMALTI_RUN_COLUMN_VALUE)
    smalti_runs_page_sort_again (self);
}

static void
on_search (SmaltiRunsPage *self)
{
  smalti_run_filter_set_text (self->filter, gtk_editable_get_text (GTK_EDITABLE (self->search)));
}

static void
on_stop_search (SmaltiRunsPage *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  gtk_widget_grab_focus (smalti_runs_page_is_wide (self) ? smalti_runs_page_get_rows (self) : GTK_WIDGET (self->list));
}

/* Those of states, in the order of SmaltiShow, and then the favourites. */
#define N_CHIPS 6

static void
list_chips (SmaltiRunsPage *self, GtkToggleButton *chips[N_CHIPS])
{
  GtkToggleButton *all[N_CHIPS] = { self->show_live,    self->show_waiting, self->show_done,
                                    self->show_stopped, self->show_failed,  self->show_favorites };

  memcpy (chips, all, sizeof all);
}

static void
on_chip (SmaltiRunsPage *self)
{
  GtkToggleButton *chips[N_CHIPS];
  SmaltiShow shown = 0;

  list_chips (self, chips);
  for (guint i = 0; i < N_CHIPS - 1; i++)
    if (gtk_toggle_button_get_active (chips[i]))
      shown |= 1 << i;
  smalti_run_filter_set_shown (self->filter, shown);
  smalti_run_filter_set_favorites (self->filter, gtk_toggle_button_get_active (self->show_favorites));
}

/* How many there are of each; what there is none of is not offered. */
static void
count_chips (SmaltiRunsPage *self)
{
  static const char *const titles[N_CHIPS]
      = { N_ ("Under Way"), N_ ("Waiting"), N_ ("Finished"), N_ ("Stopped"), N_ ("Failed"), N_ ("Favourites") };
  GListModel *runs = G_LIST_MODEL (smalti_workbench_get_runs (get_workbench (self)));
  guint n = g_list_model_get_n_items (runs), counts[N_CHIPS] = { 0 };
  GtkToggleButton *chips[N_CHIPS];

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SmaltiRunItem) item = g_list_model_get_item (runs, i);

      counts[g_bit_nth_lsf (smalti_run_item_get_group (item), -1)]++;
      counts[N_CHIPS - 1] += smalti_run_item_get_info (item)->favorite;
    }
  list_chips (self, chips);
  for (guint i = 0; i < N_CHIPS; i++)
    {
      /* Translators: a filter of a table, and how many runs it leaves: "Finished 12" */
      g_autofree char *label = g_strdup_printf (_ ("%s %u"), _ (titles[i]), counts[i]);

      gtk_button_set_label (GTK_BUTTON (chips[i]), label);
      gtk_widget_set_visible (GTK_WIDGET (chips[i]), counts[i] > 0 || gtk_toggle_button_get_active (chips[i]));
    }
}

static void
on_runs_read (SmaltiRunsPage *self)
{
  update (self);
  count_chips (self);
  if (smalti_page_is_shown (SMALTI_PAGE (self)))
    smalti_run_values_update (self->values);
}

static void
show_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SmaltiRunsPage *self = SMALTI_RUNS_PAGE (widget);
  GtkToggleButton *chips[N_CHIPS];

  list_chips (self, chips);
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  smalti_run_filter_set_text (self->filter, "");
  for (guint i = 0; i < N_CHIPS; i++)
    gtk_toggle_button_set_active (chips[i], FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

/* Only the one that is seen has rows: they cost the same if they are not seen. */
static void
give_model (SmaltiRunsPage *self)
{
  gboolean wide = smalti_runs_page_is_wide (self);

  gtk_column_view_set_model (self->table, wide ? self->several : NULL);
  gtk_list_view_set_model (self->list, wide ? NULL : self->one);
}

static gboolean
apply_squeeze (gpointer user_data)
{
  SmaltiRunsPage *self = user_data;

  if (self->found) /* not disposed of */
    {
      give_model (self);
      update (self);
    }
  return G_SOURCE_REMOVE;
}

/* While sizes are given out, nothing may ask for another one. */
static void
on_squeezed (SmaltiRunsPage *self)
{
  if (self->found)
    g_idle_add_full (G_PRIORITY_HIGH_IDLE, apply_squeeze, g_object_ref (self), g_object_unref);
}

/* -- columns -- */

static void
fill_chooser (SmaltiRunsPage *self)
{
  g_autoptr (GPtrArray) all = smalti_run_columns_list ((const char *const *)self->metrics);

  smalti_run_column_chooser_set (SMALTI_RUN_COLUMN_CHOOSER (self->chooser), all, self->columns);
}

static gpointer
list_metrics (SmaltiStore *store, gpointer data, GError **error)
{
  return smalti_store_list_all_metrics (store, error);
}

static void
on_metrics (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiRunsPage) self = user_data;
  g_auto (GStrv) metrics = smalti_store_client_call_finish (SMALTI_STORE_CLIENT (source), result, NULL);

  if (!metrics || !self->chooser
      || (self->metrics && g_strv_equal ((const char *const *)metrics, (const char *const *)self->metrics)))
    return;
  g_strfreev (self->metrics);
  self->metrics = g_steal_pointer (&metrics);
  fill_chooser (self);
}

static void
on_columns_shown (SmaltiRunsPage *self)
{
  fill_chooser (self);
  smalti_store_client_call_async (smalti_workbench_get_client (get_workbench (self)), list_metrics, NULL, NULL,
                                  (GDestroyNotify)g_strfreev, on_metrics, g_object_ref (self));
}

static void
on_column_toggled (SmaltiRunsPage *self, const SmaltiRunColumn *column, gboolean shown)
{
  smalti_runs_page_toggle_column (self, column, shown);
}

static void
on_columns_reset (SmaltiRunsPage *self)
{
  smalti_runs_page_set_columns (self, smalti_runs_page_default_columns ());
  fill_chooser (self);
}

/* -- the page -- */

/* In the header bar, where the actions of the page's class are not. They hold on to the page, as long as it is in a
 * window. */
static void
add_sort_actions (SmaltiRunsPage *self)
{
  static const char *const names[] = { "sort-by", "sort-descending" };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GPropertyAction) action = g_property_action_new (names[i], self, names[i]);

      g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
    }
  gtk_widget_insert_action_group (GTK_WIDGET (self->sort_button), "table", G_ACTION_GROUP (group));
}

static void
smalti_runs_page_attach (SmaltiPage *page)
{
  SmaltiRunsPage *self = SMALTI_RUNS_PAGE (page);
  SmaltiWorkbench *workbench = get_workbench (self);
  SmaltiRunList *runs = smalti_workbench_get_runs (workbench);
  GtkFilterListModel *filtered;
  GtkSortListModel *sorted;

  smalti_runs_page_set_up_table (self);
  self->filter = smalti_run_filter_new ();
  filtered = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (runs)), g_object_ref (GTK_FILTER (self->filter)));
  sorted = gtk_sort_list_model_new (G_LIST_MODEL (filtered), g_object_ref (self->sorter));
  self->found = G_LIST_MODEL (sorted);
  self->several = GTK_SELECTION_MODEL (gtk_multi_selection_new (g_object_ref (self->found)));
  self->one = GTK_SELECTION_MODEL (gtk_single_selection_new (g_object_ref (self->found)));
  self->values = smalti_run_values_new (smalti_workbench_get_client (workbench), runs);
  smalti_runs_page_load_table (self);
  give_model (self);
  smalti_run_queue_set_workbench (self->queue, workbench);
  smalti_runs_page_set_up_actions (self);

  g_signal_connect_object (workbench, "runs-read", G_CALLBACK (on_runs_read), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (workbench, "changed", G_CALLBACK (smalti_runs_page_update_actions), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (runs, "items-updated", G_CALLBACK (on_items_updated), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->values, "read", G_CALLBACK (on_values_read), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->found, "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->several, "selection-changed", G_CALLBACK (smalti_runs_page_update_actions), self,
                           G_CONNECT_SWAPPED);
  update (self);
  count_chips (self);
}

static void
smalti_runs_page_shown (SmaltiPage *page)
{
  SmaltiRunsPage *self = SMALTI_RUNS_PAGE (page);

  smalti_run_values_update (self->values);
  smalti_page_focus (page,
                     smalti_runs_page_is_wide (self) ? smalti_runs_page_get_rows (self) : GTK_WIDGET (self->list));
}

static void
smalti_runs_page_hidden (SmaltiPage *page)
{
  smalti_runs_page_save_table (SMALTI_RUNS_PAGE (page));
}

static void
smalti_runs_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  SmaltiRunsPage *self = SMALTI_RUNS_PAGE (object);

  if (id == PROP_SORT_BY)
    g_value_set_string (value, self->sorted_by ? self->sorted_by->id : "");
  else if (id == PROP_SORT_DESCENDING)
    g_value_set_boolean (value, self->descending);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
smalti_runs_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  SmaltiRunsPage *self = SMALTI_RUNS_PAGE (object);
  const SmaltiRunColumn *column;

  switch (id)
    {
    case PROP_SORT_BY:
      column = smalti_run_column_find (g_value_get_string (value));
      if (column)
        smalti_runs_page_sort (self, column, self->descending);
      break;
    case PROP_SORT_DESCENDING:
      smalti_runs_page_sort (self, self->sorted_by, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
smalti_runs_page_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (smalti_runs_page_parent_class)->root (widget);
  add_sort_actions (SMALTI_RUNS_PAGE (widget));
}

static void
smalti_runs_page_unroot (GtkWidget *widget)
{
  gtk_widget_insert_action_group (GTK_WIDGET (SMALTI_RUNS_PAGE (widget)->sort_button), "table", NULL);
  GTK_WIDGET_CLASS (smalti_runs_page_parent_class)->unroot (widget);
}

static void
smalti_runs_page_dispose (GObject *object)
{
  SmaltiRunsPage *self = SMALTI_RUNS_PAGE (object);

  g_clear_handle_id (&self->resort_source, g_source_remove);
  g_clear_handle_id (&self->focus_source, g_source_remove);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  self->chooser = NULL;
  G_OBJECT_CLASS (smalti_runs_page_parent_class)->dispose (object);
  g_clear_object (&self->several);
  g_clear_object (&self->one);
  g_clear_object (&self->found);
  g_clear_object (&self->filter);
  g_clear_object (&self->sorter);
  g_clear_object (&self->values);
}

static void
smalti_runs_page_finalize (GObject *object)
{
  SmaltiRunsPage *self = SMALTI_RUNS_PAGE (object);

  g_ptr_array_unref (self->columns);
  g_strfreev (self->metrics);
  G_OBJECT_CLASS (smalti_runs_page_parent_class)->finalize (object);
}

static void
smalti_runs_page_class_init (SmaltiRunsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  static const struct
  {
    const char *name;
    gsize offset;
  } children[] = {
#define CHILD(name) { #name, G_STRUCT_OFFSET (SmaltiRunsPage, name) }
    CHILD (stack),     CHILD (search),         CHILD (show_favorites), CHILD (show_live), CHILD (show_waiting),
    CHILD (show_done), CHILD (show_stopped),   CHILD (show_failed),    CHILD (queue),     CHILD (results),
    CHILD (squeezer),  CHILD (table_scroller), CHILD (list_scroller),  CHILD (table),     CHILD (list),
    CHILD (bar),       CHILD (n_chosen),       CHILD (columns_button), CHILD (chooser),   CHILD (sort_button),
#undef CHILD
  };

  object_class->dispose = smalti_runs_page_dispose;
  object_class->finalize = smalti_runs_page_finalize;
  object_class->get_property = smalti_runs_page_get_property;
  object_class->set_property = smalti_runs_page_set_property;
  widget_class->root = smalti_runs_page_root;
  widget_class->unroot = smalti_runs_page_unroot;
  SMALTI_PAGE_CLASS (klass)->attach = smalti_runs_page_attach;
  SMALTI_PAGE_CLASS (klass)->shown = smalti_runs_page_shown;
  SMALTI_PAGE_CLASS (klass)->hidden = smalti_runs_page_hidden;

  g_object_class_install_property (
      object_class, PROP_SORT_BY,
      g_param_spec_string ("sort-by", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (
      object_class, PROP_SORT_DESCENDING,
      g_param_spec_boolean ("sort-descending", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));

  g_type_ensure (SMALTI_TYPE_RUN_QUEUE);
  g_type_ensure (SMALTI_TYPE_RUN_COLUMN_CHOOSER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/smalti/Smalti/ui/runs-page.ui");
  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    gtk_widget_class_bind_template_child_full (widget_class, children[i].name, FALSE, children[i].offset);
  gtk_widget_class_bind_template_callback (widget_class, on_row_setup);
  gtk_widget_class_bind_template_callback (widget_class, on_row_bind);
  gtk_widget_class_bind_template_callback (widget_class, on_row_unbind);
  gtk_widget_class_bind_template_callback (widget_class, on_table_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_list_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_search);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_chip);
  gtk_widget_class_bind_template_callback (widget_class, on_squeezed);
  gtk_widget_class_bind_template_callback (widget_class, on_columns_shown);
  gtk_widget_class_bind_template_callback (widget_class, on_column_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_columns_reset);
  gtk_widget_class_install_action (widget_class, "runs.show-all", NULL, show_all_action);
  smalti_runs_page_install_actions (widget_class);
}

static void
smalti_runs_page_init (SmaltiRunsPage *self)
{
  self->columns = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  smalti_scroll_from_start (GTK_SCROLLED_WINDOW (self->table_scroller));
}
