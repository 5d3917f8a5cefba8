/* SPDX-License-Identifier: Apache-2.0 */
/* The trunk of the context-free network: AlexNet whose first layer has stride 2, made for tiles of 64 (Noroozi & Favaro
 * 2016, section 3.2). The head of the jigsaw shares it among the tiles, so at 64 px its features are 2 x 2.
 *
 * Layers are read after the ReLU and before the pool: that is where Goyal et al. 2019 read the jigsaw AlexNet (their
 * pools 28,9 / 24,6 / 14,3 / 14,3 / 16,2 only give 9,600 and 9,216 features there). */
#include "core/nn/backbone-private.h"

#include <glib/gi18n-lib.h>

#include "core/nn/layers.h"

enum
{
  NORM_BATCH,
  NORM_LRN,
  NORM_NONE,
};

enum
{
  POOL_MAX,
  POOL_AVERAGE,
};

static const char *const norms[] = { "batch", "lrn", "none", NULL };
static const char *const pools[] = { "max", "avg", NULL };

/* clang-format off */
#define TABLE(filters_, groups_, first_padding_) {                                                                     \
  { .key = "filters",                                                                                                  \
    .title = N_ ("Filters"),                                                                                           \
    .help = N_ ("Number of filters of each convolution, before the width; as many layers as numbers."),                \
    .type = SMALTI_PARAM_INT_LIST, .value = filters_, .min = 1, .max = 4096 },                                         \
  { .key = "width",                                                                                                    \
    .title = N_ ("Width"),                                                                                             \
    .help = N_ ("Multiplies the number of filters of every layer."),                                                   \
    .type = SMALTI_PARAM_FLOAT, .value = "1", .min = 0.05, .max = 8, .flags = SMALTI_PARAM_LOG },                      \
  { .key = "norm",                                                                                                     \
    .title = N_ ("Normalisation"),                                                                                     \
    .help = N_ ("Batch norm after every convolution, local response norm after the first two pools, or none."),        \
    .type = SMALTI_PARAM_CHOICE, .value = "batch", .choices = norms },                                                 \
  { .key = "pool",                                                                                                     \
    .title = N_ ("Pooling"),                                                                                           \
    .help = N_ ("What the windows after the first, second and last layer keep."),                                      \
    .type = SMALTI_PARAM_CHOICE, .value = "max", .choices = pools, .flags = SMALTI_PARAM_ADVANCED },                   \
  { .key = "first_stride",                                                                                             \
    .title = N_ ("First stride"),                                                                                      \
    .help = N_ ("Step of the first layer; the paper halves AlexNet's 4 for the sake of small tiles."),                 \
    .unit = "px",                                                                                                      \
    .type = SMALTI_PARAM_INT, .value = "2", .min = 1, .max = 4, .flags = SMALTI_PARAM_ADVANCED },                      \
  { .key = "first_padding",                                                                                            \
    .title = N_ ("First padding"),                                                                                     \
    .help = N_ ("Zeros around the image for the first layer; torchvision's AlexNet has 2."),                           \
    .unit = "px",                                                                                                      \
    .type = SMALTI_PARAM_INT, .value = first_padding_, .min = 0, .max = 5, .flags = SMALTI_PARAM_ADVANCED },           \
  { .key = "groups",                                                                                                   \
    .title = N_ ("Groups"),                                                                                            \
    .help = N_ ("Into how many groups layers 2, 4 and 5 are split; AlexNet has 2."),                                   \
    .type = SMALTI_PARAM_INT, .value = groups_, .min = 1, .max = 8, .flags = SMALTI_PARAM_ADVANCED },                  \
  { .key = NULL },                                                                                                     \
}
/* clang-format on */

static const SmaltiParam cfn_params[] = TABLE ("[96, 256, 384, 384, 256]", "2", "0");
static const SmaltiParam cfn_small_params[] = TABLE ("[32, 64, 128, 128, 128]", "1", "2");

/* What the two networks differ in beside their defaults. */
typedef struct
{
  gint first_kernel, second_kernel, pool_padding;
} Geometry;

static const char *const layer_names[SMALTI_MAX_LAYERS] = {
  "conv1",  "conv2",  "conv3",  "conv4",  "conv5",  "conv6",  "conv7",  "conv8",
  "conv9",  "conv10", "conv11", "conv12", "conv13", "conv14", "conv15", "conv16",
  "conv17", "conv18", "conv19", "conv20", "conv21", "conv22", "conv23", "conv24",
};

static SmaltiWindow
conv_window (const Geometry *geometry, guint layer, const SmaltiValues *values)
{
  gint stride = smalti_values_get_int (values, "first_stride");
  gint padding = smalti_values_get_int (values, "first_padding");
  gint groups = smalti_values_get_int (values, "groups");

  switch (layer)
    {
    case 0:
      return SMALTI_WINDOW (geometry->first_kernel, .stride = { stride, stride }, .padding = { padding, padding });
    case 1:
      return SMALTI_WINDOW (geometry->second_kernel,
                            .padding = { geometry->second_kernel / 2, geometry->second_kernel / 2 }, .groups = groups);
    case 2:
      return SMALTI_WINDOW (3, .padding = { 1, 1 });
    default:
      return SMALTI_WINDOW (3, .padding = { 1, 1 }, .groups = groups);
    }
}

static SmaltiValue *
pool (SmaltiGraph *graph, const Geometry *geometry, const SmaltiValues *values, const char *name, SmaltiValue *x)
{
  SmaltiWindow window
      = SMALTI_WINDOW (3, .stride = { 2, 2 }, .padding = { geometry->pool_padding, geometry->pool_padding });

  if (smalti_values_get_choice (values, "pool") == POOL_MAX)
    return smalti_max_pool (graph, name, x, window);
  return smalti_avg_pool (graph, name, x, window);
}

static void
build (SmaltiGraph *graph, const Geometry *geometry, const SmaltiValues *values, const char *prefix, SmaltiValue *x,
       SmaltiTrunk *trunk)
{
  SmaltiInit init = { .kind = SMALTI_INIT_HE_FAN_IN };
  guint norm = smalti_values_get_choice (values, "norm"), n;
  const gint64 none = 0, *filters = smalti_values_get_int_list (values, "filters", &n);
  double width = smalti_values_get_float (values, "width");

  *trunk = (SmaltiTrunk){ .features = x };
  if (n == 0) /* an empty list: the graph refuses a layer without filters, by its name */
    {
      filters = &none;
      n = 1;
    }
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *conv = g_strdup_printf ("%sconv%u", prefix, i + 1);
      g_autofree char *bn = g_strdup_printf ("%sbn%u", prefix, i + 1);
      g_autofree char *relu = g_strdup_printf ("%srelu%u", prefix, i + 1);
      g_autofree char *pooled = g_strdup_printf ("%spool%u", prefix, i + 1);
      g_autofree char *lrn = g_strdup_printf ("%slrn%u", prefix, i + 1);

      x = smalti_layer_conv (graph, conv, x, smalti_scale_filters (filters[i], width),
                             conv_window (geometry, i, values), norm != NORM_BATCH, init);
      if (norm == NORM_BATCH)
        x = smalti_layer_batch_norm (graph, bn, x);
      x = smalti_relu (graph, relu, x);
      smalti_trunk_add (trunk, i < SMALTI_MAX_LAYERS ? layer_names[i] : NULL, x);
      if (i < 2 || i == n - 1)
        {
          x = pool (graph, geometry, values, pooled, x);
          if (norm == NORM_LRN && i < 2)
            x = smalti_lrn (graph, lrn, x, 5, 1e-4f, 0.75f, 1.0f);
        }
    }
  trunk->features = x;
}

static void
build_cfn (SmaltiGraph *graph, const SmaltiValues *values, const char *prefix, SmaltiValue *x, SmaltiTrunk *trunk)
{
  static const Geometry geometry = { .first_kernel = 11, .second_kernel = 5 };

  build (graph, &geometry, values, prefix, x, trunk);
}

static void
build_cfn_small (SmaltiGraph *graph, const SmaltiValues *values, const char *prefix, SmaltiValue *x, SmaltiTrunk *trunk)
{
  static const Geometry geometry = { .first_kernel = 5, .second_kernel = 3, .pool_padding = 1 };

  build (graph, &geometry, values, prefix, x, trunk);
}

const SmaltiBackboneClass smalti_cfn_class = {
  .id = "cfn",
  .title = N_ ("Context-free network (AlexNet)"),
  .paper = "Noroozi & Favaro 2016, arXiv:1603.09246",
  .params = cfn_params,
  .min_input = 39,
  .build = build_cfn,
};

const SmaltiBackboneClass smalti_cfn_small_class = {
  .id = "cfn-small",
  .title = N_ ("Context-free network, small"),
  .paper = "Noroozi & Favaro 2016, arXiv:1603.09246",
  .params = cfn_small_params,
  .min_input = 8,
  .build = build_cfn_small,
};
