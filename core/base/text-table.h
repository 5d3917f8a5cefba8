/* SPDX-License-Identifier: Apache-2.0 */
/* Columns of text for a terminal, as wide as they need to be. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Columns a terminal needs for it. */
guint            smalti_text_width        (const char        *text);

typedef struct _SmaltiTextTable SmaltiTextTable;

/* @headers: one for each column, "" for none; a header that begins with ">" is of a column aligned to the right. */
SmaltiTextTable *smalti_text_table_new    (const char *const *headers,
                                           guint              n_columns);
/* Takes @text: the next cell, row by row. */
void             smalti_text_table_add    (SmaltiTextTable   *self,
                                           char              *text);
/* Frees @self, returns the lines; free with g_free(). */
char            *smalti_text_table_finish (SmaltiTextTable   *self);

G_END_DECLS
