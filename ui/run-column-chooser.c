/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/run-column-chooser.h"

#include <glib/gi18n-lib.h>

#include "ui/run-values.h"

struct _SmaltiRunColumnChooser
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkSearchEntry *search;
  GtkListBox *list;
  gboolean setting;
};

G_DEFINE_FINAL_TYPE (SmaltiRunColumnChooser, smalti_run_column_chooser, GTK_TYPE_WIDGET)

static guint toggled_signal, reset_signal;

static const SmaltiRunColumn *
get_column (GtkListBoxRow *row)
{
  return g_object_get_data (G_OBJECT (row), "column");
}

static const char *
get_group (const SmaltiRunColumn *column)
{
  if (g_str_has_prefix (column->id, SMALTI_RUN_VALUE_SETTING))
    return _ ("Settings");
  if (g_str_has_prefix (column->id, SMALTI_RUN_VALUE_BEST) || g_str_has_prefix (column->id, SMALTI_RUN_VALUE_LAST))
    return _ ("Metrics");
  return _ ("Runs");
}

static gboolean
is_found (GtkListBoxRow *row, gpointer user_data)
{
  SmaltiRunColumnChooser *self = user_data;
  const SmaltiRunColumn *column = get_column (row);
  g_autofree char *wanted = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1);
  g_autofree char *title = g_utf8_casefold (column->title, -1);

  return strstr (title, wanted) || (column->details && strstr (column->details, wanted));
}

static void
add_header (GtkListBoxRow *row, GtkListBoxRow *before, gpointer user_data)
{
  const char *group = get_group (get_column (row));
  GtkWidget *label;

  if (before && g_str_equal (group, get_group (get_column (before))))
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }
  label = gtk_label_new (group);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  gtk_widget_add_css_class (label, "column-group");
  gtk_list_box_row_set_header (row, label);
}

static void
on_check (SmaltiRunColumnChooser *self, GtkCheckButton *check)
{
  GtkWidget *row = gtk_widget_get_ancestor (GTK_WIDGET (check), GTK_TYPE_LIST_BOX_ROW);

  if (!self->setting)
    g_signal_emit (self, toggled_signal, 0, get_column (GTK_LIST_BOX_ROW (row)), gtk_check_button_get_active (check));
}

static void
on_row (SmaltiRunColumnChooser *self, GtkListBoxRow *row)
{
  GtkCheckButton *check = g_object_get_data (G_OBJECT (row), "check");

  gtk_check_button_set_active (check, !gtk_check_button_get_active (check));
}

static void
on_reset (SmaltiRunColumnChooser *self)
{
  g_signal_emit (self, reset_signal, 0);
}

/* The check has the keyboard's focus, the row around it is for the pointer. */
static GtkWidget *
new_row (SmaltiRunColumnChooser *self, const SmaltiRunColumn *column, gboolean shown)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *check = gtk_check_button_new (), *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *title = gtk_label_new (column->title);

  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), shown);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, column->title, -1);
  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_box_append (GTK_BOX (texts), title);
  if (column->details)
    {
      GtkWidget *details = gtk_label_new (column->details);

      gtk_label_set_xalign (GTK_LABEL (details), 0);
      gtk_widget_add_css_class (details, "caption");
      gtk_widget_add_css_class (details, "dim-label");
      gtk_box_append (GTK_BOX (texts), details);
    }
  gtk_box_append (GTK_BOX (box), check);
  gtk_box_append (GTK_BOX (box), texts);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_focusable (row, FALSE);
  g_object_set_data (G_OBJECT (row), "column", (gpointer)column);
  g_object_set_data (G_OBJECT (row), "check", check);
  g_signal_connect_swapped (check, "toggled", G_CALLBACK (on_check), self);
  return row;
}

void
smalti_run_column_chooser_set (SmaltiRunColumnChooser *self, GPtrArray *columns, GPtrArray *shown)
{
  GtkListBoxRow *row;

  g_return_if_fail (SMALTI_IS_RUN_COLUMN_CHOOSER (self));

  self->setting = TRUE;
  while ((row = gtk_list_box_get_row_at_index (self->list, 0)))
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (guint i = 0; i < columns->len; i++)
    {
      const SmaltiRunColumn *column = columns->pdata[i];

      /* The name is what a row is. */
      if (column->kind != SMALTI_RUN_COLUMN_NAME)
        gtk_list_box_append (self->list, new_row (self, column, g_ptr_array_find (shown, column, NULL)));
    }
  self->setting = FALSE;
}

static void
smalti_run_column_chooser_dispose (GObject *object)
{
  g_clear_pointer (&SMALTI_RUN_COLUMN_CHOOSER (object)->box, gtk_widget_unparent);
  G_OBJECT_CLASS (smalti_run_column_chooser_parent_class)->dispose (object);
}

static void
smalti_run_column_chooser_class_init (SmaltiRunColumnChooserClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = smalti_run_column_chooser_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  toggled_signal = g_signal_new ("toggled", SMALTI_TYPE_RUN_COLUMN_CHOOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_BOOLEAN);
  reset_signal
      = g_signal_new ("reset", SMALTI_TYPE_RUN_COLUMN_CHOOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
smalti_run_column_chooser_init (SmaltiRunColumnChooser *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new (), *reset = gtk_button_new_with_label (_ ("Reset Columns"));

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  self->search = GTK_SEARCH_ENTRY (gtk_search_entry_new ());
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->search), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Search for columns"), -1);
  g_object_set (self->search, "placeholder-text", _ ("Settings and metrics"), NULL);
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_list_box_set_filter_func (self->list, is_found, self, NULL);
  gtk_list_box_set_header_func (self->list, add_header, self, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Columns"), -1);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "column-list");
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->list));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_widget_set_size_request (scroller, 280, 360);
  gtk_widget_add_css_class (reset, "flat");
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->search));
  gtk_box_append (GTK_BOX (self->box), scroller);
  gtk_box_append (GTK_BOX (self->box), reset);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));

  g_signal_connect_swapped (self->search, "search-changed", G_CALLBACK (gtk_list_box_invalidate_filter), self->list);
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (on_row), self);
  g_signal_connect_swapped (reset, "clicked", G_CALLBACK (on_reset), self);
}

GtkWidget *
smalti_run_column_chooser_new (void)
{
  return g_object_new (SMALTI_TYPE_RUN_COLUMN_CHOOSER, NULL);
}
