/* SPDX-License-Identifier: Apache-2.0 */
/* The plots of one run, on a board (plot-board.h): one for each quantity ("train/loss" and "val/loss" share one), made as
 * quantities turn up. The loss leads, with the learning rate on a second axis; after it there is room for something else
 * (property "between", for templates), then come the others. How plots are shown stays from one run to the next. */
#pragma once

#include <gtk/gtk.h>

#include "core/run/engine.h"
#include "ui/store-client.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_RUN_CURVES (smalti_run_curves_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiRunCurves, smalti_run_curves, SMALTI, RUN_CURVES, GtkWidget)

/* Forgets everything: another run. */
void smalti_run_curves_clear      (SmaltiRunCurves      *self);
void smalti_run_curves_take_news  (SmaltiRunCurves      *self,
                                   const SmaltiRunNews  *news);
/* Points are shown at once, until the store has them; checkpoints and changes are marked. Other events are passed over. */
void smalti_run_curves_take_event (SmaltiRunCurves      *self,
                                   const SmaltiEvent    *event);
/* (element-type SmaltiChange): all that were made, in place of those known. */
void smalti_run_curves_set_changes (SmaltiRunCurves     *self,
                                    const GPtrArray     *changes);
/* The run's, for the names of files that plots are saved in. */
void smalti_run_curves_set_name    (SmaltiRunCurves     *self,
                                    const char          *name);

G_END_DECLS
