/* SPDX-License-Identifier: Apache-2.0 */
/* The linear benchmark or k-NN, a row a layer: top-1 with its 95% interval, as a number and as a bar. */
#pragma once

#include <gtk/gtk.h>

#include "core/eval/benchmark.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_BENCHMARK_TABLE (smalti_benchmark_table_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiBenchmarkTable, smalti_benchmark_table, SMALTI, BENCHMARK_TABLE, GtkWidget)

/* @benchmarks: (element-type SmaltiBenchmark): copied from. */
void smalti_benchmark_table_set (SmaltiBenchmarkTable  *self,
                                 GPtrArray             *benchmarks);

G_END_DECLS
