/* SPDX-License-Identifier: Apache-2.0 */
/* The store knows what the run is, the checkpoint what the network is: both must say the same. */
#include "app/trained.h"

#include "app/work.h"

SmaltiModel *
cli_trained_open (const CliInvocation *invocation, const SmaltiRunInfo *info, const char *folder, GError **error)
{
  const char *device = cli_text (invocation, "device");
  g_autoptr (SmaltiSpec) spec = smalti_spec_parse (info->spec_yaml, _ ("the run's spec"), NULL, error);
  g_autoptr (SmaltiModel) model = NULL;

  if (spec == NULL)
    return NULL;
  cli_work_phase (_ ("Opening the run"), 0, 0, NULL);
  model = smalti_model_open (folder, device != NULL ? device : "auto", cli_whole (invocation, "threads", 0), error);
  if (model == NULL || !smalti_model_check_spec (model, spec, error))
    return NULL;
  return g_steal_pointer (&model);
}
