/* SPDX-License-Identifier: Apache-2.0 */
/* A run as the window binds to it: what the store knows of it, and, while it trains in this window, what its engine says in
 * between. */
#pragma once

#include <gtk/gtk.h>

#include "core/run/engine.h"
#include "core/run/store.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_RUN_ITEM (smalti_run_item_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiRunItem, smalti_run_item, SMALTI, RUN_ITEM, GObject)

/* Properties, all notified when they change: id, name, method (its title), details (one line: method and state, for a row),
 * icon-name, active (it is running), fraction (of the whole run, 0 .. 1), device (notified with all provenance). Signal "changed": anything at all has. */
SmaltiRunItem       *smalti_run_item_new           (const SmaltiRunInfo  *info);
gint64               smalti_run_item_get_id        (SmaltiRunItem        *self);
const SmaltiRunInfo *smalti_run_item_get_info      (SmaltiRunItem        *self);
SmaltiRunState       smalti_run_item_get_state     (SmaltiRunItem        *self);
const char          *smalti_run_item_get_name      (SmaltiRunItem        *self);
gdouble              smalti_run_item_get_fraction  (SmaltiRunItem        *self);
/* For a progress bar: "Step 120 of 400 · 57 images/s · 2 min left"; free with g_free(). */
char                *smalti_run_item_describe_progress (SmaltiRunItem    *self);
/* What it does now ("Training"), or what became of it ("Stopped at a checkpoint"). */
const char          *smalti_run_item_describe_state (SmaltiRunItem       *self);

/* TRUE when something changed. */
gboolean             smalti_run_item_take_info     (SmaltiRunItem        *self,
                                                    const SmaltiRunInfo  *info);
/* PHASE and PROGRESS events of this run; others are none of its business. */
void                 smalti_run_item_take_event    (SmaltiRunItem        *self,
                                                    const SmaltiEvent    *event);

/* "45 s", "3 min", "2 h 10 min": roughly, for people; free with g_free(). */
char                *smalti_describe_seconds       (gdouble               seconds);

G_END_DECLS
