/* SPDX-License-Identifier: Apache-2.0 */
/* The network is asked once for a picture; its answer is kept, and painted again at any temperature and size without
 * it. The slider moves faster than that: one painting is under way at a time, and the next is of where the slider then
 * is. */
#include "ui/color-panel.h"

#include <glib/gi18n-lib.h>

#include "core/pretext/paint.h"
#include "ui/color-canvas.h"
#include "ui/texture.h"
#include "ui/wrap-layout.h"

struct _SmaltiColorPanel
{
  GtkWidget parent_instance;

  GtkWidget *box;
  SmaltiColorCanvas *canvas;
  GtkLabel *status;
  GtkRange *temperature;
  GtkWidget *actions;
  GtkDropDown *compare;
  GtkWidget *save_button, *copy_button;

  SmaltiModelClient *client;
  SmaltiPicture *picture;
  SmaltiImage *grey;         /* of the view */
  SmaltiColorAnswer *colors; /* NULL: not answered yet */
  GCancellable *cancellable; /* of the question */
  gboolean painting, paint_again;
  gboolean setting;
};

enum
{
  TOLD,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SmaltiColorPanel, smalti_color_panel, GTK_TYPE_WIDGET)

/* -- the question -- */

typedef struct
{
  SmaltiColorAnswer *colors;
  SmaltiImage *grey;
  gfloat temperature; /* the run's own */
} Answer;

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  smalti_color_answer_unref (answer->colors);
  smalti_image_unref (answer->grey);
  g_free (answer);
}

static gpointer
ask_colors (SmaltiModel *model, gpointer data, GError **error)
{
  const SmaltiPicture *picture = data;
  SmaltiColorAnswer *colors = smalti_model_color_answer (model, picture->full, error);
  Answer *answer;

  if (!colors)
    return NULL;
  answer = g_new (Answer, 1);
  answer->colors = colors;
  answer->grey = smalti_paint_image (picture->view, NULL, 0, 0, NULL);
  answer->temperature = (gfloat)smalti_values_get_float (
      smalti_spec_get_values (smalti_model_get_spec (model), "method"), "temperature");
  return answer;
}

/* -- painting -- */

typedef struct
{
  SmaltiColorAnswer *colors;
  SmaltiImage *image;
  gfloat temperature;
} Painting;

static void
painting_free (gpointer data)
{
  Painting *painting = data;

  smalti_color_answer_unref (painting->colors);
  smalti_image_unref (painting->image);
  g_free (painting);
}

static void
paint (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Painting *painting = data;

  g_task_return_pointer (task, smalti_color_answer_paint (painting->colors, painting->image, painting->temperature),
                         (GDestroyNotify)smalti_image_unref);
}

static GTask *
new_painting (SmaltiColorPanel *self, SmaltiImage *image, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Painting *painting = g_new (Painting, 1);

  *painting = (Painting){ smalti_color_answer_ref (self->colors), smalti_image_ref (image),
                          (gfloat)gtk_range_get_value (self->temperature) };
  g_task_set_task_data (task, painting, painting_free);
  return task;
}

static void start_painting (SmaltiColorPanel *self);

static void
on_painted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SmaltiColorPanel *self = SMALTI_COLOR_PANEL (source);
  const Painting *painting = g_task_get_task_data (G_TASK (result));
  g_autoptr (SmaltiImage) painted = g_task_propagate_pointer (G_TASK (result), NULL);

  self->painting = FALSE;
  if (painting->colors == self->colors)
    smalti_color_canvas_set_after (self->canvas, painted);
  if (self->paint_again)
    start_painting (self);
}

static void
start_painting (SmaltiColorPanel *self)
{
  self->paint_again = self->painting;
  if (self->painting || !self->colors)
    return;

  g_autoptr (GTask) task = new_painting (self, self->picture->view, on_painted, NULL);

  self->painting = TRUE;
  g_task_run_in_thread (task, paint);
}

static void
on_temperature (SmaltiColorPanel *self)
{
  if (!self->setting)
    start_painting (self);
}

/* -- what is shown -- */

static void
update_before (SmaltiColorPanel *self)
{
  SmaltiImage *before = !self->picture                                    ? NULL
                        : gtk_drop_down_get_selected (self->compare) == 0 ? self->grey
                                                                          : self->picture->view;

  smalti_color_canvas_set_before (self->canvas, before);
}

static void
on_compare (SmaltiColorPanel *self)
{
  update_before (self);
}

static void
update_actions (SmaltiColorPanel *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->temperature), self->colors != NULL);
  gtk_widget_set_sensitive (self->save_button, self->colors != NULL);
  gtk_widget_set_sensitive (self->copy_button, self->colors != NULL);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiColorPanel) self = user_data;
  g_autoptr (GError) error = NULL;
  Answer *answer = smalti_model_client_call_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  if (!answer)
    {
      gtk_label_set_text (self->status, error->message);
      return;
    }
  self->colors = smalti_color_answer_ref (answer->colors);
  self->grey = smalti_image_ref (answer->grey);
  self->setting = TRUE;
  gtk_range_set_value (self->temperature, answer->temperature);
  self->setting = FALSE;
  answer_free (answer);
  gtk_label_set_text (self->status,
                      _ ("Left of the divider as it was, right of it as the network colours it. Near 0 each "
                         "place has its most likely colour, at 1 the mean of all."));
  update_before (self);
  update_actions (self);
  start_painting (self);
}

static void
forget (SmaltiColorPanel *self)
{
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->colors, smalti_color_answer_unref);
  g_clear_pointer (&self->grey, smalti_image_unref);
}

static void
ask (SmaltiColorPanel *self)
{
  forget (self);
  smalti_color_canvas_set_after (self->canvas, NULL);
  update_before (self);
  update_actions (self);
  if (!self->picture || !self->client)
    return;
  gtk_label_set_text (self->status, _ ("The network looks at the picture…"));
  self->cancellable = g_cancellable_new ();
  smalti_model_client_call_async (self->client, ask_colors, smalti_picture_ref (self->picture),
                                  (GDestroyNotify)smalti_picture_unref, answer_free, self->cancellable, on_answer,
                                  g_object_ref (self));
}

void
smalti_color_panel_set_client (SmaltiColorPanel *self, SmaltiModelClient *client)
{
  g_return_if_fail (SMALTI_IS_COLOR_PANEL (self));
  g_set_object (&self->client, client);
}

void
smalti_color_panel_set_picture (SmaltiColorPanel *self, SmaltiPicture *picture)
{
  g_return_if_fail (SMALTI_IS_COLOR_PANEL (self));

  if (picture)
    smalti_picture_ref (picture);
  g_clear_pointer (&self->picture, smalti_picture_unref);
  self->picture = picture;
  ask (self);
}

/* -- saving and copying: in full size -- */

static void
tell (SmaltiColorPanel *self, const char *message)
{
  g_signal_emit (self, signals[TOLD], 0, message);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiColorPanel) self = user_data;
  g_autoptr (GError) error = NULL;

  tell (self, smalti_picture_save_finish (result, &error) ? _ ("Picture saved") : error->message);
}

static void
on_painted_to_save (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GFile) file = user_data;
  g_autoptr (SmaltiImage) painted = g_task_propagate_pointer (G_TASK (result), NULL);

  smalti_picture_save_async (painted, file, on_saved, g_object_ref (source));
}

static void
on_save_response (GtkNativeDialog *dialog, int response, SmaltiColorPanel *self)
{
  g_autoptr (GFile) file
      = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;

  if (file && self->colors)
    {
      g_autoptr (GTask) task = new_painting (self, self->picture->full, on_painted_to_save, g_steal_pointer (&file));

      g_task_run_in_thread (task, paint);
    }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
on_save (SmaltiColorPanel *self)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_ ("Save the Coloured Picture"),
                                                              GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                                              GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  /* Translators: a file's name; the first part is that of the picture */
  g_autofree char *name = g_strdup_printf (_ ("%s coloured.png"), self->picture->name);

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_save_response), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
on_painted_to_copy (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SmaltiColorPanel *self = SMALTI_COLOR_PANEL (source);
  g_autoptr (SmaltiImage) painted = g_task_propagate_pointer (G_TASK (result), NULL);
  g_autoptr (GdkTexture) texture = smalti_texture_new (painted);

  gdk_clipboard_set_texture (gtk_widget_get_clipboard (GTK_WIDGET (self)), texture);
  tell (self, _ ("Picture copied"));
}

static void
on_copy (SmaltiColorPanel *self)
{
  g_autoptr (GTask) task = new_painting (self, self->picture->full, on_painted_to_copy, NULL);

  g_task_run_in_thread (task, paint);
}

static void
smalti_color_panel_dispose (GObject *object)
{
  SmaltiColorPanel *self = SMALTI_COLOR_PANEL (object);

  forget (self);
  self->paint_again = FALSE;
  g_clear_pointer (&self->picture, smalti_picture_unref);
  g_clear_object (&self->client);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (smalti_color_panel_parent_class)->dispose (object);
}

static void
smalti_color_panel_class_init (SmaltiColorPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_color_panel_dispose;
  g_type_ensure (SMALTI_TYPE_COLOR_CANVAS);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/smalti/Smalti/ui/color-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, SmaltiColorPanel, box);
  gtk_widget_class_bind_template_child (widget_class, SmaltiColorPanel, canvas);
  gtk_widget_class_bind_template_child (widget_class, SmaltiColorPanel, status);
  gtk_widget_class_bind_template_child (widget_class, SmaltiColorPanel, temperature);
  gtk_widget_class_bind_template_child (widget_class, SmaltiColorPanel, actions);
  gtk_widget_class_bind_template_child (widget_class, SmaltiColorPanel, compare);
  gtk_widget_class_bind_template_child (widget_class, SmaltiColorPanel, save_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiColorPanel, copy_button);
  gtk_widget_class_bind_template_callback (widget_class, on_temperature);
  gtk_widget_class_bind_template_callback (widget_class, on_compare);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  signals[TOLD] = g_signal_new ("told", SMALTI_TYPE_COLOR_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                G_TYPE_STRING);
}

static void
smalti_color_panel_init (SmaltiColorPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_layout_manager (self->actions, smalti_wrap_layout_new (12, 12));
  update_actions (self);
}
