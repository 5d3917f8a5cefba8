/* SPDX-License-Identifier: Apache-2.0 */
/* The settings that belong to the run itself, not to a method, a backbone or an optimizer. */
#include <gio/gio.h>

#include "core/base/error.h"
#include "core/optim/optimizer.h"
#include "core/run/spec-private.h"

static const char *const precisions[] = { "auto", "f32", "bf16", NULL };

const SmaltiParam smalti_spec_params[] = {
  { "name", N_ ("Name"), N_ ("What the run is called in lists and reports."), NULL, SMALTI_PARAM_STRING, "" },
  { "seed", N_ ("Seed"), N_ ("Same seed, settings, data, device and threads: same numbers, to the bit."), NULL,
    SMALTI_PARAM_INT, "1", 0, 9007199254740992.0 },
  { "device", N_ ("Device"), N_ ("Where it is computed: auto, cpu, cuda, cuda:1, or reference (slow and exact)."), NULL,
    SMALTI_PARAM_STRING, "auto" },
  { "threads", N_ ("Threads"), N_ ("Threads of the numerical libraries; 0 takes all processors."), NULL,
    SMALTI_PARAM_INT, "0", 0, 1024, .flags = SMALTI_PARAM_ADVANCED },
  { "precision", N_ ("Precision"), N_ ("Numbers between operators; auto takes bf16 where it is faster."), NULL,
    SMALTI_PARAM_CHOICE, "auto", .choices = precisions, .flags = SMALTI_PARAM_ADVANCED },
  { "loader_threads", N_ ("Loader threads"),
    N_ ("Threads that read and prepare images; 0 takes half of the processors. Changes no number."), NULL,
    SMALTI_PARAM_INT, "0", 0, 256, .flags = SMALTI_PARAM_ADVANCED },
  { NULL },
};

static const SmaltiParam own_train_params[] = {
  { "epochs", N_ ("Epochs"), N_ ("How often every training image is seen."), N_ ("epochs"), SMALTI_PARAM_INT, "20", 1,
    100000 },
  { "minutes", N_ ("Minutes"),
    N_ ("Train for about so long instead of a number of epochs: the speed is measured first. 0 leaves it to the "
        "epochs."),
    N_ ("min"), SMALTI_PARAM_FLOAT, "0", 0, 1000000 },
  { "batch", N_ ("Batch"), N_ ("Images a step."), N_ ("images"), SMALTI_PARAM_INT, "32", 1, 65536,
    .flags = SMALTI_PARAM_LOG },
  { "validate_every", N_ ("Validate every"),
    N_ ("How often the held-out images are looked at, in epochs; 0 only at the end."), N_ ("epochs"),
    SMALTI_PARAM_FLOAT, "1", 0, 100000 },
  { "val_limit", N_ ("Validation images"), N_ ("At most so many held-out images are looked at; 0 takes all."),
    N_ ("images"), SMALTI_PARAM_INT, "2000", 0, 100000000, .flags = SMALTI_PARAM_ADVANCED },
  { "metric_every", N_ ("Points every"), N_ ("A point of the curves every so many steps."), N_ ("steps"),
    SMALTI_PARAM_INT, "1", 1, 1000000, .flags = SMALTI_PARAM_ADVANCED },
  { "checkpoint_every", N_ ("Checkpoint every"),
    N_ ("How much work can be lost at most, in seconds; 0 saves only when the run stops or ends."), N_ ("s"),
    SMALTI_PARAM_FLOAT, "60", 0, 1000000, .flags = SMALTI_PARAM_ADVANCED },
  { "preview_every", N_ ("Previews every"),
    N_ ("How often the network's answers are shown, in seconds; 0 only with validations."), N_ ("s"),
    SMALTI_PARAM_FLOAT, "20", 0, 1000000, .flags = SMALTI_PARAM_ADVANCED },
  { "n_previews", N_ ("Preview images"), N_ ("Held-out images whose answers are shown; 0 shows none."), N_ ("images"),
    SMALTI_PARAM_INT, "8", 0, 64, .flags = SMALTI_PARAM_ADVANCED },
  { NULL },
};

const SmaltiParam *
smalti_train_params (void)
{
  static SmaltiParam *table;

  if (g_once_init_enter (&table))
    {
      GArray *both = g_array_new (TRUE, TRUE, sizeof (SmaltiParam));
      const SmaltiParam *const parts[] = { own_train_params, smalti_optimizer_params };

      for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
        for (const SmaltiParam *param = parts[i]; param->key != NULL; param++)
          g_array_append_vals (both, param, 1);
      g_once_init_leave (&table, (SmaltiParam *)g_array_free (both, FALSE));
    }
  return table;
}
