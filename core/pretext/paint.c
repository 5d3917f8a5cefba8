/* SPDX-License-Identifier: Apache-2.0 */
/* Row by row: L stays as it is, a and b are read from the coarse planes where the row lies in them. */
#include "core/pretext/paint.h"

#include <math.h>
#include <string.h>

#include "core/image/lab.h"

typedef struct
{
  const gfloat *ab; /* (2, height, width); %NULL: grey */
  gint height, width;
  gboolean smooth;
} Colors;

/* Between the two rows (or columns) of a coarse plane that pixel @i of @n lies: half-pixel centres. */
static void
between (gint i, gint n, gint n_coarse, gboolean smooth, gint *low, gint *high, gfloat *share)
{
  gfloat at = (i + 0.5f) * n_coarse / n - (smooth ? 0.5f : 0);

  at = CLAMP (at, 0, n_coarse - 1);
  *low = (gint)at;
  *high = MIN (*low + 1, n_coarse - 1);
  *share = smooth ? at - *low : 0;
}

static gfloat
bilinear (const gfloat *plane, gint width, gint y0, gint y1, gfloat v, gint x0, gint x1, gfloat u)
{
  const gfloat *top = plane + (gsize)y0 * width, *bottom = plane + (gsize)y1 * width;

  return (1 - v) * ((1 - u) * top[x0] + u * top[x1]) + v * ((1 - u) * bottom[x0] + u * bottom[x1]);
}

/* Row @y of @n_rows, @n pixels: a, then b. */
static void
color_row (const Colors *self, gint y, gint n_rows, gint n, gfloat *row)
{
  const gfloat *a = self->ab, *b = a != NULL ? a + (gsize)self->height * self->width : NULL;
  gint y0, y1, x0, x1;
  gfloat v, u;

  if (a == NULL)
    {
      memset (row, 0, 2 * (gsize)n * sizeof *row);
      return;
    }
  between (y, n_rows, self->height, self->smooth, &y0, &y1, &v);
  for (gint x = 0; x < n; x++)
    {
      between (x, n, self->width, self->smooth, &x0, &x1, &u);
      row[x] = bilinear (a, self->width, y0, y1, v, x0, x1, u);
      row[n + x] = bilinear (b, self->width, y0, y1, v, x0, x1, u);
    }
}

SmaltiImage *
smalti_paint_image (const SmaltiImage *image, const gfloat *ab, gint height, gint width, gdouble *distance)
{
  const Colors colors = { ab, height, width, TRUE };
  SmaltiImage *painted = smalti_image_new (image->width, image->height);
  const gsize n = image->width;
  g_autofree gfloat *lab = g_new (gfloat, 3 * n), *row = g_new (gfloat, 2 * n);

  for (gint y = 0; y < image->height; y++)
    {
      smalti_lab_from_srgb (image->pixels + 3 * n * y, lab, n);
      color_row (&colors, y, image->height, image->width, row);
      for (gsize x = 0; distance != NULL && x < n; x++)
        *distance += hypot (lab[n + x] - row[x], lab[2 * n + x] - row[n + x]);
      memcpy (lab + n, row, 2 * n * sizeof *lab);
      smalti_lab_to_srgb (lab, painted->pixels + 3 * n * y, n);
    }
  return painted;
}

SmaltiImage *
smalti_paint_light (const gfloat *light, gint side, const gfloat *ab, gint height, gint width, gboolean smooth)
{
  const Colors colors = { ab, height, width, smooth };
  SmaltiImage *painted = smalti_image_new (side, side);
  const gsize n = side;
  g_autofree gfloat *lab = g_new (gfloat, 3 * n);

  for (gint y = 0; y < side; y++)
    {
      memcpy (lab, light + n * y, n * sizeof *lab);
      color_row (&colors, y, side, side, lab + n);
      smalti_lab_to_srgb (lab, painted->pixels + 3 * n * y, n);
    }
  return painted;
}
