/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of images and what is known of it: layout, classes, splits, sizes, unreadable files. */
#pragma once

#include <gio/gio.h>

#include "core/base/param.h"
#include "core/image/image.h"

G_BEGIN_DECLS

typedef enum
{
  SMALTI_LAYOUT_AUTO,
  SMALTI_LAYOUT_FOLDER,        /* any images below it, without labels */
  SMALTI_LAYOUT_CLASS_FOLDERS, /* torchvision's ImageFolder, with train/ and val/ (or test/) when they are there */
  SMALTI_LAYOUT_TINY_IMAGENET,
  SMALTI_LAYOUT_PLACES365,
  SMALTI_LAYOUT_CIFAR10,
  SMALTI_LAYOUT_CIFAR100,
  SMALTI_LAYOUT_STL10,
} SmaltiLayout;

/* "auto", "folder", "class-folders", "tiny-imagenet", ...; %NULL-terminated, in the order above. */
extern const char *const smalti_layout_ids[];

const char *smalti_layout_id   (SmaltiLayout  layout);

typedef enum
{
  SMALTI_SPLIT_TRAIN,
  SMALTI_SPLIT_VAL,
} SmaltiSplit;

/* Keys of the spec's `data` section: path, layout, val_fraction (when the layout has no validation split of its own),
 * limit (use only so many images, chosen by seed; 0: all), cache_mb (decoded images kept in memory). */
extern const SmaltiParam smalti_data_params[];

#define SMALTI_TYPE_DATASET (smalti_dataset_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiDataset, smalti_dataset, SMALTI, DATASET, GObject)

typedef void (*SmaltiScanProgress) (guint64 n_found, gpointer user_data);

/**
 * smalti_dataset_open:
 * @values: of smalti_data_params
 * @progress: (nullable): called now and then on the calling thread
 *
 * Scans; opens no image but what the layout needs (headers are probed later, by the statistics). Blocks: call it off the
 * main thread. Items are ordered by path in byte order, whatever the file system says.
 *
 * Returns: (nullable): %NULL with SMALTI_ERROR_DATA (no such folder, no image in it, a label file that names images that
 *   are not there: the message names the file, the line and the first such image) or SMALTI_ERROR_CANCELLED
 */
SmaltiDataset *smalti_dataset_open            (const SmaltiValues  *values,
                                               guint64              seed,
                                               GCancellable        *cancellable,
                                               SmaltiScanProgress   progress,
                                               gpointer             user_data,
                                               GError             **error);
SmaltiLayout   smalti_dataset_get_layout      (SmaltiDataset       *self);
const char    *smalti_dataset_get_path        (SmaltiDataset       *self);
guint64        smalti_dataset_get_n_items     (SmaltiDataset       *self);
/* 0 when there are no labels. */
guint          smalti_dataset_get_n_classes   (SmaltiDataset       *self);
/* For people: Tiny ImageNet's words, not its wnids. */
const char    *smalti_dataset_get_class_name  (SmaltiDataset       *self,
                                               guint                klass);
/* -1 when it has none. */
gint           smalti_dataset_get_label       (SmaltiDataset       *self,
                                               guint64              item);
/* For messages and previews: a path, or "data_batch_1.bin #42". Free with g_free(). */
char          *smalti_dataset_get_item_name   (SmaltiDataset       *self,
                                               guint64              item);
/* (nullable): the file, as the file system names it; %NULL for a picture in a file of many. Free with g_free(). */
char          *smalti_dataset_get_item_path   (SmaltiDataset       *self,
                                               guint64              item);
SmaltiSplit    smalti_dataset_get_item_split  (SmaltiDataset       *self,
                                               guint64              item);
/* (transfer none): item numbers of a split, ascending. The split is a function of the items' names and the seed. */
const guint32 *smalti_dataset_get_split       (SmaltiDataset       *self,
                                               SmaltiSplit          split,
                                               guint               *n);
/* Decodes; thread safe. min_side as in smalti_image_load(). Bounded by cache_mb, small images are kept decoded. */
SmaltiImage   *smalti_dataset_load            (SmaltiDataset       *self,
                                               guint64              item,
                                               gint                 min_side,
                                               GError             **error);
/* Bytes of decoded images it keeps at most: cache_mb. */
guint64        smalti_dataset_get_cache_limit (SmaltiDataset       *self);
/* Remembers that @item can't be read (thread safe; once each), and lists them: "path: reason", %NULL-terminated. */
void           smalti_dataset_mark_unreadable (SmaltiDataset       *self,
                                               guint64              item,
                                               const char          *reason);
guint64        smalti_dataset_get_n_unreadable (SmaltiDataset      *self);
char         **smalti_dataset_get_unreadable  (SmaltiDataset       *self);
/* SHA-256 over item names, sizes and labels: which data a number came from. */
const char    *smalti_dataset_get_fingerprint (SmaltiDataset       *self);

/* Short sides are counted in bins of half an octave: bin @i begins at 8 * 2^(i/2) pixels, the first one at 1. */
#define SMALTI_N_SIZE_BINS 22

/* Statistics for `smalti data inspect` and the data page; decodes every image once, on several threads. */
typedef struct
{
  guint64 n_readable, n_unreadable, n_grey;
  gint min_width, max_width, min_height, max_height;
  gdouble mean[3], deviation[3]; /* of R, G, B in 0 .. 1 */
  guint64 size_counts[SMALTI_N_SIZE_BINS];
  guint64 *class_counts;         /* n_classes of them, both splits */
  guint n_classes;
} SmaltiDatasetStats;

SmaltiDatasetStats *smalti_dataset_measure    (SmaltiDataset       *self,
                                               guint                n_threads,
                                               GCancellable        *cancellable,
                                               SmaltiScanProgress   progress,
                                               gpointer             user_data,
                                               GError             **error);
/* The least short side in a bin; that of SMALTI_N_SIZE_BINS is where the last one would end. */
gint                smalti_size_bin_start     (guint                bin);
/* Images of each class (n_classes of them, none decoded); free with g_free(). */
guint64            *smalti_dataset_count_classes (SmaltiDataset    *self);
void                smalti_dataset_stats_free (SmaltiDatasetStats  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiDatasetStats, smalti_dataset_stats_free)

G_END_DECLS
