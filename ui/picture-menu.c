/* SPDX-License-Identifier: Apache-2.0 */
/* What the widget last drew is drawn once more, by Cairo, which knows SVG and PDF: lines and text stay what they are,
 * and only what was pixels already (the points of a map) is pixels there, too. */
#include "ui/picture-menu.h"

#include <adwaita.h>
#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <glib/gi18n-lib.h>

#define MARGIN    12
#define PNG_SCALE 2

typedef struct
{
  GtkWidget *picture; /* not owned */
  char *title;
  SmaltiPictureTable table;
  gpointer user_data;
} Menu;

static const char *const formats[] = { "svg", "png", "pdf", "csv" };

/* The folder a picture was last saved in. */
static GFile *last_folder;

static void
menu_free (Menu *menu)
{
  g_free (menu->title);
  g_free (menu);
}

void
smalti_csv_append (GString *line, const char *text)
{
  if (!strpbrk (text, ",\"\r\n"))
    {
      g_string_append (line, text);
      return;
    }
  g_string_append_c (line, '"');
  for (; *text; text++)
    {
      if (*text == '"')
        g_string_append_c (line, '"');
      g_string_append_c (line, *text);
    }
  g_string_append_c (line, '"');
}

static cairo_status_t
take_bytes (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static GskRenderNode *
node_of (GtkWidget *picture)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (picture);
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (picture), gtk_widget_get_height (picture));
  return gtk_snapshot_free_to_node (snapshot);
}

static void
draw (cairo_t *cr, GtkWidget *picture, GskRenderNode *node)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  GdkRGBA ground = { 1, 1, 1, 1 };

  /* What is written in light letters needs its dark ground. */
  if (dark)
    gdk_rgba_parse (&ground, "#242424");
  gdk_cairo_set_source_rgba (cr, &ground);
  cairo_paint (cr);
  cairo_translate (cr, MARGIN, MARGIN);
  if (node)
    gsk_render_node_draw (node, cr);
}

static GBytes *
render (GtkWidget *picture, const char *format)
{
  GByteArray *bytes = g_byte_array_new ();
  GskRenderNode *node = node_of (picture);
  gdouble width = gtk_widget_get_width (picture) + 2 * MARGIN, height = gtk_widget_get_height (picture) + 2 * MARGIN;
  gboolean png = g_str_equal (format, "png");
  cairo_surface_t *surface
      = png ? cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width * PNG_SCALE, height * PNG_SCALE)
        : g_str_equal (format, "pdf") ? cairo_pdf_surface_create_for_stream (take_bytes, bytes, width, height)
                                      : cairo_svg_surface_create_for_stream (take_bytes, bytes, width, height);
  cairo_t *cr = cairo_create (surface);

  if (png)
    cairo_scale (cr, PNG_SCALE, PNG_SCALE);
  draw (cr, picture, node);
  cairo_destroy (cr);
  if (png)
    cairo_surface_write_to_png_stream (surface, take_bytes, bytes);
  cairo_surface_finish (surface);
  cairo_surface_destroy (surface);
  g_clear_pointer (&node, gsk_render_node_unref);
  return g_byte_array_free_to_bytes (bytes);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) button = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_file_get_basename (G_FILE (source));
  GtkWidget *overlay = gtk_widget_get_ancestor (button, ADW_TYPE_TOAST_OVERLAY);
  GtkRoot *root = gtk_widget_get_root (button);

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    {
      g_autofree char *escaped = g_markup_escape_text (name, -1);
      g_autofree char *message = g_strdup_printf (_ ("Saved as “%s”"), escaped);

      if (overlay)
        adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), adw_toast_new (message));
      return;
    }

  g_autofree char *reason = g_strdup_printf (_ ("“%s” was not saved: %s"), name, error->message);
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, _ ("Not Saved"), reason);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_chosen (GtkNativeDialog *chooser, gint response, GtkWidget *button)
{
  const Menu *menu = g_object_get_data (G_OBJECT (button), "menu");
  const char *format = g_object_get_data (G_OBJECT (chooser), "format");

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
      g_autoptr (GBytes) bytes = NULL;

      if (g_str_equal (format, "csv"))
        {
          char *text = menu->table (menu->user_data);

          bytes = g_bytes_new_take (text, strlen (text));
        }
      else
        bytes = render (menu->picture, format);
      g_clear_object (&last_folder);
      last_folder = g_file_get_parent (file);
      g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_NONE, NULL, on_written,
                                           g_object_ref (button));
    }
  gtk_native_dialog_destroy (chooser);
  g_object_unref (chooser);
}

static void
on_save (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWidget *button = user_data;
  const Menu *menu = g_object_get_data (G_OBJECT (button), "menu");
  GtkRoot *root = gtk_widget_get_root (button);
  const char *format = formats[0];
  g_autofree char *name = NULL;
  GtkFileChooserNative *chooser;

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_str_equal (formats[i], g_variant_get_string (parameter, NULL)))
      format = formats[i];
  name = g_strdelimit (g_strdup_printf ("%s.%s", menu->title, format), "/\\:", '-');
  chooser = gtk_file_chooser_native_new (_ ("Save Chart"), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                         GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  if (last_folder)
    gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (chooser), last_folder, NULL);
  g_object_set_data (G_OBJECT (chooser), "format", (gpointer)format);
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_chosen), button, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

GtkWidget *
smalti_picture_menu_new (GtkWidget *picture, const char *title, SmaltiPictureTable table, gpointer user_data)
{
  const GActionEntry entry = { "save", on_save, "s", NULL, NULL, { 0 } };
  g_autoptr (GSimpleActionGroup) actions = g_simple_action_group_new ();
  g_autoptr (GMenu) model = g_menu_new ();
  GtkWidget *button = gtk_menu_button_new ();
  Menu *menu = g_new (Menu, 1);

  *menu = (Menu){ picture, g_strdup (title), table, user_data };
  g_object_set_data_full (G_OBJECT (button), "menu", menu, (GDestroyNotify)menu_free);
  g_action_map_add_action_entries (G_ACTION_MAP (actions), &entry, 1, button);
  gtk_widget_insert_action_group (button, "picture", G_ACTION_GROUP (actions));
  g_menu_append (model, _ ("Save as _SVG…"), "picture.save::svg");
  g_menu_append (model, _ ("Save as _PNG…"), "picture.save::png");
  g_menu_append (model, _ ("Save as P_DF…"), "picture.save::pdf");
  g_menu_append (model, _ ("Save as CS_V…"), "picture.save::csv");
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "view-more-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (model));
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, _ ("Save as a picture or a table"));
  return button;
}
