/* SPDX-License-Identifier: Apache-2.0 */
/* What the specs of several runs differ in: a table, a row a setting, a column a run. */
#pragma once

#include "ui/compare-section.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_SPEC_DIFFERENCE (smalti_spec_difference_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiSpecDifference, smalti_spec_difference, SMALTI, SPEC_DIFFERENCE, SmaltiCompareSection)

G_END_DECLS
