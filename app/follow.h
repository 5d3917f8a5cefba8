/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a run of the store to its end on this terminal: progress, words, JSON, Ctrl-C. */
#pragma once

#include "app/command.h"
#include "core/run/store.h"

G_BEGIN_DECLS

/* "smalti resume 3", with --store where it was given; free with g_free(). */
char     *cli_resume_hint (const CliInvocation *invocation,
                           gint64               run);
/* TRUE when the run is done. A run that was stopped is SMALTI_ERROR_CANCELLED, whose message says how to go on. */
gboolean  cli_follow      (const CliInvocation *invocation,
                           SmaltiStore         *store,
                           gint64               run,
                           GError             **error);

/* "conv4  top-1 34.2% (33.1 to 35.3)  top-5 ..."; free with g_free(). */
char     *cli_text_benchmark (const SmaltiBenchmark *benchmark);

G_END_DECLS
