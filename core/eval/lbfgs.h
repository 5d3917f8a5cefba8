/* SPDX-License-Identifier: Apache-2.0 */
/* Limited-memory BFGS (Nocedal 1980; Liu & Nocedal 1989) for smooth functions of very many f32 variables. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Returns f (@x) and fills @gradient (n). */
typedef gdouble (*SmaltiObjective) (const gfloat *x, gfloat *gradient, gpointer user_data);

typedef struct
{
  guint history;              /* pairs of steps and gradient changes that are kept */
  guint max_iterations;
  gdouble gradient_tolerance; /* done when the gradient is this much shorter than at the start */
  gdouble decrease_tolerance; /* done when ten iterations together lower f by less than this share of it */
  GCancellable *cancellable;  /* (nullable) */
  /* (nullable): before each iteration; FALSE: that will do. */
  gboolean (*goes_on) (guint iteration, guint max_iterations, gpointer user_data);
  gpointer goes_on_data;
} SmaltiLbfgsOptions;

typedef struct
{
  gdouble value;         /* f at the end */
  gdouble gradient_norm; /* L2, at the end */
  guint n_iterations;
  guint n_evaluations;
  gboolean converged; /* by a tolerance, or because f32 has no lower value; else by max_iterations or goes_on */
} SmaltiLbfgsResult;

/**
 * smalti_lbfgs_minimize:
 * @x: (inout) (array length=n): where to start; then the best place found
 *
 * Returns: %FALSE with SMALTI_ERROR_CANCELLED, or with SMALTI_ERROR_DIVERGED when f is not a number at the start
 */
gboolean smalti_lbfgs_minimize (gfloat                    *x,
                                gsize                      n,
                                SmaltiObjective            objective,
                                gpointer                   user_data,
                                const SmaltiLbfgsOptions  *options,
                                SmaltiLbfgsResult         *result,
                                GError                   **error);

G_END_DECLS
