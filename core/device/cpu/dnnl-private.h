/* SPDX-License-Identifier: Apache-2.0 */
/* The little of oneDNN that the processor's kernels use, in one form for its C interfaces of 2.6 and 3.x, which differ in
 * everything but their results: operation descriptors are gone in 3, memory descriptors became opaque.
 *
 * A primitive is made with the layouts it should use (or may choose: `any`), then asked for what it chose and for the
 * scratch memory it needs; pointers are set once; running it allocates nothing. */
#pragma once

#include "core/device/cpu/cpu-private.h"

G_BEGIN_DECLS

typedef struct _SmaltiDnnlDesc SmaltiDnnlDesc;           /* where every element of a tensor lies, and its type */
typedef struct _SmaltiDnnlPrimitive SmaltiDnnlPrimitive; /* one operation, ready to run */

SmaltiDnnl          *smalti_dnnl_new           (GError               **error);
void                 smalti_dnnl_free          (SmaltiDnnl            *self);
/* What the processor has that oneDNN uses, in words for people. */
const char          *smalti_dnnl_features      (void);
gboolean             smalti_dnnl_has_bf16      (void);
gboolean             smalti_dnnl_has_amx       (void);

/* @strides in elements, slowest dimension first like @dims; %NULL: the primitive may choose. */
SmaltiDnnlDesc      *smalti_dnnl_desc_new      (guint                  n_dims,
                                                const gint64          *dims,
                                                const gint64          *strides,
                                                gboolean               bf16);
void                 smalti_dnnl_desc_free     (SmaltiDnnlDesc        *self);
gsize                smalti_dnnl_desc_bytes    (const SmaltiDnnlDesc  *self);
gboolean             smalti_dnnl_desc_equal    (const SmaltiDnnlDesc  *a,
                                                const SmaltiDnnlDesc  *b);

#define SMALTI_DNNL_MAX_DIMS 5
#define SMALTI_DNNL_MAX_BLOCKS 12

/* A layout spelt out: element x lies at the sum of x / blocks * stride over dimensions, plus its place in the innermost
 * dense block, whose factors are listed from the outermost in. */
typedef struct
{
  guint n_dims;
  gint64 padded[SMALTI_DNNL_MAX_DIMS];
  gint64 stride[SMALTI_DNNL_MAX_DIMS];
  guint n_blocks;
  gint64 block[SMALTI_DNNL_MAX_BLOCKS];
  gint64 block_dim[SMALTI_DNNL_MAX_BLOCKS];
} SmaltiDnnlBlocks;

void                 smalti_dnnl_desc_blocks   (const SmaltiDnnlDesc  *self,
                                                SmaltiDnnlBlocks      *blocks);

typedef enum
{
  SMALTI_DNNL_FORWARD,
  SMALTI_DNNL_BACKWARD_DATA,
  SMALTI_DNNL_BACKWARD_WEIGHTS,
} SmaltiDnnlPass;

/* The operands of a convolution or product; in backward passes the gradients take the place of what they belong to. */
typedef enum
{
  SMALTI_DNNL_SRC,
  SMALTI_DNNL_WEIGHTS,
  SMALTI_DNNL_BIAS,
  SMALTI_DNNL_DST,
  SMALTI_DNNL_SCRATCH,
  SMALTI_DNNL_N_OPERANDS,
} SmaltiDnnlOperand;

/* Weights are (G, O/g, I/g, KH, KW), or (O, I, KH, KW) with one group. Only forward has @relu; backward data has no bias.
 * @alone: made to be run by one thread of a team, each on its own part. */
SmaltiDnnlPrimitive *smalti_dnnl_conv_new      (SmaltiDnnl            *dnnl,
                                                SmaltiDnnlPass         pass,
                                                const SmaltiDnnlDesc  *src,
                                                const SmaltiDnnlDesc  *weights,
                                                const SmaltiDnnlDesc  *bias /* nullable */,
                                                const SmaltiDnnlDesc  *dst,
                                                const SmaltiWindow    *window,
                                                gboolean               relu,
                                                gboolean               alone,
                                                GError               **error);
/* (M, K) (K, N) [+ (1, N)] -> (M, N); @add: to what dst holds. */
SmaltiDnnlPrimitive *smalti_dnnl_matmul_new    (SmaltiDnnl            *dnnl,
                                                const SmaltiDnnlDesc  *src,
                                                const SmaltiDnnlDesc  *weights,
                                                const SmaltiDnnlDesc  *bias /* nullable */,
                                                const SmaltiDnnlDesc  *dst,
                                                gboolean               relu,
                                                gboolean               add,
                                                gboolean               alone,
                                                GError               **error);
void                 smalti_dnnl_primitive_free (SmaltiDnnlPrimitive  *self);
/* The layout it takes, chosen or given; owned by the primitive. SCRATCH: how much. */
const SmaltiDnnlDesc *smalti_dnnl_primitive_desc (const SmaltiDnnlPrimitive *self,
                                                SmaltiDnnlOperand      operand);
gsize                smalti_dnnl_primitive_scratch_bytes (const SmaltiDnnlPrimitive *self);
/* oneDNN's name of the implementation: "brgconv:avx512_core_bf16", "ref:any". */
const char          *smalti_dnnl_primitive_name (const SmaltiDnnlPrimitive *self);
gboolean             smalti_dnnl_primitive_set  (SmaltiDnnlPrimitive  *self,
                                                SmaltiDnnlOperand      operand,
                                                gpointer               data,
                                                GError               **error);
void                 smalti_dnnl_primitive_run  (SmaltiDnnlPrimitive  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiDnnlDesc, smalti_dnnl_desc_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiDnnlPrimitive, smalti_dnnl_primitive_free)

G_END_DECLS
