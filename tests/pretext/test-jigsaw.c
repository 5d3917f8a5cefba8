/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/pretext/permutations.h"
#include "core/pretext/pretext.h"

static SmaltiPretext *
jigsaw (const char *first_key, ...)
{
  const SmaltiPretextClass *klass = smalti_pretext_find ("jigsaw");
  g_autoptr (SmaltiValues) values = smalti_values_new (klass->params);
  g_autoptr (GError) error = NULL;
  SmaltiPretext *pretext;
  va_list settings;

  va_start (settings, first_key);
  for (const char *key = first_key; key != NULL; key = va_arg (settings, const char *))
    {
      smalti_values_set (values, key, va_arg (settings, const char *), &error);
      g_assert_no_error (error);
    }
  va_end (settings);
  pretext = smalti_pretext_new (klass, values, NULL, &error);
  g_assert_no_error (error);
  return pretext;
}

/* Red says the column, green the row. */
static SmaltiImage *
map (gint side)
{
  SmaltiImage *image = smalti_image_new (side, side);

  for (gint y = 0; y < side; y++)
    for (gint x = 0; x < side; x++)
      {
        guint8 *pixel = image->pixels + 3 * (y * side + x);

        pixel[0] = x;
        pixel[1] = y;
        pixel[2] = 128;
      }
  return image;
}

static gfloat *
draw (SmaltiPretext *pretext, const SmaltiImage *image, guint64 index, gboolean training, gint32 *permutation)
{
  SmaltiSampler sampler;
  SmaltiRandom random;
  gfloat *tiles;

  pretext->klass->sampler (pretext, &sampler);
  g_assert_cmpuint (sampler.n_fields, ==, 2);
  tiles = g_new (gfloat, smalti_shape_size (sampler.field[0].shape));
  smalti_random_init (&random, 1, SMALTI_STREAM_SAMPLE, 0, index);
  sampler.draw (sampler.self, image, -1, &random, training, (gpointer[]){ tiles, permutation });
  return tiles;
}

/* Undoes the standardisation by ImageNet's mean and deviation. */
static gint
pixel_value (const gfloat *tile, guint channel, gint n, gint i)
{
  static const gfloat mean[] = { 0.485f, 0.456f, 0.406f }, deviation[] = { 0.229f, 0.224f, 0.225f };

  return lrintf (255 * (tile[channel * n + i] * deviation[channel] + mean[channel]));
}

/* Each slot's tile lies, whole and upright, in the cell that the permutation names, at most a gap from its corner; and
 * every offset the gap allows does occur. */
static void
slots_show_the_cells_the_permutation_names (void)
{
  const gint grid = 3, tile = 20, gap = 4, cell = tile + gap, n = tile * tile;
  g_autoptr (SmaltiPretext) pretext
      = jigsaw ("tile", "20", "gap", "4", "normalize", "false", "permutations", "50", NULL);
  g_autoptr (SmaltiPermutationSet) set = smalti_permutation_set_new (9, 50, SMALTI_CRITERION_MAX_AVG, 1, NULL);
  g_autoptr (SmaltiImage) image = map (grid * cell);
  gboolean seen_x[5] = { FALSE }, seen_y[5] = { FALSE }, seen_permutation[50] = { FALSE };
  guint n_seen = 0;

  for (guint sample = 0; sample < 400; sample++)
    {
      gint32 permutation;
      g_autofree gfloat *tiles = draw (pretext, image, sample, FALSE, &permutation);
      const guint8 *order;

      g_assert_cmpint (permutation, >=, 0);
      g_assert_cmpint (permutation, <, 50);
      n_seen += !seen_permutation[permutation];
      seen_permutation[permutation] = TRUE;
      order = smalti_permutation_set_get (set, permutation);
      for (gint slot = 0; slot < 9; slot++)
        {
          const gfloat *at = tiles + (gsize)slot * 3 * n;
          gint x = pixel_value (at, 0, n, 0), y = pixel_value (at, 1, n, 0);
          gint dx = x - order[slot] % grid * cell, dy = y - order[slot] / grid * cell;

          g_assert_cmpint (dx, >=, 0);
          g_assert_cmpint (dx, <=, gap);
          g_assert_cmpint (dy, >=, 0);
          g_assert_cmpint (dy, <=, gap);
          seen_x[dx] = seen_y[dy] = TRUE;
          for (gint i = 0; i < n; i++)
            {
              g_assert_cmpint (pixel_value (at, 0, n, i), ==, x + i % tile);
              g_assert_cmpint (pixel_value (at, 1, n, i), ==, y + i / tile);
            }
        }
    }
  for (gint i = 0; i <= gap; i++)
    g_assert_true (seen_x[i] && seen_y[i]);
  g_assert_cmpuint (n_seen, >=, 45);
}

static void
normalised_tiles_have_no_mean_and_unit_deviation (void)
{
  g_autoptr (SmaltiPretext) pretext = jigsaw ("tile", "20", "gap", "4", "grey", "0.5", NULL);
  g_autoptr (SmaltiImage) image = map (72);
  gint32 permutation;
  g_autofree gfloat *tiles = draw (pretext, image, 3, FALSE, &permutation);

  for (guint plane = 0; plane < 27; plane++)
    {
      gdouble sum = 0, squares = 0;

      for (guint i = 0; i < 400; i++)
        {
          sum += tiles[plane * 400 + i];
          squares += tiles[plane * 400 + i] * tiles[plane * 400 + i];
        }
      g_assert_cmpfloat_with_epsilon (sum / 400, 0, 1e-4);
      /* blue is the same everywhere: nothing to bring to 1 */
      g_assert_cmpfloat_with_epsilon (squares / 400, plane % 3 == 2 ? 0 : 1, 1e-3);
    }
}

static void
a_sample_is_a_function_of_its_numbers (void)
{
  g_autoptr (SmaltiPretext) pretext
      = jigsaw ("tile", "16", "gap", "3", "color_jitter", "0.4", "grid", "2", "permutations", "24", NULL);
  g_autoptr (SmaltiImage) image = map (97);
  gint32 first, again, other;
  g_autofree gfloat *a = draw (pretext, image, 5, TRUE, &first), *b = draw (pretext, image, 5, TRUE, &again);
  g_autofree gfloat *c = draw (pretext, image, 6, TRUE, &other);
  const gsize n = 4 * 3 * 16 * 16 * sizeof (gfloat);

  g_assert_cmpint (first, ==, again);
  g_assert_cmpmem (a, n, b, n);
  g_assert_cmpint (memcmp (a, c, n), !=, 0);
}

/* Narrower than a tile, one pixel, much wider than high: a photograph may be anything. */
static void
images_of_any_shape_make_puzzles (void)
{
  const gint size[][2] = { { 1, 1 }, { 3, 200 }, { 400, 7 }, { 64, 64 }, { 500, 333 } };
  g_autoptr (SmaltiPretext) pretext = jigsaw (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (size); i++)
    for (guint training = 0; training < 2; training++)
      {
        g_autoptr (SmaltiImage) image = smalti_image_new (size[i][0], size[i][1]);
        gint32 permutation;
        g_autofree gfloat *tiles = draw (pretext, image, i, training, &permutation);

        for (guint j = 0; j < 9 * 3 * 64 * 64; j++)
          g_assert_true (isfinite (tiles[j]));
      }
}

static void
the_preview_puts_every_tile_where_the_answer_says (void)
{
  g_autoptr (SmaltiPretext) pretext
      = jigsaw ("tile", "20", "gap", "0", "normalize", "false", "permutations", "30", NULL);
  g_autoptr (SmaltiPermutationSet) set = smalti_permutation_set_new (9, 30, SMALTI_CRITERION_MAX_AVG, 1, NULL);
  g_autoptr (SmaltiImage) image = map (60);
  gint32 permutation;
  g_autofree gfloat *tiles = draw (pretext, image, 9, FALSE, &permutation);

  for (gint32 said = 0; said < 30; said++)
    {
      g_autoptr (SmaltiPreview) preview = NULL;
      g_autoptr (SmaltiImage) picture = NULL;
      SmaltiRandom random;
      gfloat logits[30] = { 0 };
      guint n_wrong = 0, n_differ = 0;

      smalti_random_init (&random, 1, SMALTI_STREAM_SAMPLE, 0, 9);
      logits[said] = 5;
      preview = pretext->klass->preview (pretext, image, -1, &random, logits);
      g_assert_cmpuint (preview->grid, ==, 3);
      g_assert_cmpmem (preview->truth->pixels, 60 * 60 * 3, image->pixels, 60 * 60 * 3);
      g_assert_cmpint (preview->correct, ==, said == permutation);
      g_assert_cmpfloat_with_epsilon (preview->score, expf (5) / (expf (5) + 29), 1e-5);
      g_assert_cmpfloat (preview->top[0].probability, ==, preview->score);
      for (guint cell = 0; cell < 9; cell++)
        {
          /* the corner of a cell of the answer tells by its colour where the tile comes from */
          gint at = cell / 3 * 20 * 60 + cell % 3 * 20;
          gboolean right = memcmp (preview->answer->pixels + 3 * at, image->pixels + 3 * at, 3) == 0;

          g_assert_cmpint (preview->wrong[cell], ==, !right);
          n_wrong += preview->wrong[cell];
          n_differ
              += smalti_permutation_set_get (set, said)[cell] != smalti_permutation_set_get (set, permutation)[cell];
        }
      g_assert_cmpuint (n_wrong, ==, n_differ);
      picture = smalti_preview_render (preview);
      g_assert_cmpint (picture->width, ==, 3 * 180 + 16);
      g_assert_cmpint (picture->height, ==, 180);
    }
}

static void
the_network_sees_tiles_apart_and_answers_once_an_image (void)
{
  const SmaltiBackboneClass *cfn = smalti_backbone_find ("cfn");
  g_autoptr (SmaltiValues) values = smalti_values_new (cfn->params);
  g_autoptr (SmaltiPretext) pretext = jigsaw ("permutations", "1000", NULL);
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = pretext->klass->describe (pretext);
  SmaltiPretextGraph built;

  pretext->klass->build (pretext, graph, cfn, values, 4, &built);
  smalti_graph_check (graph, &error);
  g_assert_no_error (error);
  g_assert_true (smalti_shape_equal (built.field[0]->shape, SMALTI_SHAPE (4, 9, 3, 64, 64)));
  g_assert_true (smalti_shape_equal (built.field[1]->shape, SMALTI_SHAPE (4)));
  g_assert_true (smalti_shape_equal (built.trunk.features->shape, SMALTI_SHAPE (36, 256, 2, 2)));
  g_assert_true (smalti_shape_equal (built.logits->shape, SMALTI_SHAPE (4, 1000)));
  g_assert_true (smalti_shape_equal (smalti_graph_find (graph, "head.fc6.weight")->shape, SMALTI_SHAPE (512, 1024)));
  g_assert_true (
      smalti_shape_equal (smalti_graph_find (graph, "head.fc7.weight")->shape, SMALTI_SHAPE (4096, 9 * 512)));
  g_assert_cmpuint (built.loss->shape.n_dims, ==, 0);
  g_assert_cmpuint (built.n_metrics, ==, 2);
  g_assert_cmpstr (built.metric[1].name, ==, "top5");
  g_assert_nonnull (strstr (text, "1000"));
}

static void
tiles_too_small_for_the_network_are_a_shape_error (void)
{
  const SmaltiBackboneClass *cfn = smalti_backbone_find ("cfn");
  g_autoptr (SmaltiValues) values = smalti_values_new (cfn->params);
  g_autoptr (SmaltiPretext) pretext = jigsaw ("tile", "16", NULL);
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  g_autoptr (GError) error = NULL;
  SmaltiPretextGraph built;

  pretext->klass->build (pretext, graph, cfn, values, 4, &built);
  g_assert_false (smalti_graph_check (graph, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, SMALTI_TRUNK_PREFIX));
}

static void
more_permutations_than_the_grid_has_are_a_mistake (void)
{
  const SmaltiPretextClass *klass = smalti_pretext_find ("jigsaw");
  g_autoptr (SmaltiValues) values = smalti_values_new (klass->params);
  g_autoptr (GError) error = NULL;

  g_assert_true (smalti_values_set (values, "grid", "2", NULL));
  g_assert_null (smalti_pretext_new (klass, values, NULL, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
}

/* Brightness and colour are left to the classifier: two flat images stay apart, as tiles they would not. */
static void
the_benchmark_s_image_keeps_its_brightness_and_colour (void)
{
  g_autoptr (SmaltiPretext) pretext = jigsaw (NULL);
  g_autoptr (SmaltiImage) image = smalti_image_new (40, 40);
  g_autofree gfloat *dark = g_new (gfloat, 3 * 1600), *light = g_new (gfloat, 3 * 1600);

  g_assert_cmpint (pretext->klass->n_channels (pretext), ==, 3);
  pretext->klass->normalize (pretext, image, dark);
  memset (image->pixels, 255, 3 * 1600);
  pretext->klass->normalize (pretext, image, light);
  for (guint c = 0; c < 3; c++)
    g_assert_cmpfloat (light[1600 * c] - dark[1600 * c], >, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/jigsaw/slots", slots_show_the_cells_the_permutation_names);
  g_test_add_func ("/jigsaw/normalised", normalised_tiles_have_no_mean_and_unit_deviation);
  g_test_add_func ("/jigsaw/deterministic", a_sample_is_a_function_of_its_numbers);
  g_test_add_func ("/jigsaw/any-shape", images_of_any_shape_make_puzzles);
  g_test_add_func ("/jigsaw/preview", the_preview_puts_every_tile_where_the_answer_says);
  g_test_add_func ("/jigsaw/network", the_network_sees_tiles_apart_and_answers_once_an_image);
  g_test_add_func ("/jigsaw/too-small", tiles_too_small_for_the_network_are_a_shape_error);
  g_test_add_func ("/jigsaw/too-many", more_permutations_than_the_grid_has_are_a_mistake);
  g_test_add_func ("/jigsaw/benchmark", the_benchmark_s_image_keeps_its_brightness_and_colour);
  return g_test_run ();
}
