/* SPDX-License-Identifier: Apache-2.0 */
/* Weights are read and written on a thread of their own, not on the store's, which has the window's lists to read. */
#include "ui/run-export.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/exchange/export.h"
#include "core/run/report.h"

typedef struct
{
  SmaltiWorkbench *workbench;
  SmaltiRunExport what;
  gint64 run;
  char *name;
  char *store_path;
  char *path;
  GtkFileChooserNative *chooser;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_object_unref (job->workbench);
  g_clear_object (&job->chooser);
  g_free (job->name);
  g_free (job->store_path);
  g_free (job->path);
  g_free (job);
}

static gboolean
write_weights (const Job *job, GError **error)
{
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, job->run);
  g_autofree char *folder = g_build_filename (job->store_path, "runs", number, NULL);
  g_autofree char *python = NULL;

  return smalti_model_export (folder, job->name, job->path, &python, error);
}

static gboolean
write_report (const Job *job, GError **error)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (job->store_path, error);

  return store && smalti_report_write_html (store, &job->run, 1, job->path, error);
}

static void
write_file (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Job *job = data;
  GError *error = NULL;

  if (job->what == SMALTI_RUN_EXPORT_WEIGHTS ? write_weights (job, &error) : write_report (job, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  const Job *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_path_get_basename (job->path);
  g_autofree char *message = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    message = g_strdup_printf (_ ("Saved “%s”"), name);
  smalti_workbench_tell (job->workbench, message ? message : error->message);
}

static void
on_response (GtkNativeDialog *chooser, int response, gpointer user_data)
{
  Job *job = user_data;
  g_autoptr (GFile) file
      = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;
  g_autoptr (GTask) task = NULL;

  gtk_native_dialog_destroy (chooser);
  if (!file || !g_file_peek_path (file))
    {
      if (file)
        smalti_workbench_tell (job->workbench, _ ("Choose a place on a disk of this computer."));
      job_free (job);
      return;
    }
  job->path = g_strdup (g_file_peek_path (file));
  task = g_task_new (NULL, NULL, on_written, NULL);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, write_file);
}

/* "Puzzles on Holidays" becomes "puzzles-on-holidays". */
static char *
suggest_name (const char *name, const char *ending)
{
  g_autofree char *lower = g_utf8_strdown (name, -1);
  g_autofree char *plain = g_strdelimit (g_strdup (lower), " /\\:*?\"<>|", '-');

  return g_strconcat (plain, ending, NULL);
}

void
smalti_run_export (GtkWidget *asker, SmaltiWorkbench *workbench, SmaltiRunItem *item, SmaltiRunExport what)
{
  gboolean weights = what == SMALTI_RUN_EXPORT_WEIGHTS;
  g_autofree char *name = suggest_name (smalti_run_item_get_name (item), weights ? ".safetensors" : ".html");
  Job *job = g_new0 (Job, 1);

  job->workbench = g_object_ref (workbench);
  job->what = what;
  job->run = smalti_run_item_get_id (item);
  job->name = g_strdup (smalti_run_item_get_name (item));
  job->store_path = g_strdup (smalti_store_client_get_path (smalti_workbench_get_client (workbench)));
  job->chooser = gtk_file_chooser_native_new (weights ? _ ("Export the Backbone") : _ ("Save the Report"),
                                              GTK_WINDOW (gtk_widget_get_root (asker)), GTK_FILE_CHOOSER_ACTION_SAVE,
                                              _ ("_Save"), _ ("_Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (job->chooser), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (job->chooser), TRUE);
  g_signal_connect (job->chooser, "response", G_CALLBACK (on_response), job);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (job->chooser));
}
