/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "core/base/error.h"

struct _SmaltiFileWriter
{
  char *path;
  char *partial;
  int fd;
};

static gboolean
fail (const char *path, GError **error)
{
  int code = errno;

  if (code == ENOSPC || code == EDQUOT)
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_IO, _ ("No space left to write “%s”; free some and try again."),
                 path);
  else
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_IO, _ ("Could not write “%s”: %s."), path, g_strerror (code));
  return FALSE;
}

SmaltiFileWriter *
smalti_file_writer_new (const char *path, GError **error)
{
  g_autoptr (SmaltiFileWriter) self = g_new0 (SmaltiFileWriter, 1);

  self->path = g_strdup (path);
  self->partial = g_strdup_printf ("%s.tmp-%d", path, (int)getpid ());
  self->fd = g_open (self->partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (self->fd < 0)
    {
      fail (path, error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

gboolean
smalti_file_writer_write (SmaltiFileWriter *self, gconstpointer data, gsize size, GError **error)
{
  const char *at = data;

  while (size > 0)
    {
      gssize n = write (self->fd, at, MIN (size, 1u << 30));

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail (self->path, error);
      at += n;
      size -= n;
    }
  return TRUE;
}

/* The rename itself must reach the disk too, or a power cut could bring the old name back. */
static void
sync_folder_of (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

  if (fd >= 0)
    {
      fsync (fd);
      close (fd);
    }
}

gboolean
smalti_file_writer_commit (SmaltiFileWriter *self, GError **error)
{
  if (fsync (self->fd) != 0)
    return fail (self->path, error);
  if (close (g_steal_fd (&self->fd)) != 0 || g_rename (self->partial, self->path) != 0)
    return fail (self->path, error);
  g_clear_pointer (&self->partial, g_free);
  sync_folder_of (self->path);
  return TRUE;
}

void
smalti_file_writer_free (SmaltiFileWriter *self)
{
  if (self == NULL)
    return;
  if (self->fd >= 0)
    close (self->fd);
  if (self->partial != NULL)
    g_unlink (self->partial);
  g_free (self->partial);
  g_free (self->path);
  g_free (self);
}

gboolean
smalti_file_replace (const char *path, gconstpointer data, gsize size, GError **error)
{
  g_autoptr (SmaltiFileWriter) writer = smalti_file_writer_new (path, error);

  return writer != NULL && smalti_file_writer_write (writer, data, size, error)
         && smalti_file_writer_commit (writer, error);
}
