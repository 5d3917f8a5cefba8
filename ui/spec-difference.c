/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of different methods (or backbones) can't be compared one by one: there, those that are not at their default
 * count as different, since all of the others would only repeat the methods' names. */
#include "ui/spec-difference.h"

#include <glib/gi18n-lib.h>

struct _SmaltiSpecDifference
{
  SmaltiCompareSection parent_instance;

  GtkWidget *all, *count, *note, *scroller;
};

G_DEFINE_FINAL_TYPE (SmaltiSpecDifference, smalti_spec_difference, SMALTI_TYPE_COMPARE_SECTION)

static const struct
{
  const char *name, *title;
} sections[] = {
  { "", N_ ("Run") },           { "data", N_ ("Data") },
  { "method", N_ ("Method") },  { "backbone", N_ ("Backbone") },
  { "train", N_ ("Training") }, { "eval", N_ ("Evaluation") },
};

/* (nullable): where the run has no such setting. What does not train has none of training. */
static char *
setting (const SmaltiComparedRun *run, const char *section, const char *key)
{
  const SmaltiPretextClass *method = run->spec ? smalti_spec_get_method (run->spec) : NULL;
  const SmaltiValues *values = run->spec ? smalti_spec_get_values (run->spec, section) : NULL;

  if (!method || (g_str_equal (section, "train") && !method->trains))
    return NULL;
  if (!key)
    return g_strdup (g_str_equal (section, "method") ? _ (method->title) : smalti_spec_get_backbone (run->spec)->id);
  return smalti_param_find (smalti_values_get_table (values), key) ? smalti_values_get_text (values, key) : NULL;
}

static gconstpointer
class_of (const SmaltiComparedRun *run, const char *section)
{
  if (!run->spec)
    return NULL;
  return g_str_equal (section, "method")     ? (gconstpointer)smalti_spec_get_method (run->spec)
         : g_str_equal (section, "backbone") ? (gconstpointer)smalti_spec_get_backbone (run->spec)
                                             : NULL;
}

static gboolean
is_different (const SmaltiComparison *comparison, const char *section, const char *key)
{
  gboolean mixed = FALSE, changed = FALSE;

  for (guint i = 0; i < smalti_comparison_get_n (comparison); i++)
    {
      const SmaltiComparedRun *run = smalti_comparison_get (comparison, i);
      g_autofree char *value = setting (run, section, key);

      for (guint k = 0; k < i; k++)
        {
          const SmaltiComparedRun *other_run = smalti_comparison_get (comparison, k);
          g_autofree char *other = setting (other_run, section, key);
          gboolean same_class = class_of (run, section) == class_of (other_run, section);

          mixed |= !same_class;
          if ((same_class || !key) && value && other && !g_str_equal (value, other))
            return TRUE;
        }
      changed |= value && key && !smalti_values_is_default (smalti_spec_get_values (run->spec, section), key);
    }
  return mixed && changed;
}

/* -- the table -- */

static GtkWidget *
cell_new (const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_width_chars (GTK_LABEL (label), 12);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 28);
  gtk_widget_set_tooltip_text (label, text);
  if (style)
    gtk_widget_add_css_class (label, style);
  return label;
}

static void
add_heads (GtkGrid *grid, const SmaltiComparison *comparison)
{
  for (guint i = 0; i < smalti_comparison_get_n (comparison); i++)
    {
      GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

      gtk_box_append (GTK_BOX (head), smalti_compare_swatch_new (i));
      gtk_box_append (GTK_BOX (head), cell_new (smalti_comparison_get (comparison, i)->title, "heading"));
      gtk_grid_attach (grid, head, i + 1, 0, 1, 1);
    }
}

static void
add_row (GtkGrid *grid, gint row, const SmaltiComparison *comparison, const char *section, const SmaltiParam *param,
         const char *title, gboolean different)
{
  GtkWidget *name = cell_new (title, NULL);
  g_autofree char *key = g_strdup_printf ("%s%s%s", section, *section ? "." : "", param ? param->key : "name");
  g_autofree char *tip = param && *param->help ? g_strdup_printf ("%s\n%s", key, _ (param->help)) : g_strdup (key);

  gtk_widget_set_tooltip_text (name, tip);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_grid_attach (grid, name, 0, row, 1, 1);
  for (guint i = 0; i < smalti_comparison_get_n (comparison); i++)
    {
      const SmaltiComparedRun *run = smalti_comparison_get (comparison, i);
      g_autofree char *value = setting (run, section, param ? param->key : NULL);
      /* Translators: for screen readers: a setting, a run's name */
      g_autofree char *where = g_strdup_printf (_ ("%s of “%s”"), title, run->title);
      /* Translators: a setting that was left empty */
      GtkWidget *cell = cell_new (!value ? "–" : *value ? value : _ ("empty"), NULL);

      gtk_accessible_update_property (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, where, -1);
      if (!different || !value || !*value)
        gtk_widget_add_css_class (cell, "dim-label");
      gtk_label_set_selectable (GTK_LABEL (cell), value && *value);
      gtk_grid_attach (grid, cell, i + 1, row, 1, 1);
    }
}

typedef struct
{
  GtkGrid *grid;
  const SmaltiComparison *comparison;
  gboolean all;
  gint row;
  guint n_different, n_same;
} Filling;

static void
add_setting (Filling *filling, guint section, const SmaltiParam *param, const char *title, gboolean *headed)
{
  const char *name = sections[section].name;
  gboolean different = is_different (filling->comparison, name, param ? param->key : NULL);

  if (different)
    filling->n_different++;
  else
    filling->n_same++;
  if (!different && !filling->all)
    return;
  if (!*headed)
    {
      GtkWidget *heading = cell_new (_ (sections[section].title), "caption-heading");

      gtk_widget_set_margin_top (heading, 12);
      gtk_grid_attach (filling->grid, heading, 0, filling->row++, 1, 1);
      *headed = TRUE;
    }
  add_row (filling->grid, filling->row++, filling->comparison, name, param, title, different);
}

static void
add_section (Filling *filling, guint section)
{
  const char *name = sections[section].name;
  g_autoptr (GHashTable) told = g_hash_table_new (g_str_hash, g_str_equal);
  gboolean headed = FALSE;

  if (g_str_equal (name, "method") || g_str_equal (name, "backbone"))
    add_setting (filling, section, NULL, _ (sections[section].title), &headed);
  for (guint i = 0; i < smalti_comparison_get_n (filling->comparison); i++)
    {
      const SmaltiComparedRun *run = smalti_comparison_get (filling->comparison, i);
      const SmaltiParam *param = run->spec ? smalti_values_get_table (smalti_spec_get_values (run->spec, name)) : NULL;

      for (; param && param->key; param++)
        if (!(section == 0 && g_str_equal (param->key, "name")) /* heads every column */
            && g_hash_table_add (told, (gpointer)param->key))
          add_setting (filling, section, param, _ (param->title), &headed);
    }
}

static void
tell_count (SmaltiSpecDifference *self, const Filling *filling)
{
  g_autofree char *different = g_strdup_printf (
      ngettext ("%u setting differs", "%u settings differ", filling->n_different), filling->n_different);
  g_autofree char *same
      = g_strdup_printf (ngettext ("%u is the same", "%u are the same", filling->n_same), filling->n_same);
  /* Translators: how many settings differ, how many are the same */
  g_autofree char *text = g_strdup_printf (_ ("%s, %s"), different, same);

  gtk_label_set_text (GTK_LABEL (self->count), text);
}

static void
smalti_spec_difference_update (SmaltiCompareSection *section)
{
  SmaltiSpecDifference *self = SMALTI_SPEC_DIFFERENCE (section);
  SmaltiComparison *comparison = smalti_compare_section_get (section);
  GtkWidget *grid = gtk_grid_new ();
  Filling filling
      = { GTK_GRID (grid), comparison, gtk_check_button_get_active (GTK_CHECK_BUTTON (self->all)), 1, 0, 0 };
  g_autoptr (GString) unread = g_string_new (NULL);

  gtk_grid_set_column_spacing (filling.grid, 18);
  gtk_grid_set_row_spacing (filling.grid, 6);
  gtk_widget_add_css_class (grid, "padded");
  gtk_accessible_update_property (GTK_ACCESSIBLE (grid), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Settings"), -1);
  add_heads (filling.grid, comparison);
  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    add_section (&filling, i);
  for (guint i = 0; i < smalti_comparison_get_n (comparison); i++)
    if (!smalti_comparison_get (comparison, i)->spec)
      g_string_append_printf (unread, _ ("The spec of “%s” can’t be read by this version.\n"),
                              smalti_comparison_get (comparison, i)->title);
  if (filling.n_different == 0 && smalti_comparison_get_n (comparison) > 1)
    g_string_append (unread, _ ("Their settings are the same."));
  smalti_compare_note_set (self->note, unread->len > 0 ? g_strchomp (unread->str) : NULL);
  tell_count (self, &filling);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), grid);
  gtk_widget_set_visible (self->scroller, filling.row > 1);
}

static void
on_all (SmaltiSpecDifference *self)
{
  if (smalti_compare_section_get (SMALTI_COMPARE_SECTION (self)))
    smalti_spec_difference_update (SMALTI_COMPARE_SECTION (self));
}

static void
smalti_spec_difference_class_init (SmaltiSpecDifferenceClass *klass)
{
  SMALTI_COMPARE_SECTION_CLASS (klass)->update = smalti_spec_difference_update;
}

static void
smalti_spec_difference_init (SmaltiSpecDifference *self)
{
  SmaltiCompareSection *section = SMALTI_COMPARE_SECTION (self);
  GtkWidget *bar = smalti_compare_bar_new ();

  self->count = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->count), 0);
  gtk_label_set_wrap (GTK_LABEL (self->count), TRUE);
  gtk_widget_set_hexpand (self->count, TRUE);
  self->all
      = smalti_compare_named (gtk_check_button_new_with_mnemonic (_ ("Show _all settings")), _ ("Show _all settings"));
  g_signal_connect_object (self->all, "toggled", G_CALLBACK (on_all), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (bar), self->count);
  gtk_box_append (GTK_BOX (bar), self->all);
  smalti_compare_section_append (section, bar);
  self->note = smalti_compare_note_new ();
  smalti_compare_section_append (section, self->note);
  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
  gtk_widget_add_css_class (self->scroller, "card");
  smalti_compare_section_append (section, self->scroller);
}
