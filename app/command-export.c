/* SPDX-License-Identifier: Apache-2.0 */
/* smalti export: a run's backbone for other programs. */
#include "app/commands.h"

#include <inttypes.h>
#include "app/output.h"
#include "core/exchange/export.h"

static const char *const formats[] = { "safetensors", NULL };

static const CliOption options[] = {
  { "format", 0, CLI_CHOICE, N_ ("FORMAT"), N_ ("What to write"), .choices = formats },
  { "out", 'o', CLI_FILE, N_ ("FILE"), N_ ("The file to write"), .required = TRUE },
  { NULL },
};

static gboolean
run (CliInvocation *invocation, GError **error)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (cli_text (invocation, "store"), error);
  g_autoptr (SmaltiRunInfo) info = NULL;
  g_autofree char *folder = NULL, *python = NULL;
  const char *out = cli_text (invocation, "out");

  if (store == NULL)
    return FALSE;
  info = smalti_store_find_run (store, cli_argument (invocation, 0), error);
  if (info == NULL)
    return FALSE;
  folder = smalti_store_get_run_folder (store, info->id);
  if (!smalti_model_export (folder, info->name, out, &python, error))
    return FALSE;
  if (cli_output_json ())
    {
      JsonBuilder *builder = json_builder_new ();

      json_builder_begin_object (builder);
      cli_json_int (builder, "run", info->id);
      cli_json_string (builder, "file", out);
      cli_json_string (builder, "python", python);
      cli_json_end (builder);
    }
  cli_say (_ ("The backbone of run %" PRId64 ", %s, is in “%s”."), info->id, info->backbone, out);
  cli_note (_ ("To load it in Python:\n\n%s"), python);
  return TRUE;
}

const CliCommand cli_export_command = {
  .name = "export",
  .summary = N_ ("Write a run's backbone as a file that PyTorch loads"),
  .details = N_ (
      "Names are torchvision's where it has the network (ResNet-18, 34 and 50, its AlexNet), those of the colorization "
      "network's release, or our own. The head that solved the pretext task is left out. The file's metadata says how "
      "images become numbers, and “smalti models import” reads it.\n\n"
      "The lines of Python that load the file are written to standard error."),
  .uses = CLI_STORES,
  .argument = { { N_ ("RUN"), CLI_RUN } },
  .options = options,
  .example = { { "smalti export last --format safetensors --out backbone.safetensors",
                 N_ ("The newest run's backbone, for torchvision.") } },
  .run = run,
};
