/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures are written beside and renamed, so that one that is there is whole: a pack that was interrupted goes on
 * where it was. The first line of the README tells whose pack it is, the rest that it is finished. */
#include "core/data/pack.h"

#include <errno.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/data/dataset-private.h"

#define README            "README.txt"
#define QUALITY           "95"
#define POLL_MICROSECONDS 50000

typedef struct
{
  SmaltiDataset *dataset;
  const char *path;
  gint side;
  GCancellable *cancellable;
  guint n_items;
  GPtrArray *class_folder; /* (element-type utf8): a name for each class */
  guint8 *split;           /* of each item */
  guint next;              /* atomic: the item to be taken next */
  GMutex lock;
  GCond finished;
  guint n_running;
  SmaltiPackSummary summary;
  GError *error; /* the first */
} Pack;

static gboolean
fail_io (const char *path, const char *reason, GError **error)
{
  g_autofree char *display = g_filename_display_name (path);

  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_IO, _ ("Could not write “%s”: %s."), display, reason);
  return FALSE;
}

static gboolean
is_full (const GError *reason)
{
  return g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
}

/* Folders are named as people name the classes, as far as a folder can be; no two alike. */
static GPtrArray *
name_classes (SmaltiDataset *dataset)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < smalti_dataset_get_n_classes (dataset); i++)
    {
      g_autofree char *wanted = g_strdelimit (g_strdup (smalti_dataset_get_class_name (dataset, i)), "/", '_');
      char *name;

      if (*wanted == '.' || *wanted == '\0')
        {
          g_free (wanted);
          wanted = g_strdup_printf ("class %u", i);
        }
      name = g_strdup (wanted);
      for (guint n = 2; g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL); n++)
        {
          g_free (name);
          name = g_strdup_printf ("%s %u", wanted, n);
        }
      g_ptr_array_add (names, name);
    }
  return names;
}

static char *
folder_of (const Pack *self, guint item)
{
  gint label = smalti_dataset_get_label (self->dataset, item);

  if (label < 0)
    return g_build_filename (self->path, "images", NULL);
  return g_build_filename (self->path, self->split[item] == SMALTI_SPLIT_VAL ? "val" : "train",
                           self->class_folder->pdata[label], NULL);
}

static gboolean
write_picture (const Pack *self, const SmaltiImage *image, const char *path, GError **error)
{
  gint short_side = MIN (image->width, image->height);
  gdouble scale = short_side > self->side ? (gdouble)self->side / short_side : 1;
  g_autoptr (SmaltiImage) small = smalti_image_resize (image, MAX (1, (gint)(image->width * scale + 0.5)),
                                                       MAX (1, (gint)(image->height * scale + 0.5)));
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new_from_data (small->pixels, GDK_COLORSPACE_RGB, FALSE, 8, small->width,
                                                           small->height, small->width * 3, NULL, NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *jpeg = NULL;
  g_autoptr (GError) reason = NULL;
  gsize size;

  if (g_mkdir_with_parents (folder, 0755) != 0)
    return fail_io (folder, g_strerror (errno), error);
  if (!gdk_pixbuf_save_to_buffer (pixbuf, &jpeg, &size, "jpeg", &reason, "quality", QUALITY, NULL)
      || !g_file_set_contents_full (path, jpeg, size, G_FILE_SET_CONTENTS_CONSISTENT, 0644, &reason))
    return fail_io (
        path, is_full (reason) ? _ ("no space left; free some, and the same command goes on") : reason->message, error);
  return TRUE;
}

/* Whether it was written, now or before; an unreadable one is no error. */
static gboolean
pack_item (Pack *self, guint item, SmaltiPackSummary *summary, GError **error)
{
  g_autofree char *folder = folder_of (self, item);
  g_autofree char *name = g_strdup_printf ("%08u.jpg", item);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  GStatBuf info;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_autoptr (GError) reason = NULL;
      g_autoptr (SmaltiImage) image = smalti_dataset_decode (self->dataset, item, self->side, &reason);

      if (image == NULL)
        {
          smalti_dataset_mark_unreadable (self->dataset, item, reason->message);
          summary->n_unreadable++;
          return TRUE;
        }
      if (!write_picture (self, image, path, error))
        return FALSE;
    }
  summary->n_written++;
  if (g_stat (path, &info) == 0)
    summary->n_bytes += info.st_size;
  return TRUE;
}

static gpointer
run_thread (gpointer data)
{
  Pack *self = data;
  SmaltiPackSummary summary = { 0 };
  GError *error = NULL;
  guint item;

  while (error == NULL && !g_cancellable_is_cancelled (self->cancellable)
         && (item = (guint)g_atomic_int_add ((gint *)&self->next, 1)) < self->n_items)
    pack_item (self, item, &summary, &error);
  g_mutex_lock (&self->lock);
  self->summary.n_written += summary.n_written;
  self->summary.n_unreadable += summary.n_unreadable;
  self->summary.n_bytes += summary.n_bytes;
  if (error != NULL)
    g_atomic_int_set ((gint *)&self->next, (gint)self->n_items); /* the others may stop */
  if (self->error == NULL)
    self->error = g_steal_pointer (&error);
  g_clear_error (&error);
  self->n_running--;
  g_cond_signal (&self->finished);
  g_mutex_unlock (&self->lock);
  return NULL;
}

/* The calling thread only waits and tells how far the others are. */
static void
run_all (Pack *self, guint n_threads, SmaltiScanProgress progress, gpointer user_data)
{
  g_autofree GThread **threads = g_new0 (GThread *, n_threads);

  self->n_running = n_threads;
  for (guint i = 0; i < n_threads; i++)
    threads[i] = g_thread_new ("smalti-pack", run_thread, self);
  g_mutex_lock (&self->lock);
  while (self->n_running > 0)
    {
      g_cond_wait_until (&self->finished, &self->lock, g_get_monotonic_time () + POLL_MICROSECONDS);
      if (progress != NULL)
        {
          guint done = MIN ((guint)g_atomic_int_get ((gint *)&self->next), self->n_items);

          g_mutex_unlock (&self->lock);
          progress (done, user_data);
          g_mutex_lock (&self->lock);
        }
    }
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < n_threads; i++)
    g_thread_join (threads[i]);
}

static gboolean
is_empty (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);

  return dir == NULL || g_dir_read_name (dir) == NULL;
}

/* The folder is made, and marked as ours before the first picture. */
static gboolean
claim_folder (const char *path, const char *first_line, GError **error)
{
  g_autofree char *readme = g_build_filename (path, README, NULL);
  g_autofree char *found = NULL;

  if (g_file_get_contents (readme, &found, NULL, NULL) && g_str_has_prefix (found, first_line))
    return TRUE;
  if (!is_empty (path))
    {
      g_autofree char *display = g_filename_display_name (path);

      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_IO,
                   _ ("“%s” holds other files already: choose a new folder for the pack."), display);
      return FALSE;
    }
  if (g_mkdir_with_parents (path, 0755) != 0)
    return fail_io (path, g_strerror (errno), error);
  return smalti_file_replace (readme, first_line, strlen (first_line), error);
}

static gboolean
finish (const Pack *self, const char *first_line, GError **error)
{
  g_autofree char *readme = g_build_filename (self->path, README, NULL);
  g_autofree char *text = g_strdup_printf (
      "%s\nMade by Smalti %s from %s:\n%" G_GUINT64_FORMAT
      " pictures, at most %d px on their short side, JPEG of quality %s; %" G_GUINT64_FORMAT " could not be read.\n",
      first_line, SMALTI_VERSION, smalti_dataset_get_path (self->dataset), self->summary.n_written, self->side, QUALITY,
      self->summary.n_unreadable);

  return smalti_file_replace (readme, text, strlen (text), error);
}

static void
find_splits (Pack *self)
{
  guint n;
  const guint32 *val = smalti_dataset_get_split (self->dataset, SMALTI_SPLIT_VAL, &n);

  self->split = g_new0 (guint8, MAX (self->n_items, 1));
  for (guint i = 0; i < n; i++)
    self->split[val[i]] = SMALTI_SPLIT_VAL;
}

static gboolean
carry_out (Pack *self, guint n_threads, SmaltiScanProgress progress, gpointer user_data, GError **error)
{
  g_autofree char *first_line
      = g_strdup_printf ("Smalti pack of %s at %d px\n", smalti_dataset_get_fingerprint (self->dataset), self->side);

  if (!claim_folder (self->path, first_line, error))
    return FALSE;
  run_all (self, MAX (n_threads, 1), progress, user_data);
  if (self->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return FALSE;
    }
  if (g_cancellable_is_cancelled (self->cancellable))
    {
      g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED,
                           _ ("Packing was stopped; the same command goes on where it was."));
      return FALSE;
    }
  if (self->summary.n_written == 0)
    {
      g_autofree char *reason = smalti_dataset_first_reason (self->dataset);
      g_autofree char *readme = g_build_filename (self->path, README, NULL);

      g_remove (readme); /* as if it had not begun */
      g_rmdir (self->path);

      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA, _ ("None of the %u images can be read; the first: %s"),
                   self->n_items, reason);
      return FALSE;
    }
  return finish (self, first_line, error);
}

gboolean
smalti_dataset_pack (SmaltiDataset *self, const char *path, gint side, guint n_threads, GCancellable *cancellable,
                     SmaltiScanProgress progress, gpointer user_data, SmaltiPackSummary *summary, GError **error)
{
  Pack pack = { .dataset = self,
                .path = path,
                .side = side,
                .cancellable = cancellable,
                .n_items = smalti_dataset_get_n_items (self),
                .class_folder = name_classes (self) };
  gboolean ok;

  find_splits (&pack);
  g_mutex_init (&pack.lock);
  g_cond_init (&pack.finished);
  ok = carry_out (&pack, n_threads, progress, user_data, error);
  g_mutex_clear (&pack.lock);
  g_cond_clear (&pack.finished);
  g_ptr_array_unref (pack.class_folder);
  g_free (pack.split);
  *summary = pack.summary;
  return ok;
}
