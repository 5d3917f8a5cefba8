/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ops/trial.h"

#include <math.h>
#include <string.h>

#include "core/base/random.h"

/* Dropout draws by these. */
static const SmaltiRunContext context = { .seed = 7, .step = 3 };

static void
source_clear (gpointer data)
{
  smalti_tensor_unref (((Source *)data)->tensor);
}

static void
watched_clear (gpointer data)
{
  g_free (((Watched *)data)->label);
}

Trial *
trial_new (const char *seed, gboolean training, gboolean hidden)
{
  Trial *self = g_new0 (Trial, 1);

  self->graph = smalti_graph_new (training);
  self->seed = g_str_hash (seed);
  self->hidden = hidden;
  self->sources = g_array_new (FALSE, TRUE, sizeof (Source));
  g_array_set_clear_func (self->sources, source_clear);
  self->wrt = g_ptr_array_new ();
  self->watched = g_array_new (FALSE, TRUE, sizeof (Watched));
  g_array_set_clear_func (self->watched, watched_clear);
  return self;
}

void
trial_free (Trial *self)
{
  g_array_unref (self->sources);
  g_ptr_array_unref (self->wrt);
  g_array_unref (self->watched);
  smalti_graph_free (self->graph);
  g_free (self);
}

/* Divides by the sum over dimension 1. */
static void
make_distribution (gfloat *x, SmaltiShape shape)
{
  const gint64 n_classes = shape.dim[1], inner = smalti_shape_size (shape) / (shape.dim[0] * n_classes);

  for (gint64 p = 0; p < shape.dim[0] * inner; p++)
    {
      gfloat *zero = x + p / inner * n_classes * inner + p % inner;
      gdouble sum = 0;

      for (gint64 c = 0; c < n_classes; c++)
        sum += zero[c * inner];
      for (gint64 c = 0; c < n_classes; c++)
        zero[c * inner] /= sum;
    }
}

static gfloat
draw_float (SmaltiRandom *random, Data data)
{
  switch (data)
    {
    case DATA_SHIFTED:
      return 8 + smalti_random_normal (random);
    case DATA_LARGE:
      return 30 * smalti_random_normal (random);
    case DATA_POSITIVE:
    case DATA_DISTRIBUTION:
      return smalti_random_range (random, 0.5f, 1.5f);
    case DATA_TIES:
      return (gint)smalti_random_int (random, 3) - 1;
    case DATA_ZERO:
      return 0;
    default:
      return smalti_random_normal (random);
    }
}

static gint32
draw_index (SmaltiRandom *random, Data data, gint n_classes, gint64 i)
{
  gint32 index = smalti_random_int (random, n_classes);

  return data == DATA_NO_INDEX || (data == DATA_INDEX_OR_NONE && i % 3 == 0) ? -1 : index;
}

/* Every source has draws of its own, whatever the others' sizes. */
static SmaltiValue *
add_source (Trial *self, SmaltiValue *value, Data data, gint n_classes)
{
  const gboolean whole = value->klass == SMALTI_CLASS_I32;
  Source source = { value, smalti_tensor_new (whole ? SMALTI_DTYPE_I32 : SMALTI_DTYPE_F32, value->shape) };
  SmaltiRandom random;

  smalti_random_init (&random, self->seed, SMALTI_STREAM_TEST, 0, self->sources->len);
  for (gint64 i = 0; i < smalti_tensor_size (source.tensor); i++)
    if (whole)
      smalti_tensor_i32 (source.tensor)[i] = draw_index (&random, data, n_classes, i);
    else
      smalti_tensor_f32 (source.tensor)[i] = draw_float (&random, data);
  if (data == DATA_DISTRIBUTION)
    make_distribution (smalti_tensor_f32 (source.tensor), value->shape);
  g_array_append_val (self->sources, source);
  return value;
}

/* A value of the same numbers that the program does not keep. */
static SmaltiValue *
copy (Trial *self, SmaltiValue *value)
{
  g_autofree char *name = g_strconcat ("copy of ", value->name, NULL);

  return smalti_scale (self->graph, name, value, 1);
}

SmaltiValue *
trial_constant (Trial *self, const char *name, SmaltiValueClass klass, SmaltiShape shape, Data data, gint n_classes)
{
  return add_source (self, smalti_graph_input (self->graph, name, klass, shape), data, n_classes);
}

SmaltiValue *
trial_input (Trial *self, const char *name, SmaltiValueClass klass, SmaltiShape shape, Data data, gint n_classes)
{
  SmaltiValue *value = trial_constant (self, name, klass, shape, data, n_classes);

  g_ptr_array_add (self->wrt, value);
  return self->hidden ? copy (self, value) : value;
}

SmaltiValue *
trial_param (Trial *self, const char *name, SmaltiShape shape, Data data)
{
  return add_source (self, smalti_graph_param (self->graph, name, shape, (SmaltiInit){ SMALTI_INIT_ZERO }, TRUE), data,
                     0);
}

SmaltiValue *
trial_state (Trial *self, const char *name, SmaltiShape shape, Data data)
{
  return add_source (self, smalti_graph_state (self->graph, name, shape, (SmaltiInit){ SMALTI_INIT_ZERO }), data, 0);
}

void
trial_set (Trial *self, SmaltiValue *value, const gdouble *numbers, gint64 n)
{
  for (guint s = 0; s < self->sources->len; s++)
    {
      const Source *source = &g_array_index (self->sources, Source, s);

      if (source->value != value)
        continue;
      g_assert_cmpint (smalti_tensor_size (source->tensor), ==, n);
      for (gint64 i = 0; i < n; i++)
        if (source->tensor->dtype == SMALTI_DTYPE_I32)
          smalti_tensor_i32 (source->tensor)[i] = numbers[i];
        else
          smalti_tensor_f32 (source->tensor)[i] = numbers[i];
      return;
    }
  g_assert_not_reached ();
}

static void
watch (Trial *self, SmaltiValue *value, char *label, SmaltiValue *of)
{
  Watched watched = { value, label, of != NULL, of };

  g_array_append_val (self->watched, watched);
}

static void
watch_gradient (Trial *self, SmaltiValue *value)
{
  SmaltiValue *gradient = smalti_graph_gradient (self->graph, value);

  if (gradient == NULL)
    g_error ("no gradient of %s", value->name);
  watch (self, gradient, g_strconcat ("d", value->name, NULL), value);
}

static SmaltiValue *
loss_of (Trial *self, SmaltiValue *y)
{
  if (y->shape.n_dims == 0)
    return smalti_scale (self->graph, "tripled", y, 3);
  return smalti_mse (self->graph, "loss", y, trial_constant (self, "target", y->klass, y->shape, DATA_NORMAL, 0));
}

static void
differentiate (Trial *self)
{
  g_autoptr (GError) error = NULL;

  smalti_graph_differentiate (self->graph, self->loss, (SmaltiValue **)self->wrt->pdata, self->wrt->len, &error);
  g_assert_no_error (error);
  watch (self, self->loss, g_strdup ("loss"), NULL);
  for (guint i = 0; i < self->wrt->len; i++)
    watch_gradient (self, self->wrt->pdata[i]);
  for (guint s = 0; s < self->sources->len; s++)
    if (g_array_index (self->sources, Source, s).value->producer->op == SMALTI_OP_PARAM)
      watch_gradient (self, g_array_index (self->sources, Source, s).value);
}

void
trial_finish (Trial *self, SmaltiValue *y, gboolean fuse, gboolean forward_only)
{
  g_autoptr (GError) error = NULL;

  if (self->hidden)
    y = copy (self, y);
  self->y = y;
  self->loss = forward_only ? NULL : loss_of (self, y);
  smalti_graph_check (self->graph, &error);
  g_assert_no_error (error);
  if (fuse)
    smalti_graph_fuse (self->graph, (SmaltiValue *[]){ self->y, self->loss }, forward_only ? 1 : 2);
  for (guint i = 0; i < y->producer->n_outputs; i++)
    watch (self, y->producer->output[i], i == 0 ? g_strdup ("y") : g_strdup_printf ("y%u", i), NULL);
  for (guint s = 0; s < self->sources->len; s++)
    {
      SmaltiValue *value = g_array_index (self->sources, Source, s).value;

      if (value->producer->op == SMALTI_OP_STATE)
        watch (self, value, g_strdup (value->name), NULL);
    }
  if (!forward_only)
    differentiate (self);
}

guint
trial_count (const Trial *self, SmaltiOp op)
{
  guint n = 0;

  for (guint i = 0; i < smalti_graph_get_n_nodes (self->graph); i++)
    n += smalti_graph_get_node (self->graph, i)->op == op;
  return n;
}

void
trial_round_to_bf16 (Trial *self)
{
  for (guint s = 0; s < self->sources->len; s++)
    {
      SmaltiTensor *tensor = g_array_index (self->sources, Source, s).tensor;

      if (tensor->dtype != SMALTI_DTYPE_F32)
        continue;
      for (gint64 i = 0; i < smalti_tensor_size (tensor); i++)
        smalti_tensor_f32 (tensor)[i] = smalti_bf16_to_f32 (smalti_bf16_from_f32 (smalti_tensor_f32 (tensor)[i]));
    }
}

static gboolean
is_weight (const SmaltiValue *value)
{
  return value->producer->op == SMALTI_OP_PARAM || value->producer->op == SMALTI_OP_STATE;
}

gboolean
run_init (Run *self, const Trial *trial, SmaltiDevice *device, SmaltiPrecision precision, GError **error)
{
  g_autoptr (GPtrArray) outputs = g_ptr_array_new ();

  *self = (Run){ .trial = trial, .device = device, .precision = precision };
  for (guint i = 0; i < trial->watched->len; i++)
    if (!is_weight (g_array_index (trial->watched, Watched, i).value))
      g_ptr_array_add (outputs, g_array_index (trial->watched, Watched, i).value);
  self->weights = smalti_weights_new (device);
  self->program = smalti_program_compile (trial->graph, (SmaltiValue **)outputs->pdata, outputs->len, device, precision,
                                          self->weights, 1, error);
  return self->program != NULL;
}

void
run_clear (Run *self)
{
  g_clear_pointer (&self->program, smalti_program_free);
  g_clear_pointer (&self->weights, smalti_weights_unref);
}

static SmaltiBuffer
buffer_of (Run *self, SmaltiValue *value)
{
  return is_weight (value) ? smalti_weights_buffer (self->weights, value->name)
                           : smalti_program_buffer (self->program, value);
}

void
run_write_source (Run *self, const Source *source, const SmaltiTensor *tensor)
{
  if (is_weight (source->value))
    self->device->klass->write (self->device, source->value, self->precision, buffer_of (self, source->value), tensor);
  else
    smalti_program_write (self->program, source->value, tensor);
  smalti_device_wait (self->device);
}

void
run_write (Run *self)
{
  for (guint s = 0; s < self->trial->sources->len; s++)
    {
      const Source *source = &g_array_index (self->trial->sources, Source, s);

      run_write_source (self, source, source->tensor);
    }
}

void
run_poison (Run *self)
{
  for (guint i = 0; i < self->trial->watched->len; i++)
    {
      SmaltiValue *value = g_array_index (self->trial->watched, Watched, i).value;
      g_autoptr (SmaltiTensor) tensor = NULL;

      if (is_weight (value))
        continue;
      tensor = smalti_tensor_new (value->klass == SMALTI_CLASS_I32 ? SMALTI_DTYPE_I32 : SMALTI_DTYPE_F32, value->shape);
      memset (tensor->data, 0xff, tensor->n_bytes); /* -1, not a number */
      self->device->klass->write (self->device, value, self->precision, buffer_of (self, value), tensor);
      smalti_device_wait (self->device);
    }
}

void
run_go (Run *self)
{
  smalti_program_run (self->program, &context);
  smalti_device_wait (self->device);
}

SmaltiTensor *
run_read (Run *self, SmaltiValue *value)
{
  const gboolean exact = self->device->klass == &smalti_reference_device_class;
  const SmaltiDType dtype = value->klass == SMALTI_CLASS_I32 ? SMALTI_DTYPE_I32
                            : exact                          ? SMALTI_DTYPE_F64
                                                             : SMALTI_DTYPE_F32;
  g_autoptr (SmaltiTensor) tensor = smalti_tensor_new (dtype, value->shape);

  self->device->klass->read (self->device, value, self->precision, buffer_of (self, value), tensor);
  return smalti_tensor_convert (tensor, SMALTI_DTYPE_F64);
}
