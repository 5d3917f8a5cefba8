/* SPDX-License-Identifier: Apache-2.0 */
/* What can be changed of a run while it is under way, as the parameter tables describe it. */
#pragma once

#include <gtk/gtk.h>

#include "core/run/spec.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_CHANGE_POPOVER (smalti_change_popover_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiChangePopover, smalti_change_popover, SMALTI, CHANGE_POPOVER, GtkPopover)

/* Signal "change" (string key, string value): to be asked of the run; only what differs, and is allowed.
 * @spec: (nullable): of the run as it is now. */
void smalti_change_popover_set_spec (SmaltiChangePopover  *self,
                                     SmaltiSpec           *spec);

G_END_DECLS
