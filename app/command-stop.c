/* SPDX-License-Identifier: Apache-2.0 */
/* smalti stop: asks the process that has the run; the store carries the word. */
#include "app/commands.h"

#include <inttypes.h>
#include "app/output.h"
#include "core/run/store.h"

#define POLL_INTERVAL (G_USEC_PER_SEC / 5)

static const CliOption options[] = {
  { "now", 0, CLI_NONE, NULL, N_ ("Write no checkpoint: the run is back where its last one is") },
  { "wait", 0, CLI_NONE, NULL, N_ ("End only when the run has stopped") },
  { NULL },
};

static gboolean
wait_until_stopped (SmaltiStore *store, gint64 run, GError **error)
{
  for (;;)
    {
      g_autoptr (SmaltiRunInfo) info = smalti_store_get_run (store, run, error);

      if (info == NULL)
        return FALSE;
      if (!smalti_run_state_is_live (info->state))
        {
          cli_say (_ ("Run %" PRId64 " is %s."), run, smalti_run_state_id (info->state));
          return TRUE;
        }
      g_usleep (POLL_INTERVAL);
    }
}

static gboolean
run (CliInvocation *invocation, GError **error)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (cli_text (invocation, "store"), error);
  g_autoptr (SmaltiRunInfo) info = NULL;
  gboolean now = cli_has (invocation, "now");

  if (store == NULL)
    return FALSE;
  info = smalti_store_find_run (store, cli_argument (invocation, 0), error);
  if (info == NULL)
    return FALSE;
  if (!smalti_store_request (store, info->id, now ? SMALTI_REQUEST_STOP_NOW : SMALTI_REQUEST_STOP, NULL, NULL, error))
    return FALSE;
  if (cli_has (invocation, "wait"))
    return wait_until_stopped (store, info->id, error);
  cli_say (now ? _ ("Run %" PRId64 " is asked to stop at once.")
               : _ ("Run %" PRId64 " is asked to stop at a checkpoint."),
           info->id);
  return TRUE;
}

const CliCommand cli_stop_command = {
  .name = "stop",
  .summary = N_ ("Stop a run that another process has, at a checkpoint or at once"),
  .uses = CLI_STORES,
  .argument = { { N_ ("RUN"), CLI_RUN } },
  .options = options,
  .example = { { "smalti stop 3 --wait", N_ ("Stop run 3 and come back when it has stopped.") } },
  .run = run,
};
