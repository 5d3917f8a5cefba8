/* SPDX-License-Identifier: Apache-2.0 */
/* Weights live in one device buffer each, in the device's layout for parameters, which is the same for every precision;
 * on the host they are f32, row major, under torchvision's names. */
#include "core/device/weights.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/random.h"

typedef struct
{
  SmaltiValue value; /* name, shape and class: what a device must know of it */
  SmaltiBuffer buffer;
  gboolean is_param;
} Weight;

struct _SmaltiWeights
{
  SmaltiDevice *device;
  GPtrArray *order; /* Weight, in the order in which graphs named them */
  GHashTable *by_name;
  gint ref_count;
};

SmaltiWeights *
smalti_weights_new (SmaltiDevice *device)
{
  SmaltiWeights *self = g_new0 (SmaltiWeights, 1);

  self->device = device;
  self->order = g_ptr_array_new ();
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->ref_count = 1;
  return self;
}

SmaltiWeights *
smalti_weights_ref (SmaltiWeights *self)
{
  self->ref_count++;
  return self;
}

static void
weight_free (SmaltiDevice *device, Weight *weight)
{
  if (weight->buffer.data != NULL)
    device->klass->release (device, &weight->buffer);
  g_free (weight->value.name);
  g_free (weight);
}

void
smalti_weights_unref (SmaltiWeights *self)
{
  if (self == NULL || --self->ref_count > 0)
    return;
  for (guint i = 0; i < self->order->len; i++)
    weight_free (self->device, self->order->pdata[i]);
  g_ptr_array_unref (self->order);
  g_hash_table_unref (self->by_name);
  g_free (self);
}

static Weight *
find (const SmaltiWeights *self, const char *name)
{
  return g_hash_table_lookup (self->by_name, name);
}

/* What a kernel (O, I, KH, KW) or matrix (O, I) sums over for one output, and spreads one input to. */
static void
fans (SmaltiShape shape, gdouble *fan_in, gdouble *fan_out)
{
  gdouble field = 1;

  for (guint i = 2; i < shape.n_dims; i++)
    field *= shape.dim[i];
  *fan_in = (shape.n_dims > 1 ? shape.dim[1] : 1) * field;
  *fan_out = (shape.n_dims > 0 ? shape.dim[0] : 1) * field;
}

/* FNV-1a, 64 bits: the draws of a parameter depend on its name, not on what else is in the graph. */
static guint64
hash_name (const char *name)
{
  guint64 hash = 0xcbf29ce484222325u;

  for (const guchar *c = (const guchar *)name; *c != '\0'; c++)
    hash = (hash ^ *c) * 0x100000001b3u;
  return hash;
}

static void
draw_normal (gfloat *data, gint64 n, SmaltiRandom *random, gdouble deviation)
{
  for (gint64 i = 0; i < n; i++)
    data[i] = deviation * smalti_random_normal (random);
}

static void
draw_uniform (gfloat *data, gint64 n, SmaltiRandom *random, gdouble limit)
{
  for (gint64 i = 0; i < n; i++)
    data[i] = smalti_random_range (random, -limit, limit);
}

static SmaltiTensor *
draw_initial (const SmaltiValue *value, guint64 seed)
{
  SmaltiTensor *tensor = smalti_tensor_new (SMALTI_DTYPE_F32, value->shape);
  gint64 n = smalti_tensor_size (tensor);
  gfloat *data = smalti_tensor_f32 (tensor);
  gdouble fan_in, fan_out;
  SmaltiRandom random;

  smalti_random_init (&random, seed, SMALTI_STREAM_INIT, 0, hash_name (value->name));
  fans (value->shape, &fan_in, &fan_out);
  switch (value->init.kind)
    {
    case SMALTI_INIT_ZERO:
      break;
    case SMALTI_INIT_ONE:
      for (gint64 i = 0; i < n; i++)
        data[i] = 1;
      break;
    case SMALTI_INIT_NORMAL:
      draw_normal (data, n, &random, value->init.scale);
      break;
    case SMALTI_INIT_UNIFORM:
      draw_uniform (data, n, &random, value->init.scale);
      break;
    case SMALTI_INIT_HE_FAN_OUT:
      draw_normal (data, n, &random, sqrt (2 / fan_out));
      break;
    case SMALTI_INIT_HE_FAN_IN:
      draw_normal (data, n, &random, sqrt (2 / fan_in));
      break;
    case SMALTI_INIT_XAVIER:
      draw_uniform (data, n, &random, sqrt (6 / (fan_in + fan_out)));
      break;
    case SMALTI_INIT_UNIFORM_FAN_IN:
      draw_uniform (data, n, &random, 1 / sqrt (fan_in));
      break;
    }
  return tensor;
}

static gboolean
add (SmaltiWeights *self, const SmaltiValue *value, guint64 seed, GError **error)
{
  SmaltiDevice *device = self->device;
  Weight *weight = g_new0 (Weight, 1);
  g_autoptr (SmaltiTensor) initial = NULL;

  weight->value.name = g_strdup (value->name);
  weight->value.shape = value->shape;
  weight->value.klass = value->klass;
  weight->is_param = value->producer->op == SMALTI_OP_PARAM;
  if (!device->klass->alloc (device, device->klass->storage (device, &weight->value, SMALTI_PRECISION_F32),
                             &weight->buffer, error))
    {
      weight_free (device, weight);
      return FALSE;
    }
  if (device->planning == NULL) /* else nobody will read them, and drawing takes time */
    {
      initial = draw_initial (value, seed);
      device->klass->write (device, &weight->value, SMALTI_PRECISION_F32, weight->buffer, initial);
    }
  g_ptr_array_add (self->order, weight);
  g_hash_table_insert (self->by_name, weight->value.name, weight);
  return TRUE;
}

gboolean
smalti_weights_add_graph (SmaltiWeights *self, const SmaltiGraph *graph, guint64 seed, GError **error)
{
  for (guint i = 0; i < smalti_graph_get_n_values (graph); i++)
    {
      const SmaltiValue *value = smalti_graph_get_value (graph, i);
      const Weight *there;

      if (value->producer->op != SMALTI_OP_PARAM && value->producer->op != SMALTI_OP_STATE)
        continue;
      there = find (self, value->name);
      if (there == NULL && !add (self, value, seed, error))
        return FALSE;
      if (there != NULL && !smalti_shape_equal (there->value.shape, value->shape))
        {
          g_autofree char *is = smalti_shape_to_text (there->value.shape);
          g_autofree char *wanted = smalti_shape_to_text (value->shape);

          g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_SHAPE, _ ("%s is %s in the weights, and %s in the network."),
                       value->name, is, wanted);
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
smalti_weights_contains (const SmaltiWeights *self, const char *name)
{
  return find (self, name) != NULL;
}

SmaltiBuffer
smalti_weights_buffer (const SmaltiWeights *self, const char *name)
{
  const Weight *weight = find (self, name);

  g_assert (weight != NULL);
  return weight->buffer;
}

static SmaltiTensor *
read_weight (const SmaltiWeights *self, const Weight *weight)
{
  SmaltiTensor *tensor = smalti_tensor_new (SMALTI_DTYPE_F32, weight->value.shape);

  self->device->klass->read (self->device, &weight->value, SMALTI_PRECISION_F32, weight->buffer, tensor);
  return tensor;
}

static void
write_weight (SmaltiWeights *self, const Weight *weight, const SmaltiTensor *tensor)
{
  g_autoptr (SmaltiTensor) converted
      = tensor->dtype == SMALTI_DTYPE_F32 ? NULL : smalti_tensor_convert (tensor, SMALTI_DTYPE_F32);

  self->device->klass->write (self->device, &weight->value, SMALTI_PRECISION_F32, weight->buffer,
                              converted != NULL ? converted : tensor);
  smalti_device_wait (self->device); /* @converted is about to go */
}

SmaltiTensor *
smalti_weights_read (const SmaltiWeights *self, const char *name)
{
  const Weight *weight = find (self, name);

  g_assert (weight != NULL);
  return read_weight (self, weight);
}

static gboolean
check_tensor (const Weight *weight, const SmaltiTensor *tensor, GError **error)
{
  if (tensor == NULL)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT,
                   _ ("The weights have no “%s”: they are of another network."), weight->value.name);
      return FALSE;
    }
  if (!smalti_shape_equal (tensor->shape, weight->value.shape))
    {
      g_autofree char *is = smalti_shape_to_text (tensor->shape);
      g_autofree char *wanted = smalti_shape_to_text (weight->value.shape);

      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT,
                   _ ("“%s” is %s in the weights, and %s in the network: they are of another network."),
                   weight->value.name, is, wanted);
      return FALSE;
    }
  return TRUE;
}

gboolean
smalti_weights_write (SmaltiWeights *self, const char *name, const SmaltiTensor *tensor, GError **error)
{
  const Weight *weight = find (self, name);

  g_assert (weight != NULL);
  if (!check_tensor (weight, tensor, error))
    return FALSE;
  write_weight (self, weight, tensor);
  return TRUE;
}

void
smalti_weights_save (const SmaltiWeights *self, SmaltiTensorFile *file, const char *prefix)
{
  for (guint i = 0; i < self->order->len; i++)
    {
      const Weight *weight = self->order->pdata[i];
      g_autofree char *name = g_strconcat (prefix, weight->value.name, NULL);
      g_autoptr (SmaltiTensor) tensor = read_weight (self, weight);

      smalti_tensor_file_add (file, name, tensor);
    }
}

gboolean
smalti_weights_load (SmaltiWeights *self, const SmaltiTensorFile *file, const char *prefix, const char *only,
                     GError **error)
{
  g_autoptr (GPtrArray) tensors = g_ptr_array_new (); /* beside the weights; NULL: not asked for */

  for (guint i = 0; i < self->order->len; i++)
    {
      const Weight *weight = self->order->pdata[i];
      g_autofree char *name = g_strconcat (prefix, weight->value.name, NULL);
      gboolean wanted = g_str_has_prefix (weight->value.name, only);
      SmaltiTensor *tensor = wanted ? smalti_tensor_file_get (file, name) : NULL;

      if (wanted && !check_tensor (weight, tensor, error))
        return FALSE;
      g_ptr_array_add (tensors, tensor);
    }
  for (guint i = 0; i < self->order->len; i++)
    if (tensors->pdata[i] != NULL)
      write_weight (self, self->order->pdata[i], tensors->pdata[i]);
  return TRUE;
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  const Weight *first = *(const Weight *const *)a, *second = *(const Weight *const *)b;

  return strcmp (first->value.name, second->value.name);
}

char *
smalti_weights_hash (const SmaltiWeights *self)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_copy (self->order, NULL, NULL);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  g_ptr_array_sort (sorted, compare_names);
  for (guint i = 0; i < sorted->len; i++)
    {
      const Weight *weight = sorted->pdata[i];
      g_autoptr (SmaltiTensor) tensor = read_weight (self, weight);

      g_checksum_update (checksum, (const guchar *)weight->value.name, strlen (weight->value.name) + 1);
      g_checksum_update (checksum, tensor->data, tensor->n_bytes);
    }
  return g_strdup (g_checksum_get_string (checksum));
}

gint64
smalti_weights_n_params (const SmaltiWeights *self)
{
  gint64 n = 0;

  for (guint i = 0; i < self->order->len; i++)
    {
      const Weight *weight = self->order->pdata[i];

      if (weight->is_param)
        n += smalti_shape_size (weight->value.shape);
    }
  return n;
}
