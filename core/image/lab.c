/* SPDX-License-Identifier: Apache-2.0 */
/* sRGB <-> CIE L*a*b* (CIE 15:2018, section 8.2.1) under D65, 2 degree observer.
 *
 * The transfer function is never computed per pixel: from sRGB it is a table of the 256 codes; to sRGB it is a table of
 * the 255 linear values at which the rounded code changes, entered near the right place, so the result is the exactly
 * rounded one. The cube roots of forward direction run four or more at a time. */
#include "core/image/lab.h"

#include <math.h>
#include <string.h>

#define BLOCK   128  /* pixels at a time: planes of one block stay in the first-level cache */
#define ENTRIES 4096 /* of the way back; at most one code change per entry above the dark end */

/* The white point, and the RGB to XYZ matrix of IEC 61966-2-1 divided by it. */
#define WHITE_X 0.95047f
#define WHITE_Z 1.08883f

typedef struct
{
  gfloat linear[256];        /* of a code */
  gfloat threshold[257];     /* linear value from which code i is nearer than i - 1 */
  guint8 entry[ENTRIES + 1]; /* code of linear value i / ENTRIES */
} Transfer;

static double
decode_transfer (double v)
{
  return v <= 0.04045 ? v / 12.92 : pow ((v + 0.055) / 1.055, 2.4);
}

static const Transfer *
get_transfer (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      Transfer *transfer = g_new0 (Transfer, 1);
      guint code = 0;

      for (int i = 0; i < 256; i++)
        transfer->linear[i] = decode_transfer (i / 255.0);
      transfer->threshold[0] = -G_MAXFLOAT;
      for (int i = 1; i < 256; i++)
        transfer->threshold[i] = decode_transfer ((i - 0.5) / 255.0);
      transfer->threshold[256] = G_MAXFLOAT;
      for (int i = 0; i <= ENTRIES; i++)
        {
          while ((gfloat)i / ENTRIES >= transfer->threshold[code + 1])
            code++;
          transfer->entry[i] = code;
        }
      g_once_init_leave (&once, (gsize)transfer);
    }
  return (const Transfer *)once;
}

/* Halley's iteration from a guess made of the bits: an exponent divided by three is a cube root within 4%. Two steps
 * bring the error below that of a float. Only for 0 < x. */
static inline gfloat
cube_root (gfloat x)
{
  union
  {
    gfloat f;
    gint32 i;
  } guess = { .f = x };
  gfloat y, cube;

  guess.i = guess.i / 3 + 709921077;
  y = guess.f;
  cube = y * y * y;
  y *= (cube + 2.0f * x) / (2.0f * cube + x);
  cube = y * y * y;
  y *= (cube + 2.0f * x) / (2.0f * cube + x);
  return y;
}

/* f of CIE 15: the cube root with a straight foot, of which both are computed so that lanes need not part. */
static inline gfloat
compress (gfloat t)
{
  gfloat root = cube_root (MAX (t, 1e-6f));
  gfloat foot = t * (841.0f / 108.0f) + 4.0f / 29.0f;

  return t > 216.0f / 24389.0f ? root : foot;
}

void
smalti_lab_from_srgb (const guint8 *rgb, gfloat *lab, gsize n_pixels)
{
  const Transfer *transfer = get_transfer ();
  gfloat *l_plane = lab, *a_plane = lab + n_pixels, *b_plane = lab + 2 * n_pixels;

  for (gsize at = 0; at < n_pixels; at += BLOCK)
    {
      gfloat r[BLOCK], g[BLOCK], b[BLOCK];
      gsize n = MIN (BLOCK, n_pixels - at);

      for (gsize i = 0; i < n; i++)
        {
          const guint8 *pixel = rgb + (at + i) * 3;

          r[i] = transfer->linear[pixel[0]];
          g[i] = transfer->linear[pixel[1]];
          b[i] = transfer->linear[pixel[2]];
        }
#pragma omp simd
      for (gsize i = 0; i < n; i++)
        {
          gfloat x = compress ((0.4124564f * r[i] + 0.3575761f * g[i] + 0.1804375f * b[i]) / WHITE_X);
          gfloat y = compress (0.2126729f * r[i] + 0.7151522f * g[i] + 0.0721750f * b[i]);
          gfloat z = compress ((0.0193339f * r[i] + 0.1191920f * g[i] + 0.9503041f * b[i]) / WHITE_Z);

          l_plane[at + i] = 116.0f * y - 16.0f;
          a_plane[at + i] = 500.0f * (x - y);
          b_plane[at + i] = 200.0f * (y - z);
        }
    }
}

static inline gfloat
expand (gfloat t)
{
  return t > 6.0f / 29.0f ? t * t * t : (108.0f / 841.0f) * (t - 4.0f / 29.0f);
}

static inline guint8
to_code (const Transfer *transfer, gfloat linear)
{
  guint code;

  if (!(linear > 0.0f)) /* not a number, too */
    return 0;
  if (linear >= 1.0f)
    return 255;
  code = transfer->entry[(int)(linear * ENTRIES)];
  while (linear >= transfer->threshold[code + 1])
    code++;
  return code;
}

void
smalti_lab_to_srgb (const gfloat *lab, guint8 *rgb, gsize n_pixels)
{
  const Transfer *transfer = get_transfer ();
  const gfloat *l_plane = lab, *a_plane = lab + n_pixels, *b_plane = lab + 2 * n_pixels;

  for (gsize at = 0; at < n_pixels; at += BLOCK)
    {
      gfloat r[BLOCK], g[BLOCK], b[BLOCK];
      gsize n = MIN (BLOCK, n_pixels - at);

#pragma omp simd
      for (gsize i = 0; i < n; i++)
        {
          gfloat f = (l_plane[at + i] + 16.0f) / 116.0f;
          gfloat x = expand (f + a_plane[at + i] / 500.0f) * WHITE_X;
          gfloat y = expand (f);
          gfloat z = expand (f - b_plane[at + i] / 200.0f) * WHITE_Z;

          r[i] = 3.2404542f * x - 1.5371385f * y - 0.4985314f * z;
          g[i] = -0.9692660f * x + 1.8760108f * y + 0.0415560f * z;
          b[i] = 0.0556434f * x - 0.2040259f * y + 1.0572252f * z;
        }
      for (gsize i = 0; i < n; i++)
        {
          guint8 *pixel = rgb + (at + i) * 3;

          pixel[0] = to_code (transfer, r[i]);
          pixel[1] = to_code (transfer, g[i]);
          pixel[2] = to_code (transfer, b[i]);
        }
    }
}
