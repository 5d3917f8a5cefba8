/* SPDX-License-Identifier: Apache-2.0 */
/* A cell decides nothing: the grid tells it when it is near enough to the display to ask for its picture. */
#include "ui/image-cell.h"

#include <glib/gi18n-lib.h>

#define THUMBNAIL_SIDE 128
#define SIGN_SIDE      24

struct _SmaltiImageCell
{
  GtkWidget parent_instance;

  SmaltiImageItem *item;
  GdkTexture *texture;
  SmaltiThumbnailRequest *request;
  char *trouble; /* why there is no picture */
  GdkPaintable *sign;
};

G_DEFINE_FINAL_TYPE (SmaltiImageCell, smalti_image_cell, GTK_TYPE_WIDGET)

static gint
thumbnail_side (SmaltiImageCell *self)
{
  return THUMBNAIL_SIDE * gtk_widget_get_scale_factor (GTK_WIDGET (self));
}

static void
describe (SmaltiImageCell *self)
{
  g_autofree char *words = self->item ? smalti_image_item_describe (self->item) : NULL;
  /* Translators: an image that can't be read, then why */
  g_autofree char *all = self->trouble ? g_strdup_printf (_ ("%s, unreadable: %s"), words, self->trouble) : NULL;

  if (!self->item)
    return;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, all ? all : words, -1);
  /* What the keyboard moves to is the grid's own cell around it. */
  if (gtk_widget_get_parent (GTK_WIDGET (self)))
    gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (GTK_WIDGET (self))),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, all ? all : words, -1);
}

static void
on_ready (GdkTexture *texture, const char *reason, gpointer user_data)
{
  SmaltiImageCell *self = user_data;

  self->request = NULL;
  if (texture)
    self->texture = g_object_ref (texture);
  else
    {
      self->trouble = g_strdup (reason);
      describe (self);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
smalti_image_cell_load (SmaltiImageCell *self)
{
  SmaltiThumbnailLoader *loader = smalti_thumbnail_loader_get_default ();

  if (!self->item || self->texture || self->trouble)
    return;
  if (self->request)
    smalti_thumbnail_loader_raise (loader, self->request);
  else
    self->request = smalti_thumbnail_loader_request (loader, smalti_image_item_get_dataset (self->item),
                                                     smalti_image_item_get_number (self->item), thumbnail_side (self),
                                                     on_ready, self);
}

void
smalti_image_cell_unload (SmaltiImageCell *self)
{
  if (self->request)
    smalti_thumbnail_loader_cancel (smalti_thumbnail_loader_get_default (), self->request);
  self->request = NULL;
}

SmaltiImageItem *
smalti_image_cell_get_item (SmaltiImageCell *self)
{
  return self->item;
}

void
smalti_image_cell_set_item (SmaltiImageCell *self, SmaltiImageItem *item)
{
  g_return_if_fail (SMALTI_IS_IMAGE_CELL (self));

  smalti_image_cell_unload (self);
  g_clear_object (&self->texture);
  g_clear_pointer (&self->trouble, g_free);
  g_set_object (&self->item, item);
  if (!item)
    return;

  GdkTexture *texture
      = smalti_thumbnail_loader_peek (smalti_thumbnail_loader_get_default (), smalti_image_item_get_dataset (item),
                                      smalti_image_item_get_number (item), thumbnail_side (self));

  if (texture)
    self->texture = g_object_ref (texture);
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
smalti_image_cell_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  SmaltiImageCell *self = SMALTI_IMAGE_CELL (widget);

  if (!self->item)
    return FALSE;

  g_autofree char *words = smalti_image_item_describe (self->item);
  g_autofree char *all = self->trouble ? g_strdup_printf ("%s\n%s", words, self->trouble) : NULL;

  gtk_tooltip_set_text (tooltip, all ? all : words);
  return TRUE;
}

static void
smalti_image_cell_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SmaltiImageCell *self = SMALTI_IMAGE_CELL (widget);
  gfloat width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);

  if (self->texture)
    gtk_snapshot_append_texture (snapshot, self->texture, &GRAPHENE_RECT_INIT (0, 0, width, height));
  else if (self->trouble)
    {
      GdkRGBA color;

      if (!self->sign)
        self->sign = GDK_PAINTABLE (gtk_icon_theme_lookup_icon (
            gtk_icon_theme_get_for_display (gtk_widget_get_display (widget)), "smalti-failed-symbolic", NULL, SIGN_SIDE,
            gtk_widget_get_scale_factor (widget), gtk_widget_get_direction (widget), 0));
      gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((width - SIGN_SIDE) / 2, (height - SIGN_SIDE) / 2));
      gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (self->sign), snapshot, SIGN_SIDE, SIGN_SIDE,
                                                &color, 1);
      gtk_snapshot_restore (snapshot);
    }
}

static GtkSizeRequestMode
smalti_image_cell_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* A square, whatever it shows: the grid never moves because a picture has come. */
static void
smalti_image_cell_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                           int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural
      = orientation == GTK_ORIENTATION_VERTICAL ? MAX (for_size, SMALTI_IMAGE_CELL_SIDE) : SMALTI_IMAGE_CELL_SIDE;
}

static void
smalti_image_cell_dispose (GObject *object)
{
  SmaltiImageCell *self = SMALTI_IMAGE_CELL (object);

  smalti_image_cell_set_item (self, NULL);
  g_clear_object (&self->sign);
  G_OBJECT_CLASS (smalti_image_cell_parent_class)->dispose (object);
}

static void
smalti_image_cell_class_init (SmaltiImageCellClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_image_cell_dispose;
  widget_class->snapshot = smalti_image_cell_snapshot;
  widget_class->measure = smalti_image_cell_measure;
  widget_class->get_request_mode = smalti_image_cell_get_request_mode;
  widget_class->query_tooltip = smalti_image_cell_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "imagecell");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
smalti_image_cell_init (SmaltiImageCell *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

GtkWidget *
smalti_image_cell_new (void)
{
  return g_object_new (SMALTI_TYPE_IMAGE_CELL, NULL);
}
