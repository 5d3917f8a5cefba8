/* SPDX-License-Identifier: Apache-2.0 */
/* The arithmetic of an axis: ticks at 1, 2 or 5 times a power of ten (of times of day: at what clocks show), and numbers
 * written no longer than they need be. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What an axis counts, which decides where ticks may lie and how they are written. */
typedef enum
{
  SMALTI_AXIS_NUMBER,
  SMALTI_AXIS_COUNT, /* whole numbers */
  SMALTI_AXIS_SHARE, /* 0 .. 1, written as percent */
  SMALTI_AXIS_TIME,  /* seconds */
} SmaltiAxisUnit;

typedef struct
{
  gdouble value;
  char *label; /* %NULL: between two that have one */
} SmaltiTick;

/* The step (1, 2 or 5 times a power of ten) at which at most @max_ticks ticks fall into @span; @span > 0. */
gdouble smalti_axis_step   (gdouble  span,
                            guint    max_ticks);
/* The same for counts: never below 1. */
gdouble smalti_axis_whole_step (gdouble span,
                                guint   max_ticks);
/* The same for seconds: also 15 and 30 seconds or minutes, 3, 6 and 12 hours, days. */
gdouble smalti_axis_time_step (gdouble span,
                               guint   max_ticks);
/* @value as a tick of an axis that goes by @step: "0.25", "1.5k", "20M", "2×10⁻⁵"; free with g_free(). */
char   *smalti_axis_format (gdouble  value,
                            gdouble  step);
/* A value on its own, to four significant digits; free with g_free(). */
char   *smalti_axis_format_value (gdouble value);
/* Seconds as a tick of an axis that goes by @step: "45 s", "1:30 min", "2:05 h", "3 d"; free with g_free(). */
char   *smalti_axis_format_time (gdouble seconds,
                                 gdouble step);
/* Widens [*low, *high] to whole steps, so that curves never touch the frame; a range of nothing becomes one about it. */
void    smalti_axis_round  (gdouble *low,
                            gdouble *high,
                            guint    max_ticks);
/* The same for a logarithmic axis, to 1, 2 or 5 times a power of ten; 0 < *low <= *high. */
void    smalti_axis_round_log (gdouble *low,
                               gdouble *high,
                               guint    max_ticks);

/**
 * smalti_axis_ticks:
 * @logarithmic: 0 < @low; labels at powers of ten, or at 1, 2 and 5 times them where there is room
 *
 * The ticks that lie in [@low, @high], in order, labels of at most about @max_ticks of them.
 *
 * Returns: (transfer full) (element-type SmaltiTick)
 */
GArray *smalti_axis_ticks  (SmaltiAxisUnit unit,
                            gboolean       logarithmic,
                            gdouble        low,
                            gdouble        high,
                            guint          max_ticks);

G_END_DECLS
