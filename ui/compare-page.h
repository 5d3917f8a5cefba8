/* SPDX-License-Identifier: Apache-2.0 */
/* Several runs side by side: their curves, what their settings differ in, their benchmarks, what they confuse, what they find
 * alike, maps of their features. */
#pragma once

#include "ui/page.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_COMPARE_PAGE (smalti_compare_page_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiComparePage, smalti_compare_page, SMALTI, COMPARE_PAGE, SmaltiPage)

/* In this order; those that are too many, or not there, are left out. */
void smalti_compare_page_set_runs (SmaltiComparePage *self,
                                   const gint64      *runs,
                                   guint              n_runs);

G_END_DECLS
