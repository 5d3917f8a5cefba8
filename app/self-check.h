/* SPDX-License-Identifier: Apache-2.0 */
/* A few steps of training on a device and on the reference, side by side: whether this machine computes what it should. */
#pragma once

#include "core/device/device.h"

G_BEGIN_DECLS

typedef struct
{
  double loss_difference;   /* largest relative difference of the loss over the steps, f32 */
  double bf16_difference;   /* the same in bf16; NaN where bf16 is not faster on it */
  gsize arena_bytes;        /* the f32 program's plan: its peak beside weights and optimizer */
  double seconds;           /* of it all */
  gboolean passed;
} CliSelfCheck;

/* @device: as smalti_device_open() takes it. */
gboolean cli_self_check (const char    *device,
                         guint          n_threads,
                         CliSelfCheck  *result,
                         GError       **error);

G_END_DECLS
