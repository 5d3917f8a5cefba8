/* SPDX-License-Identifier: Apache-2.0 */
#include "app/estimate.h"

#include "app/output.h"
#include "app/work.h"
#include "core/run/estimate.h"

typedef struct
{
  const SmaltiSpec *spec;
  SmaltiEstimate *estimate;
} Job;

static gboolean
measure (GCancellable *cancellable, gpointer user_data, GError **error)
{
  Job *job = user_data;

  job->estimate = smalti_estimate_measure (job->spec, FALSE, cancellable, cli_work_phase, NULL, error);
  return job->estimate != NULL;
}

static void
tell_as_json (const SmaltiEstimate *self)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  cli_json_string (builder, "device", self->device);
  cli_json_int (builder, "n_params", self->n_params);
  cli_json_number (builder, "gflop_step", self->flop / 1e9);
  cli_json_int (builder, "batch", self->batch);
  cli_json_int (builder, "plan_bytes", self->plan_bytes);
  cli_json_int (builder, "loader_bytes", self->loader_bytes);
  cli_json_int (builder, "available_bytes", self->available_bytes);
  cli_json_int (builder, "largest_batch", self->largest_batch);
  cli_json_int (builder, "n_images", self->n_images);
  cli_json_int (builder, "n_val_images", self->n_val_images);
  cli_json_int (builder, "steps_per_epoch", self->steps_per_epoch);
  cli_json_int (builder, "n_steps", self->n_steps);
  cli_json_int (builder, "n_timed", self->n_timed);
  cli_json_number (builder, "step_seconds", self->step_seconds);
  cli_json_number (builder, "loader_images_s", self->loader_rate);
  cli_json_number (builder, "validation_seconds", self->validation_seconds);
  cli_json_number (builder, "epoch_seconds", self->epoch_seconds);
  cli_json_number (builder, "total_seconds", self->total_seconds);
  cli_json_end (builder);
}

static void
tell_memory (const SmaltiEstimate *self)
{
  g_autofree char *plan = cli_text_bytes (self->plan_bytes), *loader = cli_text_bytes (self->loader_bytes);
  g_autofree char *available = cli_text_bytes (self->available_bytes);

  cli_say (_ ("Memory          %s for the network, up to %s for loading images"), plan, loader);
  if (self->available_bytes > 0)
    cli_say (_ ("                %s are free"), available);
  if (self->largest_batch > 0)
    cli_say (_ ("Largest batch   %u, where the spec has %u"), self->largest_batch, self->batch);
}

static void
tell_times (const SmaltiEstimate *self)
{
  g_autofree char *epoch = cli_text_seconds (self->epoch_seconds);
  g_autofree char *total = cli_text_seconds (self->total_seconds);
  g_autofree char *epoch_steps = cli_text_count (self->steps_per_epoch), *steps = cli_text_count (self->n_steps);
  g_autofree char *rate = cli_text_count (self->loader_rate + 0.5);

  cli_say (g_dngettext (GETTEXT_PACKAGE, "A step          %.3g s for %u images, the median of %u step",
                        "A step          %.3g s for %u images, the median of %u steps", self->n_timed),
           self->step_seconds, self->batch, self->n_timed);
  cli_say (_ ("Loading         %s images a second"), rate);
  cli_say (_ ("An epoch        %s, %s steps"), epoch, epoch_steps);
  cli_say (_ ("The whole run   %s, %s steps, without measuring the features"), total, steps);
}

static void
tell_as_text (const SmaltiEstimate *self)
{
  g_autofree char *params = cli_text_count (self->n_params);

  cli_say (_ ("Device          %s"), self->device);
  cli_say (_ ("Network         %s parameters"), params);
  tell_memory (self);
  if (self->n_timed > 0)
    tell_times (self);
  else
    cli_say (_ ("Training        none: this method keeps its random weights"));
}

gboolean
cli_estimate (const SmaltiSpec *spec, GError **error)
{
  Job job = { spec };

  if (!cli_work (measure, &job, error))
    return FALSE;
  if (cli_output_json ())
    tell_as_json (job.estimate);
  else
    tell_as_text (job.estimate);
  smalti_estimate_free (job.estimate);
  return TRUE;
}
