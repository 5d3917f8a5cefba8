/* SPDX-License-Identifier: Apache-2.0 */
/* Pools, upsampling, and their backward.
 *
 *   x : (N, H, W, C), y : (N, OH, OW, C), argmax : like y, i32
 *
 * All of them walk the pixels they write, and gather what each needs: backward too, so that no two threads meet and
 * sums are made in f32 in one order. Averages and upsampling are one kernel with different weights. */
#include "core/device/cpu/rows-private.h"

#include <math.h>

#include "core/device/cpu/taps-private.h"

#define CHUNK 256 /* channels done at a time: their sums stay in the first-level cache */

typedef struct
{
  SmaltiCpuKernel base;
  SmaltiCpuTaps vertical, horizontal; /* of the pixels written, into those read */
  gint64 n, channels;
  gboolean in16, out16;
  gint plane_width; /* MAX_POOL: what an argmax is counted in */
} Pool;

static void
pool_destroy (SmaltiCpuKernel *kernel)
{
  Pool *self = (Pool *)kernel;

  smalti_cpu_taps_clear (&self->vertical);
  smalti_cpu_taps_clear (&self->horizontal);
  g_free (self);
}

/* One pixel written: where its taps are, and which channels of it. */
typedef struct
{
  gint64 image, at; /* elements from the start of the input image's and the output's memory */
  gint64 c, n_channels;
  gint y, x; /* of it, in its plane */
} Spot;

static Spot
spot (const Pool *self, gint64 item, gint64 n_chunks)
{
  gint64 pixel = item / n_chunks, plane = (gint64)self->vertical.n_outputs * self->horizontal.n_outputs;
  Spot s = { .c = item % n_chunks * CHUNK };

  s.image = pixel / plane * self->vertical.n_inputs * self->horizontal.n_inputs * self->channels;
  s.at = pixel * self->channels;
  s.n_channels = MIN (CHUNK, self->channels - s.c);
  s.y = pixel % plane / self->horizontal.n_outputs;
  s.x = pixel % self->horizontal.n_outputs;
  return s;
}

/* The channels of the input pixel at (@y, @x). */
SMALTI_CPU_BODY gint64
tap (const Pool *self, const Spot *s, gint y, gint x)
{
  return s->image + ((gint64)y * self->horizontal.n_inputs + x) * self->channels + s->c;
}

SMALTI_CPU_BODY void
average_body (const Pool *self, const Spot *s, const void *in, void *out, gboolean in16, gboolean out16)
{
  const SmaltiCpuTaps *v = &self->vertical, *h = &self->horizontal;
  gfloat sum[CHUNK], row[CHUNK];

#pragma omp simd
  for (gint64 c = 0; c < s->n_channels; c++)
    sum[c] = 0;
  for (gint i = v->first[s->y]; i < v->first[s->y + 1]; i++)
    {
      gfloat weight = v->weight[i];

#pragma omp simd
      for (gint64 c = 0; c < s->n_channels; c++)
        row[c] = 0;
      for (gint j = h->first[s->x]; j < h->first[s->x + 1]; j++)
        {
          gint64 at = tap (self, s, v->at[i], h->at[j]);
          gfloat share = h->weight[j];

#pragma omp simd
          for (gint64 c = 0; c < s->n_channels; c++)
            row[c] += share * smalti_cpu_load (in, at + c, in16);
        }
#pragma omp simd
      for (gint64 c = 0; c < s->n_channels; c++)
        sum[c] += weight * row[c];
    }
#pragma omp simd
  for (gint64 c = 0; c < s->n_channels; c++)
    smalti_cpu_store (out, s->at + s->c + c, sum[c], out16);
}

SMALTI_CPU_CLONES static void
average (const Pool *self, const Spot *s)
{
  const void *in = self->base.parent.input[0].data;
  void *out = self->base.parent.output[0].data;

  if (self->in16 && self->out16)
    average_body (self, s, in, out, TRUE, TRUE);
  else if (!self->in16 && !self->out16)
    average_body (self, s, in, out, FALSE, FALSE);
  else
    average_body (self, s, in, out, self->in16, self->out16);
}

/* The first of the largest; what is not a number is larger than all. */
SMALTI_CPU_BODY void
maximum_body (const Pool *self, const Spot *s, const void *in, void *out, gint32 *argmax, gboolean in16, gboolean out16)
{
  const SmaltiCpuTaps *v = &self->vertical, *h = &self->horizontal;
  gfloat best[CHUNK];
  gint32 best_at[CHUNK];
  gint32 first = v->at[v->first[s->y]] * self->plane_width + h->at[h->first[s->x]];

#pragma omp simd
  for (gint64 c = 0; c < s->n_channels; c++)
    {
      best[c] = -INFINITY;
      best_at[c] = first;
    }
  for (gint i = v->first[s->y]; i < v->first[s->y + 1]; i++)
    for (gint j = h->first[s->x]; j < h->first[s->x + 1]; j++)
      {
        gint64 at = tap (self, s, v->at[i], h->at[j]);
        gint32 position = v->at[i] * self->plane_width + h->at[j];

#pragma omp simd
        for (gint64 c = 0; c < s->n_channels; c++)
          {
            gfloat x = smalti_cpu_load (in, at + c, in16);
            gboolean better = (x > best[c]) | (x != x);

            best[c] = better ? x : best[c];
            if (argmax != NULL)
              best_at[c] = better ? position : best_at[c];
          }
      }
#pragma omp simd
  for (gint64 c = 0; c < s->n_channels; c++)
    smalti_cpu_store (out, s->at + s->c + c, best[c], out16);
  if (argmax != NULL)
    {
#pragma omp simd
      for (gint64 c = 0; c < s->n_channels; c++)
        argmax[s->at + s->c + c] = best_at[c];
    }
}

SMALTI_CPU_CLONES static void
maximum (const Pool *self, const Spot *s, gint32 *argmax)
{
  const void *in = self->base.parent.input[0].data;
  void *out = self->base.parent.output[0].data;

  if (self->in16 && self->out16 && argmax == NULL)
    maximum_body (self, s, in, out, NULL, TRUE, TRUE);
  else if (self->in16 && self->out16)
    maximum_body (self, s, in, out, argmax, TRUE, TRUE);
  else if (!self->in16 && !self->out16 && argmax == NULL)
    maximum_body (self, s, in, out, NULL, FALSE, FALSE);
  else if (!self->in16 && !self->out16)
    maximum_body (self, s, in, out, argmax, FALSE, FALSE);
  else
    maximum_body (self, s, in, out, argmax, self->in16, self->out16);
}

/* Every window that covers the pixel gives it what it got, if the pixel was its largest. */
SMALTI_CPU_BODY void
maximum_backward_body (const Pool *self, const Spot *s, const void *in, const gint32 *argmax, void *out, gboolean in16,
                       gboolean out16)
{
  const SmaltiCpuTaps *v = &self->vertical, *h = &self->horizontal;
  gint32 position = s->y * self->plane_width + s->x;
  gfloat sum[CHUNK];

#pragma omp simd
  for (gint64 c = 0; c < s->n_channels; c++)
    sum[c] = 0;
  for (gint i = v->first[s->y]; i < v->first[s->y + 1]; i++)
    for (gint j = h->first[s->x]; j < h->first[s->x + 1]; j++)
      {
        gint64 at = tap (self, s, v->at[i], h->at[j]);

#pragma omp simd
        for (gint64 c = 0; c < s->n_channels; c++)
          {
            gfloat g = smalti_cpu_load (in, at + c, in16);

            sum[c] += argmax[at + c] == position ? g : 0;
          }
      }
#pragma omp simd
  for (gint64 c = 0; c < s->n_channels; c++)
    smalti_cpu_store (out, s->at + s->c + c, sum[c], out16);
}

SMALTI_CPU_CLONES static void
maximum_backward (const Pool *self, const Spot *s)
{
  const void *in = self->base.parent.input[0].data;
  const gint32 *argmax = (const gint32 *)(gconstpointer)self->base.parent.input[1].data;
  void *out = self->base.parent.output[0].data;

  if (self->in16 && self->out16)
    maximum_backward_body (self, s, in, argmax, out, TRUE, TRUE);
  else if (!self->in16 && !self->out16)
    maximum_backward_body (self, s, in, argmax, out, FALSE, FALSE);
  else
    maximum_backward_body (self, s, in, argmax, out, self->in16, self->out16);
}

static void
pool_run (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, const SmaltiRunContext *context)
{
  const Pool *self = (const Pool *)kernel;
  gint64 n_chunks = smalti_cpu_pieces (self->channels, CHUNK);
  gint64 n_pixels = self->n * self->vertical.n_outputs * self->horizontal.n_outputs;
  gint64 n_read = self->n * self->vertical.n_inputs * self->horizontal.n_inputs;
  SmaltiOp op = kernel->parent.node->op;
  gint32 *argmax = NULL;

  if (op == SMALTI_OP_MAX_POOL && kernel->parent.node->n_outputs > 1)
    argmax = (gint32 *)(gpointer)kernel->parent.output[1].data;
#pragma omp parallel for schedule(static) if ((n_pixels + n_read) * self->channels > SMALTI_CPU_SMALL)
  for (gint64 i = 0; i < n_pixels * n_chunks; i++)
    {
      Spot s = spot (self, i, n_chunks);

      if (op == SMALTI_OP_MAX_POOL)
        maximum (self, &s, argmax);
      else if (op == SMALTI_OP_MAX_POOL_BACKWARD)
        maximum_backward (self, &s);
      else
        average (self, &s);
    }
}

static Pool *
prepare (const SmaltiNode *node, SmaltiPrecision precision)
{
  SmaltiCpuView view = smalti_cpu_view (node->output[0], precision);
  Pool *self = smalti_cpu_kernel_new (sizeof *self, node, precision, pool_run);

  self->base.destroy = pool_destroy;
  self->n = view.n;
  self->channels = view.channels;
  self->in16 = smalti_cpu_is_bf16 (node->input[0], precision);
  self->out16 = view.bf16;
  return self;
}

/* Forward maps @x to @y; the matrices are made so, and turned for backward. */
static SmaltiCpuKernel *
prepare_window (const SmaltiNode *node, SmaltiPrecision precision, gboolean backward, gboolean mean)
{
  const SmaltiWindow *window = &node->attr.window;
  Pool *self = prepare (node, precision);
  SmaltiCpuView x = smalti_cpu_view (backward ? node->output[0] : node->input[0], precision);
  SmaltiCpuView y = smalti_cpu_view (backward ? node->input[0] : node->output[0], precision);

  smalti_cpu_taps_init_window (&self->vertical, x.height, y.height, window, 0, mean);
  smalti_cpu_taps_init_window (&self->horizontal, x.width, y.width, window, 1, mean);
  self->plane_width = x.width;
  if (backward)
    {
      smalti_cpu_taps_transpose (&self->vertical);
      smalti_cpu_taps_transpose (&self->horizontal);
    }
  return &self->base;
}

SmaltiCpuKernel *
smalti_cpu_prepare_max_pool (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  return prepare_window (node, precision, FALSE, FALSE);
}

SmaltiCpuKernel *
smalti_cpu_prepare_max_pool_backward (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  return prepare_window (node, precision, TRUE, FALSE);
}

SmaltiCpuKernel *
smalti_cpu_prepare_avg_pool (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  return prepare_window (node, precision, FALSE, TRUE);
}

SmaltiCpuKernel *
smalti_cpu_prepare_avg_pool_backward (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  return prepare_window (node, precision, TRUE, TRUE);
}

SmaltiCpuKernel *
smalti_cpu_prepare_adaptive_avg_pool (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  SmaltiCpuView x = smalti_cpu_view (node->input[0], precision), y = smalti_cpu_view (node->output[0], precision);
  Pool *self = prepare (node, precision);

  smalti_cpu_taps_init_adaptive (&self->vertical, x.height, y.height);
  smalti_cpu_taps_init_adaptive (&self->horizontal, x.width, y.width);
  return &self->base;
}

SmaltiCpuKernel *
smalti_cpu_prepare_adaptive_avg_pool_backward (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision,
                                               GError **error)
{
  SmaltiCpuView x = smalti_cpu_view (node->output[0], precision), y = smalti_cpu_view (node->input[0], precision);
  Pool *self = prepare (node, precision);

  smalti_cpu_taps_init_adaptive (&self->vertical, x.height, y.height);
  smalti_cpu_taps_init_adaptive (&self->horizontal, x.width, y.width);
  smalti_cpu_taps_transpose (&self->vertical);
  smalti_cpu_taps_transpose (&self->horizontal);
  return &self->base;
}

SmaltiCpuKernel *
smalti_cpu_prepare_upsample (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  SmaltiCpuView x = smalti_cpu_view (node->input[0], precision);
  Pool *self = prepare (node, precision);

  smalti_cpu_taps_init_upsample (&self->vertical, x.height, node->attr.upsample.factor, node->attr.upsample.bilinear);
  smalti_cpu_taps_init_upsample (&self->horizontal, x.width, node->attr.upsample.factor, node->attr.upsample.bilinear);
  return &self->base;
}

SmaltiCpuKernel *
smalti_cpu_prepare_upsample_backward (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  SmaltiCpuView x = smalti_cpu_view (node->output[0], precision);
  Pool *self = prepare (node, precision);

  smalti_cpu_taps_init_upsample (&self->vertical, x.height, node->attr.upsample.factor, node->attr.upsample.bilinear);
  smalti_cpu_taps_init_upsample (&self->horizontal, x.width, node->attr.upsample.factor, node->attr.upsample.bilinear);
  smalti_cpu_taps_transpose (&self->vertical);
  smalti_cpu_taps_transpose (&self->horizontal);
  return &self->base;
}
