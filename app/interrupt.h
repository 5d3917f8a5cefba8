/* SPDX-License-Identifier: Apache-2.0 */
/* Ctrl-C, twice: the first one asks (SIGTERM and SIGHUP too), a second one ends the program at once. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _CliInterrupt CliInterrupt;

/* @ask is called once at most, from the default main context. */
CliInterrupt *cli_interrupt_new  (void         (*ask) (gpointer user_data),
                                  gpointer       user_data);
void          cli_interrupt_free (CliInterrupt  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliInterrupt, cli_interrupt_free)

G_END_DECLS
