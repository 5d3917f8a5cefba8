/* SPDX-License-Identifier: Apache-2.0 */
/* Between the workbench (workbench.c) and its queue (workbench-queue.c). */
#pragma once

#include "ui/workbench.h"

G_BEGIN_DECLS

struct _SmaltiWorkbench
{
  GObject parent_instance;

  char *store_path; /* as asked for; NULL: the default */
  SmaltiStoreClient *client;
  SmaltiRunList *runs;
  gboolean loaded;
  char *trouble; /* of the store, told last; while it lasts, it is not told again */
  char *sample_path;

  SmaltiEngine *engine; /* made with the first run */
  guint n_starting;     /* on their way into the store */
  GHashTable *asked;    /* set of gint64 *: those that this window starts when it is their turn */
  guint n_waiting, n_left; /* of the store's queue, as last read */
  guint n_queueing;     /* on their way into the queue */
  gboolean picking;     /* the store is being asked for the next one */
  gint64 picked;        /* started from the queue, and has yet to begin */
  gboolean winding_down;
  SmaltiEvent *failure; /* of the engine, until the store has been read after it */
  GCancellable *cancellable;
};

enum
{
  SMALTI_WORKBENCH_LOADED,
  SMALTI_WORKBENCH_FAILED,
  SMALTI_WORKBENCH_RUNS_READ,
  SMALTI_WORKBENCH_EVENT,
  SMALTI_WORKBENCH_CHANGED,
  SMALTI_WORKBENCH_STARTED,
  SMALTI_WORKBENCH_RUN_FAILED,
  SMALTI_WORKBENCH_IDLE,
  SMALTI_WORKBENCH_TOAST,
  SMALTI_WORKBENCH_N_SIGNALS,
};

extern guint smalti_workbench_signals[SMALTI_WORKBENCH_N_SIGNALS];

/* When the store has been read first: what is in the queue is offered to go on, and old trash goes. */
void smalti_workbench_open_queue  (SmaltiWorkbench *self);
/* Each time the store has been read. */
void smalti_workbench_count_queue (SmaltiWorkbench *self);
/* A run that is in the store: at once, or into the queue; with "started" if @announce. */
void smalti_workbench_begin       (SmaltiWorkbench *self,
                                   gint64           run,
                                   gboolean         announce);

G_END_DECLS
