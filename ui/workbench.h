/* SPDX-License-Identifier: Apache-2.0 */
/* What all pages of a window share: the store and its runs, the engine that trains in this window and the queue before it, and a
 * voice. Nothing here blocks, and nothing here is a widget. */
#pragma once

#include <adwaita.h>

#include "core/run/engine.h"
#include "ui/run-list.h"
#include "ui/store-client.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_WORKBENCH (smalti_workbench_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiWorkbench, smalti_workbench, SMALTI, WORKBENCH, GObject)

/* Signals:
 *   "loaded": the store is open and its runs are listed, once
 *   "failed" (string): instead of "loaded": why; smalti_workbench_open_store() tries again
 *   "runs-read": the list of runs has been brought up to date
 *   "event" (SmaltiEvent): of the engine of this window
 *   "changed": what trains here, or what waits for it, is another one
 *   "started" (gint64): a run that was asked for is in the store now, at work or in the queue
 *   "run-failed" (SmaltiEvent): a run of this window has, and the store has been read since
 *   "idle": the last run of this window has ended, and none waits
 *   "toast" (AdwToast): to be shown
 */
/* @store_path: (nullable): as smalti_store_open(). Nothing is opened yet. */
SmaltiWorkbench   *smalti_workbench_new           (const char        *store_path);
void               smalti_workbench_open_store    (SmaltiWorkbench   *self);
gboolean           smalti_workbench_is_loaded     (SmaltiWorkbench   *self);
/* (transfer none): the same from "loaded" on. */
SmaltiStoreClient *smalti_workbench_get_client    (SmaltiWorkbench   *self);
SmaltiRunList     *smalti_workbench_get_runs      (SmaltiWorkbench   *self);

/* Where the built-in sample's pictures are, or will be. */
const char        *smalti_workbench_get_sample_path    (SmaltiWorkbench     *self);
/* Draws them where they are not there yet. */
void               smalti_workbench_draw_sample_async  (SmaltiWorkbench     *self,
                                                        GCancellable        *cancellable,
                                                        GAsyncReadyCallback  callback,
                                                        gpointer             user_data);
gboolean           smalti_workbench_draw_sample_finish (SmaltiWorkbench     *self,
                                                        GAsyncResult        *result,
                                                        GError             **error);

/* Puts a run into the store (drawing the sample first, if that is what it learns from) and starts it, at once or when those before
 * it are done; ends with "started", or with a toast. */
void               smalti_workbench_start_spec    (SmaltiWorkbench   *self,
                                                   const SmaltiSpec  *spec);
/* The same of one that is there: new, stopped, failed or lost. */
void               smalti_workbench_start_run     (SmaltiWorkbench   *self,
                                                   gint64             run);
/* Measures a run's features, as @eval (of smalti_eval_params) says; not while one is at work here. */
void               smalti_workbench_measure_run   (SmaltiWorkbench    *self,
                                                   gint64              run,
                                                   const SmaltiValues *eval);
/* At a checkpoint; what waits only leaves the queue. Runs of other programs, too. */
void               smalti_workbench_stop_run      (SmaltiWorkbench   *self,
                                                   gint64             run);
/* Asks a run under way, here or in another program. @key, @value: of a change. What came of it is told by its events, and by its
 * state. */
void               smalti_workbench_ask_run       (SmaltiWorkbench   *self,
                                                   gint64             run,
                                                   SmaltiRequestKind  kind,
                                                   const char        *key,
                                                   const char        *value);
/* Stops what trains, and starts nothing that waits: the window is about to go. "idle" ends it. */
void               smalti_workbench_wind_down     (SmaltiWorkbench   *self);
/* A run of this window is at work, or about to be. */
gboolean           smalti_workbench_is_busy       (SmaltiWorkbench   *self);
/* The one that trains here; 0: none. */
gint64             smalti_workbench_get_current   (SmaltiWorkbench   *self);

/* The queue is the store's: it outlives the window, and other programs see it. This window starts only those of it that it was
 * asked to start, in the queue's order, and leaves out what another program has taken meanwhile. */
gboolean           smalti_workbench_is_waiting    (SmaltiWorkbench   *self,
                                                   gint64             run);
guint              smalti_workbench_get_n_waiting (SmaltiWorkbench   *self);
/* Those among them that this window does not start by itself: they were left by one that is gone, or are another's. */
guint              smalti_workbench_get_n_left    (SmaltiWorkbench   *self);
/* As start_run for each, in this order, without "started". */
void               smalti_workbench_queue_runs    (SmaltiWorkbench   *self,
                                                   const gint64      *runs,
                                                   guint              n);
/* @before: 0: to the end. */
void               smalti_workbench_move_in_queue (SmaltiWorkbench   *self,
                                                   gint64             run,
                                                   gint64             before);
/* All that wait are asked for. */
void               smalti_workbench_start_queue   (SmaltiWorkbench   *self);

/* Shows a sentence for a while; of several lines, the first. */
void               smalti_workbench_tell          (SmaltiWorkbench   *self,
                                                   const char        *message);
/* The same with a button ("_Undo"); @clicked (AdwToast *, gpointer). */
void               smalti_workbench_offer         (SmaltiWorkbench   *self,
                                                   const char        *message,
                                                   const char        *button,
                                                   GCallback          clicked,
                                                   gpointer           user_data,
                                                   GClosureNotify     destroy);

G_END_DECLS
