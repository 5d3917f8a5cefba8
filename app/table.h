/* SPDX-License-Identifier: Apache-2.0 */
/* Columns of text, as wide as they need to be. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _CliTable CliTable;

/* @headers: one for each column, "" for none; a header that begins with ">" is of a column aligned to the right. */
CliTable *cli_table_new    (const char *const *headers,
                            guint              n_columns);
/* Takes @text: the next cell, row by row. */
void      cli_table_add    (CliTable          *self,
                            char              *text);
/* Frees @self, returns the lines; free with g_free(). */
char     *cli_table_finish (CliTable          *self);

G_END_DECLS
