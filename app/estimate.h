/* SPDX-License-Identifier: Apache-2.0 */
/* What a run would cost, told before it is started. */
#pragma once

#include "core/run/spec.h"

G_BEGIN_DECLS

/* Measures @spec by a few steps that are then forgotten, and says what came of it. */
gboolean cli_estimate (const SmaltiSpec  *spec,
                       GError           **error);

G_END_DECLS
