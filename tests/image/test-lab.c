/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "core/base/random.h"
#include "core/image/lab.h"

/* skimage 0.25.2, color.rgb2lab (D65, 2 degrees). */
static const struct
{
  guint8 rgb[3];
  gdouble lab[3];
} known[] = {
  { { 0, 0, 0 }, { 0.0000, 0.0000, 0.0000 } },          { { 255, 255, 255 }, { 100.0000, -0.0025, 0.0047 } },
  { { 255, 0, 0 }, { 53.2406, 80.0923, 67.2028 } },     { { 0, 255, 0 }, { 87.7351, -86.1830, 83.1797 } },
  { { 0, 0, 255 }, { 32.2957, 79.1856, -107.8573 } },   { { 255, 255, 0 }, { 97.1395, -21.5547, 94.4781 } },
  { { 0, 255, 255 }, { 91.1133, -48.0906, -14.1263 } }, { { 255, 0, 255 }, { 60.3235, 98.2331, -60.8210 } },
  { { 128, 128, 128 }, { 53.5850, -0.0015, 0.0028 } },  { { 12, 34, 56 }, { 12.6562, 0.1214, -16.8316 } },
  { { 200, 150, 100 }, { 65.7601, 12.7589, 33.5647 } }, { { 1, 2, 3 }, { 0.5098, -0.1225, -0.4705 } },
};

static void
known_colours_convert (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    {
      gfloat lab[3];

      smalti_lab_from_srgb (known[i].rgb, lab, 1);
      for (int c = 0; c < 3; c++)
        g_assert_cmpfloat_with_epsilon (lab[c], known[i].lab[c], 0.02);
    }
}

static void
all_colours_come_back (void)
{
  enum
  {
    N = 65536
  };
  g_autofree guint8 *rgb = g_malloc (N * 3), *back = g_malloc (N * 3);
  g_autofree gfloat *lab = g_new (gfloat, N * 3);

  for (guint red = 0; red < 256; red++)
    {
      for (guint i = 0; i < N; i++)
        {
          rgb[i * 3] = red;
          rgb[i * 3 + 1] = i >> 8;
          rgb[i * 3 + 2] = i & 255;
        }
      smalti_lab_from_srgb (rgb, lab, N);
      smalti_lab_to_srgb (lab, back, N);
      for (guint i = 0; i < N * 3; i++)
        if (ABS (rgb[i] - back[i]) > 1)
          g_error ("%u became %u in %u, %u, %u", rgb[i], back[i], red, i / 3 >> 8, i / 3 & 255);
      for (guint i = 0; i < N; i++)
        if (!(lab[i] >= -0.01f && lab[i] <= 100.01f) || fabsf (lab[N + i]) > 110 || fabsf (lab[2 * N + i]) > 110)
          g_error ("%f, %f, %f is out of bounds", lab[i], lab[N + i], lab[2 * N + i]);
    }
}

/* The definition with the library's own pow() and cbrt(), at pixels that are no multiple of any vector's length. */
static void
planes_agree_with_the_definition (void)
{
  enum
  {
    N = 1003
  };
  guint8 rgb[N * 3];
  gfloat lab[N * 3];
  SmaltiRandom random;

  smalti_random_init (&random, 1, SMALTI_STREAM_TEST, 0, 0);
  for (int i = 0; i < N * 3; i++)
    rgb[i] = smalti_random_int (&random, i % 2 ? 256 : 24);
  smalti_lab_from_srgb (rgb, lab, N);
  for (int i = 0; i < N; i++)
    {
      const gdouble matrix[3][3] = { { 0.4124564, 0.3575761, 0.1804375 },
                                     { 0.2126729, 0.7151522, 0.0721750 },
                                     { 0.0193339, 0.1191920, 0.9503041 } };
      const gdouble white[3] = { 0.95047, 1.0, 1.08883 };
      gdouble linear[3], f[3];

      for (int c = 0; c < 3; c++)
        {
          gdouble v = rgb[i * 3 + c] / 255.0;

          linear[c] = v <= 0.04045 ? v / 12.92 : pow ((v + 0.055) / 1.055, 2.4);
        }
      for (int c = 0; c < 3; c++)
        {
          gdouble t = (matrix[c][0] * linear[0] + matrix[c][1] * linear[1] + matrix[c][2] * linear[2]) / white[c];

          f[c] = t > 216.0 / 24389.0 ? cbrt (t) : (24389.0 / 27.0 * t + 16) / 116;
        }
      g_assert_cmpfloat_with_epsilon (lab[i], 116 * f[1] - 16, 2e-3);
      g_assert_cmpfloat_with_epsilon (lab[N + i], 500 * (f[0] - f[1]), 2e-3);
      g_assert_cmpfloat_with_epsilon (lab[2 * N + i], 200 * (f[1] - f[2]), 2e-3);
    }
}

static void
colours_out_of_gamut_are_clipped (void)
{
  const gfloat lab[] = { 100, 50, -10, 120, 50, NAN, 0, 0, 0, 100, 100, 0, 0, 0, 0, -120, 100, 0 };
  guint8 rgb[18];

  smalti_lab_to_srgb (lab, rgb, 6); /* planes of six: any codes will do, but no crash and no wrap */
  {
    const gfloat white[3] = { 130, 0, 0 }, black[3] = { -20, 0, 0 };

    smalti_lab_to_srgb (white, rgb, 1);
    g_assert_cmpint (rgb[0], ==, 255);
    g_assert_cmpint (rgb[2], ==, 255);
    smalti_lab_to_srgb (black, rgb, 1);
    g_assert_cmpint (rgb[0], ==, 0);
    g_assert_cmpint (rgb[2], ==, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/image/lab/known", known_colours_convert);
  g_test_add_func ("/image/lab/round-trip", all_colours_come_back);
  g_test_add_func ("/image/lab/definition", planes_agree_with_the_definition);
  g_test_add_func ("/image/lab/gamut", colours_out_of_gamut_are_clipped);
  return g_test_run ();
}
