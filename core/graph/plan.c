/* SPDX-License-Identifier: Apache-2.0 */
/* Greedy by size: big buffers are the ones that are hard to place, so they choose first. Placed buffers are kept sorted
 * by offset, so one walk over those alive at the same time meets the gaps from low to high. */
#include "core/graph/plan.h"

#include <stdlib.h>

#define ALIGNMENT 64

static gsize
aligned (gsize n)
{
  return (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Largest first; of one size the earlier, then as given, so that a plan is the same wherever it is made. */
static gint
compare (gconstpointer a, gconstpointer b)
{
  const SmaltiPlanItem *one = *(SmaltiPlanItem *const *)a, *other = *(SmaltiPlanItem *const *)b;

  if (one->size != other->size)
    return one->size > other->size ? -1 : 1;
  if (one->first != other->first)
    return one->first < other->first ? -1 : 1;
  return (one > other) - (one < other);
}

gsize
smalti_plan_arena (SmaltiPlanItem *items, guint n_items)
{
  g_autofree SmaltiPlanItem **order = g_new (SmaltiPlanItem *, n_items);
  g_autofree SmaltiPlanItem **placed = g_new (SmaltiPlanItem *, n_items); /* by offset */
  guint n_placed = 0;
  gsize peak = 0;

  for (guint i = 0; i < n_items; i++)
    {
      items[i].offset = 0;
      order[i] = &items[i];
    }
  if (n_items > 1)
    qsort (order, n_items, sizeof order[0], compare);

  for (guint i = 0; i < n_items && order[i]->size > 0; i++)
    {
      SmaltiPlanItem *item = order[i];
      gsize size = aligned (item->size), offset = 0;
      guint at;

      for (guint j = 0; j < n_placed; j++)
        {
          const SmaltiPlanItem *other = placed[j];

          if (other->last < item->first || item->last < other->first)
            continue;
          if (offset + size <= other->offset)
            break;
          offset = MAX (offset, other->offset + aligned (other->size));
        }
      item->offset = offset;
      peak = MAX (peak, offset + size);

      for (at = n_placed; at > 0 && placed[at - 1]->offset > offset; at--)
        placed[at] = placed[at - 1];
      placed[at] = item;
      n_placed++;
    }
  return peak;
}
