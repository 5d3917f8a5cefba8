/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/spinner.h"

struct _SmaltiSpinner
{
  GtkWidget parent_instance;

  GtkWidget *spinner;
};

G_DEFINE_FINAL_TYPE (SmaltiSpinner, smalti_spinner, GTK_TYPE_WIDGET)

static void
smalti_spinner_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (smalti_spinner_parent_class)->map (widget);
  gtk_spinner_start (GTK_SPINNER (SMALTI_SPINNER (widget)->spinner));
}

static void
smalti_spinner_unmap (GtkWidget *widget)
{
  gtk_spinner_stop (GTK_SPINNER (SMALTI_SPINNER (widget)->spinner));
  GTK_WIDGET_CLASS (smalti_spinner_parent_class)->unmap (widget);
}

static void
smalti_spinner_dispose (GObject *object)
{
  g_clear_pointer (&SMALTI_SPINNER (object)->spinner, gtk_widget_unparent);
  G_OBJECT_CLASS (smalti_spinner_parent_class)->dispose (object);
}

static void
smalti_spinner_class_init (SmaltiSpinnerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_spinner_dispose;
  widget_class->map = smalti_spinner_map;
  widget_class->unmap = smalti_spinner_unmap;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
smalti_spinner_init (SmaltiSpinner *self)
{
  self->spinner = gtk_spinner_new ();
  gtk_widget_set_parent (self->spinner, GTK_WIDGET (self));
}
