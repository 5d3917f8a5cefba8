/* SPDX-License-Identifier: Apache-2.0 */
/* The list's model has the names; which image stands where is looked up by its place. */
#include "ui/compare-images.h"

#include <glib/gi18n-lib.h>

#define PICTURE_SIDE 84
#define MAX_HEIGHT   300

struct _SmaltiCompareImages
{
  GtkWidget parent_instance;

  GtkWidget *scroller, *grid;
  SmaltiEvaluationArchive *archive;
  GArray *images; /* of guint */
};

G_DEFINE_FINAL_TYPE (SmaltiCompareImages, smalti_compare_images, GTK_TYPE_WIDGET)

enum
{
  IMAGE_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3), *picture = gtk_image_new (), *name = gtk_label_new (NULL);

  gtk_image_set_pixel_size (GTK_IMAGE (picture), PICTURE_SIDE);
  gtk_widget_set_overflow (picture, GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (picture, "thumbnail");
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_width_chars (GTK_LABEL (name), 8);
  gtk_label_set_max_width_chars (GTK_LABEL (name), 10);
  gtk_widget_add_css_class (name, "caption");
  gtk_box_append (GTK_BOX (box), picture);
  gtk_box_append (GTK_BOX (box), name);
  gtk_list_item_set_child (item, box);
}

static void
on_picture (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkImage) picture = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = smalti_archive_picture_finish (result, &error);

  if (texture)
    gtk_image_set_from_paintable (picture, GDK_PAINTABLE (texture));
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      gtk_image_set_from_icon_name (picture, "image-missing-symbolic");
      gtk_widget_set_tooltip_text (GTK_WIDGET (picture), error->message);
    }
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, SmaltiCompareImages *self)
{
  GtkWidget *box = gtk_list_item_get_child (item), *picture = gtk_widget_get_first_child (box);
  guint image = g_array_index (self->images, guint, gtk_list_item_get_position (item));
  GCancellable *cancellable = g_cancellable_new ();
  g_autofree char *name = smalti_archive_name_image (self->archive, image);
  g_autofree char *about = smalti_archive_describe_image (self->archive, image);
  g_autofree char *words = g_strdup_printf ("%s, %s", name, about);

  gtk_label_set_text (GTK_LABEL (gtk_widget_get_last_child (box)), name);
  gtk_widget_set_tooltip_text (box, words);
  /* Where screen readers land. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (box)), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  -1);
  g_object_set_data_full (G_OBJECT (item), "cancellable", cancellable, g_object_unref);
  smalti_archive_picture_async (self->archive, image, FALSE, cancellable, on_picture, g_object_ref (picture));
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *picture = gtk_widget_get_first_child (gtk_list_item_get_child (item));

  g_cancellable_cancel (g_object_get_data (G_OBJECT (item), "cancellable"));
  g_object_set_data (G_OBJECT (item), "cancellable", NULL);
  gtk_image_clear (GTK_IMAGE (picture));
  gtk_widget_set_tooltip_text (picture, NULL);
}

static void
on_activate (GtkGridView *grid, guint position, SmaltiCompareImages *self)
{
  g_signal_emit (self, signals[IMAGE_ACTIVATED], 0, g_array_index (self->images, guint, position));
}

void
smalti_compare_images_set (SmaltiCompareImages *self, SmaltiEvaluationArchive *archive, const GArray *images)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  guint n = !archive ? 0 : images ? images->len : smalti_evaluation_archive_get_n_images (archive);
  GtkSelectionModel *selection;

  g_return_if_fail (SMALTI_IS_COMPARE_IMAGES (self));

  gtk_grid_view_set_model (GTK_GRID_VIEW (self->grid), NULL);
  g_clear_pointer (&self->archive, smalti_evaluation_archive_unref);
  g_array_set_size (self->images, 0);
  if (archive)
    self->archive = smalti_evaluation_archive_ref (archive);
  for (guint i = 0; i < n; i++)
    {
      guint image = images ? g_array_index (images, guint, i) : i;

      g_array_append_val (self->images, image);
      gtk_string_list_append (list, smalti_evaluation_archive_get_item_name (archive, image));
    }
  selection = GTK_SELECTION_MODEL (gtk_single_selection_new (G_LIST_MODEL (g_steal_pointer (&list))));
  gtk_single_selection_set_autoselect (GTK_SINGLE_SELECTION (selection), FALSE);
  gtk_single_selection_set_can_unselect (GTK_SINGLE_SELECTION (selection), TRUE);
  gtk_single_selection_set_selected (GTK_SINGLE_SELECTION (selection), GTK_INVALID_LIST_POSITION);
  gtk_grid_view_set_model (GTK_GRID_VIEW (self->grid), selection);
  g_object_unref (selection);
}

guint
smalti_compare_images_get_n (SmaltiCompareImages *self)
{
  return self->images->len;
}

static void
smalti_compare_images_dispose (GObject *object)
{
  SmaltiCompareImages *self = SMALTI_COMPARE_IMAGES (object);

  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  g_clear_pointer (&self->archive, smalti_evaluation_archive_unref);
  G_OBJECT_CLASS (smalti_compare_images_parent_class)->dispose (object);
}

static void
smalti_compare_images_finalize (GObject *object)
{
  g_array_unref (SMALTI_COMPARE_IMAGES (object)->images);
  G_OBJECT_CLASS (smalti_compare_images_parent_class)->finalize (object);
}

static void
smalti_compare_images_class_init (SmaltiCompareImagesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = smalti_compare_images_dispose;
  G_OBJECT_CLASS (klass)->finalize = smalti_compare_images_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  signals[IMAGE_ACTIVATED] = g_signal_new ("image-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
smalti_compare_images_init (SmaltiCompareImages *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  self->images = g_array_new (FALSE, FALSE, sizeof (guint));
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  self->grid = gtk_grid_view_new (NULL, factory);
  gtk_grid_view_set_single_click_activate (GTK_GRID_VIEW (self->grid), TRUE);
  gtk_grid_view_set_min_columns (GTK_GRID_VIEW (self->grid), 2);
  gtk_grid_view_set_max_columns (GTK_GRID_VIEW (self->grid), 20);
  gtk_widget_add_css_class (self->grid, "images");
  g_signal_connect (self->grid, "activate", G_CALLBACK (on_activate), self);

  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (self->scroller), TRUE);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (self->scroller), PICTURE_SIDE + 48);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (self->scroller), MAX_HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), self->grid);
  gtk_widget_add_css_class (self->scroller, "card");
  gtk_widget_set_overflow (self->scroller, GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
}

GtkWidget *
smalti_compare_images_new (const char *label, gint height)
{
  SmaltiCompareImages *self = g_object_new (SMALTI_TYPE_COMPARE_IMAGES, NULL);

  if (height > 0)
    gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (self->scroller), height);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->grid), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return GTK_WIDGET (self);
}
