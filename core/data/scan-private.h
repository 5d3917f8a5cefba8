/* SPDX-License-Identifier: Apache-2.0 */
/* What a layout fills while it looks through a folder, and how it looks. All names in a scan are relative to the root and
 * in the file system's own bytes; they become UTF-8 only on their way to people. */
#pragma once

#include <gio/gio.h>

#include "core/data/dataset.h"

G_BEGIN_DECLS

#define SMALTI_NO_LABEL (-1)

typedef struct
{
  gsize name;     /* offset into names */
  guint64 size;   /* bytes of the file or record; 0 behind a dangling link */
  guint32 record; /* within a file of many */
  gint32 label;
  SmaltiSplit split;
} SmaltiItem;

/* How a file of many pictures is cut, when the layout has such files. */
typedef struct
{
  gsize n_bytes; /* of one record; 0: a picture is a file */
  gsize offset;  /* of its pixels: three planes R, G, B */
  gint side;
  gboolean by_columns; /* planes are stored column after column (STL-10) */
} SmaltiRecords;

typedef struct
{
  char *root;
  GByteArray *names; /* zero-terminated, one after the other */
  GArray *items;     /* of SmaltiItem */
  GPtrArray *class_names;
  gboolean own_val; /* the layout says what validates */
  SmaltiRecords records;
  GPtrArray *complaints; /* folders that could not be opened: "path: reason" */

  GCancellable *cancellable;
  SmaltiScanProgress progress;
  gpointer user_data;
  /*< private >*/
  GHashTable *visited; /* folders, so that links can't lead in circles */
} SmaltiScan;

SmaltiScan *smalti_scan_new         (const char          *root,
                                     GCancellable        *cancellable,
                                     SmaltiScanProgress   progress,
                                     gpointer             user_data);
void        smalti_scan_free        (SmaltiScan          *self);

static inline const char *
smalti_scan_name (const SmaltiScan *self, gsize name)
{
  return (const char *) self->names->data + name;
}

/* "a/b", or "b" when @folder is "". */
char       *smalti_scan_join        (const char          *folder,
                                     const char          *name);
/* Root and @name as one path; for people: as UTF-8. */
char       *smalti_scan_path        (const SmaltiScan    *self,
                                     const char          *name);
char       *smalti_scan_display     (const SmaltiScan    *self,
                                     const char          *name);

gboolean    smalti_scan_has_folder  (const SmaltiScan    *self,
                                     const char          *name);
/* Its size by @size (nullable). */
gboolean    smalti_scan_has_file    (const SmaltiScan    *self,
                                     const char          *name,
                                     guint64             *size);
/* (transfer full): names of the folders in @folder, in byte order, without hidden ones. */
GPtrArray  *smalti_scan_folders     (const SmaltiScan    *self,
                                     const char          *folder);
/* Whether @folder holds an image itself. */
gboolean    smalti_scan_has_image   (const SmaltiScan    *self,
                                     const char          *folder);

/* The offset of @name, for several items of one file. */
gsize       smalti_scan_add_name    (SmaltiScan          *self,
                                     const char          *name);
/* Counts for the progress; %FALSE with SMALTI_ERROR_CANCELLED. */
gboolean    smalti_scan_add         (SmaltiScan          *self,
                                     gsize                name,
                                     guint32              record,
                                     guint64              size,
                                     SmaltiSplit          split,
                                     gint                 label,
                                     GError             **error);
/* Every image in and below @folder. */
gboolean    smalti_scan_add_tree    (SmaltiScan          *self,
                                     const char          *folder,
                                     SmaltiSplit          split,
                                     gint                 label,
                                     GError             **error);

/* A text file read line by line. */
typedef struct
{
  char *path; /* for messages */
  char *text;
  char *next;
  guint line; /* of the text last returned, from 1 */
} SmaltiLines;

gboolean    smalti_lines_open       (SmaltiLines         *self,
                                     const SmaltiScan    *scan,
                                     const char          *name,
                                     GError             **error);
/* Without its end; empty lines are passed over; %NULL at the end. Valid until closed, to be cut as the caller likes. */
char       *smalti_lines_next       (SmaltiLines         *self);
void        smalti_lines_close      (SmaltiLines         *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SmaltiLines, smalti_lines_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiScan, smalti_scan_free)

/* One layout: how to know it and how to read it. */
typedef struct
{
  const char *id;
  const char *expects; /* untranslated; completes "... looked for %s" */
  gboolean (*detect) (const SmaltiScan *scan);
  gboolean (*scan) (SmaltiScan *scan, GError **error);
} SmaltiLayoutClass;

extern const SmaltiLayoutClass smalti_layout_folder, smalti_layout_class_folders, smalti_layout_tiny_imagenet,
    smalti_layout_places365, smalti_layout_cifar10, smalti_layout_cifar100, smalti_layout_stl10;

const SmaltiLayoutClass *smalti_layout_class (SmaltiLayout layout);

/* The first of val, valid, validation, test that is a folder; %NULL when none is. */
const char *smalti_scan_val_folder  (const SmaltiScan    *self);
/* train/ and the validation folder (or the root alone) by class folders. With @class_names filled, only those classes are
 * allowed and keep their numbers; else every folder with an image in it becomes one, in byte order. */
gboolean    smalti_scan_add_classes (SmaltiScan          *self,
                                     GHashTable          *known,
                                     GError             **error);

G_END_DECLS
