/* SPDX-License-Identifier: Apache-2.0 */
/* What the user has chosen once and for all, and how the window was left. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Values of the key "on-close". */
typedef enum
{
  SMALTI_ON_CLOSE_ASK,
  SMALTI_ON_CLOSE_BACKGROUND,
  SMALTI_ON_CLOSE_STOP,
} SmaltiOnClose;

/* (transfer none) (nullable): %NULL where the schema is not installed (told once as a warning): then nothing is remembered, and
 * everything is at its default. */
GSettings *smalti_settings_get         (void);
/* As g_settings_bind() with default flags; nothing without a schema. */
void       smalti_settings_bind        (const char *key,
                                        gpointer    object,
                                        const char *property);
gboolean   smalti_settings_get_boolean (const char *key,
                                        gboolean    otherwise);
gint       smalti_settings_get_enum    (const char *key,
                                        gint        otherwise);
gint       smalti_settings_get_int     (const char *key,
                                        gint        otherwise);
/* Free with g_free(). */
char      *smalti_settings_get_string  (const char *key,
                                        const char *otherwise);
void       smalti_settings_set_int     (const char *key,
                                        gint        value);
void       smalti_settings_set_string  (const char *key,
                                        const char *value);

G_END_DECLS
