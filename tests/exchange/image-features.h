/* SPDX-License-Identifier: Apache-2.0 */
/* What an entry of the store makes of one image, by the way that the benchmark goes: checkpoint, frozen trunk, loader.
 */
#pragma once

#include "core/eval/features.h"

G_BEGIN_DECLS

#define FEATURES_SIDE 96

/* A folder of images whose one held-out image has, at (x, y), red 7 x + 3 y, green x y, blue 5 x + 11 y + 64 (modulo
 * 256). */
void features_write_image (const char *folder);
/* Every layer whole, not pooled, of that image in f32. */
SmaltiFeatureSet *features_of (const char *store, gint64 run, const char *images);

G_END_DECLS
