/* SPDX-License-Identifier: Apache-2.0 */
/* Batch norm (Ioffe & Szegedy 2015), local response norm (Krizhevsky et al. 2012) and division by the length. */
#include <math.h>

#include "core/device/reference/reference-private.h"

/* Where element @i of channel @c lies, @i counting over images and pixels. */
static inline gint64
at (const SmaltiReferenceView *view, gint64 c, gint64 i)
{
  return (i / view->inner * view->channels + c) * view->inner + i % view->inner;
}

/* Mean and variance of the batch, both over N * H * W, the variance divided by that number. */
static void
channel_statistics (const SmaltiReferenceView *view, const gdouble *x, gint64 c, gdouble *mean, gdouble *variance)
{
  const gint64 n = view->n * view->inner;

  *mean = *variance = 0;
  for (gint64 i = 0; i < n; i++)
    *mean += x[at (view, c, i)];
  *mean /= n;
  for (gint64 i = 0; i < n; i++)
    *variance += (x[at (view, c, i)] - *mean) * (x[at (view, c, i)] - *mean);
  *variance /= n;
}

void
smalti_reference_batch_norm (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiAttr *attr = &kernel->node->attr;
  const SmaltiReferenceView view = smalti_reference_view (kernel->node->input[0]);
  const gint64 n = view.n * view.inner;
  const gdouble *x = smalti_reference_in (kernel, 0);
  const gdouble *gamma = smalti_reference_in (kernel, 1), *beta = smalti_reference_in (kernel, 2);
  gdouble *running_mean = (gdouble *)smalti_reference_in (kernel, 3); /* states: training changes them in place */
  gdouble *running_var = (gdouble *)smalti_reference_in (kernel, 4);
  const gdouble *residual = attr->norm.residual ? smalti_reference_in (kernel, 5) : NULL;
  gdouble *y = smalti_reference_out (kernel, 0);
  gdouble *batch_mean = smalti_reference_out (kernel, 1), *batch_rstd = smalti_reference_out (kernel, 2);

  for (gint64 c = 0; c < view.channels; c++)
    {
      gdouble mean = running_mean[c], variance = running_var[c], rstd;

      if (attr->norm.training)
        {
          const gdouble m = attr->norm.momentum;

          channel_statistics (&view, x, c, &mean, &variance);
          running_mean[c] = (1 - m) * running_mean[c] + m * mean;
          running_var[c] = (1 - m) * running_var[c] + m * variance * n / MAX (n - 1, 1);
        }
      rstd = 1 / sqrt (variance + attr->norm.eps);
      if (batch_mean != NULL)
        batch_mean[c] = mean;
      if (batch_rstd != NULL)
        batch_rstd[c] = rstd;
      for (gint64 i = 0; i < n; i++)
        {
          gint64 k = at (&view, c, i);

          y[k] = gamma[c] * (x[k] - mean) * rstd + beta[c] + (residual != NULL ? residual[k] : 0);
          if (attr->norm.relu)
            y[k] = MAX (y[k], 0);
        }
    }
}

/* With z the sum before the fused ReLU and h = (x - mean) rstd:
 *   dbeta = sum dz     dgamma = sum dz h     dx = gamma rstd (dz - [dbeta / n + h dgamma / n])     dresidual = dz
 * where the bracket is there only if the batch's own mean and variance were used. */
static void
batch_norm_backward (const SmaltiKernel *kernel, gboolean of_batch)
{
  const SmaltiAttr *attr = &kernel->node->attr;
  const SmaltiReferenceView view = smalti_reference_view (kernel->node->input[0]);
  const gint64 n = view.n * view.inner;
  const gdouble *x = smalti_reference_in (kernel, 0), *y = smalti_reference_in (kernel, 1);
  const gdouble *dy = smalti_reference_in (kernel, 2), *gamma = smalti_reference_in (kernel, 3);
  const gdouble *means = smalti_reference_in (kernel, 4), *spread = smalti_reference_in (kernel, 5);
  gdouble *dx = smalti_reference_out (kernel, 0), *dgamma = smalti_reference_out (kernel, 1);
  gdouble *dbeta = smalti_reference_out (kernel, 2), *dresidual = smalti_reference_out (kernel, 3);

  for (gint64 c = 0; c < view.channels; c++)
    {
      const gdouble mean = means[c], rstd = of_batch ? spread[c] : 1 / sqrt (spread[c] + attr->norm.eps);

      dgamma[c] = dbeta[c] = 0;
      for (gint64 i = 0; i < n; i++)
        {
          gint64 k = at (&view, c, i);
          gdouble dz = attr->norm.relu && y[k] <= 0 ? 0 : dy[k];

          dbeta[c] += dz;
          dgamma[c] += dz * (x[k] - mean) * rstd;
          if (dresidual != NULL)
            dresidual[k] = dz;
        }
      for (gint64 i = 0; i < n; i++)
        {
          gint64 k = at (&view, c, i);
          gdouble dz = attr->norm.relu && y[k] <= 0 ? 0 : dy[k];

          dx[k] = gamma[c] * rstd * (of_batch ? dz - dbeta[c] / n - (x[k] - mean) * rstd * dgamma[c] / n : dz);
        }
    }
}

void
smalti_reference_batch_norm_backward (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  batch_norm_backward (kernel, TRUE);
}

void
smalti_reference_batch_norm_inference_backward (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  batch_norm_backward (kernel, FALSE);
}

/* The channels whose squares channel @c sums: *first .. *last, both included. */
static void
lrn_window (const SmaltiAttr *attr, gint64 n_channels, gint64 c, gint64 *first, gint64 *last)
{
  *first = MAX (c - attr->lrn.size / 2, 0);
  *last = MIN (c - attr->lrn.size / 2 + attr->lrn.size - 1, n_channels - 1);
}

/* k + alpha / size * sum of squares, at channel @c of the pixel whose channel 0 is @x and whose channels are @stride
 * elements apart. */
static gdouble
lrn_base (const SmaltiAttr *attr, const gdouble *x, gint64 stride, gint64 n_channels, gint64 c)
{
  gint64 first, last;
  gdouble squares = 0;

  lrn_window (attr, n_channels, c, &first, &last);
  for (gint64 j = first; j <= last; j++)
    squares += x[j * stride] * x[j * stride];
  return attr->lrn.k + (gdouble)attr->lrn.alpha / attr->lrn.size * squares;
}

void
smalti_reference_lrn (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiAttr *attr = &kernel->node->attr;
  const SmaltiReferenceView view = smalti_reference_view (kernel->node->input[0]);
  const gdouble *x = smalti_reference_in (kernel, 0);
  gdouble *y = smalti_reference_out (kernel, 0);

  for (gint64 n = 0; n < view.n; n++)
    for (gint64 i = 0; i < view.inner; i++)
      {
        const gint64 pixel = n * view.channels * view.inner + i;

        for (gint64 c = 0; c < view.channels; c++)
          y[pixel + c * view.inner] = x[pixel + c * view.inner]
                                      * pow (lrn_base (attr, x + pixel, view.inner, view.channels, c), -attr->lrn.beta);
      }
}

/* y_c = x_c s_c^-beta, so x_j acts on y_j directly and through s_c on every y_c whose window holds j:
 *   dx_j = dy_j s_j^-beta - 2 alpha beta / size x_j sum_c dy_c x_c s_c^(-beta - 1) */
void
smalti_reference_lrn_backward (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiAttr *attr = &kernel->node->attr;
  const gdouble alpha = attr->lrn.alpha, beta = attr->lrn.beta;
  const SmaltiReferenceView view = smalti_reference_view (kernel->node->input[0]);
  const gdouble *x = smalti_reference_in (kernel, 0), *dy = smalti_reference_in (kernel, 2);
  gdouble *dx = smalti_reference_out (kernel, 0);

  smalti_reference_clear (dx, kernel->node->output[0]);
  for (gint64 n = 0; n < view.n; n++)
    for (gint64 i = 0; i < view.inner; i++)
      for (gint64 c = 0; c < view.channels; c++)
        {
          const gint64 pixel = n * view.channels * view.inner + i, k = pixel + c * view.inner;
          const gdouble s = lrn_base (attr, x + pixel, view.inner, view.channels, c);
          gint64 first, last;

          dx[k] += dy[k] * pow (s, -beta);
          lrn_window (attr, view.channels, c, &first, &last);
          for (gint64 j = first; j <= last; j++)
            dx[pixel + j * view.inner]
                -= 2 * alpha * beta / attr->lrn.size * x[pixel + j * view.inner] * dy[k] * x[k] * pow (s, -beta - 1);
        }
}

/* |x| over the channels of the pixel whose channel 0 is @x. */
static gdouble
length (const gdouble *x, const SmaltiReferenceView *view)
{
  gdouble squares = 0;

  for (gint64 c = 0; c < view->channels; c++)
    squares += x[c * view->inner] * x[c * view->inner];
  return sqrt (squares);
}

void
smalti_reference_l2_normalize (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const gdouble eps = kernel->node->attr.l2.eps;
  const SmaltiReferenceView view = smalti_reference_view (kernel->node->input[0]);
  const gdouble *x = smalti_reference_in (kernel, 0);
  gdouble *y = smalti_reference_out (kernel, 0);

  for (gint64 n = 0; n < view.n; n++)
    for (gint64 i = 0; i < view.inner; i++)
      for (gint64 c = 0; c < view.channels; c++)
        {
          const gint64 pixel = n * view.channels * view.inner + i, k = pixel + c * view.inner;

          y[k] = x[k] / MAX (length (x + pixel, &view), eps);
        }
}

/* dx = (dy - y (y . dy)) / |x|; where |x| is at most eps, y is linear in x: dx = dy / eps. */
void
smalti_reference_l2_normalize_backward (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const gdouble eps = kernel->node->attr.l2.eps;
  const SmaltiReferenceView view = smalti_reference_view (kernel->node->input[0]);
  const gdouble *x = smalti_reference_in (kernel, 0), *dy = smalti_reference_in (kernel, 1);
  gdouble *dx = smalti_reference_out (kernel, 0);

  for (gint64 n = 0; n < view.n; n++)
    for (gint64 i = 0; i < view.inner; i++)
      {
        const gint64 pixel = n * view.channels * view.inner + i;
        const gdouble norm = length (x + pixel, &view);
        gdouble along = 0;

        for (gint64 c = 0; c < view.channels; c++)
          along += x[pixel + c * view.inner] * dy[pixel + c * view.inner];
        for (gint64 c = 0; c < view.channels; c++)
          {
            const gint64 k = pixel + c * view.inner;

            dx[k] = norm > eps ? (dy[k] - x[k] / norm * along / norm) / norm : dy[k] / eps;
          }
      }
}
