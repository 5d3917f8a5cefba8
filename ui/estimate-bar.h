/* SPDX-License-Identifier: Apache-2.0 */
/* What a run of a draft would cost: the network's size and its memory a moment after a change, and, when nothing changes for a
 * while, the time, measured by a few steps. What does not fit is told, with the batch that would. */
#pragma once

#include <gtk/gtk.h>

#include "ui/spec-draft.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_ESTIMATE_BAR (smalti_estimate_bar_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiEstimateBar, smalti_estimate_bar, SMALTI, ESTIMATE_BAR, GtkWidget)

/* Once. */
void     smalti_estimate_bar_set_draft    (SmaltiEstimateBar  *self,
                                           SmaltiSpecDraft    *draft);
/* Of the draft's pictures; 0: none, or not known yet. */
void     smalti_estimate_bar_set_classes  (SmaltiEstimateBar  *self,
                                           guint               n_classes);
/* @pictures: whether there are any to measure with; @free: whether nothing else is at work; @shown: whether anybody looks. */
void     smalti_estimate_bar_set_state    (SmaltiEstimateBar  *self,
                                           gboolean            pictures,
                                           gboolean            free,
                                           gboolean            shown);

G_END_DECLS
