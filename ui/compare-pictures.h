/* SPDX-License-Identifier: Apache-2.0 */
/* Archives of measurements (core/eval/evaluation-archive.h) and their images, fetched in other threads. */
#pragma once

#include <gtk/gtk.h>

#include "core/eval/evaluation-archive.h"

G_BEGIN_DECLS

#define SMALTI_THUMBNAIL_SIDE 168 /* twice what is shown, for screens that have the pixels */

void                     smalti_archive_read_async    (const char               *folder,
                                                       const char               *protocol,
                                                       const char               *layer,
                                                       GCancellable             *cancellable,
                                                       GAsyncReadyCallback       callback,
                                                       gpointer                  user_data);
SmaltiEvaluationArchive *smalti_archive_read_finish   (GAsyncResult             *result,
                                                       GError                  **error);
/* @whole: as it is; otherwise its middle square, small, which is remembered for a while. */
void                     smalti_archive_picture_async (SmaltiEvaluationArchive  *archive,
                                                       guint                     image,
                                                       gboolean                  whole,
                                                       GCancellable             *cancellable,
                                                       GAsyncReadyCallback       callback,
                                                       gpointer                  user_data);
GdkTexture              *smalti_archive_picture_finish (GAsyncResult            *result,
                                                       GError                  **error);
/* The file's name without its folders, in UTF-8; free with g_free(). */
char                    *smalti_archive_name_image    (SmaltiEvaluationArchive  *archive,
                                                       guint                     image);
/* "leaf", or "leaf, taken for sea"; free with g_free(). */
char                    *smalti_archive_describe_image (SmaltiEvaluationArchive *archive,
                                                       guint                     image);
/* A window with the image as large as there is room for, over that of @widget. */
void                     smalti_archive_present_image (GtkWidget                *widget,
                                                       SmaltiEvaluationArchive  *archive,
                                                       guint                     image);

G_END_DECLS
