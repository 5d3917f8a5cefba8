/* SPDX-License-Identifier: Apache-2.0 */
/* How much memory there is to take, so that a run too large says so instead of being killed. */
#include "core/base/memory.h"

#include <string.h>

#include "core/base/control-group.h"

static gboolean
read_number (const char *path, guint64 *number)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  g_strstrip (text);
  return g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, number, NULL); /* "max" is no number: no limit */
}

/* Bytes of files that nobody has touched lately: counted as used, given up as soon as someone needs them. */
static guint64
idle_file_bytes (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "memory.stat", NULL), *text = NULL;
  const char *line;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  line = strstr (text, "\ninactive_file ");
  return line != NULL ? g_ascii_strtoull (line + strlen ("\ninactive_file "), NULL, 10) : 0;
}

/* What one control group leaves. */
static void
take_group_rest (const char *folder, gpointer user_data)
{
  guint64 *available = user_data;
  g_autofree char *limit_path = g_build_filename (folder, "memory.max", NULL);
  g_autofree char *used_path = g_build_filename (folder, "memory.current", NULL);
  guint64 limit, used, idle;

  if (!read_number (limit_path, &limit) || !read_number (used_path, &used))
    return;
  idle = idle_file_bytes (folder);
  used -= MIN (used, idle);
  *available = MIN (*available, limit > used ? limit - used : 0);
}

static void
take_group_limit (const char *folder, gpointer user_data)
{
  guint64 *total = user_data;
  g_autofree char *path = g_build_filename (folder, "memory.max", NULL);
  guint64 limit;

  if (read_number (path, &limit))
    *total = MIN (*total, limit);
}

/* A line of /proc/meminfo in bytes; 0 when it is not there. */
static guint64
machine_bytes (const char *key)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/meminfo", &text, NULL, NULL))
    return 0;
  line = strstr (text, key);
  return line != NULL ? g_ascii_strtoull (line + strlen (key), NULL, 10) * 1024 : 0;
}

static gsize limit_bytes; /* atomic; 0: none */

void
smalti_memory_set_limit (gsize bytes)
{
  g_atomic_pointer_set (&limit_bytes, bytes);
}

guint64
smalti_memory_available (void)
{
  guint64 available = machine_bytes ("MemAvailable:"), limit = g_atomic_pointer_get (&limit_bytes);

  if (available > 0)
    smalti_control_groups_visit (take_group_rest, &available);
  return limit > 0 ? MIN (available, limit) : available;
}

guint64
smalti_memory_total (void)
{
  guint64 total = machine_bytes ("MemTotal:");

  if (total > 0)
    smalti_control_groups_visit (take_group_limit, &total);
  return total;
}
