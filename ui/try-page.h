/* SPDX-License-Identifier: Apache-2.0 */
/* Any picture, and any trained network: its puzzle, its colours, and what the layers make of it. */
#pragma once

#include "ui/page.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_TRY_PAGE (smalti_try_page_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiTryPage, smalti_try_page, SMALTI, TRY_PAGE, SmaltiPage)

/* Chooses that run, as soon as it has a checkpoint. */
void smalti_try_page_choose (SmaltiTryPage  *self,
                             gint64          run);

G_END_DECLS
