/* SPDX-License-Identifier: Apache-2.0 */
/* Everything about one run: how far it is, its curves, what it sees, its benchmark, where its numbers come from, its log. */
#pragma once

#include "ui/page.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_RUN_PAGE (smalti_run_page_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiRunPage, smalti_run_page, SMALTI, RUN_PAGE, SmaltiPage)

/* 0: none. One that is not in the list yet is shown as soon as it is. */
void           smalti_run_page_set_run    (SmaltiRunPage  *self,
                                           gint64          run);
gint64         smalti_run_page_get_run    (SmaltiRunPage  *self);
/* (nullable) */
SmaltiRunItem *smalti_run_page_get_item   (SmaltiRunPage  *self);

/* What a person can do with a run, as far as its state allows. */
typedef enum
{
  SMALTI_RUN_ACTION_STOP, /* also: leave the queue */
  SMALTI_RUN_ACTION_STOP_NOW,
  SMALTI_RUN_ACTION_PAUSE,
  SMALTI_RUN_ACTION_CONTINUE,
  SMALTI_RUN_ACTION_RESUME,
} SmaltiRunAction;

gboolean       smalti_run_page_can        (SmaltiRunPage   *self,
                                           SmaltiRunAction  action);

G_END_DECLS
