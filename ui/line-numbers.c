/* SPDX-License-Identifier: Apache-2.0 */
/* Only the lines in view are drawn, so that a text's length costs nothing. */
#include "ui/line-numbers.h"

#include <math.h>

#define MARGIN 6

struct _SmaltiLineNumbers
{
  GtkWidget parent_instance;

  GtkTextView *view; /* holds this */
  GArray *marked;
};

G_DEFINE_FINAL_TYPE (SmaltiLineNumbers, smalti_line_numbers, GTK_TYPE_WIDGET)

static gboolean
is_marked (SmaltiLineNumbers *self, guint line)
{
  for (guint i = 0; i < self->marked->len; i++)
    if (g_array_index (self->marked, guint, i) == line)
      return TRUE;
  return FALSE;
}

static void
draw_number (SmaltiLineNumbers *self, GtkSnapshot *snapshot, PangoLayout *layout, guint line, int y)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  gboolean marked = is_marked (self, line);
  g_autofree char *text = g_strdup_printf ("%u", line);
  int width;
  GdkRGBA color;

  gtk_style_context_get_color (style, &color);
  if (!marked || !gtk_style_context_lookup_color (style, "error_color", &color))
    color.alpha *= 0.5f;
  pango_layout_set_text (layout, text, -1);
  pango_layout_get_pixel_size (layout, &width, NULL);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT (gtk_widget_get_width (GTK_WIDGET (self)) - width - MARGIN, y));
  gtk_snapshot_append_layout (snapshot, layout, &color);
  gtk_snapshot_restore (snapshot);
  /* A shape beside the colour. */
  if (marked)
    gtk_snapshot_append_color (snapshot, &color, &GRAPHENE_RECT_INIT (0, y, 3, 16));
}

static void
smalti_line_numbers_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SmaltiLineNumbers *self = SMALTI_LINE_NUMBERS (widget);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, NULL);
  GdkRectangle visible;
  GtkTextIter at;
  int y, height;

  gtk_text_view_get_visible_rect (self->view, &visible);
  gtk_text_view_get_line_at_y (self->view, &at, visible.y, NULL);
  do
    {
      int window_y;

      gtk_text_view_get_line_yrange (self->view, &at, &y, &height);
      if (y > visible.y + visible.height)
        break;
      gtk_text_view_buffer_to_window_coords (self->view, GTK_TEXT_WINDOW_LEFT, 0, y, NULL, &window_y);
      draw_number (self, snapshot, layout, gtk_text_iter_get_line (&at) + 1, window_y);
    }
  while (gtk_text_iter_forward_line (&at));
  /* An empty last line is no line to walk to. */
  if (gtk_text_iter_is_end (&at) && gtk_text_iter_starts_line (&at))
    {
      int window_y;

      gtk_text_view_get_line_yrange (self->view, &at, &y, &height);
      gtk_text_view_buffer_to_window_coords (self->view, GTK_TEXT_WINDOW_LEFT, 0, y, NULL, &window_y);
      draw_number (self, snapshot, layout, gtk_text_iter_get_line (&at) + 1, window_y);
    }
}

static void
smalti_line_numbers_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                             int *minimum_baseline, int *natural_baseline)
{
  SmaltiLineNumbers *self = SMALTI_LINE_NUMBERS (widget);
  g_autoptr (PangoLayout) layout = NULL;
  g_autofree char *text = NULL;

  *minimum = *natural = 0;
  if (orientation == GTK_ORIENTATION_VERTICAL)
    return;
  text = g_strdup_printf ("%d", MAX (10, gtk_text_buffer_get_line_count (gtk_text_view_get_buffer (self->view))));
  layout = gtk_widget_create_pango_layout (widget, text);
  pango_layout_get_pixel_size (layout, minimum, NULL);
  *minimum += 2 * MARGIN + 3;
  *natural = *minimum;
}

void
smalti_line_numbers_set_marked (SmaltiLineNumbers *self, const GArray *lines)
{
  g_return_if_fail (SMALTI_IS_LINE_NUMBERS (self));

  g_array_set_size (self->marked, 0);
  g_array_append_vals (self->marked, lines->data, lines->len);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
smalti_line_numbers_finalize (GObject *object)
{
  g_array_unref (SMALTI_LINE_NUMBERS (object)->marked);
  G_OBJECT_CLASS (smalti_line_numbers_parent_class)->finalize (object);
}

static void
smalti_line_numbers_class_init (SmaltiLineNumbersClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = smalti_line_numbers_finalize;
  widget_class->snapshot = smalti_line_numbers_snapshot;
  widget_class->measure = smalti_line_numbers_measure;
  gtk_widget_class_set_css_name (widget_class, "linenumbers");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
smalti_line_numbers_init (SmaltiLineNumbers *self)
{
  self->marked = g_array_new (FALSE, FALSE, sizeof (guint));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

SmaltiLineNumbers *
smalti_line_numbers_new (GtkTextView *view)
{
  SmaltiLineNumbers *self = g_object_new (SMALTI_TYPE_LINE_NUMBERS, NULL);

  self->view = view;
  gtk_text_view_set_gutter (view, GTK_TEXT_WINDOW_LEFT, GTK_WIDGET (self));
  g_signal_connect_object (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view)), "value-changed",
                           G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_text_view_get_buffer (view), "changed", G_CALLBACK (gtk_widget_queue_resize), self,
                           G_CONNECT_SWAPPED);
  return self;
}
