/* SPDX-License-Identifier: Apache-2.0 */
/* Local response normalisation across channels (Krizhevsky et al. 2012, section 3.3) and its backward.
 *
 *   t_c = k + alpha / size * sum of x^2 over the window of c      y_c = x_c t_c^-beta
 *   dx_j = dy_j t_j^-beta - 2 alpha beta / size x_j * sum over the c whose window has j of dy_c y_c / t_c
 *
 * A pixel's channels lie side by side, so a window is a few shifted loads from a row of squares with zeros around it.
 * For the published beta of 3/4 the power is two square roots. */
#include "core/device/cpu/rows-private.h"

#include <math.h>

#define CHUNK    256 /* channels done at a time */
#define MAX_SIZE 65

typedef struct
{
  SmaltiCpuKernel base;
  gint64 pixels, channels;
  gint size, before, after; /* the window: c - before .. c + after */
  gfloat k, alpha, beta;    /* alpha already over size */
  gboolean x16, y16, dy16, dx16;
} Lrn;

/* to[i] = x[first + i], 0 outside the row. */
SMALTI_CPU_BODY void
load_around (gfloat *to, const void *x, gint64 first, gint64 n, gint64 n_channels, gboolean bf16)
{
  gint64 begin = CLAMP (-first, 0, n), end = CLAMP (n_channels - first, begin, n);

  for (gint64 i = 0; i < begin; i++)
    to[i] = 0;
#pragma omp simd
  for (gint64 i = begin; i < end; i++)
    to[i] = smalti_cpu_load (x, first + i, bf16);
  for (gint64 i = end; i < n; i++)
    to[i] = 0;
}

/* sum[i] = scale * (from[i] + .. + from[i + size - 1]) + add */
SMALTI_CPU_BODY void
sum_windows (const gfloat *from, gfloat *sum, gint64 n, gint size, gfloat scale, gfloat add)
{
#pragma omp simd
  for (gint64 i = 0; i < n; i++)
    sum[i] = from[i];
  for (gint j = 1; j < size; j++)
#pragma omp simd
    for (gint64 i = 0; i < n; i++)
      sum[i] += from[i + j];
#pragma omp simd
  for (gint64 i = 0; i < n; i++)
    sum[i] = scale * sum[i] + add;
}

/* power[i] = t[i]^-beta */
SMALTI_CPU_BODY void
take_power (const gfloat *t, gfloat *power, gint64 n, gfloat beta)
{
  if (beta == 0.75f)
    {
#pragma omp simd
      for (gint64 i = 0; i < n; i++)
        {
          gfloat half = sqrtf (t[i]);

          power[i] = 1 / (half * sqrtf (half));
        }
    }
  else
    for (gint64 i = 0; i < n; i++)
      power[i] = powf (t[i], -beta);
}

SMALTI_CPU_BODY void
forward_body (const Lrn *self, const void *x, void *y, gboolean x16, gboolean y16)
{
  gfloat value[CHUNK + MAX_SIZE], square[CHUNK + MAX_SIZE], t[CHUNK], power[CHUNK];

  for (gint64 c = 0; c < self->channels; c += CHUNK)
    {
      gint64 n = MIN (CHUNK, self->channels - c), around = n + self->size - 1;

      load_around (value, x, c - self->before, around, self->channels, x16);
#pragma omp simd
      for (gint64 i = 0; i < around; i++)
        square[i] = value[i] * value[i];
      sum_windows (square, t, n, self->size, self->alpha, self->k);
      take_power (t, power, n, self->beta);
#pragma omp simd
      for (gint64 i = 0; i < n; i++)
        smalti_cpu_store (y, c + i, value[self->before + i] * power[i], y16);
    }
}

SMALTI_CPU_CLONES static void
forward_pixel (const Lrn *self, const void *x, void *y)
{
  if (self->x16 && self->y16)
    forward_body (self, x, y, TRUE, TRUE);
  else if (!self->x16 && !self->y16)
    forward_body (self, x, y, FALSE, FALSE);
  else
    forward_body (self, x, y, self->x16, self->y16);
}

/* Channels c - after .. c + n + before - 1 have windows that reach into c .. c + n - 1. */
SMALTI_CPU_BODY void
backward_body (const Lrn *self, const void *x, const void *y, const void *dy, void *dx, gboolean x16, gboolean y16,
               gboolean dy16, gboolean dx16)
{
  gfloat value[CHUNK + 2 * MAX_SIZE], square[CHUNK + 2 * MAX_SIZE], t[CHUNK + MAX_SIZE], ratio[CHUNK + MAX_SIZE];
  gfloat out[CHUNK + MAX_SIZE], g[CHUNK + MAX_SIZE], sum[CHUNK], power[CHUNK];
  gfloat scale = -2 * self->alpha * self->beta;

  for (gint64 c = 0; c < self->channels; c += CHUNK)
    {
      gint64 n = MIN (CHUNK, self->channels - c), around = n + self->size - 1;

      load_around (value, x, c - self->after - self->before, around + self->size - 1, self->channels, x16);
      load_around (out, y, c - self->after, around, self->channels, y16);
      load_around (g, dy, c - self->after, around, self->channels, dy16);
#pragma omp simd
      for (gint64 i = 0; i < around + self->size - 1; i++)
        square[i] = value[i] * value[i];
      sum_windows (square, t, around, self->size, self->alpha, self->k);
#pragma omp simd
      for (gint64 i = 0; i < around; i++)
        ratio[i] = g[i] * out[i] / t[i];
      sum_windows (ratio, sum, n, self->size, scale, 0);
      take_power (t + self->after, power, n, self->beta);
#pragma omp simd
      for (gint64 i = 0; i < n; i++)
        smalti_cpu_store (dx, c + i, g[self->after + i] * power[i] + value[self->size - 1 + i] * sum[i], dx16);
    }
}

SMALTI_CPU_CLONES static void
backward_pixel (const Lrn *self, const void *x, const void *y, const void *dy, void *dx)
{
  if (self->x16 && self->y16 && self->dy16 && self->dx16)
    backward_body (self, x, y, dy, dx, TRUE, TRUE, TRUE, TRUE);
  else if (!self->x16 && !self->y16 && !self->dy16 && !self->dx16)
    backward_body (self, x, y, dy, dx, FALSE, FALSE, FALSE, FALSE);
  else
    backward_body (self, x, y, dy, dx, self->x16, self->y16, self->dy16, self->dx16);
}

static void
forward_run (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, const SmaltiRunContext *context)
{
  const Lrn *self = (const Lrn *)kernel;

#pragma omp parallel for schedule(static) if (self->pixels * self->channels > SMALTI_CPU_SMALL)
  for (gint64 i = 0; i < self->pixels; i++)
    forward_pixel (self, smalti_cpu_at_const (kernel->parent.input[0].data, i * self->channels, self->x16),
                   smalti_cpu_at (kernel->parent.output[0].data, i * self->channels, self->y16));
}

static void
backward_run (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, const SmaltiRunContext *context)
{
  const Lrn *self = (const Lrn *)kernel;

#pragma omp parallel for schedule(static) if (self->pixels * self->channels > SMALTI_CPU_SMALL)
  for (gint64 i = 0; i < self->pixels; i++)
    {
      gint64 at = i * self->channels;

      backward_pixel (self, smalti_cpu_at_const (kernel->parent.input[0].data, at, self->x16),
                      smalti_cpu_at_const (kernel->parent.input[1].data, at, self->y16),
                      smalti_cpu_at_const (kernel->parent.input[2].data, at, self->dy16),
                      smalti_cpu_at (kernel->parent.output[0].data, at, self->dx16));
    }
}

static Lrn *
prepare (const SmaltiNode *node, SmaltiPrecision precision,
         void (*run) (SmaltiCpu *cpu, SmaltiCpuKernel *self, const SmaltiRunContext *context), GError **error)
{
  SmaltiCpuView view = smalti_cpu_view (node->input[0], precision);
  Lrn *self;

  if (node->attr.lrn.size > MAX_SIZE)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DEVICE,
                   _ ("%s: the processor can't normalise over %d channels; %d is the most."), node->name,
                   node->attr.lrn.size, MAX_SIZE);
      return NULL;
    }
  self = smalti_cpu_kernel_new (sizeof *self, node, precision, run);
  self->pixels = view.pixels;
  self->channels = view.channels;
  self->size = node->attr.lrn.size;
  self->before = self->size / 2;
  self->after = self->size - 1 - self->before;
  self->k = node->attr.lrn.k;
  self->alpha = node->attr.lrn.alpha / self->size;
  self->beta = node->attr.lrn.beta;
  self->x16 = view.bf16;
  return self;
}

SmaltiCpuKernel *
smalti_cpu_prepare_lrn (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  Lrn *self = prepare (node, precision, forward_run, error);

  if (self == NULL)
    return NULL;
  self->y16 = smalti_cpu_is_bf16 (node->output[0], precision);
  return &self->base;
}

SmaltiCpuKernel *
smalti_cpu_prepare_lrn_backward (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  Lrn *self = prepare (node, precision, backward_run, error);

  if (self == NULL)
    return NULL;
  self->y16 = smalti_cpu_is_bf16 (node->input[1], precision);
  self->dy16 = smalti_cpu_is_bf16 (node->input[2], precision);
  self->dx16 = smalti_cpu_is_bf16 (node->output[0], precision);
  return &self->base;
}
