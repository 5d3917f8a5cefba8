/* SPDX-License-Identifier: Apache-2.0 */
/* Work that blocks; see the header. The thread only leaves word of how far it is, the main loop looks ten times a
 * second. */
#include "app/work.h"

#include "app/interrupt.h"
#include "app/output.h"
#include "app/progress.h"

typedef struct
{
  CliWorkFunc work;
  gpointer user_data;
  GCancellable *cancellable;
  GMainLoop *loop;
  GError *error;
  gboolean ok;
} Job;

/* One job at a time: the program does one thing. */
static GMutex lock;
static char *phase_title;
static guint64 phase_done, phase_total;
static gint64 phase_start;
static guint64 phase_first;

void
cli_work_phase (const char *title, guint64 done, guint64 total, gpointer unused)
{
  g_mutex_lock (&lock);
  if (g_strcmp0 (title, phase_title) != 0)
    {
      g_free (phase_title);
      phase_title = g_strdup (title);
      phase_start = g_get_monotonic_time ();
      phase_first = done;
    }
  phase_done = done;
  phase_total = total;
  g_mutex_unlock (&lock);
}

static gboolean
draw (gpointer unused)
{
  g_autofree char *title = NULL;
  CliProgress progress = { .seconds_left = -1 };
  double seconds;
  guint64 first;

  g_mutex_lock (&lock);
  title = g_strdup (phase_title);
  progress.done = phase_done;
  progress.total = phase_total;
  first = phase_first;
  seconds = (g_get_monotonic_time () - phase_start) / (double)G_USEC_PER_SEC;
  g_mutex_unlock (&lock);
  if (title == NULL)
    return G_SOURCE_CONTINUE;
  progress.title = title;
  if (seconds > 1 && progress.done > first && progress.total >= progress.done)
    progress.seconds_left = (progress.total - progress.done) * seconds / (progress.done - first);
  cli_progress_show (&progress);
  return G_SOURCE_CONTINUE;
}

static gboolean
quit (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static gpointer
thread (gpointer data)
{
  Job *job = data;

  job->ok = job->work (job->cancellable, job->user_data, &job->error);
  g_idle_add (quit, job->loop);
  return NULL;
}

static void
ask (gpointer data)
{
  Job *job = data;

  cli_note ("%s", _ ("Stopping; Ctrl-C again ends it at once."));
  g_cancellable_cancel (job->cancellable);
}

gboolean
cli_work (CliWorkFunc work, gpointer user_data, GError **error)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Job job = { work, user_data, cancellable, loop, NULL, FALSE };
  g_autoptr (CliInterrupt) interrupt = cli_interrupt_new (ask, &job);
  guint timer = g_timeout_add (100, draw, NULL);
  GThread *worker = g_thread_new ("work", thread, &job);

  g_main_loop_run (loop);
  g_thread_join (worker);
  g_source_remove (timer);
  cli_progress_hide ();
  g_clear_pointer (&phase_title, g_free);
  if (job.error != NULL)
    g_propagate_error (error, job.error);
  return job.ok;
}
