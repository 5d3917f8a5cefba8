/* SPDX-License-Identifier: Apache-2.0 */
/* Features in few dimensions: principal components, and maps in two that people can look at. Everything is a function of
 * the features and the seed alone, to the bit, whatever the number of threads. */
#pragma once

#include "core/eval/features.h"

G_BEGIN_DECLS

/**
 * SmaltiPca:
 *
 * The directions in which rows differ most.
 */
typedef struct _SmaltiPca SmaltiPca;

/**
 * smalti_pca_new:
 * @x: (n, dim)
 * @scale: (nullable): (n): what each row is multiplied with first
 * @n_components: at most; there are no more than dim, or n
 *
 * The leading eigenvectors of the rows' covariance by subspace iteration from random directions (Halko, Martinsson & Tropp
 * 2011, arXiv:0909.4061), which never makes the covariance itself: features have thousands of numbers. SMALTI_ERROR_DATA
 * when a number is not finite or there is no row, SMALTI_ERROR_CANCELLED.
 */
SmaltiPca    *smalti_pca_new                (const gfloat       *x,
                                             guint               n,
                                             gsize               dim,
                                             const gfloat       *scale,
                                             guint               n_components,
                                             guint64             seed,
                                             GCancellable       *cancellable,
                                             GError            **error);
void          smalti_pca_free               (SmaltiPca          *self);
guint         smalti_pca_get_n_components   (const SmaltiPca    *self);
/* (transfer none): a unit vector of dim; its largest number is positive. In order of variance. */
const gfloat *smalti_pca_get_component      (const SmaltiPca    *self,
                                             guint               component);
/* Along the component (over n - 1), and of everything. */
gdouble       smalti_pca_get_variance       (const SmaltiPca    *self,
                                             guint               component);
gdouble       smalti_pca_get_total_variance (const SmaltiPca    *self);
/* @y: (out): (n, n_components): rows less the mean along the components. */
void          smalti_pca_project            (const SmaltiPca    *self,
                                             const gfloat       *x,
                                             const gfloat       *scale,
                                             guint               n,
                                             gfloat             *y);

typedef enum
{
  SMALTI_MAP_PCA,
  SMALTI_MAP_TSNE, /* van der Maaten & Hinton 2008; by Barnes & Hut's tree: van der Maaten 2014, arXiv:1301.3342 */
} SmaltiMapMethod;

typedef struct
{
  SmaltiMapMethod method;
  guint64 seed;
  gdouble perplexity;  /* t-SNE: how many neighbours count, softly; 0: 30 */
  guint n_iterations;  /* t-SNE; 0: 750 */
} SmaltiMapOptions;

/**
 * SmaltiMapProgress:
 * @layout: (nullable): (n, 2): where the points are now; valid during the call
 * @divergence: what t-SNE makes small (Kullback & Leibler), as last measured; not a number before
 *
 * On the thread that makes the map.
 */
typedef void (*SmaltiMapProgress) (const char   *phase,
                                   guint         done,
                                   guint         total,
                                   const gfloat *layout,
                                   gdouble       divergence,
                                   gpointer      user_data);

/**
 * smalti_map_features:
 * @options: (nullable)
 * @divergence: (out) (optional): at the end; not a number for PCA
 *
 * Directions of features, as retrieval compares them, in two dimensions. t-SNE begins from the first two principal
 * components, works on the first 50, and moves points with the step of Belkina et al. (2019, Nature Communications 10).
 *
 * Returns: (transfer full): (n, 2), centred; free with g_free(). %NULL with SMALTI_ERROR_DATA or SMALTI_ERROR_CANCELLED
 */
gfloat *smalti_map_features (const SmaltiFeatures   *features,
                             const SmaltiMapOptions *options,
                             GCancellable           *cancellable,
                             SmaltiMapProgress       progress,
                             gpointer                user_data,
                             gdouble                *divergence,
                             GError                **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiPca, smalti_pca_free)

G_END_DECLS
