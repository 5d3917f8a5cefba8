/* SPDX-License-Identifier: Apache-2.0 */
/* What the reference device's kernels share: a kernel is one function of its node and its buffers. */
#pragma once

#include "core/device/device.h"

G_BEGIN_DECLS

typedef void (*SmaltiReferenceRun) (const SmaltiKernel     *kernel,
                                    const SmaltiRunContext *context);

/* (N, C, H, W) or (N, C) as @n times @channels times @inner, row major. */
typedef struct
{
  gint64 n, channels, inner;
} SmaltiReferenceView;

static inline SmaltiReferenceView
smalti_reference_view (const SmaltiValue *value)
{
  SmaltiReferenceView view = { value->shape.dim[0], value->shape.n_dims > 1 ? value->shape.dim[1] : 1, 1 };

  for (guint i = 2; i < value->shape.n_dims; i++)
    view.inner *= value->shape.dim[i];
  return view;
}

static inline const gdouble *
smalti_reference_in (const SmaltiKernel *kernel, guint i)
{
  g_assert (i < kernel->node->n_inputs);
  return (const gdouble *)(gconstpointer)kernel->input[i].data;
}

static inline const gint32 *
smalti_reference_in_i32 (const SmaltiKernel *kernel, guint i)
{
  g_assert (i < kernel->node->n_inputs && kernel->node->input[i]->klass == SMALTI_CLASS_I32);
  return (const gint32 *)(gconstpointer)kernel->input[i].data;
}

/* %NULL when the node has no such output. */
static inline gdouble *
smalti_reference_out (const SmaltiKernel *kernel, guint i)
{
  return i < kernel->node->n_outputs ? (gdouble *)(gpointer)kernel->output[i].data : NULL;
}

static inline gint32 *
smalti_reference_out_i32 (const SmaltiKernel *kernel, guint i)
{
  return i < kernel->node->n_outputs ? (gint32 *)(gpointer)kernel->output[i].data : NULL;
}

static inline gint64
smalti_reference_size (const SmaltiValue *value)
{
  return smalti_shape_size (value->shape);
}

static inline void
smalti_reference_clear (gdouble *x, const SmaltiValue *value)
{
  for (gint64 i = 0; i < smalti_reference_size (value); i++)
    x[i] = 0;
}

/* By family; each file defines the runs of its operators. */
#define SMALTI_REFERENCE_RUN(name)                                                                                     \
  void smalti_reference_##name (const SmaltiKernel *kernel, const SmaltiRunContext *context)

/* conv.c */
SMALTI_REFERENCE_RUN (conv);
SMALTI_REFERENCE_RUN (conv_backward_data);
SMALTI_REFERENCE_RUN (conv_backward_weights);
SMALTI_REFERENCE_RUN (conv_transpose);
SMALTI_REFERENCE_RUN (conv_transpose_backward_data);
SMALTI_REFERENCE_RUN (conv_transpose_backward_weights);
/* linear.c */
SMALTI_REFERENCE_RUN (linear);
SMALTI_REFERENCE_RUN (linear_backward_data);
SMALTI_REFERENCE_RUN (linear_backward_weights);
SMALTI_REFERENCE_RUN (matmul);
/* norm.c */
SMALTI_REFERENCE_RUN (batch_norm);
SMALTI_REFERENCE_RUN (batch_norm_backward);
SMALTI_REFERENCE_RUN (batch_norm_inference_backward);
SMALTI_REFERENCE_RUN (lrn);
SMALTI_REFERENCE_RUN (lrn_backward);
SMALTI_REFERENCE_RUN (l2_normalize);
SMALTI_REFERENCE_RUN (l2_normalize_backward);
/* pool.c */
SMALTI_REFERENCE_RUN (max_pool);
SMALTI_REFERENCE_RUN (max_pool_backward);
SMALTI_REFERENCE_RUN (avg_pool);
SMALTI_REFERENCE_RUN (avg_pool_backward);
SMALTI_REFERENCE_RUN (adaptive_avg_pool);
SMALTI_REFERENCE_RUN (adaptive_avg_pool_backward);
/* elementwise.c */
SMALTI_REFERENCE_RUN (relu);
SMALTI_REFERENCE_RUN (relu_backward);
SMALTI_REFERENCE_RUN (add);
SMALTI_REFERENCE_RUN (scale);
SMALTI_REFERENCE_RUN (dropout);
/* shape.c */
SMALTI_REFERENCE_RUN (concat);
SMALTI_REFERENCE_RUN (slice);
SMALTI_REFERENCE_RUN (slice_backward);
SMALTI_REFERENCE_RUN (reshape);
SMALTI_REFERENCE_RUN (upsample);
SMALTI_REFERENCE_RUN (upsample_backward);
/* loss.c */
SMALTI_REFERENCE_RUN (softmax);
SMALTI_REFERENCE_RUN (softmax_backward);
SMALTI_REFERENCE_RUN (cross_entropy);
SMALTI_REFERENCE_RUN (cross_entropy_backward);
SMALTI_REFERENCE_RUN (mse);
SMALTI_REFERENCE_RUN (mse_backward);
SMALTI_REFERENCE_RUN (correct);

/* update.c */
void smalti_reference_update (SmaltiDevice           *self,
                              const SmaltiUpdateRule *rule,
                              const SmaltiUpdateItem *items,
                              guint                   n_items,
                              SmaltiBuffer            norm);

G_END_DECLS
