/* SPDX-License-Identifier: Apache-2.0 */
/* The runs of a store as a GListModel of SmaltiRunItem, newest first. It is given snapshots; who reads the store, and on
 * which thread, is not its business. */
#pragma once

#include "ui/run-item.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_RUN_LIST (smalti_run_list_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiRunList, smalti_run_list, SMALTI, RUN_LIST, GObject)

/* Signal "items-updated": runs that stayed have changed by a snapshot, after all of them have; what sorts and filters looks again. */
SmaltiRunList *smalti_run_list_new   (void);
/* @infos: (element-type SmaltiRunInfo): all there are, newest (largest id) first. Items stay the same objects as long as their
 * runs exist, and only what came or went is announced, so that a selection and a scroll position survive. @read_at: see
 * smalti_run_item_take_info(). */
void           smalti_run_list_take  (SmaltiRunList  *self,
                                      GPtrArray      *infos,
                                      gint64          read_at);
/* (transfer none) (nullable) */
SmaltiRunItem *smalti_run_list_find  (SmaltiRunList  *self,
                                      gint64          id,
                                      guint          *position /* nullable */);

G_END_DECLS
