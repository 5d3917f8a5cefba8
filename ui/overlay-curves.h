/* SPDX-License-Identifier: Apache-2.0 */
/* The curves of several runs over each other, on a board (plot-board.h): a plot for each quantity, in it each run in a colour
 * and dashes of its own, the same in every plot; a run's training and validation are switched together. */
#pragma once

#include <gtk/gtk.h>

#include "ui/store-client.h"

G_BEGIN_DECLS

/* More can't be told apart. */
#define SMALTI_OVERLAY_MAX_RUNS 20

#define SMALTI_TYPE_OVERLAY_CURVES (smalti_overlay_curves_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiOverlayCurves, smalti_overlay_curves, SMALTI, OVERLAY_CURVES, GtkWidget)

GtkWidget *smalti_overlay_curves_new  (void);
/* Reads @runs from the store, on its thread, and shows them in place of those before; of more than SMALTI_OVERLAY_MAX_RUNS
 * the first, and says so. A run that can't be read is told, and left out. Call it again for what is new: how plots are shown
 * stays. */
void       smalti_overlay_curves_show (SmaltiOverlayCurves *self,
                                       SmaltiStoreClient   *client,
                                       const gint64        *runs,
                                       guint                n_runs);
/* The style of a run's curves (see palette.h), for the same colour elsewhere on the page; -1: not shown. */
gint       smalti_overlay_curves_get_style (SmaltiOverlayCurves *self,
                                            gint64               run);

G_END_DECLS
