/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors are f32, since a gradient is no better than the f32 products it comes from; scalars are double, and a dot
 * product sums f32 pieces of 4096 elements in double (a piece is small enough for OpenBLAS to stay on this thread:
 * waking another takes longer, and much longer when others want the processor). That makes the line search trustworthy
 * until f stops changing in its seventh digit, where it ends: "no lower value" then means converged.
 *
 * The line search keeps an interval whose lower end satisfies the Armijo condition and narrows it until the curvature
 * condition holds, too (weak Wolfe; Lewis & Overton 2013). Trial points are minima of cubics, kept off the ends. */
#include "core/eval/lbfgs.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"

#define ARMIJO          1e-4
#define CURVATURE       0.9
#define MAX_TRIALS      20
#define PIECE           4096
#define DECREASE_WINDOW 10

typedef struct
{
  gsize n;
  SmaltiObjective objective;
  gpointer user_data;
  const SmaltiLbfgsOptions *options;
  SmaltiLbfgsResult *result;

  gfloat *x, *gradient;
  gfloat *trial, *trial_gradient; /* where the line search stands */
  gfloat *direction;
  gdouble value;

  gfloat **step, **change; /* history of them: s = x' - x, y = g' - g; the oldest is overwritten */
  gdouble *rho, *alpha;    /* 1 / (y s); work of the recursion */
  guint n_pairs, newest;
} Search;

/* One end of the interval, or a trial point: where along the direction, f and its slope there. */
typedef struct
{
  gdouble t, value, slope;
} Point;

/* y <- y + a x */
static void
add (gfloat *y, gdouble a, const gfloat *x, gsize n)
{
  for (gsize i = 0; i < n; i += PIECE)
    cblas_saxpy (MIN (PIECE, n - i), a, x + i, 1, y + i, 1);
}

static void
scale (gfloat *x, gdouble a, gsize n)
{
  for (gsize i = 0; i < n; i++)
    x[i] *= (gfloat)a;
}

static gdouble
dot (const gfloat *a, const gfloat *b, gsize n)
{
  gdouble sum = 0;

  for (gsize i = 0; i < n; i += PIECE)
    sum += cblas_sdot (MIN (PIECE, n - i), a + i, 1, b + i, 1);
  return sum;
}

/* The direction -H g by the two loops over the history; H starts as the last step's curvature times the identity. */
static void
find_direction (Search *self)
{
  guint history = self->options->history;
  gfloat *d = self->direction;

  memcpy (d, self->gradient, self->n * sizeof *d);
  for (guint k = 0; k < self->n_pairs; k++)
    {
      guint i = (self->newest + history - k) % history;

      self->alpha[i] = self->rho[i] * dot (self->step[i], d, self->n);
      add (d, -self->alpha[i], self->change[i], self->n);
    }
  if (self->n_pairs > 0)
    {
      const gfloat *y = self->change[self->newest];

      scale (d, 1 / (self->rho[self->newest] * dot (y, y, self->n)), self->n);
    }
  for (guint k = self->n_pairs; k-- > 0;)
    {
      guint i = (self->newest + history - k) % history;
      gdouble beta = self->rho[i] * dot (self->change[i], d, self->n);

      add (d, self->alpha[i] - beta, self->step[i], self->n);
    }
  scale (d, -1, self->n);
}

static Point
evaluate (Search *self, gdouble t)
{
  Point point = { .t = t };

  memcpy (self->trial, self->x, self->n * sizeof *self->x);
  add (self->trial, t, self->direction, self->n);
  point.value = self->objective (self->trial, self->trial_gradient, self->user_data);
  point.slope = dot (self->trial_gradient, self->direction, self->n);
  self->result->n_evaluations++;
  return point;
}

/* Between @low and @high: the minimum of the cubic through values and slopes, no nearer to an end than a tenth. */
static gdouble
interpolate (const Point *low, const Point *high)
{
  gdouble width = high->t - low->t;
  gdouble a = low->slope + high->slope - 3 * (high->value - low->value) / width;
  gdouble discriminant = a * a - low->slope * high->slope;
  gdouble t = low->t + width / 2;

  if (discriminant >= 0)
    {
      gdouble root = sqrt (discriminant);
      gdouble lowest = high->t - width * (high->slope + root - a) / (high->slope - low->slope + 2 * root);

      if (isfinite (lowest))
        t = lowest;
    }
  return CLAMP (t, low->t + 0.1 * width, high->t - 0.1 * width);
}

/* Leaves the point found in trial and trial_gradient. FALSE: there is none. */
static gboolean
search_line (Search *self, gdouble t, Point *found)
{
  const Point start = { .value = self->value, .slope = dot (self->gradient, self->direction, self->n) };
  Point low = start, high = { .t = INFINITY };

  if (!(start.slope < 0))
    return FALSE;
  for (guint i = 0; i < MAX_TRIALS; i++)
    {
      Point point = evaluate (self, t);

      if (!(point.value <= start.value + ARMIJO * t * start.slope)) /* also what is not a number */
        {
          high = point;
          t = isfinite (point.value) && isfinite (point.slope) ? interpolate (&low, &high) : (low.t + t) / 2;
        }
      else if (point.slope < CURVATURE * start.slope)
        {
          low = point;
          t = isfinite (high.t) ? interpolate (&low, &high) : 4 * t;
        }
      else
        {
          *found = point;
          return TRUE;
        }
    }
  return FALSE;
}

static void
swap (gfloat **a, gfloat **b)
{
  gfloat *other = *a;

  *a = *b;
  *b = other;
}

/* Takes the trial point and remembers the way to it. */
static void
advance (Search *self, const Point *point)
{
  guint i = (self->newest + 1) % self->options->history;
  gdouble curvature, length;

  memcpy (self->step[i], self->direction, self->n * sizeof *self->x);
  scale (self->step[i], point->t, self->n);
  memcpy (self->change[i], self->trial_gradient, self->n * sizeof *self->x);
  add (self->change[i], -1, self->gradient, self->n);
  curvature = dot (self->change[i], self->step[i], self->n);
  length = dot (self->change[i], self->change[i], self->n);
  if (curvature > 1e-10 * length) /* else rounding made it; such a pair spoils the recursion */
    {
      self->rho[i] = 1 / curvature;
      self->newest = i;
      self->n_pairs = MIN (self->n_pairs + 1, self->options->history);
    }
  else
    self->n_pairs = MIN (self->n_pairs, self->options->history - 1); /* the oldest is overwritten */

  swap (&self->x, &self->trial);
  swap (&self->gradient, &self->trial_gradient);
  self->value = point->value;
}

static gboolean
set_cancelled (GError **error)
{
  g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED, _ ("Stopped."));
  return FALSE;
}

static gboolean
iterate (Search *self, GError **error)
{
  const SmaltiLbfgsOptions *options = self->options;
  SmaltiLbfgsResult *result = self->result;
  gdouble first_norm, before[DECREASE_WINDOW];

  self->value = self->objective (self->x, self->gradient, self->user_data);
  result->n_evaluations = 1;
  result->gradient_norm = first_norm = sqrt (dot (self->gradient, self->gradient, self->n));
  if (!isfinite (self->value) || !isfinite (first_norm))
    {
      g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_DIVERGED,
                           _ ("The function to be minimised is not a number where the search begins."));
      return FALSE;
    }
  while (!result->converged && result->n_iterations < options->max_iterations)
    {
      guint i = result->n_iterations % DECREASE_WINDOW;
      Point point;

      if (options->goes_on != NULL
          && !options->goes_on (result->n_iterations, options->max_iterations, options->goes_on_data))
        break;
      if (g_cancellable_is_cancelled (options->cancellable))
        return set_cancelled (error);
      if (result->gradient_norm <= options->gradient_tolerance * first_norm)
        {
          result->converged = TRUE;
          break;
        }
      find_direction (self);
      if (!search_line (self, self->n_pairs > 0 ? 1 : 1 / result->gradient_norm, &point))
        {
          /* A history full of rounding may point uphill; without one, there is nothing lower. */
          result->converged = self->n_pairs == 0;
          self->n_pairs = 0;
          continue;
        }
      if (result->n_iterations >= DECREASE_WINDOW
          && before[i] - point.value <= options->decrease_tolerance * fabs (point.value))
        result->converged = TRUE;
      before[i] = self->value;
      advance (self, &point);
      result->n_iterations++;
      result->gradient_norm = sqrt (dot (self->gradient, self->gradient, self->n));
    }
  result->value = self->value;
  return TRUE;
}

gboolean
smalti_lbfgs_minimize (gfloat *x, gsize n, SmaltiObjective objective, gpointer user_data,
                       const SmaltiLbfgsOptions *options, SmaltiLbfgsResult *result, GError **error)
{
  guint history = options->history;
  g_autofree gfloat *memory = g_new (gfloat, n * (5 + 2 * history));
  g_autofree gfloat **pairs = g_new (gfloat *, 2 * history);
  g_autofree gdouble *numbers = g_new (gdouble, 2 * history);
  Search self = { .n = n, .objective = objective, .user_data = user_data, .options = options, .result = result };
  gboolean ok;

  g_assert (history > 0);
  *result = (SmaltiLbfgsResult){ 0 };
  self.x = memory;
  self.gradient = memory + n;
  self.trial = memory + 2 * n;
  self.trial_gradient = memory + 3 * n;
  self.direction = memory + 4 * n;
  for (guint i = 0; i < 2 * history; i++)
    pairs[i] = memory + (5 + i) * n;
  self.step = pairs;
  self.change = pairs + history;
  self.rho = numbers;
  self.alpha = numbers + history;

  memcpy (self.x, x, n * sizeof *x);
  ok = iterate (&self, error);
  memcpy (x, self.x, n * sizeof *x);
  return ok;
}
