/* SPDX-License-Identifier: Apache-2.0 */
/* Principal components by subspace iteration: a few more directions than asked for are multiplied with the covariance,
 * X^T (X V), and made orthonormal again, until what they capture no longer grows.
 *
 * Rows are cut into parts of a fixed number and added up in their order, so that the number of threads changes no bit.
 * Rows are centred on the way: (X - 1 mean^T) V = X V - 1 (mean V). */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/eval/embedding.h"

#define EXTRA          10 /* directions beside those asked for, which make them converge sooner */
#define MAX_ITERATIONS 60
#define MIN_ITERATIONS 4
#define TOLERANCE      2e-6 /* of the largest variance */
#define N_PARTS        16
#define BLOCK_ROWS     128
#define COLUMNS        256

struct _SmaltiPca
{
  gsize dim;
  guint n_components;
  gfloat *mean;
  gfloat *component; /* (n_directions, dim) while it is sought, then (n_components, dim) */
  gdouble *variance;
  gdouble total_variance;
};

typedef struct
{
  const gfloat *x, *scale;
  guint n;
  gsize dim;
  guint n_directions;
  const gfloat *mean;
} Rows;

void
smalti_pca_free (SmaltiPca *self)
{
  if (self == NULL)
    return;
  g_free (self->mean);
  g_free (self->component);
  g_free (self->variance);
  g_free (self);
}

/* Mean of the rows, and total variance; FALSE when a number is not finite. */
static gboolean
measure_rows (SmaltiPca *self, const Rows *rows)
{
  g_autofree gdouble *sum = g_new0 (gdouble, rows->dim * N_PARTS);
  g_autofree gdouble *squares = g_new0 (gdouble, N_PARTS);
  gdouble total = 0;

#pragma omp parallel for schedule(dynamic)
  for (guint part = 0; part < N_PARTS; part++)
    for (guint i = (guint64)rows->n * part / N_PARTS; i < (guint64)rows->n * (part + 1) / N_PARTS; i++)
      {
        gdouble scale = rows->scale != NULL ? rows->scale[i] : 1;

        for (gsize j = 0; j < rows->dim; j++)
          {
            gdouble value = scale * rows->x[i * rows->dim + j];

            sum[part * rows->dim + j] += value;
            squares[part] += value * value;
          }
      }
  for (gsize j = 0; j < rows->dim; j++)
    {
      gdouble mean = 0;

      for (guint part = 0; part < N_PARTS; part++)
        mean += sum[part * rows->dim + j] / rows->n;
      self->mean[j] = mean;
      total -= rows->n * mean * mean;
    }
  for (guint part = 0; part < N_PARTS; part++)
    total += squares[part];
  self->total_variance = rows->n > 1 ? MAX (total, 0) / (rows->n - 1) : 0;
  return isfinite (total);
}

/* y (n_rows, n_directions) <- centred rows from @first on, along the directions. */
static void
project_block (const Rows *rows, const gfloat *direction, const gfloat *shift, guint first, guint n_rows, gfloat *y)
{
  guint n_directions = rows->n_directions;

  cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasTrans, n_rows, n_directions, rows->dim, 1, rows->x + first * rows->dim,
               rows->dim, direction, rows->dim, 0, y, n_directions);
  for (guint i = 0; i < n_rows; i++)
    for (guint d = 0; d < n_directions; d++)
      y[i * n_directions + d] = (rows->scale != NULL ? rows->scale[first + i] : 1) * y[i * n_directions + d] - shift[d];
}

/* The mean along each direction. */
static gfloat *
shift_along (const Rows *rows, const gfloat *direction)
{
  gfloat *shift = g_new (gfloat, rows->n_directions);

  for (guint d = 0; d < rows->n_directions; d++)
    {
      gdouble sum = 0;

      for (gsize j = 0; j < rows->dim; j++)
        sum += (gdouble)rows->mean[j] * direction[d * rows->dim + j];
      shift[d] = sum;
    }
  return shift;
}

static void
multiply_part (const Rows *rows, const gfloat *direction, const gfloat *shift, guint part, gfloat *product)
{
  guint n_directions = rows->n_directions, n_rows;
  guint end = (guint64)rows->n * (part + 1) / N_PARTS;
  g_autofree gfloat *y = g_new (gfloat, BLOCK_ROWS * n_directions);
  g_autofree gdouble *sum = g_new0 (gdouble, n_directions);

  memset (product, 0, n_directions * rows->dim * sizeof *product);
  for (guint i = (guint64)rows->n * part / N_PARTS; i < end; i += n_rows)
    {
      n_rows = MIN (BLOCK_ROWS, end - i);
      project_block (rows, direction, shift, i, n_rows, y);
      for (guint r = 0; r < n_rows; r++)
        for (guint d = 0; d < n_directions; d++)
          {
            sum[d] += y[r * n_directions + d];
            y[r * n_directions + d] *= rows->scale != NULL ? rows->scale[i + r] : 1;
          }
      cblas_sgemm (CblasRowMajor, CblasTrans, CblasNoTrans, n_directions, rows->dim, n_rows, 1, y, n_directions,
                   rows->x + i * rows->dim, rows->dim, 1, product, rows->dim);
    }
  for (guint d = 0; d < n_directions; d++)
    for (gsize j = 0; j < rows->dim; j++)
      product[d * rows->dim + j] -= sum[d] * rows->mean[j];
}

/* product (n_directions, dim) <- covariance times each direction. */
static void
multiply_covariance (const Rows *rows, const gfloat *direction, gfloat *part_product, gfloat *product)
{
  g_autofree gfloat *shift = shift_along (rows, direction);
  gsize size = rows->n_directions * rows->dim;

  /* Products inside of a parallel region run on the thread that asks for them. */
#pragma omp parallel for schedule(dynamic)
  for (guint part = 0; part < N_PARTS; part++)
    multiply_part (rows, direction, shift, part, part_product + part * size);
#pragma omp parallel for schedule(static)
  for (gsize j = 0; j < size; j++)
    {
      gdouble sum = 0;

      for (guint part = 0; part < N_PARTS; part++)
        sum += part_product[part * size + j];
      product[j] = sum / MAX (rows->n - 1, 1);
    }
}

static gdouble
dot (const gfloat *a, const gfloat *b, gsize dim)
{
  gdouble sum = 0;

  for (gsize j = 0; j < dim; j++)
    sum += (gdouble)a[j] * b[j];
  return sum;
}

/* Gram and Schmidt, twice, since once loses what is small. A direction of which nothing is left is replaced by an axis.
 */
static void
orthonormalize (gfloat *direction, guint n_directions, gsize dim)
{
  for (guint d = 0; d < n_directions; d++)
    {
      gfloat *own = direction + d * dim;
      gdouble before = sqrt (dot (own, own, dim));

      for (gsize axis = 0;; axis++)
        {
          gdouble length;

          for (guint pass = 0; pass < 2; pass++)
            for (guint other = 0; other < d; other++)
              cblas_saxpy (dim, -dot (own, direction + other * dim, dim), direction + other * dim, 1, own, 1);
          length = sqrt (dot (own, own, dim));
          if (length > 1e-6 * before && length > 0)
            {
              cblas_sscal (dim, 1 / length, own, 1);
              break;
            }
          memset (own, 0, dim * sizeof *own);
          own[axis % dim] = 1;
          before = 1;
        }
    }
}

/* Eigenvectors as rows of @v and eigenvalues on the diagonal of the symmetric @a (n, n), by Jacobi's rotations. */
static void
diagonalize (gdouble *a, guint n, gdouble *v)
{
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < n; j++)
      v[i * n + j] = i == j;
  for (guint sweep = 0; sweep < 30; sweep++)
    {
      gdouble off = 0, on = 0;

      for (guint p = 0; p < n; p++)
        for (guint q = 0; q < n; q++)
          *(p == q ? &on : &off) += a[p * n + q] * a[p * n + q];
      if (off <= 1e-24 * on)
        return;
      for (guint p = 0; p < n; p++)
        for (guint q = p + 1; q < n; q++)
          {
            gdouble theta, t, c, s;

            if (a[p * n + q] == 0)
              continue;
            theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]);
            t = (theta >= 0 ? 1 : -1) / (fabs (theta) + sqrt (theta * theta + 1));
            c = 1 / sqrt (t * t + 1);
            s = t * c;
            for (guint k = 0; k < n; k++)
              {
                gdouble akp = a[k * n + p], akq = a[k * n + q];

                a[k * n + p] = c * akp - s * akq;
                a[k * n + q] = s * akp + c * akq;
              }
            for (guint k = 0; k < n; k++)
              {
                gdouble apk = a[p * n + k], aqk = a[q * n + k], vpk = v[p * n + k], vqk = v[q * n + k];

                a[p * n + k] = c * apk - s * aqk;
                a[q * n + k] = s * apk + c * aqk;
                v[p * n + k] = c * vpk - s * vqk;
                v[q * n + k] = s * vpk + c * vqk;
              }
          }
    }
}

/* rows <- rotation rows, a few columns at a time, which is the same sum for any number of threads. */
static void
rotate (const gfloat *rotation, guint n, gsize dim, gfloat *rows, gfloat *room)
{
  memcpy (room, rows, n * dim * sizeof *room);
#pragma omp parallel for schedule(dynamic)
  for (gsize first = 0; first < dim; first += COLUMNS)
    cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, n, MIN (COLUMNS, dim - first), n, 1, rotation, n,
                 room + first, dim, 0, rows + first, dim);
}

/* Turns directions and products within their space so that directions are the best eigenvectors there; their variances
 * in falling order. */
static void
turn (const Rows *rows, gfloat *direction, gfloat *product, gdouble *variance, gfloat *room)
{
  guint n = rows->n_directions;
  gsize dim = rows->dim;
  g_autofree gdouble *a = g_new (gdouble, n * n), *v = g_new (gdouble, n * n);
  g_autofree gfloat *rotation = g_new (gfloat, n * n);

#pragma omp parallel for schedule(dynamic)
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < n; j++)
      a[i * n + j] = dot (direction + i * dim, product + j * dim, dim);
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < i; j++)
      a[i * n + j] = a[j * n + i] = (a[i * n + j] + a[j * n + i]) / 2;
  diagonalize (a, n, v);
  for (guint d = 0; d < n; d++)
    {
      guint best = 0;

      for (guint i = 1; i < n; i++)
        if (a[i * n + i] > a[best * n + best])
          best = i;
      variance[d] = MAX (a[best * n + best], 0);
      a[best * n + best] = -G_MAXDOUBLE;
      for (guint j = 0; j < n; j++)
        rotation[d * n + j] = v[best * n + j];
    }
  rotate (rotation, n, dim, direction, room);
  rotate (rotation, n, dim, product, room);
}

static gboolean
iterate (SmaltiPca *self, const Rows *rows, GCancellable *cancellable, GError **error)
{
  gsize size = rows->n_directions * rows->dim;
  g_autofree gfloat *part_product = g_new (gfloat, N_PARTS * size);
  g_autofree gfloat *product = g_new (gfloat, size);
  g_autofree gdouble *variance = g_new0 (gdouble, rows->n_directions);

  for (guint iteration = 0; iteration < MAX_ITERATIONS; iteration++)
    {
      gdouble change = 0;

      if (g_cancellable_is_cancelled (cancellable))
        {
          g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED, _ ("Stopped."));
          return FALSE;
        }
      orthonormalize (self->component, rows->n_directions, rows->dim);
      multiply_covariance (rows, self->component, part_product, product);
      turn (rows, self->component, product, variance, part_product);
      for (guint c = 0; c < self->n_components; c++)
        {
          change = MAX (change, fabs (variance[c] - self->variance[c]));
          self->variance[c] = variance[c];
        }
      if (iteration >= MIN_ITERATIONS && change <= TOLERANCE * variance[0])
        break;
      if (iteration + 1 < MAX_ITERATIONS)
        memcpy (self->component, product, size * sizeof *product);
    }
  return TRUE;
}

/* An eigenvector has no sign; the same one always, then. */
static void
set_signs (SmaltiPca *self)
{
  for (guint c = 0; c < self->n_components; c++)
    {
      gfloat *component = self->component + c * self->dim;
      gsize largest = cblas_isamax (self->dim, component, 1);

      if (component[largest] < 0)
        cblas_sscal (self->dim, -1, component, 1);
    }
}

SmaltiPca *
smalti_pca_new (const gfloat *x, guint n, gsize dim, const gfloat *scale, guint n_components, guint64 seed,
                GCancellable *cancellable, GError **error)
{
  g_autoptr (SmaltiPca) self = g_new0 (SmaltiPca, 1);
  Rows rows = { x, scale, n, dim, MIN (n_components + EXTRA, MIN (n, dim)), NULL };

  self->dim = dim;
  self->n_components = MIN (n_components, rows.n_directions);
  self->mean = g_new0 (gfloat, dim);
  self->component = g_new (gfloat, MAX (rows.n_directions, 1) * dim);
  self->variance = g_new0 (gdouble, MAX (self->n_components, 1));
  if (n == 0)
    {
      g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_DATA, _ ("There are no features to look at."));
      return NULL;
    }
  if (!measure_rows (self, &rows))
    {
      g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_DATA,
                           _ ("The features are not finite numbers: the network's weights are of no use."));
      return NULL;
    }
  rows.mean = self->mean;
  for (guint d = 0; d < rows.n_directions; d++)
    {
      SmaltiRandom random;

      smalti_random_init (&random, seed, SMALTI_STREAM_MAP, 0, d);
      for (gsize j = 0; j < dim; j++)
        self->component[d * dim + j] = smalti_random_normal (&random);
    }
  if (!iterate (self, &rows, cancellable, error))
    return NULL;
  set_signs (self);
  return g_steal_pointer (&self);
}

guint
smalti_pca_get_n_components (const SmaltiPca *self)
{
  return self->n_components;
}

const gfloat *
smalti_pca_get_component (const SmaltiPca *self, guint component)
{
  g_return_val_if_fail (component < self->n_components, NULL);

  return self->component + component * self->dim;
}

gdouble
smalti_pca_get_variance (const SmaltiPca *self, guint component)
{
  g_return_val_if_fail (component < self->n_components, 0);

  return self->variance[component];
}

gdouble
smalti_pca_get_total_variance (const SmaltiPca *self)
{
  return self->total_variance;
}

void
smalti_pca_project (const SmaltiPca *self, const gfloat *x, const gfloat *scale, guint n, gfloat *y)
{
  const Rows rows = { x, scale, n, self->dim, self->n_components, self->mean };
  g_autofree gfloat *shift = shift_along (&rows, self->component);

#pragma omp parallel for schedule(dynamic)
  for (guint first = 0; first < n; first += BLOCK_ROWS)
    project_block (&rows, self->component, shift, first, MIN (BLOCK_ROWS, n - first),
                   y + (gsize)first * self->n_components);
}
