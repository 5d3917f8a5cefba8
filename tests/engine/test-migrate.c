/* SPDX-License-Identifier: Apache-2.0 */
/* Stores of older versions are brought up to date when they are opened, with all that is in them. The tables here are
 * those that version 0.1 of Smalti wrote, letter for letter: they must not follow the program's own. */
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/run/store.h"
#include "remove-tree.h"

static const char version_1[]
    = "PRAGMA journal_mode = WAL;"
      "CREATE TABLE run (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, method TEXT NOT NULL,"
      " backbone TEXT NOT NULL, spec TEXT NOT NULL, state TEXT NOT NULL, created INTEGER NOT NULL,"
      " started INTEGER NOT NULL DEFAULT 0, finished INTEGER NOT NULL DEFAULT 0, step INTEGER NOT NULL DEFAULT 0,"
      " n_steps INTEGER NOT NULL DEFAULT 0, epoch REAL NOT NULL DEFAULT 0, phase TEXT NOT NULL DEFAULT '',"
      " message TEXT NOT NULL DEFAULT '', program_version TEXT NOT NULL DEFAULT '', device TEXT NOT NULL DEFAULT '',"
      " precision TEXT NOT NULL DEFAULT '', data_path TEXT NOT NULL DEFAULT '',"
      " data_fingerprint TEXT NOT NULL DEFAULT '', n_threads INTEGER NOT NULL DEFAULT 0,"
      " seed INTEGER NOT NULL DEFAULT 0, n_params INTEGER NOT NULL DEFAULT 0, plan_bytes INTEGER NOT NULL DEFAULT 0,"
      " loader_bytes INTEGER NOT NULL DEFAULT 0, stop_requested INTEGER NOT NULL DEFAULT 0);"
      "CREATE TABLE metric (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
      " name TEXT NOT NULL, UNIQUE (run, name));"
      "CREATE TABLE point (metric INTEGER NOT NULL REFERENCES metric ON DELETE CASCADE, step INTEGER NOT NULL,"
      " epoch INTEGER NOT NULL, time INTEGER NOT NULL, value REAL, PRIMARY KEY (metric, step)) WITHOUT ROWID;"
      "CREATE TABLE artifact (id INTEGER PRIMARY KEY AUTOINCREMENT,"
      " run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, kind TEXT NOT NULL, step INTEGER NOT NULL,"
      " time INTEGER NOT NULL, text TEXT NOT NULL, data BLOB);"
      "CREATE INDEX artifact_of_run ON artifact (run, kind, id);"
      "PRAGMA application_id = 1399680116; PRAGMA user_version = 1;"
      "INSERT INTO run (name, method, backbone, spec, state, created, step, n_steps, message, seed, plan_bytes,"
      " stop_requested) VALUES"
      " ('first', 'jigsaw', 'cfn', 'seed: 7 # the first', 'failed', 1700000000000000, 12, 34, '“why”', 7, 5000000000, "
      "1),"
      " ('second', 'colorization', 'colornet', 'seed: 8', 'done', 1700000001000000, 9, 9, '', 8, 0, 0);"
      "INSERT INTO metric (id, run, name) VALUES (1, 1, 'train/loss'), (2, 2, 'train/loss');"
      "INSERT INTO point VALUES (1, 1, 500000, 1500, 2.5), (1, 2, 1000000, 3000, NULL), (2, 9, 0, 0, 1.25);"
      "INSERT INTO artifact (run, kind, step, time, text, data) VALUES (1, 'log', 3, 4, 'a line', NULL),"
      " (2, 'preview', 9, 5, '{}', x'00ff');";

static void
write_version_1 (const char *folder)
{
  g_autofree char *file = g_build_filename (folder, "smalti.db", NULL);
  sqlite3 *db;
  char *message = NULL;

  g_assert_cmpint (sqlite3_open (file, &db), ==, SQLITE_OK);
  sqlite3_exec (db, version_1, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
  sqlite3_close (db);
}

static gint64
ask (const char *folder, const char *sql)
{
  g_autofree char *file = g_build_filename (folder, "smalti.db", NULL);
  sqlite3 *db;
  sqlite3_stmt *row;
  gint64 answer;

  g_assert_cmpint (sqlite3_open (file, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &row, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (row), ==, SQLITE_ROW);
  answer = sqlite3_column_int64 (row, 0);
  sqlite3_finalize (row);
  sqlite3_close (db);
  return answer;
}

static void
assert_whole (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiStore) store = smalti_store_open (folder, &error);
  g_autoptr (GPtrArray) runs = NULL, log = NULL, previews = NULL;
  g_autoptr (GArray) points = NULL;
  const SmaltiRunInfo *first, *second;

  g_assert_no_error (error);
  runs = smalti_store_list_runs (store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (runs->len, ==, 2);
  second = runs->pdata[0];
  first = runs->pdata[1];
  g_assert_cmpint (first->id, ==, 1);
  g_assert_cmpstr (first->name, ==, "first");
  g_assert_cmpstr (first->spec_yaml, ==, "seed: 7 # the first");
  g_assert_cmpint (first->state, ==, SMALTI_RUN_FAILED);
  g_assert_cmpint (first->created, ==, 1700000000000000);
  g_assert_cmpuint (first->step, ==, 12);
  g_assert_cmpstr (first->message, ==, "“why”");
  g_assert_cmpuint (first->seed, ==, 7);
  g_assert_cmpuint (first->plan_bytes, ==, 5000000000);
  g_assert_cmpuint (g_strv_length (first->tags), ==, 0);
  g_assert_cmpstr (first->note, ==, "");
  g_assert_false (first->favorite);
  g_assert_cmpuint (first->queue_place, ==, 0);
  g_assert_cmpuint (first->batch_that_fits, ==, 0);
  g_assert_cmpstr (second->method, ==, "colorization");
  g_assert_cmpstr (second->spec_yaml, ==, "seed: 8");
  g_assert_cmpint (second->state, ==, SMALTI_RUN_DONE);
  points = smalti_store_get_points (store, 1, "train/loss", -1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (points->len, ==, 2);
  g_assert_cmpfloat (g_array_index (points, SmaltiPoint, 0).value, ==, 2.5);
  g_assert_cmpfloat (g_array_index (points, SmaltiPoint, 0).time, ==, 1.5);
  log = smalti_store_get_artifacts (store, 1, "log", 0, &error);
  g_assert_cmpuint (log->len, ==, 1);
  previews = smalti_store_get_artifacts (store, 2, "preview", 0, &error);
  g_assert_cmpuint (g_bytes_get_size (((SmaltiArtifact *)previews->pdata[0])->data), ==, 2);
}

static void
version_1_is_brought_up_to_date_with_all_that_is_in_it (void)
{
  g_autofree char *folder = g_dir_make_tmp ("smalti-migrate-XXXXXX", NULL);

  write_version_1 (folder);
  assert_whole (folder);
  assert_whole (folder); /* opening once more changes nothing */
  g_assert_cmpint (ask (folder, "PRAGMA user_version"), ==, SMALTI_STORE_VERSION);
  g_assert_cmpint (ask (folder, "SELECT count(*) FROM request"), ==, 0); /* whom it asked is long gone */
  remove_tree (folder);
}

static void
runs_can_be_added_and_removed_afterwards (void)
{
  g_autofree char *folder = g_dir_make_tmp ("smalti-migrate-XXXXXX", NULL);
  g_autoptr (SmaltiSpec) spec = smalti_spec_new (smalti_pretext_find ("jigsaw"), smalti_backbone_find ("cfn"));
  g_autoptr (GError) error = NULL;

  write_version_1 (folder);
  {
    g_autoptr (SmaltiStore) store = smalti_store_open (folder, &error);

    g_assert_no_error (error);
    g_assert_cmpint (smalti_store_add_run (store, spec, &error), ==, 3);
    g_assert_true (smalti_store_set_tags (store, 1, (const char *[]){ "a", NULL }, &error));
    g_assert_true (smalti_store_remove_run (store, 2, &error));
    g_assert_no_error (error);
  }
  g_assert_cmpint (ask (folder, "SELECT count(*) FROM spec"), ==, 2);
  g_assert_cmpint (ask (folder, "SELECT count(*) FROM point"), ==, 2);
  g_assert_cmpint (ask (folder, "SELECT count(*) FROM artifact"), ==, 1);
  remove_tree (folder);
}

/* Everyone opens it at once: one of them migrates. */
static void
several_processes_may_find_it_old_at_once (void)
{
  g_autofree char *folder = g_dir_make_tmp ("smalti-migrate-XXXXXX", NULL);
  pid_t pids[4];

  write_version_1 (folder);
  for (guint i = 0; i < G_N_ELEMENTS (pids); i++)
    {
      pids[i] = fork ();
      if (pids[i] == 0)
        {
          g_autoptr (SmaltiStore) store = smalti_store_open (folder, NULL);

          _exit (store != NULL ? 0 : 1);
        }
    }
  for (guint i = 0; i < G_N_ELEMENTS (pids); i++)
    {
      int status;

      g_assert_cmpint (waitpid (pids[i], &status, 0), ==, pids[i]);
      g_assert_cmpint (status, ==, 0);
    }
  assert_whole (folder);
  remove_tree (folder);
}

/* What can't be brought up to date stays what it was. */
static void
a_migration_that_fails_changes_nothing (void)
{
  g_autofree char *folder = g_dir_make_tmp ("smalti-migrate-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "smalti.db", NULL);
  g_autoptr (GError) error = NULL;
  sqlite3 *db;

  write_version_1 (folder);
  g_assert_cmpint (sqlite3_open (file, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "CREATE TABLE folder (mine)", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  g_assert_null (smalti_store_open (folder, &error));
  g_assert_nonnull (error);
  g_assert_cmpint (ask (folder, "PRAGMA user_version"), ==, 1);
  g_assert_cmpint (ask (folder, "SELECT count(spec) FROM run"), ==, 2);
  remove_tree (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/migrate/version-1", version_1_is_brought_up_to_date_with_all_that_is_in_it);
  g_test_add_func ("/migrate/afterwards", runs_can_be_added_and_removed_afterwards);
  g_test_add_func ("/migrate/at-once", several_processes_may_find_it_old_at_once);
  g_test_add_func ("/migrate/fails", a_migration_that_fails_changes_nothing);
  return g_test_run ();
}
