/* SPDX-License-Identifier: Apache-2.0 */
/* The arithmetic of an axis: ticks at 1, 2 or 5 times a power of ten, and numbers written no longer than they need be. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The step (1, 2 or 5 times a power of ten) at which at most @max_ticks ticks fall into @span; @span > 0. */
gdouble smalti_axis_step   (gdouble  span,
                            guint    max_ticks);
/* The same for counts: never below 1. */
gdouble smalti_axis_whole_step (gdouble span,
                                guint   max_ticks);
/* @value as a tick of an axis that goes by @step: "0.25", "1.5k", "20M"; free with g_free(). */
char   *smalti_axis_format (gdouble  value,
                            gdouble  step);
/* A value on its own, to four significant digits; free with g_free(). */
char   *smalti_axis_format_value (gdouble value);
/* Widens [*low, *high] to whole steps, so that curves never touch the frame; a range of nothing becomes one about it. */
void    smalti_axis_round  (gdouble *low,
                            gdouble *high,
                            guint    max_ticks);

G_END_DECLS
