/* SPDX-License-Identifier: Apache-2.0 */
/* One thing at a time: a plan, or a measurement. A change cancels the measurement; a plan can't be cancelled, so its
 * result is thrown away and another one follows. */
#include "ui/estimate-bar.h"

#include <inttypes.h>
#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/run/estimate.h"
#include "ui/run-item.h"

#define PLAN_AFTER    350  /* ms without a change */
#define MEASURE_AFTER 1000 /* ms after the plan */

struct _SmaltiEstimateBar
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkLabel *size_label;
  GtkLabel *time_label;
  GtkSpinner *spinner;
  GtkWidget *details_button;
  GtkGrid *details;
  GtkWidget *warning_box;
  GtkLabel *warning_label;
  GtkButton *batch_button;

  SmaltiSpecDraft *draft;
  SmaltiEstimate *estimate; /* of the draft as it is, or %NULL */
  guint n_classes;
  gboolean pictures, free, shown;
  gboolean at_work; /* a thread is */
  gboolean stale;   /* the draft has changed since what is shown was found, or is being found */
  gboolean measure_failed;
  guint source;
  GCancellable *cancellable; /* of the measurement under way */
};

G_DEFINE_FINAL_TYPE (SmaltiEstimateBar, smalti_estimate_bar, GTK_TYPE_WIDGET)

static void plan_soon (SmaltiEstimateBar *self);

/* -- in words -- */

static char *
describe_size (guint64 bytes)
{
  return g_format_size_full (bytes, G_FORMAT_SIZE_IEC_UNITS);
}

static char *
describe_params (gint64 n)
{
  if (n >= 1000000)
    return g_strdup_printf (_ ("%.1f million parameters"), n / 1e6);
  return g_strdup_printf (ngettext ("%'" PRId64 " parameter", "%'" PRId64 " parameters", n), n);
}

static char *
describe_rate (gdouble rate)
{
  return g_strdup_printf (rate < 10 ? _ ("%.1f images/s") : _ ("%.0f images/s"), rate);
}

static void
add_detail (SmaltiEstimateBar *self, int *row, const char *title, char *value)
{
  GtkWidget *name = gtk_label_new (title), *number = gtk_label_new (value);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_wrap (GTK_LABEL (name), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (name), 24);
  gtk_label_set_xalign (GTK_LABEL (number), 1);
  gtk_label_set_selectable (GTK_LABEL (number), TRUE);
  gtk_label_set_wrap (GTK_LABEL (number), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (number), 20);
  gtk_widget_set_hexpand (number, TRUE);
  gtk_widget_add_css_class (name, "dim-label");
  gtk_widget_add_css_class (number, "numeric");
  gtk_grid_attach (self->details, name, 0, *row, 1, 1);
  gtk_grid_attach (self->details, number, 1, *row, 1, 1);
  ++*row;
  g_free (value);
}

static char *
describe_count (guint64 n)
{
  return g_strdup_printf ("%'" G_GUINT64_FORMAT, n);
}

static void
show_details (SmaltiEstimateBar *self)
{
  const SmaltiEstimate *estimate = self->estimate;
  GtkWidget *child;
  int row = 0;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->details))))
    gtk_grid_remove (self->details, child);
  gtk_widget_set_visible (self->details_button, estimate != NULL);
  if (!estimate)
    return;
  add_detail (self, &row, _ ("Parameters"), describe_count (estimate->n_params));
  add_detail (self, &row, _ ("Arithmetic of a step"),
              g_strdup_printf (_ ("%.1f thousand million operations"), estimate->flop / 1e9));
  add_detail (self, &row, _ ("Memory for training"), describe_size (estimate->plan_bytes));
  add_detail (self, &row, _ ("Memory for loading, at most"), describe_size (estimate->loader_bytes));
  if (estimate->available_bytes > 0)
    add_detail (self, &row, _ ("Memory there is"), describe_size (estimate->available_bytes));
  if (estimate->largest_batch > 0)
    add_detail (self, &row, _ ("Largest batch that fits"), describe_count (estimate->largest_batch));
  if (!estimate->is_measured)
    return;
  add_detail (self, &row, _ ("Measured on"), g_strdup (estimate->device ? estimate->device : ""));
  add_detail (self, &row, _ ("Steps measured"), describe_count (estimate->n_timed));
  add_detail (self, &row, _ ("Pictures to train on"), describe_count (estimate->n_images));
  add_detail (self, &row, _ ("Steps an epoch"), describe_count (estimate->steps_per_epoch));
  add_detail (self, &row, _ ("Steps in all"), describe_count (estimate->n_steps));
  if (estimate->step_seconds > 0)
    add_detail (self, &row, _ ("The network alone"), describe_rate (estimate->batch / estimate->step_seconds));
  add_detail (self, &row, _ ("Reading pictures alone"), describe_rate (estimate->loader_rate));
  add_detail (self, &row, _ ("A validation"), smalti_describe_seconds (estimate->validation_seconds));
  add_detail (self, &row, _ ("An epoch"), smalti_describe_seconds (estimate->epoch_seconds));
  add_detail (self, &row, _ ("In all"), smalti_describe_seconds (estimate->total_seconds));
}

static char *
describe_time (const SmaltiEstimate *estimate)
{
  g_autofree char *epoch = smalti_describe_seconds (estimate->epoch_seconds);
  g_autofree char *total = smalti_describe_seconds (estimate->total_seconds);
  gdouble network = estimate->step_seconds > 0 ? estimate->batch / estimate->step_seconds : 0;
  g_autofree char *rate = describe_rate (MIN (network, estimate->loader_rate));

  if (estimate->loader_rate < network)
    /* Translators: "12 s an epoch, 4 min in all; reading pictures limits it to 57 images/s" */
    return g_strdup_printf (_ ("%s an epoch, %s in all; reading pictures limits it to %s"), epoch, total, rate);
  /* Translators: "12 s an epoch, 4 min in all, at 57 images/s" */
  return g_strdup_printf (_ ("%s an epoch, %s in all, at %s"), epoch, total, rate);
}

static void
show_warning (SmaltiEstimateBar *self)
{
  const SmaltiEstimate *estimate = self->estimate;
  gboolean warn = estimate && !estimate->fits;

  gtk_widget_set_visible (self->warning_box, warn);
  if (!warn)
    return;

  g_autofree char *needed = describe_size (estimate->plan_bytes + estimate->loader_bytes);
  g_autofree char *there = describe_size (estimate->usable_bytes);
  g_autofree char *text
      = g_strdup_printf (_ ("A batch of %u needs %s, and there are %s."), estimate->batch, needed, there);
  g_autofree char *batch
      = g_strdup_printf (_ ("Use Batch %u"), smalti_estimate_batch_to_offer (estimate->largest_batch));
  g_autofree char *none = g_strdup_printf (_ ("%s Not even a batch of one fits."), text);

  gtk_label_set_text (self->warning_label, estimate->largest_batch > 0 ? text : none);
  gtk_button_set_label (self->batch_button, batch);
  gtk_widget_set_visible (GTK_WIDGET (self->batch_button), estimate->largest_batch > 0);
}

static const char *
why_no_time (SmaltiEstimateBar *self)
{
  if (!smalti_spec_get_method (smalti_spec_draft_get_spec (self->draft))->trains)
    return _ ("Nothing is trained; the network is measured as it is.");
  if (!self->pictures)
    return _ ("The time is measured once there are pictures.");
  if (!self->free)
    return _ ("The time is measured when no other run is at work.");
  if (self->measure_failed)
    return _ ("The time could not be measured.");
  if (self->estimate && !self->estimate->fits)
    return "";
  return _ ("Measuring the time…");
}

static void
show (SmaltiEstimateBar *self)
{
  gboolean busy = self->at_work || self->source != 0;

  if (self->estimate)
    {
      g_autofree char *params = describe_params (self->estimate->n_params);
      g_autofree char *needed = describe_size (self->estimate->plan_bytes + self->estimate->loader_bytes);
      g_autofree char *there = describe_size (self->estimate->available_bytes);
      g_autofree char *memory = self->estimate->available_bytes > 0
                                    /* Translators: "312 MiB of 3.1 GiB of memory" */
                                    ? g_strdup_printf (_ ("%s of %s of memory"), needed, there)
                                    : g_strdup_printf (_ ("%s of memory"), needed);
      g_autofree char *size = g_strdup_printf ("%s · %s", params, memory);
      g_autofree char *time = self->estimate->is_measured ? describe_time (self->estimate) : NULL;

      gtk_label_set_text (self->size_label, size);
      gtk_label_set_text (self->time_label, time ? time : why_no_time (self));
    }
  else
    {
      gtk_label_set_text (self->size_label, busy ? _ ("Planning the network…") : _ ("No estimate as things stand."));
      gtk_label_set_text (self->time_label, "");
    }
  gtk_widget_set_visible (GTK_WIDGET (self->time_label), *gtk_label_get_text (self->time_label) != '\0');
  gtk_widget_set_opacity (GTK_WIDGET (self->size_label), self->stale ? 0.6 : 1);
  gtk_widget_set_opacity (GTK_WIDGET (self->time_label), self->stale ? 0.6 : 1);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), busy);
  gtk_spinner_set_spinning (self->spinner, busy);
  show_details (self);
  show_warning (self);
}

static void
take_estimate (SmaltiEstimateBar *self, SmaltiEstimate *estimate)
{
  g_clear_pointer (&self->estimate, smalti_estimate_free);
  self->estimate = estimate;
}

/* -- finding it -- */

typedef struct
{
  SmaltiSpec *spec;
  guint n_classes;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  smalti_spec_unref (question->spec);
  g_free (question);
}

/* The program does not end under a thread that computes: the libraries that it computes with would be taken from under
 * it. */
static void
begin_work (SmaltiEstimateBar *self)
{
  self->at_work = TRUE;
  if (g_application_get_default ())
    g_application_hold (g_application_get_default ());
}

static void
end_work (SmaltiEstimateBar *self)
{
  self->at_work = FALSE;
  if (g_application_get_default ())
    g_application_release (g_application_get_default ());
}

static void
ask (SmaltiEstimateBar *self, GTaskThreadFunc func, GAsyncReadyCallback callback)
{
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, callback, NULL);
  Question *question = g_new (Question, 1);

  *question = (Question){ smalti_spec_copy (smalti_spec_draft_get_spec (self->draft)), self->n_classes };
  g_task_set_task_data (task, question, question_free);
  begin_work (self);
  g_task_run_in_thread (task, func);
}

static void
measure_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  SmaltiEstimate *estimate = smalti_estimate_measure (((Question *)data)->spec, TRUE, cancellable, NULL, NULL, &error);

  if (estimate)
    g_task_return_pointer (task, estimate, (GDestroyNotify)smalti_estimate_free);
  else
    g_task_return_error (task, error);
}

static void
on_measured (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SmaltiEstimateBar *self = SMALTI_ESTIMATE_BAR (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiEstimate) estimate = g_task_propagate_pointer (G_TASK (result), &error);

  end_work (self);
  g_clear_object (&self->cancellable);
  if (!self->content)
    return;
  if (self->stale)
    {
      plan_soon (self);
      return;
    }
  if (estimate)
    take_estimate (self, g_steal_pointer (&estimate));
  else if (!g_error_matches (error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED)
           && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      self->measure_failed = TRUE;
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->time_label), error->message);
    }
  show (self);
}

static gboolean
can_measure (SmaltiEstimateBar *self)
{
  return self->pictures && self->free && self->shown && self->estimate && self->estimate->fits
         && !self->estimate->is_measured && !self->measure_failed && !self->stale && !self->at_work
         && smalti_spec_get_method (smalti_spec_draft_get_spec (self->draft))->trains;
}

static gboolean
measure (gpointer user_data)
{
  SmaltiEstimateBar *self = user_data;

  self->source = 0;
  if (can_measure (self))
    {
      self->cancellable = g_cancellable_new ();
      ask (self, measure_thread, on_measured);
    }
  show (self);
  return G_SOURCE_REMOVE;
}

static void
measure_soon (SmaltiEstimateBar *self)
{
  if (self->source == 0 && can_measure (self))
    self->source = g_timeout_add (MEASURE_AFTER, measure, self);
}

static void
plan_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Question *question = data;
  GError *error = NULL;
  SmaltiEstimate *estimate = smalti_estimate_new (question->spec, question->n_classes, &error);

  if (estimate)
    g_task_return_pointer (task, estimate, (GDestroyNotify)smalti_estimate_free);
  else
    g_task_return_error (task, error);
}

static void
on_planned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SmaltiEstimateBar *self = SMALTI_ESTIMATE_BAR (source);
  /* What is wrong with a spec is told by its draft. */
  g_autoptr (SmaltiEstimate) estimate = g_task_propagate_pointer (G_TASK (result), NULL);

  end_work (self);
  if (!self->content)
    return;
  if (self->stale)
    {
      plan_soon (self);
      return;
    }
  take_estimate (self, g_steal_pointer (&estimate));
  measure_soon (self);
  show (self);
}

static gboolean
plan (gpointer user_data)
{
  SmaltiEstimateBar *self = user_data;
  const SmaltiSpec *spec = smalti_spec_draft_get_spec (self->draft);

  self->source = 0;
  if (self->at_work)
    return G_SOURCE_REMOVE; /* another one follows it */
  self->stale = FALSE;
  self->measure_failed = FALSE;
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->time_label), NULL);
  if (!smalti_spec_draft_is_readable (self->draft)
      || (smalti_spec_get_method (spec)->needs_labels && self->n_classes == 0))
    take_estimate (self, NULL);
  else
    ask (self, plan_thread, on_planned);
  show (self);
  return G_SOURCE_REMOVE;
}

static void
plan_soon (SmaltiEstimateBar *self)
{
  self->stale = TRUE;
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->source, g_source_remove);
  if (self->shown)
    self->source = g_timeout_add (PLAN_AFTER, plan, self);
  show (self);
}

static void
on_changed (SmaltiEstimateBar *self, const char *key)
{
  /* A name costs nothing. */
  if (g_strcmp0 (key, "name") != 0)
    plan_soon (self);
}

static void
on_use_batch (SmaltiEstimateBar *self)
{
  g_autofree char *batch
      = g_strdup_printf ("%u", self->estimate ? smalti_estimate_batch_to_offer (self->estimate->largest_batch) : 0);

  if (self->estimate && self->estimate->largest_batch > 0)
    smalti_spec_draft_set (self->draft, "train.batch", batch);
}

void
smalti_estimate_bar_set_draft (SmaltiEstimateBar *self, SmaltiSpecDraft *draft)
{
  g_return_if_fail (SMALTI_IS_ESTIMATE_BAR (self));
  g_return_if_fail (!self->draft);

  self->draft = g_object_ref (draft);
  g_signal_connect_object (draft, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  plan_soon (self);
}

void
smalti_estimate_bar_set_classes (SmaltiEstimateBar *self, guint n_classes)
{
  g_return_if_fail (SMALTI_IS_ESTIMATE_BAR (self));

  if (self->n_classes == n_classes)
    return;
  self->n_classes = n_classes;
  if (smalti_spec_get_method (smalti_spec_draft_get_spec (self->draft))->needs_labels)
    plan_soon (self);
}

void
smalti_estimate_bar_set_state (SmaltiEstimateBar *self, gboolean pictures, gboolean free, gboolean shown)
{
  g_return_if_fail (SMALTI_IS_ESTIMATE_BAR (self));

  gboolean appears = shown && !self->shown;

  self->pictures = pictures;
  self->free = free;
  self->shown = shown;
  if (!shown || !free)
    g_cancellable_cancel (self->cancellable);
  if (appears && self->stale)
    plan_soon (self);
  else
    measure_soon (self);
  show (self);
}

static void
smalti_estimate_bar_dispose (GObject *object)
{
  SmaltiEstimateBar *self = SMALTI_ESTIMATE_BAR (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_pointer (&self->content, gtk_widget_unparent);
  G_OBJECT_CLASS (smalti_estimate_bar_parent_class)->dispose (object);
}

static void
smalti_estimate_bar_finalize (GObject *object)
{
  SmaltiEstimateBar *self = SMALTI_ESTIMATE_BAR (object);

  g_clear_pointer (&self->estimate, smalti_estimate_free);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->draft);
  G_OBJECT_CLASS (smalti_estimate_bar_parent_class)->finalize (object);
}

static void
smalti_estimate_bar_class_init (SmaltiEstimateBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_estimate_bar_dispose;
  G_OBJECT_CLASS (klass)->finalize = smalti_estimate_bar_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/smalti/Smalti/ui/estimate-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, SmaltiEstimateBar, content);
  gtk_widget_class_bind_template_child (widget_class, SmaltiEstimateBar, size_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiEstimateBar, time_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiEstimateBar, spinner);
  gtk_widget_class_bind_template_child (widget_class, SmaltiEstimateBar, details_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiEstimateBar, details);
  gtk_widget_class_bind_template_child (widget_class, SmaltiEstimateBar, warning_box);
  gtk_widget_class_bind_template_child (widget_class, SmaltiEstimateBar, warning_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiEstimateBar, batch_button);
  gtk_widget_class_bind_template_callback (widget_class, on_use_batch);
}

static void
smalti_estimate_bar_init (SmaltiEstimateBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Estimate"), -1);
}
