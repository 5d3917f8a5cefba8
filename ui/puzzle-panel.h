/* SPDX-License-Identifier: Apache-2.0 */
/* A picture's puzzle between a person and a network: either puts tiles in place, and the network leaves alone what the person has
 * put. */
#pragma once

#include <gtk/gtk.h>

#include "ui/model-client.h"
#include "ui/picture.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_PUZZLE_PANEL (smalti_puzzle_panel_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiPuzzlePanel, smalti_puzzle_panel, SMALTI, PUZZLE_PANEL, GtkWidget)

/* @client: of a jigsaw model. */
void smalti_puzzle_panel_set_client  (SmaltiPuzzlePanel  *self,
                                      SmaltiModelClient  *client);
/* Cuts and shuffles it; @picture (nullable). */
void smalti_puzzle_panel_set_picture (SmaltiPuzzlePanel  *self,
                                      SmaltiPicture      *picture);

G_END_DECLS
