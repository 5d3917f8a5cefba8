/* SPDX-License-Identifier: Apache-2.0 */
/* Measuring what a run has learned, without training it any further: whatever it was before (done, stopped, imported),
 * it is again. Its old results go only when the new ones begin to come, so that labels that are not there cost nothing.
 */
#include "core/run/runner-private.h"

#include "core/base/error.h"
#include "core/eval/evaluation-archive.h"
#include "core/run/event-private.h"
#include "core/run/model.h"
#include "core/run/store-private.h"

static void
on_progress (const char *text, guint64 done, guint64 total, gpointer user_data)
{
  SmaltiRunner *self = user_data;

  smalti_runner_is_stopped (self);
  smalti_runner_progress (self, text, done, total, 0, 0, 0);
}

static void
on_benchmark (const SmaltiBenchmark *benchmark, gpointer user_data)
{
  SmaltiRunner *self = user_data;

  if (!self->measured)
    smalti_store_remove_artifacts (self->store, self->run, "benchmark", NULL);
  self->measured = TRUE;
  smalti_runner_tell_benchmark (self, benchmark);
}

/* The spec with @eval's values in place of its own: what the results are results of. */
static gboolean
adopt_values (SmaltiRunner *self, const SmaltiValues *eval, GError **error)
{
  for (const SmaltiParam *param = smalti_values_get_table (eval); param->key != NULL; param++)
    {
      g_autofree char *key = g_strconcat ("eval.", param->key, NULL);
      g_autofree char *text = smalti_values_get_text (eval, param->key);

      if (!smalti_spec_set (self->spec, key, text, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
measure (SmaltiRunner *self, const SmaltiValues *eval, GError **error)
{
  const SmaltiValues *general = smalti_spec_get_values (self->spec, "");
  g_autoptr (SmaltiModel) model = NULL;

  smalti_runner_phase (self, "evaluate", _ ("Measuring the features"));
  model = smalti_model_open (self->folder, smalti_values_get_string (general, "device"),
                             (guint)smalti_values_get_int (general, "threads"), error);
  if (model == NULL || !smalti_model_check_spec (model, self->spec, error) || !adopt_values (self, eval, error))
    return FALSE;
  if (!smalti_model_evaluate (model, eval, (guint64)smalti_values_get_int (general, "seed"), self->cancellable,
                              on_progress, on_benchmark, self, error))
    return FALSE;
  return smalti_store_set_spec (self->store, self->run, self->spec, error);
}

SmaltiEvent *
smalti_runner_measure_locked (SmaltiRunner *self, const SmaltiValues *eval)
{
  SmaltiRunState before = self->info->state;
  g_autoptr (GError) reason = NULL, unwritten = NULL;
  SmaltiEvent *end;

  g_ptr_array_unref (smalti_store_take_requests (self->store, self->run)); /* were meant for whoever had it before */
  self->folder = smalti_store_get_run_folder (self->store, self->run);
  self->position.step = self->info->step;
  self->position.n_steps = self->info->n_steps;
  self->info->state = SMALTI_RUN_RUNNING;
  if (measure (self, eval, &reason))
    end = smalti_runner_end (self, SMALTI_EVENT_DONE, NULL);
  else if (g_error_matches (reason, SMALTI_ERROR, SMALTI_ERROR_CANCELLED)
           || g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    end = smalti_runner_end (self, SMALTI_EVENT_STOPPED, NULL);
  else
    end = smalti_runner_end (self, SMALTI_EVENT_FAILED, reason);
  end->phase = g_strdup ("evaluate");
  self->info->state = before;
  g_free (self->info->phase);
  self->info->phase = g_strdup ("");
  if (smalti_runner_flush (self, &unwritten) || end->type == SMALTI_EVENT_FAILED)
    return end;
  smalti_event_unref (end);
  return smalti_runner_end (self, SMALTI_EVENT_FAILED, unwritten);
}
