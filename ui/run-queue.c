/* SPDX-License-Identifier: Apache-2.0 */
/* Rows belong to runs and stay the same widgets while their order changes, so that the keyboard's focus goes with the
 * run. */
#include "ui/run-queue.h"

#include <glib/gi18n-lib.h>

struct _SmaltiRunQueue
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *title;
  GtkWidget *start_button;
  GtkListBox *list;

  SmaltiWorkbench *workbench;
};

G_DEFINE_FINAL_TYPE (SmaltiRunQueue, smalti_run_queue, GTK_TYPE_WIDGET)

/* -- the order -- */

static gint
by_place (gconstpointer a, gconstpointer b)
{
  guint x = smalti_run_item_get_info (*(SmaltiRunItem *const *)a)->queue_place;
  guint y = smalti_run_item_get_info (*(SmaltiRunItem *const *)b)->queue_place;

  return (x > y) - (x < y);
}

GPtrArray *
smalti_run_queue_list (SmaltiRunList *runs)
{
  GPtrArray *waiting = g_ptr_array_new_with_free_func (g_object_unref);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (runs));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SmaltiRunItem) item = g_list_model_get_item (G_LIST_MODEL (runs), i);

      if (smalti_run_item_is_waiting (item))
        g_ptr_array_add (waiting, g_steal_pointer (&item));
    }
  g_ptr_array_sort (waiting, by_place);
  return waiting;
}

gboolean
smalti_run_queue_find_place (SmaltiRunList *runs, gint64 run, gint by, gint64 *before)
{
  g_autoptr (GPtrArray) waiting = smalti_run_queue_list (runs);

  for (guint i = 0; i < waiting->len; i++)
    {
      if (smalti_run_item_get_id (waiting->pdata[i]) != run)
        continue;

      gint place = (gint)i + by, next = by > 0 ? place + 1 : place;

      if (by == 0 || place < 0 || place >= (gint)waiting->len)
        return FALSE;
      *before = next < (gint)waiting->len ? smalti_run_item_get_id (waiting->pdata[next]) : 0;
      return TRUE;
    }
  return FALSE;
}

/* -- rows -- */

static SmaltiRunItem *
get_item (gpointer row)
{
  return g_object_get_data (G_OBJECT (row), "item");
}

static SmaltiRunQueue *
get_queue (gpointer widget)
{
  return SMALTI_RUN_QUEUE (gtk_widget_get_ancestor (GTK_WIDGET (widget), SMALTI_TYPE_RUN_QUEUE));
}

static void
move_row (GtkWidget *row, gint by)
{
  SmaltiRunQueue *self = get_queue (row);
  gint64 run = smalti_run_item_get_id (get_item (row)), before;

  if (smalti_run_queue_find_place (smalti_workbench_get_runs (self->workbench), run, by, &before))
    smalti_workbench_move_in_queue (self->workbench, run, before);
}

static void
on_up (GtkWidget *row)
{
  move_row (row, -1);
}

static void
on_down (GtkWidget *row)
{
  move_row (row, 1);
}

static void
on_remove (GtkWidget *row)
{
  smalti_workbench_stop_run (get_queue (row)->workbench, smalti_run_item_get_id (get_item (row)));
}

static void
on_row_activated (SmaltiRunQueue *self, GtkWidget *row)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-run", "x", smalti_run_item_get_id (get_item (row)));
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, GtkWidget *row)
{
  gboolean alt = (state & gtk_accelerator_get_default_mod_mask ()) == GDK_ALT_MASK;

  if (alt && key == GDK_KEY_Up)
    move_row (row, -1);
  else if (alt && key == GDK_KEY_Down)
    move_row (row, 1);
  else if (key == GDK_KEY_Delete)
    on_remove (row);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

static GdkContentProvider *
on_drag_prepare (GtkDragSource *source, gdouble x, gdouble y, GtkWidget *row)
{
  return gdk_content_provider_new_typed (SMALTI_TYPE_RUN_ITEM, get_item (row));
}

static void
on_drag_begin (GtkDragSource *source, GdkDrag *drag, GtkWidget *row)
{
  GtkWidget *label = gtk_label_new (smalti_run_item_get_name (get_item (row)));

  gtk_widget_add_css_class (label, "drag-label");
  gtk_drag_icon_set_child (GTK_DRAG_ICON (gtk_drag_icon_get_for_drag (drag)), label);
}

/* Dropped on the upper half of a row it comes before that, else after. */
static gboolean
on_drop (GtkDropTarget *target, const GValue *value, gdouble x, gdouble y, GtkWidget *row)
{
  SmaltiRunQueue *self = get_queue (row);
  SmaltiRunItem *dragged = g_value_get_object (value);
  gboolean after = y > gtk_widget_get_height (row) / 2.0;
  gint index = gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row)) + after;
  GtkListBoxRow *next = gtk_list_box_get_row_at_index (self->list, index);
  gint64 run = smalti_run_item_get_id (dragged), before = next ? smalti_run_item_get_id (get_item (next)) : 0;

  if (before == run || !smalti_run_item_is_waiting (dragged))
    return FALSE;
  smalti_workbench_move_in_queue (self->workbench, run, before);
  return TRUE;
}

static GtkWidget *
new_button (GtkWidget *row, const char *icon, const char *words, void (*clicked) (GtkWidget *row))
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (clicked), row);
  return button;
}

static void
show_row (GtkWidget *row)
{
  SmaltiRunItem *item = get_item (row);
  guint place = smalti_run_item_get_info (item)->queue_place;
  g_autofree char *number = g_strdup_printf ("%u", place);
  g_autofree char *details = smalti_run_item_describe (item);
  /* Translators: a row of the queue: place, name, details */
  g_autofree char *words = g_strdup_printf (_ ("%u: %s, %s"), place, smalti_run_item_get_name (item), details);

  gtk_label_set_text (g_object_get_data (G_OBJECT (row), "number"), number);
  gtk_label_set_text (g_object_get_data (G_OBJECT (row), "name"), smalti_run_item_get_name (item));
  gtk_widget_set_tooltip_text (g_object_get_data (G_OBJECT (row), "name"), smalti_run_item_get_name (item));
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
add_controllers (GtkWidget *row)
{
  GtkDragSource *drag = gtk_drag_source_new ();
  GtkDropTarget *drop = gtk_drop_target_new (SMALTI_TYPE_RUN_ITEM, GDK_ACTION_MOVE);
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_drag_source_set_actions (drag, GDK_ACTION_MOVE);
  g_signal_connect (drag, "prepare", G_CALLBACK (on_drag_prepare), row);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), row);
  g_signal_connect (drop, "drop", G_CALLBACK (on_drop), row);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), row);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (drop));
  gtk_widget_add_controller (row, keys);
}

static GtkWidget *
new_row (SmaltiRunItem *item)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *handle = gtk_image_new_from_icon_name ("list-drag-handle-symbolic");
  GtkWidget *number = gtk_label_new (NULL), *name = gtk_label_new (NULL);

  gtk_widget_add_css_class (handle, "dim-label");
  gtk_widget_add_css_class (number, "dim-label");
  gtk_widget_add_css_class (number, "numeric");
  gtk_label_set_width_chars (GTK_LABEL (number), 2);
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (name, TRUE);
  gtk_box_append (GTK_BOX (box), handle);
  gtk_box_append (GTK_BOX (box), number);
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), new_button (row, "go-up-symbolic", _ ("Move up"), on_up));
  gtk_box_append (GTK_BOX (box), new_button (row, "go-down-symbolic", _ ("Move down"), on_down));
  gtk_box_append (GTK_BOX (box), new_button (row, "list-remove-symbolic", _ ("Remove from the queue"), on_remove));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_add_css_class (row, "queue-row");

  g_object_set_data_full (G_OBJECT (row), "item", g_object_ref (item), g_object_unref);
  g_object_set_data (G_OBJECT (row), "number", number);
  g_object_set_data (G_OBJECT (row), "name", name);
  g_signal_connect_object (item, "changed", G_CALLBACK (show_row), row, G_CONNECT_SWAPPED);
  add_controllers (row);
  show_row (row);
  return row;
}

/* -- the list -- */

static GtkWidget *
find_row (SmaltiRunQueue *self, SmaltiRunItem *item)
{
  GtkListBoxRow *row;

  for (gint i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)); i++)
    if (get_item (row) == item)
      return GTK_WIDGET (row);
  return NULL;
}

static void
put_row (SmaltiRunQueue *self, SmaltiRunItem *item, gint place)
{
  GtkWidget *row = find_row (self, item);
  gboolean focused;

  if (row && gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row)) == place)
    return;
  if (!row)
    {
      gtk_list_box_insert (self->list, new_row (item), place);
      return;
    }
  focused = (gtk_widget_get_state_flags (row) & GTK_STATE_FLAG_FOCUS_WITHIN) != 0;
  g_object_ref (row);
  gtk_list_box_remove (self->list, row);
  gtk_list_box_insert (self->list, row, place);
  if (focused)
    gtk_widget_grab_focus (row);
  g_object_unref (row);
}

static void
update (SmaltiRunQueue *self)
{
  g_autoptr (GPtrArray) waiting = smalti_run_queue_list (smalti_workbench_get_runs (self->workbench));
  guint n_left = smalti_workbench_get_n_left (self->workbench);
  g_autofree char *title
      = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u Run Waits", "%u Runs Wait", waiting->len), waiting->len);
  GtkListBoxRow *extra;

  for (guint i = 0; i < waiting->len; i++)
    put_row (self, waiting->pdata[i], i);
  while ((extra = gtk_list_box_get_row_at_index (self->list, waiting->len)))
    gtk_list_box_remove (self->list, GTK_WIDGET (extra));
  gtk_label_set_text (self->title, title);
  gtk_widget_set_visible (self->start_button, n_left > 0);
  gtk_widget_set_visible (GTK_WIDGET (self), waiting->len > 0);
}

static void
on_start (SmaltiRunQueue *self)
{
  smalti_workbench_start_queue (self->workbench);
}

void
smalti_run_queue_set_workbench (SmaltiRunQueue *self, SmaltiWorkbench *workbench)
{
  g_return_if_fail (SMALTI_IS_RUN_QUEUE (self) && !self->workbench);

  self->workbench = g_object_ref (workbench);
  g_signal_connect_object (workbench, "runs-read", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (workbench, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
smalti_run_queue_dispose (GObject *object)
{
  SmaltiRunQueue *self = SMALTI_RUN_QUEUE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->workbench);
  G_OBJECT_CLASS (smalti_run_queue_parent_class)->dispose (object);
}

static void
smalti_run_queue_class_init (SmaltiRunQueueClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = smalti_run_queue_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
smalti_run_queue_init (SmaltiRunQueue *self)
{
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *scroller = gtk_scrolled_window_new ();

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  self->title = GTK_LABEL (gtk_label_new (NULL));
  self->start_button = gtk_button_new_with_label (_ ("Start Waiting Runs"));
  self->list = GTK_LIST_BOX (gtk_list_box_new ());

  gtk_label_set_xalign (self->title, 0);
  gtk_widget_set_hexpand (GTK_WIDGET (self->title), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->title), "heading");
  gtk_box_append (GTK_BOX (bar), GTK_WIDGET (self->title));
  gtk_box_append (GTK_BOX (bar), self->start_button);
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Queue"), -1);
  /* A long queue leaves room for the table. */
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->list));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 180);
  gtk_box_append (GTK_BOX (self->box), bar);
  gtk_box_append (GTK_BOX (self->box), scroller);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));

  g_signal_connect_swapped (self->start_button, "clicked", G_CALLBACK (on_start), self);
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (on_row_activated), self);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
