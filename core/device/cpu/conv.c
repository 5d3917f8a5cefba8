/* SPDX-License-Identifier: Apache-2.0 */
/* Convolution, transposed convolution and their gradients: six operators, three passes of one primitive.
 *
 *   src : (N, C, H, W)   weights : (G, O/g, C/g, KH, KW)   dst : (N, O, OH, OW), images channels last
 *
 * A transposed convolution is the backward pass of a convolution that goes the other way; its weights (C, O/g, KH, KW)
 * are, byte for byte, those of that convolution. Master weights stay f32 and row major, so each run packs them into the
 * order the primitive prefers, and gradients of weights come back from theirs.
 *
 * Gradients of weights are sums over images. oneDNN divides them among threads that wait for each other image by image,
 * spinning; when another process takes a core for a moment, each of those waits costs its whole time slice. Here every
 * thread takes its own images and its own sums, to the end, and the sums are added on the way to row major. The other
 * passes are divided by images too: oneDNN's own division leaves one thread waiting when there are groups. */
#include "core/device/cpu/conv-private.h"

#include <omp.h>
#include <string.h>

#include "core/device/cpu/pack-private.h"

#define MAX_PARTS      64
#define FEW            4 /* images a thread below which threads share the weights' way through the cache instead */
#define EVEN           8 /* images a thread from which on one more or less does not matter */
#define MAX_PART_BYTES ((gsize)96 << 20) /* of all parts' gradients together; above, oneDNN divides the work itself */

/* An operand of the primitive: a value of the graph and the buffer it has in the kernel. */
typedef struct
{
  const SmaltiValue *value;
  SmaltiBuffer *buffer;
  /* of images */
  gboolean written;
  gboolean bf16;   /* as the primitive takes it */
  gboolean copied; /* it does so from scratch memory: in another type, or taken apart by phases */
  gsize at;
} Operand;

typedef struct
{
  SmaltiCpuKernel kernel;
  SmaltiDnnlPass pass;
  gboolean transposed;
  Operand src, weights, bias, dst;
  guint n_parts;                        /* of the batch */
  SmaltiDnnlPrimitive *conv[MAX_PARTS]; /* one a part */
  SmaltiPack *pack;                     /* NULL: the primitive takes weights as they are */
  gboolean phased;                      /* a dilated one as an ordinary one of more and smaller images */
  gsize packed_at, packed_bytes, work_at, work_bytes, sums_at, biases_at;
} Conv;

static void
unmake_parts (Conv *self)
{
  for (guint i = 0; i < self->n_parts; i++)
    g_clear_pointer (&self->conv[i], smalti_dnnl_primitive_free);
}

static void
conv_destroy (SmaltiCpuKernel *kernel)
{
  Conv *self = (Conv *)kernel;

  unmake_parts (self);
  smalti_pack_free (self->pack);
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

/* Every part has its own gradients of weights, to be added up. */
static gboolean
has_own_sums (const Conv *self)
{
  return self->pass == SMALTI_DNNL_BACKWARD_WEIGHTS && self->n_parts > 1;
}

static gint64
first_image (const Conv *self, guint part)
{
  return self->src.value->shape.dim[0] * part / self->n_parts;
}

static SmaltiDnnlDesc *
image_desc (const Conv *self, const Operand *operand, const SmaltiWindow *window, guint part)
{
  const gint64 *d = operand->value->shape.dim;
  gint64 d0 = self->phased ? window->dilation[0] : 1, d1 = self->phased ? window->dilation[1] : 1;
  gint64 dims[4] = { (first_image (self, part + 1) - first_image (self, part)) * d0 * d1, d[1], d[2] / d0, d[3] / d1 };
  gint64 strides[4] = { dims[1] * dims[2] * dims[3], 1, dims[3] * dims[1], dims[1] };

  return smalti_dnnl_desc_new (4, dims, strides, operand->bf16);
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
make_part (Conv *self, SmaltiCpu *cpu, const SmaltiNode *node, guint part, gboolean bf16, GError **error)
{
  gboolean sums = self->pass == SMALTI_DNNL_BACKWARD_WEIGHTS;
  SmaltiWindow window = self->phased ? smalti_conv_phase_window (&node->attr.window) : node->attr.window;
  g_autoptr (SmaltiDnnlDesc) src = image_desc (self, &self->src, &node->attr.window, part);
  g_autoptr (SmaltiDnnlDesc) dst = image_desc (self, &self->dst, &node->attr.window, part);
  g_autoptr (SmaltiDnnlDesc) weights = weights_desc (self->weights.value, window.groups, TRUE, bf16 && !sums);
  g_autoptr (SmaltiDnnlDesc) bias = NULL;

  if (self->bias.value != NULL && !self->transposed)
    bias = smalti_dnnl_desc_new (1, self->bias.value->shape.dim, (const gint64[]){ 1 }, FALSE);
  self->conv[part] = smalti_dnnl_conv_new (cpu->dnnl, self->pass, src, weights, bias, dst, &window, node->relu,
                                           self->n_parts > 1, error);
  return self->conv[part] != NULL;
}

/* As many parts as threads, where that leaves none without work for long. */
static guint
count_parts (const Conv *self, guint n_threads)
{
  gint64 n_images = self->src.value->shape.dim[0];
  gsize weight_bytes = smalti_shape_size (self->weights.value->shape) * sizeof (gfloat);

  if (n_threads > MAX_PARTS)
    return 1;
  if (self->pass == SMALTI_DNNL_BACKWARD_WEIGHTS)
    return n_threads * weight_bytes <= MAX_PART_BYTES ? MIN (n_threads, n_images) : 1;
  if (n_images >= EVEN * n_threads || (n_images >= FEW * n_threads && n_images % n_threads == 0))
    return n_threads;
  return 1;
}

/* Parts of odd and even size may want different orders of the same weights: then they can't be added up. */
static gboolean
parts_agree (const Conv *self)
{
  const SmaltiDnnlDesc *first = smalti_dnnl_primitive_desc (self->conv[0], SMALTI_DNNL_WEIGHTS);

  for (guint i = 1; i < self->n_parts; i++)
    if (!smalti_dnnl_desc_equal (first, smalti_dnnl_primitive_desc (self->conv[i], SMALTI_DNNL_WEIGHTS)))
      return FALSE;
  return TRUE;
}

static gboolean
make_parts (Conv *self, SmaltiCpu *cpu, const SmaltiNode *node, gboolean bf16, GError **error)
{
  self->n_parts = count_parts (self, cpu->parent.info.n_threads);
  for (guint i = 0; i < self->n_parts; i++)
    if (!make_part (self, cpu, node, i, bf16, error))
      return FALSE;
  if (parts_agree (self))
    return TRUE;
  unmake_parts (self);
  self->n_parts = 1;
  return make_part (self, cpu, node, 0, bf16, error);
}

static gboolean
make_conv (Conv *self, SmaltiCpu *cpu, const SmaltiNode *node, gboolean bf16, GError **error)
{
  const SmaltiWindow *window = &node->attr.window;
  const gint64 *src = self->src.value->shape.dim;
  gboolean sums = self->pass == SMALTI_DNNL_BACKWARD_WEIGHTS;
  gboolean has_phases = smalti_conv_has_phases (window, src[2], src[3]);
  g_autoptr (SmaltiDnnlDesc) master = weights_desc (self->weights.value, window->groups, FALSE, FALSE);
  const SmaltiDnnlDesc *chosen;

  self->phased = sums && has_phases; /* holes cost a fifth of the speed there */
  if (!make_parts (self, cpu, node, bf16, error))
    return FALSE;
  if (has_phases && !self->phased && bf16 && smalti_dnnl_has_amx ()
      && strstr (smalti_dnnl_primitive_name (self->conv[0]), "amx") == NULL)
    {
      unmake_parts (self);
      self->phased = TRUE;
      if (!make_parts (self, cpu, node, bf16, error))
        return FALSE;
    }
  self->src.copied = self->src.copied || self->phased;
  self->dst.copied = self->dst.copied || self->phased;
  chosen = smalti_dnnl_primitive_desc (self->conv[0], SMALTI_DNNL_WEIGHTS);
  if (has_own_sums (self) || !smalti_dnnl_desc_equal (chosen, master))
    self->pack = smalti_pack_new (chosen, window->groups, self->weights.value->shape, bf16 && !sums);
  return TRUE;
}

/* oneDNN takes images of one type only; whatever is read in f32 in a bf16 program is copied first. */
static void
set_type (Operand *operand, gboolean bf16, gboolean written)
{
  gboolean stored_bf16 = bf16 && operand->value->klass == SMALTI_CLASS_ACTIVATION;

  operand->written = written;
  operand->bf16 = written ? stored_bf16 : bf16;
  operand->copied = operand->bf16 != stored_bf16;
}

static gsize
aligned (gsize n_bytes)
{
  return (n_bytes + 63) / 64 * 64;
}

/* Of one part's sums. */
static gsize
bias_bytes (const Conv *self)
{
  return aligned (self->bias.value->shape.dim[0] * sizeof (gfloat));
}

static gsize
element_bytes (const Operand *operand)
{
  return operand->bf16 ? 2 : 4;
}

static void
reserve_copy (Operand *operand, gsize *total)
{
  if (operand->copied)
    operand->at = smalti_cpu_reserve (total, smalti_shape_size (operand->value->shape) * element_bytes (operand));
}

static void
lay_out_scratch (Conv *self)
{
  gsize *total = &self->kernel.parent.scratch_bytes;

  for (guint i = 0; i < self->n_parts; i++)
    self->work_bytes = MAX (self->work_bytes, aligned (smalti_dnnl_primitive_scratch_bytes (self->conv[i])));
  self->work_at = smalti_cpu_reserve (total, self->work_bytes * self->n_parts);
  if (self->pack != NULL)
    {
      self->packed_bytes
          = aligned (smalti_dnnl_desc_bytes (smalti_dnnl_primitive_desc (self->conv[0], SMALTI_DNNL_WEIGHTS)));
      self->packed_at = smalti_cpu_reserve (total, self->packed_bytes * (has_own_sums (self) ? self->n_parts : 1));
    }
  if (has_own_sums (self) && self->bias.value != NULL && !self->transposed)
    self->biases_at = smalti_cpu_reserve (total, self->n_parts * bias_bytes (self));
  reserve_copy (&self->src, total);
  reserve_copy (&self->dst, total);
  if (self->transposed && self->bias.value != NULL)
    self->sums_at = smalti_cpu_reserve (total, smalti_cpu_sum_scratch (self->src.value->shape.dim[1]));
}

/* Where a part's images begin, as the primitive takes them. */
static guint8 *
images (const Conv *self, const Operand *operand, guint part)
{
  gint64 size = smalti_shape_size (operand->value->shape) / operand->value->shape.dim[0];
  guint8 *first = operand->copied ? self->kernel.parent.scratch.data + operand->at : operand->buffer->data;

  return first + first_image (self, part) * size * element_bytes (operand);
}

static gboolean
bind_part (Conv *self, guint part, GError **error)
{
  SmaltiDnnlPrimitive *conv = self->conv[part];
  guint8 *scratch = self->kernel.parent.scratch.data;
  guint8 *weights = self->weights.buffer->data, *bias = NULL;

  if (self->pack != NULL)
    weights = scratch + self->packed_at + (has_own_sums (self) ? part * self->packed_bytes : 0);
  if (self->bias.value != NULL && !self->transposed)
    bias = has_own_sums (self) ? scratch + self->biases_at + part * bias_bytes (self) : self->bias.buffer->data;
  if (bias != NULL && !smalti_dnnl_primitive_set (conv, SMALTI_DNNL_BIAS, bias, error))
    return FALSE;
  return smalti_dnnl_primitive_set (conv, SMALTI_DNNL_SRC, images (self, &self->src, part), error)
         && smalti_dnnl_primitive_set (conv, SMALTI_DNNL_DST, images (self, &self->dst, part), error)
         && smalti_dnnl_primitive_set (conv, SMALTI_DNNL_WEIGHTS, weights, error)
         && smalti_dnnl_primitive_set (conv, SMALTI_DNNL_SCRATCH, scratch + self->work_at + part * self->work_bytes,
                                       error);
}

static gboolean
conv_bind (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, GError **error)
{
  Conv *self = (Conv *)kernel;

  for (guint i = 0; i < self->n_parts; i++)
    if (!bind_part (self, i, error))
      return FALSE;
  return TRUE;
}

/* Before the primitive runs: what it reads from a copy. */
static void
copy_in (Conv *self, const Operand *operand)
{
  guint8 *to = self->kernel.parent.scratch.data + operand->at;
  gboolean narrow = operand->bf16 && operand->value->klass != SMALTI_CLASS_ACTIVATION;

  if (!operand->copied || operand->written)
    return;
  if (self->phased)
    smalti_conv_split_phases (to, operand->buffer->data, operand->value, &self->kernel.parent.node->attr.window, narrow,
                              element_bytes (operand));
  else
    smalti_cpu_to_bf16 ((guint16 *)to, (const gfloat *)operand->buffer->data,
                        smalti_shape_size (operand->value->shape));
}

static void
copy_out (Conv *self, const Operand *operand)
{
  if (operand->copied && operand->written)
    smalti_conv_join_phases (operand->buffer->data, self->kernel.parent.scratch.data + operand->at, operand->value,
                             &self->kernel.parent.node->attr.window, element_bytes (operand));
}

/* Adds up what the parts found. */
static void
collect (Conv *self)
{
  const guint8 *scratch = self->kernel.parent.scratch.data;
  gfloat *bias;

  if (self->pack != NULL)
    smalti_pack_sum (self->pack, (gfloat *)self->weights.buffer->data, scratch + self->packed_at, self->n_parts,
                     self->packed_bytes);
  if (self->n_parts == 1 || self->bias.value == NULL || self->transposed)
    return;
  bias = (gfloat *)self->bias.buffer->data;
  for (gint64 c = 0; c < self->bias.value->shape.dim[0]; c++)
    {
      bias[c] = 0;
      for (guint i = 0; i < self->n_parts; i++)
        bias[c] += ((const gfloat *)(scratch + self->biases_at + i * bias_bytes (self)))[c];
    }
}

/* The bias of a transposed convolution, or its gradient. */
static void
finish_transposed (Conv *self)
{
  SmaltiCpuView y = smalti_cpu_view (self->src.value, self->kernel.precision);
  gfloat *bias = self->bias.value != NULL ? (gfloat *)self->bias.buffer->data : NULL;

  if (self->pass == SMALTI_DNNL_BACKWARD_DATA)
    smalti_cpu_add_bias (self->src.buffer->data, y.bf16, bias, self->kernel.parent.node->relu, y.pixels, y.channels);
  else if (self->pass == SMALTI_DNNL_BACKWARD_WEIGHTS && bias != NULL)
    smalti_cpu_sum_pixels (bias, self->src.buffer->data, y.bf16, y.pixels, y.channels,
                           (gfloat *)(self->kernel.parent.scratch.data + self->sums_at));
}

static void
conv_run (SmaltiCpu *cpu, SmaltiCpuKernel *kernel, const SmaltiRunContext *context)
{
  Conv *self = (Conv *)kernel;
  guint8 *scratch = kernel->parent.scratch.data;
  gboolean sums = self->pass == SMALTI_DNNL_BACKWARD_WEIGHTS;

  copy_in (self, &self->src);
  copy_in (self, &self->dst);
  if (self->pack != NULL && !sums)
    smalti_pack_run (self->pack, scratch + self->packed_at, (const gfloat *)self->weights.buffer->data);
  if (self->n_parts == 1)
    smalti_dnnl_primitive_run (self->conv[0]);
  else
    {
#pragma omp parallel for schedule(static, 1)
      for (guint i = 0; i < self->n_parts; i++)
        smalti_dnnl_primitive_run (self->conv[i]);
    }
  copy_out (self, &self->src);
  copy_out (self, &self->dst);
  if (sums)
    collect (self);
  if (self->transposed)
    finish_transposed (self);
}

SmaltiCpuKernel *
smalti_cpu_prepare_conv (SmaltiCpu *cpu, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  Conv *self;
  gboolean bf16 = precision == SMALTI_PRECISION_BF16;

  if (smalti_conv_suits_taps (node, precision))
    return smalti_cpu_prepare_conv_taps (cpu, node, precision, error);
  self = g_new0 (Conv, 1);
  self->kernel.precision = precision;
  self->kernel.run = conv_run;
  self->kernel.bind = conv_bind;
  self->kernel.destroy = conv_destroy;
  assign_operands (self, node);
  set_type (&self->src, bf16, self->pass == SMALTI_DNNL_BACKWARD_DATA);
  set_type (&self->dst, bf16, self->pass == SMALTI_DNNL_FORWARD);
  if (!make_conv (self, cpu, node, bf16, error))
    {
      g_prefix_error (error, "%s: ", node->name);
      conv_destroy (&self->kernel);
      return NULL;
    }
  lay_out_scratch (self);
  return &self->kernel;
}
