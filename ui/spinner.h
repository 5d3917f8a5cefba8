/* SPDX-License-Identifier: Apache-2.0 */
/* Turns as long as it is on screen. GTK's own goes on turning on a hidden page of a stack, and with it the whole window draws
 * itself 60 times a second. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SMALTI_TYPE_SPINNER (smalti_spinner_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiSpinner, smalti_spinner, SMALTI, SPINNER, GtkWidget)

G_END_DECLS
