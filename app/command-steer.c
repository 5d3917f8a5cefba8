/* SPDX-License-Identifier: Apache-2.0 */
/* smalti pause, smalti change: words for the process that has the run, carried by the store. (smalti stop, which may
 * wait, and smalti resume, which also runs, have files of their own.) */
#include <inttypes.h>
#include <string.h>

#include "app/commands.h"
#include "app/output.h"
#include "core/run/store.h"

static SmaltiRunInfo *
find_run (const CliInvocation *invocation, SmaltiStore **store, GError **error)
{
  *store = smalti_store_open (cli_text (invocation, "store"), error);
  return *store != NULL ? smalti_store_find_run (*store, cli_argument (invocation, 0), error) : NULL;
}

static gboolean
pause_run (CliInvocation *invocation, GError **error)
{
  g_autoptr (SmaltiStore) store = NULL;
  g_autoptr (SmaltiRunInfo) info = find_run (invocation, &store, error);

  if (info == NULL || !smalti_store_request (store, info->id, SMALTI_REQUEST_PAUSE, NULL, NULL, error))
    return FALSE;
  cli_say (_ ("Run %" PRId64 " is asked to pause; “smalti resume %" PRId64 "” continues it."), info->id, info->id);
  return TRUE;
}

/* Key and value of @setting; free both with g_free(). */
static gboolean
split (const char *setting, char **key, char **value, GError **error)
{
  const char *equals = strchr (setting, '=');

  if (equals == NULL || equals == setting)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                   _ ("“%s” is no setting; write KEY=VALUE, as in train.lr=0.001."), setting);
      return FALSE;
    }
  *key = g_strndup (setting, equals - setting);
  *value = g_strdup (equals + 1);
  return TRUE;
}

/* All or none: what is wrong with the last is told before the first is asked for. */
static gboolean
change_run (CliInvocation *invocation, GError **error)
{
  g_autoptr (SmaltiStore) store = NULL;
  g_autoptr (SmaltiRunInfo) info = find_run (invocation, &store, error);
  guint n = invocation->arguments->len;
  gboolean ok = info != NULL && smalti_store_begin (store, error);

  if (!ok)
    return FALSE;
  for (guint i = 1; i < n && ok; i++)
    {
      g_autofree char *key = NULL, *value = NULL;

      ok = split (cli_argument (invocation, i), &key, &value, error)
           && smalti_store_request (store, info->id, SMALTI_REQUEST_CHANGE, key, value, error);
    }
  if (!ok)
    {
      smalti_store_rollback (store);
      return FALSE;
    }
  if (!smalti_store_commit (store, error))
    return FALSE;
  cli_say (_ ("Run %" PRId64 " is asked to change; its log tells when it has."), info->id);
  return TRUE;
}

const CliCommand cli_pause_command = {
  .name = "pause",
  .summary = N_ ("Pause a run that another process has: it keeps its memory and waits"),
  .details = N_ (
      "The processors are free meanwhile. “smalti resume” continues the run, “smalti stop” ends it at a checkpoint; "
      "if its process ends while it is paused, “smalti resume” goes on from the checkpoint that the pause began with."),
  .uses = CLI_STORES,
  .argument = { { N_ ("RUN"), CLI_RUN } },
  .example = { { "smalti pause last", N_ ("The newest run waits.") } },
  .run = pause_run,
};

const CliCommand cli_change_command = {
  .name = "change",
  .summary = N_ ("Change the learning rate or the epochs of a run that is under way"),
  .details = N_ (
      "It happens between two steps, is written down in the run's history and its spec, and begins with a "
      "checkpoint: the run can be resumed to the bit as ever. With other epochs the schedule goes on from where it is, "
      "evenly to the new end.\n\n"
      "What can change: train.lr, train.epochs."),
  .uses = CLI_STORES,
  .argument = { { N_ ("RUN"), CLI_RUN }, { N_ ("KEY=VALUE"), CLI_TEXT, .repeats = TRUE } },
  .example = { { "smalti change 3 train.lr=0.001", N_ ("A smaller learning rate from the next step on.") },
               { "smalti change last train.epochs=40", N_ ("The newest run trains for 40 epochs.") } },
  .run = change_run,
};
