/* SPDX-License-Identifier: Apache-2.0 */
/* The map, above it the choice of a class to look at, below it what the colours mean as long as that is few. */
#include "ui/feature-map.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "ui/chart-text.h"
#include "ui/feature-map-canvas-private.h"

#define MAX_LEGEND 12 /* more colours than that nobody tells apart: the box under the pointer says the class */

struct _SmaltiFeatureMap
{
  GtkWidget parent_instance;

  SmaltiMapCanvas *canvas;
  GtkWidget *choice, *legend;
  GtkWidget *classes; /* the drop-down within the choice */
  char **names;
  guint n_classes;
};

G_DEFINE_FINAL_TYPE (SmaltiFeatureMap, smalti_feature_map, GTK_TYPE_WIDGET)

enum
{
  ITEM_HOVERED,
  ITEM_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_item_hovered (SmaltiMapCanvas *canvas, gint item, SmaltiFeatureMap *self)
{
  g_signal_emit (self, signals[ITEM_HOVERED], 0, item);
}

static void
on_item_activated (SmaltiMapCanvas *canvas, guint item, SmaltiFeatureMap *self)
{
  g_signal_emit (self, signals[ITEM_ACTIVATED], 0, item);
}

static void
on_class_chosen (SmaltiFeatureMap *self)
{
  guint chosen = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->classes));

  smalti_map_canvas_set_class (self->canvas, chosen == GTK_INVALID_LIST_POSITION ? -1 : (gint)chosen - 1);
}

static void
fill_legend (SmaltiFeatureMap *self)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->legend)) != NULL)
    gtk_flow_box_remove (GTK_FLOW_BOX (self->legend), child);
  gtk_widget_set_visible (self->legend, self->n_classes > 0 && self->n_classes <= MAX_LEGEND);
  for (guint c = 0; self->n_classes <= MAX_LEGEND && c < self->n_classes; c++)
    {
      GdkRGBA color = smalti_feature_map_class_color (c, self->n_classes, dark);
      char hex[8];
      g_autofree char *markup
          = g_markup_printf_escaped ("<span color='%s'>●</span> %s", smalti_chart_hex (&color, hex), self->names[c]);
      GtkWidget *label = gtk_label_new (NULL);

      gtk_label_set_markup (GTK_LABEL (label), markup);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_label_set_max_width_chars (GTK_LABEL (label), 24);
      gtk_widget_set_tooltip_text (label, self->names[c]);
      gtk_widget_add_css_class (label, "caption");
      gtk_flow_box_insert (GTK_FLOW_BOX (self->legend), label, -1);
      gtk_widget_set_focusable (gtk_widget_get_parent (label), FALSE);
    }
}

static void
fill_choice (SmaltiFeatureMap *self)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);

  gtk_string_list_append (list, _ ("All classes"));
  for (guint c = 0; c < self->n_classes; c++)
    gtk_string_list_append (list, self->names[c]);
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->classes), G_LIST_MODEL (list));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->classes), 0);
  gtk_widget_set_visible (self->choice, self->n_classes > 1);
}

void
smalti_feature_map_set_layout (SmaltiFeatureMap *self, const gfloat *layout, guint n)
{
  g_return_if_fail (SMALTI_IS_FEATURE_MAP (self));

  smalti_map_canvas_set_layout (self->canvas, layout, n);
}

void
smalti_feature_map_set_classes (SmaltiFeatureMap *self, const gint32 *klass, guint n, guint n_classes,
                                const char *const *names)
{
  char **canvas_names = g_new0 (char *, n_classes + 1);

  g_return_if_fail (SMALTI_IS_FEATURE_MAP (self));

  g_strfreev (self->names);
  self->names = g_new0 (char *, n_classes + 1);
  self->n_classes = n_classes;
  for (guint c = 0; c < n_classes; c++)
    {
      self->names[c] = g_strdup (names[c]);
      canvas_names[c] = g_strdup (names[c]);
    }
  smalti_map_canvas_set_classes (self->canvas, klass != NULL ? g_memdup2 (klass, n * sizeof *klass) : NULL,
                                 klass != NULL ? n : 0, n_classes, canvas_names);
  fill_choice (self);
  fill_legend (self);
}

void
smalti_feature_map_set_class (SmaltiFeatureMap *self, gint klass)
{
  g_return_if_fail (SMALTI_IS_FEATURE_MAP (self));
  g_return_if_fail (klass < (gint)self->n_classes);

  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->classes), MAX (klass, -1) + 1);
}

void
smalti_feature_map_set_picture (SmaltiFeatureMap *self, guint item, GdkTexture *picture, const char *caption)
{
  g_return_if_fail (SMALTI_IS_FEATURE_MAP (self));

  smalti_map_canvas_set_picture (self->canvas, item, picture, caption);
}

void
smalti_feature_map_fit (SmaltiFeatureMap *self)
{
  g_return_if_fail (SMALTI_IS_FEATURE_MAP (self));

  smalti_map_canvas_fit (self->canvas);
}

gint
smalti_feature_map_get_hovered (SmaltiFeatureMap *self)
{
  g_return_val_if_fail (SMALTI_IS_FEATURE_MAP (self), -1);

  return smalti_map_canvas_get_hovered (self->canvas);
}

static void
smalti_feature_map_dispose (GObject *object)
{
  SmaltiFeatureMap *self = SMALTI_FEATURE_MAP (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (smalti_feature_map_parent_class)->dispose (object);
}

static void
smalti_feature_map_finalize (GObject *object)
{
  g_strfreev (SMALTI_FEATURE_MAP (object)->names);
  G_OBJECT_CLASS (smalti_feature_map_parent_class)->finalize (object);
}

static void
smalti_feature_map_class_init (SmaltiFeatureMapClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = smalti_feature_map_dispose;
  G_OBJECT_CLASS (klass)->finalize = smalti_feature_map_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  signals[ITEM_HOVERED] = g_signal_new ("item-hovered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[ITEM_ACTIVATED] = g_signal_new ("item-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
smalti_feature_map_init (SmaltiFeatureMap *self)
{
  GtkWidget *widget = GTK_WIDGET (self), *label = gtk_label_new_with_mnemonic (_ ("_Highlight"));
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (widget);
  GtkExpression *expression = gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string");

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 6);

  self->classes = gtk_drop_down_new (NULL, expression);
  gtk_drop_down_set_enable_search (GTK_DROP_DOWN (self->classes), TRUE);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), self->classes);
  self->choice = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  gtk_widget_set_visible (self->choice, FALSE);
  gtk_box_append (GTK_BOX (self->choice), label);
  gtk_box_append (GTK_BOX (self->choice), self->classes);

  self->canvas = g_object_new (SMALTI_TYPE_MAP_CANVAS, NULL);
  self->legend = gtk_flow_box_new ();
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (self->legend), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (self->legend), MAX_LEGEND);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (self->legend), 12);
  gtk_widget_set_visible (self->legend, FALSE);
  gtk_widget_set_parent (self->choice, widget);
  gtk_widget_set_parent (GTK_WIDGET (self->canvas), widget);
  gtk_widget_set_parent (self->legend, widget);

  g_signal_connect_object (self->classes, "notify::selected", G_CALLBACK (on_class_chosen), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->canvas, "item-hovered", G_CALLBACK (on_item_hovered), self, 0);
  g_signal_connect_object (self->canvas, "item-activated", G_CALLBACK (on_item_activated), self, 0);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (fill_legend), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
smalti_feature_map_new (void)
{
  return g_object_new (SMALTI_TYPE_FEATURE_MAP, NULL);
}
