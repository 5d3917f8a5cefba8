/* SPDX-License-Identifier: Apache-2.0 */
/* One image of a list, large, with what is known of it; the arrow keys go through the list. */
#pragma once

#include <adwaita.h>

#include "ui/image-list.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_PICTURE_DIALOG (smalti_picture_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiPictureDialog, smalti_picture_dialog, SMALTI, PICTURE_DIALOG, AdwWindow)

/* Signal "moved" (guint): another image of the list is shown. */
SmaltiPictureDialog *smalti_picture_dialog_new (GtkWindow        *parent,
                                                SmaltiImageList  *list,
                                                guint             position);

G_END_DECLS
