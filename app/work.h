/* SPDX-License-Identifier: Apache-2.0 */
/* Work that blocks, on a thread of its own, while the main loop draws its progress and listens for Ctrl-C. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Runs on the work's thread. */
typedef gboolean (*CliWorkFunc) (GCancellable *cancellable, gpointer user_data, GError **error);

/* Returns what @work returned. */
gboolean cli_work       (CliWorkFunc   work,
                         gpointer      user_data,
                         GError      **error);
/* From the work's thread (it is a SmaltiEvalProgress): what is done, how far. @total 0: not known. */
void     cli_work_phase (const char   *title,
                         guint64       done,
                         guint64       total,
                         gpointer      unused);

G_END_DECLS
