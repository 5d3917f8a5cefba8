/* SPDX-License-Identifier: Apache-2.0 */
/* The search that votes, retrieval and maps share: of many points the few nearest to each of some rows, by brute force. */
#pragma once

#include "core/eval/retrieval.h"

G_BEGIN_DECLS

/* The nearness of a row to a point is (row . point) row_scale point_scale + point_bias: a cosine with inverse lengths for
 * scales; minus half the squared distance, up to what depends on the row alone, with minus half the squares for biases. */
typedef struct
{
  const gfloat *data; /* (n, dim) */
  guint n;
  gsize dim;
  const gfloat *scale; /* (n), nullable: 1 */
  const gfloat *bias;  /* (n), nullable: 0 */
} SmaltiPoints;

#define SMALTI_NEAREST_ROWS 64 /* in a search, at most */

/**
 * smalti_nearest_search:
 * @row: (n_rows, dim)
 * @row_scale: (nullable): (n_rows)
 * @left_out: row i does not find point @left_out + i; negative: all find all
 * @found: (out): (n_rows, k), unordered
 * @n_found: (out): (n_rows): k, or as many as there are
 *
 * Runs on the calling thread when that is one of a parallel region. Of equally near points the earlier one is nearer, so
 * the answer does not depend on the blocks.
 */
void     smalti_nearest_search  (const SmaltiPoints  *points,
                                 const gfloat        *row,
                                 const gfloat        *row_scale,
                                 guint                n_rows,
                                 gint64               left_out,
                                 guint                k,
                                 SmaltiNeighbour     *found,
                                 guint               *n_found);
/* Nearest first. */
void     smalti_nearest_sort    (SmaltiNeighbour     *found,
                                 guint                n);
/* 1 / length of each row, 0 for one of zeros; %NULL with SMALTI_ERROR_DATA when a feature is not a finite number. */
gfloat  *smalti_inverse_lengths (const SmaltiFeatures *features,
                                 GError              **error);

G_END_DECLS
