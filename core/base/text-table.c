/* SPDX-License-Identifier: Apache-2.0 */
/* Columns of text. */
#include "core/base/text-table.h"

#include <string.h>

struct _SmaltiTextTable
{
  guint n_columns;
  GPtrArray *cells;
  gboolean *right;
};

guint
smalti_text_width (const char *text)
{
  guint width = 0;

  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar u = g_utf8_get_char (c);

      width += g_unichar_iszerowidth (u) ? 0 : g_unichar_iswide (u) ? 2 : 1;
    }
  return width;
}

SmaltiTextTable *
smalti_text_table_new (const char *const *headers, guint n_columns)
{
  SmaltiTextTable *self = g_new0 (SmaltiTextTable, 1);
  gboolean any = FALSE;

  self->n_columns = n_columns;
  self->cells = g_ptr_array_new_with_free_func (g_free);
  self->right = g_new0 (gboolean, n_columns);
  for (guint i = 0; i < n_columns; i++)
    {
      self->right[i] = headers[i][0] == '>';
      g_ptr_array_add (self->cells, g_strdup (headers[i] + self->right[i]));
      any |= headers[i][self->right[i]] != '\0';
    }
  if (!any)
    g_ptr_array_set_size (self->cells, 0);
  return self;
}

void
smalti_text_table_add (SmaltiTextTable *self, char *text)
{
  g_ptr_array_add (self->cells, text);
}

char *
smalti_text_table_finish (SmaltiTextTable *self)
{
  GString *out = g_string_new (NULL);
  g_autofree guint *width = g_new0 (guint, self->n_columns);

  g_assert (self->cells->len % self->n_columns == 0);
  for (guint i = 0; i < self->cells->len; i++)
    width[i % self->n_columns] = MAX (width[i % self->n_columns], smalti_text_width (self->cells->pdata[i]));
  for (guint i = 0; i < self->cells->len; i++)
    {
      guint column = i % self->n_columns;
      const char *text = self->cells->pdata[i];
      guint pad = width[column] - smalti_text_width (text);
      gboolean last = column + 1 == self->n_columns;

      if (self->right[column])
        g_string_append_printf (out, "%*s%s", (int)pad, "", text);
      else
        g_string_append_printf (out, "%s%*s", text, last ? 0 : (int)pad, "");
      g_string_append (out, last ? "\n" : "  ");
    }
  g_ptr_array_unref (self->cells);
  g_free (self->right);
  g_free (self);
  return g_string_free (out, FALSE);
}
