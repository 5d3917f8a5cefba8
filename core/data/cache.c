/* SPDX-License-Identifier: Apache-2.0 */
/* One slot an item, so that finding is one load; a few locks are shared among the slots and held only while a reference
 * is taken or exchanged, never while decoding. */
#include "core/data/cache-private.h"

#include "core/image/image-private.h"

#define N_LOCKS 64
/* A picture that would take more than this part of the room is not kept. */
#define MAX_PART 16
/* The allocator's and the struct's share. */
#define OVERHEAD 64

struct _SmaltiImageCache
{
  SmaltiImage **slot;
  guint64 n_items;
  guint64 max_bytes;
  GMutex lock[N_LOCKS];
  GMutex count_lock;
  guint64 bytes; /* under count_lock */
};

SmaltiImageCache *
smalti_image_cache_new (guint64 n_items, guint64 max_bytes)
{
  SmaltiImageCache *self = g_new0 (SmaltiImageCache, 1);

  if (max_bytes > 0)
    self->slot = g_new0 (SmaltiImage *, n_items);
  self->n_items = n_items;
  self->max_bytes = max_bytes;
  for (int i = 0; i < N_LOCKS; i++)
    g_mutex_init (&self->lock[i]);
  g_mutex_init (&self->count_lock);
  return self;
}

void
smalti_image_cache_free (SmaltiImageCache *self)
{
  for (guint64 i = 0; self->slot != NULL && i < self->n_items; i++)
    g_clear_pointer (&self->slot[i], smalti_image_unref);
  for (int i = 0; i < N_LOCKS; i++)
    g_mutex_clear (&self->lock[i]);
  g_mutex_clear (&self->count_lock);
  g_free (self->slot);
  g_free (self);
}

static guint64
size_of (const SmaltiImage *image)
{
  return (guint64)image->width * image->height * 3 + OVERHEAD;
}

/* Exchanges @old bytes for @new ones when they fit. */
static gboolean
account (SmaltiImageCache *self, guint64 old, guint64 new)
{
  gboolean fits;

  g_mutex_lock (&self->count_lock);
  fits = self->bytes - old + new <= self->max_bytes;
  if (fits)
    self->bytes += new - old;
  g_mutex_unlock (&self->count_lock);
  return fits;
}

SmaltiImage *
smalti_image_cache_get (SmaltiImageCache *self, guint64 item, gint min_side)
{
  SmaltiImage *image = NULL;
  GMutex *lock = &self->lock[item % N_LOCKS];

  if (self->slot == NULL)
    return NULL;
  g_mutex_lock (lock);
  if (self->slot[item] != NULL && smalti_image_serves (self->slot[item], min_side))
    image = smalti_image_ref (self->slot[item]);
  g_mutex_unlock (lock);
  return image;
}

void
smalti_image_cache_put (SmaltiImageCache *self, guint64 item, SmaltiImage *image)
{
  GMutex *lock = &self->lock[item % N_LOCKS];
  SmaltiImage *old = NULL;
  guint64 size = size_of (image);

  if (self->slot == NULL || size > self->max_bytes / MAX_PART)
    return;
  g_mutex_lock (lock);
  if (account (self, self->slot[item] != NULL ? size_of (self->slot[item]) : 0, size))
    {
      old = self->slot[item];
      self->slot[item] = smalti_image_ref (image);
    }
  g_mutex_unlock (lock);
  g_clear_pointer (&old, smalti_image_unref);
}

guint64
smalti_image_cache_bytes (SmaltiImageCache *self)
{
  guint64 bytes;

  g_mutex_lock (&self->count_lock);
  bytes = self->bytes;
  g_mutex_unlock (&self->count_lock);
  return bytes;
}

guint64
smalti_image_cache_limit (SmaltiImageCache *self)
{
  return self->max_bytes + (self->slot != NULL ? self->n_items * sizeof *self->slot : 0);
}
