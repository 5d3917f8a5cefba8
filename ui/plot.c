/* SPDX-License-Identifier: Apache-2.0 */
/* A heading with a menu, a legend and the canvas. The words for screen readers are brought up to date at most twice a
 * second: at training's pace they would flood them. */
#include "ui/plot.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#include "ui/plot-canvas-private.h"
#include "ui/plot-private.h"

#define WORDS_INTERVAL_MS 500

struct _SmaltiPlot
{
  GtkWidget parent_instance;

  SmaltiPlotData *data; /* shared with the canvas */
  char *owner;
  GtkWidget *head;
  GtkWidget *menu;
  GtkWidget *legend;
  GtkWidget *canvas;
  guint words_source;
};

enum
{
  PROP_LOGARITHMIC = 1,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (SmaltiPlot, smalti_plot, GTK_TYPE_WIDGET)

static SmaltiCurve *
curve_at (SmaltiPlot *self, guint i)
{
  g_assert (i < self->data->curves->len);
  return g_ptr_array_index (self->data->curves, i);
}

static gdouble
best_value (SmaltiPlot *self, const SmaltiSeries *series)
{
  gsize n = smalti_series_get_n (series);
  SmaltiColumn all[3];
  guint used = smalti_series_columns (series, SMALTI_X_STEP, smalti_series_get_x (series, SMALTI_X_STEP, 0) - 1,
                                      smalti_series_get_x (series, SMALTI_X_STEP, n - 1) + 1, 1, all);
  gdouble low = all[0].low, high = all[0].high;

  for (guint i = 1; i < used; i++)
    {
      low = MIN (low, all[i].low);
      high = MAX (high, all[i].high);
    }
  return self->data->flags & SMALTI_PLOT_HIGHER_IS_BETTER ? high : low;
}

static void
add_words (SmaltiPlot *self, GString *words, const SmaltiCurve *curve)
{
  gsize n = smalti_series_get_n (curve->series);

  if (n == 0 || !curve->visible)
    return;

  g_autofree char *latest = smalti_plot_data_format (self->data, curve, smalti_series_get_y (curve->series, n - 1));
  gdouble step = smalti_series_get_x (curve->series, SMALTI_X_STEP, n - 1);

  g_string_append (words, ". ");
  if (self->data->flags & SMALTI_PLOT_EXACT)
    {
      /* Translators: read aloud: a value that is set, not measured, and the step of it */
      g_string_append_printf (words, _ ("%s at step %.0f"), latest, step);
      return;
    }
  if (curve->second)
    {
      /* Translators: read aloud: curve, its latest value, the step of it */
      g_string_append_printf (words, _ ("%s: %s at step %.0f"), curve->title, latest, step);
      return;
    }

  g_autofree char *best = smalti_plot_data_format (self->data, curve, best_value (self, curve->series));

  /* Translators: read aloud: curve, its latest value, the step of it, its best value */
  g_string_append_printf (words, _ ("%s: %s at step %.0f, best %s"), curve->title, latest, step, best);
}

static void
update_words (SmaltiPlot *self)
{
  g_autoptr (GString) words = g_string_new (NULL);
  gboolean any = FALSE;

  /* Translators: read aloud before a plot's values, "Plot of loss" */
  g_string_append_printf (words, _ ("Plot: %s"), self->data->title);
  for (gint second = 0; second < 2; second++)
    for (guint i = 0; i < self->data->curves->len; i++)
      {
        const SmaltiCurve *curve = curve_at (self, i);

        if (curve->second != second)
          continue;
        add_words (self, words, curve);
        any = any || smalti_plot_data_is_drawn (self->data, curve);
      }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->canvas), GTK_ACCESSIBLE_PROPERTY_LABEL, words->str, -1);
  smalti_plot_enable_actions (self, any);
}

static gboolean
update_words_later (gpointer user_data)
{
  SmaltiPlot *self = user_data;

  self->words_source = 0;
  update_words (self);
  return G_SOURCE_REMOVE;
}

void
smalti_plot_changed (SmaltiPlot *self)
{
  g_return_if_fail (SMALTI_IS_PLOT (self));

  smalti_plot_canvas_changed (SMALTI_PLOT_CANVAS (self->canvas));
  if (!self->words_source)
    self->words_source = g_timeout_add (WORDS_INTERVAL_MS, update_words_later, self);
}

guint
smalti_plot_add_curve (SmaltiPlot *self, const char *title, gboolean sparse)
{
  g_return_val_if_fail (SMALTI_IS_PLOT (self), 0);

  return smalti_plot_add_curve_as (
      self, &(SmaltiCurveInfo){ .title = title, .style = self->data->curves->len, .sparse = sparse });
}

guint
smalti_plot_add_curve_as (SmaltiPlot *self, const SmaltiCurveInfo *info)
{
  g_return_val_if_fail (SMALTI_IS_PLOT (self), 0);

  SmaltiCurve *curve = smalti_plot_data_add_curve (self->data, info);

  smalti_plot_legend_add (SMALTI_PLOT_LEGEND (self->legend), curve);
  return self->data->curves->len - 1;
}

void
smalti_plot_clear (SmaltiPlot *self)
{
  g_return_if_fail (SMALTI_IS_PLOT (self));

  smalti_plot_legend_clear (SMALTI_PLOT_LEGEND (self->legend));
  g_ptr_array_set_size (self->data->curves, 0);
  g_array_set_size (self->data->marks, 0);
  smalti_plot_data_fit (self->data);
  smalti_plot_changed (self);
}

void
smalti_plot_append (SmaltiPlot *self, guint curve, gdouble step, gdouble value)
{
  smalti_series_append (curve_at (self, curve)->series, step, value);
}

void
smalti_plot_append_point (SmaltiPlot *self, guint curve, const SmaltiPoint *point)
{
  const gdouble x[SMALTI_N_X] = { point->step, point->epoch, point->time };

  smalti_series_append_at (curve_at (self, curve)->series, x, point->value);
}

void
smalti_plot_take_series (SmaltiPlot *self, guint curve, SmaltiSeries *series)
{
  smalti_series_free (curve_at (self, curve)->series);
  curve_at (self, curve)->series = series;
}

void
smalti_plot_truncate (SmaltiPlot *self, guint curve, gsize n_points)
{
  smalti_series_truncate (curve_at (self, curve)->series, n_points);
}

gsize
smalti_plot_get_n_points (SmaltiPlot *self, guint curve)
{
  return smalti_series_get_n (curve_at (self, curve)->series);
}

void
smalti_plot_add_mark (SmaltiPlot *self, gdouble step, const char *text)
{
  g_return_if_fail (SMALTI_IS_PLOT (self) && text);

  smalti_plot_data_add_mark (self->data, step, text);
  smalti_plot_canvas_changed (SMALTI_PLOT_CANVAS (self->canvas));
}

void
smalti_plot_add_checkpoint (SmaltiPlot *self, gdouble step)
{
  g_return_if_fail (SMALTI_IS_PLOT (self));

  smalti_plot_data_add_mark (self->data, step, NULL);
  smalti_plot_canvas_changed (SMALTI_PLOT_CANVAS (self->canvas));
}

void
smalti_plot_clear_marks (SmaltiPlot *self)
{
  g_return_if_fail (SMALTI_IS_PLOT (self));

  g_array_set_size (self->data->marks, 0);
  smalti_plot_canvas_changed (SMALTI_PLOT_CANVAS (self->canvas));
}

void
smalti_plot_set_smoothing (SmaltiPlot *self, gdouble smoothing)
{
  g_return_if_fail (SMALTI_IS_PLOT (self));

  self->data->smoothing = CLAMP (smoothing, 0, 1);
  smalti_plot_canvas_changed (SMALTI_PLOT_CANVAS (self->canvas));
}

void
smalti_plot_set_x (SmaltiPlot *self, SmaltiX x)
{
  g_return_if_fail (SMALTI_IS_PLOT (self) && x < SMALTI_N_X);

  if (self->data->x == x)
    return;
  self->data->x = x;
  smalti_plot_data_fit (self->data); /* what was visible is counted otherwise */
  smalti_plot_changed (self);
}

void
smalti_plot_set_logarithmic (SmaltiPlot *self, gboolean logarithmic)
{
  g_return_if_fail (SMALTI_IS_PLOT (self));

  if (self->data->logarithmic == !!logarithmic)
    return;
  self->data->logarithmic = !!logarithmic;
  self->data->fit = TRUE;
  smalti_plot_canvas_changed (SMALTI_PLOT_CANVAS (self->canvas));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LOGARITHMIC]);
}

gboolean
smalti_plot_get_logarithmic (SmaltiPlot *self)
{
  g_return_val_if_fail (SMALTI_IS_PLOT (self), FALSE);

  return self->data->logarithmic;
}

void
smalti_plot_set_owner (SmaltiPlot *self, const char *owner)
{
  g_return_if_fail (SMALTI_IS_PLOT (self));

  g_free (self->owner);
  self->owner = g_strdup (owner);
}

const SmaltiPlotData *
smalti_plot_get_data (SmaltiPlot *self)
{
  return self->data;
}

const char *
smalti_plot_get_owner (SmaltiPlot *self)
{
  return self->owner;
}

static void
smalti_plot_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_LOGARITHMIC)
    g_value_set_boolean (value, smalti_plot_get_logarithmic (SMALTI_PLOT (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
smalti_plot_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_LOGARITHMIC)
    smalti_plot_set_logarithmic (SMALTI_PLOT (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
smalti_plot_dispose (GObject *object)
{
  SmaltiPlot *self = SMALTI_PLOT (object);

  g_clear_handle_id (&self->words_source, g_source_remove);
  g_clear_pointer (&self->head, gtk_widget_unparent);
  g_clear_pointer (&self->legend, gtk_widget_unparent);
  if (self->canvas)
    smalti_plot_canvas_forget (SMALTI_PLOT_CANVAS (self->canvas));
  g_clear_pointer (&self->canvas, gtk_widget_unparent);
  G_OBJECT_CLASS (smalti_plot_parent_class)->dispose (object);
}

static void
smalti_plot_finalize (GObject *object)
{
  SmaltiPlot *self = SMALTI_PLOT (object);

  g_clear_pointer (&self->data, smalti_plot_data_free);
  g_free (self->owner);
  G_OBJECT_CLASS (smalti_plot_parent_class)->finalize (object);
}

static void
smalti_plot_class_init (SmaltiPlotClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_plot_dispose;
  G_OBJECT_CLASS (klass)->finalize = smalti_plot_finalize;
  G_OBJECT_CLASS (klass)->get_property = smalti_plot_get_property;
  G_OBJECT_CLASS (klass)->set_property = smalti_plot_set_property;
  props[PROP_LOGARITHMIC] = g_param_spec_boolean ("logarithmic", NULL, NULL, FALSE,
                                                  G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, props);
  smalti_plot_install_actions (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
smalti_plot_init (SmaltiPlot *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 6);
}

GtkWidget *
smalti_plot_new (const char *title, SmaltiPlotFlags flags)
{
  SmaltiPlot *self = g_object_new (SMALTI_TYPE_PLOT, NULL);
  GtkWidget *heading = gtk_label_new (title);
  /* Translators: the menu of a plot, read aloud; "Menu of Loss" */
  g_autofree char *menu_name = g_strdup_printf (_ ("Menu of %s"), title);

  self->data = smalti_plot_data_new (title, flags);

  self->head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_add_css_class (heading, "heading");
  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_label_set_ellipsize (GTK_LABEL (heading), PANGO_ELLIPSIZE_END);
  gtk_widget_set_tooltip_text (heading, title);
  gtk_widget_set_hexpand (heading, TRUE);
  gtk_box_append (GTK_BOX (self->head), heading);
  self->menu = smalti_plot_menu_new ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu), GTK_ACCESSIBLE_PROPERTY_LABEL, menu_name, -1);
  gtk_box_append (GTK_BOX (self->head), self->menu);
  gtk_widget_set_parent (self->head, GTK_WIDGET (self));

  self->legend = smalti_plot_legend_new ();
  g_signal_connect_swapped (self->legend, "changed", G_CALLBACK (smalti_plot_changed), self);
  gtk_widget_set_parent (self->legend, GTK_WIDGET (self));

  self->canvas = smalti_plot_canvas_new (self->data);
  gtk_widget_set_vexpand (self->canvas, TRUE);
  gtk_widget_set_parent (self->canvas, GTK_WIDGET (self));
  update_words (self);
  return GTK_WIDGET (self);
}
