/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/preferences.h"

#include "ui/settings.h"

struct _SmaltiPreferences
{
  AdwPreferencesWindow parent_instance;

  GtkWidget *appearance_row, *on_close_row, *notify_switch, *awake_switch;
};

G_DEFINE_FINAL_TYPE (SmaltiPreferences, smalti_preferences, ADW_TYPE_PREFERENCES_WINDOW)

/* An enumeration's values are the positions of its combo row. */
static gboolean
enum_to_position (GValue *value, GVariant *variant, gpointer user_data)
{
  g_value_set_uint (value, (guint)g_settings_get_enum (smalti_settings_get (), user_data));
  return TRUE;
}

static GVariant *
position_to_enum (const GValue *value, const GVariantType *type, gpointer user_data)
{
  g_autoptr (GSettingsSchema) schema = NULL;
  g_autoptr (GSettingsSchemaKey) key = NULL;
  g_autoptr (GVariant) range = NULL, names = NULL;
  const char *kind;

  g_object_get (smalti_settings_get (), "settings-schema", &schema, NULL);
  key = g_settings_schema_get_key (schema, user_data);
  range = g_settings_schema_key_get_range (key);
  g_variant_get (range, "(&sv)", &kind, &names);
  return g_variant_get_child_value (names, g_value_get_uint (value));
}

static void
bind_enum (const char *key, GtkWidget *row)
{
  if (smalti_settings_get ())
    g_settings_bind_with_mapping (smalti_settings_get (), key, row, "selected", G_SETTINGS_BIND_DEFAULT,
                                  enum_to_position, position_to_enum, (gpointer)key, NULL);
}

static void
smalti_preferences_class_init (SmaltiPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/smalti/Smalti/ui/preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, SmaltiPreferences, appearance_row);
  gtk_widget_class_bind_template_child (widget_class, SmaltiPreferences, on_close_row);
  gtk_widget_class_bind_template_child (widget_class, SmaltiPreferences, notify_switch);
  gtk_widget_class_bind_template_child (widget_class, SmaltiPreferences, awake_switch);
}

static void
smalti_preferences_init (SmaltiPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  bind_enum ("appearance", self->appearance_row);
  bind_enum ("on-close", self->on_close_row);
  smalti_settings_bind ("notify", self->notify_switch, "active");
  smalti_settings_bind ("inhibit-suspend", self->awake_switch, "active");
  gtk_widget_set_sensitive (GTK_WIDGET (self), smalti_settings_get () != NULL);
}

GtkWindow *
smalti_preferences_new (GtkWindow *parent)
{
  return g_object_new (SMALTI_TYPE_PREFERENCES, "transient-for", parent, NULL);
}
