/* SPDX-License-Identifier: Apache-2.0 */
/* The column is as narrow as it can be at any height. GtkStack, where pages need not be of one height, asks how wide
 * each must be at its least height, and a column of sentences would then be as wide as they are without a break. */
#include "ui/compare-section.h"

#include <glib/gi18n-lib.h>

#include "ui/palette.h"
#include "ui/wrap-layout.h"

typedef struct
{
  GtkWidget *column;
  SmaltiWorkbench *workbench;
  SmaltiComparison *comparison;
  gboolean stale; /* not taken in yet */
} SmaltiCompareSectionPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (SmaltiCompareSection, smalti_compare_section, GTK_TYPE_WIDGET)

static SmaltiCompareSectionPrivate *
get_private (SmaltiCompareSection *self)
{
  return smalti_compare_section_get_instance_private (self);
}

static void
take_in (SmaltiCompareSection *self)
{
  SmaltiCompareSectionPrivate *priv = get_private (self);

  if (!priv->stale || !priv->comparison || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  priv->stale = FALSE;
  SMALTI_COMPARE_SECTION_GET_CLASS (self)->update (self);
}

void
smalti_compare_section_set (SmaltiCompareSection *self, SmaltiWorkbench *workbench, SmaltiComparison *comparison)
{
  SmaltiCompareSectionPrivate *priv = get_private (self);

  g_return_if_fail (SMALTI_IS_COMPARE_SECTION (self) && comparison);

  g_set_object (&priv->workbench, workbench);
  if (SMALTI_COMPARE_SECTION_GET_CLASS (self)->follows
      || !smalti_comparison_same_results (priv->comparison, comparison))
    priv->stale = TRUE;
  smalti_comparison_ref (comparison);
  g_clear_pointer (&priv->comparison, smalti_comparison_unref);
  priv->comparison = comparison;
  take_in (self);
}

SmaltiComparison *
smalti_compare_section_get (SmaltiCompareSection *self)
{
  return get_private (self)->comparison;
}

SmaltiWorkbench *
smalti_compare_section_get_workbench (SmaltiCompareSection *self)
{
  return get_private (self)->workbench;
}

void
smalti_compare_section_append (SmaltiCompareSection *self, GtkWidget *child)
{
  gtk_box_append (GTK_BOX (get_private (self)->column), child);
}

static GtkSizeRequestMode
smalti_compare_section_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
smalti_compare_section_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                                int *minimum_baseline, int *natural_baseline)
{
  gtk_widget_measure (get_private (SMALTI_COMPARE_SECTION (widget))->column, orientation,
                      orientation == GTK_ORIENTATION_VERTICAL ? for_size : -1, minimum, natural, NULL, NULL);
}

static void
smalti_compare_section_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  gtk_widget_size_allocate (get_private (SMALTI_COMPARE_SECTION (widget))->column,
                            &(GtkAllocation){ 0, 0, width, height }, baseline);
}

static void
smalti_compare_section_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (smalti_compare_section_parent_class)->map (widget);
  take_in (SMALTI_COMPARE_SECTION (widget));
}

static void
smalti_compare_section_dispose (GObject *object)
{
  SmaltiCompareSectionPrivate *priv = get_private (SMALTI_COMPARE_SECTION (object));

  g_clear_pointer (&priv->column, gtk_widget_unparent);
  g_clear_object (&priv->workbench);
  g_clear_pointer (&priv->comparison, smalti_comparison_unref);
  G_OBJECT_CLASS (smalti_compare_section_parent_class)->dispose (object);
}

static void
smalti_compare_section_class_init (SmaltiCompareSectionClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_compare_section_dispose;
  widget_class->map = smalti_compare_section_map;
  widget_class->get_request_mode = smalti_compare_section_get_request_mode;
  widget_class->measure = smalti_compare_section_measure;
  widget_class->size_allocate = smalti_compare_section_size_allocate;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
smalti_compare_section_init (SmaltiCompareSection *self)
{
  SmaltiCompareSectionPrivate *priv = get_private (self);

  priv->column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_set_parent (priv->column, GTK_WIDGET (self));
}

/* -- what sections are made of -- */

static void
on_text_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 24);
  gtk_list_item_set_child (item, label);
}

static void
on_text_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  const char *text = gtk_string_object_get_string (gtk_list_item_get_item (item));
  GtkWidget *label = gtk_list_item_get_child (item);

  gtk_label_set_text (GTK_LABEL (label), text);
  gtk_widget_set_tooltip_text (label, text);
}

GtkWidget *
smalti_compare_choice_new (const char *label, GtkWidget **choice)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *title = gtk_label_new_with_mnemonic (label);
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (on_text_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_text_bind), NULL);
  *choice = gtk_drop_down_new (G_LIST_MODEL (gtk_string_list_new (NULL)), NULL);
  gtk_drop_down_set_factory (GTK_DROP_DOWN (*choice), factory);
  gtk_label_set_mnemonic_widget (GTK_LABEL (title), *choice);
  gtk_widget_add_css_class (title, "dim-label");
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), *choice);
  return box;
}

void
smalti_compare_choice_fill (GtkWidget *choice, const GPtrArray *texts, guint otherwise)
{
  GtkStringList *before = GTK_STRING_LIST (gtk_drop_down_get_model (GTK_DROP_DOWN (choice)));
  guint n = g_list_model_get_n_items (G_LIST_MODEL (before)), chosen = smalti_compare_choice_get (choice);
  g_autofree char *text = g_strdup (chosen < n ? gtk_string_list_get_string (before, chosen) : NULL);
  g_autoptr (GtkStringList) list = NULL;
  gboolean same = n == texts->len;

  for (guint i = 0; same && i < n; i++)
    same = g_str_equal (gtk_string_list_get_string (before, i), texts->pdata[i]);
  if (same)
    return;
  list = gtk_string_list_new (NULL);
  chosen = otherwise;
  for (guint i = 0; i < texts->len; i++)
    {
      gtk_string_list_append (list, texts->pdata[i]);
      if (g_strcmp0 (text, texts->pdata[i]) == 0)
        chosen = i;
    }
  gtk_drop_down_set_model (GTK_DROP_DOWN (choice), G_LIST_MODEL (list));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (choice), texts->len > 0 ? chosen : GTK_INVALID_LIST_POSITION);
}

guint
smalti_compare_choice_get (GtkWidget *choice)
{
  guint chosen = gtk_drop_down_get_selected (GTK_DROP_DOWN (choice));

  return chosen == GTK_INVALID_LIST_POSITION ? G_MAXUINT : chosen;
}

GtkWidget *
smalti_compare_bar_new (void)
{
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_set_layout_manager (bar, smalti_wrap_layout_new (18, 6));
  return bar;
}

GtkWidget *
smalti_compare_note_new (void)
{
  GtkWidget *note = gtk_label_new (NULL);

  gtk_label_set_wrap (GTK_LABEL (note), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (note), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (note), 0);
  gtk_widget_add_css_class (note, "dim-label");
  gtk_widget_set_visible (note, FALSE);
  return note;
}

void
smalti_compare_note_set (GtkWidget *note, const char *text)
{
  gtk_label_set_text (GTK_LABEL (note), text ? text : "");
  gtk_widget_set_visible (note, text != NULL);
}

GtkWidget *
smalti_compare_named (GtkWidget *button, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "_", -1);
  g_autofree char *name = g_strjoinv ("", parts);

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return button;
}

static void
draw_swatch (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer run)
{
  GdkRGBA color
      = smalti_palette_curve (GPOINTER_TO_UINT (run), adw_style_manager_get_dark (adw_style_manager_get_default ()));
  const gdouble *dashes;
  guint n = smalti_palette_dashes (GPOINTER_TO_UINT (run), &dashes);

  /* As its curve is: colours come twice, dashes do not. */
  gdk_cairo_set_source_rgba (cr, &color);
  cairo_set_line_width (cr, 4);
  if (n > 0)
    {
      gdouble wide[8];

      for (guint i = 0; i < MIN (n, G_N_ELEMENTS (wide)); i++)
        wide[i] = dashes[i] * 1.5;
      cairo_set_dash (cr, wide, MIN (n, G_N_ELEMENTS (wide)), 0);
    }
  cairo_move_to (cr, 0, height / 2.0);
  cairo_line_to (cr, width, height / 2.0);
  cairo_stroke (cr);
}

GtkWidget *
smalti_compare_swatch_new (guint run)
{
  GtkWidget *swatch = gtk_drawing_area_new ();

  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (swatch), 16);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (swatch), 12);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (swatch), draw_swatch, GUINT_TO_POINTER (run), NULL);
  gtk_widget_set_valign (swatch, GTK_ALIGN_CENTER);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (gtk_widget_queue_draw), swatch,
                           G_CONNECT_SWAPPED);
  return swatch;
}

static gboolean
can_measure (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  const char *name;

  for (guint i = 0; root
                    && gtk_widget_class_query_action (GTK_WIDGET_GET_CLASS (root), i, &(GType){ 0 }, &name,
                                                      &(const GVariantType *){ NULL }, &(const char *){ NULL });
       i++)
    if (g_str_equal (name, "win.measure-run"))
      return TRUE;
  return FALSE;
}

GtkWidget *
smalti_compare_measure_button_new (GtkWidget *widget, const SmaltiComparedRun *run)
{
  g_autofree char *label = NULL;
  GtkWidget *button;

  if (!can_measure (widget))
    return NULL;
  button = gtk_button_new_with_mnemonic (_ ("_Measure…"));
  label = g_strdup_printf (_ ("Measure “%s”"), run->title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.measure-run");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "x", run->id);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  return button;
}
