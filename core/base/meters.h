/* SPDX-License-Identifier: Apache-2.0 */
/* How busy the machine is: processors and memory, of this process and of all. A reading takes some tens of microseconds,
 * so that a window can have one every half second; shares are of the time since the reading before. One thread at a
 * time. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gdouble process_cpu;      /* of the processors this process may use, 0 to 1; NaN where it can't be known */
  gdouble machine_cpu;      /* of all processors of the machine, by everyone, 0 to 1; NaN where it can't be known */
  guint64 resident_bytes;   /* of this process; 0: not known, as all that follow */
  guint64 memory_total;     /* of the machine, or of its control group if that is less */
  guint64 memory_available; /* as smalti_memory_available() */
} SmaltiMeterReading;

typedef struct _SmaltiMeters SmaltiMeters;

/* @n_processors: that this process may use; see smalti_device_n_processors(). */
SmaltiMeters *smalti_meters_new  (guint                n_processors);
void          smalti_meters_free (SmaltiMeters        *self);
void          smalti_meters_read (SmaltiMeters        *self,
                                  SmaltiMeterReading  *reading);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiMeters, smalti_meters_free)

G_END_DECLS
