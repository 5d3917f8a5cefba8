/* SPDX-License-Identifier: Apache-2.0 */
/* A run is trained once for each method; what is brought back from it must answer and measure as the run itself did. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/eval/evaluation-archive.h"
#include "core/image/lab.h"
#include "core/run/model.h"
#include "remove-tree.h"
#include "tiny-run.h"

static char *folder, *data_path, *store_path;

static void
on_event (SmaltiEngine *engine, const SmaltiEvent *event, gpointer loop)
{
  if (event->type == SMALTI_EVENT_FAILED)
    g_error ("%s", event->text);
  if (event->type >= SMALTI_EVENT_DONE)
    g_main_loop_quit (loop);
}

/* Runs it to its end; the run's folder. */
static char *
train (const SmaltiSpec *spec, gint64 *run)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (store_path, NULL);
  g_autoptr (SmaltiEngine) engine = smalti_engine_new (store_path);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;

  *run = smalti_store_add_run (store, spec, &error);
  g_assert_no_error (error);
  g_signal_connect (engine, "event", G_CALLBACK (on_event), loop);
  smalti_engine_start (engine, *run, &error);
  g_assert_no_error (error);
  g_main_loop_run (loop);
  smalti_engine_join (engine);
  return smalti_store_get_run_folder (store, *run);
}

typedef enum
{
  JIGSAW,
  COLORIZATION,
  SUPERVISED,
  RANDOM,
  N_METHODS,
} Method;

static SmaltiSpec *
spec_of (Method method)
{
  switch (method)
    {
    case JIGSAW:
      return tiny_spec (data_path, "train.epochs", "2", NULL);
    case COLORIZATION:
      return tiny_spec (data_path, "method.name", "colorization", "method.size", "32", "method.head_filters", "8",
                        "method.head_convs", "0", "train.epochs", "1", NULL);
    case SUPERVISED:
      return tiny_spec (data_path, "method.name", "supervised", "method.size", "32", "train.epochs", "3",
                        "eval.protocol", "linear", "eval.side", "32", "eval.layers", "[conv2, conv3]", NULL);
    default:
      return tiny_spec (data_path, "method.name", "random", "method.size", "32", NULL);
    }
}

/* Trained when first asked for; (transfer none). */
static const char *
trained (Method method, gint64 *id)
{
  static char *folders[N_METHODS];
  static gint64 ids[N_METHODS];

  if (folders[method] == NULL)
    {
      g_autoptr (SmaltiSpec) spec = spec_of (method);

      folders[method] = train (spec, &ids[method]);
    }
  if (id != NULL)
    *id = ids[method];
  return folders[method];
}

static SmaltiModel *
open_model (const char *run_folder)
{
  g_autoptr (GError) error = NULL;
  SmaltiModel *model = smalti_model_open (run_folder, "cpu", 1, &error);

  g_assert_no_error (error);
  g_assert_nonnull (model);
  return model;
}

static SmaltiDataset *
open_data (void)
{
  g_autoptr (SmaltiValues) values = smalti_values_new (smalti_data_params);
  g_autoptr (GError) error = NULL;
  SmaltiDataset *dataset;

  smalti_values_set (values, "path", data_path, &error);
  g_assert_no_error (error);
  dataset = smalti_dataset_open (values, 1, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return dataset;
}

static SmaltiImage *
any_image (void)
{
  g_autoptr (SmaltiDataset) dataset = open_data ();
  g_autoptr (GError) error = NULL;
  SmaltiImage *image = smalti_dataset_load (dataset, 0, 0, &error);

  g_assert_no_error (error);
  return image;
}

static void
assert_same_image (const SmaltiImage *a, const SmaltiImage *b)
{
  g_assert_cmpint (a->width, ==, b->width);
  g_assert_cmpint (a->height, ==, b->height);
  g_assert_cmpmem (a->pixels, 3 * (gsize)a->width * a->height, b->pixels, 3 * (gsize)b->width * b->height);
}

/* The run said how many held-out images it named rightly; asked one by one, the model names as many. */
static void
a_model_answers_as_its_run_did (void)
{
  gint64 run;
  g_autoptr (SmaltiModel) model = open_model (trained (SUPERVISED, &run));
  g_autoptr (SmaltiStore) store = smalti_store_open (store_path, NULL);
  g_autoptr (GArray) points = smalti_store_get_points (store, run, "val/accuracy", -1, NULL);
  g_autoptr (SmaltiDataset) dataset = open_data ();
  guint n_items, n_right = 0;
  const guint32 *items = smalti_dataset_get_split (dataset, SMALTI_SPLIT_VAL, &n_items);

  g_assert_cmpuint (n_items % 8, ==, 4); /* the run looks at whole batches: 32 of these 36 */
  for (guint i = 0; i < 32; i++)
    {
      guint32 item = items[(guint64)i * n_items / 32];
      const char *name = smalti_dataset_get_class_name (dataset, smalti_dataset_get_label (dataset, item));
      g_autoptr (SmaltiImage) image = smalti_dataset_load (dataset, item, 0, NULL);
      g_autoptr (SmaltiPreview) preview = smalti_model_predict (model, image, 1, NULL);

      n_right += strcmp (preview->top[0].label, name) == 0;
    }
  g_assert_cmpuint (points->len, >, 0);
  g_assert_cmpfloat_with_epsilon (g_array_index (points, SmaltiPoint, points->len - 1).value, n_right / 32.0, 1e-6);
}

static void
a_puzzle_is_a_function_of_its_seed (void)
{
  g_autoptr (SmaltiModel) model = open_model (trained (JIGSAW, NULL));
  g_autoptr (SmaltiModel) again = open_model (trained (JIGSAW, NULL));
  g_autoptr (SmaltiImage) image = any_image ();
  g_autoptr (SmaltiPreview) first = smalti_model_predict (model, image, 1, NULL);
  gboolean another = FALSE;

  for (guint seed = 2; seed < 12; seed++)
    {
      g_autoptr (SmaltiPreview) other = smalti_model_predict (model, image, seed, NULL);

      another
          |= memcmp (other->input->pixels, first->input->pixels, 3 * first->input->width * first->input->height) != 0;
    }
  g_assert_true (another);
  {
    g_autoptr (SmaltiPreview) same = smalti_model_predict (again, image, 1, NULL);

    assert_same_image (first->input, same->input);
    assert_same_image (first->answer, same->answer);
    g_assert_cmpfloat (first->score, ==, same->score);
    g_assert_cmpstr (first->top[0].label, ==, same->top[0].label);
  }
}

static void
colours_are_put_on_the_picture_at_its_own_size (void)
{
  g_autoptr (SmaltiModel) model = open_model (trained (COLORIZATION, NULL));
  g_autoptr (SmaltiImage) image = any_image ();
  g_autoptr (SmaltiImage) wide = smalti_image_resize (image, 75, 41);
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiImage) colored = smalti_model_colorize (model, wide, &error);
  const gsize n = 75 * 41;
  g_autofree gfloat *before = g_new (gfloat, 3 * n), *after = g_new (gfloat, 3 * n);
  gdouble off = 0;

  g_assert_no_error (error);
  g_assert_cmpint (colored->width, ==, 75);
  g_assert_cmpint (colored->height, ==, 41);
  smalti_lab_from_srgb (wide->pixels, before, n);
  smalti_lab_from_srgb (colored->pixels, after, n);
  for (gsize i = 0; i < n; i++)
    off += fabsf (before[i] - after[i]) / n;
  g_assert_cmpfloat (off, <, 2); /* of 100: what the gamut takes away where a colour is too strong */
}

/* Only what it is fed with changes: the grey of the picture, never its colours. */
static void
colours_are_guessed_from_lightness_alone (void)
{
  g_autoptr (SmaltiModel) model = open_model (trained (COLORIZATION, NULL));
  g_autoptr (SmaltiImage) image = any_image ();
  g_autoptr (SmaltiImage) grey = smalti_image_new (image->width, image->height);
  g_autoptr (SmaltiImage) first = NULL, second = NULL;
  const gsize n = (gsize)image->width * image->height;
  g_autofree gfloat *lab = g_new (gfloat, 3 * n);
  gdouble off = 0;

  smalti_lab_from_srgb (image->pixels, lab, n);
  memset (lab + n, 0, 2 * n * sizeof (gfloat));
  smalti_lab_to_srgb (lab, grey->pixels, n);
  first = smalti_model_colorize (model, image, NULL);
  second = smalti_model_colorize (model, grey, NULL);
  for (gsize i = 0; i < 3 * n; i++)
    off += abs (first->pixels[i] - second->pixels[i]) / (gdouble)(3 * n);
  g_assert_cmpfloat (off, <, 3); /* lightness is rounded to 8 bits on the way */
}

static void
only_colorization_colours (void)
{
  g_autoptr (SmaltiModel) model = open_model (trained (JIGSAW, NULL));
  g_autoptr (SmaltiImage) image = any_image ();
  g_autoptr (GError) error = NULL;

  g_assert_null (smalti_model_colorize (model, image, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "jigsaw"));
}

static void
random_weights_answer_nothing (void)
{
  g_autoptr (SmaltiModel) model = open_model (trained (RANDOM, NULL));
  g_autoptr (SmaltiImage) image = any_image ();
  g_autoptr (GError) error = NULL;

  g_assert_null (smalti_model_predict (model, image, 1, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
}

/* As small as pictures come. */
static void
a_picture_of_one_pixel_is_answered (void)
{
  g_autoptr (SmaltiImage) image = smalti_image_new (1, 1);

  for (Method method = JIGSAW; method <= SUPERVISED; method++)
    {
      g_autoptr (SmaltiModel) model = open_model (trained (method, NULL));
      g_autoptr (GError) error = NULL;
      g_autoptr (SmaltiPreview) preview = smalti_model_predict (model, image, 1, &error);

      g_assert_no_error (error);
      g_assert_nonnull (preview->caption);
    }
}

static void
collect (const SmaltiBenchmark *benchmark, gpointer results)
{
  g_ptr_array_add (results, smalti_benchmark_to_json (benchmark));
}

static void
measuring_again_gives_the_same_numbers (void)
{
  gint64 run;
  g_autoptr (SmaltiModel) model = open_model (trained (SUPERVISED, &run));
  g_autoptr (SmaltiStore) store = smalti_store_open (store_path, NULL);
  g_autoptr (GPtrArray) before = smalti_store_get_benchmarks (store, run, NULL);
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  smalti_model_evaluate (model, smalti_spec_get_values (smalti_model_get_spec (model), "eval"), 1, NULL, NULL, collect,
                         results, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (results->len, ==, 2);
  g_assert_cmpuint (results->len, ==, before->len);
  for (guint i = 0; i < results->len; i++)
    {
      g_autoptr (SmaltiBenchmark) again = smalti_benchmark_from_json (results->pdata[i], NULL);
      const SmaltiBenchmark *then = before->pdata[i];

      g_assert_cmpstr (again->layer, ==, then->layer);
      g_assert_cmpuint (again->n_test, ==, then->n_test);
      g_assert_cmpfloat (again->top1.value, ==, then->top1.value);
      g_assert_cmpfloat (again->top5.value, ==, then->top5.value);
    }
}

/* The window asks the folder, not the network. */
static void
a_measured_run_leaves_its_answers (void)
{
  gint64 run;
  const char *run_folder = trained (SUPERVISED, &run);
  g_autoptr (SmaltiStore) store = smalti_store_open (store_path, NULL);
  g_autoptr (GPtrArray) benchmarks = smalti_store_get_benchmarks (store, run, NULL);
  g_auto (GStrv) layers = smalti_evaluation_archive_list (run_folder, "linear");

  g_assert_cmpuint (g_strv_length (layers), ==, 2);
  g_assert_cmpuint (benchmarks->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      const SmaltiBenchmark *benchmark = benchmarks->pdata[i];
      g_autoptr (GError) error = NULL;
      g_autoptr (SmaltiEvaluationArchive) archive
          = smalti_evaluation_archive_read (run_folder, "linear", benchmark->layer, &error);

      g_assert_no_error (error);
      g_assert_true (g_strv_contains ((const char *const *)layers, benchmark->layer));
      g_assert_cmpuint (smalti_evaluation_archive_get_n_images (archive), ==, benchmark->n_test);
      g_assert_cmpuint (smalti_evaluation_archive_get_n_classes (archive), ==, benchmark->n_classes);
      for (guint truth = 0; truth < benchmark->n_classes; truth++)
        for (guint answer = 0; answer < benchmark->n_classes; answer++)
          {
            g_autoptr (GArray) images = smalti_evaluation_archive_find (archive, truth, answer);

            g_assert_cmpuint (images->len, ==, benchmark->confusion[truth * benchmark->n_classes + answer]);
          }
    }
}

/* What is kept is what the network says, to the precision it is kept with. */
static void
features_read_again_are_those_kept (void)
{
  const char *run_folder = trained (SUPERVISED, NULL);
  g_autoptr (SmaltiModel) model = open_model (run_folder);
  g_autoptr (SmaltiEvaluationArchive) archive = smalti_evaluation_archive_read (run_folder, "linear", "conv3", NULL);
  const SmaltiFeatures *kept = smalti_evaluation_archive_get_features (archive);
  g_autoptr (SmaltiDataset) dataset = open_data ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiFeatureSet) all
      = smalti_model_extract (model, dataset, SMALTI_SPLIT_VAL, "conv3", kept->dim, 0, NULL, NULL, NULL, &error);
  g_autoptr (SmaltiFeatureSet) some
      = smalti_model_extract (model, dataset, SMALTI_SPLIT_VAL, "conv3", kept->dim, 7, NULL, NULL, NULL, NULL);
  g_autoptr (SmaltiImage) image = NULL;
  g_autoptr (SmaltiFeatureSet) alone = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (all->n, ==, kept->n);
  g_assert_cmpuint (all->layer->dim, ==, kept->dim);
  for (gsize i = 0; i < kept->n * kept->dim; i++)
    g_assert_cmpfloat_with_epsilon (all->layer->data[i], kept->data[i], 0.005 * fabs (kept->data[i]) + 1e-6);
  g_assert_cmpuint (some->n, ==, 7);
  for (guint i = 0; i < 7; i++)
    g_assert_cmpuint (some->item[i], ==, all->item[i * all->n / 7]);

  image = smalti_evaluation_archive_load (archive, 3, 0, &error);
  g_assert_no_error (error);
  alone = smalti_model_extract_image (model, image, "conv3", kept->dim, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < kept->dim; i++)
    g_assert_cmpfloat_with_epsilon (alone->layer->data[i], all->layer->data[3 * kept->dim + i], 1e-5);
  g_assert_null (smalti_model_extract_image (model, image, "conv33", kept->dim, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
}

static void
random_weights_can_be_measured (void)
{
  g_autoptr (SmaltiModel) model = open_model (trained (RANDOM, NULL));
  SmaltiValues *values = smalti_spec_get_values (smalti_model_get_spec (model), "eval");
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  smalti_values_set (values, "protocol", "knn", NULL);
  smalti_values_set (values, "layers", "[conv2]", NULL);
  smalti_values_set (values, "side", "32", NULL);
  smalti_model_evaluate (model, values, 1, NULL, NULL, collect, results, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (results->len, ==, 1);
}

static void
images_without_labels_are_refused (void)
{
  g_autoptr (SmaltiModel) model = open_model (trained (JIGSAW, NULL));
  SmaltiValues *values = smalti_spec_get_values (smalti_model_get_spec (model), "eval");
  g_autofree char *beach = g_build_filename (data_path, "train", "beach", NULL);
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  smalti_values_set (values, "protocol", "linear", NULL);
  smalti_values_set (values, "data", beach, NULL);
  g_assert_false (smalti_model_evaluate (model, values, 1, NULL, NULL, collect, results, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA);
  g_assert_nonnull (strstr (error->message, "no labels"));
}

/* The images a run learned from may be gone. */
static void
a_model_needs_no_images (void)
{
  g_autoptr (SmaltiImage) image = any_image ();
  g_autofree char *away = g_strconcat (data_path, "-away", NULL);

  for (Method method = JIGSAW; method < N_METHODS; method++)
    trained (method, NULL);
  g_assert_cmpint (g_rename (data_path, away), ==, 0);
  for (Method method = JIGSAW; method < N_METHODS; method++)
    {
      g_autoptr (SmaltiModel) model = open_model (trained (method, NULL));
      g_autoptr (SmaltiPreview) preview = method < RANDOM ? smalti_model_predict (model, image, 1, NULL) : NULL;

      g_assert_true (method == RANDOM || preview != NULL);
    }
  g_assert_cmpint (g_rename (away, data_path), ==, 0);
}

static void
assert_refused (const char *run_folder, const char *says)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (smalti_model_open (run_folder, "cpu", 1, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT);
  if (strstr (error->message, says) == NULL)
    g_error ("“%s” does not say “%s”", error->message, says);
}

static void
a_run_without_a_checkpoint_is_refused (void)
{
  g_autofree char *empty = g_build_filename (folder, "empty", NULL);
  g_autoptr (GDir) dir = NULL;

  g_mkdir (empty, 0777);
  assert_refused (empty, "no checkpoint");
  dir = g_dir_open (empty, 0, NULL);
  g_assert_null (g_dir_read_name (dir));
}

/* A checkpoint of @method in a folder of its own, after @change. */
static char *
changed_checkpoint (Method method, void (*change) (SmaltiTensorFile *file))
{
  g_autofree char *from = g_build_filename (trained (method, NULL), "checkpoint.safetensors", NULL);
  char *to = g_build_filename (folder, "changed-XXXXXX", NULL);
  g_autofree char *path = NULL;
  g_autoptr (SmaltiTensorFile) file = smalti_tensor_file_read (from, NULL);

  g_assert_nonnull (g_mkdtemp (to));
  path = g_build_filename (to, "checkpoint.safetensors", NULL);
  change (file);
  g_assert_true (smalti_tensor_file_write (file, path, NULL));
  return to;
}

static void
say_another_network (SmaltiTensorFile *file)
{
  g_autoptr (SmaltiSpec) spec = spec_of (COLORIZATION);
  g_autofree char *yaml = smalti_spec_to_yaml (spec, TRUE);

  smalti_tensor_file_set_metadata (file, "spec", yaml);
}

static void
say_another_size (SmaltiTensorFile *file)
{
  g_autoptr (SmaltiSpec) spec = spec_of (JIGSAW);
  g_autofree char *yaml = NULL;

  smalti_spec_set (spec, "method.fc7", "48", NULL);
  yaml = smalti_spec_to_yaml (spec, TRUE);
  smalti_tensor_file_set_metadata (file, "spec", yaml);
}

static void
say_nonsense (SmaltiTensorFile *file)
{
  smalti_tensor_file_set_metadata (file, "spec", "method: { name: levitation }\n");
}

static void
a_checkpoint_of_another_network_is_refused (void)
{
  g_autofree char *network = changed_checkpoint (JIGSAW, say_another_network);
  g_autofree char *size = changed_checkpoint (JIGSAW, say_another_size);
  g_autofree char *nonsense = changed_checkpoint (JIGSAW, say_nonsense);

  assert_refused (network, "colorization");
  assert_refused (size, "fc7");
  assert_refused (nonsense, "levitation");
}

static void
a_checkpoint_cut_short_is_refused (void)
{
  g_autofree char *from = g_build_filename (trained (JIGSAW, NULL), "checkpoint.safetensors", NULL);
  g_autofree char *to = g_build_filename (folder, "short", NULL);
  g_autofree char *path = g_build_filename (to, "checkpoint.safetensors", NULL);
  g_autofree char *data = NULL;
  gsize size;

  g_mkdir (to, 0777);
  g_assert_true (g_file_get_contents (from, &data, &size, NULL));
  g_assert_true (g_file_set_contents (path, data, size / 2, NULL));
  assert_refused (to, "checkpoint.safetensors");
}

static void
take_last_event (SmaltiEngine *engine, SmaltiEvent *event, SmaltiEvent **last)
{
  if (event->type == SMALTI_EVENT_DONE || event->type == SMALTI_EVENT_STOPPED || event->type == SMALTI_EVENT_FAILED)
    *last = smalti_event_ref (event);
}

/* (transfer full): the last event. */
static SmaltiEvent *
measure (gint64 run, const char *data, const char *protocol)
{
  g_autoptr (SmaltiEngine) engine = smalti_engine_new (store_path);
  g_autoptr (SmaltiValues) eval = smalti_values_new (smalti_eval_params);
  g_autoptr (GError) error = NULL;
  SmaltiEvent *last = NULL;

  g_assert_true (smalti_values_set (eval, "data", data, NULL));
  g_assert_true (smalti_values_set (eval, "protocol", protocol, NULL));
  g_assert_true (smalti_values_set (eval, "side", "32", NULL));
  g_assert_true (smalti_values_set (eval, "layers", "[conv2]", NULL));
  g_signal_connect (engine, "event", G_CALLBACK (take_last_event), &last);
  smalti_engine_measure (engine, run, eval, &error);
  g_assert_no_error (error);
  while (last == NULL)
    g_main_context_iteration (NULL, TRUE);
  smalti_engine_join (engine);
  g_assert_cmpstr (last->phase, ==, "evaluate");
  return last;
}

static void
assert_measured (gint64 run, const char *protocol)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (store_path, NULL);
  g_autoptr (SmaltiRunInfo) info = smalti_store_get_run (store, run, NULL);
  g_autoptr (GPtrArray) benchmarks = smalti_store_get_benchmarks (store, run, NULL);
  g_autofree char *line = g_strdup_printf ("protocol: %s", protocol);

  g_assert_cmpint (info->state, ==, SMALTI_RUN_DONE);
  g_assert_cmpstr (info->phase, ==, "");
  g_assert_cmpuint (benchmarks->len, ==, 1);
  g_assert_cmpstr (((const SmaltiBenchmark *)benchmarks->pdata[0])->protocol, ==, protocol);
  g_assert_cmpstr (((const SmaltiBenchmark *)benchmarks->pdata[0])->layer, ==, "conv2");
  g_assert_true (strcmp (protocol, "linear") == 0 || strstr (info->spec_yaml, line) != NULL);
}

static void
a_finished_run_is_measured_and_finished_as_before (void)
{
  gint64 run;

  trained (JIGSAW, &run);
  for (guint i = 0; i < 2; i++)
    {
      const char *protocol = i == 0 ? "linear" : "knn";
      g_autoptr (SmaltiEvent) last = measure (run, data_path, protocol);

      g_assert_cmpint (last->type, ==, SMALTI_EVENT_DONE);
      assert_measured (run, protocol);
    }
}

static void
a_measurement_that_fails_leaves_the_results_there_were (void)
{
  g_autofree char *missing = g_build_filename (folder, "no-such-folder", NULL);
  g_autoptr (SmaltiEvent) measured = NULL, failed = NULL;
  gint64 run;

  trained (JIGSAW, &run);
  measured = measure (run, data_path, "knn");
  failed = measure (run, missing, "linear");
  g_assert_cmpint (failed->type, ==, SMALTI_EVENT_FAILED);
  g_assert_nonnull (strstr (failed->text, "no-such-folder"));
  assert_measured (run, "knn");
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("smalti-test-XXXXXX", NULL);
  data_path = g_build_filename (folder, "data", NULL);
  store_path = g_build_filename (folder, "store", NULL);
  tiny_write_sample (data_path);
  g_test_add_func ("/model/answers", a_model_answers_as_its_run_did);
  g_test_add_func ("/model/seed", a_puzzle_is_a_function_of_its_seed);
  g_test_add_func ("/model/colours", colours_are_put_on_the_picture_at_its_own_size);
  g_test_add_func ("/model/lightness", colours_are_guessed_from_lightness_alone);
  g_test_add_func ("/model/only-colorization", only_colorization_colours);
  g_test_add_func ("/model/random", random_weights_answer_nothing);
  g_test_add_func ("/model/one-pixel", a_picture_of_one_pixel_is_answered);
  g_test_add_func ("/model/measure-again", measuring_again_gives_the_same_numbers);
  g_test_add_func ("/model/measured-by-engine", a_finished_run_is_measured_and_finished_as_before);
  g_test_add_func ("/model/measurement-fails", a_measurement_that_fails_leaves_the_results_there_were);
  g_test_add_func ("/model/answers-left", a_measured_run_leaves_its_answers);
  g_test_add_func ("/model/features-left", features_read_again_are_those_kept);
  g_test_add_func ("/model/measure-random", random_weights_can_be_measured);
  g_test_add_func ("/model/unlabelled", images_without_labels_are_refused);
  g_test_add_func ("/model/no-images", a_model_needs_no_images);
  g_test_add_func ("/model/no-checkpoint", a_run_without_a_checkpoint_is_refused);
  g_test_add_func ("/model/another-network", a_checkpoint_of_another_network_is_refused);
  g_test_add_func ("/model/cut-short", a_checkpoint_cut_short_is_refused);
  status = g_test_run ();
  remove_tree (folder);
  return status;
}
