/* SPDX-License-Identifier: Apache-2.0 */
/* A puzzle to play with: tiles change places by pointer or by keyboard. Those that a person has put somewhere are pinned there. */
#pragma once

#include <gtk/gtk.h>

#include "core/image/image.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_PUZZLE_BOARD (smalti_puzzle_board_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiPuzzleBoard, smalti_puzzle_board, SMALTI, PUZZLE_BOARD, GtkWidget)

#define SMALTI_BOARD_MAX_TILES 16

/* Tiles are numbered by the cell they belong in, row by row. Signal "moved": a person has moved, pinned or unpinned a tile. */
GtkWidget    *smalti_puzzle_board_new          (void);
/* @solved: all tiles edge to edge where they belong; shared: it must not change any more. Cell i shows tile @order[i]; nothing is
 * pinned. */
void          smalti_puzzle_board_set_puzzle   (SmaltiPuzzleBoard  *self,
                                                SmaltiImage        *solved,
                                                guint               grid,
                                                const guint8       *order);
/* Moves the tiles there; one that has to leave its cell is pinned no more. */
void          smalti_puzzle_board_set_order    (SmaltiPuzzleBoard  *self,
                                                const guint8       *order);
/* (transfer none) (array): one of each cell. */
const guint8 *smalti_puzzle_board_get_order    (SmaltiPuzzleBoard  *self);
const guint8 *smalti_puzzle_board_get_pinned   (SmaltiPuzzleBoard  *self);
guint         smalti_puzzle_board_get_n_tiles  (SmaltiPuzzleBoard  *self);
guint         smalti_puzzle_board_get_n_right  (SmaltiPuzzleBoard  *self);
/* Whether right and wrong tiles are marked as such. */
void          smalti_puzzle_board_set_marks    (SmaltiPuzzleBoard  *self,
                                                gboolean            marks);
/* @sureness (array) (nullable): how probable it is that the tile in each cell belongs there, written on it; negative: nothing. Goes
 * with the next change. */
void          smalti_puzzle_board_set_sureness (SmaltiPuzzleBoard  *self,
                                                const gfloat       *sureness);

G_END_DECLS
