/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/change-popover.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ui/text-button.h"

enum
{
  MAX_KEYS = 4,
};

struct _SmaltiChangePopover
{
  GtkPopover parent_instance;

  GtkGrid *grid;
  GtkLabel *reason_label;
  GtkWidget *change_button;
  GtkEditable *entry[MAX_KEYS];

  SmaltiSpec *spec;
};

enum
{
  CHANGE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SmaltiChangePopover, smalti_change_popover, GTK_TYPE_POPOVER)

/* Changeable keys are of the section "train". */
static const SmaltiParam *
find_param (guint i)
{
  return smalti_param_find (smalti_train_params (), strchr (smalti_spec_changeable[i], '.') + 1);
}

static gboolean
differs (SmaltiChangePopover *self, guint i)
{
  g_autofree char *now = smalti_spec_get_text (self->spec, smalti_spec_changeable[i]);
  g_autoptr (SmaltiSpec) other = smalti_spec_copy (self->spec);
  g_autofree char *then = NULL;

  if (!smalti_spec_set (other, smalti_spec_changeable[i], gtk_editable_get_text (self->entry[i]), NULL))
    return TRUE;
  then = smalti_spec_get_text (other, smalti_spec_changeable[i]);
  return g_strcmp0 (now, then) != 0;
}

static void
check (SmaltiChangePopover *self)
{
  g_autoptr (GError) error = NULL;
  gboolean any = FALSE;

  for (guint i = 0; self->spec && smalti_spec_changeable[i]; i++)
    {
      gboolean fine = !differs (self, i)
                      || smalti_spec_check_change (self->spec, smalti_spec_changeable[i],
                                                   gtk_editable_get_text (self->entry[i]), error ? NULL : &error);

      any = any || differs (self, i);
      if (fine)
        gtk_widget_remove_css_class (GTK_WIDGET (self->entry[i]), "error");
      else
        gtk_widget_add_css_class (GTK_WIDGET (self->entry[i]), "error");
    }
  gtk_label_set_text (self->reason_label, error ? error->message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->reason_label), error != NULL);
  gtk_widget_set_sensitive (self->change_button, any && !error);
}

static void
on_change (SmaltiChangePopover *self)
{
  for (guint i = 0; self->spec && smalti_spec_changeable[i]; i++)
    if (differs (self, i))
      g_signal_emit (self, signals[CHANGE], 0, smalti_spec_changeable[i], gtk_editable_get_text (self->entry[i]));
  gtk_popover_popdown (GTK_POPOVER (self));
}

void
smalti_change_popover_set_spec (SmaltiChangePopover *self, SmaltiSpec *spec)
{
  g_return_if_fail (SMALTI_IS_CHANGE_POPOVER (self));

  if (spec)
    smalti_spec_ref (spec);
  g_clear_pointer (&self->spec, smalti_spec_unref);
  self->spec = spec;
  for (guint i = 0; spec && smalti_spec_changeable[i]; i++)
    {
      g_autofree char *text = smalti_spec_get_text (spec, smalti_spec_changeable[i]);

      gtk_editable_set_text (self->entry[i], text);
    }
  check (self);
}

static void
smalti_change_popover_finalize (GObject *object)
{
  g_clear_pointer (&SMALTI_CHANGE_POPOVER (object)->spec, smalti_spec_unref);
  G_OBJECT_CLASS (smalti_change_popover_parent_class)->finalize (object);
}

static void
smalti_change_popover_class_init (SmaltiChangePopoverClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = smalti_change_popover_finalize;
  signals[CHANGE] = g_signal_new ("change", SMALTI_TYPE_CHANGE_POPOVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
add_row (SmaltiChangePopover *self, guint i)
{
  const SmaltiParam *param = find_param (i);
  GtkWidget *label = gtk_label_new (_ (param->title));
  GtkWidget *entry = gtk_entry_new ();

  self->entry[i] = GTK_EDITABLE (entry);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_editable_set_width_chars (self->entry[i], 8);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_widget_set_tooltip_text (entry, _ (param->help));
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _ (param->title), -1);
  g_signal_connect_swapped (entry, "changed", G_CALLBACK (check), self);
  gtk_grid_attach (self->grid, label, 0, (gint)i, 1, 1);
  gtk_grid_attach (self->grid, entry, 1, (gint)i, 1, 1);
}

static void
smalti_change_popover_init (SmaltiChangePopover *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *help = gtk_label_new (_ ("In effect from the next step on; recorded in the run’s history."));

  self->grid = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_row_spacing (self->grid, 6);
  gtk_grid_set_column_spacing (self->grid, 12);
  for (guint i = 0; smalti_spec_changeable[i]; i++)
    {
      g_assert (i < MAX_KEYS);
      add_row (self, i);
    }
  self->reason_label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->reason_label, TRUE);
  gtk_label_set_max_width_chars (self->reason_label, 30);
  gtk_label_set_xalign (self->reason_label, 0);
  gtk_widget_add_css_class (GTK_WIDGET (self->reason_label), "error");
  gtk_label_set_wrap (GTK_LABEL (help), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (help), 30);
  gtk_label_set_xalign (GTK_LABEL (help), 0);
  gtk_widget_add_css_class (help, "caption");
  gtk_widget_add_css_class (help, "dim-label");
  self->change_button = gtk_button_new ();
  smalti_text_button_set_label (GTK_BUTTON (self->change_button), _ ("_Change"));
  gtk_widget_add_css_class (self->change_button, "suggested-action");
  g_signal_connect_swapped (self->change_button, "clicked", G_CALLBACK (on_change), self);

  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->grid));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->reason_label));
  gtk_box_append (GTK_BOX (box), help);
  gtk_box_append (GTK_BOX (box), self->change_button);
  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, 6);
  gtk_widget_set_margin_start (box, 6);
  gtk_widget_set_margin_end (box, 6);
  gtk_popover_set_child (GTK_POPOVER (self), box);
  gtk_popover_set_default_widget (GTK_POPOVER (self), self->change_button);
}
