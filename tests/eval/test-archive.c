/* SPDX-License-Identifier: Apache-2.0 */
/* What a measurement leaves behind: everything comes back, within its bound, or is refused. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/data/sample.h"
#include "core/eval/evaluation-archive.h"
#include "core/eval/score-private.h"
#include "core/tensor/safetensors.h"
#include "feature-set.h"

#define CHANNELS 6
#define GRID     5

typedef struct
{
  char *folder;
  SmaltiDataset *dataset;
  SmaltiFeatureSet *test;
  SmaltiBenchmark *benchmark;
} Measured;

static void
set_up (Measured *self, gconstpointer data)
{
  g_autoptr (SmaltiValues) values = smalti_values_new (smalti_data_params);
  g_autofree char *images = NULL;
  g_autoptr (GError) error = NULL;
  guint n_classes, n_items;
  const guint32 *items;

  self->folder = g_dir_make_tmp ("smalti-test-XXXXXX", &error);
  g_assert_no_error (error);
  images = g_build_filename (self->folder, "images", NULL);
  smalti_sample_write (images, 4, 3, 32, NULL, &error);
  g_assert_no_error (error);
  smalti_values_set (values, "path", images, NULL);
  self->dataset = smalti_dataset_open (values, 1, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  n_classes = smalti_dataset_get_n_classes (self->dataset);
  items = smalti_dataset_get_split (self->dataset, SMALTI_SPLIT_VAL, &n_items);
  g_assert_cmpuint (n_items, >, 20);

  self->test = feature_set_new (n_items, CHANNELS, GRID, GRID);
  self->benchmark = smalti_benchmark_new (self->test->layer, "linear", "lbfgs", n_classes, 100);
  for (guint i = 0; i < n_items; i++)
    {
      g_autofree gfloat *score = g_new0 (gfloat, n_classes);
      SmaltiRandom random;

      smalti_random_init (&random, 1, SMALTI_STREAM_TEST, 0, i);
      self->test->item[i] = items[i];
      self->test->label[i] = smalti_dataset_get_label (self->dataset, items[i]);
      score[smalti_random_int (&random, n_classes)] = 1;
      smalti_benchmark_add (self->benchmark, score, &self->test->label[i], 1);
      for (gsize j = 0; j < self->test->layer->dim; j++)
        feature_set_row (self->test, i)[j] = smalti_random_normal (&random);
    }
  smalti_benchmark_sum (self->benchmark, 0);
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_all (child);
    }
  g_remove (path);
}

static void
tear_down (Measured *self, gconstpointer data)
{
  smalti_benchmark_free (self->benchmark);
  smalti_feature_set_free (self->test);
  g_object_unref (self->dataset);
  remove_all (self->folder);
  g_free (self->folder);
}

static SmaltiEvaluationArchive *
write_and_read (Measured *self, guint64 max_bytes, char **kept)
{
  g_autoptr (GError) error = NULL;
  SmaltiEvaluationArchive *archive;

  smalti_evaluation_archive_write (self->folder, self->benchmark, self->test, 0, self->dataset, max_bytes, kept,
                                   &error);
  g_assert_no_error (error);
  archive = smalti_evaluation_archive_read (self->folder, "linear", "made up", &error);
  g_assert_no_error (error);
  return archive;
}

static void
everything_comes_back (Measured *self, gconstpointer data)
{
  g_autofree char *kept = NULL, *fingerprint = NULL;
  g_autoptr (SmaltiEvaluationArchive) archive = write_and_read (self, 1 << 20, &kept);
  const SmaltiFeatures *features = smalti_evaluation_archive_get_features (archive);
  guint n = self->test->n;

  g_assert_null (kept);
  g_assert_cmpstr (smalti_evaluation_archive_get_layer (archive), ==, "made up");
  g_assert_cmpstr (smalti_evaluation_archive_get_protocol (archive), ==, "linear");
  g_assert_cmpstr (smalti_evaluation_archive_get_data_path (archive), ==, smalti_dataset_get_path (self->dataset));
  g_assert_cmpstr (smalti_evaluation_archive_get_fingerprint (archive), ==,
                   smalti_dataset_get_fingerprint (self->dataset));
  fingerprint = smalti_evaluation_archive_find_fingerprint (self->folder, "linear", "made up");
  g_assert_cmpstr (fingerprint, ==, smalti_dataset_get_fingerprint (self->dataset));
  g_assert_null (smalti_evaluation_archive_find_fingerprint (self->folder, "linear", "not made up"));
  g_assert_cmpuint (smalti_evaluation_archive_get_n_images (archive), ==, n);
  g_assert_cmpuint (smalti_evaluation_archive_get_n_classes (archive), ==, self->benchmark->n_classes);
  for (guint c = 0; c < self->benchmark->n_classes; c++)
    g_assert_cmpstr (smalti_evaluation_archive_get_class_name (archive, c), ==,
                     smalti_dataset_get_class_name (self->dataset, c));
  g_assert_cmpmem (smalti_evaluation_archive_get_labels (archive), 4 * n, self->test->label, 4 * n);
  g_assert_cmpmem (smalti_evaluation_archive_get_items (archive), 4 * n, self->test->item, 4 * n);
  g_assert_cmpmem (smalti_evaluation_archive_get_answers (archive), 4 * n, self->benchmark->answer, 4 * n);
  g_assert_cmpuint (features->n, ==, n);
  g_assert_cmpint (features->channels, ==, CHANNELS);
  g_assert_cmpint (features->height, ==, GRID);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = smalti_dataset_get_item_name (self->dataset, self->test->item[i]);

      g_assert_cmpstr (smalti_evaluation_archive_get_item_name (archive, i), ==, name);
      g_assert_cmpuint (smalti_evaluation_archive_get_rows (archive)[i], ==, i);
      for (gsize j = 0; j < features->dim; j++)
        g_assert_cmpfloat_with_epsilon (features->data[i * features->dim + j], feature_set_row (self->test, i)[j],
                                        fabsf (feature_set_row (self->test, i)[j]) / 256);
    }
}

static void
a_confusion_leads_to_its_images (Measured *self, gconstpointer data)
{
  g_autoptr (SmaltiEvaluationArchive) archive = write_and_read (self, 1 << 20, NULL);
  guint n_classes = self->benchmark->n_classes, n_found = 0;

  for (guint truth = 0; truth < n_classes; truth++)
    for (guint answer = 0; answer < n_classes; answer++)
      {
        g_autoptr (GArray) found = smalti_evaluation_archive_find (archive, truth, answer);

        g_assert_cmpuint (found->len, ==, self->benchmark->confusion[truth * n_classes + answer]);
        n_found += found->len;
        for (guint i = 0; i < found->len; i++)
          {
            guint image = g_array_index (found, guint, i);
            g_autoptr (GError) error = NULL;
            g_autoptr (SmaltiImage) shown = smalti_evaluation_archive_load (archive, image, 0, &error);
            g_autoptr (SmaltiImage) own = smalti_dataset_load (self->dataset, self->test->item[image], 0, NULL);

            g_assert_no_error (error);
            g_assert_cmpmem (shown->pixels, 3 * shown->width * shown->height, own->pixels,
                             3 * own->width * own->height);
          }
      }
  g_assert_cmpuint (n_found, ==, self->test->n);
}

/* Room for a grid of 2: 6 channels of 4 cells, of 5 x 5 numbers each; the first cell is the mean of 3 x 3. */
static void
too_much_is_averaged (Measured *self, gconstpointer data)
{
  guint n = self->test->n;
  g_autofree char *kept = NULL;
  g_autoptr (SmaltiEvaluationArchive) archive = write_and_read (self, 2 * n * (4 * CHANNELS + 3), &kept);
  const SmaltiFeatures *features = smalti_evaluation_archive_get_features (archive);

  g_assert_nonnull (strstr (kept, "24 numbers"));
  g_assert_cmpuint (features->n, ==, n);
  g_assert_cmpint (features->height, ==, 2);
  g_assert_cmpuint (features->dim, ==, 4 * CHANNELS);
  for (guint i = 0; i < n; i++)
    for (guint c = 0; c < CHANNELS; c++)
      {
        const gfloat *plane = feature_set_row (self->test, i) + c * GRID * GRID;
        gdouble first = 0, last = 0;

        for (guint y = 0; y < 3; y++)
          for (guint x = 0; x < 3; x++)
            {
              first += plane[y * GRID + x] / 9;
              last += plane[(y + 2) * GRID + x + 2] / 9;
            }
        g_assert_cmpfloat_with_epsilon (features->data[i * features->dim + 4 * c], first, fabs (first) / 200);
        g_assert_cmpfloat_with_epsilon (features->data[i * features->dim + 4 * c + 3], last, fabs (last) / 200);
      }
}

static void
much_too_much_is_of_some_images (Measured *self, gconstpointer data)
{
  g_autofree char *kept = NULL;
  g_autoptr (SmaltiEvaluationArchive) archive = write_and_read (self, 2 * CHANNELS * 10, &kept);
  const SmaltiFeatures *features = smalti_evaluation_archive_get_features (archive);

  g_assert_nonnull (strstr (kept, "10 of the"));
  g_assert_cmpuint (features->n, ==, 10);
  g_assert_cmpuint (features->dim, ==, CHANNELS);
  g_assert_cmpuint (smalti_evaluation_archive_get_n_images (archive), ==, self->test->n);
  for (guint i = 0; i < 10; i++)
    {
      guint image = smalti_evaluation_archive_get_rows (archive)[i];
      gdouble mean = 0;

      g_assert_cmpuint (image, ==, i * self->test->n / 10);
      for (guint j = 0; j < GRID * GRID; j++)
        mean += feature_set_row (self->test, image)[j] / (GRID * GRID);
      g_assert_cmpfloat_with_epsilon (features->data[i * CHANNELS], mean, fabs (mean) / 200);
    }
}

static void
archives_are_listed_and_cleared (Measured *self, gconstpointer data)
{
  g_autofree char *other = g_build_filename (self->folder, "checkpoint.safetensors", NULL);
  g_auto (GStrv) before = smalti_evaluation_archive_list (self->folder, "linear"), linear = NULL, knn = NULL;
  g_auto (GStrv) after = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_strv_length (before), ==, 0);
  g_file_set_contents (other, "", 0, NULL);
  smalti_evaluation_archive_unref (write_and_read (self, 1 << 20, NULL));
  g_free (self->benchmark->layer);
  self->benchmark->layer = g_strdup ("layer1");
  smalti_evaluation_archive_unref (write_and_read (self, 1 << 20, NULL));
  linear = smalti_evaluation_archive_list (self->folder, "linear");
  knn = smalti_evaluation_archive_list (self->folder, "knn");
  g_assert_true (g_strv_equal ((const char *const *)linear, (const char *const[]){ "layer1", "made up", NULL }));
  g_assert_cmpuint (g_strv_length (knn), ==, 0);
  g_assert_true (smalti_evaluation_archive_clear (self->folder, &error));
  g_assert_no_error (error);
  after = smalti_evaluation_archive_list (self->folder, "linear");
  g_assert_cmpuint (g_strv_length (after), ==, 0);
  g_assert_true (g_file_test (other, G_FILE_TEST_EXISTS));
  g_assert_null (smalti_evaluation_archive_read (self->folder, "linear", "layer1", &error));
  g_assert_nonnull (error);
}

static SmaltiTensor *
numbers (const gint32 *number, guint n)
{
  SmaltiTensor *tensor = smalti_tensor_new (SMALTI_DTYPE_I32, SMALTI_SHAPE (n));

  memcpy (tensor->data, number, 4 * n);
  return tensor;
}

/* One part at a time is made another's, or an index that leads nowhere. */
static void
a_damaged_archive_is_refused (Measured *self, gconstpointer data)
{
  const char *const parts[] = { "label", "answer", "item", "row", "features", "path", "names", "classes" };
  g_autofree char *path = g_build_filename (self->folder, "evaluation-linear-made up.safetensors", NULL);
  guint n = self->test->n;

  smalti_evaluation_archive_unref (write_and_read (self, 1 << 20, NULL));
  for (guint i = 0; i < 2 * G_N_ELEMENTS (parts) - 2; i++)
    {
      const char *part = parts[i % G_N_ELEMENTS (parts)];
      g_autoptr (SmaltiTensorFile) file = smalti_tensor_file_read (path, NULL);
      g_autofree char *damaged = g_build_filename (self->folder, "evaluation-linear-bad.safetensors", NULL);
      g_autofree gint32 *wrong = g_memdup2 (self->test->label, 4 * n);
      g_autoptr (SmaltiTensor) tensor = NULL;
      g_autoptr (GError) error = NULL;

      wrong[n / 2] = i % 2 == 0 ? -1 : (gint)n;
      if (strcmp (part, "item") == 0) /* any number may be one, but not any number of them */
        tensor = numbers (wrong, n - 1);
      else
        tensor
            = i < G_N_ELEMENTS (parts) ? numbers (wrong, n) : smalti_tensor_new (SMALTI_DTYPE_F32, SMALTI_SHAPE (n, 2));
      smalti_tensor_file_add (file, part, tensor);
      g_assert_true (smalti_tensor_file_write (file, damaged, NULL));
      g_assert_null (smalti_evaluation_archive_read (self->folder, "linear", "bad", &error));
      g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_FORMAT);
    }
}

static void
another_version_is_refused (Measured *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "evaluation-linear-made up.safetensors", NULL);
  g_autoptr (SmaltiTensorFile) file = NULL;
  g_autoptr (GError) error = NULL;

  smalti_evaluation_archive_unref (write_and_read (self, 1 << 20, NULL));
  file = smalti_tensor_file_read (path, NULL);
  smalti_tensor_file_set_metadata (file, "format_version", "2");
  g_assert_true (smalti_tensor_file_write (file, path, NULL));
  g_assert_null (smalti_evaluation_archive_read (self->folder, "linear", "made up", &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "another version"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/archive/round-trip", Measured, NULL, set_up, everything_comes_back, tear_down);
  g_test_add ("/archive/images", Measured, NULL, set_up, a_confusion_leads_to_its_images, tear_down);
  g_test_add ("/archive/averaged", Measured, NULL, set_up, too_much_is_averaged, tear_down);
  g_test_add ("/archive/some", Measured, NULL, set_up, much_too_much_is_of_some_images, tear_down);
  g_test_add ("/archive/list", Measured, NULL, set_up, archives_are_listed_and_cleared, tear_down);
  g_test_add ("/archive/damaged", Measured, NULL, set_up, a_damaged_archive_is_refused, tear_down);
  g_test_add ("/archive/version", Measured, NULL, set_up, another_version_is_refused, tear_down);
  return g_test_run ();
}
