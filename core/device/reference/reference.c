/* SPDX-License-Identifier: Apache-2.0 */
/* The reference device: the oracle every other device is tested against. Plain loops that read like the formulas, one
 * thread, and double for every float value whatever precision is asked: what a device in f32 or bf16 loses is measured
 * against arithmetic that loses nothing. Values are row major in logical order; I32 values are gint32. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/device/reference/reference-private.h"

typedef struct
{
  SmaltiKernel parent;
  SmaltiReferenceRun run;
} Kernel;

static const SmaltiReferenceRun runs[SMALTI_N_OPS] = {
  [SMALTI_OP_CONV] = smalti_reference_conv,
  [SMALTI_OP_CONV_TRANSPOSE] = smalti_reference_conv_transpose,
  [SMALTI_OP_LINEAR] = smalti_reference_linear,
  [SMALTI_OP_MATMUL] = smalti_reference_matmul,
  [SMALTI_OP_BATCH_NORM] = smalti_reference_batch_norm,
  [SMALTI_OP_LRN] = smalti_reference_lrn,
  [SMALTI_OP_RELU] = smalti_reference_relu,
  [SMALTI_OP_MAX_POOL] = smalti_reference_max_pool,
  [SMALTI_OP_AVG_POOL] = smalti_reference_avg_pool,
  [SMALTI_OP_ADAPTIVE_AVG_POOL] = smalti_reference_adaptive_avg_pool,
  [SMALTI_OP_ADD] = smalti_reference_add,
  [SMALTI_OP_SCALE] = smalti_reference_scale,
  [SMALTI_OP_CONCAT] = smalti_reference_concat,
  [SMALTI_OP_SLICE] = smalti_reference_slice,
  [SMALTI_OP_RESHAPE] = smalti_reference_reshape,
  [SMALTI_OP_DROPOUT] = smalti_reference_dropout,
  [SMALTI_OP_UPSAMPLE] = smalti_reference_upsample,
  [SMALTI_OP_SOFTMAX] = smalti_reference_softmax,
  [SMALTI_OP_L2_NORMALIZE] = smalti_reference_l2_normalize,
  [SMALTI_OP_CROSS_ENTROPY] = smalti_reference_cross_entropy,
  [SMALTI_OP_MSE] = smalti_reference_mse,
  [SMALTI_OP_CORRECT] = smalti_reference_correct,
  [SMALTI_OP_CONV_BACKWARD_DATA] = smalti_reference_conv_backward_data,
  [SMALTI_OP_CONV_BACKWARD_WEIGHTS] = smalti_reference_conv_backward_weights,
  [SMALTI_OP_CONV_TRANSPOSE_BACKWARD_DATA] = smalti_reference_conv_transpose_backward_data,
  [SMALTI_OP_CONV_TRANSPOSE_BACKWARD_WEIGHTS] = smalti_reference_conv_transpose_backward_weights,
  [SMALTI_OP_LINEAR_BACKWARD_DATA] = smalti_reference_linear_backward_data,
  [SMALTI_OP_LINEAR_BACKWARD_WEIGHTS] = smalti_reference_linear_backward_weights,
  [SMALTI_OP_BATCH_NORM_BACKWARD] = smalti_reference_batch_norm_backward,
  [SMALTI_OP_BATCH_NORM_INFERENCE_BACKWARD] = smalti_reference_batch_norm_inference_backward,
  [SMALTI_OP_LRN_BACKWARD] = smalti_reference_lrn_backward,
  [SMALTI_OP_RELU_BACKWARD] = smalti_reference_relu_backward,
  [SMALTI_OP_MAX_POOL_BACKWARD] = smalti_reference_max_pool_backward,
  [SMALTI_OP_AVG_POOL_BACKWARD] = smalti_reference_avg_pool_backward,
  [SMALTI_OP_ADAPTIVE_AVG_POOL_BACKWARD] = smalti_reference_adaptive_avg_pool_backward,
  [SMALTI_OP_SLICE_BACKWARD] = smalti_reference_slice_backward,
  [SMALTI_OP_UPSAMPLE_BACKWARD] = smalti_reference_upsample_backward,
  [SMALTI_OP_SOFTMAX_BACKWARD] = smalti_reference_softmax_backward,
  [SMALTI_OP_L2_NORMALIZE_BACKWARD] = smalti_reference_l2_normalize_backward,
  [SMALTI_OP_CROSS_ENTROPY_BACKWARD] = smalti_reference_cross_entropy_backward,
  [SMALTI_OP_MSE_BACKWARD] = smalti_reference_mse_backward,
};

static SmaltiDevice *
reference_open (gint index, guint n_threads, GError **error)
{
  SmaltiDevice *self;

  if (index > 0)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DEVICE, _ ("There is no reference:%d, only one reference device."),
                   index);
      return NULL;
    }
  self = g_new0 (SmaltiDevice, 1);
  self->klass = &smalti_reference_device_class;
  self->info.name = g_strdup (_ ("Reference: plain loops"));
  self->info.features = g_strdup (_ ("double precision"));
  self->info.memory_bytes = (gsize)sysconf (_SC_PHYS_PAGES) * (gsize)sysconf (_SC_PAGESIZE);
  self->info.n_threads = 1;
  return self;
}

static void
reference_close (SmaltiDevice *self)
{
  g_free (self->info.name);
  g_free (self->info.features);
  g_free (self);
}

static gboolean
reference_alloc (SmaltiDevice *self, gsize n_bytes, SmaltiBuffer *buffer, GError **error)
{
  const gsize room = MAX (n_bytes + 63, 64) / 64 * 64; /* aligned_alloc wants a multiple of the alignment */

  buffer->data = n_bytes <= G_MAXSSIZE - 64 ? aligned_alloc (64, room) : NULL;
  if (buffer->data == NULL)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_MEMORY, _ ("The reference device has no %zu bytes of memory."),
                   n_bytes);
      return FALSE;
    }
  memset (buffer->data, 0, room);
  buffer->n_bytes = n_bytes;
  self->allocated += n_bytes;
  return TRUE;
}

static void
reference_release (SmaltiDevice *self, SmaltiBuffer *buffer)
{
  self->allocated -= buffer->n_bytes;
  free (buffer->data);
  *buffer = (SmaltiBuffer){ 0 };
}

static gsize
reference_storage (SmaltiDevice *self, const SmaltiValue *value, SmaltiPrecision precision)
{
  return smalti_reference_size (value) * (value->klass == SMALTI_CLASS_I32 ? sizeof (gint32) : sizeof (gdouble));
}

/* F64 tensors too, so that what is compared need not be rounded on its way. */
static void
reference_write (SmaltiDevice *self, const SmaltiValue *value, SmaltiPrecision precision, SmaltiBuffer to,
                 const SmaltiTensor *from)
{
  g_autoptr (SmaltiTensor) converted
      = smalti_tensor_convert (from, value->klass == SMALTI_CLASS_I32 ? SMALTI_DTYPE_I32 : SMALTI_DTYPE_F64);

  g_assert (smalti_tensor_size (from) == smalti_reference_size (value));
  memcpy (to.data, converted->data, converted->n_bytes);
}

static void
reference_read (SmaltiDevice *self, const SmaltiValue *value, SmaltiPrecision precision, SmaltiBuffer from,
                SmaltiTensor *to)
{
  g_autoptr (SmaltiTensor) stored
      = smalti_tensor_new (value->klass == SMALTI_CLASS_I32 ? SMALTI_DTYPE_I32 : SMALTI_DTYPE_F64, value->shape);
  g_autoptr (SmaltiTensor) converted = NULL;

  g_assert (smalti_tensor_size (to) == smalti_reference_size (value));
  memcpy (stored->data, from.data, stored->n_bytes);
  converted = smalti_tensor_convert (stored, to->dtype);
  memcpy (to->data, converted->data, to->n_bytes);
}

/* Never: no loop need think of it. */
static gboolean
reference_in_place (SmaltiDevice *self, const SmaltiNode *node, guint input, SmaltiPrecision precision)
{
  return FALSE;
}

static SmaltiKernel *
reference_prepare (SmaltiDevice *self, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  Kernel *kernel;

  if (runs[node->op] == NULL)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DEVICE, _ ("%s: the reference device cannot compute %s."),
                   node->name, smalti_op_name (node->op));
      return NULL;
    }
  kernel = g_new0 (Kernel, 1);
  kernel->parent.node = node;
  kernel->run = runs[node->op];
  return &kernel->parent;
}

static gboolean
reference_bind (SmaltiDevice *self, SmaltiKernel *kernel, GError **error)
{
  return TRUE;
}

static void
reference_destroy (SmaltiDevice *self, SmaltiKernel *kernel)
{
  g_free (kernel);
}

static void
reference_run (SmaltiDevice *self, SmaltiKernel **kernels, guint n_kernels, const SmaltiRunContext *context)
{
  for (guint i = 0; i < n_kernels; i++)
    ((Kernel *)kernels[i])->run (kernels[i], context);
}

static void
reference_wait (SmaltiDevice *self)
{
}

const SmaltiDeviceClass smalti_reference_device_class = {
  .id = "reference",
  .open = reference_open,
  .close = reference_close,
  .alloc = reference_alloc,
  .release = reference_release,
  .storage = reference_storage,
  .write = reference_write,
  .read = reference_read,
  .in_place = reference_in_place,
  .prepare = reference_prepare,
  .bind = reference_bind,
  .destroy = reference_destroy,
  .run = reference_run,
  .update = smalti_reference_update,
  .wait = reference_wait,
};
