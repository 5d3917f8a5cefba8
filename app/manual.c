/* SPDX-License-Identifier: Apache-2.0 */
/* The man page, from the same tables as the help. */
#include <string.h>

#include "app/help.h"

/* Text of a paragraph: what roff would take for itself is escaped. */
static void
append_text (GString *out, const char *text)
{
  gboolean line_start = out->len == 0 || out->str[out->len - 1] == '\n';

  for (const char *c = text; *c != '\0'; c++)
    {
      if (line_start && (*c == '.' || *c == '\''))
        g_string_append (out, "\\&");
      line_start = *c == '\n';
      if (*c == '\\')
        g_string_append (out, "\\e");
      else if (*c == '-')
        g_string_append (out, "\\-");
      else
        g_string_append_c (out, *c);
    }
}

static void
append_paragraphs (GString *out, const char *text)
{
  g_auto (GStrv) paragraphs = g_strsplit (text, "\n\n", -1);

  for (char **p = paragraphs; *p != NULL; p++)
    {
      g_string_append (out, ".PP\n");
      append_text (out, *p);
      g_string_append_c (out, '\n');
    }
}

/* A word the user types is bold, one that stands for something is in italics. */
static void
append_option (GString *out, const CliOption *option)
{
  g_string_append (out, ".TP\n");
  if (option->letter != 0)
    g_string_append_printf (out, "\\fB\\-%c\\fR, ", option->letter);
  g_string_append (out, "\\fB\\-\\-");
  append_text (out, option->name);
  g_string_append (out, "\\fR");
  if (option->kind != CLI_NONE)
    {
      g_string_append (out, " \\fI");
      append_text (out, _ (option->value));
      g_string_append (out, "\\fR");
    }
  g_string_append_c (out, '\n');
  append_text (out, _ (option->help));
  if (option->kind == CLI_CHOICE)
    {
      g_autofree char *choices = g_strjoinv (", ", (char **)option->choices);

      g_string_append (out, ": ");
      append_text (out, choices);
    }
  g_string_append (out, ".\n");
}

static void
append_command (GString *out, const CliCommand *command)
{
  g_autofree char *synopsis = cli_command_synopsis (command);
  const char *rest = synopsis + strlen (command->name);

  g_string_append (out, ".SS \"smalti ");
  append_text (out, command->name);
  g_string_append (out, "\"\n.PP\n\\fBsmalti ");
  append_text (out, command->name);
  g_string_append (out, "\\fR");
  append_text (out, rest);
  g_string_append (out, "\n.PP\n");
  append_text (out, _ (command->summary));
  g_string_append (out, ".\n");
  if (command->details != NULL)
    append_paragraphs (out, _ (command->details));
  for (const CliOption *o = command->options; o != NULL && o->name != NULL; o++)
    append_option (out, o);
}

char *
cli_help_man (void)
{
  GString *out = g_string_new (".\\\" Written by “smalti help --man”.\n");

  g_string_append_printf (out, ".TH SMALTI 1 \"\" \"Smalti %s\" \"%s\"\n", SMALTI_VERSION, _ ("User Commands"));
  g_string_append (out, ".SH NAME\nsmalti \\- ");
  append_text (out, _ ("learn from photographs without labels and measure what was learned"));
  g_string_append (out, "\n.SH SYNOPSIS\n\\fBsmalti\\fR \\fICOMMAND\\fR [\\fIARGUMENT\\fR]... [\\fIOPTION\\fR]...\n");
  g_string_append (out, ".SH DESCRIPTION\n");
  append_text (out, _ (cli_help_intro));
  g_string_append (out, "\n.SH OPTIONS\n");
  for (const CliOption *o = cli_global_options; o->name != NULL; o++)
    append_option (out, o);
  g_string_append (out, ".SH COMMANDS\n");
  for (guint i = 0; cli_commands[i] != NULL; i++)
    append_command (out, cli_commands[i]);
  g_string_append (out, ".SH EXIT STATUS\n");
  append_text (out, _ (cli_help_status));
  g_string_append (out, "\n.SH FILES\n.TP\n\\fI~/.local/share/smalti\\fR\n");
  append_text (out,
               _ ("The runs: a database and a folder for each, unless --store or XDG_DATA_HOME says another place."));
  g_string_append (out, "\n.SH EXAMPLES\n");
  for (guint i = 0; cli_commands[i] != NULL; i++)
    for (const CliExample *e = cli_commands[i]->example; e->command != NULL; e++)
      {
        g_string_append (out, ".TP\n\\fB");
        append_text (out, e->command);
        g_string_append (out, "\\fR\n");
        append_text (out, _ (e->text));
        g_string_append_c (out, '\n');
      }
  return g_string_free (out, FALSE);
}
