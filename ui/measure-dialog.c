/* SPDX-License-Identifier: Apache-2.0 */
/* Titles, words of help and choices come from the evaluation's parameter table. Whether pictures have labels is found
 * when they are opened: that may take a while, and is told by the measurement. */
#include "ui/measure-dialog.h"

#include <glib/gi18n-lib.h>

#include "core/eval/benchmark.h"
#include "ui/choose-folder.h"

struct _SmaltiMeasureDialog
{
  AdwWindow parent_instance;

  GtkCheckButton *own_check, *folder_check;
  AdwActionRow *own_row, *folder_row;
  AdwComboRow *protocol_row;
  AdwEntryRow *layers_row;
  GtkLabel *reason_label;
  GtkWidget *measure_button;

  SmaltiValues *values;
  char *folder; /* another than the run's own, or NULL */
  char *busy;
  GPtrArray *protocols; /* of const char *, as in protocol_row */
};

enum
{
  MEASURE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SmaltiMeasureDialog, smalti_measure_dialog, ADW_TYPE_WINDOW)

static gboolean
take_values (SmaltiMeasureDialog *self, GError **error)
{
  gboolean other = gtk_check_button_get_active (self->folder_check);
  guint protocol = adw_combo_row_get_selected (self->protocol_row);
  g_autofree char *layers = g_strdup_printf ("[%s]", gtk_editable_get_text (GTK_EDITABLE (self->layers_row)));

  return smalti_values_set (self->values, "data", other && self->folder ? self->folder : "", error)
         && smalti_values_set (self->values, "protocol", self->protocols->pdata[protocol], error)
         && smalti_values_set (self->values, "layers", layers, error);
}

static void
check (SmaltiMeasureDialog *self)
{
  g_autoptr (GError) error = NULL;
  const char *reason = NULL;

  if (self->busy)
    reason = self->busy;
  else if (gtk_check_button_get_active (self->folder_check) && !self->folder)
    reason = _ ("Choose a folder first.");
  else if (!take_values (self, &error))
    reason = error->message;
  gtk_widget_set_sensitive (self->measure_button, reason == NULL);
  gtk_widget_set_tooltip_text (self->measure_button, reason);
  gtk_label_set_text (self->reason_label, reason ? reason : "");
  gtk_widget_set_visible (GTK_WIDGET (self->reason_label), reason != NULL);
}

static void
show_folder (SmaltiMeasureDialog *self)
{
  g_autofree char *markup = self->folder ? g_markup_escape_text (self->folder, -1) : NULL;

  adw_action_row_set_subtitle (self->folder_row, markup ? markup : _ ("With a folder for each class"));
}

static void
on_folder_chosen (GtkWidget *asker, GFile *folder)
{
  SmaltiMeasureDialog *self = SMALTI_MEASURE_DIALOG (asker);

  if (!g_file_peek_path (folder))
    return;
  g_free (self->folder);
  self->folder = g_strdup (g_file_peek_path (folder));
  show_folder (self);
  gtk_check_button_set_active (self->folder_check, TRUE);
  check (self);
}

static void
on_choose (SmaltiMeasureDialog *self)
{
  smalti_choose_folder (GTK_WIDGET (self), on_folder_chosen);
}

static void
on_changed (SmaltiMeasureDialog *self)
{
  check (self);
}

static void
on_measure (SmaltiMeasureDialog *self)
{
  if (!take_values (self, NULL))
    return;
  g_signal_emit (self, signals[MEASURE], 0, self->values);
  gtk_window_close (GTK_WINDOW (self));
}

void
smalti_measure_dialog_set_busy (SmaltiMeasureDialog *self, const char *reason)
{
  g_return_if_fail (SMALTI_IS_MEASURE_DIALOG (self));

  g_free (self->busy);
  self->busy = g_strdup (reason);
  check (self);
}

static void
fill_protocols (SmaltiMeasureDialog *self)
{
  static const struct
  {
    const char *id, *title;
  } titles[] = { { "linear", N_ ("Linear classifier") }, { "knn", N_ ("Nearest neighbours") } };
  const SmaltiParam *param = smalti_param_find (smalti_eval_params, "protocol");
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    if (g_strv_contains (param->choices, titles[i].id))
      {
        g_ptr_array_add (self->protocols, (gpointer)titles[i].id);
        gtk_string_list_append (list, _ (titles[i].title));
      }
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->protocol_row), _ (param->title));
  adw_combo_row_set_model (self->protocol_row, G_LIST_MODEL (list));
  param = smalti_param_find (smalti_eval_params, "layers");
  /* Translators: of an entry: the names of layers; none means all */
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->layers_row), _ ("Layers, all if empty"));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->layers_row), _ (param->help));
}

static void
take_spec (SmaltiMeasureDialog *self, SmaltiSpec *spec)
{
  const char *own = smalti_values_get_string (smalti_spec_get_values (spec, "data"), "path");
  const char *data;
  const char *const *layers;
  g_autofree char *markup = g_markup_escape_text (own, -1);
  g_autofree char *names = NULL;
  guint n, selected;

  self->values = smalti_values_copy (smalti_spec_get_values (spec, "eval"));
  data = smalti_values_get_string (self->values, "data");
  self->folder = *data ? g_strdup (data) : NULL;
  adw_action_row_set_subtitle (self->own_row, markup);
  gtk_widget_set_visible (GTK_WIDGET (self->own_row),
                          *own != '\0'); /* imported weights have no pictures of their own */
  show_folder (self);
  gtk_check_button_set_active (self->folder || !*own ? self->folder_check : self->own_check, TRUE);
  if (g_ptr_array_find_with_equal_func (self->protocols, smalti_values_get_string (self->values, "protocol"),
                                        g_str_equal, &selected))
    adw_combo_row_set_selected (self->protocol_row, selected);
  layers = smalti_values_get_string_list (self->values, "layers", &n);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *before = names;

      names = before ? g_strdup_printf ("%s, %s", before, layers[i]) : g_strdup (layers[i]);
    }
  gtk_editable_set_text (GTK_EDITABLE (self->layers_row), names ? names : "");
}

static void
smalti_measure_dialog_finalize (GObject *object)
{
  SmaltiMeasureDialog *self = SMALTI_MEASURE_DIALOG (object);

  g_clear_pointer (&self->values, smalti_values_unref);
  g_free (self->folder);
  g_free (self->busy);
  g_ptr_array_unref (self->protocols);
  G_OBJECT_CLASS (smalti_measure_dialog_parent_class)->finalize (object);
}

static void
smalti_measure_dialog_class_init (SmaltiMeasureDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = smalti_measure_dialog_finalize;
  signals[MEASURE] = g_signal_new ("measure", SMALTI_TYPE_MEASURE_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, SMALTI_TYPE_VALUES);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/smalti/Smalti/ui/measure-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SmaltiMeasureDialog, own_check);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMeasureDialog, own_row);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMeasureDialog, folder_check);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMeasureDialog, folder_row);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMeasureDialog, protocol_row);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMeasureDialog, layers_row);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMeasureDialog, reason_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMeasureDialog, measure_button);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_choose);
  gtk_widget_class_bind_template_callback (widget_class, on_measure);
}

static void
smalti_measure_dialog_init (SmaltiMeasureDialog *self)
{
  self->protocols = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_window_set_default_widget (GTK_WINDOW (self), self->measure_button);
}

SmaltiMeasureDialog *
smalti_measure_dialog_new (GtkWindow *parent, SmaltiSpec *spec)
{
  SmaltiMeasureDialog *self = g_object_new (SMALTI_TYPE_MEASURE_DIALOG, "transient-for", parent, NULL);
  gint width, height;

  fill_protocols (self);
  take_spec (self, spec);
  /* Never wider than what it stands before. */
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  if (gtk_widget_get_width (GTK_WIDGET (parent)) > 0)
    gtk_window_set_default_size (GTK_WINDOW (self), MIN (width, gtk_widget_get_width (GTK_WIDGET (parent))), height);
  check (self);
  gtk_window_set_focus (GTK_WINDOW (self), self->measure_button);
  return self;
}
