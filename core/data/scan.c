/* SPDX-License-Identifier: Apache-2.0 */
/* Looking through folders. A symbolic link to a folder is followed once: one that leads to a folder already seen is
 * passed over, so links in circles end. */
#include "core/data/scan-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/error.h"

#define MAX_DEPTH 64

/* Endings of photographs, also of formats for which no loader may be installed: those are listed as unreadable then,
 * not passed over in silence. */
static const char *const endings[] = { "jpg",  "jpeg", "jpe", "jfif", "png", "gif",  "bmp",  "tif",  "tiff",
                                       "webp", "ppm",  "pgm", "pbm",  "pnm", "heic", "heif", "avif", "jxl" };

SmaltiScan *
smalti_scan_new (const char *root, GCancellable *cancellable, SmaltiScanProgress progress, gpointer user_data)
{
  SmaltiScan *self = g_new0 (SmaltiScan, 1);

  self->root = g_strdup (root);
  self->names = g_byte_array_new ();
  self->items = g_array_new (FALSE, FALSE, sizeof (SmaltiItem));
  self->class_names = g_ptr_array_new_with_free_func (g_free);
  self->complaints = g_ptr_array_new_with_free_func (g_free);
  self->cancellable = cancellable;
  self->progress = progress;
  self->user_data = user_data;
  self->visited = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
smalti_scan_free (SmaltiScan *self)
{
  g_free (self->root);
  g_byte_array_unref (self->names);
  g_array_unref (self->items);
  g_ptr_array_unref (self->class_names);
  g_ptr_array_unref (self->complaints);
  g_hash_table_unref (self->visited);
  g_free (self);
}

char *
smalti_scan_join (const char *folder, const char *name)
{
  return *folder != '\0' ? g_strconcat (folder, "/", name, NULL) : g_strdup (name);
}

char *
smalti_scan_path (const SmaltiScan *self, const char *name)
{
  return *name != '\0' ? g_build_filename (self->root, name, NULL) : g_strdup (self->root);
}

char *
smalti_scan_display (const SmaltiScan *self, const char *name)
{
  g_autofree char *path = smalti_scan_path (self, name);

  return g_filename_display_name (path);
}

gboolean
smalti_scan_has_folder (const SmaltiScan *self, const char *name)
{
  g_autofree char *path = smalti_scan_path (self, name);

  return g_file_test (path, G_FILE_TEST_IS_DIR);
}

gboolean
smalti_scan_has_file (const SmaltiScan *self, const char *name, guint64 *size)
{
  g_autofree char *path = smalti_scan_path (self, name);
  struct stat info;

  if (stat (path, &info) != 0 || !S_ISREG (info.st_mode))
    return FALSE;
  if (size != NULL)
    *size = info.st_size;
  return TRUE;
}

static gboolean
is_image (const char *name)
{
  const char *dot = strrchr (name, '.');

  if (dot == NULL || *name == '.')
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_ascii_strcasecmp (dot + 1, endings[i]) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_hidden (const char *name)
{
  return *name == '.' || strcmp (name, "__MACOSX") == 0;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* (transfer full) (nullable): what @folder holds, in byte order. */
static GPtrArray *
list_folder (const SmaltiScan *self, const char *folder, int *code)
{
  g_autofree char *path = smalti_scan_path (self, folder);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = NULL;
  const char *name;

  errno = 0;
  dir = g_dir_open (path, 0, NULL);
  if (dir == NULL)
    {
      *code = errno;
      return NULL;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    if (!is_hidden (name))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

GPtrArray *
smalti_scan_folders (const SmaltiScan *self, const char *folder)
{
  GPtrArray *folders = g_ptr_array_new_with_free_func (g_free);
  int code;
  g_autoptr (GPtrArray) names = list_folder (self, folder, &code);

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      g_autofree char *below = smalti_scan_join (folder, names->pdata[i]);

      if (!is_image (names->pdata[i]) && smalti_scan_has_folder (self, below))
        g_ptr_array_add (folders, g_steal_pointer (&names->pdata[i]));
    }
  return folders;
}

gboolean
smalti_scan_has_image (const SmaltiScan *self, const char *folder)
{
  g_autofree char *path = smalti_scan_path (self, folder);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (is_image (name))
      return TRUE;
  return FALSE;
}

gsize
smalti_scan_add_name (SmaltiScan *self, const char *name)
{
  gsize offset = self->names->len;

  g_byte_array_append (self->names, (const guint8 *)name, strlen (name) + 1);
  return offset;
}

gboolean
smalti_scan_add (SmaltiScan *self, gsize name, guint32 record, guint64 size, SmaltiSplit split, gint label,
                 GError **error)
{
  SmaltiItem item = { .name = name, .size = size, .record = record, .label = label, .split = split };

  g_array_append_val (self->items, item);
  if (self->items->len % 1024 != 0)
    return TRUE;
  if (self->progress != NULL)
    self->progress (self->items->len, self->user_data);
  if (g_cancellable_is_cancelled (self->cancellable))
    {
      g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED, _ ("Looking through the data was stopped."));
      return FALSE;
    }
  return TRUE;
}

/* %TRUE the first time. */
static gboolean
visit (SmaltiScan *self, const struct stat *info)
{
  return g_hash_table_add (self->visited, g_strdup_printf ("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT,
                                                           (guint64)info->st_dev, (guint64)info->st_ino));
}

static gboolean
add_tree (SmaltiScan *self, const char *folder, guint depth, SmaltiSplit split, gint label, GError **error)
{
  int code = 0;
  g_autoptr (GPtrArray) names = list_folder (self, folder, &code);

  if (names == NULL)
    {
      g_autofree char *display = smalti_scan_display (self, folder);

      g_ptr_array_add (self->complaints, g_strdup_printf ("%s: %s", display, g_strerror (code)));
      return TRUE;
    }
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *name = smalti_scan_join (folder, names->pdata[i]);
      g_autofree char *path = smalti_scan_path (self, name);
      struct stat info, link;
      gboolean there = stat (path, &info) == 0;

      if (there && S_ISDIR (info.st_mode))
        {
          gboolean linked = lstat (path, &link) == 0 && S_ISLNK (link.st_mode);

          if ((visit (self, &info) || !linked) && depth < MAX_DEPTH
              && !add_tree (self, name, depth + 1, split, label, error))
            return FALSE;
        }
      else if (is_image (names->pdata[i]) && (!there || S_ISREG (info.st_mode)))
        {
          /* A link to nowhere stays an item: reading it will say why it can't be used. */
          if (!smalti_scan_add (self, smalti_scan_add_name (self, name), 0, there ? info.st_size : 0, split, label,
                                error))
            return FALSE;
        }
    }
  return TRUE;
}

gboolean
smalti_scan_add_tree (SmaltiScan *self, const char *folder, SmaltiSplit split, gint label, GError **error)
{
  g_autofree char *path = smalti_scan_path (self, folder);
  struct stat info;

  if (stat (path, &info) == 0)
    visit (self, &info);
  return add_tree (self, folder, 0, split, label, error);
}

gboolean
smalti_lines_open (SmaltiLines *self, const SmaltiScan *scan, const char *name, GError **error)
{
  g_autofree char *path = smalti_scan_path (scan, name);
  g_autoptr (GError) reason = NULL;

  *self = (SmaltiLines){ .path = g_filename_display_name (path) };
  if (!g_file_get_contents (path, &self->text, NULL, &reason))
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA, _ ("The label file can't be read: %s."), reason->message);
      return FALSE;
    }
  self->next = self->text;
  return TRUE;
}

char *
smalti_lines_next (SmaltiLines *self)
{
  while (*self->next != '\0')
    {
      char *line = self->next;
      gsize length = strcspn (line, "\n");

      self->line++;
      self->next = line[length] == '\n' ? line + length + 1 : line + length;
      line[length] = '\0';
      if (length > 0 && line[length - 1] == '\r')
        line[length - 1] = '\0';
      if (*line != '\0')
        return line;
    }
  return NULL;
}

void
smalti_lines_close (SmaltiLines *self)
{
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->text, g_free);
}
