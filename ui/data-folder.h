/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of pictures as the window knows it: on the list, being scanned, scanned, being measured. All the work is done on
 * threads; "changed" says, at most ten times a second, that something here is another. */
#pragma once

#include "core/data/dataset.h"
#include "core/run/store.h"
#include "ui/workbench.h"

G_BEGIN_DECLS

typedef enum
{
  SMALTI_DATA_FOLDER_NEW,
  SMALTI_DATA_FOLDER_SCANNING,
  SMALTI_DATA_FOLDER_STOPPED, /* by the user, while it was scanned */
  SMALTI_DATA_FOLDER_FAILED,
  SMALTI_DATA_FOLDER_READY,
} SmaltiDataFolderState;

#define SMALTI_TYPE_DATA_FOLDER (smalti_data_folder_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiDataFolder, smalti_data_folder, SMALTI, DATA_FOLDER, GObject)

/* Signal "changed". */
/* @sample_of: (nullable): its pictures are the built-in sample, which this workbench draws before they are scanned. */
SmaltiDataFolder         *smalti_data_folder_new            (const char              *path,
                                                             SmaltiWorkbench         *sample_of);
/* What the store remembers of the last scan. */
void                      smalti_data_folder_remember       (SmaltiDataFolder        *self,
                                                             const SmaltiFolderInfo  *info);
/* (transfer full): for the store. */
SmaltiFolderInfo         *smalti_data_folder_to_info        (SmaltiDataFolder        *self);
const char               *smalti_data_folder_get_path       (SmaltiDataFolder        *self);
const char               *smalti_data_folder_get_title      (SmaltiDataFolder        *self);
gboolean                  smalti_data_folder_is_sample      (SmaltiDataFolder        *self);

/* Scans anew, unless it is at it; measures when it is done. */
void                      smalti_data_folder_scan           (SmaltiDataFolder        *self);
void                      smalti_data_folder_stop_scan      (SmaltiDataFolder        *self);
SmaltiDataFolderState     smalti_data_folder_get_state      (SmaltiDataFolder        *self);
/* Images found so far; as of the last scan when there was none yet. */
guint64                   smalti_data_folder_get_n_found    (SmaltiDataFolder        *self);
/* (nullable): when it failed: a sentence, and one of what can be done. */
const char               *smalti_data_folder_get_trouble    (SmaltiDataFolder        *self);
const char               *smalti_data_folder_get_advice     (SmaltiDataFolder        *self);
/* (nullable): when it is ready. */
SmaltiDataset            *smalti_data_folder_get_dataset    (SmaltiDataFolder        *self);

/* Goes through all images, unless that is done or under way. */
void                      smalti_data_folder_measure        (SmaltiDataFolder        *self);
void                      smalti_data_folder_stop_measuring (SmaltiDataFolder        *self);
gboolean                  smalti_data_folder_is_measuring   (SmaltiDataFolder        *self);
guint64                   smalti_data_folder_get_n_measured (SmaltiDataFolder        *self);
/* (nullable): when it is measured. */
const SmaltiDatasetStats *smalti_data_folder_get_stats      (SmaltiDataFolder        *self);

G_END_DECLS
