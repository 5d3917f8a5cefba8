/* SPDX-License-Identifier: Apache-2.0 */
/* A run under way is paused, continued, stopped and changed, from here and from elsewhere, and stays what its history
 * says: to the bit. */
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>

#include "core/base/error.h"
#include "remove-tree.h"
#include "tiny-run.h"

static char *folder, *data_path, *store_path;

typedef struct _Listener Listener;

/* What to do at the first event of a type at or after a step. */
typedef struct
{
  SmaltiEventType when;
  guint64 step;
  void (*act) (Listener *listener, const SmaltiEvent *event);
} Cue;

struct _Listener
{
  SmaltiEngine *engine;
  GMainLoop *loop;
  SmaltiStore *store;
  gint64 run;
  const Cue *cues; /* done one after the other; ends with %NULL */
  guint n_of[SMALTI_EVENT_FAILED + 1];
  SmaltiEvent *last, *changed;
  guint64 step_when_paused, step_after_a_while;
};

static void
on_event (SmaltiEngine *engine, SmaltiEvent *event, Listener *self)
{
  self->n_of[event->type]++;
  if (event->type == SMALTI_EVENT_CHANGED && self->changed == NULL)
    self->changed = smalti_event_ref (event);
  if (self->cues != NULL && self->cues->act != NULL && event->type == self->cues->when
      && event->point.step >= self->cues->step)
    (self->cues++)->act (self, event);
  if (event->type < SMALTI_EVENT_DONE)
    return;
  self->last = smalti_event_ref (event);
  g_main_loop_quit (self->loop);
}

static void
listener_clear (Listener *self)
{
  smalti_engine_join (self->engine);
  g_object_unref (self->engine);
  g_main_loop_unref (self->loop);
  g_object_unref (self->store);
  g_clear_pointer (&self->last, smalti_event_unref);
  g_clear_pointer (&self->changed, smalti_event_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Listener, listener_clear)

/* Starts @run and listens to its end; clear with listener_clear(). */
static void
listen (Listener *self, gint64 run, const Cue *cues)
{
  g_autoptr (GError) error = NULL;

  *self = (Listener){ .engine = smalti_engine_new (store_path),
                      .loop = g_main_loop_new (NULL, FALSE),
                      .store = smalti_store_open (store_path, NULL),
                      .run = run,
                      .cues = cues };
  g_signal_connect (self->engine, "event", G_CALLBACK (on_event), self);
  smalti_engine_start (self->engine, run, &error);
  g_assert_no_error (error);
  g_main_loop_run (self->loop);
}

static void
assert_end (const Listener *self, SmaltiEventType type)
{
  if (self->last->type != type)
    g_error ("ended with %d: %s", self->last->type, self->last->text != NULL ? self->last->text : "");
}

static gint64
add (SmaltiSpec *spec)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (store_path, NULL);
  g_autoptr (GError) error = NULL;
  gint64 run = smalti_store_add_run (store, spec, &error);

  g_assert_no_error (error);
  smalti_spec_unref (spec);
  return run;
}

/* Long enough to be steered; no checkpoints but those that are asked for. */
static SmaltiSpec *
steered_spec (void)
{
  return tiny_spec (data_path, "train.epochs", "10", "train.checkpoint_every", "0", "train.preview_every", "0", NULL);
}

static SmaltiRunInfo *
get_info (gint64 run)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (store_path, NULL);

  return smalti_store_get_run (store, run, NULL);
}

static GArray *
get_points (gint64 run, const char *metric)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (store_path, NULL);

  return smalti_store_get_points (store, run, metric, -1, NULL);
}

static void
run_to_end (gint64 run)
{
  g_auto (Listener) listener = { 0 };

  listen (&listener, run, NULL);
  assert_end (&listener, SMALTI_EVENT_DONE);
}

static void
assert_same_weights (gint64 a, gint64 b)
{
  g_autofree char *x = tiny_hash (store_path, a), *y = tiny_hash (store_path, b);

  g_assert_cmpstr (x, ==, y);
}

/* One that nobody touched: made when first asked for. */
static gint64
untouched (void)
{
  static gint64 run;

  if (run == 0)
    {
      run = add (steered_spec ());
      run_to_end (run);
    }
  return run;
}

static void
do_pause (Listener *self, const SmaltiEvent *event)
{
  smalti_engine_pause (self->engine);
}

static void
do_stop (Listener *self, const SmaltiEvent *event)
{
  smalti_engine_stop (self->engine);
}

static void
do_stop_now (Listener *self, const SmaltiEvent *event)
{
  smalti_engine_stop_now (self->engine);
}

static void
do_continue (Listener *self, const SmaltiEvent *event)
{
  smalti_engine_continue (self->engine);
}

#define REST_MS 700

static gboolean
continue_after_a_rest (gpointer user_data)
{
  Listener *self = user_data;
  g_autoptr (SmaltiRunInfo) info = get_info (self->run);

  g_assert_cmpint (info->state, ==, SMALTI_RUN_PAUSED);
  self->step_after_a_while = info->step;
  smalti_engine_continue (self->engine);
  return G_SOURCE_REMOVE;
}

static void
rest (Listener *self, const SmaltiEvent *event)
{
  g_autoptr (SmaltiRunInfo) info = get_info (self->run);

  g_assert_cmpint (info->state, ==, SMALTI_RUN_PAUSED);
  g_assert_cmpuint (info->step, ==, event->point.step);
  self->step_when_paused = info->step;
  g_timeout_add (REST_MS, continue_after_a_rest, self);
}

static void
a_paused_run_rests_and_goes_on_as_if_it_had_not (void)
{
  static const Cue cues[] = { { SMALTI_EVENT_METRIC, 3, do_pause }, { SMALTI_EVENT_PAUSED, 0, rest }, { 0, 0, NULL } };
  gint64 run = add (steered_spec ()), began = g_get_monotonic_time ();
  g_auto (Listener) listener = { 0 };
  g_autoptr (GArray) points = NULL;
  gdouble wall, trained;

  listen (&listener, run, cues);
  wall = (g_get_monotonic_time () - began) / (gdouble)G_USEC_PER_SEC;
  assert_end (&listener, SMALTI_EVENT_DONE);
  g_assert_cmpuint (listener.n_of[SMALTI_EVENT_PAUSED], ==, 1);
  g_assert_cmpuint (listener.n_of[SMALTI_EVENT_CONTINUED], ==, 1);
  g_assert_cmpuint (listener.step_when_paused, ==, listener.step_after_a_while);
  assert_same_weights (untouched (), run);
  /* The clock of the curves stood still. */
  points = get_points (run, "train/loss");
  trained = g_array_index (points, SmaltiPoint, points->len - 1).time;
  g_assert_cmpfloat (trained, <, wall - REST_MS * 1e-3);
}

static void
a_paused_run_can_be_stopped (void)
{
  static const Cue cues[]
      = { { SMALTI_EVENT_METRIC, 3, do_pause }, { SMALTI_EVENT_PAUSED, 0, do_stop }, { 0, 0, NULL } };
  gint64 run = add (steered_spec ());
  g_auto (Listener) listener = { 0 };

  listen (&listener, run, cues);
  assert_end (&listener, SMALTI_EVENT_STOPPED);
  g_assert_cmpuint (listener.n_of[SMALTI_EVENT_CONTINUED], ==, 0);
  {
    g_autoptr (SmaltiRunInfo) info = get_info (run);

    g_assert_cmpint (info->state, ==, SMALTI_RUN_STOPPED);
    g_assert_cmpuint (info->step, ==, listener.last->point.step);
  }
  run_to_end (run);
  assert_same_weights (untouched (), run);
}

static void
stopping_now_goes_back_to_the_last_checkpoint (void)
{
  static const Cue at_once[] = { { SMALTI_EVENT_METRIC, 3, do_stop_now }, { 0, 0, NULL } };
  static const Cue after_a_pause[] = { { SMALTI_EVENT_METRIC, 3, do_pause },
                                       { SMALTI_EVENT_PAUSED, 0, do_continue },
                                       { SMALTI_EVENT_METRIC, 20, do_stop_now },
                                       { 0, 0, NULL } };
  gint64 run = add (steered_spec ());
  guint64 at;

  {
    g_auto (Listener) listener = { 0 };
    g_autoptr (SmaltiRunInfo) info = NULL;
    g_autoptr (GArray) points = NULL;

    listen (&listener, run, at_once);
    assert_end (&listener, SMALTI_EVENT_STOPPED);
    g_assert_cmpuint (listener.n_of[SMALTI_EVENT_CHECKPOINT], ==, 0);
    g_assert_cmpuint (listener.last->point.step, ==, 0);
    info = get_info (run);
    g_assert_cmpint (info->state, ==, SMALTI_RUN_STOPPED);
    g_assert_cmpuint (info->step, ==, 0);
    points = get_points (run, "train/loss");
    g_assert_cmpuint (points->len, ==, 0);
  }
  {
    g_auto (Listener) listener = { 0 };
    g_autoptr (SmaltiRunInfo) info = NULL;
    g_autoptr (GArray) points = NULL;

    listen (&listener, run, after_a_pause);
    assert_end (&listener, SMALTI_EVENT_STOPPED);
    g_assert_cmpuint (listener.n_of[SMALTI_EVENT_CHECKPOINT], ==, 1);
    info = get_info (run);
    at = info->step;
    g_assert_cmpuint (at, >=, 3);
    g_assert_cmpuint (at, <, 20);
    g_assert_cmpuint (listener.last->point.step, ==, at);
    points = get_points (run, "train/loss");
    g_assert_cmpuint (g_array_index (points, SmaltiPoint, points->len - 1).step, ==, at);
  }
  run_to_end (run);
  assert_same_weights (untouched (), run);
}

static void
change_lr (Listener *self, const SmaltiEvent *event)
{
  g_autoptr (GError) error = NULL;

  smalti_engine_change (self->engine, "train.lr", "0.01", &error);
  g_assert_no_error (error);
}

static char *
file_of (gint64 run, const char *name)
{
  return g_strdup_printf ("%s/runs/%" G_GINT64_FORMAT "/%s.safetensors", store_path, run, name);
}

/* A new run that begins with the checkpoint that @run's change began with: after a run that wrote no other than that
 * and its last one, it is the previous one. */
static gint64
from_the_change_on (gint64 run)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (store_path, NULL);
  g_autoptr (SmaltiRunInfo) info = smalti_store_get_run (store, run, NULL);
  gint64 copy = add (steered_spec ());
  g_autofree char *made = smalti_store_get_run_folder (store, copy), *from = file_of (run, "checkpoint.previous");
  g_autofree char *to = file_of (copy, "checkpoint"), *bytes = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (from, &bytes, &n, NULL));
  g_assert_true (g_file_set_contents (to, bytes, n, NULL));
  return copy;
}

static void
assert_one_change (gint64 run, guint64 step, const char *key, const char *from, const char *to)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (store_path, NULL);
  g_autoptr (GPtrArray) changes = smalti_store_get_changes (store, run, NULL);
  const SmaltiChange *change;

  g_assert_cmpuint (changes->len, ==, 1);
  change = changes->pdata[0];
  g_assert_cmpuint (change->step, ==, step);
  g_assert_cmpstr (change->key, ==, key);
  g_assert_cmpstr (change->from, ==, from);
  g_assert_cmpstr (change->to, ==, to);
}

static void
a_changed_learning_rate_holds_from_its_step_on (void)
{
  static const Cue cues[] = { { SMALTI_EVENT_METRIC, 3, change_lr }, { 0, 0, NULL } };
  gint64 run = add (steered_spec ()), copy;
  g_auto (Listener) listener = { 0 };
  g_autoptr (GArray) changed = NULL, as_it_was = get_points (untouched (), "train/lr");
  g_autoptr (SmaltiRunInfo) info = NULL;
  g_autofree char *before = NULL, *after = NULL;
  guint64 step;

  listen (&listener, run, cues);
  assert_end (&listener, SMALTI_EVENT_DONE);
  g_assert_nonnull (listener.changed);
  g_assert_cmpstr (listener.changed->key, ==, "train.lr");
  step = listener.changed->point.step;
  assert_one_change (run, step, "train.lr", "0.05", "0.01");
  info = get_info (run);
  g_assert_nonnull (strstr (info->spec_yaml, "\n  lr: 0.01\n"));

  changed = get_points (run, "train/lr");
  g_assert_cmpuint (changed->len, ==, as_it_was->len);
  for (guint i = 0; i < changed->len; i++)
    {
      const SmaltiPoint *a = &g_array_index (as_it_was, SmaltiPoint, i), *b = &g_array_index (changed, SmaltiPoint, i);

      g_assert_cmpfloat_with_epsilon (b->value, a->value * (b->step <= step ? 1 : 0.2), 1e-8);
    }
  before = tiny_hash (store_path, untouched ());
  after = tiny_hash (store_path, run);
  g_assert_cmpstr (before, !=, after);

  /* What goes on from the checkpoint of the change does the same, though its own spec never had it. */
  copy = from_the_change_on (run);
  run_to_end (copy);
  assert_same_weights (run, copy);
  assert_one_change (copy, step, "train.lr", "0.05", "0.01");
}

static void
more_epochs (Listener *self, const SmaltiEvent *event)
{
  smalti_engine_change (self->engine, "train.epochs", "15", NULL);
}

static void
a_longer_run_goes_on_without_a_jump (void)
{
  static const Cue cues[] = { { SMALTI_EVENT_METRIC, 20, more_epochs }, { 0, 0, NULL } };
  gint64 run = add (steered_spec ()), copy;
  g_auto (Listener) listener = { 0 };
  g_autoptr (SmaltiRunInfo) info = NULL, before = get_info (untouched ());
  g_autoptr (GArray) lr = NULL;
  gdouble jump = 0;

  listen (&listener, run, cues);
  assert_end (&listener, SMALTI_EVENT_DONE);
  info = get_info (run);
  g_assert_cmpuint (info->n_steps, ==, before->n_steps / 10 * 15);
  g_assert_cmpuint (info->step, ==, info->n_steps);
  assert_one_change (run, listener.changed->point.step, "train.epochs", "10", "15");
  lr = get_points (run, "train/lr");
  for (guint i = 20; i < lr->len; i++)
    jump = MAX (jump, ABS (g_array_index (lr, SmaltiPoint, i).value - g_array_index (lr, SmaltiPoint, i - 1).value));
  g_assert_cmpfloat (jump, <, 0.05 * 2.5 / before->n_steps); /* the steepest of the cosine is pi / 2 of its mean */
  g_assert_cmpfloat (g_array_index (lr, SmaltiPoint, lr->len - 1).value, <, 0.001);

  copy = from_the_change_on (run);
  run_to_end (copy);
  assert_same_weights (run, copy);
}

static void
end_here (Listener *self, const SmaltiEvent *event)
{
  g_autofree char *epochs = g_strdup_printf ("%d", (int)event->point.epoch + 1);

  smalti_engine_change (self->engine, "train.epochs", epochs, NULL);
}

static void
a_shorter_run_ends_there_and_looks_once_more (void)
{
  static const Cue cues[] = { { SMALTI_EVENT_METRIC, 13, end_here }, { 0, 0, NULL } };
  gint64 run = add (steered_spec ());
  g_auto (Listener) listener = { 0 };
  g_autoptr (SmaltiRunInfo) info = NULL, whole = get_info (untouched ());
  g_autoptr (GArray) looks = NULL;

  listen (&listener, run, cues);
  assert_end (&listener, SMALTI_EVENT_DONE);
  info = get_info (run);
  g_assert_cmpuint (info->step, ==, info->n_steps);
  if (listener.changed != NULL)
    g_assert_cmpuint (info->n_steps, <, whole->n_steps);
  else /* so slow a machine that the epoch was over when it was asked: it says so */
    g_assert_cmpuint (info->n_steps, ==, whole->n_steps);
  looks = get_points (run, "val/loss");
  g_assert_cmpuint (g_array_index (looks, SmaltiPoint, looks->len - 1).step, ==, info->n_steps);
}

static void
ask_for_nonsense (Listener *self, const SmaltiEvent *event)
{
  static const char *const asked[][2] = {
    { "train.batch", "4" }, { "train.lr", "fast" }, { "train.lr", "-1" }, { "train.epochs", "0" }, { "nothing", "1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      g_autoptr (GError) here = NULL, elsewhere = NULL;

      g_assert_false (smalti_engine_change (self->engine, asked[i][0], asked[i][1], &here));
      g_assert_error (here, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
      g_assert_false (
          smalti_store_request (self->store, self->run, SMALTI_REQUEST_CHANGE, asked[i][0], asked[i][1], &elsewhere));
      g_assert_error (elsewhere, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
    }
  smalti_engine_change (self->engine, "train.epochs", "1", NULL); /* it is past that: a warning, and nothing else */
}

static void
what_makes_no_sense_is_refused_and_changes_nothing (void)
{
  static const Cue cues[] = { { SMALTI_EVENT_METRIC, 25, ask_for_nonsense }, { 0, 0, NULL } };
  gint64 run = add (steered_spec ());
  g_auto (Listener) listener = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) changes = NULL;
  g_autoptr (SmaltiSpec) by_time = tiny_spec (data_path, "train.minutes", "5", NULL);

  listen (&listener, run, cues);
  assert_end (&listener, SMALTI_EVENT_DONE);
  assert_same_weights (untouched (), run);
  changes = smalti_store_get_changes (listener.store, run, NULL);
  g_assert_cmpuint (changes->len, ==, 0);
  g_assert_false (smalti_engine_change (listener.engine, "train.lr", "0.1", &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (smalti_store_request (listener.store, run, SMALTI_REQUEST_PAUSE, NULL, NULL, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (smalti_spec_check_change (by_time, "train.epochs", "3", &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
}

/* Killed after the checkpoint of a change and before the store has heard of it. */
static void
a_store_behind_its_checkpoint_is_brought_up_to_date (void)
{
  static const Cue cues[]
      = { { SMALTI_EVENT_METRIC, 3, change_lr }, { SMALTI_EVENT_CHANGED, 0, do_stop }, { 0, 0, NULL } };
  gint64 run = add (steered_spec ());
  g_autofree char *file = g_build_filename (store_path, "smalti.db", NULL);
  g_autofree char *undo = g_strdup_printf ("DELETE FROM artifact WHERE kind = 'change' AND run = %" G_GINT64_FORMAT ";"
                                           "UPDATE spec SET yaml = replace (yaml, 'lr: 0.01', 'lr: 0.05')"
                                           " WHERE run = %" G_GINT64_FORMAT,
                                           run, run);
  g_autoptr (SmaltiRunInfo) info = NULL;
  guint64 step;
  sqlite3 *db;

  {
    g_auto (Listener) listener = { 0 };

    listen (&listener, run, cues);
    assert_end (&listener, SMALTI_EVENT_STOPPED);
    step = listener.last->point.step;
  }
  g_assert_cmpint (sqlite3_open (file, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, undo, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_total_changes (db), ==, 2);
  sqlite3_close (db);
  run_to_end (run);
  assert_one_change (run, step, "train.lr", "0.05", "0.01");
  info = get_info (run);
  g_assert_nonnull (strstr (info->spec_yaml, "\n  lr: 0.01\n"));
}

static gdouble
seconds_trained (gint64 run)
{
  g_autoptr (GArray) points = get_points (run, "train/loss");

  return g_array_index (points, SmaltiPoint, points->len - 1).time;
}

/* A pause leaves nothing in them, and resuming no second point at a step. */
static void
meters_are_kept_beside_the_curves (void)
{
  static const char *const metrics[] = { "meter/cpu", "meter/memory", "meter/images_per_second", "meter/loader_wait" };
  static const Cue cues[] = { { SMALTI_EVENT_METRIC, 3, do_pause }, { SMALTI_EVENT_PAUSED, 0, rest }, { 0, 0, NULL } };
  gint64 run = add (tiny_spec (data_path, "train.minutes", "0.12", "train.validate_every", "0", NULL));
  g_auto (Listener) listener = { 0 };

  listen (&listener, run, cues);
  assert_end (&listener, SMALTI_EVENT_DONE);
  for (guint m = 0; m < G_N_ELEMENTS (metrics); m++)
    {
      g_autoptr (GArray) points = get_points (run, metrics[m]);
      const SmaltiPoint *last = NULL;

      g_test_message ("%s: %u points", metrics[m], points->len);
      g_assert_cmpuint (points->len, <=, 30);
      for (guint i = 0; i < points->len; i++)
        {
          const SmaltiPoint *point = &g_array_index (points, SmaltiPoint, i);

          if (last != NULL)
            g_assert_cmpfloat (point->time, >=, last->time + 2 - 2e-3);
          g_assert_cmpfloat (point->value, >=, 0);
          if (strcmp (metrics[m], "meter/cpu") == 0 || strcmp (metrics[m], "meter/loader_wait") == 0)
            g_assert_cmpfloat (point->value, <=, 1);
          else
            g_assert_cmpfloat (point->value, >, 1);
          last = point;
        }
      if (seconds_trained (run) > 3)
        g_assert_cmpuint (points->len, >=, 1);
    }
}

static GPid
start_elsewhere (gint64 run)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "engine", "run-one", NULL);
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, run);
  char *argv[] = { program, store_path, number, NULL };
  g_autoptr (GError) error = NULL;
  GPid pid;

  g_spawn_async (NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, &error);
  g_assert_no_error (error);
  return pid;
}

/* Asks until it may, then waits until the run is so. */
static void
ask_elsewhere (SmaltiStore *store, gint64 run, SmaltiRequestKind kind, SmaltiRunState until)
{
  while (!smalti_store_request (store, run, kind, NULL, NULL, NULL))
    g_usleep (10000);
  for (;;)
    {
      g_autoptr (SmaltiRunInfo) info = smalti_store_get_run (store, run, NULL);

      if (info->state == until)
        return;
      g_assert_cmpint (info->state, !=, SMALTI_RUN_DONE);
      g_usleep (10000);
    }
}

static void
another_program_is_paused_continued_and_stopped (void)
{
  gint64 run = add (tiny_spec (data_path, "train.epochs", "100000", "train.validate_every", "0", NULL));
  g_autoptr (SmaltiStore) store = smalti_store_open (store_path, NULL);
  g_autoptr (GError) error = NULL;
  GPid pid = start_elsewhere (run);
  int status;

  ask_elsewhere (store, run, SMALTI_REQUEST_PAUSE, SMALTI_RUN_PAUSED);
  g_assert_false (smalti_store_request (store, run, SMALTI_REQUEST_PAUSE, NULL, NULL, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
  g_assert_true (smalti_store_request (store, run, SMALTI_REQUEST_CHANGE, "train.lr", "0.02", NULL));
  ask_elsewhere (store, run, SMALTI_REQUEST_CONTINUE, SMALTI_RUN_RUNNING);
  ask_elsewhere (store, run, SMALTI_REQUEST_STOP, SMALTI_RUN_STOPPED);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  {
    g_autoptr (SmaltiRunInfo) info = get_info (run);
    g_autoptr (GPtrArray) changes = smalti_store_get_changes (store, run, NULL), log = NULL;

    /* Paused before it came to train or after: either way it is written down whether there was a step for it. */
    log = smalti_store_get_artifacts (store, run, "log", 0, NULL);
    g_assert_cmpuint (changes->len + (log->len > 0), >=, 1);
    g_assert_cmpint (info->state, ==, SMALTI_RUN_STOPPED);
  }
}

static void
a_paused_run_that_is_killed_is_lost_and_goes_on (void)
{
  /* Other programs look every half second: it must not be done by then. */
  gint64 whole = add (tiny_spec (data_path, "train.epochs", "60", NULL));
  gint64 run = add (tiny_spec (data_path, "train.epochs", "60", NULL));
  g_autoptr (SmaltiStore) store = smalti_store_open (store_path, NULL);
  g_autoptr (SmaltiRunInfo) info = NULL;
  GPid pid = start_elsewhere (run);
  int status;

  ask_elsewhere (store, run, SMALTI_REQUEST_PAUSE, SMALTI_RUN_PAUSED);
  kill (pid, SIGKILL);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  info = get_info (run);
  g_assert_cmpint (info->state, ==, SMALTI_RUN_LOST);
  run_to_end (run);
  run_to_end (whole);
  assert_same_weights (whole, run);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("smalti-steer-XXXXXX", NULL);
  data_path = g_build_filename (folder, "sample", NULL);
  store_path = g_build_filename (folder, "store", NULL);
  tiny_write_sample (data_path);
  g_test_add_func ("/steer/pause", a_paused_run_rests_and_goes_on_as_if_it_had_not);
  g_test_add_func ("/steer/pause-and-stop", a_paused_run_can_be_stopped);
  g_test_add_func ("/steer/stop-now", stopping_now_goes_back_to_the_last_checkpoint);
  g_test_add_func ("/steer/lr", a_changed_learning_rate_holds_from_its_step_on);
  g_test_add_func ("/steer/longer", a_longer_run_goes_on_without_a_jump);
  g_test_add_func ("/steer/shorter", a_shorter_run_ends_there_and_looks_once_more);
  g_test_add_func ("/steer/nonsense", what_makes_no_sense_is_refused_and_changes_nothing);
  g_test_add_func ("/steer/behind", a_store_behind_its_checkpoint_is_brought_up_to_date);
  g_test_add_func ("/steer/meters", meters_are_kept_beside_the_curves);
  g_test_add_func ("/steer/elsewhere", another_program_is_paused_continued_and_stopped);
  g_test_add_func ("/steer/lost", a_paused_run_that_is_killed_is_lost_and_goes_on);
  result = g_test_run ();
  remove_tree (folder);
  g_free (folder);
  g_free (data_path);
  g_free (store_path);
  return result;
}
