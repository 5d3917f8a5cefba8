/* SPDX-License-Identifier: Apache-2.0 */
#include "stage.h"

#include <adwaita.h>

gboolean
stage_init (int *argc, char ***argv)
{
  g_autoptr (GtkCssProvider) style = NULL;
  g_autofree char *css = NULL;

  g_test_init (argc, argv, NULL);
  if (!gtk_init_check ())
    return FALSE;
  css = g_test_build_filename (G_TEST_DIST, "..", "resources", "style.css", NULL);
  adw_init ();
  style = gtk_css_provider_new ();
  gtk_css_provider_load_from_path (style, css);
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (style),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  return TRUE;
}

void
stage_settle (Stage *self)
{
  /* A frame or two after the last thing that happened. */
  for (gint64 end = g_get_monotonic_time () + 80000; g_get_monotonic_time () < end;)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

void
stage_set (Stage *self, GtkWidget *widget, gint width, gint height)
{
  self->window = gtk_window_new ();
  self->widget = widget;
  gtk_window_set_decorated (GTK_WINDOW (self->window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (self->window), width, height);
  gtk_window_set_child (GTK_WINDOW (self->window), widget);
  gtk_window_present (GTK_WINDOW (self->window));
  for (guint i = 0; i < 100 && gtk_widget_get_width (widget) == 0; i++)
    stage_settle (self);
  stage_settle (self);
  g_assert_cmpint (gtk_widget_get_width (widget), >, 0);
}

void
stage_clear (Stage *self)
{
  gtk_window_destroy (GTK_WINDOW (self->window));
  *self = (Stage){ NULL };
}

void
stage_set_dark (gboolean dark)
{
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      dark ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
}

GdkTexture *
stage_draw (Stage *self, const char *name)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (self->window);
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  GskRenderer *renderer = gtk_native_get_renderer (GTK_NATIVE (self->window));
  const char *shots = g_getenv ("SMALTI_SHOTS");
  GdkTexture *texture;

  stage_settle (self);
  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (self->window),
                          gtk_widget_get_height (self->window));
  node = gtk_snapshot_to_node (snapshot);
  g_assert_nonnull (node);
  texture = gsk_renderer_render_texture (renderer, node, NULL);
  if (shots != NULL)
    {
      g_autofree char *path = g_strdup_printf ("%s/%s.png", shots, name);

      g_mkdir_with_parents (shots, 0755);
      gdk_texture_save_to_png (texture, path);
    }
  return texture;
}

guint
stage_count (GdkTexture *texture, const GdkRGBA *color, gint tolerance)
{
  gint width = gdk_texture_get_width (texture), height = gdk_texture_get_height (texture);
  gint red = color->red * 255, green = color->green * 255, blue = color->blue * 255;
  g_autofree guint32 *pixels = g_new (guint32, (gsize)width * height);
  guint n = 0;

  gdk_texture_download (texture, (guchar *)pixels, 4 * (gsize)width);
  for (gsize i = 0; i < (gsize)width * height; i++)
    n += ABS ((gint)(pixels[i] >> 16 & 0xff) - red) <= tolerance
         && ABS ((gint)(pixels[i] >> 8 & 0xff) - green) <= tolerance
         && ABS ((gint)(pixels[i] & 0xff) - blue) <= tolerance;
  return n;
}

GtkWidget *
stage_find (GtkWidget *widget, const char *type_name)
{
  if (g_str_equal (G_OBJECT_TYPE_NAME (widget), type_name))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = stage_find (child, type_name);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkEventController *
controller_of (GtkWidget *widget, GType type)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (G_OBJECT_TYPE (controller) == type)
        return controller; /* the widget keeps it */
    }
  g_assert_not_reached ();
}

gboolean
stage_key (GtkWidget *widget, guint key)
{
  gboolean taken = FALSE;

  g_signal_emit_by_name (controller_of (widget, GTK_TYPE_EVENT_CONTROLLER_KEY), "key-pressed", key, 0, 0, &taken);
  return taken;
}

void
stage_point (GtkWidget *widget, gdouble x, gdouble y)
{
  g_signal_emit_by_name (controller_of (widget, GTK_TYPE_EVENT_CONTROLLER_MOTION), "motion", x, y);
}

void
stage_leave (GtkWidget *widget)
{
  g_signal_emit_by_name (controller_of (widget, GTK_TYPE_EVENT_CONTROLLER_MOTION), "leave");
}

gboolean
stage_scroll (GtkWidget *widget, gdouble dy)
{
  gboolean taken = FALSE;

  g_signal_emit_by_name (controller_of (widget, GTK_TYPE_EVENT_CONTROLLER_SCROLL), "scroll", 0.0, dy, &taken);
  return taken;
}

void
stage_drag (GtkWidget *widget, gdouble dx, gdouble dy)
{
  GtkEventController *drag = controller_of (widget, GTK_TYPE_GESTURE_DRAG);

  g_signal_emit_by_name (drag, "drag-begin", 0.0, 0.0);
  for (guint i = 1; i <= 4; i++)
    g_signal_emit_by_name (drag, "drag-update", dx * i / 4, dy * i / 4);
}

void
stage_click (GtkWidget *widget, gint n_press, gdouble x, gdouble y)
{
  g_signal_emit_by_name (controller_of (widget, GTK_TYPE_GESTURE_CLICK), "released", n_press, x, y);
}
