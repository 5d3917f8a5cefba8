/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/image/lab.h"
#include "core/pretext/ab-bins.h"
#include "core/pretext/colorization.h"

#define N SMALTI_N_AB_BINS

static SmaltiPretext *
colorization (const char *first_key, ...)
{
  const SmaltiPretextClass *klass = smalti_pretext_find ("colorization");
  g_autoptr (SmaltiValues) values = smalti_values_new (klass->params);
  g_autoptr (GError) error = NULL;
  SmaltiPretext *pretext;
  va_list settings;

  va_start (settings, first_key);
  for (const char *key = first_key; key != NULL; key = va_arg (settings, const char *))
    {
      smalti_values_set (values, key, va_arg (settings, const char *), &error);
      g_assert_no_error (error);
    }
  va_end (settings);
  pretext = smalti_pretext_new (klass, values, NULL, &error);
  g_assert_no_error (error);
  return pretext;
}

/* Smooth in colour, different for every @seed. */
static SmaltiImage *
picture (gint width, gint height, guint64 seed)
{
  SmaltiImage *image = smalti_image_new (width, height);
  SmaltiRandom random;
  gfloat from[3], to[3];

  smalti_random_init (&random, seed, SMALTI_STREAM_TEST, 0, 0);
  for (guint c = 0; c < 3; c++)
    {
      from[c] = smalti_random_range (&random, 0, 255);
      to[c] = smalti_random_range (&random, 0, 255);
    }
  for (gint y = 0; y < height; y++)
    for (gint x = 0; x < width; x++)
      for (guint c = 0; c < 3; c++)
        image->pixels[3 * (y * width + x) + c] = from[c] + (to[c] - from[c]) * (x + y) / (width + height);
  return image;
}

typedef struct
{
  gfloat *light, *share, *weight;
  gint32 *bin, *nearest;
} Sample;

static void
sample_clear (Sample *self)
{
  g_free (self->light);
  g_free (self->share);
  g_free (self->weight);
  g_free (self->bin);
  g_free (self->nearest);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sample, sample_clear)

static Sample
draw (SmaltiPretext *pretext, const SmaltiImage *image, guint64 index, gboolean training)
{
  SmaltiSampler sampler;
  SmaltiRandom random;
  Sample sample;

  pretext->klass->sampler (pretext, &sampler);
  g_assert_cmpuint (sampler.n_fields, ==, 5);
  sample.light = g_new (gfloat, smalti_shape_size (sampler.field[0].shape));
  sample.bin = g_new (gint32, smalti_shape_size (sampler.field[1].shape));
  sample.share = g_new (gfloat, smalti_shape_size (sampler.field[2].shape));
  sample.weight = g_new (gfloat, smalti_shape_size (sampler.field[3].shape));
  sample.nearest = g_new (gint32, smalti_shape_size (sampler.field[4].shape));
  smalti_random_init (&random, 1, SMALTI_STREAM_SAMPLE, 0, index);
  sampler.draw (sampler.self, image, -1, &random, training,
                (gpointer[]){ sample.light, sample.bin, sample.share, sample.weight, sample.nearest });
  return sample;
}

static void
targets_are_distributions_over_the_colours_of_the_image (void)
{
  g_autoptr (SmaltiPretext) pretext = colorization ("size", "32", NULL);
  g_autoptr (SmaltiImage) image = picture (32, 32, 1);
  g_auto (Sample) sample = draw (pretext, image, 0, FALSE);
  g_autoptr (SmaltiAbEncoder) encoder = smalti_ab_encoder_new (5);
  g_autofree gfloat *lab = g_new (gfloat, 3 * 1024);

  smalti_lab_from_srgb (image->pixels, lab, 1024);
  for (guint i = 0; i < 1024; i++)
    g_assert_cmpfloat_with_epsilon (sample.light[i], (lab[i] - 50) / 100, 1e-5);
  for (guint y = 0; y < 8; y++)
    for (guint x = 0; x < 8; x++)
      {
        gfloat a = 0, b = 0, share[5], sum = 0;
        gint32 bin[5];

        for (guint v = 0; v < 4; v++)
          for (guint u = 0; u < 4; u++)
            {
              a += lab[1024 + (4 * y + v) * 32 + 4 * x + u] / 16;
              b += lab[2048 + (4 * y + v) * 32 + 4 * x + u] / 16;
            }
        smalti_ab_encode (encoder, a, b, bin, share);
        g_assert_cmpint (sample.nearest[8 * y + x], ==, bin[0]);
        for (guint k = 0; k < 5; k++)
          {
            g_assert_cmpint (sample.bin[64 * k + 8 * y + x], ==, bin[k]);
            g_assert_cmpfloat_with_epsilon (sample.share[64 * k + 8 * y + x], share[k], 1e-4);
            sum += sample.share[64 * k + 8 * y + x];
          }
        g_assert_cmpfloat_with_epsilon (sum, 1, 1e-5);
        g_assert_cmpfloat (sample.weight[8 * y + x], ==, 1); /* not measured yet */
      }
}

static void
a_sample_is_a_function_of_its_numbers (void)
{
  g_autoptr (SmaltiPretext) pretext = colorization ("size", "32", NULL);
  g_autoptr (SmaltiImage) image = picture (70, 45, 2);
  g_auto (Sample) first = draw (pretext, image, 4, TRUE);
  g_auto (Sample) again = draw (pretext, image, 4, TRUE);
  g_auto (Sample) other = draw (pretext, image, 5, TRUE);

  g_assert_cmpmem (first.light, 4096, again.light, 4096);
  g_assert_cmpmem (first.bin, 5 * 64 * 4, again.bin, 5 * 64 * 4);
  g_assert_cmpint (memcmp (first.light, other.light, 4096), !=, 0);
}

/* Every backbone, whatever its stride, at the size of the study and at a small one. */
static void
any_trunk_is_brought_to_the_target_s_resolution (void)
{
  for (guint i = 0; smalti_backbones ()[i] != NULL; i++)
    for (gint size = 64; size <= 128; size += 64)
      {
        const SmaltiBackboneClass *klass = smalti_backbones ()[i];
        g_autoptr (SmaltiValues) values = smalti_values_new (klass->params);
        g_autofree char *text = g_strdup_printf ("%d", size);
        g_autoptr (SmaltiPretext) pretext = colorization ("size", text, "head_filters", "16", NULL);
        g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
        g_autoptr (GError) error = NULL;
        SmaltiPretextGraph built;

        pretext->klass->build (pretext, graph, klass, values, 2, &built);
        smalti_graph_check (graph, &error);
        g_assert_no_error (error);
        g_assert_true (smalti_shape_equal (built.logits->shape, SMALTI_SHAPE (2, N, size / 4, size / 4)));
        g_assert_true (smalti_shape_equal (built.field[0]->shape, SMALTI_SHAPE (2, 1, size, size)));
        g_assert_true (smalti_shape_equal (built.field[1]->shape, SMALTI_SHAPE (2, 5, size / 4, size / 4)));
        g_assert_cmpint (built.logits->klass, ==, SMALTI_CLASS_F32);
      }
}

/* A folder of @n pictures, and one that can't be read. */
static char *
folder_of_pictures (guint n)
{
  g_autoptr (GError) error = NULL;
  char *path = g_dir_make_tmp ("smalti-test-XXXXXX", &error);
  g_autofree char *broken = g_build_filename (path, "broken.png", NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SmaltiImage) image = picture (40, 36, i);
      g_autofree char *name = g_strdup_printf ("%s/%02u.png", path, i);

      smalti_image_save_png (image, name, &error);
      g_assert_no_error (error);
    }
  g_file_set_contents (broken, "no picture", -1, &error);
  g_assert_no_error (error);
  return path;
}

static void
remove_folder (char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);

  for (const char *name; (name = g_dir_read_name (dir)) != NULL;)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      g_unlink (file);
    }
  g_rmdir (path);
  g_free (path);
}

static SmaltiDataset *
open_folder (const char *path)
{
  g_autoptr (SmaltiValues) values = smalti_values_new (smalti_data_params);
  g_autoptr (GError) error = NULL;
  SmaltiDataset *dataset;

  smalti_values_set (values, "path", path, &error);
  g_assert_no_error (error);
  smalti_values_set (values, "val_fraction", "0.1", &error);
  g_assert_no_error (error);
  dataset = smalti_dataset_open (values, 1, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return dataset;
}

/* Measured on a folder: the weights are 1 on average over its own pixels, about; the same for any number of threads;
 * the marginal loss is what a search over constant answers can't get below. Then through a checkpoint and back. */
static void
the_user_s_own_images_decide_the_weights (void)
{
  char *path = folder_of_pictures (30);
  g_autoptr (SmaltiDataset) dataset = open_folder (path);
  g_autoptr (SmaltiPretext) one = colorization ("size", "32", "prior_images", "0", NULL);
  g_autoptr (SmaltiPretext) four = colorization ("size", "32", "prior_images", "0", NULL);
  g_autoptr (SmaltiPretext) restored = colorization ("size", "32", "prior_images", "0", NULL);
  g_autoptr (SmaltiTensorFile) file = smalti_tensor_file_new (), file_of_four = smalti_tensor_file_new ();
  g_autoptr (GError) error = NULL;
  const char *const names[] = { "pretext.ab_prior", "pretext.ab_weight", "pretext.ab_marginal" };
  gdouble mean_weight = 0, loss = 0, uniform_loss = 0, *marginal, total = 0;
  const guint32 *item;
  guint n_items, n_read = 0;

  g_assert_true (isnan (smalti_colorization_marginal_loss (one)));
  one->klass->measure (one, dataset, 1, NULL, &error);
  g_assert_no_error (error);
  four->klass->measure (four, dataset, 4, NULL, &error);
  g_assert_no_error (error);
  one->klass->save (one, file);
  four->klass->save (four, file_of_four);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_cmpmem (smalti_tensor_file_get (file, names[i])->data, N * 8,
                     smalti_tensor_file_get (file_of_four, names[i])->data, N * 8);

  /* The best constant answer, paid for pixel by pixel, against the figure; and an even answer costs more. */
  marginal = smalti_tensor_file_get (file, "pretext.ab_marginal")->data;
  for (guint q = 0; q < N; q++)
    total += marginal[q];
  item = smalti_dataset_get_split (dataset, SMALTI_SPLIT_TRAIN, &n_items);
  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (SmaltiImage) image = smalti_dataset_load (dataset, item[i], 32, NULL);
      g_auto (Sample) sample = { 0 };

      if (image == NULL)
        continue;
      n_read++;
      sample = draw (one, image, i, FALSE);
      for (guint j = 0; j < 64; j++)
        {
          mean_weight += sample.weight[j];
          for (guint k = 0; k < 5; k++)
            {
              gdouble paid = sample.weight[j] * sample.share[64 * k + j];

              if (paid > 0)
                loss -= paid * log (MAX (marginal[sample.bin[64 * k + j]] / total, 1e-12));
              uniform_loss += paid * log (N);
            }
        }
    }
  mean_weight /= 64.0 * n_read;
  loss /= 64.0 * n_read;
  uniform_loss /= 64.0 * n_read;
  g_test_message ("mean weight %.3f, marginal loss %.4f, even answer %.4f", mean_weight, loss, uniform_loss);
  g_assert_cmpfloat_with_epsilon (loss, smalti_colorization_marginal_loss (one), 1e-3);
  g_assert_cmpfloat (loss, <, uniform_loss);
  g_assert_cmpfloat_with_epsilon (total, mean_weight, 1e-3);
  g_assert_cmpfloat (mean_weight, >, 0.5);
  g_assert_cmpfloat (mean_weight, <, 1.5);

  restored->klass->restore (restored, file, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (smalti_colorization_marginal_loss (restored), ==, smalti_colorization_marginal_loss (one));
  {
    g_autoptr (SmaltiImage) image = picture (40, 40, 99);
    g_auto (Sample) a = draw (one, image, 0, TRUE);
    g_auto (Sample) b = draw (restored, image, 0, TRUE);

    g_assert_cmpmem (a.weight, 64 * 4, b.weight, 64 * 4);
  }
  g_clear_object (&dataset);
  remove_folder (path);
}

static void
a_checkpoint_of_something_else_is_refused (void)
{
  g_autoptr (SmaltiPretext) pretext = colorization (NULL);
  g_autoptr (SmaltiTensorFile) file = smalti_tensor_file_new ();
  g_autoptr (SmaltiTensor) tensor = smalti_tensor_new (SMALTI_DTYPE_F64, SMALTI_SHAPE (N));
  g_autoptr (GError) absent = NULL, damaged = NULL;

  g_assert_false (pretext->klass->restore (pretext, file, &absent));
  g_assert_error (absent, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT);
  smalti_tensor_file_add (file, "pretext.ab_prior", tensor);
  smalti_tensor_file_add (file, "pretext.ab_weight", tensor);
  smalti_tensor_file_add (file, "pretext.ab_marginal", tensor);
  ((gdouble *)tensor->data)[7] = NAN;
  g_assert_false (pretext->klass->restore (pretext, file, &damaged));
  g_assert_error (damaged, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT);
  g_assert_true (isnan (smalti_colorization_marginal_loss (pretext)));
}

/* Logits that are certain of the true colour give the image back, but for the coarseness of bins and positions. */
static void
the_true_answer_paints_the_true_picture (void)
{
  const gint size = 64, out = 16;
  g_autoptr (SmaltiPretext) pretext = colorization ("size", "64", NULL);
  g_autoptr (SmaltiImage) image = picture (64, 64, 5), painted = NULL;
  g_auto (Sample) sample = draw (pretext, image, 0, FALSE);
  g_autofree gfloat *logits = g_new0 (gfloat, N * out * out);
  g_autoptr (SmaltiPreview) right = NULL, grey = NULL;
  SmaltiRandom random;
  guint grey_bin = 0;

  for (gint i = 0; i < out * out; i++)
    logits[sample.nearest[i] * out * out + i] = 50;
  smalti_random_init (&random, 1, SMALTI_STREAM_SAMPLE, 0, 0);
  right = pretext->klass->preview (pretext, image, -1, &random, logits);
  g_assert_cmpmem (right->truth->pixels, 3 * size * size, image->pixels, 3 * size * size);
  g_assert_cmpfloat (right->score, <, 6);

  while (smalti_ab_centres ()[2 * grey_bin] != 0 || smalti_ab_centres ()[2 * grey_bin + 1] != 0)
    grey_bin++;
  memset (logits, 0, N * out * out * sizeof (gfloat));
  for (gint i = 0; i < out * out; i++)
    logits[grey_bin * out * out + i] = 50;
  grey = pretext->klass->preview (pretext, image, -1, &random, logits);
  g_assert_cmpmem (grey->answer->pixels, 3 * size * size, grey->input->pixels, 3 * size * size);
  g_assert_cmpfloat (grey->score, >, right->score);

  /* Any size: the colours are stretched over it. */
  painted = smalti_colorization_paint (pretext, image, logits, out, out, -1);
  g_assert_cmpmem (painted->pixels, 3 * size * size, grey->input->pixels, 3 * size * size);
}

static void
a_size_that_is_no_multiple_of_the_stride_is_a_mistake (void)
{
  const SmaltiPretextClass *klass = smalti_pretext_find ("colorization");
  g_autoptr (SmaltiValues) values = smalti_values_new (klass->params);
  g_autoptr (GError) error = NULL;

  g_assert_true (smalti_values_set (values, "size", "66", NULL));
  g_assert_null (smalti_pretext_new (klass, values, NULL, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/colorization/targets", targets_are_distributions_over_the_colours_of_the_image);
  g_test_add_func ("/colorization/deterministic", a_sample_is_a_function_of_its_numbers);
  g_test_add_func ("/colorization/any-trunk", any_trunk_is_brought_to_the_target_s_resolution);
  g_test_add_func ("/colorization/measure", the_user_s_own_images_decide_the_weights);
  g_test_add_func ("/colorization/restore", a_checkpoint_of_something_else_is_refused);
  g_test_add_func ("/colorization/paint", the_true_answer_paints_the_true_picture);
  g_test_add_func ("/colorization/size", a_size_that_is_no_multiple_of_the_stride_is_a_mistake);
  return g_test_run ();
}
