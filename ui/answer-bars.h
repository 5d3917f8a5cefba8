/* SPDX-License-Identifier: Apache-2.0 */
/* What a network thinks of a puzzle: its most likely answers, each as the picture that it would make, with a bar of its
 * probability; the true one is marked. */
#pragma once

#include <gtk/gtk.h>

#include "core/pretext/pretext.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_ANSWER_BARS (smalti_answer_bars_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiAnswerBars, smalti_answer_bars, SMALTI, ANSWER_BARS, GtkWidget)

/* Whether @preview has what this widget shows: those of older versions lack the orders. */
gboolean   smalti_answer_bars_can_show    (const SmaltiPreview  *preview);
GtkWidget *smalti_answer_bars_new         (const SmaltiPreview  *preview);
void       smalti_answer_bars_set_preview (SmaltiAnswerBars     *self,
                                           const SmaltiPreview  *preview);

G_END_DECLS
