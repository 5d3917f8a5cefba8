/* SPDX-License-Identifier: Apache-2.0 */
/* A run as a row of a list. */
#pragma once

#include "ui/run-item.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_RUN_ROW (smalti_run_row_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiRunRow, smalti_run_row, SMALTI, RUN_ROW, GtkWidget)

/* @item (nullable) */
void           smalti_run_row_set_item (SmaltiRunRow  *self,
                                        SmaltiRunItem *item);
/* (nullable) */
SmaltiRunItem *smalti_run_row_get_item (SmaltiRunRow  *self);

G_END_DECLS
