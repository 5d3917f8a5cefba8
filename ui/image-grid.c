/* SPDX-License-Identifier: Apache-2.0 */
/* A GtkGridView keeps thirty rows of widgets around the display. Pictures are asked for by a look at where these are,
 * once after each frame that moved something: what is on display first and from its top, then a screen to either side,
 * the rest not at all. */
#include "ui/image-grid.h"

#include <glib/gi18n-lib.h>

#include "ui/image-cell.h"

#define WIDE_CELL   120
#define MAX_COLUMNS 20
#define MIN_COLUMNS 2

struct _SmaltiImageGrid
{
  GtkWidget parent_instance;

  GtkWidget *scroller;
  GtkGridView *view;
  GtkSingleSelection *selection;
  SmaltiImageList *list;
  GPtrArray *cells; /* bound, none owned */
  guint look_source;
  guint fit_source;
};

enum
{
  OPENED,
  SELECTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SmaltiImageGrid, smalti_image_grid, GTK_TYPE_WIDGET)

/* -- which pictures are wanted -- */

typedef struct
{
  SmaltiImageCell *cell;
  gfloat distance; /* from the display; 0 and less: on it, and how far below its top */
} Place;

/* The farthest first, of those on display the lowest: what is asked for last comes first. */
static int
compare_places (gconstpointer a, gconstpointer b)
{
  const Place *first = a, *second = b;

  if (first->distance > 0 || second->distance > 0)
    return (first->distance < second->distance) - (first->distance > second->distance);
  return (first->distance > second->distance) - (first->distance < second->distance);
}

static gboolean
look (gpointer user_data)
{
  SmaltiImageGrid *self = user_data;
  g_autoptr (GArray) places = g_array_sized_new (FALSE, FALSE, sizeof (Place), self->cells->len);
  gfloat room = gtk_widget_get_height (GTK_WIDGET (self->view));

  self->look_source = 0;
  for (guint i = 0; i < self->cells->len; i++)
    {
      Place place = { .cell = self->cells->pdata[i] };
      graphene_rect_t box;
      gfloat top;

      if (!gtk_widget_compute_bounds (GTK_WIDGET (place.cell), GTK_WIDGET (self->view), &box))
        continue;
      top = box.origin.y;
      place.distance = top >= room ? top - room + 1 : top + box.size.height <= 0 ? 1 - top - box.size.height : -top;
      if (place.distance > room)
        smalti_image_cell_unload (place.cell);
      else
        g_array_append_val (places, place);
    }
  g_array_sort (places, compare_places);
  for (guint i = 0; i < places->len; i++)
    smalti_image_cell_load (g_array_index (places, Place, i).cell);
  return G_SOURCE_REMOVE;
}

static void
look_soon (SmaltiImageGrid *self)
{
  /* After the frame is laid out and drawn. */
  if (!self->look_source && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->look_source = g_idle_add_full (GDK_PRIORITY_REDRAW + 5, look, self, NULL);
}

/* -- cells -- */

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  gtk_list_item_set_child (item, smalti_image_cell_new ());
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  SmaltiImageGrid *self = user_data;
  GtkWidget *cell = gtk_list_item_get_child (item);

  smalti_image_cell_set_item (SMALTI_IMAGE_CELL (cell), gtk_list_item_get_item (item));
  g_ptr_array_add (self->cells, cell);
  look_soon (self);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  SmaltiImageGrid *self = user_data;
  GtkWidget *cell = gtk_list_item_get_child (item);

  g_ptr_array_remove_fast (self->cells, cell);
  smalti_image_cell_set_item (SMALTI_IMAGE_CELL (cell), NULL);
}

static void
on_activate (GtkGridView *view, guint position, SmaltiImageGrid *self)
{
  g_signal_emit (self, signals[OPENED], 0, position);
}

static void
on_selected (SmaltiImageGrid *self)
{
  g_signal_emit (self, signals[SELECTED], 0);
}

/* -- the grid -- */

/* As many columns as cells of a good size fit, so that the view keeps no more widgets than it needs. */
static gboolean
fit_columns (gpointer user_data)
{
  SmaltiImageGrid *self = user_data;
  gint width = gtk_widget_get_width (GTK_WIDGET (self));

  self->fit_source = 0;
  gtk_grid_view_set_max_columns (self->view, CLAMP (width / WIDE_CELL, MIN_COLUMNS, MAX_COLUMNS));
  gtk_grid_view_set_min_columns (self->view, MIN_COLUMNS);
  look_soon (self);
  return G_SOURCE_REMOVE;
}

static void
smalti_image_grid_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  SmaltiImageGrid *self = SMALTI_IMAGE_GRID (widget);
  guint columns = CLAMP (width / WIDE_CELL, MIN_COLUMNS, MAX_COLUMNS);

  gtk_widget_allocate (self->scroller, width, height, baseline, NULL);
  if (gtk_grid_view_get_max_columns (self->view) != columns && !self->fit_source)
    self->fit_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, fit_columns, self, NULL);
  look_soon (self);
}

static void
smalti_image_grid_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                           int *minimum_baseline, int *natural_baseline)
{
  gtk_widget_measure (SMALTI_IMAGE_GRID (widget)->scroller, orientation, for_size, minimum, natural, minimum_baseline,
                      natural_baseline);
}

static void
smalti_image_grid_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (smalti_image_grid_parent_class)->map (widget);
  look_soon (SMALTI_IMAGE_GRID (widget));
}

static void
smalti_image_grid_unmap (GtkWidget *widget)
{
  SmaltiImageGrid *self = SMALTI_IMAGE_GRID (widget);

  g_clear_handle_id (&self->look_source, g_source_remove);
  for (guint i = 0; i < self->cells->len; i++)
    smalti_image_cell_unload (self->cells->pdata[i]);
  GTK_WIDGET_CLASS (smalti_image_grid_parent_class)->unmap (widget);
}

void
smalti_image_grid_set_list (SmaltiImageGrid *self, SmaltiImageList *list)
{
  g_return_if_fail (SMALTI_IS_IMAGE_GRID (self));

  if (!g_set_object (&self->list, list))
    return;
  /* A selection of its own: one that got another model would look for its item in it, object by object. */
  g_clear_object (&self->selection);
  if (list)
    {
      self->selection = gtk_single_selection_new (NULL);
      gtk_single_selection_set_autoselect (self->selection, FALSE);
      gtk_single_selection_set_can_unselect (self->selection, TRUE);
      gtk_single_selection_set_model (self->selection, G_LIST_MODEL (list));
      g_signal_connect_object (self->selection, "notify::selected", G_CALLBACK (on_selected), self, G_CONNECT_SWAPPED);
    }
  gtk_grid_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller)), 0);
  on_selected (self);
}

SmaltiImageList *
smalti_image_grid_get_list (SmaltiImageGrid *self)
{
  return self->list;
}

gboolean
smalti_image_grid_get_selected (SmaltiImageGrid *self, guint *position)
{
  guint selected = self->selection ? gtk_single_selection_get_selected (self->selection) : GTK_INVALID_LIST_POSITION;

  if (selected == GTK_INVALID_LIST_POSITION)
    return FALSE;
  *position = selected;
  return TRUE;
}

void
smalti_image_grid_select (SmaltiImageGrid *self, guint position)
{
  if (!self->selection || position >= g_list_model_get_n_items (G_LIST_MODEL (self->list)))
    return;
  gtk_single_selection_set_selected (self->selection, position);
  gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", position);
}

static gboolean
smalti_image_grid_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (SMALTI_IMAGE_GRID (widget)->view));
}

static void
smalti_image_grid_dispose (GObject *object)
{
  SmaltiImageGrid *self = SMALTI_IMAGE_GRID (object);

  g_clear_handle_id (&self->look_source, g_source_remove);
  g_clear_handle_id (&self->fit_source, g_source_remove);
  if (self->scroller)
    gtk_grid_view_set_model (self->view, NULL);
  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->list);
  G_OBJECT_CLASS (smalti_image_grid_parent_class)->dispose (object);
}

static void
smalti_image_grid_finalize (GObject *object)
{
  g_ptr_array_unref (SMALTI_IMAGE_GRID (object)->cells);
  G_OBJECT_CLASS (smalti_image_grid_parent_class)->finalize (object);
}

static void
smalti_image_grid_class_init (SmaltiImageGridClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_image_grid_dispose;
  G_OBJECT_CLASS (klass)->finalize = smalti_image_grid_finalize;
  widget_class->size_allocate = smalti_image_grid_size_allocate;
  widget_class->measure = smalti_image_grid_measure;
  widget_class->map = smalti_image_grid_map;
  widget_class->unmap = smalti_image_grid_unmap;
  widget_class->grab_focus = smalti_image_grid_grab_focus;
  signals[OPENED] = g_signal_new ("opened", SMALTI_TYPE_IMAGE_GRID, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                  1, G_TYPE_UINT);
  signals[SELECTED]
      = g_signal_new ("selected", SMALTI_TYPE_IMAGE_GRID, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
smalti_image_grid_init (SmaltiImageGrid *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  self->cells = g_ptr_array_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), self);
  self->view = GTK_GRID_VIEW (gtk_grid_view_new (NULL, factory));
  gtk_grid_view_set_min_columns (self->view, MIN_COLUMNS);
  g_signal_connect (self->view, "activate", G_CALLBACK (on_activate), self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Images"), -1);
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "images");

  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), GTK_WIDGET (self->view));
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
  g_signal_connect_swapped (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller)), "value-changed",
                            G_CALLBACK (look_soon), self);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
}

GtkWidget *
smalti_image_grid_new (void)
{
  return g_object_new (SMALTI_TYPE_IMAGE_GRID, NULL);
}
