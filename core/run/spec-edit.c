/* SPDX-License-Identifier: Apache-2.0 */
/* Changing a spec's text a line at a time. This knows only the plain shape that people write, a section's keys indented
 * below its name; nothing depends on its being right, since the text it makes is read again and, if it does not say
 * what it should, written anew. */
#include <string.h>

#include "core/run/spec-private.h"

typedef struct
{
  guint first, end; /* lines first .. end - 1 */
} Lines;

static const char *
line_at (const GPtrArray *text, guint i)
{
  return text->pdata[i];
}

static guint
indent_of (const char *line)
{
  return strspn (line, " ");
}

/* Neither blank nor a comment. */
static gboolean
has_content (const char *line)
{
  const char *at = line + indent_of (line);

  return *at != '\0' && *at != '#' && *at != '\r';
}

static gboolean
is_key (const char *line, const char *key)
{
  const char *at = line + indent_of (line);
  gsize length = strlen (key);

  return strncmp (at, key, length) == 0 && at[length] == ':' && strchr (" \t\r", at[length + 1]) != NULL;
}

/* Down to what is indented no deeper; the items of a list may stand as far left as its key. */
static guint
end_of (const GPtrArray *text, guint first, guint limit)
{
  guint indent = indent_of (line_at (text, first)), end = first + 1;

  for (guint i = first + 1; i < limit; i++)
    {
      const char *line = line_at (text, i);
      gboolean is_item = indent_of (line) == indent && line[indent] == '-';

      if (!has_content (line))
        continue;
      if (indent_of (line) <= indent && !is_item)
        break;
      end = i + 1;
    }
  return end;
}

static gboolean
find_key (const GPtrArray *text, Lines within, guint indent, const char *key, Lines *found)
{
  for (guint i = within.first; i < within.end; i++)
    if (has_content (line_at (text, i)) && indent_of (line_at (text, i)) == indent && is_key (line_at (text, i), key))
      {
        *found = (Lines){ i, end_of (text, i, within.end) };
        return TRUE;
      }
  return FALSE;
}

/* The lines below a section's name, and how far they are indented. */
static gboolean
find_section (const GPtrArray *text, SmaltiSection section, Lines *inside, guint *indent)
{
  Lines whole = { 0, text->len };

  *inside = whole;
  *indent = 0;
  if (section == SMALTI_SECTION_TOP)
    return TRUE;
  if (!find_key (text, whole, 0, smalti_section_names[section], inside))
    return FALSE;
  inside->first++;
  *indent = 2;
  for (guint i = inside->first; i < inside->end; i++)
    if (has_content (line_at (text, i)))
      {
        *indent = indent_of (line_at (text, i));
        break;
      }
  return TRUE;
}

static void
insert_line (GPtrArray *text, guint at, guint indent, const char *key, const char *value)
{
  g_ptr_array_insert (text, at, g_strdup_printf ("%*s%s:%s%s", (int)indent, "", key, *value != '\0' ? " " : "", value));
}

/* The comment after a value with the blanks before it, or the end of the line. */
static const char *
find_comment (const char *value)
{
  char quote = '\0';

  for (const char *at = value; *at != '\0'; at++)
    if (quote != '\0')
      {
        if (*at == '\\' && quote == '"' && at[1] != '\0')
          at++;
        else if (*at == quote)
          quote = '\0';
      }
    else if (*at == '"' || *at == '\'')
      quote = *at;
    else if (*at == '#' && at > value && (at[-1] == ' ' || at[-1] == '\t'))
      {
        while (at > value && (at[-1] == ' ' || at[-1] == '\t'))
          at--;
        return at;
      }
  return value + strlen (value);
}

static void
replace_value (GPtrArray *text, Lines lines, const char *value)
{
  const char *line = line_at (text, lines.first);
  const char *colon = strchr (line, ':');
  char *changed = g_strdup_printf ("%.*s %s%s", (int)(colon + 1 - line), line, value, find_comment (colon + 1));

  if (lines.end > lines.first + 1)
    g_ptr_array_remove_range (text, lines.first + 1, lines.end - lines.first - 1);
  g_free (text->pdata[lines.first]);
  text->pdata[lines.first] = changed;
}

/* Where @section belongs: behind those that come before it in every spec. */
static void
insert_section (GPtrArray *text, SmaltiSection section)
{
  guint at = text->len, indent;
  Lines inside;

  for (SmaltiSection s = section - 1; s > SMALTI_SECTION_TOP; s--)
    if (find_section (text, s, &inside, &indent))
      {
        at = inside.end;
        break;
      }
  insert_line (text, at, 0, smalti_section_names[section], "");
}

/* Behind the key that comes before it in its table, as far as the text has one. */
static guint
find_place (const GPtrArray *text, Lines inside, guint indent, const SmaltiValues *values, const SmaltiParam *param,
            gboolean is_named)
{
  const SmaltiParam *table = smalti_values_get_table (values);
  Lines found;

  for (const SmaltiParam *p = param; p-- > table;)
    if (find_key (text, inside, indent, p->key, &found))
      return found.end;
  if (is_named && find_key (text, inside, indent, "name", &found))
    return found.end;
  if (indent > 0)
    return inside.first;
  for (guint i = inside.first; i < inside.end; i++)
    if (has_content (line_at (text, i)))
      return i;
  return inside.end;
}

static void
set_key (GPtrArray *text, const SmaltiSpec *spec, SmaltiSection section, const SmaltiParam *param)
{
  g_autoptr (GString) value = g_string_new (NULL);
  guint indent;
  Lines inside, found;

  smalti_spec_append_value (value, spec->values[section], param);
  if (!find_section (text, section, &inside, &indent))
    {
      insert_section (text, section);
      find_section (text, section, &inside, &indent);
    }
  if (find_key (text, inside, indent, param->key, &found))
    replace_value (text, found, value->str);
  else
    insert_line (text,
                 find_place (text, inside, indent, spec->values[section], param, smalti_section_is_named (section)),
                 indent, param->key, value->str);
}

/* Another method has other keys: only its name stays. */
static void
set_class (GPtrArray *text, SmaltiSection section, const char *id)
{
  guint indent;
  Lines inside, found;

  if (!find_section (text, section, &inside, &indent))
    return;
  for (guint i = inside.end; i-- > inside.first;)
    if (!is_key (line_at (text, i), "name"))
      g_ptr_array_remove_index (text, i);
  if (find_section (text, section, &inside, &indent) && find_key (text, inside, indent, "name", &found))
    replace_value (text, found, id);
}

static void
change_lines (GPtrArray *text, const SmaltiSpec *from, const SmaltiSpec *to)
{
  if (from->method != to->method)
    set_class (text, SMALTI_SECTION_METHOD, to->method->id);
  if (from->backbone != to->backbone)
    set_class (text, SMALTI_SECTION_BACKBONE, to->backbone->id);
  for (SmaltiSection s = 0; s < SMALTI_N_SECTIONS; s++)
    {
      const SmaltiParam *table = smalti_values_get_table (to->values[s]);
      gboolean same_table = table == smalti_values_get_table (from->values[s]);

      for (const SmaltiParam *p = table; p->key != NULL; p++)
        {
          g_autofree char *new = smalti_values_get_text (to->values[s], p->key);
          g_autofree char *old = smalti_values_get_text (same_table ? from->values[s] : to->values[s], p->key);

          if (same_table ? strcmp (old, new) != 0 : !smalti_values_is_default (to->values[s], p->key))
            set_key (text, to, s, p);
        }
    }
}

static gboolean
says (const char *yaml, const char *folder, const SmaltiSpec *spec)
{
  g_autoptr (GPtrArray) mistakes = NULL;
  g_autoptr (SmaltiSpec) read = smalti_spec_read (yaml, folder, &mistakes);
  g_autofree char *got = read != NULL ? smalti_spec_to_yaml (read, TRUE) : NULL;
  g_autofree char *wanted = smalti_spec_to_yaml (spec, TRUE);

  return g_strcmp0 (got, wanted) == 0;
}

static char *
write_anew (const SmaltiSpec *self, char **lines)
{
  g_autoptr (GString) all = g_string_new (NULL);
  g_autofree char *yaml = smalti_spec_to_yaml (self, FALSE);

  for (char **line = lines; *line != NULL && **line == '#'; line++)
    g_string_append_printf (all, "%s\n", *line);
  g_string_append (all, yaml);
  return g_string_free (g_steal_pointer (&all), FALSE);
}

char *
smalti_spec_edit_yaml (const SmaltiSpec *self, const char *yaml, const char *folder)
{
  g_auto (GStrv) lines = g_strsplit (yaml, "\n", -1);
  g_autoptr (GPtrArray) text = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) mistakes = NULL;
  g_autoptr (SmaltiSpec) from = smalti_spec_read (yaml, folder, &mistakes);
  g_autofree char *changed = NULL;
  guint n = g_strv_length (lines);

  if (from == NULL)
    return write_anew (self, lines);
  if (n > 0 && *lines[n - 1] == '\0')
    n--;
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (text, g_strdup (lines[i]));
  change_lines (text, from, self);
  g_ptr_array_add (text, g_strdup (""));
  g_ptr_array_add (text, NULL);
  changed = g_strjoinv ("\n", (char **)text->pdata);
  return says (changed, folder, self) ? g_steal_pointer (&changed) : write_anew (self, lines);
}
