/* SPDX-License-Identifier: Apache-2.0 */
/* The list of layouts, and the two that are nothing but folders: any images, and one folder per class. */
#include "core/data/scan-private.h"

#include <string.h>

#include "core/base/error.h"

static gboolean
always (const SmaltiScan *scan)
{
  return TRUE;
}

const char *
smalti_scan_val_folder (const SmaltiScan *self)
{
  static const char *const names[] = { "val", "valid", "validation", "test" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (smalti_scan_has_folder (self, names[i]))
      return names[i];
  return NULL;
}

static gboolean
is_split_name (const char *name)
{
  return g_strv_contains ((const char *const[]){ "train", "val", "valid", "validation", "test", NULL }, name);
}

static gboolean
scan_folder (SmaltiScan *scan, GError **error)
{
  g_autoptr (GPtrArray) folders = smalti_scan_folders (scan, "");
  const char *val = smalti_scan_val_folder (scan);
  gboolean only_splits = smalti_scan_has_folder (scan, "train") && val != NULL && !smalti_scan_has_image (scan, "");

  for (guint i = 0; i < folders->len; i++)
    only_splits = only_splits && is_split_name (folders->pdata[i]);
  if (!only_splits)
    return smalti_scan_add_tree (scan, "", SMALTI_SPLIT_TRAIN, SMALTI_NO_LABEL, error);
  scan->own_val = TRUE;
  return smalti_scan_add_tree (scan, "train", SMALTI_SPLIT_TRAIN, SMALTI_NO_LABEL, error)
         && smalti_scan_add_tree (scan, val, SMALTI_SPLIT_VAL, SMALTI_NO_LABEL, error);
}

/* Every folder in @folder holds images itself, there are two at least, and no image lies beside them. A photo library
 * of years and months is not taken for classes, as its years hold months. */
static gboolean
looks_like_classes (const SmaltiScan *scan, const char *folder)
{
  g_autoptr (GPtrArray) folders = smalti_scan_folders (scan, folder);
  guint n_full = 0;

  if (smalti_scan_has_image (scan, folder))
    return FALSE;
  for (guint i = 0; i < folders->len; i++)
    {
      g_autofree char *below = smalti_scan_join (folder, folders->pdata[i]);
      g_autoptr (GPtrArray) deeper = NULL;

      if (smalti_scan_has_image (scan, below))
        n_full++;
      else if ((deeper = smalti_scan_folders (scan, below))->len > 0)
        return FALSE;
    }
  return n_full >= 2;
}

static gboolean
detect_class_folders (const SmaltiScan *scan)
{
  g_autoptr (GPtrArray) folders = NULL;

  if (smalti_scan_has_folder (scan, "train"))
    return looks_like_classes (scan, "train");
  if (!looks_like_classes (scan, ""))
    return FALSE;
  folders = smalti_scan_folders (scan, "");
  for (guint i = 0; i < folders->len; i++)
    if (!is_split_name (folders->pdata[i]))
      return TRUE;
  return FALSE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* (transfer full): names of the class folders in all of @parts, once each, in byte order. */
static GPtrArray *
class_folders (const SmaltiScan *scan, const char *const *parts, guint n_parts)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n_parts; i++)
    {
      g_autoptr (GPtrArray) folders = smalti_scan_folders (scan, parts[i]);

      g_ptr_array_extend_and_steal (all, g_steal_pointer (&folders));
    }
  g_ptr_array_sort (all, compare_names);
  for (guint i = 1; i < all->len;)
    if (strcmp (all->pdata[i - 1], all->pdata[i]) == 0)
      g_ptr_array_remove_index (all, i);
    else
      i++;
  return all;
}

gboolean
smalti_scan_add_classes (SmaltiScan *self, GHashTable *known, GError **error)
{
  const char *val = smalti_scan_val_folder (self);
  gboolean parted = smalti_scan_has_folder (self, "train");
  const char *parts[2] = { parted ? "train" : "", val };
  guint n_parts = parted && val != NULL ? 2 : 1;
  g_autoptr (GPtrArray) folders = class_folders (self, parts, n_parts);

  self->own_val = n_parts == 2;
  for (guint i = 0; i < folders->len; i++)
    {
      const char *folder = folders->pdata[i];
      guint before = self->items->len;
      gpointer number = NULL;
      gint label = self->class_names->len;

      if (known != NULL)
        {
          if (!g_hash_table_lookup_extended (known, folder, NULL, &number))
            {
              g_autofree char *display = smalti_scan_display (self, folder);

              g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA,
                           _ ("The class folder “%s” is not in the data set's list of classes."), display);
              return FALSE;
            }
          label = GPOINTER_TO_INT (number);
        }
      for (guint part = 0; part < n_parts; part++)
        {
          g_autofree char *below = smalti_scan_join (parts[part], folder);

          if (smalti_scan_has_folder (self, below)
              && !smalti_scan_add_tree (self, below, part == 0 ? SMALTI_SPLIT_TRAIN : SMALTI_SPLIT_VAL, label, error))
            return FALSE;
        }
      if (known == NULL && self->items->len > before)
        g_ptr_array_add (self->class_names, g_filename_display_name (folder));
    }
  return TRUE;
}

static gboolean
scan_class_folders (SmaltiScan *scan, GError **error)
{
  return smalti_scan_add_classes (scan, NULL, error);
}

const SmaltiLayoutClass smalti_layout_folder = {
  .id = "folder",
  .expects = "image files (.jpg, .png, .tif, .webp, ...) in it and in the folders below it",
  .detect = always,
  .scan = scan_folder,
};

const SmaltiLayoutClass smalti_layout_class_folders = {
  .id = "class-folders",
  .expects = "one folder of images per class, in it or in train/ and val/",
  .detect = detect_class_folders,
  .scan = scan_class_folders,
};

static const SmaltiLayoutClass automatic = { .id = "auto" };

const SmaltiLayoutClass *
smalti_layout_class (SmaltiLayout layout)
{
  static const SmaltiLayoutClass *const classes[] = {
    [SMALTI_LAYOUT_AUTO] = &automatic,
    [SMALTI_LAYOUT_FOLDER] = &smalti_layout_folder,
    [SMALTI_LAYOUT_CLASS_FOLDERS] = &smalti_layout_class_folders,
    [SMALTI_LAYOUT_TINY_IMAGENET] = &smalti_layout_tiny_imagenet,
    [SMALTI_LAYOUT_PLACES365] = &smalti_layout_places365,
    [SMALTI_LAYOUT_CIFAR10] = &smalti_layout_cifar10,
    [SMALTI_LAYOUT_CIFAR100] = &smalti_layout_cifar100,
    [SMALTI_LAYOUT_STL10] = &smalti_layout_stl10,
  };

  g_assert (layout < G_N_ELEMENTS (classes));
  return classes[layout];
}

const char *
smalti_layout_id (SmaltiLayout layout)
{
  return smalti_layout_class (layout)->id;
}
