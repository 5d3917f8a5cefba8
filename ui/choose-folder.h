/* SPDX-License-Identifier: Apache-2.0 */
/* Choosing a folder, through the desktop's portal where there is one. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Asks for a folder of pictures; @chosen is not called when the user changes their mind, or when @asker is gone or no longer in a
 * visible window. */
typedef void (*SmaltiFolderChosen) (GtkWidget *asker, GFile *folder);
void smalti_choose_folder (GtkWidget           *asker,
                           SmaltiFolderChosen   chosen);

G_END_DECLS
