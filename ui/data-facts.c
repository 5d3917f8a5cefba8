/* SPDX-License-Identifier: Apache-2.0 */
/* Rows are made once and filled anew, so that a screen reader and the eye keep their place while numbers come in. */
#include "ui/data-facts.h"

#include <inttypes.h>
#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "ui/size-histogram.h"

struct _SmaltiDataFacts
{
  GtkWidget parent_instance;

  GtkLabel *title_label, *path_label;
  AdwPreferencesGroup *group;
  GtkLabel *images, *layout, *classes, *split, *sizes, *grey, *color, *unreadable;
  GtkWidget *swatch;
  GtkWidget *histogram_card;
  SmaltiSizeHistogram *histogram;
  GtkWidget *progress_card;
  GtkLabel *progress_label;
  GtkProgressBar *progress_bar;
  GtkWidget *measure_button;

  SmaltiDataFolder *folder;
  const SmaltiDatasetStats *drawn; /* whose histogram is shown; only compared */
  GdkRGBA mean;
};

G_DEFINE_FINAL_TYPE (SmaltiDataFacts, smalti_data_facts, GTK_TYPE_WIDGET)

static const char *
layout_in_words (SmaltiLayout layout)
{
  switch (layout)
    {
    case SMALTI_LAYOUT_FOLDER:
      return _ ("A folder, no labels");
    case SMALTI_LAYOUT_CLASS_FOLDERS:
      return _ ("A folder for each class");
    case SMALTI_LAYOUT_TINY_IMAGENET:
      return "Tiny ImageNet";
    case SMALTI_LAYOUT_PLACES365:
      return "Places365";
    case SMALTI_LAYOUT_CIFAR10:
      return "CIFAR-10";
    case SMALTI_LAYOUT_CIFAR100:
      return "CIFAR-100";
    case SMALTI_LAYOUT_STL10:
      return "STL-10";
    default:
      return smalti_layout_id (layout);
    }
}

static void
set_fact (GtkLabel *label, const char *text)
{
  GtkWidget *row = gtk_widget_get_ancestor (GTK_WIDGET (label), ADW_TYPE_ACTION_ROW);

  gtk_widget_set_visible (row, text != NULL);
  if (g_strcmp0 (gtk_label_get_text (label), text) == 0)
    return;
  gtk_label_set_text (label, text ? text : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (label), text);
}

static void
set_count (GtkLabel *label, guint64 n)
{
  g_autofree char *text = g_strdup_printf ("%'" G_GUINT64_FORMAT, n);

  set_fact (label, text);
}

static void
show_scan (SmaltiDataFacts *self, SmaltiDataset *dataset)
{
  guint n_train, n_val, n_classes = smalti_dataset_get_n_classes (dataset);
  guint64 n_unreadable = smalti_dataset_get_n_unreadable (dataset);
  g_autofree char *split = NULL;

  smalti_dataset_get_split (dataset, SMALTI_SPLIT_TRAIN, &n_train);
  smalti_dataset_get_split (dataset, SMALTI_SPLIT_VAL, &n_val);
  /* Translators: images to train on, and those held out for validation */
  split = g_strdup_printf (_ ("%'u + %'u held out"), n_train, n_val);
  set_count (self->images, smalti_dataset_get_n_items (dataset));
  set_fact (self->layout, layout_in_words (smalti_dataset_get_layout (dataset)));
  if (n_classes > 0)
    set_count (self->classes, n_classes);
  else
    set_fact (self->classes, NULL);
  set_fact (self->split, split);
  if (n_unreadable > 0)
    set_count (self->unreadable, n_unreadable);
  else
    set_fact (self->unreadable, self->drawn ? _ ("None") : NULL);
}

static char *
sizes_in_words (const SmaltiDatasetStats *stats)
{
  if (stats->min_width == stats->max_width && stats->min_height == stats->max_height)
    return g_strdup_printf (_ ("%d × %d px"), stats->min_width, stats->min_height);
  return g_strdup_printf (_ ("%d × %d to %d × %d px"), stats->min_width, stats->min_height, stats->max_width,
                          stats->max_height);
}

static void
show_stats (SmaltiDataFacts *self, const SmaltiDatasetStats *stats)
{
  if (!stats)
    {
      self->drawn = NULL;
      set_fact (self->sizes, NULL);
      set_fact (self->grey, NULL);
      set_fact (self->color, NULL);
      gtk_widget_set_visible (self->histogram_card, FALSE);
      return;
    }
  if (stats == self->drawn)
    return;

  g_autofree char *sizes = sizes_in_words (stats);
  g_autofree char *grey = g_strdup_printf (_ ("%'" PRIu64 " (%.1f%%)"), stats->n_grey,
                                           100.0 * stats->n_grey / MAX (stats->n_readable, 1));
  g_autofree char *color = g_strdup_printf ("#%02x%02x%02x", (guint)(stats->mean[0] * 255 + 0.5),
                                            (guint)(stats->mean[1] * 255 + 0.5), (guint)(stats->mean[2] * 255 + 0.5));

  self->drawn = stats;
  self->mean = (GdkRGBA){ stats->mean[0], stats->mean[1], stats->mean[2], 1 };
  set_fact (self->sizes, sizes);
  set_fact (self->grey, grey);
  set_fact (self->color, color);
  gtk_widget_queue_draw (self->swatch);
  smalti_size_histogram_set_stats (self->histogram, stats);
  gtk_widget_set_visible (self->histogram_card, TRUE);
}

static void
show_progress (SmaltiDataFacts *self, SmaltiDataFolder *folder)
{
  gboolean measuring = smalti_data_folder_is_measuring (folder);
  SmaltiDataset *dataset = smalti_data_folder_get_dataset (folder);
  guint64 n = smalti_dataset_get_n_items (dataset), done = smalti_data_folder_get_n_measured (folder);

  gtk_widget_set_visible (self->progress_card, measuring);
  gtk_widget_set_visible (self->measure_button, !measuring && !smalti_data_folder_get_stats (folder)
                                                    && smalti_dataset_get_n_unreadable (dataset) < n);
  if (!measuring)
    return;

  /* Translators: images measured, of so many */
  g_autofree char *text = g_strdup_printf (_ ("Measuring: %'" PRIu64 " of %'" PRIu64), done, n);

  gtk_label_set_text (self->progress_label, text);
  gtk_progress_bar_set_fraction (self->progress_bar, n > 0 ? (gdouble)done / n : 0);
}

void
smalti_data_facts_show (SmaltiDataFacts *self, SmaltiDataFolder *folder)
{
  g_return_if_fail (SMALTI_IS_DATA_FACTS (self));

  SmaltiDataset *dataset = folder ? smalti_data_folder_get_dataset (folder) : NULL;

  g_set_object (&self->folder, folder);
  gtk_widget_set_visible (GTK_WIDGET (self), dataset != NULL);
  if (!dataset)
    return;

  g_autofree char *display = g_filename_display_name (smalti_data_folder_get_path (folder));
  const char *path
      = smalti_data_folder_is_sample (folder) ? _ ("Twelve kinds of scenes, drawn by the program") : display;

  gtk_label_set_text (self->title_label, smalti_data_folder_get_title (folder));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title_label), smalti_data_folder_get_title (folder));
  gtk_label_set_text (self->path_label, path);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->path_label), path);
  show_stats (self, smalti_data_folder_get_stats (folder));
  show_scan (self, dataset);
  show_progress (self, folder);
}

static void
on_measure (SmaltiDataFacts *self)
{
  smalti_data_folder_measure (self->folder);
}

static void
on_stop (SmaltiDataFacts *self)
{
  smalti_data_folder_stop_measuring (self->folder);
}

static void
draw_swatch (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer user_data)
{
  SmaltiDataFacts *self = user_data;

  gdk_cairo_set_source_rgba (cr, &self->mean);
  cairo_arc (cr, width / 2.0, height / 2.0, MIN (width, height) / 2.0, 0, 2 * G_PI);
  cairo_fill (cr);
}

static GtkLabel *
add_fact (SmaltiDataFacts *self, const char *title, const char *tooltip, GtkWidget *before)
{
  GtkWidget *row = adw_action_row_new (), *label = gtk_label_new (NULL);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_tooltip_text (row, tooltip);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_focusable (label, FALSE);
  gtk_widget_add_css_class (label, "numeric");
  gtk_widget_add_css_class (label, "dim-label");
  if (before)
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), before);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  adw_preferences_group_add (self->group, row);
  return GTK_LABEL (label);
}

static void
smalti_data_facts_dispose (GObject *object)
{
  SmaltiDataFacts *self = SMALTI_DATA_FACTS (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  g_clear_object (&self->folder);
  G_OBJECT_CLASS (smalti_data_facts_parent_class)->dispose (object);
}

static void
smalti_data_facts_class_init (SmaltiDataFactsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_data_facts_dispose;
  g_type_ensure (SMALTI_TYPE_SIZE_HISTOGRAM);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/smalti/Smalti/ui/data-facts.ui");
  gtk_widget_class_bind_template_child (widget_class, SmaltiDataFacts, title_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiDataFacts, path_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiDataFacts, group);
  gtk_widget_class_bind_template_child (widget_class, SmaltiDataFacts, histogram_card);
  gtk_widget_class_bind_template_child (widget_class, SmaltiDataFacts, histogram);
  gtk_widget_class_bind_template_child (widget_class, SmaltiDataFacts, progress_card);
  gtk_widget_class_bind_template_child (widget_class, SmaltiDataFacts, progress_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiDataFacts, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, SmaltiDataFacts, measure_button);
  gtk_widget_class_bind_template_callback (widget_class, on_measure);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
}

static void
smalti_data_facts_init (SmaltiDataFacts *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 12);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_add_css_class (GTK_WIDGET (self->group), "facts");
  self->swatch = g_object_new (GTK_TYPE_DRAWING_AREA, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                               "content-width", 18, "content-height", 18, "valign", GTK_ALIGN_CENTER, NULL);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->swatch), draw_swatch, self, NULL);
  self->images = add_fact (self, _ ("Images"), NULL, NULL);
  self->layout = add_fact (self, _ ("Layout"), _ ("How the folder is organised"), NULL);
  self->classes = add_fact (self, _ ("Classes"), NULL, NULL);
  self->split = add_fact (self, _ ("Split"), _ ("Images to train on, and those held out to validate with"), NULL);
  self->sizes = add_fact (self, _ ("Size"), _ ("Least and greatest width and height"), NULL);
  self->grey = add_fact (self, _ ("Grey"), _ ("Images without any colour"), NULL);
  self->color = add_fact (self, _ ("Mean colour"), NULL, self->swatch);
  self->unreadable = add_fact (self, _ ("Unreadable"), NULL, NULL);
}
