/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A file, or a folder with all that is in it. */
void remove_tree (const char *path);

G_END_DECLS
