/* SPDX-License-Identifier: Apache-2.0 */
/* All of it is read on the store's thread; parsing eight specs takes it a few milliseconds. */
#include "ui/comparison.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "core/base/error.h"
#include "core/eval/evaluation-archive.h"

#define N_LOOKED_AT 60 /* runs among which sensible ones are sought */
#define N_TRAINED   5  /* of them, before the baselines */

struct _SmaltiComparison
{
  GPtrArray *runs; /* of SmaltiComparedRun */
  gint ref_count;
};

static void
run_free (SmaltiComparedRun *self)
{
  g_free (self->title);
  g_clear_pointer (&self->info, smalti_run_info_free);
  g_clear_pointer (&self->spec, smalti_spec_unref);
  g_strfreev (self->metrics);
  g_clear_pointer (&self->benchmarks, g_ptr_array_unref);
  g_free (self->folder);
  g_strfreev (self->linear);
  g_strfreev (self->knn);
  g_free (self->images);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiComparedRun, run_free)

static SmaltiComparison *
comparison_new (void)
{
  SmaltiComparison *self = g_new0 (SmaltiComparison, 1);

  self->runs = g_ptr_array_new_with_free_func ((GDestroyNotify)run_free);
  self->ref_count = 1;
  return self;
}

SmaltiComparison *
smalti_comparison_ref (SmaltiComparison *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
smalti_comparison_unref (SmaltiComparison *self)
{
  if (!self || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_ptr_array_unref (self->runs);
  g_free (self);
}

guint
smalti_comparison_get_n (const SmaltiComparison *self)
{
  return self->runs->len;
}

const SmaltiComparedRun *
smalti_comparison_get (const SmaltiComparison *self, guint i)
{
  g_return_val_if_fail (i < self->runs->len, NULL);

  return self->runs->pdata[i];
}

/* -- asking -- */

gboolean
smalti_comparison_same_runs (const SmaltiComparison *self, const SmaltiComparison *other)
{
  if (!self || !other || self->runs->len != other->runs->len)
    return self == other;
  for (guint i = 0; i < self->runs->len; i++)
    {
      const SmaltiComparedRun *a = self->runs->pdata[i], *b = other->runs->pdata[i];

      if (a->id != b->id || !g_str_equal (a->title, b->title))
        return FALSE;
    }
  return TRUE;
}

static gboolean
same_benchmarks (const GPtrArray *a, const GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    {
      const SmaltiBenchmark *x = a->pdata[i], *y = b->pdata[i];

      if (!g_str_equal (x->layer, y->layer) || !g_str_equal (x->protocol, y->protocol) || x->n_test != y->n_test
          || x->n_classes != y->n_classes || x->top1.value != y->top1.value || x->seconds != y->seconds)
        return FALSE;
    }
  return TRUE;
}

gboolean
smalti_comparison_same_results (const SmaltiComparison *self, const SmaltiComparison *other)
{
  if (!self || !other || !smalti_comparison_same_runs (self, other))
    return self == other;
  for (guint i = 0; i < self->runs->len; i++)
    {
      const SmaltiComparedRun *a = self->runs->pdata[i], *b = other->runs->pdata[i];

      if (!same_benchmarks (a->benchmarks, b->benchmarks)
          || !g_strv_equal ((const char *const *)a->linear, (const char *const *)b->linear)
          || !g_strv_equal ((const char *const *)a->knn, (const char *const *)b->knn)
          || g_strcmp0 (a->images, b->images) != 0)
        return FALSE;
    }
  return TRUE;
}

static gint
find (const GPtrArray *benchmarks, const char *protocol, const char *layer)
{
  for (guint i = 0; i < benchmarks->len; i++)
    {
      const SmaltiBenchmark *one = benchmarks->pdata[i];

      if (g_str_equal (one->layer, layer) && g_str_equal (one->protocol, protocol))
        return i;
    }
  return -1;
}

const SmaltiBenchmark *
smalti_compared_run_find (const SmaltiComparedRun *self, const char *protocol, const char *layer)
{
  gint at = find (self->benchmarks, protocol, layer);

  return at >= 0 ? self->benchmarks->pdata[at] : NULL;
}

static const SmaltiBenchmark *
best_of (const GPtrArray *benchmarks, const char *protocol)
{
  const SmaltiBenchmark *best = NULL;

  for (guint i = 0; i < benchmarks->len; i++)
    {
      const SmaltiBenchmark *one = benchmarks->pdata[i];

      if ((!protocol || g_str_equal (one->protocol, protocol)) && (!best || one->top1.value > best->top1.value))
        best = one;
    }
  return best;
}

const SmaltiBenchmark *
smalti_compared_run_best (const SmaltiComparedRun *self, const char *protocol)
{
  const SmaltiBenchmark *best = best_of (self->benchmarks, protocol ? protocol : "linear");

  return best || protocol ? best : best_of (self->benchmarks, NULL);
}

gboolean
smalti_compared_run_has_archive (const SmaltiComparedRun *self, const SmaltiBenchmark *benchmark)
{
  char **kept = g_str_equal (benchmark->protocol, "knn") ? self->knn : self->linear;

  return g_strv_contains ((const char *const *)kept, benchmark->layer);
}

/* How many images of each class there were tells most data sets apart, where nothing else was kept. */
static gboolean
is_alike (const SmaltiBenchmark *a, const SmaltiBenchmark *b)
{
  if (a->n_classes != b->n_classes || a->n_test != b->n_test || a->n_train != b->n_train)
    return FALSE;
  for (guint truth = 0; truth < a->n_classes; truth++)
    {
      const guint32 *x = a->confusion + (gsize)truth * a->n_classes, *y = b->confusion + (gsize)truth * a->n_classes;
      gint64 more = 0;

      for (guint answer = 0; answer < a->n_classes; answer++)
        more += (gint64)x[answer] - y[answer];
      if (more != 0)
        return FALSE;
    }
  return TRUE;
}

gboolean
smalti_compared_run_is_alike (const SmaltiComparedRun *self, const SmaltiComparedRun *other)
{
  const SmaltiBenchmark *a = smalti_compared_run_best (self, NULL), *b = smalti_compared_run_best (other, NULL);

  if (!a || !b)
    return TRUE;
  if (self->images && other->images && !g_str_equal (self->images, other->images))
    return FALSE;
  return is_alike (a, b);
}

char *
smalti_describe_benchmark (const SmaltiBenchmark *benchmark)
{
  if (g_str_equal (benchmark->protocol, "knn"))
    /* Translators: a layer of a network, measured by its images' nearest neighbours */
    return g_strdup_printf (_ ("%s, k-NN"), benchmark->layer);
  return g_strdup (benchmark->layer);
}

/* -- reading -- */

/* Of one layer and protocol measured twice, the newer. */
static GPtrArray *
newest (GPtrArray *all)
{
  GPtrArray *kept = g_ptr_array_new_with_free_func ((GDestroyNotify)smalti_benchmark_free);

  while (all->len > 0)
    {
      SmaltiBenchmark *one = g_ptr_array_steal_index (all, 0);
      gint at = find (kept, one->protocol, one->layer);

      if (at < 0)
        g_ptr_array_add (kept, one);
      else
        {
          smalti_benchmark_free (kept->pdata[at]);
          kept->pdata[at] = one;
        }
    }
  return kept;
}

static void
find_images (SmaltiComparedRun *self)
{
  const SmaltiBenchmark *best = smalti_compared_run_best (self, NULL);

  self->linear = smalti_evaluation_archive_list (self->folder, "linear");
  self->knn = smalti_evaluation_archive_list (self->folder, "knn");
  if (best && smalti_compared_run_has_archive (self, best))
    self->images = smalti_evaluation_archive_find_fingerprint (self->folder, best->protocol, best->layer);
}

static SmaltiComparedRun *
read_run (SmaltiStore *store, gint64 id, GError **error)
{
  g_autoptr (SmaltiComparedRun) self = g_new0 (SmaltiComparedRun, 1);
  g_autoptr (GPtrArray) benchmarks = NULL;

  self->id = id;
  self->info = smalti_store_get_run (store, id, error);
  if (!self->info)
    return NULL;
  self->title = *self->info->name ? g_utf8_make_valid (self->info->name, -1) : g_strdup_printf (_ ("Run %" PRId64), id);
  self->spec = smalti_spec_parse (self->info->spec_yaml, "", NULL, NULL);
  self->metrics = smalti_store_list_metrics (store, id, error);
  if (!self->metrics)
    return NULL;
  benchmarks = smalti_store_get_benchmarks (store, id, error);
  if (!benchmarks)
    return NULL;
  self->benchmarks = newest (benchmarks);
  self->folder = smalti_store_get_run_folder (store, id);
  find_images (self);
  return g_steal_pointer (&self);
}

static void
tell_apart (GPtrArray *runs)
{
  g_autoptr (GHashTable) times = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < runs->len; i++)
    {
      const SmaltiComparedRun *run = runs->pdata[i];
      guint n = GPOINTER_TO_UINT (g_hash_table_lookup (times, run->title));

      g_hash_table_insert (times, g_strdup (run->title), GUINT_TO_POINTER (n + 1));
    }
  for (guint i = 0; i < runs->len; i++)
    {
      SmaltiComparedRun *run = runs->pdata[i];
      g_autofree char *title = g_steal_pointer (&run->title);

      if (GPOINTER_TO_UINT (g_hash_table_lookup (times, title)) > 1)
        /* Translators: a run's name, and its number, since another one is called the same */
        run->title = g_strdup_printf (_ ("%s (%" PRId64 ")"), title, run->id);
      else
        run->title = g_steal_pointer (&title);
    }
}

static SmaltiComparison *
read_runs (SmaltiStore *store, const GArray *ids, GError **error)
{
  g_autoptr (SmaltiComparison) self = comparison_new ();

  for (guint i = 0; i < ids->len && self->runs->len < SMALTI_COMPARISON_RUNS; i++)
    {
      g_autoptr (GError) reason = NULL;
      SmaltiComparedRun *run = read_run (store, g_array_index (ids, gint64, i), &reason);

      if (run && run->info->trashed == 0)
        g_ptr_array_add (self->runs, run);
      else if (run)
        run_free (run);
      else if (!g_error_matches (reason, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT))
        {
          g_propagate_error (error, g_steal_pointer (&reason));
          return NULL;
        }
    }
  tell_apart (self->runs);
  return g_steal_pointer (&self);
}

/* -- what is sensible -- */

enum
{
  TRAINED,
  RANDOM,
  LABELS,
  IMPORTED,
  N_KINDS,
};

static guint
kind_of (const SmaltiComparedRun *run)
{
  const SmaltiPretextClass *method = run->spec ? smalti_spec_get_method (run->spec) : NULL;

  if (!method)
    return TRAINED;
  return method->is_imported ? IMPORTED : !method->trains ? RANDOM : method->needs_labels ? LABELS : TRAINED;
}

/* (element-type SmaltiComparedRun): measured like the newest one that is. */
static GPtrArray *
find_measured (SmaltiStore *store, const GPtrArray *infos, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify)run_free);

  for (guint i = 0, looked = 0; i < infos->len && looked < N_LOOKED_AT; i++)
    {
      const SmaltiRunInfo *info = infos->pdata[i];
      SmaltiComparedRun *run;

      if (info->state != SMALTI_RUN_DONE)
        continue;
      looked++;
      run = read_run (store, info->id, error);
      if (!run)
        return NULL;
      if (run->benchmarks->len > 0 && (found->len == 0 || smalti_compared_run_is_alike (found->pdata[0], run)))
        g_ptr_array_add (found, run);
      else
        run_free (run);
    }
  return g_steal_pointer (&found);
}

/* The newest of each kind, those that were trained first. */
static void
pick (const GPtrArray *found, GArray *ids)
{
  static const guint most[N_KINDS] = { N_TRAINED, 1, 1, 2 };

  for (guint kind = 0; kind < N_KINDS; kind++)
    for (guint i = 0, n = 0; i < found->len && n < most[kind] && ids->len < SMALTI_COMPARISON_RUNS; i++)
      {
        const SmaltiComparedRun *run = found->pdata[i];

        if (kind_of (run) != kind)
          continue;
        g_array_append_val (ids, run->id);
        n++;
      }
}

static gboolean
suggest (SmaltiStore *store, GArray *ids, GError **error)
{
  g_autoptr (GPtrArray) infos = smalti_store_list_runs (store, error);
  g_autoptr (GPtrArray) found = infos ? find_measured (store, infos, error) : NULL;

  if (!found)
    return FALSE;
  pick (found, ids);
  if (ids->len >= 2)
    return TRUE;
  g_array_set_size (ids, 0);
  for (guint i = 0; i < infos->len && ids->len < 2; i++)
    {
      const SmaltiRunInfo *info = infos->pdata[i];

      if (info->state == SMALTI_RUN_DONE)
        g_array_append_val (ids, info->id);
    }
  if (ids->len < 2)
    g_array_set_size (ids, 0);
  return TRUE;
}

static gpointer
load (SmaltiStore *store, gpointer data, GError **error)
{
  GArray *ids = data;

  if (ids->len == 0 && !suggest (store, ids, error))
    return NULL;
  return read_runs (store, ids, error);
}

void
smalti_comparison_load_async (SmaltiStoreClient *client, const gint64 *runs, guint n_runs, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  g_array_append_vals (ids, runs, n_runs);
  smalti_store_client_call_async (client, load, ids, (GDestroyNotify)g_array_unref,
                                  (GDestroyNotify)smalti_comparison_unref, callback, user_data);
}

SmaltiComparison *
smalti_comparison_load_finish (SmaltiStoreClient *client, GAsyncResult *result, GError **error)
{
  return smalti_store_client_call_finish (client, result, error);
}
