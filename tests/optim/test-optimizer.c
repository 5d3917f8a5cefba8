/* SPDX-License-Identifier: Apache-2.0 */
/* Each test runs on the processor and on the reference; the numbers are worked out by hand or, for AdamW, by PyTorch's
 * formula in double. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "tests/optim/quadratic.h"

#define PLAIN "schedule", "constant", "warmup", "0"

static const gfloat three_four[] = { 3, 4 };

/* Allocations of this program, ours and the libraries'. Sanitizers need malloc for themselves. */
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define COUNTS_ALLOCATIONS 1

void *__libc_malloc (size_t n);
void *__libc_calloc (size_t n, size_t size);
void *__libc_realloc (void *old, size_t n);

static gint n_allocations;

void *
malloc (size_t n)
{
  g_atomic_int_inc (&n_allocations);
  return __libc_malloc (n);
}

void *
calloc (size_t n, size_t size)
{
  g_atomic_int_inc (&n_allocations);
  return __libc_calloc (n, size);
}

void *
realloc (void *old, size_t n)
{
  g_atomic_int_inc (&n_allocations);
  return __libc_realloc (old, n);
}
#endif

static void
assert_near (gdouble is, gdouble should_be)
{
  g_assert_cmpfloat_with_epsilon (is, should_be, 1e-6);
}

static void
sgd_gathers_momentum (gconstpointer device)
{
  g_auto (Quadratic) q
      = quadratic_new (device, 1, 1, NULL, PLAIN, "lr", "0.1", "momentum", "0.9", "weight_decay", "0", NULL);
  const gdouble w[] = { 0.8, 0.46, 0.062 };

  quadratic_optimize (&q, 1, 3);
  for (guint i = 0; i < 3; i++)
    {
      quadratic_step (&q, i);
      assert_near (quadratic_get (&q, "w", 0), w[i]);
    }
}

static void
nesterov_looks_ahead (gconstpointer device)
{
  g_auto (Quadratic) q = quadratic_new (device, 1, 1, NULL, PLAIN, "lr", "0.1", "momentum", "0.9", "nesterov", "true",
                                        "weight_decay", "0", NULL);
  const gdouble w[] = { 0.62, 0.2224, -0.108352 };

  quadratic_optimize (&q, 1, 3);
  for (guint i = 0; i < 3; i++)
    {
      quadratic_step (&q, i);
      assert_near (quadratic_get (&q, "w", 0), w[i]);
    }
}

static void
adamw_steps_by_lr_and_decays_apart (gconstpointer device)
{
  g_auto (Quadratic) q
      = quadratic_new (device, 1, 1, NULL, PLAIN, "optimizer", "adamw", "lr", "0.1", "weight_decay", "0.01", NULL);
  const gdouble w[] = { 0.8990000005, 0.7985190271685215, 0.6989111831582322 };

  quadratic_optimize (&q, 1, 3);
  for (guint i = 0; i < 3; i++)
    {
      quadratic_step (&q, i);
      assert_near (quadratic_get (&q, "w", 0), w[i]);
    }
}

/* |w| = 5, and so is its gradient; trust 0.001 * 5 / (5 + 0.1 * 5), times what is stepped by, 1.1 w: 0.001 w. A bias
 * takes lr as it is. */
static void
lars_moves_a_tensor_by_its_own_norm (gconstpointer device)
{
  g_auto (Quadratic) q = quadratic_new (device, 2, 1, NULL, PLAIN, "optimizer", "lars", "lr", "1", "momentum", "0.9",
                                        "weight_decay", "0.1", "trust", "0.001", NULL);
  const gfloat bias = 0.25f;

  quadratic_set (&q, "w", three_four);
  quadratic_set (&q, "b", &bias);
  quadratic_optimize (&q, 1, 2);
  quadratic_step (&q, 0);
  assert_near (quadratic_get (&q, "w", 0), 3 * 0.999);
  assert_near (quadratic_get (&q, "w", 1), 4 * 0.999);
  assert_near (quadratic_get (&q, "b", 0), 0.25 - 0.5);
  quadratic_step (&q, 1); /* the same angle again, and 0.9 of the first step */
  assert_near (quadratic_get (&q, "w", 0), 3 * (0.999 - 0.0009 - 0.000999));
}

static void
norms_and_biases_decay_only_when_told (gconstpointer device)
{
  const char *told[] = { "false", "true" };

  for (guint i = 0; i < 2; i++)
    {
      g_auto (Quadratic) q = quadratic_new (device, 1, 1, NULL, PLAIN, "lr", "0.1", "momentum", "0", "weight_decay",
                                            "0.5", "decay_norms", told[i], NULL);

      quadratic_optimize (&q, 1, 1);
      quadratic_step (&q, 0);
      assert_near (quadratic_get (&q, "w", 0), 1 - 0.1 * (2 + 0.5));
      assert_near (quadratic_get (&q, "b", 0), i == 1 ? 1 - 0.1 * (2 + 0.5) : 1 - 0.1 * 2);
    }
}

/* Gradients (3, 4) and 2 * 6 have the common norm 13. */
static void
gradients_are_clipped_by_their_common_norm (gconstpointer device)
{
  g_auto (Quadratic) q = quadratic_new (device, 2, 1, NULL, PLAIN, "lr", "0.1", "momentum", "0", "weight_decay", "0",
                                        "clip_norm", "6.5", NULL);
  const gfloat six = 6, small = 0.5f;

  quadratic_set (&q, "w", three_four);
  quadratic_set (&q, "b", &six);
  quadratic_optimize (&q, 1, 2);
  quadratic_step (&q, 0);
  assert_near (smalti_optimizer_grad_norm (q.optimizer), 13);
  assert_near (quadratic_get (&q, "w", 0), 3 - 0.1 * 3 / 2);
  assert_near (quadratic_get (&q, "w", 1), 4 - 0.1 * 4 / 2);
  assert_near (quadratic_get (&q, "b", 0), 6 - 0.1 * 12 / 2);

  quadratic_set (&q, "w", (const gfloat[]){ 0, 0 });
  quadratic_set (&q, "b", &small); /* a gradient of 1 is small enough */
  quadratic_step (&q, 1);
  assert_near (smalti_optimizer_grad_norm (q.optimizer), 1);
  assert_near (quadratic_get (&q, "b", 0), 0.5 - 0.1);
}

static void
what_is_frozen_stays (gconstpointer device)
{
  g_auto (Quadratic) q = quadratic_new (device, 1, 1, "w", PLAIN, "lr", "0.1", NULL);

  quadratic_optimize (&q, 1, 1);
  quadratic_step (&q, 0);
  g_assert_cmpfloat (quadratic_get (&q, "w", 0), ==, 1);
  g_assert_cmpfloat (quadratic_get (&q, "b", 0), <, 1);
}

static void
nothing_to_train_is_a_mistake (gconstpointer device)
{
  g_auto (Quadratic) q = quadratic_new (device, 1, 1, "", PLAIN, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (smalti_optimizer_new (q.values, q.program, 1, 1, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
}

#define N_W 1000

static Quadratic
many (const char *device, const char *optimizer)
{
  Quadratic q = quadratic_new (device, N_W, 1, NULL, "optimizer", optimizer, "lr", "0.05", "schedule", "cosine", NULL);
  gfloat numbers[N_W];

  for (guint i = 0; i < N_W; i++)
    numbers[i] = sinf (i);
  quadratic_set (&q, "w", numbers);
  quadratic_optimize (&q, 1, 8);
  return q;
}

/* What is saved on one side and loaded on the other continues as if nothing had been. */
static void
a_loaded_optimizer_goes_on_to_the_bit (gconstpointer device)
{
  const char *optimizers[] = { "sgd", "adamw", "lars" };

  for (guint k = 0; k < G_N_ELEMENTS (optimizers); k++)
    {
      g_auto (Quadratic) whole = many (device, optimizers[k]);
      g_auto (Quadratic) first = many (device, optimizers[k]);
      g_auto (Quadratic) second = many (device, optimizers[k]);
      g_autoptr (SmaltiTensorFile) file = smalti_tensor_file_new ();
      g_autoptr (SmaltiTensor) of_whole = NULL, of_second = NULL;
      g_autoptr (GError) error = NULL;

      for (guint step = 0; step < 8; step++)
        quadratic_step (&whole, step);
      for (guint step = 0; step < 5; step++)
        quadratic_step (&first, step);
      smalti_weights_save (first.weights, file, "");
      smalti_optimizer_save (first.optimizer, file);
      g_assert_nonnull (smalti_tensor_file_get (file, "optimizer.w.0"));
      g_assert_true ((smalti_tensor_file_get (file, "optimizer.b.1") != NULL) == (k == 1));

      smalti_weights_load (second.weights, file, "", "", &error);
      g_assert_no_error (error);
      smalti_optimizer_load (second.optimizer, file, &error);
      g_assert_no_error (error);
      for (guint step = 5; step < 8; step++)
        quadratic_step (&second, step);
      of_whole = smalti_weights_read (whole.weights, "w");
      of_second = smalti_weights_read (second.weights, "w");
      if (strcmp (device, "reference") != 0)
        g_assert_cmpmem (of_second->data, of_second->n_bytes, of_whole->data, of_whole->n_bytes);
      else /* it keeps more than a file of f32 does */
        for (guint i = 0; i < N_W; i++)
          assert_near (smalti_tensor_f32 (of_second)[i], smalti_tensor_f32 (of_whole)[i]);
    }
}

static void
states_of_another_optimizer_are_refused_and_change_nothing (gconstpointer device)
{
  g_auto (Quadratic) sgd = many (device, "sgd");
  g_auto (Quadratic) adamw = many (device, "adamw");
  g_auto (Quadratic) small = quadratic_new (device, 2, 1, NULL, PLAIN, NULL);
  g_autoptr (SmaltiTensorFile) file = smalti_tensor_file_new ();
  g_autoptr (SmaltiTensorFile) before = smalti_tensor_file_new ();
  g_autoptr (SmaltiTensorFile) after = smalti_tensor_file_new ();
  g_autoptr (GError) error = NULL;
  const SmaltiTensor *was, *is;

  quadratic_step (&sgd, 0);
  smalti_optimizer_save (sgd.optimizer, file);
  quadratic_step (&adamw, 0);
  smalti_optimizer_save (adamw.optimizer, before);
  g_assert_false (smalti_optimizer_load (adamw.optimizer, file, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT);
  g_assert_nonnull (strstr (error->message, "optimizer.w.1"));
  smalti_optimizer_save (adamw.optimizer, after);
  was = smalti_tensor_file_get (before, "optimizer.w.0");
  is = smalti_tensor_file_get (after, "optimizer.w.0");
  g_assert_cmpmem (is->data, is->n_bytes, was->data, was->n_bytes);

  g_clear_error (&error);
  quadratic_optimize (&small, 1, 1);
  g_assert_false (smalti_optimizer_load (small.optimizer, file, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT);
  g_assert_nonnull (strstr (error->message, "1x1000"));
}

static void
states_are_counted_and_given_back (gconstpointer device)
{
  g_auto (Quadratic) q = quadratic_new (device, 10, 1, NULL, PLAIN, "optimizer", "adamw", NULL);
  gsize before = q.device->allocated;

  quadratic_optimize (&q, 1, 1);
  g_assert_cmpuint (smalti_optimizer_bytes (q.optimizer), ==, q.device->allocated - before);
  g_assert_cmpuint (smalti_optimizer_bytes (q.optimizer), >=, (2 * 11 + 1) * sizeof (gfloat));
  g_clear_pointer (&q.optimizer, smalti_optimizer_free);
  g_assert_cmpuint (q.device->allocated, ==, before);
}

static void
a_step_allocates_nothing (gconstpointer device)
{
#ifdef COUNTS_ALLOCATIONS
  g_auto (Quadratic) q = quadratic_new (device, 100000, 1, NULL, PLAIN, "optimizer", "lars", "clip_norm", "1", NULL);
  gint before;

  quadratic_optimize (&q, 1, 100);
  quadratic_step (&q, 0); /* threads are made once */
  before = g_atomic_int_get (&n_allocations);
  g_assert_cmpint (before, >, 0); /* they are counted */
  for (guint step = 1; step < 10; step++)
    quadratic_step (&q, step);
  g_assert_cmpint (g_atomic_int_get (&n_allocations), ==, before);
#else
  g_test_skip ("Allocations can't be counted here.");
#endif
}

#define ADD(path, function)                                                                                            \
  g_test_add_data_func ("/optimizer/cpu/" path, "cpu", function);                                                      \
  g_test_add_data_func ("/optimizer/reference/" path, "reference", function)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("sgd", sgd_gathers_momentum);
  ADD ("nesterov", nesterov_looks_ahead);
  ADD ("adamw", adamw_steps_by_lr_and_decays_apart);
  ADD ("lars", lars_moves_a_tensor_by_its_own_norm);
  ADD ("decay", norms_and_biases_decay_only_when_told);
  ADD ("clip", gradients_are_clipped_by_their_common_norm);
  ADD ("frozen", what_is_frozen_stays);
  ADD ("nothing", nothing_to_train_is_a_mistake);
  ADD ("resume", a_loaded_optimizer_goes_on_to_the_bit);
  ADD ("refuse", states_of_another_optimizer_are_refused_and_change_nothing);
  ADD ("bytes", states_are_counted_and_given_back);
  ADD ("no-allocation", a_step_allocates_nothing);
  return g_test_run ();
}
