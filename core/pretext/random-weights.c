/* SPDX-License-Identifier: Apache-2.0 */
/* Random weights: the backbone as it is drawn, never trained. The lower baseline: what a linear classifier makes of a
 * network that has learnt nothing. */
#include <glib/gi18n-lib.h>

#include "core/pretext/pretext-private.h"

/* clang-format off */
static const SmaltiParam params[] = {
  { .key = "size", .title = N_ ("Image size"), .help = N_ ("Side of the square the network sees."), .unit = "px",
    .type = SMALTI_PARAM_INT, .value = "128", .min = 8, .max = 1024 },
  { .key = "input", .title = N_ ("Input"),
    .help = N_ ("Colour, or lightness alone as colorization networks get it."),
    .type = SMALTI_PARAM_CHOICE, .value = "rgb", .choices = smalti_input_kinds },
  { .key = NULL },
};
/* clang-format on */

typedef struct
{
  SmaltiPretext base;
  gint size;
  SmaltiInputKind input;
} RandomWeights;

static SmaltiPretext *
random_create (const SmaltiPretextClass *klass, const SmaltiValues *values, SmaltiDataset *dataset, GError **error)
{
  RandomWeights *self = g_new0 (RandomWeights, 1);

  self->base.klass = klass;
  self->size = smalti_values_get_int (values, "size");
  self->input = smalti_values_get_choice (values, "input");
  return &self->base;
}

static void
random_destroy (SmaltiPretext *pretext)
{
  g_free (pretext);
}

static void
random_draw (gpointer data, const SmaltiImage *image, gint label, SmaltiRandom *random, gboolean training,
             gpointer const *fields)
{
  const RandomWeights *self = data;
  g_autoptr (SmaltiImage) crop = smalti_input_crop (image, random, FALSE, 1, FALSE, self->size);

  smalti_input_whole (self->input, crop, fields[0]);
}

static void
random_sampler (SmaltiPretext *pretext, SmaltiSampler *sampler)
{
  RandomWeights *self = (RandomWeights *)pretext;

  *sampler = (SmaltiSampler){
    .field
    = { { "image", SMALTI_DTYPE_F32, SMALTI_SHAPE (smalti_input_n_channels (self->input), self->size, self->size) } },
    .n_fields = 1,
    .min_side = self->size,
    .draw = random_draw,
    .self = self,
  };
}

static void
random_build (SmaltiPretext *pretext, SmaltiGraph *graph, const SmaltiBackboneClass *backbone,
              const SmaltiValues *backbone_values, guint batch, SmaltiPretextGraph *out)
{
  SmaltiSampler sampler;

  *out = (SmaltiPretextGraph){ 0 };
  random_sampler (pretext, &sampler);
  out->field[0] = smalti_input_of_field (graph, &sampler.field[0], SMALTI_CLASS_ACTIVATION, batch);
  backbone->build (graph, backbone_values, SMALTI_TRUNK_PREFIX, out->field[0], &out->trunk);
}

static void
random_look (SmaltiPretext *pretext, const SmaltiImage *image, const SmaltiRandom *random, gboolean training,
             gpointer const *fields, GPtrArray *looks)
{
  const RandomWeights *self = (const RandomWeights *)pretext;

  smalti_look_add_whole (looks, self->input, fields[0], self->size, FALSE);
}

static gint
random_side (SmaltiPretext *pretext)
{
  return ((RandomWeights *)pretext)->size;
}

static gint
random_n_channels (SmaltiPretext *pretext)
{
  return smalti_input_n_channels (((RandomWeights *)pretext)->input);
}

static void
random_normalize (SmaltiPretext *pretext, const SmaltiImage *image, gfloat *out)
{
  smalti_input_whole (((RandomWeights *)pretext)->input, image, out);
}

static void
random_input (SmaltiPretext *pretext, SmaltiInputForm *form)
{
  smalti_input_form (((RandomWeights *)pretext)->input, form);
}

const SmaltiPretextClass smalti_random_class = {
  .id = "random",
  .title = N_ ("Random weights"),
  .summary = N_ ("Learn nothing: what any pretraining must beat."),
  .paper = "Goyal, Mahajan, Gupta & Misra 2019, arXiv:1905.01235",
  .params = params,
  .create = random_create,
  .destroy = random_destroy,
  .sampler = random_sampler,
  .build = random_build,
  .look = random_look,
  .side = random_side,
  .n_channels = random_n_channels,
  .normalize = random_normalize,
  .input = random_input,
};
