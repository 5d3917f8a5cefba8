/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ops/updates.h"

#include <math.h>

#include "core/base/random.h"

#define MAX_PARAMS 3

/* Parameters on a device as an optimizer holds them. */
typedef struct
{
  SmaltiDevice *device;
  SmaltiValue value[MAX_PARAMS]; /* name, shape and class: what a device must know */
  SmaltiValue scalar;
  SmaltiUpdateItem item[MAX_PARAMS];
  guint n;
  SmaltiBuffer norm;
} Params;

static SmaltiDevice *the_reference, *the_device;

static SmaltiBuffer
allocate (Params *self, const SmaltiValue *value)
{
  g_autoptr (GError) error = NULL;
  SmaltiBuffer buffer;

  self->device->klass->alloc (self->device, self->device->klass->storage (self->device, value, SMALTI_PRECISION_F32),
                              &buffer, &error);
  g_assert_no_error (error);
  return buffer;
}

static void
params_init (Params *self, SmaltiDevice *device, const SmaltiShape *shapes, guint n)
{
  *self = (Params){ .device = device, .n = n, .scalar = { .klass = SMALTI_CLASS_F32 } };
  self->norm = allocate (self, &self->scalar);
  for (guint i = 0; i < n; i++)
    {
      SmaltiUpdateItem *item = &self->item[i];

      self->value[i] = (SmaltiValue){ .shape = shapes[i], .klass = SMALTI_CLASS_WEIGHT };
      item->n_elements = smalti_shape_size (shapes[i]);
      item->param = allocate (self, &self->value[i]);
      item->grad = allocate (self, &self->value[i]);
      item->state[0] = allocate (self, &self->value[i]);
      item->state[1] = allocate (self, &self->value[i]);
      item->weight_decay = i == 1 ? 0 : 0.01f; /* as a bias: neither decayed nor scaled */
      item->adapt = i != 1;
    }
}

static void
params_clear (Params *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      self->device->klass->release (self->device, &self->item[i].param);
      self->device->klass->release (self->device, &self->item[i].grad);
      self->device->klass->release (self->device, &self->item[i].state[0]);
      self->device->klass->release (self->device, &self->item[i].state[1]);
    }
  self->device->klass->release (self->device, &self->norm);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Params, params_clear)

static void
put (Params *self, const SmaltiValue *value, SmaltiBuffer buffer, const SmaltiTensor *tensor)
{
  self->device->klass->write (self->device, value, SMALTI_PRECISION_F32, buffer, tensor);
  smalti_device_wait (self->device);
}

static SmaltiTensor *
get (Params *self, const SmaltiValue *value, SmaltiBuffer buffer)
{
  SmaltiTensor *tensor = smalti_tensor_new (SMALTI_DTYPE_F32, value->shape);

  self->device->klass->read (self->device, value, SMALTI_PRECISION_F32, buffer, tensor);
  return tensor;
}

static gdouble
norm_of (Params *self)
{
  g_autoptr (SmaltiTensor) tensor = get (self, &self->scalar, self->norm);

  return smalti_tensor_f32 (tensor)[0];
}

/* Differences by the largest number. */
static void
assert_same (Params *is, Params *should_be, const SmaltiValue *value, SmaltiBuffer a, SmaltiBuffer b)
{
  g_autoptr (SmaltiTensor) left = get (is, value, a), right = get (should_be, value, b);
  gdouble largest = 0, difference = 0;

  for (gint64 i = 0; i < smalti_tensor_size (left); i++)
    {
      largest = MAX (largest, fabs (smalti_tensor_f32 (right)[i]));
      difference = MAX (difference, fabs (smalti_tensor_f32 (left)[i] - smalti_tensor_f32 (right)[i]));
      g_assert_true (isfinite (smalti_tensor_f32 (left)[i]));
    }
  g_assert_cmpfloat (difference, <=, 1e-5 * largest);
}

static void
write_both (Params *params, guint i, gboolean gradient, SmaltiRandom *random)
{
  g_autoptr (SmaltiTensor) tensor = smalti_tensor_new (SMALTI_DTYPE_F32, params[0].value[i].shape);

  for (gint64 k = 0; k < smalti_tensor_size (tensor); k++)
    smalti_tensor_f32 (tensor)[k] = smalti_random_normal (random);
  for (guint d = 0; d < 2; d++)
    put (&params[d], &params[d].value[i], gradient ? params[d].item[i].grad : params[d].item[i].param, tensor);
}

static const struct
{
  const char *name;
  SmaltiUpdateRule rule;
} rules[] = {
  { "sgd", { .kind = SMALTI_UPDATE_SGD, .lr = 0.1f, .momentum = 0.9f } },
  { "sgd-plain", { .kind = SMALTI_UPDATE_SGD, .lr = 0.1f } },
  { "sgd-clipped", { .kind = SMALTI_UPDATE_SGD, .lr = 0.1f, .momentum = 0.9f, .clip_norm = 0.5f } },
  { "sgd-clip-not-reached", { .kind = SMALTI_UPDATE_SGD, .lr = 0.1f, .momentum = 0.9f, .clip_norm = 1e6f } },
  { "nesterov", { .kind = SMALTI_UPDATE_SGD, .nesterov = TRUE, .lr = 0.1f, .momentum = 0.9f } },
  { "nesterov-clipped", { .kind = SMALTI_UPDATE_SGD, .nesterov = TRUE, .lr = 0.1f, .momentum = 0.9f, .clip_norm = 2 } },
  { "adamw", { .kind = SMALTI_UPDATE_ADAMW, .lr = 0.01f, .beta1 = 0.9f, .beta2 = 0.999f, .eps = 1e-8f } },
  { "adamw-clipped",
    { .kind = SMALTI_UPDATE_ADAMW, .lr = 0.01f, .beta1 = 0.9f, .beta2 = 0.95f, .eps = 1e-3f, .clip_norm = 0.1f } },
  { "lars", { .kind = SMALTI_UPDATE_LARS, .lr = 2, .momentum = 0.9f, .trust = 0.01f } },
  { "lars-clipped", { .kind = SMALTI_UPDATE_LARS, .lr = 2, .momentum = 0.9f, .trust = 0.01f, .clip_norm = 0.5f } },
};

static void
five_updates_are_those_of_the_reference (gconstpointer data)
{
  const SmaltiShape shapes[MAX_PARAMS] = { SMALTI_SHAPE (5, 3, 3, 3), SMALTI_SHAPE (5), SMALTI_SHAPE (17, 33) };
  SmaltiUpdateRule rule = rules[GPOINTER_TO_UINT (data)].rule;
  Params params[2];
  SmaltiRandom random;

  params_init (&params[0], the_device, shapes, MAX_PARAMS);
  params_init (&params[1], the_reference, shapes, MAX_PARAMS);
  smalti_random_init (&random, 1, SMALTI_STREAM_TEST, 0, 0);
  for (guint i = 0; i < MAX_PARAMS; i++)
    write_both (params, i, FALSE, &random);
  for (rule.step = 1; rule.step <= 5; rule.step++)
    {
      for (guint i = 0; i < MAX_PARAMS; i++)
        write_both (params, i, TRUE, &random);
      for (guint d = 0; d < 2; d++)
        params[d].device->klass->update (params[d].device, &rule, params[d].item, MAX_PARAMS, params[d].norm);
      assert_same (&params[0], &params[1], &params[0].scalar, params[0].norm, params[1].norm);
    }
  for (guint i = 0; i < MAX_PARAMS; i++)
    {
      const SmaltiUpdateItem *is = &params[0].item[i], *should_be = &params[1].item[i];

      assert_same (&params[0], &params[1], &params[0].value[i], is->param, should_be->param);
      assert_same (&params[0], &params[1], &params[0].value[i], is->state[0], should_be->state[0]);
      if (rule.kind == SMALTI_UPDATE_ADAMW)
        assert_same (&params[0], &params[1], &params[0].value[i], is->state[1], should_be->state[1]);
    }
  params_clear (&params[0]);
  params_clear (&params[1]);
}

/* Two steps of two numbers, p = (3, 4) and g = (0, 2) at each, with decay @decay. */
static void
assert_two_steps_give (gconstpointer device, SmaltiUpdateRule rule, gfloat decay, gdouble first, gdouble second)
{
  const SmaltiShape shape = SMALTI_SHAPE (2);
  g_autoptr (SmaltiTensor) p = smalti_tensor_new (SMALTI_DTYPE_F32, shape);
  g_autoptr (SmaltiTensor) g = smalti_tensor_new (SMALTI_DTYPE_F32, shape);
  g_autoptr (SmaltiTensor) after = NULL;
  g_auto (Params) params = { 0 };

  params_init (&params, (SmaltiDevice *)device, &shape, 1);
  params.item[0].weight_decay = decay;
  smalti_tensor_f32 (p)[0] = 3;
  smalti_tensor_f32 (p)[1] = 4;
  smalti_tensor_f32 (g)[1] = 2;
  put (&params, &params.value[0], params.item[0].param, p);
  for (rule.step = 1; rule.step <= 2; rule.step++)
    {
      put (&params, &params.value[0], params.item[0].grad, g);
      params.device->klass->update (params.device, &rule, params.item, 1, params.norm);
      g_assert_cmpfloat_with_epsilon (norm_of (&params), 2, 1e-6);
    }
  after = get (&params, &params.value[0], params.item[0].param);
  g_assert_cmpfloat_with_epsilon (smalti_tensor_f32 (after)[0], first, 2e-6);
  g_assert_cmpfloat_with_epsilon (smalti_tensor_f32 (after)[1], second, 2e-6);
}

/* v = 2, 3.8 (momentum 0.9); p = 4 - 0.1 (2 + 3.8). Clipped to 1, half of it. Nesterov: 4 - 0.1 (3.8 + 5.42). */
static void
sgd_by_hand (gconstpointer device)
{
  SmaltiUpdateRule rule = { .kind = SMALTI_UPDATE_SGD, .lr = 0.1f, .momentum = 0.9f };

  assert_two_steps_give (device, rule, 0, 3, 3.42);
  rule.clip_norm = 1;
  assert_two_steps_give (device, rule, 0, 3, 3.71);
  rule.clip_norm = 0;
  rule.nesterov = TRUE;
  assert_two_steps_give (device, rule, 0, 3, 3.078);
  /* g = 0.3, then 0.3 less what was taken: 3 - 0.1 0.3 = 2.97, 2.97 - 0.1 0.297 */
  rule.nesterov = FALSE;
  rule.momentum = 0;
  assert_two_steps_give (device, rule, 0.1f, 2.9403, 4 - 0.1 * 2.4 - 0.1 * 2.376);
}

/* A constant gradient makes steps of lr whatever its size; the decay takes a hundredth of p at each step first. */
static void
adamw_by_hand (gconstpointer device)
{
  SmaltiUpdateRule rule = { .kind = SMALTI_UPDATE_ADAMW, .lr = 0.1f, .beta1 = 0.9f, .beta2 = 0.999f, .eps = 1e-8f };

  assert_two_steps_give (device, rule, 0, 3, 3.8);
  assert_two_steps_give (device, rule, 0.1f, 3 * 0.99 * 0.99, (4 * 0.99 - 0.1) * 0.99 - 0.1);
}

/* |p| = 5, |g| = 2: lr 0.01 * 5 / 2 = 0.025, so p1 = 4 - 0.05 = 3.95; then |p| = sqrt (9 + 3.95^2), no momentum. */
static void
lars_by_hand (gconstpointer device)
{
  SmaltiUpdateRule rule = { .kind = SMALTI_UPDATE_LARS, .lr = 1, .trust = 0.01f };

  assert_two_steps_give (device, rule, 0, 3, 3.95 - 0.01 * sqrt (9 + 3.95 * 3.95));
}

void
updates_add (SmaltiDevice *reference, SmaltiDevice *device)
{
  const struct
  {
    const char *name;
    GTestDataFunc function;
  } tests[] = { { "sgd", sgd_by_hand }, { "adamw", adamw_by_hand }, { "lars", lars_by_hand } };
  SmaltiDevice *devices[] = { reference, device };

  the_reference = reference;
  the_device = device;
  for (guint d = 0; d < G_N_ELEMENTS (devices); d++)
    for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
      {
        g_autofree char *path = g_strdup_printf ("/ops/%s/updates/by-hand/%s", devices[d]->klass->id, tests[i].name);

        if (d == 0 || device->klass != reference->klass)
          g_test_add_data_func (path, devices[d], tests[i].function);
      }
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      g_autofree char *path = g_strdup_printf ("/ops/%s/updates/%s", device->klass->id, rules[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), five_updates_are_those_of_the_reference);
    }
}
