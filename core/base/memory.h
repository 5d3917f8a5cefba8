/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes this process may still take: of the machine and of its control groups; 0 when that can't be known. */
guint64 smalti_memory_available (void);
/* Bytes there are in all: of the machine, or of the tightest of its control groups; 0 when that can't be known. */
guint64 smalti_memory_total     (void);
/* At most so many are said to be available from now on; 0: all there are. For tests of what happens without. */
void    smalti_memory_set_limit (gsize bytes);

G_END_DECLS
