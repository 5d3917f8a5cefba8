/* SPDX-License-Identifier: Apache-2.0 */
/* Loaded before the workbench's own libraries (LD_PRELOAD), it watches the real program's first window: when its first
 * frame has been painted, and the first one with a page in it, which there is none of before the store is open and its
 * runs are listed. Tells both, in microseconds of the monotonic clock, then ends the program. */
#include <dlfcn.h>
#include <gtk/gtk.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static gint64 first;

static gboolean
shows_a_page (GtkWidget *widget)
{
  GType page = g_type_from_name ("SmaltiPage");

  if (page && g_type_is_a (G_OBJECT_TYPE (widget), page) && gtk_widget_get_mapped (widget))
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    if (shows_a_page (child))
      return TRUE;
  return FALSE;
}

static void
on_painted (GdkFrameClock *clock, GtkWidget *window)
{
  gint64 now = g_get_monotonic_time ();

  if (first == 0)
    first = now;
  if (!shows_a_page (window))
    return;
  printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", first, now);
  fflush (stdout);
  _exit (0);
}

static void
on_realized (GtkWidget *window)
{
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (on_painted), window);
}

/* Instead of GTK's own, which it calls. */
void
gtk_window_present (GtkWindow *window)
{
  void (*present) (GtkWindow *) = dlsym (RTLD_NEXT, "gtk_window_present");

  g_signal_connect (window, "realize", G_CALLBACK (on_realized), NULL);
  present (window);
}
