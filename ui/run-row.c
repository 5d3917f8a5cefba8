/* SPDX-License-Identifier: Apache-2.0 */
/* Filled by code: GTK 4.8's bindings of a property of a property stumble when a list goes. What it says is set on the
 * list's own item around the row, where screen readers land and which has no name of its own in GTK 4.8. */
#include "ui/run-row.h"

struct _SmaltiRunRow
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkImage *state_icon;
  GtkLabel *name_label;
  GtkLabel *details_label;
  GtkProgressBar *progress_bar;

  SmaltiRunItem *item;
};

G_DEFINE_FINAL_TYPE (SmaltiRunRow, smalti_run_row, GTK_TYPE_WIDGET)

static void
show_item (SmaltiRunRow *self)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));

  if (!self->item)
    return;

  const char *name = smalti_run_item_get_name (self->item);
  g_autofree char *details = smalti_run_item_describe (self->item);
  g_autofree char *words = g_strdup_printf ("%s, %s", name, details);

  smalti_run_item_show_icon (self->item, self->state_icon);
  gtk_label_set_text (self->name_label, name);
  gtk_label_set_text (self->details_label, details);
  gtk_widget_set_visible (GTK_WIDGET (self->progress_bar),
                          smalti_run_item_get_state (self->item) == SMALTI_RUN_RUNNING);
  gtk_progress_bar_set_fraction (self->progress_bar, smalti_run_item_get_fraction (self->item));

  if (parent)
    gtk_accessible_update_property (GTK_ACCESSIBLE (parent), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

void
smalti_run_row_set_item (SmaltiRunRow *self, SmaltiRunItem *item)
{
  g_return_if_fail (SMALTI_IS_RUN_ROW (self));

  if (item == self->item)
    return;
  if (self->item)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_set_object (&self->item, item);
  if (item)
    g_signal_connect_swapped (item, "changed", G_CALLBACK (show_item), self);
  show_item (self);
}

SmaltiRunItem *
smalti_run_row_get_item (SmaltiRunRow *self)
{
  return self->item;
}

/* Only when it is asked for: setting a tooltip asks the X server where the pointer is, and a list has hundreds of rows.
 */
static gboolean
on_query_tooltip (SmaltiRunRow *self, int x, int y, gboolean by_key, GtkTooltip *tooltip)
{
  gtk_tooltip_set_text (tooltip, self->item ? smalti_run_item_get_name (self->item) : NULL);
  return self->item != NULL;
}

static void
smalti_run_row_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (smalti_run_row_parent_class)->root (widget);
  show_item (SMALTI_RUN_ROW (widget));
}

static void
smalti_run_row_dispose (GObject *object)
{
  SmaltiRunRow *self = SMALTI_RUN_ROW (object);

  smalti_run_row_set_item (self, NULL);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (smalti_run_row_parent_class)->dispose (object);
}

static void
smalti_run_row_class_init (SmaltiRunRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_run_row_dispose;
  widget_class->root = smalti_run_row_root;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/smalti/Smalti/ui/run-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunRow, box);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunRow, state_icon);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunRow, details_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunRow, progress_bar);
}

static void
smalti_run_row_init (SmaltiRunRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (on_query_tooltip), NULL);
}
