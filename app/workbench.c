/* SPDX-License-Identifier: Apache-2.0 */
/* smalti-workbench: the desktop program. All of it is in ui/. */
#include "core/base/installation.h"
#include "core/device/device.h"
#include "ui/application.h"

int
main (int argc, char **argv)
{
  smalti_device_let_threads_sleep (argv);
  smalti_installation_use_locale ();

  g_autoptr (SmaltiApplication) application = smalti_application_new ();

  return g_application_run (G_APPLICATION (application), argc, argv);
}
