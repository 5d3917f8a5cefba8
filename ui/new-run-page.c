/* SPDX-License-Identifier: Apache-2.0 */
/* The draft is what counts: folder, card and preset on display are read from it, so that an edit of the YAML or an undo
 * moves them too. */
#include "ui/new-run-page.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ui/choose-folder.h"
#include "ui/estimate-bar.h"
#include "ui/folder-look.h"
#include "ui/leaflet.h"
#include "ui/method-card.h"
#include "ui/preset.h"
#include "ui/spec-editor.h"
#include "ui/spec-form.h"

#define LOOK_AFTER 300 /* ms: a path may be on its way through the keyboard */
#define MAX_RECENT 12

struct _SmaltiNewRunPage
{
  SmaltiPage parent_instance;

  GtkWidget *content;
  GtkWidget *start_button;
  AdwLeaflet *leaflet;
  GtkWidget *settings;
  GtkScrolledWindow *scroller;
  SmaltiSpecEditor *editor;
  GtkWidget *switcher;
  GtkToggleButton *settings_toggle;
  GtkToggleButton *yaml_toggle;
  AdwComboRow *folder_row;
  GtkLabel *folder_label;
  GtkFlowBox *cards;
  AdwComboRow *preset_row;
  GtkLabel *preset_label;
  GtkLabel *reason_label;
  SmaltiSpecForm *form;
  SmaltiEstimateBar *estimate;

  SmaltiSpecDraft *draft;
  GPtrArray *folders; /* of paths, as in folder_row, the first the sample; only ever more */
  guint n_folders_shown;
  GPtrArray *presets;     /* of const SmaltiPreset, as in preset_row; %NULL: none of them */
  SmaltiFolderLook *look; /* of look_path, or %NULL */
  char *look_path;        /* that is being looked at, or has been */
  char *look_trouble;
  gboolean choose_preset; /* as soon as the size of the pictures is known */
  gboolean drawing_sample;
  guint look_source;
  guint fold_source;
  gboolean updating;
  gboolean starting;
  GCancellable *cancellable;     /* of the look */
  GtkEventController *shortcuts; /* while the page is on display */
};

G_DEFINE_FINAL_TYPE (SmaltiNewRunPage, smalti_new_run_page, SMALTI_TYPE_PAGE)

static const char *
get_path (SmaltiNewRunPage *self)
{
  return smalti_values_get_string (smalti_spec_get_values (smalti_spec_draft_get_spec (self->draft), "data"), "path");
}

static const SmaltiPretextClass *
get_method (SmaltiNewRunPage *self)
{
  return smalti_spec_get_method (smalti_spec_draft_get_spec (self->draft));
}

static gboolean
is_sample (SmaltiNewRunPage *self, const char *path)
{
  return g_strcmp0 (path, smalti_workbench_get_sample_path (smalti_page_get_workbench (SMALTI_PAGE (self)))) == 0;
}

/* -- whether it can be started -- */

static const char *
find_trouble (SmaltiNewRunPage *self)
{
  if (smalti_spec_draft_is_readable (self->draft) && *get_path (self) == '\0')
    return _ ("Choose a folder of pictures first.");
  if (smalti_spec_draft_get_trouble (self->draft))
    return smalti_spec_draft_get_trouble (self->draft);
  if (self->look_trouble)
    return self->look_trouble;
  if (get_method (self)->needs_labels && self->look && self->look->n_classes == 0)
    return _ ("This method learns from labels, and these pictures have none.");
  return NULL;
}

static void
show_trouble (SmaltiNewRunPage *self)
{
  const char *reason = find_trouble (self);

  gtk_widget_set_sensitive (self->start_button, reason == NULL && !self->starting);
  gtk_widget_set_tooltip_text (self->start_button, reason);
  gtk_label_set_text (self->reason_label, reason ? reason : "");
  gtk_widget_set_visible (GTK_WIDGET (self->reason_label), reason != NULL);
  if (reason)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->start_button), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, reason,
                                    -1);
  else
    gtk_accessible_reset_property (GTK_ACCESSIBLE (self->start_button), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
}

static void
update_estimate (SmaltiNewRunPage *self)
{
  smalti_estimate_bar_set_classes (self->estimate, self->look ? self->look->n_classes : 0);
  smalti_estimate_bar_set_state (self->estimate, self->look != NULL,
                                 !smalti_workbench_is_busy (smalti_page_get_workbench (SMALTI_PAGE (self))),
                                 smalti_page_is_shown (SMALTI_PAGE (self)));
}

/* -- presets -- */

static char *
make_name (SmaltiNewRunPage *self, const SmaltiPretextClass *method, const char *path)
{
  g_autofree char *base = is_sample (self, path) || !*path ? g_strdup (_ ("the sample")) : g_path_get_basename (path);
  g_autofree char *valid = g_utf8_make_valid (base, -1);

  /* Translators: a run's name: "Jigsaw puzzles on Holidays" */
  return g_strdup_printf (_ ("%s on %s"), _ (method->title), valid);
}

/* @path: (nullable): that of the draft. A name that the user gave stays. */
static void
give (SmaltiNewRunPage *self, const SmaltiPreset *preset, const char *path)
{
  const SmaltiPretextClass *method = preset ? smalti_pretext_find (preset->method) : get_method (self);
  g_autofree char *kept_path = g_strdup (path ? path : get_path (self));
  g_autofree char *name = smalti_spec_draft_is_changed (self->draft, "name")
                              ? smalti_spec_draft_get_text (self->draft, "name")
                              : make_name (self, method, kept_path);
  const char *given[] = { "name", name, "data.path", kept_path, NULL };

  if (preset)
    {
      g_autofree char *yaml = smalti_preset_load_yaml (preset);
      g_autoptr (GError) error = NULL;

      if (!smalti_spec_draft_start (self->draft, yaml, preset->kind, given, &error))
        g_error ("Preset %s of %s: %s", preset->kind, preset->method, error->message);
    }
  else
    smalti_spec_draft_give (self->draft, given);
}

static const char *
fitting_kind (SmaltiNewRunPage *self)
{
  return self->look && self->look->side > 0 && self->look->side <= SMALTI_SMALL_SIDE ? "small-images" : "quick-look";
}

/* The presets that are chosen by the size of the pictures. */
static gboolean
is_automatic (const char *kind)
{
  return g_strcmp0 (kind, "quick-look") == 0 || g_strcmp0 (kind, "small-images") == 0;
}

static void
undo (SmaltiNewRunPage *self)
{
  smalti_spec_draft_undo (self->draft);
}

static void
on_undo_offered (AdwToast *toast, gpointer user_data)
{
  undo (user_data);
}

/* What the user had set before is not lost without a word. */
static void
offer_undo (SmaltiNewRunPage *self, const char *message)
{
  smalti_workbench_offer (smalti_page_get_workbench (SMALTI_PAGE (self)), message, _ ("_Undo"),
                          G_CALLBACK (on_undo_offered), g_object_ref (self),
                          (GClosureNotify)(void (*) (void))g_object_unref);
}

static void
use_preset (SmaltiNewRunPage *self, const SmaltiPreset *preset)
{
  guint n_changed = smalti_spec_draft_n_changed (self->draft);

  give (self, preset, NULL);
  if (n_changed > 0)
    offer_undo (self, _ ("The preset has replaced your settings"));
}

void
smalti_new_run_page_set_spec (SmaltiNewRunPage *self, const char *yaml, guint batch)
{
  g_return_if_fail (SMALTI_IS_NEW_RUN_PAGE (self));

  g_autofree char *batch_text = g_strdup_printf ("%u", batch);
  guint n_changed = smalti_spec_draft_n_changed (self->draft);
  g_autoptr (GError) error = NULL;

  if (yaml && !smalti_spec_draft_start (self->draft, yaml, NULL, NULL, &error))
    {
      smalti_workbench_tell (smalti_page_get_workbench (SMALTI_PAGE (self)), error->message);
      return;
    }
  self->choose_preset = FALSE;
  if (batch > 0)
    smalti_spec_draft_set (self->draft, "train.batch", batch_text);
  if (yaml && n_changed > 0)
    offer_undo (self, _ ("The run’s settings have replaced yours"));
}

static void
on_preset_chosen (SmaltiNewRunPage *self)
{
  guint selected = adw_combo_row_get_selected (self->preset_row);
  const SmaltiPreset *preset = selected < self->presets->len ? self->presets->pdata[selected] : NULL;

  if (self->updating || !preset)
    return;
  self->choose_preset = FALSE;
  use_preset (self, preset);
}

static gboolean
are_same (const GPtrArray *a, const GPtrArray *b)
{
  return a->len == b->len && (a->len == 0 || memcmp (a->pdata, b->pdata, a->len * sizeof (gpointer)) == 0);
}

static void
show_presets (SmaltiNewRunPage *self)
{
  g_autoptr (GPtrArray) presets = g_ptr_array_new ();
  const char *kind = smalti_spec_draft_get_preset (self->draft);
  const SmaltiPreset *current = kind ? smalti_preset_find (get_method (self)->id, kind) : NULL;
  guint selected = 0;

  for (const SmaltiPreset *preset = smalti_presets (); preset->kind; preset++)
    if (strcmp (preset->method, get_method (self)->id) == 0)
      g_ptr_array_add (presets, (gpointer)preset);
  if (!current)
    g_ptr_array_add (presets, NULL);
  g_ptr_array_find (presets, current, &selected);
  /* Not in the midst of choosing from it. */
  if (!are_same (presets, self->presets))
    {
      g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

      for (guint i = 0; i < presets->len; i++)
        gtk_string_list_append (titles, presets->pdata[i] ? _ (((const SmaltiPreset *)presets->pdata[i])->title)
                                                          : _ ("None: your own settings"));
      g_ptr_array_unref (self->presets);
      self->presets = g_steal_pointer (&presets);
      adw_combo_row_set_model (self->preset_row, G_LIST_MODEL (titles));
    }
  adw_combo_row_set_selected (self->preset_row, selected);
  gtk_label_set_text (self->preset_label, current ? _ (current->description) : "");
  gtk_widget_set_visible (GTK_WIDGET (self->preset_label), current != NULL);
}

/* -- methods -- */

static SmaltiMethodCard *
card_at (SmaltiNewRunPage *self, int i)
{
  GtkFlowBoxChild *child = gtk_flow_box_get_child_at_index (self->cards, i);

  return child ? SMALTI_METHOD_CARD (gtk_flow_box_child_get_child (child)) : NULL;
}

static void
on_card_toggled (SmaltiMethodCard *card, SmaltiNewRunPage *self)
{
  const SmaltiPretextClass *method = smalti_method_card_get_method (card);
  const char *kind = smalti_spec_draft_get_preset (self->draft);
  const SmaltiPreset *preset;

  if (self->updating || !gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (card)) || method == get_method (self))
    return;
  preset = kind ? smalti_preset_find (method->id, kind) : NULL;
  if (!preset)
    preset = smalti_preset_find (method->id, fitting_kind (self));
  if (preset)
    use_preset (self, preset);
  else
    smalti_spec_draft_set (self->draft, "method.name", method->id);
}

static void
add_cards (SmaltiNewRunPage *self)
{
  GtkToggleButton *first = NULL;

  for (const SmaltiPretextClass *const *method = smalti_pretexts (); *method; method++)
    {
      GtkWidget *card, *child;

      /* Models from elsewhere are of no method that could be run. */
      if (!smalti_preset_find ((*method)->id, "quick-look"))
        continue;
      card = smalti_method_card_new (*method);
      child = gtk_flow_box_child_new ();

      if (first)
        gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (card), first);
      else
        first = GTK_TOGGLE_BUTTON (card);
      g_signal_connect (card, "toggled", G_CALLBACK (on_card_toggled), self);
      gtk_widget_set_focusable (child, FALSE);
      gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), card);
      gtk_flow_box_append (self->cards, child);
    }
}

static void
show_cards (SmaltiNewRunPage *self)
{
  SmaltiMethodCard *card;

  for (int i = 0; (card = card_at (self, i)); i++)
    {
      const SmaltiPretextClass *method = smalti_method_card_get_method (card);
      gboolean chosen = method == get_method (self);
      gboolean lacks_labels = method->needs_labels && self->look && self->look->n_classes == 0 && !chosen;
      const SmaltiMethodSight *look = NULL;

      for (guint k = 0; self->look && k < self->look->methods->len; k++)
        if (((const SmaltiMethodSight *)self->look->methods->pdata[k])->method == method)
          look = self->look->methods->pdata[k];
      smalti_method_card_set_look (card, look);
      smalti_method_card_set_reason (card, lacks_labels ? _ ("Needs labels, and these pictures have none.") : NULL);
      if (chosen)
        gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (card), TRUE);
    }
}

/* -- pictures -- */

static void
show_look (SmaltiNewRunPage *self)
{
  g_autofree char *count = NULL, *classes = NULL, *text = NULL;

  if (self->look_trouble)
    text = g_strdup (self->look_trouble);
  else if (self->drawing_sample)
    text = g_strdup (_ ("Drawing the sample’s pictures…"));
  else if (!self->look)
    text = g_strdup (*get_path (self) ? _ ("Looking at the pictures…") : _ ("No folder is chosen."));
  else
    {
      count = g_strdup_printf (ngettext ("%'u picture", "%'u pictures", self->look->n_images),
                               (guint)self->look->n_images);
      classes = self->look->n_classes > 0 ? g_strdup_printf (
                    ngettext ("in %u class", "in %u classes", self->look->n_classes), self->look->n_classes)
                                          : g_strdup (_ ("without labels"));
      text = self->look->side > 0
                 /* Translators: "1,200 pictures in 12 classes, mostly about 96 px" */
                 ? g_strdup_printf (_ ("%s %s, mostly about %d px"), count, classes, self->look->side)
                 : g_strdup_printf ("%s %s", count, classes);
    }
  gtk_label_set_text (self->folder_label, text);
  if (self->look_trouble)
    gtk_widget_add_css_class (GTK_WIDGET (self->folder_label), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->folder_label), "error");
}

static void
on_look (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiNewRunPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiFolderLook) look = smalti_folder_look_finish (result, &error);

  if (!self->content || g_task_get_cancellable (G_TASK (result)) != self->cancellable
      || g_cancellable_is_cancelled (self->cancellable))
    return;
  g_clear_pointer (&self->look, smalti_folder_look_free);
  g_free (self->look_trouble);
  self->look_trouble = error ? g_strdup (error->message) : NULL;
  self->look = g_steal_pointer (&look);
  if (self->choose_preset && self->look && is_automatic (smalti_spec_draft_get_preset (self->draft)))
    {
      const SmaltiPreset *preset = smalti_preset_find (get_method (self)->id, fitting_kind (self));

      self->choose_preset = FALSE;
      if (preset && smalti_spec_draft_n_changed (self->draft) == 0
          && g_strcmp0 (preset->kind, smalti_spec_draft_get_preset (self->draft)) != 0)
        give (self, preset, NULL);
    }
  self->updating = TRUE;
  show_cards (self);
  self->updating = FALSE;
  show_look (self);
  show_trouble (self);
  update_estimate (self);
}

static void look_soon (SmaltiNewRunPage *self);

static void
on_sample_drawn (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiNewRunPage) self = user_data;
  g_autoptr (GError) error = NULL;

  smalti_workbench_draw_sample_finish (SMALTI_WORKBENCH (source), result, &error);
  self->drawing_sample = FALSE;
  if (!self->content)
    return;
  if (error)
    {
      g_free (self->look_trouble);
      self->look_trouble = g_strdup (error->message);
    }
  g_clear_pointer (&self->look_path, g_free);
  if (!error)
    look_soon (self);
  show_look (self);
  show_trouble (self);
}

static gboolean
look (gpointer user_data)
{
  SmaltiNewRunPage *self = user_data;
  SmaltiWorkbench *workbench = smalti_page_get_workbench (SMALTI_PAGE (self));

  self->look_source = 0;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->look, smalti_folder_look_free);
  g_clear_pointer (&self->look_trouble, g_free);
  g_free (self->look_path);
  self->look_path = g_strdup (get_path (self));
  self->cancellable = g_cancellable_new ();
  if (is_sample (self, self->look_path) && !g_file_test (self->look_path, G_FILE_TEST_IS_DIR))
    {
      if (!self->drawing_sample)
        smalti_workbench_draw_sample_async (workbench, NULL, on_sample_drawn, g_object_ref (self));
      self->drawing_sample = TRUE;
    }
  else if (*self->look_path)
    smalti_folder_look_async (smalti_spec_draft_get_spec (self->draft), self->cancellable, on_look,
                              g_object_ref (self));
  self->updating = TRUE;
  show_cards (self);
  self->updating = FALSE;
  show_look (self);
  show_trouble (self);
  update_estimate (self);
  return G_SOURCE_REMOVE;
}

static void
look_soon (SmaltiNewRunPage *self)
{
  if (g_strcmp0 (self->look_path, get_path (self)) == 0)
    return;
  g_clear_handle_id (&self->look_source, g_source_remove);
  self->look_source = g_timeout_add (LOOK_AFTER, look, self);
}

static guint
find_folder (SmaltiNewRunPage *self, const char *path)
{
  for (guint i = 0; i < self->folders->len; i++)
    if (strcmp (self->folders->pdata[i], path) == 0)
      return i;
  return G_MAXUINT;
}

static void
show_folders (SmaltiNewRunPage *self)
{
  const char *path = get_path (self);

  if (*path && find_folder (self, path) == G_MAXUINT)
    g_ptr_array_insert (self->folders, MIN (1, self->folders->len), g_strdup (path));
  /* Not in the midst of choosing from them. */
  if (self->folders->len != self->n_folders_shown)
    {
      g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

      for (guint i = 0; i < self->folders->len; i++)
        {
          g_autofree char *shown = g_filename_display_name (self->folders->pdata[i]);

          gtk_string_list_append (names, is_sample (self, self->folders->pdata[i]) ? _ ("Built-in sample") : shown);
        }
      self->n_folders_shown = self->folders->len;
      adw_combo_row_set_model (self->folder_row, G_LIST_MODEL (names));
    }
  adw_combo_row_set_selected (self->folder_row, *path ? find_folder (self, path) : GTK_INVALID_LIST_POSITION);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->folder_row), *path && !is_sample (self, path) ? path : NULL);
}

static void
choose (SmaltiNewRunPage *self, const char *path)
{
  const SmaltiPreset *preset = smalti_preset_find (get_method (self)->id, fitting_kind (self));
  gboolean fresh = !smalti_spec_draft_is_started (self->draft);

  if (!smalti_spec_draft_is_readable (self->draft))
    return;
  /* A preset that was chosen, not the size of other pictures, stays. */
  self->choose_preset = smalti_spec_draft_n_changed (self->draft) == 0
                        && (fresh || g_strcmp0 (fitting_kind (self), smalti_spec_draft_get_preset (self->draft)) == 0);
  give (self, fresh ? preset : NULL, path);
}

static void
on_folder_selected (SmaltiNewRunPage *self)
{
  guint selected = adw_combo_row_get_selected (self->folder_row);

  if (!self->updating && selected < self->folders->len && strcmp (self->folders->pdata[selected], get_path (self)) != 0)
    choose (self, self->folders->pdata[selected]);
}

static void
on_folder_chosen (GtkWidget *page, GFile *folder)
{
  SmaltiNewRunPage *self = SMALTI_NEW_RUN_PAGE (page);
  SmaltiWorkbench *workbench = smalti_page_get_workbench (SMALTI_PAGE (self));
  const char *path = g_file_peek_path (folder);

  if (!path)
    smalti_workbench_tell (workbench, _ ("This folder is not on a disk of this computer; copy it there first."));
  else if (!g_utf8_validate (path, -1, NULL))
    smalti_workbench_tell (workbench, _ ("The name of this folder is not valid Unicode; rename it first."));
  else
    choose (self, path);
}

static void
on_choose_folder (SmaltiNewRunPage *self)
{
  smalti_choose_folder (GTK_WIDGET (self), on_folder_chosen);
}

void
smalti_new_run_page_set_folder (SmaltiNewRunPage *self, const char *path)
{
  g_return_if_fail (SMALTI_IS_NEW_RUN_PAGE (self));

  if (*path)
    choose (self, path);
  else if (!smalti_spec_draft_is_started (self->draft))
    choose (self, smalti_workbench_get_sample_path (smalti_page_get_workbench (SMALTI_PAGE (self))));
}

static gpointer
list_folders (SmaltiStore *store, gpointer data, GError **error)
{
  return smalti_store_list_folders (store, error);
}

static void
on_folders (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiNewRunPage) self = user_data;
  g_autoptr (GPtrArray) found = smalti_store_client_call_finish (SMALTI_STORE_CLIENT (source), result, NULL);

  if (!self->content || !found)
    return;
  for (guint i = 0; i < found->len && self->folders->len < MAX_RECENT; i++)
    {
      const SmaltiFolderInfo *info = found->pdata[i];

      if (g_utf8_validate (info->path, -1, NULL) && find_folder (self, info->path) == G_MAXUINT)
        g_ptr_array_add (self->folders, g_strdup (info->path));
    }
  self->updating = TRUE;
  show_folders (self);
  self->updating = FALSE;
}

/* -- the draft -- */

static void
on_draft_changed (SmaltiNewRunPage *self, const char *key)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "draft.undo", smalti_spec_draft_can_undo (self->draft));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "draft.redo", smalti_spec_draft_can_redo (self->draft));
  if (!key || strcmp (key, "data.path") == 0)
    {
      self->updating = TRUE;
      show_folders (self);
      self->updating = FALSE;
      look_soon (self);
    }
  if (key)
    return;
  self->updating = TRUE;
  show_presets (self);
  show_cards (self);
  self->updating = FALSE;
}

/* -- starting -- */

static void
check_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (smalti_spec_check (data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SmaltiNewRunPage *self = SMALTI_NEW_RUN_PAGE (source);
  SmaltiWorkbench *workbench = smalti_page_get_workbench (SMALTI_PAGE (self));
  g_autoptr (GError) error = NULL;

  self->starting = FALSE;
  if (!self->content)
    return;
  if (g_task_propagate_boolean (G_TASK (result), &error))
    smalti_workbench_start_spec (workbench, g_task_get_task_data (G_TASK (result)));
  else
    smalti_workbench_tell (workbench, error->message);
  show_trouble (self);
}

static void
on_start (SmaltiNewRunPage *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->starting || find_trouble (self))
    return;
  self->starting = TRUE;
  /* A measurement would be in the way of what it measures. */
  smalti_estimate_bar_set_state (self->estimate, FALSE, FALSE, FALSE);
  task = g_task_new (self, NULL, on_checked, NULL);
  g_task_set_task_data (task, smalti_spec_copy (smalti_spec_draft_get_spec (self->draft)),
                        (GDestroyNotify)smalti_spec_unref);
  g_task_run_in_thread (task, check_thread);
  show_trouble (self);
}

/* -- wide and narrow -- */

static void
on_view_toggled (SmaltiNewRunPage *self)
{
  gboolean yaml = gtk_toggle_button_get_active (self->yaml_toggle);

  if (!self->updating)
    adw_leaflet_set_visible_child (self->leaflet, yaml ? GTK_WIDGET (self->editor) : self->settings);
}

static gboolean
apply_fold (gpointer user_data)
{
  SmaltiNewRunPage *self = user_data;

  self->fold_source = 0;
  gtk_widget_set_visible (self->switcher, adw_leaflet_get_folded (self->leaflet));
  return G_SOURCE_REMOVE;
}

/* The leaflet folds while it is given its size, when nothing may ask for another one. */
static void
on_folded (SmaltiNewRunPage *self)
{
  if (!self->fold_source)
    self->fold_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, apply_fold, self, NULL);
}

static void
on_told (SmaltiNewRunPage *self, const char *message)
{
  smalti_workbench_tell (smalti_page_get_workbench (SMALTI_PAGE (self)), message);
}

/* -- as a page -- */

static void
smalti_new_run_page_attach (SmaltiPage *page)
{
  SmaltiNewRunPage *self = SMALTI_NEW_RUN_PAGE (page);
  SmaltiWorkbench *workbench = smalti_page_get_workbench (page);

  g_ptr_array_add (self->folders, g_strdup (smalti_workbench_get_sample_path (workbench)));
  g_signal_connect_object (workbench, "changed", G_CALLBACK (update_estimate), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (workbench, "idle", G_CALLBACK (update_estimate), self, G_CONNECT_SWAPPED);
  smalti_store_client_call_async (smalti_workbench_get_client (workbench), list_folders, NULL, NULL,
                                  (GDestroyNotify)g_ptr_array_unref, on_folders, g_object_ref (self));
  g_signal_connect_object (self->draft, "changed", G_CALLBACK (on_draft_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->draft, "problems", G_CALLBACK (show_trouble), self, G_CONNECT_SWAPPED);
  smalti_spec_form_set_draft (self->form, self->draft);
  smalti_spec_editor_set_draft (self->editor, self->draft);
  smalti_estimate_bar_set_draft (self->estimate, self->draft);
}

static void
add_shortcut (GtkEventController *controller, const char *trigger, const char *action)
{
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (gtk_shortcut_trigger_parse_string (trigger), gtk_named_action_new (action)));
}

/* Wherever in the window the keyboard is, the header bar too, and before an entry takes them: there is one history for
 * all of the page. */
static void
add_shortcuts (SmaltiNewRunPage *self)
{
  self->shortcuts = gtk_shortcut_controller_new ();
  gtk_shortcut_controller_set_scope (GTK_SHORTCUT_CONTROLLER (self->shortcuts), GTK_SHORTCUT_SCOPE_GLOBAL);
  gtk_event_controller_set_propagation_phase (self->shortcuts, GTK_PHASE_CAPTURE);
  add_shortcut (self->shortcuts, "<Control>z", "draft.undo");
  add_shortcut (self->shortcuts, "<Control><Shift>z", "draft.redo");
  add_shortcut (self->shortcuts, "<Control>f", "draft.search");
  gtk_widget_add_controller (GTK_WIDGET (self), self->shortcuts);
}

static void
smalti_new_run_page_shown (SmaltiPage *page)
{
  SmaltiNewRunPage *self = SMALTI_NEW_RUN_PAGE (page);

  if (!self->shortcuts)
    add_shortcuts (self);

  smalti_new_run_page_set_folder (self, "");
  update_estimate (self);
  show_trouble (self);
  smalti_page_focus (page, self->start_button);
}

static void
smalti_new_run_page_hidden (SmaltiPage *page)
{
  SmaltiNewRunPage *self = SMALTI_NEW_RUN_PAGE (page);

  if (self->shortcuts)
    gtk_widget_remove_controller (GTK_WIDGET (self), self->shortcuts);
  self->shortcuts = NULL;
  update_estimate (self);
}

static gboolean
smalti_new_run_page_take_files (SmaltiPage *page, GSList *files)
{
  SmaltiNewRunPage *self = SMALTI_NEW_RUN_PAGE (page);
  g_autofree char *name = g_file_get_basename (files->data);

  if (!name || !(g_str_has_suffix (name, ".yaml") || g_str_has_suffix (name, ".yml")))
    return FALSE;
  smalti_spec_editor_import (self->editor, files->data);
  return TRUE;
}

static void
undo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  undo (SMALTI_NEW_RUN_PAGE (widget));
}

static void
redo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  smalti_spec_draft_redo (SMALTI_NEW_RUN_PAGE (widget)->draft);
}

static void
search_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SmaltiNewRunPage *self = SMALTI_NEW_RUN_PAGE (widget);
  gdouble y;

  gtk_toggle_button_set_active (self->settings_toggle, TRUE);
  smalti_spec_form_begin_search (self->form);
  /* What is found appears below the entry: so that it is in view, the entry goes to the top. */
  if (gtk_widget_translate_coordinates (GTK_WIDGET (self->form), gtk_widget_get_parent (GTK_WIDGET (self->form)), 0, 0,
                                        NULL, &y))
    gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), y);
}

static void
smalti_new_run_page_dispose (GObject *object)
{
  SmaltiNewRunPage *self = SMALTI_NEW_RUN_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->look_source, g_source_remove);
  g_clear_handle_id (&self->fold_source, g_source_remove);
  self->content = NULL;
  G_OBJECT_CLASS (smalti_new_run_page_parent_class)->dispose (object);
}

static void
smalti_new_run_page_finalize (GObject *object)
{
  SmaltiNewRunPage *self = SMALTI_NEW_RUN_PAGE (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->draft);
  g_ptr_array_unref (self->folders);
  g_ptr_array_unref (self->presets);
  g_clear_pointer (&self->look, smalti_folder_look_free);
  g_free (self->look_path);
  g_free (self->look_trouble);
  G_OBJECT_CLASS (smalti_new_run_page_parent_class)->finalize (object);
}

static void
smalti_new_run_page_class_init (SmaltiNewRunPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SmaltiPageClass *page_class = SMALTI_PAGE_CLASS (klass);

  g_type_ensure (SMALTI_TYPE_SPEC_FORM);
  g_type_ensure (SMALTI_TYPE_SPEC_EDITOR);
  g_type_ensure (SMALTI_TYPE_ESTIMATE_BAR);
  G_OBJECT_CLASS (klass)->dispose = smalti_new_run_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = smalti_new_run_page_finalize;
  page_class->attach = smalti_new_run_page_attach;
  page_class->shown = smalti_new_run_page_shown;
  page_class->hidden = smalti_new_run_page_hidden;
  page_class->take_files = smalti_new_run_page_take_files;
  gtk_widget_class_install_action (widget_class, "draft.undo", NULL, undo_action);
  gtk_widget_class_install_action (widget_class, "draft.redo", NULL, redo_action);
  gtk_widget_class_install_action (widget_class, "draft.search", NULL, search_action);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/smalti/Smalti/ui/new-run-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunPage, content);
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunPage, start_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunPage, leaflet);
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunPage, settings);
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunPage, editor);
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunPage, switcher);
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunPage, settings_toggle);
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunPage, yaml_toggle);
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunPage, folder_row);
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunPage, folder_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunPage, cards);
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunPage, preset_row);
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunPage, preset_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunPage, reason_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunPage, form);
  gtk_widget_class_bind_template_child (widget_class, SmaltiNewRunPage, estimate);
  gtk_widget_class_bind_template_callback (widget_class, on_start);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_folder);
  gtk_widget_class_bind_template_callback (widget_class, on_folder_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_preset_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_view_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_folded);
  gtk_widget_class_bind_template_callback (widget_class, on_told);
}

static void
smalti_new_run_page_init (SmaltiNewRunPage *self)
{
  self->draft = smalti_spec_draft_new ();
  self->folders = g_ptr_array_new_with_free_func (g_free);
  self->presets = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  smalti_leaflet_put_pages_first (self->leaflet);
  add_cards (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "draft.undo", FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "draft.redo", FALSE);
}
