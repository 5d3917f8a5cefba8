/* SPDX-License-Identifier: Apache-2.0 */
/* Binds parameters, their gradients and their states together once, so that a step is one call of the device.
 *
 * States lie on the device in the layout of their parameter, and cross to files as row-major f32 as weights do: a
 * checkpoint can go on another device. The only state beside them is the step, which the caller gives. */
#include "core/optim/optimizer.h"

#include "core/base/error.h"
#include "core/optim/schedule-private.h"

#define ADAMW_EPS  1e-8f
#define MAX_STATES 2

struct _SmaltiOptimizer
{
  SmaltiDevice *device;
  SmaltiSchedule schedule;
  SmaltiUpdateRule rule;
  guint n_states;    /* of each parameter */
  GArray *items;     /* SmaltiUpdateItem */
  GPtrArray *params; /* SmaltiValue of each item; the graph's */
  SmaltiBuffer norm;
  SmaltiValue scalar; /* what a device must know of the norm */
  gsize n_bytes;
};

static gboolean
alloc (SmaltiOptimizer *self, const SmaltiValue *value, SmaltiBuffer *buffer, GError **error)
{
  const SmaltiDeviceClass *klass = self->device->klass;
  gsize n_bytes = klass->storage (self->device, value, SMALTI_PRECISION_F32);

  if (!klass->alloc (self->device, n_bytes, buffer, error))
    return FALSE;
  self->n_bytes += n_bytes;
  return TRUE;
}

static gboolean
add_item (SmaltiOptimizer *self, SmaltiProgram *program, SmaltiValue *param, SmaltiValue *gradient, gfloat decay,
          gboolean decay_norms, GError **error)
{
  SmaltiUpdateItem item = {
    .param = smalti_weights_buffer (smalti_program_get_weights (program), param->name),
    .grad = smalti_program_buffer (program, gradient),
    .n_elements = smalti_shape_size (param->shape),
    .weight_decay = param->decays || decay_norms ? decay : 0,
    .adapt = param->decays, /* what does not decay is a norm or a bias */
  };
  gboolean done = TRUE;

  for (guint i = 0; i < self->n_states && done; i++)
    done = alloc (self, param, &item.state[i], error);
  g_array_append_val (self->items, item); /* whatever it holds is released with it */
  g_ptr_array_add (self->params, param);
  return done;
}

static gboolean
add_items (SmaltiOptimizer *self, const SmaltiValues *values, SmaltiProgram *program, GError **error)
{
  SmaltiGraph *graph = smalti_program_get_graph (program);
  gfloat decay = smalti_values_get_float (values, "weight_decay");
  gboolean decay_norms = smalti_values_get_bool (values, "decay_norms");

  for (guint i = 0; i < smalti_graph_get_n_values (graph); i++)
    {
      SmaltiValue *value = smalti_graph_get_value (graph, i);
      SmaltiValue *gradient = NULL;

      if (value->producer->op == SMALTI_OP_PARAM && value->trainable)
        gradient = smalti_graph_gradient (graph, value);
      if (gradient != NULL && !add_item (self, program, value, gradient, decay, decay_norms, error))
        return FALSE;
    }
  if (self->items->len > 0)
    return TRUE;
  g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                       _ ("There is nothing to train: the loss depends on no parameter that may change."));
  return FALSE;
}

SmaltiOptimizer *
smalti_optimizer_new (const SmaltiValues *values, SmaltiProgram *program, guint batch, guint64 n_steps, GError **error)
{
  g_autoptr (SmaltiOptimizer) self = g_new0 (SmaltiOptimizer, 1);
  SmaltiUpdateKind kind = smalti_values_get_choice (values, "optimizer");

  self->device = smalti_program_get_device (program);
  self->items = g_array_new (FALSE, TRUE, sizeof (SmaltiUpdateItem));
  self->params = g_ptr_array_new ();
  self->n_states = kind == SMALTI_UPDATE_ADAMW ? 2 : 1;
  self->scalar = (SmaltiValue){ .shape = SMALTI_SCALAR, .klass = SMALTI_CLASS_F32 };
  self->rule = (SmaltiUpdateRule){
    .kind = kind,
    .nesterov = smalti_values_get_bool (values, "nesterov"),
    .momentum = smalti_values_get_float (values, "momentum"),
    .beta1 = smalti_values_get_float (values, "beta1"),
    .beta2 = smalti_values_get_float (values, "beta2"),
    .eps = ADAMW_EPS,
    .trust = smalti_values_get_float (values, "trust"),
    .clip_norm = smalti_values_get_float (values, "clip_norm"),
  };
  smalti_schedule_init (&self->schedule, values, batch, n_steps);
  if (!alloc (self, &self->scalar, &self->norm, error) || !add_items (self, values, program, error))
    return NULL;
  return g_steal_pointer (&self);
}

static void
release (SmaltiOptimizer *self, SmaltiBuffer *buffer)
{
  if (buffer->data != NULL)
    self->device->klass->release (self->device, buffer);
}

void
smalti_optimizer_free (SmaltiOptimizer *self)
{
  if (self == NULL)
    return;
  smalti_device_wait (self->device);
  for (guint i = 0; i < self->items->len; i++)
    for (guint j = 0; j < MAX_STATES; j++)
      release (self, &g_array_index (self->items, SmaltiUpdateItem, i).state[j]);
  release (self, &self->norm);
  g_array_unref (self->items);
  g_ptr_array_unref (self->params);
  smalti_schedule_clear (&self->schedule);
  g_free (self);
}

void
smalti_optimizer_step (SmaltiOptimizer *self, guint64 step)
{
  self->rule.lr = smalti_schedule_lr (&self->schedule, step);
  self->rule.step = step + 1;
  self->device->klass->update (self->device, &self->rule, (const SmaltiUpdateItem *)self->items->data, self->items->len,
                               self->norm);
}

void
smalti_optimizer_replan (SmaltiOptimizer *self, const SmaltiValues *values, guint batch, guint64 n_steps, guint64 from,
                         gdouble place)
{
  smalti_schedule_clear (&self->schedule);
  smalti_schedule_init (&self->schedule, values, batch, n_steps);
  self->schedule.from = from;
  self->schedule.place = place;
}

gdouble
smalti_optimizer_place (const SmaltiOptimizer *self, guint64 step)
{
  return smalti_schedule_place (&self->schedule, step) / MAX (self->schedule.n_steps, 1);
}

gfloat
smalti_optimizer_lr (const SmaltiOptimizer *self, guint64 step)
{
  return smalti_schedule_lr (&self->schedule, step);
}

gfloat
smalti_optimizer_grad_norm (SmaltiOptimizer *self)
{
  gfloat norm = 0;
  SmaltiTensor tensor = { .dtype = SMALTI_DTYPE_F32, .data = &norm, .n_bytes = sizeof norm };

  self->device->klass->read (self->device, &self->scalar, SMALTI_PRECISION_F32, self->norm, &tensor);
  return norm;
}

gsize
smalti_optimizer_bytes (const SmaltiOptimizer *self)
{
  return self->n_bytes;
}

static char *
state_name (const SmaltiOptimizer *self, guint item, guint state)
{
  const SmaltiValue *param = self->params->pdata[item];

  return g_strdup_printf ("optimizer.%s.%u", param->name, state);
}

void
smalti_optimizer_save (SmaltiOptimizer *self, SmaltiTensorFile *file)
{
  for (guint i = 0; i < self->items->len; i++)
    for (guint j = 0; j < self->n_states; j++)
      {
        const SmaltiValue *param = self->params->pdata[i];
        const SmaltiUpdateItem *item = &g_array_index (self->items, SmaltiUpdateItem, i);
        g_autofree char *name = state_name (self, i, j);
        g_autoptr (SmaltiTensor) tensor = smalti_tensor_new (SMALTI_DTYPE_F32, param->shape);

        self->device->klass->read (self->device, param, SMALTI_PRECISION_F32, item->state[j], tensor);
        smalti_tensor_file_add (file, name, tensor);
      }
}

static gboolean
check_state (const SmaltiOptimizer *self, const SmaltiTensorFile *file, guint item, guint state, GError **error)
{
  const SmaltiValue *param = self->params->pdata[item];
  g_autofree char *name = state_name (self, item, state);
  const SmaltiTensor *tensor = smalti_tensor_file_get (file, name);

  if (tensor == NULL)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT,
                   _ ("The checkpoint has no “%s”: it was written with another optimizer or another network."), name);
      return FALSE;
    }
  if (!smalti_shape_equal (tensor->shape, param->shape))
    {
      g_autofree char *is = smalti_shape_to_text (tensor->shape), *wanted = smalti_shape_to_text (param->shape);

      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT,
                   _ ("“%s” is %s in the checkpoint, and %s in the network."), name, is, wanted);
      return FALSE;
    }
  return TRUE;
}

/* All are looked at before the first is changed. */
gboolean
smalti_optimizer_load (SmaltiOptimizer *self, const SmaltiTensorFile *file, GError **error)
{
  for (guint i = 0; i < self->items->len; i++)
    for (guint j = 0; j < self->n_states; j++)
      if (!check_state (self, file, i, j, error))
        return FALSE;
  for (guint i = 0; i < self->items->len; i++)
    for (guint j = 0; j < self->n_states; j++)
      {
        const SmaltiUpdateItem *item = &g_array_index (self->items, SmaltiUpdateItem, i);
        g_autofree char *name = state_name (self, i, j);
        g_autoptr (SmaltiTensor) tensor = smalti_tensor_convert (smalti_tensor_file_get (file, name), SMALTI_DTYPE_F32);

        self->device->klass->write (self->device, self->params->pdata[i], SMALTI_PRECISION_F32, item->state[j], tensor);
        smalti_device_wait (self->device); /* @tensor is about to go */
      }
  return TRUE;
}
