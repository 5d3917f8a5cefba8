/* SPDX-License-Identifier: Apache-2.0 */
/* What a run will cost, before it is started. In two parts, so that a form can show the first at once: what the network
 * and its memory will be, planned exactly as a run plans it but with nothing allocated; and what takes time, measured by
 * a few steps that are then forgotten. Nothing is written anywhere. */
#pragma once

#include <gio/gio.h>

#include "core/run/spec.h"

G_BEGIN_DECLS

typedef struct
{
  /* planned */
  gint64 n_params;
  gdouble flop;              /* of a training step; see smalti_graph_count_flop() */
  guint batch;               /* of the spec */
  guint64 plan_bytes;        /* arenas, weights and optimizer: what the run will state */
  guint64 loader_bytes;      /* at most, for loading */
  guint64 available_bytes;   /* that there are for it; 0: not known */
  guint64 usable_bytes;      /* of them; a part is left alone for the rest of the system */
  guint largest_batch;       /* that fits into them; 0: not known, or not even a single image does */
  gboolean fits;             /* TRUE too when it is not known what there is */

  /* measured; all 0 until then, and for methods that do not train */
  gboolean is_measured;
  char *device;              /* what it was measured on, for people; or %NULL */
  guint64 n_images;          /* to train on */
  guint64 n_val_images;      /* looked at in a validation */
  guint64 steps_per_epoch, n_steps;
  guint n_timed;             /* steps */
  gdouble step_seconds;      /* median, without waiting for images; the loader at work beside it */
  gdouble loader_rate;       /* images a second, as long as none of them is in memory already */
  gdouble validation_seconds; /* one look at the held-out images */
  gdouble epoch_seconds;     /* of training; the slower of the device and the loader */
  gdouble total_seconds;     /* of the whole run with its validations, but without measuring features at its end */
} SmaltiEstimate;

void            smalti_estimate_free    (SmaltiEstimate        *self);

/* @done of @total (0: not known); called on a thread of its own. */
typedef void  (*SmaltiEstimateProgress) (const char *text, guint64 done, guint64 total, gpointer user_data);

/**
 * smalti_estimate_new:
 * @n_classes: of the labels, for methods that learn from them; 0: the spec's images are looked for to count them
 *
 * The planned part. Takes no image, and for small networks a fraction of a second; blocks. Validation is planned as if no
 * image were lacking for it, and the cache's table, which depends on the number of images, is left out.
 *
 * Returns: (nullable): %NULL with what is wrong with the spec
 */
SmaltiEstimate *smalti_estimate_new     (const SmaltiSpec       *spec,
                                         guint                   n_classes,
                                         GError                **error);
/**
 * smalti_estimate_measure:
 * @background: give way to other threads, as smalti_engine_set_background() has a run do
 *
 * Both parts, for the spec's own images on its own device: a step to warm up, then steps for about 1.5 s. Blocks while a
 * thread of its own works; @cancellable is heard between steps. A run under way at the same time makes it slower.
 *
 * Returns: (nullable): %NULL with SMALTI_ERROR_CANCELLED, or with whatever would keep the run from starting
 *   (SMALTI_ERROR_MEMORY names the batch that fits)
 */
SmaltiEstimate *smalti_estimate_measure (const SmaltiSpec       *spec,
                                         gboolean                background,
                                         GCancellable           *cancellable,
                                         SmaltiEstimateProgress  progress,
                                         gpointer                user_data,
                                         GError                **error);

/* What to offer where @largest would fit: a little less, and a round number. What others take of the memory changes from one
 * second to the next, and then the very largest would not fit any more. */
guint           smalti_estimate_batch_to_offer (guint             largest);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiEstimate, smalti_estimate_free)

G_END_DECLS
