/* SPDX-License-Identifier: Apache-2.0 */
/* One setting of a spec as a row of a form: made from its entry in a parameter table, bound to a draft. It tells what is wrong
 * with its value, and what it was before. */
#pragma once

#include <adwaita.h>

#include "ui/spec-draft.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_SPEC_ROW (smalti_spec_row_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiSpecRow, smalti_spec_row, SMALTI, SPEC_ROW, AdwPreferencesRow)

/* @section: "", "data", ...; @labels: (nullable): for people, in the order of the parameter's choices. The parameter must outlive
 * the row. */
GtkWidget         *smalti_spec_row_new             (SmaltiSpecDraft    *draft,
                                                    const char         *section,
                                                    const SmaltiParam  *param,
                                                    const char *const  *labels);
const char        *smalti_spec_row_get_key         (SmaltiSpecRow      *self);
const SmaltiParam *smalti_spec_row_get_param       (SmaltiSpecRow      *self);
/* Brings the row up to date with the draft: its value; what is wrong with it. */
void               smalti_spec_row_update          (SmaltiSpecRow      *self);
void               smalti_spec_row_update_problem  (SmaltiSpecRow      *self);
gboolean           smalti_spec_row_has_problem     (SmaltiSpecRow      *self);
gboolean           smalti_spec_row_is_changed      (SmaltiSpecRow      *self);
/* Whether each of the words (%NULL-terminated, case folded) is in its title, its help or its key. */
gboolean           smalti_spec_row_matches         (SmaltiSpecRow      *self,
                                                    char              **words);

G_END_DECLS
