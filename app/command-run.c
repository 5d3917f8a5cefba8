/* SPDX-License-Identifier: Apache-2.0 */
/* smalti run, and what resume shares with it. Everything that can be wrong is looked at before the store is touched. */
#include "app/command-run.h"

#include <inttypes.h>
#include <string.h>

#include "app/commands.h"
#include "app/estimate.h"
#include "app/follow.h"
#include "app/output.h"
#include "app/work.h"
#include "core/data/dataset.h"
#include "core/run/report.h"

static const CliOption options[] = {
  { "estimate", 0, CLI_NONE, NULL,
    N_ ("Only say what it would cost: network, memory, time; measured by a few steps, nothing is kept") },
  { "set", 0, CLI_TEXT, N_ ("KEY=VALUE"), N_ ("Change one setting of the spec, as in train.lr=0.1"), .repeats = TRUE },
  { NULL },
};

gboolean
cli_spec_apply (const CliInvocation *invocation, SmaltiSpec *spec, GError **error)
{
  const char *device = cli_text (invocation, "device");
  const char *threads = cli_text (invocation, "threads");

  if (device != NULL && !smalti_spec_set (spec, "device", device, error))
    return FALSE;
  if (threads != NULL && !smalti_spec_set (spec, "threads", threads, error))
    return FALSE;
  return smalti_spec_check (spec, error);
}

static gboolean
apply_settings (const char *const *settings, SmaltiSpec *spec, GError **error)
{
  for (; settings != NULL && *settings != NULL; settings++)
    {
      const char *equals = strchr (*settings, '=');
      g_autofree char *key = equals != NULL ? g_strndup (*settings, equals - *settings) : NULL;

      if (equals == NULL || equals == *settings)
        {
          g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                       _ ("“--set %s” is not KEY=VALUE, as in “--set train.lr=0.1”."), *settings);
          return FALSE;
        }
      if (!smalti_spec_set (spec, key, equals + 1, error))
        {
          g_prefix_error (error, "--set %s: ", *settings);
          return FALSE;
        }
    }
  return TRUE;
}

static void
on_scan (guint64 n_found, gpointer user_data)
{
  cli_work_phase (user_data, n_found, 0, NULL);
}

static gboolean
scan (GCancellable *cancellable, gpointer user_data, GError **error)
{
  SmaltiSpec *spec = user_data;
  guint64 seed = smalti_values_get_int (smalti_spec_get_values (spec, ""), "seed");
  g_autoptr (SmaltiDataset) dataset = smalti_dataset_open (smalti_spec_get_values (spec, "data"), seed, cancellable,
                                                           on_scan, (gpointer)_ ("Looking for images"), error);

  if (dataset == NULL)
    return FALSE;
  if (smalti_spec_get_method (spec)->needs_labels && smalti_dataset_get_n_classes (dataset) == 0)
    {
      g_set_error (
          error, SMALTI_ERROR, SMALTI_ERROR_DATA,
          _ ("“%s” has no labels, and the method “%s” learns from labels: sort the images into one folder a class."),
          smalti_dataset_get_path (dataset), smalti_spec_get_method (spec)->id);
      return FALSE;
    }
  return TRUE;
}

gint64
cli_run_add (const CliInvocation *invocation, SmaltiStore **store, SmaltiSpec *spec, GError **error)
{
  g_autoptr (SmaltiStore) opened = NULL;
  gint64 run;

  if (!cli_work (scan, spec, error))
    return 0;
  if (*store == NULL)
    {
      opened = smalti_store_open (cli_text (invocation, "store"), error);
      if (opened == NULL)
        return 0;
    }
  run = smalti_store_add_run (*store != NULL ? *store : opened, spec, error);
  if (run <= 0)
    return 0;
  if (opened != NULL)
    *store = g_steal_pointer (&opened);
  return run;
}

gboolean
cli_run_to_end (const CliInvocation *invocation, SmaltiStore *store, gint64 run, GError **error)
{
  g_autoptr (GPtrArray) benchmarks = NULL;
  g_autofree char *table = NULL;

  if (!cli_follow (invocation, store, run, error))
    return FALSE;
  cli_say (_ ("Run %" PRId64 " is done."), run);
  benchmarks = smalti_store_get_benchmarks (store, run, error);
  if (benchmarks == NULL)
    return FALSE;
  if (benchmarks->len == 0)
    return TRUE;
  table = smalti_report_table (store, &run, 1, error);
  if (table == NULL)
    return FALSE;
  cli_say ("%s", table);
  return TRUE;
}

void
cli_run_announce (gint64 run, const SmaltiSpec *spec)
{
  const char *name = smalti_values_get_string (smalti_spec_get_values (spec, ""), "name");

  cli_note (_ ("Run %" PRId64 "%s%s%s: %s on %s, images of %s"), run, *name != '\0' ? " “" : "", name,
            *name != '\0' ? "”" : "", smalti_spec_get_method (spec)->id, smalti_spec_get_backbone (spec)->id,
            smalti_values_get_string (smalti_spec_get_values (spec, "data"), "path"));
}

static gboolean
run (CliInvocation *invocation, GError **error)
{
  const char *path = cli_argument (invocation, 0);
  g_autoptr (SmaltiSpec) spec = NULL;
  g_autoptr (SmaltiStore) store = NULL;
  gint64 id;

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("There is no spec file “%s”."), path);
      return FALSE;
    }
  spec = smalti_spec_load (path, error);
  if (spec == NULL || !apply_settings (cli_list (invocation, "set"), spec, error)
      || !cli_spec_apply (invocation, spec, error))
    return FALSE;
  if (cli_has (invocation, "estimate"))
    return cli_estimate (spec, error);
  id = cli_run_add (invocation, &store, spec, error);
  if (id == 0)
    return FALSE;
  cli_run_announce (id, spec);
  return cli_run_to_end (invocation, store, id, error);
}

const CliCommand cli_run_command = {
  .name = "run",
  .summary = N_ ("Do what a spec says: train, then measure"),
  .details
  = N_ ("The spec is checked whole before anything starts; every mistake is told with its line. The run is kept in "
        "the store with its curves, pictures and checkpoints.\n\n"
        "Ctrl-C stops at a checkpoint; “smalti resume” goes on from there, to the bit."),
  .uses = CLI_COMPUTES | CLI_STORES,
  .argument = { { N_ ("SPEC.yaml"), CLI_SPEC } },
  .options = options,
  .example = { { "smalti run jigsaw.yaml --set train.epochs=5", N_ ("The spec, but for five epochs.") },
               { "smalti run jigsaw.yaml --estimate", N_ ("How long it would take, and how much memory.") } },
  .run = run,
};
