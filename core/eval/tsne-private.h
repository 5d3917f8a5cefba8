/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of t-SNE: who attracts whom (affinities.c), how all push each other away (barnes-hut.c), and the descent
 * (tsne.c). */
#pragma once

#include "core/eval/embedding.h"

G_BEGIN_DECLS

/* A symmetric sparse matrix whose numbers sum to 1: how alike two rows are. Those of row i, ascending in `index`, are
 * from start[i] to start[i + 1]. */
typedef struct
{
  guint n;
  gsize *start; /* (n + 1) */
  guint32 *index;
  gfloat *value;
} SmaltiAffinities;

/* Of rows @x (n, dim) by their distances: each row's nearest 3 * @perplexity under a Gaussian as wide as makes its
 * perplexity @perplexity. %NULL with SMALTI_ERROR_CANCELLED. */
SmaltiAffinities *smalti_affinities_new  (const gfloat            *x,
                                          guint                    n,
                                          gsize                    dim,
                                          gdouble                  perplexity,
                                          GCancellable            *cancellable,
                                          SmaltiMapProgress        progress,
                                          gpointer                 user_data,
                                          GError                 **error);
void              smalti_affinities_free (SmaltiAffinities        *self);

/* Room for the repulsion of n points, used again at each step. */
typedef struct _SmaltiRepulsion SmaltiRepulsion;

SmaltiRepulsion  *smalti_repulsion_new   (guint                    n);
void              smalti_repulsion_free  (SmaltiRepulsion         *self);
/**
 * smalti_repulsion_measure:
 * @y: (n, 2): where the points are
 * @theta: cells are taken as one point that look smaller than so many radians, below 0.7; 0: none, the exact sums
 * @force: (out): (n, 2): sum over the others of q^2 (y_i - y_j), where q = 1 / (1 + |y_i - y_j|^2)
 *
 * Returns: the sum of q over all pairs, each twice
 */
gdouble           smalti_repulsion_measure (SmaltiRepulsion       *self,
                                            const gfloat          *y,
                                            gdouble                theta,
                                            gfloat                *force);

/* @y: (n, 2): from where it begins, to where it ends. FALSE with SMALTI_ERROR_CANCELLED. */
gboolean          smalti_tsne            (const SmaltiAffinities  *affinities,
                                          guint                    n_iterations,
                                          gfloat                  *y,
                                          GCancellable            *cancellable,
                                          SmaltiMapProgress        progress,
                                          gpointer                 user_data,
                                          gdouble                 *divergence,
                                          GError                 **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiAffinities, smalti_affinities_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiRepulsion, smalti_repulsion_free)

G_END_DECLS
