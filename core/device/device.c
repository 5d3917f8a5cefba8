/* SPDX-License-Identifier: Apache-2.0 */
/* Finding a device by what the user calls it. */
#include "core/device/device.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/control-group.h"
#include "core/base/error.h"
#include "core/device/cuda/driver.h"

static gboolean
is_cuda (const char *spec, guint *index)
{
  guint64 number = 0;

  if (g_str_has_prefix (spec, "cuda:"))
    {
      if (!g_ascii_string_to_unsigned (spec + strlen ("cuda:"), 10, 0, G_MAXINT, &number, NULL))
        return FALSE;
    }
  else if (strcmp (spec, "cuda") != 0)
    return FALSE;
  *index = number;
  return TRUE;
}

gboolean
smalti_device_is_known (const char *spec)
{
  guint index;

  return strcmp (spec, "auto") == 0 || strcmp (spec, "cpu") == 0 || strcmp (spec, "reference") == 0
         || is_cuda (spec, &index);
}

/* Why there is no GPU to train on. */
static void
refuse_cuda (guint index, GError **error)
{
  g_auto (SmaltiCudaGpu) gpu = { 0 };

  if (smalti_cuda_gpu_find (SMALTI_CUDA_DRIVER, index, &gpu, error))
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DEVICE,
                 _ ("There is %s, but this installation of Smalti has no module for NVIDIA GPUs; use the device cpu."),
                 gpu.name);
}

SmaltiDevice *
smalti_device_open (const char *spec, guint n_threads, GError **error)
{
  const SmaltiDeviceClass *klass = NULL;
  guint index;

  if (n_threads == 0)
    n_threads = smalti_device_n_processors ();
  if (strcmp (spec, "auto") == 0 || strcmp (spec, "cpu") == 0)
    klass = &smalti_cpu_device_class;
  else if (strcmp (spec, "reference") == 0)
    klass = &smalti_reference_device_class;
  else if (is_cuda (spec, &index))
    {
      refuse_cuda (index, error);
      return NULL;
    }
  else
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                   _ ("There is no device “%s”; it is one of: auto, cpu, reference, cuda, cuda:N."), spec);
      return NULL;
    }
  return klass->open (0, n_threads, error);
}

void
smalti_device_close (SmaltiDevice *self)
{
  g_autofree SmaltiDeviceClass *planning = self != NULL ? self->planning : NULL;

  if (self != NULL)
    self->klass->close (self);
}

/* Not NULL, and as aligned as any; never dereferenced, since such a device neither writes nor runs. */
#define PLANNED ((guint8 *)4096)

static gboolean
plan_alloc (SmaltiDevice *self, gsize n_bytes, SmaltiBuffer *buffer, GError **error)
{
  *buffer = (SmaltiBuffer){ .data = PLANNED, .n_bytes = n_bytes };
  self->allocated += n_bytes;
  return TRUE;
}

static void
plan_release (SmaltiDevice *self, SmaltiBuffer *buffer)
{
  self->allocated -= buffer->n_bytes;
  *buffer = (SmaltiBuffer){ 0 };
}

static void
plan_write (SmaltiDevice *self, const SmaltiValue *value, SmaltiPrecision precision, SmaltiBuffer to,
            const SmaltiTensor *from)
{
}

static gboolean
plan_bind (SmaltiDevice *self, SmaltiKernel *kernel, GError **error)
{
  return TRUE;
}

void
smalti_device_plan_only (SmaltiDevice *self)
{
  g_return_if_fail (self->planning == NULL && self->allocated == 0);

  self->planning = g_memdup2 (self->klass, sizeof *self->klass);
  self->planning->alloc = plan_alloc;
  self->planning->release = plan_release;
  self->planning->write = plan_write;
  self->planning->bind = plan_bind;
  self->planning->read = NULL;
  self->planning->run = NULL;
  self->planning->update = NULL;
  self->klass = self->planning;
}

void
smalti_device_wait (SmaltiDevice *self)
{
  self->klass->wait (self);
}

/* cpu.max: "200000 100000" (microseconds of processor time in each period), or "max 100000". */
static void
take_group_limit (const char *folder, gpointer user_data)
{
  guint *n = user_data;
  g_autofree char *path = g_build_filename (folder, "cpu.max", NULL);
  g_autofree char *text = NULL;
  guint64 quota, period;

  if (g_file_get_contents (path, &text, NULL, NULL)
      && sscanf (text, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, &quota, &period) == 2 && period > 0)
    *n = MIN (*n, MAX (1, (quota + period / 2) / period));
}

guint
smalti_device_n_processors (void)
{
  cpu_set_t set;
  guint n = g_get_num_processors ();

  if (sched_getaffinity (0, sizeof set, &set) == 0)
    n = CPU_COUNT (&set);
  smalti_control_groups_visit (take_group_limit, &n);
  return MAX (1, n);
}

/* A waiting thread of libgomp spins for milliseconds: it takes the core from loaders, from the window and from other
 * programs, which then keep its own team waiting. Sleeping costs a training step nothing that could be measured on an
 * idle machine. */
void
smalti_device_let_threads_sleep (char **argv)
{
  g_autofree char *program = NULL;

  if (g_getenv ("OMP_WAIT_POLICY") != NULL || g_getenv ("GOMP_SPINCOUNT") != NULL)
    return;
  program = g_file_read_link ("/proc/self/exe", NULL);
  if (program == NULL)
    return;
  g_setenv ("OMP_WAIT_POLICY", "passive", TRUE);
  execv (program, argv);
}
