/* SPDX-License-Identifier: Apache-2.0 */
/* Asking a trained network from a window: answers come on the main loop, those nobody waits for are not made. */
#include <glib/gstdio.h>

#include "../engine/remove-tree.h"
#include "../engine/tiny-run.h"
#include "core/data/sample.h"
#include "core/run/insight.h"
#include "ui/model-client.h"
#include "ui/texture.h"

static char *folder;

/* Runs, trained once: the folder of the checkpoint of a puzzle of four. */
static const char *
trained (void)
{
  static char *run_folder;
  g_autofree char *data = g_build_filename (folder, "pictures", NULL);
  g_autofree char *path = g_build_filename (folder, "store", NULL);
  g_autoptr (SmaltiStore) store = NULL;
  g_autoptr (SmaltiEngine) engine = NULL;
  g_autoptr (SmaltiSpec) spec = NULL;
  g_autoptr (GError) error = NULL;
  gint64 run;

  if (run_folder)
    return run_folder;
  tiny_write_sample (data);
  spec = tiny_spec (data, "train.epochs", "1", NULL);
  store = smalti_store_open (path, &error);
  g_assert_no_error (error);
  run = smalti_store_add_run (store, spec, &error);
  g_assert_no_error (error);
  engine = smalti_engine_new (path);
  smalti_engine_start (engine, run, &error);
  g_assert_no_error (error);
  smalti_engine_join (engine);
  run_folder = smalti_store_get_run_folder (store, run);
  return run_folder;
}

typedef struct
{
  gpointer answer;
  GError *error;
  guint n;
} Heard;

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Heard *heard = user_data;

  g_assert_true (g_main_context_is_owner (NULL));
  g_clear_error (&heard->error);
  heard->answer = smalti_model_client_call_finish (result, &heard->error);
  heard->n++;
}

static void
wait_for (const Heard *heard, guint n)
{
  while (heard->n < n)
    g_main_context_iteration (NULL, TRUE);
}

static gpointer
count_layers (SmaltiModel *model, gpointer data, GError **error)
{
  g_auto (GStrv) layers = smalti_model_layers (model);
  guint *n_asked = data;

  g_assert_false (g_main_context_is_owner (NULL));
  if (n_asked)
    (*n_asked)++;
  return GUINT_TO_POINTER (g_strv_length (layers));
}

static void
a_question_is_answered_on_the_main_loop (void)
{
  g_autoptr (SmaltiModelClient) client = smalti_model_client_new ();
  Heard heard = { 0 };

  smalti_model_client_set_folder (client, trained ());
  smalti_model_client_call_async (client, count_layers, NULL, NULL, NULL, NULL, on_answer, &heard);
  g_assert_cmpuint (heard.n, ==, 0);
  wait_for (&heard, 1);
  g_assert_no_error (heard.error);
  g_assert_cmpuint (GPOINTER_TO_UINT (heard.answer), >=, 3);

  /* Put away, it is opened again. */
  smalti_model_client_rest (client);
  smalti_model_client_call_async (client, count_layers, NULL, NULL, NULL, NULL, on_answer, &heard);
  wait_for (&heard, 2);
  g_assert_no_error (heard.error);
}

static void
a_folder_without_a_checkpoint_is_told_in_a_sentence (void)
{
  g_autoptr (SmaltiModelClient) client = smalti_model_client_new ();
  Heard heard = { 0 };

  smalti_model_client_call_async (client, count_layers, NULL, NULL, NULL, NULL, on_answer, &heard);
  wait_for (&heard, 1);
  g_assert_nonnull (heard.error); /* none is chosen */
  smalti_model_client_set_folder (client, folder);
  smalti_model_client_call_async (client, count_layers, NULL, NULL, NULL, NULL, on_answer, &heard);
  wait_for (&heard, 2);
  g_assert_nonnull (heard.error);
  g_assert_true (g_str_has_suffix (heard.error->message, "."));

  /* The next network is asked all the same. */
  smalti_model_client_set_folder (client, trained ());
  smalti_model_client_call_async (client, count_layers, NULL, NULL, NULL, NULL, on_answer, &heard);
  wait_for (&heard, 3);
  g_assert_no_error (heard.error);
}

static void
what_nobody_waits_for_is_not_asked (void)
{
  g_autoptr (SmaltiModelClient) client = smalti_model_client_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint n_asked = 0;
  Heard stale = { 0 }, heard = { 0 };

  smalti_model_client_set_folder (client, trained ());
  g_cancellable_cancel (cancellable);
  for (guint i = 0; i < 50; i++)
    smalti_model_client_call_async (client, count_layers, &n_asked, NULL, NULL, cancellable, on_answer, &stale);
  smalti_model_client_call_async (client, count_layers, &n_asked, NULL, NULL, NULL, on_answer, &heard);
  wait_for (&heard, 1);
  wait_for (&stale, 50);
  g_assert_error (stale.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (n_asked, ==, 1);
  g_clear_error (&stale.error);
}

/* Closing a window at any moment: every question ends, nothing hangs. */
static void
a_client_can_go_at_any_time (void)
{
  for (guint i = 0; i < 12; i++)
    {
      SmaltiModelClient *client = smalti_model_client_new ();
      Heard heard = { 0 };

      smalti_model_client_set_folder (client, trained ());
      for (guint k = 0; k < i; k++)
        smalti_model_client_call_async (client, count_layers, NULL, NULL, NULL, NULL, on_answer, &heard);
      if (i % 3 == 1)
        g_usleep (i * 1000);
      else if (i % 3 == 2)
        wait_for (&heard, 1);
      g_object_unref (client);
      wait_for (&heard, i);
      g_clear_error (&heard.error);
    }
}

static void
pictures_survive_the_way_to_a_texture_and_back (void)
{
  static const guint8 half_red[4] = { 255, 0, 0, 128 };
  g_autoptr (SmaltiImage) image = smalti_sample_draw (2, 1, 50);
  g_autoptr (GdkTexture) texture = smalti_texture_new (image);
  g_autoptr (SmaltiImage) back = smalti_texture_to_image (texture);
  g_autoptr (GBytes) pixel = g_bytes_new_static (half_red, sizeof half_red);
  g_autoptr (GdkTexture) clear = gdk_memory_texture_new (1, 1, GDK_MEMORY_R8G8B8A8, pixel, 4);
  g_autoptr (SmaltiImage) rose = smalti_texture_to_image (clear);

  g_assert_cmpint (back->width, ==, 50);
  g_assert_cmpmem (back->pixels, 50 * 50 * 3, image->pixels, 50 * 50 * 3);
  g_assert_cmpint (rose->pixels[0], ==, 255); /* over white */
  g_assert_cmpint (ABS (rose->pixels[1] - 127), <=, 1);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("smalti-model-XXXXXX", NULL);
  g_test_add_func ("/model-client/a-question-is-answered-on-the-main-loop", a_question_is_answered_on_the_main_loop);
  g_test_add_func ("/model-client/a-folder-without-a-checkpoint-is-told-in-a-sentence",
                   a_folder_without_a_checkpoint_is_told_in_a_sentence);
  g_test_add_func ("/model-client/what-nobody-waits-for-is-not-asked", what_nobody_waits_for_is_not_asked);
  g_test_add_func ("/model-client/a-client-can-go-at-any-time", a_client_can_go_at_any_time);
  g_test_add_func ("/texture/pictures-survive-the-way-there-and-back", pictures_survive_the_way_to_a_texture_and_back);
  status = g_test_run ();
  remove_tree (folder);
  return status;
}
