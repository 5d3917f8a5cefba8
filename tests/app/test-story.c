/* SPDX-License-Identifier: Apache-2.0 */
/* The whole story from outside, small: sample, run, stop, resume, look, measure, answer, compare. */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "tests/app/program.h"

static const char spec[] = "name: story\n"
                           "data: { path: sample }\n"
                           "method: { name: jigsaw, grid: 2, tile: 16, gap: 2, permutations: 8, fc6: 16, fc7: 32 }\n"
                           "backbone: { name: cfn-small, width: 0.25 }\n"
                           "train: { epochs: 2, batch: 8, lr: 0.01 }\n"
                           "eval: { protocol: linear, side: 32, layers: [conv3] }\n";

static World *
world_with_sample (void)
{
  World *world = world_new ();
  g_autoptr (Answer) sample
      = world_call (world, "data", "sample", "sample", "--train", "6", "--val", "4", "--side", "48", NULL);

  answer_assert_status (sample, 0);
  world_write (world, "spec.yaml", spec);
  return world;
}

static char *
any_picture (World *world)
{
  g_autofree char *folder = world_path (world, "sample/val/beach");
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  g_assert_nonnull (dir);
  return g_build_filename (folder, g_dir_read_name (dir), NULL);
}

static void
a_run_can_be_looked_at_measured_and_asked (void)
{
  g_autoptr (World) world = world_with_sample ();
  g_autofree char *picture = any_picture (world);
  g_autofree char *report = world_path (world, "report.html");
  g_autofree char *html = NULL;
  g_autoptr (Answer) run = world_call (world, "run", "spec.yaml", "--threads", "1", "--json", NULL);
  g_autoptr (Answer) list = world_call (world, "runs", NULL);
  g_autoptr (Answer) show = world_call (world, "runs", "show", "story", NULL);
  g_autoptr (Answer) csv = world_call (world, "runs", "csv", "1", NULL);
  g_autoptr (Answer) eval
      = world_call (world, "eval", "last", "--protocol", "knn", "--layers", "conv2,conv3", "--json", NULL);
  g_autoptr (Answer) predict = world_call (world, "predict", "1", picture, picture, "--out", "answers", NULL);
  g_autoptr (Answer) compare = world_call (world, "compare", "1", "story", "--out", "report.html", NULL);
  g_autoptr (Answer) resume = world_call (world, "resume", "1", NULL);
  g_autoptr (Answer) stop = world_call (world, "stop", "1", NULL);
  g_autoptr (Answer) rm = world_call (world, "runs", "rm", "1", NULL);
  g_autoptr (Answer) gone = world_call (world, "runs", "show", "1", NULL);
  g_autofree char *answers = world_path (world, "answers");
  g_autoptr (GDir) dir = NULL;
  guint n_answers = 0;

  answer_assert_status (run, 0);
  answer_assert_json (run, 10);
  answer_assert_out (run, "\"event\":\"metric\"");
  answer_assert_out (run, "\"event\":\"benchmark\"");
  answer_assert_out (run, "\"event\":\"done\"");
  answer_assert_status (list, 0);
  answer_assert_out (list, "story");
  answer_assert_out (list, "done");
  answer_assert_status (show, 0);
  answer_assert_out (show, "tile: 16");
  answer_assert_out (show, "fingerprint");
  answer_assert_out (show, "conv3, linear");
  answer_assert_status (csv, 0);
  g_assert_true (g_str_has_prefix (csv->out, "step,epoch,seconds,"));
  answer_assert_out (csv, "train/loss");
  answer_assert_status (eval, 0);
  answer_assert_json (eval, 2);
  answer_assert_status (predict, 0);
  dir = g_dir_open (answers, 0, NULL);
  g_assert_nonnull (dir);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    n_answers += g_str_has_suffix (name, ".png");
  g_assert_cmpuint (n_answers, ==, 2);
  answer_assert_status (compare, 0);
  answer_assert_out (compare, "story");
  g_assert_true (g_file_get_contents (report, &html, NULL, NULL));
  g_assert_nonnull (strstr (html, "<svg"));
  answer_assert_status (resume, 2);
  answer_assert_err (resume, "is done");
  answer_assert_status (stop, 2);
  answer_assert_status (rm, 0);
  answer_assert_status (gone, 2);
}

/* Reads lines of standard output until one contains @text. */
static void
wait_for (GSubprocess *process, const char *text)
{
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));

  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (lines), FALSE);
  for (;;)
    {
      g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);

      if (line == NULL)
        g_error ("the program ended before it said “%s”", text);
      if (strstr (line, text) != NULL)
        return;
    }
}

static void
ctrl_c_stops_at_a_checkpoint_and_resume_goes_on (void)
{
  g_autoptr (World) world = world_with_sample ();
  g_autoptr (GSubprocess) process
      = world_spawn (world, "run", "spec.yaml", "--threads", "1", "--json", "--set", "train.epochs=2000", NULL);
  g_autoptr (Answer) stopped = NULL;
  g_autoptr (Answer) predict = NULL;
  g_autoptr (Answer) list = NULL;
  g_autoptr (Answer) resumed = NULL;
  g_autoptr (Answer) show = NULL;

  wait_for (process, "\"metric\":\"train/loss\"");
  g_subprocess_send_signal (process, SIGINT);
  stopped = answer_of (process);
  answer_assert_status (stopped, 1);
  answer_assert_out (stopped, "\"event\":\"stopped\"");
  answer_assert_err (stopped, "smalti resume 1");
  list = world_call (world, "runs", NULL);
  answer_assert_out (list, "stopped");
  process = (g_object_unref (process), world_spawn (world, "resume", "last", "--json", NULL));
  wait_for (process, "\"metric\":\"train/loss\"");
  {
    g_autoptr (Answer) stop = world_call (world, "stop", "last", "--wait", NULL);

    answer_assert_status (stop, 0);
    answer_assert_out (stop, "stopped");
  }
  resumed = answer_of (process);
  answer_assert_status (resumed, 1);
  answer_assert_err (resumed, "goes on");
  show = world_call (world, "runs", "show", "1", NULL);
  answer_assert_status (show, 0);
}

static void
a_run_is_paused_changed_and_stopped_from_elsewhere (void)
{
  g_autoptr (World) world = world_with_sample ();
  g_autoptr (GSubprocess) process = world_spawn (world, "run", "spec.yaml", "--threads", "1", "--json", "--set",
                                                 "train.epochs=2000", "--set", "train.checkpoint_every=0", NULL);
  g_autoptr (Answer) pause = NULL, list = NULL, again = NULL, nonsense = NULL, change = NULL, resume = NULL,
                     stop = NULL, run = NULL, show = NULL, idle = NULL;

  wait_for (process, "\"metric\":\"train/loss\"");
  pause = world_call (world, "pause", "last", NULL);
  answer_assert_status (pause, 0);
  wait_for (process, "\"event\":\"paused\"");
  list = world_call (world, "runs", NULL);
  answer_assert_out (list, "paused");
  again = world_call (world, "pause", "last", NULL);
  answer_assert_status (again, 2);
  answer_assert_err (again, "paused already");
  nonsense = world_call (world, "change", "last", "train.lr=0.001", "train.batch=4", NULL);
  answer_assert_status (nonsense, 2);
  answer_assert_err (nonsense, "train.lr, train.epochs");
  change = world_call (world, "change", "last", "train.lr=0.00321", NULL);
  answer_assert_status (change, 0);
  resume = world_call (world, "resume", "last", NULL);
  answer_assert_status (resume, 0);
  answer_assert_out (resume, "asked to continue");
  wait_for (process, "\"event\":\"changed\"");
  stop = world_call (world, "stop", "1", "--now", "--wait", NULL);
  answer_assert_status (stop, 0);
  answer_assert_out (stop, "stopped");
  run = answer_of (process);
  answer_assert_status (run, 1);
  show = world_call (world, "runs", "show", "1", NULL);
  answer_assert_out (show, "lr: 0.00321\n");
  idle = world_call (world, "change", "1", "train.lr=0.1", NULL);
  answer_assert_status (idle, 2);
  answer_assert_err (idle, "not running");
}

static void
what_has_not_learned_yet_can_not_answer (void)
{
  g_autoptr (World) world = world_with_sample ();
  g_autofree char *picture = any_picture (world);
  g_autoptr (Answer) run = NULL;
  g_autoptr (Answer) predict = NULL;
  g_autoptr (Answer) eval = NULL;

  /* A learning rate that leaves the numbers behind: the run fails, its spec stays. */
  run = world_call (world, "run", "spec.yaml", "--threads", "1", "--set", "train.lr=1e30", "--set",
                    "train.checkpoint_every=0", NULL);
  answer_assert_status (run, 1);
  predict = world_call (world, "predict", "last", picture, "--out", "answers", NULL);
  answer_assert_status (predict, 1);
  g_assert_cmpstr (predict->out, ==, "");
  eval = world_call (world, "eval", "last", NULL);
  answer_assert_status (eval, 1);
  {
    g_autofree char *answers = world_path (world, "answers");

    g_assert_false (g_file_test (answers, G_FILE_TEST_EXISTS));
  }
}

static void
a_picture_that_can_not_be_read_does_not_hide_the_others (void)
{
  g_autoptr (World) world = world_with_sample ();
  g_autofree char *picture = any_picture (world);
  g_autoptr (Answer) run = world_call (world, "run", "spec.yaml", "--threads", "1", "--set", "train.epochs=1", "--set",
                                       "eval.protocol=none", NULL);
  g_autoptr (Answer) predict = NULL;

  answer_assert_status (run, 0);
  world_write (world, "broken.jpg", "this is no picture");
  predict = world_call (world, "predict", "last", "broken.jpg", picture, "--out", "answers", "--json", NULL);
  answer_assert_status (predict, 1);
  answer_assert_json (predict, 2);
  answer_assert_err (predict, "broken.jpg");
  answer_assert_err (predict, "1 of 2");
}

static void
the_demo_tells_the_whole_story (void)
{
  g_autoptr (World) world = world_with_sample ();
  g_autofree char *report = world_path (world, "out/report.html");
  g_autoptr (Answer) demo
      = world_call (world, "demo", "--data", "sample", "--minutes", "0.02", "--threads", "1", "--out", "out", NULL);
  g_autoptr (Answer) list = world_call (world, "runs", NULL);
  static const char *const methods[] = { "jigsaw", "colorization", "random", "supervised" };

  answer_assert_status (demo, 0);
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    answer_assert_out (list, methods[i]);
  answer_assert_out (demo, "report.html");
  g_assert_true (g_file_test (report, G_FILE_TEST_IS_REGULAR));
}

static void
the_demo_needs_no_labels (void)
{
  g_autoptr (World) world = world_with_sample ();
  g_autoptr (Answer) demo = world_call (world, "demo", "--data", "sample/train/beach", "--minutes", "0.02", "--threads",
                                        "1", "--out", "out", NULL);
  g_autoptr (Answer) list = world_call (world, "runs", "--json", NULL);

  answer_assert_status (demo, 0);
  answer_assert_err (demo, "has no labels");
  answer_assert_json (list, 2);
  g_assert_null (strstr (list->out, "supervised"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/story/run", a_run_can_be_looked_at_measured_and_asked);
  g_test_add_func ("/story/stop", ctrl_c_stops_at_a_checkpoint_and_resume_goes_on);
  g_test_add_func ("/story/steer", a_run_is_paused_changed_and_stopped_from_elsewhere);
  g_test_add_func ("/story/untrained", what_has_not_learned_yet_can_not_answer);
  g_test_add_func ("/story/unreadable", a_picture_that_can_not_be_read_does_not_hide_the_others);
  g_test_add_func ("/story/demo", the_demo_tells_the_whole_story);
  g_test_add_func ("/story/demo-unlabelled", the_demo_needs_no_labels);
  return g_test_run ();
}
