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

/* Signals: "changed": anything at all has; "provenance-changed": what it runs on and how, which happens once or twice. */
SmaltiRunItem       *smalti_run_item_new           (const SmaltiRunInfo  *info);
gint64               smalti_run_item_get_id        (SmaltiRunItem        *self);
const SmaltiRunInfo *smalti_run_item_get_info      (SmaltiRunItem        *self);
SmaltiRunState       smalti_run_item_get_state     (SmaltiRunItem        *self);
const char          *smalti_run_item_get_name      (SmaltiRunItem        *self);
/* The icon of its state. */
void                 smalti_run_item_show_icon     (SmaltiRunItem        *self,
                                                    GtkImage             *image);
/* Its title. */
const char          *smalti_run_item_get_method    (SmaltiRunItem        *self);
/* One line, for a row: "Jigsaw puzzles · Training 41%"; free with g_free(). */
char                *smalti_run_item_describe      (SmaltiRunItem        *self);
gdouble              smalti_run_item_get_fraction  (SmaltiRunItem        *self);
/* FALSE: it is at work, but how far is not known. */
gboolean             smalti_run_item_has_fraction  (SmaltiRunItem        *self);
/* For a progress bar: "Step 120 of 400 · 57 images/s · 2 min left"; free with g_free(). */
char                *smalti_run_item_describe_progress (SmaltiRunItem    *self);
/* What it does now ("Training"), or what became of it ("Stopped"). */
const char          *smalti_run_item_describe_state (SmaltiRunItem       *self);

/* @read_at: when the store began to be read, microseconds since 1970. TRUE when something changed. */
gboolean             smalti_run_item_take_info     (SmaltiRunItem        *self,
                                                    const SmaltiRunInfo  *info,
                                                    gint64                read_at);
/* Asked to stop; until it has, or has ended otherwise. */
void                 smalti_run_item_set_stopping  (SmaltiRunItem        *self,
                                                    gboolean              stopping);
gboolean             smalti_run_item_is_stopping   (SmaltiRunItem        *self);
/* Phases, progress and the end of this run; other events are none of its business. */
void                 smalti_run_item_take_event    (SmaltiRunItem        *self,
                                                    const SmaltiEvent    *event);

/* What the store knows of it beyond its row, for the columns of a table: measures and settings. Immutable. */
typedef struct
{
  gdouble number; /* to sort by; not a number: by the text */
  char *text;     /* for people */
} SmaltiRunValue;

SmaltiRunValue      *smalti_run_value_new          (gdouble               number,
                                                    char                 *text /* transfer full */);
void                 smalti_run_value_free         (SmaltiRunValue       *self);
/* @values: (transfer full): of SmaltiRunValue by the id of a column. */
void                 smalti_run_item_set_values    (SmaltiRunItem        *self,
                                                    GHashTable           *values);
/* (nullable): unknown, or not yet. */
const SmaltiRunValue *smalti_run_item_get_value    (SmaltiRunItem        *self,
                                                    const char           *column);
/* Whether it is in the queue of the store. */
gboolean             smalti_run_item_is_waiting    (SmaltiRunItem        *self);
/* Case-folded: name, method, tags, note and folder, a line each. Valid until it changes. */
const char          *smalti_run_item_get_search_text (SmaltiRunItem      *self);

/* "45 s", "3 min", "2 h 10 min": roughly, for people; free with g_free(). */
char                *smalti_describe_seconds       (gdouble               seconds);

G_END_DECLS
