/* SPDX-License-Identifier: Apache-2.0 */
/* bench-first-frame WORKBENCH WATCH [RUNS [POINTS [TIMES]]]: starts the workbench so many times on a store of so many
 * runs with so many points each, and prints what passes from its start to its first painted frame, and to the first
 * with the runs in it. Sizes of the issue (the store takes minutes to write, and 4 GB of the temporary folder):
 *   tests/ui/display.sh build/tests/bench/bench-first-frame build/app/smalti-workbench
 * build/tests/bench/libfirst-frame-watch.so 5000 10000 Fails when the median of the first frame reaches 400 ms. */
#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/many-runs.h"
#include "tests/engine/remove-tree.h"

#define LIMIT_MS 400.0

/* Milliseconds. */
typedef struct
{
  gdouble frame, page;
} Start;

static Start
start (const char *workbench, const char *watch, const char *store)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GSubprocess) program = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gint64 began, frame, page;

  g_subprocess_launcher_setenv (launcher, "LD_PRELOAD", watch, TRUE);
  began = g_get_monotonic_time ();
  program = g_subprocess_launcher_spawn (launcher, &error, workbench, "--store", store, NULL);
  if (!program || !g_subprocess_communicate_utf8 (program, NULL, NULL, &text, NULL, &error))
    g_error ("%s", error->message);
  if (sscanf (text, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT, &frame, &page) != 2)
    g_error ("%s ended without a frame.", workbench);
  return (Start){ (frame - began) / 1000.0, (page - began) / 1000.0 };
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gdouble first = *(const gdouble *)a, second = *(const gdouble *)b;

  return (first > second) - (first < second);
}

static gdouble
tell (const char *what, gdouble *times, guint n)
{
  qsort (times, n, sizeof *times, compare_times);
  g_print ("%-28s median %6.1f ms   (%.1f to %.1f)\n", what, times[n / 2], times[0], times[n - 1]);
  return times[n / 2];
}

static guint
argument (int argc, char **argv, int i, guint fallback)
{
  return argc > i ? MAX (1, g_ascii_strtoull (argv[i], NULL, 10)) : fallback;
}

int
main (int argc, char **argv)
{
  guint n_runs = argument (argc, argv, 3, 200), n_points = argument (argc, argv, 4, 50);
  guint n = argument (argc, argv, 5, 10);
  g_autofree gdouble *frames = g_new (gdouble, n), *pages = g_new (gdouble, n);
  g_autofree char *watch = argc > 2 ? g_canonicalize_filename (argv[2], NULL) : NULL;
  g_autofree char *path = NULL;
  gdouble median;

  if (!watch)
    g_error ("bench-first-frame WORKBENCH WATCH [RUNS [POINTS [TIMES]]]");
  path = g_dir_make_tmp ("smalti-bench-first-frame-XXXXXX", NULL);

  g_autoptr (SmaltiStore) store = smalti_store_open (path, NULL);

  add_many_runs (store, n_runs, n_points);
  add_long_run (store, 10 * n_points);
  g_clear_object (&store);

  start (argv[1], watch, path); /* warm from here on */
  for (guint i = 0; i < n; i++)
    {
      Start times = start (argv[1], watch, path);

      frames[i] = times.frame;
      pages[i] = times.page;
    }
  g_print ("%u runs of %u points, %u starts\n", n_runs, n_points, n);
  median = tell ("to the first frame", frames, n);
  tell ("to the first with the runs", pages, n);
  remove_tree (path);
  return median < LIMIT_MS ? 0 : 1;
}
