/* SPDX-License-Identifier: Apache-2.0 */
/* Runs one run of a store to its end: a program for test-engine to kill. Arguments: store, run. */
#include <glib.h>

#include "core/run/engine.h"

static int status = 1;

static void
on_event (SmaltiEngine *engine, const SmaltiEvent *event, gpointer loop)
{
  if (event->type == SMALTI_EVENT_FAILED)
    g_printerr ("%s\n", event->text);
  if (event->type == SMALTI_EVENT_DONE)
    status = 0;
  if (!smalti_engine_is_running (engine))
    g_main_loop_quit (loop);
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (SmaltiEngine) engine = smalti_engine_new (argv[1]);

  g_signal_connect (engine, "event", G_CALLBACK (on_event), loop);
  if (smalti_engine_start (engine, g_ascii_strtoll (argv[2], NULL, 10), NULL))
    g_main_loop_run (loop);
  smalti_engine_join (engine);
  return status;
}
