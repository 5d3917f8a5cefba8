/* SPDX-License-Identifier: Apache-2.0 */
/* Memory planning: intervals of life -> places in one arena. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A buffer that is alive from step @first to step @last, both included. @offset is the answer, 64-byte aligned. */
typedef struct
{
  gsize size;
  guint first;
  guint last;
  gsize offset;
} SmaltiPlanItem;

/**
 * smalti_plan_arena:
 *
 * Greedy by size, largest first, each at the lowest offset where no buffer alive at the same time lies (Pisarchyk & Lee
 * 2020, arXiv:2001.03288, "greedy by size"). Buffers of size 0 get offset 0.
 *
 * Returns: bytes the arena needs: the peak
 */
gsize smalti_plan_arena (SmaltiPlanItem *items,
                         guint           n_items);

G_END_DECLS
