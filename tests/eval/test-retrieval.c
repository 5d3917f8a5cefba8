/* SPDX-License-Identifier: Apache-2.0 */
/* Neighbours: those that a plain double loop finds, in its order. */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "core/base/error.h"
#include "core/eval/retrieval.h"
#include "feature-set.h"

static gdouble
cosine (const gfloat *a, const gfloat *b, gsize dim)
{
  gdouble dot = 0, aa = 0, bb = 0;

  for (gsize j = 0; j < dim; j++)
    {
      dot += (gdouble)a[j] * b[j];
      aa += (gdouble)a[j] * a[j];
      bb += (gdouble)b[j] * b[j];
    }
  return aa > 0 && bb > 0 ? dot / sqrt (aa * bb) : 0;
}

/* Similarities that differ by rounding may stand in either order. */
static void
assert_nearest (const SmaltiFeatureSet *set, const gfloat *query, gint64 left_out, const SmaltiNeighbour *found,
                guint n_found, guint k)
{
  g_autofree gdouble *similarity = g_new (gdouble, set->n);
  gsize dim = set->layer->dim;

  for (guint i = 0; i < set->n; i++)
    similarity[i] = i == left_out ? -2 : cosine (query, set->layer->data + i * dim, dim);
  g_assert_cmpuint (n_found, ==, MIN (k, set->n - (left_out >= 0)));
  for (guint n = 0; n < n_found; n++)
    {
      guint best = 0;

      for (guint i = 1; i < set->n; i++)
        if (similarity[i] > similarity[best])
          best = i;
      g_assert_cmpfloat_with_epsilon (found[n].similarity, similarity[best], 1e-5);
      g_assert_cmpfloat_with_epsilon (found[n].similarity, similarity[found[n].image], 1e-5);
      similarity[found[n].image] = -3; /* and not found twice */
    }
}

static void
blocks_find_what_plain_loops_find (void)
{
  const guint n = 2600, k = 25;
  g_autoptr (SmaltiFeatureSet) set = feature_set_blobs (n, 11, 7, 0.5, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiRetrieval) retrieval = smalti_retrieval_new (set->layer, &error);
  SmaltiNeighbour found[25];

  g_assert_no_error (error);
  for (guint image = 0; image < n; image += 97)
    {
      const gfloat *own = feature_set_row (set, image);

      assert_nearest (set, own, image, found, smalti_retrieval_find (retrieval, image, k, found), k);
      assert_nearest (set, own, -1, found, smalti_retrieval_find_new (retrieval, own, k, found), k);
      g_assert_cmpuint (found[0].image, ==, image); /* given as a new one it finds itself */
    }
}

static void
an_image_is_not_its_own_neighbour (void)
{
  g_autoptr (SmaltiFeatureSet) set = feature_set_new (4, 3, 1, 1);
  g_autoptr (SmaltiRetrieval) retrieval = NULL;
  SmaltiNeighbour found[8];

  for (guint i = 0; i < 4; i++)
    memcpy (feature_set_row (set, i), (gfloat[]){ 1, 2, i == 3 ? 9 : 3 }, 3 * sizeof (gfloat));
  retrieval = smalti_retrieval_new (set->layer, NULL);
  g_assert_cmpuint (smalti_retrieval_find (retrieval, 1, 8, found), ==, 3);
  g_assert_cmpuint (found[0].image, ==, 0); /* of equals the earlier one */
  g_assert_cmpuint (found[1].image, ==, 2);
  g_assert_cmpuint (found[2].image, ==, 3);
  g_assert_cmpfloat (found[0].similarity, ==, found[1].similarity);
}

static void
nothing_resembles_nothing (void)
{
  g_autoptr (SmaltiFeatureSet) set = feature_set_blobs (5, 4, 2, 1, 1);
  g_autoptr (SmaltiRetrieval) retrieval = NULL;
  const gfloat zero[4] = { 0 }, wrong[4] = { 1, NAN, 0, 0 };
  SmaltiNeighbour found[5];

  memset (feature_set_row (set, 2), 0, sizeof zero);
  retrieval = smalti_retrieval_new (set->layer, NULL);
  g_assert_cmpuint (smalti_retrieval_find_new (retrieval, zero, 5, found), ==, 0);
  g_assert_cmpuint (smalti_retrieval_find_new (retrieval, wrong, 5, found), ==, 0);
  g_assert_cmpuint (smalti_retrieval_find (retrieval, 2, 5, found), ==, 4);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat (found[i].similarity, ==, 0);
}

static void
features_that_are_no_numbers_are_refused (void)
{
  g_autoptr (SmaltiFeatureSet) set = feature_set_blobs (5, 4, 2, 1, 1);
  g_autoptr (GError) error = NULL;

  feature_set_row (set, 3)[1] = INFINITY;
  g_assert_null (smalti_retrieval_new (set->layer, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  omp_set_num_threads (1);
  g_test_add_func ("/retrieval/blocks", blocks_find_what_plain_loops_find);
  g_test_add_func ("/retrieval/itself", an_image_is_not_its_own_neighbour);
  g_test_add_func ("/retrieval/zero", nothing_resembles_nothing);
  g_test_add_func ("/retrieval/finite", features_that_are_no_numbers_are_refused);
  return g_test_run ();
}
