/* SPDX-License-Identifier: Apache-2.0 */
/* A missing schema would end the program in GSettings' own functions; here it only means that nothing is remembered. */
#include "ui/settings.h"

#include "core/base/installation.h"

#define SCHEMA "org.smalti.Smalti"

static GSettings *
open_settings (void)
{
  g_autofree char *built = smalti_installation_find_built ("resources");
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchemaSource) beside
      = built ? g_settings_schema_source_new_from_directory (built, source, TRUE, NULL) : NULL;
  g_autoptr (GSettingsSchema) schema
      = beside || source ? g_settings_schema_source_lookup (beside ? beside : source, SCHEMA, TRUE) : NULL;

  if (!schema)
    {
      g_message ("The settings schema %s is not installed: nothing is remembered.", SCHEMA);
      return NULL;
    }
  return g_settings_new_full (schema, NULL, NULL);
}

GSettings *
smalti_settings_get (void)
{
  static gsize opened;
  static GSettings *settings;

  if (g_once_init_enter (&opened))
    {
      settings = open_settings ();
      g_once_init_leave (&opened, 1);
    }
  return settings;
}

void
smalti_settings_bind (const char *key, gpointer object, const char *property)
{
  if (smalti_settings_get ())
    g_settings_bind (smalti_settings_get (), key, object, property, G_SETTINGS_BIND_DEFAULT);
}

gboolean
smalti_settings_get_boolean (const char *key, gboolean otherwise)
{
  return smalti_settings_get () ? g_settings_get_boolean (smalti_settings_get (), key) : otherwise;
}

gint
smalti_settings_get_enum (const char *key, gint otherwise)
{
  return smalti_settings_get () ? g_settings_get_enum (smalti_settings_get (), key) : otherwise;
}

gint
smalti_settings_get_int (const char *key, gint otherwise)
{
  return smalti_settings_get () ? g_settings_get_int (smalti_settings_get (), key) : otherwise;
}

char *
smalti_settings_get_string (const char *key, const char *otherwise)
{
  return smalti_settings_get () ? g_settings_get_string (smalti_settings_get (), key) : g_strdup (otherwise);
}

void
smalti_settings_set_int (const char *key, gint value)
{
  if (smalti_settings_get ())
    g_settings_set_int (smalti_settings_get (), key, value);
}

void
smalti_settings_set_string (const char *key, const char *value)
{
  if (smalti_settings_get ())
    g_settings_set_string (smalti_settings_get (), key, value);
}
