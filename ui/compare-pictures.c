/* SPDX-License-Identifier: Apache-2.0 */
/* Small pictures are kept, the last few hundred that were looked at: the same image stands in a confusion, among
 * neighbours and on a map. A texture may be made on any thread. */
#include "ui/compare-pictures.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "ui/spinner.h"
#include "ui/texture.h"

#define N_KEPT 400 /* pictures: 33 MB */

/* -- archives -- */

typedef struct
{
  char *folder, *protocol, *layer;
} Place;

static void
place_free (Place *place)
{
  g_free (place->folder);
  g_free (place->protocol);
  g_free (place->layer);
  g_free (place);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Place *place = data;
  GError *error = NULL;
  SmaltiEvaluationArchive *archive;

  if (g_task_return_error_if_cancelled (task))
    return;
  archive = smalti_evaluation_archive_read (place->folder, place->protocol, place->layer, &error);
  if (archive)
    g_task_return_pointer (task, archive, (GDestroyNotify)smalti_evaluation_archive_unref);
  else
    g_task_return_error (task, error);
}

void
smalti_archive_read_async (const char *folder, const char *protocol, const char *layer, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Place *place = g_new (Place, 1);

  *place = (Place){ g_strdup (folder), g_strdup (protocol), g_strdup (layer) };
  g_task_set_source_tag (task, smalti_archive_read_async);
  g_task_set_task_data (task, place, (GDestroyNotify)place_free);
  g_task_run_in_thread (task, read_in_thread);
}

SmaltiEvaluationArchive *
smalti_archive_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* -- small pictures, on the main thread -- */

typedef struct
{
  char *key;
  GdkTexture *texture;
} Kept;

static GHashTable *kept_by_key; /* key -> link of kept_in_order */
static GQueue kept_in_order;    /* of Kept, the last one looked at first */

static char *
key_of (SmaltiEvaluationArchive *archive, guint image)
{
  return g_strdup_printf ("%s\n%s", smalti_evaluation_archive_get_data_path (archive),
                          smalti_evaluation_archive_get_item_name (archive, image));
}

static GdkTexture *
recall (const char *key)
{
  GList *link = kept_by_key ? g_hash_table_lookup (kept_by_key, key) : NULL;

  if (!link)
    return NULL;
  g_queue_unlink (&kept_in_order, link);
  g_queue_push_head_link (&kept_in_order, link);
  return g_object_ref (((Kept *)link->data)->texture);
}

static void
remember (const char *key, GdkTexture *texture)
{
  Kept *kept;

  if (!kept_by_key)
    kept_by_key = g_hash_table_new (g_str_hash, g_str_equal);
  if (g_hash_table_contains (kept_by_key, key))
    return;
  kept = g_new (Kept, 1);
  *kept = (Kept){ g_strdup (key), g_object_ref (texture) };
  g_queue_push_head (&kept_in_order, kept);
  g_hash_table_insert (kept_by_key, kept->key, kept_in_order.head);
  if (kept_in_order.length <= N_KEPT)
    return;
  kept = g_queue_pop_tail (&kept_in_order);
  g_hash_table_remove (kept_by_key, kept->key);
  g_object_unref (kept->texture);
  g_free (kept->key);
  g_free (kept);
}

typedef struct
{
  SmaltiEvaluationArchive *archive;
  guint image;
  gboolean whole;
} Wanted;

static void
wanted_free (Wanted *wanted)
{
  smalti_evaluation_archive_unref (wanted->archive);
  g_free (wanted);
}

static void
load_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Wanted *wanted = data;
  GError *error = NULL;
  g_autoptr (SmaltiImage) image = NULL;
  g_autoptr (SmaltiImage) cut = NULL;
  gint side;

  if (g_task_return_error_if_cancelled (task))
    return;
  image = smalti_evaluation_archive_load (wanted->archive, wanted->image, wanted->whole ? 0 : SMALTI_THUMBNAIL_SIDE,
                                          &error);
  if (!image)
    {
      g_task_return_error (task, error);
      return;
    }
  side = MIN (SMALTI_THUMBNAIL_SIDE, MIN (image->width, image->height));
  if (!wanted->whole)
    cut = smalti_image_center_crop (image, side, side);
  g_task_return_pointer (task, smalti_texture_new (cut ? cut : image), g_object_unref);
}

void
smalti_archive_picture_async (SmaltiEvaluationArchive *archive, guint image, gboolean whole, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autofree char *key = key_of (archive, image);
  GdkTexture *texture = whole ? NULL : recall (key);
  Wanted *wanted;

  g_task_set_source_tag (task, smalti_archive_picture_async);
  if (texture)
    {
      g_task_return_pointer (task, texture, g_object_unref);
      return;
    }
  wanted = g_new (Wanted, 1);
  *wanted = (Wanted){ smalti_evaluation_archive_ref (archive), image, whole };
  g_task_set_task_data (task, wanted, (GDestroyNotify)wanted_free);
  g_task_set_priority (task, G_PRIORITY_LOW);
  g_task_run_in_thread (task, load_in_thread);
}

GdkTexture *
smalti_archive_picture_finish (GAsyncResult *result, GError **error)
{
  const Wanted *wanted = g_task_get_task_data (G_TASK (result));
  GdkTexture *texture = g_task_propagate_pointer (G_TASK (result), error);

  if (texture && wanted && !wanted->whole)
    {
      g_autofree char *key = key_of (wanted->archive, wanted->image);

      remember (key, texture);
    }
  return texture;
}

/* -- words -- */

char *
smalti_archive_name_image (SmaltiEvaluationArchive *archive, guint image)
{
  g_autofree char *name = g_path_get_basename (smalti_evaluation_archive_get_item_name (archive, image));

  return g_utf8_make_valid (name, -1);
}

char *
smalti_archive_describe_image (SmaltiEvaluationArchive *archive, guint image)
{
  gint32 truth = smalti_evaluation_archive_get_labels (archive)[image];
  gint32 answer = smalti_evaluation_archive_get_answers (archive)[image];

  if (truth == answer)
    return g_strdup (smalti_evaluation_archive_get_class_name (archive, truth));
  /* Translators: an image's class, and the class it was mistaken for */
  return g_strdup_printf (_ ("%s, taken for %s"), smalti_evaluation_archive_get_class_name (archive, truth),
                          smalti_evaluation_archive_get_class_name (archive, answer));
}

/* -- one image -- */

static void
on_whole (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkStack) stack = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = smalti_archive_picture_finish (result, &error);
  g_autofree char *markup = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (texture)
    {
      gtk_picture_set_paintable (GTK_PICTURE (gtk_stack_get_child_by_name (stack, "picture")), GDK_PAINTABLE (texture));
      gtk_stack_set_visible_child_name (stack, "picture");
      return;
    }
  markup = g_markup_escape_text (error->message, -1);
  adw_status_page_set_description (ADW_STATUS_PAGE (gtk_stack_get_child_by_name (stack, "failed")), markup);
  gtk_stack_set_visible_child_name (stack, "failed");
}

static gboolean
close_window (GtkWidget *widget, GVariant *parameters, gpointer user_data)
{
  gtk_window_close (GTK_WINDOW (widget));
  return TRUE;
}

void
smalti_archive_present_image (GtkWidget *widget, SmaltiEvaluationArchive *archive, guint image)
{
  GtkWidget *window = adw_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *bar = adw_header_bar_new (), *stack = gtk_stack_new (),
            *spinner = g_object_new (SMALTI_TYPE_SPINNER, NULL);
  GtkWidget *picture = gtk_picture_new (), *failed = adw_status_page_new ();
  GtkEventController *keys = gtk_shortcut_controller_new ();
  g_autofree char *name = smalti_archive_name_image (archive, image);
  g_autofree char *words = smalti_archive_describe_image (archive, image);
  g_autofree char *described = g_strdup_printf ("%s, %s", name, words);
  GCancellable *cancellable = g_cancellable_new ();

  adw_header_bar_set_title_widget (ADW_HEADER_BAR (bar), adw_window_title_new (name, words));
  gtk_widget_set_size_request (spinner, 32, 32);
  gtk_widget_set_halign (spinner, GTK_ALIGN_CENTER);
  gtk_picture_set_can_shrink (GTK_PICTURE (picture), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (picture), GTK_ACCESSIBLE_PROPERTY_LABEL, described, -1);
  adw_status_page_set_title (ADW_STATUS_PAGE (failed), _ ("The Image Can’t Be Shown"));
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (failed), "image-missing-symbolic");
  gtk_stack_add_named (GTK_STACK (stack), spinner, "loading");
  gtk_stack_add_named (GTK_STACK (stack), picture, "picture");
  gtk_stack_add_named (GTK_STACK (stack), failed, "failed");
  gtk_widget_set_vexpand (stack, TRUE);
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), stack);
  adw_window_set_content (ADW_WINDOW (window), box);

  gtk_window_set_title (GTK_WINDOW (window), described);
  gtk_window_set_transient_for (GTK_WINDOW (window), GTK_WINDOW (gtk_widget_get_root (widget)));
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (window), 640, 600);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                          gtk_callback_action_new (close_window, NULL, NULL)));
  gtk_widget_add_controller (window, keys);
  /* Whoever closes it waits for nothing. */
  g_signal_connect_data (window, "destroy", G_CALLBACK (g_cancellable_cancel), cancellable,
                         (GClosureNotify)(GCallback)g_object_unref, G_CONNECT_SWAPPED);
  smalti_archive_picture_async (archive, image, TRUE, cancellable, on_whole, g_object_ref (stack));
  gtk_window_present (GTK_WINDOW (window));
}
