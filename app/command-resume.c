/* SPDX-License-Identifier: Apache-2.0 */
/* smalti resume */
#include "app/command-run.h"

#include <inttypes.h>
#include "app/commands.h"
#include "app/output.h"

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
  if (info->state == SMALTI_RUN_DONE)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                   _ ("Run %" PRId64 " is done: there is nothing to go on with."), info->id);
      return FALSE;
    }
  if (info->state == SMALTI_RUN_RUNNING)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                   _ ("Run %" PRId64 " is running in another process; “smalti stop %" PRId64 "” stops it."), info->id,
                   info->id);
      return FALSE;
    }
  if (info->state == SMALTI_RUN_PAUSED)
    {
      if (!smalti_store_request (store, info->id, SMALTI_REQUEST_CONTINUE, NULL, NULL, error))
        return FALSE;
      cli_say (_ ("Run %" PRId64 " is asked to continue, in the process that has it."), info->id);
      return TRUE;
    }
  cli_note (_ ("Run %" PRId64 " goes on: %s on %s, after step %" PRIu64), info->id, info->method, info->backbone,
            info->step);
  return cli_run_to_end (invocation, store, info->id, error);
}

const CliCommand cli_resume_command = {
  .name = "resume",
  .summary = N_ ("Go on with a run that was stopped, paused or lost"),
  .details
  = N_ ("On the device and with the threads its spec says, so that the numbers are those of a run that was never "
        "interrupted. A paused run continues in the process that has it."),
  .uses = CLI_STORES,
  .argument = { { N_ ("RUN"), CLI_RUN } },
  .example = { { "smalti resume last", N_ ("The newest run goes on.") } },
  .run = run,
};
