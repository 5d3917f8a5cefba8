/* SPDX-License-Identifier: Apache-2.0 */
/* Every reason why there is no GPU has a sentence of its own; a driver that has one is believed. */
#include <string.h>

#include "core/base/error.h"
#include "core/device/cuda/driver.h"
#include "core/device/device.h"

static const char *fake;

static void
assert_refused (const char *variable, const char *value, guint index, const char *words)
{
  g_auto (SmaltiCudaGpu) gpu = { 0 };
  g_autoptr (GError) error = NULL;

  if (variable != NULL)
    g_setenv (variable, value, TRUE);
  g_assert_false (smalti_cuda_gpu_find (fake, index, &gpu, &error));
  if (variable != NULL)
    g_unsetenv (variable);
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_DEVICE);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” is not in “%s”", words, error->message);
  g_assert_true (g_str_has_suffix (error->message, "."));
  g_assert_null (gpu.name);
}

static void
a_gpu_that_is_there_is_described (void)
{
  g_auto (SmaltiCudaGpu) gpu = { 0 };
  g_autoptr (GError) error = NULL;

  smalti_cuda_gpu_find (fake, 1, &gpu, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (gpu.name, ==, "Fake GPU B");
  g_assert_cmpuint (gpu.memory_bytes, ==, (gsize)24 << 30);
  g_assert_cmpuint (gpu.capability, ==, 89);
  g_assert_cmpuint (gpu.driver_version, ==, 12080);
}

static void
what_is_missing_is_told (void)
{
  g_auto (SmaltiCudaGpu) gpu = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (smalti_cuda_gpu_find ("/nowhere/libcuda.so.1", 0, &gpu, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_DEVICE);
  g_assert_nonnull (strstr (error->message, "There is no driver"));

  assert_refused ("SMALTI_FAKE_VERSION", "11040", 0, "runs CUDA 11.4, and 12.0 is needed");
  assert_refused ("SMALTI_FAKE_INIT", "100", 0, "finds no GPU");
  assert_refused ("SMALTI_FAKE_COUNT", "0", 0, "finds no GPU");
  assert_refused ("SMALTI_FAKE_INIT", "803", 0, "restart the computer");
  assert_refused ("SMALTI_FAKE_INIT", "34", 0, "LD_LIBRARY_PATH");
  assert_refused ("SMALTI_FAKE_INIT", "2", 0, "out of memory (error 2)");
  assert_refused ("SMALTI_FAKE_INIT", "12345", 0, "(error 12345)");
  assert_refused ("SMALTI_FAKE_NAME", "999", 0, "(error 999)");
  assert_refused ("SMALTI_FAKE_CAPABILITY", "61", 0, "Fake GPU A is of compute capability 6.1, and 7.5 is needed");
  assert_refused ("SMALTI_FAKE_COUNT", "1", 1, "There is no GPU 1; the driver finds one");
  assert_refused (NULL, NULL, 7, "There is no GPU 7; the driver finds 2");
}

/* Whatever this machine has. */
static void
a_device_is_named_by_its_number (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (smalti_device_open ("cuda:4294967297", 1, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (smalti_device_open ("cuda:one", 1, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (smalti_device_is_known ("cuda:one"));
  g_assert_false (smalti_device_is_known ("cuda:"));
  g_assert_true (smalti_device_is_known ("cuda:1000"));
  g_assert_null (smalti_device_open ("cuda:1000", 1, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_DEVICE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  fake = argv[1];
  g_test_add_func ("/cuda-driver/found", a_gpu_that_is_there_is_described);
  g_test_add_func ("/cuda-driver/missing", what_is_missing_is_told);
  g_test_add_func ("/cuda-driver/number", a_device_is_named_by_its_number);
  return g_test_run ();
}
