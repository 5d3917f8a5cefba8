/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/random.h"

#include <math.h>

void
smalti_philox (const guint32 key[2], const guint32 counter[4], guint32 out[4])
{
  guint32 k0 = key[0], k1 = key[1];
  guint32 c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];

  for (int round = 0; round < 10; round++)
    {
      guint64 p0 = (guint64)0xD2511F53u * c0;
      guint64 p1 = (guint64)0xCD9E8D57u * c2;

      c0 = (guint32)(p1 >> 32) ^ c1 ^ k0;
      c1 = (guint32)p1;
      c2 = (guint32)(p0 >> 32) ^ c3 ^ k1;
      c3 = (guint32)p0;
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

void
smalti_random_init (SmaltiRandom *self, guint64 seed, SmaltiRandomStream stream, guint32 epoch, guint64 index)
{
  self->key[0] = (guint32)seed;
  self->key[1] = (guint32)(seed >> 32) ^ ((guint32)stream << 24);
  self->counter[0] = 0;
  self->counter[1] = (guint32)index;
  self->counter[2] = (guint32)(index >> 32);
  self->counter[3] = epoch;
  self->used = 4;
}

guint32
smalti_random_u32 (SmaltiRandom *self)
{
  if (self->used == 4)
    {
      smalti_philox (self->key, self->counter, self->block);
      self->counter[0]++;
      self->used = 0;
    }
  return self->block[self->used++];
}

gfloat
smalti_random_float (SmaltiRandom *self)
{
  return (smalti_random_u32 (self) >> 8) * (1.0f / 16777216.0f);
}

gfloat
smalti_random_range (SmaltiRandom *self, gfloat low, gfloat high)
{
  return low + (high - low) * smalti_random_float (self);
}

guint32
smalti_random_int (SmaltiRandom *self, guint32 n)
{
  guint64 product = (guint64)smalti_random_u32 (self) * n;

  if ((guint32)product < n)
    {
      guint32 threshold = -n % n;

      while ((guint32)product < threshold)
        product = (guint64)smalti_random_u32 (self) * n;
    }
  return product >> 32;
}

gfloat
smalti_random_normal (SmaltiRandom *self)
{
  gfloat u = 1.0f - smalti_random_float (self); /* (0, 1]: the logarithm stays finite */
  gfloat v = smalti_random_float (self);

  return sqrtf (-2.0f * logf (u)) * cosf (2.0f * (gfloat)G_PI * v);
}

gboolean
smalti_random_chance (SmaltiRandom *self, gfloat probability)
{
  return smalti_random_float (self) < probability;
}

void
smalti_random_shuffle (SmaltiRandom *self, guint32 *items, guint32 n)
{
  for (guint32 i = n; i > 1; i--)
    {
      guint32 j = smalti_random_int (self, i);
      guint32 item = items[i - 1];

      items[i - 1] = items[j];
      items[j] = item;
    }
}
