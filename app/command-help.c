/* SPDX-License-Identifier: Apache-2.0 */
/* smalti help */
#include <string.h>

#include "app/commands.h"
#include "app/help.h"
#include "app/output.h"

static const char *const shells[] = { "bash", "zsh", "fish", NULL };

static const CliOption options[] = {
  { "man", 0, CLI_NONE, NULL, N_ ("Write the man page, as roff") },
  { "completion", 0, CLI_CHOICE, N_ ("SHELL"), N_ ("Write what a shell needs to complete commands"),
    .choices = shells },
  { NULL },
};

static char *
help_for_topic (CliInvocation *invocation)
{
  g_autofree char *name = g_strjoinv (" ", (char **)invocation->arguments->pdata);
  const CliCommand *command = cli_command_find (name);

  if (strcmp (name, "spec") == 0)
    return cli_help_spec ();
  if (command != NULL)
    return cli_help_for_command (command);
  return cli_help_group (name);
}

static gboolean
run (CliInvocation *invocation, GError **error)
{
  g_autofree char *text = NULL;

  if (cli_has (invocation, "man"))
    text = cli_help_man ();
  else if (cli_has (invocation, "completion"))
    text = cli_help_completion (cli_text (invocation, "completion"));
  else if (invocation->arguments->len == 0)
    text = cli_help_overview ();
  else
    text = help_for_topic (invocation);
  if (text == NULL)
    {
      g_autofree char *name = g_strjoinv (" ", (char **)invocation->arguments->pdata);

      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                   _ ("There is no command “%s”; “smalti help” lists them."), name);
      return FALSE;
    }
  return cli_write (text, error);
}

const CliCommand cli_help_command = {
  .name = "help",
  .summary = N_ ("Explain a command, or everything a spec may say"),
  .argument = { { N_ ("COMMAND"), CLI_TOPIC, .repeats = TRUE, .optional = TRUE } },
  .options = options,
  .example = { { "smalti help run", N_ ("All about “smalti run”.") },
               { "smalti help spec", N_ ("Every setting of every method, backbone, optimizer and evaluation.") } },
  .run = run,
};
