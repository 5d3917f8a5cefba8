/* SPDX-License-Identifier: Apache-2.0 */
/* Convolution, transposed convolution and their gradients: six operators, three passes of one primitive.
 *
 *   src : (N, C, H, W)   weights : (G, O/g, C/g, KH, KW)   dst : (N, O, OH, OW), images channels last
 *
 * A transposed convolution is the backward pass of a convolution that goes the other way; its weights (C, O/g, KH, KW)
 * are, byte for byte, those of that convolution. Master weights stay f32 and row major, so each run packs them into the
 * order the primitive prefers, and gradients of weights come back from theirs. */
#include "core/device/cpu/cpu-private.h"
#include "core/device/cpu/dnnl-private.h"

/* An operand of the primitive: a value of the graph and the buffer it has in the kernel. */
typedef struct
{
  const SmaltiValue *value;
  SmaltiBuffer *buffer;
} Operand;

typedef struct
{
  SmaltiCpuKernel kernel;
  SmaltiDnnlPass pass;
  gboolean transposed;
  Operand src, weights, bias, dst;
  SmaltiDnnlPrimitive *conv;
  SmaltiDnnlPrimitive *pack; /* weights -> conv's order, or gradients of weights from it; NULL: they are the same */
  gsize packed_at, work_at, sums_at;
  gsize src_at, dst_at; /* a bf16 copy of what came in f32 */
  gboolean stage_src, stage_dst;
} Conv;

static void
conv_destroy (SmaltiCpuKernel *kernel)
{
  Conv *self = (Conv *)kernel;

  smalti_dnnl_primitive_free (self->conv);
  smalti_dnnl_primitive_free (self->pack);
  g_free (self);
}

static Operand
input (Conv *self, const SmaltiNode *node, guint i)
{
  return i < node->n_inputs ? (Operand){ node->input[i], &self->kernel.parent.input[i] } : (Operand){ 0 };
}

static Operand
output (Conv *self, const SmaltiNode *node, guint i)
{
  return i < node->n_outputs ? (Operand){ node->output[i], &self->kernel.parent.output[i] } : (Operand){ 0 };
}

static void
assign_operands (Conv *self, const SmaltiNode *node)
{
  switch (node->op)
    {
    case SMALTI_OP_CONV:
      self->pass = SMALTI_DNNL_FORWARD;
      self->src = input (self, node, 0);
      self->weights = input (self, node, 1);
      self->bias = input (self, node, 2);
      self->dst = output (self, node, 0);
      break;
    case SMALTI_OP_CONV_BACKWARD_DATA:
      self->pass = SMALTI_DNNL_BACKWARD_DATA;
      self->dst = input (self, node, 0);
      self->weights = input (self, node, 1);
      self->src = output (self, node, 0);
      break;
    case SMALTI_OP_CONV_BACKWARD_WEIGHTS:
      self->pass = SMALTI_DNNL_BACKWARD_WEIGHTS;
      self->src = input (self, node, 0);
      self->dst = input (self, node, 1);
      self->weights = output (self, node, 0);
      self->bias = output (self, node, 1);
      break;
    case SMALTI_OP_CONV_TRANSPOSE:
      self->pass = SMALTI_DNNL_BACKWARD_DATA;
      self->transposed = TRUE;
      self->dst = input (self, node, 0);
      self->weights = input (self, node, 1);
      self->bias = input (self, node, 2);
      self->src = output (self, node, 0);
      break;
    case SMALTI_OP_CONV_TRANSPOSE_BACKWARD_DATA:
      self->pass = SMALTI_DNNL_FORWARD;
      self->transposed = TRUE;
      self->src = input (self, node, 0);
      self->weights = input (self, node, 1);
      self->dst = output (self, node, 0);
      break;
    case SMALTI_OP_CONV_TRANSPOSE_BACKWARD_WEIGHTS:
      self->pass = SMALTI_DNNL_BACKWARD_WEIGHTS;
      self->transposed = TRUE;
      self->dst = input (self, node, 0);
      self->src = input (self, node, 1);
      self->weights = output (self, node, 0);
      self->bias = output (self, node, 1);
      break;
    default:
      g_assert_not_reached ();
    }
}

static SmaltiDnnlDesc *
image_desc (const SmaltiValue *value, gboolean bf16)
{
  const gint64 *d = value->shape.dim;
  gint64 strides[4] = { d[1] * d[2] * d[3], 1, d[3] * d[1], d[1] };

  return smalti_dnnl_desc_new (4, d, strides, bf16);
}

/* Row major, or as the primitive likes. */
static SmaltiDnnlDesc *
weights_desc (const SmaltiValue *value, gint groups, gboolean any, gboolean bf16)
{
  const gint64 *d = value->shape.dim;
  gint64 dims[5] = { groups, d[0] / groups, d[1], d[2], d[3] };
  gint64 strides[5] = { dims[1] * d[1] * d[2] * d[3], d[1] * d[2] * d[3], d[2] * d[3], d[3], 1 };

  if (groups > 1)
    return smalti_dnnl_desc_new (5, dims, any ? NULL : strides, bf16);
  return smalti_dnnl_desc_new (4, dims + 1, any ? NULL : strides + 1, bf16);
}

static gboolean
make_conv (Conv *self, SmaltiCpu *cpu, const SmaltiNode *node, gboolean bf16, GError **error)
{
  gboolean backward_weights = self->pass == SMALTI_DNNL_BACKWARD_WEIGHTS;
  gboolean writes_src = self->pass == SMALTI_DNNL_BACKWARD_DATA, writes_dst = self->pass == SMALTI_DNNL_FORWARD;
  g_autoptr (SmaltiDnnlDesc) src
      = image_desc (self->src.value, bf16 && (!writes_src || self->src.value->klass == SMALTI_CLASS_ACTIVATION));
  g_autoptr (SmaltiDnnlDesc) dst
      = image_desc (self->dst.value, bf16 && (!writes_dst || self->dst.value->klass == SMALTI_CLASS_ACTIVATION));
  g_autoptr (SmaltiDnnlDesc) weights
      = weights_desc (self->weights.value, node->attr.window.groups, TRUE, bf16 && !backward_weights);
  g_autoptr (SmaltiDnnlDesc) master = weights_desc (self->weights.value, node->attr.window.groups, FALSE, FALSE);
  g_autoptr (SmaltiDnnlDesc) bias = NULL;
  const SmaltiDnnlDesc *chosen;

  if (self->bias.value != NULL && !self->transposed)
    bias = smalti_dnnl_desc_new (1, self->bias.value->shape.dim, (const gint64[]){ 1 }, FALSE);
  self->conv
      = smalti_dnnl_conv_new (cpu->dnnl, self->pass, src, weights, bias, dst, &node->attr.window, node->relu, error);
  if (self->conv == NULL)
    return FALSE;
  chosen = smalti_dnnl_primitive_desc (self->conv, SMALTI_DNNL_WEIGHTS);
  if (smalti_dnnl_desc_equal (chosen, master))
    return TRUE;
  self->pack = backward_weights ? smalti_dnnl_reorder_new (cpu->dnnl, chosen, master, error)
                                : smalti_dnnl_reorder_new (cpu->dnnl, master, chosen, error);
  return self->pack != NULL;
}

/* oneDNN takes images of one type only; whatever is read in f32 in a bf16 program is copied first. */
static gboolean
needs_staging (const Operand *operand, gboolean bf16, gboolean written)
{
  return bf16 && !written && operand->value->klass != SMALTI_CLASS_ACTIVATION;
}

static void
lay_out_scratch (Conv *self)
{
  gsize *total = &self->kernel.parent.scratch_bytes;

  if (self->pack != NULL)
    self->packed_at = smalti_cpu_reserve (
        total, smalti_dnnl_desc_bytes (smalti_dnnl_primitive_desc (self->conv, SMALTI_DNNL_WEIGHTS)));
  if (self->stage_src)
    self->src_at = smalti_cpu_reserve (total, smalti_shape_size (self->src.value->shape) * 2);
  if (self->stage_dst)
    self->dst_at = smalti_cpu_reserve (total, smalti_shape_size (self->dst.value->shape) * 2);
  if (self->transposed && self->bias.value != NULL)
    self->sums_at = smalti_cpu_reserve (total, smalti_cpu_sum_scratch (self->src.value->shape.dim[1]));
  self->work_at
      = smalti_cpu_reserve (total, smalti_dnnl_primitive_scratch_bytes (self->conv)
                                       + (self->pack != NULL ? smalti_dnnl_primitive_scratch_bytes (self->pack) : 0));
}

static gboolean
conv_bind (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, GError **error)
{
  Conv *self = (Conv *)kernel;
  guint8 *scratch = kernel->parent.scratch.data, *weights = self->weights.buffer->data;
  guint8 *packed = self->pack != NULL ? scratch + self->packed_at : weights;
  gboolean backward_weights = self->pass == SMALTI_DNNL_BACKWARD_WEIGHTS;

  if (!smalti_dnnl_primitive_set (self->conv, SMALTI_DNNL_SRC,
                                  self->stage_src ? scratch + self->src_at : self->src.buffer->data, error)
      || !smalti_dnnl_primitive_set (self->conv, SMALTI_DNNL_DST,
                                     self->stage_dst ? scratch + self->dst_at : self->dst.buffer->data, error)
      || !smalti_dnnl_primitive_set (self->conv, SMALTI_DNNL_WEIGHTS, packed, error)
      || !smalti_dnnl_primitive_set (self->conv, SMALTI_DNNL_SCRATCH, scratch + self->work_at, error))
    return FALSE;
  if (self->bias.value != NULL && !self->transposed
      && !smalti_dnnl_primitive_set (self->conv, SMALTI_DNNL_BIAS, self->bias.buffer->data, error))
    return FALSE;
  return self->pack == NULL
         || (smalti_dnnl_primitive_set (self->pack, SMALTI_DNNL_SRC, backward_weights ? packed : weights, error)
             && smalti_dnnl_primitive_set (self->pack, SMALTI_DNNL_DST, backward_weights ? weights : packed, error)
             && smalti_dnnl_primitive_set (self->pack, SMALTI_DNNL_SCRATCH, scratch + self->work_at, error));
}

static void
conv_run (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, const SmaltiRunContext *context)
{
  Conv *self = (Conv *)kernel;
  const SmaltiNode *node = kernel->parent.node;
  guint8 *scratch = kernel->parent.scratch.data;
  gboolean backward_weights = self->pass == SMALTI_DNNL_BACKWARD_WEIGHTS;

  if (self->stage_src)
    smalti_cpu_to_bf16 ((guint16 *)(scratch + self->src_at), (const gfloat *)self->src.buffer->data,
                        smalti_shape_size (self->src.value->shape));
  if (self->stage_dst)
    smalti_cpu_to_bf16 ((guint16 *)(scratch + self->dst_at), (const gfloat *)self->dst.buffer->data,
                        smalti_shape_size (self->dst.value->shape));
  if (self->pack != NULL && !backward_weights)
    smalti_dnnl_primitive_run (self->pack);
  smalti_dnnl_primitive_run (self->conv);
  if (self->pack != NULL && backward_weights)
    smalti_dnnl_primitive_run (self->pack);

  if (self->transposed && self->pass != SMALTI_DNNL_FORWARD)
    {
      SmaltiCpuView y = smalti_cpu_view (self->src.value, kernel->precision);

      if (!backward_weights)
        smalti_cpu_add_bias (self->src.buffer->data, y.bf16,
                             self->bias.value != NULL ? (const gfloat *)self->bias.buffer->data : NULL, node->relu,
                             y.pixels, y.channels);
      else if (self->bias.value != NULL)
        smalti_cpu_sum_pixels ((gfloat *)self->bias.buffer->data, self->src.buffer->data, y.bf16, y.pixels, y.channels,
                               (gfloat *)(scratch + self->sums_at));
    }
}

SmaltiCpuKernel *
smalti_cpu_prepare_conv (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  Conv *self = g_new0 (Conv, 1);
  gboolean bf16 = precision == SMALTI_PRECISION_BF16;

  self->kernel.run = conv_run;
  self->kernel.bind = conv_bind;
  self->kernel.destroy = conv_destroy;
  assign_operands (self, node);
  self->stage_src = needs_staging (&self->src, bf16, self->pass == SMALTI_DNNL_BACKWARD_DATA);
  self->stage_dst = needs_staging (&self->dst, bf16, self->pass == SMALTI_DNNL_FORWARD);
  if (!make_conv (self, cpu, node, bf16, error))
    {
      g_prefix_error (error, "%s: ", node->name);
      conv_destroy (&self->kernel);
      return NULL;
    }
  lay_out_scratch (self);
  return &self->kernel;
}
