/* SPDX-License-Identifier: Apache-2.0 */
/* A sample depends on seed, epoch and item alone, so the dice are the epoch: each press of the button shows what the
 * next epoch of a run with the usual seed would train on. Samples are drawn on a thread, and only while the view is on
 * display. */
#include "ui/method-look.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "core/pretext/pretext.h"
#include "core/run/spec.h"
#include "ui/image-view.h"
#include "ui/spinner.h"

#define N_PICKED 3

struct _SmaltiMethodLook
{
  GtkWidget parent_instance;

  GtkDropDown *method_drop_down;
  GtkLabel *note_label;
  GtkStack *stack;
  GtkBox *samples;
  AdwStatusPage *failed_page;

  GPtrArray *methods; /* of const SmaltiPretextClass, as in the drop-down */
  SmaltiDataset *dataset;
  gint64 item;
  guint64 picked[N_PICKED];
  guint n_picked;
  guint epoch; /* from 0 */
  gboolean stale;
  gboolean filling;
  GCancellable *cancellable; /* of what is being drawn */
};

G_DEFINE_FINAL_TYPE (SmaltiMethodLook, smalti_method_look, GTK_TYPE_WIDGET)

/* -- on a thread -- */

typedef struct
{
  const SmaltiPretextClass *method;
  SmaltiDataset *dataset;
  guint64 items[N_PICKED];
  guint n_items;
  guint epoch;
} Job;

static void
job_free (gpointer data)
{
  g_object_unref (((Job *)data)->dataset);
  g_free (data);
}

/* Of one image. */
typedef struct
{
  char *name;
  GPtrArray *looks; /* of SmaltiLook; NULL: it can't be read */
  char *trouble;
} Sample;

static void
sample_free (gpointer data)
{
  Sample *sample = data;

  g_free (sample->name);
  g_free (sample->trouble);
  g_clear_pointer (&sample->looks, g_ptr_array_unref);
  g_free (sample);
}

static Sample *
draw_sample (const Job *job, SmaltiPretext *pretext, guint64 item)
{
  guint64 seed = g_ascii_strtoull (smalti_param_find (smalti_spec_params, "seed")->value, NULL, 10);
  Sample *sample = g_new0 (Sample, 1);
  g_autoptr (SmaltiImage) image = NULL;
  g_autoptr (GError) error = NULL;
  SmaltiSampler sampler = { 0 };
  SmaltiRandom random;

  job->method->sampler (pretext, &sampler);
  sample->name = smalti_dataset_get_item_name (job->dataset, item);
  image = smalti_dataset_load (job->dataset, item, sampler.min_side, &error);
  if (!image)
    {
      smalti_dataset_mark_unreadable (job->dataset, item, error->message);
      sample->trouble = g_strdup (error->message);
      return sample;
    }
  smalti_random_init (&random, seed, SMALTI_STREAM_SAMPLE, job->epoch, item);
  sample->looks = smalti_pretext_look (pretext, image, &random, TRUE);
  return sample;
}

static void
draw_samples (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Job *job = data;
  g_autoptr (SmaltiValues) values = smalti_values_new (job->method->params);
  g_autoptr (GPtrArray) samples = g_ptr_array_new_with_free_func (sample_free);
  GError *error = NULL;
  g_autoptr (SmaltiPretext) pretext = smalti_pretext_new (job->method, values, job->dataset, &error);

  if (!pretext)
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = 0; i < job->n_items && !g_cancellable_is_cancelled (cancellable); i++)
    g_ptr_array_add (samples, draw_sample (job, pretext, job->items[i]));
  g_task_return_pointer (task, g_steal_pointer (&samples), (GDestroyNotify)g_ptr_array_unref);
}

/* -- on display -- */

static GtkWidget *
make_text (const char *text, const char *css)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  /* A long sentence must not decide how many pictures stand in a line. */
  gtk_label_set_max_width_chars (GTK_LABEL (label), 20);
  gtk_widget_add_css_class (label, css);
  return label;
}

static GtkWidget *
make_look (const SmaltiLook *look)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *view = smalti_image_view_new (), *note;
  g_autofree char *words = g_strdup_printf ("%s: %s", look->title, look->note);

  smalti_image_view_set_image (SMALTI_IMAGE_VIEW (view), look->image);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_box_append (GTK_BOX (box), view);
  gtk_box_append (GTK_BOX (box), make_text (look->title, "heading"));
  note = make_text (look->note, "caption");
  gtk_widget_add_css_class (note, "dim-label");
  gtk_box_append (GTK_BOX (box), note);
  gtk_widget_set_valign (box, GTK_ALIGN_START);
  return box;
}

static GtkWidget *
make_sample (const Sample *sample)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *name = gtk_label_new (sample->name), *flow;

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_tooltip_text (name, sample->name);
  gtk_widget_add_css_class (name, "dim-label");
  gtk_box_append (GTK_BOX (box), name);
  if (!sample->looks)
    {
      gtk_box_append (GTK_BOX (box), make_text (sample->trouble, "error"));
      return box;
    }
  flow = gtk_flow_box_new ();
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (flow), GTK_SELECTION_NONE);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (flow), TRUE);
  gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (flow), 2);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (flow), MAX (sample->looks->len, 2));
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (flow), 12);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (flow), 12);
  for (guint i = 0; i < sample->looks->len; i++)
    {
      GtkWidget *child = gtk_flow_box_child_new ();

      gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), make_look (sample->looks->pdata[i]));
      gtk_widget_set_focusable (child, FALSE);
      gtk_flow_box_append (GTK_FLOW_BOX (flow), child);
    }
  gtk_box_append (GTK_BOX (box), flow);
  return box;
}

static void
on_drawn (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SmaltiMethodLook *self = SMALTI_METHOD_LOOK (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) samples = g_task_propagate_pointer (G_TASK (result), &error);
  g_autofree char *note = NULL;
  GtkWidget *child;

  if (g_task_get_cancellable (G_TASK (result)) != self->cancellable)
    return;
  g_clear_object (&self->cancellable);
  if (!samples)
    {
      g_autofree char *markup = g_markup_escape_text (error->message, -1);

      adw_status_page_set_description (self->failed_page, markup);
      gtk_stack_set_visible_child_name (self->stack, "failed");
      return;
    }
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->samples))))
    gtk_box_remove (self->samples, child);
  for (guint i = 0; i < samples->len; i++)
    gtk_box_append (self->samples, make_sample (samples->pdata[i]));
  note = g_strdup_printf (_ ("As a run with the usual settings sees them in epoch %u"), self->epoch + 1);
  gtk_label_set_text (self->note_label, note);
  gtk_stack_set_visible_child_name (self->stack, "samples");
}

static const SmaltiPretextClass *
chosen_method (SmaltiMethodLook *self)
{
  guint selected = gtk_drop_down_get_selected (self->method_drop_down);

  return selected < self->methods->len ? self->methods->pdata[selected] : NULL;
}

static void
draw (SmaltiMethodLook *self)
{
  const SmaltiPretextClass *method = chosen_method (self);
  g_autoptr (GTask) task = NULL;
  Job *job;

  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->stale = !gtk_widget_get_mapped (GTK_WIDGET (self));
  if (self->stale || !self->dataset || !method)
    return;
  self->cancellable = g_cancellable_new ();
  job = g_new0 (Job, 1);
  *job = (Job){ .method = method, .dataset = g_object_ref (self->dataset), .epoch = self->epoch };
  if (self->item >= 0)
    job->items[job->n_items++] = (guint64)self->item;
  else
    for (guint i = 0; i < self->n_picked; i++)
      job->items[job->n_items++] = self->picked[i];
  task = g_task_new (self, self->cancellable, on_drawn, NULL);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, draw_samples);
}

/* Three different ones; all of fewer. */
static void
pick (SmaltiMethodLook *self)
{
  guint64 n = smalti_dataset_get_n_items (self->dataset);

  self->n_picked = 0;
  while (self->n_picked < MIN (n, N_PICKED))
    {
      guint64 item = n <= N_PICKED ? self->n_picked : (guint64)(g_random_double () * n);
      gboolean there = FALSE;

      for (guint i = 0; i < self->n_picked; i++)
        there |= self->picked[i] == item;
      if (!there)
        self->picked[self->n_picked++] = item;
    }
}

/* Methods that need labels only where there are some. */
static void
fill_methods (SmaltiMethodLook *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  self->filling = TRUE;
  g_ptr_array_set_size (self->methods, 0);
  for (const SmaltiPretextClass *const *method = smalti_pretexts (); *method; method++)
    if ((*method)->trains && (*method)->look
        && (!(*method)->needs_labels || smalti_dataset_get_n_classes (self->dataset) > 0))
      {
        g_ptr_array_add (self->methods, (gpointer)*method);
        gtk_string_list_append (titles, _ ((*method)->title));
      }
  gtk_drop_down_set_model (self->method_drop_down, G_LIST_MODEL (titles));
  self->filling = FALSE;
}

void
smalti_method_look_set (SmaltiMethodLook *self, SmaltiDataset *dataset)
{
  g_return_if_fail (SMALTI_IS_METHOD_LOOK (self));

  if (!g_set_object (&self->dataset, dataset))
    return;
  self->item = -1;
  self->epoch = 0;
  gtk_stack_set_visible_child_name (self->stack, "drawing");
  if (dataset)
    {
      pick (self);
      fill_methods (self);
    }
  draw (self);
}

void
smalti_method_look_set_item (SmaltiMethodLook *self, gint64 item)
{
  g_return_if_fail (SMALTI_IS_METHOD_LOOK (self));

  if (item == self->item)
    return;
  self->item = item;
  draw (self);
}

static void
on_method (SmaltiMethodLook *self)
{
  if (!self->filling)
    draw (self);
}

static void
on_reroll (SmaltiMethodLook *self)
{
  self->epoch++;
  draw (self);
}

static void
smalti_method_look_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (smalti_method_look_parent_class)->map (widget);
  if (SMALTI_METHOD_LOOK (widget)->stale)
    draw (SMALTI_METHOD_LOOK (widget));
}

static void
smalti_method_look_dispose (GObject *object)
{
  SmaltiMethodLook *self = SMALTI_METHOD_LOOK (object);
  GtkWidget *child;

  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  g_clear_object (&self->dataset);
  G_OBJECT_CLASS (smalti_method_look_parent_class)->dispose (object);
}

static void
smalti_method_look_finalize (GObject *object)
{
  g_ptr_array_unref (SMALTI_METHOD_LOOK (object)->methods);
  G_OBJECT_CLASS (smalti_method_look_parent_class)->finalize (object);
}

static void
smalti_method_look_class_init (SmaltiMethodLookClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_method_look_dispose;
  G_OBJECT_CLASS (klass)->finalize = smalti_method_look_finalize;
  widget_class->map = smalti_method_look_map;
  g_type_ensure (SMALTI_TYPE_SPINNER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/smalti/Smalti/ui/method-look.ui");
  gtk_widget_class_bind_template_child (widget_class, SmaltiMethodLook, method_drop_down);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMethodLook, note_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMethodLook, stack);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMethodLook, samples);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMethodLook, failed_page);
  gtk_widget_class_bind_template_callback (widget_class, on_method);
  gtk_widget_class_bind_template_callback (widget_class, on_reroll);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
smalti_method_look_init (SmaltiMethodLook *self)
{
  self->methods = g_ptr_array_new ();
  self->item = -1;
  self->filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->filling = FALSE;
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_first_child (GTK_WIDGET (self->method_drop_down))),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Method"), -1);
}

GtkWidget *
smalti_method_look_new (void)
{
  return g_object_new (SMALTI_TYPE_METHOD_LOOK, NULL);
}
