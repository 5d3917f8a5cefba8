/* SPDX-License-Identifier: Apache-2.0 */
/* The prefetching loader: threads decode images and make samples, a bounded ring of batches waits for the device. A batch
 * depends only on (seed, epoch, step), never on the number of threads or on time. */
#pragma once

#include "core/base/random.h"
#include "core/data/dataset.h"
#include "core/tensor/tensor.h"

G_BEGIN_DECLS

#define SMALTI_MAX_FIELDS 6

/* One tensor of a sample: "tiles" (9,3,64,64) f32, "permutation" scalar i32. */
typedef struct
{
  const char *name;
  SmaltiDType dtype;
  SmaltiShape shape; /* of one sample; a batch has one dimension more in front */
} SmaltiField;

/**
 * SmaltiSampler:
 *
 * What makes a sample of an image. `draw` writes the sample's part of every field (row major, contiguous) and is called on
 * many threads at once.
 */
typedef struct
{
  SmaltiField field[SMALTI_MAX_FIELDS];
  guint n_fields;
  gint min_side; /* of the decoded image */
  void (*draw) (gpointer self, const SmaltiImage *image, gint label, SmaltiRandom *random, gboolean training,
                gpointer const *fields);
  gpointer self;
} SmaltiSampler;

typedef struct
{
  guint batch;
  guint64 seed;
  guint n_threads; /* 0: on the caller's thread */
  guint ring;      /* batches made ahead */
  gboolean training; /* shuffled, augmented, the incomplete last batch dropped; else in order, the last one padded with
                        copies of its last sample */
} SmaltiLoaderOptions;

typedef struct
{
  SmaltiTensor *field[SMALTI_MAX_FIELDS]; /* (batch, ...) each */
  guint n_valid;                          /* samples that are not padding */
  guint32 *item;                          /* (batch): dataset items */
  guint32 epoch;
  guint64 step;                           /* within the epoch */
} SmaltiBatch;

typedef struct _SmaltiLoader SmaltiLoader;

/**
 * smalti_loader_new:
 * @items: (array length=n_items): dataset items to draw from; copied
 *
 * An item that can't be read is marked in the data set and replaced, always by the same other one. When nothing can be
 * read at all, smalti_loader_next() fails with SMALTI_ERROR_DATA and the first reason.
 */
SmaltiLoader *smalti_loader_new           (SmaltiDataset              *dataset,
                                           const guint32              *items,
                                           guint                       n_items,
                                           const SmaltiSampler        *sampler,
                                           const SmaltiLoaderOptions  *options,
                                           GError                    **error);
/* Stops and joins the threads. */
void          smalti_loader_free          (SmaltiLoader               *self);
/* Batches an epoch has. */
guint64       smalti_loader_n_steps       (const SmaltiLoader         *self);
/* Starts (again) at a place; batches made ahead are thrown away. */
void          smalti_loader_seek          (SmaltiLoader               *self,
                                           guint32                     epoch,
                                           guint64                     step);
/* The next batch, crossing into the next epoch after the last step when training (else %NULL without an error at the
 * end). Blocks until it is made; give it back with smalti_loader_release() before taking many more: the ring is bounded. */
SmaltiBatch  *smalti_loader_next          (SmaltiLoader               *self,
                                           GError                    **error);
void          smalti_loader_release       (SmaltiLoader               *self,
                                           SmaltiBatch                *batch);
/* Seconds that smalti_loader_next() has waited so far. */
gdouble       smalti_loader_waited        (const SmaltiLoader         *self);
/* The stated bound: bytes of the ring, and of one decoded image a thread. */
gsize         smalti_loader_bytes         (const SmaltiLoader         *self);
/* The same before there is a loader, for photographs of the usual shape. */
gsize         smalti_loader_plan_bytes    (const SmaltiSampler        *sampler,
                                           const SmaltiLoaderOptions  *options);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiLoader, smalti_loader_free)

G_END_DECLS
