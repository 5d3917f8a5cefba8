/* SPDX-License-Identifier: Apache-2.0 */
/* A GtkColumnView does the sorting; its rows are objects, one a class, of which there are thousands at most. */
#include "ui/class-list.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "ui/palette.h"

/* -- a class -- */

#define SMALTI_TYPE_CLASS_ROW (smalti_class_row_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiClassRow, smalti_class_row, SMALTI, CLASS_ROW, GObject)

struct _SmaltiClassRow
{
  GObject parent_instance;

  guint number;
  char *name;
  char *key; /* to sort by, as the locale has it */
  guint64 count;
  gdouble share; /* of the largest class */
};

enum
{
  PROP_NAME = 1,
  PROP_COUNT,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (SmaltiClassRow, smalti_class_row, G_TYPE_OBJECT)

static void
smalti_class_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SmaltiClassRow *self = SMALTI_CLASS_ROW (object);

  switch (id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_COUNT:
      g_value_set_uint64 (value, self->count);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
smalti_class_row_finalize (GObject *object)
{
  g_free (SMALTI_CLASS_ROW (object)->name);
  g_free (SMALTI_CLASS_ROW (object)->key);
  G_OBJECT_CLASS (smalti_class_row_parent_class)->finalize (object);
}

static void
smalti_class_row_class_init (SmaltiClassRowClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  G_OBJECT_CLASS (klass)->get_property = smalti_class_row_get_property;
  G_OBJECT_CLASS (klass)->finalize = smalti_class_row_finalize;
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  props[PROP_COUNT] = g_param_spec_uint64 ("count", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, props);
}

static void
smalti_class_row_init (SmaltiClassRow *self)
{
}

/* -- the list -- */

struct _SmaltiClassList
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkSearchEntry *search;
  GtkColumnView *view;
  GtkStack *stack;
  GListStore *rows;
  GtkStringFilter *filter;
  GtkSingleSelection *selection;
};

enum
{
  CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SmaltiClassList, smalti_class_list, GTK_TYPE_WIDGET)

static void
draw_bar (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer user_data)
{
  GtkListItem *item = user_data;
  SmaltiClassRow *row = gtk_list_item_get_item (item);
  GdkRGBA color = smalti_palette_curve (0, adw_style_manager_get_dark (adw_style_manager_get_default ()));
  gdouble length = row ? MAX (row->share * width, 2) : 0;

  gdk_cairo_set_source_rgba (cr, &color);
  cairo_rectangle (cr, gtk_widget_get_direction (GTK_WIDGET (area)) == GTK_TEXT_DIR_RTL ? width - length : 0,
                   (height - 8) / 2.0, length, 8);
  cairo_fill (cr);
}

static void
on_setup_name (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (item, label);
}

static void
on_bind_name (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *label = gtk_list_item_get_child (item);
  SmaltiClassRow *row = gtk_list_item_get_item (item);

  gtk_label_set_text (GTK_LABEL (label), row->name);
  gtk_widget_set_tooltip_text (label, row->name);
}

static void
on_setup_count (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label = gtk_label_new (NULL);
  GtkWidget *bar = g_object_new (GTK_TYPE_DRAWING_AREA, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_label_set_width_chars (GTK_LABEL (label), 7);
  gtk_widget_add_css_class (label, "numeric");
  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (bar), 40);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (bar), 16);
  gtk_widget_set_hexpand (bar, TRUE);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (bar), draw_bar, item, NULL);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (gtk_widget_queue_draw), bar,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), bar);
  gtk_list_item_set_child (item, box);
}

static void
on_bind_count (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *label = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  SmaltiClassRow *row = gtk_list_item_get_item (item);
  g_autofree char *text = g_strdup_printf ("%'" G_GUINT64_FORMAT, row->count);

  gtk_label_set_text (GTK_LABEL (label), text);
  gtk_widget_queue_draw (gtk_widget_get_last_child (gtk_list_item_get_child (item)));
}

static void
update_stack (SmaltiClassList *self)
{
  gboolean none = g_list_model_get_n_items (G_LIST_MODEL (self->selection)) == 0;

  gtk_stack_set_visible_child_name (self->stack, none ? "none" : "classes");
}

static void
on_search (SmaltiClassList *self)
{
  gtk_string_filter_set_search (self->filter, gtk_editable_get_text (GTK_EDITABLE (self->search)));
}

static void
on_activate (GtkColumnView *view, guint position, SmaltiClassList *self)
{
  g_autoptr (SmaltiClassRow) row = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (row)
    g_signal_emit (self, signals[CHOSEN], 0, row->number);
}

/* Enter in the search entry chooses what is found first. */
static void
on_search_activate (SmaltiClassList *self)
{
  on_activate (self->view, 0, self);
}

void
smalti_class_list_set_dataset (SmaltiClassList *self, SmaltiDataset *dataset)
{
  g_return_if_fail (SMALTI_IS_CLASS_LIST (self));

  g_autofree guint64 *counts = dataset ? smalti_dataset_count_classes (dataset) : NULL;
  guint n = dataset ? smalti_dataset_get_n_classes (dataset) : 0;
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  guint64 most = 1;

  for (guint i = 0; i < n; i++)
    most = MAX (most, counts[i]);
  for (guint i = 0; i < n; i++)
    {
      SmaltiClassRow *row = g_object_new (SMALTI_TYPE_CLASS_ROW, NULL);

      row->number = i;
      row->name = g_strdup (smalti_dataset_get_class_name (dataset, i));
      row->key = g_utf8_collate_key_for_filename (row->name, -1);
      row->count = counts[i];
      row->share = (gdouble)counts[i] / most;
      g_ptr_array_add (rows, row);
    }
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  g_list_store_splice (self->rows, 0, g_list_model_get_n_items (G_LIST_MODEL (self->rows)), rows->pdata, rows->len);
}

static void
add_column (SmaltiClassList *self, const char *title, GCallback setup, GCallback bind, GtkSorter *sorter)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkSorter) owned = sorter;
  g_autoptr (GtkColumnViewColumn) column = NULL;

  g_signal_connect (factory, "setup", setup, self);
  g_signal_connect (factory, "bind", bind, self);
  column = gtk_column_view_column_new (title, factory);
  gtk_column_view_column_set_sorter (column, sorter);
  gtk_column_view_column_set_expand (column, TRUE);
  gtk_column_view_append_column (self->view, column);
}

/* Numbers in names by their value. */
static int
compare_names (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return strcmp (((const SmaltiClassRow *)a)->key, ((const SmaltiClassRow *)b)->key);
}

static GtkExpression *
property (const char *name)
{
  return gtk_property_expression_new (SMALTI_TYPE_CLASS_ROW, NULL, name);
}

static void
build_view (SmaltiClassList *self)
{
  GtkSorter *by_name = GTK_SORTER (gtk_custom_sorter_new (compare_names, NULL, NULL));
  GtkSorter *by_count = GTK_SORTER (gtk_numeric_sorter_new (property ("count")));
  GtkFilterListModel *found;
  GtkSortListModel *sorted;

  self->view = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
  add_column (self, _ ("Class"), G_CALLBACK (on_setup_name), G_CALLBACK (on_bind_name), by_name);
  add_column (self, _ ("Images"), G_CALLBACK (on_setup_count), G_CALLBACK (on_bind_count), by_count);

  self->rows = g_list_store_new (SMALTI_TYPE_CLASS_ROW);
  self->filter = gtk_string_filter_new (property ("name"));
  found
      = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->rows)), g_object_ref (GTK_FILTER (self->filter)));
  sorted = gtk_sort_list_model_new (G_LIST_MODEL (found), g_object_ref (gtk_column_view_get_sorter (self->view)));
  self->selection = gtk_single_selection_new (G_LIST_MODEL (sorted));
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  gtk_column_view_set_single_click_activate (self->view, TRUE);
  g_signal_connect (self->view, "activate", G_CALLBACK (on_activate), self);
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (update_stack), self, G_CONNECT_SWAPPED);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Classes"), -1);
}

static void
smalti_class_list_dispose (GObject *object)
{
  SmaltiClassList *self = SMALTI_CLASS_LIST (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->filter);
  g_clear_object (&self->rows);
  G_OBJECT_CLASS (smalti_class_list_parent_class)->dispose (object);
}

static void
smalti_class_list_class_init (SmaltiClassListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_class_list_dispose;
  signals[CHOSEN] = g_signal_new ("chosen", SMALTI_TYPE_CLASS_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                  1, G_TYPE_UINT);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
smalti_class_list_init (SmaltiClassList *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *none = adw_status_page_new ();

  build_view (self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->view));
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (none), "edit-find-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (none), _ ("No Such Class"));
  adw_status_page_set_description (ADW_STATUS_PAGE (none), _ ("Try another part of its name."));
  gtk_widget_add_css_class (none, "compact");

  self->search = GTK_SEARCH_ENTRY (gtk_search_entry_new ());
  g_object_set (self->search, "placeholder-text", _ ("Search classes"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->search), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Search classes"),
                                  -1);
  gtk_widget_set_margin_start (GTK_WIDGET (self->search), 12);
  gtk_widget_set_margin_end (GTK_WIDGET (self->search), 12);
  gtk_widget_set_margin_top (GTK_WIDGET (self->search), 6);
  gtk_widget_set_margin_bottom (GTK_WIDGET (self->search), 6);
  g_signal_connect_swapped (self->search, "search-changed", G_CALLBACK (on_search), self);
  g_signal_connect_swapped (self->search, "activate", G_CALLBACK (on_search_activate), self);

  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_add_named (self->stack, scroller, "classes");
  gtk_stack_add_named (self->stack, none, "none");
  gtk_widget_set_vexpand (GTK_WIDGET (self->stack), TRUE);

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->search));
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->stack));
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

GtkWidget *
smalti_class_list_new (void)
{
  return g_object_new (SMALTI_TYPE_CLASS_LIST, NULL);
}
