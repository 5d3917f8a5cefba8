/* SPDX-License-Identifier: Apache-2.0 */
/* The curves of several runs in common plots; what is under way grows. */
#pragma once

#include "ui/compare-section.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_COMPARE_CURVES (smalti_compare_curves_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiCompareCurves, smalti_compare_curves, SMALTI, COMPARE_CURVES, SmaltiCompareSection)

G_END_DECLS
