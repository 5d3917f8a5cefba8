/* SPDX-License-Identifier: Apache-2.0 */
/* The page's tables: results, what the specs differ in, and where every number came from. A row is a setting or a fact,
 * a column is a run, since there are few runs and many facts. */
#include "core/run/report-private.h"

#include <inttypes.h>
#include <string.h>

#include "core/base/error.h"
#include "core/run/spec-private.h"

/* Results */

static gdouble
full_scale (const GPtrArray *runs)
{
  gdouble full = 0;

  for (guint i = 0; i < runs->len; i++)
    {
      const SmaltiBenchmark *best = smalti_report_best (runs->pdata[i], NULL);

      if (best != NULL)
        full = MAX (full, best->top1.high);
    }
  return full > 0 ? full : 1;
}

static void
add_gain (GString *page, const GPtrArray *runs, const SmaltiReportRun *run, const SmaltiBenchmark *best)
{
  const SmaltiReportRun *baseline = smalti_report_baseline (runs, run);
  g_autofree char *text = NULL;
  SmaltiShare more;

  if (baseline == NULL)
    {
      smalti_html_append (page, "<td class=\"number gain none\" data-name=\"%s\">–</td>", _ ("Over random"));
      return;
    }
  more = smalti_report_difference (best, smalti_report_best (baseline, NULL));
  text = g_strdup_printf (_ ("%+.1f to %+.1f"), 100 * more.low, 100 * more.high);
  smalti_html_append (page,
                      "<td class=\"number gain\" data-name=\"%s\"><b class=\"%s\">%+.1f</b> <small>%s</small></td>",
                      _ ("Over random"),
                      more.low > 0    ? "above"
                      : more.high < 0 ? "below"
                                      : "",
                      100 * more.value, text);
}

static void
add_result (GString *page, const GPtrArray *runs, const SmaltiReportRun *run, gdouble full)
{
  const SmaltiBenchmark *best = smalti_report_best (run, NULL);
  const SmaltiPretextClass *method = smalti_spec_get_method (run->spec);
  const char *role = smalti_report_is_random (method) ? _ ("lower baseline")
                     : method->needs_labels           ? _ ("upper baseline")
                                                      : NULL;

  smalti_html_append (
      page, "<tr class=\"%s\"><th scope=\"row\"><i class=\"swatch\"></i><span>%s<small>%s, %s%s%s</small></span></th>",
      run->color, run->title, _ (method->title), run->info->backbone, role != NULL ? " · " : "",
      role != NULL ? role : "");
  if (best == NULL)
    {
      smalti_html_append (page, "<td colspan=\"5\" class=\"none\">%s</td></tr>\n",
                          run->info->state == SMALTI_RUN_DONE ? _ ("not measured")
                                                              : smalti_run_state_id (run->info->state));
      return;
    }
  smalti_html_append (page, "<td class=\"layer\" data-name=\"%s\">%s%s%s</td><td class=\"bars\">", _ ("Layer"),
                      best->layer, strcmp (best->protocol, "linear") == 0 ? "" : ", ",
                      strcmp (best->protocol, "linear") == 0 ? "" : best->protocol);
  smalti_report_add_bar (page, best->top1, full);
  smalti_html_append (page,
                      "</td><td class=\"number\" data-name=\"%s\"><b>%.1f%%</b> <small>%.1f – %.1f</small></td>"
                      "<td class=\"number\" data-name=\"%s\"><b>%.1f%%</b> <small>%.1f – %.1f</small></td>",
                      _ ("Top-1"), 100 * best->top1.value, 100 * best->top1.low, 100 * best->top1.high, _ ("Top-5"),
                      100 * best->top5.value, 100 * best->top5.low, 100 * best->top5.high);
  add_gain (page, runs, run, best);
  g_string_append (page, "</tr>\n");
}

void
smalti_report_add_results (GString *page, const GPtrArray *runs)
{
  gdouble full = full_scale (runs);

  smalti_html_append (page,
                      "<table class=\"results\"><thead><tr><th>%s</th><th>%s</th><th></th><th class=\"number\">%s</th>"
                      "<th class=\"number\">%s</th><th class=\"number\">%s</th></tr></thead><tbody>\n",
                      _ ("Run"), _ ("Best layer"), _ ("Top-1"), _ ("Top-5"), _ ("Over random"));
  for (guint i = 0; i < runs->len; i++)
    add_result (page, runs, runs->pdata[i], full);
  g_string_append (page, "</tbody></table>\n");
}

/* Columns of runs */

static void
open_columns (GString *page, const char *class, const GPtrArray *runs)
{
  smalti_html_append (page, "<div class=\"scroll\"><table class=\"%s\"><thead><tr><td></td>", class);
  for (guint i = 0; i < runs->len; i++)
    {
      const SmaltiReportRun *run = runs->pdata[i];

      smalti_html_append (page, "<th scope=\"col\" class=\"%s\"><i class=\"swatch\"></i>%s</th>", run->color,
                          run->title);
    }
  g_string_append (page, "</tr></thead><tbody>\n");
}

static void
close_columns (GString *page)
{
  g_string_append (page, "</tbody></table></div>\n");
}

void
smalti_report_add_layer_table (GString *page, const GPtrArray *runs, const char *protocol)
{
  g_autoptr (GPtrArray) names = smalti_report_layer_names (runs, protocol);
  g_autoptr (GPtrArray) shown = g_ptr_array_new ();

  for (guint i = 0; i < runs->len; i++)
    if (smalti_report_best (runs->pdata[i], protocol) != NULL)
      g_ptr_array_add (shown, runs->pdata[i]);
  if (shown->len == 0)
    return;
  open_columns (page, "facts layers", shown);
  for (guint n = 0; n < names->len; n++)
    {
      smalti_html_append (page, "<tr><th scope=\"row\">%s</th>", (const char *)names->pdata[n]);
      for (guint i = 0; i < shown->len; i++)
        {
          const SmaltiBenchmark *one = smalti_report_find (shown->pdata[i], protocol, names->pdata[n]);
          gboolean is_best = one != NULL && one == smalti_report_best (shown->pdata[i], protocol);

          if (one != NULL)
            smalti_html_append (page, is_best ? "<td><b>%.1f%%</b></td>" : "<td>%.1f%%</td>", 100 * one->top1.value);
          else
            g_string_append (page, "<td class=\"none\">–</td>");
        }
      g_string_append (page, "</tr>\n");
    }
  close_columns (page);
}

/* What the specs differ in */

/* (nullable): the setting's value as text; "name" of method and backbone too, which is in no table. What does not train
 * has no settings of training. */
static char *
setting (const SmaltiReportRun *run, SmaltiSection section, const char *key)
{
  const SmaltiValues *values = run->spec->values[section];

  if (smalti_section_is_named (section) && strcmp (key, "name") == 0)
    return g_strdup (section == SMALTI_SECTION_METHOD ? run->spec->method->id : run->spec->backbone->id);
  if (smalti_param_find (smalti_values_get_table (values), key) == NULL
      || (section == SMALTI_SECTION_TRAIN && !run->spec->method->trains))
    return NULL;
  return smalti_values_get_text (values, key);
}

static gboolean
is_same_class (const SmaltiReportRun *a, const SmaltiReportRun *b, SmaltiSection section)
{
  return section == SMALTI_SECTION_METHOD     ? a->spec->method == b->spec->method
         : section == SMALTI_SECTION_BACKBONE ? a->spec->backbone == b->spec->backbone
                                              : TRUE;
}

/* Settings of different methods can't be compared one by one: there it is told which are not at their default, since
 * all of the others would only repeat the methods' names. */
static gboolean
is_different (const GPtrArray *runs, SmaltiSection section, const char *key)
{
  gboolean mixed = FALSE, changed = FALSE;

  for (guint i = 0; i < runs->len; i++)
    {
      const SmaltiReportRun *run = runs->pdata[i];
      g_autofree char *value = setting (run, section, key);

      for (guint k = 0; k < i; k++)
        {
          g_autofree char *other = setting (runs->pdata[k], section, key);
          gboolean same_class = is_same_class (run, runs->pdata[k], section);

          mixed |= !same_class;
          if ((same_class || strcmp (key, "name") == 0) && value != NULL && other != NULL && strcmp (value, other) != 0)
            return TRUE;
        }
      changed |= value != NULL && !(smalti_section_is_named (section) && strcmp (key, "name") == 0)
                 && !smalti_values_is_default (run->spec->values[section], key);
    }
  return mixed && changed;
}

static void
add_difference (GString *page, const GPtrArray *runs, SmaltiSection section, const char *key, const char *help)
{
  const char *name = smalti_section_names[section];

  smalti_html_append (page, "<tr><th scope=\"row\" title=\"%s\"><code>%s%s%s</code></th>", help, name,
                      *name != '\0' ? "." : "", key);
  for (guint i = 0; i < runs->len; i++)
    {
      g_autofree char *value = setting (runs->pdata[i], section, key);

      if (value != NULL)
        smalti_html_append (page, "<td><code>%s</code></td>", *value != '\0' ? value : "\"\"");
      else
        g_string_append (page, "<td class=\"none\">–</td>");
    }
  g_string_append (page, "</tr>\n");
}

static guint
add_section_differences (GString *page, const GPtrArray *runs, SmaltiSection section)
{
  g_autoptr (GHashTable) told = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = 0;

  if (smalti_section_is_named (section) && is_different (runs, section, "name"))
    {
      add_difference (page, runs, section, "name", "");
      n++;
    }
  for (guint i = 0; i < runs->len; i++)
    {
      const SmaltiReportRun *run = runs->pdata[i];

      for (const SmaltiParam *param = smalti_values_get_table (run->spec->values[section]); param->key != NULL; param++)
        if (!(section == SMALTI_SECTION_TOP && strcmp (param->key, "name") == 0) /* heads every column */
            && g_hash_table_add (told, (gpointer)param->key) && is_different (runs, section, param->key))
          {
            add_difference (page, runs, section, param->key, _ (param->help));
            n++;
          }
    }
  return n;
}

void
smalti_report_add_differences (GString *page, const GPtrArray *runs)
{
  gsize before = page->len;
  guint n = 0;

  if (runs->len < 2)
    return;
  smalti_html_append (page, "<section><h2>%s</h2>\n", _ ("What differs between the specs"));
  open_columns (page, "facts", runs);
  for (SmaltiSection section = SMALTI_SECTION_TOP; section < SMALTI_N_SECTIONS; section++)
    n += add_section_differences (page, runs, section);
  close_columns (page);
  g_string_append (page, "</section>\n");
  if (n > 0)
    return;
  g_string_truncate (page, before);
  smalti_html_append (page, "<section><h2>%s</h2><p>%s</p></section>\n", _ ("What differs between the specs"),
                      _ ("Nothing but their names."));
}

/* Where every number came from */

static char *
text_of_time (gint64 microseconds)
{
  g_autoptr (GDateTime) time
      = microseconds != 0 ? g_date_time_new_from_unix_local (microseconds / G_USEC_PER_SEC) : NULL;

  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M:%S") : g_strdup ("–");
}

static char *
text_of_seconds (gdouble seconds)
{
  guint s = (guint)(seconds + 0.5);

  if (seconds <= 0)
    return g_strdup ("–");
  if (s < 60)
    return g_strdup_printf (_ ("%.1f s"), seconds);
  if (s < 3600)
    return g_strdup_printf (_ ("%u min %02u s"), s / 60, s % 60);
  return g_strdup_printf (_ ("%u h %02u min"), s / 3600, s / 60 % 60);
}

static char *
text_of_bytes (guint64 n)
{
  return n > 0 ? g_format_size_full (n, G_FORMAT_SIZE_IEC_UNITS) : g_strdup ("–");
}

static char *
known (const char *text)
{
  return g_strdup (text != NULL && *text != '\0' ? text : "–");
}

typedef enum
{
  FACT_NUMBER,
  FACT_STATE,
  FACT_BEGUN,
  FACT_ENDED,
  FACT_STEPS,
  FACT_TRAINING,
  FACT_EVALUATION,
  FACT_IMAGES,
  FACT_DATA,
  FACT_FINGERPRINT,
  FACT_SEED,
  FACT_DEVICE,
  FACT_THREADS,
  FACT_PRECISION,
  FACT_PARAMS,
  FACT_PLAN,
  FACT_LOADER,
  FACT_VERSION,
  N_FACTS,
} Fact;

static const char *const fact_titles[N_FACTS] = {
  [FACT_NUMBER] = N_ ("run"),
  [FACT_STATE] = N_ ("state"),
  [FACT_BEGUN] = N_ ("begun"),
  [FACT_ENDED] = N_ ("ended"),
  [FACT_STEPS] = N_ ("steps"),
  [FACT_TRAINING] = N_ ("time of training"),
  [FACT_EVALUATION] = N_ ("time of measuring"),
  [FACT_IMAGES] = N_ ("measured on"),
  [FACT_DATA] = N_ ("images"),
  [FACT_FINGERPRINT] = N_ ("their fingerprint"),
  [FACT_SEED] = N_ ("seed"),
  [FACT_DEVICE] = N_ ("device"),
  [FACT_THREADS] = N_ ("threads"),
  [FACT_PRECISION] = N_ ("precision"),
  [FACT_PARAMS] = N_ ("parameters"),
  [FACT_PLAN] = N_ ("memory, planned"),
  [FACT_LOADER] = N_ ("memory, loader"),
  [FACT_VERSION] = N_ ("Smalti"),
};

static char *
text_of_images (const SmaltiReportRun *run)
{
  const SmaltiBenchmark *best = smalti_report_best (run, NULL);

  return best != NULL ? g_strdup_printf (_ ("%u images of %u classes, classifier trained on %u"), best->n_test,
                                         best->n_classes, best->n_train)
                      : g_strdup ("–");
}

static char *
text_of_fact (const SmaltiReportRun *run, Fact fact)
{
  const SmaltiRunInfo *info = run->info;
  gdouble seconds = 0;

  switch (fact)
    {
    case FACT_NUMBER:
      return g_strdup_printf ("%" G_GINT64_FORMAT, info->id);
    case FACT_STATE:
      return g_strdup_printf ("%s%s%s", smalti_run_state_id (info->state), *info->message != '\0' ? ": " : "",
                              info->message);
    case FACT_BEGUN:
      return text_of_time (info->started);
    case FACT_ENDED:
      return text_of_time (info->finished);
    case FACT_STEPS:
      return info->n_steps > 0 ? g_strdup_printf (_ ("%" PRIu64 " of %" PRIu64 ", %.1f epochs"), info->step,
                                                  info->n_steps, info->epoch)
                               : g_strdup ("–");
    case FACT_TRAINING:
      return text_of_seconds (run->train_seconds);
    case FACT_EVALUATION:
      for (guint i = 0; i < run->benchmarks->len; i++)
        seconds += ((const SmaltiBenchmark *)run->benchmarks->pdata[i])->seconds;
      return text_of_seconds (seconds);
    case FACT_IMAGES:
      return text_of_images (run);
    case FACT_DATA:
      return known (info->data_path);
    case FACT_FINGERPRINT:
      return known (info->data_fingerprint);
    case FACT_SEED:
      return g_strdup_printf ("%" G_GUINT64_FORMAT, info->seed);
    case FACT_DEVICE:
      return known (info->device);
    case FACT_THREADS:
      return info->n_threads > 0 ? g_strdup_printf ("%u", info->n_threads) : g_strdup ("–");
    case FACT_PRECISION:
      return known (info->precision);
    case FACT_PARAMS:
      return info->n_params > 0 ? g_strdup_printf ("%'" G_GINT64_FORMAT, info->n_params) : g_strdup ("–");
    case FACT_PLAN:
      return text_of_bytes (info->plan_bytes);
    case FACT_LOADER:
      return text_of_bytes (info->loader_bytes);
    case FACT_VERSION:
      return known (info->program_version);
    case N_FACTS:
      break;
    }
  g_assert_not_reached ();
}

void
smalti_report_add_provenance (GString *page, const GPtrArray *runs)
{
  smalti_html_append (page, "<section><h2>%s</h2>\n", _ ("Where every number came from"));
  open_columns (page, "facts", runs);
  for (Fact fact = 0; fact < N_FACTS; fact++)
    {
      smalti_html_append (page, "<tr><th scope=\"row\">%s</th>", _ (fact_titles[fact]));
      for (guint i = 0; i < runs->len; i++)
        {
          g_autofree char *text = text_of_fact (runs->pdata[i], fact);

          smalti_html_append (page, "<td>%s</td>", text);
        }
      g_string_append (page, "</tr>\n");
    }
  close_columns (page);
  for (guint i = 0; i < runs->len; i++)
    {
      const SmaltiReportRun *run = runs->pdata[i];

      smalti_html_append (page, "<details><summary>%s: %s</summary><pre>%s</pre></details>\n", run->title,
                          _ ("the spec"), run->info->spec_yaml);
    }
  g_string_append (page, "</section>\n");
}
