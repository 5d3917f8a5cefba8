/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/error.h"
#include "core/base/file.h"

typedef struct
{
  char *folder, *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("smalti-file-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "weights", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0); /* nothing was left beside it */
  g_free (fixture->path);
  g_free (fixture->folder);
}

static void
assert_holds (const char *path, const char *wanted)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, wanted);
}

static void
the_old_file_stands_until_the_commit (Fixture *fixture, gconstpointer data)
{
  g_assert_true (smalti_file_replace (fixture->path, "old", 3, NULL));
  {
    g_autoptr (SmaltiFileWriter) writer = smalti_file_writer_new (fixture->path, NULL);

    g_assert_true (smalti_file_writer_write (writer, "new", 3, NULL));
    assert_holds (fixture->path, "old");
    g_assert_true (smalti_file_writer_commit (writer, NULL));
    assert_holds (fixture->path, "new");
  }
  {
    g_autoptr (SmaltiFileWriter) given_up = smalti_file_writer_new (fixture->path, NULL);

    g_assert_true (smalti_file_writer_write (given_up, "half", 4, NULL));
  }
  assert_holds (fixture->path, "new");
}

static void
a_full_disk_is_told_in_a_sentence (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  if (g_access ("/dev/full", W_OK) != 0)
    {
      g_test_skip ("no /dev/full here");
      return;
    }
  /* The writer opens PATH.tmp-PID: let that name lead to the device that is always full. */
  {
    g_autofree char *partial = g_strdup_printf ("%s.tmp-%d", fixture->path, (int)getpid ());

    g_assert_cmpint (symlink ("/dev/full", partial), ==, 0);
  }
  g_assert_false (smalti_file_replace (fixture->path, "data", 4, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "No space left"));
}

static void
a_missing_folder_is_told_with_the_path (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "absent", "file", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (smalti_file_replace (path, "data", 4, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_IO);
  g_assert_nonnull (strstr (error->message, path));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/file/commit", Fixture, NULL, set_up, the_old_file_stands_until_the_commit, tear_down);
  g_test_add ("/file/full-disk", Fixture, NULL, set_up, a_full_disk_is_told_in_a_sentence, tear_down);
  g_test_add ("/file/missing-folder", Fixture, NULL, set_up, a_missing_folder_is_told_with_the_path, tear_down);
  return g_test_run ();
}
