/* SPDX-License-Identifier: Apache-2.0 */
/* A list view, since there may be thousands of runs. The keyboard moves over its rows, and Enter ticks; the check
 * button in the row only shows it, so that there is one thing to focus a run. */
#include "ui/compare-chooser.h"

#include <glib/gi18n-lib.h>

#include "ui/compare-section.h"

struct _SmaltiCompareChooser
{
  GtkWidget parent_instance;

  GtkWidget *box, *search, *hint, *list, *nothing;
  GtkFilter *filter;
  GListModel *found;
  char *sought;   /* folded */
  GArray *chosen; /* of gint64 */
  guint most;
  gboolean showing; /* what is ticked: nobody clicks */
  GPtrArray *rows;  /* GtkListItem on display, not owned */
};

G_DEFINE_FINAL_TYPE (SmaltiCompareChooser, smalti_compare_chooser, GTK_TYPE_WIDGET)

enum
{
  TOGGLED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gint
place_of (SmaltiCompareChooser *self, gint64 run)
{
  for (guint i = 0; i < self->chosen->len; i++)
    if (g_array_index (self->chosen, gint64, i) == run)
      return i;
  return -1;
}

/* -- rows -- */

static void
toggle (SmaltiCompareChooser *self, gint64 run)
{
  gboolean chosen = place_of (self, run) < 0;

  if (!chosen || self->chosen->len < self->most)
    g_signal_emit (self, signals[TOGGLED], 0, run, chosen);
}

static void
on_check (GtkCheckButton *check, SmaltiCompareChooser *self)
{
  GtkListItem *item = g_object_get_data (G_OBJECT (check), "item");
  SmaltiRunItem *run = gtk_list_item_get_item (item);

  if (run && !self->showing)
    toggle (self, smalti_run_item_get_id (run));
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, SmaltiCompareChooser *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *check = gtk_check_button_new ();
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  g_object_set_data (G_OBJECT (check), "item", item);
  g_signal_connect (check, "toggled", G_CALLBACK (on_check), self);
  gtk_box_append (GTK_BOX (box), check);
  for (guint i = 0; i < 2; i++)
    {
      GtkWidget *label = gtk_label_new (NULL);

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      if (i == 1)
        {
          gtk_widget_add_css_class (label, "dim-label");
          gtk_widget_add_css_class (label, "caption");
        }
      gtk_box_append (GTK_BOX (words), label);
    }
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (box), words);
  gtk_list_item_set_child (item, box);
}

static void
show_row (SmaltiCompareChooser *self, GtkListItem *item)
{
  GtkWidget *box = gtk_list_item_get_child (item), *check = gtk_widget_get_first_child (box);
  GtkWidget *name = gtk_widget_get_first_child (gtk_widget_get_last_child (box));
  GtkWidget *details = gtk_widget_get_next_sibling (name);
  SmaltiRunItem *run = gtk_list_item_get_item (item);
  g_autofree char *text = smalti_run_item_describe (run);
  gboolean chosen = place_of (self, smalti_run_item_get_id (run)) >= 0;
  gboolean can = chosen || self->chosen->len < self->most;
  g_autofree char *words = g_strdup_printf ("%s, %s", smalti_run_item_get_name (run), text);

  self->showing = TRUE;
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), chosen);
  self->showing = FALSE;
  gtk_label_set_text (GTK_LABEL (name), smalti_run_item_get_name (run));
  gtk_label_set_text (GTK_LABEL (details), text);
  gtk_widget_set_tooltip_text (box, smalti_run_item_get_name (run));
  gtk_widget_set_sensitive (box, can);
  gtk_list_item_set_activatable (item, can);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, SmaltiCompareChooser *self)
{
  g_ptr_array_add (self->rows, item);
  show_row (self, item);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, SmaltiCompareChooser *self)
{
  g_ptr_array_remove_fast (self->rows, item);
}

static void
on_activate (GtkListView *list, guint position, SmaltiCompareChooser *self)
{
  g_autoptr (SmaltiRunItem) run = g_list_model_get_item (self->found, position);

  toggle (self, smalti_run_item_get_id (run));
}

/* Enter in the entry ticks the first that was found. */
static void
on_search_activate (SmaltiCompareChooser *self)
{
  if (self->sought && *self->sought && g_list_model_get_n_items (self->found) > 0)
    on_activate (GTK_LIST_VIEW (self->list), 0, self);
}

/* -- seeking -- */

static gboolean
is_found (gpointer item, gpointer user_data)
{
  SmaltiCompareChooser *self = user_data;
  g_autofree char *name = NULL, *method = NULL;

  if (!self->sought || !*self->sought)
    return TRUE;
  name = g_utf8_casefold (smalti_run_item_get_name (item), -1);
  method = g_utf8_casefold (smalti_run_item_get_method (item), -1);
  return strstr (name, self->sought) || strstr (method, self->sought);
}

static void
show_nothing (SmaltiCompareChooser *self)
{
  gtk_widget_set_visible (self->nothing, g_list_model_get_n_items (self->found) == 0);
}

static void
on_search (SmaltiCompareChooser *self)
{
  g_free (self->sought);
  self->sought = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1);
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
}

void
smalti_compare_chooser_set_runs (SmaltiCompareChooser *self, SmaltiRunList *runs)
{
  g_return_if_fail (SMALTI_IS_COMPARE_CHOOSER (self));

  gtk_filter_list_model_set_model (GTK_FILTER_LIST_MODEL (self->found), G_LIST_MODEL (runs));
}

void
smalti_compare_chooser_set_chosen (SmaltiCompareChooser *self, const gint64 *runs, guint n_runs, guint most)
{
  g_return_if_fail (SMALTI_IS_COMPARE_CHOOSER (self));

  g_array_set_size (self->chosen, 0);
  g_array_append_vals (self->chosen, runs, n_runs);
  self->most = most;
  gtk_widget_set_visible (self->hint, n_runs >= most);
  for (guint i = 0; i < self->rows->len; i++)
    show_row (self, self->rows->pdata[i]);
}

void
smalti_compare_chooser_reset (SmaltiCompareChooser *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  gtk_widget_grab_focus (self->search);
}

static void
smalti_compare_chooser_dispose (GObject *object)
{
  SmaltiCompareChooser *self = SMALTI_COMPARE_CHOOSER (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->found);
  G_OBJECT_CLASS (smalti_compare_chooser_parent_class)->dispose (object);
}

static void
smalti_compare_chooser_finalize (GObject *object)
{
  SmaltiCompareChooser *self = SMALTI_COMPARE_CHOOSER (object);

  g_free (self->sought);
  g_array_unref (self->chosen);
  g_ptr_array_unref (self->rows);
  G_OBJECT_CLASS (smalti_compare_chooser_parent_class)->finalize (object);
}

static void
smalti_compare_chooser_class_init (SmaltiCompareChooserClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = smalti_compare_chooser_dispose;
  G_OBJECT_CLASS (klass)->finalize = smalti_compare_chooser_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  signals[TOGGLED] = g_signal_new ("toggled", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 2, G_TYPE_INT64, G_TYPE_BOOLEAN);
}

static void
smalti_compare_chooser_init (SmaltiCompareChooser *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->most = SMALTI_COMPARISON_RUNS;
  self->chosen = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->rows = g_ptr_array_new ();
  self->filter = GTK_FILTER (gtk_custom_filter_new (is_found, self, NULL));
  self->found = G_LIST_MODEL (gtk_filter_list_model_new (NULL, self->filter));
  g_signal_connect_object (self->found, "items-changed", G_CALLBACK (show_nothing), self, G_CONNECT_SWAPPED);

  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), self);
  self->list = gtk_list_view_new (GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (self->found))), factory);
  gtk_list_view_set_single_click_activate (GTK_LIST_VIEW (self->list), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Runs to compare"),
                                  -1);
  g_signal_connect (self->list, "activate", G_CALLBACK (on_activate), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 360);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scroller), 120);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->list);

  self->search = gtk_search_entry_new ();
  g_object_set (self->search, "placeholder-text", _ ("Search runs"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->search), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Search runs"), -1);
  g_signal_connect_object (self->search, "search-changed", G_CALLBACK (on_search), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search, "activate", G_CALLBACK (on_search_activate), self, G_CONNECT_SWAPPED);
  self->hint = smalti_compare_note_new ();
  {
    g_autofree char *text = g_strdup_printf (
        ngettext ("%u run at most can be compared.", "%u runs at most can be compared.", SMALTI_COMPARISON_RUNS),
        SMALTI_COMPARISON_RUNS);

    smalti_compare_note_set (self->hint, text);
    gtk_widget_set_visible (self->hint, FALSE);
  }
  self->nothing = smalti_compare_note_new ();
  smalti_compare_note_set (self->nothing, _ ("No run is called so."));
  gtk_widget_set_visible (self->nothing, FALSE);

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_set_size_request (self->box, 300, -1);
  gtk_box_append (GTK_BOX (self->box), self->search);
  gtk_box_append (GTK_BOX (self->box), self->hint);
  gtk_box_append (GTK_BOX (self->box), self->nothing);
  gtk_box_append (GTK_BOX (self->box), scroller);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}
