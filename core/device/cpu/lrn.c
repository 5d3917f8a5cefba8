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

/* to[i] = x[first + i], 0 outside the row; and its square where that is asked for. */
SMALTI_CPU_BODY void
load_around (gfloat *to, gfloat *square, const void *x, gint64 first, gint64 n, gint64 n_channels, gboolean bf16)
{
  gint64 begin = CLAMP (-first, 0, n), end = CLAMP (n_channels - first, begin, n);

  for (gint64 i = 0; i < begin; i++)
    to[i] = 0;
#pragma omp simd
  for (gint64 i = begin; i < end; i++)
    to[i] = smalti_cpu_load (x, first + i, bf16);
  for (gint64 i = end; i < n; i++)
    to[i] = 0;
  if (square != NULL)
    {
#pragma omp simd
      for (gint64 i = 0; i < n; i++)
        square[i] = to[i] * to[i];
    }
}

/* from[0] + .. + from[size - 1]; a constant size is unrolled. */
SMALTI_CPU_BODY gfloat
sum_window (const gfloat *from, gint size)
{
  gfloat sum = from[0];

  for (gint j = 1; j < size; j++)
    sum += from[j];
  return sum;
}

/* t^-1/4 by Newton's method from a guess in the exponent: square roots and a division would take longer than all else.
 * The error of the guess is at most 5 %, and becomes 2.5 times its square three times. */
SMALTI_CPU_BODY gfloat
inverse_fourth_root (gfloat t)
{
  union
  {
    gfloat f;
    guint32 u;
  } guess = { .f = t };
  gfloat quarter = 0.25f * t, y;

  guess.u = 0x4f58cae5u - (guess.u >> 2);
  y = guess.f;
  for (guint i = 0; i < 3; i++)
    y = y * (1.25f - quarter * (y * y) * (y * y));
  return y;
}

/* power[i] = t^-beta, t = k + alpha (square[i] + .. + square[i + size - 1]); ratio[i] = t^-1 where it is asked for. */
SMALTI_CPU_BODY void
weigh_body (const Lrn *self, const gfloat *square, gfloat *power, gfloat *ratio, gint64 n, gint size)
{
  gfloat k = self->k, alpha = self->alpha;

  if (self->beta == 0.75f)
    {
#pragma omp simd
      for (gint64 i = 0; i < n; i++)
        {
          gfloat root = inverse_fourth_root (k + alpha * sum_window (square + i, size));
          gfloat cube = root * root * root;

          power[i] = cube;
          if (ratio != NULL)
            ratio[i] = cube * root;
        }
      return;
    }
  for (gint64 i = 0; i < n; i++)
    {
      gfloat t = k + alpha * sum_window (square + i, size);

      power[i] = powf (t, -self->beta);
      if (ratio != NULL)
        ratio[i] = 1 / t;
    }
}

SMALTI_CPU_BODY void
weigh (const Lrn *self, const gfloat *square, gfloat *power, gfloat *ratio, gint64 n)
{
  if (self->size == 5)
    weigh_body (self, square, power, ratio, n, 5);
  else
    weigh_body (self, square, power, ratio, n, self->size);
}

SMALTI_CPU_BODY void
forward_body (const Lrn *self, const void *x, void *y, gboolean x16, gboolean y16)
{
  gfloat value[CHUNK + MAX_SIZE], square[CHUNK + MAX_SIZE], power[CHUNK];

  for (gint64 c = 0; c < self->channels; c += CHUNK)
    {
      gint64 n = MIN (CHUNK, self->channels - c), around = n + self->size - 1;
      const gfloat *centre = value + self->before;

      load_around (value, square, x, c - self->before, around, self->channels, x16);
      weigh (self, square, power, NULL, n);
#pragma omp simd
      for (gint64 i = 0; i < n; i++)
        smalti_cpu_store (y, c + i, centre[i] * power[i], y16);
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

/* dx = g power + x scale (ratio[i] + .. + ratio[i + size - 1]) */
SMALTI_CPU_BODY void
send_back_body (const Lrn *self, const gfloat *g, const gfloat *x, const gfloat *power, const gfloat *ratio, void *dx,
                gint64 at, gint64 n, gint size, gboolean dx16)
{
  gfloat scale = -2 * self->alpha * self->beta;

#pragma omp simd
  for (gint64 i = 0; i < n; i++)
    smalti_cpu_store (dx, at + i, g[i] * power[i] + x[i] * scale * sum_window (ratio + i, size), dx16);
}

/* Channels c - after .. c + n + before - 1 have windows that reach into c .. c + n - 1. */
SMALTI_CPU_BODY void
backward_body (const Lrn *self, const void *x, const void *y, const void *dy, void *dx, gboolean x16, gboolean y16,
               gboolean dy16, gboolean dx16)
{
  gfloat value[CHUNK + 2 * MAX_SIZE], square[CHUNK + 2 * MAX_SIZE], power[CHUNK + MAX_SIZE], ratio[CHUNK + MAX_SIZE];
  gfloat g[CHUNK + MAX_SIZE], product[CHUNK + MAX_SIZE];

  for (gint64 c = 0; c < self->channels; c += CHUNK)
    {
      gint64 n = MIN (CHUNK, self->channels - c), around = n + self->size - 1;
      const gfloat *centre = value + self->size - 1, *g_centre = g + self->after, *power_centre = power + self->after;

      load_around (value, square, x, c - self->after - self->before, around + self->size - 1, self->channels, x16);
      load_around (product, NULL, y, c - self->after, around, self->channels, y16);
      load_around (g, NULL, dy, c - self->after, around, self->channels, dy16);
      weigh (self, square, power, ratio, around);
#pragma omp simd
      for (gint64 i = 0; i < around; i++)
        ratio[i] *= g[i] * product[i];
      if (self->size == 5)
        send_back_body (self, g_centre, centre, power_centre, ratio, dx, c, n, 5, dx16);
      else
        send_back_body (self, g_centre, centre, power_centre, ratio, dx, c, n, self->size, dx16);
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
