/* SPDX-License-Identifier: Apache-2.0 */
/* A run's points are read on the store's thread, those that are not there yet, and put into the plots a part at a time:
 * eight runs of a million points would be half a second of the main loop at once. */
#include "ui/compare-curves.h"

#include <glib/gi18n-lib.h>

#include "ui/plot-board.h"

#define POINTS_AT_ONCE 20000

typedef struct
{
  SmaltiPlot *plot;
  guint number;
  gint64 last_step; /* asked for; -1: none */
} Curve;

/* What was read and is not drawn yet. */
typedef struct
{
  Curve *curve;
  GArray *points; /* of SmaltiPoint */
  guint next;
} Arrival;

struct _SmaltiCompareCurves
{
  SmaltiCompareSection parent_instance;

  GtkWidget *board, *note;
  SmaltiComparison *shown;
  GHashTable *curves; /* "12 train/loss" -> Curve */
  GQueue arrivals;    /* of Arrival */
  guint source;
  guint generation; /* of the curves: what was asked for before is of no use */
  guint n_asked;    /* runs being read */
  gboolean again;   /* there was news meanwhile */
};

G_DEFINE_FINAL_TYPE (SmaltiCompareCurves, smalti_compare_curves, SMALTI_TYPE_COMPARE_SECTION)

static void
arrival_free (Arrival *arrival)
{
  g_array_unref (arrival->points);
  g_free (arrival);
}

static Curve *
curve_for (SmaltiCompareCurves *self, guint run, const char *metric)
{
  const SmaltiComparedRun *of = smalti_comparison_get (self->shown, run);
  g_autofree char *key = g_strdup_printf ("%" G_GINT64_FORMAT " %s", of->id, metric);
  Curve *curve = g_hash_table_lookup (self->curves, key);
  gboolean validation = g_str_has_prefix (metric, "val/");
  const char *what = g_str_has_prefix (metric, "meter/") ? _ ("while training")
                     : validation                        ? _ ("validation")
                                                         : _ ("training");
  /* Translators: a curve: a run's name, and "training" or "validation" */
  g_autofree char *title = g_strdup_printf (_ ("%s, %s"), of->title, what);
  const SmaltiCurveInfo info = { .title = title, .group = of->title, .style = run, .sparse = validation };

  if (curve)
    return curve;
  curve = g_new0 (Curve, 1);
  curve->plot = smalti_plot_board_get_plot (SMALTI_PLOT_BOARD (self->board), metric);
  curve->number = smalti_plot_add_curve_as (curve->plot, &info);
  curve->last_step = -1;
  g_hash_table_insert (self->curves, g_steal_pointer (&key), curve);
  return curve;
}

/* -- drawing what has been read -- */

static gboolean
draw_some (gpointer user_data)
{
  SmaltiCompareCurves *self = user_data;
  Arrival *arrival = g_queue_peek_head (&self->arrivals);

  if (!arrival)
    {
      self->source = 0;
      return G_SOURCE_REMOVE;
    }
  for (guint n = 0; n < POINTS_AT_ONCE && arrival->next < arrival->points->len; n++)
    smalti_plot_append_point (arrival->curve->plot, arrival->curve->number,
                              &g_array_index (arrival->points, SmaltiPoint, arrival->next++));
  smalti_plot_changed (arrival->curve->plot);
  if (arrival->next == arrival->points->len)
    arrival_free (g_queue_pop_head (&self->arrivals));
  return G_SOURCE_CONTINUE;
}

/* -- reading -- */

typedef struct
{
  gint64 run;
  char **metrics;
  gint64 *after; /* a step for each */
} Question;

typedef struct
{
  SmaltiCompareCurves *self;
  guint generation, run;
} Asked;

static void
question_free (Question *question)
{
  g_strfreev (question->metrics);
  g_free (question->after);
  g_free (question);
}

static gpointer
read_points (SmaltiStore *store, gpointer data, GError **error)
{
  const Question *question = data;
  g_autoptr (GPtrArray) read = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);

  for (guint i = 0; question->metrics[i]; i++)
    {
      GArray *points = smalti_store_get_points (store, question->run, question->metrics[i], question->after[i], error);

      if (!points)
        return NULL;
      g_ptr_array_add (read, points);
    }
  return g_steal_pointer (&read);
}

static void
take_points (SmaltiCompareCurves *self, guint run, const GPtrArray *read)
{
  const SmaltiComparedRun *of = smalti_comparison_get (self->shown, run);

  for (guint i = 0; i < read->len && of->metrics[i]; i++)
    {
      Curve *curve = curve_for (self, run, of->metrics[i]);
      GArray *points = read->pdata[i];
      Arrival *arrival;

      while (points->len > 0 && (gint64)g_array_index (points, SmaltiPoint, 0).step <= curve->last_step)
        g_array_remove_index (points, 0);
      if (points->len == 0)
        continue;
      curve->last_step = g_array_index (points, SmaltiPoint, points->len - 1).step;
      arrival = g_new (Arrival, 1);
      *arrival = (Arrival){ curve, g_array_ref (points), 0 };
      g_queue_push_tail (&self->arrivals, arrival);
    }
  if (!self->source)
    self->source = g_idle_add_full (SMALTI_PRIORITY_NEWS, draw_some, self, NULL);
}

static void
on_points (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Asked *asked = user_data;
  g_autoptr (SmaltiCompareCurves) self = asked->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) read = smalti_store_client_call_finish (SMALTI_STORE_CLIENT (source), result, &error);

  if (asked->generation != self->generation)
    return;
  self->n_asked--;
  if (!self->board)
    return;
  if (read)
    take_points (self, asked->run, read);
  else
    smalti_workbench_tell (smalti_compare_section_get_workbench (SMALTI_COMPARE_SECTION (self)), error->message);
  if (self->again && self->n_asked == 0)
    SMALTI_COMPARE_SECTION_GET_CLASS (self)->update (SMALTI_COMPARE_SECTION (self));
}

static void
ask (SmaltiCompareCurves *self, guint run)
{
  SmaltiWorkbench *workbench = smalti_compare_section_get_workbench (SMALTI_COMPARE_SECTION (self));
  const SmaltiComparedRun *of = smalti_comparison_get (self->shown, run);
  guint n = g_strv_length (of->metrics);
  Question *question;
  Asked *asked;

  if (n == 0)
    return;
  question = g_new (Question, 1);
  *question = (Question){ of->id, g_strdupv (of->metrics), g_new (gint64, n) };
  for (guint i = 0; i < n; i++)
    question->after[i] = curve_for (self, run, of->metrics[i])->last_step;
  asked = g_new (Asked, 1);
  *asked = (Asked){ g_object_ref (self), self->generation, run };
  self->n_asked++;
  smalti_store_client_call_async (smalti_workbench_get_client (workbench), read_points, question,
                                  (GDestroyNotify)question_free, (GDestroyNotify)g_ptr_array_unref, on_points, asked);
}

static void
forget (SmaltiCompareCurves *self)
{
  g_queue_clear_full (&self->arrivals, (GDestroyNotify)arrival_free);
  g_clear_handle_id (&self->source, g_source_remove);
  g_hash_table_remove_all (self->curves);
  self->generation++;
  self->n_asked = 0;
}

/* Back to a checkpoint: its curves begin anew. */
static gboolean
went_back (const SmaltiComparison *before, const SmaltiComparison *now)
{
  for (guint i = 0; i < smalti_comparison_get_n (now); i++)
    if (smalti_comparison_get (now, i)->info->step < smalti_comparison_get (before, i)->info->step)
      return TRUE;
  return FALSE;
}

static void
smalti_compare_curves_update (SmaltiCompareSection *section)
{
  SmaltiCompareCurves *self = SMALTI_COMPARE_CURVES (section);
  SmaltiComparison *comparison = smalti_compare_section_get (section);
  guint n = smalti_comparison_get_n (comparison);
  gboolean any = FALSE;

  if (!smalti_comparison_same_runs (self->shown, comparison) || went_back (self->shown, comparison))
    {
      forget (self);
      smalti_plot_board_clear (SMALTI_PLOT_BOARD (self->board));
    }
  else if (self->n_asked > 0)
    {
      self->again = TRUE;
      return;
    }
  self->again = FALSE;
  g_clear_pointer (&self->shown, smalti_comparison_unref);
  self->shown = smalti_comparison_ref (comparison);
  for (guint i = 0; i < n; i++)
    {
      any |= smalti_comparison_get (comparison, i)->metrics[0] != NULL;
      ask (self, i);
    }
  smalti_compare_note_set (self->note, any ? NULL : _ ("None of these runs was trained: there are no curves."));
}

static void
smalti_compare_curves_dispose (GObject *object)
{
  SmaltiCompareCurves *self = SMALTI_COMPARE_CURVES (object);

  forget (self);
  self->board = self->note = NULL;
  g_clear_pointer (&self->shown, smalti_comparison_unref);
  G_OBJECT_CLASS (smalti_compare_curves_parent_class)->dispose (object);
}

static void
smalti_compare_curves_finalize (GObject *object)
{
  g_hash_table_unref (SMALTI_COMPARE_CURVES (object)->curves);
  G_OBJECT_CLASS (smalti_compare_curves_parent_class)->finalize (object);
}

static void
smalti_compare_curves_class_init (SmaltiCompareCurvesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = smalti_compare_curves_dispose;
  G_OBJECT_CLASS (klass)->finalize = smalti_compare_curves_finalize;
  SMALTI_COMPARE_SECTION_CLASS (klass)->update = smalti_compare_curves_update;
  SMALTI_COMPARE_SECTION_CLASS (klass)->follows = TRUE;
}

static void
smalti_compare_curves_init (SmaltiCompareCurves *self)
{
  self->curves = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_queue_init (&self->arrivals);
  self->note = smalti_compare_note_new ();
  smalti_compare_section_append (SMALTI_COMPARE_SECTION (self), self->note);
  self->board = smalti_plot_board_new (_ ("How They Learn"));
  smalti_plot_board_set_owner (SMALTI_PLOT_BOARD (self->board), _ ("Comparison"));
  smalti_compare_section_append (SMALTI_COMPARE_SECTION (self), self->board);
}
