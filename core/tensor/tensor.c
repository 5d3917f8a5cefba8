/* SPDX-License-Identifier: Apache-2.0 */
#include "core/tensor/tensor.h"

#include <stdlib.h>
#include <string.h>

G_DEFINE_BOXED_TYPE (SmaltiTensor, smalti_tensor, smalti_tensor_ref, smalti_tensor_unref)

/* A cache line, and what AVX-512 loads at once. */
#define ALIGNMENT 64

static const struct
{
  gsize size;
  const char *name;
} dtypes[] = {
  [SMALTI_DTYPE_F32] = { 4, "F32" }, [SMALTI_DTYPE_BF16] = { 2, "BF16" }, [SMALTI_DTYPE_I32] = { 4, "I32" },
  [SMALTI_DTYPE_U8] = { 1, "U8" },   [SMALTI_DTYPE_F64] = { 8, "F64" },   [SMALTI_DTYPE_I64] = { 8, "I64" },
};

gsize
smalti_dtype_size (SmaltiDType dtype)
{
  g_assert (dtype < G_N_ELEMENTS (dtypes));
  return dtypes[dtype].size;
}

const char *
smalti_dtype_name (SmaltiDType dtype)
{
  g_assert (dtype < G_N_ELEMENTS (dtypes));
  return dtypes[dtype].name;
}

gint64
smalti_shape_size (SmaltiShape shape)
{
  gint64 size = 1;

  for (guint i = 0; i < shape.n_dims; i++)
    size *= shape.dim[i];
  return size;
}

gboolean
smalti_shape_equal (SmaltiShape a, SmaltiShape b)
{
  return a.n_dims == b.n_dims && memcmp (a.dim, b.dim, a.n_dims * sizeof a.dim[0]) == 0;
}

char *
smalti_shape_to_text (SmaltiShape shape)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < shape.n_dims; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? "x" : "", shape.dim[i]);
  if (shape.n_dims == 0)
    g_string_append (text, "scalar");
  return g_string_free (text, FALSE);
}

SmaltiTensor *
smalti_tensor_new (SmaltiDType dtype, SmaltiShape shape)
{
  SmaltiTensor *self = g_new0 (SmaltiTensor, 1);
  gsize room;

  self->dtype = dtype;
  self->shape = shape;
  self->n_bytes = smalti_shape_size (shape) * smalti_dtype_size (dtype);
  self->ref_count = 1;
  /* aligned_alloc wants a multiple of the alignment; an empty tensor still has an address. */
  room = MAX (self->n_bytes + ALIGNMENT - 1, ALIGNMENT) / ALIGNMENT * ALIGNMENT;
  self->data = aligned_alloc (ALIGNMENT, room);
  if (self->data == NULL)
    g_error ("Could not allocate %" G_GSIZE_FORMAT " bytes for a tensor", room);
  memset (self->data, 0, room);
  return self;
}

SmaltiTensor *
smalti_tensor_ref (SmaltiTensor *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
smalti_tensor_unref (SmaltiTensor *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  free (self->data);
  g_free (self);
}

gint64
smalti_tensor_size (const SmaltiTensor *self)
{
  return smalti_shape_size (self->shape);
}

static gdouble
element (const SmaltiTensor *self, gint64 i)
{
  switch (self->dtype)
    {
    case SMALTI_DTYPE_F32:
      return ((const gfloat *)self->data)[i];
    case SMALTI_DTYPE_BF16:
      return smalti_bf16_to_f32 (((const guint16 *)self->data)[i]);
    case SMALTI_DTYPE_I32:
      return ((const gint32 *)self->data)[i];
    case SMALTI_DTYPE_U8:
      return ((const guint8 *)self->data)[i];
    case SMALTI_DTYPE_F64:
      return ((const gdouble *)self->data)[i];
    case SMALTI_DTYPE_I64:
      return ((const gint64 *)self->data)[i];
    }
  g_assert_not_reached ();
}

static void
set_element (SmaltiTensor *self, gint64 i, gdouble x)
{
  switch (self->dtype)
    {
    case SMALTI_DTYPE_F32:
      ((gfloat *)self->data)[i] = x;
      return;
    case SMALTI_DTYPE_BF16:
      ((guint16 *)self->data)[i] = smalti_bf16_from_f32 (x);
      return;
    case SMALTI_DTYPE_I32:
      ((gint32 *)self->data)[i] = x;
      return;
    case SMALTI_DTYPE_U8:
      ((guint8 *)self->data)[i] = CLAMP (x, 0, 255);
      return;
    case SMALTI_DTYPE_F64:
      ((gdouble *)self->data)[i] = x;
      return;
    case SMALTI_DTYPE_I64:
      ((gint64 *)self->data)[i] = x;
      return;
    }
  g_assert_not_reached ();
}

SmaltiTensor *
smalti_tensor_convert (const SmaltiTensor *self, SmaltiDType dtype)
{
  SmaltiTensor *copy = smalti_tensor_new (dtype, self->shape);
  gint64 n = smalti_tensor_size (self);

  if (dtype == self->dtype)
    memcpy (copy->data, self->data, self->n_bytes);
  else
    for (gint64 i = 0; i < n; i++)
      set_element (copy, i, element (self, i));
  return copy;
}
