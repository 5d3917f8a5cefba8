/* SPDX-License-Identifier: Apache-2.0 */
/* A file on a disk is decoded by its path, any other is read into memory first. */
#include "ui/picture.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/data/dataset.h"
#include "ui/texture.h"

#define VIEW_PIXELS (720 * 720) /* what is painted again and again while a slider moves */

SmaltiPicture *
smalti_picture_ref (SmaltiPicture *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
smalti_picture_unref (SmaltiPicture *self)
{
  if (!self || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_free (self->name);
  smalti_image_unref (self->full);
  smalti_image_unref (self->view);
  g_free (self);
}

/* Takes both. */
static SmaltiPicture *
new_picture (char *name, SmaltiImage *full)
{
  SmaltiPicture *self = g_new0 (SmaltiPicture, 1);
  gdouble scale = sqrt (VIEW_PIXELS / ((gdouble)full->width * full->height));
  char *dot = strrchr (name, '.');

  if (dot && dot != name)
    *dot = '\0';
  self->ref_count = 1;
  self->name = name;
  self->full = full;
  self->view = scale < 1 ? smalti_image_resize (full, MAX (1, (gint)(full->width * scale)),
                                                MAX (1, (gint)(full->height * scale)))
                         : smalti_image_ref (full);
  return self;
}

static SmaltiImage *
read_file (GFile *file, const char *name, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *bytes = NULL;
  gsize size;

  if (g_file_peek_path (file))
    return smalti_image_load (g_file_peek_path (file), 0, error);
  if (g_file_load_contents (file, cancellable, &bytes, &size, NULL, &reason))
    return smalti_image_decode ((const guint8 *)bytes, size, name, 0, error);
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA, _ ("“%s” can’t be read: %s"), name, reason->message);
  return NULL;
}

static void
return_picture (GTask *task, char *name, SmaltiImage *image, GError *error)
{
  if (image)
    g_task_return_pointer (task, new_picture (name, image), (GDestroyNotify)smalti_picture_unref);
  else
    {
      g_free (name);
      g_task_return_error (task, error);
    }
}

static void
load_file (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autofree char *base = g_file_get_basename (data);
  char *name = g_filename_display_name (base ? base : "");
  GError *error = NULL;
  SmaltiImage *image = read_file (data, name, cancellable, &error);

  return_picture (task, name, image, error);
}

static void
load_texture (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  return_picture (task, g_strdup (_ ("Pasted picture")), smalti_texture_to_image (data), NULL);
}

static void
load_any (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  g_autoptr (SmaltiSpec) spec = smalti_spec_parse (data, _ ("the run's spec"), NULL, &error);
  g_autoptr (SmaltiDataset) dataset
      = spec ? smalti_dataset_open (smalti_spec_get_values (spec, "data"), 0, cancellable, NULL, NULL, &error) : NULL;
  const guint32 *items = NULL;
  guint n = 0;

  if (!dataset)
    {
      g_task_return_error (task, error);
      return;
    }
  items = smalti_dataset_get_split (dataset, SMALTI_SPLIT_VAL, &n);
  if (n == 0)
    items = smalti_dataset_get_split (dataset, SMALTI_SPLIT_TRAIN, &n);
  if (n == 0)
    {
      g_task_return_new_error (task, SMALTI_ERROR, SMALTI_ERROR_DATA, _ ("There is no picture in “%s”."),
                               smalti_dataset_get_path (dataset));
      return;
    }

  guint32 item = items[g_random_int_range (0, (gint)MIN (n, G_MAXINT32))];
  g_autofree char *path = smalti_dataset_get_item_path (dataset, item);
  g_autofree char *base = path ? g_path_get_basename (path) : smalti_dataset_get_item_name (dataset, item);
  SmaltiImage *image = smalti_dataset_load (dataset, item, 0, &error);

  return_picture (task, g_filename_display_name (base), image, error);
}

static void
load (GTaskThreadFunc func, gpointer data, GDestroyNotify free_data, GCancellable *cancellable,
      GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, load);
  g_task_set_task_data (task, data, free_data);
  g_task_run_in_thread (task, func);
}

void
smalti_picture_load_file_async (GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  load (load_file, g_object_ref (file), g_object_unref, cancellable, callback, user_data);
}

void
smalti_picture_load_texture_async (GdkTexture *texture, GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  load (load_texture, g_object_ref (texture), g_object_unref, cancellable, callback, user_data);
}

void
smalti_picture_load_any_async (const char *spec_yaml, GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data)
{
  load (load_any, g_strdup (spec_yaml), g_free, cancellable, callback, user_data);
}

SmaltiPicture *
smalti_picture_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* -- saving -- */

typedef struct
{
  SmaltiImage *image;
  GFile *file;
} Saving;

static void
saving_free (gpointer data)
{
  Saving *saving = data;

  smalti_image_unref (saving->image);
  g_object_unref (saving->file);
  g_free (saving);
}

static void
save (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Saving *saving = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) png = smalti_image_to_png (saving->image, &error);
  g_autofree char *name = g_file_get_basename (saving->file);

  if (png
      && g_file_replace_contents (saving->file, g_bytes_get_data (png, NULL), g_bytes_get_size (png), NULL, FALSE,
                                  G_FILE_CREATE_NONE, NULL, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, SMALTI_ERROR, SMALTI_ERROR_DATA, _ ("“%s” was not saved: %s"), name, error->message);
}

void
smalti_picture_save_async (SmaltiImage *image, GFile *file, GAsyncReadyCallback callback, gpointer user_data)
{
  Saving *saving = g_new (Saving, 1);

  *saving = (Saving){ smalti_image_ref (image), g_object_ref (file) };
  load (save, saving, saving_free, NULL, callback, user_data);
}

gboolean
smalti_picture_save_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
