/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of permutations that lie far apart: the classes of the jigsaw task (Noroozi & Favaro 2016, section 4.2, algorithm
 * 1). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the next permutation maximises over those chosen so far; equals are settled by the other, then by the seed. */
typedef enum
{
  SMALTI_CRITERION_MAX_AVG, /* mean Hamming distance: the published sets */
  SMALTI_CRITERION_MAX_MIN, /* least Hamming distance: no two puzzles look alike */
} SmaltiCriterion;

/* Cell i of puzzle p shows the tile that belongs in cell tile[p * n_tiles + i]. */
typedef struct
{
  guint n_tiles;
  guint n;
  guint8 *tile;          /* (n, n_tiles), owned */
  guint min_distance;    /* over all pairs; 0 when there is only one */
  gdouble mean_distance; /* over all pairs */
} SmaltiPermutationSet;

/**
 * smalti_permutation_set_new:
 * @n_tiles: 4 or 9
 * @n: 1 to n_tiles!
 * @seed: picks the first, uniformly, and settles equals; the set is a function of these four arguments
 *
 * Greedy over all n_tiles! candidates; 10,000 of 9 take seconds.
 *
 * Returns: (nullable): %NULL with SMALTI_ERROR_ARGUMENT when there are not so many
 */
SmaltiPermutationSet *smalti_permutation_set_new  (guint                        n_tiles,
                                                   guint                        n,
                                                   SmaltiCriterion              criterion,
                                                   guint64                      seed,
                                                   GError                     **error);
void                  smalti_permutation_set_free (SmaltiPermutationSet        *self);
/* (transfer none): its n_tiles entries. */
const guint8         *smalti_permutation_set_get  (const SmaltiPermutationSet  *self,
                                                   guint                        i);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiPermutationSet, smalti_permutation_set_free)

G_END_DECLS
