/* SPDX-License-Identifier: Apache-2.0 */
/* Which layers a trunk has and how large they are when pooled: known from the graph, before anything is computed. */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/eval/frozen-trunk.h"

gint
smalti_pooled_grid (gint channels, gint height, gint width, gint max_dim)
{
  gint grid = sqrt ((gdouble)max_dim / channels);

  while ((gint64)channels * (grid + 1) * (grid + 1) <= max_dim) /* the root may have been rounded down */
    grid++;
  return CLAMP (grid, 1, MIN (height, width));
}

static gboolean
is_asked (const char *name, const char *const *layers)
{
  return layers == NULL || *layers == NULL || g_strv_contains (layers, name);
}

static gboolean
refuse_layer (const SmaltiBackboneClass *backbone, const SmaltiTrunk *trunk, const char *name, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);
  SmaltiParam table[SMALTI_MAX_LAYERS + 1] = { 0 };
  const char *nearest;

  for (guint i = 0; i < trunk->n_layers; i++)
    {
      g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", trunk->layer[i].name);
      table[i].key = trunk->layer[i].name;
    }
  nearest = smalti_param_nearest (table, name);
  if (nearest != NULL)
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                 _ ("Backbone %s has no layer “%s”; did you mean “%s”? It has %s."), backbone->id, name, nearest,
                 names->str);
  else
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("Backbone %s has no layer “%s”; it has %s."),
                 backbone->id, name, names->str);
  return FALSE;
}

static gboolean
check_names (const SmaltiBackboneClass *backbone, const SmaltiTrunk *trunk, const char *const *layers, GError **error)
{
  for (guint i = 0; layers != NULL && layers[i] != NULL; i++)
    {
      gboolean found = FALSE;

      for (guint j = 0; j < trunk->n_layers && !found; j++)
        found = strcmp (layers[i], trunk->layer[j].name) == 0;
      if (!found)
        return refuse_layer (backbone, trunk, layers[i], error);
    }
  return TRUE;
}

SmaltiFeatures *
smalti_pooled_layers (SmaltiPretext *pretext, const SmaltiBackboneClass *backbone, const SmaltiValues *backbone_values,
                      const char *const *layers, gint side, gint max_dim, guint *n_layers, GError **error)
{
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (FALSE);
  SmaltiValue *image = smalti_graph_input (graph, "image", SMALTI_CLASS_ACTIVATION,
                                           SMALTI_SHAPE (1, pretext->klass->n_channels (pretext), side, side));
  SmaltiFeatures *pooled;
  SmaltiTrunk trunk;
  guint n = 0;

  backbone->build (graph, backbone_values, SMALTI_TRUNK_PREFIX, image, &trunk);
  if (!smalti_graph_check (graph, error) || !check_names (backbone, &trunk, layers, error))
    return NULL;
  pooled = g_new0 (SmaltiFeatures, trunk.n_layers);
  for (guint i = 0; i < trunk.n_layers; i++)
    {
      const SmaltiShape *shape = &trunk.layer[i].value->shape;
      gint grid;

      if (!is_asked (trunk.layer[i].name, layers))
        continue;
      grid = smalti_pooled_grid (shape->dim[1], shape->dim[2], shape->dim[3], max_dim);
      pooled[n++] = (SmaltiFeatures){
        .layer = g_strdup (trunk.layer[i].name),
        .channels = shape->dim[1],
        .height = grid,
        .width = grid,
        .dim = shape->dim[1] * grid * grid,
      };
    }
  *n_layers = n;
  return pooled;
}

void
smalti_features_list_free (SmaltiFeatures *layers, guint n_layers)
{
  for (guint i = 0; layers != NULL && i < n_layers; i++)
    {
      g_free (layers[i].layer);
      g_free (layers[i].data);
    }
  g_free (layers);
}
