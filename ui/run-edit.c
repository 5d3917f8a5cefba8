/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/run-edit.h"

#include <glib/gi18n-lib.h>

/* -- writing -- */

/* One change of one run. */
typedef struct
{
  gint64 run;
  char **tags;
  char *text;
  gboolean flag;
} Change;

static void
change_free (Change *self)
{
  g_strfreev (self->tags);
  g_free (self->text);
  g_free (self);
}

static GPtrArray *
changes_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)change_free);
}

static Change *
add_change (GPtrArray *changes, SmaltiRunItem *item)
{
  Change *change = g_new0 (Change, 1);

  change->run = smalti_run_item_get_id (item);
  g_ptr_array_add (changes, change);
  return change;
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiWorkbench) workbench = user_data;
  g_autoptr (GError) error = NULL;

  smalti_store_client_call_finish (SMALTI_STORE_CLIENT (source), result, &error);
  if (error)
    smalti_workbench_tell (workbench, error->message);
}

/* @changes: (transfer full) */
static void
write_changes (SmaltiWorkbench *workbench, SmaltiStoreCall call, GPtrArray *changes)
{
  smalti_store_client_call_async (smalti_workbench_get_client (workbench), call, changes,
                                  (GDestroyNotify)g_ptr_array_unref, NULL, on_written, g_object_ref (workbench));
}

static gpointer
write_favorites (SmaltiStore *store, gpointer data, GError **error)
{
  const GPtrArray *changes = data;

  for (guint i = 0; i < changes->len; i++)
    {
      const Change *change = changes->pdata[i];

      if (!smalti_store_set_favorite (store, change->run, change->flag, error))
        break;
    }
  return NULL;
}

static gpointer
write_tags (SmaltiStore *store, gpointer data, GError **error)
{
  const GPtrArray *changes = data;

  for (guint i = 0; i < changes->len; i++)
    {
      const Change *change = changes->pdata[i];

      if (!smalti_store_set_tags (store, change->run, (const char *const *)change->tags, error))
        break;
    }
  return NULL;
}

static gpointer
write_name (SmaltiStore *store, gpointer data, GError **error)
{
  const Change *change = ((const GPtrArray *)data)->pdata[0];

  smalti_store_rename_run (store, change->run, change->text, error);
  return NULL;
}

static gpointer
write_note (SmaltiStore *store, gpointer data, GError **error)
{
  const Change *change = ((const GPtrArray *)data)->pdata[0];

  smalti_store_set_note (store, change->run, change->text, error);
  return NULL;
}

void
smalti_run_edit_set_favorite (SmaltiWorkbench *workbench, GPtrArray *items, gboolean favorite)
{
  GPtrArray *changes = changes_new ();

  for (guint i = 0; i < items->len; i++)
    add_change (changes, items->pdata[i])->flag = favorite;
  write_changes (workbench, write_favorites, changes);
}

/* -- the trash -- */

typedef struct
{
  SmaltiWorkbench *workbench;
  GArray *runs; /* of gint64 */
  char *told;
} Deletion;

static Deletion *
deletion_copy (const Deletion *self)
{
  Deletion *copy = g_new (Deletion, 1);

  *copy = (Deletion){ g_object_ref (self->workbench), g_array_ref (self->runs), g_strdup (self->told) };
  return copy;
}

static void
deletion_free (Deletion *self)
{
  g_object_unref (self->workbench);
  g_array_unref (self->runs);
  g_free (self->told);
  g_free (self);
}

static void
deletion_closure_free (gpointer data, GClosure *closure)
{
  deletion_free (data);
}

static gpointer
trash (SmaltiStore *store, gpointer data, GError **error)
{
  const GArray *runs = data;

  smalti_store_trash_runs (store, (const gint64 *)(gpointer)runs->data, runs->len, error);
  return NULL;
}

static gpointer
restore (SmaltiStore *store, gpointer data, GError **error)
{
  const GArray *runs = data;

  smalti_store_restore_runs (store, (const gint64 *)(gpointer)runs->data, runs->len, error);
  return NULL;
}

static void
on_undo (AdwToast *toast, gpointer user_data)
{
  const Deletion *deletion = user_data;

  smalti_store_client_call_async (smalti_workbench_get_client (deletion->workbench), restore,
                                  g_array_ref (deletion->runs), (GDestroyNotify)g_array_unref, NULL, on_written,
                                  g_object_ref (deletion->workbench));
}

static void
on_trashed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Deletion *deletion = user_data;
  g_autoptr (GError) error = NULL;

  smalti_store_client_call_finish (SMALTI_STORE_CLIENT (source), result, &error);
  if (error)
    smalti_workbench_tell (deletion->workbench, error->message);
  else
    smalti_workbench_offer (deletion->workbench, deletion->told, _ ("_Undo"), G_CALLBACK (on_undo),
                            deletion_copy (deletion), deletion_closure_free);
  deletion_free (deletion);
}

void
smalti_run_edit_trash (SmaltiWorkbench *workbench, GPtrArray *items)
{
  GArray *runs = g_array_new (FALSE, FALSE, sizeof (gint64));
  Deletion *deletion;

  for (guint i = 0; i < items->len; i++)
    {
      gint64 run = smalti_run_item_get_id (items->pdata[i]);

      if (smalti_run_state_is_live (smalti_run_item_get_state (items->pdata[i])))
        {
          g_autofree char *why = g_strdup_printf (_ ("“%s” is running; stop it before it is deleted."),
                                                  smalti_run_item_get_name (items->pdata[i]));

          smalti_workbench_tell (workbench, why);
          g_array_unref (runs);
          return;
        }
      g_array_append_val (runs, run);
    }
  deletion = g_new (Deletion, 1);
  *deletion = (Deletion){ g_object_ref (workbench), runs, NULL };
  deletion->told = items->len == 1
                       ? g_strdup_printf (_ ("“%s” deleted"), smalti_run_item_get_name (items->pdata[0]))
                       : g_strdup_printf (
                           g_dngettext (GETTEXT_PACKAGE, "%u run deleted", "%u runs deleted", items->len), items->len);
  smalti_store_client_call_async (smalti_workbench_get_client (workbench), trash, g_array_ref (runs),
                                  (GDestroyNotify)g_array_unref, NULL, on_trashed, deletion);
}

/* -- dialogs -- */

/* What a dialog edits; owned by it. */
typedef struct
{
  SmaltiWorkbench *workbench;
  GPtrArray *items;
  GtkWidget *input;
  char **common; /* tags */
} Question;

static void
question_free (gpointer data)
{
  Question *self = data;

  g_object_unref (self->workbench);
  g_ptr_array_unref (self->items);
  g_strfreev (self->common);
  g_free (self);
}

static GtkWidget *
new_dialog (GtkWidget *parent, const char *heading, const char *body, Question *question,
            void (*answered) (Question *question))
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (parent)), heading, body);

  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog),
                                      GTK_IS_TEXT_VIEW (question->input)
                                          ? gtk_widget_get_ancestor (question->input, GTK_TYPE_SCROLLED_WINDOW)
                                          : question->input);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "save", _ ("_Save"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "save", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "save");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "question", question, question_free);
  g_signal_connect_data (dialog, "response::save", G_CALLBACK (answered), question, NULL, G_CONNECT_SWAPPED);
  return dialog;
}

static Question *
question_new (SmaltiWorkbench *workbench, GPtrArray *items, GtkWidget *input)
{
  Question *self = g_new0 (Question, 1);

  self->workbench = g_object_ref (workbench);
  self->items = g_ptr_array_ref (items);
  self->input = input;
  return self;
}

static GPtrArray *
only (SmaltiRunItem *item)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (items, g_object_ref (item));
  return items;
}

static GtkWidget *
new_entry (const char *text, const char *words)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  return entry;
}

static void
present (GtkWidget *dialog, GtkWidget *input)
{
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (input);
}

static void
on_name (Question *question)
{
  GPtrArray *changes = changes_new ();

  add_change (changes, question->items->pdata[0])->text
      = g_strdup (gtk_editable_get_text (GTK_EDITABLE (question->input)));
  write_changes (question->workbench, write_name, changes);
}

static void
on_name_changed (GtkEditable *entry, AdwMessageDialog *dialog)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (entry)));

  adw_message_dialog_set_response_enabled (dialog, "save", *name != '\0');
}

void
smalti_run_edit_ask_name (GtkWidget *parent, SmaltiWorkbench *workbench, SmaltiRunItem *item)
{
  g_autoptr (GPtrArray) items = only (item);
  GtkWidget *entry = new_entry (smalti_run_item_get_name (item), _ ("Name"));
  GtkWidget *dialog = new_dialog (parent, _ ("Rename Run"), NULL, question_new (workbench, items, entry), on_name);

  g_signal_connect (entry, "changed", G_CALLBACK (on_name_changed), dialog);
  present (dialog, entry);
}

static void
on_note (Question *question)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (question->input));
  GPtrArray *changes = changes_new ();
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  add_change (changes, question->items->pdata[0])->text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  write_changes (question->workbench, write_note, changes);
}

void
smalti_run_edit_ask_note (GtkWidget *parent, SmaltiWorkbench *workbench, SmaltiRunItem *item)
{
  g_autoptr (GPtrArray) items = only (item);
  const char *note = smalti_run_item_get_info (item)->note;
  GtkWidget *scroller = gtk_scrolled_window_new (), *view = gtk_text_view_new ();
  GtkWidget *dialog;

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), note ? note : "", -1);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (view), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (view), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Note"), -1);
  gtk_widget_add_css_class (view, "note");
  gtk_widget_add_css_class (scroller, "card");
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), view);
  gtk_widget_set_size_request (scroller, 264, 132);
  dialog = new_dialog (parent, _ ("Note"), smalti_run_item_get_name (item), question_new (workbench, items, view),
                       on_note);
  present (dialog, view);
}

/* Those of the first that all others have, too. */
static char **
find_common_tags (GPtrArray *items)
{
  g_autoptr (GStrvBuilder) common = g_strv_builder_new ();
  char **tags = smalti_run_item_get_info (items->pdata[0])->tags;

  for (guint i = 0; tags && tags[i]; i++)
    {
      gboolean of_all = *tags[i] != '\0';

      for (guint k = 1; k < items->len && of_all; k++)
        {
          char **others = smalti_run_item_get_info (items->pdata[k])->tags;

          of_all = others && g_strv_contains ((const char *const *)others, tags[i]);
        }
      if (of_all)
        g_strv_builder_add (common, tags[i]);
    }
  return g_strv_builder_end (common);
}

static void
on_tags (Question *question)
{
  g_auto (GStrv) entered = g_strsplit (gtk_editable_get_text (GTK_EDITABLE (question->input)), ",", -1);
  GPtrArray *changes = changes_new ();

  for (guint i = 0; i < question->items->len; i++)
    {
      SmaltiRunItem *item = question->items->pdata[i];
      char **tags = smalti_run_item_get_info (item)->tags;
      g_autoptr (GStrvBuilder) kept = g_strv_builder_new ();

      for (guint k = 0; tags && tags[k]; k++)
        if (!g_strv_contains ((const char *const *)question->common, tags[k]))
          g_strv_builder_add (kept, tags[k]);
      g_strv_builder_addv (kept, (const char **)entered);
      add_change (changes, item)->tags = g_strv_builder_end (kept);
    }
  write_changes (question->workbench, write_tags, changes);
}

void
smalti_run_edit_ask_tags (GtkWidget *parent, SmaltiWorkbench *workbench, GPtrArray *items)
{
  char **common = find_common_tags (items);
  g_autofree char *text = g_strjoinv (", ", common);
  g_autofree char *several
      = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "What %u run has in common, separated by commas.",
                                      "What all %u runs have in common, separated by commas.", items->len),
                         items->len);
  GtkWidget *entry = new_entry (text, _ ("Tags"));
  Question *question = question_new (workbench, items, entry);
  GtkWidget *dialog
      = new_dialog (parent, _ ("Tags"), items->len > 1 ? several : _ ("Separated by commas."), question, on_tags);

  question->common = common;
  present (dialog, entry);
}
