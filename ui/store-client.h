/* SPDX-License-Identifier: Apache-2.0 */
/* The window's side of the store. One worker thread has the connection; it looks for changes twice a second, whoever made
 * them, and hands what it reads to the main context the client was made in. Nothing here blocks the caller. */
#pragma once

#include <gio/gio.h>

#include "core/run/store.h"

G_BEGIN_DECLS

/* What is new about the run that is being watched, since the last time. Immutable. */
typedef struct
{
  gint64 run;
  gboolean from_start;   /* forget what was there: the run is another one, or went back to a checkpoint */
  GPtrArray *metrics;    /* (element-type SmaltiMetricNews) */
  GPtrArray *log;        /* (nullable) (element-type SmaltiArtifact) */
  GPtrArray *previews;   /* (nullable) (element-type SmaltiPreview): the current ones, when there are newer ones */
  guint64 preview_step;
  GPtrArray *changes;    /* (nullable) (element-type SmaltiChange): all of them, when there are newer ones */
  GPtrArray *benchmarks; /* (nullable) (element-type SmaltiBenchmark): all of them, when there are newer ones */
} SmaltiRunNews;

typedef struct
{
  char *metric;
  GArray *points; /* of SmaltiPoint */
} SmaltiMetricNews;

#define SMALTI_TYPE_STORE_CLIENT (smalti_store_client_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiStoreClient, smalti_store_client, SMALTI, STORE_CLIENT, GObject)

/* Signals:
 *   "runs" (GPtrArray of SmaltiRunInfo, gint64): all runs, newest first, whenever one has changed; once at the start;
 *     and when they began to be read, microseconds since 1970: what happened later is not in them
 *   "news" (const SmaltiRunNews *): of the watched run; once at once, even if there is nothing
 *   "failed" (string): a sentence: the store can't be opened, or no longer be read
 */
/* @path: (nullable): as smalti_store_open(). Starts at once. */
SmaltiStoreClient *smalti_store_client_new         (const char           *path);
/* The folder; %NULL until the store is open, that is until the first "runs". */
const char        *smalti_store_client_get_path    (SmaltiStoreClient    *self);
/* Reads at once what would be read at the next poll; ends with "runs". */
void               smalti_store_client_refresh     (SmaltiStoreClient    *self);
/* 0: none. */
void               smalti_store_client_watch       (SmaltiStoreClient    *self,
                                                    gint64                run);

/* Each ends with a callback in the main context; finish functions return NULL or 0 with an error. */

/* On the thread that has the store, which is the caller's own for so long. NULL without an error is an answer, too. */
typedef gpointer (*SmaltiStoreCall) (SmaltiStore *store, gpointer data, GError **error);

/* Runs @call between two polls; whatever it writes is announced at once. @data: given away with @free_data (nullable); the result
 * is the caller's, and freed with @free_result (nullable) if nobody takes it. */
void               smalti_store_client_call_async     (SmaltiStoreClient   *self,
                                                       SmaltiStoreCall      call,
                                                       gpointer             data,
                                                       GDestroyNotify       free_data,
                                                       GDestroyNotify       free_result,
                                                       GAsyncReadyCallback  callback,
                                                       gpointer             user_data);
gpointer           smalti_store_client_call_finish    (SmaltiStoreClient   *self,
                                                       GAsyncResult        *result,
                                                       GError             **error);
void               smalti_store_client_add_run_async  (SmaltiStoreClient   *self,
                                                       const SmaltiSpec    *spec,
                                                       GAsyncReadyCallback  callback,
                                                       gpointer             user_data);
gint64             smalti_store_client_add_run_finish (SmaltiStoreClient   *self,
                                                       GAsyncResult        *result,
                                                       GError             **error);

G_END_DECLS
