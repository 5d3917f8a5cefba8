/* SPDX-License-Identifier: Apache-2.0 */
/* The pictures of a sample are compared with the numbers that the sampler itself writes for the same image and the same
 * random numbers: what people are shown is what a network gets. */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/data/sample.h"
#include "core/image/lab.h"
#include "core/pretext/ab-bins.h"
#include "core/pretext/permutations.h"
#include "core/pretext/pretext.h"

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

/* A sample as the loader has it drawn, and its looks. */
typedef struct
{
  SmaltiSampler sampler;
  gpointer fields[SMALTI_MAX_FIELDS];
  GPtrArray *looks;
} Drawn;

static Drawn
draw (SmaltiPretext *pretext, guint index, gboolean training)
{
  g_autoptr (SmaltiImage) image = smalti_sample_draw (3, index, 120);
  SmaltiRandom random, same;
  Drawn drawn = { 0 };

  pretext->klass->sampler (pretext, &drawn.sampler);
  for (guint f = 0; f < drawn.sampler.n_fields; f++)
    drawn.fields[f] = g_malloc0 (smalti_shape_size (drawn.sampler.field[f].shape)
                                 * smalti_dtype_size (drawn.sampler.field[f].dtype));
  smalti_random_init (&random, 7, SMALTI_STREAM_SAMPLE, 2, index);
  same = random;
  drawn.sampler.draw (drawn.sampler.self, image, -1, &same, training, drawn.fields);
  drawn.looks = smalti_pretext_look (pretext, image, &random, training);
  for (guint i = 0; i < drawn.looks->len; i++)
    {
      const SmaltiLook *look = drawn.looks->pdata[i];

      g_assert_cmpstr (look->title, !=, "");
      g_assert_cmpstr (look->note, !=, "");
    }
  return drawn;
}

static void
drawn_clear (Drawn *self)
{
  for (guint f = 0; f < self->sampler.n_fields; f++)
    g_free (self->fields[f]);
  g_ptr_array_unref (self->looks);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Drawn, drawn_clear)

static const SmaltiLook *
find (const Drawn *self, const char *id)
{
  for (guint i = 0; i < self->looks->len; i++)
    if (strcmp (((const SmaltiLook *)self->looks->pdata[i])->id, id) == 0)
      return self->looks->pdata[i];
  g_error ("there is no look “%s”", id);
}

/* Undoes the standardisation by ImageNet's mean and deviation. */
static gint
pixel_value (gfloat x, guint channel)
{
  static const gdouble mean[] = { 0.485, 0.456, 0.406 }, deviation[] = { 0.229, 0.224, 0.225 };

  return CLAMP (lrint (255 * (x * deviation[channel] + mean[channel])), 0, 255);
}

static const guint8 *
pixel_of (const SmaltiImage *image, gint x, gint y)
{
  return image->pixels + 3 * ((gsize)y * image->width + x);
}

/* The @slot-th tile of the tensor against a square of a picture, but for @border pixels along its edge. */
static void
assert_shows_tile (const Drawn *drawn, guint slot, gint tile, const SmaltiImage *picture, gint x, gint y, gint border)
{
  const gfloat *tensor = (const gfloat *)drawn->fields[0] + (gsize)slot * 3 * tile * tile;

  for (gint v = border; v < tile - border; v++)
    for (gint u = border; u < tile - border; u++)
      for (guint c = 0; c < 3; c++)
        g_assert_cmpint (
            abs (pixel_of (picture, x + u, y + v)[c] - pixel_value (tensor[(gsize)c * tile * tile + v * tile + u], c)),
            <=, 1);
}

static void
assert_shows_puzzle (const Drawn *drawn, const guint8 *order, gint grid, gint tile)
{
  const SmaltiLook *tiles = find (drawn, "tiles"), *truth = find (drawn, "truth");

  g_assert_cmpuint (tiles->grid, ==, grid);
  g_assert_cmpint (tiles->image->width, ==, grid * tile);
  g_assert_cmpmem (tiles->order, grid * grid, order, grid * grid);
  for (gint slot = 0; slot < grid * grid; slot++)
    {
      assert_shows_tile (drawn, slot, tile, tiles->image, slot % grid * tile, slot / grid * tile, 0);
      assert_shows_tile (drawn, slot, tile, truth->image, order[slot] % grid * tile, order[slot] / grid * tile, 0);
      g_assert_cmpuint (truth->order[slot], ==, slot);
    }
}

static void
the_tiles_shown_are_those_of_the_tensor (void)
{
  g_autoptr (SmaltiPretext) normalised = method ("jigsaw", "tile", "24", "gap", "5", NULL);
  g_autoptr (SmaltiPretext) plain = method ("jigsaw", "tile", "24", "gap", "5", "grid", "2", "permutations", "24",
                                            "normalize", "false", "color_jitter", "0.4", NULL);
  g_autoptr (SmaltiPermutationSet) nine = smalti_permutation_set_new (9, 100, SMALTI_CRITERION_MAX_AVG, 1, NULL);
  g_autoptr (SmaltiPermutationSet) four = smalti_permutation_set_new (4, 24, SMALTI_CRITERION_MAX_AVG, 1, NULL);

  for (guint i = 0; i < 12; i++)
    {
      g_auto (Drawn) a = draw (normalised, i, i % 2), b = draw (plain, i, i % 2);

      assert_shows_puzzle (&a, smalti_permutation_set_get (nine, *(gint32 *)a.fields[1]), 3, 24);
      assert_shows_puzzle (&b, smalti_permutation_set_get (four, *(gint32 *)b.fields[1]), 2, 24);
    }
}

/* Where the picture of the cut has its white frame, the tile of that cell lies: what is within it is in the tensor. */
static void
the_cut_shown_is_where_the_tiles_were_taken (void)
{
  const gint grid = 3, tile = 24, gap = 5, cell = tile + gap;
  g_autoptr (SmaltiPretext) pretext
      = method ("jigsaw", "tile", "24", "gap", "5", "normalize", "false", "permutations", "50", NULL);
  g_autoptr (SmaltiPermutationSet) set = smalti_permutation_set_new (9, 50, SMALTI_CRITERION_MAX_AVG, 1, NULL);

  for (guint i = 0; i < 12; i++)
    {
      g_auto (Drawn) drawn = draw (pretext, i, i % 2);
      const SmaltiImage *cut = find (&drawn, "cut")->image;
      const guint8 *order = smalti_permutation_set_get (set, *(gint32 *)drawn.fields[1]);
      static const guint8 white[3] = { 255, 255, 255 };

      g_assert_cmpint (cut->width, ==, grid * cell);
      for (gint slot = 0; slot < grid * grid; slot++)
        {
          gint left = order[slot] % grid * cell, top = order[slot] / grid * cell, x = left, y = top;
          const gint middle = gap + tile / 2;

          while (memcmp (pixel_of (cut, x, top + middle), white, 3) != 0)
            x++;
          while (memcmp (pixel_of (cut, left + middle, y), white, 3) != 0)
            y++;
          g_assert_cmpint (x - left, <=, gap);
          g_assert_cmpint (y - top, <=, gap);
          assert_shows_tile (&drawn, slot, tile, cut, x, y, 1);
        }
    }
}

static void
assert_color (const guint8 *pixel, gfloat l, gfloat a, gfloat b)
{
  const gfloat lab[3] = { l, a, b };
  guint8 rgb[3];

  smalti_lab_to_srgb (lab, rgb, 1);
  for (guint c = 0; c < 3; c++)
    g_assert_cmpint (abs (pixel[c] - rgb[c]), <=, 1);
}

/* Stride 3, so that one pixel of each square lies in its middle, where no neighbour has a share. */
static void
the_colours_shown_are_those_of_the_target (void)
{
  const gint size = 36, stride = 3, out = size / stride, n = out * out;
  const gfloat *centres = smalti_ab_centres ();
  g_autoptr (SmaltiPretext) pretext = method ("colorization", "size", "36", "target_stride", "3", NULL);

  for (guint i = 0; i < 6; i++)
    {
      g_auto (Drawn) drawn = draw (pretext, i, i % 2);
      const gfloat *light = drawn.fields[0], *share = drawn.fields[2];
      const gint32 *bin = drawn.fields[1], *nearest = drawn.fields[4];

      for (gint y = 0; y < size; y++)
        for (gint x = 0; x < size; x++)
          {
            gint at = y / stride * out + x / stride;
            gfloat l = 100 * light[y * size + x] + 50, a = 0, b = 0;

            for (guint k = 0; k < SMALTI_AB_NEIGHBOURS; k++)
              {
                a += share[k * n + at] * centres[2 * bin[k * n + at]];
                b += share[k * n + at] * centres[2 * bin[k * n + at] + 1];
              }
            assert_color (pixel_of (find (&drawn, "light")->image, x, y), l, 0, 0);
            assert_color (pixel_of (find (&drawn, "bins")->image, x, y), l, centres[2 * nearest[at]],
                          centres[2 * nearest[at] + 1]);
            assert_color (pixel_of (find (&drawn, "plane")->image, x, y), 70, centres[2 * nearest[at]],
                          centres[2 * nearest[at] + 1]);
            if (x % stride == 1 && y % stride == 1)
              assert_color (pixel_of (find (&drawn, "soft")->image, x, y), l, a, b);
          }
    }
}

static void
crops_shown_are_those_of_the_tensor (void)
{
  static const char *const ids[] = { "supervised", "random", "imported" };

  for (guint m = 0; m < G_N_ELEMENTS (ids); m++)
    {
      g_autoptr (SmaltiPretext) rgb = method (ids[m], "size", "40", NULL);
      g_autoptr (SmaltiPretext) light = method (ids[m], "size", "40", "input", "light", NULL);

      for (guint i = 0; i < 4; i++)
        {
          g_auto (Drawn) a = draw (rgb, i, i % 2), b = draw (light, i, i % 2);

          assert_shows_tile (&a, 0, 40, find (&a, "crop")->image, 0, 0, 0);
          for (gint at = 0; at < 1600; at++)
            assert_color (find (&b, "crop")->image->pixels + 3 * at, 100 * ((gfloat *)b.fields[0])[at] + 50, 0, 0);
        }
    }
}

static void
another_seed_is_another_sample (void)
{
  for (guint m = 0; smalti_pretexts ()[m] != NULL; m++)
    {
      const SmaltiPretextClass *klass = smalti_pretexts ()[m];
      g_autoptr (SmaltiValues) values = smalti_values_new (klass->params);
      g_autoptr (SmaltiImage) image = smalti_sample_draw (1, 0, 300);
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) first = smalti_method_look (klass, values, image, 1, TRUE, &error);
      g_autoptr (GPtrArray) again = smalti_method_look (klass, values, image, 1, TRUE, &error);
      g_autoptr (GPtrArray) other = smalti_method_look (klass, values, image, 2, TRUE, &error);
      const SmaltiImage *a, *b, *c;

      g_assert_no_error (error);
      g_assert_cmpuint (first->len, >, 0);
      a = ((SmaltiLook *)first->pdata[0])->image;
      b = ((SmaltiLook *)again->pdata[0])->image;
      c = ((SmaltiLook *)other->pdata[0])->image;
      g_assert_cmpmem (a->pixels, 3 * a->width * a->height, b->pixels, 3 * b->width * b->height);
      /* random weights are never augmented */
      g_assert_cmpint (memcmp (a->pixels, c->pixels, 3 * a->width * a->height) != 0, ==, klass->trains);
    }
}

static void
settings_that_make_no_method_are_told (void)
{
  const SmaltiPretextClass *klass = smalti_pretext_find ("colorization");
  g_autoptr (SmaltiValues) values = smalti_values_new (klass->params);
  g_autoptr (SmaltiImage) image = smalti_image_new (8, 8);
  g_autoptr (GError) error = NULL;

  smalti_values_set (values, "size", "65", NULL);
  g_assert_null (smalti_method_look (klass, values, image, 1, FALSE, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/look/tiles", the_tiles_shown_are_those_of_the_tensor);
  g_test_add_func ("/look/cut", the_cut_shown_is_where_the_tiles_were_taken);
  g_test_add_func ("/look/colours", the_colours_shown_are_those_of_the_target);
  g_test_add_func ("/look/crops", crops_shown_are_those_of_the_tensor);
  g_test_add_func ("/look/seed", another_seed_is_another_sample);
  g_test_add_func ("/look/mistake", settings_that_make_no_method_are_told);
  return g_test_run ();
}
