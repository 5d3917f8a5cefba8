/* SPDX-License-Identifier: Apache-2.0 */
/* The life of one run on the engine's thread: prepare (runner.c), train (training.c), look at held-out images
 * (validation.c), evaluate (runner.c), what is asked of it meanwhile (runner-control.c), how busy the machine is (runner-meters.c), and what is written and told on the
 * way (runner-records.c). */
#pragma once

#include "core/base/meters.h"
#include "core/run/control-private.h"
#include "core/run/engine.h"
#include "core/run/session-private.h"
#include "core/run/store-private.h"

G_BEGIN_DECLS

/* Takes the event. Called on the thread of the run. */
typedef void (*SmaltiEventSink) (SmaltiEvent *event, gpointer user_data);

typedef struct
{
  char *metric;
  SmaltiPoint point;
} SmaltiPendingPoint;

typedef struct
{
  gint64 run;
  GCancellable *cancellable;
  SmaltiControl *control;
  SmaltiEventSink sink;
  gpointer sink_data;

  SmaltiStore *store;
  SmaltiSpec *spec;
  SmaltiRunInfo *info; /* as the store is to have it */
  char *folder;
  SmaltiSession *session;
  SmaltiPosition position;
  SmaltiPosition saved;     /* of the last checkpoint */

  gboolean training;        /* steps are counted: a checkpoint could be written */
  gboolean measured;        /* at least one result of a measurement is there */
  gboolean stop_now;        /* without a checkpoint */
  gboolean pausing;         /* it is to pause, or does */
  GQueue changes;           /* of SmaltiRequest: to be made between two steps */
  gint64 held;              /* microseconds paused so far */

  GArray *points;           /* of SmaltiPendingPoint: not yet in the store */
  GHashTable *metric_told;  /* metric -> when its last event was, to tell it a few times a second */
  gint64 stored_at;         /* monotonic times, microseconds */
  gint64 polled_at;
  gint64 progress_at;
  gint64 training_since;    /* this process trains since then ... */
  gdouble seconds_before;   /* ... and others have for so long */
  guint64 first_step;       /* of this process */
  SmaltiMeters *meters;
  gdouble metered_seconds;  /* of training at the last reading, with what follows */
  guint64 metered_step;
  gdouble metered_wait;
  guint64 n_unreadable_told;
  gdouble preview_stored;   /* seconds of training at the last stored previews; negative: none */
  GPtrArray *samples;       /* the preview images; see validation.c */
} SmaltiRunner;

/* Runs @run of the store to its end; the last event is DONE, STOPPED or FAILED. @eval: (nullable): it is only measured, as they
 * (of smalti_eval_params) say. */
void     smalti_runner_run          (const char       *store_path,
                                     gint64            run,
                                     const SmaltiValues *eval,
                                     GCancellable     *cancellable,
                                     SmaltiControl    *control,
                                     SmaltiEventSink   sink,
                                     gpointer          user_data);

void         smalti_runner_tell_benchmark (SmaltiRunner          *self,
                                           const SmaltiBenchmark *benchmark);
/* (transfer full): the last event, as the run is now. @reason: of a failure. */
SmaltiEvent *smalti_runner_end            (SmaltiRunner          *self,
                                           SmaltiEventType        type,
                                           const GError          *reason);

/* runner-measure.c: the run is ours, with its lock. */
SmaltiEvent *smalti_runner_measure_locked (SmaltiRunner          *self,
                                           const SmaltiValues    *eval);

/* runner-records.c */
void     smalti_runner_tell         (SmaltiRunner     *self,
                                     SmaltiEvent      *event);
/* Enters a phase: event and store. */
void     smalti_runner_phase        (SmaltiRunner     *self,
                                     const char       *phase,
                                     const char       *text);
/* At most ten a second, the last of a phase always. */
void     smalti_runner_progress     (SmaltiRunner     *self,
                                     const char       *text,
                                     guint64           done,
                                     guint64           total,
                                     gdouble           rate,
                                     gdouble           seconds_left,
                                     gdouble           loader_wait);
void     smalti_runner_log          (SmaltiRunner     *self,
                                     gboolean          warning,
                                     const char       *format,
                                     ...) G_GNUC_PRINTF (3, 4);
/* At the position where the run is. */
void     smalti_runner_point        (SmaltiRunner     *self,
                                     const char       *metric,
                                     gdouble           value);
/* Points and what is known of the run go to the store, in one transaction. */
gboolean smalti_runner_flush        (SmaltiRunner     *self,
                                     GError          **error);
/* Tells images that can't be read, when there are more than were told. */
void     smalti_runner_tell_unreadable (SmaltiRunner  *self,
                                        gboolean       at_end);

/* runner-control.c */
/* Takes what was asked; looks into the store every half second. */
void     smalti_runner_attend       (SmaltiRunner     *self);
/* Whether the run is to stop; while it is paused, it waits here. */
gboolean smalti_runner_is_stopped   (SmaltiRunner     *self);
gboolean smalti_runner_set_stopped  (GError          **error);
/* @key of the spec has changed: store, log and event. */
gboolean smalti_runner_record_change (SmaltiRunner    *self,
                                     const char       *key,
                                     const char       *from,
                                     const char       *to,
                                     GError          **error);
/* What the checkpoint's spec says of keys that may change is what holds. */
gboolean smalti_runner_adopt_changes (SmaltiRunner    *self,
                                     const SmaltiTensorFile *saved,
                                     GError          **error);

/* runner-meters.c: at the beginning of training, and whenever a step is done. */
void     smalti_runner_begin_meters (SmaltiRunner     *self);
void     smalti_runner_read_meters  (SmaltiRunner     *self);

/* training.c: from the position to the end of the run. */
gboolean smalti_runner_train        (SmaltiRunner     *self,
                                     const SmaltiTensorFile *saved,
                                     GError          **error);
/* A checkpoint, if there is anything new for one; what is wrong with it is a warning. */
void     smalti_runner_save         (SmaltiRunner     *self);

/* validation.c */
gboolean smalti_runner_validate     (SmaltiRunner     *self,
                                     GError          **error);
gboolean smalti_runner_is_validated (SmaltiRunner     *self);
/* Answers on the preview images: an event, and artifacts when @store. */
gboolean smalti_runner_preview      (SmaltiRunner     *self,
                                     gboolean          store,
                                     GError          **error);

G_END_DECLS
