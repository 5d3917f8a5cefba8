/* SPDX-License-Identifier: Apache-2.0 */
/* From /proc. Times of processors are counters: a share is what they grew by between two readings. Those of the machine
 * tick a hundred times a second; two readings closer than a few ticks give the share of the pair before. */
#include "core/base/meters.h"

#include <math.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "core/base/memory.h"

#define MIN_TICKS 4 /* of the machine's clock, on all its processors together */

struct _SmaltiMeters
{
  guint n_processors;
  gint64 at;                        /* monotonic, of the last reading */
  gdouble process;                  /* seconds of processors by then */
  guint64 busy, total;              /* ticks by then */
  gdouble process_cpu, machine_cpu; /* the last shares */
};

static gdouble
process_seconds (void)
{
  struct timespec time;

  return clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time) == 0 ? time.tv_sec + time.tv_nsec * 1e-9 : NAN;
}

/* "cpu  user nice system idle iowait irq softirq steal ...", in ticks. */
static gboolean
machine_ticks (guint64 *busy, guint64 *total)
{
  guint64 user, nice_, system, idle, iowait, irq, softirq, steal;
  FILE *stream = fopen ("/proc/stat", "re");
  int n = 0;

  if (stream == NULL)
    return FALSE;
  n = fscanf (stream,
              "cpu %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
              " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT,
              &user, &nice_, &system, &idle, &iowait, &irq, &softirq, &steal);
  fclose (stream);
  if (n != 8)
    return FALSE;
  *busy = user + nice_ + system + irq + softirq + steal;
  *total = *busy + idle + iowait;
  return TRUE;
}

/* The second number of statm, in pages. */
static guint64
resident_bytes (void)
{
  FILE *stream = fopen ("/proc/self/statm", "re");
  guint64 all, resident = 0;
  int n;

  if (stream == NULL)
    return 0;
  n = fscanf (stream, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, &all, &resident);
  fclose (stream);
  return n == 2 ? resident * (guint64)sysconf (_SC_PAGESIZE) : 0;
}

SmaltiMeters *
smalti_meters_new (guint n_processors)
{
  SmaltiMeters *self = g_new0 (SmaltiMeters, 1);

  self->n_processors = MAX (1, n_processors);
  self->at = g_get_monotonic_time ();
  self->process = process_seconds ();
  self->process_cpu = self->machine_cpu = NAN;
  if (machine_ticks (&self->busy, &self->total))
    self->machine_cpu = 0;
  return self;
}

void
smalti_meters_free (SmaltiMeters *self)
{
  g_free (self);
}

static void
read_process (SmaltiMeters *self)
{
  gint64 now = g_get_monotonic_time ();
  gdouble process = process_seconds (), elapsed = (now - self->at) / (gdouble)G_USEC_PER_SEC;

  if (elapsed <= 0)
    return;
  self->process_cpu = CLAMP ((process - self->process) / elapsed / self->n_processors, 0, 1);
  self->process = process;
  self->at = now;
}

static void
read_machine (SmaltiMeters *self)
{
  guint64 busy, total;

  if (!machine_ticks (&busy, &total) || total < self->total + MIN_TICKS)
    return;
  self->machine_cpu = CLAMP ((busy - MIN (busy, self->busy)) / (gdouble)(total - self->total), 0, 1);
  self->busy = busy;
  self->total = total;
}

void
smalti_meters_read (SmaltiMeters *self, SmaltiMeterReading *reading)
{
  read_process (self);
  read_machine (self);
  *reading = (SmaltiMeterReading){ .process_cpu = self->process_cpu,
                                   .machine_cpu = self->machine_cpu,
                                   .resident_bytes = resident_bytes (),
                                   .memory_total = smalti_memory_total (),
                                   .memory_available = smalti_memory_available () };
}
