/* SPDX-License-Identifier: Apache-2.0 */
/* How fast this machine trains: the field's networks at the sizes of their papers, a whole step each time (forward,
 * backward, update) on samples drawn from noise. No loader, no disk: what is timed is the device. */
#pragma once

#include <gio/gio.h>

#include "core/device/device.h"

G_BEGIN_DECLS

typedef struct
{
  const char *id;    /* "jigsaw-cfn" */
  const char *title; /* translatable */
  guint batch;       /* images a step, unless another number is asked for */
  /*< private >*/
  guint n_classes; /* of supervised training; 0 for the others */
  const char *const *settings; /* key, value, ..., NULL */
} SmaltiWorkload;

/* Ends with an id of %NULL. */
extern const SmaltiWorkload smalti_workloads[];

typedef struct
{
  guint batch;    /* 0: the workload's own */
  guint n_warm;   /* steps that are not timed: caches, and code that oneDNN makes when first asked */
  guint n_timed;
  gboolean profile;
} SmaltiTimingOptions;

typedef struct
{
  guint batch;
  guint n_timed;
  gdouble median, min, max; /* seconds a step */
  gdouble flop;             /* of the convolutions and matrix products of a step; see smalti_graph_count_flop() */
  guint64 plan_bytes;       /* arena, weights and optimizer */
  gint64 n_params;
  gdouble loss;             /* after the last step: a number, if all went well */
  char *profile;            /* smalti_program_profile(), or %NULL */
} SmaltiTiming;

void          smalti_timing_free   (SmaltiTiming               *self);
/* @done steps of @total; called on the calling thread. */
typedef void (*SmaltiTimingProgress) (guint64 done, guint64 total, gpointer user_data);
SmaltiTiming *smalti_workload_time (const SmaltiWorkload       *self,
                                    SmaltiDevice               *device,
                                    SmaltiPrecision             precision,
                                    const SmaltiTimingOptions  *options,
                                    GCancellable               *cancellable,
                                    SmaltiTimingProgress        progress,
                                    gpointer                    user_data,
                                    GError                    **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiTiming, smalti_timing_free)

G_END_DECLS
