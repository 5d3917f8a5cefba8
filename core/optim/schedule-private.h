/* SPDX-License-Identifier: Apache-2.0 */
/* The learning rate as a function of the step alone, so that a run that is resumed goes on where it was. */
#pragma once

#include "core/base/param.h"

G_BEGIN_DECLS

/* In the order of the choices of "schedule" and "optimizer". */
typedef enum
{
  SMALTI_SCHEDULE_CONSTANT,
  SMALTI_SCHEDULE_STEP,
  SMALTI_SCHEDULE_COSINE,
} SmaltiScheduleKind;

typedef struct
{
  SmaltiScheduleKind kind;
  gdouble lr; /* after scaling by the batch */
  guint64 n_steps;
  guint64 n_warmup;
  gdouble warmup_lr, final_lr; /* fractions of lr */
  gdouble gamma;
  guint n_drops;
  guint64 *drop; /* steps at which lr is multiplied by gamma */
  /* A run whose length was changed: at step @from it is at place @place of n_steps. */
  guint64 from;
  gdouble place;
} SmaltiSchedule;

/* @values: of smalti_optimizer_params. */
void   smalti_schedule_init  (SmaltiSchedule       *self,
                              const SmaltiValues   *values,
                              guint                 batch,
                              guint64               n_steps);
gfloat smalti_schedule_lr    (const SmaltiSchedule *self,
                              guint64               step);
/* Where @step is in the schedule, in steps of a run of n_steps whose length was never changed. */
gdouble smalti_schedule_place (const SmaltiSchedule *self,
                              guint64               step);
void   smalti_schedule_clear (SmaltiSchedule       *self);

G_END_DECLS
