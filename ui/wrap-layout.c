/* SPDX-License-Identifier: Apache-2.0 */
/* Measuring and allocating walk the same rows: place() does both, so that they can't disagree. */
#include "ui/wrap-layout.h"

struct _SmaltiWrapLayout
{
  GtkLayoutManager parent_instance;

  gint spacing, row_spacing;
};

G_DEFINE_FINAL_TYPE (SmaltiWrapLayout, smalti_wrap_layout, GTK_TYPE_LAYOUT_MANAGER)

/* Rows in @width; returns their height together. */
static gint
place (SmaltiWrapLayout *self, GtkWidget *widget, gint width, gboolean allocate)
{
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GtkWidget *first = gtk_widget_get_first_child (widget);
  gint y = 0;

  while (first)
    {
      GtkWidget *child = first, *end = NULL;
      gint used = 0, row = 0, x = 0;

      /* How many fit, and how high they are. */
      for (; child; child = gtk_widget_get_next_sibling (child))
        {
          gint natural, height;

          if (!gtk_widget_should_layout (child))
            continue;
          gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
          natural = MIN (natural, width);
          if (used > 0 && used + self->spacing + natural > width)
            break;
          used += (used > 0 ? self->spacing : 0) + natural;
          gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, natural, NULL, &height, NULL, NULL);
          row = MAX (row, height);
        }
      end = child;

      gint spare = MAX (0, width - used);

      for (child = first; allocate && child != end; child = gtk_widget_get_next_sibling (child))
        {
          gint natural;

          if (!gtk_widget_should_layout (child))
            continue;
          gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
          natural = MIN (natural, width);
          if (gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL))
            {
              natural += spare;
              spare = 0;
            }
          gtk_widget_size_allocate (child, &(GtkAllocation){ rtl ? width - x - natural : x, y, natural, row }, -1);
          x += natural + self->spacing;
        }
      if (row > 0)
        y += row + self->row_spacing;
      first = end;
    }
  return MAX (0, y - self->row_spacing);
}

static GtkSizeRequestMode
get_request_mode (GtkLayoutManager *manager, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
measure (GtkLayoutManager *manager, GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
         int *natural, int *minimum_baseline, int *natural_baseline)
{
  SmaltiWrapLayout *self = SMALTI_WRAP_LAYOUT (manager);
  gint least = 0, all = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    {
      gint child_minimum, child_natural;

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &child_minimum, &child_natural, NULL, NULL);
      least = MAX (least, child_minimum);
      all += (all > 0 ? self->spacing : 0) + child_natural;
    }
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = least;
      *natural = all;
    }
  else
    *minimum = *natural = place (self, widget, for_size >= 0 ? MAX (for_size, least) : MAX (all, 1), FALSE);
  *minimum_baseline = *natural_baseline = -1;
}

static void
allocate (GtkLayoutManager *manager, GtkWidget *widget, int width, int height, int baseline)
{
  place (SMALTI_WRAP_LAYOUT (manager), widget, width, TRUE);
}

static void
smalti_wrap_layout_class_init (SmaltiWrapLayoutClass *klass)
{
  GTK_LAYOUT_MANAGER_CLASS (klass)->get_request_mode = get_request_mode;
  GTK_LAYOUT_MANAGER_CLASS (klass)->measure = measure;
  GTK_LAYOUT_MANAGER_CLASS (klass)->allocate = allocate;
}

static void
smalti_wrap_layout_init (SmaltiWrapLayout *self)
{
}

GtkLayoutManager *
smalti_wrap_layout_new (guint spacing, guint row_spacing)
{
  SmaltiWrapLayout *self = g_object_new (SMALTI_TYPE_WRAP_LAYOUT, NULL);

  self->spacing = (gint)spacing;
  self->row_spacing = (gint)row_spacing;
  return GTK_LAYOUT_MANAGER (self);
}
