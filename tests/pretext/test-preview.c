/* SPDX-License-Identifier: Apache-2.0 */
/* What a preview keeps is what the network said: the orders and their probabilities, the colours at any temperature. */
#include <math.h>
#include <string.h>

#include "core/data/sample.h"
#include "core/image/lab.h"
#include "core/pretext/ab-bins.h"
#include "core/pretext/colorization.h"
#include "core/pretext/permutations.h"
#include "core/pretext/preview-archive.h"

#define N SMALTI_N_AB_BINS

static SmaltiPretext *
method (const char *id, const char *first_key, ...)
{
  const SmaltiPretextClass *klass = smalti_pretext_find (id);
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

/* As a network says it: smooth over the image, with many colours that are hardly likely; @sharpness makes it surer. */
static gfloat *
draw_logits (gint side, gfloat sharpness)
{
  const gfloat *centres = smalti_ab_centres ();
  const gsize n = (gsize)side * side;
  gfloat *logits = g_new (gfloat, N * n);
  SmaltiRandom random;

  smalti_random_init (&random, 1, SMALTI_STREAM_TEST, 0, 0);
  for (gsize i = 0; i < n; i++)
    {
      gfloat a = 60 * sinf (0.21f * (i % side)), b = 60 * cosf (0.13f * (i / side));

      for (guint q = 0; q < N; q++)
        {
          gfloat d = hypotf (centres[2 * q] - a, centres[2 * q + 1] - b);
          gfloat grey = hypotf (centres[2 * q], centres[2 * q + 1]);

          logits[q * n + i] = sharpness * (-0.05f * d - 0.02f * grey + 0.5f * smalti_random_normal (&random));
        }
    }
  return logits;
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

static SmaltiPreview *
preview_of (SmaltiPretext *pretext, const gfloat *logits, guint64 seed)
{
  g_autoptr (SmaltiImage) image = smalti_sample_draw (2, 0, 96);
  SmaltiRandom random;

  smalti_random_init (&random, seed, SMALTI_STREAM_SAMPLE, 0, 0);
  return pretext->klass->preview (pretext, image, -1, &random, logits);
}

static SmaltiPreview *
there_and_back (const SmaltiPreview *preview)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) png = smalti_preview_to_png (preview, &error);
  g_autofree char *json = smalti_preview_to_json (preview);
  SmaltiPreview *back = smalti_preview_from_stored (png, json, &error);

  g_assert_no_error (error);
  return back;
}

static void
recoloured_at_its_own_temperature_a_preview_is_its_answer (void)
{
  g_autoptr (SmaltiPretext) pretext = method ("colorization", "size", "64", NULL);

  for (gfloat sharpness = 0.5f; sharpness < 5; sharpness *= 2)
    {
      g_autofree gfloat *logits = draw_logits (16, sharpness);
      g_autoptr (SmaltiPreview) preview = preview_of (pretext, logits, 1), back = there_and_back (preview);
      g_autoptr (SmaltiImage) same = smalti_preview_recolor (preview, preview->temperature);
      g_autoptr (SmaltiImage) kept = smalti_preview_recolor (back, back->temperature);

      g_test_message ("sharpness %g: the kept colours hold %.3f; %.3f from the answer", sharpness,
                      smalti_color_answer_mass (preview->colors), mean_difference (same, preview->answer));
      g_assert_cmpfloat_with_epsilon (preview->temperature, 0.38, 1e-6);
      g_assert_cmpfloat (mean_difference (same, preview->answer), <, 1); /* of 255 */
      g_assert_cmpfloat (mean_difference (kept, same), ==, 0);
    }
}

static void
any_temperature_is_near_what_all_colours_would_give (void)
{
  static const gfloat temperatures[] = { 0, 0.1f, 0.2f, 0.38f, 0.6f, 0.8f, 1, 1.2f };
  g_autoptr (SmaltiPretext) pretext = method ("colorization", "size", "64", NULL);
  g_autofree gfloat *logits = draw_logits (16, 1);
  g_autoptr (SmaltiPreview) preview = preview_of (pretext, logits, 1);

  g_assert_cmpfloat (smalti_color_answer_mass (preview->colors), <, 0.9); /* else the rest would not be tried */
  for (guint i = 0; i < G_N_ELEMENTS (temperatures); i++)
    {
      g_autoptr (SmaltiImage) kept = smalti_preview_recolor (preview, temperatures[i]);
      g_autoptr (SmaltiImage) all
          = smalti_colorization_paint (pretext, preview->truth, logits, 16, 16, temperatures[i]);

      g_test_message ("at %g: %.3f", temperatures[i], mean_difference (kept, all));
      g_assert_cmpfloat (mean_difference (kept, all), <, 2);
    }
}

/* The warmer, the duller: means of many colours lie near grey. */
static void
a_higher_temperature_is_duller (void)
{
  g_autoptr (SmaltiPretext) pretext = method ("colorization", "size", "64", NULL);
  g_autofree gfloat *logits = draw_logits (16, 1);
  g_autoptr (SmaltiPreview) preview = preview_of (pretext, logits, 1);
  gdouble before = G_MAXDOUBLE;

  for (gfloat temperature = 0; temperature <= 1; temperature += 0.25f)
    {
      g_autoptr (SmaltiImage) image = smalti_preview_recolor (preview, temperature);
      g_autofree gfloat *lab = g_new (gfloat, 3 * 64 * 64);
      gdouble colour = 0;

      smalti_lab_from_srgb (image->pixels, lab, 64 * 64);
      for (guint i = 0; i < 64 * 64; i++)
        colour += hypot (lab[64 * 64 + i], lab[2 * 64 * 64 + i]);
      g_assert_cmpfloat (colour, <, before);
      before = colour;
    }
}

static void
few_colours_are_kept_where_there_are_many_positions (void)
{
  g_autofree gfloat *large = g_new0 (gfloat, (gsize)N * 130 * 130), *small = g_new0 (gfloat, N * 4);
  g_autoptr (SmaltiColorAnswer) few = smalti_color_answer_new (large, 130, 130);
  g_autoptr (SmaltiColorAnswer) many = smalti_color_answer_new (small, 2, 2);

  g_assert_cmpuint (smalti_color_answer_n_kept (many), ==, 12);
  g_assert_cmpuint (smalti_color_answer_n_kept (few), ==, 3);
  g_assert_cmpfloat_with_epsilon (smalti_color_answer_mass (many), 12.0 / N, 1e-3);
  g_assert_null (smalti_color_answer_new (small, 257, 256));
}

static void
damaged_colours_are_none (void)
{
  g_autofree gfloat *logits = draw_logits (8, 1);
  g_autoptr (SmaltiColorAnswer) answer = smalti_color_answer_new (logits, 8, 8);
  g_autoptr (GBytes) bytes = smalti_color_answer_to_bytes (answer);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  for (gsize length = 0; length + 8 < size; length += 7) /* the last bytes are zlib's sum */
    {
      g_autoptr (GBytes) part = g_bytes_new (data, length);

      g_assert_null (smalti_color_answer_from_bytes (part));
    }
  for (gsize i = 0; i < size; i++)
    {
      g_autofree guint8 *changed = g_memdup2 (data, size);
      g_autoptr (GBytes) damaged = NULL;
      g_autoptr (SmaltiColorAnswer) read = NULL;

      changed[i] ^= 0x55;
      damaged = g_bytes_new (changed, size);
      read = smalti_color_answer_from_bytes (damaged);
      if (read != NULL) /* what can be read can be painted */
        {
          g_autoptr (SmaltiImage) image = smalti_image_new (8, 8);
          g_autoptr (SmaltiImage) painted = smalti_color_answer_paint (read, image, 0.38f);

          g_assert_nonnull (painted);
        }
    }
}

static void
a_stored_puzzle_keeps_its_orders_and_probabilities (void)
{
  g_autoptr (SmaltiPretext) pretext = method ("jigsaw", "tile", "16", "gap", "3", "permutations", "40", NULL);
  g_autoptr (SmaltiPermutationSet) set = smalti_permutation_set_new (9, 40, SMALTI_CRITERION_MAX_AVG, 1, NULL);
  const guint said[5] = { 17, 3, 39, 0, 8 };
  gfloat logits[40] = { 0 }, sum = 35;

  for (guint k = 0; k < 5; k++)
    {
      logits[said[k]] = 6 - k;
      sum += expf (6.0f - k);
    }
  for (guint64 seed = 1; seed < 6; seed++)
    {
      g_autoptr (SmaltiPreview) preview = preview_of (pretext, logits, seed), back = there_and_back (preview);
      gboolean in_set = FALSE;

      for (guint k = 0; k < 5; k++)
        {
          g_assert_cmpmem (back->top[k].order, 9, smalti_permutation_set_get (set, said[k]), 9);
          g_assert_cmpfloat_with_epsilon (back->top[k].probability, expf (6.0f - k) / sum, 1e-5);
          g_assert_cmpstr (back->top[k].label, ==, preview->top[k].label);
        }
      g_assert_cmpmem (back->shown, 9, preview->shown, 9);
      for (guint p = 0; p < set->n; p++)
        in_set |= memcmp (back->shown, smalti_permutation_set_get (set, p), 9) == 0;
      g_assert_true (in_set);
      g_assert_null (back->colors);
      g_assert_null (smalti_preview_recolor (back, 0.5f));
      /* cell i of the input shows the tile that is in cell shown[i] of the truth */
      for (guint cell = 0; cell < 9; cell++)
        for (guint row = 0; row < 16; row++)
          g_assert_cmpmem (preview->input->pixels + 3 * ((cell / 3 * 16 + row) * 48 + cell % 3 * 16), 3 * 16,
                           preview->truth->pixels
                               + 3 * ((preview->shown[cell] / 3 * 16 + row) * 48 + preview->shown[cell] % 3 * 16),
                           3 * 16);
    }
}

/* As they were before orders and colours were kept. */
static void
older_previews_are_still_read (void)
{
  g_autoptr (SmaltiImage) strip = smalti_image_new (24, 8);
  g_autoptr (GBytes) png = smalti_image_to_png (strip, NULL);
  const char *json = "{\"caption\":\"4 of 4 tiles in place, 90% sure\",\"correct\":true,\"score\":0.9,\"pictures\":["
                     "{\"name\":\"input\",\"width\":8,\"height\":8},{\"name\":\"answer\",\"width\":8,\"height\":8},"
                     "{\"name\":\"truth\",\"width\":8,\"height\":8}],\"grid\":2,\"wrong\":[false,false,false,false],"
                     "\"top\":[{\"label\":\"2 1 | 4 3\",\"probability\":0.9}]}";
  static const guint8 none[16];
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiPreview) preview = smalti_preview_from_stored (png, json, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (preview->grid, ==, 2);
  g_assert_cmpfloat_with_epsilon (preview->top[0].probability, 0.9, 1e-6);
  g_assert_cmpmem (preview->top[0].order, 16, none, 16);
  g_assert_cmpmem (preview->shown, 16, none, 16);
  g_assert_null (smalti_preview_recolor (preview, 0.38f));
}

static void
orders_that_are_none_are_not_read (void)
{
  static const char *const orders[] = { "[0,1,2,2]", "[0,1,2,4]", "[0,1,2]", "[0,1,2,-1]", "[[],1,2,3]", "7", "null" };
  g_autoptr (SmaltiImage) strip = smalti_image_new (8, 8);
  g_autoptr (GBytes) png = smalti_image_to_png (strip, NULL);
  static const guint8 none[16];

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      g_autofree char *json = g_strdup_printf (
          "{\"pictures\":[{\"name\":\"input\",\"width\":8,\"height\":8}],\"grid\":2,\"wrong\":[false,false,false,false]"
          ","
          "\"shown\":%s,\"colors\":\"AAAA\",\"top\":[{\"label\":\"a\",\"probability\":1,\"order\":%s}]}",
          orders[i], orders[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (SmaltiPreview) preview = smalti_preview_from_stored (png, json, &error);

      g_assert_no_error (error);
      g_assert_cmpmem (preview->shown, 16, none, 16);
      g_assert_cmpmem (preview->top[0].order, 16, none, 16);
      g_assert_null (preview->colors);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/preview/own-temperature", recoloured_at_its_own_temperature_a_preview_is_its_answer);
  g_test_add_func ("/preview/any-temperature", any_temperature_is_near_what_all_colours_would_give);
  g_test_add_func ("/preview/duller", a_higher_temperature_is_duller);
  g_test_add_func ("/preview/few-colours", few_colours_are_kept_where_there_are_many_positions);
  g_test_add_func ("/preview/damaged-colours", damaged_colours_are_none);
  g_test_add_func ("/preview/puzzle", a_stored_puzzle_keeps_its_orders_and_probabilities);
  g_test_add_func ("/preview/older", older_previews_are_still_read);
  g_test_add_func ("/preview/no-orders", orders_that_are_none_are_not_read);
  return g_test_run ();
}
