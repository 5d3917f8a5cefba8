/* SPDX-License-Identifier: Apache-2.0 */
/* Gradients of weights where the result is a plane of a few pixels, as in the last stage of a network for small images.
 *
 *   x : (N, H, W, C)   dy : (N, OH, OW, O)   dw : (O, C, KH, KW)
 *
 * oneDNN sums image by image: with 2 x 2 pixels it reads and writes all of dw for four multiply-adds of each element.
 * Here each tap of the kernel is one product over all images, dw[tap]^T (C, O) = x[tap]^T (C, P) dy[tap] (P, O), where
 * P counts the pairs of an output pixel and the input pixel it sees through that tap; pairs whose input pixel is
 * padding cost nothing. The pixels of a tap are gathered first, which is little beside the product. */
#include "core/device/cpu/conv-private.h"

#include <cblas.h>
#include <string.h>

#include "core/device/cpu/pack-private.h"

#define MAX_PIXELS 4 /* of the result */

typedef struct
{
  guint n_pairs;
  gint out[MAX_PIXELS], in[MAX_PIXELS]; /* pixels of their planes */
  SmaltiDnnlPrimitive *product;         /* of bf16 */
} Tap;

typedef struct
{
  SmaltiCpuKernel kernel;
  gint64 n_images, n_in, n_out; /* N, C, O */
  gint64 in_pixels, out_pixels; /* of a plane */
  guint n_taps;
  Tap *taps;
  gsize element;     /* bytes of an activation */
  SmaltiPack *order; /* from one matrix (C, O) a tap to row major */
  gsize x_at, dy_at, dw_at, work_at, sums_at;
} ConvTaps;

gboolean
smalti_conv_suits_taps (const SmaltiNode *node, SmaltiPrecision precision)
{
  const gint64 *dy, *kernel;

  if (node->op != SMALTI_OP_CONV_BACKWARD_WEIGHTS || node->attr.window.groups > 1)
    return FALSE;
  if (precision == SMALTI_PRECISION_BF16
      && (node->input[0]->klass != SMALTI_CLASS_ACTIVATION || node->input[1]->klass != SMALTI_CLASS_ACTIVATION))
    return FALSE;
  dy = node->input[1]->shape.dim;
  kernel = node->output[0]->shape.dim;
  return dy[2] * dy[3] <= MAX_PIXELS && kernel[2] * kernel[3] > 1;
}

static void
taps_destroy (SmaltiCpuKernel *kernel)
{
  ConvTaps *self = (ConvTaps *)kernel;

  for (guint i = 0; i < self->n_taps; i++)
    smalti_dnnl_primitive_free (self->taps[i].product);
  smalti_pack_free (self->order);
  g_free (self->taps);
  g_free (self);
}

static void
find_pairs (Tap *tap, const SmaltiNode *node, gint64 kh, gint64 kw)
{
  const SmaltiWindow *w = &node->attr.window;
  const gint64 *x = node->input[0]->shape.dim, *dy = node->input[1]->shape.dim;

  for (gint64 oh = 0; oh < dy[2]; oh++)
    for (gint64 ow = 0; ow < dy[3]; ow++)
      {
        gint64 h = oh * w->stride[0] - w->padding[0] + kh * w->dilation[0];
        gint64 v = ow * w->stride[1] - w->padding[1] + kw * w->dilation[1];

        if (h < 0 || h >= x[2] || v < 0 || v >= x[3])
          continue;
        tap->out[tap->n_pairs] = oh * dy[3] + ow;
        tap->in[tap->n_pairs++] = h * x[3] + v;
      }
}

static gboolean
make_product (ConvTaps *self, Tap *tap, SmaltiCpu *cpu, GError **error)
{
  gint64 n_pairs = self->n_images * tap->n_pairs;
  g_autoptr (SmaltiDnnlDesc) x
      = smalti_dnnl_desc_new (2, (const gint64[]){ self->n_in, n_pairs }, (const gint64[]){ 1, self->n_in }, TRUE);
  g_autoptr (SmaltiDnnlDesc) dy
      = smalti_dnnl_desc_new (2, (const gint64[]){ n_pairs, self->n_out }, (const gint64[]){ self->n_out, 1 }, TRUE);
  g_autoptr (SmaltiDnnlDesc) dw = smalti_dnnl_desc_new (2, (const gint64[]){ self->n_in, self->n_out },
                                                        (const gint64[]){ self->n_out, 1 }, FALSE);

  tap->product = smalti_dnnl_matmul_new (cpu->dnnl, x, dy, NULL, dw, FALSE, FALSE, FALSE, error);
  return tap->product != NULL;
}

static gboolean
taps_bind (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, GError **error)
{
  ConvTaps *self = (ConvTaps *)kernel;
  guint8 *scratch = kernel->parent.scratch.data;

  for (guint i = 0; i < self->n_taps; i++)
    {
      SmaltiDnnlPrimitive *product = self->taps[i].product;
      gsize dw_at = self->dw_at + i * self->n_in * self->n_out * sizeof (gfloat);

      if (product != NULL
          && (!smalti_dnnl_primitive_set (product, SMALTI_DNNL_SRC, scratch + self->x_at, error)
              || !smalti_dnnl_primitive_set (product, SMALTI_DNNL_WEIGHTS, scratch + self->dy_at, error)
              || !smalti_dnnl_primitive_set (product, SMALTI_DNNL_DST, scratch + dw_at, error)
              || !smalti_dnnl_primitive_set (product, SMALTI_DNNL_SCRATCH, scratch + self->work_at, error)))
        return FALSE;
    }
  return TRUE;
}

/* Rows (image, pair) of what a tap sees. */
static void
gather (guint8 *to, const guint8 *from, gint64 n_images, gint64 n_pixels, gsize row, const gint *pixels, guint n_pairs)
{
#pragma omp parallel for schedule(static)
  for (gint64 n = 0; n < n_images; n++)
    for (guint p = 0; p < n_pairs; p++)
      memcpy (to + (n * n_pairs + p) * row, from + (n * n_pixels + pixels[p]) * row, row);
}

static void
run_tap (ConvTaps *self, const Tap *tap, gfloat *dw)
{
  const SmaltiKernel *parent = &self->kernel.parent;
  guint8 *x = parent->scratch.data + self->x_at, *dy = parent->scratch.data + self->dy_at;

  if (tap->n_pairs == 0)
    {
      memset (dw, 0, self->n_in * self->n_out * sizeof *dw);
      return;
    }
  gather (x, parent->input[0].data, self->n_images, self->in_pixels, self->n_in * self->element, tap->in, tap->n_pairs);
  gather (dy, parent->input[1].data, self->n_images, self->out_pixels, self->n_out * self->element, tap->out,
          tap->n_pairs);
  if (tap->product != NULL)
    smalti_dnnl_primitive_run (tap->product);
  else
    cblas_sgemm (CblasRowMajor, CblasTrans, CblasNoTrans, self->n_in, self->n_out, self->n_images * tap->n_pairs, 1,
                 (const gfloat *)x, self->n_in, (const gfloat *)dy, self->n_out, 0, dw, self->n_out);
}

static void
taps_run (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, const SmaltiRunContext *context)
{
  ConvTaps *self = (ConvTaps *)kernel;
  SmaltiKernel *parent = &kernel->parent;
  gfloat *dw = (gfloat *)(parent->scratch.data + self->dw_at);

  for (guint i = 0; i < self->n_taps; i++)
    run_tap (self, &self->taps[i], dw + i * self->n_in * self->n_out);
  smalti_pack_sum (self->order, (gfloat *)parent->output[0].data, dw, 1, 0);
  if (parent->node->n_outputs > 1)
    smalti_cpu_sum_pixels ((gfloat *)parent->output[1].data, parent->input[1].data, self->element == 2,
                           self->n_images * self->out_pixels, self->n_out,
                           (gfloat *)(parent->scratch.data + self->sums_at));
}

static void
lay_out_scratch (ConvTaps *self)
{
  gsize *total = &self->kernel.parent.scratch_bytes, work = 0;
  guint most = 0;

  for (guint i = 0; i < self->n_taps; i++)
    {
      most = MAX (most, self->taps[i].n_pairs);
      if (self->taps[i].product != NULL)
        work = MAX (work, smalti_dnnl_primitive_scratch_bytes (self->taps[i].product));
    }
  self->x_at = smalti_cpu_reserve (total, self->n_images * most * self->n_in * self->element);
  self->dy_at = smalti_cpu_reserve (total, self->n_images * most * self->n_out * self->element);
  self->dw_at = smalti_cpu_reserve (total, self->n_taps * self->n_in * self->n_out * sizeof (gfloat));
  self->work_at = smalti_cpu_reserve (total, work);
  self->sums_at = smalti_cpu_reserve (total, smalti_cpu_sum_scratch (self->n_out));
}

SmaltiCpuKernel *
smalti_cpu_prepare_conv_taps (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  ConvTaps *self = g_new0 (ConvTaps, 1);
  const gint64 *x = node->input[0]->shape.dim, *dy = node->input[1]->shape.dim, *dw = node->output[0]->shape.dim;
  gint64 matrix = dw[0] * dw[1];
  g_autoptr (SmaltiDnnlDesc) order
      = smalti_dnnl_desc_new (4, dw, (const gint64[]){ 1, dw[0], dw[3] * matrix, matrix }, FALSE);

  self->kernel.run = taps_run;
  self->kernel.bind = taps_bind;
  self->kernel.destroy = taps_destroy;
  self->n_images = x[0];
  self->n_in = x[1];
  self->n_out = dy[1];
  self->in_pixels = x[2] * x[3];
  self->out_pixels = dy[2] * dy[3];
  self->element = precision == SMALTI_PRECISION_BF16 ? 2 : 4;
  self->order = smalti_pack_new (order, 1, node->output[0]->shape, FALSE);
  self->n_taps = dw[2] * dw[3];
  self->taps = g_new0 (Tap, self->n_taps);
  for (guint i = 0; i < self->n_taps; i++)
    {
      find_pairs (&self->taps[i], node, i / dw[3], i % dw[3]);
      if (precision == SMALTI_PRECISION_BF16 && self->taps[i].n_pairs > 0
          && !make_product (self, &self->taps[i], cpu, error))
        {
          g_prefix_error (error, "%s: ", node->name);
          taps_destroy (&self->kernel);
          return NULL;
        }
    }
  lay_out_scratch (self);
  return &self->kernel;
}
