/* SPDX-License-Identifier: Apache-2.0 */
/* The trunk of the colorization network, conv1 to conv7 (Zhang, Isola & Efros 2016, arXiv:1603.08511, appendix): pairs
 * and triples of 3 x 3 convolutions, ReLU after each, one batch norm closing a block. No pools: the last convolution of
 * a block strides, and from conv5 on dilation widens the view instead.
 *
 * Parameters are named as in the authors' PyTorch release (model1.0.weight ...), so that their weights fit. There the
 * convolutions keep their biases, since batch norm comes after the ReLU. */
#include "core/nn/backbone-private.h"

#include <glib/gi18n-lib.h>

#include "core/nn/layers.h"

typedef struct
{
  guint n_convs;
  gint filters;
  gint stride; /* of the last convolution */
  gint dilation;
} Block;

static const Block full_blocks[] = {
  { 2, 64, 2, 1 },  { 2, 128, 2, 1 }, { 3, 256, 2, 1 }, { 3, 512, 1, 1 },
  { 3, 512, 1, 2 }, { 3, 512, 1, 2 }, { 3, 512, 1, 1 }, { 0 },
};

/* For images of 64 px: the same stride of 8 and the same pattern, one convolution in a block where it is dear. */
static const Block small_blocks[] = {
  { 1, 32, 2, 1 }, { 2, 64, 2, 1 }, { 2, 128, 2, 1 }, { 1, 128, 1, 1 }, { 1, 128, 1, 2 }, { 1, 128, 1, 1 }, { 0 },
};

static const char *const layer_names[] = { "conv1", "conv2", "conv3", "conv4", "conv5", "conv6", "conv7" };

static const SmaltiParam params[] = {
  { .key = "width",
    .title = N_ ("Width"),
    .help = N_ ("Multiplies the number of filters of every layer."),
    .type = SMALTI_PARAM_FLOAT,
    .value = "1",
    .min = 0.05,
    .max = 8,
    .flags = SMALTI_PARAM_LOG },
  { .key = "dilation",
    .title = N_ ("Dilation"),
    .help = N_ ("Spread of the kernels in the widened blocks; 1 turns it off."),
    .unit = "px",
    .type = SMALTI_PARAM_INT,
    .value = "2",
    .min = 1,
    .max = 8,
    .flags = SMALTI_PARAM_ADVANCED },
  { .key = NULL },
};

static void
build (SmaltiGraph *graph, const Block *blocks, const SmaltiValues *values, const char *prefix, SmaltiValue *x,
       SmaltiTrunk *trunk)
{
  SmaltiInit init = { .kind = SMALTI_INIT_HE_FAN_IN };
  double width = smalti_values_get_float (values, "width");
  gint dilation = smalti_values_get_int (values, "dilation");

  *trunk = (SmaltiTrunk){ .features = x };
  for (guint i = 0; blocks[i].n_convs > 0; i++)
    {
      const Block *block = &blocks[i];
      g_autofree char *norm = g_strdup_printf ("%smodel%u.%u", prefix, i + 1, 2 * block->n_convs);

      for (guint j = 0; j < block->n_convs; j++)
        {
          gint stride = j + 1 == block->n_convs ? block->stride : 1;
          gint spread = block->dilation > 1 ? dilation : 1;
          g_autofree char *conv = g_strdup_printf ("%smodel%u.%u", prefix, i + 1, 2 * j);
          g_autofree char *relu = g_strdup_printf ("%smodel%u.%u", prefix, i + 1, 2 * j + 1);

          x = smalti_layer_conv (graph, conv, x, smalti_scale_filters (block->filters, width),
                                 SMALTI_WINDOW (3, .stride = { stride, stride }, .padding = { spread, spread },
                                                .dilation = { spread, spread }),
                                 TRUE, init);
          x = smalti_relu (graph, relu, x);
        }
      x = smalti_layer_batch_norm (graph, norm, x);
      smalti_trunk_add (trunk, layer_names[i], x);
    }
}

static void
build_full (SmaltiGraph *graph, const SmaltiValues *values, const char *prefix, SmaltiValue *x, SmaltiTrunk *trunk)
{
  build (graph, full_blocks, values, prefix, x, trunk);
}

static void
build_small (SmaltiGraph *graph, const SmaltiValues *values, const char *prefix, SmaltiValue *x, SmaltiTrunk *trunk)
{
  build (graph, small_blocks, values, prefix, x, trunk);
}

const SmaltiBackboneClass smalti_colornet_class = {
  .id = "colornet",
  .title = N_ ("Colorization network (VGG)"),
  .paper = "Zhang, Isola & Efros 2016, arXiv:1603.08511",
  .params = params,
  .min_input = 8,
  .build = build_full,
};

const SmaltiBackboneClass smalti_colornet_small_class = {
  .id = "colornet-small",
  .title = N_ ("Colorization network, small"),
  .paper = "Zhang, Isola & Efros 2016, arXiv:1603.08511",
  .params = params,
  .min_input = 8,
  .build = build_small,
};
