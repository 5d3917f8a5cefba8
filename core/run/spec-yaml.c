/* SPDX-License-Identifier: Apache-2.0 */
/* The spec as YAML. The document is loaded whole (anchors and aliases come for free, and can't grow: nothing is
 * expanded), then walked twice at most: once for the names that choose the tables, once for everything. Mistakes are
 * collected with their lines and told together. */
#include "core/run/spec-private.h"

#include <gio/gio.h>
#include <string.h>
#include <yaml.h>

#include "core/base/error.h"

#define MAX_BYTES (1 << 20)

typedef struct
{
  const char *folder;
  yaml_document_t *document;
  GPtrArray *mistakes; /* of SmaltiSpecMistake */
  SmaltiSpec *spec;
  gboolean known[SMALTI_N_SECTIONS];     /* has a table */
  guint section_line[SMALTI_N_SECTIONS]; /* 0: not in the file */
  GHashTable *key_line;                  /* "section.key" -> line */
  guint last_line;
} Reader;

void
smalti_spec_mistake_free (SmaltiSpecMistake *self)
{
  g_free (self->key);
  g_free (self->message);
  g_free (self);
}

static SmaltiSpecMistake *
take_mistake (Reader *reader, guint line, char *message)
{
  SmaltiSpecMistake *mistake = g_new0 (SmaltiSpecMistake, 1);

  mistake->line = line;
  mistake->message = message;
  g_ptr_array_add (reader->mistakes, mistake);
  return mistake;
}

G_GNUC_PRINTF (3, 4)
static void
add_mistake (Reader *reader, guint line, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  take_mistake (reader, line, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

static int
by_line (gconstpointer a, gconstpointer b)
{
  const SmaltiSpecMistake *first = *(const SmaltiSpecMistake *const *)a, *second = *(const SmaltiSpecMistake *const *)b;

  return (int)first->line - (int)second->line;
}

static void
tell_mistakes (const GPtrArray *mistakes, const char *name, GError **error)
{
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < mistakes->len; i++)
    {
      const SmaltiSpecMistake *mistake = mistakes->pdata[i];

      g_string_append_printf (all, "%s%s:%u: %s", i > 0 ? "\n" : "", name, mistake->line, mistake->message);
    }
  g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, all->str);
}

static guint
line_of (const yaml_node_t *node)
{
  return node->start_mark.line + 1;
}

static yaml_node_t *
node_at (Reader *reader, int index)
{
  return yaml_document_get_node (reader->document, index);
}

static const char *
scalar_text (const yaml_node_t *node)
{
  return (const char *)node->data.scalar.value;
}

/* `key:` with nothing after it, `~` and `null`. */
static gboolean
is_null (const yaml_node_t *node)
{
  const char *text;

  if (node->type != YAML_SCALAR_NODE || node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
    return FALSE;
  text = scalar_text (node);
  return *text == '\0' || strcmp (text, "~") == 0 || g_ascii_strcasecmp (text, "null") == 0;
}

/* Calls @visit for every pair of a mapping whose key is text and new. */
typedef void (*VisitPair) (Reader *reader, SmaltiSection section, guint line, const char *key, yaml_node_t *value);

static void
visit_mapping (Reader *reader, SmaltiSection section, yaml_node_t *mapping, VisitPair visit)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start; pair < mapping->data.mapping.pairs.top; pair++)
    {
      yaml_node_t *key = node_at (reader, pair->key), *value = node_at (reader, pair->value);
      const char *text;
      guint first;

      if (key->type != YAML_SCALAR_NODE || strlen (scalar_text (key)) != key->data.scalar.length)
        {
          add_mistake (reader, line_of (key), _ ("A key must be a word."));
          continue;
        }
      text = scalar_text (key);
      first = GPOINTER_TO_UINT (g_hash_table_lookup (seen, text));
      if (first != 0)
        {
          add_mistake (reader, line_of (key), _ ("“%s” is set twice, first in line %u."), text, first);
          continue;
        }
      g_hash_table_insert (seen, (gpointer)text, GUINT_TO_POINTER (line_of (key)));
      visit (reader, section, line_of (key), text, value);
    }
}

/* YAML's list -> the text a table reads; %NULL after telling what is wrong. */
static char *
list_text (Reader *reader, const char *key, yaml_node_t *node)
{
  g_autoptr (GString) text = g_string_new ("[");

  for (yaml_node_item_t *item = node->data.sequence.items.start; item < node->data.sequence.items.top; item++)
    {
      yaml_node_t *element = node_at (reader, *item);

      if (element->type != YAML_SCALAR_NODE)
        {
          add_mistake (reader, line_of (element), _ ("“%s” must be a list of plain values."), key);
          return NULL;
        }
      if (strchr (scalar_text (element), ',') != NULL)
        {
          add_mistake (reader, line_of (element), _ ("“%s”, in the list “%s”, must not contain a comma."),
                       scalar_text (element), key);
          return NULL;
        }
      g_string_append_printf (text, "%s%s", text->len > 1 ? ", " : "", scalar_text (element));
    }
  g_string_append_c (text, ']');
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
is_list (const SmaltiParam *param)
{
  return param->type == SMALTI_PARAM_INT_LIST || param->type == SMALTI_PARAM_FLOAT_LIST
         || param->type == SMALTI_PARAM_STRING_LIST;
}

static char *
value_text (Reader *reader, const SmaltiParam *param, guint line, yaml_node_t *node)
{
  g_autofree char *allowed = smalti_param_allowed (param);

  if (is_null (node))
    add_mistake (reader, line, _ ("“%s” has no value; it must be %s."), param->key, allowed);
  else if (node->type == YAML_MAPPING_NODE)
    add_mistake (reader, line, _ ("“%s” can't have keys of its own; it must be %s."), param->key, allowed);
  else if (node->type == YAML_SEQUENCE_NODE && !is_list (param))
    add_mistake (reader, line, _ ("“%s” can't be a list; it must be %s."), param->key, allowed);
  else if (node->type == YAML_SEQUENCE_NODE)
    return list_text (reader, param->key, node);
  else if (strlen (scalar_text (node)) != node->data.scalar.length)
    add_mistake (reader, line, _ ("“%s” has a zero byte in it; it must be %s."), param->key, allowed);
  else if (param->type == SMALTI_PARAM_PATH)
    return smalti_spec_resolve_path (scalar_text (node), reader->folder);
  else
    return g_strdup (scalar_text (node));
  return NULL;
}

static void
read_key (Reader *reader, SmaltiSection section, guint line, const char *key, yaml_node_t *value)
{
  SmaltiValues *values = reader->spec->values[section];
  const SmaltiParam *param;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (smalti_section_is_named (section) && strcmp (key, "name") == 0)
    return; /* read before */
  g_hash_table_insert (reader->key_line, g_strdup_printf ("%s.%s", smalti_section_names[section], key),
                       GUINT_TO_POINTER (line));
  param = smalti_param_find (smalti_values_get_table (values), key);
  if (param == NULL)
    {
      g_autofree char *message = smalti_spec_unknown_key (reader->spec, section, key);

      add_mistake (reader, line, "%s", message);
      return;
    }
  text = value_text (reader, param, line, value);
  if (text != NULL && !smalti_values_set (values, key, text, &error))
    add_mistake (reader, line, "%s", error->message);
}

static void
read_section (Reader *reader, SmaltiSection section, guint line, const char *key, yaml_node_t *value)
{
  SmaltiSection below = smalti_section_find (key);

  if (below == SMALTI_N_SECTIONS || below == SMALTI_SECTION_TOP)
    {
      read_key (reader, section, line, key, value);
      return;
    }
  reader->section_line[below] = line;
  if (value->type == YAML_MAPPING_NODE && reader->known[below])
    visit_mapping (reader, below, value, read_key);
  else if (value->type != YAML_MAPPING_NODE && !is_null (value)) /* an empty section is one at its defaults */
    add_mistake (reader, line, _ ("“%s” is a section: its keys stand below it, indented."), key);
}

static yaml_node_t *
find_value (Reader *reader, yaml_node_t *mapping, const char *name, yaml_node_t **key)
{
  if (mapping->type == YAML_MAPPING_NODE)
    for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start; pair < mapping->data.mapping.pairs.top; pair++)
      {
        *key = node_at (reader, pair->key);
        if ((*key)->type == YAML_SCALAR_NODE && strcmp (scalar_text (*key), name) == 0)
          return node_at (reader, pair->value);
      }
  *key = NULL;
  return NULL;
}

/* Which table a section has. Where that can't be known, its other keys are neither right nor wrong and stay unread. */
static void
read_class (Reader *reader, yaml_node_t *root, SmaltiSection section)
{
  yaml_node_t *section_key, *key = NULL;
  yaml_node_t *below = find_value (reader, root, smalti_section_names[section], &section_key);
  yaml_node_t *name = below != NULL ? find_value (reader, below, "name", &key) : NULL;
  g_autoptr (GError) error = NULL;

  reader->known[section] = FALSE;
  if (name == NULL)
    add_mistake (reader, section_key != NULL ? line_of (section_key) : root->end_mark.line + 1,
                 _ ("“%s.name” is missing."), smalti_section_names[section]);
  else if (name->type != YAML_SCALAR_NODE || is_null (name))
    add_mistake (reader, line_of (key), _ ("“name” must be a word."));
  else if (!smalti_spec_set_class (reader->spec, section, scalar_text (name), &error))
    add_mistake (reader, line_of (key), "%s", error->message);
  else
    reader->known[section] = TRUE;
}

static void
on_mistake (SmaltiSection section, const char *key, const char *message, gpointer user_data)
{
  Reader *reader = user_data;
  g_autofree char *full = g_strdup_printf ("%s.%s", smalti_section_names[section], key);
  guint line = GPOINTER_TO_UINT (g_hash_table_lookup (reader->key_line, full));

  if (!reader->known[section])
    return;
  if (line == 0)
    line = reader->section_line[section];
  take_mistake (reader, line != 0 ? line : reader->last_line, g_strdup (message))->key
      = section == SMALTI_SECTION_TOP ? g_strdup (key) : g_steal_pointer (&full);
}

static void
read_root (Reader *reader, yaml_node_t *root)
{
  if (root->type != YAML_MAPPING_NODE)
    {
      add_mistake (reader, line_of (root), _ ("A spec is a list of “key: value” lines."));
      return;
    }
  for (SmaltiSection s = 0; s < SMALTI_N_SECTIONS; s++)
    reader->known[s] = TRUE;
  reader->last_line = root->end_mark.line + 1;
  read_class (reader, root, SMALTI_SECTION_METHOD);
  read_class (reader, root, SMALTI_SECTION_BACKBONE);
  visit_mapping (reader, SMALTI_SECTION_TOP, root, read_section);
  smalti_spec_find_mistakes (reader->spec, on_mistake, reader);
}

static gboolean
line_has_tab (const char *yaml, size_t line)
{
  const char *at = yaml;

  for (; line > 0 && at != NULL; line--)
    at = (at = strchr (at, '\n')) != NULL ? at + 1 : NULL;
  return at != NULL && at[strspn (at, " ")] == '\t';
}

static void
tell_syntax (Reader *reader, const yaml_parser_t *parser, const char *yaml)
{
  size_t line = parser->problem_mark.line;

  if (line_has_tab (yaml, line))
    add_mistake (reader, line + 1, _ ("YAML is indented with blanks; there is a tab."));
  else if (parser->problem != NULL && parser->context != NULL)
    add_mistake (reader, line + 1, _ ("This is not valid YAML: %s %s."), parser->problem, parser->context);
  else
    add_mistake (reader, line + 1, _ ("This is not valid YAML: %s."),
                 parser->problem != NULL ? parser->problem : _ ("it can't be read"));
}

static void
read_document (Reader *reader, yaml_parser_t *parser, const char *yaml)
{
  yaml_document_t document, more;
  yaml_node_t *root;

  if (!yaml_parser_load (parser, &document))
    {
      tell_syntax (reader, parser, yaml);
      return;
    }
  reader->document = &document;
  root = yaml_document_get_root_node (&document);
  if (root == NULL)
    add_mistake (reader, 1, _ ("The file is empty."));
  else
    read_root (reader, root);
  if (root != NULL && !yaml_parser_load (parser, &more))
    tell_syntax (reader, parser, yaml);
  else if (root != NULL)
    {
      yaml_node_t *second = yaml_document_get_root_node (&more);

      if (second != NULL)
        add_mistake (reader, line_of (second), _ ("A spec is one document; here a second one begins."));
      yaml_document_delete (&more);
    }
  yaml_document_delete (&document);
}

/* Whether all mistakes are about values that are known, so that there is a spec in spite of them. */
static gboolean
is_readable (const GPtrArray *mistakes)
{
  for (guint i = 0; i < mistakes->len; i++)
    if (((const SmaltiSpecMistake *)mistakes->pdata[i])->key == NULL)
      return FALSE;
  return TRUE;
}

SmaltiSpec *
smalti_spec_read (const char *yaml, const char *folder, GPtrArray **mistakes)
{
  g_autoptr (SmaltiSpec) spec = smalti_spec_new (smalti_pretexts ()[0], smalti_backbones ()[0]);
  g_autoptr (GHashTable) key_line = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify)smalti_spec_mistake_free);
  Reader reader = { .folder = folder, .mistakes = all, .key_line = key_line, .spec = spec };
  const char *bad;
  yaml_parser_t parser;

  if (!g_utf8_validate (yaml, -1, &bad))
    {
      guint line = 1;

      for (const char *at = yaml; at < bad; at++)
        line += *at == '\n';
      add_mistake (&reader, line, _ ("This is not UTF-8 text."));
    }
  else
    {
      yaml_parser_initialize (&parser);
      yaml_parser_set_encoding (&parser, YAML_UTF8_ENCODING);
      yaml_parser_set_input_string (&parser, (const guint8 *)yaml, strlen (yaml));
      read_document (&reader, &parser, yaml);
      yaml_parser_delete (&parser);
    }
  g_ptr_array_sort (all, by_line);
  if (!is_readable (all))
    g_clear_pointer (&spec, smalti_spec_unref);
  *mistakes = g_steal_pointer (&all);
  return g_steal_pointer (&spec);
}

SmaltiSpec *
smalti_spec_parse (const char *yaml, const char *name, const char *folder, GError **error)
{
  g_autoptr (GPtrArray) mistakes = NULL;
  g_autoptr (SmaltiSpec) spec = smalti_spec_read (yaml, folder, &mistakes);

  if (mistakes->len == 0)
    return g_steal_pointer (&spec);
  tell_mistakes (mistakes, name, error);
  return NULL;
}

SmaltiSpec *
smalti_spec_load (const char *path, GError **error)
{
  g_autofree char *here = g_get_current_dir ();
  g_autofree char *absolute = g_canonicalize_filename (path, here);
  g_autofree char *folder = g_path_get_dirname (absolute);
  g_autofree char *yaml = NULL;
  g_autoptr (GError) reason = NULL;
  gsize length;

  if (!g_file_get_contents (path, &yaml, &length, &reason))
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_IO, _ ("Could not read the spec: %s."), reason->message);
      return NULL;
    }
  if (length > MAX_BYTES || strlen (yaml) != length)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("“%s” is no spec: it is not text, or far too long."),
                   path);
      return NULL;
    }
  return smalti_spec_parse (yaml, path, folder, error);
}

/* Writing */

static gboolean
is_plain (const char *text)
{
  static const char *const words[] = { "true", "false", "yes", "no", "on", "off", "y", "n", "null", NULL };
  g_autofree char *lower = g_ascii_strdown (text, -1);

  if (!g_ascii_isalpha (*text) && *text != '/')
    return FALSE;
  for (const char *at = text; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && strchr ("_./-", *at) == NULL && !(*at == ' ' && at[1] != ' ' && at[1] != '\0'))
      return FALSE;
  return !g_strv_contains (words, lower);
}

static void
append_text (GString *yaml, const char *text)
{
  if (is_plain (text))
    {
      g_string_append (yaml, text);
      return;
    }
  g_string_append_c (yaml, '"');
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (c == '"' || c == '\\')
        g_string_append_printf (yaml, "\\%c", (char)c);
      else if (c == '\n')
        g_string_append (yaml, "\\n");
      else if (c == '\t')
        g_string_append (yaml, "\\t");
      else if (g_unichar_isprint (c))
        g_string_append_unichar (yaml, c);
      else
        g_string_append_printf (yaml, "\\U%08X", c);
    }
  g_string_append_c (yaml, '"');
}

void
smalti_spec_append_value (GString *yaml, const SmaltiValues *values, const SmaltiParam *param)
{
  const char *const *items;
  g_autofree char *text = NULL;
  guint n;

  switch (param->type)
    {
    case SMALTI_PARAM_STRING:
    case SMALTI_PARAM_PATH:
    case SMALTI_PARAM_CHOICE:
      append_text (yaml, smalti_values_get_string (values, param->key));
      return;
    case SMALTI_PARAM_STRING_LIST:
      items = smalti_values_get_string_list (values, param->key, &n);
      g_string_append_c (yaml, '[');
      for (guint i = 0; i < n; i++)
        {
          g_string_append (yaml, i > 0 ? ", " : "");
          append_text (yaml, items[i]);
        }
      g_string_append_c (yaml, ']');
      return;
    case SMALTI_PARAM_BOOL:
    case SMALTI_PARAM_INT:
    case SMALTI_PARAM_FLOAT:
    case SMALTI_PARAM_INT_LIST:
    case SMALTI_PARAM_FLOAT_LIST:
      break;
    }
  text = smalti_values_get_text (values, param->key);
  g_string_append (yaml, text);
}

char *
smalti_spec_to_yaml (const SmaltiSpec *self, gboolean full)
{
  GString *yaml = g_string_new (NULL);

  for (SmaltiSection s = 0; s < SMALTI_N_SECTIONS; s++)
    {
      const char *indent = s == SMALTI_SECTION_TOP ? "" : "  ";
      g_autoptr (GString) lines = g_string_new (NULL);

      if (smalti_section_is_named (s))
        g_string_append_printf (lines, "  name: %s\n",
                                s == SMALTI_SECTION_METHOD ? self->method->id : self->backbone->id);
      for (const SmaltiParam *p = smalti_values_get_table (self->values[s]); p->key != NULL; p++)
        if (full || !smalti_values_is_default (self->values[s], p->key))
          {
            g_string_append_printf (lines, "%s%s: ", indent, p->key);
            smalti_spec_append_value (lines, self->values[s], p);
            g_string_append_c (lines, '\n');
          }
      if (lines->len > 0 && s != SMALTI_SECTION_TOP)
        g_string_append_printf (yaml, "%s:\n", smalti_section_names[s]);
      g_string_append (yaml, lines->str);
    }
  return g_string_free (yaml, FALSE);
}
