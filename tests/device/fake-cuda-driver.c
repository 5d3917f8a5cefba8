/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for libcuda.so.1: two GPUs, of which SMALTI_FAKE_* in the environment says something else. */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

int cuInit (unsigned flags);
int cuDriverGetVersion (int *version);
int cuDeviceGetCount (int *n);
int cuDeviceGet (int *device, int index);
int cuDeviceGetName (char *name, int length, int device);
int cuDeviceTotalMem_v2 (gsize *bytes, int device);
int cuDeviceGetAttribute (int *value, int attribute, int device);
int cuGetErrorString (int status, const char **text);

static int
told (const char *name, int otherwise)
{
  const char *text = getenv (name);

  return text != NULL ? atoi (text) : otherwise;
}

int
cuInit (unsigned flags)
{
  return flags == 0 ? told ("SMALTI_FAKE_INIT", 0) : 1;
}

int
cuDriverGetVersion (int *version)
{
  *version = told ("SMALTI_FAKE_VERSION", 12080);
  return 0;
}

int
cuDeviceGetCount (int *n)
{
  *n = told ("SMALTI_FAKE_COUNT", 2);
  return 0;
}

int
cuDeviceGet (int *device, int index)
{
  *device = 40 + index; /* a handle, not the index */
  return index < 2 ? 0 : 101;
}

int
cuDeviceGetName (char *name, int length, int device)
{
  g_strlcpy (name, device == 41 ? "Fake GPU B" : "Fake GPU A", length);
  return told ("SMALTI_FAKE_NAME", 0);
}

int
cuDeviceTotalMem_v2 (gsize *bytes, int device)
{
  *bytes = device == 41 ? (gsize)24 << 30 : (gsize)8 << 30;
  return 0;
}

int
cuDeviceGetAttribute (int *value, int attribute, int device)
{
  int capability = told ("SMALTI_FAKE_CAPABILITY", 89);

  *value = attribute == 75 ? capability / 10 : attribute == 76 ? capability % 10 : -1;
  return device >= 40 ? 0 : 101;
}

int
cuGetErrorString (int status, const char **text)
{
  if (status == 12345)
    return 1;
  *text = "out of memory";
  return 0;
}
