/* SPDX-License-Identifier: Apache-2.0 */
/* A method to be chosen: what it does, where it comes from, and what it makes of the user's own pictures. Cards of a group are radio
 * buttons. */
#pragma once

#include <gtk/gtk.h>

#include "ui/folder-look.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_METHOD_CARD (smalti_method_card_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiMethodCard, smalti_method_card, SMALTI, METHOD_CARD, GtkToggleButton)

GtkWidget                *smalti_method_card_new        (const SmaltiPretextClass  *method);
const SmaltiPretextClass *smalti_method_card_get_method (SmaltiMethodCard          *self);
/* @look: (nullable): a drawing stands in until there are pictures. */
void                      smalti_method_card_set_look   (SmaltiMethodCard          *self,
                                                         const SmaltiMethodSight    *look);
/* @reason: (nullable): why it can't be chosen. */
void                      smalti_method_card_set_reason (SmaltiMethodCard          *self,
                                                         const char                *reason);

G_END_DECLS
