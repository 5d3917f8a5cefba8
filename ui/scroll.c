/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scroll.h"

void
smalti_scroll_past (GtkWidget *widget)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));

  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = g_list_model_get_n_items (controllers); i-- > 0;)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_SCROLL (controller))
        gtk_widget_remove_controller (widget, controller);
    }
}

static gdouble
find_most (GtkAdjustment *adjustment)
{
  return MAX (0, gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment));
}

static void
on_scrolled (GtkAdjustment *adjustment)
{
  gboolean away = gtk_adjustment_get_value (adjustment) < find_most (adjustment) - 1;

  g_object_set_data (G_OBJECT (adjustment), "smalti-away", GINT_TO_POINTER (away));
}

static gboolean
go_to_start (gpointer adjustment)
{
  gtk_adjustment_set_value (adjustment, find_most (adjustment));
  return G_SOURCE_REMOVE;
}

/* It is told in the midst of the layout, where what is set moves nothing any more. */
static void
keep_start (GtkAdjustment *adjustment, GtkWidget *window)
{
  if (gtk_widget_get_direction (window) == GTK_TEXT_DIR_RTL && !g_object_get_data (G_OBJECT (adjustment), "smalti-away")
      && gtk_adjustment_get_value (adjustment) < find_most (adjustment))
    g_idle_add_full (G_PRIORITY_HIGH_IDLE, go_to_start, g_object_ref (adjustment), g_object_unref);
}

void
smalti_scroll_from_start (GtkScrolledWindow *window)
{
  g_return_if_fail (GTK_IS_SCROLLED_WINDOW (window));

  GtkAdjustment *adjustment = gtk_scrolled_window_get_hadjustment (window);

  g_signal_connect_object (adjustment, "changed", G_CALLBACK (keep_start), window, 0);
  g_signal_connect (adjustment, "value-changed", G_CALLBACK (on_scrolled), NULL);
}
