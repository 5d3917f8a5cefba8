/* SPDX-License-Identifier: Apache-2.0 */
#include <dlfcn.h>
#include <malloc.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/device/program.h"
#include "core/nn/backbone.h"
#include "core/nn/layers.h"
#include "core/optim/optimizer.h"

#define BATCH     6
#define SIDE      32
#define N_CLASSES 5
#define SEED      3

/* A small network of everything: convolutions, norms, residual additions, pools, dropout, a linear head, a loss. */
typedef struct
{
  SmaltiGraph *graph;
  SmaltiValue *image, *label, *loss, *unused;
} Network;

static void
network_clear (Network *self)
{
  smalti_graph_free (self->graph);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Network, network_clear)

static Network
build (gboolean training)
{
  const SmaltiBackboneClass *klass = smalti_backbone_find ("resnet-small");
  g_autoptr (SmaltiValues) values = smalti_values_new (klass->params);
  Network self = { .graph = smalti_graph_new (training) };
  SmaltiTrunk trunk;
  SmaltiValue *x;
  g_autoptr (GError) error = NULL;

  g_assert_true (smalti_values_set (values, "width", "0.25", NULL));
  self.image = smalti_graph_input (self.graph, "image", SMALTI_CLASS_ACTIVATION, SMALTI_SHAPE (BATCH, 3, SIDE, SIDE));
  self.label = smalti_graph_input (self.graph, "label", SMALTI_CLASS_I32, SMALTI_SHAPE (BATCH));
  klass->build (self.graph, values, SMALTI_TRUNK_PREFIX, self.image, &trunk);
  self.unused = smalti_relu (self.graph, "unused", smalti_scale (self.graph, "less", trunk.features, 0.5f));
  x = smalti_adaptive_avg_pool (self.graph, "pool", trunk.features, 1, 1);
  x = smalti_dropout (self.graph, "dropout", smalti_flatten (self.graph, "flatten", x), 0.3f);
  x = smalti_layer_linear (self.graph, "head.fc", x, N_CLASSES, TRUE, (SmaltiInit){ SMALTI_INIT_UNIFORM_FAN_IN });
  self.loss = smalti_cross_entropy (self.graph, "loss", smalti_as_f32 (self.graph, x), self.label, NULL, NULL,
                                    (SmaltiCrossEntropyAttr){ .target = SMALTI_TARGET_INDEX });
  smalti_graph_fuse (self.graph, &self.loss, 1);
  if (training)
    smalti_graph_differentiate (self.graph, self.loss, NULL, 0, &error);
  g_assert_no_error (error);
  smalti_graph_check (self.graph, &error);
  g_assert_no_error (error);
  return self;
}

static void
write_inputs (SmaltiProgram *program, const Network *network)
{
  g_autoptr (SmaltiTensor) image = smalti_tensor_new (SMALTI_DTYPE_F32, network->image->shape);
  g_autoptr (SmaltiTensor) label = smalti_tensor_new (SMALTI_DTYPE_I32, network->label->shape);
  SmaltiRandom random;

  smalti_random_init (&random, SEED, SMALTI_STREAM_TEST, 0, 0);
  for (gint64 i = 0; i < smalti_tensor_size (image); i++)
    smalti_tensor_f32 (image)[i] = smalti_random_normal (&random);
  for (guint i = 0; i < BATCH; i++)
    smalti_tensor_i32 (label)[i] = smalti_random_int (&random, N_CLASSES);
  smalti_program_write (program, network->image, image);
  smalti_program_write (program, network->label, label);
}

static SmaltiProgram *
compile (const Network *network, SmaltiValue **outputs, guint n_outputs, SmaltiDevice *device, SmaltiWeights *weights)
{
  g_autoptr (GError) error = NULL;
  SmaltiProgram *program = smalti_program_compile (network->graph, outputs, n_outputs, device, SMALTI_PRECISION_F32,
                                                   weights, SEED, &error);

  g_assert_no_error (error);
  return program;
}

/* Every gradient of a parameter, one after the other. */
static GArray *
read_gradients (SmaltiProgram *program, SmaltiGraph *graph)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (gfloat));

  for (guint i = 0; i < smalti_graph_get_n_values (graph); i++)
    {
      SmaltiValue *value = smalti_graph_get_value (graph, i);
      SmaltiValue *gradient = value->producer->op == SMALTI_OP_PARAM ? smalti_graph_gradient (graph, value) : NULL;
      g_autoptr (SmaltiTensor) tensor = NULL;

      if (gradient == NULL)
        continue;
      tensor = smalti_tensor_new (SMALTI_DTYPE_F32, gradient->shape);
      smalti_program_read (program, gradient, tensor);
      g_array_append_vals (all, tensor->data, smalti_tensor_size (tensor));
    }
  return all;
}

/* With everything kept nothing shares memory: the plan's sharing must not change a bit. */
static void
sharing_memory_changes_no_number (gconstpointer device_name)
{
  g_autoptr (SmaltiDevice) device = smalti_device_open (device_name, 1, NULL);
  g_auto (Network) network = build (TRUE);
  SmaltiRunContext context = { SEED, 5 };
  GArray *gradients[2];
  gfloat loss[2];
  gsize bytes[2];

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (SmaltiWeights) weights = smalti_weights_new (device);
      g_autoptr (GPtrArray) outputs = g_ptr_array_new ();
      g_autoptr (SmaltiProgram) program = NULL;

      if (i == 0)
        g_ptr_array_add (outputs, network.loss);
      else
        for (guint j = 0; j < smalti_graph_get_n_values (network.graph); j++)
          g_ptr_array_add (outputs, smalti_graph_get_value (network.graph, j));
      program = compile (&network, (SmaltiValue **)outputs->pdata, outputs->len, device, weights);
      write_inputs (program, &network);
      smalti_program_run (program, &context);
      loss[i] = smalti_program_read_scalar (program, network.loss);
      gradients[i] = read_gradients (program, network.graph);
      bytes[i] = smalti_program_arena_bytes (program);
    }
  g_assert_cmpfloat (loss[0], ==, loss[1]);
  g_assert_cmpfloat (loss[0], >, 0.1);
  g_assert_cmpmem (gradients[0]->data, gradients[0]->len * sizeof (gfloat), gradients[1]->data,
                   gradients[1]->len * sizeof (gfloat));
  g_assert_cmpuint (bytes[0], <, bytes[1] * 0.8);
  g_array_unref (gradients[0]);
  g_array_unref (gradients[1]);
}

static void
what_nobody_needs_is_not_run (void)
{
  g_autoptr (SmaltiDevice) device = smalti_device_open ("reference", 1, NULL);
  g_auto (Network) network = build (FALSE);
  g_autoptr (SmaltiWeights) weights = smalti_weights_new (device);
  SmaltiValue *both[] = { network.loss, network.unused };
  g_autoptr (SmaltiProgram) with = compile (&network, both, 2, device, weights);
  g_autoptr (SmaltiProgram) without = compile (&network, &network.loss, 1, device, weights);

  g_assert_cmpuint (smalti_program_n_kernels (with), ==, smalti_program_n_kernels (without) + 2);
}

static void
inputs_outlast_a_run (gconstpointer device_name)
{
  g_autoptr (SmaltiDevice) device = smalti_device_open (device_name, 1, NULL);
  g_auto (Network) network = build (TRUE);
  g_autoptr (SmaltiWeights) weights = smalti_weights_new (device);
  g_autoptr (SmaltiProgram) program = compile (&network, &network.loss, 1, device, weights);
  SmaltiRunContext context = { SEED, 5 };
  gfloat first;

  write_inputs (program, &network);
  smalti_program_run (program, &context);
  first = smalti_program_read_scalar (program, network.loss);
  smalti_program_run (program, &context);
  g_assert_cmpfloat (smalti_program_read_scalar (program, network.loss), ==, first);
}

static void
dropout_is_the_step_s_own (gconstpointer device_name)
{
  g_autoptr (SmaltiDevice) device = smalti_device_open (device_name, 1, NULL);
  g_auto (Network) network = build (TRUE);
  g_autoptr (SmaltiWeights) weights = smalti_weights_new (device);
  g_autoptr (SmaltiProgram) program = compile (&network, &network.loss, 1, device, weights);
  gfloat loss[3];

  write_inputs (program, &network);
  for (guint i = 0; i < 3; i++)
    {
      SmaltiRunContext context = { SEED, i % 2 };

      smalti_program_run (program, &context);
      loss[i] = smalti_program_read_scalar (program, network.loss);
    }
  g_assert_cmpfloat (loss[0], !=, loss[1]);
  g_assert_cmpfloat (loss[0], ==, loss[2]);
}

static void
training_moves_running_statistics_and_inference_does_not (gconstpointer device_name)
{
  g_autoptr (SmaltiDevice) device = smalti_device_open (device_name, 1, NULL);
  g_autoptr (SmaltiWeights) weights = smalti_weights_new (device);

  for (guint training = 0; training < 2; training++)
    {
      g_auto (Network) network = build (training);
      g_autoptr (SmaltiProgram) program = compile (&network, &network.loss, 1, device, weights);
      g_autoptr (SmaltiTensor) before = smalti_weights_read (weights, "trunk.bn1.running_mean");
      g_autoptr (SmaltiTensor) after = NULL;
      SmaltiRunContext context = { SEED, 0 };

      write_inputs (program, &network);
      smalti_program_run (program, &context);
      smalti_device_wait (device);
      after = smalti_weights_read (weights, "trunk.bn1.running_mean");
      g_assert_cmpint (memcmp (before->data, after->data, before->n_bytes) != 0, ==, training);
    }
}

static void
a_profile_names_every_kernel (void)
{
  g_autoptr (SmaltiDevice) device = smalti_device_open ("cpu", 1, NULL);
  g_auto (Network) network = build (TRUE);
  g_autoptr (SmaltiWeights) weights = smalti_weights_new (device);
  g_autoptr (SmaltiProgram) program = compile (&network, &network.loss, 1, device, weights);
  g_autofree char *profile = NULL;
  g_auto (GStrv) lines = NULL;

  write_inputs (program, &network);
  profile = smalti_program_profile (program, 1);
  lines = g_strsplit (g_strchomp (profile), "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, smalti_program_n_kernels (program));
}

static void
no_device_is_opened_under_a_wrong_name (void)
{
  g_autoptr (GError) unknown = NULL, absent = NULL;

  g_assert_null (smalti_device_open ("gpu", 1, &unknown));
  g_assert_error (unknown, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (unknown->message, "cpu"));
  g_assert_null (smalti_device_open ("cuda:7", 1, &absent));
  g_assert_error (absent, SMALTI_ERROR, SMALTI_ERROR_DEVICE);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
/* Libraries keep small books of their own (an argument list in every call of oneDNN), but nothing of the size of data.
 */
#define LARGE 4096

static gboolean counting;
static guint n_large;

#define COUNT(type, name, parameters, arguments, size)                                                                 \
  type name parameters;                                                                                                \
  type name parameters                                                                                                 \
  {                                                                                                                    \
    static type (*real) parameters;                                                                                    \
    if (real == NULL)                                                                                                  \
      *(void **)&real = dlsym (RTLD_NEXT, #name);                                                                      \
    if (counting && (size) >= LARGE)                                                                                   \
      __atomic_add_fetch (&n_large, 1, __ATOMIC_RELAXED);                                                              \
    return real arguments;                                                                                             \
  }

COUNT (void *, malloc, (size_t n), (n), n)
COUNT (void *, realloc, (void *p, size_t n), (p, n), n)
COUNT (void *, aligned_alloc, (size_t alignment, size_t n), (alignment, n), n)
COUNT (int, posix_memalign, (void **p, size_t alignment, size_t n), (p, alignment, n), n)

static void
a_training_step_allocates_nothing (gconstpointer precision)
{
  g_autoptr (SmaltiDevice) device = smalti_device_open ("cpu", 2, NULL);
  g_auto (Network) network = build (TRUE);
  g_autoptr (SmaltiWeights) weights = smalti_weights_new (device);
  g_autoptr (SmaltiValues) values = smalti_values_new (smalti_optimizer_params);
  g_autoptr (SmaltiProgram) program = NULL;
  g_autoptr (SmaltiOptimizer) optimizer = NULL;
  g_autoptr (GError) error = NULL;
  struct mallinfo2 before, after;

  if (GPOINTER_TO_INT (precision) == SMALTI_PRECISION_BF16 && !device->info.has_bf16)
    {
      g_test_skip ("this processor has no bf16");
      return;
    }
  program = smalti_program_compile (network.graph, &network.loss, 1, device, GPOINTER_TO_INT (precision), weights, SEED,
                                    &error);
  g_assert_no_error (error);
  optimizer = smalti_optimizer_new (values, program, BATCH, 100, &error);
  g_assert_no_error (error);
  write_inputs (program, &network);
  before = mallinfo2 ();
  for (guint step = 0; step < 23; step++)
    {
      SmaltiRunContext context = { SEED, step };

      if (step == 3) /* threads and libraries have set themselves up */
        {
          counting = TRUE;
          before = mallinfo2 ();
        }
      smalti_program_run (program, &context);
      smalti_optimizer_step (optimizer, step);
    }
  smalti_device_wait (device);
  after = mallinfo2 ();
  counting = FALSE;
  g_assert_cmpuint (n_large, ==, 0);
  g_assert_cmpuint (after.uordblks + after.hblkhd, <=, before.uordblks + before.hblkhd + LARGE);
}
#endif

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD_BOTH(function)                                                                                             \
  g_test_add_data_func ("/program/reference/" #function, "reference", function);                                       \
  g_test_add_data_func ("/program/cpu/" #function, "cpu", function)
  ADD_BOTH (sharing_memory_changes_no_number);
  ADD_BOTH (inputs_outlast_a_run);
  ADD_BOTH (dropout_is_the_step_s_own);
  ADD_BOTH (training_moves_running_statistics_and_inference_does_not);
  g_test_add_func ("/program/what_nobody_needs_is_not_run", what_nobody_needs_is_not_run);
  g_test_add_func ("/program/a_profile_names_every_kernel", a_profile_names_every_kernel);
  g_test_add_func ("/program/no_device_is_opened_under_a_wrong_name", no_device_is_opened_under_a_wrong_name);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  g_test_add_data_func ("/program/f32/a_training_step_allocates_nothing", GINT_TO_POINTER (SMALTI_PRECISION_F32),
                        a_training_step_allocates_nothing);
  g_test_add_data_func ("/program/bf16/a_training_step_allocates_nothing", GINT_TO_POINTER (SMALTI_PRECISION_BF16),
                        a_training_step_allocates_nothing);
#endif
  return g_test_run ();
}
