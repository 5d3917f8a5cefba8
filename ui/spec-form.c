/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a method or a backbone are made anew when it becomes another one; the row that chooses the backbone
 * stays, since it is what is being used then. */
#include "ui/spec-form.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ui/spec-row.h"

#define N_SECTIONS 6
#define BACKBONE   2

static const char *const sections[N_SECTIONS] = { "", "method", "backbone", "train", "data", "eval" };
static const char *const titles[N_SECTIONS]
    = { N_ ("General"), N_ ("Method"), N_ ("Backbone"), N_ ("Training"), N_ ("Data"), N_ ("Evaluation") };

typedef struct
{
  const SmaltiParam *table; /* that its rows are of */
  AdwPreferencesGroup *group;
  AdwExpanderRow *more;
  GPtrArray *rows; /* of SmaltiSpecRow, those in @more too */
} Section;

struct _SmaltiSpecForm
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkWidget *unreadable_label;
  GtkLabel *network_label;
  GtkSearchEntry *search_entry;
  GtkWidget *nothing_label;
  GtkBox *groups;

  SmaltiSpecDraft *draft;
  Section section[N_SECTIONS];
  SmaltiParam backbone_param; /* choices: all backbones */
  GtkWidget *backbone_row;
  char **words; /* what is searched for; %NULL: nothing */
};

G_DEFINE_FINAL_TYPE (SmaltiSpecForm, smalti_spec_form, GTK_TYPE_WIDGET)

/* -- rows -- */

static void
show_more (Section *section)
{
  guint n = 0, n_changed = 0;
  gboolean problem = FALSE;
  g_autofree char *count = NULL, *changed = NULL, *text = NULL;

  for (guint i = 0; i < section->rows->len; i++)
    {
      SmaltiSpecRow *row = section->rows->pdata[i];

      if ((smalti_spec_row_get_param (row)->flags & SMALTI_PARAM_ADVANCED) == 0)
        continue;
      n++;
      n_changed += smalti_spec_row_is_changed (row);
      problem = problem || smalti_spec_row_has_problem (row);
    }
  if (!section->more)
    return;
  count = g_strdup_printf (ngettext ("%u setting", "%u settings", n), n);
  changed
      = g_strdup_printf (ngettext ("%u differs from the preset", "%u differ from the preset", n_changed), n_changed);
  text = n_changed > 0 ? g_strdup_printf ("%s · %s", count, changed) : g_strdup (count);
  adw_expander_row_set_subtitle (section->more, text);
  if (problem)
    adw_expander_row_set_expanded (section->more, TRUE);
}

static void
add_rows (SmaltiSpecForm *self, guint s)
{
  Section *section = &self->section[s];

  section->table
      = smalti_values_get_table (smalti_spec_get_values (smalti_spec_draft_get_spec (self->draft), sections[s]));
  for (const SmaltiParam *param = section->table; param->key; param++)
    {
      GtkWidget *row = smalti_spec_row_new (self->draft, sections[s], param, NULL);

      g_ptr_array_add (section->rows, row);
      if ((param->flags & SMALTI_PARAM_ADVANCED) == 0)
        adw_preferences_group_add (section->group, row);
      else
        {
          if (!section->more)
            {
              section->more = ADW_EXPANDER_ROW (adw_expander_row_new ());
              adw_preferences_row_set_title (ADW_PREFERENCES_ROW (section->more), _ ("More Settings"));
            }
          adw_expander_row_add_row (section->more, row);
        }
    }
  if (section->more)
    adw_preferences_group_add (section->group, GTK_WIDGET (section->more));
  show_more (section);
}

static void
remove_rows (Section *section)
{
  for (guint i = 0; i < section->rows->len; i++)
    {
      SmaltiSpecRow *row = section->rows->pdata[i];

      if (smalti_spec_row_get_param (row)->flags & SMALTI_PARAM_ADVANCED)
        adw_expander_row_remove (section->more, GTK_WIDGET (row));
      else
        adw_preferences_group_remove (section->group, GTK_WIDGET (row));
    }
  if (section->more)
    adw_preferences_group_remove (section->group, GTK_WIDGET (section->more));
  section->more = NULL;
  g_ptr_array_set_size (section->rows, 0);
}

/* -- searching -- */

static void
apply_search (SmaltiSpecForm *self)
{
  gboolean any = FALSE;

  for (guint s = 0; s < N_SECTIONS; s++)
    {
      Section *section = &self->section[s];
      gboolean in_group = FALSE, in_more = FALSE;

      for (guint i = 0; i < section->rows->len; i++)
        {
          SmaltiSpecRow *row = section->rows->pdata[i];
          gboolean matches = !self->words || smalti_spec_row_matches (row, self->words);

          gtk_widget_set_visible (GTK_WIDGET (row), matches);
          in_group = in_group || matches;
          in_more = in_more || (matches && (smalti_spec_row_get_param (row)->flags & SMALTI_PARAM_ADVANCED));
        }
      if (s == BACKBONE)
        {
          gboolean matches
              = !self->words || smalti_spec_row_matches (SMALTI_SPEC_ROW (self->backbone_row), self->words);

          gtk_widget_set_visible (self->backbone_row, matches);
          in_group = in_group || matches;
        }
      if (section->more)
        {
          gtk_widget_set_visible (GTK_WIDGET (section->more), in_more);
          if (self->words && in_more)
            adw_expander_row_set_expanded (section->more, TRUE);
        }
      gtk_widget_set_visible (GTK_WIDGET (section->group), in_group);
      any = any || in_group;
    }
  gtk_widget_set_visible (self->nothing_label, !any);
}

static void
on_search_changed (SmaltiSpecForm *self)
{
  g_autofree char *folded = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search_entry)), -1);

  g_strstrip (folded);
  g_clear_pointer (&self->words, g_strfreev);
  if (*folded)
    self->words = g_strsplit (folded, " ", -1);
  apply_search (self);
  /* A search opens what is hidden; its end closes it again. */
  for (guint s = 0; !self->words && s < N_SECTIONS; s++)
    if (self->section[s].more)
      adw_expander_row_set_expanded (self->section[s].more, FALSE);
}

void
smalti_spec_form_begin_search (SmaltiSpecForm *self)
{
  g_return_if_fail (SMALTI_IS_SPEC_FORM (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

static void
on_search_stopped (SmaltiSpecForm *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
}

/* -- the draft -- */

static void
on_changed (SmaltiSpecDraft *draft, const char *key, SmaltiSpecForm *self)
{
  const SmaltiSpec *spec = smalti_spec_draft_get_spec (draft);

  for (guint s = 0; s < N_SECTIONS; s++)
    {
      Section *section = &self->section[s];

      if (section->table != smalti_values_get_table (smalti_spec_get_values (spec, sections[s])))
        {
          remove_rows (section);
          add_rows (self, s);
          apply_search (self);
          continue;
        }
      for (guint i = 0; i < section->rows->len; i++)
        if (!key || strcmp (key, smalti_spec_row_get_key (section->rows->pdata[i])) == 0)
          smalti_spec_row_update (section->rows->pdata[i]);
      show_more (section);
    }
  if (!key)
    smalti_spec_row_update (SMALTI_SPEC_ROW (self->backbone_row));
}

static void
on_problems (SmaltiSpecForm *self)
{
  gboolean readable = smalti_spec_draft_is_readable (self->draft);
  const char *trouble = smalti_spec_draft_get_network_trouble (self->draft);

  for (guint s = 0; s < N_SECTIONS; s++)
    {
      for (guint i = 0; i < self->section[s].rows->len; i++)
        smalti_spec_row_update_problem (self->section[s].rows->pdata[i]);
      show_more (&self->section[s]);
    }
  gtk_widget_set_visible (self->unreadable_label, !readable);
  gtk_widget_set_sensitive (GTK_WIDGET (self->groups), readable);
  gtk_label_set_text (self->network_label, trouble ? trouble : "");
  gtk_widget_set_visible (GTK_WIDGET (self->network_label), trouble != NULL);
}

static void
add_backbone_row (SmaltiSpecForm *self)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new (), labels = g_ptr_array_new ();

  for (const SmaltiBackboneClass *const *class = smalti_backbones (); *class; class ++)
    {
      g_ptr_array_add (ids, (gpointer)(*class)->id);
      g_ptr_array_add (labels, (gpointer)_ ((*class)->title));
    }
  g_ptr_array_add (ids, NULL);
  g_ptr_array_add (labels, NULL);
  self->backbone_param = (SmaltiParam){
    .key = "name",
    .title = N_ ("Backbone"),
    .help = N_ ("The network whose features are learned; any of them serves any method."),
    .type = SMALTI_PARAM_CHOICE,
    .choices = (const char *const *)g_ptr_array_steal (ids, NULL),
  };
  self->backbone_row
      = smalti_spec_row_new (self->draft, "backbone", &self->backbone_param, (const char *const *)labels->pdata);
  adw_preferences_group_add (self->section[BACKBONE].group, self->backbone_row);
}

void
smalti_spec_form_set_draft (SmaltiSpecForm *self, SmaltiSpecDraft *draft)
{
  g_return_if_fail (SMALTI_IS_SPEC_FORM (self));
  g_return_if_fail (!self->draft);

  self->draft = g_object_ref (draft);
  for (guint s = 0; s < N_SECTIONS; s++)
    {
      Section *section = &self->section[s];

      section->group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
      section->rows = g_ptr_array_new ();
      adw_preferences_group_set_title (section->group, _ (titles[s]));
      gtk_box_append (self->groups, GTK_WIDGET (section->group));
      if (s == BACKBONE)
        add_backbone_row (self);
      add_rows (self, s);
    }
  g_signal_connect_object (draft, "changed", G_CALLBACK (on_changed), self, 0);
  g_signal_connect_object (draft, "problems", G_CALLBACK (on_problems), self, G_CONNECT_SWAPPED);
  on_problems (self);
}

static void
smalti_spec_form_dispose (GObject *object)
{
  SmaltiSpecForm *self = SMALTI_SPEC_FORM (object);

  g_clear_pointer (&self->content, gtk_widget_unparent);
  G_OBJECT_CLASS (smalti_spec_form_parent_class)->dispose (object);
}

static void
smalti_spec_form_finalize (GObject *object)
{
  SmaltiSpecForm *self = SMALTI_SPEC_FORM (object);

  for (guint s = 0; s < N_SECTIONS; s++)
    g_clear_pointer (&self->section[s].rows, g_ptr_array_unref);
  g_free ((gpointer)self->backbone_param.choices);
  g_clear_object (&self->draft);
  g_strfreev (self->words);
  G_OBJECT_CLASS (smalti_spec_form_parent_class)->finalize (object);
}

static void
smalti_spec_form_class_init (SmaltiSpecFormClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_spec_form_dispose;
  G_OBJECT_CLASS (klass)->finalize = smalti_spec_form_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/smalti/Smalti/ui/spec-form.ui");
  gtk_widget_class_bind_template_child (widget_class, SmaltiSpecForm, content);
  gtk_widget_class_bind_template_child (widget_class, SmaltiSpecForm, unreadable_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiSpecForm, network_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiSpecForm, search_entry);
  gtk_widget_class_bind_template_child (widget_class, SmaltiSpecForm, nothing_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiSpecForm, groups);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_stopped);
}

static void
smalti_spec_form_init (SmaltiSpecForm *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
