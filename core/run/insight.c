/* SPDX-License-Identifier: Apache-2.0 */
/* The trunk is compiled once for a square of the side that the benchmark feeds it, with every layer to be read, so that
 * going from layer to layer and from image to image only runs it. */
#include "core/run/insight.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "core/run/model-private.h"

/* Viridis (Smith & van der Walt 2015) at even distances: lightness rises evenly, for every kind of eye. */
static const guint8 viridis[][3] = {
  { 68, 1, 84 },    { 72, 40, 120 },  { 62, 73, 137 },  { 49, 104, 142 }, { 38, 130, 142 },
  { 31, 158, 137 }, { 53, 183, 121 }, { 109, 205, 89 }, { 180, 222, 44 }, { 253, 231, 37 },
};

char **
smalti_model_layers (SmaltiModel *self)
{
  const SmaltiTrunk *trunk = &self->network.parts.trunk;
  char **names = g_new0 (char *, trunk->n_layers + 1);

  for (guint i = 0; i < trunk->n_layers; i++)
    names[i] = g_strdup (trunk->layer[i].name);
  return names;
}

static const SmaltiValue *
first_kernels (const SmaltiGraph *graph)
{
  for (guint i = 0; i < smalti_graph_get_n_nodes (graph); i++)
    {
      const SmaltiNode *node = smalti_graph_get_node (graph, i);

      if (node->op == SMALTI_OP_CONV)
        return node->input[1];
    }
  g_assert_not_reached (); /* every trunk begins with one */
}

GPtrArray *
smalti_model_filters (SmaltiModel *self)
{
  const SmaltiValue *kernels = first_kernels (self->network.graph);
  g_autoptr (SmaltiTensor) weights = smalti_weights_read (self->weights, kernels->name);
  const gint64 *dim = kernels->shape.dim;
  const gint64 n_filters = dim[0], n_channels = dim[1], area = dim[2] * dim[3];
  const gfloat *w = smalti_tensor_f32 (weights);
  GPtrArray *filters = g_ptr_array_new_with_free_func ((GDestroyNotify)smalti_image_unref);
  gfloat largest = G_MINFLOAT;

  for (gint64 i = 0; i < smalti_tensor_size (weights); i++)
    largest = MAX (largest, fabsf (w[i]));
  for (gint64 f = 0; f < n_filters; f++, w += n_channels * area)
    {
      SmaltiImage *image = smalti_image_new (dim[3], dim[2]);

      for (gint64 i = 0; i < area; i++)
        for (gint64 c = 0; c < 3; c++)
          image->pixels[3 * i + c] = lrintf (127.5f + 127.5f * w[MIN (c, n_channels - 1) * area + i] / largest);
      g_ptr_array_add (filters, image);
    }
  return filters;
}

static gboolean
make_trunk (SmaltiModel *self, GError **error)
{
  const gint side = self->pretext->klass->side (self->pretext);
  SmaltiValue *outputs[SMALTI_MAX_LAYERS];

  if (self->trunk_program != NULL)
    return TRUE;
  g_clear_pointer (&self->trunk_graph, smalti_graph_free);
  self->trunk_graph = smalti_graph_new (FALSE);
  self->trunk_input
      = smalti_graph_input (self->trunk_graph, "image", SMALTI_CLASS_ACTIVATION,
                            SMALTI_SHAPE (1, self->pretext->klass->n_channels (self->pretext), side, side));
  smalti_spec_get_backbone (self->spec)
      ->build (self->trunk_graph, smalti_spec_get_values (self->spec, "backbone"), SMALTI_TRUNK_PREFIX,
               self->trunk_input, &self->trunk);
  if (!smalti_graph_check (self->trunk_graph, error))
    return FALSE;
  for (guint i = 0; i < self->trunk.n_layers; i++)
    outputs[i] = self->trunk.layer[i].value;
  smalti_graph_fuse (self->trunk_graph, outputs, self->trunk.n_layers);
  self->trunk_program = smalti_program_compile (self->trunk_graph, outputs, self->trunk.n_layers, self->device,
                                                self->precision, self->weights, 0, error);
  return self->trunk_program != NULL;
}

static SmaltiValue *
find_layer (SmaltiModel *self, const char *name, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < self->trunk.n_layers; i++)
    {
      if (strcmp (self->trunk.layer[i].name, name) == 0)
        return self->trunk.layer[i].value;
      g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", self->trunk.layer[i].name);
    }
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("The network has no layer “%s”; it has: %s."), name,
               names->str);
  return NULL;
}

/* The square that the trunk gets. */
static SmaltiImage *
feed (SmaltiModel *self, const SmaltiImage *image)
{
  const SmaltiPretextClass *method = self->pretext->klass;
  gint side = method->side (self->pretext);
  SmaltiImage *square = smalti_image_center_crop (image, side, side);
  g_autoptr (SmaltiTensor) numbers = smalti_tensor_new (SMALTI_DTYPE_F32, self->trunk_input->shape);

  method->normalize (self->pretext, square, smalti_tensor_f32 (numbers));
  smalti_program_write (self->trunk_program, self->trunk_input, numbers);
  smalti_device_wait (self->device); /* the numbers are about to go */
  return square;
}

static void
color_of (gfloat share, guint8 *pixel)
{
  gfloat at = CLAMP (share, 0, 1) * (G_N_ELEMENTS (viridis) - 1);
  guint low = MIN ((guint)at, G_N_ELEMENTS (viridis) - 2);

  for (guint c = 0; c < 3; c++)
    pixel[c] = lrintf (viridis[low][c] + (at - low) * (viridis[low + 1][c] - viridis[low][c]));
}

static SmaltiImage *
map_picture (const gfloat *map, gint height, gint width)
{
  SmaltiImage *image = smalti_image_new (width, height);
  gfloat least = map[0], largest = map[0];
  const gint n = height * width;

  for (gint i = 1; i < n; i++)
    {
      least = MIN (least, map[i]);
      largest = MAX (largest, map[i]);
    }
  for (gint i = 0; i < n && largest > least; i++)
    color_of ((map[i] - least) / (largest - least), image->pixels + 3 * (gsize)i);
  return image;
}

static void
feature_map_free (gpointer data)
{
  SmaltiFeatureMap *self = data;

  g_clear_pointer (&self->image, smalti_image_unref);
  g_free (self);
}

void
smalti_feature_maps_free (SmaltiFeatureMaps *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->input, smalti_image_unref);
  g_clear_pointer (&self->maps, g_ptr_array_unref);
  g_free (self->layer);
  g_free (self);
}

/* Highest mean first; of equals the lower channel. */
static gint
by_mean (gconstpointer a, gconstpointer b)
{
  const SmaltiFeatureMap *x = *(const SmaltiFeatureMap *const *)a, *y = *(const SmaltiFeatureMap *const *)b;

  if (x->mean != y->mean)
    return x->mean > y->mean ? -1 : 1;
  return x->channel < y->channel ? -1 : 1;
}

static void
rank (SmaltiFeatureMaps *self, const gfloat *features, guint n_max)
{
  const gsize area = (gsize)self->height * self->width;

  for (gint c = 0; c < self->channels; c++)
    {
      SmaltiFeatureMap *map = g_new0 (SmaltiFeatureMap, 1);
      gdouble sum = 0;

      map->channel = c;
      map->largest = features[c * area];
      for (gsize i = 0; i < area; i++)
        {
          sum += features[c * area + i];
          map->largest = MAX (map->largest, features[c * area + i]);
        }
      map->mean = sum / area;
      g_ptr_array_add (self->maps, map);
    }
  g_ptr_array_sort (self->maps, by_mean);
  if (n_max > 0 && self->maps->len > n_max)
    g_ptr_array_set_size (self->maps, n_max);
  for (guint i = 0; i < self->maps->len; i++)
    {
      SmaltiFeatureMap *map = self->maps->pdata[i];

      map->image = map_picture (features + map->channel * area, self->height, self->width);
    }
}

SmaltiFeatureMaps *
smalti_model_feature_maps (SmaltiModel *self, const SmaltiImage *image, const char *layer, guint n_max, GError **error)
{
  SmaltiRunContext context = { 0 };
  g_autoptr (SmaltiTensor) features = NULL;
  SmaltiFeatureMaps *maps;
  SmaltiValue *value;

  if (!make_trunk (self, error))
    return NULL;
  value = find_layer (self, layer, error);
  if (value == NULL)
    return NULL;
  maps = g_new0 (SmaltiFeatureMaps, 1);
  maps->layer = g_strdup (layer);
  maps->channels = value->shape.dim[1];
  maps->height = value->shape.dim[2];
  maps->width = value->shape.dim[3];
  maps->maps = g_ptr_array_new_with_free_func (feature_map_free);
  maps->input = feed (self, image);
  smalti_program_run (self->trunk_program, &context);
  features = smalti_tensor_new (SMALTI_DTYPE_F32, value->shape);
  smalti_program_read (self->trunk_program, value, features);
  rank (maps, smalti_tensor_f32 (features), n_max);
  return maps;
}
