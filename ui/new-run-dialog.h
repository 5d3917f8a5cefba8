/* SPDX-License-Identifier: Apache-2.0 */
/* The few questions before a run: which pictures, which method, how long. Everything else comes from a preset; the full
 * form is another page's. */
#pragma once

#include <adwaita.h>

#include "core/run/spec.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_NEW_RUN_DIALOG (smalti_new_run_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiNewRunDialog, smalti_new_run_dialog, SMALTI, NEW_RUN_DIALOG, AdwWindow)

/* Signal "start" (SmaltiSpec, gboolean sample): the spec is checked; with @sample, its pictures have yet to be drawn at
 * @sample_path. The dialog closes itself. */
SmaltiNewRunDialog *smalti_new_run_dialog_new        (GtkWindow           *parent,
                                                      const char          *sample_path);
/* Chosen, as if by the button; %NULL: the sample. */
void                smalti_new_run_dialog_set_folder (SmaltiNewRunDialog  *self,
                                                      GFile               *folder);
/* @reason (nullable): why nothing can be started now. */
void                smalti_new_run_dialog_set_busy   (SmaltiNewRunDialog  *self,
                                                      const char          *reason);

G_END_DECLS
