/* SPDX-License-Identifier: Apache-2.0 */
/* The presets that come with the program, in words. What is in them are the specs in resources/presets; here is what no spec
 * has: which of them belong to a method, in which order, and why one would choose them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *kind;        /* "quick-look", "small-images", "paper", "study" */
  const char *method;      /* its id */
  const char *title;       /* translatable */
  const char *description; /* one or two sentences, translatable */
} SmaltiPreset;

/* Terminated by one without a kind; those of a method in the order people should see them. */
const SmaltiPreset *smalti_presets          (void);
/* (nullable) */
const SmaltiPreset *smalti_preset_find      (const char          *method,
                                             const char          *kind);
/* The spec's text; free with g_free(). The program carries it: %NULL for a thread that outlives the program's end, when what it
 * carries is put away. */
char               *smalti_preset_load_yaml (const SmaltiPreset  *self);

G_END_DECLS
