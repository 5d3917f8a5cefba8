/* SPDX-License-Identifier: Apache-2.0 */
/* What people change of runs: names, tags, notes, favourites; and what they throw away. Each is written on the store's thread, and
 * a reason why not is told by the workbench. @items: (element-type SmaltiRunItem). */
#pragma once

#include "ui/workbench.h"

G_BEGIN_DECLS

void smalti_run_edit_set_favorite (SmaltiWorkbench *workbench,
                                   GPtrArray       *items,
                                   gboolean         favorite);
/* Into the trash at once, with an offer to undo; refused with a sentence while one of them runs. */
void smalti_run_edit_trash        (SmaltiWorkbench *workbench,
                                   GPtrArray       *items);

/* Dialogs over @parent's window. */
void smalti_run_edit_ask_name     (GtkWidget       *parent,
                                   SmaltiWorkbench *workbench,
                                   SmaltiRunItem   *item);
void smalti_run_edit_ask_note     (GtkWidget       *parent,
                                   SmaltiWorkbench *workbench,
                                   SmaltiRunItem   *item);
/* Shows the tags that all of them have; what is taken away or added there is of all. */
void smalti_run_edit_ask_tags     (GtkWidget       *parent,
                                   SmaltiWorkbench *workbench,
                                   GPtrArray       *items);

G_END_DECLS
