/* SPDX-License-Identifier: Apache-2.0 */
/* smalti compare */
#include "app/commands.h"
#include "app/output.h"
#include "core/run/report.h"

static const CliOption options[] = {
  { "out", 'o', CLI_FILE, N_ ("FILE"), N_ ("Write the comparison as one HTML file, with curves and pictures") },
  { NULL },
};

static gboolean
json_results (SmaltiStore *store, gint64 run, GError **error)
{
  g_autoptr (SmaltiRunInfo) info = smalti_store_get_run (store, run, error);
  g_autoptr (GPtrArray) benchmarks = info != NULL ? smalti_store_get_benchmarks (store, run, error) : NULL;
  JsonBuilder *builder;

  if (benchmarks == NULL)
    return FALSE;
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  cli_json_int (builder, "run", run);
  cli_json_string (builder, "name", info->name);
  cli_json_string (builder, "method", info->method);
  cli_json_string (builder, "backbone", info->backbone);
  cli_json_array (builder, "benchmarks");
  for (guint i = 0; i < benchmarks->len; i++)
    {
      g_autofree char *json = smalti_benchmark_to_json (benchmarks->pdata[i]);

      json_builder_add_value (builder, json_from_string (json, NULL));
    }
  json_builder_end_array (builder);
  cli_json_end (builder);
  return TRUE;
}

static gboolean
run (CliInvocation *invocation, GError **error)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (cli_text (invocation, "store"), error);
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (gint64));
  const char *out = cli_text (invocation, "out");
  g_autofree char *table = NULL;

  if (store == NULL)
    return FALSE;
  for (guint i = 0; i < invocation->arguments->len; i++)
    {
      g_autoptr (SmaltiRunInfo) info = smalti_store_find_run (store, cli_argument (invocation, i), error);

      if (info == NULL)
        return FALSE;
      g_array_append_val (runs, info->id);
    }
  for (guint i = 0; cli_output_json () && i < runs->len; i++)
    if (!json_results (store, g_array_index (runs, gint64, i), error))
      return FALSE;
  table = smalti_report_table (store, (const gint64 *)runs->data, runs->len, error);
  if (table == NULL)
    return FALSE;
  cli_say ("%s", table);
  if (out == NULL)
    return TRUE;
  if (!smalti_report_write_html (store, (const gint64 *)runs->data, runs->len, out, error))
    return FALSE;
  cli_note (_ ("The report is in “%s”."), out);
  return TRUE;
}

const CliCommand cli_compare_command = {
  .name = "compare",
  .summary = N_ ("Set runs side by side: the best layer of each, with its 95% interval"),
  .uses = CLI_STORES,
  .argument = { { N_ ("RUN"), CLI_RUN, .repeats = TRUE } },
  .options = options,
  .example = { { "smalti compare 1 2 3 --out report.html", N_ ("Three runs as a table and as a page.") } },
  .run = run,
};
