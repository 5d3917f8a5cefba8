/* SPDX-License-Identifier: Apache-2.0 */
/* A searchable checklist of runs. */
#pragma once

#include "ui/run-list.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_COMPARE_CHOOSER (smalti_compare_chooser_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiCompareChooser, smalti_compare_chooser, SMALTI, COMPARE_CHOOSER, GtkWidget)

/* Signals: "toggled" (gint64 run, gboolean chosen): a person has; answered by set_chosen(). */
void smalti_compare_chooser_set_runs   (SmaltiCompareChooser *self,
                                        SmaltiRunList        *runs);
/* Those that have a tick. With as many as @most no other can be chosen. */
void smalti_compare_chooser_set_chosen (SmaltiCompareChooser *self,
                                        const gint64         *runs,
                                        guint                 n_runs,
                                        guint                 most);
/* As it is to be when it is opened: nothing sought. */
void smalti_compare_chooser_reset      (SmaltiCompareChooser *self);

G_END_DECLS
