/* SPDX-License-Identifier: Apache-2.0 */
/* The list model under the sidebar, and the thread that feeds it from a store that others write. */
#include <glib/gstdio.h>

#include "ui/run-list.h"
#include "ui/store-client.h"

/* -- the model -- */

/* A second list kept only by what the model announces: they must agree at any time. */
typedef struct
{
  GArray *ids; /* of gint64 */
  guint announced;
} Mirror;

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, Mirror *mirror)
{
  mirror->announced++;
  g_assert_true (removed + added > 0);
  if (removed > 0)
    g_array_remove_range (mirror->ids, position, removed);
  for (guint i = 0; i < added; i++)
    {
      g_autoptr (SmaltiRunItem) item = g_list_model_get_item (model, position + i);
      gint64 id = smalti_run_item_get_id (item);

      g_array_insert_val (mirror->ids, position + i, id);
    }
  g_assert_cmpuint (mirror->ids->len, ==, g_list_model_get_n_items (model));
}

static GPtrArray *
snapshot (const gint64 *ids, guint n)
{
  GPtrArray *infos = g_ptr_array_new_with_free_func ((GDestroyNotify)smalti_run_info_free);

  for (guint i = 0; i < n; i++)
    {
      SmaltiRunInfo *info = g_new0 (SmaltiRunInfo, 1);

      info->id = ids[i];
      info->name = g_strdup_printf ("run %d", (int)ids[i]);
      info->method = g_strdup ("jigsaw");
      info->phase = g_strdup ("");
      g_ptr_array_add (infos, info);
    }
  return infos;
}

static void
only_what_came_or_went_is_announced (void)
{
  static const struct
  {
    gint64 ids[8];
    guint n, announced;
  } steps[] = {
    { { 3, 2, 1 }, 3, 1 },       /* all new, together */
    { { 3, 2, 1 }, 3, 0 },       /* the same */
    { { 4, 3, 2, 1 }, 4, 1 },    /* one on top */
    { { 4, 2, 1 }, 3, 1 },       /* one gone from the middle */
    { { 9, 8, 7, 2 }, 4, 2 },    /* three for one on top, one gone from the end */
    { { 5 }, 1, 1 },             /* all others for one */
    { { 6, 5, 3, 2, 1 }, 5, 2 }, /* around it */
    { { 0 }, 0, 1 },             /* empty */
  };
  g_autoptr (SmaltiRunList) list = smalti_run_list_new ();
  Mirror mirror = { g_array_new (FALSE, FALSE, sizeof (gint64)), 0 };

  g_signal_connect (list, "items-changed", G_CALLBACK (on_items_changed), &mirror);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (GPtrArray) infos = snapshot (steps[i].ids, steps[i].n);

      mirror.announced = 0;
      smalti_run_list_take (list, infos, 0);
      g_assert_cmpuint (mirror.announced, ==, steps[i].announced);
      g_assert_cmpuint (mirror.ids->len, ==, steps[i].n);
      for (guint j = 0; j < steps[i].n; j++)
        g_assert_cmpint (g_array_index (mirror.ids, gint64, j), ==, steps[i].ids[j]);
    }
  g_array_unref (mirror.ids);
}

static void
count (GObject *object, gpointer user_data)
{
  (*(guint *)user_data)++;
}

static void
a_run_stays_the_same_object (void)
{
  g_autoptr (SmaltiRunList) list = smalti_run_list_new ();
  g_autoptr (GPtrArray) infos = snapshot ((gint64[]){ 2, 1 }, 2);
  guint changes = 0;

  smalti_run_list_take (list, infos, 0);
  SmaltiRunItem *item = smalti_run_list_find (list, 1, NULL);
  g_signal_connect (item, "changed", G_CALLBACK (count), &changes);

  smalti_run_list_take (list, infos, 0);
  g_assert_cmpuint (changes, ==, 0);

  SmaltiRunInfo *info = infos->pdata[1];
  info->state = SMALTI_RUN_RUNNING;
  info->step = 30;
  info->n_steps = 120;
  smalti_run_list_take (list, infos, 0);
  g_assert_true (smalti_run_list_find (list, 1, NULL) == item);
  g_assert_cmpuint (changes, ==, 1);
  g_assert_cmpfloat (smalti_run_item_get_fraction (item), ==, 0.25);

  info->state = SMALTI_RUN_DONE;
  info->step = 120;
  smalti_run_list_take (list, infos, 0);
  g_assert_cmpfloat (smalti_run_item_get_fraction (item), ==, 1);
  g_assert_null (smalti_run_list_find (list, 77, NULL));
}

static SmaltiEvent
make_event (SmaltiEventType type, const char *phase, gint64 time)
{
  return (SmaltiEvent){ .type = type, .run = 1, .phase = (char *)phase, .time = time };
}

/* The engine says at once how a run ended; a list that was read before still has it running. */
static void
a_snapshot_from_before_the_end_is_not_believed (void)
{
  SmaltiRunInfo running = { .id = 1, .name = (char *)"mine", .state = SMALTI_RUN_RUNNING, .step = 30, .n_steps = 120 };
  SmaltiRunInfo ended = running;
  SmaltiEvent phase = make_event (SMALTI_EVENT_PHASE, "train", 1000);
  SmaltiEvent failed = make_event (SMALTI_EVENT_FAILED, NULL, 2000);
  g_autoptr (SmaltiRunItem) item = NULL;

  running.state = SMALTI_RUN_QUEUED;
  item = smalti_run_item_new (&running);
  smalti_run_item_take_event (item, &phase);
  g_assert_cmpint (smalti_run_item_get_state (item), ==, SMALTI_RUN_RUNNING);
  smalti_run_item_take_info (item, &running, 1500); /* the engine has yet to write that it began */
  g_assert_cmpint (smalti_run_item_get_state (item), ==, SMALTI_RUN_RUNNING);

  failed.text = (char *)"The loss is no number any more.";
  smalti_run_item_take_event (item, &failed);
  g_assert_cmpint (smalti_run_item_get_state (item), ==, SMALTI_RUN_FAILED);
  g_assert_cmpstr (smalti_run_item_get_info (item)->message, ==, "The loss is no number any more.");
  running.state = SMALTI_RUN_RUNNING;
  running.step = 31;
  smalti_run_item_take_info (item, &running, 1999);
  g_assert_cmpint (smalti_run_item_get_state (item), ==, SMALTI_RUN_FAILED);
  g_assert_cmpuint (smalti_run_item_get_info (item)->step, ==, 31);

  /* Read after it, the store is right, whatever it says: another program may have resumed it. */
  ended.state = SMALTI_RUN_RUNNING;
  smalti_run_item_take_info (item, &ended, 2001);
  g_assert_cmpint (smalti_run_item_get_state (item), ==, SMALTI_RUN_RUNNING);
}

static void
a_run_that_another_program_has_is_as_the_store_says (void)
{
  SmaltiRunInfo running = { .id = 1, .name = (char *)"theirs", .state = SMALTI_RUN_RUNNING };
  SmaltiEvent failed = make_event (SMALTI_EVENT_FAILED, NULL, 2000);
  g_autoptr (SmaltiRunItem) item = smalti_run_item_new (&running);

  failed.text = (char *)"Another program has this run.";
  smalti_run_item_take_event (item, &failed);
  g_assert_cmpint (smalti_run_item_get_state (item), ==, SMALTI_RUN_RUNNING);
}

static void
a_stop_is_shown_until_it_has_happened (void)
{
  SmaltiRunInfo info = { .id = 1, .name = (char *)"mine", .state = SMALTI_RUN_RUNNING, .phase = (char *)"train" };
  SmaltiEvent phase = make_event (SMALTI_EVENT_PHASE, "validate", 1000);
  g_autoptr (SmaltiRunItem) item = smalti_run_item_new (&info);

  smalti_run_item_set_stopping (item, TRUE);
  g_assert_cmpstr (smalti_run_item_describe_state (item), ==, "Stopping");
  smalti_run_item_take_event (item, &phase);
  g_assert_true (smalti_run_item_is_stopping (item));

  SmaltiEvent stopped = make_event (SMALTI_EVENT_STOPPED, NULL, 2000);

  smalti_run_item_take_event (item, &stopped);
  g_assert_false (smalti_run_item_is_stopping (item));
  g_assert_cmpstr (smalti_run_item_describe_state (item), ==, "Stopped");
  smalti_run_item_set_stopping (item, TRUE);
  g_assert_false (smalti_run_item_is_stopping (item));
}

static void
count_changes (SmaltiRunItem *item, guint *n)
{
  (*n)++;
}

/* Whatever shows a run is laid out and drawn anew whenever it changes. */
static void
progress_is_announced_a_few_times_a_second_and_its_end_at_once (void)
{
  SmaltiRunInfo info = { .id = 1, .name = (char *)"mine", .state = SMALTI_RUN_RUNNING, .phase = (char *)"train" };
  g_autoptr (SmaltiRunItem) item = smalti_run_item_new (&info);
  SmaltiEvent progress = make_event (SMALTI_EVENT_PROGRESS, "train", 1000);
  guint n = 0;

  g_signal_connect (item, "changed", G_CALLBACK (count_changes), &n);
  progress.total = 1000;
  for (progress.done = 1; progress.done < 200; progress.done++)
    smalti_run_item_take_event (item, &progress);
  g_assert_cmpuint (n, >=, 1);
  g_assert_cmpuint (n, <, 10); /* 4 a second, and this took none */
  g_assert_cmpfloat_with_epsilon (smalti_run_item_get_fraction (item), 0.199, 1e-9);

  n = 0;
  progress.done = 1000;
  smalti_run_item_take_event (item, &progress);
  g_assert_cmpuint (n, ==, 1);
}

/* -- the store's thread -- */

typedef struct
{
  GPtrArray *runs; /* the last list */
  guint n_lists;
  guint n_points;
  gboolean from_start;
  guint n_news;
  gint64 news_run;
  char *failure;
} Heard;

static void
on_runs (SmaltiStoreClient *client, GPtrArray *runs, gint64 read_at, Heard *heard)
{
  g_clear_pointer (&heard->runs, g_ptr_array_unref);
  heard->runs = g_ptr_array_ref (runs);
  heard->n_lists++;
}

static void
on_news (SmaltiStoreClient *client, const SmaltiRunNews *news, Heard *heard)
{
  heard->n_news++;
  heard->news_run = news->run;
  heard->from_start = news->from_start;
  if (news->from_start)
    heard->n_points = 0;
  for (guint i = 0; i < news->metrics->len; i++)
    heard->n_points += ((const SmaltiMetricNews *)news->metrics->pdata[i])->points->len;
}

static void
on_failed (SmaltiStoreClient *client, const char *message, Heard *heard)
{
  g_free (heard->failure);
  heard->failure = g_strdup (message);
}

static gboolean
wake (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Runs the main context until @condition, for 10 seconds at most. */
#define wait_for(condition)                                                                                            \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    gint64 end = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;                                                        \
    while (!(condition) && g_get_monotonic_time () < end)                                                              \
      g_main_context_iteration (NULL, TRUE);                                                                           \
    g_assert_true (condition);                                                                                         \
  }                                                                                                                    \
  G_STMT_END

static SmaltiStoreClient *
listen (const char *path, Heard *heard)
{
  SmaltiStoreClient *client = smalti_store_client_new (path);

  g_signal_connect (client, "runs", G_CALLBACK (on_runs), heard);
  g_signal_connect (client, "news", G_CALLBACK (on_news), heard);
  g_signal_connect (client, "failed", G_CALLBACK (on_failed), heard);
  return client;
}

static void
clear_heard (Heard *heard)
{
  g_clear_pointer (&heard->runs, g_ptr_array_unref);
  g_clear_pointer (&heard->failure, g_free);
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        remove_folder (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

static SmaltiSpec *
make_spec (const char *name)
{
  g_autoptr (GError) error = NULL;
  SmaltiSpec *spec = smalti_spec_new (smalti_pretext_find ("jigsaw"), smalti_backbone_find ("cfn-small"));

  smalti_spec_set (spec, "name", name, &error);
  g_assert_no_error (error);
  smalti_spec_set (spec, "data.path", "/pictures", &error);
  g_assert_no_error (error);
  return spec;
}

static void
add_points (SmaltiStore *store, gint64 run, guint64 from, guint64 to)
{
  g_autoptr (GError) error = NULL;

  for (guint64 step = from; step <= to; step++)
    smalti_store_add_point (store, run, "train/loss", &(SmaltiPoint){ .step = step, .value = 1.0 / step }, &error);
  g_assert_no_error (error);
}

static void
another_program_s_run_shows_live (void)
{
  g_autofree char *path = g_dir_make_tmp ("smalti-store-XXXXXX", NULL);
  Heard heard = { 0 };
  g_autoptr (SmaltiStoreClient) client = listen (path, &heard);
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiSpec) spec = make_spec ("by another");

  wait_for (heard.n_lists > 0);
  g_assert_cmpuint (heard.runs->len, ==, 0);
  g_assert_cmpstr (smalti_store_client_get_path (client), ==, path);

  /* Another connection stands for another program. */
  g_autoptr (SmaltiStore) other = smalti_store_open (path, &error);
  gint64 run = smalti_store_add_run (other, spec, &error);
  g_assert_no_error (error);
  wait_for (heard.runs->len == 1);
  g_assert_cmpstr (((SmaltiRunInfo *)heard.runs->pdata[0])->name, ==, "by another");

  smalti_store_client_watch (client, run);
  wait_for (heard.n_news == 1);
  g_assert_true (heard.from_start);
  g_assert_cmpuint (heard.n_points, ==, 0);

  add_points (other, run, 1, 100);
  wait_for (heard.n_points == 100);
  g_assert_false (heard.from_start);
  add_points (other, run, 101, 130);
  wait_for (heard.n_points == 130);
  clear_heard (&heard);
  g_clear_object (&client);
  g_clear_object (&other);
  remove_folder (path);
}

/* Resumed from a checkpoint, steps come again: what lies after it is forgotten. */
static void
a_run_that_goes_back_starts_over (void)
{
  g_autofree char *path = g_dir_make_tmp ("smalti-store-XXXXXX", NULL);
  Heard heard = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiSpec) spec = make_spec ("back and forth");
  g_autoptr (SmaltiStore) store = smalti_store_open (path, &error);
  gint64 run = smalti_store_add_run (store, spec, &error);
  g_autoptr (SmaltiRunInfo) info = smalti_store_get_run (store, run, &error);

  g_assert_no_error (error);
  info->step = info->n_steps = 200;
  add_points (store, run, 1, 200);
  smalti_store_update_run (store, info, &error);

  g_autoptr (SmaltiStoreClient) client = listen (path, &heard);
  smalti_store_client_watch (client, run);
  wait_for (heard.n_points == 200);

  smalti_store_truncate (store, run, 120, &error);
  info->step = 121;
  add_points (store, run, 121, 121);
  smalti_store_update_run (store, info, &error);
  g_assert_no_error (error);
  wait_for (heard.n_points == 121);
  g_assert_true (heard.from_start);
  clear_heard (&heard);
  g_clear_object (&client);
  g_clear_object (&store);
  remove_folder (path);
}

static void
what_can_t_be_read_takes_nothing_else_along (void)
{
  g_autofree char *path = g_dir_make_tmp ("smalti-store-XXXXXX", NULL);
  Heard heard = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiSpec) spec = make_spec ("damaged in part");
  g_autoptr (SmaltiStore) store = smalti_store_open (path, &error);
  gint64 run = smalti_store_add_run (store, spec, &error);

  g_assert_no_error (error);
  add_points (store, run, 1, 50);
  smalti_store_add_artifact (store, run, "benchmark", 50, "no result", NULL, &error);
  g_assert_no_error (error);

  g_autoptr (SmaltiStoreClient) client = listen (path, &heard);
  smalti_store_client_watch (client, run);
  wait_for (heard.n_points == 50 && heard.failure);
  clear_heard (&heard);
  g_clear_object (&client);
  g_clear_object (&store);
  remove_folder (path);
}

static void
on_added (GObject *client, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  *(gint64 *)user_data = smalti_store_client_add_run_finish (SMALTI_STORE_CLIENT (client), result, &error);
  g_assert_no_error (error);
}

static void
a_run_is_added_off_the_main_loop (void)
{
  g_autofree char *path = g_dir_make_tmp ("smalti-store-XXXXXX", NULL);
  Heard heard = { 0 };
  g_autoptr (SmaltiStoreClient) client = listen (path, &heard);
  g_autoptr (SmaltiSpec) spec = make_spec ("mine");
  gint64 run = 0;

  smalti_store_client_add_run_async (client, spec, on_added, &run);
  wait_for (run > 0 && heard.runs && heard.runs->len == 1);
  g_assert_cmpint (((SmaltiRunInfo *)heard.runs->pdata[0])->id, ==, run);
  clear_heard (&heard);
  g_clear_object (&client);
  remove_folder (path);
}

static void
a_store_that_cannot_be_opened_says_so (void)
{
  g_autofree char *path = g_dir_make_tmp ("smalti-store-XXXXXX", NULL);
  g_autofree char *database = g_build_filename (path, "smalti.db", NULL);
  Heard heard = { 0 };

  g_assert_true (g_file_set_contents (database, "this is no database, whatever its name says", -1, NULL));

  g_autoptr (SmaltiStoreClient) client = listen (path, &heard);

  wait_for (heard.failure);
  g_assert_cmpuint (heard.n_lists, ==, 0);
  clear_heard (&heard);
  g_clear_object (&client);
  remove_folder (path);
}

/* Closing a window at any moment: no message arrives after, nothing hangs. */
static void
a_client_can_go_at_any_time (void)
{
  g_autofree char *path = g_dir_make_tmp ("smalti-store-XXXXXX", NULL);

  for (guint i = 0; i < 30; i++)
    {
      Heard heard = { 0 };
      SmaltiStoreClient *client = listen (path, &heard);

      smalti_store_client_watch (client, i);
      if (i % 3 == 1)
        g_usleep (i * 200);
      else if (i % 3 == 2)
        wait_for (heard.n_lists > 0);
      g_object_unref (client);
      clear_heard (&heard);
    }
  while (g_main_context_iteration (NULL, FALSE))
    ;
  remove_folder (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_timeout_add (50, wake, NULL); /* so that a wait that is never fulfilled ends */
  g_test_add_func ("/run-list/only-what-came-or-went-is-announced", only_what_came_or_went_is_announced);
  g_test_add_func ("/run-list/a-run-stays-the-same-object", a_run_stays_the_same_object);
  g_test_add_func ("/run-item/a-snapshot-from-before-the-end-is-not-believed",
                   a_snapshot_from_before_the_end_is_not_believed);
  g_test_add_func ("/run-item/a-run-that-another-program-has-is-as-the-store-says",
                   a_run_that_another_program_has_is_as_the_store_says);
  g_test_add_func ("/run-item/a-stop-is-shown-until-it-has-happened", a_stop_is_shown_until_it_has_happened);
  g_test_add_func ("/run-item/progress", progress_is_announced_a_few_times_a_second_and_its_end_at_once);
  g_test_add_func ("/store-client/what-can-t-be-read-takes-nothing-else-along",
                   what_can_t_be_read_takes_nothing_else_along);
  g_test_add_func ("/store-client/another-program-s-run-shows-live", another_program_s_run_shows_live);
  g_test_add_func ("/store-client/a-run-that-goes-back-starts-over", a_run_that_goes_back_starts_over);
  g_test_add_func ("/store-client/a-run-is-added-off-the-main-loop", a_run_is_added_off_the_main_loop);
  g_test_add_func ("/store-client/a-store-that-cannot-be-opened-says-so", a_store_that_cannot_be_opened_says_so);
  g_test_add_func ("/store-client/a-client-can-go-at-any-time", a_client_can_go_at_any_time);
  return g_test_run ();
}
