/* SPDX-License-Identifier: Apache-2.0 */
/* Writing what a measurement leaves behind. The one decision is how features are made to fit into their bound. */
#include "core/eval/evaluation-archive-private.h"

#include <string.h>

#include "core/base/error.h"
#include "core/eval/frozen-trunk.h"
#include "core/tensor/safetensors.h"

typedef struct
{
  guint n;   /* images whose features are kept */
  gint grid; /* side of the square they are averaged to; 0: as they are */
  gsize dim;
} Reduction;

static Reduction
fit_into (const SmaltiFeatures *features, guint64 max_bytes)
{
  guint64 per_image = max_bytes / sizeof (guint16) / MAX (features->n, 1);
  Reduction self = { .n = features->n, .dim = features->dim };

  if (features->dim <= per_image)
    return self;
  self.grid
      = smalti_pooled_grid (features->channels, features->height, features->width, CLAMP (per_image, 1, G_MAXINT));
  self.dim = (gsize)features->channels * self.grid * self.grid;
  self.n = MIN (features->n, max_bytes / sizeof (guint16) / self.dim);
  return self;
}

/* Each cell of the coarser grid the mean of the finer cells that it touches, as adaptive pooling has it. */
static void
average (const gfloat *plane, gint height, gint width, gint grid, guint16 *cell)
{
  for (gint y = 0; y < grid; y++)
    for (gint x = 0; x < grid; x++)
      {
        gint top = y * height / grid, bottom = ((y + 1) * height + grid - 1) / grid;
        gint left = x * width / grid, right = ((x + 1) * width + grid - 1) / grid;
        gdouble sum = 0;

        for (gint v = top; v < bottom; v++)
          for (gint u = left; u < right; u++)
            sum += plane[v * width + u];
        *cell++ = smalti_bf16_from_f32 (sum / ((bottom - top) * (right - left)));
      }
}

static void
reduce_image (const SmaltiFeatures *features, const Reduction *reduction, guint32 image, guint16 *kept)
{
  const gfloat *x = features->data + image * features->dim;
  gsize area = (gsize)features->height * features->width;

  if (reduction->grid == 0)
    for (gsize j = 0; j < features->dim; j++)
      kept[j] = smalti_bf16_from_f32 (x[j]);
  else
    for (gint c = 0; c < features->channels; c++)
      average (x + c * area, features->height, features->width, reduction->grid,
               kept + (gsize)c * reduction->grid * reduction->grid);
}

static void
add_features (SmaltiTensorFile *file, const SmaltiFeatures *features, const Reduction *reduction)
{
  gint height = reduction->grid > 0 ? reduction->grid : features->height;
  gint width = reduction->grid > 0 ? reduction->grid : features->width;
  g_autoptr (SmaltiTensor) row = smalti_tensor_new (SMALTI_DTYPE_I32, SMALTI_SHAPE (reduction->n));
  g_autoptr (SmaltiTensor) kept
      = smalti_tensor_new (SMALTI_DTYPE_BF16, SMALTI_SHAPE (reduction->n, features->channels, height, width));

#pragma omp parallel for schedule(static)
  for (guint i = 0; i < reduction->n; i++)
    {
      guint32 image = (guint64)i * features->n / reduction->n;

      smalti_tensor_i32 (row)[i] = image;
      reduce_image (features, reduction, image, (guint16 *)kept->data + i * reduction->dim);
    }
  smalti_tensor_file_add (file, "row", row);
  smalti_tensor_file_add (file, "features", kept);
}

static void
add_numbers (SmaltiTensorFile *file, const char *name, const gint32 *number, guint n)
{
  g_autoptr (SmaltiTensor) tensor = smalti_tensor_new (SMALTI_DTYPE_I32, SMALTI_SHAPE (n));

  memcpy (tensor->data, number, n * sizeof *number);
  smalti_tensor_file_add (file, name, tensor);
}

/* Not metadata, which is JSON: a path may be any bytes. */
static void
add_texts (SmaltiTensorFile *file, const char *name, const GString *texts)
{
  g_autoptr (SmaltiTensor) tensor = smalti_tensor_new (SMALTI_DTYPE_U8, SMALTI_SHAPE (texts->len));

  memcpy (tensor->data, texts->str, texts->len);
  smalti_tensor_file_add (file, name, tensor);
}

static void
append_text (GString *texts, const char *text)
{
  g_string_append_len (texts, text, strlen (text) + 1);
}

static void
add_names (SmaltiTensorFile *file, const SmaltiFeatureSet *test, guint n_classes, SmaltiDataset *dataset)
{
  g_autoptr (GString) names = g_string_new (NULL), classes = g_string_new (NULL), path = g_string_new (NULL);
  g_autofree char *absolute = g_canonicalize_filename (smalti_dataset_get_path (dataset), NULL);

  for (guint i = 0; i < test->n; i++)
    {
      g_autofree char *name = smalti_dataset_get_item_name (dataset, test->item[i]);

      append_text (names, name);
    }
  for (guint c = 0; c < n_classes; c++)
    append_text (classes, smalti_dataset_get_class_name (dataset, c));
  append_text (path, absolute);
  add_texts (file, "names", names);
  add_texts (file, "classes", classes);
  add_texts (file, "path", path);
}

static char *
describe (const SmaltiFeatures *features, const Reduction *reduction)
{
  g_autofree char *size = g_format_size ((guint64)reduction->n * reduction->dim * sizeof (guint16));

  if (reduction->grid == 0)
    return NULL;
  if (reduction->n == features->n)
    return g_strdup_printf (
        _ ("Of layer %s, %zu numbers an image (averages of the %zu) are kept for maps and neighbours, which takes %s."),
        features->layer, reduction->dim, features->dim, size);
  return g_strdup_printf (_ ("Of layer %s, %zu numbers an image (averages of the %zu) are kept for maps and "
                             "neighbours, of %u of the %u images, which takes %s."),
                          features->layer, reduction->dim, features->dim, reduction->n, features->n, size);
}

gboolean
smalti_evaluation_archive_write (const char *folder, const SmaltiBenchmark *benchmark, const SmaltiFeatureSet *test,
                                 guint layer, SmaltiDataset *dataset, guint64 max_bytes, char **kept, GError **error)
{
  const SmaltiFeatures *features = &test->layer[layer];
  Reduction reduction = fit_into (features, max_bytes);
  g_autofree char *path = smalti_evaluation_archive_path (folder, benchmark->protocol, benchmark->layer);
  g_autoptr (SmaltiTensorFile) file = smalti_tensor_file_new ();

  g_return_val_if_fail (benchmark->answer != NULL && benchmark->n_test == test->n, FALSE);

  smalti_tensor_file_set_metadata (file, "format", EVALUATION_FORMAT);
  smalti_tensor_file_set_metadata (file, "format_version", EVALUATION_VERSION);
  smalti_tensor_file_set_metadata (file, "program_version", SMALTI_VERSION);
  smalti_tensor_file_set_metadata (file, "layer", benchmark->layer);
  smalti_tensor_file_set_metadata (file, "protocol", benchmark->protocol);
  smalti_tensor_file_set_metadata (file, "layout", smalti_layout_id (smalti_dataset_get_layout (dataset)));
  smalti_tensor_file_set_metadata (file, "fingerprint", smalti_dataset_get_fingerprint (dataset));
  add_numbers (file, "label", test->label, test->n);
  add_numbers (file, "answer", benchmark->answer, test->n);
  add_numbers (file, "item", (const gint32 *)test->item, test->n);
  add_names (file, test, benchmark->n_classes, dataset);
  add_features (file, features, &reduction);
  if (!smalti_tensor_file_write (file, path, error))
    return FALSE;
  if (kept != NULL)
    *kept = describe (features, &reduction);
  return TRUE;
}
