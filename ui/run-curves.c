/* SPDX-License-Identifier: Apache-2.0 */
/* The store is the truth and complete, but about a second late; the engine's events are at once, but only some of the
 * points. So a curve is the store's points and then a tail of told ones that lie beyond them; when the store's next
 * points come, the tail is cut off and what is still beyond is put back. */
#include "ui/run-curves.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ui/plot-board.h"

/* Points are told ten times a second, of each metric, and every plot that has one is drawn anew. */
#define DRAW_EVERY_MS 250

typedef struct
{
  SmaltiPlot *plot;
  guint curve;
  gsize n_stored;   /* points from the store */
  gint64 last_step; /* of them; -1: none */
  GArray *tail;     /* of SmaltiPoint, from events */
  gboolean stale;   /* has points that are not drawn yet */
} Curve;

typedef struct
{
  guint64 step;
  char *text; /* %NULL: a checkpoint */
} Mark;

struct _SmaltiRunCurves
{
  GtkWidget parent_instance;

  GtkWidget *board;
  GHashTable *curves; /* "train/loss" -> Curve */
  GArray *marks;      /* of Mark: what every plot of learning shows */
  guint draw_source;
};

enum
{
  PROP_BETWEEN = 1,
};

G_DEFINE_FINAL_TYPE (SmaltiRunCurves, smalti_run_curves, GTK_TYPE_WIDGET)

/* Styles, so that a curve looks the same whichever came first. */
enum
{
  TRAINING,
  VALIDATION,
  LEARNING_RATE = 5,
};

static void
curve_free (Curve *curve)
{
  g_array_unref (curve->tail);
  g_free (curve);
}

static void
mark_clear (Mark *mark)
{
  g_free (mark->text);
}

static void
mark_plot (SmaltiPlot *plot, const Mark *mark)
{
  if (mark->text)
    smalti_plot_add_mark (plot, mark->step, mark->text);
  else
    smalti_plot_add_checkpoint (plot, mark->step);
}

static SmaltiPlot *
plot_for (SmaltiRunCurves *self, const char *metric)
{
  SmaltiPlotBoard *board = SMALTI_PLOT_BOARD (self->board);
  /* The rate explains the loss: it goes into the same plot. */
  SmaltiPlot *plot = smalti_plot_board_get_plot (board, g_str_has_suffix (metric, "/lr") ? "train/loss" : metric);

  if (!g_object_get_data (G_OBJECT (plot), "marked"))
    for (guint i = 0; i < self->marks->len; i++)
      mark_plot (plot, &g_array_index (self->marks, Mark, i));
  g_object_set_data (G_OBJECT (plot), "marked", GINT_TO_POINTER (TRUE));
  return plot;
}

static SmaltiCurveInfo
info_of (const char *metric)
{
  if (g_str_has_suffix (metric, "/lr"))
    return (SmaltiCurveInfo){ .title = _ ("Learning rate"), .style = LEARNING_RATE, .second = TRUE };
  if (g_str_has_prefix (metric, "val/"))
    return (SmaltiCurveInfo){ .title = _ ("Validation"), .style = VALIDATION, .sparse = TRUE };
  if (g_str_has_prefix (metric, "meter/"))
    return (SmaltiCurveInfo){ .title = _ ("While training"), .style = TRAINING };
  return (SmaltiCurveInfo){ .title = _ ("Training"), .style = TRAINING };
}

static Curve *
curve_for (SmaltiRunCurves *self, const char *metric)
{
  Curve *curve = g_hash_table_lookup (self->curves, metric);
  SmaltiCurveInfo info = info_of (metric);

  if (curve)
    return curve;
  curve = g_new0 (Curve, 1);
  curve->plot = plot_for (self, metric);
  curve->curve = smalti_plot_add_curve_as (curve->plot, &info);
  curve->last_step = -1;
  curve->tail = g_array_new (FALSE, FALSE, sizeof (SmaltiPoint));
  g_hash_table_insert (self->curves, g_strdup (metric), curve);
  return curve;
}

static void
add_mark (SmaltiRunCurves *self, guint64 step, char *text)
{
  g_autoptr (GPtrArray) plots = smalti_plot_board_list (SMALTI_PLOT_BOARD (self->board));
  Mark mark = { step, text };

  for (guint i = 0; i < plots->len; i++)
    mark_plot (plots->pdata[i], &mark);
  g_array_append_val (self->marks, mark);
}

/* In a few words what changed, as a key of the spec and its new value. */
static char *
describe_change (const char *key, const char *to)
{
  if (g_strcmp0 (key, "train.lr") == 0)
    /* Translators: at a line down a plot: from here on it was so much */
    return g_strdup_printf (_ ("Learning rate %s"), to);
  if (g_strcmp0 (key, "train.epochs") == 0)
    /* Translators: at a line down a plot: from here on the run was to have so many epochs */
    return g_strdup_printf (_ ("%s epochs"), to);
  return g_strdup_printf ("%s: %s", key, to);
}

static void
append_point (Curve *curve, const SmaltiPoint *point)
{
  smalti_plot_append_point (curve->plot, curve->curve, point);
}

static void
take_stored (Curve *curve, const GArray *points)
{
  smalti_plot_truncate (curve->plot, curve->curve, curve->n_stored);
  for (guint i = 0; i < points->len; i++)
    {
      const SmaltiPoint *point = &g_array_index (points, SmaltiPoint, i);

      if ((gint64)point->step <= curve->last_step)
        continue;
      append_point (curve, point);
      curve->last_step = point->step;
    }
  curve->n_stored = smalti_plot_get_n_points (curve->plot, curve->curve);

  guint passed = 0;

  while (passed < curve->tail->len && (gint64)g_array_index (curve->tail, SmaltiPoint, passed).step <= curve->last_step)
    passed++;
  if (passed > 0)
    g_array_remove_range (curve->tail, 0, passed);
  for (guint i = 0; i < curve->tail->len; i++)
    append_point (curve, &g_array_index (curve->tail, SmaltiPoint, i));
  smalti_plot_changed (curve->plot);
}

/* Back to a checkpoint: the curves stay, their points come again. */
static void
forget_points (SmaltiRunCurves *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->curves);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Curve *curve = value;

      smalti_plot_truncate (curve->plot, curve->curve, 0);
      curve->n_stored = 0;
      curve->last_step = -1;
      g_array_set_size (curve->tail, 0);
      smalti_plot_changed (curve->plot);
    }
}

void
smalti_run_curves_take_news (SmaltiRunCurves *self, const SmaltiRunNews *news)
{
  g_return_if_fail (SMALTI_IS_RUN_CURVES (self));

  if (news->from_start)
    forget_points (self);
  for (guint i = 0; i < news->metrics->len; i++)
    {
      const SmaltiMetricNews *metric = news->metrics->pdata[i];

      take_stored (curve_for (self, metric->metric), metric->points);
    }
}

static gboolean
draw (gpointer user_data)
{
  SmaltiRunCurves *self = user_data;
  GHashTableIter iter;
  gpointer value;

  self->draw_source = 0;
  g_hash_table_iter_init (&iter, self->curves);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Curve *curve = value;

      if (curve->stale)
        smalti_plot_changed (curve->plot);
      curve->stale = FALSE;
    }
  return G_SOURCE_REMOVE;
}

static void
take_metric (SmaltiRunCurves *self, const SmaltiEvent *event)
{
  Curve *curve = curve_for (self, event->metric);
  gint64 last = curve->tail->len > 0 ? (gint64)g_array_index (curve->tail, SmaltiPoint, curve->tail->len - 1).step
                                     : curve->last_step;

  if ((gint64)event->point.step <= last)
    return;
  g_array_append_val (curve->tail, event->point);
  append_point (curve, &event->point);
  curve->stale = TRUE;
  if (!self->draw_source)
    self->draw_source = g_timeout_add (DRAW_EVERY_MS, draw, self);
}

void
smalti_run_curves_take_event (SmaltiRunCurves *self, const SmaltiEvent *event)
{
  g_return_if_fail (SMALTI_IS_RUN_CURVES (self));

  switch (event->type)
    {
    case SMALTI_EVENT_METRIC:
      take_metric (self, event);
      break;
    case SMALTI_EVENT_CHECKPOINT:
      add_mark (self, event->point.step, NULL);
      break;
    case SMALTI_EVENT_CHANGED:
      add_mark (self, event->point.step, describe_change (event->key, event->to));
      break;
    default:
      break;
    }
}

void
smalti_run_curves_set_changes (SmaltiRunCurves *self, const GPtrArray *changes)
{
  g_return_if_fail (SMALTI_IS_RUN_CURVES (self));

  g_autoptr (GPtrArray) plots = smalti_plot_board_list (SMALTI_PLOT_BOARD (self->board));

  for (guint i = self->marks->len; i-- > 0;)
    if (g_array_index (self->marks, Mark, i).text)
      g_array_remove_index (self->marks, i);
  for (guint i = 0; i < plots->len; i++)
    {
      smalti_plot_clear_marks (plots->pdata[i]);
      for (guint m = 0; m < self->marks->len; m++)
        mark_plot (plots->pdata[i], &g_array_index (self->marks, Mark, m));
    }
  for (guint i = 0; i < changes->len; i++)
    {
      const SmaltiChange *change = changes->pdata[i];

      add_mark (self, change->step, describe_change (change->key, change->to));
    }
}

void
smalti_run_curves_set_name (SmaltiRunCurves *self, const char *name)
{
  g_return_if_fail (SMALTI_IS_RUN_CURVES (self));

  smalti_plot_board_set_owner (SMALTI_PLOT_BOARD (self->board), name);
}

void
smalti_run_curves_clear (SmaltiRunCurves *self)
{
  g_return_if_fail (SMALTI_IS_RUN_CURVES (self));

  g_hash_table_remove_all (self->curves);
  g_array_set_size (self->marks, 0);
  smalti_plot_board_clear (SMALTI_PLOT_BOARD (self->board));
}

static void
smalti_run_curves_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_BETWEEN)
    g_object_set_property (G_OBJECT (SMALTI_RUN_CURVES (object)->board), "between", value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
smalti_run_curves_dispose (GObject *object)
{
  g_clear_handle_id (&SMALTI_RUN_CURVES (object)->draw_source, g_source_remove);
  g_clear_pointer (&SMALTI_RUN_CURVES (object)->board, gtk_widget_unparent);
  G_OBJECT_CLASS (smalti_run_curves_parent_class)->dispose (object);
}

static void
smalti_run_curves_finalize (GObject *object)
{
  SmaltiRunCurves *self = SMALTI_RUN_CURVES (object);

  g_hash_table_unref (self->curves);
  g_array_unref (self->marks);
  G_OBJECT_CLASS (smalti_run_curves_parent_class)->finalize (object);
}

static void
smalti_run_curves_class_init (SmaltiRunCurvesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = smalti_run_curves_dispose;
  G_OBJECT_CLASS (klass)->finalize = smalti_run_curves_finalize;
  G_OBJECT_CLASS (klass)->set_property = smalti_run_curves_set_property;
  g_object_class_install_property (
      G_OBJECT_CLASS (klass), PROP_BETWEEN,
      g_param_spec_object ("between", NULL, NULL, GTK_TYPE_WIDGET, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
smalti_run_curves_init (SmaltiRunCurves *self)
{
  self->curves = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)curve_free);
  self->marks = g_array_new (FALSE, FALSE, sizeof (Mark));
  g_array_set_clear_func (self->marks, (GDestroyNotify)mark_clear);
  self->board = smalti_plot_board_new (_ ("How It Learns"));
  gtk_widget_set_parent (self->board, GTK_WIDGET (self));
}
