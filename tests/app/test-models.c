/* SPDX-License-Identifier: Apache-2.0 */
/* smalti models and export from outside: a backbone goes out as a file and comes back as a model. */
#include <string.h>

#include "tests/app/program.h"

static const char spec[] = "name: drawn\n"
                           "data: { path: sample }\n"
                           "method: { name: random, size: 32 }\n"
                           "backbone: { name: cfn-small, width: 0.25 }\n"
                           "eval: { protocol: linear, layers: [conv3] }\n"
                           "precision: f32\n";

static World *
world_with_run (void)
{
  World *world = world_new ();
  g_autoptr (Answer) sample
      = world_call (world, "data", "sample", "sample", "--train", "6", "--val", "4", "--side", "48", NULL);
  g_autoptr (Answer) run = NULL;

  answer_assert_status (sample, 0);
  world_write (world, "spec.yaml", spec);
  run = world_call (world, "run", "spec.yaml", "--threads", "1", NULL);
  answer_assert_status (run, 0);
  return world;
}

/* "0.3125", the share of right answers in an evaluation as JSON. */
static char *
top1_of (const Answer *answer)
{
  const char *at = strstr (answer->out, "\"top1\":");

  g_assert_nonnull (at);
  at += strlen ("\"top1\":");
  return g_strndup (at, strcspn (at, "}"));
}

static void
a_backbone_goes_out_and_comes_back_as_a_model (void)
{
  g_autoptr (World) world = world_with_run ();
  g_autoptr (Answer) export
      = world_call (world, "export", "drawn", "--format", "safetensors", "--out", "b.safetensors", NULL);
  g_autoptr (Answer) import = world_call (world, "models", "import", "b.safetensors", "--name", "public", NULL);
  g_autoptr (Answer) list = world_call (world, "models", NULL);
  g_autoptr (Answer) json = world_call (world, "models", "list", "--json", NULL);
  g_autoptr (Answer) no_data = world_call (world, "eval", "public", NULL);
  g_autoptr (Answer) eval
      = world_call (world, "eval", "public", "--data", "sample", "--layers", "conv3", "--json", NULL);
  g_autoptr (Answer) again = world_call (world, "eval", "drawn", "--layers", "conv3", "--json", NULL);
  g_autoptr (Answer) predict
      = world_call (world, "predict", "public", "sample/val/beach/0000.jpg", "--out", "answers", NULL);
  g_autoptr (Answer) compare = world_call (world, "compare", "drawn", "public", "--out", "report.html", NULL);
  g_autofree char *top1 = top1_of (eval), *same = top1_of (again);

  answer_assert_status (export, 0);
  answer_assert_err (export, "load_file(\"b.safetensors\")");
  answer_assert_status (import, 0);
  answer_assert_out (import, "Model 2 is “public”: cfn-small");
  answer_assert_out (list, "public");
  answer_assert_out (list, "b.safetensors");
  g_assert_null (strstr (list->out, "drawn"));
  answer_assert_json (json, 1);
  answer_assert_status (no_data, 2);
  answer_assert_err (no_data, "--data");
  answer_assert_status (eval, 0);
  answer_assert_status (predict, 2);
  answer_assert_err (predict, "imported");
  answer_assert_status (compare, 0);
  answer_assert_out (compare, "public");
  answer_assert_out (compare, "Over random");
  g_assert_cmpstr (top1, ==, same);
}

static void
models_are_removed_and_runs_are_not (void)
{
  g_autoptr (World) world = world_with_run ();
  g_autoptr (Answer) export = world_call (world, "export", "1", "--out", "b.safetensors", NULL);
  g_autoptr (Answer) import = world_call (world, "models", "import", "b.safetensors", NULL);
  g_autoptr (Answer) both = world_call (world, "models", "rm", "2", "1", NULL);
  g_autoptr (Answer) there = world_call (world, "models", NULL);
  g_autoptr (Answer) rm = world_call (world, "models", "rm", "b", NULL);
  g_autoptr (Answer) gone = world_call (world, "models", NULL);

  answer_assert_status (export, 0);
  answer_assert_status (import, 0);
  answer_assert_status (both, 2);
  answer_assert_err (both, "runs rm");
  answer_assert_out (there, "b.safetensors");
  answer_assert_status (rm, 0);
  answer_assert_status (gone, 0);
  answer_assert_err (gone, "models import");
}

static void
mistakes_leave_no_model_behind (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Answer) absent = world_call (world, "models", "import", "nothing.pth", NULL);
  g_autoptr (Answer) run = NULL;
  g_autoptr (Answer) damaged = NULL;
  g_autoptr (Answer) list = NULL;
  g_autoptr (Answer) format = NULL;

  answer_assert_status (absent, 2);
  answer_assert_err (absent, "nothing.pth");
  world_write (world, "damaged.pth", "PK\003\004 and nothing more");
  damaged = world_call (world, "models", "import", "damaged.pth", NULL);
  answer_assert_status (damaged, 1);
  answer_assert_err (damaged, "ends too early");
  world_write (world, "spec.yaml", "method: { name: imported }\nbackbone: { name: resnet18 }\n");
  run = world_call (world, "run", "spec.yaml", NULL);
  answer_assert_status (run, 2);
  answer_assert_err (run, "models import");
  list = world_call (world, "runs", "list", "--names", NULL);
  g_assert_cmpstr (list->out, ==, "");
  format = world_call (world, "export", "1", "--format", "onnx", "--out", "x", NULL);
  answer_assert_status (format, 2);
  answer_assert_err (format, "safetensors");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/models/there-and-back", a_backbone_goes_out_and_comes_back_as_a_model);
  g_test_add_func ("/models/rm", models_are_removed_and_runs_are_not);
  g_test_add_func ("/models/mistakes", mistakes_leave_no_model_behind);
  return g_test_run ();
}
