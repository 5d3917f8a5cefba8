/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/base/error.h"
#include "core/graph/graph.h"

#define INIT ((SmaltiInit){ SMALTI_INIT_ONE })

static SmaltiValue *
image (SmaltiGraph *graph, const char *name)
{
  return smalti_graph_input (graph, name, SMALTI_CLASS_ACTIVATION, SMALTI_SHAPE (2, 3, 8, 8));
}

static void
every_operator_has_a_name_of_its_own (void)
{
  for (guint i = 0; i < SMALTI_N_OPS; i++)
    {
      g_assert_nonnull (smalti_op_name (i));
      for (guint j = 0; j < i; j++)
        g_assert_cmpstr (smalti_op_name (i), !=, smalti_op_name (j));
    }
}

static void
asking_again_for_a_parameter_shares_it (void)
{
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  SmaltiInit zero = { SMALTI_INIT_ZERO };
  SmaltiValue *w = smalti_graph_param (graph, "w", SMALTI_SHAPE (4, 3), INIT, TRUE);
  SmaltiValue *s = smalti_graph_state (graph, "s", SMALTI_SHAPE (4), zero);

  g_assert_true (smalti_graph_param (graph, "w", SMALTI_SHAPE (4, 3), zero, FALSE) == w);
  g_assert_true (smalti_graph_state (graph, "s", SMALTI_SHAPE (4), zero) == s);
  g_assert_true (w->decays);
  g_assert_true (w->trainable);
  g_assert_false (s->trainable);
  g_assert_cmpint (w->init.kind, ==, SMALTI_INIT_ONE);
  g_assert_cmpint (w->klass, ==, SMALTI_CLASS_WEIGHT);
  g_assert_cmpint (s->klass, ==, SMALTI_CLASS_WEIGHT);
  g_assert_cmpuint (smalti_graph_get_n_nodes (graph), ==, 2);
  g_assert_true (smalti_graph_find (graph, "w") == w);
  g_assert_null (smalti_graph_find (graph, "v"));
  g_assert_true (smalti_graph_check (graph, NULL));
}

static void
one_name_for_two_things_is_a_mistake (void)
{
  g_autoptr (GError) shape = NULL, kind = NULL, input = NULL;
  g_autoptr (SmaltiGraph) shapes = smalti_graph_new (TRUE), kinds = smalti_graph_new (TRUE),
                          inputs = smalti_graph_new (TRUE);

  smalti_graph_param (shapes, "w", SMALTI_SHAPE (4, 3), INIT, TRUE);
  g_assert_nonnull (smalti_graph_param (shapes, "w", SMALTI_SHAPE (4, 5), INIT, TRUE));
  g_assert_false (smalti_graph_check (shapes, &shape));
  g_assert_error (shape, SMALTI_ERROR, SMALTI_ERROR_SHAPE);
  g_assert_nonnull (strstr (shape->message, "“w”"));
  g_assert_nonnull (strstr (shape->message, "4x3"));
  g_assert_nonnull (strstr (shape->message, "4x5"));

  smalti_graph_param (kinds, "w", SMALTI_SHAPE (4), INIT, TRUE);
  g_assert_nonnull (smalti_graph_state (kinds, "w", SMALTI_SHAPE (4), INIT));
  g_assert_false (smalti_graph_check (kinds, &kind));
  g_assert_nonnull (strstr (kind->message, "“w”"));

  image (inputs, "x");
  g_assert_nonnull (image (inputs, "x"));
  g_assert_false (smalti_graph_check (inputs, &input));
  g_assert_nonnull (strstr (input->message, "“x”"));
}

static void
the_first_mistake_is_kept_and_building_goes_on (void)
{
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  g_autoptr (GError) error = NULL, again = NULL;
  SmaltiValue *x = image (graph, "x"), *y;

  y = smalti_reshape (graph, "first", x, SMALTI_SHAPE (7));
  y = smalti_flatten (graph, "second", smalti_max_pool (graph, "third", y, SMALTI_WINDOW (99)));
  y = smalti_mse (graph, "fourth", y, x);
  g_assert_cmpuint (y->shape.n_dims, ==, 0);
  g_assert_false (smalti_graph_check (graph, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, "“first”"));

  smalti_graph_fuse (graph, NULL, 0);
  g_assert_false (smalti_graph_differentiate (graph, y, NULL, 0, &again));
  g_assert_cmpstr (again->message, ==, error->message);
}

/* After a mistake callers go on reading shapes of what they got: four dimensions, to divide by. */
static void
missing_and_foreign_inputs_are_mistakes_and_harmless (void)
{
  g_autoptr (SmaltiGraph) other = smalti_graph_new (TRUE);
  SmaltiValue *foreign = image (other, "x");

  for (guint i = 0; i < 12; i++)
    {
      g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
      g_autoptr (GError) error = NULL;
      SmaltiValue *bad = i % 2 == 0 ? NULL : foreign, *x = image (graph, "x"), *y = NULL;

      switch (i / 2)
        {
        case 0:
          y = smalti_conv (graph, "here", bad, bad, NULL, SMALTI_WINDOW (3));
          break;
        case 1:
          y = smalti_batch_norm (graph, "here", x, bad, bad, bad, bad, 1, 1);
          break;
        case 2:
          y = smalti_max_pool (graph, "here", bad, SMALTI_WINDOW (3));
          break;
        case 3:
          y = smalti_concat (graph, "here", (SmaltiValue *[]){ x, bad }, 2, 1);
          break;
        case 4:
          y = smalti_adaptive_avg_pool (graph, "here", bad, 1, 1);
          break;
        case 5:
          y = smalti_dropout (graph, "here", bad, 0.5f);
          break;
        }
      g_assert_false (smalti_graph_check (graph, &error));
      g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_SHAPE);
      g_assert_nonnull (strstr (error->message, "“here”"));
      g_assert_cmpuint (y->shape.n_dims, ==, 4);
      for (guint j = 0; j < 4; j++)
        g_assert_cmpint (y->shape.dim[j], >=, 1);
    }
}

static void
values_are_stored_as_their_kind_asks (void)
{
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  SmaltiValue *x = image (graph, "x"), *w = smalti_graph_param (graph, "w", SMALTI_SHAPE (4, 192), INIT, TRUE);
  SmaltiValue *v = smalti_graph_param (graph, "v", SMALTI_SHAPE (4, 192), INIT, TRUE);
  SmaltiValue *target = smalti_graph_input (graph, "target", SMALTI_CLASS_I32, SMALTI_SHAPE (2));
  SmaltiValue *pooled = smalti_max_pool (graph, "pool", x, SMALTI_WINDOW (2));
  SmaltiValue *logits = smalti_linear (graph, "fc", smalti_flatten (graph, "flat", x), w, NULL);
  SmaltiValue *loss;

  g_assert_cmpint (logits->klass, ==, SMALTI_CLASS_ACTIVATION);
  g_assert_true (smalti_as_f32 (graph, logits) == logits);
  g_assert_true (smalti_as_f32 (graph, logits) == logits);
  loss = smalti_cross_entropy (graph, "loss", logits, target, NULL, NULL, (SmaltiCrossEntropyAttr){ 0 });
  g_assert_cmpint (logits->klass, ==, SMALTI_CLASS_F32);
  g_assert_cmpint (smalti_softmax (graph, "p", logits, 1)->klass, ==, SMALTI_CLASS_F32);
  g_assert_cmpint (loss->klass, ==, SMALTI_CLASS_F32);
  g_assert_cmpint (smalti_add (graph, "twice", loss, loss)->klass, ==, SMALTI_CLASS_F32);
  g_assert_cmpint (smalti_add (graph, "sum", w, v)->klass, ==, SMALTI_CLASS_WEIGHT);
  g_assert_cmpint (smalti_correct (graph, "right", logits, target, 1)->klass, ==, SMALTI_CLASS_F32);
  g_assert_cmpint (pooled->klass, ==, SMALTI_CLASS_ACTIVATION);
  g_assert_cmpint (pooled->producer->output[1]->klass, ==, SMALTI_CLASS_I32);
  g_assert_cmpint (smalti_graph_fill (graph, SMALTI_SCALAR, 1)->klass, ==, SMALTI_CLASS_F32);
  g_assert_true (smalti_graph_check (graph, NULL));
}

static void
only_products_are_kept_in_full_precision_and_before_they_are_read (void)
{
  g_autoptr (SmaltiGraph) relu = smalti_graph_new (TRUE), late = smalti_graph_new (TRUE);
  g_autoptr (GError) not_relu = NULL, too_late = NULL;
  SmaltiValue *product;

  smalti_as_f32 (relu, smalti_relu (relu, "here", image (relu, "x")));
  g_assert_false (smalti_graph_check (relu, &not_relu));
  g_assert_nonnull (strstr (not_relu->message, "“here”"));

  product
      = smalti_conv (late, "here", image (late, "x"),
                     smalti_graph_param (late, "w", SMALTI_SHAPE (4, 3, 1, 1), INIT, TRUE), NULL, SMALTI_WINDOW (1));
  smalti_relu (late, "relu", product);
  smalti_as_f32 (late, product);
  g_assert_false (smalti_graph_check (late, &too_late));
  g_assert_nonnull (strstr (too_late->message, "“here”"));
}

/* Extra outputs and dropout are for training. */
static void
training_decides_what_is_kept_for_the_way_back (void)
{
  for (gint training = 0; training < 2; training++)
    {
      g_autoptr (SmaltiGraph) graph = smalti_graph_new (training);
      SmaltiValue *x = image (graph, "x"), *one = smalti_graph_param (graph, "w", SMALTI_SHAPE (3), INIT, TRUE);
      SmaltiValue *y = smalti_batch_norm (graph, "bn", x, one, one, one, one, 1e-5f, 0.1f);
      SmaltiValue *pooled = smalti_max_pool (graph, "pool", y, SMALTI_WINDOW (2));
      SmaltiValue *first = smalti_dropout (graph, "drop", pooled, 0.5f);
      SmaltiValue *second = smalti_dropout (graph, "drop", first, 0.5f);

      g_assert_true (smalti_graph_check (graph, NULL));
      g_assert_cmpint (smalti_graph_is_training (graph), ==, training);
      g_assert_cmpint (y->producer->attr.norm.training, ==, training);
      g_assert_cmpuint (y->producer->n_outputs, ==, training ? 3 : 1);
      g_assert_cmpuint (pooled->producer->n_outputs, ==, training ? 2 : 1);
      if (!training)
        {
          g_assert_true (second == pooled);
          continue;
        }
      g_assert_true (smalti_shape_equal (y->producer->output[1]->shape, SMALTI_SHAPE (3)));
      g_assert_cmpint (y->producer->output[2]->klass, ==, SMALTI_CLASS_F32);
      g_assert_cmpuint (first->producer->attr.dropout.stream, !=, second->producer->attr.dropout.stream);
    }
}

static void
freezing_holds_for_parameters_before_and_after (void)
{
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  SmaltiValue *before = smalti_graph_param (graph, "trunk.a", SMALTI_SHAPE (1), INIT, TRUE);
  SmaltiValue *head = smalti_graph_param (graph, "head.a", SMALTI_SHAPE (1), INIT, TRUE);
  SmaltiValue *after;

  smalti_graph_freeze (graph, "trunk.");
  after = smalti_graph_param (graph, "trunk.b", SMALTI_SHAPE (1), INIT, TRUE);
  g_assert_false (before->trainable);
  g_assert_false (after->trainable);
  g_assert_true (head->trainable);
}

static void
text_has_one_line_a_node (void)
{
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (FALSE);
  g_autofree char *text = NULL;

  smalti_relu (graph, "act", smalti_max_pool (graph, "pool", image (graph, "x"), SMALTI_WINDOW (2)));
  text = smalti_graph_to_text (graph);
  g_assert_cmpstr (text, ==,
                   "input x -> %0 2x3x8x8\n"
                   "max_pool pool (%0 2x3x8x8) -> %1 2x3x7x7\n"
                   "relu act (%1 2x3x7x7) -> %2 2x3x7x7\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/graph/names", every_operator_has_a_name_of_its_own);
  g_test_add_func ("/graph/share", asking_again_for_a_parameter_shares_it);
  g_test_add_func ("/graph/one-name", one_name_for_two_things_is_a_mistake);
  g_test_add_func ("/graph/first-mistake", the_first_mistake_is_kept_and_building_goes_on);
  g_test_add_func ("/graph/missing-inputs", missing_and_foreign_inputs_are_mistakes_and_harmless);
  g_test_add_func ("/graph/classes", values_are_stored_as_their_kind_asks);
  g_test_add_func ("/graph/as-f32", only_products_are_kept_in_full_precision_and_before_they_are_read);
  g_test_add_func ("/graph/training", training_decides_what_is_kept_for_the_way_back);
  g_test_add_func ("/graph/freeze", freezing_holds_for_parameters_before_and_after);
  g_test_add_func ("/graph/text", text_has_one_line_a_node);
  return g_test_run ();
}
