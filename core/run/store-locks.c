/* SPDX-License-Identifier: Apache-2.0 */
/* Who runs a run. Its lock is a lock of the open file description (fcntl's OFD locks) on runs/ID/lock: it is gone with
 * the process however that ends, and others can ask about it without taking it. */
#include "core/run/store-private.h"

#include <inttypes.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "core/base/error.h"

char *
smalti_store_run_path (SmaltiStore *self, gint64 id)
{
  char name[32];

  g_snprintf (name, sizeof name, "%" G_GINT64_FORMAT, id);
  return g_build_filename (self->path, "runs", name, NULL);
}

static struct flock
whole_file (void)
{
  return (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET };
}

gboolean
smalti_store_is_locked (SmaltiStore *self, gint64 id)
{
  g_autofree char *folder = smalti_store_run_path (self, id);
  g_autofree char *path = g_build_filename (folder, "lock", NULL);
  struct flock lock = whole_file ();
  gboolean locked;
  int fd;

  if (g_hash_table_contains (self->locks, &id))
    return TRUE;
  fd = g_open (path, O_RDWR | O_CLOEXEC, 0);
  if (fd < 0)
    return FALSE;
  locked = fcntl (fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  close (fd);
  return locked;
}

char *
smalti_store_get_run_folder (SmaltiStore *self, gint64 id)
{
  char *folder = smalti_store_run_path (self, id);

  /* Who writes into it is told with the path when it could not be made. */
  if (g_mkdir_with_parents (folder, 0755) != 0)
    g_debug ("%s: %s", folder, g_strerror (errno));
  return folder;
}

gboolean
smalti_store_lock_run (SmaltiStore *self, gint64 id, GError **error)
{
  g_autofree char *folder = smalti_store_get_run_folder (self, id);
  g_autofree char *path = g_build_filename (folder, "lock", NULL);
  struct flock lock = whole_file ();
  int fd;

  g_assert (!g_hash_table_contains (self->locks, &id));
  fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_STORE, _ ("Could not write “%s”: %s."), path, g_strerror (errno));
      return FALSE;
    }
  if (fcntl (fd, F_OFD_SETLK, &lock) != 0)
    {
      close (fd);
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_STORE,
                   _ ("Run %" PRId64 " is already running in another program."), id);
      return FALSE;
    }
  g_hash_table_insert (self->locks, g_memdup2 (&id, sizeof id), GINT_TO_POINTER (fd));
  return TRUE;
}

void
smalti_store_unlock_run (SmaltiStore *self, gint64 id)
{
  g_hash_table_remove (self->locks, &id);
}
