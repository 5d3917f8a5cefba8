/* SPDX-License-Identifier: Apache-2.0 */
/* smalti models list, import, rm: weights that were trained elsewhere. In the store they are runs of method `imported`,
 * so every command that takes a run takes a model. */
#include <inttypes.h>
#include <string.h>

#include "app/commands.h"
#include "app/output.h"
#include "app/work.h"
#include "core/base/text-table.h"
#include "core/exchange/import.h"

static gboolean
is_model (const SmaltiRunInfo *info)
{
  return strcmp (info->method, "imported") == 0;
}

/* Listing */

static void
json_model (const SmaltiRunInfo *info, const SmaltiValues *values)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  cli_json_int (builder, "model", info->id);
  cli_json_string (builder, "name", info->name);
  cli_json_string (builder, "backbone", info->backbone);
  cli_json_string (builder, "state", smalti_run_state_id (info->state));
  cli_json_string (builder, "source", smalti_values_get_string (values, "source"));
  cli_json_string (builder, "sha256", smalti_values_get_string (values, "sha256"));
  cli_json_string (builder, "input", smalti_values_get_string (values, "input"));
  cli_json_int (builder, "size", smalti_values_get_int (values, "size"));
  cli_json_int (builder, "n_params", info->n_params);
  cli_json_int (builder, "created", info->created);
  cli_json_end (builder);
}

static void
add_model (SmaltiTextTable *table, const SmaltiRunInfo *info, const SmaltiValues *values)
{
  smalti_text_table_add (table, g_strdup_printf ("%" G_GINT64_FORMAT, info->id));
  smalti_text_table_add (table, g_strdup (info->name));
  smalti_text_table_add (table, g_strdup (info->backbone));
  smalti_text_table_add (table, cli_text_count (info->n_params));
  smalti_text_table_add (table, g_strdup_printf ("%s, %d px", smalti_values_get_string (values, "input"),
                                                 (int)smalti_values_get_int (values, "size")));
  smalti_text_table_add (table, g_strdup (smalti_values_get_string (values, "source")));
  smalti_text_table_add (table, cli_text_time (info->created));
}

static gboolean
list (CliInvocation *invocation, GError **error)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (cli_text (invocation, "store"), error);
  const char *const headers[]
      = { _ (">Model"), _ ("Name"), _ ("Backbone"), _ (">Parameters"), _ ("Input"), _ ("From"), _ ("Imported") };
  g_autoptr (GPtrArray) runs = store != NULL ? smalti_store_list_runs (store, error) : NULL;
  SmaltiTextTable *table;
  g_autofree char *text = NULL;
  guint n = 0;

  if (runs == NULL)
    return FALSE;
  table = smalti_text_table_new (headers, G_N_ELEMENTS (headers));
  for (guint i = 0; i < runs->len; i++)
    {
      const SmaltiRunInfo *info = runs->pdata[i];
      g_autoptr (SmaltiSpec) spec = NULL;

      if (!is_model (info) || info->state != SMALTI_RUN_DONE)
        continue;
      spec = smalti_spec_parse (info->spec_yaml, _ ("the run's spec"), NULL, NULL);
      if (spec == NULL || smalti_spec_get_method (spec) != smalti_pretext_find ("imported"))
        continue; /* of a newer version; “smalti runs” lists it */
      n++;
      if (cli_output_json ())
        json_model (info, smalti_spec_get_values (spec, "method"));
      else
        add_model (table, info, smalti_spec_get_values (spec, "method"));
    }
  text = smalti_text_table_finish (table);
  if (n == 0)
    cli_note (_ ("There is no model in “%s” yet; “smalti models import FILE” brings one in."),
              smalti_store_get_path (store));
  else if (!cli_output_json ())
    cli_say ("%s", text);
  return TRUE;
}

/* Importing */

static const CliOption import_options[] = {
  { "name", 0, CLI_TEXT, N_ ("NAME"), N_ ("What to call it (default: the file's name)") },
  { "backbone", 0, CLI_TEXT, N_ ("NAME"), N_ ("What network the weights are of, where names and shapes do not tell") },
  { "set", 0, CLI_TEXT, N_ ("KEY=VALUE"),
    N_ ("A setting of the backbone or of its input, as in method.size=64 or backbone.norm=lrn"), .repeats = TRUE },
  { NULL },
};

typedef struct
{
  const CliInvocation *invocation;
  gint64 id;
  char *left_out;
} ModelImport;

static gboolean
import_work (GCancellable *cancellable, gpointer user_data, GError **error)
{
  ModelImport *self = user_data;
  const SmaltiImportOptions options = {
    .name = cli_text (self->invocation, "name"),
    .backbone = cli_text (self->invocation, "backbone"),
    .settings = cli_list (self->invocation, "set"),
  };
  g_autoptr (SmaltiStore) store = smalti_store_open (cli_text (self->invocation, "store"), error);

  if (store == NULL)
    return FALSE;
  cli_work_phase (_ ("Reading the weights"), 0, 0, NULL);
  self->id = smalti_model_import (store, cli_argument (self->invocation, 0), &options, &self->left_out, error);
  return self->id > 0;
}

static gboolean
import (CliInvocation *invocation, GError **error)
{
  ModelImport self = { invocation };
  g_autofree char *left_out = NULL;
  g_autoptr (SmaltiStore) store = NULL;
  g_autoptr (SmaltiRunInfo) info = NULL;
  g_autofree char *count = NULL;

  if (!cli_work (import_work, &self, error))
    return FALSE;
  left_out = self.left_out;
  store = smalti_store_open (cli_text (invocation, "store"), error);
  info = store != NULL ? smalti_store_get_run (store, self.id, error) : NULL;
  if (info == NULL)
    return FALSE;
  if (cli_output_json ())
    {
      JsonBuilder *builder = json_builder_new ();

      json_builder_begin_object (builder);
      cli_json_int (builder, "model", info->id);
      cli_json_string (builder, "name", info->name);
      cli_json_string (builder, "backbone", info->backbone);
      cli_json_int (builder, "n_params", info->n_params);
      cli_json_string (builder, "left_out", left_out != NULL ? left_out : "");
      cli_json_end (builder);
    }
  count = cli_text_count (info->n_params);
  cli_say (_ ("Model %" PRId64 " is “%s”: %s, %s parameters."), info->id, info->name, info->backbone, count);
  if (left_out != NULL)
    cli_note ("%s", left_out);
  cli_note (_ ("Measure it with: smalti eval %" PRId64 " --data DIR"), info->id);
  return TRUE;
}

/* Removing */

static gboolean
rm (CliInvocation *invocation, GError **error)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (cli_text (invocation, "store"), error);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (store == NULL)
    return FALSE;
  /* All are looked for before the first is removed: a slip of the pen removes nothing. */
  for (guint i = 0; i < invocation->arguments->len; i++)
    {
      g_autoptr (SmaltiRunInfo) info = smalti_store_find_run (store, cli_argument (invocation, i), error);

      if (info == NULL)
        return FALSE;
      if (!is_model (info))
        {
          g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                       _ ("Run %" PRId64 " was not imported but made here, by method %s; “smalti runs rm” "
                          "removes such runs."),
                       info->id, info->method);
          return FALSE;
        }
      g_array_append_val (ids, info->id);
    }
  for (guint i = 0; i < ids->len; i++)
    {
      gint64 id = g_array_index (ids, gint64, i);

      if (!smalti_store_remove_run (store, id, error))
        return FALSE;
      cli_note (_ ("Model %" PRId64 " is removed."), id);
    }
  return TRUE;
}

const CliCommand cli_models_list_command = {
  .name = "models list",
  .summary = N_ ("List the imported models, newest first"),
  .details = N_ ("“smalti models” alone does the same."),
  .uses = CLI_STORES,
  .run = list,
};

const CliCommand cli_models_import_command = {
  .name = "models import",
  .summary = N_ ("Bring in weights trained elsewhere, to be measured beside the runs"),
  .details = N_ (
      "Reads PyTorch's files (.pth, .pt; no Python in them is run) and .safetensors: the residual networks and AlexNet "
      "of torchvision, the released colorization network, what “smalti export” wrote, and whatever else has the names "
      "and shapes of a backbone. Classifiers and projection heads are left out.\n\n"
      "Images become numbers by ImageNet's mean and deviation at 224 px, cut from the middle as the largest square; "
      "“--set method.mean=…”, method.deviation, method.input and method.size say otherwise."),
  .uses = CLI_STORES,
  .argument = { { N_ ("FILE"), CLI_FILE } },
  .options = import_options,
  .example = { { "smalti models import resnet18.pth --name \"supervised on ImageNet\"",
                 N_ ("torchvision's ResNet-18, to be measured with “smalti eval last --data DIR”.") },
               { "smalti models import moco.pth.tar --set method.size=128",
                 N_ ("A MoCo checkpoint: its encoder alone, on images of 128 px.") } },
  .run = import,
};

const CliCommand cli_models_rm_command = {
  .name = "models rm",
  .summary = N_ ("Remove imported models with what was measured of them"),
  .uses = CLI_STORES,
  .argument = { { N_ ("MODEL"), CLI_RUN, .repeats = TRUE } },
  .run = rm,
};
