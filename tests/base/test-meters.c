/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "core/base/memory.h"
#include "core/base/meters.h"

static void
work_for (gint64 microseconds)
{
  gint64 until = g_get_monotonic_time () + microseconds;
  volatile gdouble x = 1;

  while (g_get_monotonic_time () < until)
    for (int i = 0; i < 1000; i++)
      x = x * 1.0000001 + 1e-9;
}

static void
work_is_told_from_rest (void)
{
  g_autoptr (SmaltiMeters) meters = smalti_meters_new (1);
  SmaltiMeterReading rest, work;

  g_usleep (200000);
  smalti_meters_read (meters, &rest);
  work_for (300000);
  smalti_meters_read (meters, &work);
  g_test_message ("rest %.2f, work %.2f; machine %.2f, %.2f", rest.process_cpu, work.process_cpu, rest.machine_cpu,
                  work.machine_cpu);
  g_assert_cmpfloat (rest.process_cpu, <, 0.1);
  g_assert_cmpfloat (work.process_cpu, >, 2 * rest.process_cpu + 0.02); /* others may have most of the processors */
  g_assert_cmpfloat (work.machine_cpu, >, 0);
  g_assert_cmpfloat (work.machine_cpu, <=, 1);
}

static void
a_share_is_of_the_processors_there_are (void)
{
  g_autoptr (SmaltiMeters) of_one = smalti_meters_new (1), of_many = smalti_meters_new (1000);
  SmaltiMeterReading one, many;

  work_for (100000);
  smalti_meters_read (of_one, &one);
  smalti_meters_read (of_many, &many);
  g_assert_cmpfloat_with_epsilon (many.process_cpu, one.process_cpu / 1000, 1e-3);
}

static void
memory_that_is_taken_is_resident (void)
{
  g_autoptr (SmaltiMeters) meters = smalti_meters_new (1);
  SmaltiMeterReading before, after;
  gsize n = 64 << 20;
  g_autofree char *block = NULL;

  smalti_meters_read (meters, &before);
  block = g_malloc (n);
  memset (block, 1, n);
  smalti_meters_read (meters, &after);
  g_assert_cmpuint (after.resident_bytes, >=, before.resident_bytes + n / 2);
  g_assert_cmpuint (after.resident_bytes, <, after.memory_total);
  g_assert_cmpuint (after.memory_available, <=, after.memory_total);
  g_assert_cmpuint (block[n - 1], ==, 1);
}

static void
a_limit_holds (void)
{
  guint64 limit = 123456789;

  g_assert_cmpuint (smalti_memory_available (), >, limit);
  smalti_memory_set_limit (limit);
  g_assert_cmpuint (smalti_memory_available (), ==, limit);
  smalti_memory_set_limit (0);
  g_assert_cmpuint (smalti_memory_available (), >, limit);
}

static void
readings_are_cheap (void)
{
  g_autoptr (SmaltiMeters) meters = smalti_meters_new (1);
  SmaltiMeterReading reading;
  gint64 since = g_get_monotonic_time ();
  gdouble each;

  for (int i = 0; i < 100; i++)
    smalti_meters_read (meters, &reading);
  each = (g_get_monotonic_time () - since) / 100.0;
  g_test_message ("%.0f microseconds a reading", each);
  g_assert_cmpfloat (each, <, 5000); /* a hundredth of the half second between two, on a busy machine */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/meters/work", work_is_told_from_rest);
  g_test_add_func ("/meters/share", a_share_is_of_the_processors_there_are);
  g_test_add_func ("/meters/resident", memory_that_is_taken_is_resident);
  g_test_add_func ("/meters/limit", a_limit_holds);
  g_test_add_func ("/meters/cheap", readings_are_cheap);
  return g_test_run ();
}
