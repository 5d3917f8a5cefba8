/* SPDX-License-Identifier: Apache-2.0 */
/* All runs of the store. */
#pragma once

#include "ui/page.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_RUNS_PAGE (smalti_runs_page_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiRunsPage, smalti_runs_page, SMALTI, RUNS_PAGE, SmaltiPage)

G_END_DECLS
