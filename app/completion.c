/* SPDX-License-Identifier: Apache-2.0 */
/* Completion for bash, zsh and fish, from the tables. Commands, options and choices are written into the scripts; runs
 * are asked of the program ("smalti runs list --names") when they are wanted. */
#include <string.h>

#include "app/help.h"

/* Text inside single quotes of a shell. */
static char *
quoted (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "'", -1);

  return g_strjoinv ("'\\''", parts);
}

static gboolean
is_two_words (const CliCommand *command)
{
  return strchr (command->name, ' ') != NULL;
}

/* Every first word once, in order: "demo data run ...". */
static char *
first_words (void)
{
  GString *out = g_string_new (NULL);
  g_autofree char *last = g_strdup ("");

  for (guint i = 0; cli_commands[i] != NULL; i++)
    {
      char *word = g_strndup (cli_commands[i]->name, strcspn (cli_commands[i]->name, " "));

      if (strcmp (word, last) != 0)
        g_string_append_printf (out, "%s%s", out->len > 0 ? " " : "", word);
      g_free (last);
      last = word;
    }
  return g_string_free (out, FALSE);
}

static char *
second_words (const char *first)
{
  GString *out = g_string_new (NULL);
  g_autofree char *prefix = g_strconcat (first, " ", NULL);

  for (guint i = 0; cli_commands[i] != NULL; i++)
    if (g_str_has_prefix (cli_commands[i]->name, prefix))
      g_string_append_printf (out, "%s%s", out->len > 0 ? " " : "", cli_commands[i]->name + strlen (prefix));
  return g_string_free (out, FALSE);
}

static char *
option_words (const CliCommand *command)
{
  GString *out = g_string_new (NULL);

  for (const CliOption *o = command->options; o != NULL && o->name != NULL; o++)
    g_string_append_printf (out, "%s--%s", out->len > 0 ? " " : "", o->name);
  for (const CliOption *o = cli_global_options; o->name != NULL; o++)
    if (cli_command_takes (command, o))
      g_string_append_printf (out, "%s--%s", out->len > 0 ? " " : "", o->name);
  return g_string_free (out, FALSE);
}

/* What bash's function below is told about a kind of value. */
static char *
bash_action (CliKind kind, const char *const *choices)
{
  g_autofree char *all = NULL;

  switch (kind)
    {
    case CLI_FILE:
      return g_strdup ("_smalti_files");
    case CLI_SPEC:
      return g_strdup ("_smalti_files '@(yaml|yml)'");
    case CLI_FOLDER:
      return g_strdup ("_smalti_folders");
    case CLI_RUN:
      return g_strdup ("_smalti_words \"$(_smalti_runs)\"");
    case CLI_TOPIC:
      all = first_words ();
      return g_strdup_printf ("_smalti_words '%s spec'", all);
    case CLI_CHOICE:
      all = g_strjoinv (" ", (char **)choices);
      return g_strdup_printf ("_smalti_words '%s'", all);
    case CLI_NONE:
    case CLI_TEXT:
    case CLI_WHOLE:
    case CLI_NUMBER:
      break;
    }
  return g_strdup (":");
}

static void
append_bash_options (GString *out, const CliCommand *command, const CliOption *options)
{
  for (const CliOption *o = options; o != NULL && o->name != NULL; o++)
    if (o->kind != CLI_NONE && cli_command_takes (command, o))
      {
        g_autofree char *action = bash_action (o->kind, o->choices);

        g_string_append_printf (out, "        --%s) %s; return ;;\n", o->name, action);
      }
}

static void
append_bash_command (GString *out, const CliCommand *command)
{
  g_autofree char *options = option_words (command);
  const CliArgument *last = command->argument;

  g_string_append_printf (out, "    '%s')\n      case $prev in\n", command->name);
  append_bash_options (out, command, command->options);
  append_bash_options (out, command, cli_global_options);
  g_string_append_printf (
      out, "      esac\n      case $cur in\n        -*) _smalti_words '%s'; return ;;\n      esac\n", options);
  g_string_append (out, "      case $n in\n");
  for (guint i = 0; command->argument[i].name != NULL; i++)
    {
      g_autofree char *action = bash_action (command->argument[i].kind, NULL);

      g_string_append_printf (out, "        %s) %s ;;\n",
                              command->argument[i].repeats ? "*"
                              : i == 0                     ? "0"
                                                           : "1",
                              action);
      last = &command->argument[i];
    }
  if (last->name == NULL || !last->repeats)
    g_string_append (out, "        *) : ;;\n");
  g_string_append (out, "      esac ;;\n");
}

static char *
bash_script (void)
{
  GString *out = g_string_new ("# Completion of smalti for bash; written by “smalti help --completion bash”.\n");
  g_autofree char *firsts = first_words ();
  g_autofree char *last = g_strdup ("");
  g_autoptr (GString) valued = g_string_new (NULL);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  g_string_append (out,
                   "_smalti_words() { mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$cur\"); }\n"
                   "_smalti_folders() { compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"$cur\"); }\n"
                   "_smalti_files() {\n"
                   "  compopt -o filenames\n"
                   "  mapfile -t COMPREPLY < <(compgen -d -- \"$cur\"; compgen -f ${1:+-X \"!*.$1\"} -- \"$cur\")\n"
                   "}\n"
                   "_smalti_runs() { smalti runs list --names ${store:+--store \"$store\"} 2>/dev/null; }\n"
                   "_smalti() {\n"
                   "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=() store='' i n\n"
                   "  COMPREPLY=()\n"
                   "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
                   "    case ${COMP_WORDS[i]} in\n"
                   "      --store) store=${COMP_WORDS[++i]} ;;\n");
  for (guint i = 0; cli_commands[i] != NULL; i++)
    for (const CliOption *o = cli_commands[i]->options; o != NULL && o->name != NULL; o++)
      if (o->kind != CLI_NONE && g_hash_table_add (seen, (gpointer)o->name))
        g_string_append_printf (valued, "%s--%s", valued->len > 0 ? "|" : "", o->name);
  g_string_append_printf (out,
                          "      %s|--device|--threads) ((i++)) ;;\n"
                          "      -*) ;;\n"
                          "      *) words+=(\"${COMP_WORDS[i]}\") ;;\n"
                          "    esac\n"
                          "  done\n"
                          "  if ((${#words[@]} == 0)); then\n"
                          "    _smalti_words '%s --help --version'\n"
                          "    return\n"
                          "  fi\n"
                          "  local command=${words[0]}\n"
                          "  case $command in\n",
                          valued->str, firsts);
  for (guint i = 0; cli_commands[i] != NULL; i++)
    if (is_two_words (cli_commands[i]))
      {
        char *word = g_strndup (cli_commands[i]->name, strcspn (cli_commands[i]->name, " "));

        if (strcmp (word, last) != 0)
          {
            g_autofree char *seconds = second_words (word);

            g_string_append_printf (out,
                                    "    %s)\n"
                                    "      if ((${#words[@]} == 1)); then _smalti_words '%s'; return; fi\n"
                                    "      command=\"${words[0]} ${words[1]}\"\n"
                                    "      words=(\"${words[@]:1}\") ;;\n",
                                    word, seconds);
          }
        g_free (last);
        last = word;
      }
  g_string_append (out, "  esac\n  n=$((${#words[@]} - 1))\n  case $command in\n");
  for (guint i = 0; cli_commands[i] != NULL; i++)
    append_bash_command (out, cli_commands[i]);
  g_string_append (out, "  esac\n}\ncomplete -F _smalti smalti\n");
  return g_string_free (out, FALSE);
}

static char *
zsh_action (CliKind kind, const char *const *choices)
{
  g_autofree char *all = NULL;

  switch (kind)
    {
    case CLI_FILE:
      return g_strdup ("_files");
    case CLI_SPEC:
      return g_strdup ("_files -g \"*.(yaml|yml)\"");
    case CLI_FOLDER:
      return g_strdup ("_files -/");
    case CLI_RUN:
      return g_strdup ("_smalti_runs");
    case CLI_TOPIC:
      all = first_words ();
      return g_strdup_printf ("(%s spec)", all);
    case CLI_CHOICE:
      all = g_strjoinv (" ", (char **)choices);
      return g_strdup_printf ("(%s)", all);
    case CLI_NONE:
    case CLI_TEXT:
    case CLI_WHOLE:
    case CLI_NUMBER:
      break;
    }
  return g_strdup (" ");
}

/* Text inside brackets of an _arguments specification, inside single quotes. */
static char *
zsh_text (const char *text)
{
  g_autoptr (GString) out = g_string_new (text);

  g_string_replace (out, "[", "\\[", 0);
  g_string_replace (out, "]", "\\]", 0);
  g_string_replace (out, ":", "\\:", 0);
  return quoted (out->str);
}

static void
append_zsh_options (GString *out, const CliCommand *command, const CliOption *options)
{
  for (const CliOption *o = options; o != NULL && o->name != NULL; o++)
    {
      g_autofree char *help = zsh_text (_ (o->help));

      if (!cli_command_takes (command, o))
        continue;
      g_string_append_printf (out, "        '%s--%s[%s]", o->repeats ? "*" : "", o->name, help);
      if (o->kind != CLI_NONE)
        {
          g_autofree char *action = zsh_action (o->kind, o->choices);
          g_autofree char *value = zsh_text (_ (o->value));

          g_string_append_printf (out, ":%s:%s", value, action);
        }
      g_string_append (out, "' \\\n");
    }
}

static char *
zsh_script (void)
{
  GString *out
      = g_string_new ("#compdef smalti\n# Completion of smalti for zsh; written by “smalti help --completion zsh”.\n");
  g_autofree char *firsts = first_words ();
  g_autofree char *last = g_strdup ("");

  g_string_append_printf (
      out,
      "_smalti_runs() {\n"
      "  local -a runs\n"
      "  runs=(${(f)\"$(smalti runs list --names ${opt_args[--store]:+--store ${opt_args[--store]}} 2>/dev/null)\"})\n"
      "  compadd -a runs\n"
      "}\n"
      "_smalti() {\n"
      "  local command\n"
      "  if (( CURRENT == 2 )); then\n"
      "    compadd -- %s --help --version\n"
      "    return\n"
      "  fi\n"
      "  command=$words[2]\n"
      "  case $command in\n",
      firsts);
  for (guint i = 0; cli_commands[i] != NULL; i++)
    if (is_two_words (cli_commands[i]))
      {
        char *word = g_strndup (cli_commands[i]->name, strcspn (cli_commands[i]->name, " "));

        if (strcmp (word, last) != 0)
          {
            g_autofree char *seconds = second_words (word);

            g_string_append_printf (out,
                                    "    %s)\n"
                                    "      if (( CURRENT == 3 )); then\n"
                                    "        compadd -- %s\n"
                                    "        return\n"
                                    "      fi\n"
                                    "      command=\"$words[2] $words[3]\"\n"
                                    "      shift words\n"
                                    "      (( CURRENT-- )) ;;\n",
                                    word, seconds);
          }
        g_free (last);
        last = word;
      }
  g_string_append (out, "  esac\n  shift words\n  (( CURRENT-- ))\n  case $command in\n");
  for (guint i = 0; cli_commands[i] != NULL; i++)
    {
      const CliCommand *command = cli_commands[i];

      g_string_append_printf (out, "    '%s')\n      _arguments \\\n", command->name);
      append_zsh_options (out, command, command->options);
      append_zsh_options (out, command, cli_global_options);
      for (guint k = 0; command->argument[k].name != NULL; k++)
        {
          g_autofree char *action = zsh_action (command->argument[k].kind, NULL);

          g_string_append_printf (out, "        '%s:%s:%s' \\\n", command->argument[k].repeats ? "*" : "",
                                  _ (command->argument[k].name), action);
        }
      g_string_append (out, "        && return ;;\n");
    }
  g_string_append (out, "  esac\n}\n_smalti \"$@\"\n");
  return g_string_free (out, FALSE);
}

/* The condition under which fish offers a command's words. */
static char *
fish_condition (const CliCommand *command)
{
  const char *space = strchr (command->name, ' ');

  if (space == NULL)
    return g_strdup_printf ("__fish_seen_subcommand_from %s", command->name);
  return g_strdup_printf ("__fish_seen_subcommand_from %.*s; and __fish_seen_subcommand_from %s",
                          (int)(space - command->name), command->name, space + 1);
}

static char *
fish_action (CliKind kind, const char *const *choices)
{
  g_autofree char *all = NULL;

  switch (kind)
    {
    case CLI_NONE:
      return g_strdup ("");
    case CLI_FILE:
      return g_strdup (" -r -F");
    case CLI_SPEC:
      return g_strdup (" -r -k -a '(__fish_complete_suffix .yaml .yml)'");
    case CLI_FOLDER:
      return g_strdup (" -x -a '(__fish_complete_directories)'");
    case CLI_RUN:
      return g_strdup (" -x -a '(smalti runs list --names 2>/dev/null)'");
    case CLI_TOPIC:
      all = first_words ();
      return g_strdup_printf (" -x -a '%s spec'", all);
    case CLI_CHOICE:
      all = g_strjoinv (" ", (char **)choices);
      return g_strdup_printf (" -x -a '%s'", all);
    case CLI_TEXT:
    case CLI_WHOLE:
    case CLI_NUMBER:
      break;
    }
  return g_strdup (" -x");
}

static char *
fish_script (void)
{
  GString *out = g_string_new ("# Completion of smalti for fish; written by “smalti help --completion fish”.\n"
                               "complete -c smalti -f\n");
  g_autofree char *firsts = first_words ();

  for (const CliOption *o = cli_global_options; o->name != NULL; o++)
    {
      g_autofree char *help = quoted (_ (o->help));
      g_autofree char *action = fish_action (o->kind, o->choices);

      g_string_append_printf (out, "complete -c smalti -l %s%s -d '%s'\n", o->name, action, help);
    }
  for (guint i = 0; cli_commands[i] != NULL; i++)
    {
      const CliCommand *command = cli_commands[i];
      const char *space = strchr (command->name, ' ');
      g_autofree char *summary = quoted (_ (command->summary));
      g_autofree char *condition = fish_condition (command);

      if (space == NULL)
        g_string_append_printf (out, "complete -c smalti -n __fish_use_subcommand -a %s -d '%s'\n", command->name,
                                summary);
      else
        {
          g_autofree char *first = g_strndup (command->name, space - command->name);
          g_autofree char *seconds = second_words (first);

          g_string_append_printf (out, "complete -c smalti -n __fish_use_subcommand -a %s\n", first);
          g_string_append_printf (out,
                                  "complete -c smalti -n '__fish_seen_subcommand_from %s; and not "
                                  "__fish_seen_subcommand_from %s' -a %s -d '%s'\n",
                                  first, seconds, space + 1, summary);
        }
      for (const CliOption *o = command->options; o != NULL && o->name != NULL; o++)
        {
          g_autofree char *help = quoted (_ (o->help));
          g_autofree char *action = fish_action (o->kind, o->choices);

          g_string_append_printf (out, "complete -c smalti -n '%s' -l %s%s -d '%s'\n", condition, o->name, action,
                                  help);
        }
      for (guint k = 0; command->argument[k].name != NULL; k++)
        {
          g_autofree char *action = fish_action (command->argument[k].kind, NULL);

          g_string_append_printf (out, "complete -c smalti -n '%s'%s\n", condition, action);
        }
    }
  return g_string_free (out, FALSE);
}

char *
cli_help_completion (const char *shell)
{
  if (strcmp (shell, "bash") == 0)
    return bash_script ();
  if (strcmp (shell, "zsh") == 0)
    return zsh_script ();
  g_assert (strcmp (shell, "fish") == 0);
  return fish_script ();
}
