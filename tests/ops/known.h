/* SPDX-License-Identifier: Apache-2.0 */
/* Operators whose answers can be worked out by hand. */
#pragma once

#include "core/device/device.h"

/* Adds the tests, on both devices, which must outlive them. */
void known_add (SmaltiDevice *reference,
                SmaltiDevice *device);
