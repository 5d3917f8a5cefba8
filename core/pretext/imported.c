/* SPDX-License-Identifier: Apache-2.0 */
/* Weights that were trained elsewhere: a backbone to be measured beside the others, never trained here. What a file of
 * weights does not say, how its images were made into numbers, is set here. */
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/pretext/pretext-private.h"

static const char *const inputs[] = { "rgb", "bgr", "light", NULL };

/* clang-format off */
static const SmaltiParam params[] = {
  { .key = "source", .title = N_ ("Source"), .help = N_ ("The file the weights come from."),
    .type = SMALTI_PARAM_STRING, .value = "" },
  { .key = "sha256", .title = N_ ("Checksum"), .help = N_ ("SHA-256 of that file."),
    .type = SMALTI_PARAM_STRING, .value = "", .flags = SMALTI_PARAM_ADVANCED },
  { .key = "size", .title = N_ ("Image size"), .help = N_ ("Side of the square the network sees."), .unit = "px",
    .type = SMALTI_PARAM_INT, .value = "224", .min = 8, .max = 1024 },
  { .key = "input", .title = N_ ("Input"),
    .help = N_ ("Order of the colour channels, or lightness alone as colorization networks get it."),
    .type = SMALTI_PARAM_CHOICE, .value = "rgb", .choices = inputs },
  { .key = "mean", .title = N_ ("Mean"),
    .help = N_ ("Taken off each channel, of values from 0 to 1, in the order of the channels; the default is "
                "ImageNet's."),
    .type = SMALTI_PARAM_FLOAT_LIST, .value = "[0.485, 0.456, 0.406]", .min = -1000, .max = 1000 },
  { .key = "deviation", .title = N_ ("Deviation"),
    .help = N_ ("What each channel is divided by then; the default is ImageNet's, and 0.00392157 gives values from 0 to "
                "255."),
    .type = SMALTI_PARAM_FLOAT_LIST, .value = "[0.229, 0.224, 0.225]", .min = 1e-6, .max = 1000 },
  { .key = NULL },
};
/* clang-format on */

enum
{
  INPUT_RGB,
  INPUT_BGR,
  INPUT_LIGHT,
};

typedef struct
{
  SmaltiPretext base;
  gint size;
  guint input;
  gdouble mean[3], deviation[3];
} Imported;

static gboolean
read_channels (const SmaltiValues *values, const char *key, gdouble *channel, GError **error)
{
  guint n;
  const double *list = smalti_values_get_float_list (values, key, &n);

  if (n != 3)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                   _ ("“%s” of imported weights needs three numbers, one a channel, and has %u."), key, n);
      return FALSE;
    }
  memcpy (channel, list, 3 * sizeof *channel);
  return TRUE;
}

static SmaltiPretext *
imported_create (const SmaltiPretextClass *klass, const SmaltiValues *values, SmaltiDataset *dataset, GError **error)
{
  g_autofree Imported *self = g_new0 (Imported, 1);

  self->base.klass = klass;
  self->size = smalti_values_get_int (values, "size");
  self->input = smalti_values_get_choice (values, "input");
  if (!read_channels (values, "mean", self->mean, error)
      || !read_channels (values, "deviation", self->deviation, error))
    return NULL;
  return (SmaltiPretext *)g_steal_pointer (&self);
}

static void
imported_destroy (SmaltiPretext *pretext)
{
  g_free (pretext);
}

static gint
imported_side (SmaltiPretext *pretext)
{
  return ((Imported *)pretext)->size;
}

static gint
imported_n_channels (SmaltiPretext *pretext)
{
  return ((Imported *)pretext)->input == INPUT_LIGHT ? 1 : 3;
}

static void
imported_normalize (SmaltiPretext *pretext, const SmaltiImage *image, gfloat *out)
{
  const Imported *self = (Imported *)pretext;

  if (self->input == INPUT_LIGHT)
    smalti_input_light (image, out);
  else
    smalti_input_standard (image, self->mean, self->deviation, self->input == INPUT_BGR, out);
}

static void
imported_input (SmaltiPretext *pretext, SmaltiInputForm *form)
{
  const Imported *self = (Imported *)pretext;

  *form = (SmaltiInputForm){ .channels = inputs[self->input] };
  if (self->input == INPUT_LIGHT)
    return;
  memcpy (form->mean, self->mean, sizeof self->mean);
  memcpy (form->deviation, self->deviation, sizeof self->deviation);
}

static void
imported_draw (gpointer data, const SmaltiImage *image, gint label, SmaltiRandom *random, gboolean training,
               gpointer const *fields)
{
  Imported *self = data;
  g_autoptr (SmaltiImage) crop = smalti_input_crop (image, random, FALSE, 1, FALSE, self->size);

  imported_normalize (&self->base, crop, fields[0]);
}

static void
imported_sampler (SmaltiPretext *pretext, SmaltiSampler *sampler)
{
  Imported *self = (Imported *)pretext;

  *sampler = (SmaltiSampler){
    .field = { { "image", SMALTI_DTYPE_F32, SMALTI_SHAPE (imported_n_channels (pretext), self->size, self->size) } },
    .n_fields = 1,
    .min_side = self->size,
    .draw = imported_draw,
    .self = self,
  };
}

/* Back from the channels as they are to a picture. */
static SmaltiImage *
show (const Imported *self, const gfloat *in)
{
  SmaltiImage *image = smalti_image_new (self->size, self->size);
  gsize n = (gsize)self->size * self->size;

  for (gsize i = 0; i < n; i++)
    for (guint c = 0; c < 3; c++)
      image->pixels[3 * i + (self->input == INPUT_BGR ? 2 - c : c)]
          = CLAMP (lrint (255 * (in[c * n + i] * self->deviation[c] + self->mean[c])), 0, 255);
  return image;
}

static void
imported_look (SmaltiPretext *pretext, const SmaltiImage *image, const SmaltiRandom *random, gboolean training,
               gpointer const *fields, GPtrArray *looks)
{
  const Imported *self = (const Imported *)pretext;

  if (self->input == INPUT_LIGHT)
    smalti_look_add_whole (looks, SMALTI_INPUT_LIGHT, fields[0], self->size, FALSE);
  else
    smalti_look_add (looks, "crop", _ ("What the Network Gets"),
                     _ ("The middle of the image, as held-out images are looked at."), show (self, fields[0]));
}

static void
imported_build (SmaltiPretext *pretext, SmaltiGraph *graph, const SmaltiBackboneClass *backbone,
                const SmaltiValues *backbone_values, guint batch, SmaltiPretextGraph *out)
{
  SmaltiSampler sampler;

  *out = (SmaltiPretextGraph){ 0 };
  imported_sampler (pretext, &sampler);
  out->field[0] = smalti_input_of_field (graph, &sampler.field[0], SMALTI_CLASS_ACTIVATION, batch);
  backbone->build (graph, backbone_values, SMALTI_TRUNK_PREFIX, out->field[0], &out->trunk);
}

const SmaltiPretextClass smalti_imported_class = {
  .id = "imported",
  .title = N_ ("Imported weights"),
  .summary = N_ ("Trained elsewhere, brought in by “smalti models import” to be measured beside the others."),
  .paper = "Goyal, Mahajan, Gupta & Misra 2019, arXiv:1905.01235",
  .params = params,
  .is_imported = TRUE,
  .create = imported_create,
  .destroy = imported_destroy,
  .sampler = imported_sampler,
  .build = imported_build,
  .look = imported_look,
  .side = imported_side,
  .n_channels = imported_n_channels,
  .normalize = imported_normalize,
  .input = imported_input,
};
