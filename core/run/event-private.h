/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/run/engine.h"

G_BEGIN_DECLS

/* With its time, and nothing else: the engine fills it before anyone else sees it. */
SmaltiEvent *smalti_event_new (SmaltiEventType type,
                               gint64          run);

G_END_DECLS
