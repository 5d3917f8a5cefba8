/* SPDX-License-Identifier: Apache-2.0 */
/* Each image is decoded on a thread; until it is there, the one before stays, so that going through a list does not
 * flicker. */
#include "ui/picture-dialog.h"

#include <glib/gi18n-lib.h>

#include "ui/spinner.h"
#include "ui/texture.h"

/* As much as a large display shows; photographs beyond it are decoded at a fraction. */
#define MIN_SIDE 1200

struct _SmaltiPictureDialog
{
  AdwWindow parent_instance;

  AdwWindowTitle *title;
  GtkWidget *previous_button, *next_button;
  GtkStack *stack;
  GtkPicture *view;
  AdwStatusPage *failed_page;
  GtkLabel *class_label, *size_label, *path_label;
  GtkWidget *class_row;

  SmaltiImageList *list;
  guint position;
  GCancellable *cancellable; /* of the image on its way */
};

enum
{
  MOVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SmaltiPictureDialog, smalti_picture_dialog, ADW_TYPE_WINDOW)

/* What a thread finds out. */
typedef struct
{
  SmaltiImage *image;
  gint width, height; /* in the file */
} Picture;

static void
picture_free (gpointer data)
{
  Picture *picture = data;

  g_clear_pointer (&picture->image, smalti_image_unref);
  g_free (picture);
}

static void
load_picture (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  SmaltiImageItem *item = data;
  SmaltiDataset *dataset = smalti_image_item_get_dataset (item);
  guint64 number = smalti_image_item_get_number (item);
  g_autofree char *path = smalti_dataset_get_item_path (dataset, number);
  GError *error = NULL;
  SmaltiImage *image = smalti_dataset_load (dataset, number, MIN_SIDE, &error);
  Picture *picture;

  if (!image)
    {
      smalti_dataset_mark_unreadable (dataset, number, error->message);
      g_task_return_error (task, error);
      return;
    }
  picture = g_new0 (Picture, 1);
  picture->image = image;
  if (!path || !smalti_image_probe (path, &picture->width, &picture->height, NULL))
    {
      picture->width = image->width;
      picture->height = image->height;
    }
  g_task_return_pointer (task, picture, picture_free);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SmaltiPictureDialog *self = SMALTI_PICTURE_DIALOG (source);
  g_autoptr (GError) error = NULL;
  Picture *picture = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_task_get_cancellable (G_TASK (result)) == self->cancellable && picture)
    {
      g_autofree char *size = g_strdup_printf (_ ("%d × %d px"), picture->width, picture->height);
      g_autoptr (GdkTexture) texture = smalti_texture_new (picture->image);

      gtk_label_set_text (self->size_label, size);
      gtk_picture_set_paintable (self->view, GDK_PAINTABLE (texture));
      gtk_stack_set_visible_child_name (self->stack, "picture");
    }
  else if (g_task_get_cancellable (G_TASK (result)) == self->cancellable
           && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_autofree char *markup = g_markup_escape_text (error->message, -1);

      gtk_label_set_text (self->size_label, _ ("Unreadable"));
      adw_status_page_set_description (self->failed_page, markup);
      gtk_stack_set_visible_child_name (self->stack, "failed");
    }
  g_clear_pointer (&picture, picture_free);
}

static void
show (SmaltiPictureDialog *self, guint position)
{
  g_autoptr (SmaltiImageItem) item = g_list_model_get_item (G_LIST_MODEL (self->list), position);
  SmaltiDataset *dataset = smalti_image_item_get_dataset (item);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->list));
  const char *klass = smalti_image_item_get_class (item);
  g_autofree char *name = smalti_image_item_dup_name (item);
  g_autofree char *words = smalti_image_item_describe (item);
  g_autofree char *path = smalti_dataset_get_item_path (dataset, smalti_image_item_get_number (item));
  g_autofree char *display = path ? g_filename_display_name (path)
                                  : smalti_dataset_get_item_name (dataset, smalti_image_item_get_number (item));
  /* Translators: the place in a list: "12 of 345" */
  g_autofree char *place = g_strdup_printf (_ ("%'u of %'u"), position + 1, n);
  g_autoptr (GTask) task = NULL;

  self->position = position;
  adw_window_title_set_title (self->title, name);
  adw_window_title_set_subtitle (self->title, place);
  gtk_window_set_title (GTK_WINDOW (self), name);
  gtk_widget_set_sensitive (self->previous_button, position > 0);
  gtk_widget_set_sensitive (self->next_button, position + 1 < n);
  gtk_widget_set_visible (self->class_row, klass != NULL);
  gtk_label_set_text (self->class_label, klass ? klass : "");
  gtk_label_set_text (self->size_label, "");
  gtk_label_set_text (self->path_label, display);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->path_label), display);
  gtk_picture_set_alternative_text (self->view, words);

  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  task = g_task_new (self, self->cancellable, on_loaded, NULL);
  g_task_set_task_data (task, g_object_ref (item), g_object_unref);
  g_task_run_in_thread (task, load_picture);
}

static void
move (SmaltiPictureDialog *self, gint by)
{
  gint64 to = (gint64)self->position + by;

  if (to < 0 || to >= g_list_model_get_n_items (G_LIST_MODEL (self->list)))
    return;
  show (self, (guint)to);
  g_signal_emit (self, signals[MOVED], 0, (guint)to);
}

static void
previous_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  move (SMALTI_PICTURE_DIALOG (widget), -1);
}

static void
next_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  move (SMALTI_PICTURE_DIALOG (widget), 1);
}

static void
on_copy (SmaltiPictureDialog *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), gtk_label_get_text (self->path_label));
}

static void
smalti_picture_dialog_dispose (GObject *object)
{
  SmaltiPictureDialog *self = SMALTI_PICTURE_DIALOG (object);

  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->list);
  G_OBJECT_CLASS (smalti_picture_dialog_parent_class)->dispose (object);
}

static void
smalti_picture_dialog_class_init (SmaltiPictureDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_picture_dialog_dispose;
  signals[MOVED] = g_signal_new ("moved", SMALTI_TYPE_PICTURE_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_UINT);
  g_type_ensure (SMALTI_TYPE_SPINNER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/smalti/Smalti/ui/picture-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SmaltiPictureDialog, title);
  gtk_widget_class_bind_template_child (widget_class, SmaltiPictureDialog, previous_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiPictureDialog, next_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiPictureDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, SmaltiPictureDialog, view);
  gtk_widget_class_bind_template_child (widget_class, SmaltiPictureDialog, failed_page);
  gtk_widget_class_bind_template_child (widget_class, SmaltiPictureDialog, class_row);
  gtk_widget_class_bind_template_child (widget_class, SmaltiPictureDialog, class_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiPictureDialog, size_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiPictureDialog, path_label);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  gtk_widget_class_install_action (widget_class, "picture.previous", NULL, previous_action);
  gtk_widget_class_install_action (widget_class, "picture.next", NULL, next_action);
}

static void
smalti_picture_dialog_init (SmaltiPictureDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

SmaltiPictureDialog *
smalti_picture_dialog_new (GtkWindow *parent, SmaltiImageList *list, guint position)
{
  SmaltiPictureDialog *self = g_object_new (SMALTI_TYPE_PICTURE_DIALOG, "transient-for", parent, NULL);
  gint width, height;

  /* Never larger than what it stands before. */
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  if (gtk_widget_get_width (GTK_WIDGET (parent)) > 0)
    {
      width = MIN (width, gtk_widget_get_width (GTK_WIDGET (parent)));
      height = MIN (height, gtk_widget_get_height (GTK_WIDGET (parent)));
    }
  gtk_window_set_default_size (GTK_WINDOW (self), width, height);
  self->list = g_object_ref (list);
  show (self, position);
  return self;
}
