/* SPDX-License-Identifier: Apache-2.0 */
/* What Smalti does, the ways in, the latest runs, and what was found of this computer. */
#pragma once

#include "ui/page.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_START_PAGE (smalti_start_page_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiStartPage, smalti_start_page, SMALTI, START_PAGE, SmaltiPage)

G_END_DECLS
