/* SPDX-License-Identifier: Apache-2.0 */
/* A picture to try a network on: from a file, the clipboard or a run's data; as large as it is, and as it is shown. */
#pragma once

#include <gdk/gdk.h>

#include "core/image/image.h"
#include "core/run/spec.h"

G_BEGIN_DECLS

/* Immutable, reference counted. */
typedef struct
{
  gint ref_count;
  char *name;        /* for people, without the ending of its file */
  SmaltiImage *full;
  SmaltiImage *view; /* the same, or reduced so that drawing and painting it is quick */
} SmaltiPicture;

SmaltiPicture *smalti_picture_ref               (SmaltiPicture        *self);
void           smalti_picture_unref             (SmaltiPicture        *self);

/* All off the main thread; one of these, then smalti_picture_load_finish(). A picture that can't be read: one sentence. */
void           smalti_picture_load_file_async   (GFile                *file,
                                                 GCancellable         *cancellable,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              user_data);
void           smalti_picture_load_texture_async (GdkTexture          *texture,
                                                 GCancellable         *cancellable,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              user_data);
/* Any held-out picture of the data that a run with this spec learned from, another one each time. */
void           smalti_picture_load_any_async    (const char           *spec_yaml,
                                                 GCancellable         *cancellable,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              user_data);
SmaltiPicture *smalti_picture_load_finish       (GAsyncResult         *result,
                                                 GError              **error);
/* Writes @image as a PNG file, off the main thread; the message of a failure names the file. */
void           smalti_picture_save_async        (SmaltiImage          *image,
                                                 GFile                *file,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              user_data);
gboolean       smalti_picture_save_finish       (GAsyncResult         *result,
                                                 GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiPicture, smalti_picture_unref)

G_END_DECLS
