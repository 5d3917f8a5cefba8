/* SPDX-License-Identifier: Apache-2.0 */
/* The features of one layer of one run in two dimensions. */
#pragma once

#include "ui/compare-section.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_COMPARE_MAP (smalti_compare_map_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiCompareMap, smalti_compare_map, SMALTI, COMPARE_MAP, SmaltiCompareSection)

G_END_DECLS
