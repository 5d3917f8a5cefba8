/* SPDX-License-Identifier: Apache-2.0 */
/* A run in a column of a table. */
#pragma once

#include "ui/run-columns.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_RUN_CELL (smalti_run_cell_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiRunCell, smalti_run_cell, SMALTI, RUN_CELL, GtkWidget)

/* Signal "favorite-toggled" (SmaltiRunItem): by its star. */
GtkWidget     *smalti_run_cell_new       (const SmaltiRunColumn *column);
/* @item (nullable) */
void           smalti_run_cell_set_item  (SmaltiRunCell         *self,
                                          SmaltiRunItem         *item);
/* (nullable) */
SmaltiRunItem *smalti_run_cell_get_item  (SmaltiRunCell         *self);

G_END_DECLS
