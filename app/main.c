/* SPDX-License-Identifier: Apache-2.0 */
/* smalti: the command line program. Reads the call, runs the command, turns its error into an exit status. */
#include <stdio.h>
#include <stdlib.h>

#include "app/command.h"
#include "app/help.h"
#include "app/output.h"
#include "core/base/installation.h"
#include "core/device/device.h"

enum
{
  STATUS_DONE = 0,
  STATUS_FAILED = 1,
  STATUS_MISTAKE = 2,
};

static int
fail (const GError *error)
{
  cli_fail (error);
  return g_error_matches (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT) ? STATUS_MISTAKE : STATUS_FAILED;
}

/* "smalti run --help", "smalti data --help", "smalti --help". */
static char *
help_for (const CliInvocation *invocation)
{
  if (invocation->command != NULL)
    return cli_help_for_command (invocation->command);
  if (invocation->arguments->len > 0)
    return cli_help_group (cli_argument (invocation, 0));
  return cli_help_overview ();
}

int
main (int argc, char **argv)
{
  g_autoptr (CliInvocation) invocation = NULL;
  g_autoptr (GError) error = NULL;

  smalti_device_let_threads_sleep (argv);
  smalti_installation_use_locale ();
  g_set_prgname ("smalti");
  /* Known before the words are checked, so that a mistake in them is told as asked. */
  cli_output_init (g_strv_contains ((const char *const *)argv, "--json"), FALSE);
  invocation = cli_invocation_new (argc, argv, &error);
  if (invocation == NULL)
    return fail (error);
  cli_output_init (cli_has (invocation, "json"), cli_has (invocation, "quiet"));
  if (cli_has (invocation, "version"))
    {
      printf ("smalti %s\n", SMALTI_VERSION);
      return STATUS_DONE;
    }
  if (cli_has (invocation, "help") || invocation->command == NULL)
    {
      g_autofree char *text = help_for (invocation);

      if (text == NULL)
        {
          g_set_error (&error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                       _ ("There is no command “%s”; “smalti help” lists them."), cli_argument (invocation, 0));
          return fail (error);
        }
      if (!cli_write (text, &error))
        return fail (error);
      return STATUS_DONE;
    }
  return invocation->command->run (invocation, &error) ? STATUS_DONE : fail (error);
}
