/* SPDX-License-Identifier: Apache-2.0 */
/* The window of preferences: a face of the settings, in effect at once. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define SMALTI_TYPE_PREFERENCES (smalti_preferences_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiPreferences, smalti_preferences, SMALTI, PREFERENCES, AdwPreferencesWindow)

GtkWindow *smalti_preferences_new (GtkWindow *parent);

G_END_DECLS
