/* SPDX-License-Identifier: Apache-2.0 */
/* The page keeps which runs are chosen, and reads a new comparison (comparison.h) when that changes, when one of them
 * goes on, and when the page comes back on display. Sections take it in when they are looked at. */
#include "ui/compare-page.h"

#include <glib/gi18n-lib.h>

#include "core/run/report.h"
#include "ui/compare-benchmark.h"
#include "ui/compare-chooser.h"
#include "ui/compare-confusion.h"
#include "ui/compare-curves.h"
#include "ui/compare-map.h"
#include "ui/compare-neighbours.h"
#include "ui/settings.h"
#include "ui/spec-difference.h"
#include "ui/spinner.h"
#include "ui/wrap-layout.h"

#define NEWS_EVERY 2 /* seconds: how often at most runs under way are read again */

struct _SmaltiComparePage
{
  SmaltiPage parent_instance;

  GtkMenuButton *runs_button;
  GtkPopover *popover;
  SmaltiCompareChooser *chooser;
  GtkWidget *report_button;
  GtkStack *stack;
  AdwStatusPage *failed_page;
  GtkWidget *chips;
  GtkStack *sections;
  GtkDropDown *section_choice;

  GArray *runs;    /* of gint64: chosen */
  gboolean chosen; /* by a person, or restored: otherwise what is sensible is shown */
  SmaltiComparison *comparison;
  guint asked; /* counts the questions: only the last one's answer is of interest */
  gboolean reading;
  guint news_source;
  GArray *steps; /* of guint64: what was last known of the chosen runs */
};

G_DEFINE_FINAL_TYPE (SmaltiComparePage, smalti_compare_page, SMALTI_TYPE_PAGE)

static void read_comparison (SmaltiComparePage *self);

/* -- which runs -- */

static void
remember (SmaltiComparePage *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < self->runs->len; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? " " : "", g_array_index (self->runs, gint64, i));
  smalti_settings_set_string ("compared-runs", text->str);
}

static void
recall (SmaltiComparePage *self)
{
  g_autofree char *text = smalti_settings_get_string ("compared-runs", "");
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  for (guint i = 0; words[i] && self->runs->len < SMALTI_COMPARISON_RUNS; i++)
    {
      gint64 run = g_ascii_strtoll (words[i], NULL, 10);

      if (run > 0)
        g_array_append_val (self->runs, run);
    }
  self->chosen = self->runs->len > 0;
}

static void
show_choice (SmaltiComparePage *self)
{
  smalti_compare_chooser_set_chosen (self->chooser, (const gint64 *)self->runs->data, self->runs->len,
                                     SMALTI_COMPARISON_RUNS);
}

static void
change (SmaltiComparePage *self)
{
  self->chosen = TRUE;
  remember (self);
  show_choice (self);
  read_comparison (self);
}

static gint
place_of (SmaltiComparePage *self, gint64 run)
{
  for (guint i = 0; i < self->runs->len; i++)
    if (g_array_index (self->runs, gint64, i) == run)
      return i;
  return -1;
}

void
smalti_compare_page_set_runs (SmaltiComparePage *self, const gint64 *runs, guint n_runs)
{
  g_return_if_fail (SMALTI_IS_COMPARE_PAGE (self));

  g_array_set_size (self->runs, 0);
  for (guint i = 0; i < n_runs && self->runs->len < SMALTI_COMPARISON_RUNS; i++)
    if (place_of (self, runs[i]) < 0)
      g_array_append_val (self->runs, runs[i]);
  change (self);
}

static void
on_toggled (SmaltiComparePage *self, gint64 run, gboolean chosen)
{
  gint place = place_of (self, run);

  if (chosen && place < 0 && self->runs->len < SMALTI_COMPARISON_RUNS)
    g_array_append_val (self->runs, run);
  else if (!chosen && place >= 0)
    g_array_remove_index (self->runs, place);
  change (self);
}

static void
on_popover (SmaltiComparePage *self)
{
  if (gtk_widget_get_visible (GTK_WIDGET (self->popover)))
    smalti_compare_chooser_reset (self->chooser);
}

static void
on_choose (SmaltiComparePage *self)
{
  gtk_menu_button_popup (self->runs_button);
}

/* -- chips: the chosen runs in their colours -- */

static void
on_remove (GtkButton *button, SmaltiComparePage *self)
{
  gint64 run = *(gint64 *)g_object_get_data (G_OBJECT (button), "run");
  gint place = place_of (self, run);

  if (place < 0)
    return;
  g_array_remove_index (self->runs, place);
  gtk_widget_grab_focus (GTK_WIDGET (self->sections));
  change (self);
}

static GtkWidget *
chip_new (SmaltiComparePage *self, guint i)
{
  const SmaltiComparedRun *run = smalti_comparison_get (self->comparison, i);
  GtkWidget *chip = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0), *open = gtk_button_new ();
  GtkWidget *inside = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *label = gtk_label_new (run->title);
  GtkWidget *remove = gtk_button_new_from_icon_name ("window-close-symbolic");
  g_autofree char *words = g_strdup_printf (_ ("Open “%s”"), run->title);
  g_autofree char *away = g_strdup_printf (_ ("Take “%s” out of the comparison"), run->title);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 24);
  gtk_box_append (GTK_BOX (inside), smalti_compare_swatch_new (i));
  gtk_box_append (GTK_BOX (inside), label);
  gtk_button_set_child (GTK_BUTTON (open), inside);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (open), "win.show-run");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (open), "x", run->id);
  gtk_widget_set_tooltip_text (open, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (open), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_set_tooltip_text (remove, away);
  gtk_accessible_update_property (GTK_ACCESSIBLE (remove), GTK_ACCESSIBLE_PROPERTY_LABEL, away, -1);
  g_object_set_data_full (G_OBJECT (remove), "run", g_memdup2 (&run->id, sizeof run->id), g_free);
  g_signal_connect (remove, "clicked", G_CALLBACK (on_remove), self);
  gtk_box_append (GTK_BOX (chip), open);
  gtk_box_append (GTK_BOX (chip), remove);
  gtk_widget_add_css_class (chip, "linked");
  return chip;
}

static void
show_chips (SmaltiComparePage *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->chips)) != NULL)
    gtk_box_remove (GTK_BOX (self->chips), child);
  for (guint i = 0; i < smalti_comparison_get_n (self->comparison); i++)
    gtk_box_append (GTK_BOX (self->chips), chip_new (self, i));
}

/* -- reading -- */

static void
show_comparison (SmaltiComparePage *self, SmaltiComparison *comparison)
{
  SmaltiWorkbench *workbench = smalti_page_get_workbench (SMALTI_PAGE (self));
  g_autoptr (SmaltiComparison) before = g_steal_pointer (&self->comparison);
  guint n = smalti_comparison_get_n (comparison);
  g_autofree char *subtitle = g_strdup_printf (ngettext ("%u run", "%u runs", n), n);

  self->comparison = comparison;
  g_array_set_size (self->runs, 0);
  for (guint i = 0; i < n; i++)
    g_array_append_val (self->runs, smalti_comparison_get (comparison, i)->id);
  show_choice (self);
  smalti_page_set_subtitle (SMALTI_PAGE (self), n > 0 ? subtitle : NULL);
  gtk_widget_set_sensitive (self->report_button, n > 0);
  if (n == 0)
    {
      gtk_stack_set_visible_child_name (self->stack, "empty");
      return;
    }
  if (!smalti_comparison_same_runs (before, comparison))
    show_chips (self);
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->sections)); child;
       child = gtk_widget_get_next_sibling (child))
    smalti_compare_section_set (SMALTI_COMPARE_SECTION (child), workbench, comparison);
  gtk_stack_set_visible_child_name (self->stack, "runs");
}

typedef struct
{
  SmaltiComparePage *self;
  guint number;
} Asked;

static void
on_comparison (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Asked *asked = user_data;
  g_autoptr (SmaltiComparePage) self = asked->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiComparison) comparison
      = smalti_comparison_load_finish (SMALTI_STORE_CLIENT (source), result, &error);

  if (asked->number != self->asked || !self->runs)
    return;
  self->reading = FALSE;
  if (comparison)
    {
      show_comparison (self, g_steal_pointer (&comparison));
      return;
    }

  g_autofree char *markup = g_markup_escape_text (error->message, -1);

  adw_status_page_set_description (self->failed_page, markup);
  gtk_stack_set_visible_child_name (self->stack, "failed");
}

static void
read_comparison (SmaltiComparePage *self)
{
  SmaltiWorkbench *workbench = smalti_page_get_workbench (SMALTI_PAGE (self));
  Asked *asked;

  if (self->chosen && self->runs->len == 0)
    {
      self->asked++;
      self->reading = FALSE;
      g_clear_pointer (&self->comparison, smalti_comparison_unref);
      smalti_page_set_subtitle (SMALTI_PAGE (self), NULL);
      gtk_widget_set_sensitive (self->report_button, FALSE);
      gtk_stack_set_visible_child_name (self->stack, "empty");
      return;
    }
  asked = g_new (Asked, 1);
  *asked = (Asked){ g_object_ref (self), ++self->asked };
  self->reading = TRUE;
  smalti_comparison_load_async (smalti_workbench_get_client (workbench), (const gint64 *)self->runs->data,
                                self->chosen ? self->runs->len : 0, on_comparison, asked);
}

/* What has happened to a chosen run since it was last read: a number that changes with it. */
static guint64
news_of (SmaltiRunList *runs, gint64 run)
{
  SmaltiRunItem *item = smalti_run_list_find (runs, run, NULL);
  const SmaltiRunInfo *info = item ? smalti_run_item_get_info (item) : NULL;

  return info ? 1 + info->step * 16 + info->state + (guint64)info->finished * 3 + g_str_hash (info->name)
                    + g_str_hash (info->phase)
              : 0;
}

static gboolean
take_notice (SmaltiComparePage *self)
{
  SmaltiRunList *runs = smalti_workbench_get_runs (smalti_page_get_workbench (SMALTI_PAGE (self)));
  gboolean changed = self->steps->len != self->runs->len;

  g_array_set_size (self->steps, self->runs->len);
  for (guint i = 0; i < self->runs->len; i++)
    {
      guint64 news = news_of (runs, g_array_index (self->runs, gint64, i));

      changed |= g_array_index (self->steps, guint64, i) != news;
      g_array_index (self->steps, guint64, i) = news;
    }
  return changed;
}

static gboolean
on_news (gpointer user_data)
{
  SmaltiComparePage *self = user_data;

  self->news_source = 0;
  if (smalti_page_is_shown (SMALTI_PAGE (self)) && !self->reading && take_notice (self))
    read_comparison (self);
  return G_SOURCE_REMOVE;
}

static void
on_runs_read (SmaltiComparePage *self)
{
  if (!self->news_source && smalti_page_is_shown (SMALTI_PAGE (self)))
    self->news_source = g_timeout_add_seconds (NEWS_EVERY, on_news, self);
}

/* -- the report -- */

typedef struct
{
  GArray *runs;
  char *path;
} Report;

static void
report_free (Report *report)
{
  g_array_unref (report->runs);
  g_free (report->path);
  g_free (report);
}

static gpointer
write_report (SmaltiStore *store, gpointer data, GError **error)
{
  const Report *report = data;

  return smalti_report_write_html (store, (const gint64 *)report->runs->data, report->runs->len, report->path, error)
             ? g_strdup (report->path)
             : NULL;
}

static void
on_open_report (AdwToast *toast, GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);

  gtk_show_uri (NULL, uri, GDK_CURRENT_TIME);
}

static void
on_report (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiComparePage) self = user_data;
  SmaltiWorkbench *workbench = smalti_page_get_workbench (SMALTI_PAGE (self));
  g_autoptr (GError) error = NULL;
  g_autofree char *path = smalti_store_client_call_finish (SMALTI_STORE_CLIENT (source), result, &error);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (!workbench)
    return;
  if (path)
    {
      g_autoptr (GFile) file = g_file_new_for_path (path);
      g_autofree char *name = g_file_get_basename (file);
      g_autofree char *message = g_strdup_printf (_ ("Report saved as “%s”"), name);

      smalti_workbench_offer (workbench, message, _ ("_Open"), G_CALLBACK (on_open_report), g_steal_pointer (&file),
                              (GClosureNotify)(GCallback)g_object_unref);
      return;
    }

  GtkWidget *dialog
      = adw_message_dialog_new (root ? GTK_WINDOW (root) : NULL, _ ("The Report Was Not Saved"), error->message);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_report_chosen (GtkNativeDialog *chooser, gint response, SmaltiComparePage *self)
{
  SmaltiWorkbench *workbench = smalti_page_get_workbench (SMALTI_PAGE (self));
  g_autoptr (GFile) file
      = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;

  gtk_native_dialog_destroy (chooser);
  g_object_unref (chooser);
  if (!file)
    return;
  if (!g_file_peek_path (file))
    {
      smalti_workbench_tell (workbench, _ ("This place is not on a disk of this computer; choose another one."));
      return;
    }

  Report *report = g_new (Report, 1);

  *report = (Report){ g_array_copy (self->runs), g_file_get_path (file) };
  smalti_store_client_call_async (smalti_workbench_get_client (workbench), write_report, report,
                                  (GDestroyNotify)report_free, g_free, on_report, g_object_ref (self));
}

static void
on_report_clicked (SmaltiComparePage *self)
{
  GtkFileChooserNative *chooser
      = gtk_file_chooser_native_new (_ ("Save Report"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                     GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  /* Translators: the suggested name of a file; its ending must stay */
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), _ ("Comparison.html"));
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_report_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

/* -- sections -- */

static GtkStackPage *
section_at (SmaltiComparePage *self, guint i)
{
  g_autoptr (GListModel) pages = G_LIST_MODEL (gtk_stack_get_pages (self->sections));
  GtkStackPage *page = g_list_model_get_item (pages, i);

  g_object_unref (page); /* the stack keeps it */
  return page;
}

static void
on_section_choice (SmaltiComparePage *self)
{
  guint chosen = gtk_drop_down_get_selected (self->section_choice);

  if (chosen != GTK_INVALID_LIST_POSITION)
    gtk_stack_set_visible_child (self->sections, gtk_stack_page_get_child (section_at (self, chosen)));
}

static void
on_section (SmaltiComparePage *self)
{
  GtkWidget *visible = gtk_stack_get_visible_child (self->sections);
  guint n = g_list_model_get_n_items (gtk_drop_down_get_model (self->section_choice));

  for (guint i = 0; i < n; i++)
    if (gtk_stack_page_get_child (section_at (self, i)) == visible)
      gtk_drop_down_set_selected (self->section_choice, i);
}

static void
fill_section_choice (SmaltiComparePage *self)
{
  g_autoptr (GListModel) pages = G_LIST_MODEL (gtk_stack_get_pages (self->sections));
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (pages); i++)
    gtk_string_list_append (titles, gtk_stack_page_get_title (section_at (self, i)));
  gtk_drop_down_set_model (self->section_choice, G_LIST_MODEL (titles));
}

/* -- the page -- */

static void
smalti_compare_page_attach (SmaltiPage *page)
{
  SmaltiComparePage *self = SMALTI_COMPARE_PAGE (page);
  SmaltiWorkbench *workbench = smalti_page_get_workbench (page);

  smalti_compare_chooser_set_runs (self->chooser, smalti_workbench_get_runs (workbench));
  g_signal_connect_object (workbench, "runs-read", G_CALLBACK (on_runs_read), self, G_CONNECT_SWAPPED);
  recall (self);
}

static void
smalti_compare_page_shown (SmaltiPage *page)
{
  SmaltiComparePage *self = SMALTI_COMPARE_PAGE (page);

  take_notice (self);
  if (!self->reading)
    read_comparison (self);
}

static void
smalti_compare_page_dispose (GObject *object)
{
  SmaltiComparePage *self = SMALTI_COMPARE_PAGE (object);

  g_clear_handle_id (&self->news_source, g_source_remove);
  g_clear_pointer (&self->comparison, smalti_comparison_unref);
  g_clear_pointer (&self->runs, g_array_unref);
  g_clear_pointer (&self->steps, g_array_unref);
  G_OBJECT_CLASS (smalti_compare_page_parent_class)->dispose (object);
}

static void
smalti_compare_page_class_init (SmaltiComparePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_compare_page_dispose;
  SMALTI_PAGE_CLASS (klass)->attach = smalti_compare_page_attach;
  SMALTI_PAGE_CLASS (klass)->shown = smalti_compare_page_shown;
  g_type_ensure (SMALTI_TYPE_SPINNER);
  g_type_ensure (SMALTI_TYPE_COMPARE_CHOOSER);
  g_type_ensure (SMALTI_TYPE_COMPARE_CURVES);
  g_type_ensure (SMALTI_TYPE_SPEC_DIFFERENCE);
  g_type_ensure (SMALTI_TYPE_COMPARE_BENCHMARK);
  g_type_ensure (SMALTI_TYPE_COMPARE_CONFUSION);
  g_type_ensure (SMALTI_TYPE_COMPARE_NEIGHBOURS);
  g_type_ensure (SMALTI_TYPE_COMPARE_MAP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/smalti/Smalti/ui/compare-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SmaltiComparePage, runs_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiComparePage, popover);
  gtk_widget_class_bind_template_child (widget_class, SmaltiComparePage, chooser);
  gtk_widget_class_bind_template_child (widget_class, SmaltiComparePage, report_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiComparePage, stack);
  gtk_widget_class_bind_template_child (widget_class, SmaltiComparePage, failed_page);
  gtk_widget_class_bind_template_child (widget_class, SmaltiComparePage, chips);
  gtk_widget_class_bind_template_child (widget_class, SmaltiComparePage, sections);
  gtk_widget_class_bind_template_child (widget_class, SmaltiComparePage, section_choice);
  gtk_widget_class_bind_template_callback (widget_class, on_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_popover);
  gtk_widget_class_bind_template_callback (widget_class, on_choose);
  gtk_widget_class_bind_template_callback (widget_class, on_report_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_section);
  gtk_widget_class_bind_template_callback (widget_class, on_section_choice);
}

static void
smalti_compare_page_init (SmaltiComparePage *self)
{
  self->runs = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->steps = g_array_new (FALSE, TRUE, sizeof (guint64));
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_layout_manager (self->chips, smalti_wrap_layout_new (6, 6));
  fill_section_choice (self);
  on_section (self);
}
