/* SPDX-License-Identifier: Apache-2.0 */
/* Everything about one run: how far it is, its curves, what it sees, its benchmark, where its numbers come from, its log. */
#pragma once

#include <gtk/gtk.h>

#include "ui/run-item.h"
#include "ui/store-client.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_RUN_PAGE (smalti_run_page_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiRunPage, smalti_run_page, SMALTI, RUN_PAGE, GtkWidget)

/* @item (nullable); clears the page when it is another one. The news of it come by smalti_run_page_take_news(). */
void           smalti_run_page_set_item   (SmaltiRunPage        *self,
                                           SmaltiRunItem        *item);
SmaltiRunItem *smalti_run_page_get_item   (SmaltiRunPage        *self);
/* Of other runs than its own: ignored. */
void           smalti_run_page_take_news  (SmaltiRunPage        *self,
                                           const SmaltiRunNews  *news);
void           smalti_run_page_take_event (SmaltiRunPage        *self,
                                           const SmaltiEvent    *event);

G_END_DECLS
