/* SPDX-License-Identifier: Apache-2.0 */
/* bench-store [RUNS [POINTS [LONG]]]: makes a store of so many runs with so many points each, and one run with LONG
 * points of one curve, in a folder of its own that is removed at the end, and prints what a window does with it takes.
 * Sizes of the issue: 5000 10000 1000000. */
#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "core/run/store.h"
#include "tests/bench/many-runs.h"
#include "tests/engine/remove-tree.h"

#define N_TIMES 9

typedef struct
{
  const char *path;
  SmaltiStore *store;
  gint64 run;
  gsize n; /* what it found, so that nothing is optimized away and figures can be judged */
} Subject;

static void
open_it (Subject *self)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (self->path, NULL);

  self->n = store != NULL;
}

static void
open_and_list (Subject *self)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (self->path, NULL);
  g_autoptr (GPtrArray) runs = smalti_store_list_runs (store, NULL);

  self->n = runs->len;
}

static void
list (Subject *self)
{
  g_autoptr (GPtrArray) runs = smalti_store_list_runs (self->store, NULL);

  self->n = runs->len;
}

static void
count_changes (Subject *self)
{
  self->n = smalti_store_get_change_count (self->store);
}

static void
get_run (Subject *self)
{
  g_autoptr (SmaltiRunInfo) info = smalti_store_get_run (self->store, self->run, NULL);

  self->n = info->step;
}

static void
get_points (Subject *self)
{
  g_autoptr (GArray) points = smalti_store_get_points (self->store, self->run, "train/loss", -1, NULL);

  self->n = points->len;
}

static void
get_last_points (Subject *self)
{
  g_autoptr (SmaltiRunInfo) info = smalti_store_get_run (self->store, self->run, NULL);
  g_autoptr (GArray) points
      = smalti_store_get_points (self->store, self->run, "train/loss", (gint64)info->step - 10, NULL);

  self->n = points->len;
}

static void
get_reduced (Subject *self)
{
  g_autoptr (GArray) buckets = smalti_store_get_points_reduced (self->store, self->run, "train/loss", -1, 2000, NULL);

  self->n = buckets->len;
}

static int
by_size (gconstpointer a, gconstpointer b)
{
  gdouble x = *(const gdouble *)a, y = *(const gdouble *)b;

  return (x > y) - (x < y);
}

/* What it takes whatever else the machine does. */
static gdouble
processor_ms (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * 1e3 + time.tv_nsec * 1e-6;
}

static void
print_time (const char *what, void (*work) (Subject *subject), Subject *subject)
{
  gdouble ms[N_TIMES], processor = processor_ms ();

  for (int i = 0; i < N_TIMES; i++)
    {
      gint64 since = g_get_monotonic_time ();

      work (subject);
      ms[i] = (g_get_monotonic_time () - since) / 1e3;
    }
  processor = (processor_ms () - processor) / N_TIMES;
  qsort (ms, N_TIMES, sizeof *ms, by_size);
  g_print ("%-34s %9.2f ms   (%.2f to %.2f; processor %.2f; %" G_GSIZE_FORMAT ")\n", what, ms[N_TIMES / 2], ms[0],
           ms[N_TIMES - 1], processor, subject->n);
}

static guint
argument (int argc, char **argv, int i, guint fallback)
{
  return argc > i ? g_ascii_strtoull (argv[i], NULL, 10) : fallback;
}

int
main (int argc, char **argv)
{
  guint n_runs = argument (argc, argv, 1, 200), n_points = argument (argc, argv, 2, 500);
  guint n_long = argument (argc, argv, 3, 50000);
  g_autofree char *path = g_dir_make_tmp ("smalti-bench-store-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (path, "smalti.db", NULL);
  Subject subject = { .path = path, .store = smalti_store_open (path, NULL) };
  gint64 since = g_get_monotonic_time (), run;
  GStatBuf status;
  gdouble seconds;

  add_many_runs (subject.store, n_runs, n_points);
  run = add_long_run (subject.store, n_long);
  seconds = (g_get_monotonic_time () - since) / 1e6;
  g_clear_object (&subject.store);
  g_print ("%u runs of %u points, one of %u: written in %.1f s, %.2f million points a second, %.0f MiB\n", n_runs,
           n_points, n_long, seconds, (n_runs * (gdouble)n_points + n_long) / seconds / 1e6,
           g_stat (file, &status) == 0 ? status.st_size / 1048576.0 : NAN);
  subject.run = run;
  print_time ("open", open_it, &subject);
  print_time ("open and list", open_and_list, &subject);
  subject.store = smalti_store_open (path, NULL);
  print_time ("list", list, &subject);
  print_time ("ask whether anything changed", count_changes, &subject);
  print_time ("one run", get_run, &subject);
  print_time ("all points of the long curve", get_points, &subject);
  print_time ("its last ten", get_last_points, &subject);
  print_time ("2000 buckets of it", get_reduced, &subject);
  g_clear_object (&subject.store);
  remove_tree (path);
  return 0;
}
