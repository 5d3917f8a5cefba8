/* SPDX-License-Identifier: Apache-2.0 */
/* A store of somebody who has worked with it for a long time. */
#pragma once

#include "core/run/store.h"

G_BEGIN_DECLS

/* Finished runs, each with @n_points in all of five curves. */
void   add_many_runs (SmaltiStore *store,
                      guint        n_runs,
                      guint        n_points);
/* One finished run with @n_points of one curve; its id. */
gint64 add_long_run  (SmaltiStore *store,
                      guint        n_points);

G_END_DECLS
