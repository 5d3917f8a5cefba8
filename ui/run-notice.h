/* SPDX-License-Identifier: Apache-2.0 */
/* What the desktop tells of a run that has ended while nobody looked. */
#pragma once

#include "ui/run-item.h"

G_BEGIN_DECLS

/* Of the events only the last of a run is worth a notification, and none when its user has stopped it. Its button opens the run. */
void smalti_run_notice_send (GApplication      *application,
                             SmaltiRunItem     *item,
                             const SmaltiEvent *event);

G_END_DECLS
