/* SPDX-License-Identifier: Apache-2.0 */
/* A number that is not allowed stays as it was typed, with the reason below it: a spin button by itself would put the
 * old one back without a word. */
#include "ui/spec-row.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include "ui/choose-folder.h"

#define LARGEST 1e15

struct _SmaltiSpecRow
{
  AdwPreferencesRow parent_instance;

  GtkWidget *head;
  GtkLabel *title_label;
  GtkLabel *unit_label;
  GtkLabel *help_label;
  GtkLabel *problem_label;
  GtkWidget *reset_button;
  GtkLabel *reset_label;
  GtkWidget *wide; /* below the title: what needs the whole width */

  GtkWidget *control; /* what is labelled and focused: one of the following */
  GtkSwitch *toggle;
  GtkSpinButton *spin;
  GtkDropDown *choice;
  GtkEditable *entry;

  SmaltiSpecDraft *draft; /* owned by the form, which owns the row */
  const SmaltiParam *param;
  char *key;
  gdouble shown; /* the adjustment's value when the text was last written */
  gboolean updating;
  gboolean has_problem;
  gboolean is_changed;
};

G_DEFINE_FINAL_TYPE (SmaltiSpecRow, smalti_spec_row, ADW_TYPE_PREFERENCES_ROW)

static gboolean
is_list (const SmaltiParam *param)
{
  return param->type == SMALTI_PARAM_INT_LIST || param->type == SMALTI_PARAM_FLOAT_LIST
         || param->type == SMALTI_PARAM_STRING_LIST;
}

static gboolean
is_number (const SmaltiParam *param)
{
  return param->type == SMALTI_PARAM_INT || param->type == SMALTI_PARAM_FLOAT;
}

/* As the user's language writes numbers, and back. Only single numbers: in lists the comma is taken. */
static char *
exchange (const char *text, const char *from, const char *to)
{
  g_auto (GStrv) parts = g_strsplit (text, from, -1);

  return g_strjoinv (to, parts);
}

static char *
to_locale (const char *text)
{
  return exchange (text, ".", localeconv ()->decimal_point);
}

static char *
from_locale (const char *text)
{
  g_autofree char *plain = exchange (text, localeconv ()->decimal_point, ".");

  return g_strdup (g_strstrip (plain));
}

/* The draft's value as the control shows it. */
static char *
display_text (SmaltiSpecRow *self, const char *text)
{
  gsize length = strlen (text);

  if (is_number (self->param))
    return to_locale (text);
  if (is_list (self->param) && length >= 2)
    return g_strndup (text + 1, length - 2);
  return g_strdup (text);
}

static void
set_value (SmaltiSpecRow *self, const char *text)
{
  if (self->updating)
    return;
  self->updating = TRUE;
  smalti_spec_draft_set (self->draft, self->key, text);
  self->updating = FALSE;
  smalti_spec_row_update_problem (self);
}

/* -- controls -- */

static void
on_toggled (SmaltiSpecRow *self)
{
  set_value (self, gtk_switch_get_active (self->toggle) ? "true" : "false");
}

static void
on_chosen (SmaltiSpecRow *self)
{
  guint selected = gtk_drop_down_get_selected (self->choice);

  if (selected != GTK_INVALID_LIST_POSITION)
    set_value (self, self->param->choices[selected]);
}

static void
on_entry_changed (SmaltiSpecRow *self)
{
  g_autofree char *text = g_strdup (gtk_editable_get_text (self->entry));

  set_value (self, self->param->type == SMALTI_PARAM_STRING ? text : g_strstrip (text));
}

static void
on_spin_changed (SmaltiSpecRow *self)
{
  g_autofree char *text = from_locale (gtk_editable_get_text (GTK_EDITABLE (self->spin)));

  set_value (self, text);
}

static int
on_spin_input (GtkSpinButton *spin, gdouble *value, SmaltiSpecRow *self)
{
  g_autofree char *text = from_locale (gtk_editable_get_text (GTK_EDITABLE (spin)));
  char *end;

  *value = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && isfinite (*value) ? TRUE : GTK_INPUT_ERROR;
}

/* A step that is felt, and not too much: a tenth of the number's own magnitude upwards. */
static void
update_step (SmaltiSpecRow *self, gdouble value)
{
  GtkAdjustment *adjustment = gtk_spin_button_get_adjustment (self->spin);
  gdouble step = 1;

  if (self->param->type == SMALTI_PARAM_FLOAT)
    step = value > 0 ? pow (10, floor (log10 (value) + 1e-9)) / (value < 1 ? 1 : 10) : 0.1;
  if (self->param->type == SMALTI_PARAM_FLOAT && self->param->max == 1)
    step = MIN (step, 0.1);
  gtk_adjustment_set_step_increment (adjustment, step);
  gtk_adjustment_set_page_increment (adjustment, step * 10);
}

static gboolean
on_spin_output (GtkSpinButton *spin, SmaltiSpecRow *self)
{
  gdouble value = gtk_adjustment_get_value (gtk_spin_button_get_adjustment (spin));
  char plain[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *text = NULL;

  if (value == self->shown)
    return TRUE;
  self->shown = value;
  update_step (self, value);
  g_ascii_formatd (plain, sizeof plain, self->param->type == SMALTI_PARAM_INT ? "%.0f" : "%.10g", value);
  text = to_locale (plain);
  if (strcmp (text, gtk_editable_get_text (GTK_EDITABLE (spin))) != 0)
    gtk_editable_set_text (GTK_EDITABLE (spin), text);
  return TRUE;
}

static void
on_reset (SmaltiSpecRow *self)
{
  smalti_spec_draft_reset (self->draft, self->key);
  gtk_widget_grab_focus (self->control);
}

static void
on_folder_chosen (GtkWidget *row, GFile *folder)
{
  const char *path = g_file_peek_path (folder);

  if (path && g_utf8_validate (path, -1, NULL))
    gtk_editable_set_text (SMALTI_SPEC_ROW (row)->entry, path);
}

static void
on_choose (SmaltiSpecRow *self)
{
  smalti_choose_folder (GTK_WIDGET (self), on_folder_chosen);
}

/* -- what it shows -- */

static void
show_text (SmaltiSpecRow *self, const char *text)
{
  g_autofree char *display = display_text (self, text);

  if (self->toggle)
    gtk_switch_set_active (self->toggle, strcmp (text, "true") == 0);
  else if (self->choice)
    for (guint i = 0; self->param->choices[i]; i++)
      {
        if (strcmp (self->param->choices[i], text) == 0)
          gtk_drop_down_set_selected (self->choice, i);
      }
  else if (self->spin)
    {
      gdouble value = g_ascii_strtod (text, NULL);

      self->shown = value;
      update_step (self, value);
      gtk_adjustment_set_value (gtk_spin_button_get_adjustment (self->spin), value);
      gtk_editable_set_text (GTK_EDITABLE (self->spin), display);
    }
  else if (strcmp (gtk_editable_get_text (self->entry), display) != 0)
    gtk_editable_set_text (self->entry, display);
}

static void
show_change (SmaltiSpecRow *self)
{
  g_autofree char *original = smalti_spec_draft_get_original (self->draft, self->key);
  g_autofree char *display = display_text (self, original);
  g_autofree char *words = *display ? g_strdup_printf (_ ("Reset to %s"), display) : g_strdup (_ ("Reset to nothing"));
  g_autofree char *name = g_strdup_printf ("%s: %s", _ (self->param->title), words);

  self->is_changed = smalti_spec_draft_is_changed (self->draft, self->key);
  gtk_label_set_text (self->reset_label, words);
  gtk_widget_set_tooltip_text (self->reset_button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->reset_button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_visible (self->reset_button, self->is_changed || self->has_problem);
  if (self->is_changed)
    gtk_widget_add_css_class (GTK_WIDGET (self), "changed");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "changed");
}

void
smalti_spec_row_update (SmaltiSpecRow *self)
{
  g_return_if_fail (SMALTI_IS_SPEC_ROW (self));

  /* What is being typed stays as it is typed. */
  if (!self->updating)
    {
      g_autofree char *text = smalti_spec_draft_get_text (self->draft, self->key);

      self->updating = TRUE;
      show_text (self, text);
      self->updating = FALSE;
    }
  smalti_spec_row_update_problem (self);
}

void
smalti_spec_row_update_problem (SmaltiSpecRow *self)
{
  g_return_if_fail (SMALTI_IS_SPEC_ROW (self));

  const char *problem = smalti_spec_draft_get_problem (self->draft, self->key);

  self->has_problem = problem != NULL;
  gtk_label_set_text (self->problem_label, problem ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem_label), problem != NULL);
  if (problem)
    gtk_widget_add_css_class (self->control, "error");
  else
    gtk_widget_remove_css_class (self->control, "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->control), GTK_ACCESSIBLE_STATE_INVALID,
                               problem ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->control), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  problem ? problem : _ (self->param->help), -1);
  show_change (self);
}

gboolean
smalti_spec_row_has_problem (SmaltiSpecRow *self)
{
  return self->has_problem;
}

gboolean
smalti_spec_row_is_changed (SmaltiSpecRow *self)
{
  return self->is_changed;
}

const char *
smalti_spec_row_get_key (SmaltiSpecRow *self)
{
  return self->key;
}

const SmaltiParam *
smalti_spec_row_get_param (SmaltiSpecRow *self)
{
  return self->param;
}

gboolean
smalti_spec_row_matches (SmaltiSpecRow *self, char **words)
{
  g_autofree char *all = g_strjoin (" ", _ (self->param->title), _ (self->param->help), self->key, NULL);
  g_autofree char *folded = g_utf8_casefold (all, -1);

  for (char **word = words; *word; word++)
    if (!strstr (folded, *word))
      return FALSE;
  return TRUE;
}

/* -- making it -- */

/* The wheel scrolls the form: it must not change whatever number happens to pass under the pointer. */
static void
ignore_wheel (GtkWidget *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_SCROLL (controller))
        gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_NONE);
    }
}

static void
add_spin (SmaltiSpecRow *self)
{
  gboolean bounded = self->param->min != 0 || self->param->max != 0;
  gdouble min = bounded ? MAX (self->param->min, -LARGEST) : -LARGEST;
  gdouble max = bounded ? MIN (self->param->max, LARGEST) : LARGEST;

  self->spin = GTK_SPIN_BUTTON (gtk_spin_button_new (gtk_adjustment_new (min, min, max, 1, 10, 0), 1, 0));
  gtk_spin_button_set_update_policy (self->spin, GTK_UPDATE_IF_VALID);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->spin), 7);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->spin), 7);
  gtk_editable_set_enable_undo (GTK_EDITABLE (self->spin), FALSE);
  ignore_wheel (GTK_WIDGET (self->spin));
  g_signal_connect (self->spin, "input", G_CALLBACK (on_spin_input), self);
  g_signal_connect (self->spin, "output", G_CALLBACK (on_spin_output), self);
  g_signal_connect_swapped (self->spin, "changed", G_CALLBACK (on_spin_changed), self);
  self->control = GTK_WIDGET (self->spin);
}

static void
add_entry (SmaltiSpecRow *self)
{
  self->entry = GTK_EDITABLE (gtk_entry_new ());
  gtk_editable_set_enable_undo (self->entry, FALSE);
  gtk_editable_set_width_chars (self->entry, 8);
  gtk_widget_set_hexpand (GTK_WIDGET (self->entry), TRUE);
  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (on_entry_changed), self);
  gtk_box_append (GTK_BOX (self->wide), GTK_WIDGET (self->entry));
  if (self->param->type == SMALTI_PARAM_PATH)
    {
      GtkWidget *button = gtk_button_new_from_icon_name ("folder-open-symbolic");
      g_autofree char *name = g_strdup_printf (_ ("%s: Choose…"), _ (self->param->title));

      gtk_widget_set_tooltip_text (button, _ ("Choose…"));
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
      g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_choose), self);
      gtk_box_append (GTK_BOX (self->wide), button);
    }
  gtk_widget_set_visible (self->wide, TRUE);
  self->control = GTK_WIDGET (self->entry);
}

static void
add_control (SmaltiSpecRow *self, const char *const *labels)
{
  switch (self->param->type)
    {
    case SMALTI_PARAM_BOOL:
      self->toggle = GTK_SWITCH (gtk_switch_new ());
      self->control = GTK_WIDGET (self->toggle);
      g_signal_connect_swapped (self->toggle, "notify::active", G_CALLBACK (on_toggled), self);
      break;
    case SMALTI_PARAM_CHOICE:
      self->choice = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (labels ? labels : self->param->choices));
      self->control = GTK_WIDGET (self->choice);
      g_signal_connect_swapped (self->choice, "notify::selected", G_CALLBACK (on_chosen), self);
      break;
    case SMALTI_PARAM_INT:
    case SMALTI_PARAM_FLOAT:
      add_spin (self);
      break;
    case SMALTI_PARAM_STRING:
    case SMALTI_PARAM_PATH:
    case SMALTI_PARAM_INT_LIST:
    case SMALTI_PARAM_FLOAT_LIST:
    case SMALTI_PARAM_STRING_LIST:
      add_entry (self);
      break;
    }
  if (!self->entry)
    {
      gtk_widget_set_valign (self->control, GTK_ALIGN_CENTER);
      gtk_box_insert_child_after (GTK_BOX (self->head), self->control, GTK_WIDGET (self->title_label));
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->control), GTK_ACCESSIBLE_PROPERTY_LABEL, _ (self->param->title),
                                  -1);
}

static void
smalti_spec_row_finalize (GObject *object)
{
  g_free (SMALTI_SPEC_ROW (object)->key);
  G_OBJECT_CLASS (smalti_spec_row_parent_class)->finalize (object);
}

static void
smalti_spec_row_class_init (SmaltiSpecRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = smalti_spec_row_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/smalti/Smalti/ui/spec-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SmaltiSpecRow, head);
  gtk_widget_class_bind_template_child (widget_class, SmaltiSpecRow, title_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiSpecRow, unit_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiSpecRow, help_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiSpecRow, problem_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiSpecRow, reset_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiSpecRow, reset_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiSpecRow, wide);
  gtk_widget_class_bind_template_callback (widget_class, on_reset);
}

static void
smalti_spec_row_init (SmaltiSpecRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
smalti_spec_row_new (SmaltiSpecDraft *draft, const char *section, const SmaltiParam *param, const char *const *labels)
{
  SmaltiSpecRow *self = g_object_new (SMALTI_TYPE_SPEC_ROW, "title", _ (param->title), NULL);

  self->draft = draft;
  self->param = param;
  self->key = g_strdup_printf ("%s%s%s", section, *section ? "." : "", param->key);
  gtk_label_set_text (self->title_label, _ (param->title));
  gtk_label_set_text (self->help_label, _ (param->help));
  gtk_widget_set_visible (GTK_WIDGET (self->help_label), *param->help != '\0');
  gtk_label_set_text (self->unit_label, param->unit ? _ (param->unit) : "");
  gtk_widget_set_visible (GTK_WIDGET (self->unit_label), param->unit != NULL);
  add_control (self, labels);
  smalti_spec_row_update (self);
  return GTK_WIDGET (self);
}
