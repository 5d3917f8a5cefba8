/* SPDX-License-Identifier: Apache-2.0 */
/* How much memory there is to take, so that a run too large says so instead of being killed. */
#include <gio/gio.h>
#include <string.h>

#include "core/run/session-private.h"

static gboolean
read_number (const char *path, guint64 *number)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  g_strstrip (text);
  return g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, number, NULL); /* "max" is no number: no limit */
}

/* What control groups leave, this one's and those above it. */
static guint64
group_available (void)
{
  g_autofree char *text = NULL, *group = NULL;
  guint64 available = G_MAXUINT64;
  const char *line;

  if (!g_file_get_contents ("/proc/self/cgroup", &text, NULL, NULL))
    return available;
  line = g_strstr_len (text, -1, "0::/");
  if (line == NULL)
    return available;
  group = g_strndup (line + 3, strcspn (line + 3, "\n"));
  for (;;)
    {
      g_autofree char *limit_path = g_build_filename ("/sys/fs/cgroup", group, "memory.max", NULL);
      g_autofree char *used_path = g_build_filename ("/sys/fs/cgroup", group, "memory.current", NULL);
      guint64 limit, used;
      char *slash = strrchr (group, '/');

      if (read_number (limit_path, &limit) && read_number (used_path, &used))
        available = MIN (available, limit > used ? limit - used : 0);
      if (slash == NULL)
        return available;
      *slash = '\0';
    }
}

guint64
smalti_memory_available (void)
{
  g_autofree char *text = NULL;
  const char *line;
  guint64 machine = 0;

  if (!g_file_get_contents ("/proc/meminfo", &text, NULL, NULL))
    return 0;
  line = strstr (text, "MemAvailable:");
  if (line == NULL)
    return 0;
  machine = g_ascii_strtoull (line + strlen ("MemAvailable:"), NULL, 10) * 1024;
  return MIN (machine, group_available ());
}
