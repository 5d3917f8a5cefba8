/* SPDX-License-Identifier: Apache-2.0 */
/* smalti bench: how fast this machine trains. */
#include <math.h>
#include <string.h>

#include "app/commands.h"
#include "app/output.h"
#include "app/work.h"
#include "core/base/text-table.h"
#include "core/run/bench.h"

enum
{
  N_WARM = 3,
  N_TIMED = 10,
  N_QUICK = 3,
};

static const CliOption options[] = {
  { "quick", 0, CLI_NONE, NULL, N_ ("Fewer steps: sooner done, less certain") },
  { "only", 0, CLI_TEXT, N_ ("NAMES"), N_ ("Only these, with commas between: resnet18-64,jigsaw-cfn") },
  { "batch", 0, CLI_WHOLE, N_ ("N"), N_ ("Images a step, instead of each workload's own number"), .min = 1,
    .max = 65536 },
  { "profile", 0, CLI_NONE, NULL, N_ ("Tell also where the time goes, operator by operator") },
  { NULL },
};

/* One workload in one precision. */
typedef struct
{
  const SmaltiWorkload *workload;
  SmaltiPrecision precision;
  SmaltiTiming *timing;
} Result;

static void
result_clear (Result *self)
{
  g_clear_pointer (&self->timing, smalti_timing_free);
}

typedef struct
{
  const CliInvocation *invocation;
  SmaltiTimingOptions timing;
  char **only; /* or %NULL for all */
  char *device_name;
  guint n_threads;
  GArray *results; /* of Result */
  char *title;     /* of the progress */
} Bench;

static gboolean
is_wanted (const Bench *self, const SmaltiWorkload *workload)
{
  return self->only == NULL || g_strv_contains ((const char *const *)self->only, workload->id);
}

static const char *
precision_id (SmaltiPrecision precision)
{
  return precision == SMALTI_PRECISION_BF16 ? "bf16" : "f32";
}

static void
on_progress (guint64 done, guint64 total, gpointer user_data)
{
  Bench *self = user_data;

  cli_work_phase (self->title, done, total, NULL);
}

static gboolean
time_one (Bench *self, const SmaltiWorkload *workload, SmaltiPrecision precision, SmaltiDevice *device,
          GCancellable *cancellable, GError **error)
{
  Result result = { workload, precision, NULL };

  g_free (self->title);
  self->title = g_strdup_printf ("%s, %s", _ (workload->title), precision_id (precision));
  cli_work_phase (self->title, 0, 0, NULL);
  result.timing
      = smalti_workload_time (workload, device, precision, &self->timing, cancellable, on_progress, self, error);
  if (result.timing == NULL)
    return FALSE;
  g_array_append_val (self->results, result);
  return TRUE;
}

static gboolean
work (GCancellable *cancellable, gpointer user_data, GError **error)
{
  Bench *self = user_data;
  const char *name = cli_text (self->invocation, "device");
  g_autoptr (SmaltiDevice) device
      = smalti_device_open (name != NULL ? name : "auto", cli_whole (self->invocation, "threads", 0), error);

  if (device == NULL)
    return FALSE;
  self->device_name = g_strdup (device->info.name);
  self->n_threads = device->info.n_threads;
  for (const SmaltiWorkload *workload = smalti_workloads; workload->id != NULL; workload++)
    {
      if (!is_wanted (self, workload))
        continue;
      if (!time_one (self, workload, SMALTI_PRECISION_F32, device, cancellable, error)
          || (device->info.has_bf16 && !time_one (self, workload, SMALTI_PRECISION_BF16, device, cancellable, error)))
        return FALSE;
    }
  return TRUE;
}

static void
show_json (const Bench *self)
{
  for (guint i = 0; i < self->results->len; i++)
    {
      const Result *result = &g_array_index (self->results, Result, i);
      const SmaltiTiming *timing = result->timing;
      JsonBuilder *builder = json_builder_new ();

      json_builder_begin_object (builder);
      cli_json_string (builder, "workload", result->workload->id);
      cli_json_string (builder, "precision", precision_id (result->precision));
      cli_json_string (builder, "device", self->device_name);
      cli_json_int (builder, "threads", self->n_threads);
      cli_json_int (builder, "batch", timing->batch);
      cli_json_int (builder, "steps", timing->n_timed);
      cli_json_number (builder, "images_s", timing->batch / timing->median);
      cli_json_number (builder, "images_s_min", timing->batch / timing->max);
      cli_json_number (builder, "images_s_max", timing->batch / timing->min);
      cli_json_number (builder, "step_s", timing->median);
      cli_json_number (builder, "gflop_step", timing->flop / 1e9);
      cli_json_number (builder, "gflop_s", timing->flop / 1e9 / timing->median);
      cli_json_int (builder, "n_params", timing->n_params);
      cli_json_int (builder, "plan_bytes", timing->plan_bytes);
      cli_json_number (builder, "loss", timing->loss);
      if (timing->profile != NULL)
        cli_json_string (builder, "profile", timing->profile);
      cli_json_end (builder);
    }
}

static void
show (const Bench *self)
{
  const char *const headers[] = { _ ("Workload"), _ ("Precision"), _ (">Batch"),   _ (">Images/s"),
                                  _ (">least"),   _ (">most"),     _ (">GFLOP/s"), _ (">Memory") };
  SmaltiTextTable *table = smalti_text_table_new (headers, G_N_ELEMENTS (headers));
  g_autofree char *rows = NULL;

  for (guint i = 0; i < self->results->len; i++)
    {
      const Result *result = &g_array_index (self->results, Result, i);
      const SmaltiTiming *timing = result->timing;

      smalti_text_table_add (table, g_strdup (_ (result->workload->title)));
      smalti_text_table_add (table, g_strdup (precision_id (result->precision)));
      smalti_text_table_add (table, g_strdup_printf ("%u", timing->batch));
      smalti_text_table_add (table, g_strdup_printf ("%.1f", timing->batch / timing->median));
      smalti_text_table_add (table, g_strdup_printf ("%.1f", timing->batch / timing->max));
      smalti_text_table_add (table, g_strdup_printf ("%.1f", timing->batch / timing->min));
      smalti_text_table_add (table, g_strdup_printf ("%.0f", timing->flop / 1e9 / timing->median));
      smalti_text_table_add (table, cli_text_bytes (timing->plan_bytes));
    }
  rows = smalti_text_table_finish (table);
  cli_say ("%s", rows);
  cli_note (_ ("Training steps (forward, backward, update) on %s: the median of %u, the slowest and the fastest."),
            self->device_name, self->timing.n_timed);
  for (guint i = 0; i < self->results->len; i++)
    {
      const Result *result = &g_array_index (self->results, Result, i);

      if (result->timing->profile != NULL)
        cli_say ("\n%s, %s\n%s", _ (result->workload->title), precision_id (result->precision),
                 result->timing->profile);
    }
}

static gboolean
check_names (char **names, GError **error)
{
  for (char **name = names; name != NULL && *name != NULL; name++)
    {
      g_autoptr (GString) known = g_string_new (NULL);
      gboolean found = FALSE;

      for (const SmaltiWorkload *workload = smalti_workloads; workload->id != NULL; workload++)
        {
          found |= strcmp (workload->id, *name) == 0;
          g_string_append_printf (known, "%s%s", known->len > 0 ? ", " : "", workload->id);
        }
      if (!found)
        {
          g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("There is no workload “%s”; choose of: %s."),
                       *name, known->str);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
run (CliInvocation *invocation, GError **error)
{
  const char *only = cli_text (invocation, "only");
  gboolean quick = cli_has (invocation, "quick");
  g_auto (GStrv) names = only != NULL ? g_strsplit (only, ",", -1) : NULL;
  g_autoptr (GArray) results = g_array_new (FALSE, FALSE, sizeof (Result));
  Bench self = { .invocation = invocation,
                 .timing = { .batch = cli_whole (invocation, "batch", 0),
                             .n_warm = quick ? 1 : N_WARM,
                             .n_timed = quick ? N_QUICK : N_TIMED,
                             .profile = cli_has (invocation, "profile") },
                 .only = names,
                 .results = results };
  gboolean ok;

  if (!check_names (names, error))
    return FALSE;
  g_array_set_clear_func (results, (GDestroyNotify)result_clear);
  ok = cli_work (work, &self, error);
  if (ok && cli_output_json ())
    show_json (&self);
  else if (ok)
    show (&self);
  g_free (self.device_name);
  g_free (self.title);
  return ok;
}

const CliCommand cli_bench_command = {
  .name = "bench",
  .summary = N_ ("Measure how fast this machine trains, with the networks of the papers"),
  .details = N_ ("Times whole training steps on noise, in f32 and, where the processor or GPU is made for it, in bf16. "
                 "Other work on the machine makes the figures smaller: let it rest meanwhile."),
  .uses = CLI_COMPUTES,
  .options = options,
  .example = { { "smalti bench --quick", N_ ("An impression in a minute or two.") },
               { "smalti bench --only resnet18-64 --profile", N_ ("Where the time goes in one of them.") } },
  .run = run,
};
