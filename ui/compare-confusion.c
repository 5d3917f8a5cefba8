/* SPDX-License-Identifier: Apache-2.0 */
/* The counts are in the store; classes' names and the images are in the archive, which is read when the layer is
 * chosen. */
#include "ui/compare-confusion.h"

#include <glib/gi18n-lib.h>

#include "ui/compare-images.h"
#include "ui/compare-model.h"
#include "ui/confusion-view.h"
#include "ui/picture-menu.h"

#define VIEW_HEIGHT 440

struct _SmaltiCompareConfusion
{
  SmaltiCompareSection parent_instance;

  SmaltiCompareModel *model;
  GtkWidget *card, *view, *cell, *images;
  SmaltiEvaluationArchive *archive;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (SmaltiCompareConfusion, smalti_compare_confusion, SMALTI_TYPE_COMPARE_SECTION)

static char *
class_name (SmaltiCompareConfusion *self, guint klass)
{
  if (self->archive && klass < smalti_evaluation_archive_get_n_classes (self->archive))
    return g_utf8_make_valid (smalti_evaluation_archive_get_class_name (self->archive, klass), -1);
  /* Translators: a class whose name is not known, by its number */
  return g_strdup_printf (_ ("Class %u"), klass + 1);
}

static void
show_matrix (SmaltiCompareConfusion *self)
{
  const SmaltiBenchmark *benchmark = smalti_compare_model_get_benchmark (self->model);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; benchmark && i < benchmark->n_classes; i++)
    g_ptr_array_add (names, class_name (self, i));
  g_ptr_array_add (names, NULL);
  smalti_confusion_view_set (SMALTI_CONFUSION_VIEW (self->view), benchmark ? benchmark->confusion : NULL,
                             benchmark ? benchmark->n_classes : 0, (const char *const *)names->pdata);
  gtk_widget_set_visible (self->card, benchmark != NULL);
  gtk_widget_set_visible (self->cell, FALSE);
  gtk_widget_set_visible (self->images, FALSE);
}

static void
on_archive (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiCompareConfusion) self = user_data;
  g_autoptr (GError) error = NULL;
  SmaltiEvaluationArchive *archive = smalti_archive_read_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->archive = archive;
  show_matrix (self);
  if (!archive)
    smalti_compare_model_tell (self->model, error->message);
}

static void
on_model (SmaltiCompareConfusion *self)
{
  const SmaltiComparedRun *run = smalti_compare_model_get_run (self->model);
  const SmaltiBenchmark *benchmark = smalti_compare_model_get_benchmark (self->model);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_clear_pointer (&self->archive, smalti_evaluation_archive_unref);
  smalti_compare_images_set (SMALTI_COMPARE_IMAGES (self->images), NULL, NULL);
  if (!benchmark || !smalti_compared_run_has_archive (run, benchmark))
    show_matrix (self);
  else
    smalti_archive_read_async (run->folder, benchmark->protocol, benchmark->layer, self->cancellable, on_archive,
                               g_object_ref (self));
}

static void
on_cell (SmaltiCompareConfusion *self, guint truth, guint answer)
{
  g_autofree char *is = class_name (self, truth), *taken = class_name (self, answer);
  g_autofree char *count = NULL, *text = NULL;
  g_autoptr (GArray) images = NULL;

  gtk_widget_set_visible (self->cell, TRUE);
  gtk_widget_set_visible (self->images, FALSE);
  if (!self->archive)
    {
      gtk_label_set_text (GTK_LABEL (self->cell),
                          _ ("Which images these are was not kept when the run was measured. Measure it again to see "
                             "them."));
      return;
    }
  images = smalti_evaluation_archive_find (self->archive, truth, answer);
  count = g_strdup_printf (ngettext ("%u image", "%u images", images->len), images->len);
  /* Translators: a class, "12 images" */
  text = truth == answer ? g_strdup_printf (_ ("%s, recognized: %s"), is, count)
                         /* Translators: a class, the class it was mistaken for, "12 images" */
                         : g_strdup_printf (_ ("%s, taken for %s: %s"), is, taken, count);
  gtk_label_set_text (GTK_LABEL (self->cell), text);
  smalti_compare_images_set (SMALTI_COMPARE_IMAGES (self->images), self->archive, images);
  gtk_widget_set_visible (self->images, images->len > 0);
}

static void
on_image (SmaltiCompareConfusion *self, guint image)
{
  smalti_archive_present_image (GTK_WIDGET (self), self->archive, image);
}

static char *
write_table (gpointer user_data)
{
  SmaltiCompareConfusion *self = user_data;
  const SmaltiBenchmark *benchmark = smalti_compare_model_get_benchmark (self->model);
  GString *text = g_string_new ("truth,answer,images\r\n");

  for (guint truth = 0; benchmark && truth < benchmark->n_classes; truth++)
    for (guint answer = 0; answer < benchmark->n_classes; answer++)
      {
        g_autofree char *is = class_name (self, truth), *taken = class_name (self, answer);

        smalti_csv_append (text, is);
        g_string_append_c (text, ',');
        smalti_csv_append (text, taken);
        g_string_append_printf (text, ",%u\r\n", benchmark->confusion[(gsize)truth * benchmark->n_classes + answer]);
      }
  return g_string_free (text, FALSE);
}

static void
smalti_compare_confusion_update (SmaltiCompareSection *section)
{
  smalti_compare_model_fill (SMALTI_COMPARE_CONFUSION (section)->model, smalti_compare_section_get (section));
}

static void
smalti_compare_confusion_dispose (GObject *object)
{
  SmaltiCompareConfusion *self = SMALTI_COMPARE_CONFUSION (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->archive, smalti_evaluation_archive_unref);
  G_OBJECT_CLASS (smalti_compare_confusion_parent_class)->dispose (object);
}

static void
smalti_compare_confusion_class_init (SmaltiCompareConfusionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = smalti_compare_confusion_dispose;
  SMALTI_COMPARE_SECTION_CLASS (klass)->update = smalti_compare_confusion_update;
}

static void
smalti_compare_confusion_init (SmaltiCompareConfusion *self)
{
  SmaltiCompareSection *section = SMALTI_COMPARE_SECTION (self);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *hint = gtk_label_new (
      _ ("Rows are what the images are, columns what they were taken for. Choose a cell to see its images."));

  self->model = SMALTI_COMPARE_MODEL (smalti_compare_model_new ());
  g_signal_connect_object (self->model, "changed", G_CALLBACK (on_model), self, G_CONNECT_SWAPPED);
  smalti_compare_section_append (section, GTK_WIDGET (self->model));

  self->card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  self->view = smalti_confusion_view_new ();
  gtk_widget_set_size_request (self->view, -1, VIEW_HEIGHT);
  g_signal_connect_object (self->view, "cell-activated", G_CALLBACK (on_cell), self, G_CONNECT_SWAPPED);
  gtk_label_set_xalign (GTK_LABEL (hint), 0);
  gtk_label_set_wrap (GTK_LABEL (hint), TRUE);
  gtk_widget_add_css_class (hint, "dim-label");
  gtk_widget_set_hexpand (hint, TRUE);
  gtk_box_append (GTK_BOX (head), hint);
  gtk_box_append (GTK_BOX (head), smalti_picture_menu_new (self->view, _ ("Confusion"), write_table, self));
  gtk_box_append (GTK_BOX (self->card), head);
  gtk_box_append (GTK_BOX (self->card), self->view);
  gtk_widget_add_css_class (self->card, "card");
  gtk_widget_add_css_class (self->card, "padded");
  gtk_widget_set_visible (self->card, FALSE);
  smalti_compare_section_append (section, self->card);

  self->cell = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->cell), 0);
  gtk_label_set_wrap (GTK_LABEL (self->cell), TRUE);
  gtk_widget_add_css_class (self->cell, "heading");
  gtk_widget_set_visible (self->cell, FALSE);
  smalti_compare_section_append (section, self->cell);
  self->images = smalti_compare_images_new (_ ("Images of the cell"), 0);
  gtk_widget_set_visible (self->images, FALSE);
  g_signal_connect_object (self->images, "image-activated", G_CALLBACK (on_image), self, G_CONNECT_SWAPPED);
  smalti_compare_section_append (section, self->images);
}
