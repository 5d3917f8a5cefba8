/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/runs-page.h"

#include "ui/run-row.h"

struct _SmaltiRunsPage
{
  SmaltiPage parent_instance;

  GtkStack *stack;
  GtkListView *list_view;
};

G_DEFINE_FINAL_TYPE (SmaltiRunsPage, smalti_runs_page, SMALTI_TYPE_PAGE)

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
on_row_activated (SmaltiRunsPage *self, guint position)
{
  g_autoptr (SmaltiRunItem) item
      = g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (self->list_view)), position);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-run", "x", smalti_run_item_get_id (item));
}

static void
update (SmaltiRunsPage *self)
{
  GListModel *runs = G_LIST_MODEL (smalti_workbench_get_runs (smalti_page_get_workbench (SMALTI_PAGE (self))));

  gtk_stack_set_visible_child_name (self->stack, g_list_model_get_n_items (runs) > 0 ? "runs" : "empty");
}

static void
smalti_runs_page_attach (SmaltiPage *page)
{
  SmaltiRunsPage *self = SMALTI_RUNS_PAGE (page);
  SmaltiWorkbench *workbench = smalti_page_get_workbench (page);
  g_autoptr (GtkSingleSelection) selection
      = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (smalti_workbench_get_runs (workbench))));

  gtk_list_view_set_model (self->list_view, GTK_SELECTION_MODEL (selection));
  g_signal_connect_object (workbench, "runs-read", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
smalti_runs_page_shown (SmaltiPage *page)
{
  smalti_page_focus (page, GTK_WIDGET (SMALTI_RUNS_PAGE (page)->list_view));
}

static void
smalti_runs_page_class_init (SmaltiRunsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  SMALTI_PAGE_CLASS (klass)->attach = smalti_runs_page_attach;
  SMALTI_PAGE_CLASS (klass)->shown = smalti_runs_page_shown;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/smalti/Smalti/ui/runs-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunsPage, list_view);
  gtk_widget_class_bind_template_callback (widget_class, on_row_setup);
  gtk_widget_class_bind_template_callback (widget_class, on_row_bind);
  gtk_widget_class_bind_template_callback (widget_class, on_row_unbind);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
smalti_runs_page_init (SmaltiRunsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
