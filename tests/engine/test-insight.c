/* SPDX-License-Identifier: Apache-2.0 */
/* Looking into trained networks, and letting them help: what is shown is what is in them. */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/data/sample.h"
#include "core/pretext/permutations.h"
#include "core/pretext/preview-archive.h"
#include "core/run/insight.h"
#include "core/run/puzzle.h"
#include "remove-tree.h"
#include "tiny-run.h"

static char *folder, *data_path, *store_path;

static void
on_event (SmaltiEngine *engine, const SmaltiEvent *event, gpointer loop)
{
  if (event->type == SMALTI_EVENT_FAILED)
    g_error ("%s", event->text);
  if (event->type >= SMALTI_EVENT_DONE)
    g_main_loop_quit (loop);
}

/* Takes @spec; the folder of its finished run. */
static char *
train (SmaltiSpec *spec)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (store_path, NULL);
  g_autoptr (SmaltiEngine) engine = smalti_engine_new (store_path);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  gint64 run = smalti_store_add_run (store, spec, &error);

  g_assert_no_error (error);
  smalti_spec_unref (spec);
  g_signal_connect (engine, "event", G_CALLBACK (on_event), loop);
  smalti_engine_start (engine, run, &error);
  g_assert_no_error (error);
  g_main_loop_run (loop);
  smalti_engine_join (engine);
  return smalti_store_get_run_folder (store, run);
}

static SmaltiModel *
open_model (const char *run_folder)
{
  g_autoptr (GError) error = NULL;
  SmaltiModel *model = smalti_model_open (run_folder, "cpu", 1, &error);

  g_assert_no_error (error);
  return model;
}

/* Trained when first asked for. */
static SmaltiModel *
jigsaw (void)
{
  static char *run_folder;

  if (run_folder == NULL)
    run_folder = train (tiny_spec (data_path, "train.epochs", "6", NULL));
  return open_model (run_folder);
}

static SmaltiModel *
colorization (void)
{
  static char *run_folder;

  if (run_folder == NULL)
    run_folder = train (tiny_spec (data_path, "method.name", "colorization", "method.size", "32", "method.head_filters",
                                   "8", "method.head_convs", "0", "train.epochs", "2", NULL));
  return open_model (run_folder);
}

static SmaltiModel *
random_weights (void)
{
  static char *run_folder;

  if (run_folder == NULL)
    run_folder = train (tiny_spec (data_path, "method.name", "random", "method.size", "32", NULL));
  return open_model (run_folder);
}

static gdouble
mean_difference (const SmaltiImage *a, const SmaltiImage *b)
{
  const gsize n = 3 * (gsize)a->width * a->height;
  gdouble sum = 0;

  g_assert_cmpint (a->width, ==, b->width);
  g_assert_cmpint (a->height, ==, b->height);
  for (gsize i = 0; i < n; i++)
    sum += abs (a->pixels[i] - b->pixels[i]);
  return sum / n;
}

/* Insight */

static void
filters_are_in_colour_where_the_network_sees_colour (void)
{
  SmaltiModel *models[] = { jigsaw (), colorization (), random_weights () };
  const gboolean sees_colour[] = { TRUE, FALSE, TRUE };

  for (guint m = 0; m < G_N_ELEMENTS (models); m++)
    {
      g_autoptr (SmaltiModel) model = models[m];
      g_autoptr (GPtrArray) filters = smalti_model_filters (model);
      gint furthest = 0;
      gboolean colour = FALSE;

      g_assert_cmpuint (filters->len, ==, 8); /* 32 times 0.2, to a multiple of 8 */
      for (guint f = 0; f < filters->len; f++)
        {
          const SmaltiImage *filter = filters->pdata[f];

          g_assert_cmpint (filter->width, ==, 5);
          g_assert_cmpint (filter->height, ==, 5);
          for (gint i = 0; i < 3 * 25; i++)
            furthest = MAX (furthest, abs (2 * filter->pixels[i] - 255));
          for (gint i = 0; i < 25; i++)
            colour |= filter->pixels[3 * i] != filter->pixels[3 * i + 1];
        }
      g_assert_cmpint (furthest, ==, 255); /* the largest weight of the sheet */
      g_assert_cmpint (colour, ==, sees_colour[m]);
    }
}

static void
every_layer_has_maps_the_strongest_first (void)
{
  SmaltiModel *models[] = { jigsaw (), colorization (), random_weights () };
  g_autoptr (SmaltiImage) image = smalti_sample_draw (1, 0, 70);

  for (guint m = 0; m < G_N_ELEMENTS (models); m++)
    {
      g_autoptr (SmaltiModel) model = models[m];
      g_auto (GStrv) layers = smalti_model_layers (model);

      g_assert_cmpuint (g_strv_length (layers), ==, 5);
      g_assert_cmpstr (layers[0], ==, "conv1");
      for (guint l = 0; layers[l] != NULL; l++)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (SmaltiFeatureMaps) some = smalti_model_feature_maps (model, image, layers[l], 3, &error);
          g_autoptr (SmaltiFeatureMaps) all = smalti_model_feature_maps (model, image, layers[l], 0, &error);
          gboolean seen[256] = { FALSE };

          g_assert_no_error (error);
          g_assert_cmpuint (some->maps->len, ==, 3);
          g_assert_cmpuint (all->maps->len, ==, all->channels);
          g_assert_cmpint (all->input->width, ==, all->input->height);
          for (guint i = 0; i < all->maps->len; i++)
            {
              const SmaltiFeatureMap *map = all->maps->pdata[i], *before = i > 0 ? all->maps->pdata[i - 1] : NULL;

              g_assert_cmpint (map->image->width, ==, all->width);
              g_assert_cmpint (map->image->height, ==, all->height);
              g_assert_cmpfloat (map->mean, >=, 0); /* after ReLU */
              g_assert_cmpfloat (map->mean, <=, map->largest);
              g_assert_true (before == NULL || map->mean <= before->mean);
              g_assert_false (seen[map->channel]);
              seen[map->channel] = TRUE;
              if (i < 3)
                g_assert_cmpfloat (mean_difference (map->image, ((SmaltiFeatureMap *)some->maps->pdata[i])->image), ==,
                                   0);
            }
        }
    }
}

static void
maps_are_of_the_image_that_was_given (void)
{
  g_autoptr (SmaltiModel) model = jigsaw ();
  g_autoptr (SmaltiImage) first = smalti_sample_draw (1, 0, 60), second = smalti_sample_draw (5, 2, 60);
  g_autoptr (SmaltiFeatureMaps) a = smalti_model_feature_maps (model, first, "conv2", 1, NULL);
  g_autoptr (SmaltiFeatureMaps) b = smalti_model_feature_maps (model, second, "conv2", 1, NULL);
  g_autoptr (SmaltiFeatureMaps) again = smalti_model_feature_maps (model, first, "conv2", 1, NULL);
  const SmaltiFeatureMap *x = a->maps->pdata[0], *y = b->maps->pdata[0], *z = again->maps->pdata[0];

  g_assert_cmpfloat (mean_difference (x->image, z->image), ==, 0);
  g_assert_cmpfloat (mean_difference (x->image, y->image), >, 1);
}

static void
a_layer_that_is_none_is_told_with_those_there_are (void)
{
  g_autoptr (SmaltiModel) model = jigsaw ();
  g_autoptr (SmaltiImage) image = smalti_image_new (8, 8);
  g_autoptr (GError) error = NULL;

  g_assert_null (smalti_model_feature_maps (model, image, "conv9", 1, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "conv5"));
}

/* Puzzles: of four tiles */

static void
a_puzzle_in_its_own_order_is_answered_as_ever (void)
{
  g_autoptr (SmaltiModel) model = jigsaw ();
  g_autoptr (SmaltiImage) image = smalti_sample_draw (0, 1, 60);

  for (guint64 seed = 0; seed < 8; seed++)
    {
      g_autoptr (SmaltiPreview) own = smalti_model_predict (model, image, seed, NULL);
      g_autoptr (SmaltiPreview) same = smalti_model_predict_with (model, image, seed, own->shown, NULL);
      g_autoptr (SmaltiPreview) none = smalti_model_predict_with (model, image, seed, NULL, NULL);

      g_assert_cmpfloat (mean_difference (own->input, same->input), ==, 0);
      g_assert_cmpfloat (own->score, ==, same->score);
      g_assert_cmpfloat (own->score, ==, none->score);
      g_assert_cmpstr (own->caption, ==, same->caption);
      for (guint k = 0; k < 5; k++)
        g_assert_cmpfloat (own->top[k].probability, ==, same->top[k].probability);
    }
}

/* Cut once, shown in every order: the input shows the tiles so, and the marks say which are in place. */
static void
a_person_s_order_is_what_the_model_gets (void)
{
  static const guint8 orders[][4] = { { 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 1, 0, 3, 2 }, { 2, 0, 3, 1 } };
  g_autoptr (SmaltiModel) model = jigsaw ();
  g_autoptr (SmaltiImage) image = smalti_sample_draw (0, 1, 60);
  gfloat scores[4];

  for (guint o = 0; o < G_N_ELEMENTS (orders); o++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SmaltiPreview) preview = smalti_model_predict_with (model, image, 3, orders[o], &error);
      const gint tile = preview->truth->width / 2;

      g_assert_no_error (error);
      scores[o] = preview->score;
      g_assert_cmpmem (preview->shown, 4, orders[o], 4);
      for (guint cell = 0; cell < 4; cell++)
        {
          const guint from = orders[o][cell], to = preview->top[0].order[cell];
          g_autoptr (SmaltiImage) shown
              = smalti_image_crop (preview->input, cell % 2 * tile, cell / 2 * tile, tile, tile);
          g_autoptr (SmaltiImage) true_tile
              = smalti_image_crop (preview->truth, from % 2 * tile, from / 2 * tile, tile, tile);
          g_autoptr (SmaltiImage) put = smalti_image_crop (preview->answer, to % 2 * tile, to / 2 * tile, tile, tile);

          g_assert_cmpfloat (mean_difference (shown, true_tile), ==, 0);
          g_assert_cmpfloat (mean_difference (shown, put), ==, 0);
          g_assert_cmpint (preview->wrong[to], ==, from != to);
        }
    }
  g_assert_true (scores[0] != scores[1] || scores[1] != scores[2] || scores[2] != scores[3]);
}

static void
finish (SmaltiModel *model, const SmaltiImage *image, const guint8 *order, const guint8 *pinned,
        SmaltiPuzzleAnswer *answer)
{
  g_autoptr (GError) error = NULL;

  smalti_model_finish_puzzle (model, image, 3, order, pinned, answer, &error);
  g_assert_no_error (error);
}

static gdouble
expected_in_place (const SmaltiPuzzleAnswer *answer, const guint8 *order)
{
  gdouble sum = 0;

  for (guint cell = 0; cell < 4; cell++)
    sum += answer->place[order[cell]][cell];
  return sum;
}

static void
a_finished_puzzle_is_the_best_that_keeps_the_pinned_tiles (void)
{
  static const guint8 order[4] = { 2, 3, 1, 0 };
  g_autoptr (SmaltiModel) model = jigsaw ();
  g_autoptr (SmaltiImage) image = smalti_sample_draw (4, 1, 60);
  g_autoptr (SmaltiPermutationSet) all = smalti_permutation_set_new (4, 24, SMALTI_CRITERION_MAX_AVG, 1, NULL);

  for (guint pins = 0; pins < 16; pins++)
    {
      const guint8 pinned[4] = { pins & 1, pins >> 1 & 1, pins >> 2 & 1, pins >> 3 & 1 };
      SmaltiPuzzleAnswer answer;
      guint n_right = 0;
      gdouble best = 0;

      finish (model, image, order, pinned, &answer);
      g_assert_cmpuint (answer.n_tiles, ==, 4);
      for (guint cell = 0; cell < 4; cell++)
        {
          if (pinned[cell])
            g_assert_cmpuint (answer.order[cell], ==, order[cell]);
          n_right += answer.order[cell] == cell;
        }
      g_assert_cmpuint (answer.n_right, ==, n_right);
      for (guint p = 0; p < 24; p++)
        {
          const guint8 *other = smalti_permutation_set_get (all, p);
          gboolean keeps = TRUE;

          for (guint cell = 0; cell < 4; cell++)
            keeps &= !pinned[cell] || other[cell] == order[cell];
          if (keeps)
            best = MAX (best, expected_in_place (&answer, other));
        }
      g_assert_cmpfloat_with_epsilon (expected_in_place (&answer, answer.order), best, 1e-5);
    }
}

static void
what_the_model_thinks_of_tiles_does_not_depend_on_where_they_lie (void)
{
  static const guint8 one[4] = { 2, 3, 1, 0 }, other[4] = { 0, 1, 2, 3 };
  g_autoptr (SmaltiModel) model = jigsaw ();
  g_autoptr (SmaltiImage) image = smalti_sample_draw (4, 1, 60);
  SmaltiPuzzleAnswer a, b;

  finish (model, image, one, NULL, &a);
  finish (model, image, other, NULL, &b);
  g_assert_cmpmem (a.order, 4, b.order, 4);
  for (guint i = 0; i < 4; i++)
    {
      gdouble over_cells = 0, over_tiles = 0;

      for (guint j = 0; j < 4; j++)
        {
          g_assert_cmpfloat (a.place[i][j], ==, b.place[i][j]);
          over_cells += a.place[i][j];
          over_tiles += a.place[j][i];
        }
      g_assert_cmpfloat_with_epsilon (over_cells, 1, 1e-4);
      g_assert_cmpfloat_with_epsilon (over_tiles, 1, 1e-4);
    }
}

/* At the network's own resolution it is the truth that is shown beside its answer, but for the tiles' borders. */
static void
the_puzzle_to_play_with_is_the_one_the_model_sees (void)
{
  g_autoptr (SmaltiModel) model = jigsaw ();
  g_autoptr (SmaltiImage) drawn = smalti_sample_draw (4, 1, 200), image = smalti_image_resize (drawn, 200, 150);
  g_autoptr (GError) error = NULL;

  for (guint64 seed = 0; seed < 4; seed++)
    {
      g_autoptr (SmaltiPreview) preview = smalti_model_predict (model, image, seed, &error);
      guint8 order[SMALTI_MAX_TILES];
      guint grid;
      g_autoptr (SmaltiImage) coarse = smalti_model_cut_puzzle (model, image, seed, 16, &grid, order, &error);
      g_autoptr (SmaltiImage) fine = smalti_model_cut_puzzle (model, image, seed, 500, &grid, order, &error);
      g_autoptr (SmaltiImage) reduced = NULL;

      g_assert_no_error (error);
      g_assert_cmpuint (grid, ==, 2);
      g_assert_cmpmem (order, 4, preview->shown, 4);
      g_assert_cmpint (coarse->width, ==, 32);
      g_assert_cmpfloat (mean_difference (coarse, preview->truth), <, 4);
      /* 150 pixels for two cells of 16 + 2: tiles of 66. */
      g_assert_cmpint (fine->width, ==, 2 * 66);
      reduced = smalti_image_resize (fine, 32, 32);
      g_assert_cmpfloat (mean_difference (reduced, preview->truth), <, 4);
    }
}

static void
orders_and_methods_that_make_no_puzzle_are_told (void)
{
  static const guint8 twice[4] = { 0, 1, 1, 3 }, right[4] = { 0, 1, 2, 3 };
  g_autoptr (SmaltiModel) model = jigsaw ();
  g_autoptr (SmaltiModel) colors = colorization ();
  g_autoptr (SmaltiImage) image = smalti_image_new (40, 40);
  g_autoptr (GError) first = NULL, second = NULL, third = NULL;
  SmaltiPuzzleAnswer answer;

  g_assert_null (smalti_model_predict_with (model, image, 1, twice, &first));
  g_assert_error (first, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
  g_assert_false (smalti_model_finish_puzzle (model, image, 1, twice, NULL, &answer, &second));
  g_assert_error (second, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
  g_assert_null (smalti_model_predict_with (colors, image, 1, right, &third));
  g_assert_error (third, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (third->message, "colorization"));
}

/* Colours */

static void
a_slider_s_colours_are_the_model_s_own (void)
{
  static const gfloat temperatures[] = { 0, 0.2f, 0.38f, 0.7f, 1 };
  g_autoptr (SmaltiModel) model = colorization ();
  g_autoptr (SmaltiImage) drawn = smalti_sample_draw (6, 1, 90), image = smalti_image_resize (drawn, 90, 61);
  g_autoptr (SmaltiImage) own = smalti_model_colorize (model, image, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiColorAnswer) colors = smalti_model_color_answer (model, image, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (temperatures); i++)
    {
      g_autoptr (SmaltiImage) asked = smalti_model_colorize_at (model, image, temperatures[i], &error);
      g_autoptr (SmaltiImage) painted = smalti_color_answer_paint (colors, image, temperatures[i]);

      g_assert_no_error (error);
      g_assert_cmpint (asked->width, ==, 90);
      g_assert_cmpint (asked->height, ==, 61);
      g_assert_cmpfloat (mean_difference (asked, painted), <, 2);
      if (temperatures[i] == 0.38f)
        g_assert_cmpfloat (mean_difference (asked, own), ==, 0);
    }
}

/* History */

/* Of both methods a run was trained above, and its previews were stored now and then. */
static void
a_run_s_history_is_read_step_by_step (void)
{
  g_autoptr (SmaltiModel) first = jigsaw (), second = colorization ();
  g_autoptr (SmaltiStore) store = smalti_store_open (store_path, NULL);
  g_autoptr (GPtrArray) runs = smalti_store_list_runs (store, NULL);

  g_assert_cmpuint (runs->len, >=, 2);
  for (guint r = 0; r < runs->len; r++)
    {
      const SmaltiRunInfo *run = runs->pdata[r];
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) all = smalti_store_get_artifacts (store, run->id, "preview", 0, &error);
      g_autoptr (GArray) moments = smalti_store_list_moments (store, run->id, "preview", &error);
      guint n_read = 0;

      g_assert_no_error (error);
      if (strcmp (run->method, "random") == 0)
        {
          g_assert_cmpuint (moments->len, ==, 0);
          continue;
        }
      g_assert_cmpuint (moments->len, >, 1);
      g_assert_cmpuint (g_array_index (moments, SmaltiMoment, 0).step, <=, 1); /* before anything is learnt */
      g_assert_cmpuint (g_array_index (moments, SmaltiMoment, moments->len - 1).step, ==, run->n_steps);
      for (guint m = 0; m < moments->len; m++)
        {
          const SmaltiMoment *moment = &g_array_index (moments, SmaltiMoment, m);
          g_autoptr (GPtrArray) artifacts
              = smalti_store_get_artifacts_at (store, run->id, "preview", moment->step, &error);

          g_assert_no_error (error);
          g_assert_cmpuint (moment->n, ==, 3);
          g_assert_cmpuint (artifacts->len, ==, moment->n);
          g_assert_cmpint (((SmaltiArtifact *)artifacts->pdata[0])->time, ==, moment->time);
          for (guint i = 0; i < artifacts->len; i++)
            {
              const SmaltiArtifact *artifact = artifacts->pdata[i], *same = all->pdata[n_read++];
              g_autoptr (SmaltiPreview) preview = smalti_preview_from_stored (artifact->data, artifact->text, &error);

              g_assert_no_error (error);
              g_assert_cmpint (artifact->rowid, ==, same->rowid);
              g_assert_cmpuint (artifact->step, ==, moment->step);
              g_assert_cmpint (preview->colors != NULL, ==, strcmp (run->method, "colorization") == 0);
              g_assert_cmpint (preview->top[0].label != NULL, ==, strcmp (run->method, "jigsaw") == 0);
            }
        }
      g_assert_cmpuint (n_read, ==, all->len);
    }
}

static void
there_is_no_history_of_what_was_never_stored (void)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (store_path, NULL);
  g_autoptr (GArray) moments = smalti_store_list_moments (store, 999, "preview", NULL);
  g_autoptr (GPtrArray) artifacts = smalti_store_get_artifacts_at (store, 999, "preview", 1, NULL);

  g_assert_cmpuint (moments->len, ==, 0);
  g_assert_cmpuint (artifacts->len, ==, 0);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("smalti-test-XXXXXX", NULL);
  data_path = g_build_filename (folder, "data", NULL);
  store_path = g_build_filename (folder, "store", NULL);
  tiny_write_sample (data_path);
  g_test_add_func ("/insight/filters", filters_are_in_colour_where_the_network_sees_colour);
  g_test_add_func ("/insight/maps", every_layer_has_maps_the_strongest_first);
  g_test_add_func ("/insight/image", maps_are_of_the_image_that_was_given);
  g_test_add_func ("/insight/no-layer", a_layer_that_is_none_is_told_with_those_there_are);
  g_test_add_func ("/puzzle/own-order", a_puzzle_in_its_own_order_is_answered_as_ever);
  g_test_add_func ("/puzzle/order", a_person_s_order_is_what_the_model_gets);
  g_test_add_func ("/puzzle/pinned", a_finished_puzzle_is_the_best_that_keeps_the_pinned_tiles);
  g_test_add_func ("/puzzle/wherever", what_the_model_thinks_of_tiles_does_not_depend_on_where_they_lie);
  g_test_add_func ("/puzzle/playable", the_puzzle_to_play_with_is_the_one_the_model_sees);
  g_test_add_func ("/puzzle/mistakes", orders_and_methods_that_make_no_puzzle_are_told);
  g_test_add_func ("/colours/slider", a_slider_s_colours_are_the_model_s_own);
  g_test_add_func ("/history/steps", a_run_s_history_is_read_step_by_step);
  g_test_add_func ("/history/none", there_is_no_history_of_what_was_never_stored);
  status = g_test_run ();
  remove_tree (folder);
  return status;
}
