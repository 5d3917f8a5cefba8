/* SPDX-License-Identifier: Apache-2.0 */
/* All layers asked for at once, of a whole split. The benchmark (benchmark.c) takes a few layers at a time when all of
 * them are too much for the memory. */
#include "core/eval/features.h"

#include "core/base/error.h"
#include "core/base/memory.h"
#include "core/eval/frozen-trunk.h"

static gboolean
check_memory (const SmaltiFeatures *layers, guint n_layers, guint n_items, GError **error)
{
  guint64 available = smalti_memory_available (), needed = 0;
  g_autofree char *needed_text = NULL, *available_text = NULL;

  for (guint i = 0; i < n_layers; i++)
    needed += (guint64)layers[i].dim * n_items * sizeof (gfloat);
  if (available == 0 || needed <= available - available / 16)
    return TRUE;
  needed_text = g_format_size (needed);
  available_text = g_format_size (available);
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_MEMORY,
               _ ("Features of %u images need %s of memory, and %s are free; take fewer layers, or a smaller "
                  "eval.max_dim."),
               n_items, needed_text, available_text);
  return FALSE;
}

SmaltiFeatureSet *
smalti_features_extract (SmaltiPretext *pretext, const SmaltiBackboneClass *backbone,
                         const SmaltiValues *backbone_values, SmaltiDevice *device, SmaltiPrecision precision,
                         SmaltiWeights *weights, SmaltiDataset *dataset, SmaltiSplit split, const char *const *layers,
                         gint side, gint max_dim, guint n_loader_threads, GCancellable *cancellable,
                         SmaltiEvalProgress progress, gpointer user_data, GError **error)
{
  guint n_items, n_layers;
  const guint32 *items = smalti_dataset_get_split (dataset, split, &n_items);
  g_autoptr (SmaltiFrozenTrunk) trunk = NULL;
  SmaltiFeatures *pooled
      = smalti_pooled_layers (pretext, backbone, backbone_values, layers, side, max_dim, &n_layers, error);

  if (pooled == NULL)
    return NULL;
  if (check_memory (pooled, n_layers, n_items, error))
    trunk = smalti_frozen_trunk_new (pretext, backbone, backbone_values, device, precision, weights, pooled, n_layers,
                                     side, error);
  smalti_features_list_free (pooled, n_layers);
  if (trunk == NULL)
    return NULL;
  return smalti_frozen_trunk_read (trunk, dataset, items, n_items, n_loader_threads, cancellable,
                                   _ ("Reading features"), progress, user_data, error);
}

void
smalti_feature_set_free (SmaltiFeatureSet *self)
{
  if (self == NULL)
    return;
  smalti_features_list_free (self->layer, self->n_layers);
  g_free (self->label);
  g_free (self->item);
  g_free (self);
}
