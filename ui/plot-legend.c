/* SPDX-License-Identifier: Apache-2.0 */
/* Entries wrap into rows, and scroll when there are more rows than leave room for the plot. The curves of the second
 * axis come last, whenever they were added. */
#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "ui/plot-picture-private.h"
#include "ui/plot-private.h"
#include "ui/wrap-layout.h"
#include "ui/scroll.h"

#define MAX_HEIGHT    86 /* three rows */
#define SWATCH        20
#define MAX_CHARS     32
#define SWATCH_HEIGHT 12

struct _SmaltiPlotLegend
{
  GtkWidget parent_instance;

  GtkWidget *scroller;
  GtkWidget *box;
  guint n;
};

G_DEFINE_FINAL_TYPE (SmaltiPlotLegend, smalti_plot_legend, GTK_TYPE_WIDGET)

static guint changed_signal;

/* The curves a button switches, (element-type SmaltiCurve). */
static GPtrArray *
curves_of (GtkWidget *button)
{
  return g_object_get_data (G_OBJECT (button), "curves");
}

static void
draw_swatch (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer user_data)
{
  GPtrArray *curves = user_data;

  smalti_plot_draw_swatch (cr, curves->pdata[0], adw_style_manager_get_dark (adw_style_manager_get_default ()), 0,
                           height / 2.0, width);
}

static void
on_toggled (GtkToggleButton *button, SmaltiPlotLegend *self)
{
  GPtrArray *curves = curves_of (GTK_WIDGET (button));

  for (guint i = 0; i < curves->len; i++)
    ((SmaltiCurve *)curves->pdata[i])->visible = gtk_toggle_button_get_active (button);
  gtk_widget_queue_draw (g_object_get_data (G_OBJECT (button), "swatch"));
  g_signal_emit (self, changed_signal, 0);
}

static GtkWidget *
find_group (SmaltiPlotLegend *self, const char *group)
{
  for (GtkWidget *child = gtk_widget_get_first_child (self->box); group && child;
       child = gtk_widget_get_next_sibling (child))
    if (g_strcmp0 (((SmaltiCurve *)curves_of (child)->pdata[0])->group, group) == 0)
      return child;
  return NULL;
}

static GtkWidget *
new_entry (SmaltiPlotLegend *self, SmaltiCurve *curve)
{
  const char *title = curve->group ? curve->group : curve->title;
  GtkWidget *button = gtk_toggle_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *swatch = g_object_new (GTK_TYPE_DRAWING_AREA, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  GtkWidget *label = gtk_label_new (title);
  GPtrArray *curves = g_ptr_array_new ();
  /* Translators: over an entry of a plot's legend */
  g_autofree char *tooltip = g_strdup_printf (_ ("Show or hide “%s”"), title);

  g_ptr_array_add (curves, curve);
  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (swatch), SWATCH);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (swatch), SWATCH_HEIGHT);
  gtk_widget_set_valign (swatch, GTK_ALIGN_CENTER);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (swatch), draw_swatch, curves, NULL);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (gtk_widget_queue_draw), swatch,
                           G_CONNECT_SWAPPED);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), MAX_CHARS);
  gtk_widget_add_css_class (label, "caption");
  gtk_box_append (GTK_BOX (box), swatch);
  gtk_box_append (GTK_BOX (box), label);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), curve->visible);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "legend");
  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  g_object_set_data_full (G_OBJECT (button), "curves", curves, (GDestroyNotify)g_ptr_array_unref);
  g_object_set_data (G_OBJECT (button), "swatch", swatch);
  g_signal_connect (button, "toggled", G_CALLBACK (on_toggled), self);
  return button;
}

void
smalti_plot_legend_add (SmaltiPlotLegend *self, SmaltiCurve *curve)
{
  GtkWidget *entry = find_group (self, curve->group);
  GtkWidget *after = gtk_widget_get_last_child (self->box);

  if (entry)
    {
      g_ptr_array_add (curves_of (entry), curve);
      curve->visible = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (entry));
      return;
    }
  while (after && !curve->second && ((SmaltiCurve *)curves_of (after)->pdata[0])->second)
    after = gtk_widget_get_prev_sibling (after);
  gtk_widget_insert_after (new_entry (self, curve), self->box, after);
  gtk_widget_set_visible (GTK_WIDGET (self), ++self->n > 1);
}

void
smalti_plot_legend_clear (SmaltiPlotLegend *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->box)))
    gtk_widget_unparent (child);
  self->n = 0;
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/* As high as its rows, up to a limit; a scrolled window alone would not ask how many there are in this width. */
static void
smalti_plot_legend_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                            int *minimum_baseline, int *natural_baseline)
{
  SmaltiPlotLegend *self = SMALTI_PLOT_LEGEND (widget);

  gtk_widget_measure (self->box, orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      *minimum = MIN (*minimum, MAX_HEIGHT);
      *natural = MIN (*natural, MAX_HEIGHT);
    }
}

static GtkSizeRequestMode
smalti_plot_legend_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
smalti_plot_legend_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  SmaltiPlotLegend *self = SMALTI_PLOT_LEGEND (widget);
  int least;

  /* The scrolled window asks for the height of its bar, also where there is nothing to scroll. */
  gtk_widget_measure (self->scroller, GTK_ORIENTATION_VERTICAL, width, &least, NULL, NULL, NULL);
  gtk_widget_size_allocate (self->scroller, &(GtkAllocation){ 0, 0, width, MAX (height, least) }, -1);
}

static void
smalti_plot_legend_dispose (GObject *object)
{
  SmaltiPlotLegend *self = SMALTI_PLOT_LEGEND (object);

  if (self->scroller)
    smalti_plot_legend_clear (self);
  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  G_OBJECT_CLASS (smalti_plot_legend_parent_class)->dispose (object);
}

static void
smalti_plot_legend_class_init (SmaltiPlotLegendClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = smalti_plot_legend_dispose;
  changed_signal
      = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  GTK_WIDGET_CLASS (klass)->measure = smalti_plot_legend_measure;
  GTK_WIDGET_CLASS (klass)->get_request_mode = smalti_plot_legend_get_request_mode;
  GTK_WIDGET_CLASS (klass)->size_allocate = smalti_plot_legend_size_allocate;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
smalti_plot_legend_init (SmaltiPlotLegend *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_set_layout_manager (self->box, smalti_wrap_layout_new (0, 0));
  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), self->box);
  /* It would stop the wheel even when it has nothing to scroll; its bar has one of its own. */
  smalti_scroll_past (self->scroller);
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Curves"), -1);
}

GtkWidget *
smalti_plot_legend_new (void)
{
  return g_object_new (SMALTI_TYPE_PLOT_LEGEND, NULL);
}
