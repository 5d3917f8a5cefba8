/* SPDX-License-Identifier: Apache-2.0 */
/* What one layer of one run takes for what, and the images behind each number. */
#pragma once

#include "ui/compare-section.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_COMPARE_CONFUSION (smalti_compare_confusion_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiCompareConfusion, smalti_compare_confusion, SMALTI, COMPARE_CONFUSION, SmaltiCompareSection)

G_END_DECLS
