/* SPDX-License-Identifier: Apache-2.0 */
/* Residual networks (He, Zhang, Ren & Sun 2016) as torchvision builds them: version 1.5, where the 3 x 3 convolution of
 * a bottleneck strides, not the first 1 x 1. Names and initial values are torchvision's, so weights travel both ways.
 */
#include "core/nn/backbone-private.h"

#include <glib/gi18n-lib.h>

#include "core/nn/layers.h"

typedef struct
{
  guint n_blocks[4];
  gboolean bottleneck; /* 1 x 1, 3 x 3, 1 x 1 with four times the filters, instead of 3 x 3, 3 x 3 */
} Depth;

/* clang-format off */
#define TABLE(width_, small_stem_, stem_stride_) {                                                                     \
  { .key = "width",                                                                                                    \
    .title = N_ ("Width"),                                                                                             \
    .help = N_ ("Multiplies the number of filters of every layer."),                                                   \
    .type = SMALTI_PARAM_FLOAT, .value = width_, .min = 0.125, .max = 8, .flags = SMALTI_PARAM_LOG },                  \
  { .key = "layer4_stride",                                                                                            \
    .title = N_ ("Stride of layer4"),                                                                                  \
    .help = N_ ("1 keeps the resolution of layer3, as colorization networks want it."),                                \
    .unit = "px",                                                                                                      \
    .type = SMALTI_PARAM_INT, .value = "2", .min = 1, .max = 2 },                                                      \
  { .key = "small_stem",                                                                                               \
    .title = N_ ("Small stem"),                                                                                        \
    .help = N_ ("Begin with a 3 by 3 convolution and no pool instead of 7 by 7, stride 2 and a pool: for small "       \
                "images."),                                                                                            \
    .type = SMALTI_PARAM_BOOL, .value = small_stem_ },                                                                 \
  { .key = "stem_stride",                                                                                              \
    .title = N_ ("Stride of the small stem"),                                                                          \
    .help = N_ ("2 halves the image at once, which makes training four times as cheap."),                              \
    .unit = "px",                                                                                                      \
    .type = SMALTI_PARAM_INT, .value = stem_stride_, .min = 1, .max = 4, .flags = SMALTI_PARAM_ADVANCED },             \
  { .key = NULL },                                                                                                     \
}
/* clang-format on */

static const SmaltiParam params[] = TABLE ("1", "false", "1");
static const SmaltiParam small_params[] = TABLE ("0.5", "true", "2");

static SmaltiValue *
conv_norm (SmaltiGraph *graph, const char *conv, const char *norm, SmaltiValue *x, gint64 n_filters, gint kernel,
           gint stride)
{
  SmaltiInit init = { .kind = SMALTI_INIT_HE_FAN_OUT };

  x = smalti_layer_conv (graph, conv, x, n_filters,
                         SMALTI_WINDOW (kernel, .stride = { stride, stride }, .padding = { kernel / 2, kernel / 2 }),
                         FALSE, init);
  return smalti_layer_batch_norm (graph, norm, x);
}

/* conv<i>, bn<i> and, unless it is the last of a block, relu<i> below @at. */
static SmaltiValue *
unit (SmaltiGraph *graph, const char *at, guint i, SmaltiValue *x, gint64 n_filters, gint kernel, gint stride,
      gboolean last)
{
  g_autofree char *conv = g_strdup_printf ("%sconv%u", at, i);
  g_autofree char *norm = g_strdup_printf ("%sbn%u", at, i);
  g_autofree char *relu = g_strdup_printf ("%srelu%u", at, i);

  x = conv_norm (graph, conv, norm, x, n_filters, kernel, stride);
  return last ? x : smalti_relu (graph, relu, x);
}

static SmaltiValue *
residual_block (SmaltiGraph *graph, const Depth *depth, const char *at, SmaltiValue *x, gint64 n_filters, gint stride)
{
  gint64 n_out = depth->bottleneck ? 4 * n_filters : n_filters;
  SmaltiValue *shortcut = x, *y = x;
  g_autofree char *add = g_strconcat (at, "add", NULL);
  g_autofree char *relu = g_strconcat (at, "relu", NULL);

  if (depth->bottleneck)
    {
      y = unit (graph, at, 1, y, n_filters, 1, 1, FALSE);
      y = unit (graph, at, 2, y, n_filters, 3, stride, FALSE);
      y = unit (graph, at, 3, y, n_out, 1, 1, TRUE);
    }
  else
    {
      y = unit (graph, at, 1, y, n_filters, 3, stride, FALSE);
      y = unit (graph, at, 2, y, n_out, 3, 1, TRUE);
    }
  if (stride != 1 || x->shape.dim[1] != n_out)
    {
      g_autofree char *conv = g_strconcat (at, "downsample.0", NULL);
      g_autofree char *norm = g_strconcat (at, "downsample.1", NULL);

      shortcut = conv_norm (graph, conv, norm, x, n_out, 1, stride);
    }
  return smalti_relu (graph, relu, smalti_add (graph, add, y, shortcut));
}

static SmaltiValue *
stem (SmaltiGraph *graph, const SmaltiValues *values, const char *prefix, SmaltiValue *x, gint64 n_filters,
      SmaltiTrunk *trunk)
{
  gboolean small = smalti_values_get_bool (values, "small_stem");
  gint stride = small ? smalti_values_get_int (values, "stem_stride") : 2;
  g_autofree char *pool = g_strconcat (prefix, "maxpool", NULL);
  g_autofree char *conv = g_strconcat (prefix, "conv1", NULL);
  g_autofree char *norm = g_strconcat (prefix, "bn1", NULL);
  g_autofree char *relu = g_strconcat (prefix, "relu", NULL);

  x = smalti_relu (graph, relu, conv_norm (graph, conv, norm, x, n_filters, small ? 3 : 7, stride));
  smalti_trunk_add (trunk, "conv1", x);
  if (small)
    return x;
  return smalti_max_pool (graph, pool, x, SMALTI_WINDOW (3, .stride = { 2, 2 }, .padding = { 1, 1 }));
}

static void
build (SmaltiGraph *graph, const Depth *depth, const SmaltiValues *values, const char *prefix, SmaltiValue *x,
       SmaltiTrunk *trunk)
{
  static const char *const names[4] = { "layer1", "layer2", "layer3", "layer4" };
  double width = smalti_values_get_float (values, "width");

  *trunk = (SmaltiTrunk){ .features = x };
  x = stem (graph, values, prefix, x, smalti_scale_filters (64, width), trunk);
  for (guint i = 0; i < 4; i++)
    {
      gint stride = i == 0 ? 1 : i == 3 ? smalti_values_get_int (values, "layer4_stride") : 2;

      for (guint j = 0; j < depth->n_blocks[i]; j++)
        {
          g_autofree char *at = g_strdup_printf ("%s%s.%u.", prefix, names[i], j);

          x = residual_block (graph, depth, at, x, smalti_scale_filters (64 << i, width), j == 0 ? stride : 1);
        }
      smalti_trunk_add (trunk, names[i], x);
    }
}

#define RESNET(function, ...)                                                                                          \
  static void function (SmaltiGraph *graph, const SmaltiValues *values, const char *prefix, SmaltiValue *x,            \
                        SmaltiTrunk *trunk)                                                                            \
  {                                                                                                                    \
    build (graph, &(const Depth){ __VA_ARGS__ }, values, prefix, x, trunk);                                            \
  }

RESNET (build_18, .n_blocks = { 2, 2, 2, 2 })
RESNET (build_34, .n_blocks = { 3, 4, 6, 3 })
RESNET (build_50, .n_blocks = { 3, 4, 6, 3 }, .bottleneck = TRUE)
RESNET (build_10, .n_blocks = { 1, 1, 1, 1 })

const SmaltiBackboneClass smalti_resnet18_class = {
  .id = "resnet18",
  .title = "ResNet-18",
  .paper = "He, Zhang, Ren & Sun 2016, arXiv:1512.03385",
  .params = params,
  .min_input = 1,
  .build = build_18,
};

const SmaltiBackboneClass smalti_resnet34_class = {
  .id = "resnet34",
  .title = "ResNet-34",
  .paper = "He, Zhang, Ren & Sun 2016, arXiv:1512.03385",
  .params = params,
  .min_input = 1,
  .build = build_34,
};

const SmaltiBackboneClass smalti_resnet50_class = {
  .id = "resnet50",
  .title = "ResNet-50",
  .paper = "He, Zhang, Ren & Sun 2016, arXiv:1512.03385",
  .params = params,
  .min_input = 1,
  .build = build_50,
};

const SmaltiBackboneClass smalti_resnet_small_class = {
  .id = "resnet-small",
  .title = N_ ("ResNet-10, narrow"),
  .paper = "He, Zhang, Ren & Sun 2016, arXiv:1512.03385",
  .params = small_params,
  .min_input = 1,
  .build = build_10,
};
