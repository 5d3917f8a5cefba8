/* SPDX-License-Identifier: Apache-2.0 */
/* A run in the sidebar. */
#pragma once

#include "ui/run-item.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_RUN_ROW (smalti_run_row_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiRunRow, smalti_run_row, SMALTI, RUN_ROW, GtkWidget)

/* @item (nullable) */
void smalti_run_row_set_item (SmaltiRunRow  *self,
                              SmaltiRunItem *item);

G_END_DECLS
