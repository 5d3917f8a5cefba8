/* SPDX-License-Identifier: Apache-2.0 */
/* The page is filled from two sides: the store's news (complete, a second late) and the engine's events (at once, only
 * for a run of this window). Which wins is decided per part, see there. */
#include "ui/run-page.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#include "core/run/estimate.h"
#include "ui/benchmark-table.h"
#include "ui/change-popover.h"
#include "ui/look-inside.h"
#include "ui/run-curves.h"
#include "ui/run-export.h"
#include "ui/run-meters.h"
#include "ui/sight.h"

struct _SmaltiRunPage
{
  SmaltiPage parent_instance;

  GtkWidget *try_button, *again_button, *change_button, *pause_button, *continue_button, *stop_button, *resume_button;
  SmaltiChangePopover *change_popover;
  GtkLabel *resume_label;
  GtkWidget *scroller;
  GtkImage *state_icon;
  GtkLabel *state_label;
  GtkLabel *percent_label;
  GtkProgressBar *progress_bar;
  GtkLabel *progress_label;
  GtkLabel *message_label;
  GtkWidget *batch_button;
  SmaltiRunMeters *meters;
  SmaltiRunCurves *curves;
  SmaltiSight *sight;
  GtkWidget *benchmark_section;
  GtkWidget *unmeasured_label;
  GtkWidget *inside_section;
  GtkExpander *inside_expander;
  SmaltiLookInside *inside;
  SmaltiBenchmarkTable *benchmark;
  AdwExpanderRow *details_row;
  AdwExpanderRow *log_row;
  GtkTextView *log_view;

  gint64 run; /* asked for; its item may be on its way */
  SmaltiRunItem *item;
  char *inside_folder; /* whose network is looked into */
  GPtrArray *details;  /* rows in details_row */
};

G_DEFINE_FINAL_TYPE (SmaltiRunPage, smalti_run_page, SMALTI_TYPE_PAGE)

static gboolean
is_live (SmaltiRunPage *self)
{
  return self->item
         && (smalti_run_state_is_live (smalti_run_item_get_state (self->item))
             || smalti_workbench_get_current (smalti_page_get_workbench (SMALTI_PAGE (self))) == self->run);
}

static void
add_detail (SmaltiRunPage *self, const char *title, const char *value)
{
  if (!value || !*value)
    return;

  GtkWidget *row = adw_action_row_new ();
  GtkWidget *label = gtk_label_new (value);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_halign (label, GTK_ALIGN_FILL);
  gtk_widget_set_tooltip_text (label, value);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "numeric");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  adw_expander_row_add_row (self->details_row, row);
  g_ptr_array_add (self->details, row);
}

/* The short version is the row's subtitle, what there is in full is inside. */
static void
update_details (SmaltiRunPage *self, const SmaltiRunInfo *info)
{
  for (guint i = 0; i < self->details->len; i++)
    adw_expander_row_remove (self->details_row, self->details->pdata[i]);
  g_ptr_array_set_size (self->details, 0);

  g_autofree char *memory = info->plan_bytes ? g_format_size_full (info->plan_bytes, G_FORMAT_SIZE_IEC_UNITS) : NULL;
  g_autofree char *loader
      = info->loader_bytes ? g_format_size_full (info->loader_bytes, G_FORMAT_SIZE_IEC_UNITS) : NULL;
  g_autofree char *threads = info->n_threads ? g_strdup_printf ("%u", info->n_threads) : NULL;
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, info->seed);
  g_autofree char *n_params = info->n_params > 0 ? g_strdup_printf ("%'" G_GINT64_FORMAT, info->n_params) : NULL;
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, info->id);
  g_autofree char *fingerprint = info->data_fingerprint ? g_strndup (info->data_fingerprint, 16) : NULL;
  g_autofree char *subtitle = NULL;

  add_detail (self, _ ("Number"), number);
  add_detail (self, _ ("Pictures"), info->data_path);
  add_detail (self, _ ("Fingerprint of the pictures"), fingerprint);
  add_detail (self, _ ("Backbone"), info->backbone);
  add_detail (self, _ ("Parameters"), n_params);
  add_detail (self, _ ("Device"), info->device);
  add_detail (self, _ ("Threads"), threads);
  add_detail (self, _ ("Precision"), info->precision);
  add_detail (self, _ ("Memory for training"), memory);
  add_detail (self, _ ("Memory for loading, at most"), loader);
  add_detail (self, _ ("Seed"), seed);
  add_detail (self, _ ("Version of Smalti"), info->program_version);

  if (info->device && *info->device)
    subtitle = g_markup_printf_escaped ("%s · %s · %s", info->backbone, info->device, info->precision);
  else
    subtitle = g_markup_escape_text (info->backbone, -1);
  adw_expander_row_set_subtitle (self->details_row, subtitle);
}

static void
on_item_changed (SmaltiRunItem *item, SmaltiRunPage *self)
{
  if (!smalti_page_is_shown (SMALTI_PAGE (self)))
    return;

  const SmaltiRunInfo *info = smalti_run_item_get_info (item);
  gdouble fraction = smalti_run_item_get_fraction (item);
  g_autofree char *progress = smalti_run_item_describe_progress (item);
  g_autofree char *percent = g_strdup_printf (_ ("%.0f%%"), floor (fraction * 100));
  const char *message = info->message;

  smalti_run_item_show_icon (item, self->state_icon);
  gtk_label_set_text (self->state_label, smalti_run_item_describe_state (item));
  gtk_label_set_text (self->percent_label, percent);
  gtk_widget_set_visible (GTK_WIDGET (self->percent_label), smalti_run_item_has_fraction (item));
  gtk_progress_bar_set_fraction (self->progress_bar, fraction);
  gtk_label_set_text (self->progress_label, progress);
  gtk_widget_set_visible (GTK_WIDGET (self->progress_label), *progress != '\0');
  if (info->state == SMALTI_RUN_LOST)
    message = _ ("The program that trained it is gone. Nothing is lost: resuming continues from the last checkpoint.");
  gtk_label_set_text (self->message_label, message ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message_label), message && *message);
  gtk_widget_set_visible (self->batch_button, info->state == SMALTI_RUN_FAILED && info->batch_that_fits > 0);
  if (gtk_widget_get_visible (self->batch_button))
    {
      g_autofree char *use
          = g_strdup_printf (_ ("Use Batch %u"), smalti_estimate_batch_to_offer (info->batch_that_fits));

      gtk_button_set_label (GTK_BUTTON (self->batch_button), use);
    }
  if (info->state == SMALTI_RUN_FAILED)
    gtk_widget_add_css_class (GTK_WIDGET (self->message_label), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->message_label), "error");
}

static void
on_provenance (SmaltiRunItem *item, SmaltiRunPage *self)
{
  update_details (self, smalti_run_item_get_info (item));
}

static void
append_log (SmaltiRunPage *self, GPtrArray *lines)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->log_view);

  for (guint i = 0; i < lines->len; i++)
    {
      const SmaltiArtifact *line = lines->pdata[i];
      g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (line->time / G_USEC_PER_SEC);
      g_autoptr (GDateTime) local = utc ? g_date_time_to_local (utc) : NULL;
      g_autofree char *clock = local ? g_date_time_format (local, "%H:%M:%S") : g_strdup ("");
      g_autofree char *text
          = g_strdup_printf ("%s%s  %s", gtk_text_buffer_get_char_count (buffer) > 0 ? "\n" : "", clock, line->text);
      GtkTextIter end;

      gtk_text_buffer_get_end_iter (buffer, &end);
      gtk_text_buffer_insert (buffer, &end, text, -1);
      if (i == lines->len - 1)
        {
          g_auto (GStrv) first = g_strsplit (line->text, "\n", 2);
          g_autofree char *markup = g_markup_escape_text (first[0] ? first[0] : "", -1);

          adw_expander_row_set_subtitle (self->log_row, markup);
        }
    }
}

static void
clear (SmaltiRunPage *self)
{
  smalti_run_curves_clear (self->curves);
  smalti_run_meters_clear (self->meters);
  gtk_widget_set_visible (GTK_WIDGET (self->benchmark), FALSE);
  gtk_widget_set_visible (self->unmeasured_label, TRUE);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->log_view), "", 0);
  adw_expander_row_set_subtitle (self->log_row, "");
}

/* Of a run that is over they say nothing any more: their curves do. */
static void
take_meters (SmaltiRunPage *self, const SmaltiRunNews *news)
{
  if (!is_live (self))
    return;
  for (guint i = 0; i < news->metrics->len; i++)
    {
      const SmaltiMetricNews *metric = news->metrics->pdata[i];

      smalti_run_meters_take (self->meters, metric->metric,
                              g_array_index (metric->points, SmaltiPoint, metric->points->len - 1).value);
    }
}

static void
on_news (SmaltiRunPage *self, const SmaltiRunNews *news)
{
  if (!self->item || news->run != smalti_run_item_get_id (self->item))
    return;
  if (news->from_start)
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->log_view), "", 0);
  smalti_run_curves_take_news (self->curves, news);
  if (news->changes)
    smalti_run_curves_set_changes (self->curves, news->changes);
  take_meters (self, news);
  if (news->log)
    append_log (self, news->log);
  if (news->previews)
    smalti_sight_take_previews (self->sight, news->previews, news->preview_step, TRUE);
  if (news->benchmarks)
    {
      smalti_benchmark_table_set (self->benchmark, news->benchmarks);
      gtk_widget_set_visible (GTK_WIDGET (self->benchmark), news->benchmarks->len > 0);
      gtk_widget_set_visible (self->unmeasured_label, news->benchmarks->len == 0);
    }
}

static void
on_event (SmaltiRunPage *self, const SmaltiEvent *event)
{
  if (!self->item || event->run != smalti_run_item_get_id (self->item))
    return;
  smalti_run_curves_take_event (self->curves, event);
  if (event->type == SMALTI_EVENT_METRIC)
    smalti_run_meters_take (self->meters, event->metric, event->point.value);
  else if (event->type == SMALTI_EVENT_PREVIEW && event->previews)
    smalti_sight_take_previews (self->sight, event->previews, event->point.step, FALSE);
}

SmaltiRunItem *
smalti_run_page_get_item (SmaltiRunPage *self)
{
  return self->item;
}

gint64
smalti_run_page_get_run (SmaltiRunPage *self)
{
  return self->run;
}

static gboolean
is_waiting (SmaltiRunPage *self)
{
  return self->item && smalti_workbench_is_waiting (smalti_page_get_workbench (SMALTI_PAGE (self)), self->run);
}

gboolean
smalti_run_page_can (SmaltiRunPage *self, SmaltiRunAction action)
{
  SmaltiRunState state = self->item ? smalti_run_item_get_state (self->item) : SMALTI_RUN_DONE;
  gboolean live = is_live (self) && !smalti_run_item_is_stopping (self->item);

  switch (action)
    {
    case SMALTI_RUN_ACTION_STOP:
      return live || is_waiting (self);
    case SMALTI_RUN_ACTION_STOP_NOW:
      return live;
    case SMALTI_RUN_ACTION_PAUSE:
      return live && state != SMALTI_RUN_PAUSED;
    case SMALTI_RUN_ACTION_CONTINUE:
      return live && state == SMALTI_RUN_PAUSED;
    case SMALTI_RUN_ACTION_RESUME:
      return self->item && state != SMALTI_RUN_DONE && !is_live (self) && !is_waiting (self);
    }
  g_assert_not_reached ();
}

/* The pictures of the answers above are what the network has seen: one of them is looked at from inside. */
static void
on_picked (SmaltiRunPage *self, SmaltiImage *image)
{
  smalti_look_inside_set_image (self->inside, image);
  gtk_expander_set_expanded (self->inside_expander, TRUE);
}

/* Where its checkpoint is, or will be. */
static char *
run_folder (SmaltiRunPage *self)
{
  SmaltiStoreClient *client = smalti_workbench_get_client (smalti_page_get_workbench (SMALTI_PAGE (self)));
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, self->run);

  return g_build_filename (smalti_store_client_get_path (client), "runs", number, NULL);
}

/* While it trains, the network is its own; read at rest, as its last checkpoint has it. */
static void
update_inside (SmaltiRunPage *self)
{
  gboolean readable = self->item && !is_live (self) && smalti_run_item_get_info (self->item)->step > 0;
  g_autofree char *folder = readable && smalti_page_is_shown (SMALTI_PAGE (self)) ? run_folder (self) : NULL;

  gtk_widget_set_visible (self->inside_section, readable);
  gtk_widget_set_visible (self->try_button, readable);
  if (g_strcmp0 (folder, self->inside_folder) == 0)
    return;
  g_free (self->inside_folder);
  self->inside_folder = g_strdup (folder);
  smalti_look_inside_set_model (self->inside, folder);
}

/* The same button begins a run that has never begun, and puts in the queue what has to wait. */
static void
update_buttons (SmaltiRunPage *self)
{
  if (!is_live (self))
    smalti_run_meters_clear (self->meters);

  gboolean live = is_live (self);
  gboolean paused = live && smalti_run_item_get_state (self->item) == SMALTI_RUN_PAUSED;
  gboolean fresh = self->item && smalti_run_item_get_state (self->item) == SMALTI_RUN_QUEUED;
  gboolean busy = smalti_workbench_is_busy (smalti_page_get_workbench (SMALTI_PAGE (self)));

  gtk_label_set_text_with_mnemonic (self->resume_label, fresh ? _ ("_Start") : _ ("_Resume"));
  gtk_widget_set_tooltip_text (self->resume_button, busy    ? _ ("Goes on when what trains now is done")
                                                    : fresh ? _ ("Start this run")
                                                            : _ ("Go on from the last checkpoint"));
  /* What has not begun has nothing to measure. */
  gtk_widget_set_visible (self->benchmark_section,
                          self->item && smalti_run_item_get_state (self->item) != SMALTI_RUN_QUEUED);
  update_inside (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "run.measure", self->item && !live);
  gtk_widget_set_visible (self->again_button, self->item && !live);
  gtk_widget_set_visible (self->change_button, live);
  gtk_widget_set_visible (self->pause_button, live && !paused);
  gtk_widget_set_visible (self->continue_button, paused);
  gtk_widget_set_visible (self->stop_button, live || is_waiting (self));
  gtk_widget_set_visible (self->resume_button, smalti_run_page_can (self, SMALTI_RUN_ACTION_RESUME));
}

static void
on_change (SmaltiRunPage *self, const char *key, const char *value)
{
  smalti_workbench_ask_run (smalti_page_get_workbench (SMALTI_PAGE (self)), self->run, SMALTI_REQUEST_CHANGE, key,
                            value);
}

/* As the run has it now: read when the popover opens. */
static void
on_change_opened (SmaltiRunPage *self)
{
  g_autoptr (SmaltiSpec) spec = NULL;

  if (self->item && gtk_widget_get_visible (GTK_WIDGET (self->change_popover)))
    spec = smalti_spec_parse (smalti_run_item_get_info (self->item)->spec_yaml, "", NULL, NULL);
  if (spec)
    smalti_change_popover_set_spec (self->change_popover, spec);
}

static void
measure_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "win.measure-run", "x", SMALTI_RUN_PAGE (widget)->run);
}

/* Once more, with the batch that fits. */
static void
use_batch_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SmaltiRunPage *self = SMALTI_RUN_PAGE (widget);

  if (self->item)
    gtk_widget_activate_action (
        widget, "win.new-run-like", "(xu)", self->run,
        smalti_estimate_batch_to_offer (smalti_run_item_get_info (self->item)->batch_that_fits));
}

static void
export_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SmaltiRunPage *self = SMALTI_RUN_PAGE (widget);

  if (self->item)
    smalti_run_export (widget, smalti_page_get_workbench (SMALTI_PAGE (self)), self->item,
                       g_str_equal (name, "run.export-weights") ? SMALTI_RUN_EXPORT_WEIGHTS : SMALTI_RUN_EXPORT_REPORT);
}

static void
watch (SmaltiRunPage *self)
{
  SmaltiPage *page = SMALTI_PAGE (self);

  smalti_store_client_watch (smalti_workbench_get_client (smalti_page_get_workbench (page)),
                             smalti_page_is_shown (page) && self->item ? self->run : 0);
}

static void
update_title (SmaltiRunPage *self)
{
  smalti_run_curves_set_name (self->curves, self->item ? smalti_run_item_get_name (self->item) : "");
  smalti_page_set_title (SMALTI_PAGE (self), self->item ? smalti_run_item_get_name (self->item) : "");
  smalti_page_set_subtitle (SMALTI_PAGE (self), self->item ? smalti_run_item_get_method (self->item) : "");
}

/* The run's item, as soon as the list has it; none, when it has gone from there. */
static void
find_item (SmaltiRunPage *self)
{
  SmaltiRunList *runs = smalti_workbench_get_runs (smalti_page_get_workbench (SMALTI_PAGE (self)));
  SmaltiRunItem *item = self->run ? smalti_run_list_find (runs, self->run, NULL) : NULL;

  if (item != self->item)
    {
      if (self->item)
        g_signal_handlers_disconnect_by_data (self->item, self);
      g_set_object (&self->item, item);
      clear (self);
      smalti_look_inside_set_image (self->inside, NULL);
      gtk_expander_set_expanded (self->inside_expander, FALSE);
      smalti_sight_set_run (self->sight, smalti_workbench_get_client (smalti_page_get_workbench (SMALTI_PAGE (self))),
                            item ? self->run : 0);
      if (item)
        {
          g_signal_connect (item, "changed", G_CALLBACK (on_item_changed), self);
          g_signal_connect (item, "provenance-changed", G_CALLBACK (on_provenance), self);
          on_item_changed (item, self);
          update_details (self, smalti_run_item_get_info (item));
        }
      watch (self);
    }
  update_title (self);
  update_buttons (self);
}

void
smalti_run_page_set_run (SmaltiRunPage *self, gint64 run)
{
  g_return_if_fail (SMALTI_IS_RUN_PAGE (self));

  self->run = run;
  /* Not actions of the page's own: their buttons are in the window's header bar. */
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->try_button), "x", run);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->again_button), "(xu)", run, 0);
  find_item (self);
}

/* What could not start, or was deleted elsewhere, leaves nothing to show. */
static void
on_runs_read (SmaltiRunPage *self)
{
  gboolean was_there = self->item != NULL;

  find_item (self);
  if (was_there && !self->item && smalti_page_is_shown (SMALTI_PAGE (self)))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.back", NULL);
}

static void
smalti_run_page_attach (SmaltiPage *page)
{
  SmaltiWorkbench *workbench = smalti_page_get_workbench (page);

  g_signal_connect_object (workbench, "runs-read", G_CALLBACK (on_runs_read), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (workbench, "changed", G_CALLBACK (update_buttons), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (workbench, "event", G_CALLBACK (on_event), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (smalti_workbench_get_client (workbench), "news", G_CALLBACK (on_news), page,
                           G_CONNECT_SWAPPED);
}

/* Read anew each time, so that nothing is missed that was written while it was not on display. */
static void
smalti_run_page_shown (SmaltiPage *page)
{
  SmaltiRunPage *self = SMALTI_RUN_PAGE (page);

  if (self->item)
    on_item_changed (self->item, self);
  watch (self);
  update_inside (self);
}

static void
smalti_run_page_dispose (GObject *object)
{
  SmaltiRunPage *self = SMALTI_RUN_PAGE (object);

  if (self->item)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (smalti_run_page_parent_class)->dispose (object);
}

static void
smalti_run_page_finalize (GObject *object)
{
  g_ptr_array_unref (SMALTI_RUN_PAGE (object)->details);
  g_free (SMALTI_RUN_PAGE (object)->inside_folder);
  G_OBJECT_CLASS (smalti_run_page_parent_class)->finalize (object);
}

static void
smalti_run_page_class_init (SmaltiRunPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_run_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = smalti_run_page_finalize;
  g_type_ensure (SMALTI_TYPE_RUN_CURVES);
  g_type_ensure (SMALTI_TYPE_BENCHMARK_TABLE);
  g_type_ensure (SMALTI_TYPE_CHANGE_POPOVER);
  g_type_ensure (SMALTI_TYPE_LOOK_INSIDE);
  g_type_ensure (SMALTI_TYPE_RUN_METERS);
  g_type_ensure (SMALTI_TYPE_SIGHT);
  SMALTI_PAGE_CLASS (klass)->attach = smalti_run_page_attach;
  SMALTI_PAGE_CLASS (klass)->shown = smalti_run_page_shown;
  SMALTI_PAGE_CLASS (klass)->hidden = smalti_run_page_shown;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/smalti/Smalti/ui/run-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, try_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, again_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, change_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, change_popover);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, pause_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, continue_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, stop_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, resume_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, resume_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, state_icon);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, state_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, percent_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, progress_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, message_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, batch_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, curves);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, meters);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, sight);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, benchmark_section);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, unmeasured_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, inside_section);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, inside_expander);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, inside);
  gtk_widget_class_bind_template_callback (widget_class, on_picked);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, benchmark);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, details_row);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, log_row);
  gtk_widget_class_bind_template_child (widget_class, SmaltiRunPage, log_view);
  gtk_widget_class_bind_template_callback (widget_class, on_change);
  gtk_widget_class_install_action (widget_class, "run.measure", NULL, measure_action);
  gtk_widget_class_install_action (widget_class, "run.use-batch", NULL, use_batch_action);
  gtk_widget_class_install_action (widget_class, "run.export-weights", NULL, export_action);
  gtk_widget_class_install_action (widget_class, "run.export-report", NULL, export_action);
}

static void
smalti_run_page_init (SmaltiRunPage *self)
{
  self->details = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->change_popover, "notify::visible", G_CALLBACK (on_change_opened), self);
}
