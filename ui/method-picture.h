/* SPDX-License-Identifier: Apache-2.0 */
/* Three pictures as a network gets them, above what it must find. */
#pragma once

#include <gtk/gtk.h>

#include "ui/folder-look.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_METHOD_PICTURE (smalti_method_picture_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiMethodPicture, smalti_method_picture, SMALTI, METHOD_PICTURE, GtkWidget)

/* @look: (nullable); its images are shared and must not change any more. */
void smalti_method_picture_set_look (SmaltiMethodPicture     *self,
                                     const SmaltiMethodSight  *look);

G_END_DECLS
