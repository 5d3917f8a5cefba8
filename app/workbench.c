/* SPDX-License-Identifier: Apache-2.0 */
/* smalti-workbench: the desktop program. All of it is in ui/. */
#include "core/base/installation.h"
#include "core/device/device.h"
#include "ui/application.h"

/* Where no GPU can be opened, OpenGL is drawn by the processor, and slower by far than Cairo draws. */
static void
choose_renderer (void)
{
  static const char *const gpus[] = { "/dev/nvidiactl", "/dev/dxg", NULL };
  g_autoptr (GDir) nodes = g_dir_open ("/dev/dri", 0, NULL);
  gboolean found = FALSE;

  for (const char *name; nodes && !found && (name = g_dir_read_name (nodes));)
    found = g_str_has_prefix (name, "renderD");
  for (guint i = 0; gpus[i] && !found; i++)
    found = g_file_test (gpus[i], G_FILE_TEST_EXISTS);
  if (!found)
    g_setenv ("GSK_RENDERER", "cairo", FALSE);
}

int
main (int argc, char **argv)
{
  smalti_device_let_threads_sleep (argv);
  smalti_installation_use_locale ();
  choose_renderer ();

  g_autoptr (SmaltiApplication) application = smalti_application_new ();

  return g_application_run (G_APPLICATION (application), argc, argv);
}
