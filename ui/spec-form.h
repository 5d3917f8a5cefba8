/* SPDX-License-Identifier: Apache-2.0 */
/* All settings of a spec as rows in groups, made from the parameter tables alone: a new method or a new setting shows up here by
 * itself. */
#pragma once

#include <adwaita.h>

#include "ui/spec-draft.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_SPEC_FORM (smalti_spec_form_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiSpecForm, smalti_spec_form, SMALTI, SPEC_FORM, GtkWidget)

/* Once. */
void smalti_spec_form_set_draft    (SmaltiSpecForm   *self,
                                    SmaltiSpecDraft  *draft);
/* Keyboard to the search entry. */
void smalti_spec_form_begin_search (SmaltiSpecForm   *self);

G_END_DECLS
