/* SPDX-License-Identifier: Apache-2.0 */
/* The data set: a layout's scan put in order, limited, split and given a fingerprint. After opening only three things
 * change, each with its own guard: the cache, the list of unreadable items, and nothing else. */
#include "core/data/dataset.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/data/cache-private.h"
#include "core/data/dataset-private.h"
#include "core/data/scan-private.h"

const char *const smalti_layout_ids[]
    = { "auto", "folder", "class-folders", "tiny-imagenet", "places365", "cifar10", "cifar100", "stl10", NULL };

const SmaltiParam smalti_data_params[] = {
  { "path", N_ ("Folder"), N_ ("The folder that holds the images."), NULL, SMALTI_PARAM_PATH, "",
    .flags = SMALTI_PARAM_REQUIRED },
  { "layout", N_ ("Layout"), N_ ("How the folder is organised; found out by looking when auto."), NULL,
    SMALTI_PARAM_CHOICE, "auto", .choices = smalti_layout_ids, .flags = SMALTI_PARAM_ADVANCED },
  { "val_fraction", N_ ("Held out"),
    N_ ("Part of the images held out for validation, when the data set has no validation split of its own."), NULL,
    SMALTI_PARAM_FLOAT, "0.1", .min = 0.0, .max = 0.9, .flags = SMALTI_PARAM_ADVANCED },
  { "limit", N_ ("Image limit"),
    N_ ("Use only so many images, training and validation together in their proportion, chosen by the seed; 0 for "
        "all."),
    NULL, SMALTI_PARAM_INT, "0", .min = 0, .max = 4e9, .flags = SMALTI_PARAM_ADVANCED },
  { "cache_mb", N_ ("Image cache"), N_ ("Memory for decoded images, kept from one epoch to the next."), "MB",
    SMALTI_PARAM_INT, "512", .min = 0, .max = 1048576, .flags = SMALTI_PARAM_ADVANCED },
  { NULL },
};

/* A file of many pictures, open for as long as the data set lives. */
typedef struct
{
  gsize name;
  int fd;
} RecordFile;

struct _SmaltiDataset
{
  GObject parent_instance;

  SmaltiLayout layout;
  SmaltiScan *scan;
  guint32 *split[2];
  guint n_split[2];
  char *fingerprint;
  SmaltiImageCache *cache;
  RecordFile record_file[8];
  guint n_record_files;

  GMutex unreadable_lock;
  GHashTable *unreadable; /* item -> reason */
  GPtrArray *unreadable_lines;
};

G_DEFINE_FINAL_TYPE (SmaltiDataset, smalti_dataset, G_TYPE_OBJECT)

static void
smalti_dataset_finalize (GObject *object)
{
  SmaltiDataset *self = SMALTI_DATASET (object);

  for (guint i = 0; i < self->n_record_files; i++)
    close (self->record_file[i].fd);
  g_clear_pointer (&self->cache, smalti_image_cache_free);
  g_clear_pointer (&self->scan, smalti_scan_free);
  g_free (self->split[0]);
  g_free (self->split[1]);
  g_free (self->fingerprint);
  g_hash_table_unref (self->unreadable);
  g_ptr_array_unref (self->unreadable_lines);
  g_mutex_clear (&self->unreadable_lock);
  G_OBJECT_CLASS (smalti_dataset_parent_class)->finalize (object);
}

static void
smalti_dataset_class_init (SmaltiDatasetClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = smalti_dataset_finalize;
}

static void
smalti_dataset_init (SmaltiDataset *self)
{
  g_mutex_init (&self->unreadable_lock);
  self->unreadable = g_hash_table_new_full (NULL, NULL, NULL, NULL);
  self->unreadable_lines = g_ptr_array_new_with_free_func (g_free);
}

static SmaltiItem *
get_item (SmaltiDataset *self, guint64 item)
{
  g_assert (item < self->scan->items->len);
  return &g_array_index (self->scan->items, SmaltiItem, item);
}

/* Opening */

static int
compare_items (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const SmaltiItem *first = a, *second = b;
  const SmaltiScan *scan = user_data;
  int order = 0;

  if (first->name != second->name)
    order = strcmp (smalti_scan_name (scan, first->name), smalti_scan_name (scan, second->name));
  return order != 0 ? order : (first->record > second->record) - (first->record < second->record);
}

/* A number that only the item's name and the seed decide; @purpose keeps the split's and the limit's draws apart. */
static guint64
lot_of (const SmaltiScan *scan, const SmaltiItem *item, guint64 seed, guint32 purpose)
{
  const char *name = smalti_scan_name (scan, item->name);
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325); /* FNV-1a */
  SmaltiRandom random;
  guint64 high;

  for (; *name != '\0'; name++)
    hash = (hash ^ (guint8)*name) * G_GUINT64_CONSTANT (0x100000001b3);
  for (guint shift = 0; shift < 32; shift += 8)
    hash = (hash ^ ((item->record >> shift) & 0xff)) * G_GUINT64_CONSTANT (0x100000001b3);
  smalti_random_init (&random, seed, SMALTI_STREAM_SPLIT, purpose, hash);
  high = smalti_random_u32 (&random);
  return high << 32 | smalti_random_u32 (&random);
}

enum
{
  FOR_SPLIT,
  FOR_LIMIT
};

typedef struct
{
  guint64 lot;
  guint32 item;
} Lot;

static int
compare_lots (gconstpointer a, gconstpointer b)
{
  const Lot *first = a, *second = b;

  if (first->lot != second->lot)
    return first->lot < second->lot ? -1 : 1;
  return (first->item > second->item) - (first->item < second->item);
}

/* Keeps the @keep items of @split (or of all, when @split is -1) with the lowest lots. */
static void
mark_kept (SmaltiScan *scan, guint64 seed, int split, guint64 keep, guint8 *kept)
{
  g_autoptr (GArray) lots = g_array_new (FALSE, FALSE, sizeof (Lot));

  for (guint i = 0; i < scan->items->len; i++)
    {
      const SmaltiItem *item = &g_array_index (scan->items, SmaltiItem, i);
      Lot lot = { .lot = lot_of (scan, item, seed, FOR_LIMIT), .item = i };

      if (split < 0 || (int)item->split == split)
        g_array_append_val (lots, lot);
    }
  g_array_sort (lots, compare_lots);
  for (guint i = 0; i < MIN (keep, lots->len); i++)
    kept[g_array_index (lots, Lot, i).item] = 1;
}

static void
limit_items (SmaltiScan *scan, guint64 seed, guint64 limit)
{
  g_autofree guint8 *kept = NULL;
  guint64 n = scan->items->len, n_val = 0;
  guint to = 0;

  if (limit == 0 || limit >= n)
    return;
  kept = g_new0 (guint8, n);
  for (guint i = 0; i < n; i++)
    n_val += g_array_index (scan->items, SmaltiItem, i).split == SMALTI_SPLIT_VAL;
  if (scan->own_val && n_val > 0 && n_val < n && limit > 1)
    {
      guint64 keep_val = CLAMP ((n_val * limit + n / 2) / n, 1, limit - 1);

      mark_kept (scan, seed, SMALTI_SPLIT_VAL, keep_val, kept);
      mark_kept (scan, seed, SMALTI_SPLIT_TRAIN, limit - keep_val, kept);
    }
  else
    mark_kept (scan, seed, -1, limit, kept);
  for (guint i = 0; i < n; i++)
    if (kept[i])
      g_array_index (scan->items, SmaltiItem, to++) = g_array_index (scan->items, SmaltiItem, i);
  g_array_set_size (scan->items, to);
}

/* By lots, so that adding images moves none of the others across; but neither side stays empty if it can be helped. */
static void
draw_split (SmaltiScan *scan, guint64 seed, double fraction)
{
  guint64 lowest = G_MAXUINT64, highest = 0;
  guint lowest_item = 0, highest_item = 0, n_val = 0;

  for (guint i = 0; i < scan->items->len; i++)
    {
      SmaltiItem *item = &g_array_index (scan->items, SmaltiItem, i);
      guint64 lot = lot_of (scan, item, seed, FOR_SPLIT);

      item->split = ldexp ((double)(lot >> 11), -53) < fraction ? SMALTI_SPLIT_VAL : SMALTI_SPLIT_TRAIN;
      n_val += item->split == SMALTI_SPLIT_VAL;
      if (lot <= lowest)
        lowest = lot, lowest_item = i;
      if (lot >= highest)
        highest = lot, highest_item = i;
    }
  if (fraction <= 0.0 || scan->items->len < 2)
    return;
  if (n_val == 0)
    g_array_index (scan->items, SmaltiItem, lowest_item).split = SMALTI_SPLIT_VAL;
  else if (n_val == scan->items->len)
    g_array_index (scan->items, SmaltiItem, highest_item).split = SMALTI_SPLIT_TRAIN;
}

static void
list_splits (SmaltiDataset *self)
{
  GArray *items = self->scan->items;

  for (int split = 0; split < 2; split++)
    self->split[split] = g_new (guint32, items->len + 1);
  for (guint i = 0; i < items->len; i++)
    {
      SmaltiSplit split = get_item (self, i)->split;

      self->split[split][self->n_split[split]++] = i;
    }
}

static void
take_fingerprint (SmaltiDataset *self)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint i = 0; i < self->scan->items->len; i++)
    {
      const SmaltiItem *item = get_item (self, i);
      const char *name = smalti_scan_name (self->scan, item->name);
      guint64 fact[3] = { GUINT64_TO_LE (item->size), GUINT64_TO_LE ((guint64)item->record),
                          GUINT64_TO_LE ((guint64)(gint64)item->label) };

      g_checksum_update (sum, (const guchar *)name, strlen (name) + 1);
      g_checksum_update (sum, (const guchar *)fact, sizeof fact);
    }
  self->fingerprint = g_strdup (g_checksum_get_string (sum));
}

static gboolean
open_record_files (SmaltiDataset *self, GError **error)
{
  gsize last = G_MAXSIZE;

  for (guint i = 0; self->scan->records.n_bytes > 0 && i < self->scan->items->len; i++)
    {
      gsize name = get_item (self, i)->name;
      g_autofree char *path = NULL;
      int fd;

      if (name == last)
        continue;
      last = name;
      path = smalti_scan_path (self->scan, smalti_scan_name (self->scan, name));
      fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
      if (fd < 0)
        {
          g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA, "%s: %s.", path, g_strerror (errno));
          return FALSE;
        }
      g_assert (self->n_record_files < G_N_ELEMENTS (self->record_file));
      self->record_file[self->n_record_files++] = (RecordFile){ .name = name, .fd = fd };
    }
  return TRUE;
}

static SmaltiLayout
detect (const SmaltiScan *scan)
{
  /* From the most to the least particular. */
  static const SmaltiLayout order[]
      = { SMALTI_LAYOUT_CIFAR10,       SMALTI_LAYOUT_CIFAR100,  SMALTI_LAYOUT_STL10,
          SMALTI_LAYOUT_TINY_IMAGENET, SMALTI_LAYOUT_PLACES365, SMALTI_LAYOUT_CLASS_FOLDERS };

  for (gsize i = 0; i < G_N_ELEMENTS (order); i++)
    if (smalti_layout_class (order[i])->detect (scan))
      return order[i];
  return SMALTI_LAYOUT_FOLDER;
}

static gboolean
check_folder (const char *path, GError **error)
{
  g_autofree char *display = g_filename_display_name (path);

  if (*path == '\0')
    g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_DATA, _ ("No data folder is given: set data.path."));
  else if (!g_file_test (path, G_FILE_TEST_EXISTS))
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA, _ ("There is no folder “%s”."), display);
  else if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA, _ ("“%s” is not a folder."), display);
  else
    return TRUE;
  return FALSE;
}

static void
fail_empty (const SmaltiScan *scan, gboolean automatic, SmaltiLayout layout, GError **error)
{
  g_autofree char *display = g_filename_display_name (scan->root);

  if (scan->complaints->len > 0)
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA,
                 _ ("No image was found in “%s”; not all of it can be read: %s."), display,
                 (const char *)scan->complaints->pdata[0]);
  else if (automatic)
    g_set_error (
        error, SMALTI_ERROR, SMALTI_ERROR_DATA,
        _ ("No image was found in “%s”: looked for %s, and for the files of Tiny ImageNet, Places365, CIFAR and "
           "STL-10."),
        display, smalti_layout_folder.expects);
  else
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA, _ ("“%s” is not laid out as “%s”: looked for %s."), display,
                 smalti_layout_id (layout), smalti_layout_class (layout)->expects);
}

SmaltiDataset *
smalti_dataset_open (const SmaltiValues *values, guint64 seed, GCancellable *cancellable, SmaltiScanProgress progress,
                     gpointer user_data, GError **error)
{
  g_autoptr (SmaltiDataset) self = g_object_new (SMALTI_TYPE_DATASET, NULL);
  const char *path = smalti_values_get_string (values, "path");
  SmaltiLayout chosen = smalti_values_get_choice (values, "layout");
  SmaltiScan *scan;

  if (!check_folder (path, error))
    return NULL;
  self->scan = scan = smalti_scan_new (path, cancellable, progress, user_data);
  self->layout = chosen == SMALTI_LAYOUT_AUTO ? detect (scan) : chosen;
  /* Asked for by name, a layout that is not there would fail on some file; what it looks like says more. */
  if (!smalti_layout_class (self->layout)->detect (scan) && self->layout != SMALTI_LAYOUT_CLASS_FOLDERS)
    {
      fail_empty (scan, FALSE, self->layout, error);
      return NULL;
    }
  if (!smalti_layout_class (self->layout)->scan (scan, error))
    return NULL;
  if (scan->items->len == 0)
    {
      fail_empty (scan, chosen == SMALTI_LAYOUT_AUTO, self->layout, error);
      return NULL;
    }
  if (progress != NULL)
    progress (scan->items->len, user_data);

  g_array_sort_with_data (scan->items, compare_items, scan);
  limit_items (scan, seed, smalti_values_get_int (values, "limit"));
  if (!scan->own_val)
    draw_split (scan, seed, smalti_values_get_float (values, "val_fraction"));
  list_splits (self);
  take_fingerprint (self);
  if (!open_record_files (self, error))
    return NULL;
  for (guint i = 0; i < scan->complaints->len; i++)
    g_ptr_array_add (self->unreadable_lines, g_strdup (scan->complaints->pdata[i]));
  self->cache = smalti_image_cache_new (scan->items->len, (guint64)smalti_values_get_int (values, "cache_mb") << 20);

  /* The scan's callers are gone after this. */
  scan->cancellable = NULL;
  scan->progress = NULL;
  return g_steal_pointer (&self);
}

/* What is known */

SmaltiLayout
smalti_dataset_get_layout (SmaltiDataset *self)
{
  g_return_val_if_fail (SMALTI_IS_DATASET (self), SMALTI_LAYOUT_AUTO);
  return self->layout;
}

const char *
smalti_dataset_get_path (SmaltiDataset *self)
{
  g_return_val_if_fail (SMALTI_IS_DATASET (self), NULL);
  return self->scan->root;
}

guint64
smalti_dataset_get_n_items (SmaltiDataset *self)
{
  g_return_val_if_fail (SMALTI_IS_DATASET (self), 0);
  return self->scan->items->len;
}

guint
smalti_dataset_get_n_classes (SmaltiDataset *self)
{
  g_return_val_if_fail (SMALTI_IS_DATASET (self), 0);
  return self->scan->class_names->len;
}

const char *
smalti_dataset_get_class_name (SmaltiDataset *self, guint klass)
{
  g_return_val_if_fail (SMALTI_IS_DATASET (self) && klass < self->scan->class_names->len, NULL);
  return self->scan->class_names->pdata[klass];
}

gint
smalti_dataset_get_label (SmaltiDataset *self, guint64 item)
{
  return get_item (self, item)->label;
}

char *
smalti_dataset_get_item_name (SmaltiDataset *self, guint64 item)
{
  const SmaltiItem *it = get_item (self, item);
  g_autofree char *name = g_filename_display_name (smalti_scan_name (self->scan, it->name));

  if (self->scan->records.n_bytes == 0)
    return g_steal_pointer (&name);
  return g_strdup_printf ("%s #%u", name, it->record);
}

char *
smalti_dataset_get_item_path (SmaltiDataset *self, guint64 item)
{
  if (self->scan->records.n_bytes > 0)
    return NULL;
  return smalti_scan_path (self->scan, smalti_scan_name (self->scan, get_item (self, item)->name));
}

SmaltiSplit
smalti_dataset_get_item_split (SmaltiDataset *self, guint64 item)
{
  return get_item (self, item)->split;
}

const guint32 *
smalti_dataset_get_split (SmaltiDataset *self, SmaltiSplit split, guint *n)
{
  *n = self->n_split[split];
  return self->split[split];
}

const char *
smalti_dataset_get_fingerprint (SmaltiDataset *self)
{
  return self->fingerprint;
}

/* Reading */

static int
record_fd (SmaltiDataset *self, gsize name)
{
  for (guint i = 0; i < self->n_record_files; i++)
    if (self->record_file[i].name == name)
      return self->record_file[i].fd;
  g_assert_not_reached ();
}

static SmaltiImage *
read_record (SmaltiDataset *self, guint64 item, GError **error)
{
  const SmaltiItem *it = get_item (self, item);
  const SmaltiRecords *records = &self->scan->records;
  gsize n = (gsize)records->side * records->side;
  off_t at = (off_t)it->record * records->n_bytes + records->offset;
  g_autofree guint8 *planes = g_malloc (n * 3);
  SmaltiImage *image;

  for (gsize got = 0; got < n * 3;)
    {
      gssize step = pread (record_fd (self, it->name), planes + got, n * 3 - got, at + got);

      if (step <= 0 && !(step < 0 && errno == EINTR))
        {
          g_autofree char *name = smalti_dataset_get_item_name (self, item);

          g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA, "%s: %s.", name,
                       step < 0 ? g_strerror (errno) : _ ("the file ends before this picture does"));
          return NULL;
        }
      got += MAX (step, 0);
    }
  image = smalti_image_new (records->side, records->side);
  for (gint y = 0; y < records->side; y++)
    for (gint x = 0; x < records->side; x++)
      for (gsize c = 0; c < 3; c++)
        image->pixels[((gsize)y * records->side + x) * 3 + c]
            = planes[c * n + (records->by_columns ? (gsize)x * records->side + y : (gsize)y * records->side + x)];
  return image;
}

static char *
known_reason (SmaltiDataset *self, guint64 item)
{
  char *reason;

  g_mutex_lock (&self->unreadable_lock);
  reason = g_strdup (g_hash_table_lookup (self->unreadable, GSIZE_TO_POINTER (item)));
  g_mutex_unlock (&self->unreadable_lock);
  return reason;
}

SmaltiImage *
smalti_dataset_decode (SmaltiDataset *self, guint64 item, gint min_side, GError **error)
{
  g_autofree char *reason = known_reason (self, item);
  g_autofree char *path = NULL;

  if (reason != NULL)
    {
      g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_DATA, reason);
      return NULL;
    }
  if (self->scan->records.n_bytes > 0)
    return read_record (self, item, error);
  path = smalti_scan_path (self->scan, smalti_scan_name (self->scan, get_item (self, item)->name));
  return smalti_image_load (path, min_side, error);
}

SmaltiImage *
smalti_dataset_load (SmaltiDataset *self, guint64 item, gint min_side, GError **error)
{
  SmaltiImage *image;

  g_assert (item < self->scan->items->len);
  image = smalti_image_cache_get (self->cache, item, min_side);
  if (image != NULL)
    return image;
  image = smalti_dataset_decode (self, item, min_side, error);
  if (image != NULL)
    smalti_image_cache_put (self->cache, item, image);
  return image;
}

guint64
smalti_dataset_get_cache_limit (SmaltiDataset *self)
{
  return smalti_image_cache_limit (self->cache);
}

void
smalti_dataset_mark_unreadable (SmaltiDataset *self, guint64 item, const char *reason)
{
  g_mutex_lock (&self->unreadable_lock);
  if (!g_hash_table_contains (self->unreadable, GSIZE_TO_POINTER (item)))
    {
      g_autofree char *name = smalti_dataset_get_item_name (self, item);
      /* Messages from loading name the file already. */
      char *line = strstr (reason, name) != NULL ? g_strdup (reason) : g_strdup_printf ("%s: %s", name, reason);

      g_ptr_array_add (self->unreadable_lines, line);
      g_hash_table_insert (self->unreadable, GSIZE_TO_POINTER (item), line);
    }
  g_mutex_unlock (&self->unreadable_lock);
}

guint64
smalti_dataset_get_n_unreadable (SmaltiDataset *self)
{
  guint64 n;

  g_mutex_lock (&self->unreadable_lock);
  n = self->unreadable_lines->len;
  g_mutex_unlock (&self->unreadable_lock);
  return n;
}

static int
compare_lines (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

char **
smalti_dataset_get_unreadable (SmaltiDataset *self)
{
  char **lines;

  g_mutex_lock (&self->unreadable_lock);
  lines = g_new0 (char *, self->unreadable_lines->len + 1);
  for (guint i = 0; i < self->unreadable_lines->len; i++)
    lines[i] = g_strdup (self->unreadable_lines->pdata[i]);
  /* Threads find them in any order. */
  g_qsort_with_data (lines, self->unreadable_lines->len, sizeof *lines, compare_lines, NULL);
  g_mutex_unlock (&self->unreadable_lock);
  return lines;
}

char *
smalti_dataset_first_reason (SmaltiDataset *self)
{
  g_auto (GStrv) lines = smalti_dataset_get_unreadable (self);

  return g_strdup (lines[0] != NULL ? lines[0] : "");
}
