/* SPDX-License-Identifier: Apache-2.0 */
/* One JPEG a thumbnail, named by a hash of what it was made of, so that nothing is ever looked up but the file itself
 * and processes need not agree on anything. Behind the JPEG stand eight bytes, a hash of it: a file that a crash left
 * half written is drawn anew. A file's time of change says when it was last of use, to the day. */
#include "core/data/thumbnail.h"

#include <fcntl.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/error.h"

#define DEFAULT_BYTES (G_GUINT64_CONSTANT (256) << 20)
/* Files that decode as fast as their thumbnail would be read. */
#define WORTH_BYTES 32768
#define QUALITY     "85"
#define DAY         (24 * 60 * 60)
#define BLOCK       4096 /* what a small file takes on most disks */

struct _SmaltiThumbnailCache
{
  gint ref_count;
  char *folder;
  guint64 max_bytes;
  gsize written; /* atomic: since the last trim; at first as if much had been */
  gint trimming; /* atomic */
};

SmaltiThumbnailCache *
smalti_thumbnail_cache_new (const char *folder, guint64 max_bytes)
{
  SmaltiThumbnailCache *self = g_new0 (SmaltiThumbnailCache, 1);

  self->ref_count = 1;
  self->folder
      = folder != NULL ? g_strdup (folder) : g_build_filename (g_get_user_cache_dir (), "smalti", "thumbnails", NULL);
  self->max_bytes = max_bytes > 0 ? max_bytes : DEFAULT_BYTES;
  self->written = self->max_bytes;
  return self;
}

SmaltiThumbnailCache *
smalti_thumbnail_cache_ref (SmaltiThumbnailCache *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
smalti_thumbnail_cache_unref (SmaltiThumbnailCache *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_free (self->folder);
  g_free (self);
}

/* -- one file -- */

static guint64
hash_of (const char *data, gsize size)
{
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325); /* FNV-1a */

  for (gsize i = 0; i < size; i++)
    hash = (hash ^ (guint8)data[i]) * G_GUINT64_CONSTANT (0x100000001b3);
  return GUINT64_TO_LE (hash);
}

/* Where the thumbnail of @path is or would be; %NULL when it is not worth a file. */
static char *
place_of (SmaltiThumbnailCache *self, const char *path, gint side)
{
  g_autofree char *key = NULL, *sum = NULL;
  struct stat facts;

  if (stat (path, &facts) != 0 || facts.st_size < WORTH_BYTES)
    return NULL;
  key = g_strdup_printf ("%s\n%" G_GINT64_FORMAT ".%09ld\n%" G_GINT64_FORMAT "\n%d", path, (gint64)facts.st_mtim.tv_sec,
                         facts.st_mtim.tv_nsec, (gint64)facts.st_size, side);
  sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, key, -1);
  sum[34] = '\0';
  return g_strdup_printf ("%s" G_DIR_SEPARATOR_S "%.2s" G_DIR_SEPARATOR_S "%s.jpg", self->folder, sum, sum + 2);
}

static void
mark_used (const char *place)
{
  struct stat facts;

  if (stat (place, &facts) == 0 && facts.st_mtim.tv_sec < g_get_real_time () / G_USEC_PER_SEC - DAY)
    utimensat (AT_FDCWD, place, NULL, 0);
}

static SmaltiImage *
read_place (const char *place)
{
  g_autofree char *data = NULL;
  SmaltiImage *image;
  guint64 hash;
  gsize size;

  if (!g_file_get_contents (place, &data, &size, NULL) || size <= sizeof hash)
    return NULL;
  size -= sizeof hash;
  hash = hash_of (data, size);
  if (memcmp (data + size, &hash, sizeof hash) != 0)
    return NULL;
  image = smalti_image_decode ((const guint8 *)data, size, place, 0, NULL);
  if (image != NULL)
    mark_used (place);
  return image;
}

static void
trim_if_due (SmaltiThumbnailCache *self)
{
  if ((gsize)g_atomic_pointer_get (&self->written) < self->max_bytes / 16
      || !g_atomic_int_compare_and_exchange (&self->trimming, FALSE, TRUE))
    return;
  g_atomic_pointer_set (&self->written, 0);
  smalti_thumbnail_cache_trim (self);
  g_atomic_int_set (&self->trimming, FALSE);
}

static void
write_place (SmaltiThumbnailCache *self, const char *place, const SmaltiImage *image)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new_from_data (image->pixels, GDK_COLORSPACE_RGB, FALSE, 8, image->width,
                                                           image->height, image->width * 3, NULL, NULL);
  g_autofree char *folder = g_path_get_dirname (place);
  g_autofree char *jpeg = NULL, *whole = NULL;
  guint64 hash;
  gsize size;

  if (!gdk_pixbuf_save_to_buffer (pixbuf, &jpeg, &size, "jpeg", NULL, "quality", QUALITY, NULL)
      || g_mkdir_with_parents (folder, 0700) != 0)
    return;
  hash = hash_of (jpeg, size);
  whole = g_malloc (size + sizeof hash);
  memcpy (whole, jpeg, size);
  memcpy (whole + size, &hash, sizeof hash);
  /* Written beside it and renamed, but not synced: losing it costs nothing, and the hash tells. */
  if (!g_file_set_contents_full (place, whole, size + sizeof hash, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL))
    return;
  g_atomic_pointer_add (&self->written, size + BLOCK / 2);
  trim_if_due (self);
}

/* -- a thumbnail -- */

static SmaltiImage *
make (SmaltiDataset *dataset, guint64 item, gint side, GError **error)
{
  g_autoptr (SmaltiImage) image = smalti_dataset_load (dataset, item, side, error);
  gint shorter;

  if (image == NULL)
    return NULL;
  shorter = MIN (image->width, image->height);
  side = MIN (side, shorter);
  return smalti_image_crop_resize (image, (image->width - shorter) / 2.0, (image->height - shorter) / 2.0, shorter,
                                   shorter, side, side);
}

SmaltiImage *
smalti_thumbnail_cache_load (SmaltiThumbnailCache *self, SmaltiDataset *dataset, guint64 item, gint side,
                             GError **error)
{
  g_autofree char *path = smalti_dataset_get_item_path (dataset, item);
  g_autofree char *place = path != NULL ? place_of (self, path, side) : NULL;
  SmaltiImage *image = place != NULL ? read_place (place) : NULL;

  if (image != NULL)
    return image;
  image = make (dataset, item, side, error);
  if (image != NULL && place != NULL)
    write_place (self, place, image);
  return image;
}

/* -- keeping the bound -- */

typedef struct
{
  char *path;
  guint64 bytes;
  gint64 used;
} Entry;

static void
clear_entry (gpointer data)
{
  g_free (((Entry *)data)->path);
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *first = a, *second = b;

  return (first->used > second->used) - (first->used < second->used);
}

static void
list_folder (const char *folder, GArray *entries)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      Entry entry = { .path = g_build_filename (folder, name, NULL) };
      struct stat facts;

      if (lstat (entry.path, &facts) != 0 || !S_ISREG (facts.st_mode))
        {
          g_free (entry.path);
          continue;
        }
      entry.bytes = MAX ((guint64)facts.st_size, (guint64)facts.st_blocks * 512);
      entry.used = facts.st_mtim.tv_sec;
      g_array_append_val (entries, entry);
    }
}

guint64
smalti_thumbnail_cache_trim (SmaltiThumbnailCache *self)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  guint64 bytes = 0;

  g_array_set_clear_func (entries, clear_entry);
  for (guint i = 0; i < 256; i++)
    {
      g_autofree char *folder = g_strdup_printf ("%s" G_DIR_SEPARATOR_S "%02x", self->folder, i);

      list_folder (folder, entries);
    }
  for (guint i = 0; i < entries->len; i++)
    bytes += g_array_index (entries, Entry, i).bytes;
  if (bytes <= self->max_bytes)
    return bytes;

  /* Some room beyond the bound, so that it is not reached again at once. Another process may be at the same. */
  g_array_sort (entries, compare_entries);
  for (guint i = 0; i < entries->len && bytes > self->max_bytes / 4 * 3; i++)
    {
      g_unlink (g_array_index (entries, Entry, i).path);
      bytes -= g_array_index (entries, Entry, i).bytes;
    }
  return bytes;
}
