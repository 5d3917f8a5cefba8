/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/device/weights.h"

#define SEED 7

typedef struct
{
  SmaltiDevice *device;
  SmaltiGraph *graph;
  SmaltiWeights *weights;
} Fixture;

static void
add_params (SmaltiGraph *graph)
{
  smalti_graph_param (graph, "trunk.conv1.weight", SMALTI_SHAPE (64, 32, 3, 3), (SmaltiInit){ SMALTI_INIT_HE_FAN_OUT },
                      TRUE);
  smalti_graph_param (graph, "trunk.conv1.bias", SMALTI_SHAPE (64), (SmaltiInit){ SMALTI_INIT_ZERO }, FALSE);
  smalti_graph_state (graph, "trunk.bn1.running_var", SMALTI_SHAPE (64), (SmaltiInit){ SMALTI_INIT_ONE });
  smalti_graph_param (graph, "head.fc.weight", SMALTI_SHAPE (10, 400), (SmaltiInit){ SMALTI_INIT_UNIFORM_FAN_IN },
                      TRUE);
}

static void
set_up (Fixture *self, gconstpointer device)
{
  g_autoptr (GError) error = NULL;

  self->device = smalti_device_open (device, 1, &error);
  g_assert_no_error (error);
  self->graph = smalti_graph_new (TRUE);
  add_params (self->graph);
  self->weights = smalti_weights_new (self->device);
  smalti_weights_add_graph (self->weights, self->graph, SEED, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer device)
{
  smalti_weights_unref (self->weights);
  smalti_graph_free (self->graph);
  g_assert_cmpuint (self->device->allocated, ==, 0);
  smalti_device_close (self->device);
}

static void
moments (const SmaltiTensor *tensor, double *mean, double *deviation)
{
  gint64 n = smalti_tensor_size (tensor);
  double sum = 0, squares = 0;

  for (gint64 i = 0; i < n; i++)
    {
      sum += smalti_tensor_f32 (tensor)[i];
      squares += smalti_tensor_f32 (tensor)[i] * (double)smalti_tensor_f32 (tensor)[i];
    }
  *mean = sum / n;
  *deviation = sqrt (squares / n - *mean * *mean);
}

static void
weights_begin_as_their_papers_say (Fixture *self, gconstpointer device)
{
  g_autoptr (SmaltiTensor) conv = smalti_weights_read (self->weights, "trunk.conv1.weight");
  g_autoptr (SmaltiTensor) bias = smalti_weights_read (self->weights, "trunk.conv1.bias");
  g_autoptr (SmaltiTensor) var = smalti_weights_read (self->weights, "trunk.bn1.running_var");
  g_autoptr (SmaltiTensor) fc = smalti_weights_read (self->weights, "head.fc.weight");
  double mean, deviation, largest = 0;

  moments (conv, &mean, &deviation);
  g_assert_cmpfloat (fabs (mean), <, 0.002);
  g_assert_cmpfloat_with_epsilon (deviation, sqrt (2.0 / (64 * 9)), 0.001); /* He et al. 2015, fan out */
  moments (fc, &mean, &deviation);
  g_assert_cmpfloat_with_epsilon (deviation, 0.05 / sqrt (3), 0.001); /* uniform within 1 / sqrt (400) */
  for (gint64 i = 0; i < smalti_tensor_size (fc); i++)
    largest = fmax (largest, fabs (smalti_tensor_f32 (fc)[i]));
  g_assert_cmpfloat (largest, <=, 0.05);
  g_assert_cmpfloat (largest, >, 0.049);
  for (guint i = 0; i < 64; i++)
    {
      g_assert_cmpfloat (smalti_tensor_f32 (bias)[i], ==, 0);
      g_assert_cmpfloat (smalti_tensor_f32 (var)[i], ==, 1);
    }
  g_assert_cmpint (smalti_weights_n_params (self->weights), ==, 64 * 32 * 9 + 64 + 4000);
}

static void
a_parameter_s_draws_depend_on_its_name_and_the_seed_alone (Fixture *self, gconstpointer device)
{
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  g_autoptr (SmaltiWeights) alone = smalti_weights_new (self->device), other = smalti_weights_new (self->device);
  g_autoptr (SmaltiTensor) first = smalti_weights_read (self->weights, "head.fc.weight");
  g_autoptr (SmaltiTensor) second = NULL, third = NULL;

  smalti_graph_param (graph, "head.fc.weight", SMALTI_SHAPE (10, 400), (SmaltiInit){ SMALTI_INIT_UNIFORM_FAN_IN },
                      TRUE);
  g_assert_true (smalti_weights_add_graph (alone, graph, SEED, NULL));
  g_assert_true (smalti_weights_add_graph (other, graph, SEED + 1, NULL));
  second = smalti_weights_read (alone, "head.fc.weight");
  third = smalti_weights_read (other, "head.fc.weight");
  g_assert_cmpmem (first->data, first->n_bytes, second->data, second->n_bytes);
  g_assert_cmpint (memcmp (first->data, third->data, first->n_bytes), !=, 0);
}

static void
the_same_graph_again_changes_nothing (Fixture *self, gconstpointer device)
{
  g_autofree char *before = smalti_weights_hash (self->weights), *after = NULL;
  gsize allocated = self->device->allocated;
  g_autoptr (GError) error = NULL;

  smalti_weights_add_graph (self->weights, self->graph, SEED + 1, &error);
  g_assert_no_error (error);
  after = smalti_weights_hash (self->weights);
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpuint (self->device->allocated, ==, allocated);
}

static void
another_shape_under_the_same_name_is_refused (Fixture *self, gconstpointer device)
{
  g_autoptr (SmaltiGraph) graph = smalti_graph_new (TRUE);
  g_autoptr (GError) error = NULL;

  smalti_graph_param (graph, "head.fc.weight", SMALTI_SHAPE (12, 400), (SmaltiInit){ SMALTI_INIT_ZERO }, TRUE);
  g_assert_false (smalti_weights_add_graph (self->weights, graph, SEED, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, "head.fc.weight"));
}

static void
what_is_saved_is_loaded_to_the_bit (Fixture *self, gconstpointer device)
{
  g_autoptr (SmaltiTensorFile) file = smalti_tensor_file_new ();
  g_autoptr (SmaltiWeights) other = smalti_weights_new (self->device);
  g_autofree char *saved = smalti_weights_hash (self->weights), *before = NULL, *after = NULL;
  g_autoptr (GError) error = NULL;

  smalti_weights_save (self->weights, file, "model.");
  g_assert_true (smalti_weights_add_graph (other, self->graph, SEED + 1, NULL));
  before = smalti_weights_hash (other);
  g_assert_cmpstr (before, !=, saved);
  smalti_weights_load (other, file, "model.", "", &error);
  g_assert_no_error (error);
  after = smalti_weights_hash (other);
  g_assert_cmpstr (after, ==, saved);
}

static void
only_a_part_is_loaded_when_only_a_part_is_asked_for (Fixture *self, gconstpointer device)
{
  g_autoptr (SmaltiTensorFile) file = smalti_tensor_file_new ();
  g_autoptr (SmaltiWeights) other = smalti_weights_new (self->device);
  g_autoptr (SmaltiTensor) trunk = smalti_weights_read (self->weights, "trunk.conv1.weight");
  g_autoptr (SmaltiTensor) head = smalti_weights_read (self->weights, "head.fc.weight");
  g_autoptr (SmaltiTensor) other_trunk = NULL, other_head = NULL;
  g_autoptr (GError) error = NULL;

  smalti_weights_save (self->weights, file, "");
  g_assert_true (smalti_weights_add_graph (other, self->graph, SEED + 1, NULL));
  smalti_weights_load (other, file, "", "trunk.", &error);
  g_assert_no_error (error);
  other_trunk = smalti_weights_read (other, "trunk.conv1.weight");
  other_head = smalti_weights_read (other, "head.fc.weight");
  g_assert_cmpmem (trunk->data, trunk->n_bytes, other_trunk->data, other_trunk->n_bytes);
  g_assert_cmpint (memcmp (head->data, other_head->data, head->n_bytes), !=, 0);
}

static void
weights_of_another_network_are_refused_whole (Fixture *self, gconstpointer device)
{
  g_autoptr (SmaltiTensorFile) missing = smalti_tensor_file_new (), misshapen = smalti_tensor_file_new ();
  g_autoptr (SmaltiTensor) wrong = smalti_tensor_new (SMALTI_DTYPE_F32, SMALTI_SHAPE (11, 400));
  g_autoptr (SmaltiTensor) zero = smalti_tensor_new (SMALTI_DTYPE_F32, SMALTI_SHAPE (64, 32, 3, 3));
  g_autofree char *before = smalti_weights_hash (self->weights), *after = NULL;
  g_autoptr (GError) first = NULL, second = NULL;

  smalti_tensor_file_add (missing, "trunk.conv1.weight", zero);
  g_assert_false (smalti_weights_load (self->weights, missing, "", "", &first));
  g_assert_error (first, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT);
  g_assert_nonnull (strstr (first->message, "trunk.conv1.bias"));

  smalti_weights_save (self->weights, misshapen, "");
  smalti_tensor_file_add (misshapen, "trunk.conv1.weight", zero);
  smalti_tensor_file_add (misshapen, "head.fc.weight", wrong);
  g_assert_false (smalti_weights_load (self->weights, misshapen, "", "", &second));
  g_assert_error (second, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT);
  g_assert_nonnull (strstr (second->message, "head.fc.weight"));
  g_assert_nonnull (strstr (second->message, "11x400"));

  after = smalti_weights_hash (self->weights);
  g_assert_cmpstr (before, ==, after);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(device, function)                                                                                          \
  g_test_add ("/weights/" device "/" #function, Fixture, device, set_up, function, tear_down)
#define ADD_BOTH(function)                                                                                             \
  ADD ("reference", function);                                                                                         \
  ADD ("cpu", function)
  ADD_BOTH (weights_begin_as_their_papers_say);
  ADD_BOTH (a_parameter_s_draws_depend_on_its_name_and_the_seed_alone);
  ADD_BOTH (the_same_graph_again_changes_nothing);
  ADD_BOTH (another_shape_under_the_same_name_is_refused);
  ADD_BOTH (what_is_saved_is_loaded_to_the_bit);
  ADD_BOTH (only_a_part_is_loaded_when_only_a_part_is_asked_for);
  ADD_BOTH (weights_of_another_network_are_refused_whole);
  return g_test_run ();
}
