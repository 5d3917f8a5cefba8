/* SPDX-License-Identifier: Apache-2.0 */
/* The best of a metric is kept between readings, so that a run of millions of points is gone through once. That memory
 * belongs to the store's thread alone: calls come there one after the other. */
#include "ui/run-values.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "core/base/error.h"

#define RUNS_AT_A_TIME 64 /* some ten milliseconds of the store's thread, which polls in between */

/* What the store's thread remembers. */
typedef struct
{
  gatomicrefcount ref_count;
  GHashTable *extremes; /* "run/metric" -> SmaltiExtremes */
} Memory;

/* How a run was when it was read. */
typedef struct
{
  guint64 step;
  SmaltiRunState state;
  gint64 finished;
  guint generation;
} Stamp;

struct _SmaltiRunValues
{
  GObject parent_instance;

  SmaltiStoreClient *client;
  SmaltiRunList *runs;
  Memory *memory;
  GStrv ids;
  guint generation;   /* of the ids */
  GHashTable *stamps; /* run -> Stamp */
  gboolean reading;
};

static guint read_signal;

G_DEFINE_FINAL_TYPE (SmaltiRunValues, smalti_run_values, G_TYPE_OBJECT)

static Memory *
memory_ref (Memory *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
memory_unref (Memory *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_hash_table_unref (self->extremes);
  g_free (self);
}

/* -- on the store's thread -- */

typedef struct
{
  Memory *memory;
  GStrv ids;
  GArray *runs; /* of gint64 */
} Request;

static void
request_free (Request *self)
{
  memory_unref (self->memory);
  g_strfreev (self->ids);
  g_array_unref (self->runs);
  g_free (self);
}

gboolean
smalti_metric_is_loss (const char *metric)
{
  return g_str_has_suffix (metric, "loss") || g_str_has_suffix (metric, "error");
}

static gboolean
is_share (const char *metric)
{
  return g_str_has_suffix (metric, "accuracy") || g_str_has_suffix (metric, "top5")
         || g_str_has_suffix (metric, "top1");
}

static char *
describe_metric (const char *metric, gdouble value)
{
  if (is_share (metric))
    return g_strdup_printf (_ ("%.1f%%"), value * 100);
  return g_strdup_printf ("%.4g", value);
}

static gdouble
find_best (Memory *memory, SmaltiStore *store, gint64 run, const char *metric, GError **error)
{
  g_autofree char *key = g_strdup_printf ("%" G_GINT64_FORMAT "/%s", run, metric);
  SmaltiExtremes *extremes = g_hash_table_lookup (memory->extremes, key);

  if (!extremes)
    {
      extremes = g_new (SmaltiExtremes, 1);
      *extremes = (SmaltiExtremes)SMALTI_EXTREMES_INIT;
      g_hash_table_insert (memory->extremes, g_steal_pointer (&key), extremes);
    }
  if (!smalti_store_update_extremes (store, run, metric, extremes, error))
    return NAN;
  return smalti_metric_is_loss (metric) ? extremes->least : extremes->greatest;
}

/* Accuracies rank before losses, and a small loss before a large one. */
static SmaltiRunValue *
read_validation (Memory *memory, SmaltiStore *store, gint64 run, GError **error)
{
  gdouble accuracy = find_best (memory, store, run, "val/accuracy", error);

  if (!isnan (accuracy))
    return smalti_run_value_new (accuracy, describe_metric ("val/accuracy", accuracy));

  gdouble loss = *error ? NAN : find_best (memory, store, run, "val/loss", error);

  if (isnan (loss))
    return NULL;
  /* Translators: in a table, the best loss of the validation */
  return smalti_run_value_new (-loss, g_strdup_printf (_ ("loss %.4g"), loss));
}

static SmaltiRunValue *
read_benchmark (SmaltiStore *store, gint64 run, GError **error)
{
  g_autoptr (GPtrArray) benchmarks = smalti_store_get_benchmarks (store, run, error);
  const SmaltiBenchmark *best = NULL;

  for (guint i = 0; benchmarks && i < benchmarks->len; i++)
    {
      const SmaltiBenchmark *one = benchmarks->pdata[i];
      gboolean linear = g_strcmp0 (one->protocol, "linear") == 0;

      if (!best || (linear && g_strcmp0 (best->protocol, "linear") != 0)
          || (linear == (g_strcmp0 (best->protocol, "linear") == 0) && one->top1.value > best->top1.value))
        best = one;
    }
  if (!best)
    return NULL;
  /* Translators: layer, top-1 accuracy and its 95% interval: "conv4 50.2% (45.8–54.7)" */
  return smalti_run_value_new (best->top1.value,
                               g_strdup_printf (_ ("%s %.1f%% (%.1f–%.1f)"), best->layer, best->top1.value * 100,
                                                best->top1.low * 100, best->top1.high * 100));
}

static SmaltiRunValue *
read_last (SmaltiStore *store, gint64 run, const char *metric, GError **error)
{
  SmaltiPoint point;

  if (!smalti_store_get_last_point (store, run, metric, &point, error) || isnan (point.value))
    return NULL;
  return smalti_run_value_new (point.value, describe_metric (metric, point.value));
}

static SmaltiRunValue *
read_best (Memory *memory, SmaltiStore *store, gint64 run, const char *metric, GError **error)
{
  gdouble best = find_best (memory, store, run, metric, error);

  return isnan (best) ? NULL : smalti_run_value_new (best, describe_metric (metric, best));
}

/* @key: "train.lr", "seed". */
static SmaltiRunValue *
read_setting (const SmaltiSpec *spec, const char *key)
{
  const char *point = strchr (key, '.');
  g_autofree char *section = point ? g_strndup (key, point - key) : g_strdup ("");
  const char *name = point ? point + 1 : key;
  const SmaltiValues *values = smalti_spec_get_values (spec, section);
  const SmaltiParam *param = smalti_param_find (smalti_values_get_table (values), name);

  if (!param)
    return NULL;

  g_autofree char *text = smalti_values_get_text (values, name);
  gboolean is_number = param->type == SMALTI_PARAM_INT || param->type == SMALTI_PARAM_FLOAT;

  gdouble number = is_number ? g_ascii_strtod (text, NULL) : NAN;

  return smalti_run_value_new (number, g_steal_pointer (&text));
}

static SmaltiSpec *
read_spec (SmaltiStore *store, gint64 run, GError **error)
{
  g_autoptr (SmaltiRunInfo) info = smalti_store_get_run (store, run, error);
  g_autoptr (GPtrArray) mistakes = NULL;

  /* What it can't be run with any more (a device that is gone) is still what it was run with. */
  return info ? smalti_spec_read (info->spec_yaml, NULL, &mistakes) : NULL;
}

static GHashTable *
read_run (const Request *request, SmaltiStore *store, gint64 run, GError **error)
{
  GHashTable *values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)smalti_run_value_free);
  g_autoptr (SmaltiSpec) spec = NULL;
  gboolean spec_read = FALSE;

  for (guint i = 0; request->ids[i] && !*error; i++)
    {
      const char *id = request->ids[i], *name = strchr (id, ':');
      SmaltiRunValue *value = NULL;

      name = name ? name + 1 : "";
      if (g_str_equal (id, SMALTI_RUN_VALUE_VALIDATION))
        value = read_validation (request->memory, store, run, error);
      else if (g_str_equal (id, SMALTI_RUN_VALUE_BENCHMARK))
        value = read_benchmark (store, run, error);
      else if (g_str_has_prefix (id, SMALTI_RUN_VALUE_LAST))
        value = read_last (store, run, name, error);
      else if (g_str_has_prefix (id, SMALTI_RUN_VALUE_BEST))
        value = read_best (request->memory, store, run, name, error);
      else if (g_str_has_prefix (id, SMALTI_RUN_VALUE_SETTING))
        {
          if (!spec_read)
            spec = read_spec (store, run, error);
          spec_read = TRUE;
          value = spec ? read_setting (spec, name) : NULL;
        }
      if (value)
        g_hash_table_insert (values, g_strdup (id), value);
    }
  return values;
}

/* Of a run that has gone meanwhile, or whose benchmark is damaged, what can be read is shown; the rest stays empty. */
static gpointer
read_runs (SmaltiStore *store, gpointer data, GError **error)
{
  const Request *request = data;
  GPtrArray *read = g_ptr_array_new_with_free_func ((GDestroyNotify)g_hash_table_unref);

  for (guint i = 0; i < request->runs->len; i++)
    {
      g_autoptr (GError) reason = NULL;

      g_ptr_array_add (read, read_run (request, store, g_array_index (request->runs, gint64, i), &reason));
      if (reason)
        g_debug ("%s", reason->message);
    }
  return read;
}

/* -- on the main loop -- */

static gboolean
is_outdated (SmaltiRunValues *self, SmaltiRunItem *item)
{
  const SmaltiRunInfo *info = smalti_run_item_get_info (item);
  const Stamp *stamp = g_hash_table_lookup (self->stamps, &info->id);

  return !stamp || stamp->generation != self->generation || stamp->step != info->step || stamp->state != info->state
         || stamp->finished != info->finished;
}

static void
stamp (SmaltiRunValues *self, SmaltiRunItem *item)
{
  const SmaltiRunInfo *info = smalti_run_item_get_info (item);
  Stamp *now = g_new (Stamp, 1);

  *now = (Stamp){ info->step, info->state, info->finished, self->generation };
  g_hash_table_replace (self->stamps, g_memdup2 (&info->id, sizeof info->id), now);
}

typedef struct
{
  SmaltiRunValues *self;
  GArray *runs;
} Reading;

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Reading *reading = user_data;
  g_autoptr (SmaltiRunValues) self = reading->self;
  g_autoptr (GArray) runs = reading->runs;
  g_autoptr (GPtrArray) read = smalti_store_client_call_finish (SMALTI_STORE_CLIENT (source), result, NULL);

  self->reading = FALSE;
  if (!read || !self->runs)
    return;
  for (guint i = 0; i < runs->len; i++)
    {
      SmaltiRunItem *item = smalti_run_list_find (self->runs, g_array_index (runs, gint64, i), NULL);

      if (item)
        smalti_run_item_set_values (item, g_hash_table_ref (read->pdata[i]));
    }
  g_signal_emit (self, read_signal, 0);
  smalti_run_values_update (self);
}

/* Newest first: those are seen first. */
void
smalti_run_values_update (SmaltiRunValues *self)
{
  g_return_if_fail (SMALTI_IS_RUN_VALUES (self));

  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->runs));
  g_autoptr (GArray) outdated = NULL;

  if (self->reading || !self->ids)
    return;
  outdated = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < n && outdated->len < RUNS_AT_A_TIME; i++)
    {
      g_autoptr (SmaltiRunItem) item = g_list_model_get_item (G_LIST_MODEL (self->runs), i);
      gint64 run = smalti_run_item_get_id (item);

      if (!is_outdated (self, item))
        continue;
      stamp (self, item);
      g_array_append_val (outdated, run);
    }
  if (outdated->len == 0)
    return;

  Request *request = g_new (Request, 1);
  Reading *reading = g_new (Reading, 1);

  *request = (Request){ memory_ref (self->memory), g_strdupv (self->ids), g_array_ref (outdated) };
  *reading = (Reading){ g_object_ref (self), g_array_ref (outdated) };
  self->reading = TRUE;
  smalti_store_client_call_async (self->client, read_runs, request, (GDestroyNotify)request_free,
                                  (GDestroyNotify)g_ptr_array_unref, on_read, reading);
}

void
smalti_run_values_set_ids (SmaltiRunValues *self, const char *const *ids)
{
  g_return_if_fail (SMALTI_IS_RUN_VALUES (self));

  if (self->ids && g_strv_equal ((const char *const *)self->ids, ids))
    return;
  g_strfreev (self->ids);
  self->ids = g_strdupv ((char **)ids);
  self->generation++;
  smalti_run_values_update (self);
}

static void
smalti_run_values_finalize (GObject *object)
{
  SmaltiRunValues *self = SMALTI_RUN_VALUES (object);

  g_object_unref (self->client);
  g_object_unref (self->runs);
  memory_unref (self->memory);
  g_strfreev (self->ids);
  g_hash_table_unref (self->stamps);
  G_OBJECT_CLASS (smalti_run_values_parent_class)->finalize (object);
}

static void
smalti_run_values_class_init (SmaltiRunValuesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = smalti_run_values_finalize;
  read_signal = g_signal_new ("read", SMALTI_TYPE_RUN_VALUES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
smalti_run_values_init (SmaltiRunValues *self)
{
  self->stamps = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->memory = g_new (Memory, 1);
  g_atomic_ref_count_init (&self->memory->ref_count);
  self->memory->extremes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

SmaltiRunValues *
smalti_run_values_new (SmaltiStoreClient *client, SmaltiRunList *runs)
{
  SmaltiRunValues *self = g_object_new (SMALTI_TYPE_RUN_VALUES, NULL);

  self->client = g_object_ref (client);
  self->runs = g_object_ref (runs);
  return self;
}
