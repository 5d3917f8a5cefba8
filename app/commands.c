/* SPDX-License-Identifier: Apache-2.0 */
/* The table of commands. */
#include "app/commands.h"

#include <string.h>

const CliCommand *const cli_commands[] = {
  &cli_demo_command,        &cli_data_inspect_command,  &cli_data_sample_command, &cli_data_pack_command,
  &cli_run_command,         &cli_resume_command,        &cli_stop_command,        &cli_pause_command,
  &cli_change_command,      &cli_runs_list_command,     &cli_runs_show_command,   &cli_runs_csv_command,
  &cli_runs_rm_command,     &cli_eval_command,          &cli_predict_command,     &cli_compare_command,
  &cli_models_list_command, &cli_models_import_command, &cli_models_rm_command,   &cli_export_command,
  &cli_bench_command,       &cli_doctor_command,        &cli_help_command,        NULL,
};

const CliOption cli_global_options[] = {
  { "store", 0, CLI_FOLDER, N_ ("DIR"),
    N_ ("Folder that keeps the runs (default: “smalti” in the user's data folder)") },
  { "device", 0, CLI_TEXT, N_ ("DEVICE"), N_ ("Where to compute: auto, cpu, cuda, cuda:1 or reference") },
  { "threads", 0, CLI_WHOLE, N_ ("N"), N_ ("Threads that compute; 0 takes every processor there is"), .max = 1024 },
  { "json", 0, CLI_NONE, NULL,
    N_ ("Write one JSON object a line to standard output, text for people to standard error") },
  { "quiet", 'q', CLI_NONE, NULL, N_ ("Show results and mistakes, no progress") },
  { "help", 'h', CLI_NONE, NULL, N_ ("Show help and end") },
  { "version", 0, CLI_NONE, NULL, N_ ("Show the version and end") },
  { NULL },
};

const CliCommand *
cli_command_find (const char *name)
{
  for (guint i = 0; cli_commands[i] != NULL; i++)
    if (strcmp (cli_commands[i]->name, name) == 0)
      return cli_commands[i];
  return NULL;
}

gboolean
cli_command_takes (const CliCommand *command, const CliOption *global)
{
  if (command == NULL)
    return TRUE;
  if (strcmp (global->name, "device") == 0 || strcmp (global->name, "threads") == 0)
    return (command->uses & CLI_COMPUTES) != 0;
  if (strcmp (global->name, "store") == 0)
    return (command->uses & CLI_STORES) != 0;
  return TRUE;
}

static void
append_option (GString *text, const CliOption *option)
{
  g_string_append_printf (text, option->required ? " --%s" : " [--%s", option->name);
  if (option->kind != CLI_NONE)
    g_string_append_printf (text, " %s", _ (option->value));
  g_string_append_printf (text, "%s%s", option->required ? "" : "]", option->repeats ? "..." : "");
}

char *
cli_command_synopsis (const CliCommand *command)
{
  GString *text = g_string_new (command->name);

  for (const CliArgument *argument = command->argument; argument->name != NULL; argument++)
    g_string_append_printf (text, argument->optional ? " [%s]%s" : " %s%s", _ (argument->name),
                            argument->repeats ? "..." : "");
  for (const CliOption *option = command->options; option != NULL && option->name != NULL; option++)
    append_option (text, option);
  return g_string_free (text, FALSE);
}
