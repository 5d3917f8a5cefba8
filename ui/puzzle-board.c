/* SPDX-License-Identifier: Apache-2.0 */
/* Each tile is a widget, so that the keyboard's focus and the screen reader go with it wherever it goes. To those who
 * hear it it has a letter, by its place in the shuffled puzzle: its number would give away where it belongs. */
#include "ui/puzzle-board.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "ui/palette.h"
#include "ui/texture.h"

#define SPACE        3
#define MINIMUM_SIDE 180
#define NATURAL_SIDE 460
#define MOVE_MS      350

/* -- a tile -- */

#define SMALTI_TYPE_PUZZLE_TILE (smalti_puzzle_tile_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiPuzzleTile, smalti_puzzle_tile, SMALTI, PUZZLE_TILE, GtkWidget)

struct _SmaltiPuzzleTile
{
  GtkWidget parent_instance;

  GdkTexture *solved;
  guint grid, number;
  gboolean pinned, marked, right;
  gfloat sureness;        /* negative: not to be written */
  gdouble from_x, from_y; /* in cells: where it was when the last move began */
  gdouble x, y;           /* where it is to be */
};

G_DEFINE_FINAL_TYPE (SmaltiPuzzleTile, smalti_puzzle_tile, GTK_TYPE_WIDGET)

static const GdkRGBA shade = { 0, 0, 0, 0.66f }, light = { 1, 1, 1, 1 };

static void
draw_disc (cairo_t *cr, gdouble x, gdouble y, gdouble radius, const GdkRGBA *color)
{
  gdk_cairo_set_source_rgba (cr, color);
  cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
  cairo_fill (cr);
  gdk_cairo_set_source_rgba (cr, &light);
  cairo_set_line_width (cr, MAX (1.5, radius / 5));
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
}

static void
draw_pin (cairo_t *cr, gdouble x, gdouble y, gdouble radius)
{
  draw_disc (cr, x, y, radius, &shade);
  cairo_arc (cr, x, y - radius * 0.25, radius * 0.32, 0, 2 * G_PI);
  cairo_fill (cr);
  cairo_move_to (cr, x, y);
  cairo_line_to (cr, x, y + radius * 0.6);
  cairo_stroke (cr);
}

/* A shape beside the colour: a tick or a cross. */
static void
draw_mark (cairo_t *cr, gdouble width, gdouble height, gdouble radius, gboolean right)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  GdkRGBA color = right ? (GdkRGBA){ 0.15f, 0.64f, 0.41f, 1 } : smalti_palette_wrong (dark);
  gdouble x = width - radius - 6, y = radius + 6, arm = radius * 0.4;

  gdk_cairo_set_source_rgba (cr, &color);
  cairo_set_line_width (cr, 3);
  cairo_rectangle (cr, 1.5, 1.5, width - 3, height - 3);
  cairo_stroke (cr);
  draw_disc (cr, x, y, radius, &color);
  if (right)
    {
      cairo_move_to (cr, x - arm, y);
      cairo_line_to (cr, x - arm * 0.2, y + arm * 0.8);
      cairo_line_to (cr, x + arm, y - arm * 0.7);
    }
  else
    {
      cairo_move_to (cr, x - arm, y - arm);
      cairo_line_to (cr, x + arm, y + arm);
      cairo_move_to (cr, x + arm, y - arm);
      cairo_line_to (cr, x - arm, y + arm);
    }
  cairo_stroke (cr);
}

static void
draw_sureness (SmaltiPuzzleTile *self, cairo_t *cr, gdouble height)
{
  g_autofree char *text = g_strdup_printf (_ ("%.0f%%"), 100 * self->sureness);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  gint width, line;

  pango_layout_get_pixel_size (layout, &width, &line);
  gdk_cairo_set_source_rgba (cr, &shade);
  cairo_rectangle (cr, 0, height - line - 6, width + 12, line + 6);
  cairo_fill (cr);
  gdk_cairo_set_source_rgba (cr, &light);
  cairo_move_to (cr, 6, height - line - 3);
  pango_cairo_show_layout (cr, layout);
}

static void
smalti_puzzle_tile_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SmaltiPuzzleTile *self = SMALTI_PUZZLE_TILE (widget);
  gfloat width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, width, height);
  gdouble radius = CLAMP (width * 0.1, 7, 12);

  if (!self->solved || width <= 0 || height <= 0)
    return;
  gtk_snapshot_push_clip (snapshot, &bounds);
  gtk_snapshot_append_texture (snapshot, self->solved,
                               &GRAPHENE_RECT_INIT (-width * (self->number % self->grid),
                                                    -height * (self->number / self->grid), width * self->grid,
                                                    height * self->grid));
  if (self->pinned || self->marked || self->sureness >= 0)
    {
      cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);

      if (self->marked)
        draw_mark (cr, width, height, radius, self->right);
      if (self->pinned)
        draw_pin (cr, radius + 6, radius + 6, radius);
      if (self->sureness >= 0)
        draw_sureness (self, cr, height);
      cairo_destroy (cr);
    }
  gtk_snapshot_pop (snapshot);
}

static void
smalti_puzzle_tile_dispose (GObject *object)
{
  g_clear_object (&SMALTI_PUZZLE_TILE (object)->solved);
  G_OBJECT_CLASS (smalti_puzzle_tile_parent_class)->dispose (object);
}

static void
smalti_puzzle_tile_class_init (SmaltiPuzzleTileClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_puzzle_tile_dispose;
  widget_class->snapshot = smalti_puzzle_tile_snapshot;
  gtk_widget_class_set_css_name (widget_class, "puzzletile");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_BUTTON);
}

static void
smalti_puzzle_tile_init (SmaltiPuzzleTile *self)
{
  self->sureness = -1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
}

/* -- the board -- */

struct _SmaltiPuzzleBoard
{
  GtkWidget parent_instance;

  guint grid;
  SmaltiPuzzleTile *tile[SMALTI_BOARD_MAX_TILES]; /* children, by number */
  guint8 order[SMALTI_BOARD_MAX_TILES];           /* tile in each cell */
  guint8 pinned[SMALTI_BOARD_MAX_TILES];          /* cells */
  char letter[SMALTI_BOARD_MAX_TILES];            /* of each tile */
  gboolean marks;

  SmaltiPuzzleTile *lifted; /* by pointer or keyboard; NULL: none */
  gboolean by_keyboard;
  guint over;             /* the cell it would be put in */
  gdouble drag_x, drag_y; /* pixels */
  AdwAnimation *moving;
  gdouble progress;
};

enum
{
  MOVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SmaltiPuzzleBoard, smalti_puzzle_board, GTK_TYPE_WIDGET)

guint
smalti_puzzle_board_get_n_tiles (SmaltiPuzzleBoard *self)
{
  return self->grid * self->grid;
}

const guint8 *
smalti_puzzle_board_get_order (SmaltiPuzzleBoard *self)
{
  return self->order;
}

const guint8 *
smalti_puzzle_board_get_pinned (SmaltiPuzzleBoard *self)
{
  return self->pinned;
}

guint
smalti_puzzle_board_get_n_right (SmaltiPuzzleBoard *self)
{
  guint n = 0;

  for (guint i = 0; i < smalti_puzzle_board_get_n_tiles (self); i++)
    n += self->order[i] == i;
  return n;
}

static guint
cell_of (SmaltiPuzzleBoard *self, const SmaltiPuzzleTile *tile)
{
  for (guint i = 0; i < smalti_puzzle_board_get_n_tiles (self); i++)
    if (self->order[i] == tile->number)
      return i;
  g_assert_not_reached ();
}

static void
name_tile (SmaltiPuzzleBoard *self, SmaltiPuzzleTile *tile)
{
  guint cell = tile == self->lifted ? self->over : cell_of (self, tile);
  /* Translators: of a tile of a puzzle: "Tile C, row 1, column 2" */
  g_autofree char *place = g_strdup_printf (_ ("Tile %c, row %u, column %u"), self->letter[tile->number],
                                            cell / self->grid + 1, cell % self->grid + 1);
  g_autoptr (GString) words = g_string_new (place);

  if (tile == self->lifted)
    g_string_append_printf (words, ", %s", _ ("picked up"));
  if (tile->pinned)
    g_string_append_printf (words, ", %s", _ ("pinned"));
  if (tile->marked)
    g_string_append_printf (words, ", %s", tile->right ? _ ("right") : _ ("wrong"));
  if (tile->sureness >= 0)
    {
      g_autofree char *sure = g_strdup_printf (_ ("%.0f%% sure"), 100 * tile->sureness);

      g_string_append_printf (words, ", %s", sure);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (tile), GTK_ACCESSIBLE_PROPERTY_LABEL, words->str, -1);
}

/* What is drawn on the tiles and said of them, after anything has changed. */
static void
update_tiles (SmaltiPuzzleBoard *self)
{
  for (guint i = 0; i < smalti_puzzle_board_get_n_tiles (self); i++)
    {
      SmaltiPuzzleTile *tile = self->tile[self->order[i]];

      tile->pinned = self->pinned[i];
      tile->marked = self->marks;
      tile->right = tile->number == i;
      if (tile == self->lifted)
        gtk_widget_add_css_class (GTK_WIDGET (tile), "lifted");
      else
        gtk_widget_remove_css_class (GTK_WIDGET (tile), "lifted");
      name_tile (self, tile);
      gtk_widget_queue_draw (GTK_WIDGET (tile));
    }
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
on_progress (double value, SmaltiPuzzleBoard *self)
{
  self->progress = value;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

/* Tiles go from where they are seen to where they belong now. */
static void
start_moving (SmaltiPuzzleBoard *self)
{
  for (guint i = 0; i < smalti_puzzle_board_get_n_tiles (self); i++)
    {
      SmaltiPuzzleTile *tile = self->tile[self->order[i]];

      tile->from_x += self->progress * (tile->x - tile->from_x);
      tile->from_y += self->progress * (tile->y - tile->from_y);
      tile->x = i % self->grid;
      tile->y = i / self->grid;
    }
  self->progress = 0;
  adw_animation_reset (self->moving);
  adw_animation_play (self->moving);
}

static void
forget_sureness (SmaltiPuzzleBoard *self)
{
  for (guint i = 0; i < smalti_puzzle_board_get_n_tiles (self); i++)
    self->tile[i]->sureness = -1;
}

/* -- what a person does -- */

static void
pick_up (SmaltiPuzzleBoard *self, SmaltiPuzzleTile *tile, gboolean by_keyboard)
{
  self->lifted = tile;
  self->by_keyboard = by_keyboard;
  self->over = cell_of (self, tile);
  self->drag_x = self->drag_y = 0;
  update_tiles (self);
}

/* Where it is held, for the way to its place. */
static void
take_position (SmaltiPuzzleBoard *self, SmaltiPuzzleTile *tile)
{
  gdouble side = MIN (gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self))) / self->grid;
  guint cell = cell_of (self, tile);

  if (self->by_keyboard)
    {
      tile->from_x = self->over % self->grid;
      tile->from_y = self->over / self->grid;
    }
  else if (side > 0)
    {
      tile->from_x = cell % self->grid + self->drag_x / side;
      tile->from_y = cell / self->grid + self->drag_y / side;
    }
  tile->x = tile->from_x;
  tile->y = tile->from_y;
}

/* @cell: its own to change nothing. */
static void
put_down (SmaltiPuzzleBoard *self, guint cell)
{
  SmaltiPuzzleTile *tile = self->lifted;
  guint from = cell_of (self, tile);

  take_position (self, tile);
  self->lifted = NULL;
  if (cell != from)
    {
      self->order[from] = self->order[cell];
      self->order[cell] = tile->number;
      self->pinned[from] = FALSE;
      self->pinned[cell] = TRUE;
      forget_sureness (self);
    }
  start_moving (self);
  update_tiles (self);
  if (cell != from)
    g_signal_emit (self, signals[MOVED], 0);
}

static void
toggle_pin (SmaltiPuzzleBoard *self, SmaltiPuzzleTile *tile)
{
  guint cell = cell_of (self, tile);

  self->pinned[cell] = !self->pinned[cell];
  update_tiles (self);
  g_signal_emit (self, signals[MOVED], 0);
}

static SmaltiPuzzleTile *
tile_at (SmaltiPuzzleBoard *self, gdouble x, gdouble y)
{
  GtkWidget *hit = gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT);

  return SMALTI_IS_PUZZLE_TILE (hit) ? SMALTI_PUZZLE_TILE (hit) : NULL;
}

static SmaltiPuzzleTile *
get_focus (SmaltiPuzzleBoard *self)
{
  GtkWidget *child = gtk_widget_get_focus_child (GTK_WIDGET (self));

  return SMALTI_IS_PUZZLE_TILE (child) ? SMALTI_PUZZLE_TILE (child) : NULL;
}

/* FALSE: there is no cell that way. */
static gboolean
step_from (SmaltiPuzzleBoard *self, guint cell, gint dx, gint dy, guint *to)
{
  gint x = (gint)(cell % self->grid) + dx, y = (gint)(cell / self->grid) + dy;

  if (x < 0 || y < 0 || x >= (gint)self->grid || y >= (gint)self->grid)
    return FALSE;
  *to = (guint)y * self->grid + (guint)x;
  return TRUE;
}

static void
go (SmaltiPuzzleBoard *self, SmaltiPuzzleTile *tile, gint dx, gint dy)
{
  guint to;

  if (self->lifted)
    {
      if (step_from (self, self->over, dx, dy, &to))
        self->over = to;
      update_tiles (self);
    }
  else if (step_from (self, cell_of (self, tile), dx, dy, &to))
    gtk_widget_grab_focus (GTK_WIDGET (self->tile[self->order[to]]));
  else
    gtk_widget_error_bell (GTK_WIDGET (self));
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, SmaltiPuzzleBoard *self)
{
  SmaltiPuzzleTile *tile = get_focus (self);

  if (!tile || state & (GDK_CONTROL_MASK | GDK_ALT_MASK) || (self->lifted && !self->by_keyboard))
    return GDK_EVENT_PROPAGATE;
  switch (key)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      go (self, tile, -1, 0);
      return GDK_EVENT_STOP;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      go (self, tile, 1, 0);
      return GDK_EVENT_STOP;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      go (self, tile, 0, -1);
      return GDK_EVENT_STOP;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      go (self, tile, 0, 1);
      return GDK_EVENT_STOP;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_space:
      if (self->lifted)
        put_down (self, self->over);
      else
        pick_up (self, tile, TRUE);
      return GDK_EVENT_STOP;
    case GDK_KEY_Escape:
      if (!self->lifted)
        return GDK_EVENT_PROPAGATE;
      put_down (self, cell_of (self, self->lifted));
      return GDK_EVENT_STOP;
    case GDK_KEY_p:
    case GDK_KEY_P:
      if (self->lifted)
        return GDK_EVENT_PROPAGATE;
      toggle_pin (self, tile);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

/* One that was picked up by keyboard stays where it was when the keyboard goes elsewhere. */
static void
on_focus_left (SmaltiPuzzleBoard *self)
{
  if (self->lifted && self->by_keyboard)
    put_down (self, cell_of (self, self->lifted));
}

static void
on_drag_begin (GtkGestureDrag *gesture, gdouble x, gdouble y, SmaltiPuzzleBoard *self)
{
  SmaltiPuzzleTile *tile = tile_at (self, x, y);

  if (self->lifted)
    put_down (self, cell_of (self, self->lifted));
  if (!tile)
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  gtk_widget_grab_focus (GTK_WIDGET (tile));
  pick_up (self, tile, FALSE);
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
}

static void
on_drag_update (GtkGestureDrag *gesture, gdouble dx, gdouble dy, SmaltiPuzzleBoard *self)
{
  if (!self->lifted || self->by_keyboard)
    return;

  gdouble side = MIN (gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self))) / self->grid;
  guint cell = cell_of (self, self->lifted);
  gint last = (gint)self->grid - 1;
  gint x = CLAMP ((gint)lrint (cell % self->grid + dx / side), 0, last);
  gint y = CLAMP ((gint)lrint (cell / self->grid + dy / side), 0, last);

  self->drag_x = dx;
  self->drag_y = dy;
  self->over = (guint)y * self->grid + (guint)x;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
on_drag_end (GtkGestureDrag *gesture, gdouble dx, gdouble dy, SmaltiPuzzleBoard *self)
{
  if (self->lifted && !self->by_keyboard)
    put_down (self, self->over);
}

static void
on_drag_cancel (GtkGesture *gesture, GdkEventSequence *sequence, SmaltiPuzzleBoard *self)
{
  if (self->lifted && !self->by_keyboard)
    put_down (self, cell_of (self, self->lifted));
}

static void
on_secondary (GtkGestureClick *gesture, gint n_press, gdouble x, gdouble y, SmaltiPuzzleBoard *self)
{
  SmaltiPuzzleTile *tile = tile_at (self, x, y);

  if (tile && !self->lifted)
    toggle_pin (self, tile);
}

/* -- what it is told -- */

void
smalti_puzzle_board_set_puzzle (SmaltiPuzzleBoard *self, SmaltiImage *solved, guint grid, const guint8 *order)
{
  g_return_if_fail (SMALTI_IS_PUZZLE_BOARD (self));
  g_return_if_fail (grid * grid <= SMALTI_BOARD_MAX_TILES);

  g_autoptr (GdkTexture) texture = smalti_texture_new (solved);
  guint n = grid * grid;

  self->lifted = NULL;
  self->grid = grid;
  memcpy (self->order, order, n);
  memset (self->pinned, 0, sizeof self->pinned);
  for (guint i = 0; i < SMALTI_BOARD_MAX_TILES; i++)
    if (i >= n)
      g_clear_pointer ((GtkWidget **)&self->tile[i], gtk_widget_unparent);
    else if (!self->tile[i])
      {
        self->tile[i] = g_object_new (SMALTI_TYPE_PUZZLE_TILE, NULL);
        gtk_widget_set_parent (GTK_WIDGET (self->tile[i]), GTK_WIDGET (self));
      }
  for (guint i = 0; i < n; i++)
    {
      SmaltiPuzzleTile *tile = self->tile[order[i]];

      g_set_object (&tile->solved, texture);
      tile->grid = grid;
      tile->number = order[i];
      tile->sureness = -1;
      tile->x = tile->from_x = i % grid;
      tile->y = tile->from_y = i / grid;
      self->letter[order[i]] = (char)('A' + i);
    }
  adw_animation_skip (self->moving);
  update_tiles (self);
}

void
smalti_puzzle_board_set_order (SmaltiPuzzleBoard *self, const guint8 *order)
{
  g_return_if_fail (SMALTI_IS_PUZZLE_BOARD (self));

  self->lifted = NULL;
  for (guint i = 0; i < smalti_puzzle_board_get_n_tiles (self); i++)
    self->pinned[i] = self->pinned[i] && self->order[i] == order[i];
  memcpy (self->order, order, smalti_puzzle_board_get_n_tiles (self));
  forget_sureness (self);
  start_moving (self);
  update_tiles (self);
}

void
smalti_puzzle_board_set_marks (SmaltiPuzzleBoard *self, gboolean marks)
{
  g_return_if_fail (SMALTI_IS_PUZZLE_BOARD (self));

  self->marks = marks;
  update_tiles (self);
}

void
smalti_puzzle_board_set_sureness (SmaltiPuzzleBoard *self, const gfloat *sureness)
{
  g_return_if_fail (SMALTI_IS_PUZZLE_BOARD (self));

  for (guint i = 0; i < smalti_puzzle_board_get_n_tiles (self); i++)
    self->tile[self->order[i]]->sureness = sureness ? sureness[i] : -1;
  update_tiles (self);
}

/* -- the widget -- */

static void
smalti_puzzle_board_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  SmaltiPuzzleBoard *self = SMALTI_PUZZLE_BOARD (widget);
  gint side = MIN (width, height), left = (width - side) / 2, top = (height - side) / 2;
  gint cell = self->grid > 0 ? (side - SPACE * (gint)(self->grid - 1)) / (gint)self->grid : 0;

  for (guint i = 0; i < smalti_puzzle_board_get_n_tiles (self); i++)
    {
      SmaltiPuzzleTile *tile = self->tile[i];
      gdouble x = tile->from_x + self->progress * (tile->x - tile->from_x);
      gdouble y = tile->from_y + self->progress * (tile->y - tile->from_y);
      GtkAllocation place;

      gtk_widget_measure (GTK_WIDGET (tile), GTK_ORIENTATION_HORIZONTAL, -1, NULL, NULL, NULL, NULL);
      if (tile == self->lifted && self->by_keyboard)
        {
          x = self->over % self->grid;
          y = self->over / self->grid;
        }
      place = (GtkAllocation){ left + (gint)lrint (x * (cell + SPACE)), top + (gint)lrint (y * (cell + SPACE)), cell,
                               cell };
      if (tile == self->lifted)
        {
          /* By keyboard it floats a little off what lies under it. */
          place.x += self->by_keyboard ? -cell / 12 : (gint)self->drag_x;
          place.y += self->by_keyboard ? -cell / 12 : (gint)self->drag_y;
        }
      gtk_widget_size_allocate (GTK_WIDGET (tile), &place, -1);
    }
}

static void
smalti_puzzle_board_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                             int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_VERTICAL ? NATURAL_SIDE : MINIMUM_SIDE;
  *natural = NATURAL_SIDE;
  if (orientation == GTK_ORIENTATION_VERTICAL && for_size >= 0)
    *minimum = *natural = CLAMP (for_size, MINIMUM_SIDE, NATURAL_SIDE);
}

static GtkSizeRequestMode
smalti_puzzle_board_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* What is lifted lies over the others; what moves, over what does not. */
static void
smalti_puzzle_board_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SmaltiPuzzleBoard *self = SMALTI_PUZZLE_BOARD (widget);

  for (guint pass = 0; pass < 3; pass++)
    for (guint i = 0; i < smalti_puzzle_board_get_n_tiles (self); i++)
      {
        SmaltiPuzzleTile *tile = self->tile[i];
        gboolean moves = self->progress < 1 && (tile->x != tile->from_x || tile->y != tile->from_y);

        if (pass == (tile == self->lifted ? 2u : moves ? 1u : 0u))
          gtk_widget_snapshot_child (widget, GTK_WIDGET (tile), snapshot);
      }
}

static gboolean
smalti_puzzle_board_focus (GtkWidget *widget, GtkDirectionType direction)
{
  SmaltiPuzzleBoard *self = SMALTI_PUZZLE_BOARD (widget);

  /* One stop of the tab chain; arrows go on inside. */
  if (self->grid == 0 || get_focus (self))
    return FALSE;
  return gtk_widget_grab_focus (GTK_WIDGET (self->tile[self->order[0]]));
}

static void
smalti_puzzle_board_dispose (GObject *object)
{
  SmaltiPuzzleBoard *self = SMALTI_PUZZLE_BOARD (object);

  self->lifted = NULL;
  if (self->moving)
    adw_animation_pause (self->moving);
  g_clear_object (&self->moving);
  self->grid = 0;
  for (guint i = 0; i < SMALTI_BOARD_MAX_TILES; i++)
    g_clear_pointer ((GtkWidget **)&self->tile[i], gtk_widget_unparent);
  G_OBJECT_CLASS (smalti_puzzle_board_parent_class)->dispose (object);
}

static void
smalti_puzzle_board_class_init (SmaltiPuzzleBoardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_puzzle_board_dispose;
  widget_class->size_allocate = smalti_puzzle_board_size_allocate;
  widget_class->measure = smalti_puzzle_board_measure;
  widget_class->get_request_mode = smalti_puzzle_board_get_request_mode;
  widget_class->snapshot = smalti_puzzle_board_snapshot;
  widget_class->focus = smalti_puzzle_board_focus;
  gtk_widget_class_set_css_name (widget_class, "puzzleboard");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  signals[MOVED]
      = g_signal_new ("moved", SMALTI_TYPE_PUZZLE_BOARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
smalti_puzzle_board_init (SmaltiPuzzleBoard *self)
{
  GtkEventController *keys = gtk_event_controller_key_new (), *focus = gtk_event_controller_focus_new ();
  GtkGesture *drag = gtk_gesture_drag_new (), *secondary = gtk_gesture_click_new ();
  AdwAnimationTarget *target = adw_callback_animation_target_new ((AdwAnimationTargetFunc)on_progress, self, NULL);

  self->moving = adw_timed_animation_new (GTK_WIDGET (self), 0, 1, MOVE_MS, target);
  self->progress = 1;
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_focus_left), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect (drag, "cancel", G_CALLBACK (on_drag_cancel), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (secondary), GDK_BUTTON_SECONDARY);
  g_signal_connect (secondary, "pressed", G_CALLBACK (on_secondary), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (secondary));
}

GtkWidget *
smalti_puzzle_board_new (void)
{
  return g_object_new (SMALTI_TYPE_PUZZLE_BOARD, NULL);
}
