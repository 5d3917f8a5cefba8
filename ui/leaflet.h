/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A leaflet sets the classes of its shadows anew with every layout, and GTK then looks through the styles of all that
 * comes after them: of whole pages, as libadwaita 1.2 orders its children. Puts the pages before the shadows, which
 * changes nothing else: a leaflet draws its children in an order of its own. Once all pages are in. */
void smalti_leaflet_put_pages_first (AdwLeaflet *leaflet);

G_END_DECLS
