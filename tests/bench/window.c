/* SPDX-License-Identifier: Apache-2.0 */
/* bench-window [RUNS [INPUTS [PAGE...]]]: what passes from an input to the frame that answers it, while the engine
 * trains on all cores. Sizes of the issue: tests/ui/display.sh build/tests/bench/bench-window 5000 400
 *
 * The window is the real one, on a store of so many runs, and so is the run that it trains: the built-in sample's.
 * Inputs (the pointer moved, the wheel turned, a key pressed) are the X server's: another thread has XTest make them,
 * at random times, on each page in turn, first while nothing trains. An input's time is taken before the X server is
 * told of it, and its frame's when the frame clock has painted the first that began after the window had taken it in;
 * whatever the main loop does in between is part of it. Fails when the median reaches 16 ms or the 99th percentile 50
 * ms. XTest is loaded if it is there (it comes with xdotool); without it there is nothing to measure with. */
#include <gdk/x11/gdkx.h>
#include <gmodule.h>
#include <stdlib.h>

#include "tests/bench/many-runs.h"
#include "tests/engine/remove-tree.h"
#include "ui/main-window-private.h"

#define MEDIAN_LIMIT_MS 16.0
#define P99_LIMIT_MS    50.0
#define WARM_UP         5
#define PATIENCE_MS     5000

/* Of the Xlib extension library's. */
typedef int (*FakeMotion) (Display *display, int screen, int x, int y, unsigned long delay);
typedef int (*FakeButton) (Display *display, unsigned int button, int down, unsigned long delay);
typedef int (*FakeKey) (Display *display, unsigned int key, int down, unsigned long delay);

static const struct
{
  const char *name, *title;
} pages[] = { { "start", "Start" },     { "data", "Data" },       { "runs", "Runs" }, { "run", "Run" },
              { "new-run", "New Run" }, { "compare", "Compare" }, { "try", "Try it" } };

typedef enum
{
  NOTHING_SENT,
  SENT,  /* on its way to the window */
  TAKEN, /* by the window, and not painted yet */
  PAINTED,
} Progress;

/* Of what an input takes. */
enum
{
  UNTIL_TAKEN, /* on its way through the X server, waiting for the main loop, and for the frame that motion waits for */
  UNTIL_FRAME, /* handled, and waiting for the frame */
  FRAME,       /* laid out and painted */
  N_PARTS,
};

typedef struct
{
  SmaltiMainWindow *window;
  Window native;
  GMainLoop *loop;
  guint n_inputs, n_runs;
  char **only;    /* names of pages; none: all of them */
  gint64 trained; /* the run that trains */
  gboolean training;

  guint n_frames, own_frames;   /* the latter: in a second without inputs */
  gint64 paint_began, frame_us; /* of all of them */

  FakeMotion fake_motion;
  FakeButton fake_button;
  FakeKey fake_key;

  GMutex mutex;
  GCond cond;
  Progress progress; /* under the mutex, as what follows */
  gint64 taken_at, began_at, painted_at;
  GArray *times; /* of gdouble, milliseconds */
  GArray *parts[N_PARTS];
  guint n_lost;
} Bench;

/* -- on the main thread -- */

static void
set_progress (Bench *self, Progress from, Progress to)
{
  g_mutex_lock (&self->mutex);
  if (self->progress == from)
    {
      self->progress = to;
      if (to == TAKEN)
        self->taken_at = g_get_monotonic_time ();
      else
        {
          self->began_at = MAX (self->paint_began, self->taken_at);
          self->painted_at = g_get_monotonic_time ();
        }
      g_cond_signal (&self->cond);
    }
  g_mutex_unlock (&self->mutex);
}

/* Of whatever an input changes, or nothing: there is a frame. */
static gboolean
on_event (GtkEventController *controller, GdkEvent *event, Bench *self)
{
  GdkEventType type = gdk_event_get_event_type (event);

  if (type == GDK_MOTION_NOTIFY || type == GDK_SCROLL || type == GDK_KEY_PRESS)
    {
      gtk_widget_queue_draw (GTK_WIDGET (self->window));
      set_progress (self, SENT, TAKEN);
    }
  return GDK_EVENT_PROPAGATE;
}

static void
on_paint (GdkFrameClock *clock, Bench *self)
{
  self->paint_began = g_get_monotonic_time ();
}

static void
on_painted (GdkFrameClock *clock, Bench *self)
{
  self->n_frames++;
  self->frame_us += g_get_monotonic_time () - self->paint_began;
  set_progress (self, TAKEN, PAINTED);
}

/* -- on the thread that makes inputs -- */

static void
send_input (Bench *self, Display *display, const XWindowAttributes *room, guint i)
{
  KeyCode key = XKeysymToKeycode (display, i / 3 % 2 ? XK_Up : XK_Down);
  /* Over the page, not the sidebar. */
  int x = room->x + room->width / 4 + g_random_int_range (0, room->width * 3 / 4 - 10);
  int y = room->y + room->height / 8 + g_random_int_range (0, room->height * 7 / 8 - 10);
  guint wheel = g_random_boolean () ? Button5 : Button4;

  switch (i % 3)
    {
    case 0:
      self->fake_motion (display, -1, x, y, CurrentTime);
      break;
    case 1:
      self->fake_button (display, wheel, True, CurrentTime);
      self->fake_button (display, wheel, False, CurrentTime);
      break;
    default:
      self->fake_key (display, key, True, CurrentTime);
      self->fake_key (display, key, False, CurrentTime);
      break;
    }
  XFlush (display);
}

static gpointer
make_inputs (gpointer user_data)
{
  Bench *self = user_data;
  Display *display = XOpenDisplay (NULL);
  XWindowAttributes room;

  XGetWindowAttributes (display, self->native, &room);
  XSetInputFocus (display, self->native, RevertToParent, CurrentTime);
  XSync (display, False);
  for (guint i = 0; i < self->n_inputs + WARM_UP; i++)
    {
      gint64 sent_at, until;

      g_usleep (g_random_int_range (20, 180) * 1000);
      g_mutex_lock (&self->mutex);
      self->progress = SENT;
      sent_at = g_get_monotonic_time ();
      g_mutex_unlock (&self->mutex);
      send_input (self, display, &room, i);
      until = sent_at + PATIENCE_MS * 1000;
      g_mutex_lock (&self->mutex);
      while (self->progress != PAINTED && g_cond_wait_until (&self->cond, &self->mutex, until))
        ;
      if (i >= WARM_UP && self->progress == PAINTED)
        {
          gdouble took = (self->painted_at - sent_at) / 1000.0;
          const gdouble parts[N_PARTS]
              = { (self->taken_at - sent_at) / 1000.0, (self->began_at - self->taken_at) / 1000.0,
                  (self->painted_at - self->began_at) / 1000.0 };

          g_array_append_val (self->times, took);
          for (guint part = 0; part < N_PARTS; part++)
            g_array_append_val (self->parts[part], parts[part]);
        }
      else if (self->progress != PAINTED)
        self->n_lost++;
      self->progress = NOTHING_SENT;
      g_mutex_unlock (&self->mutex);
    }
  XCloseDisplay (display);
  g_main_context_invoke (NULL, (GSourceFunc)g_main_loop_quit, self->loop);
  return NULL;
}

/* -- the course of it -- */

static gboolean
quit (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static void
pass (Bench *self, guint ms)
{
  g_timeout_add (ms, quit, self->loop);
  g_main_loop_run (self->loop);
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gdouble first = *(const gdouble *)a, second = *(const gdouble *)b;

  return (first > second) - (first < second);
}

static gdouble
median_of (GArray *times)
{
  g_array_sort (times, compare_times);
  return g_array_index (times, gdouble, times->len / 2);
}

/* Whether the limits are kept. */
static gboolean
measure (Bench *self, const char *title)
{
  const gdouble *times;
  gdouble median, p99;
  guint n;
  GThread *thread;

  g_array_set_size (self->times, 0);
  for (guint part = 0; part < N_PARTS; part++)
    g_array_set_size (self->parts[part], 0);
  self->n_lost = 0;
  thread = g_thread_new ("inputs", make_inputs, self);
  g_main_loop_run (self->loop);
  g_thread_join (thread);

  n = self->times->len;
  if (n == 0 || self->n_lost > 0)
    {
      g_print ("%-8s  %u of %u inputs were not answered within %d ms\n", title, self->n_lost, self->n_inputs + WARM_UP,
               PATIENCE_MS);
      return FALSE;
    }
  median = median_of (self->times);
  times = (gpointer)self->times->data;
  p99 = times[MIN (n - 1, n * 99 / 100)];
  g_print ("%-8s  %-8s %5u inputs: median %6.2f ms, 95 %% %6.2f ms, 99 %% %6.2f ms, longest %6.2f ms "
           "(taken in after %.2f ms, its frame begins %.2f ms later and takes %.2f ms; any frame %.2f ms, %u a second "
           "without inputs)\n",
           title, self->training ? "training" : "idle", n, median, times[MIN (n - 1, n * 95 / 100)], p99, times[n - 1],
           median_of (self->parts[UNTIL_TAKEN]), median_of (self->parts[UNTIL_FRAME]), median_of (self->parts[FRAME]),
           self->frame_us / 1000.0 / MAX (1, self->n_frames), self->own_frames);
  return median < MEDIAN_LIMIT_MS && p99 < P99_LIMIT_MS;
}

static gboolean
show (Bench *self, const char *name)
{
  GtkWidget *window = GTK_WIDGET (self->window);

  if (!smalti_main_window_get_page (self->window, name))
    return FALSE;
  if (g_str_equal (name, "run"))
    {
      if (self->trained == 0)
        return FALSE;
      smalti_main_window_show_run (self->window, self->trained);
    }
  else if (g_str_equal (name, "new-run"))
    gtk_widget_activate_action (window, "win.new-run", "s", smalti_workbench_get_sample_path (self->window->workbench));
  else
    smalti_main_window_show_page (self->window, name);
  /* As long as things move and load, it is the page's coming that would be measured. */
  pass (self, 1500);
  self->n_frames = self->frame_us = 0;
  pass (self, 1000);
  self->own_frames = self->n_frames;
  self->n_frames = self->frame_us = 0;
  return TRUE;
}

static gboolean
measure_pages (Bench *self)
{
  gboolean fine = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    if ((!*self->only || g_strv_contains ((const char *const *)self->only, pages[i].name))
        && show (self, pages[i].name))
      fine &= measure (self, pages[i].title);
  return fine;
}

static void
on_engine_event (SmaltiWorkbench *workbench, SmaltiEvent *event, Bench *self)
{
  if (event->type == SMALTI_EVENT_FAILED)
    g_error ("%s", event->text);
  if (event->type == SMALTI_EVENT_METRIC && !self->training)
    {
      self->training = TRUE;
      self->trained = event->run;
      g_main_loop_quit (self->loop);
    }
}

/* Until its first point: then it trains, on all cores. */
static void
start_training (Bench *self)
{
  SmaltiWorkbench *workbench = self->window->workbench;
  g_autoptr (SmaltiSpec) spec = smalti_spec_new (smalti_pretext_find ("jigsaw"), smalti_backbone_find ("cfn-small"));
  const char *const settings[][2]
      = { { "name", "At work" },      { "data.path", smalti_workbench_get_sample_path (workbench) },
          { "method.tile", "24" },    { "method.permutations", "24" },
          { "train.epochs", "9999" }, { "train.batch", "32" },
          { "eval.protocol", "none" } };

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      g_autoptr (GError) error = NULL;

      if (!smalti_spec_set (spec, settings[i][0], settings[i][1], &error))
        g_error ("%s", error->message);
    }
  g_signal_connect (workbench, "event", G_CALLBACK (on_engine_event), self);
  smalti_workbench_start_spec (workbench, spec);
  g_main_loop_run (self->loop);
}

static gboolean
run (Bench *self, const char *store)
{
  g_autoptr (AdwApplication) application = g_object_new (ADW_TYPE_APPLICATION, "flags", G_APPLICATION_NON_UNIQUE,
                                                         "resource-base-path", "/org/smalti/Smalti", NULL);
  GtkEventController *events = gtk_event_controller_legacy_new ();
  gboolean fine;

  if (!g_application_register (G_APPLICATION (application), NULL, NULL))
    g_error ("The application can't be started.");
  self->window = smalti_main_window_new (application, store);
  gtk_event_controller_set_propagation_phase (events, GTK_PHASE_CAPTURE);
  g_signal_connect (events, "event", G_CALLBACK (on_event), self);
  gtk_widget_add_controller (GTK_WIDGET (self->window), events);
  g_signal_connect_swapped (self->window->workbench, "loaded", G_CALLBACK (g_main_loop_quit), self->loop);
  gtk_window_present (GTK_WINDOW (self->window));
  g_main_loop_run (self->loop);
  self->native = gdk_x11_surface_get_xid (gtk_native_get_surface (GTK_NATIVE (self->window)));
  g_signal_connect (gtk_widget_get_frame_clock (GTK_WIDGET (self->window)), "before-paint", G_CALLBACK (on_paint),
                    self);
  g_signal_connect (gtk_widget_get_frame_clock (GTK_WIDGET (self->window)), "after-paint", G_CALLBACK (on_painted),
                    self);

  fine = measure_pages (self);
  start_training (self);
  fine &= measure_pages (self);

  g_signal_connect_swapped (self->window->workbench, "idle", G_CALLBACK (g_main_loop_quit), self->loop);
  smalti_workbench_ask_run (self->window->workbench, self->trained, SMALTI_REQUEST_STOP_NOW, NULL, NULL);
  g_main_loop_run (self->loop);
  gtk_window_destroy (GTK_WINDOW (self->window));
  return fine;
}

static gboolean
load_xtest (Bench *self)
{
  GModule *module = g_module_open ("libXtst.so.6", G_MODULE_BIND_LAZY);

  return module && g_module_symbol (module, "XTestFakeMotionEvent", (gpointer *)&self->fake_motion)
         && g_module_symbol (module, "XTestFakeButtonEvent", (gpointer *)&self->fake_button)
         && g_module_symbol (module, "XTestFakeKeyEvent", (gpointer *)&self->fake_key);
}

int
main (int argc, char **argv)
{
  Bench bench = { .n_runs = argc > 1 ? (guint)atoi (argv[1]) : 200,
                  .n_inputs = argc > 2 ? (guint)atoi (argv[2]) : 40,
                  .only = argc > 3 ? argv + 3 : argv + argc };
  g_autofree char *path = NULL;
  SmaltiStore *store;
  gboolean fine;

  smalti_device_let_threads_sleep (argv);
  if (!load_xtest (&bench))
    {
      g_printerr ("The X server can't be told of inputs: libXtst.so.6 is not there.\n");
      return 77;
    }
  path = g_dir_make_tmp ("smalti-bench-window-XXXXXX", NULL);
  store = smalti_store_open (path, NULL);
  add_many_runs (store, bench.n_runs, 50);
  g_object_unref (store);
  g_mutex_init (&bench.mutex);
  g_cond_init (&bench.cond);
  bench.loop = g_main_loop_new (NULL, FALSE);
  bench.times = g_array_new (FALSE, FALSE, sizeof (gdouble));
  for (guint part = 0; part < N_PARTS; part++)
    bench.parts[part] = g_array_new (FALSE, FALSE, sizeof (gdouble));
  g_print ("%u runs, %u processors\n", bench.n_runs, smalti_device_n_processors ());
  fine = run (&bench, path);
  g_array_unref (bench.times);
  for (guint part = 0; part < N_PARTS; part++)
    g_array_unref (bench.parts[part]);
  g_main_loop_unref (bench.loop);
  remove_tree (path);
  return fine ? 0 : 1;
}
