/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/job-indicator.h"

#include <glib/gi18n-lib.h>

struct _SmaltiJobIndicator
{
  GtkWidget parent_instance;

  GtkWidget *button;
  GtkLabel *name_label, *state_label;
  GtkProgressBar *progress_bar;

  SmaltiWorkbench *workbench; /* owns the items, and outlives this widget's use of it */
  SmaltiRunItem *item;
};

G_DEFINE_FINAL_TYPE (SmaltiJobIndicator, smalti_job_indicator, GTK_TYPE_WIDGET)

static void
show_item (SmaltiJobIndicator *self)
{
  guint n = smalti_workbench_get_n_waiting (self->workbench);
  const char *state = smalti_run_item_describe_state (self->item);
  g_autofree char *percent = g_strdup_printf (_ ("%.0f%%"), smalti_run_item_get_fraction (self->item) * 100);
  g_autofree char *waiting
      = n > 0 ? g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u waits", "%u wait", n), n) : NULL;
  g_autoptr (GString) line = g_string_new (state);
  g_autofree char *words = NULL;

  if (smalti_run_item_has_fraction (self->item))
    g_string_append_printf (line, " · %s", percent);
  if (waiting)
    g_string_append_printf (line, " · %s", waiting);
  gtk_label_set_text (self->name_label, smalti_run_item_get_name (self->item));
  gtk_label_set_text (self->state_label, line->str);
  gtk_progress_bar_set_fraction (self->progress_bar, smalti_run_item_get_fraction (self->item));
  /* Translators: what a button opens: a run's name, what it does */
  words = g_strdup_printf (_ ("Under way: %s, %s"), smalti_run_item_get_name (self->item), line->str);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  /* Set anew, a tooltip asks the X server where the pointer is, and goes if it was on display. */
  if (g_strcmp0 (gtk_widget_get_tooltip_text (self->button), smalti_run_item_get_name (self->item)) != 0)
    gtk_widget_set_tooltip_text (self->button, smalti_run_item_get_name (self->item));
}

static void
update (SmaltiJobIndicator *self)
{
  gint64 run = smalti_workbench_get_current (self->workbench);
  SmaltiRunItem *item = run ? smalti_run_list_find (smalti_workbench_get_runs (self->workbench), run, NULL) : NULL;

  if (item != self->item)
    {
      if (self->item)
        g_signal_handlers_disconnect_by_data (self->item, self);
      g_set_object (&self->item, item);
      if (item)
        {
          g_signal_connect_swapped (item, "changed", G_CALLBACK (show_item), self);
          gtk_actionable_set_action_target (GTK_ACTIONABLE (self->button), "x", run);
        }
    }
  gtk_widget_set_visible (GTK_WIDGET (self), item != NULL);
  if (item)
    show_item (self);
}

void
smalti_job_indicator_set_workbench (SmaltiJobIndicator *self, SmaltiWorkbench *workbench)
{
  g_return_if_fail (SMALTI_IS_JOB_INDICATOR (self) && !self->workbench);

  self->workbench = g_object_ref (workbench);
  g_signal_connect_object (workbench, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (workbench, "runs-read", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
smalti_job_indicator_dispose (GObject *object)
{
  SmaltiJobIndicator *self = SMALTI_JOB_INDICATOR (object);

  if (self->item)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_clear_object (&self->item);
  g_clear_object (&self->workbench);
  g_clear_pointer (&self->button, gtk_widget_unparent);
  G_OBJECT_CLASS (smalti_job_indicator_parent_class)->dispose (object);
}

static void
smalti_job_indicator_class_init (SmaltiJobIndicatorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = smalti_job_indicator_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
smalti_job_indicator_init (SmaltiJobIndicator *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

  self->name_label = GTK_LABEL (gtk_label_new (NULL));
  self->state_label = GTK_LABEL (gtk_label_new (NULL));
  self->progress_bar = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_label_set_xalign (self->name_label, 0);
  gtk_label_set_xalign (self->state_label, 0);
  gtk_label_set_ellipsize (self->name_label, PANGO_ELLIPSIZE_END);
  gtk_label_set_ellipsize (self->state_label, PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (GTK_WIDGET (self->state_label), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->state_label), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->state_label), "numeric");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->name_label));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->state_label));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->progress_bar));

  self->button = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (self->button), box);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->button), "x", G_GINT64_CONSTANT (0));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), "win.show-run");
  gtk_widget_add_css_class (self->button, "flat");
  gtk_widget_add_css_class (self->button, "job");
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
