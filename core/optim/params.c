/* SPDX-License-Identifier: Apache-2.0 */
/* The settings of optimizers and schedules. Choices stand in the order of SmaltiUpdateKind and SmaltiScheduleKind. */
#include <glib/gi18n-lib.h>

#include "core/optim/optimizer.h"

static const char *const optimizers[] = { "sgd", "adamw", "lars", NULL };
static const char *const schedules[] = { "constant", "step", "cosine", NULL };

/* clang-format off */
const SmaltiParam smalti_optimizer_params[] = {
  { .key = "optimizer", .title = N_ ("Optimizer"),
    .help = N_ ("sgd with momentum, adamw, or lars for very large batches."),
    .type = SMALTI_PARAM_CHOICE, .value = "sgd", .choices = optimizers },
  { .key = "lr", .title = N_ ("Learning rate"), .help = N_ ("The largest that the schedule reaches."),
    .type = SMALTI_PARAM_FLOAT, .value = "0.02", .min = 0, .max = G_MAXDOUBLE, .flags = SMALTI_PARAM_LOG },
  { .key = "lr_batch", .title = N_ ("Batch of the learning rate"),
    .help = N_ ("The learning rate is meant for so many images a step and follows the batch in proportion; 0 takes it as "
                "it is."),
    .unit = N_ ("images"), .type = SMALTI_PARAM_INT, .value = "0", .min = 0, .max = 65536,
    .flags = SMALTI_PARAM_ADVANCED },
  { .key = "momentum", .title = N_ ("Momentum"), .help = N_ ("How much of the last step goes on; for sgd and lars."),
    .type = SMALTI_PARAM_FLOAT, .value = "0.9", .min = 0, .max = 0.9999, .flags = SMALTI_PARAM_ADVANCED },
  { .key = "nesterov", .title = N_ ("Nesterov momentum"),
    .help = N_ ("Look ahead by the momentum before stepping; for sgd."),
    .type = SMALTI_PARAM_BOOL, .value = "false", .flags = SMALTI_PARAM_ADVANCED },
  { .key = "beta1", .title = N_ ("Beta 1"), .help = N_ ("Decay of the mean of gradients; for adamw."),
    .type = SMALTI_PARAM_FLOAT, .value = "0.9", .min = 0, .max = 0.99999, .flags = SMALTI_PARAM_ADVANCED },
  { .key = "beta2", .title = N_ ("Beta 2"), .help = N_ ("Decay of the mean of squared gradients; for adamw."),
    .type = SMALTI_PARAM_FLOAT, .value = "0.999", .min = 0, .max = 0.99999, .flags = SMALTI_PARAM_ADVANCED },
  { .key = "weight_decay", .title = N_ ("Weight decay"),
    .help = N_ ("Pulls weights towards 0: added to the gradient, or for adamw taken off the weight itself."),
    .type = SMALTI_PARAM_FLOAT, .value = "0.0001", .min = 0, .max = 1, .flags = SMALTI_PARAM_LOG },
  { .key = "decay_norms", .title = N_ ("Decay everything"),
    .help = N_ ("Let norms and biases decay too, not only matrices and kernels."),
    .type = SMALTI_PARAM_BOOL, .value = "false", .flags = SMALTI_PARAM_ADVANCED },
  { .key = "clip_norm", .title = N_ ("Clip gradients"),
    .help = N_ ("Shrink all gradients together when their norm is larger than this; 0 never does."),
    .type = SMALTI_PARAM_FLOAT, .value = "0", .min = 0, .max = G_MAXDOUBLE, .flags = SMALTI_PARAM_ADVANCED },
  { .key = "trust", .title = N_ ("Trust"),
    .help = N_ ("How far a tensor may move, relative to its own norm; for lars."),
    .type = SMALTI_PARAM_FLOAT, .value = "0.001", .min = 0, .max = 1, .flags = SMALTI_PARAM_ADVANCED },
  { .key = "schedule", .title = N_ ("Schedule"),
    .help = N_ ("How the learning rate falls: constant (never), step (at given points of the run) or cosine."),
    .type = SMALTI_PARAM_CHOICE, .value = "cosine", .choices = schedules },
  { .key = "steps", .title = N_ ("Steps"),
    .help = N_ ("Points of the run, as fractions of it, at which the step schedule drops the learning rate."),
    .type = SMALTI_PARAM_FLOAT_LIST, .value = "[0.3, 0.6, 0.9]", .min = 0, .max = 1, .flags = SMALTI_PARAM_ADVANCED },
  { .key = "gamma", .title = N_ ("Drop"), .help = N_ ("What the step schedule multiplies the learning rate by."),
    .type = SMALTI_PARAM_FLOAT, .value = "0.1", .min = 0, .max = 1, .flags = SMALTI_PARAM_ADVANCED },
  { .key = "warmup", .title = N_ ("Warm-up"),
    .help = N_ ("Fraction of the run in which the learning rate rises to its full height; 0 starts there."),
    .type = SMALTI_PARAM_FLOAT, .value = "0.05", .min = 0, .max = 1, .flags = SMALTI_PARAM_ADVANCED },
  { .key = "warmup_lr", .title = N_ ("Start of the warm-up"),
    .help = N_ ("Fraction of the learning rate that the warm-up begins at."),
    .type = SMALTI_PARAM_FLOAT, .value = "0.1", .min = 0, .max = 1, .flags = SMALTI_PARAM_ADVANCED },
  { .key = "final_lr", .title = N_ ("End of the cosine"),
    .help = N_ ("Fraction of the learning rate that the cosine schedule ends at."),
    .type = SMALTI_PARAM_FLOAT, .value = "0", .min = 0, .max = 1, .flags = SMALTI_PARAM_ADVANCED },
  { .key = NULL },
};
/* clang-format on */
