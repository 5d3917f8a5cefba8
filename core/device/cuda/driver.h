/* SPDX-License-Identifier: Apache-2.0 */
/* What the NVIDIA driver tells of its GPUs, asked without any of CUDA's libraries: enough to say in a sentence why there is none.
 * Source: CUDA driver API, "Initialization", "Version Management", "Device Management". */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SMALTI_CUDA_DRIVER "libcuda.so.1"
/* CUDA 12.0, and compute capability 7.5 (Turing): the oldest that CUDA 13's compiler knows. */
#define SMALTI_CUDA_MIN_VERSION 12000
#define SMALTI_CUDA_MIN_CAPABILITY 75

typedef struct
{
  char *name; /* "NVIDIA H100 80GB HBM3" */
  gsize memory_bytes;
  guint capability;     /* 10 x major + minor: 90 */
  guint driver_version; /* 1000 x major + 10 x minor of the newest CUDA that the driver runs: 12080 */
} SmaltiCudaGpu;

void smalti_cuda_gpu_clear (SmaltiCudaGpu *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SmaltiCudaGpu, smalti_cuda_gpu_clear)

/**
 * smalti_cuda_gpu_find:
 * @library: SMALTI_CUDA_DRIVER, or the path of a driver library
 * @index: the driver's own count, from 0, after CUDA_VISIBLE_DEVICES
 * @gpu: (out): free with smalti_cuda_gpu_clear()
 *
 * The driver stays loaded: it can't be put away again.
 *
 * Returns: FALSE with SMALTI_ERROR_DEVICE and one sentence that says what is missing and what to do
 */
gboolean smalti_cuda_gpu_find (const char *library, guint index, SmaltiCudaGpu *gpu, GError **error);

G_END_DECLS
