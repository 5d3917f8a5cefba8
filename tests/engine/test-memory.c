/* SPDX-License-Identifier: Apache-2.0 */
/* A run takes the memory it says it takes, from its beginning to its end. In a process of its own, so that nothing else
 * is counted. */
#include <string.h>

#include "core/run/store.h"
#include "remove-tree.h"
#include "tiny-run.h"

/* The program itself: code, libraries, compiled kernels, the store, the last previews. */
#define PROGRAM_BYTES (96u << 20)
/* What the books of allocators and curves may take over half a run. */
#define GROWTH_BYTES (6u << 20)

static guint64
read_status (GPid pid, const char *key)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", (int)pid);
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  line = strstr (text, key);
  return line != NULL ? g_ascii_strtoull (line + strlen (key) + 1, NULL, 10) << 10 : 0;
}

static guint64
step_of (SmaltiStore *store, gint64 run)
{
  g_autoptr (SmaltiRunInfo) info = smalti_store_get_run (store, run, NULL);

  return info->step;
}

static void
a_run_takes_what_its_plan_says_and_no_more_with_time (void)
{
  g_autofree char *folder = g_dir_make_tmp ("smalti-memory-XXXXXX", NULL);
  g_autofree char *data = g_build_filename (folder, "sample", NULL), *path = g_build_filename (folder, "store", NULL);
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "engine", "run-one", NULL), *number = NULL;
  g_autoptr (SmaltiStore) store = smalti_store_open (path, NULL);
  g_autoptr (SmaltiSpec) spec = NULL;
  g_autoptr (SmaltiRunInfo) info = NULL;
  g_autoptr (GError) error = NULL;
  guint64 peak = 0, resident, floors[4] = { 0 }; /* of each quarter of the steps */
  gint64 run;
  GPid pid;

  tiny_write_sample (data);
  spec = tiny_spec (data, "method.tile", "40", "method.fc7", "512", "backbone.width", "1", "train.batch", "48",
                    "train.epochs", "60", "data.cache_mb", "2", "train.checkpoint_every", "1", "train.preview_every",
                    "1", NULL);
  run = smalti_store_add_run (store, spec, &error);
  g_assert_no_error (error);
  number = g_strdup_printf ("%" G_GINT64_FORMAT, run);
  g_spawn_async (NULL, (char *[]){ program, path, number, NULL }, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid,
                 &error);
  g_assert_no_error (error);
  while ((resident = read_status (pid, "VmRSS:")) > 0)
    {
      peak = MAX (peak, read_status (pid, "VmHWM:"));
      info = smalti_store_get_run (store, run, NULL);
      if (info->state == SMALTI_RUN_RUNNING && info->step < info->n_steps)
        {
          guint64 *least = &floors[4 * info->step / info->n_steps];

          *least = *least == 0 ? resident : MIN (*least, resident);
        }
      g_clear_pointer (&info, smalti_run_info_free);
      g_usleep (50000);
    }
  g_spawn_close_pid (pid);
  info = smalti_store_get_run (store, run, NULL);
  g_test_message ("%" G_GUINT64_FORMAT " steps; planned %" G_GUINT64_FORMAT " + loader %" G_GUINT64_FORMAT
                  " KiB; peak %" G_GUINT64_FORMAT ", at least %" G_GUINT64_FORMAT
                  " in the second quarter, %" G_GUINT64_FORMAT " in the last",
                  info->n_steps, info->plan_bytes >> 10, info->loader_bytes >> 10, peak >> 10, floors[1] >> 10,
                  floors[3] >> 10);
  g_assert_cmpint (info->state, ==, SMALTI_RUN_DONE);
  g_assert_cmpuint (step_of (store, run), ==, info->n_steps);
  g_assert_cmpuint (info->plan_bytes, >, 48u << 20); /* else the bound says nothing */
  g_assert_cmpuint (peak, <=, info->plan_bytes + info->loader_bytes + PROGRAM_BYTES);
  g_assert_cmpuint (floors[1], >, 48u << 20);
  g_assert_cmpuint (floors[3], >, 48u << 20);
  /* Allocators give back and take again some megabytes from one moment to the next: what is never given back is a floor
   * that rises. */
  g_assert_cmpuint (floors[3], <=, floors[1] + GROWTH_BYTES);
  g_clear_object (&store);
  remove_tree (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/memory/run", a_run_takes_what_its_plan_says_and_no_more_with_time);
  return g_test_run ();
}
