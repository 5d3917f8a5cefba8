/* SPDX-License-Identifier: Apache-2.0 */
/* Puzzles with a person's hand in them: the tiles are the person's to move, the model says what it thinks of it. A puzzle
 * is an image and a seed, which say where its tiles are cut; smalti_model_predict() has pictures of the same one. Tiles are
 * numbered by the cell they belong in, row by row. */
#pragma once

#include "core/run/model.h"

G_BEGIN_DECLS

#define SMALTI_MAX_TILES 16

/* smalti_model_predict() when cell i shows tile @order[i] instead of what the seed says; the order need not be one that the
 * model was trained to tell apart, but it can only answer with one of those. %NULL: the seed's own order.
 * SMALTI_ERROR_ARGUMENT unless the model solves puzzles and @order names each tile once. */
SmaltiPreview *smalti_model_predict_with (SmaltiModel        *self,
                                          const SmaltiImage  *image,
                                          guint64             seed,
                                          const guint8       *order,
                                          GError            **error);

/* (transfer full): the solved puzzle to play with: see smalti_jigsaw_cut(). @order: (array) (out): SMALTI_MAX_TILES: the seed's. */
SmaltiImage   *smalti_model_cut_puzzle   (SmaltiModel        *self,
                                          const SmaltiImage  *image,
                                          guint64             seed,
                                          gint                max_side,
                                          guint              *grid,
                                          guint8             *order,
                                          GError            **error);

typedef struct
{
  guint n_tiles;
  guint8 order[SMALTI_MAX_TILES];                    /* cell i gets tile order[i] */
  gfloat place[SMALTI_MAX_TILES][SMALTI_MAX_TILES];  /* [tile][cell]: how probable it is to the model that it belongs
                                                        there; over the cells, and over the tiles, they sum to 1 */
  guint n_right;                                     /* tiles in place */
  guint n_asked;                                     /* puzzles the model was asked */
} SmaltiPuzzleAnswer;

/**
 * smalti_model_finish_puzzle:
 * @order: (array): the tiles as the person has them: cell i shows tile order[i]
 * @pinned: (array) (nullable): 1 for each cell whose tile stays
 *
 * Lets the model finish a puzzle. It knows a fixed set of orders and nothing else, so it is shown these tiles in several of
 * that set, @order not among them; its probabilities are added up for each tile and each place. The answer is the order
 * that is expected to have most tiles in place among all that keep the pinned ones, whether these are right or not.
 * It is a function of the image, the seed and the pinned tiles.
 */
gboolean       smalti_model_finish_puzzle (SmaltiModel         *self,
                                           const SmaltiImage   *image,
                                           guint64              seed,
                                           const guint8        *order,
                                           const guint8        *pinned,
                                           SmaltiPuzzleAnswer  *answer,
                                           GError             **error);

G_END_DECLS
