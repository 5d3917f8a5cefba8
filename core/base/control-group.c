/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/control-group.h"

#include <string.h>

void
smalti_control_groups_visit (SmaltiControlGroupFunc visit, gpointer user_data)
{
  g_autofree char *text = NULL, *group = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/cgroup", &text, NULL, NULL))
    return;
  line = g_strstr_len (text, -1, "0::/");
  if (line == NULL)
    return;
  group = g_strndup (line + 3, strcspn (line + 3, "\n"));
  for (;;)
    {
      g_autofree char *folder = g_build_filename ("/sys/fs/cgroup", group, NULL);
      char *slash = strrchr (group, '/');

      visit (folder, user_data);
      if (slash == NULL)
        return;
      *slash = '\0';
    }
}
