/* SPDX-License-Identifier: Apache-2.0 */
/* smalti demo: the whole story in a few minutes. What is trained stands in resources/presets/demo-*.yaml; how large the
 * sample is and in which order things happen, in the two tables below. */
#include <errno.h>
#include <string.h>

#include "app/command-run.h"
#include "app/commands.h"
#include "app/follow.h"
#include "app/output.h"
#include "app/work.h"
#include "core/data/dataset.h"
#include "core/data/sample.h"
#include "core/run/report.h"

#define PRESETS "/org/smalti/presets/"

/* The presets' train.minutes together; --minutes N multiplies each by N over this. */
#define PRESET_MINUTES 3.25

enum
{
  SAMPLE_TRAIN = 100, /* of each class */
  SAMPLE_VAL = 100,
  SAMPLE_SIDE = 96,
};

static const struct
{
  const char *preset;
  gboolean needs_labels; /* says nothing without the benchmark */
} parts[] = {
  { "demo-jigsaw.yaml", FALSE },     { "demo-colorization.yaml", FALSE }, { "demo-random.yaml", TRUE },
  { "demo-random-grey.yaml", TRUE }, { "demo-supervised.yaml", TRUE },
};

static const CliOption options[] = {
  { "data", 0, CLI_FOLDER, N_ ("DIR"), N_ ("Your own images instead of the built-in sample") },
  { "minutes", 0, CLI_NUMBER, N_ ("N"), N_ ("Train for about so long, all together (3.25)"), .min = 0.01,
    .max = 100000 },
  { "out", 'o', CLI_FOLDER, N_ ("DIR"), N_ ("Folder for report.html (default: “demo” in the store)") },
  { NULL },
};

typedef struct
{
  const CliInvocation *invocation;
  char *path; /* of the data */
  gboolean is_sample;
  gboolean has_labels;
  guint n_train; /* images to learn from */
} Demo;

static void
on_scan (guint64 n, gpointer title)
{
  cli_work_phase (title, n, 0, NULL);
}

/* Draws the sample, or looks at the user's folder: whether it has labels. */
static gboolean
prepare (GCancellable *cancellable, gpointer user_data, GError **error)
{
  Demo *self = user_data;
  g_autoptr (SmaltiValues) values = smalti_values_new (smalti_data_params);
  g_autoptr (SmaltiDataset) dataset = NULL;

  if (self->is_sample)
    {
      g_autofree char *parent = g_path_get_dirname (self->path);

      cli_work_phase (_ ("Drawing the sample"), 0, 0, NULL);
      if (g_mkdir_with_parents (parent, 0777) != 0)
        {
          g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_IO, _ ("Could not make the folder “%s”: %s."), parent,
                       g_strerror (errno));
          return FALSE;
        }
      self->has_labels = TRUE;
      self->n_train = SAMPLE_TRAIN * SMALTI_SAMPLE_N_CLASSES;
      return smalti_sample_write (self->path, SAMPLE_TRAIN, SAMPLE_VAL, SAMPLE_SIDE, cancellable, error);
    }
  if (!smalti_values_set (values, "path", self->path, error))
    return FALSE;
  dataset = smalti_dataset_open (values, 1, cancellable, on_scan, (gpointer)_ ("Looking for images"), error);
  if (dataset == NULL)
    return FALSE;
  self->has_labels = smalti_dataset_get_n_classes (dataset) > 1;
  smalti_dataset_get_split (dataset, SMALTI_SPLIT_TRAIN, &self->n_train);
  return TRUE;
}

static SmaltiSpec *
load_preset (const Demo *self, const char *preset, GError **error)
{
  g_autofree char *resource = g_strconcat (PRESETS, preset, NULL);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (resource, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autofree char *yaml = NULL;
  g_autoptr (SmaltiSpec) spec = NULL;
  SmaltiValues *train;
  double factor = cli_number (self->invocation, "minutes", PRESET_MINUTES) / PRESET_MINUTES;
  char minutes[G_ASCII_DTOSTR_BUF_SIZE];

  g_assert (bytes != NULL);
  yaml = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  spec = smalti_spec_parse (yaml, preset, NULL, error);
  if (spec == NULL || !smalti_spec_set (spec, "data.path", self->path, error))
    return NULL;
  train = smalti_spec_get_values (spec, "train");
  g_ascii_dtostr (minutes, sizeof minutes, factor * smalti_values_get_float (train, "minutes"));
  if (!smalti_values_set (train, "minutes", minutes, error))
    return NULL;
  if (self->n_train < smalti_values_get_int (train, "batch")) /* a handful of images: they are one batch */
    {
      g_autofree char *batch = g_strdup_printf ("%u", MAX (self->n_train, 1));

      if (!smalti_values_set (train, "batch", batch, error))
        return NULL;
    }
  if (!self->has_labels && !smalti_values_set (smalti_spec_get_values (spec, "eval"), "protocol", "none", error))
    return NULL;
  return cli_spec_apply (self->invocation, spec, error) ? g_steal_pointer (&spec) : NULL;
}

static gboolean
run_parts (const Demo *self, SmaltiStore **store, GArray *runs, GError **error)
{
  guint n_parts = 0;
  guint part = 0;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    n_parts += self->has_labels || !parts[i].needs_labels;
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autoptr (SmaltiSpec) spec = NULL;
      gint64 run;

      if (parts[i].needs_labels && !self->has_labels)
        continue;
      spec = load_preset (self, parts[i].preset, error);
      run = spec != NULL ? cli_run_add (self->invocation, store, spec, error) : 0;
      if (run == 0)
        return FALSE;
      cli_note (_ ("\nPart %u of %u: %s. %s"), ++part, n_parts, _ (smalti_spec_get_method (spec)->title),
                _ (smalti_spec_get_method (spec)->summary));
      if (!cli_follow (self->invocation, *store, run, error))
        return FALSE;
      g_array_append_val (runs, run);
    }
  return TRUE;
}

static gboolean
write_report (const CliInvocation *invocation, SmaltiStore *store, const GArray *runs, GError **error)
{
  const char *out = cli_text (invocation, "out");
  g_autofree char *folder = out != NULL ? g_canonicalize_filename (out, NULL)
                                        : g_build_filename (smalti_store_get_path (store), "demo", NULL);
  g_autofree char *path = g_build_filename (folder, "report.html", NULL);
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *uri = g_filename_to_uri (absolute, NULL, NULL);

  if (g_mkdir_with_parents (folder, 0777) != 0)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_IO, _ ("Could not make the folder “%s”: %s."), folder,
                   g_strerror (errno));
      return FALSE;
    }
  if (!smalti_report_write_html (store, (const gint64 *)runs->data, runs->len, path, error))
    return FALSE;
  if (cli_output_json ())
    {
      JsonBuilder *builder = json_builder_new ();

      json_builder_begin_object (builder);
      cli_json_string (builder, "event", "report");
      cli_json_string (builder, "path", absolute);
      cli_json_end (builder);
    }
  cli_say (_ ("The report, with curves and pictures: %s"), uri != NULL ? uri : path);
  return TRUE;
}

static gboolean
finish (const Demo *self, SmaltiStore *store, const GArray *runs, GError **error)
{
  if (self->has_labels)
    {
      g_autofree char *table = smalti_report_table (store, (const gint64 *)runs->data, runs->len, error);

      if (table == NULL)
        return FALSE;
      cli_say ("\n%s", table);
      if (self->is_sample)
        cli_note ("%s", _ ("The sample's pictures are drawn by the program: these figures tell that it works, nothing "
                           "about photographs."));
    }
  return write_report (self->invocation, store, runs, error);
}

static gboolean
run (CliInvocation *invocation, GError **error)
{
  const char *data = cli_text (invocation, "data");
  g_autofree char *path = data != NULL ? g_canonicalize_filename (data, NULL)
                                       : g_strdup_printf ("%s/smalti/sample-%dx%d-%d", g_get_user_cache_dir (),
                                                          SAMPLE_TRAIN, SAMPLE_VAL, SAMPLE_SIDE);
  Demo self = { invocation, path, .is_sample = data == NULL };
  g_autoptr (SmaltiStore) store = NULL;
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 start = g_get_monotonic_time ();
  g_autofree char *time = NULL;

  if (!cli_work (prepare, &self, error))
    return FALSE;
  if (self.is_sample)
    cli_note (_ ("The built-in sample is in “%s”: %d classes, %d pictures to train on and %d held out of each."), path,
              SMALTI_SAMPLE_N_CLASSES, SAMPLE_TRAIN, SAMPLE_VAL);
  else if (!self.has_labels)
    cli_note (_ ("“%s” has no labels: the benchmark and the training with labels are left out."), path);
  if (!run_parts (&self, &store, runs, error) || !finish (&self, store, runs, error))
    return FALSE;
  time = cli_text_seconds ((g_get_monotonic_time () - start) / (double)G_USEC_PER_SEC);
  cli_note (_ ("All of it took %s."), time);
  return TRUE;
}

const CliCommand cli_demo_command = {
  .name = "demo",
  .summary = N_ ("The whole story in a few minutes: pretrain twice, measure, compare"),
  .details = N_ ("Trains a small network on jigsaw puzzles and on putting colour back, measures both with the linear "
                 "benchmark beside random weights and training with labels, shows the table and writes a report."),
  .uses = CLI_COMPUTES | CLI_STORES,
  .options = options,
  .example = { { "smalti demo", N_ ("On pictures that the program draws.") },
               { "smalti demo --data ~/Pictures --minutes 30", N_ ("On your own; labels are not needed.") } },
  .run = run,
};
