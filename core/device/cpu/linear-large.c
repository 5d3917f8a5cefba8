/* SPDX-License-Identifier: Apache-2.0 */
/* Products of few rows with large master weights, in bf16: y = x w^T, or dx = dy w.
 *
 *   x, dy : (M, K), bf16      w : (O, I), f32      y, dx : (M, N)
 *
 * Time goes into reading w, so that is done once: block by block, w is rounded to bf16 into a panel that stays in the
 * second level cache and multiplied from there. Copying all of w to bf16 first would move it through memory four times.
 * Each thread has its own columns of the result, a panel and a tile of sums in f32; oneDNN multiplies on one thread. */
#include "core/device/cpu/linear-private.h"

#include <string.h>

#define MIN_WEIGHTS (2 << 20)
#define MAX_ROWS    256
#define WIDTH       256  /* of a panel in columns of the result, about */
#define DEPTH       1024 /* of a panel in summands, about: half a MiB with WIDTH */
#define MAX_WORKERS 64

typedef struct
{
  SmaltiCpuKernel kernel;
  gboolean by_rows; /* w is (N, K): its rows are columns of the product */
  gboolean staged;  /* the left factor comes in f32 */
  gint bias_input;  /* -1: none */
  gint64 m, n, k, width, depth;
  guint n_workers;
  SmaltiDnnlPrimitive *product[MAX_WORKERS][2][2][2]; /* narrower last panel, shallower last one, adds */
  gsize left_at, panel_at, panel_bytes, tile_at, tile_bytes, work_at, work_bytes;
} Large;

gboolean
smalti_linear_is_large (const SmaltiNode *node, SmaltiPrecision precision)
{
  const SmaltiValue *weights = node->input[1];

  return precision == SMALTI_PRECISION_BF16 && node->op != SMALTI_OP_LINEAR_BACKWARD_WEIGHTS
         && smalti_shape_size (weights->shape) >= MIN_WEIGHTS && node->input[0]->shape.dim[0] <= MAX_ROWS
         && !smalti_cpu_is_bf16 (weights, precision);
}

static void
large_destroy (SmaltiCpuKernel *kernel)
{
  Large *self = (Large *)kernel;
  SmaltiDnnlPrimitive **all = &self->product[0][0][0][0];

  for (guint i = 0; i < sizeof self->product / sizeof *all; i++)
    smalti_dnnl_primitive_free (all[i]);
  g_free (self);
}

/* The last block of @size cut into blocks of @block. */
static gint64
last_of (gint64 size, gint64 block)
{
  return size - (size - 1) / block * block;
}

static gboolean
make_product (Large *self, SmaltiCpu *cpu, SmaltiDnnlPrimitive **product, gboolean last_width, gboolean last_depth,
              gboolean add, GError **error)
{
  gint64 n = last_width ? last_of (self->n, self->width) : self->width;
  gint64 k = last_depth ? last_of (self->k, self->depth) : self->depth;
  g_autoptr (SmaltiDnnlDesc) left
      = smalti_dnnl_desc_new (2, (const gint64[]){ self->m, k }, (const gint64[]){ self->k, 1 }, TRUE);
  g_autoptr (SmaltiDnnlDesc) panel = smalti_dnnl_desc_new (
      2, (const gint64[]){ k, n }, self->by_rows ? (const gint64[]){ 1, k } : (const gint64[]){ n, 1 }, TRUE);
  g_autoptr (SmaltiDnnlDesc) tile
      = smalti_dnnl_desc_new (2, (const gint64[]){ self->m, n }, (const gint64[]){ n, 1 }, FALSE);

  *product = smalti_dnnl_matmul_new (cpu->dnnl, left, panel, NULL, tile, FALSE, add, TRUE, error);
  if (*product == NULL)
    return FALSE;
  self->work_bytes = MAX (self->work_bytes, smalti_dnnl_primitive_scratch_bytes (*product));
  return TRUE;
}

static gboolean
make_products (Large *self, SmaltiCpu *cpu, GError **error)
{
  for (guint w = 0; w < self->n_workers; w++)
    for (guint i = 0; i < 8; i++)
      if (!make_product (self, cpu, &self->product[w][i & 1][i >> 1 & 1][i >> 2], i & 1, i >> 1 & 1, i >> 2, error))
        return FALSE;
  return TRUE;
}

static gboolean
large_bind (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, GError **error)
{
  Large *self = (Large *)kernel;
  guint8 *scratch = kernel->parent.scratch.data;
  guint8 *left = self->staged ? scratch + self->left_at : kernel->parent.input[0].data;

  for (guint w = 0; w < self->n_workers; w++)
    for (guint i = 0; i < 8; i++)
      {
        SmaltiDnnlPrimitive *product = self->product[w][i & 1][i >> 1 & 1][i >> 2];

        if (!smalti_dnnl_primitive_set (product, SMALTI_DNNL_SRC, left, error)
            || !smalti_dnnl_primitive_set (product, SMALTI_DNNL_WEIGHTS,
                                           scratch + self->panel_at + w * self->panel_bytes, error)
            || !smalti_dnnl_primitive_set (product, SMALTI_DNNL_DST, scratch + self->tile_at + w * self->tile_bytes,
                                           error)
            || !smalti_dnnl_primitive_set (product, SMALTI_DNNL_SCRATCH, scratch + self->work_at + w * self->work_bytes,
                                           error))
          return FALSE;
      }
  return TRUE;
}

static void
fill_panel (const Large *self, guint16 *panel, gint64 n0, gint64 n, gint64 k0, gint64 k)
{
  const gfloat *w = (const gfloat *)self->kernel.parent.input[1].data;

  if (self->by_rows)
    for (gint64 i = 0; i < n; i++)
      smalti_cpu_narrow (panel + i * k, w + (n0 + i) * self->k + k0, k);
  else
    for (gint64 i = 0; i < k; i++)
      smalti_cpu_narrow (panel + i * n, w + (k0 + i) * self->n + n0, n);
}

/* Bias, ReLU and the result's type. */
static void
store_tile (const Large *self, gfloat *tile, gint64 n0, gint64 n)
{
  const SmaltiKernel *parent = &self->kernel.parent;
  const gfloat *bias = self->bias_input >= 0 ? (const gfloat *)parent->input[self->bias_input].data + n0 : NULL;
  gboolean bf16 = smalti_cpu_is_bf16 (parent->node->output[0], self->kernel.precision);

  smalti_cpu_add_bias (tile, FALSE, bias, parent->node->relu, self->m, n);
  for (gint64 i = 0; i < self->m; i++)
    if (bf16)
      smalti_cpu_narrow ((guint16 *)parent->output[0].data + i * self->n + n0, tile + i * n, n);
    else
      memcpy ((gfloat *)parent->output[0].data + i * self->n + n0, tile + i * n, n * sizeof *tile);
}

static void
run_panels (Large *self, guint worker, gint64 n0, gint64 n)
{
  guint8 *scratch = self->kernel.parent.scratch.data;
  guint16 *panel = (guint16 *)(scratch + self->panel_at + worker * self->panel_bytes);
  const guint16 *left = (const guint16 *)(self->staged ? scratch + self->left_at : self->kernel.parent.input[0].data);

  for (gint64 k0 = 0; k0 < self->k; k0 += self->depth)
    {
      gint64 k = MIN (self->depth, self->k - k0);
      SmaltiDnnlPrimitive *product = self->product[worker][n < self->width][k < self->depth][k0 > 0];

      fill_panel (self, panel, n0, n, k0, k);
      smalti_dnnl_primitive_set (product, SMALTI_DNNL_SRC, (gpointer)(left + k0), NULL);
      smalti_dnnl_primitive_run (product);
    }
  store_tile (self, (gfloat *)(scratch + self->tile_at + worker * self->tile_bytes), n0, n);
}

static void
large_run (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, const SmaltiRunContext *context)
{
  Large *self = (Large *)kernel;

  if (self->staged)
    smalti_cpu_to_bf16 ((guint16 *)(kernel->parent.scratch.data + self->left_at),
                        (const gfloat *)kernel->parent.input[0].data, self->m * self->k);
#pragma omp parallel for schedule(static, 1)
  for (guint w = 0; w < self->n_workers; w++)
    for (gint64 n0 = w * self->width; n0 < self->n; n0 += self->n_workers * self->width)
      run_panels (self, w, n0, MIN (self->width, self->n - n0));
}

static gint64
round_up (gint64 x, gint64 step)
{
  return (x + step - 1) / step * step;
}

/* Panels of equal size, as many as make the same work for all. */
static void
cut (Large *self, guint n_threads)
{
  gint64 n_panels = round_up ((self->n + WIDTH - 1) / WIDTH, MIN (n_threads, MAX_WORKERS));
  gint64 n_blocks = (self->k + DEPTH - 1) / DEPTH;

  self->width = MIN (self->n, round_up ((self->n + n_panels - 1) / n_panels, 16));
  self->depth = MIN (self->k, round_up ((self->k + n_blocks - 1) / n_blocks, 32));
  n_panels = (self->n + self->width - 1) / self->width;
  self->n_workers = MIN (MIN (n_threads, MAX_WORKERS), n_panels);
}

SmaltiCpuKernel *
smalti_cpu_prepare_linear_large (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  Large *self = g_new0 (Large, 1);
  gsize *total = &self->kernel.parent.scratch_bytes;

  self->kernel.run = large_run;
  self->kernel.bind = large_bind;
  self->kernel.destroy = large_destroy;
  self->by_rows = node->op == SMALTI_OP_LINEAR;
  self->bias_input = self->by_rows && node->n_inputs > 2 ? 2 : -1;
  self->staged = !smalti_cpu_is_bf16 (node->input[0], precision);
  self->m = node->input[0]->shape.dim[0];
  self->k = node->input[0]->shape.dim[1];
  self->n = node->output[0]->shape.dim[1];
  cut (self, cpu->parent.info.n_threads);
  if (!make_products (self, cpu, error))
    {
      g_prefix_error (error, "%s: ", node->name);
      large_destroy (&self->kernel);
      return NULL;
    }
  self->panel_bytes = round_up (self->width * self->depth * sizeof (guint16), 64);
  self->tile_bytes = round_up (self->m * self->width * sizeof (gfloat), 64);
  self->work_bytes = round_up (self->work_bytes, 64);
  if (self->staged)
    self->left_at = smalti_cpu_reserve (total, self->m * self->k * sizeof (guint16));
  self->panel_at = smalti_cpu_reserve (total, self->n_workers * self->panel_bytes);
  self->tile_at = smalti_cpu_reserve (total, self->n_workers * self->tile_bytes);
  self->work_at = smalti_cpu_reserve (total, self->n_workers * self->work_bytes);
  return &self->kernel;
}
