/* SPDX-License-Identifier: Apache-2.0 */
/* Between the host's row-major tensors and the processor's layout: channels last, f32 or bf16.
 *
 * Each image is a matrix of C rows (planes) by H*W, stored transposed. Blocks of 64 pixels keep both sides in the first
 * level cache, whatever C is. */
#include "core/device/cpu/cpu-private.h"

#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

#define BLOCK 64
#define GRAIN (1 << 14) /* elements below which a team costs more than it gives */

gboolean
smalti_cpu_is_bf16 (const SmaltiValue *value, SmaltiPrecision precision)
{
  return precision == SMALTI_PRECISION_BF16 && value->klass == SMALTI_CLASS_ACTIVATION;
}

SmaltiCpuView
smalti_cpu_view (const SmaltiValue *value, SmaltiPrecision precision)
{
  const SmaltiShape *shape = &value->shape;
  SmaltiCpuView view
      = { .n = 1, .channels = 1, .height = 1, .width = 1, .bf16 = smalti_cpu_is_bf16 (value, precision) };
  guint n_leading = shape->n_dims >= 4 ? shape->n_dims - 3 : MIN (shape->n_dims, 1);

  for (guint i = 0; i < n_leading; i++)
    view.n *= shape->dim[i];
  if (shape->n_dims >= 4)
    view.channels = shape->dim[n_leading];
  else if (shape->n_dims == 2)
    view.channels = shape->dim[1];
  if (shape->n_dims >= 3)
    {
      view.height = shape->dim[shape->n_dims - 2];
      view.width = shape->dim[shape->n_dims - 1];
    }
  view.pixels = view.n * view.height * view.width;
  return view;
}

/* Without the branch of smalti_bf16_from_f32(), for vectors. */
SMALTI_CPU_CLONES static void
round_to_bf16 (guint16 *restrict to, const gfloat *restrict from, gint64 n)
{
  const guint32 *bits = (const guint32 *)from;

  for (gint64 i = 0; i < n; i++)
    {
      guint32 u = bits[i], rounded = (u + 0x7fff + ((u >> 16) & 1)) >> 16, kept = (u >> 16) | 0x40;

      to[i] = (u & 0x7fffffffu) > 0x7f800000u ? kept : rounded;
    }
}

#ifdef __x86_64__
/* One instruction for 32 numbers; the smallest ones (denormal) become zero. */
__attribute__ ((target ("avx512f,avx512bw,avx512vl,avx512bf16"))) static gint64
convert_to_bf16 (guint16 *restrict to, const gfloat *restrict from, gint64 n)
{
  gint64 i = 0;

  for (; i + 32 <= n; i += 32)
    {
      __m512bh both = _mm512_cvtne2ps_pbh (_mm512_loadu_ps (from + i + 16), _mm512_loadu_ps (from + i));

      memcpy (to + i, &both, sizeof both);
    }
  return i;
}
#endif

void
smalti_cpu_narrow (guint16 *to, const gfloat *from, gint64 n)
{
  gint64 done = 0;

#ifdef __x86_64__
  if (__builtin_cpu_supports ("avx512bf16"))
    done = convert_to_bf16 (to, from, n);
#endif
  round_to_bf16 (to + done, from + done, n - done);
}

SMALTI_CPU_CLONES static void
f32_from_bf16 (gfloat *restrict to, const guint16 *restrict from, gint64 n)
{
  for (gint64 i = 0; i < n; i++)
    to[i] = smalti_bf16_to_f32 (from[i]);
}

SMALTI_CPU_CLONES static void
f32_from_u8 (gfloat *restrict to, const guint8 *restrict from, gint64 n)
{
  for (gint64 i = 0; i < n; i++)
    to[i] = from[i];
}

void
smalti_cpu_to_bf16 (guint16 *to, const gfloat *from, gint64 n)
{
#pragma omp parallel for schedule(static) if (n >= GRAIN)
  for (gint64 i = 0; i < n; i += GRAIN)
    smalti_cpu_narrow (to + i, from + i, MIN (GRAIN, n - i));
}

void
smalti_cpu_to_f32 (gfloat *to, const guint16 *from, gint64 n)
{
#pragma omp parallel for schedule(static) if (n >= GRAIN)
  for (gint64 i = 0; i < n; i += GRAIN)
    f32_from_bf16 (to + i, from + i, MIN (GRAIN, n - i));
}

/* One block of pixels of one image, all its channels: from C planes @plane apart to interleaved. */
#define DEFINE_INTERLEAVE(name, Source, Target, convert)                                                               \
  SMALTI_CPU_CLONES static void name (Target *restrict to, const Source *restrict from, gint64 channels, gint64 plane, \
                                      gint64 n)                                                                        \
  {                                                                                                                    \
    for (gint64 p = 0; p < n; p++)                                                                                     \
      for (gint64 c = 0; c < channels; c++)                                                                            \
        to[p * channels + c] = convert (from[c * plane + p]);                                                          \
  }

#define DEFINE_PLANES(name, Source, Target, convert)                                                                   \
  SMALTI_CPU_CLONES static void name (Target *restrict to, const Source *restrict from, gint64 channels, gint64 plane, \
                                      gint64 n)                                                                        \
  {                                                                                                                    \
    for (gint64 c = 0; c < channels; c++)                                                                              \
      for (gint64 p = 0; p < n; p++)                                                                                   \
        to[c * plane + p] = convert (from[p * channels + c]);                                                          \
  }

DEFINE_INTERLEAVE (interleave_f32, gfloat, gfloat, )
DEFINE_INTERLEAVE (interleave_u8, guint8, gfloat, )
DEFINE_INTERLEAVE (interleave_f32_bf16, gfloat, guint16, smalti_bf16_from_f32)
DEFINE_INTERLEAVE (interleave_u8_bf16, guint8, guint16, smalti_bf16_from_f32)
DEFINE_PLANES (planes_32, guint32, guint32, )
DEFINE_PLANES (planes_bf16, guint16, gfloat, smalti_bf16_to_f32)

static void
write_block (guint8 *to, gboolean bf16, const SmaltiTensor *from, gint64 to_at, gint64 from_at, gint64 channels,
             gint64 plane, gint64 n)
{
  if (from->dtype == SMALTI_DTYPE_U8 && bf16)
    interleave_u8_bf16 ((guint16 *)to + to_at, (const guint8 *)from->data + from_at, channels, plane, n);
  else if (from->dtype == SMALTI_DTYPE_U8)
    interleave_u8 ((gfloat *)to + to_at, (const guint8 *)from->data + from_at, channels, plane, n);
  else if (bf16)
    interleave_f32_bf16 ((guint16 *)to + to_at, (const gfloat *)from->data + from_at, channels, plane, n);
  else /* a float or an integer: the bits are the same */
    interleave_f32 ((gfloat *)to + to_at, (const gfloat *)from->data + from_at, channels, plane, n);
}

/* Values stored in the host's own order. */
static void
write_flat (guint8 *to, gboolean bf16, const SmaltiTensor *from, gint64 n)
{
  if (from->dtype != SMALTI_DTYPE_U8 && !bf16)
    memcpy (to, from->data, n * 4);
  else if (from->dtype != SMALTI_DTYPE_U8)
    smalti_cpu_to_bf16 ((guint16 *)to, from->data, n);
  else if (!bf16)
    f32_from_u8 ((gfloat *)to, from->data, n);
  else
    interleave_u8_bf16 ((guint16 *)to, from->data, 1, n, n);
}

static gboolean
is_channels_last (const SmaltiValue *value, const SmaltiCpuView *view)
{
  return value->shape.n_dims >= 4 && value->klass != SMALTI_CLASS_WEIGHT && view->channels > 1
         && view->height * view->width > 1;
}

void
smalti_cpu_write (SmaltiDevice *device, const SmaltiValue *value, SmaltiPrecision precision, SmaltiBuffer to,
                  const SmaltiTensor *from)
{
  SmaltiCpuView view = smalti_cpu_view (value, precision);
  gint64 size = smalti_shape_size (value->shape), plane = view.height * view.width;
  gint64 n_blocks = (plane + BLOCK - 1) / BLOCK;

  g_assert (from->dtype == SMALTI_DTYPE_F32 || from->dtype == SMALTI_DTYPE_U8 || from->dtype == SMALTI_DTYPE_I32);
  g_assert ((value->klass == SMALTI_CLASS_I32) == (from->dtype == SMALTI_DTYPE_I32));
  g_assert (smalti_tensor_size (from) == size);
  if (!is_channels_last (value, &view))
    {
      write_flat (to.data, view.bf16, from, size);
      return;
    }
#pragma omp parallel for schedule(static) if (size >= GRAIN)
  for (gint64 i = 0; i < view.n * n_blocks; i++)
    {
      gint64 image = i / n_blocks, at = i % n_blocks * BLOCK, first = image * view.channels * plane;

      write_block (to.data, view.bf16, from, first + at * view.channels, first + at, view.channels, plane,
                   MIN (BLOCK, plane - at));
    }
}

void
smalti_cpu_read (SmaltiDevice *device, const SmaltiValue *value, SmaltiPrecision precision, SmaltiBuffer from,
                 SmaltiTensor *to)
{
  SmaltiCpuView view = smalti_cpu_view (value, precision);
  gint64 size = smalti_shape_size (value->shape), plane = view.height * view.width;
  gint64 n_blocks = (plane + BLOCK - 1) / BLOCK;

  g_assert (to->dtype == (value->klass == SMALTI_CLASS_I32 ? SMALTI_DTYPE_I32 : SMALTI_DTYPE_F32));
  g_assert (smalti_tensor_size (to) == size);
  if (!is_channels_last (value, &view))
    {
      if (view.bf16)
        smalti_cpu_to_f32 (to->data, (const guint16 *)from.data, size);
      else
        memcpy (to->data, from.data, size * 4);
      return;
    }
#pragma omp parallel for schedule(static) if (size >= GRAIN)
  for (gint64 i = 0; i < view.n * n_blocks; i++)
    {
      gint64 image = i / n_blocks, at = i % n_blocks * BLOCK, first = image * view.channels * plane;
      gint64 from_at = first + at * view.channels, n = MIN (BLOCK, plane - at);

      if (view.bf16)
        planes_bf16 ((gfloat *)to->data + first + at, (const guint16 *)from.data + from_at, view.channels, plane, n);
      else
        planes_32 ((guint32 *)to->data + first + at, (const guint32 *)from.data + from_at, view.channels, plane, n);
    }
}
