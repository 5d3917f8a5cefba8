/* SPDX-License-Identifier: Apache-2.0 */
/* A device's optimizer steps: by hand, and over several steps against the reference. */
#pragma once

#include "core/device/device.h"

/* Adds the tests; the devices must outlive them. */
void updates_add (SmaltiDevice *reference,
                  SmaltiDevice *device);
