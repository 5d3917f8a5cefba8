/* SPDX-License-Identifier: Apache-2.0 */
/* What a report is made of, and its form for a terminal. */
#include "core/run/report-private.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/text-table.h"
#include "core/pretext/preview-archive.h"

#define N_COLORS 8

static void
run_free (SmaltiReportRun *self)
{
  g_clear_pointer (&self->info, smalti_run_info_free);
  g_clear_pointer (&self->spec, smalti_spec_unref);
  g_clear_pointer (&self->benchmarks, g_ptr_array_unref);
  g_clear_pointer (&self->previews, g_ptr_array_unref);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  g_free (self->title);
  g_free (self->color);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiReportRun, run_free)

/* Names of files need not be UTF-8, a page must. */
static void
make_valid (char **text)
{
  char *valid = g_utf8_make_valid (*text != NULL ? *text : "", -1);

  g_free (*text);
  *text = valid;
}

static gint
find_layer (const GPtrArray *benchmarks, const char *protocol, const char *layer)
{
  for (guint i = 0; i < benchmarks->len; i++)
    {
      const SmaltiBenchmark *one = benchmarks->pdata[i];

      if (strcmp (one->layer, layer) == 0 && strcmp (one->protocol, protocol) == 0)
        return i;
    }
  return -1;
}

static gboolean
collect_benchmarks (SmaltiReportRun *self, SmaltiStore *store, GError **error)
{
  g_autoptr (GPtrArray) all = smalti_store_get_benchmarks (store, self->info->id, error);

  if (all == NULL)
    return FALSE;
  self->benchmarks = g_ptr_array_new_with_free_func ((GDestroyNotify)smalti_benchmark_free);
  while (all->len > 0)
    {
      SmaltiBenchmark *benchmark = g_ptr_array_steal_index (all, 0);
      gint at = find_layer (self->benchmarks, benchmark->protocol, benchmark->layer);

      if (at < 0)
        g_ptr_array_add (self->benchmarks, benchmark);
      else
        {
          smalti_benchmark_free (self->benchmarks->pdata[at]);
          self->benchmarks->pdata[at] = benchmark;
        }
    }
  return TRUE;
}

/* A preview that is damaged is left out: the numbers are worth more than one picture. */
static gboolean
collect_previews (SmaltiReportRun *self, SmaltiStore *store, GError **error)
{
  g_autoptr (GPtrArray) artifacts = smalti_store_get_last_artifacts (store, self->info->id, "preview", -1, error);

  if (artifacts == NULL)
    return FALSE;
  self->previews = g_ptr_array_new_with_free_func ((GDestroyNotify)smalti_preview_free);
  for (guint i = 0; i < artifacts->len; i++)
    {
      const SmaltiArtifact *artifact = artifacts->pdata[i];
      SmaltiPreview *preview
          = artifact->data != NULL ? smalti_preview_from_stored (artifact->data, artifact->text, NULL) : NULL;

      if (preview == NULL)
        continue;
      make_valid (&preview->caption);
      g_ptr_array_add (self->previews, preview);
      self->preview_step = artifact->step;
    }
  return TRUE;
}

static gboolean
collect_notes (SmaltiReportRun *self, SmaltiStore *store, GError **error)
{
  g_autoptr (GPtrArray) artifacts = smalti_store_get_artifacts (store, self->info->id, "log", -1, error);

  if (artifacts == NULL)
    return FALSE;
  self->notes = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < artifacts->len; i++)
    {
      char *text = g_strdup (((const SmaltiArtifact *)artifacts->pdata[i])->text);

      make_valid (&text);
      g_ptr_array_add (self->notes, text);
    }
  return TRUE;
}

static gboolean
collect_seconds (SmaltiReportRun *self, SmaltiStore *store, GError **error)
{
  g_autoptr (GArray) points = smalti_store_get_points (store, self->info->id, "train/loss", -1, error);

  if (points == NULL)
    return FALSE;
  if (points->len > 0)
    self->train_seconds = g_array_index (points, SmaltiPoint, points->len - 1).time;
  return TRUE;
}

/* Only the method knows. */
static gboolean
collect_n_channels (SmaltiReportRun *self, GError **error)
{
  const SmaltiPretextClass *method = smalti_spec_get_method (self->spec);
  g_autoptr (SmaltiPretext) pretext
      = smalti_pretext_new (method, smalti_spec_get_values (self->spec, "method"), NULL, error);

  if (pretext == NULL)
    return FALSE;
  self->n_channels = method->n_channels (pretext);
  return TRUE;
}

static SmaltiReportRun *
collect_run (SmaltiStore *store, gint64 id, GError **error)
{
  g_autoptr (SmaltiReportRun) self = g_new0 (SmaltiReportRun, 1);

  self->info = smalti_store_get_run (store, id, error);
  if (self->info == NULL)
    return NULL;
  make_valid (&self->info->name);
  make_valid (&self->info->message);
  make_valid (&self->info->data_path);
  make_valid (&self->info->device);
  self->title = *self->info->name != '\0' ? g_strdup (self->info->name) : g_strdup_printf (_ ("Run %" PRId64), id);
  self->spec = smalti_spec_parse (self->info->spec_yaml, _ ("the run's spec"), NULL, error);
  if (self->spec == NULL || !collect_benchmarks (self, store, error) || !collect_previews (self, store, error)
      || !collect_notes (self, store, error) || !collect_seconds (self, store, error)
      || !collect_n_channels (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

static gboolean
has_run (const GPtrArray *runs, gint64 id)
{
  for (guint i = 0; i < runs->len; i++)
    if (((const SmaltiReportRun *)runs->pdata[i])->info->id == id)
      return TRUE;
  return FALSE;
}

gboolean
smalti_report_is_random (const SmaltiPretextClass *method)
{
  return !method->trains && !method->is_imported;
}

/* The baselines have colours of their own, whatever stands beside them. */
static char *
choose_color (const SmaltiPretextClass *method, guint *next, guint *next_random)
{
  if (smalti_report_is_random (method))
    return g_strdup ((*next_random)++ % 2 == 0 ? "random" : "random1");
  if (method->needs_labels)
    return g_strdup ("labels");
  return g_strdup_printf ("c%u", (*next)++ % N_COLORS);
}

GPtrArray *
smalti_report_collect (SmaltiStore *store, const gint64 *runs, guint n_runs, GError **error)
{
  g_autoptr (GPtrArray) collected = g_ptr_array_new_with_free_func ((GDestroyNotify)run_free);
  guint next_color = 0, next_random = 0;

  for (guint i = 0; i < n_runs; i++)
    {
      SmaltiReportRun *run;

      if (has_run (collected, runs[i]))
        continue;
      run = collect_run (store, runs[i], error);
      if (run == NULL)
        return NULL;
      run->color = choose_color (smalti_spec_get_method (run->spec), &next_color, &next_random);
      g_ptr_array_add (collected, run);
    }
  return g_steal_pointer (&collected);
}

const SmaltiBenchmark *
smalti_report_best (const SmaltiReportRun *self, const char *protocol)
{
  const SmaltiBenchmark *best = NULL;

  if (protocol == NULL)
    {
      best = smalti_report_best (self, "linear");
      if (best != NULL)
        return best;
    }
  for (guint i = 0; i < self->benchmarks->len; i++)
    {
      const SmaltiBenchmark *one = self->benchmarks->pdata[i];

      if ((protocol == NULL || strcmp (one->protocol, protocol) == 0)
          && (best == NULL || one->top1.value > best->top1.value))
        best = one;
    }
  return best;
}

const SmaltiBenchmark *
smalti_report_find (const SmaltiReportRun *self, const char *protocol, const char *layer)
{
  gint at = find_layer (self->benchmarks, protocol, layer);

  return at >= 0 ? self->benchmarks->pdata[at] : NULL;
}

GPtrArray *
smalti_report_layer_names (const GPtrArray *runs, const char *protocol)
{
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; i < runs->len; i++)
    {
      const SmaltiReportRun *run = runs->pdata[i];

      for (guint k = 0; k < run->benchmarks->len; k++)
        {
          const SmaltiBenchmark *one = run->benchmarks->pdata[k];

          if (strcmp (one->protocol, protocol) == 0
              && !g_ptr_array_find_with_equal_func (names, one->layer, g_str_equal, NULL))
            g_ptr_array_add (names, one->layer);
        }
    }
  return names;
}

/* Only what was measured on the same number of the same classes can be compared. */
static gboolean
is_comparable (const SmaltiBenchmark *a, const SmaltiBenchmark *b)
{
  return a != NULL && b != NULL && strcmp (a->protocol, b->protocol) == 0 && a->n_classes == b->n_classes
         && a->n_test == b->n_test;
}

const SmaltiReportRun *
smalti_report_baseline (const GPtrArray *runs, const SmaltiReportRun *self)
{
  for (guint i = 0; i < runs->len; i++)
    {
      const SmaltiReportRun *run = runs->pdata[i];

      if (run != self && smalti_report_is_random (smalti_spec_get_method (run->spec))
          && !smalti_report_is_random (smalti_spec_get_method (self->spec))
          && smalti_spec_get_backbone (run->spec) == smalti_spec_get_backbone (self->spec)
          && run->n_channels == self->n_channels
          && is_comparable (smalti_report_best (run, NULL), smalti_report_best (self, NULL)))
        return run;
    }
  return NULL;
}

SmaltiShare
smalti_report_difference (const SmaltiBenchmark *a, const SmaltiBenchmark *b)
{
  const SmaltiShare *x = &a->top1, *y = &b->top1;
  gdouble value = x->value - y->value;

  return (SmaltiShare){ .value = value,
                        .low = value - hypot (x->value - x->low, y->high - y->value),
                        .high = value + hypot (x->high - x->value, y->value - y->low) };
}

/* For a terminal */

static void
add_row (SmaltiTextTable *table, const GPtrArray *runs, const SmaltiReportRun *run)
{
  const SmaltiBenchmark *best = smalti_report_best (run, NULL);
  const SmaltiReportRun *baseline = smalti_report_baseline (runs, run);

  smalti_text_table_add (table, g_strdup_printf ("%" G_GINT64_FORMAT, run->info->id));
  smalti_text_table_add (table, g_strdup (run->info->name));
  smalti_text_table_add (table, g_strdup (run->info->method));
  smalti_text_table_add (table, g_strdup (run->info->backbone));
  if (best == NULL)
    {
      for (guint i = 0; i < 4; i++)
        smalti_text_table_add (table, g_strdup ("-"));
      smalti_text_table_add (
          table, g_strdup (run->info->state == SMALTI_RUN_DONE ? "" : smalti_run_state_id (run->info->state)));
      return;
    }
  smalti_text_table_add (table, g_strdup (best->layer));
  smalti_text_table_add (table, g_strdup_printf ("%.1f%%", 100 * best->top1.value));
  smalti_text_table_add (table, g_strdup_printf (_ ("%.1f to %.1f"), 100 * best->top1.low, 100 * best->top1.high));
  smalti_text_table_add (table, g_strdup_printf ("%.1f%%", 100 * best->top5.value));
  if (baseline != NULL)
    {
      SmaltiShare more = smalti_report_difference (best, smalti_report_best (baseline, NULL));

      smalti_text_table_add (
          table, g_strdup_printf (_ ("%+.1f (%+.1f to %+.1f)"), 100 * more.value, 100 * more.low, 100 * more.high));
    }
  else
    smalti_text_table_add (table, g_strdup (""));
}

/* What the numbers are of, as long as it is the same for all of them. */
static char *
explain (const GPtrArray *runs)
{
  const SmaltiBenchmark *first = NULL;

  for (guint i = 0; i < runs->len; i++)
    {
      const SmaltiBenchmark *best = smalti_report_best (runs->pdata[i], NULL);

      if (first == NULL)
        first = best;
      else if (best != NULL && !is_comparable (first, best))
        return g_strdup (_ ("The best layer of each run. They were not all measured alike: compare with care.\n"));
    }
  if (first == NULL)
    return g_strdup (_ ("None of them is measured yet; “smalti eval” does it.\n"));
  return g_strdup_printf (_ ("The best layer of each run, %s, %u images of %u classes (chance %.1f%%).\n"),
                          strcmp (first->protocol, "linear") == 0 ? _ ("linear classifier on frozen features")
                                                                  : first->protocol,
                          first->n_test, first->n_classes, 100.0 / first->n_classes);
}

char *
smalti_report_table (SmaltiStore *store, const gint64 *runs, guint n_runs, GError **error)
{
  const char *const headers[] = { _ (">Run"),   _ ("Name"), _ ("Method"), _ ("Backbone"),   _ ("Layer"),
                                  _ (">Top-1"), _ ("95%"),  _ (">Top-5"), _ ("Over random") };
  g_autoptr (GPtrArray) collected = smalti_report_collect (store, runs, n_runs, error);
  g_autofree char *rows = NULL;
  g_autofree char *explanation = NULL;
  SmaltiTextTable *table;

  if (collected == NULL)
    return NULL;
  table = smalti_text_table_new (headers, G_N_ELEMENTS (headers));
  for (guint i = 0; i < collected->len; i++)
    add_row (table, collected, collected->pdata[i]);
  rows = smalti_text_table_finish (table);
  explanation = explain (collected);
  return g_strconcat (rows, explanation, NULL);
}
