/* SPDX-License-Identifier: Apache-2.0 */
/* The picture itself: its memory, whole-pixel operations and PNG output. */
#include "core/image/image.h"

#include <inttypes.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/image/image-private.h"

G_DEFINE_BOXED_TYPE (SmaltiImage, smalti_image, smalti_image_ref, smalti_image_unref)

static gsize
n_bytes (const SmaltiImage *self)
{
  return (gsize)self->width * self->height * 3;
}

static SmaltiImage *
wrap (gint width, gint height, guint8 *pixels)
{
  SmaltiImage *self = g_new0 (SmaltiImage, 1);

  self->width = width;
  self->height = height;
  self->pixels = pixels;
  self->ref_count = 1;
  self->denominator = 1;
  return self;
}

SmaltiImage *
smalti_image_new (gint width, gint height)
{
  g_assert (width > 0 && height > 0);

  return wrap (width, height, g_malloc0 ((gsize)width * height * 3));
}

SmaltiImage *
smalti_image_try_new (gint width, gint height, GError **error)
{
  guint8 *pixels;

  g_assert (width > 0 && height > 0);
  pixels = g_try_malloc ((gsize)width * height * 3);
  if (pixels == NULL)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_MEMORY, _ ("no memory for a picture of %d by %d pixels"), width,
                   height);
      return NULL;
    }
  return wrap (width, height, pixels);
}

SmaltiImage *
smalti_image_ref (SmaltiImage *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
smalti_image_unref (SmaltiImage *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_free (self->pixels);
  g_free (self);
}

SmaltiImage *
smalti_image_copy (const SmaltiImage *self)
{
  return wrap (self->width, self->height, g_memdup2 (self->pixels, n_bytes (self)));
}

gboolean
smalti_image_check_size (guint64 width, guint64 height, GError **error)
{
  if (width == 0 || height == 0)
    {
      g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_DATA, _ ("the picture has no pixels"));
      return FALSE;
    }
  if (width > G_MAXINT || height > G_MAXINT || width * height > SMALTI_IMAGE_MAX_PIXELS)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA,
                   _ ("%" PRIu64 " by %" PRIu64 " pixels are more than the 500 million allowed"), width, height);
      return FALSE;
    }
  return TRUE;
}

SmaltiImage *
smalti_image_upright (SmaltiImage *self, guint orientation)
{
  SmaltiImage *turned;
  gint w = self->width, h = self->height;
  gboolean swap = orientation >= 5;
  /* The source offset of output pixel (x, y) is origin + x * step_x + y * step_y. */
  gssize origin = 0, step_x = 3, step_y = 0;

  if (orientation <= 1 || orientation > 8)
    return self;
  switch (orientation)
    {
    case 2:
      origin = w - 1, step_x = -1, step_y = w;
      break;
    case 3:
      origin = (gssize)w * h - 1, step_x = -1, step_y = -w;
      break;
    case 4:
      origin = (gssize)w * (h - 1), step_x = 1, step_y = -w;
      break;
    case 5:
      origin = 0, step_x = w, step_y = 1;
      break;
    case 6:
      origin = (gssize)w * (h - 1), step_x = -w, step_y = 1;
      break;
    case 7:
      origin = (gssize)w * h - 1, step_x = -w, step_y = -1;
      break;
    case 8:
      origin = w - 1, step_x = w, step_y = -1;
      break;
    default:
      g_assert_not_reached ();
    }
  turned = smalti_image_new (swap ? h : w, swap ? w : h);
  turned->full_side = self->full_side;
  turned->denominator = self->denominator;
  for (gint y = 0; y < turned->height; y++)
    {
      guint8 *to = turned->pixels + (gsize)y * turned->width * 3;

      for (gint x = 0; x < turned->width; x++, to += 3)
        {
          const guint8 *from = self->pixels + (origin + x * step_x + y * step_y) * 3;

          to[0] = from[0];
          to[1] = from[1];
          to[2] = from[2];
        }
    }
  smalti_image_unref (self);
  return turned;
}

SmaltiImage *
smalti_image_crop (const SmaltiImage *self, gint x, gint y, gint width, gint height)
{
  SmaltiImage *crop;

  g_assert (x >= 0 && y >= 0 && width > 0 && height > 0 && x <= self->width - width && y <= self->height - height);
  crop = wrap (width, height, g_malloc ((gsize)width * height * 3));
  for (gint row = 0; row < height; row++)
    memcpy (crop->pixels + (gsize)row * width * 3, self->pixels + ((gsize)(y + row) * self->width + x) * 3,
            (gsize)width * 3);
  return crop;
}

void
smalti_image_flip (SmaltiImage *self)
{
  for (gint y = 0; y < self->height; y++)
    {
      guint8 *left = self->pixels + (gsize)y * self->width * 3;
      guint8 *right = left + (gsize)(self->width - 1) * 3;

      for (; left < right; left += 3, right -= 3)
        for (int c = 0; c < 3; c++)
          {
            guint8 value = left[c];

            left[c] = right[c];
            right[c] = value;
          }
    }
}

void
smalti_image_to_grey (SmaltiImage *self)
{
  guint8 *p = self->pixels, *end = p + n_bytes (self);

  for (; p < end; p += 3)
    {
      /* 0.299, 0.587, 0.114 in units of 1 / 65536, rounded: as Pillow's "L". */
      guint8 grey = (19595u * p[0] + 38470u * p[1] + 7471u * p[2] + 0x8000u) >> 16;

      p[0] = p[1] = p[2] = grey;
    }
}

void
smalti_image_paste (SmaltiImage *self, const SmaltiImage *other, gint x, gint y)
{
  gint x0 = MAX (x, 0), x1 = MIN ((gint64)x + other->width, self->width);
  gint y0 = MAX (y, 0), y1 = MIN ((gint64)y + other->height, self->height);

  if (x0 >= x1)
    return;
  for (gint row = y0; row < y1; row++)
    memcpy (self->pixels + ((gsize)row * self->width + x0) * 3,
            other->pixels + ((gsize)(row - y) * other->width + (x0 - x)) * 3, (gsize)(x1 - x0) * 3);
}

GBytes *
smalti_image_to_png (const SmaltiImage *self, GError **error)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new_from_data (self->pixels, GDK_COLORSPACE_RGB, FALSE, 8, self->width,
                                                           self->height, self->width * 3, NULL, NULL);
  char *buffer;
  gsize size;

  if (!gdk_pixbuf_save_to_buffer (pixbuf, &buffer, &size, "png", error, NULL))
    return NULL;
  return g_bytes_new_take (buffer, size);
}

gboolean
smalti_image_save_png (const SmaltiImage *self, const char *path, GError **error)
{
  g_autoptr (GBytes) png = smalti_image_to_png (self, error);
  gconstpointer data;
  gsize size;

  if (png == NULL)
    return FALSE;
  data = g_bytes_get_data (png, &size);
  return smalti_file_replace (path, data, size, error);
}

SmaltiImage *
smalti_image_rearrange (const SmaltiImage *self, guint grid, const guint8 *order)
{
  SmaltiImage *rearranged = smalti_image_new (self->width, self->height);
  gint width = self->width / (gint)grid, height = self->height / (gint)grid;

  for (guint cell = 0; cell < grid * grid; cell++)
    {
      g_autoptr (SmaltiImage) tile = smalti_image_crop (self, cell % grid * width, cell / grid * height, width, height);

      smalti_image_paste (rearranged, tile, order[cell] % grid * width, order[cell] / grid * height);
    }
  return rearranged;
}
