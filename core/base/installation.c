/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/installation.h"

#include <glib/gi18n-lib.h>
#include <locale.h>

char *
smalti_installation_find_built (const char *name)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = program ? g_path_get_dirname (program) : NULL;
  g_autofree char *path = folder ? g_build_filename (folder, "..", name, NULL) : NULL;

  return path && g_file_test (path, G_FILE_TEST_EXISTS) ? g_canonicalize_filename (path, NULL) : NULL;
}

void
smalti_installation_use_locale (void)
{
  g_autofree char *built = smalti_installation_find_built ("resources/po");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, built ? built : SMALTI_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}
