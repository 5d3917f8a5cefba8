/* SPDX-License-Identifier: Apache-2.0 */
/* What trains in this window, how far it is and how many wait: a button that opens its page from anywhere. Hidden while nothing
 * trains. */
#pragma once

#include "ui/workbench.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_JOB_INDICATOR (smalti_job_indicator_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiJobIndicator, smalti_job_indicator, SMALTI, JOB_INDICATOR, GtkWidget)

void smalti_job_indicator_set_workbench (SmaltiJobIndicator *self,
                                         SmaltiWorkbench    *workbench);

G_END_DECLS
