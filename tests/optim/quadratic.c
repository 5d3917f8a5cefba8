/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/optim/quadratic.h"

#include <string.h>

static SmaltiValue *
add_param (SmaltiGraph *graph, const char *name, gint n, gboolean decays)
{
  SmaltiValue *param = smalti_graph_param (graph, name, SMALTI_SHAPE (1, n), (SmaltiInit){ SMALTI_INIT_ONE }, decays);

  return smalti_mse (graph, name, param, smalti_graph_fill (graph, param->shape, 0));
}

static void
build (Quadratic *self, const char *frozen)
{
  g_autoptr (GError) error = NULL;
  SmaltiValue *w, *b, *loss;

  self->graph = smalti_graph_new (TRUE);
  w = add_param (self->graph, "w", self->n_w, TRUE);
  b = add_param (self->graph, "b", self->n_b, FALSE);
  loss = smalti_add (self->graph, "loss", w, b);
  if (frozen != NULL)
    smalti_graph_freeze (self->graph, frozen);
  smalti_graph_differentiate (self->graph, loss, NULL, 0, &error);
  g_assert_no_error (error);
  self->program
      = smalti_program_compile (self->graph, &loss, 1, self->device, SMALTI_PRECISION_F32, self->weights, 1, &error);
  g_assert_no_error (error);
}

Quadratic
quadratic_new (const char *device, gint n_w, gint n_b, const char *frozen, const char *first_key, ...)
{
  g_autoptr (GError) error = NULL;
  Quadratic self = { .device = smalti_device_open (device, 2, &error), .n_w = n_w, .n_b = n_b };
  va_list settings;

  g_assert_no_error (error);
  self.weights = smalti_weights_new (self.device);
  self.values = smalti_values_new (smalti_optimizer_params);
  va_start (settings, first_key);
  for (const char *key = first_key; key != NULL; key = va_arg (settings, const char *))
    {
      smalti_values_set (self.values, key, va_arg (settings, const char *), &error);
      g_assert_no_error (error);
    }
  va_end (settings);
  build (&self, frozen);
  return self;
}

void
quadratic_optimize (Quadratic *self, guint batch, guint64 n_steps)
{
  g_autoptr (GError) error = NULL;

  self->optimizer = smalti_optimizer_new (self->values, self->program, batch, n_steps, &error);
  g_assert_no_error (error);
}

void
quadratic_set (Quadratic *self, const char *name, const gfloat *numbers)
{
  g_autoptr (SmaltiTensor) tensor = smalti_weights_read (self->weights, name);
  g_autoptr (GError) error = NULL;

  memcpy (tensor->data, numbers, tensor->n_bytes);
  smalti_weights_write (self->weights, name, tensor, &error);
  g_assert_no_error (error);
}

gfloat
quadratic_get (Quadratic *self, const char *name, gint i)
{
  g_autoptr (SmaltiTensor) tensor = smalti_weights_read (self->weights, name);

  return smalti_tensor_f32 (tensor)[i];
}

void
quadratic_step (Quadratic *self, guint64 step)
{
  SmaltiRunContext context = { .seed = 1, .step = step };

  smalti_program_run (self->program, &context);
  smalti_optimizer_step (self->optimizer, step);
}

void
quadratic_clear (Quadratic *self)
{
  g_clear_pointer (&self->optimizer, smalti_optimizer_free);
  g_clear_pointer (&self->program, smalti_program_free);
  g_clear_pointer (&self->graph, smalti_graph_free);
  g_clear_pointer (&self->weights, smalti_weights_unref);
  g_clear_pointer (&self->device, smalti_device_close);
  g_clear_pointer (&self->values, smalti_values_unref);
}
