/* SPDX-License-Identifier: Apache-2.0 */
/* What the row shows is bound in its template. What it says is set here: screen readers land on the list's own item around
 * the row, which has no name of its own in GTK 4.8. */
#include "ui/run-row.h"

struct _SmaltiRunRow
{
  GtkWidget parent_instance;

  GtkWidget *box;
  SmaltiRunItem *item;
};

enum
{
  PROP_ITEM = 1,
};

G_DEFINE_FINAL_TYPE (SmaltiRunRow, smalti_run_row, GTK_TYPE_WIDGET)

static void
update_words (SmaltiRunRow *self)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));
  g_autofree char *details = NULL;
  g_autofree char *words = NULL;

  if (!self->item || !parent)
    return;
  g_object_get (self->item, "details", &details, NULL);
  words = g_strdup_printf ("%s, %s", smalti_run_item_get_name (self->item), details);
  gtk_accessible_update_property (GTK_ACCESSIBLE (parent), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
set_item (SmaltiRunRow *self, SmaltiRunItem *item)
{
  if (item == self->item)
    return;
  if (self->item)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_set_object (&self->item, item);
  if (item)
    g_signal_connect_swapped (item, "notify::details", G_CALLBACK (update_words), self);
  update_words (self);
}

static void
smalti_run_row_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (smalti_run_row_parent_class)->root (widget);
  update_words (SMALTI_RUN_ROW (widget));
}

static void
smalti_run_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_ITEM)
    g_value_set_object (value, SMALTI_RUN_ROW (object)->item);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
smalti_run_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_ITEM)
    set_item (SMALTI_RUN_ROW (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
smalti_run_row_dispose (GObject *object)
{
  SmaltiRunRow *self = SMALTI_RUN_ROW (object);

  set_item (self, NULL);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (smalti_run_row_parent_class)->dispose (object);
}

static void
smalti_run_row_class_init (SmaltiRunRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = smalti_run_row_dispose;
  object_class->get_property = smalti_run_row_get_property;
  object_class->set_property = smalti_run_row_set_property;
  widget_class->root = smalti_run_row_root;
  g_object_class_install_property (
      object_class, PROP_ITEM,
      g_param_spec_object ("item", NULL, NULL, SMALTI_TYPE_RUN_ITEM, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/smalti/Smalti/ui/run-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunRow, box);
}

static void
smalti_run_row_init (SmaltiRunRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
