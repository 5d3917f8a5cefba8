/* SPDX-License-Identifier: Apache-2.0 */
/* A first look at a folder of pictures: how many there are, how large, with labels or without, and what each method would make of
 * three of them. Enough to choose settings by, and far less than a scan that decodes everything. */
#pragma once

#include <gio/gio.h>

#include "core/image/image.h"
#include "core/run/spec.h"

G_BEGIN_DECLS

#define SMALTI_N_LOOKS 3

/* What a method makes of the pictures. */
typedef struct
{
  const SmaltiPretextClass *method;
  SmaltiImage *above[SMALTI_N_LOOKS]; /* what the network gets; %NULL where there is none */
  SmaltiImage *below[SMALTI_N_LOOKS]; /* what it must find, where that is a picture */
  char *words[SMALTI_N_LOOKS];        /* what it must find, where that is a word */
} SmaltiMethodSight;

typedef struct
{
  char *path;
  guint64 n_images;
  guint n_classes;     /* 0: no labels */
  gint side;           /* median of the short sides; 0: not known */
  GPtrArray *methods;  /* of SmaltiMethodSight */
} SmaltiFolderLook;

void              smalti_folder_look_free   (SmaltiFolderLook     *self);
/* Of the data of @spec. Methods show what they make of it with the settings of the preset that fits the size of the pictures. */
void              smalti_folder_look_async  (const SmaltiSpec     *spec,
                                             GCancellable         *cancellable,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data);
SmaltiFolderLook *smalti_folder_look_finish (GAsyncResult         *result,
                                             GError              **error);

/* Images of no more than so many pixels on the short side are small ones. */
#define SMALTI_SMALL_SIDE 96

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiFolderLook, smalti_folder_look_free)

G_END_DECLS
