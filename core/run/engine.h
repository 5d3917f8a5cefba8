/* SPDX-License-Identifier: Apache-2.0 */
/* The engine: one thread that owns the device and trains; everyone else gets its events. It writes to the store on its own
 * connection, and hands each event to the main context the engine was made in, where SmaltiEngine::event is emitted.
 * Requests (stop, pause, ...) never block: what came of them is told by events. */
#pragma once

#include <gio/gio.h>

#include "core/eval/benchmark.h"
#include "core/run/spec.h"
#include "core/run/store.h"

G_BEGIN_DECLS

/* Of the sources that bring a window what other threads have for it: GTK's for drawing (GDK_PRIORITY_REDRAW), so that frames and
 * news take turns, and what a user does comes before both. Below it, frames slower than the screen's pace keep all news out. */
#define SMALTI_PRIORITY_NEWS (G_PRIORITY_HIGH_IDLE + 20)

typedef enum
{
  SMALTI_EVENT_PHASE,     /* phase: "prepare", "train", "validate", "evaluate"; text: what it does, for people */
  SMALTI_EVENT_PROGRESS,  /* done, total (steps of the phase), rate (images/s), seconds left */
  SMALTI_EVENT_METRIC,    /* metric, point */
  SMALTI_EVENT_PREVIEW,   /* previews */
  SMALTI_EVENT_BENCHMARK, /* benchmark */
  SMALTI_EVENT_LOG,       /* text; warning: something the user should see */
  SMALTI_EVENT_CHECKPOINT,/* point.step */
  SMALTI_EVENT_PAUSED,    /* point.step; holds its memory and waits */
  SMALTI_EVENT_CONTINUED, /* point.step */
  SMALTI_EVENT_CHANGED,   /* key, from, to; point.step is the last with the old value */
  SMALTI_EVENT_DONE,      /* the run is finished */
  SMALTI_EVENT_STOPPED,   /* at a checkpoint; resume continues */
  SMALTI_EVENT_FAILED,    /* text: what happened and what to do */
} SmaltiEventType;

/* Immutable once emitted; reference counted, boxed. */
typedef struct
{
  SmaltiEventType type;
  gint64 run;
  gint64 time; /* microseconds since 1970 */
  char *phase;
  char *text;
  gboolean warning;
  guint64 done, total;
  gdouble rate, seconds_left;
  gdouble loader_wait; /* share of the time that the step waited for data, 0 .. 1 */
  char *metric;
  SmaltiPoint point;
  char *key, *from, *to; /* CHANGED: the spec's key and its values as text */
  GPtrArray *previews; /* (element-type SmaltiPreview) */
  SmaltiBenchmark *benchmark;
  GError *error;         /* FAILED */
  guint batch_that_fits; /* FAILED with SMALTI_ERROR_MEMORY: the largest batch that does; else 0 */
  /*< private >*/
  gint ref_count;
} SmaltiEvent;

#define SMALTI_TYPE_EVENT (smalti_event_get_type ())
GType        smalti_event_get_type (void);
SmaltiEvent *smalti_event_ref      (SmaltiEvent *self);
void         smalti_event_unref    (SmaltiEvent *self);
/* One JSON object without a line break; free with g_free(). */
char        *smalti_event_to_json  (const SmaltiEvent *self);

#define SMALTI_TYPE_ENGINE (smalti_engine_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiEngine, smalti_engine, SMALTI, ENGINE, GObject)

/* Signals: "event" (SmaltiEvent), on the main context the engine was made in. Exactly one of DONE, STOPPED, FAILED comes
 * last. Property "running". */
SmaltiEngine *smalti_engine_new        (const char     *store_path);
/* For programs with a window: the threads of runs started from now on give way to those of the window (by 10 in nice, on Linux),
 * so that it answers at once while they use every processor. */
void          smalti_engine_set_background (SmaltiEngine *self,
                                        gboolean        background);
/* Starts a run that is in the store (new, stopped, failed or lost: it goes on from its checkpoint). What is wrong with the
 * run itself is told by FAILED, not here: starting does not block. A new run that can't begin (no such folder, not enough
 * memory) is taken out of the store again, since nothing of it has come to be; one that began, or that waited in the queue,
 * is kept whatever happens. */
gboolean      smalti_engine_start      (SmaltiEngine   *self,
                                        gint64          run,
                                        GError        **error);
/* Measures what a run has learned so far, as @eval (of smalti_eval_params) says, instead of training it: the results take the place
 * of those it had. Its state is what it was afterwards; events as from smalti_engine_start(), the last with phase "evaluate". */
gboolean      smalti_engine_measure    (SmaltiEngine   *self,
                                        gint64          run,
                                        const SmaltiValues *eval,
                                        GError        **error);
/* Stops at a checkpoint, as soon as the step under way is done. */
void          smalti_engine_stop       (SmaltiEngine   *self);
/* Stops as soon as the step under way is done, without a checkpoint: the run is where its last one is. */
void          smalti_engine_stop_now   (SmaltiEngine   *self);
/* The thread sleeps and holds the memory of the run, having written a checkpoint if it trains. A paused run can be stopped as
 * well. */
void          smalti_engine_pause      (SmaltiEngine   *self);
void          smalti_engine_continue   (SmaltiEngine   *self);
/* A key of the spec (see smalti_spec_check_change(), which also says what FALSE means) is to change before the next step;
 * also while it is paused, for when it goes on. SMALTI_ERROR_ARGUMENT when nothing runs here. */
gboolean      smalti_engine_change     (SmaltiEngine   *self,
                                        const char     *key,
                                        const char     *value,
                                        GError        **error);
gboolean      smalti_engine_is_running (SmaltiEngine   *self);
gint64        smalti_engine_get_run    (SmaltiEngine   *self);
/* Joins the thread; for tests and for programs that end. Dispatches no events. */
void          smalti_engine_join       (SmaltiEngine   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiEvent, smalti_event_unref)

G_END_DECLS
