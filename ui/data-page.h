/* SPDX-License-Identifier: Apache-2.0 */
/* What there is to learn from: folders of pictures, what is in them, and what is wrong with them. */
#pragma once

#include "ui/page.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_DATA_PAGE (smalti_data_page_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiDataPage, smalti_data_page, SMALTI, DATA_PAGE, SmaltiPage)

G_END_DECLS
