/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at images the network has never trained on: how well it does on the held-out split, and its answers on a few
 * of them for people to see. The same images and the same puzzles every time, so that what changes is the network. */
#include "core/run/runner-private.h"

#include "core/base/error.h"
#include "core/pretext/preview-archive.h"
#include "core/run/event-private.h"

/* A preview image as it was drawn. */
typedef struct
{
  SmaltiImage *image;
  gint label;
  SmaltiRandom random; /* before the draw */
} Sample;

static void
sample_free (Sample *sample)
{
  smalti_image_unref (sample->image);
  g_free (sample);
}

gboolean
smalti_runner_is_validated (SmaltiRunner *self)
{
  g_autoptr (GArray) points
      = smalti_store_get_points (self->store, self->run, "val/loss", (gint64)self->position.step - 1, NULL);

  return self->session->n_val_items == 0 || (points != NULL && points->len > 0);
}

static void
add_batch (const SmaltiNetwork *network, gdouble *loss, gdouble *metric)
{
  const SmaltiPretextGraph *parts = &network->parts;

  *loss += smalti_program_read_scalar (network->program, parts->loss);
  for (guint i = 0; i < parts->n_metrics; i++)
    metric[i] += smalti_program_read_scalar (network->program, parts->metric[i].sum) / parts->metric[i].divisor;
}

gboolean
smalti_runner_validate (SmaltiRunner *self, GError **error)
{
  SmaltiSession *session = self->session;
  const SmaltiNetwork *network = &session->validation;
  SmaltiRunContext context = { .seed = session->seed, .step = self->position.step };
  guint n_batches = session->n_val_items / network->batch;
  g_autoptr (SmaltiLoader) loader = NULL;
  gdouble loss = 0, metric[SMALTI_MAX_METRICS] = { 0 };

  if (n_batches == 0)
    return TRUE;
  loader = smalti_session_validation_loader (session, error);
  if (loader == NULL)
    return FALSE;
  for (guint i = 0; i < n_batches; i++)
    {
      SmaltiBatch *batch;

      if (smalti_runner_is_stopped (self))
        return smalti_runner_set_stopped (error);
      batch = smalti_loader_next (loader, error);
      if (batch == NULL)
        return FALSE;
      g_assert (batch->n_valid == network->batch);
      smalti_network_write (network, &session->sampler, batch->field);
      smalti_loader_release (loader, batch);
      smalti_program_run (network->program, &context);
      add_batch (network, &loss, metric);
      smalti_runner_progress (self, NULL, i + 1, n_batches, 0, 0, 0);
    }
  smalti_runner_point (self, "val/loss", loss / n_batches);
  for (guint i = 0; i < network->parts.n_metrics; i++)
    {
      g_autofree char *name = g_strdup_printf ("val/%s", network->parts.metric[i].name);

      smalti_runner_point (self, name, metric[i] / n_batches);
    }
  return smalti_runner_flush (self, error);
}

/* Held-out images spread over the split, or training images where nothing is held out; those that can't be read are
 * left out. */
static void
choose_samples (SmaltiRunner *self)
{
  SmaltiSession *session = self->session;
  guint n_wanted = smalti_values_get_int (smalti_spec_get_values (self->spec, "train"), "n_previews");
  guint n_items;
  const guint32 *items = smalti_dataset_get_split (session->dataset, SMALTI_SPLIT_VAL, &n_items);

  if (n_items == 0)
    items = smalti_dataset_get_split (session->dataset, SMALTI_SPLIT_TRAIN, &n_items);
  n_wanted = MIN (n_wanted, n_items);
  self->samples = g_ptr_array_new_with_free_func ((GDestroyNotify)sample_free);
  for (guint i = 0; i < n_wanted; i++)
    {
      guint32 item = items[((guint64)i * n_items + n_items / 2) / n_wanted];
      g_autoptr (GError) reason = NULL;
      SmaltiImage *image = smalti_dataset_load (session->dataset, item, session->sampler.min_side, &reason);
      Sample *sample;

      if (image == NULL)
        {
          smalti_dataset_mark_unreadable (session->dataset, item, reason->message);
          continue;
        }
      sample = g_new0 (Sample, 1);
      sample->image = image;
      sample->label = smalti_dataset_get_label (session->dataset, item);
      smalti_random_init (&sample->random, session->seed, SMALTI_STREAM_SAMPLE, 0, item);
      g_ptr_array_add (self->samples, sample);
    }
}

/* A batch of samples from @first on; what is left over in it is zero. */
static void
draw_batch (const SmaltiRunner *self, guint first, SmaltiTensor **fields)
{
  const SmaltiSampler *sampler = &self->session->sampler;
  guint batch = self->session->validation.batch;

  for (guint i = 0; i < batch && first + i < self->samples->len; i++)
    {
      const Sample *sample = self->samples->pdata[first + i];
      SmaltiRandom random = sample->random;

      smalti_network_draw (sampler, sample->image, sample->label, &random, FALSE, i, fields);
    }
}

static GPtrArray *
answer (SmaltiRunner *self)
{
  SmaltiSession *session = self->session;
  const SmaltiNetwork *network = &session->validation;
  g_autoptr (SmaltiTensor) logits = smalti_tensor_new (SMALTI_DTYPE_F32, network->parts.logits->shape);
  gsize n_logits = smalti_tensor_size (logits) / network->batch;
  GPtrArray *previews = g_ptr_array_new_with_free_func ((GDestroyNotify)smalti_preview_free);
  SmaltiRunContext context = { .seed = session->seed, .step = self->position.step };
  SmaltiTensor *fields[SMALTI_MAX_FIELDS];

  smalti_network_new_fields (&session->sampler, network->batch, fields);
  for (guint first = 0; first < self->samples->len; first += network->batch)
    {
      draw_batch (self, first, fields);
      smalti_network_write (network, &session->sampler, fields);
      smalti_program_run (network->program, &context);
      smalti_program_read (network->program, network->parts.logits, logits);
      for (guint i = 0; i < network->batch && first + i < self->samples->len; i++)
        {
          const Sample *sample = self->samples->pdata[first + i];

          g_ptr_array_add (previews, session->pretext->klass->preview (session->pretext, sample->image, sample->label,
                                                                       &sample->random,
                                                                       smalti_tensor_f32 (logits) + n_logits * i));
        }
    }
  for (guint f = 0; f < session->sampler.n_fields; f++)
    smalti_tensor_unref (fields[f]);
  return previews;
}

static gboolean
store_previews (SmaltiRunner *self, const GPtrArray *previews, GError **error)
{
  gboolean ok = smalti_store_begin (self->store, error);

  if (!ok)
    return FALSE;
  for (guint i = 0; i < previews->len && ok; i++)
    {
      g_autoptr (GBytes) png = smalti_preview_to_png (previews->pdata[i], error);
      g_autofree char *json = smalti_preview_to_json (previews->pdata[i]);

      ok = png != NULL
           && smalti_store_add_artifact (self->store, self->run, "preview", self->position.step, json, png, error);
    }
  return smalti_store_commit (self->store, ok ? error : NULL) && ok;
}

gboolean
smalti_runner_preview (SmaltiRunner *self, gboolean store, GError **error)
{
  g_autoptr (GPtrArray) previews = NULL;
  SmaltiEvent *event;

  if (self->session->pretext->klass->preview == NULL || self->session->validation.parts.logits == NULL)
    return TRUE;
  if (self->samples == NULL)
    choose_samples (self);
  if (self->samples->len == 0)
    return TRUE;
  previews = answer (self);
  if (store && !store_previews (self, previews, error))
    return FALSE;
  event = smalti_event_new (SMALTI_EVENT_PREVIEW, self->run);
  event->point.step = self->position.step;
  event->point.epoch = self->info->epoch;
  event->point.time = self->position.seconds;
  event->previews = g_steal_pointer (&previews);
  smalti_runner_tell (self, event);
  return TRUE;
}
