/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the loss (softmax-regression.c) and stochastic gradient descent on it (softmax-sgd.c). */
#pragma once

#include "core/eval/softmax-regression.h"

G_BEGIN_DECLS

/* Columns a thread takes of what is done to every weight. */
#define SMALTI_COLUMN_BLOCK 1024

struct _SmaltiSoftmaxRegression
{
  const SmaltiFeatures *features;
  const gint32 *label;
  guint n_classes;
  gdouble decay;
  guint8 *held; /* (n) (nullable): 1 for images that are held back: they count in held_loss alone */
  guint n_held;
  gdouble held_loss; /* mean cross-entropy of those, of the last loss that was computed */
  gfloat *mean, *scale; /* (dim): a feature x is standardised as (x - mean) scale; scale is 0 where nothing varies */

  guint n_parts, n_block_rows;
  gfloat *folded;          /* (n_classes, dim): weights times scale: what the raw features are multiplied by */
  gfloat *part_gradient;   /* (n_parts, n_classes, dim) */
  gdouble *part_bias;      /* (n_parts, n_classes): gradient of the biases */
  gdouble *part_loss;      /* (n_parts) */
  gdouble *part_held_loss; /* (n_parts) */
  gfloat *part_logits;     /* (n_parts, n_block_rows, n_classes) */
};

/* @logits (n_rows, n_classes) -> d loss / d logits: softmax less one at the label, not yet divided by the number of
 * images; zero for those that are held. Returns the summed cross-entropy of the others and adds the columns' sums to
 * @bias and the cross-entropy of those held to @held_loss; both may be %NULL when @held is. */
gdouble smalti_softmax_backward (gfloat        *logits,
                                 const gint32  *label,
                                 const guint8  *held /* nullable */,
                                 guint          n_rows,
                                 guint          n_classes,
                                 gdouble       *bias,
                                 gdouble       *held_loss);

G_END_DECLS
