/* SPDX-License-Identifier: Apache-2.0 */
/* Images come from the loader in the order of the items, cut from the middle and never augmented, so features depend on
 * nothing but weights and images. The loader puts another image in the place of one that can't be read; here that place
 * is left out, since an image must not count twice. */
#include "core/eval/frozen-trunk.h"

#include <string.h>

#include "core/base/error.h"
#include "core/data/loader.h"

#define RING          4
#define LARGEST_BATCH 64
#define BATCH_PIXELS  (LARGEST_BATCH * 128 * 128)

struct _SmaltiFrozenTrunk
{
  SmaltiPretext *pretext;
  gint side;
  guint batch;
  SmaltiGraph *graph;
  SmaltiProgram *program;
  SmaltiValue *image;
  SmaltiFeatures *layers;
  guint n_layers;
  SmaltiValue **output;  /* of each layer */
  SmaltiTensor **tensor; /* a batch of each layer on the host */
};

static gboolean
check_weights (const SmaltiGraph *graph, const SmaltiWeights *weights, GError **error)
{
  for (guint i = 0; i < smalti_graph_get_n_values (graph); i++)
    {
      const SmaltiValue *value = smalti_graph_get_value (graph, i);
      SmaltiOp op = value->producer->op;

      if ((op == SMALTI_OP_PARAM || op == SMALTI_OP_STATE) && !smalti_weights_contains (weights, value->name))
        {
          g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT,
                       _ ("The weights are not of this network: they lack %s."), value->name);
          return FALSE;
        }
    }
  return TRUE;
}

static SmaltiValue *
pool (SmaltiGraph *graph, const SmaltiTrunk *trunk, const SmaltiFeatures *layer)
{
  g_autofree char *name = g_strconcat (layer->layer, " pooled", NULL);
  guint i = 0;

  while (strcmp (trunk->layer[i].name, layer->layer) != 0)
    i++;
  return smalti_adaptive_avg_pool (graph, name, trunk->layer[i].value, layer->height, layer->width);
}

static void
build (SmaltiFrozenTrunk *self, const SmaltiBackboneClass *backbone, const SmaltiValues *backbone_values)
{
  gint n_channels = self->pretext->klass->n_channels (self->pretext);
  SmaltiTrunk trunk;

  self->graph = smalti_graph_new (FALSE);
  self->image = smalti_graph_input (self->graph, "image", SMALTI_CLASS_ACTIVATION,
                                    SMALTI_SHAPE (self->batch, n_channels, self->side, self->side));
  backbone->build (self->graph, backbone_values, SMALTI_TRUNK_PREFIX, self->image, &trunk);
  for (guint i = 0; i < self->n_layers; i++)
    self->output[i] = pool (self->graph, &trunk, &self->layers[i]);
}

SmaltiFrozenTrunk *
smalti_frozen_trunk_new (SmaltiPretext *pretext, const SmaltiBackboneClass *backbone,
                         const SmaltiValues *backbone_values, SmaltiDevice *device, SmaltiPrecision precision,
                         SmaltiWeights *weights, const SmaltiFeatures *layers, guint n_layers, gint side,
                         GError **error)
{
  g_autoptr (SmaltiFrozenTrunk) self = g_new0 (SmaltiFrozenTrunk, 1);

  self->pretext = pretext;
  self->side = side;
  self->batch = CLAMP (BATCH_PIXELS / (side * side), 1, LARGEST_BATCH);
  self->n_layers = n_layers;
  self->layers = g_new0 (SmaltiFeatures, n_layers);
  self->output = g_new0 (SmaltiValue *, n_layers);
  self->tensor = g_new0 (SmaltiTensor *, n_layers);
  for (guint i = 0; i < n_layers; i++)
    {
      self->layers[i] = layers[i];
      self->layers[i].layer = g_strdup (layers[i].layer);
      self->layers[i].data = NULL;
      self->tensor[i] = smalti_tensor_new (
          SMALTI_DTYPE_F32, SMALTI_SHAPE (self->batch, layers[i].channels, layers[i].height, layers[i].width));
    }
  build (self, backbone, backbone_values);
  if (!smalti_graph_check (self->graph, error) || !check_weights (self->graph, weights, error))
    return NULL;
  smalti_graph_fuse (self->graph, self->output, n_layers);
  self->program = smalti_program_compile (self->graph, self->output, n_layers, device, precision, weights, 0, error);
  if (self->program == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

void
smalti_frozen_trunk_free (SmaltiFrozenTrunk *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->program, smalti_program_free);
  g_clear_pointer (&self->graph, smalti_graph_free);
  for (guint i = 0; i < self->n_layers; i++)
    smalti_tensor_unref (self->tensor[i]);
  g_free (self->tensor);
  g_free (self->output);
  smalti_features_list_free (self->layers, self->n_layers);
  g_free (self);
}

static void
draw (gpointer data, const SmaltiImage *image, gint label, SmaltiRandom *random, gboolean training,
      gpointer const *fields)
{
  const SmaltiFrozenTrunk *self = data;
  g_autoptr (SmaltiImage) crop = smalti_image_center_crop (image, self->side, self->side);

  self->pretext->klass->normalize (self->pretext, crop, fields[0]);
}

static SmaltiLoader *
make_loader (SmaltiFrozenTrunk *self, SmaltiDataset *dataset, const guint32 *items, guint n_items, guint n_threads,
             GError **error)
{
  const SmaltiSampler sampler = {
    .field = { { "image", SMALTI_DTYPE_F32,
                 SMALTI_SHAPE (self->pretext->klass->n_channels (self->pretext), self->side, self->side) } },
    .n_fields = 1,
    .min_side = self->side,
    .draw = draw,
    .self = self,
  };
  const SmaltiLoaderOptions options = { .batch = self->batch, .n_threads = n_threads, .ring = RING };

  return smalti_loader_new (dataset, items, n_items, &sampler, &options, error);
}

static SmaltiFeatureSet *
new_set (const SmaltiFrozenTrunk *self, guint n_items, GError **error)
{
  g_autoptr (SmaltiFeatureSet) set = g_new0 (SmaltiFeatureSet, 1);

  set->n_layers = self->n_layers;
  set->layer = g_new0 (SmaltiFeatures, self->n_layers);
  set->label = g_new (gint32, n_items);
  set->item = g_new (guint32, n_items);
  for (guint i = 0; i < self->n_layers; i++)
    {
      set->layer[i] = self->layers[i];
      set->layer[i].layer = g_strdup (self->layers[i].layer);
      set->layer[i].data = g_try_new (gfloat, self->layers[i].dim * n_items);
      if (set->layer[i].data == NULL)
        {
          g_autofree char *needed = g_format_size (self->layers[i].dim * n_items * sizeof (gfloat));

          g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_MEMORY,
                       _ ("There is no memory for the %s of features of layer %s; set eval.limit to use fewer images, "
                          "or make eval.max_dim smaller."),
                       needed, self->layers[i].layer);
          return NULL;
        }
    }
  return g_steal_pointer (&set);
}

/* The batch's images that are what they should be, behind those the set has already. */
static void
keep_batch (SmaltiFrozenTrunk *self, SmaltiFeatureSet *set, SmaltiDataset *dataset, const guint32 *items,
            const guint32 *loaded, guint n_valid)
{
  for (guint i = 0; i < self->n_layers; i++)
    smalti_program_read (self->program, self->output[i], self->tensor[i]);
  for (guint row = 0; row < n_valid; row++)
    {
      if (loaded[row] != items[row])
        continue;
      for (guint i = 0; i < self->n_layers; i++)
        {
          gsize dim = self->layers[i].dim;

          memcpy (set->layer[i].data + set->n * dim, smalti_tensor_f32 (self->tensor[i]) + row * dim,
                  dim * sizeof (gfloat));
        }
      set->item[set->n] = items[row];
      set->label[set->n] = smalti_dataset_get_label (dataset, items[row]);
      set->n++;
    }
  for (guint i = 0; i < self->n_layers; i++)
    set->layer[i].n = set->n;
}

SmaltiFeatureSet *
smalti_frozen_trunk_read (SmaltiFrozenTrunk *self, SmaltiDataset *dataset, const guint32 *items, guint n_items,
                          guint n_loader_threads, GCancellable *cancellable, const char *phase,
                          SmaltiEvalProgress progress, gpointer user_data, GError **error)
{
  g_autoptr (SmaltiLoader) loader = make_loader (self, dataset, items, n_items, n_loader_threads, error);
  g_autoptr (SmaltiFeatureSet) set = loader != NULL ? new_set (self, n_items, error) : NULL;
  g_autofree guint32 *loaded = g_new (guint32, self->batch);
  const SmaltiRunContext context = { 0 };

  if (set == NULL)
    return NULL;
  for (guint first = 0; first < n_items; first += self->batch)
    {
      SmaltiBatch *batch;
      guint n_valid;

      if (progress != NULL)
        progress (phase, first, n_items, user_data);
      if (g_cancellable_is_cancelled (cancellable))
        {
          g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED, _ ("Stopped."));
          return NULL;
        }
      batch = smalti_loader_next (loader, error);
      if (batch == NULL)
        return NULL;
      n_valid = batch->n_valid;
      memcpy (loaded, batch->item, n_valid * sizeof *loaded);
      smalti_program_write (self->program, self->image, batch->field[0]);
      smalti_program_run (self->program, &context);
      smalti_loader_release (loader, batch);
      keep_batch (self, set, dataset, items + first, loaded, n_valid);
    }
  if (progress != NULL)
    progress (phase, n_items, n_items, user_data);
  return g_steal_pointer (&set);
}

SmaltiFeatureSet *
smalti_frozen_trunk_look (SmaltiFrozenTrunk *self, const SmaltiImage *image, GError **error)
{
  gint n_channels = self->pretext->klass->n_channels (self->pretext);
  g_autoptr (SmaltiTensor) batch
      = smalti_tensor_new (SMALTI_DTYPE_F32, SMALTI_SHAPE (self->batch, n_channels, self->side, self->side));
  const SmaltiRunContext context = { 0 };
  SmaltiFeatureSet *set = new_set (self, 1, error);

  if (set == NULL)
    return NULL;
  draw (self, image, -1, NULL, FALSE, (gpointer[]){ smalti_tensor_f32 (batch) });
  smalti_program_write (self->program, self->image, batch);
  smalti_program_run (self->program, &context);
  for (guint i = 0; i < self->n_layers; i++)
    {
      smalti_program_read (self->program, self->output[i], self->tensor[i]);
      memcpy (set->layer[i].data, smalti_tensor_f32 (self->tensor[i]), self->layers[i].dim * sizeof (gfloat));
      set->layer[i].n = 1;
    }
  set->n = 1;
  set->item[0] = 0;
  set->label[0] = -1;
  return set;
}
