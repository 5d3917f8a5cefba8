/* SPDX-License-Identifier: Apache-2.0 */
/* "smalti help spec": the reference of everything a spec may say, written from the tables that check it. */
#include <string.h>

#include "app/help.h"
#include "app/output.h"
#include "core/data/dataset.h"
#include "core/eval/benchmark.h"
#include "core/run/spec.h"

static void
append_param (GString *out, const SmaltiParam *param, guint columns)
{
  g_autofree char *allowed = smalti_param_allowed (param);
  g_autofree char *facts = NULL;
  const char *value = param->value != NULL && *param->value != '\0' ? param->value : "\"\"";
  const char *unit = param->unit != NULL ? _ (param->unit) : "";

  g_string_append_printf (out, "  %s: %s%s%s\n      ", param->key,
                          (param->flags & SMALTI_PARAM_REQUIRED) != 0 ? _ ("(must be given)") : value,
                          *unit != '\0' ? "  # " : "", unit);
  cli_help_wrap (out, _ (param->help), columns, 6, 6);
  g_string_append (out, "\n      ");
  facts = g_strdup_printf (_ ("It is %s."), allowed);
  cli_help_wrap (out, facts, columns, 6, 6);
  g_string_append_c (out, '\n');
}

static void
append_table (GString *out, const SmaltiParam *table, guint columns)
{
  for (const SmaltiParam *param = table; param->key != NULL; param++)
    append_param (out, param, columns);
}

static void
append_section (GString *out, const char *name, const char *text, const SmaltiParam *table, guint columns)
{
  g_string_append_printf (out, "\n%s\n  ", name);
  cli_help_wrap (out, text, columns, 2, 2);
  g_string_append_c (out, '\n');
  append_table (out, table, columns);
}

static void
append_methods (GString *out, guint columns)
{
  for (const SmaltiPretextClass *const *c = smalti_pretexts (); *c != NULL; c++)
    {
      g_autofree char *title = g_strdup_printf ("method: { name: %s }", (*c)->id);
      g_autoptr (GString) text = g_string_new (_ ((*c)->title));

      g_string_append_printf (text, ". %s", _ ((*c)->summary));
      if ((*c)->paper != NULL && *(*c)->paper != '\0')
        g_string_append_printf (text, " (%s)", (*c)->paper);
      append_section (out, title, text->str, (*c)->params, columns);
    }
}

static void
append_backbones (GString *out, guint columns)
{
  for (const SmaltiBackboneClass *const *c = smalti_backbones (); *c != NULL; c++)
    {
      g_autofree char *title = g_strdup_printf ("backbone: { name: %s }", (*c)->id);
      g_autofree char *smallest = g_strdup_printf (_ ("smallest input: %d px"), (*c)->min_input);
      g_autoptr (GString) text = g_string_new (_ ((*c)->title));

      if ((*c)->paper != NULL && *(*c)->paper != '\0')
        g_string_append_printf (text, " (%s)", (*c)->paper);
      g_string_append_printf (text, "; %s", smallest);
      append_section (out, title, text->str, (*c)->params, columns);
    }
}

char *
cli_help_spec (void)
{
  static const char example[] = "name: puzzles on my photos\n"
                                "data:\n"
                                "  path: ~/Pictures\n"
                                "method:\n"
                                "  name: jigsaw\n"
                                "backbone:\n"
                                "  name: cfn-small\n"
                                "train:\n"
                                "  epochs: 20\n"
                                "eval:\n"
                                "  data: ~/labelled\n";
  guint columns = cli_help_columns ();
  GString *out = g_string_new (NULL);

  cli_help_wrap (
      out,
      _ ("A spec is a YAML file that says everything a run does. What it leaves out is at its default, shown "
         "below after each key. “--set section.key=value” changes one setting of a run (“--set seed=2”, “--set "
         "train.lr=0.1”, “--set method.name=colorization”). Paths are relative to the spec's folder."),
      columns, 0, 0);
  g_string_append_printf (out, "\n\n%s", example);
  append_section (out, _ ("top level"), _ ("The run itself."), smalti_spec_params, columns);
  append_section (out, "data:", _ ("The images to learn from."), smalti_data_params, columns);
  append_methods (out, columns);
  append_backbones (out, columns);
  append_section (out, "train:", _ ("How it is trained."), smalti_train_params (), columns);
  append_section (out, "eval:", _ ("How the features are measured when it is trained."), smalti_eval_params, columns);
  return g_string_free (out, FALSE);
}
