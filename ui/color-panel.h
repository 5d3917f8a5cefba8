/* SPDX-License-Identifier: Apache-2.0 */
/* A picture in the colours that a network gives it, at any temperature, beside itself in grey or in its own. */
#pragma once

#include <gtk/gtk.h>

#include "ui/model-client.h"
#include "ui/picture.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_COLOR_PANEL (smalti_color_panel_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiColorPanel, smalti_color_panel, SMALTI, COLOR_PANEL, GtkWidget)

/* Signal "told" (string): a sentence to be shown for a while. */

/* @client: of a colorization model. */
void smalti_color_panel_set_client  (SmaltiColorPanel   *self,
                                     SmaltiModelClient  *client);
/* Asks the network; @picture (nullable). */
void smalti_color_panel_set_picture (SmaltiColorPanel   *self,
                                     SmaltiPicture      *picture);

G_END_DECLS
