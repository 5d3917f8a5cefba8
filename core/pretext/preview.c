/* SPDX-License-Identifier: Apache-2.0 */
/* Previews as pictures: input, answer and truth side by side. */
#include <string.h>

#include "core/pretext/pretext.h"

/* Small tiles are enlarged by a whole factor until a picture is at least this wide. */
#define MIN_WIDTH 160
#define SPACE     8

static const guint8 frame_color[3] = { 224, 27, 36 };

void
smalti_preview_free (SmaltiPreview *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->input, smalti_image_unref);
  g_clear_pointer (&self->answer, smalti_image_unref);
  g_clear_pointer (&self->truth, smalti_image_unref);
  g_clear_pointer (&self->colors, smalti_color_answer_unref);
  for (guint i = 0; i < G_N_ELEMENTS (self->top); i++)
    g_free (self->top[i].label);
  g_free (self->caption);
  g_free (self);
}

static SmaltiImage *
enlarge (const SmaltiImage *image, gint factor)
{
  SmaltiImage *large = smalti_image_new (image->width * factor, image->height * factor);

  for (gint y = 0; y < large->height; y++)
    for (gint x = 0; x < large->width; x++)
      memcpy (large->pixels + 3 * ((gsize)y * large->width + x),
              image->pixels + 3 * ((gsize)(y / factor) * image->width + x / factor), 3);
  return large;
}

static void
fill (SmaltiImage *image, gint x, gint y, gint width, gint height, const guint8 color[3])
{
  for (gint v = y; v < y + height; v++)
    for (gint u = x; u < x + width; u++)
      memcpy (image->pixels + 3 * ((gsize)v * image->width + u), color, 3);
}

/* A frame just inside the cell. */
static void
frame (SmaltiImage *image, guint grid, guint cell)
{
  gint width = image->width / grid, height = image->height / grid, line = MAX (2, width / 24);
  gint x = cell % grid * width, y = cell / grid * height;

  line = MIN (line, MIN (width, height) / 2);
  fill (image, x, y, width, line, frame_color);
  fill (image, x, y + height - line, width, line, frame_color);
  fill (image, x, y, line, height, frame_color);
  fill (image, x + width - line, y, line, height, frame_color);
}

SmaltiImage *
smalti_preview_render (const SmaltiPreview *self)
{
  const SmaltiImage *part[3] = { self->input, self->answer, self->truth };
  static const guint8 white[3] = { 255, 255, 255 };
  SmaltiImage *picture;
  gint width = 0, height = 0, factor = 1, x = 0;

  if (self->input != NULL && self->input->width < MIN_WIDTH)
    factor = (MIN_WIDTH + self->input->width - 1) / self->input->width;
  for (guint i = 0; i < 3; i++)
    if (part[i] != NULL)
      {
        width += (width > 0 ? SPACE : 0) + part[i]->width * factor;
        height = MAX (height, part[i]->height * factor);
      }
  picture = smalti_image_new (MAX (width, 1), MAX (height, 1));
  fill (picture, 0, 0, picture->width, picture->height, white);
  for (guint i = 0; i < 3; i++)
    if (part[i] != NULL)
      {
        g_autoptr (SmaltiImage) large = enlarge (part[i], factor);

        for (guint cell = 0; part[i] == self->answer && cell < self->grid * self->grid; cell++)
          if (self->wrong[cell])
            frame (large, self->grid, cell);
        smalti_image_paste (picture, large, x, 0);
        x += large->width + SPACE;
      }
  return picture;
}

SmaltiImage *
smalti_preview_recolor (const SmaltiPreview *self, gfloat temperature)
{
  if (self->colors == NULL || self->truth == NULL)
    return NULL;
  return smalti_color_answer_paint (self->colors, self->truth, temperature);
}
