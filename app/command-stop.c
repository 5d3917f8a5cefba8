/* SPDX-License-Identifier: Apache-2.0 */
/* smalti stop: asks the process that has the run; the store carries the word. */
#include "app/commands.h"
#include "app/output.h"
#include "core/run/store.h"

#define POLL_INTERVAL (G_USEC_PER_SEC / 5)

static const CliOption options[] = {
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
      if (info->state != SMALTI_RUN_RUNNING)
        {
          cli_say (_ ("Run %" G_GINT64_FORMAT " is %s."), run, smalti_run_state_id (info->state));
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

  if (store == NULL)
    return FALSE;
  info = smalti_store_find_run (store, cli_argument (invocation, 0), error);
  if (info == NULL)
    return FALSE;
  if (info->state != SMALTI_RUN_RUNNING)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("Run %" G_GINT64_FORMAT " is not running: it is %s."),
                   info->id, smalti_run_state_id (info->state));
      return FALSE;
    }
  if (!smalti_store_request_stop (store, info->id, error))
    return FALSE;
  if (cli_has (invocation, "wait"))
    return wait_until_stopped (store, info->id, error);
  cli_say (_ ("Run %" G_GINT64_FORMAT " is asked to stop at a checkpoint."), info->id);
  return TRUE;
}

const CliCommand cli_stop_command = {
  .name = "stop",
  .summary = N_ ("Stop a run that another process has, at a checkpoint"),
  .uses = CLI_STORES,
  .argument = { { N_ ("RUN"), CLI_RUN } },
  .options = options,
  .example = { { "smalti stop 3 --wait", N_ ("Stop run 3 and come back when it has stopped.") } },
  .run = run,
};
