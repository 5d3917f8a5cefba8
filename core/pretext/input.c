/* SPDX-License-Identifier: Apache-2.0 */
/* From images to numbers, from numbers to answers: what every method needs on the host. */
#include "core/pretext/pretext-private.h"

#include <math.h>

#include "core/image/lab.h"

static const gdouble imagenet_mean[3] = { 0.485, 0.456, 0.406 };
static const gdouble imagenet_deviation[3] = { 0.229, 0.224, 0.225 };

const char *const smalti_input_kinds[] = { "rgb", "light", NULL };

gint
smalti_input_n_channels (SmaltiInputKind kind)
{
  return kind == SMALTI_INPUT_RGB ? 3 : 1;
}

void
smalti_input_whole (SmaltiInputKind kind, const SmaltiImage *image, gfloat *out)
{
  if (kind == SMALTI_INPUT_RGB)
    smalti_input_rgb (image, out);
  else
    smalti_input_light (image, out);
}

void
smalti_input_form (SmaltiInputKind kind, SmaltiInputForm *form)
{
  *form = (SmaltiInputForm){ .channels = smalti_input_kinds[kind] };
  if (kind != SMALTI_INPUT_RGB)
    return;
  for (guint c = 0; c < 3; c++)
    {
      form->mean[c] = imagenet_mean[c];
      form->deviation[c] = imagenet_deviation[c];
    }
}

void
smalti_input_standard (const SmaltiImage *image, const gdouble *mean, const gdouble *deviation, gboolean reversed,
                       gfloat *out)
{
  gsize n = (gsize)image->width * image->height;

  for (guint c = 0; c < 3; c++)
    {
      const guint8 *pixels = image->pixels + (reversed ? 2 - c : c);
      gfloat d = (gfloat)deviation[c], scale = 1 / (255 * d), shift = -(gfloat)mean[c] / d;

      for (gsize i = 0; i < n; i++)
        out[c * n + i] = pixels[3 * i] * scale + shift;
    }
}

void
smalti_input_rgb (const SmaltiImage *image, gfloat *out)
{
  smalti_input_standard (image, imagenet_mean, imagenet_deviation, FALSE, out);
}

void
smalti_input_light (const SmaltiImage *image, gfloat *out)
{
  g_autofree gfloat *lab = g_new (gfloat, 3 * (gsize)image->width);

  for (gint y = 0; y < image->height; y++)
    {
      smalti_lab_from_srgb (image->pixels + 3 * (gsize)y * image->width, lab, image->width);
      for (gint x = 0; x < image->width; x++)
        *out++ = (lab[x] - 50) / 100;
    }
}

void
smalti_input_tile (const SmaltiImage *image, gint x, gint y, gint width, gint height, gfloat *out)
{
  const gint n = width * height;

  for (guint c = 0; c < 3; c++, out += n)
    {
      guint64 sum = 0, squares = 0;
      gfloat mean, deviation;

      for (gint v = 0; v < height; v++)
        {
          const guint8 *row = image->pixels + 3 * ((gsize)(y + v) * image->width + x) + c;

          for (gint u = 0; u < width; u++)
            {
              guint value = row[3 * u];

              sum += value;
              squares += value * value;
              out[v * width + u] = value;
            }
        }
      mean = (gfloat)((gdouble)sum / n);
      deviation = (gfloat)sqrt (MAX ((gdouble)squares / n - ((gdouble)sum / n) * ((gdouble)sum / n), 0));
      deviation = MAX (deviation, 0.02f * 255);
      for (gint i = 0; i < n; i++)
        out[i] = (out[i] - mean) / deviation;
    }
}

SmaltiImage *
smalti_input_show (SmaltiInputKind kind, const gfloat *in, gint width, gint height)
{
  return kind == SMALTI_INPUT_RGB ? smalti_input_show_rgb (in, width, height)
                                  : smalti_input_show_light (in, width, height);
}

SmaltiImage *
smalti_input_show_rgb (const gfloat *in, gint width, gint height)
{
  SmaltiImage *image = smalti_image_new (width, height);
  gsize n = (gsize)width * height;

  for (guint c = 0; c < 3; c++)
    for (gsize i = 0; i < n; i++)
      image->pixels[3 * i + c]
          = lrintf (CLAMP (255 * (in[c * n + i] * imagenet_deviation[c] + imagenet_mean[c]), 0, 255));
  return image;
}

SmaltiImage *
smalti_input_show_light (const gfloat *in, gint width, gint height)
{
  SmaltiImage *image = smalti_image_new (width, height);
  g_autofree gfloat *lab = g_new0 (gfloat, 3 * (gsize)width);

  for (gint y = 0; y < height; y++)
    {
      for (gint x = 0; x < width; x++)
        lab[x] = 100 * in[(gsize)y * width + x] + 50;
      smalti_lab_to_srgb (lab, image->pixels + 3 * (gsize)y * width, width);
    }
  return image;
}

SmaltiImage *
smalti_input_crop (const SmaltiImage *image, SmaltiRandom *random, gboolean training, gdouble min_scale, gboolean flip,
                   gint side)
{
  SmaltiImage *crop;

  if (!training)
    return smalti_image_center_crop (image, side, side);
  crop = smalti_augment_resized_crop (image, random, min_scale, side);
  if (flip && smalti_random_chance (random, 0.5f))
    smalti_image_flip (crop);
  return crop;
}

SmaltiValue *
smalti_input_of_field (SmaltiGraph *graph, const SmaltiField *field, SmaltiValueClass klass, guint batch)
{
  SmaltiShape shape = { .n_dims = field->shape.n_dims + 1, .dim = { batch } };

  for (guint i = 0; i < field->shape.n_dims; i++)
    shape.dim[i + 1] = field->shape.dim[i];
  return smalti_graph_input (graph, field->name, klass, shape);
}

guint
smalti_softmax_host (const gfloat *logits, guint n, gfloat *probability)
{
  gfloat sum = 0;
  guint largest = 0;

  for (guint i = 1; i < n; i++)
    if (logits[i] > logits[largest])
      largest = i;
  for (guint i = 0; i < n; i++)
    sum += probability[i] = expf (logits[i] - logits[largest]);
  for (guint i = 0; i < n; i++)
    probability[i] /= sum;
  return largest;
}

void
smalti_top_of (const gfloat *probability, guint n, guint *top, guint n_top)
{
  for (guint k = 0; k < n_top; k++)
    {
      guint best = G_MAXUINT;

      for (guint i = 0; i < n; i++)
        {
          gboolean had = FALSE;

          for (guint j = 0; j < k; j++)
            had |= top[j] == i;
          if (!had && (best == G_MAXUINT || probability[i] > probability[best]))
            best = i;
        }
      top[k] = best;
    }
}
