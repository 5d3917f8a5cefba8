/* SPDX-License-Identifier: Apache-2.0 */
/* Which columns a table of runs shows: a list of all there are, with a search. */
#pragma once

#include "ui/run-columns.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_RUN_COLUMN_CHOOSER (smalti_run_column_chooser_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiRunColumnChooser, smalti_run_column_chooser, SMALTI, RUN_COLUMN_CHOOSER, GtkWidget)

/* Signals: "toggled" (const SmaltiRunColumn *, gboolean): by the user; "reset". */
GtkWidget *smalti_run_column_chooser_new  (void);
/* @columns: (element-type SmaltiRunColumn): all there are; @shown: those that are in the table. */
void       smalti_run_column_chooser_set  (SmaltiRunColumnChooser *self,
                                           GPtrArray              *columns,
                                           GPtrArray              *shown);

G_END_DECLS
