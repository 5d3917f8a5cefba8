/* SPDX-License-Identifier: Apache-2.0 */
/* How good the features of each layer are, run by run, and whether that may be compared. */
#pragma once

#include "ui/compare-section.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_COMPARE_BENCHMARK (smalti_compare_benchmark_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiCompareBenchmark, smalti_compare_benchmark, SMALTI, COMPARE_BENCHMARK, SmaltiCompareSection)

G_END_DECLS
