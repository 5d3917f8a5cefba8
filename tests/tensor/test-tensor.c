/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "core/tensor/tensor.h"

static void
bf16_rounds_to_nearest_even (void)
{
  const struct
  {
    gfloat x;
    guint16 bits;
  } known[] = {
    { 1.0f, 0x3f80 },         { -2.0f, 0xc000 },
    { 1.00390625f, 0x3f80 },                      /* half way between 1 and the next: to the even one, down */
    { 1.01171875f, 0x3f82 },                      /* half way again: to the even one, up */
    { 1.003906369f, 0x3f81 },                     /* a little more than half: up */
    { 3.4e38f, 0x7f80 },                          /* beyond the largest: infinity */
    { INFINITY, 0x7f80 },     { 1e-40f, 0x0001 }, /* denormal */
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    g_assert_cmphex (smalti_bf16_from_f32 (known[i].x), ==, known[i].bits);
  g_assert_true (isnan (smalti_bf16_to_f32 (smalti_bf16_from_f32 (NAN))));
}

static void
conversion_keeps_what_the_type_can_hold (void)
{
  g_autoptr (SmaltiTensor) ints = smalti_tensor_new (SMALTI_DTYPE_I32, SMALTI_SHAPE (2, 3));
  g_autoptr (SmaltiTensor) floats = NULL, bytes = NULL, half = NULL;

  for (gint i = 0; i < 6; i++)
    smalti_tensor_i32 (ints)[i] = i * 60 - 60;
  floats = smalti_tensor_convert (ints, SMALTI_DTYPE_F32);
  bytes = smalti_tensor_convert (floats, SMALTI_DTYPE_U8);
  half = smalti_tensor_convert (floats, SMALTI_DTYPE_BF16);
  g_assert_true (smalti_shape_equal (floats->shape, ints->shape));
  g_assert_cmpfloat (smalti_tensor_f32 (floats)[5], ==, 240);
  g_assert_cmpuint (((guint8 *)bytes->data)[0], ==, 0); /* -60 is clamped */
  g_assert_cmpuint (((guint8 *)bytes->data)[5], ==, 240);
  g_assert_cmpfloat (smalti_bf16_to_f32 (((guint16 *)half->data)[5]), ==, 240);
}

static void
shapes_read_as_people_write_them (void)
{
  g_autofree char *four = smalti_shape_to_text (SMALTI_SHAPE (32, 3, 64, 64));
  g_autofree char *none = smalti_shape_to_text (SMALTI_SCALAR);

  g_assert_cmpstr (four, ==, "32x3x64x64");
  g_assert_cmpstr (none, ==, "scalar");
  g_assert_cmpint (smalti_shape_size (SMALTI_SCALAR), ==, 1);
  g_assert_false (smalti_shape_equal (SMALTI_SHAPE (2, 3), SMALTI_SHAPE (3, 2)));
}

static void
data_is_zero_and_aligned (void)
{
  g_autoptr (SmaltiTensor) tensor = smalti_tensor_new (SMALTI_DTYPE_F32, SMALTI_SHAPE (7, 13));

  g_assert_cmpuint (GPOINTER_TO_SIZE (tensor->data) % 64, ==, 0);
  for (gint64 i = 0; i < smalti_tensor_size (tensor); i++)
    g_assert_cmpfloat (smalti_tensor_f32 (tensor)[i], ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor/bf16", bf16_rounds_to_nearest_even);
  g_test_add_func ("/tensor/convert", conversion_keeps_what_the_type_can_hold);
  g_test_add_func ("/tensor/shape", shapes_read_as_people_write_them);
  g_test_add_func ("/tensor/new", data_is_zero_and_aligned);
  return g_test_run ();
}
