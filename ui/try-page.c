/* SPDX-License-Identifier: Apache-2.0 */
/* One client asks the network for all that is shown of it: the panel's question comes before those of the layers. What
 * a network is asked of a picture goes when either is another one. */
#include "ui/try-page.h"

#include <glib/gi18n-lib.h>

#include "ui/color-panel.h"
#include "ui/look-inside.h"
#include "ui/model-chooser.h"
#include "ui/picture.h"
#include "ui/puzzle-panel.h"
#include "ui/spinner.h"

struct _SmaltiTryPage
{
  SmaltiPage parent_instance;

  GtkWidget *open_button;
  GtkStack *stack;
  SmaltiModelChooser *chooser;
  GtkWidget *picture_row;
  GtkLabel *picture_label, *error;
  GtkSpinner *spinner;
  GtkWidget *first_button, *any_button, *another_button;
  GtkWidget *empty, *neither; /* in the place of either panel */
  SmaltiPuzzlePanel *puzzle;
  SmaltiColorPanel *color;
  SmaltiLookInside *inside;

  SmaltiModelClient *client;
  SmaltiPicture *picture;
  guint64 opened_step;       /* how far the run was when its network was opened */
  GCancellable *cancellable; /* of a picture being loaded */
};

G_DEFINE_FINAL_TYPE (SmaltiTryPage, smalti_try_page, SMALTI_TYPE_PAGE)

/* -- what is shown -- */

static const char *
get_method (SmaltiTryPage *self)
{
  SmaltiRunItem *item = smalti_model_chooser_get_chosen (self->chooser);

  return item ? smalti_run_item_get_info (item)->method : "";
}

static void
update_picture_row (SmaltiTryPage *self)
{
  SmaltiRunItem *item = smalti_model_chooser_get_chosen (self->chooser);
  const char *data = item ? smalti_run_item_get_info (item)->data_path : NULL;
  gboolean has_data = data && *data;

  gtk_widget_set_visible (self->picture_row, self->picture != NULL || gtk_spinner_get_spinning (self->spinner));
  gtk_widget_set_visible (self->any_button, has_data);
  gtk_widget_set_visible (self->another_button, has_data && self->picture);
  if (self->picture)
    {
      /* Translators: of a picture: its name, width and height */
      g_autofree char *text = g_strdup_printf (_ ("%s · %d × %d"), self->picture->name, self->picture->full->width,
                                               self->picture->full->height);

      gtk_label_set_text (self->picture_label, text);
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->picture_label), self->picture->name);
    }
}

static void
show_all (SmaltiTryPage *self)
{
  const char *method = get_method (self);
  gboolean puzzle = self->picture && g_str_equal (method, "jigsaw");
  gboolean color = self->picture && g_str_equal (method, "colorization");

  smalti_puzzle_panel_set_picture (self->puzzle, puzzle ? self->picture : NULL);
  smalti_color_panel_set_picture (self->color, color ? self->picture : NULL);
  smalti_look_inside_set_image (self->inside, self->picture ? self->picture->full : NULL);
  gtk_widget_set_visible (self->empty, !self->picture);
  gtk_widget_set_visible (GTK_WIDGET (self->puzzle), puzzle);
  gtk_widget_set_visible (GTK_WIDGET (self->color), color);
  gtk_widget_set_visible (self->neither, self->picture && !puzzle && !color);
  update_picture_row (self);
}

static void
update_state (SmaltiTryPage *self)
{
  gboolean ready = smalti_model_chooser_get_chosen (self->chooser) != NULL;

  gtk_stack_set_visible_child_name (self->stack, ready                                             ? "ready"
                                                 : smalti_model_chooser_has_looked (self->chooser) ? "none"
                                                                                                   : "looking");
  smalti_page_set_header_end (SMALTI_PAGE (self), ready ? self->open_button : NULL);
}

/* -- the model -- */

static void
open_model (SmaltiTryPage *self)
{
  SmaltiStoreClient *store = smalti_workbench_get_client (smalti_page_get_workbench (SMALTI_PAGE (self)));
  SmaltiRunItem *item = smalti_model_chooser_get_chosen (self->chooser);
  g_autofree char *folder = NULL;

  if (item)
    {
      g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, smalti_run_item_get_id (item));

      folder = g_build_filename (smalti_store_client_get_path (store), "runs", number, NULL);
      self->opened_step = smalti_run_item_get_info (item)->step;
    }
  smalti_model_client_set_folder (self->client, folder);
  show_all (self);
}

static void
on_chosen (SmaltiTryPage *self)
{
  update_state (self);
  open_model (self);
}

static void
on_looked (SmaltiTryPage *self)
{
  update_state (self);
}

static void
on_runs_read (SmaltiTryPage *self)
{
  if (smalti_page_is_shown (SMALTI_PAGE (self)))
    smalti_model_chooser_refresh (self->chooser);
}

void
smalti_try_page_choose (SmaltiTryPage *self, gint64 run)
{
  g_return_if_fail (SMALTI_IS_TRY_PAGE (self));
  smalti_model_chooser_choose (self->chooser, run);
}

/* -- the picture -- */

static void
show_error (SmaltiTryPage *self, const char *message)
{
  gtk_label_set_text (self->error, message ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error), message != NULL);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiTryPage) self = user_data;
  g_autoptr (GError) error = NULL;
  SmaltiPicture *picture = smalti_picture_load_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  gtk_spinner_stop (self->spinner);
  show_error (self, error ? error->message : NULL);
  if (picture)
    {
      g_clear_pointer (&self->picture, smalti_picture_unref);
      self->picture = picture;
      show_all (self);
    }
  update_picture_row (self);
}

/* The cancellable of the picture that is about to be loaded; one that is being loaded already is not waited for. */
static GCancellable *
begin_loading (SmaltiTryPage *self)
{
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  show_error (self, NULL);
  gtk_spinner_start (self->spinner);
  update_picture_row (self);
  return self->cancellable;
}

static void
load_file (SmaltiTryPage *self, GFile *file)
{
  smalti_picture_load_file_async (file, begin_loading (self), on_loaded, g_object_ref (self));
}

static void
load_texture (SmaltiTryPage *self, GdkTexture *texture)
{
  smalti_picture_load_texture_async (texture, begin_loading (self), on_loaded, g_object_ref (self));
}

static void
on_any (SmaltiTryPage *self)
{
  SmaltiRunItem *item = smalti_model_chooser_get_chosen (self->chooser);

  if (item)
    smalti_picture_load_any_async (smalti_run_item_get_info (item)->spec_yaml, begin_loading (self), on_loaded,
                                   g_object_ref (self));
}

static void
on_open_response (GtkNativeDialog *dialog, int response, SmaltiTryPage *self)
{
  g_autoptr (GFile) file
      = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;

  if (file)
    load_file (self, file);
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
on_open (SmaltiTryPage *self)
{
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (_ ("Open a Picture"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                     GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"), _ ("_Cancel"));
  GtkFileFilter *filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _ ("Pictures"));
  gtk_file_filter_add_mime_type (filter, "image/*");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  g_object_unref (filter);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_open_response), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* -- dropping and pasting -- */

static void
on_file_type (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiTryPage) self = user_data;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, NULL);
  gboolean is_folder = info && g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY;

  if (!smalti_page_get_workbench (SMALTI_PAGE (self)))
    return;
  if (is_folder && g_file_peek_path (G_FILE (source)))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.new-run", "s", g_file_peek_path (G_FILE (source)));
  else
    load_file (self, G_FILE (source));
}

/* A folder is what it is everywhere: where a run begins. */
static void
take_file (SmaltiTryPage *self, GFile *file)
{
  g_file_query_info_async (file, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, NULL,
                           on_file_type, g_object_ref (self));
}

static gboolean
smalti_try_page_take_files (SmaltiPage *page, GSList *files)
{
  SmaltiTryPage *self = SMALTI_TRY_PAGE (page);

  if (!smalti_model_chooser_get_chosen (self->chooser))
    return FALSE;
  take_file (self, files->data);
  return TRUE;
}

static gboolean
on_drop_texture (GtkDropTarget *target, const GValue *value, gdouble x, gdouble y, SmaltiTryPage *self)
{
  if (!smalti_model_chooser_get_chosen (self->chooser))
    return FALSE;
  load_texture (self, g_value_get_object (value));
  return TRUE;
}

static void
on_pasted_files (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiTryPage) self = user_data;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (source), result, NULL);
  GSList *files = value ? g_value_get_boxed (value) : NULL;

  if (files && self->client)
    take_file (self, files->data);
}

static void
on_pasted_texture (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiTryPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = gdk_clipboard_read_texture_finish (GDK_CLIPBOARD (source), result, &error);

  if (!self->client)
    return;
  if (texture)
    load_texture (self, texture);
  else
    show_error (self, _ ("What is on the clipboard can’t be read as a picture."));
}

static void
paste_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SmaltiTryPage *self = SMALTI_TRY_PAGE (widget);
  GdkClipboard *clipboard = gtk_widget_get_clipboard (widget);
  GdkContentFormats *formats = gdk_clipboard_get_formats (clipboard);

  if (!smalti_model_chooser_get_chosen (self->chooser))
    return;
  if (gdk_content_formats_contain_gtype (formats, GDK_TYPE_FILE_LIST)
      || gdk_content_formats_contain_mime_type (formats, "text/uri-list"))
    gdk_clipboard_read_value_async (clipboard, GDK_TYPE_FILE_LIST, G_PRIORITY_DEFAULT, NULL, on_pasted_files,
                                    g_object_ref (self));
  else if (gdk_content_formats_contain_gtype (formats, GDK_TYPE_TEXTURE)
           || gdk_content_formats_contain_mime_type (formats, "image/png")
           || gdk_content_formats_contain_mime_type (formats, "image/jpeg"))
    gdk_clipboard_read_texture_async (clipboard, NULL, on_pasted_texture, g_object_ref (self));
  else
    show_error (self, _ ("There is no picture on the clipboard."));
}

/* -- the page -- */

static void
on_told (SmaltiTryPage *self, const char *message)
{
  smalti_workbench_tell (smalti_page_get_workbench (SMALTI_PAGE (self)), message);
}

static void
smalti_try_page_attach (SmaltiPage *page)
{
  SmaltiTryPage *self = SMALTI_TRY_PAGE (page);
  SmaltiWorkbench *workbench = smalti_page_get_workbench (page);

  g_signal_connect_object (workbench, "runs-read", G_CALLBACK (on_runs_read), self, G_CONNECT_SWAPPED);
  smalti_model_chooser_set_runs (self->chooser, smalti_workbench_get_client (workbench),
                                 smalti_workbench_get_runs (workbench));
  update_state (self);
  show_all (self);
}

/* A run that has gone on since may have come to another checkpoint. */
static void
smalti_try_page_shown (SmaltiPage *page)
{
  SmaltiTryPage *self = SMALTI_TRY_PAGE (page);
  SmaltiRunItem *item = smalti_model_chooser_get_chosen (self->chooser);

  smalti_model_chooser_refresh (self->chooser);
  if (item && smalti_run_item_get_info (item)->step != self->opened_step)
    open_model (self);
  smalti_page_focus (page, self->picture ? GTK_WIDGET (self->chooser) : self->first_button);
}

static void
smalti_try_page_hidden (SmaltiPage *page)
{
  smalti_model_client_rest (SMALTI_TRY_PAGE (page)->client);
}

static void
smalti_try_page_dispose (GObject *object)
{
  SmaltiTryPage *self = SMALTI_TRY_PAGE (object);

  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->chooser)
    g_signal_handlers_disconnect_by_data (self->chooser, self);
  g_clear_pointer (&self->picture, smalti_picture_unref);
  G_OBJECT_CLASS (smalti_try_page_parent_class)->dispose (object);
  /* After the widgets that ask it: it waits for the question that is being answered. */
  g_clear_object (&self->client);
}

static void
smalti_try_page_class_init (SmaltiTryPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_try_page_dispose;
  SMALTI_PAGE_CLASS (klass)->attach = smalti_try_page_attach;
  SMALTI_PAGE_CLASS (klass)->shown = smalti_try_page_shown;
  SMALTI_PAGE_CLASS (klass)->hidden = smalti_try_page_hidden;
  SMALTI_PAGE_CLASS (klass)->take_files = smalti_try_page_take_files;
  g_type_ensure (SMALTI_TYPE_MODEL_CHOOSER);
  g_type_ensure (SMALTI_TYPE_PUZZLE_PANEL);
  g_type_ensure (SMALTI_TYPE_COLOR_PANEL);
  g_type_ensure (SMALTI_TYPE_LOOK_INSIDE);
  g_type_ensure (SMALTI_TYPE_SPINNER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/smalti/Smalti/ui/try-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SmaltiTryPage, open_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiTryPage, stack);
  gtk_widget_class_bind_template_child (widget_class, SmaltiTryPage, empty);
  gtk_widget_class_bind_template_child (widget_class, SmaltiTryPage, neither);
  gtk_widget_class_bind_template_child (widget_class, SmaltiTryPage, chooser);
  gtk_widget_class_bind_template_child (widget_class, SmaltiTryPage, picture_row);
  gtk_widget_class_bind_template_child (widget_class, SmaltiTryPage, picture_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiTryPage, error);
  gtk_widget_class_bind_template_child (widget_class, SmaltiTryPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, SmaltiTryPage, first_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiTryPage, any_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiTryPage, another_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiTryPage, puzzle);
  gtk_widget_class_bind_template_child (widget_class, SmaltiTryPage, color);
  gtk_widget_class_bind_template_child (widget_class, SmaltiTryPage, inside);
  gtk_widget_class_bind_template_callback (widget_class, on_open);
  gtk_widget_class_bind_template_callback (widget_class, on_any);
  gtk_widget_class_install_action (widget_class, "try.paste", NULL, paste_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_v, GDK_CONTROL_MASK, "try.paste", NULL);
}

static void
smalti_try_page_init (SmaltiTryPage *self)
{
  GtkDropTarget *drop = gtk_drop_target_new (GDK_TYPE_TEXTURE, GDK_ACTION_COPY);

  gtk_widget_init_template (GTK_WIDGET (self));
  self->client = smalti_model_client_new ();
  smalti_puzzle_panel_set_client (self->puzzle, self->client);
  smalti_color_panel_set_client (self->color, self->client);
  smalti_look_inside_set_client (self->inside, self->client);
  g_signal_connect_swapped (self->chooser, "changed", G_CALLBACK (on_chosen), self);
  g_signal_connect_swapped (self->chooser, "looked", G_CALLBACK (on_looked), self);
  g_signal_connect_object (self->color, "told", G_CALLBACK (on_told), self, G_CONNECT_SWAPPED);
  g_signal_connect (drop, "drop", G_CALLBACK (on_drop_texture), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drop));
}
