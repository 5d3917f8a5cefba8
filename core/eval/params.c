/* SPDX-License-Identifier: Apache-2.0 */
/* The settings of the spec's section `eval`. */
#include <glib/gi18n-lib.h>

#include "core/eval/benchmark.h"

static const char *const protocols[] = { "none", "linear", "knn", NULL };
static const char *const solvers[] = { "auto", "lbfgs", "sgd", NULL };

/* clang-format off */
const SmaltiParam smalti_eval_params[] = {
  { .key = "data", .title = N_ ("Labelled images"),
    .help = N_ ("The folder whose classes the features are to tell apart; empty takes the run's own images when they "
                "have labels."),
    .type = SMALTI_PARAM_PATH, .value = "" },
  { .key = "layout", .title = N_ ("Layout"),
    .help = N_ ("How that folder is organised; found out by looking when auto."),
    .type = SMALTI_PARAM_CHOICE, .value = "auto", .choices = smalti_layout_ids, .flags = SMALTI_PARAM_ADVANCED },
  { .key = "protocol", .title = N_ ("Protocol"),
    .help = N_ ("A linear classifier on each frozen layer, a vote of the nearest neighbours, or no measurement."),
    .type = SMALTI_PARAM_CHOICE, .value = "linear", .choices = protocols },
  { .key = "solver", .title = N_ ("Solver"),
    .help = N_ ("How the classifier is trained: lbfgs finds the best one, sgd follows the published schedule, auto "
                "takes lbfgs unless there is too much data for it."),
    .type = SMALTI_PARAM_CHOICE, .value = "auto", .choices = solvers, .flags = SMALTI_PARAM_ADVANCED },
  { .key = "layers", .title = N_ ("Layers"),
    .help = N_ ("Names of the layers to measure, as in [conv3, conv4]; empty measures all."),
    .type = SMALTI_PARAM_STRING_LIST, .value = "[]" },
  { .key = "side", .title = N_ ("Image size"),
    .help = N_ ("Side of the square the frozen network is fed; 0 takes the size it was trained on."), .unit = N_ ("px"),
    .type = SMALTI_PARAM_INT, .value = "0", .min = 0, .max = 4096 },
  { .key = "max_dim", .title = N_ ("Largest feature"),
    .help = N_ ("A layer is averaged to the largest square grid that has at most so many numbers; the published "
                "benchmark has about 9000."),
    .type = SMALTI_PARAM_INT, .value = "9216", .min = 1, .max = 1048576,
    .flags = SMALTI_PARAM_ADVANCED | SMALTI_PARAM_LOG },
  { .key = "decay", .title = N_ ("Weight decay"),
    .help = N_ ("L2 penalty on the classifier's weights; 0 takes the published 0.0005 with sgd, and with lbfgs the "
                "best of several on training images held back."),
    .type = SMALTI_PARAM_FLOAT, .value = "0", .min = 0, .max = 1000, .flags = SMALTI_PARAM_ADVANCED },
  { .key = "epochs", .title = N_ ("Epochs"),
    .help = N_ ("How often sgd sees every image; its rate falls to a tenth after 8, 16 and 24 of every 28."),
    .unit = N_ ("epochs"), .type = SMALTI_PARAM_INT, .value = "28", .min = 1, .max = 10000,
    .flags = SMALTI_PARAM_ADVANCED },
  { .key = "lr", .title = N_ ("Learning rate"), .help = N_ ("Of sgd, for a batch of 256; another batch scales it."),
    .type = SMALTI_PARAM_FLOAT, .value = "0.01", .min = 1e-9, .max = 1000,
    .flags = SMALTI_PARAM_ADVANCED | SMALTI_PARAM_LOG },
  { .key = "batch", .title = N_ ("Batch"), .help = N_ ("Images a step of sgd."), .unit = N_ ("images"),
    .type = SMALTI_PARAM_INT, .value = "256", .min = 1, .max = 65536,
    .flags = SMALTI_PARAM_ADVANCED | SMALTI_PARAM_LOG },
  { .key = "k", .title = N_ ("Neighbours"), .help = N_ ("How many nearest neighbours vote with knn."),
    .type = SMALTI_PARAM_INT, .value = "20", .min = 1, .max = 100000, .flags = SMALTI_PARAM_ADVANCED },
  { .key = "temperature", .title = N_ ("Temperature"),
    .help = N_ ("A neighbour's vote weighs exp(similarity / temperature): the lower, the more the nearest decide."),
    .type = SMALTI_PARAM_FLOAT, .value = "0.07", .min = 1e-4, .max = 1000,
    .flags = SMALTI_PARAM_ADVANCED | SMALTI_PARAM_LOG },
  { .key = "limit", .title = N_ ("Image limit"),
    .help = N_ ("Use only so many images of each split, spread evenly over it; 0 for all."), .unit = N_ ("images"),
    .type = SMALTI_PARAM_INT, .value = "0", .min = 0, .max = 4e9, .flags = SMALTI_PARAM_ADVANCED },
  { .key = NULL },
};
/* clang-format on */
