/* SPDX-License-Identifier: Apache-2.0 */
/* Runs are compared on the images of the first one that has any. The same image may have other numbers in other
 * archives, so it is found by its number in the data set, which is the same where the fingerprints are. */
#include "ui/compare-neighbours.h"

#include <glib/gi18n-lib.h>

#include "core/eval/retrieval.h"
#include "ui/compare-images.h"
#include "ui/retrieval-view.h"
#include "ui/spinner.h"

#define N_NEIGHBOURS   10
#define QUERIES_HEIGHT 250

/* A run's layer, ready to be searched; shared with the thread that searches. */
typedef struct
{
  char *title;
  char *reason; /* why it has no answer; else %NULL */
  char *folder, *protocol, *layer;
  SmaltiEvaluationArchive *archive;
  SmaltiRetrieval *retrieval;
} Model;

struct _SmaltiCompareNeighbours
{
  SmaltiCompareSection parent_instance;

  GtkWidget *layer, *note, *measure, *spinner, *queries_title, *queries, *view;
  SmaltiComparison *comparison;
  GPtrArray *models; /* of Model; of the same order as the runs */
  gint reference;    /* the model whose images are chosen from; -1: none */
  GPtrArray *found;  /* of GArray of guint: images in each model's archive that are on display */
  GCancellable *reading, *searching;
  gboolean filling;
};

G_DEFINE_FINAL_TYPE (SmaltiCompareNeighbours, smalti_compare_neighbours, SMALTI_TYPE_COMPARE_SECTION)

static void
model_free (Model *model)
{
  g_clear_pointer (&model->retrieval, smalti_retrieval_free); /* looks into the archive */
  g_clear_pointer (&model->archive, smalti_evaluation_archive_unref);
  g_free (model->title);
  g_free (model->reason);
  g_free (model->folder);
  g_free (model->protocol);
  g_free (model->layer);
  g_free (model);
}

static void
renew (GCancellable **cancellable)
{
  g_cancellable_cancel (*cancellable);
  g_clear_object (cancellable);
  *cancellable = g_cancellable_new ();
}

/* -- searching -- */

typedef struct
{
  GPtrArray *models;
  guint reference, image;
} Query;

/* What one model found; empty with a reason when there is nothing. */
typedef struct
{
  const char *reason; /* static */
  guint n;
  SmaltiNeighbour neighbour[N_NEIGHBOURS];
} Found;

static void
query_free (Query *query)
{
  g_ptr_array_unref (query->models);
  g_free (query);
}

/* The row of features of the data set's item; -1: none was kept. @known: whether the image was measured at all. */
static gint
find_row (SmaltiEvaluationArchive *archive, guint32 item, gboolean *known)
{
  const guint32 *items = smalti_evaluation_archive_get_items (archive);
  const guint32 *rows = smalti_evaluation_archive_get_rows (archive);
  guint n_rows = smalti_evaluation_archive_get_features (archive)->n;

  *known = FALSE;
  for (guint i = 0; i < smalti_evaluation_archive_get_n_images (archive); i++)
    *known |= items[i] == item;
  for (guint row = 0; row < n_rows; row++)
    if (items[rows[row]] == item)
      return row;
  return -1;
}

static void
search_in (const Model *model, SmaltiEvaluationArchive *reference, guint32 item, Found *found)
{
  gboolean known;
  gint row;

  if (g_strcmp0 (smalti_evaluation_archive_get_fingerprint (model->archive),
                 smalti_evaluation_archive_get_fingerprint (reference))
      != 0)
    {
      found->reason = N_ ("It was measured on other images.");
      return;
    }
  row = find_row (model->archive, item, &known);
  if (row >= 0)
    found->n = smalti_retrieval_find (model->retrieval, row, N_NEIGHBOURS, found->neighbour);
  else
    found->reason = known ? N_ ("There were too many images to keep the features of this one.")
                          : N_ ("It was not measured on this image.");
}

static void
search_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Query *query = data;
  SmaltiEvaluationArchive *reference = ((Model *)query->models->pdata[query->reference])->archive;
  guint32 item = smalti_evaluation_archive_get_items (reference)[query->image];
  Found *found = g_new0 (Found, query->models->len);

  for (guint i = 0; i < query->models->len && !g_cancellable_is_cancelled (cancellable); i++)
    {
      const Model *model = query->models->pdata[i];

      if (!model->reason)
        search_in (model, reference, item, &found[i]);
    }
  g_task_return_pointer (task, found, g_free);
}

/* -- what was found -- */

typedef struct
{
  SmaltiCompareNeighbours *self;
  gint row; /* -1: the query */
  guint place;
} Slot;

static void
on_picture (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Slot *slot = user_data;
  g_autoptr (SmaltiCompareNeighbours) self = slot->self;
  g_autoptr (GdkTexture) texture = smalti_archive_picture_finish (result, NULL);
  SmaltiRetrievalView *view = SMALTI_RETRIEVAL_VIEW (self->view);

  if (!texture || !self->models)
    return;
  if (slot->row < 0)
    smalti_retrieval_view_set_query_picture (view, GDK_PAINTABLE (texture));
  else
    smalti_retrieval_view_set_picture (view, slot->row, slot->place, GDK_PAINTABLE (texture));
}

static void
ask_picture (SmaltiCompareNeighbours *self, SmaltiEvaluationArchive *archive, guint image, gint row, guint place)
{
  Slot *slot = g_new (Slot, 1);

  *slot = (Slot){ g_object_ref (self), row, place };
  smalti_archive_picture_async (archive, image, FALSE, self->searching, on_picture, slot);
}

static char *
class_of (SmaltiEvaluationArchive *archive, guint image)
{
  gint32 klass = smalti_evaluation_archive_get_labels (archive)[image];

  return g_utf8_make_valid (smalti_evaluation_archive_get_class_name (archive, klass), -1);
}

static void
show_found (SmaltiCompareNeighbours *self, const Model *model, const Found *found, gint32 label)
{
  SmaltiRetrievalView *view = SMALTI_RETRIEVAL_VIEW (self->view);
  const guint32 *rows = smalti_evaluation_archive_get_rows (model->archive);
  const gint32 *labels = smalti_evaluation_archive_get_labels (model->archive);
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  SmaltiRetrieved retrieved[N_NEIGHBOURS];
  GArray *images = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autofree char *name = g_strdup_printf ("%s · %s", model->title, model->layer);
  guint row;

  for (guint i = 0; i < found->n; i++)
    {
      guint image = rows[found->neighbour[i].image];

      g_ptr_array_add (words, smalti_archive_name_image (model->archive, image));
      g_ptr_array_add (words, class_of (model->archive, image));
      retrieved[i] = (SmaltiRetrieved){ words->pdata[2 * i], words->pdata[2 * i + 1], found->neighbour[i].similarity,
                                        labels[image] == label ? SMALTI_AGREES : SMALTI_DIFFERS };
      g_array_append_val (images, image);
    }
  row = smalti_retrieval_view_add_row (view, name, retrieved, found->n);
  for (guint i = 0; i < images->len; i++)
    ask_picture (self, model->archive, g_array_index (images, guint, i), row, i);
  g_ptr_array_add (self->found, images);
}

static void
show_all (SmaltiCompareNeighbours *self, guint image, const Found *found)
{
  SmaltiRetrievalView *view = SMALTI_RETRIEVAL_VIEW (self->view);
  const Model *reference = self->models->pdata[self->reference];
  g_autofree char *name = smalti_archive_name_image (reference->archive, image);
  g_autofree char *klass = class_of (reference->archive, image);
  gint32 label = smalti_evaluation_archive_get_labels (reference->archive)[image];

  g_ptr_array_set_size (self->found, 0);
  smalti_retrieval_view_set_query (view, name, klass);
  ask_picture (self, reference->archive, image, -1, 0);
  for (guint i = 0; i < self->models->len; i++)
    {
      const Model *model = self->models->pdata[i];
      const char *reason = model->reason ? model->reason : found[i].reason ? _ (found[i].reason) : NULL;

      if (!reason)
        {
          show_found (self, model, &found[i], label);
          continue;
        }
      smalti_retrieval_view_add_reason (view, model->title, reason);
      g_ptr_array_add (self->found, g_array_new (FALSE, FALSE, sizeof (guint)));
    }
  gtk_widget_set_visible (self->view, TRUE);
}

typedef struct
{
  SmaltiCompareNeighbours *self;
  guint image;
} Searching;

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Searching *searching = user_data;
  g_autoptr (SmaltiCompareNeighbours) self = searching->self;
  g_autofree Found *found = g_task_propagate_pointer (G_TASK (result), NULL);

  if (found && self->models)
    show_all (self, searching->image, found);
}

static void
search (SmaltiCompareNeighbours *self, guint image)
{
  Searching *searching = g_new (Searching, 1);
  Query *query = g_new (Query, 1);

  renew (&self->searching);
  *searching = (Searching){ g_object_ref (self), image };
  *query = (Query){ g_ptr_array_ref (self->models), self->reference, image };

  g_autoptr (GTask) task = g_task_new (NULL, self->searching, on_found, searching);

  g_task_set_task_data (task, query, (GDestroyNotify)query_free);
  g_task_run_in_thread (task, search_in_thread);
}

/* Goes on from there. */
static void
on_neighbour (SmaltiCompareNeighbours *self, guint row, guint place)
{
  const Model *model = self->models->pdata[row], *reference = self->models->pdata[self->reference];
  guint image = g_array_index ((GArray *)self->found->pdata[row], guint, place);
  guint32 item = smalti_evaluation_archive_get_items (model->archive)[image];
  const guint32 *items = smalti_evaluation_archive_get_items (reference->archive);

  for (guint i = 0; i < smalti_evaluation_archive_get_n_images (reference->archive); i++)
    if (items[i] == item)
      {
        search (self, i);
        return;
      }
}

/* -- reading -- */

static void
read_model (Model *model)
{
  g_autoptr (GError) error = NULL;

  if (model->reason)
    return;
  model->archive = smalti_evaluation_archive_read (model->folder, model->protocol, model->layer, &error);
  if (model->archive)
    model->retrieval = smalti_retrieval_new (smalti_evaluation_archive_get_features (model->archive), &error);
  if (!model->retrieval)
    model->reason = g_strdup (error->message);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GPtrArray *models = data;

  for (guint i = 0; i < models->len; i++)
    {
      if (g_task_return_error_if_cancelled (task))
        return;
      read_model (models->pdata[i]);
    }
  g_task_return_pointer (task, g_ptr_array_ref (models), (GDestroyNotify)g_ptr_array_unref);
}

static void
on_models (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiCompareNeighbours) self = user_data;
  GPtrArray *models = g_task_propagate_pointer (G_TASK (result), NULL);
  const Model *reference;

  if (!models || !self->models)
    {
      g_clear_pointer (&models, g_ptr_array_unref);
      return;
    }
  g_ptr_array_unref (self->models);
  self->models = models;
  gtk_widget_set_visible (self->spinner, FALSE);
  for (guint i = 0; i < models->len && self->reference < 0; i++)
    if (!((Model *)models->pdata[i])->reason)
      self->reference = i;
  gtk_widget_set_visible (self->queries, self->reference >= 0);
  gtk_widget_set_visible (self->queries_title, self->reference >= 0);
  if (self->reference < 0)
    {
      smalti_compare_note_set (self->note, ((Model *)models->pdata[0])->reason);
      return;
    }
  reference = models->pdata[self->reference];
  smalti_compare_images_set (SMALTI_COMPARE_IMAGES (self->queries), reference->archive, NULL);
  if (smalti_evaluation_archive_get_n_images (reference->archive) > 0)
    search (self, 0);
}

/* The layer of that description, or the best there is; (nullable): none that was kept. */
static const SmaltiBenchmark *
pick_layer (const SmaltiComparedRun *run, const char *description)
{
  const SmaltiBenchmark *best = NULL;

  for (guint i = 0; i < run->benchmarks->len; i++)
    {
      const SmaltiBenchmark *one = run->benchmarks->pdata[i];
      g_autofree char *text = smalti_describe_benchmark (one);

      if (!smalti_compared_run_has_archive (run, one) || (description && !g_str_equal (text, description)))
        continue;
      if (!best || one->top1.value > best->top1.value)
        best = one;
    }
  return best;
}

static Model *
model_new (const SmaltiComparedRun *run, const char *description)
{
  const SmaltiBenchmark *layer = pick_layer (run, description);
  Model *model = g_new0 (Model, 1);

  model->title = g_strdup (run->title);
  model->folder = g_strdup (run->folder);
  if (!layer)
    {
      model->reason = g_strdup (run->benchmarks->len == 0 ? _ ("It is not measured yet.")
                                : description             ? _ ("This layer of it is not measured.")
                                                          : _ ("Its features were not kept; measure it again."));
      return model;
    }
  model->protocol = g_strdup (layer->protocol);
  model->layer = g_strdup (layer->layer);
  return model;
}

static void
read_models (SmaltiCompareNeighbours *self)
{
  guint chosen = smalti_compare_choice_get (self->layer), n = smalti_comparison_get_n (self->comparison);
  GListModel *layers = gtk_drop_down_get_model (GTK_DROP_DOWN (self->layer));
  const char *description
      = chosen != G_MAXUINT && chosen > 0 ? gtk_string_list_get_string (GTK_STRING_LIST (layers), chosen) : NULL;
  g_autoptr (GPtrArray) models = g_ptr_array_new_with_free_func ((GDestroyNotify)model_free);
  g_autoptr (GTask) task = NULL;

  renew (&self->reading);
  renew (&self->searching);
  g_ptr_array_set_size (self->found, 0);
  g_ptr_array_unref (self->models);
  self->models = g_ptr_array_new_with_free_func ((GDestroyNotify)model_free);
  self->reference = -1;
  gtk_widget_set_visible (self->view, FALSE);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (models, model_new (smalti_comparison_get (self->comparison, i), description));
  if (n == 0)
    return;
  gtk_widget_set_visible (self->spinner, TRUE);
  task = g_task_new (NULL, self->reading, on_models, g_object_ref (self));
  g_task_set_task_data (task, g_ptr_array_ref (models), (GDestroyNotify)g_ptr_array_unref);
  g_task_run_in_thread (task, read_in_thread);
}

/* -- the section -- */

static void
fill_layers (SmaltiCompareNeighbours *self)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (texts, g_strdup (_ ("Best of each run")));
  for (guint i = 0; i < smalti_comparison_get_n (self->comparison); i++)
    {
      const SmaltiComparedRun *run = smalti_comparison_get (self->comparison, i);

      for (guint k = 0; k < run->benchmarks->len; k++)
        {
          g_autofree char *text = smalti_describe_benchmark (run->benchmarks->pdata[k]);

          if (smalti_compared_run_has_archive (run, run->benchmarks->pdata[k])
              && !g_ptr_array_find_with_equal_func (texts, text, g_str_equal, NULL))
            g_ptr_array_add (texts, g_steal_pointer (&text));
        }
    }
  smalti_compare_choice_fill (self->layer, texts, 0);
}

static const SmaltiComparedRun *
first_unmeasured (const SmaltiComparison *comparison)
{
  for (guint i = 0; i < smalti_comparison_get_n (comparison); i++)
    if (!pick_layer (smalti_comparison_get (comparison, i), NULL))
      return smalti_comparison_get (comparison, i);
  return NULL;
}

static void
smalti_compare_neighbours_update (SmaltiCompareSection *section)
{
  SmaltiCompareNeighbours *self = SMALTI_COMPARE_NEIGHBOURS (section);
  SmaltiComparison *comparison = smalti_comparison_ref (smalti_compare_section_get (section));
  const SmaltiComparedRun *unmeasured = first_unmeasured (comparison);
  gboolean any = FALSE;
  GtkWidget *button;

  g_clear_pointer (&self->comparison, smalti_comparison_unref);
  self->comparison = comparison;
  self->filling = TRUE;
  fill_layers (self);
  self->filling = FALSE;
  for (guint i = 0; i < smalti_comparison_get_n (comparison); i++)
    any |= pick_layer (smalti_comparison_get (comparison, i), NULL) != NULL;
  while ((button = gtk_widget_get_first_child (self->measure)) != NULL)
    gtk_box_remove (GTK_BOX (self->measure), button);
  button = unmeasured && !any ? smalti_compare_measure_button_new (GTK_WIDGET (self), unmeasured) : NULL;
  if (button)
    gtk_box_append (GTK_BOX (self->measure), button);
  gtk_widget_set_visible (self->measure, button != NULL);
  smalti_compare_note_set (self->note, any ? NULL
                                           : _ ("What resembles what is known once a run is measured: of none of these "
                                                "runs features were kept."));
  read_models (self);
}

static void
on_layer (SmaltiCompareNeighbours *self)
{
  if (!self->filling && self->comparison)
    read_models (self);
}

static void
on_query (SmaltiCompareNeighbours *self, guint image)
{
  search (self, image);
}

static void
smalti_compare_neighbours_dispose (GObject *object)
{
  SmaltiCompareNeighbours *self = SMALTI_COMPARE_NEIGHBOURS (object);

  g_cancellable_cancel (self->reading);
  g_cancellable_cancel (self->searching);
  g_clear_object (&self->reading);
  g_clear_object (&self->searching);
  g_clear_pointer (&self->models, g_ptr_array_unref);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  g_clear_pointer (&self->comparison, smalti_comparison_unref);
  G_OBJECT_CLASS (smalti_compare_neighbours_parent_class)->dispose (object);
}

static void
smalti_compare_neighbours_class_init (SmaltiCompareNeighboursClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = smalti_compare_neighbours_dispose;
  SMALTI_COMPARE_SECTION_CLASS (klass)->update = smalti_compare_neighbours_update;
}

static void
smalti_compare_neighbours_init (SmaltiCompareNeighbours *self)
{
  SmaltiCompareSection *section = SMALTI_COMPARE_SECTION (self);

  self->models = g_ptr_array_new_with_free_func ((GDestroyNotify)model_free);
  self->found = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
  self->reference = -1;
  smalti_compare_section_append (section, smalti_compare_choice_new (_ ("La_yer"), &self->layer));
  g_signal_connect_object (self->layer, "notify::selected", G_CALLBACK (on_layer), self, G_CONNECT_SWAPPED);
  self->note = smalti_compare_note_new ();
  smalti_compare_section_append (section, self->note);
  self->measure = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_set_visible (self->measure, FALSE);
  smalti_compare_section_append (section, self->measure);
  self->spinner = g_object_new (SMALTI_TYPE_SPINNER, NULL);
  gtk_widget_set_size_request (self->spinner, 32, 32);
  gtk_widget_set_halign (self->spinner, GTK_ALIGN_CENTER);
  gtk_widget_set_visible (self->spinner, FALSE);
  smalti_compare_section_append (section, self->spinner);

  self->queries_title = gtk_label_new (_ ("Choose a test image to see what each run finds most like it"));
  gtk_label_set_xalign (GTK_LABEL (self->queries_title), 0);
  gtk_label_set_wrap (GTK_LABEL (self->queries_title), TRUE);
  gtk_widget_add_css_class (self->queries_title, "heading");
  gtk_widget_set_visible (self->queries_title, FALSE);
  smalti_compare_section_append (section, self->queries_title);
  self->queries = smalti_compare_images_new (_ ("Test images"), QUERIES_HEIGHT);
  gtk_widget_set_visible (self->queries, FALSE);
  g_signal_connect_object (self->queries, "image-activated", G_CALLBACK (on_query), self, G_CONNECT_SWAPPED);
  smalti_compare_section_append (section, self->queries);
  self->view = smalti_retrieval_view_new ();
  gtk_widget_set_margin_top (self->view, 12);
  gtk_widget_set_visible (self->view, FALSE);
  g_signal_connect_object (self->view, "neighbour-activated", G_CALLBACK (on_neighbour), self, G_CONNECT_SWAPPED);
  smalti_compare_section_append (section, self->view);
}
