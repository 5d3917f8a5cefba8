/* SPDX-License-Identifier: Apache-2.0 */
/* A picture without its colours, with those the network gives it, and with its own. */
#pragma once

#include "ui/triptych.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_COLOR_COMPARISON (smalti_color_comparison_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiColorComparison, smalti_color_comparison, SMALTI, COLOR_COMPARISON, SmaltiTriptych)

G_END_DECLS
