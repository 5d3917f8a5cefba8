/* SPDX-License-Identifier: Apache-2.0 */
/* The runs that wait, in their order: dragged, or moved by Alt+Up and Alt+Down. Invisible while none waits. */
#pragma once

#include "ui/workbench.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_RUN_QUEUE (smalti_run_queue_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiRunQueue, smalti_run_queue, SMALTI, RUN_QUEUE, GtkWidget)

void       smalti_run_queue_set_workbench (SmaltiRunQueue  *self,
                                           SmaltiWorkbench *workbench);

/* (transfer full) (element-type SmaltiRunItem): those of the queue, next first. */
GPtrArray *smalti_run_queue_list          (SmaltiRunList   *runs);
/* Before which run @run is to be for it to be @by places later (earlier, if negative); FALSE when it can't go there. */
gboolean   smalti_run_queue_find_place    (SmaltiRunList   *runs,
                                           gint64           run,
                                           gint             by,
                                           gint64          *before /* out; 0: the end */);

G_END_DECLS
