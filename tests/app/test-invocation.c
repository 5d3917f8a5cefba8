/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the words of a call: what is understood, and what is said of a slip. */
#include <string.h>

#include "app/commands.h"

static CliInvocation *
read_words (const char *line, GError **error)
{
  g_auto (GStrv) argv = NULL;
  int argc;

  g_assert_true (g_shell_parse_argv (line, &argc, &argv, NULL));
  return cli_invocation_new (argc, argv, error);
}

static void
assert_mistake (const char *line, const char *says)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CliInvocation) invocation = read_words (line, &error);

  g_assert_null (invocation);
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
  if (strstr (error->message, says) == NULL)
    g_error ("“%s” is told “%s”, which does not say “%s”", line, error->message, says);
}

static void
options_stand_anywhere (void)
{
  const char *const lines[] = {
    "smalti run a.yaml --set x=1 --set=y=2 --store /s --threads 3",
    "smalti --store /s --threads=3 run --set x=1 a.yaml --set y=2",
    "smalti --threads 3 run --store=/s --set x=1 --set y=2 -- a.yaml",
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CliInvocation) invocation = read_words (lines[i], &error);

      g_assert_no_error (error);
      g_assert_true (invocation->command == &cli_run_command);
      g_assert_cmpuint (invocation->arguments->len, ==, 1);
      g_assert_cmpstr (cli_argument (invocation, 0), ==, "a.yaml");
      g_assert_null (cli_argument (invocation, 1));
      g_assert_cmpstr (cli_text (invocation, "store"), ==, "/s");
      g_assert_cmpint (cli_whole (invocation, "threads", 0), ==, 3);
      g_assert_cmpuint (g_strv_length ((char **)cli_list (invocation, "set")), ==, 2);
      g_assert_cmpstr (cli_list (invocation, "set")[1], ==, "y=2");
      g_assert_false (cli_has (invocation, "json"));
    }
}

static void
commands_may_have_two_words (void)
{
  g_autoptr (CliInvocation) show = read_words ("smalti runs --json show 3", NULL);
  g_autoptr (CliInvocation) list = read_words ("smalti runs", NULL);
  g_autoptr (CliInvocation) none = read_words ("smalti", NULL);

  g_assert_true (show->command == &cli_runs_show_command);
  g_assert_cmpstr (cli_argument (show, 0), ==, "3");
  g_assert_true (list->command == &cli_runs_list_command);
  g_assert_null (none->command);
}

static void
help_asks_for_nothing_else (void)
{
  g_autoptr (CliInvocation) run = read_words ("smalti run --help", NULL);
  g_autoptr (CliInvocation) data = read_words ("smalti data -h", NULL);

  g_assert_nonnull (run);
  g_assert_true (cli_has (run, "help"));
  g_assert_nonnull (data);
  g_assert_null (data->command);
}

static void
a_slip_is_answered_with_the_nearest_word (void)
{
  assert_mistake ("smalti rnu a.yaml", "did you mean “run”?");
  assert_mistake ("smalti runs shwo 3", "did you mean “smalti runs show”?");
  assert_mistake ("smalti data", "needs one more word: inspect, sample, pack");
  assert_mistake ("smalti xyzzy", "“smalti help” lists them");
  assert_mistake ("smalti run a.yaml --sett x=1", "did you mean “--set”?");
  assert_mistake ("smalti run a.yaml --jsno", "did you mean “--json”?");
  assert_mistake ("smalti run a.yaml --xyzzy", "“smalti help run”");
  assert_mistake ("smalti run a.yaml -x", "There is no option “-x”");
}

static void
what_is_missing_or_too_much_is_named (void)
{
  assert_mistake ("smalti run", "needs SPEC.yaml");
  assert_mistake ("smalti run a.yaml b.yaml", "“b.yaml”");
  assert_mistake ("smalti doctor now", "“now”");
  assert_mistake ("smalti predict 3", "--out DIR");
  assert_mistake ("smalti predict 3 --out o", "needs IMAGE");
  assert_mistake ("smalti run a.yaml --set", "“--set” needs a value");
  assert_mistake ("smalti run a.yaml --store --json", "“--store” needs a value");
  assert_mistake ("smalti run a.yaml --store=", "“--store” needs a value");
  assert_mistake ("smalti run a.yaml --json=1", "takes no value");
  assert_mistake ("smalti run a.yaml --store a --store b", "only once");
}

static void
values_are_checked (void)
{
  assert_mistake ("smalti run a.yaml --threads many", "a whole number from 0 to 1024");
  assert_mistake ("smalti run a.yaml --threads -1", "a whole number from 0 to 1024");
  assert_mistake ("smalti run a.yaml --threads 1.5", "a whole number");
  assert_mistake ("smalti run a.yaml --threads nan", "a whole number");
  assert_mistake ("smalti eval 3 --protocol liner", "choose one of: linear, knn");
  assert_mistake ("smalti demo --minutes 0", "a number from");
}

static void
an_option_that_changes_nothing_is_refused (void)
{
  assert_mistake ("smalti runs --device cpu", "has no use for “--device”");
  assert_mistake ("smalti resume 3 --threads 2", "has no use for “--threads”");
  assert_mistake ("smalti data inspect d --store s", "has no use for “--store”");
}

/* The parser reads an option before it knows the command: so one name has a value everywhere or nowhere. */
static void
one_name_is_one_kind_of_option (void)
{
  g_autoptr (GHashTable) valued = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) bare = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; cli_commands[i] != NULL; i++)
    for (const CliOption *o = cli_commands[i]->options; o != NULL && o->name != NULL; o++)
      {
        for (const CliOption *global = cli_global_options; global->name != NULL; global++)
          g_assert_cmpstr (o->name, !=, global->name);
        g_hash_table_add (o->kind == CLI_NONE ? bare : valued, (gpointer)o->name);
        g_assert_false (g_hash_table_contains (bare, o->name) && g_hash_table_contains (valued, o->name));
        g_assert_true (o->kind == CLI_NONE || o->value != NULL);
        g_assert_true ((o->kind == CLI_CHOICE) == (o->choices != NULL));
        g_assert_true ((o->kind != CLI_WHOLE && o->kind != CLI_NUMBER) || o->max > o->min);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/invocation/anywhere", options_stand_anywhere);
  g_test_add_func ("/invocation/two-words", commands_may_have_two_words);
  g_test_add_func ("/invocation/help", help_asks_for_nothing_else);
  g_test_add_func ("/invocation/nearest", a_slip_is_answered_with_the_nearest_word);
  g_test_add_func ("/invocation/missing", what_is_missing_or_too_much_is_named);
  g_test_add_func ("/invocation/values", values_are_checked);
  g_test_add_func ("/invocation/no-use", an_option_that_changes_nothing_is_refused);
  g_test_add_func ("/invocation/tables", one_name_is_one_kind_of_option);
  return g_test_run ();
}
