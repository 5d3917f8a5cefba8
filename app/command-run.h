/* SPDX-License-Identifier: Apache-2.0 */
/* What run, resume and demo share: a spec becomes a run of the store, a run goes to its end. */
#pragma once

#include "app/command.h"
#include "core/run/spec.h"
#include "core/run/store.h"

G_BEGIN_DECLS

/* --device and --threads into @spec; then checks it whole. */
gboolean cli_spec_apply   (const CliInvocation  *invocation,
                           SmaltiSpec           *spec,
                           GError              **error);
/* Looks at the data first; opens *@store when it is %NULL and only then, so that a mistake leaves nothing behind.
 * 0 with @error. */
gint64   cli_run_add      (const CliInvocation  *invocation,
                           SmaltiStore         **store,
                           SmaltiSpec           *spec,
                           GError              **error);
/* A line that says what begins. */
void     cli_run_announce (gint64                run,
                           const SmaltiSpec     *spec);
/* Follows the run, then shows what was measured. */
gboolean cli_run_to_end   (const CliInvocation  *invocation,
                           SmaltiStore          *store,
                           gint64                run,
                           GError              **error);

G_END_DECLS
