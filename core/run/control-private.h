/* SPDX-License-Identifier: Apache-2.0 */
/* From an engine's callers to its thread: what is asked of the run, in order. Those who run elsewhere ask through the
 * store; both are the same SmaltiRequest. */
#pragma once

#include "core/run/store.h"

G_BEGIN_DECLS

typedef struct _SmaltiControl SmaltiControl;

SmaltiControl *smalti_control_new (void);
SmaltiControl *smalti_control_ref (SmaltiControl *self);
void smalti_control_unref (SmaltiControl *self);
/* @key, @value: (nullable). Wakes whoever waits. */
void smalti_control_ask (SmaltiControl *self, SmaltiRequestKind kind, const char *key, const char *value);
/* (transfer full): the oldest request, or %NULL. */
SmaltiRequest *smalti_control_take (SmaltiControl *self);
/* Until something is asked, @microseconds at most. */
void smalti_control_wait (SmaltiControl *self, gint64 microseconds);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiControl, smalti_control_unref)

G_END_DECLS
