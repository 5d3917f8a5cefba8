/* SPDX-License-Identifier: Apache-2.0 */
#include "core/device/cuda/driver.h"

#include <gmodule.h>

#include "core/base/error.h"

/* Of cuda.h, whose numbers are fixed for good: this file is built where there is no CUDA. */
enum
{
  SUCCESS = 0,
  STUB_LIBRARY = 34,
  NO_DEVICE = 100,
  DRIVER_MISMATCH = 803,
  ATTRIBUTE_CAPABILITY_MAJOR = 75,
  ATTRIBUTE_CAPABILITY_MINOR = 76
};

typedef struct
{
  int (*init) (unsigned flags);
  int (*get_version) (int *version);
  int (*count) (int *n);
  int (*get) (int *device, int index);
  int (*get_name) (char *name, int length, int device);
  int (*get_memory) (gsize *bytes, int device);
  int (*get_attribute) (int *value, int attribute, int device);
  int (*describe) (int status, const char **text);
} Driver;

void
smalti_cuda_gpu_clear (SmaltiCudaGpu *self)
{
  g_clear_pointer (&self->name, g_free);
}

static gboolean
load (Driver *driver, const char *library, GError **error)
{
  GModule *module = g_module_open (library, G_MODULE_BIND_LOCAL | G_MODULE_BIND_LAZY);
  const struct
  {
    const char *name;
    gpointer *function;
  } symbols[] = {
    { "cuInit", (gpointer *)&driver->init },
    { "cuDriverGetVersion", (gpointer *)&driver->get_version },
    { "cuDeviceGetCount", (gpointer *)&driver->count },
    { "cuDeviceGet", (gpointer *)&driver->get },
    { "cuDeviceGetName", (gpointer *)&driver->get_name },
    { "cuDeviceTotalMem_v2", (gpointer *)&driver->get_memory },
    { "cuDeviceGetAttribute", (gpointer *)&driver->get_attribute },
    { "cuGetErrorString", (gpointer *)&driver->describe },
  };

  if (module == NULL)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DEVICE,
                   _ ("There is no driver for NVIDIA GPUs; if this computer has such a GPU, install its driver."));
      return FALSE;
    }
  g_module_make_resident (module);
  for (gsize i = 0; i < G_N_ELEMENTS (symbols); i++)
    if (!g_module_symbol (module, symbols[i].name, symbols[i].function))
      {
        g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DEVICE,
                     _ ("The NVIDIA driver does not know %s, so it is older than CUDA 12.0; update the driver."),
                     symbols[i].name);
        return FALSE;
      }
  return TRUE;
}

static gboolean
fail (const Driver *driver, int status, GError **error)
{
  const char *text = NULL;

  if (status == NO_DEVICE)
    g_set_error (
        error, SMALTI_ERROR, SMALTI_ERROR_DEVICE,
        _ ("The NVIDIA driver finds no GPU; check that CUDA_VISIBLE_DEVICES does not hide it, and that nvidia-smi "
           "lists it."));
  else if (status == DRIVER_MISMATCH)
    g_set_error (
        error, SMALTI_ERROR, SMALTI_ERROR_DEVICE,
        _ ("The NVIDIA driver in the kernel and its library are of different versions; restart the computer to "
           "finish the driver's update."));
  else if (status == STUB_LIBRARY)
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DEVICE,
                 _ ("The driver library found first is CUDA's stand-in for building; take its folder out of "
                    "LD_LIBRARY_PATH."));
  else
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DEVICE, _ ("The NVIDIA driver can’t be used: %s (error %d)."),
                 driver->describe (status, &text) == SUCCESS && text != NULL ? text : _ ("it does not say why"),
                 status);
  return FALSE;
}

static gboolean
check (const SmaltiCudaGpu *gpu, GError **error)
{
  if (gpu->capability >= SMALTI_CUDA_MIN_CAPABILITY)
    return TRUE;
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DEVICE,
               _ ("%s is of compute capability %u.%u, and %u.%u is needed (GeForce 16 and 20, Quadro RTX, Tesla T4 and "
                  "later)."),
               gpu->name, gpu->capability / 10, gpu->capability % 10, SMALTI_CUDA_MIN_CAPABILITY / 10,
               SMALTI_CUDA_MIN_CAPABILITY % 10);
  return FALSE;
}

gboolean
smalti_cuda_gpu_find (const char *library, guint index, SmaltiCudaGpu *gpu, GError **error)
{
  Driver driver;
  char name[256] = "";
  int version = 0, n = 0, device = 0, major = 0, minor = 0, status;

  *gpu = (SmaltiCudaGpu){ 0 };
  if (!load (&driver, library, error))
    return FALSE;
  /* Asked first: a driver that is too old may not start for what is newer. */
  if (driver.get_version (&version) == SUCCESS && version < SMALTI_CUDA_MIN_VERSION)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DEVICE,
                   _ ("The NVIDIA driver is too old: it runs CUDA %d.%d, and %d.%d is needed; update the driver."),
                   version / 1000, version % 1000 / 10, SMALTI_CUDA_MIN_VERSION / 1000,
                   SMALTI_CUDA_MIN_VERSION % 1000 / 10);
      return FALSE;
    }
  if ((status = driver.init (0)) != SUCCESS || (status = driver.count (&n)) != SUCCESS)
    return fail (&driver, status, error);
  if (n == 0)
    return fail (&driver, NO_DEVICE, error);
  if (index >= (guint)n)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DEVICE,
                   g_dngettext (GETTEXT_PACKAGE, "There is no GPU %u; the driver finds one, GPU 0.",
                                "There is no GPU %u; the driver finds %d, from GPU 0 on.", n),
                   index, n);
      return FALSE;
    }
  if ((status = driver.get (&device, (int)index)) != SUCCESS
      || (status = driver.get_name (name, sizeof name, device)) != SUCCESS
      || (status = driver.get_memory (&gpu->memory_bytes, device)) != SUCCESS
      || (status = driver.get_attribute (&major, ATTRIBUTE_CAPABILITY_MAJOR, device)) != SUCCESS
      || (status = driver.get_attribute (&minor, ATTRIBUTE_CAPABILITY_MINOR, device)) != SUCCESS)
    return fail (&driver, status, error);
  gpu->name = g_utf8_make_valid (name, -1);
  gpu->capability = 10 * major + minor;
  gpu->driver_version = version;
  if (!check (gpu, error))
    {
      smalti_cuda_gpu_clear (gpu);
      return FALSE;
    }
  return TRUE;
}
