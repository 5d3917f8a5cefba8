/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes this process may still take: of the machine and of its control groups; 0 when that can't be known. */
guint64 smalti_memory_available (void);

G_END_DECLS
