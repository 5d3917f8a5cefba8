/* SPDX-License-Identifier: Apache-2.0 */
/* Backward of batch norm, of training and of inference, fused with ReLU and the residual.
 *
 *   x, y, dy, dx, dresidual : pixels x C, channels last      gamma, mean, rstd, dgamma, dbeta : (C), f32
 *
 *   g = dy where y > 0, or dy without ReLU          dresidual = g
 *   dbeta = sum g                                   dgamma = sum g (x - mean) rstd
 *   dx = gamma rstd (g - dbeta / n - (x - mean) rstd dgamma / n), in inference gamma rstd g
 *
 * Two passes over x and dy, as in forward. Where there is a residual the first pass writes its gradient, and the second
 * reads that instead of y and dy. */
#include "core/device/cpu/rows-private.h"

#include <math.h>
#include <string.h>

#include "core/device/cpu/norm-private.h"

enum
{
  X,
  Y,
  DY,
  GAMMA,
  MEAN,
  RSTD, /* of inference: the running variance */
};

enum
{
  DX,
  DGAMMA,
  DBETA,
  DRESIDUAL,
};

typedef struct
{
  SmaltiCpuKernel base;
  SmaltiCpuNormGrid grid;
  gboolean inference, masked, residual;
  gboolean x16, y16, dy16, dx16, dresidual16;
} NormBackward;

/* Adds a tile to the sums of g and of g (x - mean), and writes g where that is asked for. */
SMALTI_CPU_BODY void
sum_tile_body (const NormBackward *self, const void *x, const void *y, const void *dy, void *dresidual, gint64 n_rows,
               gint64 n_columns, const gfloat *mean, gdouble *sum_g, gdouble *sum_gx, gboolean masked,
               gboolean residual, gboolean x16, gboolean y16, gboolean dy16, gboolean dresidual16)
{
  gfloat sum[SMALTI_CPU_NORM_CHUNK] = { 0 }, product[SMALTI_CPU_NORM_CHUNK] = { 0 };

  for (gint64 r = 0; r < n_rows; r++)
    {
      gint64 at = r * self->grid.width;

#pragma omp simd
      for (gint64 c = 0; c < n_columns; c++)
        {
          gfloat g = smalti_cpu_load (dy, at + c, dy16);

          if (masked)
            g = smalti_cpu_load (y, at + c, y16) > 0 ? g : 0;
          if (residual)
            smalti_cpu_store (dresidual, at + c, g, dresidual16);
          sum[c] += g;
          product[c] += g * (smalti_cpu_load (x, at + c, x16) - mean[c]);
        }
    }
#pragma omp simd
  for (gint64 c = 0; c < n_columns; c++)
    {
      sum_g[c] += sum[c];
      sum_gx[c] += product[c];
    }
}

#define SUM_TILE(masked, residual, x16, y16, dy16, dresidual16)                                                        \
  sum_tile_body (self, x, y, dy, dresidual, n_rows, n_columns, mean, sum_g, sum_gx, masked, residual, x16, y16, dy16,  \
                 dresidual16)

SMALTI_CPU_CLONES static void
sum_tile (const NormBackward *self, const void *x, const void *y, const void *dy, void *dresidual, gint64 n_rows,
          gint64 n_columns, const gfloat *mean, gdouble *sum_g, gdouble *sum_gx)
{
  gboolean residual = self->residual, masked = self->masked;
  gboolean all16 = self->x16 && self->dy16 && (!masked || self->y16) && (!residual || self->dresidual16);
  gboolean none16 = !self->x16 && !self->dy16 && (!masked || !self->y16) && (!residual || !self->dresidual16);

  if (all16 && masked && residual)
    SUM_TILE (TRUE, TRUE, TRUE, TRUE, TRUE, TRUE);
  else if (all16 && masked)
    SUM_TILE (TRUE, FALSE, TRUE, TRUE, TRUE, TRUE);
  else if (all16 && !residual)
    SUM_TILE (FALSE, FALSE, TRUE, TRUE, TRUE, TRUE);
  else if (none16 && masked && residual)
    SUM_TILE (TRUE, TRUE, FALSE, FALSE, FALSE, FALSE);
  else if (none16 && masked)
    SUM_TILE (TRUE, FALSE, FALSE, FALSE, FALSE, FALSE);
  else if (none16 && !residual)
    SUM_TILE (FALSE, FALSE, FALSE, FALSE, FALSE, FALSE);
  else
    SUM_TILE (masked, residual, self->x16, self->y16, self->dy16, self->dresidual16);
}

static void
sum_block (const NormBackward *self, gint64 block)
{
  const SmaltiKernel *kernel = &self->base.parent;
  const SmaltiCpuNormGrid *grid = &self->grid;
  const gfloat *mean = smalti_cpu_norm_grid_factors (grid, kernel->scratch);
  gdouble *sum_g = smalti_cpu_norm_grid_sums (grid, kernel->scratch, block), *sum_gx = sum_g + grid->width;
  gint64 n_rows = smalti_cpu_norm_grid_rows (grid, block);

  for (gint64 c = 0; c < grid->width; c++)
    sum_g[c] = sum_gx[c] = 0;
  for (gint64 r = 0; r < n_rows; r += SMALTI_CPU_NORM_TILE)
    for (gint64 c = 0; c < grid->width; c += SMALTI_CPU_NORM_CHUNK)
      {
        gint64 at = (block * grid->block + r) * grid->width + c;

        sum_tile (self, smalti_cpu_at_const (kernel->input[X].data, at, self->x16),
                  smalti_cpu_at_const (kernel->input[Y].data, at, self->y16),
                  smalti_cpu_at_const (kernel->input[DY].data, at, self->dy16),
                  self->residual ? smalti_cpu_at (kernel->output[DRESIDUAL].data, at, self->dresidual16) : NULL,
                  MIN (SMALTI_CPU_NORM_TILE, n_rows - r), MIN (SMALTI_CPU_NORM_CHUNK, grid->width - c), mean + c,
                  sum_g + c, sum_gx + c);
      }
}

/* Factors in scratch, a row each: dx = g * FACTOR_G + (x - mean) * FACTOR_X + OFFSET. */
enum
{
  FACTOR_MEAN,
  FACTOR_G,
  FACTOR_X,
  OFFSET,
  N_FACTORS,
};

/* The sums of channel @c -> dgamma, dbeta and the factors of dx. */
static void
finish_channel (const NormBackward *self, gint64 c)
{
  const SmaltiKernel *kernel = &self->base.parent;
  const SmaltiCpuNormGrid *grid = &self->grid;
  gfloat *factors = smalti_cpu_norm_grid_factors (grid, kernel->scratch);
  gdouble sum_g = 0, sum_gx = 0, rstd = ((const gfloat *)kernel->input[RSTD].data)[c];
  gdouble gamma = ((const gfloat *)kernel->input[GAMMA].data)[c];

  for (gint64 block = 0; block < grid->n_blocks; block++)
    {
      const gdouble *sums = smalti_cpu_norm_grid_sums (grid, kernel->scratch, block);

      for (gint64 i = c; i < grid->width; i += grid->channels)
        {
          sum_g += sums[i];
          sum_gx += sums[grid->width + i];
        }
    }
  if (self->inference)
    rstd = 1 / sqrt (rstd + kernel->node->attr.norm.eps);
  ((gfloat *)kernel->output[DGAMMA].data)[c] = sum_gx * rstd;
  ((gfloat *)kernel->output[DBETA].data)[c] = sum_g;
  factors[FACTOR_G * grid->width + c] = gamma * rstd;
  factors[FACTOR_X * grid->width + c] = self->inference ? 0 : -gamma * rstd * rstd * rstd * sum_gx / grid->pixels;
  factors[OFFSET * grid->width + c] = self->inference ? 0 : -gamma * rstd * sum_g / grid->pixels;
}

SMALTI_CPU_BODY void
send_back_body (const void *x, const void *y, const void *g, void *dx, gint64 width, gint64 n_rows,
                const gfloat *factors, gboolean masked, gboolean x16, gboolean y16, gboolean g16, gboolean dx16)
{
  const gfloat *mean = factors, *factor_g = factors + FACTOR_G * width, *factor_x = factors + FACTOR_X * width;
  const gfloat *offset = factors + OFFSET * width;

  for (gint64 r = 0; r < n_rows; r++)
    {
      gint64 at = r * width;

#pragma omp simd
      for (gint64 c = 0; c < width; c++)
        {
          gfloat v = smalti_cpu_load (g, at + c, g16);

          if (masked)
            v = smalti_cpu_load (y, at + c, y16) > 0 ? v : 0;
          v = v * factor_g[c] + (smalti_cpu_load (x, at + c, x16) - mean[c]) * factor_x[c] + offset[c];
          smalti_cpu_store (dx, at + c, v, dx16);
        }
    }
}

SMALTI_CPU_CLONES static void
send_back (const void *x, const void *y, const void *g, void *dx, gint64 width, gint64 n_rows, const gfloat *factors,
           gboolean masked, gboolean x16, gboolean y16, gboolean g16, gboolean dx16)
{
  if (masked && x16 && y16 && g16 && dx16)
    send_back_body (x, y, g, dx, width, n_rows, factors, TRUE, TRUE, TRUE, TRUE, TRUE);
  else if (masked && !x16 && !y16 && !g16 && !dx16)
    send_back_body (x, y, g, dx, width, n_rows, factors, TRUE, FALSE, FALSE, FALSE, FALSE);
  else if (!masked && x16 && g16 && dx16)
    send_back_body (x, y, g, dx, width, n_rows, factors, FALSE, TRUE, TRUE, TRUE, TRUE);
  else if (!masked && !x16 && !g16 && !dx16)
    send_back_body (x, y, g, dx, width, n_rows, factors, FALSE, FALSE, FALSE, FALSE, FALSE);
  else
    send_back_body (x, y, g, dx, width, n_rows, factors, masked, x16, y16, g16, dx16);
}

static void
send_back_block (const NormBackward *self, gint64 block)
{
  const SmaltiKernel *kernel = &self->base.parent;
  const SmaltiCpuNormGrid *grid = &self->grid;
  gint64 at = block * grid->block * grid->width;
  gboolean g16 = self->residual ? self->dresidual16 : self->dy16;

  send_back (smalti_cpu_at_const (kernel->input[X].data, at, self->x16),
             smalti_cpu_at_const (kernel->input[Y].data, at, self->y16),
             smalti_cpu_at_const (self->residual ? kernel->output[DRESIDUAL].data : kernel->input[DY].data, at, g16),
             smalti_cpu_at (kernel->output[DX].data, at, self->dx16), grid->width,
             smalti_cpu_norm_grid_rows (grid, block), smalti_cpu_norm_grid_factors (grid, kernel->scratch),
             self->masked && !self->residual, self->x16, self->y16, g16, self->dx16);
}

static void
backward_run (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, const SmaltiRunContext *context)
{
  const NormBackward *self = (const NormBackward *)kernel;
  const SmaltiCpuNormGrid *grid = &self->grid;
  gfloat *factors = smalti_cpu_norm_grid_factors (grid, kernel->parent.scratch);

  memcpy (factors, kernel->parent.input[MEAN].data, grid->channels * sizeof *factors);
  smalti_cpu_norm_grid_repeat (grid, factors);
#pragma omp parallel if (grid->n_rows * grid->width > SMALTI_CPU_SMALL)
  {
    gint64 first = grid->n_blocks * omp_get_thread_num () / omp_get_num_threads ();
    gint64 end = grid->n_blocks * (omp_get_thread_num () + 1) / omp_get_num_threads ();

    for (gint64 block = first; block < end; block++)
      sum_block (self, block);
#pragma omp barrier
#pragma omp for schedule(static)
    for (gint64 c = 0; c < grid->channels; c++)
      finish_channel (self, c);
#pragma omp for schedule(static)
    for (gint64 i = FACTOR_G; i < N_FACTORS; i++)
      smalti_cpu_norm_grid_repeat (grid, factors + i * grid->width);
    for (gint64 block = end; block-- > first;)
      send_back_block (self, block);
  }
}

SmaltiCpuKernel *
smalti_cpu_prepare_batch_norm_backward (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision,
                                        GError **error)
{
  NormBackward *self = smalti_cpu_kernel_new (sizeof *self, node, precision, backward_run);

  smalti_cpu_norm_grid_init (&self->grid, smalti_cpu_view (node->input[X], precision));
  self->base.parent.scratch_bytes = smalti_cpu_norm_grid_scratch (&self->grid);
  self->inference = node->op == SMALTI_OP_BATCH_NORM_INFERENCE_BACKWARD;
  self->masked = node->attr.norm.relu;
  self->residual = node->n_outputs > DRESIDUAL;
  self->x16 = smalti_cpu_is_bf16 (node->input[X], precision);
  self->y16 = smalti_cpu_is_bf16 (node->input[Y], precision);
  self->dy16 = smalti_cpu_is_bf16 (node->input[DY], precision);
  self->dx16 = smalti_cpu_is_bf16 (node->output[DX], precision);
  self->dresidual16 = self->residual && smalti_cpu_is_bf16 (node->output[DRESIDUAL], precision);
  return &self->base;
}
