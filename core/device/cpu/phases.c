/* SPDX-License-Identifier: Apache-2.0 */
/* A dilated convolution as an ordinary one: with dilation d, pixels of one phase (row and column modulo d) see only
 * pixels of the same phase, so the d x d phases of an image are images of their own, d times smaller, and nothing is
 * dilated.
 *
 *   whole : (N, H, W, C)   apart : (N, d0, d1, H / d0, W / d1, C)
 *
 * It holds for stride 1 and where d divides height, width and padding. */
#include "core/device/cpu/conv-private.h"

#include <string.h>

gboolean
smalti_conv_has_phases (const SmaltiWindow *window, gint64 height, gint64 width)
{
  const gint64 size[2] = { height, width };
  gboolean dilated = FALSE;

  for (guint i = 0; i < 2; i++)
    {
      gint d = window->dilation[i];

      if (window->stride[i] != 1 || size[i] % d != 0 || window->padding[i] % d != 0)
        return FALSE;
      dilated = dilated || d > 1;
    }
  return dilated;
}

SmaltiWindow
smalti_conv_phase_window (const SmaltiWindow *window)
{
  SmaltiWindow phase = *window;

  for (guint i = 0; i < 2; i++)
    {
      phase.padding[i] /= phase.dilation[i];
      phase.dilation[i] = 1;
    }
  return phase;
}

/* A row of one phase: elements from the beginning of its first pixel, and between its pixels in the whole image. */
typedef struct
{
  gint64 apart_at, whole_at, whole_step, n_pixels, channels;
} Row;

static gint64
count_rows (const SmaltiValue *value, const SmaltiWindow *window)
{
  return value->shape.dim[0] * value->shape.dim[2] * window->dilation[1];
}

static Row
row_at (const SmaltiValue *value, const SmaltiWindow *window, gint64 i)
{
  const gint64 *d = value->shape.dim; /* N, C, H, W */
  gint64 d0 = window->dilation[0], d1 = window->dilation[1], height = d[2] / d0;
  gint64 y = i % height, phase = i / height % (d0 * d1), image = i / height / (d0 * d1);

  return (Row){
    .apart_at = i * (d[3] / d1) * d[1],
    .whole_at = ((image * d[2] + y * d0 + phase / d1) * d[3] + phase % d1) * d[1],
    .whole_step = d1 * d[1],
    .n_pixels = d[3] / d1,
    .channels = d[1],
  };
}

void
smalti_conv_split_phases (guint8 *apart, const guint8 *whole, const SmaltiValue *value, const SmaltiWindow *window,
                          gboolean narrow, gsize element)
{
  gint64 n_rows = count_rows (value, window);

#pragma omp parallel for schedule(static)
  for (gint64 i = 0; i < n_rows; i++)
    {
      Row r = row_at (value, window, i);

      for (gint64 p = 0; p < r.n_pixels; p++)
        if (narrow)
          smalti_cpu_narrow ((guint16 *)apart + r.apart_at + p * r.channels,
                             (const gfloat *)whole + r.whole_at + p * r.whole_step, r.channels);
        else
          memcpy (apart + (r.apart_at + p * r.channels) * element, whole + (r.whole_at + p * r.whole_step) * element,
                  r.channels * element);
    }
}

void
smalti_conv_join_phases (guint8 *whole, const guint8 *apart, const SmaltiValue *value, const SmaltiWindow *window,
                         gsize element)
{
  gint64 n_rows = count_rows (value, window);

#pragma omp parallel for schedule(static)
  for (gint64 i = 0; i < n_rows; i++)
    {
      Row r = row_at (value, window, i);

      for (gint64 p = 0; p < r.n_pixels; p++)
        memcpy (whole + (r.whole_at + p * r.whole_step) * element, apart + (r.apart_at + p * r.channels) * element,
                r.channels * element);
    }
}
