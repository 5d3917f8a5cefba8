/* SPDX-License-Identifier: Apache-2.0 */
/* Requests wait in a stack that only the lock guards; a worker takes the uppermost, so whoever scrolls fast never waits
 * for what has left the display, and cancelling is taking out of the stack. A request that a worker has is not
 * interrupted (a picture is milliseconds): its texture goes into memory, but nobody is told. */
#include "ui/thumbnail-loader.h"

#include "core/data/thumbnail.h"
#include "ui/texture.h"

#define DEFAULT_BYTES ((gsize)96 << 20)
#define MAX_THREADS   4
#define OVERHEAD      256 /* of a texture without its pixels */

typedef enum
{
  WAITING, /* in the stack */
  WORKING,
  DONE, /* in the list of what is to be delivered */
} Stage;

struct _SmaltiThumbnailRequest
{
  GList link; /* in the stack; its data is the request */
  Stage stage;
  gboolean cancelled;
  SmaltiDataset *dataset;
  guint64 serial; /* of the data set */
  guint64 item;
  gint side;
  SmaltiThumbnailReady ready;
  gpointer user_data;
  SmaltiImage *image;
  GError *error;
};

typedef struct
{
  guint64 serial, item;
  gint side;
  GList link; /* in order of use */
  GdkTexture *texture;
  gsize bytes;
} Entry;

/* What workers need; it outlives the loader while they work. */
typedef struct
{
  gint ref_count;
  GMutex lock;
  GQueue stack;
  GQueue done; /* of requests, to be delivered by the main loop */
  guint deliver_source;
  SmaltiThumbnailLoader *loader; /* NULL when it has gone */
  SmaltiThumbnailCache *cache;
} Shared;

struct _SmaltiThumbnailLoader
{
  GObject parent_instance;

  Shared *shared;
  GThreadPool *pool;
  GHashTable *entries; /* of Entry, which is its own key */
  GQueue used;         /* the latest first */
  gsize bytes, max_bytes;
};

G_DEFINE_FINAL_TYPE (SmaltiThumbnailLoader, smalti_thumbnail_loader, G_TYPE_OBJECT)

static void
request_free (SmaltiThumbnailRequest *request)
{
  g_object_unref (request->dataset);
  g_clear_pointer (&request->image, smalti_image_unref);
  g_clear_error (&request->error);
  g_free (request);
}

static void
shared_unref (Shared *shared)
{
  SmaltiThumbnailRequest *request;

  if (!g_atomic_int_dec_and_test (&shared->ref_count))
    return;
  while ((request = g_queue_pop_head (&shared->done)))
    request_free (request);
  smalti_thumbnail_cache_unref (shared->cache);
  g_mutex_clear (&shared->lock);
  g_free (shared);
}

/* -- memory -- */

static guint
entry_hash (gconstpointer key)
{
  const Entry *entry = key;

  return (guint)((entry->serial * 0x9e3779b97f4a7c15u + entry->item) * 0x9e3779b97f4a7c15u >> 32) ^ (guint)entry->side;
}

static gboolean
entry_equal (gconstpointer a, gconstpointer b)
{
  const Entry *first = a, *second = b;

  return first->item == second->item && first->serial == second->serial && first->side == second->side;
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_object_unref (entry->texture);
  g_free (entry);
}

/* A number that no other data set had or will have, unlike its address. */
static guint64
serial_of (SmaltiDataset *dataset)
{
  static GQuark quark;
  static gsize last;

  if (!quark)
    quark = g_quark_from_static_string ("smalti-thumbnail-serial");
  if (!g_object_get_qdata (G_OBJECT (dataset), quark))
    g_object_set_qdata (G_OBJECT (dataset), quark, GSIZE_TO_POINTER (++last));
  return GPOINTER_TO_SIZE (g_object_get_qdata (G_OBJECT (dataset), quark));
}

static void
forget_entry (SmaltiThumbnailLoader *self, Entry *entry)
{
  g_queue_unlink (&self->used, &entry->link);
  self->bytes -= entry->bytes;
  g_hash_table_remove (self->entries, entry);
}

/* (transfer none) */
static GdkTexture *
remember (SmaltiThumbnailLoader *self, const SmaltiThumbnailRequest *request)
{
  Entry *entry = g_new0 (Entry, 1);
  Entry *old;

  *entry = (Entry){ .serial = request->serial, .item = request->item, .side = request->side };
  entry->link.data = entry;
  entry->texture = smalti_texture_new (request->image);
  entry->bytes = (gsize)request->image->width * request->image->height * 3 + OVERHEAD;
  if ((old = g_hash_table_lookup (self->entries, entry)))
    forget_entry (self, old);
  g_hash_table_add (self->entries, entry);
  g_queue_push_head_link (&self->used, &entry->link);
  self->bytes += entry->bytes;
  while (self->bytes > self->max_bytes && self->used.tail != &entry->link)
    forget_entry (self, self->used.tail->data);
  return entry->texture;
}

GdkTexture *
smalti_thumbnail_loader_peek (SmaltiThumbnailLoader *self, SmaltiDataset *dataset, guint64 item, gint side)
{
  g_return_val_if_fail (SMALTI_IS_THUMBNAIL_LOADER (self), NULL);

  const Entry key = { .serial = serial_of (dataset), .item = item, .side = side };
  Entry *entry = g_hash_table_lookup (self->entries, &key);

  if (!entry)
    return NULL;
  g_queue_unlink (&self->used, &entry->link);
  g_queue_push_head_link (&self->used, &entry->link);
  return entry->texture;
}

gsize
smalti_thumbnail_loader_get_bytes (SmaltiThumbnailLoader *self)
{
  return self->bytes;
}

/* -- delivery -- */

static gboolean
deliver (gpointer user_data)
{
  Shared *shared = user_data;
  g_autoptr (SmaltiThumbnailLoader) self = NULL;
  GQueue done;
  SmaltiThumbnailRequest *request;

  g_mutex_lock (&shared->lock);
  done = shared->done;
  g_queue_init (&shared->done);
  shared->deliver_source = 0;
  self = shared->loader ? g_object_ref (shared->loader) : NULL;
  g_mutex_unlock (&shared->lock);

  while ((request = g_queue_pop_head (&done)))
    {
      GdkTexture *texture = self && request->image ? remember (self, request) : NULL;

      if (!request->cancelled)
        request->ready (texture, request->error ? request->error->message : NULL, request->user_data);
      request_free (request);
    }
  return G_SOURCE_REMOVE;
}

/* -- workers -- */

static void
work (gpointer token, gpointer user_data)
{
  Shared *shared = token;
  GList *link;

  g_mutex_lock (&shared->lock);
  link = g_queue_pop_head_link (&shared->stack);
  if (link)
    {
      SmaltiThumbnailRequest *request = link->data;

      request->stage = WORKING;
      g_mutex_unlock (&shared->lock);
      request->image = smalti_thumbnail_cache_load (shared->cache, request->dataset, request->item, request->side,
                                                    &request->error);
      if (!request->image)
        smalti_dataset_mark_unreadable (request->dataset, request->item, request->error->message);
      g_mutex_lock (&shared->lock);
      request->stage = DONE;
      g_queue_push_tail (&shared->done, request);
      if (!shared->deliver_source)
        {
          g_atomic_int_inc (&shared->ref_count);
          shared->deliver_source
              = g_idle_add_full (G_PRIORITY_HIGH_IDLE, deliver, shared, (GDestroyNotify)shared_unref);
        }
    }
  g_mutex_unlock (&shared->lock);
  shared_unref (shared);
}

SmaltiThumbnailRequest *
smalti_thumbnail_loader_request (SmaltiThumbnailLoader *self, SmaltiDataset *dataset, guint64 item, gint side,
                                 SmaltiThumbnailReady ready, gpointer user_data)
{
  g_return_val_if_fail (SMALTI_IS_THUMBNAIL_LOADER (self), NULL);

  SmaltiThumbnailRequest *request = g_new0 (SmaltiThumbnailRequest, 1);

  *request = (SmaltiThumbnailRequest){ .dataset = g_object_ref (dataset),
                                       .serial = serial_of (dataset),
                                       .item = item,
                                       .side = side,
                                       .ready = ready,
                                       .user_data = user_data };
  request->link.data = request;
  g_mutex_lock (&self->shared->lock);
  g_queue_push_head_link (&self->shared->stack, &request->link);
  g_mutex_unlock (&self->shared->lock);
  /* Each token is leave to take one request, whichever is uppermost by then, if any is left. */
  g_atomic_int_inc (&self->shared->ref_count);
  g_thread_pool_push (self->pool, self->shared, NULL);
  return request;
}

void
smalti_thumbnail_loader_raise (SmaltiThumbnailLoader *self, SmaltiThumbnailRequest *request)
{
  g_mutex_lock (&self->shared->lock);
  if (request->stage == WAITING)
    {
      g_queue_unlink (&self->shared->stack, &request->link);
      g_queue_push_head_link (&self->shared->stack, &request->link);
    }
  g_mutex_unlock (&self->shared->lock);
}

void
smalti_thumbnail_loader_cancel (SmaltiThumbnailLoader *self, SmaltiThumbnailRequest *request)
{
  gboolean waits;

  g_mutex_lock (&self->shared->lock);
  waits = request->stage == WAITING;
  if (waits)
    g_queue_unlink (&self->shared->stack, &request->link);
  request->cancelled = TRUE;
  g_mutex_unlock (&self->shared->lock);
  if (waits)
    request_free (request);
}

/* -- the loader -- */

static void
smalti_thumbnail_loader_finalize (GObject *object)
{
  SmaltiThumbnailLoader *self = SMALTI_THUMBNAIL_LOADER (object);
  GList *link;

  g_mutex_lock (&self->shared->lock);
  self->shared->loader = NULL;
  while ((link = g_queue_pop_head_link (&self->shared->stack)))
    request_free (link->data);
  g_mutex_unlock (&self->shared->lock);
  g_thread_pool_free (self->pool, FALSE, FALSE);
  shared_unref (self->shared);
  g_hash_table_unref (self->entries);
  G_OBJECT_CLASS (smalti_thumbnail_loader_parent_class)->finalize (object);
}

static void
smalti_thumbnail_loader_class_init (SmaltiThumbnailLoaderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = smalti_thumbnail_loader_finalize;
}

static void
smalti_thumbnail_loader_init (SmaltiThumbnailLoader *self)
{
  self->entries = g_hash_table_new_full (entry_hash, entry_equal, entry_free, NULL);
  self->shared = g_new0 (Shared, 1);
  self->shared->ref_count = 1;
  self->shared->loader = self;
  g_mutex_init (&self->shared->lock);
  /* One processor is left to the loop that draws. */
  self->pool = g_thread_pool_new (work, NULL, CLAMP ((gint)g_get_num_processors () - 1, 1, MAX_THREADS), FALSE, NULL);
}

SmaltiThumbnailLoader *
smalti_thumbnail_loader_new (const char *cache_folder, gsize max_bytes)
{
  SmaltiThumbnailLoader *self = g_object_new (SMALTI_TYPE_THUMBNAIL_LOADER, NULL);

  self->shared->cache = smalti_thumbnail_cache_new (cache_folder, 0);
  self->max_bytes = max_bytes > 0 ? max_bytes : DEFAULT_BYTES;
  return self;
}

SmaltiThumbnailLoader *
smalti_thumbnail_loader_get_default (void)
{
  static SmaltiThumbnailLoader *loader;

  if (!loader)
    loader = smalti_thumbnail_loader_new (NULL, 0);
  return loader;
}
