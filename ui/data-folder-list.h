/* SPDX-License-Identifier: Apache-2.0 */
/* The folders of pictures that the user added, kept in the store, with the built-in sample after them. */
#pragma once

#include <gtk/gtk.h>

#include "ui/data-folder.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_DATA_FOLDER_LIST (smalti_data_folder_list_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiDataFolderList, smalti_data_folder_list, SMALTI, DATA_FOLDER_LIST, GtkWidget)

/* Signals:
 *   "loaded": the store's folders are here
 *   "selected": another folder is selected, or none
 *   "opened": a click or Enter on the selected folder
 */
/* Reads the store's folders and selects the one opened last. */
void              smalti_data_folder_list_attach       (SmaltiDataFolderList  *self,
                                                        SmaltiWorkbench       *workbench);
/* Adds it, if it is not there, and selects it. Says why it does not when it is no folder that can be used. */
void              smalti_data_folder_list_add          (SmaltiDataFolderList  *self,
                                                        GFile                 *folder);
void              smalti_data_folder_list_open_sample  (SmaltiDataFolderList  *self);
/* (transfer none) (nullable) */
SmaltiDataFolder *smalti_data_folder_list_get_selected (SmaltiDataFolderList  *self);
/* From the list and the store, with an offer to undo it; the pictures stay where they are. */
void              smalti_data_folder_list_remove       (SmaltiDataFolderList  *self,
                                                        SmaltiDataFolder      *folder);
/* Stops what is under way in all of them. */
void              smalti_data_folder_list_stop         (SmaltiDataFolderList  *self);

G_END_DECLS
