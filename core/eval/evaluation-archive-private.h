/* SPDX-License-Identifier: Apache-2.0 */
/* The archive's file, which one side writes and the other reads: tensors "label", "answer", "item" (n), "row" (n_kept),
 * "features" (n_kept, channels, height, width), and "path", "names" and "classes", bytes with a zero after each text. */
#pragma once

#include "core/eval/evaluation-archive.h"

G_BEGIN_DECLS

#define EVALUATION_FORMAT  "smalti evaluation"
#define EVALUATION_VERSION "1"
#define EVALUATION_PREFIX  "evaluation-"
#define EVALUATION_SUFFIX  ".safetensors"

static inline char *
smalti_evaluation_archive_path (const char *folder, const char *protocol, const char *layer)
{
  g_autofree char *name = g_strconcat (EVALUATION_PREFIX, protocol, "-", layer, EVALUATION_SUFFIX, NULL);

  return g_build_filename (folder, name, NULL);
}

G_END_DECLS
