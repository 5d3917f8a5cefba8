/* SPDX-License-Identifier: Apache-2.0 */
/* A position is its most likely bins with their probabilities in 65,535ths, most likely first, and the rest of its
 * distribution as one: an effective number of bins in 128ths and their mean a and b at
 * temperatures 1 and 1/2. In bytes everything lies in planes
 * over all positions, low bytes and high bytes apart, which is how neighbours that are alike compress. */
#include "core/pretext/color-answer.h"

#include <math.h>
#include <string.h>

#include "core/pretext/ab-bins.h"
#include "core/pretext/paint.h"

#define N_BINS        SMALTI_N_AB_BINS
#define MAX_KEPT      12
#define MIN_KEPT      3
#define FULL_SIZE     4096 /* positions up to which MAX_KEPT are kept */
#define MAX_POSITIONS 65536
#define UNIT          65535.0f
#define REST_UNIT     128.0f
#define COLDEST       1e-3f
#define MAGIC         0x31414353u /* "SCA1" */

/* What lies in the bytes before the planes, little endian. */
typedef struct
{
  guint32 magic;
  guint16 height, width, n_kept, reserved;
} Header;

struct _SmaltiColorAnswer
{
  gint ref_count;
  gint height, width;
  guint n_kept;
  guint16 *bin;         /* (n_kept, height, width) */
  guint16 *probability; /* (n_kept, height, width) */
  guint16 *rest_n;      /* (height, width) */
  gint8 *rest_ab;       /* (4, height, width): a and b at temperature 1, then at 1/2 */
};

static gsize
n_positions (const SmaltiColorAnswer *self)
{
  return (gsize)self->height * self->width;
}

static SmaltiColorAnswer *
answer_alloc (gint height, gint width, guint n_kept)
{
  SmaltiColorAnswer *self = g_new0 (SmaltiColorAnswer, 1);
  gsize n;

  self->ref_count = 1;
  self->height = height;
  self->width = width;
  self->n_kept = n_kept;
  n = n_positions (self);
  self->bin = g_new (guint16, n_kept * n);
  self->probability = g_new (guint16, n_kept * n);
  self->rest_n = g_new (guint16, n);
  self->rest_ab = g_new (gint8, 4 * n);
  return self;
}

SmaltiColorAnswer *
smalti_color_answer_ref (SmaltiColorAnswer *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
smalti_color_answer_unref (SmaltiColorAnswer *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_free (self->bin);
  g_free (self->probability);
  g_free (self->rest_n);
  g_free (self->rest_ab);
  g_free (self);
}

/* p <- softmax of logits that lie @stride apart. */
static void
softmax (const gfloat *logits, gsize stride, gfloat *p)
{
  gfloat largest = -G_MAXFLOAT, sum = 0;

  for (guint q = 0; q < N_BINS; q++)
    largest = MAX (largest, logits[q * stride]);
  for (guint q = 0; q < N_BINS; q++)
    sum += p[q] = expf (logits[q * stride] - largest);
  for (guint q = 0; q < N_BINS; q++)
    p[q] /= sum;
}

/* Takes the @n_top most likely out of @p, where they leave 0 behind. */
static void
take_top (gfloat *p, guint n_top, guint *bin, gfloat *probability)
{
  guint n = 0;

  for (guint q = 0; q < N_BINS; q++)
    {
      guint at;

      if (n == n_top && p[q] <= probability[n - 1])
        continue;
      n = MIN (n + 1, n_top);
      for (at = n - 1; at > 0 && probability[at - 1] < p[q]; at--)
        {
          probability[at] = probability[at - 1];
          bin[at] = bin[at - 1];
        }
      probability[at] = p[q];
      bin[at] = q;
    }
  for (guint k = 0; k < n_top; k++)
    p[bin[k]] = 0;
}

/* @p: what is left of the distribution. */
static void
sum_up_rest (SmaltiColorAnswer *self, gsize at, const gfloat *p)
{
  const gfloat *centres = smalti_ab_centres ();
  gsize n = n_positions (self);
  gfloat mass = 0, squares = 0, mean[4] = { 0 };

  for (guint q = 0; q < N_BINS; q++)
    {
      mass += p[q];
      squares += p[q] * p[q];
      for (guint i = 0; i < 4; i++)
        mean[i] += (i < 2 ? p[q] : p[q] * p[q]) * centres[2 * q + i % 2];
    }
  self->rest_n[at] = lrintf ((squares > 0 ? CLAMP (mass * mass / squares, 1, N_BINS) : 1) * REST_UNIT);
  for (guint i = 0; i < 4; i++)
    self->rest_ab[i * n + at] = squares > 0 ? lrintf (mean[i] / (i < 2 ? mass : squares)) : 0;
}

SmaltiColorAnswer *
smalti_color_answer_new (const gfloat *logits, gint height, gint width)
{
  gsize n = (gsize)height * width;
  SmaltiColorAnswer *self;

  if (n == 0 || n > MAX_POSITIONS)
    return NULL;
  self = answer_alloc (height, width, CLAMP (MAX_KEPT * FULL_SIZE / n, MIN_KEPT, MAX_KEPT));
  for (gsize i = 0; i < n; i++)
    {
      gfloat p[N_BINS], probability[MAX_KEPT];
      guint bin[MAX_KEPT];

      softmax (logits + i, n, p);
      take_top (p, self->n_kept, bin, probability);
      for (guint k = 0; k < self->n_kept; k++)
        {
          self->bin[k * n + i] = bin[k];
          self->probability[k * n + i] = lrintf (probability[k] * UNIT);
        }
      sum_up_rest (self, i, p);
    }
  return self;
}

guint
smalti_color_answer_n_kept (const SmaltiColorAnswer *self)
{
  return self->n_kept;
}

gfloat
smalti_color_answer_mass (const SmaltiColorAnswer *self)
{
  gsize n = n_positions (self);
  guint64 sum = 0;

  for (gsize i = 0; i < self->n_kept * n; i++)
    sum += self->probability[i];
  return sum / (UNIT * n);
}

/* Bytes */

static gsize
planes_size (gsize n, guint n_kept)
{
  return n * (4 * n_kept + 6);
}

static guint8 *
split (guint8 *to, const guint16 *numbers, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      to[i] = numbers[i] & 0xff;
      to[n + i] = numbers[i] >> 8;
    }
  return to + 2 * n;
}

static const guint8 *
join (const guint8 *from, guint16 *numbers, gsize n)
{
  for (gsize i = 0; i < n; i++)
    numbers[i] = from[i] | from[n + i] << 8;
  return from + 2 * n;
}

GBytes *
smalti_color_answer_to_bytes (const SmaltiColorAnswer *self)
{
  gsize n = n_positions (self), size = sizeof (Header) + planes_size (n, self->n_kept);
  g_autofree guint8 *plain = g_malloc (size);
  Header header = { GUINT32_TO_LE (MAGIC), GUINT16_TO_LE (self->height), GUINT16_TO_LE (self->width),
                    GUINT16_TO_LE (self->n_kept) };
  guint8 *to = plain + sizeof header;
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GZlibCompressor) zlib = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 6);
  g_autoptr (GOutputStream) stream = g_converter_output_stream_new (memory, G_CONVERTER (zlib));

  memcpy (plain, &header, sizeof header);
  for (guint k = 0; k < self->n_kept; k++)
    to = split (to, self->bin + k * n, n);
  for (guint k = 0; k < self->n_kept; k++)
    to = split (to, self->probability + k * n, n);
  to = split (to, self->rest_n, n);
  memcpy (to, self->rest_ab, 4 * n);
  /* Nothing can go wrong between a buffer and a buffer. */
  g_output_stream_write_all (stream, plain, size, NULL, NULL, NULL);
  g_output_stream_close (stream, NULL, NULL);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

/* FALSE when there is less than @size. */
static gboolean
read_exactly (GInputStream *stream, gpointer to, gsize size)
{
  gsize n_read;

  return g_input_stream_read_all (stream, to, size, &n_read, NULL, NULL) && n_read == size;
}

SmaltiColorAnswer *
smalti_color_answer_from_bytes (GBytes *bytes)
{
  g_autoptr (GInputStream) memory = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (GZlibDecompressor) zlib = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
  g_autoptr (GInputStream) stream = g_converter_input_stream_new (memory, G_CONVERTER (zlib));
  g_autoptr (SmaltiColorAnswer) self = NULL;
  g_autofree guint8 *planes = NULL;
  const guint8 *from;
  Header header;
  gsize n, size;

  if (!read_exactly (stream, &header, sizeof header) || GUINT32_FROM_LE (header.magic) != MAGIC)
    return NULL;
  n = (gsize)GUINT16_FROM_LE (header.height) * GUINT16_FROM_LE (header.width);
  if (n == 0 || n > MAX_POSITIONS || GUINT16_FROM_LE (header.n_kept) < 1 || GUINT16_FROM_LE (header.n_kept) > MAX_KEPT)
    return NULL;
  self
      = answer_alloc (GUINT16_FROM_LE (header.height), GUINT16_FROM_LE (header.width), GUINT16_FROM_LE (header.n_kept));
  size = planes_size (n, self->n_kept);
  from = planes = g_malloc (size);
  if (!read_exactly (stream, planes, size))
    return NULL;
  for (guint k = 0; k < self->n_kept; k++)
    from = join (from, self->bin + k * n, n);
  for (guint k = 0; k < self->n_kept; k++)
    from = join (from, self->probability + k * n, n);
  from = join (from, self->rest_n, n);
  memcpy (self->rest_ab, from, 4 * n);
  for (gsize i = 0; i < self->n_kept * n; i++)
    if (self->bin[i] >= N_BINS)
      return NULL;
  return g_steal_pointer (&self);
}

/* Painting */

/* Weights are relative to the most likely colour's, so that no temperature makes all of them vanish. */
static void
anneal (const SmaltiColorAnswer *self, gsize at, gfloat cold, gfloat *a, gfloat *b)
{
  const gfloat *centres = smalti_ab_centres ();
  gsize n = n_positions (self);
  gfloat most = logf (MAX (self->probability[at], 1) / UNIT), left = 1, sum = 0;

  *a = *b = 0;
  for (guint k = 0; k < self->n_kept; k++)
    {
      gfloat p = self->probability[k * n + at] / UNIT, weight = p > 0 ? expf (MIN ((logf (p) - most) * cold, 0)) : 0;

      left -= p;
      sum += weight;
      *a += weight * centres[2 * self->bin[k * n + at]];
      *b += weight * centres[2 * self->bin[k * n + at] + 1];
    }
  if (left > 0.5f / UNIT * self->n_kept)
    {
      gfloat n_rest = MAX (self->rest_n[at] / REST_UNIT, 1);
      gfloat weight = n_rest * expf (MIN ((logf (left / n_rest) - most) * cold, 0));

      gfloat share = CLAMP (cold - 1, 0, 1); /* of the mean at 1/2 */

      sum += weight;
      *a += weight * ((1 - share) * self->rest_ab[at] + share * self->rest_ab[2 * n + at]);
      *b += weight * ((1 - share) * self->rest_ab[n + at] + share * self->rest_ab[3 * n + at]);
    }
  *a = sum > 0 ? *a / sum : 0;
  *b = sum > 0 ? *b / sum : 0;
}

SmaltiImage *
smalti_color_answer_paint (const SmaltiColorAnswer *self, const SmaltiImage *image, gfloat temperature)
{
  gsize n = n_positions (self);
  gfloat cold = 1 / MAX (temperature, COLDEST);
  g_autofree gfloat *ab = g_new (gfloat, 2 * n);

  for (gsize i = 0; i < n; i++)
    anneal (self, i, cold, &ab[i], &ab[n + i]);
  return smalti_paint_image (image, ab, self->height, self->width, NULL);
}
