/* SPDX-License-Identifier: Apache-2.0 */
/* Methods, their words and the limits of the numbers come from the tables of the core; a new method shows up here by
 * itself, as long as a preset of its name is there. */
#include "ui/new-run-dialog.h"

#include <glib/gi18n-lib.h>

#include "ui/choose-folder.h"

#define PRESET_FORMAT "/org/smalti/presets/demo-%s.yaml"

struct _SmaltiNewRunDialog
{
  AdwWindow parent_instance;

  GtkWidget *start_button;
  GtkCheckButton *sample_check;
  GtkCheckButton *folder_check;
  AdwActionRow *folder_row;
  AdwPreferencesGroup *training_group;
  AdwComboRow *method_row;
  AdwActionRow *epochs_row;
  GtkWidget *epochs_spin;
  GtkAdjustment *epochs_adjustment;
  AdwEntryRow *name_row;
  GtkLabel *reason_label;

  char *sample_path;
  GFile *folder;
  char *busy;
  GPtrArray *methods; /* of const SmaltiPretextClass, as in method_row */
};

enum
{
  START,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SmaltiNewRunDialog, smalti_new_run_dialog, ADW_TYPE_WINDOW)

static const SmaltiPretextClass *
chosen_method (SmaltiNewRunDialog *self)
{
  guint selected = adw_combo_row_get_selected (self->method_row);

  return selected < self->methods->len ? self->methods->pdata[selected] : NULL;
}

static gboolean
uses_sample (SmaltiNewRunDialog *self)
{
  return gtk_check_button_get_active (self->sample_check);
}

/* The preset of @method, or %NULL. */
static GBytes *
find_preset (const SmaltiPretextClass *method)
{
  g_autofree char *path = g_strdup_printf (PRESET_FORMAT, method->id);

  return g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
}

static char *
choose_name (SmaltiNewRunDialog *self)
{
  g_autofree char *typed = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->name_row))));
  g_autofree char *base = uses_sample (self) ? g_strdup (_ ("the sample")) : g_file_get_basename (self->folder);
  g_autofree char *valid = g_utf8_make_valid (base, -1);

  if (*typed)
    return g_steal_pointer (&typed);
  /* Translators: a run's name: "Jigsaw puzzles on Holidays" */
  return g_strdup_printf (_ ("%s on %s"), _ (chosen_method (self)->title), valid);
}

static SmaltiSpec *
make_spec (SmaltiNewRunDialog *self, GError **error)
{
  g_autoptr (GBytes) preset = find_preset (chosen_method (self));
  g_autofree char *yaml = g_strndup (g_bytes_get_data (preset, NULL), g_bytes_get_size (preset));
  g_autoptr (SmaltiSpec) spec = smalti_spec_parse (yaml, chosen_method (self)->id, NULL, error);
  g_autofree char *name = choose_name (self);
  g_autofree char *folder = uses_sample (self) ? g_strdup (self->sample_path) : g_file_get_path (self->folder);
  g_autofree char *epochs = g_strdup_printf ("%.0f", gtk_adjustment_get_value (self->epochs_adjustment));

  if (!spec || !smalti_spec_set (spec, "name", name, error) || !smalti_spec_set (spec, "data.path", folder, error)
      || !smalti_spec_set (spec, "train.epochs", epochs, error) || !smalti_spec_set (spec, "train.minutes", "0", error)
      || !smalti_spec_set (spec, "train.validate_every", "1", error) || !smalti_spec_check (spec, error))
    return NULL;
  return g_steal_pointer (&spec);
}

static void
show_reason (SmaltiNewRunDialog *self, const char *reason)
{
  gtk_widget_set_sensitive (self->start_button, reason == NULL);
  gtk_widget_set_tooltip_text (self->start_button, reason);
  gtk_label_set_text (self->reason_label, reason ? reason : "");
  gtk_widget_set_visible (GTK_WIDGET (self->reason_label), reason != NULL);
  if (reason)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->start_button), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, reason,
                                    -1);
  else
    gtk_accessible_reset_property (GTK_ACCESSIBLE (self->start_button), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
}

static void
check (SmaltiNewRunDialog *self)
{
  const char *path = self->folder ? g_file_peek_path (self->folder) : NULL;

  if (self->busy)
    show_reason (self, self->busy);
  else if (!chosen_method (self))
    show_reason (self, _ ("There is no method to choose."));
  else if (uses_sample (self))
    show_reason (self, NULL);
  else if (!self->folder)
    show_reason (self, _ ("Choose a folder first."));
  else if (!path)
    show_reason (self, _ ("This folder is not on a disk of this computer; copy it there first."));
  else if (!g_utf8_validate (path, -1, NULL))
    show_reason (self, _ ("The name of this folder is not valid Unicode; rename it first."));
  else
    show_reason (self, NULL);
}

static void
on_changed (SmaltiNewRunDialog *self)
{
  check (self);
}

static void
on_method_changed (SmaltiNewRunDialog *self)
{
  const SmaltiPretextClass *method = chosen_method (self);

  /* Not the row's subtitle, which would leave no room for the method's title. */
  adw_preferences_group_set_description (self->training_group, method ? _ (method->summary) : NULL);
  check (self);
}

void
smalti_new_run_dialog_set_folder (SmaltiNewRunDialog *self, GFile *folder)
{
  g_return_if_fail (SMALTI_IS_NEW_RUN_DIALOG (self));

  g_set_object (&self->folder, folder);
  if (folder)
    {
      g_autofree char *name = g_file_get_parse_name (folder);
      g_autofree char *markup = g_markup_escape_text (name, -1);

      adw_action_row_set_subtitle (self->folder_row, markup);
      gtk_check_button_set_active (self->folder_check, TRUE);
    }
  else
    gtk_check_button_set_active (self->sample_check, TRUE);
  check (self);
}

static void
on_folder_chosen (GtkWidget *dialog, GFile *folder)
{
  smalti_new_run_dialog_set_folder (SMALTI_NEW_RUN_DIALOG (dialog), folder);
}

static void
on_choose (SmaltiNewRunDialog *self)
{
  smalti_choose_folder (GTK_WIDGET (self), on_folder_chosen);
}

/* Choosing “folder” without having one asks for it at once. */
static void
on_folder_toggled (SmaltiNewRunDialog *self)
{
  if (gtk_check_button_get_active (self->folder_check) && !self->folder && gtk_widget_get_mapped (GTK_WIDGET (self)))
    on_choose (self);
  check (self);
}

static void
on_start (SmaltiNewRunDialog *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiSpec) spec = make_spec (self, &error);

  if (!spec)
    {
      show_reason (self, error->message);
      return;
    }
  g_signal_emit (self, signals[START], 0, spec, uses_sample (self));
  gtk_window_close (GTK_WINDOW (self));
}

void
smalti_new_run_dialog_set_busy (SmaltiNewRunDialog *self, const char *reason)
{
  g_return_if_fail (SMALTI_IS_NEW_RUN_DIALOG (self));

  if (g_strcmp0 (reason, self->busy) == 0)
    return;
  g_free (self->busy);
  self->busy = g_strdup (reason);
  check (self);
}

static void
fill_methods (SmaltiNewRunDialog *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  for (const SmaltiPretextClass *const *method = smalti_pretexts (); *method; method++)
    {
      g_autoptr (GBytes) preset = (*method)->trains && !(*method)->needs_labels ? find_preset (*method) : NULL;

      if (!preset)
        continue;
      g_ptr_array_add (self->methods, (gpointer)*method);
      gtk_string_list_append (titles, _ ((*method)->title));
    }
  adw_combo_row_set_model (self->method_row, G_LIST_MODEL (titles));
}

static void
fill_epochs (SmaltiNewRunDialog *self)
{
  const SmaltiParam *param = smalti_param_find (smalti_train_params (), "epochs");

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->epochs_row), _ (param->title));
  adw_action_row_set_subtitle (self->epochs_row, _ (param->help));
  gtk_adjustment_set_lower (self->epochs_adjustment, param->min);
  gtk_adjustment_set_upper (self->epochs_adjustment, param->max);
  gtk_adjustment_set_value (self->epochs_adjustment, g_ascii_strtod (param->value, NULL));
}

static void
smalti_new_run_dialog_finalize (GObject *object)
{
  SmaltiNewRunDialog *self = SMALTI_NEW_RUN_DIALOG (object);

  g_clear_object (&self->folder);
  g_free (self->sample_path);
  g_free (self->busy);
  g_ptr_array_unref (self->methods);
  G_OBJECT_CLASS (smalti_new_run_dialog_parent_class)->finalize (object);
}

static void
smalti_new_run_dialog_class_init (SmaltiNewRunDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = smalti_new_run_dialog_finalize;
  signals[START] = g_signal_new ("start", SMALTI_TYPE_NEW_RUN_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 2, SMALTI_TYPE_SPEC, G_TYPE_BOOLEAN);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/smalti/Smalti/ui/new-run-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunDialog, start_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunDialog, sample_check);
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunDialog, folder_check);
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunDialog, folder_row);
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunDialog, training_group);
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunDialog, method_row);
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunDialog, epochs_row);
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunDialog, epochs_spin);
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunDialog, epochs_adjustment);
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunDialog, name_row);
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunDialog, reason_label);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_method_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_folder_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_choose);
  gtk_widget_class_bind_template_callback (widget_class, on_start);
}

static void
smalti_new_run_dialog_init (SmaltiNewRunDialog *self)
{
  self->methods = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  fill_epochs (self);
  fill_methods (self);
  on_method_changed (self);
  gtk_window_set_default_widget (GTK_WINDOW (self), self->start_button);
  gtk_window_set_focus (GTK_WINDOW (self), self->start_button);
}

SmaltiNewRunDialog *
smalti_new_run_dialog_new (GtkWindow *parent, const char *sample_path)
{
  SmaltiNewRunDialog *self = g_object_new (SMALTI_TYPE_NEW_RUN_DIALOG, "transient-for", parent, NULL);

  gint width, height;

  self->sample_path = g_strdup (sample_path);
  /* Never wider than what it stands before. */
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  if (gtk_widget_get_width (GTK_WIDGET (parent)) > 0)
    width = MIN (width, gtk_widget_get_width (GTK_WIDGET (parent)));
  gtk_window_set_default_size (GTK_WINDOW (self), width, height);
  return self;
}
