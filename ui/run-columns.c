/* SPDX-License-Identifier: Apache-2.0 */
/* Columns are made once for each id and kept: there are some hundred, and a table's header, its chooser and its sorter
 * all point to the same one. */
#include "ui/run-columns.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "core/data/dataset.h"
#include "core/run/spec.h"
#include "ui/run-values.h"

static const SmaltiRunColumn own_columns[] = {
  { SMALTI_RUN_COLUMN_FAVORITE, "favorite", N_ ("Favourite"), NULL, FALSE, 0 },
  { SMALTI_RUN_COLUMN_STATE, "state", N_ ("State"), NULL, FALSE, 0 },
  { SMALTI_RUN_COLUMN_NAME, "name", N_ ("Name"), NULL, FALSE, 26 },
  { SMALTI_RUN_COLUMN_METHOD, "method", N_ ("Method"), NULL, FALSE, 14 },
  { SMALTI_RUN_COLUMN_BACKBONE, "backbone", N_ ("Backbone"), NULL, FALSE, 10 },
  { SMALTI_RUN_COLUMN_PROGRESS, "progress", N_ ("Progress"), NULL, TRUE, 6 },
  { SMALTI_RUN_COLUMN_VALUE, SMALTI_RUN_VALUE_VALIDATION, N_ ("Best validation"), NULL, TRUE, 12 },
  { SMALTI_RUN_COLUMN_VALUE, SMALTI_RUN_VALUE_BENCHMARK, N_ ("Benchmark"), NULL, TRUE, 24 },
  { SMALTI_RUN_COLUMN_CREATED, "created", N_ ("Created"), NULL, TRUE, 14 },
  { SMALTI_RUN_COLUMN_DURATION, "duration", N_ ("Duration"), NULL, TRUE, 9 },
  { SMALTI_RUN_COLUMN_DATA, "data", N_ ("Pictures"), NULL, FALSE, 14 },
  { SMALTI_RUN_COLUMN_TAGS, "tags", N_ ("Tags"), NULL, FALSE, 14 },
  { SMALTI_RUN_COLUMN_NOTE, "note", N_ ("Note"), NULL, FALSE, 18, TRUE },
};

/* id -> SmaltiRunColumn; of the main loop only, and never emptied. */
static GHashTable *
known_columns (void)
{
  static GHashTable *known;

  if (known)
    return known;
  known = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < G_N_ELEMENTS (own_columns); i++)
    {
      SmaltiRunColumn *column = g_memdup2 (&own_columns[i], sizeof own_columns[i]);

      column->title = _ (column->title);
      g_hash_table_insert (known, (gpointer)column->id, column);
    }
  return known;
}

static const SmaltiRunColumn *
get_value_column (char *id /* transfer full */, char *title /* transfer full */, const char *details,
                  gboolean is_numeric)
{
  SmaltiRunColumn *column = g_hash_table_lookup (known_columns (), id);

  if (column)
    {
      g_free (id);
      g_free (title);
      return column;
    }
  column = g_new (SmaltiRunColumn, 1);
  *column = (SmaltiRunColumn){
    SMALTI_RUN_COLUMN_VALUE, id, title, g_strdup (details), is_numeric, CLAMP (g_utf8_strlen (title, -1), 8, 18), TRUE,
  };
  g_hash_table_insert (known_columns (), id, column);
  return column;
}

static void
add_settings (GPtrArray *columns, const char *section, const SmaltiParam *table)
{
  for (; table && table->key; table++)
    {
      g_autofree char *key = *section ? g_strdup_printf ("%s.%s", section, table->key) : g_strdup (table->key);
      gboolean is_numeric = table->type == SMALTI_PARAM_INT || table->type == SMALTI_PARAM_FLOAT;
      /* Translators: the header of a column: a setting and its unit: "Tile (px)" */
      char *title = table->unit && *table->unit ? g_strdup_printf (_ ("%s (%s)"), _ (table->title), _ (table->unit))
                                                : g_strdup (_ (table->title));
      const SmaltiRunColumn *column
          = get_value_column (g_strconcat (SMALTI_RUN_VALUE_SETTING, key, NULL), title, key, is_numeric);

      /* Methods share keys. */
      if (!g_ptr_array_find (columns, column, NULL))
        g_ptr_array_add (columns, (gpointer)column);
    }
}

static void
add_metric (GPtrArray *columns, const char *metric)
{
  g_ptr_array_add (columns,
                   (gpointer)get_value_column (g_strconcat (SMALTI_RUN_VALUE_BEST, metric, NULL),
                                               /* Translators: the header of a column: a metric such as "val/loss" */
                                               g_strdup_printf (_ ("Best %s"), metric), NULL, TRUE));
  g_ptr_array_add (columns, (gpointer)get_value_column (g_strconcat (SMALTI_RUN_VALUE_LAST, metric, NULL),
                                                        g_strdup_printf (_ ("Last %s"), metric), NULL, TRUE));
}

GPtrArray *
smalti_run_columns_list (const char *const *metrics)
{
  GPtrArray *columns = g_ptr_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (own_columns); i++)
    g_ptr_array_add (columns, g_hash_table_lookup (known_columns (), own_columns[i].id));
  for (guint i = 0; metrics && metrics[i]; i++)
    add_metric (columns, metrics[i]);
  add_settings (columns, "", smalti_spec_params);
  add_settings (columns, "data", smalti_data_params);
  for (const SmaltiPretextClass *const *method = smalti_pretexts (); *method; method++)
    add_settings (columns, "method", (*method)->params);
  for (const SmaltiBackboneClass *const *backbone = smalti_backbones (); *backbone; backbone++)
    add_settings (columns, "backbone", (*backbone)->params);
  add_settings (columns, "train", smalti_train_params ());
  add_settings (columns, "eval", smalti_eval_params);
  return columns;
}

const SmaltiRunColumn *
smalti_run_column_find (const char *id)
{
  static const char *const of_metrics[] = { SMALTI_RUN_VALUE_BEST, SMALTI_RUN_VALUE_LAST };
  g_autoptr (GPtrArray) all = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (of_metrics); i++)
    if (g_str_has_prefix (id, of_metrics[i]) && id[strlen (of_metrics[i])])
      {
        g_autoptr (GPtrArray) both = g_ptr_array_new ();

        add_metric (both, id + strlen (of_metrics[i]));
      }
  if (g_str_has_prefix (id, SMALTI_RUN_VALUE_SETTING))
    all = smalti_run_columns_list (NULL);
  return g_hash_table_lookup (known_columns (), id);
}

/* -- cells -- */

static gdouble
get_duration (const SmaltiRunInfo *info)
{
  gint64 end = info->finished > 0 ? info->finished : smalti_run_state_is_live (info->state) ? g_get_real_time () : 0;

  return info->started > 0 && end > info->started ? (end - info->started) / (gdouble)G_USEC_PER_SEC : NAN;
}

static char *
describe_time (gint64 time)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = utc ? g_date_time_to_local (utc) : NULL;

  /* Translators: a date and a time of day in a table; see g_date_time_format() */
  return local ? g_date_time_format (local, _ ("%x %H:%M")) : g_strdup ("");
}

static char *
describe_progress (SmaltiRunItem *item)
{
  const SmaltiRunInfo *info = smalti_run_item_get_info (item);

  if (!smalti_run_item_has_fraction (item) || (info->state == SMALTI_RUN_QUEUED && info->step == 0))
    return g_strdup ("");
  return g_strdup_printf (_ ("%.0f%%"), floor (smalti_run_item_get_fraction (item) * 100));
}

char *
smalti_run_column_describe (const SmaltiRunColumn *self, SmaltiRunItem *item)
{
  const SmaltiRunInfo *info = smalti_run_item_get_info (item);
  const SmaltiRunValue *value;
  gdouble duration;

  switch (self->kind)
    {
    case SMALTI_RUN_COLUMN_FAVORITE:
      return g_strdup (info->favorite ? _ ("Favourite") : "");
    case SMALTI_RUN_COLUMN_STATE:
      return g_strdup (smalti_run_item_describe_state (item));
    case SMALTI_RUN_COLUMN_NAME:
      return g_strdup (info->name);
    case SMALTI_RUN_COLUMN_METHOD:
      return g_strdup (smalti_run_item_get_method (item));
    case SMALTI_RUN_COLUMN_BACKBONE:
      return g_strdup (info->backbone);
    case SMALTI_RUN_COLUMN_PROGRESS:
      return describe_progress (item);
    case SMALTI_RUN_COLUMN_CREATED:
      return describe_time (info->created);
    case SMALTI_RUN_COLUMN_DURATION:
      duration = get_duration (info);
      return isnan (duration) ? g_strdup ("") : smalti_describe_seconds (duration);
    case SMALTI_RUN_COLUMN_DATA:
      return info->data_path && *info->data_path ? g_path_get_basename (info->data_path) : g_strdup ("");
    case SMALTI_RUN_COLUMN_TAGS:
      return info->tags ? g_strjoinv (", ", info->tags) : g_strdup ("");
    case SMALTI_RUN_COLUMN_NOTE:
      return g_strdelimit (g_strdup (info->note ? info->note : ""), "\n", ' ');
    case SMALTI_RUN_COLUMN_VALUE:
      value = smalti_run_item_get_value (item, self->id);
      return g_strdup (value ? value->text : "");
    }
  g_assert_not_reached ();
}

/* -- sorting -- */

static gdouble
get_number (const SmaltiRunColumn *self, SmaltiRunItem *item)
{
  const SmaltiRunInfo *info = smalti_run_item_get_info (item);
  const SmaltiRunValue *value;

  switch (self->kind)
    {
    case SMALTI_RUN_COLUMN_FAVORITE:
      return !info->favorite; /* they come first */
    case SMALTI_RUN_COLUMN_STATE:
      return smalti_run_item_is_waiting (item) ? SMALTI_RUN_QUEUED : info->state;
    case SMALTI_RUN_COLUMN_PROGRESS:
      return smalti_run_item_get_fraction (item);
    case SMALTI_RUN_COLUMN_CREATED:
      return info->created;
    case SMALTI_RUN_COLUMN_DURATION:
      return get_duration (info);
    case SMALTI_RUN_COLUMN_VALUE:
      value = smalti_run_item_get_value (item, self->id);
      return value ? value->number : NAN;
    default:
      return NAN;
    }
}

static const char *
get_text (const SmaltiRunColumn *self, SmaltiRunItem *item)
{
  const SmaltiRunInfo *info = smalti_run_item_get_info (item);
  const SmaltiRunValue *value;

  switch (self->kind)
    {
    case SMALTI_RUN_COLUMN_NAME:
      return info->name;
    case SMALTI_RUN_COLUMN_METHOD:
      return smalti_run_item_get_method (item);
    case SMALTI_RUN_COLUMN_BACKBONE:
      return info->backbone;
    case SMALTI_RUN_COLUMN_DATA:
      return info->data_path;
    case SMALTI_RUN_COLUMN_TAGS:
      return info->tags ? info->tags[0] : NULL;
    case SMALTI_RUN_COLUMN_NOTE:
      return info->note;
    case SMALTI_RUN_COLUMN_VALUE:
      value = smalti_run_item_get_value (item, self->id);
      return value ? value->text : NULL;
    default:
      return NULL;
    }
}

gint
smalti_run_column_compare (const SmaltiRunColumn *self, SmaltiRunItem *a, SmaltiRunItem *b, gboolean descending)
{
  gdouble x = get_number (self, a), y = get_number (self, b);
  gint order;

  if (!isnan (x) || !isnan (y))
    {
      if (isnan (x) || isnan (y))
        return isnan (x) ? 1 : -1;
      order = (x > y) - (x < y);
    }
  else
    {
      const char *s = get_text (self, a), *t = get_text (self, b);

      if (!s || !*s || !t || !*t)
        return (!s || !*s) - (!t || !*t);
      order = g_utf8_collate (s, t);
    }
  return descending ? -order : order;
}
