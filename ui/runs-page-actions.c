/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done with the runs that are chosen: by the bar below the table, a menu at a row, and keys. */
#include <glib/gi18n-lib.h>

#include "ui/run-cell.h"
#include "ui/run-edit.h"
#include "ui/run-row.h"
#include "ui/runs-page-private.h"

static SmaltiWorkbench *
get_workbench (SmaltiRunsPage *self)
{
  return smalti_page_get_workbench (SMALTI_PAGE (self));
}

/* (transfer full) (element-type SmaltiRunItem): in the order they are shown in. */
static GPtrArray *
get_chosen (SmaltiRunsPage *self)
{
  GtkSelectionModel *model = smalti_runs_page_is_wide (self) ? self->several : self->one;
  g_autoptr (GtkBitset) positions = gtk_selection_model_get_selection (model);
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  GtkBitsetIter iter;
  guint position;

  if (gtk_bitset_iter_init_first (&iter, positions, &position))
    do
      g_ptr_array_add (items, g_list_model_get_item (self->found, position));
    while (gtk_bitset_iter_next (&iter, &position));
  return items;
}

/* Stopping is another action than taking out of the queue, and a finished run is not started again. */
static gboolean
can_start (SmaltiRunsPage *self, SmaltiRunItem *item)
{
  SmaltiRunState state = smalti_run_item_get_state (item);
  gboolean waits = smalti_workbench_is_waiting (get_workbench (self), smalti_run_item_get_id (item));

  return !smalti_run_state_is_live (state) && state != SMALTI_RUN_DONE
         && (!waits || !smalti_workbench_is_busy (get_workbench (self)));
}

typedef struct
{
  guint n, n_startable, n_live, n_waiting, n_favorites;
} Sum;

static Sum
sum_up (SmaltiRunsPage *self, GPtrArray *items)
{
  Sum sum = { .n = items->len };

  for (guint i = 0; i < items->len; i++)
    {
      SmaltiRunItem *item = items->pdata[i];

      sum.n_startable += can_start (self, item);
      sum.n_live += smalti_run_state_is_live (smalti_run_item_get_state (item));
      sum.n_waiting += smalti_run_item_is_waiting (item);
      sum.n_favorites += smalti_run_item_get_info (item)->favorite;
    }
  return sum;
}

void
smalti_runs_page_update_actions (SmaltiRunsPage *self)
{
  g_autoptr (GPtrArray) chosen = get_chosen (self);
  Sum sum = sum_up (self, chosen);
  const struct
  {
    const char *name;
    gboolean enabled;
  } actions[] = {
    { "runs.open", sum.n == 1 },
    { "runs.start", sum.n_startable > 0 },
    { "runs.stop", sum.n_live > 0 },
    { "runs.leave-queue", sum.n_waiting > 0 },
    { "runs.move", sum.n == 1 && sum.n_waiting == 1 },
    { "runs.favorite", sum.n > 0 },
    { "runs.tags", sum.n > 0 },
    { "runs.note", sum.n == 1 },
    { "runs.rename", sum.n == 1 },
    { "runs.compare", sum.n > 1 },
    { "runs.new-like", sum.n == 1 },
    { "runs.delete", sum.n > 0 },
    { "runs.clear-selection", sum.n > 0 },
  };
  g_autofree char *words = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u selected", "%u selected", sum.n), sum.n);

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), actions[i].name, actions[i].enabled);
  if (sum.n > 0)
    gtk_label_set_text (self->n_chosen, words);
  gtk_revealer_set_reveal_child (self->bar, sum.n > 0 && smalti_runs_page_is_wide (self));
}

/* -- actions -- */

static void
open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GPtrArray) chosen = get_chosen (SMALTI_RUNS_PAGE (widget));

  if (chosen->len == 1)
    gtk_widget_activate_action (widget, "win.show-run", "x", smalti_run_item_get_id (chosen->pdata[0]));
}

static void
start_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SmaltiRunsPage *self = SMALTI_RUNS_PAGE (widget);
  g_autoptr (GPtrArray) chosen = get_chosen (self);
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < chosen->len; i++)
    if (can_start (self, chosen->pdata[i]))
      {
        gint64 run = smalti_run_item_get_id (chosen->pdata[i]);

        g_array_append_val (runs, run);
      }
  smalti_workbench_queue_runs (get_workbench (self), (const gint64 *)(gpointer)runs->data, runs->len);
}

static void
stop_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SmaltiRunsPage *self = SMALTI_RUNS_PAGE (widget);
  g_autoptr (GPtrArray) chosen = get_chosen (self);

  for (guint i = 0; i < chosen->len; i++)
    if (smalti_run_state_is_live (smalti_run_item_get_state (chosen->pdata[i])))
      smalti_workbench_stop_run (get_workbench (self), smalti_run_item_get_id (chosen->pdata[i]));
}

static void
leave_queue_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SmaltiRunsPage *self = SMALTI_RUNS_PAGE (widget);
  g_autoptr (GPtrArray) chosen = get_chosen (self);

  for (guint i = 0; i < chosen->len; i++)
    if (smalti_run_item_is_waiting (chosen->pdata[i]))
      smalti_workbench_stop_run (get_workbench (self), smalti_run_item_get_id (chosen->pdata[i]));
}

static void
move_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SmaltiRunsPage *self = SMALTI_RUNS_PAGE (widget);
  g_autoptr (GPtrArray) chosen = get_chosen (self);
  gint64 run = chosen->len == 1 ? smalti_run_item_get_id (chosen->pdata[0]) : 0, before;

  if (smalti_run_queue_find_place (smalti_workbench_get_runs (get_workbench (self)), run,
                                   g_variant_get_int32 (parameter), &before))
    smalti_workbench_move_in_queue (get_workbench (self), run, before);
}

static void
favorite_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SmaltiRunsPage *self = SMALTI_RUNS_PAGE (widget);
  g_autoptr (GPtrArray) chosen = get_chosen (self);

  if (chosen->len > 0)
    smalti_run_edit_set_favorite (get_workbench (self), chosen, sum_up (self, chosen).n_favorites < chosen->len);
}

static void
tags_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SmaltiRunsPage *self = SMALTI_RUNS_PAGE (widget);
  g_autoptr (GPtrArray) chosen = get_chosen (self);

  if (chosen->len > 0)
    smalti_run_edit_ask_tags (widget, get_workbench (self), chosen);
}

static void
note_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SmaltiRunsPage *self = SMALTI_RUNS_PAGE (widget);
  g_autoptr (GPtrArray) chosen = get_chosen (self);

  if (chosen->len == 1)
    smalti_run_edit_ask_note (widget, get_workbench (self), chosen->pdata[0]);
}

static void
rename_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SmaltiRunsPage *self = SMALTI_RUNS_PAGE (widget);
  g_autoptr (GPtrArray) chosen = get_chosen (self);

  if (chosen->len == 1)
    smalti_run_edit_ask_name (widget, get_workbench (self), chosen->pdata[0]);
}

static void
compare_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GPtrArray) chosen = get_chosen (SMALTI_RUNS_PAGE (widget));
  g_autoptr (GVariantBuilder) runs = g_variant_builder_new (G_VARIANT_TYPE ("ax"));

  for (guint i = 0; i < chosen->len; i++)
    g_variant_builder_add (runs, "x", smalti_run_item_get_id (chosen->pdata[i]));
  gtk_widget_activate_action_variant (widget, "win.compare-runs", g_variant_builder_end (runs));
}

static void
new_like_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GPtrArray) chosen = get_chosen (SMALTI_RUNS_PAGE (widget));

  if (chosen->len == 1)
    gtk_widget_activate_action (widget, "win.new-run-like", "(xu)", smalti_run_item_get_id (chosen->pdata[0]), 0);
}

static void
delete_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SmaltiRunsPage *self = SMALTI_RUNS_PAGE (widget);
  g_autoptr (GPtrArray) chosen = get_chosen (self);

  if (chosen->len > 0)
    smalti_run_edit_trash (get_workbench (self), chosen);
}

static void
clear_selection_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SmaltiRunsPage *self = SMALTI_RUNS_PAGE (widget);

  gtk_selection_model_unselect_all (self->several);
  gtk_widget_grab_focus (smalti_runs_page_get_rows (self));
}

void
smalti_runs_page_install_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "runs.open", NULL, open_action);
  gtk_widget_class_install_action (klass, "runs.start", NULL, start_action);
  gtk_widget_class_install_action (klass, "runs.stop", NULL, stop_action);
  gtk_widget_class_install_action (klass, "runs.leave-queue", NULL, leave_queue_action);
  gtk_widget_class_install_action (klass, "runs.move", "i", move_action);
  gtk_widget_class_install_action (klass, "runs.favorite", NULL, favorite_action);
  gtk_widget_class_install_action (klass, "runs.tags", NULL, tags_action);
  gtk_widget_class_install_action (klass, "runs.note", NULL, note_action);
  gtk_widget_class_install_action (klass, "runs.rename", NULL, rename_action);
  gtk_widget_class_install_action (klass, "runs.compare", NULL, compare_action);
  gtk_widget_class_install_action (klass, "runs.new-like", NULL, new_like_action);
  gtk_widget_class_install_action (klass, "runs.delete", NULL, delete_action);
  gtk_widget_class_install_action (klass, "runs.clear-selection", NULL, clear_selection_action);
}

/* -- the menu at a row -- */

static GMenuModel *
new_menu (SmaltiRunsPage *self, const Sum *sum)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) work = g_menu_new (), words = g_menu_new (), end = g_menu_new ();

  if (sum->n == 1)
    g_menu_append (work, _ ("_Open"), "runs.open");
  if (sum->n_startable > 0)
    g_menu_append (work, smalti_workbench_is_busy (get_workbench (self)) ? _ ("Add to _Queue") : _ ("_Start"),
                   "runs.start");
  if (sum->n_live > 0)
    g_menu_append (work, _ ("S_top"), "runs.stop");
  if (sum->n == 1 && sum->n_waiting == 1)
    {
      g_menu_append (work, _ ("Move _Up in Queue"), "runs.move(-1)");
      g_menu_append (work, _ ("Move Do_wn in Queue"), "runs.move(1)");
    }
  if (sum->n_waiting > 0)
    g_menu_append (work, _ ("Remove from Q_ueue"), "runs.leave-queue");
  if (sum->n > 1)
    g_menu_append (work, _ ("_Compare"), "runs.compare");
  if (sum->n == 1)
    g_menu_append (work, _ ("New Run _with These Settings…"), "runs.new-like");
  g_menu_append (words, sum->n_favorites < sum->n ? _ ("Mark as _Favourite") : _ ("No Longer a _Favourite"),
                 "runs.favorite");
  g_menu_append (words, _ ("Ta_gs…"), "runs.tags");
  if (sum->n == 1)
    {
      g_menu_append (words, _ ("_Note…"), "runs.note");
      g_menu_append (words, _ ("_Rename…"), "runs.rename");
    }
  g_menu_append (end, _ ("_Delete"), "runs.delete");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (work));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (words));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (end));
  return G_MENU_MODEL (menu);
}

/* @x, @y: in the squeezer, which is the menu's parent. */
static void
open_menu (SmaltiRunsPage *self, gdouble x, gdouble y)
{
  g_autoptr (GPtrArray) chosen = get_chosen (self);
  Sum sum = sum_up (self, chosen);
  g_autoptr (GMenuModel) menu = NULL;

  if (sum.n == 0)
    return;
  smalti_runs_page_update_actions (self);
  menu = new_menu (self, &sum);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  self->menu = gtk_popover_menu_new_from_model (menu);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle){ (int)x, (int)y, 1, 1 });
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self->squeezer));
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

/* The run of a row, or of a cell, or of what is in one. */
static SmaltiRunItem *
find_item (SmaltiRunsPage *self, GtkWidget *widget)
{
  for (; widget && widget != GTK_WIDGET (self->squeezer); widget = gtk_widget_get_parent (widget))
    {
      GtkWidget *child = widget;

      for (guint depth = 0; child && depth < 3; depth++, child = gtk_widget_get_first_child (child))
        if (SMALTI_IS_RUN_CELL (child))
          return smalti_run_cell_get_item (SMALTI_RUN_CELL (child));
        else if (SMALTI_IS_RUN_ROW (child))
          return smalti_run_row_get_item (SMALTI_RUN_ROW (child));
    }
  return NULL;
}

/* What is chosen stays so if the row is among it. */
static gboolean
choose (SmaltiRunsPage *self, SmaltiRunItem *item)
{
  GtkSelectionModel *model = smalti_runs_page_is_wide (self) ? self->several : self->one;
  guint n = g_list_model_get_n_items (self->found);

  for (guint i = 0; item && i < n; i++)
    {
      g_autoptr (SmaltiRunItem) one = g_list_model_get_item (self->found, i);

      if (one != item)
        continue;
      if (!gtk_selection_model_is_selected (model, i))
        gtk_selection_model_select_item (model, i, TRUE);
      return TRUE;
    }
  return FALSE;
}

static void
open_menu_at (SmaltiRunsPage *self, gdouble x, gdouble y)
{
  GtkWidget *squeezer = GTK_WIDGET (self->squeezer);
  SmaltiRunItem *item = find_item (self, gtk_widget_pick (squeezer, x, y, GTK_PICK_DEFAULT));

  if (choose (self, item))
    open_menu (self, x, y);
}

static void
on_pressed (GtkGestureClick *gesture, gint n, gdouble x, gdouble y, SmaltiRunsPage *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  open_menu_at (self, x, y);
}

static void
on_long_pressed (GtkGestureLongPress *gesture, gdouble x, gdouble y, SmaltiRunsPage *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  open_menu_at (self, x, y);
}

/* By a key: at the row that has the focus. */
static gboolean
on_menu_key (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  SmaltiRunsPage *self = user_data;
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  graphene_rect_t bounds;

  if (!choose (self, find_item (self, focus)) || !gtk_widget_compute_bounds (focus, widget, &bounds))
    return FALSE;
  open_menu (self, bounds.origin.x + 48, bounds.origin.y + bounds.size.height);
  return TRUE;
}

/* -- keys -- */

static gboolean
on_find_key (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  SmaltiRunsPage *self = SMALTI_RUNS_PAGE (widget);

  if (!smalti_page_is_shown (SMALTI_PAGE (self)) || !gtk_widget_get_mapped (GTK_WIDGET (self->search)))
    return FALSE;
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
  gtk_editable_select_region (GTK_EDITABLE (self->search), 0, -1);
  return TRUE;
}

static void
add_keys (GtkEventController *controller, const char *trigger, const char *action, GVariant *target)
{
  GtkShortcut *shortcut = gtk_shortcut_new (gtk_shortcut_trigger_parse_string (trigger), gtk_named_action_new (action));

  if (target)
    gtk_shortcut_set_arguments (shortcut, target);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), shortcut);
}

void
smalti_runs_page_set_up_actions (SmaltiRunsPage *self)
{
  GtkWidget *squeezer = GTK_WIDGET (self->squeezer);
  GtkEventController *keys = gtk_shortcut_controller_new (), *page_keys = gtk_shortcut_controller_new ();
  GtkGesture *click = gtk_gesture_click_new (), *press = gtk_gesture_long_press_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  g_signal_connect (press, "pressed", G_CALLBACK (on_long_pressed), self);
  gtk_widget_add_controller (squeezer, GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (squeezer, GTK_EVENT_CONTROLLER (press));

  add_keys (keys, "Delete", "runs.delete", NULL);
  add_keys (keys, "F2", "runs.rename", NULL);
  add_keys (keys, "<Alt>Up", "runs.move", g_variant_new_int32 (-1));
  add_keys (keys, "<Alt>Down", "runs.move", g_variant_new_int32 (1));
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                        gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("Menu|<Shift>F10"),
                                                          gtk_callback_action_new (on_menu_key, self, NULL)));
  gtk_widget_add_controller (squeezer, keys);

  /* From wherever the focus is in the window. */
  gtk_shortcut_controller_set_scope (GTK_SHORTCUT_CONTROLLER (page_keys), GTK_SHORTCUT_SCOPE_GLOBAL);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (page_keys),
                                        gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("<Control>f"),
                                                          gtk_callback_action_new (on_find_key, self, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (self), page_keys);
}
