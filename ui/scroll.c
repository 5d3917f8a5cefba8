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
