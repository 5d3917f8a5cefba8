/* SPDX-License-Identifier: Apache-2.0 */
/* Runs side by side: as a table for the terminal, and as one HTML file that needs nothing else. */
#pragma once

#include "core/run/store.h"

G_BEGIN_DECLS

/* The best layer of each run, with its 95% interval, as aligned text; free with g_free(). */
char     *smalti_report_table      (SmaltiStore   *store,
                                    const gint64  *runs,
                                    guint          n_runs,
                                    GError       **error);
/* Loss curves (SVG), the benchmark per layer with intervals, what differs between the specs, the last previews (puzzles,
 * colours), and where every number came from. Atomic. */
gboolean  smalti_report_write_html (SmaltiStore   *store,
                                    const gint64  *runs,
                                    guint          n_runs,
                                    const char    *path,
                                    GError       **error);

G_END_DECLS
