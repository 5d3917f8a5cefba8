/* SPDX-License-Identifier: Apache-2.0 */
/* A run's network, for the commands that ask it something. */
#pragma once

#include "app/command.h"
#include "core/run/model.h"

G_BEGIN_DECLS

/* On the work's thread, on the device that the call names. %NULL with @error when the run's checkpoint is not there, is
 * damaged, or is of another network. */
SmaltiModel *cli_trained_open (const CliInvocation  *invocation,
                               const SmaltiRunInfo  *info,
                               const char           *folder,
                               GError              **error);

G_END_DECLS
