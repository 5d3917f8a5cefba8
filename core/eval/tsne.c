/* SPDX-License-Identifier: Apache-2.0 */
/* The descent of t-SNE: gradient with momentum and a gain for each number (van der Maaten & Hinton 2008), the
 * attraction exaggerated at first so that what belongs together finds together, and a step that grows with the number
 * of points (Belkina et al. 2019), without which large maps do not unfold in time. */
#include <math.h>

#include "core/base/error.h"
#include "core/eval/tsne-private.h"

#define EXAGGERATION 12
#define EARLY        250 /* iterations with it */
#define EARLY_PULL   0.5 /* momentum in them */
#define LATE_PULL    0.8
#define THETA        0.5
#define LOOK_EVERY   50 /* iterations between measurements of the divergence */
#define SMALLEST     0.01

typedef struct
{
  const SmaltiAffinities *affinities;
  SmaltiRepulsion *repulsion;
  gfloat *y, *push, *velocity, *gain; /* (n, 2) */
  gdouble *divergence;                /* (n), of each row */
} Descent;

static void
descent_clear (Descent *self)
{
  smalti_repulsion_free (self->repulsion);
  g_free (self->push);
  g_free (self->velocity);
  g_free (self->gain);
  g_free (self->divergence);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Descent, descent_clear)

static gfloat
change_gain (gfloat gain, gfloat gradient, gfloat velocity)
{
  gboolean goes_on = (gradient > 0) != (velocity > 0);

  return MAX (goes_on ? gain + 0.2f : gain * 0.8f, SMALLEST);
}

static void
move (Descent *self, guint i, const gfloat pull[2], gdouble q_sum, gdouble momentum, gdouble step)
{
  for (guint axis = 0; axis < 2; axis++)
    {
      gsize at = 2 * (gsize)i + axis;
      gfloat gradient = 4 * (pull[axis] - self->push[at] / q_sum);

      self->gain[at] = change_gain (self->gain[at], gradient, self->velocity[at]);
      self->velocity[at] = momentum * self->velocity[at] - step * self->gain[at] * gradient;
    }
}

/* All velocities from where the points are; they move when all are known. */
static void
step (Descent *self, gdouble exaggeration, gdouble momentum, gdouble rate)
{
  const SmaltiAffinities *affinities = self->affinities;
  gdouble q_sum = MAX (smalti_repulsion_measure (self->repulsion, self->y, THETA, self->push), 1e-12);
  gdouble middle[2] = { 0 };

#pragma omp parallel for schedule(static)
  for (guint i = 0; i < affinities->n; i++)
    {
      gfloat x = self->y[2 * (gsize)i], y = self->y[2 * (gsize)i + 1], pull[2] = { 0 };

      for (gsize e = affinities->start[i]; e < affinities->start[i + 1]; e++)
        {
          const gfloat *other = self->y + 2 * (gsize)affinities->index[e];
          gfloat dx = x - other[0], dy = y - other[1];
          gfloat weight = affinities->value[e] / (1 + dx * dx + dy * dy);

          pull[0] += weight * dx;
          pull[1] += weight * dy;
        }
      pull[0] *= exaggeration;
      pull[1] *= exaggeration;
      move (self, i, pull, q_sum, momentum, rate);
    }
  for (gsize i = 0; i < affinities->n; i++)
    for (guint axis = 0; axis < 2; axis++)
      {
        self->y[2 * i + axis] += self->velocity[2 * i + axis];
        middle[axis] += self->y[2 * i + axis] / affinities->n;
      }
  for (gsize i = 0; i < 2 * (gsize)affinities->n; i++)
    self->y[i] -= middle[i % 2];
}

/* Sum of p log (p / q) where q are the normalised 1 / (1 + d^2). */
static gdouble
measure_divergence (Descent *self)
{
  const SmaltiAffinities *affinities = self->affinities;
  gdouble log_sum = log (MAX (smalti_repulsion_measure (self->repulsion, self->y, THETA, self->push), 1e-12));
  gdouble sum = 0;

#pragma omp parallel for schedule(static)
  for (guint i = 0; i < affinities->n; i++)
    {
      gdouble own = 0;

      for (gsize e = affinities->start[i]; e < affinities->start[i + 1]; e++)
        {
          const gfloat *other = self->y + 2 * (gsize)affinities->index[e];
          gdouble dx = self->y[2 * (gsize)i] - other[0], dy = self->y[2 * (gsize)i + 1] - other[1];
          gdouble p = affinities->value[e];

          if (p > 0)
            own += p * (log (p) + log1p (dx * dx + dy * dy) + log_sum);
        }
      self->divergence[i] = own;
    }
  for (guint i = 0; i < affinities->n; i++)
    sum += self->divergence[i];
  return sum;
}

gboolean
smalti_tsne (const SmaltiAffinities *affinities, guint n_iterations, gfloat *y, GCancellable *cancellable,
             SmaltiMapProgress progress, gpointer user_data, gdouble *divergence, GError **error)
{
  gsize n = affinities->n;
  g_auto (Descent) self = { .affinities = affinities, .y = y };
  guint n_early = MIN (EARLY, n_iterations / 3);
  gdouble rate = MAX (n / 4.0 / EXAGGERATION, 50), last = NAN;

  self.repulsion = smalti_repulsion_new (n);
  self.push = g_new0 (gfloat, 2 * n);
  self.velocity = g_new0 (gfloat, 2 * n);
  self.gain = g_new (gfloat, 2 * n);
  self.divergence = g_new0 (gdouble, n);
  for (gsize i = 0; i < 2 * n; i++)
    self.gain[i] = 1;
  for (guint iteration = 0; iteration < n_iterations; iteration++)
    {
      gboolean early = iteration < n_early;

      if (progress != NULL)
        progress (_ ("Unfolding the map"), iteration, n_iterations, y, last, user_data);
      if (g_cancellable_is_cancelled (cancellable))
        {
          g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED, _ ("Stopped."));
          return FALSE;
        }
      step (&self, early ? EXAGGERATION : 1, early ? EARLY_PULL : LATE_PULL, rate);
      if ((iteration + 1) % LOOK_EVERY == 0 || iteration + 1 == n_iterations)
        last = measure_divergence (&self);
    }
  if (progress != NULL)
    progress (_ ("Unfolding the map"), n_iterations, n_iterations, y, last, user_data);
  *divergence = last;
  return TRUE;
}
