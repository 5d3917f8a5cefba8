/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes that PyTorch's documentation gives for its own examples, or that its formulas give by hand; and for every way
 * in which inputs can't fit, that the message names the node and the shapes. */
#include <string.h>

#include "core/base/error.h"
#include "core/graph/graph.h"

#define INIT ((SmaltiInit){ SMALTI_INIT_ONE })
#define PAIR(a, b)                                                                                                     \
  {                                                                                                                    \
    a, b                                                                                                               \
  }

static SmaltiValue *
image (SmaltiGraph *graph, SmaltiShape shape)
{
  g_autofree char *name = g_strdup_printf ("x%u", smalti_graph_get_n_values (graph));

  return smalti_graph_input (graph, name, SMALTI_CLASS_ACTIVATION, shape);
}

static SmaltiValue *
index_of (SmaltiGraph *graph, SmaltiShape shape)
{
  g_autofree char *name = g_strdup_printf ("i%u", smalti_graph_get_n_values (graph));

  return smalti_graph_input (graph, name, SMALTI_CLASS_I32, shape);
}

static SmaltiValue *
param (SmaltiGraph *graph, SmaltiShape shape)
{
  g_autofree char *name = g_strdup_printf ("w%u", smalti_graph_get_n_values (graph));

  return smalti_graph_param (graph, name, shape, INIT, TRUE);
}

static SmaltiValue *
norm (SmaltiGraph *graph, const char *name, SmaltiValue *x, gint64 n_gamma, gint64 n_state)
{
  SmaltiValue *gamma = param (graph, SMALTI_SHAPE (n_gamma)), *beta = param (graph, SMALTI_SHAPE (n_gamma));
  SmaltiValue *mean = smalti_graph_state (graph, "mean", SMALTI_SHAPE (n_state), INIT);
  SmaltiValue *var = smalti_graph_state (graph, "var", SMALTI_SHAPE (n_state), INIT);

  return smalti_batch_norm (graph, name, x, gamma, beta, mean, var, 1e-5f, 0.1f);
}

/* @expression, a value of a fresh graph called `graph`, has this shape. */
#define ASSERT_SHAPE(shape_text, expression)                                                                           \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);                                                           \
    g_autoptr (GError) error = NULL;                                                                                   \
    SmaltiValue *y = expression;                                                                                       \
    g_autofree char *text = smalti_shape_to_text (y->shape);                                                           \
                                                                                                                       \
    smalti_graph_check (graph, &error);                                                                                \
    g_assert_no_error (error);                                                                                         \
    g_assert_cmpstr (text, ==, shape_text);                                                                            \
  }                                                                                                                    \
  G_STMT_END

/* @expression makes a mistake in a node called "here"; the message says so and says both words. */
#define ASSERT_MISTAKE(first_word, second_word, expression)                                                            \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);                                                           \
    assert_mistake (graph, expression, first_word, second_word);                                                       \
  }                                                                                                                    \
  G_STMT_END

static void
assert_mistake (SmaltiGraph *graph, const SmaltiValue *y, const char *first, const char *second)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (smalti_graph_check (graph, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_SHAPE);
  if (strstr (error->message, "“here”") == NULL || strstr (error->message, first) == NULL
      || strstr (error->message, second) == NULL)
    g_error ("“%s” should name “here”, “%s” and “%s”", error->message, first, second);
  g_assert_true (g_str_has_suffix (error->message, "."));
  for (guint i = 0; i < y->shape.n_dims; i++)
    g_assert_cmpint (y->shape.dim[i], >=, 1);
}

static SmaltiValue *
conv (SmaltiGraph *graph, SmaltiShape x, SmaltiShape w, SmaltiWindow window)
{
  return smalti_conv (graph, "here", image (graph, x), param (graph, w), NULL, window);
}

static SmaltiValue *
conv_transpose (SmaltiGraph *graph, SmaltiShape x, SmaltiShape w, SmaltiWindow window)
{
  return smalti_conv_transpose (graph, "here", image (graph, x), param (graph, w), NULL, window);
}

static void
convolutions_have_pytorch_s_shapes (void)
{
  const SmaltiShape x = SMALTI_SHAPE (20, 16, 50, 100), wide = SMALTI_SHAPE (33, 16, 3, 5);
  SmaltiWindow window = SMALTI_WINDOW (3, .kernel = PAIR (3, 5), .stride = PAIR (2, 1), .padding = PAIR (4, 2));

  ASSERT_SHAPE ("20x33x24x49", conv (graph, x, SMALTI_SHAPE (33, 16, 3, 3), SMALTI_WINDOW (3, .stride = PAIR (2, 2))));
  ASSERT_SHAPE ("20x33x28x100", conv (graph, x, wide, window));
  window.dilation[0] = 3;
  ASSERT_SHAPE ("20x33x26x100", conv (graph, x, wide, window));
  ASSERT_SHAPE ("1x8x1x1", conv (graph, SMALTI_SHAPE (1, 1, 5, 5), SMALTI_SHAPE (8, 1, 5, 5), SMALTI_WINDOW (5)));
  ASSERT_SHAPE ("2x6x7x7", conv (graph, SMALTI_SHAPE (2, 6, 7, 7), SMALTI_SHAPE (6, 1, 3, 3),
                                 SMALTI_WINDOW (3, .padding = PAIR (1, 1), .groups = 6)));
  /* the last column is not reached: (6 - 3) / 2 rounds down */
  ASSERT_SHAPE ("1x1x2x2", conv (graph, SMALTI_SHAPE (1, 1, 6, 6), SMALTI_SHAPE (1, 1, 3, 3),
                                 SMALTI_WINDOW (3, .stride = PAIR (2, 2))));
  /* dilated beyond the image but not beyond its padding */
  ASSERT_SHAPE ("1x4x3x3", conv (graph, SMALTI_SHAPE (1, 2, 3, 3), SMALTI_SHAPE (4, 1, 3, 3),
                                 SMALTI_WINDOW (3, .padding = PAIR (4, 4), .dilation = PAIR (4, 4), .groups = 2)));
}

static void
transposed_convolutions_have_pytorch_s_shapes (void)
{
  const SmaltiShape x = SMALTI_SHAPE (20, 16, 50, 100);

  ASSERT_SHAPE ("20x33x101x201",
                conv_transpose (graph, x, SMALTI_SHAPE (16, 33, 3, 3), SMALTI_WINDOW (3, .stride = PAIR (2, 2))));
  ASSERT_SHAPE ("20x33x93x100", conv_transpose (graph, x, SMALTI_SHAPE (16, 33, 3, 5),
                                                SMALTI_WINDOW (3, .kernel = PAIR (3, 5), .stride = PAIR (2, 1),
                                                               .padding = PAIR (4, 2))));
  /* 4 x 4, stride 2, padding 1 doubles exactly: the head of the colorization network */
  ASSERT_SHAPE ("2x256x32x32", conv_transpose (graph, SMALTI_SHAPE (2, 512, 16, 16), SMALTI_SHAPE (512, 256, 4, 4),
                                               SMALTI_WINDOW (4, .stride = PAIR (2, 2), .padding = PAIR (1, 1))));
  ASSERT_SHAPE ("1x6x5x5", conv_transpose (graph, SMALTI_SHAPE (1, 4, 1, 1), SMALTI_SHAPE (4, 3, 3, 3),
                                           SMALTI_WINDOW (3, .dilation = PAIR (2, 2), .groups = 2)));
}

static SmaltiValue *
max_pool (SmaltiGraph *graph, gint64 side, SmaltiWindow window)
{
  return smalti_max_pool (graph, "here", image (graph, SMALTI_SHAPE (1, 2, side, side)), window);
}

static void
pools_have_pytorch_s_shapes (void)
{
  ASSERT_SHAPE ("20x16x24x31", smalti_max_pool (graph, "here", image (graph, SMALTI_SHAPE (20, 16, 50, 32)),
                                                SMALTI_WINDOW (3, .kernel = PAIR (3, 2), .stride = PAIR (2, 1))));
  ASSERT_SHAPE ("1x2x56x56", max_pool (graph, 112, SMALTI_WINDOW (3, .stride = PAIR (2, 2), .padding = PAIR (1, 1))));
  ASSERT_SHAPE ("1x2x3x3", max_pool (graph, 7, SMALTI_WINDOW (3, .dilation = PAIR (2, 2))));
  ASSERT_SHAPE ("20x16x24x31", smalti_avg_pool (graph, "here", image (graph, SMALTI_SHAPE (20, 16, 50, 32)),
                                                SMALTI_WINDOW (3, .kernel = PAIR (3, 2), .stride = PAIR (2, 1))));
  ASSERT_SHAPE ("64x8x5x7", smalti_adaptive_avg_pool (graph, "here", image (graph, SMALTI_SHAPE (64, 8, 10, 9)), 5, 7));
  /* larger than the map: cells repeat */
  ASSERT_SHAPE ("1x1x4x4", smalti_adaptive_avg_pool (graph, "here", image (graph, SMALTI_SHAPE (1, 1, 3, 3)), 4, 4));
}

/* The last window hangs over the border, but one that would begin beyond it is left out. */
static void
rounded_up_pools_have_pytorch_s_shapes (void)
{
  ASSERT_SHAPE ("1x2x55x55", max_pool (graph, 112, SMALTI_WINDOW (3, .stride = PAIR (2, 2))));
  ASSERT_SHAPE ("1x2x56x56", max_pool (graph, 112, SMALTI_WINDOW (3, .stride = PAIR (2, 2), .ceil_mode = TRUE)));
  ASSERT_SHAPE ("1x2x1x1", max_pool (graph, 2, SMALTI_WINDOW (3, .stride = PAIR (2, 2), .ceil_mode = TRUE)));
  ASSERT_SHAPE ("1x2x1x1", max_pool (graph, 2, SMALTI_WINDOW (1, .stride = PAIR (2, 2), .ceil_mode = TRUE)));
  ASSERT_SHAPE ("1x2x1x1", max_pool (graph, 4, SMALTI_WINDOW (2, .stride = PAIR (4, 4), .ceil_mode = TRUE)));
  ASSERT_SHAPE (
      "1x2x4x4",
      max_pool (graph, 6, SMALTI_WINDOW (3, .stride = PAIR (2, 2), .padding = PAIR (1, 1), .ceil_mode = TRUE)));
  ASSERT_MISTAKE ("1x2x1x1", "3x3", max_pool (graph, 1, SMALTI_WINDOW (3, .stride = PAIR (2, 2), .ceil_mode = TRUE)));
}

static void
the_rest_have_the_shapes_of_their_definitions (void)
{
  const SmaltiShape x = SMALTI_SHAPE (4, 6, 5, 3);

  ASSERT_SHAPE ("4x7", smalti_linear (graph, "here", image (graph, SMALTI_SHAPE (4, 3)),
                                      param (graph, SMALTI_SHAPE (7, 3)), param (graph, SMALTI_SHAPE (7))));
  for (guint i = 0; i < 4; i++)
    ASSERT_SHAPE ("2x5", smalti_matmul (graph, "here", image (graph, i & 1 ? SMALTI_SHAPE (3, 2) : SMALTI_SHAPE (2, 3)),
                                        image (graph, i & 2 ? SMALTI_SHAPE (5, 3) : SMALTI_SHAPE (3, 5)), i & 1,
                                        (i & 2) != 0));
  ASSERT_SHAPE ("4x6x5x3", norm (graph, "here", image (graph, x), 6, 6));
  ASSERT_SHAPE ("4x6", norm (graph, "here", image (graph, SMALTI_SHAPE (4, 6)), 6, 6));
  ASSERT_SHAPE ("4x6x5x3", smalti_lrn (graph, "here", image (graph, x), 5, 1e-4f, 0.75f, 1));
  ASSERT_SHAPE ("4x6x5x3", smalti_relu (graph, "here", image (graph, x)));
  ASSERT_SHAPE ("4x6x5x3", smalti_add (graph, "here", image (graph, x), image (graph, x)));
  ASSERT_SHAPE ("4x6x5x3", smalti_scale (graph, "here", image (graph, x), 2));
  ASSERT_SHAPE ("4x6x5x3", smalti_dropout (graph, "here", image (graph, x), 0.5f));
  ASSERT_SHAPE ("4x6x5x3", smalti_softmax (graph, "here", image (graph, x), 1));
  ASSERT_SHAPE ("4x6x5x3", smalti_l2_normalize (graph, "here", image (graph, x), 1e-12f));
  ASSERT_SHAPE ("4x6x15x9", smalti_upsample (graph, "here", image (graph, x), 3, TRUE));
  ASSERT_SHAPE ("4x2x5x3", smalti_slice (graph, "here", image (graph, x), 1, 4, 2));
  ASSERT_SHAPE ("2x3x60", smalti_reshape (graph, "here", image (graph, x), SMALTI_SHAPE (2, 3, 60)));
  ASSERT_SHAPE ("4x90", smalti_flatten (graph, "here", image (graph, x)));
  ASSERT_SHAPE ("4x1", smalti_flatten (graph, "here", image (graph, SMALTI_SHAPE (4))));
  ASSERT_SHAPE (
      "4x13x5x3",
      smalti_concat (graph, "here",
                     (SmaltiValue *[]){ image (graph, x), image (graph, SMALTI_SHAPE (4, 1, 5, 3)), image (graph, x) },
                     3, 1));
  ASSERT_SHAPE ("scalar", smalti_mse (graph, "here", image (graph, x), image (graph, x)));
}

static SmaltiValue *
entropy (SmaltiGraph *graph, SmaltiTargetKind kind, SmaltiValue *target, SmaltiValue *shares, SmaltiValue *weights)
{
  SmaltiValue *logits = image (graph, SMALTI_SHAPE (4, 6, 5, 3));

  return smalti_cross_entropy (graph, "here", logits, target, shares, weights,
                               (SmaltiCrossEntropyAttr){ .target = kind, .weighted = weights != NULL });
}

static void
losses_take_their_three_kinds_of_targets (void)
{
  const SmaltiShape positions = SMALTI_SHAPE (4, 5, 3), sparse = SMALTI_SHAPE (4, 2, 5, 3);

  ASSERT_SHAPE ("scalar", entropy (graph, SMALTI_TARGET_INDEX, index_of (graph, positions), NULL, NULL));
  ASSERT_SHAPE ("scalar",
                entropy (graph, SMALTI_TARGET_INDEX, index_of (graph, positions), NULL, image (graph, positions)));
  ASSERT_SHAPE ("scalar", entropy (graph, SMALTI_TARGET_SOFT, image (graph, SMALTI_SHAPE (4, 6, 5, 3)), NULL, NULL));
  ASSERT_SHAPE ("scalar", entropy (graph, SMALTI_TARGET_SPARSE, index_of (graph, sparse), image (graph, sparse),
                                   image (graph, positions)));
  ASSERT_SHAPE ("scalar", smalti_correct (graph, "here", image (graph, SMALTI_SHAPE (4, 6, 5, 3)),
                                          index_of (graph, positions), 5));

  ASSERT_MISTAKE ("4x6x5x3", "4x3x5",
                  entropy (graph, SMALTI_TARGET_INDEX, index_of (graph, SMALTI_SHAPE (4, 3, 5)), NULL, NULL));
  ASSERT_MISTAKE ("targets", "whole", entropy (graph, SMALTI_TARGET_INDEX, image (graph, positions), NULL, NULL));
  ASSERT_MISTAKE ("4x6x5x3", "4x5x3", entropy (graph, SMALTI_TARGET_SOFT, image (graph, positions), NULL, NULL));
  ASSERT_MISTAKE ("fractions", "",
                  entropy (graph, SMALTI_TARGET_SOFT, index_of (graph, SMALTI_SHAPE (4, 6, 5, 3)), NULL, NULL));
  ASSERT_MISTAKE ("probabilities", "", entropy (graph, SMALTI_TARGET_SPARSE, index_of (graph, sparse), NULL, NULL));
  ASSERT_MISTAKE (
      "4x3x5x3", "4x6x5x3",
      entropy (graph, SMALTI_TARGET_SPARSE, index_of (graph, sparse), image (graph, SMALTI_SHAPE (4, 3, 5, 3)), NULL));
  ASSERT_MISTAKE (
      "4x6x5x3", "4x5x4",
      entropy (graph, SMALTI_TARGET_INDEX, index_of (graph, positions), NULL, image (graph, SMALTI_SHAPE (4, 5, 4))));
  ASSERT_MISTAKE (
      "4x6", "4x1",
      smalti_correct (graph, "here", image (graph, SMALTI_SHAPE (4, 6)), index_of (graph, SMALTI_SHAPE (4, 1)), 1));
  ASSERT_MISTAKE (
      "fewer", "",
      smalti_correct (graph, "here", image (graph, SMALTI_SHAPE (4, 6)), index_of (graph, SMALTI_SHAPE (4)), 0));
}

static void
convolutions_that_do_not_fit_say_why (void)
{
  const SmaltiShape x = SMALTI_SHAPE (2, 8, 9, 9), w = SMALTI_SHAPE (4, 8, 3, 3);

  ASSERT_MISTAKE ("2x8x9x9", "4x6x3x3", conv (graph, x, SMALTI_SHAPE (4, 6, 3, 3), SMALTI_WINDOW (3)));
  ASSERT_MISTAKE ("2x8", "feature maps", conv (graph, SMALTI_SHAPE (2, 8), w, SMALTI_WINDOW (3)));
  ASSERT_MISTAKE ("2x8x9x9", "4x8", conv (graph, x, SMALTI_SHAPE (4, 8), SMALTI_WINDOW (3)));
  ASSERT_MISTAKE ("4x8x3x3", "5x5", conv (graph, x, w, SMALTI_WINDOW (5)));
  ASSERT_MISTAKE ("2x8x2x9", "3x3", conv (graph, SMALTI_SHAPE (2, 8, 2, 9), w, SMALTI_WINDOW (3)));
  ASSERT_MISTAKE ("2x8x9x9", "11x11", conv (graph, x, w, SMALTI_WINDOW (3, .dilation = PAIR (5, 5))));
  ASSERT_MISTAKE ("2x8x9x9", "groups", conv (graph, x, SMALTI_SHAPE (4, 2, 3, 3), SMALTI_WINDOW (3, .groups = 3)));
  ASSERT_MISTAKE ("2x8x9x9", "groups", conv (graph, x, SMALTI_SHAPE (3, 4, 3, 3), SMALTI_WINDOW (3, .groups = 2)));
  ASSERT_MISTAKE ("group", "", conv (graph, x, w, SMALTI_WINDOW (3, .groups = 0)));
  ASSERT_MISTAKE ("below 1", "", conv (graph, x, w, SMALTI_WINDOW (3, .stride = PAIR (1, 0))));
  ASSERT_MISTAKE ("negative", "", conv (graph, x, w, SMALTI_WINDOW (3, .padding = PAIR (-1, 0))));
  ASSERT_MISTAKE ("32768", "", conv (graph, x, w, SMALTI_WINDOW (3, .dilation = PAIR (G_MAXINT, 1))));
  ASSERT_MISTAKE ("4x8x3x3", "5",
                  smalti_conv (graph, "here", image (graph, x), param (graph, w), param (graph, SMALTI_SHAPE (5)),
                               SMALTI_WINDOW (3)));
  ASSERT_MISTAKE ("parameters", "is none",
                  smalti_conv (graph, "here", image (graph, x), image (graph, w), NULL, SMALTI_WINDOW (3)));
  ASSERT_MISTAKE ("2x8x9x9", "4x8x3x3", conv_transpose (graph, x, w, SMALTI_WINDOW (3)));
  ASSERT_MISTAKE ("2x8x9x9", "8x2x3x3",
                  conv_transpose (graph, x, SMALTI_SHAPE (8, 2, 3, 3), SMALTI_WINDOW (3, .groups = 3)));
  ASSERT_MISTAKE ("2x8x1x1", "padding",
                  conv_transpose (graph, SMALTI_SHAPE (2, 8, 1, 1), SMALTI_SHAPE (8, 2, 3, 3),
                                  SMALTI_WINDOW (3, .padding = PAIR (2, 2))));
}

static void
everything_else_that_does_not_fit_says_why (void)
{
  const SmaltiShape x = SMALTI_SHAPE (4, 6, 5, 3);

  ASSERT_MISTAKE (
      "4x3", "7x2",
      smalti_linear (graph, "here", image (graph, SMALTI_SHAPE (4, 3)), param (graph, SMALTI_SHAPE (7, 2)), NULL));
  ASSERT_MISTAKE ("4x6x5x3", "7x6",
                  smalti_linear (graph, "here", image (graph, x), param (graph, SMALTI_SHAPE (7, 6)), NULL));
  ASSERT_MISTAKE ("2x3", "5x3",
                  smalti_matmul (graph, "here", image (graph, SMALTI_SHAPE (2, 3)), image (graph, SMALTI_SHAPE (5, 3)),
                                 FALSE, FALSE));
  ASSERT_MISTAKE ("4x6x5x3", "5", norm (graph, "here", image (graph, x), 5, 6));
  ASSERT_MISTAKE ("4x6x5x3", "7", norm (graph, "here", image (graph, x), 6, 7));
  ASSERT_MISTAKE ("4x6x5", "N x C", norm (graph, "here", image (graph, SMALTI_SHAPE (4, 6, 5)), 6, 6));
  ASSERT_MISTAKE ("channel", "", smalti_lrn (graph, "here", image (graph, x), 0, 1, 1, 1));
  ASSERT_MISTAKE ("4x6x5x3", "4x6x3x5",
                  smalti_add (graph, "here", image (graph, x), image (graph, SMALTI_SHAPE (4, 6, 3, 5))));
  ASSERT_MISTAKE ("stored", "", smalti_add (graph, "here", image (graph, x), param (graph, x)));
  ASSERT_MISTAKE ("whole numbers", "", smalti_add (graph, "here", index_of (graph, x), index_of (graph, x)));
  ASSERT_MISTAKE ("whole numbers", "", smalti_relu (graph, "here", index_of (graph, x)));
  ASSERT_MISTAKE ("4x6x5x3", "axis 1", smalti_slice (graph, "here", image (graph, x), 1, 5, 2));
  ASSERT_MISTAKE ("4x6x5x3", "axis 4", smalti_slice (graph, "here", image (graph, x), 4, 0, 1));
  ASSERT_MISTAKE ("4x6x5x3", "-1", smalti_slice (graph, "here", image (graph, x), 0, -1, 2));
  ASSERT_MISTAKE ("4x6x5x3", "axis", smalti_slice (graph, "here", image (graph, x), 0, G_MAXINT64, G_MAXINT64));
  ASSERT_MISTAKE ("4x6x5x3", "4x91", smalti_reshape (graph, "here", image (graph, x), SMALTI_SHAPE (4, 91)));
  ASSERT_MISTAKE ("-4x-90", "one", smalti_reshape (graph, "here", image (graph, x), SMALTI_SHAPE (-4, -90)));
  ASSERT_MISTAKE ("share", "", smalti_dropout (graph, "here", image (graph, x), 1));
  ASSERT_MISTAKE ("factor", "", smalti_upsample (graph, "here", image (graph, x), 0, FALSE));
  ASSERT_MISTAKE ("4x6x5", "N x C", smalti_softmax (graph, "here", image (graph, SMALTI_SHAPE (4, 6, 5)), 1));
  ASSERT_MISTAKE ("4x6x5x3", "4x6", smalti_mse (graph, "here", image (graph, x), image (graph, SMALTI_SHAPE (4, 6))));
  ASSERT_MISTAKE ("4x6x0x3", "one", smalti_adaptive_avg_pool (graph, "here", image (graph, x), 0, 3));
  ASSERT_MISTAKE ("half", "", max_pool (graph, 9, SMALTI_WINDOW (3, .padding = PAIR (2, 2))));
  ASSERT_MISTAKE ("1x2x1x1", "misses",
                  max_pool (graph, 1, SMALTI_WINDOW (2, .padding = PAIR (1, 1), .dilation = PAIR (2, 2))));
  ASSERT_MISTAKE ("dilated", "",
                  smalti_avg_pool (graph, "here", image (graph, x), SMALTI_WINDOW (2, .dilation = PAIR (2, 1))));
  ASSERT_MISTAKE ("4x6x5x3", "3x6x5x2",
                  smalti_concat (graph, "here",
                                 (SmaltiValue *[]){ image (graph, x), image (graph, SMALTI_SHAPE (3, 6, 5, 2)) }, 2,
                                 0));
  ASSERT_MISTAKE ("axis", "4x6x5x3", smalti_concat (graph, "here", (SmaltiValue *[]){ image (graph, x) }, 1, 4));
  ASSERT_MISTAKE ("0 values", "", smalti_concat (graph, "here", NULL, 0, 1));
}

static void
sizes_beyond_addresses_are_refused_before_they_overflow (void)
{
  const gint64 big = G_GINT64_CONSTANT (1) << 40;

  ASSERT_MISTAKE ("addressed", "", smalti_graph_param (graph, "here", SMALTI_SHAPE (big, big), INIT, TRUE));
  ASSERT_MISTAKE ("addressed", "",
                  smalti_graph_input (graph, "here", SMALTI_CLASS_F32, SMALTI_SHAPE (G_MAXINT64, G_MAXINT64)));
  ASSERT_MISTAKE ("-3", "one", smalti_graph_param (graph, "here", SMALTI_SHAPE (-3, 4), INIT, TRUE));
  ASSERT_MISTAKE ("dimensions", "9",
                  smalti_graph_input (graph, "here", SMALTI_CLASS_F32, (SmaltiShape){ .n_dims = 9, .dim = { 1 } }));
  ASSERT_MISTAKE ("addressed", "",
                  smalti_upsample (graph, "here", image (graph, SMALTI_SHAPE (1, 1, 4, 4)), G_MAXINT, FALSE));
  ASSERT_MISTAKE ("addressed", "",
                  smalti_matmul (graph, "here", image (graph, SMALTI_SHAPE (big, 1)),
                                 image (graph, SMALTI_SHAPE (1, big)), FALSE, FALSE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shapes/conv", convolutions_have_pytorch_s_shapes);
  g_test_add_func ("/shapes/conv-transpose", transposed_convolutions_have_pytorch_s_shapes);
  g_test_add_func ("/shapes/pool", pools_have_pytorch_s_shapes);
  g_test_add_func ("/shapes/pool/ceil", rounded_up_pools_have_pytorch_s_shapes);
  g_test_add_func ("/shapes/rest", the_rest_have_the_shapes_of_their_definitions);
  g_test_add_func ("/shapes/losses", losses_take_their_three_kinds_of_targets);
  g_test_add_func ("/shapes/mistakes/conv", convolutions_that_do_not_fit_say_why);
  g_test_add_func ("/shapes/mistakes/rest", everything_else_that_does_not_fit_says_why);
  g_test_add_func ("/shapes/mistakes/size", sizes_beyond_addresses_are_refused_before_they_overflow);
  return g_test_run ();
}
