/* SPDX-License-Identifier: Apache-2.0 */
/* Matrix products: linear layers, their gradients and MATMUL.
 *
 *   y (N, O) = x (N, I) w (O, I)^T + bias      dx = dy w      dw = dy^T x      dbias = sum over N of dy
 *
 * All are one product c (M, N) = a (M, K) b (K, N) whose operands lie row major or transposed. In f32 it is OpenBLAS's,
 * in bf16 oneDNN's with f32 sums; there, what comes in f32 (master weights, gradients of logits) is copied to bf16
 * first. */
#include "core/device/cpu/linear-private.h"

#include <cblas.h>

typedef struct
{
  const SmaltiValue *value;
  SmaltiBuffer *buffer;
  gboolean transposed; /* stored as the transpose of what the product takes */
  gboolean staged;     /* copied to the product's type first */
  gsize at;            /* the copy's place in scratch */
} Factor;

typedef struct
{
  SmaltiCpuKernel kernel;
  Factor a, b;
  const SmaltiValue *c;
  gint64 m, n, k;
  gboolean bf16;   /* the product's type */
  gboolean c_bf16; /* the result's, which then is staged when the product is f32 */
  gsize c_at, work_at;
  gint bias_input, dbias_output; /* -1: none */
  SmaltiDnnlPrimitive *product;  /* of bf16 */
} Product;

static void
product_destroy (SmaltiCpuKernel *kernel)
{
  Product *self = (Product *)kernel;

  smalti_dnnl_primitive_free (self->product);
  g_free (self);
}

static guint8 *
factor_data (Product *self, const Factor *factor)
{
  return factor->staged ? self->kernel.parent.scratch.data + factor->at : factor->buffer->data;
}

static void
stage (Product *self, const Factor *factor)
{
  gint64 n = smalti_shape_size (factor->value->shape);
  guint8 *to = self->kernel.parent.scratch.data + factor->at;

  if (!factor->staged)
    return;
  if (self->bf16)
    smalti_cpu_to_bf16 ((guint16 *)to, (const gfloat *)factor->buffer->data, n);
  else
    smalti_cpu_to_f32 ((gfloat *)to, (const guint16 *)factor->buffer->data, n);
}

static void
product_run (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, const SmaltiRunContext *context)
{
  Product *self = (Product *)kernel;
  const SmaltiNode *node = kernel->parent.node;
  guint8 *scratch = kernel->parent.scratch.data, *c = kernel->parent.output[0].data;
  gboolean stage_c = self->c_bf16 && !self->bf16;

  stage (self, &self->a);
  stage (self, &self->b);
  if (self->bf16)
    smalti_dnnl_primitive_run (self->product);
  else
    {
      gfloat *to = stage_c ? (gfloat *)(scratch + self->c_at) : (gfloat *)c;

      cblas_sgemm (CblasRowMajor, self->a.transposed ? CblasTrans : CblasNoTrans,
                   self->b.transposed ? CblasTrans : CblasNoTrans, self->m, self->n, self->k, 1,
                   (const gfloat *)factor_data (self, &self->a), self->a.transposed ? self->m : self->k,
                   (const gfloat *)factor_data (self, &self->b), self->b.transposed ? self->k : self->n, 0, to,
                   self->n);
      smalti_cpu_add_bias (to, FALSE,
                           self->bias_input >= 0 ? (const gfloat *)kernel->parent.input[self->bias_input].data : NULL,
                           node->relu, self->m, self->n);
      if (stage_c)
        smalti_cpu_to_bf16 ((guint16 *)c, to, self->m * self->n);
    }
  if (self->dbias_output >= 0) /* a is dy^T */
    smalti_cpu_sum_pixels ((gfloat *)kernel->parent.output[self->dbias_output].data, factor_data (self, &self->a),
                           self->bf16, self->k, self->m, (gfloat *)(scratch + self->c_at));
}

static gboolean
product_bind (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, GError **error)
{
  Product *self = (Product *)kernel;
  SmaltiBuffer *bias = self->bias_input >= 0 ? &kernel->parent.input[self->bias_input] : NULL;

  return self->product == NULL
         || (smalti_dnnl_primitive_set (self->product, SMALTI_DNNL_SRC, factor_data (self, &self->a), error)
             && smalti_dnnl_primitive_set (self->product, SMALTI_DNNL_WEIGHTS, factor_data (self, &self->b), error)
             && smalti_dnnl_primitive_set (self->product, SMALTI_DNNL_DST, kernel->parent.output[0].data, error)
             && smalti_dnnl_primitive_set (self->product, SMALTI_DNNL_SCRATCH,
                                           kernel->parent.scratch.data + self->work_at, error)
             && (bias == NULL || smalti_dnnl_primitive_set (self->product, SMALTI_DNNL_BIAS, bias->data, error)));
}

static SmaltiDnnlDesc *
matrix_desc (gint64 rows, gint64 columns, gboolean transposed, gboolean bf16)
{
  return smalti_dnnl_desc_new (2, (const gint64[]){ rows, columns },
                               transposed ? (const gint64[]){ 1, rows } : (const gint64[]){ columns, 1 }, bf16);
}

static gboolean
make_product (Product *self, SmaltiCpu *cpu, const SmaltiNode *node, GError **error)
{
  g_autoptr (SmaltiDnnlDesc) a = matrix_desc (self->m, self->k, self->a.transposed, TRUE);
  g_autoptr (SmaltiDnnlDesc) b = matrix_desc (self->k, self->n, self->b.transposed, TRUE);
  g_autoptr (SmaltiDnnlDesc) c = matrix_desc (self->m, self->n, FALSE, self->c_bf16);
  g_autoptr (SmaltiDnnlDesc) bias = self->bias_input >= 0 ? matrix_desc (1, self->n, FALSE, FALSE) : NULL;

  self->product = smalti_dnnl_matmul_new (cpu->dnnl, a, b, bias, c, node->relu, FALSE, FALSE, error);
  if (self->product == NULL)
    g_prefix_error (error, "%s: ", node->name);
  return self->product != NULL;
}

static Factor
factor (Product *self, const SmaltiNode *node, guint i, gboolean transposed)
{
  return (Factor){ node->input[i], &self->kernel.parent.input[i], transposed };
}

static void
reserve_factor (Product *self, Factor *f, SmaltiPrecision precision)
{
  f->staged = smalti_cpu_is_bf16 (f->value, precision) != self->bf16;
  if (f->staged)
    f->at = smalti_cpu_reserve (&self->kernel.parent.scratch_bytes,
                                smalti_shape_size (f->value->shape) * (self->bf16 ? 2 : 4));
}

/* Once the factors are set: their common sizes, scratch memory, the primitive. */
static SmaltiCpuKernel *
product_finish (Product *self, SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, gboolean bf16,
                GError **error)
{
  const gint64 *a = self->a.value->shape.dim, *b = self->b.value->shape.dim;
  gsize *total = &self->kernel.parent.scratch_bytes;

  self->kernel.run = product_run;
  self->kernel.bind = product_bind;
  self->kernel.destroy = product_destroy;
  self->m = a[self->a.transposed ? 1 : 0];
  self->k = a[self->a.transposed ? 0 : 1];
  self->n = b[self->b.transposed ? 0 : 1];
  self->bf16 = bf16;
  self->c_bf16 = smalti_cpu_is_bf16 (node->output[0], precision);
  reserve_factor (self, &self->a, precision);
  reserve_factor (self, &self->b, precision);
  if (self->c_bf16 && !bf16)
    self->c_at = smalti_cpu_reserve (total, self->m * self->n * 4);
  else if (self->dbias_output >= 0)
    self->c_at = smalti_cpu_reserve (total, smalti_cpu_sum_scratch (self->m));
  if (!bf16)
    return &self->kernel;
  if (!make_product (self, cpu, node, error))
    {
      product_destroy (&self->kernel);
      return NULL;
    }
  self->work_at = smalti_cpu_reserve (total, smalti_dnnl_primitive_scratch_bytes (self->product));
  return &self->kernel;
}

SmaltiCpuKernel *
smalti_cpu_prepare_linear (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  Product *self;

  if (smalti_linear_is_large (node, precision))
    return smalti_cpu_prepare_linear_large (cpu, node, precision, error);
  self = g_new0 (Product, 1);
  self->a = factor (self, node, 0, FALSE);
  self->b = factor (self, node, 1, TRUE);
  self->bias_input = node->n_inputs > 2 ? 2 : -1;
  self->dbias_output = -1;
  return product_finish (self, cpu, node, precision, precision == SMALTI_PRECISION_BF16, error);
}

SmaltiCpuKernel *
smalti_cpu_prepare_linear_backward (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  gboolean weights = node->op == SMALTI_OP_LINEAR_BACKWARD_WEIGHTS;
  Product *self;

  if (smalti_linear_is_large (node, precision))
    return smalti_cpu_prepare_linear_large (cpu, node, precision, error);
  self = g_new0 (Product, 1);
  self->a = factor (self, node, weights ? 1 : 0, weights); /* dy, or its transpose */
  self->b = factor (self, node, weights ? 0 : 1, FALSE);
  self->bias_input = -1;
  self->dbias_output = weights && node->n_outputs > 1 ? 1 : -1;
  return product_finish (self, cpu, node, precision, precision == SMALTI_PRECISION_BF16, error);
}

/* In bf16 only when both factors are: f32 ones (similarities, losses) are not made coarser. */
SmaltiCpuKernel *
smalti_cpu_prepare_matmul (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  Product *self = g_new0 (Product, 1);

  self->a = factor (self, node, 0, node->attr.matmul.transpose_a);
  self->b = factor (self, node, 1, node->attr.matmul.transpose_b);
  self->bias_input = self->dbias_output = -1;
  return product_finish (
      self, cpu, node, precision,
      smalti_cpu_is_bf16 (node->input[0], precision) && smalti_cpu_is_bf16 (node->input[1], precision), error);
}
