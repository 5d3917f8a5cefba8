/* SPDX-License-Identifier: Apache-2.0 */
/* The store is the truth and complete, but about a second late; the engine's events are at once, but only some of the
 * points. So a curve is the store's points and then a tail of told ones that lie beyond them; when the store's next
 * points come, the tail is cut off and what is still beyond is put back. */
#include "ui/run-curves.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "ui/plot.h"

#define DEFAULT_SMOOTHING 0.35

typedef struct
{
  SmaltiPlot *plot;
  guint curve;
  gsize n_stored;   /* points from the store */
  gint64 last_step; /* of them; -1: none */
  GArray *tail;     /* of SmaltiPoint, from events */
} Curve;

struct _SmaltiRunCurves
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *head;
  GtkWidget *smoothing;
  GtkWidget *lead;    /* the first plot, over the whole width */
  GtkWidget *more;    /* heading of the others */
  GtkWidget *others;  /* GtkFlowBox */
  GHashTable *plots;  /* "loss" -> SmaltiPlot */
  GHashTable *curves; /* "train/loss" -> Curve */
};

enum
{
  PROP_BETWEEN = 1,
};

G_DEFINE_FINAL_TYPE (SmaltiRunCurves, smalti_run_curves, GTK_TYPE_WIDGET)

/* Quantities in the order people should see them; those not in it come after, under their own name. */
static const struct
{
  const char *key;
  const char *title;
  SmaltiPlotFlags flags;
} quantities[] = {
  { "loss", N_ ("Loss"), SMALTI_PLOT_PLAIN },
  { "accuracy", N_ ("Accuracy"), SMALTI_PLOT_PERCENT | SMALTI_PLOT_HIGHER_IS_BETTER },
  { "top5", N_ ("Top-5 accuracy"), SMALTI_PLOT_PERCENT | SMALTI_PLOT_HIGHER_IS_BETTER },
  { "lr", N_ ("Learning rate"), SMALTI_PLOT_EXACT },
  { "grad_norm", N_ ("Size of the gradient"), SMALTI_PLOT_PLAIN },
};

static void
curve_free (Curve *curve)
{
  g_array_unref (curve->tail);
  g_free (curve);
}

static guint
rank_of (const char *key)
{
  guint i = 0;

  while (i < G_N_ELEMENTS (quantities) && !g_str_equal (quantities[i].key, key))
    i++;
  return i;
}

static GtkWidget *
card_around (GtkWidget *plot)
{
  gtk_widget_add_css_class (plot, "card");
  gtk_widget_add_css_class (plot, "plot-card");
  return plot;
}

static int
compare_children (GtkFlowBoxChild *a, GtkFlowBoxChild *b, gpointer user_data)
{
  return GPOINTER_TO_INT (g_object_get_data (G_OBJECT (a), "rank"))
         - GPOINTER_TO_INT (g_object_get_data (G_OBJECT (b), "rank"));
}

static void
on_smoothing (GtkRange *range, SmaltiRunCurves *self)
{
  GHashTableIter iter;
  gpointer plot;

  g_hash_table_iter_init (&iter, self->plots);
  while (g_hash_table_iter_next (&iter, NULL, &plot))
    smalti_plot_set_smoothing (plot, gtk_range_get_value (range));
}

static void
show_others (SmaltiRunCurves *self)
{
  gboolean any = gtk_widget_get_first_child (self->others) != NULL;

  gtk_widget_set_visible (self->more, any);
  gtk_widget_set_visible (self->others, any);
}

static GtkWidget *
new_heading (const char *text)
{
  GtkWidget *heading = gtk_label_new (text);

  gtk_widget_add_css_class (heading, "title-4");
  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_label_set_ellipsize (GTK_LABEL (heading), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (heading, TRUE);
  return heading;
}

static SmaltiPlot *
plot_for (SmaltiRunCurves *self, const char *key)
{
  SmaltiPlot *plot = g_hash_table_lookup (self->plots, key);

  if (plot)
    return plot;

  guint rank = rank_of (key);
  gboolean known = rank < G_N_ELEMENTS (quantities);

  plot = SMALTI_PLOT (
      smalti_plot_new (known ? _ (quantities[rank].title) : key, known ? quantities[rank].flags : SMALTI_PLOT_PLAIN));
  smalti_plot_set_smoothing (plot, gtk_range_get_value (GTK_RANGE (self->smoothing)));
  g_hash_table_insert (self->plots, g_strdup (key), plot);
  if (rank == 0)
    {
      gtk_widget_set_size_request (GTK_WIDGET (plot), -1, 260);
      gtk_box_append (GTK_BOX (self->lead), card_around (GTK_WIDGET (plot)));
    }
  else
    {
      GtkWidget *child = gtk_flow_box_child_new ();

      gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), card_around (GTK_WIDGET (plot)));
      gtk_widget_set_focusable (child, FALSE);
      gtk_widget_set_size_request (child, 260, 200);
      g_object_set_data (G_OBJECT (child), "rank", GINT_TO_POINTER (rank));
      gtk_flow_box_append (GTK_FLOW_BOX (self->others), child);
    }
  gtk_widget_set_visible (self->head, TRUE);
  show_others (self);
  return plot;
}

/* How busy the machine is says nothing of what was learned. */
static gboolean
is_meter (const char *metric)
{
  return g_str_has_prefix (metric, "meter/");
}

static Curve *
curve_for (SmaltiRunCurves *self, const char *metric)
{
  Curve *curve = g_hash_table_lookup (self->curves, metric);

  if (curve)
    return curve;

  const char *slash = strchr (metric, '/');
  gboolean held_out = g_str_has_prefix (metric, "val/");

  curve = g_new0 (Curve, 1);
  curve->plot = plot_for (self, slash ? slash + 1 : metric);
  curve->curve = smalti_plot_add_curve (curve->plot, held_out ? _ ("Validation") : _ ("Training"), held_out);
  curve->last_step = -1;
  curve->tail = g_array_new (FALSE, FALSE, sizeof (SmaltiPoint));
  g_hash_table_insert (self->curves, g_strdup (metric), curve);
  return curve;
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

      if (is_meter (metric->metric))
        continue;

      take_stored (curve_for (self, metric->metric), metric->points);
    }
}

void
smalti_run_curves_take_event (SmaltiRunCurves *self, const SmaltiEvent *event)
{
  g_return_if_fail (SMALTI_IS_RUN_CURVES (self));

  if (event->type != SMALTI_EVENT_METRIC || is_meter (event->metric))
    return;

  Curve *curve = curve_for (self, event->metric);
  gint64 last = curve->tail->len > 0 ? (gint64)g_array_index (curve->tail, SmaltiPoint, curve->tail->len - 1).step
                                     : curve->last_step;

  if ((gint64)event->point.step <= last)
    return;
  g_array_append_val (curve->tail, event->point);
  append_point (curve, &event->point);
  smalti_plot_changed (curve->plot);
}

static void
remove_children (GtkWidget *parent)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (parent)))
    {
      if (GTK_IS_FLOW_BOX (parent))
        gtk_flow_box_remove (GTK_FLOW_BOX (parent), child);
      else
        gtk_box_remove (GTK_BOX (parent), child);
    }
}

void
smalti_run_curves_clear (SmaltiRunCurves *self)
{
  g_return_if_fail (SMALTI_IS_RUN_CURVES (self));

  g_hash_table_remove_all (self->curves);
  g_hash_table_remove_all (self->plots);
  remove_children (self->lead);
  remove_children (self->others);
  gtk_widget_set_visible (self->head, FALSE);
  show_others (self);
}

static void
smalti_run_curves_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SmaltiRunCurves *self = SMALTI_RUN_CURVES (object);

  if (id == PROP_BETWEEN)
    gtk_box_insert_child_after (GTK_BOX (self->box), g_value_get_object (value), self->lead);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
smalti_run_curves_dispose (GObject *object)
{
  g_clear_pointer (&SMALTI_RUN_CURVES (object)->box, gtk_widget_unparent);
  G_OBJECT_CLASS (smalti_run_curves_parent_class)->dispose (object);
}

static void
smalti_run_curves_finalize (GObject *object)
{
  SmaltiRunCurves *self = SMALTI_RUN_CURVES (object);

  g_hash_table_unref (self->curves);
  g_hash_table_unref (self->plots);
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
  GtkWidget *heading = new_heading (_ ("How It Learns"));
  GtkWidget *label = gtk_label_new_with_mnemonic (_ ("S_moothing"));

  self->plots = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->curves = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)curve_free);

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));

  self->head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_set_visible (self->head, FALSE);
  gtk_box_append (GTK_BOX (self->head), heading);

  self->smoothing = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 1, 0.05);
  gtk_range_set_value (GTK_RANGE (self->smoothing), DEFAULT_SMOOTHING);
  gtk_widget_set_size_request (self->smoothing, 92, -1);
  gtk_widget_set_tooltip_text (self->smoothing,
                               _ ("How much the curves are smoothed; the faint line is what was measured"));
  g_signal_connect (self->smoothing, "value-changed", G_CALLBACK (on_smoothing), self);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), self->smoothing);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_box_append (GTK_BOX (self->head), label);
  gtk_box_append (GTK_BOX (self->head), self->smoothing);
  gtk_box_append (GTK_BOX (self->box), self->head);

  self->lead = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->box), self->lead);

  self->others = gtk_flow_box_new ();
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (self->others), GTK_SELECTION_NONE);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (self->others), TRUE);
  gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (self->others), 1);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (self->others), 2);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (self->others), 12);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (self->others), 12);
  gtk_flow_box_set_sort_func (GTK_FLOW_BOX (self->others), compare_children, NULL, NULL);
  self->more = new_heading (_ ("More Curves"));
  gtk_widget_set_margin_top (self->more, 6);
  gtk_box_append (GTK_BOX (self->box), self->more);
  gtk_box_append (GTK_BOX (self->box), self->others);
  show_others (self);
}
