/* SPDX-License-Identifier: Apache-2.0 */
/* Resampling with a triangle filter whose foot widens with the reduction, in two passes.
 *
 * Rows are combined first, because that pass runs over whole rows of memory and vectorizes by itself; the horizontal
 * pass then has only the output's rows left, and reads a pixel's three channels as one vector of four. */
#include "core/image/image.h"

#include <math.h>
#include <string.h>

/* Weights of one axis: output i is the sum over k < count[i] of weight[i * stride + k] * input[first[i] + k]. */
typedef struct
{
  gint *first;
  gint *count;
  gfloat *weight;
  gint stride;
} Taps;

/* Output pixels 0 .. n - 1 cover [from, from + length) of an axis of @size pixels; nothing outside that is read. */
static void
taps_init (Taps *taps, gint size, gdouble from, gdouble length, gint n)
{
  gdouble scale = length / n;
  gdouble reach = MAX (scale, 1.0);
  gint low = MAX ((gint)floor (from + 1e-6), 0);
  gint high = MIN ((gint)ceil (from + length - 1e-6), size);

  low = MIN (low, size - 1);
  high = MAX (high, low + 1);
  taps->stride = (gint)ceil (reach) * 2 + 1;
  taps->first = g_new (gint, n);
  taps->count = g_new (gint, n);
  taps->weight = g_new (gfloat, (gsize)n * taps->stride);
  for (gint i = 0; i < n; i++)
    {
      gfloat *weight = taps->weight + (gsize)i * taps->stride;
      gdouble centre = from + (i + 0.5) * scale;
      gint first = CLAMP ((gint)floor (centre - reach + 0.5), low, high - 1);
      gint end = CLAMP ((gint)floor (centre + reach + 0.5), first + 1, high);
      gdouble sum = 0.0;

      end = MIN (end, first + taps->stride);
      for (gint k = first; k < end; k++)
        {
          gdouble w = MAX (1.0 - fabs (k + 0.5 - centre) / reach, 0.0);

          weight[k - first] = w;
          sum += w;
        }
      if (sum <= 0.0) /* all of the foot lies outside: the nearest pixel */
        weight[0] = sum = 1.0;
      for (gint k = 0; k < end - first; k++)
        weight[k] /= sum;
      taps->first[i] = first;
      taps->count[i] = end - first;
    }
}

static void
taps_clear (Taps *taps)
{
  g_free (taps->first);
  g_free (taps->count);
  g_free (taps->weight);
}

typedef gfloat Pixel __attribute__ ((vector_size (16)));

static void
combine_rows (const SmaltiImage *image, const Taps *taps, gint y, gint x0, gint x1, gfloat *row)
{
  gsize n = (gsize)(x1 - x0) * 3;

  memset (row, 0, n * sizeof *row);
  for (gint k = 0; k < taps->count[y]; k++)
    {
      const guint8 *from = image->pixels + ((gsize)(taps->first[y] + k) * image->width + x0) * 3;
      gfloat w = taps->weight[(gsize)y * taps->stride + k];

#pragma omp simd
      for (gsize i = 0; i < n; i++)
        row[i] += w * from[i];
    }
}

static void
combine_columns (const gfloat *row, gint x0, const Taps *taps, gint n, guint8 *to)
{
  for (gint x = 0; x < n; x++, to += 3)
    {
      const gfloat *from = row + (gsize)(taps->first[x] - x0) * 3;
      const gfloat *weight = taps->weight + (gsize)x * taps->stride;
      Pixel sum = { 0.5f, 0.5f, 0.5f, 0.0f }; /* rounds the cut to whole codes */

      for (gint k = 0; k < taps->count[x]; k++, from += 3)
        {
          Pixel pixel;

          memcpy (&pixel, from, sizeof pixel);
          sum += pixel * weight[k];
        }
      to[0] = sum[0];
      to[1] = sum[1];
      to[2] = sum[2];
    }
}

SmaltiImage *
smalti_image_crop_resize (const SmaltiImage *self, gdouble x, gdouble y, gdouble crop_width, gdouble crop_height,
                          gint width, gint height)
{
  SmaltiImage *resized;
  Taps columns, rows;
  gint x0 = self->width, x1 = 0;
  gfloat *row;

  g_assert (width > 0 && height > 0 && crop_width > 0 && crop_height > 0);
  resized = smalti_image_new (width, height);
  taps_init (&columns, self->width, x, crop_width, width);
  taps_init (&rows, self->height, y, crop_height, height);
  for (gint i = 0; i < width; i++)
    {
      x0 = MIN (x0, columns.first[i]);
      x1 = MAX (x1, columns.first[i] + columns.count[i]);
    }
  row = g_new (gfloat, (gsize)(x1 - x0) * 3 + 1); /* the last pixel is read as four floats, too */
  row[(gsize)(x1 - x0) * 3] = 0.0f;
  for (gint i = 0; i < height; i++)
    {
      combine_rows (self, &rows, i, x0, x1, row);
      combine_columns (row, x0, &columns, width, resized->pixels + (gsize)i * width * 3);
    }
  g_free (row);
  taps_clear (&columns);
  taps_clear (&rows);
  return resized;
}

SmaltiImage *
smalti_image_resize (const SmaltiImage *self, gint width, gint height)
{
  if (width == self->width && height == self->height)
    return smalti_image_copy (self);
  return smalti_image_crop_resize (self, 0, 0, self->width, self->height, width, height);
}

SmaltiImage *
smalti_image_center_crop (const SmaltiImage *self, gint resize_to, gint side)
{
  g_autoptr (SmaltiImage) resized = NULL;
  gint shorter = MIN (self->width, self->height);
  gint width = self->width == shorter ? resize_to : (gint)((gint64)self->width * resize_to / shorter);
  gint height = self->height == shorter ? resize_to : (gint)((gint64)self->height * resize_to / shorter);

  g_assert (side > 0 && side <= resize_to);
  if (width == self->width && height == self->height)
    return smalti_image_crop (self, (width - side) / 2, (height - side) / 2, side, side);
  /* A panorama is not resized whole: only the middle is wanted. */
  if (width > 8 * side || height > 8 * side)
    {
      gdouble crop = (gdouble)shorter * side / resize_to;

      return smalti_image_crop_resize (self, (self->width - crop) / 2, (self->height - crop) / 2, crop, crop, side,
                                       side);
    }
  resized = smalti_image_resize (self, width, height);
  return smalti_image_crop (resized, (width - side) / 2, (height - side) / 2, side, side);
}
