/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest thing to train: a weight and a bias drawn to zero. The loss is mean (w^2) + mean (b^2), so the gradient of
 * an element is twice it over the number of them. */
#pragma once

#include "core/optim/optimizer.h"

typedef struct
{
  SmaltiDevice *device;
  SmaltiGraph *graph;
  SmaltiWeights *weights;
  SmaltiProgram *program;
  SmaltiOptimizer *optimizer;
  SmaltiValues *values;
  gint n_w, n_b;
} Quadratic;

/* Settings are key, value, ..., NULL; what is in @frozen (or %NULL) is not trained. Not yet with an optimizer. */
Quadratic quadratic_new      (const char  *device,
                              gint         n_w,
                              gint         n_b,
                              const char  *frozen,
                              const char  *first_key,
                              ...) G_GNUC_NULL_TERMINATED;
/* Its optimizer, for so many images a step and steps. */
void      quadratic_optimize (Quadratic   *self,
                              guint        batch,
                              guint64      n_steps);
void      quadratic_set      (Quadratic   *self,
                              const char  *name,
                              const gfloat *numbers);
/* Element @i. */
gfloat    quadratic_get      (Quadratic   *self,
                              const char  *name,
                              gint         i);
/* One run and one step of the optimizer. */
void      quadratic_step     (Quadratic   *self,
                              guint64      step);
void      quadratic_clear    (Quadratic   *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Quadratic, quadratic_clear)
