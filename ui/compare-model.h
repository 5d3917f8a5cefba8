/* SPDX-License-Identifier: Apache-2.0 */
/* The choice of one measured layer of one run among those compared, and the sentence and the button for runs that were not
 * measured. */
#pragma once

#include "ui/compare-section.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_COMPARE_MODEL (smalti_compare_model_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiCompareModel, smalti_compare_model, SMALTI, COMPARE_MODEL, GtkWidget)

/* Signals: "changed": another layer is chosen, or its measurements are others. */
GtkWidget               *smalti_compare_model_new           (void);
void                     smalti_compare_model_fill          (SmaltiCompareModel  *self,
                                                             SmaltiComparison    *comparison);
/* (nullable), as long as the comparison is. */
const SmaltiComparedRun *smalti_compare_model_get_run       (SmaltiCompareModel  *self);
/* (nullable): %NULL: it is not measured. */
const SmaltiBenchmark   *smalti_compare_model_get_benchmark (SmaltiCompareModel  *self);
/* One more choice at the end of the row. */
void                     smalti_compare_model_add_choice    (SmaltiCompareModel  *self,
                                                             GtkWidget           *choice);
/* A sentence below, until another layer is chosen. */
void                     smalti_compare_model_tell          (SmaltiCompareModel  *self,
                                                             const char          *text);

G_END_DECLS
