/* SPDX-License-Identifier: Apache-2.0 */
/* A test image and what each run finds most like it. */
#pragma once

#include "ui/compare-section.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_COMPARE_NEIGHBOURS (smalti_compare_neighbours_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiCompareNeighbours, smalti_compare_neighbours, SMALTI, COMPARE_NEIGHBOURS,
                      SmaltiCompareSection)

G_END_DECLS
