/* SPDX-License-Identifier: Apache-2.0 */
/* Optimizers and learning rate schedules: parameters, gradients and states on the device, the arithmetic in one device
 * call a step. */
#pragma once

#include "core/base/param.h"
#include "core/device/program.h"

G_BEGIN_DECLS

/* Keys: optimizer (sgd, adamw, lars), lr, lr_batch (base batch of lr; 0: lr is used as it is), momentum, nesterov,
 * beta1, beta2, weight_decay, decay_norms (also decay norms and biases), clip_norm, trust, schedule (constant, step,
 * cosine), steps (list of fractions of the run in (0, 1)), gamma, warmup (fraction of the run), warmup_lr (fraction of lr
 * that the warm-up begins at), final_lr (fraction of lr that cosine ends at). Shared by pretraining and by whatever else trains. */
extern const SmaltiParam smalti_optimizer_params[];

typedef struct _SmaltiOptimizer SmaltiOptimizer;

/**
 * smalti_optimizer_new:
 * @values: of smalti_optimizer_params (a larger table that contains those keys will do)
 * @program: compiled from a differentiated graph
 * @batch: images a step, for scaling lr
 * @n_steps: length of the run, for the schedule
 */
SmaltiOptimizer *smalti_optimizer_new         (const SmaltiValues      *values,
                                               SmaltiProgram           *program,
                                               guint                    batch,
                                               guint64                  n_steps,
                                               GError                 **error);
void             smalti_optimizer_free        (SmaltiOptimizer         *self);
/* After a run of the program, at @step (0 is the first). No allocation. */
void             smalti_optimizer_step        (SmaltiOptimizer         *self,
                                               guint64                  step);
/* Another lr or another length for a run under way: from now on @values and @n_steps hold, with the schedule at place
 * @place of @n_steps when @from steps are done (0, 0: as if it had been planned so from the first step). */
void             smalti_optimizer_replan      (SmaltiOptimizer         *self,
                                               const SmaltiValues      *values,
                                               guint                    batch,
                                               guint64                  n_steps,
                                               guint64                  from,
                                               gdouble                  place);
/* How far the schedule is at @step, 0 to 1. */
gdouble          smalti_optimizer_place       (const SmaltiOptimizer   *self,
                                               guint64                  step);
gfloat           smalti_optimizer_lr          (const SmaltiOptimizer   *self,
                                               guint64                  step);
/* The gradients' common norm at the last step, before clipping; waits. */
gfloat           smalti_optimizer_grad_norm   (SmaltiOptimizer         *self);
gsize            smalti_optimizer_bytes       (const SmaltiOptimizer   *self);
/* States under "optimizer.<parameter>.<n>". */
void             smalti_optimizer_save        (SmaltiOptimizer         *self,
                                               SmaltiTensorFile        *file);
gboolean         smalti_optimizer_load        (SmaltiOptimizer         *self,
                                               const SmaltiTensorFile  *file,
                                               GError                 **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiOptimizer, smalti_optimizer_free)

G_END_DECLS
