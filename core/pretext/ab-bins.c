/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the 5 nearest of 313 centres for every pixel is the costly part of making a colorization sample. The ab plane
 * is cut into squares of 4 x 4; for each square we keep the few centres that can be among the 5 nearest of any of its
 * points: those whose least distance to the square is no more than the fifth smallest of all centres' greatest
 * distances. A pixel then looks at its square's candidates only, and the answer is still exact. */
#include "core/pretext/ab-bins.h"

#include <math.h>

#include "core/base/error.h"

#define EXTENT 128
#define SQUARE 4
#define N_SIDE (2 * EXTENT / SQUARE)

struct _SmaltiAbEncoder
{
  gfloat exponent; /* -1 / (2 sigma^2) */
  guint32 first[N_SIDE * N_SIDE + 1];
  guint16 *candidate; /* of square i: first[i] .. first[i + 1] - 1, ascending */
};

/* The published set: for each a the centres from @low to @high in b, 10 apart. */
static const struct
{
  gint a, low, high;
} rows[] = {
  { -90, 50, 90 },   { -80, 20, 90 },   { -70, 0, 90 },    { -60, -20, 90 },  { -50, -30, 100 },
  { -40, -40, 100 }, { -30, -50, 100 }, { -20, -50, 100 }, { -10, -60, 100 }, { 0, -70, 100 },
  { 10, -80, 90 },   { 20, -80, 90 },   { 30, -90, 90 },   { 40, -100, 90 },  { 50, -100, 80 },
  { 60, -110, 80 },  { 70, -110, 80 },  { 80, -110, 70 },  { 90, -110, 70 },  { 100, -90, 0 },
};

const gfloat *
smalti_ab_centres (void)
{
  static gfloat centres[SMALTI_N_AB_BINS * 2];
  static gsize ready;

  if (g_once_init_enter (&ready))
    {
      guint n = 0;

      for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
        for (gint b = rows[i].low; b <= rows[i].high; b += 10)
          {
            centres[2 * n] = rows[i].a;
            centres[2 * n + 1] = b;
            n++;
          }
      g_assert (n == SMALTI_N_AB_BINS);
      g_once_init_leave (&ready, 1);
    }
  return centres;
}

static gfloat
square_of (gfloat x)
{
  return x * x;
}

/* Least and greatest squared distance from a centre to the points of the square that begins at (a, b). */
static void
distances_to_square (const gfloat *centre, gfloat a, gfloat b, gfloat *least, gfloat *greatest)
{
  gfloat low[2] = { a - centre[0], b - centre[1] };

  *least = *greatest = 0;
  for (guint i = 0; i < 2; i++)
    {
      gfloat high = low[i] + SQUARE;

      *least += square_of (low[i] > 0 ? low[i] : high < 0 ? high : 0);
      *greatest += square_of (MAX (fabsf (low[i]), fabsf (high)));
    }
}

/* The fifth smallest of @values. */
static gfloat
fifth_smallest (const gfloat *values, guint n)
{
  gfloat least[SMALTI_AB_NEIGHBOURS];

  for (guint i = 0; i < SMALTI_AB_NEIGHBOURS; i++)
    least[i] = G_MAXFLOAT;
  for (guint i = 0; i < n; i++)
    {
      gfloat value = values[i];

      for (guint j = 0; j < SMALTI_AB_NEIGHBOURS; j++)
        if (value < least[j])
          {
            gfloat larger = least[j];

            least[j] = value;
            value = larger;
          }
    }
  return least[SMALTI_AB_NEIGHBOURS - 1];
}

SmaltiAbEncoder *
smalti_ab_encoder_new (gfloat sigma)
{
  SmaltiAbEncoder *self = g_new (SmaltiAbEncoder, 1);
  const gfloat *centres = smalti_ab_centres ();
  g_autoptr (GArray) candidates = g_array_new (FALSE, FALSE, sizeof (guint16));

  self->exponent = -1 / (2 * sigma * sigma);
  for (guint i = 0; i < N_SIDE * N_SIDE; i++)
    {
      gfloat least[SMALTI_N_AB_BINS], greatest[SMALTI_N_AB_BINS], reach;
      gfloat a = (gint)(i / N_SIDE) * SQUARE - EXTENT, b = (gint)(i % N_SIDE) * SQUARE - EXTENT;

      for (guint q = 0; q < SMALTI_N_AB_BINS; q++)
        distances_to_square (centres + 2 * q, a, b, &least[q], &greatest[q]);
      reach = fifth_smallest (greatest, SMALTI_N_AB_BINS);
      self->first[i] = candidates->len;
      for (guint16 q = 0; q < SMALTI_N_AB_BINS; q++)
        if (least[q] <= reach)
          g_array_append_val (candidates, q);
    }
  self->first[N_SIDE * N_SIDE] = candidates->len;
  self->candidate = (guint16 *)g_array_free (g_steal_pointer (&candidates), FALSE);
  return self;
}

void
smalti_ab_encoder_free (SmaltiAbEncoder *self)
{
  if (self == NULL)
    return;
  g_free (self->candidate);
  g_free (self);
}

void
smalti_ab_encode (const SmaltiAbEncoder *self, gfloat a, gfloat b, gint32 *bin, gfloat *share)
{
  const gfloat *centres = smalti_ab_centres ();
  gfloat distance[SMALTI_AB_NEIGHBOURS], sum = 0;
  guint at, n = 0;

  a = CLAMP (a, -EXTENT, EXTENT - 1e-3f);
  b = CLAMP (b, -EXTENT, EXTENT - 1e-3f);
  at = (guint)((a + EXTENT) / SQUARE) * N_SIDE + (guint)((b + EXTENT) / SQUARE);
  for (guint i = self->first[at]; i < self->first[at + 1]; i++)
    {
      gint32 q = self->candidate[i];
      gfloat d = square_of (a - centres[2 * q]) + square_of (b - centres[2 * q + 1]);
      guint j;

      if (n == SMALTI_AB_NEIGHBOURS && d >= distance[n - 1])
        continue;
      n = MIN (n + 1, SMALTI_AB_NEIGHBOURS);
      for (j = n - 1; j > 0 && distance[j - 1] > d; j--)
        {
          distance[j] = distance[j - 1];
          bin[j] = bin[j - 1];
        }
      distance[j] = d;
      bin[j] = q;
    }
  /* Relative to the nearest: far outside the centres, all five would underflow to nothing. */
  for (guint i = 0; i < SMALTI_AB_NEIGHBOURS; i++)
    sum += share[i] = expf ((distance[i] - distance[0]) * self->exponent);
  for (guint i = 0; i < SMALTI_AB_NEIGHBOURS; i++)
    share[i] /= sum;
}

void
smalti_ab_rebalance (const gdouble *counts, gfloat sigma, gfloat lambda, gdouble *prior, gfloat *weight)
{
  const gfloat *centres = smalti_ab_centres ();
  gdouble total = 0, expectation = 0;

  for (guint q = 0; q < SMALTI_N_AB_BINS; q++)
    total += counts[q];
  for (guint q = 0; q < SMALTI_N_AB_BINS; q++)
    prior[q] = total > 0 ? 0 : 1.0 / SMALTI_N_AB_BINS;
  for (guint q = 0; q < SMALTI_N_AB_BINS && total > 0; q++)
    {
      gdouble kernel[SMALTI_N_AB_BINS], sum = 0;

      /* Each bin's mass is spread over its neighbours and none is lost at the edge of the gamut. */
      for (guint r = 0; r < SMALTI_N_AB_BINS; r++)
        {
          gdouble d = square_of (centres[2 * q] - centres[2 * r]) + square_of (centres[2 * q + 1] - centres[2 * r + 1]);

          sum += kernel[r] = exp (-d / (2.0 * sigma * sigma));
        }
      for (guint r = 0; r < SMALTI_N_AB_BINS; r++)
        prior[r] += counts[q] / total * kernel[r] / sum;
    }
  for (guint q = 0; q < SMALTI_N_AB_BINS; q++)
    expectation += prior[q] / ((1 - lambda) * prior[q] + lambda / SMALTI_N_AB_BINS);
  for (guint q = 0; q < SMALTI_N_AB_BINS; q++)
    weight[q] = 1 / (((1 - lambda) * prior[q] + lambda / SMALTI_N_AB_BINS) * expectation);
}

void
smalti_ab_annealed_mean (const gfloat *logits, gsize stride, gfloat temperature, gfloat *a, gfloat *b)
{
  const gfloat *centres = smalti_ab_centres ();
  gfloat largest = -G_MAXFLOAT, sum = 0, sum_a = 0, sum_b = 0;

  for (guint q = 0; q < SMALTI_N_AB_BINS; q++)
    largest = MAX (largest, logits[q * stride]);
  for (guint q = 0; q < SMALTI_N_AB_BINS; q++)
    {
      gfloat p = expf ((logits[q * stride] - largest) / temperature);

      sum += p;
      sum_a += p * centres[2 * q];
      sum_b += p * centres[2 * q + 1];
    }
  *a = sum_a / sum;
  *b = sum_b / sum;
}
