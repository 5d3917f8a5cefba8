/* SPDX-License-Identifier: Apache-2.0 */
/* Started twice on the default store, the first instance comes to the front. With --store it is a program of its own:
 * which store it shows must not depend on what already runs. */
#include "ui/application.h"

#include <glib/gi18n-lib.h>

#include "ui/main-window.h"
#include "ui/preferences.h"
#include "ui/settings.h"

struct _SmaltiApplication
{
  AdwApplication parent_instance;

  char *store_path;
  gboolean sample;
};

G_DEFINE_FINAL_TYPE (SmaltiApplication, smalti_application, ADW_TYPE_APPLICATION)

static void
smalti_application_activate (GApplication *application)
{
  SmaltiApplication *self = SMALTI_APPLICATION (application);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  if (!window)
    {
      SmaltiMainWindow *fresh = smalti_main_window_new (ADW_APPLICATION (self), self->store_path);

      if (self->sample)
        smalti_main_window_offer_sample (fresh);
      window = GTK_WINDOW (fresh);
    }
  gtk_window_present (window);
}

static int
smalti_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  SmaltiApplication *self = SMALTI_APPLICATION (application);
  g_autofree char *store = NULL;

  self->sample = g_variant_dict_contains (options, "sample");
  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("smalti-workbench %s\n", SMALTI_VERSION);
      return 0;
    }
  /* GTK's own start would end the program without a word for what to do instead. */
  if (!gtk_init_check ())
    {
      g_printerr ("%s\n", _ ("No display can be opened; “smalti demo” tells the same story in the terminal."));
      return SMALTI_APPLICATION_NO_DISPLAY;
    }
  if (g_variant_dict_lookup (options, "store", "^ay", &store))
    {
      self->store_path = g_canonicalize_filename (store, NULL);
      g_application_set_flags (application, g_application_get_flags (application) | G_APPLICATION_NON_UNIQUE);
    }
  return -1;
}

static void
about_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWindow *parent = gtk_application_get_active_window (GTK_APPLICATION (user_data));

  adw_show_about_window (parent, "application-name", "Smalti", "application-icon", "org.smalti.Smalti", "version",
                         SMALTI_VERSION, "license-type", GTK_LICENSE_APACHE_2_0, "developer-name",
                         _ ("The Smalti developers"), "comments",
                         _ ("A workbench for learning from pictures without labels: puzzles, colours, and an honest "
                            "measure of what was learned."),
                         NULL);
}

/* Each window is asked, so that a run under way is not lost by a key. */
static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (GTK_APPLICATION (user_data)));

  for (GList *link = windows; link; link = link->next)
    if (SMALTI_IS_MAIN_WINDOW (link->data))
      gtk_window_close (link->data);
}

static void
preferences_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_present (smalti_preferences_new (gtk_application_get_active_window (GTK_APPLICATION (user_data))));
}

/* Of a notification, too: the window may be hidden, or not there yet. */
static void
show_run_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWindow *window;

  g_application_activate (user_data);
  window = gtk_application_get_active_window (GTK_APPLICATION (user_data));
  gtk_widget_activate_action_variant (GTK_WIDGET (window), "win.show-run", parameter);
}

static void
apply_appearance (void)
{
  static const AdwColorScheme schemes[]
      = { ADW_COLOR_SCHEME_DEFAULT, ADW_COLOR_SCHEME_FORCE_LIGHT, ADW_COLOR_SCHEME_FORCE_DARK };

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      schemes[smalti_settings_get_enum ("appearance", 0)]);
}

static void
smalti_application_startup (GApplication *application)
{
  static const GActionEntry actions[] = { { "about", about_action },
                                          { "preferences", preferences_action },
                                          { "quit", quit_action },
                                          { "show-run", show_run_action, "x" } };
  static const struct
  {
    const char *action;
    const char *accels[3];
  } accels[] = {
    { "app.quit", { "<primary>q" } },
    { "app.preferences", { "<primary>comma" } },
    { "window.close", { "<primary>w" } },
    { "win.new-run::", { "<primary>n" } },
    { "win.open-folder", { "<primary>o" } },
    { "win.stop-run", { "<primary>period" } },
    { "win.pause-run", { "<primary>p" } },
    { "win.resume-run", { "<primary>r" } },
    { "win.back", { "<alt>Left" } },
    { "win.show-help-overlay", { "<primary>question", "<primary>slash" } },
    { "win.show-place(1)", { "<alt>1" } },
    { "win.show-place(2)", { "<alt>2" } },
    { "win.show-place(3)", { "<alt>3" } },
    { "win.show-place(4)", { "<alt>4" } },
    { "win.show-place(5)", { "<alt>5" } },
  };

  G_APPLICATION_CLASS (smalti_application_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions), application);
  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (application), accels[i].action, accels[i].accels);
  if (smalti_settings_get ())
    g_signal_connect (smalti_settings_get (), "changed::appearance", G_CALLBACK (apply_appearance), NULL);
  apply_appearance ();
  gtk_window_set_default_icon_name ("org.smalti.Smalti");
}

static void
smalti_application_finalize (GObject *object)
{
  g_free (SMALTI_APPLICATION (object)->store_path);
  G_OBJECT_CLASS (smalti_application_parent_class)->finalize (object);
}

static void
smalti_application_class_init (SmaltiApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = smalti_application_finalize;
  application_class->startup = smalti_application_startup;
  application_class->activate = smalti_application_activate;
  application_class->handle_local_options = smalti_application_handle_local_options;
}

static void
smalti_application_init (SmaltiApplication *self)
{
  static const GOptionEntry options[] = {
    { "store", 0, 0, G_OPTION_ARG_FILENAME, NULL,
      N_ ("Folder of the runs (default: “smalti” in the user's data folder)"), N_ ("DIR") },
    { "sample", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Offer the built-in sample when there is no run yet"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version and exit"), NULL },
    { NULL },
  };

  g_application_add_main_option_entries (G_APPLICATION (self), options);
}

SmaltiApplication *
smalti_application_new (void)
{
  return g_object_new (SMALTI_TYPE_APPLICATION, "application-id", "org.smalti.Smalti", "resource-base-path",
                       "/org/smalti/Smalti", NULL);
}
