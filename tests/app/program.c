/* SPDX-License-Identifier: Apache-2.0 */
/* Calls the real program; SMALTI_CLI says where it is. */
#include "tests/app/program.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

World *
world_new (void)
{
  World *self = g_new0 (World, 1);
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("smalti-test-XXXXXX", &error);
  g_assert_no_error (error);
  return self;
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);

  for (const char *name = dir != NULL ? g_dir_read_name (dir) : NULL; name != NULL; name = g_dir_read_name (dir))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_all (child);
    }
  g_remove (path);
}

void
world_free (World *self)
{
  remove_all (self->folder);
  g_free (self->folder);
  g_free (self);
}

char *
world_path (World *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

void
world_write (World *self, const char *name, const char *text)
{
  g_autofree char *path = world_path (self, name);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (folder, 0777);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static GSubprocess *
spawn (World *self, va_list words)
{
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autofree char *data = world_path (self, "xdg-data");
  g_autofree char *cache = world_path (self, "xdg-cache");
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_assert_nonnull (g_getenv ("SMALTI_CLI"));
  g_ptr_array_add (argv, (gpointer)g_getenv ("SMALTI_CLI"));
  for (char *word = va_arg (words, char *); word != NULL; word = va_arg (words, char *))
    g_ptr_array_add (argv, word);
  g_ptr_array_add (argv, NULL);
  g_subprocess_launcher_set_cwd (launcher, self->folder);
  g_subprocess_launcher_setenv (launcher, "HOME", self->folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_DATA_HOME", data, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_CACHE_HOME", cache, TRUE);
  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C.UTF-8", TRUE);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *)argv->pdata, &error);
  g_assert_no_error (error);
  return process;
}

GSubprocess *
world_spawn (World *self, ...)
{
  va_list words;
  GSubprocess *process;

  va_start (words, self);
  process = spawn (self, words);
  va_end (words);
  return process;
}

static char *
text_of (GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  return size > 0 ? g_strndup (data, size) : g_strdup ("");
}

Answer *
answer_of (GSubprocess *process)
{
  Answer *self = g_new0 (Answer, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) out = NULL;
  g_autoptr (GBytes) err = NULL;

  g_subprocess_communicate (process, NULL, NULL, &out, &err, &error);
  g_assert_no_error (error);
  self->out = text_of (out);
  self->err = text_of (err);
  self->status = g_subprocess_get_if_exited (process) ? g_subprocess_get_exit_status (process) : -1;
  return self;
}

Answer *
world_call (World *self, ...)
{
  g_autoptr (GSubprocess) process = NULL;
  va_list words;

  va_start (words, self);
  process = spawn (self, words);
  va_end (words);
  return answer_of (process);
}

void
answer_free (Answer *self)
{
  g_free (self->out);
  g_free (self->err);
  g_free (self);
}

/* Everything that was said, then the end. */
static void
fail (const Answer *self, const char *what, const char *text)
{
  g_printerr ("%s%s\nstandard output:\n%s\nstandard error:\n%s\n", what, text, self->out, self->err);
  g_error ("%s%s", what, text);
}

void
answer_assert_status (const Answer *self, int status)
{
  if (self->status != status)
    {
      g_autofree char *text = g_strdup_printf ("%d, not %d", self->status, status);

      fail (self, "ended with ", text);
    }
}

void
answer_assert_err (const Answer *self, const char *text)
{
  if (strstr (self->err, text) == NULL)
    fail (self, "standard error does not say: ", text);
}

void
answer_assert_out (const Answer *self, const char *text)
{
  if (strstr (self->out, text) == NULL)
    fail (self, "standard output does not say: ", text);
}

void
answer_assert_json (const Answer *self, guint least)
{
  g_auto (GStrv) lines = g_strsplit (self->out, "\n", -1);
  guint n = 0;

  for (char **line = lines; *line != NULL; line++)
    {
      g_autoptr (JsonNode) node = NULL;

      if (**line == '\0' && line[1] == NULL)
        break;
      node = json_from_string (*line, NULL);
      if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
        fail (self, "no JSON object: ", *line);
      n++;
    }
  if (n < least)
    fail (self, "too few lines of JSON", "");
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

static void
append_state (GString *out, const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  if (!S_ISDIR (info.st_mode))
    {
      g_string_append_printf (out, "%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT ".%09ld\n", path, (gint64)info.st_size,
                              (gint64)info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
      return;
    }
  g_string_append_printf (out, "%s\n", path);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    g_ptr_array_add (names, g_build_filename (path, name, NULL));
  g_ptr_array_sort (names, by_name);
  for (guint i = 0; i < names->len; i++)
    append_state (out, names->pdata[i]);
}

char *
folder_state (const char *folder)
{
  GString *out = g_string_new (NULL);

  append_state (out, folder);
  return g_string_free (out, FALSE);
}
