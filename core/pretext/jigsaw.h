/* SPDX-License-Identifier: Apache-2.0 */
/* Puzzles whose tiles a person has put into an order. */
#pragma once

#include "core/pretext/permutations.h"
#include "core/pretext/pretext.h"

G_BEGIN_DECLS

/* (transfer none): the orders that the network tells apart. */
const SmaltiPermutationSet *smalti_jigsaw_get_set  (SmaltiPretext       *pretext);
/* Whether @order names each tile once. */
gboolean                    smalti_jigsaw_is_order (SmaltiPretext       *pretext,
                                                    const guint8        *order);
/* Reorders the tiles of a sample as draw filled its @fields: cell i shows tile order[i], whatever it showed. */
void                        smalti_jigsaw_arrange  (SmaltiPretext       *pretext,
                                                    gpointer const      *fields,
                                                    const guint8        *order);
/* As the class's preview, when the input shows the tiles of that puzzle in @order, which need not be of the set. */
SmaltiPreview              *smalti_jigsaw_preview  (SmaltiPretext       *pretext,
                                                    const SmaltiImage   *image,
                                                    const SmaltiRandom  *random,
                                                    const guint8        *order,
                                                    const gfloat        *logits);
/* (transfer full): the solved puzzle as a picture to play with, tiles edge to edge: where the sample's tiles lie, but cut out of
 * @image itself, as fine as it is up to @max_side pixels a tile. @random as in the class's preview. @grid: (out): cells a
 * side; @order: (out): the tile that each cell of the sample shows. */
SmaltiImage                *smalti_jigsaw_cut      (SmaltiPretext       *pretext,
                                                    const SmaltiImage   *image,
                                                    const SmaltiRandom  *random,
                                                    gint                 max_side,
                                                    guint               *grid,
                                                    guint8              *order);

G_END_DECLS
