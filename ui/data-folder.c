/* SPDX-License-Identifier: Apache-2.0 */
/* Threads only count, in a number that the main loop looks at while something is under way. A scan or measure that was
 * stopped may go on for a moment; its result is then nobody's. */
#include "ui/data-folder.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "core/run/spec.h"

#define LOOK_MILLISECONDS 100

/* Of one scan or measure. */
typedef struct
{
  gint ref_count;
  gsize n; /* atomic */
} Count;

struct _SmaltiDataFolder
{
  GObject parent_instance;

  char *path, *title;
  SmaltiWorkbench *sample_of;
  SmaltiDataFolderState state;
  guint64 n_found;
  char *trouble;
  const char *advice;
  char *layout, *fingerprint; /* as of the last scan */
  guint n_classes;
  SmaltiDataset *dataset;
  SmaltiDatasetStats *stats;
  guint64 n_measured;

  GCancellable *scanning, *measuring; /* NULL: not under way */
  Count *scanned, *measured;
  guint look_source;
};

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SmaltiDataFolder, smalti_data_folder, G_TYPE_OBJECT)

static void
count_unref (Count *count)
{
  if (g_atomic_int_dec_and_test (&count->ref_count))
    g_free (count);
}

static Count *
count_ref (Count *count)
{
  g_atomic_int_inc (&count->ref_count);
  return count;
}

static void
renew_count (Count **count)
{
  g_clear_pointer (count, count_unref);
  *count = g_new0 (Count, 1);
  (*count)->ref_count = 1;
}

static void
on_progress (guint64 n, gpointer user_data)
{
  g_atomic_pointer_set (&((Count *)user_data)->n, (gsize)n);
}

static void
tell (SmaltiDataFolder *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static gboolean
look (gpointer user_data)
{
  SmaltiDataFolder *self = user_data;

  if (!self->scanning && !self->measuring)
    {
      self->look_source = 0;
      return G_SOURCE_REMOVE;
    }
  if (self->scanning)
    self->n_found = (gsize)g_atomic_pointer_get (&self->scanned->n);
  if (self->measuring)
    self->n_measured = (gsize)g_atomic_pointer_get (&self->measured->n);
  tell (self);
  return G_SOURCE_CONTINUE;
}

static void
begin_to_look (SmaltiDataFolder *self)
{
  if (!self->look_source)
    self->look_source = g_timeout_add (LOOK_MILLISECONDS, look, self);
}

/* -- measuring -- */

typedef struct
{
  SmaltiDataset *dataset;
  Count *count;
} MeasureJob;

static void
measure_job_free (gpointer data)
{
  MeasureJob *job = data;

  g_object_unref (job->dataset);
  count_unref (job->count);
  g_free (job);
}

static void
run_measure (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  MeasureJob *job = data;
  GError *error = NULL;
  /* One processor is left to the window. */
  guint n_threads = MAX ((gint)g_get_num_processors () - 1, 1);
  SmaltiDatasetStats *stats
      = smalti_dataset_measure (job->dataset, n_threads, cancellable, on_progress, job->count, &error);

  if (stats)
    g_task_return_pointer (task, stats, (GDestroyNotify)smalti_dataset_stats_free);
  else
    g_task_return_error (task, error);
}

static void
on_measured (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SmaltiDataFolder *self = SMALTI_DATA_FOLDER (source);
  /* That none of the images can be read is no news by then: they are on the list of the unreadable. */
  SmaltiDatasetStats *stats = g_task_propagate_pointer (G_TASK (result), NULL);

  if (g_task_get_cancellable (G_TASK (result)) != self->measuring)
    {
      smalti_dataset_stats_free (stats);
      return;
    }
  g_clear_object (&self->measuring);
  self->stats = stats;
  tell (self);
}

void
smalti_data_folder_measure (SmaltiDataFolder *self)
{
  g_return_if_fail (SMALTI_IS_DATA_FOLDER (self));

  if (!self->dataset || self->stats || self->measuring)
    return;

  MeasureJob *job = g_new0 (MeasureJob, 1);
  g_autoptr (GTask) task = NULL;

  renew_count (&self->measured);
  self->n_measured = 0;
  self->measuring = g_cancellable_new ();
  *job = (MeasureJob){ g_object_ref (self->dataset), count_ref (self->measured) };
  task = g_task_new (self, self->measuring, on_measured, NULL);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, job, measure_job_free);
  g_task_run_in_thread (task, run_measure);
  begin_to_look (self);
  tell (self);
}

void
smalti_data_folder_stop_measuring (SmaltiDataFolder *self)
{
  g_return_if_fail (SMALTI_IS_DATA_FOLDER (self));

  if (!self->measuring)
    return;
  g_cancellable_cancel (self->measuring);
  g_clear_object (&self->measuring);
  tell (self);
}

/* -- scanning -- */

typedef struct
{
  char *path;
  Count *count;
  const char *advice; /* when it fails; static */
} ScanJob;

static void
scan_job_free (gpointer data)
{
  ScanJob *job = data;

  g_free (job->path);
  count_unref (job->count);
  g_free (job);
}

/* Looked at after a failure, since the message does not tell the kinds apart. */
static const char *
advice_for (const char *path)
{
  if (g_access (path, F_OK) != 0)
    return N_ ("If it is on a disk that is not connected, connect that and scan again.");
  if (g_access (path, R_OK | X_OK) != 0)
    return N_ ("Change who may read it, then scan again.");
  return N_ ("Put pictures into it and scan again, or choose another folder.");
}

static void
run_scan (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  ScanJob *job = data;
  g_autoptr (SmaltiValues) values = smalti_values_new (smalti_data_params);
  /* The seed of a run that says nothing about it: its split is the one that is shown. */
  guint64 seed = g_ascii_strtoull (smalti_param_find (smalti_spec_params, "seed")->value, NULL, 10);
  GError *error = NULL;
  SmaltiDataset *dataset = NULL;

  /* Thumbnails have a cache of their own. */
  if (smalti_values_set (values, "path", job->path, &error) && smalti_values_set (values, "cache_mb", "0", &error))
    dataset = smalti_dataset_open (values, seed, cancellable, on_progress, job->count, &error);
  if (dataset)
    g_task_return_pointer (task, dataset, g_object_unref);
  else
    {
      job->advice = advice_for (job->path);
      g_task_return_error (task, error);
    }
}

static void
fail (SmaltiDataFolder *self, const GError *error, const char *advice)
{
  self->state = SMALTI_DATA_FOLDER_FAILED;
  g_free (self->trouble);
  self->trouble = g_strdup (error->message);
  self->advice = advice;
  tell (self);
}

static void
take_dataset (SmaltiDataFolder *self, SmaltiDataset *dataset)
{
  self->dataset = g_object_ref (dataset);
  self->state = SMALTI_DATA_FOLDER_READY;
  self->n_found = smalti_dataset_get_n_items (dataset);
  self->n_classes = smalti_dataset_get_n_classes (dataset);
  g_free (self->layout);
  self->layout = g_strdup (smalti_layout_id (smalti_dataset_get_layout (dataset)));
  g_free (self->fingerprint);
  self->fingerprint = g_strdup (smalti_dataset_get_fingerprint (dataset));
  tell (self);
  smalti_data_folder_measure (self);
}

static void
on_scanned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SmaltiDataFolder *self = SMALTI_DATA_FOLDER (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiDataset) dataset = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_task_get_cancellable (G_TASK (result)) != self->scanning)
    return;
  g_clear_object (&self->scanning);
  if (dataset)
    take_dataset (self, dataset);
  else
    fail (self, error, ((ScanJob *)g_task_get_task_data (G_TASK (result)))->advice);
}

static void
start_scan (SmaltiDataFolder *self)
{
  ScanJob *job = g_new0 (ScanJob, 1);
  g_autoptr (GTask) task = g_task_new (self, self->scanning, on_scanned, NULL);

  *job = (ScanJob){ .path = g_strdup (self->path), .count = count_ref (self->scanned) };
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, job, scan_job_free);
  g_task_run_in_thread (task, run_scan);
}

typedef struct
{
  SmaltiDataFolder *folder;
  GCancellable *cancellable;
} Drawing;

static void
on_sample_drawn (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Drawing *drawing = user_data;
  g_autoptr (SmaltiDataFolder) self = drawing->folder;
  g_autoptr (GCancellable) cancellable = drawing->cancellable;
  g_autoptr (GError) error = NULL;
  gboolean drawn = smalti_workbench_draw_sample_finish (SMALTI_WORKBENCH (source), result, &error);

  if (cancellable != self->scanning)
    return;
  if (drawn)
    start_scan (self);
  else
    {
      g_clear_object (&self->scanning);
      fail (self, error, NULL);
    }
}

void
smalti_data_folder_scan (SmaltiDataFolder *self)
{
  g_return_if_fail (SMALTI_IS_DATA_FOLDER (self));

  if (self->scanning)
    return;
  smalti_data_folder_stop_measuring (self);
  g_clear_object (&self->dataset);
  g_clear_pointer (&self->stats, smalti_dataset_stats_free);
  g_clear_pointer (&self->trouble, g_free);
  renew_count (&self->scanned);
  self->n_found = 0;
  self->state = SMALTI_DATA_FOLDER_SCANNING;
  self->scanning = g_cancellable_new ();
  if (self->sample_of)
    {
      Drawing *drawing = g_new0 (Drawing, 1);

      *drawing = (Drawing){ g_object_ref (self), g_object_ref (self->scanning) };
      smalti_workbench_draw_sample_async (self->sample_of, self->scanning, on_sample_drawn, drawing);
    }
  else
    start_scan (self);
  begin_to_look (self);
  tell (self);
}

void
smalti_data_folder_stop_scan (SmaltiDataFolder *self)
{
  g_return_if_fail (SMALTI_IS_DATA_FOLDER (self));

  if (!self->scanning)
    return;
  g_cancellable_cancel (self->scanning);
  g_clear_object (&self->scanning);
  self->state = SMALTI_DATA_FOLDER_STOPPED;
  tell (self);
}

/* -- what is known -- */

void
smalti_data_folder_remember (SmaltiDataFolder *self, const SmaltiFolderInfo *info)
{
  if (self->state != SMALTI_DATA_FOLDER_NEW)
    return;
  self->n_found = info->n_items;
  self->n_classes = info->n_classes;
  g_free (self->layout);
  self->layout = g_strdup (info->layout);
  g_free (self->fingerprint);
  self->fingerprint = g_strdup (info->fingerprint);
}

SmaltiFolderInfo *
smalti_data_folder_to_info (SmaltiDataFolder *self)
{
  SmaltiFolderInfo *info = g_new0 (SmaltiFolderInfo, 1);

  info->path = g_strdup (self->path);
  info->layout = g_strdup (self->layout ? self->layout : smalti_layout_id (SMALTI_LAYOUT_AUTO));
  info->n_items = self->n_found;
  info->n_classes = self->n_classes;
  info->fingerprint = g_strdup (self->fingerprint);
  return info;
}

const char *
smalti_data_folder_get_path (SmaltiDataFolder *self)
{
  return self->path;
}

const char *
smalti_data_folder_get_title (SmaltiDataFolder *self)
{
  return self->title;
}

gboolean
smalti_data_folder_is_sample (SmaltiDataFolder *self)
{
  return self->sample_of != NULL;
}

SmaltiDataFolderState
smalti_data_folder_get_state (SmaltiDataFolder *self)
{
  return self->state;
}

guint64
smalti_data_folder_get_n_found (SmaltiDataFolder *self)
{
  return self->n_found;
}

const char *
smalti_data_folder_get_trouble (SmaltiDataFolder *self)
{
  return self->trouble;
}

const char *
smalti_data_folder_get_advice (SmaltiDataFolder *self)
{
  return self->advice ? _ (self->advice) : NULL;
}

SmaltiDataset *
smalti_data_folder_get_dataset (SmaltiDataFolder *self)
{
  return self->dataset;
}

gboolean
smalti_data_folder_is_measuring (SmaltiDataFolder *self)
{
  return self->measuring != NULL;
}

guint64
smalti_data_folder_get_n_measured (SmaltiDataFolder *self)
{
  return self->n_measured;
}

const SmaltiDatasetStats *
smalti_data_folder_get_stats (SmaltiDataFolder *self)
{
  return self->stats;
}

/* -- the object -- */

static void
smalti_data_folder_dispose (GObject *object)
{
  SmaltiDataFolder *self = SMALTI_DATA_FOLDER (object);

  if (self->scanning)
    g_cancellable_cancel (self->scanning);
  if (self->measuring)
    g_cancellable_cancel (self->measuring);
  g_clear_object (&self->scanning);
  g_clear_object (&self->measuring);
  g_clear_handle_id (&self->look_source, g_source_remove);
  g_clear_object (&self->sample_of);
  g_clear_object (&self->dataset);
  G_OBJECT_CLASS (smalti_data_folder_parent_class)->dispose (object);
}

static void
smalti_data_folder_finalize (GObject *object)
{
  SmaltiDataFolder *self = SMALTI_DATA_FOLDER (object);

  g_free (self->path);
  g_free (self->title);
  g_free (self->trouble);
  g_free (self->layout);
  g_free (self->fingerprint);
  g_clear_pointer (&self->stats, smalti_dataset_stats_free);
  g_clear_pointer (&self->scanned, count_unref);
  g_clear_pointer (&self->measured, count_unref);
  G_OBJECT_CLASS (smalti_data_folder_parent_class)->finalize (object);
}

static void
smalti_data_folder_class_init (SmaltiDataFolderClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = smalti_data_folder_dispose;
  G_OBJECT_CLASS (klass)->finalize = smalti_data_folder_finalize;
  signals[CHANGED]
      = g_signal_new ("changed", SMALTI_TYPE_DATA_FOLDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
smalti_data_folder_init (SmaltiDataFolder *self)
{
}

SmaltiDataFolder *
smalti_data_folder_new (const char *path, SmaltiWorkbench *sample_of)
{
  SmaltiDataFolder *self = g_object_new (SMALTI_TYPE_DATA_FOLDER, NULL);

  self->path = g_strdup (path);
  self->title = sample_of ? g_strdup (_ ("Built-in sample")) : g_filename_display_basename (path);
  g_set_object (&self->sample_of, sample_of);
  return self;
}
