/* SPDX-License-Identifier: Apache-2.0 */
/* oneDNN 2.6 and 3.x behind one face. What differs is at the top: how a memory descriptor is held, and how a primitive
 * descriptor is made. A primitive here is oneDNN's with its memory objects and argument list, all made before it runs.
 */
#include "core/device/cpu/dnnl-private.h"

#include <omp.h>
#include <oneapi/dnnl/dnnl.h>
#include <string.h>

#include "core/base/error.h"

struct _SmaltiDnnl
{
  dnnl_engine_t engine;
  dnnl_stream_t stream;
};

#if DNNL_VERSION_MAJOR < 3
typedef const dnnl_memory_desc_t *Layout; /* how it is passed */
#define HELD(desc) (&(desc)->layout)
#else
typedef const_dnnl_memory_desc_t Layout;
#define HELD(desc) ((desc)->layout)
#endif

struct _SmaltiDnnlDesc
{
  dnnl_memory_desc_t layout; /* 2: the descriptor; 3: a pointer to it */
  guint n_dims;              /* as asked for; 0 of those a primitive chose */
  gint64 dims[SMALTI_DNNL_MAX_DIMS];
  gboolean bf16;
};

struct _SmaltiDnnlPrimitive
{
  SmaltiDnnl *dnnl;
  dnnl_primitive_t primitive;
  SmaltiDnnlDesc *desc[SMALTI_DNNL_N_OPERANDS]; /* NULL: it has no such operand */
  dnnl_memory_t memory[SMALTI_DNNL_N_OPERANDS];
  dnnl_exec_arg_t args[SMALTI_DNNL_N_OPERANDS];
  guint n_args;
  guint at[SMALTI_DNNL_N_OPERANDS]; /* where in args */
  char *name;
};

static gboolean
check (dnnl_status_t status, const char *doing, GError **error)
{
  if (status == dnnl_success)
    return TRUE;
  if (status == dnnl_out_of_memory)
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_MEMORY, _ ("oneDNN has no memory left to make a %s."), doing);
  else
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DEVICE, _ ("oneDNN %d.%d can't make this %s (status %d)."),
                 dnnl_version ()->major, dnnl_version ()->minor, doing, status);
  return FALSE;
}

SmaltiDnnl *
smalti_dnnl_new (GError **error)
{
  SmaltiDnnl *self = g_new0 (SmaltiDnnl, 1);

  if (check (dnnl_engine_create (&self->engine, dnnl_cpu, 0), "engine", error)
      && check (dnnl_stream_create (&self->stream, self->engine, dnnl_stream_default_flags), "stream", error))
    return self;
  smalti_dnnl_free (self);
  return NULL;
}

void
smalti_dnnl_free (SmaltiDnnl *self)
{
  if (self == NULL)
    return;
  if (self->stream != NULL)
    dnnl_stream_destroy (self->stream);
  if (self->engine != NULL)
    dnnl_engine_destroy (self->engine);
  g_free (self);
}

/* The values are sets of bits, each containing those of the processors before it. */
static gboolean
has_isa (dnnl_cpu_isa_t isa)
{
  return (dnnl_get_effective_cpu_isa () & isa) == isa;
}

gboolean
smalti_dnnl_has_bf16 (void)
{
  return has_isa (dnnl_cpu_isa_avx512_core_bf16);
}

gboolean
smalti_dnnl_has_amx (void)
{
  return has_isa (dnnl_cpu_isa_avx512_core_amx);
}

const char *
smalti_dnnl_features (void)
{
  if (smalti_dnnl_has_amx ())
    return "AVX-512, bf16, AMX";
  if (smalti_dnnl_has_bf16 ())
    return "AVX-512, bf16";
  if (has_isa (dnnl_cpu_isa_avx512_core))
    return "AVX-512";
  if (has_isa (dnnl_cpu_isa_avx2))
    return "AVX2";
  return "SSE";
}

SmaltiDnnlDesc *
smalti_dnnl_desc_new (guint n_dims, const gint64 *dims, const gint64 *strides, gboolean bf16)
{
  SmaltiDnnlDesc *self = g_new0 (SmaltiDnnlDesc, 1);
  dnnl_data_type_t type = bf16 ? dnnl_bf16 : dnnl_f32;
  dnnl_dims_t size = { 0 }, step = { 0 };
  dnnl_status_t status;

  g_assert (n_dims > 0 && n_dims <= SMALTI_DNNL_MAX_DIMS);
  self->n_dims = n_dims;
  self->bf16 = bf16;
  memcpy (self->dims, dims, n_dims * sizeof *dims);
  for (guint i = 0; i < n_dims; i++)
    {
      size[i] = dims[i];
      step[i] = strides != NULL ? strides[i] : 0;
    }
#if DNNL_VERSION_MAJOR < 3
  status = strides != NULL ? dnnl_memory_desc_init_by_strides (&self->layout, (int)n_dims, size, type, step)
                           : dnnl_memory_desc_init_by_tag (&self->layout, (int)n_dims, size, type, dnnl_format_tag_any);
#else
  status = strides != NULL
               ? dnnl_memory_desc_create_with_strides (&self->layout, (int)n_dims, size, type, step)
               : dnnl_memory_desc_create_with_tag (&self->layout, (int)n_dims, size, type, dnnl_format_tag_any);
#endif
  g_assert (status == dnnl_success);
  return self;
}

static SmaltiDnnlDesc *
desc_copy (Layout layout)
{
  SmaltiDnnlDesc *self = g_new0 (SmaltiDnnlDesc, 1);

#if DNNL_VERSION_MAJOR < 3
  self->layout = *layout;
#else
  dnnl_status_t status = dnnl_memory_desc_clone (&self->layout, layout);

  g_assert (status == dnnl_success);
#endif
  return self;
}

void
smalti_dnnl_desc_free (SmaltiDnnlDesc *self)
{
  if (self == NULL)
    return;
#if DNNL_VERSION_MAJOR >= 3
  dnnl_memory_desc_destroy (self->layout);
#endif
  g_free (self);
}

gsize
smalti_dnnl_desc_bytes (const SmaltiDnnlDesc *self)
{
  return dnnl_memory_desc_get_size (HELD (self));
}

gboolean
smalti_dnnl_desc_equal (const SmaltiDnnlDesc *a, const SmaltiDnnlDesc *b)
{
  return dnnl_memory_desc_equal (HELD (a), HELD (b)) != 0;
}

void
smalti_dnnl_desc_blocks (const SmaltiDnnlDesc *self, SmaltiDnnlBlocks *blocks)
{
  int n_dims, n_blocks;
  const dnnl_dim_t *padded, *stride, *block, *block_dim;

#if DNNL_VERSION_MAJOR < 3
  const dnnl_memory_desc_t *layout = &self->layout;

  g_assert (layout->format_kind == dnnl_blocked);
  n_dims = layout->ndims;
  padded = layout->padded_dims;
  stride = layout->format_desc.blocking.strides;
  n_blocks = layout->format_desc.blocking.inner_nblks;
  block = layout->format_desc.blocking.inner_blks;
  block_dim = layout->format_desc.blocking.inner_idxs;
#else
  dnnl_memory_desc_query (self->layout, dnnl_query_ndims_s32, &n_dims);
  dnnl_memory_desc_query (self->layout, dnnl_query_padded_dims, &padded);
  dnnl_memory_desc_query (self->layout, dnnl_query_strides, &stride);
  dnnl_memory_desc_query (self->layout, dnnl_query_inner_nblks_s32, &n_blocks);
  dnnl_memory_desc_query (self->layout, dnnl_query_inner_blks, &block);
  dnnl_memory_desc_query (self->layout, dnnl_query_inner_idxs, &block_dim);
#endif
  *blocks = (SmaltiDnnlBlocks){ .n_dims = n_dims, .n_blocks = n_blocks };
  memcpy (blocks->padded, padded, n_dims * sizeof *padded);
  memcpy (blocks->stride, stride, n_dims * sizeof *stride);
  memcpy (blocks->block, block, n_blocks * sizeof *block);
  memcpy (blocks->block_dim, block_dim, n_blocks * sizeof *block_dim);
}

/* Scratch memory comes from us, so that it is in the plan. */
static dnnl_primitive_attr_t
attributes (gboolean add, gboolean relu)
{
  dnnl_primitive_attr_t attr = NULL;
  dnnl_post_ops_t ops = NULL;

  if (dnnl_primitive_attr_create (&attr) != dnnl_success)
    return NULL;
  dnnl_primitive_attr_set_scratchpad_mode (attr, dnnl_scratchpad_mode_user);
  if (dnnl_post_ops_create (&ops) != dnnl_success)
    return attr;
#if DNNL_VERSION_MAJOR < 3
  if (add)
    dnnl_post_ops_append_sum (ops, 1);
  if (relu)
    dnnl_post_ops_append_eltwise (ops, 1, dnnl_eltwise_relu, 0, 0);
#else
  if (add)
    dnnl_post_ops_append_sum (ops, 1, 0, dnnl_data_type_undef);
  if (relu)
    dnnl_post_ops_append_eltwise (ops, dnnl_eltwise_relu, 0, 0);
#endif
  dnnl_primitive_attr_set_post_ops (attr, ops);
  dnnl_post_ops_destroy (ops);
  return attr;
}

/* Takes @made. @numbers says, operand by operand, how oneDNN calls it: 0 when there is none. */
static SmaltiDnnlPrimitive *
primitive_new (SmaltiDnnl *dnnl, dnnl_primitive_desc_t made, const int *numbers, const char *doing, GError **error)
{
  g_autoptr (SmaltiDnnlPrimitive) self = g_new0 (SmaltiDnnlPrimitive, 1);
  const char *name = NULL;
  dnnl_status_t status;

  self->dnnl = dnnl;
  for (guint i = 0; i < SMALTI_DNNL_N_OPERANDS; i++)
    if (numbers[i] != 0)
      {
        self->desc[i] = desc_copy (dnnl_primitive_desc_query_md (made, dnnl_query_exec_arg_md, numbers[i]));
        self->at[i] = self->n_args;
        self->args[self->n_args++].arg = numbers[i];
      }
  dnnl_primitive_desc_query (made, dnnl_query_impl_info_str, 0, &name);
  self->name = g_strdup (name);
  status = dnnl_primitive_create (&self->primitive, made);
  dnnl_primitive_desc_destroy (made);
  return check (status, doing, error) ? g_steal_pointer (&self) : NULL;
}

/* What oneDNN wants to know of a window: its padding may differ between the two sides, ours never does. */
typedef struct
{
  dnnl_dims_t strides, dilates, padding;
} Geometry;

static Geometry
geometry_of (const SmaltiWindow *window)
{
  Geometry g = { 0 };

  for (guint i = 0; i < 2; i++)
    {
      g.strides[i] = window->stride[i];
      g.dilates[i] = window->dilation[i] - 1; /* it counts the holes */
      g.padding[i] = window->padding[i];
    }
  return g;
}

static dnnl_status_t
describe_forward (dnnl_primitive_desc_t *made, SmaltiDnnl *dnnl, Layout src, Layout weights, Layout bias, Layout dst,
                  const Geometry *g, dnnl_primitive_attr_t attr)
{
#if DNNL_VERSION_MAJOR < 3
  dnnl_convolution_desc_t op;
  dnnl_status_t status
      = dnnl_dilated_convolution_forward_desc_init (&op, dnnl_forward_training, dnnl_convolution_direct, src, weights,
                                                    bias, dst, g->strides, g->dilates, g->padding, g->padding);

  return status == dnnl_success ? dnnl_primitive_desc_create (made, &op, attr, dnnl->engine, NULL) : status;
#else
  return dnnl_convolution_forward_primitive_desc_create (made, dnnl->engine, dnnl_forward_training,
                                                         dnnl_convolution_direct, src, weights, bias, dst, g->strides,
                                                         g->dilates, g->padding, g->padding, attr);
#endif
}

static dnnl_status_t
describe_backward_data (dnnl_primitive_desc_t *made, SmaltiDnnl *dnnl, Layout src, Layout weights, Layout dst,
                        const Geometry *g, dnnl_primitive_desc_t forward, dnnl_primitive_attr_t attr)
{
#if DNNL_VERSION_MAJOR < 3
  dnnl_convolution_desc_t op;
  dnnl_status_t status = dnnl_dilated_convolution_backward_data_desc_init (
      &op, dnnl_convolution_direct, src, weights, dst, g->strides, g->dilates, g->padding, g->padding);

  return status == dnnl_success ? dnnl_primitive_desc_create (made, &op, attr, dnnl->engine, forward) : status;
#else
  return dnnl_convolution_backward_data_primitive_desc_create (made, dnnl->engine, dnnl_convolution_direct, src,
                                                               weights, dst, g->strides, g->dilates, g->padding,
                                                               g->padding, forward, attr);
#endif
}

static dnnl_status_t
describe_backward_weights (dnnl_primitive_desc_t *made, SmaltiDnnl *dnnl, Layout src, Layout weights, Layout bias,
                           Layout dst, const Geometry *g, dnnl_primitive_desc_t forward, dnnl_primitive_attr_t attr)
{
#if DNNL_VERSION_MAJOR < 3
  dnnl_convolution_desc_t op;
  dnnl_status_t status = dnnl_dilated_convolution_backward_weights_desc_init (
      &op, dnnl_convolution_direct, src, weights, bias, dst, g->strides, g->dilates, g->padding, g->padding);

  return status == dnnl_success ? dnnl_primitive_desc_create (made, &op, attr, dnnl->engine, forward) : status;
#else
  return dnnl_convolution_backward_weights_primitive_desc_create (made, dnnl->engine, dnnl_convolution_direct, src,
                                                                  weights, bias, dst, g->strides, g->dilates,
                                                                  g->padding, g->padding, forward, attr);
#endif
}

static dnnl_status_t
describe_matmul (dnnl_primitive_desc_t *made, SmaltiDnnl *dnnl, Layout src, Layout weights, Layout bias, Layout dst,
                 dnnl_primitive_attr_t attr)
{
#if DNNL_VERSION_MAJOR < 3
  dnnl_matmul_desc_t op;
  dnnl_status_t status = dnnl_matmul_desc_init (&op, src, weights, bias, dst);

  return status == dnnl_success ? dnnl_primitive_desc_create (made, &op, attr, dnnl->engine, NULL) : status;
#else
  return dnnl_matmul_primitive_desc_create (made, dnnl->engine, src, weights, bias, dst, attr);
#endif
}

SmaltiDnnlPrimitive *
smalti_dnnl_conv_new (SmaltiDnnl *dnnl, SmaltiDnnlPass pass, const SmaltiDnnlDesc *src, const SmaltiDnnlDesc *weights,
                      const SmaltiDnnlDesc *bias, const SmaltiDnnlDesc *dst, const SmaltiWindow *window, gboolean relu,
                      gboolean alone, GError **error)
{
  static const int numbers[][SMALTI_DNNL_N_OPERANDS] = {
    { DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_BIAS, DNNL_ARG_DST, DNNL_ARG_SCRATCHPAD },
    { DNNL_ARG_DIFF_SRC, DNNL_ARG_WEIGHTS, 0, DNNL_ARG_DIFF_DST, DNNL_ARG_SCRATCHPAD },
    { DNNL_ARG_SRC, DNNL_ARG_DIFF_WEIGHTS, DNNL_ARG_DIFF_BIAS, DNNL_ARG_DIFF_DST, DNNL_ARG_SCRATCHPAD },
  };
  /* what the forward pass of this backward pass looks like: its weights have the type of the images */
  g_autoptr (SmaltiDnnlDesc) like = smalti_dnnl_desc_new (weights->n_dims, weights->dims, NULL, dst->bf16);
  g_autoptr (SmaltiDnnlDesc) image = smalti_dnnl_desc_new (src->n_dims, src->dims, NULL, dst->bf16);
  dnnl_primitive_attr_t attr = attributes (FALSE, relu && pass == SMALTI_DNNL_FORWARD);
  dnnl_primitive_desc_t made = NULL, forward = NULL;
  SmaltiDnnlPrimitive *self = NULL;
  Layout bias_layout = bias != NULL ? HELD (bias) : NULL;
  Geometry g = geometry_of (window);
  int number[SMALTI_DNNL_N_OPERANDS], n_threads = omp_get_max_threads ();
  dnnl_status_t status = dnnl_success;

  if (alone) /* a primitive divides its work when it is made */
    omp_set_num_threads (1);
  if (pass == SMALTI_DNNL_FORWARD)
    status = describe_forward (&made, dnnl, HELD (src), HELD (weights), bias_layout, HELD (dst), &g, attr);
  else
    status = describe_forward (&forward, dnnl, HELD (image), HELD (like), NULL, HELD (dst), &g, attr);
  if (status == dnnl_success && pass == SMALTI_DNNL_BACKWARD_DATA)
    status = describe_backward_data (&made, dnnl, HELD (src), HELD (weights), HELD (dst), &g, forward, attr);
  if (status == dnnl_success && pass == SMALTI_DNNL_BACKWARD_WEIGHTS)
    status = describe_backward_weights (&made, dnnl, HELD (src), HELD (weights), bias_layout, HELD (dst), &g, forward,
                                        attr);
  if (forward != NULL)
    dnnl_primitive_desc_destroy (forward);
  dnnl_primitive_attr_destroy (attr);
  memcpy (number, numbers[pass], sizeof number);
  if (bias == NULL)
    number[SMALTI_DNNL_BIAS] = 0;
  if (check (status, "convolution", error))
    self = primitive_new (dnnl, made, number, "convolution", error);
  omp_set_num_threads (n_threads);
  return self;
}

SmaltiDnnlPrimitive *
smalti_dnnl_matmul_new (SmaltiDnnl *dnnl, const SmaltiDnnlDesc *src, const SmaltiDnnlDesc *weights,
                        const SmaltiDnnlDesc *bias, const SmaltiDnnlDesc *dst, gboolean relu, gboolean add,
                        gboolean alone, GError **error)
{
  const int number[SMALTI_DNNL_N_OPERANDS]
      = { DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, bias != NULL ? DNNL_ARG_BIAS : 0, DNNL_ARG_DST, DNNL_ARG_SCRATCHPAD };
  dnnl_primitive_attr_t attr = attributes (add, relu);
  dnnl_primitive_desc_t made = NULL;
  SmaltiDnnlPrimitive *self = NULL;
  int n_threads = omp_get_max_threads ();

  if (alone)
    omp_set_num_threads (1);
  if (check (describe_matmul (&made, dnnl, HELD (src), HELD (weights), bias != NULL ? HELD (bias) : NULL, HELD (dst),
                              attr),
             "product", error))
    self = primitive_new (dnnl, made, number, "product", error);
  omp_set_num_threads (n_threads);
  dnnl_primitive_attr_destroy (attr);
  return self;
}

void
smalti_dnnl_primitive_free (SmaltiDnnlPrimitive *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < SMALTI_DNNL_N_OPERANDS; i++)
    {
      if (self->memory[i] != NULL)
        dnnl_memory_destroy (self->memory[i]);
      smalti_dnnl_desc_free (self->desc[i]);
    }
  if (self->primitive != NULL)
    dnnl_primitive_destroy (self->primitive);
  g_free (self->name);
  g_free (self);
}

const SmaltiDnnlDesc *
smalti_dnnl_primitive_desc (const SmaltiDnnlPrimitive *self, SmaltiDnnlOperand operand)
{
  return self->desc[operand];
}

gsize
smalti_dnnl_primitive_scratch_bytes (const SmaltiDnnlPrimitive *self)
{
  return smalti_dnnl_desc_bytes (self->desc[SMALTI_DNNL_SCRATCH]);
}

const char *
smalti_dnnl_primitive_name (const SmaltiDnnlPrimitive *self)
{
  return self->name;
}

gboolean
smalti_dnnl_primitive_set (SmaltiDnnlPrimitive *self, SmaltiDnnlOperand operand, gpointer data, GError **error)
{
  dnnl_memory_t *memory = &self->memory[operand];

  g_assert (self->desc[operand] != NULL);
  if (*memory != NULL)
    return check (dnnl_memory_set_data_handle (*memory, data), "buffer", error);
  if (!check (dnnl_memory_create (memory, HELD (self->desc[operand]), self->dnnl->engine, data), "buffer", error))
    return FALSE;
  self->args[self->at[operand]].memory = *memory;
  return TRUE;
}

void
smalti_dnnl_primitive_run (SmaltiDnnlPrimitive *self)
{
  dnnl_status_t status = dnnl_primitive_execute (self->primitive, self->dnnl->stream, (int)self->n_args, self->args);

  g_assert (status == dnnl_success);
}
