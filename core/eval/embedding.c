/* SPDX-License-Identifier: Apache-2.0 */
/* From features to a map. */
#include "core/eval/embedding.h"

#include <math.h>

#include "core/base/error.h"
#include "core/eval/nearest-private.h"
#include "core/eval/tsne-private.h"

#define DIMENSIONS   50 /* that t-SNE works on */
#define PERPLEXITY   30
#define N_ITERATIONS 750
#define FIRST_SPREAD 1e-4 /* deviation of the layout that t-SNE begins from: nearly a point, with all distances in it  \
                           */
#define FEWEST 5          /* points that t-SNE makes sense for */

static gfloat *
project (const SmaltiFeatures *features, const gfloat *scale, guint n_components, guint64 seed,
         GCancellable *cancellable, gsize *dim, GError **error)
{
  g_autoptr (SmaltiPca) pca
      = smalti_pca_new (features->data, features->n, features->dim, scale, n_components, seed, cancellable, error);
  gfloat *y;

  if (pca == NULL)
    return NULL;
  *dim = smalti_pca_get_n_components (pca);
  y = g_new0 (gfloat, features->n * MAX (*dim, 1));
  smalti_pca_project (pca, features->data, scale, features->n, y);
  return y;
}

/* The first two of @dim numbers each, multiplied with @by. */
static gfloat *
take_two (const gfloat *x, guint n, gsize dim, gdouble by)
{
  gfloat *y = g_new0 (gfloat, 2 * (gsize)n);

  for (gsize i = 0; i < n; i++)
    for (gsize axis = 0; axis < MIN (dim, 2); axis++)
      y[2 * i + axis] = x[i * dim + axis] * by;
  return y;
}

static gdouble
deviation (const gfloat *x, guint n, gsize dim)
{
  gdouble squares = 0;

  for (gsize i = 0; i < n; i++)
    squares += (gdouble)x[i * dim] * x[i * dim] / n;
  return sqrt (squares);
}

gfloat *
smalti_map_features (const SmaltiFeatures *features, const SmaltiMapOptions *options, GCancellable *cancellable,
                     SmaltiMapProgress progress, gpointer user_data, gdouble *divergence, GError **error)
{
  const SmaltiMapOptions set = options != NULL ? *options : (SmaltiMapOptions){ .method = SMALTI_MAP_TSNE };
  gboolean unfolds = set.method == SMALTI_MAP_TSNE && features->n >= FEWEST;
  g_autofree gfloat *scale = smalti_inverse_lengths (features, error), *x = NULL, *y = NULL;
  g_autoptr (SmaltiAffinities) affinities = NULL;
  gdouble spread, last = NAN;
  gsize dim;

  if (scale == NULL)
    return NULL;
  if (progress != NULL)
    progress (_ ("Looking for the main directions"), 0, 1, NULL, NAN, user_data);
  x = project (features, scale, unfolds ? DIMENSIONS : 2, set.seed, cancellable, &dim, error);
  if (x == NULL)
    return NULL;
  spread = deviation (x, features->n, dim);
  y = take_two (x, features->n, dim, unfolds && spread > 0 ? FIRST_SPREAD / spread : 1);
  if (unfolds)
    {
      affinities = smalti_affinities_new (x, features->n, dim, set.perplexity > 0 ? set.perplexity : PERPLEXITY,
                                          cancellable, progress, user_data, error);
      if (affinities == NULL
          || !smalti_tsne (affinities, set.n_iterations > 0 ? set.n_iterations : N_ITERATIONS, y, cancellable, progress,
                           user_data, &last, error))
        return NULL;
    }
  if (divergence != NULL)
    *divergence = last;
  return g_steal_pointer (&y);
}
