/* SPDX-License-Identifier: Apache-2.0 */
/* A run that was not measured keeps its place among the bars, so that colours mean the same everywhere. */
#include "ui/compare-benchmark.h"

#include <glib/gi18n-lib.h>

#include "ui/benchmark-bars.h"
#include "ui/picture-menu.h"

G_STATIC_ASSERT (SMALTI_COMPARISON_RUNS <= SMALTI_BENCHMARK_BARS_RUNS);

#define BARS_HEIGHT 380

struct _SmaltiCompareBenchmark
{
  SmaltiCompareSection parent_instance;

  GtkWidget *protocol_box, *protocol;
  GtkWidget *warning, *warning_text;
  GtkWidget *card, *bars, *note, *best;
};

G_DEFINE_FINAL_TYPE (SmaltiCompareBenchmark, smalti_compare_benchmark, SMALTI_TYPE_COMPARE_SECTION)

static const struct
{
  const char *id, *title;
} protocols[] = {
  { "linear", N_ ("Linear classifier") },
  { "knn", N_ ("Nearest neighbours") },
};

static const char *
chosen_protocol (SmaltiCompareBenchmark *self)
{
  guint chosen = smalti_compare_choice_get (self->protocol);

  return protocols[chosen < G_N_ELEMENTS (protocols) ? chosen : 0].id;
}

static gboolean
any_has (const SmaltiComparison *comparison, const char *protocol)
{
  for (guint i = 0; i < smalti_comparison_get_n (comparison); i++)
    if (smalti_compared_run_best (smalti_comparison_get (comparison, i), protocol))
      return TRUE;
  return FALSE;
}

static void
fill_bars (SmaltiCompareBenchmark *self, const SmaltiComparison *comparison, const char *protocol)
{
  SmaltiBenchmarkBars *bars = SMALTI_BENCHMARK_BARS (self->bars);

  smalti_benchmark_bars_clear (bars);
  for (guint i = 0; i < smalti_comparison_get_n (comparison); i++)
    {
      const SmaltiComparedRun *run = smalti_comparison_get (comparison, i);
      g_autofree SmaltiBar *bar = g_new (SmaltiBar, run->benchmarks->len);
      guint n = 0;

      for (guint k = 0; k < run->benchmarks->len; k++)
        {
          const SmaltiBenchmark *one = run->benchmarks->pdata[k];

          if (g_str_equal (one->protocol, protocol))
            bar[n++] = (SmaltiBar){ one->layer, one->top1 };
        }
      smalti_benchmark_bars_add_run (bars, run->title, bar, n);
    }
  gtk_widget_set_visible (self->card, any_has (comparison, protocol));
}

/* "“a” on 300 images of 3 classes" */
static char *
describe_images (const SmaltiComparedRun *run)
{
  const SmaltiBenchmark *best = smalti_compared_run_best (run, NULL);
  g_autofree char *images = g_strdup_printf (ngettext ("%u image", "%u images", best->n_test), best->n_test);
  g_autofree char *classes = g_strdup_printf (ngettext ("%u class", "%u classes", best->n_classes), best->n_classes);

  /* Translators: a run's name, "300 images", "3 classes" */
  return g_strdup_printf (_ ("“%s” on %s of %s"), run->title, images, classes);
}

/* Names the first of each kind of images. */
static void
warn (SmaltiCompareBenchmark *self, const SmaltiComparison *comparison)
{
  g_autoptr (GPtrArray) kinds = g_ptr_array_new ();
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < smalti_comparison_get_n (comparison); i++)
    {
      const SmaltiComparedRun *run = smalti_comparison_get (comparison, i);
      gboolean known = run->benchmarks->len == 0;

      for (guint k = 0; !known && k < kinds->len; k++)
        known = smalti_compared_run_is_alike (kinds->pdata[k], run);
      if (!known)
        g_ptr_array_add (kinds, (gpointer)run);
    }
  gtk_widget_set_visible (self->warning, kinds->len > 1);
  if (kinds->len < 2)
    return;
  for (guint k = 0; k < kinds->len; k++)
    {
      g_autofree char *images = describe_images (kinds->pdata[k]);

      g_string_append_printf (text, "%s%s", k > 0 ? "; " : "", images);
    }
  g_string_prepend (text, _ ("Not all were measured on the same images, so their numbers can’t be compared: "));
  g_string_append_c (text, '.');
  gtk_label_set_text (GTK_LABEL (self->warning_text), text->str);
}

/* -- the best of each -- */

static char *
describe_best (const SmaltiBenchmark *best)
{
  g_autofree char *layer = smalti_describe_benchmark (best);
  g_autofree char *images = g_strdup_printf (ngettext ("%u test image", "%u test images", best->n_test), best->n_test);
  g_autofree char *classes = g_strdup_printf (ngettext ("%u class", "%u classes", best->n_classes), best->n_classes);

  /* Translators: the best layer, "300 test images", "3 classes" */
  return g_strdup_printf (_ ("%s · %s of %s"), layer, images, classes);
}

static GtkWidget *
row_new (SmaltiCompareBenchmark *self, const SmaltiComparison *comparison, guint i)
{
  const SmaltiComparedRun *run = smalti_comparison_get (comparison, i);
  const SmaltiBenchmark *best = smalti_compared_run_best (run, NULL);
  GtkWidget *row = adw_action_row_new (), *measure;
  g_autofree char *title = g_markup_escape_text (run->title, -1), *details = NULL, *escaped = NULL, *value = NULL;
  GtkWidget *label;

  adw_action_row_add_prefix (ADW_ACTION_ROW (row), smalti_compare_swatch_new (i));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  gtk_widget_set_tooltip_text (row, run->title);
  if (!best)
    {
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), run->info->state == SMALTI_RUN_DONE
                                                             ? _ ("Not measured yet")
                                                             : _ ("Not finished, and not measured yet"));
      measure = smalti_compare_measure_button_new (GTK_WIDGET (self), run);
      if (measure)
        adw_action_row_add_suffix (ADW_ACTION_ROW (row), measure);
      return row;
    }
  details = describe_best (best);
  escaped = g_markup_escape_text (details, -1);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), escaped);
  /* Translators: a share with the ends of its 95% interval */
  value = g_strdup_printf (_ ("%.1f%% (%.1f–%.1f%%)"), 100 * best->top1.value, 100 * best->top1.low,
                           100 * best->top1.high);
  label = gtk_label_new (value);
  gtk_widget_add_css_class (label, "numeric");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  return row;
}

static void
fill_best (SmaltiCompareBenchmark *self, const SmaltiComparison *comparison)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->best)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->best), child);
  for (guint i = 0; i < smalti_comparison_get_n (comparison); i++)
    {
      GtkWidget *row = row_new (self, comparison, i);

      gtk_list_box_append (GTK_LIST_BOX (self->best), row);
    }
}

static void
smalti_compare_benchmark_update (SmaltiCompareSection *section)
{
  SmaltiCompareBenchmark *self = SMALTI_COMPARE_BENCHMARK (section);
  SmaltiComparison *comparison = smalti_compare_section_get (section);
  gboolean linear = any_has (comparison, "linear"), knn = any_has (comparison, "knn");

  gtk_widget_set_visible (self->protocol_box, linear && knn);
  if (linear != knn)
    gtk_drop_down_set_selected (GTK_DROP_DOWN (self->protocol), knn ? 1 : 0);
  fill_bars (self, comparison, chosen_protocol (self));
  warn (self, comparison);
  fill_best (self, comparison);
  smalti_compare_note_set (self->note, linear || knn
                                           ? NULL
                                           : _ ("None of these runs is measured yet. Measuring trains a classifier "
                                                "on the frozen features of each layer."));
}

static void
on_protocol (SmaltiCompareBenchmark *self)
{
  SmaltiComparison *comparison = smalti_compare_section_get (SMALTI_COMPARE_SECTION (self));

  if (comparison)
    fill_bars (self, comparison, chosen_protocol (self));
}

static char *
write_table (gpointer user_data)
{
  SmaltiComparison *comparison = smalti_compare_section_get (user_data);
  const char *protocol = chosen_protocol (user_data);
  GString *text = g_string_new ("run,layer,top1,top1_low,top1_high,top5,n_test,n_classes\r\n");
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  for (guint i = 0; i < smalti_comparison_get_n (comparison); i++)
    {
      const SmaltiComparedRun *run = smalti_comparison_get (comparison, i);

      for (guint k = 0; k < run->benchmarks->len; k++)
        {
          const SmaltiBenchmark *one = run->benchmarks->pdata[k];
          const gdouble numbers[] = { one->top1.value, one->top1.low, one->top1.high, one->top5.value };

          if (!g_str_equal (one->protocol, protocol))
            continue;
          smalti_csv_append (text, run->title);
          g_string_append_c (text, ',');
          smalti_csv_append (text, one->layer);
          for (guint v = 0; v < G_N_ELEMENTS (numbers); v++)
            g_string_append_printf (text, ",%s", g_ascii_dtostr (number, sizeof number, numbers[v]));
          g_string_append_printf (text, ",%u,%u\r\n", one->n_test, one->n_classes);
        }
    }
  return g_string_free (text, FALSE);
}

static void
smalti_compare_benchmark_class_init (SmaltiCompareBenchmarkClass *klass)
{
  SMALTI_COMPARE_SECTION_CLASS (klass)->update = smalti_compare_benchmark_update;
}

static GtkWidget *
heading_new (const char *text)
{
  GtkWidget *heading = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_label_set_wrap (GTK_LABEL (heading), TRUE);
  gtk_widget_set_hexpand (heading, TRUE);
  gtk_widget_add_css_class (heading, "heading");
  return heading;
}

static void
smalti_compare_benchmark_init (SmaltiCompareBenchmark *self)
{
  SmaltiCompareSection *section = SMALTI_COMPARE_SECTION (self);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *icon;
  g_autoptr (GPtrArray) titles = g_ptr_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (protocols); i++)
    g_ptr_array_add (titles, (gpointer)_ (protocols[i].title));
  self->protocol_box = smalti_compare_choice_new (_ ("Measured _by"), &self->protocol);
  smalti_compare_choice_fill (self->protocol, titles, 0);
  g_signal_connect_object (self->protocol, "notify::selected", G_CALLBACK (on_protocol), self, G_CONNECT_SWAPPED);
  smalti_compare_section_append (section, self->protocol_box);

  self->warning = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  gtk_widget_add_css_class (icon, "warning");
  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  self->warning_text = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->warning_text), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->warning_text), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (self->warning_text), 0);
  gtk_box_append (GTK_BOX (self->warning), icon);
  gtk_box_append (GTK_BOX (self->warning), self->warning_text);
  gtk_widget_add_css_class (self->warning, "card");
  gtk_widget_add_css_class (self->warning, "padded");
  gtk_widget_set_visible (self->warning, FALSE);
  smalti_compare_section_append (section, self->warning);

  self->note = smalti_compare_note_new ();
  smalti_compare_section_append (section, self->note);

  self->card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  self->bars = smalti_benchmark_bars_new ();
  gtk_widget_set_size_request (self->bars, -1, BARS_HEIGHT);
  gtk_box_append (GTK_BOX (head), heading_new (_ ("Top-1 accuracy of each layer, with 95% intervals")));
  gtk_box_append (GTK_BOX (head),
                  smalti_picture_menu_new (self->bars, _ ("Benchmark of each layer"), write_table, self));
  gtk_box_append (GTK_BOX (self->card), head);
  gtk_box_append (GTK_BOX (self->card), self->bars);
  gtk_widget_add_css_class (self->card, "card");
  gtk_widget_add_css_class (self->card, "padded");
  smalti_compare_section_append (section, self->card);

  smalti_compare_section_append (section, heading_new (_ ("Best Layer of Each Run")));
  self->best = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->best), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->best, "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->best), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Best Layer of Each Run"), -1);
  smalti_compare_section_append (section, self->best);
}
