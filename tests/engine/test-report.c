/* SPDX-License-Identifier: Apache-2.0 */
/* Reports on a store filled by hand: its numbers are of no run, so that what the page must say is known. */
#include <glib/gstdio.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/data/sample.h"
#include "core/pretext/preview-archive.h"
#include "core/run/report-private.h"
#include "remove-tree.h"

#define GRID 3
#define TILE 24

static char *folder;

static gint64
add_run (SmaltiStore *store, const char *method, const char *name)
{
  g_autoptr (SmaltiSpec) spec = smalti_spec_new (smalti_pretext_find (method), smalti_backbone_find ("cfn-small"));
  g_autoptr (SmaltiRunInfo) info = NULL;
  g_autoptr (GError) error = NULL;
  gint64 run;

  smalti_spec_set (spec, "name", name, &error);
  g_assert_no_error (error);
  smalti_spec_set (spec, "data.path", "/pictures/holidays", &error);
  g_assert_no_error (error);
  smalti_spec_set (spec, "seed", "7", &error);
  g_assert_no_error (error);
  run = smalti_store_add_run (store, spec, &error);
  g_assert_no_error (error);
  info = smalti_store_get_run (store, run, &error);
  info->state = SMALTI_RUN_DONE;
  info->step = info->n_steps = 400;
  info->epoch = 8;
  info->started = G_GINT64_CONSTANT (1700000000) * G_USEC_PER_SEC;
  info->finished = info->started + 75 * G_USEC_PER_SEC;
  g_free (info->data_path);
  info->data_path = g_strdup ("/pictures/holidays");
  g_free (info->data_fingerprint);
  info->data_fingerprint = g_strdup ("4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a");
  g_free (info->device);
  info->device = g_strdup ("a processor of 2 threads");
  g_free (info->program_version);
  info->program_version = g_strdup (SMALTI_VERSION);
  info->n_threads = 2;
  info->seed = 7;
  info->plan_bytes = 123 << 20;
  smalti_store_update_run (store, info, &error);
  g_assert_no_error (error);
  return run;
}

static void
add_curves (SmaltiStore *store, gint64 run, gdouble from, gdouble to)
{
  SmaltiRandom random;

  smalti_random_init (&random, 3, SMALTI_STREAM_TEST, 0, run);
  g_assert_true (smalti_store_begin (store, NULL));
  for (guint step = 1; step <= 400; step++)
    {
      SmaltiPoint point = { .step = step, .epoch = step / 50.0, .time = step * 0.15 };
      gdouble done = 1 - exp (step / -120.0);

      point.value = from + (to - from) * done + 0.25 * smalti_random_normal (&random) * to;
      smalti_store_add_point (store, run, "train/loss", &point, NULL);
      point.value = CLAMP (0.8 * done + 0.1 * smalti_random_normal (&random), 0, 1);
      smalti_store_add_point (store, run, "train/accuracy", &point, NULL);
      if (step % 50 != 0)
        continue;
      point.value = from + (to * 1.1 - from) * done;
      smalti_store_add_point (store, run, "val/loss", &point, NULL);
      point.value = 0.7 * done;
      smalti_store_add_point (store, run, "val/accuracy", &point, NULL);
    }
  g_assert_true (smalti_store_commit (store, NULL));
}

/* @hits of 480, layer by layer. */
static void
add_benchmarks (SmaltiStore *store, gint64 run, const guint *hits)
{
  static const char *const layers[] = { "conv1", "conv2", "conv3", "conv4", "conv5" };

  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    {
      g_autofree SmaltiShare *per_class = g_new0 (SmaltiShare, 12);
      g_autofree guint32 *confusion = g_new0 (guint32, 144);
      SmaltiBenchmark benchmark = { .layer = (char *)layers[i],
                                    .protocol = (char *)"linear",
                                    .solver = (char *)"lbfgs",
                                    .dim = 9216,
                                    .n_classes = 12,
                                    .n_train = 1200,
                                    .n_test = 480,
                                    .top1 = smalti_share (hits[i], 480),
                                    .top5 = smalti_share (MIN (hits[i] + 150, 480), 480),
                                    .per_class = per_class,
                                    .confusion = confusion,
                                    .train_top1 = 0.9,
                                    .seconds = 2 };
      g_autofree char *json = smalti_benchmark_to_json (&benchmark);
      g_autoptr (GError) error = NULL;

      smalti_store_add_artifact (store, run, "benchmark", 400, json, NULL, &error);
      g_assert_no_error (error);
    }
}

static SmaltiImage *
arrange (const SmaltiImage *picture, const guint8 *cells)
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
add_preview (SmaltiStore *store, gint64 run, guint64 step, const SmaltiPreview *preview)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) png = smalti_preview_to_png (preview, &error);
  g_autofree char *json = smalti_preview_to_json (preview);

  g_assert_no_error (error);
  smalti_store_add_artifact (store, run, "preview", step, json, png, &error);
  g_assert_no_error (error);
}

static void
add_puzzles (SmaltiStore *store, gint64 run, guint64 step, guint n)
{
  static const guint8 shuffled[] = { 4, 8, 1, 0, 6, 2, 7, 3, 5 }, right[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8 },
                      nearly[] = { 0, 1, 2, 3, 4, 8, 6, 7, 5 };

  for (guint i = 0; i < n; i++)
    {
      gboolean correct = i % 3 != 1;
      g_autoptr (SmaltiImage) picture = smalti_sample_draw (i, 3, GRID * TILE);
      g_autoptr (SmaltiPreview) preview = g_new0 (SmaltiPreview, 1);

      preview->input = arrange (picture, shuffled);
      preview->answer = arrange (picture, correct ? right : nearly);
      preview->truth = arrange (picture, right);
      preview->correct = correct;
      preview->grid = GRID;
      preview->wrong[5] = preview->wrong[8] = !correct;
      preview->caption = g_strdup (correct ? "9 of 9 tiles in place, 93% sure" : "7 of 9 tiles in place, 61% sure");
      add_preview (store, run, step, preview);
    }
}

static void
add_colors (SmaltiStore *store, gint64 run, guint64 step, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SmaltiPreview) preview = g_new0 (SmaltiPreview, 1);

      preview->truth = smalti_sample_draw (i, 5, 64);
      preview->input = smalti_image_copy (preview->truth);
      smalti_image_to_grey (preview->input);
      preview->answer = smalti_image_copy (preview->truth);
      preview->caption = g_strdup ("11.2 from the true colours on average");
      add_preview (store, run, step, preview);
    }
}

/* Jigsaw, colorization, random, supervised: runs 1 to 4. */
static SmaltiStore *
fill_store (const char *jigsaw_name)
{
  static const guint jigsaw[] = { 131, 178, 223, 241, 209 }, colorization[] = { 140, 195, 231, 220, 190 },
                     random[] = { 120, 150, 149, 120, 100 }, supervised[] = { 150, 240, 301, 340, 352 };
  g_autofree char *path = g_build_filename (folder, "store-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;
  SmaltiStore *store;
  gint64 run;

  g_assert_nonnull (g_mkdtemp (path));
  store = smalti_store_open (path, &error);
  g_assert_no_error (error);
  run = add_run (store, "jigsaw", jigsaw_name);
  add_curves (store, run, 3.2, 0.7);
  add_benchmarks (store, run, jigsaw);
  add_puzzles (store, run, 200, 2);
  add_puzzles (store, run, 400, 6);
  smalti_store_add_artifact (store, run, "log", 0, "24 permutations of 9 tiles of 24 px, least distance 7", NULL, NULL);
  run = add_run (store, "colorization", "colours");
  add_curves (store, run, 5.7, 3.1);
  add_benchmarks (store, run, colorization);
  add_colors (store, run, 400, 6);
  run = add_run (store, "random", "random weights");
  add_benchmarks (store, run, random);
  run = add_run (store, "supervised", "with labels");
  add_curves (store, run, 2.5, 0.4);
  add_benchmarks (store, run, supervised);
  return store;
}

static const gint64 all_runs[] = { 1, 2, 3, 4 };

static char *
write_page (SmaltiStore *store, const gint64 *runs, guint n_runs)
{
  g_autofree char *path = g_build_filename (smalti_store_get_path (store), "report.html", NULL);
  g_autoptr (GError) error = NULL;
  char *page;

  smalti_report_write_html (store, runs, n_runs, path, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &page, NULL, NULL));
  return page;
}

static guint
count (const char *text, const char *word)
{
  guint n = 0;

  for (const char *at = strstr (text, word); at != NULL; at = strstr (at + 1, word))
    n++;
  return n;
}

static void
assert_says (const char *text, const char *word)
{
  if (strstr (text, word) == NULL)
    g_error ("does not say “%s”: %.4000s", word, text);
}

/* It is written so that a reader of XML understands it, too: whatever was not escaped or not closed would stop it. */
static void
assert_well_formed (const char *page)
{
  static const GMarkupParser parser = { NULL };
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_str_has_prefix (page, "<!DOCTYPE html>\n"));
  g_markup_parse_context_parse (context, page, -1, &error);
  g_assert_no_error (error);
  g_markup_parse_context_end_parse (context, &error);
  g_assert_no_error (error);
}

/* Whole numbers that are not far off: no decimal comma, nothing that came of a division by zero. */
static void
assert_paths_are_sane (const char *page)
{
  guint n = 0;

  for (const char *at = strstr (page, " d=\""); at != NULL; at = strstr (at + 1, " d=\""), n++)
    {
      g_autofree char *path = g_strndup (at + 4, strchr (at + 4, '"') - at - 4);

      if (!g_regex_match_simple ("^([MLHVhvZ](-?[0-9]{1,4}( -?[0-9]{1,4})?)?)+$", path, 0, 0))
        g_error ("%s", path);
    }
  g_assert_cmpuint (n, >, 0);
}

static void
the_table_has_the_best_layer_of_each_run (void)
{
  g_autoptr (SmaltiStore) store = fill_store ("puzzles");
  g_autoptr (GError) error = NULL;
  g_autofree char *table = smalti_report_table (store, all_runs, G_N_ELEMENTS (all_runs), &error);
  g_auto (GStrv) lines = NULL;

  g_assert_no_error (error);
  lines = g_strsplit (table, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 1 + 4 + 1 + 1);
  assert_says (lines[0], "95%");
  assert_says (lines[1], "conv4");
  assert_says (lines[1], "50.2%"); /* 241 of 480 */
  assert_says (lines[1], "45.8 to 54.7");
  assert_says (lines[1], "+19.0 (+12.8 to +24.9)"); /* 241 against 150 of 480 */
  assert_says (lines[3], "conv2");
  assert_says (lines[3], "31.2%");
  g_assert_null (strchr (lines[3], '+'));
  assert_says (lines[4], "73.3%");
  assert_says (lines[5], "480 images of 12 classes (chance 8.3%)");
}

/* A network that sees colour is no baseline for one that is shown lightness alone. */
static void
the_baseline_is_shown_what_the_run_is (void)
{
  static const guint hits[] = { 90, 110, 100, 95, 80 };
  g_autoptr (SmaltiStore) store = fill_store ("puzzles");
  g_autoptr (SmaltiSpec) spec = smalti_spec_new (smalti_pretext_find ("random"), smalti_backbone_find ("cfn-small"));
  g_autofree char *without = smalti_report_table (store, (const gint64[]){ 2, 3 }, 2, NULL);
  g_autofree char *with = NULL;
  gint64 grey;

  g_assert_null (strchr (without, '+'));
  smalti_spec_set (spec, "data.path", "/pictures/holidays", NULL);
  smalti_spec_set (spec, "method.input", "light", NULL);
  grey = smalti_store_add_run (store, spec, NULL);
  add_benchmarks (store, grey, hits);
  with = smalti_report_table (store, (const gint64[]){ 2, 3, grey }, 3, NULL);
  assert_says (with, "+25.2 ("); /* 231 against 110 of 480 */
}

/* Newcombe 1998, Statistics in Medicine 17:873, table II, case a, method 10. */
static void
a_difference_has_the_published_interval (void)
{
  SmaltiBenchmark a = { .top1 = smalti_share (56, 70) }, b = { .top1 = smalti_share (48, 80) };
  SmaltiShare difference = smalti_report_difference (&a, &b);

  g_assert_cmpfloat_with_epsilon (difference.value, 0.2, 1e-9);
  g_assert_cmpfloat_with_epsilon (difference.low, 0.0524, 5e-5);
  g_assert_cmpfloat_with_epsilon (difference.high, 0.3339, 5e-5);
}

static void
the_newest_measurement_counts (void)
{
  static const guint better[] = { 150, 200, 250, 300, 400 };
  g_autoptr (SmaltiStore) store = fill_store ("puzzles");
  g_autofree char *table = NULL;

  add_benchmarks (store, 1, better);
  table = smalti_report_table (store, all_runs, 1, NULL);
  assert_says (table, "conv5");
  assert_says (table, "83.3%");
}

static void
the_page_needs_nothing_else (void)
{
  g_autoptr (SmaltiStore) store = fill_store ("puzzles");
  g_autofree char *page = write_page (store, all_runs, G_N_ELEMENTS (all_runs));

  assert_well_formed (page);
  g_assert_cmpuint (count (page, "src="), ==, count (page, "src=\"data:image/png;base64,"));
  g_assert_null (strstr (page, "href="));
  g_assert_null (strstr (page, "http:"));
  g_assert_null (strstr (page, "https:"));
  g_assert_null (strstr (page, "<script"));
  g_assert_null (strstr (page, "@import"));
  assert_paths_are_sane (page);
}

static void
the_page_tells_results_curves_pictures_and_where_they_came_from (void)
{
  g_autoptr (SmaltiStore) store = fill_store ("puzzles");
  g_autofree char *page = write_page (store, all_runs, G_N_ELEMENTS (all_runs));

  assert_says (page, "<b>50.2%</b> <small>45.8 – 54.7</small>");
  assert_says (page, "<b class=\"above\">+19.0</b> <small>+12.8 to +24.9</small>");
  /* Loss and accuracy of the three that trained, and one chart of layers. */
  g_assert_cmpuint (count (page, "<svg class=\"chart\""), ==, 3 * 2 + 1);
  g_assert_cmpuint (count (page, "class=\"train\""), ==, 3 * 2);
  g_assert_cmpuint (count (page, "class=\"point\""), ==, 3 * 2 * 8);
  g_assert_cmpuint (count (page, "class=\"whisker\""), ==, 4 * 5);
  /* The last previews alone: 6 puzzles, 2 of them with 2 tiles out of place, and 6 pictures in colour. */
  g_assert_cmpuint (count (page, "data:image/png;base64,"), ==, 12 * 3);
  g_assert_cmpuint (count (page, "class=\"wrong\""), ==, 2 * 2);
  assert_says (page, "after step 400");
  assert_says (page, "24 permutations of 9 tiles");
  g_assert_cmpuint (count (page, "4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a"), >=, 4);
  assert_says (page, "a processor of 2 threads");
  assert_says (page, SMALTI_VERSION);
  assert_says (page, "/pictures/holidays");
  assert_says (page, "1 min 00 s"); /* of training */
}

static void
pictures_on_the_page_are_those_of_the_run (void)
{
  g_autoptr (SmaltiStore) store = fill_store ("puzzles");
  g_autofree char *page = write_page (store, all_runs + 1, 1);
  g_autoptr (SmaltiImage) truth = smalti_sample_draw (0, 5, 64);
  const char *third = page;
  g_autofree char *base64 = NULL;
  g_autofree guchar *png = NULL;
  g_autoptr (SmaltiImage) shown = NULL;
  gsize size;

  for (guint i = 0; i < 3; i++)
    third = strstr (third, "base64,") + strlen ("base64,");
  base64 = g_strndup (third, strchr (third, '"') - third);
  png = g_base64_decode (base64, &size);
  shown = smalti_image_decode (png, size, "picture", 0, NULL);
  g_assert_nonnull (shown);
  g_assert_cmpint (shown->width, ==, 64);
  g_assert_cmpmem (shown->pixels, 64 * 64 * 3, truth->pixels, 64 * 64 * 3);
}

static void
every_text_is_escaped (void)
{
  g_autoptr (SmaltiStore) store = fill_store ("<script>alert(\"1\")</script> & 'more' ]]> --");
  g_autofree char *page = NULL;

  smalti_store_add_artifact (store, 1, "log", 0, "warning: <b>bold", NULL, NULL);
  page = write_page (store, all_runs, G_N_ELEMENTS (all_runs));
  assert_well_formed (page);
  g_assert_null (strstr (page, "<script"));
  assert_says (page, "&lt;script&gt;alert(&quot;1&quot;)");
}

static void
only_what_differs_is_listed (void)
{
  g_autoptr (SmaltiStore) store = fill_store ("puzzles");
  g_autoptr (SmaltiSpec) spec = smalti_spec_new (smalti_pretext_find ("jigsaw"), smalti_backbone_find ("cfn-small"));
  g_autofree char *page = NULL;
  gint64 runs[2] = { 1 };
  const char *section;
  g_autofree char *differences = NULL;

  smalti_spec_set (spec, "data.path", "/pictures/holidays", NULL);
  smalti_spec_set (spec, "seed", "7", NULL);
  smalti_spec_set (spec, "method.permutations", "50", NULL);
  smalti_spec_set (spec, "train.batch", "16", NULL);
  runs[1] = smalti_store_add_run (store, spec, NULL);
  page = write_page (store, runs, 2);
  section = strstr (page, "What differs between the specs");
  g_assert_nonnull (section);
  differences = g_strndup (section, strstr (section, "</section>") - section);
  g_assert_cmpuint (count (differences, "scope=\"row\""), ==, 2);
  assert_says (differences, "method.permutations");
  assert_says (differences, "<code>50</code>");
  assert_says (differences, "train.batch");
}

static void
a_run_that_has_nothing_yet_can_be_reported (void)
{
  g_autoptr (SmaltiStore) store = fill_store ("puzzles");
  g_autoptr (SmaltiSpec) spec = smalti_spec_new (smalti_pretext_find ("jigsaw"), smalti_backbone_find ("cfn"));
  g_autofree char *page = NULL;
  g_autofree char *table = NULL;
  gint64 run;

  smalti_spec_set (spec, "data.path", "/pictures/holidays", NULL);
  run = smalti_store_add_run (store, spec, NULL);
  page = write_page (store, &run, 1);
  assert_well_formed (page);
  assert_says (page, "queued");
  table = smalti_report_table (store, &run, 1, NULL);
  assert_says (table, "queued");
  assert_says (table, "None of them is measured yet");
}

static void
a_run_named_twice_is_told_once (void)
{
  g_autoptr (SmaltiStore) store = fill_store ("puzzles");
  const gint64 runs[] = { 1, 1, 3, 1 };
  g_autoptr (GPtrArray) collected = smalti_report_collect (store, runs, G_N_ELEMENTS (runs), NULL);

  g_assert_cmpuint (collected->len, ==, 2);
}

static void
a_damaged_picture_does_not_hide_the_numbers (void)
{
  g_autoptr (SmaltiStore) store = fill_store ("puzzles");
  g_autoptr (GBytes) bytes = g_bytes_new_static ("no picture", 10);
  g_autofree char *page = NULL;

  smalti_store_add_artifact (store, 1, "preview", 400, "{}", bytes, NULL);
  page = write_page (store, all_runs, 1);
  assert_well_formed (page);
  g_assert_cmpuint (count (page, "data:image/png;base64,"), ==, 6 * 3);
}

static void
a_decimal_comma_breaks_no_chart (void)
{
  g_autoptr (SmaltiStore) store = fill_store ("puzzles");
  g_autofree char *page = NULL;

  if (setlocale (LC_NUMERIC, "de_DE.UTF-8") == NULL && setlocale (LC_NUMERIC, "fr_FR.UTF-8") == NULL)
    {
      g_test_skip ("no locale with a decimal comma is installed");
      return;
    }
  page = write_page (store, all_runs, G_N_ELEMENTS (all_runs));
  setlocale (LC_NUMERIC, "C");
  assert_paths_are_sane (page);
}

static void
a_page_that_can_not_be_written_leaves_nothing (void)
{
  g_autoptr (SmaltiStore) store = fill_store ("puzzles");
  g_autofree char *path = g_build_filename (folder, "nowhere", "report.html", NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_false (smalti_report_write_html (store, all_runs, 1, path, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_IO);
  assert_says (error->message, "nowhere");
  g_assert_false (g_file_test (parent, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("smalti-test-XXXXXX", NULL);
  g_test_add_func ("/report/table", the_table_has_the_best_layer_of_each_run);
  g_test_add_func ("/report/baseline", the_baseline_is_shown_what_the_run_is);
  g_test_add_func ("/report/difference", a_difference_has_the_published_interval);
  g_test_add_func ("/report/newest", the_newest_measurement_counts);
  g_test_add_func ("/report/self-contained", the_page_needs_nothing_else);
  g_test_add_func ("/report/contents", the_page_tells_results_curves_pictures_and_where_they_came_from);
  g_test_add_func ("/report/pictures", pictures_on_the_page_are_those_of_the_run);
  g_test_add_func ("/report/escaped", every_text_is_escaped);
  g_test_add_func ("/report/differences", only_what_differs_is_listed);
  g_test_add_func ("/report/nothing-yet", a_run_that_has_nothing_yet_can_be_reported);
  g_test_add_func ("/report/twice", a_run_named_twice_is_told_once);
  g_test_add_func ("/report/damaged-picture", a_damaged_picture_does_not_hide_the_numbers);
  g_test_add_func ("/report/locale", a_decimal_comma_breaks_no_chart);
  g_test_add_func ("/report/unwritable", a_page_that_can_not_be_written_leaves_nothing);
  status = g_test_run ();
  remove_tree (folder);
  g_free (folder);
  return status;
}
