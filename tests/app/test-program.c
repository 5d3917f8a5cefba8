/* SPDX-License-Identifier: Apache-2.0 */
/* The program from outside: exit statuses, what is said where, and that a mistake leaves nothing behind. */
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "app/commands.h"
#include "core/data/sample.h"
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

/* The rows of Tiny ImageNet: two classes of two pictures, and a list of the held-out ones. */
static void
write_tiny_imagenet (World *world, const char *val_annotations)
{
  static const char *const places[]
      = { "tiny/train/n01/images/n01_0.JPEG", "tiny/train/n01/images/n01_1.JPEG", "tiny/train/n02/images/n02_0.JPEG",
          "tiny/train/n02/images/n02_1.JPEG", "tiny/val/images/val_0.JPEG",       "tiny/val/images/val_1.JPEG" };
  g_autoptr (SmaltiImage) image = smalti_sample_draw (0, 0, 32);

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *path = world_path (world, places[i]);

      world_write (world, places[i], "");
      g_assert_true (smalti_image_save_png (image, path, NULL));
    }
  world_write (world, "tiny/wnids.txt", "n01\nn02\n");
  world_write (world, "tiny/words.txt", "n01\tgoldfish\nn02\tpiano\n");
  world_write (world, "tiny/val/val_annotations.txt", val_annotations);
}

static void
a_list_of_missing_images_is_told_with_its_line (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Answer) inspect = NULL, run = NULL, good = NULL;
  g_autofree char *before = NULL, *after = NULL;

  write_tiny_imagenet (world, "val_0.JPEG\tn01\t0\t0\t1\t1\nval_1.JPEG\tn02\t0\t0\t1\t1\n");
  good = world_call (world, "data", "inspect", "tiny", NULL);
  answer_assert_status (good, 0);
  answer_assert_out (good, "tiny-imagenet");
  write_tiny_imagenet (world, "val_0.JPEG\tn01\t0\t0\t1\t1\nval_9.JPEG\tn02\t0\t0\t1\t1\n");
  world_write (world, "spec.yaml",
               "data: { path: tiny }\nmethod: { name: supervised }\nbackbone: { name: cfn-small }\n");
  before = folder_state (world->folder);
  inspect = world_call (world, "data", "inspect", "tiny", NULL);
  answer_assert_status (inspect, 1);
  answer_assert_err (inspect, "val_annotations.txt");
  answer_assert_err (inspect, "val_9.JPEG");
  run = world_call (world, "run", "spec.yaml", NULL);
  answer_assert_status (run, 1);
  answer_assert_err (run, "val_9.JPEG");
  after = folder_state (world->folder);
  g_assert_cmpstr (before, ==, after);
}

/* @calls in a folder "small" that holds 40 KiB and not a byte more; %NULL where this machine does not let us. */
static Answer *
call_on_a_full_disk (World *world, const char *calls)
{
  g_autofree char *small = world_path (world, "small");
  g_autofree char *script
      = g_strdup_printf ("mount -t tmpfs -o size=40k tmpfs '%s' && cd '%s' && { %s; }", small, world->folder, calls);
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *unshare = g_find_program_in_path ("unshare");
  g_autofree char *probe = g_strdup_printf ("unshare -rm mount -t tmpfs tmpfs '%s' 2>/dev/null", small);

  g_mkdir (small, 0777);
  if (unshare == NULL || system (probe) != 0)
    return NULL;
  g_subprocess_launcher_setenv (launcher, "HOME", world->folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C.UTF-8", TRUE);
  process = g_subprocess_launcher_spawn (launcher, NULL, "unshare", "-rm", "sh", "-c", script, NULL);
  g_assert_nonnull (process);
  return answer_of (process);
}

static void
a_full_disk_is_told_and_nothing_is_left (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Answer) sample
      = world_call (world, "data", "sample", "sample", "--train", "4", "--val", "2", "--side", "32", NULL);
  g_autoptr (Answer) run = NULL;

  answer_assert_status (sample, 0);
  world_write (world, "spec.yaml",
               "data: { path: sample }\nmethod: { name: random, size: 32 }\nbackbone: { name: cfn-small }\n"
               "eval: { protocol: none }\n");
  run = call_on_a_full_disk (
      world, "\"$SMALTI_CLI\" run spec.yaml --store small/store -q; echo status $?; find small -mindepth 1");
  if (run == NULL)
    {
      g_test_skip ("no file system can be mounted here");
      return;
    }
  g_assert_cmpstr (run->out, ==, "status 1\n");
  answer_assert_err (run, "No space left for the store");
  g_assert_null (strchr (g_strchomp (run->err), '\n')); /* one sentence */
}

static void
copy_file (World *world, const char *from, const char *to)
{
  g_autofree char *from_path = world_path (world, from), *to_path = world_path (world, to);
  g_autofree char *data = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (from_path, &data, &size, NULL));
  g_assert_true (g_file_set_contents (to_path, data, size, NULL));
}

static void
a_checkpoint_of_another_run_is_refused (void)
{
  static const char spec[] = "data: { path: sample }\nmethod: { name: random, size: 32 }\nbackbone: { name: %s }\n"
                             "eval: { protocol: none, side: 32 }\n";
  g_autoptr (World) world = world_new ();
  g_autofree char *small = g_strdup_printf (spec, "cfn-small"), *other = g_strdup_printf (spec, "resnet-small");
  g_autofree char *before = NULL, *after = NULL, *runs = world_path (world, "xdg-data/smalti/runs");
  g_autoptr (Answer) sample
      = world_call (world, "data", "sample", "sample", "--train", "4", "--val", "2", "--side", "32", NULL);
  g_autoptr (Answer) first = NULL, second = NULL, eval = NULL, predict = NULL, list = NULL;

  world_write (world, "small.yaml", small);
  world_write (world, "other.yaml", other);
  first = world_call (world, "run", "small.yaml", "--threads", "1", NULL);
  answer_assert_status (first, 0);
  second = world_call (world, "run", "other.yaml", "--threads", "1", NULL);
  answer_assert_status (second, 0);
  copy_file (world, "xdg-data/smalti/runs/1/checkpoint.safetensors", "xdg-data/smalti/runs/2/checkpoint.safetensors");
  before = folder_state (runs);
  eval = world_call (world, "eval", "2", "--protocol", "linear", NULL);
  answer_assert_status (eval, 1);
  answer_assert_err (eval, "another network");
  answer_assert_err (eval, "cfn-small");
  predict = world_call (world, "predict", "2", "sample/val/beach/0000.jpg", "--out", "answers", NULL);
  answer_assert_status (predict, 1);
  answer_assert_err (predict, "another network");
  after = folder_state (runs);
  g_assert_cmpstr (before, ==, after);
  list = world_call (world, "runs", "show", "2", "--json", NULL);
  answer_assert_out (list, "\"benchmarks\":[]");
  /* Its own run is not refused, but has nothing to say. */
  g_clear_pointer (&predict, answer_free);
  predict = world_call (world, "predict", "1", "sample/val/beach/0000.jpg", "--out", "answers", NULL);
  answer_assert_status (predict, 2);
  answer_assert_err (predict, "random");
}

static void
a_pack_is_smaller_and_says_so (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Answer) sample
      = world_call (world, "data", "sample", "sample", "--train", "3", "--val", "2", "--side", "64", NULL);
  g_autoptr (Answer) pack = world_call (world, "data", "pack", "sample", "--side", "32", "--json", NULL);
  g_autoptr (Answer) inspect = world_call (world, "data", "inspect", "sample-32", NULL);
  g_autoptr (Answer) inside = world_call (world, "data", "pack", "sample", "--out", "sample/small", NULL);
  g_autoptr (Answer) onto = world_call (world, "data", "pack", "sample", "--out", "sample-32", NULL);

  answer_assert_status (pack, 0);
  answer_assert_json (pack, 1);
  answer_assert_out (pack, "\"n_written\":60");
  answer_assert_status (inspect, 0);
  answer_assert_out (inspect, "32 × 32 px");
  answer_assert_out (inspect, "36 to train on, 24 held out");
  answer_assert_status (inside, 2);
  answer_assert_status (onto, 1);
  answer_assert_err (onto, "holds other files");
}

static void
an_estimate_says_what_a_run_costs_and_keeps_nothing (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Answer) sample
      = world_call (world, "data", "sample", "sample", "--train", "4", "--val", "2", "--side", "32", NULL);
  g_autoptr (Answer) json = NULL, text = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *before = NULL, *after = NULL;
  JsonObject *facts;

  answer_assert_status (sample, 0);
  world_write (world, "spec.yaml",
               "data: { path: sample }\nmethod: { name: jigsaw, grid: 2, tile: 16, gap: 2, permutations: 8, fc6: 8, "
               "fc7: 0 }\nbackbone: { name: cfn-small }\ntrain: { batch: 8, epochs: 3 }\n");
  before = folder_state (world->folder);
  json = world_call (world, "run", "spec.yaml", "--estimate", "--threads", "1", "--json", NULL);
  text = world_call (world, "run", "spec.yaml", "--estimate", "--threads", "1", NULL);
  after = folder_state (world->folder);
  g_assert_cmpstr (before, ==, after);
  answer_assert_status (json, 0);
  answer_assert_json (json, 1);
  node = json_from_string (json->out, NULL);
  facts = json_node_get_object (node);
  g_assert_cmpint (json_object_get_int_member (facts, "n_images"), ==, 48);
  g_assert_cmpint (json_object_get_int_member (facts, "n_steps"), ==, 18);
  g_assert_cmpfloat (json_object_get_double_member (facts, "step_seconds"), >, 0);
  g_assert_cmpfloat (json_object_get_double_member (facts, "total_seconds"), >,
                     3 * json_object_get_double_member (facts, "epoch_seconds"));
  answer_assert_status (text, 0);
  answer_assert_out (text, "18 steps");
}

static void
bench_times_a_step_in_each_precision (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Answer) answer = world_call (world, "bench", "--quick", "--only", "resnet18-64", "--batch", "1",
                                          "--device", "cpu", "--json", NULL);
  g_autoptr (Answer) unknown = world_call (world, "bench", "--only", "resnet18", NULL);
  g_auto (GStrv) lines = NULL;

  answer_assert_status (answer, 0);
  answer_assert_json (answer, 1);
  lines = g_strsplit (g_strchomp (answer->out), "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      g_autoptr (JsonNode) node = json_from_string (*line, NULL);
      JsonObject *facts = json_node_get_object (node);
      double least = json_object_get_double_member (facts, "images_s_min");
      double median = json_object_get_double_member (facts, "images_s");
      double most = json_object_get_double_member (facts, "images_s_max");

      g_assert_cmpstr (json_object_get_string_member (facts, "workload"), ==, "resnet18-64");
      g_assert_cmpfloat (least, >, 0);
      g_assert_cmpfloat (least, <=, median);
      g_assert_cmpfloat (median, <=, most);
      /* Forward, backward but for the first layer's input: 55.7 GFLOP of 64 images. */
      g_assert_cmpfloat_with_epsilon (json_object_get_double_member (facts, "gflop_step"), 55.7 / 64, 0.01);
      g_assert_cmpint (json_object_get_int_member (facts, "plan_bytes"), >,
                       4 * 3 * json_object_get_int_member (facts, "n_params"));
      g_assert_false (json_object_get_null_member (facts, "loss"));
    }
  answer_assert_status (unknown, 2);
  answer_assert_err (unknown, "resnet18-64");
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
  g_test_add_func ("/program/missing-images", a_list_of_missing_images_is_told_with_its_line);
  g_test_add_func ("/program/full-disk", a_full_disk_is_told_and_nothing_is_left);
  g_test_add_func ("/program/other-checkpoint", a_checkpoint_of_another_run_is_refused);
  g_test_add_func ("/program/pack", a_pack_is_smaller_and_says_so);
  g_test_add_func ("/program/estimate", an_estimate_says_what_a_run_costs_and_keeps_nothing);
  g_test_add_func ("/program/bench", bench_times_a_step_in_each_precision);
  g_test_add_func ("/program/empty-store", an_empty_store_lists_nothing);
  g_test_add_func ("/program/sample", the_sample_can_be_inspected);
  g_test_add_func ("/program/doctor", the_doctor_finds_that_it_computes_right);
  return g_test_run ();
}
