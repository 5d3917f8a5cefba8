/* SPDX-License-Identifier: Apache-2.0 */
/* What the processor promises beyond agreeing with the reference: the same bits for any number of threads, digits kept
 * where a mean is far from zero, nothing hidden that is not a number, and bf16 rounded as everywhere else. */
#include <math.h>
#include <string.h>

#include "core/base/random.h"
#include "core/device/cpu/lanes-private.h"
#include "core/device/program.h"

#define MAX_WATCHED 8

typedef struct
{
  SmaltiGraph *graph;
  SmaltiValue *input; /* filled by the test; all other INPUTs are targets and stay 0 */
  SmaltiValue *watched[MAX_WATCHED];
  guint n_watched;
} Net;

typedef void (*BuildNet) (Net *net);

static SmaltiValue *
watch (Net *net, SmaltiValue *value)
{
  g_assert_cmpuint (net->n_watched, <, MAX_WATCHED);
  return net->watched[net->n_watched++] = value;
}

static SmaltiValue *
batch_norm (SmaltiGraph *graph, SmaltiValue *x)
{
  SmaltiShape shape = SMALTI_SHAPE (x->shape.dim[1]);
  SmaltiValue *gamma = smalti_graph_param (graph, "gamma", shape, (SmaltiInit){ SMALTI_INIT_ONE }, FALSE);
  SmaltiValue *beta = smalti_graph_param (graph, "beta", shape, (SmaltiInit){ SMALTI_INIT_ZERO }, FALSE);
  SmaltiValue *mean = smalti_graph_state (graph, "mean", shape, (SmaltiInit){ SMALTI_INIT_ZERO });
  SmaltiValue *var = smalti_graph_state (graph, "var", shape, (SmaltiInit){ SMALTI_INIT_ONE });

  return smalti_batch_norm (graph, "bn", x, gamma, beta, mean, var, 1e-5f, 0.1f);
}

/* One run of @build's network; each watched value as f32. */
static void
run (const char *device_id, guint n_threads, SmaltiPrecision precision, BuildNet build, const SmaltiTensor *input,
     SmaltiTensor **results)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiDevice) device = smalti_device_open (device_id, n_threads, &error);
  g_autoptr (SmaltiWeights) weights = NULL;
  g_autoptr (SmaltiProgram) program = NULL;
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  Net net = { .graph = graph };

  g_assert_no_error (error);
  build (&net);
  weights = smalti_weights_new (device);
  program = smalti_program_compile (graph, net.watched, net.n_watched, device, precision, weights, 1, &error);
  g_assert_no_error (error);
  smalti_program_write (program, net.input, input);
  smalti_program_run (program, &(SmaltiRunContext){ .seed = 3, .step = 5 });
  for (guint i = 0; i < net.n_watched; i++)
    {
      results[i] = smalti_tensor_new (SMALTI_DTYPE_F32, net.watched[i]->shape);
      smalti_program_read (program, net.watched[i], results[i]);
    }
}

static gboolean
skips (SmaltiPrecision precision)
{
  g_autoptr (SmaltiDevice) device = smalti_device_open ("cpu", 1, NULL);

  if (precision == SMALTI_PRECISION_F32 || device->info.has_bf16)
    return FALSE;
  g_test_skip ("This processor has no bf16.");
  return TRUE;
}

static void
free_results (SmaltiTensor **results)
{
  for (guint i = 0; i < MAX_WATCHED; i++)
    g_clear_pointer (&results[i], smalti_tensor_unref);
}

static SmaltiTensor *
draw (SmaltiShape shape, gfloat mean)
{
  SmaltiTensor *tensor = smalti_tensor_new (SMALTI_DTYPE_F32, shape);
  SmaltiRandom random;

  smalti_random_init (&random, 1, SMALTI_STREAM_TEST, 0, 0);
  for (gint64 i = 0; i < smalti_tensor_size (tensor); i++)
    smalti_tensor_f32 (tensor)[i] = mean + smalti_random_normal (&random);
  return tensor;
}

#define BATCH_SHAPE SMALTI_SHAPE (6, 24, 19, 17)

static void
differentiate (Net *net, SmaltiValue *loss)
{
  g_autoptr (GError) error = NULL;

  watch (net, loss);
  smalti_graph_check (net->graph, &error);
  g_assert_no_error (error);
  smalti_graph_differentiate (net->graph, loss, &net->input, 1, &error);
  g_assert_no_error (error);
  watch (net, smalti_graph_gradient (net->graph, net->input));
  watch (net, smalti_graph_gradient (net->graph, smalti_graph_find (net->graph, "gamma")));
}

/* Every kind of sum there is. */
static void
build_sums (Net *net)
{
  SmaltiGraph *graph = net->graph;
  SmaltiValue *x, *logits, *target, *square;

  net->input = smalti_graph_input (graph, "x", SMALTI_CLASS_ACTIVATION, BATCH_SHAPE);
  x = smalti_relu (graph, "relu", batch_norm (graph, net->input));
  x = smalti_lrn (graph, "lrn", x, 5, 1, 0.75f, 1);
  x = smalti_dropout (graph, "dropout", x, 0.2f);
  x = smalti_max_pool (graph, "pool", x, SMALTI_WINDOW (3, .padding = { 1, 1 }));
  logits = smalti_upsample (graph, "larger", x, 2, TRUE);
  target = smalti_graph_input (graph, "target", SMALTI_CLASS_I32, SMALTI_SHAPE (6, 38, 34));
  square = smalti_mse (graph, "mse", logits, smalti_graph_fill (graph, logits->shape, 0.5f));
  watch (net, smalti_correct (graph, "correct", logits, target, 2));
  differentiate (net, smalti_add (graph, "sum", square,
                                  smalti_cross_entropy (graph, "loss", logits, target, NULL, NULL,
                                                        (SmaltiCrossEntropyAttr){ .mean_over_positions = TRUE })));
}

static void
the_number_of_threads_changes_no_bit (gconstpointer data)
{
  SmaltiPrecision precision = GPOINTER_TO_INT (data);
  g_autoptr (SmaltiTensor) input = draw (BATCH_SHAPE, 0.5f);
  SmaltiTensor *alone[MAX_WATCHED] = { NULL };

  if (skips (precision))
    return;
  run ("cpu", 1, precision, build_sums, input, alone);
  for (guint n_threads = 2; n_threads <= 5; n_threads++)
    {
      SmaltiTensor *together[MAX_WATCHED] = { NULL };

      run ("cpu", n_threads, precision, build_sums, input, together);
      for (guint i = 0; alone[i] != NULL; i++)
        g_assert_cmpmem (together[i]->data, together[i]->n_bytes, alone[i]->data, alone[i]->n_bytes);
      free_results (together);
    }
  g_assert_cmpfloat (smalti_tensor_f32 (alone[0])[0], >, 0);
  free_results (alone);
}

static void
build_norm (Net *net)
{
  SmaltiValue *y;

  net->input = smalti_graph_input (net->graph, "x", SMALTI_CLASS_ACTIVATION, BATCH_SHAPE);
  y = batch_norm (net->graph, net->input);
  watch (net, y);
  watch (net, y->producer->output[2]); /* 1 / deviation */
}

/* A mean of 10,000 deviations, as an f32 still holds with three digits behind the point. */
static void
a_mean_far_from_zero_costs_no_digits (void)
{
  g_autoptr (SmaltiTensor) input = draw (BATCH_SHAPE, 10000);
  SmaltiTensor *is[MAX_WATCHED] = { NULL }, *should_be[MAX_WATCHED] = { NULL };

  run ("cpu", 2, SMALTI_PRECISION_F32, build_norm, input, is);
  run ("reference", 1, SMALTI_PRECISION_F32, build_norm, input, should_be);
  for (guint i = 0; is[i] != NULL; i++)
    for (gint64 j = 0; j < smalti_tensor_size (is[i]); j++)
      g_assert_cmpfloat_with_epsilon (smalti_tensor_f32 (is[i])[j], smalti_tensor_f32 (should_be[i])[j], 1e-5);
  free_results (is);
  free_results (should_be);
}

static void
build_lrn_of_any_power (Net *net)
{
  net->input = smalti_graph_input (net->graph, "x", SMALTI_CLASS_ACTIVATION, BATCH_SHAPE);
  watch (net, smalti_lrn (net->graph, "lrn", batch_norm (net->graph, net->input), 3, 0.7f, 0.6f, 1.3f));
  differentiate (net, smalti_mse (net->graph, "loss", net->watched[0],
                                  smalti_graph_fill (net->graph, net->watched[0]->shape, 0.5f)));
}

static void
lrn_takes_any_power (void)
{
  g_autoptr (SmaltiTensor) input = draw (BATCH_SHAPE, 0);
  SmaltiTensor *is[MAX_WATCHED] = { NULL }, *should_be[MAX_WATCHED] = { NULL };

  run ("cpu", 2, SMALTI_PRECISION_F32, build_lrn_of_any_power, input, is);
  run ("reference", 1, SMALTI_PRECISION_F32, build_lrn_of_any_power, input, should_be);
  for (guint i = 0; is[i] != NULL; i++)
    for (gint64 j = 0; j < smalti_tensor_size (is[i]); j++)
      g_assert_cmpfloat_with_epsilon (smalti_tensor_f32 (is[i])[j], smalti_tensor_f32 (should_be[i])[j], 1e-5);
  free_results (is);
  free_results (should_be);
}

static void
build_each (Net *net)
{
  SmaltiGraph *graph = net->graph;
  SmaltiValue *x, *target;

  net->input = x = smalti_graph_input (graph, "x", SMALTI_CLASS_ACTIVATION, SMALTI_SHAPE (2, 9, 4, 4));
  target = smalti_graph_input (graph, "target", SMALTI_CLASS_I32, SMALTI_SHAPE (2, 4, 4));
  watch (net, smalti_relu (graph, "relu", x));
  watch (net, smalti_max_pool (graph, "pool", x, SMALTI_WINDOW (4)));
  watch (net, batch_norm (graph, x));
  watch (net, smalti_softmax (graph, "softmax", x, 1));
  watch (net, smalti_l2_normalize (graph, "l2", x, 1e-6f));
  watch (net, smalti_lrn (graph, "lrn", x, 5, 1, 0.75f, 1));
  watch (net, smalti_mse (graph, "mse", x, smalti_graph_fill (graph, x->shape, 0)));
  watch (net, smalti_cross_entropy (graph, "loss", x, target, NULL, NULL, (SmaltiCrossEntropyAttr){ 0 }));
}

/* A run that diverges is found out only if no operator makes a number of it. */
static void
what_is_no_number_stays_so (gconstpointer data)
{
  g_autoptr (SmaltiTensor) input = draw (SMALTI_SHAPE (2, 9, 4, 4), 0);
  SmaltiTensor *results[MAX_WATCHED] = { NULL };

  if (skips (GPOINTER_TO_INT (data)))
    return;
  smalti_tensor_f32 (input)[0] = NAN; /* the first class, the first pixel */
  run ("cpu", 2, GPOINTER_TO_INT (data), build_each, input, results);
  for (guint i = 0; i < MAX_WATCHED; i++)
    g_assert_true (isnan (smalti_tensor_f32 (results[i])[0]));
  free_results (results);
}

static void
rows_and_lanes_round_as_tensors_do (void)
{
  const gfloat known[] = { 1.0f,     1.00390625f, 1.01171875f, 1.003906369f, 3.4e38f, -3.4e38f, 1e-40f,
                           INFINITY, -INFINITY,   NAN,         -0.0f,        0.1f,    -65537,   3 };
  SmaltiRandom random;

  smalti_random_init (&random, 1, SMALTI_STREAM_TEST, 0, 0);
  for (guint i = 0; i < 100000; i++)
    {
      union
      {
        guint32 u;
        gfloat f;
      } x = { .u = smalti_random_u32 (&random) };
      gfloat value = i < G_N_ELEMENTS (known) ? known[i] : x.f;
      guint16 row[1], lanes[SMALTI_LANES], part[1];
      SmaltiLanes v = (SmaltiLanes){ 0 }, back;

      for (guint k = 0; k < SMALTI_LANES; k++)
        v[k] = value;
      smalti_cpu_store (row, 0, value, TRUE);
      smalti_lanes_store (lanes, 0, SMALTI_LANES, &v, TRUE);
      smalti_lanes_store (part, 0, 1, &v, TRUE);
      g_assert_cmphex (row[0], ==, smalti_bf16_from_f32 (value));
      g_assert_cmphex (lanes[SMALTI_LANES - 1], ==, row[0]);
      g_assert_cmphex (part[0], ==, row[0]);
      smalti_lanes_load (&back, lanes, 0, SMALTI_LANES, TRUE);
      value = smalti_bf16_to_f32 (row[0]);
      g_assert_true (memcmp (&back, &value, sizeof value) == 0);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/cpu/threads/f32", GINT_TO_POINTER (SMALTI_PRECISION_F32),
                        the_number_of_threads_changes_no_bit);
  g_test_add_data_func ("/cpu/threads/bf16", GINT_TO_POINTER (SMALTI_PRECISION_BF16),
                        the_number_of_threads_changes_no_bit);
  g_test_add_func ("/cpu/far-mean", a_mean_far_from_zero_costs_no_digits);
  g_test_add_func ("/cpu/lrn-power", lrn_takes_any_power);
  g_test_add_data_func ("/cpu/no-number/f32", GINT_TO_POINTER (SMALTI_PRECISION_F32), what_is_no_number_stays_so);
  g_test_add_data_func ("/cpu/no-number/bf16", GINT_TO_POINTER (SMALTI_PRECISION_BF16), what_is_no_number_stays_so);
  g_test_add_func ("/cpu/bf16", rows_and_lanes_round_as_tensors_do);
  return g_test_run ();
}
