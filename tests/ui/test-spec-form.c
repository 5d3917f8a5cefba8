/* SPDX-License-Identifier: Apache-2.0 */
/* What form and YAML share: an edit of either is one of both. */
#include <string.h>

#include "ui/preset.h"
#include "ui/spec-draft.h"

#define HEAD "# mine\ndata:\n  path: /photos\nmethod:\n  name: jigsaw\nbackbone:\n  name: cfn-small\n"
#define TEXT HEAD "train:\n  epochs: 3 # few\n  lr: 0.1\n"

static SmaltiSpecDraft *
start (const char *yaml)
{
  SmaltiSpecDraft *draft = smalti_spec_draft_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (smalti_spec_draft_start (draft, yaml, NULL, NULL, &error));
  g_assert_no_error (error);
  return draft;
}

static void
assert_text (SmaltiSpecDraft *draft, const char *key, const char *wanted)
{
  g_autofree char *text = smalti_spec_draft_get_text (draft, key);

  g_assert_cmpstr (text, ==, wanted);
}

static void
a_setting_changes_its_line_and_no_other (void)
{
  g_autoptr (SmaltiSpecDraft) draft = start (TEXT);

  g_assert_true (smalti_spec_draft_set (draft, "train.epochs", "5"));
  g_assert_cmpstr (smalti_spec_draft_get_yaml (draft), ==, HEAD "train:\n  epochs: 5 # few\n  lr: 0.1\n");
  g_assert_true (smalti_spec_draft_is_changed (draft, "train.epochs"));
  g_assert_false (smalti_spec_draft_is_changed (draft, "train.lr"));
  g_assert_cmpuint (smalti_spec_draft_n_changed (draft), ==, 1);
  smalti_spec_draft_reset (draft, "train.epochs");
  g_assert_cmpstr (smalti_spec_draft_get_yaml (draft), ==, TEXT);
  g_assert_cmpuint (smalti_spec_draft_n_changed (draft), ==, 0);
}

static void
text_changes_the_settings (void)
{
  g_autoptr (SmaltiSpecDraft) draft = start (TEXT);

  smalti_spec_draft_set_yaml (draft, HEAD "train:\n  lr: 0.5\n");
  assert_text (draft, "train.lr", "0.5");
  assert_text (draft, "train.epochs", "20");
  g_assert_cmpuint (smalti_spec_draft_n_changed (draft), ==, 2);
}

static void
text_that_cannot_be_read_keeps_the_settings_and_says_where (void)
{
  g_autoptr (SmaltiSpecDraft) draft = start (TEXT);
  const SmaltiSpecMistake *mistake;

  smalti_spec_draft_set_yaml (draft, HEAD "train:\n  epochs: many\n");
  g_assert_false (smalti_spec_draft_is_readable (draft));
  assert_text (draft, "train.epochs", "3");
  mistake = smalti_spec_draft_get_mistakes (draft)->pdata[0];
  g_assert_cmpuint (mistake->line, ==, 9);
  g_assert_nonnull (smalti_spec_draft_get_trouble (draft));
  g_assert_false (smalti_spec_draft_set (draft, "train.epochs", "5"));
  smalti_spec_draft_set_yaml (draft, HEAD "train:\n  epochs: 7\n");
  g_assert_true (smalti_spec_draft_is_readable (draft));
  assert_text (draft, "train.epochs", "7");
}

static void
a_refused_value_is_a_problem_until_another_is_set (void)
{
  g_autoptr (SmaltiSpecDraft) draft = start (TEXT);

  g_assert_false (smalti_spec_draft_set (draft, "method.grid", "9"));
  g_assert_nonnull (strstr (smalti_spec_draft_get_problem (draft, "method.grid"), "from 2 to 3"));
  g_assert_nonnull (smalti_spec_draft_get_trouble (draft));
  g_assert_cmpstr (smalti_spec_draft_get_yaml (draft), ==, TEXT);
  g_assert_true (smalti_spec_draft_set (draft, "method.grid", "3"));
  g_assert_null (smalti_spec_draft_get_problem (draft, "method.grid"));
  g_assert_null (smalti_spec_draft_get_trouble (draft));
}

static void
what_is_missing_is_a_problem_of_its_key (void)
{
  g_autoptr (SmaltiSpecDraft) draft = start ("method:\n  name: jigsaw\nbackbone:\n  name: cfn-small\n");

  g_assert_true (smalti_spec_draft_is_readable (draft));
  g_assert_nonnull (smalti_spec_draft_get_problem (draft, "data.path"));
  g_assert_true (smalti_spec_draft_set (draft, "data.path", "/photos"));
  g_assert_null (smalti_spec_draft_get_problem (draft, "data.path"));
}

static void
undoing_goes_back_edit_by_edit (void)
{
  g_autoptr (SmaltiSpecDraft) draft = start (TEXT);

  g_assert_false (smalti_spec_draft_can_undo (draft));
  /* Typed in one go, so it is one. */
  smalti_spec_draft_set (draft, "train.epochs", "4");
  smalti_spec_draft_set (draft, "train.epochs", "42");
  smalti_spec_draft_set (draft, "train.lr", "0.2");
  smalti_spec_draft_undo (draft);
  assert_text (draft, "train.lr", "0.1");
  assert_text (draft, "train.epochs", "42");
  smalti_spec_draft_undo (draft);
  assert_text (draft, "train.epochs", "3");
  g_assert_cmpstr (smalti_spec_draft_get_yaml (draft), ==, TEXT);
  g_assert_false (smalti_spec_draft_can_undo (draft));
  smalti_spec_draft_redo (draft);
  smalti_spec_draft_redo (draft);
  assert_text (draft, "train.lr", "0.2");
  g_assert_false (smalti_spec_draft_can_redo (draft));
}

static void
another_class_and_back_restores_what_it_had (void)
{
  g_autoptr (SmaltiSpecDraft) draft
      = start ("data:\n  path: /photos\nmethod:\n  name: jigsaw\n  grid: 2\nbackbone:\n  name: "
               "cfn-small\n  width: 2\n");

  g_assert_true (smalti_spec_draft_set (draft, "backbone.name", "resnet18"));
  g_assert_null (strstr (smalti_spec_draft_get_yaml (draft), "width"));
  g_assert_true (smalti_spec_draft_is_changed (draft, "backbone.name"));
  g_assert_false (smalti_spec_draft_is_changed (draft, "backbone.width"));
  smalti_spec_draft_reset (draft, "backbone.name");
  assert_text (draft, "backbone.width", "2");
  g_assert_cmpuint (smalti_spec_draft_n_changed (draft), ==, 0);
}

static void
what_is_given_is_no_difference (void)
{
  static const char *const given[] = { "name", "puzzles", "data.path", "/elsewhere", NULL };
  g_autoptr (SmaltiSpecDraft) draft = start (TEXT);

  smalti_spec_draft_set (draft, "train.lr", "0.3");
  smalti_spec_draft_give (draft, given);
  assert_text (draft, "data.path", "/elsewhere");
  g_assert_cmpuint (smalti_spec_draft_n_changed (draft), ==, 1);
  g_assert_true (g_str_has_prefix (smalti_spec_draft_get_yaml (draft), "# mine\nname: puzzles\n"));
}

/* A preset says minutes; they would go before the epochs that somebody asks for. */
static void
epochs_that_are_set_count (void)
{
  g_autoptr (SmaltiSpecDraft) draft = start (HEAD "train:\n  minutes: 3\n");

  smalti_spec_draft_set (draft, "train.epochs", "7");
  assert_text (draft, "train.minutes", "0");
  smalti_spec_draft_undo (draft);
  assert_text (draft, "train.minutes", "3");
  assert_text (draft, "train.epochs", "20");
}

static void
note_problems (SmaltiSpecDraft *draft, gpointer user_data)
{
  ++*(guint *)user_data;
}

/* Four tiles have 24 orders: no table knows that. */
static void
a_network_that_cannot_be_built_is_told_later (void)
{
  g_autoptr (SmaltiSpecDraft) draft = start ("data:\n  path: /photos\nmethod:\n  name: jigsaw\n  grid: 2\n  "
                                             "permutations: 100\nbackbone:\n  name: cfn-small\n");
  guint n = 0;

  g_signal_connect (draft, "problems", G_CALLBACK (note_problems), &n);
  g_assert_null (smalti_spec_draft_get_network_trouble (draft));
  while (n == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (strstr (smalti_spec_draft_get_network_trouble (draft), "24"));
  g_assert_cmpstr (smalti_spec_draft_get_trouble (draft), ==, smalti_spec_draft_get_network_trouble (draft));
  smalti_spec_draft_set (draft, "method.permutations", "24");
  g_assert_null (smalti_spec_draft_get_trouble (draft));
}

static void
every_preset_is_there_and_of_its_method (void)
{
  for (const SmaltiPreset *preset = smalti_presets (); preset->kind; preset++)
    {
      g_autofree char *yaml = smalti_preset_load_yaml (preset);
      g_autoptr (SmaltiSpecDraft) draft = start (yaml);

      assert_text (draft, "method.name", preset->method);
      g_assert_true (smalti_preset_find (preset->method, preset->kind) == preset);
      g_assert_cmpuint (smalti_spec_draft_n_changed (draft), ==, 0);
    }
  for (const SmaltiPretextClass *const *method = smalti_pretexts (); *method; method++)
    if ((*method)->trains)
      {
        g_assert_nonnull (smalti_preset_find ((*method)->id, "quick-look"));
        g_assert_nonnull (smalti_preset_find ((*method)->id, "small-images"));
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/spec-form/set", a_setting_changes_its_line_and_no_other);
  g_test_add_func ("/spec-form/text", text_changes_the_settings);
  g_test_add_func ("/spec-form/unreadable", text_that_cannot_be_read_keeps_the_settings_and_says_where);
  g_test_add_func ("/spec-form/refused", a_refused_value_is_a_problem_until_another_is_set);
  g_test_add_func ("/spec-form/missing", what_is_missing_is_a_problem_of_its_key);
  g_test_add_func ("/spec-form/undo", undoing_goes_back_edit_by_edit);
  g_test_add_func ("/spec-form/class", another_class_and_back_restores_what_it_had);
  g_test_add_func ("/spec-form/given", what_is_given_is_no_difference);
  g_test_add_func ("/spec-form/epochs", epochs_that_are_set_count);
  g_test_add_func ("/spec-form/network", a_network_that_cannot_be_built_is_told_later);
  g_test_add_func ("/spec-form/presets", every_preset_is_there_and_of_its_method);
  return g_test_run ();
}
