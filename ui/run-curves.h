/* SPDX-License-Identifier: Apache-2.0 */
/* The plots of one run: one for each quantity ("train/loss" and "val/loss" share one), made as quantities turn up. The loss
 * leads, over the whole width; after it there is room for something else (property "between", for templates), then come the
 * others. */
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
/* A METRIC event: shown at once, until the store has it. */
void smalti_run_curves_take_event (SmaltiRunCurves      *self,
                                   const SmaltiEvent    *event);

G_END_DECLS
