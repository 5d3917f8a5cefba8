/* SPDX-License-Identifier: Apache-2.0 */
/* fill-store DIR [N]: a store with finished, stopped, failed and lost runs, for tests and benchmarks of the window that
 * are not about training. N more runs with a few points each, and N * 10 points in the first run. The curves are drawn
 * by a formula and the previews by hand: none of it is a result of anything. */
#include <math.h>
#include <stdlib.h>

#include "core/data/sample.h"
#include "core/pretext/preview-archive.h"
#include "core/run/store.h"

#define TILE 40
#define GRID 3

static SmaltiStore *store;

static gint64
add_run (const char *method, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiSpec) spec = smalti_spec_new (smalti_pretext_find (method), smalti_backbone_find ("cfn-small"));
  gint64 run;

  if (!smalti_spec_set (spec, "name", name, &error)
      || !smalti_spec_set (spec, "data.path", "/pictures/holidays", &error)
      || (run = smalti_store_add_run (store, spec, &error)) == 0)
    g_error ("%s", error->message);
  return run;
}

static void
set_text (char **field, const char *text)
{
  g_free (*field);
  *field = g_strdup (text);
}

static void
set_run (gint64 run, SmaltiRunState state, guint64 step, guint64 n_steps, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiRunInfo) info = smalti_store_get_run (store, run, &error);

  info->state = state;
  info->step = step;
  info->n_steps = n_steps;
  info->epoch = 20.0 * step / n_steps;
  info->started = info->created;
  info->finished = state == SMALTI_RUN_DONE ? info->created + 90 * G_USEC_PER_SEC : 0;
  set_text (&info->device, "cpu");
  set_text (&info->precision, "bf16");
  set_text (&info->data_path, "/pictures/holidays");
  set_text (&info->data_fingerprint, "4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a");
  set_text (&info->program_version, SMALTI_VERSION);
  info->n_threads = 2;
  info->n_params = 1234567;
  info->plan_bytes = 123 << 20;
  info->loader_bytes = 12 << 20;
  set_text (&info->phase, state == SMALTI_RUN_RUNNING ? "train" : "");
  set_text (&info->message, message);
  if (!smalti_store_update_run (store, info, &error))
    g_error ("%s", error->message);
}

static void
add_curves (gint64 run, guint64 n, guint every)
{
  SmaltiRandom random;

  smalti_random_init (&random, 7, SMALTI_STREAM_TEST, 0, run);
  if (!smalti_store_begin (store, NULL))
    g_error ("The store can't be written.");
  for (guint64 step = 1; step <= n; step++)
    {
      gdouble t = step / (gdouble)n, noise = smalti_random_float (&random) - 0.5;
      SmaltiPoint point = { step, t * 20, step * 0.05, 0.4 + 2.8 * exp (-4 * t) + 0.35 * noise };

      smalti_store_add_point (store, run, "train/loss", &point, NULL);
      point.value = 1 - 0.95 * exp (-2.5 * t) + 0.12 * noise * (1 - t);
      point.value = CLAMP (point.value, 0, 1);
      smalti_store_add_point (store, run, "train/accuracy", &point, NULL);
      point.value = 0.02 * 0.5 * (1 + cos (G_PI * t));
      smalti_store_add_point (store, run, "train/lr", &point, NULL);
      if (step % 20 == 0)
        {
          point.value = 0.9 + 0.1 * noise;
          smalti_store_add_point (store, run, "meter/cpu", &point, NULL);
          point.value = 1.2e9 + 1e8 * t;
          smalti_store_add_point (store, run, "meter/memory", &point, NULL);
        }
      if (step % every != 0)
        continue;
      point.value = 0.5 + 2.7 * exp (-3.6 * t);
      smalti_store_add_point (store, run, "val/loss", &point, NULL);
      point.value = 0.9 - 0.85 * exp (-2.4 * t);
      smalti_store_add_point (store, run, "val/accuracy", &point, NULL);
    }
  smalti_store_commit (store, NULL);
}

static void
add_preview (gint64 run, guint64 step, const SmaltiPreview *preview)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) png = smalti_preview_to_png (preview, &error);
  g_autofree char *json = smalti_preview_to_json (preview);

  if (!png || !smalti_store_add_artifact (store, run, "preview", step, json, png, &error))
    g_error ("%s", error->message);
}

/* Tiles of @picture in the order of @cells. */
static SmaltiImage *
arrange (const SmaltiImage *picture, const guint cells[GRID * GRID])
{
  SmaltiImage *image = smalti_image_new (GRID * TILE, GRID * TILE);

  for (guint i = 0; i < GRID * GRID; i++)
    {
      g_autoptr (SmaltiImage) tile
          = smalti_image_crop (picture, cells[i] % GRID * TILE, cells[i] / GRID * TILE, TILE, TILE);

      smalti_image_paste (image, tile, i % GRID * TILE, i / GRID * TILE);
    }
  return image;
}

static void
add_puzzles (gint64 run, guint64 step)
{
  static const guint shuffled[GRID * GRID] = { 4, 8, 1, 0, 6, 2, 7, 3, 5 };
  static const guint right[GRID * GRID] = { 0, 1, 2, 3, 4, 5, 6, 7, 8 };
  static const guint nearly[GRID * GRID] = { 0, 1, 2, 3, 4, 8, 6, 7, 5 };

  for (guint i = 0; i < 6; i++)
    {
      gboolean correct = i % 3 != 1;
      g_autoptr (SmaltiImage) picture = smalti_sample_draw (i * 2, 3, GRID * TILE);
      g_autoptr (SmaltiPreview) preview = g_new0 (SmaltiPreview, 1);

      preview->input = arrange (picture, shuffled);
      preview->answer = arrange (picture, correct ? right : nearly);
      preview->truth = arrange (picture, right);
      preview->correct = correct;
      preview->grid = GRID;
      preview->wrong[5] = preview->wrong[8] = !correct;
      preview->caption = g_strdup (correct ? "9 of 9 tiles in place, 93% sure" : "7 of 9 tiles in place, 61% sure");
      add_preview (run, step, preview);
    }
}

static void
add_colors (gint64 run, guint64 step)
{
  for (guint i = 0; i < 6; i++)
    {
      g_autoptr (SmaltiPreview) preview = g_new0 (SmaltiPreview, 1);

      preview->truth = smalti_sample_draw (i * 2 + 1, 5, 96);
      preview->input = smalti_image_copy (preview->truth);
      smalti_image_to_grey (preview->input);
      preview->answer = smalti_image_copy (preview->truth);
      for (gint p = 0; p < 96 * 96 * 3; p++)
        preview->answer->pixels[p] = (preview->input->pixels[p] + preview->truth->pixels[p]) / 2;
      preview->caption = g_strdup_printf ("Colours are off by %u on average", 11 + i);
      add_preview (run, step, preview);
    }
}

static void
add_benchmarks (gint64 run)
{
  static const guint hits[] = { 131, 178, 223, 241, 209 };

  for (guint i = 0; i < G_N_ELEMENTS (hits); i++)
    {
      SmaltiBenchmark benchmark = { .layer = (char *[]){ "conv1", "conv2", "conv3", "conv4", "conv5" }[i],
                                    .protocol = (char *)"linear",
                                    .solver = (char *)"lbfgs",
                                    .dim = 9216,
                                    .n_classes = 12,
                                    .n_train = 1200,
                                    .n_test = 480,
                                    .top1 = smalti_share (hits[i], 480),
                                    .top5 = smalti_share (hits[i] + 180, 480),
                                    .train_top1 = 0.9,
                                    .seconds = 2 };
      benchmark.per_class = g_new0 (SmaltiShare, 12);
      benchmark.confusion = g_new0 (guint32, 144);
      g_autofree char *json = smalti_benchmark_to_json (&benchmark);

      smalti_store_add_artifact (store, run, "benchmark", 0, json, NULL, NULL);
      g_free (benchmark.per_class);
      g_free (benchmark.confusion);
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  guint n = argc > 2 ? (guint)atoi (argv[2]) : 0;

  if (argc < 2 || !(store = smalti_store_open (argv[1], &error)))
    g_error ("%s", error ? error->message : "fill-store DIR [N]");

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("Run %u of many", i + 1);
      gint64 run = add_run (i % 2 ? "jigsaw" : "colorization", name);

      set_run (run, SMALTI_RUN_DONE, 100, 100, "");
    }

  gint64 failed = add_run ("jigsaw", "Everything at once");
  set_run (failed, SMALTI_RUN_FAILED, 210, 4000,
           "The loss is no longer a number after step 210. A smaller train.lr helps most often; 0.005 is a tenth of "
           "this run's.");
  add_curves (failed, 210, 50);

  gint64 lost = add_run ("colorization", "A night's run with a name that is much longer than any sidebar is wide");
  set_run (lost, SMALTI_RUN_RUNNING, 900, 4000, "");
  add_curves (lost, 900, 100);
  add_colors (lost, 900);

  gint64 stopped = add_run ("colorization", "Colours of the coast");
  set_run (stopped, SMALTI_RUN_STOPPED, 2400, 4000, "");
  add_curves (stopped, 2400, 200);
  add_colors (stopped, 2400);
  smalti_store_add_artifact (store, stopped, "log", 0, "313 colours, 1200 pictures measured", NULL, NULL);
  smalti_store_add_artifact (store, stopped, "log", 2400,
                             "warning: 2 images can't be read and are left out:\na.jpg: not a picture", NULL, NULL);

  gint64 done = add_run ("jigsaw", "Puzzles on Holidays");
  add_curves (done, MAX (4000, n * 10), 400);
  add_puzzles (done, 4000);
  add_benchmarks (done);
  smalti_store_add_artifact (store, done, "log", 0, "24 permutations, least distance 7", NULL, NULL);
  set_run (done, SMALTI_RUN_DONE, 4000, 4000, "");
  g_object_unref (store);
  return 0;
}
