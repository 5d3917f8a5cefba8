/* SPDX-License-Identifier: Apache-2.0 */
/* The few questions before a run's features are measured: on which labelled pictures, and how. */
#pragma once

#include <adwaita.h>

#include "core/run/spec.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_MEASURE_DIALOG (smalti_measure_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiMeasureDialog, smalti_measure_dialog, SMALTI, MEASURE_DIALOG, AdwWindow)

/* @spec: of the run: its evaluation's settings are what the dialog starts from. Signal "measure" (SmaltiValues, of
 * smalti_eval_params); the dialog closes itself. */
SmaltiMeasureDialog *smalti_measure_dialog_new      (GtkWindow            *parent,
                                                     SmaltiSpec           *spec);
/* @reason (nullable): why nothing can be measured now. */
void                 smalti_measure_dialog_set_busy (SmaltiMeasureDialog  *self,
                                                     const char           *reason);

G_END_DECLS
