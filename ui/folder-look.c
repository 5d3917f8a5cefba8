/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures are taken at even distances from the list of all, which is in order of their paths: so those of a folder of
 * classes are of different ones. */
#include "ui/folder-look.h"

#include <glib/gi18n-lib.h>

#include "core/data/dataset.h"
#include "ui/preset.h"

#define N_PROBED 31

static void
method_sight_free (gpointer data)
{
  SmaltiMethodSight *self = data;

  for (guint i = 0; i < SMALTI_N_LOOKS; i++)
    {
      g_clear_pointer (&self->above[i], smalti_image_unref);
      g_clear_pointer (&self->below[i], smalti_image_unref);
      g_free (self->words[i]);
    }
  g_free (self);
}

void
smalti_folder_look_free (SmaltiFolderLook *self)
{
  g_free (self->path);
  g_ptr_array_unref (self->methods);
  g_free (self);
}

static guint64
spread (guint64 n, guint i, guint of)
{
  return (2 * i + 1) * n / (2 * of);
}

static gint
compare_sides (gconstpointer a, gconstpointer b)
{
  return *(const gint *)a - *(const gint *)b;
}

/* From headers where items are files, which costs next to nothing. */
static gint
median_side (SmaltiDataset *dataset)
{
  g_autoptr (GArray) sides = g_array_new (FALSE, FALSE, sizeof (gint));
  guint64 n = smalti_dataset_get_n_items (dataset);
  guint n_probed = MIN (n, N_PROBED);

  for (guint i = 0; i < n_probed; i++)
    {
      guint64 item = spread (n, i, n_probed);
      g_autofree char *name = smalti_dataset_get_item_name (dataset, item);
      g_autofree char *path = g_build_filename (smalti_dataset_get_path (dataset), name, NULL);
      gint width, height, side;

      if (!smalti_image_probe (path, &width, &height, NULL))
        {
          g_autoptr (SmaltiImage) image
              = g_file_test (path, G_FILE_TEST_EXISTS) ? NULL : smalti_dataset_load (dataset, item, 0, NULL);

          if (!image)
            continue;
          width = image->width;
          height = image->height;
        }
      side = MIN (width, height);
      g_array_append_val (sides, side);
    }
  g_array_sort (sides, compare_sides);
  return sides->len > 0 ? g_array_index (sides, gint, sides->len / 2) : 0;
}

static SmaltiImage *
find_look (GPtrArray *looks, const char *id)
{
  for (guint i = 0; i < looks->len; i++)
    if (g_str_equal (((const SmaltiLook *)looks->pdata[i])->id, id))
      return smalti_image_ref (((const SmaltiLook *)looks->pdata[i])->image);
  return NULL;
}

static void
show_image (SmaltiMethodSight *self, SmaltiPretext *pretext, guint i, const SmaltiImage *image)
{
  g_autoptr (GPtrArray) looks = NULL;
  SmaltiRandom random;

  smalti_random_init (&random, 1, SMALTI_STREAM_SAMPLE, 0, i);
  looks = smalti_pretext_look (pretext, image, &random, FALSE);
  if ((self->above[i] = find_look (looks, "tiles")))
    self->below[i] = find_look (looks, "truth");
  else if ((self->above[i] = find_look (looks, "light")))
    self->below[i] = smalti_image_center_crop (image, self->above[i]->width, self->above[i]->width);
  else if (looks->len > 0)
    self->above[i] = smalti_image_ref (((const SmaltiLook *)looks->pdata[0])->image);
}

static void
add_method (SmaltiFolderLook *self, const SmaltiPretextClass *method, SmaltiImage *const *images, char *const *words)
{
  const SmaltiPreset *preset
      = smalti_preset_find (method->id, self->side <= SMALTI_SMALL_SIDE ? "small-images" : "quick-look");
  g_autofree char *yaml = preset ? smalti_preset_load_yaml (preset) : NULL;
  g_autoptr (SmaltiSpec) spec = yaml ? smalti_spec_parse (yaml, method->id, NULL, NULL) : NULL;
  g_autoptr (SmaltiPretext) pretext
      = spec ? smalti_pretext_new (method, smalti_spec_get_values (spec, "method"), NULL, NULL) : NULL;
  SmaltiMethodSight *look = g_new0 (SmaltiMethodSight, 1);

  look->method = method;
  g_ptr_array_add (self->methods, look);
  for (guint i = 0; pretext && i < SMALTI_N_LOOKS; i++)
    if (images[i])
      {
        show_image (look, pretext, i, images[i]);
        if (method->needs_labels)
          look->words[i] = g_strdup (words[i]);
      }
}

static void
look_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const SmaltiSpec *spec = data;
  GError *error = NULL;
  g_autoptr (SmaltiDataset) dataset = smalti_dataset_open (
      smalti_spec_get_values (spec, "data"), smalti_values_get_int (smalti_spec_get_values (spec, ""), "seed"),
      cancellable, NULL, NULL, &error);
  SmaltiFolderLook *self;
  SmaltiImage *images[SMALTI_N_LOOKS] = { NULL };
  char *words[SMALTI_N_LOOKS] = { NULL };

  if (!dataset)
    {
      g_task_return_error (task, error);
      return;
    }
  self = g_new0 (SmaltiFolderLook, 1);
  self->path = g_strdup (smalti_values_get_string (smalti_spec_get_values (spec, "data"), "path"));
  self->methods = g_ptr_array_new_with_free_func (method_sight_free);
  self->n_images = smalti_dataset_get_n_items (dataset);
  self->n_classes = smalti_dataset_get_n_classes (dataset);
  self->side = median_side (dataset);
  for (guint i = 0; i < SMALTI_N_LOOKS && !g_cancellable_is_cancelled (cancellable); i++)
    {
      guint64 item = spread (self->n_images, i, SMALTI_N_LOOKS);
      gint label;

      /* The next one, where one can't be read. */
      for (guint tries = 0; tries < 8 && !images[i]; tries++, item += images[i] ? 0 : 1)
        images[i] = item < self->n_images ? smalti_dataset_load (dataset, item, 256, NULL) : NULL;
      label
          = images[i] && self->n_classes > 0 ? smalti_dataset_get_label (dataset, MIN (item, self->n_images - 1)) : -1;
      words[i] = label >= 0 ? g_strdup (smalti_dataset_get_class_name (dataset, label)) : NULL;
    }
  for (const SmaltiPretextClass *const *method = smalti_pretexts (); *method; method++)
    if (smalti_preset_find ((*method)->id, "quick-look") && !g_cancellable_is_cancelled (cancellable))
      add_method (self, *method, images, words);
  for (guint i = 0; i < SMALTI_N_LOOKS; i++)
    {
      g_clear_pointer (&images[i], smalti_image_unref);
      g_free (words[i]);
    }
  g_task_return_pointer (task, self, (GDestroyNotify)smalti_folder_look_free);
}

void
smalti_folder_look_async (const SmaltiSpec *spec, GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, smalti_folder_look_async);
  g_task_set_task_data (task, smalti_spec_copy (spec), (GDestroyNotify)smalti_spec_unref);
  g_task_run_in_thread (task, look_thread);
}

SmaltiFolderLook *
smalti_folder_look_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
