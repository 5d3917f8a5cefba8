/* SPDX-License-Identifier: Apache-2.0 */
/* Help for a terminal. */
#include "app/help.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/base/text-table.h"

const char cli_help_intro[]
    = N_ ("Smalti learns from photographs without labels, by puzzles and by colour, and measures how good what was "
          "learned is.");
const char cli_help_status[] = N_ (
    "The exit status is 0 when it is done, 1 when it failed or was stopped before its end, and 2 for a mistake in "
    "the arguments or the spec. Ctrl-C stops a run at a checkpoint and says how to go on; a second Ctrl-C ends the "
    "program at once.");

guint
cli_help_columns (void)
{
  struct winsize size;

  if (isatty (STDOUT_FILENO) && ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return CLAMP (size.ws_col, 40, 100);
  return 80;
}

void
cli_help_wrap (GString *out, const char *text, guint columns, guint indent, guint at)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  gboolean first = TRUE;

  for (char **word = words; *word != NULL; word++)
    {
      guint width = smalti_text_width (*word);

      if (!first && at + 1 + width > columns)
        {
          g_string_append_printf (out, "\n%*s", (int)indent, "");
          at = indent;
        }
      else if (!first)
        {
          g_string_append_c (out, ' ');
          at++;
        }
      g_string_append (out, *word);
      at += width;
      first = FALSE;
    }
}

static void
append_paragraphs (GString *out, const char *text, guint columns)
{
  g_auto (GStrv) paragraphs = g_strsplit (text, "\n\n", -1);

  for (char **p = paragraphs; *p != NULL; p++)
    {
      cli_help_wrap (out, *p, columns, 0, 0);
      g_string_append (out, p[1] != NULL ? "\n\n" : "\n");
    }
}

/* Two columns: @left, and @right wrapped beside it. */
static void
append_row (GString *out, const char *left, const char *right, guint left_width, guint columns)
{
  guint at = 2 + smalti_text_width (left);

  g_string_append_printf (out, "  %s", left);
  if (at + 2 > left_width)
    {
      g_string_append_c (out, '\n');
      at = 0;
    }
  g_string_append_printf (out, "%*s", (int)(left_width - at), "");
  cli_help_wrap (out, right, columns, left_width, left_width);
  g_string_append_c (out, '\n');
}

char *
cli_help_option (const CliOption *option)
{
  return g_strdup_printf ("%s%c%s--%s%s%s", option->letter != 0 ? "-" : "", option->letter != 0 ? option->letter : ' ',
                          option->letter != 0 ? ", " : "   ", option->name, option->kind != CLI_NONE ? " " : "",
                          option->kind != CLI_NONE ? _ (option->value) : "");
}

static void
append_options (GString *out, const CliOption *options, const CliCommand *command, guint columns)
{
  for (const CliOption *o = options; o != NULL && o->name != NULL; o++)
    {
      g_autofree char *left = NULL;
      g_autofree char *right = NULL;

      if (options == cli_global_options && !cli_command_takes (command, o))
        continue;
      left = cli_help_option (o);
      if (o->kind == CLI_CHOICE)
        {
          g_autofree char *choices = g_strjoinv (", ", (char **)o->choices);

          right = g_strdup_printf ("%s: %s", _ (o->help), choices);
        }
      else
        right = g_strdup (_ (o->help));
      append_row (out, left, right, 26, columns);
    }
}

char *
cli_help_overview (void)
{
  guint columns = cli_help_columns ();
  GString *out = g_string_new (NULL);

  append_paragraphs (out, _ (cli_help_intro), columns);
  g_string_append_printf (out, "\n%s\n\n%s\n", _ ("Usage: smalti COMMAND [ARGUMENT]... [OPTION]..."), _ ("Commands:"));
  for (guint i = 0; cli_commands[i] != NULL; i++)
    append_row (out, cli_commands[i]->name, _ (cli_commands[i]->summary), 18, columns);
  g_string_append_printf (out, "\n%s\n", _ ("Options everywhere:"));
  append_options (out, cli_global_options, NULL, columns);
  g_string_append_c (out, '\n');
  append_paragraphs (out, _ (cli_help_status), columns);
  g_string_append_c (out, '\n');
  append_paragraphs (
      out,
      _ ("“smalti help COMMAND” tells more of one, “smalti help spec” all that a spec may say. To begin: "
         "smalti demo"),
      columns);
  return g_string_free (out, FALSE);
}

char *
cli_help_for_command (const CliCommand *command)
{
  guint columns = cli_help_columns ();
  GString *out = g_string_new (NULL);
  g_autofree char *synopsis = cli_command_synopsis (command);
  g_autofree char *usage = g_strdup_printf (_ ("Usage: smalti %s"), synopsis);

  cli_help_wrap (out, usage, columns, 8, 0);
  g_string_append_printf (out, "\n\n%s.\n", _ (command->summary));
  if (command->details != NULL)
    {
      g_string_append_c (out, '\n');
      append_paragraphs (out, _ (command->details), columns);
    }
  if (command->options != NULL)
    {
      g_string_append_printf (out, "\n%s\n", _ ("Options:"));
      append_options (out, command->options, command, columns);
    }
  g_string_append_printf (out, "\n%s\n", _ ("Options everywhere:"));
  append_options (out, cli_global_options, command, columns);
  if (command->example[0].command != NULL)
    g_string_append_printf (out, "\n%s\n", _ ("Examples:"));
  for (const CliExample *e = command->example; e->command != NULL; e++)
    {
      g_string_append_printf (out, "  %s\n      ", e->command);
      cli_help_wrap (out, _ (e->text), columns, 6, 6);
      g_string_append_c (out, '\n');
    }
  return g_string_free (out, FALSE);
}

char *
cli_help_group (const char *group)
{
  guint columns = cli_help_columns ();
  g_autofree char *prefix = g_strconcat (group, " ", NULL);
  GString *out = g_string_new (NULL);

  for (guint i = 0; cli_commands[i] != NULL; i++)
    if (g_str_has_prefix (cli_commands[i]->name, prefix))
      {
        g_autofree char *synopsis = cli_command_synopsis (cli_commands[i]);
        g_autofree char *usage = g_strdup_printf ("smalti %s", synopsis);

        cli_help_wrap (out, usage, columns, 8, 0);
        g_string_append_printf (out, "\n    ");
        cli_help_wrap (out, _ (cli_commands[i]->summary), columns, 4, 4);
        g_string_append_c (out, '\n');
      }
  if (out->len == 0)
    return g_string_free (out, TRUE);
  g_string_append_printf (out, "\n%s\n", _ ("“smalti help” and a command's whole name tells more."));
  return g_string_free (out, FALSE);
}
