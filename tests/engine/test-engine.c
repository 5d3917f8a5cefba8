/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/memory.h"
#include "remove-tree.h"
#include "tiny-run.h"

static char *folder, *data_path, *store_path;

/* What was told of a run, in order. */
typedef struct
{
  SmaltiEngine *engine;
  GMainLoop *loop;
  GPtrArray *events;
  guint64 stop_at; /* steps; 0: never */
} Heard;

static void
on_event (SmaltiEngine *engine, SmaltiEvent *event, Heard *heard)
{
  if (heard->events->len > 0) /* nothing comes after the last event */
    g_assert_true (((SmaltiEvent *)heard->events->pdata[heard->events->len - 1])->type < SMALTI_EVENT_DONE);
  g_ptr_array_add (heard->events, smalti_event_ref (event));
  if (heard->stop_at > 0 && event->type == SMALTI_EVENT_METRIC && event->point.step >= heard->stop_at)
    smalti_engine_stop (engine);
  if (event->type >= SMALTI_EVENT_DONE)
    {
      g_assert_false (smalti_engine_is_running (engine));
      g_main_loop_quit (heard->loop);
    }
}

static void
heard_clear (Heard *heard)
{
  smalti_engine_join (heard->engine);
  g_object_unref (heard->engine);
  g_main_loop_unref (heard->loop);
  g_ptr_array_unref (heard->events);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Heard, heard_clear)

/* To a run that is stopped when so many steps were told; 0: never. */
static Heard
listen_until (guint64 stop_at)
{
  return (Heard){ .engine = smalti_engine_new (store_path),
                  .loop = g_main_loop_new (NULL, FALSE),
                  .events = g_ptr_array_new_with_free_func ((GDestroyNotify)smalti_event_unref),
                  .stop_at = stop_at };
}

static const SmaltiEvent *
last (const Heard *heard)
{
  return heard->events->pdata[heard->events->len - 1];
}

static guint
count (const Heard *heard, SmaltiEventType type)
{
  guint n = 0;

  for (guint i = 0; i < heard->events->len; i++)
    n += ((const SmaltiEvent *)heard->events->pdata[i])->type == type;
  return n;
}

static void
go (Heard *heard, gint64 run)
{
  g_autoptr (GError) error = NULL;

  g_signal_connect (heard->engine, "event", G_CALLBACK (on_event), heard);
  smalti_engine_start (heard->engine, run, &error);
  g_assert_no_error (error);
  g_main_loop_run (heard->loop);
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

static void
run_to_end (gint64 run)
{
  g_auto (Heard) heard = listen_until (0);

  go (&heard, run);
  if (last (&heard)->type != SMALTI_EVENT_DONE)
    g_error ("%s", last (&heard)->text);
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

/* Curves are the same but for the clock. */
static void
assert_same_curves (gint64 a, gint64 b)
{
  static const char *const metrics[]
      = { "train/loss", "train/accuracy", "train/lr", "train/grad_norm", "val/loss", "val/accuracy" };

  for (guint m = 0; m < G_N_ELEMENTS (metrics); m++)
    {
      g_autoptr (GArray) x = get_points (a, metrics[m]);
      g_autoptr (GArray) y = get_points (b, metrics[m]);

      g_assert_cmpuint (x->len, >, 0);
      g_assert_cmpuint (x->len, ==, y->len);
      for (guint i = 0; i < x->len; i++)
        {
          const SmaltiPoint *p = &g_array_index (x, SmaltiPoint, i), *q = &g_array_index (y, SmaltiPoint, i);

          g_assert_cmpuint (p->step, ==, q->step);
          g_assert_cmpfloat (p->value, ==, q->value);
        }
    }
}

static void
assert_same_weights (gint64 a, gint64 b)
{
  g_autofree char *x = tiny_hash (store_path, a), *y = tiny_hash (store_path, b);

  g_assert_cmpstr (x, ==, y);
}

static gint64 uninterrupted;

static void
a_run_comes_to_its_end (void)
{
  gint64 run = add (tiny_spec (data_path, "name", "whole", NULL));
  g_auto (Heard) heard = listen_until (0);
  g_autoptr (SmaltiRunInfo) info = NULL;
  g_autoptr (GArray) train = NULL, val = NULL;
  g_autoptr (SmaltiStore) store = smalti_store_open (store_path, NULL);
  g_autoptr (GPtrArray) previews = NULL;

  go (&heard, run);
  if (last (&heard)->type != SMALTI_EVENT_DONE)
    g_error ("%s", last (&heard)->text);
  g_assert_cmpuint (count (&heard, SMALTI_EVENT_PREVIEW), >=, 1);
  g_assert_cmpuint (count (&heard, SMALTI_EVENT_CHECKPOINT), >=, 1);
  g_assert_cmpuint (count (&heard, SMALTI_EVENT_METRIC), >=, 5);
  g_assert_cmpuint (count (&heard, SMALTI_EVENT_PROGRESS), >=, 1);

  info = get_info (run);
  g_assert_cmpint (info->state, ==, SMALTI_RUN_DONE);
  g_assert_cmpuint (info->n_steps, ==, 3 * 12); /* 12 classes x 8 images / 8 */
  g_assert_cmpuint (info->step, ==, info->n_steps);
  g_assert_cmpfloat_with_epsilon (info->epoch, 3, 1e-9);
  g_assert_cmpstr (info->program_version, ==, SMALTI_VERSION);
  g_assert_cmpstr (info->precision, ==, "f32");
  g_assert_cmpstr (info->data_path, ==, data_path);
  g_assert_cmpuint (strlen (info->data_fingerprint), ==, 64);
  g_assert_cmpstr (info->device, !=, "");
  g_assert_cmpuint (info->n_threads, ==, 1);
  g_assert_cmpint (info->n_params, >, 0);
  g_assert_cmpuint (info->plan_bytes, >, 4 * info->n_params);
  g_assert_cmpuint (info->loader_bytes, >, 0);
  g_assert_cmpint (info->finished, >=, info->started);

  train = get_points (run, "train/loss");
  g_assert_cmpuint (train->len, ==, info->n_steps);
  g_assert_cmpuint (g_array_index (train, SmaltiPoint, 0).step, ==, 1);
  g_assert_cmpfloat (fabs (g_array_index (train, SmaltiPoint, 0).value - log (8)), <, 1); /* of 8 permutations */
  val = get_points (run, "val/loss");
  g_assert_cmpuint (val->len, ==, 3);
  g_assert_cmpuint (g_array_index (val, SmaltiPoint, 2).step, ==, info->n_steps);
  previews = smalti_store_get_artifacts (store, run, "preview", 0, NULL);
  g_assert_cmpuint (previews->len, >=, 3);
  g_assert_cmpuint (previews->len % 3, ==, 0);
  g_assert_nonnull (((const SmaltiArtifact *)previews->pdata[0])->data);
  uninterrupted = run;
}

static void
the_same_spec_gives_the_same_bits (void)
{
  gint64 again = add (tiny_spec (data_path, "loader_threads", "1", NULL));
  gint64 other = add (tiny_spec (data_path, "seed", "2", NULL));
  g_autofree char *hash = NULL, *other_hash = NULL;

  run_to_end (again);
  assert_same_weights (uninterrupted, again);
  assert_same_curves (uninterrupted, again);
  run_to_end (other);
  hash = tiny_hash (store_path, uninterrupted);
  other_hash = tiny_hash (store_path, other);
  g_assert_cmpstr (hash, !=, other_hash);
}

static void
a_stopped_run_goes_on_as_if_it_had_not (void)
{
  gint64 run = add (tiny_spec (data_path, NULL));
  static const guint64 stops[] = { 1, 5, 12, 13, 24 }; /* in an epoch, at its end, and after one step */

  for (guint i = 0; i < G_N_ELEMENTS (stops); i++)
    {
      g_auto (Heard) heard = listen_until (stops[i]);
      g_autoptr (SmaltiRunInfo) info = NULL;

      go (&heard, run);
      if (last (&heard)->type == SMALTI_EVENT_DONE) /* it was faster than the asking */
        break;
      g_assert_cmpint (last (&heard)->type, ==, SMALTI_EVENT_STOPPED);
      info = get_info (run);
      g_assert_cmpint (info->state, ==, SMALTI_RUN_STOPPED);
      g_assert_cmpuint (info->step, >=, stops[i]);
      g_assert_cmpuint (last (&heard)->point.step, ==, info->step);
    }
  {
    g_autoptr (SmaltiRunInfo) info = get_info (run);

    if (info->state != SMALTI_RUN_DONE)
      run_to_end (run);
  }
  assert_same_weights (uninterrupted, run);
  assert_same_curves (uninterrupted, run);
}

/* Runs @run in a program of its own, which is killed after @kill_after microseconds; negative: not. */
static int
run_elsewhere (gint64 run, gint64 kill_after)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "engine", "run-one", NULL);
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, run);
  char *argv[] = { program, store_path, number, NULL };
  g_autoptr (GError) error = NULL;
  GPid pid;
  int status;

  g_spawn_async (NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, &error);
  g_assert_no_error (error);
  if (kill_after >= 0)
    {
      g_usleep (kill_after);
      kill (pid, SIGKILL);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  return status;
}

/* kill -9 at ten random instants, also while a checkpoint is written: one is written after every step. Runs that come
 * to their end in between are followed by new ones. */
static void
a_killed_run_goes_on_as_if_it_had_not (void)
{
  guint n_kills = 0;
  gint64 began = g_get_monotonic_time (), whole_time;

  g_assert_cmpint (run_elsewhere (add (tiny_spec (data_path, "train.checkpoint_every", "0.001", NULL)), -1), ==, 0);
  whole_time = g_get_monotonic_time () - began;
  while (n_kills < 10)
    {
      gint64 run = add (tiny_spec (data_path, "train.checkpoint_every", "0.001", "train.preview_every", "0.05", NULL));

      for (;;)
        {
          gint64 wait = n_kills < 10 ? whole_time * g_test_rand_double_range (0.1, 0.9) : -1;
          int status = run_elsewhere (run, wait);
          g_autoptr (SmaltiRunInfo) info = get_info (run);

          if (info->state == SMALTI_RUN_DONE)
            break;
          if (wait < 0)
            g_error ("not done, status %d: %s %s", status, smalti_run_state_id (info->state), info->message);
          g_assert_true (WIFSIGNALED (status));
          n_kills += info->state == SMALTI_RUN_LOST; /* else it was killed before it had begun */
        }
      assert_same_weights (uninterrupted, run);
      assert_same_curves (uninterrupted, run);
    }
}

static char *
checkpoint_path (gint64 run, const char *name)
{
  return g_strdup_printf ("%s/runs/%" G_GINT64_FORMAT "/%s.safetensors", store_path, run, name);
}

static gint64
stopped_run_with_two_checkpoints (void)
{
  gint64 run = add (tiny_spec (data_path, "train.checkpoint_every", "0.001", NULL));
  g_auto (Heard) heard = listen_until (4);

  go (&heard, run);
  g_assert_cmpint (last (&heard)->type, ==, SMALTI_EVENT_STOPPED);
  return run;
}

static void
a_damaged_checkpoint_falls_back_to_the_one_before (void)
{
  gint64 run = stopped_run_with_two_checkpoints ();
  g_autofree char *current = checkpoint_path (run, "checkpoint");

  g_assert_true (g_file_set_contents (current, "gone", -1, NULL));
  run_to_end (run);
  assert_same_weights (uninterrupted, run);
}

static void
damaged_checkpoints_are_not_trained_over (void)
{
  gint64 run = stopped_run_with_two_checkpoints ();
  g_autofree char *current = checkpoint_path (run, "checkpoint");
  g_autofree char *previous = checkpoint_path (run, "checkpoint.previous");
  g_autofree char *text = NULL;
  g_auto (Heard) heard = listen_until (0);

  g_assert_true (g_file_set_contents (current, "gone", -1, NULL));
  g_assert_true (g_file_set_contents (previous, "too", -1, NULL));
  go (&heard, run);
  g_assert_error (last (&heard)->error, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT);
  g_assert_true (g_file_get_contents (current, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "gone");
}

static void
a_full_disk_stops_the_run_and_loses_nothing (void)
{
  gint64 run = add (tiny_spec (data_path, "train.checkpoint_every", "0.001", NULL));
  g_autofree char *current = checkpoint_path (run, "checkpoint");
  g_autofree char *below = g_path_get_dirname (current);
  g_autofree char *partial = g_strdup_printf ("%s.tmp-%d", current, (int)getpid ());
  g_auto (Heard) heard = listen_until (0);
  g_autoptr (SmaltiRunInfo) info = NULL;

  if (g_access ("/dev/full", W_OK) != 0)
    {
      g_test_skip ("no /dev/full here");
      return;
    }
  /* What the checkpoint is written to first leads to the device that is always full. */
  g_mkdir_with_parents (below, 0755);
  g_assert_cmpint (symlink ("/dev/full", partial), ==, 0);
  go (&heard, run);
  g_assert_error (last (&heard)->error, SMALTI_ERROR, SMALTI_ERROR_IO);
  g_assert_nonnull (strstr (last (&heard)->text, "No space left"));
  info = get_info (run);
  g_assert_cmpint (info->state, ==, SMALTI_RUN_FAILED);
  run_to_end (run); /* there is space again: giving up removed what was not whole */
  assert_same_weights (uninterrupted, run);
  assert_same_curves (uninterrupted, run);
}

static void
another_networks_checkpoint_is_refused (void)
{
  gint64 run = add (tiny_spec (data_path, NULL));
  gint64 wider = add (tiny_spec (data_path, "backbone.width", "0.3", NULL));
  gint64 resnet = add (tiny_spec (data_path, "backbone.name", "resnet-small", "backbone.width", "0.125", NULL));
  gint64 others[] = { wider, resnet };
  g_autofree char *from = checkpoint_path (run, "checkpoint");
  g_autofree char *bytes = NULL;
  gsize n;
  g_auto (Heard) heard = listen_until (2);

  go (&heard, run);
  g_assert_true (g_file_get_contents (from, &bytes, &n, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autofree char *below = g_strdup_printf ("%s/runs/%" G_GINT64_FORMAT, store_path, others[i]);
      g_autofree char *to = g_build_filename (below, "checkpoint.safetensors", NULL);
      g_auto (Heard) refused = listen_until (0);

      g_mkdir_with_parents (below, 0755);
      g_assert_true (g_file_set_contents (to, bytes, n, NULL));
      go (&refused, others[i]);
      g_assert_cmpint (last (&refused)->type, ==, SMALTI_EVENT_FAILED);
      g_assert_error (last (&refused)->error, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT);
    }
}

static void
a_run_that_can_not_begin_leaves_nothing (void)
{
  g_autofree char *empty = g_build_filename (folder, "empty", NULL);
  g_autofree char *absent = g_build_filename (folder, "absent", NULL);
  const char *const paths[] = { empty, absent };

  g_mkdir (empty, 0755);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      gint64 run = add (tiny_spec (paths[i], NULL));
      g_auto (Heard) heard = listen_until (0);
      g_autofree char *below = g_strdup_printf ("%s/runs/%" G_GINT64_FORMAT, store_path, run);
      g_autoptr (SmaltiRunInfo) info = NULL;

      go (&heard, run);
      g_assert_cmpint (last (&heard)->type, ==, SMALTI_EVENT_FAILED);
      g_assert_error (last (&heard)->error, SMALTI_ERROR, SMALTI_ERROR_DATA);
      g_assert_nonnull (strstr (last (&heard)->text, paths[i]));
      g_assert_false (g_file_test (below, G_FILE_TEST_EXISTS));
      info = get_info (run);
      g_assert_null (info);
    }
}

static SmaltiSpec *
spec_of_batch (guint batch)
{
  g_autofree char *text = g_strdup_printf ("%u", batch);

  return tiny_spec (data_path, "train.batch", text, "train.epochs", "1", "data.cache_mb", "0", NULL);
}

/* Of a run that does not fit. */
static guint
batch_that_fits (guint batch, gboolean queued)
{
  gint64 run = add (spec_of_batch (batch));
  g_auto (Heard) heard = listen_until (0);
  g_autoptr (SmaltiStore) store = smalti_store_open (store_path, NULL);
  g_autoptr (SmaltiRunInfo) info = NULL;
  g_autofree char *would = NULL;
  guint fits;

  if (queued)
    smalti_store_move_in_queue (store, run, 0, NULL);
  go (&heard, run);
  g_assert_cmpint (last (&heard)->type, ==, SMALTI_EVENT_FAILED);
  g_assert_error (last (&heard)->error, SMALTI_ERROR, SMALTI_ERROR_MEMORY);
  fits = last (&heard)->batch_that_fits;
  would = g_strdup_printf ("a batch of %u would fit", fits);
  g_assert_nonnull (strstr (last (&heard)->text, would));
  info = smalti_store_get_run (store, run, NULL);
  g_assert_true ((info != NULL) == queued); /* one that was just started has left nothing */
  if (queued)
    {
      g_assert_cmpint (info->state, ==, SMALTI_RUN_FAILED);
      g_assert_cmpuint (info->batch_that_fits, ==, fits);
      g_assert_cmpstr (info->message, ==, last (&heard)->text);
    }
  return fits;
}

static void
a_run_too_large_for_the_memory_names_the_batch_that_fits (void)
{
  gint64 small = add (spec_of_batch (4)), fitting;
  g_autoptr (SmaltiRunInfo) info = NULL, done = NULL;
  guint64 needed;
  guint fits;

  run_to_end (small);
  info = get_info (small);
  needed = info->plan_bytes + info->loader_bytes;
  smalti_memory_set_limit (needed + needed / 15 + 16); /* a sixteenth is left alone */
  fits = batch_that_fits (24, FALSE);
  g_assert_cmpuint (fits, >=, 4);
  g_assert_cmpuint (fits, <, 24);
  g_assert_cmpuint (batch_that_fits (24, TRUE), ==, fits);
  g_assert_cmpuint (batch_that_fits (fits + 1, FALSE), ==, fits); /* it is the largest */
  fitting = add (spec_of_batch (fits));
  run_to_end (fitting);
  smalti_memory_set_limit (0);
  done = get_info (fitting);
  g_assert_cmpuint (done->batch_that_fits, ==, 0);
}

static void
a_diverged_run_says_so_and_keeps_its_checkpoint (void)
{
  gint64 run = add (tiny_spec (data_path, "train.lr", "1e30", "train.schedule", "constant", "train.checkpoint_every",
                               "0", "method.head_norm", "false", "train.warmup", "0", NULL));
  g_auto (Heard) heard = listen_until (0);
  g_autoptr (SmaltiRunInfo) info = NULL;

  go (&heard, run);
  g_assert_cmpint (last (&heard)->type, ==, SMALTI_EVENT_FAILED);
  g_assert_error (last (&heard)->error, SMALTI_ERROR, SMALTI_ERROR_DIVERGED);
  info = get_info (run);
  g_assert_cmpint (info->state, ==, SMALTI_RUN_FAILED);
  g_assert_cmpstr (info->message, ==, last (&heard)->text);
  g_assert_cmpuint (count (&heard, SMALTI_EVENT_CHECKPOINT), ==, 0);
}

static void
unreadable_images_are_told (void)
{
  g_autofree char *path = g_build_filename (folder, "half-broken", NULL);
  gint64 run;
  guint n_warnings = 0;
  g_auto (Heard) heard = listen_until (0);

  tiny_write_sample (path);
  for (int i = 0; i < 4; i++)
    {
      g_autofree char *image = g_strdup_printf ("%s/train/%s/broken%d.jpg", path, "beach", i);

      g_assert_true (g_file_set_contents (image, "no picture", -1, NULL));
    }
  run = add (tiny_spec (path, NULL));
  go (&heard, run);
  g_assert_cmpint (last (&heard)->type, ==, SMALTI_EVENT_DONE);
  for (guint i = 0; i < heard.events->len; i++)
    {
      const SmaltiEvent *event = heard.events->pdata[i];

      if (event->type == SMALTI_EVENT_LOG && event->warning && strstr (event->text, "broken") != NULL)
        n_warnings++;
    }
  g_assert_cmpuint (n_warnings, >=, 1);
}

/* Long enough for a few steps; the thread sanitizer makes one as slow as dozens. */
#ifdef __SANITIZE_THREAD__
#define A_FEW_STEPS "0.4"
#else
#define A_FEW_STEPS "0.05"
#endif

static void
minutes_plan_the_length (void)
{
  gint64 run = add (tiny_spec (data_path, "train.minutes", A_FEW_STEPS, "train.validate_every", "0", NULL));
  gint64 began = g_get_monotonic_time ();
  g_autoptr (SmaltiRunInfo) info = NULL;
  g_autoptr (GArray) planned = NULL, other = NULL;

  run_to_end (run);
  info = get_info (run);
  g_assert_cmpuint (info->n_steps, >, 1);
  g_assert_cmpuint (info->step, ==, info->n_steps);
  g_assert_cmpfloat ((g_get_monotonic_time () - began) / 1e6, >,
                     0.5); /* of 3 s or more; how long at most depends on the neighbours */
  /* The rehearsal leaves no trace: the first step is any run's first step. */
  planned = get_points (run, "train/loss");
  other = get_points (uninterrupted, "train/loss");
  g_assert_cmpfloat (g_array_index (planned, SmaltiPoint, 0).value, ==, g_array_index (other, SmaltiPoint, 0).value);
}

static void
stopping_is_quick (void)
{
  gint64 run = add (tiny_spec (data_path, "train.epochs", "100000", NULL));
  g_auto (Heard) heard = listen_until (1);
  gint64 began = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;

  go (&heard, run);
  g_assert_cmpint (last (&heard)->type, ==, SMALTI_EVENT_STOPPED);
  g_assert_cmpfloat ((g_get_monotonic_time () - began) / 1e6, <, 20);

  /* From another store, as another program would; and before it has come to train. */
  {
    g_auto (Heard) asked = listen_until (0);
    g_autoptr (SmaltiStore) store = smalti_store_open (store_path, NULL);

    g_signal_connect (asked.engine, "event", G_CALLBACK (on_event), &asked);
    g_assert_true (smalti_engine_start (asked.engine, run, NULL));
    g_assert_false (smalti_engine_start (asked.engine, run, &error));
    g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
    while (!smalti_store_request_stop (store, run, NULL))
      g_usleep (10000);
    g_main_loop_run (asked.loop);
    g_assert_cmpint (last (&asked)->type, ==, SMALTI_EVENT_STOPPED);
  }
}

static void
what_is_wrong_with_the_run_is_told (void)
{
  g_auto (Heard) absent = listen_until (0), done = listen_until (0);
  g_autofree char *below = g_strdup_printf ("%s/runs/12345", store_path);

  go (&absent, 12345);
  g_assert_error (last (&absent)->error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
  g_assert_false (g_file_test (below, G_FILE_TEST_EXISTS));
  go (&done, uninterrupted);
  g_assert_error (last (&done)->error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
  {
    g_autoptr (SmaltiRunInfo) info = get_info (uninterrupted);

    g_assert_cmpint (info->state, ==, SMALTI_RUN_DONE);
  }
}

static void
random_weights_are_done_at_once (void)
{
  gint64 run = add (tiny_spec (data_path, "method.name", "random", "method.size", "32", NULL));
  gint64 again = add (tiny_spec (data_path, "method.name", "random", "method.size", "32", NULL));

  run_to_end (run);
  run_to_end (again);
  assert_same_weights (run, again);
}

static void
features_are_measured (void)
{
  gint64 run = add (tiny_spec (data_path, "method.name", "supervised", "method.size", "32", "train.epochs", "1",
                               "eval.protocol", "linear", "eval.layers", "conv1, conv2", NULL));
  g_auto (Heard) heard = listen_until (0);
  g_autoptr (SmaltiStore) store = smalti_store_open (store_path, NULL);
  g_autoptr (GPtrArray) benchmarks = NULL;

  go (&heard, run);
  if (last (&heard)->type != SMALTI_EVENT_DONE)
    g_error ("%s", last (&heard)->text);
  g_assert_cmpuint (count (&heard, SMALTI_EVENT_BENCHMARK), ==, 2);
  benchmarks = smalti_store_get_benchmarks (store, run, NULL);
  g_assert_cmpuint (benchmarks->len, ==, 2);
  g_assert_cmpuint (((const SmaltiBenchmark *)benchmarks->pdata[0])->n_test, ==, 36);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("smalti-engine-XXXXXX", NULL);
  data_path = g_build_filename (folder, "sample", NULL);
  store_path = g_build_filename (folder, "store", NULL);
  tiny_write_sample (data_path);
  g_test_add_func ("/engine/whole", a_run_comes_to_its_end);
  g_test_add_func ("/engine/same-bits", the_same_spec_gives_the_same_bits);
  g_test_add_func ("/engine/stopped", a_stopped_run_goes_on_as_if_it_had_not);
  g_test_add_func ("/engine/killed", a_killed_run_goes_on_as_if_it_had_not);
  g_test_add_func ("/engine/damaged-checkpoint", a_damaged_checkpoint_falls_back_to_the_one_before);
  g_test_add_func ("/engine/damaged-checkpoints", damaged_checkpoints_are_not_trained_over);
  g_test_add_func ("/engine/full-disk", a_full_disk_stops_the_run_and_loses_nothing);
  g_test_add_func ("/engine/other-checkpoint", another_networks_checkpoint_is_refused);
  g_test_add_func ("/engine/not-begun", a_run_that_can_not_begin_leaves_nothing);
  g_test_add_func ("/engine/memory", a_run_too_large_for_the_memory_names_the_batch_that_fits);
  g_test_add_func ("/engine/diverged", a_diverged_run_says_so_and_keeps_its_checkpoint);
  g_test_add_func ("/engine/unreadable", unreadable_images_are_told);
  g_test_add_func ("/engine/minutes", minutes_plan_the_length);
  g_test_add_func ("/engine/quick-stop", stopping_is_quick);
  g_test_add_func ("/engine/wrong-run", what_is_wrong_with_the_run_is_told);
  g_test_add_func ("/engine/random", random_weights_are_done_at_once);
  g_test_add_func ("/engine/features", features_are_measured);
  status = g_test_run ();
  remove_tree (folder);
  g_free (folder);
  g_free (data_path);
  g_free (store_path);
  return status;
}
