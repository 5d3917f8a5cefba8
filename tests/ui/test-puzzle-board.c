/* SPDX-License-Identifier: Apache-2.0 */
/* Puzzles under a person's hands: whatever is done, each tile is somewhere, once. */
#include <string.h>

#include "core/data/sample.h"
#include "stage.h"
#include "ui/puzzle-board.h"

static const guint8 shuffled[9] = { 4, 0, 7, 2, 8, 5, 6, 1, 3 }, four[4] = { 2, 3, 1, 0 };

static void
count_move (guint *n_moves)
{
  (*n_moves)++;
}

static SmaltiPuzzleBoard *
set_board (Stage *stage, guint grid, const guint8 *order, guint *n_moves)
{
  g_autoptr (SmaltiImage) picture = smalti_sample_draw (3, 1, (gint)grid * 90);
  GtkWidget *board = smalti_puzzle_board_new ();

  *n_moves = 0;
  smalti_puzzle_board_set_puzzle (SMALTI_PUZZLE_BOARD (board), picture, grid, order);
  g_signal_connect_swapped (board, "moved", G_CALLBACK (count_move), n_moves);
  stage_set (stage, board, 360, 360);
  return SMALTI_PUZZLE_BOARD (board);
}

static void
assert_order (SmaltiPuzzleBoard *board, const guint8 *order)
{
  guint n = smalti_puzzle_board_get_n_tiles (board), n_right = 0;

  g_assert_cmpmem (smalti_puzzle_board_get_order (board), n, order, n);
  for (guint i = 0; i < n; i++)
    n_right += order[i] == i;
  g_assert_cmpuint (smalti_puzzle_board_get_n_right (board), ==, n_right);
}

static void
keys (SmaltiPuzzleBoard *board, const guint *pressed)
{
  for (; *pressed != 0; pressed++)
    stage_key (GTK_WIDGET (board), *pressed);
}

static void
the_keyboard_swaps_tiles (void)
{
  static const guint right_down[] = { GDK_KEY_Return, GDK_KEY_Right, GDK_KEY_Down, GDK_KEY_Return, 0 };
  static const guint back[] = { GDK_KEY_space, GDK_KEY_Up, GDK_KEY_Escape, 0 };
  static const guint edge[]
      = { GDK_KEY_Return, GDK_KEY_Down, GDK_KEY_Down, GDK_KEY_Down, GDK_KEY_Right, GDK_KEY_Return, 0 };
  static const guint8 swapped[9] = { 8, 0, 7, 2, 4, 5, 6, 1, 3 }, at_edge[9] = { 8, 0, 7, 2, 3, 5, 6, 1, 4 };
  static const guint8 pinned[9] = { 0, 0, 0, 0, 1, 0, 0, 0, 0 }, pinned_last[9] = { 0, 0, 0, 0, 0, 0, 0, 0, 1 };
  Stage stage;
  guint n_moves;
  SmaltiPuzzleBoard *board = set_board (&stage, 3, shuffled, &n_moves);

  gtk_widget_child_focus (GTK_WIDGET (board), GTK_DIR_TAB_FORWARD);
  keys (board, right_down); /* the first tile to the middle */
  assert_order (board, swapped);
  g_assert_cmpmem (smalti_puzzle_board_get_pinned (board), 9, pinned, 9);
  g_assert_cmpuint (n_moves, ==, 1);
  keys (board, back); /* the focus went with it */
  assert_order (board, swapped);
  g_assert_cmpuint (n_moves, ==, 1);
  keys (board, edge); /* no further than the border */
  assert_order (board, at_edge);
  g_assert_cmpmem (smalti_puzzle_board_get_pinned (board), 9, pinned_last, 9);
  stage_clear (&stage);
}

static void
pins_come_and_go (void)
{
  static const guint pin[] = { GDK_KEY_p, 0 },
                     push_off[] = { GDK_KEY_Right, GDK_KEY_Return, GDK_KEY_Left, GDK_KEY_Return, 0 };
  static const guint8 first[4] = { 1, 0, 0, 0 }, none[4] = { 0 }, pushed[4] = { 3, 2, 1, 0 };
  Stage stage;
  guint n_moves;
  SmaltiPuzzleBoard *board = set_board (&stage, 2, four, &n_moves);

  gtk_widget_child_focus (GTK_WIDGET (board), GTK_DIR_TAB_FORWARD);
  keys (board, pin);
  g_assert_cmpmem (smalti_puzzle_board_get_pinned (board), 4, first, 4);
  keys (board, pin);
  g_assert_cmpmem (smalti_puzzle_board_get_pinned (board), 4, none, 4);
  keys (board, pin);
  g_assert_cmpuint (n_moves, ==, 3);
  keys (board, push_off); /* what was pinned there is not any more; what was put there is */
  assert_order (board, pushed);
  g_assert_cmpmem (smalti_puzzle_board_get_pinned (board), 4, first, 4);
  smalti_puzzle_board_set_order (board, four);
  assert_order (board, four);
  g_assert_cmpmem (smalti_puzzle_board_get_pinned (board), 4, none, 4);
  stage_clear (&stage);
}

static GtkGesture *
find_drag (SmaltiPuzzleBoard *board)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (board));

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_GESTURE_DRAG (controller))
        return GTK_GESTURE (controller);
    }
  g_assert_not_reached ();
}

/* From the middle of the first tile by so many cells. */
static void
drag (SmaltiPuzzleBoard *board, gdouble cells_x, gdouble cells_y)
{
  gdouble side = gtk_widget_get_width (GTK_WIDGET (board)) / 2.0;
  GtkGesture *gesture = find_drag (board);

  g_signal_emit_by_name (gesture, "drag-begin", side / 2, side / 2);
  for (guint i = 1; i <= 4; i++)
    g_signal_emit_by_name (gesture, "drag-update", cells_x * side * i / 4, cells_y * side * i / 4);
  g_signal_emit_by_name (gesture, "drag-end", cells_x * side, cells_y * side);
  stage_settle (&(Stage){ NULL });
}

static void
the_pointer_swaps_tiles (void)
{
  static const guint8 swapped[4] = { 0, 3, 1, 2 };
  Stage stage;
  guint n_moves;
  SmaltiPuzzleBoard *board = set_board (&stage, 2, four, &n_moves);

  drag (board, 0.9, 1.1);
  assert_order (board, swapped);
  drag (board, 0.3, -0.2); /* not far enough */
  assert_order (board, swapped);
  g_assert_cmpuint (n_moves, ==, 1);
  stage_clear (&stage);
}

static void
marks_show_right_and_wrong_and_only_when_asked_for (void)
{
  const GdkRGBA right = { 0.15f, 0.64f, 0.41f, 1 };
  static const guint8 almost[4] = { 0, 1, 3, 2 };
  Stage stage;
  guint n_moves, before, two, all;
  SmaltiPuzzleBoard *board = set_board (&stage, 2, almost, &n_moves);
  g_autoptr (GdkTexture) plain = stage_draw (&stage, "board-plain");
  g_autoptr (GdkTexture) marked = NULL, solved = NULL;

  before = stage_count (plain, &right, 2);
  smalti_puzzle_board_set_marks (board, TRUE);
  marked = stage_draw (&stage, "board-marked");
  two = stage_count (marked, &right, 2) - before;
  smalti_puzzle_board_set_order (board, (const guint8[]){ 0, 1, 2, 3 });
  for (guint i = 0; i < 8; i++)
    stage_settle (&stage);
  solved = stage_draw (&stage, "board-solved");
  all = stage_count (solved, &right, 2) - before;
  g_assert_cmpuint (two, >, 500);
  g_assert_cmpuint (all, >=, 2 * two - 200);
  smalti_puzzle_board_set_marks (board, FALSE);
  stage_clear (&stage);
}

int
main (int argc, char **argv)
{
  if (!stage_init (&argc, &argv))
    return 77;
  g_test_add_func ("/puzzle-board/the-keyboard-swaps-tiles", the_keyboard_swaps_tiles);
  g_test_add_func ("/puzzle-board/pins-come-and-go", pins_come_and_go);
  g_test_add_func ("/puzzle-board/the-pointer-swaps-tiles", the_pointer_swaps_tiles);
  g_test_add_func ("/puzzle-board/marks-show-right-and-wrong-and-only-when-asked-for",
                   marks_show_right_and_wrong_and_only_when_asked_for);
  return g_test_run ();
}
