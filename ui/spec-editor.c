/* SPDX-License-Identifier: Apache-2.0 */
/* The buffer follows the draft by changing only what differs between the two texts, so that cursor and selection stay
 * where they are when a line elsewhere is rewritten. Undoing is the draft's, not the buffer's. */
#include "ui/spec-editor.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ui/line-numbers.h"

struct _SmaltiSpecEditor
{
  GtkWidget parent_instance;

  GtkWidget *content;
  GtkTextView *view;
  GtkBox *mistakes_box;
  GtkWidget *mistakes_scroller;

  SmaltiLineNumbers *numbers;
  GtkTextBuffer *buffer;
  GtkTextTag *mistake_tag;
  SmaltiSpecDraft *draft;
  GtkFileChooserNative *chooser;
  gboolean updating;
  guint top_source;
};

enum
{
  TOLD,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SmaltiSpecEditor, smalti_spec_editor, GTK_TYPE_WIDGET)

static char *
get_text (SmaltiSpecEditor *self)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  return gtk_text_buffer_get_text (self->buffer, &start, &end, TRUE);
}

static void
on_buffer_changed (SmaltiSpecEditor *self)
{
  g_autofree char *text = NULL;

  if (self->updating)
    return;
  text = get_text (self);
  self->updating = TRUE;
  smalti_spec_draft_set_yaml (self->draft, text);
  self->updating = FALSE;
}

/* Another text is seen from its beginning; the view itself stays with what was its first line, wherever that has gone.
 * It has to be told so after it has been laid out. */
static gboolean
go_to_top (gpointer user_data)
{
  SmaltiSpecEditor *self = user_data;

  self->top_source = 0;
  gtk_adjustment_set_value (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->view)), 0);
  return G_SOURCE_REMOVE;
}

/* Replaces the shortest stretch that makes @to of what is there. */
static void
replace_text (SmaltiSpecEditor *self, const char *to, gboolean whole)
{
  g_autofree char *from = get_text (self);
  const char *from_end = from + strlen (from), *to_end = to + strlen (to);
  const char *a = from, *b = to;
  GtkTextIter start, end;
  glong first, n;

  while (*a && *b && g_utf8_get_char (a) == g_utf8_get_char (b))
    {
      a = g_utf8_next_char (a);
      b = g_utf8_next_char (b);
    }
  while (from_end > a && to_end > b)
    {
      const char *before = g_utf8_prev_char (from_end), *before_to = g_utf8_prev_char (to_end);

      if (g_utf8_get_char (before) != g_utf8_get_char (before_to))
        break;
      from_end = before;
      to_end = before_to;
    }
  first = g_utf8_pointer_to_offset (from, a);
  n = g_utf8_pointer_to_offset (a, from_end);
  gtk_text_buffer_get_iter_at_offset (self->buffer, &start, first);
  gtk_text_buffer_get_iter_at_offset (self->buffer, &end, first + n);
  gtk_text_buffer_delete (self->buffer, &start, &end);
  gtk_text_buffer_insert (self->buffer, &start, b, to_end - b);
  if (whole)
    {
      gtk_text_buffer_get_start_iter (self->buffer, &start);
      gtk_text_buffer_place_cursor (self->buffer, &start);
      if (!self->top_source)
        self->top_source = g_idle_add_full (G_PRIORITY_LOW, go_to_top, self, NULL);
    }
  else if (!gtk_widget_has_focus (GTK_WIDGET (self->view)))
    {
      /* What has changed comes into view, unless this is where the user is. */
      GtkTextMark *mark = gtk_text_buffer_create_mark (self->buffer, NULL, &start, TRUE);

      gtk_text_view_scroll_mark_onscreen (self->view, mark);
      gtk_text_buffer_delete_mark (self->buffer, mark);
    }
}

static void
on_draft_changed (SmaltiSpecEditor *self, const char *key)
{
  g_autofree char *text = get_text (self);
  const char *yaml = smalti_spec_draft_get_yaml (self->draft);

  if (strcmp (text, yaml) == 0)
    return;
  self->updating = TRUE;
  replace_text (self, yaml, key == NULL && !gtk_widget_has_focus (GTK_WIDGET (self->view)));
  self->updating = FALSE;
}

/* -- mistakes -- */

static void
on_mistake_clicked (GtkButton *button, SmaltiSpecEditor *self)
{
  guint line = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "line"));
  GtkTextIter at;

  gtk_text_buffer_get_iter_at_line (self->buffer, &at, line - 1);
  gtk_text_buffer_place_cursor (self->buffer, &at);
  gtk_text_view_scroll_to_iter (self->view, &at, 0.1, FALSE, 0, 0);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

static void
add_mistake (SmaltiSpecEditor *self, const SmaltiSpecMistake *mistake)
{
  g_autofree char *text = g_strdup_printf (_ ("Line %u: %s"), mistake->line, mistake->message);
  GtkWidget *label = gtk_label_new (text), *button = gtk_button_new ();
  GtkTextIter start, end;

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "error");
  gtk_widget_add_css_class (label, "caption");
  gtk_button_set_child (GTK_BUTTON (button), label);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "mistake");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  g_object_set_data (G_OBJECT (button), "line", GUINT_TO_POINTER (mistake->line));
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_mistake_clicked), self, 0);
  gtk_box_append (self->mistakes_box, button);

  gtk_text_buffer_get_iter_at_line (self->buffer, &start, mistake->line - 1);
  end = start;
  if (!gtk_text_iter_ends_line (&end))
    gtk_text_iter_forward_to_line_end (&end);
  gtk_text_buffer_apply_tag (self->buffer, self->mistake_tag, &start, &end);
}

static void
on_problems (SmaltiSpecEditor *self)
{
  GPtrArray *mistakes = smalti_spec_draft_get_mistakes (self->draft);
  g_autoptr (GArray) lines = g_array_new (FALSE, FALSE, sizeof (guint));
  GtkTextIter start, end;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->mistakes_box))))
    gtk_box_remove (self->mistakes_box, child);
  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  gtk_text_buffer_remove_tag (self->buffer, self->mistake_tag, &start, &end);
  for (guint i = 0; i < mistakes->len; i++)
    {
      const SmaltiSpecMistake *mistake = mistakes->pdata[i];

      add_mistake (self, mistake);
      g_array_append_val (lines, mistake->line);
    }
  gtk_widget_set_visible (self->mistakes_scroller, mistakes->len > 0);
  smalti_line_numbers_set_marked (self->numbers, lines);
}

static gboolean
on_query_tooltip (SmaltiSpecEditor *self, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  GPtrArray *mistakes = smalti_spec_draft_get_mistakes (self->draft);
  GtkTextIter at;
  int buffer_y;

  if (keyboard)
    gtk_text_buffer_get_iter_at_mark (self->buffer, &at, gtk_text_buffer_get_insert (self->buffer));
  else
    {
      gtk_text_view_window_to_buffer_coords (self->view, GTK_TEXT_WINDOW_WIDGET, x, y, NULL, &buffer_y);
      gtk_text_view_get_line_at_y (self->view, &at, buffer_y, NULL);
    }
  for (guint i = 0; i < mistakes->len; i++)
    {
      const SmaltiSpecMistake *mistake = mistakes->pdata[i];

      if ((int)mistake->line == gtk_text_iter_get_line (&at) + 1)
        {
          gtk_tooltip_set_text (tooltip, mistake->message);
          return TRUE;
        }
    }
  return FALSE;
}

/* -- files -- */

static void
tell (SmaltiSpecEditor *self, const char *format, const char *argument)
{
  g_autofree char *text = g_strdup_printf (format, argument);

  g_signal_emit (self, signals[TOLD], 0, text);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiSpecEditor) self = user_data;
  g_autoptr (GFile) parent = g_file_get_parent (G_FILE (source));
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) mistakes = NULL;
  g_autoptr (SmaltiSpec) spec = NULL;
  g_autofree char *yaml = NULL, *placed = NULL;

  if (!g_file_load_contents_finish (G_FILE (source), result, &yaml, NULL, NULL, &error))
    {
      tell (self, _ ("The file can’t be read: %s"), error->message);
      return;
    }
  if (!g_utf8_validate (yaml, -1, NULL))
    {
      tell (self, "%s", _ ("The file is not UTF-8 text, so it is no spec."));
      return;
    }
  /* Its relative paths are below its own folder. What can't be read stays as it is, to be mended. */
  spec = smalti_spec_read (yaml, parent ? g_file_peek_path (parent) : NULL, &mistakes);
  if (spec)
    placed = smalti_spec_edit_yaml (spec, yaml, g_get_home_dir ());
  if (!spec || !smalti_spec_draft_start (self->draft, placed, NULL, NULL, NULL))
    smalti_spec_draft_set_yaml (self->draft, yaml);
}

void
smalti_spec_editor_import (SmaltiSpecEditor *self, GFile *file)
{
  g_return_if_fail (SMALTI_IS_SPEC_EDITOR (self));
  g_file_load_contents_async (file, NULL, on_loaded, g_object_ref (self));
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiSpecEditor) self = user_data;
  g_autofree char *name = g_file_get_basename (G_FILE (source));
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  g_autoptr (GError) error = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    tell (self, _ ("Exported as “%s”"), valid);
  else
    tell (self, _ ("The file can’t be written: %s"), error->message);
}

static void
on_response (GtkNativeDialog *dialog, int response, SmaltiSpecEditor *self)
{
  g_autoptr (GFile) file
      = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;

  if (file && gtk_file_chooser_get_action (GTK_FILE_CHOOSER (dialog)) == GTK_FILE_CHOOSER_ACTION_OPEN)
    smalti_spec_editor_import (self, file);
  else if (file)
    {
      const char *yaml = smalti_spec_draft_get_yaml (self->draft);
      g_autoptr (GBytes) bytes = g_bytes_new (yaml, strlen (yaml));

      g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION, NULL, on_saved,
                                           g_object_ref (self));
    }
  gtk_native_dialog_destroy (dialog);
  g_clear_object (&self->chooser);
}

static void
choose_file (SmaltiSpecEditor *self, const char *title, GtkFileChooserAction action, const char *accept)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  if (self->chooser)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (title, window, action, accept, _ ("_Cancel"));
  gtk_file_filter_set_name (filter, _ ("Specs (YAML)"));
  gtk_file_filter_add_suffix (filter, "yaml");
  gtk_file_filter_add_suffix (filter, "yml");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_response), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_import (SmaltiSpecEditor *self)
{
  choose_file (self, _ ("Import a Spec"), GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Import"));
}

static void
on_export (SmaltiSpecEditor *self)
{
  const SmaltiSpec *spec = smalti_spec_draft_get_spec (self->draft);
  const char *name = smalti_values_get_string (smalti_spec_get_values (spec, ""), "name");
  g_autofree char *file = g_strdup_printf ("%s.yaml", *name ? name : _ ("spec"));

  choose_file (self, _ ("Export the Spec"), GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Export"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), g_strdelimit (file, "/", '-'));
}

static void
on_copy (SmaltiSpecEditor *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), smalti_spec_draft_get_yaml (self->draft));
  tell (self, "%s", _ ("The spec is copied"));
}

void
smalti_spec_editor_set_draft (SmaltiSpecEditor *self, SmaltiSpecDraft *draft)
{
  g_return_if_fail (SMALTI_IS_SPEC_EDITOR (self));
  g_return_if_fail (!self->draft);

  self->draft = g_object_ref (draft);
  g_signal_connect_object (draft, "changed", G_CALLBACK (on_draft_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "problems", G_CALLBACK (on_problems), self, G_CONNECT_SWAPPED);
  on_draft_changed (self, NULL);
  on_problems (self);
}

static void
smalti_spec_editor_dispose (GObject *object)
{
  SmaltiSpecEditor *self = SMALTI_SPEC_EDITOR (object);

  g_clear_handle_id (&self->top_source, g_source_remove);
  g_clear_object (&self->chooser);
  g_clear_pointer (&self->content, gtk_widget_unparent);
  G_OBJECT_CLASS (smalti_spec_editor_parent_class)->dispose (object);
}

static void
smalti_spec_editor_finalize (GObject *object)
{
  g_clear_object (&SMALTI_SPEC_EDITOR (object)->draft);
  G_OBJECT_CLASS (smalti_spec_editor_parent_class)->finalize (object);
}

static void
smalti_spec_editor_class_init (SmaltiSpecEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_spec_editor_dispose;
  G_OBJECT_CLASS (klass)->finalize = smalti_spec_editor_finalize;
  signals[TOLD] = g_signal_new ("told", SMALTI_TYPE_SPEC_EDITOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                G_TYPE_STRING);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/smalti/Smalti/ui/spec-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, SmaltiSpecEditor, content);
  gtk_widget_class_bind_template_child (widget_class, SmaltiSpecEditor, view);
  gtk_widget_class_bind_template_child (widget_class, SmaltiSpecEditor, mistakes_box);
  gtk_widget_class_bind_template_child (widget_class, SmaltiSpecEditor, mistakes_scroller);
  gtk_widget_class_bind_template_callback (widget_class, on_import);
  gtk_widget_class_bind_template_callback (widget_class, on_export);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  gtk_widget_class_bind_template_callback (widget_class, on_query_tooltip);
}

static void
smalti_spec_editor_init (SmaltiSpecEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->buffer = gtk_text_view_get_buffer (self->view);
  gtk_text_buffer_set_enable_undo (self->buffer, FALSE);
  self->mistake_tag = gtk_text_buffer_create_tag (self->buffer, "mistake", "underline", PANGO_UNDERLINE_ERROR, NULL);
  self->numbers = smalti_line_numbers_new (self->view);
  g_signal_connect_object (self->buffer, "changed", G_CALLBACK (on_buffer_changed), self, G_CONNECT_SWAPPED);
}
