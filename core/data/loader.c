/* SPDX-License-Identifier: Apache-2.0 */
/* The ring. A slot goes FREE -> FILLING -> READY -> TAKEN -> FREE. Threads claim single samples of the oldest
 * unfinished batch, so that a batch is ready as early as it can be whatever the number of threads; each sample is
 * written to its own place, so nothing depends on who makes it when.
 *
 * One lock guards all of the bookkeeping; it is never held while an image is decoded or a sample drawn. */
#include "core/data/loader.h"

#include <string.h>

#include "core/base/error.h"
#include "core/data/dataset-private.h"

typedef enum
{
  SLOT_FREE,
  SLOT_FILLING,
  SLOT_READY,
  SLOT_TAKEN,
} SlotState;

typedef struct
{
  SmaltiBatch batch; /* first: release() gets its address */
  SlotState state;
  gboolean abandoned; /* a seek made it worthless; becomes free with its last busy thread */
  guint claimed;      /* samples */
  guint done;
  GError *error; /* of its first sample that could not be made */
  guint error_sample;
} Slot;

struct _SmaltiLoader
{
  SmaltiDataset *dataset;
  guint32 *items;
  guint n_items;
  SmaltiSampler sampler;
  SmaltiLoaderOptions options;
  guint64 n_steps;
  gsize sample_bytes[SMALTI_MAX_FIELDS];

  GMutex lock;
  GCond work; /* something to claim, or the end */
  GCond made; /* a batch is ready */
  GThread **threads;
  guint n_threads;
  gboolean stopping;
  Slot *slots;
  guint n_slots;
  guint *order; /* slots from the next one to be given out; a queue that wraps */
  guint order_first, n_ordered;

  /* Where the next batch to be started lies; order[] is only touched under the lock, as is the permutation. */
  guint32 epoch;
  guint64 step;
  guint32 *permutation;
  gint64 permuted_epoch; /* whose order that is; -1: none yet */

  gdouble waited;
  gsize largest_image; /* bytes */
};

/* Positions */

static const guint32 *
permutation_of (SmaltiLoader *self, guint32 epoch)
{
  if (self->permuted_epoch != (gint64)epoch)
    {
      SmaltiRandom random;

      memcpy (self->permutation, self->items, self->n_items * sizeof *self->items);
      smalti_random_init (&random, self->options.seed, SMALTI_STREAM_SHUFFLE, epoch, 0);
      smalti_random_shuffle (&random, self->permutation, self->n_items);
      self->permuted_epoch = epoch;
    }
  return self->permutation;
}

static gboolean
at_end (const SmaltiLoader *self)
{
  return !self->options.training && self->step >= self->n_steps;
}

/* Gives @slot the next batch to make. Under the lock. */
static void
start_slot (SmaltiLoader *self, guint index)
{
  Slot *slot = &self->slots[index];
  SmaltiBatch *batch = &slot->batch;
  guint size = self->options.batch;
  guint64 first;
  const guint32 *items;

  if (self->options.training && self->step >= self->n_steps)
    {
      self->epoch++;
      self->step = 0;
    }
  first = self->step * size;
  items = self->options.training ? permutation_of (self, self->epoch) : self->items;
  batch->epoch = self->epoch;
  batch->step = self->step++;
  batch->n_valid = MIN (size, self->n_items - first);
  for (guint i = 0; i < size; i++)
    batch->item[i] = items[first + MIN (i, batch->n_valid - 1)];
  slot->state = SLOT_FILLING;
  slot->claimed = slot->done = 0;
  slot->abandoned = FALSE;
  g_clear_error (&slot->error);
  self->order[(self->order_first + self->n_ordered++) % self->n_slots] = index;
}

/* The next sample to make, if there is one: of a batch begun, else of a new one. Under the lock. */
static Slot *
claim (SmaltiLoader *self, guint *sample)
{
  for (guint i = 0; i < self->n_ordered; i++)
    {
      Slot *slot = &self->slots[self->order[(self->order_first + i) % self->n_slots]];

      if (slot->state == SLOT_FILLING && slot->claimed < slot->batch.n_valid)
        {
          *sample = slot->claimed++;
          return slot;
        }
    }
  for (guint i = 0; i < self->n_slots && !at_end (self); i++)
    if (self->slots[i].state == SLOT_FREE)
      {
        start_slot (self, i);
        *sample = self->slots[i].claimed++;
        return &self->slots[i];
      }
  return NULL;
}

/* Samples */

/* Loads *@item, or what stands in for it: the first readable one after a place that only seed and item decide. */
static SmaltiImage *
load_or_replace (SmaltiLoader *self, guint32 *item, GError **error)
{
  g_autoptr (GError) reason = NULL;
  SmaltiImage *image = smalti_dataset_load (self->dataset, *item, self->sampler.min_side, &reason);
  SmaltiRandom random;
  guint start;

  if (image != NULL)
    return image;
  smalti_dataset_mark_unreadable (self->dataset, *item, reason->message);
  smalti_random_init (&random, self->options.seed, SMALTI_STREAM_SHUFFLE, G_MAXUINT32, *item);
  start = smalti_random_int (&random, self->n_items);
  for (guint i = 0; i < self->n_items; i++)
    {
      guint32 other = self->items[(start + i) % self->n_items];
      g_autoptr (GError) failure = NULL;

      image = smalti_dataset_load (self->dataset, other, self->sampler.min_side, &failure);
      if (image != NULL)
        {
          *item = other;
          return image;
        }
      smalti_dataset_mark_unreadable (self->dataset, other, failure->message);
    }
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA, _ ("None of the %u images can be read; the first: %s"),
               self->n_items, reason->message);
  return NULL;
}

/* Without the lock: the sample's places in the batch belong to this thread alone. Returns the decoded image's bytes, 0
 * when there was none. */
static gsize
make_sample (SmaltiLoader *self, SmaltiBatch *batch, guint sample, GError **error)
{
  g_autoptr (SmaltiImage) image = load_or_replace (self, &batch->item[sample], error);
  gpointer field[SMALTI_MAX_FIELDS];
  SmaltiRandom random;

  if (image == NULL)
    return 0;
  for (guint i = 0; i < self->sampler.n_fields; i++)
    field[i] = (guint8 *)batch->field[i]->data + sample * self->sample_bytes[i];
  smalti_random_init (&random, self->options.seed, SMALTI_STREAM_SAMPLE, batch->epoch, batch->item[sample]);
  self->sampler.draw (self->sampler.self, image, smalti_dataset_get_label (self->dataset, batch->item[sample]), &random,
                      self->options.training, field);
  return (gsize)image->width * image->height * 3;
}

static void
pad (SmaltiLoader *self, SmaltiBatch *batch)
{
  guint last = batch->n_valid - 1;

  for (guint sample = batch->n_valid; sample < self->options.batch; sample++)
    {
      batch->item[sample] = batch->item[last];
      for (guint i = 0; i < self->sampler.n_fields; i++)
        memcpy ((guint8 *)batch->field[i]->data + sample * self->sample_bytes[i],
                (guint8 *)batch->field[i]->data + last * self->sample_bytes[i], self->sample_bytes[i]);
    }
}

/* Makes the claimed sample. Called with the lock, which is given up meanwhile. */
static void
work_on (SmaltiLoader *self, Slot *slot, guint sample)
{
  GError *error = NULL;
  gsize image_bytes;

  g_mutex_unlock (&self->lock);
  image_bytes = make_sample (self, &slot->batch, sample, &error);
  g_mutex_lock (&self->lock);
  self->largest_image = MAX (self->largest_image, image_bytes);

  /* Of several failures the first sample's is told, whichever thread came first. */
  if (error != NULL && (slot->error == NULL || sample < slot->error_sample))
    {
      g_clear_error (&slot->error);
      slot->error = g_steal_pointer (&error);
      slot->error_sample = sample;
    }
  g_clear_error (&error);
  slot->done++;
  if (slot->abandoned)
    {
      if (slot->done == slot->claimed)
        {
          slot->state = SLOT_FREE;
          g_cond_broadcast (&self->work);
        }
    }
  else if (slot->done == slot->batch.n_valid)
    {
      if (slot->error == NULL)
        pad (self, &slot->batch);
      slot->state = SLOT_READY;
      g_cond_broadcast (&self->made);
    }
}

static gpointer
run_thread (gpointer data)
{
  SmaltiLoader *self = data;

  g_mutex_lock (&self->lock);
  while (!self->stopping)
    {
      guint sample;
      Slot *slot = claim (self, &sample);

      if (slot != NULL)
        work_on (self, slot, sample);
      else
        g_cond_wait (&self->work, &self->lock);
    }
  g_mutex_unlock (&self->lock);
  return NULL;
}

/* Border */

static gboolean
all_taken (const SmaltiLoader *self)
{
  for (guint i = 0; i < self->n_slots; i++)
    if (self->slots[i].state != SLOT_TAKEN)
      return FALSE;
  return TRUE;
}

static SmaltiShape
batch_shape (const SmaltiField *field, guint batch)
{
  SmaltiShape shape = { .n_dims = field->shape.n_dims + 1, .dim = { batch } };

  g_assert (shape.n_dims <= SMALTI_MAX_DIMS);
  memcpy (shape.dim + 1, field->shape.dim, field->shape.n_dims * sizeof *shape.dim);
  return shape;
}

static void
make_slots (SmaltiLoader *self)
{
  self->n_slots = MAX (self->options.ring, 1);
  self->slots = g_new0 (Slot, self->n_slots);
  self->order = g_new (guint, self->n_slots);
  for (guint i = 0; i < self->sampler.n_fields; i++)
    self->sample_bytes[i]
        = smalti_shape_size (self->sampler.field[i].shape) * smalti_dtype_size (self->sampler.field[i].dtype);
  for (guint slot = 0; slot < self->n_slots; slot++)
    {
      SmaltiBatch *batch = &self->slots[slot].batch;

      batch->item = g_new0 (guint32, self->options.batch);
      for (guint i = 0; i < self->sampler.n_fields; i++)
        batch->field[i] = smalti_tensor_new (self->sampler.field[i].dtype,
                                             batch_shape (&self->sampler.field[i], self->options.batch));
    }
}

SmaltiLoader *
smalti_loader_new (SmaltiDataset *dataset, const guint32 *items, guint n_items, const SmaltiSampler *sampler,
                   const SmaltiLoaderOptions *options, GError **error)
{
  g_autoptr (SmaltiLoader) self = NULL;

  g_assert (options->batch > 0 && sampler->n_fields <= SMALTI_MAX_FIELDS);
  if (n_items == 0)
    {
      g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_DATA, _ ("There is no image to load."));
      return NULL;
    }
  if (options->training && n_items < options->batch)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA,
                   _ ("There are %u images to train on, fewer than the %u of one batch: take a smaller batch."),
                   n_items, options->batch);
      return NULL;
    }

  self = g_new0 (SmaltiLoader, 1);
  g_mutex_init (&self->lock);
  g_cond_init (&self->work);
  g_cond_init (&self->made);
  self->dataset = g_object_ref (dataset);
  self->items = g_memdup2 (items, n_items * sizeof *items);
  self->n_items = n_items;
  self->permutation = g_new (guint32, n_items);
  self->permuted_epoch = -1;
  self->sampler = *sampler;
  self->options = *options;
  self->n_steps = options->training ? n_items / options->batch : (n_items + options->batch - 1) / options->batch;
  make_slots (self);

  self->threads = g_new0 (GThread *, options->n_threads);
  for (guint i = 0; i < options->n_threads; i++)
    {
      GThread *thread = g_thread_try_new ("smalti-loader", run_thread, self, error);

      if (thread == NULL)
        return NULL;
      self->threads[self->n_threads++] = thread;
    }
  return g_steal_pointer (&self);
}

void
smalti_loader_free (SmaltiLoader *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  g_cond_broadcast (&self->work);
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < self->n_threads; i++)
    g_thread_join (self->threads[i]);

  for (guint slot = 0; slot < self->n_slots; slot++)
    {
      for (guint i = 0; i < self->sampler.n_fields; i++)
        smalti_tensor_unref (self->slots[slot].batch.field[i]);
      g_free (self->slots[slot].batch.item);
      g_clear_error (&self->slots[slot].error);
    }
  g_free (self->slots);
  g_free (self->order);
  g_free (self->threads);
  g_free (self->items);
  g_free (self->permutation);
  g_object_unref (self->dataset);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->work);
  g_cond_clear (&self->made);
  g_free (self);
}

guint64
smalti_loader_n_steps (const SmaltiLoader *self)
{
  return self->n_steps;
}

void
smalti_loader_seek (SmaltiLoader *self, guint32 epoch, guint64 step)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->n_ordered; i++)
    {
      Slot *slot = &self->slots[self->order[(self->order_first + i) % self->n_slots]];

      if (slot->done == slot->claimed)
        slot->state = SLOT_FREE;
      else
        slot->abandoned = TRUE;
    }
  self->n_ordered = 0;
  self->epoch = epoch;
  self->step = step;
  if (self->options.training)
    {
      self->epoch += step / self->n_steps;
      self->step = step % self->n_steps;
    }
  g_cond_broadcast (&self->work);
  g_mutex_unlock (&self->lock);
}

SmaltiBatch *
smalti_loader_next (SmaltiLoader *self, GError **error)
{
  SmaltiBatch *batch = NULL;
  gint64 began = g_get_monotonic_time ();

  g_mutex_lock (&self->lock);
  for (;;)
    {
      Slot *slot = self->n_ordered > 0 ? &self->slots[self->order[self->order_first]] : NULL;
      guint sample;

      if (slot != NULL && slot->state == SLOT_READY)
        {
          if (slot->error != NULL)
            {
              g_propagate_error (error, g_error_copy (slot->error)); /* and again at the next call */
              break;
            }
          slot->state = SLOT_TAKEN;
          self->order_first = (self->order_first + 1) % self->n_slots;
          self->n_ordered--;
          batch = &slot->batch;
          break;
        }
      if (slot == NULL && at_end (self))
        break;
      if (all_taken (self))
        g_error ("every batch of the ring is taken; release one before asking for the next");
      if (self->n_threads > 0)
        g_cond_wait (&self->made, &self->lock);
      else if ((slot = claim (self, &sample)) != NULL)
        work_on (self, slot, sample);
    }
  self->waited += (g_get_monotonic_time () - began) * 1e-6;
  g_mutex_unlock (&self->lock);
  return batch;
}

void
smalti_loader_release (SmaltiLoader *self, SmaltiBatch *batch)
{
  Slot *slot = (Slot *)batch;

  g_mutex_lock (&self->lock);
  g_assert (slot->state == SLOT_TAKEN);
  slot->state = SLOT_FREE;
  g_cond_broadcast (&self->work);
  g_mutex_unlock (&self->lock);
}

gdouble
smalti_loader_waited (const SmaltiLoader *self)
{
  return self->waited;
}

static gsize
bytes_of (const SmaltiSampler *sampler, const SmaltiLoaderOptions *options, gsize largest_image)
{
  /* A decoded photograph: less than twice min_side on the short side, 3 : 2; or what has been met. */
  gsize side = 2 * (gsize)MAX (sampler->min_side, 32);
  gsize image = MAX (side * side * 3 / 2 * 3, largest_image);
  gsize batch = options->batch * sizeof (guint32);

  for (guint i = 0; i < sampler->n_fields; i++)
    batch += options->batch * smalti_shape_size (sampler->field[i].shape) * smalti_dtype_size (sampler->field[i].dtype);
  return MAX (options->ring, 1) * batch + MAX (options->n_threads, 1) * image;
}

gsize
smalti_loader_plan_bytes (const SmaltiSampler *sampler, const SmaltiLoaderOptions *options)
{
  return bytes_of (sampler, options, 0);
}

gsize
smalti_loader_bytes (const SmaltiLoader *self)
{
  GMutex *lock = (GMutex *)&self->lock;
  gsize largest_image;

  g_mutex_lock (lock);
  largest_image = self->largest_image;
  g_mutex_unlock (lock);
  return bytes_of (&self->sampler, &self->options, largest_image);
}
