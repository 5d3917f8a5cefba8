/* SPDX-License-Identifier: Apache-2.0 */
/* A cell is as strong as its share of its row: what is right in one colour, what is wrong in another whose strength
 * grows with the root, so that a mistake made once in fifty times is still seen. The map is painted once, a pixel a
 * cell, and only stretched when a frame is drawn.
 *
 * List and map stand side by side where there is room, one under the other where there is not. */
#include "ui/confusion-view.h"

#include <inttypes.h>
#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "ui/chart-text.h"
#include "ui/palette.h"

#define N_WORST     30
#define NAMED_CELL  11.0  /* pixels a cell needs for its class to be named beside the map */
#define NAME_ROOM   110.0 /* at most */
#define NAME_SHARE  0.22  /* of the width */
#define AXIS_ROOM   20.0
#define LARGEST     600 /* side of the map */
#define BESIDE      620 /* width from which the list stands beside */
#define LIST_WIDTH  270
#define LIST_HEIGHT 240
#define GAP         18

/* -- the map -- */

#define SMALTI_TYPE_CONFUSION_MAP (smalti_confusion_map_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiConfusionMap, smalti_confusion_map, SMALTI, CONFUSION_MAP, GtkWidget)

struct _SmaltiConfusionMap
{
  GtkWidget parent_instance;

  guint n;
  guint32 *confusion;
  guint64 *row_sum;
  char **names;
  cairo_surface_t *cells; /* a pixel each; %NULL: to be painted */
  gint truth, answer;     /* the current cell; negative: none */
};

G_DEFINE_FINAL_TYPE (SmaltiConfusionMap, smalti_confusion_map, GTK_TYPE_WIDGET)

enum
{
  CELL_ACTIVATED,
  N_SIGNALS
};

static guint map_signals[N_SIGNALS], view_signals[N_SIGNALS];

typedef struct
{
  gdouble left, top, side, cell;
  gboolean named;
} Frame;

/* Left of the cells in a map of @width. */
static gdouble
left_room (SmaltiConfusionMap *self, gdouble width, gboolean *named)
{
  gdouble names = MIN (NAME_ROOM, width * NAME_SHARE);

  *named = width - AXIS_ROOM - names >= NAMED_CELL * self->n;
  return AXIS_ROOM + (*named ? names : 0);
}

static Frame
lay_out (SmaltiConfusionMap *self)
{
  gdouble width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  Frame frame = { .top = AXIS_ROOM };

  frame.left = left_room (self, width, &frame.named);
  frame.side = MAX (MIN (width - frame.left, height - frame.top) - 2, 1);
  frame.cell = frame.side / MAX (self->n, 1);
  return frame;
}

static guint32
premultiply (GdkRGBA color)
{
  guint alpha = color.alpha * 255;

  return alpha << 24 | (guint)(color.red * alpha) << 16 | (guint)(color.green * alpha) << 8
         | (guint)(color.blue * alpha);
}

static void
paint_cells (SmaltiConfusionMap *self, gboolean dark)
{
  GdkRGBA right = smalti_palette_curve (0, dark), wrong = smalti_palette_wrong (dark);
  guchar *pixels;
  gint stride;

  self->cells = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, self->n, self->n);
  pixels = cairo_image_surface_get_data (self->cells);
  stride = cairo_image_surface_get_stride (self->cells);
  cairo_surface_flush (self->cells);
  for (guint truth = 0; truth < self->n; truth++)
    for (guint answer = 0; answer < self->n; answer++)
      {
        gdouble share = self->confusion[truth * self->n + answer] / (gdouble)MAX (self->row_sum[truth], 1);
        GdkRGBA color
            = truth == answer ? smalti_palette_faint (right, share) : smalti_palette_faint (wrong, sqrt (share));

        ((guint32 *)(pixels + (gsize)truth * stride))[answer] = premultiply (color);
      }
  cairo_surface_mark_dirty (self->cells);
}

static void
draw_cells (SmaltiConfusionMap *self, GtkSnapshot *snapshot, const Frame *frame)
{
  cairo_t *cr
      = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (frame->left, frame->top, frame->side, frame->side));

  cairo_translate (cr, frame->left, frame->top);
  cairo_scale (cr, frame->cell, frame->cell);
  cairo_set_source_surface (cr, self->cells, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_destroy (cr);
}

static void
draw_words (SmaltiConfusionMap *self, GtkSnapshot *snapshot, const Frame *frame, const GdkRGBA *text)
{
  GdkRGBA dim = smalti_palette_faint (*text, 0.6f);
  /* Translators: over the columns of a confusion matrix */
  g_autoptr (PangoLayout) across = smalti_chart_text (GTK_WIDGET (self), _ ("Taken for"));
  /* Translators: beside the rows of a confusion matrix */
  g_autoptr (PangoLayout) down = smalti_chart_text (GTK_WIDGET (self), _ ("True class"));
  gint width, height;

  pango_layout_get_pixel_size (across, &width, &height);
  smalti_chart_put (snapshot, across, frame->left + (frame->side - width) / 2, 0, &dim);
  pango_layout_get_pixel_size (down, &width, &height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (0, round (frame->top + (frame->side + width) / 2)));
  gtk_snapshot_rotate (snapshot, -90);
  gtk_snapshot_append_layout (snapshot, down, &dim);
  gtk_snapshot_restore (snapshot);
  for (guint i = 0; frame->named && i < self->n; i++)
    {
      g_autoptr (PangoLayout) layout = smalti_chart_text (GTK_WIDGET (self), self->names[i]);

      pango_layout_set_width (layout, (frame->left - AXIS_ROOM - 8) * PANGO_SCALE);
      pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
      pango_layout_set_alignment (layout, PANGO_ALIGN_RIGHT);
      pango_layout_get_pixel_size (layout, NULL, &height);
      smalti_chart_put (snapshot, layout, AXIS_ROOM, frame->top + (i + 0.5) * frame->cell - height / 2.0,
                        (gint)i == self->truth ? text : &dim);
    }
}

static char *
describe_cell (SmaltiConfusionMap *self, guint truth, guint answer)
{
  guint count = self->confusion[truth * self->n + answer];
  gdouble percent = 100.0 * count / MAX (self->row_sum[truth], 1);

  if (truth == answer)
    /* Translators: class, images of it recognised, all of its images, share */
    return g_strdup_printf (_ ("%s recognised: %u of %" PRIu64 " (%.0f%%)"), self->names[truth], count,
                            self->row_sum[truth], percent);
  /* Translators: class, the class it was taken for, so many images, all of its images, share */
  return g_strdup_printf (_ ("%s taken for %s: %u of %" PRIu64 " (%.0f%%)"), self->names[truth], self->names[answer],
                          count, self->row_sum[truth], percent);
}

static void
draw_current (SmaltiConfusionMap *self, GtkSnapshot *snapshot, const Frame *frame, const GdkRGBA *text)
{
  gdouble x = frame->left + self->answer * frame->cell, y = frame->top + self->truth * frame->cell;
  GdkRGBA faint = smalti_palette_faint (*text, 0.1f);
  g_autofree char *words = describe_cell (self, self->truth, self->answer), *markup = NULL;
  GskRoundedRect ring;

  gtk_snapshot_append_color (snapshot, &faint, &GRAPHENE_RECT_INIT (frame->left, y, frame->side, frame->cell));
  gtk_snapshot_append_color (snapshot, &faint, &GRAPHENE_RECT_INIT (x, frame->top, frame->cell, frame->side));
  gsk_rounded_rect_init_from_rect (&ring, &GRAPHENE_RECT_INIT (x - 2, y - 2, frame->cell + 4, frame->cell + 4), 2);
  gtk_snapshot_append_border (snapshot, &ring, (float[4]){ 2, 2, 2, 2 }, (GdkRGBA[4]){ *text, *text, *text, *text });
  markup = g_markup_escape_text (words, -1);
  smalti_chart_box (GTK_WIDGET (self), snapshot, markup, NULL, 0, x + frame->cell, y + frame->cell + 34);
}

static void
smalti_confusion_map_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SmaltiConfusionMap *self = SMALTI_CONFUSION_MAP (widget);
  GdkRGBA text = smalti_chart_color (widget), line = smalti_palette_faint (text, 0.2f);
  Frame frame = lay_out (self);
  GskRoundedRect border;

  if (self->n == 0)
    return;
  if (self->cells == NULL)
    paint_cells (self, adw_style_manager_get_dark (adw_style_manager_get_default ()));
  draw_words (self, snapshot, &frame, &text);
  draw_cells (self, snapshot, &frame);
  gsk_rounded_rect_init_from_rect (
      &border, &GRAPHENE_RECT_INIT (frame.left - 1, frame.top - 1, frame.side + 2, frame.side + 2), 0);
  gtk_snapshot_append_border (snapshot, &border, (float[4]){ 1, 1, 1, 1 }, (GdkRGBA[4]){ line, line, line, line });
  if (self->truth >= 0)
    draw_current (self, snapshot, &frame, &text);
  if (gtk_widget_has_visible_focus (widget))
    gtk_snapshot_render_focus (snapshot, gtk_widget_get_style_context (widget), 0, 0, gtk_widget_get_width (widget),
                               gtk_widget_get_height (widget));
}

static void
map_set_current (SmaltiConfusionMap *self, gint truth, gint answer)
{
  if (truth == self->truth && answer == self->answer)
    return;
  self->truth = truth;
  self->answer = answer;
  if (truth >= 0)
    {
      g_autofree char *words = describe_cell (self, truth, answer);

      smalti_chart_describe (GTK_WIDGET (self), words);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
cell_at (SmaltiConfusionMap *self, gdouble x, gdouble y, gint *truth, gint *answer)
{
  Frame frame = lay_out (self);

  if (self->n == 0 || x < frame.left || y < frame.top || x >= frame.left + frame.side || y >= frame.top + frame.side)
    return FALSE;
  *answer = MIN ((x - frame.left) / frame.cell, self->n - 1);
  *truth = MIN ((y - frame.top) / frame.cell, self->n - 1);
  return TRUE;
}

static void
on_motion (GtkEventControllerMotion *controller, gdouble x, gdouble y, SmaltiConfusionMap *self)
{
  gint truth = -1, answer = -1;

  cell_at (self, x, y, &truth, &answer);
  map_set_current (self, truth, answer);
}

static void
on_leave (GtkEventControllerMotion *controller, SmaltiConfusionMap *self)
{
  map_set_current (self, -1, -1);
}

static void
on_released (GtkGestureClick *gesture, gint n_press, gdouble x, gdouble y, SmaltiConfusionMap *self)
{
  gint truth, answer;

  if (!cell_at (self, x, y, &truth, &answer))
    return;
  map_set_current (self, truth, answer);
  g_signal_emit (self, map_signals[CELL_ACTIVATED], 0, truth, answer);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, SmaltiConfusionMap *self)
{
  gint truth = self->truth, answer = self->answer, last = (gint)self->n - 1;

  if (self->n == 0 || state & (GDK_CONTROL_MASK | GDK_ALT_MASK))
    return GDK_EVENT_PROPAGATE;
  switch (key)
    {
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_space:
      if (truth < 0)
        return GDK_EVENT_PROPAGATE;
      g_signal_emit (self, map_signals[CELL_ACTIVATED], 0, truth, answer);
      return GDK_EVENT_STOP;
    case GDK_KEY_Escape:
      map_set_current (self, -1, -1);
      return truth < 0 ? GDK_EVENT_PROPAGATE : GDK_EVENT_STOP;
    case GDK_KEY_Left:
    case GDK_KEY_Right:
    case GDK_KEY_Up:
    case GDK_KEY_Down:
      if (truth < 0)
        truth = answer = 0;
      else if (key == GDK_KEY_Left || key == GDK_KEY_Right)
        answer = CLAMP (answer + (key == GDK_KEY_Left ? -1 : 1), 0, last);
      else
        truth = CLAMP (truth + (key == GDK_KEY_Up ? -1 : 1), 0, last);
      break;
    case GDK_KEY_Home:
      truth = MAX (truth, 0);
      answer = 0;
      break;
    case GDK_KEY_End:
      truth = MAX (truth, 0);
      answer = last;
      break;
    default:
      return GDK_EVENT_PROPAGATE;
    }
  map_set_current (self, truth, answer);
  return GDK_EVENT_STOP;
}

static void
repaint (SmaltiConfusionMap *self)
{
  g_clear_pointer (&self->cells, cairo_surface_destroy);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static GtkSizeRequestMode
smalti_confusion_map_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
smalti_confusion_map_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                              int *minimum_baseline, int *natural_baseline)
{
  SmaltiConfusionMap *self = SMALTI_CONFUSION_MAP (widget);
  gboolean named;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = 240;
      *natural = LARGEST + left_room (self, LARGEST + AXIS_ROOM + NAME_ROOM, &named);
    }
  else
    *minimum = *natural = CLAMP (for_size - left_room (self, for_size, &named), 180, LARGEST) + AXIS_ROOM;
}

static void
map_clear (SmaltiConfusionMap *self)
{
  g_clear_pointer (&self->confusion, g_free);
  g_clear_pointer (&self->row_sum, g_free);
  g_clear_pointer (&self->names, g_strfreev);
  g_clear_pointer (&self->cells, cairo_surface_destroy);
  self->n = 0;
  self->truth = self->answer = -1;
}

static void
smalti_confusion_map_finalize (GObject *object)
{
  map_clear (SMALTI_CONFUSION_MAP (object));
  G_OBJECT_CLASS (smalti_confusion_map_parent_class)->finalize (object);
}

static void
smalti_confusion_map_class_init (SmaltiConfusionMapClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = smalti_confusion_map_finalize;
  widget_class->snapshot = smalti_confusion_map_snapshot;
  widget_class->measure = smalti_confusion_map_measure;
  widget_class->get_request_mode = smalti_confusion_map_get_request_mode;
  gtk_widget_class_set_css_name (widget_class, "plot");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  map_signals[CELL_ACTIVATED] = g_signal_new ("cell-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                              NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
}

static void
smalti_confusion_map_init (SmaltiConfusionMap *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *motion = gtk_event_controller_motion_new (), *key = gtk_event_controller_key_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->truth = self->answer = -1;
  gtk_widget_set_focusable (widget, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Confusion matrix"), -1);
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (click, "released", G_CALLBACK (on_released), self);
  gtk_widget_add_controller (widget, motion);
  gtk_widget_add_controller (widget, key);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (repaint), self,
                           G_CONNECT_SWAPPED);
}

/* -- the whole -- */

typedef struct
{
  guint truth, answer, count;
} Mistake;

struct _SmaltiConfusionView
{
  GtkWidget parent_instance;

  SmaltiConfusionMap *map;
  GtkWidget *side, *list;
  Mistake worst[N_WORST];
  guint n_worst;
};

G_DEFINE_FINAL_TYPE (SmaltiConfusionView, smalti_confusion_view, GTK_TYPE_WIDGET)

static void
find_worst (SmaltiConfusionView *self)
{
  const SmaltiConfusionMap *map = self->map;

  self->n_worst = 0;
  for (guint truth = 0; truth < map->n; truth++)
    for (guint answer = 0; answer < map->n; answer++)
      {
        Mistake mistake = { truth, answer, map->confusion[truth * map->n + answer] };
        guint at;

        if (truth == answer || mistake.count == 0
            || (self->n_worst == N_WORST && mistake.count <= self->worst[N_WORST - 1].count))
          continue;
        at = self->n_worst < N_WORST ? self->n_worst++ : N_WORST - 1;
        for (; at > 0 && self->worst[at - 1].count < mistake.count; at--)
          self->worst[at] = self->worst[at - 1];
        self->worst[at] = mistake;
      }
}

static GtkWidget *
mistake_row (SmaltiConfusionView *self, const Mistake *mistake)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  /* Translators: a class and the one it was taken for */
  g_autofree char *pair
      = g_strdup_printf (_ ("%s → %s"), self->map->names[mistake->truth], self->map->names[mistake->answer]);
  g_autofree char *words = describe_cell (self->map, mistake->truth, mistake->answer);
  g_autofree char *count = g_strdup_printf ("%u", mistake->count);
  GtkWidget *name = gtk_label_new (pair), *number = gtk_label_new (count);

  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_widget_set_hexpand (name, TRUE);
  gtk_widget_add_css_class (number, "numeric");
  gtk_widget_add_css_class (number, "dim-label");
  gtk_widget_set_tooltip_text (row, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, 6);
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), number);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  return row;
}

static void
fill_list (SmaltiConfusionView *self)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), 0)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), GTK_WIDGET (row));
  find_worst (self);
  for (guint i = 0; i < self->n_worst; i++)
    gtk_list_box_append (GTK_LIST_BOX (self->list), mistake_row (self, &self->worst[i]));
}

static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row, SmaltiConfusionView *self)
{
  const Mistake *mistake = &self->worst[gtk_list_box_row_get_index (row)];

  map_set_current (self->map, mistake->truth, mistake->answer);
  g_signal_emit (self, view_signals[CELL_ACTIVATED], 0, mistake->truth, mistake->answer);
}

/* The list shows where on the map it is. */
static void
on_row_selected (GtkListBox *list, GtkListBoxRow *row, SmaltiConfusionView *self)
{
  if (row == NULL)
    return;
  map_set_current (self->map, self->worst[gtk_list_box_row_get_index (row)].truth,
                   self->worst[gtk_list_box_row_get_index (row)].answer);
}

static void
on_cell_activated (SmaltiConfusionMap *map, guint truth, guint answer, SmaltiConfusionView *self)
{
  g_signal_emit (self, view_signals[CELL_ACTIVATED], 0, truth, answer);
}

void
smalti_confusion_view_set (SmaltiConfusionView *self, const guint32 *confusion, guint n_classes,
                           const char *const *names)
{
  SmaltiConfusionMap *map;

  g_return_if_fail (SMALTI_IS_CONFUSION_VIEW (self));

  map = self->map;
  map_clear (map);
  map->n = n_classes;
  map->names = g_new0 (char *, n_classes + 1);
  map->row_sum = g_new0 (guint64, MAX (n_classes, 1));
  if (n_classes > 0)
    map->confusion = g_memdup2 (confusion, (gsize)n_classes * n_classes * sizeof *confusion);
  for (guint truth = 0; truth < n_classes; truth++)
    {
      map->names[truth] = g_strdup (names[truth]);
      for (guint answer = 0; answer < n_classes; answer++)
        map->row_sum[truth] += confusion[truth * n_classes + answer];
    }
  fill_list (self);
  gtk_widget_queue_resize (GTK_WIDGET (map));
}

gboolean
smalti_confusion_view_get_current (SmaltiConfusionView *self, guint *truth, guint *answer)
{
  g_return_val_if_fail (SMALTI_IS_CONFUSION_VIEW (self), FALSE);

  if (self->map->truth < 0)
    return FALSE;
  *truth = self->map->truth;
  *answer = self->map->answer;
  return TRUE;
}

static GtkSizeRequestMode
smalti_confusion_view_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
smalti_confusion_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                               int *minimum_baseline, int *natural_baseline)
{
  SmaltiConfusionView *self = SMALTI_CONFUSION_VIEW (widget);
  gint least, side;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      gtk_widget_measure (GTK_WIDGET (self->map), orientation, -1, &least, natural, NULL, NULL);
      gtk_widget_measure (self->side, orientation, -1, &side, NULL, NULL, NULL);
      *minimum = MAX (least, side);
      *natural += GAP + LIST_WIDTH;
      return;
    }
  if (for_size < 0 || for_size >= BESIDE)
    {
      gtk_widget_measure (GTK_WIDGET (self->map), orientation, for_size < 0 ? LARGEST : for_size - GAP - LIST_WIDTH,
                          minimum, natural, NULL, NULL);
      *minimum = MIN (*minimum, LIST_HEIGHT); /* the map is as large as there is room for */
      return;
    }
  gtk_widget_measure (GTK_WIDGET (self->map), orientation, for_size, minimum, natural, NULL, NULL);
  *minimum += GAP + LIST_HEIGHT;
  *natural += GAP + LIST_HEIGHT;
}

static void
smalti_confusion_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  SmaltiConfusionView *self = SMALTI_CONFUSION_VIEW (widget);
  GtkWidget *map = GTK_WIDGET (self->map);
  gboolean beside = width >= BESIDE, mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  gint map_width, map_height, side_width;

  gtk_widget_measure (map, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &map_width, NULL, NULL);
  map_width = beside ? MIN (width - GAP - LIST_WIDTH, map_width) : width;
  gtk_widget_measure (map, GTK_ORIENTATION_VERTICAL, map_width, &map_height, NULL, NULL, NULL);
  map_height = MIN (map_height, beside ? height : MAX (height - GAP - LIST_HEIGHT, 1));
  side_width = beside ? width - GAP - map_width : width;
  gtk_widget_size_allocate (
      map, &(GtkAllocation){ mirrored && beside ? width - map_width : 0, 0, map_width, map_height }, -1);
  if (beside)
    gtk_widget_size_allocate (self->side, &(GtkAllocation){ mirrored ? 0 : map_width + GAP, 0, side_width, height },
                              -1);
  else
    gtk_widget_size_allocate (self->side,
                              &(GtkAllocation){ 0, map_height + GAP, width, MAX (height - map_height - GAP, 1) }, -1);
}

static void
smalti_confusion_view_dispose (GObject *object)
{
  SmaltiConfusionView *self = SMALTI_CONFUSION_VIEW (object);

  if (self->map != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->map)));
  g_clear_pointer (&self->side, gtk_widget_unparent);
  G_OBJECT_CLASS (smalti_confusion_view_parent_class)->dispose (object);
}

static void
smalti_confusion_view_class_init (SmaltiConfusionViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_confusion_view_dispose;
  widget_class->measure = smalti_confusion_view_measure;
  widget_class->get_request_mode = smalti_confusion_view_get_request_mode;
  widget_class->size_allocate = smalti_confusion_view_size_allocate;
  view_signals[CELL_ACTIVATED] = g_signal_new ("cell-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                               NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
}

static void
smalti_confusion_view_init (SmaltiConfusionView *self)
{
  GtkWidget *title = gtk_label_new (_ ("Most frequent mistakes")), *scroller = gtk_scrolled_window_new ();
  GtkWidget *none = gtk_label_new (_ ("Nothing was mistaken for anything else."));

  self->map = g_object_new (SMALTI_TYPE_CONFUSION_MAP, NULL);
  gtk_widget_set_parent (GTK_WIDGET (self->map), GTK_WIDGET (self));
  g_signal_connect_object (self->map, "cell-activated", G_CALLBACK (on_cell_activated), self, 0);

  gtk_widget_add_css_class (title, "heading");
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_wrap (GTK_LABEL (none), TRUE);
  gtk_widget_add_css_class (none, "dim-label");
  gtk_widget_set_margin_top (none, 18);
  gtk_widget_set_margin_bottom (none, 18);
  self->list = gtk_list_box_new ();
  gtk_list_box_set_placeholder (GTK_LIST_BOX (self->list), none);
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_BROWSE);
  g_signal_connect_object (self->list, "row-activated", G_CALLBACK (on_row_activated), self, 0);
  g_signal_connect_object (self->list, "row-selected", G_CALLBACK (on_row_selected), self, 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Most frequent mistakes"), -1);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->list);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_widget_add_css_class (scroller, "frame");
  self->side = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_box_append (GTK_BOX (self->side), title);
  gtk_box_append (GTK_BOX (self->side), scroller);
  gtk_widget_set_parent (self->side, GTK_WIDGET (self));
}

GtkWidget *
smalti_confusion_view_new (void)
{
  return g_object_new (SMALTI_TYPE_CONFUSION_VIEW, NULL);
}
