/* SPDX-License-Identifier: Apache-2.0 */
/* The processor as a device: what it is, its memory, and which preparer makes which operator.
 *
 * Everything runs on the calling thread and the OpenMP team under it. oneDNN, OpenBLAS and our own loops share that one
 * team, so no two pools ever fight for the cores; its size is set once, here. */
#include "core/device/cpu/cpu-private.h"

#include <cblas.h>
#include <omp.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/device/cpu/dnnl-private.h"

#define ALIGNMENT 64
#define HUGE_PAGE ((gsize)2 << 20)

static const SmaltiCpuPrepare preparers[SMALTI_N_OPS] = {
  [SMALTI_OP_CONV] = smalti_cpu_prepare_conv,
  [SMALTI_OP_CONV_TRANSPOSE] = smalti_cpu_prepare_conv,
  [SMALTI_OP_LINEAR] = smalti_cpu_prepare_linear,
  [SMALTI_OP_MATMUL] = smalti_cpu_prepare_matmul,
  [SMALTI_OP_BATCH_NORM] = smalti_cpu_prepare_batch_norm,
  [SMALTI_OP_LRN] = smalti_cpu_prepare_lrn,
  [SMALTI_OP_RELU] = smalti_cpu_prepare_relu,
  [SMALTI_OP_MAX_POOL] = smalti_cpu_prepare_max_pool,
  [SMALTI_OP_AVG_POOL] = smalti_cpu_prepare_avg_pool,
  [SMALTI_OP_ADAPTIVE_AVG_POOL] = smalti_cpu_prepare_adaptive_avg_pool,
  [SMALTI_OP_ADD] = smalti_cpu_prepare_add,
  [SMALTI_OP_SCALE] = smalti_cpu_prepare_scale,
  [SMALTI_OP_CONCAT] = smalti_cpu_prepare_concat,
  [SMALTI_OP_SLICE] = smalti_cpu_prepare_slice,
  [SMALTI_OP_RESHAPE] = smalti_cpu_prepare_reshape,
  [SMALTI_OP_DROPOUT] = smalti_cpu_prepare_dropout,
  [SMALTI_OP_UPSAMPLE] = smalti_cpu_prepare_upsample,
  [SMALTI_OP_SOFTMAX] = smalti_cpu_prepare_softmax,
  [SMALTI_OP_L2_NORMALIZE] = smalti_cpu_prepare_l2_normalize,
  [SMALTI_OP_CROSS_ENTROPY] = smalti_cpu_prepare_cross_entropy,
  [SMALTI_OP_MSE] = smalti_cpu_prepare_mse,
  [SMALTI_OP_CORRECT] = smalti_cpu_prepare_correct,

  [SMALTI_OP_CONV_BACKWARD_DATA] = smalti_cpu_prepare_conv,
  [SMALTI_OP_CONV_BACKWARD_WEIGHTS] = smalti_cpu_prepare_conv,
  [SMALTI_OP_CONV_TRANSPOSE_BACKWARD_DATA] = smalti_cpu_prepare_conv,
  [SMALTI_OP_CONV_TRANSPOSE_BACKWARD_WEIGHTS] = smalti_cpu_prepare_conv,
  [SMALTI_OP_LINEAR_BACKWARD_DATA] = smalti_cpu_prepare_linear_backward,
  [SMALTI_OP_LINEAR_BACKWARD_WEIGHTS] = smalti_cpu_prepare_linear_backward,
  [SMALTI_OP_BATCH_NORM_BACKWARD] = smalti_cpu_prepare_batch_norm_backward,
  [SMALTI_OP_BATCH_NORM_INFERENCE_BACKWARD] = smalti_cpu_prepare_batch_norm_backward,
  [SMALTI_OP_LRN_BACKWARD] = smalti_cpu_prepare_lrn_backward,
  [SMALTI_OP_RELU_BACKWARD] = smalti_cpu_prepare_relu_backward,
  [SMALTI_OP_MAX_POOL_BACKWARD] = smalti_cpu_prepare_max_pool_backward,
  [SMALTI_OP_AVG_POOL_BACKWARD] = smalti_cpu_prepare_avg_pool_backward,
  [SMALTI_OP_ADAPTIVE_AVG_POOL_BACKWARD] = smalti_cpu_prepare_adaptive_avg_pool_backward,
  [SMALTI_OP_SLICE_BACKWARD] = smalti_cpu_prepare_slice_backward,
  [SMALTI_OP_UPSAMPLE_BACKWARD] = smalti_cpu_prepare_upsample_backward,
  [SMALTI_OP_SOFTMAX_BACKWARD] = smalti_cpu_prepare_softmax_backward,
  [SMALTI_OP_L2_NORMALIZE_BACKWARD] = smalti_cpu_prepare_l2_normalize_backward,
  [SMALTI_OP_CROSS_ENTROPY_BACKWARD] = smalti_cpu_prepare_cross_entropy_backward,
  [SMALTI_OP_MSE_BACKWARD] = smalti_cpu_prepare_mse_backward,
};

static char *
processor_name (void)
{
  g_autofree char *text = NULL;
  g_autoptr (GRegex) regex = g_regex_new ("^model name\\s*:\\s*(.+)$", G_REGEX_MULTILINE, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  if (g_file_get_contents ("/proc/cpuinfo", &text, NULL, NULL) && g_regex_match (regex, text, 0, &match))
    return g_strstrip (g_match_info_fetch (match, 1));
  return g_strdup (_ ("Processor"));
}

static SmaltiDevice *
cpu_open (gint index, guint n_threads, GError **error)
{
  g_autofree SmaltiCpu *self = g_new0 (SmaltiCpu, 1);
  SmaltiDeviceInfo *info = &self->parent.info;
  g_autofree char *name = NULL;

  if (n_threads == 0)
    n_threads = smalti_device_n_processors ();
  omp_set_dynamic (0);
  omp_set_num_threads (n_threads);
  openblas_set_num_threads (n_threads);

  self->dnnl = smalti_dnnl_new (error);
  if (self->dnnl == NULL)
    return NULL;
  name = processor_name ();
  self->parent.klass = &smalti_cpu_device_class;
  info->name = g_strdup_printf (n_threads == 1 ? _ ("%s, 1 thread") : _ ("%s, %u threads"), name, n_threads);
  info->features = g_strdup (smalti_dnnl_features ());
  info->has_bf16 = smalti_dnnl_has_bf16 ();
  info->memory_bytes = (gsize)sysconf (_SC_PHYS_PAGES) * sysconf (_SC_PAGESIZE);
  info->n_threads = n_threads;
  return (SmaltiDevice *)g_steal_pointer (&self);
}

static void
cpu_close (SmaltiDevice *device)
{
  SmaltiCpu *self = (SmaltiCpu *)device;

  smalti_dnnl_free (self->dnnl);
  g_free (device->info.name);
  g_free (device->info.features);
  g_free (self);
}

/* Straight from the kernel, at a huge page's border: fewer page faults, fewer misses of the address cache, zero without
 * our touching it. */
static guint8 *
map_huge (gsize n_bytes)
{
  gsize size = (n_bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE, head;
  guint8 *data;

  if (size < n_bytes || size + HUGE_PAGE < size)
    return NULL;
  data = mmap (NULL, size + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (data == MAP_FAILED)
    return NULL;
  head = (HUGE_PAGE - (guintptr)data % HUGE_PAGE) % HUGE_PAGE;
  if (head > 0)
    munmap (data, head);
  munmap (data + head + size, HUGE_PAGE - head);
  madvise (data + head, size, MADV_HUGEPAGE);
  return data + head;
}

static gboolean
cpu_alloc (SmaltiDevice *device, gsize n_bytes, SmaltiBuffer *buffer, GError **error)
{
  void *data = NULL;

  if (n_bytes >= HUGE_PAGE)
    data = map_huge (n_bytes);
  else if (posix_memalign (&data, ALIGNMENT, MAX (n_bytes, ALIGNMENT)) == 0)
    memset (data, 0, MAX (n_bytes, ALIGNMENT));
  if (data == NULL)
    {
      g_autofree char *size = g_format_size (n_bytes);

      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_MEMORY, _ ("%s of memory (%zu bytes) can't be had."), size,
                   n_bytes);
      return FALSE;
    }
  *buffer = (SmaltiBuffer){ .data = data, .n_bytes = n_bytes };
  device->allocated += n_bytes;
  return TRUE;
}

static void
cpu_release (SmaltiDevice *device, SmaltiBuffer *buffer)
{
  if (buffer->data == NULL)
    return;
  if (buffer->n_bytes >= HUGE_PAGE)
    munmap (buffer->data, (buffer->n_bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE);
  else
    free (buffer->data);
  device->allocated -= buffer->n_bytes;
  *buffer = (SmaltiBuffer){ 0 };
}

static gsize
cpu_storage (SmaltiDevice *device, const SmaltiValue *value, SmaltiPrecision precision)
{
  return smalti_shape_size (value->shape) * (smalti_cpu_is_bf16 (value, precision) ? 2 : 4);
}

static SmaltiKernel *
cpu_prepare (SmaltiDevice *device, const SmaltiNode *node, SmaltiPrecision precision, GError **error)
{
  SmaltiCpuKernel *kernel;

  if (preparers[node->op] == NULL)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DEVICE, _ ("%s: the processor can't do “%s”."), node->name,
                   smalti_op_name (node->op));
      return NULL;
    }
  if (precision == SMALTI_PRECISION_BF16 && !device->info.has_bf16)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DEVICE,
                   _ ("This processor (%s) has no bf16 arithmetic; choose precision f32."), device->info.features);
      return NULL;
    }
  kernel = preparers[node->op]((SmaltiCpu *)device, node, precision, error);
  if (kernel == NULL)
    return NULL;
  kernel->parent.node = node;
  kernel->precision = precision;
  return &kernel->parent;
}

static gboolean
cpu_bind (SmaltiDevice *device, SmaltiKernel *kernel, GError **error)
{
  SmaltiCpuKernel *self = (SmaltiCpuKernel *)kernel;

  return self->bind == NULL || self->bind ((SmaltiCpu *)device, self, error);
}

static void
cpu_destroy (SmaltiDevice *device, SmaltiKernel *kernel)
{
  SmaltiCpuKernel *self = (SmaltiCpuKernel *)kernel;

  if (self->destroy != NULL)
    self->destroy (self);
  else
    g_free (self);
}

static void
cpu_run (SmaltiDevice *device, SmaltiKernel **kernels, guint n_kernels, const SmaltiRunContext *context)
{
  for (guint i = 0; i < n_kernels; i++)
    {
      SmaltiCpuKernel *kernel = (SmaltiCpuKernel *)kernels[i];

      kernel->run ((SmaltiCpu *)device, kernel, context);
    }
}

static void
cpu_wait (SmaltiDevice *device)
{
}

const SmaltiDeviceClass smalti_cpu_device_class = {
  .id = "cpu",
  .open = cpu_open,
  .close = cpu_close,
  .alloc = cpu_alloc,
  .release = cpu_release,
  .storage = cpu_storage,
  .write = smalti_cpu_write,
  .read = smalti_cpu_read,
  .in_place = smalti_cpu_in_place,
  .prepare = cpu_prepare,
  .bind = cpu_bind,
  .destroy = cpu_destroy,
  .run = cpu_run,
  .update = smalti_cpu_update,
  .wait = cpu_wait,
};
