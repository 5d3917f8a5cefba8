/* SPDX-License-Identifier: Apache-2.0 */
/* Rows scroll sideways on their own, so that a narrow window shows the nearest of every model. A neighbour is a button:
 * the keyboard goes through them, and a screen reader says rank, class, agreement and similarity of each. */
#include "ui/retrieval-view.h"

#include <glib/gi18n-lib.h>

#define QUERY_SIDE   128
#define PICTURE_SIDE 84

typedef struct
{
  GPtrArray *pictures; /* of GtkImage, not owned */
} Row;

struct _SmaltiRetrievalView
{
  GtkWidget parent_instance;

  GtkWidget *query, *query_picture, *query_name, *query_class;
  GtkWidget *rows_box;
  GPtrArray *rows; /* of Row */
};

G_DEFINE_FINAL_TYPE (SmaltiRetrievalView, smalti_retrieval_view, GTK_TYPE_WIDGET)

enum
{
  NEIGHBOUR_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
row_free (Row *row)
{
  g_ptr_array_unref (row->pictures);
  g_free (row);
}

/* An image and no picture: that would be as large as what it shows. */
static GtkWidget *
picture_new (gint side)
{
  GtkWidget *picture = gtk_image_new ();

  gtk_image_set_pixel_size (GTK_IMAGE (picture), side);
  gtk_widget_set_overflow (picture, GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (picture, "thumbnail");
  return picture;
}

static GtkWidget *
line_new (const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_tooltip_text (label, text);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  return label;
}

static void
set_line (GtkWidget *label, const char *text)
{
  gtk_label_set_text (GTK_LABEL (label), text != NULL ? text : "");
  gtk_widget_set_tooltip_text (label, text);
  gtk_widget_set_visible (label, text != NULL);
}

/* What a screen reader says of a neighbour, and the tooltip. */
static char *
describe (const SmaltiRetrieved *neighbour, guint place)
{
  const char *klass = neighbour->class_name != NULL ? neighbour->class_name : neighbour->name;

  switch (neighbour->agreement)
    {
    case SMALTI_AGREES:
      /* Translators: rank, class, similarity, name of the image */
      return g_strdup_printf (_ ("Neighbour %u: %s, the same class, similarity %.2f (%s)"), place + 1, klass,
                              neighbour->similarity, neighbour->name);
    case SMALTI_DIFFERS:
      /* Translators: rank, class, similarity, name of the image */
      return g_strdup_printf (_ ("Neighbour %u: %s, another class, similarity %.2f (%s)"), place + 1, klass,
                              neighbour->similarity, neighbour->name);
    default:
      /* Translators: rank, name of the image, similarity */
      return g_strdup_printf (_ ("Neighbour %u: %s, similarity %.2f"), place + 1, neighbour->name,
                              neighbour->similarity);
    }
}

static void
on_clicked (GtkButton *button, SmaltiRetrievalView *self)
{
  guint row = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "row"));
  guint place = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "place"));

  g_signal_emit (self, signals[NEIGHBOUR_ACTIVATED], 0, row, place);
}

/* A colour alone would not do: a tick or a cross says the same. */
static GtkWidget *
mark_new (SmaltiAgreement agreement)
{
  GtkWidget *mark
      = gtk_image_new_from_icon_name (agreement == SMALTI_AGREES ? "object-select-symbolic" : "window-close-symbolic");

  gtk_image_set_pixel_size (GTK_IMAGE (mark), 12);
  gtk_widget_add_css_class (mark, "mark");
  gtk_widget_set_halign (mark, GTK_ALIGN_END);
  gtk_widget_set_valign (mark, GTK_ALIGN_START);
  return mark;
}

static GtkWidget *
neighbour_new (SmaltiRetrievalView *self, const SmaltiRetrieved *neighbour, guint row, guint place, GtkWidget **picture)
{
  GtkWidget *button = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *overlay = gtk_overlay_new ();
  g_autofree char *words = describe (neighbour, place);
  GtkWidget *name = line_new (neighbour->class_name != NULL ? neighbour->class_name : neighbour->name, "caption");

  *picture = picture_new (PICTURE_SIDE);
  gtk_overlay_set_child (GTK_OVERLAY (overlay), *picture);
  if (neighbour->agreement != SMALTI_AGREES_UNKNOWN)
    gtk_overlay_add_overlay (GTK_OVERLAY (overlay), mark_new (neighbour->agreement));
  gtk_label_set_width_chars (GTK_LABEL (name), 8);
  gtk_label_set_max_width_chars (GTK_LABEL (name), 10);
  gtk_label_set_xalign (GTK_LABEL (name), 0.5);
  gtk_box_append (GTK_BOX (box), overlay);
  gtk_box_append (GTK_BOX (box), name);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "neighbour");
  if (neighbour->agreement != SMALTI_AGREES_UNKNOWN)
    gtk_widget_add_css_class (button, neighbour->agreement == SMALTI_AGREES ? "agrees" : "differs");
  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  g_object_set_data (G_OBJECT (button), "row", GUINT_TO_POINTER (row));
  g_object_set_data (G_OBJECT (button), "place", GUINT_TO_POINTER (place));
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_clicked), self, 0);
  return button;
}

static Row *
add_row (SmaltiRetrievalView *self, const char *model, GtkWidget *content)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  Row *row = g_new0 (Row, 1);

  row->pictures = g_ptr_array_new ();
  gtk_box_append (GTK_BOX (box), line_new (model, "heading"));
  gtk_box_append (GTK_BOX (box), content);
  gtk_box_append (GTK_BOX (self->rows_box), box);
  g_ptr_array_add (self->rows, row);
  return row;
}

/* "7 of 10 are of its class", where that is known. */
static GtkWidget *
count_new (const SmaltiRetrieved *neighbours, guint n)
{
  guint n_known = 0, n_same = 0;
  g_autofree char *text = NULL;
  GtkWidget *label;

  for (guint i = 0; i < n; i++)
    {
      n_known += neighbours[i].agreement != SMALTI_AGREES_UNKNOWN;
      n_same += neighbours[i].agreement == SMALTI_AGREES;
    }
  if (n_known == 0)
    return NULL;
  /* Translators: of the nearest images */
  text = g_strdup_printf (ngettext ("%u of %u is of the same class", "%u of %u are of the same class", n_known), n_same,
                          n_known);
  label = gtk_label_new (text);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "caption");
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  return label;
}

guint
smalti_retrieval_view_add_row (SmaltiRetrievalView *self, const char *model, const SmaltiRetrieved *neighbours, guint n)
{
  GtkWidget *scroller, *box, *content, *count;
  guint number;
  Row *row;

  g_return_val_if_fail (SMALTI_IS_RETRIEVAL_VIEW (self), 0);

  number = self->rows->len;
  scroller = gtk_scrolled_window_new ();
  box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  count = count_new (neighbours, n);
  if (count != NULL)
    gtk_box_append (GTK_BOX (content), count);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), box);
  gtk_box_append (GTK_BOX (content), scroller);
  row = add_row (self, model, content);
  for (guint place = 0; place < n; place++)
    {
      GtkWidget *picture;

      gtk_box_append (GTK_BOX (box), neighbour_new (self, &neighbours[place], number, place, &picture));
      g_ptr_array_add (row->pictures, picture);
    }
  return number;
}

guint
smalti_retrieval_view_add_reason (SmaltiRetrievalView *self, const char *model, const char *reason)
{
  GtkWidget *label;

  g_return_val_if_fail (SMALTI_IS_RETRIEVAL_VIEW (self), 0);

  label = gtk_label_new (reason);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "dim-label");
  add_row (self, model, label);
  return self->rows->len - 1;
}

void
smalti_retrieval_view_set_query (SmaltiRetrievalView *self, const char *name, const char *class_name)
{
  GtkWidget *child;

  g_return_if_fail (SMALTI_IS_RETRIEVAL_VIEW (self));

  g_ptr_array_set_size (self->rows, 0);
  while ((child = gtk_widget_get_first_child (self->rows_box)) != NULL)
    gtk_box_remove (GTK_BOX (self->rows_box), child);
  gtk_image_clear (GTK_IMAGE (self->query_picture));
  set_line (self->query_class, class_name);
  set_line (self->query_name, name);
  gtk_widget_set_visible (self->query, name != NULL);
}

void
smalti_retrieval_view_set_query_picture (SmaltiRetrievalView *self, GdkPaintable *picture)
{
  g_return_if_fail (SMALTI_IS_RETRIEVAL_VIEW (self));

  gtk_image_set_from_paintable (GTK_IMAGE (self->query_picture), picture);
}

void
smalti_retrieval_view_set_picture (SmaltiRetrievalView *self, guint row, guint place, GdkPaintable *picture)
{
  const Row *of;

  g_return_if_fail (SMALTI_IS_RETRIEVAL_VIEW (self));
  g_return_if_fail (row < self->rows->len);

  of = self->rows->pdata[row];
  g_return_if_fail (place < of->pictures->len);
  gtk_image_set_from_paintable (of->pictures->pdata[place], picture);
}

static void
smalti_retrieval_view_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (smalti_retrieval_view_parent_class)->dispose (object);
}

static void
smalti_retrieval_view_finalize (GObject *object)
{
  g_ptr_array_unref (SMALTI_RETRIEVAL_VIEW (object)->rows);
  G_OBJECT_CLASS (smalti_retrieval_view_parent_class)->finalize (object);
}

static void
smalti_retrieval_view_class_init (SmaltiRetrievalViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = smalti_retrieval_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = smalti_retrieval_view_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "retrieval");
  signals[NEIGHBOUR_ACTIVATED] = g_signal_new ("neighbour-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                               NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
}

static void
smalti_retrieval_view_init (SmaltiRetrievalView *self)
{
  GtkWidget *widget = GTK_WIDGET (self), *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (widget);

  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)row_free);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 18);

  self->query_picture = picture_new (QUERY_SIDE);
  self->query_class = line_new (NULL, "title-3");
  self->query_name = line_new (NULL, "dim-label");
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (words), self->query_class);
  gtk_box_append (GTK_BOX (words), self->query_name);
  self->query = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
  gtk_box_append (GTK_BOX (self->query), self->query_picture);
  gtk_box_append (GTK_BOX (self->query), words);
  gtk_widget_set_visible (self->query, FALSE);
  self->rows_box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  gtk_widget_set_parent (self->query, widget);
  gtk_widget_set_parent (self->rows_box, widget);
}

GtkWidget *
smalti_retrieval_view_new (void)
{
  return g_object_new (SMALTI_TYPE_RETRIEVAL_VIEW, NULL);
}
