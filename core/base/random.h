/* SPDX-License-Identifier: Apache-2.0 */
/* Counter-based random numbers: a draw is a pure function of (seed, stream, epoch, index, position), never of a thread or
 * of time. The same function runs in GPU kernels, so one sample is the same on every device.
 *
 * Philox 4x32-10: Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a draw is for. Draws of different purposes never meet, whatever their indices. */
typedef enum
{
  SMALTI_STREAM_SHUFFLE = 1, /* order of an epoch */
  SMALTI_STREAM_SAMPLE,      /* augmentation and pretext sample of one image */
  SMALTI_STREAM_INIT,        /* initial weights */
  SMALTI_STREAM_DROPOUT,
  SMALTI_STREAM_SPLIT,
  SMALTI_STREAM_PERMUTATIONS,
  SMALTI_STREAM_DRAWING, /* the built-in sample's pictures */
  SMALTI_STREAM_TEST,
  SMALTI_STREAM_MAP, /* maps of features */
} SmaltiRandomStream;

/**
 * SmaltiRandom:
 *
 * A small value type; copy it to replay the same draws.
 */
typedef struct
{
  guint32 key[2];
  guint32 counter[4]; /* position, index low, index high, epoch and stream */
  guint32 block[4];
  guint used;
} SmaltiRandom;

/* The bare function: ten rounds on @counter under @key, into @out. */
void    smalti_philox           (const guint32       key[2],
                                 const guint32       counter[4],
                                 guint32             out[4]);

void    smalti_random_init      (SmaltiRandom       *self,
                                 guint64             seed,
                                 SmaltiRandomStream  stream,
                                 guint32             epoch,
                                 guint64             index);
guint32 smalti_random_u32       (SmaltiRandom       *self);
/* Uniform in [0, 1), 24 bits. */
gfloat  smalti_random_float     (SmaltiRandom       *self);
gfloat  smalti_random_range     (SmaltiRandom       *self,
                                 gfloat              low,
                                 gfloat              high);
/* Uniform in 0 .. n - 1, without bias (Lemire 2019); n >= 1. */
guint32 smalti_random_int       (SmaltiRandom       *self,
                                 guint32             n);
/* Standard normal, by Box and Muller. */
gfloat  smalti_random_normal    (SmaltiRandom       *self);
gboolean smalti_random_chance   (SmaltiRandom       *self,
                                 gfloat              probability);
/* Fisher-Yates over @n items. */
void    smalti_random_shuffle   (SmaltiRandom       *self,
                                 guint32            *items,
                                 guint32             n);

G_END_DECLS
