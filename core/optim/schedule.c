/* SPDX-License-Identifier: Apache-2.0 */
/* Learning rate schedules: a linear warm-up, then a constant, drops by a factor (as in VISSL and torchvision), or half
 * a cosine (Loshchilov & Hutter 2017, arXiv:1608.03983, without restarts).
 *
 * Drops stand at fractions of the whole run, as papers give them in epochs; the cosine begins where the warm-up ends.
 * lr follows the batch linearly when its base batch is given (Goyal et al. 2017, arXiv:1706.02677). */
#include "core/optim/schedule-private.h"

#include <math.h>

void
smalti_schedule_init (SmaltiSchedule *self, const SmaltiValues *values, guint batch, guint64 n_steps)
{
  gdouble lr_batch = smalti_values_get_int (values, "lr_batch");
  guint n_fractions;
  const gdouble *fractions = smalti_values_get_float_list (values, "steps", &n_fractions);

  *self = (SmaltiSchedule){
    .kind = smalti_values_get_choice (values, "schedule"),
    .lr = smalti_values_get_float (values, "lr") * (lr_batch > 0 ? batch / lr_batch : 1),
    .n_steps = n_steps,
    .n_warmup = llround (smalti_values_get_float (values, "warmup") * n_steps),
    .warmup_lr = smalti_values_get_float (values, "warmup_lr"),
    .final_lr = smalti_values_get_float (values, "final_lr"),
    .gamma = smalti_values_get_float (values, "gamma"),
    .n_drops = n_fractions,
    .drop = g_new (guint64, MAX (n_fractions, 1)),
  };
  for (guint i = 0; i < n_fractions; i++)
    self->drop[i] = llround (fractions[i] * n_steps);
}

void
smalti_schedule_clear (SmaltiSchedule *self)
{
  g_clear_pointer (&self->drop, g_free);
}

/* Evenly from where it was to the end; exactly @step when nothing was changed. */
gdouble
smalti_schedule_place (const SmaltiSchedule *self, guint64 step)
{
  if (self->from == 0)
    return step;
  if (step >= self->n_steps || self->n_steps <= self->from)
    return self->n_steps;
  return self->place + (step - self->from) * ((self->n_steps - self->place) / (self->n_steps - self->from));
}

static gdouble
warmup_factor (const SmaltiSchedule *self, gdouble step)
{
  if (step >= self->n_warmup)
    return 1;
  return self->warmup_lr + (1 - self->warmup_lr) * step / self->n_warmup;
}

static gdouble
drops_factor (const SmaltiSchedule *self, gdouble step)
{
  gdouble factor = 1;

  for (guint i = 0; i < self->n_drops; i++)
    if (step >= self->drop[i])
      factor *= self->gamma;
  return factor;
}

static gdouble
cosine_factor (const SmaltiSchedule *self, gdouble step)
{
  gdouble progress;

  if (step < self->n_warmup || self->n_steps <= self->n_warmup)
    return 1;
  progress = MIN (step - self->n_warmup, self->n_steps - self->n_warmup) / (gdouble)(self->n_steps - self->n_warmup);
  return self->final_lr + (1 - self->final_lr) * 0.5 * (1 + cos (G_PI * progress));
}

gfloat
smalti_schedule_lr (const SmaltiSchedule *self, guint64 step)
{
  gdouble place = smalti_schedule_place (self, step), lr = self->lr * warmup_factor (self, place);

  switch (self->kind)
    {
    case SMALTI_SCHEDULE_CONSTANT:
      break;
    case SMALTI_SCHEDULE_STEP:
      lr *= drops_factor (self, place);
      break;
    case SMALTI_SCHEDULE_COSINE:
      lr *= cosine_factor (self, place);
      break;
    }
  return lr;
}
