/* SPDX-License-Identifier: Apache-2.0 */
/* The program from outside: exit statuses, what is said where, and that a mistake leaves nothing behind. */
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <sqlite3.h>
#include <string.h>

#include "app/commands.h"
#include "tests/app/program.h"

static void
help_tells_of_every_command_and_option (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Answer) overview = world_call (world, "help", NULL);

  answer_assert_status (overview, 0);
  for (guint i = 0; cli_commands[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (cli_commands[i]->name, " ", 2);
      g_autoptr (Answer) help = world_call (world, "help", words[0], words[1], NULL);
      g_autoptr (Answer) asked = words[1] != NULL ? world_call (world, words[0], words[1], "--help", NULL)
                                                  : world_call (world, words[0], "--help", NULL);

      answer_assert_out (overview, cli_commands[i]->name);
      answer_assert_status (help, 0);
      answer_assert_out (help, cli_commands[i]->summary);
      g_assert_cmpstr (help->out, ==, asked->out);
      for (const CliOption *o = cli_commands[i]->options; o != NULL && o->name != NULL; o++)
        {
          g_autofree char *option = g_strdup_printf ("--%s", o->name);

          answer_assert_out (help, option);
        }
    }
}

static void
help_of_a_spec_has_every_section_method_and_backbone (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Answer) help = world_call (world, "help", "spec", NULL);
  const char *const words[]
      = { "jigsaw", "colorization", "supervised", "random",  "cfn", "colornet",  "resnet18",      "resnet50", "data:",
          "train:", "eval:",        "seed:",      "epochs:", "lr:", "protocol:", "permutations:", "lambda:" };

  answer_assert_status (help, 0);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    answer_assert_out (help, words[i]);
}

static void
completion_lists_every_command_and_option (void)
{
  static const char *const shells[] = { "bash", "zsh", "fish" };
  g_autoptr (World) world = world_new ();

  for (guint s = 0; s < G_N_ELEMENTS (shells); s++)
    {
      g_autoptr (Answer) script = world_call (world, "help", "--completion", shells[s], NULL);

      answer_assert_status (script, 0);
      for (guint i = 0; cli_commands[i] != NULL; i++)
        {
          g_auto (GStrv) words = g_strsplit (cli_commands[i]->name, " ", 2);

          for (char **word = words; *word != NULL; word++)
            answer_assert_out (script, *word);
          for (const CliOption *o = cli_commands[i]->options; o != NULL && o->name != NULL; o++)
            answer_assert_out (script, o->name);
        }
    }
}

/* bash itself completes, as it would for a person. */
static void
completion_works_in_bash (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Answer) script = world_call (world, "help", "--completion", "bash", NULL);
  g_autofree char *bash = g_find_program_in_path ("bash");
  const char *const calls
      = "compopt() { :; }; COMP_WORDS=(smalti runs s); COMP_CWORD=2; _smalti; echo \"${COMPREPLY[*]}\";"
        "COMP_WORDS=(smalti eval 3 --protocol ''); COMP_CWORD=4; _smalti; echo \"${COMPREPLY[*]}\"";
  g_autofree char *text = g_strconcat (script->out, calls, NULL);
  g_autofree char *out = NULL;
  g_autoptr (GSubprocess) process = NULL;

  if (bash == NULL)
    {
      g_test_skip ("there is no bash");
      return;
    }
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL, bash, "-c", text, NULL);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &out, NULL, NULL));
  g_assert_cmpstr (out, ==, "show\nlinear knn\n");
}

static void
the_man_page_has_no_warnings (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Answer) page = world_call (world, "help", "--man", NULL);
  g_autofree char *man = g_find_program_in_path ("man");
  g_autofree char *path = world_path (world, "smalti.1");
  g_autofree char *out = NULL, *err = NULL;
  const char *argv[] = { man, "--warnings", "-E", "UTF-8", "-l", path, NULL };
  int status;

  answer_assert_status (page, 0);
  for (guint i = 0; cli_commands[i] != NULL; i++)
    {
      g_autofree char *heading = g_strdup_printf (".SS \"smalti %s\"", cli_commands[i]->name);

      answer_assert_out (page, heading);
    }
  if (man == NULL)
    {
      g_test_skip ("there is no man");
      return;
    }
  world_write (world, "smalti.1", page->out);
  g_assert_true (g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &err, &status, NULL));
  g_assert_cmpint (status, ==, 0);
  g_assert_cmpstr (err, ==, "");
  g_assert_nonnull (strstr (out, "smalti predict RUN IMAGE... --out DIR"));
}

static void
a_slip_ends_with_status_2 (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Answer) command = world_call (world, "rnu", NULL);
  g_autoptr (Answer) option = world_call (world, "runs", "--jsno", NULL);
  g_autoptr (Answer) spec = world_call (world, "run", "nothing.yaml", NULL);
  g_autoptr (Answer) run = world_call (world, "runs", "show", "7", NULL);
  g_autoptr (Answer) json = world_call (world, "runs", "show", "7", "--json", NULL);

  answer_assert_status (command, 2);
  answer_assert_err (command, "did you mean “run”?");
  answer_assert_status (option, 2);
  answer_assert_status (spec, 2);
  answer_assert_err (spec, "nothing.yaml");
  answer_assert_status (run, 2);
  answer_assert_err (run, "There is no run “7”");
  g_assert_cmpstr (run->out, ==, "");
  answer_assert_status (json, 2);
  answer_assert_json (json, 1);
  answer_assert_out (json, "\"code\":\"argument\"");
}

static void
every_mistake_of_a_spec_is_told_with_its_line (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Answer) answer = NULL;
  g_autoptr (Answer) set = NULL;
  g_autofree char *store = world_path (world, "store");

  world_write (world, "bad.yaml",
               "name: bad\n"
               "data:\n"
               "  path: pictures\n"
               "method:\n"
               "  name: jigsaw\n"
               "  gird: 3\n"
               "  tile: large\n"
               "backbone:\n"
               "  name: cfm\n"
               "train:\n"
               "  epochs: 0\n");
  world_write (world, "good.yaml",
               "data: { path: pictures }\nmethod: { name: jigsaw }\nbackbone: { name: cfn-small }\n");
  answer = world_call (world, "run", "bad.yaml", "--store", store, NULL);
  answer_assert_status (answer, 2);
  answer_assert_err (answer, "bad.yaml:6:");
  answer_assert_err (answer, "“grid”");
  answer_assert_err (answer, "bad.yaml:7:");
  answer_assert_err (answer, "bad.yaml:9:");
  answer_assert_err (answer, "bad.yaml:11:");
  set = world_call (world, "run", "good.yaml", "--store", store, "--set", "train.epoch=3", NULL);
  answer_assert_status (set, 2);
  answer_assert_err (set, "--set train.epoch=3");
  answer_assert_err (set, "epochs");
  g_assert_false (g_file_test (store, G_FILE_TEST_EXISTS));
}

static void
a_folder_without_images_leaves_nothing_behind (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Answer) inspect = NULL;
  g_autoptr (Answer) run = NULL;
  g_autoptr (Answer) absent = NULL;
  g_autofree char *before = NULL, *after = NULL;

  world_write (world, "empty/notes.txt", "no pictures here\n");
  world_write (world, "spec.yaml", "data: { path: empty }\nmethod: { name: jigsaw }\nbackbone: { name: cfn-small }\n");
  before = folder_state (world->folder);
  inspect = world_call (world, "data", "inspect", "empty", NULL);
  answer_assert_status (inspect, 1);
  answer_assert_err (inspect, "empty");
  run = world_call (world, "run", "spec.yaml", NULL);
  answer_assert_status (run, 1);
  answer_assert_err (run, "empty");
  absent = world_call (world, "data", "inspect", "nowhere", NULL);
  answer_assert_status (absent, 1);
  answer_assert_err (absent, "nowhere");
  after = folder_state (world->folder);
  g_assert_cmpstr (before, ==, after);
}

static void
a_store_of_a_newer_version_is_left_as_it_is (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Answer) made = world_call (world, "runs", "--store", "store", NULL);
  g_autofree char *store = world_path (world, "store");
  g_autofree char *path = world_path (world, "store/smalti.db");
  g_autofree char *before = NULL, *after = NULL;
  g_autoptr (Answer) list = NULL;
  sqlite3 *db;

  answer_assert_status (made, 0);
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA user_version = 1000", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  before = folder_state (store);
  list = world_call (world, "runs", "--store", "store", NULL);
  answer_assert_status (list, 1);
  answer_assert_err (list, "newer");
  after = folder_state (store);
  g_assert_cmpstr (before, ==, after);
}

static void
an_empty_store_lists_nothing (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Answer) text = world_call (world, "runs", NULL);
  g_autoptr (Answer) names = world_call (world, "runs", "list", "--names", NULL);
  g_autoptr (Answer) last = world_call (world, "resume", "last", NULL);

  answer_assert_status (text, 0);
  g_assert_cmpstr (text->out, ==, "");
  answer_assert_status (names, 0);
  g_assert_cmpstr (names->out, ==, "");
  answer_assert_status (last, 2);
}

static void
the_sample_can_be_inspected (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Answer) sample
      = world_call (world, "data", "sample", "sample", "--train", "3", "--val", "2", "--side", "32", NULL);
  g_autoptr (Answer) text = NULL;
  g_autoptr (Answer) json = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonObject *facts;

  answer_assert_status (sample, 0);
  world_write (world, "sample/train/beach/broken.jpg", "this is no picture");
  text = world_call (world, "data", "inspect", "sample", NULL);
  answer_assert_status (text, 0);
  answer_assert_out (text, "class-folders");
  answer_assert_out (text, "broken.jpg");
  json = world_call (world, "data", "inspect", "sample", "--json", NULL);
  answer_assert_status (json, 0);
  answer_assert_json (json, 1);
  node = json_from_string (json->out, NULL);
  facts = json_node_get_object (node);
  g_assert_cmpint (json_object_get_int_member (facts, "n_images"), ==, 12 * 5 + 1);
  g_assert_cmpint (json_object_get_int_member (facts, "n_unreadable"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (facts, "min_width"), ==, 32);
  g_assert_cmpint (json_array_get_length (json_object_get_array_member (facts, "classes")), ==, 12);
  g_assert_cmpint (json_array_get_length (json_object_get_array_member (facts, "unreadable")), ==, 1);
}

static void
the_doctor_finds_that_it_computes_right (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Answer) text = world_call (world, "doctor", "--device", "cpu", NULL);
  g_autoptr (Answer) json = world_call (world, "doctor", "--device", "cpu", "--json", NULL);
  g_autoptr (JsonNode) node = NULL;
  JsonObject *facts;

  answer_assert_status (text, 0);
  answer_assert_out (text, "oneDNN");
  answer_assert_out (text, "OpenBLAS");
  answer_assert_out (text, "passed");
  answer_assert_status (json, 0);
  answer_assert_json (json, 1);
  node = json_from_string (json->out, NULL);
  facts = json_node_get_object (node);
  g_assert_true (json_object_get_boolean_member (facts, "passed"));
  g_assert_cmpint (json_object_get_int_member (facts, "arena_bytes"), >, 0);
  g_assert_cmpfloat (json_object_get_double_member (facts, "f32_difference"), <, 1e-4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/program/help", help_tells_of_every_command_and_option);
  g_test_add_func ("/program/help-spec", help_of_a_spec_has_every_section_method_and_backbone);
  g_test_add_func ("/program/completion", completion_lists_every_command_and_option);
  g_test_add_func ("/program/completion-bash", completion_works_in_bash);
  g_test_add_func ("/program/man", the_man_page_has_no_warnings);
  g_test_add_func ("/program/status-2", a_slip_ends_with_status_2);
  g_test_add_func ("/program/spec-mistakes", every_mistake_of_a_spec_is_told_with_its_line);
  g_test_add_func ("/program/no-images", a_folder_without_images_leaves_nothing_behind);
  g_test_add_func ("/program/newer-store", a_store_of_a_newer_version_is_left_as_it_is);
  g_test_add_func ("/program/empty-store", an_empty_store_lists_nothing);
  g_test_add_func ("/program/sample", the_sample_can_be_inspected);
  g_test_add_func ("/program/doctor", the_doctor_finds_that_it_computes_right);
  return g_test_run ();
}
