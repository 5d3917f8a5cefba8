/* SPDX-License-Identifier: Apache-2.0 */
/* smalti eval: the benchmark on a run that is trained, with other data, another protocol or other layers. */
#include <string.h>

#include "app/commands.h"
#include "app/follow.h"
#include "app/output.h"
#include "app/trained.h"
#include "app/work.h"
#include "core/run/spec.h"

static const char *const protocols[] = { "linear", "knn", NULL };

static const CliOption options[] = {
  { "data", 0, CLI_FOLDER, N_ ("DIR"), N_ ("Labelled images to measure on (default: what the spec says)") },
  { "protocol", 0, CLI_CHOICE, N_ ("PROTOCOL"), N_ ("How to measure"), .choices = protocols },
  { "layers", 0, CLI_TEXT, N_ ("NAMES"), N_ ("“all”, or names with commas between: conv3,conv4") },
  { "set", 0, CLI_TEXT, N_ ("KEY=VALUE"), N_ ("Change a setting of the spec's section “eval”, as in k=200"),
    .repeats = TRUE },
  { NULL },
};

typedef struct
{
  const CliInvocation *invocation;
  SmaltiRunInfo *info;
  SmaltiStore *store;
  char *folder;  /* of the run */
  GError *error; /* the first result that could not be kept */
} Evaluation;

/* A result on its way from the work to the main loop, which has the store and the terminal. */
typedef struct
{
  Evaluation *evaluation;
  char *json;
} Result;

static void
result_free (Result *self)
{
  g_free (self->json);
  g_free (self);
}

static gboolean
set_layers (SmaltiValues *values, const char *layers, GError **error)
{
  g_autofree char *list = strcmp (layers, "all") == 0 ? g_strdup ("[]") : g_strdup_printf ("[%s]", layers);

  return smalti_values_set (values, "layers", list, error);
}

static gboolean
apply_options (const CliInvocation *invocation, SmaltiSpec *spec, GError **error)
{
  SmaltiValues *values = smalti_spec_get_values (spec, "eval");
  const char *data = cli_text (invocation, "data");
  const char *protocol = cli_text (invocation, "protocol");
  const char *layers = cli_text (invocation, "layers");

  if (data != NULL && !smalti_spec_set (spec, "eval.data", data, error))
    return FALSE;
  if (protocol != NULL && !smalti_values_set (values, "protocol", protocol, error))
    return FALSE;
  if (layers != NULL && !set_layers (values, layers, error))
    return FALSE;
  for (const char *const *s = cli_list (invocation, "set"); s != NULL && *s != NULL; s++)
    {
      const char *equals = strchr (*s, '=');
      g_autofree char *key = equals != NULL ? g_strndup (*s, equals - *s) : NULL;
      g_autofree char *full = key != NULL ? g_strconcat ("eval.", key, NULL) : NULL;

      if (full == NULL)
        {
          g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                       _ ("“--set %s” is not KEY=VALUE, as in “--set k=200”."), *s);
          return FALSE;
        }
      if (!smalti_spec_set (spec, full, equals + 1, error))
        return FALSE;
    }
  if (strcmp (smalti_values_get_string (values, "protocol"), "none") == 0)
    return smalti_values_set (values, "protocol", "linear", error);
  return TRUE;
}

/* On the main loop's thread. */
static gboolean
keep_and_tell (gpointer data)
{
  const Result *self = data;
  Evaluation *evaluation = self->evaluation;
  g_autoptr (SmaltiBenchmark) benchmark = smalti_benchmark_from_json (self->json, NULL);
  g_autofree char *text = NULL;

  g_assert (benchmark != NULL);
  text = cli_text_benchmark (benchmark);
  cli_json_line (self->json);
  cli_say ("%s", text);
  if (evaluation->error == NULL)
    smalti_store_add_artifact (evaluation->store, evaluation->info->id, "benchmark", evaluation->info->step, self->json,
                               NULL, &evaluation->error);
  return G_SOURCE_REMOVE;
}

static void
on_result (const SmaltiBenchmark *benchmark, gpointer user_data)
{
  Result *result = g_new0 (Result, 1);

  result->evaluation = user_data;
  result->json = smalti_benchmark_to_json (benchmark);
  g_idle_add_full (G_PRIORITY_DEFAULT, keep_and_tell, result, (GDestroyNotify)result_free);
}

static gboolean
work (GCancellable *cancellable, gpointer user_data, GError **error)
{
  Evaluation *self = user_data;
  g_autoptr (SmaltiModel) model = NULL;
  SmaltiSpec *spec;

  model = cli_trained_open (self->invocation, self->info, self->folder, error);
  if (model == NULL)
    return FALSE;
  spec = smalti_model_get_spec (model);
  if (!apply_options (self->invocation, spec, error))
    return FALSE;
  return smalti_model_evaluate (model, smalti_spec_get_values (spec, "eval"),
                                smalti_values_get_int (smalti_spec_get_values (spec, ""), "seed"), cancellable,
                                cli_work_phase, on_result, self, error);
}

static gboolean
run (CliInvocation *invocation, GError **error)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (cli_text (invocation, "store"), error);
  g_autoptr (SmaltiRunInfo) info = NULL;
  g_autofree char *folder = NULL;
  Evaluation self = { invocation };
  gboolean ok;

  if (store == NULL)
    return FALSE;
  info = smalti_store_find_run (store, cli_argument (invocation, 0), error);
  if (info == NULL)
    return FALSE;
  folder = smalti_store_get_run_folder (store, info->id);
  self.info = info;
  self.store = store;
  self.folder = folder;
  ok = cli_work (work, &self, error);
  if (ok && self.error != NULL)
    {
      g_propagate_error (error, self.error);
      return FALSE;
    }
  g_clear_error (&self.error);
  return ok;
}

const CliCommand cli_eval_command = {
  .name = "eval",
  .summary = N_ ("Measure a trained run's features: the linear benchmark or nearest neighbours"),
  .uses = CLI_COMPUTES | CLI_STORES,
  .argument = { { N_ ("RUN"), CLI_RUN } },
  .options = options,
  .example = { { "smalti eval last --data ~/labelled --protocol knn --layers conv4",
                 N_ ("How well neighbours of the fourth layer agree on the class.") } },
  .run = run,
};
