/* SPDX-License-Identifier: Apache-2.0 */
/* The benchmark of several runs side by side: a group of bars a layer, a bar a run, with 95% intervals as whiskers; a
 * legend; and the same as a table. */
#pragma once

#include <gtk/gtk.h>

#include "core/eval/benchmark.h"

G_BEGIN_DECLS

#define SMALTI_BENCHMARK_BARS_RUNS 8 /* at most */

typedef struct
{
  const char *layer;
  SmaltiShare share;
} SmaltiBar;

#define SMALTI_TYPE_BENCHMARK_BARS (smalti_benchmark_bars_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiBenchmarkBars, smalti_benchmark_bars, SMALTI, BENCHMARK_BARS, GtkWidget)

GtkWidget *smalti_benchmark_bars_new     (void);
void       smalti_benchmark_bars_clear   (SmaltiBenchmarkBars  *self);
/* Copies. A layer stands where it was first named; a run without a layer has a gap there. Runs have the palette's colours
 * in the order they are added in, which is also how other charts colour them. */
void       smalti_benchmark_bars_add_run (SmaltiBenchmarkBars  *self,
                                          const char           *title,
                                          const SmaltiBar      *bars,
                                          guint                 n_bars);

G_END_DECLS
