/* SPDX-License-Identifier: Apache-2.0 */
/* Batch norm, fused with the addition of a residual and ReLU.
 *
 *   x, y, residual : pixels x C, channels last      gamma, beta, mean, rstd, running mean and var : (C), f32
 *
 * A row is one pixel, or, where channels are few, as many pixels as make it long enough for wide registers; columns of
 * a row that are one channel are put together at the end. Rows are cut into blocks by their number alone, and blocks
 * are put together in their order, so that the number of threads changes no bit.
 *
 * Statistics come from one pass: tiles of a few rows summed in f32 about their own first row, then merged in double
 * with what was before (Chan, Golub & LeVeque 1983), so that a mean far from zero costs no digits. The second pass goes
 * backwards: it meets what the first one read last, which is still in the cache. */
#include "core/device/cpu/rows-private.h"

#include <math.h>

#include "core/device/cpu/norm-private.h"

void
smalti_cpu_norm_grid_init (SmaltiCpuNormGrid *self, SmaltiCpuView view)
{
  gint64 joined = 1;

  for (gint64 j = 2; view.channels < 64 && j * view.channels <= 256; j++)
    if (view.pixels % j == 0)
      joined = j;
  self->channels = view.channels;
  self->pixels = view.pixels;
  self->joined = joined;
  self->width = joined * view.channels;
  self->n_rows = view.pixels / joined;
  self->block = MAX (SMALTI_CPU_NORM_TILE, 32768 / self->width / SMALTI_CPU_NORM_TILE * SMALTI_CPU_NORM_TILE);
  while (smalti_cpu_pieces (self->n_rows, self->block) > 256)
    self->block *= 2;
  self->n_blocks = smalti_cpu_pieces (self->n_rows, self->block);
}

gsize
smalti_cpu_norm_grid_scratch (const SmaltiCpuNormGrid *self)
{
  return self->width * (2 * self->n_blocks * sizeof (gdouble) + 4 * sizeof (gfloat));
}

gdouble *
smalti_cpu_norm_grid_sums (const SmaltiCpuNormGrid *self, SmaltiBuffer scratch, gint64 block)
{
  return (gdouble *)(gpointer)scratch.data + 2 * self->width * block;
}

gfloat *
smalti_cpu_norm_grid_factors (const SmaltiCpuNormGrid *self, SmaltiBuffer scratch)
{
  return (gfloat *)(gpointer)smalti_cpu_norm_grid_sums (self, scratch, self->n_blocks);
}

void
smalti_cpu_norm_grid_repeat (const SmaltiCpuNormGrid *self, gfloat *factors)
{
  for (gint64 i = self->channels; i < self->width; i++)
    factors[i] = factors[i - self->channels];
}

gint64
smalti_cpu_norm_grid_rows (const SmaltiCpuNormGrid *self, gint64 block)
{
  return MIN (self->block, self->n_rows - block * self->block);
}

typedef struct
{
  SmaltiCpuKernel base;
  SmaltiCpuNormGrid grid;
  gboolean x16, residual16, y16;
} Norm;

/* Mean and sum of squared deviations of @n_columns columns; @n_before rows are in @mean and @m2 already. */
SMALTI_CPU_BODY void
merge_tile_body (const void *x, gint64 width, gint64 n_rows, gint64 n_columns, gint64 n_before, gdouble *mean,
                 gdouble *m2, gboolean x16)
{
  gfloat first[SMALTI_CPU_NORM_CHUNK], sum[SMALTI_CPU_NORM_CHUNK], square[SMALTI_CPU_NORM_CHUNK];
  gdouble inverse = 1.0 / n_rows, share = n_rows / (gdouble)(n_before + n_rows);

#pragma omp simd
  for (gint64 c = 0; c < n_columns; c++)
    {
      first[c] = smalti_cpu_load (x, c, x16);
      sum[c] = square[c] = 0;
    }
  for (gint64 r = 1; r < n_rows; r++)
    {
      const void *row = smalti_cpu_at_const (x, r * width, x16);

#pragma omp simd
      for (gint64 c = 0; c < n_columns; c++)
        {
          gfloat d = smalti_cpu_load (row, c, x16) - first[c];

          sum[c] += d;
          square[c] += d * d;
        }
    }
#pragma omp simd
  for (gint64 c = 0; c < n_columns; c++)
    {
      gdouble s = sum[c], delta = first[c] + s * inverse - mean[c];

      mean[c] += delta * share;
      m2[c] += square[c] - s * s * inverse + delta * delta * n_before * share;
    }
}

SMALTI_CPU_CLONES static void
merge_tile (const void *x, gint64 width, gint64 n_rows, gint64 n_columns, gint64 n_before, gdouble *mean, gdouble *m2,
            gboolean x16)
{
  if (x16)
    merge_tile_body (x, width, n_rows, n_columns, n_before, mean, m2, TRUE);
  else
    merge_tile_body (x, width, n_rows, n_columns, n_before, mean, m2, FALSE);
}

static void
measure_block (const Norm *self, gint64 block)
{
  const SmaltiCpuNormGrid *grid = &self->grid;
  const void *x = smalti_cpu_at_const (self->base.parent.input[0].data, block * grid->block * grid->width, self->x16);
  gdouble *mean = smalti_cpu_norm_grid_sums (grid, self->base.parent.scratch, block), *m2 = mean + grid->width;
  gint64 n_rows = smalti_cpu_norm_grid_rows (grid, block);

  for (gint64 c = 0; c < grid->width; c++)
    mean[c] = m2[c] = 0;
  for (gint64 r = 0; r < n_rows; r += SMALTI_CPU_NORM_TILE)
    for (gint64 c = 0; c < grid->width; c += SMALTI_CPU_NORM_CHUNK)
      merge_tile (smalti_cpu_at_const (x, r * grid->width + c, self->x16), grid->width,
                  MIN (SMALTI_CPU_NORM_TILE, n_rows - r), MIN (SMALTI_CPU_NORM_CHUNK, grid->width - c), r, mean + c,
                  m2 + c, self->x16);
}

/* Statistics of channel @c over all blocks and joined pixels, and what follows from them. */
static void
finish_channel (const Norm *self, gint64 c)
{
  const SmaltiKernel *kernel = &self->base.parent;
  const SmaltiCpuNormGrid *grid = &self->grid;
  const gfloat *gamma = (const gfloat *)kernel->input[1].data, *beta = (const gfloat *)kernel->input[2].data;
  gfloat *running_mean = (gfloat *)kernel->input[3].data, *running_var = (gfloat *)kernel->input[4].data;
  gfloat *factors = smalti_cpu_norm_grid_factors (grid, kernel->scratch);
  gfloat momentum = kernel->node->attr.norm.momentum;
  gdouble mean = 0, m2 = 0, var, rstd;
  gint64 n = 0;

  for (gint64 block = 0; block < grid->n_blocks; block++)
    {
      const gdouble *sums = smalti_cpu_norm_grid_sums (grid, kernel->scratch, block);
      gint64 n_rows = smalti_cpu_norm_grid_rows (grid, block);

      for (gint64 i = c; i < grid->width; i += grid->channels)
        {
          gdouble delta = sums[i] - mean, share = n_rows / (gdouble)(n + n_rows);

          mean += delta * share;
          m2 += sums[grid->width + i] + delta * delta * n * share;
          n += n_rows;
        }
    }
  var = MAX (m2, 0) / n;
  rstd = 1 / sqrt (var + kernel->node->attr.norm.eps);
  if (isnan (m2)) /* MAX would hide it */
    rstd = var = NAN;
  ((gfloat *)kernel->output[1].data)[c] = mean;
  ((gfloat *)kernel->output[2].data)[c] = rstd;
  running_mean[c] = (1 - momentum) * running_mean[c] + momentum * (gfloat)mean;
  running_var[c] = (1 - momentum) * running_var[c] + momentum * (gfloat)(var * n / MAX (n - 1, 1));

  /* y = (x - mean) * scale + offset; what f32 cuts off the mean goes into the offset */
  factors[c] = mean;
  factors[grid->width + c] = gamma[c] * rstd;
  factors[2 * grid->width + c] = beta[c] - (mean - (gfloat)mean) * gamma[c] * rstd;
}

SMALTI_CPU_BODY void
normalise_body (const void *x, const void *residual, void *y, gint64 width, gint64 n_rows, const gfloat *mean,
                const gfloat *scale, const gfloat *offset, gfloat floor, gboolean add, gboolean x16,
                gboolean residual16, gboolean y16)
{
  for (gint64 r = 0; r < n_rows; r++)
    {
      gint64 at = r * width;

#pragma omp simd
      for (gint64 c = 0; c < width; c++)
        {
          gfloat v = (smalti_cpu_load (x, at + c, x16) - mean[c]) * scale[c] + offset[c];

          if (add)
            v += smalti_cpu_load (residual, at + c, residual16);
          smalti_cpu_store (y, at + c, v < floor ? floor : v, y16);
        }
    }
}

SMALTI_CPU_CLONES static void
normalise (const void *x, const void *residual, void *y, gint64 width, gint64 n_rows, const gfloat *mean,
           const gfloat *scale, const gfloat *offset, gfloat floor, gboolean x16, gboolean residual16, gboolean y16)
{
  if (residual == NULL && x16 && y16)
    normalise_body (x, residual, y, width, n_rows, mean, scale, offset, floor, FALSE, TRUE, TRUE, TRUE);
  else if (residual == NULL && !x16 && !y16)
    normalise_body (x, residual, y, width, n_rows, mean, scale, offset, floor, FALSE, FALSE, FALSE, FALSE);
  else if (residual == NULL)
    normalise_body (x, residual, y, width, n_rows, mean, scale, offset, floor, FALSE, x16, FALSE, y16);
  else if (x16 && residual16 && y16)
    normalise_body (x, residual, y, width, n_rows, mean, scale, offset, floor, TRUE, TRUE, TRUE, TRUE);
  else if (!x16 && !residual16 && !y16)
    normalise_body (x, residual, y, width, n_rows, mean, scale, offset, floor, TRUE, FALSE, FALSE, FALSE);
  else
    normalise_body (x, residual, y, width, n_rows, mean, scale, offset, floor, TRUE, x16, residual16, y16);
}

static void
normalise_block (const Norm *self, gint64 block)
{
  const SmaltiKernel *kernel = &self->base.parent;
  const SmaltiCpuNormGrid *grid = &self->grid;
  const gfloat *factors = smalti_cpu_norm_grid_factors (grid, kernel->scratch);
  gint64 at = block * grid->block * grid->width;
  const void *residual = NULL;

  if (kernel->node->attr.norm.residual)
    residual = smalti_cpu_at_const (kernel->input[5].data, at, self->residual16);
  normalise (smalti_cpu_at_const (kernel->input[0].data, at, self->x16), residual,
             smalti_cpu_at (kernel->output[0].data, at, self->y16), grid->width,
             smalti_cpu_norm_grid_rows (grid, block), factors, factors + grid->width, factors + 2 * grid->width,
             kernel->node->attr.norm.relu ? 0 : -INFINITY, self->x16, self->residual16, self->y16);
}

static void
training_run (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, const SmaltiRunContext *context)
{
  const Norm *self = (const Norm *)kernel;
  const SmaltiCpuNormGrid *grid = &self->grid;
  gfloat *factors = smalti_cpu_norm_grid_factors (grid, kernel->parent.scratch);

#pragma omp parallel if (grid->n_rows * grid->width > SMALTI_CPU_SMALL)
  {
    gint64 first = grid->n_blocks * omp_get_thread_num () / omp_get_num_threads ();
    gint64 end = grid->n_blocks * (omp_get_thread_num () + 1) / omp_get_num_threads ();

    for (gint64 block = first; block < end; block++)
      measure_block (self, block);
#pragma omp barrier
#pragma omp for schedule(static)
    for (gint64 c = 0; c < grid->channels; c++)
      finish_channel (self, c);
#pragma omp for schedule(static)
    for (gint64 i = 0; i < 3; i++)
      smalti_cpu_norm_grid_repeat (grid, factors + i * grid->width);
    for (gint64 block = end; block-- > first;)
      normalise_block (self, block);
  }
}

static void
inference_run (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, const SmaltiRunContext *context)
{
  const Norm *self = (const Norm *)kernel;
  const SmaltiCpuNormGrid *grid = &self->grid;
  const gfloat *gamma = (const gfloat *)kernel->parent.input[1].data;
  const gfloat *beta = (const gfloat *)kernel->parent.input[2].data;
  const gfloat *mean = (const gfloat *)kernel->parent.input[3].data;
  const gfloat *var = (const gfloat *)kernel->parent.input[4].data;
  gfloat *factors = smalti_cpu_norm_grid_factors (grid, kernel->parent.scratch);

  for (gint64 c = 0; c < grid->channels; c++)
    {
      factors[c] = mean[c];
      factors[grid->width + c] = gamma[c] / sqrt ((gdouble)var[c] + kernel->parent.node->attr.norm.eps);
      factors[2 * grid->width + c] = beta[c];
    }
  for (gint64 i = 0; i < 3; i++)
    smalti_cpu_norm_grid_repeat (grid, factors + i * grid->width);
#pragma omp parallel for schedule(static) if (grid->n_rows * grid->width > SMALTI_CPU_SMALL)
  for (gint64 block = 0; block < grid->n_blocks; block++)
    normalise_block (self, block);
}

SmaltiCpuKernel *
smalti_cpu_prepare_batch_norm (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  Norm *self
      = smalti_cpu_kernel_new (sizeof *self, node, precision, node->attr.norm.training ? training_run : inference_run);

  smalti_cpu_norm_grid_init (&self->grid, smalti_cpu_view (node->input[0], precision));
  self->base.parent.scratch_bytes = smalti_cpu_norm_grid_scratch (&self->grid);
  self->x16 = smalti_cpu_is_bf16 (node->input[0], precision);
  self->residual16 = node->attr.norm.residual && smalti_cpu_is_bf16 (node->input[5], precision);
  self->y16 = smalti_cpu_is_bf16 (node->output[0], precision);
  return &self->base;
}
