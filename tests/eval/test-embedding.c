/* SPDX-License-Identifier: Apache-2.0 */
/* Principal components and maps, and the parts of t-SNE against their formulas. */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "core/base/error.h"
#include "core/eval/tsne-private.h"
#include "feature-set.h"

/* Rows whose covariance is known: deviations 8, 4, 2, 1, 1/2 ... along directions that are an orthonormal basis (that
 * of the cosine transform), around a mean far from zero. */
static gfloat *
known_rows (guint n, guint dim)
{
  gfloat *x = g_new (gfloat, (gsize)n * dim);

  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < dim; j++)
      x[i * dim + j] = 20 + j;
  for (guint d = 0; d < dim; d++)
    {
      gdouble norm = sqrt ((d == 0 ? 1.0 : 2.0) / dim);

      for (guint i = 0; i < n; i++)
        {
          SmaltiRandom random;
          gdouble along;

          smalti_random_init (&random, 3, SMALTI_STREAM_TEST, d, i);
          along = 8 / pow (2, d) * smalti_random_normal (&random);
          for (guint j = 0; j < dim; j++)
            x[i * dim + j] += along * norm * cos (G_PI / dim * (j + 0.5) * d);
        }
    }
  return x;
}

static void
components_are_those_of_a_known_covariance (void)
{
  const guint n = 20000, dim = 24;
  g_autofree gfloat *x = known_rows (n, dim), *y = g_new (gfloat, 4 * n);
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiPca) pca = smalti_pca_new (x, n, dim, NULL, 4, 1, NULL, &error);
  gdouble total = 0;

  g_assert_no_error (error);
  g_assert_cmpuint (smalti_pca_get_n_components (pca), ==, 4);
  for (guint d = 0; d < dim; d++)
    total += 64 / pow (4, d);
  g_assert_cmpfloat_with_epsilon (smalti_pca_get_total_variance (pca), total, 0.03 * total);
  smalti_pca_project (pca, x, NULL, n, y);
  for (guint c = 0; c < 4; c++)
    {
      const gfloat *component = smalti_pca_get_component (pca, c);
      gdouble norm = sqrt ((c == 0 ? 1.0 : 2.0) / dim), dot = 0, length = 0, mean = 0, squares = 0;

      for (guint j = 0; j < dim; j++)
        {
          dot += component[j] * norm * cos (G_PI / dim * (j + 0.5) * c);
          length += component[j] * component[j];
        }
      g_assert_cmpfloat_with_epsilon (length, 1, 1e-5);
      g_assert_cmpfloat (fabs (dot), >, 0.999);
      g_assert_cmpfloat_with_epsilon (smalti_pca_get_variance (pca, c), 64 / pow (4, c), 0.05 * 64 / pow (4, c));
      for (guint i = 0; i < n; i++)
        {
          mean += y[4 * i + c] / n;
          squares += (gdouble)y[4 * i + c] * y[4 * i + c] / (n - 1);
        }
      g_assert_cmpfloat_with_epsilon (mean, 0, 1e-3);
      g_assert_cmpfloat_with_epsilon (squares, smalti_pca_get_variance (pca, c), 1e-3 * squares);
    }
}

/* Four points in 3 dimensions, by hand: (+-3, 0, 0) and (0, +-1, 0) have variances 18 / 3 and 2 / 3. */
static void
components_of_few_rows_are_exact (void)
{
  const gfloat x[] = { 3, 0, 7, -3, 0, 7, 0, 1, 7, 0, -1, 7 };
  g_autoptr (SmaltiPca) pca = smalti_pca_new (x, 4, 3, NULL, 50, 1, NULL, NULL);
  gfloat y[12];

  g_assert_cmpuint (smalti_pca_get_n_components (pca), ==, 3);
  g_assert_cmpfloat_with_epsilon (smalti_pca_get_variance (pca, 0), 6, 1e-5);
  g_assert_cmpfloat_with_epsilon (smalti_pca_get_variance (pca, 1), 2.0 / 3, 1e-5);
  g_assert_cmpfloat_with_epsilon (smalti_pca_get_variance (pca, 2), 0, 1e-5);
  g_assert_cmpfloat_with_epsilon (smalti_pca_get_component (pca, 0)[0], 1, 1e-5);
  g_assert_cmpfloat_with_epsilon (smalti_pca_get_component (pca, 1)[1], 1, 1e-5);
  smalti_pca_project (pca, x, NULL, 4, y);
  g_assert_cmpfloat_with_epsilon (y[0], 3, 1e-5);
  g_assert_cmpfloat_with_epsilon (y[3], -3, 1e-5);
  g_assert_cmpfloat_with_epsilon (y[7], 1, 1e-5);
}

/* More numbers than rows, as features have them; rows scaled on the way are rows scaled before. */
static void
scaled_rows_are_rows_scaled_before (void)
{
  const guint n = 90, dim = 400;
  g_autoptr (SmaltiFeatureSet) set = feature_set_blobs (n, dim, 3, 1, 1);
  g_autofree gfloat *scale = g_new (gfloat, n), *scaled = g_new (gfloat, n * dim), *a = g_new (gfloat, 5 * n);
  g_autofree gfloat *b = g_new (gfloat, 5 * n);
  g_autoptr (SmaltiPca) one = NULL, other = NULL;

  for (guint i = 0; i < n; i++)
    {
      scale[i] = 1 + 0.1 * (i % 7);
      for (guint j = 0; j < dim; j++)
        scaled[i * dim + j] = feature_set_row (set, i)[j] * scale[i];
    }
  one = smalti_pca_new (set->layer->data, n, dim, scale, 5, 1, NULL, NULL);
  other = smalti_pca_new (scaled, n, dim, NULL, 5, 1, NULL, NULL);
  smalti_pca_project (one, set->layer->data, scale, n, a);
  smalti_pca_project (other, scaled, NULL, n, b);
  for (guint c = 0; c < 2; c++) /* three clouds span a plane; beyond it all directions are alike */
    {
      g_assert_cmpfloat_with_epsilon (smalti_pca_get_variance (one, c), smalti_pca_get_variance (other, c),
                                      1e-4 * smalti_pca_get_variance (other, c));
      for (guint i = 0; i < n; i++)
        g_assert_cmpfloat_with_epsilon (a[5 * i + c], b[5 * i + c], 0.02);
    }
}

static void
rows_that_are_all_the_same_have_no_variance (void)
{
  g_autofree gfloat *x = g_new (gfloat, 60), *y = g_new (gfloat, 24);
  g_autoptr (SmaltiPca) pca = NULL;

  for (guint i = 0; i < 60; i++)
    x[i] = i % 5;
  pca = smalti_pca_new (x, 12, 5, NULL, 2, 1, NULL, NULL);
  g_assert_cmpfloat_with_epsilon (smalti_pca_get_variance (pca, 0), 0, 1e-6);
  smalti_pca_project (pca, x, NULL, 12, y);
  for (guint i = 0; i < 24; i++)
    g_assert_cmpfloat_with_epsilon (y[i], 0, 1e-5);
}

static void
neighbours_share_what_the_perplexity_says (void)
{
  const guint n = 700;
  const gdouble perplexity = 20;
  g_autoptr (SmaltiFeatureSet) set = feature_set_blobs (n, 8, 4, 1, 1);
  g_autoptr (SmaltiAffinities) p = smalti_affinities_new (set->layer->data, n, 8, perplexity, NULL, NULL, NULL, NULL);
  gdouble sum = 0, rows = 0;

  for (guint i = 0; i < n; i++)
    {
      gdouble own = 0, entropy = 0;

      for (gsize e = p->start[i]; e < p->start[i + 1]; e++)
        {
          guint j = p->index[e];
          gboolean found = FALSE;

          g_assert_cmpuint (j, !=, i);
          g_assert_true (e == p->start[i] || p->index[e - 1] < j);
          for (gsize back = p->start[j]; back < p->start[j + 1]; back++)
            found |= p->index[back] == i && p->value[back] == p->value[e];
          g_assert_true (found);
          own += p->value[e];
        }
      for (gsize e = p->start[i]; e < p->start[i + 1]; e++)
        entropy -= p->value[e] / own * log (MAX (p->value[e] / own, 1e-30));
      sum += own;
      rows += exp (entropy) / n;
      g_assert_cmpfloat (own, >=, 0.499 / n); /* everybody is held by its own neighbours at least */
    }
  g_assert_cmpfloat_with_epsilon (sum, 1, 1e-4);
  g_assert_cmpfloat (rows, >, perplexity); /* of both sides together */
  g_assert_cmpfloat (rows, <, 2.5 * perplexity);
}

static void
exact_repulsion (const gfloat *y, guint n, gdouble *force, gdouble *q_sum)
{
  *q_sum = 0;
  for (guint i = 0; i < n; i++)
    {
      force[2 * i] = force[2 * i + 1] = 0;
      for (guint j = 0; j < n; j++)
        {
          gdouble dx = y[2 * i] - y[2 * j], dy = y[2 * i + 1] - y[2 * j + 1], q = 1 / (1 + dx * dx + dy * dy);

          if (i == j)
            continue;
          *q_sum += q;
          force[2 * i] += q * q * dx;
          force[2 * i + 1] += q * q * dy;
        }
    }
}

/* Clouds of different sizes, some points in one place, one far away. */
static gfloat *
scattered (guint n)
{
  gfloat *y = g_new (gfloat, 2 * n);

  for (guint i = 0; i < 2 * n; i++)
    {
      SmaltiRandom random;

      smalti_random_init (&random, 5, SMALTI_STREAM_TEST, 0, i);
      y[i] = (i / 2 % 3) * 30.0 + (1 + i / 2 % 5) * smalti_random_normal (&random);
    }
  for (guint i = 0; i < 200; i++) /* more than a leaf holds */
    y[i] = 3;
  y[2 * n - 1] = 400;
  return y;
}

static void
the_tree_pushes_as_all_pairs_do (void)
{
  const guint n = 2000;
  g_autofree gfloat *y = scattered (n), *force = g_new (gfloat, 2 * n);
  g_autofree gdouble *exact = g_new (gdouble, 2 * n);
  g_autoptr (SmaltiRepulsion) repulsion = smalti_repulsion_new (n);
  gdouble q_sum, exact_sum, largest = 0;

  exact_repulsion (y, n, exact, &exact_sum);
  for (guint i = 0; i < 2 * n; i++)
    largest = MAX (largest, fabs (exact[i]));
  q_sum = smalti_repulsion_measure (repulsion, y, 0, force);
  g_assert_cmpfloat_with_epsilon (q_sum, exact_sum, 1e-5 * exact_sum);
  for (guint i = 0; i < 2 * n; i++)
    g_assert_cmpfloat_with_epsilon (force[i], exact[i], 1e-4 * largest);
  q_sum = smalti_repulsion_measure (repulsion, y, 0.5, force);
  g_assert_cmpfloat_with_epsilon (q_sum, exact_sum, 5e-3 * exact_sum);
  for (guint i = 0; i < 2 * n; i++)
    g_assert_cmpfloat_with_epsilon (force[i], exact[i], 0.01 * largest);
}

typedef struct
{
  guint n_told, n_layouts;
  gdouble first, last, highest_rise; /* divergences */
  GCancellable *cancellable;
  guint cancel_at;
} Told;

static void
on_progress (const char *phase, guint done, guint total, const gfloat *layout, gdouble divergence, gpointer user_data)
{
  Told *told = user_data;

  g_assert_cmpuint (done, <=, total);
  told->n_told++;
  told->n_layouts += layout != NULL;
  if (!isnan (divergence))
    {
      if (isnan (told->first))
        told->first = told->last = divergence;
      told->highest_rise = MAX (told->highest_rise, divergence - told->last);
      told->last = divergence;
    }
  if (told->cancel_at > 0 && told->n_layouts == told->cancel_at)
    g_cancellable_cancel (told->cancellable);
}

/* Share of the 10 nearest in the map that are of the same class. */
static gdouble
purity (const gfloat *y, const gint32 *label, guint n)
{
  guint same = 0;

  for (guint i = 0; i < n; i++)
    {
      gdouble nearest[10];
      gint32 of[10];
      guint n_found = 0;

      for (guint j = 0; j < n; j++)
        {
          gdouble dx = y[2 * i] - y[2 * j], dy = y[2 * i + 1] - y[2 * j + 1], d = dx * dx + dy * dy;
          guint at;

          if (j == i || (n_found == 10 && d >= nearest[9]))
            continue;
          for (at = n_found < 10 ? n_found++ : 9; at > 0 && nearest[at - 1] > d; at--)
            {
              nearest[at] = nearest[at - 1];
              of[at] = of[at - 1];
            }
          nearest[at] = d;
          of[at] = label[j];
        }
      for (guint k = 0; k < 10; k++)
        same += of[k] == label[i];
    }
  return same / (10.0 * n);
}

static void
clusters_stay_apart_on_the_map (void)
{
  const guint n = 900;
  const SmaltiMapOptions options = { .method = SMALTI_MAP_TSNE, .seed = 1, .n_iterations = 500 };
  g_autoptr (SmaltiFeatureSet) set = feature_set_blobs (n, 40, 3, 1.5, 1);
  Told told = { .first = NAN };
  g_autoptr (GError) error = NULL;
  gdouble divergence;
  g_autofree gfloat *y = smalti_map_features (set->layer, &options, NULL, on_progress, &told, &divergence, &error);

  g_assert_no_error (error);
  g_assert_cmpfloat (purity (y, set->label, n), >, 0.99);
  g_assert_cmpuint (told.n_layouts, ==, 501);
  g_assert_cmpfloat (divergence, ==, told.last);
  g_assert_cmpfloat (divergence, >, 0);
  g_assert_cmpfloat (divergence, <, 0.75 * told.first);
  g_assert_cmpfloat (told.highest_rise, <, 0.3 * told.first);
}

/* The tree is only near the truth; the divergence by the exact sums must agree. */
static void
the_divergence_told_is_that_of_the_map (void)
{
  const guint n = 400;
  g_autoptr (SmaltiFeatureSet) set = feature_set_blobs (n, 10, 3, 1.5, 1);
  g_autoptr (SmaltiAffinities) p = smalti_affinities_new (set->layer->data, n, 10, 15, NULL, NULL, NULL, NULL);
  g_autofree gfloat *y = g_new (gfloat, 2 * n);
  g_autofree gdouble *force = g_new (gdouble, 2 * n);
  gdouble told, q_sum, divergence = 0;

  for (guint i = 0; i < n; i++)
    for (guint axis = 0; axis < 2; axis++)
      y[2 * i + axis] = 1e-4 * feature_set_row (set, i)[axis];
  g_assert_true (smalti_tsne (p, 300, y, NULL, NULL, NULL, &told, NULL));
  exact_repulsion (y, n, force, &q_sum);
  for (guint i = 0; i < n; i++)
    for (gsize e = p->start[i]; e < p->start[i + 1]; e++)
      {
        guint j = p->index[e];
        gdouble dx = y[2 * i] - y[2 * j], dy = y[2 * i + 1] - y[2 * j + 1];

        if (p->value[e] > 0)
          divergence += p->value[e] * log (p->value[e] * q_sum * (1 + dx * dx + dy * dy));
      }
  g_assert_cmpfloat_with_epsilon (told, divergence, 0.005);
}

static void
a_map_is_a_function_of_its_seed (void)
{
  const guint n = 600;
  g_autoptr (SmaltiFeatureSet) set = feature_set_blobs (n, 70, 4, 1, 1);
  g_autofree gfloat *map[2][3] = { { NULL } };

  for (guint method = SMALTI_MAP_PCA; method <= SMALTI_MAP_TSNE; method++)
    {
      for (guint threads = 1; threads <= 3; threads++)
        {
          const SmaltiMapOptions options = { .method = method, .seed = 7, .n_iterations = 120 };

          omp_set_num_threads (threads);
          map[method][threads - 1] = smalti_map_features (set->layer, &options, NULL, NULL, NULL, NULL, NULL);
          g_assert_cmpmem (map[method][threads - 1], 2 * n * sizeof (gfloat), map[method][0], 2 * n * sizeof (gfloat));
        }
      for (guint threads = 1; threads <= 3; threads++)
        g_free (map[method][threads - 1]);
    }
  omp_set_num_threads (1);
  memset (map, 0, sizeof map);
}

static void
a_map_can_be_stopped (void)
{
  g_autoptr (SmaltiFeatureSet) set = feature_set_blobs (300, 20, 4, 1, 1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Told told = { .first = NAN, .cancellable = cancellable, .cancel_at = 20 };
  g_autoptr (GError) error = NULL, early = NULL;

  g_assert_null (smalti_map_features (set->layer, NULL, cancellable, on_progress, &told, NULL, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED);
  g_assert_cmpuint (told.n_layouts, ==, 20);
  g_assert_null (smalti_map_features (set->layer, NULL, cancellable, NULL, NULL, NULL, &early));
  g_assert_error (early, SMALTI_ERROR, SMALTI_ERROR_CANCELLED);
}

/* A handful of images, one image, and a dead network that says the same of all of them. */
static void
little_is_mapped_too (void)
{
  for (guint n = 1; n < 9; n++)
    {
      g_autoptr (SmaltiFeatureSet) set = feature_set_blobs (n, 6, 2, 1, 1);
      g_autoptr (GError) error = NULL;
      g_autofree gfloat *y = smalti_map_features (set->layer, NULL, NULL, NULL, NULL, NULL, &error);

      g_assert_no_error (error);
      for (guint i = 0; i < 2 * n; i++)
        g_assert_true (isfinite (y[i]));
    }
  {
    g_autoptr (SmaltiFeatureSet) same = feature_set_new (300, 6, 1, 1);
    g_autofree gfloat *y = NULL;

    for (guint i = 0; i < 300 * 6; i++)
      same->layer->data[i] = 1 + i % 6;
    y = smalti_map_features (same->layer, NULL, NULL, NULL, NULL, NULL, NULL);
    for (guint i = 0; i < 600; i++)
      g_assert_true (isfinite (y[i]));
  }
}

static void
features_that_are_no_numbers_are_refused (void)
{
  g_autoptr (SmaltiFeatureSet) set = feature_set_blobs (20, 6, 2, 1, 1), none = feature_set_new (0, 6, 1, 1);
  g_autoptr (GError) error = NULL, empty = NULL, raw = NULL;

  feature_set_row (set, 11)[2] = NAN;
  g_assert_null (smalti_map_features (set->layer, NULL, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA);
  g_assert_null (smalti_pca_new (set->layer->data, 20, 6, NULL, 2, 1, NULL, &raw));
  g_assert_error (raw, SMALTI_ERROR, SMALTI_ERROR_DATA);
  g_assert_null (smalti_map_features (none->layer, NULL, NULL, NULL, NULL, NULL, &empty));
  g_assert_error (empty, SMALTI_ERROR, SMALTI_ERROR_DATA);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  omp_set_num_threads (1);
  g_test_add_func ("/pca/known", components_are_those_of_a_known_covariance);
  g_test_add_func ("/pca/few", components_of_few_rows_are_exact);
  g_test_add_func ("/pca/scaled", scaled_rows_are_rows_scaled_before);
  g_test_add_func ("/pca/same", rows_that_are_all_the_same_have_no_variance);
  g_test_add_func ("/tsne/perplexity", neighbours_share_what_the_perplexity_says);
  g_test_add_func ("/tsne/tree", the_tree_pushes_as_all_pairs_do);
  g_test_add_func ("/tsne/divergence", the_divergence_told_is_that_of_the_map);
  g_test_add_func ("/map/clusters", clusters_stay_apart_on_the_map);
  g_test_add_func ("/map/seed", a_map_is_a_function_of_its_seed);
  g_test_add_func ("/map/stop", a_map_can_be_stopped);
  g_test_add_func ("/map/little", little_is_mapped_too);
  g_test_add_func ("/map/refused", features_that_are_no_numbers_are_refused);
  return g_test_run ();
}
