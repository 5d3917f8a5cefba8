/* SPDX-License-Identifier: Apache-2.0 */
/* smalti runs list, show, csv, rm */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "app/commands.h"
#include "app/follow.h"
#include "app/output.h"
#include "core/base/text-table.h"
#include "core/run/report.h"
#include "core/run/store.h"

/* Listing */

static const CliOption list_options[] = {
  { "names", 0, CLI_NONE, NULL, N_ ("Only numbers and names, one a line: for scripts and completion") },
  { NULL },
};

static double
share_done (const SmaltiRunInfo *info)
{
  if (info->n_steps == 0) /* not begun, or nothing to train */
    return info->state == SMALTI_RUN_DONE;
  return (double)info->step / info->n_steps;
}

static void
json_run (JsonBuilder *builder, const SmaltiRunInfo *info)
{
  cli_json_int (builder, "run", info->id);
  cli_json_string (builder, "name", info->name);
  cli_json_string (builder, "method", info->method);
  cli_json_string (builder, "backbone", info->backbone);
  cli_json_string (builder, "state", smalti_run_state_id (info->state));
  cli_json_int (builder, "created", info->created);
  cli_json_int (builder, "started", info->started);
  cli_json_int (builder, "finished", info->finished);
  cli_json_int (builder, "step", info->step);
  cli_json_int (builder, "n_steps", info->n_steps);
  cli_json_number (builder, "epoch", info->epoch);
  cli_json_string (builder, "message", info->message);
}

static void
list_as_json (const GPtrArray *runs)
{
  for (guint i = 0; i < runs->len; i++)
    {
      JsonBuilder *builder = json_builder_new ();

      json_builder_begin_object (builder);
      json_run (builder, runs->pdata[i]);
      cli_json_end (builder);
    }
}

static void
list_names (const GPtrArray *runs)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < runs->len; i++)
    {
      const SmaltiRunInfo *info = runs->pdata[i];

      cli_say ("%" G_GINT64_FORMAT, info->id);
      if (*info->name != '\0' && g_hash_table_add (seen, info->name))
        cli_say ("%s", info->name);
    }
}

static void
list_as_table (const GPtrArray *runs)
{
  const char *const headers[]
      = { _ (">Run"), _ ("Name"), _ ("Method"), _ ("Backbone"), _ ("State"), _ (">Done"), _ (">Epoch"), _ ("Begun") };
  SmaltiTextTable *table = smalti_text_table_new (headers, G_N_ELEMENTS (headers));
  g_autofree char *text = NULL;

  for (guint i = 0; i < runs->len; i++)
    {
      const SmaltiRunInfo *info = runs->pdata[i];

      smalti_text_table_add (table, g_strdup_printf ("%" G_GINT64_FORMAT, info->id));
      smalti_text_table_add (table, g_strdup (info->name));
      smalti_text_table_add (table, g_strdup (info->method));
      smalti_text_table_add (table, g_strdup (info->backbone));
      smalti_text_table_add (table, g_strdup (smalti_run_state_id (info->state)));
      smalti_text_table_add (table, g_strdup_printf ("%.0f%%", 100 * share_done (info)));
      smalti_text_table_add (table, g_strdup_printf ("%.1f", info->epoch));
      smalti_text_table_add (table, cli_text_time (info->started != 0 ? info->started : info->created));
    }
  text = smalti_text_table_finish (table);
  cli_say ("%s", text);
}

static gboolean
list (CliInvocation *invocation, GError **error)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (cli_text (invocation, "store"), error);
  g_autoptr (GPtrArray) runs = NULL;

  if (store == NULL)
    return FALSE;
  runs = smalti_store_list_runs (store, error);
  if (runs == NULL)
    return FALSE;
  if (cli_output_json ())
    list_as_json (runs);
  else if (cli_has (invocation, "names"))
    list_names (runs);
  else if (runs->len > 0)
    list_as_table (runs);
  else
    cli_note (_ ("There is no run in “%s” yet; “smalti demo” makes the first."), smalti_store_get_path (store));
  return TRUE;
}

/* Showing one */

static void
show_as_json (const SmaltiRunInfo *info, const GPtrArray *benchmarks, const char *folder)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_run (builder, info);
  cli_json_string (builder, "spec", info->spec_yaml);
  cli_json_string (builder, "folder", folder);
  cli_json_string (builder, "program_version", info->program_version);
  cli_json_string (builder, "device", info->device);
  cli_json_string (builder, "precision", info->precision);
  cli_json_int (builder, "threads", info->n_threads);
  cli_json_int (builder, "seed", info->seed);
  cli_json_string (builder, "data_path", info->data_path);
  cli_json_string (builder, "data_fingerprint", info->data_fingerprint);
  cli_json_int (builder, "n_params", info->n_params);
  cli_json_int (builder, "plan_bytes", info->plan_bytes);
  cli_json_int (builder, "loader_bytes", info->loader_bytes);
  cli_json_array (builder, "benchmarks");
  for (guint i = 0; i < benchmarks->len; i++)
    {
      g_autofree char *json = smalti_benchmark_to_json (benchmarks->pdata[i]);

      json_builder_add_value (builder, json_from_string (json, NULL));
    }
  json_builder_end_array (builder);
  cli_json_end (builder);
}

static void
add_row (SmaltiTextTable *table, const char *name, char *value)
{
  smalti_text_table_add (table, g_strconcat ("  ", name, NULL));
  smalti_text_table_add (table, value);
}

/* Text of the engine's; what is not known before the run has begun is "-". */
static char *
known (const char *text)
{
  return g_strdup (text != NULL && *text != '\0' ? text : "-");
}

static char *
known_bytes (guint64 n)
{
  return n > 0 ? cli_text_bytes (n) : g_strdup ("-");
}

static void
show_as_text (const SmaltiRunInfo *info, const GPtrArray *benchmarks, const char *folder)
{
  const char *const headers[] = { "", "" };
  SmaltiTextTable *table = smalti_text_table_new (headers, 2);
  g_autofree char *rows = NULL;

  cli_say (_ ("Run %" PRId64 " “%s”: %s on %s, %s%s%s"), info->id, info->name, info->method, info->backbone,
           smalti_run_state_id (info->state), *info->message != '\0' ? ": " : "", info->message);
  add_row (table, _ ("steps"),
           g_strdup_printf (_ ("%" PRIu64 " of %" PRIu64 ", epoch %.2f"), info->step, info->n_steps, info->epoch));
  add_row (table, _ ("created"), cli_text_time (info->created));
  add_row (table, _ ("begun"), cli_text_time (info->started));
  add_row (table, _ ("ended"), cli_text_time (info->finished));
  add_row (table, _ ("program"), known (info->program_version));
  add_row (table, _ ("device"), known (info->device));
  add_row (table, _ ("precision"), known (info->precision));
  add_row (table, _ ("threads"), info->n_threads > 0 ? g_strdup_printf ("%u", info->n_threads) : g_strdup ("-"));
  add_row (table, _ ("seed"), g_strdup_printf ("%" G_GUINT64_FORMAT, info->seed));
  add_row (table, _ ("data"), known (info->data_path));
  add_row (table, _ ("fingerprint"), known (info->data_fingerprint));
  add_row (table, _ ("parameters"), info->n_params > 0 ? cli_text_count (info->n_params) : g_strdup ("-"));
  add_row (table, _ ("memory, planned"), known_bytes (info->plan_bytes));
  add_row (table, _ ("memory, loader"), known_bytes (info->loader_bytes));
  add_row (table, _ ("folder"), g_strdup (folder));
  rows = smalti_text_table_finish (table);
  cli_say ("%s", rows);
  for (guint i = 0; i < benchmarks->len; i++)
    {
      g_autofree char *text = cli_text_benchmark (benchmarks->pdata[i]);

      cli_say ("  %s", text);
    }
  cli_say ("%s%s", benchmarks->len > 0 ? "\n" : "", info->spec_yaml);
}

static gboolean
show (CliInvocation *invocation, GError **error)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (cli_text (invocation, "store"), error);
  g_autoptr (SmaltiRunInfo) info = NULL;
  g_autoptr (GPtrArray) benchmarks = NULL;
  g_autofree char *folder = NULL;

  if (store == NULL)
    return FALSE;
  info = smalti_store_find_run (store, cli_argument (invocation, 0), error);
  if (info == NULL)
    return FALSE;
  benchmarks = smalti_store_get_benchmarks (store, info->id, error);
  if (benchmarks == NULL)
    return FALSE;
  folder = smalti_store_get_run_folder (store, info->id);
  if (cli_output_json ())
    show_as_json (info, benchmarks, folder);
  else
    show_as_text (info, benchmarks, folder);
  return TRUE;
}

/* CSV */

typedef struct
{
  SmaltiPoint point;
  double *value; /* one a metric, NaN where there is none */
} Row;

static void
row_clear (Row *row)
{
  g_free (row->value);
}

static void
append_number (GString *out, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_c (out, ',');
  if (!isnan (value))
    g_string_append (out, g_ascii_formatd (text, sizeof text, "%.9g", value)); /* what a float holds */
}

/* Every metric's points are in order of steps: they are merged into one table, a row a step. */
static gboolean
collect_rows (SmaltiStore *store, gint64 run, char **metrics, GArray *rows, GError **error)
{
  guint n_metrics = g_strv_length (metrics);
  g_autoptr (GPtrArray) columns = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
  g_autofree guint *next = g_new0 (guint, n_metrics);

  for (guint m = 0; m < n_metrics; m++)
    {
      GArray *points = smalti_store_get_points (store, run, metrics[m], -1, error);

      if (points == NULL)
        return FALSE;
      g_ptr_array_add (columns, points);
    }
  for (;;)
    {
      const SmaltiPoint *first = NULL;
      Row row = { .value = NULL };

      for (guint m = 0; m < n_metrics; m++)
        {
          const GArray *points = columns->pdata[m];
          const SmaltiPoint *point = next[m] < points->len ? &g_array_index (points, SmaltiPoint, next[m]) : NULL;

          if (point != NULL && (first == NULL || point->step < first->step))
            first = point;
        }
      if (first == NULL)
        return TRUE;
      row.point = *first;
      row.value = g_new (double, n_metrics);
      for (guint m = 0; m < n_metrics; m++)
        {
          const GArray *points = columns->pdata[m];
          gboolean here = next[m] < points->len && g_array_index (points, SmaltiPoint, next[m]).step == row.point.step;

          row.value[m] = here ? g_array_index (points, SmaltiPoint, next[m]++).value : NAN;
        }
      g_array_append_val (rows, row);
    }
}

static gboolean
csv (CliInvocation *invocation, GError **error)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (cli_text (invocation, "store"), error);
  g_autoptr (SmaltiRunInfo) info = NULL;
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Row));
  g_autoptr (GString) out = g_string_new ("step,epoch,seconds");
  g_auto (GStrv) metrics = NULL;
  guint n_metrics;

  g_array_set_clear_func (rows, (GDestroyNotify)row_clear);
  if (store == NULL)
    return FALSE;
  info = smalti_store_find_run (store, cli_argument (invocation, 0), error);
  if (info == NULL)
    return FALSE;
  metrics = smalti_store_list_metrics (store, info->id, error);
  if (metrics == NULL || !collect_rows (store, info->id, metrics, rows, error))
    return FALSE;
  n_metrics = g_strv_length (metrics);
  for (guint m = 0; m < n_metrics; m++)
    g_string_append_printf (out, ",%s", metrics[m]);
  g_string_append_c (out, '\n');
  for (guint i = 0; i < rows->len; i++)
    {
      const Row *row = &g_array_index (rows, Row, i);

      g_string_append_printf (out, "%" G_GUINT64_FORMAT, row->point.step);
      append_number (out, row->point.epoch);
      append_number (out, row->point.time);
      for (guint m = 0; m < n_metrics; m++)
        append_number (out, row->value[m]);
      g_string_append_c (out, '\n');
    }
  return cli_write (out->str, error);
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
      g_array_append_val (ids, info->id);
    }
  for (guint i = 0; i < ids->len; i++)
    {
      gint64 id = g_array_index (ids, gint64, i);

      if (!smalti_store_remove_run (store, id, error))
        return FALSE;
      cli_note (_ ("Run %" PRId64 " is removed."), id);
    }
  return TRUE;
}

const CliCommand cli_runs_list_command = {
  .name = "runs list",
  .summary = N_ ("List the runs in the store, newest first"),
  .details = N_ ("“smalti runs” alone does the same."),
  .uses = CLI_STORES,
  .options = list_options,
  .run = list,
};

const CliCommand cli_runs_show_command = {
  .name = "runs show",
  .summary = N_ ("Show a run: its spec, results, and where every number came from"),
  .uses = CLI_STORES,
  .argument = { { N_ ("RUN"), CLI_RUN } },
  .example = { { "smalti runs show last", N_ ("All that is known of the newest run.") } },
  .run = show,
};

const CliCommand cli_runs_csv_command = {
  .name = "runs csv",
  .summary = N_ ("Write a run's curves as CSV, a row a step"),
  .uses = CLI_STORES,
  .argument = { { N_ ("RUN"), CLI_RUN } },
  .example = { { "smalti runs csv 3 > curves.csv", N_ ("The curves of run 3, for a spreadsheet.") } },
  .run = csv,
};

const CliCommand cli_runs_rm_command = {
  .name = "runs rm",
  .summary = N_ ("Remove runs with their checkpoints and curves"),
  .uses = CLI_STORES,
  .argument = { { N_ ("RUN"), CLI_RUN, .repeats = TRUE } },
  .run = rm,
};
