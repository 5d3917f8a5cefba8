/* SPDX-License-Identifier: Apache-2.0 */
/* The gauge of memory spans what the process may have: read once, since it hardly changes. */
#include "ui/run-meters.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "core/base/memory.h"

typedef enum
{
  PERCENT, /* a share, 0 .. 1 */
  BYTES,
  RATE, /* no gauge: there is no most */
} Kind;

static const struct
{
  const char *metric, *title, *help;
  Kind kind;
} meters[] = {
  { "meter/cpu", N_ ("Processor"), N_ ("Share of the processors that the run uses"), PERCENT },
  { "meter/memory", N_ ("Memory"), N_ ("What this program has in memory"), BYTES },
  { "meter/images_per_second", N_ ("Images a second"), N_ ("How many images it learns from in a second"), RATE },
  { "meter/loader_wait", N_ ("Waits for images"), N_ ("Share of the time that training waits for images to be read"),
    PERCENT },
};

enum
{
  N_METERS = G_N_ELEMENTS (meters),
};

struct _SmaltiRunMeters
{
  GtkWidget parent_instance;

  GtkWidget *flow;
  GtkLabel *value[N_METERS];
  GtkWidget *gauge[N_METERS];
  gdouble most_bytes;
};

G_DEFINE_FINAL_TYPE (SmaltiRunMeters, smalti_run_meters, GTK_TYPE_WIDGET)

static char *
describe (Kind kind, gdouble value)
{
  switch (kind)
    {
    case PERCENT:
      return g_strdup_printf (_ ("%.0f%%"), value * 100);
    case BYTES:
      return g_format_size_full ((guint64)value, G_FORMAT_SIZE_IEC_UNITS);
    case RATE:
      return g_strdup_printf (value < 10 ? "%.1f" : "%.0f", value);
    }
  g_assert_not_reached ();
}

void
smalti_run_meters_clear (SmaltiRunMeters *self)
{
  g_return_if_fail (SMALTI_IS_RUN_METERS (self));

  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  for (guint i = 0; i < N_METERS; i++)
    {
      gtk_label_set_text (self->value[i], "–");
      if (self->gauge[i])
        gtk_level_bar_set_value (GTK_LEVEL_BAR (self->gauge[i]), 0);
    }
}

gboolean
smalti_run_meters_take (SmaltiRunMeters *self, const char *metric, gdouble value)
{
  g_return_val_if_fail (SMALTI_IS_RUN_METERS (self), FALSE);

  for (guint i = 0; i < N_METERS; i++)
    {
      if (!g_str_equal (meters[i].metric, metric))
        continue;

      gdouble most = meters[i].kind == BYTES ? self->most_bytes : 1;
      g_autofree char *text = describe (meters[i].kind, value);

      gtk_label_set_text (self->value[i], text);
      if (self->gauge[i])
        gtk_level_bar_set_value (GTK_LEVEL_BAR (self->gauge[i]), CLAMP (value / most, 0, 1));
      gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
      return TRUE;
    }
  return g_str_has_prefix (metric, "meter/");
}

static GtkWidget *
new_meter (SmaltiRunMeters *self, guint i)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *title = gtk_label_new (_ (meters[i].title));

  self->value[i] = GTK_LABEL (gtk_label_new ("–"));
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_widget_add_css_class (title, "caption");
  gtk_widget_add_css_class (title, "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->value[i]), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->value[i]), "numeric");
  gtk_box_append (GTK_BOX (head), title);
  gtk_box_append (GTK_BOX (head), GTK_WIDGET (self->value[i]));
  gtk_box_append (GTK_BOX (box), head);
  if (meters[i].kind != RATE)
    {
      self->gauge[i] = gtk_level_bar_new ();
      for (const char *const *name = (const char *const[]){ GTK_LEVEL_BAR_OFFSET_LOW, GTK_LEVEL_BAR_OFFSET_HIGH,
                                                            GTK_LEVEL_BAR_OFFSET_FULL, NULL };
           *name; name++)
        gtk_level_bar_remove_offset_value (GTK_LEVEL_BAR (self->gauge[i]), *name);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->gauge[i]), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      _ (meters[i].title), -1);
      gtk_box_append (GTK_BOX (box), self->gauge[i]);
    }
  gtk_widget_set_tooltip_text (box, _ (meters[i].help));
  return box;
}

static void
smalti_run_meters_dispose (GObject *object)
{
  g_clear_pointer (&SMALTI_RUN_METERS (object)->flow, gtk_widget_unparent);
  G_OBJECT_CLASS (smalti_run_meters_parent_class)->dispose (object);
}

static void
smalti_run_meters_class_init (SmaltiRunMetersClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = smalti_run_meters_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
smalti_run_meters_init (SmaltiRunMeters *self)
{
  self->most_bytes = MAX (1, (gdouble)smalti_memory_total ());
  self->flow = gtk_flow_box_new ();
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (self->flow), GTK_SELECTION_NONE);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (self->flow), TRUE);
  gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (self->flow), 2);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (self->flow), 4);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (self->flow), 18);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (self->flow), 6);
  for (guint i = 0; i < N_METERS; i++)
    {
      GtkWidget *child = gtk_flow_box_child_new ();

      gtk_widget_set_focusable (child, FALSE);
      gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), new_meter (self, i));
      gtk_flow_box_append (GTK_FLOW_BOX (self->flow), child);
    }
  gtk_widget_set_parent (self->flow, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("How busy the machine is"),
                                  -1);
  smalti_run_meters_clear (self);
}
