/* SPDX-License-Identifier: Apache-2.0 */
/* Values are kept both as canonical text (what specs, differences and equality use) and parsed (what getters return).
 */
#include "core/base/param.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"

typedef struct
{
  char *text;
  union
  {
    gboolean boolean;
    gint64 integer;
    double number;
    guint choice;
    char *string;
    gint64 *integers;
    double *numbers;
    char **strings;
  } as;
  guint n; /* of a list */
} Value;

struct _SmaltiValues
{
  const SmaltiParam *table;
  guint n_params;
  Value *value;
  gint ref_count;
};

G_DEFINE_BOXED_TYPE (SmaltiValues, smalti_values, smalti_values_ref, smalti_values_unref)

const SmaltiParam *
smalti_param_find (const SmaltiParam *table, const char *key)
{
  for (const SmaltiParam *p = table; p->key != NULL; p++)
    if (strcmp (p->key, key) == 0)
      return p;
  return NULL;
}

static char *
number_text (double x)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  /* The shortest form that reads back as the same number. */
  for (int digits = 6; digits <= 17; digits++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%dg", digits);
      g_ascii_formatd (text, sizeof text, format, x);
      if (g_ascii_strtod (text, NULL) == x)
        break;
    }
  return g_strdup (text);
}

static char *
range_text (const SmaltiParam *param, const char *kind)
{
  g_autofree char *min = number_text (param->min);
  g_autofree char *max = number_text (param->max);

  if (param->min == 0 && param->max == 0)
    return g_strdup (kind);
  if (isinf (param->max) || param->max >= G_MAXINT32)
    /* Translators: "a whole number of at least 1" */
    return g_strdup_printf (_ ("%s of at least %s"), kind, min);
  /* Translators: "a whole number from 1 to 10" */
  return g_strdup_printf (_ ("%s from %s to %s"), kind, min, max);
}

char *
smalti_param_allowed (const SmaltiParam *param)
{
  g_autofree char *range = NULL;

  switch (param->type)
    {
    case SMALTI_PARAM_BOOL:
      return g_strdup (_ ("true or false"));
    case SMALTI_PARAM_INT:
      return range_text (param, _ ("a whole number"));
    case SMALTI_PARAM_FLOAT:
      return range_text (param, _ ("a number"));
    case SMALTI_PARAM_STRING:
      return g_strdup (_ ("text"));
    case SMALTI_PARAM_PATH:
      return g_strdup (_ ("a path"));
    case SMALTI_PARAM_CHOICE:
      range = g_strjoinv (", ", (char **)param->choices);
      return g_strdup_printf (_ ("one of: %s"), range);
    case SMALTI_PARAM_INT_LIST:
      range = range_text (param, _ ("a whole number"));
      return g_strdup_printf (_ ("a list like [1, 2], each %s"), range);
    case SMALTI_PARAM_FLOAT_LIST:
      range = range_text (param, _ ("a number"));
      return g_strdup_printf (_ ("a list like [0.5, 0.8], each %s"), range);
    case SMALTI_PARAM_STRING_LIST:
      return g_strdup (_ ("a list like [one, two]"));
    }
  g_assert_not_reached ();
}

/* Levenshtein's distance; a swap of neighbours counts one (Damerau), as in "gird". */
static guint
edit_distance (const char *a, const char *b)
{
  gsize n = strlen (a), m = strlen (b);
  g_autofree guint *d = g_new0 (guint, (n + 1) * (m + 1));

#define D(i, j) d[(i) * (m + 1) + (j)]
  for (gsize i = 0; i <= n; i++)
    D (i, 0) = i;
  for (gsize j = 0; j <= m; j++)
    D (0, j) = j;
  for (gsize i = 1; i <= n; i++)
    for (gsize j = 1; j <= m; j++)
      {
        guint best = D (i - 1, j - 1) + (a[i - 1] != b[j - 1]);

        best = MIN (best, MIN (D (i - 1, j), D (i, j - 1)) + 1);
        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
          best = MIN (best, D (i - 2, j - 2) + 1);
        D (i, j) = best;
      }
  return D (n, m);
#undef D
}

const char *
smalti_param_nearest (const SmaltiParam *table, const char *key)
{
  const char *nearest = NULL;
  guint best = G_MAXUINT;

  for (const SmaltiParam *p = table; p->key != NULL; p++)
    {
      guint distance = edit_distance (key, p->key);

      if (distance < best)
        {
          best = distance;
          nearest = p->key;
        }
    }
  return best <= MAX (2, strlen (key) / 3) ? nearest : NULL;
}

static void
value_clear (const SmaltiParam *param, Value *value)
{
  g_clear_pointer (&value->text, g_free);
  switch (param->type)
    {
    case SMALTI_PARAM_STRING:
    case SMALTI_PARAM_PATH:
      g_clear_pointer (&value->as.string, g_free);
      break;
    case SMALTI_PARAM_INT_LIST:
      g_clear_pointer (&value->as.integers, g_free);
      break;
    case SMALTI_PARAM_FLOAT_LIST:
      g_clear_pointer (&value->as.numbers, g_free);
      break;
    case SMALTI_PARAM_STRING_LIST:
      g_clear_pointer (&value->as.strings, g_strfreev);
      break;
    case SMALTI_PARAM_BOOL:
    case SMALTI_PARAM_INT:
    case SMALTI_PARAM_FLOAT:
    case SMALTI_PARAM_CHOICE:
      break;
    }
}

static gboolean
in_range (const SmaltiParam *param, double x)
{
  return (param->min == 0 && param->max == 0) || (x >= param->min && x <= param->max);
}

static gboolean
parse_bool (const char *text, gboolean *out)
{
  static const char *const yes[] = { "true", "yes", "on", "1", NULL };
  static const char *const no[] = { "false", "no", "off", "0", NULL };
  g_autofree char *lower = g_ascii_strdown (text, -1);

  if (g_strv_contains (yes, lower))
    *out = TRUE;
  else if (g_strv_contains (no, lower))
    *out = FALSE;
  else
    return FALSE;
  return TRUE;
}

static gboolean
parse_int (const SmaltiParam *param, const char *text, gint64 *out)
{
  char *end;

  errno = 0;
  *out = g_ascii_strtoll (text, &end, 10);
  return end != text && *end == '\0' && errno == 0 && in_range (param, *out);
}

static gboolean
parse_float (const SmaltiParam *param, const char *text, double *out)
{
  char *end;

  *out = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && isfinite (*out) && in_range (param, *out);
}

/* "[a, b]", "a, b" or "a": elements without the blanks around them and without quotes. */
static char **
split_list (const char *text)
{
  g_autofree char *inner = g_strstrip (g_strdup (text));
  gsize length = strlen (inner);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = NULL;

  if (length >= 2 && inner[0] == '[' && inner[length - 1] == ']')
    {
      inner[length - 1] = '\0';
      memmove (inner, inner + 1, length - 1);
    }
  g_strstrip (inner);
  if (*inner == '\0')
    return g_new0 (char *, 1);
  parts = g_strsplit (inner, ",", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      char *part = g_strstrip (parts[i]);
      gsize n = strlen (part);

      if (n >= 2 && (*part == '"' || *part == '\'') && part[n - 1] == *part)
        {
          part[n - 1] = '\0';
          part++;
        }
      g_strv_builder_add (builder, part);
    }
  return g_strv_builder_end (builder);
}

static gboolean
parse_list (const SmaltiParam *param, const char *text, Value *value)
{
  g_auto (GStrv) parts = split_list (text);
  g_autoptr (GString) canonical = g_string_new ("[");

  value->n = g_strv_length (parts);
  if (param->type == SMALTI_PARAM_INT_LIST)
    value->as.integers = g_new0 (gint64, value->n + 1);
  else if (param->type == SMALTI_PARAM_FLOAT_LIST)
    value->as.numbers = g_new0 (double, value->n + 1);
  for (guint i = 0; i < value->n; i++)
    {
      g_autofree char *element = NULL;

      if (param->type == SMALTI_PARAM_INT_LIST)
        {
          if (!parse_int (param, parts[i], &value->as.integers[i]))
            return FALSE;
          element = g_strdup_printf ("%" G_GINT64_FORMAT, value->as.integers[i]);
        }
      else if (param->type == SMALTI_PARAM_FLOAT_LIST)
        {
          if (!parse_float (param, parts[i], &value->as.numbers[i]))
            return FALSE;
          element = number_text (value->as.numbers[i]);
        }
      else
        element = g_strdup (parts[i]);
      g_string_append_printf (canonical, "%s%s", i > 0 ? ", " : "", element);
    }
  if (param->type == SMALTI_PARAM_STRING_LIST)
    value->as.strings = g_steal_pointer (&parts);
  g_string_append_c (canonical, ']');
  value->text = g_strdup (canonical->str);
  return TRUE;
}

static gboolean
value_parse (const SmaltiParam *param, const char *text, Value *value)
{
  switch (param->type)
    {
    case SMALTI_PARAM_BOOL:
      if (!parse_bool (text, &value->as.boolean))
        return FALSE;
      value->text = g_strdup (value->as.boolean ? "true" : "false");
      return TRUE;
    case SMALTI_PARAM_INT:
      if (!parse_int (param, text, &value->as.integer))
        return FALSE;
      value->text = g_strdup_printf ("%" G_GINT64_FORMAT, value->as.integer);
      return TRUE;
    case SMALTI_PARAM_FLOAT:
      if (!parse_float (param, text, &value->as.number))
        return FALSE;
      value->text = number_text (value->as.number);
      return TRUE;
    case SMALTI_PARAM_CHOICE:
      for (guint i = 0; param->choices[i] != NULL; i++)
        if (strcmp (param->choices[i], text) == 0)
          {
            value->as.choice = i;
            value->text = g_strdup (text);
            return TRUE;
          }
      return FALSE;
    case SMALTI_PARAM_STRING:
    case SMALTI_PARAM_PATH:
      value->as.string = g_strdup (text);
      value->text = g_strdup (text);
      return TRUE;
    case SMALTI_PARAM_INT_LIST:
    case SMALTI_PARAM_FLOAT_LIST:
    case SMALTI_PARAM_STRING_LIST:
      return parse_list (param, text, value);
    }
  g_assert_not_reached ();
}

SmaltiValues *
smalti_values_new (const SmaltiParam *table)
{
  SmaltiValues *self = g_new0 (SmaltiValues, 1);

  self->table = table;
  self->ref_count = 1;
  while (table[self->n_params].key != NULL)
    self->n_params++;
  self->value = g_new0 (Value, self->n_params);
  for (guint i = 0; i < self->n_params; i++)
    if (!value_parse (&table[i], table[i].value, &self->value[i]))
      g_error ("The default “%s” of parameter %s is not allowed by its own table", table[i].value, table[i].key);
  return self;
}

SmaltiValues *
smalti_values_ref (SmaltiValues *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
smalti_values_unref (SmaltiValues *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  for (guint i = 0; i < self->n_params; i++)
    value_clear (&self->table[i], &self->value[i]);
  g_free (self->value);
  g_free (self);
}

SmaltiValues *
smalti_values_copy (const SmaltiValues *self)
{
  SmaltiValues *copy = smalti_values_new (self->table);

  for (guint i = 0; i < self->n_params; i++)
    {
      value_clear (&copy->table[i], &copy->value[i]);
      value_parse (&copy->table[i], self->value[i].text, &copy->value[i]);
    }
  return copy;
}

const SmaltiParam *
smalti_values_get_table (const SmaltiValues *self)
{
  return self->table;
}

gboolean
smalti_values_set (SmaltiValues *self, const char *key, const char *text, GError **error)
{
  const SmaltiParam *param = smalti_param_find (self->table, key);
  Value parsed = { 0 };

  if (param == NULL)
    {
      const char *nearest = smalti_param_nearest (self->table, key);

      if (nearest != NULL)
        g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("There is no “%s” here; did you mean “%s”?"), key,
                     nearest);
      else
        g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("There is no “%s” here."), key);
      return FALSE;
    }
  if (!value_parse (param, text, &parsed))
    {
      g_autofree char *allowed = smalti_param_allowed (param);

      value_clear (param, &parsed);
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("“%s” can't be %s; it must be %s."), key,
                   *text != '\0' ? text : _ ("empty"), allowed);
      return FALSE;
    }
  value_clear (param, &self->value[param - self->table]);
  self->value[param - self->table] = parsed;
  return TRUE;
}

static const Value *
find_value (const SmaltiValues *self, const char *key, guint types)
{
  const SmaltiParam *param = smalti_param_find (self->table, key);

  if (G_UNLIKELY (param == NULL || (types & (1u << param->type)) == 0))
    g_error ("No parameter “%s” of the type asked for", key);
  return &self->value[param - self->table];
}

#define ANY_TYPE G_MAXUINT

void
smalti_values_reset (SmaltiValues *self, const char *key)
{
  const SmaltiParam *param = self->table + (find_value (self, key, ANY_TYPE) - self->value);

  smalti_values_set (self, key, param->value, NULL);
}

gboolean
smalti_values_is_default (const SmaltiValues *self, const char *key)
{
  const Value *value = find_value (self, key, ANY_TYPE);
  const SmaltiParam *param = self->table + (value - self->value);
  Value standard = { 0 };
  gboolean same;

  value_parse (param, param->value, &standard);
  same = strcmp (standard.text, value->text) == 0;
  value_clear (param, &standard);
  return same;
}

char *
smalti_values_get_text (const SmaltiValues *self, const char *key)
{
  return g_strdup (find_value (self, key, ANY_TYPE)->text);
}

gboolean
smalti_values_get_bool (const SmaltiValues *self, const char *key)
{
  return find_value (self, key, 1u << SMALTI_PARAM_BOOL)->as.boolean;
}

gint64
smalti_values_get_int (const SmaltiValues *self, const char *key)
{
  return find_value (self, key, 1u << SMALTI_PARAM_INT)->as.integer;
}

double
smalti_values_get_float (const SmaltiValues *self, const char *key)
{
  return find_value (self, key, 1u << SMALTI_PARAM_FLOAT)->as.number;
}

const char *
smalti_values_get_string (const SmaltiValues *self, const char *key)
{
  return find_value (self, key, 1u << SMALTI_PARAM_STRING | 1u << SMALTI_PARAM_PATH | 1u << SMALTI_PARAM_CHOICE)->text;
}

guint
smalti_values_get_choice (const SmaltiValues *self, const char *key)
{
  return find_value (self, key, 1u << SMALTI_PARAM_CHOICE)->as.choice;
}

const gint64 *
smalti_values_get_int_list (const SmaltiValues *self, const char *key, guint *n)
{
  const Value *value = find_value (self, key, 1u << SMALTI_PARAM_INT_LIST);

  *n = value->n;
  return value->as.integers;
}

const double *
smalti_values_get_float_list (const SmaltiValues *self, const char *key, guint *n)
{
  const Value *value = find_value (self, key, 1u << SMALTI_PARAM_FLOAT_LIST);

  *n = value->n;
  return value->as.numbers;
}

const char *const *
smalti_values_get_string_list (const SmaltiValues *self, const char *key, guint *n)
{
  const Value *value = find_value (self, key, 1u << SMALTI_PARAM_STRING_LIST);

  *n = value->n;
  return (const char *const *)value->as.strings;
}
