/* SPDX-License-Identifier: Apache-2.0 */
/* A few channels at a time in registers: for loops that gather from many places into one, where the compiler would keep
 * its sums in memory.
 *
 * Vectors go by address, since how they are passed by value differs between instruction sets; all of this is inlined.
 */
#pragma once

#include <string.h>

#include "core/device/cpu/rows-private.h"

G_BEGIN_DECLS

#ifdef __x86_64__
#define SMALTI_LANES 8
#else
#define SMALTI_LANES 4
#endif

typedef gfloat SmaltiLanes __attribute__ ((vector_size (4 * SMALTI_LANES)));
typedef gint32 SmaltiIntLanes __attribute__ ((vector_size (4 * SMALTI_LANES)));
typedef guint32 SmaltiBitLanes __attribute__ ((vector_size (4 * SMALTI_LANES)));
typedef guint16 SmaltiHalfLanes __attribute__ ((vector_size (2 * SMALTI_LANES)));

/* Calls @function (c, n, ...) for channels c .. c + n - 1, all @width of them. n is a constant but for rows of fewer
 * channels than lanes: the last lanes overlap those before, which must not matter. */
#define SMALTI_LANES_APPLY(width, function, ...)                                                                       \
  do                                                                                                                   \
    {                                                                                                                  \
      gint64 width_ = (width), c_ = 0;                                                                                 \
                                                                                                                       \
      for (; c_ + SMALTI_LANES <= width_; c_ += SMALTI_LANES)                                                          \
        function (c_, SMALTI_LANES, __VA_ARGS__);                                                                      \
      if (c_ < width_ && width_ > SMALTI_LANES)                                                                        \
        function (width_ - SMALTI_LANES, SMALTI_LANES, __VA_ARGS__);                                                   \
      else if (c_ < width_)                                                                                            \
        function (c_, width_ - c_, __VA_ARGS__);                                                                       \
    }                                                                                                                  \
  while (FALSE)

/* @n lanes from element @i on; the others are 0. */
SMALTI_CPU_BODY void
smalti_lanes_load (SmaltiLanes *v, const void *row, gint64 i, gint64 n, gboolean bf16)
{
  if (bf16)
    {
      SmaltiHalfLanes half = { 0 };

      if (n == SMALTI_LANES)
        memcpy (&half, (const guint16 *)row + i, sizeof half);
      else
        for (gint64 k = 0; k < n; k++)
          half[k] = ((const guint16 *)row)[i + k];
      *v = (SmaltiLanes)(__builtin_convertvector(half, SmaltiBitLanes) << 16);
    }
  else if (n == SMALTI_LANES)
    memcpy (v, (const gfloat *)row + i, sizeof *v);
  else
    {
      *v = (SmaltiLanes){ 0 };
      for (gint64 k = 0; k < n; k++)
        (*v)[k] = ((const gfloat *)row)[i + k];
    }
}

SMALTI_CPU_BODY void
smalti_lanes_store (void *row, gint64 i, gint64 n, const SmaltiLanes *v, gboolean bf16)
{
  if (bf16)
    {
      SmaltiBitLanes bits = (SmaltiBitLanes)*v, kept = (bits >> 16) | 0x40;
      SmaltiBitLanes no_number = (SmaltiBitLanes)(*v != *v);
      SmaltiBitLanes rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
      SmaltiHalfLanes half = __builtin_convertvector((no_number & kept) | (~no_number & rounded), SmaltiHalfLanes);

      if (n == SMALTI_LANES)
        memcpy ((guint16 *)row + i, &half, sizeof half);
      else
        for (gint64 k = 0; k < n; k++)
          ((guint16 *)row)[i + k] = half[k];
    }
  else if (n == SMALTI_LANES)
    memcpy ((gfloat *)row + i, v, sizeof *v);
  else
    for (gint64 k = 0; k < n; k++)
      ((gfloat *)row)[i + k] = (*v)[k];
}

SMALTI_CPU_BODY void
smalti_int_lanes_load (SmaltiIntLanes *v, const gint32 *row, gint64 i, gint64 n)
{
  if (n == SMALTI_LANES)
    memcpy (v, row + i, sizeof *v);
  else
    for (gint64 k = 0; k < n; k++)
      (*v)[k] = row[i + k];
}

SMALTI_CPU_BODY void
smalti_int_lanes_store (gint32 *row, gint64 i, gint64 n, const SmaltiIntLanes *v)
{
  if (n == SMALTI_LANES)
    memcpy (row + i, v, sizeof *v);
  else
    for (gint64 k = 0; k < n; k++)
      row[i + k] = (*v)[k];
}

G_END_DECLS
