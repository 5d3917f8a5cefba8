/* SPDX-License-Identifier: Apache-2.0 */
/* Host tensors: contiguous, row major, in the logical order of their dimensions (images are N, C, H, W). Devices keep
 * their own layouts; a host tensor is what crosses the border. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define SMALTI_MAX_DIMS 5

typedef enum
{
  SMALTI_DTYPE_F32,
  SMALTI_DTYPE_BF16, /* the upper half of an f32, rounded to nearest even */
  SMALTI_DTYPE_I32,
  SMALTI_DTYPE_U8,
  SMALTI_DTYPE_F64,
  SMALTI_DTYPE_I64,
} SmaltiDType;

gsize       smalti_dtype_size (SmaltiDType dtype);
/* "F32", "BF16", ... as safetensors writes them. */
const char *smalti_dtype_name (SmaltiDType dtype);

/* A scalar has no dimensions and one element. */
typedef struct
{
  guint n_dims;
  gint64 dim[SMALTI_MAX_DIMS];
} SmaltiShape;

#define SMALTI_SHAPE(...)                                                                                              \
  ((SmaltiShape){ .n_dims = sizeof ((gint64[]){ __VA_ARGS__ }) / sizeof (gint64), .dim = { __VA_ARGS__ } })
#define SMALTI_SCALAR ((SmaltiShape){ 0 })

gint64   smalti_shape_size    (SmaltiShape  shape);
gboolean smalti_shape_equal   (SmaltiShape  a,
                               SmaltiShape  b);
/* "32x3x64x64", "scalar"; free with g_free(). */
char    *smalti_shape_to_text (SmaltiShape  shape);

/**
 * SmaltiTensor:
 * @data: 64-byte aligned; owned by the tensor
 *
 * Reference counted with atomic counts; its contents are not guarded.
 */
typedef struct
{
  SmaltiDType dtype;
  SmaltiShape shape;
  gpointer data;
  gsize n_bytes;
  /*< private >*/
  gint ref_count;
} SmaltiTensor;

#define SMALTI_TYPE_TENSOR (smalti_tensor_get_type ())
GType         smalti_tensor_get_type (void);

/* Zero filled. */
SmaltiTensor *smalti_tensor_new      (SmaltiDType          dtype,
                                      SmaltiShape          shape);
SmaltiTensor *smalti_tensor_ref      (SmaltiTensor        *self);
void          smalti_tensor_unref    (SmaltiTensor        *self);
gint64        smalti_tensor_size     (const SmaltiTensor  *self);
SmaltiTensor *smalti_tensor_convert  (const SmaltiTensor  *self,
                                      SmaltiDType          dtype);

static inline gfloat *
smalti_tensor_f32 (const SmaltiTensor *self)
{
  g_assert (self->dtype == SMALTI_DTYPE_F32);
  return self->data;
}

static inline gint32 *
smalti_tensor_i32 (const SmaltiTensor *self)
{
  g_assert (self->dtype == SMALTI_DTYPE_I32);
  return self->data;
}

static inline guint16
smalti_bf16_from_f32 (gfloat x)
{
  union { gfloat f; guint32 u; } v = { .f = x };

  if (G_UNLIKELY ((v.u & 0x7fffffffu) > 0x7f800000u)) /* not a number stays one */
    return (v.u >> 16) | 0x40;
  return (v.u + 0x7fff + ((v.u >> 16) & 1)) >> 16;
}

static inline gfloat
smalti_bf16_to_f32 (guint16 x)
{
  union { guint32 u; gfloat f; } v = { .u = (guint32) x << 16 };

  return v.f;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiTensor, smalti_tensor_unref)

G_END_DECLS
