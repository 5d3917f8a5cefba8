/* SPDX-License-Identifier: Apache-2.0 */
#include "remove-tree.h"

#include <glib/gstdio.h>

void
remove_tree (const char *path)
{
  GDir *dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *below = g_build_filename (path, name, NULL);

      remove_tree (below);
    }
  g_clear_pointer (&dir, g_dir_close);
  g_remove (path);
}
