/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/error.h"
#include "core/base/param.h"

static const char *const colours[] = { "red", "green", NULL };

static const SmaltiParam table[] = {
  { "grid", "Grid", "Cells a side.", NULL, SMALTI_PARAM_INT, "3", 2, 3 },
  { "lr", "Learning rate", "Step size.", NULL, SMALTI_PARAM_FLOAT, "0.1", 0, G_MAXDOUBLE },
  { "flip", "Flip", "Mirror images.", NULL, SMALTI_PARAM_BOOL, "true" },
  { "colour", "Colour", "Which.", NULL, SMALTI_PARAM_CHOICE, "red", .choices = colours },
  { "widths", "Widths", "Of layers.", NULL, SMALTI_PARAM_INT_LIST, "[8, 16]", 1, 4096 },
  { "layers", "Layers", "Names.", NULL, SMALTI_PARAM_STRING_LIST, "[]" },
  { "name", "Name", "For people.", NULL, SMALTI_PARAM_STRING, "" },
  { NULL },
};

static void
defaults_are_read_from_the_table (void)
{
  g_autoptr (SmaltiValues) values = smalti_values_new (table);
  guint n;

  g_assert_cmpint (smalti_values_get_int (values, "grid"), ==, 3);
  g_assert_cmpfloat (smalti_values_get_float (values, "lr"), ==, 0.1);
  g_assert_true (smalti_values_get_bool (values, "flip"));
  g_assert_cmpuint (smalti_values_get_choice (values, "colour"), ==, 0);
  g_assert_cmpint (smalti_values_get_int_list (values, "widths", &n)[1], ==, 16);
  g_assert_cmpuint (n, ==, 2);
  g_assert_null (smalti_values_get_string_list (values, "layers", &n)[0]);
  g_assert_cmpuint (n, ==, 0);
}

static void
equal_values_have_equal_texts (void)
{
  g_autoptr (SmaltiValues) values = smalti_values_new (table);
  g_autofree char *lr = NULL, *widths = NULL, *flip = NULL, *layers = NULL;

  g_assert_true (smalti_values_set (values, "lr", "1e-1", NULL));
  g_assert_true (smalti_values_is_default (values, "lr"));
  g_assert_true (smalti_values_set (values, "widths", " 4,8 , 16", NULL));
  g_assert_true (smalti_values_set (values, "flip", "No", NULL));
  g_assert_true (smalti_values_set (values, "layers", "['conv1', \"conv2\"]", NULL));
  lr = smalti_values_get_text (values, "lr");
  widths = smalti_values_get_text (values, "widths");
  flip = smalti_values_get_text (values, "flip");
  layers = smalti_values_get_text (values, "layers");
  g_assert_cmpstr (lr, ==, "0.1");
  g_assert_cmpstr (widths, ==, "[4, 8, 16]");
  g_assert_cmpstr (flip, ==, "false");
  g_assert_cmpstr (layers, ==, "[conv1, conv2]");
  smalti_values_reset (values, "widths");
  g_assert_true (smalti_values_is_default (values, "widths"));
}

static void
mistakes_change_nothing_and_say_what_is_allowed (void)
{
  const struct
  {
    const char *key, *text, *says;
  } mistakes[] = {
    { "gird", "3", "did you mean “grid”" },
    { "zzzzzzzz", "3", "no “zzzzzzzz”" },
    { "grid", "4", "a whole number from 2 to 3" },
    { "grid", "2.5", "a whole number" },
    { "grid", "", "can't be empty" },
    { "lr", "-1", "a number of at least 0" },
    { "lr", "nan", "a number" },
    { "lr", "0.1x", "a number" },
    { "flip", "maybe", "true or false" },
    { "colour", "blue", "one of: red, green" },
    { "widths", "[8, none]", "a list like" },
    { "widths", "[0]", "a list like" },
  };
  g_autoptr (SmaltiValues) values = smalti_values_new (table);

  for (guint i = 0; i < G_N_ELEMENTS (mistakes); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (smalti_values_set (values, mistakes[i].key, mistakes[i].text, &error));
      g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
      g_assert_nonnull (g_strrstr (error->message, mistakes[i].says));
    }
  for (const SmaltiParam *p = table; p->key != NULL; p++)
    g_assert_true (smalti_values_is_default (values, p->key));
}

static void
a_copy_is_independent (void)
{
  g_autoptr (SmaltiValues) values = smalti_values_new (table);
  g_autoptr (SmaltiValues) copy = NULL;

  g_assert_true (smalti_values_set (values, "name", "mine", NULL));
  copy = smalti_values_copy (values);
  g_assert_true (smalti_values_set (values, "name", "other", NULL));
  g_assert_cmpstr (smalti_values_get_string (copy, "name"), ==, "mine");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/param/defaults", defaults_are_read_from_the_table);
  g_test_add_func ("/param/canonical-text", equal_values_have_equal_texts);
  g_test_add_func ("/param/mistakes", mistakes_change_nothing_and_say_what_is_allowed);
  g_test_add_func ("/param/copy", a_copy_is_independent);
  return g_test_run ();
}
