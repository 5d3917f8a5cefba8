/* SPDX-License-Identifier: Apache-2.0 */
/* A run keeps its style as long as it is shown, whatever comes and goes beside it: people have learnt which one is
 * blue. */
#include "ui/overlay-curves.h"

#include <inttypes.h>
#include <glib/gi18n-lib.h>

#include "ui/plot-board.h"

struct _SmaltiOverlayCurves
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *note;
  GtkWidget *board;
  GArray *styles; /* of gint64: the run that has the style; 0: nobody */
  guint asked;    /* how often: what comes of an earlier question is dropped */
};

G_DEFINE_FINAL_TYPE (SmaltiOverlayCurves, smalti_overlay_curves, GTK_TYPE_WIDGET)

typedef struct
{
  char *metric;
  SmaltiSeries *series; /* %NULL: given away */
} Metric;

typedef struct
{
  gint64 run;
  char *name;
  GPtrArray *metrics; /* of Metric */
  char *problem;      /* (nullable): why it can't be shown */
} Run;

typedef struct
{
  gint64 *runs;
  guint n;
} Question;

typedef struct
{
  SmaltiOverlayCurves *self;
  guint asked;
  guint n_left_out;
} Asked;

static void
metric_free (Metric *metric)
{
  g_free (metric->metric);
  g_clear_pointer (&metric->series, smalti_series_free);
  g_free (metric);
}

static void
run_free (Run *run)
{
  g_free (run->name);
  g_free (run->problem);
  g_ptr_array_unref (run->metrics);
  g_free (run);
}

static void
question_free (Question *question)
{
  g_free (question->runs);
  g_free (question);
}

static gboolean
read_run (SmaltiStore *store, Run *run, GError **error)
{
  g_autoptr (SmaltiRunInfo) info = smalti_store_get_run (store, run->run, error);
  g_auto (GStrv) names = info ? smalti_store_list_metrics (store, run->run, error) : NULL;

  if (!names)
    return FALSE;
  run->name = g_strdup (info->name);
  for (guint i = 0; names[i]; i++)
    {
      g_autoptr (GArray) points = smalti_store_get_points (store, run->run, names[i], -1, error);
      Metric *metric;

      if (!points)
        return FALSE;
      metric = g_new (Metric, 1);
      *metric = (Metric){ g_strdup (names[i]), smalti_series_new () };
      for (guint p = 0; p < points->len; p++)
        {
          const SmaltiPoint *point = &g_array_index (points, SmaltiPoint, p);
          const gdouble x[SMALTI_N_X] = { point->step, point->epoch, point->time };

          smalti_series_append_at (metric->series, x, point->value);
        }
      g_ptr_array_add (run->metrics, metric);
    }
  return TRUE;
}

/* On the store's thread; returns (element-type Run). */
static gpointer
read_runs (SmaltiStore *store, gpointer data, GError **error)
{
  const Question *question = data;
  GPtrArray *runs = g_ptr_array_new_with_free_func ((GDestroyNotify)run_free);

  for (guint i = 0; i < question->n; i++)
    {
      g_autoptr (GError) problem = NULL;
      Run *run = g_new0 (Run, 1);

      run->run = question->runs[i];
      run->metrics = g_ptr_array_new_with_free_func ((GDestroyNotify)metric_free);
      if (!read_run (store, run, &problem))
        run->problem = g_strdup (problem->message);
      g_ptr_array_add (runs, run);
    }
  return runs;
}

static void
free_styles (SmaltiOverlayCurves *self, const GPtrArray *runs)
{
  for (guint s = 0; s < self->styles->len; s++)
    {
      gboolean kept = FALSE;

      for (guint i = 0; i < runs->len; i++)
        kept = kept || ((Run *)runs->pdata[i])->run == g_array_index (self->styles, gint64, s);
      if (!kept)
        g_array_index (self->styles, gint64, s) = 0;
    }
}

static guint
style_for (SmaltiOverlayCurves *self, gint64 run)
{
  gint style = smalti_overlay_curves_get_style (self, run);
  guint free = 0;

  if (style >= 0)
    return style;
  while (free < self->styles->len && g_array_index (self->styles, gint64, free) != 0)
    free++;
  if (free == self->styles->len)
    g_array_append_val (self->styles, run);
  else
    g_array_index (self->styles, gint64, free) = run;
  return free;
}

static void
show_run (SmaltiOverlayCurves *self, const Run *run, gboolean same_name)
{
  /* Translators: a run's name and its number, where two have the same name */
  g_autofree char *group
      = same_name ? g_strdup_printf (_ ("%s (%" PRId64 ")"), run->name, run->run) : g_strdup (run->name);
  guint style = style_for (self, run->run);

  for (guint i = 0; i < run->metrics->len; i++)
    {
      Metric *metric = run->metrics->pdata[i];
      SmaltiPlot *plot = smalti_plot_board_get_plot (SMALTI_PLOT_BOARD (self->board), metric->metric);
      gboolean held_out = g_str_has_prefix (metric->metric, "val/");
      /* Translators: a curve of a run: "Puzzles, validation" */
      g_autofree char *title = held_out ? g_strdup_printf (_ ("%s, validation"), group) : g_strdup (group);
      SmaltiCurveInfo info = { .title = title, .group = group, .style = style, .sparse = held_out };
      guint curve = smalti_plot_add_curve_as (plot, &info);

      smalti_plot_take_series (plot, curve, g_steal_pointer (&metric->series));
      smalti_plot_changed (plot);
    }
}

static gboolean
has_namesake (const GPtrArray *runs, const Run *run)
{
  for (guint i = 0; i < runs->len; i++)
    {
      const Run *other = runs->pdata[i];

      if (other != run && g_strcmp0 (other->name, run->name) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
show_note (SmaltiOverlayCurves *self, const GPtrArray *runs, guint n_left_out)
{
  g_autoptr (GString) note = g_string_new (NULL);

  if (n_left_out > 0)
    g_string_append_printf (note,
                            g_dngettext (GETTEXT_PACKAGE, "The first %u runs are drawn; %u more is not.",
                                         "The first %u runs are drawn; %u more are not.", n_left_out),
                            SMALTI_OVERLAY_MAX_RUNS, n_left_out);
  for (guint i = 0; i < runs->len; i++)
    if (((Run *)runs->pdata[i])->problem)
      g_string_append_printf (note, "%s%s", note->len > 0 ? "\n" : "", ((Run *)runs->pdata[i])->problem);
  gtk_label_set_text (GTK_LABEL (self->note), note->str);
  gtk_widget_set_visible (self->note, note->len > 0);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Asked *asked = user_data;
  g_autoptr (SmaltiOverlayCurves) self = asked->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) runs = smalti_store_client_call_finish (SMALTI_STORE_CLIENT (source), result, &error);

  if (asked->asked != self->asked || !self->board)
    return;
  if (!runs)
    {
      gtk_label_set_text (GTK_LABEL (self->note), error ? error->message : "");
      gtk_widget_set_visible (self->note, error != NULL);
      return;
    }
  smalti_plot_board_clear (SMALTI_PLOT_BOARD (self->board));
  smalti_plot_board_set_owner (SMALTI_PLOT_BOARD (self->board), _ ("Comparison"));
  free_styles (self, runs);
  for (guint i = 0; i < runs->len; i++)
    {
      const Run *run = runs->pdata[i];

      if (!run->problem)
        show_run (self, run, has_namesake (runs, run));
    }
  show_note (self, runs, asked->n_left_out);
}

void
smalti_overlay_curves_show (SmaltiOverlayCurves *self, SmaltiStoreClient *client, const gint64 *runs, guint n_runs)
{
  g_return_if_fail (SMALTI_IS_OVERLAY_CURVES (self) && SMALTI_IS_STORE_CLIENT (client));

  Question *question = g_new (Question, 1);
  Asked *asked = g_new (Asked, 1);
  guint n = MIN (n_runs, SMALTI_OVERLAY_MAX_RUNS);

  *question = (Question){ g_memdup2 (runs, n * sizeof *runs), n };
  *asked = (Asked){ g_object_ref (self), ++self->asked, n_runs - n };
  smalti_store_client_call_async (client, read_runs, question, (GDestroyNotify)question_free,
                                  (GDestroyNotify)g_ptr_array_unref, on_read, asked);
}

gint
smalti_overlay_curves_get_style (SmaltiOverlayCurves *self, gint64 run)
{
  g_return_val_if_fail (SMALTI_IS_OVERLAY_CURVES (self), -1);

  for (guint i = 0; i < self->styles->len; i++)
    if (g_array_index (self->styles, gint64, i) == run)
      return (gint)i;
  return -1;
}

static void
smalti_overlay_curves_dispose (GObject *object)
{
  SmaltiOverlayCurves *self = SMALTI_OVERLAY_CURVES (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  self->board = NULL;
  G_OBJECT_CLASS (smalti_overlay_curves_parent_class)->dispose (object);
}

static void
smalti_overlay_curves_finalize (GObject *object)
{
  g_array_unref (SMALTI_OVERLAY_CURVES (object)->styles);
  G_OBJECT_CLASS (smalti_overlay_curves_parent_class)->finalize (object);
}

static void
smalti_overlay_curves_class_init (SmaltiOverlayCurvesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = smalti_overlay_curves_dispose;
  G_OBJECT_CLASS (klass)->finalize = smalti_overlay_curves_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
smalti_overlay_curves_init (SmaltiOverlayCurves *self)
{
  self->styles = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  self->note = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->note), 0);
  gtk_label_set_wrap (GTK_LABEL (self->note), TRUE);
  gtk_widget_set_visible (self->note, FALSE);
  gtk_box_append (GTK_BOX (self->box), self->note);
  self->board = smalti_plot_board_new (_ ("Curves"));
  gtk_box_append (GTK_BOX (self->box), self->board);
}

GtkWidget *
smalti_overlay_curves_new (void)
{
  return g_object_new (SMALTI_TYPE_OVERLAY_CURVES, NULL);
}
