/* SPDX-License-Identifier: Apache-2.0 */
#include "core/device/dropout.h"

#include "core/base/random.h"

void
smalti_dropout_draw (const SmaltiRunContext *context, guint32 stream, guint32 block, gfloat draw[4])
{
  const guint32 key[2]
      = { (guint32)context->seed, (guint32)(context->seed >> 32) ^ ((guint32)SMALTI_STREAM_DROPOUT << 24) };
  const guint32 counter[4] = { block, stream, (guint32)context->step, (guint32)(context->step >> 32) };
  guint32 bits[4];

  smalti_philox (key, counter, bits);
  for (guint i = 0; i < 4; i++)
    draw[i] = (bits[i] >> 8) * (1.0f / 16777216.0f);
}

gboolean
smalti_dropout_keeps (const SmaltiRunContext *context, guint32 stream, gint64 element, gfloat p)
{
  gfloat draw[4];

  smalti_dropout_draw (context, stream, (guint32)(element / 4), draw);
  return draw[element % 4] >= p;
}
