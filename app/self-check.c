/* SPDX-License-Identifier: Apache-2.0 */
/* The self-check trains the smallest backbone on random pictures with random labels, from the same weights on both
 * devices. Labels that mean nothing are no harm: the arithmetic is compared, nothing has to be learned. */
#include "app/self-check.h"

#include <math.h>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/device/program.h"
#include "core/nn/backbone.h"
#include "core/optim/optimizer.h"

enum
{
  BATCH = 4,
  SIDE = 32,
  N_CLASSES = 10,
  N_STEPS = 3,
  SEED = 1,
};

/* What an honest device stays far below: rounding, after three steps of training. */
#define F32_TOLERANCE  1e-4
#define BF16_TOLERANCE 5e-2

typedef struct
{
  SmaltiGraph *graph;
  SmaltiValue *image, *label, *loss;
} Network;

static gboolean
build (Network *self, GError **error)
{
  const SmaltiBackboneClass *backbone = smalti_backbone_find ("cfn-small");
  g_autoptr (SmaltiValues) values = smalti_values_new (backbone->params);
  SmaltiInit init = { SMALTI_INIT_UNIFORM_FAN_IN };
  SmaltiTrunk trunk;
  SmaltiValue *x, *weight, *keep[1];

  self->graph = smalti_graph_new (TRUE);
  self->image = smalti_graph_input (self->graph, "image", SMALTI_CLASS_ACTIVATION, SMALTI_SHAPE (BATCH, 3, SIDE, SIDE));
  self->label = smalti_graph_input (self->graph, "label", SMALTI_CLASS_I32, SMALTI_SHAPE (BATCH));
  backbone->build (self->graph, values, SMALTI_TRUNK_PREFIX, self->image, &trunk);
  x = smalti_flatten (self->graph, "flat", smalti_adaptive_avg_pool (self->graph, "pool", trunk.features, 1, 1));
  weight = smalti_graph_param (self->graph, "head.weight", SMALTI_SHAPE (N_CLASSES, x->shape.dim[1]), init, TRUE);
  x = smalti_as_f32 (self->graph, smalti_linear (self->graph, "head", x, weight, NULL));
  self->loss = smalti_cross_entropy (self->graph, "loss", x, self->label, NULL, NULL,
                                     (SmaltiCrossEntropyAttr){ .target = SMALTI_TARGET_INDEX });
  if (!smalti_graph_check (self->graph, error))
    return FALSE;
  keep[0] = self->loss;
  smalti_graph_fuse (self->graph, keep, 1);
  return smalti_graph_differentiate (self->graph, self->loss, NULL, 0, error);
}

static void
draw_batch (SmaltiTensor *image, SmaltiTensor *label)
{
  SmaltiRandom random;

  smalti_random_init (&random, SEED, SMALTI_STREAM_TEST, 0, 0);
  for (gint64 i = 0; i < smalti_tensor_size (image); i++)
    smalti_tensor_f32 (image)[i] = smalti_random_normal (&random);
  for (guint i = 0; i < BATCH; i++)
    smalti_tensor_i32 (label)[i] = smalti_random_int (&random, N_CLASSES);
}

/* The loss before each of N_STEPS steps. */
static gboolean
train (SmaltiDevice *device, SmaltiPrecision precision, double *losses, gsize *arena_bytes, GError **error)
{
  Network network = { NULL };
  gboolean built = build (&network, error);
  g_autoptr (SmaltiGraph) graph = network.graph;
  g_autoptr (SmaltiWeights) weights = smalti_weights_new (device);
  g_autoptr (SmaltiProgram) program = NULL;
  g_autoptr (SmaltiOptimizer) optimizer = NULL;
  g_autoptr (SmaltiValues) values = smalti_values_new (smalti_optimizer_params);
  g_autoptr (SmaltiTensor) image = smalti_tensor_new (SMALTI_DTYPE_F32, SMALTI_SHAPE (BATCH, 3, SIDE, SIDE));
  g_autoptr (SmaltiTensor) label = smalti_tensor_new (SMALTI_DTYPE_I32, SMALTI_SHAPE (BATCH));

  if (!built)
    return FALSE;
  program = smalti_program_compile (graph, &network.loss, 1, device, precision, weights, SEED, error);
  if (program == NULL)
    return FALSE;
  /* Small steps: a large one makes much of which of two nearly equal values a pool takes. */
  smalti_values_set (values, "lr", "0.001", NULL);
  optimizer = smalti_optimizer_new (values, program, BATCH, N_STEPS, error);
  if (optimizer == NULL)
    return FALSE;
  draw_batch (image, label);
  smalti_program_write (program, network.image, image);
  smalti_program_write (program, network.label, label);
  for (guint step = 0; step < N_STEPS; step++)
    {
      SmaltiRunContext context = { SEED, step };

      smalti_program_run (program, &context);
      losses[step] = smalti_program_read_scalar (program, network.loss);
      smalti_optimizer_step (optimizer, step);
    }
  smalti_device_wait (device);
  *arena_bytes = smalti_program_arena_bytes (program);
  return TRUE;
}

static double
largest_difference (const double *losses, const double *truth)
{
  double largest = 0;

  for (guint i = 0; i < N_STEPS; i++)
    {
      double difference = fabs (losses[i] - truth[i]) / fabs (truth[i]);

      /* fmax would pass over what is no number. */
      largest = difference <= largest ? largest : difference;
    }
  return largest;
}

gboolean
cli_self_check (const char *device, guint n_threads, CliSelfCheck *result, GError **error)
{
  g_autoptr (SmaltiDevice) tested = smalti_device_open (device, n_threads, error);
  g_autoptr (SmaltiDevice) reference = tested != NULL ? smalti_device_open ("reference", n_threads, error) : NULL;
  double truth[N_STEPS], losses[N_STEPS];
  gsize unused;
  gint64 start = g_get_monotonic_time ();

  if (reference == NULL || !train (reference, SMALTI_PRECISION_F32, truth, &unused, error)
      || !train (tested, SMALTI_PRECISION_F32, losses, &result->arena_bytes, error))
    return FALSE;
  result->loss_difference = largest_difference (losses, truth);
  result->bf16_difference = NAN;
  if (tested->info.has_bf16)
    {
      if (!train (tested, SMALTI_PRECISION_BF16, losses, &unused, error))
        return FALSE;
      result->bf16_difference = largest_difference (losses, truth);
    }
  result->seconds = (g_get_monotonic_time () - start) / (double)G_USEC_PER_SEC;
  result->passed
      = result->loss_difference < F32_TOLERANCE && (!tested->info.has_bf16 || result->bf16_difference < BF16_TOLERANCE);
  return TRUE;
}
