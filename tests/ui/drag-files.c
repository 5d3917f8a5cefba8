/* SPDX-License-Identifier: Apache-2.0 */
/* drag-files PATH...: a small window that files can be dragged from, as from a file manager; ends when they have been
 * dropped. For tests of dropping. */
#include <gtk/gtk.h>

static GdkContentProvider *
prepare (GtkDragSource *source, gdouble x, gdouble y, gpointer files)
{
  return gdk_content_provider_new_typed (GDK_TYPE_FILE_LIST, files);
}

static void
end (GtkDragSource *source, GdkDrag *drag, gboolean delete_data, gpointer loop)
{
  g_main_loop_quit (loop);
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoslist (GFile) files = NULL;
  GtkDragSource *source;
  GtkWidget *window, *label;
  GdkFileList *list;

  gtk_init ();
  for (int i = argc - 1; i > 0; i--)
    files = g_slist_prepend (files, g_file_new_for_path (argv[i]));
  list = gdk_file_list_new_from_list (files);
  window = gtk_window_new ();
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), 100, 80);
  label = gtk_label_new ("drag");
  source = gtk_drag_source_new ();
  g_signal_connect (source, "prepare", G_CALLBACK (prepare), list);
  g_signal_connect (source, "drag-end", G_CALLBACK (end), loop);
  gtk_widget_add_controller (label, GTK_EVENT_CONTROLLER (source));
  gtk_window_set_child (GTK_WINDOW (window), label);
  gtk_window_present (GTK_WINDOW (window));
  g_main_loop_run (loop);
  g_boxed_free (GDK_TYPE_FILE_LIST, list);
  gtk_window_destroy (GTK_WINDOW (window));
  return 0;
}
