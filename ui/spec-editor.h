/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a draft, to be edited: numbered lines, mistakes marked where they are and told below. */
#pragma once

#include <gtk/gtk.h>

#include "ui/spec-draft.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_SPEC_EDITOR (smalti_spec_editor_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiSpecEditor, smalti_spec_editor, SMALTI, SPEC_EDITOR, GtkWidget)

/* Signal "told" (string): something for a toast. */
/* Once. */
void smalti_spec_editor_set_draft (SmaltiSpecEditor  *self,
                                   SmaltiSpecDraft   *draft);
/* Reads it into the draft; what is no spec is there to be mended. */
void smalti_spec_editor_import    (SmaltiSpecEditor  *self,
                                   GFile             *file);

G_END_DECLS
