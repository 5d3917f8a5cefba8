/* SPDX-License-Identifier: Apache-2.0 */
/* A puzzle: shuffled, as the network would put it, and the truth, the tiles it got wrong marked. */
#pragma once

#include "ui/triptych.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_PUZZLE_VIEW (smalti_puzzle_view_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiPuzzleView, smalti_puzzle_view, SMALTI, PUZZLE_VIEW, SmaltiTriptych)

G_END_DECLS
