/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of a scanned folder, in words and numbers: as soon as it is scanned, and more when it is measured. */
#pragma once

#include <gtk/gtk.h>

#include "ui/data-folder.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_DATA_FACTS (smalti_data_facts_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiDataFacts, smalti_data_facts, SMALTI, DATA_FACTS, GtkWidget)

/* Shows @folder (nullable) as it is now; to be called again when it has changed. */
void smalti_data_facts_show (SmaltiDataFacts   *self,
                             SmaltiDataFolder  *folder);

G_END_DECLS
