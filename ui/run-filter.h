/* SPDX-License-Identifier: Apache-2.0 */
/* Which runs a table shows: those that have all the words of a search, are in one of some states, and, if asked for, are
 * favourites. */
#pragma once

#include "ui/run-item.h"

G_BEGIN_DECLS

/* Groups of states, as people think of them. */
typedef enum
{
  SMALTI_SHOW_LIVE = 1 << 0,     /* running or paused */
  SMALTI_SHOW_WAITING = 1 << 1,  /* in the queue, or new */
  SMALTI_SHOW_DONE = 1 << 2,
  SMALTI_SHOW_STOPPED = 1 << 3,  /* or interrupted */
  SMALTI_SHOW_FAILED = 1 << 4,
} SmaltiShow;

#define SMALTI_TYPE_RUN_FILTER (smalti_run_filter_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiRunFilter, smalti_run_filter, SMALTI, RUN_FILTER, GtkFilter)

SmaltiRunFilter *smalti_run_filter_new           (void);
/* Words are looked for in name, method, tags, note and folder; "tag:coast" only among tags, "state:done" among states, both by
 * their beginnings. Quotes keep words together. */
void             smalti_run_filter_set_text      (SmaltiRunFilter *self,
                                                  const char      *text);
/* 0: any. */
void             smalti_run_filter_set_shown     (SmaltiRunFilter *self,
                                                  SmaltiShow       shown);
void             smalti_run_filter_set_favorites (SmaltiRunFilter *self,
                                                  gboolean         only);
/* FALSE: it lets everything pass. */
gboolean         smalti_run_filter_is_active     (SmaltiRunFilter *self);
SmaltiShow       smalti_run_item_get_group       (SmaltiRunItem   *item);

G_END_DECLS
