/* SPDX-License-Identifier: Apache-2.0 */
/* What the three dots of a plot offer. Outcomes are told where the window tells such things: in the toast overlay the
 * plot stands in, a failure in a dialog, since it asks for doing it again. */
#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "ui/curve-table.h"
#include "ui/plot-export.h"
#include "ui/plot-private.h"

/* The folder a plot was last saved in. */
static GFile *last_folder;

static void
tell (SmaltiPlot *self, const char *message)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_TOAST_OVERLAY);

  if (overlay)
    adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), adw_toast_new (message));
}

static void
tell_failure (SmaltiPlot *self, const GError *error)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *dialog;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, _ ("Not Saved"), error->message);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SmaltiPlot *self = SMALTI_PLOT (source);
  g_autoptr (GFile) file = user_data;
  g_autoptr (GError) error = NULL;

  if (!smalti_plot_save_finish (self, result, &error))
    {
      tell_failure (self, error);
      return;
    }

  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *escaped = g_markup_escape_text (name, -1);
  g_autofree char *message = g_strdup_printf (_ ("Saved as “%s”"), escaped);

  tell (self, message);
}

static void
on_chosen (GtkNativeDialog *chooser, gint response, SmaltiPlot *self)
{
  SmaltiPlotFormat format = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (chooser), "format"));

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));

      g_clear_object (&last_folder);
      last_folder = g_file_get_parent (file);
      smalti_plot_save_async (self, format, file, NULL, on_saved, g_object_ref (file));
    }
  gtk_native_dialog_destroy (chooser);
  g_object_unref (chooser);
}

static char *
suggest_name (SmaltiPlot *self, SmaltiPlotFormat format)
{
  const char *owner = smalti_plot_get_owner (self), *title = smalti_plot_get_data (self)->title;
  const char *suffix = smalti_plot_format_get_suffix (format);
  char *name = owner && *owner ? g_strdup_printf ("%s, %s.%s", owner, title, suffix)
                               : g_strdup_printf ("%s.%s", title, suffix);

  return g_strdelimit (name, "/\\:", '-');
}

static void
save (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SmaltiPlot *self = SMALTI_PLOT (widget);
  GtkRoot *root = gtk_widget_get_root (widget);
  SmaltiPlotFormat format = SMALTI_PLOT_SVG;

  while (!g_str_equal (smalti_plot_format_get_suffix (format), g_variant_get_string (parameter, NULL)))
    format++;

  g_autofree char *name = suggest_name (self, format);
  GtkFileChooserNative *chooser
      = gtk_file_chooser_native_new (_ ("Save Plot"), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                     GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  if (last_folder)
    gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (chooser), last_folder, NULL);
  g_object_set_data (G_OBJECT (chooser), "format", GUINT_TO_POINTER (format));
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
on_rendered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SmaltiPlot *self = SMALTI_PLOT (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) png = smalti_plot_render_finish (self, result, &error);
  g_autoptr (GdkTexture) texture = png ? gdk_texture_new_from_bytes (png, &error) : NULL;

  if (!texture)
    {
      tell_failure (self, error);
      return;
    }
  gdk_clipboard_set_texture (gtk_widget_get_clipboard (GTK_WIDGET (self)), texture);
  tell (self, _ ("Picture copied"));
}

static void
copy (GtkWidget *widget, const char *action, GVariant *parameter)
{
  smalti_plot_render_async (SMALTI_PLOT (widget), SMALTI_PLOT_PNG, NULL, on_rendered, NULL);
}

static void
show_table (GtkWidget *widget, const char *action, GVariant *parameter)
{
  smalti_curve_table_present (SMALTI_PLOT (widget));
}

void
smalti_plot_install_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "plot.save", "s", save);
  gtk_widget_class_install_action (klass, "plot.copy", NULL, copy);
  gtk_widget_class_install_action (klass, "plot.table", NULL, show_table);
  gtk_widget_class_install_property_action (klass, "plot.logarithmic", "logarithmic");
}

void
smalti_plot_enable_actions (SmaltiPlot *self, gboolean any)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "plot.save", any);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "plot.copy", any);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "plot.table", any);
}

GtkWidget *
smalti_plot_menu_new (void)
{
  g_autoptr (GMenu) menu = g_menu_new (), view = g_menu_new (), files = g_menu_new ();
  GtkWidget *button = gtk_menu_button_new ();

  g_menu_append (view, _ ("_Logarithmic Values"), "plot.logarithmic");
  g_menu_append (view, _ ("Show as _Table"), "plot.table");
  g_menu_append (view, _ ("_Copy Picture"), "plot.copy");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (view));
  g_menu_append (files, _ ("Save as _SVG…"), "plot.save::svg");
  g_menu_append (files, _ ("Save as _PNG…"), "plot.save::png");
  g_menu_append (files, _ ("Save as P_DF…"), "plot.save::pdf");
  g_menu_append (files, _ ("Save as CS_V…"), "plot.save::csv");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (files));

  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "view-more-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, _ ("Save, copy, or show as a table"));
  return button;
}
