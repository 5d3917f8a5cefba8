/* SPDX-License-Identifier: Apache-2.0 */
/* A checkpoint is one safetensors file, `checkpoint.safetensors` in the run's folder: weights under their own names
 * (trunk.*, head.*), "optimizer.*", "pretext.*", and in the metadata: format version, step, epoch, position, seed, training
 * seconds, the full spec, program version, device kind and threads. Random numbers are counters, so that (seed, step) is
 * all the random state there is. Written atomically; the one before is kept as `checkpoint.previous.safetensors` until the
 * new one is in place. */
#pragma once

#include "core/device/weights.h"
#include "core/optim/optimizer.h"
#include "core/run/spec.h"

G_BEGIN_DECLS

typedef struct
{
  guint64 step;       /* optimizer steps done */
  guint64 n_steps;    /* of the whole run: what the schedule was planned for */
  guint32 epoch;      /* where the loader goes on */
  guint64 epoch_step;
  gdouble seconds;    /* of training */
  /* Where the schedule is when the length of the run was changed: at step planned_at it is at place planned_place of
   * n_steps, and from there it goes evenly to its end. Both 0: as it was planned at first. */
  guint64 planned_at;
  gdouble planned_place;
} SmaltiPosition;

gboolean          smalti_checkpoint_write (const char             *folder,
                                           const SmaltiSpec       *spec,
                                           SmaltiPretext          *pretext,
                                           SmaltiWeights          *weights,
                                           SmaltiOptimizer        *optimizer /* nullable: a finished run */,
                                           const SmaltiPosition   *position,
                                           const SmaltiDeviceInfo *device,
                                           GError                **error);
/* The file of the folder's newest readable checkpoint; %NULL without an error when there is none. */
SmaltiTensorFile *smalti_checkpoint_read  (const char             *folder,
                                           SmaltiPosition         *position,
                                           GError                **error);

G_END_DECLS
