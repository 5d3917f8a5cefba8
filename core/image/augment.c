/* SPDX-License-Identifier: Apache-2.0 */
/* Random changes of a picture, as torchvision's transforms define them. Every function draws the same number of times
 * whatever the picture looks like, except for the crop, whose tries are part of its definition. */
#include "core/image/image.h"

#include <math.h>
#include <string.h>

static gsize
n_pixels (const SmaltiImage *self)
{
  return (gsize)self->width * self->height;
}

SmaltiImage *
smalti_augment_resized_crop (const SmaltiImage *self, SmaltiRandom *random, gdouble min_scale, gint side)
{
  gdouble area = (gdouble)self->width * self->height;
  gdouble log_ratio = log (4.0 / 3.0);
  gdouble ratio = (gdouble)self->width / self->height;
  gint width, height;

  for (int i = 0; i < 10; i++)
    {
      gdouble target = area * (min_scale + (1.0 - min_scale) * smalti_random_float (random));
      gdouble r = exp ((2.0 * smalti_random_float (random) - 1.0) * log_ratio);

      width = lround (sqrt (target * r));
      height = lround (sqrt (target / r));
      if (width > 0 && height > 0 && width <= self->width && height <= self->height)
        {
          gint y = smalti_random_int (random, self->height - height + 1);
          gint x = smalti_random_int (random, self->width - width + 1);

          return smalti_image_crop_resize (self, x, y, width, height, side, side);
        }
    }
  /* Too long for any of the ten: the largest middle with an allowed ratio. */
  width = self->width;
  height = self->height;
  if (ratio < 3.0 / 4.0)
    height = MAX (lround (width / (3.0 / 4.0)), 1);
  else if (ratio > 4.0 / 3.0)
    width = MAX (lround (height * (4.0 / 3.0)), 1);
  return smalti_image_crop_resize (self, (self->width - width) / 2, (self->height - height) / 2, width, height, side,
                                   side);
}

static guint8
to_code (gfloat value)
{
  return value <= 0.0f ? 0 : value >= 255.0f ? 255 : (guint8)(value + 0.5f);
}

static gfloat
luma (const guint8 *rgb)
{
  return 0.299f * rgb[0] + 0.587f * rgb[1] + 0.114f * rgb[2];
}

/* value * factor + offset for all channels, by a table. */
static void
scale_codes (SmaltiImage *self, gfloat factor, gfloat offset)
{
  guint8 table[256];

  for (int i = 0; i < 256; i++)
    table[i] = to_code (i * factor + offset);
  for (gsize i = 0; i < n_pixels (self) * 3; i++)
    self->pixels[i] = table[self->pixels[i]];
}

static void
change_contrast (SmaltiImage *self, gfloat factor)
{
  gdouble sum = 0.0;

  for (gsize i = 0; i < n_pixels (self); i++)
    sum += luma (self->pixels + i * 3);
  scale_codes (self, factor, (1.0f - factor) * (gfloat)(sum / n_pixels (self)));
}

static void
change_saturation (SmaltiImage *self, gfloat factor)
{
  for (gsize i = 0; i < n_pixels (self); i++)
    {
      guint8 *rgb = self->pixels + i * 3;
      gfloat grey = (1.0f - factor) * luma (rgb);

      for (int c = 0; c < 3; c++)
        rgb[c] = to_code (factor * rgb[c] + grey);
    }
}

/* Turns the hexagon of HSV by @turns (of 1) and keeps value and saturation. */
static void
change_hue (SmaltiImage *self, gfloat turns)
{
  for (gsize i = 0; i < n_pixels (self); i++)
    {
      guint8 *rgb = self->pixels + i * 3;
      gfloat r = rgb[0], g = rgb[1], b = rgb[2];
      gfloat high = MAX (r, MAX (g, b)), low = MIN (r, MIN (g, b)), chroma = high - low;
      gfloat hue; /* in sixths of a turn */

      if (chroma == 0.0f)
        continue;
      if (high == r)
        hue = (g - b) / chroma;
      else if (high == g)
        hue = (b - r) / chroma + 2.0f;
      else
        hue = (r - g) / chroma + 4.0f;
      hue += turns * 6.0f;
      for (int c = 0; c < 3; c++)
        {
          /* Channel c is full within one sixth of its own hue 2c, empty beyond two. */
          gfloat distance = fmodf (hue - 2.0f * c + 21.0f, 6.0f) - 3.0f;

          rgb[c] = to_code (low + chroma * CLAMP (2.0f - fabsf (distance), 0.0f, 1.0f));
        }
    }
}

void
smalti_augment_color_jitter (SmaltiImage *self, SmaltiRandom *random, gfloat strength, gfloat hue)
{
  guint32 order[4] = { 0, 1, 2, 3 };
  gfloat factor[3], turns;

  for (int i = 0; i < 3; i++)
    factor[i] = smalti_random_range (random, MAX (1.0f - strength, 0.0f), 1.0f + strength);
  turns = smalti_random_range (random, -hue, hue);
  smalti_random_shuffle (random, order, 4);
  for (int i = 0; i < 4; i++)
    switch (order[i])
      {
      case 0:
        if (strength > 0)
          scale_codes (self, factor[0], 0.0f);
        break;
      case 1:
        if (strength > 0)
          change_contrast (self, factor[1]);
        break;
      case 2:
        if (strength > 0)
          change_saturation (self, factor[2]);
        break;
      default:
        if (hue > 0)
          change_hue (self, turns);
      }
}

/* Plane @channel moved by (dx, dy); the edges repeat. */
static void
shift_plane (SmaltiImage *self, const guint8 *original, int channel, gint dx, gint dy)
{
  for (gint y = 0; y < self->height; y++)
    {
      const guint8 *from = original + (gsize)CLAMP (y - dy, 0, self->height - 1) * self->width * 3 + channel;
      guint8 *to = self->pixels + (gsize)y * self->width * 3 + channel;

      for (gint x = 0; x < self->width; x++)
        to[x * 3] = from[CLAMP (x - dx, 0, self->width - 1) * 3];
    }
}

void
smalti_augment_channel_shift (SmaltiImage *self, SmaltiRandom *random, gint pixels)
{
  g_autofree guint8 *original = NULL;

  if (pixels <= 0)
    return;
  original = g_memdup2 (self->pixels, n_pixels (self) * 3);
  /* Green stays: only the shift against each other can be seen. */
  for (int channel = 0; channel < 3; channel += 2)
    {
      gint dx = (gint)smalti_random_int (random, 2 * pixels + 1) - pixels;
      gint dy = (gint)smalti_random_int (random, 2 * pixels + 1) - pixels;

      shift_plane (self, original, channel, dx, dy);
    }
}
