/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/base/error.h"
#include "core/run/spec.h"

#define HEAD "data:\n  path: /photos\nmethod:\n  name: jigsaw\nbackbone:\n  name: cfn\n"

static SmaltiSpec *
parse (const char *yaml)
{
  g_autoptr (GError) error = NULL;
  SmaltiSpec *spec = smalti_spec_parse (yaml, "spec.yaml", "/home/me", &error);

  g_assert_no_error (error);
  return spec;
}

static void
a_spec_is_read (void)
{
  g_autoptr (SmaltiSpec) spec = parse ("name: puzzles on my photos\n"
                                       "seed: 7\n"
                                       "data: {path: pictures/../photos}\n"
                                       "method:\n"
                                       "  grid: 2\n"
                                       "  name: jigsaw\n"
                                       "backbone:\n"
                                       "  name: cfn\n"
                                       "train:\n"
                                       "  epochs: 3\n"
                                       "  lr: 1e-2\n"
                                       "  schedule: step\n"
                                       "  steps: [0.5, 0.75]\n"
                                       "eval:\n");
  guint n;

  g_assert_cmpstr (smalti_values_get_string (smalti_spec_get_values (spec, ""), "name"), ==, "puzzles on my photos");
  g_assert_cmpint (smalti_values_get_int (smalti_spec_get_values (spec, ""), "seed"), ==, 7);
  g_assert_cmpstr (smalti_values_get_string (smalti_spec_get_values (spec, "data"), "path"), ==, "/home/me/photos");
  g_assert_cmpstr (smalti_spec_get_method (spec)->id, ==, "jigsaw");
  g_assert_cmpint (smalti_values_get_int (smalti_spec_get_values (spec, "method"), "grid"), ==, 2);
  g_assert_cmpfloat (smalti_values_get_float (smalti_spec_get_values (spec, "train"), "lr"), ==, 0.01);
  g_assert_cmpfloat (smalti_values_get_float_list (smalti_spec_get_values (spec, "train"), "steps", &n)[1], ==, 0.75);
  g_assert_cmpuint (n, ==, 2);
}

static void
paths_find_home_and_folder (void)
{
  g_autoptr (SmaltiSpec) home = parse ("data: {path: ~/Pictures}\nmethod: {name: jigsaw}\nbackbone: {name: cfn}\n");
  g_autofree char *expected = g_build_filename (g_get_home_dir (), "Pictures", NULL);

  g_assert_cmpstr (smalti_values_get_string (smalti_spec_get_values (home, "data"), "path"), ==, expected);
}

/* Anchors are YAML's way not to write things twice: they are followed. */
static void
anchors_are_followed (void)
{
  g_autoptr (SmaltiSpec) spec = parse ("data: {path: &p /photos}\n"
                                       "method: {name: jigsaw}\n"
                                       "backbone: {name: cfn}\n"
                                       "eval: {data: *p}\n");

  g_assert_cmpstr (smalti_values_get_string (smalti_spec_get_values (spec, "eval"), "data"), ==, "/photos");
}

typedef struct
{
  const char *yaml;
  const char *told[6]; /* the message has so many lines, and each has its text in it, in order */
} Case;

static void
every_mistake_is_told_with_its_line (void)
{
  static const Case cases[] = {
    { HEAD "train:\n  epoch: 3\n", { "spec.yaml:8: “epoch” is no key of section train; did you mean “epochs”?" } },
    { "data:\n  path: /p\nmethod:\n  name: jigsaw\n  gird: 3\nbackbone:\n  name: cfn\n",
      { "spec.yaml:5: “gird” is no key of method jigsaw; did you mean “grid”?" } },
    { "data:\n  path: /p\nmethod:\n  name: jigsaw\n  grid: 9\nbackbone:\n  name: cfn\n",
      { "spec.yaml:5: “grid” can't be 9; it must be a whole number from 2 to 3." } },
    { "# a comment\n" HEAD "trian:\n  epochs: 3\n",
      { "spec.yaml:8: “trian” is no key of the spec; did you mean “train”?" } },
    { HEAD "epochs: 3\n", { "spec.yaml:7: “epochs” is no key of the spec; it belongs to “train”." } },
    { HEAD "train:\n  seed: 3\n", { "spec.yaml:8: “seed” is no key of section train; it stands at the top level." } },
    { HEAD "seed: 1\nseed: 2\n", { "spec.yaml:8: “seed” is set twice, first in line 7." } },
    { HEAD "seed: [1, 2]\n", { "spec.yaml:7: “seed” can't be a list" } },
    { HEAD "seed: {a: 1}\n", { "spec.yaml:7: “seed” can't have keys" } },
    { HEAD "seed:\n", { "spec.yaml:7: “seed” has no value; it must be a whole number" } },
    { HEAD "seed: many\n", { "spec.yaml:7: “seed” can't be many" } },
    { HEAD "seed: 1.5\n", { "spec.yaml:7: “seed” can't be 1.5" } },
    { HEAD "train: 3\n", { "spec.yaml:7: “train” is a section" } },
    { HEAD "train:\n  steps: [[1]]\n", { "spec.yaml:8: “steps” must be a list of plain values" } },
    { HEAD "train:\n  schedule: cosin\n", { "spec.yaml:8: “schedule” can't be cosin; it must be one of: " } },
    { HEAD "device: gpu\n", { "spec.yaml:7: There is no device “gpu”" } },
    { HEAD "[1, 2]: 3\n", { "spec.yaml:7: A key must be a word" } },
    { HEAD "train:\n\tepochs: 3\n", { "spec.yaml:8: YAML is indented with blanks; there is a tab." } },
    { HEAD "name: \"unclosed\n", { "not valid YAML" } },
    { HEAD "---\nseed: 2\n", { "spec.yaml:8: A spec is one document" } },
    { HEAD "train:\n  <<: *nothing\n", { "spec.yaml:8: This is not valid YAML" } },
    { "", { "spec.yaml:1: The file is empty." } },
    { "- a\n- b\n", { "spec.yaml:1: A spec is a list of “key: value” lines." } },
    { "method:\n  name: jigsaw\nbackbone:\n  name: cfn\ndata:\n  layout: auto\n",
      { "spec.yaml:5: “data.path” is missing" } },
    { "data: {path: /p}\nmethod: {name: jigsaws}\nbackbone: {name: cfn}\n",
      { "spec.yaml:2: There is no method “jigsaws”; did you mean “jigsaw”?" } },
    { "data: {path: /p}\nmethod: {name: jigsaw}\nbackbone: {nam: cfn}\n",
      { "spec.yaml:3: “backbone.name” is missing." } },
    { "seed: x\ndata: {path: /p}\nmethod: {grid: 77}\nbackbone:\n  name: xyz\n  unknown: 1\ntrain:\n  lr: -1\n  "
      "zzzzzzzz: 1\n",
      { "spec.yaml:1: “seed” can't be x", "spec.yaml:3: “method.name” is missing",
        "spec.yaml:5: There is no backbone “xyz”; there are: ", "spec.yaml:8: “lr” can't be -1",
        "spec.yaml:9: “zzzzzzzz” is no key of section train; its keys are: epochs, " } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) lines = NULL;
      guint n;

      g_assert_null (smalti_spec_parse (cases[i].yaml, "spec.yaml", NULL, &error));
      g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
      lines = g_strsplit (error->message, "\n", -1);
      for (n = 0; n < G_N_ELEMENTS (cases[i].told) && cases[i].told[n] != NULL; n++)
        if (lines[n] == NULL || strstr (lines[n], cases[i].told[n]) == NULL)
          g_error ("for\n%s\nwanted: %s\ngot:\n%s", cases[i].yaml, cases[i].told[n], error->message);
      if (g_strv_length (lines) != n)
        g_error ("for\n%s\nmore than wanted:\n%s", cases[i].yaml, error->message);
    }
}

static void
what_is_not_text_is_refused (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (smalti_spec_parse ("name: a\nseed: \xff\n", "spec.yaml", NULL, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
  g_assert_true (g_str_has_prefix (error->message, "spec.yaml:2:"));
}

/* A thousand mutilated specs: each is read, or refused with lines. */
static void
mutilated_specs_never_crash (void)
{
  static const char good[] = "name: \"x\"\nseed: 1\n" HEAD "train:\n  epochs: 3\n  steps: [0.5, 0.7]\neval:\n  k: 5\n";

  for (guint i = 0; i < 1000; i++)
    {
      g_autoptr (GString) yaml = g_string_new (good);
      g_autoptr (SmaltiSpec) spec = NULL;
      g_autoptr (GError) error = NULL;
      SmaltiRandom random;
      guint n_changes;

      smalti_random_init (&random, 1, SMALTI_STREAM_TEST, 0, i);
      n_changes = 1 + smalti_random_int (&random, 3);
      for (guint c = 0; c < n_changes; c++)
        {
          guint at = smalti_random_int (&random, yaml->len);

          if (smalti_random_chance (&random, 0.3f))
            g_string_erase (yaml, at, 1 + smalti_random_int (&random, MIN (8, yaml->len - at)));
          else
            g_string_insert_c (yaml, at, "{}[]&*!|>'\"%@`:,-?# \t\n~"[smalti_random_int (&random, 24)]);
        }
      spec = smalti_spec_parse (yaml->str, "s", NULL, &error);
      g_assert_true ((spec == NULL) == (error != NULL));
      if (error != NULL && !g_str_has_prefix (error->message, "s:"))
        g_error ("%s", error->message);
    }
}

static void
canonical_text_reads_back (void)
{
  g_autoptr (SmaltiSpec) spec = parse (HEAD);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL, *again = NULL, *brief = NULL, *full = NULL, *full_again = NULL;
  g_autoptr (SmaltiSpec) back = NULL, back_full = NULL;

  g_assert_true (smalti_spec_set (spec, "name", "yes: “quoted” \"q\" \\ # no comment\n\tand more", &error));
  g_assert_true (smalti_spec_set (spec, "method.grid", "2", &error));
  g_assert_true (smalti_spec_set (spec, "train.steps", "0.25,0.5", &error));
  g_assert_true (smalti_spec_set (spec, "eval.layers", "conv1, conv5", &error));
  g_assert_no_error (error);
  text = smalti_spec_to_yaml (spec, FALSE);
  back = parse (text);
  again = smalti_spec_to_yaml (back, FALSE);
  g_assert_cmpstr (text, ==, again);
  g_assert_cmpstr (smalti_values_get_string (smalti_spec_get_values (back, ""), "name"), ==,
                   "yes: “quoted” \"q\" \\ # no comment\n\tand more");
  g_assert_null (strstr (text, "epochs"));

  full = smalti_spec_to_yaml (spec, TRUE);
  g_assert_nonnull (strstr (full, "epochs"));
  back_full = parse (full);
  brief = smalti_spec_to_yaml (back_full, FALSE);
  full_again = smalti_spec_to_yaml (back_full, TRUE);
  g_assert_cmpstr (brief, ==, text);
  g_assert_cmpstr (full_again, ==, full);
}

/* Names that look like something else to YAML must come back as they were. */
static void
any_name_reads_back (void)
{
  static const char *const names[]
      = { "true", "No", "~",  "null", "1.5", "a: b", "- a",  "[a]",    "{a}",  "a #b", "'a'", " a ", "a  b", "é ü", "%",
          "@x",   "*a", "&a", "!x",   "|",   ">",    "a\\b", "\u200b", "日本", "0x10", "1e3", ".",   "---",  "..." };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (SmaltiSpec) spec = parse (HEAD);
      g_autoptr (SmaltiSpec) back = NULL;
      g_autofree char *text = NULL;

      g_assert_true (smalti_spec_set (spec, "name", names[i], NULL));
      text = smalti_spec_to_yaml (spec, FALSE);
      back = parse (text);
      g_assert_cmpstr (smalti_values_get_string (smalti_spec_get_values (back, ""), "name"), ==, names[i]);
    }
}

static void
set_names_what_is_near (void)
{
  static const struct
  {
    const char *key, *value, *told;
  } cases[] = {
    { "train.lrr", "1", "did you mean “lr”" },
    { "trian.lr", "1", "did you mean “train”" },
    { "train", "1", "is a section" },
    { "lr", "1", "belongs to “train”" },
    { "method.name", "jigsau", "did you mean “jigsaw”" },
    { "train.epochs", "none", "a whole number" },
    { "name", "\xff", "UTF-8" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SmaltiSpec) spec = parse (HEAD);
      g_autoptr (GError) error = NULL;

      g_assert_false (smalti_spec_set (spec, cases[i].key, cases[i].value, &error));
      g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT);
      if (strstr (error->message, cases[i].told) == NULL)
        g_error ("%s: %s", cases[i].key, error->message);
    }
}

static void
a_new_method_brings_its_defaults (void)
{
  g_autoptr (SmaltiSpec) spec = parse (HEAD);
  g_autoptr (SmaltiSpec) copy = NULL;

  g_assert_true (smalti_spec_set (spec, "method.grid", "2", NULL));
  copy = smalti_spec_copy (spec);
  g_assert_true (smalti_spec_set (copy, "method.name", "jigsaw", NULL)); /* the same: nothing is lost */
  g_assert_cmpint (smalti_values_get_int (smalti_spec_get_values (copy, "method"), "grid"), ==, 2);
  g_assert_true (smalti_spec_set (copy, "method.name", "supervised", NULL));
  g_assert_cmpstr (smalti_spec_get_method (copy)->id, ==, "supervised");
  g_assert_true (smalti_spec_set (copy, "method.name", "jigsaw", NULL));
  g_assert_cmpint (smalti_values_get_int (smalti_spec_get_values (copy, "method"), "grid"), ==, 3);
  g_assert_cmpint (smalti_values_get_int (smalti_spec_get_values (spec, "method"), "grid"), ==, 2);
}

static char *
edit (const char *yaml, const char *key, const char *value)
{
  g_autoptr (GPtrArray) mistakes = NULL;
  g_autoptr (SmaltiSpec) spec = smalti_spec_read (yaml, NULL, &mistakes);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (spec);
  g_assert_true (smalti_spec_set (spec, key, value, &error));
  g_assert_no_error (error);
  return smalti_spec_edit_yaml (spec, yaml, NULL);
}

static void
an_edit_touches_one_line_and_keeps_comments (void)
{
  static const struct
  {
    const char *yaml, *key, *value, *wanted;
  } cases[] = {
    { "# mine\n" HEAD "train:\n  # few\n  epochs: 3   # of many\n  lr: 0.1\n", "train.epochs", "5",
      "# mine\n" HEAD "train:\n  # few\n  epochs: 5   # of many\n  lr: 0.1\n" },
    { HEAD "train:\n    lr: 0.1\n", "train.epochs", "5", HEAD "train:\n    epochs: 5\n    lr: 0.1\n" },
    { HEAD "train:\n  epochs: 5\n\neval:\n  k: 3\n", "train.lr", "0.5",
      HEAD "train:\n  epochs: 5\n  lr: 0.5\n\neval:\n  k: 3\n" },
    { HEAD "eval:\n  k: 3\n", "train.lr", "0.5", HEAD "train:\n  lr: 0.5\neval:\n  k: 3\n" },
    { "# mine\n" HEAD, "seed", "7", "# mine\nseed: 7\n" HEAD },
    { HEAD "train:\n  steps:\n  - 0.5\n  - 0.7\n  lr: 0.1\n", "train.steps", "0.2",
      HEAD "train:\n  steps: [0.2]\n  lr: 0.1\n" },
    { "name: \"a # b\" # c\n" HEAD, "name", "x", "name: x # c\n" HEAD },
    { "data:\n  path: /photos\nmethod:\n  name: jigsaw # which\n  grid: 2\nbackbone:\n  name: cfn\n", "method.name",
      "supervised", "data:\n  path: /photos\nmethod:\n  name: supervised # which\nbackbone:\n  name: cfn\n" },
    { HEAD "train:\n  epochs: 3", "train.epochs", "20", HEAD "train:\n  epochs: 20\n" },
    /* No plain shape: written anew, below the first comment. */
    { "# mine\ndata: {path: /photos} # here\nmethod: {name: jigsaw}\nbackbone: {name: cfn}\n", "method.grid", "2",
      "# mine\ndata:\n  path: /photos\nmethod:\n  name: jigsaw\n  grid: 2\nbackbone:\n  name: cfn\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *edited = edit (cases[i].yaml, cases[i].key, cases[i].value);

      g_assert_cmpstr (edited, ==, cases[i].wanted);
    }
}

/* Whatever is set, in whatever order, the text says it. */
static void
edits_always_say_the_spec (void)
{
  static const char *const keys[] = { "seed",          "name",        "train.lr",  "train.steps", "method.name",
                                      "backbone.name", "eval.layers", "data.path", "device",      "train.batch" };
  static const char *const values[][2] = {
    { "1", "7" },           { "a: b # c", "" }, { "0.5", "0.02" }, { "[]", "0.1, 0.2" }, { "jigsaw", "colorization" },
    { "cfn", "cfn-small" }, { "conv1", "[]" },  { "/x y", "/z" },  { "cpu", "auto" },    { "32", "8" },
  };
  g_autofree char *yaml = g_strdup (HEAD);
  SmaltiRandom random;

  smalti_random_init (&random, 1, SMALTI_STREAM_TEST, 0, 0);
  for (guint i = 0; i < 300; i++)
    {
      guint which = smalti_random_int (&random, G_N_ELEMENTS (keys));
      const char *value = values[which][smalti_random_int (&random, 2)];
      g_autoptr (GPtrArray) mistakes = NULL;
      g_autoptr (SmaltiSpec) spec = smalti_spec_read (yaml, NULL, &mistakes);
      g_autoptr (SmaltiSpec) back = NULL;
      g_autofree char *wanted = NULL, *got = NULL, *before = g_steal_pointer (&yaml);

      g_assert_true (smalti_spec_set (spec, keys[which], value, NULL));
      yaml = smalti_spec_edit_yaml (spec, before, NULL);
      back = parse (yaml);
      wanted = smalti_spec_to_yaml (spec, TRUE);
      got = smalti_spec_to_yaml (back, TRUE);
      g_assert_cmpstr (got, ==, wanted);
    }
}

static void
text_being_written_is_read_as_far_as_it_goes (void)
{
  g_autoptr (GPtrArray) missing = NULL, wrong = NULL;
  g_autoptr (SmaltiSpec) spec = NULL;
  const SmaltiSpecMistake *mistake;

  spec = smalti_spec_read ("device: gpu\nmethod:\n  name: jigsaw\nbackbone:\n  name: cfn\n", NULL, &missing);
  g_assert_nonnull (spec);
  g_assert_cmpuint (missing->len, ==, 2);
  mistake = missing->pdata[0];
  g_assert_cmpstr (mistake->key, ==, "device");
  g_assert_cmpuint (mistake->line, ==, 1);
  mistake = missing->pdata[1];
  g_assert_cmpstr (mistake->key, ==, "data.path");

  g_assert_null (smalti_spec_read (HEAD "train:\n  epochs: many\n", NULL, &wrong));
  g_assert_cmpuint (wrong->len, ==, 1);
  mistake = wrong->pdata[0];
  g_assert_null (mistake->key);
  g_assert_cmpuint (mistake->line, ==, 8);
}

static void
a_missing_file_is_told (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (smalti_spec_load ("/absent/spec.yaml", &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "/absent/spec.yaml"));
}

static void
every_preset_is_a_spec (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "..", "resources", "presets", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) files = g_dir_open (folder, 0, &error);
  const char *name;
  guint n = 0;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (files)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr (SmaltiSpec) spec = NULL;

      if (!g_str_has_suffix (name, ".yaml"))
        continue;
      spec = smalti_spec_load (path, &error);
      g_assert_no_error (error);
      smalti_spec_check (spec, &error);
      g_assert_no_error (error);
      n++;
    }
  g_assert_cmpuint (n, >=, 18);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/spec/read", a_spec_is_read);
  g_test_add_func ("/spec/paths", paths_find_home_and_folder);
  g_test_add_func ("/spec/anchors", anchors_are_followed);
  g_test_add_func ("/spec/mistakes", every_mistake_is_told_with_its_line);
  g_test_add_func ("/spec/not-text", what_is_not_text_is_refused);
  g_test_add_func ("/spec/mutilated", mutilated_specs_never_crash);
  g_test_add_func ("/spec/canonical", canonical_text_reads_back);
  g_test_add_func ("/spec/names", any_name_reads_back);
  g_test_add_func ("/spec/set", set_names_what_is_near);
  g_test_add_func ("/spec/method", a_new_method_brings_its_defaults);
  g_test_add_func ("/spec/edit", an_edit_touches_one_line_and_keeps_comments);
  g_test_add_func ("/spec/edits", edits_always_say_the_spec);
  g_test_add_func ("/spec/being-written", text_being_written_is_read_as_far_as_it_goes);
  g_test_add_func ("/spec/absent", a_missing_file_is_told);
  g_test_add_func ("/spec/presets", every_preset_is_a_spec);
  return g_test_run ();
}
