/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/run/store.h"
#include "remove-tree.h"

typedef struct
{
  char *path;
  SmaltiSpec *spec;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->path = g_dir_make_tmp ("smalti-store-XXXXXX", NULL);
  fixture->spec = smalti_spec_new (smalti_pretext_find ("jigsaw"), smalti_backbone_find ("cfn"));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  smalti_spec_unref (fixture->spec);
  remove_tree (fixture->path);
  g_free (fixture->path);
}

static SmaltiStore *
open_store (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  SmaltiStore *store = smalti_store_open (fixture->path, &error);

  g_assert_no_error (error);
  return store;
}

static gint64
add_run (SmaltiStore *store, Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  gint64 id = smalti_store_add_run (store, fixture->spec, &error);

  g_assert_no_error (error);
  g_assert_cmpint (id, >, 0);
  return id;
}

static void
set_state (SmaltiStore *store, gint64 id, SmaltiRunState state)
{
  g_autoptr (SmaltiRunInfo) info = smalti_store_get_run (store, id, NULL);

  info->state = state;
  g_assert_true (smalti_store_update_run (store, info, NULL));
}

static SmaltiRunState
get_state (SmaltiStore *store, gint64 id)
{
  g_autoptr (SmaltiRunInfo) info = smalti_store_get_run (store, id, NULL);

  return info->state;
}

/* Runs @work in a child that ends without cleaning up after the parent's test. */
static pid_t
in_child (void (*work) (Fixture *fixture, gint64 id, int number), Fixture *fixture, gint64 id, int number)
{
  pid_t pid = fork ();

  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    {
      work (fixture, id, number);
      _exit (0);
    }
  return pid;
}

static void
wait_for (pid_t pid)
{
  int status;

  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
}

static void
what_is_known_of_a_run_comes_back (Fixture *fixture, gconstpointer data)
{
  gint64 id;

  {
    g_autoptr (SmaltiStore) store = open_store (fixture);
    g_autoptr (SmaltiRunInfo) info = NULL;

    smalti_spec_set (fixture->spec, "seed", "42", NULL);
    id = add_run (store, fixture);
    info = smalti_store_get_run (store, id, NULL);
    g_assert_cmpint (info->state, ==, SMALTI_RUN_QUEUED);
    g_assert_cmpstr (info->name, ==, "jigsaw");
    g_assert_cmpuint (info->seed, ==, 42);
    g_assert_cmpint (ABS (info->created - g_get_real_time ()), <, 10 * G_USEC_PER_SEC);
    info->state = SMALTI_RUN_FAILED;
    info->step = 12;
    info->n_steps = 34;
    info->epoch = 1.25;
    info->plan_bytes = (guint64)5 << 40;
    g_free (info->message);
    info->message = g_strdup ("“why”");
    g_assert_true (smalti_store_update_run (store, info, NULL));
  }
  {
    g_autoptr (SmaltiStore) store = open_store (fixture);
    g_autoptr (SmaltiRunInfo) info = smalti_store_get_run (store, id, NULL);
    g_autoptr (SmaltiRunInfo) copy = smalti_run_info_copy (info);
    g_autoptr (SmaltiSpec) spec = smalti_spec_parse (copy->spec_yaml, "spec", NULL, NULL);

    g_assert_cmpint (copy->state, ==, SMALTI_RUN_FAILED);
    g_assert_cmpuint (copy->step, ==, 12);
    g_assert_cmpuint (copy->n_steps, ==, 34);
    g_assert_cmpfloat (copy->epoch, ==, 1.25);
    g_assert_cmpuint (copy->plan_bytes, ==, (guint64)5 << 40);
    g_assert_cmpstr (copy->message, ==, "“why”");
    g_assert_null (spec); /* it has no data: parsing says so, but the text is there */
    g_assert_nonnull (strstr (copy->spec_yaml, "seed: 42"));
  }
}

static void
runs_are_found_by_number_name_and_last (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SmaltiStore) store = open_store (fixture);
  g_autoptr (GPtrArray) runs = NULL;
  g_autoptr (GError) error = NULL;
  gint64 ids[3];
  static const char *const names[] = { "a", "b", "a" };
  static const struct
  {
    const char *text;
    int which;
  } cases[] = { { "last", 2 }, { "a", 2 }, { "b", 1 }, { "1", 0 } };

  g_assert_null (smalti_store_find_run (store, "last", &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
  g_clear_error (&error);
  for (int i = 0; i < 3; i++)
    {
      smalti_spec_set (fixture->spec, "name", names[i], NULL);
      ids[i] = add_run (store, fixture);
    }
  runs = smalti_store_list_runs (store, NULL);
  g_assert_cmpuint (runs->len, ==, 3);
  g_assert_cmpint (((SmaltiRunInfo *)runs->pdata[0])->id, ==, ids[2]);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SmaltiRunInfo) info = smalti_store_find_run (store, cases[i].text, NULL);

      g_assert_cmpint (info->id, ==, ids[cases[i].which]);
    }
  g_assert_null (smalti_store_find_run (store, "c", &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "“c”"));
  g_clear_error (&error);
  g_assert_null (smalti_store_find_run (store, "99", &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
}

static void
points_come_back_in_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SmaltiStore) store = open_store (fixture);
  gint64 id = add_run (store, fixture), other = add_run (store, fixture);
  g_autoptr (GArray) all = NULL, late = NULL, none = NULL, kept = NULL;
  g_auto (GStrv) metrics = NULL;

  g_assert_true (smalti_store_begin (store, NULL));
  for (int step = 99; step >= 0; step--)
    {
      SmaltiPoint point = { .step = step, .epoch = step / 10.0, .time = step * 0.5, .value = 1.0 / (step + 1) };

      g_assert_true (smalti_store_add_point (store, id, "train/loss", &point, NULL));
      point.value = NAN;
      g_assert_true (smalti_store_add_point (store, other, "train/loss", &point, NULL));
    }
  g_assert_true (smalti_store_add_point (store, id, "val/loss", &(SmaltiPoint){ .step = 50, .value = 2 }, NULL));
  g_assert_true (smalti_store_add_point (store, id, "val/loss", &(SmaltiPoint){ .step = 50, .value = 3 }, NULL));
  g_assert_true (smalti_store_commit (store, NULL));

  metrics = smalti_store_list_metrics (store, id, NULL);
  g_assert_cmpuint (g_strv_length (metrics), ==, 2);
  g_assert_cmpstr (metrics[0], ==, "train/loss");
  all = smalti_store_get_points (store, id, "train/loss", -1, NULL);
  g_assert_cmpuint (all->len, ==, 100);
  for (guint i = 0; i < all->len; i++)
    {
      const SmaltiPoint *point = &g_array_index (all, SmaltiPoint, i);

      g_assert_cmpuint (point->step, ==, i);
      g_assert_cmpfloat (point->value, ==, 1.0 / (i + 1));
      g_assert_cmpfloat_with_epsilon (point->epoch, i / 10.0, 1e-6);
      g_assert_cmpfloat_with_epsilon (point->time, i * 0.5, 1e-3);
    }
  late = smalti_store_get_points (store, id, "train/loss", 97, NULL);
  g_assert_cmpuint (late->len, ==, 2);
  none = smalti_store_get_points (store, id, "absent", -1, NULL);
  g_assert_cmpuint (none->len, ==, 0);

  g_assert_true (smalti_store_truncate (store, id, 49, NULL));
  g_clear_pointer (&all, g_array_unref);
  all = smalti_store_get_points (store, id, "train/loss", -1, NULL);
  g_assert_cmpuint (all->len, ==, 50);
  kept = smalti_store_get_points (store, other, "train/loss", -1, NULL); /* another run's stay */
  g_assert_cmpuint (kept->len, ==, 100);
  g_assert_true (isnan (g_array_index (kept, SmaltiPoint, 7).value));
}

static void
a_long_curve_is_reduced_to_its_ranges (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SmaltiStore) store = open_store (fixture);
  gint64 id = add_run (store, fixture), other = add_run (store, fixture);
  g_autoptr (GArray) few = NULL, late = NULL, each = NULL, none = NULL;
  guint n = 0;

  g_assert_true (smalti_store_begin (store, NULL));
  for (guint step = 1; step <= 1000; step++)
    {
      SmaltiPoint point = { .step = step, .epoch = step * 0.5, .time = step * 2.0, .value = step };

      g_assert_true (smalti_store_add_point (store, other, "train/loss", &point, NULL));
      point.value = step % 10 == 3 ? NAN : step % 2 == 0 ? (gdouble)step : -(gdouble)step;
      if (step <= 400 || step > 800) /* a gap */
        g_assert_true (smalti_store_add_point (store, id, "train/loss", &point, NULL));
    }
  g_assert_true (smalti_store_commit (store, NULL));

  few = smalti_store_get_points_reduced (store, id, "train/loss", -1, 10, NULL);
  g_assert_cmpuint (few->len, ==, 6);
  for (guint i = 0; i < few->len; i++)
    {
      const SmaltiBucket *bucket = &g_array_index (few, SmaltiBucket, i);
      guint64 from = (i < 4 ? i : i + 4) * 100;
      gdouble sum = 0;

      for (guint64 step = from + 1; step <= from + 100; step++)
        sum += step % 10 == 3 ? 0 : step % 2 == 0 ? (gdouble)step : -(gdouble)step;
      g_assert_cmpuint (bucket->n, ==, 100);
      g_assert_cmpuint (bucket->first_step, ==, from + 1);
      g_assert_cmpuint (bucket->last_step, ==, from + 100);
      g_assert_cmpfloat_with_epsilon (bucket->first_epoch, (from + 1) * 0.5, 1e-6);
      g_assert_cmpfloat_with_epsilon (bucket->last_time, (from + 100) * 2.0, 1e-3);
      g_assert_cmpfloat (bucket->max, ==, from + 100);
      g_assert_cmpfloat (bucket->min, ==, -(gdouble)(from + 99));
      g_assert_cmpfloat_with_epsilon (bucket->mean, sum / 90, 1e-9);
      n += bucket->n;
    }
  g_assert_cmpuint (n, ==, 600);
  late = smalti_store_get_points_reduced (store, id, "train/loss", 990, 3, NULL);
  g_assert_cmpuint (g_array_index (late, SmaltiBucket, 0).first_step, ==, 991);
  each = smalti_store_get_points_reduced (store, other, "train/loss", 500, 500, NULL);
  g_assert_cmpuint (each->len, ==, 500);
  for (guint i = 0; i < each->len; i++)
    g_assert_cmpfloat (g_array_index (each, SmaltiBucket, i).mean, ==, 501 + i);
  none = smalti_store_get_points_reduced (store, id, "absent", -1, 10, NULL);
  g_assert_cmpuint (none->len, ==, 0);
}

static void
artifacts_come_back_in_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SmaltiStore) store = open_store (fixture);
  gint64 id = add_run (store, fixture);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("a\0b", 3);
  g_autoptr (GPtrArray) all = NULL, late = NULL;
  const SmaltiArtifact *first, *second;

  g_assert_true (smalti_store_add_artifact (store, id, "preview", 5, "one", bytes, NULL));
  g_assert_true (smalti_store_add_artifact (store, id, "log", 6, "a line", NULL, NULL));
  g_assert_true (smalti_store_add_artifact (store, id, "preview", 7, "two", NULL, NULL));
  all = smalti_store_get_artifacts (store, id, "preview", 0, NULL);
  g_assert_cmpuint (all->len, ==, 2);
  first = all->pdata[0];
  second = all->pdata[1];
  g_assert_cmpstr (first->text, ==, "one");
  g_assert_cmpmem (g_bytes_get_data (first->data, NULL), g_bytes_get_size (first->data), "a\0b", 3);
  g_assert_null (second->data);
  g_assert_cmpuint (second->step, ==, 7);
  late = smalti_store_get_artifacts (store, id, "preview", first->rowid, NULL);
  g_assert_cmpuint (late->len, ==, 1);
}

#define N_WRITERS 3
#define N_BATCHES 20

static void
write_batches (Fixture *fixture, gint64 id, int number)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (fixture->path, NULL);
  g_autofree char *metric = g_strdup_printf ("writer/%d", number);

  for (int b = 0; b < N_BATCHES; b++)
    {
      if (!smalti_store_begin (store, NULL))
        _exit (1);
      for (int i = 0; i < 10; i++)
        if (!smalti_store_add_point (store, id, metric, &(SmaltiPoint){ .step = b * 10 + i, .value = number }, NULL))
          _exit (2);
      if (!smalti_store_commit (store, NULL) || !smalti_store_add_artifact (store, id, "log", b, metric, NULL, NULL))
        _exit (3);
    }
}

static void
several_processes_write_at_once (Fixture *fixture, gconstpointer data)
{
  gint64 id;
  pid_t pids[N_WRITERS];
  g_autoptr (SmaltiStore) store = NULL;
  g_autoptr (GPtrArray) logs = NULL;

  {
    g_autoptr (SmaltiStore) first = open_store (fixture);

    id = add_run (first, fixture);
  }
  for (int w = 0; w < N_WRITERS; w++)
    pids[w] = in_child (write_batches, fixture, id, w);
  for (int w = 0; w < N_WRITERS; w++)
    wait_for (pids[w]);
  store = open_store (fixture);
  for (int w = 0; w < N_WRITERS; w++)
    {
      g_autofree char *metric = g_strdup_printf ("writer/%d", w);
      g_autoptr (GArray) points = smalti_store_get_points (store, id, metric, -1, NULL);

      g_assert_cmpuint (points->len, ==, N_BATCHES * 10);
    }
  logs = smalti_store_get_artifacts (store, id, "log", 0, NULL);
  g_assert_cmpuint (logs->len, ==, N_WRITERS * N_BATCHES);
}

static void
open_once (Fixture *fixture, gint64 id, int number)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (fixture->path, NULL);

  _exit (store != NULL && smalti_store_add_run (store, fixture->spec, NULL) > 0 ? 0 : 1);
}

static void
several_processes_create_it_at_once (Fixture *fixture, gconstpointer data)
{
  pid_t pids[6];
  g_autoptr (SmaltiStore) store = NULL;
  g_autoptr (GPtrArray) runs = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (pids); i++)
    pids[i] = in_child (open_once, fixture, 0, i);
  for (guint i = 0; i < G_N_ELEMENTS (pids); i++)
    wait_for (pids[i]);
  store = open_store (fixture);
  runs = smalti_store_list_runs (store, NULL);
  g_assert_cmpuint (runs->len, ==, G_N_ELEMENTS (pids));
}

static void
write_for_ever (Fixture *fixture, gint64 id, int number)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (fixture->path, NULL);
  g_autoptr (SmaltiRunInfo) info = smalti_store_get_run (store, id, NULL);

  if (!smalti_store_lock_run (store, id, NULL))
    _exit (1);
  info->state = SMALTI_RUN_RUNNING;
  for (guint64 batch = 0;; batch++)
    {
      smalti_store_begin (store, NULL);
      for (int i = 0; i < 50; i++)
        smalti_store_add_point (store, id, "train/loss", &(SmaltiPoint){ .step = batch * 50 + i, .value = i }, NULL);
      info->step = batch * 50 + 49;
      smalti_store_update_run (store, info, NULL);
      smalti_store_commit (store, NULL);
    }
}

/* kill -9 amidst transactions: the history can be read, its transactions are whole, and the run is known to be lost. */
static void
a_killed_writer_leaves_whole_transactions (Fixture *fixture, gconstpointer data)
{
  for (int round = 0; round < 5; round++)
    {
      gint64 id;
      pid_t pid;
      g_autoptr (SmaltiStore) store = NULL;
      g_autoptr (SmaltiRunInfo) info = NULL;
      g_autoptr (GArray) points = NULL;
      g_autoptr (GError) error = NULL;

      {
        g_autoptr (SmaltiStore) first = open_store (fixture);

        id = add_run (first, fixture);
      }
      pid = in_child (write_for_ever, fixture, id, 0);
      g_usleep (60000 + g_test_rand_int_range (0, 60000));
      kill (pid, SIGKILL);
      waitpid (pid, NULL, 0);

      store = open_store (fixture);
      info = smalti_store_get_run (store, id, &error);
      g_assert_no_error (error);
      points = smalti_store_get_points (store, id, "train/loss", -1, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (points->len % 50, ==, 0);
      if (points->len == 0)
        continue;
      g_assert_cmpint (info->state, ==, SMALTI_RUN_LOST);
      g_assert_cmpuint (info->step, ==, g_array_index (points, SmaltiPoint, points->len - 1).step);
      for (guint i = 0; i < points->len; i++)
        g_assert_cmpuint (g_array_index (points, SmaltiPoint, i).step, ==, i);
    }
}

static void
a_run_has_one_runner (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SmaltiStore) mine = open_store (fixture);
  g_autoptr (SmaltiStore) theirs = open_store (fixture); /* the window's own, say */
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = NULL;
  gint64 id = add_run (mine, fixture);

  g_assert_true (smalti_store_lock_run (mine, id, NULL));
  set_state (mine, id, SMALTI_RUN_RUNNING);
  g_assert_cmpint (get_state (theirs, id), ==, SMALTI_RUN_RUNNING);
  g_assert_cmpint (get_state (mine, id), ==, SMALTI_RUN_RUNNING);
  g_assert_false (smalti_store_lock_run (theirs, id, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_STORE);
  g_clear_error (&error);
  g_assert_false (smalti_store_remove_run (theirs, id, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_STORE);
  g_clear_error (&error);

  smalti_store_unlock_run (mine, id);
  g_assert_cmpint (get_state (theirs, id), ==, SMALTI_RUN_LOST);
  folder = smalti_store_get_run_folder (mine, id);
  g_assert_true (g_file_test (folder, G_FILE_TEST_IS_DIR));
  g_assert_true (smalti_store_remove_run (theirs, id, NULL));
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  g_assert_null (smalti_store_get_run (mine, id, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
}

static void
request (Fixture *fixture, gint64 id, int number)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (fixture->path, NULL);

  _exit (smalti_store_request_stop (store, id, NULL) ? 0 : 1);
}

static guint
n_requests (SmaltiStore *store, gint64 id)
{
  g_autoptr (GPtrArray) requests = smalti_store_take_requests (store, id);

  for (guint i = 0; i < requests->len; i++)
    g_assert_cmpint (((SmaltiRequest *)requests->pdata[i])->kind, ==, SMALTI_REQUEST_STOP);
  return requests->len;
}

static void
another_process_asks_to_stop (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SmaltiStore) store = open_store (fixture);
  g_autoptr (GError) error = NULL;
  gint64 id = add_run (store, fixture);

  g_assert_false (smalti_store_request_stop (store, id, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "queued"));
  g_assert_true (smalti_store_lock_run (store, id, NULL));
  set_state (store, id, SMALTI_RUN_RUNNING);
  g_assert_cmpuint (n_requests (store, id), ==, 0);
  wait_for (in_child (request, fixture, id, 0));
  g_assert_cmpuint (n_requests (store, id), ==, 1);
  g_assert_cmpuint (n_requests (store, id), ==, 0);
}

static void
changes_are_noticed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SmaltiStore) a = open_store (fixture);
  g_autoptr (SmaltiStore) b = open_store (fixture);
  guint64 in_a = smalti_store_get_change_count (a), in_b = smalti_store_get_change_count (b);

  g_assert_cmpuint (smalti_store_get_change_count (a), ==, in_a);
  g_assert_cmpuint (smalti_store_get_change_count (b), ==, in_b);
  add_run (a, fixture);
  g_assert_cmpuint (smalti_store_get_change_count (a), >, in_a);
  g_assert_cmpuint (smalti_store_get_change_count (b), >, in_b);
  in_b = smalti_store_get_change_count (b);
  wait_for (in_child (open_once, fixture, 0, 0));
  g_assert_cmpuint (smalti_store_get_change_count (b), >, in_b);
}

/* Another program: this one, started anew, since a fork would share what SQLite knows of open files. Whether it sees
 * the run. */
static int
look_for (const char *path, const char *id)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (path, NULL);
  g_autoptr (SmaltiRunInfo) info
      = store != NULL ? smalti_store_get_run (store, g_ascii_strtoll (id, NULL, 10), NULL) : NULL;

  return info != NULL ? 0 : 1;
}

static void
assert_seen_elsewhere (Fixture *fixture, gint64 id)
{
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, id);
  char *argv[] = { "/proc/self/exe", "--look-for", fixture->path, number, NULL };
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, NULL));
}

/* POSIX locks are a process's, not a descriptor's: had opening a store closed a descriptor of its file, the locks of
 * the one that was open would be gone, and the next program to close it would delete the log that this one writes into.
 */
static void
opening_it_twice_loses_no_locks (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SmaltiStore) mine = open_store (fixture);
  g_autoptr (SmaltiStore) again = NULL;

  add_run (mine, fixture);
  again = open_store (fixture);
  for (int i = 0; i < 5; i++)
    {
      assert_seen_elsewhere (fixture, add_run (mine, fixture));
      assert_seen_elsewhere (fixture, add_run (again, fixture));
    }
}

static char *
database (Fixture *fixture)
{
  return g_build_filename (fixture->path, "smalti.db", NULL);
}

static void
assert_refused (Fixture *fixture, const char *told)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = database (fixture), *before = NULL, *after = NULL;
  gsize n_before, n_after;
  g_autoptr (GDir) dir = NULL;

  g_assert_true (g_file_get_contents (file, &before, &n_before, NULL));
  g_assert_null (smalti_store_open (fixture->path, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_STORE);
  if (strstr (error->message, told) == NULL)
    g_error ("%s", error->message);
  g_assert_true (g_file_get_contents (file, &after, &n_after, NULL));
  g_assert_cmpmem (before, n_before, after, n_after);
  dir = g_dir_open (fixture->path, 0, NULL);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL;)
    g_assert_true (strcmp (name, "smalti.db") == 0 || strcmp (name, "runs") == 0);
}

static void
a_newer_store_is_left_alone (Fixture *fixture, gconstpointer data)
{
  g_autofree char *file = database (fixture);
  g_autofree char *mark = g_strdup_printf ("PRAGMA user_version = %d", SMALTI_STORE_VERSION + 1);
  sqlite3 *db;

  {
    g_autoptr (SmaltiStore) store = open_store (fixture);

    add_run (store, fixture);
  }
  g_assert_cmpint (sqlite3_open (file, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, mark, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  assert_refused (fixture, "newer Smalti");
}

static void
another_programs_database_is_left_alone (Fixture *fixture, gconstpointer data)
{
  g_autofree char *file = database (fixture);
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (file, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "CREATE TABLE mine (x)", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  assert_refused (fixture, "no store of Smalti");
  g_assert_true (g_file_set_contents (file, "not a database at all", -1, NULL));
  assert_refused (fixture, "no store of Smalti");
}

static void
a_damaged_store_is_told (Fixture *fixture, gconstpointer data)
{
  g_autofree char *file = database (fixture), *bytes = NULL;
  g_autoptr (SmaltiStore) store = NULL;
  g_autoptr (GPtrArray) runs = NULL;
  g_autoptr (GError) error = NULL;
  gsize n;

  {
    g_autoptr (SmaltiStore) first = open_store (fixture);

    for (int i = 0; i < 20; i++)
      add_run (first, fixture);
  }
  g_assert_true (g_file_get_contents (file, &bytes, &n, NULL));
  memset (bytes + 4096, 0xff, n - 4096);
  g_assert_true (g_file_set_contents (file, bytes, n, NULL));
  store = smalti_store_open (fixture->path, &error);
  if (store != NULL)
    runs = smalti_store_list_runs (store, &error);
  g_assert_null (runs);
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_STORE);
  g_assert_nonnull (strstr (error->message, "damaged"));
}

static void
what_can_not_be_written_is_told (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_build_filename (fixture->path, "a-file", NULL);
  g_autofree char *below = g_build_filename (file, "store", NULL);

  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  g_assert_null (smalti_store_open (below, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_STORE);
  g_assert_nonnull (strstr (error->message, below));
  g_clear_error (&error);
  if (geteuid () == 0)
    {
      g_test_message ("a read-only folder is not tried: root may write anywhere");
      return;
    }
  g_assert_cmpint (g_chmod (fixture->path, 0500), ==, 0);
  g_assert_null (smalti_store_open (fixture->path, &error));
  g_assert_cmpint (g_chmod (fixture->path, 0700), ==, 0);
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_STORE);
}

static void
write_until_full (Fixture *fixture, gint64 id, int number)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (fixture->path, NULL);
  g_autofree char *text = g_strnfill (20000, 'x');
  g_autoptr (GError) error = NULL;

  signal (SIGXFSZ, SIG_IGN);
  setrlimit (RLIMIT_FSIZE, &(struct rlimit){ .rlim_cur = 300000, .rlim_max = 300000 });
  for (int i = 0; i < 100; i++)
    if (!smalti_store_add_artifact (store, id, "log", i, text, NULL, &error))
      _exit (g_error_matches (error, SMALTI_ERROR, SMALTI_ERROR_STORE) && strstr (error->message, fixture->path) != NULL
                 ? 0
                 : 1);
  _exit (2);
}

static void
a_full_disk_is_told_and_loses_nothing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SmaltiStore) store = open_store (fixture);
  g_autoptr (GPtrArray) logs = NULL;
  gint64 id = add_run (store, fixture);

  wait_for (in_child (write_until_full, fixture, id, 0));
  logs = smalti_store_get_artifacts (store, id, "log", 0, NULL);
  g_assert_cmpuint (logs->len, >, 0);
  g_assert_true (smalti_store_add_artifact (store, id, "log", 1000, "again", NULL, NULL));
}

int
main (int argc, char **argv)
{
  if (argc == 4 && strcmp (argv[1], "--look-for") == 0)
    return look_for (argv[2], argv[3]);
  g_test_init (&argc, &argv, NULL);
#define TEST(path, f) g_test_add ("/store/" path, Fixture, NULL, set_up, f, tear_down)
  TEST ("info", what_is_known_of_a_run_comes_back);
  TEST ("find", runs_are_found_by_number_name_and_last);
  TEST ("points", points_come_back_in_order);
  TEST ("reduced", a_long_curve_is_reduced_to_its_ranges);
  TEST ("artifacts", artifacts_come_back_in_order);
  TEST ("writers", several_processes_write_at_once);
  TEST ("creators", several_processes_create_it_at_once);
  TEST ("twice", opening_it_twice_loses_no_locks);
  TEST ("killed", a_killed_writer_leaves_whole_transactions);
  TEST ("lock", a_run_has_one_runner);
  TEST ("stop", another_process_asks_to_stop);
  TEST ("changes", changes_are_noticed);
  TEST ("newer", a_newer_store_is_left_alone);
  TEST ("foreign", another_programs_database_is_left_alone);
  TEST ("damaged", a_damaged_store_is_told);
  TEST ("read-only", what_can_not_be_written_is_told);
  TEST ("full", a_full_disk_is_told_and_loses_nothing);
  return g_test_run ();
}
