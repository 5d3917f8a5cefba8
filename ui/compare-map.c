/* SPDX-License-Identifier: Apache-2.0 */
/* The map is made in a thread that tells now and then where the points are, so that one sees it unfold. What it tells
 * is looked at on the main thread, and only as long as nobody has cancelled it: cancelling is how the section, and
 * whoever asks for another map, leave the one under way. */
#include "ui/compare-map.h"

#include <glib/gi18n-lib.h>

#include "core/eval/embedding.h"
#include "ui/compare-model.h"
#include "ui/compare-pictures.h"
#include "ui/feature-map.h"
#include "ui/picture-menu.h"

#define MOST_POINTS 50000
#define TELL_EVERY  (G_USEC_PER_SEC / 8)
#define MAP_HEIGHT  520

struct _SmaltiCompareMap
{
  SmaltiCompareSection parent_instance;

  SmaltiCompareModel *model;
  GtkWidget *method, *progress_box, *progress, *stop, *again_box, *card, *map;
  SmaltiEvaluationArchive *archive;
  GArray *rows;   /* of guint32: the archive's image of each point */
  gfloat *layout; /* what is on display */
  GCancellable *cancellable, *hovering;
};

G_DEFINE_FINAL_TYPE (SmaltiCompareMap, smalti_compare_map, SMALTI_TYPE_COMPARE_SECTION)

/* -- making a map -- */

typedef struct
{
  SmaltiCompareMap *self; /* for the main thread, unless it is cancelled */
  GCancellable *cancellable;
  char *folder, *protocol, *layer;
  SmaltiMapMethod method;
  SmaltiEvaluationArchive *archive;
  GArray *rows;
  gint64 told;
  gint on_its_way; /* atomic: something told and not looked at yet */
  gint ref_count;
} Job;

static void
job_unref (Job *job)
{
  if (!g_atomic_int_dec_and_test (&job->ref_count))
    return;
  g_clear_pointer (&job->archive, smalti_evaluation_archive_unref);
  g_clear_pointer (&job->rows, g_array_unref);
  g_object_unref (job->cancellable);
  g_free (job->folder);
  g_free (job->protocol);
  g_free (job->layer);
  g_free (job);
}

typedef struct
{
  Job *job;
  char *phase;
  gdouble fraction;
  gfloat *layout; /* nullable */
} News;

static void
news_free (News *news)
{
  job_unref (news->job);
  g_free (news->phase);
  g_free (news->layout);
  g_free (news);
}

static void
show_layout (SmaltiCompareMap *self, gfloat *layout, guint n)
{
  g_free (self->layout);
  self->layout = layout;
  smalti_feature_map_set_layout (SMALTI_FEATURE_MAP (self->map), layout, n);
}

/* What the points are is shown with the first layout. */
static void
take_points (SmaltiCompareMap *self, const Job *job)
{
  guint n_classes = smalti_evaluation_archive_get_n_classes (job->archive);
  const gint32 *labels = smalti_evaluation_archive_get_labels (job->archive);
  g_autofree gint32 *klass = g_new (gint32, MAX (job->rows->len, 1));
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  if (self->archive == job->archive && self->rows == job->rows)
    return;
  g_clear_pointer (&self->archive, smalti_evaluation_archive_unref);
  g_clear_pointer (&self->rows, g_array_unref);
  self->archive = smalti_evaluation_archive_ref (job->archive);
  self->rows = g_array_ref (job->rows);
  for (guint i = 0; i < job->rows->len; i++)
    klass[i] = labels[g_array_index (job->rows, guint32, i)];
  for (guint c = 0; c < n_classes; c++)
    g_ptr_array_add (names, g_utf8_make_valid (smalti_evaluation_archive_get_class_name (job->archive, c), -1));
  g_ptr_array_add (names, NULL);
  smalti_feature_map_set_layout (SMALTI_FEATURE_MAP (self->map), NULL, 0);
  smalti_feature_map_set_classes (SMALTI_FEATURE_MAP (self->map), klass, job->rows->len, n_classes,
                                  (const char *const *)names->pdata);
  gtk_widget_set_visible (self->card, TRUE);
}

static gboolean
take_news (gpointer user_data)
{
  News *news = user_data;
  SmaltiCompareMap *self = news->job->self;

  g_atomic_int_set (&news->job->on_its_way, 0);
  if (g_cancellable_is_cancelled (news->job->cancellable))
    return G_SOURCE_REMOVE;
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), news->fraction);
  gtk_progress_bar_set_text (GTK_PROGRESS_BAR (self->progress), news->phase);
  if (news->layout)
    {
      take_points (self, news->job);
      show_layout (self, g_steal_pointer (&news->layout), news->job->rows->len);
    }
  return G_SOURCE_REMOVE;
}

static void
on_progress (const char *phase, guint done, guint total, const gfloat *layout, gdouble divergence, gpointer user_data)
{
  Job *job = user_data;
  gint64 now = g_get_monotonic_time ();
  News *news;

  if (now < job->told + TELL_EVERY || !g_atomic_int_compare_and_exchange (&job->on_its_way, 0, 1))
    return;
  job->told = now;
  g_atomic_int_inc (&job->ref_count);
  news = g_new (News, 1);
  *news = (News){ job, g_strdup (phase), total > 0 ? done / (gdouble)total : 0,
                  layout ? g_memdup2 (layout, (gsize)job->rows->len * 2 * sizeof *layout) : NULL };
  g_idle_add_full (SMALTI_PRIORITY_NEWS, take_news, news, (GDestroyNotify)news_free);
}

/* As many as can be looked at, evenly spread; @rows: their images. */
static SmaltiFeatures
spread (const SmaltiFeatures *all, const guint32 *images, GArray *rows)
{
  SmaltiFeatures some = *all;

  some.n = MIN (all->n, MOST_POINTS);
  some.data = some.n < all->n ? g_new (gfloat, some.n * all->dim) : all->data;
  for (guint i = 0; i < some.n; i++)
    {
      guint row = (guint64)i * all->n / some.n;

      g_array_append_val (rows, images[row]);
      if (some.data != all->data)
        memcpy (some.data + i * all->dim, all->data + row * all->dim, all->dim * sizeof *all->data);
    }
  return some;
}

static void
map_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  const SmaltiMapOptions options = { .method = job->method, .seed = 1 };
  const SmaltiFeatures *all;
  SmaltiFeatures some;
  GError *error = NULL;
  gfloat *layout;

  if (g_task_return_error_if_cancelled (task))
    return;
  job->archive = smalti_evaluation_archive_read (job->folder, job->protocol, job->layer, &error);
  if (!job->archive)
    {
      g_task_return_error (task, error);
      return;
    }
  all = smalti_evaluation_archive_get_features (job->archive);
  job->rows = g_array_new (FALSE, FALSE, sizeof (guint32));
  some = spread (all, smalti_evaluation_archive_get_rows (job->archive), job->rows);
  layout = smalti_map_features (&some, &options, cancellable, on_progress, job, NULL, &error);
  if (some.data != all->data)
    g_free (some.data);
  if (layout)
    g_task_return_pointer (task, layout, g_free);
  else
    g_task_return_error (task, error);
}

static void
rest (SmaltiCompareMap *self)
{
  gtk_widget_set_visible (self->progress_box, FALSE);
}

static void
on_map (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiCompareMap) self = user_data;
  const Job *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gfloat *layout = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_cancellable_is_cancelled (job->cancellable))
    {
      g_free (layout);
      return;
    }
  rest (self);
  if (!layout)
    {
      smalti_compare_model_tell (self->model, error->message);
      return;
    }
  take_points (self, job);
  show_layout (self, layout, job->rows->len);
}

static void
make_map (SmaltiCompareMap *self)
{
  const SmaltiComparedRun *run = smalti_compare_model_get_run (self->model);
  const SmaltiBenchmark *benchmark = smalti_compare_model_get_benchmark (self->model);
  g_autoptr (GTask) task = NULL;
  Job *job;

  g_cancellable_cancel (self->cancellable);
  g_cancellable_cancel (self->hovering);
  g_clear_object (&self->cancellable);
  gtk_widget_set_visible (self->again_box, FALSE);
  if (!benchmark || !smalti_compared_run_has_archive (run, benchmark))
    {
      rest (self);
      gtk_widget_set_visible (self->card, FALSE);
      if (benchmark)
        smalti_compare_model_tell (self->model, _ ("The features of this layer were not kept; measure the run again."));
      return;
    }
  self->cancellable = g_cancellable_new ();
  job = g_new0 (Job, 1);
  *job = (Job){ .self = self,
                .cancellable = g_object_ref (self->cancellable),
                .folder = g_strdup (run->folder),
                .protocol = g_strdup (benchmark->protocol),
                .layer = g_strdup (benchmark->layer),
                .method = smalti_compare_choice_get (self->method) == 1 ? SMALTI_MAP_TSNE : SMALTI_MAP_PCA,
                .ref_count = 1 };
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), 0);
  gtk_progress_bar_set_text (GTK_PROGRESS_BAR (self->progress), _ ("Reading features"));
  gtk_widget_set_visible (self->progress_box, TRUE);
  task = g_task_new (NULL, self->cancellable, on_map, g_object_ref (self));
  g_task_set_task_data (task, job, (GDestroyNotify)job_unref);
  g_task_run_in_thread (task, map_in_thread);
}

static void
on_stop (SmaltiCompareMap *self)
{
  g_cancellable_cancel (self->cancellable);
  rest (self);
  gtk_widget_set_visible (self->again_box, TRUE);
}

/* -- looking at it -- */

typedef struct
{
  SmaltiCompareMap *self;
  guint item;
} Hovered;

static void
on_thumbnail (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Hovered *hovered = user_data;
  g_autoptr (SmaltiCompareMap) self = hovered->self;
  g_autoptr (GdkTexture) texture = smalti_archive_picture_finish (result, NULL);
  g_autofree char *caption = NULL;
  guint image;

  if (!texture || !self->archive || hovered->item >= self->rows->len)
    return;
  image = g_array_index (self->rows, guint32, hovered->item);
  caption = smalti_archive_name_image (self->archive, image);
  smalti_feature_map_set_picture (SMALTI_FEATURE_MAP (self->map), hovered->item, texture, caption);
}

static void
on_hovered (SmaltiCompareMap *self, gint item)
{
  Hovered *hovered;

  g_cancellable_cancel (self->hovering);
  g_clear_object (&self->hovering);
  if (item < 0 || !self->archive || (guint)item >= self->rows->len)
    return;
  self->hovering = g_cancellable_new ();
  hovered = g_new (Hovered, 1);
  *hovered = (Hovered){ g_object_ref (self), item };
  smalti_archive_picture_async (self->archive, g_array_index (self->rows, guint32, item), FALSE, self->hovering,
                                on_thumbnail, hovered);
}

static void
on_activated (SmaltiCompareMap *self, guint item)
{
  if (self->archive && item < self->rows->len)
    smalti_archive_present_image (GTK_WIDGET (self), self->archive, g_array_index (self->rows, guint32, item));
}

static char *
write_table (gpointer user_data)
{
  SmaltiCompareMap *self = user_data;
  GString *text = g_string_new ("image,class,x,y\r\n");
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  for (guint i = 0; self->layout && i < self->rows->len; i++)
    {
      guint image = g_array_index (self->rows, guint32, i);
      gint32 klass = smalti_evaluation_archive_get_labels (self->archive)[image];

      smalti_csv_append (text, smalti_evaluation_archive_get_item_name (self->archive, image));
      g_string_append_c (text, ',');
      smalti_csv_append (text, smalti_evaluation_archive_get_class_name (self->archive, klass));
      for (guint axis = 0; axis < 2; axis++)
        g_string_append_printf (text, ",%s", g_ascii_dtostr (number, sizeof number, self->layout[2 * i + axis]));
      g_string_append (text, "\r\n");
    }
  return g_string_free (text, FALSE);
}

/* -- the section -- */

static void
smalti_compare_map_update (SmaltiCompareSection *section)
{
  smalti_compare_model_fill (SMALTI_COMPARE_MAP (section)->model, smalti_compare_section_get (section));
}

static void
smalti_compare_map_dispose (GObject *object)
{
  SmaltiCompareMap *self = SMALTI_COMPARE_MAP (object);

  g_cancellable_cancel (self->cancellable);
  g_cancellable_cancel (self->hovering);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->hovering);
  g_clear_pointer (&self->archive, smalti_evaluation_archive_unref);
  g_clear_pointer (&self->rows, g_array_unref);
  g_clear_pointer (&self->layout, g_free);
  G_OBJECT_CLASS (smalti_compare_map_parent_class)->dispose (object);
}

static void
smalti_compare_map_class_init (SmaltiCompareMapClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = smalti_compare_map_dispose;
  SMALTI_COMPARE_SECTION_CLASS (klass)->update = smalti_compare_map_update;
}

static void
add_progress (SmaltiCompareMap *self)
{
  self->progress_box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  self->progress = gtk_progress_bar_new ();
  gtk_progress_bar_set_show_text (GTK_PROGRESS_BAR (self->progress), TRUE);
  gtk_progress_bar_set_ellipsize (GTK_PROGRESS_BAR (self->progress), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (self->progress, TRUE);
  gtk_widget_set_valign (self->progress, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Drawing the map"),
                                  -1);
  self->stop = smalti_compare_named (gtk_button_new_with_mnemonic (_ ("_Cancel")), _ ("_Cancel"));
  g_signal_connect_object (self->stop, "clicked", G_CALLBACK (on_stop), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->progress_box), self->progress);
  gtk_box_append (GTK_BOX (self->progress_box), self->stop);
  gtk_widget_set_visible (self->progress_box, FALSE);
  smalti_compare_section_append (SMALTI_COMPARE_SECTION (self), self->progress_box);
}

static void
add_again (SmaltiCompareMap *self)
{
  GtkWidget *words = gtk_label_new (_ ("Cancelled before it was done.")), *button;

  self->again_box = smalti_compare_bar_new ();
  gtk_label_set_wrap (GTK_LABEL (words), TRUE);
  gtk_widget_add_css_class (words, "dim-label");
  button = smalti_compare_named (gtk_button_new_with_mnemonic (_ ("Draw _Again")), _ ("Draw _Again"));
  g_signal_connect_object (button, "clicked", G_CALLBACK (make_map), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->again_box), words);
  gtk_box_append (GTK_BOX (self->again_box), button);
  gtk_widget_set_visible (self->again_box, FALSE);
  smalti_compare_section_append (SMALTI_COMPARE_SECTION (self), self->again_box);
}

static void
smalti_compare_map_init (SmaltiCompareMap *self)
{
  SmaltiCompareSection *section = SMALTI_COMPARE_SECTION (self);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *hint = gtk_label_new (
      _ ("A point is a test image; those with similar features lie together. The wheel zooms, dragging moves."));
  g_autoptr (GPtrArray) methods = g_ptr_array_new ();
  GtkWidget *method;

  self->model = SMALTI_COMPARE_MODEL (smalti_compare_model_new ());
  method = smalti_compare_choice_new (_ ("_Drawn by"), &self->method);
  /* Translators: a way to draw a map: principal component analysis */
  g_ptr_array_add (methods, (gpointer)_ ("Principal components"));
  g_ptr_array_add (methods, (gpointer)_ ("t-SNE"));
  smalti_compare_choice_fill (self->method, methods, 0);
  smalti_compare_model_add_choice (self->model, method);
  g_signal_connect_object (self->model, "changed", G_CALLBACK (make_map), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->method, "notify::selected", G_CALLBACK (make_map), self, G_CONNECT_SWAPPED);
  smalti_compare_section_append (section, GTK_WIDGET (self->model));
  add_progress (self);
  add_again (self);

  self->card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  self->map = smalti_feature_map_new ();
  gtk_widget_set_size_request (self->map, -1, MAP_HEIGHT);
  g_signal_connect_object (self->map, "item-hovered", G_CALLBACK (on_hovered), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->map, "item-activated", G_CALLBACK (on_activated), self, G_CONNECT_SWAPPED);
  gtk_label_set_xalign (GTK_LABEL (hint), 0);
  gtk_label_set_wrap (GTK_LABEL (hint), TRUE);
  gtk_widget_add_css_class (hint, "dim-label");
  gtk_widget_set_hexpand (hint, TRUE);
  gtk_box_append (GTK_BOX (head), hint);
  gtk_box_append (GTK_BOX (head), smalti_picture_menu_new (self->map, _ ("Map of features"), write_table, self));
  gtk_box_append (GTK_BOX (self->card), head);
  gtk_box_append (GTK_BOX (self->card), self->map);
  gtk_widget_add_css_class (self->card, "card");
  gtk_widget_add_css_class (self->card, "padded");
  gtk_widget_set_visible (self->card, FALSE);
  smalti_compare_section_append (section, self->card);
}
