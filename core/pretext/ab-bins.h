/* SPDX-License-Identifier: Apache-2.0 */
/* Colour as classes: the ab plane of CIE Lab quantised on a grid of 10 (Zhang, Isola & Efros 2016, section 2.1-2.3). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SMALTI_N_AB_BINS 313
#define SMALTI_AB_NEIGHBOURS 5

/* (SMALTI_N_AB_BINS, 2): a and b of each centre, in the published order: a ascending, then b ascending. */
const gfloat *smalti_ab_centres (void);

/* The soft encoding: nearest centres with Gaussian weights that sum to 1. */
typedef struct _SmaltiAbEncoder SmaltiAbEncoder;

/* @sigma: deviation of the Gaussian, in ab units; the paper has 5. */
SmaltiAbEncoder *smalti_ab_encoder_new  (gfloat                  sigma);
void             smalti_ab_encoder_free (SmaltiAbEncoder        *self);
/**
 * smalti_ab_encode:
 * @bin: (out) (array length=5): the nearest centres, nearest first; of equals the one of lower number
 * @share: (out) (array length=5): their weights, together 1
 *
 * Exact for a and b within +-128 (sRGB stays within +-108); what lies outside is encoded as the nearest point inside.
 * Thread safe.
 */
void             smalti_ab_encode       (const SmaltiAbEncoder  *self,
                                         gfloat                  a,
                                         gfloat                  b,
                                         gint32                 *bin,
                                         gfloat                 *share);

/**
 * smalti_ab_rebalance:
 * @counts: (array length=313): how often each bin is a pixel's nearest
 * @sigma: the counts are smoothed by a Gaussian of this deviation over the bins
 * @lambda: share of the uniform distribution mixed in: 1 gives every bin the same weight
 * @prior: (out) (array length=313): the smoothed distribution
 * @weight: (out) (array length=313): 1 / ((1 - lambda) prior + lambda / 313), scaled so that its expectation under @prior
 *   is 1
 *
 * Equation 4 of the paper. Without any counts the prior is uniform.
 */
void             smalti_ab_rebalance    (const gdouble          *counts,
                                         gfloat                  sigma,
                                         gfloat                  lambda,
                                         gdouble                *prior,
                                         gfloat                 *weight);

/**
 * smalti_ab_annealed_mean:
 * @logits: the first of 313, @stride elements apart
 * @temperature: 1 is the mean, near 0 the mode; the paper has 0.38
 *
 * The mean of the centres under softmax (logits / temperature): section 2.3.
 */
void             smalti_ab_annealed_mean (const gfloat          *logits,
                                          gsize                  stride,
                                          gfloat                 temperature,
                                          gfloat                *a,
                                          gfloat                *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiAbEncoder, smalti_ab_encoder_free)

G_END_DECLS
