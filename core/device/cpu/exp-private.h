/* SPDX-License-Identifier: Apache-2.0 */
/* An exponential that loops over rows can be vectorized with. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* -87.3, below which f32 has no normal numbers left for the result. A constant the compiler does not see: it would give
 * such arguments a path of their own, and a loop with two paths is not vectorized. */
extern const gfloat smalti_cpu_exp_lowest;

/* x = n ln 2 + r with |r| <= ln 2 / 2; e^r by Cephes' polynomial (Moshier, expf), 2^n by its bits. Within 2 units in
 * the last place for @x up to 88; below -87.3 it stays at 1.2e-38. */
static inline __attribute__ ((always_inline)) gfloat
smalti_cpu_exp (gfloat x)
{
  const gfloat round = 12582912.0f; /* 1.5 * 2^23: adding it leaves an integer in the low bits */
  union
  {
    gfloat f;
    guint32 u;
  } n, power;
  gfloat clamped = x < smalti_cpu_exp_lowest ? smalti_cpu_exp_lowest : x, r, p;

  n.f = clamped * 1.44269504088896341f + round;
  power.u = (n.u - 0x4b400000u + 127u) << 23;
  n.f -= round;
  r = clamped - n.f * 0.693359375f + n.f * 2.12194440e-4f;
  p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1;
  return p * power.f;
}

G_END_DECLS
