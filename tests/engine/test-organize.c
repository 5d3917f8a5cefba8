/* SPDX-License-Identifier: Apache-2.0 */
/* How people keep order among runs: tags, notes, favourites, the queue, the trash, folders; and two processes that do
 * so at once. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/run/store-private.h"
#include "remove-tree.h"

typedef struct
{
  char *path;
  SmaltiSpec *spec;
  SmaltiStore *store;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->path = g_dir_make_tmp ("smalti-organize-XXXXXX", NULL);
  fixture->spec = smalti_spec_new (smalti_pretext_find ("jigsaw"), smalti_backbone_find ("cfn"));
  fixture->store = smalti_store_open (fixture->path, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_unref (fixture->store);
  smalti_spec_unref (fixture->spec);
  remove_tree (fixture->path);
  g_free (fixture->path);
}

static gint64
add_run (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  gint64 id = smalti_store_add_run (fixture->store, fixture->spec, &error);

  g_assert_no_error (error);
  return id;
}

static SmaltiRunInfo *
get (Fixture *fixture, gint64 id)
{
  g_autoptr (GError) error = NULL;
  SmaltiRunInfo *info = smalti_store_get_run (fixture->store, id, &error);

  g_assert_no_error (error);
  return info;
}

static void
set_state (Fixture *fixture, gint64 id, SmaltiRunState state)
{
  g_autoptr (SmaltiRunInfo) info = get (fixture, id);

  info->state = state;
  g_assert_true (smalti_store_update_run (fixture->store, info, NULL));
}

static guint
n_listed (Fixture *fixture)
{
  g_autoptr (GPtrArray) runs = smalti_store_list_runs (fixture->store, NULL);

  return runs->len;
}

static void
tags_notes_and_favourites_are_kept (Fixture *fixture, gconstpointer data)
{
  static const char *const tags[] = { " paper ", "", "best", "paper", "two\nlines", NULL };
  gint64 id = add_run (fixture), other = add_run (fixture);
  g_autoptr (SmaltiRunInfo) info = NULL, copy = NULL, untouched = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (smalti_store_set_tags (fixture->store, id, tags, NULL));
  g_assert_true (smalti_store_set_note (fixture->store, id, "It “works”.\nTwice.", NULL));
  g_assert_true (smalti_store_set_favorite (fixture->store, id, TRUE, NULL));
  g_assert_true (smalti_store_rename_run (fixture->store, id, "  Puzzles ", NULL));
  info = get (fixture, id);
  copy = smalti_run_info_copy (info);
  g_assert_cmpuint (g_strv_length (copy->tags), ==, 3);
  g_assert_cmpstr (copy->tags[0], ==, "best");
  g_assert_cmpstr (copy->tags[1], ==, "paper");
  g_assert_cmpstr (copy->tags[2], ==, "two lines");
  g_assert_cmpstr (copy->note, ==, "It “works”.\nTwice.");
  g_assert_true (copy->favorite);
  g_assert_cmpstr (copy->name, ==, "Puzzles");
  untouched = get (fixture, other);
  g_assert_cmpuint (g_strv_length (untouched->tags), ==, 0);
  g_assert_false (untouched->favorite);

  g_assert_true (smalti_store_set_tags (fixture->store, id, NULL, NULL));
  g_clear_pointer (&info, smalti_run_info_free);
  info = get (fixture, id);
  g_assert_cmpuint (g_strv_length (info->tags), ==, 0);

  g_assert_false (smalti_store_rename_run (fixture->store, id, "  ", &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (smalti_store_set_note (fixture->store, 99, "", &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "99"));
}

/* The engine writes what it read when the run began, every second. */
static void
a_run_under_way_does_not_undo_what_people_write (Fixture *fixture, gconstpointer data)
{
  gint64 id = add_run (fixture);
  g_autoptr (SmaltiRunInfo) engines = get (fixture, id), info = NULL;

  g_assert_true (smalti_store_rename_run (fixture->store, id, "new name", NULL));
  g_assert_true (smalti_store_set_note (fixture->store, id, "note", NULL));
  g_assert_true (smalti_store_move_in_queue (fixture->store, id, 0, NULL));
  engines->step = 7;
  g_assert_true (smalti_store_update_run (fixture->store, engines, NULL));
  info = get (fixture, id);
  g_assert_cmpuint (info->step, ==, 7);
  g_assert_cmpstr (info->name, ==, "new name");
  g_assert_cmpstr (info->note, ==, "note");
  g_assert_cmpuint (info->queue_place, ==, 1);
}

static void
assert_queue (Fixture *fixture, gint64 a, gint64 b, gint64 c)
{
  const gint64 ids[] = { a, b, c };

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (SmaltiRunInfo) info = get (fixture, ids[i]);

      g_assert_cmpuint (info->queue_place, ==, i + 1);
    }
}

static void
the_queue_is_in_the_order_people_gave_it (Fixture *fixture, gconstpointer data)
{
  gint64 a = add_run (fixture), b = add_run (fixture), c = add_run (fixture);
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiRunInfo) left = NULL;

  g_assert_cmpint (smalti_store_next_queued (fixture->store, NULL), ==, 0); /* added is not queued */
  g_assert_true (smalti_store_move_in_queue (fixture->store, a, 0, NULL));
  g_assert_true (smalti_store_move_in_queue (fixture->store, b, 0, NULL));
  g_assert_true (smalti_store_move_in_queue (fixture->store, c, 0, NULL));
  assert_queue (fixture, a, b, c);
  g_assert_true (smalti_store_move_in_queue (fixture->store, c, a, NULL));
  assert_queue (fixture, c, a, b);
  g_assert_true (smalti_store_move_in_queue (fixture->store, c, b, NULL));
  assert_queue (fixture, a, c, b);
  g_assert_true (smalti_store_move_in_queue (fixture->store, c, c, NULL));
  assert_queue (fixture, a, c, b);
  g_assert_true (smalti_store_move_in_queue (fixture->store, a, 0, NULL));
  assert_queue (fixture, c, b, a);

  g_assert_cmpint (smalti_store_next_queued (fixture->store, NULL), ==, c);
  g_assert_true (smalti_store_lock_run (fixture->store, c, NULL)); /* somebody begins it */
  g_assert_cmpint (smalti_store_next_queued (fixture->store, NULL), ==, b);
  g_assert_true (smalti_store_leave_queue (fixture->store, c, NULL));
  left = get (fixture, b);
  g_assert_cmpuint (left->queue_place, ==, 1);

  set_state (fixture, c, SMALTI_RUN_RUNNING);
  g_assert_false (smalti_store_move_in_queue (fixture->store, c, 0, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
  smalti_store_unlock_run (fixture->store, c);
  set_state (fixture, c, SMALTI_RUN_STOPPED); /* one that was stopped may wait to go on */
  g_assert_true (smalti_store_move_in_queue (fixture->store, c, b, NULL));
  g_assert_cmpint (smalti_store_next_queued (fixture->store, NULL), ==, c);
}

static void
the_trash_hides_restores_and_is_emptied (Fixture *fixture, gconstpointer data)
{
  gint64 a = add_run (fixture), b = add_run (fixture), c = add_run (fixture);
  const gint64 both[] = { a, b };
  g_autofree char *folder = smalti_store_get_run_folder (fixture->store, a);
  g_autofree char *checkpoint = g_build_filename (folder, "checkpoint.safetensors", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiRunInfo) info = NULL;
  g_autoptr (GArray) points = NULL;
  guint n = 99;

  g_assert_true (g_file_set_contents (checkpoint, "x", 1, NULL));
  g_assert_true (smalti_store_add_point (fixture->store, a, "train/loss", &(SmaltiPoint){ .step = 1 }, NULL));
  g_assert_true (smalti_store_move_in_queue (fixture->store, a, 0, NULL));
  g_assert_true (smalti_store_trash_runs (fixture->store, both, 2, NULL));
  g_assert_cmpuint (n_listed (fixture), ==, 1);
  g_assert_cmpint (smalti_store_next_queued (fixture->store, NULL), ==, 0);
  g_assert_null (smalti_store_find_run (fixture->store, "1", &error));
  g_assert_nonnull (strstr (error->message, "trash"));
  g_clear_error (&error);
  info = get (fixture, a);
  g_assert_cmpint (ABS (info->trashed - g_get_real_time ()), <, 10 * G_USEC_PER_SEC);
  g_assert_true (g_file_test (checkpoint, G_FILE_TEST_EXISTS));

  g_assert_true (smalti_store_restore_runs (fixture->store, both, 2, NULL));
  g_assert_cmpuint (n_listed (fixture), ==, 3);

  g_assert_true (smalti_store_trash_runs (fixture->store, both, 2, NULL));
  g_assert_true (smalti_store_empty_trash (fixture->store, g_get_real_time () - G_USEC_PER_SEC * 60, &n, NULL));
  g_assert_cmpuint (n, ==, 0); /* it is too new */
  g_assert_true (g_file_test (checkpoint, G_FILE_TEST_EXISTS));
  g_assert_true (smalti_store_empty_trash (fixture->store, G_MAXINT64, &n, NULL));
  g_assert_cmpuint (n, ==, 2);
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  g_assert_null (smalti_store_get_run (fixture->store, a, NULL));
  points = smalti_store_get_points (fixture->store, a, "train/loss", -1, NULL);
  g_assert_cmpuint (points->len, ==, 0);
  g_clear_pointer (&info, smalti_run_info_free);
  info = get (fixture, c);
  g_assert_cmpint (info->trashed, ==, 0);
}

static void
running_ones_are_not_trashed_and_nothing_with_them (Fixture *fixture, gconstpointer data)
{
  gint64 a = add_run (fixture), b = add_run (fixture);
  const gint64 both[] = { a, b }, absent[] = { a, 99 };
  g_autoptr (SmaltiStore) theirs = smalti_store_open (fixture->path, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (smalti_store_lock_run (theirs, b, NULL));
  g_assert_false (smalti_store_trash_runs (fixture->store, both, 2, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_STORE);
  g_assert_nonnull (strstr (error->message, "2"));
  g_clear_error (&error);
  g_assert_cmpuint (n_listed (fixture), ==, 2);
  g_assert_false (smalti_store_trash_runs (fixture->store, absent, 2, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
  g_assert_cmpuint (n_listed (fixture), ==, 2);
}

static void
a_paused_run_whose_process_is_gone_is_lost (Fixture *fixture, gconstpointer data)
{
  gint64 id = add_run (fixture);
  g_autoptr (SmaltiRunInfo) paused = NULL, lost = NULL;

  g_assert_true (smalti_store_lock_run (fixture->store, id, NULL));
  set_state (fixture, id, SMALTI_RUN_PAUSED);
  paused = get (fixture, id);
  g_assert_cmpint (paused->state, ==, SMALTI_RUN_PAUSED);
  smalti_store_unlock_run (fixture->store, id);
  lost = get (fixture, id);
  g_assert_cmpint (lost->state, ==, SMALTI_RUN_LOST);
}

static char *
listed_spec (SmaltiStore *store, gint64 id)
{
  g_autoptr (GPtrArray) runs = smalti_store_list_runs (store, NULL);

  for (guint i = 0; i < runs->len; i++)
    if (((SmaltiRunInfo *)runs->pdata[i])->id == id)
      return g_strdup (((SmaltiRunInfo *)runs->pdata[i])->spec_yaml);
  return NULL;
}

/* Lists keep the specs they have read. */
static void
a_list_has_specs_as_they_are_now (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SmaltiStore) theirs = smalti_store_open (fixture->path, NULL);
  g_autofree char *before = NULL, *after = NULL, *of_new = NULL, *gone = NULL;
  gint64 ids[40], added;

  smalti_spec_set (fixture->spec, "seed", "5", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    ids[i] = add_run (fixture);
  before = listed_spec (theirs, ids[3]);
  g_assert_nonnull (strstr (before, "seed: 5\n"));
  smalti_spec_set (fixture->spec, "seed", "6", NULL);
  g_assert_true (smalti_store_set_spec (fixture->store, ids[3], fixture->spec, NULL)); /* as a change does */
  added = add_run (fixture);
  after = listed_spec (theirs, ids[3]);
  g_assert_nonnull (strstr (after, "seed: 6\n"));
  of_new = listed_spec (theirs, added);
  g_assert_cmpstr (of_new, ==, after);
  g_assert_true (smalti_store_remove_run (fixture->store, ids[4], NULL));
  gone = listed_spec (theirs, ids[4]);
  g_assert_null (gone);
}

static void
folders_are_listed_by_when_they_were_opened (Fixture *fixture, gconstpointer data)
{
  SmaltiFolderInfo a = { .path = (char *)"/a", .layout = (char *)"auto", .opened = 5, .added = 3 };
  SmaltiFolderInfo b = { .path = (char *)"/b ü", .layout = (char *)"folders", .opened = 6, .n_items = 1234567 };
  g_autoptr (GPtrArray) folders = NULL, left = NULL;
  const SmaltiFolderInfo *first, *second;

  g_assert_true (smalti_store_add_folder (fixture->store, &a, NULL));
  g_assert_true (smalti_store_add_folder (fixture->store, &b, NULL));
  a.opened = 7;
  a.added = 0;
  a.n_items = 10;
  a.n_classes = 3;
  a.fingerprint = (char *)"abc";
  g_assert_true (smalti_store_add_folder (fixture->store, &a, NULL));
  folders = smalti_store_list_folders (fixture->store, NULL);
  g_assert_cmpuint (folders->len, ==, 2);
  first = folders->pdata[0];
  second = folders->pdata[1];
  g_assert_cmpstr (first->path, ==, "/a");
  g_assert_cmpint (first->added, ==, 3);
  g_assert_cmpint (first->opened, ==, 7);
  g_assert_cmpuint (first->n_items, ==, 10);
  g_assert_cmpuint (first->n_classes, ==, 3);
  g_assert_cmpstr (first->fingerprint, ==, "abc");
  g_assert_cmpstr (second->path, ==, "/b ü");
  g_assert_cmpuint (second->n_items, ==, 1234567);
  g_assert_cmpint (ABS (second->added - g_get_real_time ()), <, 10 * G_USEC_PER_SEC);
  g_assert_true (smalti_store_remove_folder (fixture->store, "/a", NULL));
  left = smalti_store_list_folders (fixture->store, NULL);
  g_assert_cmpuint (left->len, ==, 1);
}

#define N_ROUNDS 25

/* The other program: this one, started anew. Adds runs, their points, and order among them. */
static int
work_on (const char *path, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiStore) store = smalti_store_open (path, &error);
  g_autoptr (SmaltiSpec) spec = smalti_spec_new (smalti_pretext_find ("jigsaw"), smalti_backbone_find ("cfn"));

  g_assert_no_error (error);
  smalti_spec_set (spec, "name", name, NULL);
  for (int round = 0; round < N_ROUNDS; round++)
    {
      gint64 id = smalti_store_add_run (store, spec, &error);

      g_assert_no_error (error);
      smalti_store_begin (store, &error);
      for (int i = 0; i < 40 && error == NULL; i++)
        smalti_store_add_point (store, id, "train/loss", &(SmaltiPoint){ .step = i, .value = i }, &error);
      g_assert_no_error (error);
      smalti_store_commit (store, &error);
      smalti_store_move_in_queue (store, id, 0, &error);
      smalti_store_set_tags (store, id, (const char *[]){ name, NULL }, &error);
      if (round % 5 == 4)
        smalti_store_trash_runs (store, &id, 1, &error);
      g_assert_no_error (error);
    }
  return 0;
}

static void
two_programs_work_at_once_and_see_each_other (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "one", "two" };
  guint64 changes = smalti_store_get_change_count (fixture->store);
  g_autoptr (GPtrArray) runs = NULL;
  g_autoptr (GHashTable) places = g_hash_table_new (NULL, NULL);
  pid_t pids[2];
  guint n_tagged[2] = { 0 };

  for (guint i = 0; i < 2; i++)
    {
      pids[i] = fork ();
      if (pids[i] == 0)
        {
          execl ("/proc/self/exe", "test-organize", "--work-on", fixture->path, names[i], NULL);
          _exit (127);
        }
    }
  for (guint i = 0; i < 2; i++)
    {
      int status;

      g_assert_cmpint (waitpid (pids[i], &status, 0), ==, pids[i]);
      g_assert_cmpint (status, ==, 0);
    }
  g_assert_cmpuint (smalti_store_get_change_count (fixture->store), >, changes);
  runs = smalti_store_list_runs (fixture->store, NULL);
  g_assert_cmpuint (runs->len, ==, 2 * N_ROUNDS * 4 / 5);
  for (guint i = 0; i < runs->len; i++)
    {
      const SmaltiRunInfo *info = runs->pdata[i];
      g_autoptr (GArray) points = smalti_store_get_points (fixture->store, info->id, "train/loss", -1, NULL);

      g_assert_cmpuint (points->len, ==, 40);
      g_assert_cmpstr (info->tags[0], ==, info->name);
      n_tagged[strcmp (info->name, "two") == 0]++;
      g_assert_cmpuint (info->queue_place, >, 0);
      g_assert_true (g_hash_table_add (places, GUINT_TO_POINTER (info->queue_place))); /* no two at one place */
    }
  g_assert_cmpuint (n_tagged[0], ==, n_tagged[1]);
}

int
main (int argc, char **argv)
{
  if (argc == 4 && strcmp (argv[1], "--work-on") == 0)
    return work_on (argv[2], argv[3]);
  g_test_init (&argc, &argv, NULL);
#define TEST(path, f) g_test_add ("/organize/" path, Fixture, NULL, set_up, f, tear_down)
  TEST ("notes", tags_notes_and_favourites_are_kept);
  TEST ("under-way", a_run_under_way_does_not_undo_what_people_write);
  TEST ("queue", the_queue_is_in_the_order_people_gave_it);
  TEST ("trash", the_trash_hides_restores_and_is_emptied);
  TEST ("trash-running", running_ones_are_not_trashed_and_nothing_with_them);
  TEST ("paused", a_paused_run_whose_process_is_gone_is_lost);
  TEST ("specs", a_list_has_specs_as_they_are_now);
  TEST ("folders", folders_are_listed_by_when_they_were_opened);
  TEST ("at-once", two_programs_work_at_once_and_see_each_other);
  return g_test_run ();
}
