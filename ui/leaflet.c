/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/leaflet.h"

void
smalti_leaflet_put_pages_first (AdwLeaflet *leaflet)
{
  g_return_if_fail (ADW_IS_LEAFLET (leaflet));

  g_autoptr (GtkSelectionModel) pages = adw_leaflet_get_pages (leaflet);

  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (pages)); i-- > 0;)
    {
      g_autoptr (AdwLeafletPage) page = g_list_model_get_item (G_LIST_MODEL (pages), i);

      gtk_widget_insert_after (adw_leaflet_page_get_child (page), GTK_WIDGET (leaflet), NULL);
    }
}
