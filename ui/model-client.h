/* SPDX-License-Identifier: Apache-2.0 */
/* The window's side of a trained network. One worker thread opens it and asks it, one question after the other; nothing here
 * blocks the caller. The thread is as low in priority as one that trains: the window comes first. */
#pragma once

#include <gio/gio.h>

#include "core/run/model.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_MODEL_CLIENT (smalti_model_client_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiModelClient, smalti_model_client, SMALTI, MODEL_CLIENT, GObject)

/* Signal "changed": the questions from now on go to another network. */
SmaltiModelClient *smalti_model_client_new         (void);
/* @run_folder (nullable): none. It is opened when the first question comes; set again, it is read again. */
void               smalti_model_client_set_folder  (SmaltiModelClient    *self,
                                                    const char           *run_folder);
const char        *smalti_model_client_get_folder  (SmaltiModelClient    *self);
/* Puts the network away until the next question: it may be large. */
void               smalti_model_client_rest        (SmaltiModelClient    *self);

/* On the worker thread, which has the model for so long. */
typedef gpointer (*SmaltiModelCall) (SmaltiModel *model, gpointer data, GError **error);

/* @data: given away with @free_data (nullable), which any thread may call; the result is the caller's, and freed with
 * @free_result (nullable) if nobody takes it. The callback always comes, without a source object: after @cancellable is cancelled
 * with G_IO_ERROR_CANCELLED, and a question that was not begun by then is not asked. */
void               smalti_model_client_call_async  (SmaltiModelClient    *self,
                                                    SmaltiModelCall       call,
                                                    gpointer              data,
                                                    GDestroyNotify        free_data,
                                                    GDestroyNotify        free_result,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
gpointer           smalti_model_client_call_finish (GAsyncResult         *result,
                                                    GError              **error);

G_END_DECLS
