/* SPDX-License-Identifier: Apache-2.0 */
/* Reading what a measurement left behind. The file may have been touched by a crash or a person: what is an index is
 * checked when it is read, so that nobody has to afterwards.
 *
 * Images of layouts that are files are found by their names; those of layouts that are records in a file (CIFAR, STL)
 * by opening the data set again, when the first one is asked for. */
#include "core/eval/evaluation-archive-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "core/base/error.h"
#include "core/tensor/safetensors.h"

struct _SmaltiEvaluationArchive
{
  SmaltiTensorFile *file; /* without its features */
  const gint32 *label, *answer;
  const guint32 *item, *row;
  const char *data_path;
  const char **name; /* of images, into the file */
  const char **class_name;
  guint n, n_classes;
  SmaltiLayout layout;
  SmaltiFeatures features;

  GMutex lock; /* of the two below */
  SmaltiDataset *records;
  GHashTable *record_item; /* name -> item + 1 of `records` */
  gint ref_count;
};

static void
archive_free (SmaltiEvaluationArchive *self)
{
  g_clear_pointer (&self->record_item, g_hash_table_unref);
  g_clear_object (&self->records);
  g_mutex_clear (&self->lock);
  g_clear_pointer (&self->file, smalti_tensor_file_free);
  g_free (self->name);
  g_free (self->class_name);
  g_free (self->features.layer);
  g_free (self->features.data);
  g_free (self);
}

SmaltiEvaluationArchive *
smalti_evaluation_archive_ref (SmaltiEvaluationArchive *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
smalti_evaluation_archive_unref (SmaltiEvaluationArchive *self)
{
  if (self != NULL && g_atomic_int_dec_and_test (&self->ref_count))
    archive_free (self);
}

/* Parts of the file; %NULL when it is not there or not what it should be. */

static const gint32 *
read_numbers (const SmaltiTensorFile *file, const char *name, guint *n)
{
  const SmaltiTensor *tensor = smalti_tensor_file_get (file, name);

  if (tensor == NULL || tensor->dtype != SMALTI_DTYPE_I32 || tensor->shape.n_dims != 1
      || tensor->shape.dim[0] > G_MAXINT)
    return NULL;
  *n = tensor->shape.dim[0];
  return tensor->data;
}

/* @n_expected texts, or any number when it is negative; (transfer container). */
static const char **
read_texts (const SmaltiTensorFile *file, const char *name, gint n_expected, guint *n)
{
  const SmaltiTensor *tensor = smalti_tensor_file_get (file, name);
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();
  const char *at, *end;

  if (tensor == NULL || tensor->dtype != SMALTI_DTYPE_U8 || tensor->n_bytes == 0)
    return NULL;
  at = tensor->data;
  end = at + tensor->n_bytes;
  if (end[-1] != '\0')
    return NULL;
  for (; at < end; at += strlen (at) + 1)
    g_ptr_array_add (texts, (gpointer)at);
  if (n_expected >= 0 && texts->len != (guint)n_expected)
    return NULL;
  *n = texts->len;
  return (const char **)g_ptr_array_free (g_steal_pointer (&texts), FALSE);
}

static gboolean
all_below (const gint32 *number, guint n, guint bound)
{
  for (guint i = 0; i < n; i++)
    if (number[i] < 0 || (guint)number[i] >= bound)
      return FALSE;
  return TRUE;
}

static gboolean
read_features (SmaltiEvaluationArchive *self, const char *layer)
{
  const SmaltiTensor *kept = smalti_tensor_file_get (self->file, "features");
  SmaltiFeatures *features = &self->features;
  guint n_rows = 0;
  gsize size;

  self->row = (const guint32 *)read_numbers (self->file, "row", &n_rows);
  if (kept == NULL || self->row == NULL || kept->dtype != SMALTI_DTYPE_BF16 || kept->shape.n_dims != 4
      || kept->shape.dim[0] != n_rows || !all_below ((const gint32 *)self->row, n_rows, self->n))
    return FALSE;
  for (guint d = 1; d < 4; d++)
    if (kept->shape.dim[d] < 1 || kept->shape.dim[d] > G_MAXINT)
      return FALSE;
  *features = (SmaltiFeatures){
    .layer = g_strdup (layer),
    .channels = kept->shape.dim[1],
    .height = kept->shape.dim[2],
    .width = kept->shape.dim[3],
    .n = n_rows,
    .dim = kept->shape.dim[1] * kept->shape.dim[2] * kept->shape.dim[3],
  };
  size = kept->n_bytes / sizeof (guint16);
  features->data = g_try_new (gfloat, MAX (size, 1));
  if (features->data == NULL)
    return FALSE;
#pragma omp parallel for schedule(static)
  for (gsize i = 0; i < size; i++)
    features->data[i] = smalti_bf16_to_f32 (((const guint16 *)kept->data)[i]);
  return TRUE;
}

static gboolean
read_layout (SmaltiEvaluationArchive *self)
{
  const char *id = smalti_tensor_file_get_metadata (self->file, "layout");

  for (guint i = 0; id != NULL && smalti_layout_ids[i] != NULL; i++)
    if (strcmp (id, smalti_layout_ids[i]) == 0)
      {
        self->layout = i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
read_parts (SmaltiEvaluationArchive *self)
{
  const char *layer = smalti_tensor_file_get_metadata (self->file, "layer");
  guint n_answers = 0, n_items = 0, n;
  g_autofree const char **path = read_texts (self->file, "path", 1, &n);

  self->label = read_numbers (self->file, "label", &self->n);
  self->answer = read_numbers (self->file, "answer", &n_answers);
  self->item = (const guint32 *)read_numbers (self->file, "item", &n_items);
  self->class_name = read_texts (self->file, "classes", -1, &self->n_classes);
  if (layer == NULL || smalti_tensor_file_get_metadata (self->file, "protocol") == NULL
      || smalti_tensor_file_get_metadata (self->file, "fingerprint") == NULL || path == NULL || !read_layout (self)
      || self->label == NULL || self->answer == NULL || self->item == NULL || self->class_name == NULL
      || n_answers != self->n || n_items != self->n || !all_below (self->label, self->n, self->n_classes)
      || !all_below (self->answer, self->n, self->n_classes))
    return FALSE;
  self->data_path = path[0];
  self->name = read_texts (self->file, "names", self->n, &n);
  return self->name != NULL && read_features (self, layer);
}

SmaltiEvaluationArchive *
smalti_evaluation_archive_read (const char *folder, const char *protocol, const char *layer, GError **error)
{
  g_autofree char *path = smalti_evaluation_archive_path (folder, protocol, layer);
  g_autoptr (SmaltiTensorFile) file = smalti_tensor_file_read (path, error);
  g_autoptr (SmaltiEvaluationArchive) self = NULL;
  const char *version;

  if (file == NULL)
    return NULL;
  version = smalti_tensor_file_get_metadata (file, "format_version");
  if (g_strcmp0 (smalti_tensor_file_get_metadata (file, "format"), EVALUATION_FORMAT) == 0
      && g_strcmp0 (version, EVALUATION_VERSION) != 0)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_FORMAT,
                   _ ("“%s” was written by another version of Smalti; measure the run again."), path);
      return NULL;
    }
  self = g_new0 (SmaltiEvaluationArchive, 1);
  self->ref_count = 1;
  g_mutex_init (&self->lock);
  self->file = g_steal_pointer (&file);
  if (version == NULL || !read_parts (self))
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_FORMAT,
                   _ ("“%s” is damaged or is no evaluation of Smalti; measure the run again."), path);
      return NULL;
    }
  return g_steal_pointer (&self);
}

/* Calls @found with each archive in the folder: its protocol and layer, its path. */
static void
look_through (const char *folder, void (*found) (char *protocol, const char *path, gpointer data), gpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *middle = NULL, *path = NULL;

      if (!g_str_has_prefix (name, EVALUATION_PREFIX) || !g_str_has_suffix (name, EVALUATION_SUFFIX))
        continue;
      middle = g_strndup (name + strlen (EVALUATION_PREFIX),
                          strlen (name) - strlen (EVALUATION_PREFIX) - strlen (EVALUATION_SUFFIX));
      path = g_build_filename (folder, name, NULL);
      if (strchr (middle, '-') != NULL)
        found (middle, path, data);
    }
}

typedef struct
{
  const char *protocol;
  GPtrArray *layers;
} Listing;

static void
list_one (char *middle, const char *path, gpointer data)
{
  Listing *listing = data;
  char *dash = strchr (middle, '-');

  *dash = '\0';
  if (strcmp (middle, listing->protocol) == 0)
    g_ptr_array_add (listing->layers, g_strdup (dash + 1));
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

char **
smalti_evaluation_archive_list (const char *folder, const char *protocol)
{
  Listing listing = { protocol, g_ptr_array_new () };

  look_through (folder, list_one, &listing);
  g_ptr_array_sort (listing.layers, compare_names);
  g_ptr_array_add (listing.layers, NULL);
  return (char **)g_ptr_array_free (listing.layers, FALSE);
}

typedef struct
{
  int code;
  char *path; /* of the first that stayed */
} Clearing;

static void
clear_one (char *middle, const char *path, gpointer data)
{
  Clearing *clearing = data;

  if (g_unlink (path) != 0 && errno != ENOENT && clearing->path == NULL)
    {
      clearing->code = errno;
      clearing->path = g_strdup (path);
    }
}

gboolean
smalti_evaluation_archive_clear (const char *folder, GError **error)
{
  Clearing clearing = { 0 };

  look_through (folder, clear_one, &clearing);
  if (clearing.path == NULL)
    return TRUE;
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_IO, _ ("Could not remove “%s”: %s."), clearing.path,
               g_strerror (clearing.code));
  g_free (clearing.path);
  return FALSE;
}

char *
smalti_evaluation_archive_find_fingerprint (const char *folder, const char *protocol, const char *layer)
{
  g_autofree char *path = smalti_evaluation_archive_path (folder, protocol, layer);
  g_autoptr (SmaltiTensorFile) file = smalti_tensor_file_read_metadata (path, NULL);

  return file != NULL ? g_strdup (smalti_tensor_file_get_metadata (file, "fingerprint")) : NULL;
}

const char *
smalti_evaluation_archive_get_layer (SmaltiEvaluationArchive *self)
{
  return self->features.layer;
}

const char *
smalti_evaluation_archive_get_protocol (SmaltiEvaluationArchive *self)
{
  return smalti_tensor_file_get_metadata (self->file, "protocol");
}

const char *
smalti_evaluation_archive_get_data_path (SmaltiEvaluationArchive *self)
{
  return self->data_path;
}

const char *
smalti_evaluation_archive_get_fingerprint (SmaltiEvaluationArchive *self)
{
  return smalti_tensor_file_get_metadata (self->file, "fingerprint");
}

guint
smalti_evaluation_archive_get_n_images (SmaltiEvaluationArchive *self)
{
  return self->n;
}

guint
smalti_evaluation_archive_get_n_classes (SmaltiEvaluationArchive *self)
{
  return self->n_classes;
}

const char *
smalti_evaluation_archive_get_class_name (SmaltiEvaluationArchive *self, guint klass)
{
  g_return_val_if_fail (klass < self->n_classes, NULL);

  return self->class_name[klass];
}

const gint32 *
smalti_evaluation_archive_get_labels (SmaltiEvaluationArchive *self)
{
  return self->label;
}

const gint32 *
smalti_evaluation_archive_get_answers (SmaltiEvaluationArchive *self)
{
  return self->answer;
}

const guint32 *
smalti_evaluation_archive_get_items (SmaltiEvaluationArchive *self)
{
  return self->item;
}

const char *
smalti_evaluation_archive_get_item_name (SmaltiEvaluationArchive *self, guint image)
{
  g_return_val_if_fail (image < self->n, NULL);

  return self->name[image];
}

GArray *
smalti_evaluation_archive_find (SmaltiEvaluationArchive *self, guint truth, guint answer)
{
  GArray *images = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < self->n; i++)
    if ((guint)self->label[i] == truth && (guint)self->answer[i] == answer)
      g_array_append_val (images, i);
  return images;
}

const SmaltiFeatures *
smalti_evaluation_archive_get_features (SmaltiEvaluationArchive *self)
{
  return &self->features;
}

const guint32 *
smalti_evaluation_archive_get_rows (SmaltiEvaluationArchive *self)
{
  return self->row;
}

static gboolean
open_records (SmaltiEvaluationArchive *self, GError **error)
{
  g_autoptr (SmaltiValues) values = NULL;

  if (self->records != NULL)
    return TRUE;
  values = smalti_values_new (smalti_data_params);
  if (!smalti_values_set (values, "path", self->data_path, error)
      || !smalti_values_set (values, "layout", smalti_layout_ids[self->layout], error))
    return FALSE;
  self->records = smalti_dataset_open (values, 0, NULL, NULL, NULL, error);
  if (self->records == NULL)
    return FALSE;
  self->record_item = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint64 item = 0; item < smalti_dataset_get_n_items (self->records); item++)
    g_hash_table_insert (self->record_item, smalti_dataset_get_item_name (self->records, item),
                         GSIZE_TO_POINTER (item + 1));
  return TRUE;
}

static SmaltiImage *
load_record (SmaltiEvaluationArchive *self, const char *name, gint min_side, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gsize item;

  if (!open_records (self, error))
    return NULL;
  item = GPOINTER_TO_SIZE (g_hash_table_lookup (self->record_item, name));
  if (item > 0)
    return smalti_dataset_load (self->records, item - 1, min_side, error);
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA, _ ("%s is no longer among the images in “%s”."), name,
               self->data_path);
  return NULL;
}

SmaltiImage *
smalti_evaluation_archive_load (SmaltiEvaluationArchive *self, guint image, gint min_side, GError **error)
{
  g_autofree char *path = NULL;

  g_return_val_if_fail (image < self->n, NULL);

  if (self->layout >= SMALTI_LAYOUT_CIFAR10)
    return load_record (self, self->name[image], min_side, error);
  path = *self->name[image] != '\0' ? g_build_filename (self->data_path, self->name[image], NULL)
                                    : g_strdup (self->data_path);
  return smalti_image_load (path, min_side, error);
}
