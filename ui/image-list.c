/* SPDX-License-Identifier: Apache-2.0 */
/* Items are not kept: two of the same position are two objects, and nothing may compare them by address. */
#include "ui/image-list.h"

#include <glib/gi18n-lib.h>

struct _SmaltiImageItem
{
  GObject parent_instance;

  SmaltiDataset *dataset;
  guint64 number;
};

G_DEFINE_FINAL_TYPE (SmaltiImageItem, smalti_image_item, G_TYPE_OBJECT)

SmaltiDataset *
smalti_image_item_get_dataset (SmaltiImageItem *self)
{
  return self->dataset;
}

guint64
smalti_image_item_get_number (SmaltiImageItem *self)
{
  return self->number;
}

const char *
smalti_image_item_get_class (SmaltiImageItem *self)
{
  gint label = smalti_dataset_get_label (self->dataset, self->number);

  return label >= 0 ? smalti_dataset_get_class_name (self->dataset, label) : NULL;
}

char *
smalti_image_item_dup_name (SmaltiImageItem *self)
{
  g_autofree char *name = smalti_dataset_get_item_name (self->dataset, self->number);

  return g_path_get_basename (name);
}

char *
smalti_image_item_describe (SmaltiImageItem *self)
{
  g_autofree char *name = smalti_image_item_dup_name (self);
  const char *klass = smalti_image_item_get_class (self);

  /* Translators: a file and its class: "0001.jpg, forest" */
  return klass ? g_strdup_printf (_ ("%s, %s"), name, klass) : g_steal_pointer (&name);
}

static void
smalti_image_item_finalize (GObject *object)
{
  g_clear_object (&SMALTI_IMAGE_ITEM (object)->dataset);
  G_OBJECT_CLASS (smalti_image_item_parent_class)->finalize (object);
}

static void
smalti_image_item_class_init (SmaltiImageItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = smalti_image_item_finalize;
}

static void
smalti_image_item_init (SmaltiImageItem *self)
{
}

/* -- the list -- */

struct _SmaltiImageList
{
  GObject parent_instance;

  SmaltiDataset *dataset;
  guint32 *numbers; /* NULL: all */
  guint n;
};

static GType
get_item_type (GListModel *model)
{
  return SMALTI_TYPE_IMAGE_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return SMALTI_IMAGE_LIST (model)->n;
}

static gpointer
get_item (GListModel *model, guint position)
{
  SmaltiImageList *self = SMALTI_IMAGE_LIST (model);
  SmaltiImageItem *item;

  if (position >= self->n)
    return NULL;
  item = g_object_new (SMALTI_TYPE_IMAGE_ITEM, NULL);
  item->dataset = g_object_ref (self->dataset);
  item->number = smalti_image_list_number (self, position);
  return item;
}

static void
init_list_model (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (SmaltiImageList, smalti_image_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, init_list_model))

guint64
smalti_image_list_number (SmaltiImageList *self, guint position)
{
  return self->numbers ? self->numbers[position] : position;
}

static void
smalti_image_list_finalize (GObject *object)
{
  SmaltiImageList *self = SMALTI_IMAGE_LIST (object);

  g_clear_object (&self->dataset);
  g_free (self->numbers);
  G_OBJECT_CLASS (smalti_image_list_parent_class)->finalize (object);
}

static void
smalti_image_list_class_init (SmaltiImageListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = smalti_image_list_finalize;
}

static void
smalti_image_list_init (SmaltiImageList *self)
{
}

SmaltiImageList *
smalti_image_list_new (SmaltiDataset *dataset, gint klass, gint split)
{
  SmaltiImageList *self = g_object_new (SMALTI_TYPE_IMAGE_LIST, NULL);
  guint n_all = (guint)MIN (smalti_dataset_get_n_items (dataset), G_MAXUINT);

  self->dataset = g_object_ref (dataset);
  if (klass < 0 && split < 0)
    {
      self->n = n_all;
      return self;
    }
  self->numbers = g_new (guint32, MAX (n_all, 1));
  for (guint i = 0; i < n_all; i++)
    if ((klass < 0 || smalti_dataset_get_label (dataset, i) == klass)
        && (split < 0 || (gint)smalti_dataset_get_item_split (dataset, i) == split))
      self->numbers[self->n++] = i;
  self->numbers = g_renew (guint32, self->numbers, MAX (self->n, 1));
  return self;
}
