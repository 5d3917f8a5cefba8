/* SPDX-License-Identifier: Apache-2.0 */
/* How busy the machine is while it trains, as points of curves beside the others: "meter/cpu" (share of the processors
 * the process may use), "meter/memory" (bytes it has), "meter/images_per_second", "meter/loader_wait" (share of the
 * time that steps waited for images). Every two seconds at first and further apart as the run grows older, so that a
 * day of them is a few thousand points. */
#include "core/run/runner-private.h"

#include <math.h>

#include "core/base/meters.h"

#define METER_EVERY 2.0   /* seconds of training */
#define METER_SHARE 0.002 /* ... or this much of the training so far, whichever is more */

void
smalti_runner_begin_meters (SmaltiRunner *self)
{
  if (self->meters == NULL)
    self->meters = smalti_meters_new (smalti_device_n_processors ());
  self->metered_seconds = self->position.seconds;
  self->metered_step = self->position.step;
  self->metered_wait = smalti_loader_waited (self->session->loader);
}

void
smalti_runner_read_meters (SmaltiRunner *self)
{
  gdouble elapsed = self->position.seconds - self->metered_seconds, waited;
  SmaltiMeterReading reading;

  if (elapsed < MAX (METER_EVERY, METER_SHARE * self->position.seconds))
    return;
  waited = smalti_loader_waited (self->session->loader);
  smalti_meters_read (self->meters, &reading);
  if (isfinite (reading.process_cpu))
    smalti_runner_point (self, "meter/cpu", reading.process_cpu);
  if (reading.resident_bytes > 0)
    smalti_runner_point (self, "meter/memory", reading.resident_bytes);
  smalti_runner_point (self, "meter/images_per_second",
                       (self->position.step - self->metered_step) * (gdouble)self->session->training.batch / elapsed);
  smalti_runner_point (self, "meter/loader_wait", CLAMP ((waited - self->metered_wait) / elapsed, 0, 1));
  smalti_runner_begin_meters (self);
}
