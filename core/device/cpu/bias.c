/* SPDX-License-Identifier: Apache-2.0 */
/* Biases where oneDNN has no place for them: added after a product, and their gradients, sums over pixels.
 *
 *   x : (P, C), f32 or bf16      bias, sums : (C), f32
 *
 * A sum is taken by every thread over its own stretch of pixels into its own row, then the rows are added in order: the
 * result does not depend on who was first. Inside a stretch the running sums of 8 pixels at a time stay in registers.
 */
#include "core/device/cpu/cpu-private.h"

#include <omp.h>
#include <string.h>

#define CHUNK 64 /* channels whose sums are kept at hand */

#define LOAD_F32(x)   (x)
#define LOAD_BF16(x)  smalti_bf16_to_f32 (x)
#define STORE_F32(x)  (x)
#define STORE_BF16(x) smalti_bf16_from_f32 (x)

#define DEFINE_SUM(name, Type, load)                                                                                   \
  SMALTI_CPU_CLONES static void name (gfloat *restrict sums, const Type *restrict x, gint64 pixels, gint64 channels)   \
  {                                                                                                                    \
    memset (sums, 0, channels * sizeof *sums);                                                                         \
    for (gint64 first = 0; first < channels; first += CHUNK)                                                           \
      {                                                                                                                \
        gint64 n = MIN (CHUNK, channels - first);                                                                      \
        gfloat part[CHUNK] = { 0 };                                                                                    \
                                                                                                                       \
        for (gint64 p = 0; p < pixels; p++)                                                                            \
          for (gint64 c = 0; c < n; c++)                                                                               \
            part[c] += load (x[p * channels + first + c]);                                                             \
        for (gint64 c = 0; c < n; c++)                                                                                 \
          sums[first + c] = part[c];                                                                                   \
      }                                                                                                                \
  }

DEFINE_SUM (sum_f32, gfloat, LOAD_F32)
DEFINE_SUM (sum_bf16, guint16, LOAD_BF16)

#define DEFINE_ADD(name, Type, load, store)                                                                            \
  SMALTI_CPU_CLONES static void name (Type *restrict x, const gfloat *restrict bias, gfloat least, gint64 pixels,      \
                                      gint64 channels)                                                                 \
  {                                                                                                                    \
    for (gint64 p = 0; p < pixels; p++)                                                                                \
      for (gint64 c = 0; c < channels; c++)                                                                            \
        {                                                                                                              \
          gfloat y = load (x[p * channels + c]) + bias[c];                                                             \
                                                                                                                       \
          x[p * channels + c] = store (y < least ? least : y);                                                         \
        }                                                                                                              \
  }                                                                                                                    \
  SMALTI_CPU_CLONES static void name##_none (Type *restrict x, gint64 n)                                               \
  {                                                                                                                    \
    for (gint64 i = 0; i < n; i++)                                                                                     \
      {                                                                                                                \
        gfloat y = load (x[i]);                                                                                        \
                                                                                                                       \
        x[i] = store (y < 0 ? 0 : y);                                                                                  \
      }                                                                                                                \
  }

DEFINE_ADD (add_f32, gfloat, LOAD_F32, STORE_F32)
DEFINE_ADD (add_bf16, guint16, LOAD_BF16, STORE_BF16)

gsize
smalti_cpu_sum_scratch (gint64 channels)
{
  return (gsize)omp_get_max_threads () * channels * sizeof (gfloat);
}

void
smalti_cpu_sum_pixels (gfloat *sums, gconstpointer x, gboolean bf16, gint64 pixels, gint64 channels, gfloat *scratch)
{
  gint n_stretches = omp_get_max_threads ();

#pragma omp parallel for schedule(static)
  for (gint i = 0; i < n_stretches; i++)
    {
      gint64 first = pixels * i / n_stretches, last = pixels * (i + 1) / n_stretches;

      if (bf16)
        sum_bf16 (scratch + i * channels, (const guint16 *)x + first * channels, last - first, channels);
      else
        sum_f32 (scratch + i * channels, (const gfloat *)x + first * channels, last - first, channels);
    }
  for (gint64 c = 0; c < channels; c++)
    {
      gfloat sum = 0;

      for (gint i = 0; i < n_stretches; i++)
        sum += scratch[i * channels + c];
      sums[c] = sum;
    }
}

void
smalti_cpu_add_bias (gpointer x, gboolean bf16, const gfloat *bias, gboolean relu, gint64 pixels, gint64 channels)
{
  gint64 step = MAX (1, 8192 / channels);
  gfloat least = relu ? 0 : -G_MAXFLOAT;

  if (bias == NULL && !relu)
    return;
#pragma omp parallel for schedule(static) if (pixels > step)
  for (gint64 p = 0; p < pixels; p += step)
    {
      gint64 n = MIN (step, pixels - p);

      if (bias == NULL && bf16)
        add_bf16_none ((guint16 *)x + p * channels, n * channels);
      else if (bias == NULL)
        add_f32_none ((gfloat *)x + p * channels, n * channels);
      else if (bf16)
        add_bf16 ((guint16 *)x + p * channels, bias, least, n, channels);
      else
        add_f32 ((gfloat *)x + p * channels, bias, least, n, channels);
    }
}
