/* SPDX-License-Identifier: Apache-2.0 */
/* Both the old and the new list are sorted by falling id, so the difference is one merge; neighbouring arrivals and
 * departures are announced together. */
#include "ui/run-list.h"

struct _SmaltiRunList
{
  GObject parent_instance;

  GPtrArray *items; /* of SmaltiRunItem */
};

static guint items_updated;

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SmaltiRunList, smalti_run_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static GType
get_item_type (GListModel *model)
{
  return SMALTI_TYPE_RUN_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return SMALTI_RUN_LIST (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  SmaltiRunList *self = SMALTI_RUN_LIST (model);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static gint64
id_at (SmaltiRunList *self, guint i)
{
  return i < self->items->len ? smalti_run_item_get_id (self->items->pdata[i]) : G_MININT64;
}

static const SmaltiRunInfo *
info_at (GPtrArray *infos, guint i)
{
  return infos->pdata[i];
}

void
smalti_run_list_take (SmaltiRunList *self, GPtrArray *infos, gint64 read_at)
{
  g_return_if_fail (SMALTI_IS_RUN_LIST (self));

  guint i = 0, next = 0;
  gboolean updated = FALSE;

  while (i < self->items->len || next < infos->len)
    {
      guint removed = 0, first = next;

      /* Up to the next run that is in both. */
      while (i + removed < self->items->len || next < infos->len)
        {
          gint64 old = id_at (self, i + removed), new = next < infos->len ? info_at (infos, next)->id : G_MININT64;

          if (old == new)
            break;
          if (new > old)
            next++;
          else
            removed++;
        }

      guint added = next - first;

      if (removed > 0)
        g_ptr_array_remove_range (self->items, i, removed);
      for (guint k = 0; k < added; k++)
        g_ptr_array_insert (self->items, i + k, smalti_run_item_new (info_at (infos, first + k)));
      if (removed + added > 0)
        g_list_model_items_changed (G_LIST_MODEL (self), i, removed, added);
      i += added;
      if (next < infos->len)
        updated |= smalti_run_item_take_info (self->items->pdata[i++], info_at (infos, next++), read_at);
    }
  if (updated)
    g_signal_emit (self, items_updated, 0);
}

/* By halves, as ids fall. */
SmaltiRunItem *
smalti_run_list_find (SmaltiRunList *self, gint64 id, guint *position)
{
  guint low = 0, high = self->items->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (id_at (self, middle) > id)
        low = middle + 1;
      else
        high = middle;
    }
  if (id_at (self, low) != id)
    return NULL;
  if (position)
    *position = low;
  return self->items->pdata[low];
}

static void
smalti_run_list_finalize (GObject *object)
{
  g_ptr_array_unref (SMALTI_RUN_LIST (object)->items);
  G_OBJECT_CLASS (smalti_run_list_parent_class)->finalize (object);
}

static void
smalti_run_list_class_init (SmaltiRunListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = smalti_run_list_finalize;
  items_updated
      = g_signal_new ("items-updated", SMALTI_TYPE_RUN_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
smalti_run_list_init (SmaltiRunList *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}

SmaltiRunList *
smalti_run_list_new (void)
{
  return g_object_new (SMALTI_TYPE_RUN_LIST, NULL);
}
