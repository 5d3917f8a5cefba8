/* SPDX-License-Identifier: Apache-2.0 */
/* smalti data inspect, sample, pack */
#include <string.h>

#include "app/commands.h"
#include "app/output.h"
#include "app/work.h"
#include "core/base/text-table.h"
#include "core/data/dataset.h"
#include "core/data/pack.h"
#include "core/data/sample.h"
#include "core/device/device.h"

/* Inspecting */

#define FEW_CLASSES    20
#define FEW_UNREADABLE 10

static const CliOption inspect_options[] = {
  { "layout", 0, CLI_TEXT, N_ ("LAYOUT"),
    N_ ("How the folder is read, where it should not be found out: as in “smalti help spec”") },
  { "all", 0, CLI_NONE, NULL, N_ ("List every class and every unreadable file") },
  { NULL },
};

typedef struct
{
  SmaltiValues *values;
  SmaltiDataset *dataset;
  SmaltiDatasetStats *stats;
} Inspection;

static void
on_progress (guint64 n, gpointer title)
{
  cli_work_phase (title, n, 0, NULL);
}

static gboolean
inspect_work (GCancellable *cancellable, gpointer user_data, GError **error)
{
  Inspection *self = user_data;

  self->dataset
      = smalti_dataset_open (self->values, 1, cancellable, on_progress, (gpointer)_ ("Looking for images"), error);
  if (self->dataset == NULL)
    return FALSE;
  self->stats = smalti_dataset_measure (self->dataset, smalti_device_n_processors (), cancellable, on_progress,
                                        (gpointer)_ ("Reading images"), error);
  return self->stats != NULL;
}

static void
inspect_as_json (const Inspection *self, char **unreadable)
{
  const SmaltiDatasetStats *stats = self->stats;
  JsonBuilder *builder = json_builder_new ();
  guint n_train, n_val;

  smalti_dataset_get_split (self->dataset, SMALTI_SPLIT_TRAIN, &n_train);
  smalti_dataset_get_split (self->dataset, SMALTI_SPLIT_VAL, &n_val);
  json_builder_begin_object (builder);
  cli_json_string (builder, "path", smalti_dataset_get_path (self->dataset));
  cli_json_string (builder, "layout", smalti_layout_id (smalti_dataset_get_layout (self->dataset)));
  cli_json_int (builder, "n_images", smalti_dataset_get_n_items (self->dataset));
  cli_json_int (builder, "n_train", n_train);
  cli_json_int (builder, "n_val", n_val);
  cli_json_int (builder, "n_readable", stats->n_readable);
  cli_json_int (builder, "n_unreadable", stats->n_unreadable);
  cli_json_int (builder, "n_grey", stats->n_grey);
  cli_json_int (builder, "min_width", stats->min_width);
  cli_json_int (builder, "max_width", stats->max_width);
  cli_json_int (builder, "min_height", stats->min_height);
  cli_json_int (builder, "max_height", stats->max_height);
  cli_json_array (builder, "mean");
  for (guint i = 0; i < 3; i++)
    json_builder_add_double_value (builder, stats->mean[i]);
  json_builder_end_array (builder);
  cli_json_array (builder, "deviation");
  for (guint i = 0; i < 3; i++)
    json_builder_add_double_value (builder, stats->deviation[i]);
  json_builder_end_array (builder);
  cli_json_string (builder, "fingerprint", smalti_dataset_get_fingerprint (self->dataset));
  cli_json_array (builder, "classes");
  for (guint i = 0; i < stats->n_classes; i++)
    {
      json_builder_begin_object (builder);
      cli_json_string (builder, "name", smalti_dataset_get_class_name (self->dataset, i));
      cli_json_int (builder, "n_images", stats->class_counts[i]);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  cli_json_array (builder, "unreadable");
  for (char **u = unreadable; u != NULL && *u != NULL; u++)
    {
      g_autofree char *valid = g_utf8_make_valid (*u, -1);

      json_builder_add_string_value (builder, valid);
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

static void
say_classes (const Inspection *self, gboolean all)
{
  const SmaltiDatasetStats *stats = self->stats;
  guint n_shown = all || stats->n_classes <= FEW_CLASSES ? stats->n_classes : FEW_CLASSES;
  const char *const headers[] = { _ ("  Class"), _ (">Images") };
  SmaltiTextTable *table;
  g_autofree char *rows = NULL;

  if (stats->n_classes == 0)
    return;
  table = smalti_text_table_new (headers, 2);
  for (guint i = 0; i < n_shown; i++)
    add_row (table, smalti_dataset_get_class_name (self->dataset, i), cli_text_count (stats->class_counts[i]));
  rows = smalti_text_table_finish (table);
  cli_say ("%s", rows);
  if (n_shown < stats->n_classes)
    cli_say (_ ("  and %u more; --all lists them"), stats->n_classes - n_shown);
}

static void
say_unreadable (char **unreadable, gboolean all)
{
  guint n = unreadable != NULL ? g_strv_length (unreadable) : 0;
  guint n_shown = all ? n : MIN (n, FEW_UNREADABLE);

  if (n == 0)
    return;
  cli_say (_ ("%u unreadable:"), n);
  for (guint i = 0; i < n_shown; i++)
    cli_say ("  %s", unreadable[i]);
  if (n_shown < n)
    cli_say (_ ("  and %u more; --all lists them"), n - n_shown);
}

static char *
size_text (const SmaltiDatasetStats *stats)
{
  if (stats->n_readable == 0)
    return g_strdup ("-");
  if (stats->min_width == stats->max_width && stats->min_height == stats->max_height)
    return g_strdup_printf (_ ("%d × %d px"), stats->min_width, stats->min_height);
  return g_strdup_printf (_ ("width %d to %d, height %d to %d px"), stats->min_width, stats->max_width,
                          stats->min_height, stats->max_height);
}

static void
inspect_as_text (const Inspection *self, char **unreadable, gboolean all)
{
  const SmaltiDatasetStats *stats = self->stats;
  const char *const headers[] = { "", "" };
  SmaltiTextTable *table = smalti_text_table_new (headers, 2);
  g_autofree char *rows = NULL;
  g_autofree char *n_items = cli_text_count (smalti_dataset_get_n_items (self->dataset));
  guint n_train, n_val;

  smalti_dataset_get_split (self->dataset, SMALTI_SPLIT_TRAIN, &n_train);
  smalti_dataset_get_split (self->dataset, SMALTI_SPLIT_VAL, &n_val);
  cli_say ("%s", smalti_dataset_get_path (self->dataset));
  add_row (table, _ ("layout"), g_strdup (smalti_layout_id (smalti_dataset_get_layout (self->dataset))));
  add_row (table, _ ("images"), g_strdup_printf (_ ("%s: %u to train on, %u held out"), n_items, n_train, n_val));
  add_row (table, _ ("classes"),
           stats->n_classes > 0 ? cli_text_count (stats->n_classes) : g_strdup (_ ("none: no labels")));
  add_row (table, _ ("size"), size_text (stats));
  add_row (table, _ ("grey"), cli_text_count (stats->n_grey));
  add_row (table, _ ("colour"),
           g_strdup_printf (_ ("red %.3f, green %.3f, blue %.3f on average; deviation %.3f, %.3f, %.3f"),
                            stats->mean[0], stats->mean[1], stats->mean[2], stats->deviation[0], stats->deviation[1],
                            stats->deviation[2]));
  add_row (table, _ ("unreadable"), cli_text_count (stats->n_unreadable));
  add_row (table, _ ("fingerprint"), g_strdup (smalti_dataset_get_fingerprint (self->dataset)));
  rows = smalti_text_table_finish (table);
  cli_say ("%s", rows);
  say_classes (self, all);
  say_unreadable (unreadable, all);
}

static gboolean
inspect (CliInvocation *invocation, GError **error)
{
  g_autoptr (SmaltiValues) values = smalti_values_new (smalti_data_params);
  const char *layout = cli_text (invocation, "layout");
  Inspection self = { values };
  gboolean ok;

  if (!smalti_values_set (values, "path", cli_argument (invocation, 0), error)
      || (layout != NULL && !smalti_values_set (values, "layout", layout, error)))
    return FALSE;
  ok = cli_work (inspect_work, &self, error);
  if (ok)
    {
      g_auto (GStrv) unreadable = smalti_dataset_get_unreadable (self.dataset);

      if (cli_output_json ())
        inspect_as_json (&self, unreadable);
      else
        inspect_as_text (&self, unreadable, cli_has (invocation, "all"));
    }
  g_clear_pointer (&self.stats, smalti_dataset_stats_free);
  g_clear_object (&self.dataset);
  return ok;
}

/* The built-in sample */

static const CliOption sample_options[] = {
  { "train", 0, CLI_WHOLE, N_ ("N"), N_ ("Pictures of each class to train on (100)"), .min = 1, .max = 100000 },
  { "val", 0, CLI_WHOLE, N_ ("N"), N_ ("Pictures of each class held out (25)"), .min = 1, .max = 100000 },
  { "side", 0, CLI_WHOLE, N_ ("PX"), N_ ("Their width and height (96)"), .min = 16, .max = 1024 },
  { NULL },
};

static gboolean
sample_work (GCancellable *cancellable, gpointer user_data, GError **error)
{
  const CliInvocation *invocation = user_data;

  cli_work_phase (_ ("Drawing pictures"), 0, 0, NULL);
  return smalti_sample_write (cli_argument (invocation, 0), cli_whole (invocation, "train", 100),
                              cli_whole (invocation, "val", 25), cli_whole (invocation, "side", 96), cancellable,
                              error);
}

static gboolean
sample (CliInvocation *invocation, GError **error)
{
  if (!cli_work (sample_work, invocation, error))
    return FALSE;
  cli_note (_ ("The sample is in “%s”: drawn by the program, %d classes."), cli_argument (invocation, 0),
            SMALTI_SAMPLE_N_CLASSES);
  if (cli_output_json ())
    {
      JsonBuilder *builder = json_builder_new ();

      json_builder_begin_object (builder);
      cli_json_string (builder, "path", cli_argument (invocation, 0));
      cli_json_int (builder, "n_classes", SMALTI_SAMPLE_N_CLASSES);
      cli_json_end (builder);
    }
  return TRUE;
}

/* Packing */

static const CliOption pack_options[] = {
  { "out", 'o', CLI_FOLDER, N_ ("DIR"), N_ ("Folder for the small pictures (default: DIR-256 beside the large ones)") },
  { "side", 0, CLI_WHOLE, N_ ("PX"), N_ ("Their short side at most (256)"), .min = 16, .max = 4096 },
  { "layout", 0, CLI_TEXT, N_ ("LAYOUT"),
    N_ ("How the folder is read, where it should not be found out: as in “smalti help spec”") },
  { NULL },
};

typedef struct
{
  SmaltiValues *values;
  char *out;
  gint side;
  char **unreadable;
  SmaltiPackSummary summary;
} Packing;

static gboolean
pack_work (GCancellable *cancellable, gpointer user_data, GError **error)
{
  Packing *self = user_data;
  g_autoptr (SmaltiDataset) dataset
      = smalti_dataset_open (self->values, 1, cancellable, on_progress, (gpointer)_ ("Looking for images"), error);

  if (dataset == NULL
      || !smalti_dataset_pack (dataset, self->out, self->side, smalti_device_n_processors (), cancellable, on_progress,
                               (gpointer)_ ("Packing images"), &self->summary, error))
    return FALSE;
  self->unreadable = smalti_dataset_get_unreadable (dataset);
  return TRUE;
}

static void
tell_pack (const Packing *self)
{
  g_autofree char *bytes = cli_text_bytes (self->summary.n_bytes);
  g_autofree char *n = cli_text_count (self->summary.n_written);

  if (!cli_output_json ())
    {
      say_unreadable (self->unreadable, FALSE);
      cli_say (_ ("%s pictures of at most %d px are in “%s”: %s."), n, self->side, self->out, bytes);
      return;
    }
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  cli_json_string (builder, "path", self->out);
  cli_json_int (builder, "side", self->side);
  cli_json_int (builder, "n_written", self->summary.n_written);
  cli_json_int (builder, "n_unreadable", self->summary.n_unreadable);
  cli_json_int (builder, "n_bytes", self->summary.n_bytes);
  cli_json_end (builder);
}

static gboolean
pack (CliInvocation *invocation, GError **error)
{
  g_autoptr (SmaltiValues) values = smalti_values_new (smalti_data_params);
  const char *layout = cli_text (invocation, "layout");
  gint side = cli_whole (invocation, "side", 256);
  g_autofree char *folder = g_canonicalize_filename (cli_argument (invocation, 0), NULL);
  g_autofree char *out = cli_text (invocation, "out") != NULL
                             ? g_canonicalize_filename (cli_text (invocation, "out"), NULL)
                             : g_strdup_printf ("%s-%d", folder, side);
  Packing self = { values, out, side, NULL, { 0 } };
  g_autofree char *inside = g_strconcat (folder, G_DIR_SEPARATOR_S, NULL);

  if (strcmp (out, folder) == 0 || g_str_has_prefix (out, inside))
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                   _ ("The small pictures can't be in “%s” among the large ones; choose a folder outside of it."),
                   folder);
      return FALSE;
    }
  if (!smalti_values_set (values, "path", folder, error)
      || (layout != NULL && !smalti_values_set (values, "layout", layout, error)))
    return FALSE;
  if (!cli_work (pack_work, &self, error))
    return FALSE;
  tell_pack (&self);
  g_strfreev (self.unreadable);
  return TRUE;
}

const CliCommand cli_data_inspect_command = {
  .name = "data inspect",
  .summary = N_ ("Tell what is in a folder of images: layout, classes, sizes, colours, unreadable files"),
  .argument = { { N_ ("DIR"), CLI_FOLDER } },
  .options = inspect_options,
  .example
  = { { "smalti data inspect ~/Pictures", N_ ("What Smalti makes of the folder; nothing in it is changed.") } },
  .run = inspect,
};

const CliCommand cli_data_sample_command = {
  .name = "data sample",
  .summary = N_ ("Write the built-in sample: pictures drawn by the program, to try things with"),
  .details
  = N_ ("Twelve classes of simple landscapes and still lifes, in class folders. They are synthetic: good for trying, "
        "worth nothing as a benchmark."),
  .argument = { { N_ ("DIR"), CLI_FOLDER } },
  .options = sample_options,
  .example = { { "smalti data sample sample", N_ ("A folder to point a first spec at.") } },
  .run = sample,
};

const CliCommand cli_data_pack_command = {
  .name = "data pack",
  .summary = N_ ("Copy a folder of images, each as small as training needs it, so that reading them is quick"),
  .details = N_ ("Worth it where photographs are large or the disk is slow. Labels stay, and with them the part held "
                 "out; the copy is JPEG files in folders, which any other program reads too. A pack that was stopped "
                 "is finished by the same command."),
  .argument = { { N_ ("DIR"), CLI_FOLDER } },
  .options = pack_options,
  .example = { { "smalti data pack ~/Pictures --side 160", N_ ("For networks that see 128 px or less.") } },
  .run = pack,
};
