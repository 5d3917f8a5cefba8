/* SPDX-License-Identifier: Apache-2.0 */
/* What the table of runs shows, finds and sorts, without a display. */
#include <math.h>

#include "tests/engine/remove-tree.h"
#include "ui/run-columns.h"
#include "ui/run-filter.h"
#include "ui/run-queue.h"
#include "ui/run-values.h"

static SmaltiRunInfo *
make_info (gint64 id, const char *name, SmaltiRunState state)
{
  SmaltiRunInfo *info = g_new0 (SmaltiRunInfo, 1);

  info->id = id;
  info->name = g_strdup (name);
  info->method = g_strdup ("jigsaw");
  info->backbone = g_strdup ("cfn-small");
  info->phase = g_strdup ("");
  info->note = g_strdup ("");
  info->data_path = g_strdup ("/pictures/holidays");
  info->tags = g_new0 (char *, 1);
  info->state = state;
  return info;
}

static SmaltiRunItem *
make_item (gint64 id, const char *name, SmaltiRunState state)
{
  g_autoptr (SmaltiRunInfo) info = make_info (id, name, state);

  return smalti_run_item_new (info);
}

/* -- finding -- */

static void
a_search_asks_for_all_of_its_words (void)
{
  static const struct
  {
    const char *text;
    gboolean found;
  } searches[] = {
    { "", TRUE },
    { "coast", TRUE },
    { "COAST colours", TRUE },
    { "coast mountains", FALSE },
    { "holidays", TRUE },  /* the folder */
    { "promising", TRUE }, /* the note */
    { "tag:sea", TRUE },
    { "tag:se", TRUE }, /* its beginning */
    { "tag:ea", FALSE },
    { "tag:coast", FALSE },     /* that is its name */
    { "tag:\"by the\"", TRUE }, /* with a space */
    { "state:stopped", TRUE },
    { "state:done", FALSE },
    { "state:stop coast tag:sea", TRUE },
    { "jigsaw", TRUE }, /* the method's title */
  };
  g_autoptr (SmaltiRunInfo) info = make_info (1, "Colours of the Coast", SMALTI_RUN_STOPPED);
  g_autoptr (SmaltiRunFilter) filter = smalti_run_filter_new ();
  g_autoptr (SmaltiRunItem) item = NULL;

  g_strfreev (info->tags);
  info->tags = g_strdupv ((char *[]){ (char *)"by the window", (char *)"Sea", NULL });
  g_free (info->note);
  info->note = g_strdup ("Looks\npromising");
  item = smalti_run_item_new (info);
  for (guint i = 0; i < G_N_ELEMENTS (searches); i++)
    {
      smalti_run_filter_set_text (filter, searches[i].text);
      g_test_message ("%s", searches[i].text);
      g_assert_cmpint (gtk_filter_match (GTK_FILTER (filter), item), ==, searches[i].found);
      g_assert_cmpint (smalti_run_filter_is_active (filter), ==, *searches[i].text != '\0');
    }
}

static void
a_run_that_changed_is_found_by_its_new_words (void)
{
  g_autoptr (SmaltiRunInfo) info = make_info (1, "Before", SMALTI_RUN_DONE);
  g_autoptr (SmaltiRunItem) item = smalti_run_item_new (info);
  g_autoptr (SmaltiRunFilter) filter = smalti_run_filter_new ();

  smalti_run_filter_set_text (filter, "after");
  g_assert_false (gtk_filter_match (GTK_FILTER (filter), item));
  g_free (info->name);
  info->name = g_strdup ("After");
  g_assert_true (smalti_run_item_take_info (item, info, 1));
  g_assert_true (gtk_filter_match (GTK_FILTER (filter), item));
}

static void
what_waits_is_shown_with_what_waits (void)
{
  g_autoptr (SmaltiRunInfo) info = make_info (1, "stopped", SMALTI_RUN_STOPPED);
  g_autoptr (SmaltiRunItem) item = smalti_run_item_new (info);

  g_assert_cmpint (smalti_run_item_get_group (item), ==, SMALTI_SHOW_STOPPED);
  info->queue_place = 2;
  g_assert_true (smalti_run_item_take_info (item, info, 1));
  g_assert_cmpint (smalti_run_item_get_group (item), ==, SMALTI_SHOW_WAITING);
}

/* -- sorting -- */

static void
set_value (SmaltiRunItem *item, const char *column, gdouble number)
{
  GHashTable *values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)smalti_run_value_free);

  g_hash_table_insert (values, g_strdup (column), smalti_run_value_new (number, g_strdup_printf ("%g", number)));
  smalti_run_item_set_values (item, values);
}

static void
what_is_not_known_comes_last_in_either_direction (void)
{
  const SmaltiRunColumn *column = smalti_run_column_find (SMALTI_RUN_VALUE_BENCHMARK);
  g_autoptr (SmaltiRunItem) little = make_item (1, "a", SMALTI_RUN_DONE);
  g_autoptr (SmaltiRunItem) much = make_item (2, "b", SMALTI_RUN_DONE);
  g_autoptr (SmaltiRunItem) unknown = make_item (3, "c", SMALTI_RUN_DONE);

  set_value (little, SMALTI_RUN_VALUE_BENCHMARK, 0.2);
  set_value (much, SMALTI_RUN_VALUE_BENCHMARK, 0.7);
  g_assert_cmpint (smalti_run_column_compare (column, little, much, FALSE), <, 0);
  g_assert_cmpint (smalti_run_column_compare (column, little, much, TRUE), >, 0);
  g_assert_cmpint (smalti_run_column_compare (column, unknown, little, FALSE), >, 0);
  g_assert_cmpint (smalti_run_column_compare (column, unknown, little, TRUE), >, 0);
  g_assert_cmpint (smalti_run_column_compare (column, much, unknown, TRUE), <, 0);
  g_assert_cmpint (smalti_run_column_compare (column, unknown, unknown, TRUE), ==, 0);
}

static void
every_setting_and_metric_has_one_column (void)
{
  const char *const metrics[] = { "val/loss", NULL };
  g_autoptr (GPtrArray) columns = smalti_run_columns_list (metrics);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < columns->len; i++)
    {
      const SmaltiRunColumn *column = columns->pdata[i];

      g_assert_true (g_hash_table_add (ids, (gpointer)column->id));
      g_assert_true (smalti_run_column_find (column->id) == column);
      g_assert_cmpstr (column->title, !=, "");
    }
  g_assert_true (g_hash_table_contains (ids, "setting:train.lr"));
  g_assert_true (g_hash_table_contains (ids, "setting:method.grid"));
  g_assert_true (g_hash_table_contains (ids, "setting:seed"));
  g_assert_true (g_hash_table_contains (ids, "best:val/loss"));
  g_assert_nonnull (smalti_run_column_find ("last:one/that/comes/later"));
  g_assert_null (smalti_run_column_find ("setting:train.of_another_version"));
  g_assert_null (smalti_run_column_find ("last:"));
}

/* -- the queue -- */

static void
a_run_moves_by_places_and_not_beyond_the_ends (void)
{
  static const struct
  {
    gint64 run;
    gint by;
    gboolean moves;
    gint64 before;
  } moves[] = {
    { 11, -1, FALSE, 0 }, { 11, 1, TRUE, 13 }, { 11, 2, TRUE, 0 },   { 11, 3, FALSE, 0 },  { 12, -1, TRUE, 11 },
    { 12, 1, TRUE, 0 },   { 13, 1, FALSE, 0 }, { 13, -2, TRUE, 11 }, { 14, -1, FALSE, 0 }, /* does not wait */
  };
  g_autoptr (GPtrArray) infos = g_ptr_array_new_with_free_func ((GDestroyNotify)smalti_run_info_free);
  g_autoptr (SmaltiRunList) list = smalti_run_list_new ();

  for (gint64 id = 14; id >= 11; id--)
    {
      SmaltiRunInfo *info = make_info (id, "waits", SMALTI_RUN_QUEUED);

      info->queue_place = id == 14 ? 0 : id - 10;
      g_ptr_array_add (infos, info);
    }
  smalti_run_list_take (list, infos, 0);
  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    {
      gint64 before = -1;

      g_assert_cmpint (smalti_run_queue_find_place (list, moves[i].run, moves[i].by, &before), ==, moves[i].moves);
      if (moves[i].moves)
        g_assert_cmpint (before, ==, moves[i].before);
    }
}

/* -- what the store knows -- */

static void
add_point (SmaltiStore *store, gint64 run, const char *metric, guint64 step, gdouble value)
{
  g_autoptr (GError) error = NULL;

  smalti_store_add_point (store, run, metric, &(SmaltiPoint){ .step = step, .value = value }, &error);
  g_assert_no_error (error);
}

static SmaltiSpec *
make_spec (void)
{
  g_autoptr (GError) error = NULL;
  SmaltiSpec *spec = smalti_spec_new (smalti_pretext_find ("jigsaw"), smalti_backbone_find ("cfn-small"));

  smalti_spec_set (spec, "data.path", "/pictures", &error);
  smalti_spec_set (spec, "train.lr", "0.0125", &error);
  smalti_spec_set (spec, "device", "cuda:7", &error); /* of a machine that is not this one */
  g_assert_no_error (error);
  return spec;
}

static void
extremes_follow_what_is_new_and_what_is_taken_back (void)
{
  g_autofree char *path = g_dir_make_tmp ("smalti-store-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiStore) store = smalti_store_open (path, &error);
  g_autoptr (SmaltiSpec) spec = make_spec ();
  gint64 run = smalti_store_add_run (store, spec, &error);
  SmaltiExtremes extremes = SMALTI_EXTREMES_INIT;
  SmaltiPoint last;

  g_assert_true (smalti_store_update_extremes (store, run, "val/loss", &extremes, &error));
  g_assert_true (isnan (extremes.least));
  g_assert_false (smalti_store_get_last_point (store, run, "val/loss", &last, &error));
  g_assert_no_error (error);

  add_point (store, run, "val/loss", 10, 0.5);
  add_point (store, run, "val/loss", 20, NAN);
  add_point (store, run, "val/loss", 30, 0.3);
  g_assert_true (smalti_store_update_extremes (store, run, "val/loss", &extremes, &error));
  g_assert_cmpfloat (extremes.least, ==, 0.3);
  g_assert_cmpfloat (extremes.greatest, ==, 0.5);
  add_point (store, run, "val/loss", 40, 0.9);
  g_assert_true (smalti_store_update_extremes (store, run, "val/loss", &extremes, &error));
  g_assert_cmpfloat (extremes.greatest, ==, 0.9);
  g_assert_cmpfloat (extremes.least, ==, 0.3);

  g_assert_true (smalti_store_truncate (store, run, 20, &error));
  g_assert_true (smalti_store_update_extremes (store, run, "val/loss", &extremes, &error));
  g_assert_cmpfloat (extremes.least, ==, 0.5);
  g_assert_cmpint (extremes.step, ==, 20);
  g_clear_object (&store);
  remove_tree (path);
}

static gboolean
keep_waking (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

#define wait_for(condition)                                                                                            \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    gint64 end = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;                                                        \
    while (!(condition) && g_get_monotonic_time () < end)                                                              \
      g_main_context_iteration (NULL, TRUE);                                                                           \
    g_assert_true (condition);                                                                                         \
  }                                                                                                                    \
  G_STMT_END

static void
on_runs (SmaltiStoreClient *client, GPtrArray *infos, gint64 read_at, SmaltiRunList *list)
{
  smalti_run_list_take (list, infos, read_at);
}

static gboolean
says (SmaltiRunItem *item, const char *column, const char *text)
{
  const SmaltiRunValue *value = item ? smalti_run_item_get_value (item, column) : NULL;

  return value && g_str_equal (value->text, text);
}

static void
values_are_read_and_read_again_when_a_run_goes_on (void)
{
  static const char *const ids[] = { SMALTI_RUN_VALUE_VALIDATION,
                                     "setting:train.lr",
                                     "last:train/loss",
                                     "best:val/loss",
                                     "setting:method.of_another_version",
                                     NULL };
  g_autofree char *path = g_dir_make_tmp ("smalti-store-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiStore) store = smalti_store_open (path, &error);
  g_autoptr (SmaltiSpec) spec = make_spec ();
  gint64 run = smalti_store_add_run (store, spec, &error);
  g_autoptr (SmaltiRunList) list = smalti_run_list_new ();
  g_autoptr (SmaltiStoreClient) client = smalti_store_client_new (path);
  g_autoptr (SmaltiRunValues) values = smalti_run_values_new (client, list);
  g_autoptr (SmaltiRunInfo) info = smalti_store_get_run (store, run, &error);

  g_assert_no_error (error);
  add_point (store, run, "val/loss", 10, 0.5);
  add_point (store, run, "train/loss", 10, 0.75);
  g_signal_connect (client, "runs", G_CALLBACK (on_runs), list);
  wait_for (g_list_model_get_n_items (G_LIST_MODEL (list)) == 1);

  SmaltiRunItem *item = smalti_run_list_find (list, run, NULL);

  smalti_run_values_set_ids (values, ids);
  wait_for (says (item, SMALTI_RUN_VALUE_VALIDATION, "loss 0.5"));
  g_assert_true (says (item, "setting:train.lr", "0.0125"));
  g_assert_true (says (item, "last:train/loss", "0.75"));
  g_assert_true (says (item, "best:val/loss", "0.5"));
  g_assert_null (smalti_run_item_get_value (item, "setting:method.of_another_version"));

  add_point (store, run, "val/accuracy", 20, 0.625);
  add_point (store, run, "train/loss", 20, 0.25);
  info->step = 20;
  smalti_store_update_run (store, info, &error);
  g_assert_no_error (error);
  wait_for (smalti_run_item_get_info (item)->step == 20);
  smalti_run_values_update (values);
  wait_for (says (item, SMALTI_RUN_VALUE_VALIDATION, "62.5%"));
  g_assert_true (says (item, "last:train/loss", "0.25"));
  g_clear_object (&values);
  g_clear_object (&client);
  g_clear_object (&store);
  remove_tree (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_timeout_add (50, keep_waking, NULL); /* so that a wait that is never fulfilled ends */
  g_test_add_func ("/runs/a-search-asks-for-all-of-its-words", a_search_asks_for_all_of_its_words);
  g_test_add_func ("/runs/a-run-that-changed-is-found-by-its-new-words", a_run_that_changed_is_found_by_its_new_words);
  g_test_add_func ("/runs/what-waits-is-shown-with-what-waits", what_waits_is_shown_with_what_waits);
  g_test_add_func ("/runs/what-is-not-known-comes-last-in-either-direction",
                   what_is_not_known_comes_last_in_either_direction);
  g_test_add_func ("/runs/every-setting-and-metric-has-one-column", every_setting_and_metric_has_one_column);
  g_test_add_func ("/runs/a-run-moves-by-places-and-not-beyond-the-ends",
                   a_run_moves_by_places_and_not_beyond_the_ends);
  g_test_add_func ("/runs/extremes-follow-what-is-new-and-what-is-taken-back",
                   extremes_follow_what_is_new_and_what_is_taken_back);
  g_test_add_func ("/runs/values-are-read-and-read-again-when-a-run-goes-on",
                   values_are_read_and_read_again_when_a_run_goes_on);
  return g_test_run ();
}
