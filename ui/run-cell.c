/* SPDX-License-Identifier: Apache-2.0 */
/* A table has thousands of cells, so text is a GtkInscription, whose size does not follow from what it says. The cell
 * of the name also names the row around it, where screen readers land and which has no name of its own in GTK 4.8. */
#include "ui/run-cell.h"

#include <glib/gi18n-lib.h>

struct _SmaltiRunCell
{
  GtkWidget parent_instance;

  const SmaltiRunColumn *column;
  GtkWidget *child; /* a star, an icon, or text, in a box with what follows where there is that */
  GtkWidget *text, *bar;
  SmaltiRunItem *item;
  gboolean showing; /* the star is being set, and not pressed */
};

G_DEFINE_FINAL_TYPE (SmaltiRunCell, smalti_run_cell, GTK_TYPE_WIDGET)

static guint favorite_toggled;

static void
show_star (SmaltiRunCell *self)
{
  gboolean favorite = smalti_run_item_get_info (self->item)->favorite;
  const char *icon = favorite ? "starred-symbolic" : "non-starred-symbolic";

  self->showing = TRUE;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->child), favorite);
  self->showing = FALSE;
  /* The whole column is measured anew with every icon, also for the one that was there. */
  if (g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (self->child)), icon) != 0)
    gtk_button_set_icon_name (GTK_BUTTON (self->child), icon);
}

static void
show_state (SmaltiRunCell *self)
{
  const char *state = smalti_run_item_describe_state (self->item);

  smalti_run_item_show_icon (self->item, GTK_IMAGE (self->child));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->child), GTK_ACCESSIBLE_PROPERTY_LABEL, state, -1);
}

static void
show_progress (SmaltiRunCell *self)
{
  gtk_widget_set_visible (self->bar, smalti_run_item_get_state (self->item) == SMALTI_RUN_RUNNING);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->bar), smalti_run_item_get_fraction (self->item));
}

/* Of the table: the cell's parent is GTK's cell, and that one's the row. */
static void
name_row (SmaltiRunCell *self)
{
  GtkWidget *cell = gtk_widget_get_parent (GTK_WIDGET (self)), *row = cell ? gtk_widget_get_parent (cell) : NULL;
  g_autofree char *details = smalti_run_item_describe (self->item);
  g_autofree char *words = g_strdup_printf ("%s, %s", smalti_run_item_get_name (self->item), details);

  if (row)
    gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
show_text (SmaltiRunCell *self)
{
  g_autofree char *text = smalti_run_column_describe (self->column, self->item);

  gtk_inscription_set_text (GTK_INSCRIPTION (self->text), text);
}

static void
show_item (SmaltiRunCell *self)
{
  if (!self->item)
    return;
  switch (self->column->kind)
    {
    case SMALTI_RUN_COLUMN_FAVORITE:
      show_star (self);
      break;
    case SMALTI_RUN_COLUMN_STATE:
      show_state (self);
      break;
    case SMALTI_RUN_COLUMN_PROGRESS:
      show_text (self);
      show_progress (self);
      break;
    case SMALTI_RUN_COLUMN_NAME:
      show_text (self);
      name_row (self);
      break;
    default:
      show_text (self);
      break;
    }
}

/* Only when it is asked for: setting a tooltip asks the X server where the pointer is, and a table has thousands. */
static gboolean
on_query_tooltip (SmaltiRunCell *self, int x, int y, gboolean by_key, GtkTooltip *tooltip)
{
  g_autofree char *text = NULL;

  if (!self->item)
    return FALSE;
  if (self->column->kind == SMALTI_RUN_COLUMN_FAVORITE)
    text = g_strdup (smalti_run_item_get_info (self->item)->favorite ? _ ("A favourite") : _ ("Mark as favourite"));
  else if (self->column->kind == SMALTI_RUN_COLUMN_DATA)
    text = g_strdup (smalti_run_item_get_info (self->item)->data_path);
  else if (self->column->kind == SMALTI_RUN_COLUMN_NOTE)
    text = g_strdup (smalti_run_item_get_info (self->item)->note);
  else if (self->column->kind == SMALTI_RUN_COLUMN_PROGRESS)
    text = smalti_run_item_describe_progress (self->item);
  else
    text = smalti_run_column_describe (self->column, self->item);
  gtk_tooltip_set_text (tooltip, text);
  return text && *text;
}

void
smalti_run_cell_set_item (SmaltiRunCell *self, SmaltiRunItem *item)
{
  g_return_if_fail (SMALTI_IS_RUN_CELL (self));

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
smalti_run_cell_get_item (SmaltiRunCell *self)
{
  return self->item;
}

static void
on_star_toggled (SmaltiRunCell *self)
{
  if (!self->showing && self->item)
    g_signal_emit (self, favorite_toggled, 0, self->item);
}

/* -- what it is made of -- */

static GtkWidget *
new_star (SmaltiRunCell *self)
{
  GtkWidget *star = gtk_toggle_button_new ();

  gtk_widget_add_css_class (star, "flat");
  gtk_widget_add_css_class (star, "star");
  gtk_widget_set_valign (star, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (star), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Favourite"), -1);
  g_signal_connect_swapped (star, "toggled", G_CALLBACK (on_star_toggled), self);
  return star;
}

static GtkWidget *
new_text (const SmaltiRunColumn *column)
{
  GtkWidget *text = gtk_inscription_new (NULL);

  gtk_widget_set_valign (text, GTK_ALIGN_CENTER);
  gtk_inscription_set_min_chars (GTK_INSCRIPTION (text), 3);
  gtk_inscription_set_nat_chars (GTK_INSCRIPTION (text), column->width);
  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (text), GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  if (column->is_numeric)
    {
      gtk_inscription_set_xalign (GTK_INSCRIPTION (text), 1);
      gtk_widget_add_css_class (text, "numeric");
    }
  if (column->kind != SMALTI_RUN_COLUMN_NAME)
    gtk_widget_add_css_class (text, "secondary");
  return text;
}

static GtkWidget *
new_progress (SmaltiRunCell *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

  self->bar = gtk_progress_bar_new ();
  gtk_widget_set_visible (self->bar, FALSE);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), self->text);
  gtk_box_append (GTK_BOX (box), self->bar);
  return box;
}

static void
smalti_run_cell_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (smalti_run_cell_parent_class)->root (widget);
  show_item (SMALTI_RUN_CELL (widget));
}

static void
smalti_run_cell_dispose (GObject *object)
{
  SmaltiRunCell *self = SMALTI_RUN_CELL (object);

  smalti_run_cell_set_item (self, NULL);
  g_clear_pointer (&self->child, gtk_widget_unparent);
  G_OBJECT_CLASS (smalti_run_cell_parent_class)->dispose (object);
}

static void
smalti_run_cell_class_init (SmaltiRunCellClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_run_cell_dispose;
  widget_class->root = smalti_run_cell_root;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  favorite_toggled = g_signal_new ("favorite-toggled", SMALTI_TYPE_RUN_CELL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, SMALTI_TYPE_RUN_ITEM);
}

static void
smalti_run_cell_init (SmaltiRunCell *self)
{
}

GtkWidget *
smalti_run_cell_new (const SmaltiRunColumn *column)
{
  SmaltiRunCell *self = g_object_new (SMALTI_TYPE_RUN_CELL, NULL);

  self->column = column;
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (on_query_tooltip), NULL);
  if (column->kind == SMALTI_RUN_COLUMN_FAVORITE)
    self->child = new_star (self);
  else if (column->kind == SMALTI_RUN_COLUMN_STATE)
    self->child = gtk_image_new ();
  else
    {
      self->text = new_text (column);
      self->child = column->kind == SMALTI_RUN_COLUMN_PROGRESS ? new_progress (self) : self->text;
    }
  gtk_widget_set_parent (self->child, GTK_WIDGET (self));
  return GTK_WIDGET (self);
}
