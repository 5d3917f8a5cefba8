/* SPDX-License-Identifier: Apache-2.0 */
/* The sparse matrices of pools and of upsampling. They are made once, when a kernel is prepared, so that no kernel
 * works out a border while it runs. */
#include "core/device/cpu/taps-private.h"

#include <math.h>

static void
begin (SmaltiCpuTaps *self, gint n_inputs, gint n_outputs, gint most)
{
  self->n_inputs = n_inputs;
  self->n_outputs = n_outputs;
  self->first = g_new0 (gint, n_outputs + 1);
  self->at = g_new (gint, MAX ((gsize)n_outputs * most, 1));
  self->weight = g_new (gfloat, MAX ((gsize)n_outputs * most, 1));
}

static void
add (SmaltiCpuTaps *self, gint output, gint input, gfloat weight)
{
  gint i = self->first[output + 1]++;

  self->at[i] = input;
  self->weight[i] = weight;
}

/* Starts the taps of @output where those of the one before end. */
static void
next (SmaltiCpuTaps *self, gint output)
{
  self->first[output + 1] = self->first[output];
}

static void
average (SmaltiCpuTaps *self, gint output)
{
  gint n = self->first[output + 1] - self->first[output];

  for (gint i = self->first[output]; i < self->first[output + 1]; i++)
    self->weight[i] = 1.0f / n;
}

void
smalti_cpu_taps_init_window (SmaltiCpuTaps *self, gint n_inputs, gint n_outputs, const SmaltiWindow *window, guint axis,
                             gboolean mean)
{
  begin (self, n_inputs, n_outputs, window->kernel[axis]);
  for (gint o = 0; o < n_outputs; o++)
    {
      next (self, o);
      for (gint k = 0; k < window->kernel[axis]; k++)
        {
          gint i = o * window->stride[axis] - window->padding[axis] + k * window->dilation[axis];

          if (i >= 0 && i < n_inputs)
            add (self, o, i, 1);
        }
      if (mean)
        average (self, o);
    }
}

void
smalti_cpu_taps_init_adaptive (SmaltiCpuTaps *self, gint n_inputs, gint n_outputs)
{
  begin (self, n_inputs, n_outputs, n_inputs / n_outputs + 2);
  for (gint64 o = 0; o < n_outputs; o++)
    {
      next (self, o);
      for (gint64 i = o * n_inputs / n_outputs; i < ((o + 1) * n_inputs + n_outputs - 1) / n_outputs; i++)
        add (self, o, i, 1);
      average (self, o);
    }
}

void
smalti_cpu_taps_init_upsample (SmaltiCpuTaps *self, gint n_inputs, gint factor, gboolean bilinear)
{
  begin (self, n_inputs, n_inputs * factor, 2);
  for (gint o = 0; o < self->n_outputs; o++)
    {
      gdouble place = (o + 0.5) / factor - 0.5;
      gint i = floor (place);

      next (self, o);
      if (!bilinear)
        add (self, o, o / factor, 1);
      else if (i < 0 || i + 1 >= n_inputs) /* the border repeated */
        add (self, o, CLAMP (i, 0, n_inputs - 1), 1);
      else
        {
          add (self, o, i, 1 - (place - i));
          add (self, o, i + 1, place - i);
        }
    }
}

void
smalti_cpu_taps_transpose (SmaltiCpuTaps *self)
{
  SmaltiCpuTaps turned;
  gint n = self->first[self->n_outputs];
  g_autofree gint *place = g_new0 (gint, self->n_inputs + 1);

  begin (&turned, self->n_outputs, self->n_inputs, 0);
  turned.at = g_renew (gint, turned.at, MAX (n, 1));
  turned.weight = g_renew (gfloat, turned.weight, MAX (n, 1));
  for (gint i = 0; i < n; i++)
    turned.first[self->at[i] + 1]++;
  for (gint i = 0; i < self->n_inputs; i++)
    place[i + 1] = turned.first[i + 1] += turned.first[i];
  for (gint o = 0; o < self->n_outputs; o++)
    for (gint i = self->first[o]; i < self->first[o + 1]; i++)
      {
        gint to = place[self->at[i]]++;

        turned.at[to] = o;
        turned.weight[to] = self->weight[i];
      }
  smalti_cpu_taps_clear (self);
  *self = turned;
}

void
smalti_cpu_taps_clear (SmaltiCpuTaps *self)
{
  g_free (self->first);
  g_free (self->at);
  g_free (self->weight);
}
