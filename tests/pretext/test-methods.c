/* SPDX-License-Identifier: Apache-2.0 */
/* What holds for every method, and the two baselines. */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/pretext/pretext.h"

static SmaltiPretext *
create (const SmaltiPretextClass *klass, const char *size)
{
  g_autoptr (SmaltiValues) values = smalti_values_new (klass->params);
  g_autoptr (GError) error = NULL;
  SmaltiPretext *pretext;

  if (size != NULL && smalti_param_find (klass->params, "size") != NULL)
    smalti_values_set (values, "size", size, &error);
  g_assert_no_error (error);
  pretext = smalti_pretext_new (klass, values, NULL, &error);
  g_assert_no_error (error);
  if (klass->needs_labels)
    {
      g_autoptr (SmaltiTensorFile) file = smalti_tensor_file_new ();

      smalti_tensor_file_set_metadata (file, "pretext.classes", "cat\ndog\ntree");
      klass->restore (pretext, file, &error);
      g_assert_no_error (error);
    }
  return pretext;
}

static void
every_method_runs_on_every_backbone (void)
{
  for (guint m = 0; smalti_pretexts ()[m] != NULL; m++)
    for (guint b = 0; smalti_backbones ()[b] != NULL; b++)
      {
        const SmaltiPretextClass *klass = smalti_pretexts ()[m];
        const SmaltiBackboneClass *backbone = smalti_backbones ()[b];
        g_autoptr (SmaltiPretext) pretext = create (klass, "64");
        g_autoptr (SmaltiValues) values = smalti_values_new (backbone->params);
        g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
        g_autoptr (GError) error = NULL;
        SmaltiPretextGraph built;
        SmaltiSampler sampler;

        klass->build (pretext, graph, backbone, values, 2, &built);
        smalti_graph_check (graph, &error);
        g_assert_no_error (error);
        klass->sampler (pretext, &sampler);
        for (guint i = 0; i < sampler.n_fields; i++)
          {
            g_assert_cmpstr (built.field[i]->name, ==, sampler.field[i].name);
            g_assert_cmpint (smalti_shape_size (built.field[i]->shape), ==,
                             2 * smalti_shape_size (sampler.field[i].shape));
          }
        g_assert_cmpuint (built.trunk.n_layers, >=, 5);
        g_assert_true (klass->trains == (built.loss != NULL));
        g_assert_true (klass->trains == (built.logits != NULL));
        if (klass->trains)
          {
            g_assert_cmpint (built.logits->shape.dim[0] % 2, ==, 0);
            g_assert_true (smalti_graph_differentiate (graph, built.loss, NULL, 0, &error));
            g_assert_no_error (error);
          }
        for (guint i = 0; i < smalti_graph_get_n_values (graph); i++)
          {
            SmaltiValue *value = smalti_graph_get_value (graph, i);

            if (value->producer->op != SMALTI_OP_PARAM)
              continue;
            g_assert_true (g_str_has_prefix (value->name, SMALTI_TRUNK_PREFIX)
                           || g_str_has_prefix (value->name, SMALTI_HEAD_PREFIX));
            if (klass->trains)
              g_assert_nonnull (smalti_graph_gradient (graph, value)); /* nothing is left untrained */
          }
      }
}

static void
every_method_says_what_the_tables_need (void)
{
  for (guint m = 0; smalti_pretexts ()[m] != NULL; m++)
    {
      const SmaltiPretextClass *klass = smalti_pretexts ()[m];
      g_autoptr (SmaltiPretext) pretext = create (klass, NULL);
      gint channels = klass->n_channels (pretext);
      g_autoptr (SmaltiImage) image = smalti_image_new (24, 24);
      g_autofree gfloat *out = g_new (gfloat, channels * 576 + 1);

      g_assert_true (smalti_pretext_find (klass->id) == klass);
      g_assert_nonnull (klass->title);
      g_assert_nonnull (klass->summary);
      g_assert_nonnull (klass->paper);
      g_assert_cmpint (klass->side (pretext), ==,
                       strcmp (klass->id, "jigsaw") == 0 ? 3 * (64 + 11)
                       : klass->is_imported              ? 224
                                                         : 128);
      for (const SmaltiParam *param = klass->params; param->key != NULL; param++)
        {
          g_assert_nonnull (param->title);
          g_assert_true (g_str_has_suffix (param->help, "."));
        }
      out[channels * 576] = 12345;
      klass->normalize (pretext, image, out);
      for (gint i = 0; i < channels * 576; i++)
        g_assert_true (isfinite (out[i]));
      g_assert_cmpfloat (out[channels * 576], ==, 12345);
    }
}

static void
names_of_classes_go_through_a_checkpoint (void)
{
  const SmaltiPretextClass *klass = smalti_pretext_find ("supervised");
  g_autoptr (SmaltiPretext) pretext = create (klass, "32"), again = create (klass, "32");
  g_autoptr (SmaltiTensorFile) file = smalti_tensor_file_new (), empty = smalti_tensor_file_new (),
                               other = smalti_tensor_file_new ();
  g_autoptr (GError) error = NULL, absent = NULL, unlike = NULL;
  g_autoptr (SmaltiImage) image = smalti_image_new (40, 30);
  g_autoptr (SmaltiPreview) right = NULL, wrong = NULL;
  const gfloat logits[3] = { 0, 3, 1 };
  SmaltiRandom random;

  klass->save (pretext, file);
  klass->restore (again, file, &error);
  g_assert_no_error (error);
  g_assert_false (klass->restore (again, empty, &absent));
  g_assert_error (absent, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT);
  smalti_tensor_file_set_metadata (other, "pretext.classes", "a\nb");
  g_assert_false (klass->restore (again, other, &unlike));
  g_assert_error (unlike, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT);

  smalti_random_init (&random, 1, SMALTI_STREAM_SAMPLE, 0, 0);
  right = klass->preview (again, image, 1, &random, logits);
  wrong = klass->preview (again, image, 2, &random, logits);
  g_assert_true (right->correct);
  g_assert_false (wrong->correct);
  g_assert_nonnull (strstr (wrong->caption, "dog"));
  g_assert_nonnull (strstr (wrong->caption, "tree"));
  g_assert_cmpstr (right->top[0].label, ==, "dog");
  g_assert_cmpstr (right->top[1].label, ==, "tree");
  g_assert_null (right->top[3].label);
}

static void
validation_crops_are_the_same_each_time (void)
{
  const char *const ids[] = { "supervised", "random" };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      const SmaltiPretextClass *klass = smalti_pretext_find (ids[i]);
      g_autoptr (SmaltiPretext) pretext = create (klass, "16");
      g_autoptr (SmaltiImage) image = smalti_image_new (50, 20);
      SmaltiSampler sampler;
      gfloat first[3 * 256], again[3 * 256];
      gint32 label = -1;

      for (guint j = 0; j < 50 * 20 * 3; j++)
        image->pixels[j] = j * 7;
      klass->sampler (pretext, &sampler);
      for (guint index = 0; index < 2; index++)
        {
          SmaltiRandom random;

          smalti_random_init (&random, 1, SMALTI_STREAM_SAMPLE, 0, index);
          sampler.draw (sampler.self, image, 2, &random, FALSE, (gpointer[]){ index ? again : first, &label });
        }
      g_assert_cmpmem (first, sizeof first, again, sizeof again);
      if (klass->needs_labels)
        g_assert_cmpint (label, ==, 2);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/methods/backbones", every_method_runs_on_every_backbone);
  g_test_add_func ("/methods/tables", every_method_says_what_the_tables_need);
  g_test_add_func ("/methods/classes", names_of_classes_go_through_a_checkpoint);
  g_test_add_func ("/methods/validation", validation_crops_are_the_same_each_time);
  return g_test_run ();
}
