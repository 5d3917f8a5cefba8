/* SPDX-License-Identifier: Apache-2.0 */
/* Three pictures in equal columns. A method without an answer to look at (labels) shows what it got alone. */
#include "ui/triptych.h"

#include <glib/gi18n-lib.h>

#include "ui/color-comparison.h"
#include "ui/image-view.h"
#include "ui/puzzle-view.h"

typedef struct
{
  GtkWidget *grid;
  GtkWidget *titles[3];
  GtkWidget *pictures[3];
  GtkWidget *caption;
  GtkWidget *foot;
} SmaltiTriptychPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (SmaltiTriptych, smalti_triptych, GTK_TYPE_WIDGET)

void
smalti_triptych_set_preview (SmaltiTriptych *self, const SmaltiPreview *preview)
{
  g_return_if_fail (SMALTI_IS_TRIPTYCH (self));

  SmaltiTriptychPrivate *priv = smalti_triptych_get_instance_private (self);
  SmaltiTriptychClass *klass = SMALTI_TRIPTYCH_GET_CLASS (self);
  SmaltiImage *const images[3] = { preview->input, preview->answer, preview->truth };
  const char *caption = preview->caption ? preview->caption : "";

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *words = g_strdup_printf ("%s: %s", _ (klass->titles[i]), caption);

      smalti_image_view_set_image (SMALTI_IMAGE_VIEW (priv->pictures[i]), images[i]);
      gtk_widget_set_visible (priv->pictures[i], images[i] != NULL);
      gtk_widget_set_visible (priv->titles[i], images[i] != NULL);
      gtk_accessible_update_property (GTK_ACCESSIBLE (priv->pictures[i]), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
    }
  gtk_label_set_text (GTK_LABEL (priv->caption), caption);
  gtk_widget_set_visible (priv->caption, *caption != '\0');
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, caption, -1);
  if (klass->show)
    klass->show (self, preview, priv->pictures);
}

void
smalti_triptych_set_answer (SmaltiTriptych *self, SmaltiImage *answer)
{
  SmaltiTriptychPrivate *priv = smalti_triptych_get_instance_private (self);

  smalti_image_view_set_image (SMALTI_IMAGE_VIEW (priv->pictures[1]), answer);
}

void
smalti_triptych_set_foot (SmaltiTriptych *self, GtkWidget *foot)
{
  SmaltiTriptychPrivate *priv = smalti_triptych_get_instance_private (self);

  if (foot == priv->foot)
    return;
  g_clear_pointer (&priv->foot, gtk_widget_unparent);
  priv->foot = foot;
  if (foot)
    gtk_widget_set_parent (foot, GTK_WIDGET (self));
}

GtkWidget *
smalti_triptych_get_foot (SmaltiTriptych *self)
{
  SmaltiTriptychPrivate *priv = smalti_triptych_get_instance_private (self);

  return priv->foot;
}

static GType
type_for (const SmaltiPreview *preview)
{
  return preview->grid > 0 ? SMALTI_TYPE_PUZZLE_VIEW
         : preview->answer ? SMALTI_TYPE_COLOR_COMPARISON
                           : SMALTI_TYPE_TRIPTYCH;
}

gboolean
smalti_triptych_fits (SmaltiTriptych *self, const SmaltiPreview *preview)
{
  g_return_val_if_fail (SMALTI_IS_TRIPTYCH (self), FALSE);
  return G_OBJECT_TYPE (self) == type_for (preview);
}

GtkWidget *
smalti_triptych_new (const SmaltiPreview *preview)
{
  SmaltiTriptych *self = g_object_new (type_for (preview), NULL);

  smalti_triptych_set_preview (self, preview);
  return GTK_WIDGET (self);
}

static void
smalti_triptych_dispose (GObject *object)
{
  SmaltiTriptychPrivate *priv = smalti_triptych_get_instance_private (SMALTI_TRIPTYCH (object));

  g_clear_pointer (&priv->grid, gtk_widget_unparent);
  g_clear_pointer (&priv->caption, gtk_widget_unparent);
  g_clear_pointer (&priv->foot, gtk_widget_unparent);
  G_OBJECT_CLASS (smalti_triptych_parent_class)->dispose (object);
}

static void
smalti_triptych_constructed (GObject *object)
{
  SmaltiTriptychPrivate *priv = smalti_triptych_get_instance_private (SMALTI_TRIPTYCH (object));
  SmaltiTriptychClass *klass = SMALTI_TRIPTYCH_GET_CLASS (object);

  G_OBJECT_CLASS (smalti_triptych_parent_class)->constructed (object);
  for (guint i = 0; i < 3; i++)
    gtk_label_set_text (GTK_LABEL (priv->titles[i]), _ (klass->titles[i]));
}

static void
smalti_triptych_class_init (SmaltiTriptychClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_triptych_dispose;
  G_OBJECT_CLASS (klass)->constructed = smalti_triptych_constructed;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  klass->titles[0] = N_ ("Picture");
  klass->titles[1] = N_ ("Predicted");
  klass->titles[2] = N_ ("True");
}

static void
smalti_triptych_init (SmaltiTriptych *self)
{
  SmaltiTriptychPrivate *priv = smalti_triptych_get_instance_private (self);
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 6);
  gtk_widget_add_css_class (GTK_WIDGET (self), "card");
  gtk_widget_add_css_class (GTK_WIDGET (self), "triptych");

  priv->grid = gtk_grid_new ();
  gtk_grid_set_column_homogeneous (GTK_GRID (priv->grid), TRUE);
  gtk_grid_set_column_spacing (GTK_GRID (priv->grid), 6);
  gtk_grid_set_row_spacing (GTK_GRID (priv->grid), 6);
  gtk_widget_set_vexpand (priv->grid, TRUE);
  for (gint i = 0; i < 3; i++)
    {
      priv->titles[i] = gtk_label_new (NULL);
      gtk_widget_add_css_class (priv->titles[i], "caption");
      gtk_widget_add_css_class (priv->titles[i], "dim-label");
      gtk_label_set_ellipsize (GTK_LABEL (priv->titles[i]), PANGO_ELLIPSIZE_END);
      priv->pictures[i] = smalti_image_view_new ();
      gtk_widget_set_hexpand (priv->pictures[i], TRUE);
      gtk_grid_attach (GTK_GRID (priv->grid), priv->titles[i], i, 0, 1, 1);
      gtk_grid_attach (GTK_GRID (priv->grid), priv->pictures[i], i, 1, 1, 1);
    }
  gtk_widget_set_parent (priv->grid, GTK_WIDGET (self));

  priv->caption = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (priv->caption), TRUE);
  gtk_label_set_lines (GTK_LABEL (priv->caption), 2);
  gtk_label_set_ellipsize (GTK_LABEL (priv->caption), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (priv->caption, "caption");
  gtk_widget_add_css_class (priv->caption, "numeric");
  gtk_widget_set_parent (priv->caption, GTK_WIDGET (self));
}
