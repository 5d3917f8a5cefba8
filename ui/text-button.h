/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Gives @button a label with a mnemonic. GTK 4.8's own (gtk_button_set_label() with use-underline) leaves the button without a name
 * for screen readers. */
void smalti_text_button_set_label (GtkButton  *button,
                                   const char *mnemonic);

G_END_DECLS
