/* SPDX-License-Identifier: Apache-2.0 */
/* The control groups (cgroup v2) this process is in: containers and schedulers limit memory and processors there. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @folder: of one group below /sys/fs/cgroup, where its limits can be read. */
typedef void (*SmaltiControlGroupFunc) (const char *folder,
                                        gpointer    user_data);

/* Calls @visit for the group of this process and for each above it: the tightest limit of them all holds. */
void smalti_control_groups_visit (SmaltiControlGroupFunc  visit,
                                  gpointer                user_data);

G_END_DECLS
