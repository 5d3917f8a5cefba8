/* SPDX-License-Identifier: Apache-2.0 */
/* A plot's place is its rank among the quantities, whenever the first point of it came. */
#include "ui/plot-board.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ui/wrap-layout.h"

#define DEFAULT_SMOOTHING 0.35
#define LEAD_HEIGHT       300
#define SIDE_WIDTH        260
#define SIDE_HEIGHT       220

struct _SmaltiPlotBoard
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *head;
  GtkWidget *heading;
  GtkWidget *x;
  GtkWidget *smoothing;
  GtkWidget *lead;         /* the first plot, over the whole width */
  GtkWidget *more;         /* heading of the others */
  GtkWidget *others;       /* GtkFlowBox */
  GtkWidget *meters;       /* GtkExpander */
  GtkWidget *meter_box;    /* GtkFlowBox */
  GHashTable *plots;       /* "loss" -> SmaltiPlot */
  GHashTable *logarithmic; /* quantities whose values are */
  char *owner;
};

enum
{
  PROP_BETWEEN = 1,
};

G_DEFINE_FINAL_TYPE (SmaltiPlotBoard, smalti_plot_board, GTK_TYPE_WIDGET)

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
  { "meter/images_per_second", N_ ("Images per second"), SMALTI_PLOT_HIGHER_IS_BETTER },
  { "meter/cpu", N_ ("Processor use"), SMALTI_PLOT_PERCENT | SMALTI_PLOT_HIGHER_IS_BETTER },
  { "meter/loader_wait", N_ ("Waiting for images"), SMALTI_PLOT_PERCENT },
  { "meter/memory", N_ ("Memory"), SMALTI_PLOT_BYTES },
};

static guint
rank_of (const char *key)
{
  guint i = 0;

  while (i < G_N_ELEMENTS (quantities) && !g_str_equal (quantities[i].key, key))
    i++;
  return i;
}

static gboolean
is_meter (const char *key)
{
  return g_str_has_prefix (key, "meter/");
}

static int
compare_children (GtkFlowBoxChild *a, GtkFlowBoxChild *b, gpointer user_data)
{
  return GPOINTER_TO_INT (g_object_get_data (G_OBJECT (a), "rank"))
         - GPOINTER_TO_INT (g_object_get_data (G_OBJECT (b), "rank"));
}

static void
show_parts (SmaltiPlotBoard *self)
{
  gboolean others = gtk_widget_get_first_child (self->others) != NULL;

  gtk_widget_set_visible (self->head, g_hash_table_size (self->plots) > 0);
  gtk_widget_set_visible (self->more, others);
  gtk_widget_set_visible (self->others, others);
  gtk_widget_set_visible (self->meters, gtk_widget_get_first_child (self->meter_box) != NULL);
}

static void
on_smoothing (GtkRange *range, SmaltiPlotBoard *self)
{
  GHashTableIter iter;
  gpointer plot;

  g_hash_table_iter_init (&iter, self->plots);
  while (g_hash_table_iter_next (&iter, NULL, &plot))
    smalti_plot_set_smoothing (plot, gtk_range_get_value (range));
}

static void
on_x (GtkDropDown *choice, GParamSpec *pspec, SmaltiPlotBoard *self)
{
  GHashTableIter iter;
  gpointer plot;

  g_hash_table_iter_init (&iter, self->plots);
  while (g_hash_table_iter_next (&iter, NULL, &plot))
    smalti_plot_set_x (plot, MIN (gtk_drop_down_get_selected (choice), SMALTI_X_TIME));
}

static void
on_logarithmic (SmaltiPlot *plot, GParamSpec *pspec, SmaltiPlotBoard *self)
{
  const char *key = g_object_get_data (G_OBJECT (plot), "quantity");

  if (smalti_plot_get_logarithmic (plot))
    g_hash_table_add (self->logarithmic, g_strdup (key));
  else
    g_hash_table_remove (self->logarithmic, key);
}

static GtkWidget *
new_heading (const char *text)
{
  GtkWidget *heading = gtk_label_new (text);

  gtk_widget_add_css_class (heading, "title-4");
  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_label_set_ellipsize (GTK_LABEL (heading), PANGO_ELLIPSIZE_END);
  return heading;
}

static void
place (SmaltiPlotBoard *self, const char *key, guint rank, GtkWidget *plot)
{
  GtkWidget *child;

  gtk_widget_add_css_class (plot, "card");
  gtk_widget_add_css_class (plot, "plot-card");
  if (rank == 0)
    {
      gtk_widget_set_size_request (plot, -1, LEAD_HEIGHT);
      gtk_box_append (GTK_BOX (self->lead), plot);
      return;
    }
  child = gtk_flow_box_child_new ();
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), plot);
  gtk_widget_set_focusable (child, FALSE);
  gtk_widget_set_size_request (child, SIDE_WIDTH, SIDE_HEIGHT);
  g_object_set_data (G_OBJECT (child), "rank", GINT_TO_POINTER (rank));
  gtk_flow_box_append (GTK_FLOW_BOX (is_meter (key) ? self->meter_box : self->others), child);
}

SmaltiPlot *
smalti_plot_board_get_plot (SmaltiPlotBoard *self, const char *metric)
{
  g_return_val_if_fail (SMALTI_IS_PLOT_BOARD (self) && metric, NULL);

  const char *slash = strchr (metric, '/');
  const char *key = slash && !is_meter (metric) ? slash + 1 : metric;
  SmaltiPlot *plot = g_hash_table_lookup (self->plots, key);
  guint rank = rank_of (key);
  gboolean known = rank < G_N_ELEMENTS (quantities);

  if (plot)
    return plot;
  plot = SMALTI_PLOT (
      smalti_plot_new (known ? _ (quantities[rank].title) : key, known ? quantities[rank].flags : SMALTI_PLOT_PLAIN));
  g_object_set_data_full (G_OBJECT (plot), "quantity", g_strdup (key), g_free);
  smalti_plot_set_smoothing (plot, gtk_range_get_value (GTK_RANGE (self->smoothing)));
  smalti_plot_set_x (plot, MIN (gtk_drop_down_get_selected (GTK_DROP_DOWN (self->x)), SMALTI_X_TIME));
  smalti_plot_set_logarithmic (plot, g_hash_table_contains (self->logarithmic, key));
  smalti_plot_set_owner (plot, self->owner);
  g_signal_connect_object (plot, "notify::logarithmic", G_CALLBACK (on_logarithmic), self, 0);
  g_hash_table_insert (self->plots, g_strdup (key), plot);
  place (self, key, rank, GTK_WIDGET (plot));
  show_parts (self);
  return plot;
}

GPtrArray *
smalti_plot_board_list (SmaltiPlotBoard *self)
{
  g_return_val_if_fail (SMALTI_IS_PLOT_BOARD (self), NULL);

  GPtrArray *list = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer plot;

  g_hash_table_iter_init (&iter, self->plots);
  while (g_hash_table_iter_next (&iter, NULL, &plot))
    g_ptr_array_add (list, plot);
  return list;
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
smalti_plot_board_clear (SmaltiPlotBoard *self)
{
  g_return_if_fail (SMALTI_IS_PLOT_BOARD (self));

  g_hash_table_remove_all (self->plots);
  remove_children (self->lead);
  remove_children (self->others);
  remove_children (self->meter_box);
  show_parts (self);
}

void
smalti_plot_board_set_owner (SmaltiPlotBoard *self, const char *owner)
{
  GHashTableIter iter;
  gpointer plot;

  g_return_if_fail (SMALTI_IS_PLOT_BOARD (self));

  g_free (self->owner);
  self->owner = g_strdup (owner);
  g_hash_table_iter_init (&iter, self->plots);
  while (g_hash_table_iter_next (&iter, NULL, &plot))
    smalti_plot_set_owner (plot, owner);
}

static void
smalti_plot_board_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SmaltiPlotBoard *self = SMALTI_PLOT_BOARD (object);

  if (id == PROP_BETWEEN)
    gtk_box_insert_child_after (GTK_BOX (self->box), g_value_get_object (value), self->lead);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
smalti_plot_board_dispose (GObject *object)
{
  g_clear_pointer (&SMALTI_PLOT_BOARD (object)->box, gtk_widget_unparent);
  G_OBJECT_CLASS (smalti_plot_board_parent_class)->dispose (object);
}

static void
smalti_plot_board_finalize (GObject *object)
{
  SmaltiPlotBoard *self = SMALTI_PLOT_BOARD (object);

  g_hash_table_unref (self->plots);
  g_hash_table_unref (self->logarithmic);
  g_free (self->owner);
  G_OBJECT_CLASS (smalti_plot_board_parent_class)->finalize (object);
}

static void
smalti_plot_board_class_init (SmaltiPlotBoardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = smalti_plot_board_dispose;
  G_OBJECT_CLASS (klass)->finalize = smalti_plot_board_finalize;
  G_OBJECT_CLASS (klass)->set_property = smalti_plot_board_set_property;
  g_object_class_install_property (
      G_OBJECT_CLASS (klass), PROP_BETWEEN,
      g_param_spec_object ("between", NULL, NULL, GTK_TYPE_WIDGET, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkWidget *
new_caption (const char *text, GtkWidget *of)
{
  GtkWidget *label = gtk_label_new_with_mnemonic (text);

  gtk_label_set_mnemonic_widget (GTK_LABEL (label), of);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "dim-label");
  return label;
}

static GtkWidget *
new_pair (GtkWidget *label, GtkWidget *control)
{
  GtkWidget *pair = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_box_append (GTK_BOX (pair), label);
  gtk_box_append (GTK_BOX (pair), control);
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  return pair;
}

/* Title and controls in one row where there is room, in two or three in a narrow window. */
static GtkWidget *
new_head (SmaltiPlotBoard *self)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  const char *const names[] = { _ ("Steps"), _ ("Epochs"), _ ("Time"), NULL };

  gtk_widget_set_layout_manager (head, smalti_wrap_layout_new (18, 6));
  self->heading = new_heading (NULL);
  gtk_widget_set_hexpand (self->heading, TRUE);
  gtk_box_append (GTK_BOX (head), self->heading);

  self->x = gtk_drop_down_new_from_strings (names);
  gtk_widget_set_tooltip_text (self->x, _ ("What the curves are drawn over"));
  g_signal_connect (self->x, "notify::selected", G_CALLBACK (on_x), self);
  /* Translators: before a choice of steps, epochs or time */
  gtk_box_append (GTK_BOX (head), new_pair (new_caption (_ ("O_ver"), self->x), self->x));

  self->smoothing = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 1, 0.05);
  gtk_range_set_value (GTK_RANGE (self->smoothing), DEFAULT_SMOOTHING);
  gtk_widget_set_size_request (self->smoothing, 92, -1);
  gtk_widget_set_tooltip_text (self->smoothing,
                               _ ("How much the curves are smoothed; the faint line is what was measured"));
  g_signal_connect (self->smoothing, "value-changed", G_CALLBACK (on_smoothing), self);
  gtk_box_append (GTK_BOX (head), new_pair (new_caption (_ ("S_moothing"), self->smoothing), self->smoothing));
  return head;
}

static GtkWidget *
new_flow (void)
{
  GtkWidget *flow = gtk_flow_box_new ();

  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (flow), GTK_SELECTION_NONE);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (flow), TRUE);
  gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (flow), 1);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (flow), 2);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (flow), 12);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (flow), 12);
  gtk_flow_box_set_sort_func (GTK_FLOW_BOX (flow), compare_children, NULL, NULL);
  return flow;
}

static void
smalti_plot_board_init (SmaltiPlotBoard *self)
{
  self->plots = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->logarithmic = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  self->head = new_head (self);
  gtk_box_append (GTK_BOX (self->box), self->head);
  self->lead = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->box), self->lead);

  self->more = new_heading (_ ("More Curves"));
  gtk_widget_set_margin_top (self->more, 6);
  gtk_box_append (GTK_BOX (self->box), self->more);
  self->others = new_flow ();
  gtk_box_append (GTK_BOX (self->box), self->others);

  self->meters = gtk_expander_new (NULL);
  gtk_expander_set_label_widget (GTK_EXPANDER (self->meters), new_heading (_ ("Meters")));
  gtk_widget_set_margin_top (self->meters, 6);
  self->meter_box = new_flow ();
  gtk_widget_set_margin_top (self->meter_box, 12);
  gtk_expander_set_child (GTK_EXPANDER (self->meters), self->meter_box);
  gtk_box_append (GTK_BOX (self->box), self->meters);
  show_parts (self);
}

GtkWidget *
smalti_plot_board_new (const char *title)
{
  SmaltiPlotBoard *self = g_object_new (SMALTI_TYPE_PLOT_BOARD, NULL);

  gtk_label_set_text (GTK_LABEL (self->heading), title);
  return GTK_WIDGET (self);
}
