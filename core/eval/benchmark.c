/* SPDX-License-Identifier: Apache-2.0 */
/* The whole protocol: which images, which layers, in how many goes over the images, and each layer's result as it
 * comes.
 *
 * All layers are read in one go where their features fit into the memory there is; else in several, each with as many
 * layers as fit, since reading the images again costs less than being killed. */
#include "core/eval/benchmark.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/memory.h"
#include "core/eval/evaluation-archive.h"
#include "core/eval/frozen-trunk.h"
#include "core/eval/probe-private.h"
#include "core/eval/softmax-regression.h"

enum
{
  PROTOCOL_NONE,
  PROTOCOL_LINEAR,
  PROTOCOL_KNN,
};

typedef struct
{
  SmaltiDataset *dataset;
  SmaltiValues *values; /* a copy, with the solver decided for all layers */
  guint64 seed;
  guint n_loader_threads;
  const char *archive_folder; /* nullable */
  GCancellable *cancellable;
  SmaltiEvalProgress progress;
  SmaltiBenchmarkFunc done;
  gpointer user_data;

  guint n_classes;
  guint32 *items[2]; /* of training and held-out images */
  guint n_items[2];
  SmaltiFeatures *layers; /* without data: what is to be read */
  guint n_layers;
} Run;

static void
run_clear (Run *self)
{
  smalti_values_unref (self->values);
  g_free (self->items[0]);
  g_free (self->items[1]);
  smalti_features_list_free (self->layers, self->n_layers);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

/* The split's labelled images; with a limit, spread evenly over them, since neighbours are of one class. */
static guint32 *
choose_items (SmaltiDataset *dataset, SmaltiSplit split, guint limit, guint *n)
{
  guint n_all, n_labelled = 0;
  const guint32 *all = smalti_dataset_get_split (dataset, split, &n_all);
  guint32 *items = g_new (guint32, MAX (n_all, 1));

  for (guint i = 0; i < n_all; i++)
    if (smalti_dataset_get_label (dataset, all[i]) >= 0)
      items[n_labelled++] = all[i];
  *n = limit > 0 ? MIN (limit, n_labelled) : n_labelled;
  for (guint i = 0; i < *n; i++)
    items[i] = items[(guint64)i * n_labelled / *n];
  return items;
}

static gboolean
choose_images (Run *self, GError **error)
{
  guint limit = smalti_values_get_int (self->values, "limit");

  self->n_classes = smalti_dataset_get_n_classes (self->dataset);
  if (self->n_classes < 2)
    {
      g_set_error (
          error, SMALTI_ERROR, SMALTI_ERROR_DATA,
          _ ("The benchmark needs images of at least two classes, and those in “%s” have %u; name a folder with "
             "one folder a class in eval.data."),
          smalti_dataset_get_path (self->dataset), self->n_classes);
      return FALSE;
    }
  self->items[0] = choose_items (self->dataset, SMALTI_SPLIT_TRAIN, limit, &self->n_items[0]);
  self->items[1] = choose_items (self->dataset, SMALTI_SPLIT_VAL, limit, &self->n_items[1]);
  if (self->n_items[0] > 0 && self->n_items[1] > 0)
    return TRUE;
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA,
               _ ("The benchmark needs labelled images to train on and others held out, and “%s” has %u and %u; let "
                  "data.val_fraction hold some out."),
               smalti_dataset_get_path (self->dataset), self->n_items[0], self->n_items[1]);
  return FALSE;
}

/* What reading and measuring a layer takes. */
static guint64
layer_bytes (const Run *self, const SmaltiFeatures *layer)
{
  return (guint64)layer->dim * (self->n_items[0] + self->n_items[1]) * sizeof (gfloat);
}

/* That a layer may take in the folder. */
static guint64
archive_bytes (const Run *self)
{
  return SMALTI_EVALUATION_ARCHIVE_BYTES / self->n_layers;
}

static guint64
work_bytes (const Run *self, const SmaltiFeatures *layer)
{
  guint64 kept = (guint64)layer->dim * self->n_items[1] * sizeof (guint16);

  if (self->archive_folder == NULL)
    kept = 0;
  /* Not at the same time: what is kept is made when the classifier is gone. */
  return MAX (smalti_softmax_regression_bytes (layer->dim, self->n_classes), MIN (kept, archive_bytes (self)));
}

/* How many layers from @first on fit together into @available bytes; 0 when not even one does. */
static guint
count_fitting (const Run *self, guint first, guint64 available, GError **error)
{
  guint64 usable = available - available / 16, sum = 0, work = 0;
  guint n = 0;

  while (first + n < self->n_layers)
    {
      const SmaltiFeatures *layer = &self->layers[first + n];

      sum += layer_bytes (self, layer);
      work = MAX (work, work_bytes (self, layer));
      if (available > 0 && sum + work > usable)
        break;
      n++;
    }
  if (n == 0)
    {
      const SmaltiFeatures *layer = &self->layers[first];
      g_autofree char *needed = g_format_size (layer_bytes (self, layer) + work_bytes (self, layer));
      g_autofree char *free = g_format_size (available);

      g_set_error (
          error, SMALTI_ERROR, SMALTI_ERROR_MEMORY,
          _ ("Measuring layer %s on %u images needs %s of memory, and %s are free; set eval.limit to use fewer "
             "images, or make eval.max_dim smaller."),
          layer->layer, self->n_items[0] + self->n_items[1], needed, free);
    }
  return n;
}

/* One for all layers, whose results stand side by side: what suits the largest. */
static void
decide_solver (Run *self)
{
  gsize dim = 0;

  for (guint i = 0; i < self->n_layers; i++)
    dim = MAX (dim, self->layers[i].dim);
  smalti_values_set (self->values, "solver", smalti_probe_solver (self->values, self->n_items[0], dim, self->n_classes),
                     NULL);
}

static SmaltiBenchmark *
measure (const Run *self, const SmaltiFeatureSet *train, const SmaltiFeatureSet *test, guint layer, GError **error)
{
  if (smalti_values_get_choice (self->values, "protocol") == PROTOCOL_KNN)
    return smalti_knn_told (train, test, layer, self->n_classes, self->values, self->cancellable, self->progress,
                            self->user_data, error);
  return smalti_linear_probe_told (train, test, layer, self->n_classes, self->values, self->seed, self->cancellable,
                                   self->progress, self->user_data, error);
}

static gboolean
keep (const Run *self, SmaltiBenchmark *result, const SmaltiFeatureSet *test, guint layer, GError **error)
{
  if (self->archive_folder == NULL)
    return TRUE;
  return smalti_evaluation_archive_write (self->archive_folder, result, test, layer, self->dataset,
                                          archive_bytes (self), &result->kept, error);
}

static gboolean
measure_layers (const Run *self, SmaltiFrozenTrunk *trunk, guint n_layers, GError **error)
{
  g_autoptr (SmaltiFeatureSet) train = NULL, test = NULL;

  train = smalti_frozen_trunk_read (trunk, self->dataset, self->items[0], self->n_items[0], self->n_loader_threads,
                                    self->cancellable, _ ("Reading features to train on"), self->progress,
                                    self->user_data, error);
  if (train == NULL)
    return FALSE;
  test = smalti_frozen_trunk_read (trunk, self->dataset, self->items[1], self->n_items[1], self->n_loader_threads,
                                   self->cancellable, _ ("Reading features to measure on"), self->progress,
                                   self->user_data, error);
  if (test == NULL)
    return FALSE;
  for (guint i = 0; i < n_layers; i++)
    {
      g_autoptr (SmaltiBenchmark) result = measure (self, train, test, i, error);

      if (result == NULL || !keep (self, result, test, i, error))
        return FALSE;
      self->done (result, self->user_data);
      g_clear_pointer (&train->layer[i].data, g_free);
      g_clear_pointer (&test->layer[i].data, g_free);
    }
  return TRUE;
}

gboolean
smalti_benchmark_run_within (SmaltiPretext *pretext, const SmaltiBackboneClass *backbone,
                             const SmaltiValues *backbone_values, SmaltiDevice *device, SmaltiPrecision precision,
                             SmaltiWeights *weights, SmaltiDataset *dataset, const SmaltiValues *values, guint64 seed,
                             guint n_loader_threads, guint64 memory, const char *archive_folder,
                             GCancellable *cancellable, SmaltiEvalProgress progress, SmaltiBenchmarkFunc done,
                             gpointer user_data, GError **error)
{
  g_auto (Run) self = {
    .dataset = dataset,
    .values = smalti_values_copy (values),
    .seed = seed,
    .n_loader_threads = n_loader_threads,
    .archive_folder = archive_folder,
    .cancellable = cancellable,
    .progress = progress,
    .done = done,
    .user_data = user_data,
  };
  gint side = smalti_values_get_int (values, "side"), max_dim = smalti_values_get_int (values, "max_dim");
  guint n;
  const char *const *names = smalti_values_get_string_list (values, "layers", &n);

  if (smalti_values_get_choice (values, "protocol") == PROTOCOL_NONE)
    return TRUE;
  if (!choose_images (&self, error))
    return FALSE;
  if (side == 0)
    side = pretext->klass->side (pretext);
  self.layers = smalti_pooled_layers (pretext, backbone, backbone_values, names, side, max_dim, &self.n_layers, error);
  if (self.layers == NULL)
    return FALSE;
  decide_solver (&self);
  for (guint first = 0; first < self.n_layers; first += n)
    {
      g_autoptr (SmaltiFrozenTrunk) trunk = NULL;

      n = count_fitting (&self, first, memory, error);
      if (n == 0)
        return FALSE;
      trunk = smalti_frozen_trunk_new (pretext, backbone, backbone_values, device, precision, weights,
                                       self.layers + first, n, side, error);
      if (trunk == NULL || !measure_layers (&self, trunk, n, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
smalti_benchmark_run (SmaltiPretext *pretext, const SmaltiBackboneClass *backbone, const SmaltiValues *backbone_values,
                      SmaltiDevice *device, SmaltiPrecision precision, SmaltiWeights *weights, SmaltiDataset *dataset,
                      const SmaltiValues *values, guint64 seed, guint n_loader_threads, const char *archive_folder,
                      GCancellable *cancellable, SmaltiEvalProgress progress, SmaltiBenchmarkFunc done,
                      gpointer user_data, GError **error)
{
  return smalti_benchmark_run_within (pretext, backbone, backbone_values, device, precision, weights, dataset, values,
                                      seed, n_loader_threads, smalti_memory_available (), archive_folder, cancellable,
                                      progress, done, user_data, error);
}
