/* SPDX-License-Identifier: Apache-2.0 */
/* A run small enough to be done in a second or two: puzzles of four tiles on the built-in sample. */
#pragma once

#include "core/run/checkpoint.h"
#include "core/run/engine.h"

G_BEGIN_DECLS

/* Names the folder that holds the sample; written when it is not there. */
void tiny_write_sample (const char *folder);
/* Puzzles on @data; more settings as pairs of key and value, %NULL-terminated. */
SmaltiSpec *tiny_spec (const char *data, ...) G_GNUC_NULL_TERMINATED;
/* SHA-256 over the weights in the run's checkpoint, as text; free with g_free(). */
char *tiny_hash (const char *store, gint64 run);

G_END_DECLS
