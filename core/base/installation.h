/* SPDX-License-Identifier: Apache-2.0 */
/* Where this program's own files are: installed, or in the folder it was built in and is started from. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The path of @name ("resources/po") in the folder of the build that the running program is in; %NULL when it is installed.
 * Free with g_free(). */
char *smalti_installation_find_built (const char *name);
/* Takes the user's language and formats, and finds the translations. To be called first, before a thread starts. */
void  smalti_installation_use_locale (void);

G_END_DECLS
